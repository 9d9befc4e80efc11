# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A text that one of AWS's tools printed, as plain values: the XML of the EC2 API, Python's own spelling, and what any tool prints."""

from __future__ import annotations

import ast
import re

from typing import Any
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.errors import InvalidInput
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.peers import printed
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.peers.printed import DEEPEST

_ROOT_OF_THE_API = re.compile(r"(<\?xml[^>]*>\s*)?<(\w+:)?Describe\w*Response\b")
_DATE = re.compile(r"datetime\.datetime\([^()]*(\([^()]*\))?[^()]*\)")
_PYTHON = re.compile(r"[\[{(]\s*(\{\s*)?u?'")
_YAML = re.compile(r"(---\s+)?(- )?[A-Za-z_]*[Vv]pn_?[Cc]onnection\w*:\s")
# A text without these says nothing of a connection.
_OF_A_CONNECTION = re.compile(r"vpn|tunnel", re.IGNORECASE)
_IS_TEXT = re.compile(r"^(VPNCONNECTIONS|VGWTELEMETRY|OPTIONS|TUNNELOPTIONS)\t", re.MULTILINE)
_JSON = "Give 'aws ec2 describe-vpn-connections --output json'"
_TEXT = f"It is what '--output text' prints. {_JSON}"


def plain(text: str) -> Any:
    """What a text says. Raises C(InvalidInput) where that cannot be read."""
    text = text.strip().lstrip("\ufeff").strip()
    if text.startswith("<"):
        return _of_the_api(text)
    if _PYTHON.match(text):
        return _of_python(text)
    return printed.read(text, "The VPN connection's description", _TEXT if _IS_TEXT.search(text[:4000]) else _JSON)


def could_be_one(text: str) -> bool:
    """Whether a text inside a description is a description itself, and no value: a registered C(stdout), an item of AWS Config."""
    begins = text[:200].strip().lstrip("\ufeff").strip()
    if begins.startswith("<"):
        return bool(_ROOT_OF_THE_API.match(begins))
    return (begins.startswith(("{", "[")) or bool(_YAML.match(begins))) and _OF_A_CONNECTION.search(text) is not None


def _of_the_api(text: str) -> Any:
    if not _ROOT_OF_THE_API.match(text):
        raise InvalidInput("This is XML, not JSON. Give the whole output of 'aws ec2 describe-vpn-connections', which holds that XML.")
    if "<!doctype" in text.lower():
        raise InvalidInput("The answer of AWS's API has a DOCTYPE, which AWS never writes.")
    try:
        return _value_of(ElementTree.fromstring(text), DEEPEST)
    except ElementTree.ParseError as exc:
        line, column = exc.position
        raise InvalidInput(f"The answer of AWS's API is not XML (line {line}, column {column}).") from None


def _value_of(element: Element, depth: int) -> Any:
    """An element as a text, a list of items, or a mapping."""
    if len(element) == 0:
        return (element.text or "").strip()
    if depth == 0:
        raise InvalidInput("The answer of AWS's API is nested too deep.")
    tags = [child.tag.rpartition("}")[2] for child in element]
    values = [_value_of(child, depth - 1) for child in element]
    return values if set(tags) == {"item"} else dict(zip(tags, values))


def _of_python(text: str) -> Any:
    """What Python prints of a mapping: its dates have no literals."""
    try:
        return ast.literal_eval(_DATE.sub("None", text))
    except (ValueError, SyntaxError, MemoryError, RecursionError):
        raise InvalidInput("The VPN connection's description is in Python's own spelling, and not all of it can be read; "
                           "print it by json.dumps(…, default=str).") from None
