# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Chooses where a VPN of the demo goes on a firewall of which only the configuration is known.

A person would look for the same: the interface that faces the internet, and the zone with the offices behind it.
"""

from __future__ import annotations

import ipaddress
import xml.etree.ElementTree as ET
from dataclasses import dataclass, field

#: Remote networks to pretend, first to last: the first that the firewall does not know already is taken.
REMOTE_NETWORKS = ("10.200.0.0/16", "172.31.0.0/16", "10.99.0.0/16", "192.168.231.0/24", "172.20.0.0/16")
ZONES = ("aws-vpn", "aws-vpn-demo")
OLDEST, NEWEST = (10, 1), (12, 1)
# Carriers translate this range; Python counts it neither as private nor as global.
_SHARED = ipaddress.ip_network("100.64.0.0/10")


class NothingFits(Exception):
    """The configuration lacks what a VPN needs; the text says what."""


@dataclass
class Interface:
    """A layer 3 interface: its literal addresses, whether it learns one by DHCP, its zone and its router."""

    name: str
    addresses: list[ipaddress.IPv4Interface] = field(default_factory=list)
    dhcp: bool = False
    zone: str = ""
    router: str = ""

    @property
    def is_public(self) -> bool:
        return any(_looks_public(address.ip) for address in self.addresses)

    @property
    def private_networks(self) -> list[str]:
        return [str(address.network) for address in self.addresses if not _looks_public(address.ip) and address.network.prefixlen < 31]


def _looks_public(address: ipaddress.IPv4Address) -> bool:
    """Neither of the ranges for use at home, nor translated, link-local or loopback; examples' addresses count as public."""
    ranges = ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "169.254.0.0/16", "127.0.0.0/8")
    return not any(address in network for network in (*map(ipaddress.ip_network, ranges), _SHARED))


@dataclass(frozen=True)
class Choice:
    """``variables`` of the role, ``reasons`` for them, and the emulator that suits the configuration.

    ``learns``: the outside interface where its address comes by DHCP, else empty.
    """

    variables: dict[str, object]
    reasons: tuple[str, ...]
    version: str
    engine: str
    learns: str


class Surroundings:
    """What a choice depends on, read from an exported configuration. Raises NothingFits for what is none."""

    def __init__(self, text: str) -> None:
        try:
            self.root = ET.fromstring(text.lstrip("\ufeff").encode())
        except ET.ParseError as error:
            raise NothingFits(f"the configuration is not well-formed XML: {error}") from error
        self.device = self.root.find("devices/entry")
        self.vsys = None if self.device is None else self.device.find("vsys/entry")
        if self.root.tag != "config" or self.device is None or self.vsys is None:
            raise NothingFits("this is no configuration of a firewall: it has no devices/entry/vsys/entry below <config>")
        self.engine = "logical-router" if self.device.findtext("deviceconfig/setting/advance-routing") == "yes" else "virtual-router"
        self.interfaces = list(self._interfaces())

    @property
    def version(self) -> tuple[int, int]:
        parts = [int(part) for part in (self.root.get("detail-version") or self.root.get("version") or "").split(".")[:2] if part.isdigit()]
        return (parts[0], parts[1]) if len(parts) == 2 else OLDEST

    def _interfaces(self):
        names = self._members("zone", "network/layer3")
        routers = self._router_members()
        network = self.device.find("network/interface")
        for kind in ("ethernet", "aggregate-ethernet", "vlan", "loopback"):
            for element in network.iterfind(f"{kind}//entry") if network is not None else ():
                layer3 = element if element.find("layer3") is None else element.find("layer3")
                addresses = [found for entry in layer3.iterfind("ip/entry") if (found := self._address(entry.get("name") or "")) is not None]
                name = element.get("name") or ""
                if addresses or layer3.find("dhcp-client") is not None:
                    yield Interface(name, addresses, layer3.find("dhcp-client") is not None, names.get(name, ""), routers.get(name, ""))

    def _address(self, text: str) -> ipaddress.IPv4Interface | None:
        """A literal address, or the one that an address object holds."""
        for place in (self.vsys, self.root.find("shared")):
            for entry in place.iterfind("address/entry") if place is not None else ():
                if entry.get("name") == text:
                    text = entry.findtext("ip-netmask") or ""
        try:
            return ipaddress.IPv4Interface(text)
        except ValueError:
            return None

    def _members(self, kind: str, below: str) -> dict[str, str]:
        """Member → name of the entry of the vsys that has it."""
        return {member.text: entry.get("name") for entry in self.vsys.iterfind(f"{kind}/entry") for member in entry.iterfind(f"{below}/member")}

    def _routers(self):
        """(name, element with the interfaces) of each router of the engine that runs."""
        for entry in self.device.iterfind(f"network/{self.engine}/entry"):
            yield entry.get("name"), entry if self.engine == "virtual-router" else entry.find("vrf/entry")

    def _router_members(self) -> dict[str, str]:
        return {member.text: name for name, router in self._routers() if router is not None for member in router.iterfind("interface/member")}

    def static_routes(self) -> list[tuple[str, str]]:
        """(destination, interface) of all static routes; the interface is that to the next hop where the route names none."""
        return [(route.findtext("destination") or "", route.findtext("interface") or self._towards(route.findtext("nexthop/ip-address")))
                for dummy, router in self._routers() if router is not None for route in router.iterfind("routing-table/ip/static-route/entry")]

    def _towards(self, hop: str | None) -> str:
        return next((interface.name for interface in self.interfaces if _local_address(interface, hop) is not None), "")

    def next_hops(self) -> list[str]:
        """Next hops of the default routes."""
        return [route.findtext("nexthop/ip-address") or "" for dummy, router in self._routers() if router is not None
                for route in router.iterfind("routing-table/ip/static-route/entry") if route.findtext("destination") == "0.0.0.0/0"]

    def zones(self) -> list[str]:
        return [entry.get("name") for entry in self.vsys.iterfind("zone/entry")]


def choose(text: str, customer_address: str | None, given: dict[str, object]) -> Choice:
    """Where a VPN goes. ``customer_address``: the one that AWS expects of us. ``given``: variables that need no choice."""
    around = Surroundings(text)
    chosen: dict[str, object] = {"aws_pairing_vsys": around.vsys.get("name")}
    interface, why = _outside(around, customer_address, given.get("aws_pairing_outside_interface"))
    reasons = [f"outside interface {interface.name} (zone {interface.zone}, router {interface.router}): {why}"]
    chosen.update(aws_pairing_outside_interface=interface.name, aws_pairing_virtual_router=interface.router)
    if len(interface.addresses) > 1 and customer_address not in {str(address.ip) for address in interface.addresses}:
        chosen["aws_pairing_local_address"] = _address_to_default(around, interface)
        reasons.append(f"local address {chosen['aws_pairing_local_address']}: {interface.name} has several, and none is the one that AWS expects")
    if not {"aws_pairing_source_zones", "aws_pairing_local_networks"} <= given.keys():
        office = _office(around, interface)
        chosen.update(aws_pairing_source_zones=[office.zone], aws_pairing_local_networks=office.private_networks[:1])
        reasons.append(f"source zone {office.zone} with {office.private_networks[0]}: a private network on {office.name}, in another zone")
    if "aws_pairing_remote_networks" not in given:
        chosen["aws_pairing_remote_networks"] = [_free_network(around)]
        reasons.append(f"remote network {chosen['aws_pairing_remote_networks'][0]}: no route of this firewall covers it")
    chosen["aws_pairing_zone"] = next((name for name in ZONES if name not in around.zones()), ZONES[-1])
    version = min(max(around.version, OLDEST), NEWEST)
    if version != around.version:
        reasons.append(f"PAN-OS {_dotted(version)}: the configuration says {_dotted(around.version)}, which is not emulated")
    return Choice({**chosen, **given}, tuple(reasons), _dotted(version), around.engine, interface.name if interface.dhcp else "")


def _address_to_default(around: Surroundings, interface: Interface) -> str:
    """The interface's address beside the next hop of a default route, else its first one."""
    towards = [found for hop in around.next_hops() if (found := _local_address(interface, hop)) is not None]
    return str((towards or interface.addresses)[0].ip)


def _local_address(interface: Interface, hop: str | None) -> ipaddress.IPv4Interface | None:
    """The interface's address in the network of a next hop."""
    try:
        return next((address for address in interface.addresses if hop and ipaddress.IPv4Address(hop) in address.network), None)
    except ValueError:
        return None


def _dotted(version: tuple[int, int]) -> str:
    return ".".join(map(str, version))


def _outside(around: Surroundings, customer_address: str | None, wanted: str | None) -> tuple[Interface, str]:
    usable = [interface for interface in around.interfaces if interface.zone and interface.router]
    default = {interface for destination, interface in around.static_routes() if destination == "0.0.0.0/0"}
    tests = (
        ("as you asked", lambda interface: interface.name == wanted),
        ("it has the address that AWS expects", lambda interface: customer_address in {str(address.ip) for address in interface.addresses}),
        ("a public address and the default route", lambda interface: interface.is_public and interface.name in default),
        ("the default route leaves there", lambda interface: interface.name in default),
        ("a public address", lambda interface: interface.is_public),
        ("its address comes by DHCP", lambda interface: interface.dhcp),
    )
    for why, fits in tests[:1] if wanted else tests[1:]:
        found = next((interface for interface in usable if fits(interface)), None)
        if found is not None:
            return found, why
    if wanted:
        raise NothingFits(f"there is no interface {wanted} with an address, a zone and a router in this configuration")
    raise NothingFits("no interface with a zone and a router faces the internet: none has a public address, the default route or DHCP. "
                      "Name one: VARS='aws_pairing_outside_interface=ethernet1/1'")


def _office(around: Surroundings, outside: Interface) -> Interface:
    inside = [interface for interface in around.interfaces
              if interface.zone and interface.zone != outside.zone and interface.router == outside.router and interface.private_networks]
    if not inside:
        raise NothingFits(f"no other zone has a connected private network on router {outside.router}. "
                          "Name what the VPN is for: VARS='aws_pairing_source_zones=[trust] aws_pairing_local_networks=[10.1.0.0/24]'")
    # A zone that is called so is meant so; else the first one.
    named = [interface for interface in inside if "untrust" not in interface.zone.lower()
             and any(word in interface.zone.lower() for word in ("trust", "inside", "lan", "internal"))]
    return (named or inside)[0]


def _free_network(around: Surroundings) -> str:
    taken = [address.network for interface in around.interfaces for address in interface.addresses]
    for destination, dummy in around.static_routes():
        try:
            taken.append(ipaddress.IPv4Network(destination, strict=False))
        except ValueError:
            continue
    for text in REMOTE_NETWORKS:
        if not any(network.prefixlen and network.overlaps(ipaddress.IPv4Network(text)) for network in taken):
            return text
    raise NothingFits("this firewall has routes to all networks that the demo would pretend. Name one: VARS='aws_pairing_remote_networks=[…]'")
