# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Failover by BGP with keep-alives every second and a hold time of three."""

from __future__ import annotations

import pytest

from ansible_collections.tunnelsmith.panos_vpn.tests.dataplane.failovers import failover, outage
from ansible_collections.tunnelsmith.panos_vpn.tests.dataplane.site import VPC, connection


@pytest.fixture(scope="module", params=["virtual-router", "logical-router"])
def paired(request, sites):
    site = sites(connection("bgp", hold_time=3), engine=request.param, dead_after=4)
    site.pair("bgp")
    site.quick_detection()
    site.active = 1
    yield site
    site.close()


@pytest.mark.parametrize("fault", ["killed", "cut"])
def test_all_sessions_take_the_other_tunnel_and_come_back(paired, fault):
    assert "tunnel.2" in paired.run(f"ip route get {VPC}")
    seen = failover(paired, fault, 7, 12, f"BGP 1 3, {fault}, {paired.plane.engine}")
    for kind in ("new", "established", "ping"):
        assert 1 <= outage(seen, kind) <= 6
    assert seen.answered("established", 20, 21) == 1
    paired.up()
    assert "tunnel.2" in paired.run(f"ip route get {VPC}"), "the tunnel that was active before is active again"
    assert [peer["state"] for peer in paired.state()["bgp_peers"]] == ["Established", "Established"]
