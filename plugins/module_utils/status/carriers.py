# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which tunnels traffic is led into: by the first PBF rule in use where rules decide, by routes otherwise."""

from __future__ import annotations

from typing import Collection, Iterable, Mapping

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.status.forwarding import PbfRule
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.status.routes import Route
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.status.selection import Owners, egress
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.status.state import State, grouped

# Routes that lead to the tunnels' own inside networks carry nobody's traffic.
_OWN = ("connected", "local", "host")


def decides(rule: Mapping, units: Collection[str]) -> bool:
    """Whether a configured PBF rule leads into one of some tunnel interfaces."""
    return egress(rule) in units


def first_rule(rules: Iterable[Mapping], units: Collection[str], live: Mapping[str, PbfRule]) -> str | None:
    """The tunnel interface that PBF leads new sessions into: rules are tried in their order, and one that is disabled or whose next hop is down is passed over.

    C(rules): as they are configured. C(live): name → what the firewall tells of it.
    """
    for rule in rules:
        told = live.get(rule["name"])
        forwards = told is not None and told.in_use and not told.nexthop_down
        if decides(rule, units) and not rule.get("disabled") and forwards:
            return egress(rule)
    return None


def carries(route: Route, units: Collection[str]) -> bool:
    """Whether a route in use leads packets into one of some tunnel interfaces."""
    return route.active and route.interface in units and route.protocol not in _OWN and bool(route.protocol or route.nexthop)


def led_into(configuration: Mapping, state: State) -> frozenset[str]:
    """The names of the tunnels that traffic of their VPN is led into now."""
    names = grouped((tunnel for tunnel in configuration["tunnels"] if tunnel.get("tunnel_interface")), lambda tunnel: tunnel["tunnel_interface"])
    units = {tunnel["name"]: tunnel.get("tunnel_interface") for tunnel in configuration["tunnels"]}
    rules = grouped((rule for rule in configuration["pbf_rules"] if egress(rule) in names), egress)
    routed = {route.interface for route in state.routes or () if carries(route, names)}
    live = {rule.name: rule for rule in state.pbf_rules}
    position = {rule["name"]: number for number, rule in enumerate(configuration["pbf_rules"])}
    found: set[str] = set()
    for tunnels in Owners(configuration).vpns().values():
        own = {units[tunnel] for tunnel in tunnels} - {None}
        ordered = sorted((rule for unit in own for rule in rules.get(unit, ())), key=lambda rule: position[rule["name"]])
        first = first_rule(ordered, own, live)
        found |= own & routed if not ordered else {first} - {None}
    return frozenset(tunnel["name"] for unit in found for tunnel in names[unit])
