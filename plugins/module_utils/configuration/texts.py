# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Texts of people before they are used, so that what is written is what is read back, and what cannot be written is said by name."""

from __future__ import annotations

import re

# What XML 1.0 has no way to say, not even as a reference.
_UNSPEAKABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_BREAKS = "\r\n"


def tidy(text: str) -> str:
    """With PAN-OS's line ends, and without blanks around: a YAML block ends in a line end, and nobody means it."""
    return text.replace("\r\n", "\n").replace("\r", "\n").strip()


def unbroken(secret: str) -> str:
    """A secret without the line end that its file ended in. Blanks can be part of it."""
    return secret.strip(_BREAKS)


def problem(text: str, several_lines: bool) -> str:
    """Why a text cannot be written, without any of it; empty where it can."""
    found = _UNSPEAKABLE.search(text)
    if found:
        return f"character {found.start() + 1} is {_named(found.group())}, which the XML API has no way to say"
    if not several_lines and any(each in text for each in "\n\r\t"):
        return "there is a line end or a tab in the middle of it; it is a single line"
    return ""


def _named(character: str) -> str:
    code = ord(character)
    if code < 0x20:
        return f"a control character (U+{code:04X})"
    return f"no character (U+{code:04X}), what is left of a text that is no UTF-8"
