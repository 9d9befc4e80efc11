# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The table at the end of a run."""

from __future__ import annotations

import pytest
from ansible.errors import AnsibleFilterError

from ansible_collections.tunnelsmith.panos_vpn.plugins.filter.vpn_table import vpn_table
from ansible_collections.tunnelsmith.panos_vpn.tests.unit.plugins.plugin_utils.test_vpn_report import AT_RISK, HEALTHY, ONE_DOWN


def test_a_line_for_each_vpn_and_each_tunnel():
    assert vpn_table(ONE_DOWN[1]) == [
        "VPN        STATE    SINCE                WHY",
        "vpn-1      at risk                       1 of 2 tunnels works",
        "  vpn-1-1  down     2026/11/20 03:11:02  The pre-shared keys differ",
        "  vpn-1-2  healthy                       carries traffic",
    ]


def test_an_empty_column_is_left_out():
    assert vpn_table(HEALTHY[0])[:2] == ["VPN        STATE    WHY", "vpn-1      healthy  2 of 2 tunnels work"]


def test_causes_follow_each_once():
    told = vpn_table(AT_RISK[0], causes=True)
    assert told[-3:] == ["vpn-1-1, vpn-1-2: The groups differ (certain, at the next rekey, pfs-group-mismatch)", "  shown by: AUTHENTICATION_FAILED at 03:11",
                         "  to mend it: give pre_shared_key anew"]


@pytest.mark.parametrize("told, line", [
    ({"vpns": [], "healthy": True, "health": "healthy"}, "there is no VPN"), ({"vpns": [], "healthy": True, "firewall": {"ha": "passive"}}, "passive member"),
    ({}, "it was not judged"), ({"error": "no route to host"}, "no route to host"),
])
def test_where_there_is_none_that_is_said(told, line):
    (only,) = vpn_table(told)
    assert line in only


def test_an_action_has_a_line_for_each_tunnel():
    answers = [{"command": "test vpn ike-sa", "answer": "Start time: 0"}]
    told = {"tunnels": [{"name": "vpn-1-1", "up": True, "answers": answers}, {"name": "vpn-1-2", "answers": []}]}
    assert vpn_table(told) == ["TUNNEL   STATE  ANSWERS", "vpn-1-1  up     Start time: 0", "vpn-1-2  -"]


def test_what_is_no_result_is_refused():
    with pytest.raises(AnsibleFilterError, match="result of a task"):
        vpn_table([1])


def test_the_end_of_a_run_begins_with_what_stands():
    told = vpn_table({**HEALTHY[0], "outcome": "vpn-1 works, as it was asked for.", "interruptions": [{"tunnel": "vpn-1-2", "seconds": 0.4}]})
    assert told[0] == "vpn-1 works, as it was asked for." and told[1].startswith("VPN ") and told[-1] == "vpn-1-2 was interrupted for 0.4 s"
    assert vpn_table({"outcome": "vpn-1 is gone."}) == ["vpn-1 is gone."]
