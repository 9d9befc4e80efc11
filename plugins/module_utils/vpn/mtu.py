# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The largest packet that fits through a tunnel without being fragmented outside."""

from __future__ import annotations

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.configuration.addresses import is_ipv6
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.errors import InvalidInput
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.peers.profile import IpsecProposal, Tunnel
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.vpn.proposal import is_gcm

# Octets. RFC 4303 (ESP), 4106 (GCM: 8 octets of IV, 16 of ICV), 3602 (CBC), 2451 (3DES), 2403, 2404 and 4868 (truncated HMACs).
IP_HEADER = {4: 20, 6: 40}
UDP_HEADER = 8
ESP_HEADER = 8
ESP_TRAILER = 2
CIPHER_IV_AND_BLOCK = {"gcm": (8, 4), "cbc": (16, 16), "3des": (8, 8)}
GCM_ICV = 16
HMAC_ICV = {"md5": 12, "sha1": 12, "sha256": 16, "sha384": 24, "sha512": 32}

# The range of the tunnel interface's own option; above 1500 the firewall must have jumbo frames enabled.
SMALLEST, LARGEST = 576, 9216


def tunnel_mtu(
    encryption: str, authentication: str, outside_mtu: int = 1500, nat_traversal: bool = False, outside_ipv6: bool = False
) -> int:
    """The tunnel interface's MTU in octets, for an ESP proposal in PAN-OS's words and the outside interface's MTU.

    Equals each cell of the table in AWS's documentation of best practices for a customer gateway.
    Raises C(InvalidInput) for a cipher or hash that has no figures here, and for an MTU PAN-OS could not take.
    """
    iv, block = _figures(CIPHER_IV_AND_BLOCK, encryption.rpartition("-")[2], "encryption", encryption)
    icv = GCM_ICV if is_gcm(encryption) else _figures(HMAC_ICV, authentication, "authentication", authentication)
    overhead = IP_HEADER[6 if outside_ipv6 else 4] + (UDP_HEADER if nat_traversal else 0) + ESP_HEADER + iv + icv
    mtu = (outside_mtu - overhead) // block * block - ESP_TRAILER
    if not SMALLEST <= mtu <= LARGEST:
        raise InvalidInput(
            f"an outside MTU of {outside_mtu} leaves {mtu} for the tunnel with {encryption}; "
            f"PAN-OS takes {SMALLEST} to {LARGEST} on a tunnel interface"
        )
    return mtu


def interface_mtu(tunnel: Tunnel, ipsec: IpsecProposal, outside_mtu: int, nat_traversal: bool = False) -> int:
    """The tunnel interface's MTU: what fits through both sides' outside interfaces, or the smaller packet that the peer says it takes."""
    outside = min(outside_mtu, tunnel.outside_mtu or outside_mtu)
    computed = tunnel_mtu(ipsec.encryption, ipsec.authentication, outside, nat_traversal, is_ipv6(tunnel.outside_address))
    return min(computed, tunnel.path_mtu or computed)


def _figures(table: dict, key: str, what: str, given: str) -> tuple:
    if key not in table:
        raise InvalidInput(f"the tunnel's MTU cannot be computed for {what} '{given}'; give the MTU itself")
    return table[key]
