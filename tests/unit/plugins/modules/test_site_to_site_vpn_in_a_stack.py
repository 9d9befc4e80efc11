# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A VPN in one template whose router and zone stand in others of the stack: what is added takes effect, however a stack is put together."""

from __future__ import annotations

import itertools
import xml.etree.ElementTree as ET

import pytest

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.device import connection
from ansible_collections.tunnelsmith.panos_vpn.plugins.modules import commit, config_revert, push
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.emulator.models import templates
from ansible_collections.tunnelsmith.panos_vpn.tests.unit.plugins.modules import pairing
from ansible_collections.tunnelsmith.panos_vpn.tests.unit.plugins.modules.door import DEVICE, canonical
from ansible_collections.tunnelsmith.panos_vpn.tests.unit.plugins.modules.pairing import ENGINES, VpnDoor

INSIDE = "config/devices/entry[@name='localhost.localdomain']"
STACK = f"{DEVICE}/template-stack/entry[@name='branch-stack']"
PLACES = {"own": f"{DEVICE}/template/entry[@name='branch']/{INSIDE}", "lower": f"{DEVICE}/template/entry[@name='base']/{INSIDE}",
          "higher": f"{DEVICE}/template/entry[@name='top']/{INSIDE}", "stack": f"{STACK}/{INSIDE}"}
# Where the router and the zone stand, both in every place.
CELLS = list(itertools.product(PLACES, PLACES))
PLACE = {"template": "branch", "device_group": "branches"}
NAMES = {kind: pairing.name_of(kind) for kind in ("pbf", "bgp")}


@pytest.fixture(autouse=True)
def _no_waiting(monkeypatch):
    monkeypatch.setattr(connection, "pause", lambda attempt: None)


def router(engine: str, name: str) -> str:
    routing = ('<routing-table><ip><static-route><entry name="hosts"><destination>10.10.0.0/24</destination>'
               "<nexthop><ip-address>192.0.2.254</ip-address></nexthop></entry></static-route></ip></routing-table>")
    return f'<entry name="{name}">{routing if engine == "virtual-router" else f"""<vrf><entry name="default">{routing}</entry></vrf>"""}</entry>'


@pytest.fixture(params=ENGINES)
def branch(request, firewalls):
    """One firewall behind a stack of three templates, the middle one of which gets the VPN. Each layer has a router and a zone, named after it."""
    engine = request.param
    panorama = firewalls(model="panorama", name="panorama")
    firewall = firewalls(version="11.1", engine=engine, name="fw1")
    panorama.manage(firewall, "branch-stack", "branches")
    door = VpnDoor(panorama)
    door.behind, door.engine = firewall, engine
    for emulator in (panorama, firewall):
        emulator.control.commit_duration(0.05)
    door.control.plant(f"{DEVICE}/template", '<entry name="top"><settings><default-vsys>vsys1</default-vsys></settings></entry>')
    for place, xpath in PLACES.items():
        door.control.plant(f"{xpath}/network/{engine}", router(engine, f"router-{place}"))
        door.control.plant(f"{xpath}/vsys/entry[@name='vsys1']/zone", f'<entry name="zone-{place}"><network><layer3/></network></entry>')
    if engine == "logical-router":
        door.control.plant(f"{PLACES['lower']}/deviceconfig/setting", "<advance-routing>yes</advance-routing>")
    door.control.edit_as("admin", "edit", f"{STACK}/templates",
                         "<templates><member>top</member><member>branch</member><member>base</member></templates>")
    assert not door.run({"scope": "all", "commit_poll": 0.05}, module=commit).failed
    return door


def wanted(kind: str, place_of_router: str, place_of_zone: str, **changes) -> dict:
    return {**pairing.options(kind), "virtual_router": f"router-{place_of_router}", "zone": f"zone-{place_of_zone}", **PLACE, **changes}


def received(branch, by_leaves: bool) -> ET.Element:
    """What the firewall would get of what is in Panorama's candidate now."""
    root, serial = branch.firewall.firewall.candidate.tree.root, branch.behind.firewall.serial
    return templates.configuration_for(root, templates.stack_of(root, serial), serial, by_leaves).find("devices/entry")


def units(device: ET.Element, path: str) -> list:
    return sorted(member.text for member in device.findall(f"{path}/member") if member.text.startswith("tunnel."))


def assert_in_effect(branch, made, place_of_router: str, place_of_zone: str) -> None:
    """The VPN's interfaces are in its router and its zone, the routes into them there, and all of it is the same in both worlds."""
    ours = sorted(tunnel["tunnel_interface"] for tunnel in made.values["vpn"]["tunnels"])
    below = "" if branch.engine == "virtual-router" else "/vrf/entry"
    for by_leaves in (False, True):
        device = received(branch, by_leaves)
        found = device.find(f"network/{branch.engine}/entry[@name='router-{place_of_router}']{below}")
        assert units(found, "interface") == ours == units(device, f"vsys/entry/zone/entry[@name='zone-{place_of_zone}']/network/layer3")
        assert set(ours) <= {member.text for member in device.findall("vsys/entry/import/network/interface/member")}
        assert [unit for unit in ours if device.find(f"network/interface/tunnel/units/entry[@name='{unit}']/ip") is None] == []
        assert found.find("routing-table/ip/static-route/entry[@name='hosts']") is not None
    assert canonical(bare(received(branch, True))) == canonical(bare(received(branch, False)))


def running_there(branch):
    return canonical(bare(ET.fromstring(branch.behind.control.running())))


def bare(device: ET.Element) -> ET.Element:
    """Without the marks of whose it is."""
    for element in device.iter():
        for mark in ("ptpl", "src"):
            element.attrib.pop(mark, None)
    return device


# Rules of a device group know nothing of templates: with them each place is tried once for the router, and once for the zone.
@pytest.mark.parametrize("kind, cells", [("pbf", [*zip(PLACES, [*PLACES][::-1])]), ("bgp", CELLS[::-1])], ids=["pbf", "bgp"])
def test_router_and_zone_are_used_wherever_they_stand(branch, kind, cells):
    """One VPN goes from each pair of places to the next: made and changed there, unchanged in a second run, nothing of it left behind."""
    start = branch.candidate()
    for router_at, zone_at in cells:
        made = branch.done(wanted(kind, router_at, zone_at))
        assert made.changed and branch.done(wanted(kind, router_at, zone_at)).changed is False, (router_at, zone_at)
        assert_in_effect(branch, made, router_at, zone_at)
    gone = branch.done({"name": NAMES[kind], "state": "absent", **PLACE})
    assert gone.changed and branch.candidate() == start


@pytest.mark.parametrize("by_leaves", [False, True], ids=["objects whole", "leaf by leaf"])
def test_it_is_pushed_seen_and_taken_back(branch, tmp_path, by_leaves):
    """Gateways and tunnels in one template, the router in a second one, the zone in a third one: it runs on the firewall, and goes without a trace."""
    branch.firewall.firewall.switches.stacks_by_leaves = by_leaves
    everything = {"device_groups": ["branches"], "template_stacks": ["branch-stack"]}
    branch.done(everything, module=push)
    start = branch.candidate()
    running = running_there(branch)
    life = {"commit": True, "verify": True, "commit_poll": 0.05, "verify_poll": 0.05, "verify_timeout": 5}
    made = branch.done({**wanted("bgp", "lower", "higher"), **life})
    assert made.values["healthy"] and [device["result"] for device in made.values["devices"]] == ["pushed"], made.values["outcome"]
    assert not branch.done({**wanted("bgp", "lower", "higher"), **life}).changed
    branch.done({"name": NAMES["bgp"], "state": "absent", **PLACE, "commit": True, "commit_poll": 0.05})
    assert branch.candidate() == start and running_there(branch) == running
    branch.done({**wanted("bgp", "lower", "higher"), **life, "verify": False, "journal": str(tmp_path)})
    taken = branch.done({"name": NAMES["bgp"], "journal": str(tmp_path), **PLACE, "commit_poll": 0.05}, module=config_revert)
    assert not taken.values["left"] and branch.candidate() == start and running_there(branch) == running


@pytest.mark.parametrize("place_of_router", ["own", "lower"])
def test_sessions_of_a_router_elsewhere_are_remembered_as_those_of_its_own(branch, tmp_path, place_of_router):
    """What is taken back that a BGP session began with is said not to be proven, wherever the router stands."""

    def speaking(**timers) -> dict:
        return {**wanted("bgp", place_of_router, "own", tunnels=pairing.every_tunnel("bgp", {"bgp": timers})), "commit": True, "commit_poll": 0.05,
                "verify": False, "journal": str(tmp_path)}

    branch.done({"device_groups": ["branches"], "template_stacks": ["branch-stack"]}, module=push)
    branch.behind.control.commit_ends_sessions(False)
    branch.done({**speaking(), "verify": True, "verify_timeout": 5, "verify_poll": 0.05})
    branch.done(speaking(hold_time=60, keep_alive=20))
    taken = branch.done({"name": NAMES["bgp"], "journal": str(tmp_path), **PLACE, "commit_poll": 0.05}, module=config_revert)
    assert [told for told in taken.values["unproven"] if f"{NAMES['bgp']}-1" in told], taken.values["unproven"]


def test_what_is_set_by_hand_of_an_interface_is_set_in_each_template_that_has_it(branch):
    """Whichever of them counts, it is the same interface."""
    made = branch.done(wanted("pbf", "higher", "own"))
    unit = f"network/interface/tunnel/units/entry[@name='{made.values['vpn']['tunnels'][0]['tunnel_interface']}']"
    branch.control.edit_as("admin", "set", f"{PLACES['own']}/{unit}", "<netflow-profile>flows</netflow-profile>")
    assert branch.done(wanted("pbf", "higher", "own")).changed and not branch.done(wanted("pbf", "higher", "own")).changed
    assert "flows" in branch.control.candidate(f"{PLACES['higher']}/{unit}")


def second_stack(branch, firewalls, members: str) -> None:
    other = firewalls(version="11.1", engine=branch.engine, name="fw2")
    branch.control.plant(f"{DEVICE}/template-stack", f'<entry name="other-stack"><templates>{members}</templates><settings/></entry>')
    branch.firewall.manage(other, "other-stack", "branches")


def test_a_template_that_other_firewalls_get_is_not_written_to(branch, firewalls):
    """The router of another template is on a firewall that is not to have the VPN."""
    second_stack(branch, firewalls, "<member>base</member>")
    branch.refused(wanted("bgp", "lower", "own"), "stands in template 'base', which fw2", "gets, too, and template 'branch' not", "in force on it")
    assert branch.done(wanted("bgp", "own", "own")).changed


def test_a_router_that_is_not_the_same_template_s_everywhere_is_refused(branch, firewalls):
    branch.control.plant(f"{DEVICE}/template", '<entry name="site"><settings><default-vsys>vsys1</default-vsys></settings></entry>')
    branch.control.plant(f"{PLACES['lower'].replace('base', 'site')}/network/{branch.engine}", router(branch.engine, "router-lower"))
    second_stack(branch, firewalls, "<member>branch</member><member>site</member>")
    branch.refused(wanted("bgp", "lower", "own"), "does not stand in one template for all of the firewalls", "template 'base'", "template 'site'")
