# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The BGP half of a VPN: instance, what is announced, peers; and what must not be touched on a router that already runs BGP."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from ipaddress import IPv4Address, IPv4Network, ip_network
from typing import Any, Iterable, Iterator

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.configuration import path as places
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.errors import InvalidInput, Refused
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.firewall import bgp_policies
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.firewall.addresses import FLOATING
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.firewall.surroundings import Surroundings
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.parts import bgp_policy
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.peers.profile import Bgp
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.resources import bgp_instance, bgp_peer, bgp_redistribution
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.tables.desired import UNSET, merged
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.tables.places import bgp_place
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.tables.table import Request, Table
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.vpn import families, interfaces
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.vpn.choice import Choice
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.vpn.claim import Claim
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.vpn.record import Known, Object, Record, known, object_of, peer
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.vpn.vpn import Vpn

_LARGEST_2_BYTE_AS = 65535


# Where a router's BGP says what the VPN needs of it.
_INSTANCE = {"local_as": ("local-as",), "router_id": ("router-id",), "enable": ("enable",), "install_route": ("install-route",)}


def _instance(vpn: Vpn, around: Surroundings) -> dict[str, str | None]:
    """What the router's BGP says now."""
    return {option: places.text(around.bgp(vpn.virtual_router), path) for option, path in _INSTANCE.items()}


def instance_values(vpn: Vpn, around: Surroundings) -> dict:
    """Options of the router's BGP that the VPN needs and that are not there yet."""
    have = _instance(vpn, around)
    wanted = {"local_as": str(_session(vpn, 1).local_as), "enable": True}
    if have["local_as"] and have["local_as"] != wanted["local_as"]:
        raise Refused(f"router '{vpn.virtual_router}' runs BGP with local AS {have['local_as']}, the far side expects {wanted['local_as']}; "
                      "change the far side, or use another router")
    if vpn.router_id and have["router_id"] and have["router_id"] != vpn.router_id:
        raise Refused(f"router_id: router '{vpn.virtual_router}' runs BGP with router ID {have['router_id']}; leave router_id out to keep it")
    if not have["router_id"]:
        wanted["router_id"] = vpn.router_id or _router_id(vpn, around)
    _refuse_install_route(vpn, have, around)
    if have["install_route"] is None or vpn.install_route is not None:
        wanted["install_route"] = True if vpn.install_route is None else vpn.install_route
    _refuse_large_as(vpn, around.bgp(vpn.virtual_router), around)
    return wanted


def _session(vpn: Vpn, number: int) -> Bgp:
    session = vpn.tunnel(number).bgp
    if session is None:
        raise InvalidInput(f"{vpn.name}, tunnel {number}: failover 'bgp' needs the tunnel's bgp (local_as, peer_as)")
    return session


def changed_options(vpn: Vpn, around: Surroundings, claim: Claim) -> dict[str, str | None]:
    """Options of the router's BGP that the VPN sets, with what stood there before its first run, or before that of the one whose place it takes."""
    have = _instance(vpn, around)
    changed = {option: have[option] for option, value in instance_values(vpn, around).items() if have[option] != _text(value)}
    before = claim.before
    return {**changed, **claim.inherited.bgp, **(before.bgp if before.router == vpn.virtual_router else {})}


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return value


def _refuse_install_route(vpn, have, around):
    runs = have["enable"] == "yes"
    off = have["install_route"] == "no" or (runs and have["install_route"] is None and not around.platform.advanced)
    if runs and off and vpn.install_route is None:
        raise Refused(f"router '{vpn.virtual_router}' runs BGP with install-route off: learned routes would not be used. "
                      "Say install_route: true to turn it on, or install_route: false if that is meant")


def _refuse_large_as(vpn, bgp, around):
    if around.platform.advanced or bgp is None or places.text(bgp, ("enable",)) != "yes":
        return
    four = (places.text(bgp, ("routing-options", "as-format")) or "2-byte") == "4-byte"
    large = [number for tunnel in vpn.tunnels for number in (tunnel.bgp.local_as, tunnel.bgp.peer_as) if number > _LARGEST_2_BYTE_AS]
    if large and not four:
        raise Refused(f"AS {large[0]} needs four bytes, and router '{vpn.virtual_router}' runs BGP with 2-byte AS numbers; set as_format to 4-byte first")


def _router_id(vpn: Vpn, around: Surroundings) -> str:
    """The address of the interface that holds a local network, as the router's own; else one that is written down, that is given, or inside a tunnel."""
    local = [IPv4Network(text) for text in vpn.local_networks if families.family(text) == 4]
    held = [each for name in around.router_interfaces(vpn.virtual_router) if not name.startswith("tunnel.")
            for each in around.addresses_of(name) if each.address is not None and each.family == 4 and each.source != FLOATING]
    candidates = [each.host for each in held if any(IPv4Address(each.host) in network for network in local)]
    candidates += [each.host for each in held if each.text] + [each.host for each in held]
    candidates += [tunnel.inside_address for tunnel in vpn.tunnels if tunnel.inside_address]
    if not candidates:
        raise Refused(f"router_id: router '{vpn.virtual_router}' has no IPv4 address to take it from; give one, it need not be an address of the firewall")
    return candidates[0]


def sources(vpn: Vpn, around: Surroundings) -> dict:
    """Where each local network's route comes from: C(connected), C(static) or C(other)."""
    connected = {network for _interface, network in around.connected(vpn.virtual_router)}
    static = {destination for _name, destination in around.static_routes(vpn.virtual_router)}
    found = {}
    for text in vpn.local_networks:
        network = ip_network(text)
        source = "connected" if network in connected else "static" if network in static else "other"
        found[text] = vpn.redistribute or source
    return found


def items(vpn: Vpn, choice: Choice, claim: Claim, view: Surroundings) -> tuple[list, list[str]]:
    """(desired items, warnings)."""
    found = [bgp_instance.instance(vpn.virtual_router, instance_values(vpn, view), view.platform), *_announcement(vpn, view)]
    warnings: list[str] = []
    for number in vpn.numbers:
        group = claim.known.called("bgp_peer_group", vpn.peer_group(number), number)
        name, values = claim.called("bgp_peer_entry", number), _peer_values(vpn, choice, number)
        if claim.known.took_over("bgp_peer_entry", name):
            family = bgp_peer.session_values(vpn.ends(number).peer or "", view.platform) if families.spoken(vpn) == 6 else {}
            more, told = _adopted_peer(vpn, view, claim.known, group, name, {**values, **family})
            found, warnings = found + more, warnings + told
        else:
            values.update(bgp_peer.session_values(vpn.ends(number).peer or "", view.platform))
            found += bgp_peer.objects(vpn.virtual_router, group, name, values, view.platform, str(_session(vpn, number).local_as))
    return merged(found), warnings


def _peer_values(vpn: Vpn, choice: Choice, number: int) -> dict:
    session, ends = _session(vpn, number), vpn.ends(number)
    values: dict[str, Any] = {
        "peer_as": str(session.peer_as),
        "peer_address": {"ip": ends.peer},
        "local_address": {"interface": choice.units[number], "ip": interfaces.with_length(ends.address, ends.cidr)},
        "enable": True,
        "hold_time": session.hold_time,
        "keep_alive_interval": session.keep_alive,
        "advertise": list(vpn.local_networks),
    }
    if vpn.local_preference and vpn.local_preference[number - 1]:
        values["local_preference"] = vpn.local_preference[number - 1]
    if vpn.as_path_prepend:
        values["as_path_prepend"] = vpn.as_path_prepend[number - 1] or UNSET
    return values


def _adopted_peer(vpn: Vpn, around: Surroundings, record: Record, group: str, name: str, values: dict) -> tuple[list, list[str]]:
    """A peer that was there before keeps its timers, which both sides settle on, and its group the policies that it has."""
    bgp = around.bgp(vpn.virtual_router)
    strangers = _strangers(around, record, vpn.virtual_router, group)
    if strangers:
        raise Refused(f"BGP peer '{name}' shares the peer group '{group}' with {', '.join(strangers)}: what is announced is said for a whole group; "
                      "give the VPN's peers a group of their own, then adopt them")
    _refuse_one_group(vpn, record, group)
    values = {option: value for option, value in values.items() if option not in ("hold_time", "keep_alive_interval")}
    policies = _policies_of_others(around, bgp, group)
    warnings = []
    if policies:
        asked = [option for option in _POLICY_OPTIONS[1:] if option in values]
        if asked:
            raise Refused(f"{asked[0]}: the peer group '{group}' has policies of its own ({', '.join(policies)}); say it there, or remove them first")
        values = {option: value for option, value in values.items() if option not in _POLICY_OPTIONS}
        peer = bgp_policies.Peer(vpn.virtual_router, group, name)
        held = [network for network in vpn.local_networks if bgp_policies.verdict(around, peer, bgp_policies.EXPORT, network).passes is False]
        if held:
            warnings.append(f"{vpn.name}: {', '.join(policies)} of the adopted peer group '{group}' keep {', '.join(held)} from the far side")
    elif not _is_limited(around, bgp, group):
        warnings.append(f"{vpn.name}: the peers of the adopted peer group '{group}' are told of {', '.join(vpn.local_networks)} only from now on")
    request = Request({"virtual_router": vpn.virtual_router, "peer_group": group, "name": name}, values, "present", around.platform, around.base)
    return bgp_peer.desired(request, around.tree), warnings


_POLICY_OPTIONS = ("advertise", "local_preference", "as_path_prepend")


def _is_limited(around: Surroundings, bgp: ET.Element | None, group: str) -> bool:
    if around.platform.advanced:
        return group in _filtering_profiles(bgp, group)
    return bgp_policy.outbound(group) in places.names(bgp, ("policy", "export", "rules"))


def _filtering_profiles(bgp: ET.Element | None, group: str) -> list[str]:
    found = [places.text(bgp, ("peer-group", ("entry", group), "filtering-profile", family)) for family in ("ipv4", "ipv6")]
    return [profile for profile in found if profile]


def _refuse_one_group(vpn, record, group):
    users = [number for number in vpn.numbers if record.called("bgp_peer_group", vpn.peer_group(number), number) == group]
    if vpn.by_tunnel and len(users) > 1:
        raise Refused(f"local_preference, as_path_prepend: the adopted peers share the group '{group}', and these are said for a whole group; "
                      "give each peer a group of its own first")


def _policies_of_others(around: Surroundings, bgp: ET.Element | None, group: str) -> list:
    """Names of what says already what passes to and from a group, in words, without ours."""
    if around.platform.advanced:
        return [f"filtering profile '{profile}'" for profile in _filtering_profiles(bgp, group) if profile not in ("none", group)]
    return [f"{direction} rule '{rule.get('name')}'" for direction in ("import", "export")
            for rule in places.children(bgp, ("policy", direction, "rules"))
            if group in places.names(rule, ("used-by",)) and rule.get("name") not in bgp_policy.names_of(group)]


def _announcement(vpn: Vpn, view: Surroundings) -> list:
    profile, values = _assigned_profile(vpn, view), _announced_values(vpn, view)
    found = bgp_redistribution.objects(vpn.virtual_router, vpn.name, values, view.platform, profile)
    if profile == vpn.name and not values["sources"]:
        # The profile goes with the last network that is announced by it, and the router must not go on referring to it.
        found.append(bgp_instance.instance(vpn.virtual_router, {"redistribution_profile": UNSET}, view.platform))
    return found


def _assigned_profile(vpn: Vpn, view: Surroundings) -> str | None:
    return bgp_redistribution.assigned_profile(view.tree, view.base, vpn.virtual_router) if view.platform.advanced else None


def _announced_values(vpn: Vpn, view: Surroundings) -> dict:
    """By where their routes come from; IPv6, and beside a redistribution profile of others, of which a router takes one only, by their names."""
    # Redistribution profiles are of one family, and only those of IPv4 are made.
    if _assigned_profile(vpn, view) not in (None, vpn.name) or families.spoken(vpn) == 6:
        return {"sources": [], "destinations": [], "networks": list(vpn.local_networks)}
    by_source = sources(vpn, view)
    return {
        "sources": sorted({source for source in by_source.values() if source != "other"}),
        "destinations": [network for network, source in by_source.items() if source != "other"],
        "networks": [network for network, source in by_source.items() if source == "other"],
    }


def booked_networks(vpn: Vpn, view: Surroundings, before: Record) -> Known:
    """The networks that the VPN announces by their names and that were not announced before its first run."""
    there = announced(vpn.virtual_router, view)
    earlier = before.announced if before.router == vpn.virtual_router else known(())
    return known(network for network in _announced_values(vpn, view)["networks"] if network in earlier or network not in there)


def announced(virtual_router: str, around: Surroundings) -> list:
    """Networks that the router announces by their name."""
    advanced = around.platform.advanced
    containers = [("advertise-network", family, "network") for family in ("ipv4", "ipv6")] if advanced else [("redist-rules",)]
    return [name for container in containers for name in places.names(around.network, bgp_place(virtual_router, advanced) + container)]


def refuse_readvertisement(vpn: Vpn, around: Surroundings, record: Record) -> None:
    """Name the peers of others that would newly learn our networks, or the far side's, because no policy of theirs holds them back."""
    if vpn.allow_readvertise:
        return
    bgp = around.bgp(vpn.virtual_router)
    if bgp is None:
        return
    for group in foreign_groups(vpn.virtual_router, around, record):
        place = ("peer-group", ("entry", group))
        peers = [peer.get("name") for peer in places.children(bgp, place + ("peer",)) if places.text(peer, ("enable",)) != "no"]
        if peers and places.text(bgp, place + ("enable",)) != "no":
            _refuse_to_tell(vpn, around, group, peers)


def _refuse_to_tell(vpn: Vpn, around: Surroundings, group: str, peers: list) -> None:
    """What may pass by a condition that the configuration does not tell counts as passing."""
    told: dict = {}
    for network in vpn.local_networks + vpn.remote_networks:
        for name in peers:
            verdict = bgp_policies.verdict(around, bgp_policies.Peer(vpn.virtual_router, group, name), bgp_policies.EXPORT, network)
            if verdict.passes is not False:
                told.setdefault(name, {})[network] = verdict
    if not told:
        return
    networks = list(dict.fromkeys(network for found in told.values() for network in found))
    untold = list(dict.fromkeys(verdict.says for found in told.values() for verdict in found.values() if verdict.passes is None))
    doubt = f" (whether they pass {' and '.join(untold)} cannot be told from the configuration)" if untold else ""
    raise Refused(f"router '{vpn.virtual_router}': the BGP peers {', '.join(told)} of group '{group}' would newly receive "
                  f"{', '.join(networks)}{doubt}; limit what is exported to them, or say allow_readvertise: true")


def restored(virtual_router: str, around: Surroundings, record: Record) -> list:
    """The router's BGP as it was before, by the record: each option that we set goes back."""
    if not record.bgp or places.find(around.network, bgp_place(virtual_router, around.platform.advanced)) is None:
        return []
    values = {option: UNSET if before is None else _value(before) for option, before in record.bgp.items()}
    return [bgp_instance.instance(virtual_router, values, around.platform)]


def _value(text):
    return {"yes": True, "no": False}.get(text, text)


# What the advanced engine has beside its routers, those first that refer to others.
PROFILES = (
    bgp_peer.TIMER_PROFILE, bgp_peer.ADVANCED_AUTH, bgp_peer.ADDRESS_FAMILY_PROFILE, bgp_policy.FILTERING_PROFILE, bgp_policy.ROUTE_MAP,
    bgp_redistribution.REDISTRIBUTION_PROFILE, bgp_policy.REDISTRIBUTION_ROUTE_MAP, bgp_policy.PREFIX_LIST,
)


def containers(router: str, view: Surroundings) -> Iterator[tuple[Table, tuple]]:
    """(table, place) of every list of BGP objects in a router."""
    advanced = view.platform.advanced
    bgp = bgp_place(router, advanced)
    groups = bgp_peer.group_container(router, advanced)
    yield (bgp_peer.ADVANCED_GROUP if advanced else bgp_peer.LEGACY_GROUP), groups
    for group in places.names(view.network, groups):
        yield (bgp_peer.ADVANCED_PEER if advanced else bgp_peer.LEGACY_PEER), bgp_peer.peer_container(router, group, advanced)
    if not advanced:
        yield bgp_peer.LEGACY_AUTH, bgp + ("auth-profile",)
        yield bgp_policy.IMPORT_RULE, bgp + ("policy", "import", "rules")
        yield bgp_policy.EXPORT_RULE, bgp + ("policy", "export", "rules")
        yield from bgp_redistribution.legacy_containers(router)


def shared_groups(view: Surroundings, record: Record, routers: Iterable[str]) -> set:
    """The VPN's peer groups in which peers of others stand, with what belongs to such a group: they stay."""
    found: set[Object] = set()
    for router in routers:
        for group in places.names(view.network, bgp_peer.group_container(router, view.platform.advanced)):
            strangers = _strangers(view, record, router, group)
            if strangers:
                alone, whole = (bgp_peer.removal(router, group, strangers[0], view.platform, last) for last in (False, True))
                found.update(map(object_of, whole[len(alone):]))
    return found


def _strangers(view: Surroundings, record: Record, router: str, group: str) -> list:
    """The peers in a group that are not the VPN's."""
    peers = places.names(view.network, bgp_peer.peer_container(router, group, view.platform.advanced))
    return [name for name in peers if not record.owns(peer(router, group, name))]


def withdrawn(view: Surroundings, record: Record, routers: Iterable[str]) -> list:
    """Items that end what the VPN announces by the names of networks, and a router's reference to a profile that goes."""
    found = [item for item in bgp_redistribution.announcements(record.router, announced(record.router, view), view.platform, "absent")
             if item.name in record.announced]
    for router in routers if view.platform.advanced else ():
        profile = bgp_redistribution.assigned_profile(view.tree, view.base, router)
        if profile and record.owns(Object(bgp_redistribution.REDISTRIBUTION_PROFILE.kind, profile)):
            found.append(bgp_instance.instance(router, {"redistribution_profile": UNSET}, view.platform))
    return found


def booked(router: str, view: Surroundings, record: Record) -> list:
    """What the VPN changed of a router's BGP itself: its options, and the networks that it announces by their names."""
    options = [bgp_instance.instance(router, dict(record.bgp), view.platform)] if record.bgp else []
    return bgp_redistribution.announcements(router, sorted(record.announced.texts), view.platform) + options


def foreign_groups(router_name: str, around: Surroundings, record: Record) -> list:
    """Peer groups of others on a router."""
    groups = places.names(around.network, bgp_peer.group_container(router_name, around.platform.advanced))
    return [group for group in groups if not record.owns(Object("bgp_peer_group", group, router_name))]
