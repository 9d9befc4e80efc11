# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a long step is doing, told as it happens to those who watch the run, and not more often than they want to read it."""

from __future__ import annotations

import contextlib
import time
from textwrap import shorten
from typing import Callable, Iterator

Show = Callable[[str], None]

# Seconds: before this nobody wonders what takes so long; between two lines; before the same sentence is told again.
FIRST, EVERY, AGAIN = 2.0, 5.0, 15.0
# A firewall's words may have several lines, and many problems; this is to be one.
_LENGTH = 220

_shows: list[Show] = []


@contextlib.contextmanager
def shown_by(show: Show) -> Iterator[None]:
    """The module that is called here is watched: C(show) is given its lines. A module that runs as a program of its own tells nobody."""
    _shows.append(show)
    try:
        yield
    finally:
        _shows.pop()


class Progress:
    """The lines of one task. C(about): what it is at, put before each sentence."""

    def __init__(self) -> None:
        self.about = ""
        self._began: float | None = None
        self._shown: float | None = None
        self._sentence = ""

    def tell(self, sentence: str) -> None:
        """Shown unless it is too early."""
        told = f"{self.about}: {sentence}" if self.about else sentence
        if _shows and self._now() >= self._due(told):
            self.announce(told)

    def announce(self, sentence: str) -> None:
        """Shown in any case: what the reader has to know before it happens."""
        if not _shows:
            return
        now = self._now()
        self._shown, self._sentence = now, sentence
        _shows[-1](f"{shorten(sentence, _LENGTH, placeholder=' ...')} ({round(now - (self._began or now))} s)")

    def _now(self) -> float:
        now = time.monotonic()
        self._began = now if self._began is None else self._began
        return now

    def _due(self, told: str) -> float:
        if self._shown is None:
            return (self._began or 0.0) + FIRST
        return self._shown + (AGAIN if told == self._sentence else EVERY)
