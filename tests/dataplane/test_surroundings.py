# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What stands around a VPN decides whether packets pass: where IKE comes from, who has which address, and whose rules are asked first."""

from __future__ import annotations

import json

from ansible_collections.tunnelsmith.panos_vpn.plugins.modules import site_to_site_vpn
from ansible_collections.tunnelsmith.panos_vpn.tests.dataplane.site import LAN, VPC, connection
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.dataplane.enclave import wait_until
from ansible_collections.tunnelsmith.panos_vpn.tests.unit.plugins.modules.door import NETWORK, ROUTERS, VSYS, run_module
from ansible_collections.tunnelsmith.panos_vpn.tests.unit.plugins.modules.given_and_told import provider_of

LOOPBACK = "203.0.113.201"
WANTED = {"source_zones": ["trust"], "local_networks": ["10.10.0.0/24"], "remote_networks": ["10.200.0.0/16"]}
BY_DSL = ("<entry name='all by dsl'><from><zone><member>trust</member></zone></from><source><member>any</member></source><destination><member>any</member>"
          "</destination><application><member>any</member></application><service><member>any</member></service><action><forward>"
          "<egress-interface>ethernet1/7</egress-interface><nexthop><ip-address>203.0.113.5</ip-address></nexthop></forward></action></entry>")


def test_ike_from_a_loopback_in_a_zone_of_its_own(sites):
    document = json.loads(json.dumps(connection("pbf")).replace("198.51.100.10", LOOPBACK))
    site = sites(document)
    control = site.emulator.control
    for place, element in (
            (f"{NETWORK}/interface/loopback/units", f"<entry name='loopback.9'><ip><entry name='{LOOPBACK}/32'/></ip></entry>"),
            (f"{VSYS}/import/network/interface", "<member>loopback.9</member>"), (f"{ROUTERS['virtual-router']}/interface", "<member>loopback.9</member>"),
            (f"{VSYS}/zone", "<entry name='ike-lo'><network><layer3><member>loopback.9</member></layer3></network></entry>")):
        control.plant(place, element)
    site.pair("pbf", outside_interface="loopback.9", security_rules="none")
    name = site.options("pbf")["name"]
    assert not site.plane.wait(6)
    causes = site.module("vpn_info", name=name, gather=["diagnosis"], **WANTED)["diagnosis"]
    assert "ike-denied-by-rule" in {cause["id"] for cause in causes if cause["confidence"] == "certain"}
    site.pair("pbf", outside_interface="loopback.9")
    site.up()
    assert site.ping(3) == 3


def test_a_rule_of_somebody_else_before_any_route(sites):
    site = sites(connection("bgp"))
    site.pair("bgp")
    site.up()
    assert site.ping(3) == 3
    site.emulator.control.plant(f"{VSYS}/rulebase/pbf/rules", BY_DSL)
    site.change({"tunnel_interface": {"name": "tunnel.7", "mtu": 1400, "comment": "committed"}})
    assert wait_until(lambda: site.ping(1) == 0, 10)
    name = site.options("bgp")["name"]
    told = site.module("vpn_info", name=name, gather=["state", "diagnosis"], **WANTED)
    assert told["healthy"] is False
    assert [cause["id"] for cause in told["diagnosis"]] == ["pbf-rule-above-routes"] * 2
    refused = run_module(site_to_site_vpn, {"provider": provider_of(site.emulator), **site.options("bgp")})
    assert refused.failed and "PBF rule 'all by dsl' takes the packets" in refused.message


def test_an_address_object_outside(sites):
    site = sites(connection("bgp"))
    control = site.emulator.control
    outside = f"{NETWORK}/interface/ethernet/entry[@name='ethernet1/8']/layer3/ip"
    control.plant("/config/shared/address", "<entry name='line-a'><ip-netmask>198.51.100.10/24</ip-netmask></entry>")
    control.plant(outside, "<entry name='line-a'/>")
    control.edit_as("janitor", "delete", f"{outside}/entry[@name='198.51.100.10/24']")
    control.edit_as("janitor", "set", f"{NETWORK}/ike/gateway/entry[@name='branch-7']/local-address", "<ip>line-a</ip>")
    site.module("commit", scope="all", commit_poll=0.05)
    site.pair("bgp")
    site.up()
    assert site.ping(3, LAN, VPC) == 3
