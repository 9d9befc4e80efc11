# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Mistakes made on purpose: what the firewall then shows, and that the other tunnel does not care.

The firewall sees only the notification; the reason stands in the log of the side that refused.
"""

from __future__ import annotations

import xml.etree.ElementTree as ET
from dataclasses import dataclass, replace
from typing import Callable

import pytest

from ansible_collections.tunnelsmith.panos_vpn.tests.dataplane.site import connection
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.dataplane.enclave import wait_until


@dataclass(frozen=True)
class Mistake:
    """What is broken; whether there is an IKE SA then; the firewall's event, a word of its text, and one of the peer's own log."""

    breaks: Callable
    ike: bool
    event: str
    text: str
    peer: str


def _phase1(**values) -> Callable:
    return lambda site: site.aws[0].change(phase1=replace(site.aws[0].endpoint.phase1, **values))


def _phase2(**values) -> Callable:
    return lambda site: site.aws[0].change(phase2=replace(site.aws[0].endpoint.phase2, **values))


def _gateway(**options) -> Callable:
    return lambda site: site.change({"ike_gateway": {"name": site.plane.firewall.running.tunnels[0].gateway, **options}})


MISTAKES = {
    "IKE DH group": Mistake(_phase1(groups=(24,)), False, "ikev2-nego-ike-fail", "NO_PROPOSAL_CHOSEN", "no acceptable KEY_EXCHANGE_METHOD found"),
    "IKE encryption": Mistake(_phase1(encryption=("AES128",)), False, "ikev2-nego-ike-fail", "NO_PROPOSAL_CHOSEN", "no acceptable ENCRYPTION_ALGORITHM found"),
    "IKE hash": Mistake(_phase1(integrity=("SHA1",)), False, "ikev2-nego-ike-fail", "NO_PROPOSAL_CHOSEN", "no acceptable INTEGRITY_ALGORITHM found"),
    "pre-shared key": Mistake(lambda site: site.aws[0].change(key="another.key"), False, "ikev2-nego-ike-fail", "AUTHENTICATION_FAILED", "MAC mismatched"),
    "local identity": Mistake(
        _gateway(local_id={"type": "ipaddr", "id": "192.0.2.77"}), False, "ikev2-nego-ike-fail", "AUTHENTICATION_FAILED", "no matching peer config found"),
    "peer identity": Mistake(
        _gateway(peer_id={"type": "ipaddr", "id": "192.0.2.78"}), False, "ikev2-nego-ike-fail", "AUTHENTICATION_FAILED", "no matching peer config found"),
    "IKE version": Mistake(lambda site: site.aws[0].change(ike_versions=("ikev1",)), False, "ikev2-nego-ike-fail", "NO_PROPOSAL_CHOSEN", "no IKE config found"),
    "ESP encryption": Mistake(
        _phase2(encryption=("AES128",), integrity=("SHA1",)), True, "ikev2-nego-child-fail", "NO_PROPOSAL_CHOSEN", "no acceptable ENCRYPTION_ALGORITHM found"),
    "selectors": Mistake(
        lambda site: (site.aws[0].narrow("10.200.0.0/16", "10.10.0.0/24"), site.change({"proxy_id": {
            "name": "wrong", "tunnel": site.plane.firewall.running.tunnels[0].name, "local": "172.16.0.0/16", "remote": "172.17.0.0/16"}})),
        True, "ikev2-nego-child-fail", "TS_UNACCEPTABLE", "traffic selectors"),
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


@pytest.mark.parametrize("mistake", MISTAKES.values(), ids=MISTAKES.keys())
def test_a_mistake_shows(healthy, mistake):
    site, far = healthy, healthy.aws[0].ike
    told, own = len(site.log()), len(far.log())
    mistake.breaks(site)

    def failed() -> bool:
        return any(event == mistake.event for event, dummy, dummy in site.log()[told:])

    assert wait_until(failed, 30, 0.3), site.log()[told:]
    shown = site.tunnel(1)
    assert not shown["healthy"]
    assert bool(shown["ike_sas"]) is mistake.ike
    assert shown["ipsec_sas"] == []
    assert {flow["state"] for flow in shown["flows"]} == {"init"}
    assert mistake.text in "\n".join(text for dummy, dummy, text in site.log()[told:])
    assert mistake.peer in far.log()[own:]
    assert site.tunnel(2)["flows"][0]["state"] == "active", "the control"


def test_a_dead_peer_shows(healthy):
    told = len(healthy.log())
    healthy.aws[0].kill()
    try:
        healthy.daemon(1).terminate()
        assert wait_until(lambda: not healthy.tunnel(1)["ike_sas"], 30, 0.3)
        assert wait_until(lambda: any("timeout" in text or "DPD" in text for dummy, dummy, text in healthy.log()[told:]), 45, 0.5), healthy.log()[told:]
    finally:
        healthy.aws[0].restart()


def test_another_pfs_group_shows_only_at_the_rekey(healthy):
    """Until then packets pass. A rekey that was asked for says nothing: only the SPI tells."""
    daemon = healthy.daemon(1)
    _phase2(groups=(24,))(healthy)
    healthy.up()
    assert healthy.ping(3) == 3
    told, spi = len(healthy.log()), daemon.ike_sa().children[0].inbound_spi
    daemon.rekey(daemon.ike_sa().children[0].name)
    assert wait_until(lambda: any(event == "ikev2-nego-child-fail" for event, dummy, dummy in healthy.log()[told:]), 25, 0.2), healthy.log()[told:]
    assert spi in daemon.inbound_spis()


def test_with_equal_pfs_groups_a_rekey_changes_the_spi(healthy):
    daemon = healthy.daemon(1)
    child = daemon.ike_sa().children[0]
    daemon.rekey(child.name)
    assert wait_until(lambda: child.inbound_spi not in daemon.inbound_spis(), 25, 0.1)
    assert daemon.inbound_spis()
    assert healthy.ping(3) == 3


def test_selectors_narrower_than_the_peers_leave_the_inside_addresses_out(healthy):
    """Both SAs stand, and neither the monitor nor BGP gets a packet through."""
    tunnel = healthy.plane.firewall.running.tunnels[0]
    healthy.change({"proxy_id": {"name": "narrow", "tunnel": tunnel.name, "local": "10.10.0.0/24", "remote": "10.200.0.0/16"}})
    healthy.up()
    assert healthy.tunnel(1)["ike_sas"] and healthy.tunnel(1)["ipsec_sas"]
    assert healthy.plane.ping("firewall", tunnel.monitor.target) == 0
    assert healthy.ping(3) == 3


def test_a_wrong_as_number_keeps_the_session_down(sites):
    site = sites(connection("bgp", hold_time=3), dead_after=5)
    site.pair("bgp")
    site.up()
    peer = site.state()["bgp_peers"][0]
    site.change({"bgp_peer": {"name": peer["name"], "virtual_router": "default", "peer_group": peer["group"], "peer_as": 64999}})

    def peers() -> list[str]:
        return [each["state"] for each in site.state()["bgp_peers"]]

    assert wait_until(lambda: peers()[0] != "Established", 30, 0.3)
    assert wait_until(lambda: "Bad peer AS" in site.plane.firewall.routing.command("show protocols all"), 30, 0.3)
    assert peers()[1] == "Established", "the control"
    assert site.ping(3) == 3
