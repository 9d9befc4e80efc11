# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A change that interrupts both tunnels is made on one after the other, and stops where the first one does not come up again."""

from __future__ import annotations

import pytest

from ansible_collections.tunnelsmith.panos_vpn.tests.integration.connections import IDS, commits, paired, writes
from ansible_collections.tunnelsmith.panos_vpn.tests.integration.playbook_run import PAIRING, pairing, play

KEYS = ["notReal.rotated.one", "notReal.rotated.two"]
FIRST, SECOND = f"{IDS['pbf']}-1", f"{IDS['pbf']}-2"
GATEWAY = "/config/devices/entry[@name='localhost.localdomain']/network/ike/gateway/entry[@name='{}']"


def rotated(playbooks, firewall, *options, **more):
    return playbooks.run(firewall, play(pairing(**paired("pbf", aws_pairing_pre_shared_keys=KEYS, **more))), *options)


def test_keys_are_rotated_one_after_the_other(playbooks, paired_firewall):
    run = rotated(playbooks, paired_firewall)
    assert run.status == 0, run.output
    assert [task.result["interrupts"] for task in run.of("site_to_site_vpn")] == [[SECOND, FIRST]]
    assert run.changed() == ["site_to_site_vpn"]
    assert (len(writes(paired_firewall)), len(commits(paired_firewall))) == (2, 2)
    assert rotated(playbooks, paired_firewall).changed() == []


def test_where_the_first_one_stays_down_the_other_one_is_left_alone(playbooks, paired_firewall):
    control = paired_firewall.control
    before = control.running(GATEWAY.format(FIRST))
    control.vpn(SECOND, sa="down", monitor="down")
    run = rotated(playbooks, paired_firewall)
    assert run.status != 0 and SECOND in run.failures()[-1].message
    assert control.running(GATEWAY.format(FIRST)) == before
    control.vpn(SECOND, sa="up", monitor="up")
    again = rotated(playbooks, paired_firewall)
    assert (again.status, [task.result["interrupts"] for task in again.of("site_to_site_vpn")]) == (0, [[FIRST]])


def test_where_a_host_behind_the_firewall_gets_no_answer_the_other_one_is_left_alone(playbooks, paired_firewall):
    before = paired_firewall.control.running(GATEWAY.format(FIRST))
    run = rotated(playbooks, paired_firewall, aws_pairing_probe="false", aws_pairing_on_failure="keep")
    assert "has not been changed yet" in run.output
    assert [task.result["interrupts"] for task in run.of("site_to_site_vpn")] == [[SECOND]]
    assert paired_firewall.control.running(GATEWAY.format(FIRST)) == before


def test_together_and_in_a_plan_it_is_one_change_that_names_both(playbooks, paired_firewall):
    planned = rotated(playbooks, paired_firewall, "--check", "--diff")
    assert planned.of("site_to_site_vpn")[0].result["interrupts"] == [SECOND, FIRST]
    done = rotated(playbooks, paired_firewall, aws_pairing_rollout="together")
    assert done.changed() == ["site_to_site_vpn"] and len(commits(paired_firewall)) == 1
    assert all(name in done.output for name in (FIRST, SECOND)) and "all at once" in done.output


def test_the_last_tunnel_that_is_up_is_spared_also_by_the_next_run(playbooks, paired_firewall):
    control = paired_firewall.control
    before = control.running(GATEWAY.format(FIRST))
    control.vpn(SECOND, sa="down", monitor="down")
    assert "has not been changed yet" in rotated(playbooks, paired_firewall).output
    again = rotated(playbooks, paired_firewall)
    assert again.status != 0 and "is the only tunnel of" in again.failures()[-1].message
    assert control.running(GATEWAY.format(FIRST)) == before


@pytest.mark.parametrize("tags", [("--skip-tags", "verify"), ("--tags", "configure,commit"), ("--skip-tags", "commit")], ids=" ".join)
def test_where_tags_leave_a_step_out_it_is_one_change(playbooks, paired_firewall, tags):
    variables = paired("pbf", aws_pairing_pre_shared_keys=KEYS, aws_pairing_on_failure="revert", aws_pairing_config_lock=True)
    run = playbooks.run(paired_firewall, PAIRING, *tags, variables=variables)
    assert run.status == 0, run.output
    assert run.of("site_to_site_vpn")[0].result["waiting"] == []
