# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Failover with the usual timers: a monitor of 2 seconds times 5, and BGP with keep-alives every 10 seconds and a hold time of 30."""

from __future__ import annotations

import pytest

from ansible_collections.tunnelsmith.panos_vpn.tests.dataplane.failovers import BEFORE, Case, at_once, outage
from ansible_collections.tunnelsmith.panos_vpn.tests.dataplane.site import connection

PAIRINGS = {"PBF": ("pbf", {"backup_routes": False}), "PBF with backup routes": ("pbf", {"backup_routes": True}), "BGP": ("bgp", {})}
FAULTS = ("killed", "cut")
LASTS, AFTER = 40, 22
# The last lost probe is known as lost when the next one is due.
BY_MONITOR = (9, 13)
# The hold time counts from the last keep-alive, which may be a whole interval old.
BY_HOLD_TIME = (18, 33)
# AWS sends its answers into a tunnel whose path is cut until its own dead peer detection gives up, after 30 seconds.
BY_AWS = (18, 38)


@pytest.fixture(scope="module")
def seen(sites):
    """Each pairing with each fault."""
    cases = {}
    for words, (failover_by, options) in PAIRINGS.items():
        for fault in FAULTS:
            site = sites(connection(failover_by))
            site.pair(failover_by, **options)
            site.active = 1 if failover_by == "bgp" else 0
            cases[words, fault] = Case(site, fault, f"{words}, usual timers, {fault}")
    return at_once(cases, LASTS, AFTER)


@pytest.mark.parametrize("words", ["PBF", "PBF with backup routes"])
def test_new_sessions_wait_for_five_lost_probes(seen, words):
    for kind in ("new", "ping"):
        assert BY_MONITOR[0] <= outage(seen[words, "killed"].observation, kind) <= BY_MONITOR[1]


@pytest.mark.parametrize("words", ["PBF", "PBF with backup routes"])
def test_on_a_cut_path_the_answers_wait_for_aws(seen, words):
    observation = seen[words, "cut"].observation
    down = next(moment for moment, name, up in observation.changes() if name.startswith("rule") and not up)
    assert BY_MONITOR[0] <= down - BEFORE <= BY_MONITOR[1], "the firewall itself does not wait"
    for kind in ("new", "ping"):
        assert BY_AWS[0] <= outage(observation, kind) <= BY_AWS[1]


@pytest.mark.parametrize("fault, expected", [("killed", BY_MONITOR), ("cut", BY_AWS)])
def test_established_sessions_follow_the_backup_route(seen, fault, expected):
    assert expected[0] <= outage(seen["PBF with backup routes", fault].observation, "established") <= expected[1]


@pytest.mark.parametrize("fault", FAULTS)
def test_established_sessions_without_backup_routes_wait_for_their_rule(seen, fault):
    observation = seen["PBF", fault].observation
    up = next(moment for moment, name, state in observation.changes() if name.startswith("rule") and state)
    assert outage(observation, "established") == pytest.approx(up - BEFORE, abs=3)
    assert outage(observation, "established") > LASTS


@pytest.mark.parametrize("fault", FAULTS)
def test_bgp_waits_for_the_hold_time(seen, fault):
    for kind in ("new", "established", "ping"):
        assert BY_HOLD_TIME[0] <= outage(seen["BGP", fault].observation, kind) <= BY_HOLD_TIME[1]


@pytest.mark.parametrize("words", PAIRINGS)
@pytest.mark.parametrize("fault", FAULTS)
def test_what_was_active_before_is_active_again(seen, words, fault):
    assert seen[words, fault].back
