# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which algorithms a connection of Azure takes: those of its one custom policy, or the default ones, in PAN-OS's words."""

from __future__ import annotations


from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.errors import InvalidInput
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.peers.document import as_integer, fold, mappings
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.peers.profile import IkeOffer, IpsecOffer, Offers

# Azure's documentation of its default parameters ("About VPN devices and IPsec/IKE parameters"), here and below. The first cannot be changed.
IKE_LIFETIME_SECONDS = 28800
IPSEC_LIFETIME_SECONDS = {"routebased": 27000, "policybased": 3600}

_CIPHERS = {"DES3": "3des", "AES128": "aes-128-cbc", "AES192": "aes-192-cbc", "AES256": "aes-256-cbc",
            "GCMAES128": "aes-128-gcm", "GCMAES256": "aes-256-gcm"}
_HASHES = {"MD5": "md5", "SHA1": "sha1", "SHA256": "sha256", "SHA384": "sha384"}
# In phase 1 a GCM cipher may stand for the hash too; in phase 2 it must.
_IKE_HASHES = {**_HASHES, "GCMAES128": "non-auth", "GCMAES256": "non-auth"}
_IPSEC_HASHES = {**_HASHES, "GCMAES128": "none", "GCMAES256": "none"}
_GROUPS = {"DHGroup1": "group1", "DHGroup2": "group2", "DHGroup14": "group14", "DHGroup2048": "group14", "ECP256": "group19", "ECP384": "group20"}
_PFS_GROUPS = {"None": "no-pfs", "PFS1": "group1", "PFS2": "group2", "PFS2048": "group14", "PFS14": "group14", "ECP256": "group19", "ECP384": "group20"}

# (phase, option of the offers) → Azure's name and its words.
OPTIONS: dict[tuple[str, str], tuple[str, dict[str, str]]] = {
    ("ike", "versions"): ("connectionProtocol", {"IKEv1": "ikev1", "IKEv2": "ikev2"}),
    ("ike", "encryption"): ("ikeEncryption", _CIPHERS),
    ("ike", "hash"): ("ikeIntegrity", _IKE_HASHES),
    ("ike", "dh_group"): ("dhGroup", _GROUPS),
    ("ipsec", "encryption"): ("ipsecEncryption", _CIPHERS),
    ("ipsec", "authentication"): ("ipsecIntegrity", _IPSEC_HASHES),
    ("ipsec", "dh_group"): ("pfsGroup", _PFS_GROUPS),
}

_DEFAULT_IKE = {"encryption": ("aes-256-cbc", "aes-128-cbc", "3des"), "hash": ("sha256", "sha1"), "dh_group": ("group2",)}
# A route-based gateway takes GCM without PFS only, and offers that first itself; a policy-based one knows no GCM.
_DEFAULT_IPSEC = {
    "routebased": {"encryption": ("aes-256-gcm",), "authentication": (), "dh_group": ("no-pfs",)},
    "policybased": {"encryption": ("aes-256-cbc", "aes-128-cbc", "3des"), "authentication": ("sha256", "sha1"), "dh_group": ("no-pfs",)},
}


def offers(connection: dict, vpn_type: str, where: str) -> Offers:
    """What Azure accepts on a connection of a gateway of this type, C(routebased) or C(policybased)."""
    version = _word("ike", "versions", connection.get("connectionprotocol") or ("IKEv1" if vpn_type == "policybased" else "IKEv2"))
    policies = mappings(connection.get("ipsecpolicies"))
    if len(policies) > 1:
        raise InvalidInput(f"{where} has {len(policies)} IPsec policies (ipsecPolicies); Azure takes one. Export the connection again.")
    if policies:
        return _of_policy(policies[0], version, vpn_type, where)
    lifetime = IPSEC_LIFETIME_SECONDS[vpn_type]
    return Offers(IkeOffer(versions=(version,), lifetime_seconds=IKE_LIFETIME_SECONDS, **_DEFAULT_IKE),
                  IpsecOffer(lifetime_seconds=lifetime, **_DEFAULT_IPSEC[vpn_type]))


def _of_policy(policy: dict, version: str, vpn_type: str, where: str) -> Offers:
    """The one combination that a custom policy is. A word that is new stays as it is."""
    said: dict[str, dict] = {"ike": {}, "ipsec": {}}
    for (phase, option), (name, _words) in OPTIONS.items():
        if option != "versions":
            told = policy.get(fold(name))
            if not told or not isinstance(told, str):
                raise InvalidInput(f"{where}: its IPsec policy names no {name}; Azure's policies name every algorithm. Export the connection again.")
            said[phase][option] = (_word(phase, option, told),)
    lifetime = as_integer(policy.get("salifetimeseconds")) or IPSEC_LIFETIME_SECONDS[vpn_type]
    demands = _contradictions(policy)
    if "none" in said["ipsec"]["authentication"]:
        said["ipsec"]["authentication"] = ()
    return Offers(IkeOffer(versions=(version,), lifetime_seconds=IKE_LIFETIME_SECONDS, **said["ike"]),
                  IpsecOffer(lifetime_seconds=lifetime, **said["ipsec"]), demands)


def _contradictions(policy: dict) -> tuple[str, ...]:
    """With GCM, cipher and integrity of phase 2 are one algorithm."""
    cipher, integrity = str(policy.get("ipsecencryption")).upper(), str(policy.get("ipsecintegrity")).upper()
    if "GCMAES" in cipher + integrity and cipher != integrity:
        return (f"ipsecIntegrity {policy['ipsecintegrity']} does not go with ipsecEncryption {policy['ipsecencryption']}",)
    return ()


def _word(phase: str, option: str, told: object) -> str:
    words = {name.upper(): word for name, word in OPTIONS[phase, option][1].items()}
    return words.get(str(told).upper(), str(told))
