# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How the sites of Prisma Access are, by the telemetry of the cloud."""

from __future__ import annotations

import json

import pytest

from ansible_collections.tunnelsmith.panos_vpn.plugins.filter.prisma_access_site import prisma_access_site
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.peers.profile import (
    NOT_PUSHED, PROVISIONING, PROVISIONING_FAILED, RULE_BROKEN, WITHOUT_ADDRESS, WITHOUT_BANDWIDTH,
)
from ansible_collections.tunnelsmith.panos_vpn.plugins.modules import prisma_access_cloud, prisma_access_cloud_info
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.cloud.strata import telemetry
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.cloud.strata.server import ACCOUNT, ADDRESSES, TUNNELS, Account, Cloud, running
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.cloud.strata.tenant import REMOTE_NETWORKS, SERVICE_CONNECTIONS
from ansible_collections.tunnelsmith.panos_vpn.tests.unit.plugins.modules.door import run_module
from ansible_collections.tunnelsmith.panos_vpn.tests.unit.plugins.modules.test_prisma_access_cloud import SECRET, SITES, TSG

DOWN, SILENT, UNANSWERED = {"tunnel_state": 0, "tunnel_state_name": "Init"}, None, {"tunnel_monitoring_state": 0, "tunnel_monitoring_state_name": "Down"}


@pytest.fixture(name="there", scope="module")
def fixture_there(tmp_path_factory):
    with running(Cloud({ACCOUNT: Account(SECRET, TSG)}), tmp_path_factory.mktemp("cloud")) as there:
        yield there


@pytest.fixture(name="options", scope="module")
def fixture_options(there):
    """What leads to a cloud in which both sites run."""
    scm = {"client_id": ACCOUNT, "client_secret": SECRET, "tsg_id": TSG, "base_url": there.url, "token_url": f"{there.url}/oauth2/access_token",
           "ca_path": str(there.ca_path), "retry_timeout": 3}
    assert run_module(prisma_access_cloud, {"scm": scm, "push_poll": 0.02, **SITES}).changed
    return {"scm": scm, "insights_url": there.url}


@pytest.fixture(name="ask")
def fixture_ask(there, options):
    there.cloud.reports.clear()
    there.cloud.log.clear()
    return lambda **more: run_module(prisma_access_cloud_info, {**options, **more})


def test_sites_whose_tunnels_are_up_are_well(there, ask):
    told = ask()
    assert (told.values["health"], told.values["problems"], told.changed) == ("healthy", [], False)
    assert [vpn["name"] for vpn in told.values["vpns"]] == ["Lyon", "Paris"]
    assert told.values["tunnels"][0] == {
        "name": "lyon-1", "site": "Lyon", "up": True, "state": "Up", "monitor": "Not Configured", "address": "203.0.113.101", "disconnections": 0}
    assert told.values["obstacles"] == []
    # Each list once, however many sites there are.
    assert len(there.cloud.log) == 16


#: (what is reported) → how Lyon is, and what is said of it.
REPORTS = {
    "the secondary one waits": ({"lyon-2": DOWN}, "healthy", []),
    "nothing of the secondary one": ({"lyon-2": SILENT}, "healthy", []),
    "the monitor of the secondary one": ({"lyon-2": UNANSWERED}, "at_risk", ["the monitor of tunnel 'lyon-2' gets no answer"]),
    "the primary one is down": ({"lyon-1": DOWN}, "at_risk", ["tunnel 'lyon-1' is not up (Init)"]),
    "the monitor of the primary one": ({"lyon-1": UNANSWERED}, "at_risk", ["the monitor of tunnel 'lyon-1' gets no answer"]),
    "both are down": ({"lyon-1": DOWN, "lyon-2": DOWN}, "down", ["tunnel 'lyon-1' is not up (Init)", "tunnel 'lyon-2' is not up (Init)"]),
    "nothing of both": ({"lyon-1": SILENT, "lyon-2": SILENT}, "down", [
        f"of tunnel '{name}' Prisma Access has reported nothing for 15 minutes" for name in ("lyon-1", "lyon-2")]),
}


@pytest.mark.parametrize("reports, health, problems", REPORTS.values(), ids=REPORTS.keys())
def test_what_is_reported_is_judged(there, ask, reports, health, problems):
    there.cloud.reports.update(reports)
    told = ask(sites=["Lyon"]).values
    assert (told["health"], told["problems"]) == (health, problems)
    assert [vpn["name"] for vpn in told["vpns"]] == ["Lyon"]
    assert not [each for each in told["tunnels"] if each["site"] == "Paris"]


def others_change(there, options):
    there.cloud.tenant.create("ike-crypto-profiles", {
        "name": "hers", "folder": REMOTE_NETWORKS, "hash": ["sha256"], "encryption": ["aes-256-cbc"], "dh_group": ["group14"]}, "anna@example.com")
    # Times are told by the second.
    there.cloud.tenant.edits[REMOTE_NETWORKS]["anna@example.com"]["date"] = "2100-01-01T00:00:00.000Z"


def push(there, options, **behaviour):
    vars(there.cloud.jobs[TSG].behaviour).update(behaviour)
    run_module(prisma_access_cloud, {"scm": options["scm"], "push_poll": 0.02, "push": "always", "push_timeout": 0 if "endless" in behaviour else 30, **SITES})


def no_bandwidth(there, options):
    there.cloud.tenant.bandwidth.clear()


def one_address_twice(there, options):
    gateways = {found["name"]: found for found in there.cloud.tenant.objects["ike-gateways"].values()}
    gateways["lyon-2"]["peer_address"] = gateways["lyon-1"]["peer_address"]


#: What is so → (the cause that is told, and its words).
OBSTACLES = {
    "changes that nobody pushed": (others_change, NOT_PUSHED, "anna@example.com has 1 change in Remote Networks that is not pushed"),
    "a push that failed": (lambda *where: push(*where, failing={REMOTE_NETWORKS: "Lyon: the node has no capacity left"}), PROVISIONING_FAILED,
                           "Remote Networks configuration pushed to cloud: Lyon: the node has no capacity left (FIN FAIL, job 191)"),
    "a push that goes on": (lambda *where: push(*where, endless=True), PROVISIONING, "push job 190 has not ended"),
    "infrastructure that is being made": (lambda *where: push(*where, provisioning={REMOTE_NETWORKS}), PROVISIONING,
                                          "push job 191: Your Prisma Access infrastructure is being provisioned"),
    "no address": (lambda there, options: there.cloud.tenant.running["objects"]["remote-networks"].clear(), WITHOUT_ADDRESS,
                   "the address API has no address for remote network 'Lyon' yet"),
    "no bandwidth": (no_bandwidth, WITHOUT_BANDWIDTH, "there is no termination node us-southeast-whitebeam; there is none, since no bandwidth is allocated"),
    "one address for two tunnels": (one_address_twice, RULE_BROKEN, "peer_address 198.51.100.10 is that of 2 tunnels"),
}


@pytest.mark.parametrize("happens, cause, words", OBSTACLES.values(), ids=OBSTACLES)
def test_what_stands_in_the_way_is_told_and_goes_into_the_profile(there, options, happens, cause, words):
    there.cloud.__init__({ACCOUNT: Account(SECRET, TSG)})
    assert run_module(prisma_access_cloud, {"scm": options["scm"], "push_poll": 0.02, **SITES}).changed
    there.cloud.reports.update({"lyon-1": {**DOWN, "tunnel_disconnection": 7}, "lyon-2": DOWN})
    happens(there, options)
    told = run_module(prisma_access_cloud_info, {**options, "address_url": f"{there.url}{ADDRESSES}", "sites": ["Lyon"]}).values
    assert [(each["site"], each["kind"], each["cause"]) for each in told["obstacles"]] == [("Lyon", "remote network", cause)]
    assert words in told["obstacles"][0]["description"] and told["obstacles"][0]["description"] in told["problems"]
    profile = prisma_access_site(told, service_addresses=["203.0.113.101"])
    assert [obstacle["cause"] for obstacle in profile["obstacles"]] == [cause]
    # Of what has no address yet nothing is reported.
    reported = [tunnel.get("telemetry", {}).get("status_message") for tunnel in profile["tunnels"]]
    words = ["in its words Init, monitor Not Configured, disconnected 7 times", "in its words Init, monitor Not Configured"]
    assert reported == ([None, None] if cause == WITHOUT_ADDRESS else words)


def test_nothing_stands_in_the_way_of_what_is_well(there, options):
    there.cloud.__init__({ACCOUNT: Account(SECRET, TSG)})
    push(there, options, provisioning={REMOTE_NETWORKS, SERVICE_CONNECTIONS})
    others_change(there, options)
    told = run_module(prisma_access_cloud_info, options).values
    assert (told["healthy"], told["obstacles"]) == (True, [])


def test_what_cannot_be_asked_is_said(there, ask):
    assert "there is no remote network or service connection 'Lion' (perhaps 'Lyon' is meant" in ask(sites=["Lion"]).message
    assert "minutes: 0 is less than 1" in ask(minutes=0).message
    there.cloud.faults.plan("503", "POST", TUNNELS)
    assert not ask().failed
    there.cloud.faults.plan("html", "POST", TUNNELS, times=100)
    assert "this is not the API" in ask().message
    there.cloud.faults.clear()


@pytest.mark.parametrize("option, given", {
    "insights_url": {"insights_url": "https://nowhere.invalid"},
    "scm.base_url (SCM_BASE_URL)": {"scm": {"base_url": "https://nowhere.invalid"}},
    "scm.token_url (SCM_TOKEN_URL)": {"scm": {"token_url": "https://nowhere.invalid/token"}},
}.items())
def test_an_address_that_leads_nowhere_is_told_by_the_option_that_gives_it(options, option, given):
    scm = {**options["scm"], **given.get("scm", {}), "retry_timeout": 0}
    told = run_module(prisma_access_cloud_info, {**options, **given, "scm": scm})
    assert f"Give the address as {option}" in told.message


def test_rows_have_the_recorded_fields(shared_fixtures, there, options):
    recorded = json.loads((shared_fixtures / "prisma" / "insights.tunnel_list.response.json").read_text(encoding="utf-8"))
    rows = list(telemetry.rows(there.cloud.tenant.running["objects"], {}))
    assert [{name: type(value) for name, value in row.items()} for row in (rows[0], rows[-1])] == [
        {name: type(value) for name, value in row.items()} for row in recorded["data"]]
    assert [row["node_type_name"] for row in (rows[0], rows[-1])] == [row["node_type_name"] for row in recorded["data"]]
