# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a measurement says: outages, spans, and the comparison with what was to be expected."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.drill import expectation, timeline
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.drill.timeline import Outage

CASES = {
    "none": ([(0, True), (1, True)], []),
    "one, seen between two good looks": ([(0, True), (1, False), (2, False), (3, True)], [Outage(1, 3, 1)]),
    "one, after a long pause": ([(0, True), (4, False), (5, True)], [Outage(4, 5, 4)]),
    "from the beginning": ([(0, False), (2, True)], [Outage(0, 2, 2)]),
    "until the end": ([(0, True), (1, False)], [Outage(1, None, 1)]),
    "two": ([(0, True), (1, False), (2, True), (3, False), (4, True)], [Outage(1, 2, 1), Outage(3, 4, 1)]),
    "nothing was seen": ([], []),
}


@pytest.mark.parametrize("samples, found", CASES.values(), ids=CASES.keys())
def test_outages(samples, found):
    assert timeline.outages(samples) == found


@settings(deadline=None, derandomize=True, max_examples=60)
@given(st.lists(st.booleans(), max_size=30))
def test_outages_and_spans_cover_what_was_seen(goods):
    samples = [(float(number), good) for number, good in enumerate(goods)]
    found = timeline.told(timeline.outages(samples), float(len(goods)))
    bad = sum(end - start for start, end in ((each["start"], each.get("end", len(goods))) for each in found["outages"]))
    assert bad == goods.count(False)
    assert found["ended"] is (not goods or goods[-1])
    spans = timeline.spans(samples, float(len(goods)))
    assert [span["value"] for span in spans for dummy in range(int(span["end"] - span["start"]))] == goods


OUTAGE = {"seconds": 9.9, "resolution": 0.3, "ended": True, "outages": [{}]}
VERDICTS = {
    "within": ({"minimum": 8, "maximum": 12}, {}, "within"),
    "within by as much as could be seen": ({"minimum": 10, "maximum": 12}, {}, "within"),
    "shorter": ({"minimum": 11, "maximum": 12}, {}, "shorter"),
    "longer": ({"minimum": 1, "maximum": 9}, {}, "longer"),
    "not over": ({"minimum": 8, "maximum": 12}, {"ended": False}, "longer"),
    "nobody knows": ({}, {}, "unknown"),
}


@pytest.mark.parametrize("expected, change, verdict", VERDICTS.values(), ids=VERDICTS.keys())
def test_the_verdict_allows_for_the_resolution(expected, change, verdict):
    assert expectation.verdict(expected, {**OUTAGE, **change}) == verdict
