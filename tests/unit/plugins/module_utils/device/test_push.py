# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which pushes carry what was asked for, and what they are as commands."""

from __future__ import annotations

import xml.etree.ElementTree as ET

import pytest
from hypothesis import given, strategies as st

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.device import push
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.device.connection import Session
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.device.managed import Device, DeviceGroup, Fleet, TemplateStack
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.device.patience import Patience
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.device.push import Aim, How, Push
from ansible_collections.tunnelsmith.panos_vpn.tests.unit.plugins.module_utils.device.told import Told

SERIAL = "000000000000001"


@pytest.mark.parametrize("sample, made", {
    "push.device-group": (Push((("DG1", (SERIAL,)),), include_template=True)),
    "push.template-stack": (Push((("S1", (SERIAL,)),), is_of_stack=True)),
}.items())
def test_the_commands_are_those_of_the_vendor_s_libraries(shared_fixtures, sample, made):
    samples = ET.parse(shared_fixtures / "panorama" / "requests.xml").getroot()
    recorded = next(element for element in samples if element.get("name") == sample)[0]
    assert ET.tostring(push.command(made, How("vpn", admins=("svc-vpn",)))).decode() == ET.tostring(recorded).decode().strip()


def test_what_is_left_to_panorama_is_not_said():
    words = ET.tostring(push.command(Push((("one", ("1",)), ("two", ("2", "3"))),), How())).decode()
    assert "merge" not in words and "admin" not in words and "description" not in words
    assert "<merge-with-candidate-cfg>no<" in ET.tostring(push.command(Push((("one", ("1",)),)), How(merge=False))).decode()


NAMES = st.sampled_from(["", "one", "two", "three"])


AIMS = st.builds(Aim, serial=st.uuids().map(str), device_group=NAMES, template_stack=NAMES).filter(lambda aim: aim.device_group or aim.template_stack)


@given(st.lists(AIMS))
def test_each_part_of_each_firewall_goes_in_exactly_one_push(wanted):
    made = push.pushes(wanted)
    carried = []
    for one in made:
        for name, serials in one.members:
            carried += [(serial, "stack" if one.is_of_stack else "group", name) for serial in serials]
            carried += [(serial, "with", "") for serial in serials if one.include_template]
    expected = [(aim.serial, "group", aim.device_group) for aim in wanted if aim.device_group]
    expected += [(aim.serial, "with", "") for aim in wanted if aim.device_group and aim.template_stack]
    expected += [(aim.serial, "stack", aim.template_stack) for aim in wanted if not aim.device_group]
    assert sorted(carried) == sorted(expected)
    assert len(made) <= 2 + len({aim.template_stack for aim in wanted if not aim.device_group})
    assert all(name in one.words for one in made for name, dummy in one.members)


def test_who_is_meant():
    fleet = Fleet((Device("1", True), Device("2", True), Device("3", False)),
                  (DeviceGroup("group", "", (("1", "In Sync"), ("2", "In Sync"))),),
                  (TemplateStack("stack", (), (("1", "In Sync"), ("2", "Out of Sync"), ("3", ""))),))
    assert push.aims(fleet, ["group"], ["stack"], ()) == [
        Aim("1", "group", "stack", True), Aim("2", "group", "stack", False), Aim("3", "", "stack", False)]
    assert push.aims(fleet, ["group"], (), ["2"]) == [Aim("2", "group", "", True)]
    assert push.aims(fleet, (), ["other"], ()) == []


def test_a_finished_job_tells_each_firewall_as_recorded(shared_fixtures):
    session: Session = Told((shared_fixtures / "panos" / "api" / "job-commit-all-fin.panorama.xml").read_text(encoding="utf-8"))
    pushed = push.followed(session, "123", Push((("Lab-Devices", ("007051000050926",)),)), Patience(0))
    assert [(arrival.serial, arrival.arrived, arrival.status) for arrival in pushed.arrivals] == [("007051000050926", True, "commit succeeded with warnings")]
    assert pushed.arrivals[0].warnings == ("Interface loopback.645 has no zone configuration.",)
