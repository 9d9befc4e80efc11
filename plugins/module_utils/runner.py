# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The glue between Ansible and the rooms below, and the only caller of C(exit_json) and C(fail_json)."""

from __future__ import annotations

import contextlib
import traceback
from dataclasses import dataclass, field

from ansible.module_utils.basic import AnsibleModule, missing_required_lib

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils import arguments, journal as journals
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.device import locks, readiness, sdk, transaction
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.device.connection import Session
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.device.location import Location
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.device.template import platform_at
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.device.transport import Provider
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.errors import (
    ConnectionFailed, DeviceError, InvalidInput, PanosVpnError, Refused, TakenMeanwhile,
)
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.reconcile import path as places
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.reconcile import secrets
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.reconcile.diff import diff
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.reconcile.plan import plan as make_plan
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.reconcile.references import missing_references, places_of_references
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.reconcile.values import given, validate
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.resources.desired import DesiredEntry
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.resources.table import Request

# How often a plan is made anew when another run took an allocated name between our read and our write.
_ATTEMPTS = 20
# How often a plan is sent whose answer gets lost; in between, the candidate is read back.
_SENDINGS = 3
NOTHING_WRITTEN = "nothing was written"


class PanosModule(AnsibleModule):
    """AnsibleModule that keeps secrets out of what it says, in every spelling, and out of the system log altogether.

    Ansible masks raw secrets, in everything that a module returns. In the system log it masks their C(repr()) form, where quotes
    and backslashes make it miss them: the log is given option names only.
    """

    def __init__(self, argument_spec, libraries=(), **kwargs):
        """C(libraries): (name, error of its import or None) of what the module needs beside pan-os-python."""
        super().__init__(argument_spec=argument_spec, supports_check_mode=True, **kwargs)
        self.secret_forms = {form for secret in _secrets(self.argument_spec, self.params) for form in secrets.printable_forms(secret)}
        for library, import_error in ((sdk.LIBRARY, sdk.IMPORT_ERROR), *libraries):
            if import_error is not None:
                self.fail_json(msg=missing_required_lib(library), exception=import_error)
        if not self.params["provider"]["validate_certs"]:
            self.warn("provider.validate_certs is off: the firewall's certificate is not verified, anybody on the way can read the credentials")

    def _log_invocation(self):
        names = sorted(name for name, value in self.params.items() if value is not None)
        self.log(f"Invoked with the options {', '.join(names)}")


def _secrets(spec, params):
    """The values of all options that are C(no_log), at every depth."""
    for name, option in spec.items():
        value = (params or {}).get(name)
        if value is None:
            continue
        if option.get("no_log"):
            yield from map(str, value if isinstance(value, list) else [value])
        for item in value if isinstance(value, list) else [value]:
            if option.get("options") and isinstance(item, dict):
                yield from _secrets(option["options"], item)


@dataclass
class Wanted:
    """What a task wants, worked out on the configuration that was read.

    C(phases): lists of desired items. C(facts): further results.
    """

    phases: list
    warnings: list = field(default_factory=list)
    facts: dict = field(default_factory=dict)

    def places(self, base) -> list:
        """The absolute paths of all items, each once."""
        return list(dict.fromkeys(base(item.location) + item.relative_path for phase in self.phases for item in phase))


def run(resource) -> None:
    """The whole life of a resource's module."""
    module = PanosModule(arguments.of_resource(resource))
    with_session(module, lambda session: _run_resource(module, session, resource))


def with_session(module, work, untouched=NOTHING_WRITTEN) -> None:
    """Run C(work) with a session, and hand its result, or what went wrong, to Ansible.

    C(untouched): what a failure says that came before any request which changes something.
    """
    try:
        with Session(Provider(**module.params["provider"])) as session:
            result = _worked(session, work, untouched)
    except PanosVpnError as exc:
        told = secrets.masked({"msg": str(exc), **exc.facts}, module.secret_forms)
        _warn(module, told)
        module.fail_json(**told)
    except Exception as exc:  # pylint: disable=broad-except
        # A traceback that Python prints itself would reach the output unmasked.
        told = {"msg": f"unexpected {type(exc).__name__}: {exc}", "exception": traceback.format_exc()}
        module.fail_json(**secrets.masked(told, module.secret_forms))
    result = secrets.masked(result, module.secret_forms)
    _warn(module, result)
    module.exit_json(**result)


def _warn(module, result) -> None:
    for warning in dict.fromkeys(result.pop("warnings", ())):
        module.warn(warning)


def _worked(session, work, untouched):
    try:
        return work(session)
    except (ConnectionFailed, DeviceError) as exc:
        raise exc if session.changing or not untouched else exc.adding(untouched)


def location_of(module) -> Location:
    return Location(**{name: module.params.get(name) for name in arguments.LOCATIONS})


def locked(module, session, work, keeps=lambda result: False, takes=True) -> dict:
    """The result of C(work), under the configuration lock where the task is to have it; see C(locks.under)."""
    if not module.params["config_lock"] or module.check_mode:
        return work()
    return locks.under(session, module.params["lock_timeout"] if takes else None, work, keeps)


@contextlib.contextmanager
def telling(result):
    """Where what follows fails, what was done before it is told beside the failure."""
    try:
        yield
    except PanosVpnError as exc:
        exc.facts = {**result, **exc.facts, "warnings": [*result.get("warnings", ()), *exc.facts.get("warnings", ())]}
        raise


def refuse_missing_vsys(location, platform) -> None:
    """Without several virtual systems there is only the first one; a template's are not this device's."""
    if location.vsys not in (None, "vsys1") and not platform.multi_vsys and not location.template and not location.template_stack:
        raise Refused(f"vsys: this firewall has no '{location.vsys}', it runs with one virtual system (vsys1)")


def _run_resource(module, session, resource) -> dict:
    params = module.params
    state = params["state"]
    names = {name: params[name] for name in resource.identity}
    values = given({node.option: params[node.option] for node in resource.table.nodes + resource.extra})
    location = location_of(module)
    if state != "gathered":
        name = names[resource.identity[-1]]
        if not name:
            raise InvalidInput(f"{resource.identity[-1]} is required with state {state}")
        extra = {node.option for node in resource.extra}
        validate(DesiredEntry(resource.table, name, {key: value for key, value in values.items() if key not in extra}, state))
    platform = platform_at(session, location)
    refuse_missing_vsys(location, platform)
    request = Request(names, values, state, platform, location.base, params.get("update_secret") or "on_create")
    reads = [location.base(kind) + path for kind, path in resource.reads(request)]
    if state == "gathered":
        return {"changed": False, "gathered": resource.gathered(request, session.read(in_containers(reads)))}

    def wanted(tree):
        for check in resource.checks:
            check(request, tree)
        return Wanted([resource.desired(request, tree)])

    return configure(module, session, request.platform, location.base, in_containers(reads), wanted)


def in_containers(paths) -> list:
    """Several entries of one container are read as that container: requests do not grow with the number of objects."""
    counts: dict = {}
    for path in dict.fromkeys(paths):
        counts[path[:-1]] = counts.get(path[:-1], 0) + 1
    return [path[:-1] if counts[path[:-1]] > 1 else path for path in paths]


def configure(module, session, platform, base, reads, wanted, before_write=None) -> dict:
    """Read, plan, and unless this is check mode or nothing differs, write. C(wanted): from the tree read to a Wanted.

    C(before_write): called with the Wanted when something is about to be written; raises where it must not be.
    """

    def planned(tree):
        intent = wanted(tree)
        for item in (item for phase in intent.phases for item in phase if isinstance(item, DesiredEntry)):
            intent.warnings += validate(item, platform)
        return intent, make_plan(intent.phases, tree, base)

    return carry_out(module, session, platform, base, reads, planned, before_write)


def carry_out(module, session, platform, base, reads, planned, before_write=None, keeps_journal=True) -> dict:
    """C(configure) with the planning given: C(planned): from the tree read to a Wanted and its plan.

    C(keeps_journal): whether what is written is noted in the task's journal, where it has one.
    """
    for attempt in range(_ATTEMPTS):
        intent, plan = planned(session.read(reads))
        if not plan:
            break
        holders = [(plan.touched[0][0].label, holder) for holder in location_of(module).holders() if places.find(plan.before, holder[1:]) is None]
        absent_parents = [f"{label}: there is no {places.render(parent)}" for label, parent in dict.fromkeys(holders + plan.parents)
                          if session.get(parent) is None]
        readiness.refuse_unready(session, platform, base)
        if module.check_mode:
            intent.warnings += [f"{text} yet" for text in absent_parents] + _missing(session, plan, base)
            break
        if absent_parents:
            raise Refused(f"{absent_parents[0]}; make it first, nothing was written")
        if before_write is not None:
            before_write(intent)
        try:
            with _noted(journal_of(module) if keeps_journal else None, plan, reads) as note:
                _write(session, plan, reads, planned, module.params["lock_timeout"], note)
            break
        except TakenMeanwhile:
            if attempt == _ATTEMPTS - 1:
                raise
    result = {"changed": bool(plan), "warnings": plan.warnings + intent.warnings, **intent.facts}
    result["objects"] = [places.render(place) for place in intent.places(base)]
    if module._diff and plan:
        result["diff"] = diff(plan)
    journal = journal_of(module) if keeps_journal else None
    if journal:
        result["journal"] = journal.file
    return result


def journal_of(module) -> journals.Journal | None:
    """What the task's VPN would take to be reverted; None where no journal is kept."""
    params = module.params
    if not params.get("journal"):
        return None
    provider = params["provider"]
    port = provider["port"] if provider["port"] != 443 else None
    firewall = ":".join(str(part) for part in (provider["ip_address"], port, provider["serial_number"]) if part)
    vpn = params["name"] if isinstance(params["name"], str) else params["name"][0]
    return journals.load(journals.file_of(params["journal"], firewall, vpn), vpn)


@contextlib.contextmanager
def _noted(journal, plan, reads):
    """With what the plan changes in the journal first; yields what notes another plan. Where nothing was written, the journal is as it was."""
    if journal is None:
        yield lambda plan: None
        return

    kept = [journal]

    def note(plan):
        kept.append(kept[-1].noting(plan, reads))
        kept[-1].save()

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


def _restored(journal, error) -> None:
    """The journal as it was; where that fails, the error that is on its way says so."""
    try:
        journal.save()
    except InvalidInput as exc:
        error.adding(str(exc))


def _write(session, plan, reads, planned, lock_timeout, note) -> None:
    """Send the plan; where the answer is lost, look whether it was carried out, and only then send the rest of it, which C(note) is told."""
    rest = plan
    for dummy in range(_SENDINGS):
        try:
            transaction.send(session, rest.operations, rest.before, lock_timeout)
            return
        except ConnectionFailed as exc:
            if not exc.sent and rest is plan:
                raise exc.adding(NOTHING_WRITTEN)
            lost = exc
        except PanosVpnError as exc:
            written = transaction.written(plan.operations, rest.operations)
            raise transaction.undone(session, written, plan.before, exc) if written else exc
        rest = _read_back(session, reads, planned, lost)
        if not rest:
            return
        try:
            note(rest)
        except InvalidInput as exc:
            raise exc.adding(_standing(plan, rest))
    raise lost.adding(_standing(plan, rest))


def _standing(plan, rest) -> str:
    standing = len(plan.operations) - len(rest.operations)
    return f"the first {standing} of {len(plan.operations)} operations stand in the candidate, uncommitted" if standing > 0 else NOTHING_WRITTEN


def _read_back(session, reads, planned, lost):
    """The plan for what is still to be done."""
    try:
        return planned(session.read(reads))[1]
    except PanosVpnError as exc:
        raise lost.adding(f"whether the change was written is unknown, reading it back failed as well ({exc}): "
                          "run again, an unchanged result means that it was")


def _missing(session, plan, base) -> list:
    """In check mode: objects that the plan refers to and that are not there; an earlier task may be about to make them."""
    paths = places_of_references(plan.touched, base)
    tree = session.read(in_containers([path for path in paths if places.find(plan.after, path[1:]) is None]))
    return missing_references(plan, tree, base)
