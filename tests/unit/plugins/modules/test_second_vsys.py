# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A whole VPN in the second of two virtual systems that call their zones alike, beside one in the first."""

from __future__ import annotations

import pytest

from ansible_collections.tunnelsmith.panos_vpn.plugins.modules import site_to_site_vpn, vpn_action, vpn_failover, vpn_info
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.emulator.models.changes import Switches
from ansible_collections.tunnelsmith.panos_vpn.tests.unit.plugins.modules.door import DEVICE, NETWORK, Door
from ansible_collections.tunnelsmith.panos_vpn.tests.unit.plugins.modules.pairing import ENGINES, changed_tunnels, options

FIRST, SECOND = (f"{DEVICE}/vsys/entry[@name='vsys{number}']" for number in (1, 2))
OUTSIDE, INSIDE = "ethernet1/5", "ethernet1/6"
_MEMBERS = "<interface><member>{0}</member><member>{1}</member></interface>"
ROUTER = {
    "virtual-router": (f"{NETWORK}/virtual-router", f'<entry name="second">{_MEMBERS}</entry>'),
    "logical-router": (f"{NETWORK}/logical-router", f'<entry name="second"><vrf><entry name="default">{_MEMBERS}</entry></vrf></entry>'),
}
WISH = {"vsys": "vsys2", "outside_interface": OUTSIDE, "virtual_router": "second", "commit": True, "verify": False, "commit_poll": 0.05}


@pytest.fixture(params=ENGINES)
def door(firewalls, request):
    door = Door(site_to_site_vpn, firewalls(engine=request.param, switches=Switches(multi_vsys=True)))
    door.control.commit_duration(0.05)
    door.provider["username"] = "admin"
    for name, address in ((OUTSIDE, "198.51.100.77/24"), (INSIDE, "10.10.0.1/24")):
        door.control.plant(f"{NETWORK}/interface/ethernet", f"<entry name='{name}'><layer3><ip><entry name='{address}'/></ip></layer3></entry>")
    place, entry = ROUTER[request.param]
    door.control.plant(place, entry.format(OUTSIDE, INSIDE))
    zones = "".join(f"<entry name='{zone}'><network><layer3><member>{name}</member></layer3></network></entry>"
                    for zone, name in (("untrust", OUTSIDE), ("trust", INSIDE)))
    door.control.plant(f"{DEVICE}/vsys", f"<entry name='vsys2'><import><network><interface><member>{OUTSIDE}</member><member>{INSIDE}</member></interface>"
                                         f"</network></import><zone>{zones}</zone></entry>")
    return door


def second(kind="pbf", **changes):
    nowhere = {"customer_outside_address": None}
    return {**options(kind, tunnels=changed_tunnels(kind, nowhere, nowhere), **changes), **WISH}


@pytest.mark.parametrize("kind", ["pbf", "bgp"])
def test_a_life_in_the_second_one_touches_nothing_of_the_first(door, kind):
    start, first = door.candidate(), door.candidate(FIRST)
    wish = second(kind)
    assert door.done(wish).changed
    assert door.candidate(FIRST) == first
    assert "aws-vpn" in door.control.running(f"{SECOND}/zone")
    assert not door.done(wish).changed
    looked = door.done({"name": wish["name"], "vsys": "vsys2"}, module=vpn_info).values
    assert [tunnel["name"] for tunnel in looked["vpn"]["tunnels"]] == [f"{wish['name']}-1", f"{wish['name']}-2"]
    assert door.done({"name": [wish["name"]], "action": "reconnect", "vsys": "vsys2", "timeout": 1}, module=vpn_action).values
    door.done({**wish, "state": "absent"})
    assert door.candidate() == start


def test_one_in_each_under_the_same_zone_names(door):
    one = {**options("bgp"), "commit": True, "verify": False, "commit_poll": 0.05}
    two = second("pbf")
    assert door.done(one).changed
    after_one = door.candidate(FIRST)
    assert door.done(two).changed
    assert door.candidate(FIRST) == after_one
    assert not door.done(one).changed and not door.done(two).changed
    door.done({**one, "state": "absent"})
    assert not door.done(two).changed


def test_the_drill_takes_the_second_one_s_tunnel_down_and_brings_it_back(door):
    wish = second("pbf")
    door.done(wish)
    for number in (1, 2):
        door.control.vpn(f"{wish['name']}-{number}", sa="up", monitor="up")
    before = door.candidate()
    run = {"name": wish["name"], "vsys": "vsys2", "timeout": 5, "poll": 0.05, "hold": 0, "commit_poll": 0.05}
    taken = door.run({**run, "action": "take_down"}, module=vpn_failover)
    assert not taken.failed, taken.message
    back = door.run({**run, "action": "bring_back"}, module=vpn_failover)
    assert not back.failed, back.message
    assert door.candidate() == before


def test_its_zones_are_those_of_its_own_virtual_system(door):
    door.control.plant(f"{FIRST}/zone", "<entry name='dmz'><network><layer3/></network></entry>")
    door.refused(second(source_zones=["dmz"]), "dmz")


def test_an_interface_of_the_first_one_is_not_the_second_one_s(door):
    door.refused({**second(), "outside_interface": "ethernet1/8"}, "ethernet1/8")
