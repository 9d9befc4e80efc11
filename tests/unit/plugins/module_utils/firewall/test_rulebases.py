# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which rule sees a VPN's traffic first."""

from __future__ import annotations

import xml.etree.ElementTree as ET

import pytest

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.firewall import rulebases
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.firewall.rulebases import Addresses, Traffic

OUT = Traffic("trust", "vpn", "10.10.0.0/24", "10.200.0.0/16")
IKE = Traffic("untrust", "untrust", "198.51.100.10", "203.0.113.17", frozenset(("ike", "ipsec-esp")))
KNOWN = Addresses({"lan": ["10.10.0.0/24"], "half": ["10.10.0.0/25"], "both": ["lan", "half"], "range": ["10.200.0.0-10.200.255.255"], "loop": ["loop"],
                   "10.10.0.9": ["10.10.0.9"], "host name": [], "its group": ["half", "host name"]})
# What a rule names, and nobody knows the addresses of.
UNKNOWN = ("mystery", "host name", "its group", "loop")


def rule(name="r", disabled="", rule_type="", **lists) -> ET.Element:
    options = {"from": "any", "to": "any", "source": "any", "destination": "any", "application": "any", "service": "any", **lists}
    inside = "".join(f"<{option.replace('_', '-')}>" + "".join(f"<member>{text}</member>" for text in values.split()) + f"</{option.replace('_', '-')}>"
                     for option, values in options.items())
    extra = (f"<disabled>{disabled}</disabled>" if disabled else "") + (f"<rule-type>{rule_type}</rule-type>" if rule_type else "")
    return ET.fromstring(f"<entry name='{name}'>{inside}{extra}</entry>")


def negated(option, **lists) -> ET.Element:
    found = rule(**lists)
    ET.SubElement(found, f"negate-{option}").text = "yes"
    return found


COVERING = {
    "everything": (rule(), OUT, True),
    "the zones": (rule(**{"from": "trust dmz", "to": "vpn"}), OUT, True),
    "another source zone": (rule(**{"from": "dmz"}), OUT, False),
    "the exact networks": (rule(source="10.10.0.0/24", destination="10.200.0.0/16"), OUT, True),
    "larger networks": (rule(source="10.0.0.0/8", destination="0.0.0.0/0"), OUT, True),
    "a part of the network": (rule(source="10.10.0.0/25"), OUT, False),
    "both halves of the network": (rule(source="10.10.0.0/25 10.10.0.128/25"), OUT, True),
    "an address object": (rule(source="lan"), OUT, True),
    "an object of a part": (rule(source="half"), OUT, False),
    "a group": (rule(source="both"), OUT, True),
    "a range": (rule(destination="range"), OUT, True),
    "an object that nobody knows": (rule(source="mystery"), OUT, False),
    "a group that holds itself": (rule(source="loop"), OUT, False),
    "all but others' networks": (negated("source", source="192.0.2.0/24"), OUT, True),
    "all but the network": (negated("source", source="10.0.0.0/8"), OUT, False),
    "all but a part of the network": (negated("source", source="half"), OUT, False),
    "all but an object that nobody knows": (negated("source", source="mystery"), OUT, False),
    "a disabled rule": (rule(disabled="yes"), OUT, False),
    "one application": (rule(application="web-browsing"), OUT, False),
    "a user": (rule(source_user="ann"), OUT, False),
    "any user": (rule(source_user="any"), OUT, True),
    "a URL category": (rule(category="news"), OUT, False),
    "a host profile": (rule(source_hip="managed"), OUT, False),
    "one service": (rule(service="service-https"), OUT, False),
    "within one zone only": (rule(rule_type="intrazone"), OUT, False),
    "between zones only": (rule(rule_type="interzone"), OUT, True),
    "the applications of the tunnel": (rule(application="ike ipsec-esp ssl"), IKE, True),
    "one of the tunnel's applications": (rule(application="ike"), IKE, False),
    "within the zone": (rule(**{"from": "untrust", "to": "dmz"}, rule_type="intrazone"), IKE, True),
    "between zones only, and it is one zone": (rule(rule_type="interzone"), IKE, False),
}


@pytest.mark.parametrize("found, traffic, expected", COVERING.values(), ids=COVERING.keys())
def test_a_rule_that_decides_on_all_of_the_traffic(found, traffic, expected):
    assert rulebases.covers(found, traffic, KNOWN) is expected


def test_the_first_that_covers_is_found_and_ours_are_passed_by():
    rules = [rule("narrow", source="192.0.2.1"), rule("ours"), rule("first"), rule("second")]
    assert rulebases.first_covering(rules, [OUT], KNOWN, frozenset(["ours"])).get("name") == "first"
    assert rulebases.first_covering(rules[:2], [OUT], KNOWN, frozenset(["ours"])) is None


def nat(name="n", translation=True, **lists) -> ET.Element:
    found = rule(name, **lists)
    if translation:
        ET.SubElement(ET.SubElement(found, "source-translation"), "dynamic-ip-and-port")
    return found


TRANSLATING = {
    "all of it": ([nat()], "n"),
    "a part of it": ([nat(source="10.10.0.128/25")], "n"),
    "another zone": ([nat(to="untrust")], None),
    "other addresses": ([nat(destination="192.0.2.0/24")], None),
    "an exception above": ([nat("except", translation=False), nat()], None),
    "an exception of a part above": ([nat("except", translation=False, source="10.10.0.0/25"), nat()], "n"),
    "an exception below": ([nat(), nat("except", translation=False)], "n"),
    "a disabled rule": ([nat(disabled="yes")], None),
    "a rule that translates the destination alone": ([nat(translation=False)], None),
}


@pytest.mark.parametrize("rules, expected", TRANSLATING.values(), ids=TRANSLATING.keys())
def test_source_translation(rules, expected):
    found = rulebases.translating(rules, [OUT], KNOWN)
    assert (None if found is None else found.get("name")) == expected


def pbf(zones="trust", **lists) -> ET.Element:
    found = rule(**lists)
    found.find("from").clear()
    zone = ET.SubElement(found.find("from"), "zone")
    for name in zones.split():
        ET.SubElement(zone, "member").text = name
    return found


@pytest.mark.parametrize("found, expected", {
    "the zone": (pbf(), True), "another zone": (pbf("dmz"), False), "one application": (pbf(application="dns"), False),
    "a part of the network": (pbf(source="10.10.0.0/25"), False), "interfaces": (rule(**{"from": "trust"}), False), "disabled": (pbf(disabled="yes"), False),
}.values(), ids=["zone", "other zone", "application", "part", "interfaces", "disabled"])
def test_a_forwarding_rule_that_takes_all_of_the_traffic(found, expected):
    assert rulebases.pbf_covers(found, OUT, KNOWN) is expected


@pytest.mark.parametrize("name", UNKNOWN)
def test_what_has_no_known_addresses_covers_nothing_and_may_overlap_anything(name):
    """Also turned round: all but a host name may be all but the network."""
    for option, network in (("source", OUT.source), ("destination", OUT.destination)):
        plain, turned = ET.fromstring("<entry/>"), ET.fromstring(f"<entry><negate-{option}>yes</negate-{option}></entry>")
        for each in (plain, turned):
            ET.SubElement(ET.SubElement(each, option), "member").text = name
            assert not rulebases.holds(each, option, network, KNOWN) and rulebases.could_hold(each, option, network, KNOWN)
    assert not rulebases.is_within([name], ["0.0.0.0/0"], KNOWN)


@pytest.mark.parametrize("name", ["lan", "both", "range", "10.10.0.9", "10.10.0.0/24"])
def test_what_has_known_addresses_is_within_a_network(name):
    assert not KNOWN.unknown([name]) and rulebases.is_within([name], ["10.0.0.0/8"], KNOWN)


def test_only_names_that_can_decide_have_to_be_known():
    rules = [rule(source="mystery", **{"to": "vpn"}), rule(source="elsewhere", **{"to": "guest"}), rule(source="asleep", disabled="yes"),
             rule(source="lan 10.1.1.1 192.0.2.1-192.0.2.9 2001:db8::/32", destination="mystery")]
    assert rulebases.undecided_names(rules, [("trust", "vpn")], KNOWN) == ["mystery"]


def test_address_objects_are_read():
    containers = [ET.fromstring("<r><entry name='a'><ip-netmask>10.0.0.1</ip-netmask></entry><entry name='b'><ip-range>10.0.0.1-10.0.0.9</ip-range></entry>"
                                "<entry name='c'><fqdn>x.example.net</fqdn></entry></r>"),
                  ET.fromstring("<r><entry name='g'><static><member>a</member></static></entry><entry name='d'><dynamic/></entry></r>"), None]
    assert rulebases.address_objects(containers) == {"a": ["10.0.0.1"], "b": ["10.0.0.1-10.0.0.9"], "g": ["a"]}


def test_the_nearest_object_of_a_name_counts_also_where_it_has_no_fixed_addresses():
    """Else a rule would be taken to see the addresses of a shared object that it does not name."""
    shared = ET.fromstring("<r><entry name='server'><ip-netmask>10.0.0.1</ip-netmask></entry></r>")
    near = ET.fromstring("<r><entry name='server'><fqdn>x.example.net</fqdn></entry></r>")
    assert rulebases.address_objects([shared, near]) == {}
    assert rulebases.address_objects([near, shared]) == {"server": ["10.0.0.1"]}
