# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How well a VPN is, over all faults and all healthy variants: the same with and without the log, and the same on the report."""

from __future__ import annotations

import json

import pytest

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.device.location import Location
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.inquiry import vpn_state
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.status import health
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.status.carriers import led_into
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.status.health import Condition, Health
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.status.judgement import judge
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.status.selection import asked_for, select
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.tables.platform import Platform
from ansible_collections.tunnelsmith.panos_vpn.plugins.plugin_utils.vpn_report import as_json
from ansible_collections.tunnelsmith.panos_vpn.tests.unit.plugins.module_utils.diagnosis.branch import NAME, Branch
from ansible_collections.tunnelsmith.panos_vpn.tests.unit.plugins.module_utils.diagnosis.leaves import EVERY, EVERY_VARIANT


def condition(branch: Branch) -> tuple[Condition, list]:
    """(how well the VPN is, the causes), as whoever asks is told."""
    configuration, missing = select(vpn_state.gathered_from(branch.tree, Platform((11, 1), branch.engine), Location().base), [NAME])
    causes = branch.diagnose()
    vpns = asked_for(configuration, configuration, [NAME], missing)
    known = health.Known(vpns, judge(configuration, branch.state), causes, led_into(configuration, branch.state), dict.fromkeys(missing, "not there"))
    return health.of_firewall("fw", known), causes


def states(found: Condition) -> dict:
    return {part.name: part.state for vpn in found.parts for part in (vpn, *vpn.parts)}


@pytest.mark.parametrize("name", EVERY_VARIANT)
def test_a_healthy_vpn_is_healthy(name):
    for kind in EVERY_VARIANT[name].kinds:
        branch = Branch(kind)
        EVERY_VARIANT[name].changes(branch)
        found, _causes = condition(branch)
        assert found.healthy, found.problems()


@pytest.mark.parametrize("name", EVERY)
def test_a_fault_is_judged_the_same_by_everybody(name):
    fault = EVERY[name]
    branch = Branch(fault.kind)
    branch.connection = branch.connection if fault.known else None
    fault.breaks(branch)
    found, causes = condition(branch)
    if fault.sure == "certain":
        assert not found.healthy
    # The log is read where something is wrong only: it explains, and makes nothing better or worse.
    branch.lines = []
    without_log, _causes = condition(branch)
    assert states(without_log) == states(found)
    told = {"name": "fw", "health": found.state.value, "healthy": found.healthy, "problems": list(found.problems()), "vpns": found.told()["vpns"],
            "diagnosis": causes}
    (firewall,) = json.loads(as_json([told], "t", ""))["firewalls"]
    shown = {part["name"]: part["health"] for vpn in firewall["vpns"] for part in (vpn, *vpn["tunnels"])}
    assert shown == {name: state.value for name, state in states(found).items()} and firewall["health"] == found.state.value
    assert found.state is Health.HEALTHY or any(vpn["reasons"] for vpn in firewall["vpns"])
