# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The module loopback_interface: the unit, what it belongs to, and the gateway that stands on it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from ansible_collections.tunnelsmith.panos_vpn.plugins.modules import ike_gateway, loopback_interface, transaction
from ansible_collections.tunnelsmith.panos_vpn.tests.unit.plugins.modules.door import NETWORK, ROUTERS, VSYS, Case, Door, DoorContract

PLACE = f"{NETWORK}/interface/loopback/units/entry[@name='loopback.7']"
IMPORT = f"{VSYS}/import/network/interface/member[text()='loopback.7']"
ZONE = f"{VSYS}/zone/entry[@name='untrust']/network/layer3/member[text()='loopback.7']"
IN_ROUTER = {engine: f"{router}/interface/member[text()='loopback.7']" for engine, router in ROUTERS.items()}
NEW = {"name": "loopback.7", "ip": ["198.51.100.7/32"], "zone": "untrust", "virtual_router": "default"}
KEY = "a-key.of.the-tests"


def entry(more=""):
    return f'<entry name="loopback.7"><ip><entry name="198.51.100.7/32"/></ip>{more}</entry>'


def mss(size):
    return f"<adjust-tcp-mss><enable>yes</enable><ipv4-mss-adjustment>{size}</ipv4-mss-adjustment></adjust-tcp-mss>"


CASE = Case(
    loopback_interface,
    identity={"name": "loopback.7"},
    options={"ip": ["198.51.100.7/32"], "zone": "untrust", "virtual_router": "default"},
    place=PLACE,
    entry=entry(),
    change={"adjust_tcp_mss": {"enable": True, "ipv4_mss_adjustment": 100}},
    writes=[("set", "")],
    changed=entry(mss(100)),
    replacement={"ip": ["198.51.100.7/32"], "mtu": 1400},
    replaced=entry("<mtu>1400</mtu>"),
    memberships=(IMPORT, ZONE, IN_ROUTER["virtual-router"]),
    examples={"{{ pre_shared_key }}": KEY},
)


class TestLoopbackInterfaceOfAVirtualRouter(DoorContract):
    case = CASE


class TestLoopbackInterfaceOfALogicalRouter(DoorContract):
    case = replace(CASE, memberships=(IMPORT, ZONE, IN_ROUTER["logical-router"]), firewall={"engine": "logical-router"})


REFUSALS = {
    "a tunnel": ({"name": "tunnel.7"}, "loopback_interface 'tunnel.7'"),
    "unit 0": ({"name": "loopback.0"}, "loopback.0"),
    "a unit out of range": ({"name": "loopback.10000"}, "loopback.10000"),
    "a network": ({"ip": ["198.51.100.0/24"]}, "198.51.100.0/24"),
    "an MTU below the range": ({"mtu": 575}, "mtu: 575 is outside 576 to 9216 bytes"),
    "a segment size out of range": ({"adjust_tcp_mss": {"ipv6_mss_adjustment": 59}}, "ipv6_mss_adjustment: 59 is outside 60 to 300 bytes"),
    "an option of tunnel interfaces": ({"df_ignore": True}, "df_ignore"),
}


@pytest.mark.parametrize("options, words", REFUSALS.values(), ids=REFUSALS.keys())
def test_refuses(firewalls, options, words):
    Door(loopback_interface, firewalls()).refused({**NEW, **options}, words)


@pytest.mark.parametrize("address", ["198.51.100.7", "198.51.100.7/32", "outside-address", "$address"])
def test_single_addresses_objects_and_variables_are_taken(address):
    loopback_interface.RESOURCE.table.rules[0]({"ip": [address]}, None)


def test_an_interface_in_another_zone_is_refused(firewalls):
    door = Door(loopback_interface, firewalls())
    door.done(NEW)
    door.refused({"name": "loopback.7", "zone": "trust"}, "zone 'untrust'")


def test_a_gateway_stands_on_it_in_one_transaction_and_it_does_not_go_from_below_one(firewalls):
    door = Door(transaction, firewalls())
    before = door.candidate()
    gateway = {"name": "to-lyon", "local_address": {"interface": "loopback.7", "ip": "198.51.100.7/32"}, "peer_address": {"ip": "203.0.113.40"},
               "pre_shared_key": KEY}
    items = [{"ike_gateway": gateway}, {"loopback_interface": NEW}]
    assert door.done({"items": items}, check=True).warnings == []
    assert door.done({"items": items}).changed
    assert not door.done({"items": items}).changed
    assert "to-lyon" in door.run({"name": "loopback.7"}, state="absent", module=loopback_interface).message
    door.done({"items": [{kind: {"name": options["name"], "state": "absent"} for kind, options in item.items()} for item in items]})
    assert door.candidate() == before


def test_check_mode_misses_the_interface_of_a_gateway(firewalls):
    door = Door(ike_gateway, firewalls())
    options = {"name": "to-lyon", "local_address": {"interface": "loopback.7"}, "peer_address": {"ip": "203.0.113.40"}, "pre_shared_key": KEY}
    assert any("interface 'loopback.7'" in warning for warning in door.done(options, check=True).warnings)
    door.done(NEW, module=loopback_interface)
    assert door.done(options, check=True).warnings == []
