# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a VPN of ours changed in objects that are not its own, kept on the firewall: one line of a tunnel interface's comment."""

from __future__ import annotations

import json
from dataclasses import dataclass, field

# Marks the line among others that people may have written into the same comment.
MARK = "tunnelsmith "
COMMENT_LENGTH = 1023


@dataclass
class Record:
    """C(vpn): the name. C(zone_made): the VPN zone did not exist before. C(bgp): options of the router's BGP that we set, with what
    stood there before (None: nothing). C(announced): networks announced by name that were not before. C(members): zones and
    addresses that our own rules were given; a later run takes away what is no longer given, and nothing that people added.
    C(options): optional settings that were given, so that a later run can take them back.
    """

    vpn: str
    zone_made: bool = False
    bgp: dict = field(default_factory=dict)
    announced: list = field(default_factory=list)
    members: list = field(default_factory=list)
    options: list = field(default_factory=list)

    def line(self) -> str:
        content = {"vpn": self.vpn, "zone_made": self.zone_made, "bgp": self.bgp, "announced": self.announced, "members": self.members,
                   "options": self.options}
        return MARK + json.dumps({key: value for key, value in content.items() if value}, separators=(",", ":"), sort_keys=True)


def find(comment: str | None, vpn: str | None = None) -> Record | None:
    """The record in a comment; with C(vpn) only that VPN's."""
    for line in (comment or "").splitlines():
        if not line.startswith(MARK):
            continue
        try:
            content = json.loads(line[len(MARK):])
            record = Record(**content)
        except (ValueError, TypeError):
            continue
        if vpn in (None, record.vpn):
            return record
    return None


def written(comment: str | None, record: Record) -> str:
    """The comment with the record's line, other lines as they are."""
    others = [line for line in (comment or "").splitlines() if not line.startswith(MARK)]
    return "\n".join([*others, record.line()])
