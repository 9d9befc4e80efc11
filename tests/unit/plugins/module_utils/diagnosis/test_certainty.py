# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Faults in every kind of VPN: nothing is certain that is not so, nothing healthy is called sick, and nothing sick is called healthy.

Every fifth pair of a variant and a fault is tried, and each fault in the branch as it is; C(ALL_FAULTS=1) in the environment tries all pairs.
"""

from __future__ import annotations

import os

import pytest

from ansible_collections.tunnelsmith.panos_vpn.tests.unit.plugins.module_utils.diagnosis.branch import Branch
from ansible_collections.tunnelsmith.panos_vpn.tests.unit.plugins.module_utils.diagnosis.leaves import EVERY, EVERY_VARIANT

# What follows from a fault, or is another name for it, and is as true: fault's cause → causes.
ALSO = {
    "an address of another interface": {"local-interface-wrong"},
    "a peer that does not answer, and would know no way back": {"cloud-static-route-missing"},
    "another phase 2 profile": {"esp-authentication-mismatch"},
    "BGP announces another network only": {"advertised-prefix-not-routed"},
    "an allow rule in the other direction": {"security-rule-missing"},
    "an allow rule disabled": {"security-rule-denies"},
    "a customer gateway of another address, which doubts": {"local-identity-mismatch"},
    "the outside line is unplugged": {"endpoint-route-missing"},
    "the outside interface is shut": {"endpoint-route-missing"},
    "both tunnel interfaces in another zone": {"security-rule-denies"},
    "Panorama denies first": {"security-rule-denies"},
    "the hosts' interface in another zone": {"pbf-rule-misses-traffic"},
    "no route to the far side's speaker": {"tunnel-not-in-use"},
    "the hosts' switch is unplugged": {"local-network-unrouted"},
    "a peer by its name that does not answer": {"peer-name-unresolved"},
    "the outside interface has another static address": {"endpoint-route-next-hop"},
    "the VPN's own: a PBF rule drops": {"tunnel-not-in-use"},
    "the VPN's own: a PBF rule leaves it to the routes": {"tunnel-not-in-use"},
}
# Faults that cannot be made there, as they break what is otherwise, or are none there: variant → faults.
_OF_THE_RECORD = {name for name in EVERY if name.startswith("the VPN's own: ")}
_BY_ROUTES = {"routes that are not installed", "a route's monitor asks nobody", "a route's monitor is slow"}
ELSEWHERE = {
    "by static routes": {"a rule above leaves all to the routes, which lead into the VPN"},
    "backup routes": {"no PBF rule for one tunnel", "spoofed addresses are discarded", *_BY_ROUTES},
    "dead peer detection off": _OF_THE_RECORD,
    "harmless: a careful rule, nothing stated": _OF_THE_RECORD,
    "odd: a DoS protection rule that counts": {fault for fault in EVERY if fault.startswith("a DoS protection rule denies")},
    "IKE on a loopback interface": {"NAT on the way, UDP 4500 denied", "a peer behind a hop, without multihop"},
    "harmless: a routing table that nobody can read": {"the endpoint's route leads into the tunnel", "the endpoint's route leads elsewhere", *_BY_ROUTES},
    "harmless: a peer by its name": {"endpoints swapped", "endpoints swapped, names of one's own"},
    "a record": {"endpoints swapped, names of one's own"},
}


STEP = 1 if "ALL_FAULTS" in os.environ else 5


def tried_in(name: str) -> list:
    """(name, fault) of those that are tried in a variant: of five variants that follow each other, each fault in one."""
    number, step = list(EVERY_VARIANT).index(name), 1 if name == "as it is" else STEP
    return list(EVERY.items())[number % step::step]


@pytest.mark.parametrize("name", EVERY_VARIANT)
def test_a_healthy_vpn_is_not_called_sick(name):
    variant = EVERY_VARIANT[name]
    for kind in variant.kinds:
        branch = Branch(kind)
        variant.changes(branch)
        assert [(cause["id"], cause["cause"]) for cause in branch.diagnose() if cause["confidence"] != "possible"] == []


@pytest.mark.parametrize("name", EVERY_VARIANT)
def test_what_is_certain_is_so(name):
    """A fault that cannot be made in a variant, because what it breaks is not there, is left out."""
    variant, wrong, silent, tried = EVERY_VARIANT[name], [], [], 0
    for fault, told in tried_in(name):
        branch = Branch(told.kind)
        if told.kind not in variant.kinds or fault in ELSEWHERE.get(name, ()):
            continue
        branch.connection = branch.connection if told.known else None
        try:
            variant.changes(branch)
            told.breaks(branch)
        except (StopIteration, AttributeError, TypeError, AssertionError):
            continue
        tried += 1
        found = branch.diagnose()
        certain = {cause["id"] for cause in found if cause["confidence"] == "certain"}
        wrong += [(fault, identity) for identity in certain - {told.cause} - ALSO.get(fault, set())]
        first = next((cause["id"] for cause in found if cause["tunnel"] == told.tunnel), None)
        silent += [(fault, first)] if variant.tells and first not in {told.cause, *ALSO.get(fault, ())} else []
    print(f"{name}: {tried} faults")
    assert (wrong, silent) == ([], [])
