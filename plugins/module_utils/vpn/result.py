# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is made of a VPN for one firewall."""

from __future__ import annotations

from dataclasses import dataclass, field

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.vpn.record import Record


@dataclass
class Result:
    """C(phases): lists of desired items, one after the other. C(summary): what the user is told of the VPN.

    C(inheritance): what a VPN that goes leaves to its successor to put back one day.
    C(held): items that are the VPN's although nothing has to be done for them: an earlier run may have left them uncommitted.
    C(serving): number of a tunnel that is there → the (kind, name) of what it runs on.
    C(replaces): where it takes the place of a VPN that is there, what that means to traffic, as a sentence.
    """

    phases: list
    warnings: list = field(default_factory=list)
    summary: dict = field(default_factory=dict)
    inheritance: Record | None = None
    held: list = field(default_factory=list)
    serving: dict = field(default_factory=dict)
    replaces: str = ""
