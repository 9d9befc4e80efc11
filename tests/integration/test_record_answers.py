# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The playbook record_answers: what a firewall answers, in a file without what identifies it, compared with the emulated one."""

from __future__ import annotations

import dataclasses
import json
import re
import xml.etree.ElementTree as ET

from ansible_collections.tunnelsmith.panos_vpn.tests.integration.playbook_run import access
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.emulator import operations


def test_a_firewall_s_answers_are_recorded_and_compared(playbooks, firewalls, tmp_path):
    firewall = firewalls(name="fw-of-somebody", config="bgp_running")
    before = firewall.control.candidate(marks=True)
    variables = {"record_answers_path": str(tmp_path / "recordings"), "record_answers_commit": True}
    run = playbooks.run(firewall, "tunnelsmith.panos_vpn.record_answers", variables=variables,
                        inventory={"all": {"hosts": {"fw1": {"ansible_connection": "local"}}}})
    assert run.status == 0, run.output[-3000:]
    assert "The emulated firewall answers in the same form." in run.output
    files = {path.name: path for path in (tmp_path / "recordings").iterdir()}
    assert set(files) == {"fw1.json", "fw1.md"}
    recording = json.loads(files["fw1.json"].read_text(encoding="utf-8"))
    assert recording["version"] == "11.1.6" and len(recording["answers"]) > 12
    for identifying in ("fw-of-somebody", firewall.firewall.serial, "branch-7", firewall.api_key, "198.51.100"):
        assert identifying not in files["fw1.json"].read_text(encoding="utf-8") + run.everything(), identifying
    assert {path.stat().st_mode & 0o777 for path in files.values()} == {0o600}
    assert firewall.control.candidate(marks=True) == before


# What the firewall answers otherwise (command, pattern, instead) → the field that is told, and how.
OTHERWISE = {
    ("show routing route", "<interface>[^<]+</interface>", "<interface/>"): ("/interface`", "filled where the recordings are empty"),
    ("show interface all", "<state>up</state>", "<state>17</state>"): ("/state`", "another form"),
    ("show vpn ipsec-sa", "<proto>ESP</proto>", ""): ("/proto`", "in no recording"),
    ("show routing protocol bgp peer", "<peer-group>", "<brand-new>yes</brand-new><peer-group>"): ("/brand-new`", "only in the recording"),
    ("check pending-changes", "<result>no</result>", "<result/>"): ("/result`", "filled where the recordings are empty"),
    ("show vpn ike-sa", "mode>", "exchange>"): ("/exchange`", "only in the recording"),
    # A word in the place of a word is what another state of the device looks like as well.
    ("show vpn flow", "<keytype>auto key</keytype>", "<keytype>manual key</keytype>"): None,
}


def words_of(command: ET.Element) -> str:
    return " ".join([*(element.tag for element in command.iter()), *filter(None, (element.text for element in command.iter()))])


def test_a_firewall_that_answers_otherwise_is_told_field_by_field(playbooks, firewalls, tmp_path, monkeypatch):
    """The files are where ansible-playbook was started, whatever the environment says of it."""
    firewall = firewalls(config="bgp_running")
    answers, told = operations.run, set()

    def otherwise(device, admin, command, vsys=None):
        answer = answers(device, admin, command, vsys)
        for words, pattern, instead in OTHERWISE:
            if words_of(command) == words and re.search(pattern, answer.body):
                told.add((words, pattern, instead))
                answer = dataclasses.replace(answer, body=re.sub(pattern, instead, answer.body))
        return answer

    monkeypatch.setattr(operations, "run", otherwise)
    run = playbooks.run(firewall, "tunnelsmith.panos_vpn.record_answers", environment={**access(firewall), "PWD": str(tmp_path / "elsewhere")},
                        inventory={"all": {"hosts": {"fw1": {"ansible_connection": "local"}}}})
    assert run.status == 0, run.output[-3000:]
    assert told == set(OTHERWISE)
    issue = (playbooks.folder / "run1" / "recordings" / "fw1.md").read_text(encoding="utf-8")
    rows = [line for line in issue.splitlines() if line.startswith("| `")]
    for field, how in filter(None, OTHERWISE.values()):
        assert any(field in row and how in row for row in rows), (field, how, rows)
    assert "`show vpn flow`" not in issue
    assert not (tmp_path / "elsewhere").exists()
