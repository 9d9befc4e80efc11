# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Many firewalls connected with each other by one description: a mesh, completed after a failure, that a site leaves."""

from __future__ import annotations

import re

import pytest

from ansible_collections.tunnelsmith.panos_vpn.plugins.modules import commit, static_route
from ansible_collections.tunnelsmith.panos_vpn.tests.unit.plugins.modules.door import run_module
from ansible_collections.tunnelsmith.panos_vpn.tests.unit.plugins.modules.given_and_told import provider_of

MESH = "{{ vpn_sites | tunnelsmith.panos_vpn.vpn_topology(inside_pool='10.255.0.0/16') }}"
OUR_UNIT = re.compile(r'<entry name="(tunnel\.10\d\d)">.*?<entry name="(10\.255\.[0-9.]+/30)"', re.DOTALL)


@pytest.fixture
def fleet(firewalls) -> dict:
    """Three firewalls with the emulator's own networks; each has one more behind a router, which is connected with the other sites."""
    found = {}
    for number in range(1, 4):
        found[f"fw-{number}"] = firewall = firewalls()
        firewall.control.commit_duration(0.1)
        provider = provider_of(firewall)
        assert not run_module(static_route, {
            "provider": provider, "name": "site", "virtual_router": "default", "destination": f"10.{80 + number}.0.0/16", "interface": "ae1.10",
            "nexthop": {"ip_address": "10.10.0.254"}}).failed
        assert not run_module(commit, {"provider": provider, "scope": "all", "commit_poll": 0.05}).failed
    return found


def addresses(firewall) -> dict[str, str]:
    """Tunnel interface of a connection → its address inside."""
    return dict(OUR_UNIT.findall(firewall.control.running()))


def test_a_mesh_is_completed_after_a_failure_and_a_site_leaves(playbooks, fleet, tmp_path):
    def run(*sites, **variables):
        hosts = {f"fw-{number}": {
            "panos_provider": provider_of(firewall), "emulator_control": firewall.control_url,
            "vpn_connections_end": {"outside_address": f"203.0.113.{number}", "outside_interface": "ethernet1/8", "zone": "sites", "source_zones": ["trust"],
                                    "networks": [f"10.{80 + number}.0.0/16"]}} for number, firewall in enumerate(fleet.values(), start=1)}
        inventory = {"all": {"hosts": hosts, "vars": {
            "ansible_connection": "local", "ansible_python_interpreter": "{{ ansible_playbook_python }}", "vpn_connections_verify_timeout": 2,
            "vpn_connections_commit_poll": 0.05, "vpn_connections": MESH, "vpn_sites": list(sites), "vpn_connections_journal": str(tmp_path / "journals")}}}
        return playbooks.run(None, "tunnelsmith.panos_vpn.vpn_connections", variables=variables, inventory=inventory, environment={})

    def site(number, **more):
        return {"host": f"fw-{number}", "number": number, "name": f"site{number}", **more}

    # One firewall does not take its first commit; the others go on, and the next run completes it and touches nothing that stands.
    fleet["fw-3"].control.fail_next_commit(["not today"])
    begun = run(site(1), site(2), site(3))
    assert begun.status != 0 and "not today" in begun.output
    # Which of its two connections the third one commits first is nobody's promise: it follows from which firewall answered first.
    other = "fw-1" if "tunnel.1003" in addresses(fleet["fw-2"]) else "fw-2"
    assert {host: sorted(addresses(firewall)) for host, firewall in fleet.items()} == {
        "fw-1": {"fw-1": ["tunnel.1002"], "fw-2": ["tunnel.1001", "tunnel.1003"], "fw-3": ["tunnel.1002"]},
        "fw-2": {"fw-1": ["tunnel.1002", "tunnel.1003"], "fw-2": ["tunnel.1001"], "fw-3": ["tunnel.1001"]}}[other]
    completed = run(site(1), site(2), site(3))
    assert completed.status == 0, completed.output[-3000:]
    assert {host: addresses(firewall) for host, firewall in fleet.items()} == {
        "fw-1": {"tunnel.1002": "10.255.0.1/30", "tunnel.1003": "10.255.0.5/30"}, "fw-2": {"tunnel.1001": "10.255.0.2/30", "tunnel.1003": "10.255.0.9/30"},
        "fw-3": {"tunnel.1001": "10.255.0.6/30", "tunnel.1002": "10.255.0.10/30"}}
    assert {task.host for task in completed.of("site_to_site_vpn") if task.changed} == {other, "fw-3"}
    # The first one leaves, and with it its numbers; the others keep theirs.
    left = run(site(1, state="absent"), site(2), site(3))
    assert left.status == 0, left.output[-3000:]
    assert {host: addresses(firewall) for host, firewall in fleet.items()} == {
        "fw-1": {}, "fw-2": {"tunnel.1003": "10.255.0.9/30"}, "fw-3": {"tunnel.1002": "10.255.0.10/30"}}
