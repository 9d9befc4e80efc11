# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The module monitor_profile."""

from __future__ import annotations

import pytest

from ansible_collections.tunnelsmith.panos_vpn.plugins.modules import monitor_profile
from ansible_collections.tunnelsmith.panos_vpn.tests.unit.plugins.modules.door import NETWORK, Case, Door, DoorContract

PLACE = f"{NETWORK}/profiles/monitor-profile/entry[@name='vpn-failover']"


def entry(interval=2, threshold=5, action="fail-over"):
    return f"""<entry name="vpn-failover"><interval>{interval}</interval><threshold>{threshold}</threshold>
        <action>{action}</action></entry>"""


class TestMonitorProfile(DoorContract):
    case = Case(
        monitor_profile,
        identity={"name": "vpn-failover"},
        options={"interval": 2, "threshold": 5, "action": "fail-over"},
        place=PLACE,
        entry=entry(),
        change={"threshold": 10},
        writes=[("set", "")],
        changed=entry(threshold=10),
        replacement={"interval": 4, "threshold": 5, "action": "wait-recover"},
        replaced=entry(4, 5, "wait-recover"),
    )


def test_a_new_profile_gets_the_values_of_the_predefined_one(firewalls):
    door = Door(monitor_profile, firewalls())
    door.done({"name": "vpn-failover"})
    assert door.stands(PLACE, entry(3, 5, "wait-recover"))


REFUSALS = {
    "an interval below the range": ({"interval": 1}, "interval: 1 is outside 2 to 100 seconds"),
    "an interval above the range": ({"interval": 101}, "interval"),
    "a threshold above the range": ({"threshold": 11}, "threshold: 11 is outside 2 to 10 probes"),
    "an action that does not exist": ({"action": "panic"}, "action"),
    "a word for a number": ({"interval": "often"}, "interval"),
}


@pytest.mark.parametrize("options, words", REFUSALS.values(), ids=REFUSALS.keys())
def test_refuses(firewalls, options, words):
    Door(monitor_profile, firewalls()).refused({"name": "vpn-failover", **options}, words)
