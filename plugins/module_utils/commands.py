# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The operational commands that this collection sends to a firewall or a Panorama, each once, and how words become the XML that the API takes."""

from __future__ import annotations

from typing import Iterator
from xml.sax.saxutils import escape

# What the device and its configuration are at.
SYSTEM = "show system info"
HA_STATE = "show high-availability state"
CHANGES = "show config list changes"
PENDING = "check pending-changes"
JOBS = "show jobs all"
JOB = "show jobs id"
COMMIT_LOCKS = "show commit-locks"
CONFIG_LOCKS = "show config-locks"

# What VPNs and routing do.
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

# What a Panorama knows of its firewalls.
DEVICES = "show devices all"
DEVICE_GROUPS = "show devicegroups"
DEVICE_GROUP = "show devicegroups name"
HIERARCHY = "show dg-hierarchy"
TEMPLATE_STACKS = "show template-stack"
TEMPLATE_STACK = "show template-stack name"
# What its Cloud Services plugin is asked about Prisma Access, whose commands have elements beside each other.
PRISMA_ACCESS = "request plugins cloud_services prisma-access"

# What acts on what is running, or on a lock.
CLEAR_IKE = "clear vpn ike-sa gateway"
CLEAR_IPSEC = "clear vpn ipsec-sa tunnel"
TEST_IKE = "test vpn ike-sa gateway"
TEST_IPSEC = "test vpn ipsec-sa tunnel"
TAKE_CONFIG_LOCK = "request config-lock add comment"
RELEASE_CONFIG_LOCK = "request config-lock remove"


def command(words: str, value: str = "") -> str:
    """C(clear vpn ike-sa gateway) and a gateway's name as nested elements; the last one is empty without a value."""
    *outer, last = words.split()
    inner = f"<{last}>{escape(value)}</{last}>" if value else f"<{last}/>"
    return "".join(f"<{word}>" for word in outer) + inner + "".join(f"</{word}>" for word in reversed(outer))


def looks(advanced: bool) -> Iterator[tuple[str, str]]:
    """(words, text of the last one) of each command that looks at what a firewall does, for one routing engine."""
    for words in (SYSTEM, HA_STATE, CHANGES, PENDING, JOBS, COMMIT_LOCKS, CONFIG_LOCKS):
        yield words, ""
    yield INTERFACES
    for words in (IKE_SAS, IPSEC_SAS, FLOWS, PBF_RULES, BGP_PEERS[advanced], ROUTES[advanced]):
        yield words, ""
    if not advanced:
        yield LEARNED, ""
        yield ADVERTISED, ""
