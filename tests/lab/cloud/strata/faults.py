# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Trouble on demand: what goes wrong with which request, how often."""

from __future__ import annotations

import threading
from dataclasses import dataclass

#: What each kind does. Those that end in C(after) do what was asked first.
KINDS = ("drop", "drop_after", "401", "429", "500", "502", "503", "500_after", "truncated", "html")


@dataclass
class Fault:
    """C(retry_after): what a 429 or 503 says of when to come again; empty: nothing."""

    kind: str
    method: str
    path: str
    skip: int
    times: int
    retry_after: str


class Faults:
    def __init__(self) -> None:
        self._planned: list[Fault] = []
        self._lock = threading.Lock()

    def plan(self, kind: str, method: str = "", path: str = "", skip: int = 0, times: int = 1, retry_after: str = "") -> None:
        """For requests of this method to a path that holds C(path); the first C(skip) of them go well."""
        if kind not in KINDS:
            raise ValueError(f"fault {kind!r} is not one of {', '.join(KINDS)}")
        with self._lock:
            self._planned.append(Fault(kind, method, path, skip, times, retry_after))

    def clear(self) -> None:
        with self._lock:
            self._planned.clear()

    def due(self, method: str, path: str) -> Fault | None:
        """The fault that a request meets; it counts as used."""
        with self._lock:
            for fault in self._planned:
                if fault.method not in ("", method) or fault.path not in path or not fault.times:
                    continue
                if fault.skip:
                    fault.skip -= 1
                    continue
                fault.times -= 1
                return fault
        return None
