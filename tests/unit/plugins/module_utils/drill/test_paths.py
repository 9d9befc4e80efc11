# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which tunnel carries a VPN's traffic, from whatever a firewall tells."""

from __future__ import annotations

import pytest

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.drill import paths
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.status.flow import Flow
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.status.forwarding import PbfRule
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.status.routes import Route

TUNNELS = {"a-1": "tunnel.1", "a-2": "tunnel.2"}


def configuration(rules=()) -> dict:
    return {
        "gateways": [], "interfaces": [], "bgp": {"instances": [], "peers": []},
        "tunnels": [{"name": name, "tunnel_interface": interface} for name, interface in TUNNELS.items()],
        "pbf_rules": [{"name": name, "action": {"forward": {"egress_interface": interface}}, "disabled": off} for name, interface, off in rules],
    }


RULES = (("a-1", "tunnel.1", False), ("a-2", "tunnel.2", False))
FIRST, SECOND, NOBODY = ("tunnel.1",), ("tunnel.2",), ()
BY_RULES = {
    "both in use": (RULES, [PbfRule("a-1", state="Active"), PbfRule("a-2", state="Active")], FIRST),
    "the first disabled by its monitor": (RULES, [PbfRule("a-1", state="Disabled", nexthop_state="DOWN"), PbfRule("a-2", state="Active")], SECOND),
    "only next hops are told": (RULES, [PbfRule("a-1", nexthop_state="DOWN"), PbfRule("a-2", nexthop_state="UP")], SECOND),
    "both down": (RULES, [PbfRule("a-1", state="Disabled"), PbfRule("a-2", state="Disabled")], NOBODY),
    "the first not listed": (RULES, [PbfRule("a-2", state="Active")], SECOND),
    "the first disabled in the configuration": ((("a-1", "tunnel.1", True), RULES[1]), [PbfRule("a-1"), PbfRule("a-2")], SECOND),
    "another rule above": ((("dsl", "ethernet1/7", False), *RULES), [PbfRule("dsl"), PbfRule("a-1"), PbfRule("a-2")], FIRST),
}


@pytest.mark.parametrize("rules, live, carrying", BY_RULES.values(), ids=BY_RULES.keys())
def test_the_first_rule_in_use_carries_new_sessions(rules, live, carrying):
    # A route of the other tunnel says nothing where a rule decides.
    found = paths.carriers(configuration(rules), live, [Route("10.0.0.0/8", interface="tunnel.2", protocol="bgp", active=True)])
    assert found == {paths.NEW_SESSIONS: carrying}


def test_routes_in_use_carry_what_they_lead_to():
    listed = [
        Route("10.20.0.0/16", interface="tunnel.1", protocol="bgp", active=True),
        Route("10.20.0.0/16", interface="tunnel.2", protocol="bgp"),
        Route("10.30.0.0/16", interface="tunnel.1", protocol="static", active=True),
        Route("10.30.0.0/16", interface="tunnel.2", protocol="static", active=True),
        Route("169.254.10.0/30", interface="tunnel.1", protocol="connected", active=True),
        Route("0.0.0.0/0", interface="ethernet1/8", protocol="static", active=True),
        Route("169.254.10.2/32", interface="tunnel.1", active=True),
    ]
    assert paths.carriers(configuration(), [], listed) == {"10.20.0.0/16": FIRST, "10.30.0.0/16": ("tunnel.1", "tunnel.2")}


LOOKS = {
    "led into an active tunnel": ({"x": FIRST}, {"a-1": "active"}, True),
    "led into both, one of them down": ({"x": ("tunnel.1", "tunnel.2")}, {"a-1": "active", "a-2": "init"}, False),
    "led into a tunnel that is not listed": ({"x": FIRST}, {}, False),
    "led nowhere": ({"x": NOBODY}, {"a-1": "active"}, False),
    "no route any more": ({}, {"a-1": "active"}, False),
}


@pytest.mark.parametrize("carriers, states, works", LOOKS.values(), ids=LOOKS.keys())
def test_traffic_works_where_it_is_led_into_active_tunnels(carriers, states, works):
    assert paths.Look(0.0, carriers, states).works(TUNNELS, ["x"]) is works


def test_a_tunnel_is_active_where_all_of_its_proxy_ids_are():
    assert paths.flow_states([Flow("a-1:x", "a-1", state="active"), Flow("a-1:y", "a-1", state="init"), Flow("a-1:z", "a-1", state="active"),
                              Flow("a-2", "a-2", state="active")]) == {"a-1": "init", "a-2": "active"}
