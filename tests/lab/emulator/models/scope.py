# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which of the uncommitted changes a commit, a validation or a revert takes."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from dataclasses import dataclass

from ansible_collections.tunnelsmith.panos_vpn.tests.lab.emulator.models.journal import PLACES, Record

_PARTS = ("device-and-network", "shared-object", "policy-and-objects")


@dataclass(frozen=True)
class Scope:
    """Which changes a partial commit or revert takes: those of some admins (None: everybody's), without some parts.

    ``places``: on Panorama, the templates, stacks and device groups (tag and name) that are taken; None: all of them. ``systems``: the virtual systems
    that are taken; None: all of them.
    """

    admins: frozenset[str] | None = None
    excluded: frozenset[str] = frozenset()
    places: frozenset[tuple[str, str]] | None = None
    systems: frozenset[str] | None = None

    def includes(self, record: Record, named_systems_alone: bool) -> bool:
        if self.admins is not None and record.owner not in self.admins:
            return False
        if record.place is not None and self.places is not None:
            return record.place in self.places
        if record.component_type == "vsys":
            return "policy-and-objects" not in self.excluded and (self.systems is None or record.system in self.systems)
        if self.systems and named_systems_alone:
            return False
        part = "shared-object" if record.component_type == "shared" else "device-and-network"
        return part not in self.excluded


def scope_of(partial: ET.Element | None) -> Scope | None:
    """What stands in the ``partial`` of a command; None where there is none."""
    if partial is None:
        return None
    admins = _members(partial, "admin")
    excluded = frozenset(part for part in _PARTS if partial.findtext(part) == "excluded")
    return Scope(admins or None, excluded, _places(partial), _systems(partial))


def _members(partial: ET.Element, tag: str) -> frozenset[str]:
    return frozenset(member.text or "" for member in partial.findall(f"{tag}/member"))


def _places(partial: ET.Element) -> frozenset[tuple[str, str]] | None:
    """The templates, stacks and device groups that a partial commit on Panorama names; None where it names none."""
    places = frozenset((tag, name) for tag in PLACES for name in _members(partial, tag))
    none_of = any(partial.find(f"no-{tag}") is not None for tag in PLACES)
    return places if places or none_of else None


def _systems(partial: ET.Element) -> frozenset[str] | None:
    systems = _members(partial, "vsys")
    return systems if systems or partial.find("no-vsys") is not None else None
