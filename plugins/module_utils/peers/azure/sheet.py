# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The forms of Azure's portal for a local network gateway and a site-to-site connection."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.peers.sheet import End, Row, Section

TITLE = "Azure VPN Gateway"

_OPTIONS = (("ike", "encryption"), ("ike", "hash"), ("ike", "dh_group"), ("ipsec", "encryption"), ("ipsec", "dh_group"))


def sections(name: str, ends: Sequence[End]) -> Iterator[Section]:
    """One firewall address is one local network gateway and one connection, whatever number of Azure's instances ends it."""
    by_address: dict[str, list[End]] = {}
    for end in ends:
        by_address.setdefault(end.firewall_address, []).append(end)
    for number, (address, own) in enumerate(by_address.items(), 1):
        called = name if len(by_address) == 1 else f"{name}-{number}"
        yield _local_network_gateway(called, address, own)
        yield _connection(called, own)


def _local_network_gateway(name: str, address: str, ends: list[End]) -> Section:
    first, bgp = ends[0], ends[0].bgp
    rows = [Row("Name", name), Row("Endpoint", "IP address"), Row("IP address", address)]
    speaker = f"{first.firewall_bgp_address}/32"
    rows.append(Row("Address Space(s)", (speaker,) if bgp else first.firewall_networks, "BGP tells the rest" if bgp else "the networks behind the firewall"))
    rows.append(Row("Configure BGP settings", "Yes" if bgp else "No"))
    if bgp:
        rows += [Row("Autonomous system number (ASN)", str(bgp.local_as or "")), Row("BGP peer IP address", first.firewall_bgp_address)]
    return Section("Create local network gateway", tuple(rows))


def _connection(name: str, ends: list[End]) -> Section:
    first, tunnel = ends[0], ends[0].tunnel
    words = {(phase, option): first.word("azure", phase, option) for phase, option in _OPTIONS}
    cipher = words["ipsec", "encryption"]
    integrity = cipher if tunnel.ipsec.authentication == "none" else first.word("azure", "ipsec", "authentication")
    apipa = tuple(end.own_bgp_address for end in ends if end.bgp and end.own_bgp_address.startswith("169.254."))
    custom = (*(Row(f"{which} Custom BGP Address", address) for which, address in zip(("Primary", "Secondary"), apipa)),)
    mode = {"peer": "InitiatorOnly", "firewall": "ResponderOnly"}.get(tunnel.initiator or "", "Default")
    pairs = tuple(f"{pair.remote} to {pair.local}" for pair in first.pairs)
    return Section("Create connection", (
        Row("Connection type", "Site-to-site (IPsec)"), Row("Name", name), Row("Local network gateway", name), Row("Authentication Method", "Shared Key(PSK)"),
        first.key_row("Shared key (PSK)"), Row("IKE Protocol", "IKEv1" if tunnel.ike.version == "ikev1" else "IKEv2"),
        Row("Use Azure Private IP Address", "No"), Row("Enable BGP", "Yes" if first.bgp else "No"),
        *((Row("Enable Custom BGP Addresses", "Yes" if apipa else "No"),) if first.bgp else ()), *custom,
        Row("IPsec / IKE policy", "Custom"),
        Row("IKE Phase 1: Encryption", words["ike", "encryption"]), Row("IKE Phase 1: Integrity/PRF", words["ike", "hash"]),
        Row("IKE Phase 1: DH Group", words["ike", "dh_group"]),
        Row("IKE Phase 2(IPsec): IPsec Encryption", cipher), Row("IKE Phase 2(IPsec): IPsec Integrity", integrity),
        Row("IKE Phase 2(IPsec): PFS Group", words["ipsec", "dh_group"]),
        Row("IPsec SA lifetime in KiloBytes", "102400000", "the default"),
        Row("IPsec SA lifetime in seconds", str(tunnel.ipsec.lifetime_seconds)),
        Row("Use policy based traffic selector", "Enable" if pairs else "Disable"), Row("DPD timeout in seconds", "45", "the default"),
        Row("Connection Mode", mode), *((Row("Use custom traffic selectors", pairs, "Azure's network to the firewall's"),) if pairs else ())))
