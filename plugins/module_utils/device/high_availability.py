# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a device says of itself as a member of an HA pair."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from dataclasses import dataclass

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.configuration import path as places
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.device.connection import Session

_COMMAND = "<show><high-availability><state/></high-availability></show>"
# A firewall's states, and a Panorama's, which has its priority in front.
_ACTIVE = ("active", "active-primary", "active-secondary", "primary-active", "secondary-active")


@dataclass(frozen=True)
class Member:
    """C(state): PAN-OS's word for it, in small letters: C(active), C(passive), C(suspended) …"""

    state: str

    @property
    def active(self) -> bool:
        """Whether traffic goes through it and its configuration counts: what another member holds is overwritten by the active one's."""
        return self.state in _ACTIVE

    @property
    def passive(self) -> bool:
        return self.state.split("-")[-1] == "passive"


def is_configured(settings: ET.Element | None) -> bool:
    """Whether C(deviceconfig) says that there is a pair."""
    return places.text(settings, ("high-availability", "enabled")) == "yes"


def member(session: Session) -> Member | None:
    """What a device is in its pair; None where no pair is running, or nothing is said of its state.

    A firewall tells it inside its group, a Panorama has none. Where HA is off, what stands there all the same counts for nothing.
    """
    answer = session.op(_COMMAND, "read the HA state").find("result")
    if (places.text(answer, ("enabled",)) or "").lower() != "yes":
        return None
    state = places.text(answer, ("group", "local-info", "state")) or places.text(answer, ("local-info", "state"))
    return Member(state.lower()) if state else None
