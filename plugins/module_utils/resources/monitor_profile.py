# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Monitor profiles: how often a tunnel's or a PBF rule's target is probed, and what happens when it is silent."""

from __future__ import annotations

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.reconcile.single import single
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.tables.places import PLACES
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.tables.table import Leaf, Table

TABLE = Table(
    "monitor_profile", *PLACES["monitor_profile"],
    nodes=(
        Leaf("interval", "interval", "int", minimum=2, maximum=100, unit="seconds", absent=3),
        Leaf("threshold", "threshold", "int", minimum=2, maximum=10, unit="probes", absent=5),
        Leaf("action", "action", choices=("wait-recover", "fail-over"), absent="wait-recover"),
    ),
    created={"interval": 3, "threshold": 5, "action": "wait-recover"},
    name_length=31,
)

RESOURCE = single("monitor_profile", TABLE)
