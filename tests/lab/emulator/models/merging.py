# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How a request's elements become part of the tree: merged into what is there, or put in its place.

A set merges and appends; of a choice, the branch that comes drops the one that stands.
"""

from __future__ import annotations

import uuid
import xml.etree.ElementTree as ET

from ansible_collections.tunnelsmith.panos_vpn.tests.lab.emulator.errors import BadXpath, InvalidObject, OperationFailed
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.emulator.models.changes import Change
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.emulator.models.journal import CREATE, DELETE, EDIT
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.emulator.models.marks import Marks
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.emulator.models.pushed import is_owned
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.emulator.models.stored_secrets import StoredSecrets
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.emulator.models.tree import (
    MARKS, Path, Step, Tree, child_of, labels_of, same, step_of, xpath_text,
)
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.emulator.schema.check import below, check_alone, invalid
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.emulator.schema.kinds import (
    Entries, Group, Leaf, Members, Node, Secret, Version,
)


class Merging:
    def __init__(self, tree: Tree, marks: Marks, version: Version, secrets: StoredSecrets) -> None:
        self._tree = tree
        self._marks = marks
        self._version = version
        self._secrets = secrets

    def first_missing(self, path: Path) -> Path | None:
        """The topmost part of a path that is not there yet."""
        for length in range(1, len(path) + 1):
            if self._tree.at(path[:length]) is None:
                return path[:length]
        return None

    def make_path(self, change: Change, path: Path, nodes: list[Node | None]) -> list[ET.Element]:
        chain = [self._tree.root]
        if path[0] != (self._tree.root.tag, None):
            raise BadXpath(f"{xpath_text(path)} is not in this configuration")
        for position, step in enumerate(path[1:], start=1):
            child = self._tree.child(chain[-1], step)
            if child is None:
                self._drop_other_branches(change, chain[-1], nodes[position - 1], path[:position], step)
                child = self._bare(change, step, nodes[position - 1])
                self._tree.append(chain[-1], child)
                change.changed = True
                if step[0] == "entry":
                    change.named.append((path[:position + 1], own_label(path[:position + 1])))
            chain.append(child)
        return chain

    def _bare(self, change: Change, step: Step, parent: Node | None) -> ET.Element:
        tag, key = step
        element = ET.Element(tag)
        if tag == "entry" and key is not None:
            element.set("name", key)
            if isinstance(parent, Entries) and parent.rules:
                element.set("uuid", str(uuid.uuid4()))
        elif tag == "member":
            element.text = key
        self._marks.stamp(change, element)
        return element

    def merge(self, change: Change, target: ET.Element, node: Node | None, elements: list[ET.Element], path: Path,
              labels: list[str], attached: bool) -> None:
        """Lay elements over what is there. ``attached`` is False inside of what this very change has created."""
        for element in elements:
            step = step_of(element)
            place = (*path, step)
            child = self._tree.child(target, step)
            if child is None:
                self._drop_other_branches(change, target, node, path, step)
                child = self._grow(change, element, node, place, labels)
                self._tree.append(target, child)
                change.changed = True
                if attached:
                    self._marks.book_created(change, place)
            else:
                self._overlay(change, child, element, node, place, labels, attached)
        if isinstance(node, Members):
            check_alone(node, [member.text for member in target], labels)

    def _overlay(self, change: Change, child: ET.Element, element: ET.Element, parent: Node | None, place: Path,
                 labels: list[str], attached: bool) -> None:
        refuse_if_owned("set", child)
        node = below(parent, place[-1], self._version)
        deeper = _deeper(labels, place[-1])
        self._copy_attributes(change, child, _kept(parent, element))
        if len(element):
            self.merge(change, child, node, list(element), place, deeper, attached)
        elif place[-1][0] not in ("entry", "member") and not len(child) and isinstance(node, (Leaf, type(None))):
            text = self._stored(node, element.text)
            if text != child.text and not (text is None and node is None):
                self._tree.set_text(child, text)
                self._marks.mark(change, child)
                self._note_reference(change, parent, node, place, deeper)
                if attached:
                    self._marks.touch(change, place, EDIT)

    def _grow(
        self, change: Change, element: ET.Element, parent: Node | None, place: Path, labels: list[str], repeats: bool = False,
    ) -> ET.Element:
        """A new subtree out of a request's element: marked, secrets stored, duplicates merged, rules with a uuid.

        C(repeats): a list that replaces another one as a whole keeps equal members (an AS path to prepend is one AS several times).
        """
        node = below(parent, place[-1], self._version)
        deeper = _deeper(labels, place[-1])
        new = ET.Element(element.tag, _kept(parent, element))
        new.text = self._stored(node, element.text)
        if isinstance(parent, Entries) and parent.rules:
            self._refuse_taken(new.get("uuid"), place, deeper)
            new.set("uuid", new.get("uuid") or str(uuid.uuid4()))
        self._marks.stamp(change, new)
        self._note_reference(change, parent, node, place, deeper)
        if place[-1][0] == "entry":
            change.named.append((place, deeper))
        twins: dict[Step, ET.Element] = {}
        for child in element:
            step = step_of(child)
            grown = self._grow(change, child, node, (*place, step), deeper)
            twin = twins.get(step)
            if twin is None or (repeats and child.tag == "member"):
                self._drop_rival(new, node, step, twins)
                new.append(grown)
                twins[step] = grown
            elif len(grown) or twin.text != grown.text:
                twin.extend([each for each in grown if child_of(twin, step_of(each)) is None])
                twin.text = grown.text
        return new

    def _refuse_taken(self, identifier: str | None, place: Path, labels: list[str]) -> None:
        """A rule is told from all others by its uuid (inferred: refused where another one has it)."""
        if identifier is None:
            return
        for rule in self._tree.root.iter("entry"):
            if rule.get("uuid") == identifier and tuple(map(step_of, self._tree.occurrences.chain(rule))) != place:
                raise invalid(f" uuid '{identifier}' is already in use", labels)

    @staticmethod
    def _drop_rival(new: ET.Element, node: Node | None, step: Step, twins: dict[Step, ET.Element]) -> None:
        """Of two branches in one request the later one stays, as on 12.1."""
        choice = node.choices.get(step[0]) if isinstance(node, Group) else None
        if choice is None:
            return
        for rival in [child for child in new if child.tag in choice.tags]:
            new.remove(rival)
            twins.pop(step_of(rival), None)

    def replace(self, change: Change, path: Path, nodes: list[Node | None], element: ET.Element, labels: list[str]) -> None:
        created = self.first_missing(path)
        parent = self.make_path(change, path[:-1], nodes)[-1]
        old = self._tree.child(parent, path[-1])
        new = self._grow(change, element, nodes[-2], path, labels[:-1], repeats=True)
        if old is None:
            self._drop_other_branches(change, parent, nodes[-2], path[:-1], path[-1])
            self._tree.append(parent, new)
            self._marks.book_created(change, created or path)
            change.changed = True
            return
        if old.get("uuid"):
            new.set("uuid", element.get("uuid") or old.get("uuid"))
        before = {place for place, dummy in _values(old, path)}
        change.dangling = [each for each in change.dangling if each[0] not in before]
        change.named = [each for each in change.named if each[0] not in before]
        if same(old, new):
            return
        change.changed = True
        self._tree.replace(parent, old, new)
        self._marks.touch(change, path, EDIT, whole=True)

    def remove(self, change: Change, path: Path, parent: ET.Element, node: ET.Element) -> None:
        self._tree.remove(parent, node)
        change.changed = True
        self._marks.touch(change, path, DELETE, whole=True)

    def _drop_other_branches(self, change: Change, target: ET.Element, node: Node | None, path: Path, step: Step) -> None:
        choice = node.choices.get(step[0]) if isinstance(node, Group) else None
        if choice is None:
            return
        for rival in [child for child in target if child.tag in choice.tags and child.tag != step[0]]:
            if self._version < choice.merge_refused_until:
                raise InvalidObject("Edit breaks config validity")
            self.remove(change, (*path, step_of(rival)), target, rival)

    def _stored(self, node: Node | None, text: str | None) -> str | None:
        if isinstance(node, Leaf) and isinstance(node.value, Secret) and text:
            return self._secrets.store(text)
        return text

    def _note_reference(self, change: Change, parent: Node | None, node: Node | None, place: Path, labels: list[str]) -> None:
        holder = parent if isinstance(parent, (Members, Entries)) else node if isinstance(node, Leaf) else None
        reference = holder.refers if holder is not None else None
        if reference is not None and reference.checked == "set":
            change.dangling.append((place, reference, labels))

    def _copy_attributes(self, change: Change, target: ET.Element, attributes: dict[str, str]) -> None:
        for key, value in attributes.items():
            if target.get(key) != value:
                self._tree.set_attribute(target, key, value)
                self._marks.mark(change, target)
                change.changed = True

    def point_to(self, change: Change, referrer: list[ET.Element], new_name: str) -> None:
        path = tuple(step_of(element) for element in referrer)
        element = referrer[-1]
        if element.tag == "entry":
            self._tree.set_attribute(element, "name", new_name)
        else:
            self._tree.set_text(element, new_name)
        self._marks.mark(change, element)
        if element.tag in ("entry", "member"):
            self._marks.touch(change, path, DELETE, whole=True)
            path = (*path[:-1], step_of(element))
        self._marks.touch(change, path, EDIT if element.tag not in ("entry", "member") else CREATE)


def refuse_if_owned(action: str, element: ET.Element) -> None:
    """Nodes that a Panorama template brought refuse writes (measured on 11.x)."""
    if is_owned(element):
        name = element.get("name") or element.tag
        raise OperationFailed(f"{action} failed, may need to override template object {name} first")


def own_label(path: Path) -> list[str]:
    """Messages about a request name the object in it, without the path to it."""
    return [labels_of(path[-1:])[0] or path[-1][0]]


def _kept(parent: Node | None, element: ET.Element) -> dict[str, str]:
    """The attributes that are stored: of what is described its own ones (inferred), of the rest all but the marks of changes."""
    own = ("name", "uuid") if isinstance(parent, Entries) and parent.rules else ("name",) if isinstance(parent, Entries) else ()
    return {key: value for key, value in element.items() if key not in MARKS and (parent is None or key in own)}


def _deeper(labels: list[str], step: Step) -> list[str]:
    return labels if step[0] == "member" else [*labels, *labels_of([step])]


def _values(element: ET.Element, path: Path) -> list[tuple[Path, ET.Element]]:
    found = [(path, element)]
    for child in element:
        found.extend(_values(child, (*path, step_of(child))))
    return found
