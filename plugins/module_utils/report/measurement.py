# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A drill's measurement as figures, and as a picture: where commit, tunnels, traffic and probes stand over time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Callable

WIDTH, LEFT, RIGHT, TOP, ROW = 960, 240, 945, 44, 34
# Widths of a letter, and of what stays free beside a label.
_LETTER, _MARGIN = 7.2, 8
_ACTIVE = "active"
_VERDICTS = {"within": "as expected", "shorter": "shorter than expected", "longer": "longer than expected"}
_ACTIONS = {"take_down": "Taken down", "bring_back": "Brought back"}


@dataclass(frozen=True)
class Span:
    """A part of a row. C(letters): how many of its C(words) fit in it."""

    start: float
    end: float
    kind: str
    words: str
    left: float
    width: float

    @property
    def letters(self) -> int:
        return int((self.width - _MARGIN) / _LETTER)


@dataclass(frozen=True)
class Row:
    label: str
    top: float
    spans: tuple


@dataclass(frozen=True)
class Mark:
    """A moment, across all rows."""

    words: str
    at: float
    top: float
    is_last: bool


@dataclass(frozen=True)
class Timeline:
    """C(ticks): (second, where it stands)."""

    bottom: float
    ticks: tuple
    rows: tuple
    marks: tuple


@dataclass(frozen=True)
class Drill:
    """C(figures): (name, value) pairs; C(verdict), C(because): of what was to be expected."""

    heading: str
    title: str
    figures: tuple
    verdict: str
    because: str
    timeline: Timeline


def drill(told: dict) -> Drill:
    """C(told): the measurement of vpn_failover."""
    action = _ACTIONS.get(told.get("action"), str(told.get("action")))
    what = "the BGP peer behind " if told.get("method") == "peer" else ""
    verdict, because = _expected(told.get("expected") or {})
    return Drill(f"{action}: {what}{told.get('tunnel')} on {told.get('host') or told.get('firewall')}",
                 f"{told.get('action')} of {told.get('tunnel')}", _figures(told), verdict, because, _timeline(told))


def _figures(told) -> tuple:
    found = [("Began", told.get("began")), ("Commit", _seconds(told.get("commit_seconds"))), ("Tunnel lost after", _seconds(told.get("lost_after"))),
             ("Traffic moved after", _seconds(told.get("moved_after"))), ("Outage by the firewall's state", _outage(told.get("outage")))]
    probe = told.get("probe")
    if probe:
        found.append(("Outage by the probes", f"{_outage(probe.get('outage'))}; {probe.get('lost')} of {probe.get('sent')} lost"))
    return tuple((name, value) for name, value in found if value)


def _seconds(value) -> str:
    return "" if value is None else f"{value:g} s"


def _outage(outage) -> str:
    if not outage:
        return ""
    if not outage.get("outages"):
        return f"none seen (resolution {_seconds(outage.get('resolution'))})" if outage.get("resolution") else "none seen"
    return f"{_seconds(outage.get('seconds'))} (up to {_seconds(outage.get('resolution'))} more)" + ("" if outage.get("ended") else ", not over at the end")


def _expected(expected) -> tuple:
    """(verdict, what it is measured by)."""
    verdict = _VERDICTS.get(expected.get("verdict"))
    span = f"{expected.get('minimum')} to {expected['maximum']} s: " if expected.get("maximum") is not None else ""
    return f"{verdict[0].upper()}{verdict[1:]}. " if verdict else "", f"{span}{expected.get('because') or ''}"


def _timeline(told) -> Timeline:
    seconds = max(float(told.get("seconds") or 0), 0.1)

    def place(moment) -> float:
        return LEFT + (RIGHT - LEFT) * min(max(float(moment), 0.0), seconds) / seconds

    found = _rows(told, seconds)
    rows = tuple(Row(label, TOP + ROW * number, tuple(_span(span, place) for span in spans)) for number, (label, spans) in enumerate(found))
    ticks = tuple((f"{second:g} s", place(second)) for second in _ticks(seconds))
    return Timeline(TOP + ROW * len(rows), ticks, rows, tuple(_marks(told, place)))


def _span(span, place: Callable) -> Span:
    start, end, kind, words = span
    return Span(start, end, kind, words, place(start), max(1.5, place(end) - place(start)))


def _marks(told, place: Callable):
    for level, (name, words) in enumerate((("lost_after", "lost"), ("moved_after", "moved"))):
        moment = told.get(name)
        if moment is not None:
            yield Mark(f"{words} {moment:g} s", place(moment), TOP - 24 + 14 * level, place(moment) > RIGHT - 90)


def _ticks(seconds) -> list:
    step = next(step for step in (0.5, 1, 2, 5, 10, 20, 60, 300, 3600) if seconds / step <= 14 or step == 3600)
    return [step * number for number in range(int(seconds / step) + 1)]


def _rows(told, seconds) -> list:
    """(label, [(start, end, class, words)]) from the top to the bottom."""
    committed = told.get("commit_seconds")
    rows = [("commit", [(0, seconds if committed is None else committed, "plain", "commit")])]
    for tunnel in told.get("tunnels") or ():
        rows.append((str(tunnel.get("name")), [(*_ends(span, seconds), "good" if span.get("value") == _ACTIVE else "bad", _state(span.get("value")))
                                               for span in tunnel.get("spans") or ()]))
    rows.append(("traffic is led into", [(*_ends(span, seconds), "bad" if span.get("value") == "nothing" else "plain", str(span.get("value")))
                                         for span in told.get("carrier") or ()]))
    outages = [(*_ends(span, seconds), "bad", "no way") for span in (told.get("outage") or {}).get("outages") or ()]
    rows.append(("outage by the firewall's state", outages))
    if told.get("probe"):
        rows.append(("probes", [(*_ends(span, seconds), "good" if span.get("value") else "bad", "answered" if span.get("value") else "lost")
                                for span in told["probe"].get("spans") or ()]))
    return rows


def _state(value) -> str:
    return "not there" if value == "none" else str(value)


def _ends(span, seconds) -> tuple:
    return span.get("start") or 0, seconds if span.get("end") is None else span["end"]
