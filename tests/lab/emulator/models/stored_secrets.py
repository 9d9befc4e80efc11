# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How secrets stand in the configuration.

Classic form: ``-AQ==`` + base64(SHA-1(plain text)) + base64(ciphertext, a multiple of 16 bytes). The digest is unsalted
and was verified against four published pairs; the ciphertext depends on the master key and is the same each time.
The opaque form stands for the newer encryption level, whose layout is not published: another prefix, another value on
every write, so nothing can be compared.

Whoever has the master key reads what was encrypted with it, wherever that was: a firewall what Panorama pushed, a member of a pair what the other one
has, and each what it loads (vendor documentation). The cipher itself is a stand-in.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import os

CLASSIC_PREFIX = "-AQ=="
OPAQUE_PREFIX = "-Ag=="

#: The vendor's default is a public constant; with it, what is stored is no secret.
DEFAULT_MASTER_KEY = "p1a2l3o4a5l6t7o8"

_BLOCK = 16
# Bytes before the ciphertext, and how many characters of base64 they are: the digest, or what makes each value another one with a digest of its own.
_HEADS = {CLASSIC_PREFIX: (20, 28), OPAQUE_PREFIX: (28, 40)}
_NONCE = 12


class StoredSecrets:
    """Turns plain text into the stored form and back; what already has a stored form is kept word for word."""

    def __init__(self, opaque: bool = False, master_key: str = DEFAULT_MASTER_KEY) -> None:
        self._prefix = OPAQUE_PREFIX if opaque else CLASSIC_PREFIX
        self.master_key = master_key

    def store(self, text: str) -> str:
        if is_stored(text):
            return text
        plain = text.encode()
        head = self._head(self._prefix, plain, os.urandom(_NONCE))
        padding = _BLOCK - len(plain) % _BLOCK
        return self._prefix + _base64(head) + _base64(self._crossed(head, plain + bytes([padding]) * padding))

    def reveal(self, stored: str) -> str | None:
        """The plain text, for those who must use it; None for what another master key has encrypted."""
        prefix = stored[:5]
        if not is_stored(stored):
            return None
        length, characters = _HEADS[prefix]
        try:
            head, ciphertext = (base64.b64decode(text, validate=True) for text in (stored[5:5 + characters], stored[5 + characters:]))
        except binascii.Error:
            return None
        padded = self._crossed(head, ciphertext)
        plain = padded[:-padded[-1]] if padded else b""
        is_ours = len(head) == length and self._head(prefix, plain, head[:_NONCE]) == head
        return plain.decode() if is_ours else None

    def _head(self, prefix: str, plain: bytes, nonce: bytes) -> bytes:
        if prefix == CLASSIC_PREFIX:
            return hashlib.sha1(plain).digest()
        return nonce + hashlib.sha256(self.master_key.encode() + nonce + plain).digest()[:_BLOCK]

    def _crossed(self, head: bytes, data: bytes) -> bytes:
        """Encrypts, and decrypts what was encrypted."""
        stream = b""
        while len(stream) < len(data):
            stream += hashlib.sha256(self.master_key.encode() + len(stream).to_bytes(4, "big") + head).digest()
        return bytes(one ^ other for one, other in zip(data, stream))


def is_stored(text: str) -> bool:
    """Whether a value is ciphertext: the marker and more than the digest behind it."""
    return text.startswith((CLASSIC_PREFIX, OPAQUE_PREFIX)) and len(text) > 33


def _base64(data: bytes) -> str:
    return base64.b64encode(data).decode()
