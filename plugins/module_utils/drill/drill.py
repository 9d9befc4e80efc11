# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What may be taken down for a drill: the tunnel that carries the traffic, and only if another one is fit to take over."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Mapping

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.drill import paths
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.errors import Refused
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.status.judgement import Judgement
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.status.selection import egress, interface_to
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.status.state import State

TUNNEL, PEER = "tunnel", "peer"


@dataclass(frozen=True)
class Drill:
    """What goes down and what is to take over. C(destinations): what the tunnel carries. C(peers): BGP peers behind it, as options."""

    tunnel: str
    interface: str
    standby: str
    destinations: tuple
    peers: tuple


def plan(
    configuration: Mapping, state: State, judgement: Judgement, carriers: Mapping[str, tuple[str, ...]], method: str, wanted: str | None = None,
) -> Drill:
    """C(wanted): the tunnel to take down; omitted, the one that carries the traffic. Raises Refused with every reason against a drill."""
    tunnels = paths.tunnels_of(configuration)
    active = _active(tunnels, carriers, wanted)
    interface = tunnels[active]
    destinations = tuple(sorted(name for name, used in carriers.items() if interface in used))
    problems = {verdict.name: verdict.problems for verdict in judgement.tunnels}
    others = [name for name in tunnels if name != active]
    if not others:
        raise Refused(f"tunnel '{active}' has no other tunnel beside it that could take over")
    unfit = {name: [*problems.get(name, ()), *_unfit(configuration, state, tunnels[name])] for name in others}
    standby = next((name for name in others if not unfit[name]), None)
    against = [f"the tunnel that carries the traffic is not healthy: {problem}" for problem in problems.get(active, ())]
    if standby is None:
        against += [f"the standby is not healthy: {reason}" for name in others for reason in unfit[name]]
    against += _immovable(configuration, interface)
    peers = tuple(peer for peer in configuration["bgp"]["peers"] if interface_to(peer) == interface)
    if method == PEER and not peers:
        against.append(f"tunnel '{active}' has no BGP peer behind it that could be taken down; use method: tunnel")
    if against or standby is None:
        raise Refused("the drill does not start: " + "; ".join(dict.fromkeys(against)))
    return Drill(active, interface, standby, destinations, peers)


def _active(tunnels: Mapping[str, str], carriers: Mapping[str, tuple[str, ...]], wanted: str | None) -> str:
    used = [interface for interfaces in carriers.values() for interface in interfaces]
    carrying = [name for name in tunnels if tunnels[name] in used]
    if not carrying:
        raise Refused("the drill does not start: no PBF rule in use and no route leads into any of the VPN's tunnels, so nothing could be measured")
    if wanted is None:
        return max(carrying, key=lambda name: used.count(tunnels[name]))
    if wanted not in carrying:
        raise Refused(f"the drill does not start: tunnel '{wanted}' carries no traffic; that is {', '.join(map(repr, carrying))}")
    return wanted


def _unfit(configuration: Mapping, state: State, interface: str) -> list[str]:
    """A BGP session that brings no prefixes takes nothing over."""
    found = []
    for peer in configuration["bgp"]["peers"]:
        if interface_to(peer) != interface:
            continue
        for live in state.bgp_peers:
            accepted = [prefixes.accepted for prefixes in live.prefixes if prefixes.accepted is not None]
            if live.name == peer["name"] and live.established and accepted and not any(accepted):
                found.append(f"BGP peer '{peer['name']}' has sent no prefix that was accepted")
    return found


def _immovable(configuration: Mapping, interface: str) -> list[str]:
    """Rules that keep forwarding into a tunnel that is down."""
    found = []
    for rule in configuration["pbf_rules"]:
        monitor = (((rule.get("action") or {}).get("forward") or {}).get("monitor")) or {}
        if egress(rule) == interface and not monitor.get("disable_if_unreachable"):
            found.append(f"PBF rule '{rule['name']}' stays in use when its next hop stops answering (monitor.disable_if_unreachable is not set)")
    return found
