# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The expressions of an exported Azure template, as far as they name resources: C([parameters('x')]), C([resourceId('type', 'name')]), C([concat(...)])."""

from __future__ import annotations

import re
from typing import Any

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.peers.document import fold, mapping

_TOKEN = re.compile(r"\s*(?:'((?:[^']|'')*)'|([A-Za-z_.]\w*)\s*(\()?|([(),])|(-?\d+))")


def resolved(document: Any) -> Any:
    """The document with the values of its expressions; one that is not understood stays as it is. Templates may lie within others."""
    return _resolved(document, {}) if isinstance(document, (dict, list)) else document


def _resolved(value: Any, known: dict) -> Any:
    if isinstance(value, list):
        return [_resolved(item, known) for item in value]
    if isinstance(value, dict):
        own = {**known, **_defaults(value)}
        return {key: _resolved(item, own) for key, item in value.items()}
    return _evaluated(value, known) if isinstance(value, str) and _is_expression(value) else value


def _defaults(template: dict) -> dict:
    """What a template's parameters and variables are, by (where they are named, their name)."""
    found = {}
    for name, said in mapping(template.get("parameters")).items():
        value = said.get("value", said.get("defaultvalue")) if isinstance(said, dict) else None
        if value is not None:
            found["parameters", name] = value
    found.update({("variables", name): value for name, value in mapping(template.get("variables")).items()})
    return found


def _is_expression(text: str) -> bool:
    return text.startswith("[") and text.endswith("]") and not text.startswith("[[") and "(" in text


def _evaluated(text: str, known: dict) -> Any:
    tokens = list(_TOKEN.finditer(text[1:-1]))
    if "".join(found.group(0) for found in tokens) != text[1:-1].rstrip():
        return text
    try:
        value, rest = _value(tokens, known)
    except (IndexError, KeyError):
        return text
    return text if rest else value


def _value(tokens: list[re.Match], known: dict) -> tuple[Any, list[re.Match]]:
    """(the value of the first expression, the tokens behind it). Raises KeyError for what is not known."""
    first, rest = tokens[0], tokens[1:]
    literal, name, _opening, _sign, number = first.groups()
    if literal is not None:
        return literal.replace("''", "'"), rest
    if number is not None:
        return number, rest
    arguments = []
    while rest[0].group(4) != ")":
        if rest[0].group(4) == ",":
            rest = rest[1:]
        value, rest = _value(rest, known)
        arguments.append(value)
    return _called((name or "").lower(), arguments, known), rest[1:]


def _called(function: str, arguments: list, known: dict) -> Any:
    if function in ("parameters", "variables"):
        named = (function, fold(arguments[0]))
        # Without itself: a variable may not be made of itself.
        others = {other: value for other, value in known.items() if other != named}
        return _resolved(known[named], others)
    if function == "concat":
        return "".join(str(argument) for argument in arguments)
    if function in ("resourceid", "extensionresourceid"):
        return f"/{arguments[-1]}"
    raise KeyError(function)
