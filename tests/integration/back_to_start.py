# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Whether a configuration is back where it started: equal, but for change marks and for containers that hold nothing."""

from __future__ import annotations

import xml.etree.ElementTree as ET

# Marks that PAN-OS puts on what has changed since the last commit.
MARKS = ("admin", "dirtyId", "time")
# Elements that say something although they are empty: the chosen branch of a choice.
EMPTY_VALUES = frozenset((
    "allow", "anycast", "any", "both", "deny", "discard", "dynamic", "ebgp", "ibgp", "multicast", "no-install", "no-pbf", "no-redist", "none",
    "prefix", "receive", "redist", "tcp", "udp", "unicast", "yes",
))


def bare(text: str) -> list[str]:
    """A configuration as lines, without marks and empty containers, so that two of them can be compared."""
    lines: list[str] = []
    _describe(ET.fromstring(text), "", lines)
    return lines


def _describe(element: ET.Element, prefix: str, lines: list[str]) -> bool:
    """Adds the element's lines; false where it holds nothing and was left out."""
    attributes = "".join(f" {key}={value!r}" for key, value in sorted(element.items()) if key not in MARKS)
    value = (element.text or "").strip()
    place = f"{prefix}/{element.tag}{attributes}"
    line = len(lines)
    lines.append(f"{place} {value}".rstrip())
    held = [_describe(child, place, lines) for child in element]
    if any(held) or value or element.tag in EMPTY_VALUES or (element.tag == "entry" and attributes):
        return True
    del lines[line:]
    return False
