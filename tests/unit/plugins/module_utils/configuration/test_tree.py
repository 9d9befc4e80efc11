# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What an operation does to a tree, and its inverse."""

from __future__ import annotations

import xml.etree.ElementTree as ET

import pytest

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.configuration import tree as trees
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.configuration.tree import Operation, applied
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.reconcile.inverse import inverse

RULES = ("config", "rules")
BEFORE = """<config><rules>
    <entry name='a'><port>1</port></entry><entry name='b' tomorrow='yes'><from><member>x</member></from></entry><entry name='c'/></rules></config>"""


def rule(name, *steps) -> tuple:
    return RULES + (("entry", name),) + steps


OPERATIONS = {
    "a scalar is set": (
        [Operation("set", rule("a"), "", "<port>2</port>")], "<entry name='a'><port>2</port></entry>"),
    "a new element is set": (
        [Operation("set", rule("a"), "", "<log>yes</log>")], "<entry name='a'><port>1</port><log>yes</log></entry>"),
    "a member joins its list once": (
        [Operation("set", rule("b", "from"), "", "<member>y</member><member>x</member>")],
        "<entry name='b' tomorrow='yes'><from><member>x</member><member>y</member></from></entry>"),
    "an entry is edited": ([Operation("edit", rule("a"), "", "<entry name='a'><log>yes</log></entry>")], "<entry name='a'><log>yes</log></entry>"),
    "a missing one is made by an edit": ([Operation("edit", rule("c", "log"), "", "<log>yes</log>")], "<entry name='c'><log>yes</log></entry>"),
    "a missing one is made by a set": ([Operation("set", rule("c"), "", "<to><member>x</member></to>")], "<entry name='c'><to><member>x</member></to></entry>"),
    "an element is deleted": ([Operation("delete", rule("a", "port"), "")], "<entry name='a'/>"),
    "a missing one is deleted": ([Operation("delete", rule("c", "port"), "")], "<entry name='c'/>"),
    "an entry without a name is the only one of its place": (
        [Operation("set", rule("c", "prefix"), "", "<entry><network>10.1.0.0/16</network></entry>"),
         Operation("set", rule("c", "prefix"), "", "<entry><network>10.2.0.0/16</network></entry>")],
        "<entry name='c'><prefix><entry><network>10.2.0.0/16</network></entry></prefix></entry>"),
    "several, one after the other": (
        [Operation("set", rule("a"), "", "<port>2</port>"), Operation("delete", rule("a", "port"), ""), Operation("set", rule("a"), "", "<port>3</port>")],
        "<entry name='a'><port>3</port></entry>"),
}


def shown(root) -> str:
    for element in root.iter():
        element.tail = None
        if len(element):
            element.text = None
    return ET.tostring(root, encoding="unicode")


@pytest.mark.parametrize("operations, expected", OPERATIONS.values(), ids=OPERATIONS.keys())
def test_an_operation_and_its_inverse(operations, expected):
    before = ET.fromstring(BEFORE)
    wanted = ET.fromstring(expected)
    after = applied(before, operations)
    found = next(entry for entry in after.find("rules") if entry.get("name") == wanted.get("name"))
    assert shown(found) == shown(wanted)
    back = applied(after, inverse(before, operations))
    assert without_empty(back) == without_empty(before)


def without_empty(root) -> str:
    """The tree as text, without the containers that an inverse may leave behind."""
    for parent in list(root.iter()):
        parent[:] = [child for child in parent if len(child) or (child.text or "").strip() or child.attrib]
    return shown(root)


MOVES = {
    "to the top": ("c", "top", "", ["c", "a", "b"]),
    "to the bottom": ("a", "bottom", "", ["b", "c", "a"]),
    "before another": ("c", "before", "b", ["a", "c", "b"]),
    "after another": ("a", "after", "b", ["b", "a", "c"]),
}


@pytest.mark.parametrize("name, where, dst, expected", MOVES.values(), ids=MOVES.keys())
def test_a_move_and_its_inverse(name, where, dst, expected):
    before = ET.fromstring(BEFORE)
    move = Operation("move", rule(name), "", where=where, dst=dst)
    after = applied(before, [move])
    assert [entry.get("name") for entry in after.find("rules")] == expected
    assert [entry.get("name") for entry in applied(after, inverse(before, [move])).find("rules")] == ["a", "b", "c"]


@pytest.mark.parametrize("name", ["a", "b", "c"])
def test_a_rule_that_was_deleted_comes_back_to_its_place(name):
    before = ET.fromstring(BEFORE)
    gone = [Operation("delete", rule(name), "")]
    assert shown(applied(applied(before, gone), inverse(before, gone))) == shown(before)


def test_the_inverse_leaves_alone_what_others_added_meanwhile():
    before = ET.fromstring(BEFORE)
    ours = [Operation("set", rule("b", "from"), "", "<member>y</member>"), Operation("set", rule("a"), "", "<log>yes</log>")]
    after = applied(before, [*ours, Operation("set", rule("b", "from"), "", "<member>theirs</member>")])
    back = applied(after, inverse(before, ours))
    assert shown(back.find("rules/entry[@name='b']")) == '<entry name="b" tomorrow="yes"><from><member>x</member><member>theirs</member></from></entry>'


def test_marks_of_the_firewall_are_not_written_back():
    before = ET.fromstring("<config><rules><entry name='a' uuid='1'><port admin='ann' dirtyId='3'>1</port></entry></rules></config>")
    assert [operation.element for operation in inverse(before, [Operation("set", rule("a"), "", "<port>2</port>")])] == ["<port>1</port>"]


def test_an_operation_hides_what_it_writes():
    assert "s3cret" not in repr(Operation("set", rule("a"), "lamp", "<key>s3cret</key>"))


def test_an_action_that_does_not_exist():
    with pytest.raises(ValueError, match="burn"):
        applied(ET.fromstring(BEFORE), [Operation("burn", rule("a"), "")])


@pytest.mark.parametrize("text", ["a&b<c>d'e\"f\\g", "plain", ""])
def test_text_is_escaped_once(text):
    holder = ET.Element("key")
    holder.text = text
    assert ET.fromstring(f"<x>{trees.inner_xml(holder)}</x>").text == (text or None)


@pytest.mark.parametrize("text, is_hollow", [
    ("<a/>", True), ("<a><b/><c> <d/></c></a>", True), ("<a admin='ann'/>", True), ("<a>1</a>", False), ("<a><b><c>1</c></b></a>", False),
    ("<a><entry name='x'/></a>", False), ("<a><b><member/></b></a>", False),
])
def test_a_container_without_content_is_hollow(text, is_hollow):
    assert trees.is_hollow(ET.fromstring(text)) == is_hollow


def test_the_texts_of_an_element_are_what_it_can_refer_to():
    assert trees.texts(ET.fromstring("<a> x <b/><c><member>y</member></c></a>")) == {"x", "y"} and trees.texts(None) == set()
