# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Routing tables of both engines: C(show routing route) and C(show advanced-routing route)."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from dataclasses import dataclass, field
from typing import Mapping

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.status import next_hops
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.status.answer import Fields, entries, json_objects, texts_of_json

# The legacy engine's flags: one letter for where a route comes from, the others say how it is used.
_FLAG = re.compile(r"O[io12]|[A-Z?~]")
_PROTOCOLS = {"C": "connected", "H": "local", "S": "static", "R": "rip", "O": "ospf", "Oi": "ospf", "Oo": "ospf", "O1": "ospf", "O2": "ospf", "B": "bgp"}

# The legacy engine's word for a route that drops. The other one tells of such a next hop neither an address nor an interface, as of another router.
DISCARD = "discard"


@dataclass(frozen=True)
class Route:
    """One next hop of one route. C(active): it is the one in use. C(nexthop): an address, or the firewall's word (C(discard), C(vr other)).

    C(interface): as the firewall tells it, else as C(next_hops) finds it.
    """

    destination: str
    router: str | None = None
    nexthop: str | None = None
    interface: str | None = None
    protocol: str | None = None
    active: bool = False
    metric: int | str | None = None
    distance: int | str | None = None
    flags: str | None = None
    age: int | str | None = None
    other: Mapping = field(default_factory=dict)


def routes(response: ET.Element) -> list:
    """The routes in an answer of either engine, with the interfaces that follow from their next hops."""
    found = [_legacy(fields) for _element, fields in entries(response, "destination", "prefix")]
    for document in json_objects(response):
        for router, table in document.items():
            for prefix, alternatives in (table.items() if isinstance(table, dict) else ()):
                for route in alternatives if isinstance(alternatives, list) else [alternatives]:
                    found += _advanced(router, prefix, route) if isinstance(route, dict) else []
    return next_hops.resolved(found)


def _legacy(fields: Fields) -> Route:
    flags = fields.text("flags")
    marks = _FLAG.findall(flags or "")
    return Route(
        fields.text("destination", "prefix"), router=fields.text("virtual_router"), nexthop=fields.text("nexthop"), interface=fields.text("interface"),
        protocol=next((_PROTOCOLS[mark] for mark in marks if mark in _PROTOCOLS), None), active="A" in marks, metric=fields.number("metric"),
        flags=flags, age=fields.number("age"), other=fields.rest(),
    )


def _advanced(router: str, prefix: str, route: dict) -> list:
    hops = route.get("nexthops")
    hops = [hop for hop in hops if isinstance(hop, dict)] if isinstance(hops, list) else []
    return [_advanced_hop(router, prefix, {**route, "nexthops": hop}) for hop in hops or [{}]]


def _advanced_hop(router: str, prefix: str, route: dict) -> Route:
    fields = Fields(texts_of_json(route))
    return Route(
        fields.text("prefix") or prefix, router=router, nexthop=fields.text("nexthops.ip"), interface=fields.text("nexthops.interface_name"),
        protocol=fields.text("protocol"), active=fields.text("selected") == "yes" and fields.text("nexthops.active") != "no",
        metric=fields.number("metric"), distance=fields.number("distance"), flags=fields.text("nexthops.flags"), age=fields.number("uptime"),
        other=fields.rest(),
    )
