# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which sites are connected with each other, and what each connection gets: its name, its tunnel interface at either end, its addresses inside.

All of it follows from the numbers of the two sites alone, so that nothing moves when a site is added or leaves, and nothing has to be remembered.
The connections of site n with the sites before it come after all connections among those, which is how a pool of addresses grows with the sites.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from ipaddress import IPv4Network, ip_network
from typing import Any, Callable, Mapping, Sequence

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.configuration.naming import instead
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.errors import InvalidInput
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.vpn.choice import HIGHEST_UNIT
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.vpn.names import NAME_LENGTH, VPN_NAME

FULL_MESH, HUB_AND_SPOKE = "full_mesh", "hub_and_spoke"
PRESENT, ABSENT = "present", "absent"
#: What a tunnel's two addresses take of a pool.
_LINK = 30


@dataclass(frozen=True)
class Site:
    """A firewall of the inventory. C(number): from 1 on, its own for good. C(name): of its connections. C(state): of all of them."""

    host: str
    number: int
    name: str
    hub: bool = False
    state: str = PRESENT


def read_sites(described: Any) -> list[Site]:
    """Sites as users write them, in the order of their numbers. Raises InvalidInput."""
    if isinstance(described, (str, Mapping)) or not isinstance(described, Sequence):
        raise InvalidInput("sites: give a list of sites, each with host and number")
    sites = [_site(place, each) for place, each in enumerate(described, start=1)]
    for called, of in _UNIQUE.items():
        _refuse_twice(called, [of(site) for site in sites])
    return sorted(sites, key=lambda site: site.number)


_KEYS = ("host", "number", "name", "hub", "state")
_UNIQUE: Mapping[str, Callable[[Site], Any]] = {"host": lambda site: site.host, "number": lambda site: site.number, "name": lambda site: site.name}


def _site(place: int, described: Any) -> Site:
    where = f"sites[{place}]"
    if not isinstance(described, Mapping):
        raise InvalidInput(f"{where}: give a dictionary with host and number, not {described!r}")
    for key in described:
        if key not in _KEYS:
            raise InvalidInput(f"{where}: a site has no '{key}'{instead(str(key), _KEYS)}")
    missing = [key for key in ("host", "number") if described.get(key) in (None, "")]
    if missing:
        raise InvalidInput(f"{where}: {' and '.join(missing)} missing; a site keeps its number for good, since all that its connections get follows from it")
    state, hub = described.get("state", PRESENT), described.get("hub", False)
    if state not in (PRESENT, ABSENT):
        raise InvalidInput(f"{where}: state is {PRESENT} or {ABSENT}, not {state!r}")
    if not isinstance(hub, bool):
        raise InvalidInput(f"{where}: hub is true or false, not {hub!r}")
    return Site(str(described["host"]), _number(where, described["number"]), str(described.get("name") or described["host"]), hub, state)


def _number(where: str, given: Any) -> int:
    is_number = isinstance(given, int) and not isinstance(given, bool)
    is_text_of_one = isinstance(given, str) and given.isascii() and given.isdigit()
    if not (is_number or is_text_of_one) or int(given) < 1:
        raise InvalidInput(f"{where}: number is a whole number from 1 on, not {given!r}")
    return int(given)


def _refuse_twice(called: str, values: Sequence[Any]) -> None:
    for value in values:
        if values.count(value) > 1:
            raise InvalidInput(f"sites: {called} {value} is of {values.count(value)} sites; each has its own")


def connections(sites: Sequence[Site], topology: str, first_unit: int, pool: str | None) -> list[dict]:
    """The connections as the playbook C(vpn_connections) takes them, those of the lowest numbers first. C(pool): of addresses inside the tunnels."""
    if topology not in (FULL_MESH, HUB_AND_SPOKE):
        raise InvalidInput(f"topology: give {FULL_MESH} or {HUB_AND_SPOKE}, not {topology!r}")
    if topology == HUB_AND_SPOKE and not any(site.hub for site in sites):
        raise InvalidInput(f"topology: {HUB_AND_SPOKE} takes a site with hub: true; the sites are {', '.join(site.host for site in sites)}")
    inside = _pool(pool)
    wanted = (pair for pair in itertools.combinations(sites, 2) if topology == FULL_MESH or pair[0].hub or pair[1].hub)
    return [_connection(low, high, first_unit, inside) for low, high in wanted]


def _pool(text: str | None) -> IPv4Network | None:
    if text is None:
        return None
    try:
        pool = ip_network(text)
    except ValueError as exc:
        raise InvalidInput(f"inside_pool: '{text}' is no network; give one such as 10.255.0.0/16") from exc
    if not isinstance(pool, IPv4Network) or pool.prefixlen > _LINK:
        raise InvalidInput(f"inside_pool: give an IPv4 network of /{_LINK} or more, not {text}")
    return pool


def _connection(low: Site, high: Site, first_unit: int, pool: IPv4Network | None) -> dict:
    name = f"{low.name}-{high.name}"
    if not VPN_NAME.fullmatch(name):
        raise InvalidInput(f"the connection of {low.host} and {high.host} would be called '{name}': letters, digits, '-', '_' and '.', {NAME_LENGTH} "
                           "characters at most; give the sites a shorter name")
    found = {"a": low.host, "b": high.host, "name": name, "a_interface": _unit(low, high, first_unit), "b_interface": _unit(high, low, first_unit)}
    if ABSENT in (low.state, high.state):
        found["state"] = ABSENT
    return {**found, **(_inside(low, high, pool) if pool else {})}


def _unit(site: Site, other: Site, first: int) -> str:
    """A firewall has one tunnel to each other site, whose number is its own."""
    unit = first + other.number - 1
    if not 1 <= first <= unit <= HIGHEST_UNIT:
        raise InvalidInput(f"first_unit: {site.host} would have tunnel.{unit} to {other.host}; units are 1 to {HIGHEST_UNIT}")
    return f"tunnel.{unit}"


def _inside(low: Site, high: Site, pool: IPv4Network) -> dict:
    place = (high.number - 1) * (high.number - 2) // 2 + low.number - 1
    room = 2 ** (_LINK - pool.prefixlen)
    if place >= room:
        raise InvalidInput(f"inside_pool: {pool} has {room} networks of /{_LINK}, and the connection of {low.host} (number {low.number}) and "
                           f"{high.host} (number {high.number}) takes the {place + 1}th; give a larger one, or lower numbers")
    link = IPv4Network((int(pool.network_address) + place * 4, _LINK))
    return {"inside_cidr": str(link), "a_inside_address": str(link[1]), "b_inside_address": str(link[2])}
