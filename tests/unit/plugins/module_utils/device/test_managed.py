# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a Panorama tells of its firewalls, from recorded answers and from those that were never recorded."""

from __future__ import annotations

import pytest

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.device import managed
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.device.managed import Device, DeviceGroup, Fleet, TemplateStack
from ansible_collections.tunnelsmith.panos_vpn.tests.unit.plugins.module_utils.device.told import Told

ANSWER = "<response status='success'><result>{}</result></response>"
HIERARCHY = ANSWER.format("<dg-hierarchy><dg name='all'><dg name='emea'><dg name='fra'/></dg><dg name='apac'/></dg></dg-hierarchy>")


def answered(*parts: str) -> Told:
    return Told(*(ANSWER.format(part) for part in parts))


def device(inner: str) -> Device:
    return managed.devices(answered(f"<devices><entry name='0123'>{inner}</entry></devices>"))[0]


def test_recorded_devices(shared_fixtures):
    session = Told((shared_fixtures / "panorama" / "show-devices-all.ha-pair.10.1.xml").read_text(encoding="utf-8"))
    alone, active, passive = managed.devices(session)
    assert session.asked == ["<show><devices><all/></devices></show>"]
    assert (alone.serial, alone.hostname, alone.version, alone.ha_state) == ("007054000543213", "lab-fw3", "10.1.4", "")
    assert (active.ha_state, active.ha_peer, active.takes_changes) == ("active", passive.serial, True)
    assert (passive.ha_state, passive.ha_peer, passive.takes_changes) == ("passive", active.serial, False)
    assert alone.ip_address == "192.168.255.13" and alone.ipv6_address == ""
    assert alone.vsys == (("vsys1", "vsys1"),) and alone.tags == () and alone.may_vpn and alone.connected and not alone.multi_vsys


def test_recorded_device_groups_and_stacks(shared_fixtures):
    folder = shared_fixtures / "panorama"
    groups = managed.device_groups(Told((folder / "show-devicegroups.10.0.xml").read_text(encoding="utf-8"),
                                        ANSWER.format("<dg-hierarchy><dg name='LAB'><dg name='LAB-Child-1'/></dg></dg-hierarchy>")))
    assert groups == (DeviceGroup("LAB", "", (("111111111111111", "In Sync"), ("222222222222222", "Out of Sync"))), DeviceGroup("LAB-Child-1", "LAB"))
    stacks = managed.template_stacks(Told((folder / "show-template-stack.10.0.xml").read_text(encoding="utf-8")))
    assert stacks == (TemplateStack("LAB-STACK", ("LAB",), (("111111111111111", "In Sync"), ("222222222222222", "Out of Sync"))),)


@pytest.mark.parametrize("inner, expected", [
    ("<tag/>", ()),
    ("", ()),
    ("<tag><member>branch</member><member>lte</member></tag>", ("branch", "lte")),
    ("<tag><entry name='branch'/><entry name='lte'/></tag>", ("branch", "lte")),
    ("<tag>branch, lte</tag>", ("branch", "lte")),
])
def test_tags_in_every_form_that_they_could_have(inner, expected):
    assert device(inner).tags == expected


@pytest.mark.parametrize("state, takes", {
    "active": True, "passive": False, "active-primary": True, "active-secondary": False, "suspended": False, "Active": True, "": True, "disabled": True,
    "non-functional": False, "initial": False, "tentative": False,
}.items())
def test_which_member_takes_changes(state, takes):
    assert device(f"<ha><state>{state}</state><peer><serial>0456</serial></peer></ha>").takes_changes is takes


def test_a_firewall_that_is_not_connected_has_nothing_but_its_serial_number():
    assert device("<serial>0123</serial><connected>no</connected><hostname></hostname><vsys/>") == Device("0123", connected=False)


def test_no_firewall_at_all():
    assert managed.devices(answered("<devices/>")) == managed.devices(answered("")) == ()


def test_several_virtual_systems_are_as_well_as_the_worst_of_them():
    inner = ("<devicegroups><entry name='one'><devices><entry name='0123'><vsys><entry name='vsys1'><shared-policy-status>In Sync</shared-policy-status>"
             "</entry><entry name='vsys2'><shared-policy-status>Out of Sync</shared-policy-status></entry></vsys></entry></devices></entry></devicegroups>")
    assert managed.device_groups(answered(inner, ""))[0].status == (("0123", "Out of Sync"),)


def test_what_lies_below_what():
    inner = "<devicegroups>" + "".join(f"<entry name='{name}'/>" for name in ("all", "emea", "fra", "apac")) + "</devicegroups>"
    groups = managed.device_groups(Told(ANSWER.format(inner), HIERARCHY))
    fleet = Fleet((), groups, ())
    assert fleet.lineage("fra") == ("fra", "emea", "all")
    assert fleet.lineage("all") == ("all",)
    assert fleet.lineage("unknown") == ("unknown",)


def test_where_a_firewall_belongs():
    group, stack = DeviceGroup("fra", "", (("1", ""),)), TemplateStack("branches", ("base",), (("1", "In Sync"),))
    fleet = Fleet((Device("1", True), Device("2", True)), (group,), (stack,))
    assert (fleet.group_of("1"), fleet.stack_of("1")) == (group, stack)
    assert (fleet.group_of("2"), fleet.stack_of("2")) == (None, None)


def test_virtual_systems_of_one_firewall_belong_to_different_groups():
    """One group has the second alone, which its answer names; the other one has all that the first does not."""
    inner = "".join(f"<entry name='{group}'><devices><entry name='0123'><vsys><entry name='{vsys}'/></vsys></entry></devices></entry>"
                    for group, vsys in (("one", "vsys1"), ("two", "vsys2")))
    fleet = Fleet((), managed.device_groups(answered(f"<devicegroups>{inner}</devicegroups>", "")), ())
    assert [fleet.group_of("0123", vsys).name for vsys in ("vsys1", "vsys2")] == ["one", "two"]
    assert fleet.group_of("0123", "vsys3") is None and [group.name for group in fleet.groups_of("0123")] == ["one", "two"]


def test_one_of_a_name_is_asked_for_by_it():
    session = Told(ANSWER.format("<devicegroups/>"), ANSWER.format(""))
    managed.device_groups(session, "a & b")
    assert session.asked[0] == "<show><devicegroups><name>a &amp; b</name></devicegroups></show>"
