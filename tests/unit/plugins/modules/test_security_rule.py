# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The module security_rule."""

from __future__ import annotations

import xml.etree.ElementTree as ET

import pytest

from ansible_collections.tunnelsmith.panos_vpn.plugins.modules import security_rule
from ansible_collections.tunnelsmith.panos_vpn.tests.unit.plugins.modules.door import VSYS, Case, Door, DoorContract

RULES = f"{VSYS}/rulebase/security/rules"
PLACE = f"{RULES}/entry[@name='to lyon']"
THERE = ["office to internet", "office to servers", "branch 7 both ways", "branch 7 keys", "deny the rest"]
NEW = {"name": "to lyon", "from": ["trust"], "to": ["branch"], "action": "allow"}
ANY = "<member>any</member>"


def entry(source="<member>office-lan</member>", more="", service="<member>application-default</member>", log="<log-end>no</log-end>"):
    return f"""<entry name="to lyon"><from><member>trust</member></from><to><member>branch</member></to><source>{source}</source>
        <destination>{ANY}</destination><application>{ANY}</application><service>{service}</service><action>allow</action>{log}{more}</entry>"""


class TestSecurityRule(DoorContract):
    case = Case(
        security_rule,
        identity={"name": "to lyon"},
        options={"from": ["trust"], "to": ["branch"], "source": ["office-lan"], "destination": ["any"], "application": ["any"],
                 "service": ["application-default"], "action": "allow", "log_end": False},
        place=PLACE,
        entry=entry(),
        change={"description": "office to Lyon"},
        writes=[("set", "")],
        changed=entry(more="<description>office to Lyon</description>"),
        replacement={"from": ["trust"], "to": ["branch"], "source": ["server-lan"], "destination": ["any"], "application": ["any"],
                     "service": ["any"], "action": "allow"},
        replaced=entry("<member>server-lan</member>", service=ANY, log=""),
    )


def names(door):
    return [rule.get("name") for rule in ET.fromstring(door.control.candidate(RULES))]


def test_a_new_rule_is_for_the_ports_of_each_application(firewalls):
    door = Door(security_rule, firewalls())
    door.done(NEW)
    assert door.stands(PLACE, entry(ANY, log=""))


POSITIONS = {
    "at the end": ({}, THERE + ["to lyon"]),
    "first": ({"position": "top"}, ["to lyon"] + THERE),
    "last": ({"position": "bottom"}, THERE + ["to lyon"]),
    "above another": ({"position": "before", "position_rule": "deny the rest"}, THERE[:4] + ["to lyon"] + THERE[4:]),
    "below another": ({"position": "after", "position_rule": "office to servers"}, THERE[:2] + ["to lyon"] + THERE[2:]),
}


@pytest.mark.parametrize("position, order", POSITIONS.values(), ids=POSITIONS.keys())
def test_where_a_new_rule_stands(firewalls, position, order):
    door = Door(security_rule, firewalls())
    checked = door.done({**NEW, **position}, check=True)
    assert door.done({**NEW, **position}).diff == checked.diff
    assert names(door) == order
    again = door.done({**NEW, **position})
    assert not again.changed
    assert door.writes() == []


def test_a_rule_is_moved_only_where_it_stands_wrong(firewalls):
    door = Door(security_rule, firewalls())
    door.done({**NEW, "position": "top"})
    assert not door.done({"name": "to lyon", "position": "before", "position_rule": "deny the rest"}).changed
    result = door.done({"name": "to lyon", "position": "after", "position_rule": "branch 7 keys"})
    assert [action for action, dummy in door.writes()] == ["move"]
    assert result.diff["before"] != result.diff["after"]
    assert names(door).index("to lyon") > names(door).index("branch 7 keys")
    assert [name for name in names(door) if name != "to lyon"] == THERE


def test_members_are_added_and_uuids_stay(firewalls):
    door = Door(security_rule, firewalls())
    place = f"{RULES}/entry[@name='office to servers']"
    uuid = ET.fromstring(door.control.candidate(place)).get("uuid")
    door.done({"name": "office to servers", "source": ["10.10.1.0/24"]})
    found = ET.fromstring(door.control.candidate(place))
    assert found.get("uuid") == uuid
    assert [member.text for member in found.find("source")] == ["office-lan", "10.10.1.0/24"]


def test_profiles_take_the_place_of_a_group(firewalls):
    door = Door(security_rule, firewalls())
    door.done({**NEW, "profile_setting": {"group": ["strict"]}})
    profiles = {"virus": ["default"], "url_filtering": ["default"]}
    door.done({"name": "to lyon", "profile_setting": {"profiles": profiles}})
    assert door.stands(f"{PLACE}/profile-setting", """<profile-setting><profiles><virus><member>default</member></virus>
        <url-filtering><member>default</member></url-filtering></profiles></profile-setting>""")


def test_rules_are_gathered_in_their_order(firewalls):
    door = Door(security_rule, firewalls())
    assert [rule["name"] for rule in door.done({}, state="gathered").values["gathered"]] == THERE


@pytest.mark.parametrize("left", ["<tag/>", "<group-tag/>", "<source-user/>", "<profile-setting/>", "<profile-setting><group/></profile-setting>",
                                  "<option/>", "<description/>", "<schedule> </schedule>"])
def test_empty_elements_are_no_difference(firewalls, left):
    door = Door(security_rule, firewalls())
    door.done(NEW)
    name = NEW["name"]
    door.control.plant(f"{RULES}/entry[@name='{name}']", left)
    told = door.done({"name": name}, state="gathered").values["gathered"][0]
    for state in ("present", "replaced"):
        assert not door.done(told, state=state).changed
        assert door.writes() == []


REFUSALS = {
    "a new rule without zones": ({"from": None}, "from"),
    "a new rule without an action": ({"action": None}, "action"),
    "an action that does not exist": ({"action": "perhaps"}, "action"),
    "two kinds of services": ({"service": ["application-default", "service-http"]}, "service: application-default"),
    "a place beside no rule": ({"position": "before"}, "position_rule"),
    "a rule to stand beside and no side": ({"position_rule": "deny the rest"}, "position"),
    "a place beside a rule that is not there": ({"position": "after", "position_rule": "nobody"}, "nobody"),
    "a name that is too long": ({"name": "r" * 64}, "64 characters"),
    "a description that is too long": ({"description": "d" * 1025}, "description: 1025 characters"),
}


@pytest.mark.parametrize("options, words", REFUSALS.values(), ids=REFUSALS.keys())
def test_refuses(firewalls, options, words):
    given = {option: value for option, value in {**NEW, **options}.items() if value is not None}
    Door(security_rule, firewalls()).refused(given, words)
