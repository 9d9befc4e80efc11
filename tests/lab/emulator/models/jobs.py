# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Jobs: waiting in the queue, running with progress, finished.

Fields and values as in captured answers of 8.1, 10.1 and 11.1: ``tfin`` is a time of day up to 10.x and a full date
from 11.0; while running it says "Still Active".
"""

from __future__ import annotations

import threading
import time
import xml.etree.ElementTree as ET
from dataclasses import dataclass, field
from typing import Any, Callable, Tuple

from ansible_collections.tunnelsmith.panos_vpn.tests.lab.emulator.errors import JobNotFound


@dataclass
class Outcome:
    """How a job ends; ``lines`` are its details."""

    succeeded: bool
    lines: list[str]
    warnings: list[str] = field(default_factory=list)


#: What a job does: judge it without the lock, on what nobody else changes, then conclude it under the lock.
Work = Tuple[Callable[[], Outcome], Callable[[Outcome], None]]


@dataclass
class Job:
    """``started`` is None while the job waits; ``extras`` are elements that its kind has beside the usual ones; ``product`` is fetched by its number."""

    number: int
    kind: str
    user: str
    description: str
    duration: float
    enqueued: float = field(default_factory=time.time)
    started: float | None = None
    finished: float | None = None
    outcome: Outcome | None = None
    position: int = 0
    extras: Callable[[], list[ET.Element]] = list
    product: Any = None

    @property
    def progress(self) -> int:
        if self.outcome is not None:
            return 100
        if self.started is None or not self.duration:
            return 0
        return min(99, int(100 * (time.time() - self.started) / self.duration))

    @property
    def status(self) -> str:
        return "FIN" if self.outcome is not None else "ACT" if self.started is not None else "PEND"

    @property
    def result(self) -> str:
        if self.outcome is None:
            return "PEND"
        return "OK" if self.outcome.succeeded else "FAIL"

    def element(self, full_dates: bool) -> ET.Element:
        job = ET.Element("job")
        done = self.outcome is not None
        finished = _moment(self.finished, "%Y/%m/%d %H:%M:%S" if full_dates else "%H:%M:%S") if done else "Still Active"
        for tag, text in (
            ("tenq", _moment(self.enqueued, "%Y/%m/%d %H:%M:%S")),
            ("tdeq", _moment(self.started, "%H:%M:%S") if self.started is not None else ""),
            ("id", str(self.number)),
            ("user", self.user),
            ("type", self.kind),
            ("status", self.status),
            ("queued", "YES" if self.started is None and not done else "NO"),
            ("stoppable", "no" if done else "yes"),
            ("result", self.result),
            ("tfin", finished),
            ("description", self.description),
            ("positionInQ", str(self.position)),
            ("progress", str(self.progress)),
        ):
            ET.SubElement(job, tag).text = text or None
        job.append(lines_in("details", self.outcome.lines if done else []))
        job.append(lines_in("warnings", self.outcome.warnings if done else []))
        job.extend(self.extras())
        return job


def lost_job() -> ET.Element:
    """What the list of jobs shows for one that a restart has ended, as captured."""
    job = ET.Element("job")
    ET.SubElement(job, "type").text = "Failed-Job"
    job.append(lines_in("details", ["job failed because of configd restart"]))
    job.append(lines_in("warnings", []))
    return job


def lines_in(tag: str, lines: list[str]) -> ET.Element:
    container = ET.Element(tag)
    for line in lines:
        ET.SubElement(container, "line").text = line
    return container


def _moment(seconds: float, form: str) -> str:
    return time.strftime(form, time.localtime(seconds))


class Jobs:
    """Runs one job at a time, in the order in which they came; ``lock`` guards all of a device's state."""

    def __init__(self, lock: threading.RLock) -> None:
        self.lock = lock
        self._jobs: dict[int, Job] = {}
        self._queue: list[tuple[Job, Callable[[], Work]]] = []
        self._timers: list[threading.Timer] = []
        self._next = 2
        self.lost = 0
        boot = Job(1, "AutoCom", "", "", 0.0)
        boot.started = boot.finished = boot.enqueued
        boot.outcome = Outcome(True, ["Configuration committed successfully"])
        self._jobs[boot.number] = boot

    @property
    def running(self) -> Job | None:
        return next((job for job in self._jobs.values() if job.status == "ACT"), None)

    @property
    def busy(self) -> bool:
        return any(job.outcome is None for job in self._jobs.values())

    @property
    def waiting(self) -> int:
        return len(self._queue)

    def all(self) -> list[Job]:
        return sorted(self._jobs.values(), key=lambda job: -job.number)

    def get(self, number: str) -> Job:
        job = self._jobs.get(int(number)) if number.isdigit() else None
        if job is None:
            raise JobNotFound(f"job {number} not found")
        return job

    def start(self, kind: str, user: str, description: str, duration: float, begin: Callable[[], Work],
              extras: Callable[[], list[ET.Element]] = list) -> Job:
        """Enqueue a job; ``begin`` is called under the lock when its turn comes, which may be at once."""
        job = Job(self._next, kind, user, description, duration, extras=extras)
        self._next += 1
        idle = not self.busy
        self._jobs[job.number] = job
        self._queue.append((job, begin))
        job.position = len(self._queue)
        if idle:
            self._begin_next()
        return job

    def record(self, kind: str, user: str, outcome: Outcome, product: Any = None) -> Job:
        """A job that is over as soon as it is known."""
        job = Job(self._next, kind, user, "", 0.0, product=product)
        self._next += 1
        job.started = job.finished = job.enqueued
        job.outcome = outcome
        self._jobs[job.number] = job
        return job

    def forget(self, job: Job) -> None:
        del self._jobs[job.number]

    def lose(self) -> None:
        """The management process restarts: what runs or waits is lost, and only a stub without a number tells of it."""
        for number in [job.number for job in self._jobs.values() if job.outcome is None]:
            del self._jobs[number]
            self.lost += 1
        self._queue.clear()
        self.stop()

    def _begin_next(self) -> None:
        if not self._queue:
            return
        job, begin = self._queue.pop(0)
        for position, (waiting, dummy) in enumerate(self._queue, start=1):
            waiting.position = position
        job.position = 0
        job.started = time.time()
        judge, conclude = begin()
        timer = threading.Timer(job.duration, self._end, (job, judge, conclude))
        timer.daemon = True
        self._timers = [each for each in self._timers if each.is_alive()] + [timer]
        timer.start()

    def _end(self, job: Job, judge: Callable[[], Outcome], conclude: Callable[[Outcome], None]) -> None:
        try:
            outcome = judge()
        except Exception as error:  # pylint: disable=broad-except
            # A job that never ends would keep every later commit busy.
            outcome = Outcome(False, [f"The emulator failed: {error!r}"])
        with self.lock:
            if job.number not in self._jobs:
                return  # Lost in a restart.
            conclude(outcome)
            job.finished = time.time()
            job.outcome = outcome
            self._begin_next()

    def stop(self) -> None:
        for timer in self._timers:
            timer.cancel()
