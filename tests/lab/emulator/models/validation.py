# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a commit finds: missing fields, dangling references, violated constraints; and what it only warns about.

Messages go outwards from the detailed line over every ancestor to "devices is invalid", as in captured jobs.
"""

from __future__ import annotations

from typing import Iterator

from ansible_collections.tunnelsmith.panos_vpn.tests.lab.emulator import references
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.emulator.models.constraints import violations
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.emulator.models.tree import Tree
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.emulator.schema.check import below
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.emulator.schema.kinds import (
    Choice, Entries, Group, Leaf, Members, Node, Version,
)

Chain = list


def defects(tree: Tree, schema: Group, version: Version, bgp_needs_identity: bool) -> list[tuple[str, ...]]:
    """All defects, each as the lines that a job would print for it."""
    found = []
    for chain, defect in _walk(tree, schema, [tree.root], version):
        found.append(_cascade(chain, defect))
    for chain, defect in violations(tree, version, bgp_needs_identity):
        found.append(_cascade(chain, defect))
    return found


def _cascade(chain: Chain, defect: str) -> tuple[str, ...]:
    labels = _labels(chain)
    lines = [f" {' -> '.join(labels)}{defect}"]
    lines += [f" {' -> '.join(labels[:length])} is invalid" for length in range(len(labels) - 1, 0, -1)]
    tags = [element.tag for element in chain]
    if "vsys" in tags:
        lines.append(" vsys is invalid")
    if "devices" in tags:
        lines.append(" devices is invalid")
    return tuple(lines)


def _labels(chain: Chain) -> list[str]:
    """Jobs name what lies in a vsys without the vsys."""
    labels = references.place(chain)
    return labels[2:] if labels[:1] == ["vsys"] and len(labels) > 2 else labels


def _walk(tree: Tree, node: Node, chain: Chain, version: Version) -> Iterator[tuple[Chain, str]]:
    element = chain[-1]
    if isinstance(node, Group):
        yield from _missing(node, chain)
    for child in element:
        try:
            description = below(node, (child.tag, child.get("name")), version)
        except LookupError:
            continue
        if description is None:
            continue
        deeper = [*chain, child]
        yield from _dangling(tree, node, description, deeper)
        if len(child) or isinstance(description, Group):
            yield from _walk(tree, description, deeper, version)


def _missing(node: Group, chain: Chain) -> Iterator[tuple[Chain, str]]:
    element = chain[-1]
    present = {child.tag for child in element if len(child) or child.text or not _needs_content(node, child.tag)}
    for tag in node.required:
        if tag not in present:
            yield chain, f" is missing '{tag}'"
    for item in node.content:
        if isinstance(item, Choice) and item.required and not present & set(item.tags):
            tags = list(item.tags)
            words = tags[0] if len(tags) == 1 else f"{', '.join(tags[:-1])} or {tags[-1]}"
            yield chain, f" is missing one of {words}"


def _needs_content(node: Group, tag: str) -> bool:
    """A list without a member is as good as no list."""
    return isinstance(node.child(tag), (Members, Entries)) and tag in node.required


def _dangling(tree: Tree, parent: Node, node: Node, chain: Chain) -> Iterator[tuple[Chain, str]]:
    if isinstance(parent, (Members, Entries)):
        reference = parent.refers
        value = chain[-1].text if isinstance(parent, Members) else chain[-1].get("name")
    else:
        reference = node.refers if isinstance(node, Leaf) else None
        value = chain[-1].text
    if reference is None or not value:
        return
    if references.exists(tree, reference, value, chain) and not references.is_out_of_reach(tree, reference, value, chain):
        return
    yield chain[:-1] if isinstance(parent, (Members, Entries)) else chain, reference.wording.format(value=value)


def warnings(tree: Tree) -> list[str]:
    """Tunnel interfaces without zone (seen in a captured job) or router (wording inferred)."""
    zoned, routed, units = set(), set(), []
    for devices in tree.root.findall("devices"):
        for device in devices.findall("entry"):
            units += [unit.get("name") for unit in device.findall("network/interface/tunnel/units/entry")]
            zoned |= {member.text for member in device.findall("vsys/entry/zone/entry/network/layer3/member")}
            routed |= {member.text for member in device.findall("network/virtual-router/entry/interface/member")}
            routed |= {member.text for member in device.findall("network/logical-router/entry/vrf/entry/interface/member")}
    lines = [f"Interface {unit} has no zone configuration." for unit in units if unit not in zoned]
    lines += [f"Interface {unit} has no virtual-router configuration." for unit in units if unit not in routed]
    return lines
