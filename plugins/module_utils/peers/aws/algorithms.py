# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which algorithms the tunnels of an AWS VPN connection accept: AWS's tunnel options, in PAN-OS's words."""

from __future__ import annotations

import re

from collections.abc import Sequence
from dataclasses import dataclass

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.peers.aws.document import whole_number
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.peers.document import fold, mappings
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.peers.profile import IkeOffer, IpsecOffer, Offers

# AWS's documentation of the tunnel options, here and in the table below: what holds when an option is not set.
DEFAULT_LIFETIME_SECONDS = {"ike": 28800, "ipsec": 3600}

_VERSIONS = {"ikev1": "ikev1", "ikev2": "ikev2"}
_CIPHERS = {"AES128": "aes-128-cbc", "AES256": "aes-256-cbc", "AES128-GCM-16": "aes-128-gcm", "AES256-GCM-16": "aes-256-gcm"}
_HASHES = {"SHA1": "sha1", "SHA2-256": "sha256", "SHA2-384": "sha384", "SHA2-512": "sha512"}
_GROUPS = {str(number): f"group{number}" for number in (2, *range(14, 25))}
_ESP_GROUPS = {"5": "group5", **_GROUPS}


@dataclass(frozen=True)
class _Option:
    """One list-valued tunnel option: AWS's name, where its values go in the offers, and AWS's words for them; absent, it means all of those."""

    aws: str
    phase: str
    ours: str
    words: dict[str, str]

    def accepted(self, options: dict) -> tuple[str, ...]:
        """What AWS accepts; a list, a lone value and words in one text are all met in practice. A word that is new stays as it is."""
        values = options.get(fold(self.aws))
        listed = values if isinstance(values, list) else [values]
        told = [word for value in listed if value not in (None, "", 0) for word in str(value).replace(",", " ").split()] or list(self.words)
        known = {_bare(name): word for name, word in self.words.items()}
        return tuple(dict.fromkeys(known.get(_bare(value), value) for value in told))


def _bare(word: str) -> str:
    """A word without what tools spell differently: C(SHA-256) and C(SHA2-256), C(AES256) and C(aes-256), C(14) and C(group14)."""
    found = re.sub(r"[^0-9a-z]", "", word.lower())
    found = re.sub(r"^(?:dhgroup|group|dh|modp)(?=\d)", "", found)
    found = re.sub(r"^sha2(?=256|384|512)", "sha", found)
    return re.sub(r"^ike(?=\d)", "ikev", found)


_OPTIONS = (
    _Option("IkeVersions", "ike", "versions", _VERSIONS),
    _Option("Phase1EncryptionAlgorithms", "ike", "encryption", _CIPHERS),
    _Option("Phase1IntegrityAlgorithms", "ike", "hash", _HASHES),
    _Option("Phase1DHGroupNumbers", "ike", "dh_group", _GROUPS),
    _Option("Phase2EncryptionAlgorithms", "ipsec", "encryption", _CIPHERS),
    _Option("Phase2IntegrityAlgorithms", "ipsec", "authentication", _HASHES),
    _Option("Phase2DHGroupNumbers", "ipsec", "dh_group", _ESP_GROUPS),
)


def offers(options: dict, where: str) -> Offers:
    """What AWS accepts of a tunnel with these options."""
    accepted: dict = {
        phase: {"lifetime_seconds": whole_number(options, f"{stem}lifetimeseconds", DEFAULT_LIFETIME_SECONDS[phase], where)}
        for phase, stem in (("ike", "phase1"), ("ipsec", "phase2"))
    }
    for option in _OPTIONS:
        accepted[option.phase][option.ours] = option.accepted(options)
    return Offers(IkeOffer(**accepted["ike"]), IpsecOffer(**accepted["ipsec"]), _required_exchanges(options))


def has(phase: str, option: str, value: str) -> bool:
    """Whether AWS has a value of an option of the offers."""
    return any(value in each.words.values() for each in _OPTIONS if (each.phase, each.ours) == (phase, option))


def spelled(phase: str, option: str, values: Sequence[str]) -> tuple[str, list[str]]:
    """(an option of the offers, values of it), in AWS's words."""
    found = next(each for each in _OPTIONS if (each.phase, each.ours) == (phase, option))
    names = {word: name for name, word in found.words.items()}
    return found.aws, [names.get(value, value) for value in values]


def _required_exchanges(options: dict) -> tuple[str, ...]:
    """Additional key exchanges (post-quantum, RFC 9370) without which AWS refuses the tunnel."""
    return tuple(
        f"{name} requires an additional (post-quantum) key exchange, which cannot be configured here"
        for name in ("Phase1AdditionalKeyExchanges", "Phase2AdditionalKeyExchanges")
        if any(str(entry.get("requirement")).lower() == "required" for entry in mappings(options.get(fold(name))))
    )
