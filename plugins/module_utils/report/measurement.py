# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A drill's measurement as a picture: commit, tunnels, traffic and probes over time."""

from __future__ import annotations

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.report.markup import Markup, shortened, tag

_WIDTH, _LEFT, _RIGHT, _TOP, _ROW = 960, 240, 945, 44, 34
_ACTIVE = "active"


def draw(told: dict) -> Markup:
    """C(told): the measurement of vpn_failover."""
    seconds = max(float(told.get("seconds") or 0), 0.1)
    rows = _rows(told, seconds)
    bottom = _TOP + _ROW * len(rows)

    def place(moment):
        return _LEFT + (_RIGHT - _LEFT) * min(max(float(moment), 0.0), seconds) / seconds

    parts = [tag("line", class_="grid", x1=place(second), x2=place(second), y1=_TOP, y2=bottom) for second in _ticks(seconds)]
    parts += [tag("text", f"{second:g} s", class_="soft", x=place(second), y=bottom + 17, text_anchor="middle", font_size=12) for second in _ticks(seconds)]
    for number, (label, spans) in enumerate(rows):
        top = _TOP + _ROW * number
        parts.append(tag("text", tag("title", label), shortened(label, 34), x=4, y=top + 21, font_size=12))
        parts += [_span(span, place, top) for span in spans]
    parts += _marks(told, place, bottom)
    return tag("svg", tag("title", f"{told.get('action')} of {told.get('tunnel')}"), *parts,
               viewBox=f"0 0 {_WIDTH} {bottom + 26}", role="img", xmlns="http://www.w3.org/2000/svg")


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


def _span(span, place, top) -> Markup:
    start, end, kind, words = span
    left, width = place(start), max(1.5, place(end) - place(start))
    room = int((width - 8) / 7.2)
    label = tag("text", shortened(words, room), x=left + 5, y=top + 21, font_size=12) if room >= 3 else ""
    shape = tag("rect", class_=kind, x=f"{left:.1f}", y=top + 5, width=f"{width:.1f}", height=_ROW - 10, rx=2)
    return tag("g", tag("title", f"{words}, {start:g} s to {end:g} s"), shape, label)


def _marks(told, place, bottom) -> list:
    found = []
    for level, (name, words) in enumerate((("lost_after", "lost"), ("moved_after", "moved"))):
        moment = told.get(name)
        if moment is None:
            continue
        after_end = place(moment) > _RIGHT - 90
        found.append(tag("line", class_="mark", x1=place(moment), x2=place(moment), y1=_TOP - 24 + 14 * level, y2=bottom))
        found.append(tag("text", f"{words} {moment:g} s", x=place(moment) + (-4 if after_end else 4), y=_TOP - 16 + 14 * level, font_size=12,
                         text_anchor="end" if after_end else "start"))
    return found
