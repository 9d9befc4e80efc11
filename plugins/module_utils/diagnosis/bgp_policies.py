# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What BGP's policies of either engine let through, as they are configured: rules, route maps with prefix lists, and redistribution."""

from __future__ import annotations

from dataclasses import dataclass
from ipaddress import ip_network

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.configuration import path as places
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.diagnosis.case import Case
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.diagnosis.evidence import inside_of
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.resources import bgp_instance

IMPORT, EXPORT = "import", "export"
_DIRECTIONS = {IMPORT: "inbound", EXPORT: "outbound"}


@dataclass(frozen=True)
class Held:
    """What keeps prefixes back: C(words) for a sentence, C(says) for the evidence."""

    words: str
    says: str


def held_back(case: Case, peer: dict, direction: str, networks) -> Held | None:
    """The rule that denies all of the networks; None where one of them passes, or where something stands that nobody here understands."""
    find = _by_route_map if case.around.platform.advanced else _by_rules
    found = [find(case, peer, direction, network) for network in networks]
    return found[0] if found and all(found) else None


def denying(case: Case, peer: dict, direction: str) -> list:
    """The rules of a virtual router that deny this peer's group anything. Route maps are read by C(held_back) only."""
    return [_held(rule, direction) for rule in _rules(case, peer, direction) if places.find(rule, ("action", "deny")) is not None]


def _held(rule, direction) -> Held:
    return Held(f"the BGP {direction} rule '{rule.get('name')}'", f"{direction} rule '{rule.get('name')}' action: deny")


def _rules(case, peer, direction) -> list:
    return [rule for rule in places.children(_tree(case, peer), ("policy", direction, "rules"))
            if peer["peer_group"] in places.names(rule, ("used-by",)) and places.text(rule, ("enable",)) != "no"]


def _tree(case, peer):
    return places.find(case.around.tree, (case.around.base("network") + bgp_instance.place(peer["virtual_router"], case.around.platform.advanced))[1:])


def _by_rules(case, peer, direction, network) -> Held | None:
    for rule in _rules(case, peer, direction):
        others = [child.tag for child in places.children(rule, ("match",)) if child.tag not in ("address-prefix", "route-table")]
        prefixes = [(entry.get("name"), places.text(entry, ("exact",)) != "no") for entry in places.children(rule, ("match", "address-prefix"))]
        if others:
            return None
        if not prefixes or any(_listed(network, text, exact) for text, exact in prefixes):
            return _held(rule, direction) if places.find(rule, ("action", "deny")) is not None else None
    return None


def _listed(network, text, exact) -> bool:
    try:
        return ip_network(network, strict=False) == ip_network(text, strict=False) if exact else inside_of(network, [text])
    except ValueError:
        return False


def _by_route_map(case, peer, direction, network) -> Held | None:
    group = places.find(_tree(case, peer), ("peer-group", ("entry", peer["peer_group"])))
    profile = case.around.entry("bgp_filtering_profile", places.text(group, ("filtering-profile", "ipv4")) or "")
    name = places.text(profile, ("ipv4", "unicast", "route-maps", _DIRECTIONS[direction]))
    route_map = case.around.entry("bgp_route_map", name) if name else None
    for entry in sorted(places.children(route_map, ("route-map",)), key=lambda item: int(item.get("name"))):
        listed = places.text(entry, ("match", "ipv4", "address", "prefix-list"))
        if listed is None or _permitted(case, listed, network):
            denies = places.text(entry, ("action",)) == "deny"
            return Held(f"the route map '{name}'", f"route map '{name}' entry {entry.get('name')} action: deny") if denies else None
    return None


def _permitted(case, name, network) -> bool:
    entries = places.children(case.around.entry("prefix_list", name), ("type", "ipv4", "ipv4-entry"))
    return any(_listed(network, places.text(entry, ("prefix", "entry", "network")) or "", True) for entry in entries
               if places.text(entry, ("action",)) != "deny")


def not_redistributed(case: Case, peer: dict, networks) -> list:
    """Those of the networks that nothing takes into BGP."""
    found = _sources(case, peer)
    return [text for text in networks if not any(not destinations or inside_of(text, destinations) for destinations in found.values())]


def redistributed(case: Case, peer: dict) -> str:
    """What is taken in, in words."""
    return "redistribution: " + (", ".join(f"{name} ({', '.join(destinations) or 'all'})" for name, destinations in _sources(case, peer).items()) or "none")


def _sources(case, peer) -> dict:
    """Name → destinations that are taken into BGP, all where there are none listed."""
    tree = _tree(case, peer)
    if case.around.platform.advanced:
        found = {name: [name] for family in ("ipv4", "ipv6") for name in places.names(tree, ("advertise-network", family, "network"))}
        profile = places.text(tree, ("redistribution-profile", "ipv4", "unicast"))
        return {**found, **({profile: []} if profile and case.around.entry("bgp_redistribution_profile", profile) is not None else {})}
    found = {}
    router = case.around.router(peer["virtual_router"])
    for rule in places.children(tree, ("redist-rules",)):
        name = rule.get("name")
        profile = places.find(router, ("protocol", "redist-profile", ("entry", name)))
        if places.text(rule, ("enable",)) == "no" or (profile is None and "/" not in name) or (
                profile is not None and places.find(profile, ("action", "redist")) is None):
            continue
        found[name] = [name] if profile is None else places.names(profile, ("filter", "destination"))
    return found
