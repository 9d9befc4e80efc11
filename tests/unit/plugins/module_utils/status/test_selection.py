# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which objects belong to a VPN."""

from __future__ import annotations

import pytest

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.status.bgp import BgpPeer
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.status.flow import Flow
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.status.forwarding import PbfRule
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.status.health import Condition, Health, Reason
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.status.routes import Route
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.status.security_associations import IkeSa, IpsecSa
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.status.selection import of_vpns, select
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.status.state import State
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.status.telling import tell
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.vpn.record import Object, Record, RecordedNames


def rule(name, egress=None):
    return {"name": name, "action": {"forward": {"egress_interface": egress}} if egress else {"discard": True}}


def peer(name, group, interface=None, router="default"):
    return {"name": name, "peer_group": group, "virtual_router": router, **({"local_address": {"interface": interface}} if interface else {})}


ADOPTED = Record("vpn-9", units={1: "tunnel.7"}, adopted={"ipsec_tunnel": {"-1": "branch"}, "ike_gateway": {"-1": "gw-branch"}})
CONFIGURATION = {
    "gateways": [{"name": name} for name in ("vpn-0abc-1", "vpn-0abc-2", "gw-branch", "spare")],
    "tunnels": [
        {"name": "vpn-0abc-1", "tunnel_interface": "tunnel.1", "ike_gateways": ["vpn-0abc-1"]},
        {"name": "vpn-0abc-2", "tunnel_interface": "tunnel.2", "ike_gateways": ["vpn-0abc-2"]},
        {"name": "branch", "tunnel_interface": "tunnel.7", "ike_gateways": ["gw-branch"]},
        {"name": "half-made"},
    ],
    "interfaces": [{"name": "tunnel.1"}, {"name": "tunnel.2"}, {"name": "tunnel.7", "comment": f"to the branch\n{ADOPTED.line()}"}, {"name": "tunnel.9"}],
    "pbf_rules": [rule("vpn-0abc-1", "tunnel.1"), rule("vpn-0abc-2", "tunnel.2"), rule("vpn-0abc-discard"), rule("by-hand", "tunnel.7"),
                  rule("guests", "ethernet1/7"), rule("drop")],
    "bgp": {
        "instances": [{"virtual_router": "default"}, {"virtual_router": "other"}],
        "peers": [peer("vpn-0abc-1", "vpn-0abc", "tunnel.1"), peer("vpn-0abc-2", "vpn-0abc"), peer("hub", "branches", "tunnel.7", "other"),
                  peer("isp", "isp", "ethernet1/8")],
    },
}


def names(configuration):
    found = {kind: [item["name"] for item in configuration[kind]] for kind in ("gateways", "tunnels", "interfaces", "pbf_rules")}
    found["peers"] = [item["name"] for item in configuration["bgp"]["peers"]]
    found["routers"] = [item["virtual_router"] for item in configuration["bgp"]["instances"]]
    return found


PAIR = {"gateways": ["vpn-0abc-1", "vpn-0abc-2"], "tunnels": ["vpn-0abc-1", "vpn-0abc-2"], "interfaces": ["tunnel.1", "tunnel.2"],
        "pbf_rules": ["vpn-0abc-1", "vpn-0abc-2", "vpn-0abc-discard"], "peers": ["vpn-0abc-1", "vpn-0abc-2"], "routers": ["default"]}
BRANCH = {"gateways": ["gw-branch"], "tunnels": ["branch"], "interfaces": ["tunnel.7"], "pbf_rules": ["by-hand"], "peers": ["hub"], "routers": ["other"]}
NONE: dict = {kind: [] for kind in PAIR}
SELECTIONS = {
    "a VPN by its name": (["vpn-0abc"], PAIR, []),
    "one tunnel of it": (
        ["vpn-0abc-1"], {"gateways": ["vpn-0abc-1"], "tunnels": ["vpn-0abc-1"], "interfaces": ["tunnel.1"], "pbf_rules": ["vpn-0abc-1"],
                         "peers": ["vpn-0abc-1"], "routers": ["default"]}, []),
    "a tunnel that was made by hand": (["branch"], BRANCH, []),
    "the same by its gateway": (["gw-branch"], BRANCH, []),
    "a gateway without tunnel": (["spare"], {**NONE, "gateways": ["spare"]}, []),
    "a tunnel without anything": (["half-made"], {**NONE, "tunnels": ["half-made"]}, []),
    "two, of which one is not there": (["branch", "vpn-0ab"], BRANCH, ["vpn-0ab"]),
    "a beginning of a name": (["vpn"], NONE, ["vpn"]),
    "a VPN whose objects have kept their names": (["vpn-9"], BRANCH, []),
}


@pytest.mark.parametrize("wanted, expected, missing", SELECTIONS.values(), ids=SELECTIONS.keys())
def test_selects(wanted, expected, missing):
    found, not_found = select(CONFIGURATION, wanted)
    assert names(found) == expected
    assert not_found == missing


RECORD = Record("vpn-0abc", router="default", units={1: "tunnel.1"}, claims=RecordedNames.of([
    Object("ipsec_tunnel", "vpn-0abc-1"), Object("ike_gateway", "vpn-0abc-1"), Object("pbf_rule", "vpn-0abc-1"),
    Object("bgp_peer_group", "vpn-0abc", "default")]))
RECORDED = {**CONFIGURATION, "interfaces": [{"name": "tunnel.1", "comment": RECORD.line()}, *CONFIGURATION["interfaces"][1:]]}


def test_where_a_record_says_it_names_are_nothing_to_go_by():
    """Somebody's second tunnel and last rule are called like the VPN's, and are theirs."""
    found, not_found = select(RECORDED, ["vpn-0abc"])
    assert names(found) == {**PAIR, "gateways": ["vpn-0abc-1"], "tunnels": ["vpn-0abc-1"], "interfaces": ["tunnel.1"], "pbf_rules": ["vpn-0abc-1"]}
    assert not_found == []
    assert names(select(RECORDED, ["vpn-0abc-2"])[0])["tunnels"] == ["vpn-0abc-2"]
    assert "vpn-0abc-discard" not in names(of_vpns(RECORDED))["pbf_rules"]


def test_the_name_of_a_vpn_means_nothing_beside_it():
    """Somebody's own tunnel may have just that name; an adopted one may have it as well."""
    theirs = {"name": "vpn-9", "tunnel_interface": "tunnel.9", "ike_gateways": ["vpn-9"]}
    configuration = {**CONFIGURATION, "tunnels": [*CONFIGURATION["tunnels"], theirs], "gateways": [*CONFIGURATION["gateways"], {"name": "vpn-9"}],
                     "pbf_rules": [*CONFIGURATION["pbf_rules"], rule("vpn-9", "ethernet1/7")]}
    assert names(select(configuration, ["vpn-9"])[0]) == BRANCH
    namesake = Record("branch", units={1: "tunnel.7"}, adopted={"ipsec_tunnel": {"-1": "branch"}, "ike_gateway": {"-1": "gw-branch"}})
    interfaces = [{"name": "tunnel.7", "comment": namesake.line()}]
    assert names(select({**CONFIGURATION, "interfaces": interfaces}, ["branch"])[0]) == BRANCH


def test_the_name_of_a_tunnel_of_ours_means_nothing_of_somebody_else():
    ours = Record("office", units={1: "tunnel.7"}, claims=RecordedNames.of([Object("ipsec_tunnel", "office-1"), Object("ike_gateway", "office-1")]))
    found, missing = select({
        "gateways": [{"name": "office-1"}], "tunnels": [{"name": "office-1", "tunnel_interface": "tunnel.7", "ike_gateways": ["office-1"]}],
        "interfaces": [{"name": "tunnel.7", "comment": ours.line()}], "pbf_rules": [rule("office-1", "ethernet1/7")],
        "bgp": {"instances": [{"virtual_router": "default"}], "peers": [peer("office-1", "isp", "ethernet1/8")]},
    }, ["office-1"])
    assert names(found) == {**NONE, "gateways": ["office-1"], "tunnels": ["office-1"], "interfaces": ["tunnel.7"]} and missing == []


def test_rules_and_peers_of_others_are_no_matter_of_the_vpns():
    found = names(of_vpns(CONFIGURATION))
    assert found["tunnels"] == names(CONFIGURATION)["tunnels"]
    assert found["pbf_rules"] == ["vpn-0abc-1", "vpn-0abc-2", "vpn-0abc-discard", "by-hand"]
    assert found["peers"] == ["vpn-0abc-1", "hub"]


STATE = State(
    ike_sas=(IkeSa("vpn-0abc-1"), IkeSa("gone")),
    ipsec_sas=(IpsecSa("vpn-0abc-1:lan", "vpn-0abc-1", "lan"), IpsecSa("branch", "branch")),
    flows=(Flow("vpn-0abc-1:lan", "vpn-0abc-1", "lan", state="active"), Flow("gone", "gone")),
    pbf_rules=(PbfRule("vpn-0abc-1"), PbfRule("guests")),
    bgp_peers=(BgpPeer("vpn-0abc-1", "default"), BgpPeer("vpn-0abc-2"), BgpPeer("vpn-0abc-1", "other"), BgpPeer("isp")),
    routes=(Route("10.20.0.0/16", "default", interface="tunnel.1"), Route("0.0.0.0/0", "default", interface="ethernet1/8"),
            Route("10.30.0.0/16", "other", interface="tunnel.1")),
)


def test_the_state_of_a_vpn():
    state = STATE.of(select(CONFIGURATION, ["vpn-0abc"])[0])
    assert [sa.gateway for sa in state.ike_sas] == ["vpn-0abc-1"]
    assert [sa.name for sa in state.ipsec_sas] == ["vpn-0abc-1:lan"]
    assert [flow.name for flow in state.flows] == ["vpn-0abc-1:lan"]
    assert [found.name for found in state.pbf_rules] == ["vpn-0abc-1"]
    assert [(found.name, found.router) for found in state.bgp_peers] == [("vpn-0abc-1", "default"), ("vpn-0abc-2", None)]
    assert [route.destination for route in state.routes] == ["10.20.0.0/16", "10.30.0.0/16"]


def test_the_state_of_a_router():
    state = STATE.of_router("default", CONFIGURATION)
    assert [(found.name, found.router) for found in state.bgp_peers] == [("vpn-0abc-1", "default"), ("vpn-0abc-2", None), ("isp", None)]
    assert [route.destination for route in state.routes] == ["10.20.0.0/16", "0.0.0.0/0"]
    assert len(state.flows) == len(STATE.flows)
    assert State().of_router("default", CONFIGURATION).routes is None


def test_the_state_is_told_by_tunnel_and_nothing_is_lost():
    tunnels = tuple(Condition(tunnel["name"], Health.DOWN, (Reason("down"),)) for tunnel in CONFIGURATION["tunnels"])
    told = tell(CONFIGURATION, STATE, Condition("fw", parts=(Condition("all", parts=tunnels),)))
    assert told["tunnels"][0] == {
        "name": "vpn-0abc-1", "health": "down", "healthy": False, "problems": ["down"],
        "ike_sas": [{"gateway": "vpn-0abc-1"}],
        "ipsec_sas": [{"name": "vpn-0abc-1:lan", "tunnel": "vpn-0abc-1", "proxy_id": "lan"}],
        "flows": [{"name": "vpn-0abc-1:lan", "tunnel": "vpn-0abc-1", "proxy_id": "lan", "state": "active"}],
    }
    assert told["unassigned"] == {"ike_sas": [{"gateway": "gone"}], "ipsec_sas": [], "flows": [{"name": "gone", "tunnel": "gone"}]}
    assert len(told["routes"]) == 3
    assert "routes" not in tell({**CONFIGURATION, "tunnels": []}, State(), Condition("fw"))
