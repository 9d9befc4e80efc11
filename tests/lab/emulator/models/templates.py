# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a template stack amounts to for one firewall: precedence of its layers, and its variables.

The stack's own objects come before those of its templates, and the templates count in their order; an object is taken
whole from the first layer that has it. So the vendor's help (8.0) and a measurement have it; a switch puts objects of one
name together leaf by leaf instead, as some people report it. Variables: the device's value, then the stack's, then the templates' in order.
"""

from __future__ import annotations

import xml.etree.ElementTree as ET
from typing import Iterator

from ansible_collections.tunnelsmith.panos_vpn.tests.lab.emulator.models.tree import child_of, duplicate, step_of

#: Lists whose entries are places and not objects: their contents are merged.
PLACES = frozenset(("devices", "vsys"))

#: The word by which a variable is declared without a value.
NO_VALUE = "None"


class UnresolvedVariable(Exception):
    """A variable that no layer knows, or that nobody has given a value; the push to this device fails."""


def stack_of(root: ET.Element, serial: str) -> ET.Element | None:
    """The stack that lists a device; there is at most one."""
    for stack in root.findall("devices/entry/template-stack/entry"):
        if child_of(_child(stack, "devices"), ("entry", serial)) is not None:
            return stack
    return None


def stacks_with(root: ET.Element, template: str) -> list[ET.Element]:
    return [
        stack for stack in root.findall("devices/entry/template-stack/entry")
        if template in templates_of(stack)
    ]


def templates_of(stack: ET.Element) -> list[str]:
    return [member.text or "" for member in stack.findall("templates/member")]


def configuration_for(root: ET.Element, stack: ET.Element, serial: str, by_leaves: bool = False) -> ET.Element:
    """The ``config`` that a device of the stack receives, each object marked with the layer it comes from.

    ``by_leaves``: objects of one name are put together. Raises UnresolvedVariable.
    """
    merged = ET.Element("config")
    for layer in _layers(root, stack):
        config = layer.find("config")
        if config is not None:
            _lay_under(merged, config, layer.get("name"), by_leaves)
    _resolve(merged, _values(root, stack, serial))
    return merged


def _layers(root: ET.Element, stack: ET.Element) -> Iterator[ET.Element]:
    """The stack itself, then its templates, the strongest first."""
    yield stack
    known = {entry.get("name"): entry for entry in root.findall("devices/entry/template/entry")}
    for name in templates_of(stack):
        if name in known:
            yield known[name]


def _lay_under(target: ET.Element, layer: ET.Element, owner: str, by_leaves: bool, place: bool = False) -> None:
    """Add what a weaker layer has and the target lacks. ``place``: the children are entries of a list of places."""
    for child in layer:
        there = child_of(target, step_of(child))
        is_entered = child.tag == "entry" and (place or (by_leaves and there is not None))
        if is_container(child) or is_entered:
            if there is None:
                there = ET.SubElement(target, child.tag, child.attrib)
            _lay_under(there, child, owner, by_leaves, place=child.tag in PLACES)
        elif there is None:
            target.append(_owned(child, owner))


def is_container(element: ET.Element) -> bool:
    """Neither an object nor a value of its own; an empty one outside of objects says nothing."""
    return element.tag not in ("entry", "member") and (len(element) > 0 or not element.text)


def _owned(element: ET.Element, owner: str) -> ET.Element:
    copy = duplicate(element)
    for each in copy.iter():
        each.set("ptpl", owner)
        each.set("src", "tpl")
    return copy


def _values(root: ET.Element, stack: ET.Element, serial: str) -> dict[str, str]:
    device = child_of(_child(stack, "devices"), ("entry", serial))
    values: dict[str, str] = {}
    for holder in [device, *_layers(root, stack)]:
        for variable in holder.findall("variable/entry") if holder is not None else ():
            kind = variable.find("type")
            value = kind[0].text if kind is not None and len(kind) else None
            name = variable.get("name")
            if values.get(name, NO_VALUE) == NO_VALUE:
                values[name] = value or NO_VALUE
    return values


def _resolve(config: ET.Element, values: dict[str, str]) -> None:
    for element in config.iter():
        if (element.text or "").startswith("$"):
            element.text = _value(element.text, values)
        name = element.get("name") or ""
        if name.startswith("$"):
            element.set("name", _value(name, values))


def _value(variable: str, values: dict[str, str]) -> str:
    if variable not in values:
        raise UnresolvedVariable(f"'{variable}' is not a valid reference")
    if values[variable] == NO_VALUE:
        raise UnresolvedVariable(f"variable {variable} has no value for this device")
    return values[variable]


def _child(element: ET.Element, tag: str) -> ET.Element:
    found = element.find(tag)
    return found if found is not None else ET.Element(tag)
