# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The candidate configuration and the actions that change it.

``set`` merges and appends, ``edit`` replaces, ``delete`` of the missing succeeds with code 7; each action is all or
nothing. Every change is marked on its elements and booked in the journal.
"""

from __future__ import annotations

import copy
import time
import uuid
import xml.etree.ElementTree as ET
from dataclasses import dataclass, field
from typing import Iterator

from ansible_collections.tunnelsmith.panos_vpn.tests.lab.emulator import references
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.emulator.errors import (
    BadXpath, InvalidObject, NotPossible, OperationFailed,
)
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.emulator.models.journal import CREATE, DELETE, EDIT, MOVE, Journal, Record
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.emulator.models.pushed import is_owned
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.emulator.models.stored_configurations import load_part
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.emulator.models.stored_secrets import StoredSecrets
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.emulator.models.tree import (
    MARKS, Path, Step, Tree, UndoLog, child_of, duplicate, labels_of, same, step_of, xpath_text,
)
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.emulator.schema import CONFIG
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.emulator.schema.check import (
    along, below, check_alone, check_children, check_name,
)
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.emulator.schema.kinds import (
    Entries, Group, Leaf, Members, Node, Reference, Secret, Version,
)

DONE = (20, "command succeeded")
ABSENT = (7, "Object doesn't exist")


@dataclass
class Switches:
    """Behaviour that the references only infer. Each can be turned without touching the code.

    ``journal_books_container``: a ``set`` on a container with an entry inside is booked under the container, as reported
    of 11.0.3-h3 and later. ``journal_books_unchanged``: a write that changes nothing counts as a change.
    ``rename_updates_references``, ``commit_drops_own_locks``, ``bgp_needs_identity`` (enable without router id or local
    AS fails at commit): as their names say. ``commit_queue``: how many commits may wait behind the one that runs; the
    next one is refused as busy.
    """

    journal_books_container: bool = False
    journal_books_unchanged: bool = False
    rename_updates_references: bool = True
    commit_drops_own_locks: bool = True
    bgp_needs_identity: bool = True
    commit_queue: int = 0


@dataclass
class Change:
    """One action under way: who does it, its marks, and what must be checked once it stands."""

    admin: str
    sequence: int
    booked: str | None = None
    changed: bool = False
    dangling: list[tuple[Path, Reference, list[str]]] = field(default_factory=list)
    named: list[tuple[Path, list[str]]] = field(default_factory=list)

    @property
    def stamp(self) -> dict[str, str]:
        return {"admin": self.admin, "dirtyId": str(self.sequence), "time": time.strftime("%Y/%m/%d %H:%M:%S")}


class Candidate:
    def __init__(self, root: ET.Element, version: Version, secrets: StoredSecrets, switches: Switches) -> None:
        self.undo = UndoLog()
        self.tree = Tree(root, self.undo)
        self.journal = Journal(self.undo)
        self.version = version
        self.switches = switches
        self._secrets = secrets
        self._marked: dict[ET.Element, None] = {}
        self._overridden: dict[Path, ET.Element] = {}
        self.sequence = 0

    # Actions. Each returns (code, message) of its answer.

    def set(self, admin: str, path: Path, elements: list[ET.Element]) -> tuple[int, str]:
        nodes = along(CONFIG, path, self.version)
        self._refuse_template_owned("set", path)
        labels = [path[-1][1]] if path[-1][0] == "entry" else []
        self._check_names_in(path, nodes)
        check_children(nodes[-1], elements, labels, self.version)
        change = self._begin(admin)
        if self.switches.journal_books_container and any(element.tag == "entry" for element in elements):
            change.booked = xpath_text(path)
        with self.undo.transaction():
            created = self._first_missing(path)
            chain = self._make_path(change, path, nodes)
            self._merge(change, chain[-1], nodes[-1], elements, path, labels, attached=created is None)
            if created is not None:
                self._book_created(change, created)
            self._finish(change, path)
        return DONE

    def edit(self, admin: str, path: Path, elements: list[ET.Element]) -> tuple[int, str]:
        if len(elements) != 1 or step_of(elements[0]) != path[-1]:
            # Refused for certain; neither code nor words were captured.
            raise InvalidObject("Edit breaks config validity: the element is not the node that the xpath names")
        if len(path) == 1:
            raise BadXpath("the whole configuration cannot be edited")
        self._refuse_template_owned("edit", path)
        return self._edit(admin, path, elements)

    def _edit(self, admin: str, path: Path, elements: list[ET.Element]) -> tuple[int, str]:
        nodes = along(CONFIG, path, self.version)
        self._check_names_in(path, nodes)
        labels = _own_label(path)
        self._check_whole(nodes, elements[0], labels)
        change = self._begin(admin)
        with self.undo.transaction():
            self._replace(change, path, nodes, elements[0], labels)
            self._finish(change, path)
        return DONE

    def delete(self, admin: str, chains: list[list[ET.Element]]) -> tuple[int, str]:
        if not chains:
            return ABSENT
        change = self._begin(admin)
        with self.undo.transaction():
            for chain in chains:
                if len(chain) == 1:
                    raise BadXpath("the whole configuration cannot be deleted")
                path = tuple(step_of(element) for element in chain)
                self._refuse_template_owned("delete", path)
                if path in self._overridden:
                    self.tree.replace(chain[-2], chain[-1], copy.deepcopy(self._overridden[path]))
                    self._touch(change, path, EDIT, whole=True)
                    continue
                references.refuse_if_referenced(self.tree, chain)
                self._remove(change, path, chain[-2], chain[-1])
        return DONE

    def move(self, admin: str, path: Path, where: str, destination: str | None) -> tuple[int, str]:
        chain = self._existing(path)
        parent, node = chain[-2:]
        if path[-1][0] not in ("entry", "member"):
            raise OperationFailed(f"{path[-1][0]} cannot be moved")
        siblings = [child for child in parent if child.tag == node.tag]
        target = _destination(siblings, node, where, destination)
        if target == siblings.index(node):
            # Moving a rule up that is at the top already is the vendor's example of code 14.
            if where in ("top", "bottom") or target == 0:
                raise NotPossible(f" {path[-1][1]} is already at the {'bottom' if where == 'bottom' else 'top'}")
            return DONE
        change = self._begin(admin)
        with self.undo.transaction():
            self.tree.remove(parent, node)
            others = [child for child in parent if child.tag == node.tag]
            index = list(parent).index(others[target]) if target < len(others) else len(parent)
            self.tree.insert(parent, index, node)
            self._mark(change, node)
            self._touch(change, path, MOVE)
        return DONE

    def rename(self, admin: str, path: Path, new_name: str | None) -> tuple[int, str]:
        if not new_name or path[-1][0] != "entry":
            raise InvalidObject("Can rename only one obj at a time")
        chain = self._existing(path)
        renamed = self._free_place(path, new_name)
        change = self._begin(admin)
        with self.undo.transaction():
            referrers = references.referrers(self.tree, chain) if self.switches.rename_updates_references else []
            for referrer in referrers:
                self._point_to(change, referrer, new_name)
            self.tree.set_attribute(chain[-1], "name", new_name)
            self._mark_all(change, chain[-1])
            self._touch(change, path, DELETE, whole=True)
            self._touch(change, renamed, CREATE, whole=True)
        return DONE

    def clone(self, admin: str, path: Path, source: Path, new_name: str | None) -> tuple[int, str]:
        if not new_name:
            raise InvalidObject("newname is required")
        twin = duplicate(self._existing(source)[-1])
        twin.set("name", new_name)
        twin.attrib.pop("uuid", None)
        self._free_place((*path, ("entry", None)), new_name)
        return self.set(admin, path, [twin])

    def override(self, admin: str, path: Path, elements: list[ET.Element]) -> tuple[int, str]:
        """Replace objects of a template locally and whole; deleting one brings the template's value back."""
        for element in elements:
            place = (*path, step_of(element))
            owned = self.tree.at(place)
            if owned is None or not is_owned(owned):
                raise OperationFailed("Object cannot be overridden")
            self._edit(admin, place, [element])
            self._overridden[place] = owned
        return DONE

    def _refuse_template_owned(self, action: str, path: Path) -> None:
        """Nodes that a Panorama template brought carry src="tpl" and refuse writes (measured on 11.x)."""
        for length in range(2, len(path) + 1):
            element = self.tree.at(path[:length])
            if element is None:
                return
            self._refuse_if_owned(action, element)

    @staticmethod
    def _refuse_if_owned(action: str, element: ET.Element) -> None:
        if is_owned(element):
            name = element.get("name") or element.tag
            raise OperationFailed(f"{action} failed, may need to override template object {name} first")

    # How an action changes the tree.

    def _begin(self, admin: str) -> Change:
        self.sequence += 1
        return Change(admin, self.sequence)

    def _finish(self, change: Change, path: Path) -> None:
        for place, reference, labels in change.dangling:
            references.refuse_dangling(self.tree, place, reference, labels)
        for place, labels in change.named:
            references.refuse_name_clash(self.tree, place, labels)
        if not change.changed and self.switches.journal_books_unchanged:
            self._touch(change, path, EDIT)

    def _check_names_in(self, path: Path, nodes: list[Node | None]) -> None:
        """Entries that the xpath itself would create must have legal names."""
        for (tag, key), node in zip(path[1:], nodes):
            if tag == "entry" and isinstance(node, Entries):
                check_name(node, key or "", [], self.version)

    def _check_whole(self, nodes: list[Node | None], element: ET.Element, labels: list[str]) -> None:
        parent = nodes[-2]
        if isinstance(nodes[-1], Leaf) or isinstance(parent, (Entries, Members)):
            check_children(parent, [element], labels[:-1], self.version)
        else:
            check_children(nodes[-1], element, labels, self.version)

    def _existing(self, path: Path) -> list[ET.Element]:
        chain = self.tree.chain(path)
        if chain is None or len(chain) < 2:
            raise OperationFailed(f"{labels_of(path)[-1]} does not exist")
        return chain

    def _free_place(self, path: Path, new_name: str) -> Path:
        place = (*path[:-1], ("entry", new_name))
        if self.tree.at(place) is not None:
            raise InvalidObject(f" {new_name} is already in use")
        self._check_names_in(place, along(CONFIG, place, self.version))
        return place

    def _first_missing(self, path: Path) -> Path | None:
        """The topmost part of a path that is not there yet."""
        for length in range(1, len(path) + 1):
            if self.tree.at(path[:length]) is None:
                return path[:length]
        return None

    def _make_path(self, change: Change, path: Path, nodes: list[Node | None]) -> list[ET.Element]:
        chain = [self.tree.root]
        if path[0] != (self.tree.root.tag, None):
            raise BadXpath(f"{xpath_text(path)} is not in this configuration")
        for position, step in enumerate(path[1:], start=1):
            child = child_of(chain[-1], step)
            if child is None:
                self._drop_other_branches(change, chain[-1], nodes[position - 1], path[:position], step)
                child = self._bare(change, step, nodes[position - 1])
                self.tree.append(chain[-1], child)
                change.changed = True
                if step[0] == "entry":
                    change.named.append((path[:position + 1], _own_label(path[:position + 1])))
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
        element.attrib.update(change.stamp)
        self._marked[element] = None
        return element

    def _merge(self, change: Change, target: ET.Element, node: Node | None, elements: list[ET.Element], path: Path,
               labels: list[str], attached: bool) -> None:
        """Lay elements over what is there. ``attached`` is False inside of what this very change has created."""
        for element in elements:
            step = step_of(element)
            place = (*path, step)
            child = child_of(target, step)
            if child is None:
                self._drop_other_branches(change, target, node, path, step)
                child = self._grow(change, element, node, place, labels)
                self.tree.append(target, child)
                change.changed = True
                if attached:
                    self._book_created(change, place)
            else:
                self._overlay(change, child, element, node, place, labels, attached)
        if isinstance(node, Members):
            check_alone(node, [member.text for member in target], labels)

    def _overlay(self, change: Change, child: ET.Element, element: ET.Element, parent: Node | None, place: Path,
                 labels: list[str], attached: bool) -> None:
        self._refuse_if_owned("set", child)
        node = below(parent, place[-1], self.version)
        deeper = _deeper(labels, place[-1])
        self._copy_attributes(change, child, element)
        if len(element):
            self._merge(change, child, node, list(element), place, deeper, attached)
        elif place[-1][0] not in ("entry", "member") and not len(child) and isinstance(node, (Leaf, type(None))):
            text = self._stored(node, element.text)
            if text != child.text and not (text is None and node is None):
                self.tree.set_text(child, text)
                self._mark(change, child)
                self._note_reference(change, parent, node, place, deeper)
                if attached:
                    self._touch(change, place, EDIT)

    def _grow(
        self, change: Change, element: ET.Element, parent: Node | None, place: Path, labels: list[str], repeats: bool = False,
    ) -> ET.Element:
        """A new subtree out of a request's element: marked, secrets stored, duplicates merged, rules with a uuid.

        C(repeats): a list that replaces another one as a whole keeps equal members (an AS path to prepend is one AS several times).
        """
        node = below(parent, place[-1], self.version)
        deeper = _deeper(labels, place[-1])
        new = ET.Element(element.tag, {key: value for key, value in element.items() if key not in MARKS})
        new.text = self._stored(node, element.text)
        if isinstance(parent, Entries) and parent.rules and not new.get("uuid"):
            new.set("uuid", str(uuid.uuid4()))
        new.attrib.update(change.stamp)
        self._marked[new] = None
        self._note_reference(change, parent, node, place, deeper)
        if place[-1][0] == "entry":
            change.named.append((place, deeper))
        for child in element:
            step = step_of(child)
            grown = self._grow(change, child, node, (*place, step), deeper)
            twin = child_of(new, step)
            if twin is None or (repeats and child.tag == "member"):
                self._drop_rival(new, node, step)
                new.append(grown)
            elif len(grown) or twin.text != grown.text:
                twin.extend([each for each in grown if child_of(twin, step_of(each)) is None])
                twin.text = grown.text
        return new

    @staticmethod
    def _drop_rival(new: ET.Element, node: Node | None, step: Step) -> None:
        """Of two branches in one request the later one stays, as on 12.1."""
        choice = node.choices.get(step[0]) if isinstance(node, Group) else None
        for rival in [child for child in new if choice and child.tag in choice.tags]:
            new.remove(rival)

    def _replace(self, change: Change, path: Path, nodes: list[Node | None], element: ET.Element, labels: list[str]) -> None:
        created = self._first_missing(path)
        parent = self._make_path(change, path[:-1], nodes)[-1]
        old = child_of(parent, path[-1])
        new = self._grow(change, element, nodes[-2], path, labels[:-1], repeats=True)
        if old is None:
            self._drop_other_branches(change, parent, nodes[-2], path[:-1], path[-1])
            self.tree.append(parent, new)
            self._book_created(change, created or path)
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
        self.tree.replace(parent, old, new)
        self._touch(change, path, EDIT, whole=True)

    def _remove(self, change: Change, path: Path, parent: ET.Element, node: ET.Element) -> None:
        self.tree.remove(parent, node)
        change.changed = True
        self._touch(change, path, DELETE, whole=True)

    def _drop_other_branches(self, change: Change, target: ET.Element, node: Node | None, path: Path, step: Step) -> None:
        choice = node.choices.get(step[0]) if isinstance(node, Group) else None
        if choice is None:
            return
        for rival in [child for child in target if child.tag in choice.tags and child.tag != step[0]]:
            if self.version < choice.merge_refused_until:
                raise InvalidObject("Edit breaks config validity")
            self._remove(change, (*path, step_of(rival)), target, rival)

    def _stored(self, node: Node | None, text: str | None) -> str | None:
        if isinstance(node, Leaf) and isinstance(node.value, Secret) and text:
            return self._secrets.store(text)
        return text

    def _note_reference(self, change: Change, parent: Node | None, node: Node | None, place: Path, labels: list[str]) -> None:
        holder = parent if isinstance(parent, (Members, Entries)) else node if isinstance(node, Leaf) else None
        reference = holder.refers if holder is not None else None
        if reference is not None and reference.checked == "set":
            change.dangling.append((place, reference, labels))

    def _copy_attributes(self, change: Change, target: ET.Element, element: ET.Element) -> None:
        for key, value in element.items():
            if key not in MARKS and target.get(key) != value:
                self.tree.set_attribute(target, key, value)
                self._mark(change, target)
                change.changed = True

    def _point_to(self, change: Change, referrer: list[ET.Element], new_name: str) -> None:
        path = tuple(step_of(element) for element in referrer)
        element = referrer[-1]
        if element.tag == "entry":
            self.tree.set_attribute(element, "name", new_name)
        else:
            self.tree.set_text(element, new_name)
        self._mark(change, element)
        if element.tag in ("entry", "member"):
            self._touch(change, path, DELETE, whole=True)
            path = (*path[:-1], step_of(element))
        self._touch(change, path, EDIT if element.tag not in ("entry", "member") else CREATE)

    # Marks and journal.

    def _mark(self, change: Change, element: ET.Element) -> None:
        for key, value in change.stamp.items():
            self.tree.set_attribute(element, key, value)
        self._marked[element] = None

    def _mark_all(self, change: Change, element: ET.Element) -> None:
        for each in element.iter():
            self._mark(change, each)

    def _touch(self, change: Change, path: Path, action: str, whole: bool = False) -> None:
        change.changed = True
        self.journal.touch(path, action, change.admin, change.sequence, change.booked, whole)

    def _book_created(self, change: Change, path: Path) -> None:
        """Book entries, members and leaves; a container that had to be made on the way is not a change of its own."""
        element = self.tree.at(path)
        if path[-1][0] in ("entry", "member") or not len(element):
            self._touch(change, path, CREATE, whole=True)
            return
        for child in element:
            self._book_created(change, (*path, step_of(child)))

    def unmark(self, records: list[Record], up_to: int) -> None:
        """Take the marks off what has been committed; what was changed again since then keeps them."""
        if len(self.journal) == 0:
            for element in self._marked:
                _unmark(element)
            self._marked.clear()
            return
        for record in records:
            chain = self.tree.chain(record.path)
            if chain is None:
                continue
            foreign = {id(self.tree.at(each.path)) for each in self.journal.beneath(record.path)}
            for element in [*chain[:-1], *_without(chain[-1], foreign)]:
                mark = element.get("dirtyId")
                if mark is not None and element.get("admin") == record.owner and int(mark) <= up_to:
                    _unmark(element)
                    self._marked.pop(element, None)

    def replace_all(self, root: ET.Element) -> None:
        """Revert or load: another whole configuration; nothing of the old one's changes is left."""
        self.tree.replace_root(root)
        self.journal.clear()
        self._marked.clear()

    def rebase(self, root: ET.Element, hidden: dict[Path, ET.Element] | None) -> None:
        """The tree was changed behind its back by a push; ``hidden``: the template's objects that local ones hide."""
        self.tree.replace_root(root)
        if hidden is not None:
            self._overridden = hidden

    def load(self, admin: str, root: ET.Element) -> None:
        """Another whole configuration as this admin's uncommitted change."""
        self.replace_all(root)
        self._touch(self._begin(admin), ((root.tag, None),), EDIT, whole=True)

    def load_part(self, admin: str, source: ET.Element, origin: Path, place: Path, mode: str) -> None:
        """One part of a stored configuration as this admin's uncommitted change. Raises LoadFailed."""
        with self.undo.transaction():
            load_part(self.tree, source, origin, place, mode)
            change = self._begin(admin)
            self._mark_all(change, self.tree.at(place))
            self._touch(change, place, EDIT, whole=True)


def _unmark(element: ET.Element) -> None:
    for key in MARKS:
        element.attrib.pop(key, None)


def _without(element: ET.Element, foreign: set[int]) -> Iterator[ET.Element]:
    """An element and all below it, except the subtrees that others answer for."""
    if id(element) in foreign:
        return
    yield element
    for child in element:
        yield from _without(child, foreign)


def _own_label(path: Path) -> list[str]:
    """Messages about a request name the object in it, without the path to it."""
    return [labels_of(path[-1:])[0] or path[-1][0]]


def _deeper(labels: list[str], step: Step) -> list[str]:
    return labels if step[0] == "member" else [*labels, *labels_of([step])]


def _values(element: ET.Element, path: Path) -> list[tuple[Path, ET.Element]]:
    found = [(path, element)]
    for child in element:
        found.extend(_values(child, (*path, step_of(child))))
    return found


def _destination(siblings: list[ET.Element], node: ET.Element, where: str, destination: str | None) -> int:
    """The index among its siblings that the node will have."""
    current = siblings.index(node)
    if where == "top":
        return 0
    if where == "bottom":
        return len(siblings) - 1
    if where not in ("before", "after"):
        raise InvalidObject(f" where '{where}' is not an allowed keyword")
    position = next((index for index, sibling in enumerate(siblings) if step_of(sibling)[1] == destination), None)
    if position is None or position == current:
        raise OperationFailed(f"destination {destination} does not exist")
    if current < position:
        position -= 1
    return position if where == "before" else position + 1
