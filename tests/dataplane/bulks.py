# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Much data through a pairing: both directions, each in a connection that either side begins."""

from __future__ import annotations

import itertools
import json
import os
import subprocess
import sys
from dataclasses import dataclass

from ansible_collections.tunnelsmith.panos_vpn.tests.dataplane.site import LAN
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.dataplane import bulk

#: Set to more where one wants to see more than the tests take.
MEGABYTES = int(os.environ.get("BULK_MEGABYTES", "4"))


@dataclass(frozen=True)
class Transfer:
    """``segment``: bytes of TCP in the largest packet that was sent by who began; ``mtu``: of the path, as that one knows it."""

    arrived: int
    seconds: float
    segment: int
    mtu: int

    @property
    def is_whole(self) -> bool:
        return self.arrived == MEGABYTES << 20


def transfers(site, inside: str) -> dict[str, Transfer]:
    """``inside``: the address of the host here. By who begins and what it does."""
    cloud = site.plane.clouds[0]
    hosts = {"here": (LAN, inside), "the cloud": (cloud.host, cloud.address)}
    found = {}
    for (here, there), what in itertools.product((("here", "the cloud"), ("the cloud", "here")), ("fetch", "send")):
        found[f"{here}: {what}"] = _transfer(site, hosts[here], hosts[there], what)
    for words, each in found.items():
        rate = each.arrived * 8e-6 / each.seconds
        print(f"{words}: {each.arrived >> 20} MB in {each.seconds:.1f} s ({rate:.0f} Mbit/s), segments of {each.segment} bytes, path MTU {each.mtu}")
    return found


def all_arrive(found: dict[str, Transfer], site, headers: int) -> None:
    """Whole, in packets as large as the tunnels carry. ``headers``: bytes of a packet that are no data."""
    running = site.plane.firewall.running
    largest = min(running.interface(tunnel.interface).mtu for tunnel in running.tunnels)
    assert [words for words, each in found.items() if not each.is_whole] == []
    assert {each.segment for words, each in found.items() if words.endswith("send")} == {largest - headers}


def _transfer(site, own: tuple[str, str], other: tuple[str, str], what: str) -> Transfer:
    call = [sys.executable, "-I", bulk.__file__]
    enclave = site.plane.enclave
    with enclave.start(other[0], [*call, "answer", other[1]], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as server:
        port = server.stdout.readline().strip()
        assert port.isdigit(), port
        text = enclave.run(" ".join([*call, what, own[1], other[1], port, str(MEGABYTES << 20)]), own[0], seconds=300)
    return Transfer(**json.loads(text.splitlines()[-1]))
