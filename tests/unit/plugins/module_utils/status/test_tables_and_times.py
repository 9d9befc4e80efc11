# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Tables and times that come in several forms: prefixes of BGP, interfaces, the ends of IKE SAs."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from datetime import datetime

import pytest

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.status import interfaces, prefixes
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.status.flow import Flow
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.status.security_associations import ike_sas, moment
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.status.state import movement


def answer(text: str) -> ET.Element:
    return ET.fromstring(f"<response status='success'><result>{text}</result></response>")


FORMS = {
    "members of a router": '<entry vr="default"><loc-rib><member><prefix>10.20.0.0/16</prefix><med>100</med><flag>*</flag>'
                           "<received-from>aws-1</received-from><local-preference>200</local-preference></member></loc-rib></entry>",
    "entries of a router": '<entry name="default"><entry><prefix>10.20.0.0/16</prefix><med>100</med><flag>*</flag><peer>aws-1</peer>'
                           "<local-pref>200</local-pref></entry></entry>",
}


@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS.keys())
def test_a_learned_prefix(form):
    (prefix,) = prefixes.learned(answer(form))
    assert (prefix.prefix, prefix.peer, prefix.router, prefix.med, prefix.local_preference, prefix.best) == (
        "10.20.0.0/16", "aws-1", "default", 100, 200, True)


def test_an_advertised_prefix_and_none():
    (prefix,) = prefixes.advertised(answer(
        '<entry vr="default"><rib-out><member><prefix>10.10.0.0/24</prefix><dst-peer>aws-1</dst-peer></member></rib-out></entry>'))
    assert (prefix.prefix, prefix.peer, prefix.direction, prefix.best) == ("10.10.0.0/24", "aws-1", "advertised", None)
    assert prefixes.learned(answer("")) == [] == prefixes.learned(ET.fromstring("<response status='success'/>"))


def test_interfaces_are_one_from_both_lists(shared_fixtures):
    found = interfaces.interfaces(ET.parse(shared_fixtures / "panos" / "op" / "show-interface-all.8.1.xml").getroot())
    assert any(interface.state for interface in found.values()) and any(interface.zone is not None for interface in found.values())


def test_an_interface():
    found = interfaces.interfaces(answer(
        "<ifnet><entry><name>ethernet1/8</name><zone>untrust</zone><fwd>vr:default</fwd><ip>198.51.100.10/24</ip></entry>"
        "<entry><name>tunnel.1</name><zone/><ip>N/A</ip></entry></ifnet><hw><entry><name>ethernet1/8</name><state>down</state></entry></hw>"))
    outside = found["ethernet1/8"]
    assert (outside.zone, outside.forwarding, outside.state, interfaces.host(found, "ethernet1/8")) == ("untrust", "vr:default", "down", "198.51.100.10")
    assert interfaces.host(found, "tunnel.1") is None is interfaces.host(found, "tunnel.9")


NOW = datetime(2026, 1, 1, 0, 30)
TIMES = {
    "with a year": ("Thu Jun  4 21:09:13 2026", datetime(2026, 6, 4, 21, 9, 13)),
    "of the same year": ("Jan.01 05:09:13", datetime(2026, 1, 1, 5, 9, 13)),
    "of the year before": ("Dec.31 21:09:13", datetime(2025, 12, 31, 21, 9, 13)),
    "of no month": ("Foo.31 21:09:13", None),
    "of no day": ("Feb.31 21:09:13", None),
    "nothing": (None, None),
}


@pytest.mark.parametrize("text, expected", TIMES.values(), ids=TIMES.keys())
def test_a_moment(text, expected):
    assert moment(text, NOW) == expected


ENTRY = "<entry><name>gw</name><created>{}</created><expires>{}</expires></entry>"
LIVES = {
    "over new year": ("Dec.31 21:00:00", "Jan.01 05:00:00", 28800, 16200),
    "expired": ("Dec.31 15:00:00", "Dec.31 23:00:00", 28800, 0),
    "without a beginning": ("", "Jan.01 01:30:00", None, 3600),
    "without an end": ("Dec.31 15:00:00", "", None, None),
}


@pytest.mark.parametrize("created, expires, lifetime, left", LIVES.values(), ids=LIVES.keys())
def test_how_long_an_ike_sa_lasts(created, expires, lifetime, left):
    (sa,) = ike_sas(answer(ENTRY.format(created, expires)), NOW)
    assert (sa.lifetime_seconds, sa.remaining_seconds) == (lifetime, left)
    (sa,) = ike_sas(answer(ENTRY.format(created, expires)))
    assert (sa.lifetime_seconds, sa.remaining_seconds) == (lifetime, None)


MOVEMENTS = {
    "both ways": ((1, 2), (4, 2), (3, 0)),
    "anew": ((9, 9), (1, 1), None),
    "not told": ((None, 2), (4, 2), None),
}


@pytest.mark.parametrize("before, now, moved", MOVEMENTS.values(), ids=MOVEMENTS.keys())
def test_movement(before, now, moved):
    earlier, later = (Flow("t", "t", packets_encapsulated=out, packets_decapsulated=back) for out, back in (before, now))
    assert movement(earlier, later) == moved
    assert movement(None, later) is None
