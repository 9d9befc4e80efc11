# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Operations that bring back what a list of operations changed, and only that."""

from __future__ import annotations

import copy
import xml.etree.ElementTree as ET
from typing import Any, Sequence

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.configuration import path as places, tree as trees
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.configuration.path import Path
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.configuration.tree import Operation


def inverse(before: ET.Element, operations: Sequence[Operation]) -> list[Operation]:
    """The inverse of C(operations) as done on C(before), newest first; what others added meanwhile is not touched."""
    undo: list[Operation] = []
    current = copy.deepcopy(before)
    for operation in operations:
        undo[:0] = _undo(current, operation)
        trees.apply(current, operation)
    return undo


def _undo(current: ET.Element, operation: Operation) -> list:
    existing = places.find(current, operation.path[1:])
    if operation.action == "move":
        return [_place_again(current, operation.path, operation.label)]
    if operation.action == "delete":
        return [] if existing is None else _restore(current, operation, existing)
    if existing is None:
        missing = _first_missing(current, operation.path)
        named = [item for item in ET.fromstring(f"<x>{operation.element}</x>") if not isinstance(places.step_of(item), str)]
        if operation.action == "set" and named and isinstance(missing[-1], str):
            # A list that was not read may be there, with what others have in it.
            return [Operation("delete", operation.path + (places.step_of(item),), operation.label) for item in named]
        return [Operation("delete", missing, operation.label)]
    if operation.action == "edit":
        return [Operation("edit", operation.path, operation.label, ET.tostring(bare(existing), encoding="unicode"))]
    content = ET.fromstring(f"<x>{operation.element}</x>")
    return _undo_merge(existing, content, operation.path, operation.label)


def _first_missing(current: ET.Element, path: Path) -> tuple:
    """The topmost named step that did not exist: containers without a name may stay, they are nobody's object."""
    for length in range(2, len(path) + 1):
        if not isinstance(path[length - 1], str) and places.find(current, path[1:length]) is None:
            return path[:length]
    return path


def _restore(current: ET.Element, operation: Operation, existing: ET.Element) -> list:
    last = operation.path[-1]
    if not isinstance(last, str) and last[0] == "member":
        member = ET.tostring(bare(existing), encoding="unicode")
        return [Operation("set", operation.path[:-1], operation.label, member)]
    if len(existing) and set(existing.attrib) <= trees.MARKS | {"name"}:
        restored = [Operation("set", operation.path, operation.label, trees.inner_xml(bare(existing)))]
    else:
        restored = [Operation("edit", operation.path, operation.label, ET.tostring(bare(existing), encoding="unicode"))]
    rules = places.names(current, operation.path[1:-1])
    if "rules" in operation.path[-2:] and rules[-1] != last[1]:
        # What is made anew comes last.
        restored.append(_place_again(current, operation.path, operation.label))
    return restored


def _place_again(current, path, label):
    rules = places.names(current, path[1:-1])
    index = rules.index(path[-1][1])
    if index == 0:
        return Operation("move", path, label, where="top")
    return Operation("move", path, label, where="after", dst=rules[index - 1])


def _undo_merge(existing: ET.Element | None, content: Any, path: Path, label: str) -> list:
    undo = []
    for item in content:
        step = places.step_of(item)
        found = places.child(existing, step)
        if found is None:
            undo.append(Operation("delete", path + (step,), label))
        elif len(item):
            undo.extend(_undo_merge(found, item, path + (step,), label))
        elif item.tag not in ("member", "entry") and (found.text or "") != (item.text or ""):
            undo.append(Operation("edit", path + (step,), label, ET.tostring(bare(found), encoding="unicode")))
    return undo


def bare(element: ET.Element) -> ET.Element:
    """The element without the marks that the firewall adds on reading."""
    unmarked = copy.deepcopy(element)
    for node in unmarked.iter():
        for mark in trees.MARKS:
            node.attrib.pop(mark, None)
    return unmarked
