# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.errors import InvalidInput
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.peers import problems
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.peers.fields import plain, read
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.peers.profile import Profile
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.peers.zstack import reader
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.vpn.fit import fitted
from ansible_collections.tunnelsmith.panos_vpn.tests.unit.plugins.module_utils.peers import spoiling

KEY = "notReal.zstack"
CONSOLE = {
    "Name": "to-paris", "Local IP Address": "203.0.113.17", "Peer Public IP": "198.51.100.10", "Source Network CIDR": "172.20.0.0/16, 172.21.0.0/16",
    "Peer CIDR": ["10.10.0.0/24", "10.11.0.0/24"], "Authentication Key": KEY,
}
SNAKE = {"name": "to-paris", "local_ip_address": "203.0.113.17", "peer_public_ip": "198.51.100.10", "source_network_cidr": ["172.20.0.0/16", "172.21.0.0/16"],
         "peer_cidr": "10.10.0.0/24,10.11.0.0/24", "authentication_key": KEY}
INVENTORY = {"inventories": [{
    "uuid": "5aa1", "name": "to-paris", "vipUuid": "77", "vipIp": "203.0.113.17", "peerAddress": "198.51.100.10", "authMode": "psk", "authKey": KEY,
    "ikeVersion": "ikev2", "ikeAuthAlgorithm": "sha256", "ikeEncryptionAlgorithm": "aes-256", "ikeDhGroup": 2, "policyAuthAlgorithm": "sha256",
    "policyEncryptionAlgorithm": "aes-256", "pfs": "dh-group14", "policyMode": "tunnel", "transformProtocol": "esp", "state": "Enabled",
    "peerCidrs": [{"uuid": "1", "cidr": "10.10.0.0/24"}, {"uuid": "2", "cidr": "10.11.0.0/24"}], "localCidrs": ["172.20.0.0/16", "172.21.0.0/16"],
    "createDate": "Nov 14, 2017 2:20:57 PM"}]}


def profile_of(document, name=None):
    return plain(fitted(reader.ipsec_tunnel(document, name)))


def refusal(document, name=None):
    with pytest.raises(InvalidInput) as refused:
        profile_of(document, name)
    assert KEY not in str(refused.value)
    return str(refused.value)


def test_the_preset_is_what_the_console_shows():
    result = profile_of(CONSOLE)
    (tunnel,) = result.pop("tunnels")
    tunnel.pop("offers")
    pairs = [{"local": here, "remote": there} for here in ("10.10.0.0/24", "10.11.0.0/24") for there in ("172.20.0.0/16", "172.21.0.0/16")]
    assert tunnel == {
        "outside_address": "203.0.113.17", "cloud": "zstack", "customer_outside_address": "198.51.100.10", "pre_shared_key": KEY,
        "ike": {"version": "ikev2", "encryption": "aes-256-cbc", "hash": "sha256", "dh_group": "group2", "lifetime_seconds": 28800},
        "ipsec": {"encryption": "aes-256-cbc", "authentication": "sha256", "dh_group": "group14", "lifetime_seconds": 3600}, "mtu": 1438,
        "selector_pairs": pairs}
    warnings = result.pop("warnings")
    assert warnings == ["to-paris, tunnel to 203.0.113.17: phase 1 uses group2, because the peer accepts nothing stronger; "
                        "allow a stronger one there"]
    assert result == {"id": "to-paris", "cloud": "zstack", "state": None, "routing": "static", "gateway": "vpc-vrouter", "customer_gateway_id": None,
                      "acceleration": False, "static_routes": ["10.10.0.0/24", "10.11.0.0/24"]}


@pytest.mark.parametrize("document", [SNAKE, json.dumps(CONSOLE), INVENTORY, json.dumps(INVENTORY), INVENTORY["inventories"], INVENTORY["inventories"][0],
                                      {"inventory": INVENTORY["inventories"][0]}, {"stdout": json.dumps(INVENTORY)}],
                         ids=["variables", "JSON", "inventories", "inventories as JSON", "a list", "one", "one inventory", "what a task registered"])
def test_every_way_of_saying_it_says_the_same(document):
    result, expected = profile_of(document), profile_of(CONSOLE)
    result.pop("state"), expected.pop("state")
    assert result == expected


def test_two_local_and_three_remote_networks_are_six_pairs():
    found = profile_of({**CONSOLE, "Source Network CIDR": "172.20.0.0/16 172.21.0.0/16 172.22.0.0/16"})["tunnels"][0]["selector_pairs"]
    assert len(found) == 6 and len({json.dumps(pair) for pair in found}) == 6


@pytest.mark.parametrize("changes, path, expected", [
    ({"IKE Version": "IKEv1"}, ("ike", "version"), "ikev1"), ({"IKE DH Group": 14}, ("ike", "dh_group"), "group14"),
    ({"IKE DH Group": "dh-group14"}, ("ike", "dh_group"), "group14"), ({"PFS DH Group": "19"}, ("ipsec", "dh_group"), "group19"),
    ({"PFS DH Group": "dh-group5"}, ("ipsec", "dh_group"), "group5"), ({"IKE Encryption Algorithm": "aes-128"}, ("ike", "encryption"), "aes-128-cbc"),
    ({"IKE Authentication Algorithm": "sha1"}, ("ike", "hash"), "sha1"), ({"ESP Encryption Algorithm": "3des"}, ("ipsec", "encryption"), "3des"),
    ({"ESP Authentication Algorithm": "MD5"}, ("ipsec", "authentication"), "md5"),
])
def test_each_choice(changes, path, expected):
    assert profile_of({**CONSOLE, **changes})["tunnels"][0][path[0]][path[1]] == expected


@pytest.mark.parametrize("changes, ours, theirs", [
    ({"ID Configuration Method": "IP Address", "Local ID": "203.0.113.17", "Peer ID": "198.51.100.10"}, "198.51.100.10", "203.0.113.17"),
    ({"ID Configuration Method": "Name", "Local ID": "cloud.example.com", "Peer ID": "fw.example.net"}, "fw.example.net", "cloud.example.com"),
    ({"id_type": "ip", "localId": "203.0.113.17", "remoteId": "198.51.100.10"}, "198.51.100.10", "203.0.113.17"),
    ({"Local ID": "x" * 255}, None, "x" * 255), ({}, None, None),
])
def test_what_is_local_there_is_the_peers_here(changes, ours, theirs):
    found = profile_of({**CONSOLE, **changes})["tunnels"][0]
    assert (found.get("local_id"), found.get("peer_id")) == (ours, theirs)


REFUSED = {
    "missing in an answer of the API": ({"uuid": "5aa1", "name": "x", "vipIp": "203.0.113.17", "localCidrs": ["172.20.0.0/16"]}, [
        "ZStack: peerCidrs is missing"]),
    "missing": ({"Name": "x"}, ["Local IP Address (local_ip_address), Source Network CIDR (source_network_cidr), Peer CIDR (peer_cidr) are missing"]),
    "an unknown setting": ({**CONSOLE, "Local Network": "10.0.0.0/8"}, ["there is no Local Network; there are Name (name), Local IP Address"]),
    "no address": ({**CONSOLE, "Local IP Address": "vip-1"}, ["Local IP Address 'vip-1' is no address"]),
    "no address of ours": ({**CONSOLE, "Peer Public IP": "fw"}, ["Peer Public IP 'fw' is no address"]),
    "no network": ({**CONSOLE, "Peer CIDR": "10.10.0.0/33"}, ["peer_cidr: '10.10.0.0/33' is no network"]),
    "networks that overlap": ({**CONSOLE, "Peer CIDR": "172.20.5.0/24"}, ["Peer CIDR 172.20.5.0/24 overlaps the source network 172.20.0.0/16"]),
    "the management network": ({**CONSOLE, "Management Network": "10.0.0.0/8"}, ["Peer CIDR 10.10.0.0/24 overlaps the management network 10.0.0.0/8"]),
    "the public network": ({**CONSOLE, "Public Network": "10.11.0.128/25"}, ["Peer CIDR 10.11.0.0/24 overlaps the public network"]),
    "a name by address": ({**CONSOLE, "ID Configuration Method": "IP Address", "Local ID": "cloud"}, ["Local ID 'cloud' is not an IP address"]),
    "an address by name": ({**CONSOLE, "ID Configuration Method": "Name", "Peer ID": "198.51.100.10"}, ["Peer ID '198.51.100.10' is not a name"]),
    "an ID that is too long": ({**CONSOLE, "Local ID": "x" * 256}, ["1 to 255 characters"]),
    "a method that is none": ({**CONSOLE, "ID Configuration Method": "Certificate"}, ["'Certificate' is neither IP Address nor Name"]),
    "certificates": ({**CONSOLE, "Authentication Mode": "certs"}, ["authentication_mode is certs", "agree on psk only"]),
    "transport mode": ({**CONSOLE, "Encapsulation Mode": "transport"}, ["agree on tunnel only"]),
    "AH": ({**CONSOLE, "IPsec Security Protocol": "ah"}, ["agree on esp only"]),
    "an algorithm that is none": ({**CONSOLE, "IKE Encryption Algorithm": "aes-512"}, ["IKE Encryption Algorithm: 'aes-512' is none of 3des, aes-128"]),
    "a group that PAN-OS has not": ({**CONSOLE, "IKE DH Group": 24}, ["IKE DH Group has only 24", "in ZStack Cloud"]),
    "no tunnel": ({"inventories": []}, ["One IPsec tunnel of ZStack is needed; this output holds none"]),
    "two tunnels": ([CONSOLE, {**CONSOLE, "Name": "b"}], ["One IPsec tunnel of ZStack is needed"]),
    "text": ("x", ["is not JSON"]),
}


@pytest.mark.parametrize("document, words", REFUSED.values(), ids=REFUSED.keys())
def test_refusals_are_in_the_consoles_words(document, words):
    said = refusal(document)
    assert all(word in said for word in words), said


def test_one_of_several():
    two = {"inventories": [*INVENTORY["inventories"], {**INVENTORY["inventories"][0], "name": "other", "uuid": "6"}]}
    assert profile_of(two, "to-paris") == profile_of(two, "5aa1") == profile_of(INVENTORY)
    assert "this output holds to-paris, other" in refusal(two)


def test_a_masked_key_is_none_and_zstack_is_named():
    (said,) = problems.key_problems("x", read(Profile, profile_of({**CONSOLE, "Authentication Key": "*****"}), "profile").tunnels)
    assert "no readable pre-shared key in ZStack's settings (Authentication Key)" in said


@settings(deadline=None, max_examples=150)
@given(st.sampled_from(list(spoiling.places({**CONSOLE, **{setting.words: setting.default for setting in reader.SETTINGS if setting.default}}))),
       st.sampled_from(spoiling.JUNK), st.sampled_from([CONSOLE, INVENTORY["inventories"][0]]))
def test_no_wrong_value_anywhere_breaks_the_reader(path, junk, whole):
    try:
        assert read(Profile, profile_of({**whole, path[0]: junk}), "profile")
    except InvalidInput as refused:
        assert KEY not in str(refused)
