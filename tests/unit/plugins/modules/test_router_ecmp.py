# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The module router_ecmp, on both routing engines."""

from __future__ import annotations

from dataclasses import replace

import pytest

from ansible_collections.tunnelsmith.panos_vpn.plugins.modules import router_ecmp
from ansible_collections.tunnelsmith.panos_vpn.tests.unit.plugins.modules.door import ROUTERS, Case, Door, DoorContract

PLACES = {engine: f"{place}/ecmp" for engine, place in ROUTERS.items()}
ROUTER = {"virtual_router": "default"}
each_engine = pytest.mark.parametrize("engine", PLACES)


def entry(algorithm="<ip-hash><use-port>yes</use-port></ip-hash>", more=""):
    return f"<ecmp><enable>yes</enable><max-path>4</max-path><algorithm>{algorithm}</algorithm>{more}</ecmp>"


CASE = Case(
    router_ecmp,
    identity=ROUTER,
    options={"enable": True, "max_path": 4, "algorithm": {"ip_hash": {"use_port": True}}},
    place=PLACES["virtual-router"],
    entry=entry(),
    change={"symmetric_return": True},
    writes=[("set", "")],
    changed=entry(more="<symmetric-return>yes</symmetric-return>"),
    replacement={"enable": True, "max_path": 4, "algorithm": {"weighted_round_robin": {"interface": [{"name": "tunnel.7", "weight": 5}]}}},
    replaced=entry('<weighted-round-robin><interface><entry name="tunnel.7"><weight>5</weight></entry></interface></weighted-round-robin>'),
)


class TestEcmpOfAVirtualRouter(DoorContract):
    case = CASE


class TestEcmpOfALogicalRouter(DoorContract):
    case = replace(CASE, place=PLACES["logical-router"], firewall={"engine": "logical-router"})


ALGORITHMS = (
    {"ip_modulo": True}, {"balanced_round_robin": True}, {"ip_hash": {}}, {"ip_hash": {"src_only": True, "hash_seed": 7}},
    {"weighted_round_robin": {"interface": [{"name": "ethernet1/8", "weight": 200}, {"name": "tunnel.7"}]}},
)


@each_engine
@pytest.mark.parametrize("before", ALGORITHMS, ids=str)
def test_one_algorithm_takes_the_place_of_another(firewalls, engine, before):
    door = Door(router_ecmp, firewalls(engine=engine))
    whole = door.candidate()
    for after in ALGORITHMS:
        door.done({**ROUTER, "enable": True, "algorithm": before}, state="replaced")
        assert door.done({**ROUTER, "enable": True, "algorithm": after}, state="replaced").changed is (after is not before)
        gathered = door.done(ROUTER, state="gathered").values["gathered"]
        assert gathered == [{**ROUTER, "enable": True, "algorithm": after}]
        assert not door.done(gathered[0]).changed
    door.done(ROUTER, state="absent")
    assert door.candidate() == whole


@each_engine
@pytest.mark.parametrize("before, options, state, restarts", [
    ({}, {"enable": True}, "present", True),
    ({}, {"enable": False, "max_path": 2}, "present", False),
    ({}, {"symmetric_return": True}, "present", False),
    ({"enable": True}, {"strict_source_path": True}, "present", False),
    ({"enable": True}, {"enable": True, "max_path": 3}, "present", True),
    ({"enable": True, "max_path": 3}, {"enable": True}, "replaced", True),
    ({"enable": True, "max_path": 3}, {}, "absent", True),
    ({"symmetric_return": True}, {}, "absent", False),
])
def test_warns_where_the_router_starts_anew(firewalls, engine, before, options, state, restarts):
    door = Door(router_ecmp, firewalls(engine=engine))
    if before:
        door.done({**ROUTER, **before})
    for check in (True, False):
        warnings = door.done({**ROUTER, **options}, state=state, check=check).warnings
        assert any("starts the router anew" in warning and "'default'" in warning for warning in warnings) is restarts
    assert not any("anew" in warning for warning in door.done({**ROUTER, **options}, state=state).warnings)


@each_engine
def test_a_router_that_is_not_there_is_refused(firewalls, engine):
    Door(router_ecmp, firewalls(engine=engine)).refused({"virtual_router": "vr9", "enable": True}, "vr9", "default")


@each_engine
def test_what_a_new_router_has_is_gathered_and_stays(firewalls, engine):
    """PAN-OS writes an algorithm alone, as an empty element that says something."""
    door = Door(router_ecmp, firewalls(engine=engine))
    door.control.plant(PLACES[engine], "<algorithm><ip-modulo/></algorithm>")
    gathered = door.done({}, state="gathered").values["gathered"]
    assert {**ROUTER, "algorithm": {"ip_modulo": True}} in gathered
    for state in ("present", "replaced"):
        assert [door.done(options, state=state).changed for options in gathered] == [False] * len(gathered)


@each_engine
def test_absent_leaves_the_rest_of_the_router(firewalls, engine):
    door = Door(router_ecmp, firewalls(engine=engine, config="bgp_running"))
    whole = door.candidate()
    assert not door.done(ROUTER, state="absent").changed
    door.done({**ROUTER, "enable": True, "symmetric_return": True, "strict_source_path": True})
    door.done(ROUTER, state="absent")
    assert door.candidate() == whole


@each_engine
@pytest.mark.parametrize("options, words", [
    ({"max_path": 5}, "max_path"), ({"algorithm": {"ip_modulo": True, "balanced_round_robin": True}}, "algorithm"),
    ({"algorithm": {"weighted_round_robin": {"interface": [{"name": "tunnel.7", "weight": 256}]}}}, "weight"),
])
def test_refuses(firewalls, engine, options, words):
    Door(router_ecmp, firewalls(engine=engine)).refused({**ROUTER, **options}, words)
