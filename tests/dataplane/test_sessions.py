# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Sessions that the cloud begins on a pairing by PBF, in every world that nobody has excluded: whether PBF sees their answers, and whether a session may
leave its zone. As paired by default they are answered in all of them, whichever tunnel is down; without the routes only where PBF sees answers.
"""

from __future__ import annotations

import itertools

import pytest

from ansible_collections.tunnelsmith.panos_vpn.tests.dataplane.failovers import together
from ansible_collections.tunnelsmith.panos_vpn.tests.dataplane.site import connection
from ansible_collections.tunnelsmith.panos_vpn.tests.dataplane.wire import IN_CLEAR_TEXT, captured
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.dataplane.behaviour import Behaviour
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.dataplane.enclave import wait_until

INSIDE = "10.10.0.10"
WORLDS = {
    f"PBF {'sees' if seen else 'does not see'} answers, sessions {'leave' if leave else 'stay in'} their zone": Behaviour(
        answers_by_pbf=seen, sessions_leave_their_zone=leave)
    for seen, leave in itertools.product((True, False), repeat=2)
}
QUICK = {"monitor_interval": 2, "monitor_threshold": 2}


@pytest.fixture(scope="module")
def worlds(sites):
    made = {words: sites(connection("pbf"), dead_after=4, behaviour=behaviour) for words, behaviour in WORLDS.items()}
    for site in made.values():
        site.pair("pbf", **QUICK)
    together(*(site.up for site in made.values()))
    return made


def begun_by_the_cloud(site, count: int = 5) -> tuple[int, int]:
    """(answered echo requests, packets in clear text)."""
    with captured(site, *IN_CLEAR_TEXT) as wire:
        answered = pinged(site, count)
    return answered, len(wire.lines)


def pinged(site, count: int) -> int:
    cloud = site.plane.clouds[0]
    return site.plane.ping(cloud.host, f"-I {cloud.address} {INSIDE}", count)


def of_all(worlds, ask) -> dict:
    return dict(zip(worlds, together(*(lambda site=site: ask(site) for site in worlds.values()))))


def test_they_are_answered_through_the_vpn(worlds):
    assert of_all(worlds, begun_by_the_cloud) == dict.fromkeys(WORLDS, (5, 0))


@pytest.mark.parametrize("number", [1, 2])
def test_they_are_answered_while_a_tunnel_is_down(worlds, number):
    def ask(site):
        name = site.plane.firewall.running.tunnels[number - 1].name
        site.aws[number - 1].kill()
        try:
            assert wait_until(lambda: not site.plane.firewall.probes()["probes"][f"tunnel {name}"]["up"], 45, 0.3)
            # AWS gives the tunnel up in its own time.
            assert wait_until(lambda: pinged(site, 1) == 1, 45, 0.3)
            return begun_by_the_cloud(site)
        finally:
            site.aws[number - 1].restart()

    assert of_all(worlds, ask) == dict.fromkeys(WORLDS, (5, 0))
    together(*(site.up for site in worlds.values()))


def test_without_the_routes_it_depends_on_the_world(worlds):
    """Which is why they are made, and a run without them warns. Comes last: it takes the routes away."""
    for site in worlds.values():
        site.pair("pbf", backup_routes=False, **QUICK)
    found = of_all(worlds, begun_by_the_cloud)
    for words, behaviour in WORLDS.items():
        answered, clear = found[words]
        assert answered == (5 if behaviour.answers_by_pbf else 0), words
        assert bool(clear) is (behaviour.sessions_leave_their_zone and not behaviour.answers_by_pbf), words
