# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Azure without custom BGP addresses: its two instances speak from the GatewaySubnet, the firewall from a loopback interface; by a logical router."""

from __future__ import annotations

import copy
import json

import pytest

from ansible_collections.tunnelsmith.panos_vpn.plugins.filter.azure_vpn_connection import azure_vpn_connection
from ansible_collections.tunnelsmith.panos_vpn.tests.dataplane.site import FILES, LAN
from ansible_collections.tunnelsmith.panos_vpn.tests.integration.back_to_start import bare
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.cloud import outputs
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.dataplane.enclave import wait_until

NETWORK, OWN = "10.50.0.0/16", "10.99.0.1"
ENGINES = ("logical-router", "virtual-router")


def printed() -> list[dict]:
    """What Azure prints of such a connection."""
    gateway, connection, local, key = copy.deepcopy(json.loads((FILES / "azure.json").read_text(encoding="utf-8")))
    del connection["properties"]["gatewayCustomBgpIpAddresses"]
    for entry in gateway["properties"]["bgpSettings"]["bgpPeeringAddresses"]:
        entry["customBgpIpAddresses"] = []
    local["properties"]["bgpSettings"]["bgpPeeringAddress"] = OWN
    return [gateway, connection, local, key]


@pytest.mark.parametrize("engine", ENGINES)
def test_sessions_beside_the_tunnels_carry_packets_and_fail_over(sites, engine):
    document = printed()
    site = sites(connections=[outputs.azure(*document)], vpcs=[NETWORK], engine=engine, bgp_timers=(3, 9), dead_after=4)
    start = site.emulator.control.running()
    asked = {"name": "azure-hub", "connection": azure_vpn_connection(document), "failover": "bgp", "outside_interface": "ethernet1/8", "zone": "azure",
             "source_zones": ["trust"], "local_networks": ["10.10.0.0/24"], "remote_networks": [NETWORK]}
    site.commit(site.module("site_to_site_vpn", **asked))
    address = site.plane.clouds[0].address
    assert wait_until(lambda: site.plane.ping(LAN, address), 60, 0.3), site.state()["bgp_peers"]
    site.up()
    assert {peer["peer_address"] for peer in site.state()["bgp_peers"]} == {"10.1.1.4", "10.1.1.5"}
    assert site.ping(3, LAN, address) == 3
    assert not site.module("site_to_site_vpn", **asked)["changed"]
    site.plane.clouds[0].endpoints[0].kill()
    assert wait_until(lambda: site.plane.ping(LAN, address), 30, 0.3), "over the other instance"
    site.commit(site.module("site_to_site_vpn", name="azure-hub", state="absent"))
    assert bare(site.emulator.control.running()) == bare(start)
