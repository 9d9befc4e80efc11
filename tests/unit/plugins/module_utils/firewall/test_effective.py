# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What counts on one firewall behind a Panorama."""

from __future__ import annotations

import xml.etree.ElementTree as ET

import pytest

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.configuration import path as places
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.device.location import Location
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.firewall import effective
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.firewall.effective import Rulebase

BASE = Location(template="branch", device_group="branches").base
PUSHED = ("panorama", "vsys", ("entry", "vsys1"), "pre-rulebase", "security", "rules")
# What a rule's target says, and the firewalls that get the rule then.
TARGETS = {
    "nothing": ("", ["1", "2"]),
    "one of them": ("<target><devices><entry name='1'/></devices></target>", ["1"]),
    "all but one": ("<target><devices><entry name='1'/></devices><negate>yes</negate></target>", ["2"]),
    "both": ("<target><devices><entry name='1'/><entry name='2'/></devices><negate>no</negate></target>", ["1", "2"]),
    "nobody named": ("<target><negate>no</negate></target>", ["1", "2"]),
}


@pytest.mark.parametrize("target, expected", TARGETS.values(), ids=TARGETS)
def test_a_rule_of_a_group_above_counts_where_its_target_says(target, expected):
    rules = ET.fromstring(f"<pre-rulebase><security><rules><entry name='of all'>{target}</entry></rules></security></pre-rulebase>")
    trees = {serial: effective.effective([], [Rulebase("device group 'everywhere'", rules, serial)], BASE, {}) for serial in ("1", "2")}
    assert [serial for serial, tree in trees.items() if places.names(tree, PUSHED) == ["of all"]] == expected
