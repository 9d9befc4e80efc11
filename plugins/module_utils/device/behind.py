# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The firewalls that a place on a Panorama is for, and which layers of configuration each of them gets.

A template is for the firewalls of every stack that has it, a device group for its own and for those of the groups below it. What of it counts
on a firewall follows from the layers: its stack, then the stack's templates in their order; rules from the shared ones down to its own group's.
"""

from __future__ import annotations

import xml.etree.ElementTree as ET
from dataclasses import dataclass

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.configuration import path as places
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.configuration.naming import instead
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.device import managed
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.device.connection import Session
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.device.location import DEFAULT_VSYS, DEVICE, SHARED, Location
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.device.managed import Device, DeviceGroup, Fleet, TemplateStack
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.errors import Refused
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.tables.platform import version_numbers

_STACKS = DEVICE + ("template-stack",)
_TEMPLATES = DEVICE + ("template",)


@dataclass(frozen=True)
class Behind:
    """C(firewalls): those that get anything of a place, in Panorama's order. C(fleet): all that the Panorama manages, with the stacks as they are
    in its candidate. C(stacks): their whole entries there, which hold the variables' values.
    """

    location: Location
    fleet: Fleet
    firewalls: tuple[Device, ...]
    stacks: tuple[ET.Element, ...] = ()

    @property
    def oldest(self) -> tuple | None:
        """The release that all of the firewalls know at least; None where that of none is known."""
        return min((version_numbers(device.version) for device in self.firewalls if device.version), default=None)

    def layers(self, serial: str) -> list[Location]:
        """Where what a firewall gets of templates stands, the strongest first."""
        stack = self.fleet.stack_of(serial)
        return [] if stack is None else layers_of(stack)

    def group_of(self, serial: str) -> DeviceGroup | None:
        """The device group of the virtual system that is meant."""
        return self.fleet.group_of(serial, self.location.vsys or DEFAULT_VSYS)

    def lineage(self, serial: str) -> list[str]:
        """The device groups whose rules a firewall gets, from the shared ones down to its own."""
        group = self.group_of(serial)
        return [SHARED, *reversed(self.fleet.lineage(group.name))] if group else [SHARED]

    def parts(self, serial: str) -> tuple[str, str]:
        """(device group, stack) by which a firewall gets what stands at the place; empty where it gets nothing by one."""
        group, stack = self.group_of(serial), self.fleet.stack_of(serial)
        by_group = group is not None and self.location.device_group in (SHARED, *self.fleet.lineage(group.name))
        by_stack = stack is not None and any(_is_at(layer, self.location) for layer in layers_of(stack))
        return (group.name if group and by_group else ""), (stack.name if stack and by_stack else "")

    def nobody(self, place: str) -> str:
        """What is said where no firewall gets all of a place, and what to do. C(place): the template or the stack, in words."""
        stack = "that stack" if self.location.template_stack else "a stack with that template"
        return (f"no firewall gets both {place} and device group '{self.location.device_group}'. Put one into {stack}, and into that group or one below it")

    def stack_entry(self, serial: str) -> ET.Element | None:
        stack = self.fleet.stack_of(serial)
        return next((entry for entry in self.stacks if stack is not None and entry.get("name") == stack.name), None)


def behind(session: Session, location: Location) -> Behind:
    """What gets something of a location with a template, a stack or a device group."""
    stacks = tuple(entry for entry in places.children(session.get(_STACKS), ()) if entry.tag == "entry")
    groups = managed.device_groups(session) if location.device_group else ()
    fleet = Fleet(managed.devices(session), groups, tuple(map(_stack, stacks)))
    found = Behind(location, fleet, (), stacks)
    return Behind(location, fleet, tuple(device for device in fleet.devices if any(found.parts(device.serial))), stacks)


def _stack(entry: ET.Element) -> TemplateStack:
    serials = [device.get("name") or "" for device in places.children(entry, ("devices",))]
    return TemplateStack(entry.get("name") or "", tuple(places.names(entry, ("templates",))), tuple((serial, "") for serial in serials))


def layers_of(stack: TemplateStack) -> list[Location]:
    return [Location(template_stack=stack.name), *(Location(template=name) for name in stack.templates)]


def _is_at(layer: Location, location: Location) -> bool:
    return (layer.template, layer.template_stack) == (location.template, location.template_stack)


def refuse_unknown(session: Session, found: Behind) -> None:
    """Raises Refused for a template, a stack or a device group that is not there, with those that are."""
    location, fleet = found.location, found.fleet
    known = {"template_stack": [stack.name for stack in fleet.stacks], "device_group": [SHARED, *(group.name for group in fleet.groups)]}
    used = {name for stack in fleet.stacks for name in stack.templates}
    if location.template and location.template not in used:
        known["template"] = places.names(session.get(_TEMPLATES), ())
    for option, names in known.items():
        name = getattr(location, option)
        if name and name not in names:
            raise Refused(f"{option}: there is no {option.replace('_', ' ')} '{name}' on {session.place}{instead(name, names)}; nothing was written")
