# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Operational commands: the words of a command, and what answers it.

A word that no command knows gives code 17 (measured on 11.x).
"""

from __future__ import annotations

import xml.etree.ElementTree as ET

from ansible_collections.tunnelsmith.panos_vpn.tests.lab.emulator.errors import InvalidCommand
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.emulator.firewall import Firewall
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.emulator.models.admins import Admin
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.emulator.operations import configuration, policies, routing, system, vpn
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.emulator.operations.registry import Command, Context
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.emulator.responses import Answer

_COMMANDS: dict[tuple[str, ...], Command] = {}
for _module in (system, configuration, vpn, routing, policies):
    _COMMANDS.update({command.words: command for command in _module.COMMANDS})


def run(firewall: Firewall, admin: Admin, root: ET.Element) -> Answer:
    """Find the longest known beginning of the command and let it answer. Raises InvalidCommand, Unauthorized."""
    words, node = (root.tag,), root
    command, arguments = _COMMANDS.get(words), root
    while len(node) == 1:
        node = node[0]
        words = (*words, node.tag)
        if words in _COMMANDS:
            command, arguments = _COMMANDS[words], node
    if command is None:
        raise InvalidCommand(f" {' -> '.join(words)} unexpected here")
    admin.demand("op-request" if command.changes else "op")
    for argument in arguments:
        if argument.tag not in command.arguments:
            raise InvalidCommand(f" {' -> '.join((*command.words, argument.tag))} unexpected here")
    return command.answer(Context(firewall, admin, arguments))
