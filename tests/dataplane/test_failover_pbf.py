# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Failover by policy-based forwarding with the shortest monitor that PAN-OS has: 2 seconds, twice. With backup routes in BIRD: test_ways_of_going_over."""

from __future__ import annotations

import pytest

from ansible_collections.tunnelsmith.panos_vpn.tests.dataplane.failovers import BEFORE, Case, at_once, outage
from ansible_collections.tunnelsmith.panos_vpn.tests.dataplane.site import QUICK_DETECTION, connection
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.dataplane.behaviour import Behaviour

INTERVAL, THRESHOLD = 2, 2
# The last lost probe is known as lost when the next one is due; the first one may be sent up to an interval after the fault.
DETECTED = (INTERVAL * (THRESHOLD - 0.2), INTERVAL * (THRESHOLD + 1) + 1.5)
LASTS, AFTER = 9, 14
#: Backup routes, the firewall's routing daemon, and what is broken. Without the routes sessions leave their zone in some, and stay in it in others.
LEAVING = "path cut, without backup routes, sessions leave their zone"
CASES = {
    "endpoint killed, without backup routes": (False, "bird", "killed"), LEAVING: (False, "bird", "cut"),
    "path cut, with backup routes in FRR": (True, "frr", "cut"), "both endpoints killed, without backup routes": (False, "bird", "both"),
}


@pytest.fixture(scope="module")
def seen(sites):
    """Everything that can happen to the same pairing."""
    cases = {}
    for words, (backup, routing, fault) in CASES.items():
        site = sites(connection("pbf"), routing=routing, dead_after=4, behaviour=Behaviour(sessions_leave_their_zone=words == LEAVING))
        site.pair("pbf", monitor_interval=INTERVAL, monitor_threshold=THRESHOLD, backup_routes=backup, dpd=QUICK_DETECTION)
        site.active = 0
        cases[words] = Case(site, fault, f"PBF 2 s x 2, {words}")
    return at_once(cases, LASTS, AFTER)


@pytest.mark.parametrize("words", [words for words, case in CASES.items() if case[2] != "both"])
def test_new_sessions_take_the_second_rule_and_come_back(seen, words):
    case, backup = seen[words], CASES[words][0]
    changes = [(moment, state) for moment, name, state in case.observation.changes() if name.startswith("rule")]
    down = next(moment for moment, state in changes if not state)
    # One that has only just come into use at the beginning is no return.
    up = next(moment for moment, state in changes if state and moment > down)
    assert DETECTED[0] <= down - BEFORE <= DETECTED[1]
    assert up > case.observation.mark("mended")
    for kind in ("new", "ping"):
        assert DETECTED[0] <= outage(case.observation, kind) <= DETECTED[1]
    if backup:
        assert DETECTED[0] <= outage(case.observation, "established") <= DETECTED[1]
    else:
        # By the routing table it goes to the default route; it is back when its rule is.
        assert outage(case.observation, "established") == pytest.approx(up - BEFORE, abs=1.5)
    leaves_only_what_may_leave(case, words)
    assert case.back, "active before, active again"


@pytest.mark.parametrize("words", [words for words, case in CASES.items() if case[2] == "both"])
def test_with_both_endpoints_dead_nothing_new_leaves_in_clear_text(seen, words):
    case = seen[words]
    assert case.observation.answered("new", BEFORE + 7.5, BEFORE + LASTS) == 0
    assert outage(case.observation, "new") < LASTS + AFTER
    leaves_only_what_may_leave(case, words)
    assert case.back, "active before, active again"


def leaves_only_what_may_leave(case, words: str) -> None:
    """In clear text: nothing, but where sessions may leave their zone the two that were established, of datagrams and of the transfer."""
    assert len({line.split()[2] for line in case.clear}) == (2 if words == LEAVING else 0)
    assert all("UDP" in line or "Flags [" in line for line in case.clear)
