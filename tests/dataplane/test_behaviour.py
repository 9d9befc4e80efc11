# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What nobody tells of a firewall, in both positions on a pairing by BGP: as the lab begins, and the other way."""

from __future__ import annotations

import time

import pytest

from ansible_collections.tunnelsmith.panos_vpn.tests.dataplane.failovers import together
from ansible_collections.tunnelsmith.panos_vpn.tests.dataplane.site import connection
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.dataplane.behaviour import Behaviour
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.dataplane.enclave import wait_until

HOLD_TIME = 3
WORLDS = {
    "as the lab begins": Behaviour(),
    "the other way": Behaviour(interfaces_go_with_their_tunnel=True, negotiates_unasked=True, tells_bgp_errors=True),
}


@pytest.fixture(scope="module")
def worlds(sites):
    made = {words: sites(connection("bgp", hold_time=HOLD_TIME), behaviour=behaviour) for words, behaviour in WORLDS.items()}
    for site in made.values():
        site.pair("bgp")
    together(*(site.up for site in made.values()))
    return made


def established(site) -> int:
    return sum(session.state == "Established" for session in site.plane.firewall.routing.sessions().values())


def lines(site) -> list[str]:
    firewall = site.emulator.firewall
    with firewall.lock:
        firewall.observe()
        found = firewall.log.found(firewall.log.search("(subtype eq routing)", 5000, 0, False))
    return [f"{event.eventid} {event.opaque}" for event in found]


@pytest.mark.parametrize("words", WORLDS)
def test_bgp_over_a_tunnel_that_is_disabled(worlds, words):
    site = worlds[words]
    name = site.plane.firewall.running.tunnels[1].name
    assert lines(site)[-1].startswith("routed-BGP-peer-enter-established")
    site.change({"ipsec_tunnel": {"name": name, "disabled": True}})
    begun = time.monotonic()
    stays = not WORLDS[words].interfaces_go_with_their_tunnel
    assert ("tunnel.2" in site.run("ip -br link")) is stays
    assert wait_until(lambda: established(site) == 1, HOLD_TIME + 4, 0.05)
    took = time.monotonic() - begun
    print(f"{words}: the session ends {took:.1f} s after its tunnel")
    assert (took >= 1) is stays
    assert site.ping(3) == 3
    assert any(line.startswith("routed-BGP-peer-left-established") for line in lines(site))
    site.change({"ipsec_tunnel": {"name": name, "disabled": False}})
    site.up()
    assert site.ping(3) == 3
    assert lines(site)[-1].startswith("routed-BGP-peer-enter-established")


@pytest.mark.parametrize("words", WORLDS)
def test_a_session_that_the_peer_refuses(worlds, words):
    site = worlds[words]
    peer = site.state()["bgp_peers"][0]
    site.change({"bgp_peer": {"name": peer["name"], "virtual_router": "default", "peer_group": peer["group"], "peer_as": 64999}})
    assert wait_until(lambda: "Bad peer AS" in site.plane.firewall.routing.command("show protocols all"), 20, 0.2)
    told = site.state()["bgp_peers"][0].get("last_error") or ""
    assert ("Bad peer AS" in told) is WORLDS[words].tells_bgp_errors, told
    assert any("Bad peer AS" in line for line in lines(site)) is WORLDS[words].tells_bgp_errors
    causes = site.module("vpn_info", name=[site.options("bgp")["name"]], gather=["diagnosis"])["diagnosis"]
    assert ("bgp-as-mismatch" in {cause["id"] for cause in causes}) is WORLDS[words].tells_bgp_errors, causes
