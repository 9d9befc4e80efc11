# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The module pbf_failover: several rules that stand for one thing."""

from __future__ import annotations

import xml.etree.ElementTree as ET

import pytest

from ansible_collections.tunnelsmith.panos_vpn.plugins.modules import pbf_failover
from ansible_collections.tunnelsmith.panos_vpn.tests.unit.plugins.modules.door import VSYS, Case, Door, DoorContract

RULES = f"{VSYS}/rulebase/pbf/rules"


def path(interface, hop, **monitor):
    return {"egress_interface": interface, "nexthop": {"ip_address": hop}, "monitor": {"profile": "default", "disable_if_unreachable": True, **monitor}}


FIRST, SECOND = path("tunnel.11", "169.254.10.1"), path("tunnel.12", "169.254.11.1")
ANY = {option: ["any"] for option in ("source_user", "application", "service")}
TRAFFIC = {"from": {"zone": ["trust"]}, "source": ["10.10.0.0/24"], "destination": ["172.31.0.0/16"]}
NEW = {"name": "aws", **TRAFFIC, "paths": [FIRST, SECOND], "when_all_down": "discard"}
OWN = ["aws-1", "aws-2", "aws-discard"]


def entry(name="aws-1", interface="tunnel.11", hop="169.254.10.1", destination="<member>172.31.0.0/16</member>", more=""):
    forward = f"""<forward><egress-interface>{interface}</egress-interface><nexthop><ip-address>{hop}</ip-address></nexthop>
        <monitor><profile>default</profile><disable-if-unreachable>yes</disable-if-unreachable></monitor></forward>"""
    return f"""<entry name="{name}"><from><zone><member>trust</member></zone></from><source><member>10.10.0.0/24</member></source>
        <destination>{destination}</destination><source-user><member>any</member></source-user>
        <application><member>any</member></application><service><member>any</member></service>
        <action>{'<discard/>' if name == 'aws-discard' else forward}</action>{more}</entry>"""


class TestPbfFailover(DoorContract):
    case = Case(
        pbf_failover,
        identity={"name": "aws"},
        options={**TRAFFIC, **ANY, "paths": [FIRST, SECOND], "when_all_down": "discard"},
        place=f"{RULES}/entry[@name='aws-1']",
        memberships=(f"{RULES}/entry[@name='aws-2']", f"{RULES}/entry[@name='aws-discard']"),
        entry=entry(),
        change={"paths": [path("tunnel.13", "169.254.10.1"), SECOND]},
        writes=[("set", "")],
        changed=entry(interface="tunnel.13"),
        replacement={**TRAFFIC, **ANY, "destination": ["172.30.0.0/16"], "paths": [FIRST]},
        replaced=entry(destination="<member>172.30.0.0/16</member>"),
    )


def rules(door):
    return [rule.get("name") for rule in ET.fromstring(door.control.candidate(RULES))]


def test_one_rule_a_path_in_order_and_a_last_one_that_discards(firewalls):
    door = Door(pbf_failover, firewalls())
    door.done({**NEW, "position": "before", "position_rule": "guest-dsl"})
    assert rules(door) == [*OWN, "guest-dsl"]
    assert door.stands(f"{RULES}/entry[@name='aws-2']", entry("aws-2", "tunnel.12", "169.254.11.1"))
    assert door.stands(f"{RULES}/entry[@name='aws-discard']", entry("aws-discard"))


def test_new_rules_get_any_where_nothing_is_given(firewalls):
    door = Door(pbf_failover, firewalls())
    door.done({"name": "aws", "from": {"zone": ["trust"]}, "paths": [FIRST]})
    gathered = door.done({"name": "aws"}, state="gathered").values["gathered"]
    assert gathered == [{"name": "aws", "from": {"zone": ["trust"]}, "source": ["any"], "destination": ["any"], **ANY,
                         "paths": [FIRST], "when_all_down": "route"}]


def test_the_list_of_paths_is_set_as_given(firewalls):
    door = Door(pbf_failover, firewalls())
    door.done(NEW)
    door.done({"name": "aws", "paths": [SECOND]})
    assert rules(door) == ["guest-dsl", "aws-1", "aws-discard"]
    assert door.stands(f"{RULES}/entry[@name='aws-1']", entry("aws-1", "tunnel.12", "169.254.11.1"))
    third = path("tunnel.13", "169.254.12.1")
    options = {"name": "aws", "paths": [FIRST, SECOND, third]}
    door.done(options)
    assert rules(door) == ["guest-dsl", "aws-1", "aws-2", "aws-3", "aws-discard"]
    assert not door.done(options).changed


def test_a_new_path_carries_the_same_traffic(firewalls):
    door = Door(pbf_failover, firewalls())
    door.done({**NEW, "paths": [FIRST]})
    door.done({"name": "aws", "paths": [FIRST, SECOND]})
    assert door.stands(f"{RULES}/entry[@name='aws-2']", entry("aws-2", "tunnel.12", "169.254.11.1"))


def test_what_somebody_added_to_one_rule_stays_there_alone(firewalls):
    door = Door(pbf_failover, firewalls())
    door.done(NEW)
    door.control.edit_as("somebody", "set", f"{RULES}/entry[@name='aws-1']/source", "<member>10.10.9.9</member>")
    assert not door.done(NEW).changed
    assert not door.done({"name": "aws", "paths": [FIRST, SECOND]}).changed
    assert door.stands(f"{RULES}/entry[@name='aws-2']", entry("aws-2", "tunnel.12", "169.254.11.1"))


def test_traffic_is_changed_in_all_rules(firewalls):
    door = Door(pbf_failover, firewalls())
    door.done(NEW)
    door.done({"name": "aws", "destination": ["172.30.0.0/16"]})
    both = "<member>172.31.0.0/16</member><member>172.30.0.0/16</member>"
    assert door.stands(f"{RULES}/entry[@name='aws-2']", entry("aws-2", "tunnel.12", "169.254.11.1", both))
    assert door.stands(f"{RULES}/entry[@name='aws-discard']", entry("aws-discard", destination=both))


def test_the_last_rule_comes_and_goes(firewalls):
    door = Door(pbf_failover, firewalls())
    door.done({**NEW, "when_all_down": "route"})
    assert rules(door) == ["guest-dsl", "aws-1", "aws-2"]
    door.done({"name": "aws", "when_all_down": "discard"})
    assert rules(door) == ["guest-dsl", *OWN]
    assert door.stands(f"{RULES}/entry[@name='aws-discard']", entry("aws-discard"))
    door.done({"name": "aws", "when_all_down": "route"})
    assert rules(door) == ["guest-dsl", "aws-1", "aws-2"]


def test_rules_in_the_wrong_order_are_put_right(firewalls):
    door = Door(pbf_failover, firewalls())
    door.done(NEW)
    door.control.edit_as("somebody", "move", f"{RULES}/entry[@name='aws-2']", where="top")
    assert door.done(NEW).changed
    assert [name for name in rules(door) if name in OWN] == OWN
    assert not door.done(NEW).changed


def test_rules_of_others_may_stand_between(firewalls):
    door = Door(pbf_failover, firewalls())
    door.done(NEW)
    door.control.edit_as("somebody", "move", f"{RULES}/entry[@name='guest-dsl']", where="after", dst="aws-1")
    assert not door.done(NEW).changed


def test_interfaces_take_the_place_of_zones(firewalls):
    door = Door(pbf_failover, firewalls())
    door.done({**NEW, "paths": [FIRST], "when_all_down": "route"})
    door.done({"name": "aws", "from": {"interface": ["ae1.10"]}})
    assert door.stands(f"{RULES}/entry[@name='aws-1']/from", "<from><interface><member>ae1.10</member></interface></from>")


def test_a_path_can_lose_its_monitor(firewalls):
    """A path that is given is set as given."""
    door = Door(pbf_failover, firewalls())
    door.done({**NEW, "paths": [FIRST]})
    door.done({"name": "aws", "paths": [{"egress_interface": "tunnel.11", "nexthop": {"ip_address": "169.254.10.1"}}]})
    gathered = door.done({"name": "aws"}, state="gathered").values["gathered"][0]
    assert gathered["paths"] == [{"egress_interface": "tunnel.11", "nexthop": {"ip_address": "169.254.10.1"}}]


def test_only_rules_of_this_name_belong_to_it(firewalls):
    door = Door(pbf_failover, firewalls())
    door.done(NEW)
    door.done({**NEW, "name": "aws-2"})
    door.done({"name": "aws"}, state="absent")
    assert rules(door) == ["guest-dsl", "aws-2-1", "aws-2-2", "aws-2-discard"]


REFUSALS = {
    "new rules without paths": ({"paths": None}, "paths"),
    "new rules without a source": ({"from": None}, "from"),
    "a path without an interface": ({"paths": [{"nexthop": {"ip_address": "169.254.10.1"}}]}, "egress_interface"),
    "a monitor without a target": ({"paths": [{"egress_interface": "tunnel.11", "monitor": {"profile": "default"}}]}, "paths[tunnel.11].monitor.ip_address"),
    "a fate that does not exist": ({"when_all_down": "panic"}, "when_all_down"),
    "a name that is too long": ({"name": "p" * 55}, "55 characters"),
    "a place beside a rule that is not there": ({"position": "after", "position_rule": "nobody"}, "nobody"),
}


@pytest.mark.parametrize("options, words", REFUSALS.values(), ids=REFUSALS.keys())
def test_refuses(firewalls, options, words):
    given = {option: value for option, value in {**NEW, **options}.items() if value is not None}
    Door(pbf_failover, firewalls()).refused(given, words)
