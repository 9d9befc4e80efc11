# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One fault in a VPN that works, and the rank of its true cause. Evidence as data: what is configured, what is shown, what is logged."""

from __future__ import annotations

from dataclasses import replace

import pytest

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.diagnosis.evidence import Intent
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.vpn.record import Object, Record, RecordedNames, written
from ansible_collections.tunnelsmith.panos_vpn.tests.unit.plugins.module_utils.diagnosis.branch import ENDPOINTS, LAN, NAME, STATED, VPC, Branch
from ansible_collections.tunnelsmith.panos_vpn.tests.unit.plugins.module_utils.diagnosis.faults import (
    FAULTS, HARMLESS, KINDS, ONE, ROUTED, TWO, above, guest_line, path_of, recorded, several, swapped_keys, taken_over,
)
from ansible_collections.tunnelsmith.panos_vpn.tests.unit.plugins.module_utils.diagnosis.leaves import EVERY
from ansible_collections.tunnelsmith.panos_vpn.tests.unit.plugins.module_utils.diagnosis.practice import hosts_fail, selected


@pytest.mark.parametrize("known", [True, False], ids=["described", "not described"])
@pytest.mark.parametrize("intent", [STATED, Intent()], ids=["stated", "not stated"])
@pytest.mark.parametrize("kind", KINDS)
def test_nothing_is_found_where_nothing_is_wrong(kind, intent, known):
    branch = Branch(kind)
    branch.intent, branch.connection = intent, branch.connection if known else None
    assert branch.diagnose() == []


@pytest.mark.parametrize("changes", HARMLESS.values(), ids=HARMLESS.keys())
def test_what_harms_nobody_is_no_cause(changes):
    branch = Branch()
    changes(branch)
    assert branch.diagnose() == []


@pytest.mark.parametrize("changes", ROUTED.values(), ids=ROUTED.keys())
def test_what_harms_nobody_beside_bgp_is_no_cause(changes):
    branch = Branch("bgp")
    changes(branch)
    assert [cause["id"] for cause in branch.diagnose()] == []


@pytest.mark.parametrize("fault", EVERY.values(), ids=EVERY.keys())
def test_the_true_cause_comes_first(fault):
    branch = Branch(fault.kind)
    branch.connection = branch.connection if fault.known else None
    fault.breaks(branch)
    found = [cause for cause in branch.diagnose() if cause["tunnel"] == fault.tunnel]
    assert [(cause["id"], cause["confidence"]) for cause in found][:1] == [(fault.cause, fault.sure)], found
    assert found[0]["evidence"] and found[0]["fix"]


OF_A_TUNNEL = {name: fault for name, fault in FAULTS.items() if fault.tunnel in (ONE, TWO) and fault.cause != "tunnel-missing"}


@pytest.mark.parametrize("fault", OF_A_TUNNEL.values(), ids=OF_A_TUNNEL.keys())
def test_who_asks_about_one_tunnel_alone_gets_the_causes_that_it_has_beside_the_others(fault):
    branch = Branch(fault.kind)
    branch.connection = branch.connection if fault.known else None
    fault.breaks(branch)
    assert branch.diagnose(fault.tunnel) == [cause for cause in branch.diagnose() if cause["tunnel"] == fault.tunnel]


BESIDE = (
    "the gateway of the other tunnel", "the interface of the other tunnel", "the interface of the other tunnel, by its rule",
    "inside mask too short", "a PBF rule into the other tunnel", "a PBF rule of another zone",
)


@pytest.mark.parametrize("name", BESIDE)
def test_the_other_tunnel_is_not_blamed(name):
    branch, fault = Branch(FAULTS[name].kind), FAULTS[name]
    fault.breaks(branch)
    assert {cause["tunnel"] for cause in branch.diagnose()} == {fault.tunnel}


def test_a_profile_that_others_use_is_not_changed_for_them():
    branch = Branch()
    FAULTS["another phase 1 profile"].breaks(branch)
    branch.first(branch.at("gateway"), "<entry name='old'><protocol><ikev1><ike-crypto-profile>weak</ike-crypto-profile></ikev1></protocol></entry>")
    assert branch.diagnose()[0]["items"] == [{"ike_gateway": {"name": ONE, "ikev2": {"ike_crypto_profile": NAME}}}]


def test_a_key_of_the_other_tunnel_is_called_so():
    branch = Branch()
    swapped_keys(branch)
    assert ENDPOINTS[2] in branch.diagnose()[0]["cause"]


def test_a_pair_that_nothing_comes_back_by_is_named():
    branch = Branch()
    several(selected("offices", LAN, VPC), selected("servers", "10.20.0.0/24", VPC), hosts_fail)(branch)
    (flow,) = [flow for flow in branch.state.flows if flow.tunnel == ONE]
    pairs = tuple(replace(flow, name=f"{ONE}:{name}", packets_encapsulated=9, packets_decapsulated=back) for name, back in (("offices", 8), ("servers", 0)))
    branch.state = replace(branch.state, flows=(*pairs, *(other for other in branch.state.flows if other is not flow)))
    (found,) = [cause for cause in branch.diagnose(ONE) if cause["id"] == "cloud-way-back"]
    assert found["evidence"] == ["9 packets went out by proxy ID servers and none came back by it"]


LIKE_OURS = guest_line().replace("guests", f"{NAME}-7")


def test_a_rule_of_others_is_blamed_whatever_it_is_called():
    branch = Branch()
    several(recorded(ONE, TWO, f"{NAME}-discard"), above("pbf", LIKE_OURS))(branch)
    assert {cause["id"] for cause in branch.diagnose()} == {"pbf-rule-shadowed"}


@pytest.mark.parametrize("rule, causes", [("<forward><egress-interface>tunnel.9</egress-interface><monitor><disable-if-unreachable>yes</disable-if-unreachable>"
                                           "</monitor></forward>", set()),
                                          ("<forward><egress-interface>tunnel.9</egress-interface></forward>", {"pbf-rule-shadowed"}),
                                          ("<discard/>", {"pbf-rule-shadowed"})], ids=["gives way", "never gives way", "drops"])
def test_a_rule_of_another_vpn_of_ours_for_the_same_networks(rule, causes):
    """One that gives way while its tunnel is down leaves the rest to this VPN."""
    branch = Branch()
    recorded(ONE, TWO, f"{NAME}-discard")(branch)
    above("pbf", guest_line().replace("guests", "vpn-9-1").replace("<no-pbf/>", rule))(branch)
    record = Record("vpn-9", "vsys1", "default", {1: "tunnel.9"}, RecordedNames.of([Object("pbf_rule", "vpn-9-1")]))
    branch.text(branch.at("tunnel/units", "tunnel.9"), "comment", written(None, record))
    assert {cause["id"] for cause in branch.diagnose()} == causes


def test_tunnels_of_one_record_are_one_vpn_whatever_they_are_called():
    assert taken_over("by hand").diagnose() == []


def test_a_profile_that_both_tunnels_of_a_record_use_is_nobody_else_s():
    branch = taken_over("by hand")
    for gateway in (ONE, "by hand"):
        branch.text(branch.at("gateway", gateway), "protocol/ikev2/ike-crypto-profile", "weak")
    branch.state = replace(branch.state, ike_sas=(), ipsec_sas=(), flows=())
    assert branch.diagnose()[0]["items"] == [{"ike_crypto_profile": {"name": "weak", "encryption": ["aes-256-cbc"]}}]


def of_a_set(branch):
    line = 'tunnelsmith pbf_failover {"failover": "office", "rule": "%s"}' % ONE
    branch.text(branch.at("pbf/rules", ONE), "description", line)


OWNERS = {
    "a VPN with a record": (recorded(ONE, TWO), f"site_to_site_vpn {NAME} again: PBF rule {ONE}: disabled: false"),
    "a set": (of_a_set, "pbf_failover office: disabled: false"),
    "nobody that is known": (lambda branch: None, f"PBF rule {ONE}: disabled: false"),
}


@pytest.mark.parametrize("owned, fix", OWNERS.values(), ids=OWNERS.keys())
def test_what_mends_a_rule_follows_from_whose_it_is(owned, fix):
    """A set refuses rules that it did not make."""
    branch = Branch()
    several(owned, path_of(ONE, "disabled", "yes"))(branch)
    assert [cause["fix"] for cause in branch.diagnose() if cause["id"] == "pbf-rule-disabled"] == [fix]


GATEWAYS = {"vgw": "certain", "tgw": "possible", "cloudwan": "possible", "concentrator": "possible"}


@pytest.mark.parametrize("gateway, sure", GATEWAYS.items(), ids=GATEWAYS.keys())
def test_static_routes_are_missed_where_the_connection_would_list_them(gateway, sure):
    """Of any other gateway they stand where its description does not reach: no certain cause, and none for a tunnel that works."""
    branch = Branch()
    branch.connection.update(cloud="aws", gateway=gateway, static_routes=[])
    assert [cause["id"] for cause in branch.diagnose()] == (["cloud-static-route-missing"] * 2 if gateway == "vgw" else [])
    branch.silent(1)
    found = [cause for cause in branch.diagnose() if cause["tunnel"] == ONE and cause["id"] == "cloud-static-route-missing"]
    assert [cause["confidence"] for cause in found] == [sure]
    assert gateway == "vgw" or "attachment" in found[0]["fix"]


def other_group(branch: Branch) -> None:
    """A group of phase 2 that the cloud does not take: the first SA is made without one."""
    branch.text(branch.at("ipsec-crypto-profiles", NAME), "dh-group", "group2")


# What is wrong, the cause, and when it bites.
BITES = {
    "PFS, up": (other_group, "pfs-group-mismatch", "rekey"),
    "PFS, phase 2 is down": (lambda branch: (other_group(branch), branch.down(1, 2, "NO_PROPOSAL_CHOSEN")), "pfs-group-mismatch", "now"),
    "a phase 1 profile, down": (FAULTS["another phase 1 profile"].breaks, "ike-encryption-mismatch", "now"),
    "a phase 2 profile, down": (FAULTS["another phase 2 profile"].breaks, "esp-encryption-mismatch", "now"),
    "a rule": (FAULTS["an allow rule disabled"].breaks, "security-rule-disabled", "now"),
}


@pytest.mark.parametrize("breaks, cause, bites", BITES.values(), ids=BITES.keys())
def test_when_it_bites(breaks, cause, bites):
    branch = Branch()
    breaks(branch)
    assert [found["bites"] for found in branch.diagnose() if found["tunnel"] == ONE and found["id"] == cause] == [bites]
