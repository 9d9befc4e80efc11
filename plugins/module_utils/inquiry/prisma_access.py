# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What manages Prisma Access, asked: what is described there, and how far each site of it has come.

Neither way tells of one site what became of it. Panorama's plugin counts the sites of a job, and the cloud has a job for each folder; what is told of them
is told of every site that they may have been for.
"""

from __future__ import annotations

import dataclasses
import xml.etree.ElementTree as ET
from collections.abc import Collection, Iterable, Iterator, Sequence
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
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.prisma import cloud, panorama
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.prisma.cloud import Folder, Held
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.prisma.panorama import Standing, Templates
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.prisma.site import Site
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.scm import kinds, push as pushes
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.scm.client import Client
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.scm.kinds import DEPLOYMENT, Kind
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.status.prisma_access import Provisioning
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.tables.platform import Platform


def chosen(found: Sequence[Any], wanted: Collection[str] | None) -> list[Any]:
    """The sites of these names, or all. Raises InvalidInput for one that is not there."""
    known = [site.name for site in found]
    missing = [name for name in wanted or () if name not in known]
    if missing:
        raise InvalidInput(f"sites: there is no remote network or service connection '{missing[0]}'{instead(missing[0], known)}")
    return [site for site in found if not wanted or site.name in wanted]


# -- by Panorama

@dataclass(frozen=True)
class Ground:
    """Where a part's objects stand. C(stack), C(group): what the plugin says; C(templates): of the stack, the one that is written to first."""

    part: panorama.Part
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


def plugin_of(session: Session, tenant: str | None, needed: Collection[panorama.Part] = ()) -> Plugin:
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
    grounds = {part.option: _ground(part, held, tree) for part in panorama.PARTS}
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


def _ground(part: panorama.Part, held: ET.Element | None, tree: ET.Element) -> Ground:
    stack = places.text(held, (part.element, "template-stack")) or ""
    group = places.text(held, (part.element, "device-group")) or ""
    listed = places.names(tree, (DEVICE + ("template-stack", ("entry", stack), "templates"))[1:]) if stack else []
    # The predefined template is written to, wherever it stands among those that users have added.
    first = [name for name in listed if name == part.template]
    return Ground(part, stack, group, tuple([*first, *(name for name in listed if name not in first)]))


# -- in the cloud

def held(client: Client, parts: Collection[cloud.Part]) -> Held:
    """What stands in both folders, of C(parts) with the crypto profiles: no two tunnels of a tenant may lead to the same address."""
    folders = {}
    for part in cloud.PARTS:
        profiles = (kinds.IKE_CRYPTO, kinds.IPSEC_CRYPTO) if part in parts else ()
        some = (*profiles, kinds.IKE_GATEWAY, kinds.IPSEC_TUNNEL, part.kind)
        folders[part.folder] = Folder(part.folder, {kind.resource: _listed(client, kind, part.folder) for kind in some})
    bandwidth = {found["name"]: found for found in client.all_of(kinds.BANDWIDTH)}
    locations = client.get(f"{DEPLOYMENT}/locations", "read the locations")
    settings = client.get(f"{DEPLOYMENT}/shared-infrastructure-settings", "read the settings of the infrastructure")
    return Held(folders, bandwidth, _entries(locations), next(iter(_entries(settings)), {}))


def _listed(client: Client, kind: Kind, folder: str) -> dict[str, dict]:
    """By their names; what a folder has of its own counts before what it has from above."""
    found: dict[str, dict] = {}
    for each in client.all_of(kind, folder):
        name = str(each.get("name"))
        if name not in found or each.get("folder", folder) == folder:
            found[name] = each
    return found


def _entries(told: Any) -> list[dict]:
    """A list may come as it is, or in an envelope; one object alone is a list of one."""
    found = told.get("data", [told]) if isinstance(told, dict) else told
    return [each for each in found if isinstance(each, dict)] if isinstance(found, list) else []


def provisioning(client: Client, service: Iterable[tuple[cloud.Part, Iterable[Site]]], missing: Collection[str] = ()) -> dict[str, Provisioning]:
    """What each site is called → how far it has come. C(missing): what those are called that the address API has no address for."""
    parts = [(part, list(sites)) for part, sites in service]
    edits, known = pushes.edits(client, [part.folder for part, dummy in parts]), pushes.jobs(client)
    found = {}
    for part, sites in parts:
        last = pushes.newest_of_folder(known, part.folder)
        told = Provisioning(
            waits="; ".join(edit.words for edit in edits if edit.folder in ("", part.folder) and pushes.is_later(edit, last)),
            goes_on="; ".join(_going_on(last, part.folder)),
            failed="; ".join(f"{job.description or job.kind}: {job.words}" for job in _of_folder(last, part.folder) if job.has_ended and not job.went_well))
        for site in sites:
            found[site.called] = dataclasses.replace(told, has_no_address=site.called in missing)
    return found


def _of_folder(last: pushes.Push | None, folder: str) -> list[pushes.Job]:
    return [] if last is None else [last.parent, *(job for job in last.children if job.is_of(folder))]


def _going_on(last: pushes.Push | None, folder: str) -> Iterator[str]:
    for job in _of_folder(last, folder):
        if not job.has_ended:
            yield f"push job {job.id} has not ended"
        elif job.goes_on and job.went_well:
            yield f"push job {job.id}: {job.goes_on}"
