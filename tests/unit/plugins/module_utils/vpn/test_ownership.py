# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Objects of others that are called like a VPN's, of every kind, before it and after it: none is changed, none is removed."""

from __future__ import annotations

import copy
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
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.reconcile.plan import plan
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.tables.places import PLACES
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.tables.platform import LOGICAL_ROUTER, VIRTUAL_ROUTER
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.vpn import build, record as records, removal
from ansible_collections.tunnelsmith.panos_vpn.tests.unit.plugins.module_utils.vpn.test_build import around, base, canonical, start, vpn

NETWORK = base("network")[1:]
RULEBASE = base("rulebase")[1:]
UNITS = NETWORK + PLACES["tunnel_interface"][1]
LEGACY = NETWORK + ("virtual-router", ("entry", "default"))
ADVANCED = NETWORK + ("logical-router", ("entry", "default"), "vrf", ("entry", "default"))
LEGACY_BGP, ADVANCED_BGP = LEGACY + ("protocol", "bgp"), ADVANCED + ("bgp",)
PLAIN = ("ike_crypto_profile", "ipsec_crypto_profile", "monitor_profile")
PROFILES = ("bgp_timer_profile", "bgp_auth_profile", "bgp_address_family_profile", "bgp_filtering_profile", "bgp_redistribution_profile", "prefix_list",
            "bgp_route_map", "redistribution_route_map")
RULE = "<from>{zones}</from><source><member>10.66.0.0/16</member></source><destination><member>any</member></destination><action>{action}</action>"
ROUTE = "<destination>10.66.0.0/16</destination><nexthop><discard/></nexthop><metric>77</metric>"
GROUP = "<type><ebgp/></type><peer><entry name='theirs'><peer-address><ip>192.0.2.9</ip></peer-address></entry></peer>"
# Kind → (where it stands, what it says). One that names a tunnel interface has one of its own.
EVERYWHERE = {
    **{kind: (base(PLACES[kind][0])[1:] + PLACES[kind][1], "<note>theirs</note>") for kind in PLAIN},
    "ike_gateway": (NETWORK + PLACES["ike_gateway"][1], "<local-address><interface>ethernet1/8</interface></local-address><peer-address><ip>203.0.113.70</ip>"
                    "</peer-address>"),
    "ipsec_tunnel": (NETWORK + PLACES["ipsec_tunnel"][1], "<tunnel-interface>{unit}</tunnel-interface>"),
    "security_rule": (RULEBASE + ("security", "rules"), RULE.format(zones="<member>trust</member>", action="allow")
                      + "<to><member>dmz</member></to><application><member>ssl</member></application>"),
    "pbf_rule": (RULEBASE + ("pbf", "rules"), RULE.format(zones="<zone><member>guest</member></zone>", action="<no-pbf/>")),
}
OF_ENGINES = {
    VIRTUAL_ROUTER: {
        "route": (LEGACY + ("routing-table", "ip", "static-route"), ROUTE), "IPv6 route": (LEGACY + ("routing-table", "ipv6", "static-route"), ROUTE),
        "peer": (LEGACY_BGP + ("peer-group", ("entry", "others"), "peer"), "<peer-address><ip>192.0.2.9</ip></peer-address>"),
        "peer group": (LEGACY_BGP + ("peer-group",), GROUP),
        "authentication profile": (LEGACY_BGP + ("auth-profile",), "<secret>-AQ==x</secret>"),
        "import rule": (LEGACY_BGP + ("policy", "import", "rules"), "<used-by><member>others</member></used-by><action><allow/></action>"),
        "export rule": (LEGACY_BGP + ("policy", "export", "rules"), "<used-by><member>others</member></used-by><action><deny/></action>"),
        "redistribution rule": (LEGACY_BGP + ("redist-rules",), "<enable>no</enable>"),
        "redistribution profile": (LEGACY + ("protocol", "redist-profile"), "<priority>7</priority>"),
    },
    LOGICAL_ROUTER: {
        "route": (ADVANCED + ("routing-table", "ip", "static-route"), ROUTE), "IPv6 route": (ADVANCED + ("routing-table", "ipv6", "static-route"), ROUTE),
        "peer": (ADVANCED_BGP + ("peer-group", ("entry", "others"), "peer"), "<peer-address><ip>192.0.2.9</ip></peer-address>"),
        "peer group": (ADVANCED_BGP + ("peer-group",), GROUP),
        **{kind: (NETWORK + PLACES[kind][1], "<note>theirs</note>") for kind in PROFILES},
    },
}
ENGINES = tuple(OF_ENGINES)
REMOTE = "10.200.0.0-16"
USED = ["", "-1", "-2", "-in", "-out", "-ike", "-inside", "-discard", "-rest", "-1-in", "-1-out", "-2-rest",
        f"-1-{REMOTE}", f"-2-{REMOTE}", f"-discard-{REMOTE}"]
NEVER_USED = [f"-{number}" for number in range(3, 10)] + [f"-7-{REMOTE}", "-1-10.66.0.0-16", "-7-in", "-in-dmz", "2", "-10"]
NAMES = ("paris", "a", "vpn-0a1d7f3c52e9b8046", "Lyon_2.b", "x-1", "0")


def kinds(engine) -> dict:
    return {**EVERYWHERE, **OF_ENGINES[engine]}


class Planted:
    """A tree with objects of others in it, and where they stand."""

    def __init__(self, tree, engine, name, wanted):
        self.tree, self.places = copy.deepcopy(tree), []
        for number, (kind, suffix) in enumerate(wanted):
            container, content = kinds(engine)[kind]
            place = container + (("entry", name + suffix),)
            if places.find(self.tree, place) is not None:
                continue
            if kind == "ipsec_tunnel":
                self._add(UNITS + (("entry", f"tunnel.{70 + number}"),), "<mtu>1300</mtu><comment>theirs</comment>")
            self._add(place, content.format(unit=f"tunnel.{70 + number}"))
        self.before = self.found(self.tree)

    def _add(self, place, content):
        places.make(self.tree, place[:-1]).append(ET.fromstring(f"<entry name='{place[-1][1]}'>{content}</entry>"))
        self.places.append(place)

    def found(self, tree) -> dict:
        return {place: canonical(places.find(tree, place)) for place in self.places if places.find(tree, place) is not None}

    def stands(self, tree) -> bool:
        """Whether each is there, as it was; where not, pytest shows which."""
        assert self.found(tree) == self.before
        return True


def carried_out(result, tree):
    return applied(tree, plan(result.phases, tree, base).operations)


def made(wanted, tree, engine, **more):
    """What stands after a run; as it was where the run was refused, which names what is in its way."""
    try:
        return carried_out(build.build(wanted, around(tree, engine), Addresses(), **more), tree)
    except Refused as refused:
        assert wanted.name in str(refused)
        return tree


def removed(name, tree, engine):
    return carried_out(removal.removal(name, around(tree, engine)), tree)


options = st.fixed_dictionaries({
    "security_rules": st.sampled_from(["both", "outbound", "none"]), "mtu": st.sampled_from([None, 1400]),
    "remote_networks": st.sampled_from([("10.200.0.0/16",), ("10.200.0.0/16", "10.201.0.0/16")]),
})
failovers = st.one_of(
    st.fixed_dictionaries({"failover": st.just("pbf"), "backup_routes": st.booleans(), "when_both_down": st.sampled_from(["discard", "route"])}),
    st.fixed_dictionaries({"failover": st.just("bgp"), "local_preference": st.sampled_from([(), (200, 100)])}))
described = st.tuples(options, failovers).map(lambda both: {**both[0], **both[1]})
names, engines = st.sampled_from(NAMES), st.sampled_from(ENGINES)
configs = st.sampled_from(["base", "bgp_running"])
ANY_KIND = sorted({*EVERYWHERE, *OF_ENGINES[VIRTUAL_ROUTER], *OF_ENGINES[LOGICAL_ROUTER]})
things = st.lists(st.tuples(st.sampled_from(ANY_KIND), st.sampled_from(USED + NEVER_USED)), min_size=1, max_size=12)
some_cases = settings(deadline=None, derandomize=True, max_examples=30)


def planted(tree, engine, name, wanted) -> Planted:
    return Planted(tree, engine, name, [(kind, suffix) for kind, suffix in wanted if kind in kinds(engine)])


@given(names, described, things, engines, configs, st.booleans())
@some_cases
def test_what_is_there_before_a_vpn(name, option, wanted, engine, config, adopt):
    there = planted(start(engine, config), engine, name, wanted)
    after = made(vpn(name=name, adopt=adopt, **option), there.tree, engine)
    assert there.stands(after)
    assert there.stands(removed(name, after, engine))


@given(names, described, described, things, engines, configs, st.booleans())
@some_cases
def test_what_comes_after_a_vpn(name, first, second, wanted, engine, config, adopt):
    before = start(engine, config)
    there = planted(made(vpn(name=name, **first), before, engine), engine, name, wanted)
    changed = made(vpn(name=name, adopt=adopt, **second), there.tree, engine)
    assert there.stands(changed)
    assert there.stands(removed(name, changed, engine))


@given(names, described, things, engines, configs)
@some_cases
def test_what_is_there_when_one_tunnel_is_changed_after_the_other(name, option, wanted, engine, config):
    before = made(vpn(name=name, **option), start(engine, config), engine)
    there = planted(before, engine, name, wanted)
    changed = vpn(name=name, **{**option, "mtu": 1300, "remote_networks": ("10.201.0.0/16",)})
    elsewhere = [replace(tunnel, outside_address=f"203.0.113.{90 + number}") for number, tunnel in enumerate(changed.tunnels, 1)]
    changed = replace(changed, tunnels=tuple(elsewhere))
    half = made(changed, there.tree, engine, only=2)
    assert there.stands(half)
    assert there.stands(removed(name, half, engine))
    whole = made(changed, half, engine)
    assert there.stands(whole)
    assert canonical(made(changed, whole, engine)) == canonical(whole)
    assert there.stands(removed(name, whole, engine))


@given(names, described, things, things, engines, configs)
@some_cases
def test_what_is_there_when_a_vpn_takes_the_place_of_another(name, option, old_names, new_names, engine, config):
    before = made(vpn(name="old", **option), start(engine, config), engine)
    first = planted(before, engine, "old", old_names)
    second = planted(first.tree, engine, name, new_names)
    after = made(vpn(name=name, **option), second.tree, engine, replaces="old")
    assert first.stands(after)
    assert second.stands(after)


@given(names, described, things, engines, configs)
@some_cases
def test_what_is_there_when_the_record_is_lost(name, option, wanted, engine, config):
    there = planted(made(vpn(name=name, **option), start(engine, config), engine), engine, name, wanted)
    for unit in places.children(there.tree, UNITS):
        comment = unit.find("comment")
        if comment is not None and records.MARK in (comment.text or ""):
            unit.remove(comment)
    there.before = there.found(there.tree)
    assert canonical(removed(name, there.tree, engine)) == canonical(there.tree)
    with pytest.raises(Refused, match=name):
        build.build(vpn(name=name, **option), around(there.tree, engine), Addresses())
    assert there.stands(made(vpn(name=name, adopt=True, **option), there.tree, engine))


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("failover", ["pbf", "bgp"])
def test_names_that_are_not_needed_are_in_nobodys_way(engine, failover):
    """A whole life beside objects of every kind: made, unchanged, changed, gone without a trace."""
    there = planted(start(engine, "bgp_running"), engine, "paris", [(kind, suffix) for kind in kinds(engine) for suffix in NEVER_USED])
    wanted = vpn(name="paris", failover=failover)
    after = carried_out(build.build(wanted, around(there.tree, engine), Addresses()), there.tree)
    assert there.stands(after)
    assert plan(build.build(wanted, around(after, engine), Addresses()).phases, after, base).operations == []
    assert canonical(removed("paris", after, engine)) == canonical(there.tree)


NEEDED = {
    ("pbf", VIRTUAL_ROUTER): [*PLAIN, "ike_gateway", "ipsec_tunnel", "security_rule", "pbf_rule", "route"],
    ("pbf", LOGICAL_ROUTER): [*PLAIN, "ike_gateway", "ipsec_tunnel", "security_rule", "pbf_rule", "route"],
    ("bgp", VIRTUAL_ROUTER): ["ike_gateway", "peer group", "export rule", "import rule", "redistribution profile", "redistribution rule"],
    ("bgp", LOGICAL_ROUTER): ["ike_gateway", "peer group", *(kind for kind in PROFILES if kind != "bgp_auth_profile")],
}


@pytest.mark.parametrize("adopt", [False, True])
@pytest.mark.parametrize("failover, engine", NEEDED, ids=[" ".join(case) for case in NEEDED])
def test_names_that_are_needed_are_refused_all_at_once(failover, engine, adopt):
    more = {"backup_routes": True} if failover == "pbf" else {"local_preference": (200, 100)}
    used = [""] + [suffix for suffix in USED if suffix]
    there = planted(start(engine, "bgp_running"), engine, "paris", [(kind, suffix) for kind in NEEDED[failover, engine] for suffix in used])
    with pytest.raises(Refused) as refused:
        build.build(vpn(name="paris", failover=failover, adopt=adopt, **more), around(there.tree, engine), Addresses())
    said = str(refused.value)
    words = {"ike_gateway": "IKE gateway 'paris-1'", "security_rule": "security rule 'paris-in'", "pbf_rule": "PBF rule 'paris-discard'",
             "route": f"static route 'paris-2-{REMOTE}'", "peer group": "BGP peer group 'paris-1'", "export rule": "BGP export rule 'paris-1-out'",
             "bgp_route_map": "BGP route map 'paris-1-out'", "prefix_list": "prefix list 'paris-1-out'",
             "redistribution profile": "redistribution profile 'paris'"}
    assert [text for kind, text in words.items() if kind in NEEDED[failover, engine] and text not in said] == [], said
    assert "another name" in said and "adopt: true" in said


@pytest.mark.parametrize("engine", ENGINES)
def test_what_is_replaced_is_there_or_has_been(engine):
    """A misspelt name is refused with the names that there are; the run that replaced it can be repeated."""
    new, empty = vpn("pbf", "new"), start(engine, "base")
    with pytest.raises(Refused, match="replaces: there is no VPN 'olt'; no VPN on this firewall has a record.*nothing was written"):
        build.build(new, around(empty, engine), Addresses(), "olt")
    there = made(vpn("pbf", "old"), empty, engine)
    with pytest.raises(Refused, match="replaces: there is no VPN 'olt'; the VPNs of this firewall that have a record are old"):
        build.build(new, around(there, engine), Addresses(), "olt")
    replaced = made(new, there, engine, replaces="old")
    again = build.build(new, around(replaced, engine), Addresses(), "old")
    assert plan(again.phases, replaced, base).operations == []


def test_two_vpns_of_which_one_has_the_beginning_of_the_others_name():
    """Neither has anything of the other's, in any order of their going."""
    before = start(VIRTUAL_ROUTER, "base")
    for last, first in (("a", "a-b"), ("a-b", "a")):
        one = made(vpn("pbf", "a"), before, VIRTUAL_ROUTER)
        both = made(vpn("bgp", "a-b"), one, VIRTUAL_ROUTER)
        view = around(both, VIRTUAL_ROUTER)
        owned = [{item.relative_path for item in removal.owned(view, record)} for _unit, record in records.on(view)]
        assert all(owned) and not set.intersection(*owned)
        left = removed(first, both, VIRTUAL_ROUTER)
        assert canonical(removed(last, left, VIRTUAL_ROUTER)) == canonical(before)


def test_what_is_called_so_in_another_router_is_not_the_vpns():
    """A claim holds in its router: the same names in the router that the VPN moves to are refused, and in any other they stay."""
    made_first = vpn("pbf", "paris", backup_routes=True)
    there = carried_out(build.build(made_first, around(start(VIRTUAL_ROUTER, "base"), VIRTUAL_ROUTER), Addresses()), start(VIRTUAL_ROUTER, "base"))
    routes = NETWORK + ("virtual-router", ("entry", "branches"), "routing-table", "ip", "static-route")
    places.make(there, routes).append(ET.fromstring(f"<entry name='paris-1-{REMOTE}'>{ROUTE}</entry>"))
    with pytest.raises(Refused, match=f"static route 'paris-1-{REMOTE}'"):
        build.build(replace(made_first, virtual_router="branches"), around(there, VIRTUAL_ROUTER), Addresses())
    left = removed("paris", there, VIRTUAL_ROUTER)
    assert places.names(left, routes) == [f"paris-1-{REMOTE}"]
    moved = carried_out(build.build(replace(made_first, virtual_router="branches", backup_routes=False), around(there, VIRTUAL_ROUTER), Addresses()), there)
    assert places.names(moved, routes) == [f"paris-1-{REMOTE}"]
    assert places.names(moved, LEGACY + ("routing-table", "ip", "static-route")) == places.names(
        start(VIRTUAL_ROUTER, "base"), LEGACY + ("routing-table", "ip", "static-route"))


def test_the_same_name_in_another_virtual_system_is_another_vpn():
    """It has no record there, so nothing of the first VPN goes with it."""
    there = made(vpn("pbf", "paris"), start(VIRTUAL_ROUTER, "base"), VIRTUAL_ROUTER)
    elsewhere = around(there, VIRTUAL_ROUTER)
    elsewhere.base = Location(vsys="vsys2").base
    assert records.of_vpn(elsewhere, "paris") is None
    assert removal.removal("paris", elsewhere).phases == [[]]


@pytest.mark.parametrize("engine", ENGINES)
def test_a_vpn_that_stands_already_inherits_from_the_one_whose_place_it_takes(engine):
    """The zone and the router's BGP, which the other one set up, go with the last VPN that uses them."""
    before = start(engine, "base")
    old = vpn(name="old", failover="bgp", zone="tunnels")
    elsewhere = [replace(tunnel, outside_address=f"203.0.113.{90 + number}", inside_cidr=f"169.254.77.{8 * number}/30",
                         inside_address=f"169.254.77.{8 * number + 2}", inside_peer_address=f"169.254.77.{8 * number + 1}")
                 for number, tunnel in enumerate(old.tunnels, 1)]
    new = vpn(name="new", failover="bgp", zone="tunnels", remote_networks=("10.201.0.0/16",))
    new = replace(new, tunnels=tuple(elsewhere))
    both = made(new, made(old, before, engine), engine)
    alone = made(new, both, engine, replaces="old")
    assert canonical(removed("new", alone, engine)) == canonical(before)


@pytest.mark.parametrize("mask", ["", "/32"])
def test_a_second_gateway_to_the_same_peer_is_refused(mask):
    wanted = vpn(name="paris", failover="pbf")
    tree = made(wanted, start(VIRTUAL_ROUTER, "base"), VIRTUAL_ROUTER)
    address = wanted.tunnel(1).outside_address
    places.find(tree, NETWORK + PLACES["ike_gateway"][1]).append(ET.fromstring(
        f"<entry name='theirs'><local-address><interface>ethernet1/8</interface></local-address><peer-address><ip>{address}{mask}</ip></peer-address></entry>"))
    with pytest.raises(Refused, match=f"IKE gateway 'theirs' already goes from ethernet1/8 to {address}; .* remove that one first"):
        build.build(wanted, around(tree, VIRTUAL_ROUTER), Addresses())
