# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Configurations on the device's disk: saved and imported ones by name, committed ones by version; and loading them.

``load`` refuses what the device would: a file that is missing or no configuration, and elements that this release's
schema does not know. Dangling references are left for the commit to find.
"""

from __future__ import annotations

import copy
import time
import xml.etree.ElementTree as ET
from dataclasses import dataclass, field

from ansible_collections.tunnelsmith.panos_vpn.tests.lab.emulator.errors import InvalidObject, LoadFailed, OperationFailed
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.emulator.models.tree import (
    Path, Tree, UndoLog, child_of, parse_document, step_of, xpath_text,
)
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.emulator.schema.check import check_children
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.emulator.schema.kinds import Group, Version

RUNNING = "running-config.xml"

#: How many committed versions are kept; a real device keeps more.
_KEPT = 20

MODES = ("merge", "replace", "append")


@dataclass(frozen=True)
class Committed:
    """One committed version. The root is never changed once it stands here."""

    number: int
    root: ET.Element
    user: str
    description: str
    time: str = field(default_factory=lambda: time.strftime("%Y/%m/%d %H:%M:%S"))


class StoredConfigurations:
    def __init__(self, running: ET.Element) -> None:
        self._named: dict[str, ET.Element] = {RUNNING: running}
        self.versions: list[Committed] = [Committed(1, running, "", "")]

    def commit(self, running: ET.Element, user: str, description: str) -> None:
        self._named[RUNNING] = running
        self.versions.append(Committed(self.versions[-1].number + 1, running, user, description))
        del self.versions[:-_KEPT]

    def save(self, name: str, root: ET.Element) -> None:
        self._named[name] = root

    def import_text(self, name: str, text: str) -> None:
        """Keep an imported file. Raises OperationFailed for what is no configuration."""
        try:
            root = parse_document(text.lstrip("\ufeff \t\r\n"))
        except ET.ParseError as error:
            raise OperationFailed(f"{name} is not a valid configuration: {error}") from error
        if root.tag != "config":
            raise OperationFailed(f"{name} is not a valid configuration: its root is <{root.tag}>")
        self._named[name] = root

    @property
    def names(self) -> list[str]:
        return sorted(self._named)

    def delete(self, name: str) -> None:
        """Raises LoadFailed for what is not there, OperationFailed for what no device does without."""
        if name == RUNNING:
            raise OperationFailed(f"{name} cannot be deleted")
        self.named(name)
        del self._named[name]

    def named(self, name: str) -> ET.Element:
        root = self._named.get(name)
        if root is None:
            raise LoadFailed(f"{name} does not exist")
        return root

    def version(self, number: str) -> ET.Element:
        for committed in self.versions:
            if str(committed.number) == number:
                return committed.root
        raise LoadFailed(f"version {number} does not exist")


def refuse_foreign(root: ET.Element, schema: Group, version: Version) -> None:
    """What this release's schema does not know is not loaded. Raises LoadFailed with the schema's words."""
    try:
        check_children(schema, root, [], version)
    except InvalidObject as error:
        raise LoadFailed(*error.lines) from error


def load_part(target: Tree, source: ET.Element, origin: Path, place: Path, mode: str) -> None:
    """Lay one part of a stored configuration into another. Paths begin with ``config``. Raises LoadFailed.

    ``replace`` puts the part in the place of what is there, ``merge`` and ``append`` lay it over; append leaves values
    that exist as they are.
    """
    part = Tree(source, UndoLog()).at(origin)
    if part is None:
        inside = xpath_text(origin[1:]).lstrip("/")
        raise LoadFailed(f"input file doesn't have anything at {inside}\n.Failed to compose effective config to load.")
    chain = target.chain(place)
    if chain is None:
        raise LoadFailed(f"{xpath_text(place)} does not exist")
    if mode == "replace":
        target.replace(chain[-2], chain[-1], copy.deepcopy(part))
    else:
        _overlay(target, chain[-1], part, keep=mode == "append")


def _overlay(tree: Tree, target: ET.Element, part: ET.Element, keep: bool) -> None:
    for child in part:
        there = child_of(target, step_of(child))
        if there is None:
            tree.append(target, copy.deepcopy(child))
        elif len(child) or len(there):
            _overlay(tree, there, child, keep)
        elif not keep:
            tree.set_text(there, child.text)
