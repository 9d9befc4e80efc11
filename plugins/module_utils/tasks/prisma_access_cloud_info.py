# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What C(prisma_access_cloud_info) does: tells how the sites of Prisma Access are, by its telemetry, and what stands in the way of those that are not well."""

from __future__ import annotations

import dataclasses

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils import arguments
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.device.patience import Patience
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.errors import InvalidInput
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.inquiry import prisma_access_cloud as inquiry
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.peers import fields
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.prisma.cloud import PARTS, Held
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.prisma.site import RemoteNetwork, Site, chosen, of_type
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.scm import insights
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.scm.access import Access
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.scm.client import Client
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.status import prisma_access
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.status.prisma_access import Hindered
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.tasks.module import CollectionModule, concluded
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.tasks.prisma_access_cloud import addresses_of


def argument_spec() -> dict:
    return {
        **arguments.SCM,
        "sites": {"type": "list", "elements": "str"},
        "minutes": {"type": "int", "default": 15},
        "address_url": {"type": "str"},
        "insights_url": {"type": "str", "default": "https://api.sase.paloaltonetworks.com"},
    }


def run() -> None:
    """The whole life of the module."""
    module = CollectionModule(argument_spec(), "scm", "Strata Cloud Manager")
    concluded(module, lambda: _asked(module))


def _asked(module: CollectionModule) -> dict:
    params = module.params
    if params["minutes"] < 1:
        raise InvalidInput(f"minutes: {params['minutes']} is less than 1")
    access = Access.said(params["scm"])
    client = Client(access, module.tell)
    of_telemetry = dataclasses.replace(access, base_url=params["insights_url"], base_option="insights_url")
    telemetry = Client(of_telemetry, module.tell, {"Prisma-Tenant": access.tsg_id})
    try:
        held = inquiry.held(client, PARTS)
        sites = chosen(held.service.sites, params["sites"])
        rows = prisma_access.reported(insights.tunnels(telemetry, params["minutes"]))
        conditions = [prisma_access.condition(site, rows, params["minutes"]) for site in sites]
        found, missing = _addresses(module, client, held, sites)
        hindered = _hindered(client, held, [site for site, condition in zip(sites, conditions) if not condition.healthy], missing)
    finally:
        client.close()
        telemetry.close()
    obstacles = {each.site.called: each.obstacles for each in hindered}
    whole = prisma_access.of_all([prisma_access.explained(condition, obstacles.get(site.called, ())) for site, condition in zip(sites, conditions)])
    names = {tunnel.name for site in sites for tunnel in site.tunnels}
    return {
        "changed": False, "health": whole.state.value, "healthy": whole.healthy, "problems": list(whole.problems()), "vpns": whole.told()["vpns"],
        "tunnels": [each.plain() for each in rows if each.tunnel in names], "obstacles": [obstacle for each in hindered for obstacle in each.plain()],
        **{part.option: [fields.plain(each) for each in held.told(part, [site.name for site in of_type(sites, part.type)])] for part in PARTS},
        "infrastructure": held.infrastructure, **({"addresses": found} if found else {}),
    }


def _addresses(module: CollectionModule, client: Client, held: Held, sites: list[Site]) -> tuple[dict, set[str]]:
    """(the answer of the address API, what the sites are called that it has no address for), where it is to be asked."""
    networks = {site.name: site.called for site in sites if isinstance(site, RemoteNetwork)}
    if not module.params["address_url"] or not networks:
        return {}, set()
    found, missing = addresses_of(module, client, held.settings, list(networks), Patience(0))
    return found, {networks[name] for name in missing}


def _hindered(client: Client, held: Held, sites: list[Site], missing: set[str]) -> list[Hindered]:
    """What stands in the way of sites that are not well; of others nothing does."""
    if not sites:
        return []
    by_part = [(part, of_type(sites, part.type)) for part in PARTS]
    told = inquiry.provisioning(client, [(part, some) for part, some in by_part if some], missing)
    return prisma_access.hindered(held.service, sites, told)
