# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""An ``ansible-playbook`` that is ended by a signal at any step leaves what one C(config_revert) leads back from.

A cell for each signal by default; C(ALL_FAULTS) in the environment sends each signal at each step.
"""

from __future__ import annotations

import itertools
import os
import signal

import pytest

from ansible_collections.tunnelsmith.panos_vpn.plugins.modules import config_revert
from ansible_collections.tunnelsmith.panos_vpn.tests.integration.connections import IDS, KEYS, paired, quick, removed
from ansible_collections.tunnelsmith.panos_vpn.tests.integration.playbook_run import Running, descendants, is_there, pairing, play
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.dataplane.enclave import wait_until
from ansible_collections.tunnelsmith.panos_vpn.tests.unit.plugins.modules.door import parsed
from ansible_collections.tunnelsmith.panos_vpn.tests.unit.plugins.modules.pairing import VpnDoor, options
from ansible_collections.tunnelsmith.panos_vpn.tests.unit.plugins.modules.test_config_revert import lines

# What a run is asked for: of a VPN that stands already, where it is not made.
VPN, NEW_KEYS = IDS["pbf"], ["notReal.other1", "notReal.other2"]
READ, WRITE, COMMIT, POLL = {"action": "get"}, {"action": "multi-config"}, {"type": "commit"}, {"cmd": "show jobs id"}
# Where the run is when the signal comes: the request, which one of these it is, and whether the firewall has done it by then.
STEPS = {
    "made": [
        ("first read", {"cmd": "show system info"}, 1, False), ("read", READ, 1, False), ("write", WRITE, 1, False), ("written", WRITE, 1, True),
        ("commit", COMMIT, 1, False), ("committing", COMMIT, 1, True), ("poll", POLL, 1, False), ("look", {"cmd": "show vpn flow"}, 1, False),
    ],
    "changed": [
        ("write", WRITE, 1, False), ("written", WRITE, 1, True), ("committing", COMMIT, 1, True), ("clear", {"cmd": "clear vpn ike-sa gateway"}, 1, True),
        ("second write", WRITE, 2, False), ("second written", WRITE, 2, True), ("second committing", COMMIT, 2, True),
        ("second clear", {"cmd": "clear vpn ike-sa gateway"}, 2, False),
    ],
    "removed": [
        ("write", WRITE, 1, False), ("written", WRITE, 1, True), ("commit", COMMIT, 1, False), ("committing", COMMIT, 1, True), ("poll", POLL, 2, False),
    ],
    "taken back": [("write", WRITE, 1, False), ("written", WRITE, 1, True), ("committing", COMMIT, 1, True), ("poll", POLL, 2, False)],
}
SIGNALS = (signal.SIGKILL, signal.SIGTERM, signal.SIGINT)
CELLS = [(change, *step, number) for change, steps in STEPS.items() for step, number in itertools.product(steps, SIGNALS)]
SOME = [("made", *STEPS["made"][3], signal.SIGKILL), ("changed", *STEPS["changed"][5], signal.SIGTERM), ("removed", *STEPS["removed"][3], signal.SIGINT)]


class Killing:
    """One firewall, and runs on it that are ended before their end."""

    def __init__(self, playbooks, firewall, folder):
        self.playbooks, self.firewall, self.control, self.journals = playbooks, firewall, firewall.control, folder / "journals"
        self.control.commit_duration(0.1)
        self.door = VpnDoor(firewall)

    def playbook(self, change: str) -> list:
        journal, timers = str(self.journals), {**quick(), "aws_pairing_verify_timeout": 5}
        if change == "taken back":
            task = {"name": VPN, "journal": journal, "commit_poll": 0.05}
            return play({"name": "Take it back", "tunnelsmith.panos_vpn.config_revert": task})
        if change == "removed":
            return play(pairing(**removed("pbf", aws_pairing_journal=journal)))
        changed = {"aws_pairing_pre_shared_keys": NEW_KEYS, "aws_pairing_mtu": 1300} if change == "changed" else {}
        return play(pairing(**paired("pbf", aws_pairing_journal=journal, **timers, **changed)))

    def prepare(self, change: str) -> None:
        """What stands before the run, and what is to stand again after it was taken back."""
        asked = {**options("pbf"), "commit": True, "commit_poll": 0.05}
        if change in ("changed", "removed"):
            self.door.done(asked)
        self.start = parsed(self.control.running())
        if change == "taken back":
            self.door.done({**asked, "journal": str(self.journals)})

    def held(self, change: str, when: dict, nth: int = 1, is_done: bool = False) -> Running:
        """A run whose nth request of a kind waits for its answer."""
        kind = "sleep" if is_done else "delay"
        for _earlier in range(nth - 1):
            self.control.fault(kind, when=when, seconds=0)
        self.control.fault(kind, when=when, seconds=600)
        run = self.playbooks.start(self.firewall, self.playbook(change))
        run.until(lambda: any(when.items() <= request.items() for request in self.control.under_way()))
        return run

    def at_rest(self) -> None:
        """The firewall has got to the end of all that it was asked."""
        self.control.clear_faults()
        assert wait_until(lambda: not self.control.under_way() and not self.firewall.firewall.jobs.busy, 60)

    def reverted(self) -> None:
        """By one task, where a journal tells of something."""
        if list(self.journals.glob("*.json")):
            result = self.door.run({"name": VPN, "journal": str(self.journals), "commit_poll": 0.05, "lock_timeout": 5}, module=config_revert)
            assert not result.failed and result.values["left"] == [], (result.message, result.values.get("left"))

    def assert_as_it_was(self) -> None:
        candidate, running = (lines(parsed(text)) for text in (self.control.candidate(), self.control.running()))
        assert candidate == running == lines(self.start)


@pytest.mark.parametrize("change, step, when, nth, is_done, number", CELLS if "ALL_FAULTS" in os.environ else SOME,
                         ids=lambda value: value.name if isinstance(value, signal.Signals) else value if isinstance(value, str) else "")
def test_one_revert_leads_back_from_where_a_run_was_killed(playbooks, firewall, tmp_path, change, step, when, nth, is_done, number):
    killing = Killing(playbooks, firewall, tmp_path)
    killing.prepare(change)
    run = killing.held(change, when, nth, is_done)
    output = run.kill() if number == signal.SIGKILL else run.end(number)
    killing.at_rest()
    assert [key for key in (*KEYS["pbf"], *NEW_KEYS) if key in output] == []
    killing.reverted()
    killing.assert_as_it_was()


def test_a_run_that_outlives_its_playbook_goes_no_further_once_it_was_taken_back(playbooks, firewall, tmp_path):
    """Nobody ends the worker of an C(ansible-playbook) that had no time to: it is between the turns of two tunnels when all is taken back."""
    killing = Killing(playbooks, firewall, tmp_path)
    killing.prepare("changed")
    run = killing.held("changed", {"cmd": "clear vpn ike-sa gateway"})
    workers = descendants(run.process.pid)
    run.process.kill()
    killing.reverted()
    killing.assert_as_it_was()
    killing.control.clear_faults()
    assert wait_until(lambda: not any(map(is_there, workers)), 60)
    killing.at_rest()
    killing.assert_as_it_was()
