# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Answers of operational commands, read without trusting their layout: it differs between releases and is nowhere specified.

Texts are found by name, names are compared without regard to case, C(-) or C(_), and what no parser asks for is kept.
"""

from __future__ import annotations

import json
import re
import xml.etree.ElementTree as ET
from typing import Iterator

# What PAN-OS says instead of an empty list.
_NOTHING = re.compile(r"there is no|not found|^no\b|no .* found", re.IGNORECASE)
_REMARK_LENGTH = 200


class Fields:
    """The texts of one entry by name. What was asked for counts as known; C(rest) is everything else."""

    def __init__(self, texts: dict):
        self._texts = texts
        self._known: set = set()

    def text(self, *names: str) -> str | None:
        """The first of these that is there and not empty. All of them count as known from now on."""
        self._known.update(names)
        return next((self._texts[name] for name in names if self._texts.get(name)), None)

    def number(self, *names: str) -> int | str | None:
        """As C(text), as a number where it is one."""
        return number(self.text(*names))

    def rest(self, without: str = "") -> dict:
        """What nobody asked for; C(without): the beginning of names that are told elsewhere."""
        return {name: text for name, text in self._texts.items()
                if text and name not in self._known and not (without and name.startswith(without))}


def number(text: str | None) -> int | str | None:
    """C(3600) and C(106879.0) as numbers; what is none (C(Unlimited)) stays a text."""
    match = re.fullmatch(r"(-?\d{1,18})(\.\d*)?", text or "", re.ASCII)
    return int(match.group(1)) if match else text


def entries(response: ET.Element, *identifying: str) -> Iterator[tuple]:
    """(element, Fields) of the entries below C(result), at any depth, that have one of the identifying names.

    What lies inside such an entry belongs to it and is not looked at again.
    """
    waiting = [response.find("result")]
    while waiting:
        element = waiting.pop()
        if element is None:
            continue
        if element.tag == "entry":
            texts = texts_of(element)
            if any(texts.get(name) for name in identifying):
                yield element, Fields(texts)
                continue
        waiting.extend(reversed(element))


def texts_of(element: ET.Element) -> dict:
    """All texts and attributes in an element: its child C(pkt-encap) is C(pkt_encap), one further down C(monitor.on).

    Several of one name are joined.
    """
    found: dict = {}
    waiting = [("", element)]
    while waiting:
        prefix, node = waiting.pop()
        for key, value in node.attrib.items():
            _add(found, _joined(prefix, key), value)
        if node is not element and len(node) == 0:
            _add(found, prefix, node.text)
        waiting.extend((_joined(prefix, child.tag), child) for child in reversed(node))
    return found


def texts_of_json(value) -> dict:
    """The same of a JSON object: C(bgpState) below C(detail) is C(detail.bgp_state)."""
    found: dict = {}
    waiting = [("", value)]
    while waiting:
        prefix, node = waiting.pop()
        if isinstance(node, dict):
            waiting.extend((_joined(prefix, key), child) for key, child in reversed(node.items()))
        elif isinstance(node, list):
            waiting.extend((prefix, child) for child in reversed(node))
        elif isinstance(node, bool):
            _add(found, prefix, "yes" if node else "no")
        elif node is not None:
            _add(found, prefix, str(node))
    return found


def _joined(prefix: str, name: str) -> str:
    return f"{prefix}.{plain(name)}" if prefix else plain(name)


def plain(name: str) -> str:
    """A name as we write it: C(acceptedPrefixCounter) and C(accepted-prefix-counter) are C(accepted_prefix_counter)."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower().replace("-", "_")


def _add(found, name, text):
    text = (text or "").strip()
    if text:
        found[name] = f"{found[name]}, {text}" if name in found else text


def json_objects(response: ET.Element) -> list:
    """The JSON objects that the Advanced Routing Engine puts into its XML."""
    return [value for value in map(_parsed, _json_texts(response)) if isinstance(value, dict)]


def _json_texts(response):
    result = response.find("result")
    return [] if result is None else [element.text or "" for element in result.iter("json")]


def _parsed(text):
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


def remark(response: ET.Element) -> str | None:
    """Words of an answer that no parser understands; None where there are none, or they only say that there is nothing."""
    result = response.find("result")
    if result is None:
        return None
    texts = [result.text or ""] + [text for text in _json_texts(response) if text.strip() and not isinstance(_parsed(text), dict)]
    said = " ".join(" ".join(texts).split())
    return said[:_REMARK_LENGTH] if said and not _NOTHING.search(said) else None
