# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The bytes of an answer as a tree that the rest can walk through safely, whoever sent them."""

from __future__ import annotations

import xml.etree.ElementTree as ET

# PAN-OS's own configurations are nested less than 40 deep. Python's C code copies a tree by calling itself, and dies far below 100,000.
DEEPEST = 256
# A configuration has an element for every 30 to 40 bytes; one takes about as many bytes of memory as this has.
_BYTES_AN_ELEMENT = 128

# What a byte that is no UTF-8 stands for: comments of old configurations were imported as they had been written on Windows.
_OF_OLD = {0xDC00 + byte: bytes([byte]).decode("cp1252", "replace") for byte in range(0x80, 0x100)}


class Unreadable(Exception):
    """Why an answer is none of the XML API; no word of the answer is in it. C(final): it would be none the next time either."""

    def __init__(self, message: str, final: bool = True):
        super().__init__(message)
        self.final = final


def tree(content: bytes, limit: int) -> ET.Element:
    """The C(<response>). C(limit): how many bytes an answer may have; what it may take in memory follows from that."""
    most = limit // _BYTES_AN_ELEMENT
    if content.count(b"<") - content.count(b"</") > most:
        raise Unreadable(f"the answer has more than {most} elements; where that is no mistake, raise provider.answer_limit (PANOS_ANSWER_LIMIT)")
    text = content.decode("utf-8", "surrogateescape").translate(_OF_OLD)
    if _has_document_type(text):
        raise Unreadable("the answer has a document type (DOCTYPE), which PAN-OS never writes")
    try:
        root = ET.fromstring(text)
    except ET.ParseError as exc:
        line, column = exc.position
        raise Unreadable(f"the answer is cut off or not XML (line {line}, column {column})", final=False) from None
    if root.tag != "response":
        raise Unreadable(f"the answer is a <{root.tag[:40]}> and not the <response> of the XML API (a proxy, a login page, or another port)", final=False)
    _refuse_deep(root)
    return root


def _has_document_type(text: str) -> bool:
    """Whether entities could be defined, which multiply: that is done before the first element, behind a declaration and comments."""
    at = 0
    while True:
        while text[at:at + 1].isspace() or text[at:at + 1] == "\ufeff":
            at += 1
        end = {"<?": "?>", "<!-": "-->"}.get(text[at:at + 3] if text.startswith("<!-", at) else text[at:at + 2])
        if end is None:
            return text.startswith("<!DOCTYPE", at)
        closed = text.find(end, at + 2)
        if closed < 0:
            return False
        at = closed + len(end)


def _refuse_deep(root: ET.Element) -> None:
    level = [root]
    for dummy in range(DEEPEST):
        level = [child for element in level for child in element]
        if not level:
            return
    raise Unreadable(f"the elements of the answer are nested more than {DEEPEST} deep")
