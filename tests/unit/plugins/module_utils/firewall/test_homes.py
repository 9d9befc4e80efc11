# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Behind a Panorama, where each item of a VPN is written so that it counts, and what is refused because it would count nowhere."""

from __future__ import annotations

import xml.etree.ElementTree as ET

import pytest

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.configuration import path as places
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.device.location import Location
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.errors import Refused
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.firewall import effective, homes
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.firewall.effective import HERE, THE_FIREWALL, Layer
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.parts.interface import import_member, router_member, zone_member
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.resources import bgp_peer, ike_gateway, proxy_id, tunnel_interface
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.tables.desired import DesiredEntry
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.tables.places import PLACES

BASE = Location(vsys="vsys1", template="branch", device_group="branches").base
TUNNELS = PLACES["ipsec_tunnel"][1]
BELOW, ALL = "template/base", "template_stack/all"
# What each layer has: a router, a zone, gateways and a tunnel of its own; one gateway has a namesake on the firewall itself.
# In the template below stands an interface of another VPN.
UNIT = "<entry name='{name}'><ip><entry name='{address}'/></ip><comment>{said}</comment></entry>"
LAYER = """<entry name="localhost.localdomain"><network>
 <virtual-router><entry name="router-of-{name}"/></virtual-router><ike><gateway><entry name="gateway-of-{name}"/><entry name="{both}"/></gateway></ike>
 <tunnel><ipsec><entry name="tunnel-of-{name}"/></ipsec></tunnel>
 <interface><tunnel><units>{units}</units></tunnel></interface>
</network><vsys><entry name="vsys1"><zone><entry name="zone-of-{name}"/></zone></entry></vsys></entry>"""
OURS = UNIT.format(name="tunnel.1", address="169.254.10.2/30", said="of the VPN")
THEIRS = UNIT.format(name="tunnel.9", address="169.254.99.2/30", said="of another")


def device(name, units=""):
    return ET.fromstring(LAYER.format(name=name, units=units, both="gateway-of-both" if name in ("branch", "firewall") else f"another-of-{name}"))


def homes_of(phases, router="router-of-branch", here=OURS, below=THEIRS):
    """C(here), C(below): the tunnel interfaces of the template that is written to, and of the one below it."""
    own = ET.Element("config")
    places.make(own, BASE("device")[1:-1]).append(device("branch", here))
    layers = [Layer(THE_FIREWALL, device("firewall")), Layer("", places.find(own, BASE("device")[1:])),
              Layer("template 'base'", device("base", below), BELOW), Layer("template stack 'all'", device("all"), ALL)]
    return homes.Homes(phases, own, effective.effective(layers, [], BASE, {}), BASE, layers, "template 'branch'", router)


def in_router(of, state="present"):
    return router_member(("virtual-router", ("entry", f"router-of-{of}")), "tunnel.1", state)


def in_zone(of, state="present"):
    return zone_member(f"zone-of-{of}", "tunnel.1", state)


def gateway(name, state="present"):
    return DesiredEntry(ike_gateway.TABLE, name, state=state)


UNIT_1 = DesiredEntry(tunnel_interface.TABLE, "tunnel.1")
HOMES = {
    "into a router of the place itself": (in_router("branch"), (HERE,)),
    "into a router of a template below": (in_router("base"), (BELOW,)),
    "into a zone of the stack": (in_zone("all"), (ALL,)),
    "out of a zone of a template below": (in_zone("base", "absent"), (BELOW,)),
    "out of a zone of the firewall itself, where nothing of it was written": (in_zone("firewall", "absent"), (HERE,)),
    "a new object": (gateway("to-aws"), (HERE,)),
    "an object of the place itself": (gateway("gateway-of-branch"), (HERE,)),
    "an object that goes, whoever has one of its name": (gateway("gateway-of-base", "absent"), (HERE,)),
}
NOWHERE = {
    "into a router of the firewall itself": (in_router("firewall"), f"that of {THE_FIREWALL}"),
    "into a zone of the firewall itself": (in_zone("firewall"), f"that of {THE_FIREWALL}"),
    "a part of an object of a template below": (
        DesiredEntry(proxy_id.TABLE, "pair", container=(*TUNNELS, ("entry", "tunnel-of-base"), "auto-key", "proxy-id")),
        "is that of template 'base', and template 'branch' would get a second one"),
    "an object that a stronger layer has, too": (gateway("gateway-of-both"), f"{THE_FIREWALL} has one of this name too"),
}


@pytest.mark.parametrize("item, expected", HOMES.values(), ids=HOMES)
def test_where_an_item_takes_effect(item, expected):
    assert homes_of([[item]]).of(item) == expected


@pytest.mark.parametrize("item, words", NOWHERE.values(), ids=NOWHERE)
def test_what_would_count_nowhere_is_refused(item, words):
    with pytest.raises(Refused, match=words):
        homes_of([[item]]).refuse()


@pytest.mark.parametrize("joins, expected", [
    ([in_router("branch"), in_zone("branch")], (HERE,)),
    ([in_router("base"), in_zone("branch")], (HERE, BELOW)),
    ([in_router("branch"), in_zone("base")], (HERE, BELOW)),
    ([in_router("all"), in_zone("all")], (HERE,)),
], ids=["its own", "a router elsewhere", "a zone elsewhere", "the stack, which sees what its templates have"])
def test_an_interface_stands_in_each_template_that_names_it(joins, expected):
    assert homes_of([[UNIT_1, *joins]]).of(UNIT_1) == expected


def test_an_interface_is_imported_where_it_is_written_as_well():
    """As it stands in the place itself, with what somebody has set of it there."""
    (phase, needless) = homes_of([[UNIT_1, in_router("base")]]).routed([[UNIT_1, in_router("base")]])
    assert [(item.label, item.home) for item in phase] == [
        ("tunnel_interface 'tunnel.1'", HERE), ("tunnel_interface 'tunnel.1'", BELOW), ("vsys_import member 'tunnel.1'", BELOW),
        ("router_interface member 'tunnel.1'", BELOW)]
    assert phase[1].values["comment"] == "of the VPN"
    assert needless == []


def test_a_copy_that_no_router_and_no_zone_names_any_more_goes():
    (_phase, needless) = homes_of([[UNIT_1, in_router("branch")]], below=OURS).routed([[UNIT_1, in_router("branch")]])
    assert [(item.label, item.state, item.home) for item in needless] == [
        ("tunnel_interface 'tunnel.1'", "absent", BELOW), ("vsys_import member 'tunnel.1'", "absent", BELOW)]


def test_an_interface_that_goes_takes_its_copies_along():
    gone = DesiredEntry(tunnel_interface.TABLE, "tunnel.1", state="absent")
    assert homes_of([[gone]], below=OURS).of(gone) == (HERE, BELOW)
    assert homes_of([[gone]], below=OURS.replace("of the VPN", "of another")).of(gone) == (HERE,)


@pytest.mark.parametrize("router, expected", [("router-of-branch", HERE), ("router-of-base", BELOW), ("", HERE)])
def test_a_routing_profile_stands_beside_its_router(router, expected):
    profile = DesiredEntry(bgp_peer.TIMER_PROFILE, "to-aws")
    assert homes_of([[profile]], router).of(profile) == (expected,)


def test_an_import_goes_with_its_interface():
    assert homes_of([[import_member("tunnel.1"), in_zone("base")]]).of(import_member("tunnel.1")) == (HERE, BELOW)


@pytest.mark.parametrize("location, home", [
    (Location(template="branch"), "template/branch"), (Location(template_stack="all"), "template_stack/all"), (Location(vsys="vsys1"), HERE)])
def test_what_a_home_is_called(location, home):
    assert location.home == home
    assert Location(vsys="vsys1").base(f"device@{home}") == location.base("device")
