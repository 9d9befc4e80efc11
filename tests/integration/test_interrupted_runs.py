# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A run that ends between the write and the commit leaves something that the next run finishes."""

from __future__ import annotations

from ansible_collections.tunnelsmith.panos_vpn.tests.integration.back_to_start import bare
from ansible_collections.tunnelsmith.panos_vpn.tests.integration.connections import commits, paired, removed, writes
from ansible_collections.tunnelsmith.panos_vpn.tests.integration.playbook_run import pairing, play


def killed_before_its_commit(playbooks, firewall, playbook):
    """Somebody's commit lock keeps the run from committing; there it is killed."""
    control = firewall.control
    control.reset_requests()
    control.hold_commit_lock("somebody")
    run = playbooks.start(firewall, playbook)
    run.until(lambda: commits(firewall))
    run.kill()
    control.release_locks("somebody")
    assert len(writes(firewall)) == 1
    assert bare(control.candidate()) != bare(control.running())
    control.reset_requests()


def finished(playbooks, firewall, playbook):
    run = playbooks.run(firewall, playbook)
    assert run.status == 0, run.output
    assert run.changed() == ["site_to_site_vpn"]
    assert len(commits(firewall)) == 1
    assert writes(firewall) == []
    assert bare(firewall.control.running()) == bare(firewall.control.candidate())


def test_a_killed_run_is_finished_by_the_next_one(playbooks, firewall):
    start = firewall.control.candidate()
    make, take_away = play(pairing(**paired("pbf"))), play(pairing(**removed("pbf")))
    killed_before_its_commit(playbooks, firewall, make)
    finished(playbooks, firewall, make)
    killed_before_its_commit(playbooks, firewall, take_away)
    finished(playbooks, firewall, take_away)
    assert bare(firewall.control.running()) == bare(start)


def test_a_failed_commit_is_made_good_by_the_next_run(playbooks, firewall):
    firewall.control.fail_next_commit(["vsys1", "Validation Error: tunnel.1 is already in use"])
    failed = playbooks.run(firewall, play(pairing(**paired("bgp"))))
    assert failed.status != 0
    assert "Validation Error: tunnel.1 is already in use" in failed.failures()[0].message
    assert "job" in failed.failures()[0].message
    firewall.control.reset_requests()
    finished(playbooks, firewall, play(pairing(**paired("bgp"))))


def test_what_was_not_committed_on_purpose_is_committed_later(playbooks, firewall):
    written = playbooks.run(firewall, play(pairing(**paired("pbf", aws_pairing_commit=False))))
    assert written.status == 0, written.output
    assert commits(firewall) == []
    assert "healthy" not in written.of("site_to_site_vpn")[0].result

    planned = playbooks.run(firewall, play(pairing(**paired("pbf"))), "--check")
    assert planned.changed() == ["site_to_site_vpn"] and "diff" not in planned.of("site_to_site_vpn")[0].result
    assert commits(firewall) == []
    firewall.control.reset_requests()
    finished(playbooks, firewall, play(pairing(**paired("pbf"))))
