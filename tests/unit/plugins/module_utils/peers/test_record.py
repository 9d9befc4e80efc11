# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The record of what a VPN changed for others, in one line of a comment."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.peers import record as records
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.peers.record import MARK, Record

FULL = Record("vpn-1", True, {"enable": None, "local_as": "65000"}, ["10.99.0.0/24"], ["10.10.0.0/24", "trust"], ["local_id"])
lines = st.text(alphabet=st.characters(blacklist_categories=("Cs", "Cc", "Zl", "Zp")), min_size=1, max_size=30).filter(lambda line: not line.startswith(MARK))


def test_it_is_one_line_and_comes_back():
    assert "\n" not in FULL.line()
    assert records.find(FULL.line()) == FULL
    assert records.find(Record("vpn-1").line()) == Record("vpn-1")


@given(st.lists(lines, max_size=3))
@settings(deadline=None, derandomize=True)
def test_other_lines_stay(others):
    comment = "\n".join(others)
    kept = comment.splitlines()
    written = records.written(records.written(comment, Record("vpn-1")), FULL)
    assert written.splitlines() == [*kept, FULL.line()]
    assert records.find(written, "vpn-1") == FULL


NONE = {
    "no comment": None, "another comment": "ours since May", "another VPN": Record("vpn-2").line(), "cut off": FULL.line()[:40],
    "no JSON": MARK + "was here", "another structure": MARK + '{"vpn": "vpn-1", "of_tomorrow": 1}', "a list": MARK + "[1]",
}


@pytest.mark.parametrize("comment", NONE.values(), ids=NONE.keys())
def test_what_is_no_record(comment):
    assert records.find(comment, "vpn-1") is None
