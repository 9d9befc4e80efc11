# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The state of a firewall's VPNs as plain values, as tasks return it."""

from __future__ import annotations

from dataclasses import asdict, is_dataclass

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.peers.fields import plain
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.peers.profile import Profile
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.status.selection import far_end
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.status.health import Condition
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.status.state import State, grouped, movement


def tell(configuration: dict, state: State, condition: Condition, connection: Profile | None = None) -> dict:
    """The state as plain values. Each tunnel with how well it is, its SAs and its flows; what belongs to no tunnel is C(unassigned).

    C(connection): the cloud's description, whose telemetry is told with the tunnel that goes to its endpoint.
    """
    ike = grouped(state.ike_sas, lambda sa: sa.gateway)
    ipsec = grouped(state.ipsec_sas, lambda sa: sa.tunnel)
    flows = grouped(state.flows, lambda flow: flow.tunnel)
    earlier = {flow.name: flow for flow in state.earlier_flows}
    endpoints = _endpoints(configuration, connection)
    conditions = {tunnel.name: tunnel for vpn in condition.parts for tunnel in vpn.parts}
    tunnels = []
    for tunnel in configuration["tunnels"]:
        name = tunnel["name"]
        tunnels.append({
            "name": name, **_judged(conditions.get(name)),
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


def _judged(condition: Condition | None) -> dict:
    """Of a tunnel that nobody judged, such as one of a passive member, nothing is said."""
    if condition is None:
        return {}
    return {"health": condition.state.value, "healthy": condition.healthy, "problems": list(condition.problems())}


def _moved(earlier, flow, seconds) -> dict:
    counts = movement(earlier, flow)
    return {} if counts is None else {"movement": {"seconds": round(seconds, 3), "packets_encapsulated": counts[0], "packets_decapsulated": counts[1]}}


def _endpoints(configuration, connection) -> dict:
    """Tunnel → what the cloud says of the endpoint that its gateway goes to."""
    described = {tunnel.far_end: tunnel.telemetry for tunnel in (connection.tunnels if connection else ())}
    addresses = {gateway["name"]: far_end(gateway) for gateway in configuration["gateways"]}
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
