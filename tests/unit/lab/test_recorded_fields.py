# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Field by field, empty for empty: the emulator's answers are no kinder than the recorded ones.

What of that is left stands in DIFFERENT, with the reason.
"""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET

import pytest

from ansible_collections.tunnelsmith.panos_vpn.tests.lab.recordings.fields import fields, kinder
from ansible_collections.tunnelsmith.panos_vpn.tests.unit.lab.test_recorded_answers import RECORDED, World

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


def reason(name: str, place: str) -> str | None:
    for why, places in DIFFERENT.items():
        if any(re.search(file, name) and re.fullmatch(f".*({field})", place) for file, field in places):
            return why
    return None


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
