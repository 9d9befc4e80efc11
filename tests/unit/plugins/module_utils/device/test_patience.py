# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Waiting: as long as was said, and no longer; what for is told each time."""

from __future__ import annotations

import pytest

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.device import patience
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.device.patience import NotYet, Patience, together


class Clock:
    """Time that passes while somebody pauses, and no other."""

    def __init__(self):
        self.now = 1000.0
        self.pauses: list = []

    def monotonic(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += seconds
        self.pauses.append(round(seconds, 2))


@pytest.fixture
def clock(monkeypatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(patience, "time", clock)
    return clock


def ready_at(clock, moment: float):
    def look() -> float:
        if clock.now < 1000 + moment:
            raise NotYet(f"not there after {clock.now - 1000:g} s", ValueError("too late"))
        return clock.now - 1000

    return look


def test_what_is_there_is_not_waited_for(clock):
    told: list = []
    assert Patience(0, tell=told.append).until(lambda: "found") == "found"
    assert (clock.pauses, told) == ([], [])


def test_pauses_grow_and_each_is_told_what_for(clock):
    told: list = []
    assert Patience(60, tell=told.append).until(ready_at(clock, 5)) == 7
    assert clock.pauses == [0.2, 0.3, 0.5, 1, 2, 3]
    assert told[0] == "not there after 0 s" and len(told) == 6


def test_looks_as_often_as_is_said(clock):
    Patience(60, 2).until(ready_at(clock, 5))
    assert clock.pauses == [2, 2, 2]


@pytest.mark.parametrize("timeout, pauses", {0: [], 0.3: [0.2, 0.1], 4: [0.2, 0.3, 0.5, 1, 2]}.items())
def test_the_last_look_is_when_the_time_is_up(clock, timeout, pauses):
    with pytest.raises(ValueError, match="too late"):
        Patience(timeout).until(ready_at(clock, 100))
    assert clock.pauses == pauses


def test_without_an_error_of_its_own_the_waiting_itself_ends(clock):
    def look():
        raise NotYet("nothing")

    with pytest.raises(NotYet, match="nothing"):
        Patience(1).until(look)


def test_another_error_ends_it_at_once(clock):
    def look():
        raise KeyError("lost")

    with pytest.raises(KeyError):
        Patience(60).until(look)
    assert clock.pauses == []


def test_two_waits_share_the_time_that_began_before_them(clock):
    begun = Patience(10).begun()
    assert begun.begun() is begun
    begun.until(ready_at(clock, 7))
    with pytest.raises(ValueError):
        begun.until(ready_at(clock, 100))
    assert sum(clock.pauses) == pytest.approx(10)


def test_two_waits_have_a_time_each_where_it_did_not_begin(clock):
    each = Patience(10, 1)
    each.until(ready_at(clock, 7))
    each.until(ready_at(clock, 15))
    assert sum(clock.pauses) == pytest.approx(15)


def test_several_wait_beside_each_other(clock):
    """As long as the slowest of them; each looks at its own times, and one that gives up keeps no other one."""
    looks: list = []

    def late():
        try:
            return (yield from Patience(4, poll=2).waiting(watched("late", 100)))
        except ValueError:
            return "given up"

    def watched(name, moment):
        def look() -> float:
            looks.append((name, clock.now - 1000))
            return ready_at(clock, moment)()
        return look

    found = together([Patience(60, poll=5).waiting(watched("slow", 20)), late(), Patience(60).waiting(watched("there", 0))])
    assert found == [20, "given up", 0]
    assert clock.now == 1020 and sum(clock.pauses) == 20
    assert looks == [("slow", 0), ("late", 0), ("there", 0), ("late", 2), ("late", 4), ("slow", 5), ("slow", 10), ("slow", 15), ("slow", 20)]
