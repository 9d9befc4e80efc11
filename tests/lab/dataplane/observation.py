# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What traffic went through while something happened to the lab, and what the firewall's probes and rules did meanwhile."""

from __future__ import annotations

import json
import pathlib
import subprocess
import sys
import time
from dataclasses import dataclass
from typing import Any

from ansible_collections.tunnelsmith.panos_vpn.tests.lab.dataplane.enclave import LabError
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.dataplane.plane import DataPlane

_PROGRAM = pathlib.Path(__file__).with_name("traffic.py")
#: Those that tell outages by what they lose; the transfer's pieces are late instead.
KINDS = ("ping", "established", "new")
TRANSFER = "transfer"


@dataclass(frozen=True)
class Packet:
    kind: str
    time: float
    took: float | None


@dataclass(frozen=True)
class Outage:
    """A time without answers, in seconds after the beginning; ``end`` None: until the traffic stopped."""

    start: float
    end: float | None

    @property
    def seconds(self) -> float:
        return float("inf") if self.end is None else self.end - self.start


@dataclass
class Observation:
    """Times are seconds after the beginning. ``marks``: what was done to the lab, and when."""

    begun: float
    packets: list[Packet]
    journal: list[dict[str, Any]]
    marks: list[tuple[float, str]]

    def outages(self, kind: str, more_than: float = 0.35) -> list[Outage]:
        """Runs of lost packets, longer than so many seconds: from the first that was lost to the next that was answered.

        A sender that got no processor for a while loses nothing and has no outage.
        """
        found, start = [], None
        for packet in [packet for packet in self.packets if packet.kind == kind]:
            moment = packet.time - self.begun
            if packet.took is None:
                start = moment if start is None else start
            elif start is not None:
                found.append(Outage(start, moment))
                start = None
        found = [outage for outage in found if outage.seconds > more_than]
        return found if start is None else [*found, Outage(start, None)]

    def longest_wait(self, kind: str) -> float:
        """Seconds until the answer that took the longest; infinite where one never came."""
        waits = [float("inf") if packet.took is None else packet.took for packet in self.packets if packet.kind == kind]
        return max(waits, default=0.0)

    def lost(self, kind: str) -> int:
        return sum(packet.kind == kind and packet.took is None for packet in self.packets)

    def answered(self, kind: str, start: float, end: float) -> float:
        """The share of packets sent in a span of time that were answered."""
        sent = [packet for packet in self.packets if packet.kind == kind and start <= packet.time - self.begun < end]
        return sum(packet.took is not None for packet in sent) / len(sent) if sent else 0.0

    def mark(self, words: str) -> float:
        return next(moment for moment, text in self.marks if text == words)

    def changes(self) -> list[tuple[float, str, bool]]:
        """When which monitor turned."""
        return [(entry["time"] - self.begun, entry["change"], entry["up"]) for entry in self.journal if "change" in entry]


class Watch:
    """Traffic from a host to another one, while the caller does things to the lab: ``watch.note(...)`` says what."""

    def __init__(self, plane: DataPlane, source: str, target: str, address: str, seconds: float) -> None:
        self._plane = plane
        self._path = plane.enclave.folder / f"traffic-{source}"
        self._end = self._path.with_name(f"{self._path.name}.end")
        answering = self._path.with_name(f"{self._path.name}.answering")
        self._answered = answering.with_name(f"{answering.name}.end")
        for file in (self._end, self._answered):
            file.unlink(missing_ok=True)
        self._arguments = [sys.executable, "-I", str(_PROGRAM)]
        self._echo = plane.enclave.start(
            target, [*self._arguments, "echo", address, str(seconds + 5), str(answering)], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        if not self._echo.stdout.readline():
            raise LabError(f"nothing answers on {address} of {target}")
        self.begun = time.time()
        self._seconds = seconds
        self._marks: list[tuple[float, str]] = []
        self._sender = plane.enclave.start(
            source, [*self._arguments, "send", address, str(seconds), str(self._path)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def note(self, words: str) -> None:
        self._marks.append((time.time() - self.begun, words))

    def until(self, second: float) -> None:
        time.sleep(max(0.0, self.begun + second - time.time()))

    def passed(self) -> float:
        """Seconds since the beginning."""
        return time.time() - self.begun

    def stop(self, patience: float = 0.0) -> Observation:
        """Now, before the time is up. ``patience``: seconds in which a transfer may catch up, which sends again ever more seldom."""
        written = self._end.with_suffix(".written")
        written.write_text(str(patience), encoding="utf-8")
        written.rename(self._end)
        return self.finish(patience)

    def finish(self, patience: float = 0.0) -> Observation:
        """When the traffic is over. ``patience``: as of ``stop``, where that was called."""
        try:
            self._sender.wait(self._seconds + patience + 20)
            # Else who answers has the address until his time is up.
            self._answered.touch()
            self._echo.wait(20)
        finally:
            for process in (self._sender, self._echo):
                if process.poll() is None:
                    process.terminate()
                    process.wait(10)
        packets = [Packet(**json.loads(line)) for line in self._path.read_text(encoding="utf-8").splitlines()]
        journal = [entry for entry in self._plane.firewall.journal() if entry["time"] >= self.begun]
        return Observation(self.begun, packets, journal, self._marks)
