# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What Google Cloud allows of an HA VPN, as its documentation states it, and its words."""

from __future__ import annotations

from ipaddress import IPv4Network, ip_network

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.peers.gcp import algorithms
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.peers.rules import Rules

CLOUD = "gcp"

INSIDE_RANGE = IPv4Network("169.254.0.0/16")


class _Google(Rules):
    connection = "HA VPN gateway"
    spoken = "Google"
    there = "in Google Cloud"
    as_advice = "the AS number of the Cloud Router must differ from the peer's"
    key_is_missing = " in Google's output, which always masks it (sharedSecret)"
    beginning = "Google begins only when it has traffic"
    ready = ("ESTABLISHED",)
    most_pairs = 1
    options = algorithms.OPTIONS

    def inside_problem(self, cidr: str) -> str | None:
        network = ip_network(cidr, strict=False)
        if network.version == 6 or network.subnet_of(INSIDE_RANGE):
            return None
        return f"inside range {network} is not within {INSIDE_RANGE}, from which Google takes BGP addresses"


RULES = _Google()
