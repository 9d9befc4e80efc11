# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What nobody tells of a firewall, in both positions: as the lab begins, and the other way. Where sessions may go and whose answers PBF sees: test_sessions.py;
keys: test_changes.py.
"""

from __future__ import annotations

import contextlib
import re
import subprocess
import time
from typing import Iterator

import pytest

from ansible_collections.tunnelsmith.panos_vpn.tests.dataplane.bulks import all_arrive, transfers
from ansible_collections.tunnelsmith.panos_vpn.tests.dataplane.failovers import together
from ansible_collections.tunnelsmith.panos_vpn.tests.dataplane.site import connection
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.dataplane.behaviour import A_KEY, EVERYTHING, Behaviour
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.dataplane.enclave import wait_until

HOLD_TIME = 3
INSIDE = "10.10.0.10"
#: What the links of the hosts carry, and the part of it that is no data as hosts tell it.
LINK, HEADERS = 1500, 40
#: Seconds in which a tunnel would be up again.
UNASKED = 6
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
def test_a_tunnel_that_no_packet_asks_for(worlds, words):
    """Without BGP and monitors nothing wants into a tunnel, and AWS begins none: it comes back where the firewall negotiates unasked, else with a packet."""
    site = worlds[words]
    peers = [{"bgp_peer": {"name": peer["name"], "virtual_router": "default", "peer_group": peer["group"]}} for peer in site.state()["bgp_peers"]]
    site.change(*({"bgp_peer": {**peer["bgp_peer"], "enable": False}} for peer in peers))
    assert wait_until(lambda: established(site) == 0, 10, 0.1)
    # AWS goes on asking for BGP as long as it can, and is answered by a packet: once that may fall into the moment.
    assert all(comes_back(site) for dummy in range(3)) is WORLDS[words].negotiates_unasked
    site.change(*({"bgp_peer": {**peer["bgp_peer"], "enable": True}} for peer in peers))
    site.up()


def comes_back(site) -> bool:
    """Whether the first tunnel has another SA soon after its SAs were cleared."""
    before = spi(site)
    assert site.plane.clear(site.plane.firewall.running.tunnels[0].gateway, None)
    return wait_until(lambda: spi(site) not in (None, before), UNASKED, 0.2)


def spi(site) -> str | None:
    """Of the first tunnel's SA."""
    sa = site.daemon(1).ike_sa()
    return sa.children[0].inbound_spi if sa is not None and sa.children else None


@pytest.fixture(scope="module")
def waiting(sites):
    """By what becomes of old sessions and SAs, and of segments: pairings whose first PBF rule has a monitor that only waits."""
    positions = {keeps: Behaviour(dead_peers_keep_sessions=keeps, sas_outlive=EVERYTHING if keeps else A_KEY, adjusts_mss=keeps) for keeps in (False, True)}
    made = {keeps: sites(connection("pbf"), dead_after=4, behaviour=behaviour) for keeps, behaviour in positions.items()}
    for site in made.values():
        site.pair("pbf", monitor_interval=2, monitor_threshold=2)
        site.change({"monitor_profile": {"name": "waits", "interval": 2, "threshold": 2, "action": "wait-recover"}},
                    {"pbf_rule": {"name": f"{site.options('pbf')['name']}-1", "action": {"forward": {"monitor": {"profile": "waits"}}}}})
    together(*(site.up for site in made.values()))
    return made


@pytest.mark.parametrize("outlive", [False, True])
def test_sas_under_other_terms(waiting, outlive):
    site = waiting[outlive]
    before = spi(site)
    site.change({"ipsec_crypto_profile": {"name": site.options("pbf")["name"], "lifetime": {"seconds": 7200}}})
    site.up()
    assert (spi(site) == before) is outlive


@pytest.mark.parametrize("adjusts", [False, True])
def test_what_hosts_are_told_of_segments(waiting, adjusts):
    """The host here tells what its link carries, whoever begins; where the firewall adjusts that, the cloud hears what the tunnel carries."""
    site = waiting[adjusts]
    with told_segments(site) as told:
        found = transfers(site, INSIDE)
    all_arrive(found, site, 52)
    running = site.plane.firewall.running
    carried = min(running.interface(tunnel.interface).mtu for tunnel in running.tunnels)
    assert told == [(carried if adjusts else LINK) - HEADERS] * 4
    # What the cloud's host has learned by ICMP of the path, having sent more.
    assert found["the cloud: send"].mtu == (LINK if adjusts else carried)


@contextlib.contextmanager
def told_segments(site) -> Iterator[list[int]]:
    """When the block is over, what the host here told of its segments in the first packets of four connections, as they came to the cloud's host."""
    told: list[int] = []
    expression = f"src host {INSIDE} and tcp[tcpflags] & tcp-syn != 0"
    with site.plane.enclave.start(
            site.plane.clouds[0].host, ["timeout", "60", "tcpdump", "-n", "-l", "--immediate-mode", "-c", "4", "-i", "any", "-Z", "root", expression],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as capture:
        assert any("listening on" in line for line in capture.stderr), "tcpdump does not begin"
        yield told
        told += map(int, re.findall(r"mss (\d+)", capture.communicate(timeout=60)[0]))


@pytest.mark.parametrize("keeps", [False, True])
def test_sessions_of_a_rule_whose_monitor_only_waits(waiting, keeps):
    """The rule takes no new sessions once its monitor is down; whether those that it has stay on the dead way is told by the mark's own table."""
    site = waiting[keeps]
    assert site.ping(3) == 3
    before = marks(site)
    site.aws[0].kill()
    assert wait_until(lambda: not site.plane.firewall.probes()["rules"][f"{site.options('pbf')['name']}-1"], 45, 0.3)
    assert wait_until(lambda: site.ping(1) == 1, 45, 0.3), "new sessions take the second rule"
    assert len(before - marks(site)) == (0 if keeps else 1)


def marks(site) -> set[str]:
    """The marks of sessions for which the firewall has a table of their own."""
    return set(re.findall("fwmark (0x[0-9a-f]+) lookup", site.run("ip rule")))


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
