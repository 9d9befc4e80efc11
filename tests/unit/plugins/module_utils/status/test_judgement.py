# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is judged healthy, and which sentence says what is not."""

from __future__ import annotations

from dataclasses import replace

import pytest

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.status.bgp import BgpPeer, Prefixes
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.status.flow import Flow
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.status.forwarding import PbfRule
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.status.judgement import judge
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.status.prefixes import ADVERTISED, Prefix
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.status.routes import Route
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.status.security_associations import IkeSa, IpsecSa
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.status.state import State

GATEWAY = {"name": "to-aws-1", "peer_address": {"ip": "203.0.113.11"}}
TUNNEL = {"name": "to-aws-1", "tunnel_interface": "tunnel.1", "ike_gateways": ["to-aws-1"]}
MONITORED = {**TUNNEL, "tunnel_monitor": {"enable": True, "destination_ip": "169.254.10.1"}}
MANUAL = {"name": "to-aws-1", "tunnel_interface": "tunnel.1", "manual_key": {"peer_address": "203.0.113.11"}}
PROXIES = {**TUNNEL, "proxy_ids": [{"name": "lan"}], "proxy_ids_v6": [{"name": "lan6"}]}
RULE = {"name": "to-aws-1", "action": {"forward": {"egress_interface": "tunnel.1"}}}
LAST_RULE = {"name": "to-aws-discard", "action": {"discard": True}}
INSTANCE = {"virtual_router": "default", "enable": True}
PEER = {"virtual_router": "default", "peer_group": "to-aws", "name": "to-aws-1", "peer_as": "64512", "peer_address": {"ip": "169.254.10.1"},
        "local_address": {"interface": "tunnel.1"}, "enable": True}
IKE = IkeSa("to-aws-1")


def sa(name="to-aws-1"):
    return IpsecSa(name, name.split(":", maxsplit=1)[0])


def flow(state="active", monitor="off", name="to-aws-1"):
    return Flow(name, name.split(":", maxsplit=1)[0], state=state, monitor=monitor)


def configuration(tunnels=(TUNNEL,), gateways=(GATEWAY,), rules=(), instances=(INSTANCE,), peers=()):
    return {"gateways": list(gateways), "tunnels": list(tunnels), "interfaces": [], "pbf_rules": list(rules),
            "bgp": {"instances": list(instances), "peers": list(peers)}}


def up(**more):
    return State(**{"ike_sas": (IKE,), "ipsec_sas": (sa(),), "flows": (flow(),), **more})


HEALTHY = {
    "nothing is configured": (configuration((), ()), State()),
    "an active flow": (configuration(), up()),
    "an active flow whose IKE SA has expired": (configuration(), up(ike_sas=())),
    "an active flow although no SA is listed": (configuration(), up(ike_sas=(), ipsec_sas=())),
    "an SA and a flow without a state": (configuration(), up(flows=(flow(None),))),
    "a monitor that gets answers": (configuration([MONITORED]), up(flows=(flow(monitor="up"),))),
    "a monitor of which only the summary is told": (configuration([MONITORED]), up(flows=(flow(monitor="on"),))),
    "a monitor that runs on one of two proxy IDs":
        (configuration([{**MONITORED, "proxy_ids": [{"name": "lan"}, {"name": "dmz"}]}]),
         up(flows=(flow(name="to-aws-1:lan", monitor="up"), flow(name="to-aws-1:dmz", monitor="off")))),
    "proxy IDs of both address families": (configuration([PROXIES]), up(flows=(flow(name="to-aws-1:lan"), flow(name="to-aws-1:lan6")))),
    "proxy IDs whose flow carries the tunnel's name": (configuration([PROXIES]), up()),
    "a manual key": (configuration([MANUAL], ()), State(flows=(flow(),))),
    "a PBF rule in use":
        (configuration(rules=[RULE, LAST_RULE]),
         up(pbf_rules=(PbfRule("to-aws-1", state="Active", nexthop_state="UP"), PbfRule("to-aws-discard", state="active")))),
    "a PBF rule whose state is not told": (configuration(rules=[RULE]), up(pbf_rules=(PbfRule("to-aws-1", nexthop_state="UP"),))),
    "an established peer": (configuration(peers=[PEER]), up(bgp_peers=(BgpPeer("to-aws-1", "default", state="Established"),))),
    "an established peer whose router is not told": (configuration(peers=[PEER]), up(bgp_peers=(BgpPeer("to-aws-1", state="Established"),))),
}


@pytest.mark.parametrize("configured, state", HEALTHY.values(), ids=HEALTHY.keys())
def test_healthy(configured, state):
    found = judge(configured, state)
    assert found.problems == ()
    assert all(verdict.healthy for verdict in found.tunnels)


PEER_LABEL = "BGP peer 'to-aws-1' (169.254.10.1, AS 64512)"
PROBLEMS = {
    "no SA of either phase": (
        configuration(), State(flows=(flow("init"),)),
        "tunnel 'to-aws-1': no IPsec SA, and IKE gateway 'to-aws-1' (peer 203.0.113.11) has no IKE SA"),
    "an IKE SA only": (
        configuration(), State(ike_sas=(IKE,), flows=(flow("init"),)),
        "tunnel 'to-aws-1': no IPsec SA, though IKE gateway 'to-aws-1' (peer 203.0.113.11) has an IKE SA"),
    "an IKE SA that is half open": (
        configuration(), State(ike_sas=(IkeSa("to-aws-1", state="Init sent"),)),
        "tunnel 'to-aws-1': no IPsec SA, and the IKE SA of IKE gateway 'to-aws-1' (peer 203.0.113.11) is Init sent"),
    "a gateway that is not there": (
        configuration(gateways=()), State(), "tunnel 'to-aws-1': no IPsec SA, and IKE gateway 'to-aws-1' has no IKE SA"),
    "no gateway at all": (
        configuration([{"name": "to-aws-1"}], ()), State(), "tunnel 'to-aws-1': no IPsec SA, and it has no IKE gateway"),
    "one of two proxy IDs without SA": (
        configuration([PROXIES]), State(ike_sas=(IKE,), ipsec_sas=(sa("to-aws-1:lan"),), flows=(flow(name="to-aws-1:lan"),)),
        "tunnel 'to-aws-1', proxy ID 'lan6': no IPsec SA, though IKE gateway 'to-aws-1' (peer 203.0.113.11) has an IKE SA"),
    "an SA without a flow": (configuration(), up(flows=()), "tunnel 'to-aws-1': the firewall shows no flow for it"),
    "an SA that the data plane has not": (configuration(), up(flows=(flow("init"),)), "tunnel 'to-aws-1': its flow is init, not active"),
    "a state that we do not know": (configuration(), up(flows=(flow("rekeying"),)), "tunnel 'to-aws-1': its flow is rekeying, not active"),
    "an inactive tunnel without monitor": (configuration(), up(flows=(flow("inactive"),)), "tunnel 'to-aws-1': its flow is inactive, not active"),
    "an inactive tunnel with monitor": (
        configuration([MONITORED]), up(flows=(flow("inactive", "down"),)),
        "tunnel 'to-aws-1': inactive, its monitor gets no answer from 169.254.10.1"),
    "a silent monitor of an active tunnel": (
        configuration([MONITORED]), up(flows=(flow(monitor="down"),)), "tunnel 'to-aws-1': its monitor gets no answer from 169.254.10.1"),
    "a monitor that does not run": (
        configuration([MONITORED]), up(flows=(flow(monitor="off"),)), "tunnel 'to-aws-1': its monitor is configured, and the firewall shows it as off"),
    "a monitor without SA": (
        configuration([MONITORED]), State(flows=(flow("init", "down"),)),
        "tunnel 'to-aws-1': no IPsec SA, and IKE gateway 'to-aws-1' (peer 203.0.113.11) has no IKE SA"),
    "a disabled tunnel": (configuration([{**TUNNEL, "disabled": True}]), State(), "tunnel 'to-aws-1' is disabled in the configuration"),
    "a disabled gateway": (
        configuration(gateways=[{**GATEWAY, "disabled": True}]), State(),
        "tunnel 'to-aws-1': its IKE gateway 'to-aws-1' is disabled in the configuration"),
    "a manual key without flow": (configuration([MANUAL], ()), State(), "tunnel 'to-aws-1': the firewall shows no flow for it"),
    "a PBF rule that is off": (
        configuration(rules=[{**RULE, "disabled": True}]), up(), "PBF rule 'to-aws-1' is disabled in the configuration"),
    "a PBF rule that its monitor took out": (
        configuration(rules=[RULE]), up(pbf_rules=(PbfRule("to-aws-1", state="Disabled", nexthop="169.254.10.1", nexthop_state="DOWN"),)),
        "PBF rule 'to-aws-1' is not in use (Disabled, next hop 169.254.10.1 is DOWN)"),
    "a PBF rule whose next hop is down": (
        configuration(rules=[RULE]), up(pbf_rules=(PbfRule("to-aws-1", nexthop_state="DOWN"),)), "PBF rule 'to-aws-1': next hop of it is DOWN"),
    "a PBF rule that the firewall does not list": (configuration(rules=[RULE]), up(), "PBF rule 'to-aws-1': the firewall tells no state of it"),
    "a peer that is not established": (
        configuration(peers=[PEER]), up(bgp_peers=(BgpPeer("to-aws-1", "default", state="OpenSent"),)), f"{PEER_LABEL} is OpenSent, not Established"),
    "a peer without a state": (
        configuration(peers=[PEER]), up(bgp_peers=(BgpPeer("to-aws-1"),)), f"{PEER_LABEL} is in no known state, not Established"),
    "a peer of that name on another router": (
        configuration(peers=[PEER]), up(bgp_peers=(BgpPeer("to-aws-1", "other", state="Established"),)),
        f"{PEER_LABEL}: router 'default' tells no state of it"),
    "a disabled peer": (configuration(peers=[{**PEER, "enable": False}]), up(), f"{PEER_LABEL} is disabled in the configuration"),
    "BGP that is off": (
        configuration(peers=[PEER], instances=[{**INSTANCE, "enable": False}]), up(), f"{PEER_LABEL}: BGP is off on router 'default'"),
}


@pytest.mark.parametrize("configured, state, sentence", PROBLEMS.values(), ids=PROBLEMS.keys())
def test_a_problem_is_said_once_and_belongs_to_its_tunnel(configured, state, sentence):
    found = judge(configured, state)
    assert found.problems == (sentence,)
    assert [verdict.problems for verdict in found.tunnels] == [(sentence,)]


def test_a_rule_of_no_single_tunnel_counts_for_all_of_them():
    found = judge(configuration(rules=[LAST_RULE]), up(pbf_rules=(PbfRule("to-aws-discard", state="Disabled"),)))
    assert found.problems == ("PBF rule 'to-aws-discard' is not in use (Disabled)",)
    assert found.tunnels[0].healthy


def test_one_of_two_tunnels_can_be_down():
    second = {"name": "to-aws-2", "tunnel_interface": "tunnel.2", "ike_gateways": ["to-aws-2"]}
    found = judge(configuration([TUNNEL, second]), up())
    assert [verdict.healthy for verdict in found.tunnels] == [True, False]


LIVE = {"name": "to-aws-1", "router": "default", "state": "Established"}
LABEL = "BGP peer 'to-aws-1' (169.254.10.1, AS 64512)"
INSTALLED = Route("10.20.0.0/16", "default", "169.254.10.1", "tunnel.1", "bgp", True)
SENT = Prefix("10.10.0.0/24", ADVERTISED, "to-aws-1")
EXCHANGES = {
    "both ways": ((1, 1), (INSTALLED,), (SENT,), []),
    "nothing is told": ((None, None), (), (), []),
    "nothing was sent": ((0, 1), (), (SENT,), [f"{LABEL} is established and has sent no prefix"]),
    "learned and not in use": ((2, 1), (replace(INSTALLED, active=False),), (SENT,),
                               [f"{LABEL}: of the 2 prefixes that were learned, none is in the forwarding table"]),
    "in use through somebody else": ((2, 1), (replace(INSTALLED, interface="ethernet1/2"),), (SENT,),
                                     [f"{LABEL}: of the 2 prefixes that were learned, none is in the forwarding table"]),
    "nothing is announced": ((1, 0), (INSTALLED,), (), [f"{LABEL} is established and is sent no prefix"]),
    "more is announced": ((1, 2), (INSTALLED,), (SENT, replace(SENT, prefix="0.0.0.0/0")), [f"{LABEL} is sent 0.0.0.0/0, 10.10.0.0/24, and not 10.10.0.0/24"]),
    "what is announced is counted only": ((1, 5), (INSTALLED,), (), []),
}


@pytest.mark.parametrize("counts, routes, prefixes, problems", EXCHANGES.values(), ids=EXCHANGES.keys())
def test_what_a_bgp_session_is_for_counts_where_the_routes_were_asked_for(counts, routes, prefixes, problems):
    peer = BgpPeer(**LIVE, prefixes=(Prefixes("ipv4_unicast", counts[0], counts[0], counts[1]),))
    asked = configuration(peers=[{**PEER, "advertise": ["10.10.0.0/24"]}])
    assert list(judge(asked, up(bgp_peers=(peer,), routes=routes, prefixes=prefixes)).problems) == problems
    assert judge(asked, up(bgp_peers=(peer,))).problems == ()


@pytest.mark.parametrize("peer_as, healthy", [("64512", True), ("65515", False)], ids=["of the same AS", "of another AS"])
def test_a_preferred_peer_may_carry_all_from_a_group_of_its_own(peer_as, healthy):
    names = (("to-aws-1", "tunnel.2", "64512"), ("to-aws-2", "tunnel.1", peer_as))
    peers = [{**PEER, "peer_group": name, "name": name, "peer_as": number, "local_address": {"interface": interface}} for name, interface, number in names]
    live = tuple(BgpPeer(**{**LIVE, "name": name}, prefixes=(Prefixes("ipv4_unicast", 1, 1, 1),)) for name, dummy, number in names)
    assert (judge(configuration(peers=peers), up(bgp_peers=live, routes=(INSTALLED,))).problems == ()) is healthy


@pytest.mark.parametrize("moved, problems", [
    ([(8, 0)], ["VPN 'to-aws-1': 8 packets went out and none came back within 3.0 s"]),
    ([(8, 1)], []), ([(0, 0)], []),
    # Out by the one tunnel, and back by the other.
    ([(8, 0), (0, 8)], []),
    ([(8, 0), (2, 0)], ["VPN 'to-aws': 10 packets went out and none came back within 3.0 s"]),
    # The counters of one began anew.
    ([(8, 0), None], []),
], ids=["one way", "both ways", "nothing", "asymmetric", "one way by two tunnels", "a new SA"])
def test_counters_are_those_of_a_vpn_s_tunnels_together(moved, problems):
    tunnels = [{"name": f"to-aws-{number}", "tunnel_interface": f"tunnel.{number}"} for number in range(1, len(moved) + 1)]
    before, after = [], []
    for tunnel, counts in zip(tunnels, moved):
        out, back = counts or (-5, -5)
        before.append(replace(flow(name=tunnel["name"]), packets_encapsulated=10, packets_decapsulated=10))
        after.append(replace(flow(name=tunnel["name"]), packets_encapsulated=10 + out, packets_decapsulated=10 + back))
    state = State(flows=tuple(after), earlier_flows=tuple(before), between=3.0)
    assert list(judge(configuration(tunnels, ()), state).problems) == problems
