# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a task is about: a firewall, or what a Panorama's template or device group says of the firewalls that they are for."""

from __future__ import annotations

import functools
import re
import time
import xml.etree.ElementTree as ET
from dataclasses import dataclass, field, replace
from typing import Iterable

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.configuration.path import Path
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.device.behind import Behind, behind, layers_of
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.device.connection import Session
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.device.location import DEFAULT_VSYS, DEVICE, SHARED, Location, in_words
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.errors import Refused
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.tables.platform import LOGICAL_ROUTER, VIRTUAL_ROUTER, Platform

_TEMPLATES = "template or template_stack"
_OPTIONS_FOR = {"rulebase": "device_group"}
_SHARED = ("config", "shared")
_SETTING = ("deviceconfig", "setting", "advance-routing")


@dataclass(frozen=True)
class Target:
    """A session, where on the device the task's objects stand, and what kind of firewall they are for.

    C(asked): the moment (monotonic) at which the platform was. C(behind): the firewalls that get what a template or a device group says.
    """

    session: Session
    location: Location
    platform: Platform
    asked: float = field(default_factory=time.monotonic)
    behind: Behind | None = None

    @property
    def place(self) -> str:
        """The device's address, as the user gave it."""
        return self.session.place

    @functools.cached_property
    def is_panorama(self) -> bool:
        return re.match(r"panorama|m-\d", self.platform.model, re.IGNORECASE) is not None

    @property
    def is_of_template(self) -> bool:
        return bool(self.location.template or self.location.template_stack)

    def base(self, kind: str) -> Path:
        """The absolute path below which objects of C(kind) stand; see C(Location). Raises Refused where a Panorama needs another option for it."""
        if self.is_panorama and not self._is_placed(kind):
            raise Refused(f"{self.place} is a Panorama: give {_OPTIONS_FOR.get(kind, _TEMPLATES)}, or provider.serial_number for a firewall behind it")
        return self.location.base(kind)

    def _is_placed(self, kind: str) -> bool:
        return bool(self.location.device_group) if kind == "rulebase" else self.is_of_template

    def read(self, paths: Iterable[Path], running: bool = False) -> ET.Element:
        return self.session.read(paths, running)

    def holders(self) -> list[Path]:
        return self.location.holders()

    def address_homes(self) -> list[Path]:
        """Where addresses stand that the rules here can name, the nearest last."""
        group = self.location.device_group
        if not group:
            return [_SHARED, self.base("vsys")]
        lineage = self.behind.fleet.lineage(group) if self.behind else (group,)
        return [_SHARED, *(DEVICE + ("device-group", ("entry", name)) for name in reversed(lineage) if name != SHARED)]

    def firewall(self, serial: str) -> Target:
        """One of the firewalls behind, reached through this Panorama."""
        return target_at(self.session.through(serial), Location(vsys=self.location.vsys))

    @property
    def words(self) -> str:
        """The place that is written to, as messages call it."""
        return in_words(self.location.home) if self.is_of_template else self.place


def itself(session: Session) -> Target:
    """The device that the session is with, a Panorama too, and no place on it."""
    return Target(session, Location(), session.platform())


def target_at(session: Session, location: Location, options: Iterable[str] = ()) -> Target:
    """What stands at a location. Raises Refused where the firewall has no such virtual system, or a Panorama is meant for one.

    C(options): the location options that the task takes.
    """
    target = Target(session, location, session.platform())
    _refuse_panorama_itself(target, options)
    _refuse_places_of_a_panorama(target)
    _refuse_missing_vsys(target)
    return _with_those_behind(target) if target.is_panorama else target


def _refuse_places_of_a_panorama(target: Target) -> None:
    """A firewall has neither templates nor device groups, so that nothing would be found there, whatever is asked for."""
    given = [option for option in ("template", "template_stack", "device_group") if getattr(target.location, option)]
    if given and not target.is_panorama:
        raise Refused(f"{given[0]}: {target.place} is a firewall and no Panorama; leave {' and '.join(given)} out, or let provider lead to the Panorama")


def _refuse_panorama_itself(target: Target, options: Iterable[str]) -> None:
    """Panorama has no VPN of its own: what it holds for firewalls stands in templates and device groups."""
    if not target.is_panorama or target.is_of_template or target.location.device_group:
        return
    here = [option for option in ("template", "template_stack", "device_group") if option in options]
    given = f"{'/'.join(here)}, or " if here else ""
    raise Refused(f"{target.place} is a Panorama: give {given}provider.serial_number for a firewall behind it")


def _with_those_behind(target: Target) -> Target:
    """What an option needs of a release, and which routing engine counts, is judged by the firewalls that get it: the Panorama may be newer, and
    routes nothing. That a firewall has been rebooted into the engine of its templates is not known here.
    """
    found = behind(target.session, target.location)
    first = found.firewalls[0].serial if found.firewalls else ""
    engine = _engine(target.session, found.layers(first) or _layers(found, target.location))
    platform = replace(target.platform, version=found.oldest or target.platform.version, engine=engine or target.platform.engine)
    return replace(target, behind=found, platform=platform)


def _engine(session: Session, layers: Iterable[Location]) -> str | None:
    """What the strongest layer that says anything of it says."""
    for layer in layers:
        wanted = session.get(layer.base("device") + _SETTING)
        if wanted is not None:
            return LOGICAL_ROUTER if (wanted.text or "").strip() == "yes" else VIRTUAL_ROUTER
    return None


def _layers(found: Behind, location: Location) -> list[Location]:
    """The place itself where no firewall gets it, a stack's with its templates."""
    stack = next((stack for stack in found.fleet.stacks if stack.name == location.template_stack), None)
    if stack is not None:
        return layers_of(stack)
    return [location] if location.template else []


def _refuse_missing_vsys(target: Target) -> None:
    """Without several virtual systems there is only the first one; a template's are not this device's."""
    wanted = target.location.vsys
    if wanted in (None, DEFAULT_VSYS) or target.platform.multi_vsys or target.is_of_template:
        return
    raise Refused(f"vsys: this firewall has no '{wanted}', it runs with one virtual system ({DEFAULT_VSYS})")
