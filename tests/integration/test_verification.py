# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Whether both tunnels are up after the commit, and what the run makes of it."""

from __future__ import annotations

from ansible_collections.tunnelsmith.panos_vpn.tests.integration.connections import IDS, paired
from ansible_collections.tunnelsmith.panos_vpn.tests.integration.playbook_run import PAIRING, pairing, play

SECOND = f"{IDS['pbf']}-2"


def test_a_tunnel_that_stays_down_fails_the_run_and_is_named(playbooks, firewall):
    firewall.control.vpn(SECOND, sa="down", monitor="down")
    run = playbooks.run(firewall, play(pairing(**paired("pbf", aws_pairing_verify_timeout=1, aws_pairing_verify_poll=0.2))))
    assert run.status != 0
    (failure,) = run.failures()
    assert failure.action == "tunnelsmith.panos_vpn.vpn_info"
    assert SECOND in failure.message
    assert IDS["pbf"] in firewall.control.running()


def test_with_keep_it_is_reported_and_the_run_goes_on(playbooks, firewall):
    firewall.control.vpn(SECOND, sa="down", monitor="down")
    run = playbooks.run(firewall, play(pairing(**paired("pbf", aws_pairing_on_failure="keep")), {
        "name": "Go on", "ansible.builtin.debug": {"msg": "went on"}}))
    assert run.status == 0, run.output
    assert "went on" in run.output
    report = run.tasks[-2].result["msg"]
    assert not report["healthy"]
    assert [(tunnel["name"], tunnel["healthy"]) for tunnel in report["tunnels"]] == [(f"{IDS['pbf']}-1", True), (SECOND, False)]
    assert SECOND in report["problems"][0]


def test_verification_can_be_left_out_or_be_all(playbooks, firewall):
    made = playbooks.run(firewall, PAIRING, variables=paired("bgp", aws_pairing_verify=False))
    assert made.status == 0, made.output
    assert made.of("vpn_info") == []
    assert [request["type"] for request in firewall.control.requests()].index("commit") < 9
    firewall.control.reset_requests()
    again = playbooks.run(firewall, PAIRING, variables=paired("bgp", aws_pairing_verify=False))
    assert again.changed() == []
    assert len(firewall.control.requests()) <= 5
    looked = playbooks.run(firewall, PAIRING, "--tags", "verify", variables=paired("bgp"))
    assert looked.status == 0, looked.output
    assert [task.action for task in looked.tasks if task.action.startswith("tunnelsmith.")] == ["tunnelsmith.panos_vpn.vpn_info"]
    assert [peer["state"] for peer in looked.tasks[-1].result["msg"]["bgp_peers"]] == ["Established", "Established"]
