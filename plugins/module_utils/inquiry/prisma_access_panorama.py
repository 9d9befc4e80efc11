# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Prisma Access as a Panorama manages it, asked: where its objects stand, what is described there, and how far each site has come.

Nothing tells of one site what became of it: the plugin counts the sites of a job. What it tells is told of every site that it may be about.
"""

from __future__ import annotations

import dataclasses
import xml.etree.ElementTree as ET
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.configuration import path as places
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.configuration.naming import instead
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.configuration.path import Path
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.device import cloud_services, push
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.device.connection import Session
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.device.location import CLOUD_SERVICES, DEVICE, Location
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.device.target import Target, itself
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.errors import InvalidInput, Refused
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.prisma import panorama
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.prisma.panorama import PARTS, Part, Standing, Templates
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.prisma.site import Site
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.status.prisma_access import Provisioning
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.tables.platform import Platform


@dataclass(frozen=True)
class Ground:
    """Where a part's objects stand. C(stack), C(group): what the plugin says; C(templates): of the stack, the one that is written to first."""

    part: Part
    stack: str
    group: str
    templates: tuple[str, ...]

    def networks(self) -> list[tuple[str, Path]]:
        return [(name, Location(template=name).base("network")) for name in self.templates]

    @property
    def reads(self) -> list[Path]:
        return [base + (below,) for dummy, base in self.networks() for below in ("ike", "tunnel")]


@dataclass(frozen=True)
class Plugin:
    """Prisma Access on a Panorama: of the whole, or of one tenant. C(grounds): by the option of their part."""

    session: Session
    platform: Platform
    tenant: str | None
    grounds: dict[str, Ground]

    @property
    def root(self) -> Path:
        return Location(tenant=self.tenant).base("cloud_services")

    @property
    def reads(self) -> list[Path]:
        return [self.root, *(path for ground in self.grounds.values() for path in ground.reads)]

    def standing(self, tree: ET.Element) -> Standing:
        templates = {}
        for option, ground in self.grounds.items():
            found = [(name, places.find(tree, base[1:])) for name, base in ground.networks()]
            templates[option] = Templates([(name, network) for name, network in found if network is not None])
        return panorama.standing(places.find(tree, self.root[1:]), templates)

    def target(self, ground: Ground) -> Target:
        return Target(self.session, Location(template=ground.templates[0], tenant=self.tenant), self.platform)

    def paths(self, ground: Ground, items: Iterable[Any]) -> list[Path]:
        base = self.target(ground).base
        return list(dict.fromkeys(base(item.location) + item.relative_path for item in items))

    def provisioning(self, option: str, sites: Iterable[Site], candidate: ET.Element, running: ET.Element) -> dict[str, Provisioning]:
        """What each of a part's sites is called → how far it has come."""
        ground, sites = self.grounds[option], list(sites)
        if not (sites and ground.templates):
            return {}
        service = ground.part.element
        is_owed, job = push.is_owed(self.session, service, ground.group), cloud_services.newest(self.session, service, self.tenant)
        told = Provisioning(
            waits="it is committed on Panorama, and was not pushed since" if is_owed else "",
            goes_on=f"job {job.number} of the plugin is {job.progress}" if job and not job.has_ended else "",
            failed=f"the plugin {job.failure(ground.part.words)}; which, Cloud Services > Status shows"
            if job and job.has_ended and not job.went_well else "")
        return {site.called: dataclasses.replace(told, waits=self._uncommitted(ground, site, candidate, running) or told.waits) for site in sites}

    def _uncommitted(self, ground: Ground, site: Any, candidate: ET.Element, running: ET.Element) -> str:
        items = [*panorama.made_of((site,)), *panorama.entries_of(ground.part, (site,))]
        differing = [places.words(path) for path in self.paths(ground, items) if _text(candidate, path) != _text(running, path)]
        return f"Panorama's candidate configuration differs from what is committed: {', '.join(differing)}" if differing else ""


def _text(tree: ET.Element, path: Path) -> str:
    found = places.find(tree, path[1:])
    return "" if found is None else ET.canonicalize(ET.tostring(found, encoding="unicode"), strip_text=True)


def plugin_of(session: Session, tenant: str | None, needed: Collection[Part] = ()) -> Plugin:
    """Raises Refused where this Panorama does not manage Prisma Access, InvalidInput where it has no such tenant. C(needed): the parts that are written to."""
    whole = itself(session)
    if not whole.is_panorama:
        raise Refused(f"{whole.place} is no Panorama: Prisma Access is managed by one, or in the cloud")
    tree = session.read([CLOUD_SERVICES, DEVICE + ("template-stack",)])
    plugin = places.find(tree, CLOUD_SERVICES[1:])
    if plugin is None:
        raise Refused(f"{whole.place} has no Cloud Services plugin that is set up: it does not manage Prisma Access")
    _refuse_tenant(plugin, tenant)
    held = places.find(tree, Location(tenant=tenant).base("cloud_services")[1:])
    grounds = {part.option: _ground(part, held, tree) for part in PARTS}
    for part in needed:
        if not (grounds[part.option].group and grounds[part.option].templates):
            raise Refused(f"{session.place}: the plugin names no template stack with templates, or no device group, for {part.words}; set up Prisma "
                          "Access on it first")
    return Plugin(session, whole.platform, tenant, grounds)


def _refuse_tenant(plugin: ET.Element, tenant: str | None) -> None:
    has_tenants = places.text(plugin, ("multi-tenant-enable",)) == "yes"
    names = places.names(plugin, ("multi-tenant", "tenants"))
    if has_tenants and not tenant:
        raise InvalidInput(f"tenant: this Prisma Access has several, say which: {', '.join(names) or 'there is none yet'}")
    if tenant and not has_tenants:
        raise InvalidInput(f"tenant: this Prisma Access has no tenants, leave '{tenant}' out")
    if tenant and tenant not in names:
        raise InvalidInput(f"tenant: there is no '{tenant}'{instead(tenant, names)}")


def _ground(part: Part, held: ET.Element | None, tree: ET.Element) -> Ground:
    stack = places.text(held, (part.element, "template-stack")) or ""
    group = places.text(held, (part.element, "device-group")) or ""
    listed = places.names(tree, (DEVICE + ("template-stack", ("entry", stack), "templates"))[1:]) if stack else []
    # The predefined template is written to, wherever it stands among those that users have added.
    first = [name for name in listed if name == part.template]
    return Ground(part, stack, group, tuple([*first, *(name for name in listed if name not in first)]))
