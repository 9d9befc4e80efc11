# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A rollout changes one tunnel after the other: which of a VPN's items are done now, and which wait."""

from __future__ import annotations

import xml.etree.ElementTree as ET

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.errors import Refused
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.firewall.surroundings import Surroundings
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.reconcile.plan import plan
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.tables.desired import DesiredEntry, DesiredMember
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.vpn import crypto, names
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.vpn.choice import Choice
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.vpn.claim import Claim
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.vpn.vpn import BGP, Vpn

# Kinds of objects that each tunnel has one of.
_OF_ONE_TUNNEL = ("ike_gateway", "ipsec_tunnel", "pbf_rule", "bgp_peer_entry", "bgp_timer_profile")


def turn(items: list, vpn: Vpn, choice: Choice, claim: Claim, view: Surroundings) -> list:
    """The items without those of the tunnels whose turn comes later, and without what takes anything away that all tunnels share.

    That comes with the last turn: until then, what is shared serves the tunnels that wait as well as those that were changed.
    """
    if choice.turn is None:
        return items
    waiting = [number for number in vpn.numbers if choice.waits(number)]
    found = [item for item in items if not any(_is_of(item, number, vpn, choice, claim) for number in waiting)]
    return [item for item in found if _is_of(item, choice.turn, vpn, choice, claim) or _only_adds(item, view)]


def refuse(vpn: Vpn, choice: Choice, claim: Claim) -> None:
    """A router's BGP is one for all tunnels: it cannot be given up for one of them and stay for another."""
    before = claim.before
    if choice.turn is None or not before.bgp or (vpn.failover == BGP and vpn.virtual_router == before.router):
        return
    raise Refused(f"rollout: all tunnels of {vpn.name} share the BGP of router '{before.router}', and this change gives it up, so they cannot be changed "
                  "one after the other. Say rollout: together; nothing was written")


def is_done(item: DesiredEntry | DesiredMember, vpn: Vpn, choice: Choice, claim: Claim) -> bool:
    """Whether an item is done once this turn is over: what the tunnels share is so after the last turn only."""
    return choice.turn is None or _is_of(item, choice.turn, vpn, choice, claim)


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
        return item.name == choice.units[number]
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
