# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""IKE crypto profiles: the proposals of phase 1."""

from __future__ import annotations

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.reconcile.single import single
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.tables.places import PLACES
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.tables.table import Choice, Group, Leaf, Members, Table

DH_GROUPS = ("group1", "group2", "group5", "group14", "group15", "group16", "group19", "group20", "group21")
# Diffie-Hellman groups that came with PAN-OS 10.2.0.
NEWER_DH_GROUPS = {"group15": (10, 2), "group16": (10, 2), "group21": (10, 2)}
# DES is rejected from PAN-OS 11.2.5 on (measured).
DES_UNTIL = {"des": (11, 2, 5)}

LIFETIME = Group("lifetime", "lifetime", (
    Leaf("seconds", "seconds", "int", minimum=180, maximum=65535, unit="seconds"),
    Leaf("minutes", "minutes", "int", minimum=3, maximum=65535, unit="minutes"),
    Leaf("hours", "hours", "int", minimum=1, maximum=65535, unit="hours"),
    Leaf("days", "days", "int", minimum=1, maximum=365, unit="days"),
), choices=(Choice("", ("seconds", "minutes", "hours", "days")),))

TABLE = Table(
    "ike_crypto_profile", *PLACES["ike_crypto_profile"], words="IKE crypto profile", interrupts="the tunnel is negotiated anew", negotiated=True,
    nodes=(
        Members("dh_group", "dh-group", choices=DH_GROUPS, values_since=NEWER_DH_GROUPS, ordered=True),
        Members("encryption", "encryption", choices=(
            "des", "3des", "aes-128-cbc", "aes-192-cbc", "aes-256-cbc", "aes-128-gcm", "aes-256-gcm"), values_until=DES_UNTIL, ordered=True),
        Members("hash", "hash", choices=("md5", "sha1", "sha256", "sha384", "sha512", "non-auth"), ordered=True),
        LIFETIME,
        Leaf("authentication_multiple", "authentication-multiple", "int", minimum=0, maximum=50, absent=0),
    ),
    created={"dh_group": ["group20"], "encryption": ["aes-256-cbc"], "hash": ["sha384"], "lifetime": {"hours": 8}},
    name_length=31,
)

RESOURCE = single("ike_crypto_profile", TABLE)
