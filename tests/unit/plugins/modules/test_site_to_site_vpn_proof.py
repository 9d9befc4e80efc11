# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is negotiated is proven by a negotiation, whether the firewall keeps SAs over a commit or ends them."""

from __future__ import annotations

import pytest

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.tasks import negotiating
from ansible_collections.tunnelsmith.panos_vpn.plugins.modules import config_revert, vpn_action, vpn_info
from ansible_collections.tunnelsmith.panos_vpn.tests.integration.back_to_start import bare
from ansible_collections.tunnelsmith.panos_vpn.tests.unit.plugins.modules.door import NETWORK
from ansible_collections.tunnelsmith.panos_vpn.tests.unit.plugins.modules.pairing import changed_tunnels, every_tunnel, name_of, profile
from ansible_collections.tunnelsmith.panos_vpn.tests.unit.plugins.modules.test_site_to_site_vpn_life import FIRST, KEYS, SECOND, LifeDoor

NAME = name_of("pbf")
OLD = [tunnel["pre_shared_key"] for tunnel in profile("pbf")["tunnels"]]
WORLDS = {"SAs outlive a commit": False, "a commit ends SAs": True}
ACTING = ("clear", "test")


class ProofDoor(LifeDoor):
    def far_sides_take(self, first: str, second: str) -> None:
        for name, key in ((FIRST, first), (SECOND, second)):
            self.control.far_side_key(name, key)

    def flows(self) -> dict:
        """Tunnel → its flow."""
        found = self.run({"gather": ["state"]}, module=vpn_info).values["vpn"]["state"]["tunnels"]
        return {tunnel["name"]: tunnel["flows"][0] for tunnel in found}

    def up(self) -> list:
        return [name for name, flow in self.flows().items() if flow["state"] == "active" and name.startswith(NAME)]

    def acts(self) -> list:
        return [request["cmd"] for request in self.control.requests() if (request["cmd"] or "").startswith(ACTING)]


@pytest.fixture
def door(firewalls, tmp_path) -> ProofDoor:
    return ProofDoor(firewalls(), tmp_path / "journal")


@pytest.fixture(params=WORLDS.values(), ids=WORLDS.keys())
def paired(request, door) -> ProofDoor:
    """A pairing that works, and whose far sides have the keys that it has."""
    assert not door.life().failed
    door.far_sides_take(*OLD)
    door.control.commit_ends_sas(request.param)
    return door


NEGOTIATED = {
    "both keys": ({"pre_shared_keys": KEYS}, [SECOND, FIRST]),
    "one key": ({"pre_shared_keys": [OLD[0], KEYS[1]]}, [SECOND]),
    "the other key": ({"pre_shared_keys": [KEYS[0], OLD[1]]}, [FIRST]),
    "the preferred one last": ({"pre_shared_keys": KEYS, "primary_tunnel": 2}, [FIRST, SECOND]),
    "all at once": ({"pre_shared_keys": KEYS, "rollout": "together"}, [SECOND, FIRST]),
    "an identity": ({"local_id": "fw@example.net"}, [SECOND, FIRST]),
    "a phase 1 group": ({"tunnels": every_tunnel("pbf", {"offers": None, "ike": {"dh_group": "group19"}})}, [SECOND, FIRST]),
    "a phase 2 group": ({"tunnels": every_tunnel("pbf", {"offers": None, "ipsec": {"dh_group": "group19"}})}, [SECOND, FIRST]),
    "the IKE version": ({"tunnels": every_tunnel("pbf", {"offers": None, "ike": {"version": "ikev1"}})}, [SECOND, FIRST]),
    "a lifetime": ({"tunnels": every_tunnel("pbf", {"offers": None, "ike": {"lifetime_seconds": 14400}})}, [SECOND, FIRST]),
    "a lifetime of phase 2": ({"tunnels": every_tunnel("pbf", {"offers": None, "ipsec": {"lifetime_seconds": 1800}})}, [SECOND, FIRST]),
    "the peer's address": ({"tunnels": changed_tunnels("pbf", {"outside_address": "203.0.113.99"})}, [FIRST]),
    "the anti-replay window": ({"tunnels": changed_tunnels("pbf", {"anti_replay_window": 64})}, [FIRST]),
}


# Where a commit ends the SAs, it does so whatever of them was changed: one change of each object is enough.
IN_BOTH_WORLDS = ("one key", "an identity", "a phase 2 group")


def test_what_is_negotiated_is_negotiated_anew_one_tunnel_after_the_other(paired):
    """There and back again, whatever it is."""
    ends_sas = paired.control._firewall.switches.commit_ends_sas
    for change, tunnels in (NEGOTIATED[name] for name in (IN_BOTH_WORLDS if ends_sas else NEGOTIATED)):
        for step, keys in ((change, change.get("pre_shared_keys", OLD)), ({}, OLD)):
            before = paired.flows()
            paired.far_sides_take(*keys)
            result = paired.life(**step)
            assert not result.failed, (change, result.message)
            acts = paired.acts()
            assert (sorted(result.values["interrupts"]), result.values["unproven"], result.values["healthy"]) == (sorted(tunnels), [], True), change
            assert [words.split()[0] for words in acts] == ["clear", "clear", "test", "test"] * len(tunnels), (change, acts)
            now = paired.flows()
            assert [name for name in (FIRST, SECOND) if now[name]["local_spi"] != before[name]["local_spi"]] == sorted(tunnels), change
            if step:
                assert result.values["interrupts"] == tunnels, change
    assert paired.journals() == [] and not paired.life().changed and paired.acts() == []


QUIET = {
    "the MTU": {"mtu": 1300}, "networks": {"remote_networks": ["10.201.0.0/16"]}, "the monitor": {"monitor_interval": 5},
    "a zone": {"zone": "elsewhere"}, "backup routes": {"backup_routes": True}, "rules": {"security_rules": "outbound"},
}


def test_what_is_not_negotiated_clears_nothing(paired):
    before = paired.flows()
    for change in QUIET.values():
        result = paired.life(**change)
        assert not result.failed and result.values["healthy"] and result.values["unproven"] == [], change
        assert paired.acts() == [] and paired.journals() == [], change
    assert {name: flow["local_spi"] for name, flow in paired.flows().items()} == {name: flow["local_spi"] for name, flow in before.items()}


def test_a_new_vpn_has_nothing_to_clear(door):
    made = door.life()
    assert not made.failed and door.acts() == [] and made.values["unproven"] == []


WRONG = {
    "both keys": (KEYS, "one_by_one", SECOND),
    "both keys, all at once": (KEYS, "together", SECOND),
    "the second key": ([OLD[0], KEYS[1]], "one_by_one", SECOND),
    "the first key": ([KEYS[0], OLD[1]], "one_by_one", FIRST),
}


@pytest.mark.parametrize("on_failure", ["fail", "keep", "revert"])
@pytest.mark.parametrize("keys, rollout, hit", WRONG.values(), ids=WRONG.keys())
def test_a_wrong_key_is_found_at_once_and_hits_one_tunnel_only(paired, keys, rollout, hit, on_failure):
    running = paired.control.running()
    result = paired.life(pre_shared_keys=keys, rollout=rollout, on_failure=on_failure)
    outcome = result.values["outcome"]
    assert result.failed is (on_failure != "keep") and not result.values["healthy"]
    assert hit in str(result.values["problems"])
    has_ended = paired.control._firewall.switches.commit_ends_sas and rollout == "together"
    if on_failure == "revert":
        assert "it is what it was" in outcome and f"{hit} is up again" in outcome.replace(f"{SECOND}, {FIRST} is", f"{SECOND} is")
        assert bare(paired.control.running()) == bare(running)
        assert paired.up() == [FIRST, SECOND] and paired.journals() == []
    else:
        assert "was left so" in outcome and len(paired.journals()) == 1
        assert paired.up() == ([] if has_ended else [name for name in (FIRST, SECOND) if name != hit])
        taken_back = paired.run({"name": NAME, "journal": str(paired.folder), "commit_poll": 0.05}, module=config_revert)
        assert not taken_back.failed and bare(paired.control.running()) == bare(running)
    assert paired.life().values["healthy"]


@pytest.mark.parametrize("number", [1, 2])
@pytest.mark.parametrize("others_follow", [True, False])
def test_where_a_turn_ends_the_run_the_whole_vpn_is_told_and_the_tunnel_by_its_number(door, number, others_follow):
    """As vpn_info tells it a moment later, whichever tunnel it was and whether others were to follow."""
    primary, wrong = 3 - number, (FIRST, SECOND)[number - 1]
    door.life(primary_tunnel=primary)
    door.far_sides_take(*OLD)
    keys = KEYS if others_follow else [KEYS[0] if name == wrong else old for name, old in zip((FIRST, SECOND), OLD)]
    result = door.life(pre_shared_keys=keys, primary_tunnel=primary)
    assert result.failed and f"{NAME} is not healthy" in result.message
    told = result.values
    assert [(vpn["name"], vpn["health"]) for vpn in told["vpns"]] == [(NAME, "at_risk")]
    assert [reason["reason"] for reason in told["vpns"][0]["reasons"]] == ["1 of 2 tunnels works"]
    assert {tunnel["name"]: tunnel["health"] == "down" for tunnel in told["vpns"][0]["tunnels"]} == {FIRST: number == 1, SECOND: number == 2}
    assert (told["health"], told["summary"]["health"], len(told["summary"]["tunnels"])) == ("at_risk", "at_risk", 2)
    fixes = str([cause["fix"] for cause in told["diagnosis"]])
    assert f"tunnels[{number}].pre_shared_key" in fixes and f"tunnels[{3 - number}]" not in fixes
    alone = str(door.run({"name": [wrong], "gather": ["diagnosis"]}, module=vpn_info).values["diagnosis"])
    assert f"tunnels[{number}].pre_shared_key" in alone and f"tunnels[{3 - number}]" not in alone


def test_the_tunnel_that_was_proven_first_is_taken_back_with_the_other_one_and_works(paired):
    """The first one's key is right, the other one's is not: both go back, and both have to make SAs with what they had."""
    paired.far_sides_take(OLD[0], KEYS[1])
    running = paired.control.running()
    result = paired.life(pre_shared_keys=KEYS, on_failure="revert")
    assert result.failed and bare(paired.control.running()) == bare(running)
    # The far side of the second tunnel has another key by now.
    assert f"{SECOND} was up before and is not up again" in result.values["outcome"], result.values["outcome"]
    assert paired.up() == [FIRST]


LATER = {
    "committed without a look": ({"verify": False, "rollout": "together"},),
    "written, then committed without a look": ({"commit": False, "verify": False, "rollout": "together"}, {"verify": False, "rollout": "together"}),
    "written without a commit": ({"commit": False, "verify": False, "rollout": "together"},),
}


@pytest.mark.parametrize("steps", LATER.values(), ids=LATER.keys())
@pytest.mark.parametrize("are_right", [True, False], ids=["right keys", "wrong keys"])
def test_what_an_earlier_run_left_unproven_is_proven_by_the_next_one(door, steps, are_right):
    assert not door.life().failed
    door.far_sides_take(*OLD)
    for step in steps:
        assert not door.life(pre_shared_keys=KEYS, **step).failed
        assert door.acts() == [] and len(door.journals()) == 1
    if are_right:
        door.far_sides_take(*KEYS)
    look = {"name": NAME, "configure": False, "verify": True, "verify_timeout": 0, "journal": str(door.folder)}
    if steps[-1].get("commit", True):
        seen = door.run(look)
        assert (seen.failed, seen.values["unproven"]) == (False, [FIRST, SECOND]) or seen.values["unproven"] == [SECOND, FIRST]
        assert "not proven until the next negotiation" in seen.values["outcome"] and " works" not in seen.values["outcome"]
        assert any("not proven" in warning for warning in seen.warnings) and len(door.journals()) == 1
    result = door.life(pre_shared_keys=KEYS)
    assert result.failed is not are_right, result.message
    if are_right:
        assert door.journals() == [] and result.values["unproven"] == [] and len(door.acts()) == 8
    else:
        assert door.up() == [FIRST] and len(door.journals()) == 1


def test_a_tunnel_that_was_proven_is_not_negotiated_again(door, monkeypatch):
    """The run is ended while the second one waits for its turn."""
    assert not door.life().failed
    first = door.life(pre_shared_keys=KEYS, probe="false", on_failure="keep", probe_timeout=1)
    assert first.values["interrupts"] == [SECOND] and len(door.acts()) == 4
    again = door.life(pre_shared_keys=KEYS)
    assert not again.failed and again.values["interrupts"] == [FIRST]
    assert len(door.acts()) == 4 and door.journals() == []


def of(*steps: dict) -> tuple:
    """Runs of the VPN, one after the other, that look at nothing."""
    return tuple({"rollout": "together", "verify": False, **step} for step in steps)


REVERT, RECONNECT = "config_revert", "vpn_action"
# What brings the former keys back, after the new ones have made SAs or may have; the tunnels that are not proven then.
BACK = {
    "taken back": (of({"pre_shared_keys": KEYS}) + (RECONNECT, REVERT), [FIRST, SECOND]),
    "taken back before it was reconnected": (of({"pre_shared_keys": KEYS}) + (REVERT,), [FIRST, SECOND]),
    "taken back after it was proven": (({"pre_shared_keys": KEYS, "keep_journal": True}, REVERT), [FIRST, SECOND]),
    "changed back without a look": (of({"pre_shared_keys": KEYS}) + (RECONNECT,) + of({}), [FIRST, SECOND]),
    "changed back without a look, by one write of both": (of({"pre_shared_keys": KEYS}) + (RECONNECT,) + of({"commit": False}, {}), [FIRST, SECOND]),
    "one of two": (of({"pre_shared_keys": [KEYS[0], OLD[1]]}) + (RECONNECT,) + of({}), [FIRST]),
    "one reconnected, both back": (of({"pre_shared_keys": KEYS}) + ((RECONNECT, FIRST),) + of({}), [FIRST, SECOND]),
    "proven and kept, then back": (({"pre_shared_keys": KEYS, "keep_journal": True},) + of({}), [FIRST, SECOND]),
    "by way of a third one": (of({"pre_shared_keys": KEYS}, {"pre_shared_keys": KEYS[::-1]}) + (RECONNECT,) + of({}), [FIRST, SECOND]),
    "with what is not negotiated": (of({"pre_shared_keys": KEYS, "mtu": 1300}) + (RECONNECT,) + of({}), [FIRST, SECOND]),
    "taken away in the candidate, then there again": (of({"pre_shared_keys": KEYS}) + (RECONNECT,)
                                                      + of({"state": "absent", "commit": False}, {"pre_shared_keys": OLD}), [FIRST, SECOND]),
    "taken away, then there again": (of({"pre_shared_keys": KEYS}) + (RECONNECT,) + of({"state": "absent", "keep_journal": True}, {}), [FIRST, SECOND]),
    "an identity": (of({"local_id": "fw@example.net"}) + (RECONNECT,) + of({}), [FIRST, SECOND]),
}


@pytest.mark.parametrize("steps, unproven", BACK.values(), ids=BACK.keys())
def test_what_was_there_before_is_not_proven_by_what_was_made_meanwhile(paired, steps, unproven):
    """The far side has the new key by now: where the old one stands again, the tunnel is not well, whatever carries its packets."""
    journal = {"journal": str(paired.folder), "commit_poll": 0.05}
    for step in steps:
        if step == REVERT:
            back = paired.run({"name": NAME, **journal}, module=config_revert)
            assert back.values["unproven"] == unproven and any("negotiates anew" in warning for warning in back.warnings)
        elif isinstance(step, dict):
            keys = step.get("pre_shared_keys", OLD)
            paired.far_sides_take(*(keys if step.get("commit", True) else OLD))
            back = paired.life(**step)
        else:
            name = NAME if step == RECONNECT else step[1]
            back = paired.run({"action": "reconnect", "name": [name], **journal, "journal": str(paired.folder) if name == NAME else None, "poll": 0.05},
                              module=vpn_action)
        assert not back.failed, (step, back.message)
    assert len(paired.journals()) == 1
    assert paired.run({"journal": str(paired.folder), "name": [NAME]}, module=vpn_info).values["unproven"] == unproven
    paired.far_sides_take(*KEYS)
    lies = paired.life()
    assert lies.failed and not lies.values["healthy"], lies.values["outcome"]
    paired.far_sides_take(*OLD)
    works = paired.life()
    assert not works.failed and works.values["unproven"] == [] and paired.journals() == [], works.message


UNKNOWN = "Without the journal of earlier runs it is not known"


def test_without_a_journal_of_earlier_runs_that_is_said(paired, tmp_path):
    """Another machine, or a container of a job that is new: the knowledge of what is not proven is not there."""
    elsewhere = tmp_path / "another machine"
    for folder, unknown in ((None, True), (str(elsewhere), True), (str(elsewhere), False), (str(paired.folder), False)):
        result = paired.life(journal=folder)
        assert result.values["healthy"] and (UNKNOWN in result.values["outcome"]) is unknown, (folder, result.values["outcome"])
    look = paired.run({"name": NAME, "configure": False, "verify": True, "verify_timeout": 0})
    assert UNKNOWN in look.values["outcome"]
    paired.far_sides_take(*KEYS)
    assert UNKNOWN not in paired.life(journal=None, pre_shared_keys=KEYS).values["outcome"], "both were negotiated by this run"


def test_of_a_vpn_that_is_new_all_is_known(door):
    assert UNKNOWN not in door.life(journal=None).values["outcome"]


PASSIVE = every_tunnel("pbf", {"initiator": "peer"})


def test_where_only_the_far_side_can_begin_nothing_is_cleared_and_nothing_is_called_proven(door):
    assert not door.life(tunnels=PASSIVE).failed
    result = door.life(tunnels=PASSIVE, pre_shared_keys=KEYS)
    assert not result.failed and door.acts() == []
    assert (result.values["unproven"], result.values["waiting"]) == ([SECOND], [FIRST])
    assert "is not proven until the next negotiation" in result.values["outcome"] and " works" not in result.values["outcome"]
    assert len(door.journals()) == 1
    refused = door.life(tunnels=PASSIVE, pre_shared_keys=KEYS)
    assert refused.failed and f"{FIRST} cannot be changed before" in refused.message and "nothing was written" in refused.message
    reconnected = door.run({"action": "reconnect", "name": [NAME], "journal": str(door.folder), "poll": 0.05}, module=vpn_action)
    assert not reconnected.failed, reconnected.message
    last = door.life(tunnels=PASSIVE, pre_shared_keys=KEYS)
    assert (last.values["interrupts"], last.values["unproven"]) == ([FIRST], [FIRST])


@pytest.mark.parametrize("shows_spis, has_cleared", [(True, True), (True, False), (False, True), (False, False)])
def test_a_reconnect_proves_what_can_be_told_from_before(door, monkeypatch, shows_spis, has_cleared):
    """Where the firewall neither shows SPIs nor says that it cleared any, what is up may be what was up before."""
    assert not door.life(tunnels=PASSIVE).failed and not door.life(tunnels=PASSIVE, pre_shared_keys=KEYS).failed
    if not shows_spis:
        monkeypatch.setattr(negotiating, "spis", lambda flows, tunnel: frozenset())
    monkeypatch.setattr(negotiating.Answer, "found_something", has_cleared)
    reconnected = door.run({"action": "reconnect", "name": [NAME], "journal": str(door.folder), "poll": 0.05}, module=vpn_action)
    assert not reconnected.failed, reconnected.message
    unproven = door.run({"journal": str(door.folder)}, module=vpn_info).values["unproven"]
    assert unproven == ([] if shows_spis or has_cleared else [SECOND])


def test_an_old_sa_that_remains_proves_nothing(door, monkeypatch):
    """The firewall takes the commands, and does nothing."""
    assert not door.life().failed
    monkeypatch.setattr(type(door.control._firewall.runtime), "negotiated_anew", lambda runtime, names: None)
    result = door.life(pre_shared_keys=KEYS)
    assert (result.failed, result.values["unproven"], result.values["waiting"]) == (False, [SECOND], [FIRST])
    assert "not proven" in result.values["outcome"] and len(door.journals()) == 1


def test_the_last_tunnel_that_is_up_is_not_cleared(door):
    assert not door.life().failed
    assert not door.life(pre_shared_keys=KEYS, verify=False, rollout="together").failed
    door.down(SECOND)
    result = door.life(pre_shared_keys=KEYS)
    assert FIRST in door.up() and result.failed


def test_a_revert_by_itself_says_what_may_still_run_on_what_it_took_back(door):
    assert not door.life().failed
    assert not door.life(pre_shared_keys=KEYS, verify=False, rollout="together").failed
    result = door.run({"name": NAME, "journal": str(door.folder), "commit_poll": 0.05}, module=config_revert)
    told = [warning for warning in result.warnings if "reconnect" in warning]
    assert len(told) == 1 and FIRST in told[0] and SECOND in told[0], result.warnings


def test_vpn_info_reads_in_the_journal_what_is_not_proven(door):
    assert not door.life().failed
    assert door.run({"journal": str(door.folder)}, module=vpn_info).values["unproven"] == []
    assert not door.life(pre_shared_keys=KEYS, verify=False, rollout="together").failed
    for asked, found in (([NAME], [FIRST, SECOND]), ([], [FIRST, SECOND]), ([FIRST], [FIRST]), (["branch-7"], [])):
        seen = door.run({"name": asked, "journal": str(door.folder), "gather": ["state"]}, module=vpn_info)
        assert seen.values["unproven"] == found and any("not proven" in warning for warning in seen.warnings) is bool(found)
    (file,) = door.journals()
    file.write_text("{}")
    seen = door.run({"journal": str(door.folder), "gather": ["state"]}, module=vpn_info)
    assert not seen.failed and any("holds no journal" in warning for warning in seen.warnings)


def test_the_entry_of_a_gateway_is_not_what_is_looked_at_but_its_leaves(door):
    assert not door.life().failed
    door.control.edit_as("alice", "set", f"{NETWORK}/ike/gateway/entry[@name='{FIRST}']", "<comment>by hand</comment>")
    assert not door.life(commit_foreign="include").failed
