# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The static routes and the BGP of the firewall's only router as lines for FRR's daemons, in units that can be taken away again."""

from __future__ import annotations

from dataclasses import dataclass

from ansible_collections.tunnelsmith.panos_vpn.tests.lab.dataplane.routing_configuration import EBGP, IBGP, ranks, symbol
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.dataplane.running import Bgp, Peer, Policy, Route, Router, device

STATIC, BGP = "staticd", "bgpd"

#: Lines between the firewall and its IKE daemons, which no firewall has.
_CARRIERS = "100.64.0.0/10"
_DEFAULT, _NOTHING, _OWN = "the-default-route", "nothing", "the-lines-to-daemons"


@dataclass(frozen=True)
class Unit:
    """Lines for one daemon that come and go together. ``inside``: the unit without which this one is gone, too."""

    name: str
    daemon: str
    add: tuple[str, ...]
    remove: tuple[str, ...]
    inside: str = ""
    switchable: bool = False


def render(router: Router) -> list[Unit]:
    """In the order in which they are added."""
    found: list[Unit] = []
    if router.bgp is not None:
        found += _bgp(router, router.bgp)
    distances = _distances(router)
    return found + [_route(route, distances[(route.distance, route.metric)]) for route in router.routes if route.next_router is None]


def changes(before: list[Unit], after: list[Unit]) -> tuple[list[Unit], list[Unit]]:
    """What to take away, and what to add then; a changed unit is taken away and added."""
    old, new = {unit.name: unit for unit in before}, {unit.name: unit for unit in after}
    lost = {name for name, unit in old.items() if new.get(name) != unit}
    removed = [unit for unit in reversed(before) if unit.name in lost and unit.inside not in lost]
    return removed, [unit for unit in after if old.get(unit.name) != unit or (unit.inside and (unit.inside in lost or unit.inside not in old))]


def switch(unit: Unit) -> tuple[list[str], list[str]]:
    """Lines that let a route or a session go, and those that bring it back."""
    if unit.daemon == STATIC:
        return list(unit.remove), list(unit.add)
    router, address = unit.add[0], unit.add[1].split()[1]
    return [router, f"neighbor {address} shutdown"], [router, f"no neighbor {address} shutdown"]


def _distances(router: Router) -> dict[tuple[int, int], int]:
    """Distances of FRR, which knows no metric of static routes: the rank among all of the configuration's."""
    return {rank: 10 + index for index, rank in enumerate(ranks(router))}


def _route(route: Route, distance: int) -> Unit:
    target = route.nexthop or (device(route.interface) if route.interface else "blackhole")
    if route.nexthop and route.interface:
        target += f" {device(route.interface)}"
    line = f"ip route {route.destination} {target} {distance}"
    return Unit(symbol("route", route.name), STATIC, (line,), (f"no {line}",), switchable=True)


def _bgp(holder: Router, bgp: Bgp) -> list[Unit]:
    lists = [_prefix_list(_DEFAULT, ["permit 0.0.0.0/0"]), _prefix_list(_OWN, [f"permit {_CARRIERS} le 32"])]
    maps = [_unit_of_map(_NOTHING, 10, "deny", [])]
    router = f"router bgp {bgp.local_as}"
    distances = _distances(holder)
    table = (f"distance bgp {distances[(EBGP, 0)]} {distances[(IBGP, 0)]} {distances[(IBGP, 0)]}", f"maximum-paths {holder.paths}",
             *(() if bgp.installs else (f"table-map {_NOTHING}",)))
    settings = (
        *((f"bgp router-id {bgp.router_id}",) if bgp.router_id else ()), "no bgp ebgp-requires-policy", "bgp graceful-restart-disable",
        f"bgp default local-preference {bgp.local_preference}",
    )
    units = [Unit("router", BGP, (router, *settings, *_family(*table), "exit"), (f"no {router}",))]
    for source in dict.fromkeys(redistribution.source for redistribution in bgp.redistributions):
        policies = tuple(policy for each in bgp.redistributions if each.source == source for policy in each.policies)
        name = f"from-{source}"
        own, steps = _route_map(name, policies, bgp.local_as, _OWN if source == "connected" else None)
        lists, maps = lists + own, maps + steps
        line = f"redistribute {source} route-map {name}"
        units.append(Unit(name, BGP, (router, *_family(line), "exit"), (router, *_family(f"no redistribute {source}"), "exit"), "router"))
    for peer in bgp.peers:
        for direction, policies in (("in", peer.imports), ("out", peer.exports)):
            first = _DEFAULT if direction == "in" and bgp.rejects_default else None
            own, steps = _route_map(_map_of(peer, direction), (Policy(True),) if policies is None else policies, bgp.local_as, first)
            lists, maps = lists + own, maps + steps
        units.append(_peer(router, bgp, peer))
    return [Unit("delay", BGP, ("bgp route-map delay-timer 0",), ()), *lists, *maps, *units]


def _map_of(peer: Peer, direction: str) -> str:
    return f"{symbol('peer', peer.name)}-{direction}"


def _peer(router: str, bgp: Bgp, peer: Peer) -> Unit:
    me = f"neighbor {peer.address}"
    internal = peer.remote_as == bgp.local_as
    options = [
        f"{me} remote-as {peer.remote_as}", f"{me} description {symbol('peer', peer.name)}", f"{me} timers {max(peer.keep_alive, 1)} {max(peer.hold_time, 3)}",
        f"{me} timers connect 2", f"{me} advertisement-interval 0", *([f"{me} update-source {peer.local_address}"] if peer.local_address else []),
        *([f"{me} ebgp-multihop {peer.multihop}"] if peer.multihop and not internal else []), *([f"{me} passive"] if peer.passive else []),
        *([f"{me} password {peer.password}"] if peer.password else []),
    ]
    family = [f"{me} route-map {_map_of(peer, direction)} {direction}" for direction in ("in", "out")] + ([f"{me} next-hop-self"] if internal else [])
    return Unit(symbol("peer", peer.name), BGP, (router, *options, *_family(*family), "exit"), (router, f"no {me}", "exit"), "router", switchable=True)


def _family(*lines: str) -> tuple[str, ...]:
    return ("address-family ipv4 unicast", *lines, "exit-address-family")


def _route_map(name: str, policies: tuple[Policy, ...], local_as: int, denied: str | None) -> tuple[list[Unit], list[Unit]]:
    """Prefix lists, and the steps that use them; what no step lets through is not let through."""
    lists, steps = [], []
    if denied:
        steps.append(_unit_of_map(name, 1, "deny", [f"match ip address prefix-list {denied}"]))
    for number, policy in enumerate(policies, start=1):
        lines = []
        if policy.prefixes:
            own = f"{name}-{number}"
            lists.append(_prefix_list(own, [
                f"permit {prefix.network}{f' ge {prefix.shortest}' if prefix.shortest > _length(prefix.network) else ''}"
                f"{f' le {prefix.longest}' if prefix.longest > _length(prefix.network) else ''}" for prefix in policy.prefixes
            ]))
            lines.append(f"match ip address prefix-list {own}")
        lines += [f"set local-preference {policy.local_preference}"] if policy.local_preference is not None else []
        lines += [f"set metric {policy.med}"] if policy.med is not None else []
        lines += [f"set as-path prepend {' '.join([str(local_as)] * policy.prepend)}"] if policy.prepend else []
        steps.append(_unit_of_map(name, 10 * number, "permit" if policy.allows else "deny", lines))
    return lists, steps


def _length(network: str) -> int:
    return int(network.partition("/")[2] or 32)


def _prefix_list(name: str, entries: list[str]) -> Unit:
    lines = tuple(f"ip prefix-list {name} seq {5 * number} {entry}" for number, entry in enumerate(entries, start=1))
    return Unit(f"prefix-list {name}", BGP, lines, (f"no ip prefix-list {name}",))


def _unit_of_map(name: str, number: int, action: str, lines: list[str]) -> Unit:
    head = f"route-map {name} {action} {number}"
    return Unit(head, BGP, (head, *lines, "exit"), (f"no {head}",))
