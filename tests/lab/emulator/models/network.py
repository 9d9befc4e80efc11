# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the running configuration amounts to: interfaces, tunnels, rules, routers, as operational commands see them."""

from __future__ import annotations

import functools
import ipaddress
import xml.etree.ElementTree as ET
import zlib
from dataclasses import dataclass, field, replace
from typing import Iterator

from ansible_collections.tunnelsmith.panos_vpn.tests.lab.emulator.models.runtime import Measured, PeerState, Runtime, TunnelState
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.emulator.models.tree import Tree


@dataclass(frozen=True)
class Interface:
    name: str
    identifier: int
    addresses: tuple[str, ...]
    learned: bool
    tag: str
    zone: str
    forwarding: str
    physical: bool
    shut: bool
    mtu: str
    ipv6: tuple[str, ...] = ()

    @property
    def everywhere(self) -> tuple[str, ...]:
        """The addresses of both families."""
        return (*self.addresses, *self.ipv6)


@dataclass(frozen=True)
class Tunnel:
    """An IPsec tunnel, or one of its proxy IDs under the operational name ``tunnel:proxyid``."""

    name: str
    identifier: int
    gateway: str
    gateway_identifier: int
    interface: str
    outer_interface: str
    local_address: str
    peer_address: str
    encryption: str
    authentication: str
    dh_group: str
    lifetime: int
    monitored: bool
    configuration: ET.Element
    proxy: ET.Element | None = None


@dataclass(frozen=True)
class Peer:
    name: str
    group: str
    router: str
    remote_as: str
    local_as: str
    router_id: str
    peer_address: str
    local_address: str
    keep_alive: str
    hold_time: str
    secret: str = ""


@dataclass(frozen=True)
class Route:
    router: str
    destination: str
    nexthop: str
    metric: str
    distance: str
    flags: str
    interface: str
    protocol: str

    @property
    def is_in_use(self) -> bool:
        return self.flags.startswith("A")


#: What a BGP peer sends that nothing was told of: the network behind the sample connections.
FAR_PREFIX = "10.200.0.0/16"
FAR_IPV6_PREFIX = "2001:db8:f000::/56"

_LIFETIME_UNITS = {"seconds": 1, "minutes": 60, "hours": 3600, "days": 86400}


@dataclass
class Network:
    """A view of one running configuration and the live state beside it, made for one command and then dropped."""

    tree: Tree
    runtime: Runtime
    device: ET.Element = field(init=False)

    def __post_init__(self) -> None:
        found = self.tree.root.find("devices/entry")
        self.device = found if found is not None else ET.Element("entry")

    # Interfaces and zones.

    @functools.cached_property
    def interfaces(self) -> list[Interface]:
        zones = {
            member.text: zone.get("name") for zone in self.device.findall("vsys/entry/zone/entry")
            for member in zone.findall("network/*/member")
        }
        forwarding = {
            member.text: f"{'vr' if tag == 'virtual-router' else 'lr'}:{router.get('name')}"
            for tag, router in self.routers() for member in _inside(tag, router).findall("interface/member")
        }
        found = []
        for number, (element, physical) in enumerate(self._interface_elements()):
            name = element.get("name")
            layer3 = element.find("layer3") if physical else element
            addresses = tuple(self._resolved(entry.get("name")) for entry in layer3.findall("ip/entry")) if layer3 is not None else ()
            speaks = layer3 is not None and layer3.findtext("ipv6/enabled") == "yes"
            six = tuple(self._resolved(entry.get("name")) for entry in layer3.findall("ipv6/address/entry")) if speaks else ()
            learned = self.runtime.learned_addresses.get(name)
            found.append(Interface(
                name, 16 + number if physical else 256 + number, addresses or ((learned,) if learned else ()), bool(learned),
                element.findtext("tag") or "0", zones.get(name, ""), forwarding.get(name, "N/A"), physical,
                element.findtext("link-state") == "down", (layer3.findtext("mtu") if layer3 is not None else None) or "1500", six,
            ))
        return found

    @functools.cached_property
    def without_link(self) -> set[str]:
        """Ports that are switched off or unplugged, aggregates all of whose ports are, and their subinterfaces: nothing leaves or comes by them."""
        interface = self.device.find("network/interface")
        if interface is None or not self.runtime.forwards:
            return set()
        ports = interface.findall("ethernet/entry")
        off = {each.name for each in self.interfaces if each.shut} | self.runtime.unplugged
        for aggregate in interface.findall("aggregate-ethernet/entry"):
            members = {port.get("name") for port in ports if port.findtext("aggregate-group") == aggregate.get("name")}
            if members and members <= off:
                off.add(aggregate.get("name"))
        return off | {each.name for each in self.interfaces if each.name.partition(".")[0] in off}

    def has_link(self, port: Interface) -> bool:
        return self.runtime.forwards and port.name not in self.without_link

    def _resolved(self, text: str | None) -> str:
        """An address, or what the object of this name stands for."""
        return self._objects.get(text or "", text or "")

    @functools.cached_property
    def _objects(self) -> dict[str, str]:
        """Address objects with an address; those of a virtual system come before shared ones."""
        places = (*self.tree.root.findall("shared/address"), *self.device.findall("vsys/entry/address"))
        return {entry.get("name") or "": entry.findtext("ip-netmask") or entry.get("name") or "" for place in places for entry in place}

    def _interface_elements(self) -> Iterator[tuple[ET.Element, bool]]:
        interface = self.device.find("network/interface")
        if interface is None:
            return
        for kind in ("ethernet", "aggregate-ethernet"):
            for entry in interface.findall(f"{kind}/entry"):
                yield entry, True
                for unit in entry.findall("layer3/units/entry"):
                    yield unit, False
        for kind in ("loopback", "vlan", "tunnel"):
            for unit in interface.findall(f"{kind}/units/entry"):
                yield unit, False

    def rules(self, kind: str) -> list[ET.Element]:
        """The enabled rules of a kind in the order in which they are tried, those that Panorama has pushed included."""
        pushed, local = "panorama/vsys/entry", "vsys/entry/rulebase"
        rules = [
            *self.tree.root.findall(f"{pushed}/pre-rulebase/{kind}/rules/entry"),
            *self.device.findall(f"{local}/{kind}/rules/entry"),
            *self.tree.root.findall(f"{pushed}/post-rulebase/{kind}/rules/entry"),
        ]
        return [rule for rule in rules if rule.findtext("disabled") != "yes"]

    # VPN.

    def gateways(self) -> list[ET.Element]:
        return [entry for entry in self.device.findall("network/ike/gateway/entry") if entry.findtext("disabled") != "yes"]

    @functools.cached_property
    def tunnels(self) -> list[Tunnel]:
        """Enabled tunnels in the order of the configuration, numbered from 1; each proxy ID counts."""
        found: list[Tunnel] = []
        gateways = {entry.get("name"): (number, entry) for number, entry in enumerate(self.gateways(), start=1)}
        profiles = {
            entry.get("name"): entry
            for entry in self.device.findall("network/ike/crypto-profiles/ipsec-crypto-profiles/entry")
        }
        addresses = {interface.name: interface.everywhere for interface in self.interfaces}
        for entry in self.device.findall("network/tunnel/ipsec/entry"):
            if entry.findtext("disabled") == "yes":
                continue
            proxies = [*entry.findall("auto-key/proxy-id/entry"), *entry.findall("auto-key/proxy-id-v6/entry")]
            for proxy in proxies or [None]:
                found.append(self._tunnel(len(found) + 1, entry, proxy, gateways, profiles, addresses))
        return found

    @staticmethod
    def _tunnel(number: int, entry: ET.Element, proxy: ET.Element | None, gateways: dict, profiles: dict,
                addresses: dict) -> Tunnel:
        gateway_entry = entry.find("auto-key/ike-gateway/entry")
        gateway_name = gateway_entry.get("name") if gateway_entry is not None else ""
        gateway_number, gateway = gateways.get(gateway_name, (0, ET.Element("entry")))
        profile = profiles.get(entry.findtext("auto-key/ipsec-crypto-profile") or "default", ET.Element("entry"))
        outer = gateway.findtext("local-address/interface") or entry.findtext("manual-key/local-address/interface") or ""
        peer = gateway.findtext("peer-address/ip") or ""
        own = next((address for address in addresses.get(outer, ()) if (":" in address) == (":" in peer)), "")
        local = gateway.findtext("local-address/ip") or gateway.findtext("local-address/floating-ip") or own
        name = entry.get("name")
        return Tunnel(
            name if proxy is None else f"{name}:{proxy.get('name')}", number, gateway_name, gateway_number,
            entry.findtext("tunnel-interface") or "", outer, local.split("/")[0],
            gateway.findtext("peer-address/ip") or gateway.findtext("peer-address/fqdn")
            or entry.findtext("manual-key/peer-address/ip") or "",
            profile.findtext("esp/encryption/member") or "", profile.findtext("*/authentication/member") or "",
            profile.findtext("dh-group") or "group2", seconds(profile.find("lifetime")),
            entry.findtext("tunnel-monitor/enable") == "yes", entry, proxy,
        )

    def terms(self, tunnel: Tunnel) -> str:
        """All that is said when its SAs are negotiated, as text."""
        gateway = next((entry for entry in self.gateways() if entry.get("name") == tunnel.gateway), None)
        named = {node.text for element in (gateway, tunnel.configuration.find("auto-key")) if element is not None for node in element.iter()}
        profiles = [entry for entry in self.device.findall("network/ike/crypto-profiles/*/entry") if entry.get("name") in named]
        told = [gateway, tunnel.configuration.find("auto-key"), *profiles]
        return "".join(ET.tostring(element, encoding="unicode") for element in told if element is not None)

    def _live(self, tunnel: Tunnel) -> TunnelState:
        """What was told of a tunnel; over an interface without a link it has neither SAs nor answers."""
        told = self.runtime.tunnel(tunnel.name)
        return told if tunnel.outer_interface not in self.without_link else TunnelState("down", "off" if told.monitor == "off" else "down")

    def tunnel_state(self, tunnel: Tunnel) -> str:
        """As the flow shows it: active, inactive (its monitor is down), init (no SA)."""
        state = self._live(tunnel)
        if not self.runtime.forwards or state.sa != "up" or (tunnel.gateway and not tunnel.gateway_identifier):
            return "init"
        return "inactive" if self.monitor_of(tunnel) == "down" else "active"

    def monitor_of(self, tunnel: Tunnel) -> str:
        """up, down or off. A monitor whose tunnel has no SA is down."""
        state = self._live(tunnel)
        if state.monitor == "off" or not tunnel.monitored:
            return "off"
        return state.monitor or ("up" if state.sa == "up" else "down")

    def measured(self, tunnel: Tunnel) -> Measured:
        """What was measured on its SAs; plausible numbers that stay the same where nothing measures."""
        live = self._live(tunnel).measured
        packets = 100 if self.tunnel_state(tunnel) == "active" else 0
        on, up = self.monitor_of(tunnel) != "off", self.monitor_of(tunnel) == "up"
        turn = self.runtime.negotiations.get(tunnel.name) or ""
        return live or Measured(
            spi(f"{tunnel.name}{turn}", "in"), spi(f"{tunnel.name}{turn}", "out"), packets, packets, packets * 84, packets * 84, 60,
            probes_sent=12 if on else 0, probes_answered=12 if up else 0,
        )

    @functools.cached_property
    def gateways_with_ike_sa(self) -> set[str]:
        if not self.runtime.forwards:
            return set()
        return {tunnel.gateway for tunnel in self.tunnels if self._live(tunnel).sa in ("up", "init")}

    @functools.cached_property
    def measured_gateways(self) -> dict[str, Measured]:
        """What was measured on the first tunnel of each gateway that has any measured."""
        found: dict[str, Measured] = {}
        for tunnel in self.tunnels:
            live = self._live(tunnel).measured
            if live is not None:
                found.setdefault(tunnel.gateway, live)
        return found

    @functools.cached_property
    def ike_profiles(self) -> dict[str, ET.Element]:
        return {entry.get("name"): entry for entry in self.device.findall("network/ike/crypto-profiles/ike-crypto-profiles/entry")}

    # Routing.

    def routers(self) -> list[tuple[str, ET.Element]]:
        return [
            (tag, router) for tag in ("virtual-router", "logical-router")
            for router in self.device.findall(f"network/{tag}/entry")
        ]

    def peers(self) -> list[Peer]:
        """BGP peers that are enabled, in enabled groups of enabled instances."""
        found: list[Peer] = []
        if not self.runtime.forwards:
            return found
        for tag, router in self.routers():
            bgp = _inside(tag, router).find("bgp" if tag == "logical-router" else "protocol/bgp")
            if bgp is None or bgp.findtext("enable") != "yes":
                continue
            for group in bgp.findall("peer-group/entry"):
                if group.findtext("enable") == "no":
                    continue
                for peer in group.findall("peer/entry"):
                    if peer.findtext("enable") != "no":
                        found.append(self._peer(router, bgp, group, peer))
        return found

    def _peer(self, router: ET.Element, bgp: ET.Element, group: ET.Element, peer: ET.Element) -> Peer:
        options = peer.find("connection-options")
        keep_alive = hold_time = None
        if options is not None:
            keep_alive, hold_time = options.findtext("keep-alive-interval"), options.findtext("hold-time")
            timers = options.findtext("timers")
            if timers in (None, "inherit"):
                timers = group.findtext("connection-options/timers")
            for profile in self.device.findall("network/routing-profile/bgp/timer-profile/entry"):
                if profile.get("name") == timers:
                    keep_alive, hold_time = profile.findtext("keep-alive-interval"), profile.findtext("hold-time")
        local = peer.findtext("local-address/ip") or self._address_of(peer.findtext("local-address/interface"))
        return Peer(
            peer.get("name"), group.get("name"), router.get("name"), peer.findtext("peer-as") or "",
            bgp.findtext("local-as") or "", bgp.findtext("router-id") or "",
            peer.findtext("peer-address/ip") or peer.findtext("peer-address/fqdn") or "", local.split("/")[0],
            keep_alive or "30", hold_time or "90", self._stored_secret(bgp, options),
        )

    def _stored_secret(self, bgp: ET.Element, options: ET.Element | None) -> str:
        """As it is stored: in the router's own profiles, or in those of the Advanced Routing Engine."""
        name = options.findtext("authentication") if options is not None else None
        profiles = [*bgp.findall("auth-profile/entry"), *self.device.findall("network/routing-profile/bgp/auth-profile/entry")]
        return next((profile.findtext("secret") or "" for profile in profiles if profile.get("name") == name), "")

    def session(self, peer: Peer) -> PeerState:
        """What was told of a peer. One that nothing was told of has sent a prefix, and is sent what the configuration announces."""
        told = self.runtime.peers.get(peer.name)
        if told is not None:
            return told
        if peer.name in self.runtime.unheard:
            return PeerState("Active")
        announced = self._announced(peer)
        return PeerState("Established", 1, len(announced), (_far_prefix(peer),), announced)

    def _announced(self, peer: Peer) -> tuple[str, ...]:
        """Prefixes that an export rule or prefix list of the peer's group names, as far as the router has a route for them."""
        tag, router = next((tag, router) for tag, router in self.routers() if router.get("name") == peer.router)
        inside = _inside(tag, router)
        named: list[str] = []
        for rule in inside.findall("protocol/bgp/policy/export/rules/entry"):
            if peer.group in [member.text for member in rule.findall("used-by/member")] and rule.find("action/allow") is not None:
                named += [entry.get("name") for entry in rule.findall("match/address-prefix/entry")]
        family = "ipv6" if ":" in peer.peer_address else "ipv4"
        profile = inside.findtext(f"bgp/peer-group/entry[@name='{peer.group}']/filtering-profile/{family}")
        profiles = self.device.find("network/routing-profile")
        if profile and profiles is not None:
            filtering = f"bgp/filtering-profile/entry[@name='{profile}']/{family}/unicast"
            lists = [profiles.findtext(f"{filtering}/outbound-network-filters/prefix-list")]
            route_map = profiles.findtext(f"{filtering}/route-maps/outbound")
            for item in profiles.findall(f"filters/route-maps/bgp/bgp-entry/entry[@name='{route_map}']/route-map/entry"):
                lists += [item.findtext(f"match/{family}/address/prefix-list")] if item.findtext("action") == "permit" else []
            for name in filter(None, lists):
                items = profiles.findall(f"filters/prefix-list/entry[@name='{name}']/type/{family}/{family}-entry/entry")
                named += [item.findtext("prefix/entry/network") or "" for item in items if item.findtext("action") == "permit"]
        own = {route.destination for route in self._own_routes()}
        return tuple(prefix for prefix in dict.fromkeys(named) if prefix in own)

    def _learned(self) -> list[Route]:
        """Routes from peers that nothing was told of, where the router installs what it learns."""
        found = []
        for tag, router in self.routers():
            bgp = _inside(tag, router).find("bgp" if tag == "logical-router" else "protocol/bgp")
            installs = bgp is not None and bgp.findtext("install-route") == "yes"
            for peer in self.peers() if installs else []:
                if peer.router == router.get("name") and peer.name not in self.runtime.peers:
                    interface = self._towards(peer, _inside(tag, router))
                    found.append(Route(peer.router, _far_prefix(peer), peer.peer_address, "", "20", "A B", interface, "bgp"))
        return found

    def _towards(self, peer: Peer, inside: ET.Element) -> str:
        """The interface that a peer is behind: that of a host route to it, or the one whose address the session begins at."""
        for route in [*inside.findall("routing-table/ip/static-route/entry"), *inside.findall("routing-table/ipv6/static-route/entry")]:
            if (route.findtext("destination") or "").split("/")[0] == peer.peer_address:
                return route.findtext("interface") or ""
        return next((each.name for each in self.interfaces if any(
            address.split("/")[0] == peer.local_address for address in each.everywhere)), "")

    def _address_of(self, interface: str | None) -> str:
        return next((each.addresses[0] for each in self.interfaces if each.name == interface and each.addresses), "")

    def routes(self) -> list[Route]:
        """Connected, static and learned routes of all routers, the best one to each network in use; those of a tunnel that is down are left out."""
        found, down = self._own_routes(), self._down
        found.extend(
            Route(route.router, route.destination, route.nexthop, route.metric, "20", "A B", route.interface, "bgp")
            for route in self.runtime.learned_routes if route.interface not in self.without_link
        )
        found.extend(route for route in self._learned() if route.interface not in down)
        return _with_the_best_in_use(found)

    @functools.cached_property
    def _down(self) -> set[str]:
        """Interfaces that no route leads through."""
        return {tunnel.interface for tunnel in self.tunnels if self.tunnel_state(tunnel) != "active"} | self.without_link

    def _own_routes(self) -> list[Route]:
        interfaces, down = {interface.name: interface for interface in self.interfaces}, self._down
        found: list[Route] = []
        if not self.runtime.forwards:
            return found
        for tag, router in self.routers():
            name, inside = router.get("name"), _inside(tag, router)
            for member in inside.findall("interface/member"):
                interface = interfaces.get(member.text)
                if interface is not None and interface.name not in down:
                    found.extend(_connected(name, interface))
            for route in [*inside.findall("routing-table/ip/static-route/entry"), *inside.findall("routing-table/ipv6/static-route/entry")]:
                if route.findtext("interface") not in down:
                    found.append(_static(name, route))
        return found


def _inside(tag: str, router: ET.Element) -> ET.Element:
    """Where interfaces, routes and BGP of a router stand: a logical router has a VRF in between."""
    vrf = router.find("vrf/entry") if tag == "logical-router" else router
    return vrf if vrf is not None else ET.Element("entry")


def _connected(router: str, interface: Interface) -> list[Route]:
    found = []
    for text in interface.everywhere:
        try:
            address = ipaddress.ip_interface(text)
        except ValueError:
            continue  # The name of an address object that is not there.
        unspecified = "::" if address.version == 6 else "0.0.0.0"
        found.append(Route(router, str(address.network), str(address.ip), "0", "0", "A C", interface.name, "connected"))
        found.append(Route(router, f"{address.ip}/{address.max_prefixlen}", unspecified, "0", "0", "A H", "", "local"))
    return found


def _with_the_best_in_use(routes: list[Route]) -> list[Route]:
    """The administrative distance decides, then the metric; equal ones are in use together. Others have a blank for the A, as in a recorded table."""
    best: dict[tuple[str, str], tuple[int, int]] = {}
    for route in routes:
        network = (route.router, route.destination)
        best[network] = min(_rank(route), best.get(network, _rank(route)))
    return [route if _rank(route) == best[route.router, route.destination] else replace(route, flags=f" {route.flags[1:]}") for route in routes]


def _rank(route: Route) -> tuple[int, int]:
    return int(route.distance), int(route.metric or 0)


def _far_prefix(peer: Peer) -> str:
    return FAR_IPV6_PREFIX if ":" in peer.peer_address else FAR_PREFIX


def _static(router: str, route: ET.Element) -> Route:
    nexthop = route.findtext("nexthop/ip-address") or route.findtext("nexthop/ipv6-address") or route.findtext("nexthop/fqdn") or "0.0.0.0"
    if route.find("nexthop/discard") is not None:
        nexthop = "discard"
    return Route(
        router, route.findtext("destination") or "", nexthop, route.findtext("metric") or "10",
        route.findtext("admin-dist") or "10", "A S", route.findtext("interface") or "", "static",
    )


def seconds(lifetime: ET.Element | None) -> int:
    """A crypto profile's lifetime; one hour where it has none."""
    if lifetime is not None:
        for unit in lifetime:
            if unit.tag in _LIFETIME_UNITS and (unit.text or "").isdigit():
                return int(unit.text) * _LIFETIME_UNITS[unit.tag]
    return 3600


def spi(name: str, direction: str) -> int:
    """A security parameter index that stays the same for a tunnel, so that answers can be compared."""
    return 0x80000000 | zlib.crc32(f"{direction}:{name}".encode()) >> 1
