# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Looking at a firewall again and again while a commit runs beside it, until traffic is where it is to be."""

from __future__ import annotations

import time
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any, Callable, Sequence

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.drill import timeline
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.drill.paths import Look
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.errors import ConnectionFailed, PanosVpnError


@dataclass
class Measurement:
    """C(tunnels): tunnel → interface, of the VPN. C(look): from seconds since the beginning to a Look. C(reached): whether a Look shows
    what is waited for.

    C(timeout): seconds after the commit within which that must come, and with it the probes' answers. C(hold): seconds for which it
    must then last. C(poll): seconds between two looks, beside the time that a look takes.
    """

    tunnels: dict[str, str]
    look: Callable[[float], Look]
    reached: Callable[[Look], bool]
    timeout: float
    hold: float
    poll: float
    prober: Any = None
    looks: list[Look] = field(default_factory=list)
    shots: list[timeline.Shot] = field(default_factory=list)
    committed: float | None = None
    moved: float | None = None
    passing: float | None = None
    ended: float = 0.0

    def run(self, commit: Callable[[], dict]) -> dict:
        """The result of C(commit), which runs in a thread of its own; its exception where it failed."""
        begun = time.monotonic()
        if self.prober is not None:
            self.prober.start(begun)
        try:
            with ThreadPoolExecutor(1) as beside:
                job = beside.submit(self._timed, commit, begun)
                self._watch(job, begun)
        finally:
            self.ended = time.monotonic() - begun
            if self.prober is not None:
                self.shots = self.prober.stop()
        return job.result()

    def _timed(self, commit: Callable[[], dict], begun: float) -> dict:
        try:
            return commit()
        finally:
            self.committed = time.monotonic() - begun

    def _watch(self, job: Future, begun: float) -> None:
        while True:
            moment = time.monotonic() - begun
            look = self._looked(moment)
            there = look is not None and self.reached(look)
            self.moved = _since(self.moved, there, moment)
            self.passing = _since(self.passing, there and self._answered(), moment)
            if job.done() and (job.exception() is not None or self._settled(moment, self.committed or 0.0)):
                return
            time.sleep(self.poll)

    @property
    def broken_off(self) -> Exception | None:
        """Why no more probes were sent at some time. What is measured then is the firewall's state."""
        return None if self.prober is None else self.prober.failure

    def _answered(self) -> bool:
        return self.prober is None or self.broken_off is not None or self.prober.passing

    def _settled(self, moment: float, committed: float) -> bool:
        """It came and lasted, or the time is over."""
        if self.passing is not None:
            return moment - max(self.passing, committed) >= self.hold
        return moment - committed >= self.timeout

    def _looked(self, moment: float) -> Look | None:
        """A commit can restart the very service that answers: a look that fails is a gap, which the resolution tells of."""
        try:
            self.looks.append(self.look(moment))
        except PanosVpnError as exc:
            if isinstance(exc, ConnectionFailed) and exc.final:
                raise
            return None
        return self.looks[-1]

    def lost(self, interface: str, destinations: Sequence[str]) -> float | None:
        """When a tunnel interface that carried traffic was first seen not to."""
        def carried(look: Look) -> bool:
            return look.works({tunnel: unit for tunnel, unit in self.tunnels.items() if unit == interface},
                              [each for each in destinations if look.uses(interface, [each])])

        return next((round(look.moment, 2) for look in self.looks if not carried(look)), None)

    def told(self, destinations: Sequence[str]) -> dict[str, Any]:
        """What was seen, as plain values; moments in seconds since the commit was asked for."""
        found = {
            "seconds": round(self.ended, 2), "looks": len(self.looks),
            "commit_seconds": None if self.committed is None else round(self.committed, 2),
            "moved_after": None if self.moved is None else round(self.moved, 2),
            "outage": timeline.told(timeline.outages([(look.moment, look.works(self.tunnels, destinations)) for look in self.looks]), self.ended),
            **timeline.spans_of_looks(self.looks, self.tunnels, destinations, self.ended),
        }
        if self.prober is not None and self.broken_off is None:
            found["probe"] = timeline.probed(self.shots, self.ended, self.prober.interval)
        return found


def _since(moment: float | None, holds: bool, now: float) -> float | None:
    """Since when something holds without interruption."""
    return (now if moment is None else moment) if holds else None
