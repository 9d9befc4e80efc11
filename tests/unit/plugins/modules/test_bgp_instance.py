# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The module bgp_instance, on both routing engines."""

from __future__ import annotations

from dataclasses import replace

import pytest

from ansible_collections.tunnelsmith.panos_vpn.plugins.modules import bgp_instance
from ansible_collections.tunnelsmith.panos_vpn.tests.unit.plugins.modules.door import NETWORK, Case, Door, DoorContract

PLACES = {
    "virtual-router": f"{NETWORK}/virtual-router/entry[@name='default']/protocol/bgp",
    "logical-router": f"{NETWORK}/logical-router/entry[@name='default']/vrf/entry[@name='default']/bgp",
}
NEW = {"virtual_router": "default", "enable": True, "router_id": "198.51.100.10", "local_as": "65000"}
each_engine = pytest.mark.parametrize("engine", PLACES)


def entry(local_as="65000", more=""):
    return f"""<bgp><enable>yes</enable><router-id>198.51.100.10</router-id><local-as>{local_as}</local-as>
        <install-route>yes</install-route>{more}</bgp>"""


CASE = Case(
    bgp_instance,
    identity={"virtual_router": "default"},
    options={"enable": True, "router_id": "198.51.100.10", "local_as": "65000", "install_route": True},
    place=PLACES["virtual-router"],
    entry=entry(),
    change={"default_local_preference": 200},
    writes=[("set", "")],
    changed=entry(more="<routing-options><default-local-preference>200</default-local-preference></routing-options>"),
    replacement={"enable": True, "router_id": "198.51.100.10", "local_as": "65001", "install_route": True},
    replaced=entry("65001"),
)


class TestBgpOfAVirtualRouter(DoorContract):
    case = CASE


class TestBgpOfALogicalRouter(DoorContract):
    case = replace(CASE, place=PLACES["logical-router"], firewall={"engine": "logical-router"},
                   changed=entry(more="<default-local-preference>200</default-local-preference>"))


@each_engine
def test_a_new_instance_installs_its_routes(firewalls, engine):
    door = Door(bgp_instance, firewalls(engine=engine))
    door.done(NEW)
    assert door.stands(PLACES[engine], entry())


@each_engine
def test_peers_and_settings_of_others_stay(firewalls, engine):
    door = Door(bgp_instance, firewalls(engine=engine, config="bgp_running"))
    groups = door.candidate(f"{PLACES[engine]}/peer-group")
    door.done({"virtual_router": "default", "router_id": "198.51.100.10", "local_as": "65010"}, state="replaced")
    assert groups is not None
    assert door.candidate(f"{PLACES[engine]}/peer-group") == groups


@each_engine
def test_an_instance_with_peers_is_not_removed(firewalls, engine):
    door = Door(bgp_instance, firewalls(engine=engine, config="bgp_running"))
    door.refused({"virtual_router": "default"}, "branches", "isp", state="absent")


@each_engine
def test_gathering_what_runs(firewalls, engine):
    door = Door(bgp_instance, firewalls(engine=engine, config="bgp_running"))
    gathered = door.done({}, state="gathered").values["gathered"]
    assert [found["local_as"] for found in gathered] == ["65010"]
    assert gathered[0]["graceful_restart"]["stale_route_time"] == 180
    assert not door.done(gathered[0]).changed


@each_engine
def test_nothing_is_absent_where_there_is_no_bgp(firewalls, engine):
    assert not Door(bgp_instance, firewalls(engine=engine)).done({"virtual_router": "default"}, state="absent").changed


OWN = {
    "virtual-router": {"reject_default_route": False, "allow_redist_default_route": True, "as_format": "4-byte", "aggregate_med": False},
    "logical-router": {"fast_external_failover": True, "graceful_shutdown": True, "always_advertise_network_route": True},
}


@each_engine
def test_options_of_one_engine(firewalls, engine):
    door = Door(bgp_instance, firewalls(engine=engine))
    options = {**NEW, **OWN[engine], "med": {"always_compare_med": True}, "graceful_restart": {"enable": True, "stale_route_time": 300}}
    door.done(options)
    assert not door.done(options).changed
    assert door.done({"virtual_router": "default"}, state="gathered").values["gathered"] == [{**options, "install_route": True}]


@pytest.mark.parametrize("engine, option", [(engine, option) for engine, options in OWN.items() for option in options])
def test_options_of_the_other_engine_are_refused(firewalls, engine, option):
    other = next(name for name in PLACES if name != engine)
    Door(bgp_instance, firewalls(engine=other)).refused({**NEW, option: OWN[engine][option]}, option, "does not exist")


REFUSALS = {
    "a new instance without a router ID": ({"router_id": None}, "router_id"),
    "a new instance without an AS": ({"local_as": None}, "local_as"),
    "a router ID with a mask": ({"router_id": "198.51.100.10/24"}, "router_id"),
    "an AS that is no number": ({"local_as": "AS65000"}, "local_as"),
    "a time out of range": ({"graceful_restart": {"stale_route_time": 3601}}, "graceful_restart.stale_route_time: 3601 is outside 1 to 3600 seconds"),
    "a preference out of range": ({"default_local_preference": -1}, "default_local_preference"),
    "a router that is not there": ({"virtual_router": "nowhere"}, "nowhere"),
}


@each_engine
@pytest.mark.parametrize("options, words", REFUSALS.values(), ids=REFUSALS.keys())
def test_refuses(firewalls, engine, options, words):
    given = {option: value for option, value in {**NEW, **options}.items() if value is not None}
    Door(bgp_instance, firewalls(engine=engine)).refused(given, words)
