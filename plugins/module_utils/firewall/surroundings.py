# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What stands on a firewall around a VPN: interfaces, routers, zones, and who uses what. Read from a configuration tree."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from dataclasses import dataclass
from ipaddress import IPv4Interface, IPv4Network, IPv6Interface, IPv6Network, ip_interface, ip_network
from typing import Callable, Iterator, Union

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.configuration import path as places
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.configuration.path import Path
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.firewall import kinds
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.parts.interface import routers_of, zones_of
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.reconcile.refusals import template_of
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.tables.desired import Desired
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.tables.places import PLACES, bgp_place, router
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.tables.platform import Platform

Address = Union[IPv4Interface, IPv6Interface]
Network = Union[IPv4Network, IPv6Network]

_ADDRESSED = ("ethernet", "aggregate-ethernet", "loopback", "vlan", "tunnel")


@dataclass(frozen=True)
class Interface:
    """A layer 3 interface. C(addresses): texts as configured (with mask, an address object, or a variable)."""

    name: str
    addresses: tuple
    dhcp: bool = False
    mtu: int = 1500
    template: str = ""

    def networks(self) -> list[Address]:
        """The addresses that are literal ones, as interfaces with their networks."""
        found = []
        for text in self.addresses:
            try:
                found.append(ip_interface(text))
            except ValueError:
                continue
        return found


class Surroundings:
    """The configuration around a VPN, on one firewall and in one virtual system."""

    def __init__(self, tree: ET.Element, base: Callable[[str], Path], platform: Platform):
        self.tree = tree
        self.base = base
        self.platform = platform
        self.network = places.find(tree, base("network")[1:])
        self.interfaces = {interface.name: interface for interface in _interfaces(self.network)}

    def _at(self, location: str, path: Path) -> Path:
        return (self.base(location) + path)[1:]

    def entries(self, location: str, path: Path) -> list[ET.Element]:
        return [entry for entry in places.children(self.tree, self._at(location, path)) if entry.tag == "entry"]

    def entry(self, kind: str, name: str) -> ET.Element | None:
        location, container = PLACES[kind]
        return places.find(self.tree, self._at(location, container + (("entry", name),)))

    def entry_at(self, item: Desired) -> ET.Element | None:
        """What stands where a desired item is to be."""
        return places.find(self.tree, self._at(item.location, item.relative_path))

    def names(self, kind: str) -> list[str]:
        location, container = PLACES[kind]
        return places.names(self.tree, self._at(location, container))

    def router(self, name: str) -> ET.Element | None:
        """A router of the running engine."""
        return places.find(self.network, router(name, self.platform.advanced))

    def bgp(self, router_name: str) -> ET.Element | None:
        """The BGP of a router of the running engine."""
        return places.find(self.network, bgp_place(router_name, self.platform.advanced))

    def other_engine_has(self, name: str) -> bool:
        return places.find(self.network, router(name, not self.platform.advanced)) is not None

    def router_of(self, interface: str) -> str | None:
        found = routers_of(self.tree, self.base, interface, self.platform.advanced)
        return found[0] if found else None

    def zone_of(self, interface: str) -> str | None:
        found = zones_of(self.tree, self.base, interface)
        return found[0] if found else None

    def zone(self, name: str) -> ET.Element | None:
        return self.entry("zone", name)

    def zone_interfaces(self, name: str) -> list[str]:
        return places.names(self.zone(name), ("network", "layer3"))

    def protection_of(self, zone: str) -> ET.Element | None:
        """The zone protection profile of a zone, wherever it comes from; a template's is merged into what the firewall reports."""
        profile = places.text(self.zone(zone), ("network", "zone-protection-profile"))
        return self.entry("zone_protection_profile", profile) if profile else None

    def router_interfaces(self, name: str) -> list[str]:
        return places.names(self.router(name), ("interface",))

    def connected(self, router_name: str) -> list[tuple[str, Network]]:
        """(interface, network) of what is directly connected to a router."""
        found: list[tuple[str, Network]] = []
        for name in self.router_interfaces(router_name):
            interface = self.interfaces.get(name)
            found.extend((name, address.network) for address in (interface.networks() if interface else ()))
        return found

    def static_routes(self, router_name: str) -> list[tuple[str, Network]]:
        """(route's name, destination) of a router's literal IPv4 and IPv6 static routes."""
        found = []
        for family in ("ip", "ipv6"):
            for entry in places.children(self.router(router_name), ("routing-table", family, "static-route")):
                try:
                    found.append((entry.get("name") or "", ip_network(places.text(entry, ("destination",)) or "", strict=False)))
                except ValueError:
                    continue
        return found

    def routes_into(self, router_name: str, interface: str) -> list[tuple[str, Network]]:
        """(route's name, destination) of the static routes that lead into an interface."""
        leading = {entry.get("name") for family in ("ip", "ipv6")
                   for entry in places.children(self.router(router_name), ("routing-table", family, "static-route"))
                   if places.text(entry, ("interface",)) == interface}
        return [(name, destination) for name, destination in self.static_routes(router_name) if name in leading]

    def ike_gateways(self, interface: str, peer: str) -> list[str]:
        """The names of the IKE gateways that go from an interface to an address."""
        found = []
        for entry in self.entries("network", ("ike", "gateway")):
            address = places.text(entry, ("peer-address", "ip")) or ""
            if places.text(entry, ("local-address", "interface")) == interface and address.split("/")[0] == peer:
                found.append(entry.get("name") or "")
        return found

    def users(self, kind: str, name: str) -> list[str]:
        """What refers to an object, in words, each once."""
        return kinds.users(self.tree, kind, name)

    def comment(self, unit: str) -> str | None:
        return places.text(self.entry("tunnel_interface", unit), ("comment",))


def _interfaces(network: ET.Element | None) -> Iterator[Interface]:
    for kind in _ADDRESSED:
        container = places.find(network, ("interface", kind))
        if container is None:
            continue
        for entry in [container] if kind in ("loopback", "vlan", "tunnel") else list(container):
            layer3 = places.find(entry, ("layer3",)) if kind in ("ethernet", "aggregate-ethernet") else entry
            if layer3 is None:
                continue
            if entry is not container:
                yield _interface(entry.get("name") or "", layer3)
            for unit in places.children(layer3, ("units",)):
                yield _interface(unit.get("name") or "", unit)


def _interface(name: str, element: ET.Element) -> Interface:
    mtu = places.text(element, ("mtu",)) or ""
    dhcp = places.find(element, ("dhcp-client",))
    return Interface(
        name, tuple(places.names(element, ("ip",))), dhcp is not None and places.text(dhcp, ("enable",)) != "no",
        int(mtu) if mtu.isdigit() else 1500, template_of(element))
