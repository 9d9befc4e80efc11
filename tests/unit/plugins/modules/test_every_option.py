# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Every option of every resource, one by one, against an emulated firewall that refuses what PAN-OS does not know.

A case is one leaf, or one branch of an exclusive choice, laid over the smallest object that can stand. The cases follow from the tables;
what no table can tell (a value that makes sense, what an option needs beside it) stands in C(VALUES), C(SECOND) and C(BESIDE).
"""

from __future__ import annotations

import copy
import functools
import importlib
import xml.etree.ElementTree as ET
from collections import Counter
from dataclasses import dataclass

import pytest
import yaml

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.configuration import addresses
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.registry import RESOURCES
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.tables.table import Entries, Group, Leaf, Members, steps
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.tasks import needed
from ansible_collections.tunnelsmith.panos_vpn.tests.unit.plugins.modules.door import NETWORK, VSYS, Door
from ansible_collections.tunnelsmith.panos_vpn.tests.unit.plugins.naming import name_for

NEWEST = "12.1.2"
VIRTUAL, LOGICAL = "virtual-router", "logical-router"
KEY = "a-key.of.the-tests"

# Options that say which object is meant, beside its own name.
HOLDERS = {"virtual_router": "default", "tunnel": "branch-7", "peer_group": "g", "address_family": "ipv4"}
# Those without which an object cannot stand.
SMALLEST = {
    "ipsec_crypto_profile": {"esp": {"encryption": ["aes-256-gcm"], "authentication": ["none"]}},
    "ike_gateway": {"local_address": {"interface": "ethernet1/8"}, "peer_address": {"ip": "203.0.113.9"}, "pre_shared_key": KEY},
    "ipsec_tunnel": {"tunnel_interface": "tunnel.7", "ike_gateways": ["branch-7"]},
    "static_route": {"destination": "10.99.0.0/16", "interface": "tunnel.7"},
    "bgp_instance": {"router_id": "10.10.0.1", "local_as": "65000"},
    "bgp_redistribution": {"sources": ["connected"]},
    "bgp_peer": {"peer_as": "64512", "peer_address": {"ip": "169.254.7.1"}, "local_address": {"interface": "tunnel.7"}},
    "pbf_failover": {"from": {"zone": ["trust"]}, "paths": [{"egress_interface": "tunnel.7", "nexthop": {"ip_address": "169.254.7.1"}}]},
    "pbf_rule": {"from": {"zone": ["trust"]}, "action": {"forward": {"egress_interface": "tunnel.7", "nexthop": {"ip_address": "169.254.7.1"}}}},
    "router_ecmp": {"enable": True},
    "security_rule": {"from": ["trust"], "to": ["branch"], "action": "allow"},
}
NEEDS_BGP = ("bgp_redistribution", "bgp_peer")
# An interface that is imported, and in no zone.
SPARE = "tunnel.98"
# Resources whose options or elements depend on the routing engine.
ENGINES = {name: (VIRTUAL, LOGICAL) for name in ("static_route", "bgp_instance", "bgp_redistribution", "bgp_peer", "router_ecmp")}


def sections(digits: str, count: int) -> str:
    """A manual key."""
    return "-".join([digits] * count)


_KEY_SECTIONS = {"md5": 4, "sha1": 5, "sha256": 8, "sha384": 12, "sha512": 16, "encryption.key": 4}
# First and second value, by the end of the option's path; the longest end that fits counts.
VALUES = {
    "ipsec_crypto_profile.esp.encryption": ("aes-128-gcm", "aes-128-ccm"),
    "ipsec_crypto_profile.esp.authentication": ("none", None),
    "local_spi": ("00001000", "00001001"), "remote_spi": ("1FFFFFFF", "1FFFFFFE"),
    "router_id": ("10.10.0.2", "10.10.0.3"), "reflector_cluster_id": ("10.10.0.2", "10.10.0.3"),
    "local_as": ("65001", "1.10"), "peer_as": ("64513", "4200000000"), "confederation_member_as": ("65001", "65002"),
    "max_prefixes": ("unlimited", "1000"),
    "addresses": ("2001:db8::1/64", "2001:db8::2/64"), "tunnel_interface.ip": ("169.254.7.1/30", "169.254.7.5/30"),
    "loopback_interface.ip": ("192.0.2.1/32", "192.0.2.2/32"),
    "interface_id": ("0000000000000007", "0000000000000008"),
    "destination_ip": ("169.254.7.1", "2001:db8::1"),
    "static_route.destination": ("10.98.0.0/16", "10.97.0.0/16"),
    "advertise": ("10.10.0.0/24", "10.30.0.0/16"), "bgp_redistribution.destinations": ("10.10.0.0/24", "10.30.0.0/16"),
    "networks": ("10.96.0.0/16", "2001:db8:96::/48"),
    "zone.interfaces": (SPARE, None),
    "set_origin": ("igp", "egp"),
    "egress_interface": ("ethernet1/7", "ethernet1/8"),
    **{end: (sections("0123abcd", count), sections("4567ef01", count)) for end, count in _KEY_SECTIONS.items()},
}
# What an option needs beside it.
BESIDE = {
    "ipsec_tunnel.tunnel_monitor.enable": {"tunnel_monitor": {"destination_ip": "169.254.7.1"}},
    "ike_gateway.peer_id.matching": {"pre_shared_key": None, "certificate": {"local_certificate": "x"}},
    "bgp_peer.export_nexthop": {"type": "ebgp"},
    "ipsec_tunnel.tunnel_monitor.proxy_id": {"proxy_ids": [{"name": "first"}, {"name": "second"}]},
}
# Options that are no part of what state=gathered gives back, and why.
NOT_TOLD = {
    "bgp_redistribution.networks": "they belong to the router, nothing ties them to the name",
    "bgp_instance.redistribution_profile": "it is part of what bgp_redistribution gives back",
}
# Options whose other value is another object or another branch, so that more than one element comes and goes.
EXCHANGED = ("bgp_redistribution.networks", "bgp_peer.type", "pbf_failover.when_all_down", "pbf_failover.paths")
# Options that a replaced object keeps, and why.
KEPT = {
    "zone.interfaces": "memberships are other people's too",
    "bgp_instance.redistribution_profile": "it is for bgp_redistribution to take away",
}


@dataclass(frozen=True)
class Option:
    """One option. C(trail): the (nodes, choices, node) from the resource's table down to it."""

    resource: str
    engine: str
    trail: tuple

    @property
    def node(self):
        return self.trail[-1][2]

    @property
    def path(self) -> str:
        return ".".join(node.option for _nodes, _choices, node in self.trail)

    @property
    def name(self) -> str:
        return f"{self.resource}.{self.path}"

    def __str__(self) -> str:
        return f"{self.name} on a {self.engine}" if self.resource in ENGINES else self.name

    def values(self):
        """(first, second) as the user writes them; the second is None where there is no other. A list gets one item, then one more."""
        ends = [end for end in VALUES if f".{self.name}".endswith(f".{end}")]
        first, second = VALUES[max(ends, key=len)] if ends else samples(self.node)
        if not isinstance(self.node, (Members, Entries)):
            return first, second
        return self._listed(first), None if second is None else self._listed(first, second)

    def _listed(self, *items):
        return [{self.node.key: item} if isinstance(self.node, Entries) and self.node.nodes else item for item in items]

    def laid(self, value) -> dict:
        """The smallest object with this option set to C(value), other branches of its choices left out."""
        options = copy.deepcopy(SMALLEST.get(self.resource, {}))
        holder = options
        for number, (nodes, choices, node) in enumerate(self.trail):
            for other in rivals(nodes, choices, node):
                holder.pop(other.option, None)
            if number == len(self.trail) - 1:
                holder[node.option] = value
            elif isinstance(node, Group):
                holder = holder.setdefault(node.option, {})
            else:
                holder[node.option] = holder.get(node.option) or [{node.key: sample_name(self.resource, node)}]
                holder = holder[node.option][0]
        return _merged(options, copy.deepcopy(BESIDE.get(self.name, {})))


def _merged(under: dict, over: dict) -> dict:
    found = dict(under)
    for key, value in over.items():
        found[key] = _merged(found[key], value) if isinstance(value, dict) and isinstance(found.get(key), dict) else value
    return {key: value for key, value in found.items() if value is not None}


def branch(choice, node):
    """Which branch of a choice a node lies in; None where it lies in none."""
    path, place = steps(node.path), steps(choice.path)
    step = path[len(place)] if path[:len(place)] == place and len(path) > len(place) else None
    return step if step in choice.branches else None


def rivals(nodes, choices, node) -> list:
    """The nodes of other branches."""
    return [other for choice in choices for other in nodes
            if branch(choice, node) and branch(choice, other) and branch(choice, other) != branch(choice, node)]


def sample_name(resource: str, node: Entries) -> str:
    ends = [end for end in VALUES if f"{resource}.{node.option}".endswith(end)]
    return VALUES[max(ends, key=len)][0] if ends else "first"


def samples(node) -> tuple:
    """Two values that the table allows on the newest version."""
    if isinstance(node, Entries):
        return "first", "second"
    if isinstance(node, Group):
        return {}, None
    if node.choices:
        words = [word for word in node.choices if word not in node.values_until]
        return (words[-1], words[0] if len(words) > 1 else None)
    if node.type == "bool":
        return not node.absent, bool(node.absent)
    if node.type == "empty":
        return True, None
    if node.type == "int":
        return node.maximum, node.minimum
    if isinstance(node, Leaf) and node.form in ("address", "IPv4 address"):
        return "192.0.2.1", "192.0.2.2"
    return "first", "second"


@pytest.fixture(autouse=True)
def _names_of_nothing(monkeypatch):
    """Where an option names another object, any name will do here."""
    monkeypatch.setattr(needed, "missing", lambda target, plan, reads, view=None: [])


def options_of(resource, engine, nodes, choices, above=()):
    """Every leaf, list and branch below C(nodes)."""
    for node in nodes:
        trail = above + ((nodes, choices, node),)
        if isinstance(node, (Group, Entries)) and node.nodes:
            yield from options_of(resource, engine, node.nodes, node.choices, trail)
        if not isinstance(node, Group) or node.says_something_bare and branch_of_any(choices, node):
            yield Option(resource, engine, trail)


def branch_of_any(choices, node) -> bool:
    return any(branch(choice, node) for choice in choices)


@functools.lru_cache(maxsize=None)
def documented(resource: str) -> dict:
    return yaml.safe_load(importlib.import_module(door_name(resource)).DOCUMENTATION)["options"]


def door_name(resource: str) -> str:
    return f"ansible_collections.tunnelsmith.panos_vpn.plugins.modules.{resource}"


ONLY = {"Only virtual routers have it": VIRTUAL, "Only the Advanced Routing Engine has it": LOGICAL}


def engine_of(resource: str, option: str):
    """The engine that alone has a (top-level) option, as the documentation says it."""
    text = str(documented(resource)[option]["description"])
    return next((engine for words, engine in ONLY.items() if words in text), None)


def every_option():
    for resource in RESOURCES.values():
        table = resource.table
        for engine in ENGINES.get(resource.name, (VIRTUAL,)):
            nodes = engine_table(resource.name, engine) or table
            yield from options_of(resource.name, engine, nodes.nodes, nodes.choices)


def engine_table(resource: str, engine: str):
    """The table of an engine where the user's table is the virtual router's."""
    if resource == "static_route":
        return importlib.import_module(door_name(resource).replace("modules", "module_utils.resources")).TABLES[engine == LOGICAL, False]
    return None


ALL = list(every_option())
LIVING = [option for option in ALL if engine_of(option.resource, option.path.partition(".")[0]) in (None, option.engine)]
STRANGE = [option for option in ALL if option not in LIVING]
each_option = pytest.mark.parametrize("option", LIVING, ids=str)


@pytest.fixture(scope="module")
def firewall_of():
    """Emulated firewalls that serve all cases of this file: each case leaves its firewall as it found it."""
    from ansible_collections.tunnelsmith.panos_vpn.tests.lab.emulator import Emulator

    started = {}

    def start(version=NEWEST, engine=VIRTUAL, bgp=False):
        kind = (version, engine, bgp)
        if kind not in started:
            started[kind] = Emulator(version=version, engine=engine).start()
            for xpath, element in PLANTED + ((BGP[engine],) if bgp else ()):
                started[kind].control.plant(xpath, element)
        return started[kind]

    yield start
    for firewall in started.values():
        firewall.stop()


PLANTED = (
    (f"{NETWORK}/interface/tunnel/units", f'<entry name="{SPARE}"/>'),
    (f"{VSYS}/import/network/interface", f"<member>{SPARE}</member>"),
)
ROUTERS = {VIRTUAL: f"{NETWORK}/virtual-router/entry[@name='default']/protocol",
           LOGICAL: f"{NETWORK}/logical-router/entry[@name='default']/vrf/entry[@name='default']"}
BGP = {engine: (f"{place}/bgp", "<router-id>10.10.0.1</router-id><local-as>65000</local-as>") for engine, place in ROUTERS.items()}


def identity(resource) -> dict:
    """The options that say which object is meant: one that is not there yet."""
    return {option: HOLDERS.get(option) or name_for(resource.table, 99) for option in resource.identity}


class Bench:
    """One resource on one firewall."""

    def __init__(self, resource: str, firewall):
        self.resource = resource
        self.door = Door(importlib.import_module(door_name(resource)), firewall)
        self.identity = identity(RESOURCES[resource])

    def run(self, options, **more):
        return self.door.done({**self.identity, **options}, **more)

    def gathered(self) -> dict:
        found = self.run({}, state="gathered").values["gathered"]
        assert len(found) == 1
        return found[0]

    def smallest(self) -> tuple:
        """The candidate without and with the smallest object, and what state=gathered tells of that, made once on each firewall."""
        known = (self.resource, self.door.firewall.port)
        if known not in _SMALLEST_SEEN:
            start = self.door.candidate()
            self.run(SMALLEST.get(self.resource, {}))
            told = {key: value for key, value in self.gathered().items() if key not in self.identity}
            small = self.door.candidate()
            self.run({}, state="absent")
            assert self.door.candidate() == start
            _SMALLEST_SEEN[known] = (start, small, told)
        return _SMALLEST_SEEN[known]


_SMALLEST_SEEN: dict = {}


def leftovers(options) -> dict:
    """What has to be named for its removal: what nothing ties to the object."""
    return {"networks": options["networks"]} if "networks" in options else {}


def flat(element: ET.Element, place=()) -> Counter:
    """The leaves of a tree, each with its place: elements by tag, entries and members by name."""
    step = (element.tag, element.get("name") or ((element.text or "").strip() if element.tag == "member" else ""))
    text = "" if element.tag == "member" else (element.text or "").strip()
    found = Counter() if len(element) else Counter([(place + (step,), text)])
    for child in element:
        found += flat(child, place + (step,))
    return found


def candidate(door) -> Counter:
    return flat(ET.fromstring(door.control.candidate()))


def expected(option: Option, options: dict, smallest: dict) -> dict:
    """What state=gathered must give back: what the smallest object gives, the option's own branch laid over it."""
    untold = {key: value for key, value in options.items() if f"{option.resource}.{key}" not in NOT_TOLD}
    found = copy.deepcopy(smallest)
    nodes, choices, node = option.trail[0]
    for other in rivals(nodes, choices, node):
        found.pop(other.option, None)
    return without_secrets(nodes, _over(nodes, found, untold))


def _over(nodes, under: dict, over: dict) -> dict:
    known = {node.option: node for node in nodes}
    found = dict(under)
    for key, value in over.items():
        node = known[key]
        if isinstance(node, Group) and not node.choices and isinstance(found.get(key), dict):
            found[key] = _over(node.nodes, found[key], value)
        else:
            found[key] = value
    return found


def without_secrets(nodes, values: dict) -> dict:
    known = {node.option: node for node in nodes}
    found = {}
    for key, value in values.items():
        node = known.get(key)
        if isinstance(node, Leaf) and node.type == "secret":
            continue
        if isinstance(node, Group):
            value = without_secrets(node.nodes, value)
            if not value and not node.says_something_bare:
                continue
        elif isinstance(node, Entries) and node.nodes:
            value = [without_secrets(node.nodes, item) for item in value]
        found[key] = value
    return found


@each_option
def test_an_option_lives(firewall_of, option):
    """Made, read back, kept, changed alone, reset, taken away."""
    bench = Bench(option.resource, firewall_of(engine=option.engine, bgp=option.resource in NEEDS_BGP))
    door = bench.door
    start, small, smallest = bench.smallest()
    first, second = option.values()
    options = option.laid(first)
    try:
        assert bench.run(options).changed
        told = bench.gathered()
        assert told == {**bench.identity, **expected(option, options, smallest)}
        assert not bench.run(options).changed
        assert door.writes() == []
        assert not bench.run(told).changed
        if second is not None:
            changes_alone(bench, option, second)
        if "replaced" in RESOURCES[option.resource].states and option.name not in KEPT:
            bench.run(SMALLEST.get(option.resource, {}), state="replaced")
            assert door.candidate() == small
    finally:
        bench.run(leftovers(option.laid(second or first)), state="absent")
    assert door.candidate() == start
    assert not bench.run({}, state="absent").changed


def changes_alone(bench, option, value):
    """A second value is sent alone: one operation, and what differs afterwards lies in one element."""
    before = candidate(bench.door)
    assert bench.run(option.laid(value)).changed
    after = candidate(bench.door)
    different = {place for place, _text in (before - after) + (after - before)}
    assert different
    if option.name in EXCHANGED:
        return
    assert len(bench.door.writes()) == 1
    # One element with its text or its members; where it is the first in its parent, the empty parent differs too.
    stem = min(different, key=len)
    assert all(place[:len(stem) - 1] == stem[:-1] for place in different)
    assert len({place[-1] for place in different if len(place) == len(stem)}) == 1 or {place[-1][0] for place in different} == {"member"}


# What a version, an engine, a range forbids is refused by name, before anything is written.


@pytest.mark.parametrize("option", STRANGE, ids=str)
def test_an_option_of_the_other_engine_is_refused(firewall_of, option):
    bench = Bench(option.resource, firewall_of(engine=option.engine, bgp=option.resource in NEEDS_BGP))
    name = option.path.partition(".")[0]
    bench.door.refused({**bench.identity, **option.laid(option.values()[0])}, name, "does not exist")


def just_below(version: tuple) -> str:
    """The last version without something: C(11.0.2) → C(11.0.1), C(11.1) → C(11.0.9)."""
    if len(version) == 3 and version[2]:
        return f"{version[0]}.{version[1]}.{version[2] - 1}"
    major, minor = (version[0], version[1] - 1) if version[1] else (version[0] - 1, 2)
    return f"{major}.{minor}.9"


def since_when():
    """Each option, or each of its words, that came with a version."""
    for option in LIVING:
        newest = max((node.since for _nodes, _choices, node in option.trail), default=())
        if newest:
            yield pytest.param(option, None, newest, id=f"{option} before {newest}")
        for word, since in getattr(option.node, "values_since", {}).items():
            yield pytest.param(option, word, since, id=f"{option} {word} before {since}")


@pytest.mark.parametrize("option, word, since", list(since_when()))
def test_what_a_version_lacks_is_refused(firewall_of, option, word, since):
    bench = Bench(option.resource, firewall_of(version=just_below(since)))
    value = option.values()[0] if word is None else [word] if isinstance(option.node, Members) else word
    named = [node.option for _nodes, _choices, node in option.trail if word or node.since][0]
    bench.door.refused({**bench.identity, **option.laid(value)}, named, word or "", "needs PAN-OS", ".".join(map(str, since)))
    if word is not None:
        newer = Bench(option.resource, firewall_of(version=f"{since[0]}.{since[1]}.0"))
        newer.run(option.laid(value), check=True)


def until_when():
    for option in LIVING:
        for word, until in getattr(option.node, "values_until", {}).items():
            yield pytest.param(option, word, until, id=f"{option} {word} until {until}")


@pytest.mark.parametrize("option, word, until", list(until_when()))
def test_what_a_version_no_longer_takes_is_refused(firewall_of, option, word, until):
    beside = {"esp": {"authentication": ["sha256"]}} if option.resource == "ipsec_crypto_profile" else {}
    options = _merged(option.laid([word] if isinstance(option.node, Members) else word), beside)
    last, first = Bench(option.resource, firewall_of(version=just_below(until))), Bench(option.resource, firewall_of(version=".".join(map(str, until))))
    assert last.run(options).changed
    assert not last.run(options).changed
    last.run({}, state="absent")
    first.door.refused({**first.identity, **options}, option.node.option, word, "no longer")


def outside(node) -> dict:
    """Values that the table does not allow, by what is wrong with them."""
    found = {}
    leaf = node if isinstance(node, (Leaf, Members)) else None
    if leaf is not None and leaf.type == "int":
        found["below the range"], found["above the range"] = leaf.minimum - 1, leaf.maximum + 1
        found["no number"] = "many"
    if leaf is not None and leaf.choices:
        found["no such word"] = "no-such-word"
    if leaf is not None and leaf.type == "bool":
        found["neither yes nor no"] = "perhaps"
    if node.max_length if isinstance(node, (Leaf, Members, Entries)) else None:
        found["too long"] = "s" * (node.max_length + 1)
    if getattr(node, "form", "") in addresses.FORMS:
        found["no address"], found["no such prefix"] = "10.300.0.1", "10.3.0.0/33"
    elif isinstance(node, Leaf) and (node.pattern or node.form):
        found["of another form"] = "?!"
    if isinstance(node, Entries) and node.name_pattern:
        found["no name"] = "a:b/c"
    return found


WRONG = [pytest.param(option, value, id=f"{option} {fault}") for option in LIVING for fault, value in outside(option.node).items()]


@pytest.mark.parametrize("option, value", WRONG)
def test_a_wrong_value_is_refused_by_name(firewall_of, option, value):
    bench = Bench(option.resource, firewall_of(engine=option.engine, bgp=option.resource in NEEDS_BGP))
    if isinstance(option.node, Members):
        value = [value]
    elif isinstance(option.node, Entries):
        value = [{option.node.key: value} if option.node.nodes else value]
    bench.door.refused({**bench.identity, **option.laid(value)}, option.node.option)


def exclusive():
    """Each choice of which two branches have an option: the two options' places."""
    seen = set()
    for option in LIVING:
        for number, (nodes, choices, node) in enumerate(option.trail):
            for rival in rivals(nodes, choices, node):
                above = option.trail[:number]
                pair = (option.resource, tuple(step.option for _nodes, _choices, step in above), frozenset((node.option, rival.option)))
                if pair not in seen:
                    seen.add(pair)
                    yield pytest.param(option, number, rival, id=f"{option} and {rival.option}")


def anything(node):
    """A value for a node, whatever it is."""
    if isinstance(node, Group):
        inner = node.nodes[0]
        return {inner.option: anything(inner)}
    if isinstance(node, Entries):
        return [{node.key: "first"} if node.nodes else "first"]
    return [samples(node)[0]] if isinstance(node, Members) else samples(node)[0]


@pytest.mark.parametrize("option, number, rival", list(exclusive()))
def test_two_branches_together_are_refused(firewall_of, option, number, rival):
    bench = Bench(option.resource, firewall_of(engine=option.engine, bgp=option.resource in NEEDS_BGP))
    options = option.laid(option.values()[0])
    holder = options
    for _nodes, _choices, node in option.trail[:number]:
        holder = holder[node.option] if isinstance(node, Group) else holder[node.option][0]
    holder[rival.option] = anything(rival)
    bench.door.refused({**bench.identity, **options}, rival.option, "exclude each other")


def worded():
    """Options that take one of several words."""
    return [option for option in LIVING if isinstance(option.node, (Leaf, Members)) and len(option.node.choices) > 2]


# Ciphers go with the authentication that is possible beside them.
WORDS_BESIDE = {
    "ipsec_crypto_profile.esp.encryption": {"esp": {"authentication": ["none", "sha256"]}},
    "ipsec_crypto_profile.esp.authentication": {"esp": {"encryption": ["aes-256-gcm", "aes-256-cbc"]}},
    "bgp_peer.export_nexthop": {"type": "ebgp"},
}
NOT_TOGETHER = {"bgp_peer.export_nexthop": ("original",)}


@pytest.mark.parametrize("option", worded(), ids=str)
def test_every_word_is_taken(firewall_of, option):
    bench = Bench(option.resource, firewall_of(engine=option.engine, bgp=option.resource in NEEDS_BGP))
    words = [word for word in option.node.choices if word not in option.node.values_until and word not in NOT_TOGETHER.get(option.name, ())]
    try:
        for value in [words] if isinstance(option.node, Members) else words:
            options = _merged(option.laid(value), WORDS_BESIDE.get(option.name, {}))
            bench.run(options)
            assert not bench.run(options).changed
    finally:
        bench.run({}, state="absent")
