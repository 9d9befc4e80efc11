# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The life of a VPN, as far as a run carries it: turn by turn it is written, committed, brought to where it runs and verified, and then it ends.

What follows from what was seen is decided in C(vpn/outcome.py).
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any, Collection, Mapping, Sequence

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.device.target import Target
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.errors import PanosVpnError
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.peers import document
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.reconcile import revert
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.reconcile.values import given
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.tasks import config_revert, journal as journals
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.tasks.commit import commit_changes, jobs_of
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.tasks.delivery import Delivery
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.tasks.module import PanosModule, locked, telling
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.tasks.proving import Proof
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.tasks.turns import add, add_diff
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.tasks.vpn_behind_panorama import BehindPanorama
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.tasks.vpn_on_firewall import OnFirewall
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.tasks.vpn_place import Place
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.tasks.vpn_planning import Planning, Wish
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.tasks.writing import journal_of
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.vpn import outcome
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.vpn.outcome import Again, Asked, Seen, Step, Up
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.vpn.vpn import Vpn


@dataclass
class Life:
    """One run of the module. C(vpn): what is wanted, None for one that is only looked at or that goes.

    C(on_each): behind a Panorama, serial number → the VPN there, where that differs. C(told): all that has been done and seen by now. C(place): where it
    runs, the firewall that was written to or those behind a Panorama. C(before): what was up before anything was changed. C(remembers): a journal would
    tell what earlier runs left unproven, or there were none.
    """

    module: PanosModule
    target: Target
    vpn: Vpn | None
    asked: Asked
    on_each: Mapping[str, Vpn] = field(default_factory=dict)
    told: dict = field(default_factory=lambda: {"changed": False, "warnings": []})
    before: Up | None = None
    place: Place = field(init=False)
    remembers: bool = field(init=False)

    def __post_init__(self) -> None:
        behind, proof = self.target.behind, Proof(self.target)
        if behind is None:
            self.place = OnFirewall(self.module, self.target, self.asked, self.module.params, proof, self.told)
        else:
            delivery = Delivery(self.module, self.target, behind, self.asked.vpn)
            self.place = BehindPanorama(self.module, self.target, self.asked, delivery, self.told, proof)
        self.remembers = journals.is_kept(self.module.params["journal"])

    def run(self) -> dict:
        """Turn by turn; where it fails, all that was done is told beside the reason."""
        with telling(self.told):
            seen, step = self._turn()
            while step is Step.NEXT_TUNNEL:
                seen, step = self._later_turn()
            if not self.module.check_mode:
                self._end(seen, step)
        return self.told

    def _turn(self) -> tuple[Seen, Step]:
        """One turn, and what comes next."""
        seen = self._written() if self.module.params["configure"] else Seen()
        is_committed = self.module.check_mode or not seen.uncommitted
        if self.place.delivers and is_committed and not seen.failed:
            seen = self.place.deliver(seen, seen.committed or (self.module.check_mode and self.told["changed"]))
        if self.module.check_mode:
            return seen, Step.LEAVE
        if outcome.can_verify(self.asked, seen.uncommitted) and not seen.failed:
            seen = self.place.verify(seen)
        if seen.failed and outcome.may_take_back(self.asked):
            seen = replace(seen, after=self._up_now())
        return seen, outcome.step(self.asked, seen)

    def _later_turn(self) -> tuple[Seen, Step]:
        """Where it breaks off, it is told how well the whole VPN is then, and not how well the tunnel was that had its turn before."""
        try:
            return self._turn()
        except PanosVpnError:
            self.place.tell_the_whole()
            raise

    # Writing and committing.

    def _written(self) -> Seen:
        planning = Planning(self.module, self.target, self._wish())
        failed: list[PanosVpnError] = []
        # Without a commit, what was written stays locked until the task that commits it.
        done = locked(self.module, self.target.session, lambda: self._write_and_commit(planning, failed),
                      lambda result: result["uncommitted"] and not self.asked.commits)
        add(self.told, done)
        self.place.wrote(planning.turn.negotiated)
        # Once a turn has made it, it stands; what was so before this task counts.
        self.remembers = self.remembers or not planning.turn.stood
        return Seen(
            tunnels=tuple(tunnel["name"] for tunnel in done.get("vpn", {}).get("tunnels", ())), noted=self._can_be_taken_back(),
            uncommitted=done["uncommitted"], committed="committed" in done, waiting=tuple(done.get("waiting", ())),
            recorded=planning.turn.recorded, commit_failed=failed[0].reason if failed else None, commit_goes_on=bool(failed) and failed[0].goes_on,
            before=self.before)

    def _wish(self) -> Wish:
        goes_on = self.asked.commits and self.asked.verifies
        # A plan of what this task carries through shows all of it.
        in_turn = self.module.params["rollout"] == outcome.ONE_BY_ONE and not (self.module.check_mode and goes_on)
        goes_on = goes_on and self.module.params["rollout"] == outcome.ONE_BY_ONE
        return Wish(self.asked.vpn, self.vpn, self.module.params["replaces"] if self.vpn else None, in_turn, goes_on, self.on_each)

    def _write_and_commit(self, planning: Planning, failed: list[PanosVpnError]) -> dict:
        """C(failed): takes the error of a commit, which does not end the run where the change is taken back."""
        done = planning.write(lambda: self._before_write(planning))
        if done["changed"] or done["uncommitted"]:
            told = _other_keys(self.module.params, None if not planning.turn.stood else planning.turn.interrupts)
            done["warnings"] += told
            for warning in told if self.asked.commits else ():
                self.module.announce(warning)
        if not self.asked.commits or not done["uncommitted"]:
            return done
        self.module.progress.about = outcome.told_of_turn(tuple(done.get("interrupts", ())), tuple(done.get("waiting", ())), "interrupts" in self.told)
        self._remember()
        if not self.asked.removes:
            self.place.wrote((), planning.turn.spoken)
            self.place.look_at_sessions(planning.turn, planning.turn.stood or bool(planning.pending))
        try:
            committed = commit_changes(self.module, self.target.session, done["objects"], done["earlier_changes"], self._description(),
                                       is_written=planning.is_written)
            self.place.committed(bool(planning.turn.replaces))
        except PanosVpnError as exc:
            failed.append(exc)
            done["warnings"] += exc.facts.pop("warnings", [])
            return {**done, **exc.facts}
        return {
            **done, "changed": done["changed"] or committed["changed"], "warnings": done["warnings"] + committed["warnings"],
            "uncommitted": self.module.check_mode, "committed": committed["committed"],
            "jobs": jobs_of(committed)}

    def _description(self) -> str:
        return self.module.params["description"] or f"{self.asked.vpn} {self.module.params['state']}, by tunnelsmith.panos_vpn.site_to_site_vpn"

    @property
    def _journal(self):
        """The journal as this task left it; one that it has only looked at is as it stands."""
        return self.module.journal or journal_of(self.module)

    def _can_be_taken_back(self) -> bool:
        return bool(self._journal and self._journal.differences)

    def _before_write(self, planning: Planning) -> None:
        """No tunnel is changed while another one has not shown that it works after its own change, in an earlier run."""
        self.place.refuse_foreign()
        self._remember()
        turn = planning.turn
        if turn.replaces:
            self.module.announce(turn.replaces)
        if turn.interrupts:
            self.module.announce(outcome.announced([turn.names[number] for number in turn.interrupts]))
        if self.module.params["rollout"] == outcome.ONE_BY_ONE and self.asked.verifies and turn.interrupts:
            changing = tuple(turn.names[number] for number in (*turn.interrupts, *turn.waiting))
            self.place.refuse_unproven(tuple(turn.names.values()), changing)

    def _remember(self) -> None:
        """What is up before anything is changed; asked only where that may decide what becomes of the change."""
        if self.before is None and outcome.may_take_back(self.asked) and not self.module.check_mode:
            self.before = self.place.remember()

    def _up_now(self) -> Up | None:
        try:
            return self.place.up()
        except PanosVpnError:
            return None

    # Ending.

    def _end(self, seen: Seen, step: Step) -> None:
        """Settle it, take it back, or leave it; and fail where that is how it ends."""
        left: tuple = ()
        again = Again()
        if step is Step.SETTLE and self._journal and not self.asked.keeps_journal:
            self._settle()
        if step is Step.TAKE_BACK:
            left = self._taken_back(seen)
            again = self.place.up_again(seen)
            if not journal_of(self.module):
                self.told.pop("journal", None)
        if step is not Step.TAKE_BACK:
            self.told["warnings"] += outcome.all_not_proven(seen.unproven, seen.sessions)
        if "healthy" in self.told:
            stands = again if step is Step.TAKE_BACK else seen
            self.told["unproven"] = list(dict.fromkeys((*stands.unproven, *stands.sessions)))
        seen = replace(seen, remembers=self.remembers or bool(seen.tunnels) and self._covers(seen.tunnels),
                       remembers_sessions=self.remembers or step is not Step.SETTLE or self._knows_its_sessions(seen))
        self.told["outcome"] = outcome.standing(self.asked, seen, step, left, again)
        if outcome.fails(self.asked, seen):
            why = outcome.reason(self.asked, seen)
            raise PanosVpnError(f"{why}. {self.told['outcome']}", reason=why)

    def _knows_its_sessions(self, seen: Seen) -> bool:
        """Without any journal: whether all of them have begun since this run has changed them; where nobody answers any more, nothing is known."""
        if self.asked.removes:
            return True
        try:
            return all(proof.covers_sessions(seen.tunnels, proof.running()) for proof in self.place.proofs)
        except PanosVpnError:
            return False

    def _covers(self, tunnels: Collection[str]) -> bool:
        """Whether all of these have been negotiated anew by this run, wherever they run."""
        return all(proof.covers(tunnels) for proof in self.place.proofs)

    def _settle(self) -> None:
        if not self._runs_as_noted():
            self.told["warnings"].append(f"what {self._journal.file} tells of does not run as it was written; the journal stays")
        elif self._journal.settle(self.module.tell):
            self.told.pop("journal", None)
        else:
            self.told["warnings"].append(f"another run has changed {self.asked.vpn} meanwhile: its journal {self._journal.file} stays")

    def _runs_as_noted(self) -> bool:
        """A task that only looks finds what runs well, and that need not be what was written last."""
        journal = self._journal
        if self.module.params["configure"] or not journal.differences:
            return True
        running = self.target.read(journal.reads, running=True)
        return all(revert.stands(difference, running) for difference in journal.differences)

    def _taken_back(self, seen: Seen) -> tuple[str, ...]:
        """Where what could not be taken back stands."""
        self.module.progress.about = "taking it back"
        try:
            done = locked(self.module, self.target.session, lambda: config_revert.taken_back(self.module, self.target)[0])
        except PanosVpnError as exc:
            self.told["warnings"] += exc.facts.pop("warnings", [])
            # What was written to take it back, and not committed.
            self.told["uncommitted"] = "committed" not in exc.facts and (self.told["uncommitted"] or exc.facts.get("changed", False))
            self.told["outcome"] = outcome.not_taken_back(str(exc))
            raise PanosVpnError(f"{outcome.reason(self.asked, seen)}. {self.told['outcome']}", **exc.facts) from exc
        self.told["changed"] = done["changed"] or self.told["changed"]
        self.told.update(reverted=done["reverted"], left=done["left"], uncommitted=False)
        self.told["warnings"] += done["warnings"]
        self.told["jobs"] = [*self.told.get("jobs", ()), *jobs_of(done)]
        if "diff" in done:
            add_diff(self.told, done["diff"])
        if self.place.delivers:
            seen = self.place.deliver(seen, is_new=True)
            self.told["warnings"] += [f"taking it back did not come to {words}" for words in seen.undelivered]
        return tuple(item["xpath"] for item in done["left"])


def _other_keys(params: Mapping[str, Any], numbers: Sequence[int] | None) -> list[str]:
    """A warning of each tunnel whose given key is another than the connection's. C(numbers): of the tunnels that get theirs now; None: of all.

    Whether it is a new key or a wrong one, only the far side knows. What stands there for a key that was masked is none.
    """
    described = [] if params["tunnels"] else given(params["connection"] or {}).get("tunnels", ())
    theirs = [document.readable(tunnel.get("pre_shared_key")) for tunnel in described]
    pairs = enumerate(zip(params["pre_shared_keys"] or (), theirs), 1)
    others = [number for number, (key, described_key) in pairs if key and described_key and key != described_key]
    return [f"{params['name']}: the key given for tunnel {number} is not the one in the connection's description; the far side has to have it too"
            for number in others if numbers is None or number in numbers]
