# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""VPNs that somebody made by hand and that a VPN of ours takes over: what stays, what changes, what goes in the end."""

from __future__ import annotations

import base64
import copy
import functools
import hashlib
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
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.reconcile.inverse import inverse
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.reconcile.plan import plan
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.tables.platform import LOGICAL_ROUTER, VIRTUAL_ROUTER
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.vpn import build, record as records, removal
from ansible_collections.tunnelsmith.panos_vpn.tests.unit.plugins.module_utils.vpn.test_build import (
    around, built, canonical, removed, start, vpn,
)

base = Location().base
NETWORK = base("network")[1:]
ENGINES = (VIRTUAL_ROUTER, LOGICAL_ROUTER)
CASES = [(engine, failover) for engine in ENGINES for failover in ("pbf", "bgp")]
each_case = pytest.mark.parametrize("engine, failover", CASES, ids=[" ".join(case) for case in CASES])
UNIT = ("interface", "tunnel", "units")


@functools.lru_cache(maxsize=None)
def _zoned(engine):
    """The start, with the zone of the VPN there already."""
    tree = copy.deepcopy(start(engine, "base"))
    for name in ("vpn", "other"):
        places.make(tree, base("vsys")[1:] + ("zone", ("entry", name), "network", "layer3"))
    return tree


@functools.lru_cache(maxsize=None)
def _by_hand(engine, failover, **more):
    before = _zoned(engine)
    made = vpn(failover, "hand", security_rules="none", **{**without_discard(failover), **dict(more)})
    tree = applied(before, plan(build.build(made, around(before, engine), Addresses()).phases, before, base).operations)
    for unit in places.find(tree, NETWORK + UNIT):
        comment = unit.find("comment")
        if comment is not None and "tunnelsmith" in comment.text:
            unit.remove(comment)
    return tree


def by_hand(engine, failover, **more):
    """A firewall with a VPN that fits, whose objects have names of somebody else."""
    return copy.deepcopy(_by_hand(engine, failover, **more))


def wanted(failover, **more):
    return vpn(failover, "vpn-9", **{"adopt": True, **without_discard(failover), **more})


def without_discard(failover):
    """No rule and no route that drops what no tunnel takes; with BGP there is none anyway."""
    return {} if failover in ("bgp", "ecmp") else {"when_both_down": "route"}


def intent(made, tree, engine):
    return build.build(made, around(tree, engine), Addresses())


def xpaths(operations):
    return [operation.xpath for operation in operations]


def about(operations, *words):
    return [xpath for xpath in xpaths(operations) if any(word in xpath for word in words)]


def under(tree, *path):
    """The element below the network, made where it is missing."""
    return places.make(tree, NETWORK + path)


def say(tree, text, *path):
    under(tree, *path).text = text


def plant(tree, xml, *path):
    places.adopt(under(tree, *path), ET.fromstring(xml))


def lose(tree, *path):
    places.expel(under(tree, *path[:-1]), under(tree, *path))


def adopted(made, tree, engine):
    """(what stands after it, its warnings), made sure that a second run has nothing to do, with adopt or without."""
    result = intent(made, tree, engine)
    after = applied(tree, plan(result.phases, tree, base).operations)
    for again in (made, replace(made, adopt=False)):
        assert built(again, after, engine).operations == []
    return after, result.warnings


def gone(tree, engine):
    """(what stands after the removal, its warnings), made sure that nothing is left for a second one."""
    result = removal.removal("vpn-9", around(tree, engine))
    after = applied(tree, plan(result.phases, tree, base).operations)
    assert removed("vpn-9", after, engine).operations == []
    return after, result.warnings


def holds(tree, *path):
    return places.find(tree, NETWORK + path)


GATEWAY = ("ike", "gateway", ("entry", "hand-1"))
TUNNEL = ("tunnel", "ipsec", ("entry", "hand-1"))
PROFILES = ("ike", "crypto-profiles")
IKE_PROFILE = PROFILES + ("ike-crypto-profiles", ("entry", "hand"))
RULES = base("rulebase")[1:] + ("pbf", "rules")
HANDS_ON = ("/ike/", "/tunnel/ipsec", "/pbf/", "/peer-group", "hand")


# What fits.


@each_case
def test_what_fits_is_not_touched_and_goes_in_the_end(engine, failover):
    before = by_hand(engine, failover)
    made = built(wanted(failover), before, engine)
    assert about(made.operations, *HANDS_ON) == []
    after, warnings = adopted(wanted(failover), before, engine)
    assert warnings == []
    left, warnings = gone(after, engine)
    assert warnings == []
    for kind in ("ike", "tunnel", "interface"):
        assert canonical(holds(left, kind)) == canonical(holds(_zoned(engine), kind))
    assert failover == "bgp" or canonical(left) == canonical(_zoned(engine))
    groups = ("protocol", "bgp", "peer-group") if engine == VIRTUAL_ROUTER else ("vrf", ("entry", "default"), "bgp", "peer-group")
    assert places.names(holds(left, engine, ("entry", "default")), groups) == []


@each_case
def test_what_was_taken_over_can_be_given_back(engine, failover):
    before = by_hand(engine, failover)
    operations = built(wanted(failover), before, engine).operations
    assert canonical(applied(applied(before, operations), inverse(before, operations))) == canonical(before)


@each_case
def test_without_leave_everything_is_named_in_one_message(engine, failover):
    with pytest.raises(Refused) as refused:
        intent(wanted(failover, adopt=False), by_hand(engine, failover), engine)
    said = str(refused.value)
    rest = ["PBF rule 'hand-2'", "monitor profile 'hand'"] if failover == "pbf" else ["BGP peer 'hand-2'", "BGP peer group 'hand'"]
    for words in ("IKE gateway 'hand-1'", "IKE gateway 'hand-2'", "IPsec tunnel 'hand-2'", "tunnel interface 'tunnel.2'", "IKE crypto profile 'hand'",
                  "adopt: true", "from ethernet1/8", *rest):
        assert words in said


@pytest.mark.parametrize("engine", ENGINES)
def test_one_tunnel_by_hand_and_the_other_is_made(engine):
    before = by_hand(engine, "pbf")
    lose(before, "ike", "gateway", ("entry", "hand-2"))
    lose(before, "tunnel", "ipsec", ("entry", "hand-2"))
    lose(before, "interface", "tunnel", "units", ("entry", "tunnel.2"))
    places.expel(places.find(before, RULES), places.find(before, RULES + (("entry", "hand-2"),)))
    after, _warnings = adopted(wanted("pbf"), before, engine)
    assert {"hand-1", "vpn-9-2"} <= set(places.names(after, NETWORK + ("ike", "gateway")))
    order = places.names(after, RULES)
    assert order.index("hand-1") < order.index("vpn-9-2")
    left, _warnings = gone(after, engine)
    assert not {"hand-1", "vpn-9-2"} & set(places.names(left, NETWORK + ("ike", "gateway")))


# What differs.


def other_ike_profile(tree, *, shared=False, **members):
    for option, texts in members.items():
        places.refill(under(tree, *IKE_PROFILE, option.replace("_", "-")), [ET.fromstring(f"<member>{text}</member>") for text in texts])
    if shared:
        say(tree, "hand", "ike", "gateway", ("entry", "branch-7"), "protocol", "ikev2", "ike-crypto-profile")


def to_ikev1(tree):
    for number in (1, 2):
        protocol = under(tree, "ike", "gateway", ("entry", f"hand-{number}"), "protocol")
        places.refill(protocol, list(ET.fromstring(
            "<x><version>ikev1</version><ikev1><exchange-mode>auto</exchange-mode><ike-crypto-profile>hand</ike-crypto-profile>"
            "<dpd><enable>yes</enable><interval>3</interval></dpd></ikev1></x>")))


def rule_of_any(tree):
    for side in ("source", "destination"):
        found = places.find(tree, RULES + (("entry", "hand-1"), side))
        places.refill(found, [ET.fromstring("<member>any</member>")])


STAYS = {
    "IKEv1, which AWS takes too": to_ikev1,
    "a shared profile that AWS takes": lambda tree: other_ike_profile(tree, shared=True, hash=["sha256", "sha1"]),
    "NAT traversal off, and not needed": lambda tree: say(tree, "no", *GATEWAY, "protocol-common", "nat-traversal", "enable"),
    "the interface's only address left to it": lambda tree: lose(tree, *GATEWAY, "local-address", "ip"),
    "another anti-replay window": lambda tree: say(tree, "64", *TUNNEL, "anti-replay-window"),
    "a smaller MTU": lambda tree: say(tree, "1400", *UNIT, ("entry", "tunnel.1"), "mtu"),
    "another target of the monitor": lambda tree: say(tree, "10.200.0.10", *TUNNEL, "tunnel-monitor", "destination-ip"),
    "a rule for any source and destination": rule_of_any,
    "an address of somebody else on the interface": lambda tree: plant(tree, "<entry name='10.99.1.1/30'/>", *UNIT, ("entry", "tunnel.1"), "ip"),
}


@pytest.mark.parametrize("change", STAYS.values(), ids=STAYS.keys())
def test_what_works_as_well_stays(change):
    before = by_hand(VIRTUAL_ROUTER, "pbf")
    change(before)
    assert about(built(wanted("pbf"), before, VIRTUAL_ROUTER).operations, *HANDS_ON) == []
    after, warnings = adopted(wanted("pbf"), before, VIRTUAL_ROUTER)
    assert warnings == []
    left, _warnings = gone(after, VIRTUAL_ROUTER)
    assert "hand-1" not in places.names(left, NETWORK + ("ike", "gateway"))


# As PAN-OS stores a key: a mark, the digest of the plain text, and the ciphertext.
OTHER_KEY = "-AQ==" + base64.b64encode(hashlib.sha1(b"notReal.other").digest()).decode() + "c2VjcmV0"


def test_a_weak_proposal_that_aws_takes_stays_and_is_told():
    before = by_hand(VIRTUAL_ROUTER, "pbf")
    other_ike_profile(before, hash=["sha1"], dh_group=["group2"], encryption=["aes-128-cbc"])
    assert about(built(wanted("pbf"), before, VIRTUAL_ROUTER).operations, *HANDS_ON) == []
    _after, warnings = adopted(wanted("pbf"), before, VIRTUAL_ROUTER)
    assert [warning.split(": ")[1] for warning in warnings] == ["phase 1 stays with sha1, group2, as IKE crypto profile 'hand' has it"] * 2


def wait_recover(tree):
    say(tree, "wait-recover", "profiles", "monitor-profile", ("entry", "hand"), "action")


CHANGES = {
    "a passive gateway": (lambda tree: say(tree, "yes", *GATEWAY, "protocol-common", "passive-mode"),
                          ["IKE gateway 'hand-1' is taken over and changed (protocol-common/passive-mode)"]),
    "another key": (lambda tree: say(tree, OTHER_KEY, *GATEWAY, "authentication", "pre-shared-key", "key"),
                    ["IKE gateway 'hand-1' is taken over and changed (authentication/pre-shared-key/key)", "negotiated anew"]),
    "a disabled tunnel": (lambda tree: say(tree, "yes", *TUNNEL, "disabled"), ["IPsec tunnel 'hand-1' is taken over and changed (disabled)"]),
    "a proposal that AWS does not take": (lambda tree: other_ike_profile(tree, encryption=["3des"]),
                                          ["IKE crypto profile 'hand' is not what this VPN needs", "(protocol/ikev2/ike-crypto-profile)"]),
    "a shared proposal that AWS does not take": (lambda tree: other_ike_profile(tree, shared=True, encryption=["3des"]),
                                                 ["(protocol/ikev2/ike-crypto-profile)"]),
    "an interface with another length of its address": (
        lambda tree: places.make(tree, NETWORK + UNIT + (("entry", "tunnel.1"), "ip")).find("entry").set("name", "169.254.31.70/29"),
        ["tunnel interface 'tunnel.1' is taken over and changed (ip/"]),
    "an MTU that is too large": (lambda tree: say(tree, "1500", *UNIT, ("entry", "tunnel.1"), "mtu"), []),
    "a monitor that only waits": (wait_recover, ["monitor profile 'hand' is not what this VPN needs"]),
}


@pytest.mark.parametrize("change, told", CHANGES.values(), ids=CHANGES.keys())
def test_what_the_vpn_needs_is_changed_and_told(change, told):
    before = by_hand(VIRTUAL_ROUTER, "pbf")
    change(before)
    after, warnings = adopted(wanted("pbf"), before, VIRTUAL_ROUTER)
    said = "\n".join(warnings)
    assert [words for words in told if words not in said] == []
    assert bool(warnings) == bool(told)
    assert "tunnel-monitor" not in said
    assert OTHER_KEY not in said
    shared = holds(after, *IKE_PROFILE)
    assert canonical(shared) == canonical(holds(before, *IKE_PROFILE))
    assert after != before


def test_one_tunnel_after_the_other():
    """The tunnel whose turn comes first is changed, the other one is left, and both are in the record from then on."""
    before = by_hand(VIRTUAL_ROUTER, "pbf")
    for number in (1, 2):
        say(before, "yes", "ike", "gateway", ("entry", f"hand-{number}"), "protocol-common", "passive-mode")
        say(before, "1500", *UNIT, ("entry", f"tunnel.{number}"), "mtu")
    other_ike_profile(before, encryption=["3des"])
    first = build.build(wanted("pbf"), around(before, VIRTUAL_ROUTER), Addresses(), only=2)
    half = applied(before, plan(first.phases, before, base).operations)
    assert canonical(holds(half, *GATEWAY)) == canonical(holds(before, *GATEWAY))
    assert places.text(half, NETWORK + UNIT + (("entry", "tunnel.1"), "mtu")) == "1500"
    assert places.text(half, NETWORK + ("ike", "gateway", ("entry", "hand-2"), "protocol-common", "passive-mode")) == "no"
    later = wanted("pbf", adopt=False)
    whole = applied(half, built(later, half, VIRTUAL_ROUTER).operations)
    assert places.text(whole, NETWORK + GATEWAY + ("protocol-common", "passive-mode")) == "no"
    assert built(later, whole, VIRTUAL_ROUTER).operations == []
    left, _warnings = gone(whole, VIRTUAL_ROUTER)
    assert canonical(holds(left, *IKE_PROFILE)) == canonical(holds(before, *IKE_PROFILE))


def test_a_borrowed_profile_stays_other_peoples():
    before = by_hand(VIRTUAL_ROUTER, "pbf")
    other_ike_profile(before, shared=True)
    after, _warnings = adopted(wanted("pbf"), before, VIRTUAL_ROUTER)
    say(after, "default", "ike", "gateway", ("entry", "branch-7"), "protocol", "ikev2", "ike-crypto-profile")
    left, _warnings = gone(after, VIRTUAL_ROUTER)
    assert canonical(holds(left, *IKE_PROFILE)) == canonical(holds(before, *IKE_PROFILE))
    assert holds(left, *PROFILES, "ipsec-crypto-profiles", ("entry", "hand")) is None


def test_an_adopted_profile_that_others_came_to_use_stays_and_they_are_named():
    after, _warnings = adopted(wanted("pbf"), by_hand(VIRTUAL_ROUTER, "pbf"), VIRTUAL_ROUTER)
    other_ike_profile(after, shared=True)
    left = removal.removal("vpn-9", around(after, VIRTUAL_ROUTER))
    assert "vpn-9: IKE crypto profile 'hand' stays, it is used by IKE gateway 'branch-7'" in left.warnings
    assert about(plan(left.phases, after, base).operations, "ike-crypto-profiles/entry[@name='hand']") == []


def test_an_interface_that_others_use_stays_where_it_is():
    before = by_hand(VIRTUAL_ROUTER, "pbf")
    router = ("virtual-router", ("entry", "default"))
    plant(before, "<entry name='labs-too'><destination>172.31.0.0/16</destination><interface>tunnel.1</interface></entry>",
          *router, "routing-table", "ip", "static-route")
    after, _warnings = adopted(wanted("pbf"), before, VIRTUAL_ROUTER)
    left, warnings = gone(after, VIRTUAL_ROUTER)
    assert "vpn-9: tunnel interface 'tunnel.1' stays, it is used by static route 'labs-too'" in warnings
    assert "tunnel.1" in places.names(left, NETWORK + router + ("interface",))
    assert records.find(places.text(left, NETWORK + UNIT + (("entry", "tunnel.1"), "comment"))) is None
    assert "tunnel.2" not in places.names(left, NETWORK + UNIT)


@pytest.mark.parametrize("backup", [True, False], ids=["wanted", "not wanted"])
@pytest.mark.parametrize("engine", ENGINES)
def test_routes_come_along(engine, backup):
    before = by_hand(engine, "pbf", backup_routes=True)
    made = wanted("pbf", backup_routes=backup)
    assert about(built(made, before, engine).operations, "hand-1", "hand-2") == []
    after, warnings = adopted(made, before, engine)
    assert len([warning for warning in warnings if "leads traffic into the VPN besides" in warning]) == (0 if backup else 2)
    left, _warnings = gone(after, engine)
    assert [name for name in places.names(around(left, engine).router("default"), ("routing-table", "ip", "static-route"))
            if name.startswith(("hand-1", "hand-2"))] == []


def test_a_route_that_is_no_longer_wanted_goes_and_is_forgotten():
    after, _warnings = adopted(wanted("pbf", backup_routes=True), by_hand(VIRTUAL_ROUTER, "pbf", backup_routes=True), VIRTUAL_ROUTER)
    later, _warnings = adopted(wanted("pbf", backup_routes=False), after, VIRTUAL_ROUTER)
    names = [name for name, _destination in around(later, VIRTUAL_ROUTER).static_routes("default")]
    assert not any(name.startswith(("hand-1", "hand-2", "vpn-9")) for name in names)
    assert "static_route" not in records.of_vpn(around(later, VIRTUAL_ROUTER), "vpn-9").adopted


def test_other_words_in_the_comment_stay():
    before = by_hand(VIRTUAL_ROUTER, "pbf")
    say(before, "made in May", *UNIT, ("entry", "tunnel.1"), "comment")
    after, _warnings = adopted(wanted("pbf"), before, VIRTUAL_ROUTER)
    assert places.text(after, NETWORK + UNIT + (("entry", "tunnel.1"), "comment")).splitlines()[0] == "made in May"


hands = st.fixed_dictionaries({
    "primary_tunnel": st.sampled_from([1, 2]), "monitor_interval": st.sampled_from([2, 5]), "mtu": st.sampled_from([None, 1400, 1450]),
    "local_id": st.sampled_from([None, "fw.example.net"]), "backup_routes": st.booleans()})
wishes = st.fixed_dictionaries({
    "primary_tunnel": st.sampled_from([1, 2]), "monitor_interval": st.sampled_from([2, 4]), "mtu": st.sampled_from([None, 1420]),
    "local_networks": st.sampled_from([("10.10.0.0/24",), ("10.10.0.0/24", "10.30.0.0/16")]), "backup_routes": st.booleans(),
    "when_both_down": st.sampled_from(["discard", "route"]), "security_rules": st.sampled_from(["both", "none"])})


@given(hands, wishes, st.sampled_from(CASES))
@settings(deadline=None, derandomize=True, max_examples=15)
def test_whatever_was_there_it_is_taken_over_once_and_goes_whole(hand, wish, case):
    engine, failover = case
    if failover == "bgp":
        without = ("backup_routes", "when_both_down", "monitor_interval")
        hand, wish = ({option: value for option, value in options.items() if option not in without} for options in (hand, wish))
    before = by_hand(engine, failover, **hand)
    operations = built(wanted(failover, **wish), before, engine).operations
    assert canonical(applied(applied(before, operations), inverse(before, operations))) == canonical(before)
    left, _warnings = gone(adopted(wanted(failover, **wish), before, engine)[0], engine)
    assert [name for kind in (("ike", "gateway"), ("tunnel", "ipsec")) for name in places.names(left, NETWORK + kind)] == ["branch-7"] * 2
    assert places.names(left, NETWORK + UNIT) == places.names(start(engine, "base"), NETWORK + UNIT)
    assert [name for name in places.names(left, RULES) if name != "guest-dsl"] == []


# BGP.


@pytest.mark.parametrize("engine", ENGINES)
def test_a_group_without_policies_is_limited_and_that_is_told(engine):
    before = by_hand(engine, "bgp")
    if engine == VIRTUAL_ROUTER:
        lose(before, *group_place(engine), "policy")
    else:
        lose(before, *group_place(engine), "peer-group", ("entry", "hand"), "filtering-profile")
    after, warnings = adopted(wanted("bgp"), before, engine)
    assert any("the adopted peer group 'hand' are told of 10.10.0.0/24 only from now on" in warning for warning in warnings)
    assert intent(wanted("bgp"), after, engine).warnings == []


def group_place(engine):
    return (engine, ("entry", "default")) + (("protocol", "bgp") if engine == VIRTUAL_ROUTER else ("vrf", ("entry", "default"), "bgp"))


@pytest.mark.parametrize("engine", ENGINES)
def test_timers_that_differ_stay(engine):
    before = by_hand(engine, "bgp")
    if engine == VIRTUAL_ROUTER:
        say(before, "20", *group_place(engine), "peer-group", ("entry", "hand"), "peer", ("entry", "hand-1"), "connection-options", "hold-time")
    else:
        say(before, "20", "routing-profile", "bgp", "timer-profile", ("entry", "hand-1"), "hold-time")
    assert about(built(wanted("bgp"), before, engine).operations, "hand") == []


@pytest.mark.parametrize("engine", ENGINES)
def test_policies_of_the_group_stay_and_what_they_hold_back_is_told(engine):
    before = by_hand(engine, "bgp")
    if engine == VIRTUAL_ROUTER:
        plant(before, "<entry name='none'><enable>yes</enable><used-by><member>hand</member></used-by><action><deny/></action></entry>",
              *group_place(engine), "policy", "export", "rules")
        rules = under(before, *group_place(engine), "policy", "export", "rules")
        places.refill(rules, [rule for rule in rules if rule.get("name") == "none"])
    else:
        say(before, "corporate", *group_place(engine), "peer-group", ("entry", "hand"), "filtering-profile", "ipv4")
        plant(before, "<entry name='corporate'><ipv4><unicast><outbound-network-filters><prefix-list>no</prefix-list></outbound-network-filters>"
              "</unicast></ipv4></entry>", "routing-profile", "bgp", "filtering-profile")
    after, warnings = adopted(wanted("bgp"), before, engine)
    assert any("of the adopted peer group 'hand' keep 10.10.0.0/24 from the far side" in warning for warning in warnings)
    assert "hand-out" not in places.names(after, NETWORK + group_place(engine) + ("policy", "export", "rules"))
    with pytest.raises(Refused, match="the peer group 'hand' has policies of its own|share the group"):
        intent(wanted("bgp", local_preference=(200, 100)), before, engine)


@pytest.mark.parametrize("engine", ENGINES)
def test_a_group_with_peers_of_others_is_refused(engine):
    before = by_hand(engine, "bgp")
    plant(before, "<entry name='cousin'><peer-address><ip>192.0.2.7</ip></peer-address></entry>", *group_place(engine), "peer-group", ("entry", "hand"), "peer")
    with pytest.raises(Refused, match="shares the peer group 'hand' with cousin"):
        intent(wanted("bgp"), before, engine)


# Refused.


def second_gateway(tree):
    plant(tree, "<entry name='again'><local-address><interface>ethernet1/8</interface></local-address>"
          "<peer-address><ip>203.0.113.17</ip></peer-address></entry>", "ike", "gateway")


def in_another_zone(tree):
    zones = base("vsys")[1:] + ("zone",)
    places.refill(places.find(tree, zones + (("entry", "vpn"), "network", "layer3")), [])
    places.refill(places.find(tree, zones + (("entry", "other"), "network", "layer3")),
                  [ET.fromstring(f"<member>tunnel.{number}</member>") for number in (1, 2)])


def of_a_sibling(tree):
    say(tree, records.Record("vpn-8", units={1: "tunnel.7"}, adopted={"ike_gateway": {"-1": "hand-1"}}).line(), *UNIT, ("entry", "tunnel.7"), "comment")


REFUSED = {
    "two gateways to one peer": (second_gateway, "2 IKE gateways go from ethernet1/8 to 203.0.113.17: hand-1, again"),
    "an interface in another zone": (in_another_zone, "zone: tunnel.1 of tunnel 1, which is to be taken over, is in 'other'; say zone: other"),
    "one interface for both tunnels": (lambda tree: say(tree, "tunnel.1", "tunnel", "ipsec", ("entry", "hand-2"), "tunnel-interface"),
                                       "several tunnels run through tunnel.1"),
    "what belongs to another VPN of ours": (of_a_sibling, "IKE gateway 'hand-1' belongs to the VPN 'vpn-8' .* say replaces: vpn-8"),
    "a comment that leaves no room": (lambda tree: say(tree, "x" * 900, *UNIT, ("entry", "tunnel.1"), "comment"), "adopt: .* do not fit .* hand-1"),
}


@pytest.mark.parametrize("change, words", REFUSED.values(), ids=REFUSED.keys())
def test_refused(change, words):
    before = by_hand(VIRTUAL_ROUTER, "pbf")
    change(before)
    with pytest.raises(Refused, match=words):
        intent(wanted("pbf"), before, VIRTUAL_ROUTER)


@pytest.mark.parametrize("change, words", REFUSED.values(), ids=REFUSED.keys())
def test_leave_to_adopt_is_not_offered_where_it_does_not_help(change, words):
    before = by_hand(VIRTUAL_ROUTER, "pbf")
    change(before)
    with pytest.raises(Refused, match=words) as refused:
        intent(replace(wanted("pbf"), adopt=False), before, VIRTUAL_ROUTER)
    assert "adopt: true to take" not in str(refused.value) and "say adopt: true" not in str(refused.value)


def test_a_second_gateway_beside_an_adopted_one_is_refused():
    after, _warnings = adopted(wanted("pbf"), by_hand(VIRTUAL_ROUTER, "pbf"), VIRTUAL_ROUTER)
    second_gateway(after)
    with pytest.raises(Refused, match="IKE gateway 'again' already goes"):
        intent(wanted("pbf"), after, VIRTUAL_ROUTER)


@pytest.mark.parametrize("first, second", [("vpn-1", "vpn-1-2"), ("vpn-1-2", "vpn-1")])
def test_a_name_that_another_vpns_tunnel_has_is_refused(first, second):
    there = applied(_zoned(VIRTUAL_ROUTER), built(vpn("pbf", first), _zoned(VIRTUAL_ROUTER), VIRTUAL_ROUTER).operations)
    with pytest.raises(Refused, match="'vpn-1-2' is what a tunnel of 'vpn-1' is called"):
        intent(vpn("bgp", second), there, VIRTUAL_ROUTER)
