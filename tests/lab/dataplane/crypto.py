# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Crypto profiles of PAN-OS in strongSwan's words."""

from __future__ import annotations

from typing import Iterable

_CIPHERS = {
    "3des": "3des", "aes-128-cbc": "aes128", "aes-192-cbc": "aes192", "aes-256-cbc": "aes256", "des": "des", "null": "null",
}
_COMBINED = {"aes-128-gcm": "aes128gcm16", "aes-256-gcm": "aes256gcm16", "aes-128-ccm": "aes128ccm16"}
_HASHES = {"md5": "md5", "sha1": "sha1", "sha256": "sha256", "sha384": "sha384", "sha512": "sha512"}
_GROUPS = {
    "group1": "modp768", "group2": "modp1024", "group5": "modp1536", "group14": "modp2048", "group15": "modp3072",
    "group16": "modp4096", "group19": "ecp256", "group20": "ecp384", "group21": "ecp521",
}


def ike_proposals(encryption: Iterable[str], hashes: Iterable[str], groups: Iterable[str]) -> tuple[str, ...]:
    """Proposals in the profile's order of ciphers. A combined cipher takes the hash as PRF, or SHA-256 where none is named."""
    hashes, chosen = [name for name in hashes if name in _HASHES], [_GROUPS[name] for name in groups if name in _GROUPS]
    return _proposals(encryption, [_HASHES[name] for name in hashes], [f"prf{_HASHES[name]}" for name in hashes] or ["prfsha256"], chosen)


def esp_proposals(encryption: Iterable[str], authentication: Iterable[str], group: str) -> tuple[str, ...]:
    """Proposals of an ESP profile; no-pfs leaves the group out."""
    hashes = [_HASHES[name] for name in authentication if name in _HASHES]
    return _proposals(encryption, hashes, [], [_GROUPS[group]] if group in _GROUPS else [])


def _proposals(encryption: Iterable[str], hashes: list[str], functions: list[str], groups: list[str]) -> tuple[str, ...]:
    """Neighbouring ciphers of a kind share a proposal: a combined cipher may not stand beside a hash."""
    found: list[list[str]] = []
    for name in encryption:
        rest, words = (functions, _COMBINED) if name in _COMBINED else (hashes, _CIPHERS)
        if name not in words or (words is _CIPHERS and not hashes):
            continue
        tail = [*rest, *groups]
        if found and found[-1][-1:] == ["/".join(tail)]:
            found[-1].insert(-1, words[name])
        else:
            found.append([words[name], "/".join(tail)])
    return tuple("-".join((*group[:-1], *[word for word in group[-1].split("/") if word])) for group in found)
