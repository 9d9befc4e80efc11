# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Uncommitted changes, commits of our own ones only, and the jobs that carry them."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from dataclasses import dataclass
from typing import Callable, Iterable
from xml.sax.saxutils import escape

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.configuration import path as places
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.configuration.path import Path
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.device import sdk
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.device.connection import CODE_MISSING, Session
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.device.patience import NotYet, Patience
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.errors import ConnectionFailed, DeviceError, PanosVpnError

CODE_LOCKED = 14
# Words of a commit that could not even be queued, and can be later. PAN-OS gives them all the same code.
_BUSY = (
    "Another commit/validate is in progress", "A commit is in progress", "auto-commit not yet finished", "commit while an install is in progress",
    "Timed out while getting config lock", "Another sync is in progress",
)
# How often a commit is asked for whose answer gets lost.
_LOSSES = 3


@dataclass(frozen=True)
class Change:
    """One uncommitted change as the firewall lists it."""

    path: Path
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
    lines: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()


def changes(session: Session) -> list[Change]:
    """What is in the candidate and not in the running configuration, with the account that did it."""
    answer = session.op("<show><config><list><changes/></list></config></show>", "list uncommitted changes")
    return [
        Change(places.parse(_said(entry, "xpath")), _said(entry, "owner"), _said(entry, "action"))
        for entry in answer.iter("entry") if entry.find("xpath") is not None
    ]


def concerns(change: Change, objects: Iterable[Path]) -> bool:
    """Whether a change lies on, in or directly around one of C(objects) (paths)."""
    return any(places.starts_with(change.path, path) or places.starts_with(path, change.path) and _is_list(path, change.path) for path in objects)


def _is_list(path: Path, listed: Path) -> bool:
    """A member is booked under its list: the change's path is the object's without the last step."""
    return len(path) == len(listed) + 1 and not isinstance(path[-1], str) and path[-1][0] == "member"


def refuse_foreign(session: Session, account: str, pending: list[Change], is_foreign: Callable[[Change], bool], patience: Patience,
                   standing: str) -> None:
    """Other uncommitted changes (C(is_foreign)) of the account would be committed along with ours.

    Waits for another run to commit them, then raises DeviceError that names them, and says what is C(standing).
    C(pending): the uncommitted changes as they were listed last.
    """
    listed = [pending]

    def look() -> None:
        foreign = [change for change in (listed.pop() if listed else changes(session)) if change.owner == account and is_foreign(change)]
        if foreign:
            raise NotYet(f"{len(foreign)} other uncommitted changes of the account {account} are to be committed first",
                         DeviceError(f"{_foreign_text(account, foreign)}; {standing}"))

    patience.until(look)


def _foreign_text(account: str, left: list[Change]) -> str:
    shown = [change.xpath for change in left[:10]] + ([f"and {len(left) - 10} more"] if len(left) > 10 else [])
    return (f"the account {account} has other uncommitted changes, which a commit of ours would take along: {', '.join(shown)}. "
            "Commit or revert them, use an account of its own for this collection, or say commit_foreign: include")


def commit(session: Session, account: str | None, description: str, patience: Patience, ours: Iterable[Change] = ()) -> Job | None:
    """Commit the changes of C(account) only, or everybody's where it is None. None: there was nothing to commit.

    Waits while another commit runs or somebody holds a commit lock. Where the answer to the request is lost, a job that carries
    C(ours) (changes) is looked for before another one is asked for. Raises DeviceError with the job's lines where it fails.
    """
    patience = patience.begun()
    while True:
        job, looked_for = _queue(session, account, description, patience, ours)
        if job is None:
            return None
        finished = finish(session, job, patience)
        if not looked_for or not _left(session, ours):
            return finished


def _queue(session: Session, account: str | None, description: str, patience: Patience, ours: Iterable[Change]) -> tuple[str | None, bool]:
    """(id of the commit job, or None where there was nothing to commit; whether it had to be looked for)."""
    losses = 0
    while True:
        try:
            return patience.until(lambda: _enqueued(session, account, description, patience.timeout)), False
        except ConnectionFailed as exc:
            if exc.final:
                raise exc.adding(NOTHING_COMMITTED)
            job = _queued_all_the_same(session, account, ours, exc)
            if job is not None:
                return job, True
            losses += 1
            if losses == _LOSSES:
                raise exc.adding(NOTHING_COMMITTED)


def _enqueued(session: Session, account: str | None, description: str, timeout: float) -> str | None:
    """The id of the job, or None where there was nothing to commit. Raises NotYet where it cannot be queued now, and can be later."""
    try:
        return _enqueue(session, account, description)
    except DeviceError as exc:
        if not _can_wait(exc):
            raise exc.adding(NOTHING_COMMITTED)
        holders = _holders(session, exc)
        overdue = DeviceError(f"{exc}; waited {timeout:g} s{holders}; {NOTHING_COMMITTED}", exc.code)
        raise NotYet(f"the commit has to wait: {exc}{holders}", overdue) from None


def _queued_all_the_same(session: Session, account: str | None, ours: Iterable[Change], lost: ConnectionFailed) -> str | None:
    """The id of the job that a request whose answer was lost left behind: one that runs, or the newest where our changes are gone."""
    try:
        jobs = session.op("<show><jobs><all/></jobs></show>", "look for the commit job").iter("job")
        commits = [job for job in jobs if _said(job, "type") == "Commit" and account in (None, _said(job, "user"))]
        newest = max(commits, key=lambda job: int(_said(job, "id")), default=None)
        if newest is None or _said(newest, "status") == "FIN" and _left(session, ours):
            return None
    except PanosVpnError as exc:
        raise lost.adding(f"whether a commit job was queued is unknown, asking for it failed as well ({exc}): "
                          "the changes stand in the candidate or are committed, run again to see")
    return _said(newest, "id")


def _said(element: ET.Element | None, tag: str) -> str:
    return "" if element is None else (element.findtext(tag) or "").strip()


def _left(session: Session, ours: Iterable[Change]) -> bool:
    """Whether any of C(ours) is still uncommitted."""
    wanted = {(change.path, change.owner) for change in ours}
    return any((change.path, change.owner) in wanted for change in changes(session))


NOTHING_COMMITTED = "nothing was committed, the changes stand in the candidate"


def _can_wait(error: DeviceError) -> bool:
    return error.code == CODE_LOCKED or any(words in str(error) for words in _BUSY)


def _holders(session: Session, error: DeviceError) -> str:
    """Who holds the commit lock, as far as this account may see that."""
    if error.code != CODE_LOCKED:
        return ""
    try:
        held = session.op("<show><commit-locks/></show>", "list commit locks").iter("entry")
    except DeviceError:
        return ""
    names = [f"{entry.get('name')} ({entry.findtext('comment') or 'no comment'})" for entry in held]
    return f"; the commit lock is held by {', '.join(names)}" if names else ""


def _enqueue(session: Session, account: str | None, description: str) -> str | None:
    action = {} if account is None else {"action": "partial"}
    answer = session.change("commit", {"type": "commit", **action, "cmd": sdk.commit_command(description, account)})
    return (answer.findtext("result/job") or "").strip() or None


def finish(session: Session, job: str, patience: Patience) -> Job:
    """Wait for a job. The job's id is in every error, so that a later run can take it up (C(job_id)).

    A commit can restart the very service that answers: as long as there is time, a connection that fails is tried again.
    """
    overdue = DeviceError(f"commit job {job} on {session.place} did not end within {patience.timeout:g} s and goes on; "
                          f"give job_id {job} to wait for it", job_id=job)
    overdue.goes_on = True

    def look() -> Job:
        try:
            return _finished(session, job, overdue)
        except PanosVpnError as exc:
            failed = type(exc)(f"{exc}; commit job {job} goes on without us: give job_id {job} to wait for it", job_id=job)
            failed.goes_on = True
            if isinstance(exc, ConnectionFailed) and not exc.final:
                raise NotYet(f"commit job {job}: {session.place} does not answer while it commits", failed) from None
            raise failed from None

    return _judged(session, patience.until(look))


def _finished(session: Session, job: str, overdue: DeviceError) -> Job:
    """The finished job; raises NotYet while it runs. Right after it was queued a firewall can still say it knows of no such job."""
    try:
        answer = session.op(f"<show><jobs><id>{escape(job)}</id></jobs></show>", f"ask for commit job {job}")
    except DeviceError as exc:
        if exc.code == CODE_MISSING:
            raise NotYet(f"commit job {job} is queued", overdue) from None
        raise
    element = answer.find("result/job")
    if element is None or _said(element, "status") != "FIN":
        raise NotYet(f"commit job {job} {_stage(element)}", overdue)
    return Job(job, _said(element, "result"), _texts(element.find("details")), _texts(element.find("warnings")))


def _stage(element: ET.Element | None) -> str:
    """How far a job is that has not ended."""
    status, progress, position = (_said(element, tag) for tag in ("status", "progress", "positionInQ"))
    if status != "ACT":
        return "is in the queue" + (f", at position {position}" if position not in ("", "0") else "")
    return f"is at {progress} %" if progress.isdigit() else "runs"


def _texts(element: ET.Element | None) -> tuple[str, ...]:
    if element is None:
        return ()
    leaves = [node for node in element.iter() if len(node) == 0 and (node.text or "").strip()] or ([element] if (element.text or "").strip() else [])
    return tuple(" ".join((leaf.text or "").split()) for leaf in leaves)


def _judged(session: Session, job: Job) -> Job:
    if job.result != "OK":
        reason = "; ".join(job.lines) or "the firewall gave no reason"
        raise DeviceError(f"commit job {job.id} on {session.place} failed: {reason}; {NOTHING_COMMITTED}", job_id=job.id,
                          warnings=list(job.warnings))
    return job
