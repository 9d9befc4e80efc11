# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A branch firewall with two lines, whose other end is a remote network of Prisma Access, built from what the Panorama runs that was told of it."""

from __future__ import annotations

import time
import xml.etree.ElementTree as ET

import pytest

from ansible_collections.tunnelsmith.panos_vpn.plugins.filter.prisma_access_site import prisma_access_site
from ansible_collections.tunnelsmith.panos_vpn.plugins.modules import prisma_access_panorama
from ansible_collections.tunnelsmith.panos_vpn.tests.dataplane.site import LAN, QUICK_DETECTION, SECOND_LINE, VPC
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.cloud import outputs
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.dataplane.enclave import wait_until
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.emulator import Emulator
from ansible_collections.tunnelsmith.panos_vpn.tests.unit.plugins.modules.door import provider_of, run_module

KEYS = ["notReal.first.Lyon", "notReal.second.Lyon"]
SERVICE = ["203.0.113.101", "203.0.113.102"]
INTERFACE, OWN, ROUTER = SECOND_LINE
BRANCH = {
    "name": "Lyon", "region": "eu-central-1", "spn_name": "europe-central-lime",
    "ipsec_tunnel": {"name": "lyon-1", "peer_address": "198.51.100.10", "pre_shared_key": KEYS[0]},
    "secondary_ipsec_tunnel": {"name": "lyon-2", "peer_address": OWN, "pre_shared_key": KEYS[1]},
    "bgp": {"peer_as": 64900, "peer_ip_address": "169.254.80.2", "local_ip_address": "169.254.80.1"},
    "bgp_peer": {"peer_ip_address": "169.254.80.6", "local_ip_address": "169.254.80.5"},
}


@pytest.fixture(scope="module")
def onboarded(able):
    """What the module returned of the branch, and what Panorama runs."""
    with Emulator(model="panorama", config="prisma") as panorama:
        panorama.control.commit_duration(0.05)
        panorama.firewall.plugin.duration = 0.05
        done = run_module(prisma_access_panorama, {
            "provider": provider_of(panorama), "remote_networks": [BRANCH], "commit_poll": 0.05, "push_poll": 0.05})
        assert not done.failed, done.message
        yield done.values, outputs.prisma(ET.fromstring(panorama.control.running()), "Lyon", SERVICE, panorama.firewall.secrets.reveal)


@pytest.fixture(scope="module")
def site(sites, onboarded):
    done, far_side = onboarded
    made = sites(connections=[far_side], dead_after=4, bgp_timers=(1, 3), med={1: 100, 2: 200})
    # The lab's last rule denies what no zone's rules allow, also within the zone of the second line.
    ends = [OWN, SERVICE[1]]
    made.change({"security_rule": {
        "name": "ike by the second line", "from": ["guest"], "to": ["guest"], "source": ends, "destination": ends, "action": "allow",
        "application": ["ike", "ipsec-esp", "ipsec-esp-udp"], "service": ["application-default"], "position": "top"}})
    profile = prisma_access_site(done, service_addresses=SERVICE, outside_interfaces=["", INTERFACE], outside_next_hops=["", ROUTER])
    for tunnel in profile["tunnels"]:
        tunnel["dpd"] = QUICK_DETECTION
    made.told = made.module(
        "site_to_site_vpn", name="prisma", connection=profile, pre_shared_keys=KEYS, failover="bgp", outside_interface="ethernet1/8", zone="prisma",
        source_zones=["trust"], local_networks=["10.10.0.0/24"], remote_networks=["10.200.0.0/16"], local_preference=[200, 100],
        commit=True, verify=True, verify_timeout=60, verify_poll=0.3, commit_poll=0.05)
    return made


def test_both_tunnels_and_bgp_are_up_on_both_sides(site):
    assert site.told["healthy"]
    assert site.ping(3, LAN, VPC) == 3
    learned = [endpoint.routing.command("show route protocol customer") for endpoint in site.aws]
    assert all("10.10.0.0/24" in routes for routes in learned)


def leads_into(site, interface: str) -> bool:
    return f"dev {interface} " in site.run(f"ip route get {VPC} || true")


def test_traffic_goes_over_to_the_secondary_tunnel_and_back(site):
    site.up()
    assert site.ping(3, LAN, VPC) == 3
    first, second = (tunnel["tunnel_interface"] for tunnel in site.told["vpn"]["tunnels"])
    assert wait_until(lambda: leads_into(site, first), 30, 0.1)
    began = time.monotonic()
    site.aws[0].kill()
    assert wait_until(lambda: leads_into(site, second) and site.plane.ping(LAN, VPC), 30, 0.1)
    seconds = time.monotonic() - began
    print(f"Prisma Access: over to the secondary tunnel in {seconds:.1f} s")
    # A hold time of three seconds, and both routers' own time.
    assert seconds <= 10
    site.aws[0].restart()
    site.up()
    assert wait_until(lambda: leads_into(site, first), 60, 0.2)
    assert site.ping(3, LAN, VPC) == 3
