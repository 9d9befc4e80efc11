# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Checks of a peer profile that need no firewall, each the function that the role's preflight and the module both call.

Each check returns sentences for the user, none when all is well; a pre-shared key is never part of one.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.peers.profile import BGP, MOST_TUNNELS, STATIC, Profile, Tunnel
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.peers.rules import rules_of


# How traffic goes over → how the peer has to learn the routes for that.
FAILOVERS = {"pbf": STATIC, "bgp": BGP, "ecmp": BGP, "routes": STATIC}


def problems(
    profile: Profile, failover: str | None = None, pre_shared_keys: Sequence | None = None, monitor_addresses: Sequence | None = None,
) -> list[str]:
    """All that is wrong with C(profile) before a firewall is asked.

    C(failover) is one of C(FAILOVERS) or V(None) (then nothing that depends on it is checked). C(pre_shared_keys) and
    C(monitor_addresses) are in the order of the tunnels; an empty entry means what the profile itself says.
    """
    tunnels = profile.tunnels
    found = count_problems(profile.id, tunnels) + key_problems(profile.id, tunnels, pre_shared_keys)
    found += inside_problems(profile.id, tunnels) + as_problems(profile.id, tunnels) + pair_problems(profile.id, tunnels)
    if failover:
        found += routing_problems(profile, failover)
    # A single route has no monitor, and nothing can be probed that has no address.
    if failover and (failover != "routes" or len(tunnels) > 1 and all(tunnel.inside_peer_address for tunnel in tunnels)):
        found += selector_problems(profile.id, tunnels, failover, monitor_addresses)
    return found


def count_problems(name: str, tunnels: Sequence[Tunnel]) -> list[str]:
    """More tunnels than one VPN has."""
    return [f"{name} has {len(tunnels)} tunnels; {MOST_TUNNELS} are the most"] if len(tunnels) > MOST_TUNNELS else []


def key_problems(name: str, tunnels: Sequence[Tunnel], pre_shared_keys: Sequence | None = None) -> list[str]:
    """Keys missing from the description and from C(pre_shared_keys), and keys that the tunnel's cloud would not take."""
    if pre_shared_keys and len(pre_shared_keys) != len(tunnels):
        return [f"pre_shared_keys: {name} has {len(tunnels)} tunnels, but {len(pre_shared_keys)} pre-shared keys are given; give one per tunnel, in order"]
    found = []
    for tunnel, given in zip(tunnels, pre_shared_keys or [None] * len(tunnels)):
        key = given or tunnel.pre_shared_key
        if not key and tunnel.certificate is None:
            missing = rules_of(tunnel.cloud).key_is_missing
            found.append(f"{_called(name, tunnel)} has no readable pre-shared key{missing}; give them as pre_shared_keys, one per tunnel")
            continue
        problem = rules_of(tunnel.cloud).key_problem(key) if key else None
        if problem:
            found.append(f"{'pre_shared_keys: ' if given else ''}{_called(name, tunnel)} {problem}")
    return found


def inside_problems(name: str, tunnels: Sequence[Tunnel]) -> list[str]:
    """Inside ranges that a tunnel's cloud reserves or that are not of its kind."""
    found = []
    for tunnel in tunnels:
        rules = rules_of(tunnel.cloud)
        for cidr in (tunnel.inside_cidr, tunnel.inside_ipv6_cidr):
            problem = rules.inside_problem(cidr) if cidr else None
            if problem:
                found.append(f"{_called(name, tunnel)}: {problem}; choose another range for the tunnel {rules.there}")
    return found


def as_problems(name: str, tunnels: Sequence[Tunnel]) -> list[str]:
    """An AS number that is missing, or the same one on both sides: a VPN's BGP is external."""
    found = []
    for tunnel in tunnels:
        if tunnel.bgp is None:
            continue
        if None in (tunnel.bgp.local_as, tunnel.bgp.peer_as):
            found.append(f"{_called(name, tunnel)} has BGP without both AS numbers (bgp.local_as, bgp.peer_as)")
        elif tunnel.bgp.local_as == tunnel.bgp.peer_as:
            found.append(f"{_called(name, tunnel)} has AS {tunnel.bgp.peer_as} on both sides; {rules_of(tunnel.cloud).as_advice}")
    return found


def pair_problems(name: str, tunnels: Sequence[Tunnel]) -> list[str]:
    """More pairs of networks than the tunnel's cloud takes, and pairs that a packet could be in two of: which one it takes would be chance."""
    found = []
    for tunnel in tunnels:
        most, rules = rules_of(tunnel.cloud).most_pairs, rules_of(tunnel.cloud)
        if most is not None and len(tunnel.pairs) > most:
            count = len(tunnel.pairs)
            found.append(f"{_called(name, tunnel)} has {count} pairs of networks, {rules.spoken} takes {most}; summarize the networks {rules.there}")
        both = next((two for two in itertools.combinations(tunnel.pairs, 2) if two[0].overlaps(two[1])), None)
        if both:
            first, second = (f"{pair.local} to {pair.remote}" for pair in both)
            found.append(f"{_called(name, tunnel)}: the pairs of networks {first} and {second} overlap; leave one of them out {rules.there}")
    return found


def routing_problems(profile: Profile, failover: str) -> list[str]:
    """A connection is either static or BGP, from its creation on."""
    if profile.routing in (None, FAILOVERS[failover]):
        return []
    fitting = [name for name, routing in FAILOVERS.items() if routing == profile.routing]
    # Without addresses inside nothing can be probed.
    if any(tunnel.inside_peer_address is None for tunnel in profile.tunnels):
        fitting = [name for name in fitting if name != "pbf"] or fitting
    spoken = "BGP" if profile.routing == BGP else "static"
    uses = " or ".join(f"'{name}'" for name in fitting)
    return [f"failover: {profile.id} was created with {spoken} routing, so '{failover}' cannot work; use {uses}"]


def selector_problems(name: str, tunnels: Sequence[Tunnel], failover: str, monitor_addresses: Sequence | None = None) -> list[str]:
    """Narrowed traffic selectors that would not let BGP, or the monitor's pings, through the tunnel."""
    found = []
    for tunnel, monitor in zip(tunnels, monitor_addresses or [None] * len(tunnels)):
        pairs, rules = tunnel.pairs, rules_of(tunnel.cloud)
        if not pairs:
            continue
        said = ", ".join(f"{pair.local} (here) and {pair.remote} ({rules.spoken})" for pair in pairs)
        narrowed = f"{_called(name, tunnel)} accepts only {said}"
        monitor = monitor or tunnel.inside_peer_address
        if FAILOVERS[failover] == BGP:
            found.append(f"{narrowed}; BGP between the inside addresses cannot pass. Set the connection's network ranges to 0.0.0.0/0 {rules.there}")
        elif not any(pair.reaches(monitor) for pair in pairs):
            found.append(f"{narrowed}; the monitor address {monitor} is not in it. Monitor an address that is, or set the ranges to 0.0.0.0/0 {rules.there}")
    return found


def _called(name: str, tunnel: Tunnel) -> str:
    return f"{name}, tunnel to {tunnel.outside_address}"
