# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Whatever a module waits for, those who watch are told what it is: who holds a lock, how far a job is, which tunnel is not up."""

from __future__ import annotations

import threading

import pytest

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.device import connection
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.tasks.module import PanosModule
from ansible_collections.tunnelsmith.panos_vpn.plugins.modules import commit, monitor_profile, site_to_site_vpn, vpn_action, vpn_failover, vpn_info
from ansible_collections.tunnelsmith.panos_vpn.tests.unit.plugins.modules import pairing
from ansible_collections.tunnelsmith.panos_vpn.tests.unit.plugins.modules.door import Door
from ansible_collections.tunnelsmith.panos_vpn.tests.unit.plugins.modules.test_vpn_info import FIRST, NAME, plant_pbf

PROFILE = {"name": "fast", "interval": 2}


@pytest.fixture
def told(monkeypatch) -> list:
    sentences: list = []
    monkeypatch.setattr(PanosModule, "tell", lambda module, sentence: sentences.append(sentence))
    monkeypatch.setattr(connection, "pause", lambda attempt: None)
    return sentences


@pytest.fixture
def door(firewalls) -> Door:
    return Door(commit, firewalls())


def soon(what, *arguments) -> threading.Timer:
    timer = threading.Timer(0.3, what, arguments)
    timer.start()
    return timer


def says(told, *words) -> bool:
    return any(all(word in sentence for word in words) for sentence in told)


def written(door) -> list:
    return door.done(PROFILE, module=monitor_profile).values["objects"]


def test_nothing_is_told_where_nothing_is_waited_for(door, told):
    written(door)
    plant_pbf(door.control)
    assert door.done({"name": [NAME], "wait_for": "healthy", "timeout": 20}, module=vpn_info).values["healthy"]
    assert told == []


def test_how_far_a_commit_job_is(door, told):
    objects = written(door)
    door.control.commit_duration(0.5)
    door.done({"objects": objects, "commit_poll": 0.05})
    assert says(told, "commit job 2 is at", "%")


def test_that_a_job_is_in_the_queue(door, told):
    objects = written(door)
    door.control.fault("error", {"cmd": "show jobs"}, code=7, message="job 2 not found", times=1)
    door.done({"objects": objects, "commit_poll": 0.05})
    assert says(told, "commit job 2 is queued")


def test_that_a_firewall_does_not_answer_while_it_commits(door, told):
    objects = written(door)
    door.control.fault("drop_before", when={"cmd": "show jobs"}, times=4)
    door.done({"objects": objects, "commit_poll": 0.05})
    assert says(told, "commit job 2", "does not answer")


def test_whose_commit_lock_it_is(door, told):
    objects = written(door)
    door.control.hold_commit_lock("alice")
    timer = soon(door.control.release_locks, "alice")
    door.done({"objects": objects, "commit_poll": 0.05})
    timer.join()
    assert says(told, "alice", "commit lock")


def test_that_another_commit_runs(door, told):
    objects = written(door)
    door.control.fault("busy", when={"type": "commit"}, times=1)
    door.done({"objects": objects, "commit_poll": 0.05})
    assert says(told, "Another commit/validate is in progress")


def test_a_list_of_locks_that_may_not_be_seen_is_done_without(door, told):
    objects = written(door)
    door.control.hold_commit_lock("alice")
    door.control.fault("error", {"cmd": "show commit-locks"}, code=403, message="not for you", times=100)
    door.refused({"objects": objects, "commit_timeout": 0}, "holding device wide commit locks", "waited 0 s", "nothing was committed")


def test_whose_configuration_lock_a_write_waits_for(door, told):
    door.control.hold_config_lock("alice")
    timer = soon(door.control.release_locks, "alice")
    door.done({**PROFILE, "lock_timeout": 20}, module=monitor_profile)
    timer.join()
    assert says(told, "alice", "locked")


def test_whose_configuration_lock_it_is_stands_where_no_line_is_cut(firewalls, told):
    door = Door(site_to_site_vpn, firewalls())
    door.control.hold_config_lock("alice")
    assert "alice" in door.run(pairing.options(), lock_timeout=0).message
    assert door.run(pairing.options(), lock_timeout=1).failed
    assert told and [sentence for sentence in told if "alice" not in sentence[:120]] == []


def test_whose_configuration_lock_is_waited_for_to_have_it_ourselves(firewalls, told):
    door = pairing.VpnDoor(firewalls())
    door.control.hold_config_lock("alice")
    timer = soon(door.control.release_locks, "alice")
    assert door.done(pairing.options(), config_lock=True, lock_timeout=20).changed
    timer.join()
    assert says(told, "alice", "held")


def test_which_account_s_changes_are_to_go_first(firewalls, told):
    door = pairing.VpnDoor(firewalls())
    door.provider = {**door.provider, "username": "admin"}
    door.control.edit_as("admin", "set", "/config/shared/address/entry[@name='hers']", "<ip-netmask>192.0.2.1</ip-netmask>")
    door.run(pairing.options(), lock_timeout=1, module=site_to_site_vpn)
    assert says(told, "other uncommitted changes", "admin")


def test_which_vpn_is_not_healthy_and_why(door, told):
    plant_pbf(door.control)
    door.control.vpn(FIRST, sa="down")
    timer = soon(lambda: door.control.vpn(FIRST, sa="up"))
    assert door.done({"name": [NAME], "wait_for": "healthy", "timeout": 20, "poll": 0.1}, module=vpn_info).values["healthy"]
    timer.join()
    assert says(told, NAME, "not healthy yet", FIRST)


def test_which_tunnel_is_not_up(door, told, monkeypatch):
    plant_pbf(door.control)
    door.control.vpn(FIRST, sa="down")
    door.refused({"name": [FIRST], "action": "reconnect", "timeout": 1, "poll": 0.1}, "not up 1 s after", module=vpn_action)
    assert says(told, FIRST, "not up yet")


def test_that_traffic_has_not_moved(door, told):
    plant_pbf(door.control)
    door.control.pbf(FIRST, "active")
    door.control.commit_duration(0.3)
    given = {"name": NAME, "action": "take_down", "poll": 0.05, "commit_poll": 0.05, "hold": 0, "timeout": 1}
    assert door.run(given, module=vpn_failover).failed
    assert says(told, "commit job", "%") and says(told, FIRST, "not yet where it is to be")


def test_whose_turn_it_is_in_a_rollout(firewalls, told, monkeypatch, tmp_path):
    door = pairing.VpnDoor(firewalls())
    door.control.commit_duration(0.3)
    carried = {"commit": True, "verify": True, "rollout": "one_by_one", "commit_poll": 0.05, "verify_poll": 0.05, "verify_timeout": 1}
    door.done(pairing.options(**carried))
    monkeypatch.setattr(PanosModule, "tell", lambda module, sentence: told.append(f"{module.progress.about}: {sentence}"))
    door.done(pairing.options(**carried, pre_shared_keys=["notReal.rotated.one", "notReal.rotated.two"]))
    first, second = (f"{pairing.name_of('pbf')}-{number}" for number in (1, 2))
    assert says(told, f"{second} first, then {first}: commit job") and says(told, f"{first}, the last one: commit job")
