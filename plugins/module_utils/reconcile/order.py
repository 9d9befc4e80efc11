# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which of several objects comes first: what can be referred to before what may refer to it."""

from __future__ import annotations

from typing import Any, Iterable, Iterator, NamedTuple, Sequence

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.reconcile.references import named
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.tables.table import Entries, Group, Resource


class Item(NamedTuple):
    """One object that a task wants, as its module's options say it."""

    label: str
    resource: Resource
    options: dict

    @property
    def absent(self) -> bool:
        return self.options["state"] == "absent"

    @property
    def objects(self) -> list:
        """Each (kind, name) by which others refer to it."""
        name = self.options[self.resource.identity[-1]]
        return [(kind, name) for kind in _kinds_of(self.resource)]


def ranks(resources: Sequence[Resource]) -> dict[str, int]:
    """A number for each resource's name: higher than those of all resources that it can refer to."""
    found: dict[str, int] = {}

    def rank(resource: Resource) -> int:
        if resource.name not in found:
            referred = kinds_referred_to(resource)
            below = [other for other in resources if other is not resource and referred & set(_kinds_of(other))]
            found[resource.name] = 1 + max(map(rank, below), default=-1)
        return found[resource.name]

    for resource in resources:
        rank(resource)
    return found


def _kinds_of(resource: Resource) -> tuple:
    """The words by which others refer to it."""
    return (resource.table.kind, *resource.table.also)


def kinds_referred_to(resource: Resource) -> set[str]:
    return {*resource.table.parents, *_kinds(resource.table.nodes + resource.extra)}


def _kinds(nodes: Iterable[Any]) -> Iterator[str]:
    for node in nodes:
        if isinstance(node, (Group, Entries)):
            yield from _kinds(node.nodes)
        # A list to which others add their members (a zone's interfaces) can be there before any of them.
        if not isinstance(node, Group) and not getattr(node, "shared", False):
            yield from node.refers_to


def in_order(items: Sequence[Item], rank: dict[str, int]) -> list[Item]:
    """What is made: each behind those that it names. Then what is removed, in the reverse order of ranks."""
    wanted = sorted((item for item in items if not item.absent), key=lambda item: rank[item.resource.name])
    unwanted = sorted((item for item in items if item.absent), key=lambda item: -rank[item.resource.name])
    return _behind_what_they_name(wanted) + unwanted


def _behind_what_they_name(items: list[Item]) -> list[Item]:
    makers: dict[tuple, list[Item]] = {}
    for item in items:
        for made in item.objects:
            makers.setdefault(made, []).append(item)
    found: list[Item] = []
    seen: set[str] = set()

    def place(item: Item) -> None:
        if item.label in seen:
            return
        seen.add(item.label)
        for other in _objects_named(item):
            for maker in makers.get(other, ()):
                place(maker)
        found.append(item)

    for item in items:
        place(item)
    return found


def _objects_named(item: Item) -> Iterator[tuple]:
    """Each (kind, name) that an item needs: the object that holds it, and those its options name."""
    resource = item.resource
    yield from ((kind, item.options[resource.identity[0]]) for kind in resource.table.parents)
    for kinds, name in named(resource.table.nodes + resource.extra, item.options):
        yield from ((kind, name) for kind in kinds)
