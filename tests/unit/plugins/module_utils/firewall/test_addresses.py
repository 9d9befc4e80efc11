# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Every kind of interface × every place where its address can stand: found with where it came from, and taken for the end of a VPN."""

from __future__ import annotations

import xml.etree.ElementTree as ET

import pytest

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.device.location import Location
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.errors import Refused
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.firewall.addresses import DHCP, FLOATING, LITERAL, OBJECT, PPPOE, Known
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.firewall.surroundings import Surroundings
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.peers.profile import Tunnel
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.tables.platform import Platform
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.vpn import refusals
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.vpn.vpn import Vpn

# Kind → the interface's name, and the configuration around what has its layer 3.
KINDS = {
    "a port": ("ethernet1/5", "<ethernet><entry name='ethernet1/5'><layer3>{}</layer3></entry></ethernet>"),
    "a port's unit": ("ethernet1/5.7", "<ethernet><entry name='ethernet1/5'><layer3><units><entry name='ethernet1/5.7'>{}</entry></units></layer3></entry>"
                      "</ethernet>"),
    "an aggregate": ("ae1", "<aggregate-ethernet><entry name='ae1'><layer3>{}</layer3></entry></aggregate-ethernet>"),
    "an aggregate's unit": ("ae1.7", "<aggregate-ethernet><entry name='ae1'><layer3><units><entry name='ae1.7'>{}</entry></units></layer3></entry>"
                            "</aggregate-ethernet>"),
    "a VLAN's unit": ("vlan.7", "<vlan><units><entry name='vlan.7'>{}</entry></units></vlan>"),
    "VLANs without a unit": ("vlan", "<vlan>{}</vlan>"),
    "a loopback": ("loopback.7", "<loopback><units><entry name='loopback.7'>{}</entry></units></loopback>"),
}
OBJECTS = {"line": ["203.0.113.5/29"], "line6": ["2001:db8:5::5/64"], "both": ["line"], "host": ["203.0.113.5"]}
ON6 = "<ipv6><enabled>yes</enabled><address><entry name='{}'>{}</entry></address></ipv6>"
V4, V6 = "203.0.113.5", "2001:db8:5::5"
# Place → the layer 3, what was given, what an active/active pair has, (text for the gateway, source) of IPv4, and of IPv6; None where there is none.
PLACES = {
    "written out": ("<ip><entry name='203.0.113.5/29'/></ip>", "", "", ("203.0.113.5/29", LITERAL), None),
    "without a mask": ("<ip><entry name='203.0.113.5'/></ip>", "", "", ("203.0.113.5", LITERAL), None),
    "an object": ("<ip><entry name='line'/></ip>", "", "", ("line", OBJECT), None),
    "an object without a mask": ("<ip><entry name='host'/></ip>", "", "", ("host", OBJECT), None),
    "a group": ("<ip><entry name='both'/></ip>", "", "", ("both", OBJECT), None),
    "DHCP": ("<dhcp-client><enable>yes</enable></dhcp-client>", "203.0.113.5/29", "", (None, DHCP), None),
    "DHCP without a word": ("<dhcp-client/>", "203.0.113.5/29", "", (None, DHCP), None),
    "PPPoE": ("<pppoe><enable>yes</enable><username>x</username></pppoe>", "203.0.113.5/32", "", (None, PPPOE), None),
    "PPPoE with a fixed address": ("<pppoe><enable>yes</enable><static-address><ip>203.0.113.5</ip></static-address></pppoe>", "", "", (None, PPPOE), None),
    "PPPoE switched off": ("<pppoe><enable>no</enable></pppoe>", "203.0.113.5/32", "", None, None),
    "DHCP that has none": ("<dhcp-client/>", "", "", None, None),
    "IPv6 alone": (ON6.format("2001:db8:5::5/64", ""), "", "", None, ("2001:db8:5::5/64", LITERAL)),
    "IPv6 by an object": (ON6.format("line6", ""), "", "", None, ("line6", OBJECT)),
    "IPv6 switched off": (ON6.format("2001:db8:5::5/64", "").replace("yes", "no"), "", "", None, None),
    "an IPv6 prefix": (ON6.format("2001:db8:5::/64", "<prefix/>"), "", "", None, None),
    "both": ("<ip><entry name='203.0.113.5/29'/></ip>" + ON6.format("2001:db8:5::5/64", ""), "", "", ("203.0.113.5/29", LITERAL),
             ("2001:db8:5::5/64", LITERAL)),
    "both, IPv4 by DHCP": ("<dhcp-client/>" + ON6.format("2001:db8:5::5/64", ""), "203.0.113.5/29", "", (None, DHCP), ("2001:db8:5::5/64", LITERAL)),
    "floating": ("<ip><entry name='203.0.113.2/29'/></ip>", "", "203.0.113.5", ("203.0.113.5", FLOATING), None),
}


def around(kind, place) -> Surroundings:
    name, holder = KINDS[kind]
    layer3, lease, floats, *_expected = PLACES[place]
    floating = f"<entry name='{name}'><ip><entry name='{floats}'><floating/></entry></ip></entry>" if floats else ""
    tree = ET.fromstring(
        f"<config><devices><entry name='localhost.localdomain'><network><interface>{holder.format(layer3)}</interface></network>"
        f"<deviceconfig><high-availability><group><mode><active-active><virtual-address>{floating}</virtual-address></active-active></mode></group>"
        "</high-availability></deviceconfig></entry></devices></config>")
    leases = {name: lease} if lease else {}
    return Surroundings(tree, Location().base, Platform((11, 1))).knowing(Known(OBJECTS, leases))


def vpn(peer: str, expected: str | None, interface: str) -> Vpn:
    return Vpn("vpn-1", (Tunnel(peer, customer_outside_address=expected),), "pbf", interface, "vpn", ("trust",), ("10.10.0.0/24",), ("10.200.0.0/16",))


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("kind", KINDS)
def test_the_end_of_a_vpn_is_the_address_that_the_far_side_expects(kind, place):
    view, name = around(kind, place), KINDS[kind][0]
    for peer, expected, found in (("192.0.2.1", V4, PLACES[place][3]), ("2001:db8:aa::1", V6, PLACES[place][4])):
        if found is None:
            with pytest.raises(Refused, match="has no IPv|has none now"):
                refusals.local_address(vpn(peer, expected, name), view, 1)
            continue
        text, source = found
        assert (expected, source) in [(held.host, held.source) for held in view.addresses_of(name)]
        local = refusals.local_address(vpn(peer, expected, name), view, 1)
        assert (local.text, local.address, local.behind_nat, local.floats, local.warnings) == (text, expected, False, source == FLOATING, ())
        assert view.holder(expected)[0] == name
        assert refusals.misplaced(view, name, expected) is None and refusals.misplaced(view, "ethernet1/1", expected)[0] == name


@pytest.mark.parametrize("place", ["written out", "an object", "DHCP", "PPPoE", "floating", "both"])
def test_an_address_of_another_interface_is_no_sign_of_nat(place):
    view = around("a port", place)
    layer3 = "<entry name='ethernet1/6'><layer3><ip><entry name='198.51.100.9/24'/></ip></layer3></entry>"
    view.tree.find(".//interface/ethernet").append(ET.fromstring(layer3))
    view = view.after(view.tree)
    with pytest.raises(Refused, match=f"expects the VPN to come from {V4}, which is an address of ethernet1/5.*say outside_interface: ethernet1/5"):
        refusals.local_address(vpn("192.0.2.1", V4, "ethernet1/6"), view, 1)
    assert refusals.local_address(vpn("192.0.2.1", "192.0.2.99", "ethernet1/6"), view, 1).behind_nat


def test_a_name_that_nobody_knows_is_taken_for_what_is_expected_and_told():
    view = around("a port", "an object").knowing(Known())
    assert view.named_addresses() == ["line"]
    local = refusals.local_address(vpn("192.0.2.1", V4, "ethernet1/5"), view, 1)
    assert (local.text, local.behind_nat) == ("line", False)
    assert "'line' of ethernet1/5 stands for is not known" in local.warnings[0]


@pytest.mark.parametrize("layer3, mtu", [("<pppoe/>", 1492), ("<pppoe/><mtu>1454</mtu>", 1454), ("<dhcp-client/>", 1500), ("<ip/>", 1500)])
def test_the_mtu_of_a_line(layer3, mtu):
    tree = ET.fromstring("<config><devices><entry name='localhost.localdomain'><network><interface><ethernet><entry name='ethernet1/5'><layer3>"
                         f"{layer3}</layer3></entry></ethernet></interface></network></entry></devices></config>")
    assert Surroundings(tree, Location().base, Platform((11, 1))).interfaces["ethernet1/5"].mtu == mtu
