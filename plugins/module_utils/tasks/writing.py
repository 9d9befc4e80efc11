# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Read, plan, and write what differs: one transaction, noted in the journal first, and looked for where its answer is lost."""

from __future__ import annotations

import contextlib
import xml.etree.ElementTree as ET
from dataclasses import dataclass, field, replace
from typing import Any, Callable, ContextManager, Iterator, Mapping, Sequence, Tuple

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils import arguments
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.configuration import path as places
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.configuration.path import Path
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.device import readiness, transaction
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.device.patience import NotYet, Patience
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.device.target import Target
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.errors import (
    ConnectionFailed, DeviceError, InvalidInput, PanosVpnError, Refused, TakenMeanwhile,
)
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.reconcile import revert
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.reconcile.diff import diff
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.reconcile.plan import Plan, plan as make_plan
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.reconcile.values import validate
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.tables.desired import Desired, DesiredEntry
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.tasks import journal as journals, needed
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.tasks.module import NOTHING_WRITTEN, PanosModule

# How often a plan is made anew when another run took an allocated name between our read and our write.
_ATTEMPTS = 20
# How often a plan is sent whose answer gets lost; in between, the candidate is read back.
_SENDINGS = 3


@dataclass
class Wanted:
    """What a task wants, worked out on the configuration that was read.

    C(phases): lists of desired items. C(facts): further results. C(view): what stands around, where that is more than what was read: behind a
    Panorama, other templates of the stack and the firewall itself.
    """

    phases: Sequence[Sequence[Desired]]
    warnings: list[str] = field(default_factory=list)
    facts: dict = field(default_factory=dict)
    view: ET.Element | None = None

    def places(self, base: Callable[[str], Path]) -> list[Path]:
        """The absolute paths of all items, each once."""
        return list(dict.fromkeys(base(item.location) + item.relative_path for phase in self.phases for item in phase))


# From the tree that was read to what is wanted, and the plan of that.
Planning = Callable[[ET.Element], Tuple[Wanted, Plan]]
# Called with what is wanted when something is about to be written.
BeforeWrite = Callable[[Wanted], None]


def configure(
    module: PanosModule, target: Target, reads: Sequence[Path], wanted: Callable[[ET.Element], Wanted], before_write: BeforeWrite | None = None,
) -> dict:
    """Read, plan, and unless this is check mode or nothing differs, write. C(wanted): from the tree read to a Wanted.

    C(before_write): called with the Wanted when something is about to be written; raises where it must not be.
    """

    def planned(tree: ET.Element) -> tuple[Wanted, Plan]:
        intent = wanted(tree)
        for item in (item for phase in intent.phases for item in phase if isinstance(item, DesiredEntry)):
            intent.warnings += validate(item, target.platform)
        return intent, make_plan(intent.phases, tree, target.base)

    return carry_out(module, target, reads, planned, before_write)


def carry_out(
    module: PanosModule, target: Target, reads: Sequence[Path], planned: Planning, before_write: BeforeWrite | None = None, keeps_journal: bool = True,
) -> dict:
    """C(configure) with the planning given: C(planned): from the tree read to a Wanted and its plan.

    C(keeps_journal): whether what is written is noted in the task's journal, where it has one.
    """
    if not keeps_journal or not journal_file(module):
        return _carried_out(module, target, reads, planned, before_write, None)
    if module.check_mode:
        return {**_carried_out(module, target, reads, planned, before_write, None), **_told_of(journal_of(module))}
    # From reading what is there to having written it, so that no two runs note what the other one does not see.
    with journal_held(module):
        journal = journal_of(module)
        result = _carried_out(module, target, reads, planned, before_write, journal)
        module.journal = journal_of(module)
    return {**result, **_told_of(module.journal)}


def _refuse_undone(module: PanosModule, journal: journals.Journal | None, current: ET.Element, reads: Sequence[Path]) -> None:
    """What this task wrote before, another run may have taken back since: then it does not go on with half of a VPN."""
    before = module.journal
    if journal is None or before is None or before.hand == journal.hand:
        return
    seen = [difference for difference in before.differences if any(places.starts_with(difference.path, path) for path in reads)]
    gone = [difference for difference in seen if not revert.stands(difference, current)]
    if gone:
        labels = ", ".join(dict.fromkeys(difference.label for difference in gone))
        raise Refused(f"another run has taken back or changed meanwhile what this one wrote before ({labels}), so that it goes no further; "
                      "run again when the other one has ended")


def _told_of(journal: journals.Journal | None) -> dict:
    return {"journal": journal.file} if journal else {}


def _carried_out(
    module: PanosModule, target: Target, reads: Sequence[Path], planned: Planning, before_write: BeforeWrite | None, journal: journals.Journal | None,
) -> dict:
    for attempt in range(_ATTEMPTS):
        intent, plan = planned(target.read([*reads, *readiness.READS]))
        if not plan:
            break
        readiness.refuse_unready(target, plan.before)
        needed.refuse_interfaces_of_others(target, plan)
        missing = needed.missing(target, plan, reads, intent.view)
        if module.check_mode:
            intent.warnings += needed.yet(target, missing)
            break
        intent.warnings += needed.refuse(target, missing)
        _refuse_undone(module, journal, plan.before, reads)
        if before_write is not None:
            before_write(intent)
        try:
            with _noted(journal, plan, reads, target.base) as note:
                _write(module, target, plan, lambda: _still_to_do(target, reads, intent, planned), note)  # pylint: disable=cell-var-from-loop
            break
        except TakenMeanwhile:
            if attempt == _ATTEMPTS - 1:
                raise
    result = {"changed": bool(plan), "warnings": plan.warnings + intent.warnings, **intent.facts}
    result["objects"] = [places.render(place) for place in intent.places(target.base)]
    if module._diff and plan:
        result["diff"] = diff(plan)
    return result


def _still_to_do(target: Target, reads: Sequence[Path], intent: Wanted, planned: Planning) -> Plan:
    """What of a plan is not in the candidate. What was wanted counts, and not what would be wanted next: that may be another tunnel's turn."""
    if not intent.phases:
        return planned(target.read(reads))[1]
    return make_plan(intent.phases, target.read([*reads, *intent.places(target.base)]), target.base)


def journal_file(module: PanosModule) -> str | None:
    """Where the journal of the task's VPN stands; None where none is kept."""
    params = module.params
    if not params.get("journal"):
        return None
    return journals.file_of(params["journal"], firewall_of(params), _vpn(params))


def _vpn(params: Mapping[str, Any]) -> str:
    return params["name"] if isinstance(params["name"], str) else arguments.trimmed(params["name"])[0]


def journal_of(module: PanosModule) -> journals.Journal | None:
    """What the task's VPN would take to be reverted; None where no journal is kept."""
    file = journal_file(module)
    return None if file is None else journals.load(file, _vpn(module.params))


def journal_held(module: PanosModule) -> ContextManager:
    """With the task's journal for this run alone."""
    file = journal_file(module)
    return contextlib.nullcontext() if file is None or module.check_mode else journals.held(file, module.patience("lock_timeout"))


def firewall_of(params: Mapping[str, Any]) -> str:
    """What a firewall is called in the names of journals. On a Panorama, the template: a VPN of the same name in another one is another VPN."""
    provider = params["provider"]
    port = provider["port"] if provider["port"] != 443 else None
    written_to = [f"{place}={params[place]}" for place in ("template", "template_stack") if params.get(place)]
    return ":".join(str(part) for part in (provider["ip_address"], port, provider["serial_number"], *written_to) if part)


@contextlib.contextmanager
def _noted(journal: journals.Journal | None, plan: Plan, reads: Sequence[Path], base: Callable[[str], Path]) -> Iterator[Callable[[Plan], None]]:
    """With what the plan changes in the journal first; yields what notes another plan for all of it. Where nothing was written, the journal is as it was."""
    if journal is None:
        yield _nothing_noted
        return

    def note(plan: Plan) -> None:
        journal.noting(plan, reads, base).save()

    try:
        note(plan)
    except InvalidInput as exc:
        raise exc.adding(NOTHING_WRITTEN)
    try:
        yield note
    except (DeviceError, ConnectionFailed) as exc:
        if isinstance(exc, DeviceError) or not exc.sent:
            _restored(journal, exc)
        raise


def _nothing_noted(_plan: Plan) -> None:
    """Where no journal is kept."""


def _restored(journal: journals.Journal, error: PanosVpnError) -> None:
    """The journal as it was; where that fails, the error that is on its way says so."""
    try:
        journal.save()
    except InvalidInput as exc:
        error.adding(str(exc))


def _write(module: PanosModule, target: Target, plan: Plan, still_to_do: Callable[[], Plan], note: Callable[[Plan], None]) -> None:
    """Send the plan; where the answer is lost, look whether it was carried out, and only then send the rest of it, which C(note) is told.

    C(still_to_do): reads the candidate, and plans what is not there. A firewall that gave no answer in time is not asked a second time.
    """
    rest = plan
    for sending in range(1, _SENDINGS + 1):
        try:
            transaction.send(target.session, rest.operations, rest.before, module.patience("lock_timeout"))
            return
        except ConnectionFailed as exc:
            if not exc.sent and rest is plan:
                raise exc.adding(NOTHING_WRITTEN)
            lost = exc
        except PanosVpnError as exc:
            written = transaction.written(plan.operations, rest.operations)
            raise transaction.undone(target.session, written, plan.before, exc) if written else exc
        over = lost.late or sending == _SENDINGS
        rest = _read_back(still_to_do, lost, Patience.for_the_late(module.tell) if over else Patience(0))
        if not rest:
            return
        try:
            note(_whole(plan, rest))
        except InvalidInput as exc:
            raise exc.adding(_standing(plan, rest))
        if over:
            break
    if lost.late:
        raise lost.adding(_standing_late(plan, rest))
    raise lost.saying(str(lost), sent=_standing_operations(plan, rest) > 0).adding(_standing(plan, rest))


def _whole(plan: Plan, rest: Plan) -> Plan:
    """What was planned, as it is now that only its rest is still to be done."""
    return replace(rest, before=plan.before, operations=[*transaction.written(plan.operations, rest.operations), *rest.operations])


def _standing_operations(plan: Plan, rest: Plan) -> int:
    return len(plan.operations) - len(rest.operations)


def _standing(plan: Plan, rest: Plan) -> str:
    standing = _standing_operations(plan, rest)
    return f"the first {standing} of {len(plan.operations)} operations stand in the candidate, uncommitted" if standing > 0 else NOTHING_WRITTEN


def _standing_late(plan: Plan, rest: Plan) -> str:
    """No answer came in time: what is not there now may be there later."""
    standing = _standing_operations(plan, rest)
    there = f"{standing} of {len(plan.operations)} operations" if standing > 0 else "nothing"
    return (f"{Patience.for_the_late().timeout:g} s later {there} of it stood in the candidate, and the firewall may still carry it out: look at its "
            "candidate, or run again when it answers")


class _Unwritten(Exception):
    """Something of a plan is not in the candidate."""


def _read_back(still_to_do: Callable[[], Plan], lost: ConnectionFailed, patience: Patience) -> Plan:
    """The plan for what is still to be done; where C(patience) has time, there is not much left."""
    plans: list[Plan] = []

    def look() -> None:
        try:
            plans.append(still_to_do())
        except PanosVpnError as exc:
            raise lost.adding(f"whether the change was written is unknown, reading it back failed as well ({exc}): "
                              "run again, an unchanged result means that it was")
        if plans[-1]:
            raise NotYet(f"{lost}; looking whether it is carried out", _Unwritten())

    with contextlib.suppress(_Unwritten):
        patience.until(look)
    return plans[-1]
