# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Routes and BGP as lines for FRR, and what a commit changes of them. Needs no FRR."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings, strategies as st

from ansible_collections.tunnelsmith.panos_vpn.tests.lab.dataplane.frr_configuration import Unit, changes, render, switch
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.dataplane.running import Bgp, Peer, Policy, Prefix, Redistribution, Route, Router

LAN = Prefix("10.10.0.0/24", 24, 24)
PEERS = tuple(
    Peer(f"p{number}", "g", f"tunnel.{number}", f"169.254.{number}.2", f"169.254.{number}.1", 64512, 10, 30, False,
         (Policy(True, (), local_preference=200),), (Policy(True, (LAN,), prepend=2),))
    for number in (1, 2)
)
BGP = Bgp("10.10.0.1", 65000, True, True, 100, PEERS, (Redistribution("connected", (Policy(True, (LAN,), med=50),)),))
ROUTES = (Route("default", "0.0.0.0/0", "ethernet1/8", "198.51.100.1", 10, 10), Route("last", "10.200.0.0/16", None, None, 10, 250))
RUNNING = Router("default", bgp=BGP, routes=ROUTES)

LINES = {
    "a neighbour": "neighbor 169.254.1.1 remote-as 64512", "its timers": "neighbor 169.254.2.1 timers 10 30",
    "its own address": "neighbor 169.254.1.1 update-source 169.254.1.2", "what is redistributed": "redistribute connected route-map from-connected",
    "a network without lengths": "ip prefix-list from-connected-1 seq 5 permit 10.10.0.0/24", "its MED": "set metric 50",
    "prepending": "set as-path prepend 65000 65000", "a preference": "set local-preference 200",
    "no default route from a peer": "match ip address prefix-list the-default-route",
    "a static route by its rank": "ip route 0.0.0.0/0 198.51.100.1 eth1-8 10", "a discard route": "ip route 10.200.0.0/16 blackhole 11",
    "distances of BGP": "distance bgp 12 13 13",
}


@pytest.mark.parametrize("line", LINES.values(), ids=LINES.keys())
def test_a_configuration_is_told_in_lines(line):
    assert line in [line for unit in render(RUNNING) for line in unit.add]


LENGTHS = {
    "exact": (Prefix("10.0.0.0/8", 8, 8), "10.0.0.0/8"), "and longer": (Prefix("10.0.0.0/8", 8, 32), "10.0.0.0/8 le 32"),
    "within bounds": (Prefix("10.0.0.0/8", 16, 24), "10.0.0.0/8 ge 16 le 24"),
}


@pytest.mark.parametrize("prefix, words", LENGTHS.values(), ids=LENGTHS.keys())
def test_lengths_of_a_prefix(prefix, words):
    bgp = replace(BGP, redistributions=(Redistribution("static", (Policy(True, (prefix,)),)),))
    assert f"ip prefix-list from-static-1 seq 5 permit {words}" in [line for unit in render(Router("default", bgp=bgp)) for line in unit.add]


def names(units: list[Unit]) -> set[str]:
    return {unit.name.partition("_")[0] if unit.name.startswith("peer") else unit.name for unit in units}


CHANGES = {
    "nothing": (RUNNING, set(), set()),
    "a peer's timers": (replace(RUNNING, bgp=replace(BGP, peers=(PEERS[0], replace(PEERS[1], hold_time=9)))), {"peer"}, {"peer"}),
    "the router id takes everything inside along": (
        replace(RUNNING, bgp=replace(BGP, router_id="10.10.0.9")), {"router"}, {"router", "from-connected", "peer"}),
}


@pytest.mark.parametrize("after, removed, added", CHANGES.values(), ids=CHANGES.keys())
def test_only_what_changed_is_touched(after, removed, added):
    found = changes(render(RUNNING), render(after))
    assert (names(found[0]), names(found[1])) == (removed, added)


def test_a_peer_and_a_route_can_be_switched():
    peer, route = (next(unit for unit in render(RUNNING) if unit.name.startswith(start)) for start in ("peer_p1", "route_default"))
    assert switch(peer) == (["router bgp 65000", "neighbor 169.254.1.1 shutdown"], ["router bgp 65000", "no neighbor 169.254.1.1 shutdown"])
    assert switch(route) == ([f"no {route.add[0]}"], [route.add[0]])
    assert [unit.name.partition("_")[0] for unit in render(RUNNING) if unit.switchable] == ["peer", "peer", "route", "route"]


UNITS = st.dictionaries(st.sampled_from(["router", "a", "b", "c", "x"]), st.integers(0, 2), max_size=5).map(
    lambda chosen: [Unit(name, "bgpd", (f"{name} {value}",), (f"no {name}",), "router" if name in "abc" else "")
                    for name, value in sorted(chosen.items(), key=lambda item: item[0] != "router") if name not in "abc" or "router" in chosen])


@given(UNITS, UNITS)
@settings(deadline=None, derandomize=True)
def test_what_stands_afterwards_is_what_is_wanted(before, after):
    removed, added = changes(before, after)
    standing = {unit.name: unit for unit in before}
    for unit in removed:
        assert unit.name in standing, "nothing is taken away twice"
        standing = {name: other for name, other in standing.items() if unit.name not in (name, other.inside)}
    for unit in added:
        assert not unit.inside or unit.inside in standing
        standing[unit.name] = unit
    assert standing == {unit.name: unit for unit in after}
