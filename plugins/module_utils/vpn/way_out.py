# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the routers of a firewall, as configured, do with a VPN's packets: with those of the tunnels themselves, and with those of the hosts here.

Configured ways are not all ways: where a router learns routes, nothing is said that a learned one could make untrue.
"""

from __future__ import annotations

from ipaddress import ip_network
from typing import Collection, Iterator

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.firewall.surroundings import Surroundings, Way, is_detour
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.vpn.vpn import Vpn


def to_endpoint(vpn: Vpn, around: Surroundings, endpoint: str, units: Collection[str]) -> Way | None:
    """The way that the tunnels' own packets to an endpoint take. C(units): the VPN's own interfaces, by which they are not to go."""
    router = around.router_of(vpn.outside_interface)
    return around.way_to(endpoint, router, units, beside=vpn.outside_interface) if router else None


def zone_out(vpn: Vpn, around: Surroundings, endpoint: str, units: Collection[str]) -> str | None:
    """The zone of the interface by which packets to an endpoint leave; that of the outside interface where that is not known."""
    way = to_endpoint(vpn, around, endpoint, units)
    through = way.interface if way is not None else None
    return around.zone_of(through or vpn.outside_interface) or around.zone_of(vpn.outside_interface)


def warnings(vpn: Vpn, around: Surroundings, own_groups: list[str], units: list[str]) -> list[str]:
    """C(own_groups): the VPN's BGP peer groups, by which nothing here is learned. C(units): its tunnel interfaces."""
    return [*_endpoints(vpn, around, own_groups, units), *_local_networks(vpn, around, own_groups, units)]


def _endpoints(vpn: Vpn, around: Surroundings, own_groups: list[str], units: list[str]) -> Iterator[str]:
    router = around.router_of(vpn.outside_interface) or ""
    for number in vpn.numbers:
        endpoint = vpn.tunnel(number).outside_address
        way = to_endpoint(vpn, around, endpoint, units)
        host = ip_network(endpoint)
        if way is None and not around.learns_routes(router, own_groups):
            yield (f"{vpn.name}, tunnel {number}: router '{router}' has no route to the endpoint {endpoint}, so the tunnel cannot come up; give it a "
                   f"static_route to {host} through {vpn.outside_interface}")
        elif way is not None and is_detour(vpn.outside_interface, way.interface):
            yield (f"{vpn.name}, tunnel {number}: packets to the endpoint {endpoint} leave by {way.interface} ({way}), and the tunnel is to go from "
                   f"{vpn.outside_interface}; give router '{router}' a static_route to {host} through {vpn.outside_interface}")


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
