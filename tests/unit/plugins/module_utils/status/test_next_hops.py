# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The legacy engine lists BGP's routes as A?B and without an interface: it is found by the next hop, and whoever asks for a route's interface has it."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from ipaddress import ip_address, ip_network

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.drill import paths
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.status import bgp, judgement, next_hops, routes
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.status.routes import Route
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.status.state import State

#: As recorded, next hops replaced: the peer's network is connected, its route is loose and has no interface.
RECORDED = """<response status="success"><result><flags>flags: A:active, ?:loose, C:connect, H:host, S:static, B:bgp</flags>
<entry><virtual-router>default</virtual-router><destination>169.254.40.4/30</destination><nexthop>169.254.40.6</nexthop><metric>0</metric>
<flags>A C   </flags><age></age><interface>tunnel.41</interface><route-table>unicast</route-table></entry>
<entry><virtual-router>default</virtual-router><destination>169.254.40.6/32</destination><nexthop>0.0.0.0</nexthop><metric>0</metric>
<flags>A H   </flags><age></age><interface></interface><route-table>unicast</route-table></entry>
<entry><virtual-router>default</virtual-router><destination>10.200.0.0/16</destination><nexthop>169.254.40.5</nexthop><metric>100</metric>
<flags>A?B   </flags><age>612</age><interface></interface><route-table>unicast</route-table></entry></result></response>"""

CONFIGURATION = {
    "gateways": [], "pbf_rules": [], "tunnels": [{"name": "far-1", "tunnel_interface": "tunnel.41"}],
    "interfaces": [{"name": "tunnel.41", "ip": ["169.254.40.6/30"], "virtual_router": "default"}],
    "bgp": {
        "instances": [{"virtual_router": "default", "enable": True}],
        "peers": [{
            "virtual_router": "default", "peer_group": "far", "name": "far-1", "peer_as": "64512", "enable": True,
            "peer_address": {"ip": "169.254.40.5"}, "local_address": {"interface": "tunnel.41", "ip": "169.254.40.6/30"},
        }],
    },
}


def test_whoever_asks_for_a_vpn_by_its_interface_finds_its_bgp_routes():
    table = tuple(routes.routes(ET.fromstring(RECORDED)))
    peer = bgp.BgpPeer("far-1", "default", "far", "Established", 64512, prefixes=(bgp.Prefixes("ipv4_unicast", 1, 1, 1),))
    state = State(bgp_peers=(peer,), routes=table, prefixes=())
    assert judgement.judge({**CONFIGURATION, "tunnels": []}, state).problems == ()
    assert "10.200.0.0/16" in [route.destination for route in state.of(CONFIGURATION).routes]
    assert paths.carriers(CONFIGURATION, (), table) == {"10.200.0.0/16": ("tunnel.41",)}


def connected(destination, interface, **more):
    return Route(destination, "default", "0.0.0.0", interface, "connected", True, **more)


def static(destination, nexthop, interface=None):
    return Route(destination, "default", nexthop, interface, "static", True)


def learned(destination, nexthop, active=True, router="default"):
    return Route(destination, router, nexthop, None, "bgp", active)


LINK = connected("192.0.2.0/30", "tunnel.1")
TABLES = {
    "a connected next hop": ([LINK], learned("10.0.0.0/8", "192.0.2.1"), ["tunnel.1"]),
    "the longest prefix wins": (
        [LINK, connected("192.0.0.0/16", "ethernet1/1"), static("0.0.0.0/0", "198.51.100.1", "ethernet1/8")],
        learned("10.0.0.0/8", "192.0.2.1"), ["tunnel.1"]),
    "a next hop behind a static route": (
        [LINK, static("203.0.113.9/32", "192.0.2.1", "tunnel.1"), static("0.0.0.0/0", "198.51.100.1", "ethernet1/8")],
        learned("10.0.0.0/8", "203.0.113.9"), ["tunnel.1"]),
    "a static route that names no interface": ([LINK, static("203.0.113.9/32", "192.0.2.1")], learned("10.0.0.0/8", "203.0.113.9"), ["tunnel.1"]),
    "two equal routes to the next hop": (
        [LINK, connected("192.0.2.4/30", "tunnel.2"), static("203.0.113.9/32", "192.0.2.1"), static("203.0.113.9/32", "192.0.2.5")],
        learned("10.0.0.0/8", "203.0.113.9"), ["tunnel.1", "tunnel.2"]),
    "a route that is not in use leads nowhere": (
        [static("0.0.0.0/0", "198.51.100.1", "ethernet1/8"), Route("192.0.2.0/30", "default", "0.0.0.0", "tunnel.1", "static", False)],
        learned("10.0.0.0/8", "192.0.2.1"), ["ethernet1/8"]),
    "another router's networks are not ours": ([LINK], learned("10.0.0.0/8", "192.0.2.1", router="other"), [None]),
    "a next hop that is discarded": ([LINK, static("203.0.113.9/32", "discard")], learned("10.0.0.0/8", "203.0.113.9"), [None]),
    "a next hop of our own": ([LINK, Route("192.0.2.2/32", "default", "0.0.0.0", None, "local", True)], learned("10.0.0.0/8", "192.0.2.2"), [None]),
    "its own next hop": ([static("0.0.0.0/0", "198.51.100.1", "ethernet1/8")], learned("10.0.0.0/8", "10.0.0.1"), ["ethernet1/8"]),
    "routes that lead to each other": ([learned("10.1.0.0/16", "10.2.0.1")], learned("10.2.0.0/16", "10.1.0.1"), [None]),
    "IPv6": ([connected("2001:db8::/126", "tunnel.1"), LINK], learned("2001:db8:1::/48", "2001:db8::1"), ["tunnel.1"]),
    "one that only stands by": ([LINK], learned("10.0.0.0/8", "192.0.2.1", active=False), ["tunnel.1"]),
    "no next hop": ([LINK], Route("10.0.0.0/8", "default", None, None, "bgp", True), [None]),
}


@pytest.mark.parametrize("table, asked, interfaces", TABLES.values(), ids=TABLES.keys())
def test_interface_by_the_next_hop(table, asked, interfaces):
    found = next_hops.resolved([*table, asked])
    assert [route.interface for route in found if route.destination == asked.destination and route.protocol == asked.protocol] == interfaces


_ADDRESSES = st.integers(0, 15).map(lambda number: f"10.0.0.{number}")
_NETWORKS = st.builds(lambda address, length: str(ip_network(f"{address}/{length}", strict=False)), _ADDRESSES, st.integers(28, 32))
_ROUTES = st.builds(
    Route, _NETWORKS, st.sampled_from(["default", "other"]), _ADDRESSES, st.sampled_from([None, None, "tunnel.1", "tunnel.2"]),
    st.just("bgp"), st.booleans(),
)


@given(st.lists(_ROUTES, max_size=8))
def test_a_told_interface_stays_and_a_found_one_is_that_of_a_packet_to_the_next_hop(table):
    found = next_hops.resolved(table)
    given_ones = {id(route) for route in table}
    # By identity: a route that was found out can be equal to one that was told.
    assert [route for route in found if id(route) in given_ones and route.interface] == [route for route in table if route.interface]
    for route in table:
        if route.interface is None:
            told = {each.interface for each in found if (each.destination, each.router, each.nexthop, each.active) == (
                route.destination, route.router, route.nexthop, route.active) and id(each) not in given_ones}
            assert told == followed(table, route, ())


def followed(table, route, passed):
    """Hop by hop, as a packet goes."""
    if route.interface:
        return {route.interface}
    ways = [way for way in table if way.active and way.router == route.router and way.destination != route.destination
            and ip_address(route.nexthop) in ip_network(way.destination)]
    longest = max((ip_network(way.destination).prefixlen for way in ways), default=0)
    return {interface for way in ways if ip_network(way.destination).prefixlen == longest and way not in passed
            for interface in followed(table, way, (*passed, route))}
