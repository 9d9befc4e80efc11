# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The life of a pairing: planned, made, run again, taken away; on every version and routing engine, with either failover."""

from __future__ import annotations

import contextlib
import re
from dataclasses import dataclass

import pytest

from ansible_collections.tunnelsmith.panos_vpn.tests.integration.back_to_start import bare
from ansible_collections.tunnelsmith.panos_vpn.tests.integration.connections import CONNECTIONS, IDS, commits, paired, quick, removed, writes
from ansible_collections.tunnelsmith.panos_vpn.tests.integration.playbook_run import PAIRING, Playbooks, Run, pairing, play
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.emulator import Emulator
from ansible_collections.tunnelsmith.panos_vpn.tests.unit.plugins.modules.given_and_told import provider_of

FIREWALLS = {
    "virtual-router-10.1": {"version": "10.1"},
    "virtual-router-11.1": {"version": "11.1"},
    "virtual-router-12.1": {"version": "12.1"},
    "logical-router-10.2": {"version": "10.2", "engine": "logical-router"},
    "logical-router-11.1": {"version": "11.1", "engine": "logical-router"},
    "logical-router-12.1": {"version": "12.1", "engine": "logical-router"},
}
# Host → (the emulator's arguments, failover).
HOSTS = {f"{name}-{failover}": (arguments, failover) for name, arguments in FIREWALLS.items() for failover in ("pbf", "bgp")}
# The role's variables, with what differs from host to host.
MAKE = {**paired("pbf"), "aws_pairing_connection": "{{ lookup('ansible.builtin.file', described) }}", "aws_pairing_failover": "{{ failover }}"}
TAKE_AWAY = {"aws_pairing_state": "absent", "aws_pairing_connection_id": "{{ connection_id }}", **quick()}


@dataclass
class Lives:
    """What happened to all firewalls. C(start), C(after_plan): candidates. C(sent): requests of the plan that wrote or committed."""

    firewalls: dict
    start: dict
    planned: Run
    after_plan: dict
    sent: dict
    run: Run


@pytest.fixture(scope="module")
def lives(installed, tmp_path_factory):
    """All firewalls at the same time, in one run that plans, and one that pairs, pairs again and takes away."""
    playbooks = Playbooks(installed, tmp_path_factory.mktemp("lives"))
    with contextlib.ExitStack() as stack:
        firewalls = {name: stack.enter_context(Emulator(**arguments)) for name, (arguments, _failover) in HOSTS.items()}

        def candidates():
            return {name: firewall.control.candidate(marks=True) for name, firewall in firewalls.items()}

        inventory = {"all": {
            "hosts": {name: {
                "failover": failover, "described": str(CONNECTIONS[failover]), "connection_id": IDS[failover],
                "panos_provider": provider_of(firewalls[name]), "emulator_control": firewalls[name].control_url,
            } for name, (_arguments, failover) in HOSTS.items()},
            "vars": {"ansible_connection": "local", "ansible_python_interpreter": "{{ ansible_playbook_python }}"},
        }}
        start = candidates()
        planned = playbooks.run(None, PAIRING, "-l", "all", "--check", "--diff", variables=MAKE, inventory=inventory, environment={})
        after_plan = candidates()
        sent = {name: writes(firewall) + commits(firewall) for name, firewall in firewalls.items()}
        run = playbooks.run(None, play(pairing(**MAKE), pairing(**MAKE), pairing(**TAKE_AWAY), module_defaults={
            "group/tunnelsmith.panos_vpn.all": {"provider": "{{ panos_provider }}"}}), "--diff", inventory=inventory, environment={})
        yield Lives(firewalls, start, planned, after_plan, sent, run)


def shown(task) -> tuple:
    """A task's diff. The marks of secrets are the same within one run only."""
    return tuple(re.sub(r"\(secret \w+\)", "(secret)", task.result["diff"][side]) for side in ("before", "after"))


@pytest.mark.parametrize("host", HOSTS)
def test_a_pairing_is_planned_made_kept_and_taken_away(lives, host):
    start, firewall, failover = lives.start[host], lives.firewalls[host], HOSTS[host][1]
    assert lives.planned.failures(host) == []
    assert lives.planned.changed(host) == ["site_to_site_vpn"]
    assert (lives.sent[host], lives.after_plan[host]) == ([], start)

    assert lives.run.failures(host) == []
    made, kept, gone = lives.run.of("site_to_site_vpn", host)
    assert lives.run.changed(host) == ["site_to_site_vpn", "site_to_site_vpn"]

    assert shown(made) == shown(lives.planned.of("site_to_site_vpn", host)[0])
    assert bare(made.running) == bare(made.candidate) != bare(start)
    assert IDS[failover] in made.running
    assert not kept.changed
    assert kept.candidate == made.candidate
    assert [task.result.get("healthy") for task in (made, kept, gone)] == [True, True, None]
    assert len(writes(firewall)) == len(commits(firewall)) == 2
    assert bare(gone.candidate) == bare(gone.running) == bare(start)


def test_the_runs_went_well(lives):
    assert (lives.planned.status, lives.run.status) == (0, 0), lives.run.output[-3000:]


@pytest.mark.parametrize("failover", ["pbf", "bgp"])
def test_a_router_that_runs_bgp_keeps_what_it_had(playbooks, firewalls, failover):
    firewall = firewalls(config="bgp_running")
    start = firewall.control.candidate()
    run = playbooks.run(firewall, play(
        pairing(**paired(failover, aws_pairing_allow_readvertise=True)), pairing(**paired(failover, aws_pairing_allow_readvertise=True)),
        pairing(**removed(failover))))
    if failover == "bgp":
        # The connection expects another local AS than the instance that runs.
        assert "65010" in run.failures()[0].message
        assert firewall.control.candidate() == start
        return
    assert run.status == 0, run.output
    assert run.changed() == ["site_to_site_vpn", "site_to_site_vpn"]
    assert bare(firewall.control.candidate()) == bare(firewall.control.running()) == bare(start)
