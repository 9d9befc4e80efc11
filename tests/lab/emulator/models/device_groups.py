# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What device groups amount to for one firewall: rules in their order, objects of the nearest group.

Order on the firewall (vendor documentation): shared pre, ancestors' pre from the top, own pre, local rules, own post,
ancestors' post upwards, shared post. The parents stand in ``readonly``, not in the device groups themselves.
"""

from __future__ import annotations

import xml.etree.ElementTree as ET
from typing import Iterator

from ansible_collections.tunnelsmith.panos_vpn.tests.lab.emulator.models.tree import child_of, duplicate, step_of

RULEBASES = ("pre-rulebase", "post-rulebase")

#: Lists of objects that go along with the rules.
_OBJECTS = (
    "address", "address-group", "service", "service-group", "tag", "external-list", "region", "application", "application-group",
    "schedule", "profiles", "profile-group", "log-settings",
)


def groups_of(root: ET.Element, serial: str) -> dict[str, ET.Element]:
    """Virtual system → the device group that it is in. A group that names none of a device's has its only one."""
    found: dict[str, ET.Element] = {}
    for group in root.findall("devices/entry/device-group/entry"):
        for device in group.findall("devices/entry"):
            if device.get("name") == serial:
                found.update(dict.fromkeys(systems_of(device) or ["vsys1"], group))
    return found


def systems_of(device: ET.Element) -> list[str]:
    """Those of a device's virtual systems that a group lists: as entries in real files, as members by the vendor's schema."""
    listed = device.find("vsys")
    return [] if listed is None else [child.get("name") or (child.text or "").strip() for child in listed]


def parents(root: ET.Element) -> dict[str, str]:
    """Device group → its parent; groups at the top are missing."""
    found = {}
    for entry in root.findall("readonly/devices/entry/device-group/entry"):
        parent = entry.findtext("parent-dg")
        if parent:
            found[entry.get("name")] = parent
    return found


def lineage(root: ET.Element, name: str) -> list[str]:
    """A group's name and those of its ancestors, upwards."""
    above = parents(root)
    line = [name]
    while line[-1] in above and above[line[-1]] not in line:
        line.append(above[line[-1]])
    return line


def policy_for(root: ET.Element, groups: dict[str, ET.Element], serial: str) -> ET.Element:
    """The ``panorama`` element that a device receives: rulebases and objects of each of its virtual systems that is in a group."""
    pushed = ET.Element("panorama")
    listed = ET.SubElement(pushed, "vsys")
    for name in sorted(groups):
        listed.append(_of_system(root, groups[name], serial, name))
    return pushed


def _of_system(root: ET.Element, group: ET.Element, serial: str, name: str) -> ET.Element:
    known = {entry.get("name"): entry for entry in root.findall("devices/entry/device-group/entry")}
    own_to_top = [known[each] for each in lineage(root, group.get("name")) if each in known]
    shared = root.find("shared")
    levels = [*((each.get("name"), each) for each in own_to_top), ("shared", shared if shared is not None else ET.Element("shared"))]
    vsys = ET.Element("entry", name=name)
    for tag in _OBJECTS:
        for owner, level in levels:
            _add_objects(vsys, level.find(tag), owner)
    for rulebase, order in zip(RULEBASES, (levels[::-1], levels)):
        for owner, level in order:
            _add_rules(vsys, rulebase, level.find(rulebase), owner, serial)
    return vsys


def _add_objects(vsys: ET.Element, listed: ET.Element | None, owner: str) -> None:
    if listed is None:
        return
    target = vsys.find(listed.tag)
    if target is None:
        target = ET.SubElement(vsys, listed.tag)
    for child in listed:
        if child_of(target, step_of(child)) is None:
            target.append(_owned(child, owner))


def _add_rules(vsys: ET.Element, tag: str, rulebase: ET.Element | None, owner: str, serial: str) -> None:
    for kind, rule in _rules(rulebase):
        if _is_for(rule, serial):
            target = vsys
            for step in (tag, kind, "rules"):
                deeper = target.find(step)
                target = deeper if deeper is not None else ET.SubElement(target, step)
            target.append(_owned(rule, owner))


def _rules(rulebase: ET.Element | None) -> Iterator[tuple[str, ET.Element]]:
    for kind in rulebase if rulebase is not None else ():
        for rule in kind.findall("rules/entry"):
            yield kind.tag, rule


def _is_for(rule: ET.Element, serial: str) -> bool:
    """A rule's target limits it to some devices, or with ``negate`` to all others."""
    named = {entry.get("name") for entry in rule.findall("target/devices/entry")}
    return not named or (serial in named) != (rule.findtext("target/negate") == "yes")


def _owned(element: ET.Element, owner: str) -> ET.Element:
    copy = duplicate(element)
    copy.set("loc", owner)
    target = copy.find("target")
    if target is not None:
        copy.remove(target)
    return copy
