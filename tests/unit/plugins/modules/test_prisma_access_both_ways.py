# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One description, taken through the same changes by Panorama and in the cloud: after each, both tell the same sites, and a second run changes nothing."""

from __future__ import annotations

import copy
import xml.etree.ElementTree as ET

import pytest

from ansible_collections.tunnelsmith.panos_vpn.plugins.modules import prisma_access_cloud, prisma_access_panorama
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.cloud.strata.server import ACCOUNT, Account, Cloud, running
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.emulator import Emulator
from ansible_collections.tunnelsmith.panos_vpn.tests.unit.plugins.modules.door import run_module
from ansible_collections.tunnelsmith.panos_vpn.tests.unit.plugins.modules.given_and_told import provider_of
from ansible_collections.tunnelsmith.panos_vpn.tests.unit.plugins.modules.test_prisma_access_panorama import network_of

# Where the two stand-ins have bandwidth.
PANORAMA = {"region": "us-east-1", "spn_name": "us-east-birch"}
CLOUD = {"region": "us-southeast", "spn_name": "us-southeast-whitebeam"}
PLACED = {"region": "where its way has bandwidth"}
# Where tunnels, gateways and crypto profiles stand by each way.
PLACES = ("tunnel/ipsec", "ike/gateway", "ike/crypto-profiles/ike-crypto-profiles", "ike/crypto-profiles/ipsec-crypto-profiles")
RESOURCES = ("ipsec-tunnels", "ike-gateways", "ike-crypto-profiles", "ipsec-crypto-profiles")


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
def tenants(tmp_path_factory):
    """An emulated Panorama, and a cloud."""
    with Emulator(model="panorama", config="prisma") as panorama, running(Cloud(), tmp_path_factory.mktemp("cloud")) as there:
        panorama.control.commit_duration(0.02)
        panorama.firewall.plugin.duration = 0.02
        there.cloud.__init__({ACCOUNT: Account("a secret", "1000000001")})
        yield panorama, there


@pytest.fixture(scope="module")
def ways(tenants):
    """Each way, as a function of sites: what the module returns."""
    panorama, there = tenants
    scm = {"client_id": ACCOUNT, "client_secret": "a secret", "tsg_id": "1000000001", "base_url": there.url,
           "token_url": f"{there.url}/oauth2/access_token", "ca_path": str(there.ca_path), "retry_timeout": 3}
    by_panorama = {"provider": provider_of(panorama), "commit_poll": 0.02, "push_poll": 0.02}
    in_the_cloud = {"scm": scm, "push_poll": 0.02}
    return {"panorama": lambda sites, check=False, **more: run_module(prisma_access_panorama, {**by_panorama, **sited(sites, PANORAMA), **more}, check),
            "cloud": lambda sites, check=False, **more: run_module(prisma_access_cloud, {**in_the_cloud, **sited(sites, CLOUD), **more}, check)}


@pytest.fixture
def stand(tenants):
    """A function that tells, of each way, the names of the tunnels, gateways and crypto profiles of Lyon and Nice that run."""
    panorama, there = tenants
    folder = network_of("Remote_Network_Template")

    def told():
        template = ET.fromstring(panorama.control.running(folder))
        entries = [[entry.get("name") for entry in template.findall(f"{place}/entry")] for place in PLACES]
        objects = [[found["name"] for found in there.cloud.tenant.running["objects"][resource].values()] for resource in RESOURCES]
        return [[sorted(name for name in names if name.startswith(("lyon-", "nice-"))) for names in way] for way in (entries, objects)]

    return told


def sited(sites, place):
    """Sites with a location, where all of them is said."""
    return {"remote_networks": [{**copy.deepcopy(site), **(place if site in (LYON, NICE) or "region" in site else {})} for site in sites]}


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


# What a site is, when it is replaced → the numbers of Lyon's tunnels then.
WHOLE = {**LYON, **{"ipsec_tunnel": {"name": "lyon-1"}, "secondary_ipsec_tunnel": {"name": "lyon-2"}}}
WITHOUT = {option: value for option, value in WHOLE.items() if option not in ("secondary_ipsec_tunnel", "bgp_peer")}
REPLACED = {
    "the secondary tunnel is gone": ({**WITHOUT, "subnets": ["10.80.0.0/16"]}, [1]),
    "the secondary tunnel is another": ({**WITHOUT, "secondary_ipsec_tunnel": tunnel("lyon-3", "198.51.100.13"), "bgp_peer": LYON["bgp_peer"]}, [1, 3]),
    "the primary tunnel is what the secondary one was": ({**WITHOUT, "ipsec_tunnel": {"name": "lyon-3"}}, [3]),
    "networks in place of BGP": ({"name": "Lyon", "ipsec_tunnel": {"name": "lyon-3"}, "subnets": ["10.80.0.0/16"]}, [3]),
}


def test_what_is_not_said_of_a_replaced_site_goes(ways, stand):
    """With its tunnels, and what these alone need."""
    for run in ways.values():
        assert not run([LYON, NICE]).failed
    others = [[name for name in names if name.startswith("nice-")] for names in stand()[0]]
    for words, (site, numbers) in REPLACED.items():
        sites = [{**site, **PLACED}]
        planned = [run(sites, check=True, state="replaced") for run in ways.values()]
        done = {way: run(sites, state="replaced") for way, run in ways.items()}
        assert [result.diff for result in planned] == [result.diff for result in done.values()], words
        assert told(done["panorama"]) == told(done["cloud"]), words
        assert [run(sites, state="replaced").changed for run in ways.values()] == [False, False], words
        assert stand() == [[sorted([f"lyon-{number}" for number in numbers] + names) for names in others]] * 2, words
    for way, run in ways.items():
        refused = run([{**site, **PLACED, "ipsec_tunnel": None, "secondary_ipsec_tunnel": {"name": "lyon-3"}}], state="replaced")
        assert "it has a secondary_ipsec_tunnel and no ipsec_tunnel" in refused.message and "nothing was written" in refused.message, way


def test_a_service_connection_is_replaced_by_one_without_secondary_tunnel(ways):
    paris = {"name": "Paris", "subnets": ["10.90.0.0/16"], "ipsec_tunnel": tunnel("paris-1", "198.51.100.30"),
             "secondary_ipsec_tunnel": tunnel("paris-2", "198.51.100.31"), "nat_pool": "10.91.0.0/24",
             "bgp": {"peer_as": 65020, "peer_ip_address": "10.90.255.1", "local_ip_address": "10.90.255.2", "do_not_export_routes": True},
             "bgp_peer": {"same_as_primary": True}}
    kept = {"name": "Paris", "subnets": paris["subnets"], "ipsec_tunnel": {"name": "paris-1"},
            "bgp": {option: value for option, value in paris["bgp"].items() if option != "do_not_export_routes"}}
    for way, run in ways.items():
        place = {"region": (PANORAMA if way == "panorama" else CLOUD)["region"]}
        assert not run([], service_connections=[{**paris, **place}]).failed, way
        (site,) = run([], service_connections=[{**kept, **place}], state="replaced").values["service_connections"]
        assert site["ipsec_tunnel"]["name"] == "paris-1" and not {"secondary_ipsec_tunnel", "bgp_peer", "nat_pool"} & site.keys(), way
        assert not site["bgp"].get("do_not_export_routes"), way
        assert not run([], service_connections=[{**kept, **place}], state="replaced").changed, way
        assert run([], service_connections=[{"name": "Paris"}], state="absent").changed, way
