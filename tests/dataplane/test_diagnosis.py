# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Faults in real negotiations, and whether the diagnosis names the true cause first: with the cloud's description, and from the firewall alone."""

from __future__ import annotations

import json
import shlex

import pytest

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.peers.aws import reader
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.peers.fields import plain
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.vpn.fit import fitted
from ansible_collections.tunnelsmith.panos_vpn.tests.dataplane import doors, faults
from ansible_collections.tunnelsmith.panos_vpn.tests.dataplane.site import LAN, VPC
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.dataplane.enclave import wait_until


@pytest.fixture(scope="module")
def site(sites):
    return faults.working(sites)


@pytest.fixture
def healthy(site):
    return faults.mended(site)


def described(site, changes: dict) -> dict:
    """What the filter makes of the cloud's description, with the first tunnel as it is now."""
    profile = plain(fitted(reader.vpn_connection(json.dumps(site.described[0]))))
    tunnel = profile["tunnels"][0]
    for option, value in changes.items():
        if option == "offers":
            for phase, accepted in value.items():
                tunnel["offers"][phase].update(accepted)
        else:
            tunnel[option] = value
    return profile


def causes(site, **options) -> list:
    return of_first_tunnel(site, site.module("vpn_info", gather=["diagnosis"], **options)["diagnosis"])


def of_first_tunnel(site, found: list) -> list:
    return [cause for cause in found if cause["tunnel"] == site.plane.firewall.running.tunnels[0].name]


def agreed(site, changes: dict) -> tuple[str, list]:
    """How well the VPN is, as everybody says, and what is then told of its first tunnel, by the cloud's description with C(changes)."""
    health, found = doors.agree(site, described(site, changes), STATED)
    return health, of_first_tunnel(site, found)


def seen(site, before: int, word: str) -> bool:
    tunnel = site.plane.firewall.running.tunnels[0]
    return wait_until(lambda: any(word in text for dummy, thing, text in site.log()[before:] if thing in (tunnel.name, tunnel.gateway)), 15, 0.2)


STATED = {"source_zones": ["trust"], "local_networks": ["10.10.0.0/24"], "remote_networks": ["10.200.0.0/16"]}


@pytest.mark.parametrize("breaks, cause", faults.CONFIGURED.values(), ids=faults.CONFIGURED.keys())
def test_what_does_not_fit_together_is_named(healthy, breaks, cause):
    # A monitor that was down before takes its time.
    assert wait_until(lambda: healthy.tunnel(1)["healthy"], 20, 0.3)
    breaks(healthy)
    health, found = agreed(healthy, {})
    assert [told["id"] for told in found][:1] == [cause], found
    # What is only likely, as where a part of the packets is meant, makes nobody say that the VPN is sick.
    assert health != "healthy" or found[0]["confidence"] != "certain"
    if found[0]["items"]:
        healthy.change(*found[0]["items"])
        assert cause not in [told["id"] for told in causes(healthy, connection=described(healthy, {}), **STATED)]


FAULTS = {**faults.NEGOTIATIONS, **faults.OF_BOTH_TUNNELS}


@pytest.mark.parametrize("fault", FAULTS.values(), ids=FAULTS.keys())
def test_the_true_cause_of_a_failed_negotiation_comes_first(healthy, fault):
    site = healthy
    before = len(site.log())
    fault.breaks(site)
    assert seen(site, before, fault.text), site.log()[before:]
    assert wait_until(lambda: not site.tunnel(1)["healthy"], 10, 0.2)
    alone = causes(site)
    assert [cause["id"] for cause in alone][:1] == [fault.alone], alone
    assert alone[0]["confidence"] == "likely"
    health, told = agreed(site, fault.described)
    assert [cause["id"] for cause in told][:1] == [fault.cause], told
    assert told[0]["confidence"] == "certain" and health != "healthy"
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
        assert agreed(site, {})[0] != "healthy"
    finally:
        site.aws[0].restart()


def test_a_pfs_group_that_fails_at_the_rekey_is_named(healthy):
    site, daemon = healthy, healthy.daemon(1)
    faults.phase2(groups=(14,))(site)
    site.up()
    offered = described(site, faults.offers("ipsec", dh_group=["group14"]))
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


def test_packets_as_large_as_the_tunnels_take_pass_and_larger_ones_are_named(healthy):
    site = healthy
    assert wait_until(lambda: site.tunnel(1)["healthy"], 20, 0.3)
    units = [tunnel.interface for tunnel in site.plane.firewall.running.tunnels]
    probe = shlex.join(site.plane.enclave.command(LAN, "ping", "-n", "-c", "1", "-W", "1", "-M", "do", "-s", "{size}", VPC))
    name = [described(site, {})["id"]]
    site.ping(3)
    assert site.module("vpn_info", name=name, probe=probe)["healthy"], "what the tunnels take by their options passes undivided"
    site.change(*({"tunnel_interface": {"name": unit, "mtu": 1500}} for unit in units))
    site.up()
    asked = {"name": name, "connection": described(site, {}), "probe": probe, "gather": ["diagnosis"], **STATED}
    assert site.module("vpn_info", **asked)["healthy"], "in pieces"
    site.plane.internet.drop_fragments()
    try:
        lost = site.module("vpn_info", **asked)
        assert lost["health"] == "down" and "none to such that carry 1472 bytes" in " ".join(lost["problems"])
        found = [cause for cause in lost["diagnosis"] if cause["confidence"] != "possible"]
        assert {cause["id"] for cause in found} == {"mtu-too-large"}
        site.change(*(item for cause in found for item in cause["items"]))
        assert wait_until(lambda: site.module("vpn_info", **asked)["healthy"], 15, 0.5)
    finally:
        site.plane.internet.mend()


@pytest.fixture(scope="module")
def dynamic(sites):
    """A pairing by BGP."""
    return faults.working(sites, "bgp")


@pytest.mark.parametrize("breaks, cause", faults.ROUTED.values(), ids=faults.ROUTED.keys())
def test_what_bgp_keeps_back_is_named(dynamic, breaks, cause):
    site = faults.mended(dynamic)
    name = [described(site, {})["id"]]
    assert wait_until(lambda: site.module("vpn_info", name=name, gather=["routes"])["healthy"], 15, 0.3)
    breaks(site)

    def first() -> list:
        return [told["id"] for told in causes(site, connection=described(site, {}), **STATED)][:1]

    assert wait_until(lambda: first() == [cause], 10, 0.3), causes(site, connection=described(site, {}), **STATED)
    health, found = agreed(site, {})
    assert found[0]["id"] == cause and (health != "healthy" or found[0]["confidence"] != "certain")
    if found[0]["items"]:
        site.change(*found[0]["items"])
        assert wait_until(lambda: first() != [cause] and site.state()["bgp_peers"][0]["state"] == "Established", 15, 0.3)


def test_a_wrong_as_number_is_named(dynamic):
    site = faults.mended(dynamic)
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


# Here, there, and what is agreed on → how sure the diagnosis is.
PASSWORDS = {
    "another one": ("notReal.here", "notReal.there", "certain"),
    "there only": (None, "notReal.there", "certain"),
    "here only": ("notReal.here", "", "likely"),
}


def test_passwords_of_bgp_count_and_wrong_ones_are_named(dynamic):
    """TCP's own signatures: what is signed otherwise is dropped, and nobody says so."""
    site = faults.mended(dynamic)
    cloud, peer = site.plane.clouds[0], site.state()["bgp_peers"][0]

    def signed(here: str | None, there: str) -> None:
        if here:
            options = {"name": peer["name"], "virtual_router": "default", "peer_group": peer["group"], "secret": here, "update_secret": "always"}
            site.change({"bgp_peer": options})
        else:
            faults.edited(site, lambda root: faults.entry(root, "peer", peer["name"]).find("connection-options/authentication").clear())
        cloud.sign(site.aws[0], there)

    def is_up() -> bool:
        return site.state()["bgp_peers"][0]["state"] == "Established"

    def agreed(secret: str) -> dict:
        profile = described(site, {})
        profile["tunnels"][0]["bgp"]["secret"] = secret or None
        return profile

    signed("notReal.both", "notReal.both")
    assert wait_until(is_up, 60, 0.2)
    assert site.ping(3) == 3
    for name, (here, there, sure) in PASSWORDS.items():
        signed(here, there)
        assert wait_until(lambda: not is_up(), 60, 0.2), name
        found = causes(site, connection=agreed(there))
        assert [(cause["id"], cause["confidence"]) for cause in found][:1] == [("bgp-password-mismatch", sure)], (name, found)
        assert "notReal" not in json.dumps(found)
    cloud.sign(site.aws[0], "notReal.here")
    assert wait_until(is_up, 60, 0.2)
    cloud.sign(site.aws[0], "")
