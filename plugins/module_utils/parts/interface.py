# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Interfaces with units of their own: the options that they share, and what they belong to, which is a virtual system, a zone and a router."""

from __future__ import annotations

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.configuration import path as places
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.reconcile.single import entries, entry_place
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.reconcile.values import read
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.tables.desired import DesiredEntry, DesiredMember
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.tables.places import IMPORTED, PLACES, router
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.tables.table import Entries, Group, Leaf, Request, Resource, Table

# Nodes that the interfaces have in common, by PAN-OS's schema of each.
IP = Entries("ip", "ip", form="interface address or name")
IPV6 = Group("ipv6", "ipv6", (
    Leaf("enabled", "enabled", "bool", absent=False),
    Leaf("interface_id", "interface-id", absent="EUI-64"),
    Entries("addresses", "address", (
        Leaf("enable_on_interface", "enable-on-interface", "bool"),
        Leaf("prefix", "prefix", "empty"),
        Leaf("anycast", "anycast", "empty"),
    ), key="address", form="interface address or name"),
))
MTU = Leaf("mtu", "mtu", "int", minimum=576, maximum=9216, unit="bytes", quiet=True)
MANAGEMENT_PROFILE = Leaf(
    "interface_management_profile", "interface-management-profile", max_length=31, refers_to=("interface_management_profile",), quiet=True)
NETFLOW_PROFILE = Leaf("netflow_profile", "netflow-profile", max_length=63, quiet=True)
COMMENT = Leaf("comment", "comment", max_length=1023, quiet=True)

# What PAN-OS calls it where an interface is in no zone, or in no router.
NOWHERE = "none"
MEMBERSHIPS = (
    Leaf("zone", "", refers_to=("zone",), stands="zone/entry/network/layer3/member (of the virtual system)"),
    Leaf("virtual_router", "", refers_to=("virtual_router", "logical_router"),
         stands="virtual-router/entry/interface/member, logical-router/entry/vrf/entry/interface/member"),
)


def import_member(name, state="present") -> DesiredMember:
    return DesiredMember("vsys_import", "vsys", IMPORTED + (("member", name),), name, state, ("interface",))


def zone_member(zone, name, state="present") -> DesiredMember:
    place = ("zone", ("entry", zone), "network", "layer3", ("member", name))
    return DesiredMember("zone_interface", "vsys", place, name, state, ("interface", "vsys_import", "zone"), sole=True)


def router_member(place, name, state="present") -> DesiredMember:
    """C(place): the router's, below the network base."""
    path = place + ("interface", ("member", name))
    return DesiredMember("router_interface", "network", path, name, state, ("interface", "virtual_router", "logical_router"), sole=True)


def zones_of(tree, base, name) -> list:
    """The zones of the virtual system that hold an interface."""
    zones = (base("vsys") + ("zone",))[1:]
    return [zone for zone in places.names(tree, zones) if name in places.names(tree, zones + (("entry", zone), "network", "layer3"))]


def routers_of(tree, base, name, advanced) -> list:
    """The routers of the running engine that hold an interface."""
    kind = _router_kind(advanced)
    network = base("network")[1:]
    return [found for found in places.names(tree, network + PLACES[kind][1])
            if name in places.names(tree, network + router(found, advanced) + ("interface",))]


def of_table(table: Table) -> Resource:
    """The resource of a table of interfaces: the unit and its memberships."""

    def reads(request: Request) -> list:
        found = [entry_place(table, request.name), ("vsys", IMPORTED)]
        if request.state in ("absent", "gathered") or request.values.get("zone"):
            found.append(("vsys", ("zone",)))
        if request.state in ("absent", "gathered") or request.values.get("virtual_router"):
            found.append(("network", PLACES[_router_kind(request.platform.advanced)][1]))
        return found

    def desired(request: Request, tree) -> list:
        """A new unit is imported into the virtual system: without that it is of no use."""
        name = request.name
        if request.state == "absent":
            return [DesiredEntry(table, name, state="absent")] + _memberships_there(request, tree)
        values = {option: value for option, value in request.values.items() if option not in ("zone", "virtual_router")}
        is_new = not entries(tree, request.base, table, name)
        return [DesiredEntry(table, name, values, request.state)] + _memberships_wanted(request, tree, is_new)

    def gathered(request: Request, tree) -> list:
        found = []
        for entry in entries(tree, request.base, table, request.name):
            holders = _holders(request, tree, entry.get("name"))
            memberships = {option: names[0] for option, names in holders.items() if len(names) == 1}
            found.append({"name": entry.get("name"), **read(table.nodes, entry, table.choices), **memberships})
        return found

    def untold(request: Request, tree) -> list:
        found = []
        for entry in entries(tree, request.base, table, request.name):
            for option, names in _holders(request, tree, entry.get("name")).items():
                if len(names) > 1:
                    found.append(f"{table.kind} '{entry.get('name')}': {option} is left out, since it is in {' and '.join(names)}")
        return found

    return Resource(table.kind, table, reads, desired, gathered, extra=MEMBERSHIPS,
                    locations=("vsys", "template", "template_stack"), untold=untold)


def _router_kind(advanced: bool) -> str:
    return "logical_router" if advanced else "virtual_router"


def _holders(request: Request, tree, name) -> dict:
    """Where an interface is a member, by the option that says so."""
    return {
        "zone": zones_of(tree, request.base, name),
        "virtual_router": routers_of(tree, request.base, name, request.platform.advanced),
    }


def _memberships_there(request: Request, tree) -> list:
    """All that go with an interface that is removed."""
    name, advanced = request.name, request.platform.advanced
    holders = _holders(request, tree, name)
    found = [import_member(name, "absent")]
    found += [zone_member(zone, name, "absent") for zone in holders["zone"]]
    found += [router_member(router(holder, advanced), name, "absent") for holder in holders["virtual_router"]]
    return found


def _memberships_wanted(request: Request, tree, is_new: bool) -> list:
    name, zone, router_name = request.name, request.values.get("zone"), request.values.get("virtual_router")
    advanced = request.platform.advanced
    found = []
    if zone not in (None, NOWHERE) or is_new:
        found.append(import_member(name))
    if zone == NOWHERE:
        found += [zone_member(holder, name, "absent") for holder in zones_of(tree, request.base, name)]
    elif zone:
        found.append(zone_member(zone, name))
    if router_name == NOWHERE:
        found += [router_member(router(holder, advanced), name, "absent") for holder in routers_of(tree, request.base, name, advanced)]
    elif router_name:
        found.append(router_member(router(router_name, advanced), name))
    return found
