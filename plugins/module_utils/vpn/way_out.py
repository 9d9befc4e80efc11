# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the routers of a firewall, as configured, do with a VPN's packets: with those of the tunnels themselves, and with those of the hosts here.

Configured ways are not all ways: where a router learns routes, nothing is said that a learned one could make untrue.
"""

from __future__ import annotations

from ipaddress import ip_address, ip_network
from typing import Collection, Iterator

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.configuration.addresses import is_ipv6
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.errors import Refused
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.firewall.surroundings import Surroundings, Way, is_detour
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.resources import static_route
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.vpn import names, record as records
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.vpn.claim import Claim
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.vpn.vpn import PBF, Vpn


def to_endpoint(vpn: Vpn, around: Surroundings, number: int, units: Collection[str]) -> Way | None:
    """The way that a tunnel's own packets to its endpoint take, without the VPN's own routes: those may go.

    C(units): the VPN's own interfaces, by which they are not to go.
    """
    outside, record = vpn.outside_of(number), records.of_vpn(around, vpn.name)
    router = around.router_of(outside)
    if router is None:
        return None
    made = [] if record is None else [
        route.name for route in around.static_route_entries(router) if record.has_made(records.route(router, route.name, route.destination))]
    return around.way_to(vpn.tunnel(number).outside_address, router, units, beside=outside, but=made)


def zone_out(vpn: Vpn, around: Surroundings, number: int, units: Collection[str]) -> str | None:
    """The zone of the interface by which packets to an endpoint leave; that of the outside interface where that is not known, or a route is made."""
    way, outside = to_endpoint(vpn, around, number, units), vpn.outside_of(number)
    through = way.interface if way is not None and not vpn.tunnel(number).outside_next_hop else None
    return around.zone_of(through or outside) or around.zone_of(outside)


def routes(vpn: Vpn, around: Surroundings, claim: Claim) -> list:
    """The routes to the endpoints of the tunnels for which a next router is given.

    Raises Refused where it is not beside the outside interface, and where somebody else's route leads elsewhere.
    """
    found = []
    for number in vpn.numbers:
        hop = vpn.tunnel(number).outside_next_hop
        if hop:
            found += _route(vpn, around, claim, number, hop)
    return found


def _route(vpn: Vpn, around: Surroundings, claim: Claim, number: int, hop: str) -> list:
    outside, place = vpn.outside_of(number), f"tunnel {number}: outside_next_hop"
    router, endpoint = around.router_of(outside) or "", vpn.tunnel(number).outside_address
    if vpn.tunnel(number).is_named:
        raise Refused(f"{place}: a route leads to an address, and {endpoint} is none; give the router a route that holds it, and leave this out")
    if not any(address.version == ip_address(hop).version and ip_address(hop) in address.network for address in around.interfaces[outside].networks()):
        raise Refused(f"{place}: {hop} is in no network of {outside}; give the next router that {outside} reaches itself")
    destination = str(ip_network(endpoint))
    for route in around.static_route_entries(router):
        if str(route.destination) == destination and not claim.owns(records.route(router, route.name, route.destination)):
            if route.interface == outside:
                return []
            raise Refused(f"{place}: route '{route.name}' of router '{router}' leads to {destination} already, by {route.interface or 'its next hop'}; remove "
                          "it, or leave outside_next_hop out; nothing was written")
    name = claim.record.called("static_route", names.route(vpn.name, number, destination))
    values = {"destination": destination, "interface": outside, "nexthop": {"ip_address": hop}}
    return [static_route.route(router, name, values, around.platform, ipv6=is_ipv6(destination))]


def refuse_unrouted(vpn: Vpn, around: Surroundings, own_groups: list[str], units: Collection[str]) -> None:
    """A tunnel with an outside interface of its own, by which no route leads to its endpoint."""
    for number in vpn.numbers:
        tunnel, outside = vpn.tunnel(number), vpn.outside_of(number)
        if not tunnel.outside_interface or tunnel.outside_next_hop or tunnel.is_named:
            continue
        router, way = around.router_of(outside) or "", to_endpoint(vpn, around, number, units)
        if way is None and around.learns_routes(router, own_groups):
            continue
        if way is None or is_detour(outside, way.interface):
            there = f"has no route to {tunnel.outside_address}" if way is None else f"leads to {tunnel.outside_address} by {way.interface} ({way})"
            raise Refused(f"tunnel {number}: outside_interface: router '{router}' {there}, and the tunnel is to leave by {outside}; say outside_next_hop to "
                          "have a route made, or make one; nothing was written")


def warnings(vpn: Vpn, around: Surroundings, own_groups: list[str], units: list[str]) -> list[str]:
    """C(own_groups): the VPN's BGP peer groups, by which nothing here is learned. C(units): its tunnel interfaces."""
    return [*_endpoints(vpn, around, own_groups, units), *_local_networks(vpn, around, own_groups, units), *_hosts(vpn, around, own_groups, units)]


def _endpoints(vpn: Vpn, around: Surroundings, own_groups: list[str], units: list[str]) -> Iterator[str]:
    for number in vpn.numbers:
        endpoint = vpn.tunnel(number).outside_address
        if vpn.tunnel(number).is_named or vpn.tunnel(number).outside_next_hop:
            continue
        outside, way = vpn.outside_of(number), to_endpoint(vpn, around, number, units)
        router = around.router_of(outside) or ""
        host = ip_network(endpoint)
        if way is None and not around.learns_routes(router, own_groups):
            yield (f"{vpn.name}, tunnel {number}: router '{router}' has no route to the endpoint {endpoint}, so the tunnel cannot come up; give it a "
                   f"static_route to {host} through {outside}")
        elif way is not None and is_detour(outside, way.interface):
            yield (f"{vpn.name}, tunnel {number}: packets to the endpoint {endpoint} leave by {way.interface} ({way}), and the tunnel is to go from "
                   f"{outside}; give router '{router}' a static_route to {host} through {outside}")


def _local_networks(vpn: Vpn, around: Surroundings, own_groups: list[str], units: list[str]) -> Iterator[str]:
    if around.learns_routes(vpn.virtual_router, own_groups):
        return
    ways = [way for way in around.ways(vpn.virtual_router) if way.destination.prefixlen and way.interface not in units]
    for text in vpn.local_networks:
        network = ip_network(text)
        reached = any(way.destination.version == network.version and way.destination.overlaps(network) for way in ways)
        if network.prefixlen and not reached:
            yield (f"{vpn.name}: local_networks: no interface and no static route of router '{vpn.virtual_router}' has {network}, so what comes "
                   "back for it goes elsewhere; is it written as it should be?")


def _hosts(vpn: Vpn, around: Surroundings, own_groups: list[str], units: list[str]) -> Iterator[str]:
    """Hosts behind another router than the VPN's, which has to hand their packets to it. PBF takes them before any router is asked."""
    for router, interface in _routers_of_hosts(vpn, around) if vpn.failover != PBF else ():
        if around.learns_routes(router, own_groups):
            continue
        for text in vpn.remote_networks:
            way = around.way_to(str(ip_network(text)[0]), router, units)
            if way is None or way.interface is not None:
                there = "has no route to it" if way is None else f"sends them by {way.interface} ({way})"
                yield (f"{vpn.name}: hosts behind {interface} do not come to the tunnels with packets for {text}: their router '{router}' {there}; give it a "
                       f"static_route to {text} whose next router is '{vpn.virtual_router}'")


def _routers_of_hosts(vpn: Vpn, around: Surroundings) -> Iterator[tuple[str, str]]:
    """(another router than the VPN's, its interface) of the source zones that is connected to a local network."""
    zoned = {interface for zone in vpn.source_zones for interface in around.zone_interfaces(zone)}
    networks = [ip_network(text) for text in vpn.local_networks]
    for router in around.router_names():
        beside = [interface for interface, there in around.connected(router) if interface in zoned
                  and any(there.version == network.version and there.overlaps(network) for network in networks)]
        if beside and router != vpn.virtual_router:
            yield router, beside[0]
