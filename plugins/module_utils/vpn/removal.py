# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What on a firewall belongs to a VPN, and what goes with it: nothing that others use."""

from __future__ import annotations

from dataclasses import replace

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.configuration import path as places
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.firewall.surroundings import Surroundings
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.reconcile.plan import plan
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.resources import (
    ike_crypto_profile, ike_gateway, ipsec_crypto_profile, ipsec_tunnel, monitor_profile, pbf_failover, security_rule, static_route, zone,
)
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.resources.tunnel_interface import (
    TABLE as TUNNEL_INTERFACE, import_member, router_member, zone_member,
)
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.tables.desired import UNSET, DesiredEntry, DesiredMember
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.tables.places import router
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.vpn import adoption, record as records, bgp
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.vpn.record import Record
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.vpn.result import Result
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.vpn.vpn import BGP, Vpn


# What carries the VPN's name on the device itself, those first that refer to others.
_TABLES = (
    security_rule.TABLE, pbf_failover.RULE, ipsec_tunnel.TABLE, ike_gateway.TABLE, ike_crypto_profile.TABLE, ipsec_crypto_profile.TABLE,
    monitor_profile.TABLE,
)


def own_units(name: str, around: Surroundings) -> dict:
    """Tunnel number → tunnel interface of the VPN's tunnels that are there."""
    return units_of(records.of_vpn(around, name) or Record(name), around)


def units_of(record, around) -> dict:
    """The same for the VPN of a record."""
    units = {number: around.tunnel_interface_of(record.called("ipsec_tunnel", f"{record.vpn}-{number}")) for number in range(1, 10)}
    return {number: unit for number, unit in units.items() if unit}


def own_objects(around: Surroundings, record: Record, kept_units=frozenset()) -> list:
    """Everything on the firewall that is the VPN's by its record, as items to remove, with its units and their memberships."""
    platform, neighbours = around.platform, records.of_others(around, record.vpn)

    def is_own(kind, name):
        return record.owns(kind, name) and not any(sibling.owns(kind, name) for sibling in neighbours)

    items = []
    for table in _TABLES:
        items += [DesiredEntry(table, found, state="absent") for found in around.names(table.kind) if is_own(table.kind, found)]
    for router_name in around.names("logical_router" if platform.advanced else "virtual_router"):
        items += [static_route.route(router_name, found, {}, platform, "absent", destination.version == 6)
                  for found, destination in around.static_routes(router_name) if is_own("static_route", found)]
        items += bgp.own_objects(router_name, around, record, neighbours)
    for unit in _own_units(record, around):
        if unit in kept_units:
            continue
        items += _unit_removal(unit, around)
    return items


def identity(item) -> tuple:
    """(kind, name) of an item's object."""
    return (item.table.kind if isinstance(item, DesiredEntry) else item.kind), item.name


def _own_units(record, around) -> list:
    recorded = [unit for unit, found in records.on(around) if found.vpn == record.vpn]
    return list(dict.fromkeys([*units_of(record, around).values(), *recorded]))


def _unit_removal(unit, around) -> list:
    items = [DesiredEntry(TUNNEL_INTERFACE, unit, state="absent"), import_member(unit, "absent")]
    zone_name, router_name = around.zone_of(unit), around.router_of(unit)
    if zone_name:
        items.append(zone_member(zone_name, unit, "absent"))
    if router_name:
        items.append(router_member(router(router_name, around.platform.advanced), unit, "absent"))
    return items


def removal(name: str, around: Surroundings, successor: Vpn | None = None) -> Result:
    """All of a VPN and nothing else; what it changed in objects of others goes back to what it was, by its record.

    C(successor): the VPN that takes its place; the zone and the BGP that it goes on using are left as they are.
    """
    record = records.of_vpn(around, name)
    units = _own_units(record or Record(name), around)
    items, warnings = unused(own_objects(around, record or Record(name)), record or Record(name), around)
    if record is None:
        if items:
            warnings.append(f"{name}: the record of what was there before is gone from the tunnel interface's comment; "
                            "the zone and the router's BGP stay as they are")
        return Result([items], warnings)
    inheritance, going = Record(name), [unit for unit in units if any(identity(item) == ("tunnel_interface", unit) for item in items)]
    for router_name in around.names("logical_router" if around.platform.advanced else "virtual_router"):
        if record.bgp and any(unit in around.router_interfaces(router_name) for unit in units):
            if successor is not None and successor.failover == BGP and successor.virtual_router == router_name:
                inheritance.bgp = dict(record.bgp)
                continue
            more, kept = bgp_restored(router_name, around, record)
            items += more
            warnings += kept
    for zone_name in dict.fromkeys(filter(None, (around.zone_of(unit) for unit in units))):
        if record.zone_made and successor is not None and successor.zone == zone_name:
            inheritance.zone_made = True
        elif record.zone_made:
            more, kept = zone_removed(zone_name, name, going, items, around)
            items += more
            warnings += kept
    return Result([items], warnings, inheritance=inheritance)


def unused(items, record, around, beside=()) -> tuple:
    """The items without adopted objects that others still refer to, and warnings that name them. C(beside): what else is done."""
    units = set(_own_units(record, around)) if record.adopted else set()
    warnings: list = []
    while record.adopted and items:
        after = Surroundings(plan([beside, items], around.tree, around.base).after, around.base, around.platform)
        used = {identity(item): users for item in items if item.state == "absent" and isinstance(item, DesiredEntry)
                and (record.took_over(*identity(item)) or item.name in units)
                for users in [after.users(*identity(item))] if users}
        if not used:
            break
        warnings += [f"{record.vpn}: {adoption.label(kind, name)} stays, it is used by {', '.join(users)}" for (kind, name), users in used.items()]
        stay = {name for kind, name in used if kind == "tunnel_interface"}
        items = [item for item in items if identity(item) not in used and not (isinstance(item, DesiredMember) and item.name in stay)]
        items += [DesiredEntry(TUNNEL_INTERFACE, unit, {"comment": records.others(around.comment(unit)) or UNSET})
                  for unit in stay if records.find(around.comment(unit), record.vpn)]
    return items, warnings


def bgp_restored(router_name, around, record) -> tuple:
    """(items, warnings) that put a router's BGP back. Others that came to use the router's BGP meanwhile keep it; another VPN of ours takes the record over."""
    groups = bgp.foreign_groups(router_name, around, record)
    if not groups:
        return bgp.restored(router_name, around, record), []
    heir = _heir(around, record.vpn, lambda unit: unit in around.router_interfaces(router_name))
    kept = [f"{record.vpn}: BGP of router '{router_name}' stays as it is, the peer groups {', '.join(groups)} use it"]
    return ([_handed_over(around, heir, bgp=record.bgp)] if heir else []), kept


def zone_removed(zone_name, name, units, items, around) -> tuple:
    """(items, warnings) for a zone that the VPN made: it goes, unless others came to use it."""
    others = [unit for unit in around.zone_interfaces(zone_name) if unit not in units]
    users = others + _rules_with(zone_name, {item.name for item in items if isinstance(item, DesiredEntry)}, around)
    if not users:
        return [DesiredEntry(zone.TABLE, zone_name, state="absent")], []
    heir = _heir(around, name, lambda unit: unit in others)
    return ([_handed_over(around, heir, zone_made=True)] if heir else []), [f"{name}: zone '{zone_name}' stays, it is used by {', '.join(users)}"]


def _rules_with(zone_name, ours, around) -> list:
    found = []
    for rulebase in ("security", "nat", "pbf", "qos", "decryption"):
        for rule in around.entries("rulebase", (rulebase, "rules")):
            zones = places.names(rule, ("from",)) + places.names(rule, ("to",)) + places.names(rule, ("from", "zone"))
            if zone_name in zones and rule.get("name") not in ours:
                found.append(f"{rulebase} rule '{rule.get('name')}'")
    return found


def _heir(around, name, uses):
    """The record of another VPN of ours that uses the same thing, with the unit that carries it."""
    return next(((unit, record) for unit, record in records.on(around) if record.vpn != name and uses(unit)), None)


def _handed_over(around, heir, zone_made=False, bgp=None) -> DesiredEntry:
    unit, record = heir
    heritage = {option: before for option, before in (bgp or {}).items() if option not in record.bgp}
    updated = replace(record, zone_made=record.zone_made or zone_made, bgp={**heritage, **record.bgp})
    return DesiredEntry(TUNNEL_INTERFACE, unit, {"comment": records.written(around.comment(unit), updated)})
