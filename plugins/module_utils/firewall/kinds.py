# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the tables say of kinds of objects, all of them together: what people call one, and which elements name one."""

from __future__ import annotations

import functools
import xml.etree.ElementTree as ET
from typing import Any, Iterable, Iterator, NamedTuple

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils import registry
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.configuration import path as places
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.configuration.path import Path
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.tables.table import Entries, Group, Leaf, Table, steps

_IPV6 = "_ipv6"


@functools.lru_cache(maxsize=None)
def tables() -> tuple[Table, ...]:
    """The tables of all objects that are described anywhere."""
    found = {id(table): table for module in registry.MODULES for value in vars(module).values() for table in _tables_in(value)}
    return tuple(found.values())


def _tables_in(value: Any) -> Iterator[Table]:
    if isinstance(value, dict):
        yield from (table for inner in value.values() for table in _tables_in(inner))
    elif isinstance(value, Table):
        yield value


def of_kind(kind: str) -> Table | None:
    return next((table for table in tables() if table.kind == kind), None)


def words(kind: str) -> str:
    """What people call an object of a kind; a kind that exists for both families of addresses can have C(_ipv6) behind it."""
    plain = kind[:-len(_IPV6)] if kind.endswith(_IPV6) else kind
    table = of_kind(plain)
    called = plain.replace("_", " ") if table is None else table.called
    return called if plain == kind else f"IPv6 {called}"


class Reference(NamedTuple):
    """How an object is named: by the text of an element (C(listed): by an entry or a member in it) that stands at the end of C(tags)."""

    tags: tuple[str, ...]
    listed: bool


@functools.lru_cache(maxsize=None)
def references(kind: str) -> frozenset[Reference]:
    """By which elements objects of a kind are named, as the tables of those say that name them.

    Lists that others add their members to are not among them: such a membership goes with its object.
    """
    wider = {wide for table in tables() if table.kind == kind for wide in table.also}
    return frozenset(found for table in tables() for found in _references(table.nodes, (), {kind, *wider}))


def _references(nodes: Iterable, above: tuple[str, ...], kinds: set[str]) -> Iterator[Reference]:
    for node in nodes:
        path = above + steps(node.path)
        if isinstance(node, (Group, Entries)):
            yield from _references(node.nodes, path, kinds)
        if not isinstance(node, Group) and path and not getattr(node, "shared", False) and kinds.intersection(node.refers_to):
            # A list called C(interface) tells inside the element around it: routers have such lists of their members.
            tells = isinstance(node, Leaf) or isinstance(node, Entries) and not node.nodes
            yield Reference(_telling(path, kinds) if tells else path[-2:], not isinstance(node, Leaf))


def _telling(path: tuple[str, ...], kinds: set[str]) -> tuple[str, ...]:
    """An element with the name of the kind tells by itself, wherever it stands; any other only inside the one around it."""
    named_so = any(path[-1].endswith(kind.replace("_", "-")) for kind in kinds)
    return path[-1:] if named_so else path[-2:]


def users(tree: ET.Element, kind: str, name: str) -> list[str]:
    """What names an object, in words, each once."""
    wanted = references(kind)
    found = _naming(tree, name, wanted, ()) if wanted else ()
    return list(dict.fromkeys(map(_owner, found)))


def _naming(element: ET.Element, name: str, wanted: frozenset[Reference], above: Path) -> Iterator[Path]:
    """The places of the elements that name the object."""
    listed = _stands_at(above, wanted, listed=True)
    for child in element:
        here = above + (places.step_of(child),)
        if listed and child.tag in ("entry", "member") and here[-1][1] == name:
            yield here[:-1]
        elif len(child):
            yield from _naming(child, name, wanted, here)
        elif (child.text or "").strip() == name and _stands_at(here, wanted, listed=False):
            yield here[:-1]


def _stands_at(path: Path, wanted: frozenset[Reference], listed: bool) -> bool:
    tags = _tags(path[-2:])
    return any(Reference(tags[-length:], listed) in wanted for length in (1, 2))


def _tags(path: Path) -> tuple[str, ...]:
    return tuple(step if isinstance(step, str) else step[0] for step in path)


def _owner(path: Path) -> str:
    """The innermost named entry of a path, as people call it; a setting has no name."""
    last = max((number for number, step in enumerate(path) if not isinstance(step, str)), default=None)
    return _tags(path)[-1].replace("-", " ") if last is None else f"{_called_at(_tags(path[:last]))} '{path[last][1]}'"


def _called_at(container: tuple[str, ...]) -> str:
    found = [table for table in tables() if _ends_with(container, table.container or table.listed_in)]
    if found:
        return max(found, key=lambda table: len(table.container or table.listed_in)).called
    return f"{container[-2]} rule" if container[-1] == "rules" else container[-1].replace("-", " ")


def _ends_with(tags: tuple[str, ...], end: tuple[str, ...]) -> bool:
    return bool(end) and tags[-len(end):] == end
