# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The same BGP arguments on a virtual router and on a logical router: both take them, and both give back the same."""

from __future__ import annotations

import pytest

from ansible_collections.tunnelsmith.panos_vpn.plugins.modules import bgp_instance, bgp_peer, bgp_redistribution
from ansible_collections.tunnelsmith.panos_vpn.tests.unit.plugins.modules.door import Door

ENGINES = ("virtual-router", "logical-router")
ROUTER = {"virtual_router": "default"}
PEER = {**ROUTER, "peer_group": "cloud"}
INSTANCE = {
    **ROUTER, "enable": True, "router_id": "198.51.100.10", "local_as": "65000", "install_route": True, "ecmp_multi_as": True, "enforce_first_as": True,
    "global_bfd_profile": "None", "default_local_preference": 150, "med": {"always_compare_med": True, "deterministic_med_comparison": False},
    "graceful_restart": {"enable": True, "stale_route_time": 180, "local_restart_time": 90, "max_peer_restart_time": 100},
}
OFFICE = {**ROUTER, "name": "office", "sources": ["connected", "static"], "destinations": ["10.10.0.0/24", "10.30.0.0/16"], "med": 50}


def peer(number: int, **more) -> dict:
    return {
        **PEER, "name": f"tunnel-{number}", "type": "ebgp", "peer_as": "64512", "peer_address": {"ip": f"169.254.{number}.1"},
        "local_address": {"interface": "tunnel.7", "ip": f"169.254.{number}.2/30"}, "enable": True, "enable_sender_side_loop_detection": True,
        "bfd_profile": "None", "keep_alive_interval": 10, "hold_time": 30, "min_route_adv_interval": 5, "open_delay_time": 1,
        "reconnect_retry_interval": 20, "multihop": 2, "advertise": ["10.10.0.0/24", "10.30.0.0/16"], "local_preference": 200, "as_path_prepend": 2,
        **more,
    }


TASKS = (
    (bgp_instance, INSTANCE), (bgp_redistribution, OFFICE), (bgp_peer, peer(1)), (bgp_peer, peer(2, hold_time=45, multihop=3)),
    (bgp_peer, {**peer(1), "local_preference": 210}),
)
READ = ((bgp_instance, {}), (bgp_redistribution, ROUTER), (bgp_peer, PEER))


def life(firewall) -> list:
    """What each task gave back of interest, from nothing to nothing again."""
    door = Door(bgp_instance, firewall)
    before = door.candidate()
    told = []
    for module, options in TASKS:
        told.append(door.done({**options, **({"secret": "R3dFox17"} if module is bgp_peer else {})}, module=module).changed)
        told.append(door.done(options, module=module).changed)
    for module, options in READ:
        told.append(door.done(options, module=module, state="gathered").values["gathered"])
        told.append([door.done(found, module=module).changed for found in told[-1]])
    for module, identity in ((bgp_peer, {**PEER, "name": "tunnel-1"}), (bgp_peer, {**PEER, "name": "tunnel-2"}),
                             (bgp_redistribution, {**ROUTER, "name": "office"}), (bgp_instance, ROUTER)):
        told.append([door.done(identity, module=module, state="absent").changed for _time in range(2)])
    assert door.candidate() == before
    return told


@pytest.mark.parametrize("version", ["10.2", "11.1.4", "12.1.2"])
def test_both_engines_take_and_give_back_the_same(firewalls, version):
    virtual, logical = (life(firewalls(version=version, engine=engine)) for engine in ENGINES)
    assert virtual == logical
    instance, _fed, announced, _fed_too, peers = virtual[2 * len(TASKS):2 * len(TASKS) + 5]
    assert instance == [INSTANCE]
    assert announced == [OFFICE]
    assert peers == [peer(1, local_preference=210), peer(2, hold_time=45, multihop=3, local_preference=210)]
