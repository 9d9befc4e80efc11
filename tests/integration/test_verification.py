# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Whether both tunnels are up after the commit, and what the run makes of it."""

from __future__ import annotations

import json
import pathlib

import pytest

from ansible_collections.tunnelsmith.panos_vpn.tests.integration.connections import IDS, KEYS, commits, paired, writes
from ansible_collections.tunnelsmith.panos_vpn.tests.integration.playbook_run import PAIRING, pairing, play

SECOND = f"{IDS['pbf']}-2"


def reports(run) -> list:
    """What was printed of the outcome, the state and the causes, as lines."""
    return [task.result["msg"] for task in run.tasks if task.action == "ansible.builtin.debug" and isinstance(task.result.get("msg"), list)]


def test_a_tunnel_that_stays_down_fails_the_run_with_the_reason(playbooks, firewall):
    firewall.control.vpn(SECOND, sa="down", monitor="down")
    firewall.control.log("ikev2-nego-ike-fail", SECOND, "received notify type NO_PROPOSAL_CHOSEN")
    run = playbooks.run(firewall, play(pairing(**paired("pbf", aws_pairing_verify_timeout=1, aws_pairing_verify_poll=0.2))))
    assert run.status != 0
    (failure,) = run.failures()
    assert failure.action == "tunnelsmith.panos_vpn.site_to_site_vpn" and SECOND in failure.message
    assert IDS["pbf"] in firewall.control.running()
    (told,) = reports(run)
    assert "was left so" in told[0]
    assert any(line.startswith(f"{SECOND}: the peer and this firewall have no phase 1 proposal in common") for line in told)
    assert any("shown by: log" in line and "NO_PROPOSAL_CHOSEN" in line for line in told)
    assert any(line.startswith(f"  {SECOND}  down") for line in told)
    assert "no phase 1 proposal in common" in failure.message and "to mend it: ike_crypto_profile" in failure.message


def test_a_probe_from_behind_the_firewall_has_the_last_word(playbooks, firewall):
    networks = {"aws_pairing_local_networks": "10.10.0.0/25, 10.10.0.128/25", "aws_pairing_remote_networks": " 10.200.0.0/16"}
    run = playbooks.run(firewall, play(pairing(**paired("pbf", aws_pairing_probe="false", **networks))))
    (failure,) = run.failures()
    assert "the probe got no answer: false" in failure.message
    assert failure.result["health"] == "down"
    # Nothing is wrong here, so what is left lies behind the cloud.
    assert "certain" not in [cause["confidence"] for cause in failure.result["diagnosis"]]


def test_with_keep_it_is_reported_and_the_run_goes_on(playbooks, firewall):
    firewall.control.vpn(SECOND, sa="down", monitor="down")
    run = playbooks.run(firewall, play(pairing(**paired("pbf", aws_pairing_on_failure="keep", aws_pairing_verify_timeout=1)), {
        "name": "Go on", "ansible.builtin.debug": {"msg": "went on"}}))
    assert run.status == 0, run.output
    assert "went on" in run.output
    (report,) = reports(run)
    found = run.of("site_to_site_vpn")[0].result["summary"]
    assert not found["healthy"] and SECOND in found["problems"][0]
    assert [(tunnel["name"], tunnel["healthy"]) for tunnel in found["tunnels"]] == [(f"{IDS['pbf']}-1", True), (SECOND, False)]
    assert any("at risk" in line and "1 of 2 tunnels works" in line for line in report)


def test_verification_can_be_left_out_or_be_all(playbooks, firewall):
    made = playbooks.run(firewall, PAIRING, variables=paired("bgp", aws_pairing_verify=False))
    assert made.status == 0, made.output
    assert "healthy" not in made.of("site_to_site_vpn")[0].result
    (told,) = reports(made)
    assert told == [f"{IDS['bgp']} runs as it was written; whether it works was not looked at. config_revert takes it back."]
    assert [request["type"] for request in firewall.control.requests()].index("commit") < 9
    firewall.control.reset_requests()
    again = playbooks.run(firewall, PAIRING, variables=paired("bgp", aws_pairing_verify=False))
    assert again.changed() == []
    assert len(firewall.control.requests()) <= 5
    firewall.control.reset_requests()
    looked = playbooks.run(firewall, PAIRING, "--tags", "verify", variables=paired("bgp", aws_pairing_probe="true"))
    assert looked.status == 0, looked.output
    assert looked.changed() == [] and writes(firewall) == commits(firewall) == []
    assert any("2 of 2 tunnels work" in line for line in reports(looked)[0])
    report = looked.of("site_to_site_vpn")[0].result["summary"]
    assert [peer["state"] for peer in report["bgp_peers"]] == ["Established", "Established"]
    assert {item["prefix"] for item in report["advertised"]} == {"10.10.0.0/24"} and report["learned"]


@pytest.mark.parametrize("tags", [("--tags", "commit"), ("--tags", "commit,verify"), ("--skip-tags", "configure")], ids=" ".join)
def test_a_commit_of_nothing_is_not_taken_for_one(playbooks, firewall, tags):
    run = playbooks.run(firewall, PAIRING, *tags, variables=paired("pbf"))
    (failure,) = run.failures()
    assert "--tags configure,commit" in failure.message and firewall.control.requests() == []


def test_with_bgp_a_session_that_brings_nothing_is_not_enough(playbooks, firewall):
    for number in (1, 2):
        firewall.control.bgp(f"{IDS['bgp']}-{number}", "Established", received=1, advertised=1)
    run = playbooks.run(firewall, play(pairing(**paired("bgp", aws_pairing_verify_timeout=1))))
    (failure,) = run.failures()
    assert "none is in the forwarding table" in failure.message


def test_empty_keys_are_none_given_and_aws_s_own_are_compared(playbooks, firewall):
    """A survey hands over empty answers too."""
    made = playbooks.run(firewall, PAIRING, variables=paired("pbf", aws_pairing_pre_shared_keys=["notReal.one1", "notReal.two2"], aws_pairing_verify=False))
    assert made.status == 0, made.output
    firewall.control.vpn(SECOND, sa="down", monitor="down")
    variables = paired("pbf", aws_pairing_pre_shared_keys=["", ""], aws_pairing_verify_timeout=1)
    looked = playbooks.run(firewall, PAIRING, "--tags", "verify", variables=variables)
    assert "pre-shared-key-mismatch" in looked.output


def test_only_the_journal_of_what_was_verified_is_dropped(playbooks, firewall, tmp_path):
    made = playbooks.run(firewall, PAIRING, variables=paired("pbf", aws_pairing_verify=False, aws_pairing_journal=str(tmp_path)))
    assert made.status == 0, made.output
    own = pathlib.Path(made.of("site_to_site_vpn")[0].result["journal"])
    another = own.with_name(own.name.replace(IDS["pbf"], "another"))
    another.write_text(own.read_text(encoding="utf-8").replace(IDS["pbf"], "another"), encoding="utf-8")
    another.chmod(0o600)
    for journal, dropped in ((another, False), (own, True)):
        run = playbooks.run(firewall, "tunnelsmith.panos_vpn.vpn_verify", variables={
            "vpn_verify_name": IDS["pbf"], "vpn_journal": {"fw1": str(journal)}})
        assert run.status == 0, run.output
        assert journal.exists() is not dropped


def test_the_inventory_s_connection_is_what_is_verified(playbooks, firewall):
    """Another tunnel of the firewall is down."""
    variables = paired("pbf", vpn_verify_timeout=0)
    made = playbooks.run(firewall, PAIRING, variables=variables)
    assert made.status == 0, made.output
    firewall.control.vpn("branch-7", sa="down")
    run = playbooks.run(firewall, "tunnelsmith.panos_vpn.vpn_verify", variables=variables)
    assert run.status == 0 and IDS["pbf"] in run.output, run.output
    # A second one of the inventory is asked for with what is its own; the first is told all the same.
    second = {"site_to_site_name": "branch-7", "site_to_site_remote_networks": ["10.70.0.0/24"]}
    run = playbooks.run(firewall, "tunnelsmith.panos_vpn.vpn_verify", "-vvv", variables={**variables, **second})
    assert run.status != 0 and f"{IDS['pbf']} on" not in run.failures()[0].message and "branch-7 on" in run.failures()[0].message
    (artifact,) = [task.result["ansible_stats"]["data"]["vpn_verify"] for task in run.tasks if task.action == "ansible.builtin.set_stats"]
    assert {vpn["name"]: vpn["health"] for vpn in artifact["fw1"]["vpns"]} == {IDS["pbf"]: "healthy", "branch-7": "down"}
    assert not any(key in run.everything() for key in KEYS["pbf"]), "a key is told"


def test_an_action_is_told_its_virtual_system(playbooks, firewall):
    run = playbooks.run(firewall, "tunnelsmith.panos_vpn.vpn_action", variables={"vpn_action_name": "branch-7", "vpn_action_vsys": "vsys7"})
    (failure,) = run.failures()
    assert "no 'vsys7'" in failure.message


def test_all_that_asks_says_the_same_and_shows_it_as_a_table(playbooks, firewall, tmp_path):
    """One of two tunnels is down: verification passes and says so, fails on request, and diagnosis and report agree with the artifact."""
    variables = paired("pbf", vpn_verify_timeout=0, vpn_report_file=str(tmp_path / "vpn.html"))
    made = playbooks.run(firewall, PAIRING, variables=variables)
    assert made.status == 0, made.output
    firewall.control.vpn("branch-7", sa="down")
    firewall.control.vpn(SECOND, sa="down", monitor="down")
    run = playbooks.run(firewall, "tunnelsmith.panos_vpn.vpn_verify", variables=variables)
    assert run.status == 0, run.output
    assert "1 of 2 tunnels works" in run.output and f"  {SECOND}  down" in run.output
    (artifact,) = [task.result["ansible_stats"]["data"]["vpn_verify"] for task in run.tasks if task.action == "ansible.builtin.set_stats"]
    assert artifact["fw1"]["health"] == "at_risk" and artifact["fw1"]["vpns"][0]["name"] == IDS["pbf"]
    failed = playbooks.run(firewall, "tunnelsmith.panos_vpn.vpn_verify", variables={**variables, "vpn_verify_fail_on": "at_risk"})
    assert failed.status != 0 and f"{IDS['pbf']} on" in failed.failures()[0].message and "at risk" in failed.failures()[0].message
    why = playbooks.run(firewall, "tunnelsmith.panos_vpn.vpn_diagnose", variables=variables)
    assert why.status == 0 and "to mend it: " in why.output, why.output
    # A second one of the inventory is asked for with what is its own, and then whatever else is there.
    second = {"site_to_site_name": "branch-7", "site_to_site_remote_networks": ["10.70.0.0/24"]}
    report = playbooks.run(firewall, "tunnelsmith.panos_vpn.vpn_report", "-vvv", variables={**variables, **second})
    assert report.status == 0 and not any(key in report.everything() for key in KEYS["pbf"]), report.output
    (asked,) = report.of("vpn_info")
    assert [answer["item"] for answer in asked.result["results"]] == [IDS["pbf"], "branch-7", "every VPN"]
    told = json.loads((tmp_path / "vpn.json").read_text(encoding="utf-8"))
    states = {vpn["name"]: vpn["health"] for vpn in told["firewalls"][0]["vpns"]}
    assert states == {IDS["pbf"]: "at_risk", "branch-7": "down"}
    # What is to pass through the one is not wanted of the other.
    firewall.control.vpn("branch-7", sa="up")
    assert playbooks.run(firewall, "tunnelsmith.panos_vpn.vpn_report", variables=variables).status == 0
    told = json.loads((tmp_path / "vpn.json").read_text(encoding="utf-8"))
    assert {vpn["name"]: vpn["health"] for vpn in told["firewalls"][0]["vpns"]} == {IDS["pbf"]: "at_risk", "branch-7": "healthy"}
    assert SECOND in (tmp_path / "vpn.csv").read_text(encoding="utf-8") and SECOND in (tmp_path / "vpn.html").read_text(encoding="utf-8")


def test_what_the_inventory_asks_for_and_is_not_there_is_down(playbooks, firewall, tmp_path):
    variables = paired("pbf", vpn_verify_timeout=0, vpn_report_file=str(tmp_path / "vpn.html"))
    run = playbooks.run(firewall, "tunnelsmith.panos_vpn.vpn_verify", variables=variables)
    assert run.status != 0 and f"there is no tunnel or gateway of the name '{IDS['pbf']}'" in run.failures()[0].message
    assert playbooks.run(firewall, "tunnelsmith.panos_vpn.vpn_report", variables=variables).status == 0
    told = json.loads((tmp_path / "vpn.json").read_text(encoding="utf-8"))
    assert (IDS["pbf"], "down") in {(vpn["name"], vpn["health"]) for vpn in told["firewalls"][0]["vpns"]}
