# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What an earlier run made of a VPN and this one does not want: objects, members of rules, a zone, a router's BGP."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Iterator

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.configuration import path as places
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.firewall.surroundings import Surroundings
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.parts import nat
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.resources import pbf_rule, security_rule
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.tables.desired import DesiredEntry, DesiredMember
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.vpn import bgp, interfaces, removal, rules
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.vpn.choice import Choice
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.vpn.claim import Claim
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.vpn.record import Item, Member, RecordedNames
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.vpn.vpn import ECMP, Vpn

_RULES = (security_rule.TABLE, pbf_rule.TABLE, nat.EXEMPTION)


@dataclass(frozen=True)
class Leftovers:
    """C(gone): objects that go. C(restored): what the VPN changed for others, as it was. C(zones): zones that it leaves, done last."""

    gone: tuple
    restored: tuple
    zones: tuple
    warnings: tuple[str, ...]


def leftovers(vpn: Vpn, choice: Choice, claim: Claim, view: Surroundings, items: list) -> Leftovers:
    """C(items): what the VPN wants."""
    gone, warnings = _objects(vpn, choice, claim, view, items)
    routing = removal.Estate(claim.before, view)
    if claim.before.bgp and (not vpn.speaks_bgp or vpn.virtual_router != claim.before.router):
        routing.restore_bgp()
    elif not bgp.wants_multi_as(vpn):
        routing.hand_over_multi_as()
    if claim.before.ecmp and (vpn.failover != ECMP or vpn.virtual_router != claim.before.router):
        routing.restore_ecmp()
    # One heir can inherit both, and has one record for it.
    zones = removal.Estate(claim.before, view, heirs=routing.heirs)
    # A tunnel that waits is still in the zone that the VPN leaves.
    for name in claim.before.zones if choice.only_tunnel is None else ():
        if not vpn.uses_zone(name) and view.zone(name) is not None:
            leaving = [*choice.units.values(), *choice.speakers.loopbacks, *(item.name for item in gone if isinstance(item, DesiredMember))]
            zones.remove_zone(name, leaving, items + gone)
    return Leftovers(tuple(gone), tuple(routing.items()), tuple(zones.items()), (*warnings, *routing.warnings, *zones.warnings))


def _objects(vpn: Vpn, choice: Choice, claim: Claim, view: Surroundings, items: list) -> tuple[list, list[str]]:
    wanted = {(item.location, item.relative_path): item for item in items}
    gone = []
    for item in removal.own_objects(view, claim.before, frozenset(choice.units.values()).union(choice.speakers.loopbacks)):
        is_wanted = _is_said_by(wanted.get((item.location, item.relative_path)), item)
        if not is_wanted and not claim.before.without_use(*removal.identity(item)):
            gone.append(item)
    return removal.unused(gone, claim.before, view, interfaces.moves(vpn, choice, view), items)


def _is_said_by(wanted: Item | None, item: Item) -> bool:
    """Whether what is wanted of an object settles what was to go: the object itself, or an option of something that is shared."""
    if not isinstance(wanted, DesiredEntry) or not isinstance(item, DesiredEntry) or item.state == "absent":
        return wanted is not None
    return set(item.values) <= set(wanted.values)


def members(vpn: Vpn, items: list) -> Iterator[Member]:
    """The zones, networks and addresses that the VPN's rules are given, each as what."""
    yield from rules.given(vpn)
    for item in items:
        for option, role in rules.roles(vpn.name, item.name).items() if _is_rule(item) else ():
            yield from (Member(role, name) for name in _listed(item.values, option))


def _is_rule(item: DesiredEntry | DesiredMember) -> bool:
    return isinstance(item, DesiredEntry) and item.table in _RULES and item.state != "absent"


def _listed(values: Any, option: tuple) -> list:
    for step in option:
        values = values.get(step, ()) if isinstance(values, dict) else ()
    return [] if isinstance(values, dict) else list(values)


def dropped_members(claim: Claim, view: Surroundings, items: list, booked: RecordedNames) -> Iterator[DesiredMember]:
    """Members that an earlier run put into rules and that are no longer given; what people added to adopted ones stays. C(booked): those of now."""
    for item in items:
        for option, role in rules.roles(claim.vpn.name, item.name).items() if _is_rule(item) else ():
            place = item.relative_path + option
            for name in places.names(view.tree, (view.base("rulebase") + place)[1:]):
                is_given = Member(role, name) in booked or name in _listed(item.values, option)
                if Member(role, name) in claim.before.members and not is_given:
                    yield DesiredMember("rule_member", "rulebase", place + (("member", name),), name, "absent")
