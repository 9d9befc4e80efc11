# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the state of VPNs shows to be wrong with them, beside what is configured: one sentence a problem, without its causes.

How well they are in the end is said in C(health), which knows the causes too.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Sequence

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.status import flow as flows
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.status.prefixes import ADVERTISED
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.status.routes import Route
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.status.selection import Owners, egress, interfaces_of, interface_to
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.status.state import State, grouped, movement


@dataclass(frozen=True)
class Verdict:
    """What is wrong with one tunnel, with the PBF rules that forward into it, and with the BGP peers behind it."""

    name: str
    problems: tuple = ()

    @property
    def healthy(self) -> bool:
        return not self.problems


@dataclass(frozen=True)
class Problem:
    """What is wrong with a VPN as a whole. C(vpn): empty where it is of none. C(bites_later): packets pass until a tunnel goes down."""

    words: str
    vpn: str = ""
    bites_later: bool = False


@dataclass(frozen=True)
class Judgement:
    """C(beyond): what is wrong and of no single tunnel."""

    tunnels: tuple[Verdict, ...] = ()
    beyond: tuple[Problem, ...] = ()

    @property
    def problems(self) -> tuple[str, ...]:
        """All of them, in sentences."""
        found = [problem for verdict in self.tunnels for problem in verdict.problems] + [problem.words for problem in self.beyond]
        return tuple(dict.fromkeys(found))


def judge(configuration: dict, state: State, everything: dict | None = None, routes: Sequence[Route] | None = None) -> Judgement:
    """C(configuration), C(state): of what was asked for, as C(selection) has it.

    C(everything), C(routes): of all that is there, where that is more; whose a tunnel is, and which path is in use, shows in the whole only.
    """
    return _Judge(configuration, state, everything or configuration, routes or state.routes or ()).judgement()


class _Judge:
    """The steps of C(judge), which share the state by name."""

    def __init__(self, configuration, state, everything, routes):
        self.configuration, self.state, self.everything, self.routes = configuration, state, everything, routes
        self.earlier = {flow.name: flow for flow in state.earlier_flows}
        self.gateways = {gateway["name"]: gateway for gateway in configuration["gateways"]}
        self.ike = grouped(state.ike_sas, lambda sa: sa.gateway)
        self.ipsec = grouped(state.ipsec_sas, lambda sa: sa.name)
        self.flows = grouped(state.flows, lambda flow: flow.name)
        self.flows_of_tunnel = grouped(state.flows, lambda flow: flow.tunnel)
        self.rules = {rule.name: rule for rule in state.pbf_rules}
        self.peers = grouped(state.bgp_peers, lambda peer: peer.name)

    def judgement(self) -> Judgement:
        owners = Owners(self.everything)
        off = [instance["virtual_router"] for instance in self.configuration["bgp"]["instances"] if instance.get("enable") is not True]
        rules = [(rule, egress(rule), self._rule(rule)) for rule in self.configuration["pbf_rules"]]
        peers = [(peer, interface_to(peer), self._peer(peer, off)) for peer in self.configuration["bgp"]["peers"]]
        by_interface = grouped(rules + peers, lambda found: found[1])
        verdicts = []
        for tunnel in self.configuration["tunnels"]:
            of_interface = [words for _item, _unit, problems in by_interface.get(tunnel.get("tunnel_interface"), ()) for words in problems]
            verdicts.append(Verdict(tunnel["name"], tuple(self._tunnel(tunnel) + of_interface)))
        units = interfaces_of(self.configuration["tunnels"])
        # A rule that leads into no tunnel is the last one of a failover: it decides when no tunnel takes the packets.
        beyond = [Problem(words, owners.vpn_of_rule(rule), True) for rule, unit, problems in rules if unit not in units for words in problems]
        beyond += [Problem(words, owners.vpn_of_peer(peer)) for peer, unit, problems in peers if unit not in units for words in problems]
        return Judgement(tuple(verdicts), tuple(beyond + self._one_way(owners)))

    def _one_way(self, owners: Owners) -> list[Problem]:
        """Packets that go into a VPN and none that come back, by whichever of its tunnels; where nothing is sent, nothing can be said."""
        found = []
        for vpn, tunnels in owners.vpns().items() if self.earlier else ():
            own = [flow for name in tunnels for flow in self.flows_of_tunnel.get(name, ())]
            counts = [(flow, movement(self.earlier.get(flow.name), flow)) for flow in own]
            is_known = all(count is not None for flow, count in counts if flow.state == flows.ACTIVE)
            out, back = (sum(count[way] for _flow, count in counts if count is not None) for way in (0, 1))
            if is_known and out > 0 and back == 0:
                found.append(Problem(f"VPN '{vpn}': {out} packets went out and none came back within {self.state.between:.1f} s", vpn))
        return found

    def _tunnel(self, tunnel) -> list:
        name = tunnel["name"]
        if tunnel.get("disabled"):
            return [f"tunnel '{name}' is disabled in the configuration"]
        gateways = tunnel.get("ike_gateways", ())
        disabled = [gateway for gateway in gateways if self.gateways.get(gateway, {}).get("disabled")]
        if disabled and len(disabled) == len(gateways):
            return [f"tunnel '{name}': its IKE gateway '{disabled[0]}' is disabled in the configuration"]
        proxies = [proxy["name"] for option in ("proxy_ids", "proxy_ids_v6") for proxy in tunnel.get(option) or ()]
        found = [problem for proxy in proxies or [None] for problem in self._unit(tunnel, proxy)]
        return found or self._monitor(tunnel)

    def _unit(self, tunnel, proxy) -> list:
        """A tunnel, or one of its proxy IDs. The flow is what forwards packets: where it is active, an SA that is not listed is no problem.

        So an IKE SA that has expired is none either: IKEv1 makes a new one when it needs one, and the form of IKEv2's list is not certain.
        """
        name = tunnel["name"] if proxy is None else f"{tunnel['name']}:{proxy}"
        label = f"tunnel '{tunnel['name']}'" + (f", proxy ID '{proxy}'" if proxy else "")
        found = self.flows.get(name) or self.flows.get(tunnel["name"]) or []
        states = {flow.state for flow in found}
        if flows.ACTIVE in states:
            return []
        if not tunnel.get("manual_key") and not (self.ipsec.get(name) or self.ipsec.get(tunnel["name"])):
            return [f"{label}: no IPsec SA, {self._phase_1(tunnel)}"]
        if not found:
            return [f"{label}: the firewall shows no flow for it"]
        if flows.INACTIVE in states and (tunnel.get("tunnel_monitor") or {}).get("enable"):
            return [f"{label}: inactive, {_silent(tunnel)}"]
        shown = sorted(state for state in states if state)
        return [f"{label}: its flow is {', '.join(shown)}, not active"] if shown else []

    def _phase_1(self, tunnel) -> str:
        texts = []
        for gateway in tunnel.get("ike_gateways", ()):
            states = [sa.state for sa in self.ike.get(gateway, ()) if not sa.up]
            address = self.gateways.get(gateway, {}).get("peer_address") or {}
            peer = address.get("ip") or address.get("fqdn")
            label = f"IKE gateway '{gateway}'" + (f" (peer {peer})" if peer else "")
            if any(sa.up for sa in self.ike.get(gateway, ())):
                texts.append(f"though {label} has an IKE SA")
            elif states:
                texts.append(f"and the IKE SA of {label} is {states[0]}")
            elif self.gateways.get(gateway, {}).get("passive_mode") or address.get("dynamic"):
                texts.append(f"and {label} waits for its peer to begin")
            else:
                texts.append(f"and {label} has no IKE SA")
        return " ".join(texts) or "and it has no IKE gateway"

    def _monitor(self, tunnel) -> list:
        """Only of a tunnel that is up otherwise: without an SA its monitor must be down."""
        if not (tunnel.get("tunnel_monitor") or {}).get("enable"):
            return []
        states = {flow.monitor for flow in self.flows_of_tunnel.get(tunnel["name"], ())}
        if "up" in states:
            return []
        if "down" in states:
            return [f"tunnel '{tunnel['name']}': {_silent(tunnel)}"]
        return [f"tunnel '{tunnel['name']}': its monitor is configured, and the firewall shows it as off"] if "off" in states else []

    def _rule(self, rule) -> list:
        label = f"PBF rule '{rule['name']}'"
        if rule.get("disabled"):
            return [f"{label} is disabled in the configuration"]
        live = self.rules.get(rule["name"])
        if live is None:
            # Whether a firewall lists rules that forward nowhere is not certain.
            return [f"{label}: the firewall tells no state of it"] if egress(rule) else []
        nexthop = f"next hop {live.nexthop or 'of it'} is {live.nexthop_state}" if live.nexthop_down else ""
        if not live.in_use:
            return [f"{label} is not in use ({live.state}{', ' + nexthop if nexthop else ''})"]
        return [f"{label}: {nexthop}"] if nexthop else []

    def _peer(self, peer, off) -> list:
        router, address = peer["virtual_router"], peer.get("peer_address") or {}
        label = f"BGP peer '{peer['name']}' ({address.get('ip') or address.get('fqdn') or 'no address'}, AS {peer.get('peer_as')})"
        if router in off:
            return [f"{label}: BGP is off on router '{router}'"]
        if peer.get("enable") is False:
            return [f"{label} is disabled in the configuration"]
        live = [found for found in self.peers.get(peer["name"], ()) if found.router in (None, router)]
        if not live:
            return [f"{label}: router '{router}' tells no state of it"]
        up = next((found for found in live if found.established), None)
        return [f"{label} is {live[0].state or 'in no known state'}, not Established"] if up is None else self._exchanged(label, peer, up)

    def _exchanged(self, label, peer, live) -> list:
        """What a session is for, where the routes were asked for: prefixes learned and in use, and exactly ours announced."""
        if self.state.routes is None:
            return []
        found = []
        received = live.total("received")
        if received == 0:
            found.append(f"{label} is established and has sent no prefix")
        elif received and not self._in_use(peer):
            found.append(f"{label}: of the {received} prefixes that were learned, none is in the forwarding table")
        wanted = set(peer.get("advertise") or ())
        sent = {prefix.prefix for prefix in self.state.prefixes or () if prefix.direction == ADVERTISED and prefix.peer == peer["name"]}
        if live.total("advertised") == 0:
            found.append(f"{label} is established and is sent no prefix")
        elif wanted and sent and sent != wanted:
            found.append(f"{label} is sent {', '.join(sorted(sent))}, and not {', '.join(sorted(wanted))}")
        return found

    def _in_use(self, peer) -> bool:
        """Whether a path to the same AS is in use: of several peers one may carry all, and one that is preferred is in a group of its own."""
        here = (peer["virtual_router"], peer.get("peer_as"))
        interfaces = {interface_to(other) for other in self.everything["bgp"]["peers"] if (other["virtual_router"], other.get("peer_as")) == here}
        return any(route.active and route.protocol == "bgp" and route.interface in interfaces for route in self.routes)


def _silent(tunnel) -> str:
    return f"its monitor gets no answer from {(tunnel.get('tunnel_monitor') or {}).get('destination_ip') or 'its target'}"
