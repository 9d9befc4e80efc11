# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Each case of the collected faults of pairings with AWS, run as it is written down, and what has to come of each of its steps.

The cases lie beside the checkout (C(../shared/cases/aws)); here stands what is expected.
"""

from __future__ import annotations

import pathlib
import xml.etree.ElementTree as ET
from typing import Callable

import pytest
import yaml

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.errors import PanosVpnError
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.peers.aws import reader
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.peers.fields import plain
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.vpn.fit import fitted
from ansible_collections.tunnelsmith.panos_vpn.plugins.modules import vpn_info
from ansible_collections.tunnelsmith.panos_vpn.tests.unit.plugins.modules.door import Result, parsed
from ansible_collections.tunnelsmith.panos_vpn.tests.unit.plugins.modules.pairing import VpnDoor
from ansible_collections.tunnelsmith.panos_vpn.tests.unit.plugins.modules.test_config_revert import lines

PREFIX = "aws_pairing_"
CHANGED, UNCHANGED = "changed", "unchanged"


class CaseDoor(VpnDoor):
    """One firewall, and the steps of a case on it."""

    def __init__(self, folder: pathlib.Path, firewalls: Callable):
        self.folder, self.case = folder, yaml.safe_load((folder / "case.yml").read_text(encoding="utf-8"))
        super().__init__(firewalls())
        self.control.commit_duration(0)
        for planted in self.case.get("plant", ()):
            self.control.plant(**planted)
        self.live(self.case)
        self.start = parsed(self.control.running())

    def live(self, said: dict) -> None:
        """What is so beside the configuration."""
        for call in said.get("control", ()):
            getattr(self.control, call["method"])(**{key: value for key, value in call.items() if key != "method"})

    def step(self, step: dict) -> Result:
        self.live(step)
        variables = {**self.case["vars"], **step.get("vars", {})}
        asked = {name.removeprefix(PREFIX): value for name, value in variables.items() if name.startswith(PREFIX)}
        if "playbook" in step:
            (question,) = yaml.safe_load((self.folder / step["playbook"]).read_text(encoding="utf-8"))[0]["tasks"][:1]
            given = {**question["tunnelsmith.panos_vpn.vpn_info"], "name": [variables["vpn"]], "connection": self.described("a.json")}
            return self.run({option: value for option, value in given.items() if option != "provider"}, module=vpn_info)
        if "connection" in step:
            described = self.described(step["connection"])
            asked |= {"name": described["id"], "tunnels": described["tunnels"]}
        else:
            asked = {"name": asked["connection_id"], "state": "absent"}
        return self.run({**asked, "commit": True, "commit_poll": 0.05, "option_prefix": PREFIX}, check="--check" in step.get("args", ()))

    def described(self, file: str) -> dict:
        return plain(fitted(reader.vpn_connection((self.folder / file).read_text(encoding="utf-8"))))

    def found(self, xpath: str) -> list[str]:
        """The texts of what an xpath below the running configuration's root leads to."""
        return ["".join(node.itertext()) for node in ET.fromstring(self.control.running()).findall(xpath)]

    def own(self, place: str, below: str) -> list[str]:
        """The same of what lies below the VPN's own entries at a place."""
        entries = [entry for entry in ET.fromstring(self.control.running()).findall(f".//{place}/entry") if entry.get("name", "").startswith("vpn-")]
        return ["".join(node.itertext()) for entry in entries for node in entry.findall(below)]

    @property
    def is_as_at_the_start(self) -> bool:
        return lines(parsed(self.control.running())) == lines(self.start)


def no_warning(door: CaseDoor, results: list[Result]) -> bool:
    return not any(result.warnings for result in results)


def back_at_the_start(door: CaseDoor, results: list[Result]) -> bool:
    return door.is_as_at_the_start


def texts(xpath: str, *expected: str) -> Callable[[CaseDoor, list[Result]], bool]:
    return lambda door, results: door.found(xpath)[:len(expected)] == list(expected)


def warned(*words: str) -> Callable[[CaseDoor, list[Result]], bool]:
    return lambda door, results: any(all(word in warning for word in words) for result in results for warning in result.warnings)


def discard_rules_come_last(door: CaseDoor, results: list[Result]) -> bool:
    rules = [entry.get("name", "") for entry in ET.fromstring(door.control.running()).findall(".//pbf/rules/entry")]
    own_rules = [name.endswith("-discard") for name in rules if name.startswith("vpn-")]
    return own_rules == sorted(own_rules) and any(own_rules)


def is_not_diagnosed(cause: str) -> Callable[[CaseDoor, list[Result]], bool]:
    return lambda door, results: not [found for found in results[-1].values["diagnosis"] if found["id"] == cause and found["certainty"] == "certain"]


def own(place: str, below: str, *expected: str) -> Callable[[CaseDoor, list[Result]], bool]:
    return lambda door, results: door.own(place, below) == list(expected)


# Case → what becomes of each of its steps (changed, unchanged, or the words of its refusal), and what has to hold then.
EXPECTED: dict[str, tuple[list[str | tuple[str, ...]], list[Callable]]] = {
    "01-one-lan-two-vpcs-bgp": ([CHANGED, CHANGED, UNCHANGED, CHANGED, CHANGED], [back_at_the_start]),
    "02-four-byte-as": ([CHANGED, UNCHANGED, CHANGED], [back_at_the_start]),
    "03-backup-routes-beside-a-leased-line": ([CHANGED, CHANGED], [texts(".//static-route/entry[@name='leased-line']/metric", "10")]),
    "04-backup-routes-for-the-default-route": ([("0.0.0.0/0",)], [back_at_the_start]),
    "05-pbf-rule-above-bgp": ([("all by dsl",)], [back_at_the_start]),
    "06-ipv6-inside": ([CHANGED], [texts(".//peer-group//peer/entry/address-family-identifier", "ipv6", "ipv6")]),
    "07-ipv6-network-on-an-ipv4-connection": ([("2001:db8",)], [back_at_the_start]),
    "08-ipv6-outside": ([("ethernet1/8", "IPv6")], [back_at_the_start]),
    "09-tunnels-in-the-other-order": ([CHANGED, UNCHANGED], []),
    "10-two-static-connections-to-one-vpc": ([CHANGED, CHANGED], [discard_rules_come_last]),
    "11-wrong-outside-interface": ([("198.51.100.10", "ethernet1/8", "ethernet1/7")], [back_at_the_start]),
    "12-ike-on-a-loopback-in-its-own-zone": ([CHANGED], [
        lambda door, results: {"ike-lo", "untrust"} <= {text for side in ("from", "to") for text in door.found(f".//security/rules//{side}/member")}]),
    "13-address-object-on-the-outside-interface": ([CHANGED, UNCHANGED], [
        own("ike/gateway", "local-address/ip", "line-b", "line-b"), own("ike/gateway", "local-id")]),
    "14-static-connection-of-a-transit-gateway": ([CHANGED, UNCHANGED], [is_not_diagnosed("cloud-static-route-missing")]),
    "15-zone-and-bgp-handed-over": ([CHANGED] * 4, [back_at_the_start]),
    "16-own-as-changes": ([CHANGED, CHANGED], [warned("sessions of router 'default' start anew")]),
    "17-powershell-enumerations": ([CHANGED], []),
    "18-terraform-plan": ([("planned and not there yet", "terraform apply")], [back_at_the_start]),
    "19-empty-tunnel-options": ([CHANGED], [no_warning]),
    "20-options-in-the-wires-spelling": ([CHANGED], [
        own("ike-crypto-profiles", "encryption/member", "aes-128-cbc"), own("ike-crypto-profiles", "dh-group/member", "group14")]),
    "21-pppoe-line": ([CHANGED], [
        own("ike/gateway", "local-address/interface", "ethernet1/19", "ethernet1/19"), own("ike/gateway", "local-address/ip")]),
}


@pytest.fixture
def cases(shared_cases) -> pathlib.Path:
    return shared_cases / "aws"


def test_each_case_has_its_row(cases):
    assert sorted(EXPECTED) == sorted(folder.name for folder in cases.iterdir() if folder.is_dir())


@pytest.mark.parametrize("name", EXPECTED)
def test_what_becomes_of_a_case(cases, firewalls, name):
    outcomes, holds = EXPECTED[name]
    door, results = CaseDoor(cases / name, firewalls), []
    assert len(door.case["steps"]) == len(outcomes)
    for step, expected in zip(door.case["steps"], outcomes):
        try:
            results.append(door.step(step))
        except PanosVpnError as exc:
            # What cannot be read is told by the filter, before a firewall is asked.
            results.append(Result({"failed": True, "msg": str(exc)}, "", [], []))
        result = results[-1]
        if isinstance(expected, tuple):
            assert result.failed and [word for word in expected if word not in result.message] == [], result.message
        else:
            assert not result.failed and result.values["changed"] is (expected == CHANGED), (step.get("what"), result.message)
    assert parsed(door.control.candidate()) == parsed(door.control.running())
    assert [number for number, is_so in enumerate(holds) if not is_so(door, results)] == []
