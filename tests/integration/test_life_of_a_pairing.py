# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The life of a pairing: planned, made, run again, taken away; on every version and routing engine, with either failover."""

from __future__ import annotations

import re

import pytest

from ansible_collections.tunnelsmith.panos_vpn.tests.integration.back_to_start import bare
from ansible_collections.tunnelsmith.panos_vpn.tests.integration.connections import IDS, commits, paired, removed, writes
from ansible_collections.tunnelsmith.panos_vpn.tests.integration.playbook_run import PAIRING, pairing, play

FIREWALLS = {
    "virtual router, 10.1": {"version": "10.1"},
    "virtual router, 11.1": {"version": "11.1"},
    "virtual router, 12.1": {"version": "12.1"},
    "logical router, 10.2": {"version": "10.2", "engine": "logical-router"},
    "logical router, 11.1": {"version": "11.1", "engine": "logical-router"},
    "logical router, 12.1": {"version": "12.1", "engine": "logical-router"},
}


def shown(task) -> tuple:
    """A task's diff. The marks of secrets are the same within one run only."""
    return tuple(re.sub(r"\(secret \w+\)", "(secret)", task.result["diff"][side]) for side in ("before", "after"))


@pytest.mark.parametrize("failover", ["pbf", "bgp"])
@pytest.mark.parametrize("arguments", FIREWALLS.values(), ids=FIREWALLS.keys())
def test_a_pairing_is_planned_made_kept_and_taken_away(playbooks, firewalls, arguments, failover):
    firewall = firewalls(**arguments)
    control = firewall.control
    start = control.candidate(marks=True)

    planned = playbooks.run(firewall, PAIRING, "--check", "--diff", variables=paired(failover))
    assert planned.status == 0, planned.output
    assert planned.changed() == ["site_to_site_vpn"]
    assert writes(firewall) == commits(firewall) == []
    assert control.candidate(marks=True) == start

    run = playbooks.run(firewall, play(pairing(**paired(failover)), pairing(**paired(failover)), pairing(**removed(failover))), "--diff")
    assert run.status == 0, run.output
    made, kept, gone = run.of("site_to_site_vpn")
    committed, uncommitted = run.of("commit")
    assert run.changed() == ["site_to_site_vpn", "commit", "site_to_site_vpn", "commit"]

    assert shown(made) == shown(planned.of("site_to_site_vpn")[0])
    assert made.running == start
    assert bare(committed.running) == bare(committed.candidate) != bare(start)
    assert IDS[failover] in committed.running
    assert not kept.changed
    assert kept.candidate == committed.candidate
    assert [task.result["healthy"] for task in run.of("vpn_info")] == [True, True]
    assert len(writes(firewall)) == len(commits(firewall)) == 2
    assert bare(gone.candidate) == bare(uncommitted.running) == bare(start)


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
    assert run.changed() == ["site_to_site_vpn", "commit", "site_to_site_vpn", "commit"]
    assert bare(firewall.control.candidate()) == bare(firewall.control.running()) == bare(start)
