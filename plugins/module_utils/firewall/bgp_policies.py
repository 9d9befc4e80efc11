# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Does a router's BGP let a network out to a peer, or in from it? What the policies of either engine say, read in one place.

Rules, route maps and lists are gone through in order, and the first that matches decides. Some match on what a configuration does not tell (the AS path of
a route, its community): where that makes a difference, the answer is that nobody can tell.
"""

from __future__ import annotations

import xml.etree.ElementTree as ET
from dataclasses import dataclass
from ipaddress import ip_network
from typing import Iterable, Sequence, Tuple, Union

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.configuration import path as places
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.firewall.surroundings import Network, Surroundings
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.tables.places import bgp_place

IMPORT, EXPORT = "import", "export"
_BOUND = {IMPORT: "inbound", EXPORT: "outbound"}
# What stands where nothing is chosen.
_NOTHING = ("", "none")


@dataclass(frozen=True)
class Verdict:
    """C(passes): whether the network does; None where the configuration does not tell.

    C(by): what decides that, in words; C(says): what stands there; both are empty where nothing is in the way.
    C(assumed): no entry speaks of the network, and what PAN-OS does then is known from practice only.
    """

    passes: bool | None
    by: str = ""
    says: str = ""
    assumed: bool = False


FREE = Verdict(True)
# Whether a step matches (None: that cannot be told), and what it decides then.
Step = Tuple[Union[bool, None], Verdict]


@dataclass(frozen=True)
class Peer:
    """Whom a question is about. C(name): of one peer in the group; without it the group's own settings count."""

    router: str
    group: str
    name: str | None = None


def verdict(view: Surroundings, peer: Peer, direction: str, network: str) -> Verdict:
    """Whether C(network) passes in C(direction), by the policies that the configuration has for a peer or its group."""
    wanted = _network(network)
    if wanted is None:
        return Verdict(None, "the network", f"'{network}' is no literal network")
    judge = _by_profile if view.platform.advanced else _by_rules
    return judge(view, peer, direction, wanted)


def exchanges(view: Surroundings, peer: Peer, version: int) -> bool:
    """Whether networks of a family could be told to a peer at all. Where the configuration leaves that open, they could."""
    group = group_of(view, peer)
    if view.platform.advanced:
        families = places.find(profile_holder(group, peer.name), ("address-family",))
        exchanged = [number for number in (4, 6) if (places.text(families, (f"ipv{number}",)) or "") not in _NOTHING]
        return version in exchanged or not exchanged
    told = places.find(group, ("peer", ("entry", peer.name or "")))
    is_of_ipv6 = places.text(told, ("address-family-identifier",)) == "ipv6" and places.text(told, ("enable-mp-bgp",)) == "yes"
    return version == 4 or is_of_ipv6


def denying(view: Surroundings, peer: Peer, direction: str) -> list[Verdict]:
    """What the rules of a virtual router that deny the peer's group anything decide; route maps are read network by network."""
    decided = [_decision(rule, direction) for rule in _rules(view, peer, direction)]
    return [each for each in decided if each.passes is False]


def announces(view: Surroundings, router: str, network: str) -> bool:
    """Whether a router's BGP tells of a network already, to every peer whose policies let it out. What the configuration does not tell is no."""
    wanted = _network(network)
    bgp = view.bgp(router)
    if wanted is None or bgp is None or places.text(bgp, ("enable",)) != "yes":
        return False
    by_source = _redistributes_advanced if view.platform.advanced else _redistributes
    return _announced_by_name(view, bgp, wanted) or by_source(view, router, bgp, wanted)


def sources_of(view: Surroundings, router: str, network: str) -> dict[str, bool]:
    """Where the configuration gives a router a network from, in the words of both engines."""
    wanted = _network(network)
    return {} if wanted is None else _sources_of(view, router, wanted)


def group_of(view: Surroundings, peer: Peer) -> ET.Element | None:
    return places.find(view.network, bgp_place(peer.router, view.platform.advanced) + ("peer-group", ("entry", peer.group)))


def _first_match(steps: Sequence[Step], otherwise: Verdict) -> Verdict:
    """What the first step decides that matches. One of which that cannot be told counts only where it makes a difference."""
    for number, (matches, decided) in enumerate(steps):
        if matches:
            return decided
        if matches is None:
            rest = _first_match(steps[number + 1:], otherwise)
            return rest if rest.passes == decided.passes else Verdict(None, decided.by, decided.says)
    return otherwise


def _all_of(verdicts: Iterable[Verdict]) -> Verdict:
    """What passes several filters has to pass each of them."""
    found = list(verdicts)
    held = [each for each in found if each.passes is False]
    untold = [each for each in found if each.passes is None]
    return (held or untold or found or [FREE])[0]


def _network(text: str | None) -> Network | None:
    try:
        return ip_network(text or "", strict=False)
    except ValueError:
        return None


def _contains(listed: Network, wanted: Network) -> bool:
    return listed.version == wanted.version and listed.prefixlen <= wanted.prefixlen and wanted.supernet(new_prefix=listed.prefixlen) == listed


def _conditions(match: ET.Element | None, known: tuple[str, ...]) -> list[str]:
    """The names of conditions of a match that say something, without the C(known) ones."""
    found = match if match is not None else ()
    return [condition.tag for condition in found if condition.tag not in known and _says_something(condition)]


def _says_something(condition: ET.Element) -> bool:
    return any(element.get("name") or (element.text or "").strip() not in _NOTHING for element in condition.iter())


# Virtual routers: rules, each used by groups.

def _rules(view: Surroundings, peer: Peer, direction: str) -> list[ET.Element]:
    container = bgp_place(peer.router, False) + ("policy", direction, "rules")
    return [rule for rule in places.children(view.network, container) if _counts_for(rule, peer)]


def _counts_for(rule: ET.Element, peer: Peer) -> bool:
    return peer.group in places.names(rule, ("used-by",)) and places.text(rule, ("enable",)) != "no"


def _by_rules(view: Surroundings, peer: Peer, direction: str, network: Network) -> Verdict:
    rules = _rules(view, peer, direction)
    steps = [(_rule_matches(rule, network), _decision(rule, direction)) for rule in rules]
    unspoken = Verdict(False, f"the BGP {direction} rules of peer group '{peer.group}'", f"no {direction} rule allows {network}", assumed=True)
    decided = _first_match(steps, unspoken if rules else FREE)
    return _all_of([decided, *(_by_conditional_rule(view, peer) if direction == EXPORT else ())])


def _decision(rule: ET.Element, direction: str) -> Verdict:
    by = f"the BGP {direction} rule '{rule.get('name')}'"
    if places.find(rule, ("action", "deny")) is not None:
        return Verdict(False, by, f"{direction} rule '{rule.get('name')}' action: deny")
    if places.find(rule, ("action", "allow")) is not None:
        return Verdict(True, by, f"{direction} rule '{rule.get('name')}' action: allow")
    return Verdict(None, by, f"{direction} rule '{rule.get('name')}' has no action")


def _rule_matches(rule: ET.Element, network: Network) -> bool | None:
    match = places.find(rule, ("match",))
    if places.text(match, ("route-table",)) == "multicast":
        return False
    by_prefix = _matches_a_prefix(places.children(match, ("address-prefix",)), network)
    if by_prefix and _conditions(match, ("address-prefix", "route-table")):
        return None
    return by_prefix


def _matches_a_prefix(listed: list[ET.Element], network: Network) -> bool | None:
    """Whether the network is one of those listed, or where they are not meant exactly, inside one; all are where none is listed."""
    if not listed:
        return True
    found = [_is_prefix(_network(prefix.get("name")), places.text(prefix, ("exact",)) != "no", network) for prefix in listed]
    return any(found) or (None if None in found else False)


def _is_prefix(listed: Network | None, exact: bool, network: Network) -> bool | None:
    if listed is None:
        return None
    return listed == network if exact else _contains(listed, network)


def _by_conditional_rule(view: Surroundings, peer: Peer) -> list[Verdict]:
    """What is announced only while another route is missing."""
    container = bgp_place(peer.router, False) + ("policy", "conditional-advertisement", "policy")
    return [Verdict(None, f"the conditional advertisement '{rule.get('name')}'", f"conditional advertisement '{rule.get('name')}'")
            for rule in places.children(view.network, container) if _counts_for(rule, peer)]


# Logical routers: a filtering profile with a list, a route map, or both.

def _by_profile(view: Surroundings, peer: Peer, direction: str, network: Network) -> Verdict:
    family, bound = f"ipv{network.version}", _BOUND[direction]
    name = _profile_of(group_of(view, peer), peer, family)
    if name in _NOTHING:
        return FREE
    profile = view.entry("bgp_filtering_profile", name)
    if profile is None:
        return Verdict(None, f"the filtering profile '{name}'", f"there is no filtering profile '{name}'")
    unicast = places.find(profile, (family, "unicast"))
    return _all_of([
        *_by_network_filter(view, places.find(unicast, (f"{bound}-network-filters",)), network),
        *_by_route_map(view, places.text(unicast, ("route-maps", bound)) or "", network),
        *_by_what_is_not_told(unicast, name, bound),
    ])


def _profile_of(group: ET.Element | None, peer: Peer, family: str) -> str:
    return places.text(profile_holder(group, peer.name), ("filtering-profile", family)) or ""


def profile_holder(group: ET.Element | None, peer: str | None) -> ET.Element | None:
    """Where a logical router's peer names its profiles: itself, or in its group where it inherits."""
    own = places.find(group, ("peer", ("entry", peer or ""), "inherit", "no"))
    return group if own is None else own


def _by_network_filter(view: Surroundings, filters: ET.Element | None, network: Network) -> list[Verdict]:
    found = []
    listed, accessed = (places.text(filters, (kind,)) or "" for kind in ("prefix-list", "distribute-list"))
    if listed not in _NOTHING:
        found.append(_by_prefix_list(view, listed, network))
    if accessed not in _NOTHING:
        found.append(Verdict(None, f"the distribute list '{accessed}'", f"distribute list '{accessed}'"))
    return found


def _by_what_is_not_told(unicast: ET.Element | None, profile: str, bound: str) -> list[Verdict]:
    """Filters by the AS path of a route, and by other routes that are there or not."""
    paths = places.text(unicast, ("filter-list", bound)) or ""
    conditional = places.find(unicast, ("conditional-advertisement",)) if bound == "outbound" else None
    untold = [f"AS path list '{paths}'"] if paths not in _NOTHING else []
    untold += ["conditional-advertisement"] if conditional is not None and _says_something(conditional) else []
    return [Verdict(None, f"the filtering profile '{profile}'", f"filtering profile '{profile}': {what}") for what in untold]


def _by_route_map(view: Surroundings, name: str, network: Network, kind: str = "bgp_route_map", listed_in: tuple = ("route-map",)) -> list[Verdict]:
    if name in _NOTHING:
        return []
    route_map, by = view.entry(kind, name), f"the route map '{name}'"
    if route_map is None:
        return [Verdict(None, by, f"there is no route map '{name}'")]
    entries = _in_sequence(route_map, listed_in)
    steps = [(_entry_matches(view, entry, network), _action(entry, by, f"route map '{name}' entry {entry.get('name')}")) for entry in entries]
    return [_first_match(steps, Verdict(False, by, f"no entry of route map '{name}' permits {network}", assumed=True))]


def _entry_matches(view: Surroundings, entry: ET.Element, network: Network) -> bool | None:
    """All conditions of an entry have to hold; one about the other kind of addresses does not."""
    match = places.find(entry, ("match",))
    own, other = (f"ipv{version}" for version in ((4, 6) if network.version == 4 else (6, 4)))
    if _conditions(places.find(match, (other,)), ()):
        return False
    listed = places.text(match, (own, "address", "prefix-list")) or ""
    permits = True if listed in _NOTHING else _by_prefix_list(view, listed, network).passes
    if permits is False:
        return False
    untold = _conditions(match, ("ipv4", "ipv6")) + _conditions(places.find(match, (own,)), ("address",))
    untold += _conditions(places.find(match, (own, "address")), ("prefix-list",))
    return None if untold else permits


def _by_prefix_list(view: Surroundings, name: str, network: Network) -> Verdict:
    prefix_list, by = view.entry("prefix_list", name), f"the prefix list '{name}'"
    if prefix_list is None:
        return Verdict(False, by, f"there is no prefix list '{name}'", assumed=True)
    entries = _in_sequence(prefix_list, ("type", f"ipv{network.version}", f"ipv{network.version}-entry"))
    if not entries:
        return Verdict(None, by, f"prefix list '{name}' has no entry of IPv{network.version}")
    steps = [(_listed(places.find(entry, ("prefix",)), network), _action(entry, by, f"prefix list '{name}' entry {entry.get('name')}")) for entry in entries]
    return _first_match(steps, Verdict(False, by, f"no entry of prefix list '{name}' permits {network}", assumed=True))


def _listed(prefix: ET.Element | None, network: Network) -> bool | None:
    """Whether an entry of a prefix list is about the network: C(any), a network, or those inside one with lengths in a range."""
    limits = places.find(prefix, ("entry",))
    text = places.text(prefix, ("network",)) or places.text(limits, ("network",)) or ""
    if text == "any":
        return True
    listed = _network(text)
    if listed is None:
        return None
    shortest, longest = (places.text(limits, (limit,)) or "" for limit in ("greater-than-or-equal", "less-than-or-equal"))
    if not shortest and not longest:
        return listed == network
    if not _contains(listed, network):
        return False
    return int(shortest or listed.prefixlen) <= network.prefixlen <= int(longest or network.max_prefixlen)


def _in_sequence(holder: ET.Element | None, path: tuple) -> list[ET.Element]:
    return sorted(places.children(holder, path), key=lambda entry: int(entry.get("name") or 0))


def _action(entry: ET.Element, by: str, where: str) -> Verdict:
    """What is not said to be permitted is denied."""
    permits = places.text(entry, ("action",)) == "permit"
    return Verdict(permits, by, f"{where} action: {'permit' if permits else 'deny'}")


# What a router announces by itself: networks by their names, and those whose route has a source that is redistributed.

def _announced_by_name(view: Surroundings, bgp: ET.Element, network: Network) -> bool:
    container: tuple[str, ...] = ("redist-rules",)
    switch = "enable"
    if view.platform.advanced:
        container, switch = ("advertise-network", f"ipv{network.version}", "network"), "unicast"
    return any(_network(entry.get("name")) == network and places.text(entry, (switch,)) != "no" for entry in places.children(bgp, container))


def _sources_of(view: Surroundings, router: str, network: Network) -> dict[str, bool]:
    """Where a router has its route to a network from, in the words of both engines."""
    connected = any(network == found for _interface, found in view.connected(router))
    static = any(network == found for _name, found in view.static_routes(router))
    return {"connect": connected, "connected": connected, "static": static}


def _redistributes(view: Surroundings, router: str, bgp: ET.Element, network: Network) -> bool:
    """By the profiles of a virtual router that BGP announces by: the first that matches decides."""
    rules = {rule.get("name") for rule in places.children(bgp, ("redist-rules",)) if places.text(rule, ("enable",)) != "no"}
    profiles = places.children(view.router(router), ("protocol", "redist-profile"))
    used = sorted((profile for profile in profiles if profile.get("name") in rules), key=lambda profile: int(places.text(profile, ("priority",)) or 0))
    through = {name for name, found in view.connected(router) if found == network}
    through |= {route.interface for route in view.static_route_entries(router) if route.destination == network}
    first = next((profile for profile in used if _is_filtered(profile, _sources_of(view, router, network), network, through)), None)
    return first is not None and places.find(first, ("action", "redist")) is not None


def _is_filtered(profile: ET.Element, sources: dict[str, bool], network: Network, interfaces: set[str]) -> bool:
    """Whether a profile's filter matches, by what the configuration tells of a route. C(interfaces): those that the route is through."""
    filtered = places.find(profile, ("filter",))
    of_a_source = any(sources.get(kind) for kind in places.names(filtered, ("type",)))
    listed = [_network(text) for text in places.names(filtered, ("destination",))]
    through = set(places.names(filtered, ("interface",)))
    is_through = not through or bool(through & interfaces)
    return of_a_source and is_through and (not listed or network in listed) and not _conditions(filtered, ("type", "destination", "interface"))


def _redistributes_advanced(view: Surroundings, router: str, bgp: ET.Element, network: Network) -> bool:
    """By the one profile of a logical router."""
    family = f"ipv{network.version}"
    name = places.text(bgp, ("redistribution-profile", family, "unicast")) or ""
    profile = None if name in _NOTHING else view.entry("bgp_redistribution_profile", name)
    found = [places.find(profile, (family, "unicast", kind)) for kind, is_one in _sources_of(view, router, network).items() if is_one]
    return any(source is not None and _lets_pass(view, source, network) for source in found)


def _lets_pass(view: Surroundings, source: ET.Element, network: Network) -> bool:
    route_map = places.text(source, ("route-map",)) or ""
    verdicts = _by_route_map(view, route_map, network, "redistribution_route_map", ("connected-static", "bgp", "route-map"))
    return places.text(source, ("enable",)) == "yes" and _all_of(verdicts).passes is True
