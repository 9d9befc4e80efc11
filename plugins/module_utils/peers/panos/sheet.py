# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The pages of another firewall with PAN-OS, in the order in which its objects refer to each other."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.peers.sheet import End, Row, Section

TITLE = "Palo Alto Networks firewall"

_INITIATORS = {"peer": "off", "firewall": "on"}


def sections(name: str, ends: Sequence[End]) -> Iterator[Section]:
    for end in ends:
        called = name if len(ends) == 1 else f"{name}-{end.number}"
        tunnel, ike, ipsec = end.tunnel, end.tunnel.ike, end.tunnel.ipsec
        yield Section(f"Network > Network Profiles > IKE Crypto: {called}", (
            Row("DH Group", ike.dh_group), Row("Encryption", ike.encryption), Row("Authentication", ike.hash),
            Row("Key Lifetime", f"{ike.lifetime_seconds} Seconds")))
        yield Section(f"Network > Network Profiles > IPSec Crypto: {called}", (
            Row("IPSec Protocol", "ESP"), Row("Encryption", ipsec.encryption), Row("Authentication", ipsec.authentication),
            Row("DH Group", ipsec.dh_group), Row("Lifetime", f"{ipsec.lifetime_seconds} Seconds")))
        inside = (Row("IPv4", end.own_inside),) if end.own_inside else ()
        yield Section("Network > Interfaces > Tunnel", (
            Row("Interface Name", "tunnel.1", "any that is free"), *inside, *((Row("MTU", str(tunnel.mtu)),) if tunnel.mtu else ())))
        yield Section(f"Network > Network Profiles > IKE Gateways: {called}", (
            Row("Version", f"{'IKEv1' if ike.version == 'ikev1' else 'IKEv2'} only mode"), Row("Local IP Address", tunnel.outside_address),
            Row("Peer IP Address Type", "IP"), Row("Peer Address", end.firewall_address), Row("Authentication", "Pre-Shared Key"),
            end.key_row("Pre-shared Key"), Row("Local Identification", end.own_id), Row("Peer Identification", end.firewall_id),
            Row("Enable Passive Mode", _INITIATORS.get(tunnel.initiator or "", "off")), Row("Enable NAT Traversal", "on"), Row("IKE Crypto Profile", called)))
        yield Section(f"Network > IPSec Tunnels: {called}", (
            Row("Tunnel Interface", "tunnel.1", "the one made above"), Row("Type", "Auto Key"), Row("IKE Gateway", called), Row("IPSec Crypto Profile", called),
            *(Row(f"Proxy ID {number}", (f"Local {pair.remote}", f"Remote {pair.local}")) for number, pair in enumerate(end.pairs, 1))))
        if end.bgp:
            yield Section("Network > Virtual Routers > BGP: Peer Group > Peer", (
                Row("AS Number (of the router)", str(end.bgp.peer_as or "")), Row("Peer AS", str(end.bgp.local_as or "")),
                Row("Local Address", end.own_bgp_address), Row("Peer Address", end.firewall_bgp_address),
                Row("Keep Alive Interval (sec)", str(end.bgp.keep_alive)), Row("Hold Time (sec)", str(end.bgp.hold_time))))
        elif end.firewall_networks:
            yield Section("Network > Virtual Routers > Static Routes", tuple(
                Row("Destination", network, "Interface tunnel.1, Next Hop None") for network in end.firewall_networks))
