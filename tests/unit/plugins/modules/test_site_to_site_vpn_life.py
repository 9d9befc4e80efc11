# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The whole life of a VPN in one task: written, committed, verified, changed tunnel by tunnel, settled or taken back; over one connection."""

from __future__ import annotations

import threading

import pytest
import yaml

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.configuration import secrets
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.errors import PanosVpnError
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.tasks import config_revert as taking_back
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.tasks.module import PanosModule
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.tasks.vpn_planning import Planning
from ansible_collections.tunnelsmith.panos_vpn.plugins.modules import config_revert, site_to_site_vpn, vpn_info
from ansible_collections.tunnelsmith.panos_vpn.tests.integration.back_to_start import bare
from ansible_collections.tunnelsmith.panos_vpn.tests.unit.plugins.modules.door import NETWORK
from ansible_collections.tunnelsmith.panos_vpn.tests.unit.plugins.modules.pairing import VpnDoor, name_of, options, profile
from ansible_collections.tunnelsmith.panos_vpn.tests.unit.plugins.modules.test_vpn_info import OF_ANSIBLE, documented

KEYS = ["notReal.rotated.one", "notReal.rotated.two"]
FIRST, SECOND = f"{name_of('pbf')}-1", f"{name_of('pbf')}-2"


class LifeDoor(VpnDoor):
    """A task that carries a VPN all the way. C(folder): of its journal."""

    def __init__(self, firewall, folder):
        super().__init__(firewall)
        self.folder = folder
        self.control.commit_duration(0.1)

    def life(self, failover="pbf", check=False, **more):
        given = options(failover, **{"commit": True, "verify": True, "rollout": "one_by_one", "journal": str(self.folder), "commit_poll": 0.05,
                                     "verify_poll": 0.05, "verify_timeout": 1, **more})
        return self.run(given, check=check)

    def journals(self) -> list:
        return sorted(self.folder.glob("*.json"))

    def commits(self) -> int:
        return [request["type"] for request in self.control.requests()].count("commit")

    def refuse_the_second_write(self):
        """A fault is of one request; the first write meets one that concerns an operation which it does not have."""
        for number in (9999, 1):
            self.control.fault("operation_error", {"type": "config", "action": "multi-config"}, number=number, code=12, message="not now")

    def down(self, *names):
        for name in names:
            self.control.vpn(name, sa="down", monitor="down")

    def up(self, *names):
        for name in names:
            self.control.vpn(name, sa="up", monitor="up")

    def is_committed(self) -> bool:
        return bare(self.control.running()) == bare(self.control.candidate())


@pytest.fixture
def door(firewalls, tmp_path) -> LifeDoor:
    return LifeDoor(firewalls(), tmp_path / "journal")


@pytest.mark.parametrize("failover", ["pbf", "bgp"])
def test_it_is_written_committed_verified_and_settled(door, failover):
    made = door.life(failover)
    assert not made.failed, made.message
    told = made.values
    assert made.changed and told["healthy"] and told["problems"] == [] and told["diagnosis"] == []
    assert (told["uncommitted"], told["waiting"], "journal" in told) == (False, [], False)
    assert [job["lines"] for job in told["jobs"]] == [["Configuration committed successfully"]]
    assert set(told["committed"]) & set(told["objects"]) and "works" in told["outcome"]
    assert door.control.connections() == 1
    assert door.journals() == [] and door.is_committed()
    again = door.life(failover)
    assert (again.changed, again.values["healthy"], again.values["uncommitted"], door.commits()) == (False, True, False, 0)
    assert door.control.connections() == 1


MASKED = ("********", "(sensitive value)", "")


def test_a_key_that_is_not_the_description_s_is_told_before_it_is_committed_and_once(door):
    """A new key and a wrong one look alike; no key is told, and what is masked is none."""
    described = profile("pbf")
    old = [tunnel["pre_shared_key"] for tunnel in described["tunnels"]]

    def told(keys, check=False, **more) -> list:
        result = door.life(connection=described, tunnels=None, pre_shared_keys=keys, on_failure="keep", verify=False, check=check, **more)
        assert not result.failed, result.message
        assert not [key for key in (*keys, *old) if key and key in str(result.warnings)]
        return [warning for warning in result.warnings if "description" in warning]

    def words(number) -> str:
        return f"{described['id']}: the key given for tunnel {number} is not the one in the connection's description; the far side has to have it too"

    assert told([old[0], KEYS[1]], check=True) == told([old[0], KEYS[1]]) == [words(2)]
    assert told([old[0], KEYS[1]]) == [] and told(["", KEYS[1]], mtu=1300) == []
    assert told([KEYS[0], KEYS[1]]) == [words(1)] and told(old) == []
    for mask in MASKED:
        described = {**described, "tunnels": [{**tunnel, "pre_shared_key": mask} for tunnel in described["tunnels"]]}
        assert told([f"{mask}.1", f"{mask}.2"], check=True, rollout="together") == []


def test_it_goes_only_as_far_as_it_was_asked_to(door):
    written = door.life(commit=False, verify=False)
    assert written.changed and written.values["uncommitted"] and "healthy" not in written.values and "committed" not in written.values
    assert door.commits() == 0 and len(door.journals()) == 1 and "stands in the candidate" in written.values["outcome"]
    committed = door.life(verify=False)
    assert committed.changed and not committed.values["uncommitted"] and "healthy" not in committed.values
    assert door.commits() == 1 and len(door.journals()) == 1 and "was not looked at" in committed.values["outcome"]
    kept = door.life(keep_journal=True)
    assert not kept.changed and kept.values["healthy"] and door.journals() == [type(door.folder)(kept.values["journal"])]
    settled = door.life()
    assert not settled.changed and "journal" not in settled.values and door.journals() == []


def test_what_is_not_committed_is_not_verified(door):
    result = door.life(commit=False)
    assert "healthy" not in result.values and len(door.journals()) == 1


def test_a_task_that_only_looks_needs_the_name_alone_and_settles_what_it_finds_well(door):
    door.life(verify=False)
    look = {"name": name_of("pbf"), "configure": False, "commit": True, "verify": True, "verify_timeout": 0, "journal": str(door.folder)}
    seen = door.run({**look, "keep_journal": True})
    assert (seen.changed, seen.values["healthy"], len(door.journals()), door.writes(), door.commits()) == (False, True, 1, [], 0)
    door.down(FIRST, SECOND)
    unhealthy = door.run({**look, "on_failure": "revert"})
    assert unhealthy.failed and "is not healthy" in unhealthy.message and "reverted" not in unhealthy.values and len(door.journals()) == 1
    assert "healthy" not in door.run(look, check=True).values
    door.up(FIRST, SECOND)
    assert (door.run(look).values["healthy"], door.journals(), door.writes()) == (True, [], [])


def test_a_task_that_only_looks_does_not_settle_what_does_not_run_yet(door):
    assert not door.life().failed and not door.life(mtu=1300, commit=False, verify=False).failed
    seen = door.run({"name": name_of("pbf"), "configure": False, "verify": True, "verify_timeout": 0, "journal": str(door.folder)})
    assert seen.values["healthy"] and len(door.journals()) == 1
    assert any("does not run as it was written; the journal stays" in warning for warning in seen.warnings)


def test_it_is_off_by_default(door):
    assert door.done(options()).values["uncommitted"]
    assert door.commits() == 0


@pytest.mark.parametrize("on_failure, fails", [("fail", True), ("keep", False)])
def test_a_tunnel_that_stays_down(door, on_failure, fails):
    door.down(SECOND)
    door.control.log("ikev2-nego-ike-fail", SECOND, "received notify type NO_PROPOSAL_CHOSEN")
    result = door.life(on_failure=on_failure)
    assert result.failed is fails
    assert not result.values["healthy"] and SECOND in result.values["problems"][0]
    assert result.values["diagnosis"][0]["tunnel"] == SECOND and "no phase 1 proposal in common" in result.values["why"][0]
    assert "left so" in result.values["outcome"] and len(door.journals()) == 1
    assert result.changed and result.values["committed"] and result.values["vpn"]["name"] == name_of("pbf")
    if fails:
        assert "no phase 1 proposal in common" in result.message and "to mend it" in result.message


@pytest.mark.parametrize("failover", ["pbf", "bgp"])
def test_what_does_not_work_is_taken_back(door, failover):
    running = door.control.running()
    door.down(f"{name_of(failover)}-1", f"{name_of(failover)}-2")
    result = door.life(failover, on_failure="revert")
    assert result.failed and "it is what it was" in result.message
    assert result.values["reverted"] and result.values["left"] == [] and not result.values["uncommitted"]
    assert [job["job_id"] for job in result.values["jobs"]] == ["2", "3"]
    assert bare(door.control.running()) == bare(door.control.candidate()) == bare(running)
    assert door.journals() == [] and door.control.connections() == 1


def test_with_one_tunnel_up_it_stays(door):
    door.down(SECOND)
    result = door.life(on_failure="revert")
    assert result.failed and f"Nothing was taken back, because {FIRST} is up" in result.message
    assert "reverted" not in result.values and len(door.journals()) == 1 and door.is_committed()
    door.up(SECOND)
    assert not door.life(on_failure="revert").failed and door.journals() == []


def test_what_was_up_before_and_is_down_is_a_reason(door):
    running = door.control.running()
    door.down(SECOND)
    door.control.commit_duration(1)
    timer = threading.Timer(0.8, door.down, ["branch-7"])
    timer.start()
    result = door.life(on_failure="revert", verify_timeout=2)
    timer.join()
    assert result.failed and "it is what it was" in result.message
    assert bare(door.control.running()) == bare(running)


@pytest.mark.parametrize("on_failure", ["fail", "keep", "revert"])
def test_a_commit_that_fails(door, on_failure):
    start = door.control.candidate()
    door.control.fail_next_commit(["vsys1", "Validation Error: tunnel.1 is already in use"])
    result = door.life(on_failure=on_failure)
    assert result.failed and "Validation Error: tunnel.1 is already in use" in result.message and result.values["job_id"] == "2"
    if on_failure == "revert":
        assert "it is what it was" in result.message
        assert bare(door.control.candidate()) == bare(door.control.running()) == bare(start)
    else:
        assert result.values["uncommitted"] and "healthy" not in result.values and len(door.journals()) == 1


@pytest.mark.parametrize("trouble", ["it takes too long", "the question is refused"])
def test_a_commit_whose_end_nobody_saw(door, trouble):
    if trouble == "it takes too long":
        door.control.commit_duration(0.5)
    else:
        door.control.fault("error", {"type": "op", "cmd": "show jobs"}, code=12, message="not now")
    result = door.life(commit_timeout=0)
    assert result.failed and result.values["job_id"] == "2" and "goes on" in result.message
    assert "does not run yet" not in result.message and "depends on the commit job" in result.values["outcome"]


def test_taking_back_that_fails_says_what_stands(door):
    door.down(FIRST, SECOND)
    door.refuse_the_second_write()
    result = door.life(on_failure="revert")
    assert result.failed and "is not healthy" in result.message and "not now" in result.message and "The journal stays" in result.message
    assert len(door.journals()) == 1 and result.values["committed"]


def test_taking_back_whose_commit_fails_says_what_runs_and_what_is_uncommitted(door, monkeypatch):
    take_back = taking_back.taken_back

    def failing(module, target):
        door.control.fail_next_commit(["no room left"])
        return take_back(module, target)

    monkeypatch.setattr(taking_back, "taken_back", failing)
    start = door.control.candidate()
    door.down(FIRST, SECOND)
    result = door.life(on_failure="revert")
    assert result.failed and "no room left" in result.message and "the running configuration still has what is to be taken back" in result.message
    assert result.values["uncommitted"] and not door.is_committed() and len(door.journals()) == 1
    assert bare(door.control.candidate()) == bare(start)


def test_where_nothing_can_be_committed_what_was_taken_back_never_ran(door):
    start = door.control.running()
    door.control.hold_commit_lock("bob")
    result = door.life(on_failure="revert", commit_timeout=0)
    assert result.failed and "the running configuration is what it was" in result.message
    assert bare(door.control.candidate()) == bare(door.control.running()) == bare(start)


def test_a_probe_decides(door):
    result = door.life(probe="false", on_failure="keep")
    assert not result.failed and result.values["problems"] == ["the probe got no answer: false"]
    assert not door.life(probe="true").failed


REPLACED = {"bgp": "up to 25 s", "pbf with backup routes": "up to 7 s", "pbf alone": "stay lost"}


@pytest.mark.parametrize("how, words", REPLACED.items())
def test_a_vpn_that_takes_the_place_of_another_one_says_how_long_that_takes_before_and_after(door, monkeypatch, how, words):
    said = []
    monkeypatch.setattr(PanosModule, "announce", lambda module, sentence: said.append((sentence, door.commits())))
    failover, backup = how.split()[0], "alone" not in how
    old, new = ("pbf", "bgp") if failover == "bgp" else ("bgp", "pbf")
    assert not door.life(old).failed
    result = door.life(new, replaces=name_of(old), **({} if failover == "bgp" else {"backup_routes": backup}))
    assert not result.failed, result.message
    (told,) = [(sentence, commits) for sentence, commits in said if "takes the place of" in sentence]
    assert words in told[0] and told[1] == 0 and told[0] in result.warnings
    measured = result.values["interruptions"]
    assert [each["tunnel"] for each in measured] == [f"{name_of(new)}-{number}" for number in (1, 2)] and all(each["seconds"] < 7 for each in measured)


# Tunnel by tunnel.


def test_tunnels_are_changed_one_after_the_other(door):
    assert not door.life().failed
    rotated = door.life(pre_shared_keys=KEYS)
    assert not rotated.failed, rotated.message
    assert (rotated.values["interrupts"], rotated.values["waiting"], door.commits()) == ([SECOND, FIRST], [], 2)
    assert [sorted(diff) for diff in rotated.diff] == [["after", "before"]] * 2
    assert len(rotated.values["jobs"]) == 2 and door.control.connections() == 1 and door.journals() == []
    assert not door.life(pre_shared_keys=KEYS).changed


def test_where_the_first_one_stays_down_the_other_one_is_left_alone(door):
    assert not door.life().failed
    door.down(SECOND)
    stopped = door.life(pre_shared_keys=KEYS)
    assert stopped.failed and f"{FIRST} has not been changed yet" in stopped.message
    assert (stopped.values["interrupts"], stopped.values["waiting"]) == ([SECOND], [FIRST])


def test_a_turn_that_is_refused_tells_what_the_turns_before_it_did(door):
    assert not door.life().failed
    door.refuse_the_second_write()
    stopped = door.life(pre_shared_keys=KEYS)
    assert stopped.failed and "not now" in stopped.message
    assert stopped.changed and stopped.values["interrupts"] == [SECOND] and stopped.values["healthy"]


@pytest.mark.parametrize("answers", [True, False], ids=["the firewall answers", "it does not"])
def test_a_turn_that_breaks_off_tells_how_well_the_vpn_is_then(door, monkeypatch, answers):
    """The tunnel of the turn before was well a moment ago; what it was is no answer to how the VPN is."""
    assert not door.life().failed
    write, turns = Planning.write, []

    def breaking_off(planning, before_write):
        turns.append(planning)
        if len(turns) < 2:
            return write(planning, before_write)
        door.down(FIRST)
        if not answers:
            door.control.fault("error", {"type": "op", "cmd": "show vpn flow"}, times=99, code=12, message="and nothing to see")
        raise PanosVpnError("not now")

    monkeypatch.setattr(Planning, "write", breaking_off)
    stopped = door.life(pre_shared_keys=KEYS)
    assert stopped.failed and "not now" in stopped.message and stopped.values["interrupts"] == [SECOND]
    told = {"health": "at_risk", "healthy": False, "vpns": [name_of("pbf")], "summary": "at_risk"}
    found = {name: stopped.values.get(name) for name in told}
    if answers:
        found.update(vpns=[vpn["name"] for vpn in found["vpns"]], summary=found["summary"]["health"])
    assert found == (told if answers else dict.fromkeys(told))


def test_a_plan_shows_all_turns_and_touches_nothing(door):
    assert not door.life().failed
    before = door.control.candidate(marks=True)
    planned = door.life(check=True, pre_shared_keys=KEYS)
    assert planned.changed and (planned.values["interrupts"], planned.values["waiting"]) == ([SECOND, FIRST], [])
    assert any("one after the other" in warning for warning in planned.warnings)
    assert door.control.candidate(marks=True) == before and door.commits() == 0
    assert "outcome" not in planned.values and "healthy" not in planned.values


def test_a_plan_tells_what_an_earlier_run_left_to_commit(door):
    door.life(commit=False)
    planned = door.life(check=True)
    assert planned.changed and planned.values["committed"] and planned.values["uncommitted"] and door.commits() == 0


# Removal.


def absent(door, **more):
    return door.run({"name": name_of("pbf"), "state": "absent", "commit": True, "verify": True, "journal": str(door.folder), "commit_poll": 0.05, **more})


def test_it_is_removed_and_settled(door):
    running = door.control.running()
    door.life()
    gone = absent(door)
    assert gone.changed and "not on this firewall any more" in gone.values["outcome"] and door.journals() == []
    assert bare(door.control.running()) == bare(running) and "healthy" not in gone.values
    again = absent(door)
    assert not again.changed and "No record" in again.values["outcome"]


def test_where_no_record_tells_of_it_the_journal_is_the_way_to_its_objects(door):
    door.life(verify=False)
    door.control.plant(f"{NETWORK}/interface/tunnel/units/entry[@name='tunnel.1']", "<comment>nothing</comment>")
    again = absent(door)
    assert not again.changed and "No record" in again.values["outcome"] and len(door.journals()) == 1


def test_a_removal_that_is_not_committed_keeps_its_journal(door):
    door.life()
    gone = absent(door, commit=False)
    assert gone.changed and "still runs" in gone.values["outcome"] and len(door.journals()) == 1


# What goes in and out.


def test_the_connection_stands_for_its_tunnels(door):
    described = {**profile("pbf"), "acceleration": True}
    made = door.run({**options(tunnels=None), "connection": described})
    assert not made.failed and [tunnel["mtu"] for tunnel in made.values["vpn"]["tunnels"]][0] < 1446
    door.refused(options(tunnels=None), "tunnels", "connection")


def test_a_journal_is_needed_to_take_back(door):
    door.refused({**options(), "commit": True, "on_failure": "revert"}, "journal")
    door.refused({**options(), "on_failure": "revert", "journal": "journals"}, "on_failure: revert", "commit: true")


def test_given_keys_stand_for_the_connection_s_own(door):
    assert not door.life(pre_shared_keys=KEYS).failed
    door.down(SECOND)
    given = door.life(pre_shared_keys=KEYS, on_failure="keep")
    assert "pre-shared-key-mismatch" not in [found["id"] for found in given.values["diagnosis"]]
    assert all(form not in given.text for key in KEYS for form in secrets.printable_forms(key))


def test_the_lock_is_held_for_a_turn_and_no_longer(door):
    result = door.life(config_lock=True, lock_timeout=0, on_failure="revert")
    assert not result.failed
    assert [command for command in door.asked() if "config-lock" in command] == ["request config-lock add comment", "request config-lock remove"]


def test_a_run_that_was_left_alone_can_be_taken_back(door):
    running = door.control.running()
    door.life(verify=False)
    reverted = door.run({"name": name_of("pbf"), "journal": str(door.folder), "commit_poll": 0.05}, module=config_revert)
    assert not reverted.failed and bare(door.control.running()) == bare(running) and door.journals() == []


def test_what_is_returned_is_what_is_documented(door):
    # What is told of a Panorama's firewalls besides is looked for in its own tests.
    promised = set(documented(yaml.safe_load(site_to_site_vpn.RETURN))) - {"devices", "push_jobs"}
    door.life()
    seen = set(door.life(pre_shared_keys=["notReal.another.one", "notReal.another.two"]).values)
    door.down(FIRST, SECOND)
    seen |= set(door.life(on_failure="revert").values) | set(door.life(commit=False).values)
    door.control.fail_next_commit(["no"])
    again = door.life()
    assert any("by what an earlier run has begun" in warning for warning in again.warnings)
    seen |= set(again.values)
    assert seen - OF_ANSIBLE - {"diff", "failed", "msg"} == promised


UNASKED = {"failover": "routes", "policy_based": True, "remote_networks": ["172.20.0.0/16"],
           "tunnels": [{name: value for name, value in profile("pbf")["tunnels"][0].items() if not name.startswith("inside")}]}


@pytest.mark.parametrize("sa, more, begins", [
    pytest.param("down", UNASKED, True, id="no packet asks for it"),
    pytest.param("up", UNASKED, False, id="it is up"),
    pytest.param("down", {**UNASKED, "commit": False}, False, id="a run that only looks"),
    pytest.param("down", {**UNASKED, "tunnels": [{**UNASKED["tunnels"][0], "initiator": "peer"}]}, False, id="only the far side begins"),
    pytest.param("down", {}, False, id="monitors ask for it"),
])
def test_a_tunnel_that_nobody_asks_for_is_negotiated_before_it_is_called_down(door, sa, more, begins):
    """A VPN that was just made has no hosts behind it yet."""
    def life(**steps):
        return door.run(options("pbf", **{"commit": True, "verify": True, "commit_poll": 0.05, "verify_poll": 0.05, "verify_timeout": 1, **more, **steps}))

    made = life(verify=False, commit=True)
    assert not made.failed, made.message
    for flow in door.run({"gather": ["state"]}, module=vpn_info).values["vpn"]["state"]["tunnels"]:
        door.control.vpn(flow["name"], sa=sa)
    door.control.reset_requests()
    life()
    initiated = [request["cmd"] for request in door.control.requests() if (request["cmd"] or "").startswith("test")]
    assert bool(initiated) is begins
