# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Choosing the one proposal per phase that the firewall offers, out of what a peer accepts.

A cloud that accepts many combinations decides by its own order, whatever the firewall prefers (AWS documents that it
takes its lowest configured value first). Exactly one value each is therefore offered, the first of a fixed order.
"""

from __future__ import annotations

from dataclasses import astuple, replace

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.errors import InvalidInput
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.peers.profile import IkeOffer, IkeProposal, IpsecOffer, IpsecProposal, Offers
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.resources.ike_crypto_profile import NEWER_DH_GROUPS
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.tables.platform import at_least, version_text
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.tables.table import Version

# Each best first.
IKE_VERSIONS = ("ikev2", "ikev1")
# CBC before GCM: with GCM in phase 1 the hash only names the pseudo-random function, and older releases differ there.
IKE_ENCRYPTION = ("aes-256-cbc", "aes-192-cbc", "aes-128-cbc", "aes-256-gcm", "aes-128-gcm", "3des")
HASH = ("sha384", "sha512", "sha256", "sha1", "md5")
DH_GROUP = ("group20", "group19", "group21", "group16", "group15", "group14", "group5", "group2", "group1")
ESP_ENCRYPTION = ("aes-256-gcm", "aes-128-gcm", "aes-256-cbc", "aes-192-cbc", "aes-128-cbc", "3des")
# A GCM cipher authenticates by itself; a peer may name no hash beside it.
NO_HASH = "non-auth"
NO_PFS = "no-pfs"

PREFERENCE = {("ike", "versions"): IKE_VERSIONS, ("ike", "encryption"): IKE_ENCRYPTION, ("ike", "hash"): HASH + (NO_HASH,), ("ike", "dh_group"): DH_GROUP,
              ("ipsec", "encryption"): ESP_ENCRYPTION, ("ipsec", "authentication"): HASH, ("ipsec", "dh_group"): DH_GROUP + (NO_PFS,)}

# Which release brought which group stands in the table of the profile.
_NEWER = tuple(group for group in DH_GROUP if group in NEWER_DH_GROUPS)
_STRONG_EVERYWHERE = ("group20", "group19", "group14")

_MOST_SECONDS = 65535

WEAK = ("sha1", "md5", "3des", "group2", "group1", NO_PFS)


def is_gcm(encryption: str) -> bool:
    return encryption.endswith("-gcm")


def dh_preference(version: Version | None = None) -> tuple[str, ...]:
    """The Diffie-Hellman groups that can be taken, best first.

    C(version) is the firewall's. Without it, the groups that only newer releases have come after the groups that every supported
    release has, but before the weak ones.
    """
    if version is not None:
        return tuple(group for group in DH_GROUP if at_least(version, NEWER_DH_GROUPS.get(group, ())))
    first = _STRONG_EVERYWHERE + _NEWER
    return first + tuple(group for group in DH_GROUP if group not in first)


def possible(offers: Offers) -> Offers:
    """What some supported release of PAN-OS can do of what a peer accepts, best first."""
    common: dict = {"ike": {}, "ipsec": {}}
    for (phase, option), preference in PREFERENCE.items():
        offered = getattr(getattr(offers, phase), option)
        common[phase][option] = tuple(value for value in preference if value in offered)
    return replace(offers, ike=replace(offers.ike, **common["ike"]), ipsec=replace(offers.ipsec, **common["ipsec"]))


def choose(offers: Offers, version: Version | None = None) -> tuple[IkeProposal, IpsecProposal, list[str]]:
    """Choose from what a peer accepts, in any order: C((ike, ipsec, warnings)).

    Raises C(InvalidInput) when a list holds nothing that this release (or, without a version, any) can do.
    """
    if offers.demands:
        raise InvalidInput("; ".join(offers.demands))
    groups = dh_preference(version)
    ike = _choose_ike(offers.ike, groups)
    ipsec = _choose_ipsec(offers.ipsec, groups)
    return ike, ipsec, _warnings(ike, ipsec, version)


def _choose_ike(offer: IkeOffer, groups: tuple[str, ...]) -> IkeProposal:
    version = _first(IKE_VERSIONS, offer.versions, "IKE version")
    ciphers: tuple[str, ...] = IKE_ENCRYPTION
    if version == "ikev1":
        ciphers = tuple(cipher for cipher in IKE_ENCRYPTION if not is_gcm(cipher))
    encryption = _first(ciphers, offer.encryption, f"phase 1 encryption with {version}")
    return IkeProposal(
        version=version,
        encryption=encryption,
        hash=_first(HASH + (NO_HASH,) if is_gcm(encryption) else HASH, offer.hash, "phase 1 hash"),
        dh_group=_first(groups, offer.dh_group, "phase 1 Diffie-Hellman group"),
        lifetime_seconds=_countable(offer.lifetime_seconds),
    )


def _choose_ipsec(offer: IpsecOffer, groups: tuple[str, ...]) -> IpsecProposal:
    encryption = _first(ESP_ENCRYPTION, offer.encryption, "phase 2 encryption")
    authentication = "none"
    if not is_gcm(encryption):
        authentication = _first(HASH, offer.authentication, "phase 2 authentication")
    return IpsecProposal(
        encryption=encryption,
        authentication=authentication,
        dh_group=_first(groups + (NO_PFS,), offer.dh_group, "phase 2 Diffie-Hellman group"),
        lifetime_seconds=_countable(offer.lifetime_seconds),
    )


def _countable(seconds: int | None) -> int | None:
    """A lifetime that PAN-OS can count, which has 16 bits for seconds and then for minutes. The two sides need not agree on it."""
    return seconds if seconds is None or seconds <= _MOST_SECONDS else seconds // 60 * 60


def _first(preference: tuple[str, ...], offered: tuple[str, ...], what: str) -> str:
    for value in preference:
        if value in offered:
            return value
    message = f"no {what} in common: the peer accepts {', '.join(offered) or 'nothing that PAN-OS knows'}; "
    message += f"this firewall can do {', '.join(preference)}"
    if any(value in _NEWER for value in offered):
        message += f" ({', '.join(_NEWER)} need PAN-OS {_since(*_NEWER)} or later)"
    raise InvalidInput(message)


def weak(chosen: IkeProposal | IpsecProposal) -> list[str]:
    """What of a proposal nobody should use who has a choice."""
    return [value for value in astuple(chosen) if value in WEAK]


def _warnings(ike: IkeProposal, ipsec: IpsecProposal, version: Version | None) -> list[str]:
    warnings = []
    for phase, chosen in (("phase 1", ike), ("phase 2", ipsec)):
        for value in weak(chosen):
            warnings.append(f"{phase} uses {value}, because the peer accepts nothing stronger; allow a stronger one there")
        if version is None and chosen.dh_group in NEWER_DH_GROUPS:
            warnings.append(f"{phase} uses {chosen.dh_group}, which needs PAN-OS {_since(chosen.dh_group)} or later; the firewall's version was not given")
    return warnings


def _since(*groups: str) -> str:
    return version_text(max(NEWER_DH_GROUPS[group] for group in groups))
