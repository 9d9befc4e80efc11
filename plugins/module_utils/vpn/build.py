# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A VPN and what stands around it → desired items: what is ours, what is chosen, what is wanted, what is left over, what is recorded."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.errors import Refused
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.firewall.rulebases import Addresses
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.firewall.surroundings import Surroundings
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.peers.fields import plain
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.reconcile.plan import plan
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.resources import zone
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.resources.tunnel_interface import TABLE as TUNNEL_INTERFACE
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.tables.desired import DesiredEntry, merged
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.vpn import (
    adoption, bgp, claim as claims, crypto, ecmp, exact, forwarding, gateways, interfaces, leftovers, metrics, numbering, record as records, refusals, removal,
    speakers, trust, tunnels, turn as turns, way_out,
)
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.vpn.choice import Choice, choose
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.vpn.claim import Claim
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.vpn.record import Item, Record
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.vpn.result import Result
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.vpn.rules import Rules
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.vpn.vpn import ECMP, PBF, Vpn


def build(vpn: Vpn, around: Surroundings, addresses: Addresses, replaces: str | None = None, only: int | None = None) -> Result:
    """All that the VPN wants of this firewall.

    C(replaces): the name of a VPN that is taken away in the same plan. C(only): the number of the one tunnel to change; what is another
    tunnel's alone stays as it is, and is wanted in a later run. Raises Refused where the configuration forbids the VPN.
    """
    try:
        return _built(vpn, around, addresses, replaces, only)
    except adoption.NotOurs as exc:
        raise _with_a_way_out(exc, vpn, around, addresses, replaces, only) from None


def _with_a_way_out(refused: adoption.NotOurs, vpn: Vpn, *more: Any) -> Refused:
    """Leave to adopt is offered only where it helps."""
    try:
        _built(replace(vpn, adopt=True), *more)
    except Refused as exc:
        return refused.where_adopting_does_not_help(exc)
    return refused


def _built(vpn: Vpn, around: Surroundings, addresses: Addresses, replaces: str | None, only: int | None) -> Result:
    removed = removal.replaced(replaces, around, vpn) if replaces else Result([[]])
    view = around.after(plan(removed.phases, around.tree, around.base).after) if replaces else around
    vpn = numbering.numbered(vpn, view)
    claim = claims.claim(vpn, view, addresses, removed.inheritance)
    choice = choose(vpn, view, claim, only)
    turns.refuse(vpn, choice, claim)
    wanted, told = _wanted(vpn, choice, claim, view, addresses)
    booked = records.RecordedNames.of([*leftovers.members(vpn, wanted), *tunnels.booked(vpn, choice, claim, view)])
    nat = choice.behind_nat or vpn.nat_traversal
    dropped = list(leftovers.dropped_members(claim, view, wanted, booked))
    # What a rule lists no longer covers nothing of what is wanted.
    kept = view.after(plan([dropped], view.tree, view.base).after) if dropped else view
    items = [adoption.needed(item, vpn, kept, addresses, nat) if claim.adopted(item, choice.units) else item for item in wanted]
    claims.refuse_collisions(claim, items, view)
    left = leftovers.leftovers(vpn, choice, claim, view, items)
    interruptions = adoption.interruptions(items, claim.record, view) if claim.found else []
    # What goes back, or on to another VPN, is that one's: of it the VPN says no more than that.
    items = [*exact.where_made(items, lambda item: _is_made(item, vpn, choice, claim)), *left.gone, *left.restored, *dropped]
    now = turns.in_turn(items, vpn, choice, claim, view)
    # What a rule that waits still lists is taken out of it in its turn.
    members = booked if only is None else booked.beside(claim.before.members)
    record = replace(_recorded(vpn, choice, claim, view, now), members=members)
    comments = interfaces.comment_items(records.comments(record, record.units.values(), view), view)
    phases = [turns.in_turn(interfaces.moves(vpn, choice, view), vpn, choice, claim, view), merged(now + comments), list(left.zones)]
    warnings = [*removed.warnings, *claim.warnings(), *choice.warnings, *told, *left.warnings, *interruptions]
    return Result(removed.phases + phases, warnings, _summary(vpn, choice, claim), held=_held(vpn, choice, view, items, record),
                  serving=turns.serving(vpn, choice, claim, view), replaces=removed.replaces)


def _is_made(item: Item, vpn: Vpn, choice: Choice, claim: Claim) -> bool:
    """Whether an item is about an object that the VPN made, and that serves no tunnel which waits for its turn."""
    return not claim.adopted(item, choice.units) and turns.is_done(item, vpn, choice, claim)


def _wanted(vpn: Vpn, choice: Choice, claim: Claim, view: Surroundings, addresses: Addresses) -> tuple[list, list[str]]:
    """(all items of the VPN, warnings)."""
    rules = Rules(vpn, view, addresses)
    warnings: list[str] = []
    items = interfaces.zone_items(vpn, view) + crypto.items(vpn, choice, claim)
    items += gateways.items(vpn, choice, claim, view.platform) + tunnels.items(vpn, choice, claim, view)
    if vpn.speaks_bgp:
        found, warnings = bgp.items(vpn, choice, claim, view)
        warnings = [*warnings, *refusals.summary_warnings(vpn, view, list(choice.units.values()))]
        bgp.refuse_readvertisement(vpn, view, claim.record)
        multipath, more = ecmp.items(vpn, view, claim)
        items, warnings = items + found + multipath + speakers.items(vpn, choice.speakers, choice.units, claim, view), warnings + more
    else:
        found, warnings = forwarding.items(vpn, choice, claim, view, rules)
        items += found
    if vpn.failover != PBF:
        warnings = [*warnings, *rules.forwarded_by_others(claim.record, list(choice.units.values()))]
    warnings = [*warnings, *_ways(vpn, choice, claim, view), *trust.warnings(vpn, view)]
    items += way_out.routes(vpn, view, claim) + rules.exemption() + rules.security(_ends(choice), list(choice.units.values()), _sessions(vpn, choice, view))
    return items + interfaces.items(vpn, choice, view), warnings


def _ends(choice: Choice) -> dict[int, tuple[str, str]]:
    """Tunnel number → the interface that its packets leave by, and the firewall's address there."""
    return {number: (interface.name, choice.local[number].address) for number, interface in choice.outside.items()}


def _sessions(vpn: Vpn, choice: Choice, view: Surroundings) -> list[tuple[str, str, str]]:
    """(zone here, address here, address there) of the BGP sessions that are not spoken inside the tunnels."""
    zones = choice.speakers.zones(vpn, view)
    found = [(zones[number], speaker.host, vpn.speaker(number) or "") for number, speaker in choice.speakers.by_number.items()]
    inside = {(tunnel.inside_address, tunnel.inside_peer_address) for tunnel in vpn.tunnels}
    inside |= {(tunnel.inside_ipv6_address, tunnel.inside_ipv6_peer_address) for tunnel in vpn.tunnels}
    return [(zone, here, there) for zone, here, there in found if (here, there) not in inside]


def _ways(vpn: Vpn, choice: Choice, claim: Claim, view: Surroundings) -> list[str]:
    """Raises Refused where a tunnel could not leave by the interface of its own."""
    groups = [claim.record.called("bgp_peer_group", vpn.peer_group(number), number) for number in vpn.numbers]
    way_out.refuse_unrouted(vpn, view, groups, list(choice.units.values()))
    return way_out.warnings(vpn, view, groups, list(choice.units.values()))


def _recorded(vpn: Vpn, choice: Choice, claim: Claim, view: Surroundings, items: list) -> Record:
    """What is the VPN's after C(items) are done, and what it changed for others."""
    gone = [removal.identity(item) for item in items if item.state == "absent"]
    record = claim.record.without([*choice.given_up, *gone])
    record = replace(
        record, units=turns.units(choice, claim), options=_options(vpn, choice, claim),
        claims=records.RecordedNames.of(claims.claims(items, removal.owned(view, claim.before), claim.before, record)), routes=(),
        zones=_zones(vpn, choice, claim, view), metrics=metrics.booked(vpn, view, claim))
    if not vpn.speaks_bgp:
        return replace(record, bgp={}, ecmp={}, announced=records.RecordedNames.of(()), priority=1)
    return replace(record, ecmp=ecmp.changed_options(vpn, view, claim), bgp=bgp.changed_options(vpn, view, claim),
                   announced=bgp.booked_networks(vpn, view, claim.before),
                   priority=bgp.booked_priority(vpn, view, claim.before),
                   options=sorted({*record.options, *bgp.optional(vpn, view, claim.before), *[ecmp.USES] * (vpn.failover == ECMP)}))


def _options(vpn: Vpn, choice: Choice, claim: Claim) -> list[str]:
    """The optional settings that are given. What a tunnel that waits still has, its turn has to take back."""
    given = gateways.optional(vpn, choice, claim)
    return given if choice.only_tunnel is None else sorted({*given, *claim.before.options})


def _zones(vpn: Vpn, choice: Choice, claim: Claim, view: Surroundings) -> list[str]:
    """The zones that are the VPN's. One that it leaves is so until the last turn, which takes it away or leaves it to others."""
    made = [*claim.before.zones, *claim.inherited.zones, *([vpn.zone] if view.zone(vpn.zone) is None else [])]
    return [name for name in dict.fromkeys(made) if vpn.uses_zone(name) or choice.only_tunnel is not None]


def _held(vpn: Vpn, choice: Choice, view: Surroundings, items: list, record: Record) -> list:
    """All that is the VPN's, whether something is to be done for it or not: its objects, the memberships, the zones that it made."""
    held = [item for item in items if records.can_be_claimed(item)]
    for unit in choice.units.values():
        held += [DesiredEntry(TUNNEL_INTERFACE, unit), *interfaces.members(vpn, unit, view)]
    held += [member for name in choice.speakers.loopbacks for member in interfaces.members(vpn, name, view)]
    held += bgp.booked(vpn.virtual_router, view, record) + ecmp.booked(vpn.virtual_router, view, record)
    return held + [DesiredEntry(zone.TABLE, name) for name in record.zones]


def _summary(vpn: Vpn, choice: Choice, claim: Claim) -> dict:
    return {
        "name": vpn.name, "failover": vpn.failover, "zone": vpn.zone, "virtual_router": vpn.virtual_router,
        "tunnels": [_tunnel(vpn, choice, claim, number) for number in vpn.numbers],
    }


def _tunnel(vpn: Vpn, choice: Choice, claim: Claim, number: int) -> dict:
    tunnel, terms = vpn.tunnel(number), choice.terms[number]
    return {
        "name": claim.called("ipsec_tunnel", number), "ike_gateway": claim.called("ike_gateway", number), "tunnel_interface": choice.units[number],
        "outside_address": tunnel.outside_address, "local_address": choice.local[number].address,
        "inside_address": tunnel.inside_address, "inside_peer_address": tunnel.inside_peer_address,
        "ike": plain(terms.ike), "ipsec": plain(terms.ipsec), "mtu": terms.mtu, "nat": choice.local[number].behind_nat,
    }
