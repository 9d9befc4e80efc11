# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Answers without what identifies: nothing of it survives, the form does, and the same is replaced by the same."""

from __future__ import annotations

import ipaddress
import json
import re
import xml.etree.ElementTree as ET

import pytest
from hypothesis import HealthCheck, given, settings, strategies as st

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.status.anonymous import WORDS, Anonymizer
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.recordings.fields import form

_LETTERS = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.äöü"
_OWN = {word.lower() for word in WORDS}


def told(text: str) -> bool:
    """Whether a text would be found again for another reason: it is PAN-OS's, or a part of what is put in place of others."""
    replacements = ("name-0123456789", "198.18.0.1", "2001:db8::1", "ethernet1/8", "02:00:00:00:00:01")
    return all(any(part in word for word in (*_OWN, *replacements)) for part in re.split("[/+=]", text.lower()))


names = st.text(_LETTERS, min_size=4, max_size=31).filter(lambda text: not told(text) and any(letter.isalpha() for letter in text))
keys = st.text("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789+/=", min_size=12, max_size=60).filter(
    lambda text: not told(text) and "00000" not in text)
_REPLACEMENTS = {4: ipaddress.ip_network("198.18.0.0/15"), 6: ipaddress.ip_network("2001:db8::/32")}
addresses = st.one_of(st.ip_addresses(v=4), st.ip_addresses(v=6)).filter(
    lambda address: not address.is_unspecified and len(str(address)) > 7 and address not in _REPLACEMENTS[address.version])
# None that could be the replacement of another one.
serials = st.integers(10 ** 11, 10 ** 15 - 1).map(str).filter(lambda text: "00000" not in text)
# What stands around it in answers.
SHAPES = ("{}", "{}:proxy", "proxy({})", "to {} from", "{}, {}", "{}/24x", "<{}>", "a={}", "{}@{}", "'{}'", "user {}: no", "{}\n{}")


@settings(max_examples=300, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(st.one_of(names, keys, addresses.map(str), serials), min_size=1, max_size=6), st.sampled_from(SHAPES),
       st.sampled_from(("name", "entry", "gateway", "description", "spi", "as", "msg", "path")))
def test_nothing_that_identifies_survives(originals, shape, tag):
    root = ET.Element("response", {"status": "success"})
    for number, original in enumerate(originals):
        other = originals[(number + 1) % len(originals)]
        entry = ET.SubElement(root, "entry", {"name": shape.format(original, other)})
        ET.SubElement(entry, tag).text = shape.format(original, other)
        ET.SubElement(entry, "json").text = json.dumps({original: [{"nested": shape.format(original, other), "number": 7, "name": other}]})
    text = ET.tostring(Anonymizer().answer(root), encoding="unicode")
    text += "".join(json.dumps(json.loads(each.text), ensure_ascii=False) for each in ET.fromstring(text).iter("json"))
    assert [original for original in originals if original in text] == []


@pytest.mark.parametrize("text", ["A1", "G20", "DH2", "O365", "PA-440", "Jan.1", "active", "440"])
def test_a_name_is_replaced_whatever_it_looks_like(text):
    assert Anonymizer().text(text, "hostname") != text


@pytest.mark.parametrize("text", [
    "10.1.2.3", "10.1.2.0/24", "10.1.2.3:500", "1500", "0", "65000123", "12.5", "00:11:22:33:44:55", "1:02:33", "active", "", "8E4F1A2B", "2026/01/02 03:04:05",
])
def test_the_form_stays(text):
    replaced = Anonymizer().text(text, "value")
    assert form(replaced) == form(text)
    assert len(replaced) == len(text) or "." in text or ":" in text


def test_the_same_becomes_the_same_in_all_answers():
    anonymizer = Anonymizer()
    one, two = (anonymizer.answer(ET.fromstring(text)) for text in (
        "<r><gateway>berlin</gateway><ip>203.0.113.7</ip><as>65010</as></r>", "<r><name>berlin(203.0.113.7)</name><local-as>65010</local-as></r>"))
    assert two.findtext("name") == f"{one.findtext('gateway')}({one.findtext('ip')})"
    assert two.findtext("local-as") == one.findtext("as") != "65010"
    assert anonymizer.count == 3


@pytest.mark.parametrize("tag, text", [
    ("state", "active"), ("interface", "ethernet1/8.100"), ("interface", "tunnel.7"), ("flags", "A?B"), ("sw-version", "11.1.4-h7"), ("vsys", "vsys1"),
    ("mtu", "0"), ("proto", "ESP"),
])
def test_words_of_pan_os_stay(tag, text):
    assert Anonymizer().text(text, tag) == text


@pytest.mark.parametrize("tag, text", [("name", "active"), ("name", "007"), ("gateway", "12"), ("zone", "trust"), ("peer-group", "bgp"), ("remote-as", "174")])
def test_where_a_name_stands_a_word_is_a_name(tag, text):
    assert Anonymizer().text(text, tag) != text
