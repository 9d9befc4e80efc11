# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Sites of Prisma Access through the cloud's API: what a task makes, changes, takes away, pushes and says, and where the cloud does not go along."""

from __future__ import annotations

import copy
import json
import os

import pytest

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.peers.prisma_access import reader
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.prisma.cloud import Held
from ansible_collections.tunnelsmith.panos_vpn.plugins.modules import prisma_access_cloud
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.cloud.strata import presets
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.cloud.strata.server import ACCOUNT, ADDRESSES, Account, Cloud, running
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.cloud.strata.tenant import REMOTE_NETWORKS, SERVICE_CONNECTIONS, stored
from ansible_collections.tunnelsmith.panos_vpn.tests.unit.plugins.modules.door import run_module

SECRET, TSG = "the secret of the account", "1000000001"
KEYS = {"lyon-1": "the first key of Lyon", "lyon-2": "the second key of Lyon", "paris-1": "the first key of Paris", "paris-2": "the second key of Paris"}


def tunnel(name, address, **more):
    return {"name": name, "peer_address": address, "pre_shared_key": KEYS[name], **more}


LYON = {
    "name": "Lyon", "region": "us-southeast", "spn_name": "us-southeast-whitebeam", "subnets": ["10.80.0.0/16"],
    "ipsec_tunnel": tunnel("lyon-1", "198.51.100.10", tunnel_monitor={"destination_ip": "10.80.0.1"}),
    "secondary_ipsec_tunnel": tunnel("lyon-2", "198.51.100.74"),
    "bgp": {"peer_as": 65010, "peer_ip_address": "10.80.255.1", "local_ip_address": "10.80.255.2", "secret": "the secret of BGP"},
    "bgp_peer": {"peer_ip_address": "10.80.255.5", "local_ip_address": "10.80.255.6"},
}
PARIS = {
    "name": "Paris", "region": "us-southeast", "subnets": ["10.90.0.0/16"],
    "ipsec_tunnel": tunnel("paris-1", "dynamic", peer_id="paris.example.com"),
    "secondary_ipsec_tunnel": tunnel("paris-2", "203.0.113.9"),
    "bgp": {"peer_as": 65020, "peer_ip_address": "10.90.255.1", "local_ip_address": "10.90.255.2"},
    "bgp_peer": {"same_as_primary": True},
}
SITES = {"remote_networks": [LYON], "service_connections": [PARIS]}


@pytest.fixture(name="there", scope="module")
def fixture_there(tmp_path_factory):
    with running(Cloud(), tmp_path_factory.mktemp("cloud")) as there:
        yield there


@pytest.fixture(name="cloud")
def fixture_cloud(there):
    """As new, for each test."""
    there.cloud.__init__({ACCOUNT: Account(SECRET, TSG)})
    return there.cloud


@pytest.fixture(name="run")
def fixture_run(there, cloud):
    scm = {"client_id": ACCOUNT, "client_secret": SECRET, "tsg_id": TSG, "base_url": there.url, "token_url": f"{there.url}/oauth2/access_token",
           "ca_path": str(there.ca_path), "retry_timeout": 3}

    def run(check=False, scm_options=None, **options):
        result = run_module(prisma_access_cloud, {"scm": {**scm, **(scm_options or {})}, "push_poll": 0.02, **options}, check)
        for secret in [SECRET, "the secret of BGP", *KEYS.values(), *(stored(key) for key in KEYS.values()), *cloud.tokens]:
            assert secret not in result.everything()
        return result

    return run


def asked(cloud, *methods):
    return [f"{each.method} {each.path.rpartition('/')[2]}" for each in cloud.log if each.method in (methods or ("GET", "POST", "PUT", "DELETE"))]


def written(cloud):
    return [each for each in asked(cloud, "POST", "PUT", "DELETE") if not each.endswith("access_token")]


def held(cloud, running_ones=False):
    """Resource → name → object, without what the tenant had from the beginning."""
    objects = cloud.tenant.running["objects"] if running_ones else cloud.tenant.objects
    presets = {found["name"] for found in Cloud().tenant.objects["ipsec-crypto-profiles"].values()} | {"PaloAlto-Networks-IKE-Crypto"}
    return {resource: {found["name"]: found for found in there.values() if found["name"] not in presets} for resource, there in objects.items()}


def changed(site, **more):
    return {**copy.deepcopy(site), **more}


def test_sites_are_made_pushed_and_left_alone(cloud, run):
    first = run(**SITES)
    assert not first.failed, first.message
    assert [f"{each['folder']}: {each['kind']} {each['name']}" for each in first.values["objects"]] == [
        *(f"{REMOTE_NETWORKS}: {kind} {name}" for kind in ("ike-crypto-profiles", "ipsec-crypto-profiles", "ike-gateways", "ipsec-tunnels")
          for name in ("lyon-1", "lyon-2")),
        f"{REMOTE_NETWORKS}: remote-networks Lyon",
        *(f"{SERVICE_CONNECTIONS}: {kind} {name}" for kind in ("ike-crypto-profiles", "ipsec-crypto-profiles", "ike-gateways", "ipsec-tunnels")
          for name in ("paris-1", "paris-2")),
        f"{SERVICE_CONNECTIONS}: service-connections Paris",
    ]
    assert held(cloud, running_ones=True) == held(cloud)
    assert first.values["push"]["folders"] == [REMOTE_NETWORKS, SERVICE_CONNECTIONS]
    assert first.values["infrastructure"]["bgp_as"] == 65534
    site = held(cloud)["remote-networks"]["Lyon"]
    assert (site["ipsec_tunnel"], site["secondary_ipsec_tunnel"], site["protocol"]["bgp"]["peer_as"]) == ("lyon-1", "lyon-2", "65010")
    connection = held(cloud)["service-connections"]["Paris"]
    assert connection["bgp_peer"] == {"peer_ip_address": "10.90.255.1", "local_ip_address": "10.90.255.2"}
    gateway = held(cloud)["ike-gateways"]["paris-1"]
    assert gateway["peer_address"] == {"dynamic": {}}
    assert gateway["protocol_common"]["passive_mode"] is True
    before = len(cloud.log)
    second = run(**SITES)
    assert not second.changed, second.values
    assert not [each for each in cloud.log[before:] if each.method != "GET" and not each.path.endswith("access_token")]
    assert second.diff == {"before": "", "after": ""}


def test_check_mode_tells_the_same_plan_and_writes_nothing(cloud, run):
    told = run(check=True, **SITES)
    assert told.changed
    assert written(cloud) == []
    done = run(**SITES)
    assert told.values["objects"] == done.values["objects"]
    # Secrets are told apart by marks that differ from run to run only between processes.
    assert told.diff == done.diff


def test_one_value_is_changed_and_the_rest_stays(cloud, run):
    run(**SITES)
    tenant = cloud.tenant
    gateway = next(found for found in tenant.objects["ike-gateways"].values() if found["name"] == "lyon-1")
    gateway["protocol"]["ikev2"]["pq_kem"] = {"enable": True}
    gateway["protocol_common"]["fragmentation"] = {"enable": True}
    told = run(remote_networks=[{"name": "Lyon", "ipsec_tunnel": {"name": "lyon-1", "peer_address": "198.51.100.11"}}])
    assert [(each["kind"], each["name"], each["action"]) for each in told.values["objects"]] == [("ike-gateways", "lyon-1", "changed")]
    after = held(cloud)["ike-gateways"]["lyon-1"]
    assert after == {**gateway, "peer_address": {"ip": "198.51.100.11"}}
    assert after["authentication"]["pre_shared_key"]["key"] == stored(KEYS["lyon-1"])


def test_the_networks_are_those_that_are_given(cloud, run):
    run(remote_networks=[LYON])
    told = run(remote_networks=[{"name": "Lyon", "subnets": ["10.81.0.0/16"]}])
    assert [each["kind"] for each in told.values["objects"]] == ["remote-networks"]
    assert held(cloud)["remote-networks"]["Lyon"]["subnets"] == ["10.81.0.0/16"]


def test_another_lifetime_unit_is_the_same_lifetime(cloud, run):
    ike = {"version": "ikev2", "encryption": "aes-256-cbc", "hash": "sha384", "dh_group": "group20", "lifetime_seconds": 28800}
    site = changed(LYON, ipsec_tunnel={**LYON["ipsec_tunnel"], "ike": ike})
    run(remote_networks=[site])
    profile = next(found for found in cloud.tenant.objects["ike-crypto-profiles"].values() if found["name"] == "lyon-1")
    profile["lifetime"] = {"hours": 8}
    assert not run(remote_networks=[site]).changed
    site["ipsec_tunnel"]["ike"]["lifetime_seconds"] = 86400
    assert run(remote_networks=[site]).changed
    assert held(cloud)["ike-crypto-profiles"]["lyon-1"]["lifetime"] == {"minutes": 1440}


def test_sites_are_taken_away_and_nothing_else(cloud, run):
    empty = held(cloud)
    run(**SITES)
    beside = held(cloud)
    lyon_shares = changed(LYON, name="Nice", subnets=["10.82.0.0/16"], secondary_ipsec_tunnel=None, bgp=None, bgp_peer=None, ipsec_tunnel={
        "name": "nice-1", "peer_address": "198.51.100.99", "pre_shared_key": "a key of Nice", "ike_crypto_profile": "lyon-1"})
    run(remote_networks=[lyon_shares])
    told = run(state="absent", remote_networks=[{"name": "Lyon"}])
    assert not told.failed, told.message
    assert ("ike-crypto-profiles", "lyon-1") not in [(each["kind"], each["name"]) for each in told.values["objects"]]
    assert "lyon-1" in held(cloud)["ike-crypto-profiles"]
    assert held(cloud)["service-connections"] == beside["service-connections"]
    assert not run(state="absent", remote_networks=[{"name": "Lyon"}]).changed
    run(state="absent", remote_networks=[{"name": "Nice"}], service_connections=[{"name": "Paris"}])
    left = held(cloud)
    assert left.pop("ike-crypto-profiles").keys() == {"lyon-1"}
    empty.pop("ike-crypto-profiles")
    assert left == empty
    assert held(cloud, running_ones=True) == held(cloud)


def test_ecmp_links_are_entries_of_their_own(cloud, run):
    links = [{"name": f"link-{number}", "ipsec_tunnel": tunnel(f"lyon-{number}", f"198.51.100.{number}"),
              "bgp": {"peer_as": 65010, "peer_ip_address": f"10.80.255.{number}", "local_ip_address": f"10.80.254.{number}"}} for number in (1, 2)]
    site = {"name": "Lyon", "region": "us-southeast", "spn_name": "us-southeast-whitebeam", "ecmp_links": links}
    told = run(remote_networks=[site])
    assert not told.failed, told.message
    made = held(cloud)["remote-networks"]["Lyon"]
    assert made["ecmp_load_balancing"] == "enable"
    assert [link["ipsec_tunnel"] for link in made["ecmp_tunnels"]] == ["lyon-1", "lyon-2"]
    assert not run(remote_networks=[site]).changed
    site["ecmp_links"] = [{**links[1], "bgp": {**links[1]["bgp"], "peer_ip_address": "10.80.255.9"}}]
    # A link alone would be too few, but the other one stands.
    assert run(remote_networks=[{**site, "ecmp_links": links[:1] + site["ecmp_links"]}]).changed
    assert [link["protocol"]["bgp"]["peer_ip_address"] for link in held(cloud)["remote-networks"]["Lyon"]["ecmp_tunnels"]] == ["10.80.255.1", "10.80.255.9"]


def test_bandwidth_is_allocated_grown_and_released(cloud, run):
    run(bandwidth=[{"name": "us-east", "allocated_bandwidth": 500}])
    assert cloud.tenant.bandwidth["us-east"]["spn_name_list"] == ["us-east-whitebeam"]
    assert not run(bandwidth=[{"name": "us-east", "allocated_bandwidth": 500}]).changed
    told = run(bandwidth=[{"name": "us-east", "allocated_bandwidth": 1500}])
    assert told.values["bandwidth"] == [{"name": "us-east", "allocated_bandwidth": 1500, "spn_names": ["us-east-whitebeam", "us-east-hornbeam"]}]
    run(state="absent", bandwidth=[{"name": "us-east"}])
    assert "us-east" not in cloud.tenant.bandwidth


# What goes wrong, at each step of a task: (method, part of the path, how many such requests go well before).
STEPS = {
    "the token": ("POST", "access_token", 0), "the first list": ("GET", "ike-gateways", 0), "the locations": ("GET", "locations", 0),
    "the first write": ("POST", "ike-crypto-profiles", 0), "a write in the middle": ("POST", "ipsec-tunnels", 1),
    "the last write": ("POST", "remote-networks", 0),
    "who edited": ("GET", "candidate", 0), "the push": ("POST", "candidate:push", 0), "the first look at the job": ("GET", "jobs", 0),
}
GIVEN_UP = {"drop": "was closed", "drop_after": "was closed", "401": "Key Expired", "429": "Too Many Requests", "500": "HTTP 500", "503": "HTTP 503",
            "truncated": "was closed"}


@pytest.mark.parametrize("fault", GIVEN_UP)
def test_faults_that_pass_are_not_noticed(cloud, run, fault):
    """One at each step of the same task. Who is refused a token does not ask again."""
    for step, (method, path, skip) in STEPS.items():
        if (fault, step) != ("401", "the token"):
            cloud.faults.plan(fault, method, path, skip)
    told = run(remote_networks=[LYON])
    assert not told.failed, told.message
    assert held(cloud, running_ones=True) == held(cloud)
    assert len(held(cloud)["ipsec-tunnels"]) == 2


CELLS = [(fault, step) for number, fault in enumerate(GIVEN_UP) for place, step in enumerate(STEPS)
         if "ALL_FAULTS" in os.environ or (number + place) % 3 == 0]


@pytest.mark.parametrize("fault, step", CELLS, ids=map(" at ".join, CELLS))
def test_a_fault_that_stays_is_told_and_a_later_run_reaches_the_goal(cloud, run, fault, step):
    """Every third cell, so that each fault and each step has several; C(ALL_FAULTS) in the environment tries all."""
    method, path, skip = STEPS[step]
    cloud.faults.plan(fault, method, path, skip, times=1000, retry_after="60" if fault == "429" else "")
    told = run(remote_networks=[LYON], scm_options={"retry_timeout": 0}, push_timeout=0)
    assert told.failed
    assert GIVEN_UP[fault] in told.message, told.message
    done = [f"{each['kind']} {each['name']}" for each in told.values.get("objects", [])]
    lost = fault in ("drop_after", "truncated")
    stands = [f"{resource} {name}" for resource, there in held(cloud).items() for name in there]
    assert set(done) <= set(stands)
    assert len(stands) - len(done) == (1 if lost and method == "POST" and "write" in step else 0)
    if "write" in step:
        assert "nothing was pushed, so that what runs is as it was; run again to go on" in told.message
        assert ("whether it was done is not known" in told.message) is (fault not in ("401", "429"))
    elif not stands:
        assert "nothing was written" in told.message
    if step == "the first look at the job":
        assert told.values["job_id"] == "187"
        assert "goes on; run again to wait for it" in told.message
    cloud.faults.clear()
    assert not run(remote_networks=[LYON]).failed
    assert held(cloud, running_ones=True) == held(cloud)
    assert len(held(cloud)["ipsec-tunnels"]) == 2


def test_a_second_run_pushes_what_the_first_one_could_not(cloud, run):
    run(remote_networks=[LYON], push="never")
    assert held(cloud, running_ones=True)["remote-networks"] == {}
    assert run(check=True, remote_networks=[LYON]).changed
    told = run(remote_networks=[LYON])
    assert (told.changed, told.values["objects"], told.values["push"]["job_id"]) == (True, [], "187")
    assert held(cloud, running_ones=True) == held(cloud)
    assert not run(remote_networks=[LYON]).changed


def test_a_push_under_way_is_waited_for(cloud, run):
    cloud.jobs[TSG].behaviour.commit_seconds = 1.5
    told = run(remote_networks=[LYON], push_timeout=0)
    assert "did not end within 0 s and goes on; run again to wait for it" in told.message
    again = run(remote_networks=[LYON])
    assert again.values["push"]["job_id"] == "187"
    assert asked(cloud, "POST").count("POST candidate:push") == 1


@pytest.mark.parametrize("status", ["FIN", "PUSHFAIL", "PUSHABORT", "PUSHTIMEOUT"])
def test_a_folder_that_does_not_take_the_push_is_told_with_its_words(cloud, run, status):
    behaviour = cloud.jobs[TSG].behaviour
    behaviour.failing[REMOTE_NETWORKS] = "Lyon: the termination node us-southeast-whitebeam has no capacity left"
    behaviour.status = status
    told = run(**SITES)
    assert told.failed
    words = behaviour.failing[REMOTE_NETWORKS]
    assert f"Remote Networks configuration pushed to cloud: {words} ({status} FAIL, job 188)" in told.message
    assert [job["result"] for job in told.values["push"]["jobs"]] == ["OK", "FAIL", "OK"]
    assert "run again to push it once more" in told.message
    behaviour.failing.clear()
    again = run(**SITES)
    assert (again.changed, again.values["objects"]) == (True, [])
    assert held(cloud, running_ones=True) == held(cloud)
    assert not run(**SITES).changed


def test_a_commit_that_fails_has_no_jobs_of_folders(cloud, run):
    cloud.jobs[TSG].behaviour.commit_failure = "Validation failed: Lyon"
    assert "Validation failed: Lyon (FIN FAIL, job 187)" in run(remote_networks=[LYON]).message


def test_jobs_of_folders_come_late_and_are_waited_for(cloud, run):
    behaviour = cloud.jobs[TSG].behaviour
    behaviour.commit_seconds, behaviour.child_delay, behaviour.push_seconds = 0.1, 0.2, 0.1
    behaviour.failing[REMOTE_NETWORKS] = "no"
    assert run(remote_networks=[LYON]).failed


def test_what_others_edited_is_said_or_refused(cloud, run):
    cloud.tenant.create("ike-crypto-profiles", {
        "name": "hers", "folder": REMOTE_NETWORKS, "hash": ["sha256"], "encryption": ["aes-256-cbc"], "dh_group": ["group14"]}, "anna@example.com")
    words = "anna@example.com has 1 change in Remote Networks that is not pushed"
    refused = run(remote_networks=[LYON], push_foreign="fail")
    assert words in refused.message
    assert "nothing was written" in refused.message
    assert written(cloud) == []
    assert any(words in warning and "would be pushed along" in warning for warning in run(check=True, remote_networks=[LYON]).warnings)
    cloud.tenant.edits[REMOTE_NETWORKS]["anna@example.com"]["created"] = 2
    assert any("has 2 changes in Remote Networks that are not pushed" in warning and "are pushed along" in warning
               for warning in run(remote_networks=[LYON]).warnings)


def test_changes_that_the_service_goes_on_telling_after_their_push_are_not_pushed_again(cloud, run, monkeypatch):
    """What becomes of these entries is not recorded: they are older than the push then."""
    kept = []
    monkeypatch.setattr(cloud.tenant, "push", kept.extend)
    run(remote_networks=[LYON])
    assert (kept, list(cloud.tenant.edits)) == ([REMOTE_NETWORKS], [REMOTE_NETWORKS])
    assert not run(remote_networks=[LYON]).changed


def test_only_the_changes_of_accounts_that_are_named_are_pushed(cloud, run):
    cloud.tenant.create("ike-crypto-profiles", {
        "name": "hers", "folder": REMOTE_NETWORKS, "hash": ["sha256"], "encryption": ["aes-256-cbc"], "dh_group": ["group14"]}, "anna@example.com")
    told = run(remote_networks=[LYON], push_admins=[ACCOUNT], push_foreign="fail", description="branch Lyon")
    assert not told.failed, told.message
    body = next(each.body for each in cloud.log if each.path.endswith("candidate:push"))
    assert (body["admin"], body["folders"]) == ([ACCOUNT], [REMOTE_NETWORKS])
    assert body["description"].startswith("branch Lyon [")


# Keys.

def test_a_new_key_is_written_and_the_same_is_not(cloud, run):
    run(remote_networks=[LYON])
    site = {"name": "Lyon", "ipsec_tunnel": {"name": "lyon-1", "peer_address": "198.51.100.10", "pre_shared_key": KEYS["paris-1"]}}
    told = run(remote_networks=[site])
    assert [(each["kind"], each["action"]) for each in told.values["objects"]] == [("ike-gateways", "changed")]
    assert held(cloud)["ike-gateways"]["lyon-1"]["authentication"]["pre_shared_key"]["key"] == stored(KEYS["paris-1"])


def test_hidden_keys_are_left_or_written_and_never_overwritten_by_what_hides_them(cloud, run):
    cloud.tenant.hides_secrets = True
    run(remote_networks=[LYON])
    unchanged = run(remote_networks=[LYON])
    assert not unchanged.changed
    assert any("give update_secret: always to write it" in warning for warning in unchanged.warnings)
    told = run(remote_networks=[LYON], update_secret="always")
    assert {(each["kind"], each["name"]) for each in told.values["objects"]} == {
        ("ike-gateways", "lyon-1"), ("ike-gateways", "lyon-2"), ("remote-networks", "Lyon")}
    elsewhere = {"name": "lyon-1", "peer_address": "198.51.100.11"}
    refused = run(remote_networks=[{"name": "Lyon", "ipsec_tunnel": elsewhere}])
    assert "IKE gateway 'lyon-1': the API does not show its secret" in refused.message
    assert "nothing was written" in refused.message
    run(remote_networks=[{"name": "Lyon", "ipsec_tunnel": {**elsewhere, "pre_shared_key": KEYS["lyon-1"]}}])
    assert held(cloud)["ike-gateways"]["lyon-1"]["authentication"]["pre_shared_key"]["key"] == stored(KEYS["lyon-1"])
    assert held(cloud)["ike-gateways"]["lyon-1"]["peer_address"] == {"ip": "198.51.100.11"}


# What is refused before anything is written.

def of_tunnel(**more):
    return {"remote_networks": [changed(LYON, ipsec_tunnel={**LYON["ipsec_tunnel"], **more})]}


def of_site(**more):
    return {"remote_networks": [changed(LYON, **more)]}


IKE = {"encryption": "aes-256-cbc", "hash": "sha256", "dh_group": "group14"}
REFUSED = {
    "a long name": (of_tunnel(name="lyon-1", ike_gateway="g" * 32), "'" + "g" * 32 + "' has 32 characters"),
    "one address for two tunnels": (of_tunnel(peer_address="198.51.100.74"), "peer_address 198.51.100.74 is that of 2 tunnels"),
    "manual keys": (of_tunnel(key_exchange="manual-key"), "has manual keys"),
    "IPv6": (of_tunnel(peer_address="2001:db8::1"), "uses IPv4 only"),
    "a peer without an ID": (of_tunnel(peer_address="dynamic"), "has neither peer_id nor local_id"),
    "both tunnels at once": (of_site(active_active=True), "active-active"),
    "no such location": (of_site(region="us-southwest"), "there is no location 'us-southwest'"),
    "no such termination node": (of_site(spn_name="us-southeast-birch"), "there is no termination node us-southeast-birch"),
    "a group that the API does not know": (of_tunnel(ike={**IKE, "dh_group": "group21"}), "ike.dh_group: the API knows no group21"),
    "a lifetime that cannot be said": (of_tunnel(ike={**IKE, "lifetime_seconds": 65537}), "ike.lifetime_seconds: 65537"),
    "no key": (of_tunnel(pre_shared_key=None), "pre_shared_key is missing, and its IKE gateway is new"),
    "a tunnel that is not there": (of_site(ipsec_tunnel={"name": "nowhere"}), "it is not in folder Remote Networks; there is none"),
    "a profile that is not there": (of_tunnel(ike_crypto_profile="nowhere"), "there is no IKE crypto profile 'nowhere'"),
    "a profile from above with other contents": (of_tunnel(ike_crypto_profile="PaloAlto-Networks-IKE-Crypto", ike=IKE), "which is above Remote Networks"),
    "Panorama's own option": (of_site(inbound_flow_over_pa_backbone=True), "is an option of Panorama alone"),
    "a compute location that is not there": ({"bandwidth": [{"name": "us-moon", "allocated_bandwidth": 100}]}, "there is no such compute location"),
    "a public AS": (of_site(bgp={**LYON["bgp"], "peer_as": 3320}), "peer_as 3320 is no private AS number"),
}


@pytest.mark.parametrize("options, words", REFUSED.values(), ids=REFUSED.keys())
def test_what_cannot_be_is_refused_before_anything_is_written(cloud, run, options, words):
    told = run(**options)
    assert words in told.message
    assert "nothing was written" in told.message
    assert written(cloud) == []


def test_an_address_of_another_site_is_refused_also_in_the_other_folder(cloud, run):
    run(**SITES)
    other = {"name": "Nice", "region": "us-southeast", "spn_name": "us-southeast-whitebeam",
             "ipsec_tunnel": {"name": "nice-1", "peer_address": "203.0.113.9", "pre_shared_key": "a key of Nice"}}
    assert "peer_address 203.0.113.9 is that of 2 tunnels" in run(remote_networks=[other]).message


def test_a_gateway_of_another_tunnel_is_not_taken(cloud, run):
    run(remote_networks=[LYON])
    other = {"name": "Nice", "region": "us-southeast", "spn_name": "us-southeast-whitebeam",
             "ipsec_tunnel": {"name": "nice-1", "peer_address": "203.0.113.9", "pre_shared_key": "a key of Nice", "ike_gateway": "lyon-1"}}
    assert "IKE gateway 'lyon-1' is that of IPsec tunnel lyon-1; give another ike_gateway" in run(remote_networks=[other]).message


def test_bandwidth_in_use_stays(cloud, run):
    run(remote_networks=[LYON])
    told = run(state="absent", bandwidth=[{"name": "us-southeast"}])
    assert "the bandwidth of compute location us-southeast is used by remote network 'Lyon'" in told.message


@pytest.mark.parametrize("options, words", {
    "a wrong secret": ({"client_secret": "wrong"}, "Invalid Credential"),
    "another tenant": ({"tsg_id": "1000000002"}, "cannot get a token for tenant 1000000002"),
    "no account": ({"client_id": None}, "scm.client_id (SCM_CLIENT_ID) is missing"),
    "no HTTPS": ({"base_url": "http://localhost"}, "does not begin with https://"),
}.values(), ids=["secret", "tenant", "account", "HTTPS"])
def test_who_has_no_access_writes_nothing(cloud, run, options, words):
    told = run(scm_options=options, remote_networks=[LYON])
    assert words in told.message
    assert "nothing was written" in told.message


def test_addresses_are_asked_for_and_their_key_is_a_secret(cloud, there, run):
    url = f"{there.url}{ADDRESSES}"
    cloud.faults.plan("503", "POST", ADDRESSES)
    told = run(remote_networks=[LYON], address_url=url)
    details = told.values["addresses"]["result"][0]["address_details"]
    assert [(detail["node_name"], detail["address"]) for detail in details] == [(["Lyon"], "203.0.113.101")]
    site = told.values["remote_networks"][0]
    assert site["ipsec_tunnel"]["ike"] == {"version": "ikev2", "encryption": "aes-256-cbc", "hash": "sha384", "dh_group": "group20", "lifetime_seconds": 28800}
    assert presets.SETTINGS["api_key"] not in told.everything()
    early = run(remote_networks=[changed(LYON, name="Nice", subnets=["10.82.0.0/16"], bgp=None, bgp_peer=None, secondary_ipsec_tunnel=None, ipsec_tunnel={
        "name": "nice-1", "peer_address": "198.51.100.99", "pre_shared_key": "a key of Nice"})], address_url=url, push="never")
    assert any("no address yet for Nice" in warning for warning in early.warnings)
    assert "cannot ask the address API: no reason is given (HTTP 401)" in run(remote_networks=[LYON], address_url=there.url).message


def test_the_other_end_is_told_by_what_the_task_returns(there, run):
    told = run(**SITES, address_url=f"{there.url}{ADDRESSES}").values
    profile = reader.site(told, "Lyon")
    assert [(tunnel.outside_address, tunnel.customer_outside_address) for tunnel in profile.tunnels] == [
        ("203.0.113.101", "198.51.100.10"), ("203.0.113.101", "198.51.100.74")]
    assert [(tunnel.bgp.local_as, tunnel.bgp.peer_as, tunnel.inside_peer_address, tunnel.inside_address) for tunnel in profile.tunnels] == [
        (65010, 65534, "10.80.255.2", "10.80.255.1"), (65010, 65534, "10.80.255.6", "10.80.255.5")]
    paris = reader.site(told, "Paris", ["203.0.113.200"])
    assert (paris.tunnels[0].customer_outside_address, paris.tunnels[0].local_id, paris.tunnels[0].initiator) == (None, "paris.example.com", "firewall")


def many(number):
    return [{"name": f"branch-{each}", "region": "us-southeast", "spn_name": "us-southeast-whitebeam", "subnets": [f"10.{each}.0.0/16"],
             "ipsec_tunnel": {"name": f"branch-{each}", "peer_address": f"198.51.100.{each}", "pre_shared_key": f"the key of branch {each}"}}
            for each in range(1, number + 1)]


def test_reads_do_not_grow_with_the_number_of_sites(cloud, run, monkeypatch):
    """Nor does how often the tenant is looked through as a whole."""
    reads, writes, looks, service = {}, {}, {}, Held.service
    for number in (1, 10):
        cloud.__init__({ACCOUNT: Account(SECRET, TSG)})
        looks[number] = []
        monkeypatch.setattr(Held, "service", property(lambda held, seen=looks[number]: seen.append(held) or service.fget(held)))
        run(remote_networks=many(number))
        reads[number], writes[number] = len(asked(cloud, "GET")), len(written(cloud))
    assert reads[1] == reads[10] and len(looks[1]) == len(looks[10]) > 0
    # Two profiles, gateway, tunnel and the site itself; and one push.
    assert writes == {1: 6, 10: 51}
    before = len(cloud.log)
    assert not run(remote_networks=many(10)).changed
    assert len(cloud.log) - before == reads[10] + 1


def test_a_diff_shows_objects_as_the_api_has_them(cloud, run):
    told = run(check=True, remote_networks=[LYON])
    shown = told.diff["after"].partition("Remote Networks, IKE gateway 'lyon-1'\n")[2].partition("Remote Networks, ")[0]
    assert json.loads(shown)["peer_address"] == {"ip": "198.51.100.10"}
    assert "(secret " in shown
