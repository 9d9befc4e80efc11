# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""AWS's names of algorithms in strongSwan's words, lowest first.

A strongSwan responder goes by its own order, so the lowest that both sides have wins, as with AWS.
"""

from __future__ import annotations

from ansible_collections.tunnelsmith.panos_vpn.tests.lab.cloud.connection import Phase

_CIPHERS = {"AES128": "aes128", "AES256": "aes256"}
_COMBINED = {"AES128-GCM-16": "aes128gcm16", "AES256-GCM-16": "aes256gcm16"}
_HASHES = {"SHA1": "sha1", "SHA2-256": "sha256", "SHA2-384": "sha384", "SHA2-512": "sha512"}
_GROUPS = {
    2: "modp1024", 5: "modp1536", 14: "modp2048", 15: "modp3072", 16: "modp4096", 17: "modp6144", 18: "modp8192", 19: "ecp256",
    20: "ecp384", 21: "ecp521", 22: "modp1024s160", 23: "modp2048s224", 24: "modp2048s256",
}


def ike(phase: Phase) -> list[str]:
    """Proposals of phase 1; those with a combined cipher name the PRF that the others derive from their hash."""
    hashes = [_HASHES[name] for name in phase.integrity]
    return _proposals(phase, hashes, [f"prf{name}" for name in hashes])


def esp(phase: Phase) -> list[str]:
    """Proposals of phase 2. Without a group none is accepted at a rekey: AWS wants PFS."""
    return _proposals(phase, [_HASHES[name] for name in phase.integrity], [])


def _proposals(phase: Phase, hashes: list[str], functions: list[str]) -> list[str]:
    groups = [_GROUPS[number] for number in phase.groups if number in _GROUPS]
    found = []
    for ciphers, rest in ((_CIPHERS, hashes), (_COMBINED, functions)):
        chosen = [ciphers[name] for name in phase.encryption if name in ciphers]
        if chosen:
            found.append("-".join((*chosen, *rest, *groups)))
    return found
