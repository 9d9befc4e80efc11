# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The IPsec tunnels of a VPN."""

from __future__ import annotations

from ipaddress import ip_address, ip_network
from typing import Any, Iterable

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.configuration import path as places
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.configuration.addresses import is_ipv6
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.errors import Refused
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.firewall.surroundings import Surroundings
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.resources import ipsec_tunnel, proxy_id
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.tables.desired import UNSET, DesiredEntry
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.tables.places import PLACES
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.vpn import families, names
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.vpn.choice import Choice
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.vpn.claim import Claim
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.vpn.fit import replay_window
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.vpn.record import Object
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.vpn.vpn import PBF, Vpn

_REPLAY_WINDOW = 1024
# Options of a tunnel that list proxy IDs → where they stand in it.
_FAMILIES = {"proxy_ids": ("auto-key", "proxy-id"), "proxy_ids_v6": ("auto-key", "proxy-id-v6")}


def items(vpn: Vpn, choice: Choice, claim: Claim, view: Surroundings) -> list:
    found = []
    for number in vpn.numbers:
        name = claim.called("ipsec_tunnel", number)
        proxies = _proxy_ids(vpn, number, name)
        values = {**_values(vpn, choice, claim, number), **proxies, **_monitor(vpn, choice, claim, view, number, proxies)}
        if claim.record.took_over("ipsec_tunnel", name):
            _refuse_taken(name, proxies, view)
            given_up = _given_up(name, proxies, claim, view)
            values.update(_without_proxy(name, values, given_up, view))
            found += given_up
        found.append(DesiredEntry(ipsec_tunnel.TABLE, name, values))
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


def _monitor(vpn: Vpn, choice: Choice, claim: Claim, view: Surroundings, number: int, proxies: dict[str, list]) -> dict:
    """The monitor, which probes through one of the proxy IDs. An adopted tunnel keeps the one that it has, unless that is by our profile."""
    if vpn.failover != PBF:
        there = places.text(view.entry("ipsec_tunnel", claim.called("ipsec_tunnel", number)), ("tunnel-monitor", "tunnel-monitor-profile"))
        is_ours = there is not None and Object("monitor_profile", there) in claim.before.claims
        return {"tunnel_monitor": UNSET} if is_ours else {}
    target = vpn.monitor_address(number)
    monitor: dict[str, Any] = {"enable": True, "destination_ip": target, "tunnel_monitor_profile": choice.monitors[number]}
    if proxies:
        monitor["proxy_id"] = _proxy_to(target or "", [proxy for listed in proxies.values() for proxy in listed])
    return {"tunnel_monitor": monitor}


def _proxy_ids(vpn: Vpn, number: int, name: str) -> dict[str, list[dict]]:
    """What a peer takes that does not take everything, by address family: each pair of networks, or the one pair that it names."""
    found: dict[str, dict] = {}
    for local, remote in families.pairs(vpn, vpn.tunnel(number)):
        option = "proxy_ids_v6" if is_ipv6(local) else "proxy_ids"
        proxy = names.proxy_id(name, local, remote)
        found.setdefault(option, {})[proxy] = {"name": proxy, "local": local, "remote": remote}
    return {option: list(proxies.values()) for option, proxies in found.items()}


def _proxy_to(address: str, proxies: list[dict]) -> str:
    """The name of the proxy ID that an address of the peer's side is in; the first one's where it is in none."""
    return next((proxy["name"] for proxy in proxies if ip_address(address) in ip_network(proxy["remote"])), proxies[0]["name"])


# In an adopted tunnel there are proxy IDs of others. Those of the VPN stand in the record by their names.


def _there(tunnel: str, option: str, view: Surroundings) -> dict[str, tuple[str | None, str | None]]:
    """The proxy IDs of a tunnel: name → its two networks."""
    entries = places.children(view.entry("ipsec_tunnel", tunnel), _FAMILIES[option])
    return {entry.get("name") or "": (entry.findtext("local"), entry.findtext("remote")) for entry in entries}


def _refuse_taken(tunnel: str, proxies: dict[str, list[dict]], view: Surroundings) -> None:
    """A name that we want and that a proxy ID of other networks has."""
    for option, wanted in proxies.items():
        there = _there(tunnel, option, view)
        for proxy in wanted:
            networks, pair = there.get(proxy["name"]), (proxy["local"], proxy["remote"])
            if networks is not None and pair not in there.values():
                raise Refused(f"IPsec tunnel '{tunnel}' has a proxy ID '{proxy['name']}' from {networks[0]} to {networks[1]}, which is wanted from "
                              f"{pair[0]} to {pair[1]}; rename or remove it, nothing was written")


def _given_up(tunnel: str, proxies: dict[str, list[dict]], claim: Claim, view: Surroundings) -> list[DesiredEntry]:
    """The proxy IDs that an earlier run added to an adopted tunnel and that are no longer given, as items to remove."""
    found = []
    for option, place in _FAMILIES.items():
        wanted = [proxy["name"] for proxy in proxies.get(option, ())]
        container = PLACES["ipsec_tunnel"][1] + (("entry", tunnel),) + place
        for name in _there(tunnel, option, view):
            if name not in wanted and names.member_proxy_id(tunnel, name) in claim.before.members:
                found.append(DesiredEntry(proxy_id.TABLE, name, state="absent", container=container))
    return found


def _without_proxy(tunnel: str, values: dict, given_up: list[DesiredEntry], view: Surroundings) -> dict:
    """The monitor of an adopted tunnel no longer probes through a proxy ID that goes."""
    there = places.text(view.entry("ipsec_tunnel", tunnel), ("tunnel-monitor", "proxy-id"))
    monitor = values.get("tunnel_monitor", {})
    if monitor is UNSET or "proxy_id" in monitor or there not in [item.name for item in given_up]:
        return {}
    return {"tunnel_monitor": {**monitor, "proxy_id": UNSET}}


def booked(vpn: Vpn, choice: Choice, claim: Claim, view: Surroundings) -> Iterable[str]:
    """What the record is to say of the proxy IDs in adopted tunnels; a tunnel whose turn comes later keeps those that it has."""
    for number in vpn.numbers:
        tunnel = claim.called("ipsec_tunnel", number)
        if not claim.record.took_over("ipsec_tunnel", tunnel):
            continue
        for option in _FAMILIES:
            there = _there(tunnel, option, view)
            if choice.waits(number):
                yield from _booked_before(tunnel, there, claim)
                continue
            wanted = _proxy_ids(vpn, number, tunnel).get(option, [])
            yield from _booked_before(tunnel, [proxy["name"] for proxy in wanted], claim)
            yield from (names.member_proxy_id(tunnel, proxy["name"]) for proxy in wanted if (proxy["local"], proxy["remote"]) not in there.values())


def _booked_before(tunnel: str, proxies: Iterable[str], claim: Claim) -> list[str]:
    members = [names.member_proxy_id(tunnel, proxy) for proxy in proxies]
    return [member for member in members if member in claim.before.members]
