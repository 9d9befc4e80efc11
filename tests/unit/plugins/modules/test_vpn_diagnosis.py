# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The diagnosis of vpn_info: a pairing that works, one fault in it, and the rank of the true cause."""

from __future__ import annotations

import time
import xml.etree.ElementTree as ET

import pytest

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.firewall import rulebases
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.inquiry import vpn_watch
from ansible_collections.tunnelsmith.panos_vpn.plugins.modules import transaction, vpn_info
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.emulator.models.runtime import Measured, TunnelState
from ansible_collections.tunnelsmith.panos_vpn.tests.unit.plugins.modules import pairing
from ansible_collections.tunnelsmith.panos_vpn.tests.unit.plugins.modules.door import VSYS
from ansible_collections.tunnelsmith.panos_vpn.tests.unit.plugins.modules.patients import (
    DOUBTED, GATEWAYS, PROFILES, REFUSED, ROUTER, RULES, TUNNELS, UNITS, Fault, Patients, above, bgp_option, certified, cloud, expired, instance, logged, moved,
    offers, other_engine, passive_member, peers, protected, rule, several, shown, signed, uncommitted, unit_of, with_gateway, without, without_address,
)


@pytest.fixture(scope="module")
def patients():
    made = Patients()
    yield made
    made.stop()


KINDS = {"pbf": ("pbf", "virtual-router"), "bgp": ("bgp", "virtual-router"), "pbf, advanced": ("pbf", "logical-router"),
         "bgp, advanced": ("bgp", "logical-router")}


@pytest.mark.parametrize("kind, engine", KINDS.values(), ids=KINDS.keys())
def test_nothing_is_found_where_nothing_is_wrong(patients, kind, engine):
    assert patients(kind, engine).diagnose() == []


SPEAKERS = ("10.50.255.4", "10.50.255.5")
INSIDE = ("inside_cidr", "inside_address", "inside_peer_address")


def spoken_beside(local: str, inside: bool) -> dict:
    """A VPN whose BGP is spoken through its tunnels and not inside of them; C(inside): whether they have inside addresses all the same."""
    changes = [{"bgp": {"peer_address": speaker, "local_address": local, "multihop": 2}, **({} if inside else dict.fromkeys(INSIDE))} for speaker in SPEAKERS]
    return {"tunnels": pairing.changed_tunnels("bgp", *changes)}


def every(**options) -> dict:
    """The same of both tunnels, but for what C({number}) makes different."""
    return {"tunnels": pairing.changed_tunnels("bgp", *(
        {option: value.format(number=number) if isinstance(value, str) else value for option, value in options.items()} for number in (1, 2)))}


OTHERWISE = {
    "peers by their names": ("bgp", every(outside_address="vpn-{number}.example.net")),
    "peers of any address": ("bgp", every(outside_address="dynamic", peer_id="branch-{number}.example.net")),
    "by certificates": ("bgp", every(pre_shared_key=None, certificate={"local_certificate": "fw", "certificate_profile": "peers"}, local_id="fw.example.net",
                                     peer_id="vpn-{number}.example.net")),
    "BGP on a loopback interface": ("bgp", spoken_beside("10.50.1.1", inside=False)),
    "BGP on a loopback interface, beside inside addresses": ("bgp", spoken_beside("10.50.1.1", inside=True)),
    "BGP on the inside interface": ("bgp", spoken_beside("10.10.0.1", inside=False)),
    "backup routes": ("pbf", {}),
}


@pytest.mark.parametrize("engine", pairing.ENGINES)
@pytest.mark.parametrize("kind, changes", OTHERWISE.values(), ids=OTHERWISE.keys())
def test_nothing_is_found_in_a_vpn_that_is_otherwise(patients, engine, kind, changes):
    patient = patients(kind, engine)
    certified(patient)
    patient.committed(pairing.options(kind, **changes))
    patient.connection = {**patient.connection, **changes}
    found = patient.done({"name": [patient.name], "gather": ["state", "routes", "diagnosis"], "connection": patient.connection,
                          "source_zones": ["trust"], "local_networks": ["10.10.0.0/24"], "remote_networks": ["10.200.0.0/16"]}, module=vpn_info).values
    assert (found["health"], found["diagnosis"]) == ("healthy", [])


def test_lists_as_texts_may_have_spaces(patients):
    """A form without lists gives one as a text, and Ansible divides it at its commas only."""
    patient = patients("pbf")
    patient.set(f"{ROUTER}/routing-table/ip/static-route",
                f'<entry name="far"><destination>10.200.0.0/16</destination><interface>{unit_of(patient)}</interface></entry>')
    assert patient.diagnose(name=f" {patient.name}", source_zones="trust, ", local_networks="10.10.0.0/25, 10.10.0.128/25",
                            remote_networks=" 10.200.0.0/17, 10.200.128.0/17 ") == []


FAULTS = {
    "HA passive": Fault("ha-passive", passive_member, mends=False),
    "engine set and not rebooted": Fault("engine-not-rebooted", other_engine, mends=False),
    "commit pending": Fault("commit-pending", uncommitted, sure="likely", mends=False),
    "tunnel disabled": Fault("tunnel-disabled", lambda patient: patient.set(patient.first(TUNNELS), "<disabled>yes</disabled>")),
    "gateway disabled": Fault("ike-gateway-disabled", lambda patient: patient.set(patient.first(GATEWAYS), "<disabled>yes</disabled>")),
    "wrong peer address": Fault("peer-address-wrong",
                                with_gateway("<peer-address><ip>203.0.113.99</ip></peer-address>", "IKE negotiation is failed due to timeout.")),
    "endpoint replaced": Fault("endpoint-replaced", lambda patient: (
        patient.control.log("ikev2-nego-ike-succ", f"{patient.name}-1", "IKE SA is established. Established SA: 198.51.100.10[500]-203.0.113.17[500]"),
        cloud(outside_address="203.0.113.200")(patient))),
    "no route to the endpoint": Fault("endpoint-route-missing", several(
        without(lambda patient: f"{ROUTER}/routing-table/ip/static-route/entry[@name='default']"),
        lambda patient: patient.down("failed due to timeout")),
        mends=False),
    "route to the endpoint through another interface": Fault("endpoint-route-through-other-interface", lambda patient: (patient.set(
        f"{ROUTER}/routing-table/ip/static-route",
        '<entry name="x"><destination>203.0.113.0/24</destination><interface>ethernet1/2</interface></entry>'),
        patient.down("failed due to timeout")), sure="likely", mends=False),
    "IKE denied by a rule": Fault("ike-denied-by-rule", several(
        above("security", rule("stop", "<action>deny</action>", "untrust", "untrust")), lambda patient: patient.down("failed due to timeout"))),
    "both passive": Fault("both-sides-passive", with_gateway("<protocol-common><passive-mode>yes</passive-mode></protocol-common>"), sure="likely"),
    "nobody begins": Fault("nobody-initiates", several(
        without(lambda patient: patient.first(TUNNELS) + "/tunnel-monitor"),
        without(lambda patient: f"{RULES}/pbf/rules/entry[@name='{patient.name}-1']/action/forward/monitor"), lambda patient: patient.down()),
        sure="likely", mends=False),
    "UDP filtered on the way": Fault("ike-unanswered",
                                     logged("IKE negotiation is failed due to timeout. Failed SA: 198.51.100.10[500]-203.0.113.17[500]"),
                                     sure="likely", mends=False),
    "NAT without NAT traversal": Fault("nat-without-nat-traversal", lambda patient: (
        patient.set(patient.first(GATEWAYS), "<protocol-common><nat-traversal><enable>no</enable></nat-traversal></protocol-common>"
                    "<local-id><type>ipaddr</type><id>192.0.2.200</id></local-id>"),
        cloud(customer_outside_address="192.0.2.200")(patient), patient.control.vpn(f"{patient.name}-1", sa="up", monitor="down")), sure="likely"),
    "IKE version": Fault("ike-version-mismatch", several(
        with_gateway("<protocol><version>ikev1</version></protocol>", *REFUSED), offers("ike", versions=["ikev2"]))),
    "IKE version, from the log": Fault("ike-version-mismatch", logged("received notify type INVALID_MAJOR_VERSION"), sure="likely", mends=False),
    "IKE encryption": Fault("ike-encryption-mismatch", offers("ike", encryption=["aes-128-cbc"])),
    "IKE hash": Fault("ike-hash-mismatch", offers("ike", hash=["sha1"])),
    "IKE DH group": Fault("ike-dh-group-mismatch", offers("ike", dh_group=["group14"])),
    "IKE proposal, from the initiator's log": Fault("ike-proposal-mismatch", logged(*REFUSED), sure="likely", mends=False),
    "IKE proposal, from the responder's log": Fault("ike-proposal-mismatch", logged(
        "IKE phase-1 negotiation is failed. no suitable proposal found in peer's SA payload."), sure="likely", mends=False),
    "pre-shared key, from the description": Fault("pre-shared-key-mismatch",
                                                  several(cloud(pre_shared_key="another.key"), lambda patient: patient.down(*DOUBTED)),
                                                  mends=False),
    "pre-shared key, from the initiator's log": Fault("pre-shared-key-mismatch", logged(*DOUBTED), sure="likely", mends=False),
    "pre-shared key, from the responder's log": Fault("pre-shared-key-mismatch", logged(
        "IKE phase-1 negotiation is failed likely due to pre-shared key mismatch.", event="ike-nego-p1-fail-psk"), sure="likely", mends=False),
    "local identity": Fault("local-identity-mismatch", with_gateway("<local-id><type>ipaddr</type><id>192.0.2.77</id></local-id>", *DOUBTED)),
    "local identity, without a description": Fault("local-identity-mismatch", with_gateway(
        "<local-id><type>ipaddr</type><id>192.0.2.77</id></local-id>", *DOUBTED, known=False), sure="likely"),
    "peer identity": Fault("peer-identity-mismatch", with_gateway("<peer-id><type>ipaddr</type><id>192.0.2.78</id></peer-id>", *DOUBTED)),
    "identity, from the responder's log": Fault("identity-mismatch", logged(
        "IKEv2 IKE SA negotiation is failed as responder. received ID_I (type ipaddr [10.0.0.1]) does not match peers id"),
        sure="likely", mends=False),
    "certificate expired": Fault("certificate-expired", expired, mends=False),
    "the far side has not begun": Fault("peer-has-not-begun", several(without_address, lambda patient: patient.down()), sure="likely", mends=False),
    "the far side has an address, and the gateway calls nobody": Fault("both-sides-passive", several(
        without_address, lambda patient: patient.down(), lambda patient: setattr(patient, "connection", pairing.profile("pbf"))), sure="likely"),
    "the far side shows a name, and the gateway wants its address": Fault("peer-identity-mismatch", several(
        cloud(peer_id="paris.example.net"), lambda patient: patient.down(*DOUBTED))),
    "certificates, and somebody is not believed": Fault("certificate-refused", several(shown("fw"), lambda patient: patient.down(*DOUBTED)), sure="likely",
                                                        mends=False),
    "all authorities have expired": Fault("certificate-expired", several(shown("fw", "old-ca"), lambda patient: patient.down(*DOUBTED)), mends=False),
    "an identity that is not in the certificate": Fault("identity-not-in-certificate", several(
        shown("fw"), with_gateway("<local-id><type>fqdn</type><id>fw.example.org</id></local-id>", *DOUBTED, known=False)), sure="likely"),
    "certificate refused": Fault("certificate-refused", logged("IKE phase-1 negotiation is failed. peer certificate verification error"),
                                 sure="likely", mends=False),
    "ESP encryption": Fault("esp-encryption-mismatch", offers("ipsec", encryption=["aes-128-cbc"])),
    "ESP authentication": Fault("esp-authentication-mismatch", several(lambda patient: patient.set(
        f"{PROFILES}/ipsec-crypto-profiles/entry[@name='{patient.name}']/esp", "<encryption><member>aes-256-cbc</member></encryption>"
        "<authentication><member>md5</member></authentication>"), lambda patient: patient.take(
        f"{PROFILES}/ipsec-crypto-profiles/entry[@name='{patient.name}']/esp/encryption/member[text()='aes-256-gcm']"), lambda patient: patient.take(
        f"{PROFILES}/ipsec-crypto-profiles/entry[@name='{patient.name}']/esp/authentication/member[text()='none']"), offers("ipsec"))),
    "ESP proposal, from the log": Fault("ipsec-proposal-mismatch", logged(*REFUSED, sa="init", event="ikev2-nego-child-fail"), sure="likely",
                                        mends=False),
    "PFS group": Fault("pfs-group-mismatch", lambda patient: patient.connection["tunnels"][0]["offers"]["ipsec"].update(dh_group=["group14"])),
    "PFS at rekey, from the log": Fault("pfs-group-mismatch", logged(
        "IKEv2 child SA negotiation is failed as initiator. received notify NO_PROPOSAL_CHOSEN", sa="up", event="ikev2-nego-child-fail"),
        sure="likely", mends=False),
    "proxy IDs": Fault("proxy-id-mismatch", several(cloud(traffic_selectors={"local": "10.10.0.0/24", "remote": "10.200.0.0/16"}),
                                                    lambda patient: patient.down("received notify type TS_UNACCEPTABLE", sa="init"))),
    "proxy IDs, from the responder's log": Fault("proxy-id-mismatch", logged(
        "IKE phase-2 negotiation failed when processing proxy ID. cannot find matching phase-2 tunnel for received proxy ID.", sa="init",
        event="ike-nego-p2-proxy-id-bad"), sure="likely", mends=False),
    "no zone": Fault("tunnel-interface-without-zone", without(
        lambda patient: f"{VSYS}/zone/entry[@name='aws-vpn']/network/layer3/member[text()='{unit_of(patient)}']", monitor="down")),
    "no router": Fault("tunnel-interface-without-router",
                       without(lambda patient: f"{ROUTER}/interface/member[text()='{unit_of(patient)}']", monitor="down")),
    "no address": Fault("tunnel-interface-without-address", without(lambda patient: f"{UNITS}/entry[@name='{unit_of(patient)}']/ip", monitor="down")),
    "another inside address": Fault("inside-address-wrong", several(cloud(inside_address="169.254.99.2"), lambda patient: patient.control.vpn(
        f"{patient.name}-1", sa="up", monitor="down"))),
    "duplicate inside address": Fault("duplicate-inside-address", lambda patient: (
        patient.set(UNITS, f'<entry name="tunnel.900"><ip><entry name="{patient.connection["tunnels"][0]["inside_address"]}/30"/></ip></entry>'),
        patient.control.vpn(f"{patient.name}-1", monitor="down")), mends=False),
    "strict IP check": Fault("strict-ip-check", protected(strict_ip_check=True)),
    "selectors without the monitor": Fault("selectors-exclude-monitor", lambda patient: (
        patient.set(f"{patient.first(TUNNELS)}/auto-key",
                    '<proxy-id><entry name="lan"><local>10.10.0.0/24</local><remote>10.200.0.0/16</remote></entry></proxy-id>'),
        patient.control.vpn(f"{patient.name}-1", monitor="down")), mends=False),
    "any/any deny above the intrazone default": Fault("intrazone-denied", several(
        above("security", rule("stop", "<action>deny</action>", "aws-vpn", "aws-vpn")),
        lambda patient: patient.control.vpn(f"{patient.name}-1", monitor="down"))),
    "monitor of another address": Fault("monitor-target-wrong", lambda patient: (
        patient.set(f"{patient.first(TUNNELS)}/tunnel-monitor", "<destination-ip>169.254.99.1</destination-ip>"),
        patient.control.vpn(f"{patient.name}-1", monitor="down"))),
    "monitor without an answer": Fault("monitor-target-silent", lambda patient: patient.control.vpn(f"{patient.name}-1", monitor="down"),
                                       sure="likely",
                                       mends=False),
    "MTU too large": Fault("mtu-too-large", lambda patient: patient.set(f"{UNITS}/entry[@name='{unit_of(patient)}']", "<mtu>1500</mtu>"),
                           sure="likely"),
    "no way into the VPN": Fault("route-missing", lambda patient: [patient.take(f"{RULES}/pbf/rules/entry[@name='{patient.name}-{rule}']")
                                                                   for rule in ("1", "2", "discard")]),
    "a PBF rule above": Fault("pbf-rule-shadowed", above("pbf", '<entry name="all"><from><zone><member>trust</member></zone></from>'
                                                         "<source><member>any</member></source><destination><member>any</member></destination>"
                                                         "<action><no-pbf/></action></entry>"), mends=False),
    "PBF rules in the wrong order": Fault("pbf-rule-order", lambda patient: above("pbf", moved(patient, f"{patient.name}-discard"))(patient),
                                          mends=False),
    "PBF rule without a monitor": Fault("pbf-rule-without-monitor", without(
        lambda patient: f"{RULES}/pbf/rules/entry[@name='{patient.name}-1']/action/forward/monitor"), sure="likely", mends=False),
    "no security rule": Fault("security-rule-denies", without(lambda patient: f"{RULES}/security/rules/entry[@name='{patient.name}-out']")),
    "no security rule and no deny": Fault("security-rule-missing", several(
        without(lambda patient: f"{RULES}/security/rules/entry[@name='{patient.name}-out']"),
        without(lambda patient: f"{RULES}/security/rules/entry[@name='deny the rest']"))),
    "security rule shadowed": Fault("security-rule-shadowed", above("security", rule("stop", "<action>drop</action>", "trust", "aws-vpn")),
                                    mends=False),
    "source NAT": Fault("source-nat-on-vpn",
                        above("nat", rule("hide", "", "trust", "any", extra="<source-translation><dynamic-ip-and-port><interface-address>"
                                                               "<interface>ethernet1/8</interface></interface-address></dynamic-ip-and-port>"
                                                               "</source-translation>")), mends=False),
    "spoofed addresses discarded": Fault("ip-spoof-discard", protected(discard_ip_spoof=True)),
    "the cloud has no static route back": Fault("cloud-static-route-missing",
                                                lambda patient: patient.connection.update(static_routes=["10.99.0.0/16"]),
                                                mends=False),
    "endpoints swapped": Fault("peer-address-wrong", lambda patient: with_gateway(
        f"<peer-address><ip>{patient.connection['tunnels'][1]['outside_address']}</ip></peer-address>", *DOUBTED)(patient)),
    "two gateways for one peer": Fault("duplicate-gateway", lambda patient: (patient.set(
        GATEWAYS, patient.control.running(patient.first(GATEWAYS)).replace(f'name="{patient.name}-1"', 'name="old"')), patient.down(*DOUBTED)), sure="likely",
        mends=False),
    "aggressive mode": Fault("exchange-mode", with_gateway(
        "<protocol><version>ikev1</version><ikev1><exchange-mode>aggressive</exchange-mode></ikev1></protocol>", *DOUBTED), sure="likely"),
    "post-quantum key demanded": Fault("post-quantum-mandatory", with_gateway(
        "<protocol><ikev2><pq-ppk><enabled>yes</enabled><negotiation-mode>mandatory</negotiation-mode></pq-ppk></ikev2></protocol>", *DOUBTED), sure="likely"),
    "a certificate instead of a key": Fault("authentication-method", lambda patient: (
        patient.take(patient.first(GATEWAYS) + "/authentication/pre-shared-key"),
        patient.set(patient.first(GATEWAYS),
                    "<authentication><certificate><local-certificate><name>fw</name></local-certificate></certificate></authentication>"),
        patient.down(*DOUBTED)), mends=False),
    "transport mode": Fault("transport-mode", lambda patient: (
        patient.set(patient.first(TUNNELS), "<ipsec-mode>transport</ipsec-mode>"), patient.down(*REFUSED, sa="init", event="ikev2-nego-child-fail"),
        patient.connection["tunnels"][0].pop("offers")), sure="likely"),
    "GRE inside": Fault("gre-encapsulation", lambda patient: (
        patient.set(patient.first(TUNNELS), "<enable-gre-encapsulation>yes</enable-gre-encapsulation>"),
        patient.down(*REFUSED, sa="init", event="ikev2-nego-child-fail"))),
    "a proxy ID for one protocol": Fault("proxy-id-protocol", lambda patient: (patient.set(
        f"{patient.first(TUNNELS)}/auto-key", '<proxy-id><entry name="all"><protocol><number>1</number></protocol></entry></proxy-id>'),
        patient.control.vpn(f"{patient.name}-1:all", sa="init"), patient.down(sa="init")), sure="likely"),
    "PBF to another next hop": Fault("pbf-next-hop-wrong", lambda patient: patient.set(
        f"{RULES}/pbf/rules/entry[@name='{patient.name}-1']/action/forward/nexthop", "<ip-address>169.254.99.1</ip-address>"), mends=False),
    "PBF from another zone": Fault("pbf-rule-misses-traffic", lambda patient: [
        (patient.take(f"{RULES}/pbf/rules/entry[@name='{patient.name}-{number}']/from/zone/member[text()='trust']"),
         patient.set(f"{RULES}/pbf/rules/entry[@name='{patient.name}-{number}']/from/zone", "<member>dmz</member>")) for number in (1, 2)], mends=False),
    "tunnels in two zones": Fault("tunnel-interface-in-other-zone", lambda patient: (
        patient.take(f"{VSYS}/zone/entry[@name='aws-vpn']/network/layer3/member[text()='{unit_of(patient)}']"),
        patient.set(f"{VSYS}/zone/entry[@name='branch']/network/layer3", f"<member>{unit_of(patient)}</member>"), patient.set(
            f"{RULES}/security/rules/entry[@name='{patient.name}-out']/to", "<member>branch</member>"), patient.set(
            f"{RULES}/security/rules/entry[@name='{patient.name}-inside']/from", "<member>branch</member>"), patient.set(
            f"{RULES}/security/rules/entry[@name='{patient.name}-inside']/to", "<member>branch</member>")), mends=False),
    "BGP off": Fault("bgp-disabled", instance("<enable>no</enable>"), "bgp"),
    "BGP peer AS": Fault("bgp-as-mismatch", bgp_option("<peer-as>64999</peer-as>"), "bgp"),
    "BGP local AS": Fault("bgp-local-as-mismatch", instance("<local-as>65123</local-as>"), "bgp"),
    "BGP peer address": Fault("bgp-address-mismatch", bgp_option("<peer-address><ip>169.254.99.1</ip></peer-address>"), "bgp"),
    "BGP timers": Fault("bgp-timers",
                        bgp_option("<connection-options><hold-time>10</hold-time><keep-alive-interval>30</keep-alive-interval></connection-options>"),
                        "bgp"),
    "BGP password": Fault("bgp-password-mismatch",
                          bgp_option("<connection-options><authentication>secret</authentication></connection-options>"), "bgp",
                          "likely", mends=False),
    "BGP password here, and another one there": Fault("bgp-password-mismatch", signed("notReal.one", secret="notReal.two"), "bgp", mends=False),
    "BGP password there only": Fault("bgp-password-mismatch", signed(None, authentication="their-key"), "bgp", mends=False),
    "BGP password here, and one that nobody knows there": Fault("bgp-password-mismatch", signed("notReal.one", authentication="their-key"), "bgp", "likely",
                                                                mends=False),
    "BGP password that is the far side's": Fault("bgp-unanswered", signed("notReal.one", secret="notReal.one"), "bgp", "likely", mends=False),
    "BGP AS, from the log": Fault("bgp-as-mismatch", lambda patient: (
        setattr(patient, "connection", None), patient.control.bgp(f"{patient.name}-1", "Idle"),
        patient.control.log("routed-BGP-peer-left-established", f"{patient.name}-1", "BGP peer: OPEN message error, bad peer AS", subtype="routing")),
        "bgp", "likely", mends=False),
    "nothing learned": Fault("nothing-learned", peers(installed=False, received=0, advertised=1), "bgp", "likely", mends=False),
    "install-route off": Fault("install-route-off", instance("<install-route>no</install-route>", "Established", received=2, advertised=1), "bgp"),
    "learned and not installed": Fault("learned-not-installed", peers(installed=False, received=2, advertised=1), "bgp", "likely", mends=False),
    "nothing announced": Fault("export-policy", peers(received=1, advertised=0), "bgp", "likely", mends=False),
    "announced prefix in no route": Fault("advertised-prefix-not-routed",
                                          without(lambda patient: f"{ROUTER}/interface/member[text()='ae1.10']"), "bgp",
                                          mends=False),
    "the cloud's route limit": Fault("cloud-route-limit", peers(received=1, advertised=1001), "bgp", mends=False),
}


@pytest.mark.parametrize("fault", FAULTS.values(), ids=FAULTS.keys())
def test_the_true_cause_comes_first(patients, fault):
    patient = patients(fault.kind)
    fault.breaks(patient)
    causes = patient.diagnose()
    found = [cause for cause in causes if cause["tunnel"] == f"{patient.name}-1"]
    assert [cause["id"] for cause in found][:1] == [fault.cause], found
    beside = [cause for cause in causes if cause["tunnel"] != f"{patient.name}-1" and cause["confidence"] == "certain"]
    assert {cause["id"] for cause in beside} <= {fault.cause}, beside
    assert found[0]["confidence"] == fault.sure
    assert found[0]["evidence"] and found[0]["fix"] and bool(found[0]["items"]) is fault.mends
    if fault.mends:
        assert patient.done({"items": found[0]["items"]}, check=True, module=transaction).changed


def test_a_tunnel_that_is_where_it_was_put_is_not_to_follow_the_one_that_was_moved(patients):
    patient = patients("pbf")
    FAULTS["tunnels in two zones"].breaks(patient)
    assert "tunnels-in-different-zones" not in [cause["id"] for cause in patient.diagnose() if cause["tunnel"] == f"{patient.name}-2"]


@pytest.mark.parametrize("network, told", (("10.99.0.0/16", []), ("10.10.0.0/16", ["dos-rule-denies"])))
def test_whom_a_dos_protection_rule_names_is_asked_of_the_firewall(patients, network, told):
    patient = patients("pbf")
    zones = "<from><zone><member>trust</member></zone></from><to><zone><member>aws-vpn</member></zone></to>"
    patient.set(f"{VSYS}/address", f'<entry name="guests"><ip-netmask>{network}</ip-netmask></entry>')
    patient.set(f"{RULES}/dos/rules", f'<entry name="no guests">{zones}<source><member>guests</member></source><destination><member>any</member></destination>'
                "<service><member>any</member></service><action><deny/></action></entry>")
    assert list(dict.fromkeys(cause["id"] for cause in patient.diagnose())) == told


def test_the_limits_of_a_cloud_are_those_of_its_own_connections(patients):
    """However the peer calls its gateway."""
    patient = patients("bgp")
    peers(received=1, advertised=1001)(patient)
    for described in (patient.connection, *patient.connection["tunnels"]):
        del described["cloud"]
    assert "cloud-route-limit" not in [cause["id"] for cause in patient.diagnose()]


UNKNOWN = {
    "phase 1": ("down", "phase-1-fails", "ikev2-nego-ike-fail"),
    "phase 2": ("init", "phase-2-fails", "ikev2-nego-child-fail"),
}


@pytest.mark.parametrize("sa, identity, event", UNKNOWN.values(), ids=UNKNOWN.keys())
def test_a_fault_that_nobody_thought_of_is_told_as_far_as_it_is_known(patients, sa, identity, event):
    patient = patients("pbf")
    logged("negotiation ended by a gremlin in module 7", sa=sa, event=event)(patient)
    found = [cause for cause in patient.diagnose() if cause["tunnel"] == f"{patient.name}-1"]
    assert {cause["confidence"] for cause in found} == {"possible"}
    (cause,) = [cause for cause in found if cause["id"] == identity]
    assert any("gremlin" in text for text in cause["evidence"])


def test_a_healthy_tunnel_beside_a_broken_one_is_not_blamed(patients):
    patient = patients("pbf")
    offers("ike", dh_group=["group14"])(patient)
    assert {cause["tunnel"] for cause in patient.diagnose()} == {f"{patient.name}-1"}


def test_the_cloud_says_nothing_of_other_vpns(patients):
    patient = patients("pbf")
    patient.control.vpn("branch-7", sa="down")
    offers("ike", dh_group=["group14"])(patient)
    found = patient.diagnose(name=None)
    assert {cause["tunnel"] for cause in found} == {f"{patient.name}-1", "branch-7"}
    assert "certain" not in {cause["confidence"] for cause in found if cause["tunnel"] == "branch-7"}


def test_what_is_wrong_further_on_is_no_reason_yet(patients):
    patient = patients("pbf")
    FAULTS["strict IP check"].breaks(patient)
    FAULTS["IKE DH group"].breaks(patient)
    found = {cause["id"]: cause["confidence"] for cause in patient.diagnose() if cause["tunnel"] == f"{patient.name}-1"}
    assert found["ike-dh-group-mismatch"] == "certain" and found["strict-ip-check"] == "possible"


def test_a_change_that_waits_comes_before_the_fault_that_it_mends(patients):
    patient = patients("pbf")
    offers("ike", dh_group=["group14"])(patient)
    patient.control.edit_as("admin", "edit", f"{PROFILES}/ike-crypto-profiles/entry[@name='{patient.name}']/dh-group",
                            "<dh-group><member>group14</member></dh-group>")
    assert [(cause["id"], cause["confidence"]) for cause in patient.diagnose()][:2] == [("commit-pending", "certain"),
                                                                                        ("ike-dh-group-mismatch", "certain")]


def test_a_vpn_that_is_not_committed_is_told_so(patients):
    patient = patients("pbf")
    patient.control.edit_as("admin", "set", f"{TUNNELS}/entry[@name='vpn-0fff-1']", "<comment>new</comment>")
    waiting, absent = patient.diagnose(name=["vpn-0fff", "vpn-0eee"])
    assert (waiting["id"], waiting["tunnel"], waiting["confidence"]) == ("commit-pending", "vpn-0fff", "certain")
    assert (absent["id"], absent["tunnel"]) == ("not-configured", "vpn-0eee")


WAIT = {"wait_for": "healthy", "timeout": 0, "fail_on": "at_risk"}


def test_the_failing_message_ends_with_the_first_cause(patients):
    patient = patients("pbf")
    FAULTS["IKE DH group"].breaks(patient)
    result = patient.run({"name": [patient.name], "gather": ["state", "diagnosis"], "connection": patient.connection, **WAIT}, module=vpn_info)
    assert result.failed
    assert "(or allow group20 in the cloud)" in result.message, result.message
    assert result.message.endswith("troubleshooting.rst#ike-dh-group-mismatch)"), result.message
    assert "certain cause for" in result.message and "no IPsec SA" in result.message
    assert result.values["diagnosis"][0]["id"] == "ike-dh-group-mismatch"


def test_who_is_healthy_is_not_diagnosed(patients):
    patient = patients("pbf")
    counts = []
    for gather in (["state"], ["state", "diagnosis"]):
        found = patient.done({"name": [patient.name], "gather": gather, **WAIT}, module=vpn_info).values
        counts.append(len(patient.control.requests()))
        assert found.get("diagnosis", []) == []
    assert counts[0] == counts[1]


def test_neither_key_is_told(patients):
    patient = patients("pbf")
    FAULTS["pre-shared key, from the description"].breaks(patient)
    keys = [tunnel["pre_shared_key"] for tunnel in patient.connection["tunnels"]] + [tunnel["pre_shared_key"] for tunnel in pairing.profile("pbf")["tunnels"]]
    result = patient.run({"name": [patient.name], "gather": ["config", "state", "diagnosis"], "connection": patient.connection, **WAIT},
                         module=vpn_info)
    assert "pre-shared-key-mismatch" in result.message
    assert pairing.seen(result, keys) == [] and "AQ==" not in result.everything()


def test_what_the_account_may_not_see_is_said_and_done_without(patients):
    patient = patients("pbf")
    offers("ike", dh_group=["group14"])(patient)
    patient.control.fault("error", {"type": "log"}, code=16, message="Unauthorized request")
    result = patient.done({"name": [patient.name], "gather": ["diagnosis"], "connection": patient.connection}, module=vpn_info)
    assert any("system log" in warning for warning in result.warnings)
    assert result.values["diagnosis"][0]["id"] == "ike-dh-group-mismatch"


def test_without_netaddr_the_rules_are_left_out(patients, monkeypatch):
    patient = patients("pbf")
    FAULTS["source NAT"].breaks(patient)
    monkeypatch.setattr(rulebases, "IMPORT_ERROR", "no netaddr")
    result = patient.done({"name": [patient.name], "gather": ["diagnosis"]}, module=vpn_info)
    assert any("netaddr" in warning for warning in result.warnings)
    assert result.values["diagnosis"] == []


MOVED = {
    "both ways": (20, 20, True, None),
    "one way": (20, 0, False, "esp-filtered"),
    "not at all": (0, 0, True, None),
}


@pytest.mark.parametrize("out, back, healthy, cause", MOVED.values(), ids=MOVED.keys())
def test_counters_are_looked_at_twice(patients, monkeypatch, out, back, healthy, cause):
    patient = patients("pbf")
    name = f"{patient.name}-1"
    state = TunnelState(measured=Measured(1, 2, packets_in=5, packets_out=7))
    patient.inner.runtime.tunnels[name] = state

    clock = [100.0]
    monkeypatch.setattr(vpn_watch.time, "monotonic", lambda: clock[0])

    def passing(seconds):
        clock[0] += seconds
        if seconds > 2:
            state.measured = Measured(1, 2, packets_in=5 + back, packets_out=7 + out)

    monkeypatch.setattr(vpn_watch.time, "sleep", passing)
    found = patient.done({"name": [patient.name], "gather": ["state", "diagnosis"], "counter_interval": 3}, module=vpn_info).values
    (flow,) = found["vpn"]["state"]["tunnels"][0]["flows"]
    assert (flow["movement"]["packets_encapsulated"], flow["movement"]["packets_decapsulated"]) == (out, back)
    assert found["healthy"] is healthy
    assert [told["id"] for told in found["diagnosis"]][:1] == ([cause] if cause else [])


def many(patient, count):
    """Tunnels beside those of the pairing."""
    names = [f"site-{number}" for number in range(count)]
    gateway, tunnel = (ET.fromstring(patient.control.running(patient.first(container))) for container in (GATEWAYS, TUNNELS))
    for number, name in enumerate(names, 1):
        gateway.set("name", name)
        gateway.find("peer-address/ip").text = f"192.0.{number // 250}.{number % 250 + 1}"
        tunnel.set("name", name)
        tunnel.find("tunnel-interface").text = f"tunnel.{1000 + number}"
        tunnel.find("auto-key/ike-gateway/entry").set("name", name)
        patient.set(GATEWAYS, ET.tostring(gateway, encoding="unicode"))
        patient.set(TUNNELS, ET.tostring(tunnel, encoding="unicode"))
    patient.set(UNITS, "".join(f'<entry name="tunnel.{1000 + number}"/>' for number in range(1, count + 1)))


def test_requests_do_not_grow_with_the_number_of_tunnels(patients):
    counts = {}
    for count in (2, 500):
        patient = patients("bgp")
        many(patient, count)
        patient.down(*REFUSED)
        began = time.monotonic()
        found = patient.done({"gather": ["state", "routes", "diagnosis"]}, module=vpn_info).values
        counts[count] = len(patient.control.requests())
        print(f"vpn_info for {count + 2} tunnels with routes and diagnosis: {counts[count]} requests, {time.monotonic() - began:.2f} s")
        assert len(found["vpn"]["state"]["tunnels"]) == count + 3
        assert patient.control.connections() == 1
    assert counts[2] == counts[500]
