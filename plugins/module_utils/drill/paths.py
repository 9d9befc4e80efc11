# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which of a VPN's tunnels carries its traffic: by the PBF rule that is in use, or by the routes that are."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Collection, Iterable, Mapping

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.status import flow
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.status.carriers import carries, decides, first_rule
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.status.forwarding import PbfRule
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.status.routes import Route
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.status.selection import interfaces_of

PBF, ROUTES = "pbf", "routes"
#: The one destination that is told apart where PBF rules decide.
NEW_SESSIONS = "new sessions"


@dataclass(frozen=True)
class Look:
    """One look at a firewall, C(moment) seconds after the first one. C(carriers): destination → tunnel interfaces that lead there.

    C(states): tunnel → state of its flow; a tunnel that is not listed has none.
    """

    moment: float
    carriers: Mapping[str, tuple[str, ...]]
    states: Mapping[str, str]

    def works(self, tunnels: Mapping[str, str], destinations: Collection[str]) -> bool:
        """Whether each destination is led into a tunnel that is active. C(tunnels): tunnel → interface."""
        alive = {interface for tunnel, interface in tunnels.items() if self.states.get(tunnel) == flow.ACTIVE}
        return bool(destinations) and all(self.carriers.get(each) and alive.issuperset(self.carriers[each]) for each in destinations)

    def uses(self, interface: str, destinations: Collection[str]) -> bool:
        return any(interface in self.carriers.get(each, ()) for each in destinations)


def tunnels_of(configuration: Mapping) -> dict[str, str]:
    """Tunnel → tunnel interface."""
    return {tunnel["name"]: tunnel["tunnel_interface"] for tunnel in configuration["tunnels"] if tunnel.get("tunnel_interface")}


def decided_by(configuration: Mapping) -> str:
    """C(pbf) where a PBF rule forwards into one of the tunnels, else C(routes)."""
    units = interfaces_of(configuration["tunnels"])
    return PBF if any(decides(rule, units) for rule in configuration["pbf_rules"]) else ROUTES


def carriers(configuration: Mapping, rules: Iterable[PbfRule], routes: Iterable[Route]) -> dict[str, tuple[str, ...]]:
    """Destination → tunnel interfaces of the VPN that lead there. C(rules), C(routes): as the firewall tells them."""
    units = interfaces_of(configuration["tunnels"])
    if decided_by(configuration) == PBF:
        first = first_rule(configuration["pbf_rules"], units, {rule.name: rule for rule in rules})
        return {NEW_SESSIONS: () if first is None else (first,)}
    found: dict = {}
    for route in routes:
        if carries(route, units):
            found.setdefault(route.destination, set()).add(route.interface)
    return {destination: tuple(sorted(interfaces)) for destination, interfaces in found.items()}


def flow_states(flows: Iterable[flow.Flow]) -> dict[str, str]:
    """Tunnel → state: active where all of its flows are, else the first that is not."""
    found: dict = {}
    for each in flows:
        if found.get(each.tunnel) in (None, flow.ACTIVE):
            found[each.tunnel] = each.state
    return found
