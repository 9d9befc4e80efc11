# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What C(commit) does: make our own uncommitted changes the running configuration, and nobody else's."""

from __future__ import annotations

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils import arguments
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.configuration import path as places
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.device import commit
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.device.patience import Patience
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.errors import Refused
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.tasks.module import PanosModule, locked, with_session


# What every task that commits takes beside the connection.
OPTIONS = {
    "commit_foreign": {"type": "str", "choices": ["fail", "include"], "default": "fail"},
    "timeout": {"type": "int", "default": 600},
    "poll": {"type": "float"},
}


def argument_spec() -> dict:
    return {
        **arguments.PROVIDER, **arguments.WRITING, **arguments.LOCKING, **OPTIONS,
        "scope": {"type": "str", "choices": ["own", "all"], "default": "own"},
        "admin": {"type": "str"},
        "objects": {"type": "list", "elements": "str"},
        "earlier_changes": {"type": "list", "elements": "dict", "options": {
            "owner": {"type": "str", "required": True}, "xpath": {"type": "str", "required": True}}},
        "description": {"type": "str"},
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
    return locked(module, session, lambda: commit_changes(module.params, session, module.check_mode, module.tell), takes=False)


def commit_changes(params, session, check_mode, tell) -> dict:
    """Commit, or wait for a job, by the options of the module. Also for tasks that write and commit at once. C(tell): see Patience."""
    patience = Patience(params["timeout"], params["poll"], tell)
    if params["job_id"]:
        return _result(commit.finish(session, params["job_id"], patience), [])
    pending = commit.changes(session)
    objects = None if params["objects"] is None else [places.parse(xpath) for xpath in params["objects"]]
    ours = pending if objects is None else [change for change in pending if commit.concerns(change, objects)]
    if not ours:
        return {"changed": False, "committed": [], "warnings": []}
    account = None
    if params["scope"] == "own":
        account = _account(params, session, ours)
        owners = sorted({change.owner for change in ours})
        ours = [change for change in ours if change.owner in ("", account)]
        if not ours and objects is not None:
            raise Refused(f"the uncommitted changes on these objects are booked on {', '.join(owners)}, not on {account}: correct provider.username "
                          f"or admin; {commit.NOTHING_COMMITTED}")
        if not ours:
            return {"changed": False, "committed": [], "warnings": []}
        _refuse_foreign(params, session, account, pending, objects, tell)
    if check_mode:
        return {"changed": True, "committed": [change.xpath for change in ours], "warnings": []}
    return _result(commit.commit(session, account, params["description"] or "", patience, ours), ours)


def _account(params, session, ours) -> str:
    """Whose changes to commit: the account that was named, else the one that the firewall books our objects' changes on."""
    named = params["admin"] or session.provider.username
    if named:
        return named
    owners = sorted({change.owner for change in ours if change.owner})
    if params["objects"] is None or len(owners) != 1:
        raise Refused(f"an API key does not tell whose changes are ours; uncommitted ones are there of {', '.join(owners) or 'nobody that is named'}. "
                      f"Give provider.username (PANOS_USERNAME), or scope: all for everybody's; {commit.NOTHING_COMMITTED}")
    return owners[0]


def _refuse_foreign(params, session, account, pending, objects, tell) -> None:
    """Changes of the same account that were there before ours and are not ours: they would be committed along."""
    if params["commit_foreign"] == "include" or not params["earlier_changes"]:
        return
    earlier = {places.parse(change["xpath"]) for change in params["earlier_changes"] if change["owner"] == account}

    def is_foreign(change):
        return change.path in earlier and not commit.concerns(change, objects or ())

    commit.refuse_foreign(session, account, pending, is_foreign, Patience(params["lock_timeout"], tell=tell), commit.NOTHING_COMMITTED)


def _result(job, ours) -> dict:
    if job is None:
        return {"changed": False, "committed": [], "warnings": []}
    return {"changed": True, "job_id": job.id, "lines": list(job.lines), "job_warnings": list(job.warnings),
            "committed": [change.xpath for change in ours], "warnings": [f"commit job {job.id}: {text}" for text in job.warnings]}
