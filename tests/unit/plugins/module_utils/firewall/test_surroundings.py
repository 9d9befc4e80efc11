# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What stands around a VPN, read from a whole configuration."""

from __future__ import annotations

import pytest

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.device.location import Location
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.firewall.surroundings import Surroundings, is_detour
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.tables.platform import LOGICAL_ROUTER, VIRTUAL_ROUTER, Platform
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.emulator import configurations


@pytest.fixture(params=[VIRTUAL_ROUTER, LOGICAL_ROUTER])
def around(request) -> Surroundings:
    tree = configurations.load(None, request.param, "fw", (11, 1))
    return Surroundings(tree, Location().base, Platform((11, 1), request.param))


def test_interfaces_of_all_kinds_are_found(around):
    assert {name: interface.addresses for name, interface in around.interfaces.items() if interface.addresses} == {
        "ethernet1/2": ("10.20.0.1/24",), "ethernet1/7": ("203.0.113.6/30",), "ethernet1/8": ("198.51.100.10/24",), "ae1.10": ("10.10.0.1/24",),
        "tunnel.7": ("10.255.7.1/30",)}
    assert around.interfaces["tunnel.7"].mtu == 1400
    assert around.interfaces["ethernet1/8"].mtu == 1500
    assert around.given_addresses() == []


def test_memberships(around):
    assert (around.router_of("ethernet1/8"), around.zone_of("ethernet1/8")) == ("default", "untrust")
    assert (around.router_of("ethernet1/5"), around.zone_of("ethernet1/5")) == (None, None)
    assert around.protection_of("untrust").get("name") == "internet-edge"
    assert around.protection_of("trust") is None
    assert not around.other_engine_has("default")


def test_routes(around):
    assert sorted(f"{name} {network}" for name, network in around.connected("default")) == [
        "ae1.10 10.10.0.0/24", "ethernet1/2 10.20.0.0/24", "ethernet1/7 203.0.113.4/30", "ethernet1/8 198.51.100.0/24", "tunnel.7 10.255.7.0/30"]
    assert sorted(f"{name} {destination}" for name, destination in around.static_routes("default")) == [
        "branch-7 10.70.0.0/24", "default 0.0.0.0/0", "labs 10.30.0.0/16"]


USERS = {
    "a gateway": ("ike_gateway", "branch-7", ["IPsec tunnel 'branch-7'"]),
    "an interface": ("tunnel_interface", "tunnel.7", ["static route 'branch-7'", "IPsec tunnel 'branch-7'"]),
    "a profile": ("ike_crypto_profile", "Suite-B-GCM-256", ["IKE gateway 'branch-7'"]),
    "what nobody uses": ("monitor_profile", "nobody's", []),
}


@pytest.mark.parametrize("kind, name, users", USERS.values(), ids=USERS.keys())
def test_who_uses_what(around, kind, name, users):
    """Memberships in zones and routers are no uses."""
    assert sorted(around.users(kind, name)) == sorted(users)


def test_routes_into_an_interface(around):
    assert [(name, str(destination)) for name, destination in around.routes_into("default", "tunnel.7")] == [("branch-7", "10.70.0.0/24")]


WAYS = {
    "what is connected": ("198.51.100.77", (), ("ethernet1/8", "")),
    "a longer prefix": ("10.30.1.1", (), ("ethernet1/2", "labs")),
    "into a tunnel": ("10.70.0.5", (), ("tunnel.7", "branch-7")),
    "without that tunnel": ("10.70.0.5", ("tunnel.7",), ("ethernet1/8", "default")),
    "the default route": ("192.0.2.1", (), ("ethernet1/8", "default")),
    "nothing of the other family": ("2001:db8::1", (), None),
}


@pytest.mark.parametrize("address, without, wanted", WAYS.values(), ids=WAYS.keys())
def test_the_way_to_an_address(around, address, without, wanted):
    way = around.way_to(address, "default", without)
    assert (way and (way.interface, way.name)) == wanted


@pytest.mark.parametrize("outside, leaves_by, detour", [
    ("ethernet1/8", "ethernet1/8", False), ("ethernet1/8", "ethernet1/7", True), ("ethernet1/8", None, False), ("loopback.9", "ethernet1/8", False)])
def test_a_detour(outside, leaves_by, detour):
    assert is_detour(outside, leaves_by) is detour
