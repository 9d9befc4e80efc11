# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What people, other tools and later versions of PAN-OS may have written where our tables point, and what our options cannot say."""

from __future__ import annotations

import copy
import xml.etree.ElementTree as ET
from dataclasses import dataclass
from typing import Callable, Iterator

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.configuration import path as places
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.tables.table import Entries, Group, Leaf, Members, steps

TOMORROW = "of-tomorrow"


@dataclass(frozen=True)
class Planting:
    """One change to a tree. C(path): of the element that is changed, below the entry of the table. C(said): a word that has to be told of."""

    what: str
    path: tuple
    change: Callable
    said: str = ""

    @property
    def name(self) -> str:
        return f"{self.what} at {'/'.join(step if isinstance(step, str) else step[0] for step in self.path)}"

    def on(self, tree: ET.Element, entry: tuple) -> ET.Element:
        """The tree with this planted; C(entry): the absolute path of the table's entry."""
        found = copy.deepcopy(tree)
        self.change(places.make(found, entry[1:] + self.path))
        return found


def plantings(holder, element: ET.Element, at: tuple = ()) -> Iterator[Planting]:
    """All of them for the table, group or list entry C(holder) that stands as C(element)."""
    yield Planting("an unknown element", at, lambda there: there.append(_unknown()), TOMORROW)
    yield Planting("an unknown empty element", at, lambda there: there.append(ET.Element(TOMORROW)))
    yield Planting("an unknown attribute", at, lambda there: there.set("since", "tomorrow"))
    for choice in holder.choices:
        yield from _branches(choice, element, at)
    for node in holder.nodes:
        path = at + steps(node.path)
        below = places.find(element, steps(node.path))
        if not node.path:
            continue
        if below is None:
            yield from _absent(node, path)
        elif isinstance(node, Group):
            yield Planting("nothing", path, _clear)
            yield from plantings(node, below, path)
        elif isinstance(node, Entries):
            yield from _listed(path, _entry)
            for entry in list(below)[:1]:
                yield from plantings(node, entry, path + (("entry", entry.get("name")),))
        elif isinstance(node, Members):
            yield from _listed(path, _member)
            yield Planting("a blank member", path, lambda there: there.append(ET.Element("member")))
        else:
            yield from _scalar(node, path)


def _entry(name: str) -> ET.Element:
    return ET.Element("entry", {"name": name})


def _unknown() -> ET.Element:
    return ET.fromstring(f"<{TOMORROW}><level>3</level></{TOMORROW}>")


def _member(text: str) -> ET.Element:
    found = ET.Element("member")
    found.text = text
    return found


def _clear(element: ET.Element) -> None:
    element[:] = []
    element.text = None


def _branches(choice, element, at) -> Iterator[Planting]:
    place = at + steps(choice.path)
    holder = places.find(element, steps(choice.path))
    if holder is None:
        return
    taken = [child.tag for child in holder if child.tag in choice.branches]
    for branch in (*choice.branches, TOMORROW):
        if branch not in taken:
            said = branch if branch == TOMORROW else ""
            yield Planting(f"the branch {branch} instead", place, _instead(choice, branch), said)
            yield Planting(f"the branch {branch} beside", place, _beside(branch), said)


def _instead(choice, branch) -> Callable:
    def change(there):
        there[:] = [child for child in there if child.tag not in choice.branches]
        there.append(ET.Element(branch))
    return change


def _beside(branch) -> Callable:
    return lambda there: there.append(ET.Element(branch))


def _texted(text) -> Callable:
    def change(there):
        there[:] = []
        there.text = text
    return change


def _absent(node, path) -> Iterator[Planting]:
    """What may stand there where we wrote nothing."""
    yield Planting("an empty element", path, lambda there: None)
    if isinstance(node, Leaf) and node.type in ("bool", "str", "int"):
        sample = (node.choices or ({"bool": "yes", "int": str(node.minimum or 1)}.get(node.type, "alpha"),))[-1]
        yield Planting("a value", path, _texted(sample))
    if isinstance(node, Leaf) and node.type == "bool":
        yield Planting("no", path, _texted("no"))
    if isinstance(node, Members):
        yield Planting("a list", path, lambda there: there.append(_member(node.choices[-1] if node.choices else "alpha")))
    if isinstance(node, Group):
        for below in node.nodes:
            yield from _absent(below, path + steps(below.path))


def _listed(path, made) -> Iterator[Planting]:
    yield Planting("a stranger in the list", path, lambda there: there.append(made(TOMORROW)))
    yield Planting("the same twice", path, lambda there: there.extend([copy.deepcopy(child) for child in list(there)[:1]]))
    yield Planting("another order", path, _reversed_with(made))
    yield Planting("an empty list", path, _clear)
    yield Planting("a name of 200 characters", path, lambda there: there.append(made("x" * 200)))
    yield Planting("an element that is no item", path, lambda there: there.append(_unknown()), TOMORROW)


def _reversed_with(made) -> Callable:
    def change(there):
        there[:] = [made(TOMORROW), *reversed(list(there))]
    return change


def _scalar(node, path) -> Iterator[Planting]:
    if node.type == "secret":
        return
    if node.type == "empty":
        yield Planting("an element in a flag", path, lambda there: there.append(_unknown()), TOMORROW)
        return
    for what, text in (("a word", TOMORROW), ("a number", "999999999999"), ("nothing", None), ("a variable", "$later"), ("a long text", "x" * 2000),
                       ("yes", "yes"), ("no", "no"), ("a blank", " "), ("two lines", "one\ntwo")):
        yield Planting(what, path, _texted(text))
