# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What did not happen in time may happen later: what is said of it stays true, and one C(config_revert) leads back from wherever a run ended."""

from __future__ import annotations

import itertools
import multiprocessing
import os
import signal
import time

import pytest

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.device import patience
from ansible_collections.tunnelsmith.panos_vpn.plugins.modules import config_revert
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.dataplane.enclave import wait_until
from ansible_collections.tunnelsmith.panos_vpn.tests.unit.plugins.modules.door import parsed
from ansible_collections.tunnelsmith.panos_vpn.tests.unit.plugins.modules.test_config_revert import lines
from ansible_collections.tunnelsmith.panos_vpn.tests.unit.plugins.modules.pairing import VpnDoor, name_of, options

_FORKED = multiprocessing.get_context("fork")
WRITE, COMMIT = {"action": "multi-config"}, {"type": "commit"}
NOTHING = ("nothing was written", "nothing was committed")


class LateDoor(VpnDoor):
    def __init__(self, firewall, folder):
        super().__init__(firewall)
        self.folder = folder
        self.control.commit_duration(0.1)
        self.start = parsed(self.control.running())

    def asked(self, **more) -> dict:
        return {**options(), "journal": str(self.folder), "commit": True, "commit_poll": 0.05, **more}

    def at_rest(self):
        """The firewall gets to the end of all that it was asked."""
        self.control.clear_faults()
        assert wait_until(lambda: not self.control.under_way() and not self.firewall.firewall.jobs.busy, 30)

    def reverted(self):
        """After one C(config_revert), all is as it was at the start."""
        result = self.run({"name": name_of("pbf"), "journal": str(self.folder), "commit_poll": 0.05, "lock_timeout": 5}, module=config_revert)
        assert not result.failed and result.values["left"] == [], (result.message, result.values.get("left"))
        assert self.is_as_it_was
        left = list(self.folder.iterdir())
        if result.values["unproven"]:
            # All that is left of it is which tunnels have to be negotiated anew.
            left.pop().unlink()
        assert left == []

    @property
    def is_as_it_was(self) -> bool:
        """The order of entries that came back means nothing but of rules."""
        candidate, running = (lines(parsed(text)) for text in (self.control.candidate(), self.control.running()))
        return candidate == running == lines(self.start)


@pytest.fixture
def door(firewalls, tmp_path) -> LateDoor:
    return LateDoor(firewalls(), tmp_path)


@pytest.mark.parametrize("when", [WRITE, COMMIT], ids=["write", "commit"])
def test_what_is_done_late_is_seen_and_not_asked_for_twice(door, monkeypatch, when):
    monkeypatch.setattr(patience, "LATE", 10)
    door.provider["timeout"] = 1
    door.control.fault("delay", when=when, seconds=1.6)
    result = door.done(door.asked())
    assert result.changed and len([request for request in door.control.requests() if when.items() <= request.items()]) == 1
    assert parsed(door.control.candidate()) == parsed(door.control.running())
    door.reverted()


@pytest.mark.parametrize("when", [WRITE, COMMIT], ids=["write", "commit"])
@pytest.mark.parametrize("on_failure", ["fail", "revert"])
def test_what_is_not_done_in_time_is_not_said_to_be_undone(door, when, on_failure):
    door.provider["timeout"] = 1
    door.control.fault("delay", when=when, seconds=600, times=5)
    result = door.run(door.asked(on_failure=on_failure, commit_timeout=2))
    assert result.failed and not [words for words in NOTHING if words in result.message], result.message
    assert "may still" in result.message
    door.at_rest()
    door.provider["timeout"] = 60
    assert [path for path in door.folder.iterdir() if path.suffix == ".json"] or door.is_as_it_was
    if list(door.folder.iterdir()):
        door.reverted()


@pytest.mark.parametrize("duration, is_waited_for", [(1.5, True), (6, False)], ids=["ends soon", "goes on"])
def test_nothing_is_taken_back_while_the_commit_job_runs(door, duration, is_waited_for):
    door.control.commit_duration(duration)
    result = door.run(door.asked(on_failure="revert", commit_timeout=1 if not is_waited_for else 2))
    message = result.message
    door.control.commit_duration(0.1)
    if is_waited_for and not result.failed:
        door.reverted()
        return
    assert result.failed and ("it is what it was" in message or "nothing was taken back" in message), message
    door.at_rest()
    if "it is what it was" in message:
        assert door.is_as_it_was
    else:
        door.reverted()


def test_a_commit_that_takes_longer_than_it_may_is_waited_for_before_it_is_taken_back(door):
    door.control.commit_duration(1.6)
    result = door.run(door.asked(on_failure="revert", commit_timeout=1))
    assert result.failed and "did not end within 1 s" in result.message and "nothing was committed" not in result.message
    door.at_rest()
    assert "it is what it was" in result.message or "depends on the commit job" in result.message
    assert door.is_as_it_was


def test_a_revert_that_cannot_commit_says_what_stands_then(door):
    door.done(door.asked())
    door.control.hold_commit_lock("alice")
    result = door.run({"name": name_of("pbf"), "journal": str(door.folder), "commit_timeout": 1}, module=config_revert)
    assert result.failed and "alice" in result.message and "nothing was committed" not in result.message
    assert "it was taken back in the candidate, the running configuration still has what is to be taken back" in result.message
    door.control.release_locks("alice")
    door.reverted()


@pytest.mark.parametrize("module, asked", [(None, {"on_failure": "revert"}), (config_revert, {"name": "paris"})], ids=["site_to_site_vpn", "config_revert"])
@pytest.mark.parametrize("journal", ["", " "])
def test_an_empty_journal_is_refused_before_anything_is_written(door, module, asked, journal):
    start = door.control.candidate()
    result = door.run({**({} if module else door.asked()), **asked, "journal": journal}, module=module)
    assert result.failed and "journal" in result.message and "unexpected" not in result.message
    assert door.control.candidate() == start


FAULTS = {
    "refused": {"kind": "error", "code": 13, "message": "operation failed", "times": 20}, "dropped before": {"kind": "drop_before", "times": 20},
    "dropped before, once": {"kind": "drop_before"}, "dropped after": {"kind": "drop_after"}, "dropped after, always": {"kind": "drop_after", "times": 20},
    "cut off": {"kind": "truncate"}, "503": {"kind": "unavailable", "times": 2}, "no right": {"kind": "forbidden", "times": 20},
    "busy": {"kind": "busy", "times": 2}, "late": {"kind": "delay", "seconds": 1.4},
}
STEPS = {
    "first read": {"cmd": "show system info"}, "list of changes": {"cmd": "show config list changes"}, "read": {"action": "get", "xpath": "/network"},
    "write": WRITE, "commit": COMMIT, "poll": {"cmd": "show jobs id"}, "jobs": {"cmd": "show jobs all"}, "read back": {"action": "show"},
}


PHASES = ("making", "taking back", "removing")
CELLS = list(itertools.product(PHASES, FAULTS, STEPS))
# Every third cell, with each fault and each step in each phase: all of them take two minutes more.
THIRD = CELLS[::3]


@pytest.mark.parametrize("phase, fault, step", CELLS if "ALL_FAULTS" in os.environ else THIRD)
def test_nothing_is_half_done_and_what_is_said_stays_true(door, phase, fault, step):
    fault, step = FAULTS[fault], STEPS[step]
    door.provider["timeout"] = 1
    if phase != "making":
        door.done(door.asked())
    written = parsed(door.control.candidate())
    door.control.fault(when=step, **fault)
    on_it = {"name": name_of("pbf"), "journal": str(door.folder), "commit_poll": 0.05}
    asked = {"making": door.asked(), "taking back": on_it, "removing": {**on_it, "state": "absent", "commit": True}}[phase]
    result = door.run({**asked, "commit_timeout": 3, "lock_timeout": 1}, module=config_revert if phase == "taking back" else None)
    door.at_rest()
    candidate, running = parsed(door.control.candidate()), parsed(door.control.running())
    if not result.failed:
        assert candidate == running and (candidate == door.start) is (phase != "making")
    assert_what_is_said_is_so(result.message, written, candidate, running)
    door.provider["timeout"] = 60
    if list(door.folder.glob("*.json")):
        door.reverted()
        return
    if result.failed and phase == "removing":
        # What is away from the candidate is nothing that could be taken back; another run brings it to an end.
        door.done(asked)
    assert door.is_as_it_was


def assert_what_is_said_is_so(message: str, written, candidate, running) -> None:
    """Of a failure, when the firewall has come to rest. C(written): the candidate before the task."""
    assert "unexpected" not in message
    assert "nothing was written" not in message or candidate == written, message
    assert "nothing was committed" not in message or running != candidate or candidate == written, message


def requests_of(door, asked) -> int:
    """How many requests a run takes."""
    door.control.reset_requests()
    door.done(asked)
    count = len(door.control.requests())
    door.reverted()
    return count


# What is asked for when the run is killed, of a VPN that stands already where it is not made; and how many kills that is at least: a slow machine asks less
# often for the commit job.
KILLED = {
    "made": ({}, ("delay", "sleep"), 14),
    "changed": ({"pre_shared_keys": ["notReal.other1", "notReal.other2"], "zone": "elsewhere", "mtu": 1300}, ("delay",), 7),
    "removed": ({"state": "absent"}, ("sleep",), 7),
}


@pytest.mark.parametrize("change, kinds, least", KILLED.values(), ids=KILLED.keys())
def test_a_run_killed_at_any_request_is_at_a_known_state_after_one_revert(door, change, kinds, least):
    """At each request, before the firewall does what it is asked (delay) or after (sleep); and once more in taking back."""
    if change:
        door.done({**door.asked(), "journal": None})
        door.start = parsed(door.control.running())
    asked = {**door.asked(), **change} if change.get("state") != "absent" else {
        "name": name_of("pbf"), "journal": str(door.folder), "commit": True, "commit_poll": 0.05, "keep_journal": True, **change}
    count = requests_of(door, asked)
    killed = 0
    for number in range(1, count + 1):
        for kind in kinds:
            door.control.reset_requests()
            door.control.fault(kind, when={"number": number}, seconds=600)
            _killed(door, asked, None)
            killed += 1
            if list(door.folder.glob("*.json")):
                if number % 3 == 0:
                    door.control.reset_requests()
                    door.control.fault(kind, when={"number": 3 + number % 8}, seconds=600)
                    _killed(door, {"name": name_of("pbf"), "journal": str(door.folder), "commit_poll": 0.05}, config_revert)
                    killed += 1
                if not door.is_as_it_was:
                    door.reverted()
            for left in door.folder.iterdir():
                assert left.suffix in (".lock", ".new", ".json")
                left.unlink()
            assert door.is_as_it_was, (number, kind)
    assert killed >= least


def test_a_run_that_was_taken_back_at_any_request_goes_no_further(door):
    """Another task takes it back while it waits for an answer, be it between the turns of two tunnels."""
    door.done({**door.asked(), "journal": None})
    door.start = parsed(door.control.running())
    asked = {**door.asked(), **KILLED["changed"][0], "rollout": "one_by_one", "verify": True, "verify_timeout": 1, "keep_journal": True}
    count, reverted = requests_of(door, asked), 0
    for number in range(4, count + 1, 1 if "ALL_FAULTS" in os.environ else count // 5):
        for left in door.folder.iterdir():
            left.unlink()
        door.control.reset_requests()
        door.control.fault("delay", when={"number": number}, seconds=600)
        run = _at_work(door, asked, None)
        result = door.run({"name": name_of("pbf"), "journal": str(door.folder), "commit_poll": 0.05, "lock_timeout": 0}, module=config_revert)
        door.control.clear_faults()
        run.join(60)
        door.at_rest()
        if result.failed:
            assert "nothing to take back" in result.message or "another run of this VPN is at work" in result.message, (number, result.message)
            door.reverted()
        reverted += not result.failed
        assert door.is_as_it_was, number
    assert reverted


def _at_work(door, asked, module) -> multiprocessing.Process:
    """A run of its own, which has been held up at a request, or has ended."""
    run = _FORKED.Process(target=door.run, args=(asked,), kwargs={"module": module})
    run.start()
    assert wait_until(lambda: not run.is_alive() or bool(door.control.under_way()), 60)
    time.sleep(0.05)
    return run


def _killed(door, asked, module) -> None:
    run = _at_work(door, asked, module)
    if run.is_alive():
        os.kill(run.pid, signal.SIGKILL)
    run.join()
    door.at_rest()
