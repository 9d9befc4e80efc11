# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The certificates of a firewall and the profiles that say whom it trusts, as its configuration has them: in the virtual system, else shared."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from dataclasses import dataclass
from typing import Callable

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.configuration import path as places
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.configuration.path import Path

SHARED = ("config", "shared")
KINDS = ("certificate", "certificate-profile")


@dataclass(frozen=True)
class Certificate:
    """C(expires): seconds since 1970, None where that is not told. C(subject), C(issuer): their hashes. C(name_in_it): its common name.

    C(key_is_there): the firewall has its private key. C(body): the certificate itself, as base64 without its frame.
    """

    name: str
    expires: int | None
    subject: str
    issuer: str
    name_in_it: str
    key_is_there: bool
    body: str

    def has_expired(self, now: float) -> bool:
        return self.expires is not None and self.expires <= now


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
        body(places.text(entry, ("public-key",)) or ""))


def common_name(subject: str) -> str:
    """The common name of a subject, as C(/CN=a), C(CN=a, O=b) or the name alone."""
    found = re.search(r"(?:^|[/,;\s])CN\s*=\s*([^/,;]+)", subject, re.IGNORECASE)
    return (found.group(1) if found else subject).strip()


def body(certificate: str) -> str:
    """A certificate without its frame and its line breaks, so that two spellings of one are equal."""
    return re.sub(r"-----[^-]+-----|\s", "", certificate)
