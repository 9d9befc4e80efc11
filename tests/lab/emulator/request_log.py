# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a request says, and the log of requests, from which every secret stays out."""

from __future__ import annotations

import threading
import xml.etree.ElementTree as ET
from dataclasses import dataclass, field
from typing import Any


@dataclass
class Request:
    """One API request. ``parameters`` hold query and body; credentials have been taken out of them."""

    number: int
    connection: int
    method: str
    parameters: dict[str, str]
    bytes_in: int = 0
    admin: str | None = None
    operations: list[list[str | None]] | None = None

    @property
    def type(self) -> str | None:
        return self.parameters.get("type")

    @property
    def action(self) -> str | None:
        return self.parameters.get("action")

    @property
    def command(self) -> str | None:
        """The words of ``cmd``: element names only, values left out."""
        cmd = self.parameters.get("cmd")
        if cmd is None:
            return None
        try:
            root = ET.fromstring(cmd)
        except ET.ParseError:
            return "(malformed)"
        words = []
        node: ET.Element | None = root
        while node is not None:
            words.append(node.tag)
            node = node[0] if len(node) else None
        return " ".join(words)

    def matches(self, when: dict[str, Any]) -> bool:
        """``type``, ``action``, ``method``, ``admin`` are equal, ``cmd`` begins with, ``xpath`` contains what is asked."""
        for key, wanted in when.items():
            if key == "cmd":
                if not f"{self.command or ''} ".startswith(f"{wanted} "):
                    return False
            elif key == "xpath":
                if wanted not in (self.parameters.get("xpath") or ""):
                    return False
            elif getattr(self, key) != wanted:
                return False
        return True

    def entry(self) -> dict[str, Any]:
        return {
            "number": self.number,
            "connection": self.connection,
            "method": self.method,
            "type": self.type,
            "action": self.action,
            "xpath": self.parameters.get("xpath"),
            "cmd": self.command,
            "operations": self.operations,
            "admin": self.admin,
            "bytes_in": self.bytes_in,
        }


MATCHABLE = frozenset(("type", "action", "method", "admin", "cmd", "xpath", "number", "connection"))


@dataclass
class RequestLog:
    """Entries in the order in which requests were answered."""

    entries: list[dict[str, Any]] = field(default_factory=list)
    connections: int = 0
    _numbers: int = 0
    _under_way: list[Request] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def next_number(self) -> int:
        with self._lock:
            self._numbers += 1
            return self._numbers

    def next_connection(self) -> int:
        with self._lock:
            self.connections += 1
            return self.connections

    def begin(self, request: Request) -> None:
        with self._lock:
            self._under_way.append(request)

    def under_way(self) -> list[dict[str, Any]]:
        with self._lock:
            return [request.entry() for request in self._under_way]

    def add(self, request: Request, status: str | None, code: str | None, bytes_out: int, seconds: float) -> None:
        entry = request.entry()
        entry.update(status=status, code=code, bytes_out=bytes_out, seconds=round(seconds, 6))
        with self._lock:
            self._under_way = [each for each in self._under_way if each is not request]
            self.entries.append(entry)

    def snapshot(self) -> list[dict[str, Any]]:
        with self._lock:
            return [dict(entry) for entry in self.entries]

    def reset(self) -> None:
        with self._lock:
            self.entries.clear()
            self.connections = 0
            self._numbers = 0
