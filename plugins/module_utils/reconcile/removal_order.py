# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The one order in which several writes are taken back at once, on a firewall that protects what is referred to.

Memberships go first, since an interface is in one zone and one router only. Then comes what was taken away, each object before what names it;
then what was changed; and last go the objects that came, each behind what named it: zone member, router member, import, unit.
"""

from __future__ import annotations

import xml.etree.ElementTree as ET
from dataclasses import dataclass
from typing import Sequence

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.configuration import path as places, tree as trees
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.configuration.path import Path
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.configuration.tree import Operation
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.tables.places import IMPORTED

_LEAVES, _COMES, _CHANGES, _MOVES, _GOES = range(5)


@dataclass(frozen=True)
class _Step:
    """An operation with what it means to others: the names that it makes or takes away, and those that it begins or ceases to refer to."""

    operation: Operation
    number: int
    made: frozenset[str]
    gone: frozenset[str]
    named: frozenset[str]
    unnamed: frozenset[str]

    @property
    def phase(self) -> int:
        action, path = self.operation.action, self.operation.path
        if action == "move":
            return _MOVES
        if action == "delete":
            return _LEAVES if _is_member(path) and not _is_import(path) else _GOES
        return _COMES if self.made else _CHANGES


def ordered(operations: Sequence[Operation], current: ET.Element) -> list[Operation]:
    """C(operations), each for a place of its own in C(current), in an order that a strict firewall accepts. Where several would do, as they come."""
    operations = [*_memberships_of_what_goes(operations, current), *operations]
    steps = sorted((_step(number, operation, current) for number, operation in enumerate(operations)), key=lambda step: step.phase)
    found: list[_Step] = []
    while steps:
        free = next((step for step in steps if not any(_comes_first(other, step) for other in steps if other is not step)), steps[0])
        steps.remove(free)
        found.append(free)
    return [step.operation for step in found]


def _comes_first(first: _Step, second: _Step) -> bool:
    """What ceases to name an object comes before it goes; an object comes before what names it. What is done to one place keeps its order."""
    one, other = first.operation.path, second.operation.path
    if places.starts_with(one, other) or places.starts_with(other, one):
        return first.number < second.number
    # Objects of different kinds can have one name: where two seem to need each other, neither does.
    return _allows(first, second) and not _allows(second, first)


def _allows(step: _Step, later: _Step) -> bool:
    """Whether C(later) is refused before C(step)."""
    return bool(step.unnamed & later.gone) or bool(step.made & later.named)


def _step(number: int, operation: Operation, current: ET.Element) -> _Step:
    path, before = operation.path, places.find(current, operation.path[1:])
    after = _afterwards(operation, before)
    own = frozenset({path[-1][1]}) if not isinstance(path[-1], str) and (path[-1][0] == "entry" or _is_import(path)) else frozenset()
    added, removed = trees.texts(after) - trees.texts(before), trees.texts(before) - trees.texts(after)
    if operation.action == "set" and path[-len(IMPORTED):] == IMPORTED:
        return _Step(operation, number, frozenset(added), frozenset(), frozenset(added), frozenset())
    made = own if before is None and after is not None else frozenset()
    gone = own if before is not None and after is None else frozenset()
    return _Step(operation, number, made, gone, frozenset(added), frozenset(removed))


def _afterwards(operation: Operation, before: ET.Element | None) -> ET.Element | None:
    """What stands at an operation's place once it is done."""
    if operation.action == "delete":
        return None
    if operation.action == "edit":
        return ET.fromstring(operation.element)
    return before if operation.action == "move" else ET.fromstring(f"<x>{operation.element}{'' if before is None else trees.inner_xml(before)}</x>")


def _is_member(path: Path) -> bool:
    return not isinstance(path[-1], str) and path[-1][0] == "member"


def _is_import(path: Path) -> bool:
    return _is_member(path) and path[-1 - len(IMPORTED):-1] == IMPORTED


def _memberships_of_what_goes(operations: Sequence[Operation], current: ET.Element) -> list[Operation]:
    """The members of an object that goes, or is made anew, which join another one in the same request: it has to let go of them first."""
    joining = {text for operation in operations if operation.action != "delete" for text in _members(operation)}
    found = []
    for operation in operations:
        element = places.find(current, operation.path[1:])
        if operation.action != "delete" or element is None or operation.path[-1][0] != "entry" or "rules" in operation.path[-2:]:
            continue
        found += [Operation("delete", path, operation.label) for path in _member_paths(element, operation.path) if path[-1][1] in joining]
    return found


def _members(operation: Operation) -> set[str]:
    return {(node.text or "").strip() for node in ET.fromstring(f"<x>{operation.element}</x>").iter("member")}


def _member_paths(element: ET.Element, path: Path) -> list[Path]:
    found = []
    for child in element:
        here = path + (places.step_of(child),)
        found += [here] if child.tag == "member" else _member_paths(child, here)
    return found
