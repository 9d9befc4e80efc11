# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Input that site_to_site_vpn refuses before it asks a firewall anything: the message names the option, and never holds a key."""

from __future__ import annotations

import pytest

from ansible_collections.tunnelsmith.panos_vpn.tests.unit.plugins.modules.pairing import (
    HOSTILE_KEY, VpnDoor, changed_tunnels, every_tunnel, options, profile,
)

SMALL = {"local": "10.200.0.0/16", "remote": "10.10.0.0/24"}
ONE = profile("pbf")["tunnels"][:1]

# Words of the message, failover, and what is given beside a whole VPN.
INPUTS = {
    "no tunnels": (["tunnels"], "pbf", {"tunnels": None}),
    "no failover": (["failover"], "pbf", {"failover": None}),
    "no outside interface": (["outside_interface"], "pbf", {"outside_interface": None}),
    "no networks": (["local_networks", "remote_networks"], "pbf", {"local_networks": None, "remote_networks": None}),
    "an empty list of tunnels": (["1 to 8 tunnels", "0 are given"], "pbf", {"tunnels": []}),
    "nine tunnels": (["1 to 8 tunnels", "9 are given"], "pbf", {"tunnels": ONE * 9}),
    "the same tunnel twice": (["same outside or inside address"], "pbf", {"tunnels": ONE * 2}),
    "a failover that does not exist": (["failover", "ecmp"], "pbf", {"failover": "ecmp"}),
    "a static connection with BGP": (["failover: bgp", "static", "pbf or routes"], "bgp", {"tunnels": profile("pbf")["tunnels"]}),
    "narrow selectors with BGP": (["10.200.0.0/16", "BGP"], "bgp", {"tunnels": every_tunnel("bgp", {"traffic_selectors": SMALL})}),
    "narrow selectors that leave the monitor out": (
        ["monitor address 169.254.31.69"], "pbf", {"tunnels": every_tunnel("pbf", {"traffic_selectors": SMALL})}),
    "the same AS on both sides": (["AS 65000 on both sides"], "bgp", {"tunnels": every_tunnel("bgp", {"bgp": {"peer_as": 65000}})}),
    "a tunnel without a key": (
        ["203.0.113.142", "pre-shared key", "pre_shared_keys"], "pbf", {"tunnels": changed_tunnels("pbf", {}, {"pre_shared_key": None})}),
    "fewer keys than tunnels": (["pre_shared_keys", "(2), not 1"], "pbf", {"pre_shared_keys": [HOSTILE_KEY]}),
    "a cipher as others write it": (
        ["tunnel 1: ike.encryption", "AES256", "perhaps 'aes-256-", "aes-256-cbc"], "pbf",
        {"tunnels": changed_tunnels("pbf", {"ike": {**ONE[0]["ike"], "encryption": "AES256"}, "offers": None})}),
    "a group as a number": (
        ["tunnel 1: ipsec.dh_group", "'14'", "perhaps 'group14'", "no-pfs"], "pbf",
        {"tunnels": changed_tunnels("pbf", {"ipsec": {**ONE[0]["ipsec"], "dh_group": "14"}, "offers": None})}),
    "a hash as others write it": (
        ["tunnel 1: ike.hash", "'SHA2-256'", "sha256"], "pbf",
        {"tunnels": changed_tunnels("pbf", {"ike": {**ONE[0]["ike"], "hash": "SHA2-256"}, "offers": None})}),
    "an endpoint that is neither an address nor a name": (
        ["outside_address", "203.0.113.300"], "pbf", {"tunnels": changed_tunnels("pbf", {"outside_address": "203.0.113.300"})}),
    "a peer without an address that shows no ID": (
        ["tunnel 1", "peer_id", "without a fixed address"], "pbf", {"tunnels": changed_tunnels("pbf", {"outside_address": "dynamic"})}),
    "the firewall is to begin with a peer without an address": (
        ["tunnel 1", "initiator", "no fixed address"], "pbf",
        {"tunnels": changed_tunnels("pbf", {"outside_address": "dynamic", "peer_id": "a.example.net", "initiator": "firewall"})}),
    "a key and a certificate": (
        ["tunnel 1", "pre-shared key and certificate"], "pbf",
        {"tunnels": changed_tunnels("pbf", {"certificate": {"local_certificate": "fw", "certificate_profile": "peers"}})}),
    "half of a certificate": (
        ["tunnel 1", "certificate.certificate_profile"], "pbf",
        {"tunnels": changed_tunnels("pbf", {"pre_shared_key": None, "certificate": {"local_certificate": "fw"}})}),
    "a certificate that is not there": (
        ["certificate.local_certificate", "'fw'", "there are none"], "pbf",
        {"tunnels": changed_tunnels("pbf", {"pre_shared_key": None, "certificate": {"local_certificate": "fw", "certificate_profile": "peers"}})}),
    "signatures without their key": (
        ["tunnel 1", "'paris'", "bgp_secrets"], "bgp",
        {"tunnels": changed_tunnels("bgp", {"bgp": {**profile("bgp")["tunnels"][0]["bgp"], "authentication": "paris"}})}),
    "fewer keys of BGP than tunnels": (["bgp_secrets", "(2), not 1"], "bgp", {"bgp_secrets": ["notReal.md5"]}),
    "one speaker in two tunnels": (
        ["tunnel 2", "10.50.255.30", "one of its own"], "bgp",
        {"tunnels": every_tunnel("bgp", {"bgp": {**profile("bgp")["tunnels"][0]["bgp"], "peer_address": "10.50.255.30"}})}),
    "a speaker of another family": (
        ["tunnel 1", "bgp.peer_address", "IPv6"], "bgp",
        {"tunnels": changed_tunnels("bgp", {"bgp": {**profile("bgp")["tunnels"][0]["bgp"], "peer_address": "fd00::1", "local_address": "10.10.0.1"}})}),
    "a speaker that is not reached": (
        ["tunnel 1", "host_route", "10.50.255.30"], "bgp",
        {"tunnels": changed_tunnels("bgp", {"bgp": {**profile("bgp")["tunnels"][0]["bgp"], "peer_address": "10.50.255.30", "host_route": False}})}),
    "an address that is none": (
        ["tunnel 1", "local_id", "'fw.example.net'", "ipaddr"], "pbf",
        {"tunnels": changed_tunnels("pbf", {"local_id": "fw.example.net", "local_id_type": "ipaddr"})}),
    "a name that is a mail address": (
        ["tunnel 1", "peer_id", "fqdn"], "pbf", {"tunnels": changed_tunnels("pbf", {"peer_id": "me@example.net", "peer_id_type": "fqdn"})}),
    "a mail address that is a name": (
        ["tunnel 1", "peer_id", "ufqdn"], "pbf", {"tunnels": changed_tunnels("pbf", {"peer_id": "example.net", "peer_id_type": "ufqdn"})}),
    "a distinguished name that is none": (
        ["tunnel 1", "peer_id", "dn"], "pbf", {"tunnels": changed_tunnels("pbf", {"peer_id": "example.net", "peer_id_type": "dn"})}),
    "a kind of no ID": (["tunnel 1", "peer_id_type goes with peer_id"], "pbf", {"tunnels": changed_tunnels("pbf", {"peer_id_type": "keyid"})}),
    "selectors that overlap": (
        ["remote_networks", "10.200.0.0/16 and 10.200.1.0/24 overlap"], "pbf",
        {"failover": "routes", "policy_based": True, "remote_networks": ["10.200.0.0/16", "10.200.1.0/24"]}),
    "more proxy IDs than the peer takes": (
        ["4 pairs of networks", "AWS takes 1"], "pbf",
        {"failover": "routes", "policy_based": True, "local_networks": ["10.10.0.0/24", "10.30.0.0/16"],
         "remote_networks": ["10.200.0.0/16", "10.201.0.0/16"]}),
    "a monitor that no static route has": (["monitor_threshold", "3 to 10", "not 2"], "pbf", {"failover": "routes", "monitor_threshold": 2}),
    "an outside interface without a route to its endpoint": (
        ["tunnel 2", "outside_interface", "ethernet1/7", "outside_next_hop"], "pbf",
        {"tunnels": changed_tunnels("pbf", {}, {"outside_interface": "ethernet1/7", "customer_outside_address": None})}),
    "a next router that is not beside the interface": (
        ["tunnel 1", "outside_next_hop", "192.0.2.1", "ethernet1/8"], "pbf", {"tunnels": changed_tunnels("pbf", {"outside_next_hop": "192.0.2.1"})}),
    "an outside interface that is not there": (
        ["outside_interface", "ethernet1/77"], "pbf", {"tunnels": changed_tunnels("pbf", {"outside_interface": "ethernet1/77"})}),
    "an inside range that AWS reserves": (["169.254.0.0/30", "reserved"], "pbf", {"tunnels": changed_tunnels("pbf", {
        "inside_cidr": "169.254.0.0/30", "inside_address": "169.254.0.2", "inside_peer_address": "169.254.0.1"})}),
    "an inside address outside of its range": (
        ["169.254.9.9", "169.254.31.68/30"], "pbf", {"tunnels": changed_tunnels("pbf", {"inside_address": "169.254.9.9"})}),
    "an inside address alone": (["go together"], "pbf", {"tunnels": changed_tunnels("pbf", {"inside_cidr": None})}),
    "no inside addresses to probe": (["needs inside_cidr"], "pbf", {"tunnels": changed_tunnels(
        "pbf", {"inside_cidr": None, "inside_address": None, "inside_peer_address": None})}),
    "a proposal with a gap": (["tunnel 1", "ike", "encryption"], "pbf", {"tunnels": changed_tunnels("pbf", {"offers": None, "ike": {"encryption": None}})}),
    "a proposal that PAN-OS has not got": (
        ["encryption", "camellia"], "pbf", {"tunnels": changed_tunnels("pbf", {"offers": None, "ike": {"encryption": "camellia"}})}),
    "offers without anything in common": (
        ["no phase 1 encryption", "camellia"], "pbf", {"tunnels": changed_tunnels("pbf", {"offers": {"ike": {
            **profile("pbf")["tunnels"][0]["offers"]["ike"], "encryption": ["camellia"]}}})}),
    "fewer interfaces than tunnels": (["tunnel_interfaces", "(2), not 1"], "pbf", {"tunnel_interfaces": ["tunnel.5"]}),
    "one interface for both tunnels": (["tunnel_interfaces", "of its own"], "pbf", {"tunnel_interfaces": ["tunnel.5", "tunnel.5"]}),
    "an interface that is no tunnel's": (["tunnel_interfaces", "ethernet1/1"], "pbf", {"tunnel_interfaces": ["tunnel.5", "ethernet1/1"]}),
    "fewer monitor addresses than tunnels": (["monitor_addresses", "(2), not 1"], "pbf", {"monitor_addresses": ["10.200.0.1"]}),
    "a monitor address that is none": (["monitor_addresses", "10.200.0.300"], "pbf", {"monitor_addresses": ["10.200.0.1", "10.200.0.300"]}),
    "a monitor interval out of its range": (["interval", "2 to 100"], "pbf", {"monitor_interval": 1}),
    "a monitor threshold out of its range": (["threshold"], "pbf", {"monitor_threshold": 1}),
    "an MTU out of its range": (["mtu", "576"], "pbf", {"mtu": 400}),
    "a tunnel that is not there preferred": (["primary_tunnel", "no tunnel 3"], "pbf", {"primary_tunnel": 3}),
    "preferences with PBF": (["local_preference", "failover: bgp"], "pbf", {"local_preference": [200, 100]}),
    "backup routes with BGP": (["backup_routes", "failover: pbf"], "bgp", {"backup_routes": True}),
    "a monitor's interval with BGP": (
        ["aws_pairing_monitor_interval goes with aws_pairing_failover: pbf or routes", "no effect with bgp"], "bgp",
        {"monitor_interval": 5, "option_prefix": "aws_pairing_"}),
    "a monitor's threshold with BGP": (["monitor_threshold goes with", "ecmp"], "bgp", {"failover": "ecmp", "monitor_threshold": 2}),
    "monitor addresses with BGP": (["monitor_addresses goes with"], "bgp", {"monitor_addresses": ["10.200.0.1", "10.200.0.2"]}),
    "fewer preferences than tunnels": (["local_preference", "(2), not 1"], "bgp", {"local_preference": [200]}),
    "a router ID that is none": (["router_id", "lyon"], "bgp", {"router_id": "lyon"}),
    "pairs of networks with PBF": (["policy_based", "say failover: routes"], "pbf", {"policy_based": True}),
    "a network with host bits": (["local_networks", "10.10.0.1/24"], "pbf", {"local_networks": ["10.10.0.1/24"]}),
    "a network that is none": (["remote_networks", "aws"], "pbf", {"remote_networks": ["aws"]}),
    "everything": (["remote_networks", "0.0.0.0/0", "allow_default_route"], "pbf", {"remote_networks": ["0.0.0.0/0"]}),
    "the same network on both sides": (["remote_networks", "10.10.0.0/24"], "pbf", {"remote_networks": ["10.10.0.0/24"]}),
    "networks that overlap": (["remote_networks", "10.0.0.0/8", "10.10.0.0/24"], "pbf", {"remote_networks": ["10.0.0.0/8"]}),
    "IPv6 there alone": (["remote_networks", "2001:db8::/32", "IPv6"], "pbf", {"remote_networks": ["2001:db8::/32"]}),
    "a place without its rule": (["rule_position", "rule"], "pbf", {"rule_position": {"where": "before"}}),
    "a place with a rule too many": (["rule_position", "rule"], "pbf", {"rule_position": {"where": "top", "rule": "x"}}),
    "a name that is too long": (["name 'vpn-", "26 characters"], "pbf", {"name": "vpn-0a1d7f3c52e9b804612345x"}),
    "a name that PAN-OS does not take": (["name 'to Lyon/1'"], "pbf", {"name": "to Lyon/1"}),
    "a name that begins with a dash": (["name '-x'"], "pbf", {"name": "-x"}),
}


@pytest.fixture
def door(firewalls) -> VpnDoor:
    return VpnDoor(firewalls())


@pytest.mark.parametrize("words, failover, changes", INPUTS.values(), ids=INPUTS.keys())
def test_bad_input_is_refused_before_anything_is_written(door, words, failover, changes):
    result = door.refused(options(failover, **changes), *words)
    assert "unexpected" not in result.message


def test_input_that_needs_no_firewall_is_refused_without_asking_one(door):
    door.refused(options(remote_networks=["0.0.0.0/0"]), "allow_default_route")
    assert door.control.requests() == []


def test_everything_can_be_meant(door):
    assert door.done(options(remote_networks=["0.0.0.0/0"], allow_default_route=True)).changed


def test_absent_needs_the_name_alone(door):
    assert not door.done({"name": "vpn-0123456789abcdef0", "state": "absent"}).changed
    door.refused({"name": "a/b", "state": "absent"}, "name 'a/b'")


def test_keys_that_are_given_stand_in_for_those_that_are_missing(door):
    masked = changed_tunnels("pbf", {"pre_shared_key": None}, {})
    assert door.done(options(tunnels=masked, pre_shared_keys=["notReal.given99", ""])).changed


@pytest.mark.parametrize("engine", ["virtual-router", "logical-router"])
def test_a_tunnel_written_by_hand(firewalls, engine):
    """One tunnel to a peer that takes pairs of networks only, with plain routes."""
    door = VpnDoor(firewalls(engine=engine))
    start = door.candidate()
    tunnel = {"outside_address": "203.0.113.17", "pre_shared_key": "notReal.byHand9", "local_id": "198.51.100.10", "peer_id": "hub.example.net",
              "ike": {"version": "ikev1", "encryption": "aes-256-cbc", "hash": "sha256", "dh_group": "group14", "lifetime_seconds": 86400},
              "ipsec": {"encryption": "aes-256-cbc", "authentication": "sha256", "dh_group": "group14", "lifetime_seconds": 3600}}
    asked = options("pbf", name="lyon", tunnels=[tunnel], failover="routes", policy_based=True, remote_networks=["10.200.0.0/16", "10.201.0.0/16"])
    door.committed(asked)
    assert not door.done(asked).changed
    door.committed({"name": "lyon", "state": "absent"})
    assert door.candidate() == start
