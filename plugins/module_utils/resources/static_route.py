# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Static routes of virtual routers and logical routers, IPv4 and IPv6."""

from __future__ import annotations

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.parts import address
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.reconcile.single import entries
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.reconcile.values import read
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.tables.desired import DesiredEntry
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.tables.places import router
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.tables.table import (
    NAME, Choice, Entries, Group, Leaf, Request, Resource, Table,
)


def _table(advanced: bool, ipv6: bool) -> Table:
    """The two engines name the next router differently; only the legacy one has route tables and C(receive)."""
    next_router = Leaf("next_router", "next-lr" if advanced else "next-vr", max_length=63)
    receive = () if advanced else (Leaf("receive", "receive", "empty"),)
    route_table = () if advanced else (
        Leaf("unicast", "unicast", "empty"), Leaf("multicast", "multicast", "empty"), Leaf("both", "both", "empty"),
        Leaf("no_install", "no-install", "empty"),
    )
    return Table(
        "static_route", "network", (), words="IPv6 static route" if ipv6 else "static route",
        listed_in=("routing-table", "ipv6" if ipv6 else "ip", "static-route"),
        nodes=(
            Leaf("destination", "destination", form="network or name"),
            Leaf("interface", "interface", refers_to=("interface",)),
            Group("nexthop", "nexthop", (
                Leaf("ip_address", "ipv6-address" if ipv6 else "ip-address", form="address or name"),
                Leaf("fqdn", "fqdn", max_length=255),
                next_router,
                Leaf("discard", "discard", "empty"),
            ) + receive, choices=(Choice("", ("ip-address", "ipv6-address", "fqdn", "next-vr", "next-lr", "discard", "receive")),)),
            Leaf("admin_dist", "admin-dist", "int", minimum=10, maximum=240),
            Leaf("metric", "metric", "int", minimum=1, maximum=65535, absent=10),
            Leaf("bfd_profile", "bfd/profile"),
            Group("path_monitor", "path-monitor", (
                Leaf("enable", "enable", "bool", absent=False),
                Leaf("failure_condition", "failure-condition", choices=("any", "all"), absent="any"),
                Leaf("hold_time", "hold-time", "int", minimum=0, maximum=1440, unit="minutes", absent=2),
                Entries("monitor_destinations", "monitor-destinations", name_pattern=NAME, nodes=(
                    Leaf("enable", "enable", "bool"),
                    Leaf("source", "source", form="interface address or name"),
                    Leaf("destination", "destination", max_length=63, form="address or name"),
                    Leaf("interval", "interval", "int", minimum=1, maximum=60, unit="seconds", absent=3),
                    Leaf("count", "count", "int", minimum=3, maximum=10, unit="probes", absent=5),
                )),
            )),
        ) + ((Group("route_table", "route-table", route_table, choices=(Choice("", ("unicast", "multicast", "both", "no-install")),)),)
             if route_table else ()),
        parents=("virtual_router", "logical_router"),
        required=("destination", "interface|nexthop"),
    )


TABLES = {(advanced, ipv6): _table(advanced, ipv6) for advanced in (False, True) for ipv6 in (False, True)}


def container(virtual_router: str, advanced: bool, ipv6: bool) -> tuple:
    return router(virtual_router, advanced) + ("routing-table", "ipv6" if ipv6 else "ip", "static-route")


def route(virtual_router, name, values, platform, state="present", ipv6=False) -> DesiredEntry:
    return DesiredEntry(TABLES[platform.advanced, ipv6], name, values, state, container=container(virtual_router, platform.advanced, ipv6))


def _place(request: Request) -> tuple:
    return container(request.names["virtual_router"], request.platform.advanced, _ipv6(request))


def _ipv6(request: Request) -> bool:
    return request.names["address_family"] == "ipv6"


def refuse_other_family(request: Request, tree) -> None:
    """Routes of the two families stand in two tables."""
    address.refuse_other_family(6 if _ipv6(request) else 4, "destination", "nexthop.ip_address")(request.values, request.platform)


def reads(request: Request) -> list:
    return [("network", _place(request) + ((("entry", request.name),) if request.name else ()))]


def desired(request: Request, tree) -> list:
    return [route(request.names["virtual_router"], request.name, request.values, request.platform, request.state, _ipv6(request))]


def gathered(request: Request, tree) -> list:
    table = TABLES[request.platform.advanced, _ipv6(request)]
    return [{**request.names, "name": entry.get("name"), **read(table.nodes, entry)}
            for entry in entries(tree, request.base, table, request.name, _place(request))]


RESOURCE = Resource(
    "static_route", TABLES[False, False], reads, desired, gathered, identity=("virtual_router", "address_family", "name"),
    checks=(refuse_other_family,), identity_specs={"address_family": {"required": False, "choices": ["ipv4", "ipv6"], "default": "ipv4"}},
)
