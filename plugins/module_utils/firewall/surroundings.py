# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What stands on a firewall around a VPN: interfaces, routers, zones, and who uses what. Read from a configuration tree."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from typing import Callable, Collection, Iterator, Union

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.configuration import path as places
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.configuration.path import Path
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.firewall import addresses, kinds
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.firewall.addresses import Held, Known, Network
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.firewall.effective import owner_of
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.parts.interface import routers_of, zones_of
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.reconcile.refusals import template_of
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.tables.desired import Desired
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.tables.places import PLACES, bgp_place, router
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.tables.platform import Platform

_ADDRESSED = ("ethernet", "aggregate-ethernet", "loopback", "vlan", "tunnel")
# Where the address of the management interface stands, and how long its network is.
MANAGEMENT = (("deviceconfig", "system", "ip-address"), ("deviceconfig", "system", "netmask"))
HIGH_AVAILABILITY = ("deviceconfig", "high-availability")
# (location, path below it) of all that is read to know what stands around a VPN, but the lists of imported interfaces.
READ = (("network", ()), ("vsys", ("zone",)), ("rulebase", ()), ("device", HIGH_AVAILABILITY), *(("device", path) for path in MANAGEMENT))
# Where an active/active pair says which addresses float between its members, by interface.
_FLOATING = HIGH_AVAILABILITY + ("group", "mode", "active-active", "virtual-address")
_DEFAULT = ip_network("0.0.0.0/0")
# The names of the rules behind all others, by whether they are for packets within a zone.
DEFAULT_RULES = {True: "intrazone-default", False: "interzone-default"}
# PAN-OS's own, of a static route and of the default route that DHCP or PPPoE brings.
_DISTANCE = _METRIC = 10
# PAN-OS's own, of a path monitor: seconds between two probes, and how many of them in a row are lost.
_INTERVAL, _COUNT = 3, 5

Host = Union[IPv4Address, IPv6Address]


@dataclass(frozen=True)
class Way:
    """How a router sends packets, by its configuration. C(interface) is None where it drops them, or leaves them to another router.

    C(name): the static route's; empty of what is connected, or learned with the interface's own address.
    """

    destination: Network
    interface: str | None
    name: str = ""
    preference: tuple[int, int] = (0, 0)

    def __str__(self) -> str:
        return f"route '{self.name}' ({self.destination})" if self.name else f"the network {self.destination} of {self.interface}"


def is_detour(outside: str, interface: str | None) -> bool:
    """Whether packets that leave by an interface do not leave by the one that a tunnel is to go from; from a loopback they all leave by another."""
    return interface not in (None, outside) and not outside.startswith("loopback")


@dataclass(frozen=True)
class StaticRoute:
    """C(interface): where it leads; empty where the next hop alone says so. C(drops): it discards. C(distance): its administrative one.

    C(is_watched): a path monitor or BFD withdraws it. C(asks): whom the path monitor asks. C(patience): the seconds after which it gives up at the latest.
    C(is_installed): whether it is to be in the forwarding table.
    """

    name: str
    destination: Network
    interface: str
    metric: int
    drops: bool
    distance: int
    is_watched: bool
    asks: tuple[str, ...]
    patience: int
    is_installed: bool

    @property
    def rank(self) -> tuple[int, int]:
        """Of two routes to one network the lower one is in use."""
        return self.distance, self.metric


class Surroundings:
    """The configuration around a VPN, on one firewall and in one virtual system."""

    def __init__(self, tree: ET.Element, base: Callable[[str], Path], platform: Platform, known: Known = Known()):
        self.tree = tree
        self.base = base
        self.platform = platform
        self.known = known
        self.network = places.find(tree, base("network")[1:])
        floating = {entry.get("name"): entry for entry in places.children(tree, self._at("device", _FLOATING))}
        self.interfaces = {name: addresses.interface(name, element, known, floating.get(name), template_of(element), owner_of(element))
                           for name, element in _interfaces(self.network)}

    def knowing(self, known: Known) -> Surroundings:
        """The same, with more known of its addresses."""
        return Surroundings(self.tree, self.base, self.platform, known)

    def after(self, tree: ET.Element) -> Surroundings:
        """The same firewall with another configuration."""
        return Surroundings(tree, self.base, self.platform, self.known)

    def addresses_of(self, interface: str) -> tuple[Held, ...]:
        """Each address of an interface, with where it came from."""
        found = self.interfaces.get(interface)
        return found.held if found is not None else ()

    def named_addresses(self) -> list[str]:
        """The names of objects that interfaces and static routes have instead of an address, and that nobody here knows."""
        held = [held.text for interface in self.interfaces.values() for held in interface.held if held.address is None]
        return list(dict.fromkeys([*held, *self._named_by_routes()]))

    def _named_by_routes(self) -> Iterator[str]:
        for router_name in self.names("logical_router" if self.platform.advanced else "virtual_router"):
            for entry in self._static_entries(router_name):
                said = [places.text(entry, path) for path in (("destination",), ("nexthop", "ip-address"), ("nexthop", "ipv6-address"))]
                yield from (text for text in said if text and not self.known.literals(text))

    def given_addresses(self) -> list[str]:
        """The interfaces that are given their address."""
        return [interface.name for interface in self.interfaces.values() if interface.given_by]

    def management(self) -> Network | None:
        """The network of the management interface, where the configuration says it; by DHCP it does not."""
        address, mask = (places.text(self.tree, self._at("device", path)) for path in MANAGEMENT)
        try:
            return ip_network(f"{address}/{mask}", strict=False) if address and mask else None
        except ValueError:
            return None

    def holder(self, address: str) -> tuple[str, Held] | None:
        """The interface that has an address, and how."""
        for interface in self.interfaces.values():
            for held in interface.held:
                if held.is_called(address.split("/")[0]):
                    return interface.name, held
        return None

    def _at(self, location: str, path: Path) -> Path:
        return (self.base(location) + path)[1:]

    def entries(self, location: str, path: Path) -> list[ET.Element]:
        return [entry for entry in places.children(self.tree, self._at(location, path)) if entry.tag == "entry"]

    def rules_in_force(self, kind: str) -> list[ET.Element]:
        """The rules of a kind in the order in which they are tried: what Panorama pushed before the firewall's own, those, and what it pushed behind."""
        return [*self._pushed("pre-rulebase", kind), *self.entries("rulebase", (kind, "rules")), *self._pushed("post-rulebase", kind)]

    def is_pushed(self, rule: ET.Element) -> bool:
        """Whether a rule is Panorama's, so that it cannot be changed on the firewall, and none of the firewall's own can stand above those before them."""
        kinds = ("security", "nat", "pbf", "dos")
        return any(rule is other for rulebase in ("pre-rulebase", "post-rulebase") for kind in kinds for other in self._pushed(rulebase, kind))

    def _pushed(self, rulebase: str, kind: str) -> list[ET.Element]:
        return [rule for rule in places.children(self.tree, self.pushed_policy(rulebase)[1:] + (kind, "rules")) if rule.tag == "entry"]

    def pushed_policy(self, rulebase: str) -> Path:
        """Where a firewall has a rulebase that Panorama pushed to this virtual system."""
        return ("config", "panorama", "vsys", self.base("vsys")[-1], rulebase)

    def default_allows(self, within_a_zone: bool) -> bool:
        """What the last rule of all does with packets that no rule has decided on, within a zone or between two; people override it, here or on Panorama."""
        listed = ("default-security-rules", "rules", ("entry", DEFAULT_RULES[within_a_zone]), "action")
        said = [places.text(self.tree, place) for place in (self._at("rulebase", listed), self.pushed_policy("post-rulebase")[1:] + listed)]
        action = next((text for text in said if text), None)
        return within_a_zone if action is None else action == "allow"

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

    def router_names(self) -> list[str]:
        """The routers of the running engine."""
        return self.names("logical_router" if self.platform.advanced else "virtual_router")

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

    def is_shut(self, interface: str) -> bool:
        """Whether an interface, or the one that it is a unit of, is switched off in the configuration."""
        port = interface.partition(".")[0]
        return any(places.text(self.network, ("interface", kind, ("entry", port), "link-state")) == "down" for kind in ("ethernet", "aggregate-ethernet"))

    def connected(self, router_name: str) -> list[tuple[str, Network]]:
        """(interface, network) of what is directly connected to a router."""
        found: list[tuple[str, Network]] = []
        for name in self.router_interfaces(router_name):
            interface = self.interfaces.get(name)
            found.extend((name, address.network) for address in (interface.networks() if interface else ()))
        return found

    def static_route_entries(self, router_name: str) -> list[StaticRoute]:
        """A router's static routes, one for each network that a destination says or that its address object stands for."""
        found, usual = [], self.static_distance(router_name)
        for entry, destination in self._static_destinations(router_name):
            found.append(StaticRoute(
                entry.get("name") or "", destination, places.text(entry, ("interface",)) or "",
                addresses.number(entry, "metric", _METRIC), places.find(entry, ("nexthop", "discard")) is not None,
                addresses.number(entry, "admin-dist", usual), _is_watched(entry),
                tuple(places.text(asked, ("destination",)) or "" for asked in _asked(entry)),
                max((addresses.number(asked, "interval", _INTERVAL) * addresses.number(asked, "count", _COUNT) for asked in _asked(entry)), default=0),
                places.find(entry, ("route-table", "no-install")) is None))
        return found

    def static_distance(self, router_name: str) -> int:
        """The administrative distance of a router's static routes that have none of their own."""
        said = places.find(self.router(router_name), ("admin-dists",))
        return _DISTANCE if said is None else addresses.number(said, "static", _DISTANCE)

    def _static_destinations(self, router_name: str) -> Iterator[tuple[ET.Element, Network]]:
        for entry in self._static_entries(router_name):
            for address in self.known.literals(places.text(entry, ("destination",)) or ""):
                yield entry, address.network

    def _static_entries(self, router_name: str) -> Iterator[ET.Element]:
        for family in ("ip", "ipv6"):
            yield from places.children(self.router(router_name), ("routing-table", family, "static-route"))

    def static_routes(self, router_name: str) -> list[tuple[str, Network]]:
        """(route's name, destination) of a router's static routes."""
        return [(route.name, route.destination) for route in self.static_route_entries(router_name)]

    def ways(self, router_name: str) -> list[Way]:
        """What the configuration of a router leads anywhere: its networks, its static routes, the default route of an interface that is given one."""
        found = [Way(network, interface) for interface, network in self.connected(router_name)]
        found += [self._static_way(entry, destination, router_name) for entry, destination in self._static_destinations(router_name)]
        given = {name: self.interfaces[name].default_metric for name in self.router_interfaces(router_name) if name in self.interfaces}
        return found + [Way(_DEFAULT, name, preference=(_DISTANCE, metric)) for name, metric in given.items() if metric is not None]

    def _static_way(self, entry: ET.Element, destination: Network, router_name: str) -> Way:
        hop = places.text(entry, ("nexthop", "ip-address")) or places.text(entry, ("nexthop", "ipv6-address")) or ""
        through = places.text(entry, ("interface",)) or self._beside(router_name, hop)
        if places.find(entry, ("nexthop", "discard")) is not None:
            through = None
        preference = (addresses.number(entry, "admin-dist", _DISTANCE), addresses.number(entry, "metric", _METRIC))
        return Way(destination, through, entry.get("name") or "", preference)

    def _beside(self, router_name: str, hop: str) -> str | None:
        """The interface in whose network a next hop is."""
        hosts = [address.ip for address in self.known.literals(hop)] if hop else []
        return next((name for name, network in self.connected(router_name) for host in hosts
                     if network.version == host.version and host in network), None)

    def way_to(
        self, address: str, router_name: str, without: Collection[str] = (), beside: str | None = None, but: Collection[str] = (),
    ) -> Way | None:
        """The way that a packet takes by the configuration: the longest prefix, then the lowest distance and metric.

        C(without), C(but): interfaces and static routes to leave out.

        C(beside): the interface that is taken where two ways are equal, so that the configuration does not tell which of them it is.
        """
        host = ip_address(address)
        fitting = [way for way in self.ways(router_name)
                   if way.interface not in without and (way.name or None) not in but and way.destination.version == host.version and host in way.destination]
        return min(fitting, key=lambda way: (-way.destination.prefixlen, way.preference, way.interface != beside), default=None)

    def learns_routes(self, router_name: str, without: Collection[str] = ()) -> list[str]:
        """The routing protocols by which a router may know more than its configuration says. C(without): names of BGP peer groups that do not count."""
        found = [protocol for protocol in ("ospf", "ospfv3", "rip") for place in (("protocol", protocol), (protocol,))
                 if places.text(self.router(router_name), (*place, "enable")) == "yes"]
        groups = [name for name in places.names(self.bgp(router_name), ("peer-group",)) if name not in without]
        if groups and places.text(self.bgp(router_name), ("enable",)) == "yes":
            found.append("bgp")
        return list(dict.fromkeys(found))

    def routes_into(self, router_name: str, interface: str) -> list[tuple[str, Network]]:
        """(route's name, destination) of the static routes that lead into an interface."""
        return [(route.name, route.destination) for route in self.static_route_entries(router_name) if route.interface == interface]

    def ike_gateways(self, interface: str, peer: str) -> list[str]:
        """The names of the IKE gateways that go from an interface to a peer, as C(far_end) has it."""
        there = [entry.get("name") or "" for entry in self.entries("network", ("ike", "gateway"))
                 if places.text(entry, ("local-address", "interface")) == interface]
        return [name for name in there if self.far_end(name) == peer]

    def far_end(self, gateway: str) -> str:
        """What an IKE gateway knows its peer by: its address, its name, or C(dynamic) and the ID that it shows."""
        entry = self.entry("ike_gateway", gateway)
        if places.find(entry, ("peer-address", "dynamic")) is not None:
            return f"dynamic {places.text(entry, ('peer-id', 'id')) or ''}".strip()
        return places.text(entry, ("peer-address", "fqdn")) or (places.text(entry, ("peer-address", "ip")) or "").split("/")[0]

    def users(self, kind: str, name: str) -> list[str]:
        """What refers to an object, in words, each once."""
        return kinds.users(self.tree, kind, name)

    def comment(self, unit: str) -> str | None:
        return places.text(self.entry("tunnel_interface", unit), ("comment",))


def _is_watched(route: ET.Element) -> bool:
    """Whether something withdraws a static route whose way is dead: a path monitor that asks anybody, or BFD."""
    return places.text(route, ("bfd", "profile")) not in (None, "None") or bool(_asked(route))


def _asked(route: ET.Element) -> list[ET.Element]:
    """Whom the path monitor of a static route asks, where it is on."""
    if places.text(route, ("path-monitor", "enable")) != "yes":
        return []
    return [asked for asked in places.children(route, ("path-monitor", "monitor-destinations")) if places.text(asked, ("enable",)) != "no"]


def _interfaces(network: ET.Element | None) -> Iterator[tuple[str, ET.Element]]:
    """(name, what has the layer 3 of it) of every interface, those without a unit included."""
    for kind in _ADDRESSED:
        container = places.find(network, ("interface", kind))
        if container is None:
            continue
        for entry in [container] if kind in ("loopback", "vlan", "tunnel") else list(container):
            layer3 = places.find(entry, ("layer3",)) if kind in ("ethernet", "aggregate-ethernet") else entry
            if layer3 is None:
                continue
            if entry is not container or any(places.find(layer3, (tag,)) is not None for tag in ("ip", "ipv6", "dhcp-client", "pppoe")):
                yield entry.get("name") or kind, layer3
            yield from ((unit.get("name") or "", unit) for unit in places.children(layer3, ("units",)))
