# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What C(present) leaves in a list beside what it adds there: who corrects a member finds both, and is told."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from typing import Any, Callable, Iterable, Iterator, Mapping

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.configuration import path as places
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.configuration.path import Path
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.tables.desired import Desired, DesiredEntry
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.tables.table import Entries, Group, Members, steps


def told(items: Iterable[Desired], tree: ET.Element, base: Callable[[str], Path], states: Iterable[str]) -> list[str]:
    """A sentence for each list that is added to and holds more than what is given. C(states): those that the resource has."""
    way_out = "state: replaced makes the list what is given" if "replaced" in states else "it has to be taken out there"
    found = []
    for item in items:
        if not isinstance(item, DesiredEntry) or item.state != "present":
            continue
        existing = places.find(tree, (base(item.location) + item.relative_path)[1:])
        found += [f"{item.label}: {option} is given {', '.join(added)} and keeps {', '.join(kept)} beside; {way_out}"
                  for option, added, kept in _lists(item.table.nodes, item.values, existing, "")]
    return found


def _lists(nodes: Iterable[Any], values: Mapping[str, Any], existing: ET.Element | None, prefix: str) -> Iterator[tuple[str, list[str], list[str]]]:
    """(option, members that are added, members that stay beside)."""
    for node in nodes:
        there, value = places.find(existing, steps(node.path)), values.get(node.option)
        if isinstance(node, Group) and isinstance(value, dict):
            yield from _lists(node.nodes, value, there, f"{prefix}{node.option}.")
        elif _is_a_set(node) and isinstance(value, list):
            given = [str(item[node.key] if isinstance(item, dict) else item) for item in value]
            names = places.names(there, ())
            added = [name for name in given if name not in names]
            kept = [name for name in names if name and name not in given]
            if added and kept:
                yield f"{prefix}{node.option}", added, kept


def _is_a_set(node: Any) -> bool:
    """Whether a list is one to which members are added, and one that is not everybody's."""
    if not isinstance(node, (Members, Entries)) or node.exact or node.shared:
        return False
    return not getattr(node, "ordered", False)
