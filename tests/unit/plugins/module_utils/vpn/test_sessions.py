# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which BGP sessions a change concerns: by every leaf of every table that a session can begin with, and whose they are."""

from __future__ import annotations

import xml.etree.ElementTree as ET

import pytest

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.device.location import Location
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.reconcile.revert import Difference
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.resources import bgp_instance, bgp_peer
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.status.bgp import BgpPeer, Session, session
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.tables.places import PLACES, bgp_place
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.tables.table import Group, steps
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.vpn import sessions

BASE = Location().base


def entry(name: str) -> tuple:
    return ("entry", name)


GROUP = ("peer-group", entry("cloud"))
OBJECTS = {
    "legacy instance": (bgp_place("r", False), bgp_instance.TABLES[False]),
    "advanced instance": (bgp_place("r", True), bgp_instance.TABLES[True]),
    "advanced group": (bgp_place("r", True) + GROUP, bgp_peer.ADVANCED_GROUP),
    "legacy peer": (bgp_place("r", False) + GROUP + ("peer", entry("p")), bgp_peer.LEGACY_PEER),
    "advanced peer": (bgp_place("r", True) + GROUP + ("peer", entry("p")), bgp_peer.ADVANCED_PEER),
    "legacy password": (bgp_place("r", False) + ("auth-profile", entry("a")), bgp_peer.LEGACY_AUTH),
    "advanced password": (PLACES["bgp_auth_profile"][1] + (entry("a"),), bgp_peer.ADVANCED_AUTH),
    "timers": (PLACES["bgp_timer_profile"][1] + (entry("t"),), bgp_peer.TIMER_PROFILE),
}


def leaves(nodes, above=()):
    for node in nodes:
        if isinstance(node, Group):
            yield from leaves(node.nodes, above + steps(node.path))
        else:
            yield above + steps(node.path), getattr(node, "of_session", False)


def difference(path, before="<a/>", after="<a>b</a>") -> Difference:
    return Difference("something", path, before, after)


@pytest.mark.parametrize("place, table", OBJECTS.values(), ids=OBJECTS.keys())
def test_a_change_concerns_sessions_where_a_session_begins_with_what_was_changed(place, table):
    whole = BASE("network") + place
    told = dict(leaves(table.nodes))
    assert any(told.values())
    for path, of_session in told.items():
        assert sessions.changed([difference(whole + path)], BASE) == ([whole] if of_session else []), path
        assert sessions.changed([difference(whole + path, before="")], BASE) == ([whole] if of_session else []), path
    assert sessions.changed([difference(whole)], BASE) == sessions.touched([whole], BASE) == [whole]
    assert sessions.changed([difference(whole, before="")], BASE) == [] == sessions.touched([whole[:-1]], BASE), "no session began before it was there"


TREE = ET.fromstring(
    "<config><devices><entry name='localhost.localdomain'><network>"
    "<virtual-router><entry name='r'><protocol><bgp><peer-group><entry name='cloud'><peer><entry name='p'><connection-options>"
    "<authentication>a</authentication></connection-options></entry><entry name='q'/></peer></entry></peer-group></bgp></protocol></entry>"
    "<entry name='other'/></virtual-router>"
    "<logical-router><entry name='r'><vrf><entry name='default'><bgp><peer-group><entry name='cloud'><connection-options><timers>t</timers>"
    "</connection-options><peer><entry name='p'><connection-options><timers>inherit</timers><authentication>a</authentication></connection-options></entry>"
    "<entry name='q'><connection-options><timers>u</timers></connection-options></entry></peer></entry></peer-group></bgp></entry></vrf></entry>"
    "</logical-router></network></entry></devices></config>")


@pytest.mark.parametrize("advanced", [False, True])
def test_whose_session_begins_with_an_object(advanced):
    by_place: dict = {}
    for each in sessions.everything(TREE, BASE, advanced):
        by_place.setdefault(each.place, []).append(each.peer)
    bgp = BASE("network") + bgp_place("r", advanced)
    both = {bgp: ["p", "q"], bgp + GROUP: ["p", "q"], bgp + GROUP + ("peer", entry("p")): ["p"], bgp + GROUP + ("peer", entry("q")): ["q"]}
    timers, passwords = (BASE("network") + PLACES[f"bgp_{kind}_profile"][1] for kind in ("timer", "auth"))
    profiles = {timers + (entry("t"),): ["p"], timers + (entry("u"),): ["q"], passwords + (entry("a"),): ["p"]}
    assert by_place == both | (profiles if advanced else {bgp + ("auth-profile", entry("a")): ["p"]})


OLD = Session(1000.0, 1)
LOOKS = {
    "the same, a little later": (OLD, Session(1001.9, 1), False), "begun since": (OLD, Session(1100.0, 1), True), "counted on": (OLD, Session(1001.0, 2), True),
    "the counter began anew too": (Session(1000.0, 7), Session(1100.0, 1), True), "there was none": (None, Session(900.0, 1), True),
    "no age is told": (Session(None, 1), Session(None, 1), False), "no age, counted on": (Session(None, 1), Session(None, 2), True),
    "nothing is told": (Session(None, None), Session(None, None), False), "no count, begun since": (Session(1000.0, None), Session(1100.0, None), True),
}


@pytest.mark.parametrize("before, now, expected", LOOKS.values(), ids=LOOKS.keys())
def test_a_session_is_known_again_by_when_it_began_and_by_its_number(before, now, expected):
    assert now.is_another_than(before) is expected


def test_what_is_not_established_is_no_session():
    assert session(BgpPeer("p", state="Connect", duration_seconds=7, established_count=3), 1000.0) is None
    assert session(BgpPeer("p", state="Established", duration_seconds=7, established_count=3), 1000.0) == Session(993.0, 3)
    assert session(BgpPeer("p", state="Established", duration_seconds="?"), 1000.0) == Session(None, None)
