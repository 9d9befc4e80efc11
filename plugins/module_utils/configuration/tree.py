# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Configuration operations, and what they do to a configuration tree."""

from __future__ import annotations

import copy
import xml.etree.ElementTree as ET
from dataclasses import dataclass, field
from typing import Iterable, Sequence

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.configuration import path as places
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.configuration.path import Path

# Attributes that the firewall adds on reading; they are no part of the configuration.
MARKS = frozenset({"admin", "dirtyId", "time", "uuid", "loc", "src", "ptpl"})


@dataclass(frozen=True)
class Operation:
    """One action of the XML API. C(element) is the XML text that goes with C(set) (children) and C(edit) (the node).

    C(label) names the object for error messages. The element can hold a secret: it stays out of the repr.
    C(guard): a deletion of what must not exist, there only to fail where somebody made it meanwhile.
    """

    action: str
    path: Path
    label: str
    element: str = field(default="", repr=False)
    where: str = ""
    dst: str = ""
    guard: bool = False

    @property
    def xpath(self) -> str:
        return places.render(self.path)


def apply(root: ET.Element, operation: Operation) -> None:
    """Do to C(root) (the C(<config>) element) what the firewall does to its candidate."""
    if operation.action == "set":
        _merge(places.make(root, operation.path[1:]), _children(operation.element))
    elif operation.action == "edit":
        node = places.make(root, operation.path[1:])
        wanted = ET.fromstring(operation.element)
        node.text = wanted.text
        node.attrib.update(wanted.attrib)
        places.refill(node, list(wanted))
    elif operation.action == "delete":
        _delete(root, operation.path[1:])
    elif operation.action == "move":
        _move(root, operation)
    else:
        raise ValueError(operation.action)


def applied(root: ET.Element, operations: Iterable[Operation]) -> ET.Element:
    """The tree after the operations; C(root) is left alone."""
    after = copy.deepcopy(root)
    for operation in operations:
        apply(after, operation)
    return after


def same(one: ET.Element | None, other: ET.Element | None) -> bool:
    """Whether two elements hold the same, but for the marks that the firewall adds, in whatever order entries and elements stand."""
    if one is None or other is None:
        return one is other
    if (one.text or "").strip() != (other.text or "").strip() or _unmarked(one) != _unmarked(other):
        return False
    first, second = ({places.step_of(child): child for child in element} for element in (one, other))
    if len(one) != len(other) or first.keys() != second.keys() or _members(one) != _members(other):
        return False
    return all(same(child, second[step]) for step, child in first.items())


def is_hollow(element: ET.Element) -> bool:
    """Whether an element and all below it are containers without content."""
    return element.tag not in ("entry", "member") and not (element.text or "").strip() and all(map(is_hollow, element))


def texts(element: ET.Element | None) -> set[str]:
    """All texts of an element: among them are the names of what it refers to."""
    return set() if element is None else {text for node in element.iter() if (text := (node.text or "").strip())}


def _unmarked(element: ET.Element) -> dict[str, str]:
    return {name: value for name, value in element.attrib.items() if name not in MARKS}


def _members(element: ET.Element) -> list[str]:
    return [(child.text or "").strip() for child in element if child.tag == "member"]


def inner_xml(element: ET.Element) -> str:
    """The children of an element as text, its own text included where it has no children."""
    if len(element) == 0:
        return _escaped(element.text or "")
    return "".join(ET.tostring(child, encoding="unicode") for child in element)


def _escaped(text: str) -> str:
    holder = ET.Element("x")
    holder.text = text
    serialised = ET.tostring(holder, encoding="unicode")
    return "" if serialised.endswith("/>") else serialised[len("<x>"):-len("</x>")]


def _children(text: str) -> list[ET.Element | str | None]:
    holder = ET.fromstring(f"<x>{text}</x>")
    return [holder.text] if len(holder) == 0 else list(holder)


def _merge(node: ET.Element, content: Sequence[ET.Element | str | None]) -> None:
    for item in content:
        if not isinstance(item, ET.Element):
            if item:
                node.text = item
            continue
        found = places.child(node, places.step_of(item))
        if found is None:
            places.adopt(node, copy.deepcopy(item))
        elif item.tag != "member":
            _merge(found, list(item) if len(item) else [item.text])


def _delete(root: ET.Element, path: Path) -> None:
    parent = places.find(root, path[:-1])
    found = places.child(parent, path[-1])
    if parent is not None and found is not None:
        places.expel(parent, found)


def _there(root: ET.Element, path: Path) -> ET.Element:
    """What is moved, and what it is moved to, is there: otherwise the firewall refuses."""
    found = places.find(root, path)
    if found is None:
        raise ValueError(places.render(path))
    return found


def _move(root: ET.Element, operation: Operation) -> None:
    parent, rule = (_there(root, operation.path[1:end]) for end in (-1, None))
    parent.remove(rule)
    if operation.where == "top":
        index = 0
    elif operation.where == "bottom":
        index = len(parent)
    else:
        index = list(parent).index(_there(parent, (("entry", operation.dst),)))
        index += operation.where == "after"
    parent.insert(index, rule)
