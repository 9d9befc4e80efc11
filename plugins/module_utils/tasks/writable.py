# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Where a VPN of a firewall can write at all, as the tables say: what a file tells to be written anywhere else has another author."""

from __future__ import annotations

import functools

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.configuration.path import Path
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.device.location import DEVICE
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.firewall import kinds
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.tables.places import IMPORTED, PLACES

_BASES = {
    "network": ("config", "devices", "entry", "network"),
    "vsys": ("config", "devices", "entry", "vsys", "entry"),
    "rulebase": ("config", "devices", "entry", "vsys", "entry", "rulebase"),
    "device": ("config", "devices", "entry"),
}


def can_be_written(path: Path) -> bool:
    """Whether an object of ours can stand at a place, or around it: in one of the containers that the tables name, and on the one device of a firewall."""
    return path[:len(DEVICE)] == DEVICE and any(_lies_in(_tags(path), container) for container in _containers())


def can_be_read(path: Path) -> bool:
    """Whether a place is of the one device of a firewall: a task reads more than it writes, and what is read is only compared."""
    return path[:len(DEVICE)] == DEVICE and len(path) > len(DEVICE)


def _lies_in(tags: tuple[str, ...], container: tuple[str, ...]) -> bool:
    return tags[:len(container)] == container


@functools.lru_cache(maxsize=None)
def _containers() -> frozenset[tuple[str, ...]]:
    """The tags from the root to each container of objects that a table describes; what stands in other objects lies in the container of those."""
    tables = kinds.tables()
    found = {(table.location, table.container) for table in tables if table.container}
    found |= {PLACES[parent] for table in tables for parent in table.parents if parent in PLACES}
    found.add(("vsys", IMPORTED))
    return frozenset(_BASES[location] + tuple(container) for location, container in found)


def _tags(path: Path) -> tuple[str, ...]:
    return tuple(step if isinstance(step, str) else step[0] for step in path)
