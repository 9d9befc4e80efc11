# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which peers of others would newly learn a VPN's networks, by the policies of either engine."""

from __future__ import annotations

import xml.etree.ElementTree as ET

import pytest

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.device.location import Location
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.errors import Refused
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.firewall.surroundings import Surroundings
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.peers.profile import Bgp, Tunnel
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.tables.platform import LOGICAL_ROUTER, Platform
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.vpn import bgp
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.vpn.record import Object, Record, RecordedNames
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.vpn.vpn import Vpn

OURS = Vpn("vpn-1", (Tunnel("203.0.113.17", bgp=Bgp(65010, 64512)),), "bgp", "ethernet1/8", "vpn", ("trust",), ("10.10.0.0/24",), ("10.200.0.0/16",))
PEER = "<peer><entry name='isp-a'><enable>{enable}</enable></entry></peer>"


def refused(router: str, engine=Platform((11, 1)), profiles="", vpn=OURS):
    """What is said of a router, or None."""
    tree = ET.fromstring(f"<config><devices><entry name='localhost.localdomain'><network>{router}{profiles}</network></entry></devices></config>")
    record = Record(vpn.name, claims=RecordedNames.of([Object("bgp_peer_group", "ours", "default")]))
    try:
        bgp.refuse_readvertisement(vpn, Surroundings(tree, Location().base, engine), record)
    except Refused as exc:
        return str(exc)
    return None


def legacy(rules="", enable="yes", group="isp") -> str:
    return (f"<virtual-router><entry name='default'><protocol><bgp><peer-group><entry name='{group}'>{PEER.format(enable=enable)}</entry></peer-group>"
            f"<policy><export><rules>{rules}</rules></export></policy></bgp></protocol></entry></virtual-router>")


def rule(action, *prefixes, used_by="isp", exact="yes", enable="yes") -> str:
    match = "".join(f"<entry name='{prefix}'><exact>{exact}</exact></entry>" for prefix in prefixes)
    return (f"<entry name='r{len(prefixes)}{action}'><enable>{enable}</enable><used-by><member>{used_by}</member></used-by>"
            f"<match><address-prefix>{match}</address-prefix></match><action><{action}/></action></entry>")


LEGACY = {
    "without a rule everything goes out": (legacy(), "10.10.0.0/24, 10.200.0.0/16"),
    "a rule for others does not count": (legacy(rule("deny", used_by="branches")), "10.10.0.0/24, 10.200.0.0/16"),
    "a rule that denies everything": (legacy(rule("deny")), None),
    "a rule that allows everything": (legacy(rule("allow")), "10.10.0.0/24, 10.200.0.0/16"),
    "one block allowed, and nothing else": (legacy(rule("allow", "192.0.2.0/24")), None),
    "our network allowed": (legacy(rule("allow", "10.10.0.0/24")), "receive 10.10.0.0/24;"),
    "a larger block allowed exactly": (legacy(rule("allow", "10.0.0.0/8")), None),
    "a larger block with all in it": (legacy(rule("allow", "10.0.0.0/8", exact="no")), "10.10.0.0/24, 10.200.0.0/16"),
    "denied before it is allowed": (legacy(rule("deny", "10.0.0.0/8", exact="no") + rule("allow")), None),
    "a disabled denial": (legacy(rule("deny", enable="no")), "10.10.0.0/24"),
    "a peer that is disabled": (legacy(enable="no"), None),
    "our own group": (legacy(group="ours"), None),
    "a group of others that has a name like ours": (legacy(group="vpn-1"), "10.10.0.0/24"),
    "a group of others that has a name like that of one of our tunnels": (legacy(group="vpn-1-4"), "10.10.0.0/24"),
    "no BGP": ("<virtual-router><entry name='default'/></virtual-router>", None),
}


@pytest.mark.parametrize("router, told", LEGACY.values(), ids=LEGACY.keys())
def test_a_virtual_router(router, told):
    said = refused(router)
    assert said is None if told is None else told in said and "isp-a" in said and "allow_readvertise" in said


def advanced(profile="isp") -> str:
    return ("<logical-router><entry name='default'><vrf><entry name='default'><bgp><peer-group><entry name='isp'>"
            f"<filtering-profile><ipv4>{profile}</ipv4></filtering-profile>{PEER.format(enable='yes')}</entry></peer-group></bgp></entry></vrf></entry>"
            "</logical-router>")


def filtering(inside: str, *entries: str, lists: str = "") -> str:
    """A filtering profile, a route map and prefix lists."""
    return (f"<routing-profile><bgp><filtering-profile><entry name='isp'><ipv4><unicast>{inside}</unicast></ipv4></entry></filtering-profile></bgp><filters>"
            f"<prefix-list>{lists}</prefix-list><route-maps><bgp><bgp-entry><entry name='out'><route-map>{''.join(entries)}</route-map></entry>"
            "</bgp-entry></bgp></route-maps></filters></routing-profile>")


MAP = "<route-maps><outbound>out</outbound></route-maps>"
LIST = "<outbound-network-filters><prefix-list>ours</prefix-list></outbound-network-filters>"


def entry(number, action, listed="") -> str:
    match = f"<match><ipv4><address><prefix-list>{listed}</prefix-list></address></ipv4></match>" if listed else ""
    return f"<entry name='{number}'><action>{action}</action>{match}</entry>"


def prefixes(name, action, network, limits="") -> str:
    return (f"<entry name='{name}'><type><ipv4><ipv4-entry><entry name='10'><action>{action}</action><prefix><entry><network>{network}</network>{limits}"
            "</entry></prefix></entry></ipv4-entry></ipv4></type></entry>")


def any_prefix(name, action) -> str:
    return (f"<entry name='{name}'><type><ipv4><ipv4-entry><entry name='10'><action>{action}</action><prefix><network>any</network></prefix></entry>"
            "</ipv4-entry></ipv4></type></entry>")


UP_TO_32 = "<less-than-or-equal>32</less-than-or-equal>"
ADVANCED = {
    "no profile": ("none", "", "10.10.0.0/24, 10.200.0.0/16"),
    "a profile that is not there": ("isp", "", "10.10.0.0/24"),
    "a profile that says nothing of what goes out": ("isp", filtering("<route-maps/>"), "10.10.0.0/24"),
    "a route map that permits nothing": ("isp", filtering(MAP), None),
    "a route map that permits everything": ("isp", filtering(MAP, entry(10, "permit")), "10.10.0.0/24"),
    "a route map that permits another block": (
        "isp", filtering(MAP, entry(10, "permit", "theirs"), lists=prefixes("theirs", "permit", "192.0.2.0/24")), None),
    "a route map that permits our network": (
        "isp", filtering(MAP, entry(10, "permit", "ours"), lists=prefixes("ours", "permit", "10.10.0.0/24")), "receive 10.10.0.0/24;"),
    "a larger block, exactly": ("isp", filtering(MAP, entry(10, "permit", "ours"), lists=prefixes("ours", "permit", "10.0.0.0/8")), None),
    "a larger block, with all in it": (
        "isp", filtering(MAP, entry(10, "permit", "ours"), lists=prefixes("ours", "permit", "10.0.0.0/8", UP_TO_32)), "10.10.0.0/24, 10.200.0.0/16"),
    "denied first, whatever the order of writing": (
        "isp", filtering(MAP, entry(20, "permit"), entry(5, "deny", "ours"), lists=prefixes("ours", "permit", "10.0.0.0/8", UP_TO_32)), None),
    "a prefix list that permits all": ("isp", filtering(LIST, lists=any_prefix("ours", "permit")), "10.10.0.0/24"),
    "a prefix list that denies all": ("isp", filtering(LIST, lists=any_prefix("ours", "deny")), None),
}


@pytest.mark.parametrize("profile, profiles, told", ADVANCED.values(), ids=ADVANCED.keys())
def test_a_logical_router(profile, profiles, told):
    said = refused(advanced(profile), Platform((11, 1), LOGICAL_ROUTER), profiles)
    assert said is None if told is None else told in said and "isp-a" in said
