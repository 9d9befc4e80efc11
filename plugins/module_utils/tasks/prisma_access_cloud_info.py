# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What C(prisma_access_cloud_info) does: tells how the sites of Prisma Access are, by its telemetry."""

from __future__ import annotations

import dataclasses
from typing import Any

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils import arguments
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.configuration.naming import instead
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.errors import InvalidInput
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.prisma.cloud import PARTS, Folder, Held
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.prisma.site import Site
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.scm import insights
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.scm.access import Access
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.scm.client import Client
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.status import prisma_access
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.tasks.module import CollectionModule, concluded


def argument_spec() -> dict:
    return {
        **arguments.SCM,
        "sites": {"type": "list", "elements": "str"},
        "minutes": {"type": "int", "default": 15},
        "insights_url": {"type": "str", "default": "https://api.sase.paloaltonetworks.com"},
    }


def run() -> None:
    """The whole life of the module."""
    module = CollectionModule(argument_spec(), "scm", "Strata Cloud Manager")
    concluded(module, lambda: _asked(module))


def _asked(module) -> dict:
    params = module.params
    if params["minutes"] < 1:
        raise InvalidInput(f"minutes: {params['minutes']} is less than 1")
    access = Access(**{name: "" if value is None else value for name, value in params["scm"].items()})
    client = Client(access, module.tell)
    of_telemetry = dataclasses.replace(access, base_url=params["insights_url"], base_option="insights_url")
    telemetry = Client(of_telemetry, module.tell, {"Prisma-Tenant": access.tsg_id})
    try:
        sites = _sites(client, params["sites"])
        told = prisma_access.reported(insights.tunnels(telemetry, params["minutes"]))
    finally:
        client.close()
        telemetry.close()
    whole = prisma_access.of_all([prisma_access.condition(site, told, params["minutes"]) for site in sites])
    names = {tunnel.name for site in sites for tunnel in site.tunnels}
    return {"changed": False, "health": whole.state.value, "healthy": whole.healthy, "problems": list(whole.problems()), "vpns": whole.told()["vpns"],
            "tunnels": [each.plain() for each in told if each.tunnel in names]}


def _sites(client: Client, wanted: list[str] | None) -> list[Site]:
    """The sites of these names, or all. Raises InvalidInput for one that is not there."""
    folders = {part.folder: Folder(part.folder, {part.kind.resource: _named(client.all_of(part.kind, part.folder))}) for part in PARTS}
    found: list[Any] = list(Held(folders, {}, []).service.sites)
    known = [site.name for site in found]
    missing = [name for name in wanted or () if name not in known]
    if missing:
        raise InvalidInput(f"sites: there is no remote network or service connection '{missing[0]}'{instead(missing[0], known)}")
    return [site for site in found if not wanted or site.name in wanted]


def _named(listed: list[dict]) -> dict[str, dict]:
    return {str(each.get("name")): each for each in listed}
