# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What ZStack Cloud takes of an IPsec tunnel, as its documentation states it, and its words."""

from __future__ import annotations

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.peers.rules import Rules

CLOUD = "zstack"

VERSIONS = {"IKEv1": "ikev1", "IKEv2": "ikev2"}
CIPHERS = {"3des": "3des", "aes-128": "aes-128-cbc", "aes-192": "aes-192-cbc", "aes-256": "aes-256-cbc"}
HASHES = {"md5": "md5", "sha1": "sha1", "sha256": "sha256", "sha384": "sha384", "sha512": "sha512"}
GROUPS = {str(number): f"group{number}" for number in (2, 5, *range(14, 25))}
PFS_GROUPS = {f"dh-group{number}": group for number, group in GROUPS.items()}

# (phase, option of the offers) → the console's name and ZStack's words.
OPTIONS: dict[tuple[str, str], tuple[str, dict[str, str]]] = {
    ("ike", "versions"): ("IKE Version", VERSIONS),
    ("ike", "encryption"): ("IKE Encryption Algorithm", CIPHERS),
    ("ike", "hash"): ("IKE Authentication Algorithm", HASHES),
    ("ike", "dh_group"): ("IKE DH Group", GROUPS),
    ("ipsec", "encryption"): ("ESP Encryption Algorithm", CIPHERS),
    ("ipsec", "authentication"): ("ESP Authentication Algorithm", HASHES),
    ("ipsec", "dh_group"): ("PFS DH Group", PFS_GROUPS),
}


class _ZStack(Rules):
    connection = "IPsec tunnel"
    spoken = "ZStack"
    there = "in ZStack Cloud"
    as_advice = "ZStack speaks no BGP"
    key_is_missing = " in ZStack's settings (Authentication Key)"
    ready = ("Enabled", "Connected")
    main_mode_only = True
    options = OPTIONS


RULES = _ZStack()
