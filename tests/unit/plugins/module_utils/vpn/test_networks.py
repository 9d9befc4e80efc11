# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Lists of networks: what counts is what is in them, and not where. One that comes or goes changes nothing of those that stay."""

from __future__ import annotations

import functools
import re
from dataclasses import replace
from ipaddress import IPv4Network, IPv6Network

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.configuration import path as places
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.configuration.tree import applied
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.tables.platform import LOGICAL_ROUTER, VIRTUAL_ROUTER
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.vpn import names
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.vpn.vpn import Vpn
from ansible_collections.tunnelsmith.panos_vpn.tests.unit.plugins.module_utils.vpn.test_build import base, built, canonical, removed, start, tunnels, vpn

some_cases = settings(deadline=None, derandomize=True, max_examples=40)
many_cases = settings(deadline=None, derandomize=True, max_examples=300)
fours = st.builds(lambda address, length: str(IPv4Network((address, length), strict=False)), st.integers(0, 2**32 - 1), st.integers(1, 32))
sixes = st.builds(lambda address, length: str(IPv6Network((address, length), strict=False)), st.integers(0, 2**128 - 1), st.integers(1, 128))
pairs = st.one_of(st.tuples(fours, fours), st.tuples(sixes, sixes))
tunnel_names = st.text("ab-._0", min_size=1, max_size=28)


@given(tunnel_names, st.lists(pairs, min_size=2, max_size=40, unique=True))
@many_cases
def test_every_pair_of_networks_has_a_name_of_its_own(tunnel, wanted):
    """That PAN-OS takes, with the tunnel's and a colon before it."""
    found = [names.proxy_id(tunnel, *pair) for pair in wanted]
    assert len(set(found)) == len(wanted)
    assert [name for name in found if len(f"{tunnel}:{name}") > 63 or not re.fullmatch(r"[0-9A-Za-z][0-9A-Za-z_.-]*", name)] == []


@given(tunnel_names, sixes, sixes)
@many_cases
def test_a_network_has_one_name_however_it_is_spelled(tunnel, local, remote):
    assert names.proxy_id(tunnel, local.upper(), IPv6Network(remote).exploded) == names.proxy_id(tunnel, local, remote)


LOCAL = ("10.10.0.0/24", "10.30.0.0/16", "10.99.0.0/24", "fd00:10::/48")
REMOTE = ("10.200.0.0/16", "10.201.0.0/16", "172.20.0.0/14", "fd00:20::/48", "fd00:21::/48")
locals_, remotes = (st.lists(st.sampled_from(all_of), unique=True, min_size=1).map(tuple) for all_of in (LOCAL, REMOTE))
engines = st.sampled_from([VIRTUAL_ROUTER, LOGICAL_ROUTER])


def by_pairs(**networks) -> Vpn:
    plain = tuple(replace(tunnel, cloud=None, inside_cidr=None, inside_address=None, inside_peer_address=None) for tunnel in tunnels("static")[:1])
    return Vpn("vpn-1", plain, "routes", "ethernet1/8", "vpn", ("trust",), policy_based=True, **networks)


def by_failover(failover: str, **networks) -> Vpn:
    of_four = {option: tuple(text for text in listed if ":" not in text) or listed_anyway for (option, listed), listed_anyway in
               zip(networks.items(), (LOCAL[:1], REMOTE[:1]))}
    return vpn(failover, **of_four, **({"backup_routes": True} if failover == "pbf" else {}))


KINDS = {"by pairs of networks": by_pairs, "by PBF": functools.partial(by_failover, "pbf"), "by BGP": functools.partial(by_failover, "bgp")}


@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS.keys())
@given(engine=engines, local=locals_, remote=remotes, shuffled=st.randoms(use_true_random=False))
@some_cases
def test_another_order_is_no_change(kind, engine, local, remote, shuffled):
    empty = start(engine, "base")
    tree = applied(empty, built(kind(local_networks=local, remote_networks=remote), empty, engine).operations)
    other = {"local_networks": tuple(shuffled.sample(local, len(local))), "remote_networks": tuple(shuffled.sample(remote, len(remote)))}
    assert built(kind(**other), tree, engine).operations == []


PROXIES = (base("network") + ("tunnel", "ipsec", ("entry", "vpn-1-1"), "auto-key"))[1:]


def proxy_ids(tree) -> dict:
    """Name of each proxy ID of the tunnel → what it says."""
    return {entry.get("name"): canonical(entry) for kind in ("proxy-id", "proxy-id-v6") for entry in places.children(tree, PROXIES + (kind,))}


@given(engines, locals_, remotes, locals_, remotes)
@some_cases
def test_a_proxy_id_that_stays_is_not_touched(engine, local, remote, other_local, other_remote):
    empty = start(engine, "base")
    tree = applied(empty, built(by_pairs(local_networks=local, remote_networks=remote), empty, engine).operations)
    wanted = by_pairs(local_networks=other_local, remote_networks=other_remote)
    operations = built(wanted, tree, engine).operations
    after = applied(tree, operations)
    before, now = proxy_ids(tree), proxy_ids(after)
    kept = set(before) & set(now)
    assert {name: before[name] for name in kept} == {name: now[name] for name in kept}
    assert [name for name in kept for operation in operations if "proxy-id" in operation.xpath and f"'{name}'" in operation.xpath] == []
    assert now == proxy_ids(applied(empty, built(wanted, empty, engine).operations))
    assert canonical(applied(after, removed("vpn-1", after, engine).operations)) == canonical(empty)
