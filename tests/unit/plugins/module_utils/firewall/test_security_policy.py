# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How much of some packets a rule is for, by its services and applications, and whether that is most of them."""

from __future__ import annotations

import xml.etree.ElementTree as ET

import pytest

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.firewall import security_policy
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.firewall.rulebases import Addresses, Traffic
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.firewall.security_policy import ALL, NONE, SOME, UNKNOWN

KNOWN = security_policy.read([ET.fromstring(
    "<all><entry name='keys'><protocol><udp><port>500,4500</port></udp></protocol></entry><entry name='high'><protocol><tcp><port>1024-65535</port></tcp>"
    "</protocol></entry><entry name='both'><members><member>high</member><member>keys</member></members></entry><entry name='loop'><members>"
    "<member>loop</member></members></entry><entry name='vpn'><members><member>ike</member><member>ping</member></members></entry><entry name='risky'>"
    "<risk><member>5</member></risk></entry></all>")])
IKE = Traffic("untrust", "untrust", "198.51.100.10", "203.0.113.17", frozenset({"ike"}), ("udp", 500))
ESP = Traffic("untrust", "untrust", "198.51.100.10", "203.0.113.17", frozenset({"ipsec-esp"}))
HOSTS = Traffic("trust", "vpn", "10.10.0.0/24", "10.200.0.0/16")


def rule(**lists: str) -> ET.Element:
    told = {"from": "any", "to": "any", "source": "any", "destination": "any", "application": "any", "service": "any", **lists}
    return ET.fromstring("<entry name='r'>" + "".join(
        f"<{option}>{''.join(f'<member>{text}</member>' for text in texts.split())}</{option}>" for option, texts in told.items()) + "</entry>")


EXTENTS = {
    "any": (rule(), ALL, ALL, ALL),
    "the port": (rule(service="keys"), ALL, NONE, SOME),
    "another port": (rule(service="high"), NONE, NONE, SOME),
    "a group with the port": (rule(service="both"), ALL, NONE, SOME),
    "a service that nobody knows": (rule(service="mystery"), UNKNOWN, NONE, SOME),
    "a group in itself": (rule(service="loop"), UNKNOWN, NONE, SOME),
    "the application's own port": (rule(service="application-default"), ALL, ALL, SOME),
    "the application": (rule(application="ike"), ALL, NONE, SOME),
    "what contains it": (rule(application="ipsec"), ALL, ALL, SOME),
    "a group of applications": (rule(application="vpn"), ALL, NONE, SOME),
    "a filter of applications": (rule(application="risky"), UNKNOWN, UNKNOWN, SOME),
    "one of the ends": (rule(source="198.51.100.10"), ALL, ALL, NONE),
    "half of a network": (rule(source="10.10.0.0/25"), NONE, NONE, SOME),
    "a name that nobody knows": (rule(destination="partner"), UNKNOWN, UNKNOWN, UNKNOWN),
    "a user": (rule(**{"source-user": "joe"}), SOME, SOME, SOME),
    "another zone": (rule(**{"from": "dmz"}), NONE, NONE, NONE),
}


@pytest.mark.parametrize("given, ike, esp, hosts", EXTENTS.values(), ids=EXTENTS.keys())
def test_how_much_a_rule_is_for(given, ike, esp, hosts):
    assert [security_policy.extent(given, traffic, Addresses(), KNOWN) for traffic in (IKE, ESP, HOSTS)] == [ike, esp, hosts]


MOST = {
    "everything": (rule(), True), "half of the hosts": (rule(source="10.10.0.0/25"), True), "a quarter": (rule(source="10.10.0.0/26"), False),
    "half of the ports": (rule(service="high"), True), "two ports": (rule(service="keys"), False), "an application": (rule(application="ssl"), False),
    "a service that nobody knows": (rule(service="mystery"), False),
}


@pytest.mark.parametrize("given, most", MOST.values(), ids=MOST.keys())
def test_whether_that_is_no_small_exception(given, most):
    assert security_policy.is_most(given, HOSTS, Addresses(), KNOWN) is most
