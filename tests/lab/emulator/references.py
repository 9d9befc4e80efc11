# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Who refers to whom: found in the description once, looked up in the candidate.

Which references are checked when: measured on 12.1 (zone and router members at set time, most others at commit,
referenced objects at deletion, against the candidate).
"""

from __future__ import annotations

import ipaddress
import re
import xml.etree.ElementTree as ET
from typing import Iterator

from ansible_collections.tunnelsmith.panos_vpn.tests.lab.emulator.errors import Referenced
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.emulator.models.device_groups import lineage
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.emulator.models.journal import PLACES
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.emulator.models.templates import templates_of
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.emulator.models.tree import Path, Tree, labels_of, step_of
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.emulator.schema import FIREWALL, PANORAMA
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.emulator.schema.check import invalid
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.emulator.schema.kinds import Entries, Group, Leaf, Members, Node, Reference
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.emulator.schema.objects import SHARED_NAME_SPACES

Tags = tuple

#: Where an object of which kind stands, and where which reference stands: by the tags from the root.
TARGETS: dict[Tags, str] = {}
REFERENCES: dict[Tags, Reference] = {}

_INTERFACE_PARENTS = {"zone": "zone", "virtual-router": "virtual-router", "logical-router": "logical-router", "import": "vsys"}
#: Kinds of reference whose targets are among those of a broader kind.
_BROADER = {"imported-interface": "interface", "address-object": "address"}
#: The lists of bad addresses that come with every PAN-OS (vendor's page on built-in external dynamic lists).
_BUILT_IN_LISTS = ("panw-bulletproof-ip-list", "panw-highrisk-ip-list", "panw-known-ip-list", "panw-torexit-ip-list")
_PREDEFINED = ("default", "Suite-B-GCM-128", "Suite-B-GCM-256")
_PREDEFINED_KINDS = ("ike-crypto-profile", "ipsec-crypto-profile", "monitor-profile")
_IMPORTED_MEMBER = ("import", "network", "interface", "member")
_RANGE = re.compile(r"[0-9a-fA-F.:]+-[0-9a-fA-F.:]+")


def _survey(node: Node, tags: Tags) -> None:
    if isinstance(node, Entries):
        here = (*tags, "entry")
        if node.kind:
            TARGETS[here] = node.kind
        if node.refers:
            REFERENCES[here] = node.refers
        for child in node.entry.children.values():
            _survey(child, (*here, child.tag))
    elif isinstance(node, Members):
        if node.refers:
            REFERENCES[(*tags, "member")] = node.refers
    elif isinstance(node, Leaf):
        if node.refers:
            REFERENCES[tags] = node.refers
    elif isinstance(node, Group):
        for child in node.children.values():
            _survey(child, (*tags, child.tag))


for _device in (FIREWALL, PANORAMA):
    _survey(_device, (_device.tag,))
_ABOVE_TARGETS = {tags[:length] for tags in TARGETS for length in range(1, len(tags))}


def _tags(chain: list[ET.Element]) -> Tags:
    return tuple(element.tag for element in chain)


def _kind(reference: Reference) -> str:
    return _BROADER.get(reference.kind, reference.kind)


def _fits(reference: Reference, target: list[ET.Element]) -> bool:
    """Where an address may stand, an object must have one: neither a group nor a list nor a name of the DNS will do."""
    if reference.named and not (target[-1].get("name") or "").startswith(reference.named):
        return False
    return reference.kind != "address-object" or (target[-2].tag == "address" and target[-1].find("ip-netmask") is not None)


def _in_scope(target: list[ET.Element], referrer: list[ET.Element]) -> bool:
    """Objects of one vsys, router or tunnel are seen from the same one only; those of ``shared`` from everywhere.

    That is: as long as both paths run through the same tags they must run through the same elements. Panorama's templates,
    stacks and device groups have rules of their own.
    """
    ours, theirs = _place_of(target), _place_of(referrer)
    if ours is not None and theirs is not None and ours is not theirs:
        return _sees(target[0], referrer, theirs, target, ours)
    for mine, other in zip(target[:-1], referrer):
        if mine is other:
            continue
        return mine.tag != other.tag
    return True


def _place_of(chain: list[ET.Element]) -> ET.Element | None:
    """The entry of the template, stack or device group in a chain."""
    return chain[4] if len(chain) > 4 and chain[3].tag in PLACES else None


def _sees(root: ET.Element, referrer: list[ET.Element], theirs: ET.Element, target: list[ET.Element], ours: ET.Element) -> bool:
    """A stack sees its templates, they see it, a device group its ancestors. Two templates do not see each other, though a stack joins them: so
    Panorama's guide has it (7.1 to 10.1); a variable names what another template has.
    """
    kinds = referrer[3].tag, target[3].tag
    if kinds == ("device-group", "device-group"):
        return ours.get("name") in lineage(root, theirs.get("name"))
    if kinds == ("template-stack", "template"):
        return ours.get("name") in templates_of(theirs)
    return kinds == ("template", "template-stack") and theirs.get("name") in templates_of(ours)


def _left_to_the_firewall(reference: Reference, value: str, referrer: list[ET.Element]) -> bool:
    """Panorama cannot judge zones and interfaces in rules, nor predefined profiles, which each firewall has of its own."""
    tags = _tags(referrer)
    if tags[1:2] != ("panorama",) and ("pre-rulebase" in tags or "post-rulebase" in tags):
        return _kind(reference) in ("zone", "interface", "monitor-profile")
    if reference.kind == "address-object" and _place_of(referrer) is not None:
        return True
    return _place_of(referrer) is not None and value in _PREDEFINED and reference.kind in _PREDEFINED_KINDS


def exists(tree: Tree, reference: Reference, value: str, referrer: list[ET.Element]) -> bool:
    """Whether what a reference names is there, or needs no object."""
    if value in reference.words or _is_literal(reference, value):
        return True
    if value.startswith("$") and reference.kind != "variable":
        return True
    kind = _kind(reference)
    occurrences = tree.occurrences
    for element in occurrences.named(value):
        chain = occurrences.chain(element)
        if TARGETS.get(_tags(chain)) == kind and _fits(reference, chain) and _in_scope(chain, referrer):
            return True
    return _left_to_the_firewall(reference, value, referrer)


def _is_literal(reference: Reference, value: str) -> bool:
    """Where rules name addresses, literals and predefined regions will do; redist rules may name a prefix.

    The interfaces without a unit are always there.
    """
    if _kind(reference) == "interface":
        return value in ("tunnel", "loopback", "vlan") and (not reference.named or value.startswith(reference.named))
    if reference.form is not None:
        return reference.form.holds(value)
    if reference.kind not in ("address", "redist-profile"):
        return False
    if value == "any" or value in _BUILT_IN_LISTS or re.fullmatch("[A-Z]{2}", value) or _RANGE.fullmatch(value):
        return True
    try:
        ipaddress.ip_interface(value)
    except ValueError:
        return False
    return True


def candidates(tree: Tree, reference: Reference) -> list[str]:
    """Names that a reference may take, and the words that need no object."""
    kind = _kind(reference)
    named = {
        element.get("name"): None for tags, each in TARGETS.items() if each == kind
        for element in tree.root.findall("/".join(tags[1:]))
    }
    return [*reference.words, *named]


def referrers(tree: Tree, target: list[ET.Element]) -> list[list[ET.Element]]:
    """The chains of all references to the object at the end of a chain."""
    kind = TARGETS.get(_tags(target))
    name = target[-1].get("name")
    if kind is None or name is None:
        return []
    occurrences = tree.occurrences
    found = []
    for element in [*occurrences.holding(name), *occurrences.named(name)]:
        if element is target[-1]:
            continue
        chain = occurrences.chain(element)
        reference = REFERENCES.get(_tags(chain))
        if reference is not None and _kind(reference) == kind and _in_scope(target, chain) and _holds(target, chain):
            found.append(chain)
    return found


def _holds(target: list[ET.Element], referrer: list[ET.Element]) -> bool:
    """Whether the reference keeps its target from being deleted: other templates' do not, the stack may have another."""
    ours, theirs = _place_of(target), _place_of(referrer)
    return ours is theirs or ours is None or target[3].tag == "device-group" or target[-1] is ours


def refuse_if_referenced(tree: Tree, doomed: list[ET.Element]) -> None:
    """Deletion of the node at the end of a chain. Raises Referenced (code 10) when others refer into it."""
    for target in [*_targets_within(doomed), *_imports_within(doomed)]:
        found = _zones_with(target) if target[-1].tag == "member" else referrers(tree, target)
        outside = [chain for chain in found if doomed[-1] not in chain]
        if outside:
            lines = [" " + " -> ".join(place(chain)) for chain in outside]
            raise Referenced(target[-1].get("name") or target[-1].text or "", lines)


def _targets_within(chain: list[ET.Element]) -> Iterator[list[ET.Element]]:
    tags = _tags(chain)
    if tags in TARGETS:
        yield chain
    if tags in _ABOVE_TARGETS:
        for child in chain[-1]:
            yield from _targets_within([*chain, child])


def _imports_within(chain: list[ET.Element]) -> list[list[ET.Element]]:
    """The interfaces that a vsys imports, as far as they stand at or below the end of a chain."""
    tags = _tags(chain)
    if "vsys" not in tags:
        return []
    within = tags[tags.index("vsys") + 2:]
    if within != _IMPORTED_MEMBER[:len(within)]:
        return []
    below = _IMPORTED_MEMBER[len(within):]
    chains = [chain]
    for tag in below:
        chains = [[*each, child] for each in chains for child in each[-1].findall(tag)]
    return chains


def _zones_with(member: list[ET.Element]) -> list[list[ET.Element]]:
    """Zones of the same vsys that an imported interface is in: without the import they could not have been made (12.1), so it must stay. Likely."""
    vsys = member[:-len(_IMPORTED_MEMBER)]
    chains = [vsys]
    for tag in ("zone", "entry", "network", "*", "member"):
        chains = [[*each, child] for each in chains for child in each[-1].findall(tag)]
    return [chain for chain in chains if chain[-1].text == member[-1].text]


def place(chain: list[ET.Element]) -> list[str]:
    """How messages name a place: the words below ``shared`` or below the device's entry."""
    labels = labels_of(step_of(element) for element in chain)
    return labels[2:] if labels[1:2] == ["shared"] else labels[3:]


def refuse_dangling(tree: Tree, path: Path, reference: Reference, labels: list[str]) -> None:
    """Set-time check of the member at a path. Raises InvalidObject."""
    chain = tree.chain(path)
    if chain is None:
        return
    value = (chain[-1].get("name") if chain[-1].tag == "entry" else chain[-1].text) or ""
    dangling = invalid(f" '{value}' is not a valid reference", labels)
    if not exists(tree, reference, value, chain):
        raise dangling
    if reference.kind == "imported-interface" and not _is_imported(tree, path, value):
        raise dangling
    _refuse_second_parent(tree, chain, value, labels)


def is_out_of_reach(tree: Tree, reference: Reference, value: str, chain: list[ET.Element]) -> bool:
    """Whether a zone's interface is there and its vsys does not import it. Templates are for the firewall to judge, which has others beside them."""
    if reference.kind != "imported-interface" or _place_of(chain) is not None:
        return False
    return not _is_imported(tree, tuple(step_of(element) for element in chain), value)


def _is_imported(tree: Tree, path: Path, interface: str) -> bool:
    """Whether the vsys around the path imports the interface."""
    tags = [tag for tag, dummy in path]
    vsys = path[:len(tags) - tags[::-1].index("vsys") + 1]
    for start in _starts(tree, vsys):
        imported = tree.at((*start, ("import", None), ("network", None), ("interface", None)))
        if imported is not None and tree.child(imported, ("member", interface)) is not None:
            return True
    return False


def _starts(tree: Tree, vsys: Path) -> Iterator[Path]:
    """The vsys itself; for one in a stack also the same vsys in the stack's templates."""
    yield vsys
    if vsys[3][0] == "template-stack":
        for template in templates_of(tree.at(vsys[:5])):
            yield (*vsys[:3], ("template", None), ("entry", template), *vsys[5:])


def _refuse_second_parent(tree: Tree, chain: list[ET.Element], interface: str, labels: list[str]) -> None:
    """An interface is in one zone, one router, one vsys. That the second is refused is documented; the wording is ours."""
    own_tags = _tags(chain)
    if REFERENCES[own_tags].checked != "set" or _kind(REFERENCES[own_tags]) != "interface":
        return
    role = next(word for word in _INTERFACE_PARENTS if word in own_tags)
    occurrences = tree.occurrences
    for element in occurrences.holding(interface):
        other = occurrences.chain(element)
        tags = _tags(other)
        reference = REFERENCES.get(tags)
        is_set = reference is not None and reference.checked == "set"
        is_alike = is_set and role in tags and element.tag == "member"
        if element is chain[-1] or not is_alike:
            continue
        owner = _owner(other, role)
        if owner is not _owner(chain, role) and _in_scope_of_device(other, chain):
            what = _INTERFACE_PARENTS[role]
            raise invalid(f" '{interface}' is already used by {what} {owner.get('name')}", labels)


def _owner(chain: list[ET.Element], role: str) -> ET.Element:
    """The zone, router or vsys entry in a chain. Zones of all vsys count, so the zone's own entry decides."""
    container = "vsys" if role == "import" else role
    position = next(index for index, element in enumerate(chain) if element.tag == container)
    return chain[position + 1]


def _in_scope_of_device(one: list[ET.Element], other: list[ET.Element]) -> bool:
    """Both in the same device entry: two templates may name the same interface."""
    devices = [
        [element for parent, element in zip(chain, chain[1:]) if parent.tag in ("devices", "template", "template-stack")]
        for chain in (one, other)
    ]
    return devices[0] == devices[1]


def refuse_name_clash(tree: Tree, path: Path, labels: list[str]) -> None:
    """A new entry whose name a sibling kind already uses. Raises InvalidObject."""
    container, name = path[-2][0], path[-1]
    for one, other in (*SHARED_NAME_SPACES, *(pair[::-1] for pair in SHARED_NAME_SPACES)):
        if container == one and tree.at((*path[:-2], (other, None), name)) is not None:
            raise invalid(" is already in use", labels)
