# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Whether BGP's policies let a network pass: the rules of virtual routers, and the profiles, route maps and lists of logical ones."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from ipaddress import ip_network
from types import SimpleNamespace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.device.location import Location
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.diagnosis.bgp_policies import held_back
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.errors import Refused
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.firewall.bgp_policies import EXPORT, IMPORT, Peer, denying, exchanges, verdict
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.firewall.surroundings import Surroundings
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.tables.platform import LOGICAL_ROUTER, VIRTUAL_ROUTER, Platform
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.vpn import bgp

PEER = Peer("default", "g", "p")
NET = "10.10.0.0/24"
PASSES, HELD, UNTOLD = True, False, None


def view(network: str, engine: str = LOGICAL_ROUTER) -> Surroundings:
    text = f"<config><devices><entry name='localhost.localdomain'><network>{network}</network></entry></devices></config>"
    return Surroundings(ET.fromstring(text), Location().base, Platform((11, 1), engine))


# Logical routers.

def advanced(profile: str, lists: str = "", steps: str = "", peer: str = "", family: str = "ipv4") -> Surroundings:
    """A peer in a group with the filtering profile C(f); lists by their names, and one route map C(m)."""
    return view(
        "<logical-router><entry name='default'><vrf><entry name='default'><bgp><peer-group><entry name='g'>"
        f"<filtering-profile><{family}>f</{family}></filtering-profile><peer><entry name='p'>{peer}</entry></peer></entry></peer-group></bgp></entry></vrf>"
        "</entry></logical-router><routing-profile><bgp><filtering-profile>"
        f"<entry name='f'><{family}><unicast>{profile}</unicast></{family}></entry><entry name='open'/></filtering-profile></bgp><filters><prefix-list>{lists}"
        f"</prefix-list><route-maps><bgp><bgp-entry><entry name='m'><route-map>{steps}</route-map></entry></bgp-entry></bgp></route-maps></filters>"
        "</routing-profile>")


def prefix_list(*entries: str, name: str = "l", family: str = "ipv4") -> str:
    return f"<entry name='{name}'><type><{family}><{family}-entry>{''.join(entries)}</{family}-entry></{family}></type></entry>"


def listed(number: int, action: str | None, network: str, shortest: int | None = None, longest: int | None = None) -> str:
    limits = "" if shortest is None else f"<greater-than-or-equal>{shortest}</greater-than-or-equal>"
    limits += "" if longest is None else f"<less-than-or-equal>{longest}</less-than-or-equal>"
    prefix = "<network>any</network>" if network == "any" else f"<entry><network>{network}</network>{limits}</entry>"
    said = "" if action is None else f"<action>{action}</action>"
    return f"<entry name='{number}'>{said}<prefix>{prefix}</prefix></entry>"


def step(number: int, action: str | None, match: str = "") -> str:
    return f"<entry name='{number}'>{'' if action is None else f'<action>{action}</action>'}<match>{match}</match></entry>"


def by_list(name: str = "l", family: str = "ipv4") -> str:
    return f"<{family}><address><prefix-list>{name}</prefix-list></address></{family}>"


FILTER = "<outbound-network-filters><prefix-list>l</prefix-list></outbound-network-filters>"
MAP = "<route-maps><outbound>m</outbound></route-maps>"
COMMUNITY = "<regular-community>65000:1</regular-community>"

LISTS = {
    "a wide entry that denies": ([listed(5, "deny", "10.0.0.0/8", longest=32)], HELD),
    "a wide entry that permits": ([listed(5, "permit", "10.0.0.0/8", longest=32)], PASSES),
    "any": ([listed(5, "permit", "any")], PASSES),
    "any is denied": ([listed(5, "deny", "any")], HELD),
    "deny before permit": ([listed(5, "deny", NET), listed(10, "permit", NET)], HELD),
    "permit before deny": ([listed(5, "permit", NET), listed(10, "deny", "any")], PASSES),
    "by sequence, not by place": ([listed(10, "deny", "any"), listed(5, "permit", NET)], PASSES),
    "a number is no text": ([listed(10, "deny", "any"), listed(9, "permit", NET)], PASSES),
    "denies where nothing is said": ([listed(5, None, NET)], HELD),
    "a wider network that is meant exactly": ([listed(5, "permit", "10.0.0.0/8")], HELD),
    "a longer prefix than is listed up to": ([listed(5, "permit", "10.0.0.0/8", longest=16)], HELD),
    "a shorter prefix than is listed from": ([listed(5, "permit", "10.0.0.0/8", shortest=25)], HELD),
    "from and up to": ([listed(5, "permit", "10.0.0.0/8", shortest=20, longest=24)], PASSES),
    "from a length on": ([listed(5, "permit", "10.0.0.0/8", shortest=24)], PASSES),
    "everything, the default route included": ([listed(5, "permit", "0.0.0.0/0", longest=32)], PASSES),
    "the default route alone": ([listed(5, "permit", "0.0.0.0/0")], HELD),
    "another network": ([listed(5, "permit", "10.20.0.0/24")], HELD),
    "no entry": ([], UNTOLD),
    "a variable": ([listed(5, "permit", "$lan")], UNTOLD),
    "a variable, and denied all the same": ([listed(5, "deny", "$lan")], HELD),
    "a variable after the answer": ([listed(5, "permit", NET), listed(10, "deny", "$lan")], PASSES),
}


@pytest.mark.parametrize("entries, expected", LISTS.values(), ids=LISTS.keys())
def test_prefix_lists(entries, expected):
    around = advanced(FILTER, prefix_list(*entries))
    assert verdict(around, PEER, EXPORT, NET).passes is expected
    assert verdict(around, PEER, IMPORT, NET).passes is PASSES


MAPS = {
    "permits all": ([step(10, "permit")], PASSES),
    "denies all": ([step(10, "deny")], HELD),
    "denies where nothing is said": ([step(10, None)], HELD),
    "permits what a list permits": ([step(10, "permit", by_list())], PASSES),
    "denies what a list permits": ([step(10, "deny", by_list()), step(20, "permit")], HELD),
    "what a list denies is no match": ([step(10, "deny", by_list("no")), step(20, "permit")], PASSES),
    "nothing matches": ([step(10, "permit", by_list("no"))], HELD),
    "by sequence": ([step(20, "deny"), step(10, "permit", by_list())], PASSES),
    "no entry": ([], HELD),
    "a list that is not there": ([step(10, "permit", by_list("gone"))], HELD),
    "a condition on what routes carry": ([step(10, "permit", COMMUNITY)], UNTOLD),
    "a condition that makes no difference": ([step(10, "permit", COMMUNITY), step(20, "permit")], PASSES),
    "a condition that makes none, denied": ([step(10, "deny", COMMUNITY)], HELD),
    "a condition beside a list that does not match": ([step(10, "deny", by_list("no") + COMMUNITY), step(20, "permit")], PASSES),
    "a condition beside a list that matches": ([step(10, "deny", by_list() + COMMUNITY), step(20, "permit")], UNTOLD),
    "a condition that is none": ([step(10, "permit", "<origin>none</origin><metric/>")], PASSES),
    "a condition about the other addresses": ([step(10, "deny", by_list(family="ipv6")), step(20, "permit")], PASSES),
    "an access list": ([step(10, "deny", "<ipv4><address><access-list>a</access-list></address></ipv4>"), step(20, "permit")], UNTOLD),
    "a next hop": ([step(10, "deny", "<ipv4><next-hop><prefix-list>l</prefix-list></next-hop></ipv4>"), step(20, "permit")], UNTOLD),
}
YES_AND_NO = prefix_list(listed(5, "permit", "10.0.0.0/8", longest=32)) + prefix_list(listed(5, "deny", NET), listed(9, "permit", "10.9.0.0/16"), name="no")


@pytest.mark.parametrize("steps, expected", MAPS.values(), ids=MAPS.keys())
def test_route_maps(steps, expected):
    assert verdict(advanced(MAP, YES_AND_NO, "".join(steps)), PEER, EXPORT, NET).passes is expected


PROFILES = {
    "nothing": ("", PASSES),
    "placeholders": ("<route-maps><outbound>none</outbound></route-maps><outbound-network-filters><prefix-list/></outbound-network-filters>", PASSES),
    "both, and both permit": (FILTER + MAP, PASSES),
    "a distribute list": ("<outbound-network-filters><distribute-list>d</distribute-list></outbound-network-filters>", UNTOLD),
    "a list of AS paths": ("<filter-list><outbound>paths</outbound></filter-list>", UNTOLD),
    "a list of AS paths of the other direction": ("<filter-list><inbound>paths</inbound></filter-list>", PASSES),
    "conditional": ("<conditional-advertisement><exist><advertise-map>m</advertise-map></exist></conditional-advertisement>", UNTOLD),
    "a route map that is not there": ("<route-maps><outbound>gone</outbound></route-maps>", UNTOLD),
    "what denies decides, whatever else is not told":
        ("<filter-list><outbound>paths</outbound></filter-list><outbound-network-filters><prefix-list>no</prefix-list></outbound-network-filters>", HELD),
}


@pytest.mark.parametrize("profile, expected", PROFILES.values(), ids=PROFILES.keys())
def test_filtering_profiles(profile, expected):
    assert verdict(advanced(profile, YES_AND_NO, step(10, "permit")), PEER, EXPORT, NET).passes is expected


OWN = {
    "inherited": ("<inherit><yes/></inherit>", HELD),
    "its own": ("<inherit><no><filtering-profile><ipv4>open</ipv4></filtering-profile></no></inherit>", PASSES),
    "none of its own": ("<inherit><no><filtering-profile><ipv4>none</ipv4></filtering-profile></no></inherit>", PASSES),
    "one that is not there": ("<inherit><no><filtering-profile><ipv4>gone</ipv4></filtering-profile></no></inherit>", UNTOLD),
}


@pytest.mark.parametrize("peer, expected", OWN.values(), ids=OWN.keys())
def test_a_peer_s_own_profile_counts_before_its_group_s(peer, expected):
    around = advanced(MAP, steps=step(10, "deny"), peer=peer)
    assert verdict(around, PEER, EXPORT, NET).passes is expected
    assert verdict(around, Peer("default", "g"), EXPORT, NET).passes is HELD


def test_ipv6_has_profiles_and_lists_of_its_own():
    lists = prefix_list(listed(5, "permit", "2001:db8::/32", longest=64), family="ipv6")
    around = advanced(MAP, lists, step(10, "permit", by_list(family="ipv6")), family="ipv6")
    assert verdict(around, PEER, EXPORT, "2001:db8:1::/48").passes is PASSES
    assert verdict(around, PEER, EXPORT, "2001:db8:1::1/128").passes is HELD
    assert verdict(around, PEER, EXPORT, NET).passes is PASSES


def test_what_decides_is_named():
    denied = verdict(advanced(MAP, steps=step(20, "deny")), PEER, EXPORT, NET)
    assert (denied.by, denied.says, denied.assumed) == ("the route map 'm'", "route map 'm' entry 20 action: deny", False)
    unspoken = verdict(advanced(MAP, YES_AND_NO, step(20, "permit", by_list("no"))), PEER, EXPORT, NET)
    assert (unspoken.passes, unspoken.assumed) == (HELD, True)
    assert "permits 10.10.0.0/24" in unspoken.says
    assert "gone" in verdict(advanced("<route-maps><outbound>gone</outbound></route-maps>"), PEER, EXPORT, NET).says


# Virtual routers.

def rule(name: str, action: str, match: str = "", used_by: str = "g", more: str = "") -> str:
    decided = {"allow": "<allow><update/></allow>", "deny": "<deny/>", "": ""}[action]
    return (f"<entry name='{name}'><used-by><member>{used_by}</member></used-by><match>{match}</match><action>{decided}</action>{more}</entry>")


def prefixes(*names: str, exact: str | None = None) -> str:
    said = "" if exact is None else f"<exact>{exact}</exact>"
    return f"<address-prefix>{''.join(f'<entry name={name!r}>{said}</entry>' for name in names)}</address-prefix>"


def legacy(*rules: str, direction: str = EXPORT, more: str = "") -> Surroundings:
    return view(
        "<virtual-router><entry name='default'><protocol><bgp><peer-group><entry name='g'><peer><entry name='p'/></peer></entry></peer-group>"
        f"<policy><{direction}><rules>{''.join(rules)}</rules></{direction}>{more}</policy></bgp></protocol></entry></virtual-router>", VIRTUAL_ROUTER)


RULES = {
    "none": ([], PASSES),
    "one of another group": ([rule("a", "deny", used_by="h")], PASSES),
    "one that is off": ([rule("a", "deny", more="<enable>no</enable>")], PASSES),
    "denies all": ([rule("a", "deny")], HELD),
    "allows all": ([rule("a", "allow")], PASSES),
    "allows this one": ([rule("a", "allow", prefixes(NET)), rule("b", "deny")], PASSES),
    "allows another one": ([rule("a", "allow", prefixes("10.20.0.0/24")), rule("b", "deny")], HELD),
    "a wider one, exactly": ([rule("a", "deny", prefixes("10.0.0.0/8")), rule("b", "allow")], PASSES),
    "a wider one, and what is in it": ([rule("a", "deny", prefixes("10.0.0.0/8", exact="no")), rule("b", "allow")], HELD),
    "a narrower one": ([rule("a", "deny", prefixes("10.10.0.0/25", exact="no")), rule("b", "allow")], PASSES),
    "one of several": ([rule("a", "deny", prefixes("10.1.0.0/24", NET)), rule("b", "allow")], HELD),
    "the first that matches": ([rule("a", "allow"), rule("b", "deny")], PASSES),
    "nothing matches": ([rule("a", "allow", prefixes("10.20.0.0/24"))], HELD),
    "multicast": ([rule("a", "deny", "<route-table>multicast</route-table>"), rule("b", "allow")], PASSES),
    "unicast": ([rule("a", "deny", "<route-table>unicast</route-table>"), rule("b", "allow")], HELD),
    "a condition on what routes carry": ([rule("a", "deny", "<as-path><regex>_65000_</regex></as-path>"), rule("b", "allow")], UNTOLD),
    "a condition that makes no difference": ([rule("a", "deny", "<as-path><regex>_65000_</regex></as-path>"), rule("b", "deny")], HELD),
    "a condition and another prefix": ([rule("a", "deny", prefixes("10.20.0.0/24") + "<med>5</med>"), rule("b", "allow")], PASSES),
    "conditions that say nothing": ([rule("a", "deny", "<nexthop/><as-path/><community><regex/></community>")], HELD),
    "a variable": ([rule("a", "deny", prefixes("$lan")), rule("b", "allow")], UNTOLD),
    "a network of IPv6": ([rule("a", "deny", prefixes("2001:db8::/32")), rule("b", "allow")], PASSES),
    "no action": ([rule("a", "")], UNTOLD),
}


@pytest.mark.parametrize("direction, other", [(EXPORT, IMPORT), (IMPORT, EXPORT)])
@pytest.mark.parametrize("rules, expected", RULES.values(), ids=RULES.keys())
def test_rules_of_a_virtual_router(rules, expected, direction, other):
    around = legacy(*rules, direction=direction)
    assert verdict(around, PEER, direction, NET).passes is expected
    assert verdict(around, PEER, other, NET).passes is PASSES


def test_what_no_rule_speaks_of_is_told_apart_from_what_one_denies():
    assert verdict(legacy(rule("a", "allow", prefixes("10.20.0.0/24"))), PEER, EXPORT, NET).assumed
    denied = verdict(legacy(rule("a", "deny")), PEER, EXPORT, NET)
    assert (denied.by, denied.says, denied.assumed) == ("the BGP export rule 'a'", "export rule 'a' action: deny", False)


def test_conditional_advertisement_leaves_open_what_is_announced():
    more = "<conditional-advertisement><policy><entry name='c'><used-by><member>g</member></used-by></entry></policy></conditional-advertisement>"
    assert verdict(legacy(more=more), PEER, EXPORT, NET).passes is UNTOLD
    assert verdict(legacy(rule("a", "deny"), more=more), PEER, EXPORT, NET).passes is HELD
    assert verdict(legacy(more=more), PEER, IMPORT, NET).passes is PASSES


def test_the_rules_that_deny_anything():
    around = legacy(rule("a", "deny", prefixes("10.20.0.0/24")), rule("b", "allow"), rule("c", "deny", used_by="h"), direction=IMPORT)
    assert [found.by for found in denying(around, PEER, IMPORT)] == ["the BGP import rule 'a'"]


@pytest.mark.parametrize("network", ["$lan", "", "lan"])
def test_what_is_no_network_cannot_be_told(network):
    assert verdict(legacy(), PEER, EXPORT, network).passes is UNTOLD


# For any policy.

networks = st.builds(lambda address, length: str(ip_network((address << 20, length), strict=False)),
                     st.integers(0, 2 ** 12 - 1), st.integers(0, 32))
actions = st.sampled_from(["permit", "deny"])


@st.composite
def entries(draw):
    network = draw(networks)
    lengths = st.none() | st.integers(int(network.partition("/")[2]), 32)
    return draw(actions), draw(st.sampled_from([network, "any"])), draw(lengths), draw(lengths)


def bits(network: str) -> tuple:
    """The leading bits of a network's address, as text, for an answer that is found in another way than the code's."""
    address, _slash, length = network.partition("/")
    return "".join(f"{int(part):08b}" for part in address.split("."))[:int(length)]


def permitted(found, network: str) -> bool:
    for action, about, shortest, longest in found:
        if about == "any":
            return action == "permit"
        own = bits(about)
        low, high = (len(own), len(own)) if shortest is None and longest is None else (shortest or len(own), 32 if longest is None else longest)
        if bits(network).startswith(own) and low <= len(bits(network)) <= high:
            return action == "permit"
    return False


@given(st.lists(entries(), min_size=1, max_size=5), networks)
@settings(deadline=None, max_examples=300, derandomize=True)
def test_any_prefix_list(found, network):
    text = prefix_list(*(listed(10 * number, action, about, shortest, longest) for number, (action, about, shortest, longest) in enumerate(found, 1)))
    assert verdict(advanced(FILTER, text), PEER, EXPORT, network).passes is permitted(found, network)


conditions = st.sampled_from(["", by_list(), by_list("no"), by_list("gone"), COMMUNITY, by_list() + COMMUNITY, by_list(family="ipv6")])
route_maps = st.lists(st.tuples(actions, conditions), max_size=4).map(
    lambda steps: "".join(step(10 * number, *each) for number, each in enumerate(steps, 1)))
on_logical = st.builds(
    advanced, st.sampled_from(["", FILTER, MAP, FILTER + MAP]),
    st.builds(lambda one, two: prefix_list(*one) + prefix_list(*two, name="no"), *[
        st.lists(entries(), max_size=3).map(lambda found: [listed(number, *each) for number, each in enumerate(found, 1)])] * 2),
    route_maps)
on_virtual = st.lists(st.builds(
    rule, st.sampled_from("abc"), st.sampled_from(["allow", "deny"]),
    st.builds(lambda names, exact, more: prefixes(*names, exact=exact) + more, st.lists(networks, max_size=2), st.sampled_from(["yes", "no", None]),
              st.sampled_from(["", "<med>5</med>"])),
    st.sampled_from("gh"))).map(lambda rules: legacy(*rules))


@given(on_logical | on_virtual, networks)
@settings(deadline=None, max_examples=300, derandomize=True)
def test_planner_and_diagnosis_agree(around, network):
    """Who plans a VPN refuses where others would newly receive a network; who diagnoses one accuses a policy that holds it back: never both, never neither."""
    vpn = SimpleNamespace(name="vpn-1", allow_readvertise=False, virtual_router="default", local_networks=(network,), remote_networks=())
    case = SimpleNamespace(around=around)
    held = held_back(case, {"virtual_router": "default", "peer_group": "g", "name": "p"}, EXPORT, [network])
    record = SimpleNamespace(owns=lambda *named: False)
    try:
        bgp.refuse_readvertisement(vpn, around, record)
        told = False
    except Refused as exc:
        told = True
        assert ("cannot be told" in str(exc)) is (verdict(around, PEER, EXPORT, network).passes is UNTOLD)
    assert (held is None) is told


def group_of_families(engine: str, group: str = "", peer: str = "") -> Surroundings:
    groups = f"<bgp><peer-group><entry name='g'>{group}<peer><entry name='p'>{peer}</entry></peer></entry></peer-group></bgp>"
    if engine == VIRTUAL_ROUTER:
        return view(f"<virtual-router><entry name='default'><protocol>{groups}</protocol></entry></virtual-router>", engine)
    return view(f"<logical-router><entry name='default'><vrf><entry name='default'>{groups}</entry></vrf></entry></logical-router>", engine)


# Engine, what the group says, what the peer says → the families whose networks it could be told.
EXCHANGED = [
    (LOGICAL_ROUTER, "", "", (4, 6)),
    (LOGICAL_ROUTER, "<address-family><ipv4>f</ipv4></address-family>", "", (4,)),
    (LOGICAL_ROUTER, "<address-family><ipv6>f</ipv6><ipv4>none</ipv4></address-family>", "", (6,)),
    (LOGICAL_ROUTER, "<address-family><ipv4>f</ipv4><ipv6>f</ipv6></address-family>", "", (4, 6)),
    (LOGICAL_ROUTER, "<address-family><ipv4>f</ipv4></address-family>", "<inherit><no><address-family><ipv6>f</ipv6></address-family></no></inherit>", (6,)),
    (VIRTUAL_ROUTER, "", "", (4,)),
    (VIRTUAL_ROUTER, "", "<address-family-identifier>ipv6</address-family-identifier>", (4,)),
    (VIRTUAL_ROUTER, "", "<address-family-identifier>ipv6</address-family-identifier><enable-mp-bgp>yes</enable-mp-bgp>", (4, 6)),
]


@pytest.mark.parametrize("engine, group, peer, families", EXCHANGED)
def test_the_families_whose_networks_a_peer_could_be_told(engine, group, peer, families):
    around = group_of_families(engine, group, peer)
    assert tuple(version for version in (4, 6) if exchanges(around, PEER, version)) == families
