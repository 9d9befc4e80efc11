# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A pairing that works on an emulated firewall, and what can be broken in it."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from dataclasses import dataclass
from typing import Callable

from ansible_collections.tunnelsmith.panos_vpn.plugins.modules import vpn_info
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.cloud.authorities import Authority
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.emulator import Emulator
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.emulator.models.runtime import LearnedRoute, Runtime
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.emulator.models.system_log import SystemLog
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.emulator.models.tree import parse_document
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.emulator.models.xpath import parse_xpath
from ansible_collections.tunnelsmith.panos_vpn.tests.unit.plugins.modules import pairing
from ansible_collections.tunnelsmith.panos_vpn.tests.unit.plugins.modules.door import DEVICE, NETWORK, VSYS
from ansible_collections.tunnelsmith.panos_vpn.tests.unit.plugins.modules.pairing import VpnDoor


class Patient(VpnDoor):
    """A firewall with a pairing that works; C(heal) brings it back to that."""

    def __init__(self, firewall, kind):
        super().__init__(firewall)
        self.kind, self.name = kind, pairing.name_of(kind)
        # Routes beside PBF would carry what a broken rule does not.
        self.committed(pairing.options(kind, backup_routes=False if kind == "pbf" else None))
        self.inner = firewall.firewall
        self.good = firewall.control.running()
        self.connection = pairing.profile(kind)

    def heal(self):
        with self.inner.lock:
            self.inner.revert(None)
            for tree in (self.inner.candidate.tree, self.inner.running):
                tree.replace_root(parse_document(self.good))
            self.inner.runtime, self.inner.log = Runtime(), SystemLog()
        self.connection = pairing.profile(self.kind)

    def diagnose(self, **options) -> list:
        told = {"name": [self.name], "gather": ["diagnosis"], "connection": self.connection, "source_zones": ["trust"],
                "local_networks": ["10.10.0.0/24"], "remote_networks": ["10.200.0.0/16"], **options}
        told = {option: value for option, value in told.items() if value is not None}
        return self.done(told, module=vpn_info).values["diagnosis"]

    # What a fault does.

    def first(self, container: str) -> str:
        return f"{container}/entry[@name='{self.name}-1']"

    def set(self, xpath: str, element: str):
        self.control.plant(xpath, element)

    def take(self, xpath: str):
        """Remove what stands at a place, from the candidate and from what is running."""
        with self.inner.lock:
            for tree in (self.inner.candidate.tree, self.inner.running):
                for chain in parse_xpath(xpath).select(tree):
                    tree.remove(chain[-2], chain[-1])

    def down(self, *lines: str, sa: str = "down", event: str = "ikev2-nego-ike-fail"):
        self.control.vpn(f"{self.name}-1", sa=sa)
        for line in lines:
            self.control.log(event, f"{self.name}-1", line)


class Patients:
    """One firewall for each kind of pairing, healed whenever it is asked for."""

    def __init__(self) -> None:
        self.made: dict = {}

    def __call__(self, kind: str, engine: str = "virtual-router") -> Patient:
        if (kind, engine) not in self.made:
            firewall = Emulator(version="11.1.4", engine=engine).start()
            firewall.control.commit_duration(0.01)
            self.made[kind, engine] = Patient(firewall, kind)
        self.made[kind, engine].heal()
        return self.made[kind, engine]

    def stop(self) -> None:
        for patient in self.made.values():
            patient.firewall.stop()


@dataclass(frozen=True)
class Fault:
    """What is broken, and the cause that must come first for it. C(sure): how sure the diagnosis is to be. C(mends): whether its items are said."""

    cause: str
    breaks: Callable
    kind: str = "pbf"
    sure: str = "certain"
    mends: bool = True


AUTHORITY = Authority("Example CA")
GATEWAYS, TUNNELS, UNITS = f"{NETWORK}/ike/gateway", f"{NETWORK}/tunnel/ipsec", f"{NETWORK}/interface/tunnel/units"
PROFILES, PROTECTION = f"{NETWORK}/ike/crypto-profiles", f"{NETWORK}/profiles/zone-protection-profile"
RULES, ROUTER = f"{VSYS}/rulebase", f"{NETWORK}/virtual-router/entry[@name='default']"
REFUSED = ("IKE protocol notification message received: received notify type NO_PROPOSAL_CHOSEN",
           "IKEv2 IKE SA negotiation is failed as initiator, non-rekey. Failed SA: 198.51.100.10[500]-203.0.113.17[500]")
DOUBTED = ("IKE protocol notification message received: received notify type AUTHENTICATION_FAILED", REFUSED[1])


def cloud(**changes) -> Callable:
    """The cloud's first tunnel is described otherwise than it is configured."""
    def breaks(patient):
        for option, value in changes.items():
            one = patient.connection["tunnels"][0]
            one[option] = {**one[option], **value} if isinstance(value, dict) else value
        patient.down(*REFUSED)
    return breaks


def offers(phase, **accepted) -> Callable:
    def breaks(patient):
        patient.connection["tunnels"][0]["offers"][phase].update(accepted)
        patient.down(*REFUSED, sa="down" if phase == "ike" else "init", event="ikev2-nego-ike-fail" if phase == "ike" else "ikev2-nego-child-fail")
    return breaks


def logged(*lines, sa="down", event="ikev2-nego-ike-fail") -> Callable:
    """Nothing but the log tells: no description of the cloud is given."""
    def breaks(patient):
        patient.connection = None
        patient.down(*lines, sa=sa, event=event)
    return breaks


def with_gateway(xml, *lines, known=True) -> Callable:
    def breaks(patient):
        patient.set(patient.first(GATEWAYS), xml)
        patient.connection = patient.connection if known else None
        patient.down(*lines)
    return breaks


def without(place, **then) -> Callable:
    """Something is missing; C(then): what the tunnel shows."""
    def breaks(patient):
        patient.take(place(patient))
        if then:
            patient.control.vpn(f"{patient.name}-1", **then)
    return breaks


def unit_of(patient) -> str:
    return ET.fromstring(patient.control.running(patient.first(TUNNELS))).findtext("tunnel-interface")


def protected(**flags) -> Callable:
    def breaks(patient):
        switches = "".join(f"<{flag.replace('_', '-')}>yes</{flag.replace('_', '-')}>" for flag in flags)
        patient.set(PROTECTION, f'<entry name="careful">{switches}</entry>')
        patient.set(f"{VSYS}/zone/entry[@name='aws-vpn']/network", "<zone-protection-profile>careful</zone-protection-profile>")
        if "strict_ip_check" in flags:
            patient.control.vpn(f"{patient.name}-1", monitor="down")
    return breaks


def above(rulebase, entry) -> Callable:
    """A rule in front of all others."""
    def breaks(patient):
        place = f"{RULES}/{rulebase}/rules"
        standing = patient.control.running(place)
        patient.take(place)
        patient.set(f"{RULES}/{rulebase}", f"<rules>{entry}{standing.partition('>')[2]}")
    return breaks


def rule(name, action, source="any", destination="any", networks="any", extra="") -> str:
    members = "".join(f"<{option}><member>{value}</member></{option}>" for option, value in (
        ("from", source), ("to", destination), ("source", "any"), ("destination", networks), ("application", "any"), ("service", "any"),
        ("source-user", "any"), ("category", "any")))
    return f'<entry name="{name}">{members}{action}{extra}</entry>'


def several(*faults) -> Callable:
    def breaks(patient):
        for fault in faults:
            fault(patient)
    return breaks


def uncommitted(patient):
    patient.down(*DOUBTED)
    patient.control.edit_as("colleague", "set", f"{patient.first(GATEWAYS)}/authentication/pre-shared-key", "<key>another.key</key>")
    patient.connection = None


def passive_member(patient):
    patient.set(f"{DEVICE}/deviceconfig", "<high-availability><enabled>yes</enabled></high-availability>")
    patient.control.set_ha("passive")


def other_engine(patient):
    patient.control.set_engine_setting(True)
    patient.take(f"{ROUTER}/interface/member[text()='{unit_of(patient)}']")
    patient.set(f"{NETWORK}/logical-router/entry[@name='default']/vrf/entry[@name='default']/interface", f"<member>{unit_of(patient)}</member>")


def certified(patient):
    """The firewall has a certificate of its own, two authorities, one of which has ended, and profiles that trust them."""
    pem = AUTHORITY.issue("fw", "fw.example.net").certificate
    patient.set("/config/shared/certificate", f"<entry name='fw'><common-name>fw</common-name><issuer>CN=Example CA</issuer><subject-hash>a</subject-hash>"
                f"<issuer-hash>b</issuer-hash><private-key>-AQ==notReal</private-key><public-key>{pem}</public-key>"
                "<expiry-epoch>4000000000</expiry-epoch></entry>")
    for name, ends in (("ca", 4000000000), ("old-ca", 1600000000)):
        patient.set("/config/shared/certificate", f"<entry name='{name}'><subject-hash>b</subject-hash><issuer-hash>b</issuer-hash>"
                    f"<expiry-epoch>{ends}</expiry-epoch></entry>")
        profile = "peers" if name == "ca" else name
        patient.set("/config/shared/certificate-profile", f"<entry name='{profile}'><CA><entry name='{name}'/></CA></entry>")


def shown(name: str, profile: str = "peers") -> Callable:
    """The first gateway authenticates by a certificate, and the two sides have agreed on that."""
    def breaks(patient):
        certified(patient)
        patient.take(f"{patient.first(GATEWAYS)}/authentication/pre-shared-key")
        patient.set(patient.first(GATEWAYS), f"<authentication><certificate><local-certificate><name>{name}</name></local-certificate><certificate-profile>"
                    f"{profile}</certificate-profile></certificate></authentication><local-id><type>fqdn</type><id>fw.example.net</id></local-id>")
        agreed = patient.connection["tunnels"][0]
        agreed.pop("pre_shared_key")
        agreed.update(certificate={"local_certificate": name, "certificate_profile": profile}, local_id="fw.example.net")
    return breaks


def without_address(patient):
    """The first gateway's peer may come from any address, as the two sides have agreed on."""
    patient.take(f"{patient.first(GATEWAYS)}/peer-address/ip")
    patient.set(patient.first(GATEWAYS), "<peer-address><dynamic/></peer-address><peer-id><type>fqdn</type><id>branch.example.net</id></peer-id>")
    patient.connection["tunnels"][0].update(outside_address="dynamic", peer_id="branch.example.net")


def expired(patient):
    patient.set("/config/shared/certificate", '<entry name="fw"><expiry-epoch>1600000000</expiry-epoch></entry>')
    patient.take(f"{patient.first(GATEWAYS)}/authentication/pre-shared-key")
    with_gateway("<authentication><certificate><local-certificate><name>fw</name></local-certificate></certificate></authentication>",
                 *DOUBTED, known=False)(patient)


def signed(ours: str | None, **agreed: str) -> Callable:
    """C(ours): the password of the first session here. C(agreed): what the far side's description says of it."""
    def breaks(patient):
        if ours:
            stored = patient.inner.secrets.store(ours)
            patient.set(f"{ROUTER}/protocol/bgp/auth-profile", f"<entry name='signed'><secret>{stored}</secret></entry>")
            bgp_option("<connection-options><authentication>signed</authentication></connection-options>")(patient)
        patient.connection["tunnels"][0]["bgp"].update(agreed)
        patient.control.bgp(f"{patient.name}-1", "Connect")
    return breaks


def bgp_option(xml) -> Callable:
    return lambda patient: (patient.set(f"{ROUTER}/protocol/bgp/peer-group/entry[@name='{patient.name}']/peer/entry[@name='{patient.name}-1']", xml),
                            patient.control.bgp(f"{patient.name}-1", "Active"))


def instance(xml, state="Active", **counts) -> Callable:
    return lambda patient: (patient.set(f"{ROUTER}/protocol/bgp", xml),
                            [patient.control.bgp(f"{patient.name}-{number}", state, **counts) for number in (1, 2)])


def peers(installed=True, **counts) -> Callable:
    """Both peers are established, with these prefixes; C(installed): one of them is in the forwarding table."""
    def breaks(patient):
        for number in (1, 2):
            patient.control.bgp(f"{patient.name}-{number}", "Established", **counts)
        if installed:
            peer = patient.connection["tunnels"][0]["inside_peer_address"]
            patient.inner.runtime.learned_routes.append(LearnedRoute("default", "10.200.0.0/16", peer, "100", unit_of(patient)))
    return breaks


def moved(patient, name) -> str:
    """The text of a PBF rule that is taken away, to be put elsewhere."""
    place = f"{RULES}/pbf/rules/entry[@name='{name}']"
    text = patient.control.running(place)
    patient.take(place)
    return text
