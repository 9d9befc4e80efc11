# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A peer that takes traffic between pairs of networks only, with the defaults of ZStack Cloud: each pair is a proxy ID, and an SA of its own."""

from __future__ import annotations

import pytest

from ansible_collections.tunnelsmith.panos_vpn.tests.dataplane.wire import captured
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.cloud.policy_based import PolicyBasedPeer
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.dataplane.enclave import wait_until

INSIDE = {"ae1.10": "10.10.0.0/24", "eth1-2": "10.20.0.0/24"}
PEER = PolicyBasedPeer("203.0.113.90", "198.51.100.10", "notReal.zone.7", ("172.20.0.0/16", "172.21.0.0/16"), tuple(INSIDE.values()))
NAMES = {"identity": "zone-7.example.com", "customer_identity": "fw.example.net"}
PEERS = {
    "IKEv2, known by names": PolicyBasedPeer(**{**vars(PEER), **NAMES}),
    "IKEv1 main mode, known by addresses": PolicyBasedPeer(**{**vars(PEER), "version": "1", "ike": ("aes256-sha256-modp1536",)}),
}


def asked(peer: PolicyBasedPeer, **more) -> dict:
    """What a person would write for it."""
    version = "ikev1" if peer.version == "1" else "ikev2"
    named = {"local_id": peer.customer_identity, "peer_id": peer.identity} if peer.identity else {}
    return {
        "name": "zone-7", "failover": "routes", "policy_based": True, "outside_interface": "ethernet1/8", "zone": "sites", "source_zones": ["trust", "dmz"],
        "local_networks": list(peer.customer_networks), "remote_networks": list(peer.networks), "tunnels": [{
            "outside_address": peer.outside, "pre_shared_key": peer.key, **named,
            "ike": {"version": version, "encryption": "aes-256-cbc", "hash": "sha256", "dh_group": "group5" if version == "ikev1" else "group2",
                    "lifetime_seconds": 28800},
            "ipsec": {"encryption": "aes-256-cbc", "authentication": "sha256", "dh_group": "group14", "lifetime_seconds": 3600},
        }], **more,
    }


def children(site) -> set[str]:
    sa = site.plane.firewall.daemons["zone-7-1"].ike_sa()
    return {child.name for child in sa.children} if sa else set()


def pair(here: str, there: str) -> str:
    """The name of the SA between two networks: the tunnel's, and the proxy ID's."""
    return f"zone-7-1:{here}_{there}".replace("/", "-")


@pytest.mark.parametrize("peer", PEERS.values(), ids=PEERS.keys())
def test_every_pair_negotiates_and_nothing_else_passes(sites, peer):
    site = sites(peers=[peer])
    site.commit(site.module("site_to_site_vpn", **asked(peer)))
    pairs = {pair(here, there) for here in peer.customer_networks for there in peer.networks}
    assert not wait_until(lambda: children(site), 1), "no packet has asked for it"
    site.plane.ping("ae1.10", "172.20.0.10")
    assert wait_until(lambda: children(site) == pairs, 45, 0.2), (children(site), site.plane.firewall.daemons["zone-7-1"].log()[-800:])
    far = site.plane.peers[0]
    with captured(site) as wire:
        assert {(host, address): site.ping(3, host, address) for host in INSIDE for address in far.addresses} == {
            (host, address): 3 for host in INSIDE for address in far.addresses}
    assert wire.of("other") == [] and wire.inside() == []
    site.change({"static_route": {"name": "outside-the-pairs", "virtual_router": "default", "destination": "172.22.0.0/16",
                                  "interface": site.plane.firewall.running.tunnels[0].interface}})
    site.run("ip addr add 172.22.0.10/32 dev lo", far.host)
    assert site.plane.ping("ae1.10", "172.22.0.10") == 0
    shown = next(tunnel for tunnel in site.state()["tunnels"] if tunnel["name"].startswith("zone-7-1"))
    assert shown["healthy"] and len(shown["ipsec_sas"]) == 4
    site.close()


def test_other_pairs_are_refused_and_the_log_says_so(sites):
    peer = PEERS["IKEv2, known by names"]
    site = sites(peers=[peer])
    site.commit(site.module("site_to_site_vpn", **asked(peer, remote_networks=["172.20.0.0/16", "172.29.0.0/16"])))

    def failed() -> list[str]:
        return [text for event, thing, text in site.log() if event == "ikev2-nego-child-fail"]

    site.plane.ping("ae1.10", "172.20.0.10")
    assert wait_until(failed, 45, 0.3), site.log()
    assert any("TS_UNACCEPTABLE" in text for dummy, dummy, text in site.log())
    assert wait_until(lambda: children(site) == {pair(here, "172.20.0.0/16") for here in peer.customer_networks}, 30, 0.2), "the pairs that both sides know"
    assert site.ping(3, address="172.20.0.10") == 3
    shown = {tunnel["name"]: tunnel for tunnel in site.state()["tunnels"]}["zone-7-1"]
    assert not shown["healthy"] and len(shown["ipsec_sas"]) == 2
