# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Values of options: refused by name before a firewall is asked, and read back from its configuration."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from dataclasses import replace

import pytest
from hypothesis import given as generated
from hypothesis import settings

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.configuration import path as places
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.configuration.tree import applied
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.errors import InvalidInput
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.reconcile.plan import plan
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.reconcile.values import given, read, unknown, validate
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.tables.desired import UNSET, DesiredEntry
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.tables.platform import Platform
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.tables.table import Leaf, Table
from ansible_collections.tunnelsmith.panos_vpn.tests.unit.plugins.module_utils.reconcile import specimen
from ansible_collections.tunnelsmith.panos_vpn.tests.unit.plugins.module_utils.reconcile.specimen import TABLE, base, configuration, lamp, place

NEWER = Table("lamp", "network", ("lamps",), nodes=(
    Leaf("beam", "beam", choices=("wide", "laser"), values_since={"laser": (11, 1)}, values_until={"wide": (12, 1)}),
    Leaf("sensor", "sensor", since=(11, 0)),
    Leaf("address", "address", form="IPv4 address"),
    Leaf("serial", "serial", pattern=r"[0-9]{4}", form="four digits"),
    Leaf("pin", "pin", "secret", pattern=r"[0-9]{4}", form="four digits"),
), name_length=8)

REFUSALS = {
    "a number out of its range": (lamp({"watts": 101}), "lamp 'lamp': watts: 101 is outside 1 to 100 watts"),
    "a text that is too long": (lamp({"colour": "x" * 21}), "colour: 21 characters, PAN-OS allows 20"),
    "an option that the object has not got": (lamp({"volume": 3}), "volume does not exist"),
    "a value that is no choice": (DesiredEntry(NEWER, "a", {"beam": "narrow"}), "beam: 'narrow' is not one of wide, laser"),
    "a value of a later release": (DesiredEntry(NEWER, "a", {"beam": "laser"}), "beam: laser needs PAN-OS 11.1"),
    "an option of a later release": (DesiredEntry(NEWER, "a", {"sensor": "x"}), "sensor needs PAN-OS 11.0"),
    "an address that is none": (DesiredEntry(NEWER, "a", {"address": "10.0.0.300"}), "address: "),
    "a text of another form": (DesiredEntry(NEWER, "a", {"serial": "12x"}), "serial: '12x' is not four digits"),
    "a name that is too long": (DesiredEntry(NEWER, "abcdefghi", {}), "the name is 9 characters long, PAN-OS allows 8"),
    "a name that is none": (DesiredEntry(NEWER, "a/b", {}), "not a name that PAN-OS takes"),
}


@pytest.mark.parametrize("entry, words", REFUSALS.values(), ids=REFUSALS.keys())
def test_refused(entry, words):
    with pytest.raises(InvalidInput) as refused:
        validate(entry, Platform((10, 1)))
    assert words in str(refused.value)


def test_a_value_that_is_no_longer_taken():
    validate(DesiredEntry(NEWER, "a", {"beam": "wide"}), Platform((11, 2)))
    with pytest.raises(InvalidInput, match="12.1 and later no longer take wide"):
        validate(DesiredEntry(NEWER, "a", {"beam": "wide"}), Platform((12, 1, 3)))


def test_without_a_platform_only_what_holds_everywhere_is_checked():
    validate(DesiredEntry(NEWER, "a", {"beam": "laser", "sensor": "x"}))


def test_a_secret_is_not_in_its_refusal():
    with pytest.raises(InvalidInput) as refused:
        validate(DesiredEntry(NEWER, "a", {"pin": "12s3cret"}))
    assert "s3cret" not in str(refused.value)
    assert "pin" in str(refused.value)


def test_variables_of_a_template_pass():
    validate(DesiredEntry(NEWER, "$lamp", {"address": "$address", "serial": "$serial"}))


def test_nothing_is_checked_of_what_goes():
    validate(DesiredEntry(NEWER, "a/b", {"volume": 3}, "absent"))


def test_rules_see_what_is_to_go_as_not_given():
    seen = []
    table = replace(TABLE, rules=(lambda values, platform: seen.append(values),))
    validate(DesiredEntry(table, "lamp", {"colour": "red", "place": UNSET, "watts": UNSET, "timers": []}))
    assert seen == [{"colour": "red", "timers": []}]


def test_a_rule_names_the_object():
    def refuse(values, platform):
        raise InvalidInput("too bright")

    with pytest.raises(InvalidInput, match="lamp 'lamp': too bright"):
        validate(DesiredEntry(replace(TABLE, rules=(refuse,)), "lamp", {}))


def test_what_was_left_out_is_not_given():
    assert given({"a": None, "b": 0, "c": {"d": None, "e": False}, "f": [{"g": None}]}) == {"b": 0, "c": {"e": False}, "f": [{}]}


@generated(specimen.values)
@settings(deadline=None, derandomize=True)
def test_what_is_read_back_would_make_the_same(values):
    """Everything but the secret, which does not come back, and the order of what has none."""
    tree = applied(configuration(), plan([[lamp(values)]], configuration(), base).operations)
    back = read(TABLE.nodes, places.find(tree, place()[1:]))
    again = applied(configuration(), plan([[lamp(back)]], configuration(), base).operations)
    assert "password" not in back
    for root in (tree, again):
        for holder in root.iter("lock"):
            holder.clear()
    assert specimen.canonical(again) == specimen.canonical(tree)


def test_what_no_node_describes_is_named():
    element = ET.fromstring("<entry name='x'><colour>red</colour><shade/><power><fuse/><watts>1</watts></power>"
                            "<timers><entry name='t'><chime/></entry></timers></entry>")
    assert unknown(TABLE.nodes, element) == ["shade", "power/fuse", "timers/t/chime"]
    assert unknown(TABLE.nodes, None) == []
