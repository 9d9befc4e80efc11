# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which rule of a rulebase would see a VPN's traffic first. Rules are read in order; the first match decides."""

from __future__ import annotations

import functools
import traceback
import xml.etree.ElementTree as ET
from dataclasses import dataclass, field
from ipaddress import IPv4Network, IPv6Network
from typing import Collection, Iterable, Iterator, Union

try:
    from netaddr import AddrFormatError, IPNetwork, IPRange, IPSet
except ImportError:
    IMPORT_ERROR: str | None = traceback.format_exc()
else:
    IMPORT_ERROR = None

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.configuration import path as places
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.configuration.addresses import is_ipv6
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.firewall import address_book

ANY = "any"
# A bound on nested address groups, so that a loop among them ends.
_MOST_NESTED = 10
Network = Union[IPv4Network, IPv6Network]


@dataclass(frozen=True)
class Traffic:
    """Packets from one zone to another, between two networks (texts); C(applications) that they are, or any.

    C(port): of the service that they are, as (protocol, number); none where they are any, or of a protocol without ports.
    """

    source_zone: str
    destination_zone: str
    source: str
    destination: str
    applications: frozenset = frozenset()
    port: tuple | None = None


def back(traffic: Traffic) -> Traffic:
    """What the far side begins, between the same networks."""
    return Traffic(traffic.destination_zone, traffic.source_zone, traffic.destination, traffic.source, traffic.applications, traffic.port)


@dataclass(frozen=True)
class Addresses:
    """Literal addresses, and what address objects and groups stand for. C(objects): by their names, of those that were asked for; nothing of one that does not
    exist or has no fixed addresses. What is not known covers nothing, and may overlap anything.
    """

    objects: dict = field(default_factory=dict)

    def of(self, texts: Iterable[str]) -> IPSet:
        listed = tuple(texts)
        if not any(text in self.objects for text in listed):
            return _literals(listed)
        found = IPSet()
        for text in listed:
            found |= self._one(text, 0)
        return found

    def _one(self, text: str, depth: int) -> IPSet:
        if text in self.objects and depth < _MOST_NESTED:
            found = IPSet()
            for inner in self.objects[text]:
                found |= self._one(inner, depth + 1)
            return found
        return literal(text)

    def unasked(self, texts: Iterable[str]) -> list[str]:
        """Names that nobody has asked for yet."""
        return [text for text in texts if text != ANY and text not in self.objects and not literal(text)]

    def unknown(self, texts: Iterable[str]) -> list[str]:
        """Those of which not all addresses are known: not asked for, without fixed ones, or a group that lists such."""
        return [text for text in texts if text != ANY and not self._is_known(text, 0)]

    def _is_known(self, text: str, depth: int) -> bool:
        if text not in self.objects or depth >= _MOST_NESTED:
            return bool(literal(text))
        listed = self.objects[text]
        return bool(listed) and all(self._is_known(inner, depth + 1) for inner in listed)


def is_part(inner: Network, outer: Network) -> bool:
    """Whether a network is a part of another one, and not all of it: routes to it are longer."""
    return inner.version == outer.version and inner != outer and inner.subnet_of(outer)  # type: ignore[arg-type]


# The same rules are asked about each pair of networks of a VPN.
@functools.lru_cache(maxsize=512)
def _literals(texts: tuple[str, ...]) -> IPSet:
    """The addresses that texts say by themselves. The set is shared by all who ask: nobody may change it."""
    return IPSet(block for text in texts for block in literal(text).iter_cidrs())


@functools.lru_cache(maxsize=4096)
def literal(text: str) -> IPSet:
    """The addresses that a text says by itself: an address, a prefix, a range; none for a name."""
    try:
        if "-" in text and "/" not in text:
            first, last = text.split("-", 1)
            return IPSet(IPRange(first.strip(), last.strip()))
        return IPSet([IPNetwork(text).cidr])
    except (AddrFormatError, ValueError):
        return IPSet()


def address_objects(containers: Iterable[Iterable[ET.Element] | None]) -> dict[str, list[str]]:
    """Names to what they stand for, from C(address) and C(address-group) elements; what has no fixed addresses is left out, and hides others of its name."""
    entries = address_book.by_name(containers)
    return {name: listed for name, entry in entries.items() if (listed := address_book.stands_for(entry))}


def is_enabled(rule: ET.Element) -> bool:
    return places.text(rule, ("disabled",)) != "yes"


def _zones(rule: ET.Element, option: str, zone: str) -> bool:
    zones = places.names(rule, (option,))
    return ANY in zones or zone in zones


def _everything(rule: ET.Element, options: Iterable[str]) -> bool:
    """Whether none of the options narrows the rule; a missing one does not."""
    return all(places.names(rule, (option,)) in ([], [ANY]) for option in options)


def _side(rule: ET.Element, option: str, wanted: str, addresses: Addresses, covering: bool) -> bool:
    texts = places.names(rule, (option,))
    if places.text(rule, (f"negate-{option}",)) == "yes":
        # All but what is listed: all of a network where nothing of it is listed, none where all of it is.
        listed = addresses.of(texts)
        return not (addresses.unknown(texts) or literal(wanted) & listed) if covering else not literal(wanted).issubset(listed)
    if ANY in texts:
        return True
    have = addresses.of(texts)
    return literal(wanted).issubset(have) if covering else bool(literal(wanted) & have)


def holds(rule: ET.Element, option: str, network: str, addresses: Addresses) -> bool:
    """Whether one side (C(source) or C(destination)) of a rule has all of a network."""
    return _side(rule, option, network, addresses, covering=True)


def could_hold(rule: ET.Element, option: str, network: str, addresses: Addresses) -> bool:
    """Whether one side of a rule has some of a network, or names that nobody here knows."""
    names_nobody = places.text(rule, (f"negate-{option}",)) != "yes" and addresses.unknown(places.names(rule, (option,)))
    return _side(rule, option, network, addresses, covering=False) or bool(names_nobody)


def covers(rule: ET.Element, traffic: Traffic, addresses: Addresses) -> bool:
    """Whether a security rule decides on all of the traffic, so that no rule below it is asked."""
    kind = places.text(rule, ("rule-type",)) or "universal"
    same_zone = traffic.source_zone == traffic.destination_zone
    if not is_enabled(rule) or (kind == "intrazone" and not same_zone) or (kind == "interzone" and same_zone):
        return False
    if not (_zones(rule, "from", traffic.source_zone) and (kind == "intrazone" or _zones(rule, "to", traffic.destination_zone))):
        return False
    applications = places.names(rule, ("application",))
    if ANY not in applications and not (traffic.applications and traffic.applications <= set(applications)):
        return False
    narrowing = ("service", "source-user", "category", "source-hip", "destination-hip")
    return _everything(rule, narrowing) and _addresses_match(rule, traffic, addresses, covering=True)


def _addresses_match(rule: ET.Element, traffic: Traffic, addresses: Addresses, covering: bool) -> bool:
    return _side(rule, "source", traffic.source, addresses, covering) and _side(rule, "destination", traffic.destination, addresses, covering)


def first_covering(rules: Iterable[ET.Element], kinds_of_traffic: Iterable[Traffic], addresses: Addresses,
                   ours: Collection[str | None] = frozenset()) -> ET.Element | None:
    """The first rule, other than ours, that covers any one of the kinds of traffic."""
    for rule in rules:
        if rule.get("name") not in ours and any(covers(rule, traffic, addresses) for traffic in kinds_of_traffic):
            return rule
    return None


def pbf_covers(rule: ET.Element, traffic: Traffic, addresses: Addresses) -> bool:
    """Whether a PBF rule forwards all of the traffic; a rule for single interfaces does not speak of zones."""
    if not is_enabled(rule) or traffic.source_zone not in places.names(rule, ("from", "zone")):
        return False
    return _everything(rule, ("application", "service", "source-user")) and _addresses_match(rule, traffic, addresses, covering=True)


def takes(rule: ET.Element, traffic: Traffic, addresses: Addresses, interfaces: Collection[str]) -> bool:
    """Whether a PBF rule sees all of the traffic. One for interfaces stands for the source zone that they are of: C(interfaces)."""
    listed = set(places.names(rule, ("from", "interface")))
    return pbf_covers(_of_zone(rule, traffic.source_zone) if listed & set(interfaces) else rule, traffic, addresses)


def disputing(rules: Iterable[ET.Element], traffic: Traffic, addresses: Addresses, interfaces: Collection[str], units: Collection[str]) -> list[ET.Element]:
    """The PBF rules that take some of the traffic away from where it would go otherwise, above the one that takes all of it."""
    found = []
    for rule in rules:
        if places.text(rule, ("schedule",)) is None and takes(rule, traffic, addresses, interfaces):
            break
        is_from = traffic.source_zone in places.names(rule, ("from", "zone")) or set(places.names(rule, ("from", "interface"))) & set(interfaces)
        leads_away = places.find(rule, ("action", "no-pbf")) is None and places.text(rule, ("action", "forward", "egress-interface")) not in units
        is_asked = is_enabled(rule) and leads_away and is_from
        if is_asked and could_hold(rule, "source", traffic.source, addresses) and could_hold(rule, "destination", traffic.destination, addresses):
            found.append(rule)
    return found


def _of_zone(rule: ET.Element, zone: str) -> ET.Element:
    found = ET.Element(rule.tag, rule.attrib)
    found.extend(child for child in rule if child.tag != "from")
    ET.SubElement(ET.SubElement(ET.SubElement(found, "from"), "zone"), "member").text = zone
    return found


def taking(rules: Iterable[ET.Element], traffic: Traffic, addresses: Addresses, interfaces: Collection[str], units: Collection[str]) -> ET.Element | None:
    """The PBF rule that takes all of the traffic, at any time, before any route is asked; none where that is into one of C(units), or to the routes."""
    for rule in rules:
        if places.text(rule, ("schedule",)) is None and takes(rule, traffic, addresses, interfaces):
            to_routes = places.find(rule, ("action", "no-pbf")) is not None
            return None if to_routes or places.text(rule, ("action", "forward", "egress-interface")) in units else rule
    return None


def pbf_touches(rule: ET.Element, traffic: Traffic, addresses: Addresses) -> bool:
    """Whether an enabled PBF rule sees some of the traffic."""
    sees_zone = traffic.source_zone in places.names(rule, ("from", "zone"))
    return is_enabled(rule) and sees_zone and _addresses_match(rule, traffic, addresses, covering=False)


def is_within(texts: Iterable[str], networks: Iterable[str], addresses: Addresses) -> bool:
    """Whether all that one side of a rule names lies in the networks; C(any) and names that nobody here knows do not."""
    listed = list(texts)
    return ANY not in listed and not addresses.unknown(listed) and addresses.of(listed).issubset(addresses.of(networks))


def _translates_family(rule: ET.Element, traffic: Traffic) -> bool:
    """Whether a NAT rule is for packets of this family of addresses at all."""
    is_for_ipv4 = (places.text(rule, ("nat-type",)) or "ipv4") == "ipv4"
    return is_for_ipv4 != is_ipv6(traffic.source)


def translating(rules: Iterable[ET.Element], kinds_of_traffic: Iterable[Traffic], addresses: Addresses) -> ET.Element | None:
    """The first NAT rule that would translate the source of some of the traffic."""
    return next((rule for rule, _traffic in translations(rules, kinds_of_traffic, addresses)), None)


def translations(rules: Iterable[ET.Element], kinds_of_traffic: Iterable[Traffic], addresses: Addresses) -> Iterator[tuple[ET.Element, Traffic]]:
    """(NAT rule, traffic) where a rule would translate the source of some of it. One for what leaves by a line is none for what leaves by a tunnel."""
    left = list(kinds_of_traffic)
    for rule in rules:
        leaves_by = places.text(rule, ("to-interface",)) or ANY
        if not is_enabled(rule) or (leaves_by != ANY and not leaves_by.startswith("tunnel")):
            continue
        seen = [traffic for traffic in left if _translates_family(rule, traffic)]
        hit = [traffic for traffic in seen if _zones(rule, "from", traffic.source_zone) and _zones(rule, "to", traffic.destination_zone)
               and _addresses_match(rule, traffic, addresses, covering=False)]
        if len(places.children(rule, ("source-translation",))):
            yield from ((rule, traffic) for traffic in hit)
        left = [traffic for traffic in left if traffic not in hit or not translates_all(rule, traffic, addresses)]


def translates_all(rule: ET.Element, traffic: Traffic, addresses: Addresses) -> bool:
    """Whether a NAT rule that sees some of the traffic sees all of it, so that no rule below it is asked."""
    is_for_all_services = (places.text(rule, ("service",)) or ANY) == ANY
    return is_for_all_services and _addresses_match(rule, traffic, addresses, covering=True)


def redirecting(rules: Iterable[ET.Element], traffic: Traffic, addresses: Addresses) -> ET.Element | None:
    """The first NAT rule that would translate the destination of some of the traffic."""
    for rule in rules:
        seen = (is_enabled(rule) and _translates_family(rule, traffic) and _zones(rule, "from", traffic.source_zone)
                and _zones(rule, "to", traffic.destination_zone) and _addresses_match(rule, traffic, addresses, covering=False))
        if seen and redirected_to(rule):
            return rule
        if seen and translates_all(rule, traffic, addresses):
            return None
    return None


def redirected_to(rule: ET.Element) -> str:
    """What a NAT rule makes of the destination; empty where it leaves it."""
    kinds = ("destination-translation", "dynamic-destination-translation")
    return next((text for kind in kinds for text in [places.text(rule, (kind, "translated-address"))] if text), "")


def names_in(rules: Iterable[ET.Element], addresses: Addresses) -> list[str]:
    """Address names in rules that nobody has asked for yet."""
    return list(dict.fromkeys(name for rule in rules for option in ("source", "destination") for name in addresses.unasked(places.names(rule, (option,)))))


def between(rules: Iterable[ET.Element], zones: Collection[tuple]) -> list[ET.Element]:
    """The enabled rules that see packets between zones (pairs)."""
    return [rule for rule in rules
            if is_enabled(rule) and any(_zones(rule, "from", source) and _zones(rule, "to", destination) for source, destination in zones)]


def undecided_names(rules: Iterable[ET.Element], zones: Collection[tuple], addresses: Addresses) -> list[str]:
    """Address names in rules between C(zones) (pairs), whose meaning decides whether they see the traffic."""
    return names_in(between(rules, zones), addresses)
