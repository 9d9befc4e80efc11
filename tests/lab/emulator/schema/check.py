# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Set-time validation: what the description refuses, in the device's words.

Only the first defect is reported, with the object around it. Lines begin with a blank, as measured.
"""

from __future__ import annotations

import xml.etree.ElementTree as ET
from typing import Iterable

from ansible_collections.tunnelsmith.panos_vpn.tests.lab.emulator.errors import BadXpath, InvalidObject, OperationFailed
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.emulator.models.tree import Path, Step
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.emulator.schema.kinds import (
    Entries, Group, Leaf, Members, Node, Undescribed, Version,
)

_MEMBER = Leaf("member")


def below(node: Node | None, step: Step, version: Version) -> Node | None:
    """The description one step down; None for what is not described. Raises LookupError for what must not stand there."""
    tag, dummy = step
    if node is None:
        return None
    if isinstance(node, Entries):
        if tag == "entry":
            return node.entry
    elif isinstance(node, Members):
        if tag == "member":
            return _MEMBER
    elif isinstance(node, Group):
        child = node.child(tag)
        if child is None and node.open:
            return None
        if child is not None and child.exists_in(version):
            return None if isinstance(child, Undescribed) else child
    raise LookupError(tag)


def along(root: Node, path: Path, version: Version, one: bool = True) -> list[Node | None]:
    """The descriptions of all steps of a path that begins with the root. ``one``: it must say which entry it means."""
    nodes: list[Node | None] = [root]
    for step in path[1:]:
        if one and step[1] is None and isinstance(nodes[-1], (Entries, Members)):
            raise BadXpath("the xpath does not name one object")
        try:
            nodes.append(below(nodes[-1], step, version))
        except LookupError:
            # Measured: an xpath through an element that the schema lacks gives code 13.
            raise OperationFailed("schema node not found") from None
    return nodes


def check_children(node: Node | None, elements: Iterable[ET.Element], labels: list[str], version: Version) -> None:
    """Refuse what must not stand below a node. Raises InvalidObject."""
    if node is None:
        return
    if isinstance(node, Members):
        elements = list(elements)
        check_alone(node, [element.text for element in elements], labels)
    for element in elements:
        _check_child(node, element, labels, version)


def _check_child(node: Node, element: ET.Element, labels: list[str], version: Version) -> None:
    name = element.get("name")
    try:
        child = below(node, (element.tag, name), version)
    except LookupError:
        raise _unexpected(element.tag, labels) from None
    if isinstance(node, Entries):
        _check_entry(node, element, labels, version)
    elif isinstance(node, Members):
        _refuse(node.value.defect(element.text or "", version), labels)
    elif isinstance(child, Leaf):
        if len(element):
            raise _unexpected(element[0].tag, [*labels, element.tag])
        _refuse(child.value.defect(element.text or "", version), [*labels, element.tag])
    elif child is not None:
        if (element.text or "").strip():
            _refuse(" is invalid", [*labels, element.tag])
        check_children(child, element, [*labels, element.tag], version)


def _check_entry(node: Entries, element: ET.Element, labels: list[str], version: Version) -> None:
    name = element.get("name")
    if not name:
        _refuse(" is missing 'name'", labels)
    check_name(node, name, labels, version)
    check_children(node.entry, element, [*labels, name], version)


def check_name(node: Entries, name: str, labels: list[str], version: Version) -> None:
    """Length and form of an entry's name. Raises InvalidObject."""
    _refuse(node.name.defect(name, version), [*labels, name])


def check_alone(node: Members, values: Iterable[str | None], labels: list[str]) -> None:
    """Refuse a word that suffers no other beside it. Raises InvalidObject."""
    given = set(values)
    for word in node.alone:
        if word in given and len(given) > 1:
            # That it is refused at set time is measured on 12.1; the wording is ours.
            _refuse(f" '{word}' cannot be combined with other values", labels)


def _refuse(defect: str | None, labels: list[str]) -> None:
    if defect is not None:
        raise invalid(defect, labels)


def invalid(defect: str, labels: list[str]) -> InvalidObject:
    """The refusal for a defect at a place, followed by the object around it."""
    lines = [f" {' -> '.join(labels)}{defect}"]
    if len(labels) > 1:
        lines.append(f" {' -> '.join(labels[:-1])} is invalid")
    return InvalidObject(*lines)


def _unexpected(tag: str, labels: list[str]) -> InvalidObject:
    lines = [f" {' -> '.join([*labels, tag])} unexpected here"]
    if labels:
        lines.append(f" {' -> '.join(labels)} is invalid")
    return InvalidObject(*lines)
