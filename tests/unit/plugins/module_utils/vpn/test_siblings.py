# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Several VPNs on one firewall, made and removed in any order: each as if it were alone, and the end as the start."""

from __future__ import annotations

import copy
import functools
import itertools
import xml.etree.ElementTree as ET
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.configuration import path as places
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.configuration.tree import applied
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.errors import Refused
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.firewall import rulebases
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.firewall.rulebases import Addresses, Traffic
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.peers.profile import Bgp
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.reconcile.plan import plan
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.resources import bgp_peer, pbf_failover, static_route
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.tables.desired import DesiredEntry
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.tables.places import bgp_place
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.tables.platform import LOGICAL_ROUTER, VIRTUAL_ROUTER
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.vpn import (
    bgp, build, leftovers, numbering, record as records, removal, rules as rules_of_vpns,
)
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.vpn.adoption import Serving
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.vpn.claim import Claim
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.vpn.input_problems import check
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.vpn.record import Record
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.vpn.vpn import Vpn
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.emulator import Emulator
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.emulator.models.tree import Tree
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.emulator.models.validation import defects
from ansible_collections.tunnelsmith.panos_vpn.tests.unit.plugins.module_utils.vpn.test_build import around, base, canonical, leaves, removed, start, tunnels

ENGINES = (VIRTUAL_ROUTER, LOGICAL_ROUTER)
SHAPES = {"pbf": {}, "pbf without backup routes": {"backup_routes": False}, "pbf without a last rule": {"when_both_down": "route"}, "routes": {},
          "routes without a last one": {"when_both_down": "route"}, "bgp": {},
          "bgp of four bytes": {}, "bgp to two numbers": {}, "ecmp": {}, "ecmp to two numbers": {}, "pbf at the top": {"rule_position": ("top", None)},
          "routes at the top": {"rule_position": ("top", None)}, "pbf of IPv6": {}, "routes of IPv6": {}, "bgp of IPv6": {}, "ecmp of IPv6": {}}
BY_BGP = ("bgp", "ecmp")
REMOTES = [("10.181.0.0/16",), ("10.181.0.0/16", "10.182.0.0/16"), ("10.181.64.0/18",), ("10.176.0.0/12",), ("172.20.0.0/14",)]
LOCALS = [("10.10.0.0/24",), ("10.10.0.0/24", "10.30.0.0/16"), ("10.99.0.0/24",)]
OF_IPV6 = {"10.10.0.0/24": "2001:db8:10::/64", "10.30.0.0/16": "2001:db8:30::/48", "10.99.0.0/24": "2001:db8:99::/64",
           "10.181.0.0/16": "2001:db8:181::/48", "10.182.0.0/16": "2001:db8:182::/48", "10.181.64.0/18": "2001:db8:181:64::/64",
           "10.176.0.0/12": "2001:db8:100::/40", "172.20.0.0/14": "::ffff:0:0/96"}


@functools.lru_cache(maxsize=None)
def sibling(number: int, shape: str, local: tuple = LOCALS[0], remote: tuple = REMOTES[0], zone: str = "vpn", local_as: int = 65010, **more) -> Vpn:
    failover = shape.split()[0]
    described = []
    for index, tunnel in enumerate(tunnels("bgp" if failover in BY_BGP else "static"), 1):
        peer_as = 64512 + index * ("two numbers" in shape)
        session = Bgp(local_as, 4_200_000_000 if "four" in shape else peer_as, 30, 10) if failover in BY_BGP else None
        described.append(replace(tunnel, outside_address=f"192.0.2.{10 * number + index}", inside_cidr=f"169.254.{100 + number}.{4 * index}/30",
                                 inside_address=f"169.254.{100 + number}.{4 * index + 2}", inside_peer_address=f"169.254.{100 + number}.{4 * index + 1}",
                                 bgp=session, **_of_ipv6(number, index) if "IPv6" in shape else {}))
    if "IPv6" in shape:
        local, remote = (tuple(OF_IPV6.get(network, network) for network in networks) for networks in (local, remote))
    options = {"source_zones": ("trust",), **SHAPES.get(shape, {}), **more}
    made = Vpn(f"vpn-{'abcdef'[number]}", tuple(described), failover, "ethernet1/8", zone, local_networks=local, remote_networks=remote, **options)
    check(made)
    return made


def _of_ipv6(number: int, index: int) -> dict:
    return {"inside_ipv6_cidr": f"fd00:{number}:{index}::/126", "inside_ipv6_address": f"fd00:{number}:{index}::2",
            "inside_ipv6_peer_address": f"fd00:{number}:{index}::1", "traffic_selectors": None}


# What is said of a VPN in every run: a network that no route of the firewall is known for, one that a VPN by PBF leads away before routes are asked, and
# sessions that may have no way back.
LASTING = ("is it written as it should be", "of another VPN takes the packets", "may take some of the packets",
           "without backup_routes their answers")


def run(vpn: Vpn, tree, engine):
    """(what a run changes, what it says of that)."""
    built = build.build(vpn, around(tree, engine), Addresses())
    return plan(built.phases, tree, base), [text for text in built.warnings if not any(words in text for words in LASTING)]


@functools.lru_cache(maxsize=None)
def validator(engine):
    firewall = Emulator(version="11.1", engine=engine).firewall
    return lambda tree: [lines[0] for lines in defects(Tree(tree, None), firewall.schema, firewall.version, True)]


def quiet(standing: dict, tree, engine) -> None:
    """An unchanged run of each changes nothing and has nothing to say, and a commit takes what stands."""
    for vpn in standing.values():
        again, told = run(vpn, tree, engine)
        assert ([operation.xpath for operation in again.operations], told) == ([], []), vpn.name
    assert validator(engine)(tree) == []


def own(vpn: Vpn, tree, engine) -> set:
    """What the VPN has, but for what may differ beside others: numbers of interfaces, metrics, priorities, positions, and how a router announces it."""
    view = around(tree, engine)
    record = records.of_vpn(view, vpn.name)
    units = {unit: f"unit {number}" for number, unit in record.units.items()}
    found = set()
    for item in removal.owned(view, record):
        kind = item.table.kind
        if kind in ("redist_profile", "bgp_redistribution_profile", "redistribution_route_map") or (kind == "prefix_list" and item.name == vpn.name):
            continue
        found.add((kind, item.name, _leaves(view.entry_at(item), units)))
    return found


def _leaves(element, units) -> tuple:
    if element.tag in ("metric", "priority"):
        return (element.tag,)
    text = (element.text or "").strip()
    return (element.tag, element.get("name"), units.get(text, text), tuple(sorted((_leaves(child, units) for child in element), key=repr)))


@functools.lru_cache(maxsize=None)
def own_alone(vpn: Vpn, engine, config) -> set:
    tree = start(engine, config)
    return own(vpn, run(vpn, tree, engine)[0].after, engine)


def reached(vpn: Vpn, standing: dict, tree, engine) -> None:
    """Where the tunnels of all others are down, the VPN's traffic goes into the VPN; where its own are too, nothing of it leaves in clear text."""
    view = around(tree, engine)
    leading_elsewhere = {unit for other in standing.values() if other is not vpn for unit in records.of_vpn(view, other.name).units.values()}
    own_units = set(records.of_vpn(view, vpn.name).units.values())
    if vpn.failover == "pbf":
        for local in vpn.local_networks:
            for remote in vpn.remote_networks:
                seen = [rule for rule in view.entries("rulebase", ("pbf", "rules"))
                        if rulebases.pbf_touches(rule, Traffic("trust", vpn.zone, local, remote), Addresses())]
                ways = [places.text(rule, ("action", "forward", "egress-interface")) for rule in seen]
                ways = [way for way in ways if way not in leading_elsewhere]
                assert len(ways) >= 2 and ways[0] in own_units and ways[1] in own_units, (vpn.name, ways)
                assert vpn.when_both_down != "discard" or None in ways
    routes = view.static_route_entries("default")
    assert len({(route.destination, route.metric) for route in routes}) == len(routes)
    if vpn.makes_routes:
        for remote in vpn.remote_networks:
            left = [route for route in routes if str(route.destination) == remote and route.interface not in leading_elsewhere]
            assert min(left, key=lambda route: route.metric).interface in own_units


def lived(engine, config, made: list, gone: list) -> None:
    """C(made): VPNs in the order of making; C(gone): the order of removing, by their numbers."""
    before = tree = start(engine, config)
    standing: dict = {}

    def as_if_alone() -> None:
        quiet(standing, tree, engine)
        for each in standing.values():
            assert own(each, tree, engine) == own_alone(each, engine, config)
            reached(each, standing, tree, engine)

    for vpn in made:
        changed, told = run(vpn, tree, engine)
        assert [text for text in told if "anew" not in text] == []
        tree, standing[vpn.name] = changed.after, vpn
        as_if_alone()
    for number in gone:
        del standing[made[number].name]
        tree = applied(tree, removed(made[number].name, tree, engine).operations)
        as_if_alone()
    assert canonical(tree) == canonical(before)


described = st.tuples(st.sampled_from(list(SHAPES)), st.sampled_from(LOCALS), st.sampled_from(REMOTES), st.sampled_from(["vpn", "other"]))


def lives(count: int):
    """(descriptions, the order of making, that of removing)."""
    return st.tuples(st.lists(described, min_size=count, max_size=count), st.permutations(range(count)), st.permutations(range(count)))


def _vpns(descriptions, order, **more) -> list:
    return [sibling(number, *descriptions[number], **more) for number in order]


@pytest.mark.parametrize("engine", ENGINES)
@given(life=lives(2))
@settings(deadline=None, derandomize=True, max_examples=22)
def test_two_vpns_as_if_each_were_alone(engine, life):
    descriptions, order, gone = life
    lived(engine, "base", _vpns(descriptions, order), gone)


@pytest.mark.parametrize("engine", ENGINES)
@given(life=lives(3))
@settings(deadline=None, derandomize=True, max_examples=10)
def test_several_vpns_beside_a_bgp_of_others(engine, life):
    descriptions, order, gone = life
    short = [(shape.replace(" of four bytes", ""), *more) for shape, *more in descriptions]
    lived(engine, "bgp_running", _vpns(short, order, allow_readvertise=True), gone)


@pytest.mark.parametrize("engine", ENGINES)
@given(life=lives(5))
@settings(deadline=None, derandomize=True, max_examples=6)
def test_five_vpns_as_if_each_were_alone(engine, life):
    descriptions, order, gone = life
    lived(engine, "base", _vpns(descriptions, order), gone)


def made(engine, *vpns, config="base"):
    tree = start(engine, config)
    for vpn in vpns:
        tree = run(vpn, tree, engine)[0].after
    return tree


def taken_away(tree, engine, *names):
    for name in names:
        tree = applied(tree, removed(name, tree, engine).operations)
    return tree


def changing(count: int):
    """(descriptions, changes: number of a VPN and what it becomes, the order of removing)."""
    change = st.tuples(st.integers(0, count - 1), described_beside)
    return st.tuples(st.lists(described_beside, min_size=count, max_size=count), st.lists(change, min_size=1, max_size=3), st.permutations(range(count)))


described_beside = st.tuples(st.sampled_from(list(SHAPES)), st.sampled_from(LOCALS), st.sampled_from(REMOTES), st.sampled_from(["vpn", "other", "third"]))


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("count", [2, 3])
@given(data=st.data())
@settings(deadline=None, derandomize=True, max_examples=10)
def test_what_one_becomes_the_others_do_not_notice(engine, count, data):
    """Whatever each of them is changed to, an unchanged run of every one has nothing to do then, and the end is the start."""
    descriptions, changes, gone = data.draw(changing(count))
    before = tree = start(engine, "base")
    standing: dict = {}
    for number, description in [*enumerate(descriptions), *changes]:
        vpn = sibling(number, *description)
        try:
            tree = run(vpn, tree, engine)[0].after
        except Refused:
            continue
        standing[number] = vpn
        quiet({each.name: each for each in standing.values()}, tree, engine)
    for number in gone:
        vpn = standing.pop(number, None)
        tree = taken_away(tree, engine, vpn.name) if vpn else tree
        quiet({each.name: each for each in standing.values()}, tree, engine)
    assert canonical(tree) == canonical(before)


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("gone", list(itertools.permutations(["vpn-a", "vpn-b", "vpn-c"])), ids=" ".join)
def test_what_was_made_for_several_goes_with_the_last_that_uses_it(engine, gone):
    """The first one makes zone and BGP; the second uses the zone in its rules alone, the third BGP alone."""
    hub = sibling(1, "pbf", remote=("172.20.0.0/14",), zone="other", source_zones=("trust", "vpn"))
    vpns = [sibling(0, "bgp"), hub, sibling(2, "bgp", local=("10.99.0.0/24",), remote=("10.182.0.0/16",), zone="third")]
    tree = made(engine, *vpns)
    for name in gone:
        tree = taken_away(tree, engine, name)
        speaks = places.text(around(tree, engine).bgp("default"), ("enable",)) == "yes"
        assert speaks is any(records.of_vpn(around(tree, engine), each) for each in ("vpn-a", "vpn-c"))
        vpns = [vpn for vpn in vpns if vpn.name != name]
        # A zone that a rule names cannot go before the rule does.
        quiet({vpn.name: vpn for vpn in vpns}, tree, engine)
    assert canonical(tree) == canonical(start(engine, "base"))


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("gone", [("vpn-a", "vpn-b"), ("vpn-b", "vpn-a")], ids=" ".join)
def test_who_goes_over_to_something_else_hands_over_zone_and_bgp(engine, gone):
    both = [sibling(0, "bgp", zone="third"), sibling(1, "bgp", zone="third")]
    tree = made(engine, *both, sibling(0, "pbf", zone="other"))
    heir = records.of_vpn(around(tree, engine), "vpn-b")
    assert "third" in heir.zones and heir.bgp
    assert canonical(taken_away(tree, engine, *gone)) == canonical(start(engine, "base"))


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("one, other", [("bgp", "bgp of IPv6"), ("bgp of IPv6", "bgp"), ("ecmp", "bgp of IPv6"), ("bgp of IPv6", "ecmp")], ids=" ".join)
def test_a_vpn_of_each_family_speaks_bgp_in_one_router(engine, one, other):
    """A session carries one family: what is announced through the one is nothing that the other's peers could be told."""
    vpns = {vpn.name: vpn for vpn in (sibling(0, one), sibling(1, other))}
    tree = made(engine, *vpns.values())
    quiet(vpns, tree, engine)
    assert canonical(taken_away(tree, engine, *vpns)) == canonical(start(engine, "base"))


ALL_AT_ONCE = "ecmp to two numbers"
# VPNs as they are made, by number and shape; what changes or goes (None) then, one after the other.
OF_PATHS = {
    "one that does not need it is left": ([(0, ALL_AT_ONCE), (1, "bgp to two numbers")], [(0, None), (1, None)]),
    "one that was there first goes over to BGP": ([(0, ALL_AT_ONCE), (1, ALL_AT_ONCE)], [(0, "bgp to two numbers"), (1, None), (0, None)]),
    "of three the one that needs it goes last": ([(0, ALL_AT_ONCE), (1, "bgp to two numbers"), (2, ALL_AT_ONCE)], [(0, None), (2, None), (1, None)]),
    "another shape beside one of BGP": ([(1, "bgp to two numbers"), (0, ALL_AT_ONCE)], [(0, "pbf"), (1, None), (0, None)]),
    "one number is left": ([(0, ALL_AT_ONCE), (1, ALL_AT_ONCE)], [(0, "ecmp"), (1, "ecmp"), (0, None), (1, None)]),
}


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("first, then", OF_PATHS.values(), ids=OF_PATHS.keys())
def test_paths_to_several_numbers_are_there_as_long_as_a_vpn_uses_them(engine, first, then):
    tree, standing = start(engine, "base"), {}
    for number, shape in (*first, *then):
        vpn = sibling(number, shape or "pbf")
        if shape is None:
            tree = taken_away(tree, engine, standing.pop(vpn.name).name)
        else:
            tree, standing[vpn.name] = run(vpn, tree, engine)[0].after, vpn
        quiet(standing, tree, engine)
        together = any(vpn.failover == "ecmp" and len({tunnel.bgp.peer_as for tunnel in vpn.tunnels}) > 1 for vpn in standing.values())
        assert (places.text(around(tree, engine).bgp("default"), ("ecmp-multi-as",)) == "yes") is together
    assert canonical(tree) == canonical(start(engine, "base"))


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("shape", ["pbf of IPv6", "bgp of IPv6"])
def test_what_is_inside_tunnels_is_no_network_that_a_summary_leaves_to_the_routes(engine, shape):
    """Tunnels come and go, and a VPN to everything would change with each of them."""
    everything = sibling(0, "pbf of IPv6", remote=("::/0",), allow_default_route=True, allow_summary_networks=True, backup_routes=False)
    tree = made(engine, everything)
    tree = run(sibling(1, shape), tree, engine)[0].after
    quiet({everything.name: everything}, tree, engine)
    left = places.names(tree, base("rulebase")[1:] + ("pbf", "rules", ("entry", "vpn-a-local"), "destination"))
    assert left and not any(network.startswith(("fd00:", OF_IPV6[REMOTES[0][0]])) for network in left)


def without_records(tree, engine):
    """Nothing says whose anything is."""
    tree = copy.deepcopy(tree)
    for unit in around(tree, engine).entries("network", ("interface", "tunnel", "units")):
        for comment in unit.findall("comment"):
            unit.remove(comment)
    return tree


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("shape", [*SHAPES, "pbf of IPv6 to everything"])
def test_a_vpn_whose_record_was_deleted_is_taken_over_as_it_is(engine, shape):
    """Nothing of it is written but the record, and all of it goes with it."""
    more = {"remote": ("::/0",), "allow_default_route": True, "allow_summary_networks": True} if "everything" in shape else {}
    vpn = sibling(0, shape, **more)
    tree = without_records(made(engine, vpn), engine)
    taken = run(replace(vpn, adopt=True), tree, engine)[0]
    assert [operation.xpath for operation in taken.operations if "/tunnel/units/" not in operation.xpath] == []
    quiet({vpn.name: vpn}, taken.after, engine)
    left = leaves(taken_away(taken.after, engine, vpn.name))
    assert [leaf for leaf in left if vpn.name in leaf[1]] == []


def becomes(engine, first: Vpn, *others: Vpn) -> int:
    """A VPN that somebody made is taken over, and becomes one after the other: a commit takes each, and a second run has nothing to do.

    Returns how many it became; the others were refused.
    """
    hand, became = replace(first, name="hand", security_rules="none", when_both_down="route"), 0
    tree = run(replace(hand, name="vpn-a", adopt=True), without_records(made(engine, hand), engine), engine)[0].after
    for vpn in others:
        try:
            tree = run(vpn, tree, engine)[0].after
        except Refused:
            continue
        quiet({vpn.name: vpn}, tree, engine)
        became += 1
    tree = taken_away(tree, engine, "vpn-a")
    quiet({}, tree, engine)
    assert [leaf for leaf in leaves(tree) if "vpn-a" in leaf[1]] == []
    return became


def alone(vpn: Vpn) -> Vpn:
    """With its first tunnel only."""
    return replace(vpn, tunnels=vpn.tunnels[:1])


HALVES = ("10.10.0.0/25", "10.10.0.128/25")
TAKEN_OVER = {
    "networks within the former one": (sibling(0, "pbf"), sibling(0, "pbf", local=HALVES), sibling(0, "pbf", local=HALVES[1:]), sibling(0, "pbf")),
    "IPv6 and back": (sibling(0, "pbf"), sibling(0, "pbf of IPv6"), sibling(0, "pbf"), sibling(0, "routes of IPv6"), sibling(0, "bgp")),
    "one tunnel and two again": (sibling(0, "routes"), alone(sibling(0, "routes")), sibling(0, "routes"), alone(sibling(0, "pbf")), sibling(0, "pbf")),
}


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("vpns", TAKEN_OVER.values(), ids=TAKEN_OVER.keys())
def test_what_was_taken_over_becomes_something_else(engine, vpns):
    assert becomes(engine, *vpns) == len(vpns) - 1


@pytest.mark.parametrize("engine", ENGINES)
@given(first=described, others=st.lists(st.tuples(described, st.booleans()), min_size=2, max_size=3))
@settings(deadline=None, derandomize=True, max_examples=15)
def test_what_was_taken_over_becomes_anything(engine, first, others):
    becomes(engine, sibling(0, *first), *(alone(sibling(0, *other)) if is_alone else sibling(0, *other) for other, is_alone in others))


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("first", [0, 1])
def test_a_network_that_two_announce_by_name_is_announced_until_both_are_gone(engine, first):
    vpns = [sibling(number, "bgp", local=("10.99.0.0/24",)) for number in (0, 1)]
    tree = taken_away(made(engine, *vpns), engine, vpns[first].name)
    assert bgp.announced("default", around(tree, engine)) == ["10.99.0.0/24"]
    assert canonical(taken_away(tree, engine, vpns[1 - first].name)) == canonical(start(engine, "base"))


@pytest.mark.parametrize("engine", ENGINES)
def test_networks_that_are_not_connected_any_more_leave_no_profile_behind(engine):
    """A logical router would name a redistribution profile that is gone."""
    tree = run(sibling(0, "bgp", local=("10.99.0.0/24",)), made(engine, sibling(0, "bgp")), engine)[0].after
    assert validator(engine)(tree) == []
    back = run(sibling(0, "bgp"), tree, engine)[0].after
    assert [leaf for leaf in leaves(back) if any(leaf[1:])] == [leaf for leaf in leaves(made(engine, sibling(0, "bgp"))) if any(leaf[1:])]


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("option, values", [("router_id", (None, "192.0.2.77")), ("install_route", (None, False)), ("local_as", (65010, 65077)),
                                            ("local_as", (65010, 4_210_000_001))])
def test_what_the_vpn_made_of_a_routers_bgp_can_change(engine, option, values):
    """As long as nobody else uses it: there, and back again."""
    first, second = ({option: value} for value in values)
    start_of_first = made(engine, sibling(0, "bgp", **first))
    there, told = run(sibling(0, "bgp", **second), start_of_first, engine)
    quiet({"vpn-a": sibling(0, "bgp", **second)}, there.after, engine)
    assert bool(told) is (option != "install_route")
    assert validator(engine)(there.after) == []
    back = run(sibling(0, "bgp", **first), there.after, engine)[0].after
    assert canonical(back) == canonical(start_of_first)
    assert canonical(taken_away(there.after, engine, "vpn-a")) == canonical(start(engine, "base"))


@pytest.mark.parametrize("engine", ENGINES)
def test_an_own_as_that_others_use_stays(engine):
    tree = made(engine, sibling(0, "bgp"), sibling(1, "bgp"))
    with pytest.raises(Refused, match="the far side expects 65077, and the peer groups 'vpn-b' use that BGP as well.*Take those VPNs away first"):
        run(sibling(0, "bgp", local_as=65077), tree, engine)
    with pytest.raises(Refused, match="runs BGP with local AS 65010, the far side expects 65077"):
        run(sibling(0, "bgp", local_as=65077, allow_readvertise=True), made(engine, config="bgp_running"), engine)


def test_an_own_as_is_not_changed_for_one_tunnel_alone():
    tree = made(VIRTUAL_ROUTER, sibling(0, "bgp"))
    with pytest.raises(Refused, match="rollout: all tunnels of vpn-a share the local AS of router 'default', which becomes 65077"):
        build.build(sibling(0, "bgp", local_as=65077), around(tree, VIRTUAL_ROUTER), Addresses(), only=1)


@pytest.mark.parametrize("engine", ENGINES)
def test_an_as_number_with_a_dot_is_the_same_number(engine):
    """As somebody wrote it who runs BGP, it stays."""
    before = copy.deepcopy(start(engine, "base"))
    instance = places.make(before, base("network")[1:] + bgp_place("default", engine == LOGICAL_ROUTER))
    for tag, text in (("enable", "yes"), ("router-id", "10.0.0.1"), ("local-as", "64086.59904"), ("install-route", "yes")):
        ET.SubElement(instance, tag).text = text
    if engine == VIRTUAL_ROUTER:
        ET.SubElement(ET.SubElement(instance, "routing-options"), "as-format").text = "4-byte"
    vpn = sibling(0, "bgp", local_as=4_200_000_000)
    tree = run(vpn, before, engine)[0].after
    assert places.text(around(tree, engine).bgp("default"), ("local-as",)) == "64086.59904"
    assert run(vpn, tree, engine)[0].operations == []
    assert canonical(taken_away(tree, engine, vpn.name)) == canonical(before)
    with pytest.raises(Refused, match="local AS 64086.59904, the far side expects 65010"):
        run(sibling(0, "bgp"), before, engine)


def test_numbers_of_four_bytes_come_to_a_bgp_of_ours_and_not_to_that_of_others():
    told = run(sibling(1, "bgp of four bytes"), made(VIRTUAL_ROUTER, sibling(0, "bgp")), VIRTUAL_ROUTER)[1]
    assert told == ["vpn-b: all BGP sessions of router 'default' start anew (as_format 4-byte), those of the peer groups 'vpn-a' too"]
    with pytest.raises(Refused, match="AS 4200000000 needs four bytes, and router 'default' runs BGP with 2-byte AS numbers"):
        run(sibling(1, "bgp of four bytes", allow_readvertise=True), start(VIRTUAL_ROUTER, "bgp_running"), VIRTUAL_ROUTER)


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("shape", ["bgp", "bgp of four bytes"])
def test_a_bgp_that_is_switched_off_becomes_one_that_the_next_run_takes(engine, shape):
    """What stands there was never in force: it is set to what the VPN needs, and goes back."""
    before = copy.deepcopy(start(engine, "base"))
    instance = places.make(before, base("network")[1:] + bgp_place("default", engine == LOGICAL_ROUTER))
    for tag, text in (("enable", "no"), ("install-route", "no")):
        ET.SubElement(instance, tag).text = text
    if engine == VIRTUAL_ROUTER:
        ET.SubElement(ET.SubElement(instance, "routing-options"), "as-format").text = "2-byte"
    tree = run(sibling(0, shape), before, engine)[0].after
    quiet({"vpn-a": sibling(0, shape)}, tree, engine)
    assert canonical(taken_away(tree, engine, "vpn-a")) == canonical(before)


def test_what_a_group_of_others_is_told_already_is_not_newly_told():
    """Somebody opens a group after the VPN was made: the run before told it nothing, and this one tells it nothing new."""
    for engine in ENGINES:
        tree = made(engine, sibling(0, "bgp"))
        groups = base("network")[1:] + bgp_peer.group_container("default", engine == LOGICAL_ROUTER)
        group = "<entry name='isp'><enable>yes</enable><peer><entry name='isp-a'><enable>yes</enable></entry></peer></entry>"
        places.make(tree, groups).append(ET.fromstring(group))
        assert run(sibling(0, "bgp"), tree, engine)[0].operations == []
        assert run(sibling(1, "bgp"), tree, engine)[0].operations
        for more, networks in (({"local": ("10.30.0.0/16",)}, "10.30.0.0/16"), ({"remote": ("10.182.0.0/16",)}, "10.182.0.0/16")):
            with pytest.raises(Refused, match=f"the BGP peers isp-a of group 'isp' would newly receive {networks};"):
                run(sibling(1, "bgp", **more), tree, engine)


MANY = tuple(f"10.{second}.{third}.0/24" for second in range(180, 184) for third in range(30))
HERE = tuple(f"172.{second}.{third}.0/24" for second in range(24, 29) for third in range(30))


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("shape, more", [("pbf", {"remote": MANY}), ("routes", {"remote": MANY}), ("bgp", {"local": HERE}),
                                         ("bgp", {"local": HERE, "remote": MANY}), ("bgp", {"local": HERE, "redistribute": "static"})])
def test_as_many_networks_as_people_have(engine, shape, more):
    """120 networks through two tunnels each, 150 that are announced: all of it is the VPN's."""
    vpn = sibling(0, shape, **more)
    tree = run(vpn, start(engine, "base"), engine)[0].after
    assert run(vpn, tree, engine)[0].operations == []
    fewer = {side: networks[:-10] for side, networks in more.items() if isinstance(networks, tuple)}
    changed = run(sibling(0, shape, **{**more, **fewer}), tree, engine)[0].after
    rules = base("rulebase")[1:] + ("security", "rules", ("entry", "vpn-a-out"))
    assert set(places.names(changed, rules + ("destination",))) == set(fewer.get("remote", vpn.remote_networks))
    assert canonical(taken_away(changed, engine, "vpn-a")) == canonical(start(engine, "base"))


LONG = tuple(f"2001:db8:1111:2222:3333:4444:5555:{16 * number:x}/124" for number in range(1, 31))


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("name", ["vpn-a", "a23456789012345678901234-a"])
@pytest.mark.parametrize("networks", [LONG[:2], LONG, ("::ffff:0:0/96", *LONG)], ids=len)
def test_networks_whose_names_are_long_or_spelled_in_another_way(engine, name, networks):
    """Beside the longest name of a VPN, in a record of names and in one of digests."""
    vpn = replace(sibling(0, "routes of IPv6", remote=networks), name=name)
    tree = made(engine, vpn)
    quiet({name: vpn}, tree, engine)
    fewer = replace(vpn, remote_networks=networks[1:])
    tree = run(fewer, tree, engine)[0].after
    assert {str(route.destination) for route in around(tree, engine).static_route_entries("default") if route.destination.version == 6} == set(networks[1:])
    assert canonical(taken_away(tree, engine, name)) == canonical(start(engine, "base"))


@pytest.mark.parametrize("option, lists", [("local_networks", ("source", "destination")), ("remote_networks", ("destination", "source"))])
def test_of_a_rule_that_was_taken_over_only_what_the_vpn_put_there_goes(option, lists):
    """Somebody has the same network in the other list of that rule."""
    ours, theirs = lists
    vpn, network = sibling(0, "pbf"), "10.66.0.0/16"
    before = replace(vpn, **{option: (*getattr(vpn, option), network)})
    tree = copy.deepcopy(start(VIRTUAL_ROUTER, "base"))
    rules = places.make(tree, base("rulebase")[1:] + ("pbf", "rules"))
    rules.append(ET.fromstring(f"<entry name='cloud'><{ours}><member>{network}</member></{ours}><{theirs}><member>{network}</member></{theirs}></entry>"))
    known = Record("vpn-a", adopted={"pbf_rule": {"-1": "cloud"}}, members=records.RecordedNames.of(rules_of_vpns.given(before)))
    claim = Claim(vpn, known, known, Serving(), Record("vpn-a"), {})
    item = DesiredEntry(pbf_failover.RULE, "cloud", {"source": list(vpn.local_networks), "destination": list(vpn.remote_networks)})
    booked = records.RecordedNames.of(leftovers.members(vpn, [item]))
    gone = list(leftovers.dropped_members(claim, around(tree, VIRTUAL_ROUTER), [item], booked))
    assert [each.relative_path[-2:] for each in gone] == [(ours, ("member", network))]


# Routes: (destination, metric, what leads there) of others → metrics of the VPN's, what is said; None where nothing is.
MPLS = "leased-line"
ROUTES = {
    "nobody's": ([], (10, 20, 250), None),
    "one of the usual metric": ([("10.181.0.0/16", 10)], (30, 40, 250), "is preferred"),
    "one of the second's": ([("10.181.0.0/16", 20)], (30, 40, 250), "is preferred"),
    "one between": ([("10.181.0.0/16", 15)], (10, 20, 250), "gives way"),
    "one behind": ([("10.181.0.0/16", 300)], (10, 20, 301), "gives way"),
    "one that discards": ([("10.181.0.0/16", 250)], (10, 20, 251), "gives way"),
    "one to another network": ([("10.181.0.0/17", 10), ("10.180.0.0/15", 20)], (10, 20, 250), None),
    "all blocks": ([("10.181.0.0/16", 10 + 20 * number) for number in range(12)], (1, 11, 250), "gives way"),
}


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("theirs, metrics, said", ROUTES.values(), ids=ROUTES.keys())
def test_metrics_beside_routes_of_others(engine, theirs, metrics, said):
    before = copy.deepcopy(start(engine, "base"))
    for number, (destination, metric) in enumerate(theirs):
        routes = places.make(before, base("network")[1:] + static_route.container("default", engine == LOGICAL_ROUTER, False))
        routes.append(ET.fromstring(f"<entry name='{MPLS}-{number}'><destination>{destination}</destination><interface>ethernet1/2</interface>"
                                    f"<nexthop><ip-address>10.20.0.254</ip-address></nexthop><metric>{metric}</metric></entry>"))
    vpn = sibling(0, "pbf")
    made_first, told = run(vpn, before, engine)
    found = {route.metric: route for route in around(made_first.after, engine).static_route_entries("default") if route.name.startswith("vpn-a")}
    assert tuple(sorted(found)) == metrics
    # What is preferred after a rule goes down is the other tunnel.
    assert [found[metric].interface for metric in metrics] == ["tunnel.2", "tunnel.1", ""]
    assert (told and said in told[0] and MPLS in told[0]) if said else told == []
    quiet({"vpn-a": vpn}, made_first.after, engine)
    assert canonical(taken_away(made_first.after, engine, "vpn-a")) == canonical(before)


def test_metrics_that_are_not_to_be_had_are_refused_before_anything_is_written():
    before = copy.deepcopy(start(VIRTUAL_ROUTER, "base"))
    routes = places.make(before, base("network")[1:] + static_route.container("default", False, False))
    for metric in (65534, 65535, *range(1, 251)):
        routes.append(ET.fromstring(f"<entry name='r{metric}'><destination>10.181.0.0/16</destination><metric>{metric}</metric></entry>"))
    after = run(replace(sibling(0, "routes"), when_both_down="route"), before, VIRTUAL_ROUTER)[0].after
    by_routes = around(after, VIRTUAL_ROUTER).static_route_entries("default")
    assert sorted(route.metric for route in by_routes if route.name.startswith("vpn-a")) == [270, 280]
    with pytest.raises(Refused, match=r"no metrics are left for this VPN's static routes in router 'default' beside the routes 'r65534' \(65534\)"):
        run(sibling(0, "pbf"), before, VIRTUAL_ROUTER)


# A description that tells the tunnels in another order, or has new ones among them → the far ends of tunnels 1 and 2.
ORDERS = {"the same": (("192.0.2.1", "192.0.2.2"), ["192.0.2.1", "192.0.2.2"]), "the other way round": (("192.0.2.2", "192.0.2.1"), ["192.0.2.1", "192.0.2.2"]),
          "the second one first, beside a new one": (("192.0.2.2", "192.0.2.77"), ["192.0.2.77", "192.0.2.2"]),
          "a new one first": (("192.0.2.77", "192.0.2.1"), ["192.0.2.1", "192.0.2.77"]),
          "two new ones": (("192.0.2.77", "192.0.2.78"), ["192.0.2.77", "192.0.2.78"])}


@pytest.mark.parametrize("shape", ["bgp", "pbf", "routes"])
@pytest.mark.parametrize("given, wanted", ORDERS.values(), ids=ORDERS.keys())
def test_a_tunnel_keeps_its_number_whatever_the_order_of_the_description(shape, given, wanted):
    vpn = replace(sibling(0, shape), pre_shared_keys=("key-of-tunnel-1", "key-of-tunnel-2"), primary_tunnel=2)
    tree = made(VIRTUAL_ROUTER, vpn)
    there = {tunnel.outside_address: tunnel for tunnel in vpn.tunnels}
    spare = iter(tunnel for address, tunnel in there.items() if address not in given)
    described = tuple(there[address] if address in there else replace(next(spare), outside_address=address) for address in given)
    changed = run(replace(vpn, tunnels=described), tree, VIRTUAL_ROUTER)[0]
    view = around(changed.after, VIRTUAL_ROUTER)
    assert [places.text(view.entry("ike_gateway", f"vpn-a-{number}"), ("peer-address", "ip")) for number in (1, 2)] == wanted
    assert (changed.operations == []) is (set(given) == set(there))
    assert [tunnel.pre_shared_key for tunnel in numbering.numbered(vpn, view).tunnels] == ["key-of-tunnel-1", "key-of-tunnel-2"]
