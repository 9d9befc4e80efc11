# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The state of VPNs on half a page, for people who want to see whether they work."""

from __future__ import annotations

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.status.health import Condition
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.status.prefixes import ADVERTISED


def summary(told: dict, condition: Condition) -> dict:
    """C(told): the state, as C(telling.tell) tells it."""
    return {
        "health": condition.state.value,
        "healthy": condition.healthy,
        "problems": list(condition.problems()),
        "tunnels": [_tunnel(tunnel) for tunnel in told["tunnels"]],
        "pbf_rules": [{"name": rule["name"], "state": rule.get("state"), "next_hop": rule.get("nexthop_state")} for rule in told["pbf_rules"]],
        "bgp_peers": [{"name": peer["name"], "state": peer.get("state"), "prefixes": peer.get("prefixes")} for peer in told["bgp_peers"]],
        "learned": [{"destination": route.get("destination"), "interface": route.get("interface")}
                    for route in told.get("routes", ()) if route.get("active") and route.get("protocol") == "bgp"],
        "advertised": [{"prefix": prefix["prefix"], "peer": prefix.get("peer")}
                       for prefix in told.get("prefixes", ()) if prefix["direction"] == ADVERTISED],
    }


def _tunnel(tunnel: dict) -> dict:
    return {
        "name": tunnel["name"], "health": tunnel.get("health"), "healthy": tunnel.get("healthy"),
        "ike_sas": len(tunnel["ike_sas"]), "ipsec_sas": len(tunnel["ipsec_sas"]),
        "flows": [flow.get("state") for flow in tunnel["flows"]], "monitors": [flow.get("monitor") for flow in tunnel["flows"]],
    }
