# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Desired × candidate → ordered operations. Pure: the same input gives the same plan, and a plan applied is empty."""

from __future__ import annotations

import copy
import xml.etree.ElementTree as ET
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Callable, Iterable, Mapping

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.configuration import path as places, tree as trees
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.configuration.path import Path
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.configuration.tree import Operation
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.errors import Refused
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.reconcile.overlay import overlay
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.reconcile.refusals import (
    refuse_loss_of_required, refuse_second_home, refuse_template_values, template_of,
)
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.reconcile.values import read, refuse_incomplete, untold
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.tables.desired import UNSET, DesiredEntry
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.tables.table import Entries, Group, Table


_ONLY_VRF = ("vrf", ("entry", "default"))


@dataclass
class Plan:
    """C(operations) turn C(before) into C(after). C(touched): the items that differ, as (item, absolute path).

    C(parents): named objects that the operations write into and that neither were read nor are made here; writing into one that
    does not exist would make an object out of a typing error, so the caller looks first. Each is (label, absolute path).
    """

    before: ET.Element
    after: ET.Element
    operations: list = field(default_factory=list)
    touched: list = field(default_factory=list)
    warnings: list = field(default_factory=list)
    parents: list = field(default_factory=list)

    @cached_property
    def has_template_values(self) -> bool:
        """Whether anything of what was read comes from a Panorama template."""
        return any(template_of(element) for element in self.before.iter())

    def __bool__(self) -> bool:
        return bool(self.operations)

    def followed_by(self, later: Plan) -> Plan:
        """This plan, and one that was made on what it leads to."""
        return Plan(self.before, later.after, self.operations + later.operations, self.touched + later.touched, self.warnings + later.warnings,
                    self.parents + later.parents)


def plan(phases: Iterable[Iterable[Any]], candidate: ET.Element, base: Callable[[str], Path]) -> Plan:
    """C(phases): lists of desired items, done one list after the other; within a list the order of references rules.

    C(candidate): the C(<config>) element with what was read. C(base): from a location's name to its absolute path.
    """
    result = Plan(before=candidate, after=copy.deepcopy(candidate))
    for items in phases:
        add(result, in_reference_order(items), base)
    return finished(result)


def add(result: Plan, items: Iterable[Any], base: Callable[[str], Path]) -> None:
    """Plan C(items), in the order given, on top of what is planned already. Raises Refused for what the configuration forbids."""
    for item in items:
        place = base(item.location) + item.relative_path
        unseen = [] if item.state == "absent" else _unseen_parents(item, place, result.after)
        operations = _operations(item, place, result)
        if not operations:
            continue
        if item.state != "absent":
            refuse_second_home(item, place, len(base(item.location)), result.after)
        if result.has_template_values:
            refuse_template_values(item.label, len(base(item.location)), operations, result.before)
        result.parents.extend((item.label, parent) for parent in unseen)
        result.touched.append((item, place))
        result.operations.extend(operations)


def finished(result: Plan) -> Plan:
    """The plan with its guards in front.

    An allocated name must still be free when the plan arrives: deleting what is missing succeeds, deleting what others already
    use fails, and with it the whole transaction.
    """
    guards = [Operation("delete", place, item.label, guard=True) for item, place in result.touched
              if isinstance(item, DesiredEntry) and item.guard and item.state != "absent" and places.find(result.before, place[1:]) is None]
    result.operations[:0] = guards
    return result


def _unseen_parents(item: Any, place: Path, after: ET.Element) -> list:
    """The named objects around C(place) that are not in the tree; PAN-OS's own fixed entries (a VRF) are none."""
    start = len(place) - len(item.relative_path)
    found = [place[:end] for end in range(start + 1, len(place)) if not isinstance(place[end - 1], str) and place[end - 2:end] != _ONLY_VRF]
    return [parent for parent in found if places.find(after, parent[1:]) is None]


def _operations(item: Any, place: Path, result: Plan) -> list:
    existing = places.find(result.after, place[1:])
    if item.state == "absent":
        operations = [] if existing is None else [Operation("delete", place, item.label)]
    elif isinstance(item, DesiredEntry):
        operations = _entry_operations(item, place, existing, result.warnings)
    else:
        member = f"<member>{trees.inner_xml(_text_holder(item.name))}</member>"
        operations = [] if existing is not None else [Operation("set", place[:-1], item.label, member)]
    before = copy.deepcopy(existing) if operations and isinstance(item, DesiredEntry) and item.state != "absent" else None
    for operation in operations:
        trees.apply(result.after, operation)
    if before is not None:
        refuse_loss_of_required(item, before, places.find(result.after, place[1:]))
    for number, (where, dst) in enumerate(getattr(item, "position", ()) if item.state != "absent" else ()):
        move = _move(item, place, where, dst, result.after, beside=existing is None and number == 0)
        if move is not None:
            trees.apply(result.after, move)
            operations.append(move)
    return operations


def _text_holder(text):
    holder = ET.Element("x")
    holder.text = text
    return holder


def _entry_operations(item: Any, place: Path, existing: ET.Element | None, warnings: list[str]) -> list:
    values = item.values
    wants = any(value is not UNSET for value in values.values())
    is_left_over = existing is not None and trees.is_hollow(existing) and not read(item.table.nodes, existing, item.table.choices)
    if wants and item.place is not None and is_left_over:
        # What is left where the settings of a part were taken back; with nothing in it, the part is as good as not there.
        existing = None
    if existing is None:
        values = _with_created(item.table.nodes, item.table.created, values)
        refuse_incomplete(item.table, values, item.label)
    elif item.state == "replaced":
        current = read(item.table.nodes, existing, item.table.choices)
        values = _with_created(item.table.nodes, _still_there(item.table.nodes, item.table.created, current), values)
    changes = overlay(item.table, values, existing, item.state == "replaced", item.update_secret)
    if item.state == "replaced":
        warnings.extend(f"{item.label}: no option says '{name}'; it stays as it is"
                        for name in untold(item.table, existing))
    warnings.extend(f"{item.label}: whether {option} is the one that it has cannot be told, because PAN-OS stores it in a form that tells nothing of it; it "
                    "stays as it is (update_secret: always of its own module writes it)" for option in changes.unread)
    operations = [Operation("delete", place + path, item.label) for path in changes.deletes]
    if len(changes.additions):
        operations.append(Operation("set", place, item.label, trees.inner_xml(changes.additions)))
    elif existing is None:
        changes.additions.set("name", item.name)
        operations.append(Operation("edit", place, item.label, ET.tostring(changes.additions, encoding="unicode")))
    for path, element in changes.edits:
        operations.append(Operation("edit", place + path, item.label, ET.tostring(element, encoding="unicode")))
    return operations


def _with_created(nodes: Iterable[Any], created: Mapping[str, Any], values: Mapping[str, Any]) -> dict:
    """The values of a new object: what the user gave, and strong values where he gave nothing."""
    merged = {**created, **values}
    for node in nodes:
        strong, given = created.get(node.option), values.get(node.option)
        if isinstance(node, Group) and not node.choices and isinstance(strong, Mapping) and isinstance(given, Mapping):
            merged[node.option] = _with_created(node.nodes, strong, given)
    return merged


def _still_there(nodes: Iterable[Any], created: Mapping[str, Any], current: Mapping[str, Any]) -> dict:
    """The strong values for what the object has: a reset goes back to them, and adds none that somebody took away. What is shared has no way back."""
    found = {}
    for node in nodes:
        if node.option in created and node.option in current and not getattr(node, "shared", False):
            value = created[node.option]
            if isinstance(node, Group) and not node.choices:
                value = _still_there(node.nodes, value, current[node.option])
            if value != {}:
                found[node.option] = value
    return found


def _move(item, place, where, dst, after, beside):
    """The move that brings a rule where it is to stand; None where it stands there. C(beside): directly (a new rule, which comes last)."""
    rules = places.names(after, place[1:-1])
    index = rules.index(item.name)
    if where in ("before", "after") and dst not in rules:
        raise Refused(f"{item.label}: it is to stand {where} '{dst}', and there is no such rule")
    in_place = {
        "top": lambda: index == 0,
        "bottom": lambda: index == len(rules) - 1,
        "before": lambda: index < rules.index(dst),
        "after": lambda: index == rules.index(dst) + 1 if beside else index > rules.index(dst),
    }[where]()
    return None if in_place else Operation("move", place, item.label, where=where, dst=dst or "")


def in_reference_order(items: Iterable[Any]) -> list:
    """What is referred to comes first when things are made, and last when they are taken away."""
    ranks = _ranks(items)
    wanted = [item for item in items if item.state != "absent"]
    unwanted = [item for item in items if item.state == "absent"]
    wanted.sort(key=lambda item: ranks[_kind(item)])
    unwanted.sort(key=lambda item: -ranks[_kind(item)])
    return wanted + unwanted


def _kind(item: Any) -> str:
    return item.table.kind if isinstance(item, DesiredEntry) else item.kind


def _ranks(items: Iterable[Any]) -> dict:
    edges: dict = {}
    narrower: dict = {}
    for item in items:
        referred = references(item.table) if isinstance(item, DesiredEntry) else set(item.refers_to)
        edges.setdefault(_kind(item), set()).update(referred)
        for wider in item.table.also if isinstance(item, DesiredEntry) else ():
            narrower.setdefault(wider, set()).add(_kind(item))
    for referred in edges.values():
        referred.update(kind for wider in set(referred) for kind in narrower.get(wider, ()))
    ranks: dict = {}

    def rank(kind, above=()):
        if kind not in ranks:
            below = [rank(other, above + (kind,)) for other in edges.get(kind, ()) if other in edges and other not in above + (kind,)]
            ranks[kind] = 1 + max(below, default=-1)
        return ranks[kind]

    for kind in edges:
        rank(kind)
    return ranks


# What the tables name does not change while a module runs, and a transaction asks for it thousands of times.
_REFERENCES: dict = {}


def references(table: Table) -> frozenset:
    """The kinds whose entries an object of this table can name, its parents included."""
    if id(table) not in _REFERENCES:
        _REFERENCES[id(table)] = (table, frozenset(table.parents) | frozenset(_named_kinds(table.nodes)))
    return _REFERENCES[id(table)][1]


def _named_kinds(nodes):
    for node in nodes:
        if isinstance(node, (Group, Entries)):
            yield from _named_kinds(node.nodes)
        if not isinstance(node, Group):
            yield from node.refers_to
