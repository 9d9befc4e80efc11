# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The module zone."""

from __future__ import annotations

import pytest

from ansible_collections.tunnelsmith.panos_vpn.plugins.modules import zone
from ansible_collections.tunnelsmith.panos_vpn.tests.unit.plugins.modules.door import NETWORK, VSYS, Case, Door, DoorContract

PLACE = f"{VSYS}/zone/entry[@name='vpn']"
UNITS = (
    (f"{NETWORK}/interface/tunnel/units", '<entry name="tunnel.11"/><entry name="tunnel.12"/>'),
    (f"{VSYS}/import/network/interface", "<member>tunnel.11</member><member>tunnel.12</member>"),
)


def entry(interfaces="<member>tunnel.11</member>", profile="<zone-protection-profile>internet-edge</zone-protection-profile>", more=""):
    return f'<entry name="vpn"><network><layer3>{interfaces}</layer3>{profile}</network>{more}</entry>'


class TestZone(DoorContract):
    case = Case(
        zone,
        identity={"name": "vpn"},
        options={"interfaces": ["tunnel.11"], "zone_protection_profile": "internet-edge"},
        needs=UNITS,
        place=PLACE,
        entry=entry(),
        change={"enable_user_identification": True},
        writes=[("set", "")],
        changed=entry(more="<enable-user-identification>yes</enable-user-identification>"),
        replacement={"enable_device_identification": True},
        replaced=entry(profile="", more="<enable-device-identification>yes</enable-device-identification>"),
    )


def door_with_units(firewalls, **firewall):
    door = Door(zone, firewalls(**firewall))
    for place, element in UNITS:
        door.control.plant(place, element)
    return door


def test_a_new_zone_without_options_is_a_layer_3_zone(firewalls):
    door = Door(zone, firewalls())
    door.done({"name": "vpn"})
    assert "<layer3" in door.control.candidate(PLACE)
    assert not door.done({"name": "vpn"}).changed


def test_interfaces_are_added_and_those_of_others_stay(firewalls):
    door = door_with_units(firewalls)
    door.done({"name": "vpn", "interfaces": ["tunnel.11"]})
    result = door.done({"name": "vpn", "interfaces": ["tunnel.12"]})
    assert "tunnel.11" in result.diff["after"]
    assert door.stands(PLACE, entry("<member>tunnel.11</member><member>tunnel.12</member>", ""))
    assert not door.done({"name": "vpn", "interfaces": ["tunnel.12", "tunnel.11"]}).changed


def test_a_replaced_zone_has_the_interfaces_that_are_given(firewalls):
    """They can be taken out of a zone so, and not by leaving them out."""
    door = door_with_units(firewalls)
    door.done({"name": "vpn", "interfaces": ["tunnel.11", "tunnel.12"]})
    assert not door.done({"name": "vpn"}, state="replaced").changed
    assert door.done({"name": "vpn", "interfaces": ["tunnel.12"]}, state="replaced").changed
    assert door.stands(PLACE, entry("<member>tunnel.12</member>", ""))
    assert door.done({"name": "vpn", "interfaces": []}, state="replaced").changed
    assert door.stands(PLACE, entry("", ""))


def test_packet_buffer_protection_is_on_where_nothing_says_so(firewalls):
    door = Door(zone, firewalls())
    door.done({"name": "vpn"})
    assert not door.done({"name": "vpn", "enable_packet_buffer_protection": True}).changed
    assert door.done({"name": "vpn", "enable_packet_buffer_protection": False}).changed


def test_check_mode_warns_of_an_interface_that_is_not_there(firewalls):
    door = Door(zone, firewalls())
    result = door.done({"name": "vpn", "interfaces": ["tunnel.99"]}, check=True)
    assert any("tunnel.99" in warning for warning in result.warnings)


def test_a_zone_of_another_kind_is_refused(firewalls):
    door = Door(zone, firewalls())
    door.control.plant(f"{VSYS}/zone/entry[@name='wire']/network/virtual-wire", "<member>ethernet1/5</member>")
    door.refused({"name": "wire", "interfaces": ["tunnel.7"]}, "wire", "virtual-wire")


@pytest.mark.parametrize("kind", ["tap", "layer2", "virtual-wire", "external", "tunnel"])
def test_a_zone_of_another_kind_is_named_and_not_gathered(firewalls, kind):
    door = Door(zone, firewalls())
    door.control.plant(f"{VSYS}/zone", f'<entry name="other"><network><{kind}/></network></entry>')
    result = door.done({}, state="gathered")
    assert "other" not in [found["name"] for found in result.values["gathered"]]
    assert [warning for warning in result.warnings if "'other' is left out" in warning and f"{kind} zone" in warning] == result.warnings
    assert door.done({"name": "other"}, state="gathered").values["gathered"] == []


def test_empty_elements_are_no_difference(firewalls):
    """PAN-OS leaves them behind when the last member is taken out, and they say nothing."""
    door = Door(zone, firewalls())
    place = f"{VSYS}/zone/entry[@name='trust']"
    door.control.plant(place, "<user-acl><include-list/><exclude-list/></user-acl><network><log-setting/></network>")
    told = door.done({"name": "trust"}, state="gathered").values["gathered"][0]
    assert not door.done(told, state="replaced").changed
    door.done({**told, "user_acl_include": ["10.0.0.0/8"]}, state="replaced")
    assert door.done(told, state="replaced").changed


REFUSALS = {
    "a name that is too long": ({"name": "z" * 64}, "64 characters", {}),
    "a log setting that is too long": ({"name": "vpn", "log_setting": "l" * 64}, "log_setting", {}),
    "an option that this version lacks": ({"name": "vpn", "net_inspection": True}, "net_inspection needs PAN-OS 11.0.2", {"version": "10.2"}),
    "a word for yes or no": ({"name": "vpn", "enable_user_identification": "perhaps"}, "enable_user_identification", {}),
    "two places at once": ({"name": "vpn", "template": "a", "template_stack": "b"}, "template_stack", {}),
}


@pytest.mark.parametrize("options, words, firewall", REFUSALS.values(), ids=REFUSALS.keys())
def test_refuses(firewalls, options, words, firewall):
    Door(zone, firewalls(**firewall)).refused(options, words)


def test_the_firewall_refuses_an_interface_that_does_not_exist(firewalls):
    door = Door(zone, firewalls())
    before = door.candidate()
    result = door.run({"name": "vpn", "interfaces": ["tunnel.99"]})
    assert result.failed
    assert "zone 'vpn'" in result.message
    assert "tunnel.99" in result.message
    assert "nothing was written" in result.message
    assert door.candidate() == before
