# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import copy

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.errors import InvalidInput
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.peers.fields import plain, read
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.peers.harmony_sase import reader
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.peers.profile import Profile
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.vpn.fit import fitted
from ansible_collections.tunnelsmith.panos_vpn.tests.unit.plugins.module_utils.peers import spoiling

KEY = "notReal.harmony"
SHARED = {
    "name": "paris", "ike_version": "V2", "ike_lifetime": "8h", "tunnel_lifetime": "1h", "dpd_delay": "10s", "dpd_timeout": "30s",
    "encryption_phase_1": "aes256", "integrity_phase_1": "sha512", "diffie_hellman_groups_phase_1": [21, 14], "encryption_phase_2": "aes256",
    "integrity_phase_2": "sha512", "diffie_hellman_groups_phase_2": "21, 14",
}
TUNNEL = {"gateway_ip": "203.0.113.17", "gateway_id": "203.0.113.17", "shared_secret": KEY, "public_ip": "198.51.100.10", "remote_id": "198.51.100.10"}
EVERYTHING = {"gateway_proposal_subnets": "0.0.0.0/0", "remote_gateway_proposal_subnets": "0.0.0.0/0"}
SINGLE = {**SHARED, **EVERYTHING, "tunnels": [TUNNEL]}
POLICY = {**SINGLE, "gateway_proposal_subnets": ["10.255.0.0/16"], "remote_gateway_proposal_subnets": ["10.10.0.0/24", "10.11.0.0/24"]}


def inside(number):
    return {"internal_network": f"169.254.100.{4 * number}/30", "gateway_internal_ip": f"169.254.100.{4 * number + 1}",
            "remote_gateway_internal_ip": f"169.254.100.{4 * number + 2}", "remote_gateway_asn": 65010}


REDUNDANT = {**SHARED, **EVERYTHING, "gateway_asn": 64512, "hold_time": 30, "keep_alive": 10,
             "tunnels": [{**TUNNEL, **inside(0)}, {**TUNNEL, **inside(1), "gateway_ip": "203.0.113.18", "gateway_id": "gw2.example.com"}]}
CONSOLE = {**{setting.words: SINGLE[setting.name] for setting in reader.SETTINGS if setting.name in SINGLE and setting.name != "tunnels"},
           "Dead Peer Detection (DPD) Delay": "10s", "Dead Peer Detection (DPD) Timeout": "30s",
           "Tunnels": [{setting.words: TUNNEL[setting.name] for setting in reader.OF_A_TUNNEL if setting.name in TUNNEL}]}


def profile_of(document, **more):
    return plain(fitted(reader.site_2_site_tunnel(document), **more))


def refusal(document):
    with pytest.raises(InvalidInput) as refused:
        profile_of(document)
    assert KEY not in str(refused.value)
    return str(refused.value)


def test_a_single_route_based_tunnel():
    result = profile_of(SINGLE, panos_version="11.1.4")
    (tunnel,) = result.pop("tunnels")
    tunnel.pop("offers")
    assert tunnel == {
        "outside_address": "203.0.113.17", "cloud": "harmony_sase", "customer_outside_address": "198.51.100.10", "local_id": "198.51.100.10",
        "peer_id": "203.0.113.17", "dpd": {"interval": 10, "retry": 3}, "pre_shared_key": KEY,
        "ike": {"version": "ikev2", "encryption": "aes-256-cbc", "hash": "sha512", "dh_group": "group21", "lifetime_seconds": 28800},
        "ipsec": {"encryption": "aes-256-cbc", "authentication": "sha512", "dh_group": "group21", "lifetime_seconds": 3600}, "mtu": 1422,
        "traffic_selectors": {"local": "0.0.0.0/0", "remote": "0.0.0.0/0"}}
    assert result == {"id": "paris", "cloud": "harmony_sase", "state": None, "routing": "static", "gateway": "gateway", "customer_gateway_id": None,
                      "acceleration": False, "static_routes": None, "warnings": []}


def test_the_words_of_the_console_do_as_well():
    assert profile_of(CONSOLE) == profile_of(SINGLE)


def test_proposal_subnets_make_it_policy_based():
    result = profile_of(POLICY)
    assert result["static_routes"] == ["10.10.0.0/24", "10.11.0.0/24"]
    assert result["tunnels"][0]["selector_pairs"] == [{"local": network, "remote": "10.255.0.0/16"} for network in ("10.10.0.0/24", "10.11.0.0/24")]


def test_redundant_tunnels_route_by_bgp():
    result = profile_of(REDUNDANT)
    assert result["routing"] == "bgp"
    assert [(each["outside_address"], each["peer_id"], each["inside_cidr"], each["inside_address"], each["inside_peer_address"], each["bgp"])
            for each in result["tunnels"]] == [
        ("203.0.113.17", "203.0.113.17", "169.254.100.0/30", "169.254.100.2", "169.254.100.1",
         {"local_as": 65010, "peer_as": 64512, "hold_time": 30, "keep_alive": 10}),
        ("203.0.113.18", "gw2.example.com", "169.254.100.4/30", "169.254.100.6", "169.254.100.5",
         {"local_as": 65010, "peer_as": 64512, "hold_time": 30, "keep_alive": 10})]


@pytest.mark.parametrize("name", [setting.name for setting in reader.SETTINGS if setting.needed])
def test_nothing_is_taken_for_granted(name):
    """The vendor publishes no defaults: each value that is missing is named as its console calls it."""
    given_ = {key: value for key, value in SINGLE.items() if not key.startswith("dpd")}
    given_.update(dead_peer_detection_delay=10, dead_peer_detection_timeout=30)
    words = next(setting.words for setting in reader.SETTINGS if setting.name == name)
    assert refusal({key: value for key, value in given_.items() if key != name}) == f"The tunnel of Harmony SASE: {words} ({name}) is missing."


@pytest.mark.parametrize("name", [setting.name for setting in reader.OF_A_TUNNEL if setting.needed])
def test_nor_of_a_tunnel(name):
    assert f"({name}) is missing" in refusal({**SINGLE, "tunnels": [{key: value for key, value in TUNNEL.items() if key != name}]})


def with_second(**changes):
    whole = copy.deepcopy(REDUNDANT)
    whole["tunnels"][1].update(changes)
    return whole


REFUSED = {
    "redundant without BGP": (
        {**SINGLE, "tunnels": [TUNNEL, {**TUNNEL, "gateway_ip": "203.0.113.18"}]},
        ["redundant tunnels route by BGP", "Harmony SASE Gateway Internal IP (gateway_internal_ip) of tunnel 1", "Hold Time (hold_time)"]),
    "one address missing": (with_second(remote_gateway_internal_ip=None), ["Remote Gateway Internal IP (remote_gateway_internal_ip) of tunnel 2 is missing"]),
    "inside addresses apart": (with_second(gateway_internal_ip="169.254.100.1"), ["tunnel 2", "are not two hosts of 169.254.100.4/30"]),
    "redundant with subnets": ({**REDUNDANT, "gateway_proposal_subnets": "10.255.0.0/16"}, ["propose 0.0.0.0/0 on both sides"]),
    "three tunnels": ({**SINGLE, "tunnels": [TUNNEL] * 3}, ["a list of one tunnel, or of two"]),
    "no tunnel": ({**SINGLE, "tunnels": {}}, ["a list of one tunnel"]),
    "an unknown setting": ({**SINGLE, "psk": KEY}, ["there is no psk; there are Name (name), IKE Version"]),
    "no address": ({**SINGLE, "tunnels": [{**TUNNEL, "gateway_ip": "gw"}]}, ["Harmony SASE Gateway IP (gateway_ip) 'gw' is no address"]),
    "no time": ({**SINGLE, "ike_lifetime": "long"}, ["IKE Lifetime: 'long' is no time"]),
    "no algorithm": ({**SINGLE, "encryption_phase_1": "blowfish"}, ["Encryption (Phase I): 'blowfish' is none of 3des, aes128"]),
    "groups that PAN-OS has not": (
        {**SINGLE, "diffie_hellman_groups_phase_1": [31, 18]}, ["Diffie-Hellman Groups (Phase I) has only 31, 18", "in Harmony SASE"]),
    "an AS that is none": (with_second(remote_gateway_asn="x"), ["are numbers"]),
    "no network": ({**SINGLE, "gateway_proposal_subnets": "all"}, ["'all' is no network"]),
}


@pytest.mark.parametrize("document, words", REFUSED.values(), ids=REFUSED.keys())
def test_refusals_are_in_the_consoles_words(document, words):
    said = refusal(document)
    assert all(word in said for word in words), said


@settings(deadline=None, max_examples=200)
@given(st.sampled_from(list(spoiling.places(REDUNDANT))), st.sampled_from(spoiling.JUNK))
def test_no_wrong_value_anywhere_breaks_the_reader(path, junk):
    for document in (spoiling.spoiled(REDUNDANT, path, junk), spoiling.without(REDUNDANT, path)):
        try:
            assert read(Profile, profile_of(document), "profile")
        except InvalidInput as refused:
            assert KEY not in str(refused)
