# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A whole VPN as a plan, without a network: made once, changed to anything else, and gone without a trace."""

from __future__ import annotations

import copy
import functools
import pathlib
import xml.etree.ElementTree as ET
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.configuration import path as places
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.configuration.tree import applied
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.device.location import Location
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.errors import Refused
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.firewall.rulebases import Addresses
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.firewall.surroundings import Surroundings
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.peers.aws import reader
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.reconcile.inverse import inverse
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.reconcile.plan import plan
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.tables.platform import LOGICAL_ROUTER, VIRTUAL_ROUTER, Platform
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.vpn import build, bgp, record as records, removal
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.vpn.fit import fitted
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.vpn.input_problems import check
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.vpn.vpn import Vpn
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.emulator import configurations

base = Location().base
FILES = pathlib.Path(__file__).resolve().parents[5] / "playbooks" / "files"
PLATFORMS = {engine: Platform((11, 1), engine) for engine in (VIRTUAL_ROUTER, LOGICAL_ROUTER)}
EMPTY_VALUES = ("discard", "no-pbf", "any", "none", "ebgp", "deny", "allow", "redist", "yes", "dynamic")


@functools.lru_cache(maxsize=None)
def tunnels(kind: str) -> tuple:
    return fitted(reader.vpn_connection((FILES / f"connection_{kind}.json").read_text(encoding="utf-8"))).tunnels


@functools.lru_cache(maxsize=None)
def start(engine: str, config: str):
    return configurations.load(config, engine, "fw", (11, 1))


def vpn(failover: str, name="vpn-1", **more) -> Vpn:
    values = {"zone": "vpn", "source_zones": ("trust",), "local_networks": ("10.10.0.0/24",), "remote_networks": ("10.200.0.0/16",), **more}
    if failover in ("bgp", "ecmp"):
        values.setdefault("allow_readvertise", True)
    kind = "bgp" if failover in ("bgp", "ecmp") else "static"
    made = Vpn(name=name, tunnels=_own_as(tunnels(kind)), failover=failover, outside_interface="ethernet1/8", **values)
    check(made)
    return made


def _own_as(found) -> tuple:
    """The AS number of the instance that runs in one of the configurations."""
    return tuple(replace(tunnel, bgp=replace(tunnel.bgp, local_as=65010)) if tunnel.bgp else tunnel for tunnel in found)


def around(tree, engine) -> Surroundings:
    return Surroundings(tree, base, PLATFORMS[engine])


def built(wanted, tree, engine):
    return plan(build.build(wanted, around(tree, engine), Addresses()).phases, tree, base)


def removed(name, tree, engine):
    return plan(removal.removal(name, around(tree, engine)).phases, tree, base)


def canonical(element):
    children = [found for found in map(canonical, element) if found is not None]
    text = (element.text or "").strip()
    if not children and not text and not element.attrib and element.tag not in EMPTY_VALUES:
        return None
    listed = [child for child in children if child[0] in ("member", "entry")]
    return (element.tag, tuple(sorted(element.attrib.items())), text, tuple(listed + sorted(child for child in children if child not in listed)))


networks = st.lists(st.sampled_from(["10.10.0.0/24", "10.30.0.0/16", "10.99.0.0/24"]), unique=True, min_size=1).map(tuple)
remotes = st.lists(st.sampled_from(["10.200.0.0/16", "10.201.0.0/16", "172.20.0.0/14"]), unique=True, min_size=1).map(tuple)
shared = {"local_networks": networks, "remote_networks": remotes, "zone": st.sampled_from(["vpn", "other"]), "mtu": st.sampled_from([None, 1400]),
          "source_zones": st.sampled_from([("trust",), ("trust", "dmz")]), "security_rules": st.sampled_from(["both", "outbound", "none"]),
          "local_id": st.sampled_from([None, "fw.example.net"]), "primary_tunnel": st.sampled_from([1, 2])}
vpns = st.one_of(
    st.fixed_dictionaries({"failover": st.just("pbf"), "backup_routes": st.booleans(), "when_both_down": st.sampled_from(["discard", "route"]),
                           "monitor_interval": st.sampled_from([2, 5]), **shared}),
    st.fixed_dictionaries({"failover": st.just("bgp"), "local_preference": st.sampled_from([(), (200, 100)]),
                           "as_path_prepend": st.sampled_from([(), (0, 2)]), "install_route": st.sampled_from([None, True]), **shared}),
    st.fixed_dictionaries({"failover": st.just("ecmp"), **shared}),
    st.fixed_dictionaries({"failover": st.just("routes"), "when_both_down": st.sampled_from(["discard", "route"]),
                           "monitor_interval": st.sampled_from([2, 5]), **shared}),
).map(lambda options: vpn(**options))
engines = st.sampled_from([VIRTUAL_ROUTER, LOGICAL_ROUTER])
configs = st.sampled_from(["base", "bgp_running"])
some_cases = settings(deadline=None, derandomize=True, max_examples=40)


@given(vpns, engines, configs)
@some_cases
def test_made_once_and_gone_without_a_trace(wanted, engine, config):
    before = start(engine, config)
    made = built(wanted, before, engine)
    after = applied(before, made.operations)
    assert built(wanted, after, engine).operations == []
    gone = removed(wanted.name, after, engine)
    assert canonical(applied(after, gone.operations)) == canonical(before)
    assert removed(wanted.name, applied(after, gone.operations), engine).operations == []


@given(vpns, vpns, engines, configs)
@some_cases
def test_one_description_becomes_another_and_leaves_nothing_behind(first, second, engine, config):
    before = start(engine, config)
    there = applied(before, built(first, before, engine).operations)
    changed = applied(there, built(second, there, engine).operations)
    assert built(second, changed, engine).operations == []
    assert canonical(applied(changed, removed(second.name, changed, engine).operations)) == canonical(before)


@given(vpns, engines, configs)
@some_cases
def test_what_was_planned_can_be_taken_back(wanted, engine, config):
    before = start(engine, config)
    operations = built(wanted, before, engine).operations
    assert canonical(applied(applied(before, operations), inverse(before, operations))) == canonical(before)


@pytest.mark.parametrize("engine", PLATFORMS)
@pytest.mark.parametrize("first, second", [("pbf", "bgp"), ("bgp", "pbf")])
def test_two_vpns_live_side_by_side_and_go_in_any_order(engine, first, second):
    before = start(engine, "base")
    one, two = vpn(first, "vpn-1"), vpn(second, "vpn-2")
    there = applied(before, built(one, before, engine).operations)
    there = applied(there, built(two, there, engine).operations)
    assert built(one, there, engine).operations == []
    units = [unit for _home, record in records.on(around(there, engine)) for unit in record.units.values()]
    assert sorted(units) == ["tunnel.1", "tunnel.2", "tunnel.3", "tunnel.4"]
    for name in ("vpn-1", "vpn-2"):
        there = applied(there, removed(name, there, engine).operations)
    assert canonical(there) == canonical(before)


@pytest.mark.parametrize("engine", PLATFORMS)
def test_nothing_of_others_is_written(engine):
    """Each operation stands at or below an object with the VPN's name, its own interface, a membership, or a network that it announces."""
    before = start(engine, "bgp_running")
    operations = built(vpn("bgp"), before, engine).operations
    assert operations
    for operation in operations:
        xpath = operation.xpath
        ours = any(f"='{name}" in xpath for name in ("vpn-1", "tunnel.1", "tunnel.2", "vpn'", "10.10.0.0/24"))
        membership = operation.action == "set" and operation.element in ("<member>tunnel.1</member>", "<member>tunnel.2</member>")
        assert ours or membership, (operation.action, xpath, operation.element)


SOURCES = {"10.10.0.0/24": "connected", "10.30.0.0/16": "static", "10.99.0.0/24": "other", "10.10.0.0/25": "other"}


@pytest.mark.parametrize("engine", PLATFORMS)
def test_where_the_route_to_a_local_network_comes_from(engine):
    wanted = vpn("bgp", local_networks=tuple(SOURCES))
    assert bgp.sources(wanted, around(start(engine, "base"), engine)) == SOURCES
    assert set(bgp.sources(vpn("bgp", redistribute="other"), around(start(engine, "base"), engine)).values()) == {"other"}


@pytest.mark.parametrize("engine", PLATFORMS)
def test_exactly_the_local_networks_are_let_out(engine):
    wanted = vpn("bgp", local_networks=("10.10.0.0/24", "10.99.0.0/24"))
    before = start(engine, "bgp_running")
    after = applied(before, built(wanted, before, engine).operations)
    network = places.find(after, base("network")[1:])
    if engine == VIRTUAL_ROUTER:
        rules = places.find(network, ("virtual-router", ("entry", "default"), "protocol", "bgp", "policy", "export", "rules"))
        ours = [rule for rule in rules if "vpn-1" in places.names(rule, ("used-by",))]
        assert [rule.get("name") for rule in ours] == ["vpn-1-out", "vpn-1-rest"]
        assert places.names(ours[0], ("match", "address-prefix")) == ["10.10.0.0/24", "10.99.0.0/24"]
        assert {places.text(prefix, ("exact",)) for prefix in places.children(ours[0], ("match", "address-prefix"))} == {"yes"}
        assert places.find(ours[1], ("action", "deny")) is not None
    else:
        listed = places.children(network, ("routing-profile", "filters", "prefix-list", ("entry", "vpn-1-out"), "type", "ipv4", "ipv4-entry"))
        assert [places.text(entry, ("prefix", "entry", "network")) for entry in listed] == ["10.10.0.0/24", "10.99.0.0/24"]
        group = ("logical-router", ("entry", "default"), "vrf", ("entry", "default"), "bgp", "peer-group", ("entry", "vpn-1"))
        assert places.text(network, group + ("filtering-profile", "ipv4")) == "vpn-1"


LIFETIMES = {28800: {"seconds": 28800}, 65535: {"seconds": 65535}, 86400: {"minutes": 1440}, 65537: {"seconds": 65537}, 604800: {"minutes": 10080},
             36000000: {"hours": 10000}}


@pytest.mark.parametrize("seconds, lifetime", LIFETIMES.items())
def test_a_lifetime_is_told_in_a_unit_that_holds_it(seconds, lifetime):
    """A number that fits into none is refused later, with its range."""
    tree = start(VIRTUAL_ROUTER, "base")
    described = tuple(replace(tunnel, offers=None, ike=replace(tunnel.ike, lifetime_seconds=seconds)) for tunnel in tunnels("static"))
    wanted = Vpn("vpn-1", described, "pbf", "ethernet1/8", "vpn", ("trust",), ("10.10.0.0/24",), ("10.200.0.0/16",))
    items = [item for phase in build.build(wanted, around(tree, VIRTUAL_ROUTER), Addresses()).phases for item in phase]
    assert next(item.values["lifetime"] for item in items if item.label == "ike_crypto_profile 'vpn-1'") == lifetime


@pytest.mark.parametrize("version, release, expected", [
    ("ikev2", (11, 2), {"ikev2-fragment": "yes", "fragmentation": None}), ("ikev2", (12, 1), {"ikev2-fragment": "yes", "fragmentation": None}),
    ("ikev2", (11, 1), {"ikev2-fragment": None, "fragmentation": None}), ("ikev1", (11, 1), {"ikev2-fragment": None, "fragmentation": "yes"}),
    (None, (11, 2), {"ikev2-fragment": None, "fragmentation": None})])
def test_ike_messages_are_fragmented_where_the_peer_wants_it_and_the_release_can(version, release, expected):
    described = tuple(replace(tunnel, offers=None, ike=replace(tunnel.ike, version=version or "ikev2"), ike_fragmentation=version is not None or None)
                      for tunnel in tunnels("static"))
    wanted = Vpn("vpn-1", described, "pbf", "ethernet1/8", "vpn", ("trust",), ("10.10.0.0/24",), ("10.200.0.0/16",))
    view = Surroundings(start(VIRTUAL_ROUTER, "base"), base, Platform(release, VIRTUAL_ROUTER))
    after = plan(build.build(wanted, view, Addresses()).phases, view.tree, base).after
    gateway = next(entry for entry in after.iter("entry") if entry.get("name") == "vpn-1-1" and entry.find("protocol-common") is not None)
    assert {"ikev2-fragment": gateway.findtext("protocol/ikev2/ikev2-fragment/enable"),
            "fragmentation": gateway.findtext("protocol-common/fragmentation/enable")} == expected


def of_first_tunnel(tree) -> list:
    return [canonical(entry) for entry in tree.iter("entry") if f"{entry.get('name')}-".startswith("vpn-1-1-")]


def leaves(tree) -> list:
    """Whatever the order."""
    return sorted((element.tag, element.get("name") or "", (element.text or "").strip()) for element in tree.iter())


CHANGED = {
    "its routes": ("pbf", {"backup_routes": True}, {"backup_routes": True, "remote_networks": ("10.201.0.0/16",)}),
    "the policies of its peer group": ("bgp", {"local_preference": (200, 100)}, {"local_preference": (300, 150)}),
}


@pytest.mark.parametrize("engine", PLATFORMS)
@pytest.mark.parametrize("failover, first, second", CHANGED.values(), ids=CHANGED.keys())
def test_what_is_of_a_waiting_tunnel_alone_stays_as_it_is(engine, failover, first, second):
    tree = start(engine, "base")
    before = applied(tree, built(vpn(failover, **first), tree, engine).operations)
    half = plan(build.build(vpn(failover, **second), around(before, engine), Addresses(), only=2).phases, before, base)
    assert half and of_first_tunnel(half.after) == of_first_tunnel(before)
    whole = built(vpn(failover, **second), half.after, engine)
    assert of_first_tunnel(whole.after) != of_first_tunnel(before)
    at_once = built(vpn(failover, **second), before, engine)
    assert leaves(whole.after) == leaves(at_once.after)


@pytest.mark.parametrize("engine", PLATFORMS)
def test_an_interface_that_waits_stays_where_it_is(engine):
    tree = start(engine, "base")
    before = applied(tree, built(vpn("pbf"), tree, engine).operations)
    half = plan(build.build(vpn("pbf", zone="elsewhere"), around(before, engine), Addresses(), only=2).phases, before, base).after
    assert [around(half, engine).zone_of(unit) for unit in ("tunnel.1", "tunnel.2")] == ["vpn", "elsewhere"]
    whole = built(vpn("pbf", zone="elsewhere"), half, engine).after
    assert around(whole, engine).zone("vpn") is None and around(whole, engine).zone_interfaces("elsewhere") == ["tunnel.2", "tunnel.1"]
    assert canonical(removed("vpn-1", whole, engine).after) == canonical(tree)


def _with_zones(tree, names):
    """The configuration with hand-made zones of these names, none of which anything uses."""
    tree = copy.deepcopy(tree)
    zones = places.make(tree, (base("vsys") + ("zone",))[1:])
    for name in names:
        zones.append(ET.fromstring(f'<entry name="{name}"><network><layer3/></network></entry>'))
    return tree


@pytest.mark.parametrize("taken_away", ["before", "between the turns", "at the end"])
@pytest.mark.parametrize("foreign", [(), ("vpn",), ("elsewhere",), ("vpn", "elsewhere")], ids=" and ".join)
def test_a_zone_of_others_stays_and_one_of_ours_goes_whenever_the_vpn_does(foreign, taken_away):
    tree = _with_zones(start(VIRTUAL_ROUTER, "base"), foreign)
    now = applied(tree, built(vpn("pbf"), tree, VIRTUAL_ROUTER).operations)
    if taken_away != "before":
        moved = vpn("pbf", zone="elsewhere")
        now = plan(build.build(moved, around(now, VIRTUAL_ROUTER), Addresses(), only=2).phases, now, base).after
        if taken_away == "at the end":
            now = built(moved, now, VIRTUAL_ROUTER).after
            assert (around(now, VIRTUAL_ROUTER).zone("vpn") is not None) == ("vpn" in foreign)
    assert canonical(removed("vpn-1", now, VIRTUAL_ROUTER).after) == canonical(tree)


def _said(element, above="") -> set:
    """The place of each entry, member and text, but for what is the second tunnel's own and for the record."""
    found = set()
    for child in element:
        name = child.get("name") or (child.text or "").strip()
        place = f"{above}/{child.tag} {name}".rstrip()
        if child.tag == "comment" or f"{name}-".startswith("vpn-1-2-") or name == "tunnel.2":
            continue
        found |= _said(child, place) | ({place} if name else set())
    return found


SHARED = {
    "the zone": ("pbf", {}, {"zone": "elsewhere"}),
    "the zone of a BGP pairing": ("bgp", {}, {"zone": "elsewhere"}),
    "source zones": ("pbf", {}, {"source_zones": ("dmz",)}),
    "local networks": ("pbf", {}, {"local_networks": ("10.11.0.0/24",)}),
    "local networks that are announced": ("bgp", {}, {"local_networks": ("10.11.0.0/24",)}),
    "remote networks": ("pbf", {"backup_routes": True}, {"backup_routes": True, "remote_networks": ("10.201.0.0/16",)}),
    "remote networks of a BGP pairing": ("bgp", {}, {"remote_networks": ("10.201.0.0/16",)}),
    "backup routes": ("pbf", {"backup_routes": True}, {"backup_routes": False}),
    "the rule that discards": ("pbf", {}, {"when_both_down": "route"}),
    "rules for the way in": ("pbf", {}, {"security_rules": "outbound"}),
    "the policies of a peer group": ("bgp", {"local_preference": (200, 100)}, {"local_preference": (300, 150)}),
}


@pytest.mark.parametrize("engine", PLATFORMS)
@pytest.mark.parametrize("failover, first, second", SHARED.values(), ids=SHARED.keys())
def test_what_the_tunnels_share_is_not_taken_from_the_one_that_waits(engine, failover, first, second):
    tree = start(engine, "base")
    before = applied(tree, built(vpn(failover, **first), tree, engine).operations)
    half = plan(build.build(vpn(failover, **second), around(before, engine), Addresses(), only=2).phases, before, base).after
    assert _said(before) - _said(half) == set()
    whole, at_once = built(vpn(failover, **second), half, engine), built(vpn(failover, **second), before, engine)
    assert leaves(whole.after) == leaves(at_once.after)


def test_bgp_that_all_tunnels_share_is_not_given_up_for_one_of_them():
    tree = start(VIRTUAL_ROUTER, "base")
    before = applied(tree, built(vpn("bgp"), tree, VIRTUAL_ROUTER).operations)
    with pytest.raises(Refused, match="rollout: all tunnels of vpn-1 share the BGP of router 'default'.*rollout: together"):
        build.build(vpn("pbf"), around(before, VIRTUAL_ROUTER), Addresses(), only=2)


BOTH_WAYS = [1, 2, "discard"]
#: Options of a VPN by PBF, the tunnels that its routes lead through and whether they end in a discard, and whether it is warned of.
BACKUP = {
    "omitted": ({}, BOTH_WAYS, False),
    "asked for": ({"backup_routes": True}, BOTH_WAYS, False),
    "refused": ({"backup_routes": False}, [], True),
    "refused, and nothing may begin there": ({"backup_routes": False, "security_rules": "outbound"}, [], False),
    "new sessions are left to the routing table": ({"when_both_down": "route"}, [1, 2], False),
    "to everything it would be a default route": ({"remote_networks": ("0.0.0.0/0",), "allow_default_route": True}, [], True),
}


@pytest.mark.parametrize("engine", [VIRTUAL_ROUTER, LOGICAL_ROUTER])
@pytest.mark.parametrize("options, ways, warned", BACKUP.values(), ids=BACKUP.keys())
def test_the_routing_table_leads_into_the_tunnels_beside_pbf(engine, options, ways, warned):
    wanted, before = vpn("pbf", **options), start(engine, "base")
    made = build.build(wanted, around(before, engine), Addresses())
    after = around(plan(made.phases, before, base).after, engine)
    known = {route.name for route in around(before, engine).static_route_entries("default")}
    routes = [route for route in after.static_route_entries("default") if route.name not in known]
    assert sorted(("discard" if route.drops else int(route.interface[-1]) for route in routes), key=str) == ways
    assert any("without backup_routes" in text for text in made.warnings) is warned
