# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What stands there as options that change nothing when they are given back, and what no option can say.

A resource reads what its options mean. Here it is tried: what would send something, or be refused, is no reading of what stands there.
"""

from __future__ import annotations

import copy
import xml.etree.ElementTree as ET
from dataclasses import dataclass, field, replace
from typing import Any, Iterable, Mapping

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.configuration import path as places
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.errors import InvalidInput, Refused
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.reconcile.plan import Plan, add, in_reference_order
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.reconcile.values import untold, validate
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.tables.desired import DesiredEntry
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.tables.table import Request, Resource


@dataclass
class Gathered:
    """C(objects): options, one dictionary an object. C(warnings): what is left out, by name."""

    objects: list[dict] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)


def gathered(resource: Resource, request: Request, tree: ET.Element) -> Gathered:
    """What a configuration holds of a resource. Given back with C(present) or C(replaced), none of it sends anything."""
    trial = _Trial(resource, request, tree)
    found = Gathered(warnings=list(resource.untold(request, tree)))
    for options in resource.gathered(request, tree):
        objection = trial.objection(options)
        if objection:
            options, warnings = trial.reduced(options, objection)
            found.warnings += warnings
        if options:
            found.objects.append(options)
            found.warnings += trial.untold(options)
    found.warnings = list(dict.fromkeys(found.warnings))
    return found


class _Trial:
    """Plans what a task with gathered options would do."""

    def __init__(self, resource: Resource, request: Request, tree: ET.Element):
        self.resource, self.request, self.tree = resource, request, tree
        self.states = [state for state in ("present", "replaced") if state in resource.states]
        self._planned = self._nothing()

    def _nothing(self) -> Plan:
        return Plan(before=self.tree, after=copy.deepcopy(self.tree))

    def objection(self, options: Mapping[str, Any], states: Iterable[str] = ()) -> str:
        """Why these options are no reading of what stands there: what they would send, or why they would be refused. Empty where they are one."""
        for state in states or self.states:
            try:
                add(self._planned, in_reference_order(self._items(self._asked(options, state))), self.request.base)
            except (InvalidInput, Refused) as exc:
                self._planned = self._nothing()
                return str(exc)
            if self._planned:
                operation, self._planned = self._planned.operations[0], self._nothing()
                return f"state {state} would {operation.action} {places.words(operation.path)}"
        return ""

    def reduced(self, options: Mapping[str, Any], objection: str) -> tuple[dict | None, list[str]]:
        """(the options without those that say something else than what stands there, warnings); None for the options where that does not help."""
        label = f"{self.resource.name} '{options[self.resource.identity[-1]]}'"
        kept = {name: options[name] for name in self.resource.identity}
        warnings = []
        for option in [option for option in options if option not in kept]:
            against = self.objection({**kept, option: options[option]}, ("present",))
            if against:
                warnings.append(f"{label}: {option} is left out, since it does not say what is there: {against}")
            else:
                kept[option] = options[option]
        if self.objection(kept):
            return None, [f"{label} is left out, since no options say what it is: {objection}"]
        return kept, warnings

    def untold(self, options: Mapping[str, Any]) -> list[str]:
        """What the objects behind these options hold that no option says: those that would be written, and those that would go with them."""
        found = []
        for item in self._items(self._asked(options, "present")) + self.resource.desired(self._asked(options, "absent"), self.tree):
            if isinstance(item, DesiredEntry):
                existing = places.find(self.tree, (self.request.base(item.location) + item.relative_path)[1:])
                found += [f"{item.label}: no option says '{what}'; it stays as it is" for what in untold(item.table, existing)]
        return found

    def _asked(self, options: Mapping[str, Any], state: str) -> Request:
        names = {name: options[name] for name in self.resource.identity}
        values = {option: value for option, value in options.items() if option not in names}
        return replace(self.request, names=names, values=values, state=state)

    def _items(self, request: Request) -> list:
        """What a task wants, past all that would refuse it."""
        beside = {node.option for node in self.resource.extra}
        own = {option: value for option, value in request.values.items() if option not in beside}
        validate(DesiredEntry(self.resource.table, request.name, own, request.state))
        for check in self.resource.checks:
            check(request, self.tree)
        items = self.resource.desired(request, self.tree)
        for item in items:
            if isinstance(item, DesiredEntry):
                validate(item, request.platform)
        return items
