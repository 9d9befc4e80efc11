# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Taking a write back later: exactly what was written, and nothing that somebody else changed since."""

from __future__ import annotations

import copy
import xml.etree.ElementTree as ET

import pytest
from hypothesis import given, settings

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.configuration import path as places
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.configuration.tree import Operation, applied
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.reconcile import revert
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.reconcile.plan import plan
from ansible_collections.tunnelsmith.panos_vpn.tests.unit.plugins.module_utils.reconcile import specimen
from ansible_collections.tunnelsmith.panos_vpn.tests.unit.plugins.module_utils.reconcile.specimen import canonical, configuration, lamp, place

ROUNDS = settings(max_examples=60, deadline=None, derandomize=True)
OLD = "<entry name='lamp'><colour>red</colour><lock><key>{key}</key></lock><order><member>a</member><member>b</member></order></entry>"


def written(tree, *wanted):
    """(Differences of one write after the other, merged; what the firewall then holds)."""
    done = None
    for item in wanted:
        changes = plan([[item]], tree, specimen.base)
        found = revert.differences(changes.before, changes.after, changes.operations)
        done = found if done is None else revert.merged(done, found, changes.after)
        tree = specimen.with_stored_secrets(applied(tree, changes.operations))
    return done, tree


def with_lamp(values) -> ET.Element:
    return specimen.with_stored_secrets(plan([[lamp(values)]], configuration(), specimen.base).after)


@given(specimen.values, specimen.values, specimen.states)
@ROUNDS
def test_what_was_written_is_taken_back(before, wanted, state):
    tree = with_lamp(before)
    done, now = written(tree, lamp(wanted, state))
    undo, left = revert.plan(done, now, {})
    assert not left
    after = applied(now, undo.operations)
    assert canonical(after) == canonical(tree) == canonical(undo.after)
    assert not revert.unproven(done, after) and not revert.plan(done, after, {})[0]


@given(specimen.values, specimen.values, specimen.states, specimen.values, specimen.states)
@ROUNDS
def test_several_writes_are_taken_back_as_one(before, first, state, second, later_state):
    tree = with_lamp(before)
    done, now = written(tree, lamp(first, state), lamp(second, later_state), lamp({"colour": "new"}, name="other"), lamp({}, "absent"))
    undo, left = revert.plan(done, now, {})
    assert not left and canonical(applied(now, undo.operations)) == canonical(tree)


@given(specimen.values, specimen.values, specimen.states)
@ROUNDS
def test_nothing_is_done_where_nothing_was_written(before, wanted, state):
    tree = with_lamp(before)
    done, _now = written(tree, lamp(wanted, state))
    undo, left = revert.plan(done, tree, {})
    assert not undo and not left


@given(specimen.values, specimen.values, specimen.secrets_)
@ROUNDS
def test_what_is_noted_holds_no_plain_secret(before, wanted, secret):
    done, _now = written(with_lamp({**before, "password": "old" + secret}), lamp({**wanted, "password": secret}))
    lock = next(difference for difference in done if difference.path[-1] == "key")
    assert ET.fromstring(lock.before).text == specimen.stored("old" + secret)
    assert ET.fromstring(lock.after).text == specimen.stored(secret)[:33]
    assert secret not in repr(done)


def hand_changed(now, where, text):
    places.find(now, place()[1:] + where).text = text
    return now


@pytest.mark.parametrize("where, text", [(("colour",), "green"), (("lock", "key"), specimen.stored("somebody else's"))], ids=["a leaf", "a key"])
def test_what_somebody_changed_since_stays_and_is_named(where, text):
    tree = configuration(OLD.format(key=specimen.stored("before")))
    done, now = written(tree, lamp({"colour": "blue", "password": "after", "order": ["b"]}))
    undo, left = revert.plan(done, hand_changed(now, where, text), {})
    after = applied(now, undo.operations)
    assert [(item.difference.path, item.reason) for item in left] == [(place() + where, "it no longer holds what was written")]
    assert places.find(after, place()[1:] + where).text == text
    assert places.names(after, place()[1:] + ("order",)) == ["a", "b"]
    assert not revert.unproven(done, after, left) and revert.unproven(done, after)


def test_what_somebody_added_elsewhere_stays():
    tree = configuration(OLD.format(key=specimen.stored("before")))
    done, now = written(tree, lamp({"colour": "blue", "rooms": ["hall"]}))
    places.make(now, place()[1:] + ("rooms", ("member", "cellar")))
    undo, left = revert.plan(done, now, {})
    assert not left and places.names(applied(now, undo.operations), place()[1:] + ("rooms",)) == ["cellar"]


def test_what_others_put_into_a_new_object_is_nothing_that_a_later_write_has_written():
    done, now = written(configuration(), lamp({"colour": "red", "rooms": ["hall"]}))
    places.make(now, place()[1:] + ("rooms", ("member", "cellar")))
    later = plan([[lamp({"colour": "blue"})]], now, specimen.base)
    assert revert.is_joined(done[0], now) and not revert.is_joined(done[0], hand_changed(copy.deepcopy(now), ("colour",), "green"))
    done = revert.merged(done, revert.differences(later.before, later.after, later.operations), later.after)
    _undo, left = revert.plan(done, later.after, {})
    assert [item.difference.path for item in left] == [place()]
    places.find(later.after, place()[1:] + ("rooms",)).remove(places.find(later.after, place()[1:] + ("rooms", ("member", "cellar"))))
    undo, left = revert.plan(done, later.after, {})
    assert not left and canonical(applied(later.after, undo.operations)) == canonical(configuration())


def test_an_object_of_ours_that_somebody_changed_stays_with_what_it_refers_to():
    tree = configuration()
    done, now = written(tree, lamp({"colour": "red"}, name="bulb"), lamp({"rooms": ["bulb"]}), lamp({"colour": "red"}, name="spare"))
    hand_changed(now, ("colour",), "green")
    undo, left = revert.plan(done, now, {})
    assert [(item.difference.path[-1][1], item.reason) for item in left] == [
        ("lamp", "it no longer holds what was written"), ("bulb", "what stays refers to it")]
    assert [operation.path for operation in undo.operations] == [place("spare")]


def test_what_has_to_stay_is_left_with_the_reason():
    done, now = written(configuration(), lamp({"colour": "red"}))
    undo, left = revert.plan(done, now, {place(): "a rule uses it"})
    assert not undo and [item.reason for item in left] == ["a rule uses it"]


RULES = ("config", "rulebase", "rules")


def rulebase(*names) -> ET.Element:
    entries = "".join(f"<entry name='{name}'><to>{name}</to></entry>" for name in names)
    return ET.fromstring(f"<config><rulebase><rules>{entries}</rules></rulebase></config>")


def rule(name) -> tuple:
    return RULES + (("entry", name),)


@pytest.mark.parametrize("operations, meanwhile, expected, kept", [
    ([Operation("move", rule("c"), "rule 'c'", where="top")], [], "abcd", []),
    ([Operation("move", rule("a"), "rule 'a'", where="bottom")], [], "abcd", []),
    ([Operation("delete", rule("c"), "rule 'c'")], [], "abcd", []),
    ([Operation("delete", rule("a"), "rule 'a'")], [], "abcd", []),
    ([Operation("delete", rule("c"), "rule 'c'")], [Operation("delete", rule("b"), "")], "acd", []),
    ([Operation("move", rule("c"), "rule 'c'", where="top")], [Operation("move", rule("c"), "", where="bottom")], "abdc", ["rule 'c'"]),
    ([Operation("move", rule("c"), "rule 'c'", where="top")], [Operation("delete", rule("c"), "")], "abd", []),
    ([Operation("set", rule("e"), "rule 'e'", "<to>e</to>"), Operation("move", rule("e"), "rule 'e'", where="top")], [], "abcd", []),
], ids=["moved to the top", "moved from the top", "taken away", "the first one taken away", "taken away, as was the one above it meanwhile",
        "moved, and moved again by somebody", "moved, and gone since", "made and moved"])
def test_rules_go_back_to_their_place(operations, meanwhile, expected, kept):
    tree = rulebase(*"abcd")
    after = applied(tree, operations)
    done = revert.differences(tree, after, operations)
    now = applied(after, meanwhile)
    undo, left = revert.plan(done, copy.deepcopy(now), {})
    assert "".join(places.names(applied(now, undo.operations), RULES[1:])) == expected
    assert [item.difference.label for item in left] == kept
