# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What becomes of a task's options before anything else sees them, and of what a failure tells."""

from __future__ import annotations

import re

import pytest

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils import arguments
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.configuration import secrets
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.errors import InvalidInput
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.tasks.module import LONGEST, shortened

SPEC = {
    "name": {"type": "str"}, "description": {"type": "str"}, "secret": {"type": "str", "no_log": True}, "api_key": {"type": "str", "no_log": True},
    "names": {"type": "list", "elements": "str"}, "timeout": {"type": "int"}, "poll": {"type": "float"}, "answer": {"type": "str", "choices": ["yes", "no"]},
    "inner": {"type": "dict", "options": {"text": {"type": "str"}, "items": {"type": "list", "elements": "dict", "options": {"text": {"type": "str"}}}}},
}


@pytest.mark.parametrize("option, given, taken", [
    ("name", " a\n", "a"), ("description", "a\r\nb\rc\n", "a\nb\nc"), ("secret", "key \r\n", "key "), ("api_key", " key\n", "key"),
    ("names", ["a\n", " b"], ["a", "b"]),
    ("inner", {"text": "a\n", "items": [{"text": "b\n"}]}, {"text": "a", "items": [{"text": "b"}]}), ("description", "\n\n", ""),
])
def test_texts_get_one_form(option, given, taken):
    assert arguments.tidied(SPEC, {option: given}) == {option: taken}


@pytest.mark.parametrize("option, given, named", [
    ("name", "a\nb", "name"), ("name", "a\x00", "name"), ("description", "a\x00", "description"), ("names", ["a", "b\ud800"], r"names\[2\]"),
    ("inner", {"items": [{"text": "a"}, {"text": "a\tb"}]}, r"inner\.items\[2\]\.text"), ("secret", "s3cret\x00", "secret"), ("secret", "s3c\nret", "secret"),
    ("timeout", -1, "timeout"), ("timeout", 10 ** 9, "timeout"), ("poll", float("nan"), "poll"), ("poll", float("inf"), "poll"), ("poll", -0.1, "poll"),
    ("name", "x" * 5000, "name"), ("name", "a'b\"c", "name"),
])
def test_what_cannot_be_used_is_refused_by_name(option, given, named):
    with pytest.raises(InvalidInput, match=f"^{named}: ") as refused:
        arguments.tidied(SPEC, {option: given})
    assert "s3c" not in str(refused.value)


@pytest.mark.parametrize("given, words", [
    ({"name": {"a": 1}}, "name: a mapping"), ({"name": ["a"]}, "name: a list"), ({"name": True}, "name: a truth value"),
    ({"names": [None]}, r"names\[1\]: nothing"), ({"timeout": False}, "timeout: a truth value"), ({"inner": {"text": []}}, "inner.text: a list"),
    ({"inner": {"items": [{"text": {}}]}}, r"inner.items\[1\].text"),
    ({"names": ["a", True]}, r"names\[2\]: a truth value"), ({"inner": {"items": [None]}}, r"inner.items\[1\]: nothing"),
])
def test_what_ansible_would_make_a_text_of_is_named(given, words):
    assert re.match(words, next(arguments.misplaced(SPEC, arguments.said(SPEC, given))))


@pytest.mark.parametrize("given", [
    {"answer": True}, {"name": 7}, {"names": "a,b"}, {"inner": {"items": [{"text": "a"}]}}, {"_ansible_no_log": False}, {"other": {}},
])
def test_what_ansible_reads_well_is_left_to_it(given):
    assert list(arguments.misplaced(SPEC, given)) == []


def test_null_is_left_out_at_every_depth():
    given = {"name": None, "names": [], "inner": {"text": None, "items": [{"text": None}]}, "answer": "yes"}
    assert arguments.said(SPEC, given) == {"names": [], "inner": {"items": [{}]}, "answer": "yes"}


@pytest.mark.parametrize("secret, told", [("a  key\n", "a  key"), ("a  key", "a key"), ("key\n", "key"), ("\tkey", "key"), ("a\n\nb", "a b")])
def test_a_secret_is_masked_that_was_folded_on_its_way(secret, told):
    assert secrets.masked(f"invalid: <{told}>", secrets.printable_forms(secret)) == "invalid: <********>"


@pytest.mark.parametrize("secret", ["half \ud800", "\udcff"])
def test_a_secret_that_is_no_text_has_forms(secret):
    assert secret in secrets.printable_forms(secret)


def test_a_failure_does_not_tell_all_that_it_was_told():
    told = shortened({"msg": "x" * 10 ** 6, "lines": ["y" * 10 ** 6], "diff": {"before": "z" * 20000}, "code": 7})
    assert len(told["msg"]) < LONGEST + 100 and told["msg"].endswith("(1000000 characters in all)")
    assert len(told["lines"][0]) < LONGEST + 100
    assert (len(told["diff"]["before"]), told["code"]) == (20000, 7)
