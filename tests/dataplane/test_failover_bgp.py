# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Failover by BGP with keep-alives every second and a hold time of three."""

from __future__ import annotations

import pytest

from ansible_collections.tunnelsmith.panos_vpn.tests.dataplane.failovers import failover, outage, together
from ansible_collections.tunnelsmith.panos_vpn.tests.dataplane.site import VPC, connection
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.dataplane.enclave import wait_until


@pytest.fixture(scope="module")
def engines(sites):
    """The same pairing on both routing engines."""
    made = []
    for engine in ("virtual-router", "logical-router"):
        site = sites(connection("bgp", hold_time=3), engine=engine, dead_after=4)
        site.pair("bgp")
        site.quick_detection()
        site.active = 1
        made.append(site)
    return made


def prefers_the_second(site) -> bool:
    """The route of the peer with the lower MED, which comes a moment after the session."""
    return wait_until(lambda: "tunnel.2" in site.run(f"ip route get {VPC}"), 5, 0.1)


@pytest.mark.parametrize("fault", ["killed", "cut"])
def test_all_sessions_take_the_other_tunnel_and_come_back(engines, fault):
    for site in engines:
        site.up()
        assert prefers_the_second(site)
    seen = together(*(lambda site=site: failover(site, fault, 7, 12, f"BGP 1 3, {fault}, {site.plane.engine}") for site in engines))
    for site, observation in zip(engines, seen):
        for kind in ("new", "established", "ping"):
            assert 1 <= outage(observation, kind) <= 6, (site.plane.engine, kind)
        site.up()
        assert prefers_the_second(site), "active before, active again"
        assert [peer["state"] for peer in site.state()["bgp_peers"]] == ["Established", "Established"]
