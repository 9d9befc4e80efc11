# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""``make demo``: what it shows, what it chooses on a configuration that it does not know, and that it leaves nothing behind."""

from __future__ import annotations

import importlib
import json
import pathlib
import signal
import subprocess
import sys
import time

import pytest

from ansible_collections.tunnelsmith.panos_vpn.tests.lab.dataplane.prerequisites import missing
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.emulator import Emulator

ROOT = pathlib.Path(__file__).resolve().parents[2]
TOOLS = ROOT / "tools"
CONNECTIONS = ROOT / "playbooks" / "files"
PROC = pathlib.Path("/proc")


def _interruptible():
    """What a shell starts in the background ignores interrupts, and so would the demo."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


@pytest.fixture
def demo(of_this_environment):
    """Starts the demo as the Makefile does, in the environment that the collection is installed in."""
    def start(*arguments):
        return subprocess.Popen([sys.executable, str(TOOLS / "demo.py"), *arguments], cwd=ROOT, text=True, preexec_fn=_interruptible,
                                stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)

    return start


@pytest.fixture
def surroundings(monkeypatch):
    monkeypatch.syspath_prepend(str(TOOLS))
    return importlib.import_module("demo_surroundings")


def finished(process, seconds):
    try:
        output, dummy = process.communicate(timeout=seconds)
    except subprocess.TimeoutExpired:
        process.kill()
        raise
    return process.returncode, output


def test_both_samples_are_paired_kept_and_removed(demo):
    # The demo is to take two minutes at most; a machine that is busy with other tests may double that.
    status, output = finished(demo(), 300)
    assert status == 0, output
    assert "All expectations hold" in output
    for shown in ("+ network ike gateway", "commit job 2: Configuration committed successfully", "fw-bgp: the candidate is back to the start"):
        assert shown in output
    real = missing() is None
    assert ("ok    new sessions take the other tunnel while the active one is dead" in output) is real
    assert ("Without real tunnels: " in output) is not real
    for path in CONNECTIONS.glob("connection_*.json"):
        options = json.loads(path.read_text(encoding="utf-8"))["VpnConnections"][0]["Options"]["TunnelOptions"]
        assert not [option for option in options if option["PreSharedKey"] in output]


def test_an_expectation_that_fails_is_told_and_counts(demo):
    status, output = finished(demo("--connection", str(CONNECTIONS / "connection_static.json"), "--failover", "bgp"), 300)
    assert status == 1
    assert "FAILED  ansible-playbook ends well" in output
    assert "use 'pbf'" in output


@pytest.mark.parametrize("arguments, reason", [
    pytest.param(["--connection", "nowhere.json"], "nowhere.json", id="no such file"),
    pytest.param(["--config", str(CONNECTIONS / "connection_bgp.json")], "not well-formed", id="a configuration that is none"),
    pytest.param(["--vars", "aws_pairing_zone"], "name=value", id="a variable without a value"),
])
def test_what_cannot_be_used_is_said_before_anything_starts(demo, arguments, reason):
    status, output = finished(demo(*arguments), 60)
    assert status == 1
    assert output.startswith("The demo cannot start: ")
    assert reason in output


@pytest.mark.skipif(not PROC.is_dir(), reason="the children of a process are found below /proc, which this system lacks")
def test_an_interrupted_demo_leaves_no_process(demo):
    process = demo("--failover", "pbf")
    deadline = time.monotonic() + 60
    while not (children := children_of(process.pid)) and time.monotonic() < deadline:
        time.sleep(0.1)
    process.send_signal(signal.SIGINT)
    status, dummy = finished(process, 30)
    assert status == 130
    assert children
    # A process that was killed is there until the kernel has taken it away.
    deadline = time.monotonic() + 20
    while any(map(alive, children)) and time.monotonic() < deadline:
        time.sleep(0.1)
    assert [child for child in children if alive(child)] == []


def children_of(pid):
    return [int(path.parent.name) for path in PROC.glob("[0-9]*/stat") if field(path, 1) == str(pid)]


def alive(pid):
    return field(PROC / str(pid) / "stat", 0) not in ("", "Z", "X")


def field(path, number):
    """State (0) or parent (1) of a process; empty where it is gone."""
    try:
        return path.read_text(encoding="utf-8").rpartition(") ")[2].split()[number]
    except OSError:
        return ""


def configuration(engine="virtual-router", **replaced):
    """The emulator's sample configuration with some texts replaced."""
    with Emulator(version="11.1", engine=engine) as emulator:
        text = emulator.control.candidate()
    for old, new in replaced.values():
        assert old in text
        text = text.replace(old, new)
    return text


@pytest.mark.parametrize("engine", ["virtual-router", "logical-router"])
def test_a_place_for_the_vpn_is_chosen(surroundings, engine):
    choice = surroundings.choose(configuration(engine), "198.51.100.10", {})
    assert choice.variables == {
        "aws_pairing_vsys": "vsys1", "aws_pairing_outside_interface": "ethernet1/8", "aws_pairing_virtual_router": "default",
        "aws_pairing_source_zones": ["trust"], "aws_pairing_local_networks": ["10.10.0.0/24"],
        "aws_pairing_remote_networks": ["10.200.0.0/16"], "aws_pairing_zone": "aws-vpn",
    }
    assert (choice.version, choice.engine, choice.learns) == ("11.1", engine, "")


@pytest.mark.parametrize("replaced, customer_address, given, expected", [
    pytest.param({}, "203.0.113.6", {}, {"aws_pairing_outside_interface": "ethernet1/7"}, id="the address that AWS expects wins"),
    pytest.param({}, "192.0.2.1", {}, {"aws_pairing_outside_interface": "ethernet1/8"}, id="the default route comes next"),
    pytest.param({}, None, {"aws_pairing_outside_interface": "ethernet1/7"}, {"aws_pairing_outside_interface": "ethernet1/7"},
                 id="what is given stays"),
    pytest.param({"zone": ('<entry name="trust">', '<entry name="aws-vpn">')}, None, {}, {"aws_pairing_zone": "aws-vpn-demo"}, id="a zone of ours"),
    pytest.param({"route": ("10.30.0.0/16", "10.200.16.0/20")}, None, {}, {"aws_pairing_remote_networks": ["172.31.0.0/16"]},
                 id="a known network"),
    pytest.param({"address": ('<entry name="198.51.100.10/24"/>', '<entry name="192.0.2.9/24"/><entry name="198.51.100.10/24"/>')}, None, {},
                 {"aws_pairing_local_address": "198.51.100.10"}, id="the address beside the next hop"),
])
def test_a_choice_follows_what_is_there(surroundings, replaced, customer_address, given, expected):
    variables = surroundings.choose(configuration(**replaced), customer_address, given).variables
    assert {name: variables[name] for name in expected} == expected


@pytest.mark.parametrize("text, reason", [
    pytest.param("<config", "well-formed", id="not XML"),
    pytest.param("<config><devices/></config>", "no configuration of a firewall", id="no firewall's"),
    pytest.param('<config><devices><entry><network/><vsys><entry name="vsys1"/></vsys></entry></devices></config>', "faces the internet", id="empty"),
])
def test_where_nothing_fits_the_reason_is_told(surroundings, text, reason):
    with pytest.raises(surroundings.NothingFits, match=reason):
        surroundings.choose(text, None, {})
