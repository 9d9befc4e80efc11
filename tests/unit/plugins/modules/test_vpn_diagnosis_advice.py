# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The advice of the diagnosis is carried out: what its items change is written and committed, and the fault is gone."""

from __future__ import annotations

import pytest

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.tasks import verifying
from ansible_collections.tunnelsmith.panos_vpn.plugins.modules import commit, transaction
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.emulator.models.runtime import Runtime
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.emulator.models.system_log import SystemLog
from ansible_collections.tunnelsmith.panos_vpn.tests.unit.plugins.modules.patients import Patients
from ansible_collections.tunnelsmith.panos_vpn.tests.unit.plugins.modules.test_vpn_diagnosis import FAULTS
from ansible_collections.tunnelsmith.panos_vpn.tests.unit.plugins.modules.test_vpn_diagnosis_unseen import UNSEEN

# Name → (kind of VPN, what breaks it, whether only a probe shows it).
BROKEN = {**{name: (fault.kind, fault.breaks, False) for name, fault in FAULTS.items() if fault.mends},
          **{name: (fault.kind, fault.breaks, fault.probed) for name, fault in UNSEEN.items()}}


@pytest.fixture(scope="module")
def patients():
    made = Patients()
    yield made
    made.stop()


@pytest.mark.parametrize("name", BROKEN)
def test_the_advice_mends_the_fault(patients, name, monkeypatch):
    """As seen after the far side has negotiated anew; what the far side, or a person, has to change has no items."""
    monkeypatch.setattr(verifying, "_BETWEEN_PROBES", 0.0)
    kind, breaks, probed = BROKEN[name]
    patient = patients(kind)
    breaks(patient)

    def causes() -> list:
        return [cause for cause in patient.diagnose(probe="false" if probed else None) if cause["tunnel"] == f"{patient.name}-1"]

    first = causes()[0]
    if not first["items"]:
        return
    assert patient.done({"items": first["items"]}, module=transaction).changed
    patient.done({"scope": "all", "commit_poll": 0.05}, module=commit)
    patient.inner.runtime, patient.inner.log = Runtime(), SystemLog()
    assert first["id"] not in {cause["id"] for cause in causes() if probed or cause["confidence"] != "possible"}, first
