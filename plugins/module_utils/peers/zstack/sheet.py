# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The form of ZStack Cloud's console for an IPsec tunnel."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.peers.sheet import End, Row, Section

TITLE = "ZStack Cloud"


def sections(name: str, ends: Sequence[End]) -> Iterator[Section]:
    for end in ends:
        by_name = bool(end.tunnel.peer_id and not end.tunnel.peer_id[0].isdigit())
        yield Section("Create IPsec Tunnel", (
            Row("Name", name if len(ends) == 1 else f"{name}-{end.number}"), Row("Local IP Address", end.tunnel.outside_address, "as virtual IP"),
            Row("Peer Public IP", end.firewall_address), Row("Source Network CIDR", end.own_selectors if end.pairs else end.own_networks),
            Row("Peer CIDR", end.firewall_selectors if end.pairs else end.firewall_networks),
            Row("Authentication Mode", "psk"), end.key_row("Authentication Key"), Row("ID Configuration Method", "Name" if by_name else "IP Address"),
            Row("Local ID", end.own_id), Row("Peer ID", end.firewall_id)))
        word = end.word
        yield Section("Advanced: IKE Configuration", (
            Row("IKE Version", word("zstack", "ike", "versions")), Row("IKE Authentication Algorithm", word("zstack", "ike", "hash")),
            Row("IKE Encryption Algorithm", word("zstack", "ike", "encryption")), Row("IKE DH Group", word("zstack", "ike", "dh_group"))))
        yield Section("Advanced: IPsec Configuration", (
            Row("Encapsulation Mode", "tunnel"), Row("IPsec Security Protocol", "esp"),
            Row("ESP Authentication Algorithm", word("zstack", "ipsec", "authentication")),
            Row("ESP Encryption Algorithm", word("zstack", "ipsec", "encryption")), Row("PFS DH Group", word("zstack", "ipsec", "dh_group"))))
