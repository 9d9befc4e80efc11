# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Faults in real negotiations, and whether the diagnosis names the true cause first: with the cloud's description, and from the firewall alone."""

from __future__ import annotations

import copy
import json
import xml.etree.ElementTree as ET
from dataclasses import dataclass, field, replace
from typing import Callable

import pytest

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.peers import aws
from ansible_collections.tunnelsmith.panos_vpn.tests.dataplane.site import connection
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.dataplane.enclave import wait_until


@dataclass(frozen=True)
class Fault:
    """What is broken, how the cloud's description of the tunnel then reads, and the cause with it and without it.

    C(shows): a word of the log that tells that the fault has come to light. C(mends): whether what the diagnosis says brings the tunnel back.
    """

    breaks: Callable
    cause: str
    alone: str
    described: dict = field(default_factory=dict)
    shows: str = "NO_PROPOSAL_CHOSEN"
    mends: bool = True


def _phase1(**values) -> Callable:
    return lambda site: site.aws[0].change(phase1=replace(site.aws[0].endpoint.phase1, **values))


def _phase2(**values) -> Callable:
    return lambda site: site.aws[0].change(phase2=replace(site.aws[0].endpoint.phase2, **values))


def _gateway(**options) -> Callable:
    return lambda site: site.change({"ike_gateway": {"name": site.plane.firewall.running.tunnels[0].gateway, **options}})


def _offers(phase: str, **accepted) -> dict:
    return {"offers": {phase: accepted}}


FAULTS = {
    "IKE DH group": Fault(_phase1(groups=(14,)), "ike-dh-group-mismatch", "ike-proposal-mismatch", _offers("ike", dh_group=["group14"])),
    "IKE encryption": Fault(_phase1(encryption=("AES128",)), "ike-encryption-mismatch", "ike-proposal-mismatch",
                            _offers("ike", encryption=["aes-128-cbc"])),
    "IKE hash": Fault(_phase1(integrity=("SHA1",)), "ike-hash-mismatch", "ike-proposal-mismatch", _offers("ike", hash=["sha1"]), mends=False),
    "IKE version": Fault(lambda site: site.aws[0].change(ike_versions=("ikev1",)), "ike-version-mismatch", "ike-proposal-mismatch",
                         _offers("ike", versions=["ikev1"]), mends=False),
    "pre-shared key": Fault(lambda site: site.aws[0].change(key="another.key"), "pre-shared-key-mismatch", "pre-shared-key-mismatch",
                            {"pre_shared_key": "another.key"}, "AUTHENTICATION_FAILED", mends=False),
    "local identity": Fault(_gateway(local_id={"type": "ipaddr", "id": "192.0.2.77"}), "local-identity-mismatch", "local-identity-mismatch",
                            shows="AUTHENTICATION_FAILED"),
    "peer identity": Fault(_gateway(peer_id={"type": "ipaddr", "id": "192.0.2.78"}), "peer-identity-mismatch", "peer-identity-mismatch",
                           shows="AUTHENTICATION_FAILED", mends=False),
    "ESP encryption": Fault(_phase2(encryption=("AES128",), integrity=("SHA2-256",)), "esp-encryption-mismatch", "ipsec-proposal-mismatch",
                            _offers("ipsec", encryption=["aes-128-cbc"], authentication=["sha256"])),
    "selectors": Fault(lambda site: (site.aws[0].narrow("10.200.0.0/16", "10.10.0.0/24"), site.change({"proxy_id": {
        "name": "wrong", "tunnel": site.plane.firewall.running.tunnels[0].name, "local": "172.16.0.0/16", "remote": "172.17.0.0/16"}})),
        "proxy-id-mismatch", "proxy-id-mismatch", {"traffic_selectors": {"local": "10.10.0.0/24", "remote": "10.200.0.0/16"}},
        "TS_UNACCEPTABLE", mends=False),
    "proposal of the firewall": Fault(
        lambda site: site.change({"ike_crypto_profile": {"name": site.described[0]["VpnConnections"][0]["VpnConnectionId"], "dh_group": ["group5"]}}),
        "ike-dh-group-mismatch", "ike-proposal-mismatch", mends=False),
}


@pytest.fixture(scope="module")
def site(sites):
    site = sites(connection("pbf"), dead_after=5)
    site.pair("pbf")
    site.up()
    site.running = site.emulator.control.running()
    site.good = (site.aws[0].connection, site.aws[0].endpoint)
    return site


@pytest.fixture
def healthy(site):
    """Back to a pairing that works, whatever the test before did."""
    if (site.aws[0].connection, site.aws[0].endpoint) != site.good:
        site.aws[0].connection, site.aws[0].endpoint = site.good
        site.aws[0].change()
    if site.emulator.control.running() != site.running:
        site.emulator.firewall.load(ET.fromstring(site.running), "admin")
        site.module("commit", scope="all", poll=0.05)
    site.up()
    return site


def described(site, changes: dict) -> dict:
    """What the filter makes of the cloud's description, with the first tunnel as it is now."""
    profile = copy.deepcopy(aws.vpn_connection(json.dumps(site.described[0])))
    tunnel = profile["tunnels"][0]
    for option, value in changes.items():
        if option == "offers":
            for phase, accepted in value.items():
                tunnel["offers"][phase].update(accepted)
        else:
            tunnel[option] = value
    return profile


def causes(site, **options) -> list:
    found = site.module("vpn_info", gather=["diagnosis"], **options)["diagnosis"]
    return [cause for cause in found if cause["tunnel"] == site.plane.firewall.running.tunnels[0].name]


def seen(site, before: int, word: str) -> bool:
    return wait_until(lambda: any(word in text for dummy, dummy, text in site.log()[before:]), 15, 0.2)


@pytest.mark.parametrize("fault", FAULTS.values(), ids=FAULTS.keys())
def test_the_true_cause_of_a_failed_negotiation_comes_first(healthy, fault):
    site = healthy
    before = len(site.log())
    fault.breaks(site)
    assert seen(site, before, fault.shows), site.log()[before:]
    assert wait_until(lambda: not site.tunnel(1)["healthy"], 10, 0.2)
    alone = causes(site)
    assert [cause["id"] for cause in alone][:1] == [fault.alone], alone
    assert alone[0]["confidence"] == "likely"
    told = causes(site, connection=described(site, fault.described))
    assert [cause["id"] for cause in told][:1] == [fault.cause], told
    assert told[0]["confidence"] == "certain"
    if fault.mends:
        site.change(*told[0]["items"])
        site.up()
        assert wait_until(lambda: site.tunnel(1)["healthy"], 15, 0.3)


def test_a_dead_peer_is_named(healthy):
    site = healthy
    before = len(site.log())
    site.aws[0].kill()
    try:
        site.daemon(1).terminate()
        assert seen(site, before, "timeout") or seen(site, before, "DPD"), site.log()[before:]
        assert wait_until(lambda: not site.tunnel(1)["ike_sas"], 10, 0.3)
        found = causes(site)
        assert [cause["id"] for cause in found][:1] == ["ike-unanswered"], (found, site.log()[before:])
    finally:
        site.aws[0].restart()


def test_a_pfs_group_that_fails_at_the_rekey_is_named(healthy):
    site, daemon = healthy, healthy.daemon(1)
    _phase2(groups=(14,))(site)
    site.up()
    offered = described(site, _offers("ipsec", dh_group=["group14"]))
    assert [cause["id"] for cause in causes(site, connection=offered)][:1] == ["pfs-group-mismatch"], "before it shows"
    before = len(site.log())
    daemon.rekey(daemon.ike_sa().children[0].name)
    assert seen(site, before, "NO_PROPOSAL_CHOSEN"), site.log()[before:]
    assert [cause["id"] for cause in causes(site)][:1] == ["pfs-group-mismatch"], "from the log alone"


def test_selectors_that_leave_the_inside_addresses_out_are_named(healthy):
    site = healthy
    tunnel = site.plane.firewall.running.tunnels[0]
    site.change({"proxy_id": {"name": "narrow", "tunnel": tunnel.name, "local": "10.10.0.0/24", "remote": "10.200.0.0/16"}})
    site.up()
    assert wait_until(lambda: not site.tunnel(1)["healthy"], 20, 0.3)
    assert [cause["id"] for cause in causes(site)][:1] == ["selectors-exclude-monitor"]


def test_a_wrong_as_number_is_named(sites):
    site = sites(connection("bgp", hold_time=3), dead_after=5)
    site.pair("bgp")
    site.up()
    assert wait_until(lambda: [peer["state"] for peer in site.state()["bgp_peers"]] == ["Established"] * 2, 15, 0.3)
    name = [described(site, {})["id"]]
    assert wait_until(lambda: site.module("vpn_info", name=name, gather=["routes"])["healthy"], 15, 0.3)
    assert site.module("vpn_info", name=name, gather=["diagnosis"], connection=described(site, {}))["diagnosis"] == []
    peer = site.state()["bgp_peers"][0]
    site.change({"bgp_peer": {"name": peer["name"], "virtual_router": "default", "peer_group": peer["group"], "peer_as": 64999}})
    assert wait_until(lambda: site.state()["bgp_peers"][0]["state"] != "Established", 10, 0.3)
    found = causes(site, connection=described(site, {}))
    assert [(cause["id"], cause["confidence"]) for cause in found][:1] == [("bgp-as-mismatch", "certain")], found
    site.change(*found[0]["items"])
    assert wait_until(lambda: site.state()["bgp_peers"][0]["state"] == "Established", 15, 0.3)
