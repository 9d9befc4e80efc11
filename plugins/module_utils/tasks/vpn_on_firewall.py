# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A VPN on one firewall: it is asked how it is, has what was changed negotiated anew, and what is seen of it is told."""

from __future__ import annotations

import time
from dataclasses import dataclass, field, replace
from typing import Any, Collection, Mapping

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.configuration.path import Path
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.device.patience import NotYet, Waiting, alone
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.device.target import Target
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.diagnosis import sentences
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.errors import PanosVpnError, Refused
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.inquiry.vpn_watch import Question, View, Watch
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.peers import fields
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.peers.profile import Profile
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.reconcile.values import given
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.status.health import Health
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.status.selection import egress, interface_to
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.status.state import grouped
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.status.summary import summary
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.status.telling import tell
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.tasks import journal as journals, negotiating, verifying
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.tasks.module import PanosModule
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.tasks.proving import Negotiated, Proof, Running, sessions_of
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.tasks.vpn_planning import Turn
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.tasks.writing import journal_of
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.vpn import negotiation, outcome, rollout
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.vpn.negotiation import Agreed
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.vpn.outcome import Again, Asked, Seen, Step, Up

# What is told of a look at the VPN.
OF_A_LOOK = ("health", "healthy", "problems", "vpns", "summary", "diagnosis", "why")
# Seconds after a commit in which a firewall that ends BGP sessions by it has done so.
_ENDS_SESSIONS = 5.0


@dataclass
class OnFirewall:
    """The VPN on one firewall, as a run sees it.

    C(params): the options, with what is said for this firewall alone. C(proof): what is known of what it has negotiated. C(told): what the run tells,
    or its part of this firewall. C(before): what was up before anything was changed, C(spis): on which SAs. C(committed_at): when the last commit of the run
    had ended there. C(took_over): with that another VPN went.
    """

    module: PanosModule
    target: Target
    asked: Asked
    params: Mapping[str, Any]
    proof: Proof
    told: dict = field(default_factory=lambda: {"changed": False, "warnings": []})
    before: Up | None = None
    spis: dict[str, frozenset] = field(default_factory=dict)
    committed_at: float | None = None
    took_over: bool = False

    # What C(vpn_place.Place) asks.

    @property
    def delivers(self) -> bool:
        """What is committed runs."""
        return False

    @property
    def proofs(self) -> Collection[Proof]:
        return (self.proof,)

    def refuse_foreign(self) -> None:
        """A commit takes along what its own options say."""

    def deliver(self, seen: Seen, is_new: bool) -> Seen:
        """It is where it runs."""
        return seen

    def remember(self) -> Up:
        view = self._watch(Question()).look()
        flows = negotiating.by_tunnel(view.whole.flows)
        self.before, self.spis = _up(view), {name: negotiating.spis(flows, name) for name in flows}
        if not self._noted():
            self.proof.at_first = sessions_of(view.state.bgp_peers)
        return self.before

    def up(self) -> Up:
        return _up(self._watch(Question()).look())

    def wrote(self, objects: Collection[Agreed], places: Collection[Path] = ()) -> None:
        self.proof.wrote(objects, places)

    def committed(self, another_went: bool) -> None:
        self.committed_at, self.took_over = time.monotonic(), self.took_over or another_went

    def look_at_sessions(self, turn: Turn, was_there: bool) -> None:
        journal = self._noted()
        places = self.proof.spoken(journal)
        if not places:
            return
        if was_there:
            self.proof.look_before_commit()
        else:
            # Peers of a VPN that was in no configuration have none.
            self.proof.sessions = {}
        before = self.proof.sessions or {}
        peers = [each.peer for each in turn.speaking if each.place in places]
        if journal and peers:
            journal.note_sessions("", {peer: before.get(peer) for peer in peers}, self.module.tell)

    def refuse_unproven(self, tunnels: tuple[str, ...], changing: tuple[str, ...]) -> None:
        unproven = alone(self._renegotiated(Seen(tunnels=tunnels, waiting=changing), notes=False))
        if self.proof.spoken(self._noted()):
            unproven = replace(unproven, sessions=self._old_sessions(unproven, self.proof.running(), notes=False))
        if unproven.problems or unproven.unproven or unproven.sessions:
            raise Refused(outcome.not_before(self.asked, unproven))

    def verify(self, seen: Seen) -> Seen:
        return alone(self.verified(seen))

    def tell_the_whole(self) -> None:
        """How well all of the VPN is; nothing where the firewall does not answer any more."""
        watch = self._watch(self._question((self.asked.vpn,)))
        try:
            self._tell(watch, watch.once())
        except PanosVpnError:
            for name in OF_A_LOOK:
                self.told.pop(name, None)

    def up_again(self, seen: Seen) -> Again:
        """After it was taken back, what was up before and may have lost its SAs, or have made them with what is gone, begins anew too."""
        before = [name for name in (self.before or Up()).tunnels if name in seen.tunnels]
        try:
            again = self._negotiated_as_before(before, seen) if before else Again()
            return replace(again, sessions=tuple(self.proof.sessions_after_taking_back(self.proof.running(), self._noted(), self.module.tell)))
        except PanosVpnError as exc:
            return Again(trouble=str(exc))

    # Looking.

    def _noted(self) -> journals.Journal | None:
        """What earlier runs and this one have noted, as it stands."""
        return journal_of(self.module)

    def _watch(self, question: Question) -> Watch:
        return Watch(self.target, question)

    def _question(self, names: tuple) -> Question:
        """Routes are asked for with the whole VPN: of its tunnels one alone may have the best path."""
        return Question(
            names=names, routes=names == (self.asked.vpn,), connection=_described(self.params),
            source_zones=verifying.texts(self.params, "source_zones"),
            local_networks=verifying.networks(self.params, "local_networks", self.target),
            remote_networks=verifying.networks(self.params, "remote_networks", self.target),
            counter_interval=self.params["counter_interval"], probe=verifying.prober_of(self.params))

    def verified(self, seen: Seen) -> Waiting[Seen]:
        """Raises nothing: where it cannot be asked, that is what was seen."""
        names = outcome.names_to_verify(self.asked, tuple(self.told.get("interrupts", ())), seen.waiting)
        watch = self._watch(self._question(names))
        try:
            seen = yield from self._renegotiated(seen)
            if seen.problems:
                return replace(seen, sessions=self._old_sessions(seen, self.proof.running()))
            seen = replace(seen, sessions=(yield from self._sessions_that_stay(seen)))
            view = yield from watch.until_healthy(self.module.patience("verify_timeout", "verify_poll"), self._begin if self.asked.commits else None)
            self._took_over(view)
            if seen.sessions:
                seen = replace(seen, sessions=self._old_sessions(seen, self.proof.running()))
        except PanosVpnError as exc:
            self.told["warnings"] += exc.facts.get("warnings", [])
            return replace(seen, look_failed=str(exc))
        return replace(self._judged(seen, watch, view), look_failed=self._elsewhere(view))

    def _elsewhere(self, view: View) -> str | None:
        """A pair that has gone over since the task began shows nothing here. Behind a Panorama both members have got it, and one of them is passive."""
        if not view.away or self.proof.panorama is not None:
            return None
        return (f"{self.target.place} is the {view.ha} member of its HA pair by now: what it shows of {self.asked.vpn} proves nothing. Run again on the active "
                "member")

    def _begin(self, view: View) -> None:
        """Negotiate the tunnels that are down and that no packet asks for: nobody is behind a VPN that was just made, and it is to show that it works."""
        configuration, flows = view.judged, negotiating.by_tunnel(view.whole.flows)
        rules, peers = grouped(configuration["pbf_rules"], egress), grouped(configuration["bgp"]["peers"], interface_to)
        for tunnel in configuration["tunnels"]:
            unit = tunnel.get("tunnel_interface")
            is_asked_for = negotiation.is_asked_for(tunnel, rules.get(unit, ()), peers.get(unit, ()))
            waits = tunnel.get("disabled") or negotiation.waits_for_its_peer(tunnel, configuration)
            if not waits and not is_asked_for and not negotiating.is_up(flows, tunnel["name"]):
                list(negotiating.initiate(self.target.session, [tunnel]))

    def _judged(self, seen: Seen, watch: Watch, view: View) -> Seen:
        """What does not work is a problem of the change; what works and is at risk is told beside.

        A tunnel's turn is proven by that tunnel alone. Where the run ends with it, what is told is how well the whole VPN is.
        """
        seen = replace(seen, problems=view.condition.problems(Health.DOWN))
        if outcome.step(self.asked, seen) is not Step.NEXT_TUNNEL:
            watch, view = self._of_the_whole(watch, view)
        diagnosis = self._tell(watch, view)
        causes = sentences.first_causes(diagnosis, verifying.concerned(view) or {found["tunnel"] for found in diagnosis})
        return replace(seen, risks=view.condition.problems(Health.AT_RISK), causes=tuple(causes))

    def _tell(self, watch: Watch, view: View) -> list[dict]:
        """How well what was looked at is, and why; the causes once more by themselves."""
        condition, diagnosis = view.condition, view.diagnosis or []
        state = tell(view.configuration, view.state, condition, watch.question.connection)
        self.told["warnings"] += [warning for warning in view.warnings if warning not in self.told["warnings"]]
        self.told.update(**verifying.told(view), summary=summary(state, condition), diagnosis=diagnosis, why=sentences.lines(diagnosis))
        return diagnosis

    def _of_the_whole(self, watch: Watch, view: View) -> tuple[Watch, View]:
        """The same of all tunnels of the VPN; as it is where that was asked already, or where the firewall does not answer any more."""
        question = self._question((self.asked.vpn,))
        if watch.question.names == question.names:
            return watch, view
        whole = self._watch(question)
        try:
            return whole, whole.once()
        except PanosVpnError:
            return watch, view

    # What is negotiated is in force only when it has been negotiated.

    def _renegotiated(self, seen: Seen, notes: bool = True) -> Waiting[Seen]:
        """One tunnel after the other, the next one when all is well with the one before. C(seen.waiting): tunnels that are not concerned yet.

        C(notes): whether it is noted in the journal, which is not ours to write to while something is about to be written.
        """
        journal = self._noted()
        if not self.proof.concerned(journal):
            return replace(seen, unproven=())
        running = self.proof.running()
        configuration = running.configuration
        due = self.proof.due(journal, configuration)
        names = [name for name in due if name not in seen.waiting and (not seen.tunnels or name in seen.tunnels)]
        if not names:
            return replace(seen, unproven=())
        tunnels = {tunnel["name"]: tunnel for tunnel in configuration["tunnels"]}
        unproven: list[str] = []
        order = self._order(names, seen.tunnels)
        for place, name in enumerate(order):
            can_begin = self.asked.commits and not negotiation.waits_for_its_peer(tunnels[name], configuration)
            if not can_begin or self._is_spared(name, seen):
                unproven.append(name)
                continue
            self.told["interrupts"] = list(dict.fromkeys([*self.told.get("interrupts", ()), name]))
            self.module.progress.about = f"{name} is negotiated anew"
            watch = self._watch(self._question((name,)))
            done = yield from self.proof.negotiate(tunnels[name], watch, self.module.patience("verify_timeout", "verify_poll"))
            self._measured(name, done)
            if done.forgot:
                self.proof.settle(tunnels[name], running, journal if notes else None, self.module.tell)
            else:
                unproven.append(name)
            if not done.view.is_clear:
                return replace(self._judged(seen, watch, watch.judged(done.view)), unproven=(*unproven, *order[place + 1:]))
        return replace(seen, unproven=tuple(unproven))

    def _measured(self, name: str, done: Negotiated) -> None:
        """How long a tunnel was interrupted; one that the commit had ended was so from its end on."""
        if not done.view.is_clear:
            return
        since = 0.0 if done.was_up or self.committed_at is None else time.monotonic() - done.seconds - self.committed_at
        self.told.setdefault("interruptions", []).append({"tunnel": name, "seconds": round(since + done.seconds, 1)})

    def _took_over(self, view: View) -> None:
        """How long nothing passed, at the most, while this VPN took the place of another one: until all of it was seen up."""
        if self.took_over and view.is_clear and self.committed_at is not None:
            seconds = round(view.at - self.committed_at, 1)
            self.told["interruptions"] = [{"tunnel": verdict.name, "seconds": max(seconds, 0.0)} for verdict in view.judgement.tunnels]

    def _order(self, names: list[str], tunnels: tuple[str, ...]) -> list[str]:
        """The one that is preferred last, those that are down first."""
        up = self.proof.up()
        numbers = {number: name for number, name in enumerate(tunnels or names, 1) if name in names}
        carrying = [number for number, name in numbers.items() if name in up]
        return [numbers[number] for number in rollout.order(numbers, self.module.params["primary_tunnel"] or 1, carrying)]

    def _is_spared(self, name: str, seen: Seen) -> bool:
        """The only tunnel that carries packets is not interrupted to prove it, unless all tunnels at once would have been."""
        others = [other for other in seen.tunnels if other != name]
        up = self.proof.up()
        is_last_one = bool(others) and name in up and up.isdisjoint(others)
        return is_last_one and self.module.params["rollout"] == outcome.ONE_BY_ONE

    def _negotiated_as_before(self, before: list[str], seen: Seen) -> Again:
        running = self.proof.running()
        configuration = running.configuration
        there = {tunnel["name"]: tunnel for tunnel in configuration["tunnels"]}
        journal = self._noted()
        up: list[str] = []
        down: list[str] = []
        unproven: list[str] = []
        for name in self._order([name for name in before if name in there], seen.tunnels):
            is_as_before = name not in self.proof.cleared and self.proof.spis(name) == self.spis.get(name) and name in self.proof.up()
            if is_as_before:
                self.proof.settle(there[name], running, journal, self.module.tell)
                continue
            if negotiation.waits_for_its_peer(there[name], configuration) or (down and name in self.proof.up()):
                unproven.append(name)
                continue
            self.module.progress.about = f"{name} is negotiated as before"
            watch = self._watch(Question(names=(name,)))
            done = alone(self.proof.negotiate(there[name], watch, self.module.patience("verify_timeout", "verify_poll")))
            if done.forgot:
                self.proof.settle(there[name], running, journal, self.module.tell)
            (up if done.view.is_clear and done.forgot else down).append(name)
        return Again(up=tuple(up), down=tuple(down), unproven=tuple(unproven))

    # So is what a BGP session begins with, when it has begun anew.

    def _sessions_that_stay(self, seen: Seen) -> Waiting[tuple[str, ...]]:
        """The tunnels through which old BGP sessions go on, when a firewall that ends them by a commit has had the time to do so."""
        if not self.proof.spoken(self._noted()):
            return ()
        running = self.proof.running()

        def look() -> tuple[str, ...]:
            old = self._old_sessions(seen, running)
            if old:
                raise NotYet(f"the BGP session through {', '.join(old)} has not begun anew yet")
            return old

        patience = self.module.patience("verify_timeout", "verify_poll")
        try:
            return (yield from replace(patience, timeout=min(patience.timeout, _ENDS_SESSIONS)).waiting(look))
        except NotYet:
            return self._old_sessions(seen, running)

    def _old_sessions(self, seen: Seen, running: Running, notes: bool = True) -> tuple[str, ...]:
        """The tunnels through which BGP sessions go on that are older than what was changed of them. C(notes): as of C(_renegotiated)."""

        def is_concerned(tunnel: str) -> bool:
            return tunnel not in seen.waiting and (not seen.tunnels or tunnel in seen.tunnels)

        return tuple(self.proof.old_sessions(running, self._noted(), self.module.tell, is_concerned, notes))


def _up(view: View) -> Up:
    tunnels = tuple(verdict.name for verdict in view.judgement.tunnels if verdict.healthy)
    peers = tuple(peer.name for peer in view.state.bgp_peers if peer.established)
    return Up(tunnels, peers, (*(verdict.name for verdict in view.judgement.tunnels), *(peer.name for peer in view.state.bgp_peers)))


def _described(params: Mapping[str, Any]) -> Profile:
    """What the far side says of the VPN. A key that is given stands for its own, which may be masked or out of date there."""
    described = given(params["connection"] or {})
    tunnels = given(params["tunnels"]) or described.get("tunnels", [])
    profile = fields.read(Profile, {"id": params["name"], **described, "tunnels": tunnels}, "connection")
    if not any(params["pre_shared_keys"] or ()):
        return profile
    return replace(profile, tunnels=tuple(replace(tunnel, pre_shared_key=None) for tunnel in profile.tunnels))
