# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a plan refuses, or tells of, is what the diagnosis names where it stands all the same; what a plan lets pass, it does not blame."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from dataclasses import dataclass, replace
from typing import Callable

import pytest

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.device.location import Location
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.diagnosis.evidence import Intent
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.errors import Refused
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.firewall.rulebases import Addresses
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.firewall.surroundings import Surroundings
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.peers.profile import tunnels_of
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.status.routes import Route
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.tables.platform import Platform
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.vpn import names, refusals, way_out
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.vpn.record import Record
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.vpn.rules import Rules
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.vpn.vpn import Vpn
from ansible_collections.tunnelsmith.panos_vpn.tests.unit.plugins.module_utils.diagnosis.branch import (
    ENDPOINTS, HERE, LAN, NAME, STATED, VPC, Branch, members, rule,
)

SILENT = "IKE negotiation is failed due to timeout"
UNITS = ("tunnel.1", "tunnel.2")


@dataclass(frozen=True)
class Planner:
    """What planning a branch's VPN says of it, in words: of a refusal, and of warnings."""

    branch: Branch
    outside: str = "ethernet1/1"

    @property
    def around(self) -> Surroundings:
        return Surroundings(self.branch.tree, Location().base, Platform((11, 1)))

    def says(self) -> str:
        described = [{**tunnel, "local_id": None} for tunnel in self.branch.connection["tunnels"]]
        vpn = Vpn(NAME, tunnels_of(described), "bgp", self.outside, "vpn", ("trust",), (LAN,), (VPC,))
        told = [*way_out.warnings(vpn, self.around, [NAME], list(UNITS))]
        for check in (lambda: refusals.local_address(vpn, self.around, 1).warnings,
                      lambda: Rules(vpn, self.around, Addresses()).forwarded_by_others(Record(NAME), UNITS)):
            try:
                told += check()
            except Refused as exc:
                told.append(str(exc))
        return "; ".join(told)

    def ike_rule(self) -> list:
        """The zones of the rule for IKE that a plan makes."""
        vpn = Vpn(NAME, tunnels_of(self.branch.connection["tunnels"]), "bgp", self.outside, "vpn", ("trust",), (LAN,), (VPC,))
        items = Rules(vpn, self.around, Addresses()).security({number: (self.outside, HERE) for number in vpn.numbers}, UNITS)
        return [item.values["from"] for item in items if item.name == names.security_rule(NAME, names.IKE)]


def configured_default(branch: Branch) -> None:
    branch.at("routing-table/ip/static-route").append(ET.fromstring(
        "<entry name='default'><destination>0.0.0.0/0</destination><nexthop><ip-address>198.51.100.1</ip-address></nexthop></entry>"))


def other_interface(local_id: bool) -> Callable:
    """IKE from another interface of the firewall, with or without a local ID that says what the far side expects."""
    def breaks(branch: Branch) -> None:
        for number in (1, 2):
            gateway = branch.at("gateway", f"{NAME}-{number}")
            branch.text(gateway, "local-address/interface", "ethernet1/3")
            branch.text(gateway, "local-address/ip", "192.0.2.9/24")
            if local_id:
                branch.text(gateway, "local-id/type", "ipaddr")
                branch.text(gateway, "local-id/id", HERE)
            branch.down(number, 1, SILENT)
    return breaks


def forwarded(where: str, action: str = "<forward><egress-interface>ethernet1/3</egress-interface></forward>", **lists: str) -> Callable:
    def breaks(branch: Branch) -> None:
        text = members(**{"source": "any", "destination": "any", "application": "any", "service": "any", **lists})
        branch.at("pbf/rules").append(ET.fromstring(f"<entry name='by dsl'>{text}<from>{where}</from><action>{action}</action></entry>"))
    return breaks


TRUST = "<zone><member>trust</member></zone>"
ETHERNET = "<interface><member>ethernet1/2</member></interface>"


def negated(network: str) -> Callable:
    """A PBF rule for all but a network."""
    def breaks(branch: Branch) -> None:
        forwarded(TRUST, destination=network)(branch)
        branch.text(branch.at("pbf/rules", "by dsl"), "negate-destination", "yes")
    return breaks


# What is wrong → (the outside interface that is asked for, a part of what the plan says, the cause).
WRONG = {
    "another interface has the address": (other_interface(False), "ethernet1/3", "an address of ethernet1/1", "local-interface-wrong"),
    "another interface has the address, and a local ID says it": (other_interface(True), "ethernet1/3", "an address of ethernet1/1", "local-interface-wrong"),
    "a PBF rule above": (forwarded(TRUST), "ethernet1/1", "PBF rule 'by dsl'", "pbf-rule-above-routes"),
    "a PBF rule of an interface above": (forwarded(ETHERNET), "ethernet1/1", "PBF rule 'by dsl'", "pbf-rule-above-routes"),
    "a PBF rule that drops": (forwarded(TRUST, "<discard/>"), "ethernet1/1", "PBF rule 'by dsl'", "pbf-rule-above-routes"),
    "a PBF rule for all but the networks of others": (negated("192.168.0.0/16"), "ethernet1/1", "'by dsl'", "pbf-rule-above-routes"),
    "a PBF rule for these networks": (forwarded(TRUST, source=LAN, destination="10.0.0.0/8"), "ethernet1/1", "'by dsl'", "pbf-rule-above-routes"),
}
RIGHT = {
    "nothing": lambda branch: None,
    "a PBF rule to the routes": forwarded(TRUST, "<no-pbf/>"),
    "a PBF rule to the routes above one that forwards": lambda branch: (
        forwarded(TRUST, "<no-pbf/>", destination=VPC)(branch), forwarded(TRUST)(branch), branch.at("pbf/rules")[1].set("name", "all")),
    "a PBF rule into the tunnels": forwarded(TRUST, "<forward><egress-interface>tunnel.1</egress-interface></forward>"),
    "a PBF rule of another zone": forwarded("<zone><member>dmz</member></zone>"),
    "a PBF rule for all but private networks": negated("10.0.0.0/8"),
}


@pytest.mark.parametrize("intent", [STATED, Intent()], ids=["stated", "not stated"])
@pytest.mark.parametrize("breaks, outside, words, cause", WRONG.values(), ids=WRONG.keys())
def test_what_is_refused_is_a_cause(breaks, outside, words, cause, intent):
    branch = Branch("bgp")
    configured_default(branch)
    breaks(branch)
    branch.intent = intent
    assert words in Planner(branch, outside).says()
    assert cause in [found["id"] for found in branch.diagnose()]


@pytest.mark.parametrize("harmless", RIGHT.values(), ids=RIGHT.keys())
def test_what_is_let_pass_is_no_cause(harmless):
    branch = Branch("bgp")
    configured_default(branch)
    harmless(branch)
    branch.intent = STATED
    assert Planner(branch).says() == ""
    assert "pbf-rule-above-routes" not in [found["id"] for found in branch.diagnose()]


SOME = {
    "for some of it": forwarded(TRUST, destination="10.200.7.0/24"), "for an application": forwarded(TRUST, application="dns"),
    "for some hosts": forwarded(TRUST, source="10.10.0.64/26"), "by a name": forwarded(TRUST, destination="partner"),
}


@pytest.mark.parametrize("breaks", SOME.values(), ids=SOME.keys())
def test_a_rule_for_some_of_it_is_told_and_no_cause(breaks):
    branch = Branch("bgp")
    configured_default(branch)
    breaks(branch)
    branch.intent = STATED
    assert "PBF rule 'by dsl' may take some of the packets" in Planner(branch).says()
    assert "pbf-rule-above-routes" not in [found["id"] for found in branch.diagnose()]


def on_loopback(branch: Branch, zone: str) -> None:
    """IKE from a loopback interface that has the address which the far side expects."""
    branch.tree.find(".//network/interface").append(ET.fromstring(
        "<loopback><units><entry name='loopback.1'><ip><entry name='198.51.100.200/32'/></ip></entry></units></loopback>"))
    branch.at("virtual-router", "default").find("interface").append(ET.fromstring("<member>loopback.1</member>"))
    if zone == "ike-lo":
        branch.at("vsys/entry/zone").append(ET.fromstring("<entry name='ike-lo'><network><layer3><member>loopback.1</member></layer3></network></entry>"))
    else:
        branch.at("vsys/entry/zone", zone).find("network/layer3").append(ET.fromstring("<member>loopback.1</member>"))
    for number in (1, 2):
        gateway = branch.at("gateway", f"{NAME}-{number}")
        branch.text(gateway, "local-address/interface", "loopback.1")
        branch.text(gateway, "local-address/ip", "198.51.100.200/32")
        branch.down(number, 1, SILENT)
    for tunnel in branch.connection["tunnels"]:
        tunnel["customer_outside_address"] = "198.51.100.200"


ZONES = {
    "its own zone, denied": ("ike-lo", [], ["ike-denied-by-rule"], [["ike-lo", "untrust"]]),
    "its own zone, allowed one way": ("ike-lo", [rule("out", "ike-lo", "untrust")], ["ike-denied-by-rule"], [["ike-lo", "untrust"]]),
    "its own zone, allowed both ways": ("ike-lo", [rule("both", "ike-lo untrust", "ike-lo untrust")], [], []),
    "the zone of the way out": ("untrust", [], [], []),
}


@pytest.mark.parametrize("deny", [True, False], ids=["a rule denies the rest", "the default"])
@pytest.mark.parametrize("zone, allowing, causes, rules", ZONES.values(), ids=ZONES.keys())
def test_a_rule_for_ike_is_made_where_the_diagnosis_misses_one(zone, allowing, causes, rules, deny):
    branch = Branch("bgp")
    configured_default(branch)
    on_loopback(branch, zone)
    if not deny:
        branch.at("security/rules").remove(branch.at("security/rules", "deny the rest"))
    branch.first(branch.at("security/rules"), *allowing)
    assert [found["id"] for found in branch.diagnose() if found["id"] == "ike-denied-by-rule"][:1] == causes
    assert Planner(branch, "loopback.1").ike_rule() == rules


def test_a_rule_for_another_way_out_is_told_by_both():
    branch = Branch("bgp")
    configured_default(branch)
    for number in (1, 2):
        gateway = branch.at("gateway", f"{NAME}-{number}")
        branch.text(gateway, "local-address/interface", "ethernet1/3")
        branch.text(gateway, "local-address/ip", "192.0.2.9/24")
        branch.down(number, 1, SILENT)
    branch.connection["tunnels"] = [{**tunnel, "customer_outside_address": "192.0.2.9"} for tunnel in branch.connection["tunnels"]]
    says = Planner(branch, "ethernet1/3").says()
    assert "leave by ethernet1/1 (route 'default' (0.0.0.0/0)), and the tunnel is to go from ethernet1/3" in says
    assert "endpoint-route-through-other-interface" in [found["id"] for found in branch.diagnose()]
    branch.at("routing-table/ip/static-route").clear()
    branch.state = replace(branch.state, routes=(Route(LAN, "default", "0.0.0.0", "ethernet1/2", "connected", True),))
    assert f"no route to the endpoint {ENDPOINTS[1]}" in Planner(branch, "ethernet1/3").says()
    assert "endpoint-route-missing" in [found["id"] for found in branch.diagnose()]
