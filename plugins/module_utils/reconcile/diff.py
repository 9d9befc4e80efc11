# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The difference between two trees as a person reads it: one line a leaf, as PAN-OS's own C(set) output has it."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from typing import Any, Sequence

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.configuration import marked_line, path as places, secrets
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.configuration.path import Path, Step
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.configuration.tree import Operation
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.reconcile.plan import Plan


def diff(plan: Plan) -> dict:
    """C(before) and C(after) of what the plan touches, for Ansible's diff; secrets as marks that only tell equal from different."""
    before, after = [], []
    for item, place in unique(plan.touched):
        before.extend(_lines_at(plan.before, place))
        after.extend(_lines_at(plan.after, place))
    moved = [operation for operation in plan.operations if operation.action == "move"]
    before.extend(_order(plan.before, moved))
    after.extend(_order(plan.after, moved))
    return {"before": "".join(line + "\n" for line in before), "after": "".join(line + "\n" for line in after)}


def unique(touched):
    """The touched items, each line of the tree once: an item can lie inside another one, or be touched in two phases."""
    seen: dict[Path, Any] = {}
    for item, place in touched:
        seen.setdefault(place, item)
    return [(item, place) for place, item in seen.items() if not any(place != other and places.starts_with(place, other) for other in seen)]


def _lines_at(root: ET.Element, place: Path) -> list:
    element = places.find(root, place[1:])
    if element is None:
        return []
    prefix = " ".join(_word(step) for step in _shown(place))
    return lines(element, prefix)


def _shown(place):
    """A place without the parts that are the same for every object of a firewall."""
    shown = place[1:]
    if shown[:1] == ("devices",):
        shown = shown[2:]
    return shown


def _word(step: Step) -> str:
    name = step if isinstance(step, str) else step[1]
    return f'"{name}"' if " " in name else name


def lines(element: ET.Element, prefix: str) -> list:
    """One line for each leaf below C(element), in document order; an empty element that is a value is a line too."""
    if len(element) == 0:
        text = (element.text or "").strip()
        if element.tag == "member":
            return [prefix]
        return [f"{prefix} {line}" for line in marked_line.shown(_masked(element, text))] if text else [prefix]
    found = []
    for child in element:
        if child.tag == "member":
            found.append(f"{prefix} {_word((child.text or '').strip())}")
        elif child.tag == "entry":
            found.extend(lines(child, f"{prefix} {_word(child.get('name') or 'entry')}"))
        else:
            found.extend(lines(child, f"{prefix} {child.tag}"))
    return found


def _masked(element: ET.Element, text: str) -> str:
    if element.tag in secrets.TAGS or secrets.is_stored_form(text):
        return f"(secret {secrets.fingerprint(text)})"
    return text


def _order(root: ET.Element, moved: Sequence[Operation]) -> list:
    """Where moved rules stand: the line tells the neighbour that the rule has to stay above or below of."""
    found = []
    for operation in moved:
        rules = places.names(root, operation.path[1:-1])
        name = operation.path[-1][1]
        if name not in rules:
            continue
        index = rules.index(name)
        below = f"above {_word(rules[index + 1])}" if index + 1 < len(rules) else "at the end"
        found.append(" ".join(_word(step) for step in _shown(operation.path[:-1])) + f" order: {_word(name)} {below}")
    return found
