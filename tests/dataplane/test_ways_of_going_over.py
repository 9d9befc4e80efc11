# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""All tunnels at once, and static routes with monitors: an endpoint killed, a path cut, both endpoints killed. PBF and BGP have tests of their own."""

from __future__ import annotations

import pytest

from ansible_collections.tunnelsmith.panos_vpn.tests.dataplane.failovers import BEFORE, Case, at_once, outage
from ansible_collections.tunnelsmith.panos_vpn.tests.dataplane.site import VPC, connection
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.dataplane.enclave import wait_until

LASTS, AFTER = 8, 12
# Three probes lost, a second each: what a monitor of a static route takes at least.
MONITORED = {"monitor_interval": 1, "monitor_threshold": 3}
CASES = {
    "ECMP, endpoint killed": ("virtual-router", "ecmp", "killed"), "ECMP, path cut": ("logical-router", "ecmp", "cut"),
    "routes, path cut": ("logical-router", "routes", "cut"), "routes, both endpoints killed": ("virtual-router", "routes", "both"),
}
ECMP = [words for words in CASES if words.startswith("ECMP")]
BOTH = "routes, both endpoints killed"


def made(sites, engine: str, way: str):
    if way == "ecmp":
        site = sites(connection("bgp", hold_time=3), engine=engine, med={1: 100, 2: 100}, dead_after=4)
        site.pair("ecmp")
    else:
        site = sites(connection("pbf"), engine=engine, dead_after=4)
        site.pair("routes", **MONITORED)
    site.quick_detection()
    site.active = 0
    return site


def ways(site) -> set[str]:
    """The tunnels that sessions from forty ports take."""
    shown = site.run("; ".join(f"ip route get {VPC} ipproto tcp sport {port} dport 80 || true" for port in range(30000, 30040)))
    return {unit for unit in ("tunnel.1", "tunnel.2") if unit in shown}


@pytest.fixture(scope="module")
def seen(sites):
    cases = {words: Case(made(sites, engine, way), fault, words) for words, (engine, way, fault) in CASES.items()}
    for words, case in cases.items():
        case.site.up()
        wanted = {"tunnel.1", "tunnel.2"} if words in ECMP else {"tunnel.1"}
        assert wait_until(lambda site=case.site, wanted=wanted: ways(site) == wanted, 30, 0.2), (words, ways(case.site))
    found = at_once(cases, LASTS, AFTER)
    again = {words: wait_until(lambda site=cases[words].site: len(ways(site)) == 2, 20, 0.2) for words in ECMP}
    return found, again


@pytest.mark.parametrize("words", ECMP)
def test_flows_are_on_both_tunnels_and_one_takes_over(seen, words):
    """Those of the tunnel that is gone wait for BGP's hold time, the others for nothing."""
    found, again = seen
    for kind in ("new", "established", "ping"):
        assert outage(found[words].observation, kind) <= 6
    assert found[words].clear == []
    assert again[words], "on both, and on both again"


def test_a_route_is_withdrawn_by_its_monitor_and_comes_back(seen):
    case = seen[0]["routes, path cut"]
    for kind in ("new", "established", "ping"):
        assert 1 <= outage(case.observation, kind) <= 7
    assert case.clear == []
    assert case.back, "active before, active again"


def test_with_both_endpoints_dead_nothing_leaves_in_clear_text(seen):
    case = seen[0][BOTH]
    assert case.observation.answered("new", 0, BEFORE) > 0
    assert case.observation.answered("new", BEFORE + 6, BEFORE + LASTS) == 0
    assert case.clear == []
    assert case.back, "active before, active again"
