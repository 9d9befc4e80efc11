# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a drill took down, kept on the firewall: one line of the tunnel's comment, so that it can be brought back from anywhere."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.configuration import marked_line

MARK = "tunnelsmith-drill "
COMMENT_LENGTH = marked_line.COMMENT_LENGTH
_SAID = (None, "yes", "no")


@dataclass
class Record:
    """C(peers): BGP peers that were disabled, each with its C(name), C(router), C(group) and what C(enable) said before (None: nothing).

    C(disabled): what the tunnel's C(disabled) said before; C(tunnel_down) tells whether it was changed at all.
    """

    vpn: str
    tunnel_down: bool = False
    disabled: str | None = None
    peers: list = field(default_factory=list)


def find(comment: str | None) -> Record | None:
    """The record in a comment, None where there is no line of one. Raises ValueError where what it says is no record."""
    for content in marked_line.contents(comment, MARK):
        try:
            record = Record(**content)
        except TypeError:
            raise ValueError("not the values of a record") from None
        if not _is_sound(record):
            raise ValueError("values that no record has")
        return record
    return None


def _is_sound(record: Record) -> bool:
    """The line stands where people write, and decides what is turned on."""
    return (isinstance(record.tunnel_down, bool) and record.disabled in _SAID and isinstance(record.peers, list)
            and all(map(_is_peer, record.peers)))


def _is_peer(peer: Any) -> bool:
    return isinstance(peer, dict) and all(isinstance(peer.get(key), str) for key in ("name", "router", "group")) and peer.get("enable") in _SAID


def written(comment: str | None, record: Record) -> str:
    """The comment with the record's line, other lines as they are."""
    return marked_line.written(comment, MARK, marked_line.line(MARK, asdict(record)))


def without(comment: str | None) -> str | None:
    """The comment without the record's line; None where nothing is left."""
    return marked_line.others(comment, MARK) or None
