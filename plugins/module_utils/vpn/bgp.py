# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The BGP half of a VPN: instance, what is announced, peers; and what must not be touched on a router that already runs BGP."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, ip_network
from typing import Any, Iterable, Iterator, Mapping

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.configuration import path as places
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.configuration.addresses import family, is_ipv6
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
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.vpn import ecmp, families, record as records, speakers
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.vpn.choice import Choice
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.vpn.claim import Claim
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.vpn.record import (
    LOCAL, REMOTE, Member, Object, Record, RecordedNames, object_of, peer,
)
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.vpn.vpn import ECMP, Vpn

_LARGEST_2_BYTE_AS = 65535


# Where a router's BGP says what the VPN needs of it.
INSTANCE = {"local_as": ("local-as",), "router_id": ("router-id",), "enable": ("enable",), "install_route": ("install-route",),
            "as_format": ("routing-options", "as-format"), "ecmp_multi_as": ("ecmp-multi-as",)}
# What only a VPN needs that uses all its tunnels at once, to peers of several AS numbers; the sessions of all others are the same without it.
_MULTI_AS = "ecmp_multi_as"
# What the record says where the router's id was given, and where the networks are announced beside somebody else's redistribution profile.
ROUTER_ID, BESIDE = "router_id", "beside"


@dataclass(frozen=True)
class _Instance:
    """The BGP of the VPN's router. C(have): what it says now. C(booked): options that are the VPN's, with what stood there before.

    C(others): peer groups of others; without any, what is booked can change. C(siblings): those of them that are other VPNs' of ours.
    """

    vpn: Vpn
    view: Surroundings
    have: Mapping[str, str | None]
    booked: Mapping[str, str | None]
    others: tuple[str, ...]
    siblings: tuple[str, ...]

    @property
    def runs(self) -> bool:
        return self.have["enable"] == "yes"

    def is_ours(self, option: str) -> bool:
        return option in self.booked and not self.others

    def users(self) -> str:
        return ", ".join(f"'{name}'" for name in self.others)


def _instance(vpn: Vpn, view: Surroundings, claim: Claim) -> _Instance:
    have = {option: places.text(view.bgp(vpn.virtual_router), path) for option, path in INSTANCE.items()}
    before = claim.before.bgp if claim.before.router == vpn.virtual_router else {}
    others = foreign_groups(vpn.virtual_router, view, claim.record)
    siblings = [name for name in others if _sibling(name, vpn.virtual_router, records.of_others(view, vpn.name))]
    booked = {**claim.inherited.bgp, **before}
    if not wants_multi_as(vpn) and multi_as_heir(view, vpn.name, vpn.virtual_router):
        booked.pop(_MULTI_AS, None)
    return _Instance(vpn, view, have, booked, tuple(others), tuple(siblings))


def _sibling(group: str, router: str, siblings: Iterable[Record]) -> Record | None:
    """The other VPN of ours that a peer group is of."""
    return next((record for record in siblings if record.owns(Object("bgp_peer_group", group, router))), None)


def instance_values(vpn: Vpn, view: Surroundings, claim: Claim) -> dict:
    """Options of the router's BGP that the VPN needs. What it set itself can change as long as nobody else uses that BGP."""
    instance = _instance(vpn, view, claim)
    wanted = {"local_as": _local_as(instance), "enable": True}
    for option, value in (("router_id", _wanted_router_id(instance, claim)), ("install_route", _wanted_install_route(instance)),
                          ("as_format", _wanted_as_format(instance)), ("ecmp_multi_as", _wanted_multi_as(instance))):
        if value is not None:
            wanted[option] = value
    return wanted


def _local_as(instance: _Instance) -> str:
    wanted, have, router = str(_session(instance.vpn, 1).local_as), instance.have["local_as"], instance.vpn.virtual_router
    if have and _is_same_as(have, wanted):
        return have
    if have in (None, "", wanted) or instance.is_ours("local_as"):
        return wanted
    if "local_as" in instance.booked:
        raise Refused(f"router '{router}' runs BGP with local AS {have}, the far side expects {wanted}, and the peer groups {instance.users()} use that BGP "
                      "as well: a router has one AS. Take those VPNs away first and make them again behind this one, or use another router")
    raise Refused(f"router '{router}' runs BGP with local AS {have}, the far side expects {wanted}; change the far side, or use another router")


def _is_same_as(one: str | None, other: str) -> bool:
    """Whether two texts are one AS number, which people write with a dot, too."""
    return bgp_instance.as_number(one) == bgp_instance.as_number(other)


def _wanted_router_id(instance: _Instance, claim: Claim) -> str | None:
    given, have = instance.vpn.router_id, instance.have["router_id"]
    if not have:
        return given or _router_id(instance.vpn, instance.view)
    if given and given != have and not instance.is_ours("router_id"):
        raise Refused(f"router_id: router '{instance.vpn.virtual_router}' runs BGP with router ID {have}; leave router_id out to keep it")
    was_given = ROUTER_ID in claim.before.options and instance.is_ours("router_id")
    return given or (_router_id(instance.vpn, instance.view) if was_given else None)


def _wanted_install_route(instance: _Instance) -> bool | None:
    """A BGP that is switched on by the VPN installs what it learns, whatever stood there while it was off."""
    given, have = instance.vpn.install_route, instance.have["install_route"]
    if given is not None:
        return given
    off = have == "no" or (instance.runs and have is None and not instance.view.platform.advanced)
    if instance.runs and off and not instance.is_ours("install_route"):
        raise Refused(f"router '{instance.vpn.virtual_router}' runs BGP with install-route off: learned routes would not be used. "
                      "Say install_route: true to turn it on, or install_route: false if that is meant")
    return True if have != "yes" else None


def _wanted_as_format(instance: _Instance) -> Any:
    """Virtual routers take AS numbers of four bytes only where they are told so; what was told for this VPN goes with the last such number."""
    if instance.view.platform.advanced:
        return None
    four = instance.have["as_format"] == "4-byte"
    large = _large_as(instance.vpn)
    if large is None:
        given_up = four and instance.is_ours("as_format") and _has_large_as(instance)
        return (instance.booked["as_format"] or UNSET) if given_up else None
    if four:
        return None
    strangers = [name for name in instance.others if name not in instance.siblings]
    if instance.runs and (strangers or "enable" not in instance.booked and not instance.siblings):
        raise Refused(f"AS {large} needs four bytes, and router '{instance.vpn.virtual_router}' runs BGP with 2-byte AS numbers; "
                      "set as_format to 4-byte first")
    return "4-byte"


def _wanted_multi_as(instance: _Instance) -> Any:
    """Paths through tunnels whose peers have different AS numbers are of equal cost only where the router is told so."""
    if wants_multi_as(instance.vpn):
        return True
    given_up = _MULTI_AS in instance.booked and instance.have[_MULTI_AS] == "yes"
    return (_value(instance.booked[_MULTI_AS]) or UNSET) if given_up else None


def wants_multi_as(vpn: Vpn) -> bool:
    """Whether a VPN uses paths to peers of several AS numbers at the same time."""
    return vpn.failover == ECMP and len({_session(vpn, number).peer_as for number in vpn.numbers}) > 1


def multi_as_heir(view: Surroundings, name: str, router: str) -> Record | None:
    """Another VPN of ours than C(name) that does so in a router."""
    users = [record for record in records.of_others(view, name) if ecmp.uses(record, router)]
    return next((record for record in users if len(_standing_peer_as(view, router, record)) > 1), None)


def of_multi_as(booked: Mapping[str, str | None]) -> tuple[dict, dict]:
    """(what of the booked options of a router's BGP only such VPNs need, the others)."""
    found = {option: before for option, before in booked.items() if option == _MULTI_AS}
    return found, {option: before for option, before in booked.items() if option not in found}


def _has_large_as(instance: _Instance) -> bool:
    """Whether a number of four bytes stands in the router's BGP."""
    numbers = {instance.have["local_as"], *_standing_peer_as(instance.view, instance.vpn.virtual_router)}
    return any("." in number or int(number) > _LARGEST_2_BYTE_AS for number in numbers if number)


def _standing_peer_as(view: Surroundings, router: str, owner: Record | None = None) -> set[str | None]:
    """The AS numbers of all peers that a router has now, or of those of one VPN."""
    advanced, network = view.platform.advanced, view.network
    groups = places.names(network, bgp_peer.group_container(router, advanced))
    if owner is not None:
        groups = [group for group in groups if owner.owns(Object("bgp_peer_group", group, router))]
    peers = [entry for group in groups for entry in places.children(network, bgp_peer.peer_container(router, group, advanced))]
    return {places.text(entry, ("peer-as",)) for entry in peers}


def _large_as(vpn: Vpn) -> int | None:
    sessions = [_session(vpn, number) for number in vpn.numbers]
    numbers = [number for session in sessions for number in (session.local_as, session.peer_as)]
    return next((number for number in numbers if number and number > _LARGEST_2_BYTE_AS), None)


def _session(vpn: Vpn, number: int) -> Bgp:
    session = vpn.tunnel(number).bgp
    if session is None:
        raise InvalidInput(f"{vpn.name}, tunnel {number}: failover: {vpn.failover} needs the tunnel's bgp (local_as, peer_as)")
    return session


def changed_options(vpn: Vpn, view: Surroundings, claim: Claim) -> dict[str, str | None]:
    """Options of the router's BGP that the VPN sets, with what stood there before its first run, or before that of the one whose place it takes."""
    instance = _instance(vpn, view, claim)
    wanted = {option: _text(value) for option, value in instance_values(vpn, view, claim).items()}
    changed = {option: instance.have[option] for option, value in wanted.items() if instance.have[option] != value}
    before = {**changed, **instance.booked}
    return {option: text for option, text in before.items() if option not in wanted or wanted[option] != text}


def _text(value: Any) -> str | None:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return None if value is UNSET else value


def _told_of_instance(vpn: Vpn, view: Surroundings, claim: Claim, choice: Choice) -> list[str]:
    """What a change of a router's BGP that runs means for its sessions."""
    instance = _instance(vpn, view, claim)
    wanted = {option: _text(value) for option, value in instance_values(vpn, view, claim).items()}
    changed = [option for option in ("local_as", "router_id", "as_format") if option in wanted and wanted[option] != instance.have[option]]
    if not instance.runs or not changed:
        return []
    if choice.only_tunnel is not None and "local_as" in changed:
        raise Refused(f"rollout: all tunnels of {vpn.name} share the local AS of router '{vpn.virtual_router}', which becomes {wanted['local_as']}, so they "
                      "cannot be changed one after the other. Say rollout: together; nothing was written")
    said = ", ".join(f"{option} {wanted[option] or 'not set'}" for option in changed)
    return [f"{vpn.name}: all BGP sessions of router '{vpn.virtual_router}' start anew ({said})"
            + (f", those of the peer groups {instance.users()} too" if instance.others else "")]


def _router_id(vpn: Vpn, around: Surroundings) -> str:
    """The address of the interface that holds a local network, as the router's own; else one that is written down, that is given, or inside a tunnel."""
    local = [IPv4Network(text) for text in vpn.local_networks if not is_ipv6(text)]
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
    found = [bgp_instance.instance(vpn.virtual_router, instance_values(vpn, view, claim), view.platform), *_announcement(vpn, view, claim)]
    warnings = _told_of_instance(vpn, view, claim, choice)
    for number in vpn.numbers:
        group = claim.record.called("bgp_peer_group", vpn.peer_group(number), number)
        name, values = claim.called("bgp_peer_entry", number), _peer_values(vpn, choice, claim, number, view.platform.advanced)
        if claim.record.took_over("bgp_peer_entry", name):
            of_ipv6 = bgp_peer.session_values(vpn.speaker(number) or "", view.platform) if families.spoken(vpn) == 6 else {}
            more, told = _adopted_peer(vpn, view, claim.record, group, name, {**values, **of_ipv6})
            found, warnings = found + more, warnings + told
        else:
            values.update(bgp_peer.session_values(vpn.speaker(number) or "", view.platform))
            found += bgp_peer.objects(vpn.virtual_router, group, name, values, view.platform, str(_session(vpn, number).local_as))
    return merged(found), warnings


def _peer_values(vpn: Vpn, choice: Choice, claim: Claim, number: int, advanced: bool) -> dict:
    session, here, hops = _session(vpn, number), choice.speakers.by_number[number], speakers.hops(vpn, number)
    values: dict[str, Any] = {
        "peer_as": str(session.peer_as),
        "peer_address": {"ip": vpn.speaker(number)},
        "local_address": {"interface": here.interface, "ip": here.text},
        "enable": True,
        "hold_time": session.hold_time,
        "keep_alive_interval": session.keep_alive,
        "advertise": list(vpn.local_networks),
    }
    if session.secret:
        values["secret"] = session.secret
    elif claim.before.has_made(Object("bgp_auth_profile", claim.called("bgp_peer_entry", number), "" if advanced else vpn.virtual_router)):
        values["authentication"] = UNSET
    if hops is not None:
        values["multihop"] = hops
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
    there = places.text(bgp, ("peer-group", ("entry", group), "peer", ("entry", name), "peer-as"))
    if there and _is_same_as(there, values["peer_as"]):
        values["peer_as"] = there
    policies = _policies_of_others(around, bgp, vpn.virtual_router, group)
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
    elif not _is_limited(around, bgp, vpn.virtual_router, group):
        warnings.append(f"{vpn.name}: the peers of the adopted peer group '{group}' are told of {', '.join(vpn.local_networks)} only from now on")
    request = Request({"virtual_router": vpn.virtual_router, "peer_group": group, "name": name}, values, "present", around.platform, around.base)
    return bgp_peer.desired(request, around.tree), warnings


_POLICY_OPTIONS = ("advertise", "local_preference", "as_path_prepend")


def _is_limited(around: Surroundings, bgp: ET.Element | None, router: str, group: str) -> bool:
    if around.platform.advanced:
        return any(name in _filtering_profiles(bgp, group) for name in bgp_peer.group_names(router, group))
    return bgp_policy.outbound(group) in places.names(bgp, ("policy", "export", "rules"))


def _filtering_profiles(bgp: ET.Element | None, group: str) -> list[str]:
    found = [places.text(bgp, ("peer-group", ("entry", group), "filtering-profile", f"ipv{version}")) for version in families.FAMILIES]
    return [profile for profile in found if profile]


def _refuse_one_group(vpn, record, group):
    users = [number for number in vpn.numbers if record.called("bgp_peer_group", vpn.peer_group(number), number) == group]
    if vpn.by_tunnel and len(users) > 1:
        raise Refused(f"local_preference, as_path_prepend: the adopted peers share the group '{group}', and these are said for a whole group; "
                      "give each peer a group of its own first")


def _policies_of_others(around: Surroundings, bgp: ET.Element | None, router: str, group: str) -> list:
    """Names of what says already what passes to and from a group, in words, without ours."""
    if around.platform.advanced:
        ours = ("none", *bgp_peer.group_names(router, group))
        return [f"filtering profile '{profile}'" for profile in _filtering_profiles(bgp, group) if profile not in ours]
    return [f"{direction} rule '{rule.get('name')}'" for direction in ("import", "export")
            for rule in places.children(bgp, ("policy", direction, "rules"))
            if group in places.names(rule, ("used-by",)) and rule.get("name") not in bgp_policy.names_of(group)]


def _announcement(vpn: Vpn, view: Surroundings, claim: Claim) -> list:
    profile, values = _assigned_profile(vpn, view), _announced_values(vpn, view, claim.before)
    found = bgp_redistribution.objects(vpn.virtual_router, vpn.name, values, view.platform, profile)
    if profile == vpn.name and not values["sources"]:
        # The profile goes with the last network that is announced by it, and the router must not go on referring to it.
        found.append(bgp_instance.instance(vpn.virtual_router, {"redistribution_profile": UNSET}, view.platform))
    return found


def _assigned_profile(vpn: Vpn, view: Surroundings) -> str | None:
    return bgp_redistribution.assigned_profile(view.tree, view.base, vpn.virtual_router) if view.platform.advanced else None


def is_beside(vpn: Vpn, view: Surroundings, before: Record) -> bool:
    """Whether a router announces by a redistribution profile of others, of which it takes one only; or did when this VPN came, which stays as it was made.

    Networks that are announced by their names in any case stand beside nothing.
    """
    if families.spoken(vpn) == 6 or set(sources(vpn, view).values()) == {"other"}:
        return False
    profile = _assigned_profile(vpn, view)
    if profile is not None:
        return profile != vpn.name
    return view.platform.advanced and BESIDE in before.options and before.router == vpn.virtual_router


def _announced_values(vpn: Vpn, view: Surroundings, before: Record) -> dict:
    """By where their routes come from; IPv6, and beside a redistribution profile of others, by their names."""
    # Redistribution profiles are of one family, and only those of IPv4 are made.
    if families.spoken(vpn) == 6 or is_beside(vpn, view, before):
        return {"sources": [], "destinations": [], "networks": list(vpn.local_networks)}
    by_source = sources(vpn, view)
    values = {
        "sources": sorted({source for source in by_source.values() if source != "other"}),
        "destinations": [network for network, source in by_source.items() if source != "other"],
        "networks": [network for network, source in by_source.items() if source == "other"],
    }
    return values if view.platform.advanced else {**values, "priority": _priority(vpn, view, before)}


def booked_priority(vpn: Vpn, view: Surroundings, before: Record) -> int:
    """What the record says of its redistribution profile's priority; one that has none needs no place."""
    values = _announced_values(vpn, view, before)
    return values.get("priority", 1) if values["sources"] else 1


def _priority(vpn: Vpn, view: Surroundings, before: Record) -> int:
    """The place of the VPN's redistribution profile among a virtual router's, which no other one has. Kept by the record."""
    profiles = places.children(view.router(vpn.virtual_router), ("protocol", "redist-profile"))
    taken = {places.text(profile, ("priority",)) for profile in profiles if profile.get("name") != vpn.name}
    booked = [before.priority] if before.router == vpn.virtual_router else []
    return next((number for number in (*booked, *range(1, 256)) if str(number) not in taken), 1)


def optional(vpn: Vpn, view: Surroundings, before: Record) -> list[str]:
    """What a later run has to know of how this one was asked."""
    return [ROUTER_ID] * bool(vpn.router_id) + [BESIDE] * is_beside(vpn, view, before)


def booked_networks(vpn: Vpn, view: Surroundings, before: Record) -> RecordedNames:
    """The networks that the VPN announces by their names and that nobody but VPNs of ours announced before its first run."""
    there = announced(vpn.virtual_router, view)
    booked = [record.announced for record in [before, *records.of_others(view, vpn.name)] if record.router == vpn.virtual_router]
    return RecordedNames.of(
        network for network in _announced_values(vpn, view, before)["networks"]
        if network not in there or any(network in networks for networks in booked))


def announced(virtual_router: str, around: Surroundings) -> list:
    """Networks that the router announces by their name."""
    advanced = around.platform.advanced
    containers = [("advertise-network", f"ipv{version}", "network") for version in families.FAMILIES] if advanced else [("redist-rules",)]
    return [name for container in containers for name in places.names(around.network, bgp_place(virtual_router, advanced) + container)]


def refuse_readvertisement(vpn: Vpn, around: Surroundings, record: Record) -> None:
    """Name the peers of others that would newly learn our networks, or the far side's, because no policy of theirs holds them back."""
    bgp, siblings = around.bgp(vpn.virtual_router), records.of_others(around, vpn.name)
    if vpn.allow_readvertise or bgp is None:
        return
    new = _newly_told(vpn, around, record, siblings)
    for group in foreign_groups(vpn.virtual_router, around, record):
        place = ("peer-group", ("entry", group))
        peers = [peer.get("name") for peer in places.children(bgp, place + ("peer",)) if places.text(peer, ("enable",)) != "no"]
        if peers and places.text(bgp, place + ("enable",)) != "no":
            sibling = _sibling(group, vpn.virtual_router, siblings)
            _refuse_to_tell(vpn, around, group, peers, [network for network in new if sibling is None or not _was_given(sibling, network)])


def _newly_told(vpn: Vpn, around: Surroundings, record: Record, siblings: Iterable[Record]) -> list[str]:
    """The networks that the router's BGP does not know yet: neither announced, nor learned from a far side that this VPN or another one of ours has."""
    router = vpn.virtual_router
    groups = places.names(around.network, bgp_peer.group_container(router, around.platform.advanced))
    runs = places.text(around.bgp(router), ("enable",)) == "yes"
    speaks = runs and len(groups) > len(foreign_groups(router, around, record))
    speaking = [sibling for sibling in siblings if runs and any(sibling.owns(Object("bgp_peer_group", group, router)) for group in groups)]
    new = [network for network in vpn.local_networks if not bgp_policies.announces(around, router, network)]
    new += [network for network in vpn.remote_networks if not speaks]
    return [network for network in new if not any(_was_given(sibling, network) for sibling in speaking)]


def _was_given(sibling: Record, network: str) -> bool:
    """Whether another VPN has a network on either side."""
    return any(Member(role, network) in sibling.members for role in (LOCAL, REMOTE))


def _refuse_to_tell(vpn: Vpn, around: Surroundings, group: str, peers: list, networks: list[str]) -> None:
    """What may pass by a condition that the configuration does not tell counts as passing."""
    told: dict = {}
    for network in networks:
        for name in peers:
            peer = bgp_policies.Peer(vpn.virtual_router, group, name)
            if not bgp_policies.exchanges(around, peer, family(network)):
                continue
            verdict = bgp_policies.verdict(around, peer, bgp_policies.EXPORT, network)
            if verdict.passes is not False:
                told.setdefault(name, {})[network] = verdict
    if not told:
        return
    received = list(dict.fromkeys(network for found in told.values() for network in found))
    untold = list(dict.fromkeys(verdict.says for found in told.values() for verdict in found.values() if verdict.passes is None))
    doubt = f" (whether they pass {' and '.join(untold)} cannot be told from the configuration)" if untold else ""
    raise Refused(f"router '{vpn.virtual_router}': the BGP peers {', '.join(told)} of group '{group}' would newly receive "
                  f"{', '.join(received)}{doubt}; limit what is exported to them, or say allow_readvertise: true")


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
    """Items that end what the VPN announces by the names of networks, if no other VPN does, and a router's reference to a profile that goes."""
    siblings = [sibling for sibling in records.of_others(view, record.vpn) if sibling.router == record.router]
    ended = [network for network in announced(record.router, view)
             if network in record.announced and not any(network in sibling.announced for sibling in siblings)]
    found = bgp_redistribution.announcements(record.router, ended, view.platform, "absent")
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
