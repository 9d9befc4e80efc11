# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The algorithms of SAs, which PAN-OS writes in a shorthand of its own, spelled out."""

from __future__ import annotations

import re

# The forms that recorded answers have: PSK/DH20/A256/SHA384 of an IKE SA, G256 or A128 of an IPsec SA.
_WORDS = (
    (re.compile(r"PSK"), r"pre-shared key"),
    (re.compile(r"RSA|CERT|DSS|ECDSA"), r"certificate"),
    (re.compile(r"DH-?(\d+)"), r"DH group \1"),
    (re.compile(r"(?:A|AES|AES-CBC-?)(128|192|256)"), r"AES-\1-CBC"),
    (re.compile(r"(?:G|AES-?GCM-?)(128|192|256)"), r"AES-\1-GCM"),
    (re.compile(r"(?:C|AES-?CCM-?)(128|192|256)"), r"AES-\1-CCM"),
    (re.compile(r"3DES"), r"3DES"),
    (re.compile(r"SHA-?(1|256|384|512)"), r"SHA-\1"),
    (re.compile(r"MD5"), r"MD5"),
    (re.compile(r"NULL"), r"no encryption"),
)


def spelled_out(text: str | None) -> str:
    """C(PSK/DH20/A256/SHA384) as C(pre-shared key, DH group 20, AES-256-CBC, SHA-384); what is not known stays as it is."""
    parts = [part.strip() for part in (text or "").split("/")]
    return ", ".join(_word(part) for part in parts if part)


def _word(part: str) -> str:
    return next((pattern.sub(words, part.upper()) for pattern, words in _WORDS if pattern.fullmatch(part.upper())), part)
