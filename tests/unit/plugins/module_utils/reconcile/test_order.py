# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is referred to comes first, in whatever order it is given."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.reconcile.order import Item, in_order, kinds_referred_to
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.registry import RANKS, RESOURCES

VPN = (
    ("monitor_profile", {"name": "fast"}),
    ("zone", {"name": "vpn", "interfaces": ["tunnel.1"]}),
    ("zone", {"name": "lan"}),
    ("tunnel_interface", {"name": "tunnel.1"}),
    ("tunnel_interface", {"name": "tunnel.2", "zone": "lan"}),
    ("ike_crypto_profile", {"name": "strong"}),
    ("ike_gateway", {"name": "paris", "ikev2": {"ike_crypto_profile": "strong"}}),
    ("ipsec_tunnel", {"name": "paris", "tunnel_interface": "tunnel.1", "ike_gateways": ["paris"]}),
    ("proxy_id", {"tunnel": "paris", "address_family": "ipv4", "name": "lan"}),
    ("bgp_instance", {"virtual_router": "default"}),
    ("bgp_peer", {"virtual_router": "default", "peer_group": "paris", "name": "paris", "local_address": {"interface": "tunnel.1"}}),
)
# Each pair: the second names the first, or lies in it.
BEFORE = ((1, 3), (4, 2), (6, 5), (7, 3), (7, 6), (8, 7), (10, 9), (10, 3))


def items(state) -> list[Item]:
    return [Item(f"items[{number}] ({name})", RESOURCES[name], {**options, "state": state}) for number, (name, options) in enumerate(VPN)]


def places(ordered) -> dict:
    return {item.label.partition("[")[2].partition("]")[0]: number for number, item in enumerate(ordered)}


@given(order=st.permutations(range(len(VPN))))
@settings(deadline=None)
def test_what_an_item_names_is_made_before_it(order):
    wanted = items("present")
    found = places(in_order([wanted[number] for number in order], RANKS))
    assert len(found) == len(VPN)
    assert [pair for pair in BEFORE if found[str(pair[0])] < found[str(pair[1])]] == []


@given(order=st.permutations(range(len(VPN))))
@settings(deadline=None)
def test_what_can_be_referred_to_is_removed_last_and_after_all_is_made(order):
    unwanted, made = items("absent"), items("present")[:3]
    ordered = in_order([unwanted[number] for number in order] + made, RANKS)
    assert {item.label for item in ordered[:3]} == {item.label for item in made}
    ranks = [RANKS[item.resource.name] for item in ordered[3:]]
    assert ranks == sorted(ranks, reverse=True)


def test_a_rank_is_above_those_of_all_that_can_be_referred_to():
    kinds = {resource.table.kind: resource for resource in RESOURCES.values()}
    for resource in RESOURCES.values():
        for kind in kinds_referred_to(resource) & kinds.keys() - {resource.table.kind}:
            assert RANKS[kinds[kind].name] < RANKS[resource.name], (resource.name, kind)
    numbers = [RANKS[name] for name in RESOURCES]
    assert numbers == sorted(numbers)
