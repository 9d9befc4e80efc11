# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The playbook record_answers: what a firewall answers, in a file without what identifies it, compared with the emulated one."""

from __future__ import annotations

import json


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
