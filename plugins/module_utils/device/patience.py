# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Waiting: how long, how often to look meanwhile, and whom to tell what is being waited for."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from typing import Callable, Generator, Sequence, TypeVar

Found = TypeVar("Found")
# Whoever waits: gives the seconds after which it wants to look again, and in the end what it has found.
Waiting = Generator[float, None, Found]

# Seconds in which a firewall that gave no answer in time may still do what it was asked: only then is looked at for the last time.
LATE = 30
# Seconds between two looks: most of what is waited for comes at once, or takes a minute.
_POLLS = (0.2, 0.3, 0.5, 1.0, 2.0, 3.0, 5.0)


class NotYet(Exception):
    """What is waited for is not there; the text says in one sentence what that is.

    C(instead): the error that the user reads when there is no time left; where there is none, this one ends the waiting.
    C(after): seconds after which the far side wants to be asked again, where it says so.
    """

    def __init__(self, sentence: str, instead: Exception | None = None, after: float | None = None):
        super().__init__(sentence)
        self.instead = instead
        self.after = after


def nobody(sentence: str) -> None:
    """Tells nobody."""


@dataclass(frozen=True)
class Patience:
    """How long to wait, in seconds: C(timeout) for everything together, C(poll) between two looks (None: growing).

    C(tell): is given a sentence before each pause. C(deadline): when the time is over, once it runs (see C(begun)).
    """

    timeout: float = 600
    poll: float | None = None
    tell: Callable[[str], None] = nobody
    deadline: float | None = None

    @classmethod
    def for_the_late(cls, tell: Callable[[str], None] = nobody) -> Patience:
        """For what a firewall may still do that gave no answer in time."""
        return cls(LATE, tell=tell)

    def begun(self) -> Patience:
        """The same, with the time running: what is waited for from now on has to do with what is left of it."""
        return self if self.deadline is not None else replace(self, deadline=time.monotonic() + self.timeout)

    def until(self, look: Callable[[], Found]) -> Found:
        """What C(look) finds, called again as long as it raises NotYet and there is time; it is called once at the least."""
        return alone(self.waiting(look))

    def waiting(self, look: Callable[[], Found]) -> Waiting[Found]:
        """The same beside others who wait."""
        running = self.begun()
        attempt = 0
        while True:
            try:
                return look()
            except NotYet as exc:
                if running.left <= (exc.after or 0):
                    raise (exc.instead or exc) from None
                self.tell(str(exc))
                wanted = self._wanted(attempt) if exc.after is None else exc.after
            yield min(wanted, running.left)
            attempt += 1

    @property
    def left(self) -> float:
        """Seconds that are left."""
        return self.timeout if self.deadline is None else self.deadline - time.monotonic()

    def _wanted(self, attempt: int) -> float:
        return self.poll if self.poll is not None else _POLLS[min(attempt, len(_POLLS) - 1)]


def alone(waiting: Waiting[Found]) -> Found:
    (found,) = together([waiting])
    return found


def together(waitings: Sequence[Waiting[Found]]) -> list[Found]:
    """What each of them finds. Each looks when its time has come, the one that has waited longest first, and waits for no other one's end."""
    wanted = dict.fromkeys(range(len(waitings)), time.monotonic())
    found: dict[int, Found] = {}
    while wanted:
        number = min(wanted, key=wanted.__getitem__)
        if wanted[number] > time.monotonic():
            pause(wanted[number] - time.monotonic())
        try:
            seconds = next(waitings[number])
            wanted[number] = time.monotonic() + max(0.0, seconds)
        except StopIteration as end:
            found[number] = end.value
            del wanted[number]
    return [found[number] for number in range(len(waitings))]


def pause(seconds: float) -> None:
    time.sleep(max(0.0, seconds))
