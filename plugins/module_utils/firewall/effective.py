# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What counts on a firewall behind a Panorama, made of the layers that it gets, as a tree that is asked like a firewall's own.

Panorama → template, stack, device group, own configuration of the firewall
    │ layers, the strongest first            │ rulebases, in the order in which their rules are tried
    ▼                                        ▼
  one tree, with the template and the device group that are written to at the place where the plan has them: C(target)
    │ checks, allocation, choice: the view    │ the plan: the target's own tree, and nothing else
    ▼                                        ▼
  desired items ───────────────────────────► operations on one template and one device group

An object is taken whole from the first layer that has it; so a second one of the same name would hide the first or be hidden by it. What is not
the target's own bears the name of its owner (C(owner_of)), and what the plan adds to it is written there, or refused: see C(homes).
"""

from __future__ import annotations

import copy
import xml.etree.ElementTree as ET
from dataclasses import dataclass
from typing import Callable, Iterable, Mapping, Sequence

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.configuration import path as places
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.configuration.path import Path
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.errors import Refused

_OWNER = "owner"
# Lists whose entries are places and no objects: what stands in them is put together.
_PLACES = ("vsys",)
# The owner of what a firewall has itself.
THE_FIREWALL = "the firewall's own configuration"
# The home of what is written to; as of C(at_home).
HERE = ""
# PAN-OS's marks of what a template gave, on a firewall.
_GIVEN = ("src", "tpl")


@dataclass(frozen=True)
class Layer:
    """C(owner): whose it is, in words; empty of what is written to. C(device): what stands below the layer's device; None where nothing does.

    C(home): where on the Panorama that is; empty of what is written to, and of what no Panorama writes.
    """

    owner: str
    device: ET.Element | None
    home: str = HERE

    @property
    def is_stack(self) -> bool:
        return self.home.startswith("template_stack/")


@dataclass(frozen=True)
class Rulebase:
    """Rules of one level. C(owner): as a layer's. C(rules): what holds security, NAT and PBF rules. C(serial): of the firewall that gets them."""

    owner: str
    rules: ET.Element | None
    serial: str = ""


def effective(
    layers: Sequence[Layer], rulebases: Sequence[Rulebase], base: Callable[[str], Path], values: Mapping[str, str], taken: Iterable[str] = (),
) -> ET.Element:
    """The tree of one firewall. C(base): as C(Target.base). C(values): of the template variables, there.

    C(taken): tunnel interfaces that are in use on other firewalls which get the same, so that they are free here only by name.
    """
    config = ET.Element("config")
    device = places.make(config, base("device")[1:])
    for layer in layers:
        _lay_under(device, layer.device, layer.owner)
    units = places.make(device, ("network", "interface", "tunnel", "units"))
    for name in taken:
        if places.child(units, ("entry", name)) is None:
            ET.SubElement(units, "entry", {"name": name, _OWNER: "another firewall"})
    _take_copies_for_own(device, next((layer.device for layer in layers if not layer.owner), None))
    _resolve(device, values)
    _add_rules(config, rulebases, base)
    return config


def _lay_under(target: ET.Element, layer: ET.Element | None, owner: str, is_place: bool = False) -> None:
    """Add what a weaker layer has and C(target) lacks."""
    for child in layer if layer is not None else ():
        there = places.child(target, places.step_of(child))
        if _is_container(child) or (is_place and child.tag == "entry"):
            if there is None:
                there = ET.SubElement(target, child.tag, child.attrib)
            _lay_under(there, child, owner, child.tag in _PLACES)
        elif there is None:
            target.append(_owned(child, owner))


def _take_copies_for_own(device: ET.Element, own: ET.Element | None) -> None:
    """An interface that the target has, and another template just so, is the target's, whichever of them counts."""
    for kind in ("tunnel", "loopback"):
        path = ("network", "interface", kind, "units")
        for unit in places.children(device, path):
            if owner_of(unit) and is_copy(unit, places.find(own, (*path, places.step_of(unit)))):
                for element in unit.iter():
                    element.attrib.pop(_OWNER, None)


def is_copy(unit: ET.Element | None, of: ET.Element | None) -> bool:
    """Whether two interfaces of one name are the same by what is never that of two by chance: their addresses, and what is said of them."""
    if unit is None or of is None:
        return False
    has_its_addresses = all(places.names(unit, path) == places.names(of, path) for path in (("ip",), ("ipv6", "address")))
    return has_its_addresses and places.text(unit, ("comment",)) == places.text(of, ("comment",))


def _is_container(element: ET.Element) -> bool:
    """Neither an object nor a value; an empty element outside of objects says nothing."""
    return element.tag not in ("entry", "member") and (len(element) > 0 or not (element.text or "").strip())


def _owned(element: ET.Element, owner: str) -> ET.Element:
    found = copy.deepcopy(element)
    for each in found.iter() if owner else ():
        each.set(_OWNER, owner)
    return found


def owner_of(element: ET.Element | None) -> str:
    """Whose an object is, in words; empty where it is the target's own."""
    return "" if element is None else element.get(_OWNER) or ""


def without_owner(element: ET.Element) -> ET.Element:
    """A copy that does not tell whose it is."""
    found = copy.deepcopy(element)
    for each in found.iter():
        each.attrib.pop(_OWNER, None)
    return found


def without_pushed(device: ET.Element | None) -> ET.Element | None:
    """What a firewall has of its own: without what templates gave it, which may be an older state of them."""
    if device is None:
        return None
    own = copy.deepcopy(device)
    _strip(own)
    return own


def _strip(element: ET.Element) -> None:
    for child in list(element):
        if child.get(_GIVEN[0]) == _GIVEN[1]:
            element.remove(child)
        else:
            _strip(child)


def resolved(own: ET.Element, values: Mapping[str, str]) -> ET.Element:
    """The target's own tree as one firewall gets it."""
    found = copy.deepcopy(own)
    _resolve(found, values)
    return found


def names_in(tree: ET.Element, variables: Iterable[str]) -> list[str]:
    """Those of the variables that a tree names."""
    wanted = set(variables)
    found = {said for element in tree.iter() for said in ((element.text or "").strip(), element.get("name") or "") if said in wanted} if wanted else set()
    return sorted(found)


def _resolve(device: ET.Element, values: Mapping[str, str]) -> None:
    """Variables in the place of which stands what they are worth on this firewall; one without a value stays a name."""
    for element in device.iter():
        text, name = (element.text or "").strip(), element.get("name") or ""
        if text in values:
            element.text = values[text]
        if name in values:
            element.set("name", values[name])


def _add_rules(config: ET.Element, rulebases: Sequence[Rulebase], base: Callable[[str], Path]) -> None:
    """The rules that are written to at their place, the others where a firewall has what was pushed to it: before those, and behind. Of the others only
    those that are for it.
    """
    pushed = ("panorama", "vsys", ("entry", places_vsys(base)))
    kind = "pre-rulebase"
    for rulebase in rulebases:
        if not rulebase.owner:
            place, kind = base("rulebase")[1:], "post-rulebase"
        else:
            place = (*pushed, kind)
        target = places.make(config, place)
        for held in rulebase.rules if rulebase.rules is not None else ():
            rules = [rule for rule in places.children(held, ("rules",)) if not rulebase.owner or is_for(rule, rulebase.serial)]
            for rule in rules:
                places.make(target, (held.tag, "rules")).append(_owned(rule, rulebase.owner))


def is_for(rule: ET.Element, serial: str) -> bool:
    """Whether a firewall gets a rule of a device group: its target limits it to some of them, or to all others."""
    named = places.names(rule, ("target", "devices"))
    return not named or (serial in named) != (places.text(rule, ("target", "negate")) == "yes")


def places_vsys(base: Callable[[str], Path]) -> str:
    """The name of the virtual system that is written to."""
    last = base("vsys")[-1]
    return last if isinstance(last, str) else last[1]


def refuse_hidden(paths: Iterable[Path], view: ET.Element, base: Callable[[str], Path], where: str) -> None:
    """Refuse to go on with objects of the target in the place of which those of a stronger layer count. C(where): as of C(hidden)."""
    for path in paths:
        owner = owner_of(places.find(view, path[1:]))
        if owner:
            raise Refused(hidden(places.words(path[len(base("device")):]), owner, where, True))


def way_to(owner: str) -> str:
    """What is written to where something is to stand at an owner, in words."""
    return f"{owner} (provider.serial_number)" if owner == THE_FIREWALL else owner


def hidden(called: str, owner: str, where: str, is_here: bool) -> str:
    """Why an object cannot be written to. C(where): the place that is written to, in words; C(is_here): that has one of its name, too."""
    if is_here:
        return (f"{called}: {owner} has one of this name too, which counts on the firewalls, and the one in {where} does not. Remove it there, or rename "
                "one of both; nothing was written")
    if owner == THE_FIREWALL:
        return (f"{called} is that of {owner}, which counts before all that Panorama gives it: what {where} adds to it would have no effect, and no template "
                f"writes there. Write the VPN to {way_to(owner)}, or name one that a template has; nothing was written")
    return (f"{called} is that of {owner}, and {where} would get a second one of the same name, of which PAN-OS takes one only. Write the VPN to "
            f"{way_to(owner)}, or name one that is in {where}; nothing was written")
