# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Addresses and networks as people write them, where PAN-OS takes the name of an address object too."""

from __future__ import annotations

import re
from ipaddress import IPv4Address, ip_address, ip_interface, ip_network, summarize_address_range
from typing import Callable, Sequence

_DOTTED = re.compile(r"\d+(\.\d+){2,}")


def is_literal(text: str) -> bool:
    """Whether a text is meant as an address or a network: no object's name has a slash or a colon, and none is made of numbers with dots."""
    return "/" in text or is_ipv6(text) or bool(_DOTTED.match(text)) and not any(each.isalpha() for each in text)


def is_ipv6(text: str) -> bool:
    """Of a text that C(is_literal)."""
    return ":" in text


def family(text: str) -> int:
    """4 or 6, of a text that C(is_literal)."""
    return 6 if is_ipv6(text) else 4


# RFC 1918, carriers' NAT, and what IPv6 has instead of them.
_PRIVATE = tuple(map(ip_network, ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "fc00::/7", "fe80::/10")))


def is_private(text: str | None) -> bool:
    """Whether an address is one that a peer across the internet never sees."""
    try:
        address = ip_address(text or "")
    except ValueError:
        return False
    return any(address in network for network in _PRIVATE)


def _range(text: str) -> None:
    first, dash, last = text.partition("-")
    if not dash:
        raise ValueError(text)
    low, high = ip_address(first.strip()), ip_address(last.strip())
    if low.version != high.version or int(low) > int(high):
        raise ValueError(text)


def _network(text: str) -> None:
    ip_network(text, strict=False)


# What reads a form of a text, and raises ValueError for any other one.
_READS: dict[str, Callable[[str], object]] = {
    "address": ip_address, "IPv4 address": IPv4Address, "interface address": ip_interface, "network": _network, "range": _range,
}
# The forms in which the name of an object can stand too, each with the others of these.
FORMS = {
    "address or name": ("address",),
    "interface address or name": ("interface address",),
    "network or name": ("network",),
    "traffic": ("network", "range"),
}


def check(form: str, text: str) -> None:
    """Raises ValueError where a text does not have a form; what is no form of addresses has another check."""
    if form in _READS:
        _READS[form](text)
    elif form in FORMS and is_literal(text):
        _check_literal(FORMS[form], text)


def _check_literal(forms: Sequence[str], text: str) -> None:
    for form in forms:
        try:
            _READS[form](text)
            return
        except ValueError:
            continue
    why = f" ({_malformed(text)})" if _malformed(text) else ""
    raise ValueError(f"'{text}' is no {' and no '.join(forms)}{why}, and no object can have that name")


def network_problem(text: str) -> str:
    """What is wrong with a text that is to be a network, and what to write; empty where it is one."""
    if text.startswith(("[", "{")):
        return (f"'{text}' is a list that is written as one text; put commas between the networks and no brackets around them, or give a list "
                "(with -e, the whole as JSON in quotes: -e '{\"name\": [\"10.20.0.0/16\"]}')")
    closed = re.sub(r"\s*/\s*", "/", text.strip())
    if closed != text.strip() and is_literal(closed):
        return f"'{text}' has a space at its slash; say {closed}"
    several = re.split(r"[\s;|]+", text.strip())
    if len(several) > 1 and all(map(is_literal, several)):
        return f"'{text}' is one text with several networks; put commas between them, or give a list"
    malformed = _malformed(text)
    if malformed:
        return f"'{text}' is no network: {malformed}"
    try:
        network = ip_network(text, strict=False)
    except ValueError:
        return f"'{text}' is no network, such as 10.20.0.0/16 or 2001:db8:1::/48"
    address, slash, length = text.partition("/")
    if not slash:
        meant = f"{text}/64" if text.endswith("::") else forgotten_prefix(text)
        one = f"{text}/{network.max_prefixlen}"
        return f"{text} has no prefix length; say {meant} if the network is meant, {one} if the one address is" if meant else ""
    if not length.isdigit():
        return f"'{text}': give the prefix length as a number, {network}"
    if ip_address(address) != network.network_address:
        return (f"{text} is the address of a host, with the prefix length of its network (host bits set); say {network} if the network is meant, "
                f"{address}/{network.max_prefixlen} if the one address is")
    return ""


def _malformed(text: str) -> str:
    """Which part of an address or a network cannot be one; empty where that is not plain."""
    address, slash, length = text.partition("/")
    octets = address.split(".")
    is_dotted = len(octets) > 1 and all(octet.isdigit() for octet in octets)
    if is_dotted and len(octets) != 4:
        return f"it has {len(octets)} octets, and IPv4 has four"
    if is_dotted and max(map(int, octets)) > 255:
        return f"{max(map(int, octets))} is no octet, which is 0 to 255"
    if slash and length.isdigit() and (is_dotted or is_ipv6(address)):
        longest = 32 if is_dotted else 128
        return f"/{length} is no prefix length, which is 0 to {longest}" if int(length) > longest else ""
    return ""


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


# A range that takes more prefixes than these is not what anybody lists.
_MOST_PREFIXES = 8


def as_prefixes(text: str) -> list[str]:
    """The prefixes that a range, or a network with its mask beside it, stands for; none where it is neither."""
    address, dummy, mask = text.strip().partition(" ")
    try:
        if "-" in text:
            found = prefixes(text)
            return found if len(found) <= _MOST_PREFIXES else []
        return prefixes(f"{address}/{mask.strip()}") if mask else []
    except (TypeError, ValueError):
        return []


def prefixes(text: str) -> list[str]:
    """The prefixes of an address, of a prefix or of a range. Raises ValueError or TypeError for any other text."""
    first, dash, last = text.partition("-")
    if dash:
        return [str(each) for each in summarize_address_range(ip_address(first.strip()), ip_address(last.strip()))]
    return [str(ip_network(text, strict=False))]
