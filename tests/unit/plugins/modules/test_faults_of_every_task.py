# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The modules that are no resource, made to fail at each step: nothing is half done, what is said is so, and the same task again gets to the end.

Those that only read change nothing, whatever becomes of what they read. By default they meet some of the cells; C(ALL_FAULTS) in the
environment tries each with each.
"""

from __future__ import annotations

import importlib
import itertools
import os
import pathlib
import pkgutil
from dataclasses import dataclass
from typing import Any

import pytest

from ansible_collections.tunnelsmith.panos_vpn.plugins import modules
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.registry import RESOURCES
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.dataplane.enclave import wait_until
from ansible_collections.tunnelsmith.panos_vpn.tests.unit.plugins.modules.door import Result, parsed
from ansible_collections.tunnelsmith.panos_vpn.tests.unit.plugins.modules.pairing import VpnDoor, name_of, options, seen
from ansible_collections.tunnelsmith.panos_vpn.tests.unit.plugins.modules.test_late_answers import FAULTS
from ansible_collections.tunnelsmith.panos_vpn.tests.unit.plugins.modules.test_transaction import KEY, branch, gone

VPN = name_of("pbf")
NEW_KEY = "notReal.rotated"


@dataclass(frozen=True)
class Task:
    """A module with its options. C(before): other tasks (module, options), which bring the firewall to where it is needed. C(key): that it is given."""

    module: str
    options: dict[str, Any]
    before: tuple[tuple[str, dict[str, Any]], ...] = ()
    steps: tuple[str, ...] = ("write", "list of changes", "commit", "poll")
    key: str = ""

    @property
    def faults(self) -> dict[str, dict[str, Any]]:
        """What can go wrong; a firewall that has the key in its words is not to be heard any further."""
        quoting = {"kind": "error", "code": 12, "message": f"'{self.key}' is no valid key", "times": 20}
        return {**FAULTS, **({"quoting its key": quoting} if self.key else {})}


OFF = {"action": "disable", "name": [VPN]}
ROTATION = {"action": "rotate_keys", "name": [f"{VPN}-1"], "pre_shared_keys": [NEW_KEY], "poll": 0.05}
STANDING = ("site_to_site_vpn", {**options("pbf"), "commit": True})
WRITTEN = ("transaction", {"items": branch()})
TASKS = {
    "transaction": Task("transaction", {"items": branch()}, (), ("first read", "read", "write"), KEY),
    "transaction that removes": Task("transaction", {"items": gone(branch())}, (WRITTEN,), ("read", "write")),
    "commit": Task("commit", {"scope": "own"}, (WRITTEN,), ("first read", "list of changes", "commit", "poll")),
    "vpn_action disable": Task("vpn_action", OFF, (STANDING,)),
    "vpn_action enable": Task("vpn_action", {**OFF, "action": "enable"}, (STANDING, ("vpn_action", OFF))),
    "vpn_action rotate_keys": Task("vpn_action", ROTATION, (STANDING,), ("write", "commit", "poll", "clear", "initiate"), NEW_KEY),
    "vpn_action reconnect": Task("vpn_action", {"action": "reconnect", "name": [VPN], "poll": 0.05}, (STANDING,), ("running", "flow", "clear", "initiate")),
}
STEPS = {
    "first read": {"cmd": "show system info"}, "read": {"action": "get"}, "running": {"action": "show"}, "write": {"action": "multi-config"},
    "list of changes": {"cmd": "show config list changes"}, "commit": {"type": "commit"}, "poll": {"cmd": "show jobs id"}, "flow": {"cmd": "show vpn flow"},
    "clear": {"cmd": "clear vpn ike-sa gateway"}, "initiate": {"cmd": "test vpn ike-sa gateway"},
}
# Modules that only read.
READING = {"config_info": {}, "recording_info": {}, "vpn_info": {"name": [VPN]}}
# Modules whose faults are tried elsewhere.
ELSEWHERE = {
    "site_to_site_vpn": "test_late_answers.py", "config_revert": "test_late_answers.py", "push": "test_push.py", "vpn_failover": "test_vpn_failover.py",
    "prisma_access_cloud": "test_prisma_access_cloud.py", "prisma_access_cloud_info": "test_prisma_access_cloud_info.py",
    "prisma_access_panorama": "test_prisma_access_panorama.py", "prisma_access_panorama_info": "test_prisma_access_panorama_info.py",
}
# Of the faults, those that nobody waits for.
INSTANT = [fault for fault, planned in FAULTS.items() if planned["kind"] not in ("delay", "busy", "unavailable")]
CELLS = [(task, step, fault) for task, asked in TASKS.items() for step in asked.steps for fault in asked.faults]


def test_each_module_is_in_one_of_the_tables():
    tried = {task.module for task in TASKS.values()} | {*READING, *ELSEWHERE, *RESOURCES}
    assert {found.name for found in pkgutil.iter_modules(modules.__path__)} == tried
    assert [name for name in ELSEWHERE.values() if not pathlib.Path(__file__).with_name(name).is_file()] == []


class TaskDoor(VpnDoor):
    """One firewall, and any task on it."""

    def __init__(self, firewall):
        super().__init__(firewall)
        self.control.commit_duration(0.1)
        self.provider["username"] = "admin"

    def task(self, module: str, asked: dict[str, Any]) -> Result:
        door = importlib.import_module(f"{modules.__name__}.{module}")
        times = {"commit_poll": 0.05, "commit_timeout": 3, "lock_timeout": 1, "timeout": 3}
        known = {option: value for option, value in times.items() if option in door.argument_spec()}
        return self.run({**known, **asked}, module=door)

    def brought_to(self, task: Task) -> None:
        for module, asked in task.before:
            result = self.task(module, asked)
            assert not result.failed, result.message

    def at_rest(self) -> tuple:
        """The candidate and the running configuration, when the firewall is at the end of all that it was asked."""
        self.control.clear_faults()
        assert wait_until(lambda: not self.control.under_way() and not self.firewall.firewall.jobs.busy, 30)
        return tuple(parsed(text) for text in (self.control.candidate(), self.control.running()))


# Task → (candidate, running) before it, and after it where nothing goes wrong.
_ENDS: dict[str, tuple] = {}


def ends(door: TaskDoor, name: str) -> tuple:
    if name not in _ENDS:
        task = TASKS[name]
        door.brought_to(task)
        before = door.at_rest()
        result = door.task(task.module, task.options)
        assert not result.failed, result.message
        _ENDS[name] = (before, door.at_rest())
    return _ENDS[name]


@pytest.mark.parametrize("name, step, fault", CELLS if "ALL_FAULTS" in os.environ else CELLS[::14])
def test_nothing_is_half_done_and_the_same_task_again_gets_to_the_end(firewalls, name, step, fault):
    before, after = ends(TaskDoor(firewalls()), name)
    task, door = TASKS[name], TaskDoor(firewalls())
    door.brought_to(task)
    door.provider["timeout"] = 1
    door.control.fault(when=STEPS[step], **task.faults[fault])
    result = door.task(task.module, task.options)
    candidate, running = door.at_rest()
    assert "unexpected" not in result.message and seen(result, [task.key]) == []
    assert candidate in (before[0], after[0]) and running in (before[1], after[1]), result.message
    assert result.failed or (candidate, running) == after
    assert "nothing was written" not in result.message or candidate == before[0]
    assert "nothing was committed" not in result.message or running == before[1]
    door.provider["timeout"] = 60
    again = door.task(task.module, task.options)
    assert not again.failed and door.at_rest() == after, again.message


@pytest.mark.parametrize("module", READING)
def test_what_cannot_be_read_is_no_traceback_and_changes_nothing(firewalls, module):
    door = TaskDoor(firewalls())
    assert not door.task(*STANDING).failed
    before = door.at_rest()
    assert not door.task(module, READING[module]).failed
    asked = [{"number": number} for number in range(1, len(door.control.requests()) + 1)]
    for number, (when, fault) in enumerate(itertools.product(asked, INSTANT)):
        if number % 11 == 0 or "ALL_FAULTS" in os.environ:
            door.control.fault(when=when, **FAULTS[fault])
            result = door.task(module, READING[module])
            assert "unexpected" not in result.message and not result.values.get("changed"), (when, fault, result.message)
            assert door.at_rest() == before
