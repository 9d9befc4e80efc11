# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Uncommitted changes, commits of our own ones only, and the jobs that carry them."""

from __future__ import annotations

import time
import xml.etree.ElementTree as ET
from dataclasses import dataclass
from xml.sax.saxutils import escape

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.configuration import path as places
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.errors import ConnectionFailed, DeviceError, PanosVpnError

CODE_LOCKED = 14
CODE_MISSING = 7
# Words of a commit that could not even be queued, and can be later. PAN-OS gives them all the same code.
_BUSY = (
    "Another commit/validate is in progress", "A commit is in progress", "auto-commit not yet finished", "commit while an install is in progress",
    "Timed out while getting config lock", "Another sync is in progress",
)
# How often a commit is asked for whose answer gets lost.
_LOSSES = 3
_POLLS = (0.2, 0.3, 0.5, 1.0, 2.0, 3.0, 5.0)


@dataclass(frozen=True)
class Change:
    """One uncommitted change as the firewall lists it."""

    path: tuple
    owner: str
    action: str = ""

    @property
    def xpath(self) -> str:
        return places.render(self.path)


@dataclass(frozen=True)
class Job:
    """A finished job. C(lines) and C(warnings) are the firewall's own words."""

    id: str
    result: str
    lines: tuple = ()
    warnings: tuple = ()


@dataclass(frozen=True)
class Patience:
    """How long to wait, in seconds: C(timeout) for queue, locks and the job together, C(poll) between two looks (None: growing)."""

    timeout: float = 600
    poll: float | None = None

    def deadline(self) -> float:
        return time.monotonic() + self.timeout

    def pause(self, attempt: int, deadline: float) -> None:
        wanted = self.poll if self.poll is not None else _POLLS[min(attempt, len(_POLLS) - 1)]
        time.sleep(max(0.0, min(wanted, deadline - time.monotonic())))


def changes(session) -> list:
    """What is in the candidate and not in the running configuration, with the account that did it."""
    answer = session.op("<show><config><list><changes/></list></config></show>", "list uncommitted changes")
    return [
        Change(places.parse(entry.findtext("xpath") or ""), (entry.findtext("owner") or "").strip(), (entry.findtext("action") or "").strip())
        for entry in answer.iter("entry") if entry.find("xpath") is not None
    ]


def concerns(change: Change, objects) -> bool:
    """Whether a change lies on, in or directly around one of C(objects) (paths)."""
    return any(places.starts_with(change.path, path) or places.starts_with(path, change.path) and _is_list(path, change.path) for path in objects)


def _is_list(path, listed) -> bool:
    """A member is booked under its list: the change's path is the object's without the last step."""
    return len(path) == len(listed) + 1 and not isinstance(path[-1], str) and path[-1][0] == "member"


def refuse_foreign(session, account: str, pending, is_foreign, timeout: float, standing: str) -> None:
    """Other uncommitted changes (C(is_foreign)) of the account would be committed along with ours.

    Waits up to C(timeout) seconds for another run to commit them, then raises DeviceError that names them, and says what is C(standing).
    C(pending): the uncommitted changes as they were listed last.
    """
    deadline = time.monotonic() + timeout
    attempt = 0
    while True:
        left = [change for change in pending if change.owner == account and is_foreign(change)]
        if not left:
            return
        if time.monotonic() >= deadline:
            raise DeviceError(f"{_foreign_text(account, left)}; {standing}")
        Patience().pause(attempt, deadline)
        attempt += 1
        pending = changes(session)


def _foreign_text(account: str, left) -> str:
    shown = [change.xpath for change in left[:10]] + ([f"and {len(left) - 10} more"] if len(left) > 10 else [])
    return (f"the account {account} has other uncommitted changes, which a commit of ours would take along: {', '.join(shown)}. "
            "Commit or revert them, use an account of its own for this collection, or say commit_foreign: include")


def commit(session, account: str | None, description: str, patience: Patience, ours=()) -> Job | None:
    """Commit the changes of C(account) only, or everybody's where it is None. None: there was nothing to commit.

    Waits while another commit runs or somebody holds a commit lock. Where the answer to the request is lost, a job that carries
    C(ours) (changes) is looked for before another one is asked for. Raises DeviceError with the job's lines where it fails.
    """
    deadline = patience.deadline()
    while True:
        job, looked_for = _queue(session, account, description, patience, deadline, ours)
        if job is None:
            return None
        finished = finish(session, job, patience, deadline)
        if not looked_for or not _left(session, ours):
            return finished


def _queue(session, account, description, patience, deadline, ours) -> tuple:
    """(id of the commit job, or None where there was nothing to commit; whether it had to be looked for)."""
    attempt = losses = 0
    while True:
        try:
            return _enqueue(session, account, description), False
        except DeviceError as exc:
            if not _can_wait(exc):
                raise exc.adding(NOTHING_COMMITTED)
            if time.monotonic() >= deadline:
                raise DeviceError(f"{exc}; waited {patience.timeout:g} s{_holders(session, exc)}; {NOTHING_COMMITTED}", exc.code) from None
            patience.pause(attempt, deadline)
            attempt += 1
        except ConnectionFailed as exc:
            if exc.final:
                raise exc.adding(NOTHING_COMMITTED)
            job = _queued_all_the_same(session, account, ours, exc)
            if job is not None:
                return job, True
            losses += 1
            if losses == _LOSSES:
                raise exc.adding(NOTHING_COMMITTED)


def _queued_all_the_same(session, account, ours, lost) -> str | None:
    """The id of the job that a request whose answer was lost left behind: one that runs, or the newest where our changes are gone."""
    try:
        jobs = [job for job in session.op("<show><jobs><all/></jobs></show>", "look for the commit job").iter("job")
                if (job.findtext("type") or "").strip() == "Commit" and account in (None, (job.findtext("user") or "").strip())]
        newest = max(jobs, key=lambda job: int(job.findtext("id")), default=None)
        if newest is None or newest.findtext("status") == "FIN" and _left(session, ours):
            return None
    except PanosVpnError as exc:
        raise lost.adding(f"whether a commit job was queued is unknown, asking for it failed as well ({exc}): "
                          "the changes stand in the candidate or are committed, run again to see")
    return newest.findtext("id").strip()


def _left(session, ours) -> bool:
    """Whether any of C(ours) is still uncommitted."""
    wanted = {(change.path, change.owner) for change in ours}
    return any((change.path, change.owner) in wanted for change in changes(session))


NOTHING_COMMITTED = "nothing was committed, the changes stand in the candidate"


def _can_wait(error) -> bool:
    return error.code == CODE_LOCKED or any(words in str(error) for words in _BUSY)


def _holders(session, error) -> str:
    if error.code != CODE_LOCKED:
        return ""
    held = session.op("<show><commit-locks/></show>", "list commit locks").iter("entry")
    names = [f"{entry.get('name')} ({entry.findtext('comment') or 'no comment'})" for entry in held]
    return f"; the commit lock is held by {', '.join(names)}" if names else ""


def _enqueue(session, account, description) -> str | None:
    parts = f"<description>{escape(description)}</description>" if description else ""
    if account is not None:
        parts += f"<partial><admin><member>{escape(account)}</member></admin></partial>"
    command = f"<commit>{parts}</commit>"
    action = None if account is None else "partial"
    answer = session.change("commit", lambda xapi: xapi.commit(cmd=command, action=action, retry_on_peer=False))
    return (answer.findtext("result/job") or "").strip() or None


def finish(session, job: str, patience: Patience, deadline: float | None = None) -> Job:
    """Wait for a job. The job's id is in every error, so that a later run can take it up (C(job_id)).

    A commit can restart the very service that answers: as long as there is time, a connection that fails is tried again.
    """
    deadline = patience.deadline() if deadline is None else deadline
    attempt = 0
    while True:
        try:
            found = _look(session, job)
        except PanosVpnError as exc:
            if isinstance(exc, ConnectionFailed) and not exc.final and time.monotonic() < deadline:
                patience.pause(attempt, deadline)
                attempt += 1
                continue
            raise type(exc)(f"{exc}; commit job {job} goes on without us: give job_id {job} to wait for it", job_id=job) from None
        if found is not None:
            return _judged(session, found)
        if time.monotonic() >= deadline:
            raise DeviceError(f"commit job {job} on {session.place} did not end within {patience.timeout:g} s and goes on; "
                              f"give job_id {job} to wait for it", job_id=job)
        patience.pause(attempt, deadline)
        attempt += 1


def _look(session, job) -> Job | None:
    """The finished job, or None while it runs. Right after it was queued a firewall can still say it knows of no such job."""
    try:
        answer = session.op(f"<show><jobs><id>{escape(job)}</id></jobs></show>", f"ask for commit job {job}")
    except DeviceError as exc:
        if exc.code == CODE_MISSING:
            return None
        raise
    element = answer.find("result/job")
    if element is None or (element.findtext("status") or "").strip() != "FIN":
        return None
    return Job(job, (element.findtext("result") or "").strip(), _texts(element.find("details")), _texts(element.find("warnings")))


def _texts(element: ET.Element | None) -> tuple:
    if element is None:
        return ()
    leaves = [node for node in element.iter() if len(node) == 0 and (node.text or "").strip()] or ([element] if (element.text or "").strip() else [])
    return tuple(" ".join(leaf.text.split()) for leaf in leaves)


def _judged(session, job: Job) -> Job:
    if job.result != "OK":
        reason = "; ".join(job.lines) or "the firewall gave no reason"
        raise DeviceError(f"commit job {job.id} on {session.place} failed: {reason}; {NOTHING_COMMITTED}", job_id=job.id,
                          warnings=list(job.warnings))
    return job
