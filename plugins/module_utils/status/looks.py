# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The operational commands by which this collection looks at what a firewall does, each once."""

from __future__ import annotations

from typing import Iterator

IKE_SAS = "show vpn ike-sa"
IPSEC_SAS = "show vpn ipsec-sa"
FLOWS = "show vpn flow"
PBF_RULES = "show pbf rule all"
LEARNED = "show routing protocol bgp loc-rib"
ADVERTISED = "show routing protocol bgp rib-out"
# By whether the Advanced Routing Engine runs.
BGP_PEERS = {False: "show routing protocol bgp peer", True: "show advanced-routing bgp peer status"}
ROUTES = {False: "show routing route", True: "show advanced-routing route"}
INTERFACES = ("show interface", "all")
# What is asked around a change, too.
_AROUND = ("show system info", "show high-availability state", "show config list changes", "check pending-changes", "show jobs all", "show commit-locks",
           "show config-locks")


def looks(advanced: bool) -> Iterator[tuple[str, str]]:
    """(words, text of the last one) of each command, for one routing engine."""
    for words in _AROUND:
        yield words, ""
    yield INTERFACES
    for words in (IKE_SAS, IPSEC_SAS, FLOWS, PBF_RULES, BGP_PEERS[advanced], ROUTES[advanced]):
        yield words, ""
    if not advanced:
        yield LEARNED, ""
        yield ADVERTISED, ""
