# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What has been changed since the last commit, where, and by whom.

A record stands at the node that a request created, changed, deleted or moved. A record of creation or edit answers for
everything below its node, except what records of other owners below it answer for.
"""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections import defaultdict
from dataclasses import dataclass, replace
from typing import Iterable

from ansible_collections.tunnelsmith.panos_vpn.tests.lab.emulator.models.tree import (
    MARKS, Path, Tree, UndoLog, child_of, duplicate, step_of, xpath_text,
)

#: Where Panorama keeps the configuration of firewalls.
PLACES = ("template", "template-stack", "device-group")

CREATE, EDIT, DELETE, MOVE = "CREATE", "EDIT", "DELETE", "MOVE"


@dataclass(frozen=True)
class Record:
    """``booked`` is the xpath shown in the list of changes; ``sequence`` grows with every request that touches the node.

    ``order`` is the place in the list, which a rolled back request must not shift. ``moved``: the node has another place among its siblings.
    """

    path: Path
    action: str
    owner: str
    history: tuple[str, ...]
    sequence: int
    booked: str
    order: int
    moved: bool = False

    @property
    def covers(self) -> bool:
        return self.action in (CREATE, EDIT)

    @property
    def place(self) -> tuple[str, str] | None:
        """The template, stack or device group around the node: tag and name."""
        for (tag, dummy), (entry, name) in zip(self.path, self.path[1:]):
            if tag in PLACES and entry == "entry":
                return tag, name
        return None

    @property
    def system(self) -> str | None:
        """The virtual system around the node."""
        return next((name for (tag, dummy), (dummy, name) in zip(self.path, self.path[1:]) if tag == "vsys"), None)

    @property
    def component_type(self) -> str:
        """Only "template" has been seen; the other words are ours."""
        tags = [tag for tag, dummy in self.path]
        for tag in (*PLACES, "vsys", "shared", "network", "deviceconfig", "mgt-config"):
            if tag in tags:
                return tag
        return "config"


class Journal:
    def __init__(self, undo: UndoLog) -> None:
        self._undo = undo
        self._records: dict[Path, Record] = {}
        self._below: dict[Path, set[Path]] = defaultdict(set)
        self._made = 0

    def __len__(self) -> int:
        return len(self._records)

    @property
    def records(self) -> list[Record]:
        return sorted(self._records.values(), key=lambda record: record.order)

    def touch(self, path: Path, action: str, owner: str, sequence: int, booked: str | None = None,
              whole: bool = False) -> None:
        """Note a change. ``whole``: the node was replaced or removed, so earlier changes below it are now this owner's."""
        if whole:
            for beneath in list(self._below.get(path, ())):
                self._put(beneath, None)
        covering = self._covering(path, owner)
        if covering is not None and action != MOVE:
            self._put(covering.path, replace(covering, sequence=sequence))
            if covering.path != path:
                self._put(path, None)
                return
        earlier = self._records.get(path)
        moved = MOVE in (action, earlier.action if earlier else None) or earlier is not None and earlier.moved
        if earlier is not None and action == MOVE:
            action = earlier.action
        if earlier is not None and earlier.action == CREATE and action == EDIT:
            action = CREATE
        history = earlier.history if earlier else ()
        if owner not in history:
            history = (*history, owner)
        self._made += 1
        self._put(path, Record(path, action, owner, history, sequence, booked or xpath_text(path), self._made, moved))

    def _covering(self, path: Path, owner: str) -> Record | None:
        """The nearest record above (or at) a path that answers for it, if it is this owner's."""
        for length in range(len(path), 0, -1):
            record = self._records.get(path[:length])
            if record is not None and (record.covers or record.action == DELETE):
                return record if record.owner == owner and record.covers and length < len(path) else None
        return None

    def _put(self, path: Path, record: Record | None) -> None:
        earlier = self._records.pop(path, None)
        for length in range(1, len(path)):
            if record is None:
                self._below[path[:length]].discard(path)
            else:
                self._below[path[:length]].add(path)
        if record is not None:
            self._records[path] = record
        self._undo.add(lambda: self._put(path, earlier))

    def beneath(self, path: Path) -> list[Record]:
        return [self._records[found] for found in self._below.get(path, ())]

    def forget(self, records: Iterable[Record], up_to: int) -> None:
        """Take out what has been committed or reverted; what was touched again since ``up_to`` stays."""
        for record in records:
            current = self._records.get(record.path)
            if current is not None and current.sequence <= up_to and current.owner == record.owner:
                self._put(record.path, None)

    def clear(self) -> None:
        self._records.clear()
        self._below.clear()


def transfer(records: Iterable[Record], journal: Journal, source: Tree, target: Tree) -> None:
    """Make ``target`` equal to ``source`` wherever the records say, and nowhere else.

    A commit limited to some admins transfers from candidate to running, a revert the other way round.
    """
    chosen = {record.path: record for record in records}
    # From the top down, so that each finds the ones above it in their places.
    for path in sorted(chosen, key=lambda path: (len(path), _place_among_siblings(source, path))):
        foreign = [each.path for each in journal.beneath(path) if each.path not in chosen]
        _transfer_node(chosen[path], foreign, source, target)


def _place_among_siblings(source: Tree, path: Path) -> int:
    chain = source.chain(path)
    return -1 if chain is None or len(chain) < 2 else list(chain[-2]).index(chain[-1])


def _transfer_node(record: Record, foreign: list[Path], source: Tree, target: Tree) -> None:
    origin = source.chain(record.path)
    there = target.chain(record.path)
    if len(record.path) == 1:
        target.replace_root(duplicate(source.root))
        return
    if origin is None:
        if there is not None:
            target.remove(there[-2], there[-1])
            _drop_empty(there[:-1], source, target)
        return
    if record.action == MOVE:
        if there is not None:
            parent, node = there[-2:]
            target.remove(parent, node)
            target.insert(parent, _position(origin, parent, target), node)
        return
    parent = _make_ancestors(origin[:-1], target)
    copy = duplicate(origin[-1])
    for path in foreign:
        _keep_own(copy, path, len(record.path), target)
    if there is not None and record.action == EDIT and not record.moved:
        target.replace(parent, there[-1], copy)
        return
    if there is not None:
        target.remove(parent, there[-1])
    target.insert(parent, _position(origin, parent, target), copy)


def _drop_empty(chain: list[ET.Element], source: Tree, target: Tree) -> None:
    """Containers that came along with a node go with it."""
    while len(chain) > 1 and not len(chain[-1]) and source.chain(tuple(step_of(element) for element in chain)) is None:
        target.remove(chain[-2], chain[-1])
        chain = chain[:-1]


def _make_ancestors(chain: list[ET.Element], target: Tree) -> ET.Element:
    """Containers that the target lacks come along bare."""
    node = target.root
    for position, wanted in enumerate(chain[1:], start=1):
        child = target.child(node, step_of(wanted))
        if child is None:
            child = ET.Element(wanted.tag, {key: value for key, value in wanted.items() if key not in MARKS})
            target.insert(node, _position(chain[:position + 1], node, target), child)
        node = child
    return node


def _position(origin: list[ET.Element], parent: ET.Element, target: Tree) -> int:
    """Where a node belongs in the other tree: behind the nearest sibling before it that exists there too."""
    siblings = list(origin[-2])
    for sibling in reversed(siblings[:siblings.index(origin[-1])]):
        there = target.child(parent, step_of(sibling))
        if there is not None:
            return list(parent).index(there) + 1
    return 0


def _keep_own(copy: ET.Element, path: Path, depth: int, target: Tree) -> None:
    """Within a copy, put back the target's version of what another admin has changed."""
    parent = copy
    for step in path[depth:-1]:
        child = child_of(parent, step)
        if child is None:
            return
        parent = child
    theirs = child_of(parent, path[-1])
    own = target.at(path)
    if theirs is not None:
        parent.remove(theirs)
    if own is not None:
        parent.append(duplicate(own))
