# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What C(commit) does: make our own uncommitted changes the running configuration, and nobody else's."""

from __future__ import annotations

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils import arguments
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.configuration import path as places
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.device import commit
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.errors import Refused
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.tasks.module import PanosModule, locked, with_session


# Whose changes are committed.
OWN, EVERYBODY = "own", "all"
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
        "scope": {"type": "str", "choices": [OWN, EVERYBODY], "default": OWN},
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
    untouched = "" if module.params["job_id"] else commit.NOTHING_COMMITTED
    with_session(module, lambda session: _run(module, session), untouched)


def _run(module, session) -> dict:
    """The lock is that of the task that wrote; whatever becomes of the commit, it goes."""
    return locked(module, session, lambda: _committed(module, session), takes=False)


def _committed(module, session) -> dict:
    params = module.params
    if params["job_id"]:
        return _result(commit.finish(session, params["job_id"], module.patience("commit_timeout", "commit_poll")), [])
    return commit_changes(module, session, params["objects"], params["earlier_changes"] or (), params["description"] or "", params["scope"], params["admin"])


def commit_changes(module, session, objects, earlier_changes, description: str, scope: str = OWN, admin: str | None = None) -> dict:
    """Commit what stands on C(objects) (xpaths; None: whatever is uncommitted), by what the module's options say of committing.

    C(earlier_changes): what was uncommitted before ours, as C(uncommitted.earlier_changes) tells it.
    """
    pending = commit.changes(session)
    paths = None if objects is None else [places.parse(xpath) for xpath in objects]
    ours = pending if paths is None else [change for change in pending if commit.concerns(change, paths)]
    if not ours:
        return _result(None, [])
    account = None
    if scope == OWN:
        account = admin or session.provider.username or _booked_on(ours, paths is not None)
        owners = sorted({change.owner for change in ours})
        ours = [change for change in ours if change.owner in ("", account)]
        if not ours and paths is not None:
            raise Refused(f"the uncommitted changes on these objects are booked on {', '.join(owners)}, not on {account}: correct provider.username "
                          f"or admin; {commit.NOTHING_COMMITTED}")
        if not ours:
            return _result(None, [])
        _refuse_foreign(module, session, account, pending, paths or (), earlier_changes)
    if module.check_mode:
        return {"changed": True, "committed": [change.xpath for change in ours], "warnings": []}
    return _result(commit.commit(session, account, description, module.patience("commit_timeout", "commit_poll"), ours), ours)


def _booked_on(ours, are_known: bool) -> str:
    """The account that the firewall books our changes on. C(are_known): they are picked from all that is uncommitted, and not just all of it."""
    owners = sorted({change.owner for change in ours if change.owner})
    if not are_known or len(owners) != 1:
        raise Refused(f"an API key does not tell whose changes are ours; uncommitted ones are there of {', '.join(owners) or 'nobody that is named'}. "
                      f"Give provider.username (PANOS_USERNAME), or scope: all for everybody's; {commit.NOTHING_COMMITTED}")
    return owners[0]


def _refuse_foreign(module, session, account, pending, paths, earlier_changes) -> None:
    """Changes of the same account that were there before ours and are not ours: they would be committed along."""
    if module.params["commit_foreign"] == "include" or not earlier_changes:
        return
    earlier = {places.parse(change["xpath"]) for change in earlier_changes if change["owner"] == account}

    def is_foreign(change):
        return change.path in earlier and not commit.concerns(change, paths)

    commit.refuse_foreign(session, account, pending, is_foreign, module.patience("lock_timeout"), commit.NOTHING_COMMITTED)


def jobs_of(committed: dict) -> list:
    """The job of what C(commit_changes) tells, for a task that may commit several times."""
    return [{name: committed[name] for name in ("job_id", "lines", "job_warnings")}] if "job_id" in committed else []


def _result(job, ours) -> dict:
    if job is None:
        return {"changed": False, "committed": [], "warnings": []}
    return {"changed": True, "job_id": job.id, "lines": list(job.lines), "job_warnings": list(job.warnings),
            "committed": [change.xpath for change in ours], "warnings": [f"commit job {job.id}: {text}" for text in job.warnings]}
