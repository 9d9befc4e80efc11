# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The branch's VPN with IPv6 inside: nothing is found where nothing is wrong, and what is wrong is found as with IPv4."""

from __future__ import annotations

import json
import xml.etree.ElementTree as ET
from dataclasses import replace

import pytest

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.diagnosis.evidence import Intent
from ansible_collections.tunnelsmith.panos_vpn.tests.unit.plugins.module_utils.diagnosis.branch import LAN, NAME, OURS, THEIRS, VPC, Branch, rule

LAN6, VPC6 = "2001:db8:10::/64", "2001:db8:f000::/56"
HERE6, THERE6 = ({number: f"fd00:77:{number}::{last}" for number in (1, 2)} for last in (2, 1))
WORDS = {LAN: LAN6, VPC: VPC6, "ping": "ping6", **{f"{OURS[number]}/30": f"{HERE6[number]}/126" for number in (1, 2)},
         **{THEIRS[number]: THERE6[number] for number in (1, 2)}}
ONE = f"{NAME}-1"


def ipv6(kind: str) -> Branch:
    branch = Branch(kind)
    for element in branch.tree.iter():
        element.text = WORDS.get(element.text or "", element.text)
        if element.get("name") in WORDS:
            element.set("name", WORDS[element.get("name")])
    for number in (1, 2):
        unit = branch.at("tunnel/units", f"tunnel.{number}")
        unit.remove(unit.find("ip"))
        unit.append(ET.fromstring(f"<ipv6><enabled>yes</enabled><address><entry name='{HERE6[number]}/126'/></address></ipv6>"))
        branch.at("tunnel/ipsec", f"{NAME}-{number}").find("auto-key").append(ET.fromstring(
            "<proxy-id-v6><entry name='pair-1'><local>::/0</local><remote>::/0</remote></entry></proxy-id-v6>"))
    branch.at("ethernet", "ethernet1/2").find("layer3").append(ET.fromstring(
        "<ipv6><enabled>yes</enabled><address><entry name='2001:db8:10::1/64'/></address></ipv6>"))
    for peer in branch.tree.iterfind(".//peer/entry"):
        for tag, text in (("enable-mp-bgp", "yes"), ("address-family-identifier", "ipv6")):
            ET.SubElement(peer, tag).text = text
    described = json.loads(json.dumps(branch.connection))
    described["static_routes"] = [LAN6]
    for number, tunnel in enumerate(described["tunnels"], 1):
        tunnel.update(traffic_selectors={"local": "::/0", "remote": "::/0"}, inside_ipv6_cidr=f"fd00:77:{number}::/126",
                      inside_ipv6_address=HERE6[number], inside_ipv6_peer_address=THERE6[number])
    branch.connection, branch.intent = described, Intent(("trust",), (LAN6,), (VPC6,))
    routes = [replace(route, destination=WORDS.get(route.destination, route.destination), nexthop=WORDS.get(route.nexthop, route.nexthop))
              for route in branch.state.routes]
    branch.state = replace(branch.state, routes=tuple(routes))
    return branch


@pytest.mark.parametrize("stated", [True, False], ids=["stated", "not stated"])
@pytest.mark.parametrize("kind", ["pbf", "bgp"])
def test_nothing_is_found_where_nothing_is_wrong(kind, stated):
    branch = ipv6(kind)
    branch.intent = branch.intent if stated else Intent()
    assert branch.diagnose() == []


def session_down(branch):
    branch.peers(branch.peer(1, "Active", 0, 0), branch.peer(2))


def without_family(branch):
    peer = next(entry for entry in branch.tree.iterfind(".//peer/entry") if entry.get("name") == ONE)
    peer.remove(peer.find("enable-mp-bgp"))
    session_down(branch)


def other_peer(branch):
    branch.text(next(entry for entry in branch.tree.iterfind(".//peer/entry") if entry.get("name") == ONE), "peer-address/ip", "fd00:77:1::3")
    session_down(branch)


def other_address(branch):
    branch.at("tunnel/units", "tunnel.1").find("ipv6/address/entry").set("name", "fd00:77:9::2/126")
    branch.silent(1)


def hop(path):
    return lambda branch: branch.text(branch.at("pbf/rules", ONE), path, "fd00:77:1::3")


FAULTS = {
    "a session without the family's extensions": ("bgp", without_family, "bgp-address-family"),
    "another address of the peer": ("bgp", other_peer, "bgp-address-mismatch"),
    "another inside address": ("pbf", other_address, "inside-address-wrong"),
    "another next hop": ("pbf", hop("action/forward/nexthop/ip-address"), "pbf-next-hop-wrong"),
    "another monitored address": ("pbf", hop("action/forward/monitor/ip-address"), "pbf-next-hop-wrong"),
    "a monitor that asks another address": ("pbf", lambda branch: (
        branch.text(branch.at("tunnel/ipsec", ONE), "tunnel-monitor/destination-ip", "fd00:77:1::3"), branch.silent(1)), "monitor-target-wrong"),
    "a rule that denies": ("pbf", lambda branch: branch.first(branch.at("security/rules"), rule("stop", "trust", "vpn", "deny")), "security-rule-shadowed"),
    "a rule that denies what the monitor asks": ("pbf", lambda branch: (
        branch.first(branch.at("security/rules"), rule("stop", "vpn", "vpn", "deny")), branch.silent(1)), "intrazone-denied"),
    "no route back": ("pbf", lambda branch: setattr(branch, "state", replace(branch.state, routes=branch.state.routes[:1])), "local-network-unrouted"),
}


@pytest.mark.parametrize("kind, breaks, cause", FAULTS.values(), ids=FAULTS.keys())
def test_the_true_cause_comes_first(kind, breaks, cause):
    branch = ipv6(kind)
    breaks(branch)
    found = [each["id"] for each in branch.diagnose() if each["tunnel"] == ONE]
    assert found[:1] == [cause], found
