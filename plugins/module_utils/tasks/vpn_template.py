# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A VPN on each of the firewalls behind a Panorama, as the objects of the one template that all of them get; what differs is a variable there."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from dataclasses import dataclass
from typing import Iterable, Mapping, NamedTuple, Sequence

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.configuration import path as places
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.device.location import in_words
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.device.target import Target
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.errors import Refused
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.firewall import effective
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.firewall.effective import HERE
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.firewall.homes import Homes
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.firewall.surroundings import Surroundings
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.inquiry.effective_configuration import Site, Standing
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.parts.template_variable import CONTAINER, declared, gone, owner, valued
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.reconcile.plan import plan
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.tables.desired import Desired, at_home, located
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.tables.places import IMPORTED
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.vpn.result import Result
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.vpn.variables import Naming, Variable, variables_in

Phases = list[list[Desired]]
# What a plan has to know of another template that something is added to; below C(template) stands what a template alone has, and no stack.
_READ_ELSEWHERE = (("network", ()), ("vsys", ("zone",)), ("vsys", IMPORTED), ("template", CONTAINER))


class Planned(NamedTuple):
    """What stands around the VPN on one firewall, what it wants there, and where that is written."""

    around: Surroundings
    built: Result
    homes: Homes


@dataclass(frozen=True)
class OneTemplate:
    """C(planned): the VPN on each firewall, the one that stands for all of them first. C(own): the tree that the plan is made on."""

    target: Target
    vpn: str
    standing: Standing
    planned: Mapping[Site, Planned]
    own: ET.Element

    def phases(self) -> Phases:
        """What is written, with the variables that stand for what differs, and each item where it takes effect."""
        naming = self._naming()
        common = naming.common({site.serial: each.built.phases for site, each in self.planned.items()})
        if naming.made and not self.target.location.template:
            raise Refused(f"{self.target.words}: {', '.join(naming.made)} would have to be a variable, and those are declared in a template; write to a "
                          "template, nothing was written")
        routed = self._routed(common)
        elsewhere = sorted({item.home for phase in routed for item in phase if item.home})
        self._refuse_strangers(elsewhere)
        self._read_elsewhere(elsewhere)
        templates = [home for home in elsewhere if _is_template(home)]
        variables = self._valued(naming.made.values())
        needed = [variables, *(_declared_at(home, variables, routed) for home in templates), *routed]
        return [*needed, *self._idle(needed, templates)]

    def _naming(self) -> Naming:
        """Names of variables that others have are not free."""
        declared_names = {name for site in self.planned for name in (*site.values, *site.unset)}
        return Naming(self.vpn, {site.serial: site.words for site in self.planned}, {site.serial: site.values for site in self.planned},
                      declared_names - self._own_variables(HERE), self._owners(HERE), self._beyond_the_template())

    def _beyond_the_template(self) -> set[str]:
        """The interfaces that can be named by a variable alone: the template does not have them. A stack has all that its templates have."""
        is_template = bool(self.target.location.template)
        return {interface.name for each in self.planned.values() for interface in each.around.interfaces.values()
                if interface.owner == effective.THE_FIREWALL or (is_template and interface.owner)}

    # Where it is written.

    def _routed(self, phases: Sequence[Sequence[Desired]]) -> Phases:
        """Each item where it takes effect, which is the same place for all firewalls."""
        first, *others = (each.homes for each in self.planned.values())
        items = [item for phase in phases for item in phase]
        for other in others:
            for item in items:
                self._refuse_apart(item, first, other)
        return first.routed(phases)

    def _refuse_apart(self, item: Desired, first: Homes, other: Homes) -> None:
        if first.of(item) == other.of(item):
            return
        stands = [homes.of(item)[-1] for homes in (first, other)]
        names = " and ".join(in_words(home) if home else self.target.words for home in stands)
        raise Refused(f"{item.label}: what it is added to does not stand in one template for all of the firewalls ({names}); write the VPN to "
                      "a template for each of them, nothing was written")

    def _refuse_strangers(self, elsewhere: Iterable[str]) -> None:
        """What is written to another template is in force on each firewall that gets it, also where that is not meant to have the VPN."""
        for home in elsewhere:
            strangers = self.standing.strangers(home)
            if strangers:
                raise Refused(f"{self.vpn}: its router or zone stands in {in_words(home)}, which {', '.join(strangers)} "
                              f"{'get' if len(strangers) > 1 else 'gets'}, too, and {self.target.words} not: what the VPN adds there would be in force on "
                              f"{'them' if len(strangers) > 1 else 'it'}. Name a router and a zone of {self.target.words}, or of a template that only its "
                              "firewalls get; nothing was written")

    def _read_elsewhere(self, elsewhere: Sequence[str]) -> None:
        """What the plan has to know of other templates, added to what was read."""
        paths = [self.target.base(located(kind, home)) + below
                 for home in elsewhere for kind, below in _READ_ELSEWHERE if kind != "template" or _is_template(home)]
        found = self.target.read(paths) if paths else None
        for path in paths:
            element = places.find(found, path[1:])
            if element is not None and places.find(self.own, path[1:]) is None:
                places.adopt(places.make(self.own, path[1:-1]), element)

    # Its variables.

    def _owners(self, home: str) -> dict[str, str]:
        """Variable of one template → the VPN that it is of, by what its description says."""
        if not home and not self.target.location.template:
            return {}
        entries = places.children(self.own, (self.target.base(located("template", home)) + CONTAINER)[1:])
        return {entry.get("name") or "": owner(entry) for entry in entries if owner(entry)}

    def _own_variables(self, home: str) -> set[str]:
        return {name for name, vpn in self._owners(home).items() if vpn == self.vpn}

    def _valued(self, made: Iterable[Variable]) -> list[Desired]:
        """The variables, and what they are worth on each firewall; what is the same on all is said once."""
        found: list[Desired] = []
        for variable in made:
            if variable.of_all is not None:
                found.append(declared(variable.name, variable.kind, self.vpn, variable.of_all))
                continue
            self._refuse_unknown_worth(variable)
            found.append(declared(variable.name, variable.kind, self.vpn))
            for serial, value in variable.values.items():
                stack = self.standing.behind.parts(serial)[1]
                found.append(valued(variable.name, variable.kind, value, stack, serial))
        return found

    def _refuse_unknown_worth(self, variable: Variable) -> None:
        planned = {site.serial for site in self.planned}
        left = [device.words for device in self.standing.known if device.serial not in planned]
        if left:
            raise Refused(f"{', '.join(left)} is not connected to {self.target.place}, so what variable {variable.name} is to be worth there is not known; "
                          "nothing was written")

    def _idle(self, phases: Sequence[Sequence[Desired]], templates: Sequence[str]) -> Phases:
        """The VPN's own variables that nothing names any more, with what they are worth anywhere; in another template, those that are not named there."""
        declared_at = {home: self._own_variables(home) for home in (HERE, *templates)}
        if not any(declared_at.values()):
            return []
        after = plan(phases, self.own, self.target.base).after
        named = {home: self._named_at(home, after, declared_at[HERE] | declared_at[home]) for home in declared_at}
        needed = {**named, HERE: {name for names in named.values() for name in names}}
        return [self._gone(sorted(declared_at[home] - needed[home]), home) for home in declared_at]

    def _named_at(self, home: str, tree: ET.Element, names: set[str]) -> set[str]:
        """Which of these variables something in a template names."""
        device = places.find(tree, self.target.base(located("device", home))[1:])
        return set() if device is None else set(effective.names_in(device, names))

    def _gone(self, names: Iterable[str], home: str) -> list[Desired]:
        """What they are worth on a firewall, its stack says, and that names those of the place itself."""
        stacks = places.find(self.own, self.target.base("stacks")[1:]) if home == HERE else None
        return [at_home(item, home) for name in names for item in gone(name, stacks)]


def _is_template(home: str) -> bool:
    return home.startswith("template/")


def _declared_at(home: str, variables: Iterable[Desired], phases: Iterable[Iterable[Desired]]) -> list[Desired]:
    """The declarations of the variables that are named in another template, which is whole in itself."""
    named = variables_in(item for phase in phases for item in phase if item.home == home)
    return [at_home(item, home) for item in variables if item.location == "template" and item.name in named]
