# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The settings of Harmony SASE's console -> a peer profile.

Nothing machine-readable comes out of it and its defaults are not published, so that every value is asked for by the console's words. One tunnel is
route-based or policy-based; redundant tunnels end at two of its gateways and route by BGP.
"""

from __future__ import annotations

from ipaddress import ip_network
from typing import Any

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.errors import InvalidInput
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.peers import console
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.peers.console import Setting
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.peers.document import are_hosts, as_address, as_integer, readable
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.peers.harmony_sase.rules import CLOUD, OPTIONS
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.peers.printed import opened
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.peers.profile import (
    BGP, STATIC, Bgp, Dpd, Offers, Profile, Selectors, Tunnel,
)

# In the order of the console.
SETTINGS = (
    Setting("name", "Name"),
    Setting("ike_version", "IKE Version"),
    Setting("ike_lifetime", "IKE Lifetime"),
    Setting("tunnel_lifetime", "Tunnel Lifetime"),
    Setting("dead_peer_detection_delay", "Dead Peer Detection (DPD) Delay", ("dpd_delay",)),
    Setting("dead_peer_detection_timeout", "Dead Peer Detection (DPD) Timeout", ("dpd_timeout",)),
    Setting("encryption_phase_1", "Encryption (Phase I)"),
    Setting("integrity_phase_1", "Integrity (Phase I)"),
    Setting("diffie_hellman_groups_phase_1", "Diffie-Hellman Groups (Phase I)"),
    Setting("encryption_phase_2", "Encryption (Phase II)"),
    Setting("integrity_phase_2", "Integrity (Phase II)"),
    Setting("diffie_hellman_groups_phase_2", "Diffie-Hellman Groups (Phase II)"),
    Setting("gateway_proposal_subnets", "Harmony SASE Gateway Proposal Subnets"),
    Setting("remote_gateway_proposal_subnets", "Remote Gateway Proposal Subnets"),
    Setting("gateway_asn", "Harmony SASE Gateway ASN", needed=False),
    Setting("hold_time", "Hold Time", needed=False),
    Setting("keep_alive", "Keepalive", needed=False),
    Setting("tunnels", "Tunnels"),
)
OF_A_TUNNEL = (
    Setting("gateway_ip", "Harmony SASE Gateway IP"),
    Setting("gateway_id", "Harmony SASE Gateway ID"),
    Setting("shared_secret", "Shared Secret", needed=False),
    Setting("public_ip", "Public IP"),
    Setting("remote_id", "Remote ID"),
    Setting("gateway_internal_ip", "Harmony SASE Gateway Internal IP", needed=False),
    Setting("remote_gateway_internal_ip", "Remote Gateway Internal IP", needed=False),
    Setting("internal_network", "Internal Network", needed=False),
    Setting("remote_gateway_asn", "Remote Gateway ASN", needed=False),
)
# What redundant tunnels need besides.
_FOR_BGP = ("gateway_internal_ip", "remote_gateway_internal_ip", "internal_network", "remote_gateway_asn")
_PLACE = "The tunnel of Harmony SASE"


def site_2_site_tunnel(document: Any) -> Profile:
    """The peer profile of one tunnel or of redundant tunnels. C(document): the settings by the words of the console.

    Raises C(InvalidInput) for what no further variable could mend; its text holds no key.
    """
    said = console.read(opened(document, "Harmony SASE's settings"), SETTINGS, _PLACE)
    where = f"tunnel {said['name']}"
    if not isinstance(said["tunnels"], (list, tuple)) or not 1 <= len(said["tunnels"]) <= 2:
        raise InvalidInput(f"{where}: Tunnels (tunnels) is a list of one tunnel, or of two redundant ones.")
    tunnels = [console.read(each, OF_A_TUNNEL, f"{where}, tunnel {number}") for number, each in enumerate(said["tunnels"], 1)]
    redundant = len(tunnels) == 2
    _refuse_half_bgp(said, tunnels, redundant, where)
    pairs = _pairs(said, where)
    if redundant and pairs:
        raise InvalidInput(f"{where}: redundant tunnels route by BGP, which the proposal subnets would not let through; propose 0.0.0.0/0 on both sides.")
    lifetimes = (console.seconds(said["ike_lifetime"], f"{where}: IKE Lifetime"), console.seconds(said["tunnel_lifetime"], f"{where}: Tunnel Lifetime"))
    offers, dpd = console.offers(said, SETTINGS, OPTIONS, lifetimes, where), _dpd(said, where)
    found = tuple(_tunnel(said, each, pairs, offers, dpd, f"{where}, tunnel {number}") for number, each in enumerate(tunnels, 1))
    return Profile(id=str(said["name"]), cloud=CLOUD, routing=BGP if redundant else STATIC, gateway="gateway",
                   static_routes=None if redundant else tuple(dict.fromkeys(pair.local for pair in pairs)) or None, tunnels=found)


# What reads a document of it (peers/readers.py).
PROFILE = site_2_site_tunnel


def _refuse_half_bgp(said: dict, tunnels: list[dict], redundant: bool, where: str) -> None:
    if not redundant:
        return
    known = {setting.name: setting.called for setting in (*SETTINGS, *OF_A_TUNNEL)}
    missing = [f"{known[name]} of tunnel {number}" for number, tunnel in enumerate(tunnels, 1) for name in _FOR_BGP if tunnel[name] is None]
    missing += [known[name] for name in ("gateway_asn", "hold_time", "keep_alive") if said[name] is None]
    if missing:
        raise InvalidInput(f"{where}: redundant tunnels route by BGP, and {', '.join(missing)} {'is' if len(missing) == 1 else 'are'} missing.")


def _tunnel(said: dict, own: dict, pairs: tuple[Selectors, ...], offers: Offers, dpd: Dpd, place: str) -> Tunnel:
    outside, public = _address(own, "gateway_ip", place), _address(own, "public_ip", place)
    return Tunnel(
        cloud=CLOUD, outside_address=outside, customer_outside_address=public,
        # Its remote ID is the one that this firewall shows.
        local_id=str(own["remote_id"]), peer_id=str(own["gateway_id"]), dpd=dpd, pre_shared_key=readable(own["shared_secret"]), offers=offers,
        **_inside(own, place), bgp=_session(said, own, place),
        traffic_selectors=None if pairs else Selectors("0.0.0.0/0", "0.0.0.0/0"), selector_pairs=pairs)


def _address(own: dict, name: str, place: str) -> str:
    address = as_address(own[name])
    if address is None:
        words = next(setting.called for setting in OF_A_TUNNEL if setting.name == name)
        raise InvalidInput(f"{place}: {words} '{own[name]}' is no address.")
    return str(address)


def _inside(own: dict, place: str) -> dict[str, Any]:
    given = [own[name] for name in ("internal_network", "remote_gateway_internal_ip", "gateway_internal_ip")]
    if None in given:
        return {}
    network = ip_network(console.networks(given[0], place)[0])
    ours, theirs = as_address(given[1]), as_address(given[2])
    if not are_hosts(network, ours, theirs):
        raise InvalidInput(f"{place}: Remote Gateway Internal IP {given[1]} and Harmony SASE Gateway Internal IP {given[2]} are not two hosts of {network}.")
    return {"inside_cidr": str(network), "inside_address": str(ours), "inside_peer_address": str(theirs)}


def _session(said: dict, own: dict, place: str) -> Bgp | None:
    if own["remote_gateway_asn"] is None or said["gateway_asn"] is None:
        return None
    local_as, peer_as = as_integer(own["remote_gateway_asn"]), as_integer(said["gateway_asn"])
    if not local_as or not peer_as:
        raise InvalidInput(f"{place}: Remote Gateway ASN and Harmony SASE Gateway ASN are numbers.")
    hold_time, keep_alive = (console.seconds(said[name], f"{place}: {name}") if said[name] else None for name in ("hold_time", "keep_alive"))
    return Bgp(local_as, peer_as, hold_time, keep_alive)


def _pairs(said: dict, where: str) -> tuple[Selectors, ...]:
    """What its console proposes, if that is less than everything."""
    theirs, ours = (console.networks(said[name], f"{where}: {name}") for name in ("gateway_proposal_subnets", "remote_gateway_proposal_subnets"))
    found = tuple(Selectors(own, other) for own in ours for other in theirs if ip_network(own).version == ip_network(other).version)
    return found if any(pair.are_narrowed for pair in found) else ()


def _dpd(said: dict, where: str) -> Dpd:
    delay, timeout = (console.seconds(said[f"dead_peer_detection_{name}"], f"{where}: DPD {name}") for name in ("delay", "timeout"))
    interval = max(2, min(100, delay))
    return Dpd(interval, max(2, min(100, timeout // interval)))
