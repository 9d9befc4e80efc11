# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The module pbf_rule: rules of any name, beside the sets of pbf_failover."""

from __future__ import annotations

import xml.etree.ElementTree as ET

import pytest

from ansible_collections.tunnelsmith.panos_vpn.plugins.modules import pbf_failover, pbf_rule, transaction
from ansible_collections.tunnelsmith.panos_vpn.tests.unit.plugins.modules.door import UNITS, VSYS, Case, Door, DoorContract

RULES = f"{VSYS}/rulebase/pbf/rules"
ANY = {option: ["any"] for option in ("source_user", "application", "service")}
TRAFFIC = {"from": {"zone": ["trust"]}, "source": ["10.10.0.0/24"], "destination": ["172.31.0.0/16"]}
FORWARD = {"egress_interface": "tunnel.11", "nexthop": {"ip_address": "169.254.10.1"}}
NEW = {"name": "to-partner", **TRAFFIC, "action": {"forward": FORWARD}}


def entry(action="<forward><egress-interface>tunnel.11</egress-interface><nexthop><ip-address>169.254.10.1</ip-address></nexthop></forward>", more=""):
    return f"""<entry name="to-partner"><from><zone><member>trust</member></zone></from><source><member>10.10.0.0/24</member></source>
        <destination><member>172.31.0.0/16</member></destination><source-user><member>any</member></source-user>
        <application><member>any</member></application><service><member>any</member></service><action>{action}</action>{more}</entry>"""


class TestPbfRule(DoorContract):
    case = Case(
        pbf_rule,
        identity={"name": "to-partner"},
        options={**TRAFFIC, **ANY, "action": {"forward": FORWARD}},
        needs=UNITS,
        place=f"{RULES}/entry[@name='to-partner']",
        entry=entry(),
        change={"description": "to the partner"},
        writes=[("set", "")],
        changed=entry(more="<description>to the partner</description>"),
        replacement={**TRAFFIC, **ANY, "action": {"discard": True}},
        replaced=entry("<discard/>"),
    )


@pytest.fixture
def door(firewalls):
    """With the tunnel interfaces that are referred to."""
    door = Door(pbf_rule, firewalls())
    for xpath, element in UNITS:
        door.control.plant(xpath, element)
    return door


def rules(door):
    return [rule.get("name") for rule in ET.fromstring(door.control.candidate(RULES))]


ACTIONS = ({"forward": FORWARD}, {"forward_to_vsys": "vsys2"}, {"discard": True}, {"no_pbf": True})


@pytest.mark.parametrize("before", ACTIONS, ids=lambda action: next(iter(action)))
@pytest.mark.parametrize("after", ACTIONS, ids=lambda action: next(iter(action)))
def test_one_action_takes_the_place_of_another(door, before, after):
    door.done({**NEW, "action": before})
    assert door.done({"name": "to-partner", "action": after}).changed is (before is not after)
    assert door.done({"name": "to-partner"}, state="gathered").values["gathered"] == [{**NEW, **ANY, "action": after}]


@pytest.mark.parametrize("position, expected", [
    ({"position": "top"}, 0), ({"position": "bottom"}, -1), ({"position": "before", "position_rule": "guest-dsl"}, 0), ({}, -1),
])
def test_position(door, position, expected):
    door.done({**NEW, **position})
    assert rules(door)[expected] == "to-partner"
    assert not door.done({**NEW, **position}).changed


@pytest.mark.parametrize("action, words", [
    ({"forward": {"nexthop": {"ip_address": "169.254.10.1"}}}, ["action.forward.egress_interface"]),
    ({"forward": {"egress_interface": "tunnel.11", "monitor": {"profile": "default"}}}, ["action.forward.monitor.ip_address", "next hop"]),
])
def test_a_way_needs_an_interface_and_its_monitor_an_address(door, action, words):
    door.refused({**NEW, "action": action}, *words)
    door.done({**NEW, "action": {"discard": True}})
    door.refused({"name": "to-partner", "action": action}, *words)


def test_a_monitor_is_added_to_a_way_that_is_there(door):
    door.done(NEW)
    monitor = {"profile": "default", "disable_if_unreachable": True}
    door.done({"name": "to-partner", "action": {"forward": {"monitor": monitor}}})
    assert door.done({"name": "to-partner"}, state="gathered").values["gathered"][0]["action"] == {"forward": {**FORWARD, "monitor": monitor}}


def test_a_new_rule_needs_an_action_and_a_source(door):
    door.refused({"name": "to-partner", **TRAFFIC}, "action")
    door.refused({"name": "to-partner", "action": {"discard": True}}, "from.zone")


SET = {"name": "aws", **TRAFFIC, "paths": [{"egress_interface": "tunnel.11", "nexthop": {"ip_address": "169.254.10.1"}}], "when_all_down": "discard"}


@pytest.mark.parametrize("state", ["present", "replaced", "absent"])
def test_a_rule_of_a_set_is_the_sets(door, state):
    door.done(SET, module=pbf_failover)
    before = door.candidate()
    options = {**NEW, "name": "aws-1"} if state != "absent" else {"name": "aws-1"}
    checked = door.refused(options, "'aws-1'", "pbf_failover set 'aws'", state=state, check=True)
    assert door.refused(options, state=state).message == checked.message
    items = [{"pbf_rule": {**options, "state": state}}]
    assert "set 'aws'" in door.refused({"items": items}, module=transaction).message
    assert door.candidate() == before


def test_rules_of_sets_are_not_gathered_and_named(door):
    door.done(SET, module=pbf_failover)
    door.done(NEW)
    result = door.done({}, state="gathered")
    assert [rule["name"] for rule in result.values["gathered"]] == ["guest-dsl", "to-partner"]
    assert result.warnings == ["pbf_rule: 'aws-1', 'aws-discard' are left out, part of the pbf_failover set 'aws'"]
    for options in result.values["gathered"]:
        assert not door.done(options).changed
        assert not door.done(options, state="replaced").changed
