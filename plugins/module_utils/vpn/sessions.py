# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which BGP sessions have to begin anew before a change of them is seen to work.

Timers, the password and both ends' addresses and AS numbers are those of the moment in which a session began. Whether a firewall begins it anew when such a
thing is committed is not documented; where it does not, the old session goes on for months, and says nothing of what was changed.
"""

from __future__ import annotations

import xml.etree.ElementTree as ET
from typing import Callable, Iterable, Iterator, NamedTuple

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.configuration import path as places
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.configuration.path import Path
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.reconcile.revert import Difference
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.resources import bgp_instance, bgp_peer
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.tables.places import PLACES, bgp_place, router
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.tables.table import Table

_ANY = ("entry", "")
_TIMERS = PLACES["bgp_timer_profile"][1]
_PASSWORDS = PLACES["bgp_auth_profile"][1]


def _objects() -> Iterator[tuple[Path, Table]]:
    """(where an object stands, below the network base; its table), of all that say what a session begins with. C(_ANY): an entry of any name."""
    for advanced in (False, True):
        bgp = tuple(_ANY if isinstance(step, tuple) else step for step in bgp_place("", advanced))
        yield bgp, bgp_instance.TABLES[advanced]
        yield bgp + ("peer-group", _ANY, "peer", _ANY), bgp_peer.ADVANCED_PEER if advanced else bgp_peer.LEGACY_PEER
        yield (bgp + ("peer-group", _ANY), bgp_peer.ADVANCED_GROUP) if advanced else (bgp + ("auth-profile", _ANY), bgp_peer.LEGACY_AUTH)
    yield _PASSWORDS + (_ANY,), bgp_peer.ADVANCED_AUTH
    yield _TIMERS + (_ANY,), bgp_peer.TIMER_PROFILE


_OBJECTS = tuple(_objects())


class Speaking(NamedTuple):
    """A BGP peer, and where an object stands that says what its session begins with."""

    peer: str
    place: Path


def changed(differences: Iterable[Difference], base: Callable[[str], Path]) -> list[Path]:
    """Where the objects stand of which something changed that a session begins with. With one that is new, no session can have begun before."""
    found = []
    for difference in differences:
        is_of_both = bool(difference.before and difference.after)
        found += [place for place, is_whole in _at(difference.path, base) if is_of_both or not is_whole]
    return list(dict.fromkeys(found))


def touched(paths: Iterable[Path], base: Callable[[str], Path]) -> list[Path]:
    """Where the objects stand at which something was written of which no more is known than where."""
    return list(dict.fromkeys(place for path in paths for place, _is_whole in _at(path, base)))


def _at(path: Path, base: Callable[[str], Path]) -> Iterator[tuple[Path, bool]]:
    """(where the object stands that a path leads to or into, whether it is the whole object), where a session begins with that."""
    network = base("network")
    if not places.starts_with(path, network):
        return
    below = path[len(network):]
    for pattern, table in _OBJECTS:
        inside = below[len(pattern):]
        is_there = len(below) >= len(pattern) and all(map(_fits, pattern, below))
        if is_there and (not inside or _is_of_session(table, inside)):
            yield network + below[:len(pattern)], not inside


def _fits(wanted: str | tuple, step: str | tuple) -> bool:
    return isinstance(step, tuple) if wanted == _ANY else wanted == step


def _is_of_session(table: Table, inside: Path) -> bool:
    return any(inside[:len(leaf)] == leaf or leaf[:len(inside)] == inside for leaf in table.of_session)


def everything(tree: ET.Element, base: Callable[[str], Path], advanced: bool) -> list[Speaking]:
    """Each BGP peer of a configuration with each place of what its session begins with."""
    network = base("network")
    routers = places.names(tree, (network + router("", advanced)[:1])[1:])
    return [speaking for name in routers for speaking in _of_router(tree, network, bgp_place(name, advanced), advanced)]


def _of_router(tree: ET.Element, network: Path, bgp: Path, advanced: bool) -> Iterator[Speaking]:
    for group in places.names(tree, (network + bgp + ("peer-group",))[1:]):
        of_group = network + bgp + ("peer-group", ("entry", group))
        for name in places.names(tree, (of_group + ("peer",))[1:]):
            peer = of_group + ("peer", ("entry", name))
            for place in (network + bgp, of_group, peer, *_profiles(tree, network, peer, of_group, bgp, advanced)):
                yield Speaking(name, place)


def _profiles(tree: ET.Element, network: Path, peer: Path, group: Path, bgp: Path, advanced: bool) -> Iterator[Path]:
    """Where the profiles stand that a peer names, or its group where it names none itself."""
    passwords = network + (_PASSWORDS if advanced else bgp + ("auth-profile",))
    for option, container in (("timers", network + _TIMERS), ("authentication", passwords)):
        named = [places.text(tree, (place + ("connection-options", option))[1:]) for place in (peer, group)]
        used = next((name for name in named if name not in (None, "inherit", "none")), None)
        if used:
            yield container + (("entry", used),)
