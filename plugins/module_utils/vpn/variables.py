# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One template for several firewalls: planned with what each of them is to have, written with the names of variables where they differ.

    the VPN for each firewall ─► items for each (literals) ─► compared leaf by leaf ─► one list of items ($names) + what each name is worth where

Equal leaves stay as they are. Different ones become a variable: the VPN's own, which the variable's description tells, or one that is there and is worth
just that on each firewall. What no variable can stand for is refused: keys, rules of device groups, names of objects.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass, field, replace
from ipaddress import ip_interface
from typing import Any, Collection, Iterable, Iterator, Mapping, Sequence

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.errors import Refused
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.parts.template_variable import AS_NUMBER, FQDN, INTERFACE, IP_NETMASK
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.tables.desired import UNSET, Desired, DesiredEntry

_HOST = re.compile(r"(?=.{1,255}$)[0-9A-Za-z_-]+(\.[0-9A-Za-z_-]+)+\.?")
# Of what is called so, two firewalls never get one value by a template.
_SECRETS = ("pre_shared_key", "secret")
# Of any option in whose place one can stand: a variable itself may be called by 63 characters, the local address of a BGP peer has 50.
_LONGEST_NAME, _DIGEST = 50, 8


@dataclass(frozen=True)
class Variable:
    """C(values): serial number → what it is worth there."""

    name: str
    kind: str
    values: Mapping[str, str]

    @property
    def of_all(self) -> str | None:
        """What it is worth on all firewalls alike."""
        found = set(self.values.values())
        return found.pop() if len(found) == 1 else None


@dataclass
class Naming:
    """What names of variables can be given. C(vpn): whose they are to be. C(firewalls): serial number → what messages call it.

    C(known): serial number → variable → value. C(foreign): the names of variables that are declared and not the VPN's. C(of_vpns): those that are some
    VPN's, with which they go: nothing else names them. C(local): interfaces that stand elsewhere than in the template, so that it can name them by a
    variable alone.
    """

    vpn: str
    firewalls: Mapping[str, str]
    known: Mapping[str, Mapping[str, str]]
    foreign: Collection[str]
    of_vpns: Collection[str] = ()
    local: Collection[str] = ()
    made: dict[str, Variable] = field(default_factory=dict)

    def common(self, wanted: Mapping[str, list[list[Desired]]]) -> list[list[Desired]]:
        """The items of all firewalls as those of one template. C(wanted): serial number → phases. Raises Refused where they cannot be one."""
        serials = list(wanted)
        phases = []
        for number in range(len(wanted[serials[0]])):
            by_place = [_by_place(wanted[serial][number]) for serial in serials]
            phases.append([self._item(first, [items.get(place) for items in by_place], serials) for place, first in by_place[0].items()])
            self._refuse_more(by_place, serials)
        return phases

    def _refuse_more(self, by_place: Sequence[Mapping], serials: Sequence[str]) -> None:
        for serial, items in zip(serials, by_place):
            more = [item.label for place, item in items.items() if place not in by_place[0]]
            if more:
                raise self._refusal(more[0], (serials[0], serial), "is for one of them only")

    def _item(self, first: Desired, items: Sequence[Desired | None], serials: Sequence[str]) -> Desired:
        for serial, other in zip(serials, items):
            if other is None or other.state != first.state:
                raise self._refusal(first.label, (serials[0], serial), "is for one of them only")
        if not isinstance(first, DesiredEntry):
            return first
        found = [item.values for item in items if isinstance(item, DesiredEntry)]
        values = self._value(_without_next_hops(found) if first.table.kind == "pbf_rule" else found, first, (), serials)
        return first if values == first.values else replace(first, values=values)

    def _value(self, values: Sequence[Any], item: DesiredEntry, path: tuple[str, ...], serials: Sequence[str]) -> Any:
        first = values[0]
        if isinstance(first, Mapping) and all(isinstance(value, Mapping) and value.keys() == first.keys() for value in values):
            return {key: self._value([value[key] for value in values], item, (*path, key), serials) for key in first}
        if isinstance(first, (list, tuple)) and all(isinstance(value, (list, tuple)) and len(value) == len(first) for value in values):
            here = [path if len(first) == 1 else (*path, str(number)) for number in range(1, len(first) + 1)]
            return type(first)(self._value(list(each), item, place, serials) for place, each in zip(here, zip(*values)))
        is_same = all(value == first for value in values)
        if is_same and not self._needs_a_name(first, item, path):
            return self._own_name_of(first, item, path, serials)
        return self._named(values, item, path, serials)

    def _needs_a_name(self, value: Any, item: DesiredEntry, path: tuple[str, ...]) -> bool:
        return item.location == "network" and path[-1:] == ("interface",) and value in self.local

    def _own_name_of(self, value: Any, item: DesiredEntry, path: tuple[str, ...], serials: Sequence[str]) -> Any:
        """A gateway repeats the address of its interface, by the variable that the interface has it from."""
        if path != ("local_address", "ip") or item.location != "network":
            return value
        return next(iter(self._worth(dict.fromkeys(serials, value))), value)

    def _worth(self, texts: Mapping[str, str]) -> list[str]:
        """The variables that are worth just that on each firewall, and stay whatever VPN goes. C(texts): serial number → value."""
        return [name for name in self.known[next(iter(texts))]
                if name not in self.of_vpns and all(self.known[serial].get(name) == text for serial, text in texts.items())]

    def _named(self, values: Sequence[Any], item: DesiredEntry, path: tuple[str, ...], serials: Sequence[str]) -> str:
        option = ".".join(path)
        if path[-1] in _SECRETS:
            raise self._refusal(f"{option} of {item.label}", serials, "cannot differ between the firewalls of one template: PAN-OS has no variable for a key. "
                                "Give all of them the same keys (pre_shared_keys), or a template each")
        if item.location != "network":
            way = ". Give all of them the same monitor_addresses, that answer through each tunnel" if "monitor" in path else ""
            raise self._refusal(f"{option} of {item.label}", serials, f"differs, and the rules of a device group take no variables{way}")
        kind = _kind(values, path)
        if kind is None:
            raise self._refusal(f"{option} of {item.label}", serials, "differs, and PAN-OS has no variable for it")
        texts = dict(zip(serials, map(str, values)))
        name = _name(self.vpn, item, path)
        there = [each for each in self._worth(texts) if each in self.foreign]
        if there and name not in self.made:
            return there[0]
        if name in self.foreign:
            raise Refused(f"template variable '{name}': there is one of this name, and its description does not say that it is {self.vpn}'s. Rename it; "
                          "nothing was written")
        self.made[name] = Variable(name, kind, texts)
        return name

    def _refusal(self, what: str, serials: Sequence[str], why: str) -> Refused:
        called = ", ".join(dict.fromkeys(self.firewalls[serial] for serial in serials))
        return Refused(f"{what} {why} ({called}); nothing was written")


def _without_next_hops(rules: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """What a PBF rule says on each firewall. Into a tunnel there is one way only, so where each firewall has another next hop, none is said."""
    ways = [(rule.get("action") or {}).get("forward") or {} for rule in rules]
    if all(way.get("nexthop") == ways[0].get("nexthop") for way in ways):
        return list(rules)
    return [{**rule, "action": {**rule["action"], "forward": {**way, "nexthop": UNSET}}} for rule, way in zip(rules, ways)]


def variables_in(items: Iterable[Desired]) -> set[str]:
    """The variables that the values of items name."""
    return {text for item in items if isinstance(item, DesiredEntry) and item.state != "absent" for text in _texts(item.values) if text.startswith("$")}


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, (list, tuple)):
        for each in value:
            yield from _texts(each)
    elif isinstance(value, Mapping):
        yield from _texts(list(value.values()))


def _by_place(items: Sequence[Desired]) -> dict[tuple, Desired]:
    """In their order; of several at one place, each by its number."""
    found: dict[tuple, Desired] = {}
    counts: dict[tuple, int] = {}
    for item in items:
        place = (item.location, item.relative_path)
        counts[place] = counts.get(place, 0) + 1
        found[(*place, counts[place])] = item
    return found


def _kind(values: Sequence[Any], path: tuple[str, ...]) -> str | None:
    """The type of variable that can stand for values."""
    texts = list(map(str, values))
    if path[-1] == "interface":
        return INTERFACE
    if path[-1].endswith("_as"):
        return AS_NUMBER
    if all(map(_is_address, texts)):
        return IP_NETMASK
    is_name = path[-1] in ("fqdn", "id") and all(map(_HOST.fullmatch, texts))
    return FQDN if is_name else None


def _is_address(text: str) -> bool:
    try:
        ip_interface(text)
    except ValueError:
        return False
    return True


def _name(vpn: str, item: DesiredEntry, path: tuple[str, ...]) -> str:
    """Of which object, and what of it; a digest of that in the place of its end where it would be too long."""
    rest = item.name[len(vpn):].strip("-") if item.name.startswith(vpn) else item.name
    name = re.sub(r"[^\w.-]", "-", "-".join([vpn, *filter(None, [rest]), item.table.kind, *path]).replace("_", "-"))
    for needless in ("-address-ip", "-entry"):
        name = name.replace(needless, "")
    if len(name) < _LONGEST_NAME:
        return f"${name}"
    digest = hashlib.sha256(name.encode()).hexdigest()[:_DIGEST]
    return f"${name[:_LONGEST_NAME - _DIGEST - 2]}-{digest}"
