# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The jobs in which a firewall carries out commits: how far they are, and how they ended."""

from __future__ import annotations

import time
import xml.etree.ElementTree as ET
from dataclasses import dataclass

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils import commands
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.device.connection import CODE_MISSING, Session
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.device.patience import NotYet, Patience
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.errors import ConnectionFailed, DeviceError, JobUnknown, PanosVpnError

# Seconds after a job was queued in which a firewall can still say that it knows of no such job.
UNKNOWN_AT_FIRST = 10
_UNFINISHED = ("PEND", "ACT")


@dataclass(frozen=True)
class Job:
    """A finished job. C(lines) and C(warnings) are the firewall's own words."""

    id: str
    result: str
    lines: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()


def finish(session: Session, job: str, patience: Patience, queued: float | None = None) -> Job:
    """Wait for a job. The job's id is in every error, so that a later run can take it up (C(job_id)).

    A commit can restart the very service that answers: as long as there is time, a connection that fails is tried again.
    C(queued): the moment (monotonic) at which it was, where this run did that. Raises JobUnknown where there is no such job.
    """
    overdue = _going_on(DeviceError(f"commit job {job} on {session.place} did not end within {patience.timeout:g} s and goes on; "
                                    f"give job_id {job} to wait for it", job_id=job))

    def look() -> Job:
        try:
            return _finished(session, job, overdue, queued)
        except JobUnknown:
            raise
        except PanosVpnError as exc:
            failed = _going_on(type(exc)(f"{exc}; commit job {job} goes on without us: give job_id {job} to wait for it", job_id=job))
            if isinstance(exc, ConnectionFailed) and not exc.final:
                raise NotYet(f"commit job {job}: {session.place} does not answer while it commits", failed) from None
            raise failed from None

    return patience.until(look)


def _going_on(error: PanosVpnError) -> PanosVpnError:
    error.goes_on = True
    return error


def _finished(session: Session, job: str, overdue: PanosVpnError, queued: float | None) -> Job:
    """The finished job; raises NotYet while it runs."""
    try:
        answer = session.op(commands.command(commands.JOB, job), f"ask for commit job {job}")
    except DeviceError as exc:
        if exc.code != CODE_MISSING:
            raise
        if queued is not None and time.monotonic() - queued < UNKNOWN_AT_FIRST:
            raise NotYet(f"commit job {job} is queued", overdue) from None
        raise JobUnknown(f"{session.place} knows of no job {job}: {exc}", exc.code, job_id=job) from None
    element = answer.find("result/job")
    if element is None or said(element, "status") != "FIN":
        raise NotYet(f"commit job {job} {_stage(element)}", overdue)
    return Job(job, said(element, "result"), texts(element.find("details")), texts(element.find("warnings")))


def commits(session: Session) -> list[ET.Element]:
    """The commit jobs that the firewall remembers, the newest first."""
    answer = session.op(commands.command(commands.JOBS), "look for commit jobs")
    found = [job for job in answer.iter("job") if said(job, "type") == "Commit" and said(job, "id").isdigit()]
    return sorted(found, key=lambda job: -int(said(job, "id")))


def refuse_while_committing(session: Session, patience: Patience) -> None:
    """Wait until no commit job runs or waits, whoever asked for it: until then nothing can be said of what is about to run."""

    def look() -> None:
        unfinished = [job for job in commits(session) if is_unfinished(job)]
        if unfinished:
            job = unfinished[-1]
            name = f"commit job {said(job, 'id')} of {said(job, 'user') or 'an unknown account'}"
            raise NotYet(f"{name} {_stage(job)}", DeviceError(f"{name} on {session.place} did not end within {patience.timeout:g} s and goes on",
                                                              job_id=said(job, "id")))

    patience.until(look)


def _stage(element: ET.Element | None) -> str:
    """How far a job is that has not ended."""
    status, progress, position = (said(element, tag) for tag in ("status", "progress", "positionInQ"))
    if status != "ACT":
        return "is in the queue" + (f", at position {position}" if position not in ("", "0") else "")
    return f"is at {progress} %" if progress.isdigit() else "runs"


def said(element: ET.Element | None, tag: str) -> str:
    """The text below a tag; empty where there is none."""
    return "" if element is None else (element.findtext(tag) or "").strip()


def is_unfinished(job: ET.Element) -> bool:
    return said(job, "status") in _UNFINISHED


def texts(element: ET.Element | None) -> tuple[str, ...]:
    """The lines of an answer's element, whatever their nesting."""
    if element is None:
        return ()
    leaves = [node for node in element.iter() if len(node) == 0 and (node.text or "").strip()] or ([element] if (element.text or "").strip() else [])
    return tuple(" ".join((leaf.text or "").split()) for leaf in leaves)
