# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The module recording_info: every command by which this collection looks is asked, nothing is changed, and nothing that identifies comes back."""

from __future__ import annotations

import pytest

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.commands import looks
from ansible_collections.tunnelsmith.panos_vpn.plugins.modules import recording_info, vpn_info
from ansible_collections.tunnelsmith.panos_vpn.tests.unit.plugins.modules.door import NETWORK, Door

ENGINES = ["virtual-router", "logical-router"]


def commands(door) -> list[str]:
    return [request["cmd"] for request in door.control.requests() if request["type"] == "op"]


@pytest.mark.parametrize("engine", ENGINES)
def test_all_that_is_looked_at_is_recorded(firewalls, engine):
    firewall = firewalls(engine=engine, config="bgp_running")
    door = Door(recording_info, firewall)
    result = door.done({})
    assert not result.changed
    asked = commands(door)
    assert {words for words, dummy in looks(engine == "logical-router")} <= set(asked)
    assert len(result.values["answers"]) + len(result.warnings) == len(list(looks(engine == "logical-router")))
    assert result.warnings == []
    door.control.reset_requests()
    door.done({"gather": ["config", "state", "routes", "diagnosis"]}, module=vpn_info)
    assert set(commands(door)) <= set(asked)


def test_nothing_that_identifies_comes_back(firewalls):
    firewall = firewalls(name="fw-of-somebody", config="bgp_running")
    answers = str(Door(recording_info, firewall).done({}).values["answers"])
    for identifying in ("fw-of-somebody", firewall.firewall.serial, "branch-7", "198.51.100", "192.0.2", "untrust"):
        assert identifying not in answers


def test_a_commit_is_not_asked_for_where_anything_is_uncommitted(firewalls):
    door = Door(recording_info, firewalls())
    door.control.edit_as("admin", "set", f"{NETWORK}/interface/tunnel/units/entry[@name='tunnel.7']", "<comment>not yet</comment>")
    result = door.run({"commit": True})
    assert result.failed and "1 uncommitted change" in result.message
    assert "commit" not in {request["type"] for request in door.control.requests()}
    assert not door.run({"commit": True}, check=True).failed


def test_a_panorama_is_refused(firewalls):
    result = Door(recording_info, firewalls(model="panorama")).run({})
    assert result.failed and "Panorama" in result.message
