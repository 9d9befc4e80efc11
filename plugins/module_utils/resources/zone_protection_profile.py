# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Zone protection profiles, as far as a VPN zone needs them."""

from __future__ import annotations

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.reconcile.single import single
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.tables.places import PLACES
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.tables.table import Leaf, Table

TABLE = Table(
    "zone_protection_profile", *PLACES["zone_protection_profile"],
    nodes=(
        Leaf("strict_ip_check", "strict-ip-check", "bool"),
        Leaf("discard_ip_spoof", "discard-ip-spoof", "bool"),
        Leaf("discard_strict_source_routing", "discard-strict-source-routing", "bool"),
        Leaf("discard_loose_source_routing", "discard-loose-source-routing", "bool"),
        Leaf("discard_tcp_syn_with_data", "discard-tcp-syn-with-data", "bool"),
        Leaf("discard_tcp_synack_with_data", "discard-tcp-synack-with-data", "bool"),
        Leaf("discard_overlapping_tcp_segment_mismatch", "discard-overlapping-tcp-segment-mismatch", "bool"),
        Leaf("asymmetric_path", "asymmetric-path", choices=("global", "drop", "bypass"), absent="global"),
        Leaf("tcp_reject_non_syn", "tcp-reject-non-syn", choices=("global", "yes", "no"), absent="global"),
    ),
    name_length=31,
)

RESOURCE = single("zone_protection_profile", TABLE)
