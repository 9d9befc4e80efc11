# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a drill took down, kept on the firewall: one line of the tunnel's comment, so that it can be brought back from anywhere."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field

MARK = "tunnelsmith-drill "
COMMENT_LENGTH = 1023


@dataclass
class Record:
    """C(peers): names of BGP peers that were disabled, with group, router and what C(enable) said before (None: nothing).

    C(disabled): what the tunnel's C(disabled) said before; C(tunnel_down) tells whether it was changed at all.
    """

    vpn: str
    tunnel_down: bool = False
    disabled: str | None = None
    peers: list = field(default_factory=list)


def find(comment: str | None) -> Record | None:
    for line in (comment or "").splitlines():
        if line.startswith(MARK):
            try:
                return Record(**json.loads(line[len(MARK):]))
            except (ValueError, TypeError):
                return None
    return None


def written(comment: str | None, record: Record) -> str:
    """The comment with the record's line, other lines as they are."""
    return "\n".join([*_others(comment), MARK + json.dumps(asdict(record), separators=(",", ":"), sort_keys=True)])


def without(comment: str | None) -> str | None:
    """The comment without the record's line; None where nothing is left."""
    return "\n".join(_others(comment)) or None


def _others(comment) -> list:
    return [line for line in (comment or "").splitlines() if not line.startswith(MARK)]
