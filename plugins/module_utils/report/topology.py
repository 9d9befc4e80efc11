# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A firewall, its tunnels and their peers as a picture."""

from __future__ import annotations

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.report.fleet import DOWN, OFF, UP
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.report.markup import Markup, shortened, tag

_WIDTH, _ROW, _LEFT, _RIGHT = 960, 58, 190, 720
SYMBOLS = {UP: "\u2713", DOWN: "\u2717", OFF: "\u2013"}
WORDS = {UP: "up", DOWN: "down", OFF: "disabled"}


def draw(firewall) -> Markup:
    """One line a tunnel: solid where it is up, dashed where not, thick where traffic is led into it."""
    height = _ROW * max(1, len(firewall.rows)) + 10
    middle = height / 2
    lines = [_tunnel(number, row, middle) for number, row in enumerate(firewall.rows)]
    box = tag("g", tag("title", firewall.name), tag("rect", class_="box", x=5, y=middle - 24, width=_LEFT - 5, height=48, rx=6),
              tag("text", shortened(firewall.name, 22), x=_LEFT / 2, y=middle + 5, text_anchor="middle", font_weight="600"))
    return tag("svg", tag("title", f"Tunnels of {firewall.name}"), tag("desc", _words(firewall)), *lines, box,
               viewBox=f"0 0 {_WIDTH} {height:g}", role="img", xmlns="http://www.w3.org/2000/svg")


def _tunnel(number, row, middle) -> Markup:
    level = 5 + _ROW * number + _ROW / 2
    classes = f"tunnel {row.state}" + (" carries" if row.carries else "")
    note = row.interface + (", carries traffic" if row.carries else "")
    return tag(
        "g", tag("title", f"{row.name}: {WORDS[row.state]}"),
        tag("path", class_=classes, d=f"M{_LEFT},{middle:g} C{_LEFT + 45},{middle:g} {_LEFT + 25},{level:g} {_LEFT + 75},{level:g} L{_RIGHT},{level:g}"),
        tag("circle", class_=f"badge {row.state}", cx=_LEFT + 82, cy=level, r=11),
        tag("text", SYMBOLS[row.state], class_=row.state, x=_LEFT + 82, y=level + 5, text_anchor="middle", font_weight="700"),
        tag("text", shortened(row.name, 58), x=_LEFT + 102, y=level - 8, font_size=12),
        tag("text", note, class_="soft", x=_LEFT + 102, y=level + 17, font_size=12),
        tag("rect", class_="box", x=_RIGHT, y=level - 18, width=_WIDTH - _RIGHT - 5, height=36, rx=6),
        tag("text", shortened(row.peer, 30), x=(_RIGHT + _WIDTH - 5) / 2, y=level + 5, text_anchor="middle"),
    )


def _words(firewall) -> str:
    return "; ".join(f"{row.name} to {row.peer}: {WORDS[row.state]}" for row in firewall.rows) or "no tunnels"
