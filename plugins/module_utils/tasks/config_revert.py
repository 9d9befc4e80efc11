# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What C(config_revert) does: take back exactly what the last unverified runs changed, commit that, and prove it."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from dataclasses import replace
from itertools import chain
from typing import Sequence

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils import arguments
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.configuration import path as places, secrets
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.configuration.path import Path
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.device import commit, jobs
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.device.connection import Session
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.device.target import Target
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.device.transaction import CODE_REFERENCED
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.errors import DeviceError, InvalidInput, PanosVpnError
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.firewall.surroundings import Surroundings
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.reconcile import revert
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.reconcile.plan import Plan, plan as make_plan
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.tasks import delivery, uncommitted
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.tasks.commit import COMMITTING, commit_changes
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.tasks.journal import Journal
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.tasks.module import PanosModule, locked, target_of, telling, with_session
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.tasks.proving import Proof, Running
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.tasks.writing import Wanted, carry_out, journal_held, journal_of
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.vpn import record as records, removal, shared
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.vpn.outcome import all_taken_back_unproven

_DEPENDS_ON_JOB = "it was taken back in the candidate; whether that runs depends on the commit job, which may go on"
_AS_THEY_WERE = "candidate and running configuration are what they were before this task"


def argument_spec() -> dict:
    return {
        **arguments.PROVIDER, **arguments.WRITING, **arguments.LOCKING, **COMMITTING,
        "name": {"type": "str", "required": True},
        "journal": {"type": "path", "required": True},
        **{name: dict(option) for name, option in arguments.LOCATIONS.items()},
        "commit": {"type": "bool", "default": True},
        **delivery.OPTIONS,
    }


def run() -> None:
    """The whole life of the module."""
    module = PanosModule(argument_spec())
    with_session(module, lambda session: _run(module, session))


def _run(module: PanosModule, session: Session) -> dict:
    if not module.params["journal"].strip():
        raise InvalidInput("journal: it is empty; name the folder that the run had which is to be taken back")
    return locked(module, session, lambda: _taken_back_if_noted(module, session))


def _taken_back_if_noted(module: PanosModule, session: Session) -> dict:
    journal = _journal(module)
    if not journal.differences:
        raise PanosVpnError(f"{_why_nothing(module.params['name'], journal)}. {_AS_THEY_WERE}", nothing_noted=True)
    target = target_of(module, session)
    way = delivery.Delivery(module, target, target.behind, module.params["name"]) if target.behind is not None else None
    pushes = way is not None and module.params["commit"] and module.params["push"] is not False
    if way is not None and pushes:
        way.refuse_foreign()
    result, unproven = taken_back(module, target, module.params["commit"])
    result["warnings"] += unproven
    if way is not None and pushes:
        _deliver(way, result)
    return result


def _deliver(way: delivery.Delivery, result: dict) -> None:
    """What was taken back on a Panorama goes to its firewalls, too. Raises PanosVpnError where one does not get it."""
    told = way.deliver(True, False, lambda serials: _look_at_sessions_on_each(way, serials))
    result.update(devices=told["devices"], push_jobs=told["push_jobs"], changed=told["changed"] or result["changed"],
                  warnings=[*result["warnings"], *told["warnings"]])
    if way.undelivered:
        raise PanosVpnError(f"it was taken back on Panorama, and {len(way.undelivered)} of {len(way.fates)} firewalls did not get that: "
                            f"{'; '.join(way.undelivered)}. Push to them again (module push)", **result)


def _look_at_sessions_on_each(way: delivery.Delivery, serials: Sequence[str]) -> None:
    """Which BGP sessions there are on the firewalls that are about to get what was taken back."""
    journal, target = journal_of(way.module), way.target
    if journal and Proof(target).spoken(journal):
        pushed = Running.of(target)
        for serial in serials:
            Proof(target.firewall(serial), target, serial).look_before_push(journal, pushed, way.module.tell)


def _why_nothing(vpn: str, journal: Journal) -> str:
    if journal.negotiated:
        return (f"nothing is left to take back of {vpn}: its journal {journal.file} only says which tunnels have to be negotiated anew, and goes when a run "
                "with verify, or vpn_action (reconnect), has done that")
    return (f"there is nothing to take back of {vpn}, because no journal tells of a change of it. A journal is deleted when its changes have been verified or "
            f"taken back; and it stays where the task ran: a container that is gone has taken it along. Looked for {journal.file}")


def taken_back(module: PanosModule, target: Target, commits: bool = True) -> tuple[dict, list[str]]:
    """Take back what the journal of the module's VPN says, and prove it: (what was done, what stays unproven, in sentences).

    What is committed is told as C(commit_changes) tells it.
    """
    with journal_held(module):
        reverting = _Reverting(module, target, commits)
        return reverting.run(), all_taken_back_unproven(*reverting.unproven)


def _journal(module: PanosModule) -> Journal:
    """The module's own, which it has wherever something is taken back."""
    journal = journal_of(module)
    if journal is None:
        raise InvalidInput("journal: nothing can be taken back without one; name the folder that the run had")
    return journal


class _Reverting:
    """One taking back."""

    def __init__(self, module: PanosModule, target: Target, commits: bool):
        self.module, self.target, self.commits = module, target, commits
        self.vpn = module.params["name"]
        self.journal = _journal(module)
        module.secret_forms.update(form for secret in self.journal.secrets() for form in secrets.printable_forms(secret))
        self.objects = self.journal.places
        # As the journal says, and what became of the VPN's record since.
        self.differences = self.journal.differences
        self._refuse_while_committing()
        self.pending = uncommitted.listed(module, target.session)
        # Path → reason, of what the firewall itself did not let go.
        self.kept: dict = {}
        self.left: list = []
        # Tunnels that have to be negotiated anew, and those through which BGP sessions go on.
        self.unproven: tuple[list[str], list[str]] = ([], [])

    def run(self) -> dict:
        result = self._written()
        # Its objects are those that are told as reverted and left.
        del result["objects"]
        done = [difference for difference in self.differences if difference.path not in {item.difference.path for item in self.left}]
        result["reverted"] = [_told(difference) for difference in done]
        result["left"] = [{**_told(item.difference), "reason": item.reason} for item in self.left]
        result["unproven"] = []
        result["warnings"] += [f"{item.difference.label} stays ({places.words(item.difference.path)}): {item.reason}" for item in self.left]
        if self.module.check_mode:
            result["changed"] = result["changed"] or self.commits and any(map(self._is_mine, self.pending))
            return result
        with telling(result):
            if self.commits:
                self._commit(result)
            self._prove()
            if self.commits and not self.left:
                self._close_journal(result)
        return result

    def _refuse_while_committing(self) -> None:
        """A job that is under way may be ours, and replaces what runs: nothing is taken back before it has ended."""
        if self.module.check_mode:
            return
        try:
            jobs.refuse_while_committing(self.target.session, self.module.patience("commit_timeout", "commit_poll"))
        except PanosVpnError as exc:
            raise exc.leaving("nothing was taken back; take it back when it has ended")

    def _written(self) -> dict:
        """Where others have come to refer to an object of ours, the firewall keeps it: it is left, and the rest is tried again."""
        while True:
            try:
                return carry_out(self.module, self.target, self.journal.reads, self._planned, self._refuse_foreign, keeps_journal=False)
            except DeviceError as exc:
                if exc.code != CODE_REFERENCED or exc.operation is None or exc.operation.path in self.kept:
                    raise
                self.kept[exc.operation.path] = f"the firewall does not let it go: {exc}"

    def _planned(self, tree: ET.Element) -> tuple[Wanted, Plan]:
        view = Surroundings(tree, self.target.base, self.target.platform)
        inheritance = shared.Inheritance(self.vpn, view, self.journal.differences)
        self.differences = inheritance.changes
        standing = [difference for difference in self.differences if difference.moved_below is None and revert.is_there(difference, tree)]
        used = shared.Shared(self.vpn, view, {difference.path: revert.text_before(difference) for difference in standing})
        plan, self.left = revert.plan(self.differences, tree, {**self._of_others(view), **used.kept, **self.kept})
        after = Surroundings(plan.after, self.target.base, self.target.platform)
        handed = make_plan([used.handed_over(after), inheritance.passed_on(after)], plan.after, self.target.base)
        passed = [path for _item, path in handed.touched]
        self.differences = [revert.back_to(difference, handed.after) if any(places.starts_with(difference.path, path) for path in passed) else difference
                            for difference in self.differences]
        self.objects = [*self.journal.places, *passed]
        return Wanted([]), plan.followed_by(handed)

    def _of_others(self, view: Surroundings) -> dict[Path, str]:
        """Path → reason, of what is another VPN's by now: the journal of a VPN that went without it is stale."""
        found = {}
        for record in records.of_others(view, self.vpn):
            theirs = removal.own_objects(view, record)
            found.update({self.target.base(item.location) + item.relative_path: f"it is {record.vpn}'s now, by its record" for item in theirs})
        return found

    def _refuse_foreign(self, _intent: Wanted) -> None:
        if self.commits:
            uncommitted.refuse_foreign(self.module, self.target.session, self.pending, self._is_mine)
        self.journal = self.journal.taking_back()
        self.journal.save()

    def _is_mine(self, change: commit.Change) -> bool:
        return commit.concerns(change, self.objects)

    def _close_journal(self, result: dict) -> None:
        """It keeps which tunnels may have SAs that were made with what was there meanwhile. The firewall is as it was, whatever becomes of a file."""
        rest = self.journal.taken_back()
        try:
            rest.save()
            self.unproven = self._not_proven(rest) if rest else ([], [])
            result["unproven"] = list(dict.fromkeys(chain(*self.unproven)))
            if not result["unproven"]:
                rest.forget()
        except PanosVpnError as exc:
            result["warnings"].append(str(exc))

    def _not_proven(self, rest: Journal) -> tuple[list[str], list[str]]:
        running, proof = Running.of(self.target), Proof(self.target, sessions=dict(self.journal.on("").sessions))
        return proof.due(rest, running.configuration), proof.old_sessions(running, rest, self.module.tell, notes=False)

    def _look_at_sessions(self) -> None:
        """Which BGP sessions there are before what was taken back of them is running."""
        proof = Proof(self.target)
        # On the firewalls behind a Panorama it is running with the push.
        if self.target.behind is None and proof.spoken(self.journal):
            proof.look_before_commit()
            self.journal = replace(self.journal, shown={**self.journal.shown, "": replace(self.journal.on(""), sessions=proof.sessions or {})})

    def _commit(self, result: dict) -> None:
        self._look_at_sessions()
        description = self.module.params["description"] or f"{self.vpn} reverted, by tunnelsmith.panos_vpn.config_revert"
        try:
            committed = commit_changes(self.module, self.target.session, [places.render(path) for path in self.objects],
                                       uncommitted.earlier_changes(self.pending, self._is_mine), description)
        except PanosVpnError as exc:
            raise exc.leaving(_DEPENDS_ON_JOB if exc.goes_on else self._still_running())
        result["warnings"] += committed.pop("warnings")
        result["changed"] = committed.pop("changed") or result["changed"]
        result.update(committed)

    def _still_running(self) -> str:
        """What is told of the running configuration where what was taken back in the candidate could not be committed."""
        try:
            wrong = self._unproven(running=True)
        except PanosVpnError:
            return "it was taken back in the candidate"
        runs = "still has what is to be taken back" if wrong else "is what it was"
        return f"it was taken back in the candidate, the running configuration {runs}"

    def _unproven(self, running: bool) -> list:
        return revert.unproven(self.differences, self.target.read(self.journal.reads, running=running), self.left)

    def _prove(self) -> None:
        """Read what is there now, and compare it with the journal."""
        configuration = "running configuration" if self.commits else "candidate"
        wrong = self._unproven(running=self.commits)
        if wrong:
            raise PanosVpnError(f"{self.vpn}: the {configuration} of {self.target.place} is not as it was before at "
                                f"{', '.join(places.words(difference.path) for difference in wrong)}; the journal {self.journal.file} stays")


def _told(difference: revert.Difference) -> dict:
    return {"object": difference.label, "xpath": difference.xpath}
