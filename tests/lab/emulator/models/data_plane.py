# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a data plane is to an emulated firewall: something that makes its running configuration true and says what came of it."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from typing import Callable, Protocol

from ansible_collections.tunnelsmith.panos_vpn.tests.lab.emulator.models.runtime import Runtime
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.emulator.models.system_log import SystemLog


class DataPlane(Protocol):
    """All methods are called under the firewall's lock, and none of them raises for what a configuration says."""

    def apply(self, running: ET.Element, engine: str, reveal: Callable[[str], str | None], learned: dict[str, str]) -> None:
        """Follow a commit. ``reveal``: the plain text of a stored secret, where it is known; ``learned``: addresses from DHCP."""

    def observe(self, runtime: Runtime, log: SystemLog) -> None:
        """Write down how things stand, and what has happened since the last time."""

    def initiate(self, gateway: str | None, tunnel: str | None) -> None:
        """Begin to negotiate with a gateway, or for a tunnel or proxy ID."""

    def clear(self, gateway: str | None, tunnel: str | None) -> bool:
        """Delete the SAs of a gateway, or of a tunnel or proxy ID; whether there were any."""
