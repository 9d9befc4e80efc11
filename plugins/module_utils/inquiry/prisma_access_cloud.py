# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Prisma Access as the cloud manages it, asked: what is described there, and how far each site has come.

Nothing tells of one site what became of it: a push has a job for each folder. What that tells is told of every site of the folder.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Collection, Iterable, Iterator
from typing import Any

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.prisma.cloud import PARTS, Folder, Held, Part
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.prisma.site import Site
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.scm import kinds, push
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.scm.client import Client
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.scm.kinds import DEPLOYMENT, Kind
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.status.prisma_access import Provisioning


def held(client: Client, parts: Collection[Part]) -> Held:
    """What stands in both folders, of C(parts) with the crypto profiles: no two tunnels of a tenant may lead to the same address."""
    folders = {}
    for part in PARTS:
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


def provisioning(client: Client, service: Iterable[tuple[Part, Iterable[Site]]], missing: Collection[str] = ()) -> dict[str, Provisioning]:
    """What each site is called → how far it has come. C(missing): what those are called that the address API has no address for."""
    parts = [(part, list(sites)) for part, sites in service]
    edits, known = push.edits(client, [part.folder for part, dummy in parts]), push.jobs(client)
    found = {}
    for part, sites in parts:
        last = push.newest_of_folder(known, part.folder)
        told = Provisioning(
            waits="; ".join(edit.words for edit in edits if edit.folder in ("", part.folder) and push.is_later(edit, last)),
            goes_on="; ".join(_going_on(last, part.folder)),
            failed="; ".join(f"{job.description or job.kind}: {job.words}" for job in _of_folder(last, part.folder) if job.has_ended and not job.went_well))
        for site in sites:
            found[site.called] = dataclasses.replace(told, has_no_address=site.called in missing)
    return found


def _of_folder(last: push.Push | None, folder: str) -> list[push.Job]:
    return [] if last is None else [last.parent, *(job for job in last.children if job.is_of(folder))]


def _going_on(last: push.Push | None, folder: str) -> Iterator[str]:
    for job in _of_folder(last, folder):
        if not job.has_ended:
            yield f"push job {job.id} has not ended"
        elif job.goes_on and job.went_well:
            yield f"push job {job.id}: {job.goes_on}"
