# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A firewall, its tunnels and their peers as a picture: where each of them stands in it."""

from __future__ import annotations

from dataclasses import dataclass

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.report.fleet import WORDS, Firewall, Row

WIDTH, LEFT, RIGHT = 960, 190, 720
_ROW = 58


@dataclass(frozen=True)
class Line:
    """A tunnel, C(level) below the picture's top."""

    row: Row
    level: float


@dataclass(frozen=True)
class Topology:
    """The firewall stands at the left, halfway down (C(middle)); its tunnels lead to the right."""

    height: float
    middle: float
    lines: tuple
    words: str


def topology(firewall: Firewall) -> Topology:
    height = _ROW * max(1, len(firewall.rows)) + 10
    lines = [Line(row, 5 + _ROW * number + _ROW / 2) for number, row in enumerate(firewall.rows)]
    told = [f"{row.name} to {row.peer}: {WORDS[row.state]}" for row in firewall.rows]
    return Topology(height, height / 2, tuple(lines), "; ".join(told) or "no tunnels")
