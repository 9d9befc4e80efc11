# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""IKE gateways: the peer, how both sides prove who they are, and the protocol of phase 1."""

from __future__ import annotations

import xml.etree.ElementTree as ET

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.configuration import path as places
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.configuration.addresses import family, is_ipv6, is_literal
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.errors import InvalidInput
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.reconcile.single import single
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.tables.places import PLACES
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.tables.table import NAME, Choice, Entries, Group, Leaf, Table

ID_TYPES = ("ipaddr", "fqdn", "ufqdn", "keyid", "dn")


def refuse_wildcard_without_certificate(values, platform):
    """PAN-OS refuses the commit where a matching stands beside a pre-shared key."""
    if (values.get("peer_id") or {}).get("matching") and values.get("pre_shared_key"):
        raise InvalidInput("peer_id.matching: only certificates can be matched by a pattern, leave it out with a pre-shared key")


def refuse_two_families(values, platform):
    """No packet has addresses of two families."""
    far, own = ((values.get(side) or {}).get("ip") or "" for side in ("peer_address", "local_address"))
    if is_literal(far) and is_literal(own) and family(far) != family(own):
        raise InvalidInput(f"peer_address.ip: {far} is IPv{family(far)}, and local_address.ip {own} is IPv{family(own)}: both ends are of one family")
    if is_ipv6(far) and values.get("ipv6") is False:
        raise InvalidInput(f"ipv6: the peer's address {far} is IPv6, so this has to be true")


def refuse_dynamic_main_mode(values, platform):
    """In IKEv1 main mode the key is looked up by address, before any identity is seen; a name works with a peer of fixed address only."""
    main_mode = (values.get("ikev1") or {}).get("exchange_mode") == "main"
    names = [option for option in ("local_id", "peer_id") if (values.get(option) or {}).get("type", "ipaddr") != "ipaddr"]
    if not (main_mode and values.get("version") == "ikev1" and values.get("pre_shared_key") and names):
        return None
    if (values.get("peer_address") or {}).get("dynamic"):
        raise InvalidInput(f"{names[0]}: IKEv1 main mode with a pre-shared key and a dynamic peer works with addresses as identities only; "
                           "use ikev1.exchange_mode aggressive or IKEv2")
    return (f"{names[0]}: IKEv1 main mode with a pre-shared key finds the key by the peer's address and sees a name only afterwards: "
            "this works as long as the peer's address stays what it is")


def refuse_post_quantum_before_ikev2(values, platform):
    extensions = [name for name in ("pq_ppk", "pq_kem") if (values.get("ikev2") or {}).get(name)]
    if extensions and values.get("version") == "ikev1":
        raise InvalidInput(f"ikev2.{extensions[0]}: needs version ikev2")


def crypto_profile(gateway: ET.Element | None) -> str | None:
    """The name of the crypto profile of an IKE gateway; where it prefers IKEv2, that of IKEv2."""
    version = places.text(gateway, ("protocol", "version")) or "ikev1"
    return places.text(gateway, ("protocol", "ikev1" if version == "ikev1" else "ikev2", "ike-crypto-profile"))


DPD = (Leaf("enable", "enable", "bool"), Leaf("interval", "interval", "int", minimum=2, maximum=100, unit="seconds"))

TABLE = Table(
    "ike_gateway", *PLACES["ike_gateway"], words="IKE gateway", interrupts="the tunnel is negotiated anew", negotiated=True, at_once=("disabled",),
    nodes=(
        Leaf("disabled", "disabled", "bool", absent=False),
        Leaf("comment", "comment", max_length=1023, quiet=True),
        Leaf("ipv6", "ipv6", "bool", absent=False),
        Group("local_address", "local-address", (
            Leaf("interface", "interface", refers_to=("interface",)),
            Leaf("ip", "ip", max_length=63, form="interface address or name"),
            Leaf("floating_ip", "floating-ip", max_length=63, form="interface address or name"),
        ), choices=(Choice("", ("ip", "floating-ip")),)),
        Group("peer_address", "peer-address", (
            Leaf("ip", "ip", max_length=63, form="address or name"),
            Leaf("fqdn", "fqdn", max_length=255),
            Leaf("dynamic", "dynamic", "empty"),
        ), choices=(Choice("", ("ip", "fqdn", "dynamic")),)),
        Leaf("pre_shared_key", "authentication/pre-shared-key/key", "secret", max_length=255),
        Group("certificate", "authentication/certificate", (
            Leaf("local_certificate", "local-certificate/name", max_length=255),
            Group("hash_and_url", "local-certificate/hash-and-url", (
                Leaf("enable", "enable", "bool", absent=False),
                Leaf("base_url", "base-url", max_length=1024),
            )),
            Leaf("certificate_profile", "certificate-profile"),
            Leaf("use_management_as_source", "use-management-as-source", "bool", absent=False),
            Leaf("strict_validation_revocation", "strict-validation-revocation", "bool", absent=False),
            Leaf("allow_id_payload_mismatch", "allow-id-payload-mismatch", "bool", absent=False),
        )),
        Group("local_id", "local-id", (
            Leaf("type", "type", choices=ID_TYPES),
            Leaf("id", "id", max_length=1024),
        )),
        Group("peer_id", "peer-id", (
            Leaf("type", "type", choices=ID_TYPES),
            Leaf("id", "id", max_length=1024),
            Leaf("matching", "matching", choices=("exact", "wildcard")),
        )),
        Leaf("version", "protocol/version", choices=("ikev1", "ikev2", "ikev2-preferred"), absent="ikev1"),
        Group("ikev1", "protocol/ikev1", (
            Leaf("exchange_mode", "exchange-mode", choices=("auto", "main", "aggressive"), absent="auto"),
            Leaf("ike_crypto_profile", "ike-crypto-profile", refers_to=("ike_crypto_profile",)),
            Group("dpd", "dpd", DPD + (Leaf("retry", "retry", "int", minimum=2, maximum=100, unit="tries"),)),
        )),
        Group("ikev2", "protocol/ikev2", (
            Leaf("ike_crypto_profile", "ike-crypto-profile", refers_to=("ike_crypto_profile",)),
            Group("dpd", "dpd", DPD),
            Leaf("require_cookie", "require-cookie", "bool", absent=False),
            Leaf("fragmentation", "ikev2-fragment/enable", "bool", absent=False, since=(11, 2)),
            Group("pq_ppk", "pq-ppk", (
                Leaf("enabled", "enabled", "bool", absent=False),
                Leaf("negotiation_mode", "negotiation-mode", choices=("preferred", "mandatory")),
                Entries("keys", "keys", (
                    Leaf("key", "key", "secret", max_length=128),
                    Leaf("enabled", "enabled", "bool"),
                ), max_length=31, name_pattern=NAME),
            ), since=(11, 1)),
            Group("pq_kem", "pq-kem", (
                Leaf("enable", "enable", "bool", absent=False),
                Leaf("block_vulnerable_cipher", "block-vulnerable-cipher", "bool"),
            ), since=(11, 2)),
        )),
        Group("nat_traversal", "protocol-common/nat-traversal", (
            Leaf("enable", "enable", "bool", absent=False),
            Leaf("keep_alive_interval", "keep-alive-interval", "int", minimum=10, maximum=3600, unit="seconds"),
            Leaf("udp_checksum_enable", "udp-checksum-enable", "bool", absent=False),
        )),
        Leaf("passive_mode", "protocol-common/passive-mode", "bool", absent=False),
        Leaf("fragmentation", "protocol-common/fragmentation/enable", "bool", absent=False),
    ),
    choices=(Choice("authentication", ("pre-shared-key", "certificate")),),
    created={"version": "ikev2", "ikev2": {"dpd": {"enable": True, "interval": 5}}},
    required=("local_address.interface", "peer_address", "pre_shared_key|certificate"),
    rules=(refuse_wildcard_without_certificate, refuse_two_families, refuse_dynamic_main_mode, refuse_post_quantum_before_ikev2),
)

RESOURCE = single("ike_gateway", TABLE)
