# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Failover by policy-based forwarding with the shortest monitor that PAN-OS has: 2 seconds, twice."""

from __future__ import annotations

import subprocess

import pytest

from ansible_collections.tunnelsmith.panos_vpn.tests.dataplane.failovers import BEFORE, failover, outage, together
from ansible_collections.tunnelsmith.panos_vpn.tests.dataplane.site import connection

INTERVAL, THRESHOLD = 2, 2
# The last lost probe is known as lost when the next one is due; the first one may be sent up to an interval after the fault.
DETECTED = (INTERVAL * (THRESHOLD - 0.2), INTERVAL * (THRESHOLD + 1) + 1.5)
LASTS, AFTER = 8, 14


@pytest.fixture(scope="module")
def both(sites):
    """The same pairing twice: without and with backup routes."""
    made = []
    for backup in (False, True):
        site = sites(connection("pbf"), dead_after=4)
        site.pair("pbf", monitor_interval=INTERVAL, monitor_threshold=THRESHOLD, backup_routes=backup)
        site.quick_detection()
        site.active, site.words = 0, "with backup routes" if backup else "without backup routes"
        made.append(site)
    return made


@pytest.mark.parametrize("fault", ["killed", "cut"])
def test_new_sessions_take_the_second_rule_and_come_back(both, fault):
    seen = together(*(lambda site=site: failover(site, fault, LASTS, AFTER, f"PBF 2 s x 2, {fault}, {site.words}") for site in both))
    for site, observation in zip(both, seen):
        assert DETECTED[0] <= outage(observation, "new") <= DETECTED[1], site.words
        down, up = (next(moment for moment, name, state in observation.changes() if name.startswith("rule") and state is wanted) for wanted in (False, True))
        assert DETECTED[0] <= down - BEFORE <= DETECTED[1], site.words
        assert up > observation.mark("mended")
        assert DETECTED[0] <= outage(observation, "ping") <= DETECTED[1], site.words
        if site is both[1]:
            assert DETECTED[0] <= outage(observation, "established") <= DETECTED[1]
        else:
            # By the routing table it leaves through the default route; it is back when its rule is.
            assert outage(observation, "established") == pytest.approx(up - BEFORE, abs=1.5)
        before = site.tunnel(1)["flows"][0]
        assert before["monitor"] == "up"
        assert site.ping(5) == 5
        assert site.tunnel(1)["flows"][0]["packets_encapsulated"] >= before["packets_encapsulated"] + 5, "active before, active again"


def test_with_both_endpoints_dead_nothing_new_leaves_in_clear_text(both):
    captures = [_capture(site) for site in both]
    seen = together(*(lambda site=site: failover(site, "both", LASTS, AFTER, f"PBF both endpoints dead, {site.words}") for site in both))
    without, with_routes = (_captured(site, capture) for site, capture in zip(both, captures))
    for site, observation in zip(both, seen):
        assert observation.answered("new", BEFORE + 7, BEFORE + LASTS) == 0
        assert outage(observation, "new") < LASTS + AFTER, site.words
    assert with_routes == []
    # Only what was established: the one session of datagrams.
    assert len({line.split()[2] for line in without}) == 1
    assert all("UDP" in line for line in without)


def _capture(site) -> subprocess.Popen:
    """Whatever leaves the outside interface for the remote network itself."""
    capture = site.plane.enclave.start(
        "internet", ["timeout", "60", "tcpdump", "-n", "-l", "-i", "line-eth1-8", "-Z", "root", "dst", "net", "10.200.0.0/16"],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    while "listening on" not in capture.stderr.readline():
        pass
    return capture


def _captured(site, capture: subprocess.Popen) -> list[str]:
    site.plane.enclave.run("ip netns pids internet | xargs -r kill -INT")
    return capture.communicate(timeout=20)[0].strip().splitlines()
