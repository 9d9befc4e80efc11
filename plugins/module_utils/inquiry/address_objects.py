# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The addresses that rules name: read by name, group by group, so that a firewall with thousands of objects is not read whole."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from typing import Iterable, Sequence

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.configuration import path as places
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.configuration.path import Path
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.device.target import Target
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.firewall import address_book, rulebases

# A bound on nested address groups, so that a loop among them ends.
_MOST = 2000


def networks(target: Target, option: str, texts: Iterable[str]) -> tuple[str, ...]:
    """The networks of an option in the place of the address objects and groups that are named there. Raises Refused for what has no fixed addresses."""
    names = [text for text in texts if address_book.is_name(text)]
    known: dict[str, ET.Element] = {}
    wanted = set(names)
    while wanted and len(known) < _MOST:
        found = address_book.by_name(target.session.get_named(_containers(target), sorted(wanted)))
        known.update(found)
        wanted = {member for entry in found.values() for member in address_book.members(entry)} - known.keys()
    missing = next((name for name in names if name not in known), None)
    if missing is not None:
        raise address_book.no_such(option, missing, [name for container in _containers(target) for name in places.names(target.session.get(container), ())])
    resolved_ = [[text] if text not in names else address_book.networks(text, known, option) for text in texts]
    return tuple(dict.fromkeys(network for found in resolved_ for network in found))


def _containers(target: Target) -> list[Path]:
    """Where addresses stand; what the nearest has of a name counts, so it comes last."""
    return [parent + (kind,) for parent in target.address_homes() for kind in ("address", "address-group")]


def resolved(target: Target, names: Sequence[str], known: dict, beside: Iterable[Path] = ()) -> rulebases.Addresses:
    """What the address objects and groups of these names hold. C(known): what is known already, by name; what is read is added to it.

    C(beside): where objects stand too, beside the shared ones and those of the virtual system.
    """
    homes = [*beside, *target.address_homes()]
    containers = [parent + ("region",) for parent in homes] + [parent + (kind,) for parent in beside for kind in ("address", "address-group")]
    containers += _containers(target)
    while names and len(known) < _MOST:
        found = rulebases.address_objects(target.session.get_named(containers, names))
        known.update({name: [] for name in names}, **found)
        names = rulebases.Addresses(known).unasked([member for members in found.values() for member in members])
    return rulebases.Addresses(known)
