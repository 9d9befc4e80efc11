# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A table for whoever has another product, in the words of the standards."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.peers.sheet import End, Row, Section

TITLE = "any IPsec gateway"


def sections(name: str, ends: Sequence[End]) -> Iterator[Section]:
    for end in ends:
        tunnel, ike, ipsec, bgp = end.tunnel, end.tunnel.ike, end.tunnel.ipsec, end.bgp
        of_tunnel = "" if len(ends) == 1 else f"Tunnel {end.number}: "
        yield Section(f"{of_tunnel}Both ends", (
            Row("Your address", tunnel.outside_address), Row("Your ID", end.own_id), Row("Our address", end.firewall_address), Row("Our ID", end.firewall_id),
            end.key_row("Pre-shared key"), Row("Who begins", {"peer": "you", "firewall": "we"}.get(tunnel.initiator or "", "either"))))
        yield Section(f"{of_tunnel}Phase 1 (IKE)", (
            Row("Version", ike.version), Row("Encryption", ike.encryption), Row("Hash", ike.hash), Row("Diffie-Hellman group", ike.dh_group),
            Row("Lifetime", f"{ike.lifetime_seconds} seconds")))
        yield Section(f"{of_tunnel}Phase 2 (ESP)", (
            Row("Encryption", ipsec.encryption), Row("Hash", ipsec.authentication), Row("Perfect forward secrecy", ipsec.dh_group),
            Row("Lifetime", f"{ipsec.lifetime_seconds} seconds"), Row("Mode", "tunnel"),
            *(Row(f"Selectors {number}", (f"yours {pair.remote}", f"ours {pair.local}")) for number, pair in enumerate(end.pairs, 1)),
            *(() if end.pairs else (Row("Selectors", ("yours 0.0.0.0/0", "ours 0.0.0.0/0"), "a route-based tunnel"),))))
        yield Section(f"{of_tunnel}Inside and routing", (
            *((Row("Your inside address", end.own_inside), Row("Our inside address", tunnel.inside_address or "")) if end.own_inside else ()),
            *((Row("Your AS", str(bgp.peer_as or "")), Row("Our AS", str(bgp.local_as or "")), Row("Your BGP address", end.own_bgp_address),
               Row("Our BGP address", end.firewall_bgp_address), Row("Keep-alive, hold time", f"{bgp.keep_alive}, {bgp.hold_time} seconds")) if bgp else ()),
            *((Row("Networks to route here", end.firewall_networks),) if end.firewall_networks and not bgp else ()),
            *((Row("MTU inside", str(tunnel.mtu)),) if tunnel.mtu else ())))
