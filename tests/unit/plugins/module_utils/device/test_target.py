# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a task is about: where, and on what kind of firewall."""

from __future__ import annotations

import pytest

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.device.location import Location
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.device.target import Target, target_at
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.errors import Refused
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.tables.platform import Platform
from ansible_collections.tunnelsmith.panos_vpn.tests.unit.plugins.module_utils.device.told import Told

INFO = ("<response status='success'><result><system><sw-version>11.1.4</sw-version><multi-vsys>{multi}</multi-vsys>"
        "<model>{model}</model></system></result></response>")
FIREWALL = INFO.format(multi="off", model="PA-VM")
PANORAMA = INFO.format(multi="off", model="Panorama")
STACKS = ("<template-stack><entry name='both'><templates><member>one</member><member>two</member></templates></entry></template-stack>")
NOTHING = "<response status='success'><result/></response>"
# What a Panorama tells of the firewalls that get what stands at a place: none of them.
OF_TEMPLATES, OF_GROUPS = (STACKS, NOTHING), (STACKS, NOTHING, NOTHING, NOTHING)
YES, NO = "<advance-routing>yes</advance-routing>", "<advance-routing>no</advance-routing>"


@pytest.mark.parametrize("model, expected", {
    "Panorama": True, "M-600": True, "M-200": True, "PA-VM": False, "PA-850": False, "": False, "PA-M-1": False,
}.items())
def test_a_panorama_is_known_by_its_model(model, expected):
    assert Target(Told(), Location(), Platform((11, 1), model=model)).is_panorama is expected


def test_it_knows_its_place_and_what_the_location_says():
    target = target_at(Told(FIREWALL), Location(vsys="vsys1"))
    assert target.place == "192.0.2.1"
    assert target.base("vsys") == Location(vsys="vsys1").base("vsys")
    assert target.holders() == [target.base("vsys")]


@pytest.mark.parametrize("vsys, multi, refused", [(None, "off", False), ("vsys1", "off", False), ("vsys2", "off", True), ("vsys2", "on", False)])
def test_a_virtual_system_that_the_firewall_cannot_have(vsys, multi, refused):
    session = Told(INFO.format(multi=multi, model="PA-VM"))
    if refused:
        with pytest.raises(Refused, match="no 'vsys2'"):
            target_at(session, Location(vsys=vsys))
    else:
        assert target_at(session, Location(vsys=vsys)).location.vsys == vsys


def test_a_template_s_virtual_systems_are_not_the_panorama_s():
    assert target_at(Told(PANORAMA, *OF_TEMPLATES, None), Location(vsys="vsys2", template="one"))


@pytest.mark.parametrize("answers, location, advanced", {
    "a template that says so": ([YES], Location(template="one"), True),
    "a template that says otherwise": ([NO], Location(template="one"), False),
    "a template that says nothing": ([None], Location(template="one"), False),
    "the stack itself counts first": ([NO], Location(template_stack="both"), False),
    "then its templates in their order": ([None, YES], Location(template_stack="both"), True),
    "the last of them": ([None, None, YES], Location(template_stack="both"), True),
    "nobody in a stack": ([None, None, None], Location(template_stack="both"), False),
    "a stack that is not there": ([], Location(template_stack="others"), False),
}.values(), ids=lambda value: "" if isinstance(value, (list, Location)) else str(value))
def test_the_routing_engine_of_a_template(answers, location, advanced):
    session = Told(PANORAMA, *OF_TEMPLATES, *answers)
    assert target_at(session, location).platform.advanced is advanced
    assert session.answers == []


def test_a_device_group_says_nothing_of_it():
    session = Told(PANORAMA, *OF_GROUPS)
    assert not target_at(session, Location(device_group="branches")).platform.advanced
    assert session.answers == []


def test_what_kind_of_firewall_it_is_is_worked_out_in_one_place(repository):
    """A task of its own way to a platform forgets what the others refuse."""
    asking = [path.relative_to(repository).as_posix() for path in (repository / "plugins").rglob("*.py") if ".platform()" in path.read_text(encoding="utf-8")]
    assert asking == ["plugins/module_utils/device/target.py"]
