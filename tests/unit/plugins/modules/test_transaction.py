# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The module transaction: any list of resources, all or nothing."""

from __future__ import annotations

import pytest
import yaml

from ansible_collections.tunnelsmith.panos_vpn.plugins.modules import transaction
from ansible_collections.tunnelsmith.panos_vpn.tests.unit.plugins.modules.door import NETWORK, VSYS, Door

KEY = "a-key.of.branch-9"


def branch(number=9, **tunnel):
    """The objects of one branch, in an order that no firewall would take them in."""
    return [
        {"security_rule": {"name": f"branch-{number}-out", "from": ["trust"], "to": ["vpn"], "action": "allow", "position": "top"}},
        {"static_route": {"virtual_router": "default", "name": f"branch-{number}", "destination": f"10.{200 + number}.0.0/16",
                          "interface": f"tunnel.{number}"}},
        {"proxy_id": {"tunnel": f"branch-{number}", "name": "lan", "local": "10.10.0.0/24", "remote": f"10.{200 + number}.0.0/16"}},
        {"ipsec_tunnel": {"name": f"branch-{number}", "tunnel_interface": f"tunnel.{number}", "ike_gateways": [f"branch-{number}"],
                          "ipsec_crypto_profile": "default", **tunnel}},
        {"ike_gateway": {"name": f"branch-{number}", "peer_address": {"ip": f"203.0.113.{number}"}, "local_address": {"interface": "ethernet1/8"},
                         "pre_shared_key": KEY, "ikev2": {"ike_crypto_profile": "default"}}},
        {"tunnel_interface": {"name": f"tunnel.{number}", "ip": [f"172.16.{number}.1/30"], "zone": "vpn", "virtual_router": "default"}},
        {"zone": {"name": "vpn"}},
    ]


def gone(items):
    """The same objects, to be removed."""
    identities = ("name", "virtual_router", "tunnel")
    return [{resource: {**{key: value for key, value in options.items() if key in identities}, "state": "absent"}
             for resource, options in item.items()} for item in items]


@pytest.fixture(params=["virtual-router", "logical-router"])
def door(request, firewalls):
    return Door(transaction, firewalls(engine=request.param))


def test_one_read_of_each_container_and_one_write(door):
    before = door.candidate()
    assert door.done({"items": branch()}).changed
    requests = door.control.requests()
    assert [request["action"] for request in requests].count("multi-config") == 1
    assert door.control.connections() == 1
    few = len(requests)
    assert not door.done({"items": branch()}).changed
    assert door.writes() == []
    door.done({"items": [item for number in range(20, 40) for item in branch(number)]})
    assert len(door.control.requests()) <= few
    door.done({"items": [item for number in range(20, 40) for item in gone(branch(number)) if "zone" not in item]})
    door.done({"items": gone(branch())})
    assert door.candidate() == before


def test_a_zone_can_take_an_interface_that_is_made_with_it(door):
    before = door.candidate()
    items = [{"zone": {"name": "vpn", "interfaces": ["tunnel.11"]}}, {"tunnel_interface": {"name": "tunnel.11"}}]
    assert door.done({"items": items}).changed
    assert not door.done({"items": list(reversed(items))}).changed
    door.done({"items": gone(items)})
    assert door.candidate() == before


def test_check_mode_writes_nothing_and_shows_the_same(door):
    before = door.control.candidate()
    checked = door.done({"items": branch()}, check=True)
    assert door.control.candidate() == before
    assert checked.warnings == []
    assert checked.diff == door.done({"items": branch()}).diff


@pytest.mark.parametrize("items, words", [
    ([{"zone": {"name": "vpn"}, "monitor_profile": {"name": "fast"}}], ("items[1]", "exactly one resource")),
    ([{}], ("items[1]", "exactly one resource")),
    (branch() + [{"monitor_profile": {"name": "fast", "interval": 1}}], ("items[8] (monitor_profile)", "interval")),
    ([{"proxy_id": {"tunnel": "nowhere", "name": "lan"}}], ("proxy_id 'lan'", "'nowhere' (there is branch-7)")),
    ([{"bgp_peer": {"virtual_router": "default", "peer_group": "g", "name": "p", "peer_as": "65001"}}], ("items[1] (bgp_peer)", "has no BGP")),
    ([{"tunnel_interface": {"name": "tunnel.7", "zone": "trust"}}], ("items[1] (tunnel_interface)", "zone 'branch'")),
], ids=["two resources in one item", "no resource", "a value out of range", "a proxy ID without its tunnel", "a peer without BGP",
        "an interface of another zone"])
def test_a_bad_item_is_named_before_anything_is_written(door, items, words):
    door.refused({"items": items}, *words)


def test_what_the_firewall_refuses_leaves_the_candidate_as_it_was(door):
    before = door.control.candidate()
    door.control.fault("operation_error", when={"action": "multi-config"}, number=4, code=12, message="is invalid")
    result = door.run({"items": branch()})
    assert result.failed
    assert "is invalid" in result.message and "nothing was written" in result.message
    assert door.control.candidate() == before
    assert KEY not in result.everything()


def test_many_operations_go_in_chunks_and_a_late_refusal_undoes_the_early_ones(door):
    items = [{"monitor_profile": {"name": f"profile-{number}"}} for number in range(700)]
    before = door.candidate()
    door.control.fault("operation_error", when={"action": "multi-config", "number": 4}, number=200, code=12, message="no more room")
    result = door.run({"items": items})
    assert result.failed
    assert "monitor_profile 'profile-" in result.message and "no more room" in result.message and "were undone" in result.message
    assert door.candidate() == before
    assert door.done({"items": items}).changed
    assert [len(request["operations"]) for request in door.control.requests() if request["action"] == "multi-config"] == [500, 200]


def test_the_examples_run(door):
    for task in yaml.safe_load(transaction.EXAMPLES):
        assert door.done(task["tunnelsmith.panos_vpn.transaction"]).changed


def test_places_of_all_objects_come_back(door):
    objects = door.done({"items": branch()}).values["objects"]
    assert f"{NETWORK}/ike/gateway/entry[@name='branch-9']" in objects
    assert f"{VSYS}/zone/entry[@name='vpn']" in objects
