# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What C(push) does: bring what is committed on Panorama to exactly the firewalls that are concerned, and tell what became of each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Iterable, Sequence

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils import arguments
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.device import managed, push
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.device.connection import Session
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.device.managed import Fleet
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.device.patience import Patience
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.device.push import Aim, Arrival, How, Push, Pushed
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.device.target import itself
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.errors import DeviceError, InvalidInput, JobUnknown, PanosVpnError, Refused
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.tasks.module import PanosModule, with_session
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.tables.platform import Platform, version_text

NOTHING_PUSHED = "nothing was pushed"
# Accounts whose changes alone are pushed.
_ADMINS_SINCE = (10, 2)

# What became of a firewall: it had it all, it would get it (check mode), it got it, or why not.
IN_SYNC, PENDING, PUSHED, FAILED, NOT_CONNECTED, UNKNOWN = "in_sync", "pending", "pushed", "failed", "not_connected", "unknown"
_WELL = (IN_SYNC, PENDING, PUSHED)


def argument_spec() -> dict:
    return {
        **arguments.PROVIDER, **arguments.WRITING,
        "device_groups": {"type": "list", "elements": "str"},
        "template_stacks": {"type": "list", "elements": "str"},
        "devices": {"type": "list", "elements": "str"},
        "force": {"type": "bool", "default": False},
        "force_template_values": {"type": "bool", "default": False},
        "merge_with_candidate": {"type": "bool"},
        "admins": {"type": "list", "elements": "str"},
        "not_connected": {"type": "str", "choices": ["fail", "warn"], "default": "fail"},
        "description": {"type": "str"},
        "commit_timeout": {"type": "int", "default": 600},
        "commit_poll": {"type": "float"},
        "job_id": {"type": "str"},
    }


def run() -> None:
    """The whole life of the module."""
    module = PanosModule(argument_spec(), required_one_of=[("device_groups", "template_stacks")])
    with_session(module, lambda session: _run(module, session), "" if module.params["job_id"] is not None else NOTHING_PUSHED)


@dataclass(frozen=True)
class Fate:
    """What became of one firewall. C(told): the device's own words."""

    aim: Aim
    hostname: str
    result: str
    told: str = ""
    warnings: tuple[str, ...] = ()

    @property
    def words(self) -> str:
        return f"{managed.called(self.aim.serial, self.hostname)}: {self.told}"

    def plain(self) -> dict:
        return {"serial": self.aim.serial, "hostname": self.hostname, "device_group": self.aim.device_group, "template_stack": self.aim.template_stack,
                "result": self.result, "told": self.told, "warnings": list(self.warnings)}


def _run(module: PanosModule, session: Session) -> dict:
    params = module.params
    job = _job_to_follow(params["job_id"], session)
    target = itself(session)
    if not target.is_panorama:
        raise Refused(f"{target.place} is no Panorama: a firewall has nothing behind it to push to").leaving(NOTHING_PUSHED)
    _refuse_admins_too_early(params["admins"], target.platform)
    fleet = managed.fleet(session)
    wanted = _wanted(fleet, params)
    names = fleet.hostnames
    lacking = [aim for aim in wanted if params["force"] or not aim.in_sync]
    fates = [Fate(aim, names[aim.serial], IN_SYNC, push.IN_SYNC) for aim in wanted if aim not in lacking]
    if module.check_mode:
        return _told(params, session, wanted, fates + pending(fleet, lacking), [])
    how = How(params["description"] or "", params["force_template_values"], params["merge_with_candidate"], tuple(params["admins"] or ()))
    brought = bring(session, fleet, lacking, how, module.patience("commit_timeout", "commit_poll"), job)
    fates += brought.fates
    result = _told(params, session, wanted, fates, brought.done)
    if brought.failure is not None and not _failures(params, fates):
        raise brought.failure
    return result


def pending(fleet: Fleet, lacking: Iterable[Aim]) -> list[Fate]:
    """What would become of firewalls that lack something."""
    connected = fleet.connected
    return [Fate(aim, fleet.hostnames[aim.serial], PENDING, "it would get a push") if aim.serial in connected else _not_connected(fleet, aim)
            for aim in lacking]


def as_it_is(fleet: Fleet, aim: Aim) -> Fate:
    """Where nothing is pushed: what a firewall has by now."""
    if aim.serial not in fleet.connected:
        return _not_connected(fleet, aim)
    result, told = (IN_SYNC, push.IN_SYNC) if aim.in_sync else (PENDING, "it lacks what is committed on Panorama for it; a push brings it")
    return Fate(aim, fleet.hostnames[aim.serial], result, told)


def _not_connected(fleet: Fleet, aim: Aim) -> Fate:
    return Fate(aim, fleet.hostnames[aim.serial], NOT_CONNECTED, "it is not connected to Panorama")


@dataclass(frozen=True)
class Brought:
    """What became of the firewalls that lacked something. C(failure): of the first push that went wrong."""

    fates: list[Fate]
    done: list[Pushed]
    failure: PanosVpnError | None


def bring(session: Session, fleet: Fleet, lacking: Sequence[Aim], how: How, patience: Patience, job: str = "") -> Brought:
    """Push to the firewalls that are connected; one that fails does not keep the others from it. C(job): of the first push, where it is under way already."""
    connected = fleet.connected
    reached = [aim for aim in lacking if aim.serial in connected]
    fates = [_not_connected(fleet, aim) for aim in lacking if aim not in reached]
    done, failure = _pushed(session, how, job, push.pushes(reached), patience)
    return Brought(fates + _fates(session, reached, done, fleet.hostnames, failure), done, failure)


def _refuse_admins_too_early(admins: Sequence[str] | None, platform: Platform) -> None:
    if admins and platform.version < _ADMINS_SINCE:
        raise Refused(f"admins: Panorama pushes the changes of single accounts from {version_text(_ADMINS_SINCE)} on, "
                      f"this one runs {version_text(platform.version)}").leaving(NOTHING_PUSHED)


def _wanted(fleet: Fleet, params: dict) -> list[Aim]:
    """Raises InvalidInput for a group, a stack or a firewall that is not there, with those that are."""
    groups, stacks, serials = (params[name] or [] for name in ("device_groups", "template_stacks", "devices"))
    _refuse_unknown("device_groups", groups, [group.name for group in fleet.groups])
    _refuse_unknown("template_stacks", stacks, [stack.name for stack in fleet.stacks])
    wanted = push.aims(fleet, groups, stacks, serials)
    _refuse_unknown("devices", serials, [aim.serial for aim in push.aims(fleet, groups, stacks, ())])
    if not wanted:
        raise InvalidInput(f"{', '.join([*groups, *stacks])}: no firewall is in there").leaving(NOTHING_PUSHED)
    return wanted


def _refuse_unknown(option: str, given: Iterable[str], known: Sequence[str]) -> None:
    missing = [name for name in given if name not in known]
    if missing:
        raise InvalidInput(f"{option}: there is no {', '.join(missing)}; there is {', '.join(known) or 'none at all'}").leaving(NOTHING_PUSHED)


def _job_to_follow(number: str | None, session: Session) -> str:
    """The number of a job that is under way; empty where none is given. Raises InvalidInput for what is none."""
    job = arguments.trimmed(number) if number is not None else ""
    if number is not None and not (job.isdigit() and int(job)):
        raise InvalidInput(f"job_id: {job!r} is no number of a job; nothing was asked of {session.place}")
    return job


def _pushed(session: Session, how: How, job: str, wanted: Sequence[Push], patience: Patience) -> tuple[list[Pushed], PanosVpnError | None]:
    """The pushes that ended, and what went wrong with the first one that did not: the others are carried out all the same.

    C(job): of the first one, where it is under way already; empty: all begin now.
    """
    done: list[Pushed] = []
    failure: PanosVpnError | None = None
    for number, one in enumerate(wanted):
        try:
            done.append(push.followed(session, job, one, patience) if job and not number else push.carry_out(session, one, how, patience))
        except PanosVpnError as exc:
            failure = failure or exc
            if not isinstance(exc, DeviceError):
                break
    return done, failure


def _fates(session: Session, reached: Sequence[Aim], done: Iterable[Pushed], names: dict[str, str], failure: PanosVpnError | None) -> list[Fate]:
    """By what the jobs say of each firewall, and where they say nothing, by what Panorama says that it has now."""
    arrivals = {arrival.serial: arrival for pushed in done for arrival in pushed.arrivals}
    silent = [aim for aim in reached if aim.serial not in arrivals or arrivals[aim.serial].arrived]
    now = _in_sync_now(session, silent)
    return [_fate(aim, names[aim.serial], arrivals.get(aim.serial), aim.serial in now, failure) for aim in reached]


def _in_sync_now(session: Session, some: Sequence[Aim]) -> set[str]:
    if not some:
        return set()
    fleet = Fleet((), managed.device_groups(session), managed.template_stacks(session))
    return {aim.serial for aim in some if _has_all(fleet, aim)}


def _has_all(fleet: Fleet, aim: Aim) -> bool:
    group = fleet.group(aim.device_group)
    stack = fleet.stack_of(aim.serial) if aim.template_stack else None
    return all(dict(part.status)[aim.serial] == push.IN_SYNC for part in (group, stack) if part)


def _fate(aim: Aim, hostname: str, arrival: Arrival | None, in_sync: bool, failure: PanosVpnError | None) -> Fate:
    if arrival is None and in_sync:
        return Fate(aim, hostname, PUSHED, "the job does not tell, and Panorama says that it is in sync")
    if arrival is None and isinstance(failure, JobUnknown):
        return Fate(aim, hostname, UNKNOWN, str(failure))
    if arrival is None:
        return Fate(aim, hostname, FAILED, str(failure) if failure else "the push job has no entry for it")
    told = "; ".join([arrival.status, *arrival.lines]) or "it gave no reason"
    if not arrival.arrived:
        return Fate(aim, hostname, FAILED, told, arrival.warnings)
    if not in_sync:
        told += ", and Panorama does not say that it is in sync"
    return Fate(aim, hostname, PUSHED, told, arrival.warnings)


def _told(params: dict, session: Session, wanted: Sequence[Aim], fates: Sequence[Fate], done: Sequence[Pushed]) -> dict:
    order = [aim.serial for aim in wanted]
    fates = sorted(fates, key=lambda fate: order.index(fate.aim.serial))
    result: dict[str, Any] = {
        "changed": any(fate.result in (PENDING, PUSHED) for fate in fates),
        "devices": [fate.plain() for fate in fates],
        "job_ids": [pushed.job for pushed in done],
        "warnings": [f"{fate.hostname or fate.aim.serial}: {warning}" for fate in fates for warning in fate.warnings],
    }
    failures = _failures(params, fates)
    if failures:
        well = sum(fate.result in _WELL for fate in fates)
        raise DeviceError(f"{len(failures)} of {len(fates)} firewalls did not get what {session.place} has for them: "
                          f"{'; '.join(fate.words for fate in failures)}", **result).leaving(
                              f"{well} have it; run again for the others" if well else "none has it; run again")
    result["warnings"] += [fate.words for fate in fates if fate.result == NOT_CONNECTED]
    return result


def _failures(params: dict, fates: Iterable[Fate]) -> list[Fate]:
    left = [] if params["not_connected"] == "fail" else [NOT_CONNECTED]
    return [fate for fate in fates if fate.result not in (*_WELL, *left)]
