# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Modules run in Ansible's own process, and as programs of their own where the task asks for that; with the same results."""

from __future__ import annotations

import subprocess
import sys

import pytest

from ansible_collections.tunnelsmith.panos_vpn.tests.integration.playbook_run import access, play
from ansible_collections.tunnelsmith.panos_vpn.tests.unit.plugins.modules.door import VSYS

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


def test_the_defaults_of_the_group_reach_every_module_and_those_of_a_module_only_that_one(playbooks, firewall):
    lead = access(firewall)
    names = {"ip_address": "HOSTNAME", "port": "PORT", "api_key": "API_KEY", "ca_path": "CA_PATH"}
    provider = {"provider": {option: lead[f"PANOS_{name}"] for option, name in names.items()}}
    tasks = [profile(), {"name": "Make a zone", "tunnelsmith.panos_vpn.zone": {"name": "vpn"}}]
    whole = {**play(*tasks)[0], "module_defaults": {"group/tunnelsmith.panos_vpn.all": provider, MODULE: {"threshold": 7}}}
    run = playbooks.run(firewall, [whole], environment={})
    assert run.status == 0, run.output
    assert [task.changed for task in run.of("monitor_profile") + run.of("zone")] == [True, True]
    assert "<threshold>7</threshold>" in firewall.control.candidate()


def commits(**more) -> dict:
    return {"name": "Commit what was written", "tunnelsmith.panos_vpn.commit": {"scope": "written", "lock_timeout": 0, **more}, "ignore_errors": True}


def test_a_commit_of_what_was_written_needs_no_objects_and_takes_nothing_else(playbooks, firewall):
    """Tasks of a loop, of a program of its own and of an earlier play are tasks of this run; those of another host are not."""
    zones = {"name": "Make zones", "tunnelsmith.panos_vpn.zone": {"name": "{{ item }}"}, "loop": ["vpn", "lan"]}
    by_others = f"{VSYS}/address/entry[@name='hers']"
    firewall.control.edit_as("alice", "set", by_others, "<ip-netmask>192.0.2.1</ip-netmask>")
    slow = {"name": "Make a slow profile", MODULE: {"name": "slow", "interval": 9}}
    again = {"name": "Make it slower", MODULE: {"name": "fast", "interval": 8}}
    whole = [*play(profile(), hosts="first"), *play(zones, commits(), commits(), hosts="first"),
             *play(slow, hosts="second"), *play(again, commits(), commits(commit_foreign="include"), hosts="first")]
    local = {"ansible_connection": "local", "ansible_python_interpreter": "{{ ansible_playbook_python }}"}
    run = playbooks.run(firewall, whole, inventory={"all": {"hosts": {"first": {}, "second": {}}, "vars": local}})
    written, nothing, refused, along = run.of("commit")
    assert sorted(place.rpartition("/")[2] for place in written.result["committed"]) == ["entry[@name='fast']", "entry[@name='lan']", "entry[@name='vpn']"]
    assert (nothing.changed, nothing.result["committed"]) == (False, [])
    assert "slow" in refused.message and "commit_foreign" in refused.message and not refused.changed
    assert along.changed and firewall.control.running(by_others) == ""


READS_A_TASK = """
import gc
import sys
from ansible.plugins.loader import init_plugin_loader
init_plugin_loader()
from ansible.parsing.mod_args import ModuleArgsParser
ModuleArgsParser({"tunnelsmith.panos_vpn.zone": {"name": "vpn"}}).parse()
print([name for name in sys.modules if name.endswith("module_utils.tasks.writing")], gc.get_freeze_count() > 20 * len(gc.get_objects()))
"""


def test_what_modules_share_is_loaded_when_a_task_is_read_and_not_in_each_worker(of_this_environment, tmp_path):
    """Ansible forks a worker for each host and task, after it has read the playbook; its garbage collector has nothing to do with what was loaded before."""
    done = subprocess.run([sys.executable, "-c", READS_A_TASK], cwd=tmp_path, env={"HOME": str(tmp_path)}, capture_output=True, text=True,
                          timeout=60, check=False)
    assert done.stdout.strip().endswith("plugins.module_utils.tasks.writing'] True"), done.stdout + done.stderr


def test_a_transaction_knows_every_resource_wherever_it_runs(playbooks, firewall, tmp_path):
    """A program holds only what is imported by name, and reads its modules from an archive."""
    task = {"name": "Make a zone and its interface", "tunnelsmith.panos_vpn.transaction": {
        "items": [{"zone": {"name": "vpn", "interfaces": ["tunnel.11"]}}, {"tunnel_interface": {"name": "tunnel.11"}}]}}
    unknown = {"name": "Ask for what does not exist", "tunnelsmith.panos_vpn.transaction": {"items": [{"no_such_resource": {}}]}, "ignore_errors": True}
    program = {"async": 30, "poll": 1}
    run = playbooks.run(firewall, play({**task, **program}, task, {**unknown, **program}, unknown, vars={"ansible_async_dir": str(tmp_path / "jobs")}), "-vvv")
    assert run.status == 0, run.output
    packed, here, refused_by_program, refused_here = run.of("transaction")
    assert "AnsiballZ_transaction" in run.output
    assert packed.changed and not here.changed
    assert "there are bgp_instance, bgp_peer" in refused_here.message and refused_by_program.message == refused_here.message


def test_a_cloud_s_rules_hold_wherever_the_task_runs(playbooks, firewall, tmp_path):
    """A program holds only what is imported by name, and a cloud's rules are looked for in the folders."""
    tunnel = {"outside_address": "203.0.113.40", "pre_shared_key": "notReal.key", "inside_cidr": "169.254.0.0/30", "inside_address": "169.254.0.2",
              "inside_peer_address": "169.254.0.1", "cloud": "aws",
              "ike": {"version": "ikev2", "encryption": "aes-256-cbc", "hash": "sha256", "dh_group": "group14", "lifetime_seconds": 28800},
              "ipsec": {"encryption": "aes-256-gcm", "authentication": "none", "dh_group": "group14", "lifetime_seconds": 3600}}
    task = {"name": "Make a VPN", "ignore_errors": True, "tunnelsmith.panos_vpn.site_to_site_vpn": {
        "name": "lyon", "tunnels": [tunnel], "failover": "pbf", "outside_interface": "ethernet1/8", "zone": "vpn", "source_zones": ["trust"],
        "local_networks": ["10.10.0.0/24"], "remote_networks": ["10.200.0.0/16"]}}
    run = playbooks.run(firewall, play({**task, "async": 30, "poll": 1}, task, vars={"ansible_async_dir": str(tmp_path / "jobs")}), "-vvv")
    packed, here = run.of("site_to_site_vpn")
    assert "AnsiballZ_site_to_site_vpn" in run.output
    assert "reserved by AWS" in packed.message and packed.message == here.message
