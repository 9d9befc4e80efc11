# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The role on many firewalls at once, each of which fails at another step in another way: what is said of each is so, and one revert leads back.

Three firewalls by default; C(ALL_FAULTS) in the environment has one for each fault at each step.
"""

from __future__ import annotations

import os

import pytest

from ansible_collections.tunnelsmith.panos_vpn.plugins.modules import config_revert
from ansible_collections.tunnelsmith.panos_vpn.tests.integration.connections import IDS, KEYS, paired, removed
from ansible_collections.tunnelsmith.panos_vpn.tests.integration.playbook_run import pairing, play
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.dataplane.enclave import wait_until
from ansible_collections.tunnelsmith.panos_vpn.tests.unit.plugins.modules.door import parsed
from ansible_collections.tunnelsmith.panos_vpn.tests.unit.plugins.modules.given_and_told import provider_of
from ansible_collections.tunnelsmith.panos_vpn.tests.unit.plugins.modules.pairing import VpnDoor, options
from ansible_collections.tunnelsmith.panos_vpn.tests.unit.plugins.modules.test_config_revert import lines
from ansible_collections.tunnelsmith.panos_vpn.tests.unit.plugins.modules.test_late_answers import FAULTS, STEPS, assert_what_is_said_is_so

LOOKS = {"look": {"cmd": "show vpn flow"}, "running": {"action": "show"}}
CELLS = [(step, fault) for step in (*STEPS, *LOOKS) for fault in FAULTS]
TRIED = CELLS if "ALL_FAULTS" in os.environ else CELLS[3::34]
TIMES = {"commit_timeout": 3, "lock_timeout": 1, "verify_timeout": 1, "on_failure": "keep"}


class Host:
    """A firewall that fails once."""

    def __init__(self, firewall, folder, phase, step, fault):
        self.firewall, self.control, self.journals, self.cell = firewall, firewall.control, folder, (step, fault)
        self.control.commit_duration(0.1)
        self.door = VpnDoor(firewall)
        self.start = parsed(self.control.running())
        if phase == "removed":
            self.door.done({**options("pbf"), "commit": True, "commit_poll": 0.05, "journal": str(folder)})
        self.written = parsed(self.control.candidate())
        self.control.fault(when={**STEPS, **LOOKS}[step], **FAULTS[fault])

    def variables(self, phase: str) -> dict:
        asked = paired("pbf") if phase == "made" else removed("pbf")
        times = {f"aws_pairing_{option}": value for option, value in TIMES.items()}
        provider = {**provider_of(self.firewall), "timeout": 1}
        return {**asked, **times, "aws_pairing_journal": str(self.journals), "panos_provider": provider, "ansible_connection": "local",
                "ansible_python_interpreter": "{{ ansible_playbook_python }}"}

    def at_rest(self) -> tuple:
        self.control.clear_faults()
        assert wait_until(lambda: not self.control.under_way() and not self.firewall.firewall.jobs.busy, 60)
        return tuple(parsed(text) for text in (self.control.candidate(), self.control.running()))

    def reverted(self) -> None:
        """To the start, by one task; what no journal tells of stands as it was before the run, or as it was asked for."""
        if list(self.journals.glob("*.json")):
            result = self.door.run({"name": IDS["pbf"], "journal": str(self.journals), "commit_poll": 0.05, "lock_timeout": 5}, module=config_revert)
            assert not result.failed and result.values["left"] == [], (self.cell, result.message)
            candidate, running = self.at_rest()
            assert lines(candidate) == lines(running) == lines(self.start), self.cell


@pytest.mark.parametrize("phase", ["made", "removed"])
def test_what_is_said_of_each_firewall_is_so(playbooks, firewalls, tmp_path, phase):
    hosts = {}
    for number, (step, fault) in enumerate(TRIED):
        hosts[f"fw{number}"] = Host(firewalls(), tmp_path / f"journals{number}", phase, step, fault)
    inventory = {"all": {"hosts": {name: host.variables(phase) for name, host in hosts.items()}}}
    defaults = {"group/tunnelsmith.panos_vpn.all": {"provider": "{{ panos_provider }}"}}
    run = playbooks.run(None, play(pairing(), strategy="ansible.builtin.free", module_defaults=defaults), "--forks", "6", inventory=inventory, environment={})
    for name, host in hosts.items():
        failed = run.failures(name)
        candidate, running = host.at_rest()
        message = failed[0].message if failed else ""
        assert_what_is_said_is_so(message, host.written, candidate, running)
        if not failed:
            assert candidate == running and (candidate == host.start) is (phase == "removed"), host.cell
        host.reverted()
    assert [key for key in KEYS["pbf"] if key in run.everything()] == []
