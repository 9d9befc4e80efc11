# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The playbooks that start and stop an emulated firewall for somebody else's tests."""

from __future__ import annotations

import json
import socket

START, STOP = "tunnelsmith.panos_vpn.emulator_start", "tunnelsmith.panos_vpn.emulator_stop"


def answers(provider) -> bool:
    try:
        socket.create_connection((provider["ip_address"], provider["port"]), timeout=5).close()
    except OSError:
        return False
    return True


def test_a_firewall_is_started_reached_and_stopped(playbooks, tmp_path):
    folder = {"emulator_folder": str(tmp_path / "firewall")}
    started = playbooks.run(None, START, environment={}, variables={
        **folder, "emulator_real_tunnels": False, "emulator_version": "10.2", "emulator_lifetime": 120})
    assert started.status == 0, started.output
    provider = json.loads((tmp_path / "firewall" / "provider.json").read_text(encoding="utf-8"))
    assert provider["api_key"] not in started.everything()

    asked = playbooks.run(None, [{"name": "Ask", "hosts": "all", "gather_facts": False, "tasks": [
        {"name": "Read", "tunnelsmith.panos_vpn.ike_gateway": {"state": "gathered", "provider": provider}}]}], environment={})
    assert asked.status == 0, asked.output
    assert asked.of("ike_gateway")[0].result["gathered"]

    for dummy in ("running", "already stopped"):
        stopped = playbooks.run(None, STOP, environment={}, variables=folder)
        assert stopped.status == 0, stopped.output
        assert not answers(provider)
    assert list((tmp_path / "firewall").iterdir()) == []


def test_what_the_emulator_refuses_is_told(playbooks, tmp_path):
    for variable, value in (("emulator_version", "8.1"), ("emulator_config", "secondsite")):
        run = playbooks.run(None, START, environment={}, variables={
            "emulator_folder": str(tmp_path / "firewall"), "emulator_real_tunnels": False, "emulator_lifetime": 60, variable: value})
        assert run.failures()[-1].message.startswith(f"The emulator does not start: {variable} '{value}': give ")

    for playbook, folder in ((START, {}), (STOP, {"emulator_folder": "firewall"})):
        without = playbooks.run(None, playbook, environment={}, variables=folder)
        assert "emulator_folder is not set to a full path" in without.failures()[-1].message
