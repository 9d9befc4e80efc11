# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""An observation as a picture: probes, rules, sessions and ping over time, as SVG text."""

from __future__ import annotations

from xml.sax.saxutils import escape

from ansible_collections.tunnelsmith.panos_vpn.tests.lab.dataplane.observation import KINDS, Observation

_LEFT, _WIDTH, _ROW, _TOP = 250, 900, 26, 60
_GOOD, _BAD, _IDLE = "#2a7f4f", "#c0392b", "#d9d9d9"
_NAMES = {"ping": "ping", "established": "established session", "new": "new sessions"}


def draw(observation: Observation, title: str) -> str:
    """One row per monitor and per PBF rule, then one per kind of traffic; what was done to the lab as vertical lines."""
    seconds = max((packet.time - observation.begun for packet in observation.packets), default=1.0)
    rows = [*_probe_rows(observation), *_rule_rows(observation, seconds), *_traffic_rows(observation)]
    height = _TOP + _ROW * len(rows) + 40
    text = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{_LEFT + _WIDTH + 30}" height="{height}" font-family="sans-serif" font-size="12">',
        '<rect width="100%" height="100%" fill="white"/>', f'<text x="10" y="22" font-size="16">{escape(title)}</text>',
    ]
    for number, (label, spans) in enumerate(rows):
        top = _TOP + _ROW * number
        text.append(f'<text x="10" y="{top + 15}">{escape(label)}</text>')
        for start, end, colour in spans:
            left, width = _LEFT + _WIDTH * start / seconds, max(1.5, _WIDTH * (end - start) / seconds)
            text.append(f'<rect x="{left:.1f}" y="{top + 3}" width="{width:.1f}" height="{_ROW - 9}" fill="{colour}"/>')
    bottom = _TOP + _ROW * len(rows)
    for moment, words in observation.marks:
        left = _LEFT + _WIDTH * moment / seconds
        text.append(f'<line x1="{left:.1f}" x2="{left:.1f}" y1="{_TOP - 12}" y2="{bottom}" stroke="black" stroke-dasharray="4 3"/>')
        text.append(f'<text x="{left + 3:.1f}" y="{_TOP - 14}">{escape(words)}</text>')
    for second in range(0, int(seconds) + 1, 5 if seconds < 100 else 20):
        left = _LEFT + _WIDTH * second / seconds
        text.append(f'<text x="{left:.1f}" y="{bottom + 18}" text-anchor="middle">{second} s</text>')
    return "\n".join([*text, "</svg>", ""])


def _probe_rows(observation: Observation) -> list[tuple[str, list[tuple[float, float, str]]]]:
    rows: dict[str, list[tuple[float, float, str]]] = {}
    for entry in observation.journal:
        if "probe" in entry:
            moment = max(0.0, entry["time"] - observation.begun)
            rows.setdefault(f"probe of {entry['probe']}", []).append((moment, moment, _BAD if entry["lost"] else _GOOD))
    return sorted(rows.items())


def _rule_rows(observation: Observation, seconds: float) -> list[tuple[str, list[tuple[float, float, str]]]]:
    """A rule that never changed is not worth a row."""
    steps = [(entry["time"] - observation.begun, entry["rules"]) for entry in observation.journal if "rules" in entry]
    names = sorted({name for dummy, rules in steps for name, active in rules.items() if not active})
    rows = []
    for name in names:
        spans, since, active = [], 0.0, True
        for moment, rules in [*steps, (seconds, {})]:
            spans.append((since, moment, _GOOD if active else _IDLE))
            since, active = moment, rules.get(name, active)
        rows.append((f"rule {name}", spans))
    return rows


def _traffic_rows(observation: Observation) -> list[tuple[str, list[tuple[float, float, str]]]]:
    found = []
    for kind in KINDS:
        moments = [(packet.time - observation.begun, packet.took is not None) for packet in observation.packets if packet.kind == kind]
        found.append((_NAMES[kind], [(moment, moment + 0.09, _GOOD if answered else _BAD) for moment, answered in moments]))
    return found
