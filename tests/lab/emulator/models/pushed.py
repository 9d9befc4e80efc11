# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What Panorama has pushed to a firewall, and how it stands in that firewall's configurations.

Objects of the template appear among the local ones, marked ``src="tpl"``, and refuse writes; an object of the firewall's
own stays in their place unless the push forces the template's values. Pushed rules and their objects are kept apart,
below ``/config/panorama``, and cannot be written at all.
"""

from __future__ import annotations

import copy
import xml.etree.ElementTree as ET
from dataclasses import dataclass

from ansible_collections.tunnelsmith.panos_vpn.tests.lab.emulator.models.templates import PLACES, is_container
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.emulator.models.tree import MARKS, Path, child_of, step_of

POLICY = "panorama"


@dataclass(frozen=True)
class Push:
    """One push to one firewall. ``template`` or ``policy`` None: that part stays as it is."""

    template: ET.Element | None = None
    policy: ET.Element | None = None
    force_template: bool = False
    merge_candidate: bool = True

    def followed_by(self, later: Push) -> Push:
        """What stands on the firewall after both."""
        return Push(
            self.template if later.template is None else later.template, self.policy if later.policy is None else later.policy,
        )


def apply(push: Push, root: ET.Element) -> dict[Path, ET.Element]:
    """Put a push into a configuration. Returns the template's objects that local ones hide, by place."""
    if push.policy is not None:
        old = root.find(POLICY)
        if old is not None:
            root.remove(old)
        if len(push.policy):
            root.append(copy.deepcopy(push.policy))
    hidden: dict[Path, ET.Element] = {}
    if push.template is not None:
        _strip(root)
        _lay(root, push.template, push.force_template, ((root.tag, None),), hidden, place=False)
    return hidden


def local(root: ET.Element) -> ET.Element:
    """A copy without anything that was pushed: what the firewall itself saves and exports."""
    own = copy.deepcopy(root)
    _strip(own)
    policy = own.find(POLICY)
    if policy is not None:
        own.remove(policy)
    for element in own.iter():
        for mark in MARKS:
            element.attrib.pop(mark, None)
    return own


def is_owned(element: ET.Element) -> bool:
    return element.get("src") == "tpl"


def _strip(element: ET.Element) -> bool:
    """Take out what templates brought, and the containers that only held it. True when something went."""
    went = False
    for child in list(element):
        if is_owned(child):
            element.remove(child)
            went = True
        elif len(child) and _strip(child):
            went = True
            if not len(child) and child.tag not in ("entry", "member") and not child.text:
                element.remove(child)
    return went


def _lay(target: ET.Element, template: ET.Element, force: bool, path: Path, hidden: dict[Path, ET.Element], place: bool) -> None:
    for child in template:
        step = step_of(child)
        there = child_of(target, step)
        if is_container(child) or (place and child.tag == "entry"):
            if there is None:
                there = ET.SubElement(target, child.tag, child.attrib)
            _lay(there, child, force, (*path, step), hidden, place=child.tag in PLACES)
        elif there is None:
            target.append(copy.deepcopy(child))
        elif child.tag == "member":
            continue
        elif force:
            index = list(target).index(there)
            target.remove(there)
            target.insert(index, copy.deepcopy(child))
        else:
            hidden[(*path, step)] = copy.deepcopy(child)
