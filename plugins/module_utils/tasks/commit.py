# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What C(commit) does: make our own uncommitted changes the running configuration, and nobody else's."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Callable, Sequence

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils import arguments
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.configuration import path as places
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.configuration.path import Path
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.device import commit, high_availability, jobs, locks
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.device.commit import Change
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.device.connection import Session
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.errors import DeviceError, InvalidInput, Refused
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.tasks import uncommitted
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.tasks.module import PanosModule, locked, telling, with_session


# Whose changes are committed.
OWN, WRITTEN, EVERYBODY = "own", "written", "all"
# What every task that commits takes beside the connection; the doc fragment has the same name.
COMMITTING = {
    "commit_foreign": {"type": "str", "choices": ["fail", "include"], "default": "fail"},
    "commit_timeout": {"type": "int", "default": 600},
    "commit_poll": {"type": "float"},
    "description": {"type": "str"},
}


def argument_spec() -> dict:
    return {
        **arguments.PROVIDER, **arguments.WRITING, **arguments.LOCKING, **COMMITTING,
        "scope": {"type": "str", "choices": [OWN, WRITTEN, EVERYBODY], "default": OWN},
        "admin": {"type": "str"},
        "objects": {"type": "list", "elements": "str"},
        "earlier_changes": {"type": "list", "elements": "dict", "options": {
            "owner": {"type": "str", "required": True}, "xpath": {"type": "str", "required": True}}},
        "job_id": {"type": "str"},
    }


def run() -> None:
    """The whole life of the module."""
    module = PanosModule(argument_spec())
    # A job that was queued before goes on, whatever happens to us.
    untouched = "" if module.params["job_id"] is not None else commit.NOTHING_COMMITTED
    with_session(module, lambda session: _run(module, session), untouched)


def _run(module: PanosModule, session: Session) -> dict:
    """The lock is that of the task that wrote; whatever becomes of the commit, it goes."""
    return locked(module, session, lambda: _committed(module, session), takes=False)


def _committed(module: PanosModule, session: Session) -> dict:
    params = module.params
    for number, xpath in enumerate(params["objects"] or (), 1):
        if places.parse(xpath)[:1] != ("config",):
            raise InvalidInput(f"objects[{number}]: '{xpath}' is no xpath of a configuration, as other modules return it")
    if params["job_id"] is None:
        if params["scope"] == WRITTEN and params["objects"] is None:
            raise InvalidInput("scope: written: nothing tells here what the tasks before have written; give their objects")
        return commit_changes(module, session, params["objects"], params["earlier_changes"], params["description"] or "",
                              params["scope"], params["admin"])
    number = arguments.trimmed(params["job_id"])
    if not number.isdigit() or not int(number):
        raise InvalidInput(f"job_id: {number!r} is no number of a job; nothing was asked of {session.place}")
    return _result(jobs.finish(session, number, module.patience("commit_timeout", "commit_poll")), [])


def commit_changes(
    module: PanosModule, session: Session, objects: Sequence[str] | None, earlier_changes: Sequence[dict] | None, description: str, scope: str = OWN,
    admin: str | None = None, is_written: Callable[[], bool] | None = None,
) -> dict:
    """Commit what stands on C(objects) (xpaths; None: whatever is uncommitted), by what the module's options say of committing.

    C(earlier_changes): what was uncommitted before ours, as C(uncommitted.earlier_changes) tells it. C(is_written): of a task that has
    written to the objects; looks whether that is still what stands in the candidate.
    """
    pending = uncommitted.listed(module, session, earlier_changes is not None and not earlier_changes)
    paths = None if objects is None else [places.parse(xpath) for xpath in objects]
    ours = pending if paths is None else [change for change in pending if commit.concerns(change, paths)]
    return _Committing(module, session, pending, paths, earlier_changes, description, is_written).committed(ours, scope, admin)


@dataclass(frozen=True)
class _Committing:
    """One commit. C(pending): all that is listed as uncommitted. C(paths): our objects, where they are known."""

    module: PanosModule
    session: Session
    pending: list[Change]
    paths: list[Path] | None
    earlier_changes: Sequence[dict] | None
    description: str
    is_written: Callable[[], bool] | None

    def committed(self, ours: list, scope: str, admin: str | None) -> dict:
        unlisted = [] if ours or not self.paths else commit.apart(self.session, self.paths)
        if not ours and not unlisted:
            return self._nothing_uncommitted()
        account = None if scope == EVERYBODY else admin or self.session.provider.username or self._booked_on(ours, unlisted)
        if account is not None:
            ours = self._of_account(ours, account)
            if not ours and not unlisted:
                return _result(None, [])
            self._refuse_foreign(account, scope)
        committed = [change.xpath for change in ours] + [places.render(path) for path in unlisted]
        if self.module.check_mode:
            return {"changed": True, "committed": committed, "warnings": []}
        if self.session.paired:
            high_availability.refuse_no_longer_active(self.session)
        result = _result(self._commit(account, ours, unlisted), committed)
        if self.session.paired:
            with telling({**result, "uncommitted": False}):
                result["warnings"] += self._not_synchronised()
        if unlisted:
            result["warnings"].append(f"the list of uncommitted changes of {self.session.place} did not name {_said(committed)}, where candidate and "
                                      "running configuration differed")
        return result

    def _not_synchronised(self) -> list:
        """What keeps the other member of the pair from having it, too."""
        told = high_availability.synchronised(self.session, high_availability.patience(self.module.tell))
        return [told] if told else []

    def _commit(self, account: str | None, ours: list, unlisted: list) -> jobs.Job | None:
        """A firewall whose list says nothing of our changes is not believed either when it says that there is nothing to commit."""
        patience = self.module.patience("commit_timeout", "commit_poll")
        job = commit.commit(self.session, account, self.description, patience,
                            lambda: bool(commit.apart(self.session, unlisted) if unlisted else self._left(ours)))
        wrong = commit.apart(self.session, unlisted or self._objects_of(ours)) if unlisted or job is None else []
        if wrong:
            said = f"commit job {job.id} ended well" if job else "there is nothing to commit"
            named = "the account" if account is None else f"the account {account}"
            raise DeviceError(f"{self.session.place} says that {said}, and candidate and running configuration still differ at "
                              f"{', '.join(map(places.words, wrong))}. Look whether these changes are those of {named} (scope: all commits everybody's)",
                              job_id=job.id if job else None).leaving("what was written there stands in the candidate and does not run")
        return job

    def _objects_of(self, ours: list) -> list:
        """Our objects as far as they are known; of the rest, the places that are listed."""
        return self.paths or [change.path for change in ours if change.path]

    def _left(self, ours: list) -> bool:
        """Whether any of C(ours) is still listed."""
        wanted = {(change.xpath, change.owner) for change in ours}
        return any((change.xpath, change.owner) in wanted for change in commit.changes(self.session))

    def _nothing_uncommitted(self) -> dict:
        """Nothing of ours is uncommitted. Where we wrote, somebody else has committed or reverted that since."""
        result = _result(None, [])
        if self.is_written is not None:
            place = self.session.place
            if not self.is_written():
                raise Refused(f"somebody has reverted on {place} what this task wrote, before it could be committed: it stands neither in the candidate "
                              "nor in the running configuration. Run again", uncommitted=False)
            result["warnings"].append(f"somebody else has committed on {place} what this task wrote: candidate and running configuration are the same there")
        elif self.paths:
            missing = self._missing(self.paths)
            if missing:
                result["warnings"].append(f"{', '.join(map(places.words, missing))}: neither in the candidate nor in the running configuration of "
                                          f"{self.session.place}. A task that took it away has had its commit; what a task made there, somebody has reverted")
        return result

    def _missing(self, paths: list[Path]) -> list[Path]:
        candidate = self.session.read(paths)
        return [path for path in paths if places.find(candidate, path[1:]) is None]

    def _booked_on(self, ours: list, unlisted: list) -> str:
        """The account that the firewall books our changes on, by its list, or by the marks on what it does not list; the key's, where it tells that."""
        owners = sorted({change.owner for change in ours if change.owner} or self._marked(unlisted))
        if self.paths is not None and len(owners) != 1:
            account = locks.account(self.session)
            owners = [account] if account and (account in owners or not owners) else owners
        if self.paths is None or len(owners) != 1:
            raise Refused(f"an API key does not tell whose changes are ours; uncommitted ones are there of {', '.join(owners) or 'nobody that is named'}. "
                          "Give provider.username (PANOS_USERNAME), or scope: all for everybody's").leaving(commit.NOTHING_COMMITTED)
        return owners[0]

    def _marked(self, unlisted: list) -> set:
        candidate = self.session.read(unlisted)
        found = (places.find(candidate, path[1:]) for path in unlisted)
        return {node.get("admin") for element in found if element is not None for node in element.iter() if node.get("admin")}

    def _of_account(self, ours: list, account: str) -> list:
        found = [change for change in ours if change.may_be_of(account)]
        if ours and not found and self.paths is not None:
            owners = sorted({change.owner for change in ours})
            raise Refused(f"the uncommitted changes on these objects are booked on {', '.join(owners)}, not on {account}: correct provider.username "
                          "or admin").leaving(commit.NOTHING_COMMITTED)
        return found

    def _refuse_foreign(self, account: str, scope: str) -> None:
        """Changes of the same account that are not ours, and would be committed along."""
        if self.module.params["commit_foreign"] != "include" and (scope == WRITTEN or self.earlier_changes):
            commit.refuse_foreign(self.session, account, self.pending, lambda change: self._is_foreign(change, account, scope),
                                  self.module.patience("lock_timeout"), commit.NOTHING_COMMITTED)

    def _is_foreign(self, change: Change, account: str, scope: str) -> bool:
        """Not ours: whatever its place, where just what was written is meant; else what was there before ours."""
        if commit.concerns(change, self.paths or ()):
            return False
        return scope == WRITTEN or any(change.xpath == earlier["xpath"] and earlier["owner"] in ("", account) for earlier in self.earlier_changes or ())


def jobs_of(committed: dict) -> list:
    """The job of what C(commit_changes) tells, for a task that may commit several times."""
    return [{name: committed[name] for name in ("job_id", "lines", "job_warnings")}] if "job_id" in committed else []


def _result(job: jobs.Job | None, committed: list) -> dict:
    if job is None:
        return {"changed": False, "committed": [], "warnings": []}
    return {"changed": True, "job_id": job.id, "lines": list(job.lines), "job_warnings": list(job.warnings),
            "committed": committed, "warnings": [f"commit job {job.id}: {text}" for text in job.warnings]}


def _said(xpaths: list[str]) -> str:
    """Places as people say them."""
    return ", ".join(places.words(places.parse(xpath)) for xpath in xpaths)
