# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Two answers to one command, field by field: where the emulated firewall's is kinder than the recorded one, and what it lacks.

A field is kinder when it holds something where every recorded row of that kind holds nothing, when it is there though no recorded answer has it, or when
its text has another form (a number for a word, an address without its length).
"""

from __future__ import annotations

import json
import re
import xml.etree.ElementTree as ET

FILLED, EXTRA, FORM, LACKING = "filled where the recordings are empty", "in no recording", "another form", "only in the recording"

#: Not a text's form: what has others inside.
HOLDS = "elements"

#: Rows of a list that differ in kind: the field that tells it, and the kind that its text says.
KINDS = {
    "show-routing-route": ("flags", lambda text: "".join(letter for letter in text if letter in "CHSBO")),
    "show-vpn-flow": ("state", str),
}

#: Fields whose text counts, not only its form.
VERBATIM = ("flags",)

#: How many levels of a JSON answer are keyed by names.
NAMED_LEVELS = {"panos/op/show-advanced-routing-route.xml": 2}

_FORMS = (
    ("index", r"[0-9A-F]{8}"), ("number", r"-?\d+"), ("decimal", r"\d+\.\d+"),
    ("address", r"\d+\.\d+\.\d+\.\d+"), ("address/length", r"\d+\.\d+\.\d+\.\d+/\d+"),
    ("address:port", r"\d+\.\d+\.\d+\.\d+:\d+"), ("mac", r"([0-9a-f]{2}:){5}[0-9a-f]{2}"), ("duration", r"\d+:\d\d:\d\d"), ("date", r"\d{4}/\d\d/\d\d.*"),
)


def form(text: str) -> str:
    if not text.strip():
        return "empty"
    return next((name for name, pattern in _FORMS if re.fullmatch(pattern, text.strip())), "text")


def fields(name: str, root: ET.Element) -> dict[str, set[str]]:
    """Place → the forms of what stands there. Rows of different kinds are different places."""
    found: dict[str, set[str]] = {}
    _collect(name, root, "", found)
    return found


def _collect(name: str, element: ET.Element, place: str, found: dict[str, set[str]]) -> None:
    for child in element:
        here = f"{place}/{child.tag}{_kind(name, child)}"
        for attribute in child.keys():
            found.setdefault(f"{here}/@{attribute}", set()).add("text")
        if child.tag == "json":
            _collect_json(json.loads(child.text), here, NAMED_LEVELS.get(name, 1), found)
        elif len(child):
            found.setdefault(here, set()).add(HOLDS)
            _collect(name, child, here, found)
        else:
            text = (child.text or "").strip()
            found.setdefault(here, set()).add(text if child.tag in VERBATIM else form(text))


def _kind(name: str, row: ET.Element) -> str:
    for file, (tag, kind) in KINDS.items():
        if file in name and row.tag == "entry" and row.find(tag) is not None:
            return f"[{kind(row.findtext(tag) or '')}]"
    return ""


def _collect_json(value: object, place: str, named: int, found: dict[str, set[str]]) -> None:
    if isinstance(value, dict):
        for key, inner in value.items():
            _collect_json(inner, f"{place}/{'*' if named else key}", max(named - 1, 0), found)
    elif isinstance(value, list):
        for inner in value:
            _collect_json(inner, place, named, found)
    else:
        found.setdefault(place, set()).add("number" if isinstance(value, (int, float)) and not isinstance(value, bool) else form(str(value)))


def kinder(recorded: dict[str, set[str]], given: dict[str, set[str]]) -> dict[str, str]:
    found = {}
    for place, forms in given.items():
        if HOLDS in forms:
            continue
        known = recorded.get(place)
        if known is None:
            # Rows of a kind that was not recorded, and what lies in a container that was not, are told by the container.
            if place.rpartition("/")[0] in {each.rpartition("/")[0] for each in recorded}:
                found[place] = EXTRA
        elif known == {"empty"} and forms != {"empty"}:
            found[place] = FILLED
        elif forms - known - {"empty"}:
            found[place] = FORM
    return found


def lacking(recorded: dict[str, set[str]], given: dict[str, set[str]]) -> dict[str, str]:
    """What the recorded answer has and ours has not, where ours has rows of that kind at all."""
    containers = {each.rpartition("/")[0] for each in given}
    return {place: LACKING for place in recorded if place not in given and place.rpartition("/")[0] in containers}
