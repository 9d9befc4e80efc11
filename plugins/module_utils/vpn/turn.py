# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A rollout changes one tunnel after the other: which of a VPN's items are done now, and which wait."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from dataclasses import replace

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.configuration import path as places
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.errors import Refused
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.firewall.surroundings import Surroundings
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.reconcile.plan import plan
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.tables.desired import DesiredEntry, DesiredMember
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.vpn import crypto, ecmp, names
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.vpn.choice import Choice
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.vpn.claim import Claim
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.vpn.vpn import Vpn

# Kinds of objects that each tunnel has one of.
_OF_ONE_TUNNEL = ("ike_gateway", "ipsec_tunnel", "pbf_rule", "bgp_peer_entry", "bgp_timer_profile", "bgp_auth_profile")

# Option → element of a router's BGP that each of its sessions says to its peer.
_OF_ALL_SESSIONS = {"local_as": "local-as", "router_id": "router-id"}


def in_turn(items: list, vpn: Vpn, choice: Choice, claim: Claim, view: Surroundings) -> list:
    """The items without those of the tunnels whose turn comes later, and without what takes anything away that all tunnels share.

    That comes with the last turn: until then, what is shared serves the tunnels that wait as well as those that were changed. So does a rule that
    drops what no tunnel takes, where a tunnel that waits takes its traffic by routes, which stand below all such rules.
    """
    if choice.only_tunnel is None:
        return items
    for item in items:
        _refuse_new_sessions(item, vpn, view)
    waiting = [number for number in vpn.numbers if choice.waits(number)]
    found = [item for item in items if not any(_is_of(item, number, vpn, choice, claim) for number in waiting)]
    found = [item for item in found if _is_of(item, choice.only_tunnel, vpn, choice, claim) or _only_adds(item, view)]
    if any(view.entry("pbf_rule", claim.called("pbf_rule", number)) is None for number in waiting):
        found = [item for item in found if not _is_discard_rule(item, vpn)]
    return [_ranked(_placed(item, found, view), view) for item in found]


def _ranked(item: DesiredEntry | DesiredMember, view: Surroundings) -> DesiredEntry | DesiredMember:
    """A route with the metric that it has: two that exchange theirs do so together, with the last turn, since no two may have the same one."""
    if not isinstance(item, DesiredEntry) or not item.table.kind.startswith("static_route") or "metric" not in item.values:
        return item
    standing = places.text(view.entry_at(item), ("metric",))
    return replace(item, values={**item.values, "metric": int(standing)}) if standing else item


def _is_discard_rule(item: DesiredEntry | DesiredMember, vpn: Vpn) -> bool:
    return isinstance(item, DesiredEntry) and item.table.kind == "pbf_rule" and item.name == names.discard_rule(vpn.name)


def _placed(item: DesiredEntry | DesiredMember, found: list, view: Surroundings) -> DesiredEntry | DesiredMember:
    """Not beside a rule that comes with a later turn, which finds its own place then."""
    if not isinstance(item, DesiredEntry) or not item.position:
        return item
    there = {other.name for other in found if isinstance(other, DesiredEntry) and other.table.kind == item.table.kind}
    container = view.base(item.location) + item.relative_path[:-1]
    there.update(places.names(view.tree, container[1:]))
    kept = [(where, name) for where, name in item.position if name is None or name in there]
    return item if len(kept) == len(item.position) else replace(item, position=tuple(kept))


def refuse(vpn: Vpn, choice: Choice, claim: Claim) -> None:
    """What cannot be done for one tunnel while another one stays as it is."""
    _refuse_taken_interface(vpn, choice, claim)
    _refuse_given_up_bgp(vpn, choice, claim)


def _refuse_taken_interface(vpn: Vpn, choice: Choice, claim: Claim) -> None:
    if choice.only_tunnel is None:
        return
    wanted, changing = choice.units[choice.only_tunnel], vpn.tunnel_name(choice.only_tunnel)
    for number, unit in claim.units.items():
        if unit == wanted and choice.waits(number):
            raise Refused(f"rollout: {unit} is to be the interface of {changing}, and is that of {vpn.tunnel_name(number)} until its turn. "
                          "Give another one in tunnel_interfaces, or say rollout: together; nothing was written")


def _refuse_given_up_bgp(vpn: Vpn, choice: Choice, claim: Claim) -> None:
    """A router's BGP is one for all tunnels: it cannot be given up for one of them and stay for another."""
    before = claim.before
    if choice.only_tunnel is None or not before.bgp or (vpn.speaks_bgp and vpn.virtual_router == before.router):
        return
    raise Refused(f"rollout: all tunnels of {vpn.name} share the BGP of router '{before.router}', and this change gives it up, so they cannot be changed "
                  "one after the other. Say rollout: together; nothing was written")


def is_done(item: DesiredEntry | DesiredMember, vpn: Vpn, choice: Choice, claim: Claim) -> bool:
    """Whether an item is done once this turn is over: what the tunnels share is so after the last turn only."""
    return choice.only_tunnel is None or _is_of(item, choice.only_tunnel, vpn, choice, claim)


def _refuse_new_sessions(item: DesiredEntry | DesiredMember, vpn: Vpn, view: Surroundings) -> None:
    """What all sessions of a router's BGP say of it, and what starts a router anew: a change of that ends them together."""
    restarting = ecmp.starts_anew(item, view) if isinstance(item, DesiredEntry) else []
    if restarting:
        raise Refused(f"rollout: {' and '.join(restarting)} of the ECMP of router '{item.name}' start it anew, with all tunnels of {vpn.name} at once. "
                      "Say rollout: together; nothing was written")
    if not isinstance(item, DesiredEntry) or item.table.kind != "bgp_instance":
        return
    before = view.entry_at(item)
    for option, element in _OF_ALL_SESSIONS.items():
        there = places.text(before, (element,))
        if there and item.values.get(option, there) != there:
            raise Refused(f"rollout: {option} of the BGP of router '{item.name}' is one for all tunnels of {vpn.name}, and this change ends all sessions "
                          "together. Say rollout: together; nothing was written")


def _only_adds(item: DesiredEntry | DesiredMember, view: Surroundings) -> bool:
    """Whether all that stands where an item is to be stands there afterwards as well."""
    before = view.entry_at(item)
    if before is None:
        return True
    after = Surroundings(plan([[item]], view.tree, view.base).after, view.base, view.platform).entry_at(item)
    return after is not None and _said(before) <= _said(after)


def _said(element: ET.Element, above: tuple = ()) -> set[tuple]:
    """Every place below an element, with its text."""
    found = {(*above, (element.text or "").strip())}
    for child in element:
        found |= _said(child, (*above, child.tag, child.get("name") or (child.text or "").strip()))
    return found


def _is_of(item: DesiredEntry | DesiredMember, number: int, vpn: Vpn, choice: Choice, claim: Claim) -> bool:
    if isinstance(item, DesiredMember) and item.kind == "rule_member":
        return ("entry", claim.called("pbf_rule", number)) in item.relative_path
    if isinstance(item, DesiredEntry) and item.table.kind == "proxy_id":
        return ("entry", claim.called("ipsec_tunnel", number)) in item.relative_path
    if not isinstance(item, DesiredEntry) or item.table.kind == "tunnel_interface":
        # The interface that the tunnel leaves goes in its turn too.
        return item.name in (choice.units[number], claim.units.get(number))
    return item.name == claim.called(item.table.kind, number) or names.is_of_tunnel(vpn.name, number, item.name)


def units(choice: Choice, claim: Claim) -> dict[int, str]:
    """The interfaces that the VPN has after this turn."""
    found = {number: claim.units.get(number) if choice.waits(number) else unit for number, unit in choice.units.items()}
    return {number: unit for number, unit in found.items() if unit}


def serving(vpn: Vpn, choice: Choice, claim: Claim, view: Surroundings) -> dict[int, set]:
    """Number of a tunnel that is there → the (kind, name) of what it runs on by now."""
    found: dict[int, set] = {}
    for number in vpn.numbers:
        if view.entry("ipsec_tunnel", claim.called("ipsec_tunnel", number)) is None:
            continue
        objects: set[tuple[str, str | None]] = {(kind, claim.called(kind, number)) for kind in _OF_ONE_TUNNEL}
        objects |= {(table.kind, crypto.current(view, claim, number, index)) for index, table in enumerate(crypto.TABLES)}
        found[number] = objects | {("tunnel_interface", choice.units[number])}
    return found
