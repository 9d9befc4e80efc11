# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a BGP session begins with is proven by a session that began since, whether a commit ends the one of before or it goes on."""

from __future__ import annotations

import pytest

from ansible_collections.tunnelsmith.panos_vpn.plugins.modules import commit, config_revert, vpn_action, vpn_info
from ansible_collections.tunnelsmith.panos_vpn.tests.integration.back_to_start import bare
from ansible_collections.tunnelsmith.panos_vpn.tests.unit.plugins.modules.pairing import ENGINES, every_tunnel, name_of
from ansible_collections.tunnelsmith.panos_vpn.tests.unit.plugins.modules.test_site_to_site_vpn_life import LifeDoor

NAME = name_of("bgp")
FIRST, SECOND = TUNNELS = [f"{NAME}-1", f"{NAME}-2"]
SECRETS, OTHERS = ["bgp.secret.one", "bgp.secret.two"], ["bgp.rotated.one", "bgp.rotated.two"]
WORLDS = {"a commit ends sessions": True, "sessions outlive a commit": False}


class SpeakingDoor(LifeDoor):
    def bgp(self, **more):
        return self.life("bgp", **{"bgp_secrets": SECRETS, "rollout": "together", "verify_poll": 0.4, **more})

    def far_sides_take(self, secrets) -> None:
        for peer, secret in zip(TUNNELS, secrets):
            self.control.far_side_secret(peer, secret)

    def restart_sessions(self) -> None:
        for peer in TUNNELS:
            self.control.restart_session(peer)

    def known(self) -> list:
        return self.run({"journal": str(self.folder), "name": [NAME], "gather": ["state"]}, module=vpn_info).values["unproven"]


@pytest.fixture(params=ENGINES)
def door(request, firewalls, tmp_path) -> SpeakingDoor:
    return SpeakingDoor(firewalls(engine=request.param), tmp_path / "journal")


@pytest.fixture(params=WORLDS.values(), ids=WORLDS.keys())
def paired(request, door) -> SpeakingDoor:
    """A pairing that works, whose far sides take the passwords that it has."""
    made = door.bgp()
    assert not made.failed and made.values["unproven"] == [] and door.journals() == [], made.message
    door.far_sides_take(SECRETS)
    door.control.commit_ends_sessions(request.param)
    return door


def outlives(door) -> bool:
    return not door.control._firewall.switches.commit_ends_sessions


def test_of_a_new_vpn_no_session_is_looked_at_before_its_commit(door):
    """What was in no configuration has none."""
    assert not door.bgp().failed
    asked = door.control.requests()
    before = asked[:[request["type"] for request in asked].index("commit")]
    assert [request["cmd"] for request in before if "bgp" in (request["cmd"] or "")] == []


OPENED = {
    "one password": ({"bgp_secrets": [SECRETS[0], OTHERS[1]]}, [SECOND]),
    "the timers": ({"tunnels": every_tunnel("bgp", {"bgp": {"hold_time": 60, "keep_alive": 20}})}, TUNNELS),
    "the router's ID": ({"router_id": "10.10.0.9"}, TUNNELS),
}


def test_what_a_session_begins_with_is_proven_by_one_that_began_since(paired):
    """There and back again, whatever it is."""
    for change, tunnels in OPENED.values():
        for step in (change, {}):
            paired.far_sides_take(step.get("bgp_secrets", SECRETS))
            result = paired.bgp(**step)
            assert not result.failed and result.values["healthy"], (change, result.message)
            if outlives(paired):
                assert sorted(result.values["unproven"]) == sorted(paired.known()) == tunnels and len(paired.journals()) == 1, change
                assert "not proven until the session through" in result.values["outcome"] and " works" not in result.values["outcome"]
                paired.restart_sessions()
                assert paired.known() == []
                result = paired.bgp(**step)
            assert not result.failed and result.values["unproven"] == [] and paired.journals() == [], (change, result.values["outcome"])
    assert not paired.bgp().changed


QUIET = {
    "networks": {"remote_networks": ["10.201.0.0/16"]}, "local preference": {"local_preference": [200, 100]}, "the MTU": {"mtu": 1300},
    "prepending": {"as_path_prepend": [1, 2]},
}


def test_what_no_session_begins_with_asks_for_no_new_one(door):
    assert not door.bgp().failed
    door.control.commit_ends_sessions(False)
    for change in QUIET.values():
        result = door.bgp(**change)
        assert not result.failed and result.values["unproven"] == [] and door.journals() == [], (change, result.message)


@pytest.mark.parametrize("on_failure", ["fail", "revert"])
def test_a_wrong_password_is_no_success_in_either_world(paired, on_failure):
    running = paired.control.running()
    result = paired.bgp(bgp_secrets=OTHERS, on_failure=on_failure)
    if outlives(paired):
        assert not result.failed and result.values["unproven"] == TUNNELS and len(paired.journals()) == 1
        paired.restart_sessions()
        result = paired.bgp(bgp_secrets=OTHERS, on_failure=on_failure)
    assert result.failed and not result.values["healthy"], result.values["outcome"]
    if on_failure == "revert":
        assert bare(paired.control.running()) == bare(running) and "it is what it was" in result.values["outcome"]
    assert not paired.bgp().failed and paired.journals() == []


def test_one_tunnel_after_the_other_waits_for_the_new_session(paired):
    paired.far_sides_take(OTHERS)
    first = paired.bgp(bgp_secrets=OTHERS, rollout="one_by_one")
    assert not first.failed, first.message
    if not outlives(paired):
        assert first.values["interrupts"] == [SECOND, FIRST] and first.values["unproven"] == [] and paired.journals() == []
        return
    assert (first.values["unproven"], first.values["waiting"]) == ([SECOND], [FIRST])
    refused = paired.bgp(bgp_secrets=OTHERS, rollout="one_by_one")
    assert refused.failed and f"{FIRST} cannot be changed before" in refused.message and "nothing was written" in refused.message
    paired.control.restart_session(SECOND)
    second = paired.bgp(bgp_secrets=OTHERS, rollout="one_by_one")
    assert not second.failed and second.values["unproven"] == [FIRST] and second.values["waiting"] == []


LATER = {
    "committed without a look": ({"verify": False},),
    "written, then committed without a look": ({"verify": False, "commit": False}, {"verify": False}),
    "taken back": ({"verify": False}, config_revert),
    "changed back without a look": ({"verify": False}, {"verify": False, "bgp_secrets": SECRETS}),
}


@pytest.mark.parametrize("steps", LATER.values(), ids=LATER.keys())
def test_a_later_run_knows_by_the_journal_which_session_is_of_before(paired, steps):
    keys = OTHERS if steps[-1] is not config_revert and "bgp_secrets" not in steps[-1] else SECRETS
    paired.far_sides_take(keys)
    for step in steps:
        if isinstance(step, dict):
            assert not paired.bgp(**{"bgp_secrets": OTHERS, **step}).failed
        else:
            back = paired.run({"name": NAME, "journal": str(paired.folder), "commit_poll": 0.05}, module=step)
            assert not back.failed and back.values["unproven"] == (TUNNELS if outlives(paired) else [])
    if outlives(paired):
        assert paired.known() == TUNNELS
        seen = paired.bgp(bgp_secrets=keys)
        assert seen.values["unproven"] == TUNNELS and len(paired.journals()) == 1
        paired.restart_sessions()
    proven = paired.bgp(bgp_secrets=keys)
    assert not proven.failed and proven.values["unproven"] == [] and paired.journals() == [], proven.message


def test_where_nobody_looked_before_the_commit_what_is_there_then_counts_as_old(door):
    """Written by a run, and committed by a person."""
    assert not door.bgp().failed
    assert not door.bgp(bgp_secrets=OTHERS, verify=False, commit=False).failed
    assert door.run({"scope": "all", "commit_poll": 0.05}, module=commit).changed
    seen = door.bgp(bgp_secrets=OTHERS)
    assert not seen.failed and seen.values["unproven"] == TUNNELS
    door.restart_sessions()
    assert door.bgp(bgp_secrets=OTHERS).values["unproven"] == [] and door.journals() == []


WRONG_KEYS = ["notReal.wrong.one", "notReal.wrong.two"]
#: Each engine and each world once.
ONCE = pytest.mark.parametrize("door, paired", list(zip(ENGINES, WORLDS.values())), ids=WORLDS.keys(), indirect=True)


def run_with_wrong_keys(door, on_failure):
    """A run that changes passwords too, and whose keys no far side takes; afterwards they take any again."""
    for tunnel in TUNNELS:
        door.control.far_side_key(tunnel, "notReal.right")
    done = door.bgp(bgp_secrets=OTHERS, pre_shared_keys=WRONG_KEYS, on_failure=on_failure, verify_timeout=1)
    assert done.failed and "not healthy" in done.message, done.message
    for tunnel in TUNNELS:
        door.control.far_side_key(tunnel, None)
    return done


@ONCE
def test_a_failing_run_tells_of_sessions_that_go_on(paired):
    done = run_with_wrong_keys(paired, "fail")
    assert ("not proven until the session through" in done.values["outcome"]) is outlives(paired), done.values["outcome"]
    assert not outlives(paired) or sorted(set(done.values["unproven"])) == TUNNELS


OF_MEANWHILE = "goes on and began with what was taken back"


@ONCE
def test_a_session_of_before_is_as_it_was_when_all_is_taken_back(paired):
    """So that nothing is left to prove of it, and a later run has nothing to say of it either."""
    before = paired.control.running()
    done = run_with_wrong_keys(paired, "revert")
    assert bare(paired.control.running()) == bare(before) and OF_MEANWHILE not in done.values["outcome"]
    paired.run({"action": "reconnect", "name": [NAME], "journal": str(paired.folder), "poll": 0.05}, module=vpn_action)
    assert paired.known() == [] and paired.journals() == []


@ONCE
def test_a_session_of_meanwhile_is_told_when_all_is_taken_back(paired):
    """It began with a password that an earlier run had written, and that goes with the rest."""
    paired.far_sides_take(OTHERS)
    assert not paired.bgp(bgp_secrets=OTHERS, verify=False).failed
    paired.restart_sessions()
    done = run_with_wrong_keys(paired, "revert")
    assert (OF_MEANWHILE in done.values["outcome"]) is outlives(paired), done.values["outcome"]
    paired.run({"action": "reconnect", "name": [NAME], "journal": str(paired.folder), "poll": 0.05}, module=vpn_action)
    assert paired.known() == (TUNNELS if outlives(paired) else [])
    paired.far_sides_take(SECRETS)
    paired.restart_sessions()
    proven = paired.bgp()
    assert not proven.failed and proven.values["unproven"] == [] and paired.journals() == [], proven.message


@ONCE
def test_without_a_journal_it_is_not_known_what_sessions_began_with(paired, tmp_path):
    words = "whether each BGP session began since"
    for folder, unknown in ((None, True), (str(tmp_path / "elsewhere"), True), (str(paired.folder), False)):
        assert (words in paired.bgp(journal=folder).values["outcome"]) is unknown, folder
    if not outlives(paired):
        paired.far_sides_take(OTHERS)
        changed = paired.bgp(journal=None, bgp_secrets=OTHERS).values["outcome"]
        assert " works" in changed and words not in changed, "all of them have begun since"


def test_passwords_that_cannot_be_compared_are_not_changed_in_silence(firewalls, tmp_path):
    door = SpeakingDoor(firewalls(secrets="opaque"), tmp_path / "journal")
    assert not door.bgp().failed
    rotated = door.bgp(bgp_secrets=OTHERS)
    told = [warning for warning in rotated.warnings if "whether secret is the one that it has cannot be told" in warning]
    assert not rotated.changed and len(told) == 2, rotated.warnings
