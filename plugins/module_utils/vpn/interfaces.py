# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The tunnel interfaces of a VPN, with their zone and their router, and what others of its interfaces belong to."""

from __future__ import annotations

from dataclasses import replace
from ipaddress import ip_network

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.firewall.surroundings import Surroundings
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.parts.interface import import_member, router_member, zone_member
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.peers.profile import Tunnel
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.resources import zone
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.resources.tunnel_interface import TABLE as TUNNEL_INTERFACE
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.tables.desired import UNSET, DesiredEntry, DesiredMember
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.tables.places import router
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.vpn.choice import Choice
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.vpn.vpn import Vpn

# The inside addresses are what the far side's output says; a re-created connection has new ones. Those of others are kept by name.
_ADDRESSED = replace(TUNNEL_INTERFACE, nodes=tuple(replace(node, exact=True) if node.option == "ip" else node for node in TUNNEL_INTERFACE.nodes))


def zone_items(vpn: Vpn, view: Surroundings) -> list:
    """The VPN's zone, where there is none of that name."""
    return [DesiredEntry(zone.TABLE, vpn.zone, {"interfaces": []})] if view.zone(vpn.zone) is None else []


def items(vpn: Vpn, choice: Choice, view: Surroundings) -> list:
    found = []
    for number in vpn.numbers:
        unit = choice.units[number]
        values = {"mtu": choice.terms[number].mtu, **_addresses(vpn.tunnel(number))}
        found.append(DesiredEntry(_ADDRESSED, unit, values, guard=number in choice.fresh))
        found += _memberships(vpn, unit, view)
    for name in choice.speakers.loopbacks:
        found += _memberships(vpn, name, view)
    return found


def _addresses(tunnel: Tunnel) -> dict:
    values: dict = {}
    if tunnel.inside_address:
        values["ip"] = [with_length(tunnel.inside_address, tunnel.inside_cidr)]
    if tunnel.inside_ipv6_address:
        address = {"address": with_length(tunnel.inside_ipv6_address, tunnel.inside_ipv6_cidr), "enable_on_interface": True}
        values["ipv6"] = {"enabled": True, "addresses": [address]}
    return values


def with_length(address: str | None, network: str | None) -> str:
    """An address inside a tunnel with the length of the tunnel's network."""
    length = ip_network(network or "", strict=False).prefixlen
    return f"{address}/{length}"


def _memberships(vpn: Vpn, unit: str, view: Surroundings) -> list:
    """Zone and router. A member of the zone is imported into the virtual system: PAN-OS takes no other."""
    imported, in_zone, in_router = members(vpn, unit, view)
    found = []
    if unit not in view.zone_interfaces(vpn.zone):
        found += [in_zone] if view.zone_of(unit) else [imported, in_zone]
    if unit not in view.router_interfaces(vpn.virtual_router):
        found.append(in_router)
    return found


def members(vpn: Vpn, unit: str, view: Surroundings) -> tuple[DesiredMember, DesiredMember, DesiredMember]:
    """An interface in the virtual system, in the VPN's zone, and in its router."""
    place = router(vpn.virtual_router, view.platform.advanced)
    return import_member(unit), zone_member(vpn.zone, unit), router_member(place, unit)


def moves(vpn: Vpn, choice: Choice, view: Surroundings) -> list:
    """Our own interfaces out of a zone or router that is no longer the one; an interface is in one of each only."""
    found = []
    for unit in (*choice.units.values(), *choice.speakers.loopbacks):
        zone_name, router_name = view.zone_of(unit), view.router_of(unit)
        if zone_name and zone_name != vpn.zone:
            found.append(zone_member(zone_name, unit, "absent"))
        if router_name and router_name != vpn.virtual_router:
            found.append(router_member(router(router_name, view.platform.advanced), unit, "absent"))
    return found


def comment_items(comments: dict[str, str], view: Surroundings) -> list:
    """The comments that are to stand at interfaces, where they differ from what stands there."""
    return [DesiredEntry(TUNNEL_INTERFACE, unit, {"comment": comment or UNSET}) for unit, comment in comments.items()
            if comment != (view.comment(unit) or "")]
