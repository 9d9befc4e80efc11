# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Prefixes that BGP has learned and sends: C(show routing protocol bgp loc-rib) and C(rib-out).

Only the prefix and its sender are known from a recorded answer; the other names follow the columns of the CLI. The Advanced Routing
Engine has no such table that is documented: there the routes tell what was learned, and its peers how many prefixes went each way.
"""

from __future__ import annotations

import xml.etree.ElementTree as ET
from dataclasses import dataclass, field
from typing import Mapping

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.status.answer import Fields, texts_of

LEARNED, ADVERTISED = "learned", "advertised"


@dataclass(frozen=True)
class Prefix:
    """One prefix. C(direction): V(learned) or V(advertised). C(best): whether the router chose this path; None where it does not tell."""

    prefix: str
    direction: str
    peer: str | None = None
    router: str | None = None
    nexthop: str | None = None
    med: int | str | None = None
    local_preference: int | str | None = None
    as_path: str | None = None
    best: bool | None = None
    other: Mapping = field(default_factory=dict)


def learned(response: ET.Element) -> list:
    return _prefixes(response, LEARNED)


def advertised(response: ET.Element) -> list:
    return _prefixes(response, ADVERTISED)


def _prefixes(response, direction) -> list:
    """A router's entry holds its prefixes as members, or as entries of their own."""
    found = []
    for router in response.findall("result/entry") or response.findall("result"):
        for element in (item for tag in ("member", "entry") for item in router.iter(tag) if item is not router):
            fields = Fields(texts_of(element))
            prefix = fields.text("prefix", "destination", "network")
            if prefix:
                found.append(_prefix(prefix, fields, direction, router.get("vr") or router.get("name")))
    return found


def _prefix(prefix, fields, direction, router) -> Prefix:
    flags = fields.text("flag", "flags")
    peer = fields.text("received_from", "peer", "from") if direction == LEARNED else fields.text("dst_peer", "peer", "to")
    return Prefix(
        prefix, direction, peer, fields.text("vr", "virtual_router") or router, fields.text("nexthop", "next_hop"), fields.number("med", "metric"),
        fields.number("local_preference", "local_pref", "locprf"), fields.text("as_path", "aspath"),
        None if flags is None or direction == ADVERTISED else "*" in flags, fields.rest(),
    )
