# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A command that is run again and again beside a measurement: each run is one probe, answered where it ends with status 0."""

from __future__ import annotations

import contextlib
import os
import shlex
import signal
import subprocess
import threading
import time

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.drill.timeline import Shot
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.errors import InvalidInput, Refused

# What stands in a command for the size of its packets, as a ping takes it: the bytes that they carry; and those of a ping of which nobody says it.
_SIZE = "{size}"
_USUAL = 56
# How often the runs that are under way are looked at.
_GRAIN = 0.02
# How many probes may be under way; a command that never ends must not fill the machine.
_MOST = 50


class Prober:
    """C(command): as on a command line, without a shell. C(interval), C(patience): seconds between two probes, and until one counts as lost.

    The command sees nothing of the firewall's credentials: variables that begin with PANOS_ are not in its environment.
    """

    def __init__(self, command: str, interval: float, patience: float):
        self.command, self.interval, self.patience = command, interval, patience
        try:
            self._arguments = shlex.split(command)
        except ValueError as exc:
            raise InvalidInput(f"probe: {exc}") from None
        if not self._arguments:
            raise InvalidInput("probe: the command is empty")
        self._environment = {name: value for name, value in os.environ.items() if not name.startswith("PANOS_")}
        self._under_way: list = []
        # Ended by us, or not to be ended by us, and not gone yet.
        self._leaving: list = []
        self._shots: list = []
        self._stopped = threading.Event()
        self._thread: threading.Thread | None = None
        self._begun = 0.0
        #: Why no more probes are sent; None while they are.
        self.failure: Exception | None = None

    def refuse_unanswered(self) -> None:
        """A probe that is lost before anything happened measures nothing."""
        status = self._status()
        if status != 0:
            raise Refused(f"the drill does not start: the probe gets no answer already now (exit status {status})")

    @property
    def has_size(self) -> bool:
        """Whether the command can be told how large its packets are to be."""
        return _SIZE in self.command

    def answered(self, attempts: int, size: int = _USUAL) -> bool:
        """Whether one of a few probes is answered, one after the other. C(size): of their packets, where the command takes one."""
        for attempt in range(attempts):
            if attempt:
                time.sleep(self.interval)
            if self._status(size) == 0:
                return True
        return False

    def _status(self, size: int = _USUAL) -> int | str:
        """How one probe ends."""
        done = self._start(size)
        try:
            return done.wait(self.patience)
        except subprocess.TimeoutExpired:
            return f"no end within {self.patience:g} s"
        finally:
            self._end(done)

    def start(self, begun: float) -> None:
        """C(begun): the monotonic time that moments count from."""
        self._begun = begun
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    @property
    def passing(self) -> bool:
        """Whether the newest probe that has ended was answered."""
        return bool(self._shots) and max(self._shots, key=lambda shot: shot.moment).answered

    def stop(self) -> list:
        """The probes in the order in which they were sent, those under way waited for."""
        self._stopped.set()
        if self._thread is not None:
            self._thread.join()
        return sorted(self._shots, key=lambda shot: shot.moment)

    def _start(self, size: int = _USUAL) -> subprocess.Popen:
        arguments = [argument.replace(_SIZE, str(size)) for argument in self._arguments]
        try:
            return subprocess.Popen(arguments, env=self._environment, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                                    stderr=subprocess.DEVNULL, start_new_session=True)
        except OSError as exc:
            raise InvalidInput(f"probe: '{self._arguments[0]}' cannot be run: {exc.strerror}") from None

    def _run(self) -> None:
        try:
            self._send()
        except Exception as exc:  # pylint: disable=broad-except
            # Probes that are missing would be taken for answered ones.
            self.failure = exc
        while self._under_way:
            self._collect()
            time.sleep(_GRAIN)

    def _send(self) -> None:
        due = time.monotonic()
        while not self._stopped.is_set():
            now = time.monotonic()
            if now >= due and len(self._under_way) + len(self._leaving) < _MOST:
                self._under_way.append((self._start(), now))
                due = max(due + self.interval, now)
            self._collect()
            self._stopped.wait(_GRAIN)

    def _collect(self) -> None:
        still = []
        for process, sent in self._under_way:
            status = process.poll()
            late = time.monotonic() - sent >= self.patience
            if status is None and not late:
                still.append((process, sent))
                continue
            self._shots.append(Shot(sent - self._begun, status == 0))
            self._end(process)
        self._under_way = still
        self._leaving = [process for process in self._leaving if process.poll() is None]

    def _end(self, process: subprocess.Popen) -> None:
        """A probe that is still there, and what it started. One that runs as another user ends by itself."""
        if process.poll() is not None:
            return
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)
        self._leaving.append(process)
