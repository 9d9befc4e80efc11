# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What Azure allows of a site-to-site connection of a VPN gateway, as its documentation states it, and its words."""

from __future__ import annotations

import re
from ipaddress import IPv4Address, ip_network

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.peers.azure import algorithms
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.peers.rules import Rules

CLOUD = "azure"

# Azure's FAQ: printable ASCII but space, hyphen and tilde; 128 characters at most.
_KEY = re.compile(r"[!-,.-}]{1,128}")
# The addresses that Azure takes for BGP on its side besides those of its own subnet.
APIPA_FIRST, APIPA_LAST = IPv4Address("169.254.21.0"), IPv4Address("169.254.22.255")
# Azure ends the session of a peer that sends more.
_ROUTES = 4000


class _Azure(Rules):
    connection = "connection"
    spoken = "Azure"
    there = "in Azure"
    as_advice = "the local network gateway's AS number must differ from that of Azure's gateway"
    key_is_missing = " in Azure's output, which needs a call of its own (az network vpn-connection shared-key show)"
    beginning = "Azure begins only when it has traffic, or never where the connection's mode is ResponderOnly"
    main_mode_only = True
    ready = ("Succeeded",)
    most_pairs = 100
    options = algorithms.OPTIONS

    def key_problem(self, key: str) -> str | None:
        if _KEY.fullmatch(key):
            return None
        return "has a pre-shared key that Azure does not allow: 1 to 128 printable ASCII characters without space, '-' and '~'"

    def inside_problem(self, cidr: str) -> str | None:
        network = ip_network(cidr, strict=False)
        if network.version == 4 and APIPA_FIRST <= network[0] and network[-1] <= APIPA_LAST:
            return None
        return f"inside range {network} is not within {APIPA_FIRST} to {APIPA_LAST}, which Azure takes for BGP"

    def route_limit(self, gateway: str | None) -> int | None:
        return _ROUTES


RULES = _Azure()
