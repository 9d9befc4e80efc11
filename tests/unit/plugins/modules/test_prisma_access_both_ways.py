# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One description, taken through the same changes by Panorama and in the cloud: after each, both tell the same sites, and a second run changes nothing."""

from __future__ import annotations

import copy

import pytest

from ansible_collections.tunnelsmith.panos_vpn.plugins.modules import prisma_access_cloud, prisma_access_panorama
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.cloud.strata.server import ACCOUNT, Account, Cloud, running
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.emulator import Emulator
from ansible_collections.tunnelsmith.panos_vpn.tests.unit.plugins.modules.door import provider_of, run_module

# Where the two stand-ins have bandwidth.
PANORAMA = {"region": "us-east-1", "spn_name": "us-east-birch"}
CLOUD = {"region": "us-southeast", "spn_name": "us-southeast-whitebeam"}


def tunnel(name, address, **more):
    return {"name": name, "peer_address": address, "pre_shared_key": f"notReal.{name}", **more}


LYON = {
    "name": "Lyon", "subnets": ["10.80.0.0/16", "10.81.0.0/16"],
    "ipsec_tunnel": tunnel("lyon-1", "198.51.100.10", tunnel_monitor={"destination_ip": "10.80.0.1"}),
    "secondary_ipsec_tunnel": tunnel("lyon-2", "dynamic", peer_id="lyon@example.com"),
    "bgp": {"peer_as": 65010, "peer_ip_address": "10.80.255.1", "local_ip_address": "10.80.255.2"}, "bgp_peer": {"same_as_primary": True}}
LINKS = [{"name": f"link-{number}", "ipsec_tunnel": tunnel(f"nice-{number}", f"198.51.100.{number}"), "bgp": {
    "peer_as": 65011, "peer_ip_address": f"10.82.{number}.1", "local_ip_address": f"10.82.{number}.2"}} for number in (1, 2, 3)]
NICE = {"name": "Nice", "ecmp_links": LINKS}
# What is given, one after the other.
STEPS = {
    "made": [LYON, NICE],
    "other networks": [{"name": "Lyon", "subnets": ["10.81.0.0/16", "10.83.0.0/16"]}],
    "the same networks in another order": [{"name": "Lyon", "subnets": ["10.83.0.0/16", "10.81.0.0/16"]}],
    "other peers and proposals": [{
        "name": "Lyon", "ipsec_tunnel": {"name": "lyon-1", "peer_address": "198.51.100.11", "anti_replay": False, "ike": {"encryption": "aes-128-cbc"}}}],
    "a lifetime of more than 65535 seconds": [{"name": "Lyon", "ipsec_tunnel": {"name": "lyon-1", "ike": {"lifetime_seconds": 86460}}}],
    "proxy IDs": [{"name": "Lyon", "ipsec_tunnel": {"name": "lyon-1", "proxy_ids": [{"name": "one", "local": "0.0.0.0/0", "remote": "10.80.0.0/12"}]}}],
    "fewer links": [{"name": "Nice", "ecmp_links": [LINKS[0], LINKS[2]]}],
    "another speaker": [{"name": "Lyon", "bgp": {"peer_ip_address": "10.80.255.9"}}],
}


@pytest.fixture(scope="module")
def ways(tmp_path_factory):
    """Each way, as a function of sites: what the module returns."""
    with Emulator(model="panorama", config="prisma") as panorama, running(Cloud(), tmp_path_factory.mktemp("cloud")) as there:
        panorama.control.commit_duration(0.02)
        panorama.firewall.plugin.duration = 0.02
        there.cloud.__init__({ACCOUNT: Account("a secret", "1000000001")})
        scm = {"client_id": ACCOUNT, "client_secret": "a secret", "tsg_id": "1000000001", "base_url": there.url,
               "token_url": f"{there.url}/oauth2/access_token", "ca_path": str(there.ca_path), "retry_timeout": 3}
        by_panorama = {"provider": provider_of(panorama), "commit_poll": 0.02, "push_poll": 0.02}
        yield {"panorama": lambda sites, **more: run_module(prisma_access_panorama, {**by_panorama, **sited(sites, PANORAMA), **more}),
               "cloud": lambda sites, **more: run_module(prisma_access_cloud, {"scm": scm, "push_poll": 0.02, **sited(sites, CLOUD), **more})}


def sited(sites, place):
    """Sites with a location, where they are made."""
    made = [{**copy.deepcopy(site), **(place if site in (LYON, NICE) else {})} for site in sites]
    return {"remote_networks": made}


def told(result):
    """The sites that a module tells, without what differs between the stand-ins, and without what one of them alone spells out."""
    assert not result.failed, result.message
    sites = copy.deepcopy(result.values["remote_networks"])
    for site in sites:
        for option in ("region", "spn_name", "license_type"):
            site.pop(option, None)
        site.get("subnets", []).sort()
        for each in [site.get("ipsec_tunnel"), site.get("secondary_ipsec_tunnel"), *(link["ipsec_tunnel"] for link in site.get("ecmp_links", []))]:
            for option in ("key_exchange", "local_id_type", "peer_id_type", "copy_tos", "passive_mode"):
                (each or {}).pop(option, None)
    return sites


def test_both_ways_make_the_same_of_one_description(ways):
    for words, sites in STEPS.items():
        first = {way: run(sites) for way, run in ways.items()}
        assert told(first["panorama"]) == told(first["cloud"]), words
        assert {run(sites).changed for run in ways.values()} == {False}, words
    gone = [{"name": "Lyon"}, {"name": "Nice"}]
    assert {run(gone, state="absent").changed for run in ways.values()} == {True}
    assert {run(gone, state="absent").changed for run in ways.values()} == {False}
