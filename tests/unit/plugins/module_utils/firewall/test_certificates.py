# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The identities that a certificate holds, read without a library for certificates."""

from __future__ import annotations

import datetime
import ipaddress

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from hypothesis import given, strategies as st

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.firewall.certificates import Certificate, body

KEYS = {"EC": ec.generate_private_key(ec.SECP256R1()), "RSA": rsa.generate_private_key(65537, 2048)}
MANY = [x509.DNSName(f"gateway-{number}.of.a.long.name.example.net") for number in range(40)]
HELD = {
    "none": ([], []),
    "a host": ([x509.DNSName("fw.example.net")], [("fqdn", "fw.example.net")]),
    "a mail address and both kinds of addresses": (
        [x509.RFC822Name("ike@example.net"), x509.IPAddress(ipaddress.ip_address("203.0.113.9")), x509.IPAddress(ipaddress.ip_address("2001:db8::9"))],
        [("ufqdn", "ike@example.net"), ("ipaddr", "203.0.113.9"), ("ipaddr", "2001:db8::9")]),
    "names that no gateway shows": ([x509.UniformResourceIdentifier("urn:example:fw"), x509.DNSName("a.example.net")], [("fqdn", "a.example.net")]),
    "more than fits into a short length": (MANY, [("fqdn", name.value) for name in MANY]),
}


def certificate(names: list, key, critical: bool) -> Certificate:
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "fw")])
    moment = datetime.datetime(2026, 1, 1)
    builder = x509.CertificateBuilder(subject, subject, key.public_key(), 7, moment, moment + datetime.timedelta(days=30))
    if names:
        builder = builder.add_extension(x509.SubjectAlternativeName(names), critical)
    pem = builder.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM).decode()
    return Certificate("fw", None, "", "", "fw", True, body(pem))


@pytest.mark.parametrize("kind", KEYS)
@pytest.mark.parametrize("critical", [False, True], ids=["", "critical"])
@pytest.mark.parametrize("names, identities", HELD.values(), ids=HELD.keys())
def test_what_stands_in_it_is_read(names, identities, critical, kind):
    found = certificate(names, KEYS[kind], critical)
    assert list(found.identities) == identities
    assert all(found.is_of(*each) for each in identities)
    assert found.is_of("fqdn", "elsewhere.example.net") is False
    assert found.is_of("dn", "CN=fw") is None and found.is_of("keyid", "fw") is None, "these stand elsewhere, or nowhere"


def test_a_name_is_the_same_in_capitals():
    assert certificate([x509.DNSName("FW.example.net")], KEYS["EC"], False).is_of("fqdn", "fw.EXAMPLE.net")


WHOLE = certificate(HELD["a host"][0], KEYS["EC"], False).body


@given(st.one_of(st.text(max_size=60), st.integers(0, len(WHOLE)).map(lambda end: WHOLE[:end])))
def test_of_what_cannot_be_read_nothing_is_said(text):
    found = Certificate("fw", None, "", "", "fw", True, text)
    assert found.identities in (None, (), (("fqdn", "fw.example.net"),))
    if not text:
        assert found.is_of("fqdn", "fw.example.net") is None
