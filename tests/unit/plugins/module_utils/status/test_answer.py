# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Answers in forms that were never recorded: the parsers are tolerant, never raise, and drop nothing."""

from __future__ import annotations

import json
import xml.etree.ElementTree as ET

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.status import answer, bgp, flow, forwarding, routes, security_associations

PARSERS = (security_associations.ike_sas, security_associations.ipsec_sas, flow.flows, forwarding.pbf_rules, bgp.peers, routes.routes)


def response(inner: str) -> ET.Element:
    return ET.fromstring(f'<response status="success"><result>{inner}</result></response>')


def entry(**texts) -> str:
    return "<entry>" + "".join(f"<{tag.replace('_', '-')}>{text}</{tag.replace('_', '-')}>" for tag, text in texts.items()) + "</entry>"


IKEV2_FORMS = {
    "as IKEv1 is listed": entry(name="gw", mode="IKEv2"),
    "below a list of its own": f"<ikev2><entries>{entry(gateway='gw', version='ikev2')}</entries></ikev2>",
    "with the CLI's columns": entry(gateway_id="2", peer_address="203.0.113.1", gateway_name="gw", role="Init", sn="67", algorithm="PSK/DH20/A256/SHA384",
                                    established="Jun.04 21:09:13", expiration="Jun.05 05:09:13", st="Established"),
    "with its name as an attribute": '<entry name="gw"><algo>PSK/DH20/A256/SHA384</algo></entry>',
    "inside an entry that groups": f"<entry><sas>{entry(gwname='gw')}</sas></entry>",
}


@pytest.mark.parametrize("inner", IKEV2_FORMS.values(), ids=IKEV2_FORMS.keys())
def test_an_ike_sa_is_found_in_any_plausible_form(inner):
    (sa,) = security_associations.ike_sas(response(inner))
    assert sa.gateway == "gw"
    assert sa.up


IKE_STATES = {"none": (None, True), "established": ("Established", True), "mature": ("Mature", True), "half open": ("Init sent", False)}


@pytest.mark.parametrize("state, up", IKE_STATES.values(), ids=IKE_STATES.keys())
def test_an_ike_sa_is_up_unless_its_state_says_otherwise(state, up):
    texts = {"name": "gw", **({"st": state} if state else {})}
    (sa,) = security_associations.ike_sas(response(entry(**texts)))
    assert sa.up is up


MONITORS = {
    "on and answered": ("<monitor><on>True</on><status>True</status></monitor>", "up"),
    "on and silent": ("<monitor><on>True</on><status>False</status></monitor>", "down"),
    "off": ("<monitor><on>False</on><status>False</status></monitor>", "off"),
    "in words": ("<monitor><on>yes</on><status>up</status></monitor>", "up"),
    "in a word that we do not know": ("<monitor><on>True</on><status>probing</status></monitor>", "probing"),
    "in the summary's form, on": ("<mon>on</mon>", "on"),
    "in the summary's form, off": ("<mon>off</mon>", "off"),
    "in the CLI's form": ("<monitor>down</monitor>", "down"),
    "not told": ("", None),
}


@pytest.mark.parametrize("inner, expected", MONITORS.values(), ids=MONITORS.keys())
def test_the_monitor_of_a_flow(inner, expected):
    (found,) = flow.flows(response(f"<IPSec><entry><name>to-aws:lan</name>{inner}</entry></IPSec>"))
    assert found.monitor == expected
    assert (found.tunnel, found.proxy_id) == ("to-aws", "lan")


PBF_FORMS = {
    "as far as it was recorded": (entry(name="r", nh_state="UP").replace("nh-state", "nh_state"), (None, "UP", True, False)),
    "with the CLI's columns": (entry(name="r", rule_state="Disabled", nexthop_status="DOWN"), ("Disabled", "DOWN", False, True)),
    "by the word rule": (entry(rule="r", state="Active", nh_state="UP"), ("Active", "UP", True, False)),
}


@pytest.mark.parametrize("inner, expected", PBF_FORMS.values(), ids=PBF_FORMS.keys())
def test_the_state_of_a_pbf_rule(inner, expected):
    (rule,) = forwarding.pbf_rules(response(f"<entries>{inner}</entries>"))
    assert (rule.name, rule.state, rule.nexthop_state, rule.in_use, rule.nexthop_down) == ("r", *expected)


ADDRESSES = {
    "with a port": ("169.254.8.2:35355", "169.254.8.2"),
    "without a port": ("169.254.8.2", "169.254.8.2"),
    "IPv6 with a port": ("[2001:db8::1]:179", "2001:db8::1"),
    "IPv6 alone": ("2001:db8::1", "2001:db8::1"),
}


@pytest.mark.parametrize("text, expected", ADDRESSES.values(), ids=ADDRESSES.keys())
def test_a_peer_has_an_address_without_port(text, expected):
    (peer,) = bgp.peers(response(f'<entry peer="p" vr="default"><peer-address>{text}</peer-address></entry>'))
    assert peer.peer_address == expected


ROUTES = {
    "two next hops": ({"default": {"10.0.0.0/8": [{"protocol": "bgp", "selected": True, "nexthops": [
        {"ip": "169.254.10.1", "interfaceName": "tunnel.1", "active": True}, {"ip": "169.254.11.1", "interfaceName": "tunnel.2", "active": False}]}]}},
        [("169.254.10.1", "tunnel.1", True), ("169.254.11.1", "tunnel.2", False)]),
    "no next hop": ({"default": {"10.0.0.0/8": [{"protocol": "static", "selected": False}]}}, [(None, None, False)]),
    "one that drops, or into another router": ({"default": {"10.0.0.0/8": [{"protocol": "static", "selected": True, "nexthops": [{"active": True}]}]}},
                                               [(None, None, True)]),
    "no list around the route": ({"default": {"10.0.0.0/8": {"selected": True, "nexthops": {}}}}, [(None, None, True)]),
    "nothing that could be routes": ({"default": ["10.0.0.0/8"], "other": {"10.0.0.0/8": [7, None]}}, []),
}


@pytest.mark.parametrize("document, expected", ROUTES.values(), ids=ROUTES.keys())
def test_routes_of_the_advanced_engine(document, expected):
    found = routes.routes(response(f"<json>{json.dumps(document)}</json>"))
    assert [(route.nexthop, route.interface, route.active) for route in found] == expected
    assert {route.destination for route in found} <= {"10.0.0.0/8"}


NUMBERS = {"3600": 3600, "106879.0": 106879, "-1": -1, "Unlimited": "Unlimited", "1e3": "1e3", "9" * 30: "9" * 30, "": "", "٣": "٣"}


@pytest.mark.parametrize("text, expected", NUMBERS.items(), ids=[ascii(text[:12]) for text in NUMBERS])
def test_a_number_that_is_none_stays_a_text(text, expected):
    assert answer.number(text) == expected


REMARKS = {
    "an empty answer": ("", None),
    "no SA at all": ("There is no IKEv1 phase-1 SA found.", None),
    "no SA for a tunnel": ("IPSec SA for tunnel to-aws not found.", None),
    "a list": (entry(name="gw"), None),
    "a command of the other engine": ("Command deprecated in Advanced Routing Mode.", "Command deprecated in Advanced Routing Mode."),
    "a table in words": ("<![CDATA[IKEv2 SAs\nGateway ID   Peer-Address\n2  203.0.113.1]]>", "IKEv2 SAs Gateway ID Peer-Address 2 203.0.113.1"),
    "JSON that is cut off": ('<json>{"peer-a": {</json>', '{"peer-a": {'),
    "JSON that is no object": ("<json>[1, 2]</json>", "[1, 2]"),
    "empty JSON": ("<json/>", None),
}


@pytest.mark.parametrize("inner, expected", REMARKS.values(), ids=REMARKS.keys())
def test_words_that_are_no_list_are_remarked(inner, expected):
    assert answer.remark(response(inner)) == expected


def test_an_answer_without_a_result_holds_nothing():
    empty = ET.fromstring('<response status="success"/>')
    assert [parse(empty) for parse in PARSERS] == [[] for _parser in PARSERS]
    assert answer.remark(empty) is None


TAGS = st.sampled_from(
    "entry entries name peer vr destination json state st status monitor on mon life kb i_spi prefix-counter peer-address flags nh_state IPSec x".split())
VALUES = st.one_of(st.text(max_size=8), st.integers().map(str), st.just('{"default": {"10.0.0.0/8": [{"nexthops": [{}]}]}}'))
JSON = st.recursive(
    st.one_of(st.none(), st.booleans(), st.floats(), st.integers(), st.text(max_size=5)),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(st.sampled_from(["detail", "addressFamilyInfo", "state", "nexthops", "p"]), inner)),
    max_leaves=10)


def element(tag, text, attributes, children) -> ET.Element:
    made = ET.Element(tag, attributes)
    made.text = text
    made.extend(children)
    return made


ATTRIBUTES = st.dictionaries(st.sampled_from(["name", "peer", "vr", "afi-safi"]), st.text(max_size=5), max_size=2)
LEAVES = st.builds(element, TAGS, VALUES, ATTRIBUTES, st.just([]))
TREES = st.recursive(LEAVES, lambda inner: st.builds(element, TAGS, VALUES, ATTRIBUTES, st.lists(inner, max_size=3)), max_leaves=12)


@settings(deadline=None, derandomize=True, max_examples=150)
@given(st.lists(TREES, max_size=4))
def test_the_parsers_take_any_xml(trees):
    root = element("response", None, {}, [element("result", None, {}, trees)])
    for parse in PARSERS:
        parse(root)
    answer.remark(root)


@settings(deadline=None, derandomize=True, max_examples=150)
@given(JSON)
def test_the_parsers_take_any_json(document):
    root = element("response", None, {}, [element("result", None, {}, [element("json", json.dumps(document), {}, [])])])
    for parse in PARSERS:
        parse(root)
    answer.remark(root)


@settings(deadline=None, derandomize=True)
@given(st.dictionaries(st.sampled_from([f"field-{number}" for number in range(9)]), st.text("abc", min_size=1)))
def test_no_text_of_an_entry_is_lost(texts):
    inner = element("result", None, {}, [element("entry", None, {"name": "x"}, [element(tag, text, {}, []) for tag, text in texts.items()])])
    root = element("response", None, {}, [inner])
    for parse in (security_associations.ike_sas, security_associations.ipsec_sas, flow.flows, forwarding.pbf_rules, bgp.peers):
        (item,) = parse(root)
        assert item.other == {tag.replace("-", "_"): text for tag, text in texts.items()}
