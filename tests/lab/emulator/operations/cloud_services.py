# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The operational commands of Panorama's Cloud Services plugin, as far as their answers are known: its jobs.

The lists of jobs, and what is told of one, are laid out as the vendor's SDK reads them. What a list of locations looks like is not known, so there is none.
"""

from __future__ import annotations

import xml.etree.ElementTree as ET
from typing import cast

from ansible_collections.tunnelsmith.panos_vpn.tests.lab.emulator.errors import InvalidCommand
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.emulator.models.cloud_services import SERVICES, Provisioning, tenants
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.emulator.operations.registry import Context, command
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.emulator.panorama import Panorama
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.emulator.responses import Answer, escape, result

_PLUGIN = "request plugins cloud_services prisma-access"
_LISTS = ("pending-jobs", "success-jobs", "failed-jobs")
_ALL_SERVICES = ("mobile-users", "clean-pipe", *SERVICES)


def _told(status: str, *messages: str) -> Answer:
    return result(f"<result><status>{status}</status>{''.join(f'<msg>{message}</msg>' for message in messages)}</result>")


def _job_status(context: Context) -> Answer:
    return _of_tenant(context, "", context.arguments)


def _of_a_tenant(context: Context) -> Answer:
    named = context.arguments.find("tenant-name/entry")
    asked = context.arguments.find("job-status")
    if named is None or asked is None:
        raise InvalidCommand(f" {' -> '.join(_PLUGIN.split())} -> multi-tenant is missing 'tenant-name' or a command")
    return _of_tenant(context, named.get("name") or "", asked)


def _of_tenant(context: Context, tenant: str, asked: ET.Element) -> Answer:
    """Who is not there, and what is not known, are told with another status than ``pass``; the words are ours."""
    panorama = cast(Panorama, context.firewall)
    service = asked.findtext("servicetype") or ""
    if service not in _ALL_SERVICES:
        raise InvalidCommand(f" job-status -> servicetype '{service}' is not an allowed keyword")
    known = [each.name for each in tenants(panorama.running.root)]
    if tenant not in known:
        return _told("fail", f"tenant {escape(tenant)} not found" if tenant else "tenant name is required")
    jobs = panorama.plugin.of(tenant, service)
    if asked.find("jobid") is not None:
        return _one(jobs, asked.findtext("jobid") or "")
    if asked.find("latest") is not None:
        return _told("pass", *(str(job.number) for job in jobs[:1]))
    wanted = next((tag for tag in _LISTS if asked.find(tag) is not None), None)
    if wanted is None:
        raise InvalidCommand(" job-status is missing one of jobid, latest, pending-jobs, success-jobs or failed-jobs")
    listed = [job for job in jobs if job.list == wanted]
    most = asked.findtext(f"{wanted}/number-of-entries")
    return _told("pass", *(str(job.number) for job in listed[:int(most) if most else None]))


def _one(jobs: list[Provisioning], number: str) -> Answer:
    job = next((job for job in jobs if str(job.number) == number), None)
    return _told("fail", f"job {escape(number)} not found") if job is None else _told("pass", job.summary())


COMMANDS = (
    command(f"{_PLUGIN} job-status", _job_status, "jobid", "servicetype", "latest", *_LISTS),
    command(f"{_PLUGIN} multi-tenant", _of_a_tenant, "tenant-name", "job-status"),
)
