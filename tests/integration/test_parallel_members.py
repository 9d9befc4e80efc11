# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Eight tasks at once on one firewall, each with an interface of its own for the same zone and the same router."""

from __future__ import annotations

import xml.etree.ElementTree as ET

from ansible_collections.tunnelsmith.panos_vpn.tests.integration.playbook_run import play

TASKS, ROUNDS = 8, 10
DEVICE = "/config/devices/entry[@name='localhost.localdomain']"
LISTS = {
    "zone": f"{DEVICE}/vsys/entry[@name='vsys1']/zone/entry[@name='branch']/network/layer3",
    "router": f"{DEVICE}/network/virtual-router/entry[@name='default']/interface",
    "vsys": f"{DEVICE}/vsys/entry[@name='vsys1']/import/network/interface",
}
# Several names for one firewall, so that Ansible runs the task for all of them at once.
INVENTORY = {"all": {
    "hosts": {f"fw-{number}": {"number": number} for number in range(1, TASKS + 1)},
    "vars": {"ansible_connection": "local", "ansible_python_interpreter": "{{ ansible_playbook_python }}"},
}}
JOIN = {
    "name": "Put a tunnel interface into the zone and the router",
    "tunnelsmith.panos_vpn.tunnel_interface": {
        "name": "tunnel.{{ 100 * item | int + number | int }}", "zone": "branch", "virtual_router": "default", "comment": "round {{ item }}"},
    "loop": "{{ range(1, rounds + 1) | list }}",
}


def members(firewall, place) -> list:
    return [member.text for member in ET.fromstring(firewall.control.candidate(place)).iter("member")]


def test_all_are_members_afterwards(playbooks, firewall):
    before = {name: members(firewall, place) for name, place in LISTS.items()}
    run = playbooks.run(firewall, play(JOIN), "--forks", str(TASKS), inventory=INVENTORY, variables={"rounds": ROUNDS})
    assert run.status == 0, run.output
    joined = sorted(f"tunnel.{100 * turn + number}" for turn in range(1, ROUNDS + 1) for number in range(1, TASKS + 1))
    for name, place in LISTS.items():
        assert sorted(members(firewall, place)) == sorted(before[name] + joined), name
    assert firewall.control.candidate(f"{DEVICE}/network/interface/tunnel/units").count("<comment>round ") == TASKS * ROUNDS
