# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""``type=export`` and ``type=import``: configurations, certificates, and what a firewall packs for its keepers.

Categories and the steps of an export by job are the vendor's pages'. Device states and packed data hold what the emulator knows, no more: the configuration,
and a text that names the device.
"""

from __future__ import annotations

import datetime
import hashlib
import io
import re
import tarfile
import time
import xml.etree.ElementTree as ET
from typing import Callable, Iterator

from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from ansible_collections.tunnelsmith.panos_vpn.tests.lab.emulator import responses
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.emulator.errors import NotPresent, OperationFailed
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.emulator.firewall import Firewall
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.emulator.models.jobs import Outcome
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.emulator.models.tree import quoted, render
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.emulator.models.xpath import parse_xpath
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.emulator.panorama import Panorama
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.emulator.parameters import invalid, required
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.emulator.responses import Answer

Parameters = dict

#: What is packed on demand, and how the file is called.
_PACKED = {"tech-support": "techsupport", "stats-dump": "stats_dump"}
#: What a Panorama has not of itself.
_OF_FIREWALLS = ("device-state", "stats-dump")


def sent(firewall: Firewall, user: str, parameters: Parameters) -> Answer:
    """What an export answers."""
    category = required(parameters, "category")
    export = _EXPORTS.get(category)
    if export is None or (isinstance(firewall, Panorama) and category in _OF_FIREWALLS):
        raise invalid("category", category)
    return export(firewall, user, parameters)


def taken(firewall: Firewall, user: str, parameters: Parameters) -> Answer:
    """What an import answers."""
    category = required(parameters, "category")
    if category not in _IMPORTS:
        raise invalid("category", category)
    return _IMPORTS[category](firewall, user, parameters)


def _export_configuration(firewall: Firewall, dummy: str, parameters: Parameters) -> Answer:
    name = parameters.get("from")
    return Answer(_document(firewall, firewall.stored.named(name) if name else firewall.running.root))


def _document(firewall: Firewall, root: ET.Element) -> str:
    return '<?xml version="1.0"?>\n' + render(firewall.own(root))


def _export_device_state(firewall: Firewall, dummy: str, parameters: Parameters) -> Answer:
    return responses.file("device_state_cfg.tgz", _archive("running-config.xml", _document(firewall, firewall.running.root)))


def _export_certificate(firewall: Firewall, dummy: str, parameters: Parameters) -> Answer:
    name, form = (required(parameters, each) for each in ("certificate-name", "format"))
    if form != "pem":
        raise invalid("format", form)
    if parameters.get("include-key", "no") != "no":
        raise OperationFailed(f"{name} has no private key here")
    entry = next((entry for entry in _certificates(firewall) if entry.get("name") == name), None)
    if entry is None or not entry.findtext("public-key"):
        raise NotPresent(f"certificate {name} does not exist")
    return responses.file(f"{name.lower()}.pem", entry.findtext("public-key").encode())


def _certificates(firewall: Firewall) -> Iterator[ET.Element]:
    for container in firewall.candidate.tree.root.iter("certificate"):
        yield from container.iterfind("entry")


def _export_by_job(firewall: Firewall, user: str, parameters: Parameters) -> Answer:
    """Without an action a job is begun, whose file is fetched once; ``finish`` takes the job away unfetched."""
    action = parameters.get("action")
    if action is None:
        category = parameters["category"]
        job = firewall.jobs.record("Exec", user, Outcome(True, []), (category, _archive(f"{category}.txt", _told_of(firewall))))
        return responses.enqueued(job)
    number = required(parameters, "job-id")
    job = firewall.jobs.get(number)
    if job.product is None or job.product[0] != parameters["category"]:
        raise NotPresent(f"job {number} has no {parameters['category']}")
    if action == "status":
        return responses.result(render(job.element(firewall.version >= (11, 0))))
    if action not in ("get", "finish"):
        raise invalid("action", action)
    firewall.jobs.forget(job)
    if action == "finish":
        return responses.lines(f"job {number} deleted")
    category, content = job.product
    return responses.file(f"{_PACKED[category]}-{number}.tgz", content)


def _told_of(firewall: Firewall) -> str:
    return f"{firewall.model} {firewall.serial} {firewall.name}, PAN-OS {firewall.sw_version}\n"


def _archive(name: str, text: str) -> bytes:
    content = text.encode()
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w:gz") as archive:
        member = tarfile.TarInfo(name)
        member.size, member.mtime = len(content), int(time.time())
        archive.addfile(member, io.BytesIO(content))
    return packed.getvalue()


def _import_configuration(firewall: Firewall, dummy: str, parameters: Parameters) -> Answer:
    text, name = required(parameters, "file"), required(parameters, "filename")
    firewall.stored.import_text(name, text)
    return responses.lines(f"{name} saved")


def _import_certificate(firewall: Firewall, user: str, parameters: Parameters) -> Answer:
    """A PEM certificate without a key, into the candidate; the words of its success are those that practitioners report."""
    name, form, text = (required(parameters, each) for each in ("certificate-name", "format", "file"))
    if form != "pem":
        raise invalid("format", form)
    try:
        certificate = x509.load_pem_x509_certificate(text.strip().encode())
    except ValueError as error:
        raise OperationFailed(f"Import of {name} failed. Unable to read the certificate: {error}") from error
    return _imported(firewall, user, parameters, _described(certificate))


def _import_key_pair(firewall: Firewall, user: str, parameters: Parameters) -> Answer:
    """A PEM certificate with its private key, encrypted with the passphrase; the configuration has the key in its stored form."""
    name, form, passphrase, text = (required(parameters, each) for each in ("certificate-name", "format", "passphrase", "file"))
    if form != "pem":
        raise invalid("format", form)
    try:
        certificate = x509.load_pem_x509_certificate(text.strip().encode())
        key = serialization.load_pem_private_key(_key_in(text).encode(), passphrase.encode())
    except (ValueError, TypeError) as error:
        raise OperationFailed(f"Import of {name} failed. Unable to read the certificate or its private key: {error}") from error
    plain = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()).decode()
    return _imported(firewall, user, parameters, [*_described(certificate), _element("private-key", firewall.secrets.store(plain))])


def _key_in(text: str) -> str:
    """The private key among the blocks of a PEM file."""
    found = re.search(r"-----BEGIN [A-Z ]*PRIVATE KEY-----.*?-----END [A-Z ]*PRIVATE KEY-----", text, re.DOTALL)
    if found is None:
        raise ValueError("there is no private key in it")
    return found.group()


def _imported(firewall: Firewall, user: str, parameters: Parameters, described: list[ET.Element]) -> Answer:
    name = parameters["certificate-name"]
    firewall.locks.refuse_write(user)
    place = parse_xpath(f"{_container(firewall, parameters.get('vsys'))}/entry[@name={quoted(name)}]").location()
    firewall.candidate.set(user, place, described)
    return responses.text_result(f"Successfully imported {name} into candidate configuration")


def _container(firewall: Firewall, system: str | None) -> str:
    if isinstance(firewall, Panorama):
        return "/config/panorama/certificate"
    if system in (None, "", "shared"):
        return "/config/shared/certificate"
    return f"/config/devices/entry[@name='localhost.localdomain']/vsys/entry[@name={quoted(system)}]/certificate"


def _described(certificate: x509.Certificate) -> list[ET.Element]:
    found = {
        "subject-hash": _hashed(certificate.subject), "issuer-hash": _hashed(certificate.issuer),
        "subject": certificate.subject.rfc4514_string(), "issuer": certificate.issuer.rfc4514_string(),
        "not-valid-before": _of(certificate.not_valid_before_utc), "not-valid-after": _of(certificate.not_valid_after_utc),
        "expiry-epoch": str(int(certificate.not_valid_after_utc.timestamp())), "common-name": _common_name(certificate),
        "ca": "yes" if _signs_others(certificate) else "no", "algorithm": "RSA" if isinstance(certificate.public_key(), rsa.RSAPublicKey) else "EC",
        "public-key": certificate.public_bytes(serialization.Encoding.PEM).decode(),
    }
    return [_element(tag, text) for tag, text in found.items()]


def _element(tag: str, text: str) -> ET.Element:
    element = ET.Element(tag)
    element.text = text
    return element


def _hashed(name: x509.Name) -> str:
    """Eight digits of a name, the same for the same name; a firewall's own are those of another digest."""
    return hashlib.sha1(name.public_bytes()).hexdigest()[:8]


def _of(moment: datetime.datetime) -> str:
    return moment.strftime("%b %d %H:%M:%S %Y GMT")


def _common_name(certificate: x509.Certificate) -> str:
    return "".join(str(each.value) for each in certificate.subject.get_attributes_for_oid(x509.NameOID.COMMON_NAME))


def _signs_others(certificate: x509.Certificate) -> bool:
    try:
        return certificate.extensions.get_extension_for_class(x509.BasicConstraints).value.ca
    except x509.ExtensionNotFound:
        return False


_EXPORTS: dict[str, Callable[[Firewall, str, Parameters], Answer]] = {
    "configuration": _export_configuration, "certificate": _export_certificate, "device-state": _export_device_state,
    "tech-support": _export_by_job, "stats-dump": _export_by_job,
}
_IMPORTS: dict[str, Callable[[Firewall, str, Parameters], Answer]] = {
    "configuration": _import_configuration, "certificate": _import_certificate, "keypair": _import_key_pair}
