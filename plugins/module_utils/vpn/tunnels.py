# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The IPsec tunnels of a VPN."""

from __future__ import annotations

from dataclasses import replace
from ipaddress import ip_address, ip_network
from typing import Any

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.configuration import path as places
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.errors import Refused
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.firewall.surroundings import Surroundings
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.peers.profile import Tunnel
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.resources import ipsec_tunnel
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.tables.desired import UNSET, DesiredEntry
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.vpn import names
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.vpn.choice import Choice
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.vpn.claim import Claim
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.vpn.fit import replay_window
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.vpn.vpn import PBF, Vpn

_REPLAY_WINDOW = 1024
# What PAN-OS takes in one tunnel, and more.
_MOST_PAIRS = 500


# The pairs of networks of our own tunnel are those that are wanted now.
_OWN_TUNNEL = replace(ipsec_tunnel.TABLE, nodes=tuple(
    replace(node, exact=True) if node.option == "proxy_ids" else node for node in ipsec_tunnel.TABLE.nodes))


def items(vpn: Vpn, choice: Choice, claim: Claim, view: Surroundings) -> list:
    found = []
    for number in vpn.numbers:
        name = claim.called("ipsec_tunnel", number)
        adopted = claim.known.took_over("ipsec_tunnel", name)
        values = _values(vpn, choice, claim, number)
        others = _proxy_ids_of_others(name, claim, view)
        values.update(_pairs(vpn, choice, number, None if adopted else others))
        _refuse_taken(name, _proxy_ids(vpn, vpn.tunnel(number)), others)
        found.append(DesiredEntry(ipsec_tunnel.TABLE if adopted else _OWN_TUNNEL, name, values))
    return found


def _values(vpn: Vpn, choice: Choice, claim: Claim, number: int) -> dict:
    tunnel = vpn.tunnel(number)
    return {
        "tunnel_interface": choice.units[number],
        "ike_gateways": [claim.called("ike_gateway", number)],
        "ipsec_crypto_profile": choice.profiles[number, 1],
        "anti_replay": True,
        "anti_replay_window": str(replay_window(tunnel.anti_replay_window or _REPLAY_WINDOW)),
        "disabled": False,
    }


def _pairs(vpn: Vpn, choice: Choice, number: int, of_others: list[dict] | None) -> dict:
    """The proxy IDs, and the monitor, which probes through one of them. C(of_others): see below; None in a tunnel that is adopted."""
    proxies = _proxy_ids(vpn, vpn.tunnel(number))
    wanted = {proxy["name"] for proxy in proxies}
    kept = [{"name": proxy["name"]} for proxy in of_others or () if proxy["name"] not in wanted]
    values: dict[str, Any] = {"proxy_ids": proxies + kept} if proxies or of_others is not None else {}
    if vpn.failover == PBF:
        target = vpn.monitor_address(number)
        monitor: dict[str, Any] = {"enable": True, "destination_ip": target, "tunnel_monitor_profile": choice.monitors[number]}
        if proxies:
            monitor["proxy_id"] = _proxy_to(target or "", proxies)
        elif of_others is not None:
            monitor["proxy_id"] = UNSET
        values["tunnel_monitor"] = monitor
    return values


def _proxy_ids(vpn: Vpn, tunnel: Tunnel) -> list[dict]:
    """What a peer takes that does not take everything: each pair of networks, or the one pair that it names."""
    pairs = [(pair.local, pair.remote) for pair in tunnel.pairs]
    if vpn.policy_based and not tunnel.selector_pairs:
        pairs = [(local, remote) for local in vpn.local_networks for remote in vpn.remote_networks]
    return [{"name": names.proxy_id(number), "local": local, "remote": remote} for number, (local, remote) in enumerate(pairs, 1)]


def _proxy_ids_of_others(tunnel: str, claim: Claim, view: Surroundings) -> list[dict]:
    """What somebody put into our tunnel by hand stays as it is; our own go with what they were for."""
    there = places.children(view.entry("ipsec_tunnel", tunnel), ("auto-key", "proxy-id"))
    ours = {names.proxy_id(number) for number in range(1, _booked_pairs(tunnel, claim) + 1)} if there else set()
    found = [{"name": entry.get("name"), "local": entry.findtext("local"), "remote": entry.findtext("remote")} for entry in there]
    return [proxy for proxy in found if proxy["name"] not in ours]


def _booked_pairs(tunnel: str, claim: Claim) -> int:
    """How many numbered proxy IDs are the VPN's in a tunnel, by its record."""
    return next((count for count in range(_MOST_PAIRS, 0, -1) if names.pairs(tunnel, count) in claim.before.members), 0)


def _refuse_taken(tunnel: str, wanted: list[dict], of_others: list[dict]) -> None:
    """A name that we want and that somebody gave a proxy ID of other networks."""
    theirs = {proxy["name"]: (proxy["local"], proxy["remote"]) for proxy in of_others}
    for proxy in wanted:
        there, pair = theirs.get(proxy["name"]), (proxy["local"], proxy["remote"])
        if there is not None and pair not in theirs.values():
            raise Refused(f"IPsec tunnel '{tunnel}' has a proxy ID '{proxy['name']}' from {there[0]} to {there[1]}, which no record says is this VPN's, "
                          f"and which is wanted from {pair[0]} to {pair[1]}; rename or remove it, nothing was written")


def booked(vpn: Vpn, choice: Choice, claim: Claim) -> list[str]:
    """What the record is to say of the tunnels' proxy IDs; a tunnel whose turn comes later keeps those that it has."""
    found = {}
    for number in vpn.numbers:
        name = claim.called("ipsec_tunnel", number)
        found[name] = _booked_pairs(name, claim) if choice.waits(number) else len(_proxy_ids(vpn, vpn.tunnel(number)))
    return [names.pairs(name, count) for name, count in found.items() if count]


def _proxy_to(address: str, proxies: list[dict]) -> str:
    """The name of the proxy ID that an address of the peer's side is in; the first one's where it is in none."""
    return next((proxy["name"] for proxy in proxies if ip_address(address) in ip_network(proxy["remote"])), proxies[0]["name"])
