# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A variable of a Panorama template: declared there, and worth something for each firewall of the stacks that have the template."""

from __future__ import annotations

import xml.etree.ElementTree as ET

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.configuration import marked_line, path as places
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.configuration.path import Path
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.tables.desired import DesiredEntry
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.tables.table import Choice, Leaf, Table

# PAN-OS's word for a variable that is declared and worth nothing.
NO_VALUE = "None"
IP_NETMASK, FQDN, AS_NUMBER, INTERFACE = "ip_netmask", "fqdn", "as_number", "interface"
_TYPES = (IP_NETMASK, FQDN, AS_NUMBER, INTERFACE)
# Before what a variable's description says of whose it is.
MARK = "tunnelsmith "
CONTAINER = ("variable",)
_TAGS = tuple(kind.replace("_", "-") for kind in _TYPES)
_NODES = tuple(Leaf(kind, f"type/{tag}") for kind, tag in zip(_TYPES, _TAGS))
_CHOICES = (Choice("type", _TAGS),)
_NAME = r"\$[0-9A-Za-z_.-]+"
DECLARED = Table("template_variable", "template", CONTAINER, words="template variable", choices=_CHOICES, name_pattern=_NAME,
                 nodes=(*_NODES, Leaf("description", "description", max_length=255)))
VALUED = Table("template_variable", "stacks", (), words="template variable", choices=_CHOICES, name_pattern=_NAME, nodes=_NODES)


def declared(name: str, kind: str, vpn: str, value: str = NO_VALUE) -> DesiredEntry:
    """A variable of a VPN, which its description tells. C(value): where no firewall says another one."""
    return DesiredEntry(DECLARED, name, {kind: value, "description": marked_line.line(MARK, {"vpn": vpn})})


def valued(name: str, kind: str, value: str, stack: str, serial: str) -> DesiredEntry:
    """What a variable is worth on one firewall."""
    return DesiredEntry(VALUED, name, {kind: value}, container=_of_device(stack, serial))


def _of_device(stack: str, serial: str) -> Path:
    return (("entry", stack), "devices", ("entry", serial), "variable")


def gone(name: str, stacks: ET.Element | None) -> list[DesiredEntry]:
    """A variable, with what it is worth anywhere, as items to remove."""
    found = [DesiredEntry(VALUED, name, state="absent", container=_of_device(stack.get("name") or "", device.get("name") or ""))
             for stack in (stacks if stacks is not None else ()) for device in places.children(stack, ("devices",))
             if places.find(device, ("variable", ("entry", name))) is not None]
    return [*found, DesiredEntry(DECLARED, name, state="absent")]


def owner(entry: ET.Element) -> str:
    """The VPN that a variable is of, by its description; empty where none says so."""
    said = marked_line.contents(places.text(entry, ("description",)), MARK)
    vpn = said[0].get("vpn") if said and isinstance(said[0], dict) else None
    return vpn if isinstance(vpn, str) else ""
