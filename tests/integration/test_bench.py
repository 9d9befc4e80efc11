# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""``make bench``: that it measures, and that the budgets which are no times are kept."""

from __future__ import annotations

import collections
import importlib
import pathlib
import re
import subprocess
import sys
import xml.etree.ElementTree as ET

import pytest

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.peers.aws.reader import vpn_connection
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.vpn.fit import fitted
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.emulator import Emulator

ROOT = pathlib.Path(__file__).resolve().parents[2]
TOOLS = ROOT / "tools"


@pytest.fixture
def tool(monkeypatch):
    monkeypatch.syspath_prepend(str(TOOLS))
    return importlib.import_module


def test_requests_and_connections_stay_within_their_budgets(of_this_environment):
    done = subprocess.run([sys.executable, str(TOOLS / "bench.py"), "--cases", "pairings", "--runs", "1", "--latencies", "0"], cwd=ROOT, check=False,
                          text=True, timeout=180, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    assert done.returncode == 0, done.stdout
    budgets = [line for line in done.stdout.splitlines() if " <= " in line]
    counted = [line for line in budgets if "CPU" not in line]
    assert (len(budgets), len(counted)) == (8, 6)
    assert [line for line in counted if not line.endswith(" ok")] == []
    assert [part for part in ("an empty play", "the controller", "session", "reads", "plan") if part not in done.stdout] == []


@pytest.mark.parametrize("first, kinds", [
    pytest.param(True, {"info": 21, "get": 26, "set": 16, "edit": 4, "move": 2, "commit": 1}, id="first run"),
    pytest.param(False, {"info": 21, "get": 26, "commit": 1}, id="nothing to do"),
])
def test_the_replay_has_the_recorded_requests(tool, first, kinds):
    """As recorded of paloaltonetworks.panos 3.4.1; the first run polled its commit job three times more."""
    todays = tool("bench_todays_collection")
    profile = fitted(vpn_connection((ROOT / "playbooks" / "files" / "connection_static.json").read_text(encoding="utf-8")))
    steps = todays.steps(profile.tunnels, "10.10.0.0/24", "10.200.0.0/16")
    assert len(steps) == 15
    assert collections.Counter(kind for step in steps for kind in (step.first if first else step.second).split()) == kinds
    tasks = todays.replay(steps, first)[0]["tasks"]
    assert sum(len(task["recorded_task"]["requests"]) for task in tasks) == sum(kinds.values())


def test_the_large_configuration_is_one_that_a_firewall_runs(tool):
    with Emulator() as emulator:
        text = tool("large_configuration").enlarge(emulator.control.candidate())
    assert 4.5e6 < len(text) < 5.5e6
    hosts = re.findall(r'<entry name="(host-\d+)">', text)
    assert len(hosts) == len(set(hosts))
    rules = [entry.get("name") for entry in ET.fromstring(text).iterfind(".//security/rules/entry")]
    assert rules[0] == "blocked destinations"
    assert rules[-1] == "deny the rest"
    with Emulator(config=text) as emulator:
        assert emulator.control.running("/config/devices/entry/vsys/entry/address").count('"host-') == len(hosts)
