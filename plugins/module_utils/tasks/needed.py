# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What has to be there before a plan is written: the objects that it writes into, and those that it refers to by name.

What the plan's own reads do not tell is looked up, in one request.
"""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections import Counter
from dataclasses import dataclass
from typing import Iterable, Sequence

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.configuration import path as places
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.configuration.naming import instead
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.configuration.path import Path
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.device.location import DEVICE
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.device.target import Target
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.errors import DeviceError, PanosVpnError, Refused
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.reconcile.plan import Plan
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.reconcile.references import open_references
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.tables.places import IMPORTED

_IMPORT_LISTS = places.render(DEVICE + ("vsys",)) + "/entry/" + "/".join(IMPORTED)


@dataclass(frozen=True)
class Missing:
    """C(words) say what is not there, as a sentence that can go on; C(path): where it would stand. C(certain): nobody else can bring it."""

    words: str
    path: Path
    certain: bool = True


def missing(target: Target, plan: Plan, reads: Sequence[Path], view: ET.Element | None = None) -> list[Missing]:
    """What a plan needs and is not in the candidate. C(reads): the places that the plan was made on. C(view): what stands around, where that is known."""
    parents = dict.fromkeys([*_holders(target, plan), *plan.parents])
    references = [reference for reference in open_references(plan, target.base) if view is None or not reference.is_in(view)]
    wanted = [path for dummy, path in parents] + [path for reference in references for path in reference.paths]
    unread = [path for path in dict.fromkeys(wanted) if not any(places.starts_with(path, read) for read in reads)]
    there = target.read(in_containers(unread))
    found = [Missing(f"{label}: there is no {places.words(path)}", path) for label, path in parents if places.find(there, path[1:]) is None]
    return found + [Missing(str(reference), reference.paths[0], not target.is_of_template)
                    for reference in references if not reference.is_in(there)]


def in_containers(paths: Iterable[Path]) -> list[Path]:
    """Several entries of one container are read as that container: requests do not grow with the number of objects."""
    listed = list(paths)
    counts = Counter(path[:-1] for path in dict.fromkeys(listed))
    return [path[:-1] if counts[path[:-1]] > 1 else path for path in listed]


def refuse(target: Target, found: list[Missing]) -> list[str]:
    """Refuse what certainly is missing, with what is there instead; what may come from elsewhere is a warning."""
    certain = next((each for each in found if each.certain), None)
    if certain is not None:
        raise Refused(f"{certain.words}{_instead(target, certain.path)}; make it first, nothing was written")
    return [f"{each.words} in {target.words}: another template of the firewall's stack has to bring it" for each in found]


def yet(target: Target, found: list[Missing]) -> list[str]:
    """What a plan that is not carried out says of what is missing: an earlier task may be about to make it, or its name is misspelt."""
    told = {each.words: _instead(target, each.path) for each in found}
    return [f"{words} yet{instead_ if 'is meant' in instead_ else ''}" for words, instead_ in told.items()]


def _instead(target: Target, path: Path) -> str:
    """The names that there are where one was looked for."""
    try:
        names = places.names(target.session.get(path[:-1]), ())
    except PanosVpnError:
        return ""
    if not names:
        return f" (there is none in {places.words(path[:-1])})"
    return instead(path[-1][1] if isinstance(path[-1], tuple) else path[-1], names)


def _holders(target: Target, plan: Plan) -> list[tuple[str, Path]]:
    """What the location options name: (label of the first object, path)."""
    label = plan.touched[0][0].label
    return [(label, holder) for holder in target.holders() if places.find(plan.before, holder[1:]) is None]


def refuse_interfaces_of_others(target: Target, plan: Plan) -> None:
    """An interface is one virtual system's. The lists of all are read where there are several and something is imported."""
    wanted = [item for item, dummy in plan.touched if getattr(item, "kind", "") == "vsys_import" and item.state != "absent"]
    if not wanted or not target.platform.multi_vsys or target.is_of_template:
        return
    try:
        lists = target.session.get_each(_IMPORT_LISTS)
    except DeviceError:
        return
    taken = {name for imported in lists for name in places.names(imported, ())}
    for item in wanted:
        if item.name in taken:
            raise Refused(f"{item.label}: {item.name} belongs to {_owner(target, item.name, len(lists))}; take it out there before it goes to "
                          f"'{target.base('vsys')[-1][1]}', nothing was written")


def _owner(target: Target, interface: str, count: int) -> str:
    """The virtual system that has an interface; their names are vsys1, vsys2 and so on, with gaps."""
    for number in range(1, 2 * count + 1):
        name = f"vsys{number}"
        if interface in places.names(target.session.get(DEVICE + ("vsys", ("entry", name), *IMPORTED)), ()):
            return f"virtual system '{name}'"
    return "another virtual system"
