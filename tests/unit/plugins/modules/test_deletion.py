# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What others still refer to is not deleted, and the refusal names who they are, in the firewall's own words."""

from __future__ import annotations

import importlib
from dataclasses import dataclass

import pytest

from ansible_collections.tunnelsmith.panos_vpn.tests.unit.plugins.modules.door import NETWORK, ROUTERS, VSYS, Door

TUNNEL = """<entry name="other"><tunnel-interface>tunnel.7</tunnel-interface><auto-key><ike-gateway><entry name="branch-7"/></ike-gateway>
    <ipsec-crypto-profile>strong</ipsec-crypto-profile></auto-key>
    <tunnel-monitor><tunnel-monitor-profile>fast</tunnel-monitor-profile></tunnel-monitor></entry>"""
FORWARDING = """<entry name="other forwarding"><from><zone><member>trust</member></zone></from><action><forward><egress-interface>tunnel.99</egress-interface>
    <monitor><profile>fast</profile></monitor></forward></action></entry>"""
SECURITY = '<entry name="other rule"><from><member>trust</member></from><to><member>vpn</member></to></entry>'
ROUTE = '<entry name="other-route"><destination>10.77.0.0/16</destination><interface>tunnel.99</interface></entry>'


@dataclass(frozen=True)
class Row:
    """C(made): tasks that make the object. C(referrer): (xpath, XML) of who refers to it. C(named): what the refusal says of him."""

    module: str
    made: dict
    referrer: tuple
    named: tuple


SECURITY_RULES, FORWARDING_RULES = f"{VSYS}/rulebase/security/rules", f"{VSYS}/rulebase/pbf/rules"
GATEWAY = {"name": "gw", "local_address": {"interface": "ethernet1/8"}, "peer_address": {"ip": "203.0.113.9"}, "pre_shared_key": "a-key.of.the-tests"}
ROWS = {
    "an IKE profile that a gateway uses": Row(
        "ike_crypto_profile", {"name": "strong"},
        (f"{NETWORK}/ike/gateway/entry[@name='branch-7']/protocol/ikev2", "<ike-crypto-profile>strong</ike-crypto-profile>"), ("gateway", "branch-7")),
    "an IPsec profile that a tunnel uses": Row(
        "ipsec_crypto_profile", {"name": "strong", "esp": {"encryption": ["aes-256-gcm"], "authentication": ["none"]}},
        (f"{NETWORK}/tunnel/ipsec", TUNNEL), ("ipsec", "other")),
    "a gateway that a tunnel uses": Row(
        "ike_gateway", GATEWAY, (f"{NETWORK}/tunnel/ipsec", TUNNEL.replace("branch-7", "gw")), ("ipsec", "other")),
    "a monitor profile that a tunnel uses": Row("monitor_profile", {"name": "fast"}, (f"{NETWORK}/tunnel/ipsec", TUNNEL), ("ipsec", "other")),
    "a monitor profile that a forwarding rule uses": Row(
        "monitor_profile", {"name": "fast"}, (FORWARDING_RULES, FORWARDING), ("pbf", "other forwarding")),
    "a protection profile that a zone uses": Row(
        "zone_protection_profile", {"name": "vpn", "strict_ip_check": False},
        (f"{VSYS}/zone/entry[@name='branch']/network", "<zone-protection-profile>vpn</zone-protection-profile>"), ("zone", "branch")),
    "a zone that a security rule uses": Row("zone", {"name": "vpn"}, (SECURITY_RULES, SECURITY), ("security", "other rule")),
    "a zone that a forwarding rule uses": Row(
        "zone", {"name": "vpn"}, (FORWARDING_RULES, FORWARDING.replace("trust", "vpn").replace("tunnel.99", "tunnel.7")), ("pbf", "other forwarding")),
    "an interface that a tunnel uses": Row(
        "tunnel_interface", {"name": "tunnel.99"}, (f"{NETWORK}/tunnel/ipsec", TUNNEL.replace("tunnel.7", "tunnel.99")), ("ipsec", "other")),
    "an interface that a forwarding rule uses": Row(
        "tunnel_interface", {"name": "tunnel.99"}, (FORWARDING_RULES, FORWARDING), ("pbf", "other forwarding")),
    "an interface that a route uses": Row(
        "tunnel_interface", {"name": "tunnel.99", "virtual_router": "default"},
        (f"{ROUTERS['virtual-router']}/routing-table/ip/static-route", ROUTE), ("virtual-router", "other-route")),
    "a proxy ID that the tunnel's monitor names": Row(
        "proxy_id", {"tunnel": "branch-7", "name": "lan", "local": "10.10.0.0/24", "remote": "10.70.0.0/24"},
        (f"{NETWORK}/tunnel/ipsec/entry[@name='branch-7']/tunnel-monitor", "<proxy-id>lan</proxy-id>"), ("branch-7",)),
}
IDENTITY = ("virtual_router", "tunnel", "peer_group", "name")


@pytest.mark.parametrize("row", ROWS.values(), ids=ROWS.keys())
def test_who_refers_to_it_is_named(firewalls, row):
    door = Door(importlib.import_module(f"ansible_collections.tunnelsmith.panos_vpn.plugins.modules.{row.module}"), firewalls())
    door.done(row.made)
    door.control.plant(*row.referrer)
    before = door.control.candidate()
    identity = {key: row.made[key] for key in IDENTITY if key in row.made}
    result = door.run({**identity, "state": "absent"})
    assert result.failed
    assert [word for word in ("references", *row.named) if word not in result.message] == [], result.message
    assert f"{row.module} '{row.made['name']}'" in result.message
    assert "nothing was written" in result.message
    assert door.control.candidate() == before


@pytest.mark.parametrize("engine", ROUTERS)
def test_an_instance_with_peers_names_their_groups(firewalls, engine):
    from ansible_collections.tunnelsmith.panos_vpn.plugins.modules import bgp_instance

    door = Door(bgp_instance, firewalls(engine=engine, config="bgp_running"))
    door.refused({"virtual_router": "default", "state": "absent"}, "isp", "branches")


def test_in_a_transaction_the_item_is_named_too(firewalls):
    from ansible_collections.tunnelsmith.panos_vpn.plugins.modules import transaction

    door = Door(transaction, firewalls())
    before = door.control.candidate()
    result = door.run({"items": [{"monitor_profile": {"name": "fast"}}, {"ike_gateway": {"name": "branch-7", "state": "absent"}}]})
    assert result.failed
    assert [word for word in ("ike_gateway 'branch-7'", "references", "ipsec", "nothing was written") if word not in result.message] == [], result.message
    assert door.control.candidate() == before


def test_together_with_what_refers_to_it_it_goes(firewalls):
    from ansible_collections.tunnelsmith.panos_vpn.plugins.modules import transaction

    door = Door(transaction, firewalls())
    start = door.candidate()
    gateway = {**GATEWAY, "version": "ikev2", "ikev2": {"ike_crypto_profile": "strong"}}
    made = [{"monitor_profile": {"name": "fast"}}, {"ike_crypto_profile": {"name": "strong"}}, {"ike_gateway": gateway},
            {"tunnel_interface": {"name": "tunnel.99", "zone": "branch", "virtual_router": "default"}},
            {"ipsec_tunnel": {"name": "other", "tunnel_interface": "tunnel.99", "ike_gateways": ["gw"], "tunnel_monitor": {
                "enable": True, "destination_ip": "169.254.7.1", "tunnel_monitor_profile": "fast"}}}]
    door.done({"items": made})
    door.done({"items": [{kind: {"name": options["name"], "state": "absent"}} for item in made for kind, options in item.items()]})
    assert door.candidate() == start
