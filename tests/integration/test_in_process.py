# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Modules run in Ansible's own process, and as programs of their own where the task asks for that; with the same results."""

from __future__ import annotations

import sys

import pytest

from ansible_collections.tunnelsmith.panos_vpn.tests.integration.playbook_run import access, play

MODULE = "tunnelsmith.panos_vpn.monitor_profile"
# A program that Ansible starts shows in what -vvv prints.
PROGRAM = "AnsiballZ_monitor_profile"


def profile(**more) -> dict:
    return {"name": "Make a profile", MODULE: {"name": "fast", "interval": 2}, **more}


def test_no_program_is_packed(playbooks, firewall):
    run = playbooks.run(firewall, play(profile(), profile()), "-vvv")
    assert run.status == 0, run.output
    assert [task.changed for task in run.of("monitor_profile")] == [True, False]
    assert PROGRAM not in run.output


@pytest.mark.parametrize("task, elsewhere", [
    ({"async": 30, "poll": 1}, False),
    ({}, True),
], ids=["in the background", "with another Python"])
def test_a_task_that_asks_for_a_program_gets_one(playbooks, firewall, tmp_path, task, elsewhere):
    # Another program that has the libraries all the same.
    python = tmp_path / "python"
    python.write_text(f"#!/bin/sh\nexec {sys.executable} \"$@\"\n", encoding="utf-8")
    python.chmod(0o755)
    variables = {"ansible_async_dir": str(tmp_path / "jobs"), **({"ansible_python_interpreter": str(python)} if elsewhere else {})}
    run = playbooks.run(firewall, play(profile(**task), vars=variables), "-vvv")
    assert run.status == 0, run.output
    assert PROGRAM in run.output and "fast" in firewall.control.candidate()


def test_the_task_s_own_environment_leads_to_the_firewall(playbooks, firewall):
    run = playbooks.run(firewall, play(profile(environment=access(firewall)), profile(ignore_errors=True)), environment={})
    first, second = run.of("monitor_profile")
    assert first.changed and "ip_address" in second.message


def test_a_failure_reads_as_from_any_module(playbooks, firewall):
    run = playbooks.run(firewall, play({"name": "Make a profile", MODULE: {"name": "fast", "interval": 999}}))
    assert run.status == 2
    failure, = run.failures()
    assert "interval" in failure.message and failure.result["invocation"]["module_args"]["interval"] == 999
