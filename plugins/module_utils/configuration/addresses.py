# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Addresses and networks as people write them, where PAN-OS takes the name of an address object too."""

from __future__ import annotations

import re
from ipaddress import IPv4Address, ip_address, ip_interface, ip_network
from typing import Callable

_DOTTED = re.compile(r"\d+(\.\d+){2,}")


def is_literal(text: str) -> bool:
    """Whether a text is meant as an address or a network: no object's name has a slash or a colon, and none is made of numbers with dots."""
    return "/" in text or ":" in text or bool(_DOTTED.match(text)) and not any(each.isalpha() for each in text)


def _range(text: str) -> None:
    first, dash, last = text.partition("-")
    if not dash:
        raise ValueError(text)
    low, high = ip_address(first.strip()), ip_address(last.strip())
    if low.version != high.version or int(low) > int(high):
        raise ValueError(text)


def _network(text: str) -> None:
    ip_network(text, strict=False)


# What a form of an option takes beside the name of an object, each with what reads it.
_TAKES: dict[str, Callable[[str], object]] = {
    "address": ip_address, "interface address": ip_interface, "network": _network, "range": _range,
}
FORMS = {
    "address or name": ("address",),
    "interface address or name": ("interface address",),
    "network or name": ("network",),
    "traffic": ("network", "range"),
}


def check(form: str, text: str) -> None:
    """Raises ValueError where a text is meant as an address and is none of those that the form takes."""
    if not is_literal(text):
        return
    for kind in FORMS[form]:
        try:
            _TAKES[kind](text)
            return
        except ValueError:
            continue
    raise ValueError(f"'{text}' is no {' and no '.join(FORMS[form])}, and no object can have that name")


def forgotten_prefix(text: str) -> str:
    """The network that was probably meant by a single address that ends in zeros, with its prefix length; empty where it looks like a host."""
    try:
        octets = str(IPv4Address(text)).split(".")
    except ValueError:
        return ""
    length = 32
    while octets and octets[-1] == "0":
        octets.pop()
        length -= 8
    return f"{text}/{length}" if length < 32 else ""
