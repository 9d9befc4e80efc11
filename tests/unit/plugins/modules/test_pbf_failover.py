# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The module pbf_failover: several rules that stand for one thing."""

from __future__ import annotations

import xml.etree.ElementTree as ET

import pytest

from ansible_collections.tunnelsmith.panos_vpn.plugins.modules import pbf_failover, transaction
from ansible_collections.tunnelsmith.panos_vpn.tests.unit.plugins.modules.door import UNITS, VSYS, Case, Door, DoorContract

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
        <action>{'<discard/>' if name == 'aws-discard' else forward}</action><description>{line(name)}</description>{more}</entry>"""


def line(rule, failover="aws"):
    """What makes a rule part of a set."""
    return f'tunnelsmith pbf_failover {{"failover":"{failover}","rule":"{rule}"}}'


@pytest.fixture
def firewalls(firewalls):
    """With the tunnel interfaces that are referred to."""
    def start(**arguments):
        found = firewalls(**arguments)
        for xpath, element in UNITS:
            found.control.plant(xpath, element)
        return found

    return start


class TestPbfFailover(DoorContract):
    case = Case(
        pbf_failover,
        identity={"name": "aws"},
        options={**TRAFFIC, **ANY, "paths": [FIRST, SECOND], "when_all_down": "discard"},
        needs=UNITS,
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


HANDMADE = """<entry name="{name}"><from><zone><member>guest</member></zone></from><source><member>10.66.0.0/16</member></source>
    <destination><member>any</member></destination><source-user><member>any</member></source-user><application><member>any</member></application>
    <service><member>any</member></service><action>{action}</action>{more}</entry>"""
ELSEWHERE = "<forward><egress-interface>ethernet1/7</egress-interface><nexthop><ip-address>203.0.113.5</ip-address></nexthop></forward>"


def plant(door, name, action=ELSEWHERE, more=""):
    door.control.plant(RULES, HANDMADE.format(name=name, action=action, more=more))


ACTIONS = {"forwards": ELSEWHERE, "discards": "<discard/>", "is an exception": "<no-pbf/>"}


@pytest.mark.parametrize("action", ACTIONS.values(), ids=ACTIONS.keys())
@pytest.mark.parametrize("name", ["aws-1", "aws-2", "aws-7", "aws-discard"])
class TestRulesOfOthers:
    """A rule is no part of a set because it is called like one."""

    @pytest.fixture
    def door(self, firewalls, name, action):
        door = Door(pbf_failover, firewalls())
        plant(door, name, action)
        return door

    def test_are_not_gathered(self, door):
        assert door.done({}, state="gathered").values["gathered"] == []

    @pytest.mark.parametrize("state", ["present", "replaced"])
    @pytest.mark.parametrize("check", [False, True])
    def test_are_refused_by_name(self, door, name, state, check):
        door.refused(NEW, f"'{name}'", line(name), state=state, check=check)

    @pytest.mark.parametrize("check", [False, True])
    def test_stay_where_the_set_is_to_go_and_are_told(self, door, name, check):
        absent = {"name": "aws", "state": "absent"}
        for module, options in ((pbf_failover, absent), (transaction, {"items": [{"pbf_failover": absent}]})):
            result = door.done(options, module=module, check=check)
            assert not result.changed and door.writes() == []
            assert [warning for warning in result.warnings if f"'{name}'" in warning and "nothing was removed" in warning]


def copied(door, name, newname):
    rule = ET.fromstring(door.control.candidate(f"{RULES}/entry[@name='{name}']"))
    rule.set("name", newname)
    door.control.plant(RULES, ET.tostring(rule, encoding="unicode"))


def renamed(door, name, newname):
    copied(door, name, newname)
    door.control.edit_as("somebody", "move", f"{RULES}/entry[@name='{newname}']", where="after", dst=name)
    door.control.edit_as("somebody", "delete", f"{RULES}/entry[@name='{name}']")


def test_a_rule_of_others_that_comes_later_stays(firewalls):
    door = Door(pbf_failover, firewalls())
    door.done(NEW)
    plant(door, "aws-3")
    before = door.candidate(f"{RULES}/entry[@name='aws-3']")
    assert not door.done(NEW).changed
    door.refused({"name": "aws", "paths": [FIRST, SECOND, path("tunnel.13", "169.254.12.1")]}, "'aws-3'")
    door.done({"name": "aws", "paths": [FIRST]})
    door.done({"name": "aws"}, state="absent")
    assert rules(door) == ["guest-dsl", "aws-3"]
    assert door.candidate(f"{RULES}/entry[@name='aws-3']") == before


def fed_back(door):
    """What is gathered, given back in both states: nothing may be sent."""
    gathered = door.done({"name": "aws"}, state="gathered").values["gathered"]
    for state in ("present", "replaced"):
        for options in gathered:
            assert not door.done(options, state=state).changed, (state, door.writes())
    return gathered[0]


def test_a_line_of_the_set_makes_a_rule_part_of_it(firewalls):
    door = Door(pbf_failover, firewalls())
    plant(door, "aws-1", more=f"<description>by hand\n{line('aws-1')}</description>")
    assert fed_back(door)["description"] == "by hand"
    door.done({"name": "aws"}, state="absent")
    assert rules(door) == ["guest-dsl"]


def test_the_line_survives_what_people_write_around_it(firewalls):
    door = Door(pbf_failover, firewalls())
    door.done({**NEW, "description": "LAN to the cloud"})
    for name in OWN:
        assert door.text(f"{RULES}/entry[@name='{name}']/description") == f"LAN to the cloud\n{line(name)}"
    door.control.edit_as("somebody", "set", f"{RULES}/entry[@name='aws-1']", f"<description>{line('aws-1')}\n ticket 7, &amp; more\n</description>")
    assert not door.done(NEW).changed
    assert "description" not in fed_back(door)
    door.done({**NEW, "description": "LAN to AWS"})
    assert fed_back(door)["description"] == "LAN to AWS"
    door.done({**NEW, "tag": []}, state="replaced")
    assert [door.text(f"{RULES}/entry[@name='{name}']/description") for name in OWN] == [line(name) for name in OWN]


def test_a_rule_that_lost_its_line_is_somebody_elses(firewalls):
    door = Door(pbf_failover, firewalls())
    door.done(NEW)
    door.control.edit_as("somebody", "set", f"{RULES}/entry[@name='aws-2']", "<description>mine now</description>")
    door.refused(NEW, "'aws-2'")
    assert [path["egress_interface"] for path in fed_back(door)["paths"]] == ["tunnel.11"]
    door.done({"name": "aws"}, state="absent")
    assert rules(door) == ["guest-dsl", "aws-2"]
    assert not door.done({"name": "aws"}, state="absent").changed


def test_a_renamed_rule_stays_part_of_the_set(firewalls):
    door = Door(pbf_failover, firewalls())
    door.done(NEW)
    for number, name in enumerate(OWN):
        renamed(door, name, f"way {number}")
    fed_back(door)
    assert not door.done(NEW).changed
    door.done({"name": "aws", "paths": [SECOND], "when_all_down": "route"})
    assert rules(door) == ["guest-dsl", "way 1"]
    door.done({"name": "aws", "paths": [FIRST, SECOND]})
    assert rules(door) == ["guest-dsl", "aws-1", "way 1"]
    door.done({"name": "aws"}, state="absent")
    assert rules(door) == ["guest-dsl"]


def test_rules_in_another_order_are_told_in_that_order(firewalls):
    door = Door(pbf_failover, firewalls())
    door.done({**NEW, "when_all_down": "route"})
    door.control.edit_as("somebody", "move", f"{RULES}/entry[@name='aws-2']", where="top")
    assert fed_back(door)["paths"] == [SECOND, FIRST]
    door.done(NEW)
    assert fed_back(door)["paths"] == [FIRST, SECOND]


def test_a_last_rule_that_stands_above_a_path_is_not_told_as_one(firewalls):
    door = Door(pbf_failover, firewalls())
    door.done(NEW)
    door.control.edit_as("somebody", "move", f"{RULES}/entry[@name='aws-discard']", where="top")
    assert "when_all_down" not in fed_back(door)
    door.done(NEW)
    assert [name for name in rules(door) if name in OWN] == OWN


@pytest.mark.parametrize("gone", OWN)
def test_a_set_that_lost_a_rule(firewalls, gone):
    door = Door(pbf_failover, firewalls())
    door.done(NEW)
    door.control.edit_as("somebody", "delete", f"{RULES}/entry[@name='{gone}']")
    fed_back(door)
    assert door.done(NEW).changed
    assert [name for name in rules(door) if name in OWN] == OWN
    assert not door.done(NEW).changed


def test_a_disabled_rule_stays_disabled(firewalls):
    door = Door(pbf_failover, firewalls())
    door.done(NEW)
    door.control.edit_as("somebody", "set", f"{RULES}/entry[@name='aws-2']", "<disabled>yes</disabled>")
    assert "disabled" not in fed_back(door)
    assert door.text(f"{RULES}/entry[@name='aws-2']/disabled") == "yes"
    door.done({"name": "aws", "disabled": False})
    assert fed_back(door)["disabled"] is False


OF_ONE_RULE = {
    "source": "<source><member>10.9.0.0/16</member></source>", "zone": "<from><zone><member>guest</member></zone></from>",
    "tag": "<tag><member>mine</member></tag>", "group tag": "<group-tag>mine</group-tag>", "schedule": "<schedule>night</schedule>",
    "negated": "<negate-source>yes</negate-source>", "symmetric": "<enforce-symmetric-return><enabled>yes</enabled></enforce-symmetric-return>",
    "text": "<description>{line}\nmine</description>", "default": "<negate-source>no</negate-source>",
}


@pytest.mark.parametrize("name", OWN)
@pytest.mark.parametrize("element", OF_ONE_RULE.values(), ids=OF_ONE_RULE.keys())
def test_what_one_rule_has_of_its_own_is_neither_told_nor_spread(firewalls, element, name):
    door = Door(pbf_failover, firewalls())
    door.control.plant(f"{VSYS}/tag", '<entry name="mine"/>')
    door.control.plant(f"{VSYS}/schedule", '<entry name="night"><schedule-type><recurring><daily>'
                       '<member>22:00-23:00</member></daily></recurring></schedule-type></entry>')
    door.done(NEW)
    door.control.plant(f"{RULES}/entry[@name='{name}']", element.format(line=line(name)))
    before = door.control.candidate(RULES)
    fed_back(door)
    assert door.control.candidate(RULES) == before


@pytest.mark.parametrize("action", ["<no-pbf/>", "<discard/>", "<forward-to-vsys>vsys2</forward-to-vsys>"])
def test_a_rule_of_ours_that_somebody_made_something_else_is_left_until_its_path_is_given(firewalls, action):
    door = Door(pbf_failover, firewalls())
    door.done({**NEW, "when_all_down": "route"})
    other = ET.fromstring(door.control.candidate(f"{RULES}/entry[@name='aws-2']"))
    other[:] = [ET.fromstring(f"<action>{action}</action>") if child.tag == "action" else child for child in other]
    door.control.edit_as("somebody", "delete", f"{RULES}/entry[@name='aws-2']")
    door.control.plant(RULES, ET.tostring(other, encoding="unicode"))
    assert fed_back(door)["paths"] == [FIRST]
    if "discard" not in action:
        door.done({"name": "aws", "paths": [FIRST, SECOND]})
        assert fed_back(door)["paths"] == [FIRST, SECOND]
    door.done({"name": "aws"}, state="absent")
    assert rules(door) == ["guest-dsl"]


def test_a_clone_of_a_rule_is_its_makers(firewalls):
    door = Door(pbf_failover, firewalls())
    door.done(NEW)
    copied(door, "aws-1", "aws-1-guests")
    fed_back(door)
    assert not door.done(NEW).changed
    door.done({"name": "aws"}, state="absent")
    assert rules(door) == ["guest-dsl", "aws-1-guests"]


def test_a_line_without_a_name_makes_no_set(firewalls):
    door = Door(pbf_failover, firewalls())
    plant(door, "one", more=f"<description>{line('aws-1').replace('aws-1', '')}</description>")
    plant(door, "two", more=f"<description>{line('aws-1').replace(chr(34) + 'aws' + chr(34), chr(34) * 2)}</description>")
    assert door.done({}, state="gathered").values["gathered"] == []


def test_two_copies_without_an_original_are_refused(firewalls):
    door = Door(pbf_failover, firewalls())
    for name in ("one", "two"):
        plant(door, name, more=f"<description>{line('aws-1')}</description>")
    for state in ("present", "replaced", "absent"):
        door.refused(NEW if state != "absent" else {"name": "aws"}, "'one', 'two'", line("aws-1"), state=state)


def test_a_description_leaves_room_for_the_line(firewalls):
    door = Door(pbf_failover, firewalls())
    room = 1024 - len(line("aws-discard")) - 1
    door.refused({**NEW, "description": "x" * (room + 1)}, "description", str(room))
    door.done({**NEW, "description": "x" * room})
    assert fed_back(door)["description"] == "x" * room
