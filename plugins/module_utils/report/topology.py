# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A VPN, its tunnels and their peers as a picture: where each of them stands in it."""

from __future__ import annotations

from dataclasses import dataclass

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.report.fleet import Tunnel, Vpn

WIDTH, LEFT, RIGHT = 960, 190, 720
_ROW = 58


@dataclass(frozen=True)
class Line:
    """A tunnel, C(level) below the picture's top."""

    tunnel: Tunnel
    level: float


@dataclass(frozen=True)
class Topology:
    """The firewall stands at the left, halfway down (C(middle)); its tunnels lead to the right."""

    height: float
    middle: float
    lines: tuple[Line, ...]
    words: str


def topology(vpn: Vpn) -> Topology:
    height = _ROW * max(1, len(vpn.tunnels)) + 10
    lines = [Line(tunnel, 5 + _ROW * number + _ROW / 2) for number, tunnel in enumerate(vpn.tunnels)]
    told = [f"{tunnel.name} to {tunnel.peer}: {tunnel.words}" for tunnel in vpn.tunnels]
    return Topology(height, height / 2, tuple(lines), "; ".join(told) or "no tunnels")
