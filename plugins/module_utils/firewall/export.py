# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""All that stands on a firewall of the kinds that have a resource, as items of C(transaction): applied where they were read, they change nothing."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from dataclasses import dataclass, field, replace
from typing import Any, Callable, Iterable, Iterator, Mapping

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.arguments import has_secret
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.configuration import path as places, secrets
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.configuration.path import Path
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.reconcile.gathered import gathered
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.registry import RESOURCES
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.tables.desired import DesiredEntry
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.tables.places import PLACES, bgp_place
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.tables.platform import Platform
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.tables.table import Request, Resource

# What another resource tells as well: the proxy IDs stand in their tunnel.
_TOLD_BY_OTHERS = ("proxy_id",)
EXPORTED = tuple(name for name in RESOURCES if name not in _TOLD_BY_OTHERS)


@dataclass
class Export:
    """C(items): what C(transaction) takes. C(warnings): what no option says. C(without_secret): the objects whose secrets are left out, in words."""

    items: list[dict] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    without_secret: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class _Configuration:
    tree: ET.Element
    base: Callable[[str], Path]
    platform: Platform

    def requests(self, resource: Resource) -> Iterator[Request]:
        """One for each object that the objects of a resource can stand in, without a name: for all of them."""
        found: list[dict] = [{}]
        for option in resource.identity[:-1]:
            found = [{**names, option: value} for names in found for value in self._named(option, names)]
        nameless: dict[str, Any] = {resource.identity[-1]: None}
        for names in found:
            yield Request({**names, **nameless}, {}, "gathered", self.platform, self.base)

    def _named(self, option: str, names: Mapping[str, str]) -> list[str]:
        if option == "address_family":
            return ["ipv4", "ipv6"]
        routers = PLACES["logical_router" if self.platform.advanced else "virtual_router"][1]
        holder = routers if option == "virtual_router" else bgp_place(names["virtual_router"], self.platform.advanced) + ("peer-group",)
        return places.names(self.tree, self.base("network")[1:] + holder)

    def holds_secret(self, resource: Resource, request: Request, options: Mapping[str, Any]) -> bool:
        """Whether something that goes with an object holds a secret."""
        if not has_secret(resource.table.nodes):
            return False
        asked = replace(request, names={name: options[name] for name in resource.identity}, state="absent")
        going = [item for item in resource.desired(asked, self.tree) if isinstance(item, DesiredEntry) and has_secret(item.table.nodes)]
        entries = [places.find(self.tree, (self.base(item.location) + item.relative_path)[1:]) for item in going]
        return any(element.tag in secrets.TAGS and (element.text or "").strip() for entry in entries if entry is not None for element in entry.iter())


def export(tree: ET.Element, base: Callable[[str], Path], platform: Platform, resources: Iterable[str] = EXPORTED) -> Export:
    """C(resources): the names of those that are wanted."""
    configuration, found = _Configuration(tree, base, platform), Export()
    for name in resources:
        resource = RESOURCES[name]
        for request in configuration.requests(resource):
            told = gathered(resource, request, tree)
            found.items += [{name: options} for options in told.objects]
            found.warnings += told.warnings
            found.without_secret += [f"{name} '{options[resource.identity[-1]]}'" for options in told.objects
                                     if configuration.holds_secret(resource, request, options)]
    found.warnings = list(dict.fromkeys(found.warnings))
    return found
