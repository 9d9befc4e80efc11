# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which tunnels a plan interrupts, and which of a VPN's items wait where its tunnels are changed one after the other."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from typing import Callable, Collection, Iterable, Mapping

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.configuration import path as places
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.configuration.path import Path
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.firewall import kinds
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.reconcile.plan import Plan
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.resources import ipsec_tunnel, proxy_id
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.tables.desired import DesiredEntry, DesiredMember
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.tables.places import PLACES


# What an interface can leave, by the kind of its membership.
_HOLDERS = {"zone_interface": "zone", "router_interface": "router", "vsys_import": "virtual system"}
# How many causes of an interruption are told of each tunnel.
_TOLD = 3


def interrupted(plan: Plan, serving: Mapping[int, Collection[tuple[str, str]]]) -> dict[int, list[str]]:
    """Number of each tunnel that a plan interrupts → what of it does. C(serving): number → the (kind, name) of what the tunnel runs on by now."""
    causes: dict[tuple, list[str]] = {}
    for item, place in plan.touched:
        elements = _interrupting(item, place, plan)
        if elements:
            causes.setdefault(_served(item), []).append(f"{_called(item)} ({', '.join(elements)})")
    found = {number: [cause for thing in sorted(objects & causes.keys()) for cause in causes[thing]] for number, objects in serving.items()}
    return {number: told for number, told in found.items() if told}


def told(causes: Iterable[str]) -> str:
    """Causes of interruptions, for people; of many, the first ones."""
    listed = list(dict.fromkeys(causes))
    more = f" and {len(listed) - _TOLD} more" if len(listed) > _TOLD else ""
    return f"by {', '.join(listed[:_TOLD])}{more}"


def _called(item: DesiredEntry | DesiredMember) -> str:
    return f"{kinds.words(item.table.kind if isinstance(item, DesiredEntry) else 'tunnel_interface')} '{item.name}'"


def _served(item: DesiredEntry | DesiredMember) -> tuple[str, str]:
    """(kind, name) of the object that a tunnel runs on, which an item is about; a pair of networks is about its tunnel."""
    if not isinstance(item, DesiredEntry):
        return "tunnel_interface", item.name
    if item.table.kind == proxy_id.TABLE.kind:
        return ipsec_tunnel.TABLE.kind, item.relative_path[item.relative_path.index("auto-key") - 1][1]
    return item.table.kind, item.name


def begun(changes: Iterable[Path], serving: Mapping[int, Collection[tuple[str, str]]], base: Callable[[str], Path]) -> list[int]:
    """The numbers of the tunnels that have uncommitted changes (paths) on what they run on: an earlier run was ended there."""
    found = {number: [base(PLACES[kind][0]) + PLACES[kind][1] + (("entry", name),) for kind, name in objects if kind in PLACES and name]
             for number, objects in serving.items()}
    return [number for number, paths in found.items() if any(places.starts_with(change, path) for change in changes for path in paths)]


def _interrupting(item: DesiredEntry | DesiredMember, place: tuple, plan: Plan) -> list[str]:
    """The elements of an object that change, and whose change interrupts; what becomes of it, where it goes or is a pair of networks."""
    if not isinstance(item, DesiredEntry):
        # An interface that leaves its zone or its router.
        return [f"out of its {_HOLDERS.get(item.kind, item.kind)}"] if item.state == "absent" else []
    before, after = places.find(plan.before, place[1:]), places.find(plan.after, place[1:])
    if before is None or (after is None and item.table.kind != proxy_id.TABLE.kind):
        return []
    if after is None:
        return ["removed"]
    tags = sorted({element.tag for side in (before, after) for element in side})
    disturbs = item.table.disturbs if item.table.kind != proxy_id.TABLE.kind else lambda tag: True
    return [tag for tag in tags if disturbs(tag) and _text(before, tag) != _text(after, tag)]


def _text(element: ET.Element, tag: str) -> str:
    found = element.find(tag)
    return "" if found is None else ET.tostring(found, encoding="unicode")


def order(numbers: Iterable[int], primary: int, up: Collection[int] = ()) -> list[int]:
    """The tunnels in the order in which they are changed: those that are down, then the others, the one that is preferred last."""
    return sorted(numbers, key=lambda number: (number in up, number == primary, number))
