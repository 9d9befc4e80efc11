# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a resource wants on the firewall, in terms that the plan understands."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any, Iterable, Mapping, Union

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.tables.table import Table


@dataclass(frozen=True)
class DesiredEntry:
    """One named object. C(container) overrides the table's where the parents have names of their own; C(place) the whole
    relative path, for a part of an object that is no entry itself (a router's BGP).

    C(position): relative places for a rule, each C((where, other rule's name)) with where C(before) or C(after),
    or C(top)/C(bottom) with None. They are kept, not forced to be adjacent.
    C(guard): the entry must not have come into being since it was read (an allocated tunnel unit).
    C(home): as of C(at_home).
    """

    table: Table
    name: str
    values: Mapping[str, Any] = field(default_factory=dict, repr=False)
    state: str = "present"
    container: tuple | None = None
    place: tuple | None = None
    position: tuple = ()
    update_secret: str = "on_create"
    guard: bool = False
    home: str = ""

    @property
    def location(self) -> str:
        return located(self.table.location, self.home)

    @property
    def relative_path(self) -> tuple:
        if self.place is not None:
            return self.place
        return (self.table.container if self.container is None else self.container) + (("entry", self.name),)

    @property
    def label(self) -> str:
        return f"{self.table.kind} '{self.name}'"


@dataclass(frozen=True)
class DesiredMember:
    """One C(<member>) in a list that belongs to another object (a zone's interfaces, a router's, the vsys import).

    C(sole): as for Members.
    """

    kind: str
    location: str
    relative_path: tuple
    name: str
    state: str = "present"
    refers_to: tuple = ()
    sole: bool = False

    @property
    def home(self) -> str:
        return self.location.partition("@")[2]

    @property
    def label(self) -> str:
        return f"{self.kind} member '{self.name}'"


def located(location: str, home: str) -> str:
    """The name of a location in another template or stack. C(home): as of C(at_home)."""
    return f"{location}@{home}" if home else location


def at_home(item: Desired, home: str) -> Desired:
    """The same item in another template or stack of a Panorama than the one that is written to. C(home): which, as C(Location.base) takes it behind the
    name of a location; empty: the one that is written to.
    """
    return replace(item, home=home) if isinstance(item, DesiredEntry) else replace(item, location=located(item.location, home))


class _Unset:
    """The value of an option whose element is to go, so that PAN-OS's own default holds again. It says nothing, as a check across options sees it."""

    def __bool__(self):
        return False

    def __repr__(self):
        return "UNSET"


UNSET = _Unset()
Desired = Union[DesiredEntry, DesiredMember]


def merged(items: Iterable[Desired]) -> list[Desired]:
    """The items, each place once: what several of them want of one object is put together, the later value counting."""
    found: dict[tuple, Desired] = {}
    for item in items:
        place = (item.location, item.relative_path)
        before = found.get(place)
        if isinstance(item, DesiredEntry) and isinstance(before, DesiredEntry):
            item = replace(before, values={**before.values, **item.values})
        found[place] = item
    return list(found.values())
