# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How an operational command is declared."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from dataclasses import dataclass
from typing import Callable

from ansible_collections.tunnelsmith.panos_vpn.tests.lab.emulator.firewall import Firewall
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.emulator.models.admins import Admin
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.emulator.responses import Answer


@dataclass(frozen=True)
class Context:
    """Who asks whom; ``arguments`` is the element of the command's last word, with what was given below it; ``vsys``: the system that is asked, if one is."""

    firewall: Firewall
    admin: Admin
    arguments: ET.Element
    vsys: str | None = None

    def given(self, name: str) -> str | None:
        """The text of an argument; None when it is missing or empty."""
        return (self.arguments.findtext(name) or "").strip() or None


@dataclass(frozen=True)
class Command:
    """``words`` from the first element on; ``arguments`` that may stand below the last one; ``changes``: not just a look."""

    words: tuple[str, ...]
    answer: Callable[[Context], Answer]
    arguments: tuple[str, ...] = ()
    changes: bool = False


def command(words: str, answer: Callable[[Context], Answer], *arguments: str, changes: bool = False) -> Command:
    return Command(tuple(words.split()), answer, arguments, changes)
