# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Behind a Panorama, where each item takes effect: in the place that is written to, or in another template whose router or zone it is added to.

A firewall takes an object whole from the first layer that has it, and a template names only what stands in itself or in its stack. Therefore

* what is added to a router or to a zone is written where that stands, and the profiles of a router beside it;
* an interface that is added there is written there, too, just as it is in the place itself. Whichever of the two counts on a firewall, and whether it takes
  one of them or both together, it is the same interface; and each template is whole in itself;
* what is added to a router or zone that a firewall has itself would not count from anywhere on a Panorama: it is refused.
"""

from __future__ import annotations

import copy
import xml.etree.ElementTree as ET
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Callable, Iterable, Iterator, Mapping, Sequence

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.configuration import path as places
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.configuration.path import Path
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.errors import Refused
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.firewall import effective
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.firewall.effective import HERE, Layer, owner_of
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.parts.interface import import_member
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.reconcile.values import read
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.tables.desired import Desired, DesiredEntry, at_home
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.tables.places import IMPORTED, PLACES

_ROUTERS, _PROFILES, _ZONES, _INTERFACES = ("virtual-router", "logical-router"), "routing-profile", "zone", "interface"


_NAMED = (*(("network", (kind,)) for kind in _ROUTERS), ("vsys", (_ZONES,)),
          *((location, container) for location, container in PLACES.values() if container[0] == _PROFILES))


def seen_from(own: ET.Element, view: ET.Element, values: Mapping[str, str], base: Callable[[str], Path]) -> ET.Element:
    """The target's own tree as one firewall gets it, with the routers and zones of other layers at the place where the VPN is planned."""
    found = effective.resolved(own, values)
    for location, container in _NAMED:
        path = (base(location) + container)[1:]
        for entry in places.children(view, path):
            if owner_of(entry) and places.find(found, (*path, places.step_of(entry))) is None:
                places.adopt(places.make(found, path), effective.without_owner(entry))
    return found


def add_routers(tree: ET.Element, network: Path, here: Path) -> None:
    """Add the routers and their profiles of another layer to those of the place that is asked about, as its firewalls have them. C(network), C(here): the
    network of that layer, and of the place.
    """
    for location, container in _NAMED:
        for entry in places.children(tree, (network + container)[1:]) if location == "network" else ():
            path = (here + container)[1:]
            if places.find(tree, (*path, places.step_of(entry))) is None:
                places.adopt(places.make(tree, path), copy.deepcopy(entry))


@dataclass(frozen=True)
class Homes:
    """Where the items of a VPN go on one firewall. C(phases): as they are planned. C(own): the tree of the place that is written to, as it stands there.

    C(view): what counts on the firewall. C(layers): what that is made of. C(where): the place that is written to, in words. C(router): the VPN's, as it is to
    be; empty of one that goes.
    """

    phases: Sequence[Sequence[Desired]]
    own: ET.Element
    view: ET.Element
    base: Callable[[str], Path]
    layers: Sequence[Layer]
    where: str
    router: str

    @cached_property
    def _items(self) -> list[Desired]:
        return [item for phase in self.phases for item in phase]

    @cached_property
    def _elsewhere(self) -> dict[str, Layer]:
        """The other layers that are written to on Panorama, by their owner in words."""
        return {layer.owner: layer for layer in self.layers if layer.home != HERE}

    @cached_property
    def _of_router(self) -> str:
        """Where the VPN's router stands."""
        found = [places.find(self.view, (*self.base("network"), kind, ("entry", self.router))[1:]) for kind in _ROUTERS]
        return next((self._elsewhere[owner_of(entry)].home for entry in found if owner_of(entry) in self._elsewhere), HERE)

    def of(self, item: Desired) -> tuple[str, ...]:
        """Each home of an item. Raises Refused where it can have none that counts."""
        kind = _kind(item)
        if kind in _ROUTERS or kind == _ZONES:
            return (self._of_holder(item),)
        if kind == _PROFILES:
            return (self._of_profile(item),)
        name = _interface(item)
        if name and item.state == "absent":
            return (HERE, *self._copies(name))
        if name:
            self._refuse_other_interface(item)
            return (HERE, *self._needed(name))
        if item.state != "absent":
            self._refuse_others(item)
        return (HERE,)

    def refuse(self) -> None:
        """Raises Refused for the first item that can be written nowhere so that it counts."""
        for item in self._items:
            self.of(item)

    def routed(self, phases: Iterable[Iterable[Desired]]) -> list[list[Desired]]:
        """The phases with each item at its home, those of several homes at each; behind them what is no longer needed in another one."""
        found = [[each for item in phase for each in self._at_homes(item)] for phase in phases]
        return [*found, list(self._needless())]

    def held(self, items: Iterable[Desired]) -> list[Desired]:
        return [at_home(item, home) for item in items for home in self.of(replace(item, state="absent"))]

    def _at_homes(self, item: Desired) -> Iterator[Desired]:
        for home in self.of(item):
            if home == HERE or not isinstance(item, DesiredEntry) or item.state == "absent":
                yield at_home(item, home)
            else:
                yield at_home(self._whole(item), home)
                if _interface(item):
                    yield at_home(import_member(item.name), home)

    def _whole(self, item: DesiredEntry) -> DesiredEntry:
        """An interface is the same in each of its homes, also by what somebody has set of it where the VPN is."""
        there = places.find(self.own, self._place(item)[1:]) if _interface(item) else None
        return item if there is None else replace(item, values={**read(item.table.nodes, there, item.table.choices), **item.values})

    def _needless(self) -> Iterator[Desired]:
        """What an earlier run wrote to another template, for a router or a zone that the VPN does not use any more."""
        for item in self._items:
            if item.state == "absent" or not isinstance(item, DesiredEntry):
                continue
            gone = replace(item, state="absent", guard=False)
            if _kind(item) == _PROFILES and self._stands(item) not in (None, self._of_router):
                yield at_home(gone, self._stands(item) or HERE)
            for home in sorted(set(self._copies(_interface(item))) - set(self._needed(_interface(item)))):
                yield at_home(gone, home)
                yield at_home(import_member(item.name, "absent"), home)

    # Where things stand.

    def _place(self, item: Desired) -> Path:
        return self.base(item.location) + item.relative_path

    def _holder(self, item: Desired) -> Path:
        """The outermost object on the way to an item."""
        place, start = self._place(item), len(self.base(item.location))
        return next((place[:end] for end in range(start + 1, len(place) + 1) if not isinstance(place[end - 1], str)), place)

    def _of_holder(self, item: Desired) -> str:
        """The home of a router or of a zone that an item is added to."""
        holder = self._holder(item)
        owner = owner_of(places.find(self.view, holder[1:]))
        is_here = places.find(self.own, holder[1:]) is not None
        if owner in self._elsewhere and not is_here:
            return self._elsewhere[owner].home
        if owner and item.state != "absent":
            raise Refused(effective.hidden(self._called(item), owner, self.where, is_here))
        return HERE

    def _of_profile(self, item: Desired) -> str:
        """A profile stands where its router does; one that goes, where it stands."""
        if item.state == "absent":
            return self._stands(item) or HERE
        self._refuse_others(item)
        return self._of_router

    def _stands(self, item: Desired) -> str | None:
        """Where on the Panorama an object stands that counts; None where it does not."""
        found = places.find(self.view, self._holder(item)[1:])
        if found is None or owner_of(found) not in ("", *self._elsewhere):
            return None
        return self._elsewhere[owner_of(found)].home if owner_of(found) else HERE

    def _needed(self, name: str) -> list[str]:
        """The templates in whose routers or zones an interface is, when all is done. A stack sees what its templates have."""
        found = []
        for layer in self._elsewhere.values():
            joins = [item for item in self._items if _joined(item) == name and self._of_holder(item) == layer.home]
            leaves = {item.relative_path for item in joins if item.state == "absent"}
            stays = [path for path in self._memberships(layer, name) if path not in leaves]
            if not layer.is_stack and (stays or any(item.state != "absent" for item in joins)):
                found.append(layer.home)
        return found

    def _memberships(self, layer: Layer, name: str) -> Iterator[Path]:
        """Below their location, where a layer has an interface in a router or in a zone."""
        vsys = self.base("vsys")[len(self.base("device")):]
        for kind, below in (("virtual-router", ("interface",)), ("logical-router", ("vrf", ("entry", "default"), "interface"))):
            for router in places.names(layer.device, ("network", kind)):
                if name in places.names(layer.device, ("network", kind, ("entry", router), *below)):
                    yield (kind, ("entry", router), *below, ("member", name))
        for zone in places.names(layer.device, (*vsys, _ZONES)):
            if name in places.names(layer.device, (*vsys, _ZONES, ("entry", zone), "network", "layer3")):
                yield (_ZONES, ("entry", zone), "network", "layer3", ("member", name))

    def _copies(self, name: str) -> list[str]:
        """The templates that have an interface just as the place itself has it; none where there is no such interface."""
        kind = name.partition(".")[0]
        unit = ("network", "interface", kind, "units", ("entry", name))
        here = places.find(self.own, (*self.base("device"), *unit)[1:])
        return [layer.home for layer in self._elsewhere.values() if here is not None and effective.is_copy(places.find(layer.device, unit), here)]

    # What can be written nowhere.

    def _refuse_other_interface(self, item: Desired) -> None:
        if isinstance(item, DesiredEntry):
            self._refuse_others(item)

    def _refuse_others(self, item: Desired) -> None:
        """Refuse to write what would not count, or would hide what is somebody else's: each object has one place."""
        place, start = self._place(item), len(self.base(item.location))
        named = [place[:end] for end in range(start + 1, len(place) + 1) if not isinstance(place[end - 1], str)]
        outermost = next((path for path in named if owner_of(places.find(self.view, path[1:]))), None)
        if outermost is None:
            return
        is_here = places.find(self.own, outermost[1:]) is not None
        if outermost != place or is_here:
            raise Refused(effective.hidden(self._called(item, outermost), owner_of(places.find(self.view, outermost[1:])), self.where, is_here))

    def _called(self, item: Desired, path: Path | None = None) -> str:
        path = path or self._holder(item)
        return places.words(path[len(self.base(item.location)):])


def _kind(item: Desired) -> str:
    """What the outermost object is of which an item is a part; empty of what is neither a router, its profile nor a zone."""
    first = str(item.relative_path[0])
    of_network = item.location == "network" and first in (*_ROUTERS, _PROFILES)
    return first if of_network or (item.location == "vsys" and first == _ZONES) else ""


def _interface(item: Desired) -> str:
    """The interface that an item is, or that it imports into a virtual system."""
    is_unit = isinstance(item, DesiredEntry) and item.location == "network" and item.relative_path[0] == _INTERFACES
    is_import = item.location == "vsys" and item.relative_path[:-1] == IMPORTED
    return item.name if is_unit or is_import else ""


def _joined(item: Desired) -> str:
    """The interface that an item puts into a router or a zone, or takes out of one."""
    return item.name if getattr(item, "kind", "") in ("zone_interface", "router_interface") else ""
