# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A firewall that does not know multi-config: one operation at a time, and still all or nothing."""

from __future__ import annotations

import pytest

from ansible_collections.tunnelsmith.panos_vpn.plugins.modules import transaction
from ansible_collections.tunnelsmith.panos_vpn.tests.unit.plugins.modules.door import Door

ITEMS = [
    {"monitor_profile": {"name": "fast", "interval": 2}},
    {"zone": {"name": "vpn"}},
    {"tunnel_interface": {"name": "tunnel.99", "ip": ["172.16.9.1/30"], "zone": "vpn", "virtual_router": "default"}},
    {"security_rule": {"name": "out", "from": ["trust"], "to": ["vpn"], "action": "allow", "position": "top"}},
]


@pytest.fixture
def door(firewalls):
    door = Door(transaction, firewalls())
    door.control.fault("error", when={"action": "multi-config"}, times=100, code=17, message="multi-config is not a valid action")
    return door


def test_everything_is_written_singly(door):
    before = door.candidate()
    assert door.done({"items": ITEMS}).changed
    assert {request["action"] for request in door.control.requests()} >= {"set", "move"}
    assert not door.done({"items": ITEMS}).changed
    gone = [{resource: {"name": options["name"], "state": "absent"} for resource, options in item.items()} for item in ITEMS]
    assert door.done({"items": gone}).changed
    assert door.candidate() == before


def test_a_refusal_in_the_middle_undoes_what_went_before(door):
    before = door.candidate()
    door.control.fault("error", when={"type": "config", "action": "move"}, code=12, message="not there")
    result = door.run({"items": ITEMS})
    assert result.failed
    assert "security_rule 'out'" in result.message and "not there" in result.message and "were undone" in result.message
    assert door.candidate() == before
