# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is on the wire between a firewall and the internet."""

from __future__ import annotations

import contextlib
import re
import subprocess
from dataclasses import dataclass, field
from typing import Iterator

from ansible_collections.tunnelsmith.panos_vpn.tests.dataplane.site import Site
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.dataplane.internet import line as end_of

#: For the remote network itself, as tcpdump says it.
IN_CLEAR_TEXT = ("dst", "net", "10.200.0.0/16")
KINDS = ("IKE", "ESP in UDP", "ARP", "other")


@dataclass
class Wire:
    """The packets of a capture, one line each, when the capture is over."""

    lines: list[str] = field(default_factory=list)

    def of(self, kind: str) -> list[str]:
        return [line for line in self.lines if _kind(line) == kind]

    def counts(self) -> dict[str, int]:
        return {kind: len(self.of(kind)) for kind in KINDS}

    def inside(self) -> list[str]:
        """Packets that show an inside address."""
        return [line for line in self.lines if re.search(r" (10\.|169\.254\.)", line)]


def _kind(line: str) -> str:
    if "isakmp" in line:
        return "IKE"
    if "UDP-encap: ESP" in line:
        return "ESP in UDP"
    return "ARP" if " ARP, " in line else "other"


@contextlib.contextmanager
def captured(site: Site, *expression: str, line: str = "eth1-8") -> Iterator[Wire]:
    """Whatever passes an outside interface inside the block, or only what a tcpdump expression says."""
    wire = Wire()
    with site.plane.enclave.start(
            "internet", ["timeout", "120", "tcpdump", "-n", "-l", "--immediate-mode", "-i", end_of(line), "-Z", "root", *expression],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as capture:
        begun = next((line for line in capture.stderr if "listening on" in line), None)
        assert begun, "tcpdump does not begin"
        try:
            yield wire
        finally:
            site.plane.enclave.run("ip netns pids internet | xargs -r kill -INT", check=False)
            wire.lines += filter(None, capture.communicate(timeout=30)[0].splitlines())
