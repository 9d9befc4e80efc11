# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Each cloud's rules hold for that cloud's tunnels, and for nobody else's."""

from __future__ import annotations

import pathlib
from ipaddress import ip_network
from types import SimpleNamespace
from unittest import mock

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils import peers
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.diagnosis import cloud as diagnosed
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.errors import InvalidInput
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.peers import problems
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.peers.profile import (
    Bgp, IkeOffer, IkeProposal, IpsecOffer, IpsecProposal, Offers, Profile, Selectors, Telemetry, Tunnel,
)
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.peers.rules import CLOUDS, NO_CLOUD, Rules, rules_of
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.vpn.fit import fitted
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.vpn.input_problems import check
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.vpn.vpn import Vpn

each_cloud = pytest.mark.parametrize("cloud", CLOUDS)
FOLDER = pathlib.Path(list(peers.__path__)[0])


def test_the_folders_are_the_list():
    assert "aws" in CLOUDS
    assert set(CLOUDS) == {found.parent.name for found in FOLDER.glob("*/rules.py")}


@each_cloud
def test_every_cloud_has_rules_of_its_own_and_names_itself(cloud):
    rules = rules_of(cloud)
    assert isinstance(rules, Rules) and rules is not NO_CLOUD and rules is rules_of(cloud)
    assert rules.spoken != NO_CLOUD.spoken and rules.there != NO_CLOUD.there


@each_cloud
@pytest.mark.parametrize("phase, option", [("ike", "versions"), ("ike", "encryption"), ("ike", "hash"), ("ike", "dh_group"),
                                           ("ipsec", "encryption"), ("ipsec", "authentication"), ("ipsec", "dh_group")])
def test_every_cloud_has_its_words_for_what_it_offers(cloud, phase, option):
    name, words = rules_of(cloud).spelled(phase, option, ["something-new"])
    assert name and words == ["something-new"]


def test_a_cloud_that_is_none_is_refused_with_those_that_are():
    with pytest.raises(InvalidInput, match="there is no 'mars'; there are .*aws"):
        rules_of("mars")


@pytest.mark.parametrize("cloud", [None, ""])
def test_nothing_is_forbidden_where_there_is_no_cloud(cloud):
    rules = rules_of(cloud)
    assert rules.key_problem("0") is None and rules.inside_problem("192.0.2.0/24") is None and rules.route_limit("vgw") is None


@pytest.mark.parametrize("cloud, state, causes", [
    ("aws", "available", 0), ("aws", "pending", 1), ("azure", "Succeeded", 0), ("azure", "Updating", 1), ("zstack", "Enabled", 0),
    (None, "available", 0), ("azure", None, 0),
])
def test_each_cloud_has_its_word_for_a_connection_that_can_be_used(cloud, state, causes):
    """The diagnosis names any other state as a cause."""
    found = list(diagnosed.connection(SimpleNamespace(connection=Profile("x", cloud=cloud, state=state))))
    assert len(found) == causes and all(rules_of(cloud).ready[0] in cause.fix for cause in found)


SOME = st.one_of(st.none(), st.text("abz019.-", max_size=8))
KEYS = st.text(st.characters(codec="ascii", exclude_categories=("Cc",)), min_size=1, max_size=70)
RANGES = st.sampled_from(["169.254.0.0/30", "169.254.5.0/30", "169.254.169.252/30", "172.31.255.0/30", "10.255.0.0/29", "169.254.21.0/24", "192.0.2.0/31"])
PROPOSAL = {"ike": IkeProposal("ikev2", "aes-256-cbc", "sha256", "group14", 28800), "ipsec": IpsecProposal("aes-256-cbc", "sha256", "group14", 3600)}
OFFERS = Offers(IkeOffer(("ikev2",), ("aes-256-cbc",), ("sha256",), ("group14", "group24"), 36000),
                IpsecOffer(("aes-256-gcm",), ("sha1",), ("group14",), 10800))


def inside(cidr: str) -> dict:
    ours, theirs = list(ip_network(cidr).hosts())[:2]
    return {"inside_cidr": cidr, "inside_address": str(ours), "inside_peer_address": str(theirs)}


TUNNELS = st.builds(
    lambda cidr, **more: Tunnel("203.0.113.17", **inside(cidr), **PROPOSAL, **more), RANGES,
    pre_shared_key=KEYS, offers=st.sampled_from([None, OFFERS]), local_id=SOME, peer_id=SOME,
    customer_outside_address=st.sampled_from([None, "198.51.100.10"]), mtu=st.sampled_from([None, 1436]),
    anti_replay_window=st.sampled_from([None, 64, 1000]), bgp=st.sampled_from([None, Bgp(65000, 64512, 30, 10), Bgp(65000, 65000, 180, 60)]),
    traffic_selectors=st.sampled_from([None, Selectors("0.0.0.0/0", "0.0.0.0/0"), Selectors("10.10.0.0/24", "10.200.0.0/16")]),
    inside_ipv6_cidr=st.sampled_from([None, "2001:db8::/64"]), telemetry=st.sampled_from([None, Telemetry("UP", "1 BGP ROUTES", 1)]),
)
QUESTIONS = ("key_problem", "inside_problem", "spelled", "route_limit")


@settings(deadline=None, max_examples=150)
@given(tunnel=TUNNELS, failover=st.sampled_from(["pbf", "bgp"]), gateway=st.sampled_from([None, "vgw", "ha-vpn"]),
       routing=st.sampled_from([None, "static", "bgp"]))
def test_a_peer_of_no_cloud_is_held_to_no_clouds_rules_whatever_is_said_of_it(tunnel, failover, gateway, routing):
    """Neither is any cloud asked, nor does anything that is said sound like one."""
    described = Profile("branch", tunnels=(tunnel,), gateway=gateway, routing=routing)
    vpn = Vpn("branch", (tunnel,), failover, "ethernet1/8", "vpn", ("trust",), ("10.10.0.0/24",), ("10.200.0.0/16",))
    said = []
    with_rules = {type(rules_of(cloud)) for cloud in CLOUDS}
    patches = [mock.patch.object(kind, question, side_effect=AssertionError(f"{kind} was asked for {question}"))
               for kind in with_rules for question in QUESTIONS]
    for patch in patches:
        patch.start()
    try:
        for ask in (lambda: check(vpn), lambda: fitted(described), lambda: said.extend(problems.problems(described, failover))):
            try:
                ask()
            except InvalidInput as exc:
                said.append(str(exc))
    finally:
        mock.patch.stopall()
    words = [rules_of(cloud).spoken for cloud in CLOUDS]
    assert [sentence for sentence in said for word in words if word in sentence.replace(str(tunnel.pre_shared_key), "")] == []
    assert not any("inside range" in sentence or "pre-shared key" in sentence for sentence in said)


@pytest.mark.parametrize("path", list(FOLDER.glob("*.py")), ids=lambda path: path.name)
@each_cloud
def test_no_neutral_file_speaks_of_a_cloud(path, cloud):
    assert rules_of(cloud).spoken not in path.read_text(encoding="utf-8")
