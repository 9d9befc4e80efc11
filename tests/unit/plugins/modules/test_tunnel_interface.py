# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The module tunnel_interface: the unit, and what it belongs to."""

from __future__ import annotations

import pytest

from ansible_collections.tunnelsmith.panos_vpn.plugins.modules import tunnel_interface
from ansible_collections.tunnelsmith.panos_vpn.tests.unit.plugins.modules.door import NETWORK, VSYS, Case, Door, DoorContract

PLACE = f"{NETWORK}/interface/tunnel/units/entry[@name='tunnel.11']"
IMPORT = f"{VSYS}/import/network/interface/member[text()='tunnel.11']"
ZONE = f"{VSYS}/zone/entry[@name='vpn']/network/layer3/member[text()='tunnel.11']"
ROUTERS = {
    "virtual-router": f"{NETWORK}/virtual-router/entry[@name='default']/interface/member[text()='tunnel.11']",
    "logical-router": f"{NETWORK}/logical-router/entry[@name='default']/vrf/entry[@name='default']/interface/member[text()='tunnel.11']",
}
VPN_ZONE = (f"{VSYS}/zone", '<entry name="vpn"><network><layer3/></network></entry>')
NEW = {"name": "tunnel.11", "ip": ["169.254.10.2/30"], "mtu": 1446, "zone": "vpn", "virtual_router": "default"}


def entry(mtu=1446, more=""):
    return f'<entry name="tunnel.11"><ip><entry name="169.254.10.2/30"/></ip><mtu>{mtu}</mtu>{more}</entry>'


class Contract(DoorContract):
    engine: str

    @pytest.fixture
    def door(self, firewalls):
        door = Door(tunnel_interface, firewalls(engine=self.engine))
        door.control.plant(*VPN_ZONE)
        return door

    def test_it_becomes_a_member_where_it_belongs(self, door):
        result = door.done(self.case.new)
        assert [door.candidate(place) for place in (IMPORT, ZONE, ROUTERS[self.engine])] == [("member", (), "tunnel.11", ())] * 3
        assert result.values["objects"] == [PLACE, IMPORT, ZONE, ROUTERS[self.engine]]


CASE = Case(
    tunnel_interface,
    identity={"name": "tunnel.11"},
    needs=(VPN_ZONE,),
    options={"ip": ["169.254.10.2/30"], "mtu": 1446, "zone": "vpn", "virtual_router": "default"},
    place=PLACE,
    entry=entry(),
    change={"comment": "to Lyon"},
    writes=[("set", "")],
    changed=entry(more="<comment>to Lyon</comment>"),
    replacement={"ip": ["169.254.10.2/30"], "mtu": 1400},
    replaced=entry(1400),
)


class TestTunnelInterfaceOfAVirtualRouter(Contract):
    case, engine = CASE, "virtual-router"


class TestTunnelInterfaceOfALogicalRouter(Contract):
    case, engine = CASE, "logical-router"


def door_with_zone(firewalls, **firewall):
    door = Door(tunnel_interface, firewalls(**firewall))
    door.control.plant(*VPN_ZONE)
    return door


def test_a_new_interface_is_imported_and_an_existing_one_is_left_alone(firewalls):
    door = Door(tunnel_interface, firewalls())
    door.done({"name": "tunnel.11"})
    assert door.candidate(IMPORT) == ("member", (), "tunnel.11", ())
    door.control.edit_as("somebody", "delete", IMPORT)
    assert not door.done({"name": "tunnel.11"}).changed


def test_members_of_others_stay(firewalls):
    door = door_with_zone(firewalls)
    before = door.candidate()
    door.done(NEW)
    for place in (IMPORT, ROUTERS["virtual-router"]):
        assert "tunnel.7" in door.control.candidate(place.rpartition("/")[0])
    door.done({"name": "tunnel.11"}, state="absent")
    assert door.candidate() == before


def test_replacing_keeps_memberships(firewalls):
    door = door_with_zone(firewalls)
    door.done(NEW)
    door.done({"name": "tunnel.11", "comment": "only"}, state="replaced")
    assert door.stands(PLACE, '<entry name="tunnel.11"><comment>only</comment></entry>')
    assert None not in [door.candidate(place) for place in (IMPORT, ZONE, ROUTERS["virtual-router"])]


def test_addresses_are_added(firewalls):
    door = door_with_zone(firewalls)
    door.done(NEW)
    ipv6 = {"enabled": True, "addresses": [{"address": "2001:db8:10::2/64", "enable_on_interface": True, "prefix": True}]}
    options = {"name": "tunnel.11", "ip": ["10.255.11.1/32"], "ipv6": ipv6}
    assert door.done(options).changed
    assert not door.done(options).changed
    assert door.stands(PLACE, """<entry name="tunnel.11"><ip><entry name="169.254.10.2/30"/><entry name="10.255.11.1/32"/></ip><mtu>1446</mtu>
        <ipv6><enabled>yes</enabled><address><entry name="2001:db8:10::2/64"><enable-on-interface>yes</enable-on-interface><prefix/></entry></address>
        </ipv6></entry>""")


REFUSALS = {
    "a name that is no tunnel": ({"name": "ethernet1/1"}, "ethernet1/1"),
    "a unit out of range": ({"name": "tunnel.10000"}, "tunnel.10000"),
    "unit 0": ({"name": "tunnel.0"}, "tunnel.0"),
    "an MTU below the range": ({"mtu": 575}, "mtu: 575 is outside 576 to 9216 bytes"),
    "a comment that is too long": ({"comment": "c" * 1024}, "comment: 1024 characters"),
    "an interface in another zone": ({"name": "tunnel.7", "zone": "trust"}, "zone 'branch'"),
}


@pytest.mark.parametrize("options, words", REFUSALS.values(), ids=REFUSALS.keys())
def test_refuses(firewalls, options, words):
    door_with_zone(firewalls).refused({**NEW, **options}, words)


def test_an_interface_in_another_router_is_refused(firewalls):
    door = door_with_zone(firewalls)
    door.control.plant(f"{NETWORK}/virtual-router", '<entry name="lab"/>')
    door.refused({"name": "tunnel.7", "virtual_router": "lab"}, "tunnel.7 is in virtual router 'default'")


@pytest.mark.parametrize("option", ["zone", "virtual_router"])
def test_what_it_is_to_belong_to_must_be_there(firewalls, option):
    door = door_with_zone(firewalls)
    before = door.candidate()
    result = door.run({**NEW, option: "nowhere"})
    assert result.failed
    assert "nowhere" in result.message
    assert door.candidate() == before


UNIT = (f"{NETWORK}/interface/tunnel/units", entry())
IMPORTED = (f"{VSYS}/import/network/interface", "<member>tunnel.11</member>")
IN_ZONE = (f"{VSYS}/zone", '<entry name="vpn"><network><layer3><member>tunnel.11</member></layer3></network></entry>')
IN_ROUTER = (ROUTERS["virtual-router"].rpartition("/")[0], "<member>tunnel.11</member>")
MEMBERSHIPS = {
    "in two zones": ("zone", (IMPORTED, IN_ZONE, IN_ROUTER, (IN_ZONE[0], IN_ZONE[1].replace("vpn", "other")))),
    "in two routers": ("virtual_router", (IMPORTED, IN_ZONE, IN_ROUTER, (
        f"{NETWORK}/virtual-router", '<entry name="other"><interface><member>tunnel.11</member></interface></entry>'))),
    "not imported": ("zone", (IN_ZONE, IN_ROUTER)),
}


@pytest.mark.parametrize("option, planted", MEMBERSHIPS.values(), ids=MEMBERSHIPS.keys())
def test_a_membership_that_no_option_says_is_named_and_left(firewalls, option, planted):
    door = Door(tunnel_interface, firewalls())
    for xpath, element in (UNIT, *planted):
        door.control.plant(xpath, element)
    told = door.done({"name": "tunnel.11"}, state="gathered")
    assert [name for name in NEW if name not in told.values["gathered"][0]] == [option]
    assert [warning for warning in told.warnings if f"{option} is left out" in warning] == told.warnings
    for state in ("present", "replaced"):
        assert not door.done(told.values["gathered"][0], state=state).changed


def test_an_interface_in_use_is_not_removed(firewalls):
    door = Door(tunnel_interface, firewalls())
    before = door.candidate()
    result = door.run({"name": "tunnel.7"}, state="absent")
    assert result.failed
    assert "tunnel.7" in result.message
    assert door.candidate() == before


@pytest.mark.parametrize("engine", ROUTERS)
def test_none_takes_it_out_of_its_zone_and_its_router(firewalls, engine):
    door = door_with_zone(firewalls, engine=engine)
    door.done({"name": "tunnel.11", "ip": ["169.254.10.2/30"]})
    start = door.candidate()
    door.done(NEW)
    out = {"name": "tunnel.11", "zone": "none", "virtual_router": "none"}
    checked = door.done(out, check=True)
    assert door.done(out).diff == checked.diff
    assert not door.done(out).changed
    door.done({"name": "tunnel.11", "ip": ["169.254.10.2/30"]}, state="replaced")
    assert door.candidate() == start
