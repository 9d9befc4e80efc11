# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Probes that are late, that cannot be ended, and that cannot be started any more."""

from __future__ import annotations

import contextlib
import errno
import os
import pathlib
import time

import pytest

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.errors import Refused
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.inquiry import probing
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.inquiry.probing import Prober

SECONDS = 10
# Enough for a shell on a busy machine.
PATIENCE = 1.0


def until(there) -> bool:
    deadline = time.monotonic() + SECONDS
    while not there() and time.monotonic() < deadline:
        time.sleep(0.01)
    return there()


@pytest.fixture
def way(tmp_path):
    """A file; with it a probe is answered, without it it hangs."""
    way = tmp_path / "way"
    way.touch()
    return way


def prober(way) -> Prober:
    """Each probe leaves its number, which is its process group's too, in a file."""
    return Prober(f"sh -c 'echo $$ >> {way}.started; test -e {way} || sleep 30; test -e {way}'", 0.02, PATIENCE)


def started(way) -> list:
    return [int(line) for line in pathlib.Path(f"{way}.started").read_text(encoding="utf-8").split()]


def running(groups) -> list:
    """The processes in these groups, dead ones that nobody has asked after left out."""
    found = []
    for status in pathlib.Path("/proc").glob("[0-9]*/stat"):
        # One that goes while its file is opened is gone.
        with contextlib.suppress(OSError):
            state, _parent, group = status.read_text(encoding="utf-8").rpartition(")")[2].split()[:3]
            if int(group) in groups and state not in "ZX":
                found.append(status.parent.name)
    return found


def test_a_late_probe_is_lost_and_ended_with_what_it_started(way):
    found = prober(way)
    found.refuse_unanswered()
    found.start(time.monotonic())
    assert until(lambda: found.passing)
    way.unlink()
    assert until(lambda: not found.passing)
    way.touch()
    assert until(lambda: found.passing)
    shots = found.stop()
    answered = [shot.answered for shot in shots]
    assert answered[0] and answered[-1] and not all(answered)
    assert found.failure is None and len(shots) == len(started(way)) - 1
    assert until(lambda: running(started(way)) == [])


@pytest.fixture
def of_another_user(monkeypatch):
    """A probe under sudo, which is not ours to end."""
    there = []

    def refused(group, number):
        there.append(group)
        raise PermissionError(errno.EPERM, "Operation not permitted")

    monkeypatch.setattr(probing.os, "killpg", refused)
    yield
    monkeypatch.undo()
    for group in there:
        os.killpg(group, 9)


@pytest.mark.usefixtures("of_another_user")
def test_a_probe_that_cannot_be_ended_is_lost_and_the_next_ones_are_sent(way, monkeypatch):
    monkeypatch.setattr(probing, "_MOST", 20)
    found = prober(way)
    found.start(time.monotonic())
    assert until(lambda: found.passing)
    way.unlink()
    assert until(lambda: not found.passing)
    assert until(lambda: len(found._leaving) == 20), "and then no more of them"
    shots = found.stop()
    assert len(shots) == len(started(way)) and len([shot for shot in shots if not shot.answered]) == 20


@pytest.mark.usefixtures("of_another_user")
def test_a_first_probe_that_cannot_be_ended_is_a_refusal_all_the_same(way):
    way.unlink()
    with pytest.raises(Refused, match="no end within 1 s"):
        prober(way).refuse_unanswered()


def test_a_machine_that_starts_no_more_processes_is_told(way, monkeypatch):
    def full(*dummy, **more):
        raise OSError(errno.EAGAIN, "Resource temporarily unavailable")

    found = prober(way)
    found.start(time.monotonic())
    assert until(lambda: found.passing)
    monkeypatch.setattr(probing.subprocess, "Popen", full)
    assert until(lambda: found.failure is not None)
    assert "Resource temporarily unavailable" in str(found.failure)
    assert len(found.stop()) == len(started(way))
