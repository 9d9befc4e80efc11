# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Since when a tunnel is down: no time is told that the log does not support."""

from __future__ import annotations

import pytest

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.status.since import trouble_since
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.status.vpn_log import Line

NAME = "vpn-1a-1"
UP = ("ikev2-nego-child-succ", NAME, "IPSec SA negotiation is succeeded as initiator")
IKE_UP = ("ikev2-nego-ike-succ", NAME, "IKE SA negotiation is succeeded as initiator")
INSTALLED = ("ipsec-key-install", NAME, "IPSec key installed.")
BEGUN = ("ikev2-nego-child-start", NAME, "IKEv2 child SA negotiation is started as initiator")
FAILS = ("ikev2-nego-ike-fail", NAME, "received notify type AUTHENTICATION_FAILED")
CHILD_FAILS = ("ikev2-nego-child-fail", NAME, "received notify type NO_PROPOSAL_CHOSEN")
DOWN, BACK = ("tunnel-status-down", NAME, "Tunnel vpn-1a-1 is down"), ("tunnel-status-up", NAME, "Tunnel vpn-1a-1 is up")
LOADED = ("ike-config-p1-success", "", "IKE daemon configuration load phase-1 succeeded.")
OTHER = ("ikev2-nego-ike-fail", "other-1", "time out")
BGP = ("bgp-peer-left-established", NAME, "BGP peer left established state")

# The lines, the oldest first; the number of the one that is told, None for no time.
TABLE = {
    "it was up, and fails": ((UP, FAILS, FAILS), 1),
    "nothing tells that it ever was up": ((FAILS, FAILS), None),
    "it is up since": ((FAILS, UP), None),
    "no line at all": ((), None),
    "keys that were installed when it came up are no trouble": ((UP, INSTALLED, FAILS), 2),
    "a negotiation that begins is none": ((UP, BEGUN), None),
    "phase 1 comes up and phase 2 fails, again and again": ((UP, CHILD_FAILS, IKE_UP, CHILD_FAILS, IKE_UP, CHILD_FAILS), 1),
    "phase 1 alone was up": ((IKE_UP, CHILD_FAILS), None),
    "the monitor told it": ((UP, DOWN), 1),
    "the monitor told that it was up": ((FAILS, BACK, DOWN), 2),
    "others' troubles": ((UP, OTHER, FAILS), 2),
    "BGP's own troubles": ((UP, BGP), None),
    "a commit broke it": ((UP, LOADED, FAILS), 2),
    "it was made anew while it was down": ((UP, FAILS, LOADED, FAILS), None),
    "it was made anew, and an old outage had ended": ((UP, FAILS, UP, LOADED, FAILS), 4),
    "a commit after it broke, and no line since": ((UP, FAILS, LOADED), None),
}


@pytest.mark.parametrize("told, number", TABLE.values(), ids=TABLE.keys())
def test_since_when_it_is_down(told, number):
    lines = [Line(str(moment), *line) for moment, line in enumerate(told)]
    assert trouble_since(lines[::-1], {NAME}) == ("" if number is None else str(number))
