# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Mishaps and oddities on an emulated firewall: the true cause comes first, nothing is certain that is not so, and everybody says the same of it.

Every third one is tried; C(ALL_FAULTS=1) in the environment tries all.
"""

from __future__ import annotations

import itertools
import json
import os
import time

import pytest

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.inquiry import vpn_state, vpn_watch
from ansible_collections.tunnelsmith.panos_vpn.plugins.modules import site_to_site_vpn, vpn_info
from ansible_collections.tunnelsmith.panos_vpn.plugins.plugin_utils.vpn_report import as_json
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.emulator import Emulator
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.emulator.models.runtime import Runtime
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.emulator.models.system_log import SystemLog
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.emulator.models.tree import parse_document
from ansible_collections.tunnelsmith.panos_vpn.tests.unit.plugins.modules.further_mishaps import FURTHER_MISHAPS, FURTHER_ODDITIES, PART_DENIED
from ansible_collections.tunnelsmith.panos_vpn.tests.unit.plugins.modules.mishaps import MISHAPS, NAMES, ODDITIES, Mishap, Oddity, described, made
from ansible_collections.tunnelsmith.panos_vpn.tests.unit.plugins.modules.pairing import VpnDoor
from ansible_collections.tunnelsmith.panos_vpn.tests.unit.plugins.modules.unforeseen_mishaps import UNFORESEEN_MISHAPS, UNFORESEEN_ODDITIES

STEP = 1 if "ALL_FAULTS" in os.environ else 3
# What the artifact for AWX's next node holds of an answer (playbooks/vpn_verify.yml).
ARTIFACT = ("health", "healthy", "problems", "vpns")
EVERY_MISHAP, EVERY_ODDITY = (*MISHAPS, *FURTHER_MISHAPS, *UNFORESEEN_MISHAPS), (*ODDITIES, *FURTHER_ODDITIES, *UNFORESEEN_ODDITIES)
# A part of the far network that goes elsewhere may be meant so, as an address of one host's own may; packets as large as a tunnel takes may never be sent; new
# sessions leave a tunnel that old ones wait in; and where an SA stands, what is described may be what is out of date. All of them are told as likely, and what
# is likely changes no state.
MAY_BE_MEANT = {
    "a part of the far network was routed to the labs", "the tunnels were given the packet size of the LAN",
    "the portal got a public address both ways, towards every zone", "the monitor profile was made to wait for a recovery",
    "the IKE profile was given another hash, and the old SA still stands",
}


class Ward(VpnDoor):
    """A firewall with a VPN, to which something happens."""

    def __init__(self, engine: str, kind: str, making: dict, is_committed: bool) -> None:
        super().__init__(Emulator(version="11.1.4", engine=engine).start())
        self.kind, self.inner = kind, self.firewall.firewall
        self.control.commit_duration(0)
        (self.committed if is_committed else self.done)(made(kind, **making))
        self.trees = (self.inner.candidate.tree, self.inner.running)
        self.good, self.is_committed = self.control.running(), is_committed

    def heal(self) -> None:
        """As it was when the VPN had been made; one that is not committed is made anew by the next ward."""
        with self.inner.lock:
            self.inner.revert(None)
            for tree in (self.inner.candidate.tree, self.inner.running):
                tree.replace_root(parse_document(self.good))
            self.inner.runtime, self.inner.log = Runtime(), SystemLog()

    def suffer(self, happened: Mishap | Oddity) -> None:
        for action, place, element, where, beside in happened.edits:
            self.control.edit_as("colleague", action, place, element=element, where=where, dst=beside)
        job = self.inner.commit("colleague") if happened.edits else None
        while job is not None and job.status != "FIN":
            time.sleep(0.001)
        assert job is None or job.result == "OK"
        for action, place, element, where, beside in happened.pending:
            self.control.edit_as("colleague", action, place, element=element, where=where, dst=beside)
        # A second is over whenever somebody asks for the time.
        clock = itertools.count().__next__
        for each in happened.then:
            each.happen(self.firewall, clock)

    def about(self, happened: Mishap | Oddity) -> dict:
        """What is said of the VPN to everybody who asks how it is."""
        wanted = made(self.kind)
        probe = getattr(happened, "probe", None)
        return {"connection": {**described(self.kind), **getattr(happened, "description", {})},
                **{option: wanted[option] for option in ("source_zones", "local_networks", "remote_networks")},
                **({} if probe is None else {"probe": "true" if probe else "false"})}


@pytest.fixture(scope="module")
def wards():
    """One firewall for each kind of VPN and engine, healed whenever it is asked for."""
    found: dict = {}

    def ward(happened: Mishap | Oddity) -> Ward:
        key = (happened.engine, happened.kind, json.dumps(happened.making), getattr(happened, "committed", True))
        if key not in found:
            found[key] = Ward(*key[:2], happened.making, key[3])
        elif key[3]:
            found[key].heal()
        return found[key]

    yield ward
    for each in found.values():
        each.firewall.stop()


@pytest.fixture(autouse=True)
def at_once(monkeypatch):
    """What moves here moves when it is looked at, so nobody has to wait for the next probe."""
    monkeypatch.setattr(vpn_state, "probe_interval", lambda *_about: 0.0)
    monkeypatch.setattr(vpn_watch, "_LITTLE", 0.0)


def _named(rows: tuple) -> dict:
    return {row.what: row for row in rows[::STEP]}


def _parts(vpns: list) -> list:
    return sorted((part["name"], part["health"]) for vpn in vpns for part in (vpn, *vpn["tunnels"]))


def answers(ward: Ward, about: dict) -> dict:
    """Who → what it returns: as vpn_diagnose asks, vpn_verify, the end of a role, the report, and the artifact for AWX."""
    name = made(ward.kind)["name"]
    everything = ward.run({"name": [name], "gather": ["config", "state", "routes", "summary", "diagnosis"], **about}, module=vpn_info).values
    verify = ward.run({"name": [name], "gather": ["config", "state", "diagnosis"], "wait_for": "healthy", "timeout": 0, "fail_on": "down", **about},
                      module=vpn_info).values
    role = ward.run({"name": name, "configure": False, "verify": True, "verify_timeout": 0, **about}, module=site_to_site_vpn).values
    (page,) = json.loads(as_json([{"name": "fw", **everything}], "t", ""))["firewalls"]
    return {"vpn_info": everything, "vpn_verify": verify, "the role's end": role, "the report": page, "AWX's artifact": {key: verify[key] for key in ARTIFACT}}


def _agreed(told: dict) -> str:
    """How well the firewall is to everybody."""
    said = {who: (each["health"], _parts(each["vpns"])) for who, each in told.items()}
    assert len({repr(each) for each in said.values()}) == 1, said
    return told["vpn_info"]["health"]


def _concerned(mishap: Mishap) -> list:
    """What the first cause may be told of: the tunnels that it happened to, or the VPN where none of them was made yet."""
    name = NAMES[mishap.kind]
    return [f"{name}-{number}" for number in mishap.tunnels.split()] if mishap.committed else [name]


@pytest.mark.parametrize("mishap", _named(EVERY_MISHAP).values(), ids=_named(EVERY_MISHAP))
def test_the_true_cause_comes_first_and_everybody_says_how_bad_it_is(wards, mishap):
    ward = wards(mishap)
    ward.suffer(mishap)
    told = answers(ward, ward.about(mishap))
    causes = told["vpn_info"]["diagnosis"]
    certain = {cause["id"] for cause in causes if cause["confidence"] == "certain"}
    assert causes[0]["id"] in mishap.causes, causes
    assert causes[0]["tunnel"] in _concerned(mishap), causes
    assert certain - {*mishap.causes, *mishap.follows} == set()
    assert mishap.seen or not certain
    assert _agreed(told) == ("healthy" if mishap.what in MAY_BE_MEANT else mishap.health)


@pytest.mark.parametrize("oddity", _named(EVERY_ODDITY).values(), ids=_named(EVERY_ODDITY))
def test_what_only_looks_odd_is_healthy_to_everybody(wards, oddity):
    ward = wards(oddity)
    ward.suffer(oddity)
    told = answers(ward, ward.about(oddity))
    assert [cause for cause in told["vpn_info"]["diagnosis"] if cause["confidence"] != "possible"] == []
    assert _agreed(told) == "healthy"


# What a VPN by routes, or with proxy IDs, is for stands in no PBF rule.
WITHOUT_A_WORD = (
    "the cloud's network was routed to the branch for a migration", "the route to one of the far networks was deleted",
    "the rule for hosts was given the offices' address object, which shrank later",
)


@pytest.mark.parametrize("what", WITHOUT_A_WORD)
def test_what_a_vpn_was_made_for_is_known_by_its_record(wards, what):
    mishap = {row.what: row for row in UNFORESEEN_MISHAPS}[what]
    ward = wards(mishap)
    ward.suffer(mishap)
    told = ward.done({"name": [made(ward.kind)["name"]], "gather": ["state", "diagnosis"]}, module=vpn_info).values
    assert told["diagnosis"][0]["id"] in mishap.causes
    assert told["health"] == mishap.health


def test_a_part_that_is_denied_may_be_meant(wards):
    ward = wards(PART_DENIED)
    ward.suffer(PART_DENIED)
    told = answers(ward, ward.about(PART_DENIED))
    assert {(cause["id"], cause["confidence"]) for cause in told["vpn_info"]["diagnosis"]} == {("security-rule-shadowed", "likely")}
    assert _agreed(told) == "healthy"


def test_a_zone_that_is_not_there_is_told(wards):
    """No rule is asked about its packets, so that nothing would be found wrong with them."""
    ward = wards(ODDITIES[0])
    told = ward.done({"name": [made("pbf")["name"]], "gather": ["state"], **ward.about(ODDITIES[0]), "source_zones": ["trust", "offices"]}, module=vpn_info)
    assert [warning for warning in told.warnings if "no zone 'offices'" in warning and "trust" in warning]
