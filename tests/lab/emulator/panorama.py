# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One emulated Panorama: a configuration of its own, and the firewalls behind it.

A push carries what is committed here. The CommitAll job is finished when everything is handed over; each firewall then
commits by itself, and its result stands in the job's list of devices (so the captured job: the devices end later).
"""

from __future__ import annotations

import hashlib
import time
import xml.etree.ElementTree as ET
from dataclasses import dataclass, field

from ansible_collections.tunnelsmith.panos_vpn.tests.lab.emulator.errors import InvalidCommand, OperationFailed, Refusal
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.emulator.firewall import Firewall
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.emulator.models import device_groups, templates
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.emulator.models.changes import Switches
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.emulator.models.cloud_services import Plugin
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.emulator.models.jobs import Job, Outcome, Work, lines_in
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.emulator.models.pushed import Push
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.emulator.models.stored_secrets import DEFAULT_MASTER_KEY
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.emulator.models.tree import child_of, render
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.emulator.schema import PANORAMA

POLICY, TEMPLATE = "shared-policy", "template"


@dataclass(frozen=True)
class PushOrder:
    """What a commit-all asks for. ``targets``: serial number → the parts it gets. ``groups``: the device groups that it names."""

    kind: str
    name: str
    targets: dict[str, frozenset[str]]
    description: str = ""
    force_template: bool = False
    merge_candidate: bool = True
    validate_only: bool = False
    groups: tuple[str, ...] = ()


@dataclass
class DeviceResult:
    """What became of a push on one firewall: its own job, or why there is none."""

    serial: str
    name: str
    job: Job | None = None
    refusal: str = ""
    began: float = field(default_factory=time.time)

    @property
    def outcome(self) -> Outcome | None:
        return Outcome(False, [self.refusal]) if self.job is None else self.job.outcome

    @property
    def status(self) -> str:
        """The words of real answers; while it runs there is none on record."""
        if self.outcome is None:
            return "commit in progress"
        if not self.outcome.succeeded:
            return "commit failed"
        return "commit succeeded with warnings" if self.outcome.warnings else "commit succeeded"

    def element(self, order: PushOrder, number: int) -> ET.Element:
        entry = ET.Element("entry")
        outcome = self.outcome
        ended = self.began if self.job is None else self.job.finished
        for tag, text in (
            ("serial-no", self.serial), ("devicename", self.name), ("multi-vsys", "no"), ("vsys", ""), ("status", self.status),
            ("result", "PEND" if outcome is None else "OK" if outcome.succeeded else "FAIL"), ("tstart", _clock(self.began)),
            ("tfin", _clock(ended) if outcome is not None and ended is not None else ""),
        ):
            ET.SubElement(entry, tag).text = text or None
        details = ET.SubElement(entry, "details")
        if outcome is not None:
            message = ET.SubElement(details, "msg", {
                "cmd": "push-data", "dname": self.serial, "dgname": order.name, "jobid": str(number),
                "result": "success" if outcome.succeeded else "fail",
            })
            message.append(lines_in("errors", outcome.lines))
            message.append(lines_in("warnings", outcome.warnings))
        return entry


def _clock(seconds: float) -> str:
    return time.strftime("%H:%M:%S", time.localtime(seconds))


@dataclass
class Managed:
    """A firewall behind Panorama, and what Panorama remembers of its pushes, by part."""

    firewall: Firewall
    connected: bool = True
    results: dict[str, DeviceResult] = field(default_factory=dict)


class Panorama(Firewall):
    """Behaves as a firewall does in everything that is configuration; it has no VPN state."""

    model = "Panorama"
    schema = PANORAMA

    def __init__(self, version: str = "11.1", config: str | None = None, name: str = "panorama", secrets: str = "classic",
                 switches: Switches | None = None, master_key: str = DEFAULT_MASTER_KEY) -> None:
        super().__init__(version, None, config or "panorama", name, secrets, switches, master_key)
        self.devices: dict[str, Managed] = {}
        self.plugin = Plugin()

    def manage(self, firewall: Firewall, stack: str | None = None, group: str | None = None, vsys: str | None = None) -> None:
        """Connect a firewall and list its serial number, in candidate and running alike; in the group with one of its virtual systems, where that is named.

        Raises ValueError for a stack or group that does not exist, and for a firewall with a master key of its own: a push encrypts for that (vendor
        documentation), which is not emulated.
        """
        if firewall.secrets.master_key != self.secrets.master_key:
            raise ValueError(f"{firewall.name} has another master key than {self.name}")
        device = "devices/entry[@name='localhost.localdomain']"
        lists = ["mgt-config"]
        lists += [f"{device}/template-stack/entry[@name='{stack}']"] if stack else []
        lists += [f"{device}/device-group/entry[@name='{group}']"] if group else []
        for tree in (self.candidate.tree, self.running):
            for path in lists:
                holder = tree.root.find(path)
                if holder is None:
                    raise ValueError(f"this Panorama has no {path}")
                listed = holder.find("devices")
                if listed is None:
                    listed = ET.Element("devices")
                    tree.append(holder, listed)
                entry = child_of(listed, ("entry", firewall.serial))
                if entry is None:
                    entry = ET.Element("entry", name=firewall.serial)
                    tree.append(listed, entry)
                if vsys and path.endswith(f"device-group/entry[@name='{group}']"):
                    systems = ET.Element("vsys")
                    systems.append(ET.Element("entry", name=vsys))
                    tree.append(entry, systems)
        self.devices[firewall.serial] = Managed(firewall)

    def reach(self, serial: str) -> Firewall:
        """The firewall that a ``target`` means. Raises OperationFailed."""
        device = self.devices.get(serial)
        if device is None or not device.connected:
            raise OperationFailed(f"{serial} not connected")
        return device.firewall

    def move_group(self, name: str, parent: str | None) -> None:
        """Put a device group below another one, or on top; effective at once."""
        for tree in (self.candidate.tree, self.running):
            target = tree.root
            for tag, key in (("readonly", None), ("devices", None), ("entry", "localhost.localdomain"), ("device-group", None),
                             ("entry", name)):
                child = child_of(target, (tag, key))
                if child is None:
                    child = ET.Element(tag, {"name": key} if key else {})
                    tree.append(target, child)
                target = child
            old = target.find("parent-dg")
            if old is not None:
                tree.remove(target, old)
            if parent:
                line = ET.Element("parent-dg")
                line.text = parent
                tree.append(target, line)

    # What a firewall should have.

    def part(self, serial: str, part: str) -> ET.Element | None:
        """The committed template or policy part for a device; None where it has none. Raises UnresolvedVariable."""
        root = self.running.root
        if part == TEMPLATE:
            stack = templates.stack_of(root, serial)
            return None if stack is None else templates.configuration_for(root, stack, serial, self.switches.stacks_by_leaves)
        groups = device_groups.groups_of(root, serial)
        return device_groups.policy_for(root, groups, serial) if groups else None

    def digest(self, serial: str, part: str) -> str:
        try:
            return _digest(self.part(serial, part))
        except templates.UnresolvedVariable:
            return _digest(None)

    def digest_on_device(self, serial: str, part: str) -> str:
        """Of what the device has; empty when nothing has ever been pushed."""
        device = self.devices.get(serial)
        if device is None:
            return ""
        received = device.firewall.received.template if part == TEMPLATE else device.firewall.received.policy
        return _digest(received) if received is not None else ""

    # Push.

    def push(self, user: str, order: PushOrder) -> Job:
        self.refuse_busy(self.switches.commit_queue)
        results: dict[str, DeviceResult] = {}
        number = 0

        def begin() -> Work:
            def judge() -> Outcome:
                return Outcome(True, [])

            def conclude(outcome: Outcome) -> None:
                for serial, parts in order.targets.items():
                    results[serial] = self._hand_over(serial, parts, order, user)
                if not order.validate_only:
                    for group in order.groups:
                        self.plugin.pushed(self.running, self.candidate.tree, group)

            return judge, conclude

        def extras() -> list[ET.Element]:
            push_type = ET.Element("push_type")
            push_type.text = order.kind
            name = ET.Element("dgname" if order.kind == POLICY else "tplname")
            name.text = order.name
            devices = ET.Element("devices")
            for serial in order.targets:
                result = results.get(serial) or DeviceResult(serial, self._device_name(serial), Job(0, "", "", "", 0))
                devices.append(result.element(order, number))
            return [push_type, name, devices]

        job = self.jobs.start("CommitAll", user, order.description, self.commit_duration, begin, extras)
        number = job.number
        return job

    def _device_name(self, serial: str) -> str:
        device = self.devices.get(serial)
        return device.firewall.name if device is not None else serial

    def _hand_over(self, serial: str, parts: frozenset[str], order: PushOrder, user: str) -> DeviceResult:
        result = DeviceResult(serial, self._device_name(serial))
        try:
            firewall = self.reach(serial)
            push = Push(
                self.part(serial, TEMPLATE) if TEMPLATE in parts else None, self.part(serial, POLICY) if POLICY in parts else None,
                order.force_template, order.merge_candidate,
            )
            with firewall.lock:
                result.job = firewall.validate_push(push, user) if order.validate_only else firewall.receive(push, user)
        except (Refusal, templates.UnresolvedVariable) as error:
            result.refusal = str(error)
        device = self.devices.get(serial)
        if device is not None and not order.validate_only:
            for part in parts:
                device.results[part] = result
        return result


def _digest(element: ET.Element | None) -> str:
    return "" if element is None else hashlib.md5(render(element).encode(), usedforsecurity=False).hexdigest()


def order_of(panorama: Panorama, command: ET.Element) -> PushOrder:
    """Read a ``commit-all``. Raises InvalidCommand for a form that Panorama does not know."""
    if command.tag != "commit-all" or len(command) != 1:
        raise InvalidCommand(f"{command.tag} is not a commit-all")
    body = command[0]
    if body.tag == "shared-policy":
        return _policy_order(panorama, body)
    if body.tag in ("template", "template-stack"):
        return _template_order(panorama, body)
    raise InvalidCommand(f" commit-all -> {body.tag} unexpected here")


_COMMON = ("description", "admin", "force-template-values", "validate-only", "merge-with-candidate-cfg")


def _known(body: ET.Element, *allowed: str) -> None:
    for child in body:
        if child.tag not in allowed and child.tag not in _COMMON:
            raise InvalidCommand(f" commit-all -> {body.tag} -> {child.tag} unexpected here")


def _flags(body: ET.Element) -> dict[str, object]:
    return {
        "description": body.findtext("description") or "",
        "force_template": body.findtext("force-template-values") == "yes",
        "merge_candidate": body.findtext("merge-with-candidate-cfg") != "no",
        "validate_only": body.findtext("validate-only") == "yes",
    }


def _policy_order(panorama: Panorama, body: ET.Element) -> PushOrder:
    _known(body, "device-group", "include-template")
    parts = frozenset((POLICY, TEMPLATE) if body.findtext("include-template") == "yes" else (POLICY,))
    groups = {entry.get("name"): entry for entry in panorama.running.root.findall("devices/entry/device-group/entry")}
    targets: dict[str, frozenset[str]] = {}
    wanted = body.findall("device-group/entry")
    for entry in wanted:
        if entry.get("name") not in groups:
            raise InvalidCommand(f" device-group '{entry.get('name')}' is not a valid reference")
        members = [device.get("name") for device in groups[entry.get("name")].findall("devices/entry")]
        chosen = [device.get("name") for device in entry.findall("devices/entry")]
        targets.update(dict.fromkeys(_members(members, chosen, entry.get("name")), parts))
    if not wanted:
        raise InvalidCommand(" commit-all -> shared-policy is missing 'device-group'")
    return PushOrder(POLICY, wanted[0].get("name"), targets, groups=tuple(entry.get("name") for entry in wanted), **_flags(body))


def _template_order(panorama: Panorama, body: ET.Element) -> PushOrder:
    # The devices of a template push are ``device/member``; ``devices`` is refused (builders of two vendor SDKs agree).
    _known(body, "name", "device")
    root, name = panorama.running.root, body.findtext("name") or ""
    if body.tag == "template":
        stacks = templates.stacks_with(root, name)
        known = any(entry.get("name") == name for entry in root.findall("devices/entry/template/entry"))
    else:
        stacks = [entry for entry in root.findall("devices/entry/template-stack/entry") if entry.get("name") == name]
        known = bool(stacks)
    if not known:
        raise InvalidCommand(f" {body.tag} '{name}' is not a valid reference")
    members = [device.get("name") for stack in stacks for device in stack.findall("devices/entry")]
    chosen = [member.text or "" for member in body.findall("device/member")]
    return PushOrder(body.tag, name, dict.fromkeys(_members(members, chosen, name), frozenset((TEMPLATE,))), **_flags(body))


def _members(members: list[str], chosen: list[str], name: str) -> list[str]:
    """An empty choice means all."""
    for serial in chosen:
        if serial not in members:
            raise InvalidCommand(f" {name} -> devices '{serial}' is not a valid reference")
    return chosen or members
