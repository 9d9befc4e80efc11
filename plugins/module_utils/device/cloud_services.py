# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The jobs of Panorama's Cloud Services plugin, which brings to Prisma Access what a push hands to it.

Panorama's own job of a push ends when that is handed over. The plugin has jobs with numbers of their own, and its own word for how a question went, beside
that of the answer (C(result/result/status)). What is read here is what the vendor's SDK reads; the answers themselves are not published.
"""

from __future__ import annotations

import xml.etree.ElementTree as ET
from dataclasses import dataclass

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils import commands
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.device.connection import Session
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.device.patience import NotYet, Patience
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.errors import DeviceError

WELL = "pass"
_COUNTS = {"total": "TotalInstances", "in_progress": "ProvisioningInProgress", "failed": "ProvisioningFailed", "complete": "ProvisioningComplete"}


@dataclass(frozen=True)
class CloudJob:
    """A job of the plugin. C(service): what it is for. The counts are those of its sites; V(None) where it does not tell. C(percentage): as it is told."""

    number: str
    service: str
    total: int | None = None
    in_progress: int | None = None
    failed: int | None = None
    complete: int | None = None
    error_code: str = ""
    percentage: str = ""
    has_ended: bool = True

    @property
    def progress(self) -> str:
        return f"at {self.percentage or '?'} %, {self.complete or 0} of {self.total or '?'} sites are ready"

    def failure(self, sites: str) -> str:
        """What it could not do, C(sites) being the word for them. It tells numbers, and no names."""
        failed, total = ("all" if self.failed is None else self.failed), ("?" if self.total is None else self.total)
        return f"could not provision {failed} of {total} {sites} (job {self.number}, error code {self.error_code or 'not told'})"

    @property
    def went_well(self) -> bool:
        return not self.failed and self.error_code in ("", "0")

    def plain(self) -> dict:
        return {"job": self.number, "service": self.service, "total": self.total, "failed": self.failed, "complete": self.complete}


def latest(session: Session, service: str, tenant: str | None = None) -> str:
    """The number of the newest job of a service; empty where it never had one."""
    return next(iter(_numbers(session, service, tenant, ET.Element("latest"))), "")


def has_failed(session: Session, service: str, tenant: str | None, number: str) -> bool:
    return bool(number) and number in _numbers(session, service, tenant, ET.Element("failed-jobs"))


def followed(session: Session, service: str, tenant: str | None, before: str, patience: Patience) -> CloudJob:
    """The job that a push left behind, once it has ended. C(before): the newest one from before the push. Raises DeviceError where time is over."""
    patience = patience.begun()
    number = patience.until(lambda: _begun(session, service, tenant, before))
    return patience.until(lambda: _ended(session, service, tenant, number))


def _begun(session: Session, service: str, tenant: str | None, before: str) -> str:
    number = latest(session, service, tenant)
    if number in ("", before):
        raise NotYet(f"the plugin has no job for {service} yet", DeviceError(
            f"the push to Prisma Access was handed over on {session.place}, and the plugin began no job for {service} in time. Look at Panorama > Cloud "
            "Services > Status, or run again with push: always"))
    return number


def newest(session: Session, service: str, tenant: str | None = None) -> CloudJob | None:
    """The newest job of a service, as far as it is."""
    number = latest(session, service, tenant)
    return _job(session, service, tenant, number) if number else None


def _ended(session: Session, service: str, tenant: str | None, number: str) -> CloudJob:
    job = _job(session, service, tenant, number)
    if not job.has_ended:
        going = DeviceError(f"job {number} of Prisma Access for {service} did not end in time and goes on; run again with push: never to leave it alone",
                            cloud_job=number)
        going.goes_on = True
        raise NotYet(f"job {number} of Prisma Access for {service} is {job.progress}", going)
    return job


def _job(session: Session, service: str, tenant: str | None, number: str) -> CloudJob:
    asked = ET.Element("jobid")
    asked.text = number
    told = _asked(session, service, tenant, asked, f"ask for job {number} of Prisma Access")
    counts = {name: _count(told, tag) for name, tag in _COUNTS.items()}
    percentage = (told.findtext("msg/response/percentageCompletion") or "").strip()
    has_ended = not counts["in_progress"] and percentage in ("", "100")
    if has_ended and percentage == "" and counts["total"] is None:
        # An answer of another form: the lists say whether the job goes on.
        has_ended = number not in _numbers(session, service, tenant, ET.Element("pending-jobs"))
    error_code = (told.findtext("msg/response/errorCode") or "").strip()
    return CloudJob(number, service, **counts, error_code=error_code, percentage=percentage, has_ended=has_ended)


def _count(told: ET.Element, tag: str) -> int | None:
    text = next(((element.text or "").strip() for element in told.iter(tag)), "")
    return int(text) if text.isdigit() else None


def _numbers(session: Session, service: str, tenant: str | None, which: ET.Element) -> list[str]:
    told = _asked(session, service, tenant, which, f"list the jobs of Prisma Access for {service}")
    return [number for number in ((message.text or "").strip() for message in told.findall("msg")) if number]


def _asked(session: Session, service: str, tenant: str | None, which: ET.Element, doing: str) -> ET.Element:
    answer = session.op(ET.tostring(_request(service, tenant, which), encoding="unicode"), doing)
    told = answer.find("result/result")
    told = ET.Element("result") if told is None else told
    status = (told.findtext("status") or "").strip()
    if status != WELL:
        words = "; ".join(" ".join("".join(message.itertext()).split()) for message in told.findall("msg")) or "it gives no reason"
        raise DeviceError(f"failed to {doing} on {session.place}: the plugin says '{status or 'nothing'}': {words}")
    return told


def _request(service: str, tenant: str | None, which: ET.Element) -> ET.Element:
    root = ET.fromstring(commands.command(commands.PRISMA_ACCESS))
    place = list(root.iter())[-1]
    if tenant:
        place = ET.SubElement(place, "multi-tenant")
        ET.SubElement(ET.SubElement(place, "tenant-name"), "entry", {"name": tenant})
    status = ET.SubElement(place, "job-status")
    status.append(which)
    ET.SubElement(status, "servicetype").text = service
    return root
