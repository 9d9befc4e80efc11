# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Mistakes made on purpose: what the firewall then shows, and that the other tunnel does not care.

The firewall sees only the notification; the reason stands in the log of the side that refused.
"""

from __future__ import annotations

import pytest

from ansible_collections.tunnelsmith.panos_vpn.tests.dataplane import faults
from ansible_collections.tunnelsmith.panos_vpn.tests.dataplane.site import connection
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.dataplane.enclave import wait_until


@pytest.fixture(scope="module")
def site(sites):
    return faults.working(sites)


@pytest.fixture
def healthy(site):
    return faults.mended(site)


@pytest.mark.parametrize("fault", faults.NEGOTIATIONS.values(), ids=faults.NEGOTIATIONS.keys())
def test_a_fault_shows(healthy, fault):
    site, far = healthy, healthy.aws[0].ike
    told, own = len(site.log()), len(far.log())
    fault.breaks(site)

    def failed() -> bool:
        return any(event == fault.event for event, dummy, dummy in site.log()[told:])

    assert wait_until(failed, 30, 0.3), site.log()[told:]
    shown = site.tunnel(1)
    assert not shown["healthy"]
    assert bool(shown["ike_sas"]) is (fault.event == faults.CHILD_FAILS)
    assert shown["ipsec_sas"] == []
    assert {flow["state"] for flow in shown["flows"]} == {"init"}
    assert fault.text in "\n".join(text for dummy, dummy, text in site.log()[told:])
    assert fault.peer in far.log()[own:]
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
    faults.phase2(groups=(24,))(healthy)
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
