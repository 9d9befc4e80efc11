# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Changes that interrupt tunnels: which are named, and how they are made one after the other."""

from __future__ import annotations

import pytest

from ansible_collections.tunnelsmith.panos_vpn.tests.unit.plugins.modules.door import NETWORK
from ansible_collections.tunnelsmith.panos_vpn.tests.unit.plugins.modules.pairing import ENGINES, VpnDoor, changed_tunnels, every_tunnel, name_of, options

KEYS = ["notReal.first8", "notReal.second8"]
OTHER_GROUP = {"offers": None, "ike": {"dh_group": "group19"}}


def tunnels(*numbers, failover="pbf") -> list:
    return [f"{name_of(failover)}-{number}" for number in numbers]


# What changes → the tunnels that this interrupts.
CHANGES = {
    "both keys": ({"pre_shared_keys": KEYS}, (1, 2)),
    "one key": ({"pre_shared_keys": ["", KEYS[1]]}, (2,)),
    "the proposal of both": ({"tunnels": every_tunnel("pbf", OTHER_GROUP)}, (1, 2)),
    "the proposal of one": ({"tunnels": changed_tunnels("pbf", OTHER_GROUP)}, (1,)),
    "an identity": ({"local_id": "fw@example.net"}, (1, 2)),
    "the inside address of one": ({"tunnels": changed_tunnels("pbf", {
        "inside_cidr": "169.254.99.0/30", "inside_address": "169.254.99.2", "inside_peer_address": "169.254.99.1"})}, (1,)),
    "the MTU": ({"mtu": 1300}, ()),
    "networks": ({"remote_networks": ["10.201.0.0/16"]}, ()),
    "the monitor": ({"monitor_interval": 5}, ()),
    "nothing": ({}, ()),
}


def door_commits(door, made) -> None:
    result = door.commit(made)
    assert not result.failed, result.message


@pytest.fixture
def door(firewalls) -> VpnDoor:
    return VpnDoor(firewalls())


@pytest.mark.parametrize("change, interrupts", CHANGES.values(), ids=CHANGES.keys())
def test_what_is_interrupted_is_named_and_comes_one_by_one(firewalls, change, interrupts):
    together, in_turn = VpnDoor(firewalls()), VpnDoor(firewalls())
    for door in (together, in_turn):
        made = door.committed(options())
        assert (made.values["interrupts"], made.values["waiting"]) == ([], [])
    at_once = together.done(options(**change))
    assert at_once.values["interrupts"] == tunnels(*sorted(interrupts, reverse=True))
    assert any("interrupts" in warning for warning in at_once.warnings) == (len(interrupts) > 1)
    seen = []
    for _step in range(3):
        done = in_turn.done(options(**change), rollout="one_by_one")
        seen += done.values["interrupts"]
        door_commits(in_turn, done)
        if not done.values["waiting"]:
            break
    assert seen == tunnels(*sorted(interrupts, reverse=True))
    again = in_turn.done(options(**change), rollout="one_by_one")
    assert (again.changed, again.values["interrupts"], again.values["waiting"]) == (False, [], [])
    assert not in_turn.done(options(**change)).changed


CAUSES = {
    "keys": ({"pre_shared_keys": KEYS}, "by IKE gateway '{0}-2' (authentication), IKE gateway '{0}-1' (authentication)"),
    "a zone": ({"zone": "elsewhere"}, "by tunnel interface 'tunnel.2' (out of its zone), tunnel interface 'tunnel.1' (out of its zone)"),
    "more than is told": ({"zone": "elsewhere", "pre_shared_keys": KEYS}, "and 1 more"),
}


@pytest.mark.parametrize("change, words", CAUSES.values(), ids=CAUSES.keys())
def test_what_interrupts_is_told(door, change, words):
    door.committed(options())
    told = [warning for warning in door.done(options(**change), check=True).warnings if "interrupts" in warning]
    assert len(told) == 1 and words.format(name_of("pbf")) in told[0], told


@pytest.mark.parametrize("primary, order", [(1, (2, 1)), (2, (1, 2))])
def test_the_preferred_tunnel_comes_last_and_waits_untouched(door, primary, order):
    door.committed(options(primary_tunnel=primary))
    last = f"{NETWORK}/ike/gateway/entry[@name='{name_of('pbf')}-{order[1]}']"
    before = door.control.candidate(last)
    first = door.done(options(primary_tunnel=primary, pre_shared_keys=KEYS, tunnels=every_tunnel("pbf", OTHER_GROUP)), rollout="one_by_one")
    assert (first.values["interrupts"], first.values["waiting"]) == (tunnels(order[0]), tunnels(order[1]))
    assert door.control.candidate(last) == before
    profile = f"{NETWORK}/ike/crypto-profiles/ike-crypto-profiles/entry[@name='{name_of('pbf')}']"
    assert "group20" in door.control.candidate(profile), "the profile that the waiting tunnel uses is not touched"


@pytest.mark.parametrize("engine", ENGINES)
def test_peers_of_bgp_wait_with_their_tunnel(firewalls, engine):
    door = VpnDoor(firewalls(engine=engine))
    door.committed(options("bgp"))
    changed = options("bgp", tunnels=[{**tunnel, "bgp": {**tunnel["bgp"], "hold_time": 60}} for tunnel in options("bgp")["tunnels"]])
    first = door.done(changed, rollout="one_by_one")
    assert (first.values["interrupts"], first.values["waiting"]) == (tunnels(2, failover="bgp"), tunnels(1, failover="bgp"))
    door_commits(door, first)
    last = door.done(changed, rollout="one_by_one")
    assert (last.values["interrupts"], last.values["waiting"]) == (tunnels(1, failover="bgp"), [])
    assert not door.done(changed).changed


def rotated(**more) -> dict:
    return {**options(pre_shared_keys=KEYS), "rollout": "one_by_one", **more}


def test_a_run_that_was_ended_before_its_commit_goes_on_with_the_same_tunnel(door):
    door.committed(options())
    first = door.done(rotated())
    again = door.done(rotated())
    assert (again.changed, again.values["uncommitted"], again.values["interrupts"], again.values["waiting"]) == (False, True, tunnels(2), tunnels(1))
    door_commits(door, first)
    assert door.done(rotated()).values["interrupts"] == tunnels(1)


def test_the_only_tunnel_that_is_up_is_not_interrupted(door):
    door.committed(options())
    door_commits(door, door.done(rotated()))
    door.control.vpn(tunnels(2)[0], sa="down", monitor="down")
    door.refused(rotated(), f"{tunnels(1)[0]} is the only tunnel of", tunnels(2)[0], "nothing was written")
    assert door.done(rotated(rollout="together")).values["interrupts"] == tunnels(1)


def test_with_all_tunnels_down_there_is_nothing_to_spare(door):
    door.committed(options())
    for name in tunnels(1, 2):
        door.control.vpn(name, sa="down", monitor="down")
    assert door.done(rotated()).values["interrupts"] == tunnels(2)


def test_a_tunnel_that_is_down_comes_first(door):
    door.committed(options())
    door.control.vpn(tunnels(1)[0], sa="down", monitor="down")
    assert door.done(rotated()).values["interrupts"] == tunnels(1)


def test_an_interface_that_leaves_its_zone_interrupts(door):
    door.committed(options())
    assert door.done(options(zone="elsewhere")).values["interrupts"] == tunnels(2, 1)


def test_check_mode_names_the_same(door):
    door.committed(options())
    checked = door.done(options(pre_shared_keys=KEYS), rollout="one_by_one", check=True)
    done = door.done(options(pre_shared_keys=KEYS), rollout="one_by_one")
    assert [(result.values["interrupts"], result.values["waiting"], result.diff) for result in (checked,)] == [
        (done.values["interrupts"], done.values["waiting"], done.diff)]
