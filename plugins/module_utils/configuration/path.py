# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Places in a configuration tree: a path is a tuple of steps, a step is a tag or a (tag, name) pair.

C(('network', 'ike', 'gateway', ('entry', 'to-aws')))  ↔  C(network/ike/gateway/entry[@name='to-aws'])
"""

from __future__ import annotations

import re
import weakref
import xml.etree.ElementTree as ET
from typing import Iterable, Tuple, Union

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.errors import InvalidInput

#: A tag, or a tag with the name of an entry (the text of a member).
Step = Union[str, Tuple[str, str]]
Path = Tuple[Step, ...]

_STEP = re.compile(r"/([^/\[\]]+)(?:\[(?:@name|text\(\))=(?:'([^']*)'|\"([^\"]*)\")\])?")


def render(path: Path) -> str:
    """The xpath of a place. A name with both kinds of quotes has no spelling in PAN-OS's xpath."""
    return "".join("/" + _render_step(step) for step in path)


def _render_step(step: Step) -> str:
    if isinstance(step, str):
        return step
    tag, name = step
    return f"{tag}[{name_test(name, 'text()' if tag == 'member' else '@name')}]"


# What people call an entry, by the element that holds it; others by that element's own name.
_CALLED = {
    "ipsec": "IPsec tunnel", "gateway": "IKE gateway", "ike-crypto-profiles": "IKE crypto profile", "ipsec-crypto-profiles": "IPsec crypto profile",
    "units": "interface", "ethernet": "interface", "aggregate-ethernet": "interface", "vsys": "virtual system", "route-maps": "route map",
}
_RULES = {"security": "security rule", "pbf": "PBF rule", "nat": "NAT rule"}
# Steps that every place of a kind has, or nearly every one.
_UNSAID = (("entry", "localhost.localdomain"), ("entry", "vsys1"))


def words(path: Path) -> str:
    """A place as people say it, the innermost first: C(tunnel-interface of IPsec tunnel 'a'), C(static route 'b' of virtual router 'default')."""
    said: list[str] = []
    tags: list[str] = []
    for step in path:
        if isinstance(step, str):
            tags.append(step)
            continue
        is_a_vrf = tags[-1:] == ["vrf"] and step[1] == "default"
        if step not in _UNSAID and not is_a_vrf:
            said.insert(0, f"{_kind(step[0], tags)} '{step[1]}'")
        tags = []
    if tags or not said:
        said.insert(0, "/".join(tag for tag in tags if tag not in ("config", "devices")) or "the whole configuration")
    return " of ".join(said)


def _kind(tag: str, above: list[str]) -> str:
    container = above[-1] if above else ""
    if tag == "member":
        return f"{'/'.join(above)} member".lstrip()
    if container == "rules" and len(above) > 1:
        return _RULES.get(above[-2], f"{above[-2].replace('-', ' ')} rule")
    return _CALLED.get(container, container.replace("-", " ") or tag)


def name_test(name: str, attribute: str = "@name") -> str:
    """The predicate that selects by name."""
    if "'" in name and '"' in name:
        raise InvalidInput(f"the name {name!r} holds both kinds of quotes: PAN-OS's xpath cannot address it")
    quote = '"' if "'" in name else "'"
    return f"{attribute}={quote}{name}{quote}"


def parse(xpath: str) -> Path:
    """The steps of an xpath as a firewall prints it (in its list of changes, for example)."""
    parsed: list[Step] = []
    for match in _STEP.finditer(xpath.strip()):
        tag, single, double = match.groups()
        name = single if single is not None else double
        parsed.append(tag if name is None else (tag, name))
    return tuple(parsed)


def step_of(element: ET.Element) -> Step:
    """The step that leads from its parent to an element. An entry without a name is no entry of a list (a prefix list has such ones)."""
    if element.tag == "member":
        return ("member", (element.text or "").strip())
    name = element.get("name")
    return ("entry", name) if element.tag == "entry" and name else element.tag


def child(parent: ET.Element | None, step: Step) -> ET.Element | None:
    """The child that a step selects."""
    if parent is None:
        return None
    if isinstance(step, str):
        return parent.find(step)
    tag, name = step
    if len(parent) > _LONG:
        return _index_of(parent).named.get(step)
    if tag == "member":
        return next((element for element in parent if element.tag == "member" and (element.text or "").strip() == name), None)
    return next((element for element in parent if element.get("name") == name and element.tag == tag), None)


# From how many children on a container is worth an index; a firewall can have thousands of tunnels.
_LONG = 64
_indexes: weakref.WeakKeyDictionary = weakref.WeakKeyDictionary()


class _Index:
    """The entries and members of one container by the step that leads to each, as long as it has the number of children that it had."""

    def __init__(self, parent: ET.Element):
        self.length = len(parent)
        self.named = {step_of(element): element for element in reversed(parent) if element.tag in ("entry", "member")}


def _index_of(parent: ET.Element) -> _Index:
    known = _indexes.get(parent)
    if known is None or known.length != len(parent):
        known = _indexes[parent] = _Index(parent)
    return known


def adopt(parent: ET.Element, element: ET.Element) -> None:
    """Append a child. All that changes a tree comes through here, C(refill) and C(expel): an index stays true."""
    parent.append(element)
    known = _indexes.get(parent)
    if known is not None and known.length == len(parent) - 1:
        known.length += 1
        if element.tag in ("entry", "member"):
            known.named.setdefault(step_of(element), element)


def refill(parent: ET.Element, elements: Iterable[ET.Element]) -> None:
    """Put other children in the place of all that are there."""
    parent[:] = list(elements)
    _indexes.pop(parent, None)


def expel(parent: ET.Element, element: ET.Element) -> None:
    """Remove a child."""
    parent.remove(element)
    known = _indexes.get(parent)
    if known is not None and known.length == len(parent) + 1:
        known.length -= 1
        known.named.pop(step_of(element), None)


def find(root: ET.Element | None, path: Path) -> ET.Element | None:
    """The element at C(path) below C(root); None where a step is missing."""
    element = root
    for step in path:
        if element is None:
            return None
        element = element.find(step) if isinstance(step, str) else child(element, step)
    return element


def children(root: ET.Element | None, path: Path) -> list[ET.Element]:
    """The children of the element at C(path); none where a step is missing."""
    found = find(root, path)
    return [] if found is None else list(found)


def names(root: ET.Element | None, path: Path) -> list[str]:
    """The names of the entries, or the texts of the members, below C(path), in order."""
    return [(element.get("name") or "") if element.tag == "entry" else (element.text or "").strip()
            for element in children(root, path) if element.tag in ("entry", "member")]


def text(root: ET.Element | None, path: Path) -> str | None:
    """The text at C(path) without surrounding blanks; None where there is no such element."""
    found = find(root, path)
    return None if found is None else (found.text or "").strip()


def make(root: ET.Element, path: Path) -> ET.Element:
    """The element at C(path) below C(root), made with its ancestors where it is missing."""
    element = root
    for step in path:
        found = child(element, step)
        element = new(element, step) if found is None else found
    return element


def new(parent: ET.Element, step: Step) -> ET.Element:
    element = ET.Element(step if isinstance(step, str) else step[0])
    if not isinstance(step, str):
        if step[0] == "member":
            element.text = step[1]
        else:
            element.set("name", step[1])
    adopt(parent, element)
    return element


def starts_with(path: Path, prefix: Path) -> bool:
    return path[:len(prefix)] == prefix
