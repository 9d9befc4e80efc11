# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How far the sites have come that a Panorama manages, and what stands in their way."""

from __future__ import annotations

import pytest

from ansible_collections.tunnelsmith.panos_vpn.plugins.filter.prisma_access_site import prisma_access_site
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.peers.profile import (
    NOT_PUSHED, PROVISIONING, PROVISIONING_FAILED, RULE_BROKEN, WITHOUT_BANDWIDTH,
)
from ansible_collections.tunnelsmith.panos_vpn.plugins.modules import prisma_access_panorama, prisma_access_panorama_info
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.emulator.instance import Emulator
from ansible_collections.tunnelsmith.panos_vpn.tests.unit.plugins.modules.door import Door
from ansible_collections.tunnelsmith.panos_vpn.tests.unit.plugins.modules.test_prisma_access_panorama import (
    BOTH, PLUGIN, Quick, branch, network_of,
)

OTHER = {"remote_networks": [branch(subnets=["10.81.0.0/16"])]}
GATEWAY = f"{network_of('Remote_Network_Template')}/ike/gateway/entry[@name='lyon-2']/peer-address/ip"
NODES = "<spn-name-list><member>europe-central-lime</member></spn-name-list>"
REGION = f"{PLUGIN}/remote-networks/agg-bandwidth/region/entry[@name='europe-central']"


@pytest.fixture(name="door", scope="module")
def fixture_door():
    """Both sites are provisioned."""
    with Emulator(model="panorama", config="prisma") as panorama:
        panorama.firewall.commit_duration = panorama.firewall.plugin.duration = 0.05
        door = Quick(prisma_access_panorama, panorama)
        door.done(BOTH)
        yield door


@pytest.fixture(name="provisioned")
def fixture_provisioned(door):
    yield door
    door.control.edit_as("anna", "set", REGION, NODES)
    plugin = door.firewall.firewall.plugin
    plugin.failing.clear()
    for job in plugin.jobs:
        job.duration = 0
    door.done(BOTH, push="always")


def asked(door, **options):
    told = Door(prisma_access_panorama_info, door.firewall).run({}, **options)
    assert not told.failed and not told.changed, told.message
    return told.values


def fails(door):
    door.firewall.firewall.plugin.failing.add("Lyon")
    assert door.run(OTHER).failed


def goes_on(door):
    door.done(OTHER)
    door.firewall.firewall.plugin.jobs[-1].duration = 1000


def elsewhere(door):
    door.control.edit_as("anna", "edit", GATEWAY, "<ip>198.51.100.10</ip>")


# What is so → (the causes that are told, words of the last).
OBSTACLES = {
    "not committed": (lambda door: door.done(OTHER, commit=False), [NOT_PUSHED], "Panorama's candidate configuration differs from what is committed:"),
    "not pushed": (lambda door: door.done(OTHER, push="never"), [NOT_PUSHED], "it is committed on Panorama, and was not pushed since"),
    "a job that failed": (fails, [PROVISIONING_FAILED], "the plugin could not provision 1 of 1 remote networks (job "),
    "a job that goes on": (goes_on, [PROVISIONING], "is at 50 %, 0 of 1 sites are ready"),
    "one address for two tunnels": (elsewhere, [RULE_BROKEN, NOT_PUSHED], "IKE gateway 'lyon-2' of template"),
}


@pytest.mark.parametrize("happens, causes, words", OBSTACLES.values(), ids=OBSTACLES)
def test_what_stands_in_the_way_is_told_and_goes_into_the_profile(provisioned, happens, causes, words):
    happens(provisioned)
    told = asked(provisioned)
    assert [(each["site"], each["kind"], each["cause"]) for each in told["obstacles"]] == [("Lyon", "remote network", cause) for cause in causes]
    assert words in told["obstacles"][-1]["description"]
    assert (told["provisioned"], len(told["problems"])) == (False, len(causes))
    profile = prisma_access_site(told, "Lyon", service_addresses=["203.0.113.101"])
    assert [obstacle["cause"] for obstacle in profile["obstacles"]] == causes
    assert "obstacles" not in prisma_access_site(told, "Centre", service_addresses=["203.0.113.102"])


def test_a_node_that_is_gone_is_told(provisioned):
    provisioned.control.edit_as("anna", "delete", f"{REGION}/spn-name-list")
    (told,) = asked(provisioned, sites=["Lyon"])["obstacles"]
    assert told["cause"] == WITHOUT_BANDWIDTH and "there is no termination node europe-central-lime" in told["description"]


def test_nothing_stands_in_the_way_of_what_is_provisioned(door):
    told = asked(door)
    assert (told["provisioned"], told["problems"], told["obstacles"]) == (True, [], [])
    assert [site["name"] for site in told["remote_networks"] + told["service_connections"]] == ["Lyon", "Centre"]
    assert told["infrastructure"]["bgp_as"] == 65534


def test_a_task_that_leaves_something_to_others_says_so(provisioned):
    written = provisioned.done(OTHER, commit=False).values["obstacles"]
    committed = provisioned.done({"remote_networks": [branch(subnets=["10.82.0.0/16"])]}, push="never").values["obstacles"]
    assert [(each["cause"], each["description"]) for each in written + committed] == [
        (NOT_PUSHED, "it is written on Panorama and not committed"), (NOT_PUSHED, "it is committed on Panorama and not pushed")]


def test_a_site_that_is_not_there(door):
    assert "there is no remote network or service connection 'Lion' (perhaps 'Lyon'" in Door(
        prisma_access_panorama_info, door.firewall).run({}, sites=["Lion"]).message
