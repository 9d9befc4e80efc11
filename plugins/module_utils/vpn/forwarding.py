# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How traffic gets into the tunnels of a VPN without BGP: PBF rules, and static routes, both with their monitors."""

from __future__ import annotations

from typing import Iterable

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.configuration.addresses import family, is_ipv6
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.firewall.surroundings import Surroundings
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.resources import monitor_profile, static_route
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.tables.desired import DesiredEntry, merged
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.vpn import families, metrics, names
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.vpn.choice import Choice, monitoring
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.vpn.claim import Claim
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.vpn.interfaces import with_length
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.vpn.metrics import Metrics
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.vpn.rules import Rules
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.vpn.vpn import DISCARD, PBF, ROUTES, Vpn

# What the one destination of a route's monitor is called.
_DESTINATION = "peer"


def items(vpn: Vpn, choice: Choice, claim: Claim, view: Surroundings, rules: Rules) -> tuple[list, list[str]]:
    """(desired items, warnings)."""
    found = [] if vpn.failover == ROUTES else _monitor_profiles(vpn, choice, claim) + rules.forwarding(_paths(vpn, choice, claim))
    if not vpn.makes_routes:
        return found, _one_way(vpn)
    chosen = metrics.choose(vpn, view, claim)
    found += _routes(vpn, choice, claim, view, vpn.path_order if vpn.failover == ROUTES else reversed(vpn.path_order), chosen)
    if metrics.drops(vpn):
        found += _discards(vpn, claim, view, chosen)
    return found, metrics.warnings(vpn, view, claim, chosen)


def _one_way(vpn: Vpn) -> list[str]:
    """Nobody says whether PBF sees the answers to what the far side begins; the routing table sees them in any case."""
    if vpn.failover != PBF or vpn.security_rules != "both":
        return []
    return [f"{vpn.name}: sessions that begin behind the peer are allowed, and without backup_routes their answers may follow the router's other routes, "
            "out of the VPN; say backup_routes: true, or security_rules: outbound"]


def _monitor_profiles(vpn: Vpn, choice: Choice, claim: Claim) -> list:
    found = []
    for name in choice.monitors.values():
        if name == vpn.name:
            found.append(DesiredEntry(monitor_profile.TABLE, name, monitoring(vpn)))
        elif claim.record.took_over("monitor_profile", name):
            found.append(DesiredEntry(monitor_profile.TABLE, name))
    return merged(found)


def _paths(vpn: Vpn, choice: Choice, claim: Claim) -> list[tuple[str, dict]]:
    """The preferred path's rule first; a last rule drops what no path takes, so that it does not leave in clear text."""
    paths: list = []
    for number in vpn.path_order:
        monitor = {"profile": choice.monitors[number], "ip_address": vpn.monitor_address(number), "disable_if_unreachable": True}
        nexthop = {"ip_address": vpn.ends(number).peer}
        action = {"forward": {"egress_interface": choice.units[number], "nexthop": nexthop, "monitor": monitor}}
        paths.append((claim.called("pbf_rule", number), action))
    if vpn.when_both_down == DISCARD:
        paths.append((names.discard_rule(vpn.name), {"discard": True}))
    return paths


def _routes(vpn: Vpn, choice: Choice, claim: Claim, view: Surroundings, tunnels: Iterable[int], chosen: Metrics) -> list:
    """A route for each remote network through each tunnel, the first one preferred."""
    order = list(enumerate(tunnels))
    found = []
    for network in vpn.remote_networks:
        for step, number in order:
            values = {"interface": choice.units[number], "metric": chosen.of_step(step), **_path_monitor(vpn, number, family(network))}
            found.append(_route(vpn, claim, view, names.route(vpn.name, number, network), {"destination": network, **values}))
    return found


def _path_monitor(vpn: Vpn, number: int, version: int) -> dict:
    """What withdraws a tunnel's routes, where there is another one. A route comes back as soon as there are answers again: no tunnel may be left."""
    if not vpn.monitors_routes:
        return {}
    ends = families.ends(vpn.tunnel(number), version)
    destination = {"name": _DESTINATION, "enable": True, "source": with_length(ends.address, ends.cidr), "destination": vpn.route_monitor(number, version),
                   "interval": vpn.monitor_interval, "count": vpn.monitor_threshold}
    return {"path_monitor": {"enable": True, "hold_time": 0, "monitor_destinations": [destination]}}


def _discards(vpn: Vpn, claim: Claim, view: Surroundings, chosen: Metrics) -> list:
    """For established sessions, which PBF leaves to the routing table when their rule goes down."""
    values = {"nexthop": {"discard": True}, "metric": chosen.discard}
    return [_route(vpn, claim, view, names.discard_route(vpn.name, network), {"destination": network, **values}) for network in vpn.remote_networks]


def _route(vpn: Vpn, claim: Claim, view: Surroundings, own: str, values: dict) -> DesiredEntry:
    name = claim.record.called("static_route", own)
    return static_route.route(vpn.virtual_router, name, values, view.platform, ipv6=is_ipv6(values["destination"]))
