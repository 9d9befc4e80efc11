# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a firewall's own configuration forbids a VPN. The module's tests have the rest, against a whole firewall."""

from __future__ import annotations

import pytest

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.device.location import Location
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.errors import Refused
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.firewall.addresses import DHCP, Held, Interface, literal
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.firewall.surroundings import Surroundings
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.peers.profile import Tunnel
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.tables.platform import Platform
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.vpn import refusals
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.vpn.vpn import Vpn
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.emulator import configurations


def vpn(*expected, **more) -> Vpn:
    tunnels = tuple(Tunnel("203.0.113.17", customer_outside_address=address) for address in expected)
    return Vpn("vpn-1", tunnels, "pbf", "ethernet1/8", "vpn", ("trust",), ("10.10.0.0/24",), ("10.200.0.0/16",), **more)


def interface(*texts, **more) -> Interface:
    return Interface("ethernet1/8", tuple(Held(text, literal(text)) for text in texts), **more)


def leased(text) -> Interface:
    return Interface("ethernet1/8", (Held("", literal(text), DHCP),), given_by=DHCP)


def around(found: Interface) -> Surroundings:
    view = Surroundings(configurations.load(None, "virtual-router", "fw", (11, 1)), Location().base, Platform((11, 1)))
    view.interfaces["ethernet1/8"] = found
    return view


ONE, TWO = interface("198.51.100.10/24"), interface("198.51.100.10/24", "198.51.100.11/24")
# Interface, what the peer expects, the option → text for the gateway, address, whether the peer sees another one.
ADDRESSES = {
    "the expected one": (TWO, ["198.51.100.11"], None, ("198.51.100.11/24", "198.51.100.11", False)),
    "the only one": (ONE, ["192.0.2.99"], None, ("198.51.100.10/24", "198.51.100.10", True)),
    "the only one, and the peer does not say": (ONE, [], None, ("198.51.100.10/24", "198.51.100.10", False)),
    "the one that is asked for": (TWO, ["192.0.2.99"], "198.51.100.11", ("198.51.100.11/24", "198.51.100.11", True)),
    "the one that is asked for, with its mask": (TWO, ["198.51.100.11"], "198.51.100.11/24", ("198.51.100.11/24", "198.51.100.11", False)),
    "learned by DHCP": (leased("198.51.100.10/24"), ["198.51.100.10"], None, (None, "198.51.100.10", False)),
    "learned by DHCP, and private": (leased("10.0.0.5/24"), ["192.0.2.99"], None, (None, "10.0.0.5", True)),
    "learned by DHCP, and asked for": (leased("10.0.0.5/24"), ["192.0.2.99"], "10.0.0.5", (None, "10.0.0.5", True)),
}


@pytest.mark.parametrize("found, expected, asked, result", ADDRESSES.values(), ids=ADDRESSES.keys())
def test_the_local_address(found, expected, asked, result):
    local = refusals.local_address(vpn(*expected or [None], local_address=asked), around(found), 1)
    assert (local.text, local.address, local.behind_nat) == result


DOUBTED = {
    "public, and another one is expected": (ONE, {}, True),
    "public by DHCP, which has given another one": (leased("198.51.100.77/24"), {}, True),
    "public, and what is expected is its identity": (ONE, {"local_id": "192.0.2.99"}, False),
    "public, and translated by what is said": (ONE, {"nat_traversal": True}, False),
    "private": (interface("192.168.7.2/24"), {}, False),
    "private by DHCP": (leased("10.0.0.5/24"), {}, False),
    "of a carrier's NAT": (leased("100.64.3.4/10"), {}, False),
    "the expected one": (interface("192.0.2.99/24"), {}, False),
}


@pytest.mark.parametrize("found, more, is_doubted", DOUBTED.values(), ids=DOUBTED.keys())
def test_that_a_public_address_is_translated_is_doubted(found, more, is_doubted):
    """What the far side expects is more often an address of before than one that a NAT device makes of a public one."""
    local = refusals.local_address(vpn("192.0.2.99", **more), around(found), 1)
    told = [warning for warning in local.warnings if f"let it expect {local.address}" in warning and "local_id: 192.0.2.99" in warning]
    assert len(local.warnings) == len(told) == is_doubted


REFUSED = {
    "several, none expected": (TWO, ["192.0.2.99"], None, "192.0.2.99.*198.51.100.10/24, 198.51.100.11/24; say which"),
    "several, and the peer does not say": (TWO, [], None, "an address it does not name"),
    "one that is not there": (TWO, [], "198.51.100.12", "none of ethernet1/8's addresses"),
    "none": (interface(), [], None, "has no IPv4 address"),
    "none yet by DHCP": (interface(given_by=DHCP), [], None, "gets its address by DHCP and has none now"),
    "one of another interface": (ONE, ["203.0.113.6"], None, "203.0.113.6, which is an address of ethernet1/7 on this firewall"),
    "one of another interface, with an own one asked for": (TWO, ["203.0.113.6"], "198.51.100.11", "is an address of ethernet1/7"),
}


@pytest.mark.parametrize("found, expected, asked, words", REFUSED.values(), ids=REFUSED.keys())
def test_no_local_address(found, expected, asked, words):
    with pytest.raises(Refused, match=words):
        refusals.local_address(vpn(*expected or [None], local_address=asked), around(found), 1)


def test_an_interface_of_another_virtual_system_is_in_no_zone_of_ours():
    elsewhere = Surroundings(configurations.load(None, "virtual-router", "fw", (11, 1)), Location(vsys="vsys2").base, Platform((11, 1)))
    with pytest.raises(Refused, match="ethernet1/8 is in no zone of this virtual system"):
        refusals.outside_interface(vpn(None), elsewhere, 1)
