# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Operational commands: the words of a command, and what answers it.

A word that no command knows gives code 17 (measured on 11.x).
"""

from __future__ import annotations

import xml.etree.ElementTree as ET
from types import ModuleType

from ansible_collections.tunnelsmith.panos_vpn.tests.lab.emulator.errors import InvalidCommand
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.emulator.firewall import Firewall
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.emulator.models.admins import Admin
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.emulator.operations import (
    cloud_services, configuration, high_availability, identities, inventory, machine, panorama, policies, routing, system, vpn,
)
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.emulator.operations.registry import Command, Context
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.emulator.panorama import Panorama
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.emulator.responses import Answer

_EVERYWHERE = (system, configuration, high_availability)

#: Commands whose answers show live state have one of these words.
_LIVE = frozenset(("vpn", "pbf", "routing", "advanced-routing", "tunnel"))


def _commands(*modules: ModuleType) -> dict[tuple[str, ...], Command]:
    return {command.words: command for module in modules for command in module.COMMANDS}


#: What a device of each model understands. Panorama has no VPN state and no routing of its own.
_COMMANDS = {
    Firewall.model: _commands(*_EVERYWHERE, vpn, routing, policies, identities, inventory, machine),
    Panorama.model: {**_commands(*_EVERYWHERE, panorama, cloud_services), **{command.words: command for command in inventory.EVERYWHERE}},
}


def run(firewall: Firewall, admin: Admin, root: ET.Element, vsys: str | None = None) -> Answer:
    """Find the longest known beginning of the command and let it answer. Raises InvalidCommand, Unauthorized."""
    known = _COMMANDS[firewall.model]
    words, node = (root.tag,), root
    command, arguments = known.get(words), root
    while len(node) == 1:
        node = node[0]
        words = (*words, node.tag)
        if words in known:
            command, arguments = known[words], node
    if command is None:
        raise InvalidCommand(f" {' -> '.join(words)} unexpected here")
    admin.demand("op-request" if command.changes else "op")
    for argument in arguments:
        if argument.tag not in command.arguments:
            raise InvalidCommand(f" {' -> '.join((*command.words, argument.tag))} unexpected here")
    if _LIVE.intersection(command.words):
        firewall.observe()
    return command.answer(Context(firewall, admin, arguments, vsys))
