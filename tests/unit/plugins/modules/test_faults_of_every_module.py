# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Each module, made to fail at each step of making and of taking away its smallest object: nothing is half done, and what is said is so.

Every third cell of the matrix for each module, and all of them with three modules; C(ALL_FAULTS) in the environment tries each with each.
"""

from __future__ import annotations

import copy
import os

import pytest

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.registry import RESOURCES
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.emulator import Emulator
from ansible_collections.tunnelsmith.panos_vpn.tests.unit.plugins.modules.test_every_option import (
    BGP, ENGINES, KEY, NEEDS_BGP, PLANTED, SMALLEST, VIRTUAL, Bench, leftovers,
)

# Faults that a module meets at once; those that take time are tried with the whole VPN.
FAULTS = {
    "refused": {"kind": "error", "code": 13, "message": "operation failed", "times": 20},
    "no right": {"kind": "forbidden", "times": 20},
    "dropped before": {"kind": "drop_before", "times": 20},
    "dropped before, once": {"kind": "drop_before"},
    "dropped after": {"kind": "drop_after"},
    "dropped after, always": {"kind": "drop_after", "times": 20},
    "cut off": {"kind": "truncate"},
    "quoting a key": {"kind": "error", "code": 12, "message": f"'{KEY}' is no valid key", "times": 20},
    "an operation refused": {"kind": "operation_error", "number": 1, "code": 12, "message": "not today"},
}
STEPS = {"first read": {"cmd": "show system info"}, "read": {"action": "get"}, "write": {"action": "multi-config"}}
CELLS = [(step, fault) for step in STEPS for fault in FAULTS if step == "write" or fault != "an operation refused"]
CASES = [(name, engine) for name in RESOURCES for engine in ENGINES.get(name, (VIRTUAL,))]


@pytest.fixture(scope="module")
def firewall_of():
    """One emulated firewall for each engine, with and without BGP: each case leaves it as it found it."""
    started: dict = {}

    def start(engine: str, with_bgp: bool) -> Emulator:
        if (engine, with_bgp) not in started:
            started[engine, with_bgp] = Emulator(engine=engine).start()
            for xpath, element in PLANTED + ((BGP[engine],) if with_bgp else ()):
                started[engine, with_bgp].control.plant(xpath, element)
        return started[engine, with_bgp]

    yield start
    for firewall in started.values():
        firewall.stop()


class FaultBench(Bench):
    """Runs a module while a step of it fails. C(ends): what may stand in the candidate."""

    def faulty(self, options: dict, step: str, fault: str, ends: list) -> None:
        before = self.door.candidate()
        self.door.control.fault(when=STEPS[step], **FAULTS[fault])
        result = self.door.run({**self.identity, **options})
        self.door.control.clear_faults()
        now, where = self.door.candidate(), (self.resource, step, fault, result.message)
        assert now in ends, where
        assert KEY not in options.values() or KEY not in result.everything(), where
        assert "unexpected" not in result.message, where
        assert not (result.failed and "nothing was written" in result.message) or now == before, where
        assert not result.failed or "nothing was written" in result.message or step == "write", where
        assert result.failed or now == ends[1], where

    def settled(self, options: dict) -> None:
        """What a run without faults leaves, and that a second one finds nothing to do."""
        self.run(options)
        assert not self.run(options).changed, self.resource


@pytest.mark.parametrize("name, engine", CASES, ids=[f"{name} on a {engine}" if name in ENGINES else name for name, engine in CASES])
def test_nothing_is_half_done_and_what_is_said_is_so(firewall_of, name, engine):
    bench = FaultBench(name, firewall_of(engine, name in NEEDS_BGP))
    smallest = copy.deepcopy(SMALLEST.get(name, {}))
    gone = {**leftovers(smallest), "state": "absent"}
    start, made, _told = bench.smallest()
    for step, fault in CELLS if "ALL_FAULTS" in os.environ else CELLS[CASES.index((name, engine)) % 3::3]:
        bench.faulty(smallest, step, fault, [start, made])
        bench.settled(smallest)
        bench.faulty(gone, step, fault, [made, start])
        bench.settled(gone)
        assert bench.door.candidate() == start
