# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which objects a plan refers to, and which of them are not there."""

from __future__ import annotations

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.configuration import path as places
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.tables.desired import UNSET, DesiredEntry
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.tables.places import PLACES, interface
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.tables.table import Entries, Group, Leaf


def named(nodes, values):
    """Each (kinds, name) that the values refer to."""
    for node in nodes:
        value = values.get(node.option)
        if value is None or value is UNSET:
            continue
        if isinstance(node, Group):
            yield from named(node.nodes, value)
            continue
        items = [value] if isinstance(node, Leaf) else value
        for item in items:
            if isinstance(node, Entries) and isinstance(item, dict):
                yield from named(node.nodes, item)
            elif node.refers_to:
                yield node.refers_to, str(item)


def _references(touched, base):
    for item, place in touched:
        if item.state == "absent":
            continue
        pairs = named(item.table.nodes, item.values) if isinstance(item, DesiredEntry) else [(item.refers_to, item.name)]
        for kinds, name in pairs:
            known = list(_places(kinds, name))
            if known and not name.startswith("$") and name != "any":
                yield item, kinds, name, [base(location) + path for location, path in known]


def _places(kinds, name):
    """Each (location, path) where an object of one of the kinds can stand."""
    for kind in kinds:
        if kind == "interface":
            path = interface(name)
            yield from [("network", path)] if path else []
        elif kind in PLACES:
            location, container = PLACES[kind]
            yield location, container + (("entry", name),)


def places_of_references(touched, base) -> list:
    return [path for _item, _kinds, _name, paths in _references(touched, base) for path in paths]


def missing_references(plan, tree, base) -> list:
    """A sentence for each object that the plan refers to and that neither the plan's result nor C(tree) holds."""
    found = []
    for item, kinds, name, paths in _references(plan.touched, base):
        if not any(places.find(root, path[1:]) is not None for root in (plan.after, tree) for path in paths):
            found.append(f"{item.label} refers to {' or '.join(kinds)} '{name}', which is not there yet")
    return found
