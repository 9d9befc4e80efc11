# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What lines of the VPN log say, whichever side wrote them."""

from __future__ import annotations

import xml.etree.ElementTree as ET

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.status.vpn_log import (
    CERTIFICATE, CHILD, DEAD, FAILED, IDENTITY, IKE, KEY, PFS, PROPOSAL, SELECTORS, TIMEOUT, UNKNOWN_PEER, UP, VERSION, Line, lines,
)

# Event, text, what it is about at least, and the phase.
LINES = {
    "a proposal, as the initiator is told": ("ike-generic-event", "received notify type NO_PROPOSAL_CHOSEN", {PROPOSAL}, None),
    "a proposal, as the responder sees it": (
        "ike-nego-p1-fail", "IKE phase-1 negotiation is failed. no suitable proposal found in peer's SA payload.", {PROPOSAL, FAILED}, IKE),
    "a phase 2 proposal": ("ike-nego-p2-proposal-bad", "IKE phase-2 negotiation failed when processing SA payload.", {PROPOSAL}, CHILD),
    "a key, as the initiator is told": ("ike-generic-event", "received notify type AUTHENTICATION_FAILED", {KEY}, None),
    "a key, as the responder sees it": (
        "ike-nego-p1-fail-psk", "IKE phase-1 negotiation is failed likely due to pre-shared key mismatch.", {KEY, FAILED}, IKE),
    "an identity": ("ikev2-nego-ike-fail", "received ID_I (type ipaddr [10.0.0.1]) does not match peers id", {IDENTITY}, IKE),
    "a proxy ID": ("ike-nego-p2-proxy-id-bad", "cannot find matching phase-2 tunnel for received proxy ID", {SELECTORS}, CHILD),
    "traffic selectors": ("ikev2-nego-child-fail", "received notify type TS_UNACCEPTABLE", {SELECTORS}, CHILD),
    "PFS": ("ike-nego-p2-fail", "pfs group mismatched: my: 2, peer: 0", {PFS, FAILED}, CHILD),
    "silence": ("ikev2-nego-ike-fail", "IKE negotiation is failed due to timeout. Failed SA: 192.0.2.1[500]-192.0.2.2[500]", {TIMEOUT, FAILED}, IKE),
    "a dead peer": ("ike-nego-p1-dpd-dn", "IKE phase-1 SA is down determined by DPD.", {DEAD}, IKE),
    "a peer that nobody knows": ("ike-config-p1-notfound", "Couldn't find configuration for IKE phase-1 request for peer IP 192.0.2.9[500]",
                                 {UNKNOWN_PEER}, IKE),
    "a version": ("ikev2-nego-ike-fail", "received notify type INVALID_MAJOR_VERSION", {VERSION}, IKE),
    "a certificate": ("ike-nego-p1-fail", "peer certificate has expired", {CERTIFICATE}, None),
    "an SA that came up": ("ikev2-nego-child-succ", "IPSec SA negotiation is succeeded. Established SA", {UP}, CHILD),
    "nothing in particular": ("ike-generic-event", "vendor id payload ignored", set(), None),
}


@pytest.mark.parametrize("event, text, kinds, phase", LINES.values(), ids=LINES.keys())
def test_a_line_is_understood(event, text, kinds, phase):
    line = Line("2026/11/20 10:00:00", event, "to-aws-1", text)
    assert kinds <= line.kinds and (kinds or not line.kinds)
    assert phase is None or line.phase == phase


@settings(deadline=None, derandomize=True, max_examples=60)
@given(st.text(st.characters(exclude_characters="<>&"), max_size=60))
def test_any_text_has_kinds(words):
    line = Line("", "ikev2-nego-ike-fail", "", f"negotiation failed: {words}")
    assert line.kinds and line.phase in (IKE, CHILD)


def test_the_lines_of_an_answer():
    entries = "".join(f"<entry><time_generated>2026/11/20 10:00:0{number}</time_generated><eventid>e{number}</eventid><object>to-aws-1</object>"
                      f"<opaque>said  {number}</opaque></entry>" for number in (2, 1))
    answer = ET.fromstring(f"<response status='success'><result><job/><log><logs count='2'>{entries}<entry/></logs></log></result></response>")
    assert [(line.event, line.object, line.text) for line in lines(answer)] == [("e2", "to-aws-1", "said 2"), ("e1", "to-aws-1", "said 1"), ("", "", "")]
