# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Secrets: compared with their stored form, and every form of theirs that must not be printed."""

from __future__ import annotations

import base64
import html
import json
import time
import urllib.parse

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.configuration import secrets
from ansible_collections.tunnelsmith.panos_vpn.tests.unit.plugins.module_utils.reconcile.specimen import stored

every_case = settings(deadline=None, derandomize=True)
# Plain texts and stored forms that were published, by different people under different master keys.
PUBLISHED = {"password": "-AQ==W6ph5Mm5Pz8GgiULbPgzG37mj9g=w2hP4BspAiin+j7uXWkGKA=="}
keys = st.text(alphabet=st.characters(min_codepoint=33, max_codepoint=126), min_size=6, max_size=64)

COMPARISONS = {
    "the same text": ("s3cret", "s3cret", True),
    "its stored form": ("s3cret", stored("s3cret"), True),
    "the stored form of another": ("s3cret", stored("other"), False),
    "a form that does not tell": ("s3cret", "********", None),
    "a newer stored form": ("s3cret", "-BQ==0000", None),
    "an empty one": ("s3cret", "", None),
    "a stored form that is cut off": ("s3cret", stored("s3cret")[:20], None),
    "two stored forms of one secret": (stored("s3cret"), stored("s3cret")[:33] + "AAAA", True),
    "two stored forms of two": (stored("s3cret"), stored("other"), None),
}


@pytest.mark.parametrize("wanted, have, expected", COMPARISONS.values(), ids=COMPARISONS.keys())
def test_comparison(wanted, have, expected):
    assert secrets.same(wanted, have) is expected


@pytest.mark.parametrize("plain, form", PUBLISHED.items())
def test_published_pairs_are_equal(plain, form):
    assert secrets.same(plain, form) is True
    assert secrets.same(plain + "x", form) is False
    assert secrets.fingerprint(plain) == secrets.fingerprint(form)


@given(keys, keys)
@every_case
def test_a_fingerprint_tells_equal_from_different_and_nothing_else(one, other):
    assert secrets.fingerprint(one) == secrets.fingerprint(stored(one))
    assert (secrets.fingerprint(one) == secrets.fingerprint(other)) == (one == other)
    assert len(secrets.fingerprint(one)) == 8


SPELLINGS = {
    "as it is": str,
    "in XML": lambda key: key.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;"),
    "in an XML attribute": lambda key: html.escape(key, quote=True).replace("&#x27;", "'"),
    "in a URL": lambda key: urllib.parse.quote(key, safe=""),
    "in a form": urllib.parse.quote_plus,
    "in base64": lambda key: base64.b64encode(key.encode()).decode(),
    "in hexadecimal digits": lambda key: key.encode().hex(),
    "in Python": lambda key: repr(key)[1:-1],
    "in JSON": lambda key: json.dumps(key)[1:-1],
    "in the stored form's digest": lambda key: stored(key)[5:33],
}


@pytest.mark.parametrize("spelling", SPELLINGS.values(), ids=SPELLINGS.keys())
@given(key=keys)
@every_case
def test_a_key_is_recognised(spelling, key):
    """Whole, or a part of it that is a form itself: masking the part hides the key."""
    written = spelling(key)
    assert any(form in written for form in secrets.printable_forms(key)), written


@pytest.mark.parametrize("others", [0, 1000], ids=["alone", "among many"])
@given(key=keys)
@every_case
def test_masking_takes_every_form_out_of_every_place(others, key):
    forms = secrets.printable_forms(key) | {f"notReal.site{number}" for number in range(others)}
    told = secrets.masked({"msg": f"got {key}", "list": [html.escape(key), {"deep": base64.b64encode(key.encode()).decode()}], "count": 3}, forms)
    assert told["count"] == 3
    assert not [form for form in forms if form in json.dumps(told, ensure_ascii=False).replace("********", "")]


def test_masking_takes_no_longer_for_each_where_there_are_many():
    """A transaction has a secret in every tenth of its texts, and was to mask a thousand of them for longer than it planned."""
    def taken(count: int) -> float:
        forms = set().union(*(secrets.printable_forms(f"notReal.site{number}") for number in range(count)))
        texts = [f"site-{number}: {number * 7919:080d}" for number in range(10 * count)]
        started = time.thread_time()
        secrets.masked(texts, forms)
        return time.thread_time() - started

    few, many = (min(taken(count) for dummy in range(3)) for count in (200, 1600))
    assert many < 24 * few, f"eight times as many took {many / few:.0f} times as long"


def test_what_holds_no_secret_comes_back_as_it_is():
    told = {"msg": "fine", "list": [1, None, True]}
    assert secrets.masked(told, {"s3cret"}) == told
