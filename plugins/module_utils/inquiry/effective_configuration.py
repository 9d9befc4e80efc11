# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What counts on each firewall behind a place on a Panorama, asked of that Panorama and, through it, of the firewalls that are connected."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from dataclasses import dataclass, field, replace
from typing import Iterable

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.configuration import path as places
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.configuration.path import Path
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.device.behind import Behind
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.device.location import DEVICE, SHARED, Location, in_words
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.device.managed import Device
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.device.target import Target
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.firewall import effective
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.firewall.effective import Layer, Rulebase
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.firewall.surroundings import READ
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.parts.template_variable import NO_VALUE
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.tables.places import IMPORTED

_RULEBASES = ("pre-rulebase", "post-rulebase")
_UNITS = ("network", "interface", "tunnel", "units")
# What is read of a firewall's own.
_OWN = (*READ, ("vsys", IMPORTED))


@dataclass(frozen=True, eq=False)
class Site:
    """One firewall, and the tree of what counts there. C(device): None where no firewall gets both parts: then it is what the place itself says.

    C(values): of the template variables. C(unset): those that nothing gives one. C(layers): what the tree is made of, the strongest first.
    """

    device: Device | None
    tree: ET.Element
    values: dict[str, str] = field(default_factory=dict)
    unset: tuple[str, ...] = ()
    layers: tuple[Layer, ...] = ()

    @property
    def words(self) -> str:
        return "the firewalls" if self.device is None else self.device.words

    @property
    def serial(self) -> str:
        return "" if self.device is None else self.device.serial

    @property
    def is_seen(self) -> bool:
        """Whether what the firewall has itself is in the tree."""
        return self.device is None or self.device.connected


class Standing:
    """What stands around a target's place, read once. C(known): the firewalls that get both parts of the place."""

    def __init__(self, target: Target, behind: Behind):
        self.target, self.behind = target, behind
        self.known = [device for device in behind.firewalls if all(self._wanted_parts(device.serial))]
        self._templates = self._read_templates()
        self._rules = self._read_rules() if target.location.device_group else {}
        self._own = {device.serial: self._read_own(device) for device in self.known if device.connected}

    def _wanted_parts(self, serial: str) -> list[str]:
        group, stack = self.behind.parts(serial)
        return [stack] + ([group] if self.target.location.device_group else [])

    def half_served(self) -> list[str]:
        """A sentence for each firewall that gets one part of the place only, and one where none gets both."""
        told = [] if self.known else [self.behind.nobody(self.target.words)]
        for device in self.behind.firewalls:
            _group, stack = self.behind.parts(device.serial)
            if device not in self.known:
                no_rules = f"the rules: it is not in device group '{self.target.location.device_group}'"
                told.append(f"{device.words} does not get {no_rules if stack else 'the template: it is in no stack that has it'}")
        return told

    def sites(self, own: ET.Element) -> list[Site]:
        """One for each firewall. C(own): what was read of the target itself."""
        units = {device.serial: self._units(device.serial, own) for device in self.known}
        found = [self._site(device, own, [name for serial, names in units.items() if serial != device.serial for name in names]) for device in self.known]
        return found or [Site(None, own)]

    def _units(self, serial: str, own: ET.Element) -> list[str]:
        return [name for layer in self._layers(serial, own) for name in places.names(layer.device, _UNITS)]

    def _site(self, device: Device, own: ET.Element, taken: Iterable[str]) -> Site:
        values = self._values(device.serial)
        known = {name: value for name, value in values.items() if value != NO_VALUE}
        layers = self._layers(device.serial, own)
        tree = effective.effective(layers, self._rulebases(device.serial, own), self.target.base, known, taken)
        return Site(device, tree, known, tuple(name for name in values if name not in known), tuple(layers))

    def strangers(self, home: str) -> list[str]:
        """The firewalls that get another template or stack, and not the place that is written to. C(home): as of C(Location.home)."""
        found = []
        for device in self.behind.fleet.devices:
            homes = [layer.home for layer in self.behind.layers(device.serial)]
            if home in homes and self.target.location.home not in homes:
                found.append(device.words)
        return found

    def _layers(self, serial: str, own: ET.Element) -> list[Layer]:
        """What a firewall has itself comes before all that it gets."""
        found = [Layer(effective.THE_FIREWALL, self._own.get(serial))]
        for location in self.behind.layers(serial):
            if location.base("device") == self.target.base("device"):
                found.append(Layer("", places.find(own, self.target.base("device")[1:])))
            else:
                entry = self._templates.get(location.template) if location.template else self.behind.stack_entry(serial)
                found.append(Layer(in_words(location.home), _device_in(entry), location.home))
        return found

    def _rulebases(self, serial: str, own: ET.Element) -> list[Rulebase]:
        lineage = self.behind.lineage(serial)
        before, after = ([self._level(name, kind, own, serial) for name in names] for kind, names in zip(_RULEBASES, (lineage, lineage[::-1])))
        local = places.find(self._own.get(serial), ("vsys", ("entry", effective.places_vsys(self.target.base)), "rulebase"))
        return [*before, Rulebase(effective.THE_FIREWALL, local), *after]

    def _level(self, group: str, kind: str, own: ET.Element, serial: str) -> Rulebase:
        path = _rulebase(group, kind)
        if path == self.target.base("rulebase"):
            return Rulebase("", places.find(own, path[1:]))
        return Rulebase("the shared rules" if group == SHARED else f"device group '{group}'", self._rules.get(path), serial)

    def _values(self, serial: str) -> dict[str, str]:
        """Variable → value, the word for none where it has none: the firewall's, then the stack's, then those of the templates in their order."""
        stack = self.behind.stack_entry(serial)
        templates = [self._templates.get(layer.template) for layer in self.behind.layers(serial) if layer.template]
        found: dict[str, str] = {}
        for holder in (places.find(stack, ("devices", ("entry", serial))), stack, *templates):
            for variable in places.children(holder, ("variable",)):
                kinds = places.children(variable, ("type",))
                name = variable.get("name") or ""
                if kinds and found.get(name, NO_VALUE) == NO_VALUE:
                    found[name] = (kinds[0].text or "").strip() or NO_VALUE
        return found

    # Reading.

    def _read_templates(self) -> dict[str, ET.Element]:
        names = dict.fromkeys(layer.template for device in self.known for layer in self.behind.layers(device.serial) if layer.template)
        paths = {name: DEVICE + ("template", ("entry", name)) for name in names}
        found = self.target.session.get_all(paths.values())
        return {name: element for name, path in paths.items() for element in [found[path]] if element is not None}

    def _read_rules(self) -> dict[Path, ET.Element | None]:
        groups = dict.fromkeys(name for device in self.known for name in self.behind.lineage(device.serial))
        wanted = [_rulebase(group, kind) for group in groups for kind in _RULEBASES]
        return dict(self.target.session.get_all([path for path in wanted if path != self.target.base("rulebase")]))

    def _read_own(self, device: Device) -> ET.Element | None:
        location = Location(vsys=self.target.location.vsys)
        tree = self.target.session.through(device.serial).read([location.base(kind) + path for kind, path in _OWN])
        return effective.without_pushed(places.find(tree, DEVICE[1:]))


def _rulebase(group: str, kind: str) -> Path:
    return replace(Location(), device_group=group, rulebase=kind).base("rulebase")


def _device_in(entry: ET.Element | None) -> ET.Element | None:
    """The device of a template's or a stack's whole entry."""
    return places.find(entry, ("config", *DEVICE[1:]))
