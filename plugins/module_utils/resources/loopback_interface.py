# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Loopback interfaces: addresses of the firewall itself, as for an IKE gateway that is reached whichever interface a packet comes in by."""

from __future__ import annotations

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.errors import InvalidInput
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.parts import interface
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.tables.places import PLACES
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.tables.table import Group, Leaf, Table


def refuse_netmask(values, platform):
    """The vendor's schema says of the addresses: netmask is not allowed for loopback. A full-length one is what PAN-OS itself stores."""
    for address in values.get("ip") or ():
        _host, slash, length = address.partition("/")
        if slash and length != "32":
            raise InvalidInput(f"ip: {address}: a loopback interface has single addresses; give it with /32, or without a prefix length")


TABLE = Table(
    "loopback_interface", *PLACES["loopback_interface"], also=("interface",),
    nodes=(
        interface.IP,
        interface.IPV6,
        interface.MTU,
        Group("adjust_tcp_mss", "adjust-tcp-mss", (
            Leaf("enable", "enable", "bool", absent=False),
            Leaf("ipv4_mss_adjustment", "ipv4-mss-adjustment", "int", minimum=40, maximum=300, unit="bytes"),
            Leaf("ipv6_mss_adjustment", "ipv6-mss-adjustment", "int", minimum=60, maximum=300, unit="bytes"),
        )),
        interface.MANAGEMENT_PROFILE,
        interface.NETFLOW_PROFILE,
        interface.COMMENT,
    ),
    rules=(refuse_netmask,),
    name_pattern=r"loopback\.[1-9][0-9]{0,3}", name_form="loopback.1",
)

RESOURCE = interface.of_table(TABLE)
