# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One LAN and three connections, by PBF and by BGP: each up and pinged as if it were alone, and all of them gone as they came."""

from __future__ import annotations

import ipaddress
import json

import pytest

from ansible_collections.tunnelsmith.panos_vpn.tests.dataplane.site import LAN, connection
from ansible_collections.tunnelsmith.panos_vpn.tests.integration.back_to_start import bare

COUNT = 3


def another(document: dict, number: int) -> dict:
    """A connection of the same customer with endpoints, inside networks, keys and an id of its own."""
    text = json.dumps(document)
    item = document["VpnConnections"][0]
    for index, option in enumerate(item["Options"]["TunnelOptions"]):
        old = ipaddress.ip_network(option["TunnelInsideCidr"])
        new = ipaddress.ip_network(f"169.254.{60 + number}.{8 * index}/30")
        text = text.replace(option["OutsideIpAddress"], f"192.0.2.{20 + 4 * number + index}").replace(str(old), str(new))
        for host in (1, 2):
            text = text.replace(f">{old[host]}<", f">{new[host]}<")
        text = text.replace(option["PreSharedKey"], f"Key.{number}.{index}.notReal")
    return json.loads(text.replace(item["VpnConnectionId"], f"vpn-{number:017x}"))


@pytest.mark.parametrize("failover", ["pbf", "bgp"])
def test_each_is_up_and_pinged_and_they_go_in_another_order(sites, failover):
    first = connection(failover)
    site = sites(first, *(another(first, number) for number in range(1, COUNT)))
    start = site.emulator.control.running()
    addresses = [cloud.address for cloud in site.plane.clouds]
    for number in range(COUNT):
        site.pair(failover, number)
    site.up()
    assert [site.ping(3, LAN, address) for address in addresses] == [3] * COUNT
    named = [site.options(failover, number)["name"] for number in range(COUNT)]
    for number in (1, 0, 2):
        site.commit(site.module("site_to_site_vpn", name=named[number], state="absent"))
        standing = {tunnel.name[:-2] for tunnel in site.plane.firewall.running.tunnels}
        left = [other for other in range(COUNT) if named[other] in standing]
        assert [site.ping(2, LAN, addresses[other]) for other in left] == [2] * len(left)
        assert site.plane.ping(LAN, addresses[number]) == 0
    assert bare(site.emulator.control.running()) == bare(start)
    site.close()
