# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Networks of a VPN that are given as address objects, and summary networks that hold networks of this side."""

from __future__ import annotations

import xml.etree.ElementTree as ET

import pytest

from ansible_collections.tunnelsmith.panos_vpn.plugins.modules import vpn_info
from ansible_collections.tunnelsmith.panos_vpn.tests.unit.plugins.modules.door import DEVICE, ROUTERS, VSYS
from ansible_collections.tunnelsmith.panos_vpn.tests.unit.plugins.modules.pairing import BGP_PLACES, ENGINES, VpnDoor, options
from ansible_collections.tunnelsmith.panos_vpn.tests.unit.plugins.modules.test_site_to_site_vpn_by_hand import BY_NETWORKS, BY_ROUTES

SHARED = "/config/shared"
PBF = f"{VSYS}/rulebase/pbf/rules"
SECURITY = f"{VSYS}/rulebase/security/rules"
OBJECTS = (
    (f"{VSYS}/address", "<entry name='lan'><ip-netmask>10.10.0.0/24</ip-netmask></entry>"),
    (f"{VSYS}/address", "<entry name='labs'><ip-netmask>10.30.5.9/16</ip-netmask></entry>"),
    (f"{SHARED}/address", "<entry name='cloud-a'><ip-netmask>10.200.0.0/16</ip-netmask></entry>"),
    (f"{SHARED}/address", "<entry name='both'><ip-netmask>192.0.2.0/24</ip-netmask></entry>"),
    (f"{VSYS}/address", "<entry name='both'><ip-netmask>10.201.0.0/16</ip-netmask></entry>"),
    (f"{VSYS}/address", "<entry name='span'><ip-range>10.202.0.0-10.202.2.255</ip-range></entry>"),
    (f"{VSYS}/address-group", "<entry name='cloud'><static><member>cloud-a</member><member>more</member></static></entry>"),
    (f"{VSYS}/address-group", "<entry name='more'><static><member>both</member><member>cloud-a</member></static></entry>"),
    # What cannot be routed.
    (f"{VSYS}/address", "<entry name='host'><fqdn>cloud.example.com</fqdn></entry>"),
    (f"{VSYS}/address", "<entry name='mask'><ip-wildcard>10.0.0.1/0.0.255.0</ip-wildcard></entry>"),
    (f"{VSYS}/address-group", "<entry name='tagged'><dynamic><filter>'cloud'</filter></dynamic></entry>"),
    (f"{VSYS}/address-group", "<entry name='with host'><static><member>cloud-a</member><member>host</member></static></entry>"),
    (f"{VSYS}/address-group", "<entry name='with tagged'><static><member>with host</member></static></entry>"),
    (f"{VSYS}/address-group", "<entry name='round'><static><member>and round</member></static></entry>"),
    (f"{VSYS}/address-group", "<entry name='and round'><static><member>round</member></static></entry>"),
    (f"{VSYS}/address-group", "<entry name='torn'><static><member>nobody</member></static></entry>"),
)


def door_with_objects(firewalls, engine="virtual-router") -> VpnDoor:
    door = VpnDoor(firewalls(engine=engine))
    for place, element in OBJECTS:
        door.control.plant(place, element)
    return door


def asked(kind, **networks) -> dict:
    described = {"by networks": BY_NETWORKS, "by routes": BY_ROUTES}.get(kind) or options(kind)
    return {**described, **networks}


def members(door, place, option) -> list:
    return [member.text for member in ET.fromstring(door.control.candidate(place)).iterfind(f"{option}/member")]


NAMED = {
    "one object each": (["lan"], ["cloud-a"], ["10.10.0.0/24"], ["10.200.0.0/16"]),
    "an object and a network": (["lan"], ["cloud-a", "172.31.0.0/16"], ["10.10.0.0/24"], ["10.200.0.0/16", "172.31.0.0/16"]),
    "a group of groups, of which the virtual system's objects count": (["lan"], ["cloud"], ["10.10.0.0/24"], ["10.200.0.0/16", "10.201.0.0/16"]),
    "host bits and a range": (["lan", "labs"], ["span"], ["10.10.0.0/24", "10.30.0.0/16"], ["10.202.0.0/23", "10.202.2.0/24"]),
}


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("kind", ["pbf", "bgp", "by routes", "by networks"])
@pytest.mark.parametrize("local, remote, here, there", NAMED.values(), ids=NAMED)
def test_rules_name_the_objects_and_the_rest_their_networks(firewalls, engine, kind, local, remote, here, there):
    door = door_with_objects(firewalls, engine)
    start = door.candidate()
    by_name = asked(kind, local_networks=local, remote_networks=remote)
    checked = door.done(by_name, check=True)
    assert door.done(by_name).diff == checked.diff
    assert not door.done(by_name).changed
    out = f"{SECURITY}/entry[@name='{by_name['name']}-out']"
    assert (members(door, out, "source"), members(door, out, "destination")) == (local, remote)
    if kind == "pbf":
        assert members(door, f"{PBF}/entry[@name='{by_name['name']}-1']", "destination") == remote
    routed = door.control.candidate(ROUTERS[engine]) if kind == "by routes" else door.control.candidate(BGP_PLACES[engine]) if kind == "bgp" else ""
    wanted = there if kind == "by routes" else here if kind == "bgp" and engine == ENGINES[0] else []
    assert [network for network in wanted if network not in routed] == []
    literal = asked(kind, local_networks=here, remote_networks=there)
    door.done(literal)
    assert (sorted(members(door, out, "source")), sorted(members(door, out, "destination"))) == (sorted(here), sorted(there))
    assert not door.done(literal).changed
    door.done({"name": by_name["name"], "state": "absent"})
    assert door.candidate() == start


REFUSED = {
    "no object of that name": ("nobody", ["'nobody'", "no network", "no address object or group"]),
    "a host name": ("host", ["'host'", "host name cloud.example.com", "no fixed addresses"]),
    "a wildcard": ("mask", ["'mask'", "wildcard"]),
    "a dynamic group": ("tagged", ["'tagged'", "dynamic"]),
    "a host name in a group": ("with host", ["'with host'", "'host'", "cloud.example.com"]),
    "a host name in a group of a group": ("with tagged", ["'with tagged'", "'host'"]),
    "a group that holds itself": ("round", ["'round'", "holds itself"]),
    "a group of nothing that is there": ("torn", ["'torn'", "'nobody'"]),
}


@pytest.mark.parametrize("option", ["local_networks", "remote_networks"])
@pytest.mark.parametrize("name, words", REFUSED.values(), ids=REFUSED)
def test_what_has_no_fixed_addresses_is_refused_by_name(firewalls, option, name, words):
    door = door_with_objects(firewalls)
    message = door.refused(options(**{option: [name]}), option, *words).message
    assert door.refused(options(**{option: [name]}), check=True).message == message


def test_networks_of_objects_are_checked_as_those_that_are_written_out(firewalls):
    door = door_with_objects(firewalls)
    door.refused(options(remote_networks=["lan"]), "10.10.0.0/24 overlaps the local network")
    door.refused(options(remote_networks=["10.200.0.0/33"]), "remote_networks", "10.200.0.0/33")


def test_the_diagnosis_takes_objects_too(firewalls):
    door = door_with_objects(firewalls)
    found = door.done({"local_networks": ["lan"], "remote_networks": ["cloud"], "source_zones": ["trust"], "gather": ["config", "diagnosis"]}, module=vpn_info)
    assert found.values["diagnosis"] is not None
    door.refused({"remote_networks": ["host"]}, "remote_networks", "cloud.example.com", module=vpn_info)


# Summary networks. The emulator's firewall has 10.10.0.0/24, 10.20.0.0/24 and a transfer network connected, and static routes to two more.

SUMMARY = ["10.0.0.0/8"]


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("kind", ["pbf", "bgp", "by routes"])
def test_a_summary_is_refused_without_the_option_and_made_with_it(firewalls, engine, kind):
    door = VpnDoor(firewalls(engine=engine))
    start, wanted = door.candidate(), asked(kind, remote_networks=SUMMARY)
    door.refused(wanted, "10.0.0.0/8", "overlaps", "allow_summary_networks: true")
    wanted["allow_summary_networks"] = True
    checked = door.done(wanted, check=True)
    assert door.done(wanted).diff == checked.diff
    assert not door.done(wanted).changed
    if kind == "pbf":
        names = [rule.get("name") for rule in ET.fromstring(door.control.candidate(PBF))]
        ours = [name for name in names if name.startswith(wanted["name"])]
        assert ours == [f"{wanted['name']}-local", f"{wanted['name']}-1", f"{wanted['name']}-2", f"{wanted['name']}-discard"]
        assert members(door, f"{PBF}/entry[@name='{ours[0]}']", "destination") == [
            "10.10.0.0/24", "10.20.0.0/24", "10.30.0.0/16", "10.70.0.0/24", "10.255.7.0/30"]
        door.done({**wanted, "remote_networks": ["172.31.0.0/16"]})
        assert f"{wanted['name']}-local" not in door.control.candidate(PBF)
    door.done({"name": wanted["name"], "state": "absent"})
    assert door.candidate() == start


@pytest.mark.parametrize("remote", [["10.10.0.0/24"], ["10.10.0.128/25"], ["10.20.0.0/24"], ["10.20.0.0/25"]])
def test_what_is_no_summary_is_refused_all_the_same(firewalls, remote):
    message = VpnDoor(firewalls()).refused(options(remote_networks=remote, allow_summary_networks=True), remote[0], "overlaps").message
    assert "allow_summary_networks" not in message


def test_a_network_of_the_far_side_within_the_summary_is_no_exception(firewalls):
    door = VpnDoor(firewalls())
    wanted = options(remote_networks=["10.0.0.0/8", "10.200.0.0/16"], allow_summary_networks=True, backup_routes=True)
    door.done(wanted)
    assert not door.done(wanted).changed
    assert "10.200.0.0/16" not in members(door, f"{PBF}/entry[@name='{wanted['name']}-local']", "destination")


def test_routes_that_the_vpn_leaves_behind_are_no_longer_routes(firewalls):
    """Those of the networks that it had before, which go in the same run."""
    door = VpnDoor(firewalls())
    before = options(remote_networks=["10.200.0.0/16", "203.0.113.128/25"], backup_routes=True, allow_summary_networks=True)
    door.refused(before, "endpoint 203.0.113.142", "/32")
    before["remote_networks"] = ["10.200.0.0/16"]
    door.done(before)
    summary = {**before, "remote_networks": SUMMARY}
    door.done(summary)
    assert not door.done(summary).changed
    assert "10.200.0.0/16" not in members(door, f"{PBF}/entry[@name='{summary['name']}-local']", "destination")


AROUND = {"pbf": ["203.0.113.128/25"], "bgp": ["192.0.2.0/24"], "by routes": ["203.0.113.0/24"]}
WAY = "<entry name='to-peer'><destination>{}</destination><interface>ethernet1/8</interface><nexthop><ip-address>198.51.100.1</ip-address></nexthop></entry>"


@pytest.mark.parametrize("kind, more, route, words", [
    ("pbf", {"backup_routes": False}, None, None),
    ("pbf", {}, None, ["endpoint", "a route to 203.0.113.142/32", "or say backup_routes: false"]),
    ("by routes", {}, None, ["endpoint", "a route to 203.0.113.33/32"]),
    ("by routes", {}, "203.0.113.128/25", ["endpoint 203.0.113.33"]),
    ("by routes", {}, "203.0.113.0/24", ["endpoint"]),
    ("by routes", {}, "203.0.113.33/32", None),
    ("by routes", {}, "203.0.113.32/27", None),
], ids=["PBF does not steer them", "backup routes do", "nothing longer", "longer to others", "as long", "a host route", "a longer route"])
def test_a_summary_around_the_endpoint_needs_another_way(firewalls, kind, more, route, words):
    door = VpnDoor(firewalls())
    if route:
        door.control.plant(f"{ROUTERS['virtual-router']}/routing-table/ip/static-route", WAY.format(route))
    wanted = asked(kind, remote_networks=AROUND[kind], **more)
    message = door.refused(wanted, "remote_networks").message
    assert "allow_summary_networks: true" in message or (kind == "by routes" and "endpoint" in message)
    wanted["allow_summary_networks"] = True
    if words is None:
        door.done(wanted)
        assert not door.done(wanted).changed
    else:
        door.refused(wanted, *words)


@pytest.mark.parametrize("route, named", [
    (None, ["192.0.2.51", "192.0.2.208"]), ("192.0.2.128/25", ["192.0.2.51"]), ("192.0.2.0/24", ["192.0.2.51", "192.0.2.208"]),
    ("192.0.2.0/25", ["192.0.2.208"]),
], ids=str)
def test_with_bgp_an_endpoint_without_a_longer_route_is_named(firewalls, route, named):
    door = VpnDoor(firewalls())
    # A network around the far side's addresses, and not around the management interface's.
    door.control.edit_as("somebody", "set", f"{DEVICE}/deviceconfig/system", "<ip-address>198.51.100.222</ip-address>")
    if route:
        door.control.plant(f"{ROUTERS['virtual-router']}/routing-table/ip/static-route", WAY.format(route))
    wanted = options("bgp", remote_networks=AROUND["bgp"], allow_summary_networks=True)
    for result in (door.done(wanted, check=True), door.done(wanted), door.done(wanted)):
        assert [warning for warning in result.warnings if f"endpoints {', '.join(named)}, and" in warning], result.warnings
    assert not result.changed


@pytest.mark.parametrize("first", ["summary", "part"])
def test_a_vpn_for_a_part_stands_above_the_one_for_the_summary(firewalls, first):
    door = VpnDoor(firewalls())
    start = door.candidate()
    part = options(remote_networks=["10.200.0.0/16"], backup_routes=True)
    summary = {**options(remote_networks=SUMMARY, allow_summary_networks=True, zone="hub"), "name": "hub"}
    summary["tunnels"] = [{**tunnel, "outside_address": f"192.0.2.{20 + number}", **inside(number)} for number, tunnel in enumerate(summary["tunnels"])]
    order = [summary, part] if first == "summary" else [part, summary]
    for wanted in order:
        door.done(wanted)
    for _round in range(2):
        assert [door.done(wanted).changed for wanted in order] == [False, False]
    names = [rule.get("name") for rule in ET.fromstring(door.control.candidate(PBF))]
    assert names.index(f"{part['name']}-2") < names.index("hub-1")
    for wanted in order:
        door.done({"name": wanted["name"], "state": "absent"})
    assert door.candidate() == start


def inside(number) -> dict:
    return {"inside_cidr": f"169.254.77.{4 * number}/30", "inside_address": f"169.254.77.{4 * number + 2}",
            "inside_peer_address": f"169.254.77.{4 * number + 1}"}


@pytest.mark.parametrize("engine", ENGINES)
def test_a_route_of_others_to_an_address_object_is_one_to_its_network(firewalls, engine):
    """PAN-OS takes no two routes to one network with one metric, however its destination is written."""
    door = door_with_objects(firewalls, engine)
    routes = f"{ROUTERS[engine]}/routing-table/ip/static-route"
    door.control.plant(routes, "<entry name='leased-line'><destination>cloud-a</destination><interface>ethernet1/2</interface>"
                               "<nexthop><ip-address>10.20.0.254</ip-address></nexthop><metric>10</metric></entry>")
    asked_for = options("pbf", remote_networks=["10.200.0.0/16"], backup_routes=True)
    told = door.done(asked_for)
    metrics = [entry.findtext("metric") for entry in ET.fromstring(door.control.candidate(routes)) if entry.findtext("destination") == "10.200.0.0/16"]
    assert len(metrics) == 3 and "10" not in metrics
    assert any("leased-line" in warning for warning in told.warnings)
    assert not door.done(asked_for).changed
