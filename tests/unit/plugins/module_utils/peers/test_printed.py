# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A text that a tool printed: every spelling of a document is the document, and what is none is refused with what to do."""

from __future__ import annotations

import json

import pytest
import yaml
from hypothesis import example, given, settings, strategies as st

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.errors import InvalidInput
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.peers import printed

NAMES = st.from_regex(r"[a-zA-Z][a-zA-Z0-9_]{0,8}", fullmatch=True)
# A key may be of digits only, or look like a number, a date or a truth value.
TEXTS = st.text(st.characters(codec="utf-8", exclude_categories=("Cs", "Cc"), exclude_characters="\u2028\u2029\x85\ufeff"), max_size=12) | st.sampled_from(
    ["0123456789", "1e10", "yes", "null", "2026-01-01", "0x1f", "~", "*", "- a", "a: b", "{", "[x]", "$ANSIBLE_VAULT", "=", "1:30"])
VALUES = st.recursive(st.none() | st.booleans() | st.integers(-2**31, 2**32) | TEXTS,
                      lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=3), max_leaves=8)
DOCUMENTS = st.dictionaries(NAMES, VALUES, min_size=1, max_size=4)

ONE = {
    "JSON": json.dumps, "JSON over lines": lambda value: json.dumps(value, indent=2), "with a mark of bytes": lambda value: f"\ufeff{json.dumps(value)}",
    "YAML": yaml.safe_dump, "YAML in its own order": lambda value: yaml.safe_dump(value, sort_keys=False, allow_unicode=True),
    "YAML with a beginning": lambda value: yaml.safe_dump(value, explicit_start=True), "bytes": lambda value: json.dumps(value).encode(),
    "what a command printed": lambda value: {"stdout": json.dumps(value, indent=1), "rc": 0},
    "what a command printed in YAML": lambda value: {"stdout": yaml.safe_dump(value), "rc": 0},
    "lines of what it printed": lambda value: ["{", *json.dumps(value, indent=1).split("\n")[1:]],
}
SEVERAL = {
    "a list of texts": lambda values: [json.dumps(value) for value in values],
    "one after the other": lambda values: "\n".join(json.dumps(value, indent=1) for value in values),
    "one a line": lambda values: "\n".join(json.dumps(value) for value in values),
    "documents of YAML": yaml.safe_dump_all, "one list": json.dumps, "one list in YAML": yaml.safe_dump,
    "what commands printed": lambda values: [{"stdout": json.dumps(value)} for value in values],
}


@pytest.mark.parametrize("spelling", ONE)
@settings(max_examples=40)
@given(document=DOCUMENTS)
@example(document={"a": "0123456789"})
@example(document={"a": [[]]})
def test_every_spelling_of_one_document_is_the_document(spelling, document):
    assert printed.opened(ONE[spelling](document), "It") == document


@pytest.mark.parametrize("spelling", SEVERAL)
@settings(max_examples=30)
@given(documents=st.lists(DOCUMENTS, min_size=2, max_size=4))
def test_several_documents_are_a_list_of_them(spelling, documents):
    assert printed.opened(SEVERAL[spelling](documents), "It") == documents


SECRET = "sw0rdf1sh"
HOPELESS = {
    "nothing": ("", "It is not JSON or YAML. It is empty. Give more."),
    "a word": (SECRET, "It is not JSON or YAML. Give more."),
    "half of it": ('{"key": "' + SECRET, "It is not JSON (line 1, column 9). Give more."),
    "broken YAML": (f"key: [{SECRET}", "It is not JSON or YAML (line 1, column 16). Give more."),
    "a file's name": ("files/connection.json", "It is not JSON or YAML. It is the name of a file: read it with the lookup 'ansible.builtin.file'."),
    "another one": ("~/hub gw.YML", "It is the name of a file"),
    "a vault": ("$ANSIBLE_VAULT;1.1;AES256\n6162", "encrypted by ansible-vault"),
    "a template": ("{{ lookup('file', 'x') }}", "a template that was not resolved"),
    "an error": ("ERROR: (ResourceNotFound) The Resource was not found", "what a program says that fails"),
    "a table": ("Name    State\n------  ------\nhub     ok", "It is a table"),
    "HCL": ('resource "azurerm_virtual_network_gateway" "hub" {\n}', "terraform show -json"),
    "a page": ("<!DOCTYPE html><html>", "It is XML or a page of a website"),
    "deep": ("[" * 100000, "nested too deep"),
    "a number": (7, "It is neither a mapping, a list nor a text. Give more."),
}


@pytest.mark.parametrize("name", HOPELESS)
def test_what_is_none_says_what_to_do_and_nothing_of_itself(name):
    given_text, words = HOPELESS[name]
    with pytest.raises(InvalidInput) as refused:
        printed.opened(given_text, "It", "Give more")
    assert words in str(refused.value) and SECRET not in str(refused.value)


@given(st.text(max_size=40))
def test_no_text_is_a_crash(text):
    try:
        printed.read(text, "It")
    except InvalidInput:
        pass
