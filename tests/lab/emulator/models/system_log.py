# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The system log, as far as VPNs write to it, and the queries that select from it.

Event names and fields are those of the vendor's list of system log events for IKE and IPsec.
"""

from __future__ import annotations

import re
import time
from collections import deque
from dataclasses import dataclass, field
from typing import Callable, Iterator

from ansible_collections.tunnelsmith.panos_vpn.tests.lab.emulator.errors import InvalidCommand, JobNotFound

SEVERITIES = ("informational", "low", "medium", "high", "critical")

_TOKEN = re.compile(r"\s*(\(|\)|'[^']*'|\"[^\"]*\"|[^\s()]+)")
_KEPT = 5000


@dataclass(frozen=True)
class Event:
    """One line of the system log. ``object`` is the tunnel or gateway, ``opaque`` the text that people read."""

    number: int
    eventid: str
    object: str
    opaque: str
    severity: str = "informational"
    subtype: str = "vpn"
    seconds: float = field(default_factory=time.time)

    @property
    def moment(self) -> str:
        return time.strftime("%Y/%m/%d %H:%M:%S", time.localtime(self.seconds))

    def value(self, name: str) -> str | None:
        if name in ("receive_time", "time_generated"):
            return self.moment
        return getattr(self, name) if name in ("eventid", "object", "opaque", "severity", "subtype") else None


Condition = Callable[[Event], bool]


class SystemLog:
    """Events, and the jobs that look for some of them."""

    def __init__(self) -> None:
        self._events: deque[Event] = deque(maxlen=_KEPT)
        self._written = 0
        self._searches: dict[str, list[Event]] = {}

    def write(self, eventid: str, name: str, opaque: str, severity: str = "informational", subtype: str = "vpn") -> None:
        """Raises ValueError for a severity that does not exist."""
        if severity not in SEVERITIES:
            raise ValueError(f"severity is one of {', '.join(SEVERITIES)}, not {severity!r}")
        self._written += 1
        self._events.append(Event(self._written, eventid, name, opaque, severity, subtype))

    def search(self, query: str, count: int, skip: int, backward: bool) -> str:
        """Begin a search; returns the number of its job. Raises InvalidCommand for a query that is none."""
        wanted = parse_query(query)
        found = [event for event in self._events if wanted(event)]
        if backward:
            found.reverse()
        number = str(len(self._searches) + 1)
        self._searches[number] = found[skip:skip + count]
        return number

    def found(self, number: str) -> list[Event]:
        if number not in self._searches:
            raise JobNotFound(f"job {number} not found")
        return self._searches[number]


def parse_query(text: str) -> Condition:
    """``( subtype eq vpn ) and ( object eq 'to-aws' )``: eq, neq, contains, geq, leq, joined by and, or, not."""
    tokens = deque(match.group(1) for match in _TOKEN.finditer(text))
    if not tokens:
        return lambda event: True
    condition = _alternatives(tokens)
    if tokens:
        raise InvalidCommand(f" query {text} is invalid")
    return condition


def _alternatives(tokens: deque[str]) -> Condition:
    parts = list(_joined(tokens, "or", lambda: all_of(list(_joined(tokens, "and", lambda: _single(tokens))))))
    return lambda event: any(part(event) for part in parts)


def all_of(parts: list[Condition]) -> Condition:
    return lambda event: all(part(event) for part in parts)


def _joined(tokens: deque[str], word: str, parse: Callable[[], Condition]) -> Iterator[Condition]:
    yield parse()
    while tokens and tokens[0].lower() == word:
        tokens.popleft()
        yield parse()


def _single(tokens: deque[str]) -> Condition:
    token = _next(tokens)
    if token.lower() == "not":
        inner = _single(tokens)
        return lambda event: not inner(event)
    if token == "(":
        inner = _alternatives(tokens)
        if _next(tokens) != ")":
            raise InvalidCommand(" query is invalid: a parenthesis is not closed")
        return inner
    return _comparison(token, _next(tokens), _next(tokens).strip("'\""))


def _next(tokens: deque[str]) -> str:
    if not tokens:
        raise InvalidCommand(" query is invalid: it ends too early")
    return tokens.popleft()


def _comparison(name: str, operator: str, value: str) -> Condition:
    def rank(text: str) -> object:
        return SEVERITIES.index(text) if name == "severity" and text in SEVERITIES else text

    operators: dict[str, Callable[[str], bool]] = {
        "eq": lambda given: given == value,
        "neq": lambda given: given != value,
        "contains": lambda given: value in given,
        "geq": lambda given: rank(given) >= rank(value),
        "leq": lambda given: rank(given) <= rank(value),
    }
    if operator not in operators:
        raise InvalidCommand(f" query is invalid: {operator} is not an operator")
    compare = operators[operator]
    return lambda event: event.value(name) is not None and compare(event.value(name))
