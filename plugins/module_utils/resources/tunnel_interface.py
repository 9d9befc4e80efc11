# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Tunnel interfaces and what they belong to."""

from __future__ import annotations

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.parts import interface
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.tables.places import PLACES
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.tables.table import Group, Leaf, Table

TABLE = Table(
    "tunnel_interface", *PLACES["tunnel_interface"], also=("interface",),
    nodes=(
        interface.IP,
        interface.IPV6,
        interface.MTU,
        interface.MANAGEMENT_PROFILE,
        interface.NETFLOW_PROFILE,
        interface.COMMENT,
        Leaf("df_ignore", "df-ignore", "bool", absent=False, quiet=True),
        Leaf("link_tag", "link-tag", max_length=127, quiet=True),
        Group("bonjour", "bonjour", (
            Leaf("enable", "enable", "bool", absent=False),
            Leaf("ttl_check", "ttl-check", "bool", absent=False),
            Leaf("group_id", "group-id", "int", minimum=0, maximum=16),
        ), quiet=True),
    ),
    interrupts="the tunnel loses its address for a moment",
    name_pattern=r"tunnel\.[1-9][0-9]{0,3}", name_form="tunnel.11",
)

RESOURCE = interface.of_table(TABLE)
