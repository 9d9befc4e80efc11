# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What peers other than AWS need: BGP beside the inside network, signatures, certificates, names, no address, two lines, eight tunnels.

Each as a whole VPN, and from each to each other one: made once, quiet afterwards, as if it had been made so at once, and gone without a trace.
"""

from __future__ import annotations

import copy
import functools
import xml.etree.ElementTree as ET
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.configuration import path as places
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.configuration.tree import applied
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.firewall.rulebases import Addresses
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.firewall.surroundings import Surroundings
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.peers.profile import Certificate, Selectors
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.reconcile.plan import plan
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.reconcile.values import validate
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.tables.desired import DesiredEntry
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.tables.places import router
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.tables.platform import LOGICAL_ROUTER, VIRTUAL_ROUTER, Platform
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.vpn import build
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.vpn.input_problems import check
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.vpn.vpn import Vpn
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.emulator import Emulator
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.emulator.models.tree import Tree
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.emulator.models.validation import defects
from ansible_collections.tunnelsmith.panos_vpn.tests.unit.plugins.module_utils.vpn.test_build import (
    PLATFORMS, around, base, built, canonical, leaves, removed, start, vpn,
)

TRUSTED = """<shared><certificate><entry name='own'><subject-hash>a1</subject-hash><issuer-hash>ca</issuer-hash><common-name>fw</common-name>
    <expiry-epoch>4000000000</expiry-epoch><private-key>notReal</private-key></entry><entry name='ca'><subject-hash>ca</subject-hash>
    <issuer-hash>ca</issuer-hash><expiry-epoch>4000000000</expiry-epoch></entry></certificate>
    <certificate-profile><entry name='peers'><CA><entry name='ca'/></CA></entry></certificate-profile></shared>"""
LINE = "ethernet1/9"


@functools.lru_cache(maxsize=None)
def ready(engine: str):
    """With a second line to the internet, and certificates."""
    tree = copy.deepcopy(start(engine, "base"))
    shared = places.make(tree, ("shared",))
    assert shared is not None
    shared.extend(ET.fromstring(TRUSTED))
    places.make(tree, (base("network") + ("interface", "ethernet", ("entry", LINE), "layer3", "ip", ("entry", "192.0.2.10/24")))[1:])
    members = (base("network") + router("default", PLATFORMS[engine].advanced) + ("interface", ("member", LINE)),
               base("vsys") + ("zone", ("entry", "wan2"), "network", "layer3", ("member", LINE)),
               base("vsys") + ("import", "network", "interface", ("member", LINE)))
    for place in members:
        places.make(tree, place[1:]).text = LINE
    return tree


def every(wanted: Vpn, **more) -> Vpn:
    return replace(wanted, tunnels=tuple(replace(tunnel, cloud=None, **more) for tunnel in wanted.tunnels))


def numbered(wanted: Vpn, of_number) -> Vpn:
    return replace(wanted, tunnels=tuple(replace(tunnel, cloud=None, **of_number(number)) for number, tunnel in enumerate(wanted.tunnels, 1)))


def elsewhere(wanted: Vpn, local: str | None = "10.77.0.1", **more) -> Vpn:
    """As Azure speaks BGP by itself: between addresses that are in no tunnel."""
    nothing = {} if local is None else {"inside_cidr": None, "inside_address": None, "inside_peer_address": None}
    return replace(wanted, tunnels=tuple(
        replace(tunnel, cloud=None, bgp=replace(tunnel.bgp, peer_address=f"10.50.255.{number}", local_address=local, **more), **nothing)
        for number, tunnel in enumerate(wanted.tunnels, 1)))


def signed(wanted: Vpn) -> Vpn:
    return replace(wanted, tunnels=tuple(replace(tunnel, bgp=replace(tunnel.bgp, secret="notReal.md5")) for tunnel in wanted.tunnels))


def through_two_lines(wanted: Vpn) -> Vpn:
    first, second = wanted.tunnels
    return replace(wanted, tunnels=(first, replace(second, customer_outside_address="192.0.2.10", outside_interface=LINE, outside_next_hop="192.0.2.1")))


def eight(wanted: Vpn) -> Vpn:
    (first, *_rest) = wanted.tunnels
    return replace(wanted, tunnels=tuple(
        replace(first, cloud=None, outside_address=f"203.0.113.{200 + number}", inside_cidr=f"169.254.60.{4 * number}/30",
                inside_address=f"169.254.60.{4 * number + 2}", inside_peer_address=f"169.254.60.{4 * number + 1}") for number in range(8)))


PAIRS = tuple(Selectors(local, remote) for local in ("10.10.0.0/24", "10.30.0.0/16") for remote in ("10.200.0.0/16", "10.201.0.0/16", "172.20.0.0/16"))
SHAPES = {
    "pbf": lambda: vpn("pbf"), "bgp": lambda: vpn("bgp"), "ecmp": lambda: vpn("ecmp"), "routes": lambda: vpn("routes"),
    "BGP beside the tunnels": lambda: elsewhere(vpn("bgp")),
    "BGP from an address of this side": lambda: elsewhere(vpn("bgp"), "10.10.0.1"),
    "BGP from inside to a speaker elsewhere": lambda: elsewhere(vpn("ecmp"), None, multihop=5),
    "signed": lambda: signed(vpn("bgp")),
    "by certificate": lambda: every(vpn("pbf"), certificate=Certificate("own", "peers"), pre_shared_key=None),
    "by name": lambda: numbered(vpn("pbf"), lambda number: {"outside_address": f"gw{number}.example.com"}),
    "without an address": lambda: numbered(vpn("routes"), lambda number: {"outside_address": "dynamic", "peer_id": f"gw{number}.example.com"}),
    "two lines": lambda: through_two_lines(vpn("pbf")), "two lines at once": lambda: through_two_lines(vpn("ecmp")),
    "eight by PBF": lambda: eight(vpn("pbf", backup_routes=True)), "eight by BGP": lambda: eight(vpn("bgp")), "eight at once": lambda: eight(vpn("ecmp")),
    "eight by routes": lambda: eight(vpn("routes")),
    "six pairs": lambda: every(vpn("routes", policy_based=True), selector_pairs=PAIRS, traffic_selectors=None, inside_cidr=None, inside_address=None,
                               inside_peer_address=None),
}
each_engine = pytest.mark.parametrize("engine", PLATFORMS)


@functools.lru_cache(maxsize=None)
def wanted(shape: str) -> Vpn:
    made = SHAPES[shape]()
    check(made)
    return made


@functools.lru_cache(maxsize=None)
def made(engine: str, shape: str):
    return built(wanted(shape), ready(engine), engine).after


def _said(tree) -> list:
    """All that a tree says, without the order, the record, and keys, which are compared where their stored form tells them."""
    return sorted(leaf for leaf in leaves(tree) if any(leaf[1:]) and leaf[0] not in ("key", "secret", "comment"))


# Each one to three others, and from three others.
NAMES = list(SHAPES)
CHANGES = [(first, NAMES[(number + step) % len(NAMES)]) for number, first in enumerate(NAMES) for step in (1, 4, 11)]


@each_engine
def test_each_one_becomes_others_and_leaves_nothing_behind(engine):
    found = {}
    for first, second in CHANGES:
        after = built(wanted(second), made(engine, first), engine).after
        problems = [operation.xpath for operation in built(wanted(second), after, engine).operations]
        there, fresh = _said(after), _said(made(engine, second))
        problems += [str(leaf) for leaf in there if leaf not in fresh] + [str(leaf) for leaf in fresh if leaf not in there]
        if CHANGES.index((first, second)) % 3 == 0 and canonical(removed("vpn-1", after, engine).after) != canonical(ready(engine)):
            problems.append("it leaves something behind")
        if problems:
            found[f"{first} → {second}"] = problems[:4]
    assert found == {}


@functools.lru_cache(maxsize=None)
def validator(engine: str, version: tuple):
    firewall = Emulator(version=".".join(map(str, version)), engine=engine).firewall
    return lambda tree: [lines[0] for lines in defects(Tree(tree, None), firewall.schema, firewall.version, True)]


@pytest.mark.parametrize("version, engine", [((10, 1), VIRTUAL_ROUTER), ((12, 1), VIRTUAL_ROUTER), ((10, 2), LOGICAL_ROUTER), ((12, 1), LOGICAL_ROUTER)])
@pytest.mark.parametrize("shape", SHAPES)
def test_a_firewall_of_each_release_takes_it(shape, version, engine):
    """By its tables, and by what a commit finds."""
    platform = Platform(version, engine)
    phases = build.build(wanted(shape), Surroundings(ready(engine), base, platform), Addresses()).phases
    for item in (item for phase in phases for item in phase if isinstance(item, DesiredEntry)):
        validate(item, platform)
    assert validator(engine, version)(plan(phases, ready(engine), base).after) == []


@each_engine
@given(st.lists(st.sampled_from(list(SHAPES)), min_size=2, max_size=2, unique=True), st.permutations([0, 1]))
@settings(deadline=None, derandomize=True, max_examples=12)
def test_two_of_them_live_side_by_side_and_go_in_any_order(engine, shapes, gone):
    pair = [wanted(shapes[0]), _beside(wanted(shapes[1]))]
    tree = ready(engine)
    for each in pair:
        tree = built(each, tree, engine).after
    for each in pair:
        assert built(each, tree, engine).operations == []
    for number in gone:
        tree = applied(tree, removed(pair[number].name, tree, engine).operations)
    assert canonical(tree) == canonical(ready(engine))


def _beside(other: Vpn) -> Vpn:
    """The same VPN to another peer and other networks."""
    def moved(number: int) -> dict:
        tunnel = other.tunnel(number)
        ends = {"inside_cidr": f"169.254.70.{4 * number}/30", "inside_address": f"169.254.70.{4 * number + 2}",
                "inside_peer_address": f"169.254.70.{4 * number + 1}"} if tunnel.inside_cidr else {}
        outside = tunnel.outside_address if tunnel.is_named else f"192.0.2.{100 + number}"
        session = replace(tunnel.bgp, peer_address=tunnel.bgp.peer_address and f"10.60.255.{number}") if tunnel.bgp else None
        return {"outside_address": f"b.{outside}" if tunnel.is_named and not tunnel.is_dynamic else outside, "bgp": session,
                "peer_id": tunnel.peer_id and f"b.{tunnel.peer_id}", **ends}

    return replace(numbered(other, moved), name="vpn-2", remote_networks=("10.210.0.0/16",))


@each_engine
def test_what_was_there_of_ecmp_is_there_again(engine):
    """Somebody else's is left, with fewer options than ours; what was off is off again, with what it said beside."""
    for there, stays in (("<ecmp><enable>yes</enable><max-path>4</max-path></ecmp>", True),
                         ("<ecmp><enable>no</enable><max-path>3</max-path><algorithm><ip-hash/></algorithm></ecmp>", False)):
        before = copy.deepcopy(ready(engine))
        places.find(before, (base("network") + router("default", PLATFORMS[engine].advanced))[1:]).append(ET.fromstring(there))
        after = built(wanted("ecmp"), before, engine).after
        now = places.find(after, (base("network") + router("default", PLATFORMS[engine].advanced) + ("ecmp",))[1:])
        assert (canonical(now) == canonical(ET.fromstring(there))) == stays
        assert places.text(now, ("enable",)) == "yes"
        assert canonical(removed("vpn-1", after, engine).after) == canonical(before)
        told = build.build(wanted("ecmp"), around(before, engine), Addresses()).warnings
        assert any("symmetric_return" in text for text in told) == stays


def test_a_peer_that_prefers_a_tunnel_is_told_of():
    uneven = numbered(vpn("ecmp"), lambda number: {"bgp": replace(vpn("ecmp").tunnel(number).bgp, med=100 * number)})
    told = build.build(uneven, around(ready(VIRTUAL_ROUTER), VIRTUAL_ROUTER), Addresses()).warnings
    assert any("MED 100 through tunnel 1, 200 through tunnel 2" in text for text in told)
