# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A whole VPN by a template and a device group: what stands around it, what is written, and what is not."""

from __future__ import annotations

import json
import re
import time

import pytest

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.device import connection, patience
from ansible_collections.tunnelsmith.panos_vpn.plugins.modules import commit, config_revert, monitor_profile, push, zone
from ansible_collections.tunnelsmith.panos_vpn.tests.unit.plugins.modules import pairing
from ansible_collections.tunnelsmith.panos_vpn.tests.unit.plugins.modules.door import DEVICE
from ansible_collections.tunnelsmith.panos_vpn.tests.unit.plugins.modules.pairing import VpnDoor
from ansible_collections.tunnelsmith.panos_vpn.tests.unit.plugins.modules.test_taken_back_beside_others import HISTORIES, THE_LAST_ONE_LEFT

PLACE = {"template": "branch", "device_group": "branches"}


@pytest.fixture(autouse=True)
def _no_waiting(monkeypatch):
    monkeypatch.setattr(connection, "pause", lambda attempt: None)


@pytest.fixture
def fleet(firewalls):
    """A Panorama with two firewalls in branch-stack (templates branch, base) and in the group branches, below everywhere."""
    panorama = firewalls(model="panorama", name="panorama")
    panorama.control.commit_duration(0.05)
    made = []
    for number in (1, 2):
        made.append(firewalls(version="11.1", name=f"fw{number}"))
        made[-1].control.commit_duration(0.05)
        panorama.manage(made[-1], "branch-stack", "branches")
    door = VpnDoor(panorama)
    door.firewalls = made
    door.control.plant(f"{BRANCH}/network/virtual-router", VPN_ROUTER)
    return door


IN_TEMPLATE = "config/devices/entry[@name='localhost.localdomain']"
BASE = f"{DEVICE}/template/entry[@name='base']/{IN_TEMPLATE}"
BRANCH = f"{DEVICE}/template/entry[@name='branch']/{IN_TEMPLATE}"
# The hosts are behind another router.
VPN_ROUTER = """<entry name="vpn-router"><routing-table><ip><static-route><entry name="hosts"><destination>10.10.0.0/24</destination>
    <nexthop><next-vr>site-router</next-vr></nexthop></entry></static-route></ip></routing-table></entry>"""
STACK = f"{DEVICE}/template-stack/entry[@name='branch-stack']/{IN_TEMPLATE}"


def wanted(kind="routes", **changes) -> dict:
    return {**pairing.options("pbf" if kind in ("pbf", "routes") else "bgp", failover=kind), "virtual_router": "vpn-router", **PLACE, **changes}


@pytest.mark.parametrize("kind", ["pbf", "bgp", "routes", "ecmp"])
def test_a_vpn_through_template_and_device_group(fleet, kind):
    """What faces the outside stands on the firewalls only. Made in one request, a second run is unchanged, and back to the start."""
    before = fleet.candidate()
    planned = fleet.done(wanted(kind), check=True)
    assert planned.changed and not fleet.writes()
    made = fleet.done(wanted(kind))
    assert made.changed and made.diff == planned.diff and made.warnings == planned.warnings
    assert len([request for request in fleet.control.requests() if request["action"] == "multi-config"]) == 1
    places = {xpath.split("/config/devices", 2)[1].split("entry[@name='localhost.localdomain']/")[1].split("/")[0] for _action, xpath in fleet.writes()}
    assert places == {"template", "device-group"}
    assert not fleet.done(wanted(kind)).changed
    gone = fleet.done({"name": made.values["vpn"]["name"], "state": "absent", **PLACE})
    assert gone.changed and fleet.candidate() == before
    assert not fleet.done({"name": made.values["vpn"]["name"], "state": "absent", **PLACE}).changed


def test_a_template_that_has_said_nothing_of_its_virtual_system_yet(fleet):
    """As those are that only networks were written to; what is left is the virtual system, which may hold more by then."""
    template = f"{DEVICE}/template/entry[@name='branch']"

    def without_vsys() -> None:
        for place in (f"{template}/settings/default-vsys", f"{template}/config/devices/entry/vsys"):
            if fleet.control.candidate(place):
                fleet.control.edit_as("admin", "delete", place, None)

    without_vsys()
    before = fleet.candidate()
    fleet.refused({"template": "branch", "vsys": "vsys2", "name": "hosts"}, "there is no virtual system 'vsys2' of template 'branch'", module=zone)
    fleet.done(wanted())
    assert not fleet.done(wanted()).changed
    fleet.done({"name": NAME, "state": "absent", **PLACE})
    without_vsys()
    assert fleet.candidate() == before


# The far side expects the VPN from the address of that interface.
FROM_THERE = pairing.every_tunnel("pbf", {"customer_outside_address": "192.0.2.77"})


def the_outside(place) -> dict:
    """Interface, router and zones as they can stand in a template, in a stack or on a firewall."""
    return {
        f"{place}/network/interface/ethernet": '<entry name="ethernet1/1"><layer3><ip><entry name="192.0.2.77/24"/></ip></layer3></entry>',
        f"{place}/network/virtual-router": '<entry name="wan"><interface><member>ethernet1/1</member></interface></entry>',
        f"{place}/vsys/entry[@name='vsys1']/zone": '<entry name="internet"><network><layer3><member>ethernet1/1</member></layer3></network></entry>',
        f"{place}/vsys/entry[@name='vsys1']/import/network/interface": "<member>ethernet1/1</member>",
    }


@pytest.mark.parametrize("place", [BRANCH, BASE, STACK, DEVICE], ids=["its own template", "another template", "the stack", "the firewalls only"])
def test_what_faces_the_outside_is_found_wherever_it_stands(fleet, place):
    for holder in fleet.firewalls if place == DEVICE else [fleet]:
        for xpath, element in the_outside(place).items():
            holder.control.plant(xpath, element)
    options = wanted(outside_interface="ethernet1/1", tunnels=FROM_THERE)
    fleet.refused(wanted(outside_interface="ethernet1/3"), "no layer 3 interface ethernet1/3")
    made = fleet.done(options)
    assert made.changed and not [warning for warning in made.warnings if "has to bring it" in warning]
    assert not fleet.done(options).changed and not fleet.commit(made).failed


def test_units_and_names_are_free_in_the_whole_view(fleet):
    """Units of another template, of the stack, of one of the firewalls only."""
    for place, unit in ((BASE, 1), (STACK, 3)):
        fleet.control.plant(f"{place}/network/interface/tunnel/units", f'<entry name="tunnel.{unit}"/>')
    fleet.firewalls[1].control.plant(f"{DEVICE}/network/interface/tunnel/units", '<entry name="tunnel.4"/>')
    made = fleet.done(wanted())
    assert [tunnel["tunnel_interface"] for tunnel in made.values["vpn"]["tunnels"]] == ["tunnel.2", "tunnel.5"]


NAME = pairing.name_of("pbf")
PROFILES = "network/ike/crypto-profiles/ike-crypto-profiles"
# What stands where, the options, and the words by which it is refused.
REFUSALS = {
    "no such template": ({}, {"template": "brnch"}, "template: there is no template 'brnch'", "perhaps 'branch' is meant"),
    "no such stack": ({}, {"template": None, "template_stack": "branches"}, "template_stack: there is no template stack 'branches'", "branch-stack"),
    "no such device group": ({}, {"device_group": "Branches"}, "device_group: there is no device group 'Branches'", "perhaps 'branches' is meant"),
    "no device group": ({}, {"device_group": None}, "give device_group"),
    "no template": ({}, {"template": None}, "give template or template_stack"),
    "template and stack": ({}, {"template_stack": "branch-stack"}, "template and template_stack exclude each other"),
    "no such router": ({}, {"virtual_router": "lost"}, "there is no virtual router 'lost'"),
    "the router is the firewall's own": (
        {}, {"virtual_router": "default"}, "'default' is that of the firewall's own configuration", "would have no effect", "provider.serial_number"),
    "the zone is the firewall's own": ({}, {"zone": "guest"}, "zone 'guest' is that of the firewall's own configuration", "would have no effect"),
    "a name of another template": ({f"{BASE}/{PROFILES}": f'<entry name="{NAME}"/>'}, {}, "name", f"IKE crypto profile '{NAME}' of template 'base'"),
    "an interface of another template": (
        {f"{BASE}/network/interface/tunnel/units": '<entry name="tunnel.30"/>'}, {"tunnel_interfaces": ["tunnel.30", "tunnel.31"]}, "tunnel.30 is there"),
}


@pytest.mark.parametrize("planted, changes, words", [(row[0], row[1], row[2:]) for row in REFUSALS.values()], ids=REFUSALS.keys())
def test_refused_by_name_before_the_write(fleet, planted, changes, words):
    for xpath, element in planted.items():
        fleet.control.plant(xpath, element)
    for check in (False, True):
        fleet.refused({option: value for option, value in wanted(**changes).items() if value is not None}, *words, check=check)


def test_a_stack_that_overrides_what_the_template_sets(fleet):
    """The template's object does not count any more on the firewalls: that is said, and nothing is written."""
    fleet.done(wanted())
    fleet.control.plant(f"{STACK}/{PROFILES}", f'<entry name="{NAME}"><dh-group><member>group2</member></dh-group></entry>')
    fleet.refused(wanted(), f"IKE crypto profile '{NAME}'", "template stack 'branch-stack' has one of this name too, which counts on the firewalls")


@pytest.mark.parametrize("state", ["present", "absent"])
def test_a_vpn_of_another_template_is_not_changed(fleet, state):
    fleet.done({**wanted(virtual_router="site-router"), "template": "base"})
    options = wanted() if state == "present" else {"name": NAME, "state": "absent", **PLACE}
    fleet.refused(options, f"VPN '{NAME}' stands in template 'base'", "not in template 'branch'")


def test_firewalls_that_need_different_things_are_named(fleet):
    fleet.firewalls[1].control.edit_as("admin", "set", f"{DEVICE}/network/interface/ethernet/entry[@name='ethernet1/8']/layer3/ip",
                                       '<entry name="198.51.100.11/24"/>')
    fleet.firewalls[1].control.edit_as("admin", "delete", f"{DEVICE}/network/interface/ethernet/entry[@name='ethernet1/8']/layer3/ip/"
                                       "entry[@name='198.51.100.10/24']")
    fleet.refused(wanted(), f"local_id of ike_gateway '{NAME}-1' differs, and PAN-OS has no variable for it", "fw1", "fw2")


def test_one_that_is_not_connected_is_not_judged_by_what_it_has(fleet):
    """What a firewall has of its own cannot be read then; those that are connected tell."""
    serials = [firewall.firewall.serial for firewall in fleet.firewalls]
    for serial in serials:
        fleet.control.disconnect(serial)
    fleet.refused(wanted(), "no layer 3 interface ethernet1/8", "is not connected to 127.0.0.1, so what it has of its own is not known")
    fleet.control.disconnect(serials[0], connected=True)
    assert fleet.done(wanted()).changed


def test_a_firewall_that_gets_one_part_only_is_told(fleet, firewalls):
    third = firewalls(version="11.1", name="fw3")
    fleet.firewall.manage(third, "branch-stack")
    made = fleet.done(wanted())
    assert [warning for warning in made.warnings if "fw3" in warning and "it is not in device group 'branches'" in warning]


def orphaned(fleet) -> None:
    """All that a VPN needs, in a template that no stack has."""
    place = f"{DEVICE}/template/entry[@name='orphan']/{IN_TEMPLATE}"
    fleet.control.plant(f"{DEVICE}/template", '<entry name="orphan"/>')
    for xpath, element in [(f"{place}/network/virtual-router", VPN_ROUTER), *the_outside(place).items()]:
        fleet.control.plant(xpath, element)
    fleet.done({"scope": "all", "commit_poll": 0.05}, module=commit)


def test_a_place_that_no_firewall_gets_is_told_and_never_said_to_work(fleet):
    orphaned(fleet)
    nobody = "no firewall gets both template 'orphan' and device group 'branches'. Put one into a stack with that template"
    options = outside(template="orphan", source_zones=["internet"])
    for check in (False, True):
        fleet.refused(options, f"verify: {nobody}", "say verify: false", check=check)
    fleet.refused({**options, "configure": False, "commit": False}, f"verify: {nobody}")
    fleet.refused(wanted(template="orphan"), "no layer 3 interface ethernet1/8", nobody)
    made = fleet.done({**options, "verify": False})
    assert made.changed and [warning for warning in made.warnings if nobody in warning]
    assert made.values["outcome"] == f"{NAME} stands on Panorama; there is no firewall that gets both its template and its device group."


def test_what_is_wrong_on_one_firewall_of_several_names_that_one(fleet):
    for xpath, element in the_outside(DEVICE).items():
        fleet.firewalls[0].control.plant(xpath, element)
    refused = fleet.refused(wanted(outside_interface="ethernet1/1", tunnels=FROM_THERE), "no layer 3 interface ethernet1/1", "so it is for fw2")
    assert "fw1" not in refused.message


@pytest.mark.parametrize("state", ["present", "absent"])
def test_a_vpn_whose_interface_a_stronger_template_hides_is_told_as_that(fleet, state):
    """Its record does not count then; it is neither somebody else's VPN nor none."""
    made = fleet.done({**wanted(virtual_router="site-router"), "template": "base"})
    hidden = made.values["vpn"]["tunnels"][1]["tunnel_interface"]
    fleet.control.plant(f"{BRANCH}/network/interface/tunnel/units", f'<entry name="{hidden}"/>')
    options = wanted(virtual_router="site-router") if state == "present" else {"name": NAME, "state": "absent", **PLACE}
    fleet.refused({**options, "template": "base"}, f"interface '{hidden}': template 'branch' has one of this name too", "Remove it there")


def test_a_vpn_of_the_firewall_itself_is_reached_by_its_serial_number(fleet):
    VpnDoor(fleet.firewalls[1]).done(pairing.options("pbf", failover="routes"))
    fleet.refused(wanted(), f"VPN '{NAME}' stands in the firewall's own configuration", "provider.serial_number", "so it is for fw2")


def test_the_oldest_firewall_decides_what_is_known(firewalls):
    """Panorama is newer than what is behind it."""
    panorama = firewalls(model="panorama", version="11.1.4")
    old = firewalls(version="10.1", name="old")
    panorama.manage(old, "branch-stack", "branches")
    panorama.control.plant(f"{BRANCH}/network/virtual-router", '<entry name="vpn-router"/>')
    tunnels = pairing.every_tunnel("pbf", {"offers": None, "ike": {"dh_group": "group21"}})
    VpnDoor(panorama).refused(wanted(tunnels=tunnels), "group21", "10.2", "10.1")


# What differs by firewall.


@pytest.fixture
def branches(running):
    """Each firewall has an outside address of its own, by a variable of the base template."""
    running.control.plant(f"{BASE}/network/interface/ethernet", '<entry name="ethernet1/3"><layer3><ip><entry name="$wan"/></ip></layer3></entry>')
    running.control.plant(f"{BASE}/network/virtual-router/entry[@name='wan']/interface", "<member>ethernet1/3</member>")
    running.control.plant(f"{BASE}/vsys/entry[@name='vsys1']/zone/entry[@name='internet']/network/layer3", "<member>ethernet1/3</member>")
    running.control.plant(f"{BASE}/vsys/entry[@name='vsys1']/import/network/interface", "<member>ethernet1/3</member>")
    running.control.plant(f"{DEVICE}/template/entry[@name='base']/variable", '<entry name="$wan"><type><ip-netmask>None</ip-netmask></type></entry>')
    for number, firewall in enumerate(running.firewalls, 1):
        give(running, firewall, f"192.0.2.{number}/24")
    running.serials = [firewall.firewall.serial for firewall in running.firewalls]
    return running


def give(door, firewall, value):
    door.control.plant(f"{DEVICE}/template-stack/entry[@name='branch-stack']/devices/entry[@name='{firewall.firewall.serial}']/variable",
                       f'<entry name="$wan"><type><ip-netmask>{value}</ip-netmask></type></entry>')


def of_one(number, kind, **changes) -> list:
    """The tunnels of one firewall: other far ends, other inside addresses, the same keys."""
    return pairing.changed_tunnels(kind, *({
        "outside_address": f"203.0.113.{10 * number + tunnel}", "customer_outside_address": f"192.0.2.{number}",
        "inside_cidr": f"169.254.{tunnel}.{8 * number}/30",
        "inside_address": f"169.254.{tunnel}.{8 * number + 2}", "inside_peer_address": f"169.254.{tunnel}.{8 * number + 1}", **changes} for tunnel in (1, 2)))


def differing(door, kind="routes", **changes) -> dict:
    profile = "bgp" if kind in ("bgp", "ecmp") else "pbf"
    devices = [{"serial": serial, "connection": {"tunnels": of_one(number, profile)}} for number, serial in enumerate(door.serials, 1)]
    return {**wanted(kind, outside_interface="ethernet1/3"), "tunnels": None, "devices": devices, **changes}


@pytest.mark.parametrize("kind, router", [("bgp", "vpn-router"), ("routes", "vpn-router"), ("ecmp", "vpn-router"), ("bgp", "site-router")])
def test_one_template_with_variables_serves_all(branches, kind, router):
    """Names are written, and each firewall gets what they are worth there. A router of another template names them, too, and has them declared beside it."""
    branches.control.plant(f"{BASE}/network/virtual-router", VPN_ROUTER.replace("vpn-router", "site-router"))
    before = branches.candidate()
    made = branches.done(differing(branches, kind, virtual_router=router))
    named = set(re.findall(r">([$][^<]*)<", branches.control.candidate(f"{BASE}/network/virtual-router/entry[@name='site-router']")))
    declared = branches.control.candidate(f"{DEVICE}/template/entry[@name='base']/variable")
    assert bool(named) == (router == "site-router") and not [name for name in named if f'"{name}"' not in declared]
    gateway = branches.control.candidate(f"{BRANCH}/network/ike/gateway")
    assert "<ip>$wan</ip>" in gateway and "203.0.113" not in gateway and f"<ip>${made.values['vpn']['name']}-1-ike-gateway-peer</ip>" in gateway
    again = branches.done(differing(branches, kind, virtual_router=router))
    assert not again.changed, again.diff
    branches.done({"scope": "all", "commit_poll": 0.05}, module=commit)
    branches.done({"device_groups": ["branches"], "template_stacks": ["branch-stack"]}, module=push)
    for number, firewall in enumerate(branches.firewalls, 1):
        running = firewall.control.running(f"{DEVICE}/network")
        assert f"203.0.113.{10 * number + 1}" in running and f"169.254.2.{8 * number + 2}/30" in running and "$" not in running
    assert not branches.done(differing(branches, kind, virtual_router=router)).changed
    assert branches.done({"name": made.values["vpn"]["name"], "state": "absent", **PLACE}).changed and branches.candidate() == before


def test_pbf_goes_without_next_hops_where_they_differ(branches):
    """Rules of a device group take no variables; into a tunnel none is needed, and what is monitored can be the same for all."""
    before = branches.candidate()
    options = differing(branches, "pbf", monitor_addresses=["10.200.0.1", "10.200.0.2"])
    branches.done(options)
    rules = f"{DEVICE}/device-group/entry[@name='branches']/pre-rulebase/pbf"
    assert branches.control.candidate(rules).count("<forward>") == 2 and "nexthop" not in branches.control.candidate(rules)
    assert not branches.done(options).changed
    same = of_one(7, "pbf", customer_outside_address=None)
    branches.done({**options, "devices": [{**device, "connection": {"tunnels": same}} for device in options["devices"]]})
    assert branches.control.candidate(rules).count("<nexthop>") == 2
    assert branches.done(options).changed and "nexthop" not in branches.control.candidate(rules)
    assert branches.done({"name": NAME, "state": "absent", **PLACE}).changed and branches.candidate() == before


def test_a_value_that_changes_on_one_firewall_changes_its_variable_alone(branches):
    branches.done(differing(branches))
    moved = differing(branches)
    moved["devices"][1]["connection"]["tunnels"][0]["outside_address"] = "203.0.113.99"
    assert branches.done(moved).changed
    writes = branches.writes()
    assert len(writes) == 1 and f"entry[@name='{branches.serials[1]}']/variable/entry[@name='${NAME}-1-ike-gateway-peer']" in writes[0][1], writes


def test_what_becomes_the_same_everywhere_needs_no_variable_any_more(branches):
    branches.done(differing(branches))
    same = differing(branches)
    for device in same["devices"]:
        for tunnel, other in zip(device["connection"]["tunnels"], of_one(7, "pbf")):
            tunnel["outside_address"] = other["outside_address"]
    assert branches.done(same).changed
    assert "ike-gateway-peer" not in branches.control.candidate() and not branches.done(same).changed


def test_an_interface_of_the_firewalls_only_is_named_by_a_variable(fleet):
    """A template cannot name what only the firewalls have; a commit on Panorama would refuse it."""
    made = fleet.done(wanted())
    assert "<interface>ethernet1/8</interface>" not in fleet.control.candidate(f"{BRANCH}/network/ike/gateway")
    assert "<interface>ethernet1/8</interface>" in fleet.control.candidate(f"{DEVICE}/template/entry[@name='branch']/variable")
    assert not fleet.commit(made).failed


def keyed(door, number) -> dict:
    options = differing(door)
    options["devices"][number]["connection"]["tunnels"][0]["pre_shared_key"] = "notReal.another.key"
    return options


# What is changed first, the options, and the words by which it is refused.
UNSUITED = {
    "keys that differ": (None, lambda door: keyed(door, 1), "pre_shared_key of ike_gateway", "PAN-OS has no variable for a key", "fw1", "fw2"),
    "a firewall that nothing is said for": (
        None, lambda door: differing(door, devices=differing(door)["devices"][:1]), "devices: fw2", "the variables would have no value there"),
    "a firewall that is none of these": (
        None, lambda door: differing(door, devices=[*differing(door)["devices"], {"serial": "007", "connection": {"tunnels": of_one(3, "pbf")}}]),
        "devices: 007 gets nothing"),
    "rules that differ": (None, lambda door: differing(door, "pbf"), "pbf_rule", "rules of a device group take no variables", "monitor_addresses"),
    "a variable without a value on one of them": (
        lambda door: door.control.edit_as("admin", "delete", f"{DEVICE}/template-stack/entry[@name='branch-stack']/devices/entry[@name='{door.serials[1]}']"
                                                             "/variable/entry[@name='$wan']"),
        differing, "template variable $wan has no value on fw2", "a push to it would fail"),
    "a stack to write to": (
        None, lambda door: differing(door, template=None, template_stack="branch-stack", virtual_router="stack-router"), "declared in a template"),
    "somebody else's variable of that name": (
        lambda door: door.control.plant(f"{DEVICE}/template/entry[@name='branch']/variable",
                                        f'<entry name="${NAME}-1-ike-gateway-peer"><type><ip-netmask>192.0.2.99</ip-netmask></type></entry>'),
        differing, f"template variable '${NAME}-1-ike-gateway-peer'", "does not say that it is"),
}


@pytest.mark.parametrize("before, options, words", [(row[0], row[1], row[2:]) for row in UNSUITED.values()], ids=UNSUITED.keys())
def test_what_no_variable_can_stand_for(branches, before, options, words):
    branches.control.plant(f"{STACK}/network/virtual-router", VPN_ROUTER.replace("vpn-router", "stack-router"))
    if before:
        before(branches)
    asked = {option: value for option, value in options(branches).items() if value is not None}
    for check in (False, True):
        branches.refused(asked, *words, check=check)


# To the firewalls, and seen there.


@pytest.fixture
def running(fleet):
    """The outside stands in the base template. The firewalls have everything that Panorama has for them."""
    for xpath, element in the_outside(BASE).items():
        fleet.control.plant(xpath, element)
    fleet.done({"device_groups": ["branches"], "template_stacks": ["branch-stack"]}, module=push)
    return fleet


LIFE = {"commit": True, "verify": True, "commit_poll": 0.05, "verify_poll": 0.05, "verify_timeout": 5}


def outside(**changes) -> dict:
    return {**wanted(outside_interface="ethernet1/1", tunnels=FROM_THERE), **LIFE, **changes}


def results(result) -> dict:
    return {device["hostname"]: device["result"] for device in result.values["devices"]}


def test_committed_pushed_and_seen_on_each_firewall(running):
    planned = running.done(outside(), check=True)
    assert planned.changed and results(planned) == {"fw1": "pending", "fw2": "pending"}
    made = running.done(outside())
    assert made.changed and results(made) == {"fw1": "pushed", "fw2": "pushed"}
    assert [device["health"] for device in made.values["devices"]] == ["healthy", "healthy"] and made.values["healthy"], made.values
    assert f"{NAME} works" in made.values["outcome"] and made.values["push_jobs"]
    again = running.done(outside())
    assert not again.changed and results(again) == {"fw1": "in_sync", "fw2": "in_sync"} and again.values["healthy"]
    gone = running.done({"name": NAME, "state": "absent", **PLACE, "commit": True, "commit_poll": 0.05})
    assert gone.changed and results(gone) == {"fw1": "pushed", "fw2": "pushed"}
    assert all(NAME not in firewall.control.running() for firewall in running.firewalls)
    assert not running.done({"name": NAME, "state": "absent", **PLACE, "commit": True, "commit_poll": 0.05}).changed


def test_one_that_is_not_connected_hides_none_of_the_others(running):
    """It is named, the others have it and are seen; a later run completes it."""
    serial = running.firewalls[1].firewall.serial
    running.control.disconnect(serial)
    made = running.run(outside())
    assert made.failed and results(made) == {"fw1": "pushed", "": "not_connected"}
    assert f"1 of 2 firewalls did not get {NAME}: {serial}: it is not connected to Panorama" in made.message
    assert made.values["devices"][0]["health"] == "healthy" and "runs on fw1. Run again for the others" in made.values["outcome"]
    running.control.disconnect(serial, connected=True)
    later = running.done(outside())
    assert later.changed and results(later) == {"fw1": "in_sync", "fw2": "pushed"} and later.values["healthy"]
    assert not running.done(outside()).changed


def test_one_that_refuses_is_told_in_its_own_words(running):
    running.firewalls[0].control.fail_next_commit(["this one has an error of its own"])
    made = running.run(outside())
    assert made.failed and results(made) == {"fw1": "failed", "fw2": "pushed"}
    assert "fw1" in made.message and "this one has an error of its own" in made.message
    assert results(running.done(outside())) == {"fw1": "pushed", "fw2": "in_sync"}


def test_what_others_have_committed_and_not_pushed_does_not_come_along(running):
    running.done({"template": "branch", "name": "theirs", "interval": 3}, module=monitor_profile)
    running.done({"admin": "admin", "commit_poll": 0.05}, module=commit)
    running.refused(outside(), "push_foreign: fw1 (branches and branch-stack), fw2", "lack what others have committed", "push_foreign: include")
    made = running.done(outside(push_foreign="include"))
    assert results(made) == {"fw1": "pushed", "fw2": "pushed"}


def test_an_unchanged_run_pushes_nothing_of_others(running):
    running.done(outside())
    running.done({"template": "branch", "name": "theirs", "interval": 3}, module=monitor_profile)
    running.done({"admin": "admin", "commit_poll": 0.05}, module=commit)
    again = running.done(outside())
    assert not again.changed and results(again) == {"fw1": "of_others", "fw2": "of_others"} and again.values["healthy"]
    assert not [request for request in running.control.requests() if request["type"] == "commit"]


def test_what_no_firewall_got_is_brought_by_the_next_run_and_what_others_committed_is_not(running, tmp_path):
    """Also a change of a VPN that all of them have: its journal knows what it is that they lack. When they have got it, what is lacked is others'."""
    noted = {"journal": str(tmp_path), "verify": False}
    running.done(outside())
    for firewall in running.firewalls:
        firewall.control.fail_next_commit(["not today"])
    assert results(running.run(outside(mtu=1300, **noted))) == {"fw1": "failed", "fw2": "failed"}
    assert results(running.done(outside(mtu=1300, **noted))) == {"fw1": "pushed", "fw2": "pushed"}
    running.done(outside(mtu=1310, push=False, **noted))
    assert results(running.done(outside(mtu=1310, **noted))) == {"fw1": "pushed", "fw2": "pushed"}
    running.done({"template": "branch", "name": "theirs", "interval": 3}, module=monitor_profile)
    running.done({"admin": "admin", "commit_poll": 0.05}, module=commit)
    again = running.done(outside(mtu=1310, **noted))
    assert not again.changed and results(again) == {"fw1": "of_others", "fw2": "of_others"} and list(tmp_path.glob("*.json"))


def test_a_tunnel_that_is_down_on_one_firewall_is_told_of_that_one(running):
    running.done(outside())
    running.firewalls[1].control.vpn(f"{NAME}-1", sa="down")
    running.firewalls[1].control.vpn(f"{NAME}-2", sa="down")
    seen = running.run(outside(verify_timeout=1))
    assert seen.failed and [device["health"] for device in seen.values["devices"]] == ["healthy", "down"]
    assert "fw2: " in seen.message and "fw1: " not in seen.message


class Asleep:
    """Whoever sleeps is awake at once, and it is later."""

    def __init__(self) -> None:
        self.slept = 0.0

    def monotonic(self) -> float:
        return time.monotonic() + self.slept

    def sleep(self, seconds: float) -> None:
        self.slept += seconds


def test_all_firewalls_are_waited_for_at_once(running, monkeypatch):
    """New keys that the far sides do not have: the time that a tunnel gets (60 s) is that of all firewalls together."""
    running.done(outside())
    for firewall in running.firewalls:
        for number in (1, 2):
            firewall.control.far_side_key(f"{NAME}-{number}", "notReal.another.key")
    clock = Asleep()
    monkeypatch.setattr(patience, "time", clock)
    rotated = running.run(outside(pre_shared_keys=["notReal.key.three", "notReal.key.four"], verify_timeout=60, verify_poll=5))
    assert rotated.failed and [device["interrupts"] for device in rotated.values["devices"]] == [[f"{NAME}-2"]] * 2, rotated.message
    assert clock.slept < 90


LOOK = {"configure": False, "commit": False, "verify_timeout": 1}


def test_a_look_alone_looks_at_every_firewall(running):
    """One that lacks what is committed is looked at too, one that is not connected is named, and none is passed over."""
    running.done(outside(push=False, verify=False))
    lacking = running.run(outside(**LOOK))
    assert lacking.failed and results(lacking) == {"fw1": "pending", "fw2": "pending"}
    assert f"fw1: there is no tunnel or gateway of the name '{NAME}'" in lacking.message and "fw2: there is no" in lacking.message
    running.done(outside())
    seen = running.done(outside(**LOOK))
    assert not seen.changed and seen.values["healthy"] and f"{NAME} works" in seen.values["outcome"]
    serial = running.firewalls[1].firewall.serial
    running.control.disconnect(serial)
    away = running.run(outside(**LOOK))
    assert away.failed and f"{serial}: it is not connected to Panorama" in away.message and away.values["devices"][0]["health"] == "healthy"


@pytest.mark.parametrize("changes, words", [
    ({"template": "brnch"}, "there is no template 'brnch'"), ({"device_group": "brnch"}, "there is no device group 'brnch'"),
    ({"template": None}, "give template or template_stack"), ({"device_group": None}, "give device_group"),
], ids=["another template", "another group", "no template", "no group"])
def test_a_look_at_a_place_that_is_not_there_is_refused(running, changes, words):
    options = outside(**LOOK, **changes)
    running.refused({option: value for option, value in options.items() if value is not None}, words)


@pytest.mark.parametrize("options, words", [
    ({"push": True, "commit": False, "verify": False}, ("push: only what is committed", "commit: true")),
    ({"push": False}, ("verify: on a Panorama there is nothing to see", "push: true")),
], ids=["a push without a commit", "a look without a push"])
def test_a_push_goes_with_its_commit_and_a_look_with_its_push(running, options, words):
    running.refused(outside(**options), *words)


def test_a_firewall_is_not_pushed_to(firewalls):
    VpnDoor(firewalls()).refused({**pairing.options("pbf"), "push": True, "commit": True}, "push: 127.0.0.1 is no Panorama")


def test_committed_and_not_pushed_is_said(running):
    made = running.done(outside(push=False, verify=False))
    assert "stands on Panorama; its firewalls get to know of it by a push" in made.values["outcome"] and "devices" not in made.values


def test_what_is_noted_to_be_taken_back_is_the_vpn_s_alone(running, tmp_path):
    """Neither a template's virtual system nor a device group, which held nothing before, counts as made by the VPN."""
    start = running.candidate()
    running.done(outside(journal=str(tmp_path), verify=False))
    (journal,) = tmp_path.glob("*.json")
    made = [difference["xpath"] for difference in json.loads(journal.read_text(encoding="utf-8"))["differences"]]
    assert made and not [xpath for xpath in made if xpath.endswith(("/vsys/entry[@name='vsys1']", "/device-group/entry[@name='branches']"))]
    taken = running.done({"name": NAME, "journal": str(tmp_path), **PLACE, "commit_poll": 0.05}, module=config_revert)
    assert running.candidate() == start and results(taken) == {"fw1": "pushed", "fw2": "pushed"}
    assert all(NAME not in firewall.control.running() for firewall in running.firewalls)


@pytest.mark.parametrize("name", THE_LAST_ONE_LEFT)
def test_vpns_of_one_template_go_each_by_itself(fleet, tmp_path, name):
    """What they share goes with the last of them, and none names a variable that goes with another one."""
    start, there = fleet.candidate(), {}
    for what, options, noted in HISTORIES[name]:
        how = {**options, **PLACE, "commit": True, "push": False, "commit_poll": 0.05, **({"journal": str(tmp_path)} if noted else {})}
        if what == "reverted" or options.get("state") == "absent":
            fleet.done(how, **({"module": config_revert} if what == "reverted" else {}))
            del there[options["name"]]
            assert [other for other in there if fleet.done(there[other]).changed] == []
        else:
            there[options["name"]] = {**how, "virtual_router": "vpn-router", "verify": False}
            fleet.done(there[options["name"]])
    assert fleet.candidate() == start


def test_vpns_of_one_name_in_two_templates_are_taken_back_each_by_itself(fleet, firewalls, tmp_path):
    """Spokes that all call their VPN C(hub)."""
    paris = f"{DEVICE}/template/entry[@name='paris']"
    fleet.control.plant(f"{DEVICE}/template", f"<entry name='paris'>{_OF_ITS_OWN}</entry>")
    fleet.control.plant(f"{DEVICE}/template-stack", "<entry name='paris-stack'><templates><member>paris</member></templates></entry>")
    fleet.control.plant(f"{DEVICE}/device-group", "<entry name='spokes'/>")
    fleet.firewall.manage(firewalls(version="11.1", name="fw3"), "paris-stack", "spokes")
    more = {"journal": str(tmp_path), "commit": True, "verify": False, "push": False, "commit_poll": 0.05}
    in_paris = {"template": "paris", "device_group": "spokes"}
    start = fleet.candidate(paris)
    fleet.done({**wanted(), **more})
    one = fleet.candidate()
    fleet.done({**wanted(), **in_paris, **more})
    del more["verify"]
    fleet.done({"name": NAME, **in_paris, **more}, module=config_revert)
    assert fleet.candidate() == one and fleet.candidate(paris) == start
    assert not fleet.done(wanted()).changed
    fleet.done({"name": NAME, **PLACE, **more}, module=config_revert)
    assert NAME not in fleet.control.candidate()


_OF_ITS_OWN = ("<settings><default-vsys>vsys1</default-vsys></settings><config><devices><entry name='localhost.localdomain'>"
               f"<network><virtual-router>{VPN_ROUTER}</virtual-router></network><vsys><entry name='vsys1'/></vsys></entry></devices></config>")


def test_a_firewall_that_does_not_get_what_was_taken_back_is_named(running, tmp_path):
    running.done(outside(journal=str(tmp_path), verify=False))
    running.firewalls[0].control.fail_next_commit(["not today"])
    taken = running.run({"name": NAME, "journal": str(tmp_path), **PLACE, "commit_poll": 0.05}, module=config_revert)
    assert taken.failed and "taken back on Panorama, and 1 of 2 firewalls did not get that: fw1" in taken.message and "not today" in taken.message


def test_what_stays_unproven_is_told_too_where_a_firewall_does_not_get_what_was_taken_back(running, tmp_path):
    running.done(outside(verify=False))
    running.done(outside(pre_shared_keys=["notReal.key.three", "notReal.key.four"], journal=str(tmp_path), verify=False))
    running.firewalls[0].control.fail_next_commit(["not today"])
    taken = running.run({"name": NAME, "journal": str(tmp_path), **PLACE, "commit_poll": 0.05}, module=config_revert)
    assert taken.failed and taken.values["unproven"] == [f"{NAME}-1", f"{NAME}-2"]
    assert [told for told in taken.warnings if f"{NAME}-1, {NAME}-2 may still carry packets" in told], taken.warnings


def test_what_comes_up_nowhere_is_taken_back_there_too(running, tmp_path):
    start = running.candidate()
    for firewall in running.firewalls:
        for number in (1, 2):
            firewall.control.vpn(f"{NAME}-{number}", sa="down")
    made = running.run(outside(journal=str(tmp_path), on_failure="revert", verify_timeout=1))
    assert made.failed and "is what it was" in made.message, made.message
    assert running.candidate() == start and all(NAME not in firewall.control.running() for firewall in running.firewalls)


BGP = pairing.name_of("bgp")
SECRETS, OTHERS = ["bgp.secret.one", "bgp.secret.two"], ["bgp.rotated.one", "bgp.rotated.two"]


def speaking(timers=None, **changes) -> dict:
    tunnels = pairing.every_tunnel("bgp", {"customer_outside_address": "192.0.2.77", "bgp": timers or {}})
    return {**wanted("bgp", outside_interface="ethernet1/1", tunnels=tunnels, bgp_secrets=SECRETS), **LIFE, "verify_timeout": 1, **changes}


@pytest.fixture(params=[True, False], ids=["a push ends sessions", "sessions outlive a push"])
def spoken(request, running):
    """The VPN works, and its far sides take the passwords that it has, on each firewall."""
    made = running.done(speaking())
    assert made.values["healthy"] and made.values["unproven"] == [], made.values["outcome"]
    running.ends = request.param
    for firewall in running.firewalls:
        far_sides_take(firewall, SECRETS)
        firewall.control.commit_ends_sessions(running.ends)
    return running


def far_sides_take(firewall, secrets) -> None:
    for number, secret in enumerate(secrets, 1):
        firewall.control.far_side_secret(f"{BGP}-{number}", secret)


def of_before(*names) -> list:
    return [f"{name}: {BGP}-{peer}" for name in names for peer in (1, 2)]


@pytest.mark.parametrize("change", [{"timers": {"hold_time": 60, "keep_alive": 20}}, {"bgp_secrets": OTHERS}], ids=["timers", "passwords"])
def test_what_a_bgp_session_begins_with_is_proven_on_each_firewall(spoken, change):
    """Nothing is said to work by a session that is older than its change."""
    for firewall in spoken.firewalls:
        far_sides_take(firewall, change.get("bgp_secrets", SECRETS))
    changed = spoken.done(speaking(**change))
    assert changed.values["healthy"] and changed.values["unproven"] == ([] if spoken.ends else of_before("fw1", "fw2")), changed.values["outcome"]
    assert (" works" in changed.values["outcome"]) == spoken.ends


def test_another_password_at_the_far_side_of_one_firewall_is_told_of_that_one(spoken):
    first, second = spoken.firewalls
    far_sides_take(second, OTHERS)
    rotated = spoken.run(speaking(bgp_secrets=OTHERS))
    if spoken.ends:
        assert rotated.failed and [device["health"] for device in rotated.values["devices"]] == ["down", "healthy"]
        assert "fw1: " in rotated.message and "fw2: " not in rotated.message
    else:
        assert not rotated.failed and rotated.values["unproven"] == of_before("fw1", "fw2"), rotated.message
    far_sides_take(first, OTHERS)
    assert spoken.done(speaking(bgp_secrets=OTHERS)).values["healthy"]


LATER = {"pushed without a look": {"verify": False}, "looked at": {}, "taken back": None}


@pytest.mark.parametrize("first", LATER.values(), ids=LATER.keys())
def test_a_later_run_knows_of_each_firewall_which_session_is_of_before(spoken, tmp_path, first):
    """By the journal; where a session begins anew on one of them, the others' are still those of before."""
    noted, secrets = {"journal": str(tmp_path)}, SECRETS if first is None else OTHERS
    for firewall in spoken.firewalls:
        far_sides_take(firewall, secrets)
    spoken.done(speaking(bgp_secrets=OTHERS, **noted, **({"verify": False} if first is None else first)))
    if first is None:
        back = spoken.done({"name": BGP, **PLACE, **noted, "commit_poll": 0.05}, module=config_revert)
        assert back.values["unproven"] == [f"{BGP}-1", f"{BGP}-2"]
    for restarted, left in ((None, ("fw1", "fw2")), (0, ("fw2",)), (1, ())):
        if restarted is not None:
            for number in (1, 2):
                spoken.firewalls[restarted].control.restart_session(f"{BGP}-{number}")
        seen = spoken.done(speaking(bgp_secrets=secrets, **noted))
        assert seen.values["unproven"] == ([] if spoken.ends else of_before(*left)), (restarted, seen.values["outcome"])
        assert (" works" in seen.values["outcome"]) == (seen.values["unproven"] == []) == (not list(tmp_path.glob("*.json")))


def test_what_is_proven_on_one_firewall_is_not_interrupted_again_for_the_others(running, tmp_path):
    """One is away while keys change. The run that completes it negotiates there, and nowhere else; one that only looks does not say that it works there."""
    rotated = {"pre_shared_keys": ["notReal.key.three", "notReal.key.four"], "journal": str(tmp_path)}
    running.done(outside())
    serial = running.firewalls[1].firewall.serial
    running.control.disconnect(serial)
    first = running.run(outside(**rotated))
    assert first.failed and [device.get("interrupts") for device in first.values["devices"]] == [[f"{NAME}-2", f"{NAME}-1"], None]
    running.control.disconnect(serial, connected=True)
    later = running.done(outside(**rotated))
    assert [device.get("interrupts") for device in later.values["devices"]] == [None, [f"{NAME}-2", f"{NAME}-1"]]
    assert later.values["healthy"] and later.values["unproven"] == [] and not list(tmp_path.glob("*.json"))


def test_a_tunnel_that_had_its_turn_is_not_negotiated_again_in_the_next_one(running):
    running.done(outside())
    made = running.done(outside(pre_shared_keys=["notReal.key.three", "notReal.key.four"], rollout="one_by_one"))
    assert made.values["healthy"] and made.values["interrupts"] == [f"{NAME}-2", f"{NAME}-1"]
    assert [device["interrupts"] for device in made.values["devices"]] == [[f"{NAME}-1"], [f"{NAME}-1"]]
