# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a firewall's own configuration forbids a VPN. Each check raises Refused with the object and what to do."""

from __future__ import annotations

from dataclasses import dataclass
from ipaddress import ip_address, ip_network
from typing import Iterable

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.configuration import path as places
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.configuration.addresses import family, is_private
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.configuration.naming import instead
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.errors import Refused
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.firewall.addresses import FLOATING, Held, Interface
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.firewall.rulebases import Network, is_part
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.firewall.surroundings import Surroundings, Way
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.reconcile.refusals import template_of
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.resources.zone import other_kind
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.vpn import way_out
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.vpn.record import Object, Record
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.vpn.vpn import PBF, Vpn


# Of what a router learns by external BGP, where nothing else is said.
_EBGP_DISTANCE = 20


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
        raise Refused(f"virtual_router: there is no {engine} '{name}' on this firewall{instead(name, around.router_names())}")


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
    if vpn.failover == PBF and not vpn.has_backup_routes and places.text(protection, ("discard-ip-spoof",)) == "yes":
        raise Refused(f"{place} that discards spoofed addresses: with PBF alone there is no route back to the remote networks, so sessions from "
                      "the far side would be dropped; say backup_routes: true, or use a zone without discard-ip-spoof")


def _source_zones(vpn, around):
    missing = [zone for zone in vpn.source_zones if around.zone(zone) is None]
    if missing:
        raise Refused(f"source_zones: there is no zone '{missing[0]}' in this virtual system{instead(missing[0], around.names('zone'))}")
    if vpn.zone in vpn.source_zones:
        raise Refused(f"zone: '{vpn.zone}' is among source_zones too; the tunnels need a zone of their own, another one or a new one, so that rules can tell "
                      "the hosts' traffic from theirs")


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
        for cidr in (vpn.tunnel(number).inside_cidr, vpn.tunnel(number).inside_ipv6_cidr):
            taken = next((interface.name for interface in around.interfaces.values() if cidr and interface.name not in units
                          and _overlaps(interface, cidr)), None)
            if taken:
                raise Refused(f"tunnel {number}: its inside range {cidr} is in use on {taken}; choose another range for the tunnel on the far side")


def _overlaps(interface: Interface, cidr: str) -> bool:
    wanted = ip_network(cidr, strict=False)
    return any(address.version == wanted.version and address.network.overlaps(wanted) for address in interface.networks())


def _gateways(vpn, around, record):
    """Beside a gateway of ours; where there is none yet, the other one is a case for adoption."""
    for number in vpn.numbers:
        own, peer = record.called("ike_gateway", vpn.tunnel_name(number)), vpn.tunnel(number).far_end
        is_there = record.owns(Object("ike_gateway", own)) and around.entry("ike_gateway", own) is not None
        outside = vpn.outside_of(number)
        others = [name for name in around.ike_gateways(outside, peer) if name != own and not record.owns(Object("ike_gateway", name))]
        if others and is_there:
            raise Refused(f"tunnel {number}: IKE gateway '{others[0]}' already goes from {outside} to {peer}; "
                          "two gateways for one peer do not work, remove that one first")


def _remote_networks(vpn, around, units):
    endpoints = [(number, ip_address(vpn.tunnel(number).outside_address)) for number in vpn.numbers if not vpn.tunnel(number).is_named]
    for text in vpn.remote_networks:
        remote = ip_network(text)
        for number, endpoint in endpoints:
            if endpoint.version == remote.version and endpoint in remote and not vpn.tunnel(number).outside_next_hop:
                _refuse_into_itself(vpn, around, units, remote, endpoint, number)
        if remote.prefixlen == 0:
            continue
        _management(vpn, around, remote)
        for interface, network in around.connected(vpn.virtual_router):
            if interface in units or network.version != remote.version or not network.overlaps(remote):
                continue
            if not (vpn.allow_summary_networks and is_part(network, remote)):
                hint = "; say allow_summary_networks: true if the connected one is to win" if is_part(network, remote) else ""
                raise Refused(f"remote_networks: {remote} overlaps {network}, which is connected to {interface}{hint}")


def _management(vpn, around, remote):
    """The network by which the firewall is managed is not the VPN's: what would go there by the VPN is beside it."""
    managed = around.management()
    if managed is None or remote.version != managed.version or not remote.overlaps(managed):
        return
    if not (vpn.allow_summary_networks and is_part(managed, remote)):
        hint = "; say allow_summary_networks: true if the rest of it is meant" if is_part(managed, remote) else ""
        raise Refused(f"remote_networks: {remote} overlaps {managed}, the network of this firewall's management interface{hint}")


def _refuse_into_itself(vpn, around, units, remote, endpoint, number):
    """A network that covers a tunnel's endpoint, where the tunnel's own packets would take that way."""
    own = around.router_of(vpn.outside_of(number))
    is_everything = remote.prefixlen == 0
    leads_elsewhere = _goes_by_pbf_alone(vpn) or own != vpn.virtual_router
    if leads_elsewhere and (is_everything or vpn.allow_summary_networks):
        return
    way = way_out.to_endpoint(vpn, around, number, units)
    if _keeps_to(way, vpn, remote) or vpn.speaks_bgp and _may_be_learned(way, vpn, around, remote, own):
        return
    is_beside = leads_elsewhere or vpn.speaks_bgp
    ways = ["backup_routes: false"] if vpn.has_backup_routes and not is_beside else []
    if not is_everything and not vpn.allow_summary_networks and (is_beside or ways):
        ways.append("allow_summary_networks: true")
    raise Refused(f"remote_networks: {remote} covers the tunnel endpoint {endpoint}; the tunnel's own packets would be sent into the tunnel. "
                  f"Give router '{own}' a route to {endpoint}/{endpoint.max_prefixlen} by the way that is to carry the tunnel"
                  + (f", or say {' and '.join(ways)}" if ways else ""))


def _goes_by_pbf_alone(vpn: Vpn) -> bool:
    """PBF sees nothing that the firewall sends itself."""
    return vpn.failover == PBF and not vpn.has_backup_routes


def _keeps_to(way: Way | None, vpn: Vpn, remote: Network) -> bool:
    """Whether packets to an endpoint keep to their way beside the VPN's route to a network that covers it.

    A default route that BGP learns is worse than a static one of the usual distance.
    """
    if way is None or way.interface is None:
        return False
    wins = vpn.speaks_bgp and remote.prefixlen == 0 and way.preference[0] < _EBGP_DISTANCE
    return wins or _is_narrower(way, remote)


def _may_be_learned(way: Way | None, vpn: Vpn, around: Surroundings, remote: Network, router: str | None) -> bool:
    """Whether BGP may bring a narrower way. With a summary, that is the far side's choice, and not known here: that is told."""
    if remote.prefixlen:
        return vpn.allow_summary_networks
    return way is None and bool(around.learns_routes(router or ""))


def summary_warnings(vpn: Vpn, around: Surroundings, units: list) -> list[str]:
    """With BGP, endpoints that a summary holds and to which no narrower route is known to lead."""
    if not vpn.speaks_bgp or not vpn.allow_summary_networks:
        return []
    found = []
    routed = {number: around.router_of(vpn.outside_of(number)) for number in vpn.numbers}
    asked = [number for number, router in routed.items() if router == vpn.virtual_router and not vpn.tunnel(number).outside_next_hop]
    ends = {number: ip_address(vpn.tunnel(number).outside_address) for number in asked if not vpn.tunnel(number).is_named}
    for remote in map(ip_network, vpn.remote_networks):
        held = [number for number, endpoint in ends.items() if remote.prefixlen and endpoint in remote]
        bare = [str(ends[number]) for number in held if not _is_narrower(way_out.to_endpoint(vpn, around, number, units), remote)]
        if bare:
            found.append(f"{vpn.name}: {remote} holds the tunnel endpoints {', '.join(bare)}, and no longer route of the configuration leads to them: if "
                         f"the far side announces {remote}, the tunnels' own packets go into the tunnels. Make a static route to each through "
                         f"{' or '.join(dict.fromkeys(map(vpn.outside_of, vpn.numbers)))}")
    return found


def _is_narrower(way: Way | None, remote: Network) -> bool:
    return way is not None and way.interface is not None and way.destination.prefixlen > remote.prefixlen


@dataclass(frozen=True)
class Local:
    """The firewall's end of the tunnels. C(text): as a gateway has to say it, None where the interface alone says it. C(address): what it is.

    C(behind_nat): the far side sees another address. C(floats): between the members of an active/active pair.
    """

    text: str | None
    address: str
    behind_nat: bool = False
    floats: bool = False
    warnings: tuple[str, ...] = ()


def local_address(vpn: Vpn, around: Surroundings, number: int) -> Local:
    """The address equal to what the far side expects, else the only one of the peer's family, else refused.

    That the firewall stands behind NAT is believed where no interface of it has the address that the far side expects.
    """
    interface, asked = around.interfaces[vpn.outside_of(number)], vpn.local_address_of(number)
    version = family(vpn.tunnel(number).outside_address)
    expected = sorted({tunnel.customer_outside_address for tunnel in vpn.beginning_with(number) if tunnel.customer_outside_address})
    fitting = [held for held in interface.held if held.family in (version, None)]
    chosen = _asked(asked, interface, fitting) if asked else _expected(fitting, expected)
    if chosen is None:
        _refuse_elsewhere(interface, around, expected)
        chosen = _only(interface, [held for held in fitting if held.source != FLOATING], version, expected)
    elif not any(chosen.is_called(address) for address in expected):
        _refuse_elsewhere(interface, around, expected)
    unknown = chosen.address is None
    told: tuple[str, ...] = ()
    if unknown and expected:
        told = (f"{vpn.name}: what '{chosen.text}' of {interface.name} stands for is not known here; it is taken for {', '.join(expected)}, which the far "
                "side expects",)
    behind_nat = bool(expected) and not unknown and not any(chosen.is_called(address) for address in expected)
    if behind_nat:
        told += _doubted(vpn, interface, chosen, number, expected)
    return Local(chosen.text or None, chosen.host, behind_nat, chosen.source == FLOATING, told)


def _doubted(vpn: Vpn, interface: Interface, chosen: Held, number: int, expected: list[str]) -> tuple[str, ...]:
    """A public address is seldom translated: more often the far side was made for another line, or for the address that this one had before."""
    identity = vpn.tunnel(number).local_id or vpn.local_id
    if is_private(chosen.host) or identity in expected or vpn.nat_traversal:
        return ()
    given = f" by {interface.given_by}" if interface.given_by else ""
    return (f"{vpn.name}: {interface.name} has {chosen.host}{given}, which is no private address, and the far side expects {', '.join(expected)}. Unless a "
            f"NAT device translates the one into the other, the far side does not know this firewall and answers nothing: let it expect {chosen.host} (in a "
            f"cloud: a customer gateway of that address), and describe it again. Where a NAT device does, say local_id: {expected[0]}",)


def _asked(asked: str, interface: Interface, fitting: list[Held]) -> Held:
    chosen = next((held for held in fitting if held.is_called(asked)), None)
    if chosen is None:
        raise Refused(f"local_address: {asked} is none of {interface.name}'s addresses ({_told(interface.held)})")
    return chosen


def _expected(fitting: list[Held], expected: list[str]) -> Held | None:
    return next((held for held in fitting for address in expected if held.is_called(address)), None)


def _only(interface: Interface, fitting: list[Held], version: int, expected: list[str]) -> Held:
    if not fitting:
        if version == 4 and interface.given_by:
            raise Refused(f"outside_interface: {interface.name} gets its address by {interface.given_by} and has none now, as far as is known here")
        there = f" (there is {_told(interface.held)})" if interface.held else ""
        raise Refused(f"outside_interface: {interface.name} has no IPv{version} address{there}, and the peer's is IPv{version}")
    if len(fitting) > 1:
        raise Refused(f"local_address: the far side expects {', '.join(expected) or 'an address it does not name'}, and {interface.name} has "
                      f"{_told(fitting)}; say which one to use")
    return fitting[0]


def _told(addresses: Iterable[Held]) -> str:
    """Addresses as they stand, with what their names stand for, and who gave them."""
    texts = []
    for held in addresses:
        is_named = held.address is not None and held.text != str(held.address)
        texts.append(f"{held.text or held.address}" + (f" ({held.address})" if is_named and held.text and "/" not in held.text else "")
                     + ("" if held.text else f" by {held.source}"))
    return ", ".join(texts) or "none"


def misplaced(around: Surroundings, interface: str, expected: str | None) -> tuple[str, Held] | None:
    """(interface, how it has it) where an address that the far side expects stands on another interface of this firewall than the tunnels leave by."""
    found = around.holder(expected) if expected else None
    return found if found is not None and found[0] != interface else None


def _refuse_elsewhere(interface: Interface, around: Surroundings, expected: list[str]) -> None:
    for address in expected:
        found = misplaced(around, interface.name, address)
        if found is not None:
            raise Refused(f"outside_interface: the far side expects the VPN to come from {address}, which is an address of {found[0]} on this firewall and "
                          f"not of {interface.name}; say outside_interface: {found[0]}, or let the far side expect an address of "
                          f"{interface.name} ({_told(interface.held)})")


def _outside_ones(around: Surroundings) -> list[str]:
    """The interfaces that tunnels' packets can leave by."""
    return [name for name, interface in around.interfaces.items() if not name.startswith("tunnel") and (interface.held or interface.given_by)]


def outside_interface(vpn: Vpn, around: Surroundings, number: int) -> Interface:
    """The interface that a tunnel's packets leave by."""
    name = vpn.outside_of(number)
    interface = around.interfaces.get(name)
    if interface is None:
        raise Refused(f"outside_interface: there is no layer 3 interface {name} on this firewall"
                      f"{instead(name, _outside_ones(around))}")
    if name.startswith("tunnel."):
        raise Refused(f"outside_interface: {name} is a tunnel interface; give the one that faces the far side"
                      f"{instead(name, _outside_ones(around))}")
    if around.router_of(name) is None:
        raise Refused(f"outside_interface: {name} is in no router, so nothing can leave by it")
    if around.zone_of(name) is None:
        raise Refused(f"outside_interface: {name} is in no zone of this virtual system, so its packets are dropped")
    return interface
