# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A whole VPN in the second virtual system of a firewall behind a Panorama, beside one in the first: each has a device group, both call their zones alike."""

from __future__ import annotations

import pytest

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.device import connection
from ansible_collections.tunnelsmith.panos_vpn.plugins.modules import push, vpn_action, vpn_failover
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.emulator.models.changes import Switches
from ansible_collections.tunnelsmith.panos_vpn.tests.unit.plugins.modules import pairing
from ansible_collections.tunnelsmith.panos_vpn.tests.unit.plugins.modules.door import DEVICE, Door
from ansible_collections.tunnelsmith.panos_vpn.tests.unit.plugins.modules.pairing import ENGINES, VpnDoor

BRANCH = f"{DEVICE}/template/entry[@name='branch']/config/devices/entry[@name='localhost.localdomain']"
# Virtual system → (its interface to the outside, that of its hosts, the last number of its outside address).
SYSTEMS = {"vsys1": ("ethernet1/11", "ethernet1/12", 77), "vsys2": ("ethernet1/13", "ethernet1/14", 78)}
GROUPS = {"vsys1": "branches", "vsys2": "second"}
LIFE = {"commit": True, "verify": True, "commit_poll": 0.05, "verify_poll": 0.05, "verify_timeout": 5}


def router(engine: str, vsys: str) -> str:
    members = "".join(f"<member>{name}</member>" for name in SYSTEMS[vsys][:2])
    inside = f"<interface>{members}</interface>"
    return f'<entry name="router-{vsys}">{inside if engine == "virtual-router" else f"""<vrf><entry name="default">{inside}</entry></vrf>"""}</entry>'


@pytest.fixture(params=ENGINES)
def door(request, firewalls, monkeypatch):
    """The template has interfaces, zones and a router for each virtual system; the firewall has nothing of them yet."""
    monkeypatch.setattr(connection, "pause", lambda attempt: None)
    panorama = firewalls(model="panorama", name="panorama")
    firewall = firewalls(version="11.1", engine=request.param, name="fw1", switches=Switches(multi_vsys=True))
    panorama.control.plant(f"{DEVICE}/device-group", '<entry name="second"/>')
    panorama.manage(firewall, "branch-stack", "branches", "vsys1")
    panorama.manage(firewall, "branch-stack", "second", "vsys2")
    firewall.control.plant(f"{DEVICE}/vsys", '<entry name="vsys2"/>')
    door = VpnDoor(panorama)
    door.behind = firewall
    for emulator in (panorama, firewall):
        emulator.control.commit_duration(0.05)
    for vsys, (outside, hosts, number) in SYSTEMS.items():
        place = f"{BRANCH}/vsys/entry[@name='{vsys}']"
        for name, address, zone in ((outside, f"198.51.100.{number}/24", "internet"), (hosts, f"10.{number}.0.1/24", "hosts")):
            door.control.plant(f"{BRANCH}/network/interface/ethernet", f'<entry name="{name}"><layer3><ip><entry name="{address}"/></ip></layer3></entry>')
            door.control.plant(f"{place}/import/network/interface", f"<member>{name}</member>")
            door.control.plant(f"{place}/zone", f'<entry name="{zone}"><network><layer3><member>{name}</member></layer3></network></entry>')
        door.control.plant(f"{BRANCH}/network/{request.param}", router(request.param, vsys))
    if request.param == "logical-router":
        door.control.plant(f"{BRANCH}/deviceconfig/setting", "<advance-routing>yes</advance-routing>")
    door.done({"device_groups": ["branches", "second"], "template_stacks": ["branch-stack"]}, module=push)
    return door


def place(vsys: str) -> dict:
    return {"template": "branch", "vsys": vsys, "device_group": GROUPS[vsys]}


def wanted(kind: str, vsys: str) -> dict:
    outside, _hosts, number = SYSTEMS[vsys]
    there = {"customer_outside_address": f"198.51.100.{number}"}
    return {**pairing.options(kind, tunnels=pairing.changed_tunnels(kind, there, there)), "outside_interface": outside, "virtual_router": f"router-{vsys}",
            "source_zones": ["hosts"], "local_networks": [f"10.{number}.0.0/24"], **place(vsys), **LIFE}


def test_one_in_each_under_the_same_zone_names(door):
    """Made, unchanged, and gone, each in its own virtual system and by its own device group, and nothing of the other one is touched."""
    start, there = door.candidate(), door.behind.control
    one, two = wanted("bgp", "vsys1"), wanted("pbf", "vsys2")
    for wish in (one, two):
        made = door.done(wish)
        assert made.changed and made.values["healthy"] and [device["result"] for device in made.values["devices"]] == ["pushed"], made.values["outcome"]
    for wish, vsys in ((one, "vsys1"), (two, "vsys2")):
        rules = there.running(f"/config/panorama/vsys/entry[@name='{vsys}']")
        assert wish["name"] in rules and [other["name"] for other in (one, two) if other is not wish and other["name"] in rules] == []
        zone = there.running(f"{DEVICE}/vsys/entry[@name='{vsys}']/zone/entry[@name='aws-vpn']")
        units = [tunnel["tunnel_interface"] for tunnel in door.done(wish).values["vpn"]["tunnels"]]
        assert all(f">{unit}<" in zone and f">{unit}<" in there.running(f"{DEVICE}/vsys/entry[@name='{vsys}']/import") for unit in units)
    assert not door.done(one).changed and not door.done(two).changed
    for wish, vsys in ((one, "vsys1"), (two, "vsys2")):
        door.done({"name": wish["name"], "state": "absent", **place(vsys), "commit": True, "commit_poll": 0.05})
    assert door.candidate() == start


def test_an_action_in_the_second_one(door):
    """Through Panorama, on the firewall that has the VPN of a template, by the device group of that virtual system and of no other. What a drill would switch
    off there is the template's, and is named.
    """
    two = wanted("pbf", "vsys2")
    door.refused({**two, "device_group": "branches"}, "no firewall gets both template 'branch' and device group 'branches'")
    door.done(two)
    seen = Door(vpn_action, door.firewall)
    seen.provider["serial_number"] = door.behind.firewall.serial
    acted = seen.run({"name": [f"{two['name']}-1"], "action": "reconnect", "vsys": "vsys2", "timeout": 5})
    assert not acted.failed, acted.message
    drill = {"name": two["name"], "vsys": "vsys2", "timeout": 5, "poll": 0.05, "hold": 0, "commit_poll": 0.05}
    taken = seen.run({**drill, "action": "take_down"}, module=vpn_failover)
    assert taken.failed and "comes from the Panorama template 'branch'" in taken.message
