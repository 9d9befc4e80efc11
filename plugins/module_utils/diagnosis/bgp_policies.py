# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What keeps networks back in BGP, and what takes them into it, as it is configured on either engine."""

from __future__ import annotations

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.configuration import path as places
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.diagnosis.case import Case
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.diagnosis.evidence import inside_of
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.firewall import bgp_policies
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.firewall.bgp_policies import Verdict
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.tables.places import bgp_place


def held_back(case: Case, peer: dict, direction: str, networks) -> Verdict | None:
    """What denies all of the networks; None where one of them passes, or where that cannot be told."""
    found = [bgp_policies.verdict(case.around, _asked(peer), direction, network) for network in networks]
    return found[0] if found and all(verdict.passes is False for verdict in found) else None


def denying(case: Case, peer: dict, direction: str) -> list[Verdict]:
    """The rules of a virtual router that deny this peer's group anything."""
    return bgp_policies.denying(case.around, _asked(peer), direction)


def untold(case: Case, peer: dict, direction: str, networks) -> Verdict | None:
    """What may deny one of the networks, by what a configuration does not tell; None where there is no such."""
    found = [bgp_policies.verdict(case.around, _asked(peer), direction, network) for network in networks]
    return next((verdict for verdict in found if verdict.passes is None), None)


def _asked(peer: dict) -> bgp_policies.Peer:
    return bgp_policies.Peer(peer["virtual_router"], peer["peer_group"], peer["name"])


def _tree(case, peer):
    return places.find(case.around.network, bgp_place(peer["virtual_router"], case.around.platform.advanced))


def not_redistributed(case: Case, peer: dict, networks) -> list:
    """Those of the networks that nothing takes into BGP."""
    found = _sources(case, peer)
    return [text for text in networks if not any(_takes_in(case, peer, name, destinations, text) for name, destinations in found.items())]


def _takes_in(case, peer, name, destinations, network) -> bool:
    """By its destinations, and by where the router has the network from; of one that it has from nowhere that is configured, nothing follows."""
    if destinations and not inside_of(network, destinations):
        return False
    origins, router = bgp_policies.sources_of(case.around, peer["virtual_router"], network), peer["virtual_router"]
    if any(origins.values()) and name != network and (case.around.platform.advanced or _is_left_out(case, peer, name, network)):
        return bgp_policies.announces(case.around, router, network)
    profile = places.find(case.around.router(peer["virtual_router"]), ("protocol", "redist-profile", ("entry", name)))
    kinds = places.names(profile, ("filter", "type")) if profile is not None else []
    return not kinds or not any(origins.values()) or any(origins.get(kind) for kind in kinds)


def _is_left_out(case, peer, name, network) -> bool:
    """Whether a profile that is asked first leaves the network out, or the one of this name is for other interfaces."""
    profiles = places.children(case.around.router(peer["virtual_router"]), ("protocol", "redist-profile"))
    is_limited = any(profile.get("name") == name and places.names(profile, ("filter", "interface")) for profile in profiles)
    return is_limited or any(places.find(profile, ("action", "no-redist")) is not None for profile in profiles)


def would_be_announced(case: Case, peer: dict) -> list:
    """The routes in use that redistribution and export rules let out to a peer, by what is configured."""
    own = [route for route in case.evidence.state.routes or () if route.active and route.router in (None, peer["virtual_router"])
           and route.protocol in ("connected", "static")]
    announced = [route.destination for route in own if bgp_policies.announces(case.around, peer["virtual_router"], route.destination)]
    return [text for text in announced if bgp_policies.verdict(case.around, _asked(peer), bgp_policies.EXPORT, text).passes]


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
