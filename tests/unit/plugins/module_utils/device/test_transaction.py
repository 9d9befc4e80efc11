# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Changes of more than one request: all of them take effect or none, and what is lost on the way is found again."""

from __future__ import annotations

import importlib

import pytest

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.device import connection, transaction as writing
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.emulator import Emulator
from ansible_collections.tunnelsmith.panos_vpn.tests.unit.plugins.modules.door import NETWORK, Door

COUNT, CHUNK = 12, 5
ITEMS = {"items": [{"monitor_profile": {"name": f"p{number:02}", "interval": 2}} for number in range(COUNT)]}
# A task asks what the firewall is, reads the profiles and the settings; then it writes in three requests.
FIRST_WRITE = 3


@pytest.fixture(autouse=True)
def _small_requests(monkeypatch):
    monkeypatch.setattr(writing, "CHUNK", CHUNK)
    monkeypatch.setattr(connection, "pause", lambda attempt: None)


@pytest.fixture
def door():
    with Emulator(version="11.1") as firewall:
        yield Door(importlib.import_module("ansible_collections.tunnelsmith.panos_vpn.plugins.modules.transaction"), firewall)


def writes(door) -> list:
    """How many operations each request carried, in their order; none for one that never arrived."""
    return [len(request["operations"] or ()) for request in door.control.requests() if request["action"] == "multi-config"]


def made(door) -> int:
    return sum(door.control.candidate(f"{NETWORK}/profiles/monitor-profile/entry[@name='p{number:02}']") != "" for number in range(COUNT))


def fails(door, *numbers, kind="operation_error", **more):
    for number in numbers:
        door.control.fault(kind, when={"number": number}, **more)


def test_many_operations_go_out_in_chunks(door):
    assert door.done(ITEMS).changed
    assert (writes(door), made(door)) == ([5, 5, 2], COUNT)
    assert [request["number"] for request in door.control.requests() if request["action"] == "multi-config"][0] == FIRST_WRITE
    assert not door.done(ITEMS).changed


@pytest.mark.parametrize("number", [1, 2])
def test_a_chunk_that_is_refused_takes_the_earlier_ones_with_it(door, number):
    before = door.candidate()
    fails(door, FIRST_WRITE + number, number=2, code=12, message="no more room")
    result = door.run(ITEMS)
    assert result.failed
    assert "no more room" in result.message
    assert f"The {CHUNK * number} operations that had been written before were undone: the candidate is as it was" in result.message
    assert door.candidate() == before


def test_an_undo_that_fails_says_what_stands(door):
    fails(door, FIRST_WRITE + 1, FIRST_WRITE + 2, number=1, code=12, message="no more room")
    result = door.run(ITEMS)
    assert "failed as well" in result.message and "they stand in the candidate, uncommitted" in result.message
    assert made(door) == CHUNK


@pytest.mark.parametrize("kind, sent", {"drop_after": 3, "truncate": 3, "drop_before": 4, "html": 4}.items())
@pytest.mark.parametrize("number", [0, 1])
def test_a_chunk_whose_answer_is_lost_is_looked_up(door, kind, sent, number):
    fails(door, FIRST_WRITE + number, kind=kind)
    assert door.done(ITEMS).changed
    assert made(door) == COUNT
    assert (len(writes(door)), sum(writes(door))) == (sent, COUNT)


def test_what_is_refused_after_a_loss_takes_all_with_it(door):
    """The first chunk stands, the second was lost, and what is left of it is refused: nothing stays."""
    before = door.candidate()
    fails(door, FIRST_WRITE + 1, kind="drop_before")
    fails(door, FIRST_WRITE + 3, number=1, code=12, message="no more room")
    result = door.run(ITEMS)
    assert result.failed
    assert "no more room" in result.message and "were undone" in result.message
    assert door.candidate() == before


def test_losses_without_end_say_what_stands(door):
    fails(door, FIRST_WRITE + 1, FIRST_WRITE + 3, FIRST_WRITE + 5, kind="drop_before")
    result = door.run(ITEMS)
    assert result.failed
    assert f"the first {CHUNK} of {COUNT} operations stand in the candidate, uncommitted" in result.message
    assert made(door) == CHUNK
    assert door.done(ITEMS).changed
    assert made(door) == COUNT


def test_the_refused_object_is_named(door):
    fails(door, FIRST_WRITE, number=3, code=12, message="no more room")
    result = door.run(ITEMS)
    assert "monitor_profile 'p02'" in result.message and "monitor profile 'p02'" in result.message and "nothing was written" in result.message
