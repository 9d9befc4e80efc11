# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which tunnels a plan interrupts, and which of a VPN's items wait where its tunnels are changed one after the other."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from typing import Callable, Collection, Iterable

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.configuration import path as places
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.reconcile.plan import Plan
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.tables.desired import DesiredEntry
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.tables.places import PLACES


def interrupted(plan: Plan, serving: dict) -> list:
    """The numbers of the tunnels that a plan interrupts. C(serving): number → the (kind, name) of what the tunnel runs on by now."""
    changed = {(item.table.kind, item.name) for item, place in plan.touched if isinstance(item, DesiredEntry) and _interrupts(item, place, plan)}
    # An interface that leaves its zone or its router.
    changed |= {("tunnel_interface", item.name) for item, _place in plan.touched if not isinstance(item, DesiredEntry) and item.state == "absent"}
    return [number for number, objects in serving.items() if not changed.isdisjoint(objects)]


def begun(changes: Iterable[tuple], serving: dict, base: Callable[[str], tuple]) -> list:
    """The numbers of the tunnels that have uncommitted changes (paths) on what they run on: an earlier run was ended there."""
    found = {number: [base(PLACES[kind][0]) + PLACES[kind][1] + (("entry", name),) for kind, name in objects if kind in PLACES and name]
             for number, objects in serving.items()}
    return [number for number, paths in found.items() if any(places.starts_with(change, path) for change in changes for path in paths)]


def _interrupts(item: DesiredEntry, place: tuple, plan: Plan) -> bool:
    before, after = places.find(plan.before, place[1:]), places.find(plan.after, place[1:])
    if before is None or after is None:
        return False
    tags = {element.tag for side in (before, after) for element in side}
    return any(item.table.disturbs(tag) and _text(before, tag) != _text(after, tag) for tag in tags)


def _text(element: ET.Element, tag: str) -> str:
    found = element.find(tag)
    return "" if found is None else ET.tostring(found, encoding="unicode")


def order(numbers: Iterable[int], primary: int, up: Collection[int] = ()) -> list:
    """The tunnels in the order in which they are changed: those that are down, then the others, the one that is preferred last."""
    return sorted(numbers, key=lambda number: (number in up, number == primary, number))
