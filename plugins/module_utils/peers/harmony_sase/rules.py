# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What Check Point's Harmony SASE takes of an IPsec tunnel, and its words. It publishes no limits and no defaults."""

from __future__ import annotations

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.peers.rules import Rules

CLOUD = "harmony_sase"

VERSIONS = {"IKEv1": "ikev1", "IKEv2": "ikev2", "V1": "ikev1", "V2": "ikev2"}
CIPHERS = {"3des": "3des", "aes128": "aes-128-cbc", "aes192": "aes-192-cbc", "aes256": "aes-256-cbc", "aes128gcm16": "aes-128-gcm",
           "aes256gcm16": "aes-256-gcm"}
HASHES = {"md5": "md5", "sha1": "sha1", "sha256": "sha256", "sha384": "sha384", "sha512": "sha512"}
_NUMBERS = (1, 2, 5, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 31)
_ALGORITHMS = {"modp1024": 2, "modp1536": 5, "modp2048": 14, "modp3072": 15, "modp4096": 16, "ecp256": 19, "ecp384": 20, "ecp521": 21}
GROUPS = {**{str(number): f"group{number}" for number in _NUMBERS}, **{name: f"group{number}" for name, number in _ALGORITHMS.items()}}

# (phase, option of the offers) → the console's name and its words.
OPTIONS: dict[tuple[str, str], tuple[str, dict[str, str]]] = {
    ("ike", "versions"): ("IKE Version", VERSIONS),
    ("ike", "encryption"): ("Encryption (Phase I)", CIPHERS),
    ("ike", "hash"): ("Integrity (Phase I)", HASHES),
    ("ike", "dh_group"): ("Diffie-Hellman Groups (Phase I)", GROUPS),
    ("ipsec", "encryption"): ("Encryption (Phase II)", CIPHERS),
    ("ipsec", "authentication"): ("Integrity (Phase II)", HASHES),
    ("ipsec", "dh_group"): ("Diffie-Hellman Groups (Phase II)", GROUPS),
}


class _Harmony(Rules):
    connection = "IPSec Site-2-Site tunnel"
    spoken = "Harmony SASE"
    there = "in Harmony SASE"
    as_advice = "the ASN of its gateways must differ from that of the remote gateway"
    key_is_missing = " in the settings of its console (Shared Secret)"
    options = OPTIONS


RULES = _Harmony()
