# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Every table of leaves, with values drawn from what it says of itself: written, read back, changed, taken back."""

from __future__ import annotations

import copy
import importlib
import pkgutil
import xml.etree.ElementTree as ET
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils import parts, resources
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.configuration import path as places
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.configuration.tree import applied
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.device.location import Location
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.errors import InvalidInput
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.reconcile.inverse import inverse
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.reconcile.plan import plan
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.reconcile.values import read, validate
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.tables.desired import DesiredEntry
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.tables.platform import Platform, version_numbers
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.tables.table import Entries, Group, Leaf, Members, Table, steps
from ansible_collections.tunnelsmith.panos_vpn.tests.unit.plugins.module_utils.reconcile.specimen import with_stored_secrets
from ansible_collections.tunnelsmith.panos_vpn.tests.unit.plugins.naming import name_for

base = Location().base
some_cases = settings(deadline=None, derandomize=True, max_examples=6, suppress_health_check=list(HealthCheck))


def leaves(nodes):
    for node in nodes:
        if isinstance(node, (Group, Entries)):
            yield from leaves(node.nodes)
        if not isinstance(node, Group):
            yield node


def _tables() -> dict:
    """The tables of all objects that describe elements; those that only gather options of several objects have none."""
    found = {}
    for module in [*pkgutil.iter_modules(parts.__path__, f"{parts.__name__}."), *pkgutil.iter_modules(resources.__path__, f"{resources.__name__}.")]:
        for name, value in vars(importlib.import_module(module.name)).items():
            for key, table in value.items() if isinstance(value, dict) else [("", value)]:
                if isinstance(table, Table) and table.nodes and all(node.path for node in leaves(table.nodes)):
                    found[f"{module.name.rpartition('.')[2]}.{name}{key or ''}"] = replace(table, required=())
    return found


# The options of the failover are those of several rules.
TABLES = {label: table for label, table in _tables().items() if label != "pbf_failover.TABLE"}
each_table = pytest.mark.parametrize("label", TABLES)

FORMS = {"address": "192.0.2.7", "IPv4 address": "192.0.2.7", "interface address": "192.0.2.7/24", "prefix": "192.0.2.0/24"}
words = st.sampled_from(["alpha", "bravo", "charlie", "a&b <c>"])


def scalar(node):
    if node.choices:
        return st.sampled_from(list(node.choices))
    if node.type == "int":
        low = node.minimum if getattr(node, "minimum", None) is not None else 1
        high = node.maximum if getattr(node, "maximum", None) is not None else low + 100
        return st.integers(low, high)
    if node.type == "bool":
        return st.booleans()
    if node.type == "empty":
        return st.just(True)
    if getattr(node, "pattern", None):
        return st.from_regex(node.pattern, fullmatch=True).filter(lambda text: text.strip() == text and len(text) <= (node.max_length or 60))
    if getattr(node, "form", "") in FORMS:
        return st.just(FORMS[node.form])
    return words.map(lambda word: word[:node.max_length])


def value(node):
    if isinstance(node, Leaf):
        return scalar(node)
    if isinstance(node, Members):
        return st.lists(scalar(node), min_size=1, max_size=3, unique=True)
    if isinstance(node, Group):
        return values(node.nodes, node.choices).filter(lambda found: found or node.says_something_bare)
    if not node.nodes:
        return st.lists(words, min_size=1, max_size=3, unique=True)
    item = st.tuples(words, values(node.nodes, node.choices)).map(lambda pair: {node.key: pair[0], **pair[1]})
    return st.lists(item, min_size=1, max_size=2, unique_by=lambda entry: entry[node.key])


@st.composite
def values(draw, nodes, choices):
    """Some options of the nodes, of exclusive branches only one."""
    chosen = [node for node in nodes if draw(st.booleans())]
    for choice in choices:
        container = steps(choice.path)
        depth = len(container)
        branch_of = {node.option: steps(node.path)[depth] for node in chosen
                     if len(steps(node.path)) > depth and places.starts_with(steps(node.path), container) and steps(node.path)[depth] in choice.branches}
        if len(set(branch_of.values())) > 1:
            kept = draw(st.sampled_from(sorted(set(branch_of.values()))))
            chosen = [node for node in chosen if branch_of.get(node.option, kept) == kept]
    return {node.option: draw(value(node)) for node in chosen}


def place(table, number=5) -> tuple:
    return base(table.location) + table.container + (("entry", name_for(table, number)),)


def canonical(element: ET.Element):
    """A tree in which containers without anything in them do not count; empty elements that mean something always have a marked parent."""
    children = [found for found in map(canonical, element) if found is not None]
    text = (element.text or "").strip()
    if not children and not text and not element.attrib and element.tag != "member" and element.tag not in EMPTY:
        return None
    return (element.tag, tuple(sorted(element.attrib.items())), text, tuple(sorted(children, key=repr)))


EMPTY = {steps(node.path)[-1] for table in TABLES.values() for node in leaves(table.nodes) if getattr(node, "type", "") == "empty"}


def ambiguous(nodes) -> bool:
    """Whether an element without children is an option, and has options below it too; no resource resets such a table."""
    empty = [steps(node.path) for node in nodes if getattr(node, "type", "") == "empty"]
    below = [node for node in nodes if any(places.starts_with(steps(node.path), path) and steps(node.path) != path for path in empty)]
    return bool(below) or any(ambiguous(node.nodes) for node in nodes if isinstance(node, (Group, Entries)))


def desired(table, options, state="present"):
    return DesiredEntry(table, name_for(table), options, state)


def made(table, options) -> ET.Element:
    """A configuration that holds the object, with a neighbour, as the firewall gives it back."""
    first = plan([[desired(table, options), DesiredEntry(table, name_for(table, 6), {})]], ET.Element("config"), base)
    return with_stored_secrets(applied(ET.Element("config"), first.operations))


@each_table
@given(data=st.data())
@some_cases
def test_what_was_written_is_there(label, data):
    table = TABLES[label]
    options = data.draw(values(table.nodes, table.choices))
    tree = made(table, options)
    assert plan([[desired(table, options)]], tree, base).operations == []
    back = read(table.nodes, places.find(tree, place(table)[1:]))
    assert plan([[desired(table, back)]], tree, base).operations == []
    assert plan([[desired(table, back, "replaced")]], tree, base).operations == []


@each_table
@given(data=st.data(), state=st.sampled_from(["present", "replaced"]))
@some_cases
def test_a_change_is_complete_can_be_taken_back_and_spares_what_is_not_known(label, data, state):
    table = TABLES[label]
    assume(state == "present" or not ambiguous(table.nodes))
    before, after = data.draw(values(table.nodes, table.choices)), data.draw(values(table.nodes, table.choices))
    tree = made(table, before)
    entry = places.find(tree, place(table)[1:])
    ET.SubElement(entry, "of-tomorrow").text = "kept"
    other = copy.deepcopy(places.find(tree, place(table, 6)[1:]))
    operations = plan([[desired(table, after, state)]], tree, base).operations
    changed = applied(tree, operations)
    assert plan([[desired(table, after, state)]], changed, base).operations == []
    assert places.text(changed, place(table)[1:] + ("of-tomorrow",)) == "kept"
    assert canonical(places.find(changed, place(table, 6)[1:])) == canonical(other)
    assert canonical(applied(changed, inverse(tree, operations))) == canonical(tree)


@each_table
@pytest.mark.parametrize("version", ["10.1", "12.1"])
def test_the_values_of_a_new_object_are_valid_everywhere(label, version):
    table = TABLES[label]
    validate(desired(replace(table, rules=()), table.created), Platform(version_numbers(version)))


@each_table
def test_no_two_options_stand_in_the_same_place(label):
    table = TABLES[label]

    def seen(nodes, at):
        for node in nodes:
            where = at + steps(node.path)
            if not isinstance(node, Group):
                yield where
            if isinstance(node, (Group, Entries)):
                yield from seen(node.nodes, where + (("*",) if isinstance(node, Entries) else ()))

    places_ = list(seen(table.nodes, ()))
    assert len(places_) == len(set(places_))


@each_table
def test_numbers_have_a_range_and_their_unit_is_said(label):
    table = TABLES[label]
    unbounded = [node.option for node in leaves(table.nodes)
                 if isinstance(node, Leaf) and node.type == "int" and (node.minimum is None or node.maximum is None)]
    assert unbounded == []


@each_table
def test_numbers_out_of_their_range_are_refused_by_name(label):
    table = TABLES[label]
    numbers = [node for node in table.nodes if isinstance(node, Leaf) and node.type == "int" and not node.choices]
    for node, wrong in ((node, wrong) for node in numbers for wrong in (node.minimum - 1, node.maximum + 1)):
        with pytest.raises(InvalidInput, match=f"{node.option}.*outside {node.minimum} to {node.maximum}"):
            validate(desired(replace(table, rules=()), {node.option: wrong}))
