# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The addresses of an interface, each with where it came from: written out, by an address object, given by DHCP or PPPoE, or floating in a pair."""

from __future__ import annotations

import functools
import xml.etree.ElementTree as ET
from dataclasses import dataclass, field
from ipaddress import IPv4Interface, IPv4Network, IPv6Interface, IPv6Network, ip_interface
from typing import Iterator, Mapping, Sequence, Union

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.configuration import path as places

Address = Union[IPv4Interface, IPv6Interface]
Network = Union[IPv4Network, IPv6Network]

LITERAL, OBJECT, FLOATING, DHCP, PPPOE = "literal", "address object", "floating address", "DHCP", "PPPoE"
# What an address is given by, and the element that says so.
_GIVEN_BY = (("dhcp-client", DHCP), ("pppoe", PPPOE))
_MTU, _PPPOE_MTU = 1500, 1492
# Of the default route that comes with an address, where nothing is said of it.
_METRIC = 10
_MOST_NESTED = 10


@dataclass(frozen=True)
class Known:
    """What the configuration of the network does not say.

    C(objects): address object or group → what it stands for. C(leases): interface → its address now.
    """

    objects: Mapping[str, Sequence[str]] = field(default_factory=dict)
    leases: Mapping[str, str] = field(default_factory=dict)

    def literals(self, text: str, depth: int = 0) -> list[Address]:
        """The addresses that a text says, or that its object stands for."""
        found = literal(text)
        if found is not None:
            return [found]
        if depth > _MOST_NESTED:
            return []
        return [address for inner in self.objects.get(text, ()) for address in self.literals(inner, depth + 1)]


@dataclass(frozen=True)
class Held:
    """One address. C(text): as the interface has it, which a gateway has to repeat; empty where the interface is given it.

    C(address) is None where a text is a name that nobody here knows.
    """

    text: str
    address: Address | None
    source: str = LITERAL

    @property
    def host(self) -> str:
        """The address alone; of one that is not known, its name."""
        return self.text.split("/")[0] if self.address is None else str(self.address.ip)

    @property
    def family(self) -> int | None:
        return None if self.address is None else self.address.version

    def is_called(self, text: str) -> bool:
        """Whether it is the address that somebody writes like this: as it stands, with its mask, or without."""
        wanted = literal(text)
        if wanted is None or self.address is None:
            return text == self.text
        return wanted == self.address if "/" in text else wanted.ip == self.address.ip


@dataclass(frozen=True)
class Interface:
    """A layer 3 interface. C(given_by): how it is given an IPv4 address, whether it has one now or not.

    C(default_metric): of the default route that comes with such an address; None where none does.
    C(owner): behind a Panorama, whose it is; see C(effective.owner_of).
    """

    name: str
    held: tuple[Held, ...] = ()
    given_by: str = ""
    default_metric: int | None = None
    mtu: int = _MTU
    template: str = ""
    owner: str = ""

    @property
    def addresses(self) -> tuple[str, ...]:
        """The texts as configured: with mask, an address object, or a variable."""
        return tuple(held.text for held in self.held if held.text and held.source != FLOATING)

    def networks(self) -> list[Address]:
        """The addresses that are known, with their networks. A floating one stands beside those, in the same network."""
        return [held.address for held in self.held if held.address is not None and held.source != FLOATING]


@functools.lru_cache(maxsize=4096)
def literal(text: str) -> Address | None:
    try:
        return ip_interface(text)
    except ValueError:
        return None


def interface(name: str, element: ET.Element, known: Known, floating: ET.Element | None = None, template: str = "", owner: str = "") -> Interface:
    """C(element): what has the interface's layer 3. C(floating): what an active/active pair says of its addresses."""
    giver, given_by = next(((giver, source) for tag, source in _GIVEN_BY for giver in [places.find(element, (tag,))] if _is_on(giver)), (None, ""))
    held = (*_configured(element, known), *_given(name, element, given_by, known), *_floating(floating))
    default_metric = number(giver, "default-route-metric", _METRIC) if giver is not None and _is_wanted(giver) else None
    return Interface(name, held, given_by, default_metric, number(element, "mtu", _PPPOE_MTU if given_by == PPPOE else _MTU), template, owner)


def _is_wanted(giver: ET.Element) -> bool:
    return places.text(giver, ("create-default-route",)) != "no"


def number(element: ET.Element, option: str, instead: int) -> int:
    """What an option of an element says; C(instead) where it says nothing, or a template's variable."""
    text = places.text(element, (option,)) or ""
    return int(text) if text.isdigit() else instead


def _is_on(element: ET.Element | None) -> bool:
    return element is not None and places.text(element, ("enable",)) != "no"


def _configured(element: ET.Element, known: Known) -> Iterator[Held]:
    for text in places.names(element, ("ip",)):
        yield from _read(text, known)
    if places.text(element, ("ipv6", "enabled")) != "yes":
        return
    for entry in places.children(element, ("ipv6", "address")):
        # The host part of a prefix is made of the interface's own identifier; an anycast address is no source of packets.
        is_whole = places.find(entry, ("prefix",)) is None and places.find(entry, ("anycast",)) is None
        if is_whole and places.text(entry, ("enable-on-interface",)) != "no":
            yield from _read(entry.get("name") or "", known)


def _read(text: str, known: Known) -> Iterator[Held]:
    address = literal(text)
    if address is not None:
        yield Held(text, address)
        return
    found = known.literals(text)
    yield from (Held(text, address, OBJECT) for address in found)
    if not found:
        yield Held(text, None, OBJECT)


def _given(name: str, element: ET.Element, given_by: str, known: Known) -> Iterator[Held]:
    fixed = places.text(element, ("pppoe", "static-address", "ip")) if given_by == PPPOE else None
    address = literal(known.leases.get(name) or fixed or "")
    if given_by and address is not None:
        yield Held("", address, given_by)


def _floating(element: ET.Element | None) -> Iterator[Held]:
    for family in ("ip", "ipv6"):
        for entry in places.children(element, (family,)):
            text = entry.get("name") or ""
            if places.find(entry, ("floating",)) is not None:
                yield Held(text, literal(text), FLOATING)
