# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The role through a Panorama to three firewalls of both engines, each with packets and a connection of its own: one is away, and completed later."""

from __future__ import annotations

import json
import os
import xml.etree.ElementTree as ET

import pytest

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.peers.aws.reader import vpn_connection
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.peers.fields import plain
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.vpn.fit import fitted
from ansible_collections.tunnelsmith.panos_vpn.plugins.modules import push, site_to_site_vpn, vpn_failover, vpn_info
from ansible_collections.tunnelsmith.panos_vpn.tests.dataplane.failovers import together
from ansible_collections.tunnelsmith.panos_vpn.tests.dataplane.site import LIFETIME, VPC
from ansible_collections.tunnelsmith.panos_vpn.tests.integration.back_to_start import bare
from ansible_collections.tunnelsmith.panos_vpn.tests.integration.branches import DEVICE, HOST, HOSTS, LOGICAL, VIRTUAL, Branches, connection, everything
from ansible_collections.tunnelsmith.panos_vpn.tests.integration.connections import IDS, STATIC
from ansible_collections.tunnelsmith.panos_vpn.tests.integration.playbook_run import play
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.cloud.connection import read
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.dataplane.enclave import wait_until
from ansible_collections.tunnelsmith.panos_vpn.tests.unit.plugins.modules.door import run_module
from ansible_collections.tunnelsmith.panos_vpn.tests.unit.plugins.modules.given_and_told import provider_of

PUSHED_RULES = "/config/panorama/vsys/entry[@name='vsys1']/pre-rulebase/pbf/rules"
ROTATED = "rotated.by.the.panorama"
FIRST, SECOND = (f"{IDS['bgp']}-{number}" for number in (1, 2))
WAIT = {"aws_pairing_verify_timeout": 90, "aws_pairing_verify_poll": 0.3}


@pytest.fixture(scope="module")
def branches(able):
    """Each firewall has got all that stands on the Panorama, and what it runs is true."""
    from ansible_collections.tunnelsmith.panos_vpn.tests.lab.dataplane.plane import DataPlane

    made, planes = Branches(VIRTUAL, LOGICAL), {}

    def attach(number: int) -> None:
        far = [read(connection(number)), *([read(static(number))] if number in LOGICAL.numbers else [])]
        planes[number] = DataPlane(f"t{os.getpid()}-b{number}", far, lifetime=LIFETIME, dead_after=5)
        made.firewall(number).attach(planes[number])

    made.planes = planes
    try:
        together(*(lambda number=number: attach(number) for number in (*VIRTUAL.numbers, *LOGICAL.numbers)))
        brought = run_module(push, {"provider": provider_of(made.panorama), **everything(VIRTUAL, LOGICAL), "commit_poll": 0.05})
        assert not brought.failed, brought.message
        yield made
    finally:
        made.close()
        together(*(plane.close for plane in planes.values()))


def static(number: int) -> dict:
    """A connection without BGP for one branch, whose hosts the far side knows."""
    text = STATIC.read_text(encoding="utf-8").replace("198.51.100.10", f"192.0.2.{number}").replace("10.10.0.0/24", HOSTS)
    return json.loads(text)


def running(branches) -> dict:
    """What each device runs; a push lays what is left in another order than it had."""
    return {emulator.firewall.name: sorted(bare(emulator.control.running())) for emulator in branches.everybody()}


def results(task) -> list:
    return [(device["result"], device.get("health")) for device in task.result["devices"]]


def pings(branches) -> dict[int, int]:
    return {number: plane.ping(HOST, VPC, 2) for number, plane in branches.planes.items()}


def spis(branches, tunnel: str) -> dict[int, set[str]]:
    return {number: plane.firewall.daemons[tunnel].inbound_spis() for number, plane in branches.planes.items()}


def test_three_branches_of_both_engines_one_of_which_is_away(playbooks, branches):
    def run(*tasks):
        return playbooks.run(branches.panorama, play(*tasks))

    def both(**more):
        return LOGICAL.paired(branches, **WAIT, **more), VIRTUAL.paired(branches, **WAIT, **more)

    start, control = running(branches), branches.panorama.control
    away = branches.firewall(2).firewall.serial
    control.disconnect(away)

    run_1 = run(*both())
    logical, virtual = run_1.of("site_to_site_vpn")
    assert results(logical) == [("pushed", "healthy")], logical.message
    assert virtual.status == "failed" and results(virtual) == [("pushed", "healthy"), ("not_connected", None)], virtual.message
    assert away in virtual.message
    assert pings(branches) == {1: 2, 2: 0, 3: 2}
    for number in (1, 3):
        network = branches.firewall(number).control.running(f"{DEVICE}/network")
        assert f"src=\"tpl\">203.0.113.{10 * number}</ip>" in network and "$" not in network

    control.disconnect(away, connected=True)
    run_2 = run(VIRTUAL.paired(branches, **WAIT), *both())
    completed, *again = run_2.of("site_to_site_vpn")
    assert run_2.status == 0, run_2.output[-4000:]
    assert completed.changed and results(completed) == [("in_sync", "healthy"), ("pushed", "healthy")]
    assert [task.changed for task in again] == [False, False]
    assert [results(task) for task in again] == [[("in_sync", "healthy")], [("in_sync", "healthy")] * 2]
    assert pings(branches) == {1: 2, 2: 2, 3: 2}

    before = {tunnel: spis(branches, tunnel) for tunnel in (FIRST, SECOND)}
    for plane in branches.planes.values():
        plane.clouds[0].endpoints[1].change(key=ROTATED)
    run_3 = run(*both(aws_pairing_pre_shared_keys=[branches.planes[1].clouds[0].endpoints[0].endpoint.key, ROTATED]))
    assert run_3.status == 0, run_3.output[-4000:]
    for task in run_3.of("site_to_site_vpn"):
        assert task.changed and task.result["interrupts"] == [SECOND] and task.result["unproven"] == [], task.result["outcome"]
        assert all(device["result"] == "pushed" and device["health"] == "healthy" for device in task.result["devices"])
    assert all(not spis(branches, SECOND)[number] & old for number, old in before[SECOND].items())
    assert spis(branches, FIRST) == before[FIRST]
    assert pings(branches) == {1: 2, 2: 2, 3: 2}

    run_4 = run(LOGICAL.removed(), VIRTUAL.removed(), VIRTUAL.paired(branches, aws_pairing_verify=False))
    assert run_4.status == 0, run_4.output[-4000:]
    assert branches.planes[3].firewall.daemons == {} and pings(branches)[3] == 0
    place = {"config_revert_template": VIRTUAL.template, "config_revert_device_group": VIRTUAL.device_group, "config_revert_commit_poll": 0.05}
    run_5 = playbooks.run(branches.panorama, "tunnelsmith.panos_vpn.config_revert", variables={"config_revert_name": IDS["bgp"], **place})
    assert run_5.status == 0, run_5.output[-4000:]
    assert results(run_5.of("config_revert")[0]) == [("pushed", None)] * 2
    assert running(branches) == start
    assert pings(branches) == {1: 0, 2: 0, 3: 0} and all(plane.firewall.daemons == {} for plane in branches.planes.values())
    assert not any(secret in run.everything() for run in (run_1, run_2, run_3, run_4, run_5) for secret in ("notReal", ROTATED))


def test_pbf_goes_over_on_a_firewall_that_has_it_from_its_panorama(branches):
    """Rules in front of the firewall's own, which lead into tunnels of a template; and why such a tunnel is not drilled."""
    (number,) = LOGICAL.numbers
    firewall, plane = branches.firewall(number), branches.planes[number]
    cloud = plane.clouds[1]
    peer = plain(fitted(vpn_connection(json.dumps(static(number)))))
    options = {
        "name": peer["id"], "tunnels": peer["tunnels"], "failover": "pbf", "outside_interface": "ethernet1/3", "virtual_router": "site", "zone": "aws-vpn",
        "source_zones": ["hosts"], "local_networks": [HOSTS], "remote_networks": [str(cloud.vpc)], "template": LOGICAL.template,
        "device_group": LOGICAL.device_group, "monitor_interval": 2, "monitor_threshold": 2}
    whole = {**options, "provider": provider_of(branches.panorama), "commit": True, "verify": True, "commit_poll": 0.05, "verify_poll": 0.3,
             "verify_timeout": 90}
    made = run_module(site_to_site_vpn, whole)
    assert not made.failed and made.values["health"] == "healthy", made.message
    assert plane.ping(HOST, cloud.address, 3) == 3
    assert not run_module(site_to_site_vpn, whole).values["changed"]
    rules = [rule.name for rule in plane.firewall.running.forwarding]
    assert rules and rules == [entry.get("name") for entry in ET.fromstring(firewall.control.running(PUSHED_RULES))]

    asked = {"provider": provider_of(firewall), "name": peer["id"], "action": "take_down", "commit_poll": 0.05}
    refused = run_module(vpn_failover, asked)
    assert refused.failed and all(words in refused.message for words in (f"template '{LOGICAL.template}'", "Override", "push", "Nothing was written"))
    assert firewall.control.candidate() == firewall.control.running()

    cloud.endpoints[0].kill()
    assert wait_until(lambda: not plane.firewall.probes()["rules"][rules[0]], 60, 0.2)
    assert wait_until(lambda: plane.ping(HOST, cloud.address, 2) == 2, 60, 0.2)
    told = run_module(vpn_info, {"provider": provider_of(firewall), "name": [peer["id"]], "gather": ["config", "state", "diagnosis"]})
    assert told.values["health"] == "at_risk", told.values["problems"]
