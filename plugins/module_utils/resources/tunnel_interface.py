# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Tunnel interfaces and what they belong to: a virtual system, a zone, a router."""

from __future__ import annotations

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.configuration import path as places
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.errors import Refused
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.reconcile.single import entries, entry_place
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.reconcile.values import read
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.tables.desired import DesiredEntry, DesiredMember
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.tables.places import PLACES, router
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.tables.table import Entries, Group, Leaf, Request, Resource, Table

IMPORTED = ("import", "network", "interface")

TABLE = Table(
    "tunnel_interface", *PLACES["tunnel_interface"],
    nodes=(
        Entries("ip", "ip"),
        Group("ipv6", "ipv6", (
            Leaf("enabled", "enabled", "bool", absent=False),
            Leaf("interface_id", "interface-id", absent="EUI-64"),
            Entries("addresses", "address", (
                Leaf("enable_on_interface", "enable-on-interface", "bool"),
                Leaf("prefix", "prefix", "empty"),
                Leaf("anycast", "anycast", "empty"),
            ), key="address"),
        )),
        Leaf("mtu", "mtu", "int", minimum=576, maximum=9216, unit="bytes"),
        Leaf("interface_management_profile", "interface-management-profile", max_length=31, refers_to=("interface_management_profile",)),
        Leaf("netflow_profile", "netflow-profile", max_length=63),
        Leaf("comment", "comment", max_length=1023),
        Leaf("df_ignore", "df-ignore", "bool", absent=False),
        Leaf("link_tag", "link-tag", max_length=127),
        Group("bonjour", "bonjour", (
            Leaf("enable", "enable", "bool", absent=False),
            Leaf("ttl_check", "ttl-check", "bool", absent=False),
            Leaf("group_id", "group-id", "int", minimum=0, maximum=16),
        )),
    ),
    name_pattern=r"tunnel\.[1-9][0-9]{0,3}",
)

MEMBERSHIPS = (
    Leaf("zone", "", refers_to=("zone",), stands="zone/entry/network/layer3/member (of the virtual system)"),
    Leaf("virtual_router", "", refers_to=("virtual_router", "logical_router"),
         stands="virtual-router/entry/interface/member, logical-router/entry/vrf/entry/interface/member"),
)


def import_member(name, state="present") -> DesiredMember:
    return DesiredMember("vsys_import", "vsys", IMPORTED + (("member", name),), name, state, ("tunnel_interface",))


def zone_member(zone, name, state="present") -> DesiredMember:
    place = ("zone", ("entry", zone), "network", "layer3", ("member", name))
    return DesiredMember("zone_interface", "vsys", place, name, state, ("tunnel_interface", "vsys_import", "zone"))


def router_member(place, name, state="present") -> DesiredMember:
    """C(place): the router's, below the network base."""
    path = place + ("interface", ("member", name))
    return DesiredMember("router_interface", "network", path, name, state, ("tunnel_interface", "virtual_router", "logical_router"))


def zones_of(tree, base, name) -> list:
    """The zones of the virtual system that hold an interface."""
    zones = (base("vsys") + ("zone",))[1:]
    return [zone for zone in places.names(tree, zones) if name in places.names(tree, zones + (("entry", zone), "network", "layer3"))]


def routers_of(tree, base, name, advanced) -> list:
    """The routers of the running engine that hold an interface."""
    kind = "logical_router" if advanced else "virtual_router"
    network = base("network")[1:]
    return [found for found in places.names(tree, network + PLACES[kind][1])
            if name in places.names(tree, network + router(found, advanced) + ("interface",))]


def refuse_foreign_membership(request: Request, tree) -> None:
    """An interface is in one zone and one router only; taking it out of another is never done on the side."""
    if request.state == "absent":
        return
    found = {
        "zone": zones_of(tree, request.base, request.name),
        "virtual_router": routers_of(tree, request.base, request.name, request.platform.advanced),
    }
    for option, holders in found.items():
        wanted = request.values.get(option)
        others = [holder for holder in holders if holder != wanted]
        if wanted and others:
            raise Refused(f"tunnel_interface '{request.name}' is in {option.replace('_', ' ')} '{others[0]}'; "
                          f"take it out there before it goes to '{wanted}'")


def reads(request: Request) -> list:
    location, path = entry_place(TABLE, request.name)
    kind = "logical_router" if request.platform.advanced else "virtual_router"
    found = [(location, path), ("vsys", IMPORTED)]
    if request.state in ("absent", "gathered") or request.values.get("zone"):
        found.append(("vsys", ("zone",)))
    if request.state in ("absent", "gathered") or request.values.get("virtual_router"):
        found.append(("network", PLACES[kind][1]))
    return found


def desired(request: Request, tree) -> list:
    """The unit and its memberships. A new unit is imported into the virtual system: without that it is of no use."""
    name, base, advanced = request.name, request.base, request.platform.advanced
    if request.state == "absent":
        memberships = [import_member(name, "absent")]
        memberships += [zone_member(zone, name, "absent") for zone in zones_of(tree, base, name)]
        memberships += [router_member(router(found, advanced), name, "absent") for found in routers_of(tree, base, name, advanced)]
        return [DesiredEntry(TABLE, name, state="absent")] + memberships
    values = {option: value for option, value in request.values.items() if option not in ("zone", "virtual_router")}
    memberships = []
    if request.values.get("zone") or not entries(tree, base, TABLE, name):
        memberships.append(import_member(name))
    if request.values.get("zone"):
        memberships.append(zone_member(request.values["zone"], name))
    if request.values.get("virtual_router"):
        memberships.append(router_member(router(request.values["virtual_router"], advanced), name))
    return [DesiredEntry(TABLE, name, values, request.state)] + memberships


def gathered(request: Request, tree) -> list:
    found = []
    for entry in entries(tree, request.base, TABLE, request.name):
        name = entry.get("name")
        values = {"name": name, **read(TABLE.nodes, entry)}
        for option, holders in (("zone", zones_of(tree, request.base, name)),
                                ("virtual_router", routers_of(tree, request.base, name, request.platform.advanced))):
            if holders:
                values[option] = holders[0]
        found.append(values)
    return found


RESOURCE = Resource("tunnel_interface", TABLE, reads, desired, gathered, extra=MEMBERSHIPS, checks=(refuse_foreign_membership,),
                    locations=("vsys", "template", "template_stack"))
