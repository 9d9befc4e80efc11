# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Faults that were thought of from the firewall's own options and from what people reported, and not from the diagnosis' rules."""

from __future__ import annotations

from typing import Callable, NamedTuple

import pytest

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.tasks import verifying
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.emulator.models.runtime import Measured, TunnelState
from ansible_collections.tunnelsmith.panos_vpn.tests.unit.plugins.module_utils.diagnosis.branch import members as lists
from ansible_collections.tunnelsmith.panos_vpn.tests.unit.plugins.modules.door import NETWORK, VSYS
from ansible_collections.tunnelsmith.panos_vpn.tests.unit.plugins.modules.patients import (
    GATEWAYS, REFUSED, ROUTER, RULES, TUNNELS, UNITS, Patients, above, bgp_option, logged, peers, several, unit_of, without,
)

TIMED_OUT = "IKE negotiation is failed due to timeout. Failed SA: 198.51.100.10[500]-203.0.113.17[500]"
PUSHED = "/config/panorama/vsys/entry[@name='vsys1']"
BGP = f"{ROUTER}/protocol/bgp"


@pytest.fixture(scope="module")
def patients():
    made = Patients()
    yield made
    made.stop()


class Unseen(NamedTuple):
    """What is broken, and the causes any of which tells it. C(probed): by what a host sees, as it may well be meant so."""

    breaks: Callable
    causes: tuple[str, ...]
    kind: str = "pbf"
    probed: bool = False


def policy(name: str, action: str = "deny", more: str = "", **given: str) -> str:
    """A security rule. ``from_``, ``to``, …: members, of any where not given; ``more``: XML."""
    told = {"from_": "any", "to": "any", "source": "any", "destination": "any", "source_user": "any", "category": "any", "application": "any",
            "service": "any", **given}
    return f'<entry name="{name}">{lists(**told)}<action>{action}</action>{more}</entry>'


def steered(name: str, where: str, action: str, **given: str) -> str:
    told = {"source": "any", "destination": "any", "source_user": "any", "application": "any", "service": "any", **given}
    return f'<entry name="{name}"><from>{where}</from>{lists(**told)}<action>{action}</action></entry>'


TRUST = "<zone><member>trust</member></zone>"
GUEST_LINE = "<forward><egress-interface>ethernet1/7</egress-interface><nexthop><ip-address>203.0.113.5</ip-address></nexthop></forward>"


def service(name: str, protocol: str, port: str) -> Callable:
    return lambda patient: patient.set(f"{VSYS}/service", f'<entry name="{name}"><protocol><{protocol}><port>{port}</port></{protocol}></protocol></entry>')


def default_rule(name: str, action: str) -> Callable:
    return lambda patient: patient.set(f"{RULES}/default-security-rules/rules", f'<entry name="{name}"><action>{action}</action></entry>')


def gone(*names: str) -> Callable:
    """Security rules that are taken away; ``-out``: of the pairing."""
    return lambda patient: [patient.take(f"{RULES}/security/rules/entry[@name='{patient.name + name if name.startswith('-') else name}']") for name in names]


def pushed(rulebase: str, entry: str, kind: str = "security") -> Callable:
    return lambda patient: patient.set(f"{PUSHED}/{rulebase}/{kind}/rules", entry)


def down(*lines: str, number: int = 1) -> Callable:
    def breaks(patient):
        patient.control.vpn(f"{patient.name}-{number}", sa="down")
        for line in lines:
            patient.control.log("ikev2-nego-ike-fail", f"{patient.name}-{number}", line)
    return breaks


def silent(number: int = 1, sent: int = 0, back: int = 0) -> Callable:
    """The monitor gets no answer; packets that were sent, and that came back."""
    def breaks(patient):
        name = f"{patient.name}-{number}"
        patient.inner.runtime.tunnels[name] = TunnelState(monitor="down", measured=Measured(1, 2, packets_in=back, packets_out=sent))
    return breaks


def rule_of_pairing(suffix: str, xml: str) -> Callable:
    return lambda patient: patient.set(f"{RULES}/security/rules/entry[@name='{patient.name}{suffix}']", xml)


def path_rule(number: int, xml: str) -> Callable:
    return lambda patient: patient.set(f"{RULES}/pbf/rules/entry[@name='{patient.name}-{number}']", xml)


def peers_are(state: str, **counts) -> Callable:
    return lambda patient: [patient.control.bgp(f"{patient.name}-{number}", state, **counts) for number in (1, 2)]


def bgp_says(text: str, state: str = "Idle") -> Callable:
    """Both peers, and what the log says of the first one."""
    return lambda patient: (peers_are(state)(patient), patient.control.log("routed-BGP-peer-left-established", f"{patient.name}-1", text, subtype="routing"))


def static(name: str, destination: str, where: str, more: str = "<metric>10</metric>") -> Callable:
    return lambda patient: patient.set(f"{ROUTER}/routing-table/ip/static-route",
                                       f'<entry name="{name}"><destination>{destination}</destination>{where}{more}</entry>')


def leased(address: str) -> Callable:
    """The outside interface gets its address by DHCP, and has got this one."""
    def breaks(patient):
        patient.take(f"{NETWORK}/interface/ethernet/entry[@name='ethernet1/8']/layer3/ip")
        patient.set(f"{NETWORK}/interface/ethernet/entry[@name='ethernet1/8']/layer3", "<dhcp-client><enable>yes</enable></dhcp-client>")
        patient.control.set_interface_address("ethernet1/8", address)
        for number in (1, 2):
            patient.take(f"{GATEWAYS}/entry[@name='{patient.name}-{number}']/local-address/ip")
    return breaks


def of_gateway(xml: str, number: int = 1) -> Callable:
    return lambda patient: patient.set(f"{GATEWAYS}/entry[@name='{patient.name}-{number}']", xml)


def many_networks(patient) -> None:
    """102 networks behind the LAN that are to be announced, and the cloud takes 100."""
    for number in range(102):
        static(f"n{number}", f"10.40.{number}.0/24", "<nexthop><ip-address>10.10.0.254</ip-address></nexthop>")(patient)
    patient.take(f"{ROUTER}/protocol/redist-profile/entry[@name='{patient.name}']/filter/destination")
    patient.set(f"{ROUTER}/protocol/redist-profile/entry[@name='{patient.name}']/filter/type", "<member>static</member>")
    patient.take(f"{BGP}/policy/export/rules/entry[@name='{patient.name}']/match/address-prefix")
    patient.take(f"{BGP}/policy/export/rules")
    peers_are("Idle")(patient)


def moved_zone(patient) -> None:
    for number in (1, 2):
        text = patient.control.running(f"{TUNNELS}/entry[@name='{patient.name}-{number}']/tunnel-interface")
        unit = text.partition(">")[2].partition("<")[0]
        patient.take(f"{VSYS}/zone/entry[@name='aws-vpn']/network/layer3/member[text()='{unit}']")
        patient.set(f"{VSYS}/zone/entry[@name='dmz']/network/layer3", f"<member>{unit}</member>")


def other_key(patient) -> None:
    patient.connection["tunnels"][0]["pre_shared_key"] = "another.key.now"


def learned_default(patient) -> None:
    peers_are("Established", received=1, advertised=1)(patient)
    patient.set(BGP, "<reject-default-route>yes</reject-default-route>")


NAT_TO = "<entry name='{name}'><from><member>{from_}</member></from><to><member>{to}</member></to><source><member>any</member></source><destination><member>" \
    "{destination}</member></destination><service>{service}</service>{translation}</entry>"


def translated(name: str, from_: str, to: str, destination: str, translation: str, service: str = "any") -> Callable:
    return lambda patient: patient.set(f"{RULES}/nat/rules", NAT_TO.format(
        name=name, from_=from_, to=to, destination=destination, translation=translation, service=service))


def to_host(address: str) -> str:
    return f"<destination-translation><translated-address>{address}</translated-address></destination-translation>"


UNSEEN = {
    # Security rules.
    "intrazone default denies, IKE": Unseen(several(
        default_rule("intrazone-default", "deny"), gone("-ike", "deny the rest"), down(TIMED_OUT)), ("ike-denied-by-rule",)),
    "intrazone default denies, inside": Unseen(several(
        default_rule("intrazone-default", "deny"), gone("-inside", "deny the rest"), silent()), ("intrazone-denied",)),
    "Panorama's rule before ours denies": Unseen(pushed("pre-rulebase", policy("group wide", from_="trust", to="aws-vpn")), (
        "security-rule-shadowed", "security-rule-denies")),
    "Panorama's rule after ours denies what none of ours allows": Unseen(several(
        gone("-out", "deny the rest"), pushed("post-rulebase", policy("cleanup"))), ("security-rule-denies", "security-rule-missing")),
    "Panorama's rule before ours denies ESP": Unseen(several(
        pushed("pre-rulebase", policy("no esp", application="ipsec-esp ipsec-esp-udp")), silent(sent=20)), ("esp-denied-by-rule",)),
    "TCP is denied above": Unseen(several(
        service("all-tcp", "tcp", "1-65535"), above("security", policy("no tcp", from_="trust", to="aws-vpn", service="all-tcp"))), (
            "security-rule-narrow", "security-rule-denies-some")),
    "one application is denied above": Unseen(above("security", policy("no ssh", from_="trust", to="aws-vpn", application="ssh")), (
        "security-rule-narrow", "security-rule-denies-some"), probed=True),
    "half of the hosts are denied above": Unseen(above("security", policy("no guests", from_="trust", to="aws-vpn", source="10.10.0.128/25")), (
        "security-rule-narrow", "security-rule-denies-some")),
    "half of the far network is denied above": Unseen(above("security", policy("no lab", from_="trust", to="aws-vpn", destination="10.200.128.0/17")), (
        "security-rule-narrow", "security-rule-denies-some")),
    "UDP 4500 is denied outside": Unseen(several(
        service("nat-t", "udp", "4500"), above("security", policy("no nat-t", from_="untrust", to="untrust", service="nat-t")),
        of_gateway("<protocol-common><nat-traversal><enable>yes</enable></nat-traversal></protocol-common>"),
        lambda patient: patient.connection["tunnels"][0].update(customer_outside_address="192.0.2.200"), down(TIMED_OUT)), ("ike-denied-by-rule",)),
    "UDP 500 is denied outside": Unseen(several(
        service("isakmp", "udp", "500"), above("security", policy("no ike", from_="untrust", to="untrust", service="isakmp")), down(TIMED_OUT)), (
            "ike-denied-by-rule",)),
    "ESP is denied outside": Unseen(several(
        above("security", policy("no esp", from_="untrust", to="untrust", application="ipsec-esp ipsec-esp-udp")), silent(sent=20)), ("esp-denied-by-rule",)),
    "the application BGP is denied inside": Unseen(several(
        above("security", policy("no bgp", from_="aws-vpn", to="aws-vpn", application="bgp")), peers_are("Active")), ("intrazone-denied",), "bgp"),
    "TCP 179 is denied inside": Unseen(several(
        service("tcp-179", "tcp", "179"), above("security", policy("no 179", from_="aws-vpn", to="aws-vpn", service="tcp-179")), peers_are("Active")), (
            "intrazone-denied",), "bgp"),
    "the allow rule is for all but the far network": Unseen(rule_of_pairing("-out", "<negate-destination>yes</negate-destination>"), (
        "security-rule-denies", "security-rule-narrow", "security-rule-missing")),
    "the allow rule is an intrazone rule": Unseen(rule_of_pairing("-out", "<rule-type>intrazone</rule-type>"), (
        "security-rule-denies", "security-rule-narrow", "security-rule-missing")),
    # Policy-based forwarding.
    "half of the hosts are dropped by a PBF rule above": Unseen(above("pbf", steered("quarantine", TRUST, "<discard/>", source="10.10.0.128/25")), (
        "pbf-rule-takes-some", "pbf-rule-shadowed")),
    "HTTPS is steered to another line": Unseen(several(
        service("https", "tcp", "443"), above("pbf", steered("web by dsl", TRUST, GUEST_LINE, service="https"))), (
            "pbf-rule-takes-some", "pbf-rule-shadowed"), probed=True),
    "half of the far network is steered past BGP": Unseen(lambda patient: (
        patient.set(f"{RULES}/pbf/rules", steered("partner", TRUST, GUEST_LINE, destination="10.200.128.0/17")), peers(received=1, advertised=1)(patient)), (
            "pbf-rule-takes-some", "pbf-rule-above-routes"), "bgp"),
    "PBF from the interface instead of its unit": Unseen(lambda patient: [
        (patient.take(f"{RULES}/pbf/rules/entry[@name='{patient.name}-{number}']/from/zone"),
         path_rule(number, "<from><interface><member>ae1</member></interface></from>")(patient)) for number in (1, 2)], ("pbf-rule-misses-traffic",)),
    "PBF for one user": Unseen(lambda patient: [
        (patient.take(f"{RULES}/pbf/rules/entry[@name='{patient.name}-{number}']/source-user/member[text()='any']"),
         path_rule(number, "<source-user><member>corp\\joe</member></source-user>")(patient)) for number in (1, 2)], ("pbf-rule-misses-traffic",)),
    "a monitor profile that takes a quarter of an hour": Unseen(lambda patient: (
        patient.set(f"{NETWORK}/profiles/monitor-profile", (
            '<entry name="slow"><interval>100</interval><threshold>10</threshold><action>fail-over</action></entry>')),
        path_rule(1, "<action><forward><monitor><profile>slow</profile></monitor></forward></action>")(patient)), ("pbf-monitor-slow",)),
    "a PBF monitor that does not take the rule out": Unseen(
        path_rule(1, "<action><forward><monitor><disable-if-unreachable>no</disable-if-unreachable></monitor></forward></action>"), (
            "pbf-rule-without-monitor",)),
    # NAT.
    "what comes to the outside address is sent to a host": Unseen(several(
        translated("publish", "untrust", "untrust", "198.51.100.10", to_host("10.20.0.80")), down(TIMED_OUT)), ("destination-nat-outside",)),
    "the far network is translated to another": Unseen(translated("old addresses", "trust", "any", "10.200.0.0/16", to_host("10.20.0.80")), (
        "destination-nat-on-vpn",)),
    "static source NAT of the LAN": Unseen(translated(
        "one to one", "trust", "aws-vpn", "any", "<source-translation><static-ip><translated-address>172.31.0.0/24</translated-address><bi-directional>yes"
        "</bi-directional></static-ip></source-translation>"), ("source-nat-on-vpn",)),
    # Routes.
    "a default route is rejected": Unseen(learned_default, ("default-route-rejected",), "bgp"),
    "a static route of the same network wins": Unseen(several(
        peers(installed=False, received=1, advertised=1, received_prefixes=["10.200.0.0/16"]),
        static("old line", "10.200.0.0/16", "<interface>ethernet1/2</interface><nexthop><ip-address>10.20.0.254</ip-address></nexthop>")), (
            "route-elsewhere", "learned-not-installed"), "bgp"),
    "half of the far network is routed elsewhere": Unseen(several(
        peers(received=1, advertised=1),
        static("lab", "10.200.128.0/17", "<interface>ethernet1/2</interface><nexthop><ip-address>10.20.0.254</ip-address></nexthop>")), (
            "route-elsewhere",), "bgp"),
    "only static routes are redistributed": Unseen(lambda patient: (
        patient.take(f"{ROUTER}/protocol/redist-profile/entry[@name='{patient.name}']/filter/type"),
        patient.set(f"{ROUTER}/protocol/redist-profile/entry[@name='{patient.name}']/filter", "<type><member>static</member></type>"),
        peers(received=1, advertised=0)(patient)), ("redistribution-missing",), "bgp"),
    # BGP.
    "more networks than the cloud takes": Unseen(several(many_networks, lambda patient: [
        patient.connection.update(gateway="vgw"), patient.connection["tunnels"][0].update(customer_outside_address="198.51.100.10")]), (
            "cloud-route-limit",), "bgp"),
    "the cloud ends the session for too many networks": Unseen(several(
        bgp_says("BGP peer session closed: notification received, Cease, Maximum Number of Prefixes Reached"),
        lambda patient: setattr(patient, "connection", None)), ("cloud-route-limit", "bgp-prefix-limit"), "bgp"),
    "TCP 179 is filtered on the far side": Unseen(peers_are("Connect"), ("bgp-unanswered",), "bgp"),
    "our own limit of prefixes": Unseen(several(bgp_option("<max-prefixes>1</max-prefixes>"), bgp_says(
        "BGP peer session closed: notification sent, Cease, Maximum Number of Prefixes Reached")), ("bgp-prefix-limit",), "bgp"),
    "both sides have the same router ID": Unseen(bgp_says("BGP peer session closed: OPEN Message Error, Bad BGP Identifier"), ("bgp-router-id",), "bgp"),
    "the hold timer runs out": Unseen(bgp_says("BGP peer left established: hold timer expired", "Active"), ("bgp-unanswered", "bgp-hold-timer"), "bgp"),
    # The line and the firewall.
    "dead peer detection is off, and the peer was restarted": Unseen(several(
        of_gateway("<protocol><ikev2><dpd><enable>no</enable></dpd></ikev2></protocol>"), silent(sent=50)), ("dead-peer-detection-off",)),
    "another address by DHCP": Unseen(several(leased("198.51.100.77/24"), down(REFUSED[0]), down(REFUSED[0], number=2)), ("customer-gateway-address",)),
    "another public address on the way": Unseen(several(down(REFUSED[0]), down(REFUSED[0], number=2)), ("customer-gateway-address",)),
    "both tunnels were moved to another zone": Unseen(several(moved_zone, silent(1), silent(2)), ("tunnel-interface-in-other-zone",)),
    "the peer's name is not resolved": Unseen(several(
        lambda patient: (patient.take(f"{patient.first(GATEWAYS)}/peer-address"),
                         of_gateway("<peer-address><fqdn>vpn.example.net</fqdn></peer-address>")(patient)),
        down("failed to resolve peer address vpn.example.net")), ("peer-name-unresolved",)),
    "a certificate of tomorrow": Unseen(logged("IKEv2 certificate authentication failed: certificate is not yet valid"), (
        "clock-wrong", "certificate-refused", "certificate-not-yet-valid")),
    "fragments are discarded outside": Unseen(lambda patient: patient.set(
        f"{NETWORK}/profiles/zone-protection-profile/entry[@name='internet-edge']", "<discard-ip-frag>yes</discard-ip-frag>"), (
            "fragments-discarded",), probed=True),
    "the outside port is switched off": Unseen(lambda patient: patient.set(
        f"{NETWORK}/interface/ethernet/entry[@name='ethernet1/8']", "<link-state>down</link-state>"), ("outside-interface-down",)),
    "the outside port is unplugged": Unseen(lambda patient: patient.firewall.control.link("ethernet1/8", False), ("outside-interface-down",)),
    # What bites later.
    "another key than the cloud's, still up": Unseen(other_key, ("pre-shared-key-mismatch",)),
    "another group than the cloud takes, still up": Unseen(several(
        lambda patient: patient.connection["tunnels"][0]["offers"]["ike"].update(dh_group=["group14"])), ("ike-dh-group-mismatch",)),
    "another peer identity, still up": Unseen(of_gateway("<peer-id><type>ipaddr</type><id>192.0.2.78</id></peer-id>"), ("peer-identity-mismatch",)),
    "an MTU that nobody set": Unseen(without(lambda patient: f"{UNITS}/entry[@name='{unit_of(patient)}']/mtu"), ("mtu-too-large",)),
}


def group(kind: str, name: str, *names: str) -> Callable:
    members = "".join(f"<member>{text}</member>" for text in names)
    tag = {"application-group": "members", "service-group": "members", "address-group": "static"}[kind]
    return lambda patient: patient.set(f"{VSYS}/{kind}", f'<entry name="{name}"><{tag}>{members}</{tag}></entry>')


def of_zone(xml: str) -> Callable:
    """The VPN's zone has a protection profile of its own."""
    return several(lambda patient: patient.set(f"{NETWORK}/profiles/zone-protection-profile", f'<entry name="careful">{xml}</entry>'),
                   lambda patient: patient.set(f"{VSYS}/zone/entry[@name='aws-vpn']/network", "<zone-protection-profile>careful</zone-protection-profile>"))


HIDE = ("<source-translation><dynamic-ip-and-port><interface-address><interface>ethernet1/8</interface></interface-address></dynamic-ip-and-port>"
        "</source-translation>")
#: Thought of after the rules had been mended for those above, and tried before they were mended again.
LATER = {
    "a group of applications is denied outside": Unseen(several(
        group("application-group", "tunnels", "ike", "ipsec-esp"),
        above("security", policy("no tunnels", from_="untrust", to="untrust", application="tunnels")),
        down(TIMED_OUT)), ("ike-denied-by-rule",)),
    "a group of services is denied outside": Unseen(several(
        service("isakmp", "udp", "500"), service("dns", "udp", "53"), group("service-group", "keys", "dns", "isakmp"),
        above("security", policy("no keys", from_="untrust", to="any", service="keys")), down(TIMED_OUT)), ("ike-denied-by-rule",)),
    "Panorama overrides the intrazone default": Unseen(several(
        lambda patient: patient.set(f"{PUSHED}/post-rulebase/default-security-rules/rules", '<entry name="intrazone-default"><action>deny</action></entry>'),
        gone("-inside", "deny the rest"), silent()), ("intrazone-denied",)),
    "Panorama's PBF rule before ours drops": Unseen(pushed("pre-rulebase", steered("lockdown", TRUST, "<discard/>"), "pbf"), ("pbf-rule-shadowed",)),
    "Panorama's PBF rule takes what goes by BGP": Unseen(several(peers(received=1, advertised=1), pushed(
        "pre-rulebase", steered("all by dsl", TRUST, GUEST_LINE), "pbf")), ("pbf-rule-above-routes",), "bgp"),
    "Panorama's NAT rule hides the LAN": Unseen(pushed(
        "pre-rulebase", NAT_TO.format(name="hide", from_="trust", to="any", destination="any", translation=HIDE, service="any"), "nat"), (
            "source-nat-on-vpn",)),
    "the allow rule names a group with half of the LAN": Unseen(several(
        lambda patient: patient.set(f"{VSYS}/address", '<entry name="floor-1"><ip-netmask>10.10.0.0/25</ip-netmask></entry>'),
        group("address-group", "floors", "floor-1"),
        lambda patient: patient.take(f"{RULES}/security/rules/entry[@name='{patient.name}-out']/source"),
        rule_of_pairing("-out", "<source><member>floors</member></source>")), ("security-rule-narrow",)),
    "the route to the endpoint drops": Unseen(several(static("gone", "203.0.113.17/32", "<nexthop><discard/></nexthop>"), down(TIMED_OUT)), (
        "endpoint-route-missing", "endpoint-route-discards")),
    "source NAT for half of the far network": Unseen(translated("hide half", "trust", "any", "10.200.128.0/17", HIDE), ("source-nat-on-vpn",)),
    "the allow rule leads to another zone": Unseen(several(
        lambda patient: patient.take(f"{RULES}/security/rules/entry[@name='{patient.name}-out']/to"), rule_of_pairing(
            "-out", "<to><member>untrust</member></to>")), ("security-rule-denies", "security-rule-missing")),
    "PBF by schedule": Unseen(lambda patient: [path_rule(number, "<schedule>office hours</schedule>")(patient) for number in (1, 2)], (
        "pbf-rule-misses-traffic",)),
    "pings are denied inside": Unseen(several(
        above("security", policy("no pings", from_="any", to="any", application="ping")), silent()), ("intrazone-denied",)),
    "paths that differ are dropped": Unseen(several(of_zone("<asymmetric-path>drop</asymmetric-path>"), peers(received=1, advertised=1)), (
        "asymmetric-path-dropped",), "bgp", True),
    "ECMP without symmetric return": Unseen(several(
        lambda patient: patient.set(f"{ROUTER}/ecmp", "<enable>yes</enable><symmetric-return>no</symmetric-return>"), peers(received=1, advertised=1)), (
            "ecmp-without-symmetric-return",), "bgp", True),
    "a line that takes smaller packets": Unseen(lambda patient: patient.set(
        f"{NETWORK}/interface/ethernet/entry[@name='ethernet1/8']/layer3", "<mtu>1400</mtu>"), ("mtu-too-large",)),
    "a rule for the first host only": Unseen(several(
        lambda patient: patient.take(f"{RULES}/security/rules/entry[@name='{patient.name}-out']/source"),
        rule_of_pairing("-out", "<source><member>10.10.0.7</member></source>")), ("security-rule-narrow",)),
    "no way back in the cloud": Unseen(lambda patient: None, ("cloud-way-back",), "pbf", True),
    "no way back in the cloud, by BGP": Unseen(peers(received=1, advertised=1), ("cloud-way-back",), "bgp", True),
    "the other tunnel has the only PBF rule": Unseen(
        lambda patient: patient.take(f"{RULES}/pbf/rules/entry[@name='{patient.name}-1']"), ("tunnel-not-in-use",)),
    "IKE is denied by a rule for the peer's network": Unseen(several(
        above("security", policy("no cloud", from_="any", to="any", destination="203.0.113.0/24")), down(TIMED_OUT)), ("ike-denied-by-rule",)),
}


def option(place: str, xml: str) -> Callable:
    """Of an object whose name begins with the pairing's, which C({name}) stands for."""
    return lambda patient: patient.set(place.replace("{name}", patient.name), xml)


def into_itself(patient) -> None:
    static("peer", "203.0.113.17/32", f"<interface>{unit_of(patient)}</interface>")(patient)
    down(TIMED_OUT)(patient)


_FIRST_PEER = f"{BGP}/peer-group/entry[@name='{{name}}']/peer/entry[@name='{{name}}-1']"
_WAITS = "<connection-options><outgoing-bgp-connection><allow>no</allow></outgoing-bgp-connection></connection-options>"
#: Single options of what the pairing owns, whose advice can be carried out.
OPTIONS = {
    "the monitors wait": Unseen(option(f"{NETWORK}/profiles/monitor-profile/entry[@name='{{name}}']", "<action>wait-recover</action>"), ("monitor-waits",)),
    "dead peer detection is off": Unseen(of_gateway("<protocol><ikev2><dpd><enable>no</enable></dpd></ikev2></protocol>"), ("dead-peer-detection-off",)),
    "the peer is called by a name": Unseen(several(
        lambda patient: patient.take(f"{patient.first(GATEWAYS)}/peer-address"), of_gateway("<peer-address><fqdn>vpn.example.net</fqdn></peer-address>"),
        down(TIMED_OUT)), ("peer-name-unresolved",)),
    "the peer's own route leads into its tunnel": Unseen(into_itself, ("endpoint-route-into-tunnel",)),
    "a BGP peer is only waited for": Unseen(several(option(_FIRST_PEER, _WAITS), peers_are("Active")), ("bgp-connections-forbidden",), "bgp"),
    "a BGP peer is watched by BFD": Unseen(several(option(_FIRST_PEER, "<bfd><profile>quick</profile></bfd>"), peers_are("Active")), ("bgp-bfd",), "bgp"),
}
UNSEEN.update({**LATER, **OPTIONS})


@pytest.mark.parametrize("unseen", UNSEEN.values(), ids=UNSEEN.keys())
def test_the_true_cause_comes_first(patients, unseen, monkeypatch):
    monkeypatch.setattr(verifying, "_BETWEEN_PROBES", 0.0)
    patient = patients(unseen.kind)
    unseen.breaks(patient)
    found = [cause for cause in patient.diagnose(probe="false" if unseen.probed else None) if cause["tunnel"] == f"{patient.name}-1"]
    assert found and found[0]["id"] in unseen.causes, [(cause["confidence"], cause["id"], cause["cause"]) for cause in found]
    assert found[0]["evidence"] and found[0]["fix"]
