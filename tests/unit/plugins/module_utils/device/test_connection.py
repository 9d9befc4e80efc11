# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Answers and sessions: what a firewall says, whatever the shape in which it says it."""

from __future__ import annotations

import xml.etree.ElementTree as ET

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.device.connection import Session, code_of, message, without_covered
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.device.transport import Provider
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.errors import DeviceError, InvalidInput, Refused
from ansible_collections.tunnelsmith.panos_vpn.tests.unit.plugins.module_utils.device.told import Told

# Shapes that were captured from PAN-OS 8.1 to 12.1.
MESSAGES = {
    "plain text": ('<response status="success" code="20"><msg>command succeeded</msg></response>', 20, "command succeeded"),
    "one line": ('<response status="error"><msg><line>No such node</line></msg></response>', None, "No such node"),
    "several lines": (
        '<response status="error" code="12"><msg><line><![CDATA[ a -> b unexpected here]]></line><line><![CDATA[ a is invalid]]></line></msg></response>',
        12, "a -> b unexpected here; a is invalid"),
    "lines in a line, from 11.2.6 on": (
        '<response status="error" code="12"><msg><line><line><![CDATA[ a -> b unexpected here]]></line><line>a is invalid</line></line></msg></response>',
        12, "a -> b unexpected here; a is invalid"),
    "a message in a line": (
        '<response status="error" code="13"><msg><line><msg><line>load failed</line><line>line 3</line></msg></line></msg></response>',
        13, "load failed; line 3"),
    "text around CDATA": (
        '<response status="error" code="10"><msg><line> <![CDATA[ gw]]> cannot be deleted because of references from:</line>'
        "<line> ipsec -> t -> gw</line></msg></response>", 10, "gw cannot be deleted because of references from:; ipsec -> t -> gw"),
    "the web server's": ("<response status = 'error' code = '403'><result><msg>Invalid Credential</msg></result></response>", 403, "Invalid Credential"),
    "a missing right": ('<response status="unauth" code="16"><msg><line>Unauthorized request</line></msg></response>', 16, "Unauthorized request"),
    "free text": ("<response status='error'><result>Config lock is already held by ann</result></response>", None, "Config lock is already held by ann"),
    "a job": (
        '<response status="success" code="19"><result><msg><line>Commit job enqueued with jobid 2</line></msg><job>2</job></result></response>',
        19, "Commit job enqueued with jobid 2"),
    "the last of several operations": (
        '<response status="error" code="13"><response status="success" code="20" id="1"><msg>command succeeded</msg></response>'
        '<response status="error" code="12" id="2"><msg><line>b is invalid</line></msg></response></response>', 13, "b is invalid"),
    "nothing": ('<response status="error"/>', None, ""),
    "a code that is no number": ('<response status="error" code="x"><msg/></response>', None, ""),
}


@pytest.mark.parametrize("answer, code, text", MESSAGES.values(), ids=MESSAGES.keys())
def test_all_the_words_of_an_answer(answer, code, text):
    assert (code_of(ET.fromstring(answer)), message(ET.fromstring(answer))) == (code, text)


trees = st.recursive(
    st.tuples(st.sampled_from(["line", "msg", "job", "result", "entry"]), st.text(alphabet="ab <&", max_size=4), st.just([])),
    lambda inner: st.tuples(st.sampled_from(["line", "msg", "result", "response"]), st.text(alphabet="ab ", max_size=4), st.lists(inner, max_size=3)),
    max_leaves=10)


def built(tree) -> ET.Element:
    tag, text, children = tree
    element = ET.Element(tag)
    element.text = text
    element.extend(map(built, children))
    return element


@given(st.lists(trees, max_size=4))
@settings(deadline=None, derandomize=True)
def test_no_answer_is_too_odd(children):
    root = ET.Element("response", {"status": "error"})
    root.extend(map(built, children))
    assert isinstance(message(root), str)


def system(**fields) -> str:
    inside = "".join(f"<{name.replace('_', '-')}>{value}</{name.replace('_', '-')}>" for name, value in fields.items())
    return f"<response status='success'><result><system>{inside}</system></result></response>"


PLATFORMS = {
    "a virtual router": (system(sw_version="10.1.14-h6", advanced_routing="off", multi_vsys="off"), ((10, 1, 14), False, False)),
    "logical routers": (system(sw_version="11.1.4", advanced_routing="on", multi_vsys="on"), ((11, 1, 4), True, True)),
    "a release before the engine": (system(sw_version="10.1.0"), ((10, 1, 0), False, False)),
}


@pytest.mark.parametrize("answer, expected", PLATFORMS.values(), ids=PLATFORMS.keys())
def test_the_platform(answer, expected):
    platform = Told(answer).platform()
    assert (platform.version, platform.advanced, platform.multi_vsys) == expected


STRANGERS = {
    "too old": (system(sw_version="10.0.11"), Refused, "runs PAN-OS 10.0.*needs 10.1 or later"),
    "no version": (system(sw_version="unknown"), DeviceError, "unknown"),
    "no system information": ("<response status='success'><result/></response>", DeviceError, "not a PAN-OS firewall"),
}


@pytest.mark.parametrize("answer, error, words", STRANGERS.values(), ids=STRANGERS.keys())
def test_what_is_not_a_firewall_of_ours(answer, error, words):
    with pytest.raises(error, match=words):
        Told(answer).platform()


def test_only_what_is_not_covered_is_read():
    assert without_covered([("a", "b"), ("a",), ("c", "d"), ("c", "d"), ("c", "e")]) == [("a",), ("c", "d"), ("c", "e")]


@pytest.mark.parametrize("given_values, words", {
    "no address": ({"ip_address": "", "api_key": "x"}, "ip_address or PANOS_HOSTNAME"),
    "no credentials": ({"ip_address": "fw"}, "log in to fw.*api_key"),
    "a name without a password": ({"ip_address": "fw", "username": "admin"}, "username and password"),
    "a CA that is not there": ({"ip_address": "fw", "api_key": "x", "ca_path": "/nowhere/ca.pem"}, "provider.ca_path \\(PANOS_CA_PATH\\): /nowhere/ca.pem"),
}.values(), ids=["no address", "no credentials", "no password", "no CA"])
def test_a_provider_that_cannot_work(given_values, words):
    with pytest.raises(InvalidInput, match=words):
        Session(Provider(**given_values))


def test_a_provider_hides_its_secrets():
    assert "s3cret" not in repr(Provider("fw", api_key="s3cret", password="s3cret2"))
