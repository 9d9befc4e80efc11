# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Pushes as jobs: a parent that ends when the commit is done, and one child for each folder, which comes later and can fail by itself."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field

_PUSHED = "Configuration push finished"
#: What a job says that has ended while the infrastructure goes on to be made (recorded).
_PROVISIONING = "Your Prisma Access infrastructure is being provisioned. Go to the Prisma Access Dashboard for real-time status information."
_TYPES = {"CommitAndPush": "53", "CommitAll": "22"}


@dataclass
class Behaviour:
    """C(commit_seconds): of the parent; C(child_delay): from its end to the first child; C(push_seconds): of a child.

    C(failing): folder → the words of its failure. C(status) and C(result): how such a child ends. C(endless): no job ever ends.
    C(provisioning): folders whose infrastructure goes on to be made when their jobs have ended.
    """

    commit_seconds: float = 0.0
    child_delay: float = 0.0
    push_seconds: float = 0.0
    failing: dict[str, str] = field(default_factory=dict)
    commit_failure: str = ""
    status: str = "FIN"
    result: str = "FAIL"
    endless: bool = False
    provisioning: set[str] = field(default_factory=set)


@dataclass
class _Job:
    number: int
    parent: int
    kind: str
    folder: str
    description: str
    account: str
    begins: float
    ends: float
    status: str
    result: str
    words: str
    goes_on: bool = False


class Jobs:
    """The jobs of a tenant. A job is there from its time on, and what a push does is done when its parent ends."""

    def __init__(self) -> None:
        self.behaviour = Behaviour()
        self._jobs: list[_Job] = []
        self._lock = threading.Lock()

    def push(self, folders: list[str], description: str, account: str, done: Callable[[list[str]], None]) -> str:
        behaviour, now = self.behaviour, time.time()
        with self._lock:
            number = 187 + len(self._jobs)
            over = now + (10 ** 9 if behaviour.endless else behaviour.commit_seconds)
            failed = behaviour.commit_failure
            self._jobs.append(_Job(number, 0, "CommitAndPush", "", description, account, now, over, "FIN", "FAIL" if failed else "OK",
                                   failed or "Configuration committed successfully"))
            for position, folder in enumerate([] if failed else folders, 1):
                words = behaviour.failing.get(folder, "")
                begins = over + behaviour.child_delay
                self._jobs.append(_Job(
                    number + position, number, "CommitAll", folder, f"{folder} configuration pushed to cloud", account, begins,
                    begins + behaviour.push_seconds, behaviour.status if words else "FIN", behaviour.result if words else "OK", words,
                    folder in behaviour.provisioning))
        if not failed:
            done([folder for folder in folders if folder not in behaviour.failing])
        return str(number)

    def listed(self) -> list[dict]:
        """Those that are there by now, the newest first."""
        now = time.time()
        with self._lock:
            return [_told(job, now) for job in reversed(self._jobs) if job.begins <= now]

    def one(self, number: str) -> list[dict]:
        return [job for job in self.listed() if job["id"] == number]


def _told(job: _Job, now: float) -> dict:
    """All the fields of the recorded jobs. Numbers are texts, and C(details) is JSON in a text."""
    over = job.ends <= now
    details: dict = {"info": [], "errors": [], "warnings": [], "description": job.description}
    if over:
        details["errors" if job.result != "OK" else "info"] = [job.words] if job.words else []
    if job.goes_on and over:
        details.update(status="ACT", result="PEND", info=[_PROVISIONING])
    elif job.parent:
        details.update(status=job.status if over else "ACT", result=job.result if over else "PEND")
    state = "2" if over else "1"
    return {
        "details": json.dumps(details), "end_ts": _moment(job.ends) if over else "", "id": str(job.number), "insert_ts": _moment(job.begins),
        "job_result": state, "job_status": state, "job_type": _TYPES[job.kind], "last_update": _moment(min(now, job.ends)),
        "opaque_int": "" if job.parent else "0", "opaque_str": "", "owner": "gpcs-ext" if job.parent else "cfgserv", "parent_id": str(job.parent),
        "percent": "100" if over else "0", "result_i": state, "result_str": job.result if over else "PEND", "session_id": "",
        "start_ts": _moment(job.begins), "status_i": state, "status_str": job.status if over else "ACT",
        "summary": _PUSHED if over and job.parent and job.result == "OK" else "", "type_i": _TYPES[job.kind], "type_str": job.kind, "uname": job.account,
    }


def _moment(seconds: float) -> str:
    return time.strftime("%Y-%m-%d %H:%M:%S", time.gmtime(seconds))
