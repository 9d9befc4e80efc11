# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What route maps, prefix lists and redistribution of the Advanced Routing Engine let through."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from types import SimpleNamespace

import pytest

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.device.location import Location
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.diagnosis.bgp_policies import held_back, not_redistributed
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.firewall.bgp_policies import EXPORT, IMPORT
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.firewall.surroundings import Surroundings
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.tables.platform import LOGICAL_ROUTER, Platform

PEER = {"virtual_router": "default", "peer_group": "aws", "name": "aws-1"}


def entry(number: int, action: str, listed: str = "") -> str:
    match = f"<match><ipv4><address><prefix-list>{listed}</prefix-list></address></ipv4></match>" if listed else ""
    return f"<entry name='{number}'><action>{action}</action>{match}</entry>"


def case(route_map: str, bgp: str = "") -> SimpleNamespace:
    """A peer group whose filtering profile uses one route map both ways; the prefix list ``lan`` is for 10.10.0.0/24."""
    text = (
        "<config><devices><entry name='localhost.localdomain'><network><logical-router><entry name='default'><vrf><entry name='default'><bgp>"
        f"<peer-group><entry name='aws'><filtering-profile><ipv4>careful</ipv4></filtering-profile></entry></peer-group>{bgp}</bgp></entry></vrf></entry>"
        "</logical-router><routing-profile><bgp><filtering-profile><entry name='careful'><ipv4><unicast><route-maps><inbound>map</inbound>"
        "<outbound>map</outbound></route-maps></unicast></ipv4></entry></filtering-profile><redistribution-profile><entry name='all'/>"
        "</redistribution-profile></bgp><filters><prefix-list><entry name='lan'><type><ipv4><ipv4-entry><entry name='10'><action>permit</action><prefix>"
        "<entry><network>10.10.0.0/24</network></entry></prefix></entry></ipv4-entry></ipv4></type></entry></prefix-list><route-maps><bgp><bgp-entry>"
        f"<entry name='map'><route-map>{route_map}</route-map></entry></bgp-entry></bgp></route-maps></filters></routing-profile></network></entry></devices>"
        "</config>")
    return SimpleNamespace(around=Surroundings(ET.fromstring(text), Location().base, Platform((11, 1), LOGICAL_ROUTER)))


MAPS = {
    "denies everything": (entry(10, "deny"), ["10.10.0.0/24"], True),
    "denies what is listed": (entry(10, "deny", "lan") + entry(20, "permit"), ["10.10.0.0/24"], True),
    "denies something else": (entry(10, "deny", "lan") + entry(20, "permit"), ["10.20.0.0/24"], False),
    "denies one of two": (entry(10, "deny", "lan") + entry(20, "permit"), ["10.10.0.0/24", "10.20.0.0/24"], False),
    "the first entry decides": (entry(20, "deny") + entry(10, "permit", "lan"), ["10.10.0.0/24"], False),
    "permits": (entry(10, "permit"), ["10.10.0.0/24"], False),
    "permits nothing": ("", ["10.10.0.0/24"], True),
}


@pytest.mark.parametrize("direction", [IMPORT, EXPORT])
@pytest.mark.parametrize("route_map, networks, held", MAPS.values(), ids=MAPS.keys())
def test_what_a_route_map_holds_back(route_map, networks, held, direction):
    assert (held_back(case(route_map), PEER, direction, networks) is not None) is held


SOURCES = {
    "nothing": ("", ["10.10.0.0/24"]),
    "the network by its name": ("<advertise-network><ipv4><network><entry name='10.10.0.0/24'/></network></ipv4></advertise-network>", []),
    "another network": ("<advertise-network><ipv4><network><entry name='10.20.0.0/24'/></network></ipv4></advertise-network>", ["10.10.0.0/24"]),
    "a profile": ("<redistribution-profile><ipv4><unicast>all</unicast></ipv4></redistribution-profile>", []),
    "a profile that is not there": ("<redistribution-profile><ipv4><unicast>gone</unicast></ipv4></redistribution-profile>", ["10.10.0.0/24"]),
}


@pytest.mark.parametrize("bgp, missing", SOURCES.values(), ids=SOURCES.keys())
def test_what_is_not_redistributed(bgp, missing):
    assert not_redistributed(case("", bgp), PEER, ["10.10.0.0/24"]) == missing
