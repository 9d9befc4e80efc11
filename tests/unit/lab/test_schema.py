# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Set-time validation: unknown elements, keywords, ranges, lengths, addresses, versions, in the device's words."""

from __future__ import annotations

import pytest

from ansible_collections.tunnelsmith.panos_vpn.tests.lab.emulator import Emulator

CRYPTO = "network/ike/crypto-profiles"


@pytest.mark.parametrize(
    ("place", "element", "first_line"),
    [
        ("network/ike/gateway/entry[@name='gw']", "<bogus/>", " gw -> bogus unexpected here"),
        ("network/ike/gateway", "<entry name='gw'><protocol><ikev2><bogus/></ikev2></protocol></entry>",
         " gw -> protocol -> ikev2 -> bogus unexpected here"),
        ("network/interface/tunnel/units/entry[@name='tunnel.8']", "<adjust-tcp-mss><enable>yes</enable></adjust-tcp-mss>",
         " tunnel.8 -> adjust-tcp-mss unexpected here"),
        ("network/ike/gateway/entry[@name='gw']", "<protocol><ikev2><dpd><retry>5</retry></dpd></ikev2></protocol>",
         " gw -> protocol -> ikev2 -> dpd -> retry unexpected here"),
        ("network/profiles/zone-protection-profile", "<entry name='z'><tcp-syn-with-data>yes</tcp-syn-with-data></entry>",
         " z -> tcp-syn-with-data unexpected here"),
        ("network/ike/gateway/entry[@name='gw']/comment", "<b/>", " b unexpected here"),
        ("vsys/entry[@name='vsys1']/rulebase/security/rules/entry[@name='r']", "<action>foobar</action>",
         " r -> action 'foobar' is not an allowed keyword"),
        (f"{CRYPTO}/ike-crypto-profiles/entry[@name='p']", "<dh-group><member>group99</member></dh-group>",
         " p -> dh-group 'group99' is not an allowed keyword"),
        (f"{CRYPTO}/ipsec-crypto-profiles/entry[@name='p']", "<ah><authentication><member>none</member></authentication></ah>",
         " p -> ah -> authentication 'none' is not an allowed keyword"),
        ("network/interface/tunnel/units/entry[@name='tunnel.8']", "<mtu>99999</mtu>",
         " tunnel.8 -> mtu value=99999 should be equal to or between 576 and 9216"),
        ("network/interface/tunnel/units/entry[@name='tunnel.8']", "<mtu>big</mtu>", " tunnel.8 -> mtu is invalid"),
        ("network/interface/tunnel/units/entry[@name='tunnel.8']", "<df-ignore>maybe</df-ignore>",
         " tunnel.8 -> df-ignore 'maybe' is not an allowed keyword"),
        (f"{CRYPTO}/ike-crypto-profiles/entry[@name='p']", "<lifetime><seconds>179</seconds></lifetime>",
         " p -> lifetime -> seconds value=179 should be equal to or between 180 and 65535"),
        ("vsys/entry[@name='vsys1']/address", f"<entry name='{'a' * 64}'><fqdn>x.example</fqdn></entry>",
         f" {'a' * 64} can be at most 63 characters, but current length: 64"),
        (f"{CRYPTO}/ike-crypto-profiles/entry[@name='{'p' * 32}']", "<authentication-multiple>1</authentication-multiple>",
         f" {'p' * 32} can be at most 31 characters, but current length: 32"),
        ("vsys/entry[@name='vsys1']/address/entry[@name='web']", "<ip-netmask>not-an-ip</ip-netmask>",
         " web -> ip-netmask not-an-ip is an invalid ipv4/v6 address"),
        ("vsys/entry[@name='vsys1']/address-group", "<entry name='office-lan'><static><member>server-lan</member></static></entry>",
         " office-lan is already in use"),
        ("vsys/entry[@name='vsys1']/rulebase/security/rules/entry[@name='r']",
         "<service><member>application-default</member><member>service-http</member></service>",
         " r -> service 'application-default' cannot be combined with other values"),
        ("network/interface/tunnel/units", "<entry name='tunnel.01'/>", " tunnel.01 is invalid"),
        ("network/tunnel/ipsec/entry[@name='t']", "<anti-replay-window>100</anti-replay-window>",
         " t -> anti-replay-window '100' is not an allowed keyword"),
        ("network/tunnel/ipsec/entry[@name='t']", "<tunnel-monitor><destination-ip>peer</destination-ip></tunnel-monitor>",
         " t -> tunnel-monitor -> destination-ip peer is an invalid ipv4/v6 address"),
        ("network/profiles/monitor-profile/entry[@name='m']", "<threshold>1</threshold>",
         " m -> threshold value=1 should be equal to or between 2 and 10"),
    ],
    ids=[
        "unknown element", "unknown element deep", "no MSS on a tunnel unit", "no DPD retry in IKEv2", "misspelt zone protection",
        "child of a leaf", "bad keyword", "bad keyword in members", "keyword of the sibling", "number too high", "no number",
        "neither yes nor no", "number too low", "object name too long", "profile name too long", "bad address",
        "name used by a sibling kind", "application-default not alone", "unit with leading zero", "replay window", "monitor address",
        "monitor threshold",
    ],
)
def test_refused_at_set_time(client, firewall, at, place, element, first_line):
    before = firewall.control.candidate(marks=True)
    reply = client.set(f"{at.device}/{place}", element)
    lines = [line.text for line in reply.root.iter("line")]
    assert (reply.verdict, lines[0]) == (("error", "12"), first_line)
    assert all(line.endswith(" is invalid") for line in lines[1:])
    assert firewall.control.candidate(marks=True) == before


@pytest.mark.parametrize(
    ("version", "nested"), [("10.1", False), ("11.0", False), ("11.1.4", False), ("11.2", True), ("11.2.6", True), ("12.1", True)],
)
def test_validation_lines_are_double_nested_from_11_2(client_of, at, version, nested):
    with Emulator(version=version) as emulator:
        reply = client_of(emulator).set(f"{at.gateways}/entry[@name='gw']", "<protocol><bogus/></protocol>")
    flat = "<line><![CDATA[ gw -> protocol -> bogus unexpected here]]></line><line><![CDATA[ gw -> protocol is invalid]]></line>"
    lines = f"<line>{flat}</line>" if nested else flat
    assert reply.text == f'<response status="error" code="12"><msg>{lines}</msg></response>'


@pytest.mark.parametrize(
    ("place", "element", "refused_by", "accepted_by"),
    [
        (f"{CRYPTO}/ike-crypto-profiles/entry[@name='p']", "<dh-group><member>group21</member></dh-group>", "10.1", "10.2"),
        (f"{CRYPTO}/ipsec-crypto-profiles/entry[@name='p']", "<dh-group>group15</dh-group>", "10.1", "10.2"),
        ("network/tunnel/ipsec/entry[@name='t']", "<ipsec-mode>transport</ipsec-mode>", "11.0.1", "11.0.2"),
        ("network/ike/gateway/entry[@name='g']", "<protocol><ikev2><pq-ppk><enabled>yes</enabled></pq-ppk></ikev2></protocol>",
         "11.0", "11.1"),
        ("network/ike/gateway/entry[@name='g']",
         "<protocol><ikev2><ikev2-fragment><enable>yes</enable></ikev2-fragment></ikev2></protocol>", "11.1", "11.2"),
        ("network/ike/gateway/entry[@name='g']", "<protocol><ikev2><pq-kem><enable>yes</enable></pq-kem></ikev2></protocol>",
         "11.1", "11.2"),
        (f"{CRYPTO}/ike-crypto-profiles/entry[@name='p']", "<encryption><member>des</member></encryption>", "11.2.5", "11.1"),
        ("network/logical-router/entry[@name='r']", "<vrf><entry name='default'/></vrf>", "10.1", "10.2"),
        ("deviceconfig/setting", "<advance-routing>yes</advance-routing>", "10.1", "10.2"),
        ("vsys/entry[@name='vsys1']/zone/entry[@name='z']", "<network><net-inspection>yes</net-inspection></network>", "11.0.1", "11.0.2"),
    ],
    ids=["IKE group 21", "IPsec group 15", "transport mode", "PPK", "fragmentation", "KEM", "DES", "logical router", "engine switch",
         "net inspection"],
)
def test_version_gates(client_of, at, place, element, refused_by, accepted_by):
    with Emulator(version=refused_by) as old:
        assert client_of(old).set(f"{at.device}/{place}", element).status == "error"
    with Emulator(version=accepted_by) as new:
        assert client_of(new).set(f"{at.device}/{place}", element).status == "success"


def test_xpath_through_an_unknown_element(client, at):
    reply = client.set(f"{at.gateways}/entry[@name='branch-7']/bogus", "<a/>")
    assert (reply.code, reply.message) == ("13", "schema node not found")


def test_two_kinds_of_zone_the_later_replaces_the_first(client, at):
    client.set(f"{at.zones}/entry[@name='dmz']/network", "<tunnel/>")
    assert [child.tag for child in client.get(f"{at.zones}/entry[@name='dmz']/network").root.find("result/network")] == ["tunnel"]


def test_template_variables_pass(client, at):
    assert client.set(f"{at.tunnels}/entry[@name='t']", "<tunnel-monitor><destination-ip>$peer</destination-ip></tunnel-monitor>").status == "success"


def test_an_interface_address_may_be_the_name_of_an_object(client, at):
    assert client.set(f"{at.units}/entry[@name='tunnel.8']", "<ip><entry name='office-lan'/></ip>").status == "success"
