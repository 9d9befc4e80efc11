# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Labs keep to themselves, any number of them, and nothing is left of one that is down, killed or forgotten."""

from __future__ import annotations

import os
import pathlib
import signal
import subprocess
import sys
import time

import pytest

from ansible_collections.tunnelsmith.panos_vpn.tests.dataplane.failovers import together
from ansible_collections.tunnelsmith.panos_vpn.tests.dataplane.site import Site, connection
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.dataplane.enclave import Enclave, LabError, base_folder, wait_until

ROOT = pathlib.Path(__file__).resolve().parents[2]


def traces(name: str) -> list[str]:
    """Processes and folders that belong to a lab."""
    found = [str(path) for path in base_folder().glob(f"{name}*")]
    for folder in pathlib.Path("/proc").glob("[0-9]*"):
        try:
            words = (folder / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
        except OSError:
            continue
        if f"{base_folder()}/{name}/" in words:
            found.append(words)
    return found


def test_eight_labs_at_once(able):
    made = []
    try:
        made.append(one_alone())
        begun = time.monotonic()
        made += together(*(lambda: Site(connection("pbf")) for dummy in range(7)))
        for site in made[1:]:
            site.pair("pbf")
        for site in made:
            site.up()
        assert [site.ping(3) for site in made] == [3] * 8
        memory = [site.plane.enclave.memory() for site in made]
        print(f"eight labs paired and pinging after {time.monotonic() - begun:.1f} s, {sum(each.proportional for each in memory):.0f} MB")
        assert all(8 <= each.processes <= 30 and each.resident < 400 for each in memory), memory
    finally:
        names = [site.plane.enclave.name for site in made]
        begun = time.monotonic()
        for site in made:
            site.close()
        print(f"eight labs down in {time.monotonic() - begun:.1f} s")
    assert [traces(name) for name in names] == [[]] * 8


def one_alone() -> Site:
    """Its boot time, memory and commit time, while no other lab disturbs it."""
    begun = time.monotonic()
    site = Site(connection("pbf"))
    booted = time.monotonic() - begun
    site.pair("pbf")
    site.up()
    print(f"one lab: booted in {booted:.1f} s, two tunnels committed in {site.plane.applied[-1].seconds:.2f} s and up after "
          f"{time.monotonic() - begun:.1f} s; {site.plane.enclave.memory()}")
    return site


def test_a_lab_has_no_way_out(sites):
    site = sites(connection("pbf"))
    for host in ("internet", "firewall", "vpc", "aws1"):
        links = site.run("ip -br link", host)
        assert "@if" in links
        assert site.plane.ping(host, "192.88.99.1") == 0
    outer = {line.split(":")[1].strip() for line in subprocess.run(["ip", "-o", "link"], check=True, stdout=subprocess.PIPE, text=True).stdout.splitlines()}
    inner = site.plane.enclave.run("ip -o link").splitlines()
    assert len(inner) == 1 and "lo" in inner[0], "the outermost namespace of a lab has no device but its own loopback"
    assert "line-eth1-8" not in outer


def test_a_forgotten_lab_ends_by_itself(able):
    enclave = Enclave.create(f"e{os.getpid()}-forgotten", lifetime=2)
    enclave.add_hosts("one", "two")
    sleeper = enclave.start("one", ["sleep", "60"])
    assert enclave.alive()
    assert wait_until(lambda: not enclave.alive(), 30)
    sleeper.wait(5)
    assert Enclave.find(enclave.name) is None
    assert traces(enclave.name) == []


def test_a_name_is_given_once(able):
    with Enclave.create(f"e{os.getpid()}-twin", lifetime=30) as enclave:
        with pytest.raises(LabError, match="is up already"):
            Enclave.create(enclave.name)
    assert traces(enclave.name) == []
    enclave.destroy()


def test_a_lab_whose_server_was_killed_can_still_be_taken_down(able, tmp_path):
    package = tmp_path / "ansible_collections" / "tunnelsmith"
    package.mkdir(parents=True)
    (package / "panos_vpn").symlink_to(ROOT)
    name = f"e{os.getpid()}-killed"

    def lab(*arguments: str) -> subprocess.CompletedProcess:
        return subprocess.run(
            [sys.executable, "-m", "ansible_collections.tunnelsmith.panos_vpn.tests.lab", *arguments], check=False, timeout=90, text=True,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, env={**os.environ, "PYTHONPATH": str(tmp_path), "PYTHONDONTWRITEBYTECODE": "1"})

    up = lab("up", "--name", name, "--lifetime", "60")
    assert up.returncode == 0, up.stdout
    try:
        assert "api key: " in up.stdout
        status = lab("status", "--name", name)
        assert "aws1: " in status.stdout and "default via" in status.stdout and " processes, " in status.stdout
        assert " 0% packet loss" in lab("exec", "--name", name, "ae1.10", "ping", "-c1", "-W1", "10.10.0.1").stdout
        server = int((base_folder() / name / "access.json").read_text(encoding="utf-8").partition('"pid": ')[2].partition(",")[0])
        os.kill(server, signal.SIGKILL)
    finally:
        down = lab("down", "--name", name)
    assert down.stdout.strip() == f"lab {name} is down"
    assert traces(name) == []
    assert lab("status", "--name", name).returncode == 2
