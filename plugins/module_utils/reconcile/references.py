# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which objects a plan refers to, and which of them are not there."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from typing import Any, Callable, Iterator, NamedTuple

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.configuration import path as places
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.configuration.path import Path
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.reconcile.plan import Plan
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.reconcile.values import read
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.tables.desired import UNSET, DesiredEntry
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.tables.places import IMPORTED, named_places
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.tables.table import Entries, Group, Leaf


def named(nodes, values):
    """Each (kinds, name) that the values refer to."""
    for node in nodes:
        value = values.get(node.option)
        if value is None or value is UNSET:
            continue
        if isinstance(node, Group):
            yield from named(node.nodes, value)
            continue
        items = [value] if isinstance(node, Leaf) else value
        for item in items:
            if isinstance(node, Entries) and isinstance(item, dict):
                yield from named(node.nodes, item)
            elif node.refers_to:
                yield node.refers_to, str(item)


class Reference(NamedTuple):
    """What an object of a plan names. C(paths): the absolute places where that could stand; one of them will do.

    C(lacks): what is to be said of it where it stands at none of them.
    """

    label: str
    kinds: tuple
    name: str
    paths: tuple[Path, ...]
    lacks: str = "is not there"

    def is_in(self, tree: ET.Element) -> bool:
        return any(places.find(tree, path[1:]) is not None for path in self.paths)

    def __str__(self) -> str:
        return f"{self.label} refers to {' or '.join(self.kinds)} '{self.name}', which {self.lacks}"


def open_references(plan: Plan, base: Callable[[str], Path]) -> list[Reference]:
    """What a plan newly refers to and neither makes itself nor found in what was read."""
    found: dict[Reference, None] = {}
    for item, place in plan.touched:
        if item.state != "absent":
            found.update(dict.fromkeys(_references(item, place, base, places.find(plan.before, place[1:]))))
    return [reference for reference in found if not reference.is_in(plan.after)]


def _references(item: Any, place: Path, base: Callable[[str], Path], existing: ET.Element | None) -> Iterator[Reference]:
    if _is_of_device_group(place):
        return
    if not isinstance(item, DesiredEntry):
        yield from _reference(item.label, item.refers_to, item.name, place, base)
        return
    nodes = item.table.nodes
    kept = set(named(nodes, read(nodes, existing))) if existing is not None else set()
    for kinds, name in named(nodes, item.values):
        if (kinds, name) not in kept:
            yield from _reference(item.label, kinds, name, place, base)
    for kinds, name in named([node for node in nodes if getattr(node, "imported", False)], item.values):
        if (kinds, name) not in kept:
            yield Reference(item.label, kinds, name, (base("vsys") + IMPORTED + (("member", name),),), "is none of the virtual system's")


def _reference(label: str, kinds: tuple, name: str, place: Path, base: Callable[[str], Path]) -> Iterator[Reference]:
    found = [base(location) + path for location, path in named_places(kinds, name) if not _is_of_other_engine(path, place)]
    if found:
        yield Reference(label, kinds, name, tuple(found))


def _is_of_device_group(place: Path) -> bool:
    """Its rules are for firewalls whose zones, interfaces and profiles Panorama keeps in templates."""
    return "pre-rulebase" in place or "post-rulebase" in place


def _is_of_other_engine(path: Path, place: Path) -> bool:
    """A virtual router holds its own profiles; those that are shared are for logical routers."""
    return path[0] == "routing-profile" and "virtual-router" in place
