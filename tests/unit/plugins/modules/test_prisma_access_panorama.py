# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Remote networks and service connections on an emulated Panorama with the Cloud Services plugin: made, again, changed, removed, refused."""

from __future__ import annotations

import copy
import os
import xml.etree.ElementTree as ET

import pytest

from ansible_collections.tunnelsmith.panos_vpn.plugins.modules import prisma_access_panorama
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.emulator.instance import Emulator
from ansible_collections.tunnelsmith.panos_vpn.tests.unit.plugins.modules.door import DEVICE, Door, canonical

PLUGIN = f"{DEVICE}/plugins/cloud_services"
FIRST_KEY, SECOND_KEY = "first-Key-of-Lyon-1", "second-Key-of-Lyon-2"


def network_of(template):
    return f"{DEVICE}/template/entry[@name='{template}']/config/devices/entry[@name='localhost.localdomain']/network"


def branch(**more):
    return {
        "name": "Lyon", "region": "eu-central-1", "spn_name": "europe-central-lime", "subnets": ["10.80.0.0/16"],
        "ipsec_tunnel": {"name": "lyon-1", "peer_address": "198.51.100.10", "pre_shared_key": FIRST_KEY, "tunnel_monitor": {"destination_ip": "10.80.0.1"}},
        "secondary_ipsec_tunnel": {"name": "lyon-2", "peer_address": "198.51.100.74", "pre_shared_key": SECOND_KEY}, **more}


def centre(**more):
    return {
        "name": "Centre", "region": "us-east-1", "subnets": ["10.90.0.0/16"],
        "ipsec_tunnel": {"name": "centre-1", "peer_address": "198.51.100.12", "pre_shared_key": FIRST_KEY},
        "secondary_ipsec_tunnel": {"name": "centre-2", "peer_address": "dynamic", "peer_id": "centre@example.com", "pre_shared_key": SECOND_KEY},
        "bgp": {"peer_as": 64900, "peer_ip_address": "10.90.0.1", "local_ip_address": "10.90.0.2", "secret": "bgp-Secret"},
        "bgp_peer": {"same_as_primary": True}, **more}


BOTH = {"remote_networks": [branch()], "service_connections": [centre()]}
NAMES = {"remote_networks": [{"name": "Lyon"}], "service_connections": [{"name": "Centre"}]}


@pytest.fixture
def door():
    with Emulator(model="panorama", config="prisma") as panorama:
        panorama.firewall.commit_duration = panorama.firewall.plugin.duration = 0.05
        yield Quick(prisma_access_panorama, panorama)


class Quick(Door):
    """One that looks often."""

    def run(self, options, **more):
        return super().run(options, **{"commit_poll": 0.02, "push_poll": 0.02, **more})


def stands(door):
    """The whole configuration, candidate and running."""
    return door.candidate(), canonical(ET.fromstring(door.control.running()))


def test_sites_are_made_changed_and_taken_away(door):
    before = stands(door)
    planned = door.done(BOTH, check=True)
    assert planned.changed and stands(door) == before
    made = door.done(BOTH)
    assert made.changed and made.diff == planned.diff
    assert [(push["service"], push["complete"], push["failed"]) for push in made.values["pushes"]] == [("remote-networks", 1, 0), ("service-connection", 1, 0)]
    after = stands(door)
    assert after[0] == after[1] != before[0]
    again = door.done(BOTH)
    assert not again.changed and again.values["pushes"] == [] and stands(door) == after

    changed = copy.deepcopy(BOTH)
    changed["remote_networks"][0]["subnets"] = ["10.81.0.0/16"]
    done = door.done(changed)
    assert done.changed and [push["service"] for push in done.values["pushes"]] == ["remote-networks"]
    assert "10.80.0.0" not in door.control.running(PLUGIN)
    assert not door.done(changed).changed

    planned = door.done(NAMES, state="absent", check=True)
    gone = door.done(NAMES, state="absent")
    assert gone.changed and gone.diff == planned.diff and stands(door) == before
    assert not door.done(NAMES, state="absent").changed


def test_what_stands_is_what_the_references_say(door):
    """The literal interfaces, no unit, no zone, no router; the entry as it was published."""
    door.done(BOTH)
    template = ET.fromstring(door.control.running(network_of("Remote_Network_Template")))
    gateway, tunnel = template.find("ike/gateway/entry[@name='lyon-1']"), template.find("tunnel/ipsec/entry[@name='lyon-1']")
    assert gateway.findtext("local-address/interface") == "vlan" and gateway.find("local-address/ip") is None
    assert tunnel.findtext("tunnel-interface") == "tunnel" and tunnel.findtext("tunnel-monitor/destination-ip") == "10.80.0.1"
    assert tunnel.find("tunnel-monitor/tunnel-monitor-profile") is None and template.find("interface") is None
    entry = ET.fromstring(door.control.running(f"{PLUGIN}/remote-networks/onboarding/entry[@name='Lyon']"))
    assert {child.tag: child.text for child in entry if not len(child)} == {
        "region": "eu-central-1", "license-type": "FWAAS-AGGREGATE", "ipsec-tunnel": "lyon-1", "secondary-wan-enabled": "yes",
        "secondary-ipsec-tunnel": "lyon-2", "spn-name": "europe-central-lime", "ecmp-load-balancing": "disabled"}
    assert entry.findtext("protocol/bgp/enable") == "no" and [member.text for member in entry.find("subnets")] == ["10.80.0.0/16"]
    dynamic = ET.fromstring(door.control.running(f"{network_of('Service_Conn_Template')}/ike/gateway/entry[@name='centre-2']"))
    assert dynamic.find("peer-address/dynamic") is not None and dynamic.findtext("protocol-common/passive-mode") == "yes"
    assert dynamic.findtext("peer-id/type") == "ufqdn"


def test_no_key_is_told(door):
    made = door.done(BOTH)
    told = made.everything()
    assert not any(secret in told for secret in (FIRST_KEY, SECOND_KEY, "bgp-Secret", "-AQ=="))


def test_a_key_that_is_another_is_written_and_pushed(door):
    door.done(BOTH)
    other = copy.deepcopy(BOTH)
    other["remote_networks"][0]["ipsec_tunnel"]["pre_shared_key"] = "another-Key"
    assert door.done(other).changed and not door.done(other).changed


def test_a_push_that_fails_for_one_site_is_told_and_made_again(door):
    door.firewall.firewall.plugin.failing.add("Lyon")
    failed = door.run(BOTH)
    assert failed.failed and "could not provision 1 of 1 remote networks" in failed.message
    assert failed.values["jobs"] and failed.values["pushes"][0]["failed"] == 1 and failed.changed
    door.firewall.firewall.plugin.failing.clear()
    mended = door.done(BOTH)
    assert mended.changed and mended.values["pushes"][0]["failed"] == 0
    assert not door.done(BOTH).changed


def test_what_was_written_and_not_committed_is_committed_and_pushed(door):
    door.done(BOTH, commit=False)
    assert door.control.running(f"{PLUGIN}/remote-networks/onboarding") == "" and door.firewall.firewall.plugin.jobs == []
    done = door.done(BOTH)
    assert done.changed and len(done.values["pushes"]) == 2


def test_what_was_written_of_one_service_is_pushed_with_what_another_task_writes_of_the_other(door):
    door.done({"remote_networks": BOTH["remote_networks"]}, commit=False)
    assert [push["service"] for push in door.done(BOTH).values["pushes"]] == ["remote-networks", "service-connection"]
    assert not door.done(BOTH).changed


def test_a_push_is_left_to_others_or_always_made(door):
    assert door.done(BOTH, push="never").values["pushes"] == []
    assert not door.done(BOTH, push="never").changed
    assert len(door.done(BOTH).values["pushes"]) == 2
    assert not door.done(BOTH).changed
    assert len(door.done(BOTH, push="always").values["pushes"]) == 2


def test_reads_do_not_grow_with_the_number_of_sites(door):
    counts = []
    for number in (1, 40):
        sites = [branch(name=f"Site-{site}", subnets=[f"10.{site}.0.0/24"], secondary_ipsec_tunnel=None,
                        ipsec_tunnel={"name": f"t-{site}", "peer_address": f"198.51.100.{site}", "pre_shared_key": FIRST_KEY})
                 for site in range(1, number + 1)]
        made = door.done({"remote_networks": sites})
        assert made.changed
        unchanged = door.done({"remote_networks": sites})
        assert not unchanged.changed
        counts.append(len(door.control.requests()))
    assert counts[0] == counts[1]


TENANTS = f"{PLUGIN}/multi-tenant/tenants"


def test_sites_of_a_tenant(door):
    services = ET.fromstring(door.control.running(PLUGIN))
    inner = "".join(ET.tostring(services.find(tag), encoding="unicode") for tag in ("remote-networks", "service-connection"))
    door.control.plant(PLUGIN, "<multi-tenant-enable>yes</multi-tenant-enable>")
    door.control.plant(TENANTS, f'<entry name="north">{inner}</entry><entry name="south"/>')
    assert "say which: north, south" in door.run(BOTH).message
    assert "there is no 'nort'" in door.run(BOTH, tenant="nort").message
    assert "names no template stack" in door.run(BOTH, tenant="south").message
    done = door.done(BOTH, tenant="north")
    assert done.changed and [push["complete"] for push in done.values["pushes"]] == [1, 1]
    assert door.control.running(f"{TENANTS}/entry[@name='north']/remote-networks/onboarding/entry[@name='Lyon']")
    assert not door.done(BOTH, tenant="north").changed
    assert door.done(NAMES, tenant="north", state="absent").changed


def test_a_tenant_where_there_are_none(door):
    assert "has no tenants" in door.run(BOTH, tenant="north").message


def test_a_panorama_without_the_plugin_and_a_firewall():
    for model, config, words in (("panorama", "panorama", "has no Cloud Services plugin"), ("firewall", None, "is no Panorama")):
        with Emulator(model=model, config=config) as device:
            refused = Door(prisma_access_panorama, device).run(BOTH)
            assert refused.failed and words in refused.message and "nothing was written" in refused.message


# What is refused → (the sites, in whose words); the rules by themselves are in module_utils/prisma/test_rules.py.
REFUSED = {
    "a long name": ({"remote_networks": [branch(ipsec_tunnel={"name": "x" * 32, "peer_address": "198.51.100.10"})]}, "has 32 characters"),
    "one peer for two tunnels": (
        {"remote_networks": [branch(secondary_ipsec_tunnel={"name": "lyon-2", "peer_address": "198.51.100.10"})]}, "is that of 2 tunnels"),
    "an unknown tunnel": ({"remote_networks": [branch(ipsec_tunnel={"name": "lyon-9"})]}, "there is no IPsec tunnel 'lyon-9'; there is none"),
    "an unknown termination node": ({"remote_networks": [branch(spn_name="us-west-fig")]}, "there is no termination node us-west-fig"),
    "the infrastructure subnet": ({"service_connections": [centre(subnets=["172.16.55.0/25"])]}, "overlaps the infrastructure subnet"),
    "Prisma Access's AS number": (
        {"service_connections": [centre(bgp={"peer_as": 65534, "peer_ip_address": "10.90.0.1", "local_ip_address": "10.90.0.2"})]}, "is that of Prisma Access"),
    "no key": ({"remote_networks": [branch(ipsec_tunnel={"name": "lyon-1", "peer_address": "198.51.100.10"})]}, "pre_shared_key"),
}


@pytest.mark.parametrize("sites, words", REFUSED.values(), ids=REFUSED)
def test_what_breaks_a_rule_is_refused_and_nothing_is_written(door, sites, words):
    before = stands(door)
    refused = door.run(sites)
    assert refused.failed and words in refused.message and "nothing was written" in refused.message
    assert stands(door) == before and door.firewall.firewall.plugin.jobs == []


def test_a_rule_is_asked_beside_what_stands(door):
    door.done(BOTH)
    twin = branch(name="Twin", subnets=["10.82.0.0/16"], ipsec_tunnel={"name": "twin-1", "peer_address": "198.51.100.12", "pre_shared_key": FIRST_KEY},
                  secondary_ipsec_tunnel={"name": "lyon-2"})
    refused = door.run({"remote_networks": [twin]})
    assert "198.51.100.12 is that of 2 tunnels" in refused.message and "'lyon-2' is used 2 times" in refused.message


def test_an_unknown_location_is_refused_by_the_commit(door):
    refused = door.run({"remote_networks": [branch(region="atlantis")]})
    assert refused.failed and "'atlantis' is not a valid reference" in refused.message and "nothing was committed" in refused.message


def test_bandwidth_brings_termination_nodes_and_goes_when_nobody_uses_it(door):
    bandwidth = [{"name": "asia-south", "allocated_bandwidth": 100}]
    made = door.done({"bandwidth": bandwidth})
    (node,) = made.values["bandwidth"][0]["spn_names"]
    assert not door.done({"bandwidth": bandwidth}).changed
    sites = {"remote_networks": [branch(region="india-south", spn_name=node)]}
    door.done(sites)
    refused = door.run({"bandwidth": [{"name": "asia-south"}]}, state="absent")
    assert "is used by remote network 'Lyon'" in refused.message
    door.done({"remote_networks": [{"name": "Lyon"}], "bandwidth": [{"name": "asia-south"}]}, state="absent")
    assert "asia-south" not in door.control.running(PLUGIN)


def test_what_others_name_stays(door):
    """A gateway, a profile and a tunnel that somebody else uses, and a profile with a name of its own whose contents are not given."""
    shared = branch()
    shared["ipsec_tunnel"]["ike_crypto_profile"] = "Generic-IKE-Crypto-Default"
    shared["ipsec_tunnel"]["ipsec_crypto_profile"] = "company"
    shared["ipsec_tunnel"]["ipsec"] = {"encryption": "aes-256-cbc", "authentication": "sha256"}
    door.done({"remote_networks": [shared]})
    door.done(NAMES, state="absent")
    left = ET.fromstring(door.control.running(network_of("Remote_Network_Template")))
    names = [entry.get("name") for entry in left.iter("entry")]
    assert "Generic-IKE-Crypto-Default" in names and "company" in names and not any(name.startswith("lyon") for name in names)


def test_links_that_carry_traffic_at_once(door):
    links = [{"name": f"link-{number}", "ipsec_tunnel": {"name": f"lyon-{number}", "peer_address": f"198.51.100.{number}", "pre_shared_key": FIRST_KEY},
              "bgp": {"peer_as": 64900, "peer_ip_address": f"10.80.{number}.1", "local_ip_address": f"10.80.{number}.2"}} for number in (1, 2)]
    sites = {"remote_networks": [{"name": "Lyon", "region": "eu-central-1", "spn_name": "europe-central-lime", "ecmp_links": links}]}
    before = stands(door)
    door.done(sites)
    entry = ET.fromstring(door.control.running(f"{PLUGIN}/remote-networks/onboarding/entry[@name='Lyon']"))
    assert entry.findtext("ecmp-load-balancing") == "enabled-with-symmetric-return"
    assert [link.findtext("ipsec-tunnel") for link in entry.findall("link/entry")] == ["lyon-1", "lyon-2"]
    assert not door.done(sites).changed
    door.done({"remote_networks": [{"name": "Lyon"}]}, state="absent")
    assert stands(door) == before


# A request of each step → how it is known.
STEPS = {
    "what it is": {"cmd": "show system info"}, "read": {"action": "get"}, "uncommitted": {"cmd": "show config list changes"},
    "write": {"action": "multi-config"},
    "commit": {"type": "commit", "action": "partial"}, "push": {"type": "commit", "action": "all"}, "jobs": {"cmd": "show jobs id"},
    "the plugin's jobs": {"cmd": "request plugins cloud_services prisma-access job-status"},
}
FAULTS = {
    "refused": {"kind": "error", "code": 13, "message": "operation failed", "times": 20}, "no right": {"kind": "forbidden", "times": 20},
    "unavailable": {"kind": "unavailable", "times": 20}, "dropped before": {"kind": "drop_before", "times": 20}, "dropped after": {"kind": "drop_after"},
    "dropped after, always": {"kind": "drop_after", "times": 20}, "cut off": {"kind": "truncate"}, "a page": {"kind": "html", "times": 20},
}
ONE = {"remote_networks": [branch(secondary_ipsec_tunnel=None)]}
QUICK = {"commit_timeout": 2, "push_timeout": 2, "lock_timeout": 1}


@pytest.mark.parametrize("step", STEPS)
def test_a_fault_at_a_step_is_told_truly_and_a_later_run_reaches_the_goal(door, step):
    """Nothing is half done that is not said, and the next run ends with the site provisioned. Every fourth cell; C(ALL_FAULTS) in the environment tries all."""
    plugin = door.firewall.firewall.plugin
    empty = stands(door)
    every, first = (1, 0) if "ALL_FAULTS" in os.environ else (4, list(STEPS).index(step) % 4)
    for fault, planned in list(FAULTS.items())[first::every]:
        door.control.fault(when=STEPS[step], **planned)
        # A management that restarts is waited for as long as for an answer.
        result = door.run(ONE, **QUICK, provider={**door.provider, "timeout": 4})
        door.control.clear_faults()
        where = (step, fault, result.message)
        candidate, running = stands(door)
        assert "unexpected" not in result.message, where
        assert not (result.failed and "nothing was written" in result.message) or (candidate, running) == empty, where
        assert not (result.failed and "nothing was committed" in result.message) or running == empty[1], where
        assert result.failed or plugin.addresses(door.firewall.firewall.running.root), where
        again = door.done(ONE)
        assert list(plugin.addresses(door.firewall.firewall.running.root).values()) == [["Lyon"]], where
        assert again.changed or not result.failed or plugin.jobs[-1].ended, where
        assert not door.done(ONE).changed, where
        door.done({"remote_networks": [{"name": "Lyon"}]}, state="absent")
        assert stands(door) == empty, where
