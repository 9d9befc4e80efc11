# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A VPN that was made by hand becomes a pairing without being touched, and goes with it."""

from __future__ import annotations

import pytest

from ansible_collections.tunnelsmith.panos_vpn.tests.integration.back_to_start import bare
from ansible_collections.tunnelsmith.panos_vpn.tests.integration.connections import KEYS, paired, removed, writes
from ansible_collections.tunnelsmith.panos_vpn.tests.integration.playbook_run import pairing, play, trial

# Outside address of AWS, our inside address, AWS's inside address; in the order of the keys.
ENDS = {
    "pbf": [("203.0.113.17", "169.254.31.70/30", "169.254.31.69"), ("203.0.113.142", "169.254.203.214/30", "169.254.203.213")],
    "bgp": [("192.0.2.208", "169.254.140.82/30", "169.254.140.81"), ("192.0.2.51", "169.254.88.14/30", "169.254.88.13")],
}
# Version of IKE, phase 1 and phase 2: as in AWS's sample, and what the second connection is limited to.
PROPOSALS = {
    "pbf": ("ikev1", {"encryption": ["aes-128-cbc"], "hash": ["sha1"], "dh_group": ["group2"]},
            {"esp": {"encryption": ["aes-128-cbc"], "authentication": ["sha1"]}, "dh_group": "group2"}),
    "bgp": ("ikev2", {"encryption": ["aes-256-cbc"], "hash": ["sha384"], "dh_group": ["group20"]},
            {"esp": {"encryption": ["aes-256-gcm"], "authentication": ["none"]}, "dh_group": "group20"}),
}
# Where nothing is written when it fits already.
HANDS_ON = ("ike/", "tunnel/ipsec", "pbf/rules", "peer-group")


def written_by_hand(*items: dict) -> list:
    """A task that writes, and one that commits."""
    return [
        {"name": "Write by hand", "tunnelsmith.panos_vpn.transaction": {"items": list(items)}, "register": "by_hand"},
        {"name": "Commit that", "tunnelsmith.panos_vpn.commit": {"objects": "{{ by_hand.objects }}", "commit_poll": 0.05}},
    ]


def surroundings(failover) -> list:
    """What stays when the VPN goes."""
    return [{"zone": {"name": "aws-vpn"}}] + ([{"bgp_instance": {"virtual_router": "default", "enable": True, "router_id": "10.10.0.1", "local_as": "65000"}}]
                                              if failover == "bgp" else [])


def vpn(failover) -> list:
    """Both tunnels, with names of somebody's own."""
    version, ike, ipsec = PROPOSALS[failover]
    items = [
        {"ike_crypto_profile": {"name": "aws", **ike, "lifetime": {"hours": 8}}},
        {"ipsec_crypto_profile": {"name": "aws", **ipsec, "lifetime": {"hours": 1}}},
        {"monitor_profile": {"name": "aws", "interval": 2, "threshold": 5, "action": "fail-over"}},
    ]
    for (outside, inside, peer), key, letter, unit in zip(ENDS[failover], KEYS[failover], "ab", ("tunnel.41", "tunnel.42")):
        items += [
            {"ike_gateway": {"name": f"to-aws-{letter}", "peer_address": {"ip": outside}, "local_address": {"interface": "ethernet1/8"},
                             "pre_shared_key": key, "version": version, version: {"ike_crypto_profile": "aws", "dpd": {"enable": True, "interval": 10}}}},
            {"tunnel_interface": {"name": unit, "ip": [inside], "mtu": 1387, "zone": "aws-vpn", "virtual_router": "default"}},
            {"ipsec_tunnel": {"name": f"aws {letter}", "tunnel_interface": unit, "ike_gateways": [f"to-aws-{letter}"], "ipsec_crypto_profile": "aws",
                              "tunnel_monitor": {"enable": True, "destination_ip": peer, "tunnel_monitor_profile": "aws"}}},
            {"bgp_peer": {"virtual_router": "default", "peer_group": "cloud", "name": f"aws-{letter}", "peer_as": "64512", "peer_address": {"ip": peer},
                          "local_address": {"interface": unit, "ip": inside}, "enable": True, "advertise": ["10.10.0.0/24"]}} if failover == "bgp" else
            {"pbf_failover": {"name": f"cloud-{letter}", "from": {"zone": ["trust"]}, "source": ["any"], "destination": ["10.200.0.0/16"], "paths": [
                {"egress_interface": unit, "nexthop": {"ip_address": peer},
                 "monitor": {"profile": "aws", "ip_address": peer, "disable_if_unreachable": True}}]}},
        ]
    return items


@pytest.mark.parametrize("failover, engine", [("pbf", "virtual-router"), ("bgp", "logical-router")])
def test_a_vpn_made_by_hand_is_refused_taken_over_kept_and_removed(playbooks, firewalls, failover, engine):
    firewall = firewalls(engine=engine)
    control = firewall.control
    made = playbooks.run(firewall, play(*written_by_hand(*surroundings(failover)), *written_by_hand(*vpn(failover))))
    assert made.status == 0, made.output
    start, by_hand = (task.candidate for task in made.of("commit"))

    control.reset_requests()
    wanted = paired(failover, **({"aws_pairing_when_both_down": "route"} if failover == "pbf" else {}))
    run = playbooks.run(firewall, play(trial("Pair without leave", pairing(**wanted)), pairing(**wanted, aws_pairing_adopt=True), pairing(**wanted),
                                       pairing(**removed(failover))))
    assert run.status == 0, run.output
    refused, adopted, kept, gone = run.of("site_to_site_vpn")
    for name in ("to-aws-a", "to-aws-b", "aws a", "aws b", "tunnel.41", "tunnel.42", "'aws'", "adopt: true"):
        assert name in refused.message
    assert refused.candidate == by_hand

    first, second = writes(firewall)
    assert [xpath for _action, xpath in first["operations"] if any(place in xpath for place in HANDS_ON)] == []
    assert set(bare(by_hand)) <= set(bare(adopted.running))
    assert (adopted.result["healthy"], kept.result["healthy"]) == (True, True)
    assert (adopted.changed, kept.changed, gone.changed) == (True, False, True)
    assert second["operations"]
    assert bare(control.candidate()) == bare(control.running()) == bare(start)
