# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A push and its removal, on random configurations: what is the firewall's own stays, what is the template's goes."""

from __future__ import annotations

import copy
import xml.etree.ElementTree as ET

from hypothesis import given, settings
from hypothesis import strategies as st

from ansible_collections.tunnelsmith.panos_vpn.tests.lab.emulator.models import pushed
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.emulator.models.templates import configuration_for
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.emulator.models.tree import render

LISTS = ("zone", "ike", "unit")


@st.composite
def configurations(draw):
    """A device with a few lists of entries, a list of members and a leaf."""
    root = ET.Element("config")
    device = ET.SubElement(ET.SubElement(root, "devices"), "entry", name="localhost.localdomain")
    for tag in draw(st.lists(st.sampled_from(LISTS), unique=True)):
        listed = ET.SubElement(ET.SubElement(device, "network"), tag)
        for name in draw(st.lists(st.sampled_from("abc"), unique=True, min_size=1)):
            ET.SubElement(ET.SubElement(listed, "entry", name=name), "value").text = draw(st.sampled_from("12"))
    members = draw(st.lists(st.sampled_from("xyz"), unique=True))
    if members:
        interface = ET.SubElement(ET.SubElement(device, "import"), "interface")
        for member in members:
            ET.SubElement(interface, "member").text = member
    if draw(st.booleans()):
        ET.SubElement(ET.SubElement(device, "setting"), "mode").text = draw(st.sampled_from("12"))
    return merge_equal(root)


def merge_equal(root):
    """Containers of one name become one."""
    for parent in list(root.iter()):
        seen = {}
        for child in list(parent):
            if child.tag in ("entry", "member"):
                continue
            if child.tag in seen:
                seen[child.tag].extend(child)
                parent.remove(child)
            seen.setdefault(child.tag, child)
    return root


def panorama(*layers):
    """A stack of templates, the strongest first."""
    root = ET.fromstring("<config><devices><entry><template/><template-stack/></entry></devices></config>")
    stack = ET.SubElement(root.find(".//template-stack"), "entry", name="S")
    templates = ET.SubElement(stack, "templates")
    for number, layer in enumerate(layers):
        ET.SubElement(templates, "member").text = f"T{number}"
        ET.SubElement(root.find(".//template"), "entry", name=f"T{number}").append(copy.deepcopy(layer))
    return root, stack


def resolved(*layers):
    root, stack = panorama(*layers)
    return configuration_for(root, stack, "1")


def objects(root):
    """Place → text of what is no container, whatever its order."""
    found = {}

    def walk(element, path):
        for child in element:
            step = (*path, child.tag, child.get("name") or (child.text if child.tag == "member" else ""))
            if child.tag in ("entry", "member") and child.get("name") != "localhost.localdomain" or child.text:
                found[step] = render(child).replace(' ptpl="T0" src="tpl"', "").replace(' ptpl="T1" src="tpl"', "")
            else:
                walk(child, step)

    walk(root, ())
    return found


@settings(deadline=None, derandomize=True, max_examples=150)
@given(configurations(), configurations(), configurations())
def test_local_objects_survive_and_the_template_fills_up(local, strong, weak):
    root = copy.deepcopy(local)
    pushed.apply(pushed.Push(template=resolved(strong, weak)), root)
    assert objects(root) == {**objects(weak), **objects(strong), **objects(local)}
    assert objects(pushed.local(root)) == objects(local)


@settings(deadline=None, derandomize=True, max_examples=150)
@given(configurations(), configurations(), configurations())
def test_a_later_push_leaves_nothing_of_the_earlier_one(local, first, second):
    root, fresh = copy.deepcopy(local), copy.deepcopy(local)
    for template in (first, second):
        pushed.apply(pushed.Push(template=resolved(template)), root)
    pushed.apply(pushed.Push(template=resolved(second)), fresh)
    assert objects(root) == objects(fresh)


@settings(deadline=None, derandomize=True, max_examples=150)
@given(configurations(), configurations())
def test_forced_values_are_the_template_s(local, template):
    root = copy.deepcopy(local)
    pushed.apply(pushed.Push(template=resolved(template), force_template=True), root)
    assert objects(root) == {**objects(local), **objects(template)}


@settings(deadline=None, derandomize=True, max_examples=150)
@given(configurations(), configurations())
def test_what_local_objects_hide_is_known(local, template):
    root = copy.deepcopy(local)
    hidden = pushed.apply(pushed.Push(template=resolved(template)), root)
    both = {place for place in set(objects(local)) & set(objects(template)) if "member" not in place}
    assert len(hidden) == len(both)
