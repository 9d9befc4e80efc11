# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A branch on Prisma Access by one playbook: what breaks a rule is refused, the site is made on Panorama and its other end on the branch's firewall."""

from __future__ import annotations

from ansible_collections.tunnelsmith.panos_vpn.tests.integration.back_to_start import bare
from ansible_collections.tunnelsmith.panos_vpn.tests.integration.playbook_run import trial
from ansible_collections.tunnelsmith.panos_vpn.tests.unit.plugins.modules.given_and_told import provider_of

KEY = "notReal.key.of.Lyon"
SITE = {
    "name": "Lyon", "region": "eu-central-1", "spn_name": "europe-central-lime", "subnets": ["10.10.0.0/24"],
    "ipsec_tunnel": {"name": "lyon-1", "peer_address": "198.51.100.10", "pre_shared_key": KEY, "tunnel_monitor": {"destination_ip": "10.10.0.1"}},
}
# What breaks a rule of Prisma Access → words of the refusal. All rules are in tests/unit/plugins/module_utils/prisma/test_rules.py.
BROKEN = {
    "has 32 characters": {**SITE, "ipsec_tunnel": {**SITE["ipsec_tunnel"], "name": "x" * 32}},
    "is that of 2 tunnels": {**SITE, "secondary_ipsec_tunnel": {"name": "lyon-2", "peer_address": "198.51.100.10", "pre_shared_key": KEY}},
    "beside active_active": {
        **SITE, "active_active": True, "secondary_ipsec_tunnel": {"name": "lyon-2", "peer_address": "198.51.100.74", "pre_shared_key": KEY}},
    "has manual keys": {**SITE, "ipsec_tunnel": {**SITE["ipsec_tunnel"], "key_exchange": "manual-key"}},
}


def site(networks: list, **more) -> dict:
    values = {"managed_by": "panorama", "push_poll": 0.05, "remote_networks": networks, **more}
    return {"name": "Bring the site to Prisma Access", "ansible.builtin.include_role": {"name": "tunnelsmith.panos_vpn.prisma_access"},
            "vars": {f"prisma_access_{name}": value for name, value in values.items()}}


def branch(**more) -> dict:
    profile = "{{ hostvars['panorama'].prisma_access_done | tunnelsmith.panos_vpn.prisma_access_site('Lyon', service_addresses=['203.0.113.101']) }}"
    values = {
        "name": "prisma", "peer": profile, "pre_shared_keys": [KEY], "failover": "routes", "outside_interface": "ethernet1/8", "zone": "prisma",
        "source_zones": ["trust"], "local_networks": ["10.10.0.0/24"], "remote_networks": ["10.200.0.0/16", "172.16.55.0/24"],
        "commit_poll": 0.05, "verify_timeout": 3, "verify_poll": 0.1, **more}
    return {"name": "Build the other end", "ansible.builtin.include_role": {"name": "tunnelsmith.panos_vpn.site_to_site"},
            "vars": {f"site_to_site_{name}": value for name, value in values.items() if value is not None}}


def on(host: str, *tasks: dict) -> dict:
    return {"name": f"On {host}", "hosts": host, "gather_facts": False,
            "module_defaults": {"group/tunnelsmith.panos_vpn.all": {"provider": "{{ panos_provider }}"}}, "tasks": list(tasks)}


def test_a_branch_and_its_firewall(playbooks, firewalls):
    panorama, firewall = firewalls(model="panorama", config="prisma"), firewalls()
    for device in (panorama, firewall):
        device.control.commit_duration(0.05)
    starts = [device.control.running() for device in (panorama, firewall)]
    inventory = {"all": {
        "hosts": {host: {"panos_provider": provider_of(device), "emulator_control": device.control_url} for host, device in (
            ("panorama", panorama), ("branch", firewall))},
        "vars": {"ansible_connection": "local", "ansible_python_interpreter": "{{ ansible_playbook_python }}"}}}
    refused = [trial(f"Break a rule: {words}", site([broken])) for words, broken in BROKEN.items()]
    run = playbooks.run(None, [
        on("panorama", *refused, site([SITE]), site([SITE])), on("branch", branch(), branch(), branch(state="absent", peer=None, pre_shared_keys=None)),
        on("panorama", site([{"name": "Lyon"}], state="absent"))], "--diff", inventory=inventory, environment={})
    assert run.status == 0, run.output[-3000:]
    told = run.of("prisma_access_panorama")
    assert [words in task.message and "nothing was written" in task.message for words, task in zip(BROKEN, told)] == [True] * len(BROKEN)
    made, kept, gone = told[len(BROKEN):]
    assert [task.changed for task in (made, kept, gone)] == [True, False, True]
    assert [push["complete"] for push in made.result["pushes"]] == [1] and kept.result["pushes"] == []
    end, again, away = run.of("site_to_site_vpn")
    assert [task.changed for task in (end, again, away)] == [True, False, True] and end.result["healthy"] and again.result["healthy"]
    assert [bare(device.control.running()) for device in (panorama, firewall)] == [bare(start) for start in starts]
    assert KEY not in run.everything()
