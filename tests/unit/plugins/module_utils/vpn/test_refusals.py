# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a firewall's own configuration forbids a VPN. The module's tests have the rest, against a whole firewall."""

from __future__ import annotations

from dataclasses import replace

import pytest

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.device.location import Location
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.errors import Refused
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.firewall.surroundings import Interface, Surroundings
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.peers.profile import Tunnel
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.tables.platform import Platform
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.vpn import refusals
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.vpn.vpn import Vpn
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.emulator import configurations


def vpn(*expected, **more) -> Vpn:
    tunnels = tuple(Tunnel("203.0.113.17", customer_outside_address=address) for address in expected)
    return Vpn("vpn-1", tunnels, "pbf", "ethernet1/8", "vpn", ("trust",), ("10.10.0.0/24",), ("10.200.0.0/16",), **more)


ONE = Interface("ethernet1/8", ("198.51.100.10/24",))
TWO = Interface("ethernet1/8", ("198.51.100.10/24", "198.51.100.11/24"))
DHCP = Interface("ethernet1/8", (), dhcp=True)
# Interface, what the peer expects, the option, what DHCP gave → address and whether the peer sees another one.
ADDRESSES = {
    "the expected one": (TWO, ["198.51.100.11"], None, None, ("198.51.100.11/24", False)),
    "the only one": (ONE, ["192.0.2.99"], None, None, ("198.51.100.10/24", True)),
    "the only one, and the peer does not say": (ONE, [], None, None, ("198.51.100.10/24", False)),
    "the one that is asked for": (TWO, ["192.0.2.99"], "198.51.100.11", None, ("198.51.100.11/24", True)),
    "the one that is asked for, with its mask": (TWO, ["198.51.100.11"], "198.51.100.11/24", None, ("198.51.100.11/24", False)),
    "learned by DHCP": (DHCP, ["198.51.100.10"], None, "198.51.100.10/24", (None, False)),
    "learned by DHCP, and private": (DHCP, ["192.0.2.99"], None, "10.0.0.5/24", (None, True)),
}


@pytest.mark.parametrize("interface, expected, asked, learned, result", ADDRESSES.values(), ids=ADDRESSES.keys())
def test_the_local_address(interface, expected, asked, learned, result):
    assert refusals.local_address(vpn(*expected, local_address=asked), interface, learned) == result


REFUSED = {
    "several, none expected": (TWO, ["192.0.2.99"], None, "192.0.2.99.*198.51.100.10/24, 198.51.100.11/24; say which"),
    "several, and the peer does not say": (TWO, [], None, "an address it does not name"),
    "one that is not there": (TWO, [], "198.51.100.12", "none of ethernet1/8's addresses"),
    "none": (replace(ONE, addresses=()), [], None, "has no address"),
    "none yet by DHCP": (DHCP, [], None, "gets its address by DHCP and has none now"),
}


@pytest.mark.parametrize("interface, expected, asked, words", REFUSED.values(), ids=REFUSED.keys())
def test_no_local_address(interface, expected, asked, words):
    with pytest.raises(Refused, match=words):
        refusals.local_address(vpn(*expected, local_address=asked), interface, None)


def test_an_interface_of_another_virtual_system_is_in_no_zone_of_ours():
    elsewhere = Surroundings(configurations.load(None, "virtual-router", "fw", (11, 1)), Location(vsys="vsys2").base, Platform((11, 1)))
    with pytest.raises(Refused, match="ethernet1/8 is in no zone of this virtual system"):
        refusals.outside_interface(vpn(), elsewhere)
