# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The record of what a VPN changed for others, in one line of a comment."""

from __future__ import annotations

import copy

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.vpn import record as records
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.vpn.record import MARK, Record

FULL = Record("vpn-1", True, {"enable": None, "local_as": "65000"}, ["10.99.0.0/24"], ["10.10.0.0/24", "trust"], ["local_id"],
              {"ike_gateway": {"-1": "to-aws"}, "pbf_rule": {"-1": "cloud", "~1": "cloud too"}}, {"ike_crypto_profile": {"-1": "company"}})
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
    "no JSON": MARK + "was here",
    "names that are none": MARK + '{"vpn":"vpn-1","adopted":{"ike_gateway":["to-aws"]}}', "no kinds": MARK + '{"vpn":"vpn-1","borrowed":"all"}',
    "another structure": MARK + '{"vpn": "vpn-1", "of_tomorrow": 1}', "a list": MARK + "[1]",
}


@pytest.mark.parametrize("comment", NONE.values(), ids=NONE.keys())
def test_what_is_no_record(comment):
    assert records.find(comment, "vpn-1") is None


CALLED = {
    "an adopted object": ("ike_gateway", "vpn-1-1", None, "to-aws"), "the other tunnel's, which is not": ("ike_gateway", "vpn-1-2", None, "vpn-1-2"),
    "a borrowed one, by its tunnel": ("ike_crypto_profile", "vpn-1", 1, "company"), "the other tunnel's": ("ike_crypto_profile", "vpn-1", 2, "vpn-1"),
    "another kind of the same name": ("ipsec_tunnel", "vpn-1-1", None, "vpn-1-1"),
}


@pytest.mark.parametrize("kind, own, number, name", CALLED.values(), ids=CALLED.keys())
def test_what_an_object_is_called(kind, own, number, name):
    assert FULL.called(kind, own, number) == name


OWNED = [("ike_gateway", "vpn-1-2"), ("ike_gateway", "to-aws"), ("pbf_rule", "vpn-1-discard"), ("pbf_rule", "cloud too"), ("monitor_profile", "vpn-1"),
         ("static_route", "vpn-1-2-10.0.0.0-8"), ("bgp_peer_group", "vpn-1")]
FOREIGN = [("ike_gateway", "vpn-1"), ("ike_gateway", "vpn-12"), ("ike_gateway", "vpn-1-2-1"), ("ipsec_tunnel", "to-aws"), ("ike_crypto_profile", "company"),
           ("monitor_profile", "vpn-1-1"), ("zone", "vpn-1"), ("security_rule", "to vpn-1-out")]


@pytest.mark.parametrize("kind, name, owned", [(*one, True) for one in OWNED] + [(*one, False) for one in FOREIGN], ids=str)
def test_whose_an_object_is(kind, name, owned):
    assert FULL.owns(kind, name) is owned


NAMED = ["vpn-1", "vpn-1-2", "vpn-1-out", "vpn-1-inside", "vpn-1-discard", "vpn-1-2-10.0.0.0-8", "vpn-1-discard-10.0.0.0-8", "vpn-1-2-rest", "vpn-1-in"]
NOT_NAMED = ["vpn-12", "vpn", "to vpn-1", "vpn-1-in-dmz", "vpn-1-out-proxy", "vpn-1-inside-x", "vpn-1-rest-of-it"]


@pytest.mark.parametrize("name, may_be", [(name, True) for name in NAMED] + [(name, False) for name in NOT_NAMED], ids=str)
def test_what_is_named_after_a_vpn(name, may_be):
    assert records.is_named_after("vpn-1", name) is may_be


def test_what_is_released_has_its_own_name_again():
    record = copy.deepcopy(FULL)
    record.release("ike_gateway", "to-aws")
    record.release("ike_crypto_profile", "company")
    assert (record.called("ike_gateway", "vpn-1-1"), record.called("ike_crypto_profile", "vpn-1", 1)) == ("vpn-1-1", "vpn-1")
    assert "ike_gateway" not in record.line()
    assert record.without_use("pbf_rule", "cloud too")
    assert not record.without_use("pbf_rule", "cloud")
