# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A text that one of AWS's tools printed, as plain values: JSON, the XML of the EC2 API, Python's own spelling.

What is none of them is refused with what to do.
"""

from __future__ import annotations

import ast
import json
import re

from typing import Any
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.errors import InvalidInput

#: Deeper than anything that describes a connection; Python's own functions give up at about 1000.
DEEPEST = 100
_ROOT_OF_THE_API = re.compile(r"(<\?xml[^>]*>\s*)?<(\w+:)?Describe\w*Response\b")
_DATE = re.compile(r"datetime\.datetime\([^()]*(\([^()]*\))?[^()]*\)")
_JSON = "Give 'aws ec2 describe-vpn-connections --output json'"


def plain(text: str) -> Any:
    """What a text says. Raises C(InvalidInput) where that cannot be read."""
    text = text.strip().lstrip("\ufeff").strip()
    if text.startswith("<"):
        return _of_the_api(text)
    try:
        return json.loads(text)
    except RecursionError:
        raise InvalidInput("The VPN connection's description is nested too deep.") from None
    except ValueError as exc:
        if text.startswith(("{", "[")) and "':" in text:
            return _of_python(text)
        at = f" (line {exc.lineno}, column {exc.colno})" if isinstance(exc, json.JSONDecodeError) else ""
        # Without the cause, which carries the whole document and with it the keys.
        raise InvalidInput(f"The VPN connection's description is not JSON{at}. {_advice(text)}".rstrip()) from None


def could_be_one(text: str) -> bool:
    """Whether a text inside a description is a description itself, and no value: a registered C(stdout), an item of AWS Config."""
    begins = text[:200].strip().lstrip("\ufeff").strip()
    if begins.startswith("<"):
        return bool(_ROOT_OF_THE_API.match(begins))
    return begins.startswith(("{", "[")) and "vpn" in text.lower()


def _advice(text: str) -> str:
    """What to do about a text that is no JSON."""
    begins = text[:4000]
    if not text:
        return "It is empty."
    if begins.startswith("$ANSIBLE_VAULT"):
        return "It is encrypted by ansible-vault: read it with the lookup 'ansible.builtin.unvault', or decrypt it."
    if re.search(r"^[+|]--|^\|\s+Describe", begins, re.MULTILINE):
        return f"It is a table. {_JSON}."
    if re.search(r"^(VPNCONNECTIONS|VGWTELEMETRY|OPTIONS|TUNNELOPTIONS)\t", begins, re.MULTILINE):
        return f"It is what '--output text' prints. {_JSON}."
    if re.search(r'^\s*(resource\s+"aws_|# aws_vpn_connection\.)', begins, re.MULTILINE):
        return "It is Terraform's own language. Give 'terraform show -json'."
    if re.search(r"^\s*(- )?[A-Za-z_]*[Vv]pn_?[Cc]onnection\w*:", text, re.MULTILINE):
        return f"It is YAML: put 'from_yaml' in front of the filter (\"{{{{ … | from_yaml | … }}}}\"), or: {_JSON.replace('Give', 'give')}."
    return f"{_JSON}."


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
