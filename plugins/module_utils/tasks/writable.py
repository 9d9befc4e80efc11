# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Where a VPN of a firewall can write at all, as the tables say: what a file tells to be written anywhere else has another author."""

from __future__ import annotations

import functools

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.configuration.path import Path
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.device.location import DEVICE, SHARED
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.firewall import kinds
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.parts.template_variable import DECLARED, VALUED
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.tables.places import IMPORTED, PLACES

_ONE_DEVICE = ("config", "devices", "entry")
# A firewall, and what a Panorama holds of one in its templates and stacks.
_DEVICES = (_ONE_DEVICE, *(_ONE_DEVICE + (kind, "entry") + _ONE_DEVICE for kind in ("template", "template-stack")))
# Where a Panorama has rules.
_RULES_OF_MANY = (("config", SHARED), _ONE_DEVICE + ("device-group", "entry"))
# Location → the tags from the root to each of its bases. No other location is a VPN's.
_BASES = {
    "network": tuple(device + ("network",) for device in _DEVICES),
    "vsys": tuple(device + ("vsys", "entry") for device in _DEVICES),
    "rulebase": (_ONE_DEVICE + ("vsys", "entry", "rulebase"),
                 *(place + (rules,) for place in _RULES_OF_MANY for rules in ("pre-rulebase", "post-rulebase"))),
    "device": _DEVICES,
    "template": (_ONE_DEVICE + ("template", "entry"),),
    "stacks": (_ONE_DEVICE + ("template-stack",),),
}


def can_be_written(path: Path) -> bool:
    """Whether an object of ours can stand at a place, or around it: in one of the containers that the tables name, and on the one device of a firewall."""
    return _is_of_one_device(path) and any(_lies_in(_tags(path), container) for container in _containers())


def _is_of_one_device(path: Path) -> bool:
    return path[:len(DEVICE)] == DEVICE or path[:2] == ("config", SHARED)


def can_be_read(path: Path) -> bool:
    """Whether a place is of the one device of a firewall: a task reads more than it writes, and what is read is only compared."""
    return _is_of_one_device(path) and len(path) > len(DEVICE)


def _lies_in(tags: tuple[str, ...], container: tuple[str, ...]) -> bool:
    return tags[:len(container)] == container


@functools.lru_cache(maxsize=None)
def _containers() -> frozenset[tuple[str, ...]]:
    """The tags from the root to each container of objects that a table describes; what stands in other objects lies in the container of those."""
    tables = kinds.tables()
    found = {(table.location, table.container) for table in tables if table.container}
    found |= {PLACES[parent] for table in tables for parent in table.parents if parent in PLACES}
    found |= {("vsys", IMPORTED), (DECLARED.location, DECLARED.container), (VALUED.location, VALUED.container)}
    return frozenset(base + tuple(container) for location, container in found for base in _BASES.get(location, ()))


def _tags(path: Path) -> tuple[str, ...]:
    return tuple(step if isinstance(step, str) else step[0] for step in path)
