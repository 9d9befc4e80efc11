# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the lab's firewall lets pass: rules, the default rules behind them, and sessions that are tied to their zones. Needs no data plane."""

from __future__ import annotations

import dataclasses
import itertools
import pathlib
import re

import pytest

from ansible_collections.tunnelsmith.panos_vpn.tests.lab.dataplane import packet_filter
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.dataplane.behaviour import Behaviour
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.dataplane.running import Interface, Match, Ports, Running, SecurityRule

INSIDE = Interface("ae1.10", ("10.10.0.1/24",), None, "trust", True)
OUTSIDE = Interface("ethernet1/8", ("198.51.100.10/24",), None, "untrust", False)
TUNNEL = Interface("tunnel.1", ("169.254.10.2/30",), 1446, "vpn", False)
NOWHERE = Interface("ethernet1/9", ("192.0.2.1/24",), None, None, False)
INTERFACES = (INSIDE, OUTSIDE, TUNNEL, NOWHERE)
ZONES = {"trust": 0, "untrust": 1, "vpn": 2}


def chains(running: Running, daemons=None, **behaviour) -> dict[str, list[str]]:
    """Rules by chain."""
    text = packet_filter.security(running, daemons or {}, ZONES, behaviour=Behaviour(**behaviour))
    return {name: [line for line in body.splitlines() if line and not line.startswith("type ")]
            for name, body in re.findall(r"^chain (\w+) \{\n(.*?)^\}", text, re.MULTILINE | re.DOTALL)}


class Packet:
    """One packet through the chains of ``forward``, by the few words that they use."""

    def __init__(self, came: str, leaves: str, state: str = "new", direction: str = "original", protocol: str = "udp", labels: tuple[int, ...] = ()) -> None:
        self.came, self.leaves, self.state, self.direction, self.protocol, self.labels = came, leaves, state, direction, protocol, labels

    def passes(self, found: dict[str, list[str]], chain: str = "forward") -> bool:
        for line in found[chain]:
            if not self._matches(line):
                continue
            verdict = line.split()[-1]
            if verdict in ("accept", "drop"):
                return verdict == "accept"
            if "goto" in line:
                return self.passes(found, verdict)
        return False

    def _matches(self, line: str) -> bool:
        for word, device in (("iifname", self.came), ("oifname", self.leaves)):
            named = re.search(rf'{word} (?:{{ ([^}}]*) }}|("[^"]*"))', line)
            if named and f'"{device}"' not in (named[1] or named[2]):
                return False
        direction, state = re.search(r"ct direction (\w+)", line), re.search(r"ct state (\w+)", line)
        label, protocol = re.search(r"ct label (\d+)", line), re.search(r"meta l4proto (\w+)", line)
        return ((not direction or direction[1] == self.direction) and (not state or state[1] == self.state) and (not label or int(label[1]) in self.labels)
                and (not protocol or protocol[1] == self.protocol) and ("echo-request" not in line or self.protocol == "echo"))


DEFAULTS = [(within, between) for within in (True, False) for between in (True, False)]


@pytest.mark.parametrize("within, between", DEFAULTS)
def test_what_no_rule_decides_is_decided_by_the_default_rules(within, between):
    found = chains(Running(interfaces=INTERFACES, allows_within_zones=within, allows_between_zones=between), {"ethernet1/8": ["ike1"]})
    assert Packet("ike1", "eth1-8").passes(found) is within
    assert Packet("ae1.10", "tunnel.1").passes(found) is between
    assert Packet("eth1-9", "tunnel.1").passes(found) is False, "an interface without a zone"


@pytest.mark.parametrize("kind, crossing, within", [("interzone", True, False), ("intrazone", False, True), ("universal", True, True)])
@pytest.mark.parametrize("allows", [True, False], ids=["allows", "denies"])
def test_kinds_of_security_rules(kind, crossing, within, allows):
    found = chains(Running(interfaces=INTERFACES, security=(SecurityRule("r", (), (), kind, Match(), allows),), allows_within_zones=not allows,
                           allows_between_zones=not allows), {"ethernet1/8": ["ike1"]})
    assert (Packet("ae1.10", "eth1-8").passes(found) is allows) is crossing
    assert (Packet("ike1", "eth1-8").passes(found) is allows) is within


def test_a_daemon_belongs_to_the_zone_of_its_outside_interface():
    rule = SecurityRule("ike", ("untrust",), ("untrust",), "universal", Match(services=(Ports("udp", "500"),)), True)
    found = chains(Running(interfaces=(INSIDE, OUTSIDE), security=(rule,)), {"ethernet1/8": ["ike1"]})
    assert 'iifname { "eth1-8", "ike1" } oifname { "eth1-8", "ike1" } udp dport { 500 } goto begins' in found["passes"]


FROM_TRUST_TO_VPN = (0, packet_filter.ZONES + 2)
WAYS = list(itertools.product(("ae1.10", "eth1-8", "tunnel.1"), repeat=2))


@pytest.mark.parametrize("leave", [False, True], ids=["dropped", "sent on"])
@pytest.mark.parametrize("came, leaves", WAYS)
def test_a_session_stays_in_its_zones(came, leaves, leave):
    """All ways that a packet of a session from trust to vpn can take, both directions."""
    found = chains(Running(interfaces=INTERFACES), sessions_leave_their_zone=leave)
    going = Packet(came, leaves, "established", labels=FROM_TRUST_TO_VPN, protocol="tcp")
    answer = Packet(came, leaves, "established", "reply", labels=FROM_TRUST_TO_VPN, protocol="tcp")
    assert going.passes(found) is (came == "ae1.10" and (leave or leaves == "tunnel.1"))
    assert answer.passes(found) is (came == "tunnel.1" and (leave or leaves == "ae1.10"))


@pytest.mark.parametrize("protocol, passes", [("udp", True), ("tcp", False)])
def test_a_packet_from_another_zone_belongs_to_no_session(protocol, passes):
    """The rules judge it as a first one, which one in the middle of TCP can not be."""
    found = chains(Running(interfaces=INTERFACES, allows_between_zones=True))
    assert Packet("eth1-8", "tunnel.1", "established", labels=FROM_TRUST_TO_VPN, protocol=protocol).passes(found) is passes


def test_each_echo_request_is_judged_by_the_rules_and_its_answer_is_not():
    deny = SecurityRule("no", (), (), "universal", Match(services=(Ports("echo"),)), False)
    found = chains(Running(interfaces=INTERFACES, security=(deny,), allows_between_zones=True))
    assert not Packet("ae1.10", "tunnel.1", "established", labels=FROM_TRUST_TO_VPN, protocol="echo").passes(found)
    assert Packet("tunnel.1", "ae1.10", "established", "reply", labels=FROM_TRUST_TO_VPN, protocol="icmp").passes(found)
    for chain in ("receive", "send"):
        asks = next(number for number, line in enumerate(found[chain]) if "echo-request ct direction original goto" in line)
        assert asks < found[chain].index("ct state established accept")


@pytest.mark.parametrize("adjusts", [True, False])
def test_segments_are_adjusted_where_that_is_asked_for(adjusts):
    found = chains(Running(interfaces=INTERFACES), adjusts_mss=adjusts)["segments"]
    assert [line.split()[0] for line in found if "size set 1406" in line] == (["iifname", "oifname"] if adjusts else [])


@pytest.mark.parametrize("switch", [field.name for field in dataclasses.fields(Behaviour)])
def test_each_switch_is_turned_by_a_test(switch):
    """In the lab or in these unit tests; what is asserted there differs by its position."""
    tests = pathlib.Path(__file__).resolve().parents[2]
    turned = [path.name for folder in ("dataplane", "unit/lab") for path in (tests / folder).glob("test_*.py") if f"{switch}=" in path.read_text("utf-8")]
    assert turned, f"no test turns {switch}"
