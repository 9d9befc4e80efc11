# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The state of a firewall's VPNs: narrowed to some of them, and told as plain values."""

from __future__ import annotations

from dataclasses import asdict, dataclass, is_dataclass, replace

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.peers.fields import plain
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.peers.profile import Profile


@dataclass(frozen=True)
class State:
    """What the firewall answered, each as a tuple of the dataclasses of this room. C(routes), C(prefixes) None: not asked for, or not told.

    C(earlier_flows): those of a look C(between) seconds before; empty where there was none.
    """

    ike_sas: tuple = ()
    ipsec_sas: tuple = ()
    flows: tuple = ()
    pbf_rules: tuple = ()
    bgp_peers: tuple = ()
    routes: tuple | None = None
    prefixes: tuple | None = None
    earlier_flows: tuple = ()
    between: float = 0.0

    def of_router(self, router: str, configuration: dict) -> State:
        """Without the peers and routes of other routers. The configuration decides where a peer's answer does not name its router."""
        own = {peer["name"] for peer in configuration["bgp"]["peers"] if peer["virtual_router"] == router}
        return replace(
            self,
            bgp_peers=tuple(peer for peer in self.bgp_peers if peer.router == router or (peer.router is None and peer.name in own)),
            routes=None if self.routes is None else tuple(route for route in self.routes if route.router in (None, router)),
            prefixes=None if self.prefixes is None else tuple(prefix for prefix in self.prefixes if prefix.router in (None, router)),
        )

    def of(self, configuration: dict) -> State:
        """Only what belongs to the gateways, tunnels, interfaces, rules and peers of a configuration."""
        gateways, tunnels, interfaces, rules = (
            {item["name"] for item in configuration[kind]} for kind in ("gateways", "tunnels", "interfaces", "pbf_rules"))
        peers = {(router, peer["name"]) for peer in configuration["bgp"]["peers"] for router in (None, peer["virtual_router"])}
        own = {peer for _router, peer in peers}
        return replace(
            self,
            ike_sas=tuple(sa for sa in self.ike_sas if sa.gateway in gateways),
            ipsec_sas=tuple(sa for sa in self.ipsec_sas if sa.tunnel in tunnels),
            flows=tuple(flow for flow in self.flows if flow.tunnel in tunnels),
            pbf_rules=tuple(rule for rule in self.pbf_rules if rule.name in rules),
            bgp_peers=tuple(peer for peer in self.bgp_peers if (peer.router, peer.name) in peers),
            routes=None if self.routes is None else tuple(route for route in self.routes if route.interface in interfaces),
            prefixes=None if self.prefixes is None else tuple(prefix for prefix in self.prefixes if prefix.peer in own),
        )


def grouped(items, key) -> dict:
    """Items by key, so that those of a thousand tunnels are looked up and not searched."""
    found: dict = {}
    for item in items:
        found.setdefault(key(item), []).append(item)
    return found


def movement(earlier, flow) -> tuple | None:
    """(packets out, packets in) between two looks at a flow; None where one is missing, tells no numbers, or the counters began anew."""
    if earlier is None:
        return None
    counts = [(getattr(earlier, name), getattr(flow, name)) for name in ("packets_encapsulated", "packets_decapsulated")]
    if not all(isinstance(number, int) for count in counts for number in count) or any(before > now for before, now in counts):
        return None
    return tuple(now - before for before, now in counts)


def tell(configuration: dict, state: State, verdicts, connection: Profile | None = None) -> dict:
    """The state as plain values. Each tunnel with its verdict, its SAs and its flows; what belongs to no tunnel is C(unassigned).

    C(connection): the cloud's description, whose telemetry is told with the tunnel that goes to its endpoint.
    """
    ike = grouped(state.ike_sas, lambda sa: sa.gateway)
    ipsec = grouped(state.ipsec_sas, lambda sa: sa.tunnel)
    flows = grouped(state.flows, lambda flow: flow.tunnel)
    earlier = {flow.name: flow for flow in state.earlier_flows}
    endpoints = _endpoints(configuration, connection)
    tunnels = []
    for tunnel, verdict in zip(configuration["tunnels"], verdicts):
        name = tunnel["name"]
        tunnels.append({
            "name": name, "healthy": verdict.healthy, "problems": list(verdict.problems),
            "ike_sas": [_plain(sa) for gateway in tunnel.get("ike_gateways", ()) for sa in ike.get(gateway, ())],
            "ipsec_sas": [_plain(sa) for sa in ipsec.get(name, ())],
            "flows": [{**_plain(flow), **_moved(earlier.get(flow.name), flow, state.between)} for flow in flows.get(name, ())],
            **_plain({"cloud": endpoints.get(name)}),
        })
    told = {
        "tunnels": tunnels,
        "pbf_rules": [_plain(rule) for rule in state.pbf_rules],
        "bgp_peers": [_plain(peer) for peer in state.bgp_peers],
        "unassigned": _unassigned(configuration, state),
    }
    if state.routes is not None:
        told["routes"] = [_plain(route) for route in state.routes]
    if state.prefixes is not None:
        told["prefixes"] = [_plain(prefix) for prefix in state.prefixes]
    return told


def _moved(earlier, flow, seconds) -> dict:
    counts = movement(earlier, flow)
    return {} if counts is None else {"movement": {"seconds": round(seconds, 3), "packets_encapsulated": counts[0], "packets_decapsulated": counts[1]}}


def _endpoints(configuration, connection) -> dict:
    """Tunnel → what the cloud says of the endpoint that its gateway goes to."""
    described = {tunnel.outside_address: tunnel.telemetry for tunnel in (connection.tunnels if connection else ())}
    addresses = {gateway["name"]: (gateway.get("peer_address") or {}).get("ip") for gateway in configuration["gateways"]}
    found = {}
    for tunnel in configuration["tunnels"]:
        address = next((addresses.get(gateway) for gateway in tunnel.get("ike_gateways", ())), None)
        if address in described:
            found[tunnel["name"]] = {"outside_address": address, **(plain(described[address]) if described[address] else {})}
    return found


def _unassigned(configuration, state) -> dict:
    tunnels = {tunnel["name"] for tunnel in configuration["tunnels"]}
    gateways = {gateway for tunnel in configuration["tunnels"] for gateway in tunnel.get("ike_gateways", ())}
    return {
        "ike_sas": [_plain(sa) for sa in state.ike_sas if sa.gateway not in gateways],
        "ipsec_sas": [_plain(sa) for sa in state.ipsec_sas if sa.tunnel not in tunnels],
        "flows": [_plain(flow) for flow in state.flows if flow.tunnel not in tunnels],
    }


def _plain(value):
    """Dataclasses and what is in them as JSON has it; what is not known is left out."""
    if is_dataclass(value):
        return _plain(asdict(value))
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items() if item not in (None, {}, ())}
    return [_plain(item) for item in value] if isinstance(value, tuple) else value
