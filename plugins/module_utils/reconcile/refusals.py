# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the configuration that was read forbids of a plan, whichever resource it is of. Each check raises Refused."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from typing import Any, Iterable

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.configuration import path as places
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.configuration.path import Path
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.configuration.tree import Operation
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.errors import InvalidInput, Refused
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.tables.desired import UNSET, DesiredEntry
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.tables.table import Members, steps


def refuse_loss_of_required(item: DesiredEntry, before: ET.Element, after: ET.Element | None) -> None:
    """What a new object cannot do without, no object can: taken away, it would be one that no commit takes. A part of a router is taken back as a whole."""
    if any(value is UNSET for value in item.values.values()):
        return
    for alternatives in item.table.required:
        options = alternatives.split("|")
        had, has = (any(_is_said(item.table.nodes, option.split("."), element) for option in options) for element in (before, after))
        if had and not has:
            how = "resets what is not given, and it " if item.state == "replaced" else "would leave it without what it needs: it "
            raise InvalidInput(f"{item.label}: state {item.state} {how}cannot do without {' or '.join(options)}; give it")


def _is_said(nodes: Iterable[Any], names: list[str], element: ET.Element | None) -> bool:
    """Whether an object says something of an option. C(names): of the groups around it, and its own."""
    node = next(node for node in nodes if node.option == names[0])
    found = places.find(element, steps(node.path))
    if found is None or len(names) == 1:
        return found is not None and bool(len(found) or (found.text or "").strip())
    return _is_said(node.nodes, names[1:], found)


def template_of(element: ET.Element | None) -> str:
    """The Panorama template that gave an element; empty where it is the firewall's own."""
    if element is None or element.get("src") != "tpl":
        return ""
    return element.get("ptpl") or "unknown"


def refuse_template_values(label: str, start: int, operations: list[Operation], before: ET.Element) -> None:
    """What a template gave cannot be written on the firewall, nor anything in it. C(start): how long the path is below which objects stand."""
    for operation in operations:
        owned = _owned(operation, start, before)
        if owned is not None:
            path, template = owned
            raise Refused(f"{label}: {places.words(path)} comes from the Panorama template '{template}'; make the change there, or override it on "
                          "the firewall first")


def _owned(operation: Operation, start: int, before: ET.Element) -> tuple[Path, str] | None:
    """(place, template) of the first thing on an operation's way that is a template's. Containers around objects are nobody's."""
    path = operation.path
    objects = next((number for number in range(start, len(path)) if not isinstance(path[number], str)), len(path) - 1)
    for length in range(objects + 1, len(path) + 1):
        template = template_of(places.find(before, path[1:length]))
        if template:
            return path[:length], template
    if operation.action != "set" or not operation.element:
        return None
    return _owned_within(ET.fromstring(f"<x>{operation.element}</x>"), places.find(before, path[1:]), path)


def _owned_within(content: Any, existing: ET.Element | None, path: Path) -> tuple[Path, str] | None:
    """The same for what a C(set) merges into an element that is there."""
    for element in content:
        step = places.step_of(element)
        found = places.child(existing, step)
        if found is None:
            continue
        template = template_of(found)
        deeper = (path + (step,), template) if template else _owned_within(element, found, path + (step,))
        if deeper is not None:
            return deeper
    return None


def refuse_second_home(item: Any, place: Path, start: int, after: ET.Element) -> None:
    """What can be in one object only, as an interface in one zone, is not taken out of another one on the side.

    C(after): the configuration as it stands when the item's turn comes, all other objects of the kind included.
    """
    for home, names in _sole_members(item, place):
        at = next(number for number in range(start, len(home)) if not isinstance(home[number], str))
        container, own, inside = home[:at], home[at][1], home[at + 1:]
        others = [entry for entry in places.children(after, container[1:]) if entry.tag == "entry" and entry.get("name") != own]
        for name in names:
            other = next((entry.get("name") for entry in others if name in places.names(entry, inside)), None)
            if other is not None:
                raise Refused(f"{item.label}: {name} is in {container[-1].replace('-', ' ')} '{other}'; take it out there before it goes to '{own}'")


def _sole_members(item, place):
    """Each (list in the configuration, names that go into it)."""
    if not isinstance(item, DesiredEntry):
        if item.sole:
            yield place[:-1], [item.name]
        return
    for node in item.table.nodes:
        names = item.values.get(node.option)
        if isinstance(node, Members) and node.sole and names and names is not UNSET:
            yield place + steps(node.path), names
