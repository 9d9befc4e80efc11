# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A pairing that does not work is taken back where that was asked for, and a run that was killed can be taken back or finished."""

from __future__ import annotations

import pytest

from ansible_collections.tunnelsmith.panos_vpn.tests.integration.back_to_start import bare
from ansible_collections.tunnelsmith.panos_vpn.tests.integration.connections import IDS, commits, paired
from ansible_collections.tunnelsmith.panos_vpn.tests.integration.playbook_run import PAIRING, SECONDS, access, pairing, play
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.dataplane.enclave import wait_until

FIRST, SECOND = f"{IDS['pbf']}-1", f"{IDS['pbf']}-2"
OTHERS = "/config/devices/entry[@name='localhost.localdomain']/vsys/entry[@name='vsys1']/address/entry[@name='of-alice']"
REVERT = "tunnelsmith.panos_vpn.config_revert"


def journals(playbooks) -> list:
    return sorted((playbooks.home / ".ansible" / "tunnelsmith").glob("*.json"))


def reverting(failover="pbf", **more) -> list:
    return play(pairing(**paired(failover, aws_pairing_on_failure="revert", aws_pairing_verify_timeout=1, aws_pairing_verify_poll=0.2, **more)))


@pytest.mark.parametrize("failover", ["pbf", "bgp"])
def test_with_both_tunnels_down_the_firewall_is_as_it_was(playbooks, firewall, failover):
    control = firewall.control
    running = control.running()
    control.edit_as("alice", "set", OTHERS, "<ip-netmask>192.0.2.1</ip-netmask>")
    candidate = control.candidate()
    for number in (1, 2):
        control.vpn(f"{IDS[failover]}-{number}", sa="down", monitor="down")
    run = playbooks.run(firewall, reverting(failover))
    assert run.status != 0
    message = run.failures()[-1].message
    assert f"{IDS[failover]}-1" in message and "it is what it was" in message
    assert bare(control.running()) == bare(running)
    assert bare(control.candidate()) == bare(candidate)
    assert len(commits(firewall)) == 2 and journals(playbooks) == []


def test_with_one_tunnel_up_it_stays_and_the_reason_is_told(playbooks, firewall):
    firewall.control.vpn(SECOND, sa="down", monitor="down")
    run = playbooks.run(firewall, reverting())
    assert run.status != 0
    message = run.failures()[-1].message
    assert SECOND in message and f"Nothing was taken back, because {FIRST} is up" in message
    assert IDS["pbf"] in firewall.control.running() and len(journals(playbooks)) == 1
    firewall.control.vpn(SECOND, sa="up", monitor="up")
    again = playbooks.run(firewall, reverting())
    assert (again.status, again.changed(), journals(playbooks)) == (0, [], [])


def test_what_was_up_before_and_is_down_is_a_reason(playbooks, firewall):
    control, start = firewall.control, firewall.control.running()
    control.vpn(SECOND, sa="down", monitor="down")
    run = playbooks.start(firewall, play(pairing(**paired("pbf", aws_pairing_on_failure="revert", aws_pairing_verify_timeout=4))))
    run.until(lambda: commits(firewall))
    control.vpn("branch-7", sa="down", monitor="down")
    finished = run.finished()
    assert finished.status != 0 and "it is what it was" in finished.failures()[-1].message
    assert bare(control.running()) == bare(start)


def test_a_failed_commit_is_taken_back(playbooks, firewall):
    start = firewall.control.candidate()
    firewall.control.fail_next_commit(["vsys1", "Validation Error: tunnel.1 is already in use"])
    run = playbooks.run(firewall, reverting())
    assert run.status != 0
    message = run.failures()[-1].message
    assert "Validation Error: tunnel.1 is already in use" in message and "it is what it was" in message
    assert bare(firewall.control.candidate()) == bare(firewall.control.running()) == bare(start)


def test_a_healthy_pairing_needs_no_journal_any_more(playbooks, firewall):
    made = playbooks.run(firewall, reverting())
    assert made.status == 0, made.output
    assert made.changed() == ["site_to_site_vpn"] and journals(playbooks) == []
    unverified = playbooks.run(firewall, PAIRING, variables=paired("pbf", aws_pairing_verify=False, aws_pairing_mtu=1300))
    assert unverified.status == 0 and len(journals(playbooks)) == 1
    before = firewall.control.running()
    taken_back = playbooks.run(firewall, REVERT, variables={"config_revert_name": IDS["pbf"]})
    assert taken_back.status == 0, taken_back.output
    assert before != firewall.control.running() and journals(playbooks) == []
    finished = playbooks.run(firewall, PAIRING, variables=paired("pbf"))
    assert (finished.changed(), journals(playbooks)) == ([], [])


def held(kind: str, done=lambda control: True, **request):
    """A request that the firewall lets wait until its faults are cleared: "delay" before it does what is asked, "sleep" afterwards, when it is done."""
    return (lambda control: control.fault(kind, when=request, seconds=SECONDS),
            lambda firewall: any(request.items() <= each.items() for each in firewall.control.under_way()) and done(firewall.control))


# Where the run is killed → (what the firewall does there, how that is seen, whether anything can have been written).
KILLS = {
    "before the write": (*held("sleep", cmd="show config list changes"), False),
    "during the write, before it is done": (*held("delay", action="multi-config"), True),
    "during the write, when it is done": (*held("sleep", lambda control: IDS["pbf"] in control.candidate(), action="multi-config"), True),
    "before the commit": (lambda control: control.hold_commit_lock("somebody"), commits, True),
    "during the commit": (lambda control: control.commit_duration(2), commits, True),
    "during the verification": (lambda control: [control.vpn(name, sa="down", monitor="down") for name in (FIRST, SECOND)],
                                lambda firewall: any(request["cmd"] == "show vpn flow" for request in firewall.control.requests()), True),
}


def killed(playbooks, firewall, prepare, reached):
    """A run of the role that is killed at one place. The firewall then gets to the end of what it was doing."""
    control = firewall.control
    control.reset_requests()
    prepare(control)
    run = playbooks.start(firewall, play(pairing(**paired("pbf", aws_pairing_verify_timeout=60))))
    run.until(lambda: reached(firewall))
    run.kill()
    control.clear_faults()
    assert wait_until(lambda: not control.under_way() and not firewall.firewall.jobs.busy, 30)
    control.release_locks("somebody")
    control.commit_duration(0.05)
    for name in (FIRST, SECOND):
        control.vpn(name, sa="up", monitor="up")


@pytest.mark.parametrize("prepare, reached, written", KILLS.values(), ids=KILLS.keys())
def test_a_killed_run_can_be_taken_back_or_finished(playbooks, firewall, prepare, reached, written):
    start = firewall.control.running()
    killed(playbooks, firewall, prepare, reached)
    reverted = playbooks.run(firewall, REVERT, variables={"config_revert_name": IDS["pbf"]}, environment=access(firewall))
    if written:
        assert reverted.status == 0, reverted.output
    else:
        assert reverted.status != 0 and "no journal tells of a change" in reverted.failures()[0].message
        assert reverted.failures()[0].result["nothing_noted"]
    assert bare(firewall.control.running()) == bare(firewall.control.candidate()) == bare(start)
    assert journals(playbooks) == []
    killed(playbooks, firewall, prepare, reached)
    finished = playbooks.run(firewall, PAIRING, variables=paired("pbf"))
    assert finished.status == 0, finished.output
    assert bare(firewall.control.running()) == bare(firewall.control.candidate()) != bare(start)
    assert journals(playbooks) == []
