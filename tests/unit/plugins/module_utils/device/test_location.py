# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Where objects live."""

from __future__ import annotations

import pytest

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.configuration import path as places
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.device.location import Location, in_words
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.errors import InvalidInput

DEVICE = "/config/devices/entry[@name='localhost.localdomain']"
TEMPLATE = f"{DEVICE}/template/entry[@name='branches']/config/devices/entry[@name='localhost.localdomain']"
STACK = f"{DEVICE}/template-stack/entry[@name='lyon']/config/devices/entry[@name='localhost.localdomain']"

PLACES = {
    "the network of a firewall": ({}, "network", f"{DEVICE}/network"),
    "the device itself": ({}, "device", DEVICE),
    "the first virtual system": ({}, "vsys", f"{DEVICE}/vsys/entry[@name='vsys1']"),
    "another virtual system": ({"vsys": "vsys2"}, "vsys", f"{DEVICE}/vsys/entry[@name='vsys2']"),
    "the rules of a virtual system": ({"vsys": "vsys2"}, "rulebase", f"{DEVICE}/vsys/entry[@name='vsys2']/rulebase"),
    "the network of a template": ({"template": "branches"}, "network", f"{TEMPLATE}/network"),
    "a virtual system of a template": ({"template": "branches", "vsys": "vsys3"}, "vsys", f"{TEMPLATE}/vsys/entry[@name='vsys3']"),
    "the network of a template stack": ({"template_stack": "lyon"}, "network", f"{STACK}/network"),
    "the rules of a device group": ({"device_group": "dg"}, "rulebase", f"{DEVICE}/device-group/entry[@name='dg']/pre-rulebase"),
    "the later rules of a device group": (
        {"device_group": "dg", "rulebase": "post-rulebase"}, "rulebase", f"{DEVICE}/device-group/entry[@name='dg']/post-rulebase"),
    "rules for all": ({"device_group": "shared"}, "rulebase", "/config/shared/pre-rulebase"),
}


@pytest.mark.parametrize("options, kind, xpath", PLACES.values(), ids=PLACES.keys())
def test_the_base_of_a_kind(options, kind, xpath):
    assert places.render(Location(**options).base(kind)) == xpath


HOMES = {"template 'branch_office'": {"template": "branch_office"}, "template stack 'lyon_1'": {"template_stack": "lyon_1"}}


@pytest.mark.parametrize("words, options", HOMES.items(), ids=HOMES.keys())
def test_a_home_in_words_has_its_name_as_it_is_written(words, options):
    assert in_words(Location(**options).home) == words


def test_a_template_and_a_stack_exclude_each_other():
    with pytest.raises(InvalidInput, match="template and template_stack"):
        Location(template="a", template_stack="b").base("network")


def test_a_kind_that_does_not_exist():
    with pytest.raises(ValueError, match="cloud"):
        Location().base("cloud")
