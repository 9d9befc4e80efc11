# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The customer gateway configuration of a VPN connection, as AWS writes it: always with the weakest algorithms, whatever the tunnels take."""

from __future__ import annotations

import ipaddress
import xml.etree.ElementTree as ET
from typing import Any

HOLD_TIME = "30"


def customer_gateway_configuration(
    connection: dict[str, Any], customer: str, tunnels: list[tuple[str, ipaddress.IPv4Network, str]], numbers: tuple[str, int] | None,
) -> str:
    """C(tunnels): outside address, inside network, key. C(numbers): the AS numbers of the customer and of AWS, with BGP."""
    root = ET.Element("vpn_connection", {"id": connection["VpnConnectionId"]})
    ET.SubElement(root, "customer_gateway_id").text = connection["CustomerGatewayId"]
    ET.SubElement(root, "vpn_gateway_id").text = connection.get("VpnGatewayId", "")
    ET.SubElement(root, "vpn_connection_type").text = connection["Type"]
    if numbers is None:
        ET.SubElement(root, "vpn_connection_attributes").text = "NoBGPVPNConnection"
    for outside, network, key in tunnels:
        tunnel = ET.SubElement(root, "ipsec_tunnel")
        theirs, ours = list(network.hosts())
        for side, own, inside, number in (("customer_gateway", customer, ours, 0), ("vpn_gateway", outside, theirs, 1)):
            end = ET.SubElement(tunnel, side)
            _texts(ET.SubElement(end, "tunnel_outside_address"), {"ip_address": own})
            _texts(ET.SubElement(end, "tunnel_inside_address"), {
                "ip_address": str(inside), "network_mask": str(network.netmask), "network_cidr": str(network.prefixlen)})
            if numbers:
                _texts(ET.SubElement(end, "bgp"), {"asn": str(numbers[number]), "hold_time": HOLD_TIME})
        _texts(ET.SubElement(tunnel, "ike"), {
            "authentication_protocol": "sha1", "encryption_protocol": "aes-128-cbc", "lifetime": "28800", "perfect_forward_secrecy": "group2",
            "mode": "main", "pre_shared_key": key})
        ipsec = ET.SubElement(tunnel, "ipsec")
        _texts(ipsec, {
            "protocol": "esp", "authentication_protocol": "hmac-sha1-96", "encryption_protocol": "aes-128-cbc", "lifetime": "3600",
            "perfect_forward_secrecy": "group2", "mode": "tunnel", "clear_df_bit": "true", "fragmentation_before_encryption": "true",
            "tcp_mss_adjustment": "1379"})
        _texts(ET.SubElement(ipsec, "dead_peer_detection"), {"interval": "10", "retries": "3"})
    return ET.tostring(root, encoding="unicode")


def _texts(parent: ET.Element, texts: dict[str, str]) -> None:
    for name, text in texts.items():
        ET.SubElement(parent, name).text = text
