# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Keys that AWS does not know: with both wrong the firewall is as it was before, with one the pairing stays and the reason is told."""

from __future__ import annotations

from ansible_collections.tunnelsmith.panos_vpn.tests.dataplane.site import connection
from ansible_collections.tunnelsmith.panos_vpn.tests.integration.back_to_start import bare
from ansible_collections.tunnelsmith.panos_vpn.tests.integration.connections import IDS, paired
from ansible_collections.tunnelsmith.panos_vpn.tests.integration.playbook_run import PAIRING, access

WRONG = ["notReal.wrong.one", "notReal.wrong.two"]
OTHERS = "/config/devices/entry[@name='localhost.localdomain']/vsys/entry[@name='vsys1']/address/entry[@name='of-alice']"


def run(playbooks, site, keys):
    variables = paired("pbf", aws_pairing_connection=site.described[0], aws_pairing_pre_shared_keys=keys, aws_pairing_on_failure="revert",
                       aws_pairing_verify_timeout=12, aws_pairing_verify_poll=0.5, aws_pairing_commit_poll=0.1)
    done = playbooks.run(site.emulator, PAIRING, variables=variables, environment=access(site.emulator, username="admin"))
    assert done.status != 0
    assert not [key for key in WRONG if key in done.everything()]
    return done.failures()[-1].message


def test_wrong_keys_are_taken_back_and_one_wrong_key_is_told(playbooks, sites):
    site = sites(connection("pbf"))
    control = site.emulator.control
    running = control.running()
    control.edit_as("alice", "set", OTHERS, "<ip-netmask>192.0.2.1</ip-netmask>")
    candidate = control.candidate()

    message = run(playbooks, site, WRONG)
    assert "pre-shared key" in message and "it is what it was" in message, message
    assert bare(control.running()) == bare(running)
    assert bare(control.candidate()) == bare(candidate)

    message = run(playbooks, site, ["", WRONG[1]])
    assert "pre-shared key" in message and f"{IDS['pbf']}-2" in message, message
    assert f"Nothing was taken back, because {IDS['pbf']}-1 is up" in message, message
    assert site.ping(3) == 3
