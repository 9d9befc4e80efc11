# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Several answers about one firewall as one."""

from __future__ import annotations

import itertools

import pytest
from ansible.errors import AnsibleFilterError

from ansible_collections.tunnelsmith.panos_vpn.plugins.filter.vpn_joined import vpn_joined

HUB = {"health": "healthy", "healthy": True, "problems": [], "vpns": [{"name": "hub"}], "firewall": {"hostname": "fw"},
       "vpn": {"tunnels": [{"name": "hub-1"}], "state": {"tunnels": [1]}}}
FAR = {"health": "at_risk", "healthy": False, "problems": ["one works"], "vpns": [{"name": "far"}], "firewall": {"hostname": "fw"},
       "vpn": {"tunnels": [{"name": "far-1"}], "state": {"tunnels": [2], "routes": [3]}}, "unproven": ["far-1"]}
SILENT = {"msg": "no answer"}


def test_of_one_it_is_that_one():
    assert vpn_joined([FAR]) == {**FAR, "failures": []}


def test_of_several_it_holds_what_each_holds():
    assert vpn_joined([HUB, FAR]) == {
        "health": "at_risk", "healthy": False, "problems": ["one works"], "vpns": [{"name": "hub"}, {"name": "far"}], "firewall": {"hostname": "fw"},
        "vpn": {"tunnels": [{"name": "hub-1"}, {"name": "far-1"}], "state": {"tunnels": [1, 2], "routes": [3]}}, "unproven": ["far-1"], "failures": []}


@pytest.mark.parametrize("answers", list(itertools.permutations([HUB, FAR, SILENT])))
def test_it_is_as_well_as_the_worst_and_what_was_not_answered_is_down(answers):
    found = vpn_joined(answers)
    assert (found["health"], found["healthy"], found["failures"], len(found["vpns"])) == ("down", False, ["no answer"], 2)


NO_SA = {"reason": "no IPsec SA", "makes": "down"}
# Asked without a name: the hub as it looks to who does not know what is to pass, and what nobody asked for.
REST = {"health": "down", "healthy": False, "problems": ["no IPsec SA", "the old one leads nowhere"], "firewall": {"hostname": "fw"},
        "vpns": [{"name": "hub", "health": "down", "tunnels": [{"name": "hub-1", "health": "down", "reasons": [NO_SA]}]},
                 {"name": "old", "health": "at_risk", "reasons": [{"reason": "the old one leads nowhere", "makes": "at_risk"}]}],
        "diagnosis": [{"tunnel": "hub-1", "cause": "a"}, {"tunnel": "old-1", "cause": "b"}]}


def test_a_vpn_that_was_asked_for_by_name_is_as_that_answer_says():
    found = vpn_joined([HUB, REST])
    assert (found["health"], found["problems"], found["diagnosis"]) == ("at_risk", ["the old one leads nowhere"], [{"tunnel": "old-1", "cause": "b"}])
    assert [vpn["name"] for vpn in found["vpns"]] == ["hub", "old"] and "health" not in found["vpns"][0]


def test_what_is_wrong_with_both_is_left_of_the_other():
    hub, old = REST["vpns"]
    found = vpn_joined([HUB, {**REST, "vpns": [hub, {**old, "health": "down", "reasons": [NO_SA, *old["reasons"]]}]}])
    assert (found["health"], found["problems"]) == ("down", ["no IPsec SA", "the old one leads nowhere"])


def test_what_is_wrong_with_the_firewall_itself_counts():
    found = vpn_joined([HUB, {**REST, "problems": ["no IPsec SA", "the device certificate is gone"]}])
    assert (found["health"], found["problems"]) == ("down", ["the device certificate is gone"])


def test_what_is_no_list_of_results_is_refused():
    for given in ({"results": []}, "text"):
        with pytest.raises(AnsibleFilterError, match="results of a task with a loop"):
            vpn_joined(given)
