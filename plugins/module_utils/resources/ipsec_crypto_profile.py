# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""IPsec crypto profiles: the proposals of phase 2."""

from __future__ import annotations

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.errors import InvalidInput
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.reconcile.single import single
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.resources.ike_crypto_profile import DES_UNTIL, DH_GROUPS, LIFETIME, NEWER_DH_GROUPS
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.tables.places import PLACES
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.tables.table import Choice, Group, Leaf, Members, Table

AEAD = frozenset({"aes-128-ccm", "aes-128-gcm", "aes-256-gcm"})


def refuse_impossible_pair(values, platform):
    """AEAD ciphers carry their own integrity; the others need an authentication algorithm."""
    esp = values.get("esp") or {}
    ciphers, authentication = set(esp.get("encryption") or ()), set(esp.get("authentication") or ())
    if not ciphers or not authentication:
        return
    if ciphers <= AEAD and authentication != {"none"}:
        raise InvalidInput(f"esp.authentication: {', '.join(sorted(ciphers))} authenticate by themselves, the only possible value is none")
    if not ciphers & AEAD and authentication == {"none"}:
        raise InvalidInput(f"esp.authentication: {', '.join(sorted(ciphers))} without authentication would accept forged packets; "
                           "give sha256 or better")


ESP = Group("esp", "esp", (
    Members("encryption", "encryption", choices=(
        "des", "3des", "aes-128-cbc", "aes-192-cbc", "aes-256-cbc", "aes-128-ccm", "aes-128-gcm", "aes-256-gcm", "null"),
        values_until=DES_UNTIL, ordered=True),
    Members("authentication", "authentication", choices=("none", "md5", "sha1", "sha256", "sha384", "sha512"), ordered=True),
))
DH_GROUP = Leaf("dh_group", "dh-group", choices=("no-pfs",) + DH_GROUPS, values_since=NEWER_DH_GROUPS)

TABLE = Table(
    "ipsec_crypto_profile", *PLACES["ipsec_crypto_profile"], words="IPsec crypto profile", interrupts="the tunnel is negotiated anew", negotiated=True,
    nodes=(
        ESP,
        Group("ah", "ah", (
            Members("authentication", "authentication", choices=("md5", "sha1", "sha256", "sha384", "sha512"), ordered=True),
        )),
        DH_GROUP,
        LIFETIME,
        Group("lifesize", "lifesize", (
            Leaf("kb", "kb", "int", minimum=1, maximum=65535, unit="kilobytes"),
            Leaf("mb", "mb", "int", minimum=1, maximum=65535, unit="megabytes"),
            Leaf("gb", "gb", "int", minimum=1, maximum=65535, unit="gigabytes"),
            Leaf("tb", "tb", "int", minimum=1, maximum=65535, unit="terabytes"),
        ), choices=(Choice("", ("kb", "mb", "gb", "tb")),)),
    ),
    choices=(Choice("", ("esp", "ah")),),
    created={"dh_group": "group20", "lifetime": {"hours": 1}},
    required=("esp.encryption|ah.authentication",),
    rules=(refuse_impossible_pair,),
    name_length=31,
)

RESOURCE = single("ipsec_crypto_profile", TABLE)
