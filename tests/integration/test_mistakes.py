# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What people get wrong is refused, with words that they can use, and check mode says the same as the run. Each host of a run makes one mistake."""

from __future__ import annotations

import importlib
import json

import pytest

from ansible_collections.tunnelsmith.panos_vpn.tests.integration import mistakes
from ansible_collections.tunnelsmith.panos_vpn.tests.integration.connections import STATIC, paired, writes
from ansible_collections.tunnelsmith.panos_vpn.tests.integration.mistakes import MODULES, PLAYBOOKS, ROLE
from ansible_collections.tunnelsmith.panos_vpn.tests.integration.playbook_run import PAIRING
from ansible_collections.tunnelsmith.panos_vpn.tests.unit.plugins.modules.door import Door


def missing(mistake: mistakes.Mistake, message: str) -> list[str]:
    """The words that a message should have and has not; all of them where nothing was said."""
    return [word for word in mistake.words if word.lower() not in message.lower()]


def messages(playbooks, firewall, playbook, table, *arguments) -> dict[str, str]:
    """What each mistake of a table was told."""
    hosts = {f"m{number}": {key if key != "aws_pairing_panos" else "panos_provider": value for key, value in mistake.given.items()}
             for number, mistake in enumerate(table.values())}
    here = {"ansible_connection": "local", "ansible_python_interpreter": "{{ ansible_playbook_python }}"}
    run = playbooks.run(firewall, playbook, "-f", "2", "-l", "all", *arguments, inventory={"all": {"hosts": hosts, "vars": here}})
    # Ansible's own validation adds the description of every variable to the line that people read.
    assert "argument_spec_data" not in run.output
    told = {task.host: task.message for task in run.failures()}
    return {name: told.get(host, "") for name, host in zip(table, hosts)}


@pytest.mark.parametrize("playbook, table", [(PAIRING, ROLE), *((f"tunnelsmith.panos_vpn.{name}", table) for name, table in PLAYBOOKS.items())],
                         ids=["aws_pairing", *PLAYBOOKS])
def test_a_mistake_is_told_so_that_it_can_be_mended(playbooks, firewall, playbook, table):
    start = firewall.control.candidate(marks=True)
    told = messages(playbooks, firewall, playbook, table)
    assert {name: (missing(mistake, told[name]), told[name]) for name, mistake in table.items() if missing(mistake, told[name])} == {}
    assert writes(firewall) == [] and firewall.control.candidate(marks=True) == start
    # Every fifth one: where it is refused, a check has come no further than the run.
    table = dict(list(table.items())[::5])
    checked = messages(playbooks, firewall, playbook, table, "--check")
    # Ansible lists in any order what counts as true and false. A check judges no VPN.
    same = {name for name in table if "boolean" in told[name] or "likely cause" in told[name] or told[name] == checked[name]}
    assert {name: (told[name], checked[name]) for name in table if name not in same} == {}


def test_a_warning_is_shown_once(playbooks, firewall):
    """What the description of a connection is warned of, the task that configures it finds as well."""
    document = json.loads(STATIC.read_text(encoding="utf-8"))
    for tunnel in document["VpnConnections"][0]["Options"]["TunnelOptions"]:
        tunnel.update(Phase1DHGroupNumbers=[{"Value": 2}], Phase1IntegrityAlgorithms=[{"Value": "SHA1"}])
    hosts = {"fw1": paired("pbf", aws_pairing_connection=document)}
    here = {"ansible_connection": "local", "ansible_python_interpreter": "{{ ansible_playbook_python }}"}
    run = playbooks.run(firewall, PAIRING, "--check", inventory={"all": {"hosts": hosts, "vars": here}})
    warnings = [line.split("tunnel to ")[-1] for line in run.output.splitlines() if "WARNING" in line]
    assert run.status == 0 and len(warnings) == len(set(warnings)) == 4, run.output


def test_a_mistake_in_a_task_is_told_so_that_it_can_be_mended(firewall):
    wrong = {}
    for name, (module, mistake) in MODULES.items():
        door = Door(importlib.import_module(f"ansible_collections.tunnelsmith.panos_vpn.plugins.modules.{module}"), firewall)
        done, checked = door.run(mistake.given), door.run(mistake.given, check=True)
        # What an earlier task may be about to make is no failure of a check.
        said = " ".join([checked.message, *checked.warnings])
        if not done.failed or missing(mistake, done.message) or missing(mistake, said) or door.writes():
            wrong[name] = (done.message, said)
    assert wrong == {}
