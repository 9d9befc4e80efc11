# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Causes in BGP: a session that does not come up, prefixes that are not learned, installed or announced."""

from __future__ import annotations

import re
from ipaddress import ip_address, ip_interface, ip_network
from typing import Iterator

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.configuration import path as places, secrets
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.configuration.addresses import is_ipv6
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.diagnosis import bgp_policies as policies
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.diagnosis.case import Case, said_address
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.diagnosis.evidence import (
    CERTAIN, LIKELY, PASSING, POSSIBLE, Cause, inside_of, same_address,
)
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.diagnosis.outside import best_route
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.diagnosis.traffic import is_network
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.firewall.bgp_policies import EXPORT, IMPORT, Verdict, profile_holder
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.peers.profile import Bgp, Profile
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.peers.rules import rules_of
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.resources.bgp_instance import as_number
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.resources.bgp_peer import IPV6_SESSION
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.status import prefixes, vpn_log
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.status.selection import local_interface
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.tables.places import bgp_place
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.vpn import names

# What denies both denies anything: the default route, and a network that nobody routes.
_DEFAULT = "0.0.0.0/0"
_ANYTHING = (_DEFAULT, "192.0.2.0/24")

_WORDS = (
    ("bgp-as-mismatch", "the two sides do not expect each other's AS number", re.compile(r"bad peer as|2/2\b|as mismatch|remote as", re.IGNORECASE),
     "bgp_peer: peer_as, and bgp_instance: local_as, as the peer has them"),
    ("bgp-password-mismatch", "the two sides have different BGP passwords", re.compile(r"md5|password|auth", re.IGNORECASE),
     "bgp_peer: secret: the peer's, or none where the peer has none"),
    ("bgp-hold-timer", "keep-alives stopped coming through the tunnel, and the session ended",
     re.compile(r"hold.?(down)?.?timer? (has )?(expired|ran out|timeout)|hold.?timer? expir|4/0\b", re.IGNORECASE),
     "see whether packets pass the tunnel both ways, large ones too; vpn_action: action: reconnect for the tunnel"),
    ("bgp-timers", "the peer does not accept the hold time", re.compile(r"hold.?time(?!r)|2/6\b|unacceptable hold", re.IGNORECASE),
     "bgp_peer: hold_time: 30, keep_alive_interval: 10"),
    ("bgp-prefix-limit", "this firewall ended the session because it was sent more prefixes than the peer may send",
     re.compile(r"\bsent\b.*(maximum.*prefix|prefix.*(limit|maximum)|6/1\b)", re.IGNORECASE),
     "bgp_peer: max_prefixes: more, or unlimited; or in the cloud fewer, summarised networks"),
    ("cloud-route-limit", "the peer ended the session because it was sent too many prefixes",
     re.compile(r"^(?!.*\bsent\b).*(maximum.*prefix|prefix.*(limit|maximum)|6/1\b)", re.IGNORECASE),
     "bgp_redistribution and bgp_peer advertise: fewer, summarised networks"),
    ("bgp-router-id", "the two sides have the same router ID", re.compile(r"bad bgp identifier|2/3\b|router.?id", re.IGNORECASE),
     "bgp_instance: router_id: one of its own"),
)


def _instance(case, peer) -> dict:
    return next((found for found in case.evidence.configuration["bgp"]["instances"] if found["virtual_router"] == peer["virtual_router"]), {})


def _live(case, peer):
    return next((found for found in case.evidence.live_peers.get(peer["name"], ()) if found.router in (None, peer["virtual_router"])), None)


def _label(peer) -> str:
    return f"bgp_peer {peer['name']} in peer_group {peer['peer_group']}"


def _item(peer, **options) -> tuple:
    return ({"bgp_peer": {"virtual_router": peer["virtual_router"], "peer_group": peer["peer_group"], "name": peer["name"], **options}},)


def switched_off(case: Case) -> Iterator[Cause]:
    for peer in case.peers:
        instance = _instance(case, peer)
        if instance.get("enable") is not True:
            yield Cause("bgp-disabled", f"BGP is off on router '{peer['virtual_router']}'", ("bgp_instance enable: not set",),
                        f"bgp_instance {peer['virtual_router']}: enable: true", CERTAIN,
                        ({"bgp_instance": {"virtual_router": peer["virtual_router"], "enable": True}},))
        elif not instance.get("router_id") or not instance.get("local_as"):
            yield Cause("bgp-instance-incomplete", "BGP has no router ID or no AS number of its own",
                        (f"router_id: {instance.get('router_id') or 'none'}, local_as: {instance.get('local_as') or 'none'}",),
                        f"bgp_instance {peer['virtual_router']}: router_id and local_as", CERTAIN)
        elif peer.get("enable") is False:
            yield Cause("bgp-peer-disabled", f"BGP peer '{peer['name']}' is disabled", (f"{_label(peer)} enable: false",),
                        f"{_label(peer)}: enable: true",
                        CERTAIN, _item(peer, enable=True))


def settings(case: Case) -> Iterator[Cause]:
    """Settings of the peer or its group that no session comes up with, whatever the other side has."""
    for peer in case.peers:
        live = _live(case, peer)
        if live is None or not live.established:
            yield from _settings(case, peer)


def _settings(case, peer) -> Iterator[Cause]:
    label, group = _label(peer), _group(case, peer)
    if places.text(group, ("enable",)) == "no":
        yield Cause("bgp-group-disabled", f"the peer group '{peer['peer_group']}' of BGP peer '{peer['name']}' is disabled",
                    (f"peer_group {peer['peer_group']} enable: false",),
                    "enable the peer group in the router's BGP (no option here sets it); or bgp_peer with another peer_group", CERTAIN)
    own = as_number(_instance(case, peer).get("local_as"))
    if peer.get("type") == "ibgp" and own != as_number(peer.get("peer_as")):
        yield Cause("bgp-group-type", f"the peer group is for the same AS (ibgp), and the peer is AS {peer.get('peer_as')}",
                    (f"{label} type: ibgp", f"local_as: {own}, peer_as: {peer.get('peer_as')}"), f"{label}: type: ebgp", CERTAIN, _item(peer, type="ebgp"))
    incoming, outgoing = ((peer.get(f"{way}_bgp_connection") or {}).get("allow") for way in ("incoming", "outgoing"))
    if incoming is False and outgoing is False:
        yield Cause("bgp-connections-forbidden", f"BGP peer '{peer['name']}' may neither be called nor call",
                    (f"{label} incoming_bgp_connection.allow: false, outgoing_bgp_connection.allow: false",),
                    f"{label}: outgoing_bgp_connection.allow: true", CERTAIN, _item(peer, outgoing_bgp_connection={"allow": True}))
    yield from _families(case, peer, group)


def _families(case, peer, group) -> Iterator[Cause]:
    """Settings with which a session exchanges nothing of the peer's family, whether it comes up or not."""
    label, remote = _label(peer), (peer.get("peer_address") or {}).get("ip")
    if peer.get("address_family_identifier") == "ipv6" and remote and not is_ipv6(remote):
        yield Cause("bgp-address-family", f"BGP peer '{peer['name']}' at {remote} is for IPv6", (f"{label} address_family_identifier: ipv6",),
                    f"{label}: address_family_identifier: ipv4", CERTAIN, _item(peer, address_family_identifier="ipv4"))
    ipv6 = is_ipv6(remote or "")
    if ipv6 and not case.around.platform.advanced and (peer.get("address_family_identifier") != "ipv6" or not peer.get("enable_mp_bgp")):
        yield Cause("bgp-address-family", f"BGP peer '{peer['name']}' at {remote} exchanges no IPv6 prefixes", (
                    f"{label} address_family_identifier: {peer.get('address_family_identifier') or 'not set'}, "
                    f"enable_mp_bgp: {str(bool(peer.get('enable_mp_bgp'))).lower()}",),
                    f"{label}: address_family_identifier: ipv6, enable_mp_bgp: true, subsequent_address_family_identifier.unicast: true", CERTAIN,
                    _item(peer, **IPV6_SESSION))
    family = "IPv6" if ipv6 else "IPv4"
    if case.around.platform.advanced and group is not None:
        yield from _family_profile(case, peer, group, family)
    elif (peer.get("subsequent_address_family_identifier") or {}).get("unicast") is False:
        yield Cause("bgp-address-family", f"BGP peer '{peer['name']}' exchanges no unicast prefixes",
                    (f"{label} subsequent_address_family_identifier.unicast: false",), f"{label}: subsequent_address_family_identifier.unicast: true", LIKELY,
                    _item(peer, subsequent_address_family_identifier={"unicast": True}))


def _family_profile(case, peer, group, family) -> Iterator[Cause]:
    """What a logical router's address family profile leaves out: the peer's own, or that of its group where it inherits."""
    holder = profile_holder(group, peer["name"])
    inherits = holder is group
    who = f"the peer group '{peer['peer_group']}'" if inherits else f"BGP peer '{peer['name']}'"
    name = places.text(holder, ("address-family", family.lower())) or "none"
    profile = case.around.entry("bgp_address_family_profile", name)
    if name == "none":
        instead = "bgp_peer with another peer_group, which gets one" if inherits else "let it inherit that of its group"
        yield Cause("bgp-address-family", f"{who} exchanges no {family} prefixes", (f"address family profile of {family}: none",),
                    f"give {who} a BGP address family profile with {family}; or {instead}", LIKELY)
    elif places.text(profile, (family.lower(), "unicast", "enable")) == "no":
        yield Cause("bgp-address-family", f"the address family profile '{name}' of {who} is off",
                    (f"profile {name} {family.lower()}.unicast.enable: false",),
                    f"turn {family} unicast on in the BGP address family profile '{name}' (no option here does it)", LIKELY)


def _group(case, peer):
    return places.find(_tree(case, peer), ("peer-group", ("entry", peer["peer_group"])))


def _tree(case, peer):
    return places.find(case.around.tree, (case.around.base("network") + bgp_place(peer["virtual_router"], case.around.platform.advanced))[1:])


def another_interface(case: Case) -> Iterator[Cause]:
    """A peer with one interface's address that speaks from another; of two tunnels either is told of it."""
    mine = [peer for address in case.inside_addresses for peer in case.evidence.peers_by_local_address.get(str(address.ip), ())]
    for peer in mine + [peer for peer in case.peers if _of_another_interface(case, peer)]:
        way, remote, said = local_interface(peer), (peer.get("peer_address") or {}).get("ip"), said_address(peer)
        unit = case.evidence.interfaces_by_address.get(said)
        if case.is_astray(peer):
            address = case.inside_addresses[0]
            yield Cause("bgp-interface-wrong", f"BGP peer '{peer['name']}' at {remote} is behind {case.unit}, and speaks from {way}",
                        (f"{_label(peer)} local_address: {way}, {said or 'no address'}", f"{case.unit}: {address}"),
                        f"{_label(peer)}: local_address: {{interface: {case.unit}, ip: {address}}}", CERTAIN,
                        _item(peer, local_address={"interface": case.unit, "ip": str(address)}))
        elif way != unit:
            address = {str(address.ip): address for address in case.around.interfaces[unit].networks()}[said]
            yield Cause("bgp-interface-wrong", f"BGP peer '{peer['name']}' at {remote} has the address of {unit}, and speaks from {way}",
                        (f"{_label(peer)} local_address: {way}, {said}", f"{unit}: {address}"),
                        f"{_label(peer)}: local_address: {{interface: {unit}, ip: {address}}}", CERTAIN,
                        _item(peer, local_address={"interface": unit, "ip": str(address)}))


def _of_another_interface(case, peer) -> bool:
    """Whether both addresses of a peer are those of another interface, so that the interface is wrong and not the addresses."""
    return case.is_astray(peer) or case.speaks_from(peer) != local_interface(peer)


def unreached(case: Case) -> Iterator[Cause]:
    """A far side that speaks BGP beside the inside network: a route has to lead to it, and its packets may not end at the next hop."""
    theirs = (case.cloud.bgp or Bgp()).peer_address
    is_beside = bool(theirs) and not inside_of(theirs, [str(address.network) for address in case.inside_addresses])
    is_in_one_router = {peer["virtual_router"] for peer in case.evidence.configuration["bgp"]["peers"]} == {case.router}
    are_routes_known = bool(case.evidence.state.routes)
    if is_beside and is_in_one_router and are_routes_known and not _leads_in(case, theirs):
        host = ip_interface(theirs).with_prefixlen
        yield Cause("bgp-peer-unrouted", f"no route of router '{case.router}' leads to {theirs}, where the far side speaks BGP, through {case.unit}",
                    (f"routes in use for {theirs} through the VPN: none",),
                    f"static_route in virtual_router {case.router}: destination {host}, interface {case.unit}", CERTAIN,
                    ({"static_route": {"virtual_router": case.router, "name": names.beside(case.name, "speaker"), "destination": host,
                                       "interface": case.unit}},))
    for peer in (peer for peer in case.peers if not case.is_astray(peer)):
        live, remote = _live(case, peer), (peer.get("peer_address") or {}).get("ip")
        there = case.around.interfaces.get(case.speaks_from(peer) or "")
        is_neighbour = there is None or not there.networks() or inside_of(remote, [str(address.network) for address in there.networks()])
        external = as_number(peer.get("peer_as")) != as_number(_instance(case, peer).get("local_as"))
        is_far = bool(remote) and external and not is_neighbour
        has_session = live is not None and live.established
        if is_far and not has_session and (peer.get("multihop") or 0) < 2:
            yield Cause("bgp-multihop-missing", f"BGP peer '{peer['name']}' at {remote} is no neighbour of {case.speaks_from(peer)}, and packets to it may "
                        "pass no hop", (f"{_label(peer)} multihop: {peer.get('multihop') or 'not set, which is 1 to another AS'}",),
                        f"{_label(peer)}: multihop: 2", CERTAIN if peer not in case.inside_peers else LIKELY, _item(peer, multihop=2))


def _leads_in(case, address) -> bool:
    best = best_route(case, ip_address(address), case.router)
    return best is not None and best.interface in case.vpn_units


def session(case: Case) -> Iterator[Cause]:
    """Both ends' AS numbers, addresses and timers, and what the peer's last words were."""
    for peer in case.peers:
        live = _live(case, peer)
        if (live is not None and live.established) or _of_another_interface(case, peer):
            continue
        known = list(_against_cloud(case, peer))
        yield from known
        yield from _addresses(case, peer)
        keep_alive, hold_time = peer.get("keep_alive_interval"), peer.get("hold_time")
        if keep_alive and hold_time and keep_alive >= hold_time:
            yield Cause("bgp-timers",
                        f"the keep-alive interval ({keep_alive} s) is not below the hold time ({hold_time} s), so the session ends again and again",
                        (f"{_label(peer)} keep_alive_interval: {keep_alive}, hold_time: {hold_time}",),
                        f"{_label(peer)}: keep_alive_interval: {max(1, hold_time // 3)}", CERTAIN,
                        _item(peer, keep_alive_interval=max(1, hold_time // 3)))
        said = _last_words(case, peer, live)
        for identity, cause, pattern, fix in _WORDS:
            words = [text for text in said if pattern.search(text)]
            identity, cause, fix = _own_limit(peer) if identity == "cloud-route-limit" and _is_limited(peer) else (identity, cause, fix)
            if words and identity not in {found.id for found in known}:
                yield Cause(identity, f"BGP peer '{peer['name']}': {cause}", tuple(words[:2]), fix, LIKELY)
        yield from _password(case, peer)
        yield from _too_many(case, peer, bool(said))
        yield from _over_own_limit(case, peer)
        yield from _only_waits(case, peer)
        yield from _bound_to_bfd(case, peer)
        yield from _router_id_of_peer(case, peer)
        if not said and not known:
            yield from _unanswered(case, peer, live)


def _only_waits(case, peer) -> Iterator[Cause]:
    """A peer that is not to be called. Whether it calls by itself, nothing here shows."""
    outgoing = (peer.get("outgoing_bgp_connection") or {}).get("allow") is False
    if case.phase == PASSING and (outgoing or peer.get("passive")) and (peer.get("incoming_bgp_connection") or {}).get("allow") is not False:
        option, items = ("outgoing_bgp_connection.allow: false", _item(peer, outgoing_bgp_connection={"allow": True})) if outgoing else (
            "passive: true", _item(peer, passive=False))
        yield Cause("bgp-connections-forbidden", f"this firewall does not call BGP peer '{peer['name']}', and the peer does not call it",
                    (f"{_label(peer)} {option}",), f"{_label(peer)}: {option.replace('false', 'true') if outgoing else 'passive: false'}", LIKELY, items)


def _bound_to_bfd(case, peer) -> Iterator[Cause]:
    profile = peer.get("bfd_profile") or "None"
    if profile != "None" and not profile.startswith("Inherit"):
        yield Cause("bgp-bfd", f"BGP peer '{peer['name']}' is watched by BFD, which the far side may not speak", (f"{_label(peer)} bfd_profile: {profile}",),
                    f"{_label(peer)}: bfd_profile: None", LIKELY if case.is_described else POSSIBLE, _item(peer, bfd_profile="None"))


def _router_id_of_peer(case, peer) -> Iterator[Cause]:
    instance, remote = _instance(case, peer), (peer.get("peer_address") or {}).get("ip")
    if instance.get("router_id") and same_address(instance["router_id"], remote):
        yield Cause("bgp-router-id", f"this firewall has the address of BGP peer '{peer['name']}' as its router ID, which is likely the peer's own",
                    (f"bgp_instance {peer['virtual_router']} router_id: {instance['router_id']}", f"{_label(peer)} peer_address.ip: {remote}"),
                    f"bgp_instance {peer['virtual_router']}: router_id: one of its own", LIKELY)


def _is_limited(peer) -> bool:
    """Whether this firewall ends a session for its count of prefixes. Who ended one is not always said."""
    return str(peer.get("max_prefixes") or "").isdigit()


def _own_limit(peer) -> tuple[str, str, str]:
    cause = f"the session ended for its count of prefixes, and this firewall takes {peer['max_prefixes']} of the peer"
    return "bgp-prefix-limit", cause, f"{_label(peer)}: max_prefixes: more, or unlimited; or in the cloud fewer, summarised networks"


def _unanswered(case, peer, live) -> Iterator[Cause]:
    """The tunnel carries packets, nothing that is configured is wrong, and no TCP connection comes about."""
    state = (live.state or "").lower() if live is not None else ""
    if case.phase == PASSING and case.one_way is None and state in ("connect", "active"):
        remote = (peer.get("peer_address") or {}).get("ip")
        yield Cause("bgp-unanswered", f"BGP peer '{peer['name']}' at {remote} does not answer on TCP port 179, though the tunnel carries packets",
                    (f"state of the session: {live.state}",),
                    f"see that nothing between this firewall and {remote} filters TCP port 179, and that the far side has this peer", LIKELY)


def _too_many(case, peer, told) -> Iterator[Cause]:
    """A session that the cloud ends for its limit shows no count: what would be announced is counted by what is configured."""
    described = case.connection or Profile()
    limit = rules_of(described.cloud).route_limit(described.gateway)
    count = len(policies.would_be_announced(case, peer)) if limit else 0
    if limit and count > limit:
        yield Cause("cloud-route-limit", f"'{peer['name']}' would be sent {count} prefixes, and the cloud takes {limit} at most before it ends the session",
                    (f"routes that are redistributed and let out: {count}", f"limit of the cloud's {described.gateway}: {limit}"),
                    f"{_label(peer)}: advertise: fewer, summarised networks", CERTAIN if told else LIKELY)


def _over_own_limit(case, peer) -> Iterator[Cause]:
    """A session that ended for the count of its prefixes shows none: the other peers of the VPN show how many there are."""
    others = [other for unit in sorted(case.vpn_units - {None, case.unit}) for other in case.evidence.peers_by_unit.get(unit, ())]
    sent = {other["name"]: live.total("received") or 0 for other in others for live in case.evidence.live_peers.get(other["name"], ()) if live.established}
    limit = int(peer["max_prefixes"]) if _is_limited(peer) else None
    above = [name for name, count in sent.items() if limit is not None and count > limit]
    live, wanted = _live(case, peer), len(case.intent.remote_networks)
    if limit is not None and not sent and limit <= max(wanted, 1) and live is not None and (live.state or "").lower() == "idle":
        yield Cause("bgp-prefix-limit", f"BGP peer '{peer['name']}' may send {limit} prefix{'es' if limit > 1 else ''}, and its session is idle, as after it "
                    "has sent more", (f"{_label(peer)} max_prefixes: {limit}", f"state of the session: {live.state}"), _own_limit(peer)[2], LIKELY)
    if above:
        yield Cause("bgp-prefix-limit", f"BGP peer '{peer['name']}' may send {limit} prefixes, and '{above[0]}' of the same VPN sends {sent[above[0]]}",
                    (f"{_label(peer)} max_prefixes: {limit}", f"prefixes received from '{above[0]}': {sent[above[0]]}"), _own_limit(peer)[2], LIKELY)


def _last_words(case, peer, live) -> list:
    found = [f"last error: {live.last_error}"] if live is not None and live.last_error else []
    address = (peer.get("peer_address") or {}).get("ip")
    own = [line for line in case.evidence.lines if vpn_log.BGP in line.kinds and vpn_log.UP not in line.kinds
           and (line.object in (peer["name"], address) or peer["name"] in line.text or (address and address in line.text))]
    return found + [line.quoted for line in own[:5]]


def _rejects_default(case, peer) -> bool:
    """PAN-OS rejects a default route until it is told otherwise."""
    return _instance(case, peer).get("reject_default_route") is not False


def _default_rejected(case, peer, evidence, confidence) -> Cause:
    router = peer["virtual_router"]
    return Cause("default-route-rejected", f"router '{router}' rejects a default route that '{peer['name']}' announces", (
                 f"bgp_instance {router} reject_default_route: {'true' if _instance(case, peer).get('reject_default_route') else 'not set, which is true'}",
                 evidence), f"bgp_instance {router}: reject_default_route: false (site_to_site_vpn: allow_default_route: true)", confidence,
                 ({"bgp_instance": {"virtual_router": router, "reject_default_route": False}},))


def _against_cloud(case, peer) -> Iterator[Cause]:
    """The values that the cloud expects. An AS number may be written as-dot."""
    bgp, instance = case.cloud.bgp or Bgp(), _instance(case, peer)
    if bgp.peer_as and as_number(peer.get("peer_as")) != bgp.peer_as:
        yield Cause("bgp-as-mismatch", f"the peer is configured as AS {peer.get('peer_as')} and is AS {bgp.peer_as}",
                    (f"{_label(peer)} peer_as: {peer.get('peer_as')}", f"the cloud's: {bgp.peer_as}"),
                    f"{_label(peer)}: peer_as: {bgp.peer_as}", CERTAIN, _item(peer, peer_as=str(bgp.peer_as)))
    if bgp.local_as and instance and as_number(instance.get("local_as")) != bgp.local_as:
        yield Cause("bgp-local-as-mismatch", f"this firewall speaks as AS {instance.get('local_as')}, the cloud expects AS {bgp.local_as}",
                    (f"bgp_instance {peer['virtual_router']} local_as: {instance.get('local_as')}",
                     f"the cloud's customer gateway: {bgp.local_as}"),
                    f"bgp_instance {peer['virtual_router']}: local_as: {bgp.local_as} (or a customer gateway of AS {instance.get('local_as')} in the cloud)",
                    CERTAIN, ({"bgp_instance": {"virtual_router": peer["virtual_router"], "local_as": str(bgp.local_as)}},))
    configured = (peer.get("peer_address") or {}).get("ip")
    theirs = bgp.peer_address or case.far_end(configured)
    if theirs and configured and not same_address(theirs, configured):
        yield Cause("bgp-address-mismatch", f"the peer is configured at {configured} and is at {theirs}",
                    (f"{_label(peer)} peer_address.ip: {configured}", f"the cloud's: {theirs}"), f"{_label(peer)}: peer_address.ip: {theirs}",
                    CERTAIN,
                    _item(peer, peer_address={"ip": theirs}))
    if bgp.hold_time and peer.get("hold_time") and peer["hold_time"] != bgp.hold_time:
        yield Cause("bgp-timers-differ", f"the hold time is {peer['hold_time']} s here and {bgp.hold_time} s at the peer: the lower one holds",
                    (f"{_label(peer)} hold_time: {peer['hold_time']}", f"the cloud's: {bgp.hold_time}"),
                    f"{_label(peer)}: hold_time: {bgp.hold_time}",
                    POSSIBLE, _item(peer, hold_time=bgp.hold_time))


def _addresses(case, peer) -> Iterator[Cause]:
    local, way = (peer.get("local_address") or {}).get("ip"), local_interface(peer) or ""
    there = case.around.interfaces.get(way)
    held = [str(address) for address in there.networks()] if there is not None else []
    if local and held and local.split("/")[0] not in [address.split("/")[0] for address in held]:
        yield Cause("bgp-address-mismatch", f"BGP speaks from {local}, which is no address of {way}",
                    (f"{_label(peer)} local_address.ip: {local}", f"{way}: {', '.join(held)}"),
                    f"{_label(peer)}: local_address.ip: {held[0]}", CERTAIN,
                    _item(peer, local_address={"interface": way, "ip": held[0]}))
    remote, mine = (peer.get("peer_address") or {}).get("ip"), [str(address) for address in case.inside_addresses]
    if remote in [address.split("/")[0] for address in mine]:
        yield Cause("bgp-address-mismatch", f"the peer is configured at {remote}, which is this firewall's own address on {case.unit}",
                    (f"{_label(peer)} peer_address.ip: {remote}", f"{case.unit}: {', '.join(mine)}"),
                    f"{_label(peer)}: peer_address.ip: the peer's address inside the tunnel", CERTAIN)
    elif remote and mine and peer in case.inside_peers and not inside_of(remote, [str(address.network) for address in case.inside_addresses]):
        yield Cause("bgp-address-mismatch", f"the peer {remote} is not in the inside network of {case.unit}",
                    (f"{_label(peer)} peer_address.ip: {remote}", f"{case.unit}: {', '.join(mine)}"),
                    f"{_label(peer)}: peer_address.ip: the peer's address inside the tunnel", LIKELY)


def _password(case, peer) -> Iterator[Cause]:
    """Whether a session is signed stands in the configuration; with what shows only where the far side's password is known, by digests."""
    bgp, label = case.cloud.bgp, f"BGP peer '{peer['name']}'"
    signed, stored = _signature(case, peer)
    agreed = bool(bgp and (bgp.secret or bgp.authentication))
    fits = secrets.same(bgp.secret, stored) if bgp and bgp.secret and stored else None
    own = f"{_label(peer)}: secret"
    if agreed and not signed:
        yield Cause("bgp-password-mismatch", f"{label} has no password, and the far side signs", (f"{own} is not set",),
                    f"{own}: that of the far side", CERTAIN)
    elif signed and fits is False:
        yield Cause("bgp-password-mismatch", f"the password of {label} is not the far side's", ("the two passwords have different digests",),
                    f"{own}: that of the far side, with update_secret: always", CERTAIN)
    elif signed and bgp and not agreed:
        yield Cause("bgp-password-mismatch", f"{label} is authenticated with a password, and the cloud's side has none", (f"{own} is set",),
                    f"{own}: none, as the far side has it", LIKELY)
    elif signed:
        is_likely = case.phase == PASSING and not fits
        yield Cause("bgp-password-mismatch", f"{label} is authenticated with a password, and the peer may have another one or none", (f"{own} is set",),
                    f"{own}: without it, or the peer's, with update_secret: always", LIKELY if is_likely else POSSIBLE)


def _signature(case, peer) -> tuple[bool, str | None]:
    """Whether a session is signed, and the stored password, as far as it can be read."""
    instance = _tree(case, peer)
    group = places.find(instance, ("peer-group", ("entry", peer["peer_group"])))
    entry = places.find(group, ("peer", ("entry", peer["name"]))) if group is not None else None
    said = [places.text(found, ("connection-options", "authentication")) for found in (entry, group) if found is not None]
    profile = next((name for name in said if name and name != "inherit"), None)
    if profile is None:
        return False, None
    listed = case.around.entries("network", ("routing-profile", "bgp", "auth-profile")) if case.around.platform.advanced else \
        places.children(instance, ("auth-profile",))
    return True, next((places.text(found, ("secret",)) for found in listed if found.get("name") == profile), None)


def learned(case: Case) -> Iterator[Cause]:
    for peer in case.peers:
        live = _live(case, peer)
        if live is None or not live.established:
            continue
        received, accepted = live.total("received"), live.total("accepted")
        label = f"BGP peer '{peer['name']}'"
        if not received:
            yield from _families(case, peer, _group(case, peer))
        held = _kept_out(case, peer) if not accepted else None
        if held is not None:
            yield Cause("import-policy", f"{held.by} keeps out what {label} announces", (held.says, f"received: {received}, accepted: {accepted}"),
                        f"take '{peer['peer_group']}' out of the rule, or let it allow {', '.join(case.intent.remote_networks) or 'the prefixes'}",
                        LIKELY if held.assumed else CERTAIN)
        elif received == 0:
            if _rejects_default(case, peer) and _DEFAULT in case.intent.remote_networks:
                yield _default_rejected(case, peer, "prefixes received: 0", LIKELY)
            denying = policies.denying(case, peer, IMPORT)
            if denying:
                yield Cause("import-policy", f"{label} is established, nothing is learned, and {denying[0].by} denies some prefixes",
                            (denying[0].says, "prefixes received: 0"), f"let the rule allow the prefixes of {label}", LIKELY)
            untold = policies.untold(case, peer, IMPORT, case.intent.remote_networks)
            if untold is not None:
                yield Cause("import-policy", f"{label} is established, nothing is learned, and {untold.by} may keep out what it announces",
                            (untold.says, "prefixes received: 0"), f"let the filter pass {', '.join(case.intent.remote_networks)}", LIKELY)
            yield Cause("nothing-learned", f"{label} is established and announces nothing", ("prefixes received: 0",),
                        "in the cloud: attach the gateway to the network whose prefixes are wanted, and let their routes propagate", LIKELY)
        elif received and accepted == 0 and not _could_be_default_only(case, peer, received):
            yield _none_accepted(case, peer, received)
        elif received and case.evidence.state.routes is not None and not _installed(case):
            yield from _not_installed(case, peer, received)
        elif received and accepted == 0:
            yield _default_rejected(case, peer, f"received: {received}, accepted: 0", LIKELY)
        elif received:
            yield from _others_learned(case, peer)


def _others_learned(case, peer) -> Iterator[Cause]:
    """Networks of the far side that no prefix of any peer has to do with, though the prefixes are known. Whether they are meant to be reached already,
    only the far side knows: the VPN works for what is announced."""
    table = [ip_network(prefix, strict=False) for prefix in sorted(_learned(case, peer)) if is_network(prefix)]
    wanted = [ip_network(text, strict=False) for text in case.intent.remote_networks if is_network(text)]
    missing = [network for network in wanted if not any(each.version == network.version and each.overlaps(network) for each in table)]
    routed = [str(destination) for unit in case.vpn_units if unit for _name, destination in case.around.routes_into(case.router or "", unit)]
    missing = [str(network) for network in missing if not inside_of(str(network), routed)]
    if table and missing:
        told = ", ".join(str(network) for network in table[:5])
        yield Cause("nothing-learned", f"BGP peer '{peer['name']}' announces {told}, and not {', '.join(missing)}",
                    (f"prefixes learned: {told}", f"remote networks: {', '.join(case.intent.remote_networks)}"),
                    f"in the cloud: attach the gateway to the network of {missing[0]}, and let its routes propagate; or remote_networks: what is there",
                    LIKELY)


def _none_accepted(case, peer, received) -> Cause:
    """A rule keeps them out; where there is none that denies anything, it is BGP itself, which takes no path that its own AS is in."""
    own, said = _instance(case, peer).get("local_as"), (f"received: {received}, accepted: 0",)
    if case.around.platform.advanced or policies.denying(case, peer, IMPORT):
        return Cause("import-policy", f"BGP peer '{peer['name']}' announces {received} prefixes, and none is accepted", said,
                     f"{_label(peer)}: an import rule that denies them is in the way", LIKELY)
    return Cause("as-path-loop", f"BGP peer '{peer['name']}' announces {received} prefixes, and none is accepted, though no import rule denies any: paths with "
                 f"this firewall's own AS {own} are refused, such as those of another site of AS {own}",
                 said + (f"local_as: {own}", "import rules that deny: none"),
                 "an AS number of its own for each site (bgp_instance: local_as, and the cloud's customer gateway)", LIKELY)


def _could_be_default_only(case, peer, received) -> bool:
    """Whether all that a peer announces may be a default route that is rejected; it is where the table of what was learned has nothing else."""
    table = _learned(case, peer)
    return _rejects_default(case, peer) and (table == {_DEFAULT} if table else received == 1)


def _kept_out(case, peer) -> Verdict | None:
    """What denies what is wanted of the far side; where nobody said what that is, only what denies anything."""
    held = policies.held_back(case, peer, IMPORT, case.intent.remote_networks or _ANYTHING)
    return None if held is not None and held.assumed and not case.intent.remote_networks else held


def _installed(case) -> bool:
    """One of the VPN's tunnels carries the best path; the others only stand by."""
    return any(route.active and route.protocol == "bgp" and route.interface in case.vpn_units for route in case.evidence.state.routes or ())


def _not_installed(case, peer, received) -> Iterator[Cause]:
    router = peer["virtual_router"]
    if _instance(case, peer).get("install_route") is not True:
        yield Cause("install-route-off", f"router '{router}' learns {received} prefixes and does not install them",
                    ("bgp_instance install_route: not set",),
                    f"bgp_instance {router}: install_route: true", CERTAIN, ({"bgp_instance": {"virtual_router": router, "install_route": True}},))
        return
    family = "ipv6" if is_ipv6((peer.get("peer_address") or {}).get("ip") or "") else "ipv4"
    filtered = places.text(case.around.router(router), ("rib-filter", family, "bgp", "route-map")) or "none"
    if case.around.platform.advanced and filtered != "none":
        yield Cause("import-policy", f"router '{router}' learns {received} prefixes, and takes into its table what route map '{filtered}' permits: none",
                    (f"logical router {router} rib-filter bgp.route-map: {filtered}",),
                    f"let the route map '{filtered}' permit {', '.join(case.intent.remote_networks) or 'the prefixes'}, or take it out of the router's filters",
                    LIKELY)
    if _could_be_default_only(case, peer, received):
        yield _default_rejected(case, peer, f"received: {received}, in the forwarding table: none", CERTAIN if _learned(case, peer) else LIKELY)
        if _learned(case, peer):
            return
    better = [route for route in case.evidence.state.routes if route.active and route.protocol != "bgp" and route.destination in _learned(case, peer)]
    yield Cause("learned-not-installed",
                f"router '{router}' has learned {received} prefixes from '{peer['name']}', and none is in its forwarding table",
                tuple(f"another route is better: {route.destination} through {route.interface or route.nexthop} ({route.protocol})" for route in better[:3])
                or ("no active BGP route through the VPN",),
                "static_route: remove the one for the same prefix or give it a higher distance; or see whether the next hop is reachable",
                CERTAIN if better else LIKELY)


def _learned(case, peer) -> set:
    """Prefixes that were learned, from the table of either engine."""
    told = {found.prefix for found in case.evidence.state.prefixes or () if found.direction == prefixes.LEARNED and found.peer in (None,
                                                                                                                                   peer["name"])}
    return told | {route.destination for route in case.evidence.state.routes or () if route.protocol == "bgp"}


def announced(case: Case) -> Iterator[Cause]:
    for peer in case.peers:
        live = _live(case, peer)
        if live is None or not live.established:
            continue
        count = live.total("advertised")
        described = case.connection or Profile()
        limit = rules_of(described.cloud).route_limit(described.gateway)
        if limit and count and count > limit:
            yield Cause("cloud-route-limit", f"'{peer['name']}' is sent {count} prefixes, and the cloud takes {limit} at most",
                        (f"prefixes advertised: {count}", f"limit of the cloud's {described.gateway}: {limit}"),
                        f"{_label(peer)}: advertise: fewer, summarised networks", CERTAIN)
        wanted = [text for text in peer.get("advertise") or () if text]
        sent = {found.prefix for found in case.evidence.state.prefixes or () if found.direction == prefixes.ADVERTISED and found.peer == peer["name"]}
        unrouted = [text for text in wanted if not _routed(case, peer["virtual_router"], text)]
        if (count == 0 or sent and not set(wanted) <= sent) and unrouted:
            yield Cause("advertised-prefix-not-routed",
                        f"{', '.join(unrouted)} is to be announced and is in no route of router '{peer['virtual_router']}'",
                        (f"{_label(peer)} advertise: {', '.join(wanted)}",),
                        f"static_route or interface in virtual_router {peer['virtual_router']} for {unrouted[0]}", CERTAIN)
        elif count == 0:
            yield from _nothing_sent(case, peer, list(case.intent.local_networks) or wanted)
        elif wanted and sent and sent != set(wanted):
            yield Cause("export-policy", f"'{peer['name']}' is sent other prefixes than wanted", (f"sent: {', '.join(sorted(sent))}",
                        f"wanted: {', '.join(sorted(wanted))}"), f"{_label(peer)}: advertise: {wanted}", LIKELY, _item(peer, advertise=wanted))


def _nothing_sent(case, peer, wanted) -> Iterator[Cause]:
    router = peer["virtual_router"]
    held = policies.held_back(case, peer, EXPORT, wanted)
    missing = policies.not_redistributed(case, peer, wanted)
    if missing:
        yield Cause("redistribution-missing", f"router '{router}' does not redistribute {', '.join(missing)} into BGP",
                    (f"prefixes advertised to '{peer['name']}': 0", policies.redistributed(case, peer)),
                    f"bgp_redistribution in virtual_router {router}: sources [connected, static], destinations [{', '.join(missing)}]", CERTAIN)
    elif held is not None:
        yield Cause("export-policy", f"{held.by} keeps {', '.join(wanted)} from '{peer['name']}'", (held.says, "prefixes advertised: 0"),
                    f"{_label(peer)}: advertise: [{', '.join(wanted)}] (or take '{peer['peer_group']}' out of the rule)",
                    LIKELY if held.assumed else CERTAIN)
    else:
        yield Cause("export-policy", f"'{peer['name']}' is established and is sent nothing: nothing is redistributed, or a rule keeps it back",
                    ("prefixes advertised: 0",),
                    f"bgp_redistribution in virtual_router {router}: the networks here; {_label(peer)}: advertise",
                    LIKELY)


def not_announced(case: Case) -> Iterator[Cause]:
    """Networks that are to be reached from the far side, and of which it is not told."""
    for peer in case.peers:
        listed = [text for text in peer.get("advertise") or () if text]
        sent = [found.prefix for found in case.evidence.state.prefixes or () if found.direction == prefixes.ADVERTISED and found.peer == peer["name"]]
        lacking = [text for text in case.intent.local_networks if not inside_of(text, listed) and not inside_of(text, sent)]
        if listed and lacking:
            yield Cause("local-network-not-announced", f"'{peer['name']}' is told of {', '.join(listed)}, and not of {', '.join(lacking)}",
                        (f"{_label(peer)} advertise: {', '.join(listed)}", f"networks here: {', '.join(case.intent.local_networks)}"),
                        f"{_label(peer)}: advertise: [{', '.join(listed + lacking)}], and bgp_redistribution: destinations", CERTAIN,
                        _item(peer, advertise=listed + lacking))


def _routed(case, router, text) -> bool:
    if case.evidence.state.routes is None:
        return True
    try:
        wanted = ip_network(text, strict=False)
        return any(route.active and route.router in (None, router) and ip_network(route.destination, strict=False) == wanted
                   for route in case.evidence.state.routes)
    except ValueError:
        return True
