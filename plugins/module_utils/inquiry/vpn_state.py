# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a firewall runs and does: its running configuration and its operational state of VPNs, asked of a session.

Whole containers and whole listings are read, so that requests do not grow with the number of tunnels.
"""

from __future__ import annotations

import time
import xml.etree.ElementTree as ET
from datetime import timedelta
from typing import Callable, Iterable, Mapping

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils import commands
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.configuration import path as places
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.configuration.path import Path
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.device.location import Location
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.device.target import Target
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.firewall import homes
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.firewall.surroundings import Surroundings
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.reconcile.single import entries
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.reconcile.values import read
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.resources import (
    bgp_instance, bgp_peer, ike_gateway, ipsec_tunnel, monitor_profile, pbf_rule, tunnel_interface,
)
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.status import (
    answer, bgp, flow, forwarding, prefixes, routes, security_associations,
)
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.status.selection import local_interface
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.status.state import State
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.tables.places import bgp_place
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.tables.platform import Platform
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.tables.table import Request

# Seconds between two probes of a monitor whose profile says nothing of it, as in PAN-OS's own profile C(default).
_PROBE_INTERVAL = 3
_READ = (("network", ()), ("vsys", ("zone",)), ("rulebase", pbf_rule.TABLE.container))


def configuration(target: Target) -> dict:
    """The running configuration of VPNs, as the resources gather it, without secrets."""
    return gathered_from(running(target), target.platform, target.base)


def running(target: Target) -> ET.Element:
    """The part of the running configuration that VPNs are made of; of a template, with the routers of other templates that its firewalls get."""
    paths = [target.base(location) + path for location, path in _READ]
    elsewhere = [layer.base("network") for layer in _layers_beside(target)]
    tree = target.read([*paths, *elsewhere], running=True)
    for network in elsewhere:
        homes.add_routers(tree, network, target.base("network"))
    return tree


def _layers_beside(target: Target) -> list[Location]:
    """The templates and the stack that the firewalls of a template get beside it, the strongest first; those of one stand for all."""
    behind = target.behind
    if behind is None or not target.is_of_template:
        return []
    serial = next((device.serial for device in behind.firewalls if behind.parts(device.serial)[1]), None)
    return [layer for layer in behind.layers(serial) if layer.home != target.location.home] if serial else []


def gathered_from(tree: ET.Element, platform: Platform, base: Callable[[str], Path], router: str | None = None) -> dict:
    """C(configuration) of a tree that is there already. C(router): limits BGP to that one."""
    def gathered(resource, **names):
        return resource.RESOURCE.gathered(Request(names, {}, "gathered", platform, base), tree)

    instances = gathered(bgp_instance, virtual_router=router)
    peers = []
    for instance in instances:
        name = instance["virtual_router"]
        groups = (base("network") + bgp_place(name, platform.advanced) + ("peer-group",))[1:]
        for group in places.names(tree, groups):
            peers += gathered(bgp_peer, virtual_router=name, peer_group=group, name=None)
    around = Surroundings(tree, base, platform)
    neighbours = {local_interface(peer) for peer in peers if _is_neighbour(peer, local_interface(peer) or "", around)}
    own = {held.host for name in around.interfaces for held in around.addresses_of(name)}
    peers = [{**peer, **_way_through(peer, around, neighbours, own)} for peer in peers]
    return {
        "gateways": gathered(ike_gateway, name=None),
        "tunnels": gathered(ipsec_tunnel, name=None),
        "interfaces": gathered(tunnel_interface, name=None),
        "pbf_rules": [{"name": rule.get("name"), **read(pbf_rule.TABLE.nodes, rule)} for rule in entries(tree, base, pbf_rule.TABLE)],
        "bgp": {"instances": instances, "peers": peers},
    }


def _is_neighbour(peer: dict, interface: str, around: Surroundings) -> bool:
    """Whether a BGP peer's address lies in a network of an interface."""
    there = around.interfaces.get(interface)
    hosts = [known.network for known in around.known.literals((peer.get("peer_address") or {}).get("ip") or "")]
    networks = [address.network for address in there.networks()] if there is not None else []
    return any(host.version == network.version and host.subnet_of(network) for host in hosts for network in networks)  # type: ignore[arg-type]


def _way_through(peer: dict, around: Surroundings, taken: set, own: set) -> dict:
    """The tunnel interface that a BGP peer is behind, where its session does not begin there: a static route leads to it, or it is a neighbour there.

    C(taken): interfaces that have a neighbour of their own: a peer that is none at its own interface is not behind one of those. C(own): the
    addresses of this firewall, which are no neighbour's.
    """
    address, way = (peer.get("peer_address") or {}).get("ip") or "", local_interface(peer) or ""
    if way.startswith("tunnel."):
        others = [name for name in around.interfaces if name.startswith("tunnel.") and name not in taken and _is_neighbour(peer, name, around)]
        return {} if _is_neighbour(peer, way, around) or len(others) != 1 else {"tunnel_interface": others[0]}
    hosts = {str(known.network) for known in around.known.literals(address) if known.network.num_addresses == 1}
    through = [route.interface for route in around.static_route_entries(peer["virtual_router"])
               if str(route.destination) in hosts and route.interface.startswith("tunnel.")]
    is_elsewhere = not through and address.split("/")[0] not in own and not _is_neighbour(peer, way, around)
    beside = [name for name in around.interfaces if name.startswith("tunnel.") and _is_neighbour(peer, name, around)] if is_elsewhere else []
    found = through or (beside if len(beside) == 1 else [])
    return {"tunnel_interface": found[0]} if found else {}


def probe_interval(tree: ET.Element, found: Mapping, base: Callable[[str], Path]) -> float:
    """Seconds between two probes of the slowest monitor among a configuration's tunnels; 0 where none of them has a monitor."""
    monitors = [tunnel["tunnel_monitor"] for tunnel in found["tunnels"] if (tunnel.get("tunnel_monitor") or {}).get("enable")]
    profiles = base("network") + monitor_profile.TABLE.container
    told = [places.text(tree, (profiles + (("entry", monitor.get("tunnel_monitor_profile") or "default"), "interval"))[1:]) for monitor in monitors]
    return float(max((int(text) if text and text.isdigit() else _PROBE_INTERVAL for text in told), default=0))


class Listing:
    """Asks for the operational listings. C(warnings): words that no parser understood. C(now): the firewall's time."""

    def __init__(self, target: Target):
        self.session, self.platform = target.session, target.platform
        then = security_associations.moment(target.platform.time)
        self.now = None if then is None else then + timedelta(seconds=time.monotonic() - target.asked)
        self.warnings: list = []

    def state(self, found: dict, with_routes: bool = True) -> State:
        """The state of what a configuration holds; what it has none of is not asked for."""
        tunnels, rules, peers = bool(found["tunnels"]), bool(found["pbf_rules"]), bool(found["bgp"]["peers"])
        routing = self.routing(found) if with_routes and tunnels else {}
        return State(
            ike_sas=self._asked(commands.IKE_SAS, lambda response: security_associations.ike_sas(response, self.now)) if tunnels else (),
            ipsec_sas=self._asked(commands.IPSEC_SAS, security_associations.ipsec_sas) if tunnels else (),
            flows=self.flows() if tunnels else (),
            pbf_rules=self.pbf_rules() if rules else (),
            bgp_peers=self.bgp_peers() if peers else (),
            **routing,
        )

    def routing(self, found: dict) -> dict:
        """The routes, and what the legacy engine's BGP peers have sent and are sent. No such table of the other engine is documented."""
        told = {"routes": self.routes()}
        if found["bgp"]["peers"] and not self.platform.advanced:
            told["prefixes"] = (self._asked(commands.LEARNED, prefixes.learned)
                                + self._asked(commands.ADVERTISED, prefixes.advertised))
        return told

    def flows(self) -> tuple:
        """The flows alone: their counters move."""
        return self._asked(commands.FLOWS, flow.flows)

    def bgp_peers(self) -> tuple:
        return self._asked(commands.BGP_PEERS[self.platform.advanced], bgp.peers)

    def pbf_rules(self) -> tuple:
        return self._asked(commands.PBF_RULES, forwarding.pbf_rules)

    def routes(self) -> tuple:
        """The whole routing table of either engine."""
        return self._asked(commands.ROUTES[self.platform.advanced], routes.routes)

    def _asked(self, words: str, parse: Callable[[ET.Element], Iterable]) -> tuple:
        response = self.session.op(commands.command(words), words)
        remark = answer.remark(response)
        if remark:
            self.warnings.append(f"the answer of {self.session.place} to '{words}' was not understood: {remark}")
        return tuple(parse(response))
