# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Interfaces at run time: C(show interface all)."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from dataclasses import dataclass

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.status.answer import entries


@dataclass(frozen=True)
class LiveInterface:
    """One interface. C(forwarding): C(vr:default), C(lr:default) or C(N/A). C(state): C(up) or C(down), of physical interfaces only."""

    name: str
    zone: str | None = None
    forwarding: str | None = None
    address: str | None = None
    state: str | None = None


def interfaces(response: ET.Element) -> dict:
    """Name → interface. An interface is listed twice: as hardware, and with its zone and address."""
    found: dict = {}
    for _element, fields in entries(response, "name"):
        name = fields.text("name")
        before = found.get(name, LiveInterface(name))
        address = fields.text("ip")
        found[name] = LiveInterface(
            name, fields.text("zone") or before.zone, fields.text("fwd") or before.forwarding,
            address if address and address[:1].isdigit() else before.address, fields.text("state") or before.state)
    return found


def host(live: dict, name: str | None) -> str | None:
    """The address of an interface without its mask; None where it is not known."""
    interface = live.get(name)
    return interface.address.split("/")[0] if interface is not None and interface.address else None
