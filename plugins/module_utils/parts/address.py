# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Texts that are addresses, or names of address objects: what is of the wrong family."""

from __future__ import annotations

from typing import Any, Callable, Iterator, Mapping

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.configuration.addresses import family, is_literal
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.errors import InvalidInput

Rule = Callable[[Mapping[str, Any], Any], None]


def refuse_other_family(version: int, *options: str) -> Rule:
    """A rule of a table of one family."""

    def rule(values: Mapping[str, Any], platform: Any) -> None:
        for option in options:
            for text in _texts(values, option):
                if is_literal(text) and family(text) != version:
                    raise InvalidInput(f"{option}: {text} is IPv{family(text)}, and this is for IPv{version}")

    return rule


def _texts(values: Mapping[str, Any], option: str) -> Iterator[str]:
    found: Any = values
    for part in option.split("."):
        found = found.get(part) if isinstance(found, Mapping) else None
    for text in found if isinstance(found, (list, tuple)) else [found]:
        if isinstance(text, str):
            yield text
