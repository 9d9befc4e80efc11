# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One question has one answer: vpn_info, whatever it gathers, and the verification of site_to_site_vpn say the same of every fault."""

from __future__ import annotations

import pytest

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.inquiry import vpn_state, vpn_watch
from ansible_collections.tunnelsmith.panos_vpn.plugins.modules import site_to_site_vpn, vpn_info
from ansible_collections.tunnelsmith.panos_vpn.tests.unit.plugins.modules.patients import Patients
from ansible_collections.tunnelsmith.panos_vpn.tests.unit.plugins.modules.test_vpn_diagnosis import FAULTS

INTENT = {"source_zones": ["trust"], "local_networks": ["10.10.0.0/24"], "remote_networks": ["10.200.0.0/16"]}


@pytest.fixture(scope="module")
def patients():
    made = Patients()
    yield made
    made.stop()


@pytest.fixture(autouse=True)
def at_once(monkeypatch):
    """Nothing moves on an emulated firewall, so nobody has to wait for the next probe."""
    monkeypatch.setattr(vpn_state, "probe_interval", lambda *_about: 0.0)
    monkeypatch.setattr(vpn_watch, "_LITTLE", 0.0)


def answers(patient) -> list:
    """How well it is: as vpn_verify asks, with everything, and as a pairing verifies."""
    about = {**INTENT, "connection": patient.connection}
    asked = {"name": [patient.name], **about}
    found = [patient.done({**asked, "gather": gather}, module=vpn_info).values for gather in (["state"], ["config", "state", "routes", "summary", "diagnosis"])]
    looked = {"name": patient.name, "configure": False, "verify": True, "verify_timeout": 0, **about}
    found.append(patient.run(looked, module=site_to_site_vpn).values)
    return [(each["health"], [(vpn["name"], vpn["health"], [(part["name"], part["health"]) for part in vpn["tunnels"]]) for vpn in each["vpns"]])
            for each in found]


@pytest.mark.parametrize("kind", ["pbf", "bgp"])
def test_a_healthy_vpn_is_healthy_for_everybody(patients, kind):
    assert {health for health, _vpns in answers(patients(kind))} == {"healthy"}


@pytest.mark.parametrize("fault", FAULTS.values(), ids=FAULTS.keys())
def test_everybody_says_the_same_of_a_fault(patients, fault):
    patient = patients(fault.kind)
    fault.breaks(patient)
    by_state, by_all, by_role = answers(patient)
    assert by_state == by_all == by_role
    if fault.sure == "certain" and fault.cause != "ha-passive":
        assert by_state[0] != "healthy"
