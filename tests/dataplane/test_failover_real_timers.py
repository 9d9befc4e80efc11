# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Failover with the timers of the seed: a monitor of 2 seconds times 5, and BGP with keep-alives every 10 seconds and a hold time of 30."""

from __future__ import annotations

import pytest

from ansible_collections.tunnelsmith.panos_vpn.tests.dataplane.failovers import failover, outage, together
from ansible_collections.tunnelsmith.panos_vpn.tests.dataplane.site import connection

LASTS, AFTER = 36, 40


@pytest.fixture(scope="module")
def seen(sites):
    """All three at once: PBF without and with backup routes, and BGP."""
    made = {}
    for words, failover_by, options in (
        ("PBF", "pbf", {}), ("PBF with backup routes", "pbf", {"backup_routes": True}), ("BGP", "bgp", {}),
    ):
        made[words] = sites(connection(failover_by))
        made[words].pair(failover_by, **options)
        made[words].active = 1 if failover_by == "bgp" else 0
    done = together(*(lambda words=words, site=site: failover(site, "killed", LASTS, AFTER, f"{words}, timers of the seed") for words, site in made.items()))
    return dict(zip(made, done))


@pytest.mark.parametrize("words", ["PBF", "PBF with backup routes"])
def test_new_sessions_wait_for_five_lost_probes(seen, words):
    assert 9 <= outage(seen[words], "new") <= 13
    assert 9 <= outage(seen[words], "ping") <= 13


def test_established_sessions_follow_the_backup_route(seen):
    assert 9 <= outage(seen["PBF with backup routes"], "established") <= 13


def test_established_sessions_without_backup_routes_wait_for_their_rule(seen):
    assert outage(seen["PBF"], "established") > LASTS


def test_bgp_waits_for_the_hold_time(seen):
    # It counts from the last keep-alive, which may be a whole interval old.
    for kind in ("new", "established", "ping"):
        assert 18 <= outage(seen["BGP"], kind) <= 33
