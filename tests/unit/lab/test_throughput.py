# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How fast the emulator is and how much memory it takes, with bounds wide enough for a busy machine.

The figures are printed: ``pytest -s tests/unit/lab/test_throughput.py``.
"""

from __future__ import annotations

import ctypes
import gc
import pathlib
import time
import xml.etree.ElementTree as ET

import pytest

from ansible_collections.tunnelsmith.panos_vpn.tests.lab.emulator import Emulator

HOSTS = 38000
ADDRESS = "/config/shared/address"


def resident_megabytes():
    """What this process occupies; skips where the system does not tell."""
    status = pathlib.Path("/proc/self/status")
    if not status.is_file():
        pytest.skip("memory is measured on Linux only")
    gc.collect()
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
    if trim is not None:
        trim(0)  # What earlier tests have freed must not hide what this one takes.
    line = next(line for line in status.read_text().splitlines() if line.startswith("VmRSS:"))
    return int(line.split()[1]) / 1024


def large_configuration():
    """The base configuration with so many address objects that it has 5 MB."""
    root = Emulator().firewall.running.root
    addresses = root.find("shared/address")
    for number in range(HOSTS):
        entry = ET.SubElement(addresses, "entry", name=f"host-{number}")
        ET.SubElement(entry, "ip-netmask").text = f"10.{number >> 16}.{number >> 8 & 255}.{number & 255}/32"
        ET.SubElement(entry, "description").text = "one of the many hosts in a large network"
    return ET.tostring(root, encoding="unicode")


def per_second(function, seconds=0.3):
    count, begin = 0, time.perf_counter()
    while time.perf_counter() - begin < seconds:
        function()
        count += 1
    return count / (time.perf_counter() - begin)


def test_one_firewall_with_five_megabytes(client_of, at):
    text = large_configuration()
    assert len(text) > 5_000_000
    before, begin = resident_megabytes(), time.perf_counter()
    with Emulator(config=text) as emulator:
        loaded, memory = time.perf_counter() - begin, resident_megabytes() - before
        emulator.control.commit_duration(0)
        client = client_of(emulator)
        reads = per_second(lambda: client.get(at.gateways))
        found = per_second(lambda: client.get(f"{ADDRESS}/entry[@name='host-{HOSTS - 1}']"))
        client.set(f"{at.units}/entry[@name='tunnel.8']", "<mtu>1400</mtu>")
        writes = per_second(lambda: client.set(f"{at.units}/entry[@name='tunnel.8']", f"<mtu>{1000 + time.monotonic_ns() % 400}</mtu>"))
        deletes = per_second(lambda: client.delete(f"{ADDRESS}/entry[@name='nobody']"))
        begin = time.perf_counter()
        assert client.commit().findtext("result") == "OK"
        commit = time.perf_counter() - begin
        print(
            f"\n5 MB: loaded in {loaded:.2f} s, {memory:.0f} MB; {reads:.0f} small reads/s, {found:.0f} reads of the last of {HOSTS}/s, "
            f"{writes:.0f} writes/s, {deletes:.0f} deletions of nothing/s, commit {commit:.2f} s"
        )
    assert loaded < 20 and memory < 600
    assert reads > 50 and found > 5 and writes > 20
    assert commit < 60


def test_two_hundred_firewalls_in_one_process(client_of, at):
    before, begin = resident_megabytes(), time.perf_counter()
    fleet = [Emulator(name=f"fw{number}").start() for number in range(200)]
    try:
        started, memory = time.perf_counter() - begin, resident_megabytes() - before
        clients = [client_of(emulator) for emulator in fleet]
        begin = time.perf_counter()
        for client in clients:
            assert client.get(at.gateways).code == "19"
        first = time.perf_counter() - begin
        begin = time.perf_counter()
        for client in clients:
            client.get(at.gateways)
        second = time.perf_counter() - begin
        after = resident_megabytes() - before
        print(
            f"\n200 firewalls: started in {started:.2f} s, {memory / 200:.2f} MB each, {after / 200:.2f} MB each with a connection; "
            f"{200 / first:.0f} first requests/s with their TLS connections, {200 / second:.0f} requests/s on open ones"
        )
    finally:
        for emulator in fleet:
            emulator.stop()
    assert started < 60 and after / 200 < 5
    assert 200 / second > 50
