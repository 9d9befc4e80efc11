# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a Panorama tells of the firewalls behind it: four questions, however many they are.

The answers are those of C(show devices all), C(show devicegroups), C(show template-stack) and C(show dg-hierarchy), as recorded on 10.0 and 10.1.
"""

from __future__ import annotations

import xml.etree.ElementTree as ET
from dataclasses import dataclass

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils import commands
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.device.connection import Session
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.device.location import DEFAULT_VSYS

_UNKNOWN = ("", "unknown", "none")


@dataclass(frozen=True)
class Device:
    """A firewall that a Panorama knows. Of one that is not connected little more than the serial number is known; the rest is empty.

    C(ha_state): PAN-OS's word for what it is in its pair, in small letters; empty where it is in none. C(vsys): name → displayed name.
    C(may_vpn): false of the units for export that do no VPN.
    """

    serial: str
    connected: bool
    hostname: str = ""
    ip_address: str = ""
    ipv6_address: str = ""
    model: str = ""
    family: str = ""
    version: str = ""
    uptime: str = ""
    ha_state: str = ""
    ha_peer: str = ""
    multi_vsys: bool = False
    vsys: tuple[tuple[str, str], ...] = ()
    tags: tuple[str, ...] = ()
    may_vpn: bool = True

    @property
    def words(self) -> str:
        """The firewall as messages call it."""
        return called(self.serial, self.hostname)

    @property
    def takes_changes(self) -> bool:
        """Whether what is configured there counts: the one firewall, or the active (in active/active: active-primary) member of a pair."""
        return self.ha_state in ("", "active", "active-primary")


def called(serial: str, hostname: str) -> str:
    """A firewall as messages call it. C(hostname): empty where that is not known."""
    return f"{hostname} ({serial})" if hostname else serial


@dataclass(frozen=True)
class DeviceGroup:
    """C(parent): the group above, empty at the top. C(status): serial number → whether it has what the group says, in PAN-OS's words.

    C(systems): (serial number, virtual system), of firewalls of which the group has some virtual systems alone.
    """

    name: str
    parent: str = ""
    status: tuple[tuple[str, str], ...] = ()
    systems: tuple[tuple[str, str], ...] = ()

    def is_for(self, serial: str, vsys: str) -> bool:
        """Whether a virtual system of a firewall gets what the group says."""
        limited_to = [system for of, system in self.systems if of == serial]
        return serial in self.serials and (not limited_to or vsys in limited_to)

    @property
    def serials(self) -> tuple[str, ...]:
        return tuple(serial for serial, dummy in self.status)


@dataclass(frozen=True)
class TemplateStack:
    """C(templates): the first wins. C(status): as a device group's."""

    name: str
    templates: tuple[str, ...] = ()
    status: tuple[tuple[str, str], ...] = ()

    @property
    def serials(self) -> tuple[str, ...]:
        return tuple(serial for serial, dummy in self.status)


@dataclass(frozen=True)
class Fleet:
    """All that a Panorama manages."""

    devices: tuple[Device, ...]
    groups: tuple[DeviceGroup, ...]
    stacks: tuple[TemplateStack, ...]

    @property
    def hostnames(self) -> dict[str, str]:
        return {device.serial: device.hostname for device in self.devices}

    @property
    def connected(self) -> set[str]:
        return {device.serial for device in self.devices if device.connected}

    def group_of(self, serial: str, vsys: str = DEFAULT_VSYS) -> DeviceGroup | None:
        """A virtual system is in one device group at most."""
        return next((group for group in self.groups if group.is_for(serial, vsys)), None)

    def groups_of(self, serial: str) -> tuple[DeviceGroup, ...]:
        """Several where the virtual systems of a firewall are in different ones."""
        return tuple(group for group in self.groups if serial in group.serials)

    def group(self, name: str) -> DeviceGroup | None:
        return next((group for group in self.groups if group.name == name), None)

    def stack_of(self, serial: str) -> TemplateStack | None:
        """A firewall is in one stack at most."""
        return next((stack for stack in self.stacks if serial in stack.serials), None)

    def lineage(self, name: str) -> tuple[str, ...]:
        """A device group and those above it, the nearest first."""
        above = {group.name: group.parent for group in self.groups}
        line = [name]
        while above.get(line[-1]) and above[line[-1]] not in line:
            line.append(above[line[-1]])
        return tuple(line)


def fleet(session: Session) -> Fleet:
    """Everything behind a Panorama. Raises DeviceError where it does not tell; a firewall knows no such command."""
    return Fleet(devices(session), device_groups(session), template_stacks(session))


def devices(session: Session) -> tuple[Device, ...]:
    answer = session.op(commands.command(commands.DEVICES), "list the firewalls behind this Panorama")
    return tuple(_device(entry) for entry in answer.findall("result/devices/entry"))


def device_groups(session: Session, name: str = "") -> tuple[DeviceGroup, ...]:
    """All device groups, or the one of a name, with what each of their firewalls has of them."""
    answer = session.op(commands.command(commands.DEVICE_GROUP, name) if name else commands.command(commands.DEVICE_GROUPS), "list the device groups")
    parents = _parents(session.op(commands.command(commands.HIERARCHY), "read which device group lies below which"))
    return tuple(DeviceGroup(_name(entry), parents.get(_name(entry), ""), _statuses(entry, "shared-policy-status"), _systems(entry))
                 for entry in answer.findall("result/devicegroups/entry"))


def template_stacks(session: Session, name: str = "") -> tuple[TemplateStack, ...]:
    """All template stacks, or the one of a name, with what each of their firewalls has of them."""
    answer = session.op(commands.command(commands.TEMPLATE_STACK, name) if name else commands.command(commands.TEMPLATE_STACKS), "list the template stacks")
    return tuple(TemplateStack(_name(entry), _texts(entry.find("templates")), _statuses(entry, "template-status"))
                 for entry in answer.findall("result/template-stack/entry"))


def _device(entry: ET.Element) -> Device:
    state = _told(entry, "ha/state").lower()
    return Device(
        serial=_told(entry, "serial") or _name(entry), connected=_told(entry, "connected") == "yes",
        hostname=_told(entry, "hostname"), ip_address=_told(entry, "ip-address"), ipv6_address=_told(entry, "ipv6-address"),
        model=_told(entry, "model"), family=_told(entry, "family"), version=_told(entry, "sw-version"), uptime=_told(entry, "uptime"),
        ha_state="" if state == "disabled" else state, ha_peer=_told(entry, "ha/peer/serial"), multi_vsys=_told(entry, "multi-vsys") == "yes",
        vsys=tuple((_name(vsys), _told(vsys, "display-name") or _name(vsys)) for vsys in entry.findall("vsys/entry")),
        tags=_tags(entry.find("tag")), may_vpn=_told(entry, "vpn-disable-mode") != "yes",
    )


def _tags(element: ET.Element | None) -> tuple[str, ...]:
    """No recorded device has tags: members, entries and a list with commas are all read."""
    if element is None:
        return ()
    named = [_name(entry) for entry in element.findall("entry")]
    written = ",".join(element.itertext()).split(",")
    return tuple(dict.fromkeys(tag for tag in (*named, *(text.strip() for text in written)) if tag))


def _parents(answer: ET.Element) -> dict[str, str]:
    found = {}
    for above in answer.iter("dg"):
        for below in above.findall("dg"):
            found[_name(below)] = _name(above)
    return found


def _statuses(entry: ET.Element, tag: str) -> tuple[tuple[str, str], ...]:
    """Serial number and PAN-OS's word for each firewall; empty: it never got anything. A firewall with several virtual systems tells it for each."""
    return tuple((_name(device), _status(device, tag)) for device in entry.findall("devices/entry"))


def _systems(entry: ET.Element) -> tuple[tuple[str, str], ...]:
    """A firewall with one virtual system names none, or that one."""
    return tuple((_name(device), _name(vsys)) for device in entry.findall("devices/entry") for vsys in device.findall("vsys/entry"))


def _status(device: ET.Element, tag: str) -> str:
    told = [(status.text or "").strip() for status in device.iter(tag)]
    differing = [status for status in told if status != "In Sync"]
    return differing[0] if differing else "In Sync" if told else ""


def _texts(element: ET.Element | None) -> tuple[str, ...]:
    return () if element is None else tuple(text for text in ((member.text or "").strip() for member in element.findall("member")) if text)


def _told(element: ET.Element, path: str) -> str:
    text = (element.findtext(path) or "").strip()
    return "" if text.lower() in _UNKNOWN else text


def _name(element: ET.Element) -> str:
    return element.get("name") or ""
