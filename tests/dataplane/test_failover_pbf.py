# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Failover by policy-based forwarding with the shortest monitor that PAN-OS has: 2 seconds, twice."""

from __future__ import annotations

import subprocess

import pytest

from ansible_collections.tunnelsmith.panos_vpn.tests.dataplane.failovers import BEFORE, failover, outage
from ansible_collections.tunnelsmith.panos_vpn.tests.dataplane.site import connection

INTERVAL, THRESHOLD = 2, 2
# The last lost probe is known as lost when the next one is due; the first one may be sent up to an interval after the fault.
DETECTED = (INTERVAL * (THRESHOLD - 0.2), INTERVAL * (THRESHOLD + 1) + 1.5)


@pytest.fixture(scope="module", params=[False, True], ids=["without backup routes", "with backup routes"])
def paired(request, sites):
    site = sites(connection("pbf"), dead_after=4)
    site.pair("pbf", monitor_interval=INTERVAL, monitor_threshold=THRESHOLD, backup_routes=request.param)
    site.quick_detection()
    site.active, site.backup = 0, request.param
    yield site
    site.close()


@pytest.mark.parametrize("fault", ["killed", "cut"])
def test_new_sessions_take_the_second_rule_and_come_back(paired, fault):
    seen = failover(paired, fault, 8, 14, f"PBF 2 s x 2, {fault}, {'with' if paired.backup else 'without'} backup routes")
    assert DETECTED[0] <= outage(seen, "new") <= DETECTED[1]
    down, up = (next(moment for moment, name, state in seen.changes() if name.startswith("rule") and state is wanted) for wanted in (False, True))
    assert DETECTED[0] <= down - BEFORE <= DETECTED[1]
    assert up > seen.mark("mended")
    assert paired.tunnel(1)["flows"][0]["monitor"] == "up"
    before = paired.tunnel(1)["flows"][0]["packets_encapsulated"]
    assert paired.ping(5) == 5
    assert paired.tunnel(1)["flows"][0]["packets_encapsulated"] >= before + 5, "the tunnel that was active before is active again"

    for kind in ("established", "ping"):
        if paired.backup:
            assert DETECTED[0] <= outage(seen, kind) <= DETECTED[1]
        else:
            # By the routing table they leave through the default route; they are back when their rule is.
            assert outage(seen, kind) == pytest.approx(up - BEFORE, abs=1.5)


def test_with_both_endpoints_dead_nothing_new_leaves_in_clear_text(paired):
    capture = paired.plane.enclave.start(
        "internet", ["timeout", "60", "tcpdump", "-n", "-l", "-i", "line-eth1-8", "-Z", "root", "dst", "net", "10.200.0.0/16"],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    while "listening on" not in capture.stderr.readline():
        pass
    seen = failover(paired, "both", 9, 14, f"PBF both endpoints dead, {'with' if paired.backup else 'without'} backup routes")
    paired.plane.enclave.run("ip netns pids internet | xargs -r kill -INT")
    left = capture.communicate(timeout=20)[0].strip().splitlines()
    assert seen.answered("new", BEFORE + 7, BEFORE + 9) == 0
    ports = {line.split()[2].rpartition(".")[2] for line in left if "UDP" in line}
    if paired.backup:
        assert left == []
    else:
        # Only the one established session and the ping, which is one session too.
        assert len(ports) == 1
        assert {line.split()[2] for line in left if "ICMP" in line} == {"10.10.0.10"}
    assert outage(seen, "new") < 9 + 14

