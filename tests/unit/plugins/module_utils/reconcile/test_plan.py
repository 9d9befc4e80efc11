# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What must change, and nothing else: the decision that every module rests on."""

from __future__ import annotations

import copy
import xml.etree.ElementTree as ET

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.configuration import path as places
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.configuration.secrets import printable_forms
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.configuration.tree import applied
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.errors import InvalidInput, Refused
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.reconcile.diff import diff
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.reconcile.inverse import inverse
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.reconcile.plan import in_reference_order, plan
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.tables.desired import UNSET, DesiredEntry, DesiredMember
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.tables.table import Leaf, Table
from ansible_collections.tunnelsmith.panos_vpn.tests.unit.plugins.module_utils.reconcile import specimen
from ansible_collections.tunnelsmith.panos_vpn.tests.unit.plugins.module_utils.reconcile.specimen import base, canonical, configuration, lamp, place

every_case = settings(deadline=None, derandomize=True, max_examples=150)


def planned(values, existing="", state="present", **more):
    return plan([[lamp(values, state, **more)]], configuration(existing), base)


def below(operations) -> list:
    """(action, path below the lamp, element) of operations."""
    return [(operation.action, places.render(operation.path[len(place()):]), operation.element) for operation in operations]


DECISIONS = {
    "a missing one is made with what a new one gets": (
        {"rooms": ["hall"]}, "", [("set", "", "<colour>white</colour><power><watts>40</watts></power><rooms><member>hall</member></rooms>")]),
    "a missing one without anything is made": ({"colour": UNSET, "watts": UNSET}, "", [("edit", "", '<entry name="lamp" />')]),
    "what is there already is left": ({"colour": "red", "watts": 5}, "<colour>red</colour><power><watts>5</watts></power>", []),
    "what is not given is left": ({"colour": "red"}, "<colour>red</colour><power><watts>5</watts></power><flag/>", []),
    "a scalar that differs is set": ({"watts": 6}, "<colour>red</colour><power><watts>5</watts></power>", [("set", "", "<power><watts>6</watts></power>")]),
    "a default that is not written down is no difference": ({"dimmed": False}, "<colour>red</colour>", []),
    "a default that is overwritten is": ({"dimmed": False}, "<power><dimmed>yes</dimmed></power>", [("set", "", "<power><dimmed>no</dimmed></power>")]),
    "an empty element comes": ({"flag": True}, "<colour>red</colour>", [("set", "", "<flag />")]),
    "an empty element goes": ({"flag": False}, "<flag/>", [("delete", "/flag", "")]),
    "members are added": ({"rooms": ["hall", "attic"]}, "<rooms><member>hall</member></rooms>", [("set", "", "<rooms><member>attic</member></rooms>")]),
    "members of others stay": ({"guests": ["ann"]}, "<guests><member>bob</member></guests>", [("set", "", "<guests><member>ann</member></guests>")]),
    "an exact list loses what is not given": (
        {"owners": ["ann"]}, "<owners><member>bob</member><member>ann</member></owners>", [("delete", "/owners/member[text()='bob']", "")]),
    "an ordered list is written as one": (
        {"order": ["b", "a"]}, "<order><member>a</member><member>b</member></order>",
        [("edit", "/order", "<order><member>b</member><member>a</member></order>")]),
    "an ordered list keeps its attributes": (
        {"order": ["b"]}, "<order tomorrow='yes' admin='ann'><member>a</member></order>",
        [("edit", "/order", '<order tomorrow="yes"><member>b</member></order>')]),
    "an ordered list in order is left": ({"order": ["a", "b"]}, "<order><member>a</member><member>b</member></order>", []),
    "a branch takes the place of another": (
        {"place": {"dynamic": True}}, "<place><ip>192.0.2.1</ip></place>", [("delete", "/place/ip", ""), ("set", "", "<place><dynamic /></place>")]),
    "named entries are added and changed": (
        {"timers": [{"name": "a", "minutes": 2}, {"name": "b"}]}, "<timers><entry name='a'><minutes>1</minutes></entry><entry name='c'/></timers>",
        [("set", "", '<timers><entry name="a"><minutes>2</minutes></entry><entry name="b" /></timers>')]),
    "text is escaped": ({"colour": "a&b<c>"}, "<colour>red</colour>", [("set", "", "<colour>a&amp;b&lt;c&gt;</colour>")]),
    "an option that is to go goes": ({"watts": UNSET}, "<colour>red</colour><power><watts>5</watts></power>", [("delete", "/power/watts", "")]),
    "an option that is to go and is gone is left": ({"watts": UNSET}, "<colour>red</colour>", []),
    "a group that is to go goes": ({"place": UNSET}, "<colour>red</colour><place><ip>192.0.2.1</ip></place>", [("delete", "/place", "")]),
    "an equal secret is left": ({"password": "s3cret"}, f"<lock><key>{specimen.stored('s3cret')}</key></lock>", []),
    "another secret is written": (
        {"password": "s3cret2"}, f"<lock><key>{specimen.stored('s3cret')}</key></lock>", [("set", "", "<lock><key>s3cret2</key></lock>")]),
    "a secret that cannot be compared is left": ({"password": "s3cret"}, "<lock><key>********</key></lock>", []),
}


@pytest.mark.parametrize("values, inside, expected", DECISIONS.values(), ids=DECISIONS.keys())
def test_present(values, inside, expected):
    existing = f"<entry name='lamp'>{inside}</entry>" if inside else ""
    assert below(planned(values, existing).operations) == expected


REPLACEMENTS = {
    "what is not given goes": (
        {"colour": "red"}, "<colour>red</colour><order><member>a</member></order><rooms><member>hall</member></rooms>",
        [("delete", "/order", ""), ("delete", "/rooms", "")]),
    "what a new one gets comes back where it was changed": (
        {}, "<power><watts>5</watts></power>", [("set", "", "<power><watts>40</watts></power>")]),
    "members of others stay": ({}, "<guests><member>bob</member></guests>", []),
    "a secret that is not given stays": ({}, f"<lock><key>{specimen.stored('s3cret')}</key></lock>", []),
    "what is not known stays": ({}, "<shade><material>silk</material></shade>", []),
}


@pytest.mark.parametrize("values, inside, expected", REPLACEMENTS.values(), ids=REPLACEMENTS.keys())
def test_replaced(values, inside, expected):
    assert below(planned(values, f"<entry name='lamp'>{inside}</entry>", "replaced").operations) == expected


def test_what_is_not_known_is_named_in_a_warning():
    found = planned({}, "<entry name='lamp'><shade><material>silk</material></shade><power><fuse>3</fuse></power></entry>", "replaced")
    assert [warning for word in ("shade", "power/fuse") for warning in found.warnings if word in warning and "stays" in warning]
    assert len(found.warnings) == 2


@pytest.mark.parametrize("existing, expected", [("<entry name='lamp'/>", [("delete", "", "")]), ("", [])], ids=["there", "missing"])
def test_absent(existing, expected):
    assert below(planned({}, existing, "absent").operations) == expected


def test_a_new_object_without_what_it_needs_is_refused():
    table = Table("lamp", "network", ("lamps",), nodes=specimen.TABLE.nodes, required=("place.ip|place.fqdn", "rooms"))
    with pytest.raises(InvalidInput, match="lamp 'x'.*place.ip or place.fqdn"):
        plan([[DesiredEntry(table, "x", {"rooms": ["hall"]})]], configuration(), base)
    assert plan([[DesiredEntry(table, "x", {"rooms": ["hall"], "place": {"fqdn": "a.example.net"}})]], configuration(), base)


# Order.


KINDS = {"switch": ("lamp",), "lamp": ("socket",), "socket": (), "scene": ("switch", "lamp")}


def thing(kind: str, state="present") -> DesiredEntry:
    nodes = tuple(Leaf(other, other, refers_to=(other,)) for other in KINDS[kind])
    return DesiredEntry(Table(kind, "network", (f"{kind}s",), nodes=nodes), kind, {other: other for other in KINDS[kind]}, state)


@given(st.permutations(sorted(KINDS)))
@every_case
def test_what_is_referred_to_comes_first_and_goes_last(order):
    made = [item.name for item in in_reference_order([thing(kind) for kind in order])]
    gone = [item.name for item in in_reference_order([thing(kind, "absent") for kind in order])]
    for kind, others in KINDS.items():
        for other in others:
            assert made.index(other) < made.index(kind)
            assert gone.index(kind) < gone.index(other)


def test_what_is_wanted_comes_before_what_goes():
    order = in_reference_order([thing("scene", "absent"), thing("socket"), thing("lamp", "absent"), thing("switch")])
    assert [(item.name, item.state) for item in order] == [("socket", "present"), ("switch", "present"), ("scene", "absent"), ("lamp", "absent")]


RULES = configuration("<entry name='a'/>", "<entry name='b'/>", "<entry name='c'/>")
POSITIONS = {
    "a new one above another": ("new", (("before", "b"),), ["a", "new", "b", "c"]),
    "a new one directly below another": ("new", (("after", "a"),), ["a", "new", "b", "c"]),
    "a new one at the top": ("new", (("top", None),), ["new", "a", "b", "c"]),
    "a new one at the bottom": ("new", (("bottom", None),), ["a", "b", "c", "new"]),
    "a new one anywhere": ("new", (), ["a", "b", "c", "new"]),
    "one that stands above already": ("a", (("before", "c"),), ["a", "b", "c"]),
    "one that stands below already": ("c", (("after", "a"),), ["a", "b", "c"]),
    "one that stands below and must not": ("c", (("before", "a"),), ["c", "a", "b"]),
    "two conditions": ("c", (("after", "a"), ("before", "b")), ["a", "c", "b"]),
}


@pytest.mark.parametrize("name, position, expected", POSITIONS.values(), ids=POSITIONS.keys())
def test_positions(name, position, expected):
    found = plan([[lamp({}, name=name, position=position)]], RULES, base)
    after = applied(RULES, found.operations)
    assert places.names(after, base("network")[1:] + ("lamps",)) == expected
    assert not plan([[lamp({}, name=name, position=position)]], after, base)
    assert places.names(RULES, base("network")[1:] + ("lamps",)) == ["a", "b", "c"]


def test_a_position_beside_nobody_is_refused():
    with pytest.raises(Refused, match="'nobody'"):
        plan([[lamp({}, name="a", position=(("before", "nobody"),))]], RULES, base)


# Guards, members, parents.


def test_an_allocated_name_is_guarded_until_it_is_there():
    found = plan([[lamp({}, guard=True)]], configuration(), base)
    assert (found.operations[0].action, found.operations[0].path, found.operations[0].guard) == ("delete", place(), True)
    assert not plan([[lamp({}, guard=True)]], applied(configuration(), found.operations), base)


def member(state="present") -> DesiredMember:
    return DesiredMember("room", "network", ("lamps", ("entry", "lamp"), "rooms", ("member", "o'hall")), "o'hall", state)


def test_a_member_is_added_to_its_list_and_taken_out_of_it():
    there = configuration("<entry name='lamp'><rooms><member>attic</member></rooms></entry>")
    found = plan([[member()]], there, base)
    assert below(found.operations) == [("set", "/rooms", "<member>o'hall</member>")]
    after = applied(there, found.operations)
    assert not plan([[member()]], after, base)
    gone = plan([[member("absent")]], after, base)
    assert below(gone.operations) == [("delete", "/rooms/member[text()=\"o'hall\"]", "")]
    assert canonical(applied(after, gone.operations)) == canonical(there)


def test_parents_that_were_not_read_are_told():
    deep = DesiredEntry(specimen.TABLE, "bulb", {}, container=("houses", ("entry", "mine"), "lamps"))
    assert plan([[deep]], configuration(), base).parents == [("lamp 'bulb'", base("network") + ("houses", ("entry", "mine")))]
    assert plan([[lamp({})]], configuration(), base).parents == []


def test_later_phases_see_the_earlier_ones():
    found = plan([[lamp({}, "absent")], [lamp({"colour": "red"})]], configuration("<entry name='lamp'><colour>red</colour></entry>"), base)
    assert [operation.action for operation in found.operations] == ["delete", "set"]


# Properties.


def existing(values, planted=()) -> ET.Element:
    """A configuration with a lamp as the firewall gives it back, and what others put into it."""
    found = plan([[lamp(values)]], configuration("<entry name='other'><colour>blue</colour></entry>"), base)
    root = specimen.with_stored_secrets(applied(configuration("<entry name='other'><colour>blue</colour></entry>"), found.operations))
    containers = [element for element in places.find(root, place()[1:]).iter() if element.tag in ("power", "timers", "place", "rooms", "lock") or
                  element.get("name") == "lamp"]
    for number in planted:
        target = containers[number % len(containers)]
        if target.tag != "rooms":
            ET.SubElement(target, f"of-tomorrow-{number}", {"since": "13"}).text = "kept"
        target.set("tomorrow", "yes")
    return root


plantings = st.lists(st.integers(0, 5), unique=True, max_size=4)


@given(specimen.values, specimen.values, specimen.states, plantings)
@every_case
def test_a_plan_that_was_carried_out_is_empty(before, wanted, state, planted):
    tree = existing(before, planted)
    first = plan([[lamp(wanted, state)]], tree, base)
    after = applied(tree, first.operations)
    assert canonical(after) == canonical(first.after)
    assert plan([[lamp(wanted, state)]], after, base).operations == []
    assert plan([[lamp(wanted, state)]], specimen.with_stored_secrets(after), base).operations == []


@given(specimen.values, specimen.values, specimen.states, plantings)
@every_case
def test_what_is_not_known_survives(before, wanted, state, planted):
    tree = existing(before, planted)
    after = applied(tree, plan([[lamp(wanted, state)]], tree, base).operations)
    assert strange(after) == strange(tree)
    assert canonical(places.find(after, place("other")[1:])) == canonical(places.find(tree, place("other")[1:]))


def strange(root) -> list:
    """The elements that no table knows, with where they stand."""
    found = []
    for parent in root.iter():
        found.extend((parent.tag, canonical(child)) for child in parent if child.tag.startswith("of-tomorrow"))
    return sorted(found)


@given(specimen.values, specimen.values, specimen.states, plantings)
@every_case
def test_the_inverse_brings_the_tree_back(before, wanted, state, planted):
    tree = existing(before, planted)
    operations = plan([[lamp(wanted, state)], [lamp({"colour": "green"}, name="second")]], tree, base).operations
    after = applied(tree, operations)
    assert canonical(applied(after, inverse(tree, operations))) == canonical(tree)


@given(specimen.values, specimen.values)
@every_case
def test_the_inverse_of_a_removal_brings_the_object_back(before, others):
    tree = existing(before)
    operations = plan([[lamp({}, "absent"), lamp(others, name="second")]], tree, base).operations
    assert canonical(applied(applied(tree, operations), inverse(tree, operations))) == canonical(tree)


@given(specimen.values, specimen.states, st.data())
@every_case
def test_the_order_of_entries_and_members_does_not_matter(wanted, state, data):
    tree = existing(wanted)
    assume(not plan([[lamp(wanted, state)]], tree, base))
    assert not plan([[lamp(wanted, state)]], data.draw(specimen.shuffled(tree)), base)


@given(specimen.values, specimen.values, specimen.states)
@every_case
def test_the_tree_that_was_read_is_left_alone(before, wanted, state):
    tree = existing(before)
    untouched = copy.deepcopy(tree)
    plan([[lamp(wanted, state)]], tree, base)
    assert ET.tostring(tree) == ET.tostring(untouched)


@given(specimen.values, specimen.values, specimen.states, specimen.secrets_, specimen.secrets_)
@every_case
def test_a_diff_never_holds_a_secret(before, wanted, state, old, new):
    tree = existing({**before, "colour": "white", "password": old})
    found = plan([[lamp({**wanted, "colour": "black", "password": new}, state)], [lamp({"password": new, "colour": "x"}, name="second")]], tree, base)
    shown = diff(found)
    text = shown["before"] + shown["after"]
    assert [form for secret in (old, new) for form in printable_forms(secret) | {specimen.stored(secret)} if form in text] == []
    assert "(secret " in shown["after"]
    assert (old == new) == (secret_marks(shown["before"]) <= secret_marks(shown["after"]))


def secret_marks(text) -> set:
    return {line.rpartition(" ")[2] for line in text.splitlines() if "(secret " in line}


@given(specimen.values, specimen.states)
@every_case
def test_nothing_is_written_above_an_entry(wanted, state):
    for operation in plan([[lamp(wanted, state)]], existing({"colour": "blue"}), base).operations:
        assert places.starts_with(operation.path, place())
