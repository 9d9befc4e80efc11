# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The module static_route, on both routing engines."""

from __future__ import annotations

from dataclasses import replace

import pytest

from ansible_collections.tunnelsmith.panos_vpn.plugins.modules import static_route
from ansible_collections.tunnelsmith.panos_vpn.tests.unit.plugins.modules.door import ROUTERS, Case, Door, DoorContract

LYON = {"virtual_router": "default", "name": "lyon"}
NEW = {**LYON, "destination": "10.80.0.0/16", "interface": "tunnel.7"}


def place(engine="virtual-router", name="lyon", family="ip"):
    return f"{ROUTERS[engine]}/routing-table/{family}/static-route/entry[@name='{name}']"


def entry(more="", destination="10.80.0.0/16"):
    return f'<entry name="lyon"><destination>{destination}</destination><interface>tunnel.7</interface>{more}</entry>'


CASE = Case(
    static_route,
    identity={"virtual_router": "default", "address_family": "ipv4", "name": "lyon"},
    options={"destination": "10.80.0.0/16", "interface": "tunnel.7", "metric": 20},
    place=place(),
    entry=entry("<metric>20</metric>"),
    change={"admin_dist": 30},
    writes=[("set", "")],
    changed=entry("<metric>20</metric><admin-dist>30</admin-dist>"),
    replacement={"destination": "10.81.0.0/16", "interface": "tunnel.7"},
    replaced=entry(destination="10.81.0.0/16"),
)


class TestRouteOfAVirtualRouter(DoorContract):
    case = CASE


class TestRouteOfALogicalRouter(DoorContract):
    case = replace(CASE, place=place("logical-router"), firewall={"engine": "logical-router"})


NEXT_HOPS = {
    "an address": ("ipv4", {"ip_address": "198.51.100.1"}, "<ip-address>198.51.100.1</ip-address>", None),
    "an IPv6 address": ("ipv6", {"ip_address": "2001:db8::1"}, "<ipv6-address>2001:db8::1</ipv6-address>", None),
    "a name": ("ipv4", {"fqdn": "hop.example.net"}, "<fqdn>hop.example.net</fqdn>", None),
    "nowhere": ("ipv4", {"discard": True}, "<discard/>", None),
    "another virtual router": ("ipv4", {"next_router": "lab"}, "<next-vr>lab</next-vr>", "virtual-router"),
    "another logical router": ("ipv4", {"next_router": "lab"}, "<next-lr>lab</next-lr>", "logical-router"),
    "the firewall itself": ("ipv4", {"receive": True}, "<receive/>", "virtual-router"),
}


@pytest.mark.parametrize("engine", ROUTERS)
@pytest.mark.parametrize("family, nexthop, element, only", NEXT_HOPS.values(), ids=NEXT_HOPS.keys())
def test_the_next_hop(firewalls, engine, family, nexthop, element, only):
    if only not in (None, engine):
        return
    door = Door(static_route, firewalls(engine=engine))
    destination = "10.80.0.0/16" if family == "ipv4" else "2001:db8:80::/48"
    options = {**LYON, "address_family": family, "destination": destination, "nexthop": nexthop}
    assert door.done(options).changed
    assert not door.done(options).changed
    where = place(engine, family="ip" if family == "ipv4" else "ipv6")
    assert door.stands(f"{where}/nexthop", f"<nexthop>{element}</nexthop>")
    assert door.done({**LYON, "address_family": family}, state="gathered").values["gathered"] == [options]
    if "fqdn" not in nexthop:
        door.done({**LYON, "address_family": family, "nexthop": {"fqdn": "other.example.net"}})
        assert door.stands(f"{where}/nexthop", "<nexthop><fqdn>other.example.net</fqdn></nexthop>")


def test_path_monitoring(firewalls):
    door = Door(static_route, firewalls())
    target = {"name": "peer", "enable": True, "source": "10.255.7.1/30", "destination": "10.255.7.2", "interval": 2, "count": 5}
    options = {**NEW, "path_monitor": {"enable": True, "failure_condition": "all", "hold_time": 0, "monitor_destinations": [target]}}
    assert door.done(options).changed
    assert not door.done(options).changed
    second = {**target, "name": "beyond", "destination": "10.70.0.1"}
    door.done({**LYON, "path_monitor": {"monitor_destinations": [second]}})
    gathered = door.done(LYON, state="gathered").values["gathered"][0]
    assert gathered["path_monitor"]["monitor_destinations"] == [target, second]


def test_the_table_of_a_route_is_one_of_four(firewalls):
    door = Door(static_route, firewalls())
    door.done({**NEW, "route_table": {"both": True}})
    door.done({**LYON, "route_table": {"no_install": True}})
    assert door.stands(place(), entry("<route-table><no-install/></route-table>"))


def test_a_default_metric_is_no_difference(firewalls):
    door = Door(static_route, firewalls())
    door.done(NEW)
    assert not door.done({**NEW, "metric": 10}).changed


REFUSALS = {
    "a new route without a destination": ({"destination": None}, "destination", "virtual-router"),
    "a new route to nowhere in particular": ({"interface": None}, "interface or nexthop", "virtual-router"),
    "a metric out of range": ({"metric": 0}, "metric: 0 is outside 1 to 65535", "virtual-router"),
    "a distance out of range": ({"admin_dist": 9}, "admin_dist", "virtual-router"),
    "a hold time out of range": ({"path_monitor": {"hold_time": 1441}}, "path_monitor.hold_time: 1441 is outside 0 to 1440 minutes", "virtual-router"),
    "a probe out of range": (
        {"path_monitor": {"monitor_destinations": [{"name": "peer", "count": 2}]}}, "path_monitor.monitor_destinations[peer].count", "virtual-router"),
    "an option that logical routers lack": ({"route_table": {"unicast": True}}, "route_table does not exist", "logical-router"),
    "a next hop that logical routers lack": ({"nexthop": {"receive": True}}, "receive", "logical-router"),
    "a router that is not there": ({"virtual_router": "nowhere"}, "nowhere", "virtual-router"),
    "a logical router that is not there": ({"virtual_router": "nowhere"}, "nowhere", "logical-router"),
}


@pytest.mark.parametrize("options, words, engine", REFUSALS.values(), ids=REFUSALS.keys())
def test_refuses(firewalls, options, words, engine):
    given = {option: value for option, value in {**NEW, **options}.items() if value is not None}
    Door(static_route, firewalls(engine=engine)).refused(given, words)


IMPOSSIBLE = {
    "a length that there is not": (
        {"destination": "10.150.1.0/33"}, "'10.150.1.0/33' is no network (/33 is no prefix length, which is 0 to 32), and no object can have that name"),
    "IPv6 among the routes of IPv4": ({"destination": "2001:db8::/32"}, "2001:db8::/32 is IPv6, and this is for IPv4"),
    "a next hop of the other family": ({"destination": "10.80.0.0/16", "nexthop": {"ip_address": "2001:db8::1"}}, "nexthop.ip_address: 2001:db8::1 is IPv6"),
}


@pytest.mark.parametrize("options, words", IMPOSSIBLE.values(), ids=IMPOSSIBLE.keys())
def test_addresses_that_cannot_be(firewalls, options, words):
    Door(static_route, firewalls()).refused({**LYON, **options}, words)
