# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The forms of Google Cloud's console for a peer VPN gateway, HA VPN tunnels and their BGP sessions."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.peers.sheet import End, Row, Section

TITLE = "Google Cloud HA VPN"

_INTERFACES = {1: "One", 2: "Two", 4: "Four"}


def sections(name: str, ends: Sequence[End]) -> Iterator[Section]:
    addresses = list(dict.fromkeys(end.firewall_address for end in ends))
    count = f"{_INTERFACES.get(len(addresses), len(addresses))} interface{'s' if len(addresses) > 1 else ''}"
    yield Section("Create a peer VPN gateway", (
        Row("Name", name), Row("Peer VPN gateway interfaces", count),
        *(Row(f"Interface {number} IP address", address) for number, address in enumerate(addresses))))
    if ends[0].bgp:
        yield Section("Cloud Router", (
            Row("Google ASN", str(ends[0].bgp.peer_as or "")),
            Row("BGP peer keepalive interval", f"{ends[0].bgp.keep_alive} seconds", "the hold time is three of it")))
    for end in ends:
        yield _tunnel(name, end, addresses.index(end.firewall_address))
        if end.bgp:
            yield _session(name, end)


def _tunnel(name: str, end: End, interface: int) -> Section:
    word = end.word
    integrity = "" if end.tunnel.ipsec.authentication == "none" else word("gcp", "ipsec", "authentication")
    return Section(f"VPN tunnel {end.number}", (
        Row("Associated Cloud VPN gateway interface", f"{end.number - 1} : {end.tunnel.outside_address}"),
        Row("Associated peer VPN gateway interface", f"{interface} : {end.firewall_address}"),
        Row("Name", f"{name}-{end.number}"), Row("IKE version", f"IKEv{word('gcp', 'ike', 'versions')}"), end.key_row("IKE pre-shared key"),
        Row("Phase 1: Encryption", word("gcp", "ike", "encryption")), Row("Phase 1: Integrity", word("gcp", "ike", "hash")),
        Row("Phase 1: DH", word("gcp", "ike", "dh_group")), Row("Phase 2: Encryption", word("gcp", "ipsec", "encryption")),
        *((Row("Phase 2: Integrity", integrity),) if integrity else ()), Row("Phase 2: PFS", word("gcp", "ipsec", "dh_group"))))


def _session(name: str, end: End) -> Section:
    bgp, rows = end.bgp, []
    if bgp is not None:
        rows = [Row("Peer ASN", str(bgp.local_as or "")), Row("Advertised route priority (MED)", str(100 if bgp.med is None else bgp.med))]
        rows += [Row("MD5 Authentication", "Enabled" if bgp.authentication else "Disabled")]
    return Section(f"BGP session of VPN tunnel {end.number}", (
        Row("BGP session type", "IPv4 BGP session"), Row("Name", f"{name}-{end.number}"), *rows[:2], Row("Allocate BGP IPv4 address", "Manually"),
        Row("Cloud Router BGP IPv4 address", end.own_bgp_address), Row("BGP peer IPv4 address", end.firewall_bgp_address),
        Row("BGP peer", "Enabled"), *rows[2:]))
