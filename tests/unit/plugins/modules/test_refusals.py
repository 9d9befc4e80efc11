# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is refused of every resource, by its module and as an item of a transaction, in check mode as in a run: before anything is written."""

from __future__ import annotations

import copy
import importlib
import re
import xml.etree.ElementTree as ET
from dataclasses import replace

import pytest

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.device.connection import Session
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.registry import RESOURCES
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.tables.table import Entries, Group, Leaf
from ansible_collections.tunnelsmith.panos_vpn.plugins.modules import site_to_site_vpn, transaction, vpn_action, vpn_failover, vpn_info
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.emulator import Emulator
from ansible_collections.tunnelsmith.panos_vpn.tests.unit.plugins.modules import pairing
from ansible_collections.tunnelsmith.panos_vpn.tests.unit.plugins.modules import door as doors
from ansible_collections.tunnelsmith.panos_vpn.tests.unit.plugins.modules.door import DEVICE, NETWORK, VSYS, Door

HERE = __name__.rpartition(".")[0]


def cases_of(name: str) -> dict:
    """The contract's cases of a resource, by the names of their classes."""
    module = importlib.import_module(f"{HERE}.test_{name}")
    return {f"{name}, {found.__name__}": (RESOURCES[name], found.case) for found in vars(module).values()
            if isinstance(found, type) and issubclass(found, doors.DoorContract) and hasattr(found, "case")}


CASES = {label: case for name in RESOURCES for label, case in cases_of(name).items()}


def test_every_resource_has_a_case():
    assert {resource.name for resource, dummy in CASES.values()} == set(RESOURCES)


def by_module(door, resource, options, **more):
    return door.run(options, **more)


def by_transaction(door, resource, options, **more):
    told = {key: value for key, value in options.items() if key != "state"}
    return door.run({"items": [{resource.name: {**told, **({"state": options["state"]} if "state" in options else {})}}]}, module=transaction, **more)


WAYS = {"its module": by_module, "a transaction": by_transaction}
each_way = pytest.mark.parametrize("way", WAYS.values(), ids=WAYS.keys())
each_case = pytest.mark.parametrize("resource, case", CASES.values(), ids=CASES.keys())
each_mode = pytest.mark.parametrize("check", [True, False], ids=["check mode", "run"])


def door_of(firewalls, case) -> Door:
    door = Door(case.module, firewalls(**case.firewall))
    for xpath, element in case.needs:
        door.control.plant(xpath, element)
    return door


def refused(door, result, *words) -> None:
    assert result.failed, result.values
    assert [word for word in words if word not in result.message] == [], result.message
    assert door.writes() == []


# What a Panorama template gave.


def states(resource) -> list:
    return [state for state in ("present", "replaced", "absent") if state in resource.states]


def give(door, place: str, **mark) -> None:
    """Let a template have given what stands at a place, with all in it."""
    found = ET.fromstring(door.control.candidate(place))
    for element in found.iter():
        element.attrib.update(mark)
    door.control.plant(place.rpartition("/")[0], ET.tostring(found, encoding="unicode"))


@each_case
@each_way
def test_what_a_template_gave_is_not_written(firewalls, resource, case, way):
    door = door_of(firewalls, case)
    door.done(case.new)
    give(door, case.place, src="tpl", ptpl="sites")
    before = door.control.candidate()
    # What is replaced is given whole.
    said = {"absent": {}, "present": case.change, "replaced": {**case.new, **case.change}}
    for state in states(resource):
        options = {**case.identity, **said[state], "state": state}
        for check in (True, False):
            refused(door, way(door, resource, options, check=check), "comes from the Panorama template 'sites'")
    assert door.control.candidate() == before


@each_case
def test_what_a_template_gave_and_nobody_changes_is_left_in_peace(firewalls, resource, case):
    door = door_of(firewalls, case)
    door.done(case.new)
    give(door, case.place, src="tpl", ptpl="sites")
    assert not door.done(case.new).changed


def test_a_single_value_of_a_template_is_not_written(firewalls):
    door = Door(importlib.import_module(f"{HERE}.test_ike_gateway").TestIkeGateway.case.module, firewalls())
    place = f"{NETWORK}/ike/gateway/entry[@name='branch-7']"
    door.control.plant(place, '<protocol-common><nat-traversal src="tpl" ptpl="sites">'
                              '<enable src="tpl" ptpl="sites">no</enable></nat-traversal></protocol-common>')
    assert door.done({"name": "branch-7", "comment": "ours"}).changed
    for check in (True, False):
        door.refused({"name": "branch-7", "nat_traversal": {"enable": True}}, "nat-traversal of IKE gateway 'branch-7' comes from", check=check)


def test_containers_that_a_template_brought_hold_objects_of_the_firewall(firewalls):
    zone = importlib.import_module(f"{HERE}.test_zone").TestZone.case
    door = Door(zone.module, firewalls())
    door.control.plant(VSYS, '<zone src="tpl" ptpl="sites"/>')
    assert door.done({"name": "vpn"}, check=True).changed


# What it refers to.


def with_missing(nodes, values):
    """Each (copy of the values in which one name is nobody's, that name)."""
    for node in nodes:
        value = values.get(node.option)
        if value is None:
            continue
        if isinstance(node, Group):
            yield from (({**values, node.option: inner}, name) for inner, name in with_missing(node.nodes, value))
            continue
        items = [value] if isinstance(node, Leaf) else list(value)
        for number, item in enumerate(items):
            if isinstance(node, Entries) and isinstance(item, dict):
                found = with_missing(node.nodes, item)
            else:
                found = [(nobody(node.refers_to, item), nobody(node.refers_to, item))] if node.refers_to else []
            for inner, name in found:
                whole = [*items[:number], inner, *items[number + 1:]]
                yield {**copy.deepcopy(values), node.option: whole[0] if isinstance(node, Leaf) else whole}, name


def nobody(kinds, name: str) -> str:
    if kinds == ("tunnel_interface",) or name.startswith("tunnel."):
        return "tunnel.4094"
    return "ethernet9/9" if "interface" in kinds else "nobody"


MISSING = {
    f"{label}: {name} {number}": (resource, case, options, name)
    for label, (resource, case) in CASES.items()
    for number, (options, name) in enumerate(with_missing(resource.table.nodes + resource.extra, case.new))
}


@pytest.mark.parametrize("resource, case, options, name", MISSING.values(), ids=MISSING.keys())
@each_way
def test_what_it_refers_to_and_is_missing_is_named(firewalls, resource, case, options, name, way):
    """An earlier task might have made it: check mode warns, where the run is refused."""
    door = door_of(firewalls, case)
    options = {**case.identity, **options}
    checked = way(door, resource, options, check=True)
    assert checked.changed and [warning for warning in checked.warnings if f"'{name}'" in warning and "yet" in warning], (checked.message, checked.warnings)
    result = way(door, resource, options)
    refused(door, result, f"'{name}'", "make it first", "nothing was written")
    assert re.search("there (is|are) ", result.message)


def test_references_are_looked_for():
    assert {resource.name for resource, *dummy in MISSING.values()} >= {
        "bgp_peer", "ike_gateway", "ipsec_tunnel", "pbf_failover", "security_rule", "static_route", "tunnel_interface", "zone"}


# What can be in one object only.

SECOND_HOMES = {
    "a zone's interface": ("zone", {"name": "dmz", "interfaces": ["tunnel.7"]}, {}, ("tunnel.7 is in zone 'branch'",)),
    "an interface's zone": ("tunnel_interface", {"name": "tunnel.7", "zone": "trust"}, {}, ("tunnel.7 is in zone 'branch'", "'trust'")),
    "an interface's virtual router": ("tunnel_interface", {"name": "tunnel.7", "virtual_router": "lab"}, {},
                                      ("tunnel.7 is in virtual router 'default'", "'lab'")),
    "an interface's logical router": (
        "tunnel_interface", {"name": "tunnel.7", "virtual_router": "lab"}, {"engine": "logical-router"}, ("tunnel.7 is in logical router 'default'", "'lab'")),
}


@pytest.mark.parametrize("name, options, firewall, words", SECOND_HOMES.values(), ids=SECOND_HOMES.keys())
@each_way
@each_mode
def test_what_is_in_another_object_stays_there(firewalls, name, options, firewall, words, way, check):
    door = Door(importlib.import_module(f"ansible_collections.tunnelsmith.panos_vpn.plugins.modules.{name}"), firewalls(**firewall))
    door.control.plant(f"{NETWORK}/virtual-router", '<entry name="lab"/>')
    if firewall:
        door.control.plant(f"{NETWORK}/logical-router", '<entry name="lab"><vrf><entry name="default"/></vrf></entry>')
    refused(door, way(door, RESOURCES[name], options, check=check), *words)


# Several virtual systems.

OTHER = f"{DEVICE}/vsys/entry[@name='vsys2']"


@each_way
def test_an_interface_of_another_virtual_system_stays_there(firewalls, monkeypatch, way):
    of_one = Session.platform
    monkeypatch.setattr(Session, "platform", lambda session: replace(of_one(session), multi_vsys=True))
    tunnel_interface = importlib.import_module("ansible_collections.tunnelsmith.panos_vpn.plugins.modules.tunnel_interface")
    door = Door(tunnel_interface, firewalls())
    door.control.plant(OTHER.rpartition("/")[0], '<entry name="vsys2"><zone><entry name="blue"><network><layer3/></network></entry></zone></entry>')
    for check in (True, False):
        door.control.reset_requests()
        result = run_in(door, way, "tunnel_interface", {"name": "tunnel.7", "zone": "blue"}, check)
        refused(door, result, "tunnel.7 belongs to virtual system 'vsys1'", "vsys2")
    checked = run_in(door, way, "zone", {"name": "blue", "interfaces": ["tunnel.7"]}, True)
    assert [warning for warning in checked.warnings if "'tunnel.7'" in warning]
    refused(door, run_in(door, way, "zone", {"name": "blue", "interfaces": ["tunnel.7"]}, False), "'tunnel.7'", "vsys2", "nothing was written")


def run_in(door, way, name, options, check):
    """In the second virtual system; the location is the transaction's own option."""
    if way is by_transaction:
        return door.run({"items": [{name: options}], "vsys": "vsys2"}, module=transaction, check=check)
    module = importlib.import_module(f"ansible_collections.tunnelsmith.panos_vpn.plugins.modules.{name}")
    return door.run({**options, "vsys": "vsys2"}, module=module, check=check)


# A Panorama that is taken for a firewall.


@pytest.fixture(scope="module")
def panorama():
    with Emulator(model="panorama") as running:
        yield running


@each_case
@each_way
@each_mode
def test_a_panorama_without_a_location_is_no_firewall(panorama, resource, case, way, check):
    door = Door(case.module, panorama)
    for state in states(resource):
        result = way(door, resource, {**(case.identity if state == "absent" else case.new), "state": state}, check=check)
        refused(door, result, "127.0.0.1 is a Panorama: give ", "serial_number for a firewall behind it")


@each_case
def test_nothing_is_gathered_of_a_panorama_itself(panorama, resource, case):
    refused(Door(case.module, panorama), Door(case.module, panorama).run(case.identity, state="gathered"), "is a Panorama")


WITHOUT_LOCATIONS = {
    "vpn_info": (vpn_info, {}),
    "vpn_action": (vpn_action, {"action": "reconnect", "name": "paris"}),
    "vpn_failover": (vpn_failover, {"name": "paris", "action": "take_down"}),
}


@pytest.mark.parametrize("module, options", WITHOUT_LOCATIONS.values(), ids=WITHOUT_LOCATIONS.keys())
@each_mode
def test_tasks_that_know_firewalls_only_ask_for_one(panorama, module, options, check):
    door = Door(module, panorama)
    refused(door, door.run(options, check=check), "127.0.0.1 is a Panorama: give provider.serial_number for a firewall behind it")


@pytest.mark.parametrize("options", [pairing.options(), {"name": "paris", "state": "absent"}], ids=["present", "absent"])
@each_mode
def test_a_whole_vpn_on_a_panorama_needs_its_places(panorama, options, check):
    door = Door(site_to_site_vpn, panorama)
    refused(door, door.run(options, check=check), "127.0.0.1 is a Panorama: give template/template_stack/device_group, or provider.serial_number")


@pytest.mark.parametrize("item, location, needed", [
    ({"zone": {"name": "vpn"}}, {"device_group": "lyon"}, "give template or template_stack"),
    ({"security_rule": {"name": "out", "from": ["trust"], "to": ["vpn"], "action": "allow"}}, {"template": "sites"}, "give device_group"),
], ids=["an object in a device group", "a rule in a template"])
@each_mode
def test_a_location_for_something_else_is_none(panorama, item, location, needed, check):
    door = Door(transaction, panorama)
    refused(door, door.run({"items": [item], **location}, check=check), "127.0.0.1 is a Panorama", needed)
