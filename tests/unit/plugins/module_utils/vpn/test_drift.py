# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What somebody changed by hand in an object that a VPN made is repaired by a plain run: whatever our tables know of it, but for what is people's."""

from __future__ import annotations

import copy
import xml.etree.ElementTree as ET
from dataclasses import dataclass, replace
from typing import Any, Callable, Iterator

import pytest

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.configuration import path as places
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.configuration.tree import applied
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.reconcile.overlay import text_of
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.resources.tunnel_interface import TABLE as TUNNEL_INTERFACE
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.tables.table import Entries, Group, Leaf, Members, steps
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.vpn import exact, interfaces, record as records, removal
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.vpn.input_problems import check
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.vpn.vpn import Vpn
from ansible_collections.tunnelsmith.panos_vpn.tests.unit.plugins.module_utils.vpn.test_build import (
    PLATFORMS, around, base, built, canonical, leaves, start, tunnels, vpn,
)

# What was chosen once, as a place among others', and stays as long as it does.
CHOSEN = (("redist_profile", "priority"),)
SAMPLES = {"int": "7", "bool": "yes", "str": "by-hand"}


def policy_based() -> Vpn:
    plain = tuple(replace(tunnel, cloud=None, inside_cidr=None, inside_address=None, inside_peer_address=None) for tunnel in tunnels("static")[:1])
    made = Vpn("vpn-1", plain, "routes", "ethernet1/8", "vpn", ("trust",), ("10.10.0.0/24", "fd00:10::/48"), ("10.200.0.0/16", "fd00:20::/48"),
               policy_based=True, local_id="fw.example.net")
    check(made)
    return made


VPNS: dict[str, Callable[[], Vpn]] = {
    "PBF": lambda: vpn("pbf", backup_routes=True),
    "BGP": lambda: vpn("bgp", local_preference=(200, 100), as_path_prepend=(0, 2)),
    "pairs of networks": policy_based,
}
each_vpn = pytest.mark.parametrize("wanted", VPNS.values(), ids=VPNS.keys())
each_engine = pytest.mark.parametrize("engine", PLATFORMS)


@dataclass(frozen=True)
class Drift:
    """One change by hand in an object at C(place). C(stays): people may make it."""

    place: tuple
    what: str
    change: Callable[[ET.Element], Any]
    stays: bool = False

    def on(self, tree: ET.Element) -> None:
        element = places.find(tree, self.place)
        assert element is not None
        self.change(element)


def drifts(nodes, element: ET.Element, place: tuple, kind: str, at: str = "", stays: bool = False, inside: tuple = ()) -> Iterator[Drift]:
    """Everything that our tables know of an object, removed, changed and added. C(inside): groups that are not there, below C(place)."""
    for node in nodes:
        path, name = steps(node.path), f"{at}{node.option}"
        there = places.find(element, path)
        peoples = stays or not at and exact.is_peoples(kind, node.option)
        if isinstance(node, Group):
            if there is None:
                yield from drifts(node.nodes, ET.Element("nothing"), place, kind, f"{name}.", peoples, inside + path)
            else:
                yield from drifts(node.nodes, there, place + path, kind, f"{name}.", peoples)
        elif there is None:
            yield from _added(node, place, inside + path, name, peoples)
        elif not peoples and getattr(node, "type", "") != "secret":
            if not _says_what_holds_anyway(node, there):
                yield Drift(place, f"{name} removed", _removal(path))
            if (kind, name) not in CHOSEN:
                yield from _changed(node, there, place + path, name, kind)


def _says_what_holds_anyway(node: Any, there: ET.Element) -> bool:
    if isinstance(node, Members):
        return node.absent is not None and list(node.absent) == places.names(there, ())
    return isinstance(node, Leaf) and node.absent is not None and text_of(node, node.absent) == there.text


def _removal(path: tuple) -> Callable[[ET.Element], Any]:
    def change(element: ET.Element) -> None:
        holder = places.find(element, path[:-1])
        there = None if holder is None else places.child(holder, path[-1])
        if holder is not None and there is not None:
            holder.remove(there)
    return change


def _added(node: Any, place: tuple, path: tuple, name: str, stays: bool) -> Iterator[Drift]:
    """A secret is nothing that a run can take away: it does not know whose it is."""
    if getattr(node, "type", "") != "secret":
        yield Drift(place, f"{name} added", lambda element: _fill(places.make(element, path), node), stays)


def _fill(element: ET.Element, node: Any) -> None:
    if isinstance(node, Leaf) and node.type == "empty":
        return
    if isinstance(node, Leaf):
        likely = "192.0.2.9" if node.form == "address" else "7" if node.pattern else SAMPLES[node.type]
        element.text = str(node.choices[-1]) if node.choices else str(node.minimum) if node.minimum else likely
    elif isinstance(node, Members):
        ET.SubElement(element, "member").text = node.choices[-1] if node.choices else "by-hand"
    else:
        ET.SubElement(element, "entry", {"name": _entry_of(node)})


def _entry_of(node: Entries) -> str:
    if node.name_pattern:
        return "by-hand"
    return "192.0.2.9" if node.form == "address or name" else "192.0.2.0/24"


def _changed(node: Any, there: ET.Element, place: tuple, name: str, kind: str) -> Iterator[Drift]:
    if isinstance(node, Entries):
        yield Drift(place, f"{name}: one more", lambda element: ET.SubElement(element, "entry", {"name": _entry_of(node)}))
        for entry in there:
            yield from drifts(node.nodes, entry, place + (("entry", entry.get("name")),), kind, f"{name}[].")
    elif isinstance(node, Members):
        strangers = [choice for choice in node.choices or ("by-hand",) if choice not in places.names(there, ())]
        for stranger in strangers[:1]:
            yield Drift(place, f"{name}: one more", _joined_by(stranger))
            yield Drift(place, f"{name}: another one", _replaced_by(stranger))
    elif node.type != "empty":
        yield Drift(place, f"{name} changed", lambda element: setattr(element, "text", _other(node, element.text or "")))


def _joined_by(stranger: str) -> Callable[[ET.Element], Any]:
    return lambda element: setattr(ET.SubElement(element, "member"), "text", stranger)


def _replaced_by(stranger: str) -> Callable[[ET.Element], Any]:
    def change(element: ET.Element) -> None:
        element[:] = []
        _joined_by(stranger)(element)
    return change


def _other(leaf: Leaf, text: str) -> str:
    if leaf.type == "bool":
        return "no" if text == "yes" else "yes"
    others = [str(choice) for choice in leaf.choices if str(choice) != text]
    return others[0] if others else f"{text}1" if leaf.type == "int" else f"{text}-by-hand"


def of_objects(tree: ET.Element, engine: str) -> list[list[Drift]]:
    """For each object that the VPN made, what may become of it."""
    view = around(tree, engine)
    (record,) = [found for _unit, found in records.on(view)]
    items = [(item.table, (base(item.location) + item.relative_path)[1:]) for item in removal.owned(view, record)]
    items += [(TUNNEL_INTERFACE, (base("network") + TUNNEL_INTERFACE.container)[1:] + (("entry", unit),)) for unit in record.units.values()]
    found = []
    for table, place in items:
        entry = places.find(tree, place)
        assert entry is not None
        found.append(list(drifts(table.nodes, entry, place, table.kind)))
    return found


def rounds(tree: ET.Element, engine: str) -> Iterator[list[Drift]]:
    """Drifts that happen together, one of each object."""
    objects = of_objects(tree, engine)
    for number in range(max(map(len, objects))):
        yield [found[number] for found in objects if number < len(found)]


def drifted(tree: ET.Element, changes: list[Drift]) -> ET.Element:
    found = copy.deepcopy(tree)
    for change in changes:
        change.on(found)
    return found


def names_of(changes: list[Drift]) -> list[str]:
    return [f"{change.place[-1]} {change.what}" for change in changes]


def unlike(wanted: Vpn, engine: str, tree: ET.Element, expected: ET.Element) -> bool:
    after = applied(tree, built(wanted, tree, engine).operations)
    return canonical(after) != canonical(expected) or built(wanted, after, engine).operations != []


@each_vpn
@each_engine
def test_what_drifted_is_repaired(wanted, engine):
    described, empty = wanted(), start(engine, "base")
    made = applied(empty, built(described, empty, engine).operations)
    tried, stayed = 0, []
    for together in rounds(made, engine):
        changes = [change for change in together if not change.stays]
        tried += len(changes)
        if unlike(described, engine, drifted(made, changes), made):
            stayed += names_of([change for change in changes if unlike(described, engine, drifted(made, [change]), made)]) or ["together", *names_of(changes)]
    assert stayed == []
    assert tried > 200


@each_vpn
def test_what_is_peoples_stays(wanted):
    engine = next(iter(PLATFORMS))
    described, empty = wanted(), start(engine, "base")
    made = applied(empty, built(described, empty, engine).operations)
    kept = [change for together in rounds(made, engine) for change in together if change.stays]
    assert kept
    now = drifted(made, kept)
    assert built(described, now, engine).operations == []


@each_vpn
@each_engine
def test_what_was_taken_away_is_made_again(wanted, engine):
    """An object as a whole, or the membership of an interface."""
    described, empty = wanted(), start(engine, "base")
    made = applied(empty, built(described, empty, engine).operations)
    view = around(made, engine)
    (record,) = [found for _unit, found in records.on(view)]
    places_of = [(base(item.location) + item.relative_path)[1:] for item in removal.owned(view, record)]
    for unit in record.units.values():
        members = [each for each in interfaces.members(described, unit, view) if each.kind != "vsys_import"]
        places_of += [(base(each.location) + each.relative_path)[1:] for each in members]
    assert len(places_of) > 8
    for place in places_of:
        tree = copy.deepcopy(made)
        _removal(place[-1:])(places.make(tree, place[:-1]))
        after = applied(tree, built(described, tree, engine).operations)
        assert leaves(after) == leaves(made), place
        assert built(described, after, engine).operations == []
