# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The form of Harmony SASE's console for an IPSec Site-2-Site tunnel."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.peers.sheet import End, Row, Section

TITLE = "Check Point Harmony SASE"


def sections(name: str, ends: Sequence[End]) -> Iterator[Section]:
    first, tunnel = ends[0], ends[0].tunnel
    for end in ends:
        inside: tuple[Row, ...] = ()
        if end.bgp:
            inside = (Row("Harmony SASE Gateway Internal IP", end.own_bgp_address), Row("Remote Gateway Internal IP", end.firewall_bgp_address),
                      Row("Remote Gateway ASN", str(end.bgp.local_as or "")))
        yield Section("IPSec Site-2-Site tunnel" if len(ends) == 1 else f"Redundant tunnels: tunnel {end.number}", (
            Row("Name", name if len(ends) == 1 else f"{name}-{end.number}"), end.key_row("Shared Secret"), Row("Public IP", end.firewall_address),
            Row("Remote ID", end.firewall_id, "the same on both sides"), *inside))
    dpd = tunnel.dpd
    timeout = f"{dpd.interval * dpd.retry} s" if dpd and dpd.interval and dpd.retry else "30 s"
    yield Section("Shared settings", (
        *((Row("Harmony SASE Gateway ASN", str(first.bgp.peer_as or "")),) if first.bgp else ()),
        Row("Harmony SASE Gateway Proposal Subnets", first.own_selectors), Row("Remote Gateway Proposal Subnets", first.firewall_selectors)))
    word = first.word
    integrity = "" if tunnel.ipsec.authentication == "none" else word("harmony_sase", "ipsec", "authentication")
    yield Section("Advanced settings", (
        Row("IKE Version", word("harmony_sase", "ike", "versions")), Row("IKE Lifetime", f"{tunnel.ike.lifetime_seconds} s"),
        Row("Encryption (Phase I)", word("harmony_sase", "ike", "encryption")), Row("Integrity (Phase I)", word("harmony_sase", "ike", "hash")),
        Row("Diffie-Hellman Groups (Phase I)", word("harmony_sase", "ike", "dh_group")),
        Row("Tunnel Lifetime", f"{tunnel.ipsec.lifetime_seconds} s"),
        Row("Dead Peer Detection (DPD) Delay", f"{dpd.interval if dpd and dpd.interval else 10} s"), Row("Dead Peer Detection (DPD) Timeout", timeout),
        Row("Encryption (Phase II)", word("harmony_sase", "ipsec", "encryption")),
        *((Row("Integrity (Phase II)", integrity),) if integrity else ()),
        Row("Diffie-Hellman Groups (Phase II)", word("harmony_sase", "ipsec", "dh_group"))))
    if not first.bgp and not first.pairs:
        yield Section("Routes Table", (Row("Add Route", first.firewall_networks, "all networks behind the firewall"),))
