# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Lifetimes of keys, each counted in a unit of its own."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

#: What a lifetime is counted in, and how many seconds that is, the smallest first.
UNITS = {"seconds": 1, "minutes": 60, "hours": 3600, "days": 86400}
# A count has 16 bits.
_MOST = 65535


def seconds_of(lifetime: Mapping[str, Any]) -> int | None:
    """What a lifetime comes to; V(None) for what is none."""
    said = {unit: count for unit, count in lifetime.items() if count is not None}
    if len(said) != 1:
        return None
    (unit, count), = said.items()
    return count * UNITS[unit] if unit in UNITS and isinstance(count, int) else None


def counted(seconds: int) -> dict[str, int]:
    """In the smallest unit that can say it; empty where none can."""
    return next(({unit: seconds // length} for unit, length in UNITS.items() if not seconds % length and seconds // length <= _MOST), {})
