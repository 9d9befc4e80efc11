# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The inside ranges of AWS's tunnels, as its documentation of tunnel options states them."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_network
from typing import Union

Address = Union[IPv4Address, IPv6Address]
Network = Union[IPv4Network, IPv6Network]

INSIDE_RANGE = IPv4Network("169.254.0.0/16")
INSIDE_PREFIX = 30
INSIDE_IPV6_RANGE = IPv6Network("fd00::/8")
INSIDE_IPV6_PREFIX = 126
INSIDE: dict[int, tuple[int, Network]] = {4: (INSIDE_PREFIX, INSIDE_RANGE), 6: (INSIDE_IPV6_PREFIX, INSIDE_IPV6_RANGE)}
RESERVED = tuple(IPv4Network(f"169.254.{third}.0/30") for third in range(6)) + (IPv4Network("169.254.169.252/30"),)


def hosts(network: Network) -> tuple[Address, Address]:
    """The two hosts of an inside range: AWS's, which is the lower, and ours."""
    return network[1], network[2]


def pair(network: Network, ours: Address | None = None, theirs: Address | None = None) -> tuple[Address, Address] | None:
    """Complete the inside addresses of one tunnel: C((ours, theirs)), or V(None) when they are not two hosts of C(network)."""
    if network.num_addresses < 4:
        return None
    lower, higher = hosts(network)
    if ours is None:
        ours = lower if theirs == higher else higher
    if theirs is None:
        theirs = higher if ours == lower else lower
    allowed = (lower, higher) if network.version == 4 and network.prefixlen == INSIDE_PREFIX else network
    if ours == theirs or ours not in allowed or theirs not in allowed:
        return None
    return ours, theirs


def inside_problem(cidr: str) -> str | None:
    """Why AWS could not use C(cidr) inside a tunnel, in words, or V(None) when it can."""
    network = ip_network(cidr, strict=False)
    size, within = INSIDE[network.version]
    # Networks of one version, which their types do not say.
    if network.prefixlen != size or not network.subnet_of(within):  # type: ignore[arg-type]
        return f"inside range {network} is not a /{size} within {within}"
    if network in RESERVED:
        return f"inside range {network} is reserved by AWS"
    return None
