# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Eight runs at once on one firewall; two attempts by default, five with C(ALL_FAULTS) in the environment."""

from __future__ import annotations

import os
import xml.etree.ElementTree as ET

import pytest

from ansible_collections.tunnelsmith.panos_vpn.tests.integration.back_to_start import bare
from ansible_collections.tunnelsmith.panos_vpn.tests.integration.connections import another, paired
from ansible_collections.tunnelsmith.panos_vpn.tests.integration.playbook_run import PAIRING, play

NUMBERS = range(1, 9)
OTHERS_PENDING = "has other uncommitted changes"


def accounts(firewall) -> dict:
    """One account for each run, and its key."""
    return {f"automation{number}": firewall.control.add_admin(f"automation{number}", "secret") for number in NUMBERS}


def eight(providers) -> dict:
    """An inventory in which eight hosts stand for eight runs, each with a connection and an account of its own."""
    hosts = {f"run{number}": {
        **paired("pbf", aws_pairing_connection=another(number), aws_pairing_remote_networks=[f"10.{200 + number}.0.0/16"], aws_pairing_verify=False),
        "panos_provider": provider,
    } for number, provider in zip(NUMBERS, providers)}
    return {"all": {"hosts": hosts, "vars": {"ansible_connection": "local", "ansible_python_interpreter": "{{ ansible_playbook_python }}"}}}


PLAY = [{**play()[0], "strategy": "ansible.builtin.free", "roles": [PAIRING],
         "module_defaults": {"group/tunnelsmith.panos_vpn.all": {"provider": "{{ panos_provider }}"}}}]


def assert_all_eight_stand(firewall):
    """Sixteen tunnels with sixteen units, each of them a member of its zone, its router and its virtual system, once."""
    assert bare(firewall.control.candidate()) == bare(firewall.control.running())
    device = ET.fromstring(firewall.control.running()).find("devices/entry")
    tunnels = {entry.get("name"): entry.findtext("tunnel-interface") for entry in device.findall("network/tunnel/ipsec/entry")}
    units = [tunnels[f"vpn-{number:017x}-{tunnel}"] for number in NUMBERS for tunnel in (1, 2)]
    assert len(set(units)) == 16
    for container in ("vsys/entry/zone/entry[@name='aws-vpn']/network/layer3", "network/virtual-router/entry[@name='default']/interface",
                      "vsys/entry/import/network/interface"):
        members = [member.text for member in device.find(container)]
        assert len(members) == len(set(members))
        assert set(units) <= set(members)
    for kind in ("network/ike/gateway", "vsys/entry/rulebase/security/rules", "vsys/entry/rulebase/pbf/rules", "network/interface/tunnel/units"):
        names = [entry.get("name") for entry in device.find(kind)]
        assert len(names) == len(set(names))


@pytest.mark.parametrize("attempt", range(1, 6 if "ALL_FAULTS" in os.environ else 3))
def test_runs_with_accounts_of_their_own_do_not_get_into_each_other_s_way(playbooks, firewall, attempt):
    providers = [{"username": name, "api_key": key} for name, key in accounts(firewall).items()]
    run = playbooks.run(firewall, PLAY, "--forks", "8", inventory=eight(providers))
    assert run.status == 0, "\n".join(f"{task.host}: {task.message}" for task in run.failures())
    assert_all_eight_stand(firewall)


def test_runs_with_one_account_wait_for_each_other_or_say_so(playbooks, firewall):
    providers = [{"username": "admin"}] * len(NUMBERS)
    first = playbooks.run(firewall, PLAY, "--forks", "8", inventory=eight(providers), variables={"aws_pairing_lock_timeout": 5})
    assert [task.message for task in first.failures() if OTHERS_PENDING not in task.message] == []
    if first.failures():
        later = playbooks.run(firewall, [{**PLAY[0], "serial": 1}], inventory=eight(providers), variables={"aws_pairing_lock_timeout": 5})
        assert later.status == 0, "\n".join(f"{task.host}: {task.message}" for task in later.failures())
    assert_all_eight_stand(firewall)
