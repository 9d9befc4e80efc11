# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which algorithms the tunnels of an AWS VPN connection accept, in PAN-OS's words, and which are taken."""

from __future__ import annotations

from dataclasses import dataclass

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.errors import InvalidInput
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.peers import proposal
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.peers.aws.document import fold, mappings, whole_number
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.peers.profile import IkeOffer, IkeProposal, IpsecOffer, IpsecProposal, Offers

# AWS's documentation of the tunnel options, here and in the table below: what holds when an option is not set.
DEFAULT_LIFETIME_SECONDS = {"ike": 28800, "ipsec": 3600}

_CIPHERS = {"AES128": "aes-128-cbc", "AES256": "aes-256-cbc", "AES128-GCM-16": "aes-128-gcm", "AES256-GCM-16": "aes-256-gcm"}
_HASHES = {"SHA1": "sha1", "SHA2-256": "sha256", "SHA2-384": "sha384", "SHA2-512": "sha512"}
_GROUPS = {group[len("group"):]: group for group in proposal.DH_GROUP}
_VERSIONS = {version: version for version in proposal.IKE_VERSIONS}
_DEFAULT_GROUPS = ("2",) + tuple(str(number) for number in range(14, 25))


@dataclass(frozen=True)
class Chosen:
    """One tunnel's proposals, and what they were chosen from."""

    ike: IkeProposal
    ipsec: IpsecProposal
    offers: Offers


@dataclass(frozen=True)
class _Option:
    """One list-valued tunnel option: AWS's name, where its values go in C(offers), their order there, and what it means when absent."""

    aws: str
    phase: str
    ours: str
    words: dict
    best_first: tuple
    default: tuple

    def accepted(self, options: dict) -> list[str]:
        """What AWS accepts, in AWS's words; C({"Value": x}), plain values and a lone value are all met in practice."""
        values = options.get(fold(self.aws))
        values = [item.get("value") if isinstance(item, dict) else item for item in (values if isinstance(values, list) else [values])]
        return [str(value) for value in values if value not in (None, "", 0)] or list(self.default)

    def common(self, options: dict) -> tuple[str, ...]:
        """What PAN-OS has of that, in its words, best first."""
        accepted = {value.upper() for value in self.accepted(options)}
        common = {word for name, word in self.words.items() if name.upper() in accepted}
        return tuple(word for word in self.best_first if word in common)


_OPTIONS = (
    _Option("IkeVersions", "ike", "versions", _VERSIONS, proposal.IKE_VERSIONS, tuple(_VERSIONS)),
    _Option("Phase1EncryptionAlgorithms", "ike", "encryption", _CIPHERS, proposal.IKE_ENCRYPTION, tuple(_CIPHERS)),
    _Option("Phase1IntegrityAlgorithms", "ike", "hash", _HASHES, proposal.HASH, tuple(_HASHES)),
    _Option("Phase1DHGroupNumbers", "ike", "dh_group", _GROUPS, proposal.DH_GROUP, _DEFAULT_GROUPS),
    _Option("Phase2EncryptionAlgorithms", "ipsec", "encryption", _CIPHERS, proposal.ESP_ENCRYPTION, tuple(_CIPHERS)),
    _Option("Phase2IntegrityAlgorithms", "ipsec", "authentication", _HASHES, proposal.HASH, tuple(_HASHES)),
    _Option("Phase2DHGroupNumbers", "ipsec", "dh_group", _GROUPS, proposal.DH_GROUP, ("2", "5") + _DEFAULT_GROUPS[1:]),
)


def choose(options: dict, panos_version: str | None, where: str) -> tuple[list[Chosen], list[str]]:
    """What is chosen for each tunnel, and warnings; or one refusal that names all that stands in the way.

    C(options) maps AWS's outside address to the tunnel's options, in the order of the result.
    """
    proposal.dh_preference(panos_version)  # an unreadable version is refused in its own words, not as AWS's fault
    chosen, warnings, reasons = [], [], []
    for outside, its_options in options.items():
        offers, missing = _offers(its_options, f"{where}, tunnel to {outside}")
        missing += _required_exchanges(its_options)
        try:
            best = None if missing else proposal.choose(offers, panos_version)
        except InvalidInput as exc:
            missing.append(f"{exc}; AWS has {_as_set(its_options)}")
        if missing:
            reasons.append(f"Tunnel to {outside}: {'; '.join(missing)}")
            continue
        ike, ipsec, its_warnings = best
        chosen.append(Chosen(ike, ipsec, offers))
        warnings += [f"{where}, tunnel to {outside}: {text}" for text in its_warnings]
    if reasons:
        raise InvalidInput(f"{where} cannot be configured on PAN-OS. {'. '.join(reasons)}. Change the tunnel options in AWS.")
    return chosen, warnings


def _offers(options: dict, where: str) -> tuple[Offers, list[str]]:
    """What AWS accepts and PAN-OS has in some supported release, in PAN-OS's words, best first; and what leaves nothing."""
    accepted: dict = {
        phase: {"lifetime_seconds": whole_number(options, f"{stem}lifetimeseconds", DEFAULT_LIFETIME_SECONDS[phase], where)}
        for phase, stem in (("ike", "phase1"), ("ipsec", "phase2"))
    }
    missing = []
    for option in _OPTIONS:
        ours = accepted[option.phase][option.ours] = option.common(options)
        ignored = option.ours == "authentication" and any(proposal.is_gcm(cipher) for cipher in accepted["ipsec"]["encryption"])
        if not ours and not ignored:
            missing.append(f"{option.aws} has only {', '.join(option.accepted(options))}, PAN-OS has {', '.join(option.words)}")
    return Offers(IkeOffer(**accepted["ike"]), IpsecOffer(**accepted["ipsec"])), missing


def _as_set(options: dict) -> str:
    return "; ".join(f"{option.aws} {', '.join(option.accepted(options))}" for option in _OPTIONS)


def _required_exchanges(options: dict) -> list[str]:
    """Additional key exchanges (post-quantum, RFC 9370) without which AWS refuses the tunnel."""
    return [
        f"{name} requires an additional (post-quantum) key exchange, which cannot be configured here"
        for name in ("Phase1AdditionalKeyExchanges", "Phase2AdditionalKeyExchanges")
        if any(str(entry.get("requirement")).lower() == "required" for entry in mappings(options.get(fold(name))))
    ]
