# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a firewall is, as far as its configuration depends on it."""

from __future__ import annotations

import re
from dataclasses import dataclass

VIRTUAL_ROUTER = "virtual-router"
LOGICAL_ROUTER = "logical-router"
OLDEST = (10, 1)


@dataclass(frozen=True)
class Platform:
    """C(version) is PAN-OS's, as numbers; C(engine) is the routing engine that is running, not the one configured.

    C(time): the firewall's local time when it was asked, as it writes it.
    """

    version: tuple
    engine: str = VIRTUAL_ROUTER
    multi_vsys: bool = False
    hostname: str = ""
    model: str = ""
    time: str = ""

    @property
    def advanced(self) -> bool:
        return self.engine == LOGICAL_ROUTER

    def has(self, since: tuple) -> bool:
        return at_least(self.version, since)


def at_least(version: tuple, since: tuple) -> bool:
    """Whether a release has what came with another one; everything has what always was there."""
    return version[:len(since)] >= since


def version_numbers(text: str) -> tuple:
    """C(11.1.4-h2) → C((11, 1, 4)). Raises ValueError for what is no version."""
    match = re.match(r"\s*(\d+)\.(\d+)(?:\.(\d+))?", text or "")
    if match is None:
        raise ValueError(f"not a PAN-OS version: {text!r}")
    return tuple(int(number) for number in match.groups() if number is not None)


def version_text(version: tuple) -> str:
    return ".".join(str(number) for number in version)
