# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What C(prisma_access_panorama_info) does: tells how far the sites of Prisma Access have come that a Panorama manages, and what stands in their way."""

from __future__ import annotations

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils import arguments
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.device.connection import Session
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.inquiry.prisma_access_panorama import plugin_of
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.peers import fields
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.prisma.panorama import PARTS
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.prisma.site import chosen, of_type
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.status import prisma_access
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.status.prisma_access import Provisioning
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.tasks.module import PanosModule, with_session


def argument_spec() -> dict:
    return {**arguments.PROVIDER, **arguments.WRITING, "tenant": {"type": "str"}, "sites": {"type": "list", "elements": "str"}}


def run() -> None:
    """The whole life of the module."""
    module = PanosModule(argument_spec())
    with_session(module, lambda session: _asked(session, module.params["tenant"] or None, module.params["sites"]), untouched="")


def _asked(session: Session, tenant: str | None, names: list[str] | None) -> dict:
    plugin = plugin_of(session, tenant)
    candidate, running = (session.read(plugin.reads, running=is_running) for is_running in (False, True))
    held = plugin.standing(candidate)
    sites = chosen(held.service.sites, names)
    of_parts = [(part, of_type(sites, part.kind)) for part in PARTS]
    told: dict[str, Provisioning] = {}
    for part, some in of_parts:
        told.update(plugin.provisioning(part.option, some, candidate, running))
    hindered = prisma_access.hindered(held.service, sites, told)
    return {
        "changed": False, "provisioned": not hindered, "problems": [words for each in hindered for words in each.problems],
        "obstacles": [obstacle for each in hindered for obstacle in each.plain()],
        "infrastructure": held.infrastructure,
        **{part.option: [fields.plain(held.told(part, site.name)) for site in some] for part, some in of_parts},
    }
