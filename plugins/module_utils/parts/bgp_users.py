# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Who names a profile, a route map or a prefix list of BGP.

All routers of the advanced engine take these from the same place by name, and so do all peers of one virtual router its authentication profiles:
what somebody else names is his, whatever it is called.
"""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections import defaultdict
from dataclasses import dataclass, field
from typing import Callable, Collection, Iterable, Iterator, Mapping

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.configuration import path as places
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.configuration.path import Path

# Where the advanced engine keeps what can be named, and who names it.
HOLDERS = (("routing-profile",), ("logical-router",))
_MAPS = ("bgp_route_map", "redistribution_route_map")
# What an element names by its own tag, and what by that of the element around it. Texts elsewhere may name anything: better one user too many.
_BY_TAG: Mapping[str, tuple] = {
    "timers": ("bgp_timer_profile",), "authentication": ("bgp_auth_profile",), "prefix-list": ("prefix_list",), "route-map": _MAPS,
    "unicast": ("bgp_redistribution_profile",), "redistribution-profile": (), "distribute-list": (), "access-list": (), "dampening": (), "peer": (),
    "interface": (), "network": (), "destination": (), "description": (), "comment": (), "secret": (),
}
_BY_HOLDER: Mapping[str, tuple] = {
    "address-family": ("bgp_address_family_profile",), "filtering-profile": ("bgp_filtering_profile",), "route-maps": _MAPS, "filter-list": (), "bfd": (),
}
# Words that stand where a name may stand.
_NO_NAMES = ("none", "inherit")


@dataclass
class Users:
    """(kind or None for any, name) → the places of the entries that name it, below the network base."""

    _found: dict = field(default_factory=lambda: defaultdict(list))

    def add(self, kind: str | None, name: str, path: Path) -> None:
        self._found[kind, name].append(path)

    def of(self, kind: str, name: str, own: Callable[[Path], bool] = lambda path: False) -> list[Path]:
        """Who names an object, without what is C(own)."""
        return [path for key in ((kind, name), (None, name)) for path in self._found.get(key, ()) if not own(path)]


def users(network: ET.Element | None, holders: Iterable[Path], names: Collection[str]) -> Users:
    """Who names one of C(names), anywhere below C(holders). C(network): the element of the network base."""
    found = Users()
    for holder in holders:
        for path, owner, name in _texts(places.find(network, holder), holder, holder, set(names)):
            for kind in _kinds(path):
                found.add(kind, name, owner)
    return found


def _texts(element: ET.Element | None, above: Path, owner: Path, wanted: set) -> Iterator[tuple[Path, Path, str]]:
    """(place, place of the innermost named entry around it, text) of each element that says one of the names."""
    for child in () if element is None else element:
        step = places.step_of(child)
        here = above + (step,)
        if child.tag == "member" or not len(child):
            text = (child.text or "").strip()
            if text in wanted and text not in _NO_NAMES:
                yield here, owner, text
        yield from _texts(child, here, here if child.tag == "entry" and not isinstance(step, str) else owner, wanted)


def _kinds(path: Path) -> tuple:
    """The kinds of which an element at the end of C(path) can name an object; C((None,)) where that is not known."""
    tags = [step if isinstance(step, str) else step[0] for step in path]
    if tags[-1] in _BY_TAG:
        return _BY_TAG[tags[-1]]
    if tags[-1].endswith("-map"):
        return _MAPS
    return _BY_HOLDER.get(tags[-2] if len(tags) > 1 else "", (None,))


def called(path: Path) -> str:
    """A user as people call it, with its router where it stands in one."""
    *around, (_tag, name) = path
    holder = around[-1] if around and isinstance(around[-1], str) else "entry"
    words = {"bgp-entry": "route map", "redist-entry": "route map", "peer": "BGP peer", "peer-group": "BGP peer group"}.get(holder, holder.replace("-", " "))
    routers = [step[1] for before, step in zip(path, path[1:]) if before in ("logical-router", "virtual-router") and not isinstance(step, str)]
    return f"{words} '{name}'" + (f" of router '{routers[0]}'" if routers and holder != "logical-router" else "")
