# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Places in a configuration, and their spelling as xpath."""

from __future__ import annotations

import xml.etree.ElementTree as ET

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.configuration import path as places
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.errors import InvalidInput

SPELLINGS = {
    "tags only": (("config", "devices"), "/config/devices"),
    "an entry": (("vsys", ("entry", "vsys1")), "/vsys/entry[@name='vsys1']"),
    "a member": (("interface", ("member", "tunnel.1")), "/interface/member[text()='tunnel.1']"),
    "a name with an apostrophe": ((("entry", "ann's"),), '/entry[@name="ann\'s"]'),
    "a name with slashes and brackets": ((("entry", "10.0.0.0/8 [old]"), "ip"), "/entry[@name='10.0.0.0/8 [old]']/ip"),
}


@pytest.mark.parametrize("path, xpath", SPELLINGS.values(), ids=SPELLINGS.keys())
def test_a_place_is_spelt_and_read_back(path, xpath):
    assert places.render(path) == xpath
    assert places.parse(xpath) == path


steps = st.one_of(
    st.from_regex(r"[a-z][a-z-]{0,8}", fullmatch=True),
    st.tuples(st.sampled_from(["entry", "member"]), st.text(alphabet="aZ0 .-_/:[]@='", min_size=1, max_size=12)))


@given(st.lists(steps, min_size=1, max_size=6).map(tuple))
@settings(deadline=None, derandomize=True)
def test_every_place_comes_back(path):
    assert places.parse(places.render(path)) == path


def test_a_name_with_both_quotes_is_refused():
    with pytest.raises(InvalidInput, match="both kinds of quotes"):
        places.render((("entry", "a'b\"c"),))


ROOT = ET.fromstring("<config><list><entry name='a'><ip> 192.0.2.1 </ip></entry><entry name='b'/><member> c </member></list><empty/></config>")


def test_finding():
    assert places.text(ROOT, ("list", ("entry", "a"), "ip")) == "192.0.2.1"
    assert places.text(ROOT, ("list", ("entry", "z"), "ip")) is None
    assert places.text(ROOT, ("empty",)) == ""
    assert places.names(ROOT, ("list",)) == ["a", "b", "c"]
    assert places.find(ROOT, ("list", ("member", "c"))) is not None
    assert places.find(None, ("list",)) is None
    assert places.children(ROOT, ("nothing",)) == []


def test_making_adds_only_what_is_missing():
    root = ET.fromstring("<config><list/></config>")
    made = places.make(root, ("list", ("entry", "a"), "members", ("member", "x")))
    assert places.make(root, ("list", ("entry", "a"), "members", ("member", "x"))) is made
    assert ET.tostring(root, encoding="unicode") == '<config><list><entry name="a"><members><member>x</member></members></entry></list></config>'
