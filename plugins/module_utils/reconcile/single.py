# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Resources whose options describe one entry: what they read, want and gather follows from their table."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from typing import Any, Callable

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.configuration import path as places
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.configuration.path import Path
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.reconcile.values import read
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.tables.desired import DesiredEntry
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.tables.table import Members, Resource, Table


def entry_place(table: Table, name: str | None, container: tuple | None = None) -> tuple:
    """(location, path) of an entry, or of all entries where no name is given."""
    path = table.container if container is None else container
    return table.location, path + ((("entry", name),) if name else ())


def entries(tree: ET.Element, base: Callable[[str], Path], table: Table, name: str | None = None, container: tuple | None = None) -> list:
    """The entries of a table in a tree, all or the named one."""
    location, path = entry_place(table, name, container)
    place = (base(location) + path)[1:]
    if name:
        found = places.find(tree, place)
        return [] if found is None else [found]
    return [entry for entry in places.children(tree, place) if entry.tag == "entry"]


def single(name: str, table: Table, **more: Any) -> Resource:
    """The resource of a table that is one PAN-OS entry, found by its C(name). Where it takes what another one may have, all are read."""

    def reads(request):
        compares = any(isinstance(node, Members) and node.sole and request.values.get(node.option) for node in table.nodes)
        return [entry_place(table, None if compares else request.name)]

    def desired(request, tree):
        return [DesiredEntry(table, request.name, request.values, request.state, update_secret=request.update_secret)]

    def gathered(request, tree):
        return [{"name": entry.get("name"), **read(table.nodes, entry, table.choices)} for entry in entries(tree, request.base, table, request.name)]

    return Resource(name, table, **{"reads": reads, "desired": desired, "gathered": gathered, **more})
