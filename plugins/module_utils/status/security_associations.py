# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Security associations: C(show vpn ike-sa) and C(show vpn ipsec-sa)."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Mapping

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.status.answer import Fields, entries, number

# The gateway of an entry. Only C(name) is known from a recorded answer (IKEv1 on PAN-OS 8.1); the layout for IKEv2 was found nowhere.
_GATEWAY = ("gateway_name", "gateway", "gw_name", "gwname", "ike_gateway", "gw", "name")


@dataclass(frozen=True)
class IkeSa:
    """One IKE SA. C(established), C(expires): the firewall's local time, as it writes it. C(state): IKEv2 only.

    C(lifetime_seconds), C(remaining_seconds) follow from these times, the latter where the firewall's own time is known.
    """

    gateway: str
    gateway_id: str | None = None
    version: str | None = None
    peer_address: str | None = None
    role: str | None = None
    mode: str | None = None
    algorithm: str | None = None
    state: str | None = None
    established: str | None = None
    expires: str | None = None
    lifetime_seconds: int | None = None
    remaining_seconds: int | None = None
    other: Mapping = field(default_factory=dict)

    @property
    def up(self) -> bool:
        """An SA that is listed without a state is up: IKEv1's table has none."""
        return self.state is None or self.state.lower().startswith(("establish", "mature"))


@dataclass(frozen=True)
class IpsecSa:
    """One pair of IPsec SAs. C(name): C(tunnel), or C(tunnel:proxyid) where the tunnel has proxy IDs. SPIs in hexadecimal, as in the flow."""

    name: str
    tunnel: str
    proxy_id: str | None = None
    gateway: str | None = None
    gateway_id: str | None = None
    tunnel_id: str | None = None
    peer_address: str | None = None
    protocol: str | None = None
    encryption: str | None = None
    authentication: str | None = None
    local_spi: str | None = None
    remote_spi: str | None = None
    lifetime_seconds: int | str | None = None
    remaining_seconds: int | str | None = None
    lifesize_kilobytes: int | str | None = None
    other: Mapping = field(default_factory=dict)


def ike_sas(response: ET.Element, now: datetime | None = None) -> list:
    """C(now): the firewall's local time."""
    return [_timed(_ike_sa(fields), now) for _element, fields in entries(response, *_GATEWAY)]


_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MOMENT = re.compile(r"(?P<month>[A-Za-z]{3})[a-z]*[. ]+(?P<day>\d{1,2})[ ,]+(?P<hour>\d{1,2}):(?P<minute>\d{2}):(?P<second>\d{2})(.*\b(?P<year>\d{4})\b)?")


def moment(text: str | None, near: datetime | None = None) -> datetime | None:
    """C(Jun.04 21:09:13), or C(Thu Jun  4 21:09:13 2026); where no year is told, the one that brings it nearest to C(near)."""
    match = _MOMENT.search(text or "")
    if match is None or match["month"].lower() not in _MONTHS or not (match["year"] or near):
        return None
    years = [int(match["year"])] if match["year"] else [near.year - 1, near.year, near.year + 1]
    found = []
    for year in years:
        try:
            found.append(datetime(year, _MONTHS.index(match["month"].lower()) + 1, *(int(match[part]) for part in ("day", "hour", "minute", "second"))))
        except ValueError:
            continue
    return min(found, key=lambda moment_of_year: abs(moment_of_year - (near or moment_of_year)), default=None)


def _timed(sa: IkeSa, now) -> IkeSa:
    reference = now or datetime(2000, 7, 1)
    expires = moment(sa.expires, reference)
    # No IKE SA lasts longer than a year, so the end is the first such moment after the beginning.
    established = moment(sa.established, expires or reference)
    if expires is None:
        return sa
    lasts = None if established is None else int((expires - established) / timedelta(seconds=1))
    return replace(sa, lifetime_seconds=lasts if lasts is not None and lasts >= 0 else None,
                   remaining_seconds=max(0, int((expires - now) / timedelta(seconds=1))) if now else None)


def _ike_sa(fields: Fields) -> IkeSa:
    mode = fields.text("mode")
    return IkeSa(
        gateway=fields.text(*_GATEWAY), gateway_id=fields.text("gwid", "gateway_id"),
        version=fields.text("version", "ike_version") or _version_of(mode),
        peer_address=fields.text("peer_address", "peer_ip", "peerip", "peer", "remote"), role=fields.text("role"), mode=mode,
        algorithm=_without_blanks(fields.text("algo", "algorithm")), state=fields.text("state", "st", "status"),
        established=fields.text("created", "established"), expires=fields.text("expires", "expiration"), other=fields.rest(),
    )


def _version_of(mode: str | None) -> str | None:
    """IKEv1's modes have names (Main, Aggr); IKEv2 has none."""
    if mode is None:
        return None
    return "ikev2" if "v2" in mode.lower() else "ikev1" if mode.lower().startswith(("main", "aggr", "auto")) else None


def _without_blanks(text: str | None) -> str | None:
    return text and re.sub(r"\s+", "", text)


def ipsec_sas(response: ET.Element) -> list:
    return [_ipsec_sa(fields) for _element, fields in entries(response, "name", "tunnel", "tunnel_name")]


def _ipsec_sa(fields: Fields) -> IpsecSa:
    name = fields.text("name", "tunnel_name", "tunnel")
    tunnel, proxy_id = unit(name)
    return IpsecSa(
        name, tunnel, proxy_id, gateway=fields.text("gateway", "gw"), gateway_id=fields.text("gwid", "gateway_id"), tunnel_id=fields.text("tid", "id"),
        peer_address=fields.text("remote", "peer_address", "peer_ip"), protocol=fields.text("proto", "protocol"),
        encryption=fields.text("enc"), authentication=fields.text("hash", "auth"), local_spi=_spi(fields.text("i_spi")),
        remote_spi=_spi(fields.text("o_spi")), lifetime_seconds=fields.number("life"), remaining_seconds=fields.number("remain"),
        lifesize_kilobytes=fields.number("kb"), other=fields.rest(),
    )


def unit(name: str) -> tuple:
    """(tunnel, proxy ID or None) of an operational name."""
    tunnel, _colon, proxy_id = name.partition(":")
    return tunnel, proxy_id or None


def _spi(text: str | None) -> str | None:
    """The table of SAs writes SPIs as decimal numbers, the flow as eight hexadecimal digits."""
    value = number(text)
    return f"{value:08X}" if isinstance(value, int) and 0 <= value < 2 ** 32 else text
