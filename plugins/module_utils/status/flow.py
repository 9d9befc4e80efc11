# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the data plane does with a tunnel: C(show vpn flow), and C(show running tunnel flow all), which tells less."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from dataclasses import dataclass, field
from typing import Mapping

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.status.answer import Fields, entries
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.status.security_associations import unit

ACTIVE, INACTIVE = "active", "inactive"
_TRUE, _FALSE = ("true", "yes", "on", "1"), ("false", "no", "off", "0")


@dataclass(frozen=True)
class Flow:
    """One tunnel, or one of its proxy IDs. C(state): C(active), C(inactive) (its monitor is down), C(init) (no SA yet), or the firewall's word.

    C(monitor): C(up), C(down), C(off), or C(on) where the firewall tells no more; None where it tells nothing.
    """

    name: str
    tunnel: str
    proxy_id: str | None = None
    id: str | None = None
    state: str | None = None
    monitor: str | None = None
    tunnel_interface: str | None = None
    outside_interface: str | None = None
    local_address: str | None = None
    peer_address: str | None = None
    local_spi: str | None = None
    remote_spi: str | None = None
    encryption: str | None = None
    authentication: str | None = None
    packets_encapsulated: int | str | None = None
    packets_decapsulated: int | str | None = None
    bytes_encapsulated: int | str | None = None
    bytes_decapsulated: int | str | None = None
    authentication_errors: int | str | None = None
    decryption_errors: int | str | None = None
    replayed_packets: int | str | None = None
    remaining_seconds: int | str | None = None
    mtu: int | str | None = None
    other: Mapping = field(default_factory=dict)


def flows(response: ET.Element) -> list:
    return [_flow(fields) for _element, fields in entries(response, "name")]


def _flow(fields: Fields) -> Flow:
    name = fields.text("name")
    tunnel, proxy_id = unit(name)
    return Flow(
        name, tunnel, proxy_id, id=fields.text("id"), state=_lower(fields.text("state")), monitor=_monitor(fields),
        tunnel_interface=fields.text("inner_if"), outside_interface=fields.text("outer_if"),
        local_address=fields.text("localip"), peer_address=fields.text("peerip"), local_spi=fields.text("local_spi"),
        remote_spi=fields.text("remote_spi"), encryption=fields.text("enc"), authentication=fields.text("auth"),
        packets_encapsulated=fields.number("pkt_encap"), packets_decapsulated=fields.number("pkt_decap"),
        bytes_encapsulated=fields.number("byte_encap"), bytes_decapsulated=fields.number("byte_decap"),
        authentication_errors=fields.number("auth_err"), decryption_errors=fields.number("dec_err"),
        replayed_packets=fields.number("pkt_replay"), remaining_seconds=fields.number("remain"), mtu=fields.number("mtu"), other=fields.rest(),
    )


def _lower(text: str | None) -> str | None:
    return text and text.lower()


def _monitor(fields: Fields) -> str | None:
    """From C(monitor/on) and C(monitor/status), which are C(True) and C(False), or from the summary's C(mon)."""
    on, status = _lower(fields.text("monitor.on")), _lower(fields.text("monitor.status"))
    summary = _lower(fields.text("mon", "monitor"))
    if on is None and status is None:
        return "on" if summary in _TRUE else "off" if summary in _FALSE else summary
    if on in _FALSE:
        return "off"
    return "up" if status in _TRUE else "down" if status in _FALSE else status
