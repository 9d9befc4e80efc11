# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Three pairings on one firewall, committed: each found healthy by its own state beside the others, unchanged when it is run again, the end as the start."""

from __future__ import annotations

import json

import pytest

from ansible_collections.tunnelsmith.panos_vpn.tests.integration.back_to_start import bare
from ansible_collections.tunnelsmith.panos_vpn.tests.integration.connections import BGP, IDS, another, paired
from ansible_collections.tunnelsmith.panos_vpn.tests.integration.playbook_run import pairing, play


def three() -> dict:
    """Connection id → the role's variables: two static ones to one VPC, and one by BGP."""
    found = {IDS["bgp"]: paired("bgp", aws_pairing_connection=json.loads(BGP.read_text(encoding="utf-8")))}
    for number in (1, 2):
        found[f"vpn-{number:017x}"] = paired(
            "pbf", aws_pairing_connection=another(number), aws_pairing_backup_routes=True, aws_pairing_remote_networks=["10.201.0.0/16"])
    return {name: {**values, "aws_pairing_verify_timeout": 10} for name, values in found.items()}


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 0, 1)])
def test_three_pairings_live_side_by_side(playbooks, firewall, order):
    start = firewall.control.running()
    connections = three()
    ids = [list(connections)[number] for number in order]
    gone = [pairing(aws_pairing_state="absent", aws_pairing_connection_id=name, aws_pairing_commit_poll=0.05) for name in ids]
    made = [pairing(**connections[name]) for name in connections]
    run = playbooks.run(firewall, play(*made, *made, *gone))
    assert run.status == 0, run.output[-3000:]
    results = run.of("site_to_site_vpn")
    assert [task.changed for task in results] == [True] * 3 + [False] * 3 + [True] * 3
    assert [task.result["healthy"] for task in results[:6]] == [True] * 6
    assert bare(firewall.control.running()) == bare(start)
