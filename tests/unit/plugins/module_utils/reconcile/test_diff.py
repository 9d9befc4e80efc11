# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Diffs, as a person reads them."""

from __future__ import annotations

import xml.etree.ElementTree as ET

import pytest

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.configuration import secrets
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.reconcile.diff import diff, lines
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.reconcile.plan import plan
from ansible_collections.tunnelsmith.panos_vpn.tests.unit.plugins.module_utils.reconcile.specimen import base, configuration, lamp, stored

LINES = {
    "a leaf": ("<a><b>1</b></a>", ["a b 1"]),
    "an empty element that means something": ("<a><flag/></a>", ["a flag"]),
    "members": ("<a><l><member>x</member><member>y z</member></l></a>", ["a l x", 'a l "y z"']),
    "entries": ("<a><entry name='x'><b>1</b></entry><entry name='y z'/></a>", ["a x b 1", 'a "y z"']),
    "a comment of several lines, one of them ours": (
        '<a><comment>ask Ana\ntunnelsmith {"vpn":"paris","units":{"1":"tunnel.1"},"bgp":{"enable":null},"zones":["vpn","dmz"]}\n{"no": "mark"}</comment></a>',
        ["a comment ask Ana", "a comment tunnelsmith bgp enable null", "a comment tunnelsmith units 1 tunnel.1", "a comment tunnelsmith vpn paris",
         "a comment tunnelsmith zones vpn dmz", 'a comment {"no": "mark"}']),
    "a line of ours that was damaged": ("<a><comment>tunnelsmith {'vpn'</comment></a>", ["a comment tunnelsmith {'vpn'"]),
    "nothing in a container": ("<a><b><c/></b></a>", ["a b c"]),
}


@pytest.mark.parametrize("xml, expected", LINES.values(), ids=LINES.keys())
def test_lines(xml, expected):
    assert lines(ET.fromstring(xml), "a") == expected


@pytest.mark.parametrize("tag", sorted(secrets.TAGS))
def test_an_element_that_holds_a_secret_is_a_mark(tag):
    shown = lines(ET.fromstring(f"<a><{tag}>s3cret</{tag}></a>"), "a")
    assert shown[0].startswith(f"a {tag} (secret ") and "s3cret" not in shown[0]


def test_a_stored_secret_is_a_mark_wherever_it_stands():
    assert lines(ET.fromstring(f"<a><of-tomorrow>{stored('s3cret')}</of-tomorrow></a>"), "a")[0].startswith("a of-tomorrow (secret ")


def test_only_what_is_touched_is_shown():
    tree = configuration("<entry name='lamp'><colour>red</colour></entry>", "<entry name='other'><colour>blue</colour></entry>")
    shown = diff(plan([[lamp({"colour": "green"}), lamp({"colour": "blue"}, name="other")]], tree, base))
    assert shown == {"before": "network lamps lamp colour red\n", "after": "network lamps lamp colour green\n"}


def test_a_move_is_shown_by_the_neighbour():
    tree = configuration("<entry name='a'/>", "<entry name='b'/>")
    shown = diff(plan([[lamp({}, name="b", position=(("before", "a"),))]], tree, base))
    assert "network lamps order: b at the end" in shown["before"]
    assert "network lamps order: b above a" in shown["after"]
