# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a task is about: a firewall, or what a Panorama's template or device group says of the firewalls that they are for."""

from __future__ import annotations

import re
import time
import xml.etree.ElementTree as ET
from dataclasses import dataclass, field, replace
from typing import Iterable

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.configuration import path as places
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.configuration.path import Path
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.device.connection import Session
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.device.location import DEFAULT_VSYS, DEVICE, Location
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.errors import Refused
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.tables.platform import LOGICAL_ROUTER, VIRTUAL_ROUTER, Platform

_TEMPLATES = "template or template_stack"
_OPTIONS_FOR = {"rulebase": "device_group"}
_SETTING = ("deviceconfig", "setting", "advance-routing")


@dataclass(frozen=True)
class Target:
    """A session, where on the device the task's objects stand, and what kind of firewall they are for.

    C(asked): the moment (monotonic) at which the platform was.
    """

    session: Session
    location: Location
    platform: Platform
    asked: float = field(default_factory=time.monotonic)

    @property
    def place(self) -> str:
        """The device's address, as the user gave it."""
        return self.session.place

    @property
    def is_panorama(self) -> bool:
        return re.match(r"panorama|m-\d", self.platform.model, re.IGNORECASE) is not None

    def base(self, kind: str) -> Path:
        """The absolute path below which objects of C(kind) stand; see C(Location). Raises Refused where a Panorama needs another option for it."""
        if self.is_panorama and not self._is_placed(kind):
            raise Refused(f"{self.place} is a Panorama: give {_OPTIONS_FOR.get(kind, _TEMPLATES)}, or provider.serial_number for a firewall behind it")
        return self.location.base(kind)

    def _is_placed(self, kind: str) -> bool:
        return bool(self.location.device_group) if kind == "rulebase" else _is_of_template(self.location)

    def read(self, paths: Iterable[Path], running: bool = False) -> ET.Element:
        return self.session.read(paths, running)

    def holders(self) -> list[Path]:
        return self.location.holders()


def itself(session: Session) -> Target:
    """The device that the session is with, a Panorama too, and no place on it."""
    return Target(session, Location(), session.platform())


def target_at(session: Session, location: Location, options: Iterable[str] = ()) -> Target:
    """What stands at a location. Raises Refused where the firewall has no such virtual system, or a Panorama is meant for one.

    C(options): the location options that the task takes.
    """
    target = Target(session, location, _platform_at(session, location))
    _refuse_panorama_itself(target, options)
    _refuse_missing_vsys(target)
    return target


def _refuse_panorama_itself(target: Target, options: Iterable[str]) -> None:
    """Panorama has no VPN of its own: what it holds for firewalls stands in templates and device groups."""
    if not target.is_panorama or _is_of_template(target.location) or target.location.device_group:
        return
    here = [option for option in ("template", "template_stack", "device_group") if option in options]
    given = f"{'/'.join(here)}, or " if here else ""
    raise Refused(f"{target.place} is a Panorama: give {given}provider.serial_number for a firewall behind it")


def _platform_at(session: Session, location: Location) -> Platform:
    """Panorama itself routes nothing: which routing engine counts is the template's setting, for a stack the first one of its own and
    its templates'. That a firewall behind it has been rebooted into that engine is not known here.
    """
    platform = session.platform()
    if not _is_of_template(location):
        return platform
    for layer in _layers(session, location):
        wanted = session.get(layer.base("device") + _SETTING)
        if wanted is not None:
            return replace(platform, engine=LOGICAL_ROUTER if (wanted.text or "").strip() == "yes" else VIRTUAL_ROUTER)
    return platform


def _layers(session: Session, location: Location) -> list[Location]:
    """The location, and for a stack its templates, the strongest first."""
    if not location.template_stack:
        return [location]
    members = session.get(DEVICE + ("template-stack", ("entry", location.template_stack), "templates"))
    return [location] + [Location(template=name) for name in places.names(members, ())]


def _refuse_missing_vsys(target: Target) -> None:
    """Without several virtual systems there is only the first one; a template's are not this device's."""
    wanted = target.location.vsys
    if wanted in (None, DEFAULT_VSYS) or target.platform.multi_vsys or _is_of_template(target.location):
        return
    raise Refused(f"vsys: this firewall has no '{wanted}', it runs with one virtual system ({DEFAULT_VSYS})")


def _is_of_template(location: Location) -> bool:
    return bool(location.template or location.template_stack)
