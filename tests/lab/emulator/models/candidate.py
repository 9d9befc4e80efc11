# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The candidate configuration and the actions that change it.

``set`` merges and appends, ``edit`` replaces, ``delete`` of the missing succeeds with code 7; each action is all or
nothing. Every change is marked on its elements and booked in the journal.
"""

from __future__ import annotations

import copy
import xml.etree.ElementTree as ET

from ansible_collections.tunnelsmith.panos_vpn.tests.lab.emulator import references
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.emulator.errors import BadXpath, InvalidObject, NotPossible, NotPresent, OperationFailed
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.emulator.models.changes import Change, Switches
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.emulator.models.journal import CREATE, DELETE, EDIT, MOVE, PLACES, Journal, Record
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.emulator.models.marks import Marks
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.emulator.models.merging import Merging, own_label, refuse_if_owned
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.emulator.models.pushed import is_owned
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.emulator.models.stored_configurations import load_part
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.emulator.models.stored_secrets import StoredSecrets
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.emulator.models.tree import (
    Path, Tree, UndoLog, duplicate, labels_of, step_of, xpath_text,
)
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.emulator.schema.check import along, check_children, check_name, invalid
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.emulator.schema.kinds import Entries, Group, Leaf, Members, Node, Version

DONE = (20, "command succeeded")
ABSENT = (7, "Object doesn't exist")


class Candidate:
    def __init__(self, root: ET.Element, schema: Group, version: Version, secrets: StoredSecrets, switches: Switches) -> None:
        self.schema = schema
        self.undo = UndoLog()
        self.tree = Tree(root, self.undo)
        self.journal = Journal(self.undo)
        self.version = version
        self.switches = switches
        self._marks = Marks(self.tree, self.journal)
        self._merging = Merging(self.tree, self._marks, version, secrets)
        self._overridden: dict[Path, ET.Element] = {}
        self.sequence = 0

    # Actions. Each returns (code, message) of its answer.

    def set(self, admin: str, path: Path, elements: list[ET.Element]) -> tuple[int, str]:
        nodes = along(self.schema, path, self.version)
        self._refuse_template_owned("set", path)
        labels = [path[-1][1]] if path[-1][0] == "entry" else []
        self._check_names_in(path, nodes)
        check_children(nodes[-1], elements, labels, self.version)
        change = self._begin(admin)
        if self.switches.journal_books_container and any(element.tag == "entry" for element in elements):
            change.booked = xpath_text(path)
        with self.undo.transaction():
            created = self._merging.first_missing(path)
            self._refuse_missing_place(created, path)
            chain = self._merging.make_path(change, path, nodes)
            self._merging.merge(change, chain[-1], nodes[-1], elements, path, labels, attached=created is None)
            if created is not None:
                self._marks.book_created(change, created)
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
        nodes = along(self.schema, path, self.version)
        self._check_names_in(path, nodes)
        labels = own_label(path)
        self._check_whole(nodes, elements[0], labels)
        change = self._begin(admin)
        with self.undo.transaction():
            self._refuse_missing_place(self._merging.first_missing(path), path)
            self._merging.replace(change, path, nodes, elements[0], labels)
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
                    self._marks.touch(change, path, EDIT, whole=True)
                    continue
                references.refuse_if_referenced(self.tree, chain)
                self._merging.remove(change, path, chain[-2], chain[-1])
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
            self._marks.mark(change, node)
            self._marks.touch(change, path, MOVE)
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
                self._merging.point_to(change, referrer, new_name)
            self.tree.set_attribute(chain[-1], "name", new_name)
            self._marks.mark_all(change, chain[-1])
            self._marks.touch(change, path, DELETE, whole=True)
            self._marks.touch(change, renamed, CREATE, whole=True)
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
            refuse_if_owned(action, element)

    # Checks.

    def _refuse_missing_place(self, missing: Path | None, path: Path) -> None:
        if missing is None or len(missing) == len(path) or self.switches.makes_places:
            return
        (container, dummy), (tag, name) = missing[-2:]
        if container in PLACES and tag == "entry":
            raise NotPresent(f"{name} does not exist")

    def _begin(self, admin: str) -> Change:
        self.sequence += 1
        return Change(admin, self.sequence)

    def _finish(self, change: Change, path: Path) -> None:
        for place, reference, labels in change.dangling:
            references.refuse_dangling(self.tree, place, reference, labels)
        for place, labels in change.named:
            references.refuse_name_clash(self.tree, place, labels)
            self._refuse_second_system(place, labels)
        if not change.changed and self.switches.journal_books_unchanged:
            self._marks.touch(change, path, EDIT)

    def _refuse_second_system(self, place: Path, labels: list[str]) -> None:
        """A second virtual system where several are not switched on. Those that a configuration begins with are there."""
        if len(place) == 5 and place[3][0] == "vsys" and len(self.tree.at(place[:4])) == 2 and not self.switches.multi_vsys:
            raise invalid(" is invalid", labels)

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
            raise NotPresent(f"{labels_of(path)[-1]} does not exist")
        return chain

    def _free_place(self, path: Path, new_name: str) -> Path:
        place = (*path[:-1], ("entry", new_name))
        if self.tree.at(place) is not None:
            raise InvalidObject(f" {new_name} is already in use")
        self._check_names_in(place, along(self.schema, place, self.version))
        return place

    # Whole configurations.

    def replace_all(self, root: ET.Element) -> None:
        """Revert or load: another whole configuration; nothing of the old one's changes is left."""
        self.tree.replace_root(root)
        self._marks.clear()

    def rebase(self, root: ET.Element, hidden: dict[Path, ET.Element] | None) -> None:
        """The tree was changed behind its back by a push; ``hidden``: the template's objects that local ones hide."""
        self.tree.replace_root(root)
        if hidden is not None:
            self._overridden = hidden

    def load(self, admin: str, root: ET.Element) -> None:
        """Another whole configuration as this admin's uncommitted change."""
        self.replace_all(root)
        self._marks.touch(self._begin(admin), ((root.tag, None),), EDIT, whole=True)

    def load_part(self, admin: str, source: ET.Element, origin: Path, place: Path, mode: str) -> None:
        """One part of a stored configuration as this admin's uncommitted change. Raises LoadFailed."""
        with self.undo.transaction():
            load_part(self.tree, source, origin, place, mode)
            change = self._begin(admin)
            self._marks.mark_all(change, self.tree.at(place))
            self._marks.touch(change, place, EDIT, whole=True)

    def unmark(self, records: list[Record], up_to: int) -> None:
        """Take the marks off what has been committed."""
        self._marks.unmark(records, up_to)


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
