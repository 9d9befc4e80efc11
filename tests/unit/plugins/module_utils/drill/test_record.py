# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The note of a drill in a tunnel's comment."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.drill import record as records
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.drill.record import MARK, Record
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.vpn import record as vpn_records

PEER = {"name": "vpn-1-1", "router": "default", "group": "vpn-1", "enable": None}
NOTES = {
    "a tunnel": Record("vpn-1", True, "no"), "a peer": Record("vpn-1", peers=[PEER]),
    "a peer that said yes": Record("vpn-1", peers=[{**PEER, "enable": "yes"}]),
}


@pytest.mark.parametrize("note", NOTES.values(), ids=NOTES.keys())
def test_it_comes_back_and_goes_from_among_other_lines(note):
    comment = f"ask Ana first\n{vpn_records.Record('vpn-1').line()}"
    written = records.written(records.written(comment, Record("vpn-1")), note)
    assert records.find(written) == note
    assert records.without(written) == comment
    assert records.without(records.written(None, note)) is None
    assert vpn_records.find(written) == vpn_records.Record("vpn-1")


@settings(deadline=None, derandomize=True, max_examples=60)
@given(st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Zl", "Zp")), max_size=40).filter(lambda text: not text.startswith(MARK)))
def test_it_stands_beside_any_comment(comment):
    written = records.written(comment or None, NOTES["a peer"])
    assert records.find(written) == NOTES["a peer"]
    assert records.without(written) == (comment or None)


@pytest.mark.parametrize("comment", [None, "", "ask Ana first", vpn_records.Record("vpn-1").line()], ids=["no comment", "empty", "of people", "the VPN's"])
def test_where_there_is_none(comment):
    assert records.find(comment) is None


DAMAGED = {
    "cut off": records.written(None, NOTES["a peer"])[:-9], "no JSON": MARK + "was here", "nothing": MARK, "too deep": MARK + "[" * 100000,
    "a list": MARK + "[1]", "no VPN": MARK + "{}", "of tomorrow": MARK + '{"vpn": "vpn-1", "of_tomorrow": 1}',
    **{f"wrong {key}": MARK + json.dumps({"vpn": "vpn-1", key: value}) for key, value in {
        "tunnel_down": "yes", "disabled": "maybe", "peers": {"vpn-1-1": 1}}.items()},
    "a peer's name alone": MARK + '{"vpn": "vpn-1", "peers": ["vpn-1-1"]}',
    "a peer without a router": MARK + '{"vpn":"vpn-1","peers":[{"name":"a","group":"b"}]}',
}


@pytest.mark.parametrize("comment", DAMAGED.values(), ids=DAMAGED.keys())
def test_what_is_damaged_is_not_taken_for_none(comment):
    with pytest.raises(ValueError):
        records.find(comment)
