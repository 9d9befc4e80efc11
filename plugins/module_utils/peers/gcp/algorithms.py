# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which algorithms a tunnel of Google's Cloud VPN takes: those that it is limited to, else all of its documentation, in PAN-OS's words."""

from __future__ import annotations

from typing import Any

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.peers.document import mapping
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.peers.profile import IkeOffer, IpsecOffer, Offers

# Google's documentation of supported IKE ciphers, here and below; nothing of it can be changed but the choice of algorithms.
IKE_LIFETIME_SECONDS = {"ikev2": 36000, "ikev1": 36600}
IPSEC_LIFETIME_SECONDS = 10800

_CIPHERS = {"AES-CBC-128": "aes-128-cbc", "AES-CBC-192": "aes-192-cbc", "AES-CBC-256": "aes-256-cbc", "3DES-CBC": "3des",
            "AES-GCM-16-128": "aes-128-gcm", "AES-GCM-16-192": "aes-192-gcm", "AES-GCM-16-256": "aes-256-gcm"}
_HASHES = {"HMAC-SHA2-256-128": "sha256", "HMAC-SHA2-384-192": "sha384", "HMAC-SHA2-512-256": "sha512", "HMAC-SHA1-96": "sha1", "HMAC-MD5-96": "md5"}
_GROUPS = {f"Group-{number}": f"group{number}" for number in (14, 5, 15, 16, 18, 2, 19, 20, 21, 31)}
_PSEUDO_RANDOM = {"PRF-HMAC-SHA2-256": "sha256", "PRF-HMAC-SHA2-384": "sha384", "PRF-HMAC-SHA2-512": "sha512", "PRF-HMAC-SHA1": "sha1",
                  "PRF-HMAC-MD5": "md5"}
_IPSEC_CIPHERS = {name: word for name, word in _CIPHERS.items() if word != "3des"}
# ESP knows no SHA-384 and no MD5 there.
_IPSEC_HASHES = {name: word for name, word in _HASHES.items() if word not in ("sha384", "md5")}

# (phase, option of the offers) → the name in a tunnel's cipherSuite and Google's words, which are all that it takes where nothing is chosen.
OPTIONS: dict[tuple[str, str], tuple[str, dict[str, str]]] = {
    ("ike", "versions"): ("ikeVersion", {"1": "ikev1", "2": "ikev2"}),
    ("ike", "encryption"): ("phase1.encryption", _CIPHERS),
    ("ike", "hash"): ("phase1.integrity", _HASHES),
    ("ike", "dh_group"): ("phase1.dh", _GROUPS),
    ("ipsec", "encryption"): ("phase2.encryption", _IPSEC_CIPHERS),
    ("ipsec", "authentication"): ("phase2.integrity", _IPSEC_HASHES),
    ("ipsec", "dh_group"): ("phase2.pfs", _GROUPS),
}
_IKEV1 = Offers(IkeOffer(("ikev1",), ("aes-128-cbc",), ("sha1",), ("group2",), IKE_LIFETIME_SECONDS["ikev1"]),
                IpsecOffer(("aes-128-cbc",), ("sha1",), ("group2",), IPSEC_LIFETIME_SECONDS))


def offers(tunnel: dict) -> Offers:
    """What Google accepts on a tunnel."""
    if str(tunnel.get("ikeversion") or "2") == "1":
        return _IKEV1
    suite = mapping(tunnel.get("ciphersuite"))
    said: dict[str, dict] = {"ike": {"versions": ("ikev2",)}, "ipsec": {}}
    for (phase, option), (name, words) in OPTIONS.items():
        if option != "versions":
            of_phase, of_option = name.split(".")
            said[phase][option] = _chosen(mapping(suite.get(of_phase)).get(of_option), words)
    chosen = mapping(suite.get("phase1"))
    if chosen.get("prf") and not chosen.get("integrity"):
        # With a cipher that authenticates by itself, the hash is that of the pseudo-random function.
        said["ike"]["hash"] = _chosen(chosen["prf"], _PSEUDO_RANDOM)
    return Offers(IkeOffer(lifetime_seconds=IKE_LIFETIME_SECONDS["ikev2"], **said["ike"]),
                  IpsecOffer(lifetime_seconds=IPSEC_LIFETIME_SECONDS, **said["ipsec"]))


def _chosen(told: Any, words: dict[str, str]) -> tuple[str, ...]:
    """A word that is new stays as it is."""
    given = [str(word) for word in (told if isinstance(told, list) else [told]) if word]
    known = {name.upper(): word for name, word in words.items()}
    return tuple(dict.fromkeys(known.get(word.upper(), word) for word in given or words))
