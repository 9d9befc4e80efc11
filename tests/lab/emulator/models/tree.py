# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Configuration trees: text to elements and back, steps and paths, and changes that can be undone."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from contextlib import contextmanager
from typing import Callable, Iterable, Iterator, Tuple

#: Attributes with which the candidate shows who changed an element since the last commit.
MARKS = frozenset(("admin", "dirtyId", "time"))

#: One step of a concrete path: tag, and the entry's name or the member's text.
Step = Tuple[str, "str | None"]
Path = Tuple[Step, ...]

_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f]")


def parse_document(text: str | bytes) -> ET.Element:
    """The root of a document, without indentation. Raises ``ET.ParseError``."""
    root = ET.fromstring(text)
    tidy(root)
    return root


def parse_fragment(text: str) -> list[ET.Element]:
    """The elements of a request's ``element`` parameter, which may have several roots. Raises ``ET.ParseError``."""
    text = text.lstrip("\ufeff")
    wrapper = ET.fromstring(f"<fragment>{text}</fragment>")
    if (wrapper.text or "").strip() or any((child.tail or "").strip() for child in wrapper):
        raise ET.ParseError("text outside of elements")
    tidy(wrapper)
    return list(wrapper)


def tidy(root: ET.Element) -> None:
    """Drop the white space that only lays out the text; the text of leaves stays as it is."""
    for element in root.iter():
        element.tail = None
        text = element.text
        if text is not None and (len(element) or "\n" in text) and not text.strip():
            element.text = None


def render(element: ET.Element, marks: bool = False) -> str:
    """XML text of an element and its children, with or without the change marks."""
    parts: list[str] = []
    _render(element, marks, parts)
    return "".join(parts)


def _render(element: ET.Element, marks: bool, parts: list[str]) -> None:
    tag = element.tag
    attributes = "".join(
        f' {key}="{_escape(value, quotes=True)}"' for key, value in element.items() if marks or key not in MARKS
    )
    text = element.text
    if not len(element) and not text:
        parts.append(f"<{tag}{attributes}/>")
        return
    parts.append(f"<{tag}{attributes}>")
    if text:
        parts.append(_escape(text))
    for child in element:
        _render(child, marks, parts)
    parts.append(f"</{tag}>")


def _escape(text: str, quotes: bool = False) -> str:
    if "&" in text:
        text = text.replace("&", "&amp;")
    if "<" in text:
        text = text.replace("<", "&lt;")
    if ">" in text:
        text = text.replace(">", "&gt;")
    if "\r" in text:
        text = text.replace("\r", "&#13;")
    if quotes:
        text = text.replace('"', "&quot;").replace("\n", "&#10;").replace("\t", "&#9;")
    return _NOT_XML.sub("", text)


def duplicate(element: ET.Element) -> ET.Element:
    """A deep copy without change marks."""
    twin = ET.Element(element.tag, {key: value for key, value in element.items() if key not in MARKS})
    twin.text = element.text
    twin.extend([duplicate(child) for child in element])
    return twin


def same(one: ET.Element, other: ET.Element) -> bool:
    """Whether two elements hold the same, in the same order, change marks aside."""
    return render(one) == render(other)


def step_of(element: ET.Element) -> Step:
    if element.tag == "entry":
        return "entry", element.get("name")
    if element.tag == "member":
        return "member", element.text
    return element.tag, None


def child_of(parent: ET.Element, step: Step) -> ET.Element | None:
    """The child that a step names."""
    tag, key = step
    if tag == "entry":
        for child in parent:
            if child.tag == "entry" and child.get("name") == key:
                return child
        return None
    if tag == "member":
        for child in parent:
            if child.tag == "member" and child.text == key:
                return child
        return None
    return parent.find(tag)


def quoted(value: str) -> str:
    """A string as an xpath literal; a name with an apostrophe needs double quotes."""
    return f'"{value}"' if "'" in value else f"'{value}'"


def xpath_text(path: Iterable[Step]) -> str:
    """``/config/devices/entry[@name='x']`` of a concrete path."""
    steps = []
    for tag, key in path:
        if tag == "entry" and key is not None:
            steps.append(f"entry[@name={quoted(key)}]")
        elif tag == "member" and key is not None:
            steps.append(f"member[text()={quoted(key)}]")
        else:
            steps.append(tag)
    return "/" + "/".join(steps)


def labels_of(path: Iterable[Step]) -> list[str]:
    """The words by which messages name a place: tags, but names for entries, and no ``member``."""
    return [tag if tag not in ("entry", "member") or key is None else key for tag, key in path]


class Occurrences:
    """Where each name and value stands in a tree, so that "who refers to X" needs no walk through 5 MB."""

    _FREQUENT = frozenset(("yes", "no", "any", "", None))

    def __init__(self, root: ET.Element) -> None:
        self._root = root
        self._parents: dict[ET.Element, ET.Element] = {}
        self._by_name: dict[str, dict[ET.Element, None]] = {}
        self._by_text: dict[str, dict[ET.Element, None]] = {}
        self._add_below(root)

    def add(self, parent: ET.Element, child: ET.Element) -> None:
        self._parents[child] = parent
        self.note_values(child)
        self._add_below(child)

    def _add_below(self, root: ET.Element) -> None:
        for parent in root.iter():
            for child in parent:
                self._parents[child] = parent
                self.note_values(child)

    def discard(self, child: ET.Element) -> None:
        for element in child.iter():
            self._parents.pop(element, None)
            self.forget_values(element)

    def note_values(self, element: ET.Element) -> None:
        name, text = element.get("name"), element.text
        if name is not None:
            self._by_name.setdefault(name, {})[element] = None
        if text not in self._FREQUENT:
            self._by_text.setdefault(text, {})[element] = None

    def forget_values(self, element: ET.Element) -> None:
        self._by_name.get(element.get("name"), {}).pop(element, None)
        self._by_text.get(element.text, {}).pop(element, None)

    def named(self, name: str) -> list[ET.Element]:
        """Entries of that name."""
        return list(self._by_name.get(name, ()))

    def holding(self, value: str) -> list[ET.Element]:
        """Elements whose text is the value; the words that stand everywhere (yes, no, any) are not kept."""
        return list(self._by_text.get(value, ()))

    def chain(self, element: ET.Element) -> list[ET.Element]:
        """The elements from the root down to this one."""
        chain = [element]
        while chain[-1] is not self._root:
            chain.append(self._parents[chain[-1]])
        return chain[::-1]


class UndoLog:
    """Inverse steps of what a request has done so far."""

    def __init__(self) -> None:
        self._steps: list[Callable[[], object]] = []
        self._depth = 0
        self._rolling_back = False

    def add(self, step: Callable[[], object]) -> None:
        if self._depth and not self._rolling_back:
            self._steps.append(step)

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All or nothing: an exception takes back everything since the block began. Blocks may nest."""
        begin = len(self._steps)
        self._depth += 1
        try:
            yield
        except BaseException:
            self._rolling_back = True
            while len(self._steps) > begin:
                self._steps.pop()()
            self._rolling_back = False
            raise
        finally:
            self._depth -= 1
            if not self._depth:
                self._steps.clear()


class WideLists:
    """The children of long lists by their steps, so that a list of thousands of members can be laid over another one.

    A list that was changed behind the tree's back is noticed by its length.
    """

    _LONG = 64

    def __init__(self) -> None:
        self._children: dict[ET.Element, dict[Step, ET.Element]] = {}

    def child(self, parent: ET.Element, step: Step) -> ET.Element | None:
        if len(parent) < self._LONG:
            return child_of(parent, step)
        known = self._children.get(parent)
        if known is None or len(known) != len(parent):
            known = {}
            for child in parent:
                known.setdefault(step_of(child), child)
            if len(known) != len(parent):
                return known.get(step)  # Equal members: not worth keeping.
            self._children[parent] = known
        return known.get(step)

    def add(self, parent: ET.Element, child: ET.Element) -> None:
        if parent in self._children:
            self._children[parent].setdefault(step_of(child), child)

    def discard(self, parent: ET.Element, child: ET.Element) -> None:
        if parent in self._children:
            self._children[parent].pop(step_of(child), None)

    def clear(self) -> None:
        self._children.clear()


class Tree:
    """One configuration; every change goes through its methods, which keep the undo log and the occurrences."""

    def __init__(self, root: ET.Element, undo: UndoLog) -> None:
        self.root = root
        self.undo = undo
        self._occurrences: Occurrences | None = None
        self._wide = WideLists()

    def replace_root(self, root: ET.Element) -> None:
        """Another whole configuration (load, revert); cannot be undone."""
        self.root = root
        self._occurrences = None
        self._wide.clear()

    def child(self, parent: ET.Element, step: Step) -> ET.Element | None:
        """The child that a step names, of an element of this tree."""
        return self._wide.child(parent, step)

    @property
    def occurrences(self) -> Occurrences:
        if self._occurrences is None:
            self._occurrences = Occurrences(self.root)
        return self._occurrences

    def chain(self, path: Path) -> list[ET.Element] | None:
        """The elements along a concrete path that begins with ``config``; None where one is missing."""
        if not path or path[0] != (self.root.tag, None):
            return None
        chain = [self.root]
        for step in path[1:]:
            child = self.child(chain[-1], step)
            if child is None:
                return None
            chain.append(child)
        return chain

    def at(self, path: Path) -> ET.Element | None:
        chain = self.chain(path)
        return chain[-1] if chain else None

    def insert(self, parent: ET.Element, index: int, child: ET.Element) -> None:
        parent.insert(index, child)
        self._wide.add(parent, child)
        if self._occurrences is not None:
            self._occurrences.add(parent, child)
        self.undo.add(lambda: self.remove(parent, child))

    def append(self, parent: ET.Element, child: ET.Element) -> None:
        self.insert(parent, len(parent), child)

    def remove(self, parent: ET.Element, child: ET.Element) -> None:
        index = list(parent).index(child)
        del parent[index]
        self._wide.discard(parent, child)
        if self._occurrences is not None:
            self._occurrences.discard(child)
        self.undo.add(lambda: self.insert(parent, index, child))

    def replace(self, parent: ET.Element, old: ET.Element, new: ET.Element) -> None:
        index = list(parent).index(old)
        self.remove(parent, old)
        self.insert(parent, index, new)

    def set_text(self, element: ET.Element, text: str | None) -> None:
        old = element.text
        self._revalue(element, lambda: setattr(element, "text", text))
        self.undo.add(lambda: self.set_text(element, old))

    def set_attribute(self, element: ET.Element, key: str, value: str | None) -> None:
        old = element.get(key)
        if value is None:
            self._revalue(element, lambda: element.attrib.pop(key, None))
        else:
            self._revalue(element, lambda: element.set(key, value))
        self.undo.add(lambda: self.set_attribute(element, key, old))

    def _revalue(self, element: ET.Element, change: Callable[[], object]) -> None:
        named_so = step_of(element)
        if self._occurrences is not None:
            self._occurrences.forget_values(element)
        change()
        if step_of(element) != named_so:
            self._wide.clear()
        if self._occurrences is not None:
            self._occurrences.note_values(element)
