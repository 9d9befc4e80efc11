# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A site of Prisma Access as a profile for either end, and the sheet for the device at the other one."""

from __future__ import annotations

import copy

import pytest

from ansible.errors import AnsibleFilterError

from ansible_collections.tunnelsmith.panos_vpn.plugins.filter.peer_sheet import peer_sheet
from ansible_collections.tunnelsmith.panos_vpn.plugins.filter.prisma_access_site import prisma_access_site

IKE = {"encryption": "aes-256-cbc", "hash": "sha384", "dh_group": "group20", "lifetime_seconds": 28800}
IPSEC = {"encryption": "aes-256-gcm", "authentication": "none", "dh_group": "group20", "lifetime_seconds": 3600}
SITE = {
    "name": "Lyon", "region": "eu-central-1", "subnets": ["10.80.0.0/16"],
    "ipsec_tunnel": {"name": "lyon-1", "peer_address": "198.51.100.10", "local_id": "prisma.example.com", "peer_id": "lyon@example.com", "ike": IKE,
                     "ipsec": IPSEC, "proxy_ids": [{"name": "all", "local": "10.200.0.0/16", "remote": "10.80.0.0/16"}]},
    "secondary_ipsec_tunnel": {"name": "lyon-2", "peer_address": "dynamic", "peer_id": "lyon-2@example.com", "passive_mode": True, "ike": IKE, "ipsec": IPSEC},
    "bgp": {"peer_as": 64900, "peer_ip_address": "10.80.0.1", "local_ip_address": "172.16.55.7"}, "bgp_peer": {"same_as_primary": True},
}
DONE = {"remote_networks": [SITE], "service_connections": [], "infrastructure": {"subnet": "172.16.55.0/24", "bgp_as": 65534}}
ANSWER = {"status": "success", "result": [{"zone": "Europe Central", "addresses": ["203.0.113.101"], "address_details": [
    {"address": "203.0.113.9", "serviceType": "remote_network", "addressType": "active", "node_name": ["Paris"]},
    {"address": "203.0.113.8", "serviceType": "remote_network", "addressType": "reserved", "node_name": ["Lyon"]},
    {"address": "203.0.113.101", "serviceType": "remote_network", "addressType": "active", "node_name": ["Lyon", "Nice"]}]}]}


def test_what_is_local_there_is_the_peers_here():
    first, second = prisma_access_site(DONE, service_addresses=["203.0.113.101"])["tunnels"]
    assert (first["outside_address"], first["customer_outside_address"]) == ("203.0.113.101", "198.51.100.10")
    assert (first["local_id"], first["peer_id"]) == ("lyon@example.com", "prisma.example.com")
    assert first["selector_pairs"] == [{"local": "10.80.0.0/16", "remote": "10.200.0.0/16"}]
    assert first["ike"]["encryption"] == "aes-256-cbc" and first["ipsec"]["dh_group"] == "group20"
    assert second["customer_outside_address"] is None and second["initiator"] == "firewall" and second["local_id"] == "lyon-2@example.com"


def test_bgp_is_spoken_behind_the_tunnel():
    profile = prisma_access_site(DONE, service_addresses=["203.0.113.101"])
    assert profile["routing"] == "bgp"
    assert [tunnel["bgp"] for tunnel in profile["tunnels"]] == [
        {"local_as": 64900, "peer_as": 65534, "hold_time": 90, "keep_alive": 30, "peer_address": "172.16.55.7", "local_address": "10.80.0.1",
         "multihop": 255, "host_route": True}] * 2


def test_the_secondary_tunnel_has_a_speaker_of_its_own():
    done = copy.deepcopy(DONE)
    done["remote_networks"][0]["bgp_peer"] = {"peer_ip_address": "10.80.0.5", "local_ip_address": "172.16.55.8"}
    second = prisma_access_site(done, service_addresses=["203.0.113.101"])["tunnels"][1]["bgp"]
    assert (second["local_address"], second["peer_address"]) == ("10.80.0.5", "172.16.55.8")


def test_speakers_that_are_neighbours_are_the_tunnel_s_own_addresses():
    done = copy.deepcopy(DONE)
    done["remote_networks"][0]["bgp"].update(peer_ip_address="169.254.80.2", local_ip_address="169.254.80.1")
    tunnel = prisma_access_site(done, service_addresses=["203.0.113.101"], outside_interfaces=["", "ethernet1/7"], outside_next_hops=["", "203.0.113.5"])
    first, second = tunnel["tunnels"]
    assert (first["inside_cidr"], first["inside_address"], first["inside_peer_address"]) == ("169.254.80.0/30", "169.254.80.2", "169.254.80.1")
    assert "peer_address" not in first["bgp"] and "outside_interface" not in first
    assert (second["outside_interface"], second["outside_next_hop"]) == ("ethernet1/7", "203.0.113.5")


def test_the_address_is_that_of_the_address_api():
    tunnels = prisma_access_site({**DONE, "addresses": ANSWER})["tunnels"]
    assert {tunnel["outside_address"] for tunnel in tunnels} == {"203.0.113.101"}


def test_the_sheet_for_the_device():
    """What the device calls local is its own side; the two profiles are each other's mirror."""
    profile = prisma_access_site(DONE, service_addresses=["203.0.113.101"], of_device=True)
    first = profile["tunnels"][0]
    assert (first["outside_address"], first["customer_outside_address"]) == ("198.51.100.10", "203.0.113.101")
    assert first["bgp"]["local_as"] == 65534 and first["bgp"]["peer_as"] == 64900
    rows = {row["field"]: row["value"] for section in peer_sheet(profile, product="panos")["sections"] for row in section["rows"]}
    assert "203.0.113.101" in rows.values() and "lyon-2@example.com" in str(rows)
    one = peer_sheet(profile, product="strongswan")
    told = {row["field"]: row["value"] for section in one["sections"] for row in section["rows"]}
    assert told["connections.Lyon-1.remote_addrs"] == "203.0.113.101" and told["connections.Lyon-1.local.id"] == "lyon@example.com"


@pytest.mark.parametrize("document, said, words", [
    (DONE, {}, "no address of Prisma Access is told"),
    (DONE, {"service_addresses": ["203.0.113.1", "203.0.113.2", "203.0.113.3"]}, "3 are given for 2 tunnels"),
    (DONE, {"service_addresses": ["prisma"]}, "'prisma' is no address"),
    (DONE, {"name": "Nice"}, "One site of Prisma Access is needed, Nice; this holds Lyon"),
    ({}, {}, "this holds none"),
    ({"name": "Lyon"}, {"service_addresses": ["203.0.113.1"]}, "no peer_address is told"),
])
def test_what_is_missing_is_named(document, said, words):
    with pytest.raises(AnsibleFilterError) as refused:
        prisma_access_site(document, **said)
    assert words in str(refused.value)
