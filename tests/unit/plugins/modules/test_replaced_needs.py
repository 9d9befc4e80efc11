# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a new object cannot do without, no task takes away from one that is there: every resource, each of its needed options."""

from __future__ import annotations

import copy

import pytest

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.registry import RESOURCES
from ansible_collections.tunnelsmith.panos_vpn.plugins.modules import pbf_rule
from ansible_collections.tunnelsmith.panos_vpn.tests.unit.plugins.modules import test_every_option as options
from ansible_collections.tunnelsmith.panos_vpn.tests.unit.plugins.modules.door import Door

NEEDED = {
    "ike_gateway": ("local_address", "peer_address"), "ipsec_tunnel": ("tunnel_interface", "ike_gateways"), "ipsec_crypto_profile": ("esp",),
    "static_route": ("destination", "interface"), "bgp_instance": ("router_id", "local_as"), "pbf_rule": ("from", "action"),
    "pbf_failover": ("from",), "security_rule": ("from", "to", "action"),
}
firewall_of, _names_of_nothing = options.firewall_of, options._names_of_nothing


def test_every_resource_that_needs_something_is_here():
    needy = {name for name, resource in RESOURCES.items() if "replaced" in resource.states and options.SMALLEST.get(name)}
    # ECMP of a router needs nothing: without any option it is off.
    assert needy - {"router_ecmp"} == NEEDED.keys()


@pytest.mark.parametrize("resource, needed", [(name, option) for name, found in NEEDED.items() for option in found])
def test_replaced_without_it_is_refused(firewall_of, resource, needed):
    bench = options.Bench(resource, firewall_of(bgp=False))
    smallest = copy.deepcopy(options.SMALLEST[resource])
    bench.run(smallest)
    given = {**bench.identity, **{option: value for option, value in smallest.items() if option != needed}}
    assert needed in bench.door.refused(given, "give it", state="replaced").message
    assert bench.door.refused(given, "give it", state="replaced", check=True)
    assert not bench.run(smallest, state="replaced").failed
    bench.run({}, state="absent")


@pytest.mark.parametrize("action", [{}, {"discard": False}, {"discard": False, "no_pbf": False}])
def test_a_rule_is_left_with_an_action(firewalls, action):
    door = Door(pbf_rule, firewalls())
    new = {"name": "r", "from": {"zone": ["trust"]}}
    door.refused({**new, "action": action}, "action", "no_pbf: true")
    door.done({**new, "action": {"discard": True}})
    door.refused({"name": "r", "action": action}, "action")
