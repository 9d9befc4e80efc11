# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The words in which the schema is written: values, and the nodes that hold them.

A description is data. From it follow set-time refusals, what a commit misses, which branch of a choice gives way, which
elements a version lacks, what refers to what, what is a secret, and the answers of ``action=complete``.
"""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass, field
from functools import cached_property
from typing import Iterator, Tuple, Union

Version = Tuple[int, ...]


# Values. Each has ``defect(text, version)``: what the device says behind the path, or None.


@dataclass(frozen=True)
class Text:
    """Any text of a bounded length."""

    longest: int | None = None
    shortest: int = 0
    pattern: str | None = None

    def defect(self, text: str, version: Version) -> str | None:
        if self.longest is not None and len(text) > self.longest:
            return f" can be at most {self.longest} characters, but current length: {len(text)}"
        if len(text) < self.shortest:
            return f" must be at least {self.shortest} characters, but current length: {len(text)}"
        if self.pattern and not text.startswith("$") and not re.fullmatch(self.pattern, text):
            return " is invalid"
        return None


_NAME = re.compile("[0-9A-Za-z_]([0-9A-Za-z_. -]*[0-9A-Za-z_.-])?")


@dataclass(frozen=True)
class Name(Text):
    """What an object is called. Which characters that may have is inferred (it agrees with all that was seen); the colon stands before a proxy ID."""

    def defect(self, text: str, version: Version) -> str | None:
        return super().defect(text, version) or (None if _NAME.fullmatch(text) else " is invalid")


@dataclass(frozen=True)
class Secret(Text):
    """Stored as ciphertext; the limit holds for plain text."""

    def defect(self, text: str, version: Version) -> str | None:
        return None if text.startswith("-A") and len(text) > 33 else super().defect(text, version)


@dataclass(frozen=True)
class Words:
    """One of fixed words, some of which came or went with a version (``since`` inclusive, ``until`` exclusive)."""

    words: tuple[str, ...]
    since: dict = field(default_factory=dict, hash=False)
    until: dict = field(default_factory=dict, hash=False)

    def allowed(self, version: Version) -> list[str]:
        return [
            word for word in self.words
            if version >= self.since.get(word, ()) and not (word in self.until and version >= self.until[word])
        ]

    def defect(self, text: str, version: Version) -> str | None:
        return None if text in self.allowed(version) else f" '{text}' is not an allowed keyword"


YES_NO = Words(("yes", "no"))


@dataclass(frozen=True)
class Integer:
    """A number within bounds, or one of a few words ("unlimited")."""

    lowest: int
    highest: int
    words: tuple[str, ...] = ()

    def defect(self, text: str, version: Version) -> str | None:
        if text in self.words or text.startswith("$"):
            return None
        if not re.fullmatch(r"-?\d+", text):
            return " is invalid"
        if not self.lowest <= int(text) <= self.highest:
            return f" value={text} should be equal to or between {self.lowest} and {self.highest}"
        return None


@dataclass(frozen=True)
class Address:
    """A strongly typed IP address. Template variables pass.

    ``length``: whether a prefix length must stand behind it; None where both will do. ``network``: its host bits must be zero.
    """

    length: bool | None = None
    network: bool = False
    families: tuple[int, ...] = (4, 6)

    def defect(self, text: str, version: Version) -> str | None:
        return None if text.startswith("$") or self.holds(text) else f" {text} is an invalid ipv4/v6 address"

    def holds(self, text: str) -> bool:
        try:
            address = ipaddress.ip_interface(text)
        except ValueError:
            return False
        has_length, is_network = "/" in text, address.ip == address.network.network_address
        return address.version in self.families and self.length in (None, has_length) and (is_network or not self.network)


@dataclass(frozen=True)
class AddressOrName:
    """A literal, or the name of an address object, which a commit looks up; there the form of a literal counts too.

    Likely: a literal whose prefix length cannot be is refused at set time already. It is measured on 12.1 that an interface's address is not.
    """

    def defect(self, text: str, version: Version) -> str | None:
        address, slash, length = text.partition("/")
        if not slash or not Address().holds(address) or Address().holds(text):
            return None
        return f" {text} is an invalid ipv4/v6 address"


@dataclass(frozen=True)
class AutonomousSystem:
    """A number of up to four bytes, also as two numbers with a dot between."""

    def defect(self, text: str, version: Version) -> str | None:
        if text.startswith("$"):
            return None
        number = as_number(text)
        if number is None:
            return " is invalid"
        return None if 0 < number < 2 ** 32 else f" value={text} should be equal to or between 1 and {2 ** 32 - 1}"


def as_number(text: str) -> int | None:
    """The number that an AS is written as; None for what is none."""
    if not re.fullmatch(r"[0-9]+(\.[0-9]+)?", text):
        return None
    high, dot, low = text.rpartition(".")
    return int(high or 0) * 65536 + int(low)


@dataclass(frozen=True)
class Nothing:
    """An empty element whose presence is the value."""

    def defect(self, text: str, version: Version) -> str | None:
        return " is invalid" if text.strip() else None


Value = Union[Text, Words, Integer, Address, AddressOrName, AutonomousSystem, Nothing]


# Nodes.


@dataclass(frozen=True)
class Reference:
    """The value names an object of a kind. ``checked`` is "set" or "commit"; ``words`` need no object.

    ``wording`` is how a commit complains, where the device has words of its own for this place. ``form``: a literal of that form
    needs no object. ``named``: what the names of all objects of use at this place begin with.
    """

    kind: str
    checked: str = "commit"
    words: tuple[str, ...] = ()
    wording: str = " '{value}' is not a valid reference"
    form: Address | None = None
    named: tuple[str, ...] = ()


@dataclass(frozen=True)
class Node:
    tag: str
    since: Version = ()
    until: Version | None = None

    def exists_in(self, version: Version) -> bool:
        return version >= self.since and (self.until is None or version < self.until)


@dataclass(frozen=True)
class Undescribed(Node):
    """A container or a value that is known by name only: what it holds is stored as it comes."""


@dataclass(frozen=True)
class Leaf(Node):
    value: Value = Text()
    refers: Reference | None = None


@dataclass(frozen=True)
class Members(Node):
    """A list of ``<member>``. ``alone`` are words that suffer no other member beside them."""

    value: Value = Text()
    refers: Reference | None = None
    alone: tuple[str, ...] = ()


@dataclass(frozen=True)
class Choice:
    """At most one of the branches may stand. A merging set that brings another replaces the old one.

    ``required`` holds at commit time. ``merge_refused_until``: before that version such a set is refused instead.
    """

    branches: tuple[Node, ...]
    required: bool = False
    merge_refused_until: Version = ()

    @property
    def tags(self) -> tuple[str, ...]:
        return tuple(branch.tag for branch in self.branches)


@dataclass(frozen=True)
class Group(Node):
    """A container. ``open``: what is not described here is stored as it comes."""

    content: tuple[Node | Choice, ...] = ()
    required: tuple[str, ...] = ()
    open: bool = False

    @cached_property
    def children(self) -> dict[str, Node]:
        return {node.tag: node for node in _nodes(self.content)}

    @cached_property
    def choices(self) -> dict[str, Choice]:
        return {tag: choice for choice in self.content if isinstance(choice, Choice) for tag in choice.tags}

    def child(self, tag: str) -> Node | None:
        """The description of a child; None where there is none, which refuses it unless the group is open."""
        return self.children.get(tag)


@dataclass(frozen=True)
class Entries(Node):
    """A list of ``<entry name=…>`` that all follow one description.

    ``kind``: the word under which References mean these objects. ``rules``: entries are ordered and carry a uuid.
    ``refers``: the entry's own name names an object.
    """

    name: Value = Text()
    entry: Group = Group("entry", open=True)
    kind: str | None = None
    rules: bool = False
    refers: Reference | None = None


def _nodes(content: tuple[Node | Choice, ...]) -> Iterator[Node]:
    for item in content:
        if isinstance(item, Choice):
            yield from item.branches
        else:
            yield item


# Short forms, so that a description reads like the vendor's table of elements.


def leaf(tag: str, value: Value = Text(), refers: Reference | None = None, since: Version = (),
         until: Version | None = None) -> Leaf:
    return Leaf(tag, since, until, value, refers)


def address_or_name(tag: str, form: Address, *words: str, since: Version = ()) -> Leaf:
    """Where an address may stand, or an address object that has one."""
    return Leaf(tag, since, None, AddressOrName(), Reference("address-object", words=words, form=form))


def yes_no(*tags: str, since: Version = ()) -> tuple[Leaf, ...]:
    return tuple(Leaf(tag, since, None, YES_NO) for tag in tags)


def text(tag: str, longest: int | None = None, since: Version = ()) -> Leaf:
    return Leaf(tag, since, None, Text(longest))


def integer(tag: str, lowest: int, highest: int, *words: str) -> Leaf:
    return Leaf(tag, value=Integer(lowest, highest, words))


def words(tag: str, *allowed: str, since: Version = ()) -> Leaf:
    return Leaf(tag, since, None, Words(allowed))


def empty(*tags: str) -> tuple[Leaf, ...]:
    return tuple(Leaf(tag, value=Nothing()) for tag in tags)


def secret(tag: str, longest: int) -> Leaf:
    return Leaf(tag, value=Secret(longest))


def members(tag: str, value: Value = Text(), refers: Reference | None = None, since: Version = (),
            alone: tuple[str, ...] = ()) -> Members:
    return Members(tag, since, None, value, refers, alone)


def group(tag: str, *content: Node | Choice, required: tuple[str, ...] = (), since: Version = (),
          until: Version | None = None, open: bool = False) -> Group:
    return Group(tag, since, until, content, required, open)


HOST, HOST4, HOST6 = Address(length=False), Address(length=False, families=(4,)), Address(length=False, families=(6,))


def entries(tag: str, *content: Node | Choice, name: Value = Text(), kind: str | None = None, rules: bool = False,
            refers: Reference | None = None, required: tuple[str, ...] = (), since: Version = (),
            open: bool = False) -> Entries:
    return Entries(tag, since, None, name, Group("entry", content=content, required=required, open=open), kind, rules, refers)


def one_of(*branches: Node, required: bool = False, merge_refused_until: Version = ()) -> Choice:
    return Choice(branches, required, merge_refused_until)


def undescribed(tag: str, since: Version = ()) -> Undescribed:
    return Undescribed(tag, since)


def by_name(names: str) -> tuple[Undescribed, ...]:
    """From names with blanks between."""
    return tuple(undescribed(tag) for tag in names.split())
