# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What on a firewall belongs to a VPN, by its record, and what goes with it: nothing that others use."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Callable, Collection, Iterable, Iterator, Mapping

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.configuration import path as places
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.errors import Refused
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.firewall.surroundings import Surroundings
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.parts import nat
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.parts.interface import import_member, router_member, zone_member
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.reconcile.plan import plan
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.resources import (
    ike_crypto_profile, ike_gateway, ipsec_crypto_profile, ipsec_tunnel, loopback_interface, monitor_profile, pbf_rule, security_rule, static_route, zone,
)
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.resources.tunnel_interface import TABLE as TUNNEL_INTERFACE
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.tables.desired import UNSET, DesiredEntry, DesiredMember
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.tables.places import router
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.tables.table import Table
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.vpn import adoption, bgp, ecmp, interfaces, names, record as records, replacement
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.vpn.record import Item, Object, Record, object_of
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.vpn.result import Result
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.vpn.vpn import ECMP, Vpn

# What stands on the device itself, beside the profiles of the advanced engine.
_TABLES = (
    security_rule.TABLE, pbf_rule.TABLE, nat.EXEMPTION, ipsec_tunnel.TABLE, ike_gateway.TABLE, ike_crypto_profile.TABLE, ipsec_crypto_profile.TABLE,
    monitor_profile.TABLE, loopback_interface.TABLE,
)
_RULEBASES = ("security", "nat", "pbf", "qos", "decryption")


def _containers(view: Surroundings) -> Iterator[tuple[Table, tuple]]:
    """(table, place below its location) of every list in which objects of a VPN stand."""
    advanced = view.platform.advanced
    for table in _TABLES + (bgp.PROFILES if advanced else ()):
        yield table, table.container
    for name in routers(view):
        for ipv6 in (False, True):
            yield static_route.TABLES[advanced, ipv6], static_route.container(name, advanced, ipv6)
        yield from bgp.containers(name, view)


def routers(view: Surroundings) -> list:
    return view.names("logical_router" if view.platform.advanced else "virtual_router")


def standing(view: Surroundings) -> Iterator[DesiredEntry]:
    """Every object that could be a VPN's by its kind, as an item to remove."""
    for table, container in _containers(view):
        for name in places.names(view.tree, (view.base(table.location) + container)[1:]):
            yield DesiredEntry(table, name, state="absent", container=container)


def owned(view: Surroundings, record: Record) -> list:
    """Every object on the firewall that is the VPN's by its record, as items to remove; its interfaces are not among them."""
    ours = record.owned()
    return [item for item in standing(view) if object_of(item) in ours]


def own_objects(view: Surroundings, record: Record, kept_units: Collection[str] = frozenset()) -> list:
    """Everything that goes with a VPN, as items: its objects, what it announces, its units and their memberships."""
    objects = owned(view, record)
    shared = bgp.shared_groups(view, record, routers(view))
    items = [item for item in objects if object_of(item) not in shared]
    items += bgp.withdrawn(view, record, routers(view))
    for unit in own_units(record, view):
        if unit not in kept_units:
            items += [DesiredEntry(TUNNEL_INTERFACE, unit, state="absent"), *_out_of_everything(unit, view)]
    loopbacks = [item.name for item in items if isinstance(item, DesiredEntry) and item.table is loopback_interface.TABLE]
    return items + [member for name in loopbacks if name not in kept_units for member in _out_of_everything(name, view)]


def own_units(record: Record, view: Surroundings) -> list:
    """The VPN's tunnel interfaces that are there."""
    there = view.names("tunnel_interface")
    return [unit for unit in record.units.values() if unit in there]


def _out_of_everything(unit: str, view: Surroundings) -> list:
    """An interface out of the virtual system, its zone and its router."""
    items = [import_member(unit, "absent")]
    zone_name, router_name = view.zone_of(unit), view.router_of(unit)
    if zone_name:
        items.append(zone_member(zone_name, unit, "absent"))
    if router_name:
        items.append(router_member(router(router_name, view.platform.advanced), unit, "absent"))
    return items


def removal(name: str, view: Surroundings, successor: Vpn | None = None) -> Result:
    """All of a VPN and nothing else; what it changed in objects of others goes back to what it was, by its record.

    C(successor): the VPN that takes its place; the zone and the BGP that it goes on using are left as they are.
    """
    record = records.of_vpn(view, name)
    if record is None:
        return Result([[]], _unclaimed(name, view))
    items, warnings = unused(own_objects(view, record), record, view)
    estate = Estate(record, view)
    inheritance = Record(name)
    if record.bgp and successor is not None and successor.speaks_bgp and successor.virtual_router == record.router:
        inheritance = replace(inheritance, bgp=dict(record.bgp) if bgp.wants_multi_as(successor) else bgp.of_multi_as(record.bgp)[1])
        if not bgp.wants_multi_as(successor):
            estate.restore_multi_as()
    elif record.bgp:
        estate.restore_bgp()
    if record.ecmp and successor is not None and successor.failover == ECMP and successor.virtual_router == record.router:
        inheritance = replace(inheritance, ecmp=dict(record.ecmp))
    elif record.ecmp:
        estate.restore_ecmp()
    units = own_units(record, view)
    going = [unit for unit in units if any(object_of(item)[:2] == ("tunnel_interface", unit) for item in items)]
    going += [item.name for item in items if isinstance(item, DesiredEntry) and item.table is loopback_interface.TABLE]
    for zone_name in record.zones:
        if successor is not None and successor.zone == zone_name:
            inheritance = replace(inheritance, zones=(zone_name,))
        elif view.zone(zone_name) is not None:
            estate.remove_zone(zone_name, going, items)
    return Result([items + estate.items()], warnings + estate.warnings, inheritance=inheritance)


def replaced(name: str, view: Surroundings, successor: Vpn) -> Result:
    """The removal of the VPN whose place another one takes. Raises Refused where there is none that could be meant.

    A successor that is there already has taken its place in an earlier run.
    """
    there = [record.vpn for _unit, record in records.on(view) if record.vsys in ("", records.vsys_of(view))]
    if name not in there and successor.name not in there:
        there_are = f"the VPNs of this firewall that have a record are {', '.join(sorted(there))}" if there else "no VPN on this firewall has a record"
        raise Refused(f"replaces: there is no VPN '{name}'; {there_are}. Correct the name, or leave replaces out where there is nothing to replace; "
                      "nothing was written")
    gone = removal(name, view, successor)
    return replace(gone, replaces=replacement.announced(name, successor)) if name in there else gone


def _unclaimed(name: str, view: Surroundings) -> list:
    """What is said of a VPN that no record tells of, where there are objects that somebody could take for its."""
    claimed = {object_of(item) for record in records.of_others(view, name) for item in owned(view, record)}
    found = [adoption.label(item.table.kind, item.name) for item in standing(view)
             if names.could_be(name, item.name) and object_of(item) not in claimed]
    if not found:
        return []
    return [f"{name}: no record on this firewall says that there is such a VPN, so nothing was removed; {', '.join(dict.fromkeys(found))} "
            "stay, whose they are is not known. Remove them by hand, or run the VPN once with adopt: true, which takes over what serves it"]


def unused(items: list, record: Record, view: Surroundings, *before: Iterable[Item]) -> tuple:
    """The items without adopted objects that others still refer to, and warnings that name them. C(before): what else is done, one after the other.

    What something refers to that is the VPN's own and stays for now goes with that, which need not be told in every run.
    """
    units = set(own_units(record, view)) if record.adopted else set()
    ours = {adoption.label(item.table.kind, item.name) for item in owned(view, record)} if record.adopted else set()
    warnings: list = []
    while record.adopted and items:
        after = Surroundings(plan([*before, items], view.tree, view.base).after, view.base, view.platform)
        used = _used(items, units, record, after)
        if not used:
            break
        warnings += [f"{record.vpn}: {adoption.label(kind, name)} stays, it is used by {', '.join(users)}"
                     for (kind, name), users in used.items() if not ours.issuperset(users)]
        stay = {name for kind, name in used if kind == "tunnel_interface"}
        items = [item for item in items if identity(item) not in used and not (isinstance(item, DesiredMember) and item.name in stay)]
        items += [DesiredEntry(TUNNEL_INTERFACE, unit, {"comment": records.others(view.comment(unit)) or UNSET})
                  for unit in stay if records.find(view.comment(unit), record.vpn)]
    return items, warnings


def _used(items: Iterable[Item], units: Collection[str], record: Record, after: Surroundings) -> dict:
    """(kind, name) of what was adopted and is to go → who uses it once everything else is gone."""
    found = {}
    for item in items:
        going = isinstance(item, DesiredEntry) and item.state == "absent"
        if going and (record.took_over(*identity(item)) or item.name in units):
            users = after.users(*identity(item))
            found.update({identity(item): users} if users else {})
    return found


def still_used(phases: list[list], view: Surroundings) -> list[str]:
    """A sentence for each object that is to go and that something names when all is done: the firewall refuses to let it go."""
    after = Surroundings(plan(phases, view.tree, view.base).after, view.base, view.platform)
    going = [item for phase in phases for item in phase if isinstance(item, DesiredEntry) and item.state == "absent" and view.entry_at(item) is not None]
    found = {thing: after.users(*thing) for thing in dict.fromkeys(map(identity, going))}
    return [f"{adoption.label(*thing)} cannot be removed as long as {', '.join(users)} {'names' if len(users) == 1 else 'name'} it"
            for thing, users in found.items() if users]


def identity(item: Item) -> tuple:
    """(kind, name) of an item's object."""
    return (item.table.kind if isinstance(item, DesiredEntry) else item.kind), item.name


@dataclass
class Estate:
    """What a VPN changed for others, and what becomes of it: back to what it was, or on to another VPN of ours that came to use it."""

    record: Record
    view: Surroundings
    warnings: list = field(default_factory=list)
    _restored: list = field(default_factory=list)
    # First tunnel interface, which tells whose record it is → the record.
    heirs: dict[str, Record] = field(default_factory=dict)

    def restore_bgp(self) -> None:
        """The router's BGP as it was. Others that came to use it meanwhile keep it."""
        record, view = self.record, self.view
        groups = bgp.foreign_groups(record.router, view, record)
        if not groups:
            self._restored += bgp.restored(record.router, view, record)
            return
        users = {Object("bgp_peer_group", group, record.router) for group in groups}
        needed = bgp.of_multi_as(record.bgp)[1]
        if needed:
            self.hand_over(lambda heir: any(heir.owns(group) for group in users), bgp=needed)
            self.warnings.append(f"{record.vpn}: BGP of router '{record.router}' stays as it is, the peer groups {', '.join(groups)} use it")
        self.restore_multi_as()

    def restore_multi_as(self) -> None:
        """Paths to peers of several AS numbers as they were, unless another VPN of ours uses such."""
        if not self.hand_over_multi_as():
            booked = bgp.of_multi_as(self.record.bgp)[0]
            self._restored += bgp.restored(self.record.router, self.view, replace(self.record, bgp=booked))

    def hand_over_multi_as(self) -> bool:
        """Whether another VPN of ours uses such paths, whose they are from now on."""
        booked, heir = bgp.of_multi_as(self.record.bgp)[0], bgp.multi_as_heir(self.view, self.record.vpn, self.record.router)
        return bool(booked) and heir is not None and self.hand_over(lambda record: record == heir, bgp=booked)

    def restore_ecmp(self) -> None:
        """The router's ECMP as it was, unless another VPN of ours uses it."""
        record = self.record
        if self.hand_over(lambda heir: ecmp.uses(heir, record.router), ecmp=record.ecmp):
            return
        self._restored += ecmp.restored(record.router, self.view, record)
        changed = [option for item in ecmp.restored(record.router, self.view, record) for option in ecmp.starts_anew(item, self.view)]
        if changed:
            self.warnings.append(ecmp.restart(record.vpn, record.router, changed))

    def remove_zone(self, name: str, units: Collection[str], items: Iterable[Item]) -> None:
        """A zone that the VPN made goes, unless others came to use it. C(units): interfaces that leave it. C(items): what else goes.

        Where nothing but other VPNs of ours uses it, it goes with the last of them, and there is nothing to tell.
        """
        others = [unit for unit in self.view.zone_interfaces(name) if unit not in units]
        rules = _rules_with(name, {object_of(item) for item in items}, self.view)
        if not others and not rules:
            self._restored.append(DesiredEntry(zone.TABLE, name, state="absent"))
            return
        heir = zone_heir(self.record.vpn, name, self.view)
        self.hand_over(lambda record: record == heir, zones=(name,))
        users = self._strangers(others, rules)
        if users:
            self.warnings.append(f"{self.record.vpn}: zone '{name}' stays, it is used by {', '.join(users)}")

    def _strangers(self, units: Iterable[str], rules: Iterable[Object]) -> list[str]:
        """Those of the interfaces and rules that are no VPN's of ours."""
        siblings = records.of_others(self.view, self.record.vpn)
        theirs = {unit for sibling in siblings for unit in sibling.units.values()}
        claims = {sibling.vpn: sibling.owned() for sibling in siblings}
        named = [adoption.label(rule.kind, rule.name) for rule in rules if records.owner(claims, rule) is None]
        return [unit for unit in units if unit not in theirs and records.owner(claims, Object("loopback_interface", unit)) is None] + named

    def hand_over(self, uses: Callable[[Record], bool], zones: tuple[str, ...] = (), **booked: Mapping[str, str | None]) -> bool:
        """To the record of another VPN of ours that uses the same thing; whether there is one."""
        for home, record in records.on(self.view):
            if (record.vpn, record.vsys) != (self.record.vpn, self.record.vsys) and uses(record):
                heir = self.heirs.get(home, record)
                more = {options: {**before, **getattr(heir, options)} for options, before in booked.items()}
                self.heirs[home] = replace(heir, zones=tuple(dict.fromkeys([*heir.zones, *zones])), **more)
                return True
        return False

    def items(self) -> list:
        found = list(self._restored)
        for home, record in self.heirs.items():
            others = [unit for unit in own_units(record, self.view) if unit != home]
            found += interfaces.comment_items(records.comments(record, [home, *others], self.view), self.view)
        return found


def zone_heir(vpn: str, zone_name: str, view: Surroundings) -> Record | None:
    """Another VPN of ours that uses a zone. One that is in the zone holds it longer than one whose rules name it."""
    siblings, inside, rules = records.of_others(view, vpn), set(view.zone_interfaces(zone_name)), _rules_with(zone_name, set(), view)
    within = [record for record in siblings if not inside.isdisjoint(record.units.values())]
    naming = [record for record in siblings if any(map(record.owns, rules))]
    return next(iter([*within, *naming]), None)


def _rules_with(zone_name: str, ours: set[Object], view: Surroundings) -> list[Object]:
    """The rules of others that name a zone."""
    found = []
    for rulebase in _RULEBASES:
        for rule in view.entries("rulebase", (rulebase, "rules")):
            zones = places.names(rule, ("from",)) + places.names(rule, ("to",)) + places.names(rule, ("from", "zone"))
            thing = Object(f"{rulebase}_rule", rule.get("name") or "")
            if zone_name in zones and thing not in ours:
                found.append(thing)
    return found
