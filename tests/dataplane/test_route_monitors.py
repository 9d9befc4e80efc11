# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Static routes that go with a tunnel whose monitor says fail-over, and with a path that is monitored; on both routing daemons."""

from __future__ import annotations

import pytest

from ansible_collections.tunnelsmith.panos_vpn.tests.dataplane.failovers import together
from ansible_collections.tunnelsmith.panos_vpn.tests.dataplane.site import connection
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.dataplane.enclave import wait_until

DAEMONS = ("bird", "frr")
ROUTES = {"by-tunnel": "10.77.0.0/16", "by-path": "10.78.0.0/16"}


def prepared(sites, routing: str):
    site = sites(connection("pbf"), routing=routing, dead_after=4)
    site.pair("pbf")
    first, second = site.plane.firewall.running.tunnels
    inside = [endpoint.endpoint.inside for endpoint in site.aws]
    site.change(
        {"monitor_profile": {"name": "leave", "interval": 2, "threshold": 2, "action": "fail-over"}},
        {"ipsec_tunnel": {"name": first.name, "tunnel_monitor": {"enable": True, "destination_ip": inside[0], "tunnel_monitor_profile": "leave"}}},
        {"static_route": {"name": "by-tunnel", "virtual_router": "default", "destination": ROUTES["by-tunnel"], "interface": first.interface}},
        {"static_route": {
            "name": "by-path", "virtual_router": "default", "destination": ROUTES["by-path"], "interface": second.interface,
            "path_monitor": {"enable": True, "hold_time": 0, "monitor_destinations": [
                {"name": "aws", "enable": True, "source": "DHCP", "destination": inside[1], "interval": 1, "count": 3}]}}},
    )
    return site


def stand(site, *names: str) -> bool:
    """Whether just these routes stand, within half a minute."""
    def standing() -> set[str]:
        table = site.run("ip -4 route")
        return {name for name, network in ROUTES.items() if network in table}

    return wait_until(lambda: standing() == set(names), 30, 0.3)


def life(site) -> dict[str, bool]:
    site.up()
    found = {"while all is well": stand(site, "by-tunnel", "by-path")}
    for endpoint in site.aws:
        site.plane.internet.cut(endpoint.endpoint.outside)
    found["while the paths are cut"] = stand(site)
    # What is not watched any more is there again, whatever was seen last.
    site.change({"ipsec_tunnel": {"name": site.plane.firewall.running.tunnels[0].name, "tunnel_monitor": {"enable": False}}})
    found["without the tunnel's monitor"] = stand(site, "by-tunnel")
    site.plane.internet.mend()
    found["when the paths are mended"] = stand(site, "by-tunnel", "by-path")
    return found


@pytest.fixture(scope="module")
def seen(sites):
    made = [prepared(sites, routing) for routing in DAEMONS]
    return dict(zip(DAEMONS, together(*(lambda site=site: life(site) for site in made))))


@pytest.mark.parametrize("routing", DAEMONS)
def test_routes_come_and_go_with_what_is_watched(seen, routing):
    assert seen[routing] == {
        "while all is well": True, "while the paths are cut": True, "without the tunnel's monitor": True, "when the paths are mended": True}
