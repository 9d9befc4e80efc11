# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is uncommitted, and commits of our own changes only."""

from __future__ import annotations

import time
import xml.etree.ElementTree as ET
from dataclasses import dataclass
from typing import Callable, Iterable, Sequence

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils import commands
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.configuration import path as places, tree as trees
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.configuration.path import Path
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.device import jobs, locks, sdk
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.device.connection import Session, message
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.device.location import DEVICE
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.device.jobs import Job, said
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.device.patience import NotYet, Patience
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.errors import ConnectionFailed, DeviceError, JobUnknown, PanosVpnError

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
    """One uncommitted change as the firewall lists it. C(words): how it names the place, where that is no xpath that can be read.

    C(owner): the account; empty where it is not told.
    """

    path: Path
    owner: str
    action: str = ""
    words: str = ""

    @property
    def xpath(self) -> str:
        return places.render(self.path) or self.words

    @property
    def called(self) -> str:
        """The place as people say it."""
        return places.words(self.path) if self.path else self.words

    def may_be_of(self, account: str) -> bool:
        return self.owner in ("", account)


def changes(session: Session) -> list[Change]:
    """What is in the candidate and not in the running configuration, with the account that did it.

    Raises DeviceError where the firewall does not tell; an entry that cannot be read is a change at a place of which only the words are known.
    """
    answer = session.op(commands.command(commands.CHANGES), "list uncommitted changes")
    listed = list(answer.iter("entry"))
    if not listed and message(answer) and _pending(session):
        raise DeviceError(f"failed to list uncommitted changes on {session.place}: in the place of a list it says: {message(answer)}")
    return [_change(entry) for entry in listed]


def _change(entry: ET.Element) -> Change:
    words = said(entry, "xpath") or " ".join("".join(entry.itertext()).split()) or "a place that is not named"
    return Change(_place(words), said(entry, "owner"), said(entry, "action"), words)


def _place(words: str) -> Path:
    """The path that an entry names; none where it is no xpath. A firewall is one device, which need not be called by its name."""
    path = places.parse(words)
    if places.render(path).replace('"', "'") != words.replace('"', "'"):
        return ()
    return DEVICE + path[len(DEVICE):] if path[:len(DEVICE)] == ("config", "devices", "entry") else path


def _pending(session: Session) -> bool:
    """Whether there is anything uncommitted, by the firewall's other answer to that."""
    answer = session.op(commands.command(commands.PENDING), "ask for uncommitted changes")
    return (answer.findtext("result") or "").strip() != "no"


def concerns(change: Change, objects: Iterable[Path]) -> bool:
    """Whether a change lies on, in or directly around one of C(objects) (paths)."""
    return any(places.starts_with(change.path, path) or places.starts_with(path, change.path) and _is_list(path, change.path) for path in objects)


def _is_list(path: Path, listed: Path) -> bool:
    """A member is booked under its list: the change's path is the object's without the last step."""
    return len(path) == len(listed) + 1 and not isinstance(path[-1], str) and path[-1][0] == "member"


def apart(session: Session, objects: Sequence[Path]) -> list[Path]:
    """Those of C(objects) that are not the same in the candidate and in the running configuration: what a list of changes should name."""
    wanted = [*objects, *_rulebases_of(objects)]
    candidate, running = session.read(wanted), session.read(wanted, running=True)
    return [path for path in objects if not _is_same(path, candidate, running)]


def _rulebases_of(objects: Iterable[Path]) -> list[Path]:
    """What has an order is read whole."""
    return list(dict.fromkeys(path[:-1] for path in objects if _is_rule(path)))


def _is_rule(path: Path) -> bool:
    return len(path) > 1 and path[-2] == "rules"


def _is_same(path: Path, candidate: ET.Element, running: ET.Element) -> bool:
    if not trees.same(places.find(candidate, path[1:]), places.find(running, path[1:])):
        return False
    return not _is_rule(path) or _above(path, candidate, running) == _above(path, running, candidate)


def _above(path: Path, root: ET.Element, other: ET.Element) -> list[str]:
    """The rules above one, as far as they are in the other configuration too."""
    shared = set(places.names(other, path[1:-1]))
    names = [name for name in places.names(root, path[1:-1]) if name in shared]
    return names[:names.index(path[-1][1])] if path[-1][1] in names else []


def refuse_foreign(session: Session, account: str, pending: list[Change], is_foreign: Callable[[Change], bool], patience: Patience,
                   standing: str) -> None:
    """Other uncommitted changes (C(is_foreign)) of the account would be committed along with ours.

    Waits for another run to commit them, then raises DeviceError that names them, and says what is C(standing).
    C(pending): the uncommitted changes as they were listed last.
    """
    listed = [pending]

    def look() -> None:
        foreign = [change for change in (listed.pop() if listed else changes(session)) if change.may_be_of(account) and is_foreign(change)]
        foreign = _in_effect(session, foreign)
        if foreign:
            raise NotYet(f"{len(foreign)} other uncommitted changes of the account {account} are to be committed first",
                         DeviceError(_foreign_text(account, foreign)).leaving(standing))

    patience.until(look)


def _in_effect(session: Session, listed: list[Change]) -> list[Change]:
    """Without those at places where candidate and running configuration are the same: what was made and taken away again is still listed."""
    try:
        differing = apart(session, [change.path for change in listed if change.path]) if listed else []
    except DeviceError:
        # What the account may not read can be any change.
        return listed
    return [change for change in listed if not change.path or change.path in differing]


def _foreign_text(account: str, left: list[Change]) -> str:
    shown = [change.called for change in left[:10]] + ([f"and {len(left) - 10} more"] if len(left) > 10 else [])
    return (f"the account {account} has other uncommitted changes, which a commit of ours would take along: {', '.join(shown)}. "
            "Commit or revert them, use an account of its own for this collection, or say commit_foreign: include")


def commit(session: Session, account: str | None, description: str, patience: Patience, is_left: Callable[[], bool]) -> Job | None:
    """Commit the changes of C(account) only, or everybody's where it is None. None: there was nothing to commit.

    Waits while another commit runs or somebody holds a commit lock. C(is_left): looks whether anything of ours is still uncommitted; asked
    where an answer was lost, or the job is not known any more. Raises DeviceError with the job's lines where it fails.
    """
    patience = patience.begun()
    while True:
        job, looked_for = _queue(session, account, description, patience, is_left)
        if job is None:
            return None
        try:
            finished = _judged(session, jobs.finish(session, job, patience, time.monotonic()))
        except JobUnknown as exc:
            if is_left():
                raise exc.leaving(NOTHING_COMMITTED)
            return Job(job, "OK", (f"{exc}; what it was to commit is running",))
        if not looked_for or not is_left():
            return finished


def _queue(session: Session, account: str | None, description: str, patience: Patience, is_left: Callable[[], bool]) -> tuple[str | None, bool]:
    """(id of the commit job, or None where there was nothing to commit; whether it had to be looked for)."""
    losses = 0
    while True:
        try:
            return patience.until(lambda: _enqueued(session, account, description, patience.timeout)), False
        except ConnectionFailed as exc:
            if exc.final:
                raise exc.leaving(NOTHING_COMMITTED)
            losses += 1
            over = losses == _LOSSES or exc.late
            # A firewall that gave no answer in time may queue the job later, and so may one whose answers keep getting lost.
            late = Patience.for_the_late(patience.tell) if over and exc.sent else Patience(0)
            job = _queued_all_the_same(session, account, is_left, exc, late)
            if job is not None:
                return job, True
            if over:
                raise _not_queued(exc, late)


def _not_queued(lost: ConnectionFailed, waited: Patience) -> PanosVpnError:
    if not lost.late:
        return lost.leaving(NOTHING_COMMITTED)
    lost.goes_on = True
    lost.adding(f"{waited.timeout:g} s later there was no commit job, and the firewall may still begin one")
    return lost.leaving("the changes stand in the candidate or are committed, run again to see")


def _enqueued(session: Session, account: str | None, description: str, timeout: float) -> str | None:
    """The id of the job, or None where there was nothing to commit. Raises NotYet where it cannot be queued now, and can be later."""
    try:
        return _enqueue(session, account, description)
    except DeviceError as exc:
        if not can_wait(exc):
            raise exc.leaving(NOTHING_COMMITTED)
        holders = _holders(session, exc)
        overdue = DeviceError(f"{exc}; waited {timeout:g} s{holders}", exc.code).leaving(NOTHING_COMMITTED)
        raise NotYet(f"the commit has to wait: {exc}{holders}", overdue) from None


def _queued_all_the_same(session: Session, account: str | None, is_left: Callable[[], bool], lost: ConnectionFailed, patience: Patience) -> str | None:
    """The id of the job that a request whose answer was lost left behind, waited for with C(patience).

    That is one that has not ended, or the newest where nothing of ours is left.
    """

    def look() -> str | None:
        commits = [job for job in jobs.commits(session) if account in (None, said(job, "user"))]
        if commits and (jobs.is_unfinished(commits[0]) or not is_left()):
            return said(commits[0], "id")
        raise NotYet(f"{lost}; looking for its commit job", _NoJob())

    try:
        return patience.until(look)
    except _NoJob:
        return None
    except PanosVpnError as exc:
        lost.goes_on = True
        raise lost.adding(f"whether a commit job was queued is unknown, asking for it failed as well ({exc})").leaving(
            "the changes stand in the candidate or are committed, run again to see")


class _NoJob(Exception):
    """No job was found in time."""


NOTHING_COMMITTED = "nothing was committed, the changes stand in the candidate"


def can_wait(error: DeviceError) -> bool:
    return error.code == CODE_LOCKED or locks.is_locked(error) or any(words in str(error) for words in _BUSY)


def _holders(session: Session, error: DeviceError) -> str:
    """Who holds the commit lock, as far as this account may see that."""
    if error.code != CODE_LOCKED:
        return ""
    try:
        held = session.op(commands.command(commands.COMMIT_LOCKS), "list commit locks").iter("entry")
    except DeviceError:
        return ""
    names = [f"{entry.get('name')} ({entry.findtext('comment') or 'no comment'})" for entry in held]
    return f"; the commit lock is held by {', '.join(names)}" if names else ""


def _enqueue(session: Session, account: str | None, description: str) -> str | None:
    action = {} if account is None else {"action": "partial"}
    answer = session.change("commit", {"type": "commit", **action, "cmd": sdk.commit_command(description, account)})
    return (answer.findtext("result/job") or "").strip() or None


def _judged(session: Session, job: Job) -> Job:
    if job.result != "OK":
        reason = "; ".join(job.lines) or "the firewall gave no reason"
        raise DeviceError(f"commit job {job.id} on {session.place} failed: {reason}", job_id=job.id,
                          warnings=list(job.warnings)).leaving(NOTHING_COMMITTED)
    return job
