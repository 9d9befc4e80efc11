# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The four ways of going over, each through an endpoint that is killed, a path that is cut and both endpoints killed, in one run; against the documentation's
table.
"""

from __future__ import annotations

import pathlib
import re

import pytest

from ansible_collections.tunnelsmith.panos_vpn.tests.dataplane.failovers import Case, at_once, outage
from ansible_collections.tunnelsmith.panos_vpn.tests.dataplane.site import QUICK_DETECTION, VPC, connection
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.dataplane.enclave import wait_until

PAGE = pathlib.Path(__file__).resolve().parents[2] / "docs" / "docsite" / "rst" / "lab.rst"
LASTS = 8
# Way → engine, routing of the connection, what is said besides. The shortest monitors that there are.
WAYS = {
    "pbf": ("virtual-router", "pbf", {"monitor_interval": 2, "monitor_threshold": 2}),
    "bgp": ("logical-router", "bgp", {}),
    "ecmp": ("virtual-router", "bgp", {}),
    "routes": ("logical-router", "pbf", {"monitor_interval": 1, "monitor_threshold": 3}),
}
# Fault → seconds to look on after the repair: with no endpoint left everything is negotiated anew.
AFTER = {"killed": 10, "cut": 10, "both": 20}
FAULTS = tuple(AFTER)
EVERY = [(way, fault) for way in WAYS for fault in FAULTS]
CELL = re.compile(r"new (\d+) to (\d+) s, established (\d+) to (\d+) s, (\d+) to (\d+) pings")


def made(sites, way: str):
    engine, routing, more = WAYS[way]
    metrics = {"med": {1: 100, 2: 100}} if way == "ecmp" else {}
    site = sites(connection(routing, hold_time=3 if routing == "bgp" else None), engine=engine, dead_after=4, **metrics)
    site.pair(way, dpd=QUICK_DETECTION, **more)
    site.active = 1 if way == "bgp" else 0
    return site


def paths(site) -> set[str]:
    """The tunnels that sessions from forty ports take, by the routing table."""
    shown = site.run("; ".join(f"ip route get {VPC} ipproto tcp sport {port} dport 80 || true" for port in range(30000, 30040)))
    return {unit for unit in ("tunnel.1", "tunnel.2") if unit in shown}


# By PBF the routing table has the other tunnel, which established sessions would take.
SETTLED = {"pbf": {"tunnel.2"}, "bgp": {"tunnel.2"}, "ecmp": {"tunnel.1", "tunnel.2"}, "routes": {"tunnel.1"}}


@pytest.fixture(scope="module")
def seen(sites):
    """(Way, fault) → what was seen, and whether the routes were as before afterwards."""
    ready = {way: made(sites, way) for way in WAYS}
    found, again = {}, {}
    for fault in FAULTS:
        for way, site in ready.items():
            site.up()
            assert wait_until(lambda way=way, site=site: paths(site) == SETTLED[way], 30, 0.2), (way, fault, paths(site))
        observed = at_once({way: Case(site, fault, f"{way}, {fault}") for way, site in ready.items()}, LASTS, AFTER[fault])
        for way, site in ready.items():
            found[way, fault] = observed[way]
            again[way, fault] = wait_until(lambda way=way, site=site: paths(site) == SETTLED[way], 20, 0.2)
    return found, again


def documented() -> dict[str, dict[str, str]]:
    """Way → fault → the cell of the documentation's table."""
    table = PAGE.read_text(encoding="utf-8").partition("Way of going over\n")[2].partition("\n\n")[0]
    rows = [[cell.strip() for cell in re.split(r"\n {5}- ", row)] for row in table.split("\n   * - ")[1:]]
    return {row[0].strip("`").partition("`")[0]: dict(zip(FAULTS, row[1:])) for row in rows}


def test_every_cell_of_the_table_is_measured():
    assert {(way, fault) for way, cells in documented().items() for fault in cells} == set(EVERY)


@pytest.mark.parametrize("way, fault", EVERY, ids=[f"{way}, {fault}" for way, fault in EVERY])
def test_it_takes_as_long_as_the_documentation_says(seen, way, fault):
    observation = seen[0][way, fault].observation
    limits = [int(number) for number in CELL.search(documented()[way][fault]).groups()]
    measured = [outage(observation, "new"), outage(observation, "established"), observation.lost("ping")]
    assert all(low <= number <= high for number, low, high in zip(measured, limits[::2], limits[1::2])), (measured, limits)


@pytest.mark.parametrize("way, fault", EVERY, ids=[f"{way}, {fault}" for way, fault in EVERY])
def test_nothing_leaves_in_clear_text_and_all_is_as_before_afterwards(seen, way, fault):
    case, as_before = seen[0][way, fault], seen[1][way, fault]
    assert case.clear == []
    assert as_before
    assert way == "ecmp" or case.back, "active before, active again"
