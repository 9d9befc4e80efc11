# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import pytest

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.errors import InvalidInput
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.vpn.mtu import tunnel_mtu

# AWS's published table (columns 1 and 2), and the same for an IPv6 path outside (columns 3 and 4), which is computed.
TABLE = [
    ("aes-256-gcm", "none", 1446, 1438, 1426, 1418),
    ("aes-128-gcm", "none", 1446, 1438, 1426, 1418),
    ("aes-256-cbc", "sha1", 1438, 1422, 1422, 1406),
    ("aes-256-cbc", "sha256", 1438, 1422, 1406, 1406),
    ("aes-128-cbc", "sha384", 1422, 1422, 1406, 1390),
    ("aes-128-cbc", "sha512", 1422, 1406, 1390, 1390),
]


@pytest.mark.parametrize(
    "encryption, authentication, plain, translated, ipv6, ipv6_translated", TABLE, ids=[f"{row[0]} with {row[1]}" for row in TABLE]
)
def test_the_published_table(encryption, authentication, plain, translated, ipv6, ipv6_translated):
    assert tunnel_mtu(encryption, authentication) == plain
    assert tunnel_mtu(encryption, authentication, nat_traversal=True) == translated
    assert tunnel_mtu(encryption, authentication, outside_ipv6=True) == ipv6
    assert tunnel_mtu(encryption, authentication, nat_traversal=True, outside_ipv6=True) == ipv6_translated


@pytest.mark.parametrize("encryption, authentication, expected", [
    ("aes-192-cbc", "sha256", 1438), ("aes-128-cbc", "md5", 1438), ("3des", "sha1", 1446), ("3des", "sha256", 1446)])
def test_older_ciphers(encryption, authentication, expected):
    """Blocks of 8 octets with 3DES, as RFC 2451 says, and 12 octets of HMAC-MD5-96."""
    assert tunnel_mtu(encryption, authentication) == expected


@pytest.mark.parametrize("outside_mtu, expected", [(1492, 1438), (1460, 1406), (9000, 8946)], ids=["PPPoE", "1460 octets", "jumbo frames"])
def test_it_starts_from_the_outside_interface(outside_mtu, expected):
    assert tunnel_mtu("aes-256-gcm", "none", outside_mtu) == expected


@pytest.mark.parametrize(
    "arguments, named",
    [
        (("aes-256-gcm", "none", 600), "600"),
        (("aes-256-gcm", "none", 65000), "65000"),
        (("blowfish", "sha1"), "blowfish"),
        (("aes-256-cbc", "none"), "none"),
    ],
    ids=["too little left", "more than PAN-OS takes", "unknown cipher", "CBC without authentication"],
)
def test_what_cannot_be_computed_is_refused_by_name(arguments, named):
    with pytest.raises(InvalidInput, match=named):
        tunnel_mtu(*arguments)
