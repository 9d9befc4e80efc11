# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The drill, the actions and the report as users start them."""

from __future__ import annotations

import json

from ansible_collections.tunnelsmith.panos_vpn.tests.integration.back_to_start import bare
from ansible_collections.tunnelsmith.panos_vpn.tests.integration.connections import IDS, commits, writes
from ansible_collections.tunnelsmith.panos_vpn.tests.integration.playbook_run import ROOT
from ansible_collections.tunnelsmith.panos_vpn.tests.integration.test_examples import plays
from ansible_collections.tunnelsmith.panos_vpn.tests.unit.plugins.modules.given_and_told import provider_of

DRILL, ACTION, REPORT = (f"tunnelsmith.panos_vpn.{name}" for name in ("failover_drill", "vpn_action", "vpn_report"))
README = ROOT / "roles" / "failover_drill" / "README.md"
NAME = IDS["pbf"]
FIRST, SECOND = f"{NAME}-1", f"{NAME}-2"


def drill(**more) -> dict:
    return {"failover_drill_name": NAME, "failover_drill_hold": 0.2, "failover_drill_poll": 0.05, "failover_drill_commit_poll": 0.05,
            "failover_drill_timeout": 5, **more}


def test_a_drill_leaves_the_firewall_as_it_was_and_a_report(playbooks, paired_firewall):
    """The example that users copy, with what makes it quick."""
    start = paired_firewall.control.running()
    run = playbooks.run(paired_firewall, plays(README)[0:1], variables=drill(failover_drill_probe="true"))
    assert run.status == 0, run.output
    folder = playbooks.folder / "run1" / "reports"
    assert bare(paired_firewall.control.running()) == bare(start)
    assert bare(paired_firewall.control.candidate()) == bare(start)
    told = json.loads((folder / "failover-drill-fw1.json").read_text(encoding="utf-8"))
    down, up = told["measurements"]
    assert (down["tunnel"], down["standby"], down["expected"]["minimum"], down["expected"]["maximum"]) == (FIRST, SECOND, 8, 12)
    assert (up["action"], up["carrier"][-1]["value"]) == ("bring_back", FIRST)
    page = (folder / "failover-drill-fw1.html").read_text(encoding="utf-8")
    assert "Taken down" in page and "Brought back" in page and "8 to 12 s" in page
    assert down["summary"] in run.output.replace("\\", "").replace("\n", "")

    report = playbooks.run(paired_firewall, REPORT, variables={"vpn_report_drills": "../run1/reports"})
    assert report.status == 0, report.output
    assert "Brought back" in (playbooks.folder / "run2" / "reports" / "vpn-report.html").read_text(encoding="utf-8")


def test_check_mode_touches_nothing_and_a_standby_that_is_down_is_named(playbooks, paired_firewall):
    # The provider comes by the play's defaults here, beside those of the role.
    by_defaults = drill(panos_provider=provider_of(paired_firewall))
    checked = playbooks.run(paired_firewall, DRILL, "--check", variables=by_defaults, environment={"PANOS_HOSTNAME": "192.0.2.1"})
    assert checked.status == 0, checked.output
    paired_firewall.control.vpn(SECOND, sa="down", monitor="down")
    run = playbooks.run(paired_firewall, DRILL, variables=drill())
    assert run.status != 0
    assert "the standby is not healthy" in run.failures()[0].message and SECOND in run.failures()[0].message
    assert (writes(paired_firewall), commits(paired_firewall)) == ([], [])
    assert list(playbooks.folder.glob("*/reports/*")) == []


def test_a_killed_drill_is_brought_back_by_the_next_one(playbooks, paired_firewall):
    start = paired_firewall.control.running()
    run = playbooks.start(paired_firewall, DRILL, variables=drill(failover_drill_hold=60))
    run.until(lambda: _is_off(paired_firewall, FIRST))
    run.kill()
    again = playbooks.run(paired_firewall, DRILL, variables=drill())
    assert again.status == 0, again.output
    assert [task.result.get("restored") for task in again.of("vpn_failover")] == [[f"tunnel '{FIRST}'"], None, [f"tunnel '{FIRST}'"]]
    assert bare(paired_firewall.control.running()) == bare(start)


def test_a_drill_that_went_wrong_has_a_report_too(playbooks, paired_firewall):
    """The tunnel does not come up again, and then the firewall falls silent: what was measured is what somebody looks for now."""
    folder = playbooks.folder / "run1" / "reports"
    figures, page = (folder / f"failover-drill-fw1.{kind}" for kind in ("json", "html"))
    run = playbooks.start(paired_firewall, DRILL, variables=drill(failover_drill_timeout=1, failover_drill_report_directory=str(folder)))
    run.until(lambda: _is_off(paired_firewall, FIRST))
    paired_firewall.control.vpn(FIRST, sa="down")
    run.until(figures.exists)
    paired_firewall.control.fault("unavailable", times=1000)
    run = run.finished()
    assert run.status != 0
    assert ["not healthy" in failed.message and FIRST in failed.message for failed in run.failures()] == [True]
    told = json.loads(figures.read_text(encoding="utf-8"))
    assert [each["action"] for each in told["measurements"]] == ["take_down", "bring_back"]
    text = page.read_text(encoding="utf-8")
    assert "Taken down" in text and "Brought back" in text and "No answer: " in text


def _is_off(firewall, tunnel) -> bool:
    return "<disabled>yes" in firewall.control.running(_place(tunnel))


def _place(tunnel) -> str:
    return f"/config/devices/entry[@name='localhost.localdomain']/network/tunnel/ipsec/entry[@name='{tunnel}']"


def test_reconnect_is_what_the_action_playbook_does_by_itself(playbooks, paired_firewall):
    run = playbooks.run(paired_firewall, ACTION, variables={"vpn_action_name": NAME})
    assert run.status == 0, run.output
    (task,) = run.of("vpn_action")
    assert task.result["interrupts"] == [FIRST, SECOND]
    assert "stops for a moment" in run.output
    off = playbooks.run(paired_firewall, ACTION, variables={"vpn_action_name": FIRST, "vpn_action_action": "disable"})
    assert off.status == 0, off.output
    assert _is_off(paired_firewall, FIRST)


def test_a_report_of_a_fleet_tells_who_is_silent_and_who_was_not_asked(playbooks, paired_firewall, firewalls, tmp_path):
    other = firewalls()
    paired_firewall.control.vpn(SECOND, sa="down", monitor="down")
    common = {"ansible_connection": "local", "ansible_python_interpreter": "{{ ansible_playbook_python }}"}
    providers = {"berlin": {}, "lyon": {"port": other.port, "api_key": other.api_key, "ca_path": other.ca_path}, "oslo": {"port": 1}}
    inventory = {"all": {"vars": common, "hosts": {name: {"panos_provider": provider} for name, provider in providers.items()}}}
    # The first of all, where what is done once for the fleet would be done.
    inventory["all"]["hosts"] = {"bergen": {"vpn_report_nam": "vpn-0fff"}, **inventory["all"]["hosts"]}
    page = tmp_path / "report" / "page.html"
    run = playbooks.run(paired_firewall, REPORT, variables={"vpn_report_file": str(page)}, inventory=inventory)
    assert run.status != 0 and "say which of them are meant: vpn_report_hosts=GROUP" in run.output
    run = playbooks.run(paired_firewall, REPORT, variables={"vpn_report_file": str(page), "vpn_report_hosts": "all"}, inventory=inventory)
    assert run.status != 0 and {task.host for task in run.failures()} == {"bergen"}, run.output
    text = page.read_text(encoding="utf-8")
    assert [name for name in ("bergen", "berlin", "lyon", "oslo") if f">{name}<" not in text] == []
    told = {each["name"]: each for each in json.loads(page.with_suffix(".json").read_text(encoding="utf-8"))["firewalls"]}
    assert "vpn_report_name" in told["bergen"]["error"] and [len(told[name]["vpns"]) > 0 for name in ("berlin", "lyon")] == [True, True]
    assert "No answer: " in text and "no IPsec SA" in text
    assert "<script" not in text and "http-equiv" in text
    assert other.api_key not in text
