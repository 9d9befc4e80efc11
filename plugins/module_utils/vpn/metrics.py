# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The metrics of a VPN's static routes. PAN-OS takes no two routes of a router with one destination and one metric; a lower metric wins.

An administrative distance of a route's own decides before that; the VPN's routes have none.
"""

from __future__ import annotations

from dataclasses import dataclass
from ipaddress import ip_network
from itertools import chain
from typing import Iterator

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.errors import Refused
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.firewall.surroundings import StaticRoute, Surroundings
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.vpn import names, record as records
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.vpn.claim import Claim
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.vpn.vpn import DISCARD, ROUTES, Vpn

# PAN-OS's own default is the first one.
_FIRST, _STEP, _DISCARD = 10, 10, 250
_LARGEST = 65535


@dataclass(frozen=True)
class Metrics:
    """C(first): of the route that is preferred, the others in steps behind it. C(discard): of those that drop what no tunnel takes."""

    first: int = _FIRST
    discard: int = _DISCARD

    def of_step(self, step: int) -> int:
        return self.first + _STEP * step

    def booked(self) -> tuple[int, ...]:
        """What the record says of them."""
        return () if self == Metrics() else (self.first, self.discard)


@dataclass(frozen=True)
class _Route(StaticRoute):
    """One of others. C(sibling): whether it is another VPN's of ours."""

    sibling: bool

    def said(self, usual: int) -> str:
        """C(usual): the distance that need not be said."""
        return f"metric {self.metric}" if self.distance == usual else f"distance {self.distance}, metric {self.metric}"


def drops(vpn: Vpn) -> bool:
    """Whether routes behind the others drop what no tunnel takes: as long as the others can be withdrawn, or are not asked first."""
    return (vpn.has_backup_routes or vpn.monitors_routes) and vpn.when_both_down == DISCARD


def choose(vpn: Vpn, view: Surroundings, claim: Claim) -> Metrics:
    """Those of its record, or the first that nobody has for the same networks. Raises Refused where there are none."""
    others = _routes_of_others(vpn, view, claim)
    taken = {route.metric for route in others}
    before = claim.before
    booked = [Metrics(*before.metrics)] if before.metrics and before.router == vpn.virtual_router else []
    for metrics in chain(booked, _candidates(vpn, others, taken)):
        own = {metrics.of_step(step) for step in range(len(vpn.tunnels))}
        if own.isdisjoint(taken) and max(own) < metrics.discard and _can_drop(metrics.discard, vpn, others, taken):
            return metrics
    return _refuse(vpn, others)


def _candidates(vpn: Vpn, others: list[_Route], taken: set[int]) -> Iterator[Metrics]:
    """The usual ones; then those behind them, in blocks, so that several VPNs are asked one after the other and do not interleave."""
    discards = {_DISCARD, _LARGEST, *(metric + 1 for metric in taken if _DISCARD <= metric < _LARGEST)}
    block = _STEP * len(vpn.tunnels)
    for discard in sorted(metric for metric in discards if _can_drop(metric, vpn, others, taken)):
        yield from (Metrics(first, discard) for first in range(_FIRST, discard, block))
        yield from (Metrics(first, discard) for first in range(1, discard))


def _can_drop(metric: int, vpn: Vpn, others: list[_Route], taken: set[int]) -> bool:
    """A route that drops comes behind all that lead somewhere."""
    leading = [route.metric for route in others if not route.drops]
    return not drops(vpn) or (metric not in taken and max(leading, default=0) < metric)


def _refuse(vpn: Vpn, others: list[_Route]) -> Metrics:
    listed = ", ".join(f"'{route.name}' ({route.metric})" for route in others)
    raise Refused(f"remote_networks: no metrics are left for this VPN's static routes in router '{vpn.virtual_router}' beside the routes {listed} to the "
                  "same networks; change the metric of one of those" + ("" if vpn.failover == ROUTES else ", or say backup_routes: false"))


def _routes_of_others(vpn: Vpn, view: Surroundings, claim: Claim) -> list[_Route]:
    """To the networks of the VPN."""
    wanted = {ip_network(text) for text in vpn.remote_networks}
    siblings = [record.owned() for record in records.of_others(view, vpn.name)]
    found = []
    for route in view.static_route_entries(vpn.virtual_router):
        thing = records.route(vpn.virtual_router, route.name, route.destination)
        if route.destination in wanted and not claim.owns(thing):
            found.append(_Route(**vars(route), sibling=any(thing in owned for owned in siblings)))
    return found


def warnings(vpn: Vpn, view: Surroundings, claim: Claim, metrics: Metrics) -> list[str]:
    """What the VPN's first routes mean for a route of somebody else to the same network: one of them is not used."""
    found, usual = [], view.static_distance(vpn.virtual_router)
    texts = {ip_network(text): text for text in vpn.remote_networks}
    for route in _routes_of_others(vpn, view, claim):
        if route.sibling or _is_there(vpn, view, claim, texts[route.destination]):
            continue
        wins = route.rank < (usual, metrics.first)
        how = "is preferred to the VPN's" if wins else f"gives way to the VPN's (metric {metrics.first})"
        found.append(f"{vpn.name}: route '{route.name}' to {route.destination} ({route.said(usual)}) {how}")
    return found


def _is_there(vpn: Vpn, view: Surroundings, claim: Claim, network: str) -> bool:
    names_there = {route.name for route in view.static_route_entries(vpn.virtual_router)}
    own = [claim.record.called("static_route", names.route(vpn.name, number, network)) for number in vpn.numbers]
    return not names_there.isdisjoint(own)


def booked(vpn: Vpn, view: Surroundings, claim: Claim) -> tuple[int, ...]:
    return choose(vpn, view, claim).booked() if vpn.makes_routes else ()
