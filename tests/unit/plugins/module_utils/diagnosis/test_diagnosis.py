# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What holds for every diagnosis, whatever the log says and however far the tunnel has come."""

from __future__ import annotations

import xml.etree.ElementTree as ET

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.device.location import Location
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.diagnosis.diagnosis import CONFIDENCES, diagnose
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.diagnosis.evidence import Evidence, inside_of, mentions
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.firewall.rulebases import Addresses
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.firewall.surroundings import Surroundings
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.peers.profile import IkeProposal, IpsecProposal, Profile, Tunnel
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.status.flow import Flow
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.status.judgement import judge
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.status.security_associations import IkeSa
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.status.state import State
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.status.vpn_log import Line
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.tables.platform import Platform

NETWORK = """<network><interface><ethernet><entry name="ethernet1/1"><layer3><ip><entry name="198.51.100.1/24"/></ip></layer3></entry></ethernet>
    <tunnel><units><entry name="tunnel.1"><ip><entry name="169.254.10.2/30"/></ip><mtu>1400</mtu></entry></units></tunnel></interface>
    <virtual-router><entry name="default"><interface><member>ethernet1/1</member><member>tunnel.1</member></interface></entry></virtual-router>
    <ike><crypto-profiles><ike-crypto-profiles><entry name="p"><dh-group><member>group20</member></dh-group></entry></ike-crypto-profiles>
    <ipsec-crypto-profiles><entry name="p"><dh-group>group20</dh-group></entry></ipsec-crypto-profiles></crypto-profiles></ike></network>"""
ZONES = """<zone><entry name="untrust"><network><layer3><member>ethernet1/1</member></layer3></network></entry>
    <entry name="vpn"><network><layer3><member>tunnel.1</member></layer3></network></entry></zone>"""
CONFIG = (f'<config><devices><entry name="localhost.localdomain">{NETWORK}<vsys><entry name="vsys1">{ZONES}<rulebase/></entry></vsys></entry></devices>'
          "</config>")
CONFIGURATION = {
    "gateways": [{"name": "gw", "peer_address": {"ip": "203.0.113.1"}, "local_address": {"interface": "ethernet1/1"}, "version": "ikev2",
                  "ikev2": {"ike_crypto_profile": "p"}, "nat_traversal": {"enable": True}}],
    "tunnels": [{"name": "to-peer", "tunnel_interface": "tunnel.1", "ike_gateways": ["gw"], "ipsec_crypto_profile": "p",
                 "tunnel_monitor": {"enable": True, "destination_ip": "169.254.10.1"}}],
    "interfaces": [{"name": "tunnel.1", "ip": ["169.254.10.2/30"], "mtu": 1400, "zone": "vpn", "virtual_router": "default"}],
    "pbf_rules": [], "bgp": {"instances": [], "peers": []},
}
STATES = {
    "phase 1 is down": State(),
    "phase 2 is down": State(ike_sas=(IkeSa("gw"),), flows=(Flow("to-peer", "to-peer", state="init"),)),
    "the monitor is down": State(ike_sas=(IkeSa("gw"),), flows=(Flow("to-peer", "to-peer", state="inactive", monitor="down"),)),
    "all is up": State(ike_sas=(IkeSa("gw"),), flows=(Flow("to-peer", "to-peer", state="active", monitor="up"),)),
}
TEXTS = ("received notify type NO_PROPOSAL_CHOSEN", "received notify type AUTHENTICATION_FAILED", "TS_UNACCEPTABLE", "failed due to timeout",
         "pfs group mismatched", "IKE SA negotiation is succeeded", "INVALID_ID_INFORMATION", "certificate expired", "Couldn't find configuration",
         "received ID_R does not match peers id", "INVALID_KE_PAYLOAD", "something else")
LINES = st.lists(st.builds(Line, st.just("2026/11/20 10:00:00"), st.sampled_from(("ikev2-nego-ike-fail", "ikev2-nego-child-fail", "ike-generic-event")),
                           st.sampled_from(("gw", "to-peer", "to-peer:lan", "", "other")), st.sampled_from(TEXTS) | st.text(max_size=40)), max_size=6)


def evidence(state, lines, **more) -> Evidence:
    around = Surroundings(ET.fromstring(CONFIG), Location().base, Platform((11, 1)))
    return Evidence(CONFIGURATION, around, state, judge(CONFIGURATION, state).tunnels, lines=lines, addresses=Addresses(), now=0.0, **more)


@settings(deadline=None, derandomize=True, max_examples=60)
@given(st.sampled_from(list(STATES.values())), LINES)
def test_the_log_alone_is_never_certain(state, lines):
    """Where nothing that is configured is wrong, and nobody knows what the peer has."""
    known = evidence(state, lines)
    found = diagnose(known)
    assert [cause for cause in found if cause["confidence"] == "certain" and cause["id"] != "route-missing"] == []
    assert bool(found) or not known.verdicts[0].problems
    assert [CONFIDENCES.index(cause["confidence"]) for cause in found] == sorted(CONFIDENCES.index(cause["confidence"]) for cause in found)
    assert all(cause["fix"] and cause["tunnel"] == "to-peer" for cause in found)
    assert diagnose(known) == found


SECRET = "the.key.itself"


@settings(deadline=None, derandomize=True, max_examples=20)
@given(st.sampled_from(list(STATES.values())), LINES, st.booleans())
def test_a_key_is_in_no_cause(state, lines, same):
    tunnel = Tunnel("203.0.113.1", pre_shared_key=SECRET, ike=IkeProposal(dh_group="group14"), ipsec=IpsecProposal(dh_group="group14"))
    assert SECRET not in repr(diagnose(evidence(state, lines, connection=Profile("to", tunnels=(tunnel,)), keys={"gw": same})))


MENTIONED = {
    "by itself": ("peer IP 192.0.2.1", True), "with a port": ("192.0.2.1[500]-192.0.2.9[500]", True), "at the end of a sentence": ("from 192.0.2.1.", True),
    "as the beginning of another": ("192.0.2.11", False), "as the end of another": ("1192.0.2.1", False), "after another": ("192.0.2.11 192.0.2.1", True),
}


@pytest.mark.parametrize("text, expected", MENTIONED.values(), ids=MENTIONED.keys())
def test_an_address_is_found_in_a_text(text, expected):
    assert mentions(text, "192.0.2.1") is expected


INSIDE = {"an address": ("10.1.2.3", True), "a network": ("10.1.0.0/16", True), "a wider network": ("10.0.0.0/7", False), "IPv6": ("::1", False),
          "a name": ("office", False), "nothing": (None, False)}


@pytest.mark.parametrize("text, expected", INSIDE.values(), ids=INSIDE.keys())
def test_what_lies_inside(text, expected):
    assert inside_of(text, ["10.0.0.0/8"]) is expected
    assert not inside_of(text, ["office"])
