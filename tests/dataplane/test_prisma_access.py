# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A branch firewall with two lines and two remote networks of Prisma Access at their other ends, one managed by Panorama and one in the cloud: each end is
built from what is managed there, and the firewall's from what the module returned."""

from __future__ import annotations

import time
import xml.etree.ElementTree as ET

import pytest

from ansible_collections.tunnelsmith.panos_vpn.plugins.filter.prisma_access_site import prisma_access_site
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.peers.profile import PROVISIONING, PROVISIONING_FAILED
from ansible_collections.tunnelsmith.panos_vpn.plugins.modules import prisma_access_cloud, prisma_access_panorama, site_to_site_vpn
from ansible_collections.tunnelsmith.panos_vpn.tests.dataplane.site import LAN, QUICK_DETECTION, SECOND_LINE
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.cloud import outputs
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.cloud.strata import presets
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.cloud.strata.server import ACCOUNT, Account, Cloud, running
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.dataplane.enclave import wait_until
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.emulator import Emulator
from ansible_collections.tunnelsmith.panos_vpn.tests.unit.plugins.modules.door import run_module
from ansible_collections.tunnelsmith.panos_vpn.tests.unit.plugins.modules.given_and_told import provider_of

INTERFACE, OWN, ROUTER = SECOND_LINE
LINES = ["198.51.100.10", OWN]
# Way of managing → the addresses that Prisma Access has there.
SERVICES = {"panorama": ["203.0.113.101", "203.0.113.102"], "cloud": ["203.0.113.111", "203.0.113.112"]}
SITES = {"panorama": {"name": "Lyon", "region": "eu-central-1", "spn_name": "europe-central-lime"},
         "cloud": {"name": "Atlanta", "region": "us-southeast", "spn_name": "us-southeast-whitebeam"}}
WAYS = list(SERVICES)


def keys(way: str) -> list[str]:
    return [f"notReal.{which}.{way}" for which in ("first", "second")]


def branch(way: str) -> dict:
    network = f"169.254.{80 + WAYS.index(way)}"
    tunnels = [{"name": f"{way}-{number}", "peer_address": line, "pre_shared_key": key} for number, (line, key) in enumerate(zip(LINES, keys(way)), 1)]
    return {
        **SITES[way], "ipsec_tunnel": tunnels[0], "secondary_ipsec_tunnel": tunnels[1],
        "bgp": {"peer_as": 64900, "peer_ip_address": f"{network}.2", "local_ip_address": f"{network}.1"},
        "bgp_peer": {"peer_ip_address": f"{network}.6", "local_ip_address": f"{network}.5"}}


def by_panorama() -> tuple:
    """What the module returned of the branch, and the other end by what Panorama runs."""
    with Emulator(model="panorama", config="prisma") as panorama:
        panorama.control.commit_duration(0.05)
        panorama.firewall.plugin.duration = 0.05
        done = run_module(prisma_access_panorama, {
            "provider": provider_of(panorama), "remote_networks": [branch("panorama")], "commit_poll": 0.05, "push_poll": 0.05})
        assert not done.failed, done.message
        far = outputs.prisma(ET.fromstring(panorama.control.running()), "Lyon", SERVICES["panorama"], panorama.firewall.secrets.reveal)
    return done.values, far


def in_the_cloud(folder) -> tuple:
    """The same by what the cloud runs."""
    with running(Cloud({ACCOUNT: Account("a secret", "1000000001")}), folder) as there:
        scm = {"client_id": ACCOUNT, "client_secret": "a secret", "tsg_id": "1000000001", "base_url": there.url,
               "token_url": f"{there.url}/oauth2/access_token", "ca_path": str(there.ca_path)}
        done = run_module(prisma_access_cloud, {"scm": scm, "remote_networks": [branch("cloud")], "push_poll": 0.02})
        assert not done.failed, done.message
        tenant = there.cloud.tenant
        far = outputs.prisma_in_the_cloud(tenant.running["objects"], presets.SETTINGS["infra_bgp_as"], "Atlanta", SERVICES["cloud"], tenant.reveal)
    return done.values, far


@pytest.fixture(scope="module")
def site(sites, tmp_path_factory):
    onboarded = {"panorama": by_panorama(), "cloud": in_the_cloud(tmp_path_factory.mktemp("cloud"))}
    made = sites(connections=[far for dummy, far in onboarded.values()], dead_after=4, bgp_timers=(1, 3), med={1: 100, 2: 200})
    # The lab's last rule denies what no zone's rules allow, also within the zone of the second line.
    ends = [OWN, *(addresses[1] for addresses in SERVICES.values())]
    made.change({"security_rule": {
        "name": "ike by the second line", "from": ["guest"], "to": ["guest"], "source": ends, "destination": ends, "action": "allow",
        "application": ["ike", "ipsec-esp", "ipsec-esp-udp"], "service": ["application-default"], "position": "top"}})
    made.onboarded = {way: done for way, (done, dummy) in onboarded.items()}
    made.told = {way: made.module("site_to_site_vpn", **options(made, way, done), verify_timeout=60) for way, done in made.onboarded.items()}
    return made


def options(site, way: str, done: dict) -> dict:
    """What the firewall is told of its end, by what was C(done) at the other one."""
    profile = prisma_access_site(done, service_addresses=SERVICES[way], outside_interfaces=["", INTERFACE], outside_next_hops=["", ROUTER])
    for tunnel in profile["tunnels"]:
        tunnel["dpd"] = QUICK_DETECTION
    return {
        "name": f"prisma-{way}", "connection": profile, "pre_shared_keys": keys(way), "failover": "bgp", "outside_interface": "ethernet1/8", "zone": "prisma",
        "source_zones": ["trust"], "local_networks": ["10.10.0.0/24"], "remote_networks": [str(other_end(site, way).vpc)], "local_preference": [200, 100],
        "commit": True, "verify": True, "verify_poll": 0.3, "commit_poll": 0.05}


@pytest.fixture(params=WAYS)
def way(request):
    return request.param


def other_end(site, way: str):
    return site.plane.clouds[WAYS.index(way)]


def test_both_tunnels_and_bgp_are_up_on_both_sides(site, way):
    far = other_end(site, way)
    assert site.told[way]["healthy"]
    assert site.ping(3, LAN, far.address) == 3
    assert all("10.10.0.0/24" in endpoint.routing.command("show route protocol customer") for endpoint in far.endpoints)
    peers = site.module("vpn_info", name=f"prisma-{way}")["vpn"]["state"]["bgp_peers"]
    assert [(peer["peer_address"], peer["state"], [prefixes["accepted"] for prefixes in peer["prefixes"]]) for peer in peers] == [
        (branch(way)[option]["local_ip_address"], "Established", [1]) for option in ("bgp", "bgp_peer")]


def test_traffic_goes_over_to_the_secondary_tunnel_and_back(site):
    """Of both ways at once: they have nothing in common but the firewall."""
    site.up()
    ends = [other_end(site, way) for way in WAYS]
    interfaces = [[tunnel["tunnel_interface"] for tunnel in site.told[way]["vpn"]["tunnels"]] for way in WAYS]

    def lead_into(number: int) -> bool:
        return all(f"dev {units[number]} " in site.run(f"ip route get {far.address} || true") for far, units in zip(ends, interfaces))

    assert wait_until(lambda: lead_into(0), 30, 0.1)
    assert [site.ping(3, LAN, far.address) for far in ends] == [3, 3]
    began = time.monotonic()
    for far in ends:
        far.endpoints[0].kill()
    seconds = {}

    def has_gone_over() -> bool:
        for name, far, units in zip(WAYS, ends, interfaces):
            if name not in seconds and f"dev {units[1]} " in site.run(f"ip route get {far.address} || true") and site.plane.ping(LAN, far.address):
                seconds[name] = time.monotonic() - began
        return len(seconds) == len(WAYS)

    assert wait_until(has_gone_over, 30, 0.1), seconds
    print("Prisma Access: over to the secondary tunnel in", ", ".join(f"{taken:.1f} s ({name})" for name, taken in seconds.items()))
    # A hold time of three seconds, and both routers' own time.
    assert max(seconds.values()) <= 10
    for far in ends:
        far.endpoints[0].restart()
    site.up()
    assert wait_until(lambda: lead_into(0), 60, 0.2)
    assert [site.ping(3, LAN, far.address) for far in ends] == [3, 3]


def test_a_run_whose_tunnels_are_down_says_what_prisma_access_says(site):
    """By what its management told when it was asked, as in tests/unit/plugins/modules/test_prisma_access_*_info.py."""
    words = {"panorama": "the plugin could not provision 1 of 1 remote networks (job 102, error code 1)", "cloud": "push job 187 has not ended"}
    causes = {"panorama": PROVISIONING_FAILED, "cloud": PROVISIONING}
    for way in WAYS:
        for endpoint in other_end(site, way).endpoints:
            endpoint.kill()
    # A firewall finds by its own timers that a peer is dead, a moment after the packets are.
    assert wait_until(lambda: not any(tunnel["healthy"] for tunnel in site.state()["tunnels"]), 60, 0.5)
    for way in WAYS:
        obstacle = {"site": SITES[way]["name"], "kind": "remote network", "cause": causes[way], "description": words[way]}
        told = {**site.onboarded[way], "obstacles": [obstacle]}
        failed = run_module(site_to_site_vpn, {"provider": provider_of(site.emulator), **options(site, way, told), "verify_timeout": 6})
        assert failed.failed and f"what manages the far side says: {words[way]} ({causes[way]})" in failed.message, failed.message
