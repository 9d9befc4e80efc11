# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What several turns of a run did, told as one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

# Of these, each turn has its own.
_LISTS = ("warnings", "objects", "interrupts", "committed", "jobs", "push_jobs")


def add(told: dict, turn: Mapping[str, Any]) -> None:
    """What a turn did, beside what the turns before it did, which is C(told) by now."""
    done = dict(turn)
    told["changed"] = done.pop("changed") or told["changed"]
    # What was uncommitted before the first turn was so before the run.
    told.setdefault("earlier_changes", done.pop("earlier_changes"))
    for name in _LISTS:
        if name in done:
            told[name] = [*told.get(name, ()), *(item for item in done.pop(name) if item not in told.get(name, ()))]
    if "diff" in done:
        add_diff(told, done.pop("diff"))
    told.update(done)


def add_diff(told: dict, diff: Mapping[str, Any]) -> None:
    """One diff is told as one, those of several turns one after the other."""
    before = told.get("diff")
    told["diff"] = diff if before is None else [*(before if isinstance(before, list) else [before]), diff]
