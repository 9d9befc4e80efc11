# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Answers of a firewall without what identifies it, its owner or its peers: what is left is their form.

Nothing is looked for that has to go: whatever is not known to be PAN-OS's own word, or a small number, is replaced. The same text becomes the same
replacement in all answers of one firewall, an address another address, a number another one of as many digits.
"""

from __future__ import annotations

import ipaddress
import itertools
import json
import re
import xml.etree.ElementTree as ET
from typing import Any

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils import commands

# PAN-OS's own words in answers; names that people like to give (trust, vpn, lan) are none of them.
WORDS = frozenset("""
    active Active active-passive inactive init Init initial up UP down DOWN off on yes no ok OK FAIL FIN ACT PEND pending tunnel peer gateway IKE IKEv1 IKEv2
    ikev1 ikev2 SA SAs IPSec IPsec ESP AH PSK RSA Init Resp Main Aggr default any all none unknown N/A n/a disabled enabled enable disable Established Idle
    Active Connect OpenSent OpenConfirm established legacy advanced logical-router virtual-router vr lr connected static bgp ospf rip kernel local selected
    unicast multicast ipv4 ipv6 IPv4 IPv6 full half auto autoneg Commit CommitAll Validate Completed successfully Configuration committed Mature Dying Dead
    Established-state expired Unlimited Normal primary secondary passive suspended functional Functional non-functional Synchronized synchronized complete
    running candidate Match matched success error failed Error Warning warning vm vm-series hw logical hardware KVM AWS Azure non-cloud VM-SERIES Panorama
    PA-VM pc Web CLI Admin User configured interval threshold monitor fwd hash not-authed DH AES SHA MD5 GCM CBC DES TUNN TRANSPORT Proto Local Remote
    internal external ibgp ebgp IGP EGP incomplete received advertised Loc-RIB A B C E H I O R S U ? ~ A?B in out to from of the a is was not there
    Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec Mon Tue Wed Thu Fri Sat Sun UTC days day hours minutes seconds uptime
    True False true false null Total Start time Initiate Delete found for with loose connect host ecmp Oi Oo M intra-area inter-area ext-type-1 ext-type-2
    flags Commit commit NO Yes No not-client client External Internal forward discard no-pbf key keytype user certificate
""".split())
# Where a name stands, also one that looks like a number or a word.
NAMED = frozenset(("name", "gateway", "peer", "peer-name", "peer-group", "zone", "hostname", "devicename", "host", "serial", "user", "admin", "owner", "tunnel",
                   "vr", "virtual-router", "logical-router", "vrf", "vm-uuid", "mac-address", "description", "comment", "proxy-id"))
# Where a number is an organization's.
_NUMBERED = re.compile(r"(^|-)as$|^as-|remoteas|localas|aspath", re.IGNORECASE)
# How many levels of a JSON answer are keyed by names.
NAMED_LEVELS = {commands.ROUTES[True]: 2}

_INTERFACE = re.compile(r"(ethernet\d+/\d+|ae\d+|tunnel|loopback|vlan)(\.\d{1,4})?|vsys\d+|hsci|mgt|management")
_VERSION = re.compile(r"\d{1,2}\.\d{1,2}\.\d{1,2}(-[hbc]\d{1,3})?|PA-\d{3,4}[A-Z]?")
# Algorithms as SAs and flows abbreviate them, and a month with its day.
_ABBREVIATED = re.compile(r"(DH|A|G|CCM|SHA|MD|AES|3?DES|O)\d{1,3}|(Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)\.\d{1,2}")
_TIME = re.compile(r"\d{1,3}:\d\d(:\d\d)?|\d{4}/\d\d/\d\d|\d{1,3}(\.\d{1,6})?%?")
_PIECES = re.compile(r"([\s,;()\[\]<>=|\"']+)")
_INSIDE = re.compile(r"([:/@+])")


class Anonymizer:
    """Replaces over many answers, the same by the same."""

    def __init__(self) -> None:
        self._replaced: dict[tuple[str, str], str] = {}
        self._counters: dict[str, Any] = {}

    @property
    def count(self) -> int:
        """How many different texts were replaced."""
        return len(self._replaced)

    def answer(self, root: ET.Element, words: str = "") -> ET.Element:
        """A copy without what identifies. C(words): of the command, which tells how many levels of JSON are keyed by names."""
        return self._element(root, NAMED_LEVELS.get(words, 1))

    def _element(self, element: ET.Element, levels: int) -> ET.Element:
        copied = ET.Element(element.tag, {key: self._attribute(key, value) for key, value in element.attrib.items()})
        text = element.text or ""
        if element.tag == "json":
            copied.text = json.dumps(self._json(_parsed(text), "", levels))
        elif text.strip():
            copied.text = self.text(text, element.tag)
        copied.extend(self._element(child, levels) for child in element)
        return copied

    def _attribute(self, key: str, value: str) -> str:
        return value if key in ("status", "code", "cmd") else self.text(value, "name")

    def _json(self, value: Any, key: str, levels: int) -> Any:
        if isinstance(value, dict):
            return {(self.text(name, "name") if levels > 0 else name): self._json(inner, name, levels - 1) for name, inner in value.items()}
        if isinstance(value, list):
            return [self._json(inner, key, levels) for inner in value]
        if isinstance(value, bool) or value is None:
            return value
        if isinstance(value, (int, float)):
            said = self.text(str(value), key)
            return type(value)(said) if re.fullmatch(r"-?\d+(\.\d+)?", said) else said
        return self.text(str(value), key)

    def text(self, text: str, tag: str = "") -> str:
        """One text; C(tag) of the element that it stands in."""
        whole = self._kept(text.strip(), tag)
        if whole is not None:
            return whole
        return "".join(piece if number % 2 else self._piece(piece, tag) for number, piece in enumerate(_PIECES.split(text)))

    def _piece(self, piece: str, tag: str) -> str:
        if not piece:
            return piece
        kept = self._kept(piece, tag)
        if kept is not None:
            return kept
        inside = _INSIDE.split(piece)
        if len(inside) > 1:
            return "".join(part if number % 2 else self._inner(part, tag) for number, part in enumerate(inside))
        return self._inner(piece, tag)

    def _inner(self, part: str, tag: str) -> str:
        kept = self._kept(part, tag)
        return kept if kept is not None or not part else self._instead("name", part)  # type: ignore[return-value]

    def _kept(self, text: str, tag: str) -> str | None:
        """What stands for a text that is known or has a known form; None for any other."""
        own = (_INTERFACE,) if tag in NAMED else (_INTERFACE, _VERSION, _ABBREVIATED)
        if not text or any(known.fullmatch(text) for known in own) or _is_word(text, tag):
            return text
        address = self._address(text)
        if address is not None:
            return address
        if re.fullmatch(r"([0-9a-fA-F]{2}:){5}[0-9a-fA-F]{2}", text):
            return self._instead("mac", text)
        if tag in NAMED:
            return self._instead("number", text) if re.fullmatch(r"\d+", text) else None
        if _NUMBERED.search(tag) and re.fullmatch(r"\d+", text):
            return self._instead("number", text)
        if _TIME.fullmatch(text):
            return text
        if re.fullmatch(r"-?\d+(\.\d+)?", text):
            return self._instead("number", text)
        if re.fullmatch(r"0x[0-9a-fA-F]+|[0-9A-F]{8}|[0-9a-f]{16,}", text):
            return self._instead("hex", text)
        return None

    def _address(self, text: str) -> str | None:
        host, slash, length = text.partition("/")
        try:
            address = ipaddress.ip_address(host)
            if slash:
                ipaddress.ip_interface(text)
        except ValueError:
            return None
        if address.is_unspecified:
            return text
        return self._instead(f"IPv{address.version}", host) + slash + length

    def _instead(self, kind: str, text: str) -> str:
        while self._replaced.get((kind, text), text) == text:
            self._replaced[kind, text] = self._new(kind, text)
        return self._replaced[kind, text]

    def _new(self, kind: str, text: str) -> str:
        number = next(self._counters.setdefault(kind, itertools.count(1)))
        if kind == "IPv4":
            return str(ipaddress.IPv4Address("198.18.0.0") + number)
        if kind == "IPv6":
            return str(ipaddress.IPv6Address("2001:db8::") + number)
        if kind == "mac":
            return f"02:00:00:00:{number // 256 % 256:02x}:{number % 256:02x}"
        if kind == "number":
            return _like(text, str(number))
        if kind == "hex":
            lead = "0x" if text.startswith("0x") else ""
            digits = f"{number:x}".rjust(len(text) - len(lead), "0")
            return lead + (digits.upper() if text.isupper() else digits)
        return f"name-{number}"


def _is_word(text: str, tag: str) -> bool:
    return text in WORDS and (tag not in NAMED or text in ("default", "all"))


def _like(text: str, number: str) -> str:
    """A number with as many digits, and a point where there is one."""
    digits = sum(letter.isdigit() for letter in text)
    filled = iter((number if len(number) >= digits else "1" + number.rjust(digits - 1, "0"))[-digits:])
    return "".join(next(filled) if letter.isdigit() else letter for letter in text)


def _parsed(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return {"not JSON": text}
