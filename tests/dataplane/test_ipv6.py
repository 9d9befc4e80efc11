# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Pairings of IPv6, inside and outside, carry packets over both engines: up, pinged, and gone without a trace."""

from __future__ import annotations

import pytest

from ansible_collections.tunnelsmith.panos_vpn.tests.dataplane.bulks import all_arrive, transfers
from ansible_collections.tunnelsmith.panos_vpn.tests.dataplane.site import LAN, connection
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.dataplane.enclave import wait_until
from ansible_collections.tunnelsmith.panos_vpn.tests.unit.plugins.modules.door import NETWORK, ROUTERS, parsed

CUSTOMER, GATEWAY, LOCAL = "2001:db8:5::5", "2001:db8:5::1", "2001:db8:10::/64"
ON = "<ipv6><enabled>yes</enabled><address><entry name='{}'/></address></ipv6>"
# Outside, inside, failover, engine.
PAIRINGS = [
    (4, 6, "bgp", "virtual-router"), (4, 6, "bgp", "logical-router"), (4, 6, "pbf", "virtual-router"), (4, 6, "pbf", "logical-router"),
    (6, 4, "pbf", "virtual-router"), (6, 4, "bgp", "logical-router"), (6, 6, "bgp", "virtual-router"), (6, 6, "pbf", "logical-router"),
]


def described(outside: int, inside: int, failover: str) -> dict:
    """A describe output as of a transit gateway, with addresses of the families."""
    found = connection(failover)
    item = found["VpnConnections"][0]
    xml = item["CustomerGatewayConfiguration"]
    options = item["Options"]
    endpoints = [option["OutsideIpAddress"] for option in options["TunnelOptions"]]
    if inside == 6:
        options["TunnelInsideIpVersion"] = "ipv6"
        item["Routes"] = [{"DestinationCidrBlock": LOCAL, "State": "available", "Source": "Static"}] if failover == "pbf" else []
        for side in ("Local", "Remote"):
            options.pop(f"{side}Ipv4NetworkCidr", None)
        options.update(LocalIpv6NetworkCidr="::/0", RemoteIpv6NetworkCidr="::/0")
        parts = xml.split("<ipsec_tunnel>")
        for number in (1, 2):
            for side, last in (("customer_gateway", 2), ("vpn_gateway", 1)):
                parts[number] = parts[number].replace(
                    f"</{side}>", f"<tunnel_inside_ipv6_address><ip_address>fd00:77:{number}::{last}</ip_address><prefix_length>126</prefix_length>"
                    f"</tunnel_inside_ipv6_address></{side}>", 1)
        xml = "<ipsec_tunnel>".join(parts)
    if outside == 6:
        for number, endpoint in enumerate(endpoints, 1):
            xml = xml.replace(endpoint, f"2001:db8:aa::{number}")
            options["TunnelOptions"][number - 1]["OutsideIpAddress"] = f"2001:db8:aa::{number}"
        xml = xml.replace("198.51.100.10", CUSTOMER)
    item["CustomerGatewayConfiguration"] = xml
    return found


@pytest.mark.parametrize("outside, inside, failover, engine", PAIRINGS,
                         ids=[f"v{outside} outside, v{inside} inside, {failover}, {engine}" for outside, inside, failover, engine in PAIRINGS])
def test_up_pinged_and_removed(sites, outside, inside, failover, engine):
    site = sites(described(outside, inside, failover), engine=engine)
    control = site.emulator.control
    control.plant(f"{NETWORK}/interface/ethernet/entry[@name='ethernet1/8']/layer3", ON.format(f"{CUSTOMER}/64"))
    control.plant(f"{NETWORK}/interface/aggregate-ethernet/entry[@name='ae1']/layer3/units/entry[@name='ae1.10']", ON.format("2001:db8:10::1/64"))
    control.plant(f"{ROUTERS[engine]}/routing-table/ipv6/static-route",
                  f"<entry name='default6'><destination>::/0</destination><interface>ethernet1/8</interface>"
                  f"<nexthop><ipv6-address>{GATEWAY}</ipv6-address></nexthop></entry>")
    start = parsed(control.running())
    cloud = site.plane.clouds[0]
    networks = {"local_networks": [LOCAL]} if inside == 6 else {}
    site.pair(failover, **networks)
    site.up()
    assert site.ping(3, LAN, cloud.address) == 3
    # A session that the far side begins comes back, too.
    host = "2001:db8:10::a" if inside == 6 else "10.10.0.10"
    assert wait_until(lambda: site.plane.ping(cloud.host, f"-I {cloud.address} {host}") == 1, 10)
    if inside == 6 and engine == "virtual-router":
        # Addresses and sequence numbers take 60 bytes and 12 of a packet.
        all_arrive(transfers(site, host), site, 72)
    name = site.options(failover)["name"]
    for number in (1, 2):
        tunnel = site.tunnel(number)
        assert tunnel["healthy"], tunnel["problems"]
    wanted = {"source_zones": ["trust"], "remote_networks": [str(cloud.vpc)], "local_networks": networks.get("local_networks", ["10.10.0.0/24"])}
    told = site.module("vpn_info", name=name, gather=["state", "routes", "diagnosis"], **wanted)
    assert (told["healthy"], told["problems"], told["diagnosis"]) == (True, [], [])
    site.commit(site.module("site_to_site_vpn", name=name, state="absent"))
    assert parsed(control.running()) == start
    assert site.plane.ping(LAN, cloud.address) == 0
