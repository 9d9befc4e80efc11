# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Through which interface a route leads where the routing table names a next hop only.

The legacy engine lists what BGP learned without an interface (in every recorded answer, the next hop directly connected or not), and so does either
engine for a next hop behind another router. The forwarding table has the interface of the route that leads to the next hop, and so on until one is connected.
"""

from __future__ import annotations

from dataclasses import replace
from ipaddress import ip_address, ip_network


def resolved(routes: list) -> list:
    """The routes, each with its interface as far as one can be told; one that leaves by several stands once for each."""
    if all(route.interface or not route.nexthop for route in routes):
        return routes
    ways = _Ways(routes)
    found = []
    for route in routes:
        interfaces = () if route.interface else ways.interfaces(route)
        found += [replace(route, interface=interface) for interface in interfaces] or [route]
    return found


class _Ways:
    """The routes in use of each router by their network. What holds a next hop is found once: thousands of routes share a few."""

    def __init__(self, routes: list):
        self._in_use: dict = {}
        for route in routes:
            network = _network(route.destination)
            if route.active and network is not None:
                self._in_use.setdefault(route.router, []).append((network, route))
        self._covering: dict = {}

    def interfaces(self, route) -> tuple:
        """All that a route leads to, next hop by next hop. Routes that lead to each other only end as unknown."""
        found, seen, waiting = [], set(), [route]
        while waiting:
            current = waiting.pop(0)
            place = (current.destination, current.nexthop)
            if current.interface:
                found.append(current.interface)
            elif place not in seen:
                seen.add(place)
                waiting += self._towards(current)
        return tuple(dict.fromkeys(found))

    def _towards(self, route) -> list:
        """The routes in use that lead to a route's next hop: the longest prefix but its own, since no route leads to its own next hop."""
        address = _address(route.nexthop)
        if address is None:
            return []
        covering = [pair for pair in self._holding(route.router, address) if pair[1].destination != route.destination]
        longest = max((network.prefixlen for network, _way in covering), default=None)
        return [way for network, way in covering if network.prefixlen == longest]

    def _holding(self, router: str | None, address) -> list:
        key = (router, address)
        if key not in self._covering:
            of_router = self._in_use.get(router, ())
            self._covering[key] = [pair for pair in of_router if pair[0].version == address.version and address in pair[0]]
        return self._covering[key]


def _address(text: str | None):
    """The next hop's address; None for none, and for the firewall's words (C(discard), C(vr other))."""
    try:
        address = ip_address(text or "")
    except ValueError:
        return None
    return None if address.is_unspecified else address


def _network(text: str):
    try:
        return ip_network(text, strict=False)
    except ValueError:
        return None
