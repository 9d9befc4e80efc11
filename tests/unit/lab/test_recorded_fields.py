# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Field by field, empty for empty: the emulator's answers are no kinder than the recorded ones.

A field is kinder when it holds something where every recorded row of that kind holds nothing, when it is there though no recorded answer has it, or when
its text has another form (a number for a word, an address without its length). What is left of that stands in DIFFERENT, with the reason.
"""

from __future__ import annotations

import json
import re
import xml.etree.ElementTree as ET

import pytest

from ansible_collections.tunnelsmith.panos_vpn.tests.unit.lab.test_recorded_answers import RECORDED, World

FILLED, EXTRA, FORM = "filled where the recordings are empty", "in no recording", "another form"

#: Rows of a list that differ in kind: the field that tells it, and the kind that its text says.
KINDS = {
    "show-routing-route": ("flags", lambda text: "".join(letter for letter in text if letter in "CHSBO")),
    "show-vpn-flow": ("state", str),
}

#: Fields whose text counts, not only its form.
VERBATIM = ("flags",)

#: How many levels of a JSON answer are keyed by names.
NAMED_LEVELS = {"panos/op/show-advanced-routing-route.xml": 2}

#: Reason → the places (file, pattern of the field's path) that differ for it.
DIFFERENT = {
    "the recorded device is hardware, and ours a virtual firewall": [
        ("system-info.pa850", "/vm-.*|.*family"),
    ],
    "the recorded release is older than ours, which has the field or more of it": [
        ("system-info.pa850", "/advanced-routing|/ipv6-default-gateway"),
        ("system-info.vm.8.1", "/wildfire-rt|/device-.*|/ZTP|/advanced-routing"),
        ("ipsec-sa.8.1", "/remain|/kb"),
        ("job-.*8.1|job-commit-all", "/tfin"),
        ("firewall-active.7.1", "/local-info/.*|/peer-info/.*|/path-monitoring/.*"),
    ],
    "names, addresses and numbers were replaced by who published the recording": [
        ("pa850-10.1", ".*(ipaddr|macaddr|mgmt-ip|/ip-address|/default-gateway|/mac-address|/remote)"),
        ("pbf-dirty-candidate", "/from/zone/member"),
    ],
    "a version of content, a serial number or a date: the value of that day, of a device with or without a licence": [
        ("", ".*-version|/serial|.*-mac-base|.*-date|/last-commit-all-upd-.*"),
    ],
    "the recorded peer had an event that ours had too, and we have made both members have it": [
        ("active-passive.pa850", "/local-info/last-error-.*"),
    ],
    "what is pushed here warns, so that the place of warnings is known": [
        ("job-commit-all", ".*/warnings|/details"),
    ],
    "the one recorded route has no next hop; the form is that of the routing daemon's documentation": [
        ("show-advanced-routing-route", "/nexthops/ip"),
    ],
}

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
            _collect(name, child, here, found)
        else:
            text = (child.text or "").strip()
            found.setdefault(here, set()).add(text if child.tag in VERBATIM else form(text))


def _kind(name: str, row: ET.Element) -> str:
    for file, (tag, kind) in KINDS.items():
        if file in name and row.find(tag) is not None:
            return f"[{kind(row.findtext(tag) or '')}]"
    return ""


def reason(name: str, place: str) -> str | None:
    for why, places in DIFFERENT.items():
        if any(re.search(file, name) and re.fullmatch(f".*({field})", place) for file, field in places):
            return why
    return None


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


@pytest.fixture
def world(client_of):
    world = World(client_of)
    yield world
    world.stop()


@pytest.mark.parametrize("name", RECORDED)
def test_no_kinder_than_recorded(world, shared_fixtures, name):
    recorded = fields(name, ET.parse(shared_fixtures / name).getroot())
    given = fields(name, RECORDED[name](world))
    assert {place: kind for place, kind in kinder(recorded, given).items() if reason(name, place) is None} == {}


def test_each_row_of_a_routing_table_is_of_a_recorded_kind(world, shared_fixtures):
    name = "panos/op/show-routing-route.8.1.xml"
    recorded = {route.findtext("flags") for route in ET.parse(shared_fixtures / name).iter("entry")}
    given = {route.findtext("flags") for route in RECORDED[name](world).iter("entry")}
    assert given <= recorded and any("B" in flags for flags in given)
