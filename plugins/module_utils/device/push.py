# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""From Panorama to its firewalls: which pushes carry what was asked for, what they are as commands, and what became of each firewall.

The forms of the commands are those of two vendor SDKs; the finished job is recorded. Its C(OK) says nothing about a firewall: each has an entry of
its own, which can end later, and one that was not connected may have none.
"""

from __future__ import annotations

import re
import time
import xml.etree.ElementTree as ET
from dataclasses import dataclass, field
from typing import Iterable

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils import commands
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.device import commit, jobs
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.device.connection import CODE_MISSING, Session
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.device.jobs import said
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.device.managed import DeviceGroup, Fleet
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.device.patience import NotYet, Patience
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.errors import ConnectionFailed, DeviceError, JobUnknown

IN_SYNC = "In Sync"
# At the end of a commit's description.
_MARK = re.compile(r"\(([a-z-]+(?:, [a-z-]+)*)\)$")


@dataclass(frozen=True)
class Aim:
    """What one firewall is to get: of its device group, of its stack, or of both. C(in_sync): it has all of that already."""

    serial: str
    device_group: str = ""
    template_stack: str = ""
    in_sync: bool = False


@dataclass(frozen=True)
class Push:
    """One push: of device groups, with the stacks of their firewalls or without, or of one stack. C(members): group or stack → serial numbers."""

    members: tuple[tuple[str, tuple[str, ...]], ...]
    is_of_stack: bool = False
    include_template: bool = False

    @property
    def serials(self) -> tuple[str, ...]:
        return tuple(serial for dummy, serials in self.members for serial in serials)

    @property
    def words(self) -> str:
        names = ", ".join(name for name, dummy in self.members)
        if self.is_of_stack:
            return f"the template stack {names}"
        return f"the device group{'s' if len(self.members) > 1 else ''} {names}{' with templates' if self.include_template else ''}"


@dataclass(frozen=True)
class How:
    """C(merge): whether the firewall commits what it has uncommitted of its own along; None leaves it to Panorama.

    C(admins): only what these accounts changed, which Panorama knows from 10.2 on; none: everything that is committed there.
    """

    description: str = ""
    force_template_values: bool = False
    merge: bool | None = None
    admins: tuple[str, ...] = ()


@dataclass(frozen=True)
class Arrival:
    """What a push job says of one firewall. C(result): C(OK), C(FAIL), C(PEND) as long as it runs. C(status): PAN-OS's words for it."""

    serial: str
    result: str
    status: str = ""
    lines: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()

    @property
    def arrived(self) -> bool:
        return self.result == "OK"

    @property
    def under_way(self) -> bool:
        return self.result not in ("OK", "FAIL")


@dataclass(frozen=True)
class Pushed:
    """A push job that has ended, on each firewall too. C(lines), C(result): what it says as a whole, which is nothing of its firewalls."""

    job: str
    push: Push
    arrivals: tuple[Arrival, ...] = ()
    lines: tuple[str, ...] = field(default=())
    result: str = ""


def aims(fleet: Fleet, groups: Iterable[str], stacks: Iterable[str], serials: Iterable[str]) -> list[Aim]:
    """What is asked for, firewall by firewall, and of one whose virtual systems are in several groups, group by group. C(serials): these firewalls only;
    none: all that the groups and stacks have.
    """
    groups, stacks, chosen = set(groups), set(stacks), set(serials)
    found = []
    for device in fleet.devices:
        if chosen and device.serial not in chosen:
            continue
        stack = fleet.stack_of(device.serial)
        stack = stack if stack and stack.name in stacks else None
        named: list[DeviceGroup | None] = [group for group in fleet.groups_of(device.serial) if group.name in groups]
        for group in named or ([None] if stack else []):
            statuses = [dict(part.status)[device.serial] for part in (group, stack) if part]
            found.append(Aim(device.serial, group.name if group else "", stack.name if stack else "", all(status == IN_SYNC for status in statuses)))
    return found


def pushes(wanted: Iterable[Aim]) -> list[Push]:
    """As few pushes as carry it: a push of device groups takes the stacks of its firewalls along, where that is asked for."""
    wanted = list(wanted)
    both = [aim for aim in wanted if aim.device_group and aim.template_stack]
    groups = [aim for aim in wanted if aim.device_group and not aim.template_stack]
    stacks = [aim for aim in wanted if not aim.device_group]
    found = [Push(_by_name(some, "device_group"), include_template=some is both) for some in (both, groups) if some]
    return found + [Push((member,), is_of_stack=True) for member in _by_name(stacks, "template_stack")]


def _by_name(some: Iterable[Aim], part: str) -> tuple[tuple[str, tuple[str, ...]], ...]:
    found: dict[str, list[str]] = {}
    for aim in some:
        found.setdefault(getattr(aim, part), []).append(aim.serial)
    return tuple((name, tuple(serials)) for name, serials in sorted(found.items()))


def command(push: Push, how: How) -> ET.Element:
    """The C(commit-all) of a push. A stack's firewalls are members, a device group's are entries."""
    root = ET.Element("commit-all")
    body = ET.SubElement(root, "template-stack" if push.is_of_stack else "shared-policy")
    if push.is_of_stack:
        _add(body, "name", push.members[0][0])
    else:
        for name, serials in push.members:
            devices = ET.SubElement(ET.SubElement(_container(body, "device-group"), "entry", {"name": name}), "devices")
            for serial in serials:
                ET.SubElement(devices, "entry", {"name": serial})
    if how.description:
        _add(body, "description", how.description)
    for admin in how.admins:
        _add(_container(body, "admin"), "member", admin)
    if not push.is_of_stack:
        _add(body, "include-template", _yesno(push.include_template))
    _add(body, "force-template-values", _yesno(how.force_template_values))
    if how.merge is not None:
        _add(body, "merge-with-candidate-cfg", _yesno(how.merge))
    if push.is_of_stack:
        for serial in push.serials:
            _add(_container(body, "device"), "member", serial)
    return root


def _container(parent: ET.Element, tag: str) -> ET.Element:
    found = parent.find(tag)
    return ET.SubElement(parent, tag) if found is None else found


def _add(parent: ET.Element, tag: str, text: str) -> None:
    ET.SubElement(parent, tag).text = text


def _yesno(value: bool) -> str:
    return "yes" if value else "no"


def carry_out(session: Session, push: Push, how: How, patience: Patience) -> Pushed:
    """Push, and wait until each firewall has ended. Raises DeviceError where Panorama does not take it, or time is over; then the job goes on."""
    patience = patience.begun()
    queued = time.monotonic()
    job = patience.until(lambda: _enqueued(session, push, command(push, how), patience))
    return followed(session, job, push, patience, queued)


def of_service(session: Session, group: str, patience: Patience) -> Pushed:
    """Push a device group of Panorama's plugin for Prisma Access, in the form that the vendor's own tool has; it has no firewalls that one sees."""
    push, patience, queued = Push(((group, ()),)), patience.begun(), time.monotonic()
    wanted = ET.Element("commit-all")
    ET.SubElement(ET.SubElement(ET.SubElement(wanted, "shared-policy"), "device-group"), "entry", {"name": group})
    job = patience.until(lambda: _enqueued(session, push, wanted, patience))
    pushed = followed(session, job, push, patience, queued)
    if pushed.result != "OK":
        raise DeviceError(f"push job {job} of {push.words} on {session.place} failed: {'; '.join(pushed.lines) or 'it gives no reason'}", job_id=job)
    return pushed


def marked(description: str, services: Iterable[str]) -> str:
    """The description of a commit after which these services are to be pushed, by which a later run sees whether they were."""
    return f"{description} ({', '.join(services)})"


def is_owed(session: Session, service: str, group: str) -> bool:
    """Whether such a commit was followed by no push of the service's device group that went well, as far as Panorama's list of jobs goes back."""
    answer = session.op(commands.command(commands.JOBS), "look for commits and pushes")
    ended = [job for job in answer.iter("job") if said(job, "result") == "OK" and said(job, "id").isdigit()]
    commits = [int(said(job, "id")) for job in ended if said(job, "type") == "Commit" and service in _services_of(said(job, "description"))]
    pushed = [int(said(job, "id")) for job in ended if said(job, "type") == "CommitAll" and said(job, "dgname") == group]
    return max(commits, default=0) > max(pushed, default=0)


def _services_of(description: str) -> list[str]:
    """The services that the mark in a description names."""
    found = _MARK.search(description)
    return found[1].split(", ") if found else []


def _enqueued(session: Session, push: Push, wanted: ET.Element, patience: Patience) -> str:
    doing = f"push {push.words}"
    try:
        answer = session.change(doing, {"type": "commit", "action": "all", "cmd": ET.tostring(wanted, encoding="unicode")})
    except DeviceError as exc:
        if not commit.can_wait(exc):
            raise
        raise NotYet(f"the push has to wait: {exc}", DeviceError(f"{exc}; waited {patience.timeout:g} s", exc.code)) from None
    except ConnectionFailed as exc:
        job = _left_behind(session) if exc.sent else None
        if job is None:
            raise
        return job
    job = (answer.findtext("result/job") or "").strip()
    if not job:
        raise DeviceError(f"failed to {doing} on {session.place}: it gave no job for it")
    return job


def _left_behind(session: Session) -> str | None:
    """The push that runs, where the answer to a request for one was lost."""
    answer = session.op(commands.command(commands.JOBS), "look for push jobs")
    running = [said(job, "id") for job in answer.iter("job") if said(job, "type") == "CommitAll" and jobs.is_unfinished(job) and said(job, "id")]
    return max(running, key=int, default=None)


def followed(session: Session, job: str, push: Push, patience: Patience, queued: float | None = None) -> Pushed:
    """Wait for a push job and for its firewalls. Raises JobUnknown where Panorama knows of none, as after a restart of its management service."""
    overdue = DeviceError(f"push job {job} on {session.place} did not end within {patience.timeout:g} s and goes on; give job_id {job} to wait for it",
                          job_id=job)
    overdue.goes_on = True

    def look() -> Pushed:
        element = _job(session, job, overdue, queued)
        arrivals = tuple(_arrival(entry) for entry in element.findall("devices/entry"))
        running = [arrival.serial for arrival in arrivals if arrival.under_way]
        if said(element, "status") != "FIN":
            progress = said(element, "progress")
            raise NotYet(f"push job {job} is at {progress} %" if progress.isdigit() else f"push job {job} runs", overdue)
        if running and said(element, "result") != "FAIL":
            raise NotYet(f"push job {job}: {len(arrivals) - len(running)} of {len(arrivals)} firewalls have ended", overdue)
        return Pushed(job, push, arrivals, jobs.texts(element.find("details")), said(element, "result"))

    return patience.until(look)


def _job(session: Session, job: str, overdue: DeviceError, queued: float | None) -> ET.Element:
    try:
        answer = session.op(commands.command(commands.JOB, job), f"ask for push job {job}")
    except ConnectionFailed as exc:
        if exc.final:
            raise
        raise NotYet(f"push job {job}: {session.place} does not answer", overdue) from None
    except DeviceError as exc:
        if exc.code != CODE_MISSING:
            raise
        if queued is not None and time.monotonic() - queued < jobs.UNKNOWN_AT_FIRST:
            raise NotYet(f"push job {job} is queued", overdue) from None
        raise JobUnknown(f"{session.place} knows of no job {job}: {exc}", exc.code, job_id=job) from None
    element = answer.find("result/job")
    if element is None:
        raise NotYet(f"push job {job} is queued", overdue)
    return element


def _arrival(entry: ET.Element) -> Arrival:
    return Arrival(said(entry, "serial-no"), said(entry, "result"), said(entry, "status"),
                   jobs.texts(entry.find("details/msg/errors")), jobs.texts(entry.find("details/msg/warnings")))
