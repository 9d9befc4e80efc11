# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The certificates of a firewall and the profiles that say whom it trusts, as its configuration has them: in the virtual system, else shared."""

from __future__ import annotations

import base64
import binascii
import re
import xml.etree.ElementTree as ET
from dataclasses import dataclass
from functools import cached_property
from ipaddress import ip_address
from typing import Callable, Iterator

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.configuration import path as places
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.configuration.path import Path

SHARED = ("config", "shared")
KINDS = ("certificate", "certificate-profile")


@dataclass(frozen=True)
class Certificate:
    """C(expires): seconds since 1970, None where that is not told. C(subject), C(issuer): their hashes. C(name_in_it): its common name;
    C(signer): that of who signed it.

    C(key_is_there): the firewall has its private key. C(body): the certificate itself, as base64 without its frame.
    """

    name: str
    expires: int | None
    subject: str
    issuer: str
    name_in_it: str
    key_is_there: bool
    body: str
    signer: str = ""

    def is_of(self, kind: str, text: str) -> bool | None:
        """Whether it holds an ID that a gateway shows, of one of the types of IDs; None where that cannot be told, as of a distinguished name."""
        if self.identities is None or kind not in _KINDS.values():
            return None
        return (kind, text.lower()) in [(held, name.lower()) for held, name in self.identities]

    def has_expired(self, now: float) -> bool:
        return self.expires is not None and self.expires <= now

    @cached_property
    def identities(self) -> tuple[tuple[str, str], ...] | None:
        """(type, ID) that stand in it beside its subject, as an IKE gateway calls them; None where it cannot be read."""
        try:
            return tuple(_alternative_names(base64.b64decode(self.body, validate=True))) if self.body else None
        except (binascii.Error, ValueError, IndexError):
            return None


def reads(base: Callable[[str], Path]) -> list[Path]:
    """Where certificates and their profiles stand."""
    return [holder + (kind,) for holder in (SHARED, base("vsys")) for kind in KINDS]


def certificates(tree: ET.Element, base: Callable[[str], Path]) -> dict[str, Certificate]:
    """By name."""
    return {name: _certificate(name, entry) for name, entry in _entries(tree, base, "certificate").items()}


def authorities(tree: ET.Element, base: Callable[[str], Path]) -> dict[str, list[str]]:
    """Certificate profile → the names of the certificates whose authority it trusts."""
    return {name: places.names(entry, ("CA",)) for name, entry in _entries(tree, base, "certificate-profile").items()}


def _entries(tree: ET.Element, base: Callable[[str], Path], kind: str) -> dict[str, ET.Element]:
    found = {}
    for holder in (SHARED, base("vsys")):
        found.update({entry.get("name") or "": entry for entry in places.children(tree, holder[1:] + (kind,)) if entry.tag == "entry"})
    return found


def _certificate(name: str, entry: ET.Element) -> Certificate:
    epoch = places.text(entry, ("expiry-epoch",)) or ""
    return Certificate(
        name, int(epoch) if epoch.isdecimal() else None, places.text(entry, ("subject-hash",)) or "", places.text(entry, ("issuer-hash",)) or "",
        common_name(places.text(entry, ("common-name",)) or places.text(entry, ("subject",)) or ""), bool(places.text(entry, ("private-key",))),
        body(places.text(entry, ("public-key",)) or ""), common_name(places.text(entry, ("issuer",)) or ""))


def common_name(subject: str) -> str:
    """The common name of a subject, as C(/CN=a), C(CN=a, O=b) or the name alone."""
    found = re.search(r"(?:^|[/,;\s])CN\s*=\s*([^/,;]+)", subject, re.IGNORECASE)
    return (found.group(1) if found else subject).strip()


# DER: the extension "subject alternative name" by its object identifier, and the kinds of names in it that an IKE gateway has IDs for.
_ALTERNATIVE_NAMES = bytes.fromhex("0603551d11")
_BOOLEAN, _OCTETS = 0x01, 0x04
_KINDS = {0x81: "ufqdn", 0x82: "fqdn", 0x87: "ipaddr"}


def _alternative_names(certificate: bytes) -> Iterator[tuple[str, str]]:
    """Raises ValueError or IndexError where the bytes are no certificate."""
    if certificate[0] != 0x30:
        raise ValueError("no certificate")
    at = certificate.find(_ALTERNATIVE_NAMES)
    if at < 0:
        return
    tag, value, rest = _element(certificate[at + len(_ALTERNATIVE_NAMES):])
    if tag == _BOOLEAN:
        # Whether the extension is critical.
        tag, value, rest = _element(rest)
    if tag != _OCTETS:
        raise ValueError("an extension without a value")
    _tag, rest, _after = _element(value)
    while rest:
        tag, value, rest = _element(rest)
        if tag in _KINDS:
            yield _KINDS[tag], str(ip_address(value)) if _KINDS[tag] == "ipaddr" else value.decode("ascii")


def _element(data: bytes) -> tuple[int, bytes, bytes]:
    """(tag, value, what follows) of the first element."""
    length, start = data[1], 2
    if length & 0x80:
        start += length & 0x7F
        length = int.from_bytes(data[2:start], "big")
    if len(data) < start + length:
        raise ValueError("cut short")
    return data[0], data[start:start + length], data[start + length:]


def body(certificate: str) -> str:
    """A certificate without its frame and its line breaks, so that two spellings of one are equal."""
    return re.sub(r"-----[^-]+-----|\s", "", certificate)
