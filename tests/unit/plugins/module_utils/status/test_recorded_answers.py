# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Every recorded answer of a firewall to an operational command, and what the parsers make of it."""

from __future__ import annotations

import xml.etree.ElementTree as ET

import pytest

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.status import (
    answer, bgp, flow, forwarding, prefixes, routes, security_associations, vpn_log,
)

PARSERS = (security_associations.ike_sas, security_associations.ipsec_sas, flow.flows, forwarding.pbf_rules, bgp.peers, routes.routes,
           prefixes.learned, prefixes.advertised, vpn_log.lines)

FLOW = {"name": "c1000v", "tunnel": "c1000v", "monitor": "off", "tunnel_interface": "tunnel.1", "outside_interface": "ethernet1/1",
        "local_address": "192.168.122.19", "peer_address": "192.168.122.30", "packets_encapsulated": 0, "packets_decapsulated": 0}
IKE_8_1 = {"mode": "Main", "version": "ikev1", "algorithm": "PSK/DH2/AES/SHA1", "established": "Apr.01 14:16:36", "expires": "Apr.01 22:16:36", "up": True}
IPSEC_8_1 = {"protocol": "ESP", "encryption": "A128", "authentication": "SHA1", "lifetime_seconds": 2512, "remaining_seconds": None, "lifesize_kilobytes": 0}
IPSEC_10_1 = {"encryption": "G256", "authentication": None, "lifetime_seconds": 3600, "remaining_seconds": 1727, "lifesize_kilobytes": "Unlimited",
              "local_spi": "891B9152", "remote_spi": "55473972", "gateway_id": "19", "tunnel_id": "66", "peer_address": "Addresse IP a.b.c.d"}

# File, parser, and of each item in it the values that it must have at least.
RECORDED = {
    "show-vpn-ike-sa.ikev1.8.1.xml": (security_associations.ike_sas, [
        {"gateway": "second_vr", "gateway_id": "1", "role": "Init", **IKE_8_1},
        {"gateway": "default_vr", "gateway_id": "2", "role": "Resp", **IKE_8_1},
    ]),
    "show-vpn-ipsec-sa.8.1.xml": (security_associations.ipsec_sas, [
        {"name": "IPSEC_second_to_default", "gateway": "default_vr", "peer_address": "1.1.5.1", "local_spi": "E68C7B76", "remote_spi": "A10B7F26",
         **IPSEC_8_1},
        {"name": "IPSEC_default_to_second", "gateway": "second_vr", "peer_address": "1.1.5.2", "local_spi": "A10B7F26", "remote_spi": "E68C7B76",
         **IPSEC_8_1},
    ]),
    "show-vpn-ipsec-sa.pa850-10.1.xml": (security_associations.ipsec_sas, [
        {"name": f"Nom du tunnel {number}", "gateway": f"Nom de la Gateway {number}", **IPSEC_10_1} for number in (1, 2, 3)
    ]),
    "show-vpn-flow.none.xml": (flow.flows, []),
    "show-vpn-flow.init.xml": (flow.flows, [
        {**FLOW, "state": "init", "encryption": "not established", "local_spi": "00000000", "remote_spi": "00000000", "remaining_seconds": None}]),
    "show-vpn-flow.inactive.xml": (flow.flows, [{**FLOW, "state": "inactive", "authentication": "not established", "remote_spi": "D04C9BBD"}]),
    "show-vpn-flow.active.xml": (flow.flows, [
        {**FLOW, "state": "active", "encryption": "3des", "authentication": "md5", "local_spi": "B5102BDB", "remote_spi": "83901465",
         "remaining_seconds": 3434, "mtu": 1436}]),
    "show-running-tunnel-flow-all.init.xml": (flow.flows, [
        {"name": "my-tunnel", "id": "1", "state": "init", "monitor": "off", "tunnel_interface": "tunnel.1", "outside_interface": "ethernet1/1",
         "local_address": "1.2.3.4", "peer_address": "6.6.6.6", "packets_encapsulated": None, "other": {"gwid": "1", "owner": "1"}}]),
    "show-routing-protocol-bgp-peer.established.xml": (bgp.peers, [
        {"name": "Peer1", "router": "default", "group": "Peer-Group1", "state": "Established", "established": True, "remote_as": 64512,
         "peer_address": "169.254.8.2", "local_address": "169.254.8.1", "duration_seconds": 3804, "hold_time": 30, "keep_alive": 10,
         "prefixes": (bgp.Prefixes("ipv4_unicast", 2, 2, 0, {"incoming_rejected": "0", "policy_rejected": "0", "outgoing_total": "0"}),)}]),
    "show-routing-protocol-bgp-peer.active.xml": (bgp.peers, [
        {"name": "testlab-server", "router": "default", "group": "testlab-peers", "state": "Active", "established": False, "remote_as": 64511,
         "peer_address": "2.2.2.2", "local_address": "1.1.1.1", "duration_seconds": 0, "prefixes": ()}]),
    "show-advanced-routing-bgp-peer.xml": (bgp.peers, [
        {"name": "peer-a", "router": None, "group": "edge", "state": "Established", "established": True, "remote_as": 65010, "local_as": 65000,
         "peer_address": "192.0.2.10", "local_address": "192.0.2.9", "duration_seconds": 106879,
         "prefixes": (bgp.Prefixes("ipv4_unicast", None, 0, 2),)},
        {"name": "peer-c", "group": "core", "state": "Connect", "established": False, "remote_as": 65030, "local_address": None,
         "duration_seconds": 12965, "prefixes": (bgp.Prefixes("ipv4_unicast", None, 0),)},
    ]),
    "show-advanced-routing-route.xml": (routes.routes, [
        {"router": "public-lr", "destination": "0.0.0.0/0", "protocol": "static", "active": True, "metric": 10, "distance": 10,
         "interface": "ethernet1/1", "nexthop": None, "age": "00:00:26"}]),
}
# Answers to commands that other parts of the collection read, or nobody.
OF_OTHERS = (
    "show-advanced-routing-bgp-summary.xml", "show-high-availability-state.active-passive.pa850-10.1.xml", "show-high-availability-state.disabled.xml",
    "show-interface-all.8.1.xml", "show-routing-summary.xml", "show-system-info.pa850-10.1.xml", "show-system-info.vm.8.1.xml", "show-vpn-tunnel.xml",
    "test-vpn-ike-sa.xml", "test-vpn-ipsec-sa.xml",
)
ROUTES = "show-routing-route.8.1.xml"


@pytest.fixture
def recorded(shared_fixtures):
    """Reads a recorded answer."""
    return lambda file: ET.fromstring((shared_fixtures / "panos" / "op" / file).read_text(encoding="utf-8"))


def test_every_recorded_answer_is_in_a_table(shared_fixtures):
    there = {path.name for path in (shared_fixtures / "panos" / "op").glob("*.xml")}
    assert there == {*RECORDED, *OF_OTHERS, ROUTES}


@pytest.mark.parametrize("file", RECORDED)
def test_a_recorded_answer(recorded, file):
    parse, expected = RECORDED[file]
    found = parse(recorded(file))
    assert [{name: getattr(item, name) for name in values} for item, values in zip(found, expected)] == expected
    assert len(found) == len(expected)
    assert answer.remark(recorded(file)) is None


@pytest.mark.parametrize("file", (*OF_OTHERS, *RECORDED, ROUTES))
def test_no_parser_stumbles_over_the_answer_to_another_command(recorded, file):
    for parse in PARSERS:
        assert isinstance(parse(recorded(file)), list)


ROUTE_ROWS = {
    "two equal static routes": ("0.0.0.0/0", [("192.168.122.1", "ethernet1/1", "static", True), ("192.168.122.2", "ethernet1/1", "static", True)]),
    "a connected network": ("1.1.4.0/24", [("1.1.4.1", "vlan.32", "connected", True)]),
    "the firewall's own address": ("1.1.4.1/32", [("0.0.0.0", None, "local", True)]),
    "a route into another router": ("1.1.5.2/32", [("vr second_vr", "default/i3", "static", True)]),
    "a discard route": ("1.1.5.3/32", [("discard", None, "static", True)]),
    "an OSPF route that lost against a connected one":
        ("1.1.6.0/24", [("0.0.0.0", "tunnel.1", "ospf", False), ("1.1.6.1", "tunnel.1", "connected", True)]),
    "a BGP route, whose interface is that of the route to its next hop": ("10.0.0.0/16", [("1.1.5.2", "default/i3", "bgp", True)]),
}


@pytest.mark.parametrize("destination, expected", ROUTE_ROWS.values(), ids=ROUTE_ROWS.keys())
def test_the_recorded_routing_table(recorded, destination, expected):
    table = routes.routes(recorded(ROUTES))
    found = [(route.nexthop, route.interface, route.protocol, route.active) for route in table
             if route.router == "default" and route.destination == destination]
    assert found == expected


def test_what_no_parser_asks_for_is_kept(recorded):
    (peer,) = bgp.peers(recorded("show-routing-protocol-bgp-peer.established.xml"))
    assert peer.other["holdtime_config"] == "30"
    assert peer.other["config.remove_private_as"] == "no"
    assert peer.other["peer_capability.list.value"] == "IPv4 Unicast, yes, 64512, yes"
    (tunnel,) = flow.flows(recorded("show-vpn-flow.active.xml"))
    assert tunnel.other["last_rekey"] == "166"
    assert tunnel.other["monitor.pkt_sent"] == "0"
