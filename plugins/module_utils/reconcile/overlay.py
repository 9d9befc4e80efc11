# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A table of leaves laid over what is there: which elements differ, and nothing else."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from dataclasses import dataclass, field, replace
from typing import Any, Iterable, Mapping

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.configuration import path as places, secrets
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.configuration.path import Path
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.configuration.tree import MARKS
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.reconcile.values import sayable, speaks, undecided_nodes
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.tables.desired import UNSET
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.tables.table import Entries, Group, Leaf, Members, Table, steps


@dataclass
class Changes:
    """What must happen below one entry; all paths are relative to it.

    C(additions): an C(<entry>) that holds only what is to be set. C(edits): ordered lists, as (path, element).
    C(unread): the options of secrets that are given, and of which it cannot be told whether they are those that stand there.
    """

    additions: ET.Element = field(default_factory=lambda: ET.Element("entry"))
    edits: list = field(default_factory=list)
    deletes: list = field(default_factory=list)
    unread: list = field(default_factory=list)

    def delete(self, path: tuple) -> None:
        if not any(places.starts_with(path, gone) for gone in self.deletes):
            self.deletes[:] = [gone for gone in self.deletes if not places.starts_with(gone, path)] + [path]

    def __bool__(self) -> bool:
        return bool(len(self.additions) or self.edits or self.deletes)


def text_of(leaf: Any, value: Any) -> str:
    """A value as PAN-OS writes it."""
    if leaf.type == "bool":
        return "yes" if value else "no"
    return str(value)


def overlay(table: Table, values: Mapping[str, Any], existing: ET.Element | None, reset: bool = False, update_secret: str = "on_create") -> Changes:
    """C(values) over C(existing). C(reset): options that are not given go back to PAN-OS's own default (C(replaced))."""
    walk = _Overlay(existing, reset, update_secret)
    walk.nodes(table.nodes, values, (), table.choices)
    return walk.changes


class _Overlay:
    def __init__(self, existing, reset, update_secret):
        self.existing = existing
        self.reset = reset
        self.update_secret = update_secret
        self.changes = Changes()
        # A new entry says what it was given, also where that is PAN-OS's default anyway.
        self.fresh = existing is None

    def nodes(self, nodes, values, at, choices):
        written = []
        undecided = undecided_nodes(nodes, places.find(self.existing, at), choices)
        for node in nodes:
            value = values.get(node.option)
            path = at + steps(node.path)
            if node in undecided and value in (None, UNSET):
                continue
            if value is UNSET and isinstance(node, Group):
                self._unset_group(node, path)
            elif value is UNSET or value is None and self.reset and not isinstance(node, Group):
                self._reset(node, path)
            elif value is None and not isinstance(node, Group):
                continue
            elif self._node(node, value, path):
                written.append(path)
        known = {at + steps(node.path): node for node in nodes}
        for choice in () if undecided and not written else choices:
            self._drop_other_branches(at + steps(choice.path), choice.branches, written, known)

    def _node(self, node: Any, value: Any, path: Path) -> bool:
        """Lay one node over what is there; true where the value needs its branch of a choice."""
        if isinstance(node, Leaf):
            return self._leaf(node, value, path)
        if isinstance(node, Members):
            return self._members(node, value, path)
        if isinstance(node, Entries):
            return self._entries(node, value, path)
        self.nodes(node.nodes, value or {}, path, node.choices)
        if value is not None and node.says_something_bare:
            if places.find(self.existing, path) is None:
                places.make(self.changes.additions, path)
            return True
        return any(item is not None for item in (value or {}).values())

    def _leaf(self, leaf: Any, value: Any, path: Path) -> bool:
        have = places.find(self.existing, path)
        if leaf.type == "empty":
            if value and have is None:
                places.make(self.changes.additions, path)
            elif not value and have is not None:
                self.changes.delete(path)
            return bool(value)
        if have is None and not self.fresh and leaf.absent is not None and value == leaf.absent:
            return False
        wanted = text_of(leaf, value)
        if have is None or self._differs(leaf, wanted, (have.text or "").strip() if leaf.type != "secret" else have.text or ""):
            places.make(self.changes.additions, path).text = wanted
        return True

    def _differs(self, leaf: Any, wanted: str, have: str) -> bool:
        if leaf.type != "secret":
            return wanted != have
        equal = secrets.same(wanted, have)
        if equal is None and self.update_secret != "always":
            self.changes.unread.append(leaf.option)
        return self.update_secret == "always" if equal is None else not equal

    def _members(self, node: Any, value: Any, path: Path) -> bool:
        wanted = [str(item) for item in value]
        if not node.repeated:
            wanted = list(dict.fromkeys(wanted))
        have_list = places.find(self.existing, path)
        have = [name for name in places.names(self.existing, path) if name]
        if not node.repeated:
            have = list(dict.fromkeys(have))
        if have_list is None and not self.fresh and node.absent is not None and wanted == list(node.absent):
            return bool(wanted)
        # A merge drops the second of two equal members, so a list that may repeat itself is always written whole.
        if node.ordered and (have_list is not None or node.repeated):
            if wanted != have:
                self.changes.edits.append((path, _member_list(str(path[-1]), wanted, have_list)))
            return True
        for name in wanted:
            if name not in have:
                places.make(self.changes.additions, path + (("member", name),))
        if node.exact or self.reset:
            self._remove_others(node, path, wanted)
        if not wanted and have_list is None:
            places.make(self.changes.additions, path)
        return True

    def _entries(self, node: Any, value: Any, path: Path) -> bool:
        wanted = [item if isinstance(item, dict) else {node.key: item} for item in value]
        for item in wanted:
            place = path + (("entry", str(item[node.key])),)
            around, self.fresh = self.fresh, places.find(self.existing, place) is None
            if self.fresh:
                places.make(self.changes.additions, place)
            self.nodes(node.nodes, item, place, node.choices)
            self.fresh = around
        if node.exact or self.reset:
            self._remove_others(node, path, [str(item[node.key]) for item in wanted])
        return bool(wanted)

    def _remove_others(self, node, path, wanted):
        """Take out of a list what is not wanted and an option could have named."""
        there = places.find(self.existing, path)
        for item in () if there is None else sayable(node, there):
            step = places.step_of(item)
            if step[1] not in wanted:
                self.changes.delete(path + (step,))

    def _reset(self, node, path):
        element = places.find(self.existing, path)
        if element is None or getattr(node, "shared", False) or getattr(node, "type", "") == "secret":
            return
        if getattr(node, "type", "") == "empty":
            self.changes.delete(path)
            return
        told = sayable(node, element)
        if not told:
            return
        whole = isinstance(node, Leaf) or len(told) == len(element)
        for gone in [path] if whole else [path + (places.step_of(item),) for item in told]:
            self.changes.delete(gone)

    def _unset_group(self, group, path):
        """What we know of a group goes, and its element with it where nothing else is in there."""
        self.nodes(group.nodes, {node.option: UNSET for node in group.nodes}, path, group.choices)
        element = places.find(self.existing, path)
        if element is not None and self._is_taken_back(group, element, path):
            self.changes.delete(path)

    def _is_taken_back(self, group: Group, element: ET.Element, path: Path) -> bool:
        """Whether a group said something, and says nothing more once the deletions are done."""
        said = group.says_something_bare or any(places.starts_with(gone, path) for gone in self.changes.deletes)
        return said and self._is_emptied(element, path)

    def _drop_other_branches(self, container, branches, written, known):
        if not any(child.tag in branches for child in places.children(self.existing, container)):
            return
        depth = len(container)
        taken = {path[depth] for path in written if len(path) > depth and places.starts_with(path, container)} & set(branches)
        for branch in branches:
            path = container + (branch,)
            element = places.find(self.existing, path)
            if element is None or branch in taken:
                continue
            if taken and speaks(_from(container, known), branch, element):
                self.changes.delete(path)
            # With no branch wanted, a reset leaves an empty branch, and that can still mean something (all ports of TCP).
            group = known.get(path)
            if not taken and self.reset and isinstance(group, Group) and self._is_taken_back(group, element, path):
                self.changes.delete(path)

    def _is_emptied(self, element: ET.Element, path: Path) -> bool:
        """Whether nothing is left of an element of the existing tree once the deletions are done."""
        if path in self.changes.deletes:
            return True
        if len(element) == 0:
            return element.tag not in ("entry", "member") and not (element.text or "").strip() and set(element.attrib) <= MARKS
        return all(self._is_emptied(child, path + (places.step_of(child),)) for child in element)


def _from(container: Path, known: Mapping[Path, Any]) -> list:
    """The nodes below a place, with their paths from there on."""
    depth = len(container)
    below = [(path[depth:], node) for path, node in known.items() if len(path) > depth and places.starts_with(path, container)]
    return [replace(node, path="/".join(map(str, path))) for path, node in below]


def _member_list(tag: str, names: Iterable[str], existing: ET.Element | None) -> ET.Element:
    """The list as one, with the attributes that are there: it takes the existing one's place."""
    known = {} if existing is None else existing.attrib
    element = ET.Element(tag, {key: value for key, value in known.items() if key not in MARKS})
    for name in names:
        ET.SubElement(element, "member").text = name
    return element
