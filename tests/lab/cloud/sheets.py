# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The person at the other end: far sides from nothing but the sheet that was handed over, typed field by field into that product's forms.

Knows nothing of any firewall. What the product has by itself and no form asks for, its own addresses and its AS number, is C(Own). A field that a form needs
and the sheet has not is a KeyError, a word that the product does not have too.
"""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass
from typing import Any, Callable, Union

from ansible_collections.tunnelsmith.panos_vpn.tests.lab.cloud import outputs
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.cloud.connection import Bgp, Connection, Endpoint, Phase
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.cloud.policy_based import PolicyBasedPeer

#: Of AWS's words, those that each product has.
CIPHERS = {
    "aws": {"AES128": "AES128", "AES256": "AES256", "AES128-GCM-16": "AES128-GCM-16", "AES256-GCM-16": "AES256-GCM-16"},
    "azure": {"AES128": "AES128", "AES256": "AES256", "GCMAES128": "AES128-GCM-16", "GCMAES256": "AES256-GCM-16"},
    "gcp": {"AES-CBC-128": "AES128", "AES-CBC-256": "AES256", "AES-GCM-16-128": "AES128-GCM-16", "AES-GCM-16-256": "AES256-GCM-16"},
    "harmony_sase": {"aes128": "AES128", "aes256": "AES256", "aes128gcm16": "AES128-GCM-16", "aes256gcm16": "AES256-GCM-16"},
    "strongswan": {"aes128": "AES128", "aes256": "AES256", "aes128gcm16": "AES128-GCM-16", "aes256gcm16": "AES256-GCM-16"},
    "generic": {"aes-128-cbc": "AES128", "aes-256-cbc": "AES256", "aes-128-gcm": "AES128-GCM-16", "aes-256-gcm": "AES256-GCM-16"},
}
HASHES = {
    "aws": {"SHA1": "SHA1", "SHA2-256": "SHA2-256", "SHA2-384": "SHA2-384", "SHA2-512": "SHA2-512", "any": ""},
    "azure": {"SHA1": "SHA1", "SHA256": "SHA2-256", "SHA384": "SHA2-384", "GCMAES128": "", "GCMAES256": ""},
    "gcp": {"HMAC-SHA1-96": "SHA1", "HMAC-SHA2-256-128": "SHA2-256", "HMAC-SHA2-384-192": "SHA2-384", "HMAC-SHA2-512-256": "SHA2-512"},
    "harmony_sase": {"sha1": "SHA1", "sha256": "SHA2-256", "sha384": "SHA2-384", "sha512": "SHA2-512"},
    "strongswan": {"sha1": "SHA1", "sha256": "SHA2-256", "sha384": "SHA2-384", "sha512": "SHA2-512"},
    "generic": {"sha1": "SHA1", "sha256": "SHA2-256", "sha384": "SHA2-384", "sha512": "SHA2-512", "none": ""},
}
STRONGSWAN_GROUPS = {"modp1024": 2, "modp1536": 5, "modp2048": 14, "modp3072": 15, "modp4096": 16, "ecp256": 19, "ecp384": 20, "ecp521": 21}


@dataclass(frozen=True)
class Own:
    """What the product has before anybody asks for a tunnel."""

    addresses: tuple[str, ...]
    number: int = 65515


Side = Union[Connection, PolicyBasedPeer]


class Form:
    """The fields of the sections whose title begins so."""

    def __init__(self, sheet: dict[str, Any], title: str = "") -> None:
        self.rows = [row for section in sheet["sections"] if section["title"].startswith(title) for row in section["rows"]]

    def __getitem__(self, field: str) -> Any:
        found = [row["value"] for row in self.rows if row["field"] == field]
        if len(found) != 1:
            raise KeyError(f"{field}: {len(found)} of them among {', '.join(row['field'] for row in self.rows)}")
        return found[0]

    def get(self, field: str, otherwise: Any = "") -> Any:
        return self[field] if any(row["field"] == field for row in self.rows) else otherwise


def far_side(sheet: dict[str, Any], own: Own) -> Side:
    """What the sheet's product makes of it. C(sheet): as data."""
    return READERS[sheet["product"]](sheet, own)


def _phase(product: str, cipher: str, hashed: str, group: int, lifetime: str) -> Phase:
    """C(lifetime): a number, with its unit behind it or none."""
    integrity = HASHES[product][hashed] if hashed else ""
    return Phase((CIPHERS[product][cipher],), (integrity,) if integrity else (), (group,), int(lifetime.rstrip(" seconds")))


def _known_by(identity: str, address: str) -> None:
    """The far sides here know the firewall, and are known, by addresses."""
    if identity != address:
        raise ValueError(f"{identity} is not the address {address}")


def _titles(sheet: dict[str, Any], begin: str) -> list[str]:
    return [section["title"] for section in sheet["sections"] if section["title"].startswith(begin)]


def _aws(sheet: dict[str, Any], own: Own) -> Connection:
    gateway, made = Form(sheet, "Create customer gateway"), Form(sheet, "Create VPN connection")
    dynamic = {"Dynamic (requires BGP)": True, "Static": False}[made["Routing options"]]
    endpoints = []
    for number, (title, address) in enumerate(zip(_titles(sheet, "Tunnel "), own.addresses), 1):
        form = Form(sheet, title)
        first, second = ipaddress.ip_network(form[f"Inside IPv4 CIDR for tunnel {number}"]).hosts()
        phases = [_phase("aws", form[f"Phase {phase} encryption algorithms"], form[f"Phase {phase} integrity algorithms"],
                         int(form[f"Phase {phase} DH group numbers"]), form[f"Phase {phase} lifetime (seconds)"]) for phase in (1, 2)]
        endpoints.append(Endpoint(
            number, address, gateway["IP address"], str(first), str(second), 30, form[f"Pre-shared key for tunnel {number}"], (form["IKE version"],), *phases,
            int(form["DPD timeout (seconds)"]), form["DPD timeout action"].lower(), form["Startup action"] == "Start",
            Bgp(int(gateway["BGP ASN"]), own.number, 30) if dynamic else None))
    (customers,), (ours,) = made["Local IPv4 network CIDR"], made["Remote IPv4 network CIDR"]
    return Connection(sheet["name"], () if dynamic else tuple(made["Static IP prefixes"]), customers, ours, tuple(endpoints))


def _azure(sheet: dict[str, Any], own: Own) -> Connection:
    local, form = Form(sheet, "Create local network gateway"), Form(sheet, "Create connection")
    version = {"IKEv1": "ikev1", "IKEv2": "ikev2"}[form["IKE Protocol"]]
    phase1 = _phase("azure", form["IKE Phase 1: Encryption"], form["IKE Phase 1: Integrity/PRF"],
                    outputs.AZURE_GROUPS[form["IKE Phase 1: DH Group"]], "28800")
    phase2 = _phase("azure", form["IKE Phase 2(IPsec): IPsec Encryption"], form["IKE Phase 2(IPsec): IPsec Integrity"],
                    outputs.AZURE_GROUPS[form["IKE Phase 2(IPsec): PFS Group"]], form["IPsec SA lifetime in seconds"])
    inside = form["Primary Custom BGP Address"]
    (speaker,) = local["Address Space(s)"]
    customer = str(ipaddress.ip_interface(speaker).ip)
    if customer != local["BGP peer IP address"] or form["Enable BGP"] != "Yes":
        raise ValueError("the form contradicts itself")
    endpoint = Endpoint(
        1, own.addresses[0], local["IP address"], inside, customer, 30, form["Shared key (PSK)"], (version,), phase1, phase2,
        int(form["DPD timeout in seconds"]), "clear", form["Connection Mode"] == "InitiatorOnly",
        Bgp(int(local["Autonomous system number (ASN)"]), own.number, 180))
    return Connection(sheet["name"], (), outputs.EVERYTHING, outputs.EVERYTHING, (endpoint,))


def _google(sheet: dict[str, Any], dummy: Own) -> Connection:
    gateway, router = Form(sheet, "Create a peer VPN gateway"), Form(sheet, "Cloud Router")
    hold = 3 * int(router["BGP peer keepalive interval"].partition(" ")[0])
    endpoints = []
    for number, title in enumerate(_titles(sheet, "VPN tunnel "), 1):
        form, session = Form(sheet, title), Form(sheet, f"BGP session of {title}")
        interface, address = form["Associated peer VPN gateway interface"].split(" : ")
        if gateway[f"Interface {interface} IP address"] != address:
            raise ValueError("the forms contradict each other")
        phases = [
            _phase("gcp", form[f"Phase {phase}: Encryption"], form.get(f"Phase {phase}: Integrity"),
                   int(form[f"Phase {phase}: {group}"].removeprefix("Group-")), lifetime)
            for phase, group, lifetime in ((1, "DH", "36000"), (2, "PFS", "10800"))
        ]
        endpoints.append(Endpoint(
            number, form["Associated Cloud VPN gateway interface"].split(" : ")[1], address, session["Cloud Router BGP IPv4 address"],
            session["BGP peer IPv4 address"], 30, form["IKE pre-shared key"], (form["IKE version"].lower(),), *phases, 60, "clear", False,
            Bgp(int(session["Peer ASN"]), int(router["Google ASN"]), hold)))
    return Connection(sheet["name"], (), outputs.EVERYTHING, outputs.EVERYTHING, tuple(endpoints))


def _harmony(sheet: dict[str, Any], own: Own) -> Side:
    shared, advanced = Form(sheet, "Shared settings"), Form(sheet, "Advanced settings")
    ours, theirs = shared["Harmony SASE Gateway Proposal Subnets"], shared["Remote Gateway Proposal Subnets"]
    if [*ours, *theirs] != [outputs.EVERYTHING] * 2:
        return _policy_based_harmony(sheet, own, ours, theirs)
    phases = [
        _phase("harmony_sase", advanced[f"Encryption (Phase {number})"], advanced.get(f"Integrity (Phase {number})"),
               int(advanced[f"Diffie-Hellman Groups (Phase {number})"]), advanced[f"{kind} Lifetime"])
        for number, kind in (("I", "IKE"), ("II", "Tunnel"))
    ]
    version = {"IKEv1": "ikev1", "IKEv2": "ikev2"}[advanced["IKE Version"]]
    titles = _titles(sheet, "IPSec Site-2-Site tunnel") or _titles(sheet, "Redundant tunnels: tunnel ")
    endpoints = []
    for number, (title, address) in enumerate(zip(titles, own.addresses), 1):
        form = Form(sheet, title)
        _known_by(form["Remote ID"], form["Public IP"])
        endpoints.append(Endpoint(
            number, address, form["Public IP"], form["Harmony SASE Gateway Internal IP"], form["Remote Gateway Internal IP"], 30, form["Shared Secret"],
            (version,), *phases, int(advanced["Dead Peer Detection (DPD) Timeout"].rstrip(" s")), "clear", False,
            Bgp(int(form["Remote Gateway ASN"]), int(shared["Harmony SASE Gateway ASN"]), 30)))
    return Connection(sheet["name"], (), outputs.EVERYTHING, outputs.EVERYTHING, tuple(endpoints))


def _policy_based_harmony(sheet: dict[str, Any], own: Own, ours: list[str], theirs: list[str]) -> PolicyBasedPeer:
    form, advanced = Form(sheet, "IPSec Site-2-Site tunnel"), Form(sheet, "Advanced settings")
    proposals = []
    for number in ("I", "II"):
        group = outputs.MODP[int(advanced[f"Diffie-Hellman Groups (Phase {number})"])]
        proposals.append("-".join((advanced[f"Encryption (Phase {number})"], advanced[f"Integrity (Phase {number})"], group)))
    return PolicyBasedPeer(own.addresses[0], form["Public IP"], form["Shared Secret"], tuple(ours), tuple(theirs), "", form["Remote ID"],
                           advanced["IKE Version"].removeprefix("IKEv"), (proposals[0],), (proposals[1],))


def _strongswan(sheet: dict[str, Any], dummy: Own) -> Connection:
    name = sheet["name"]
    form, inside = Form(sheet, f"connections.{name}"), Form(sheet, "Route-based tunnels")
    child = f"connections.{name}.children.{name}"
    cipher, function, group = form[f"connections.{name}.proposals"].split("-")
    esp = form[f"{child}.esp_proposals"].split("-")
    address = ipaddress.ip_interface(inside["address of the tunnel interface"])
    for side in ("local", "remote"):
        _known_by(form[f"connections.{name}.{side}.id"], form[f"connections.{name}.{side}_addrs"])
    endpoint = Endpoint(
        1, form[f"connections.{name}.local_addrs"], form[f"connections.{name}.remote_addrs"], str(address.ip), inside["BGP neighbour"],
        address.network.prefixlen, Form(sheet, "secrets.")[f"secrets.ike-{name}.secret"], (f"ikev{form[f'connections.{name}.version']}",),
        _phase("strongswan", cipher, function.removeprefix("prf"), STRONGSWAN_GROUPS[group], form[f"connections.{name}.rekey_time"]),
        _phase("strongswan", esp[0], esp[1] if len(esp) == 3 else "", STRONGSWAN_GROUPS[esp[-1]], form[f"{child}.rekey_time"]),
        30, "restart", form[f"{child}.start_action"] == "start",
        Bgp(int(inside["BGP neighbour's AS"]), int(inside["own AS"]), int(inside["BGP timers"].split()[1])))
    return Connection(name, (), form[f"{child}.remote_ts"], form[f"{child}.local_ts"], (endpoint,))


def _generic(sheet: dict[str, Any], dummy: Own) -> Connection:
    ends, first, second, inside = (Form(sheet, title) for title in ("Both ends", "Phase 1 (IKE)", "Phase 2 (ESP)", "Inside and routing"))
    address = ipaddress.ip_interface(inside["Your inside address"])
    _known_by(ends["Your ID"], ends["Your address"])
    _known_by(ends["Our ID"], ends["Our address"])
    ours, theirs = (words.partition(" ")[2] for words in second["Selectors"])
    endpoint = Endpoint(
        1, ends["Your address"], ends["Our address"], str(address.ip), inside["Our inside address"], address.network.prefixlen, ends["Pre-shared key"],
        (first["Version"],),
        _phase("generic", first["Encryption"], first["Hash"], int(first["Diffie-Hellman group"].removeprefix("group")), first["Lifetime"]),
        _phase("generic", second["Encryption"], second["Hash"], int(second["Perfect forward secrecy"].removeprefix("group")), second["Lifetime"]),
        30, "clear", ends["Who begins"] == "you",
        Bgp(int(inside["Our AS"]), int(inside["Your AS"]), int(inside["Keep-alive, hold time"].split()[1])))
    return Connection(sheet["name"], (), theirs, ours, (endpoint,))


def _zstack(sheet: dict[str, Any], dummy: Own) -> PolicyBasedPeer:
    form = {row["field"].lower().replace(" ", "_"): row["value"] for row in Form(sheet).rows}
    return outputs.zstack(form)


READERS: dict[str, Callable[[dict[str, Any], Own], Side]] = {
    "aws": _aws, "azure": _azure, "gcp": _google, "harmony_sase": _harmony, "strongswan": _strongswan, "generic": _generic, "zstack": _zstack}
