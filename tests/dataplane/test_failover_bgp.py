# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Failover by BGP with keep-alives every second and a hold time of three."""

from __future__ import annotations

import pytest

from ansible_collections.tunnelsmith.panos_vpn.tests.dataplane.failovers import BEFORE, Case, at_once, outage
from ansible_collections.tunnelsmith.panos_vpn.tests.dataplane.site import QUICK_DETECTION, VPC, connection
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.dataplane.behaviour import Behaviour
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.dataplane.enclave import wait_until

LASTS, AFTER = 7, 12
CASES = {
    "virtual router, endpoint killed": ("virtual-router", "bird", "killed"),
    "FRR on the firewall, endpoint killed": ("virtual-router", "frr", "killed"), "FRR on the firewall, path cut": ("logical-router", "frr", "cut"),
    "both endpoints killed": ("virtual-router", "bird", "both"),
    "both endpoints killed, with a discard route": ("logical-router", "bird", "both"),
}
BOTH, DISCARDED = "both endpoints killed", "both endpoints killed, with a discard route"


@pytest.fixture(scope="module")
def seen(sites):
    """Everything that can happen to the same pairing, with BIRD on AWS's side."""
    cases = {}
    for words, (engine, routing, fault) in CASES.items():
        site = sites(connection("bgp", hold_time=3), engine=engine, routing=routing, dead_after=4, behaviour=Behaviour(sessions_leave_their_zone=words == BOTH))
        site.pair("bgp", dpd=QUICK_DETECTION)
        if words == DISCARDED:
            # As the guide says.
            site.change({"static_route": {"virtual_router": "default", "name": "aws-discard", "destination": str(site.plane.clouds[0].vpc),
                                          "nexthop": {"discard": True}, "admin_dist": 240}})
        site.active = 1
        cases[words] = Case(site, fault, f"BGP 1 3, {words}")
    for case in cases.values():
        case.site.up()
        # The route of the peer with the lower MED comes a moment after the session.
        assert wait_until(lambda site=case.site: "tunnel.2" in site.run(f"ip route get {VPC} || true"), 30, 0.1)
    return at_once(cases, LASTS, AFTER)


@pytest.mark.parametrize("words", [words for words in CASES if words not in (BOTH, DISCARDED)])
def test_all_sessions_take_the_other_tunnel_and_come_back(seen, words):
    case = seen[words]
    for kind in ("new", "established", "ping"):
        assert 1 <= outage(case.observation, kind) <= 6
    assert case.clear == []
    assert case.back, "active before, active again"


def test_with_both_endpoints_dead_no_route_of_bgp_is_left(seen):
    """What then becomes of packets is for the other routes to say: the default route takes what the security rules let pass, and an established session where
    it may leave its zone.
    """
    case = seen[BOTH]
    assert case.observation.answered("new", BEFORE + 5, BEFORE + LASTS) == 0
    assert case.clear
    assert case.back, "active before, active again"


def test_with_a_discard_route_nothing_leaves_in_clear_text(seen):
    """And while BGP has a route, it is that one that counts."""
    case = seen[DISCARDED]
    assert case.observation.answered("new", 0, BEFORE) > 0
    assert case.observation.answered("new", BEFORE + 5, BEFORE + LASTS) == 0
    assert case.clear == []
    assert case.back, "active before, active again"
