# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Trouble on demand: what goes wrong, with which request, how often."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from typing import Any

from ansible_collections.tunnelsmith.panos_vpn.tests.lab.emulator.request_log import MATCHABLE, Request

#: Kind of fault → the arguments it takes.
KINDS: dict[str, frozenset[str]] = {
    "refuse": frozenset(),
    "drop_before": frozenset(),
    "drop_after": frozenset(),
    "truncate": frozenset(),
    "html": frozenset(),
    "forbidden": frozenset(),
    "unavailable": frozenset(),
    "session_timeout": frozenset(),
    "bad_request": frozenset(("message",)),
    "error": frozenset(("code", "message")),
    # Both wait for so long, or until the faults are cleared.
    "delay": frozenset(("seconds",)),  # waits, then does it
    "sleep": frozenset(("seconds",)),  # does it, then waits
    "busy": frozenset(),
    "operation_error": frozenset(("number", "code", "message")),
    "edit_as": frozenset(("admin", "action", "xpath", "element", "where", "dst")),
    "fail_over": frozenset(),
}


@dataclass
class Fault:
    kind: str
    when: dict[str, Any]
    times: int
    arguments: dict[str, Any]
    cleared: threading.Event


@dataclass
class Faults:
    _planned: list[Fault] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _cleared: threading.Event = field(default_factory=threading.Event)

    def plan(self, kind: str, when: dict[str, Any] | None = None, times: int = 1, **arguments: Any) -> None:
        """Raises ValueError for a kind, a condition or an argument that does not exist."""
        when = dict(when or {})
        if kind not in KINDS:
            raise ValueError(f"fault {kind!r} is not one of {', '.join(KINDS)}")
        if not set(when) <= MATCHABLE:
            raise ValueError(f"conditions of a fault are {', '.join(sorted(MATCHABLE))}")
        if kind == "refuse" and when:
            raise ValueError("a connection is refused before its request is known: 'refuse' takes no condition")
        if not set(arguments) <= KINDS[kind]:
            raise ValueError(f"fault {kind!r} takes {', '.join(sorted(KINDS[kind])) or 'no arguments'}")
        with self._lock:
            self._planned.append(Fault(kind, when, times, arguments, self._cleared))

    def clear(self) -> None:
        with self._lock:
            self._planned.clear()
            cleared, self._cleared = self._cleared, threading.Event()
        cleared.set()

    def wait(self, fault: Fault) -> None:
        """Its own event: the faults may have been cleared while the request was on its way here."""
        fault.cleared.wait(float(fault.arguments.get("seconds", 1)))

    def refuses_connection(self) -> bool:
        with self._lock:
            return bool(self._take(lambda fault: fault.kind == "refuse"))

    def due(self, request: Request) -> list[Fault]:
        """The faults that this request meets; each counts as used."""
        with self._lock:
            return self._take(lambda fault: fault.kind != "refuse" and request.matches(fault.when))

    def _take(self, wanted: Any) -> list[Fault]:
        """At most one fault of each kind, the one planned first."""
        taken: dict[str, Fault] = {}
        for fault in self._planned:
            if wanted(fault):
                taken.setdefault(fault.kind, fault)
        for fault in taken.values():
            fault.times -= 1
        self._planned = [fault for fault in self._planned if fault.times > 0]
        return list(taken.values())
