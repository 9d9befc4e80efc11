# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""IKE and IPsec crypto profiles, IKE gateways.

Names, types and ranges: codegen schema and the vendor's cloud API description. DH groups 15, 16 and 21 exist from 10.2.0
(vendor page on IKE phase 1); DES is refused from 11.2.5 (measured). Post-quantum elements: 11.1 and 11.2 (release pages).
"""

from __future__ import annotations

from ansible_collections.tunnelsmith.panos_vpn.tests.lab.emulator.schema.kinds import (
    HOST, Group, Name, Reference, Text, Words, address_or_name, empty, entries, group, integer, leaf, members, one_of, secret, text, undescribed, words,
    yes_no,
)

_NO_DES = (11, 2, 5)
_DH_GROUPS = ("group1", "group2", "group5", "group14", "group15", "group16", "group19", "group20", "group21")
_NEW_DH_GROUPS = {name: (10, 2, 0) for name in ("group15", "group16", "group21")}
_CIPHERS = ("des", "3des", "aes-128-cbc", "aes-192-cbc", "aes-256-cbc", "aes-128-gcm", "aes-256-gcm")
_HASHES = ("md5", "sha1", "sha256", "sha384", "sha512")

LIFETIME = group(
    "lifetime",
    one_of(integer("seconds", 180, 65535), integer("minutes", 3, 65535), integer("hours", 1, 65535), integer("days", 1, 365)),
)

# Written by hand in two public documents with differing wording; "constraints failed" is the one seen in a commit job.
_MISSING_CRYPTO_PROFILE = " constraints failed : {value} crypto profile doesn't exist"


def _ike_crypto_profile() -> object:
    return leaf(
        "ike-crypto-profile", Text(31), Reference("ike-crypto-profile", wording=_MISSING_CRYPTO_PROFILE)
    )


IKE_CRYPTO_PROFILES = entries(
    "ike-crypto-profiles",
    members("dh-group", Words(_DH_GROUPS, since=_NEW_DH_GROUPS)),
    members("encryption", Words(_CIPHERS, until={"des": _NO_DES})),
    members("hash", Words(_HASHES + ("non-auth",))),
    LIFETIME,
    integer("authentication-multiple", 0, 50),
    group("ake", open=True, since=(11, 2)),
    name=Name(31),
    kind="ike-crypto-profile",
    required=("dh-group", "encryption", "hash"),
)

IPSEC_CRYPTO_PROFILES = entries(
    "ipsec-crypto-profiles",
    one_of(
        group(
            "esp",
            members(
                "encryption",
                Words(_CIPHERS[:5] + ("aes-128-ccm", "aes-128-gcm", "aes-256-gcm", "null"), until={"des": _NO_DES}),
            ),
            members("authentication", Words(("none",) + _HASHES)),
            required=("encryption", "authentication"),
        ),
        group("ah", members("authentication", Words(_HASHES)), required=("authentication",)),
        required=True,
    ),
    leaf("dh-group", Words(("no-pfs",) + _DH_GROUPS, since=_NEW_DH_GROUPS)),
    LIFETIME,
    group("lifesize", one_of(*(integer(unit, 1, 65535) for unit in ("kb", "mb", "gb", "tb")))),
    group("ake", open=True, since=(11, 2)),
    name=Name(31),
    kind="ipsec-crypto-profile",
)

_AUTHENTICATION = group(
    "authentication",
    one_of(
        group("pre-shared-key", secret("key", 255), required=("key",)),
        group(
            "certificate",
            group(
                "local-certificate",
                leaf("name", Text(255), Reference("certificate")),
                group("hash-and-url", *yes_no("enable"), text("base-url", 1024)),
            ),
            text("certificate-profile"),
            *yes_no("use-management-as-source", "strict-validation-revocation", "allow-id-payload-mismatch"),
        ),
        required=True,
    ),
)


def local_address(*, required: bool = True) -> Group:
    """Where the firewall ends a tunnel: an interface, and one of its addresses including the mask."""
    return group(
        "local-address",
        leaf("interface", refers=Reference("interface", words=("vlan",), named=("ethernet", "ae", "loopback", "vlan"))),
        one_of(text("ip", 63), text("floating-ip", 63)),
        required=("interface",) if required else (),
    )


def _identity(tag: str, *more: object) -> Group:
    return group(tag, words("type", "ipaddr", "fqdn", "ufqdn", "keyid", "dn"), leaf("id", Text(1024, 1)), *more)


_PROTOCOL = group(
    "protocol",
    words("version", "ikev1", "ikev2", "ikev2-preferred"),
    group(
        "ikev1",
        words("exchange-mode", "auto", "main", "aggressive"),
        _ike_crypto_profile(),
        group("dpd", *yes_no("enable"), integer("interval", 2, 100), integer("retry", 2, 100)),
    ),
    group(
        "ikev2",
        _ike_crypto_profile(),
        group("dpd", *yes_no("enable"), integer("interval", 2, 100)),
        *yes_no("require-cookie"),
        group("ikev2-fragment", *yes_no("enable"), since=(11, 2)),
        group(
            "pq-ppk",
            *yes_no("enabled"),
            words("negotiation-mode", "preferred", "mandatory"),
            entries("keys", secret("key", 128), *yes_no("enabled"), name=Text(31)),
            since=(11, 1),
        ),
        group("pq-kem", *yes_no("enable", "block-vulnerable-cipher"), since=(11, 2)),
    ),
)

_PROTOCOL_COMMON = group(
    "protocol-common",
    group(
        "nat-traversal", *yes_no("enable"), integer("keep-alive-interval", 10, 3600), *yes_no("udp-checksum-enable"),
    ),
    *yes_no("passive-mode"),
    group("fragmentation", *yes_no("enable")),
)

GATEWAY = entries(
    "gateway",
    *yes_no("disabled", "ipv6"),
    text("comment", 1023),
    _AUTHENTICATION,
    local_address(),
    group("peer-address", one_of(address_or_name("ip", HOST), text("fqdn", 255), *empty("dynamic"), required=True)),
    _identity("local-id"),
    _identity("peer-id", words("matching", "exact", "wildcard")),
    _PROTOCOL,
    _PROTOCOL_COMMON,
    name=Name(63),
    kind="ike-gateway",
    required=("authentication", "local-address", "peer-address"),
)

IKE = group(
    "ike",
    group(
        "crypto-profiles",
        IKE_CRYPTO_PROFILES,
        IPSEC_CRYPTO_PROFILES,
        undescribed("global-protect-app-crypto-profiles"),
    ),
    GATEWAY,
)
