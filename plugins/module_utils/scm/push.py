# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Pushes of folders: what is not pushed yet, and whose it is; the push itself; and its jobs.

The parent job says how the commit went, and nothing of the folders: each has a job of its own, which comes some seconds later. Both are recorded; what
the service tells of the candidate is known by its fields only, so that an entry without them says nothing here.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timezone
from typing import Any

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.device.patience import NotYet, Patience
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.errors import ConnectionFailed, PanosVpnError
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.scm.answers import CloudError
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.scm.client import Client
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.scm.kinds import OPERATIONS

_PARENT = "CommitAndPush"
_ACTIVE = "ACT"
_ENDED = ("FIN", "PUSHFAIL", "PUSHABORT", "PUSHTIMEOUT")
# Seconds after the end of the commit in which the jobs of the folders come.
CHILDREN_COME_WITHIN = 60
_COUNTS = ("created", "updated", "deleted")


@dataclass(frozen=True)
class Job:
    """C(words): what it says of itself, its errors first."""

    id: str
    parent: str
    kind: str
    account: str
    status: str
    result: str
    description: str
    errors: tuple[str, ...]
    warnings: tuple[str, ...]
    begun: str
    #: That the infrastructure is still being made, which goes on when the job has ended.
    goes_on: str = ""

    @property
    def has_ended(self) -> bool:
        return self.status in _ENDED

    @property
    def went_well(self) -> bool:
        return self.status == "FIN" and self.result == "OK"

    @property
    def words(self) -> str:
        told = "; ".join(self.errors) or "the job gives no reason"
        return f"{told} ({' '.join(filter(None, [self.status, self.result]))}, job {self.id})"

    def is_of(self, folder: str) -> bool:
        """A job of a folder is known by what it is called."""
        return self.description.startswith(folder)


@dataclass(frozen=True)
class Push:
    """One push: its own job, and those of the folders."""

    parent: Job
    children: tuple[Job, ...]

    @property
    def failures(self) -> list[Job]:
        return [job for job in (self.parent, *self.children) if job.has_ended and not job.went_well]

    @property
    def has_ended(self) -> bool:
        return all(job.has_ended for job in (self.parent, *self.children))


@dataclass(frozen=True)
class Edit:
    """What an account changed and nobody pushed."""

    account: str
    folder: str
    count: int
    date: str

    @property
    def words(self) -> str:
        where = f" in {self.folder}" if self.folder else ""
        counted = f"1 change{where} that is" if self.count == 1 else f"{self.count} changes{where} that are"
        return f"{self.account or 'somebody'} has {counted} not pushed"


def jobs(client: Client) -> list[Job]:
    """Those that the service remembers, the newest first."""
    listed = client.listed(f"{OPERATIONS}/jobs", "read the jobs")
    found = [_job(each) for each in listed]
    return sorted(found, key=lambda job: -int(job.id) if job.id.isdigit() else 0)


def _job(told: dict) -> Job:
    details = _details(told.get("details"))
    return Job(
        id=_text(told, "id"), parent=_text(told, "parent_id"), kind=_text(told, "type_str"), account=_text(told, "uname"), status=_text(told, "status_str"),
        result=_text(told, "result_str"), description=str(details.get("description") or told.get("description") or ""),
        errors=_texts(details.get("errors")), warnings=_texts(details.get("warnings")), begun=_text(told, "start_ts") or _text(told, "insert_ts"),
        goes_on="; ".join(_texts(details.get("info"))) if details.get("status") == _ACTIVE else "")


def _details(told: Any) -> dict:
    """They are JSON in a text, where they are there at all."""
    try:
        found = json.loads(told) if isinstance(told, str) else told
    except ValueError:
        found = {"errors": [told]}
    return found if isinstance(found, dict) else {}


def _texts(told: Any) -> tuple[str, ...]:
    listed = told if isinstance(told, list) else [told]
    return tuple(" ".join(str(each).split()) for each in listed if each)


def _text(told: dict, name: str) -> str:
    return str(told.get(name) or "")


def newest(known: Sequence[Job], account: str) -> Push | None:
    """An account's newest push, as far as it is."""
    return next((push for push in _pushes(known) if push.parent.account == account), None)


def newest_of_folder(known: Sequence[Job], folder: str) -> Push | None:
    """The newest push of a folder, whoever made it; one that has no jobs of folders yet, or failed before it had any, may be of each."""
    return next((push for push in _pushes(known) if not push.children or any(job.is_of(folder) for job in push.children)), None)


def _pushes(known: Sequence[Job]) -> Iterator[Push]:
    """The newest first."""
    return (Push(job, _children(known, job)) for job in known if job.kind == _PARENT)


def _children(known: Sequence[Job], parent: Job) -> tuple[Job, ...]:
    """In the order in which they came."""
    return tuple(job for job in reversed(known) if job.parent == parent.id)


def edits(client: Client, folders: Sequence[str]) -> list[Edit]:
    """What was changed in these folders and not pushed, by whom."""
    told = client.get(f"{OPERATIONS}/config-versions/candidate", "read who edited what is not pushed")
    entries = told.get("data", [told]) if isinstance(told, dict) else told
    found = []
    for entry in entries if isinstance(entries, list) else []:
        counts = [entry.get(name) for name in _COUNTS] if isinstance(entry, dict) else []
        count = sum(number for number in counts if isinstance(number, int))
        folder = _text(entry, "scope") if count else ""
        if count and (not folder or folder in folders):
            found.append(Edit(_text(entry, "edited_by") or _text(entry, "admin"), folder, count, _text(entry, "date")))
    return found


def is_later(edit: Edit, push: Push | None) -> bool:
    """Whether an edit is not in a push; one that does not say when it was is in none."""
    if push is None:
        return True
    changed, pushed = _moment(edit.date), _moment(push.parent.begun)
    return changed is None or pushed is None or changed > pushed


def _moment(text: str) -> datetime | None:
    """The times of jobs have no zone; beside those of the versions they are UTC."""
    try:
        found = datetime.fromisoformat(text.replace("Z", "+00:00"))
    except ValueError:
        return None
    return found if found.tzinfo else found.replace(tzinfo=timezone.utc)


def begin(client: Client, folders: Sequence[str], description: str, admins: Sequence[str]) -> str:
    """The number of the job of a new push. It bears a mark, by which one is found whose answer was lost."""
    marked = f"{description} [{uuid.uuid4().hex[:12]}]"
    body: dict[str, Any] = {"folders": list(folders), "description": marked}
    if admins:
        body["admin"] = list(admins)

    def done() -> dict | None:
        found = next((job for job in jobs(client) if job.kind == _PARENT and job.description == marked), None)
        return None if found is None else {"job_id": found.id}

    what = f"push {' and '.join(folders)}"
    told = client.post(f"{OPERATIONS}/config-versions/candidate:push", what, body, done)
    number = _text(told, "job_id") if isinstance(told, dict) else ""
    if not number:
        said = _text(told, "message") if isinstance(told, dict) else ""
        raise CloudError(f"cannot {what}: no job was begun{f': {said}' if said else ''}", 200)
    return number


def followed(client: Client, number: str, folders: Sequence[str], patience: Patience) -> Push:
    """The push when all of its jobs have ended. Raises CloudError where the time is over; the push goes on then."""
    overdue = CloudError(f"the push of {' and '.join(folders)} (job {number}) did not end within {patience.timeout:g} s and goes on; run again to wait for it",
                         200, job_id=number)
    overdue.goes_on = True
    running, coming = patience.begun(), Patience(CHILDREN_COME_WITHIN)

    def look() -> Push:
        nonlocal coming
        push = _looked(client, number, overdue)
        if not push.parent.has_ended:
            raise NotYet(f"push job {number} commits", overdue)
        if not push.parent.went_well:
            return push
        coming = coming.begun()
        missing = [folder for folder in folders if not any(job.is_of(folder) for job in push.children)]
        if missing and len(push.children) < len(folders) and coming.left > 0:
            raise NotYet(f"push job {number} has committed, and has yet to begin with {' and '.join(missing)}", overdue)
        if not push.has_ended:
            raise NotYet(f"push job {number}: {'; '.join(job.description for job in push.children if not job.has_ended)}", overdue)
        return push

    return running.until(look)


def _looked(client: Client, number: str, overdue: CloudError) -> Push:
    """A service that does not answer may be at the push: it is asked again as long as there is time for that."""
    try:
        known = jobs(client)
    except PanosVpnError as exc:
        exc.adding(f"push job {number} goes on; run again to wait for it").facts["job_id"] = number
        exc.goes_on = True
        if isinstance(exc, ConnectionFailed) and exc.final or isinstance(exc, CloudError) and exc.status in (400, 401, 403, 404):
            raise
        raise NotYet(f"push job {number}: the service does not answer", exc) from None
    parent = next((job for job in known if job.id == number), None)
    if parent is None:
        raise NotYet(f"push job {number} is not in the list yet", overdue)
    return Push(parent, _children(known, parent))
