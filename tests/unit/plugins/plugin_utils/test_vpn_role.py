# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import itertools

import pytest

from ansible_collections.tunnelsmith.panos_vpn.plugins.plugin_utils import vpn_role as role

ASKED = {"commit": True, "verify": True, "rollout": "one_by_one", "on_failure": "revert", "config_lock": True}
GIVEN = {
    "state": "present", "name": "hub", "failover": "routes", "outside_interface": "ethernet1/8", "zone": "vpn", "source_zones": ["trust"],
    "local_networks": ["10.10.0.0/24"], "remote_networks": ["10.200.0.0/16"], "document": [],
}
NAMED = {"name": "it is the name"}


@pytest.mark.parametrize("run, skip, changes, steps", [
    ((), (), {}, "configure commit verify"),
    (("all",), (), {}, "configure commit verify"),
    (("mine",), (), {}, "configure commit verify"),
    (("verify",), (), {}, "verify"),
    (("preflight",), (), {}, ""),
    (("configure",), (), {}, "configure"),
    (("configure", "commit"), (), {}, "configure commit"),
    (("mine", "verify"), (), {}, "verify"),
    ((), ("commit",), {}, "configure verify"),
    ((), ("verify",), {}, "configure commit"),
    (("configure", "verify"), ("verify",), {}, "configure"),
    ((), (), {"commit": False}, "configure verify"),
    ((), (), {"verify": False}, "configure commit"),
    (("commit", "configure"), (), {"commit": False}, "configure"),
])
def test_tags_and_variables_say_how_far_a_run_goes(run, skip, changes, steps):
    found = role.steps({**ASKED, **changes}, run, skip).plain
    assert [name for name in ("configure", "commit", "verify") if found[name]] == steps.split()


def test_what_follows_from_a_step_that_is_left_out():
    """All of it is made together only where all steps are made; no lock is held and nothing taken back without a commit."""
    names = ("configure", "commit", "verify")
    for count in range(4):
        for tags in itertools.combinations(names, count):
            found = role.steps(ASKED, tags or ("preflight",)).plain
            assert found["rollout"] == ("one_by_one" if count == 3 else "together"), tags
            assert found["on_failure"] == ("revert" if "commit" in tags else "fail"), tags
            assert found["config_lock"] is ("commit" in tags), tags


def test_a_commit_without_what_finds_out_what_there_is_to_commit_is_refused():
    for run, skip in ((("commit",), ()), (("commit", "verify"), ()), ((), ("configure",))):
        (problem,) = role.problems(GIVEN, "x", named=NAMED, run=role.steps(ASKED, run, skip).plain)
        assert "--tags configure,commit" in problem


@pytest.mark.parametrize("name", [*role.NEEDED, "name"])
@pytest.mark.parametrize("empty", [None, "", []])
def test_each_variable_that_cannot_be_left_out_is_told_by_its_role_s_name(name, empty):
    assert role.problems(GIVEN, "hub_pairing", named=NAMED, needed=NAMED) == []
    (problem,) = role.problems({**GIVEN, name: empty}, "hub_pairing", named=NAMED, needed=NAMED)
    assert problem.startswith(f"hub_pairing_{name} is not set; it ")


def test_the_peer_is_called_by_its_name():
    told = role.problems({"state": "present"}, "zstack_pairing", "zstack")
    assert "zstack_pairing_outside_interface is not set; it is the interface that faces ZStack, for example ethernet1/8" in told
    assert "zstack_pairing_remote_networks is not set; it is the networks in ZStack Cloud" in told


@pytest.mark.parametrize("state", ["absent", "reconnected"])
def test_other_states_need_a_name_alone(state):
    assert role.problems({"state": state, "name": "hub"}, "x", named=NAMED) == []
    assert role.problems({"state": state}, "x", named=NAMED) == ["x_name is not set; it is the name"]


def test_all_that_is_missing_is_told_at_once_and_the_peer_only_then():
    assert len(role.problems({"state": "present", "document": "nonsense"}, "x", named=NAMED, needed={"key": "it is the key"})) == 7
    (problem,) = role.problems({**GIVEN, "document": "nonsense"}, "x", named=NAMED)
    assert problem and "notReal" not in problem


def test_a_profile_by_hand_is_checked_as_a_cloud_s_is():
    tunnel = {"outside_address": "203.0.113.9", "ike": {"version": "ikev2", "encryption": "aes-256-cbc", "hash": "sha256", "dh_group": "group14"},
              "ipsec": {"encryption": "aes-256-cbc", "authentication": "sha256", "dh_group": "group14"}}
    (problem,) = role.problems({**GIVEN, "document": [tunnel]}, "site_to_site", named=NAMED)
    assert "no readable pre-shared key; give them as site_to_site_pre_shared_keys" in problem
    assert role.problems({**GIVEN, "document": [tunnel], "pre_shared_keys": ["notReal.key"]}, "site_to_site", named=NAMED) == []
    (unknown,) = role.problems({**GIVEN, "document": [{**tunnel, "phase1": {}}]}, "site_to_site", named=NAMED)
    assert "phase1" in unknown and "outside_address" in unknown


def test_a_reader_s_refusal_is_the_problem():
    (problem,) = role.problems({**GIVEN, "document": {"name": "x"}}, "zstack_pairing", "zstack", named=NAMED)
    assert "Local IP Address (local_ip_address)" in problem
    (problem,) = role.problems({**GIVEN, "document": [1]}, "azure_pairing", "azure",
                               {"nonsense": 1}, named=NAMED)
    assert "nonsense" in problem


def test_a_cloud_s_names_have_its_form():
    given = {"state": "absent", "name": "eu-central-1", "connection_id": "eu-central-1"}
    (problem,) = role.problems(given, "aws_pairing", "aws", named={"connection_id": "say which"})
    assert problem.startswith("aws_pairing_connection_id: 'eu-central-1' is not the id of a VPN connection")


TUNNEL = {
    "outside_address": "203.0.113.44", "pre_shared_key": "notReal.key.of.a.hub",
    "ike": {"version": "ikev2", "encryption": "aes-256-cbc", "hash": "sha256", "dh_group": "group20", "lifetime_seconds": 28800},
    "ipsec": {"encryption": "aes-256-gcm", "authentication": "none", "dh_group": "group20", "lifetime_seconds": 3600},
}


@pytest.mark.parametrize("changes, variable", [
    ({"ike": None}, "x_tunnels[1]"),
    ({"ike": {**TUNNEL["ike"], "lifetime_seconds": "8h"}}, "x_tunnels[1].ike.lifetime_seconds"),
    ({"pre_shared_keyy": "notReal"}, "x_tunnels[1]"),
])
def test_a_tunnel_that_was_written_by_hand_is_told_of_the_variable_it_stands_in(changes, variable):
    tunnel = {option: value for option, value in {**TUNNEL, **changes}.items() if value is not None}
    (problem,) = role.problems({**GIVEN, "document": [tunnel]}, "x")
    assert problem.startswith(f"{variable}: ")
    (problem,) = role.problems({**GIVEN, "document": {"id": "hub", "routing": "static", "tunnels": [tunnel]}}, "x")
    assert problem.startswith(variable.replace("x_tunnels", "x_peer.tunnels"))


def test_a_name_that_no_vpn_can_have_is_told_of_its_variable():
    (problem,) = role.problems({**GIVEN, "name": "lyon/branch"}, "x", named=NAMED)
    assert problem.startswith("x_name: 'lyon/branch'")


def test_keys_in_one_text_are_those_between_its_commas():
    said = {**GIVEN, "document": [TUNNEL]}
    assert role.problems({**said, "pre_shared_keys": "notReal.key.one"}, "x") == []
    (problem,) = role.problems({**said, "pre_shared_keys": "notReal.key.one,notReal.key.two"}, "x")
    assert "1 tunnel" in problem and "2 pre-shared keys" in problem


def test_what_is_wrong_with_the_far_side_is_told_by_the_roles_variables():
    (problem,) = role.problems({**GIVEN, "name": "", "document": {"VpnConnections": []}}, "aws_pairing", "aws")
    assert problem.startswith("aws_pairing_connection: ")
