# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How secrets stand in the configuration.

Classic form: ``-AQ==`` + base64(SHA-1(plain text)) + base64(ciphertext, a multiple of 16 bytes). The digest is unsalted
and was verified against four published pairs; the ciphertext depends on the master key and is the same each time.
The opaque form stands for the newer encryption level, whose layout is not published: another prefix, another value on
every write, so nothing can be compared.
"""

from __future__ import annotations

import base64
import hashlib
import os

CLASSIC_PREFIX = "-AQ=="
OPAQUE_PREFIX = "-Ag=="

#: The vendor's default is a public constant; with it, what is stored is no secret.
DEFAULT_MASTER_KEY = "p1a2l3o4a5l6t7o8"


class StoredSecrets:
    """Turns plain text into the stored form; what already has a stored form is kept word for word."""

    def __init__(self, opaque: bool = False, master_key: str = DEFAULT_MASTER_KEY) -> None:
        self._opaque = opaque
        self._master_key = master_key
        self._known: dict[str, str] = {}

    def store(self, text: str) -> str:
        if is_stored(text):
            return text
        stored = self._stored(text)
        self._known[stored] = text
        return stored

    def reveal(self, stored: str) -> str | None:
        """The plain text, for those who must use it; None for what came in its stored form."""
        return self._known.get(stored)

    def _stored(self, text: str) -> str:
        plain = text.encode()
        if self._opaque:
            return OPAQUE_PREFIX + _base64(os.urandom(28)) + _base64(os.urandom(16 * _blocks(plain)))
        return CLASSIC_PREFIX + _base64(hashlib.sha1(plain).digest()) + _base64(self._ciphertext(plain))

    def _ciphertext(self, plain: bytes) -> bytes:
        stream = b""
        while len(stream) < 16 * _blocks(plain):
            stream += hashlib.sha256(self._master_key.encode() + len(stream).to_bytes(4, "big") + plain).digest()
        return stream[:16 * _blocks(plain)]


def is_stored(text: str) -> bool:
    """Whether a value is ciphertext: the marker and more than the digest behind it."""
    return text.startswith((CLASSIC_PREFIX, OPAQUE_PREFIX)) and len(text) > 33


def _blocks(plain: bytes) -> int:
    """Padding always adds at least one byte."""
    return len(plain) // 16 + 1


def _base64(data: bytes) -> str:
    return base64.b64encode(data).decode()
