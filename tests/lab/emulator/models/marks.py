# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Who changed what: the marks on the elements and the records in the journal."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from typing import Iterator

from ansible_collections.tunnelsmith.panos_vpn.tests.lab.emulator.models.changes import Change
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.emulator.models.journal import CREATE, Journal, Record
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.emulator.models.tree import MARKS, Path, Tree, step_of


class Marks:
    def __init__(self, tree: Tree, journal: Journal) -> None:
        self._tree = tree
        self._journal = journal
        self._marked: dict[ET.Element, None] = {}

    def stamp(self, change: Change, element: ET.Element) -> None:
        """Mark an element that is not in the tree yet."""
        element.attrib.update(change.stamp)
        self._marked[element] = None

    def mark(self, change: Change, element: ET.Element) -> None:
        for key, value in change.stamp.items():
            self._tree.set_attribute(element, key, value)
        self._marked[element] = None

    def mark_all(self, change: Change, element: ET.Element) -> None:
        for each in element.iter():
            self.mark(change, each)

    def touch(self, change: Change, path: Path, action: str, whole: bool = False) -> None:
        change.changed = True
        self._journal.touch(path, action, change.admin, change.sequence, change.booked, whole)

    def book_created(self, change: Change, path: Path) -> None:
        """Book entries, members and leaves; a container that had to be made on the way is not a change of its own."""
        element = self._tree.at(path)
        if path[-1][0] in ("entry", "member") or not len(element):
            self.touch(change, path, CREATE, whole=True)
            return
        for child in element:
            self.book_created(change, (*path, step_of(child)))

    def unmark(self, records: list[Record], up_to: int) -> None:
        """Take the marks off what has been committed; what was changed again since then keeps them."""
        if len(self._journal) == 0:
            for element in self._marked:
                _unmark(element)
            self._marked.clear()
            return
        for record in records:
            chain = self._tree.chain(record.path)
            if chain is None:
                continue
            foreign = {id(self._tree.at(each.path)) for each in self._journal.beneath(record.path)}
            for element in [*chain[:-1], *_without(chain[-1], foreign)]:
                mark = element.get("dirtyId")
                if mark is not None and element.get("admin") == record.owner and int(mark) <= up_to:
                    _unmark(element)
                    self._marked.pop(element, None)

    def clear(self) -> None:
        self._journal.clear()
        self._marked.clear()


def _unmark(element: ET.Element) -> None:
    for key in MARKS:
        element.attrib.pop(key, None)


def _without(element: ET.Element, foreign: set[int]) -> Iterator[ET.Element]:
    """An element and all below it, except the subtrees that others answer for."""
    if id(element) in foreign:
        return
    yield element
    for child in element:
        yield from _without(child, foreign)
