# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import itertools

import pytest

from hypothesis import given, settings
from hypothesis import strategies as st

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.errors import InvalidInput
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.peers.fields import read
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.peers.profile import IkeProposal, IpsecProposal, Offers
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.vpn import proposal

EVERYTHING = {
    "ike": {
        "versions": list(proposal.IKE_VERSIONS),
        "encryption": list(proposal.IKE_ENCRYPTION),
        "hash": list(proposal.HASH),
        "dh_group": list(proposal.DH_GROUP),
        "lifetime_seconds": 28800,
    },
    "ipsec": {
        "encryption": list(proposal.ESP_ENCRYPTION),
        "authentication": list(proposal.HASH),
        "dh_group": list(proposal.DH_GROUP),
        "lifetime_seconds": 3600,
    },
}


def offers(ike=None, ipsec=None):
    values = {"ike": {**EVERYTHING["ike"], **(ike or {})}, "ipsec": {**EVERYTHING["ipsec"], **(ipsec or {})}}
    return read(Offers, values, "offers")


def test_everything_offered_gives_the_predefined_suite_b_pair():
    ike, ipsec, warnings = proposal.choose(offers())
    assert ike == IkeProposal("ikev2", "aes-256-cbc", "sha384", "group20", 28800)
    assert ipsec == IpsecProposal("aes-256-gcm", "none", "group20", 3600)
    assert warnings == []


ORDER = [
    (None, ["group20", "group19", "group14", "group21", "group16", "group15", "group5", "group2", "group1"]),
    ((10, 1, 14), ["group20", "group19", "group14", "group5", "group2", "group1"]),
    ((10, 2, 0), ["group20", "group19", "group21", "group16", "group15", "group14", "group5", "group2", "group1"]),
    ((12, 1, 2), ["group20", "group19", "group21", "group16", "group15", "group14", "group5", "group2", "group1"]),
]


@pytest.mark.parametrize("version, order", ORDER, ids=["version unknown", "before 10.2", "10.2", "after 10.2"])
def test_each_pair_of_groups_is_decided_by_the_order_for_the_version(version, order):
    assert proposal.dh_preference(version) == tuple(order)
    for better, worse in itertools.combinations(order, 2):
        ike, ipsec, ignored = proposal.choose(offers(ike={"dh_group": [worse, better]}, ipsec={"dh_group": [worse, better]}), version)
        assert (ike.dh_group, ipsec.dh_group) == (better, better)


@pytest.mark.parametrize(
    "given, chosen, expected",
    [
        ({"ike": {"encryption": ["aes-256-gcm", "aes-128-cbc"]}}, ("ike", "encryption"), "aes-128-cbc"),
        ({"ike": {"encryption": ["aes-128-gcm", "aes-256-gcm"]}}, ("ike", "encryption"), "aes-256-gcm"),
        ({"ike": {"hash": ["sha1", "sha256", "sha512"]}}, ("ike", "hash"), "sha512"),
        ({"ipsec": {"encryption": ["aes-256-cbc", "aes-128-gcm"]}}, ("ipsec", "encryption"), "aes-128-gcm"),
        ({"ipsec": {"encryption": ["aes-128-cbc", "aes-256-cbc"]}}, ("ipsec", "authentication"), "sha384"),
        ({"ipsec": {"encryption": ["aes-128-gcm"], "authentication": []}}, ("ipsec", "authentication"), "none"),
        ({"ike": {"versions": ["ikev1"], "encryption": ["aes-256-gcm", "aes-128-cbc"]}}, ("ike", "encryption"), "aes-128-cbc"),
        ({"ike": {"encryption": ["aes-256-gcm"], "hash": ["non-auth"]}}, ("ike", "hash"), "non-auth"),
        ({"ike": {"encryption": ["aes-256-gcm"], "hash": ["non-auth", "sha256"]}}, ("ike", "hash"), "sha256"),
        ({"ipsec": {"dh_group": ["no-pfs", "group2"]}}, ("ipsec", "dh_group"), "group2"),
        ({"ipsec": {"dh_group": ["no-pfs"]}}, ("ipsec", "dh_group"), "no-pfs"),
        ({"ike": {"encryption": ["3des", "aes-128-gcm"]}}, ("ike", "encryption"), "aes-128-gcm"),
    ],
    ids=[
        "phase 1 prefers weaker CBC to GCM",
        "phase 1 takes GCM when nothing else is left",
        "sha512 before sha256 and sha1",
        "phase 2 prefers GCM",
        "phase 2 CBC takes the first hash",
        "phase 2 GCM needs no hash",
        "IKEv1 never takes GCM",
        "GCM that names no hash", "GCM with a hash for its pseudo-random function", "PFS before none", "no PFS", "3DES last",
    ],
)
def test_order_of_ciphers_and_hashes(given, chosen, expected):
    ike, ipsec, ignored = proposal.choose(offers(**given))
    assert getattr({"ike": ike, "ipsec": ipsec}[chosen[0]], chosen[1]) == expected


@pytest.mark.parametrize(
    "given, version, words",
    [
        ({"ike": {"hash": ["sha1"]}}, (11, 1, 4), ["phase 1", "sha1"]),
        ({"ike": {"dh_group": ["group2"]}}, (11, 1, 4), ["phase 1", "group2"]),
        ({"ipsec": {"encryption": ["aes-256-cbc"], "authentication": ["sha1"]}}, (11, 1, 4), ["phase 2", "sha1"]),
        ({"ipsec": {"dh_group": ["group16"]}}, None, ["phase 2", "group16", "10.2"]),
    ],
    ids=["sha1 in phase 1", "group2 in phase 1", "sha1 in phase 2", "a group that not each release has"],
)
def test_a_poor_choice_is_made_with_a_warning(given, version, words):
    (warning,) = proposal.choose(offers(**given), version)[2]
    assert all(word in warning for word in words)


@pytest.mark.parametrize(
    "given, version, words",
    [
        ({"ike": {"versions": ["ikev1"], "encryption": ["aes-256-gcm"]}}, None, ["phase 1 encryption", "ikev1", "aes-256-gcm"]),
        ({"ike": {"dh_group": ["group16", "group21"]}}, (10, 1, 9), ["phase 1 Diffie-Hellman", "group16, group21", "10.2"]),
        ({"ipsec": {"dh_group": []}}, None, ["phase 2 Diffie-Hellman"]),
        ({"ipsec": {"encryption": ["aes-128-cbc"], "authentication": []}}, None, ["phase 2 authentication"]),
    ],
    ids=["GCM with IKEv1", "groups too new for the release", "no group", "CBC without a hash"],
)
def test_nothing_in_common_is_refused_by_name(given, version, words):
    with pytest.raises(InvalidInput) as refusal:
        proposal.choose(offers(**given), version)
    assert all(word in str(refusal.value) for word in words)


def some_of(values):
    return st.lists(st.sampled_from(values), min_size=1, unique=True)


ANY_OFFERS = st.builds(
    lambda versions, ciphers, hashes, groups, esp, authentications, esp_groups: offers(
        ike={"versions": versions, "encryption": ciphers, "hash": hashes, "dh_group": groups},
        ipsec={"encryption": esp, "authentication": authentications, "dh_group": esp_groups},
    ),
    some_of(proposal.IKE_VERSIONS),
    some_of(proposal.IKE_ENCRYPTION),
    some_of(proposal.HASH),
    some_of(proposal.DH_GROUP),
    some_of(proposal.ESP_ENCRYPTION),
    some_of(proposal.HASH),
    some_of(proposal.DH_GROUP),
)


def test_a_cipher_that_does_not_authenticate_needs_a_hash():
    with pytest.raises(InvalidInput, match="no phase 1 hash in common"):
        proposal.choose(offers(ike={"encryption": ["aes-256-cbc"], "hash": ["non-auth"]}))


@pytest.mark.parametrize("given, weak", [
    ({"ike": {"encryption": ["3des"]}}, "phase 1 uses 3des"), ({"ike": {"hash": ["md5"]}}, "phase 1 uses md5"),
    ({"ike": {"dh_group": ["group1"]}}, "phase 1 uses group1"), ({"ipsec": {"dh_group": ["no-pfs"]}}, "phase 2 uses no-pfs"),
], ids=["3DES", "MD5", "group 1", "no PFS"])
def test_what_is_weak_is_named(given, weak):
    _ike, _ipsec, warnings = proposal.choose(offers(**given))
    assert len(warnings) == 1 and warnings[0].startswith(weak)


@pytest.mark.parametrize("offered, counted", [(3600, 3600), (65535, 65535), (65536, 65520), (86400, 86400), (172799, 172740), (None, None)])
def test_a_lifetime_is_one_that_panos_can_count(offered, counted):
    ike, ipsec, _warnings = proposal.choose(offers(ike={"lifetime_seconds": offered}, ipsec={"lifetime_seconds": offered}))
    assert (ike.lifetime_seconds, ipsec.lifetime_seconds) == (counted, counted)


@settings(deadline=None, derandomize=True)
@given(ANY_OFFERS, st.sampled_from([None, (10, 1, 0), (10, 2, 5), (11, 1, 4)]))
def test_the_choice_is_offered_and_refused_only_when_nothing_is_possible(given_offers, version):
    groups = proposal.dh_preference(version)
    only_gcm_with_ikev1 = given_offers.ike.versions == ("ikev1",) and all(proposal.is_gcm(c) for c in given_offers.ike.encryption)
    no_group = any(not set(getattr(given_offers, phase).dh_group) & set(groups) for phase in ("ike", "ipsec"))
    if only_gcm_with_ikev1 or no_group:
        with pytest.raises(InvalidInput):
            proposal.choose(given_offers, version)
        return
    ike, ipsec, ignored = proposal.choose(given_offers, version)
    assert ike.version in given_offers.ike.versions
    assert ike.encryption in given_offers.ike.encryption
    assert ike.hash == next(value for value in proposal.HASH if value in given_offers.ike.hash)
    assert ike.dh_group == next(value for value in groups if value in given_offers.ike.dh_group)
    assert ipsec.dh_group == next(value for value in groups if value in given_offers.ipsec.dh_group)
    assert ipsec.encryption == next(value for value in proposal.ESP_ENCRYPTION if value in given_offers.ipsec.encryption)
    assert (ipsec.authentication == "none") == proposal.is_gcm(ipsec.encryption)
    assert ike.version == "ikev2" or not proposal.is_gcm(ike.encryption)
