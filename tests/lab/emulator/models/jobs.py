# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Jobs: queued, running with progress, finished.

Fields and values as in captured answers of 8.1, 10.1 and 11.1: ``tfin`` is a time of day up to 10.x and a full date
from 11.0; while running it says "Still Active".
"""

from __future__ import annotations

import threading
import time
import xml.etree.ElementTree as ET
from dataclasses import dataclass, field
from typing import Callable

from ansible_collections.tunnelsmith.panos_vpn.tests.lab.emulator.errors import JobNotFound


@dataclass
class Outcome:
    """How a job ends; ``lines`` are its details."""

    succeeded: bool
    lines: list[str]
    warnings: list[str] = field(default_factory=list)


@dataclass
class Job:
    number: int
    kind: str
    user: str
    description: str
    duration: float
    started: float = field(default_factory=time.time)
    finished: float | None = None
    outcome: Outcome | None = None

    @property
    def progress(self) -> int:
        if self.outcome is not None:
            return 100
        return min(99, int(100 * (time.time() - self.started) / self.duration)) if self.duration else 0

    def element(self, full_dates: bool) -> ET.Element:
        job = ET.Element("job")
        done = self.outcome is not None

        def say(tag: str, text: str) -> None:
            ET.SubElement(job, tag).text = text or None

        say("tenq", _moment(self.started, "%Y/%m/%d %H:%M:%S"))
        say("tdeq", _moment(self.started, "%H:%M:%S"))
        say("id", str(self.number))
        say("user", self.user)
        say("type", self.kind)
        say("status", "FIN" if done else "ACT")
        say("queued", "NO")
        say("stoppable", "no" if done else "yes")
        say("result", ("OK" if self.outcome.succeeded else "FAIL") if done else "PEND")
        say("tfin", _moment(self.finished, "%Y/%m/%d %H:%M:%S" if full_dates else "%H:%M:%S") if done else "Still Active")
        say("description", self.description)
        say("positionInQ", "0")
        say("progress", str(self.progress))
        for tag, lines in (
            ("details", self.outcome.lines if done else []),
            ("warnings", self.outcome.warnings if done else []),
        ):
            container = ET.SubElement(job, tag)
            for line in lines:
                ET.SubElement(container, "line").text = line
        return job


def _moment(seconds: float, form: str) -> str:
    return time.strftime(form, time.localtime(seconds))


class Jobs:
    """Runs one job at a time. It judges without the lock, on what nobody else changes, and concludes under the lock."""

    def __init__(self, lock: threading.RLock) -> None:
        self._lock = lock
        self._jobs: dict[int, Job] = {}
        self._timers: list[threading.Timer] = []
        self._next = 2
        boot = Job(1, "AutoCom", "", "", 0.0)
        boot.finished, boot.outcome = boot.started, Outcome(True, ["Configuration committed successfully"])
        self._jobs[boot.number] = boot

    @property
    def busy(self) -> bool:
        return any(job.outcome is None for job in self._jobs.values())

    def all(self) -> list[Job]:
        return sorted(self._jobs.values(), key=lambda job: -job.number)

    def get(self, number: str) -> Job:
        job = self._jobs.get(int(number)) if number.isdigit() else None
        if job is None:
            raise JobNotFound(f"job {number} not found")
        return job

    def start(self, kind: str, user: str, description: str, duration: float, judge: Callable[[], Outcome],
              conclude: Callable[[Outcome], None]) -> Job:
        job = Job(self._next, kind, user, description, duration)
        self._next += 1
        self._jobs[job.number] = job
        timer = threading.Timer(duration, self._end, (job, judge, conclude))
        timer.daemon = True
        self._timers = [each for each in self._timers if each.is_alive()] + [timer]
        timer.start()
        return job

    def _end(self, job: Job, judge: Callable[[], Outcome], conclude: Callable[[Outcome], None]) -> None:
        try:
            outcome = judge()
        except Exception as error:  # pylint: disable=broad-except
            # A job that never ends would keep every later commit busy.
            outcome = Outcome(False, [f"The emulator failed: {error!r}"])
        with self._lock:
            conclude(outcome)
            job.finished = time.time()
            job.outcome = outcome

    def stop(self) -> None:
        for timer in self._timers:
            timer.cancel()
