# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Authorities that sign certificates of gateways, as a company's own does."""

from __future__ import annotations

import datetime
from dataclasses import dataclass

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

PASSPHRASE = "notReal.passphrase"


@dataclass(frozen=True)
class Pair:
    """A certificate and its private key, PEM; ``locked`` is both in one file as they are carried to a firewall."""

    certificate: str
    key: str
    locked: str


class Authority:
    def __init__(self, name: str) -> None:
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._name = _named(name)
        self.certificate = _pem(self._signed(self._name, self._key, 3650, x509.BasicConstraints(ca=True, path_length=None)))

    def issue(self, name: str, *alternatives: str, days: int = 30) -> Pair:
        """For the subject, and the names of hosts that it has besides. With a negative number it has ended so many days ago."""
        key = ec.generate_private_key(ec.SECP256R1())
        more = [x509.SubjectAlternativeName([x509.DNSName(each) for each in alternatives])] if alternatives else []
        certificate = _pem(self._signed(_named(name), key, days, x509.BasicConstraints(ca=False, path_length=None), *more))
        return Pair(certificate, _key(key, serialization.NoEncryption()),
                    certificate + _key(key, serialization.BestAvailableEncryption(PASSPHRASE.encode())))

    def _signed(self, name: x509.Name, key: ec.EllipticCurvePrivateKey, days: int, *extensions: x509.ExtensionType) -> x509.Certificate:
        now = datetime.datetime.now(datetime.timezone.utc)
        builder = x509.CertificateBuilder(self._name, name, key.public_key(), x509.random_serial_number(), now - datetime.timedelta(days=3650),
                                          now + datetime.timedelta(days=days))
        for extension in extensions:
            builder = builder.add_extension(extension, critical=isinstance(extension, x509.BasicConstraints))
        return builder.sign(self._key, hashes.SHA256())


def _named(name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(x509.NameOID.ORGANIZATION_NAME, "Example"), x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])


def _pem(certificate: x509.Certificate) -> str:
    return certificate.public_bytes(serialization.Encoding.PEM).decode()


def _key(key: ec.EllipticCurvePrivateKey, lock: serialization.KeySerializationEncryption) -> str:
    return key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, lock).decode()
