# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One LAN and three connections, by PBF and by BGP: each up and pinged as if it were alone, and all of them gone as they came."""

from __future__ import annotations

import pytest

from ansible_collections.tunnelsmith.panos_vpn.tests.dataplane.site import LAN, another, connection
from ansible_collections.tunnelsmith.panos_vpn.tests.integration.back_to_start import bare

COUNT = 3


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
