# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a firewall's own configuration forbids a VPN. Each check raises Refused with the object and what to do."""

from __future__ import annotations

from ipaddress import ip_address, ip_interface, ip_network

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.configuration import path as places
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.errors import Refused
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.firewall.surroundings import Interface, Surroundings
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.reconcile.refusals import template_of
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.resources.zone import other_kind
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.vpn.record import Object, Record
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.vpn.vpn import PBF, Vpn


def refuse_unfit(vpn: Vpn, around: Surroundings, units: list, record: Record) -> None:
    """All checks that need no more than the configuration. C(units): the tunnel interfaces that are already this VPN's, by C(record)."""
    _router(vpn, around)
    _zone(vpn, around)
    _source_zones(vpn, around)
    _given_units(vpn, around, units)
    _inside(vpn, around, units)
    _gateways(vpn, around, record)
    _remote_networks(vpn, around, units)


def _router(vpn, around):
    name, engine = vpn.virtual_router, "logical router" if around.platform.advanced else "virtual router"
    if around.router(name) is None:
        if around.other_engine_has(name):
            raise Refused(f"virtual_router: '{name}' is configured for the other routing engine; the one that is running has {engine}s. "
                          "A change of the engine needs a commit and a reboot")
        raise Refused(f"virtual_router: there is no {engine} '{name}' on this firewall")


def _zone(vpn, around):
    zone = around.zone(vpn.zone)
    if zone is None:
        return
    kind = other_kind(zone)
    if kind is not None:
        raise Refused(f"zone: '{vpn.zone}' is a {kind} zone; tunnel interfaces need a layer3 zone")
    protection = around.protection_of(vpn.zone)
    if protection is None:
        return
    name, owner = protection.get("name"), template_of(protection)
    place = f"zone '{vpn.zone}' has the zone protection profile '{name}'" + (f" (from template '{owner}')" if owner else "")
    if places.text(protection, ("strict-ip-check",)) == "yes":
        raise Refused(f"{place} with strict IP address check: it drops the link-local inside addresses of the tunnels; "
                      "turn strict-ip-check off, or use a zone without it")
    if vpn.failover == PBF and not vpn.backup_routes and places.text(protection, ("discard-ip-spoof",)) == "yes":
        raise Refused(f"{place} that discards spoofed addresses: with PBF alone there is no route back to the remote networks, so sessions from "
                      "the far side would be dropped; say backup_routes: true, or use a zone without discard-ip-spoof")


def _source_zones(vpn, around):
    missing = [zone for zone in vpn.source_zones if around.zone(zone) is None]
    if missing:
        raise Refused(f"source_zones: there is no zone '{missing[0]}' in this virtual system")
    if vpn.zone in vpn.source_zones:
        raise Refused(f"source_zones: '{vpn.zone}' is the VPN's own zone")


def _given_units(vpn, around, units):
    for unit in vpn.tunnel_interfaces:
        if unit in units or unit not in around.names("tunnel_interface"):
            continue
        users = [entry.get("name") for entry in around.entries("network", ("tunnel", "ipsec")) if places.text(entry, ("tunnel-interface",)) == unit]
        zone = around.zone_of(unit)
        held = f"used by IPsec tunnel '{users[0]}'" if users else f"in zone '{zone}'" if zone else "there already"
        raise Refused(f"tunnel_interfaces: {unit} is {held}; give a free one, or leave tunnel_interfaces out to have one allocated")


def _inside(vpn, around, units):
    for number in vpn.numbers:
        cidr = vpn.tunnel(number).inside_cidr
        if not cidr:
            continue
        for interface in around.interfaces.values():
            if interface.name not in units and any(address.network.overlaps(ip_network(cidr, strict=False)) for address in interface.networks()
                                                   if address.version == 4):
                raise Refused(f"tunnel {number}: its inside range {cidr} is in use on {interface.name}; choose another range for the tunnel on the far side")


def _gateways(vpn, around, record):
    """Beside a gateway of ours; where there is none yet, the other one is a case for adoption."""
    for number in vpn.numbers:
        own, peer = record.called("ike_gateway", vpn.tunnel_name(number)), vpn.tunnel(number).outside_address
        is_there = record.owns(Object("ike_gateway", own)) and around.entry("ike_gateway", own) is not None
        others = [name for name in around.ike_gateways(vpn.outside_interface, peer) if name != own]
        if others and is_there:
            raise Refused(f"tunnel {number}: IKE gateway '{others[0]}' already goes from {vpn.outside_interface} to {peer}; "
                          "two gateways for one peer do not work, remove that one first")


def _remote_networks(vpn, around, units):
    endpoints = [ip_address(vpn.tunnel(number).outside_address) for number in vpn.numbers]
    for text in vpn.remote_networks:
        remote = ip_network(text)
        if remote.prefixlen == 0:
            continue
        for endpoint in endpoints:
            if endpoint in remote:
                raise Refused(f"remote_networks: {remote} covers the tunnel endpoint {endpoint}; the tunnel's own packets would be sent into the tunnel")
        for interface, network in around.connected(vpn.virtual_router):
            if interface not in units and network.version == remote.version and network.overlaps(remote):
                raise Refused(f"remote_networks: {remote} overlaps {network}, which is connected to {interface}")


def local_address(vpn: Vpn, interface: Interface, learned: str | None) -> tuple:
    """(address with mask, or None to leave it to the interface; whether the far side sees another address).

    The address equal to what the far side expects, else the only one (then the firewall stands behind NAT), else refused.
    """
    expected = {tunnel.customer_outside_address for tunnel in vpn.tunnels if tunnel.customer_outside_address}
    if interface.dhcp and not interface.addresses:
        if learned is None:
            raise Refused(f"outside_interface: {interface.name} gets its address by DHCP and has none now")
        return None, bool(expected) and expected != {str(ip_interface(learned).ip)}
    if vpn.local_address:
        chosen = next((text for text in interface.addresses if vpn.local_address in (text, text.split("/")[0])), None)
        if chosen is None:
            raise Refused(f"local_address: {vpn.local_address} is none of {interface.name}'s addresses ({', '.join(interface.addresses) or 'none'})")
    elif not interface.addresses:
        raise Refused(f"outside_interface: {interface.name} has no address")
    else:
        chosen = next((text for text in interface.addresses if text.split("/")[0] in expected), None)
        if chosen is None and len(interface.addresses) > 1:
            raise Refused(f"local_address: the far side expects {', '.join(sorted(expected)) or 'an address it does not name'}, and {interface.name} has "
                          f"{', '.join(interface.addresses)}; say which one to use")
        chosen = chosen or interface.addresses[0]
    return chosen, bool(expected) and chosen.split("/")[0] not in expected


def outside_interface(vpn: Vpn, around: Surroundings) -> Interface:
    """The interface that the tunnels' packets leave by."""
    interface = around.interfaces.get(vpn.outside_interface)
    if interface is None:
        raise Refused(f"outside_interface: there is no layer 3 interface {vpn.outside_interface} on this firewall")
    if around.router_of(vpn.outside_interface) is None:
        raise Refused(f"outside_interface: {vpn.outside_interface} is in no router, so nothing can leave by it")
    if around.zone_of(vpn.outside_interface) is None:
        raise Refused(f"outside_interface: {vpn.outside_interface} is in no zone of this virtual system, so its packets are dropped")
    return interface
