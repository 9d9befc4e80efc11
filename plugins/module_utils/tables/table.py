# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a table of leaves is made of.

Each PAN-OS object is declared once, as a C(Table) of nodes. A node ties an option of ours to an element below the
object's C(<entry>). The argument spec, validation, rendering, reading back and refusal by version all follow from it.

Paths are written as PAN-OS writes them, relative to the enclosing entry or group: C(protocol/ikev2/dpd/interval).
"""

from __future__ import annotations

import functools
from dataclasses import dataclass, field
from typing import Any, Callable, Iterator, Mapping

Version = tuple

#: Names of most objects (panos-config-schema, "Naming rules"): letters, digits and a few marks, a letter or digit first.
NAME = r"[0-9A-Za-z][0-9A-Za-z_. -]*"


@dataclass(frozen=True)
class Leaf:
    """One scalar element.

    C(type): C(str), C(int), C(bool) (C(yes)/C(no)), C(empty) (a boolean option: the empty element is there or not)
    or C(secret) (stored encrypted, compared by digest).
    C(absent): what PAN-OS does where the element is missing; wanting that value and finding nothing is no difference.
    C(since), C(values_since): the first version that has the leaf, or one of its values.
    C(values_until): the version from which a value is no longer taken.
    C(refers_to): the kinds of objects this leaf can name; they give the order of creation and deletion.
    C(stands): for an option that is no element of its own, what stands for it in the configuration; for readers.
    C(of_session): a BGP session has it as it was when the session began; a change is in force with the next one.
    """

    option: str
    path: str
    type: str = "str"
    choices: tuple = ()
    minimum: int | None = None
    maximum: int | None = None
    max_length: int | None = None
    pattern: str | None = None
    form: str = ""
    unit: str = ""
    stands: str = ""
    absent: Any = None
    since: Version = ()
    values_since: Mapping[str, Version] = field(default_factory=dict)
    values_until: Mapping[str, Version] = field(default_factory=dict)
    refers_to: tuple = ()
    aliases: tuple = ()
    quiet: bool = False
    of_session: bool = False


@dataclass(frozen=True)
class Members:
    """A list of C(<member>). C(ordered): the order is a preference, so the list is written as one.

    C(shared): other people put members there too; a reset that does not give the list leaves it.
    C(exact): the list is what we say in every state; members that are not given go.
    C(repeated): the same text can stand several times.
    C(sole): a member can be in one object of the kind only, as an interface in one zone.
    C(imported): they name interfaces that the virtual system has imported.
    """

    option: str
    path: str
    type: str = "str"
    choices: tuple = ()
    ordered: bool = False
    shared: bool = False
    exact: bool = False
    repeated: bool = False
    sole: bool = False
    imported: bool = False
    max_length: int | None = None
    form: str = ""
    absent: Any = None
    since: Version = ()
    values_since: Mapping[str, Version] = field(default_factory=dict)
    values_until: Mapping[str, Version] = field(default_factory=dict)
    refers_to: tuple = ()
    aliases: tuple = ()
    quiet: bool = False


@dataclass(frozen=True)
class Choice:
    """Elements below C(path) of which PAN-OS allows one: writing one branch takes the others away."""

    path: str
    branches: tuple


@dataclass(frozen=True)
class Group:
    """Options that belong together, as a dictionary."""

    option: str
    path: str
    nodes: tuple = ()
    choices: tuple = ()
    since: Version = ()
    aliases: tuple = ()
    quiet: bool = False

    @property
    def says_something_bare(self) -> bool:
        """Whether the element has a meaning without children: where each option has a default, as for all ports of TCP."""
        return all(isinstance(node, Leaf) and node.absent is not None for node in self.nodes)


@dataclass(frozen=True)
class Entries:
    """A list of named entries. C(key) is the option that carries the name; without C(nodes) it is a list of names.

    C(shared), C(exact): as for Members. C(name_pattern), C(form): what the names look like, where they are no names of other objects.
    """

    option: str
    path: str
    nodes: tuple = ()
    key: str = "name"
    choices: tuple = ()
    shared: bool = False
    exact: bool = False
    max_length: int | None = None
    name_pattern: str = ""
    form: str = ""
    since: Version = ()
    refers_to: tuple = ()
    aliases: tuple = ()
    quiet: bool = False


@dataclass(frozen=True)
class Table:
    """One PAN-OS object.

    C(kind): its name in our words, as used by C(refers_to) and in messages.
    C(words): what people call it; without them, its kind.
    C(also): wider kinds that it is one of, so that what refers to those refers to it (an interface).
    C(location): the base its container lies below: C(network), C(vsys), C(rulebase) or C(device).
    C(container): the elements between that base and the entry.
    C(listed_in): the last elements before the entry, of an object that stands in others with names of their own.
    C(interrupts): what a change of it means to traffic, as a sentence; empty where it means nothing.
    C(negotiated): a change of it is not seen to work before the tunnel is negotiated anew: whether a firewall ends the SAs that are there
    is not documented, and until then they carry packets as if nothing had been changed. C(at_once): elements of which that does not hold.
    C(created): strong values for a new object where the user names none; shown in the diff like any other.
    C(required): options without which a new object cannot work (refused before any write): dotted for one inside a group,
    C(a|b) where either will do.
    C(parents): kinds that must be there before this object's container can be (a router for its routes).
    C(holds): elements of the object that are objects of other tables, and so not unknown (the peers of a peer group).
    C(rules): checks across options; each takes the values and the platform, and raises InvalidInput or returns a warning (or None).
    """

    kind: str
    location: str
    container: tuple
    nodes: tuple
    choices: tuple = ()
    created: Mapping[str, Any] = field(default_factory=dict)
    required: tuple = ()
    parents: tuple = ()
    holds: tuple = ()
    rules: tuple = ()
    also: tuple = ()
    name_length: int = 63
    name_pattern: str = NAME
    name_form: str = ""
    since: Version = ()
    words: str = ""
    listed_in: tuple = ()
    interrupts: str = ""
    negotiated: bool = False
    at_once: tuple[str, ...] = ()

    @property
    def called(self) -> str:
        return self.words or self.kind.replace("_", " ")

    def disturbs(self, element: str) -> bool:
        """Whether traffic stops for a moment when this element (a child of the entry) of such an object changes."""
        quiet = [node.quiet for node in self.nodes if steps(node.path)[:1] == (element,)]
        return bool(self.interrupts) and not (quiet and all(quiet))

    @functools.cached_property
    def of_session(self) -> tuple[tuple[str, ...], ...]:
        """The places below the entry of what a BGP session has as it was when it began."""
        return tuple(_of_session(self.nodes))

    def negotiates(self, element: str) -> bool:
        """Whether a change of this element is in force only when the tunnel has been negotiated anew."""
        return self.negotiated and element not in self.at_once and self.disturbs(element)


def _of_session(nodes: tuple, above: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    for node in nodes:
        if isinstance(node, Group):
            yield from _of_session(node.nodes, above + steps(node.path))
        elif isinstance(node, Leaf) and node.of_session:
            yield above + steps(node.path)


@dataclass(frozen=True)
class Request:
    """What one task asks of a resource: which object, which options, in which state, on what kind of firewall.

    C(base): from a location's name to its absolute path.
    """

    names: Mapping[str, str]
    values: Mapping[str, Any] = field(repr=False)
    state: str
    platform: Any
    base: Callable
    update_secret: str = "on_create"

    @property
    def name(self) -> str:
        return list(self.names.values())[-1]


@dataclass(frozen=True)
class Resource:
    """One module's worth of options: the table the user sees, and what it means on the firewall.

    C(identity): the options that say which object is meant; the last one is its name.
    C(identity_specs): what Ansible is told of an identity option beyond C(type: str, required: true).
    C(extra): options beside the table's (memberships, positions), as nodes without a path.
    C(reads): request → the places that the plan and the checks look at, as (location, path).
    C(desired): (request, tree) → list of DesiredEntry and DesiredMember.
    C(checks): what the firewall's configuration must allow; each takes (request, tree), and raises Refused or returns a warning (or None).
    C(gathered): (request, tree) → list of option dictionaries, one an object.
    C(untold): (request, tree) → what stands there of this resource and is not among them, as sentences.
    """

    name: str
    table: Table
    reads: Callable
    desired: Callable
    gathered: Callable
    identity: tuple = ("name",)
    identity_specs: Mapping[str, Mapping] = field(default_factory=dict)
    extra: tuple = ()
    locations: tuple = ("template", "template_stack")
    checks: tuple = ()
    states: tuple = ("present", "absent", "replaced", "gathered")
    untold: Callable = lambda request, tree: []


@functools.lru_cache(maxsize=None)
def steps(path: str) -> tuple:
    """The steps of a node's path."""
    return tuple(path.split("/")) if path else ()
