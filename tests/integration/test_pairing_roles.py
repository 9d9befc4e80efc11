# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The roles for peers other than AWS, in one run of each: made, unchanged, negotiated anew, changed where that was asked for, and away without a trace."""

from __future__ import annotations

import pytest

from ansible_collections.tunnelsmith.panos_vpn.tests.integration.back_to_start import bare
from ansible_collections.tunnelsmith.panos_vpn.tests.integration.far_sides import KEY, OTHER_KEY, ROLES
from ansible_collections.tunnelsmith.panos_vpn.tests.integration.playbook_run import play, trial


def task(role: str, values: dict, **more) -> dict:
    variables = {f"{role}_{name}": value for name, value in {**values, **more}.items()}
    return {"name": f"Run {role}", "ansible.builtin.include_role": {"name": f"tunnelsmith.panos_vpn.{role}"}, "vars": variables}


@pytest.mark.parametrize("role", ROLES)
def test_a_vpn_is_made_kept_changed_negotiated_anew_and_taken_away(playbooks, firewall, role):
    values, change, needed = ROLES[role]
    start = firewall.control.running()
    without = {name: value for name, value in values.items() if name not in (needed, "tunnels" if role == "site_to_site" else "")}
    quick = {name: values[name] for name in ("name", "commit_poll", "verify_timeout", "verify_poll")}
    run = playbooks.run(firewall, play(
        trial("Leave something out", task(role, without)), task(role, values), task(role, values), task(role, values, **change),
        task(role, quick, state="reconnected"), task(role, quick, state="absent")), "--diff")
    assert run.status == 0, run.output[-3000:]
    (refused,) = run.failures()
    assert f"{role}_{needed} is not set" in refused.message
    made, kept, changed, gone = run.of("site_to_site_vpn")
    assert [task.changed for task in (made, kept, changed, gone)] == [True, False, True, True]
    assert [task.result.get("healthy") for task in (made, kept, changed, gone)] == [True, True, True, None]
    names = [tunnel["name"] for tunnel in made.result["vpn"]["tunnels"]]
    assert set(changed.result["interrupts"]) == {measured["tunnel"] for measured in changed.result["interruptions"]} == set(names)
    assert "this interrupts the tunnel" in run.output
    (again,) = run.of("vpn_action")
    waited = values["verify_timeout"] > 0
    assert all(tunnel.get("up", False) is waited and ("seconds" in tunnel) is waited for tunnel in again.result["tunnels"])
    assert bare(gone.running) == bare(start)
    assert [key for key in (KEY, OTHER_KEY) if key in run.everything()] == []
