# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How much of some traffic a rule is for, services and groups of applications included: all of it, some, none, or what nobody here can tell."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from dataclasses import dataclass, field
from ipaddress import ip_network
from typing import Iterable, Mapping, Tuple

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.configuration import path as places
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.firewall import rulebases
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.firewall.rulebases import ANY, Addresses, Traffic

# From nothing to everything, so that of several conditions the least counts. What cannot be told stands between: it may be nothing.
NONE, UNKNOWN, SOME, ALL = range(4)
APPLICATION_DEFAULT = "application-default"
# Applications that stand for several others.
_CONTAINERS = {"ike": "ipsec", "ipsec-esp": "ipsec", "ipsec-esp-udp": "ipsec"}
_PORTS = 65536
# Groups in groups, so that a loop among them ends.
_DEPTH = 10
# (protocol, first, last).
Ports = Tuple[str, int, int]
# PAN-OS's own.
_PREDEFINED: dict[str, tuple[Ports, ...]] = {"service-http": (("tcp", 80, 80), ("tcp", 8080, 8080)), "service-https": (("tcp", 443, 443),)}


@dataclass(frozen=True)
class Names:
    """What names in rules stand for that are no addresses. C(ports): of a service. C(groups): name → the names in it; of a filter of applications, whose
    members nobody lists, none.
    """

    ports: Mapping[str, tuple[Ports, ...]] = field(default_factory=dict)
    groups: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def beside(self, others: Names) -> Names:
        return Names({**self.ports, **others.ports}, {**self.groups, **others.groups})

    @property
    def known(self) -> set[str]:
        return {*self.ports, *self.groups}

    def members(self) -> set[str]:
        """The names in the groups."""
        return {name for told in self.groups.values() for name in told}

    def ranges(self, names: Iterable[str], depth: int = 0) -> list[Ports] | None:
        """The ports of services; None where one of them is not known."""
        found: list[Ports] = []
        for name in names:
            told = self.ports.get(name, _PREDEFINED.get(name))
            inner = self.ranges(self.groups.get(name, ()), depth + 1) if told is None and depth < _DEPTH else told
            if not inner:
                return None
            found += inner
        return found

    def spelled_out(self, names: Iterable[str], depth: int = 0) -> tuple[set[str], bool]:
        """(the applications that names stand for, whether some of them cannot be told)."""
        found, vague = set(), False
        for name in names:
            if name not in self.groups or depth > _DEPTH:
                found.add(name)
                continue
            inner, more = self.spelled_out(self.groups[name], depth + 1)
            found, vague = found | inner, vague or more or not self.groups[name]
        return found, vague


def read(containers: Iterable[Iterable[ET.Element] | None]) -> Names:
    """From the entries of C(service), C(service-group), C(application-group) and C(application-filter) elements."""
    ports: dict[str, tuple[Ports, ...]] = {}
    groups: dict[str, tuple[str, ...]] = {}
    for entry in (entry for container in containers for entry in container or ()):
        name = entry.get("name") or ""
        protocol = places.find(entry, ("protocol",))
        members = places.names(entry, ("members",))
        if protocol is not None:
            ports[name] = tuple(each for kind in protocol for each in _ranges(kind.tag, places.text(kind, ("port",)) or ""))
        else:
            groups[name] = tuple(members)
    return Names(ports, groups)


def _ranges(protocol: str, text: str) -> Iterable[Ports]:
    for part in filter(None, (part.strip() for part in text.split(","))):
        first, _minus, last = part.partition("-")
        if first.isdigit() and (last or first).isdigit():
            yield protocol, int(first), int(last or first)


def extent(rule: ET.Element, traffic: Traffic, addresses: Addresses, names: Names = Names()) -> int:
    """How much of the traffic an enabled rule decides on at any time: ALL, SOME, UNKNOWN or NONE of it."""
    kind, same_zone = places.text(rule, ("rule-type",)) or "universal", traffic.source_zone == traffic.destination_zone
    zones = [("from", traffic.source_zone)] + ([] if kind == "intrazone" else [("to", traffic.destination_zone)])
    if (not rulebases.is_enabled(rule) or kind == ("interzone" if same_zone else "intrazone")
            or any(not {ANY, zone} & set(places.names(rule, (option,))) for option, zone in zones)):
        return NONE
    narrowing = ("source-user", "category", "source-hip", "destination-hip")
    parts = [_side(rule, "source", traffic.source, addresses), _side(rule, "destination", traffic.destination, addresses),
             _applications(rule, traffic, names), _service(rule, traffic, names)]
    parts += [SOME for option in narrowing if places.names(rule, (option,)) not in ([], [ANY])]
    parts += [SOME] if places.text(rule, ("schedule",)) is not None else []
    return min(parts)


def _side(rule: ET.Element, option: str, wanted: str, addresses: Addresses) -> int:
    if rulebases.holds(rule, option, wanted, addresses):
        return ALL
    unknown = addresses.unknown(places.names(rule, (option,)))
    if places.text(rule, (f"negate-{option}",)) == "yes":
        return UNKNOWN if unknown else SOME if rulebases.could_hold(rule, option, wanted, addresses) else NONE
    known = bool(addresses.of(places.names(rule, (option,))) & rulebases.literal(wanted))
    return SOME if known else UNKNOWN if unknown else NONE


def _applications(rule: ET.Element, traffic: Traffic, names: Names) -> int:
    listed = places.names(rule, ("application",))
    if ANY in listed or not listed:
        return ALL
    if not traffic.applications:
        return SOME
    told, vague = names.spelled_out(listed)
    seen = {name for name in traffic.applications if {name, _CONTAINERS.get(name)} & told}
    return ALL if seen == traffic.applications else SOME if seen else UNKNOWN if vague else NONE


def _service(rule: ET.Element, traffic: Traffic, names: Names) -> int:
    """What has no ports is of no service but C(any) and its application's own."""
    listed = places.names(rule, ("service",))
    if ANY in listed or not listed:
        return ALL
    if listed == [APPLICATION_DEFAULT]:
        return ALL if traffic.applications else SOME
    if not traffic.applications:
        return SOME
    if traffic.port is None:
        return NONE
    ranges = names.ranges(listed)
    protocol, port = traffic.port
    if ranges is None:
        return UNKNOWN
    return ALL if any(kind == protocol and first <= port <= last for kind, first, last in ranges) else NONE


def is_most(rule: ET.Element, traffic: Traffic, addresses: Addresses, names: Names = Names()) -> bool:
    """Whether what a rule takes of the traffic is no small exception: at least half of either network, of all packets, or of half of the ports."""
    if _is_for_some_packets(rule):
        return False
    listed = places.names(rule, ("service",))
    ranges = (names.ranges(listed) or ()) if listed and ANY not in listed else (("any", 0, _PORTS),)
    if sum(last - first + 1 for _protocol, first, last in ranges) < _PORTS // 2:
        return False
    return all(_holds_half(rule, option, wanted, addresses) for option, wanted in (("source", traffic.source), ("destination", traffic.destination)))


def _is_for_some_packets(rule: ET.Element) -> bool:
    """Whether a rule is for applications, users or hours; a PBF rule has the same options."""
    options = ("application", "source-user", "category", "source-hip", "destination-hip")
    return places.text(rule, ("schedule",)) is not None or any(places.names(rule, (option,)) not in ([], [ANY]) for option in options)


def _holds_half(rule: ET.Element, option: str, wanted: str, addresses: Addresses) -> bool:
    """Whether one side of a rule has all of a network, or half of it."""
    network = ip_network(wanted, strict=False)
    halves = [network] if network.prefixlen == network.max_prefixlen else list(network.subnets())
    return any(rulebases.holds(rule, option, str(half), addresses) for half in halves)
