# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Telemetry of Prisma Access (Insights): what it tells of tunnels. It is asked with the same token as the configuration, and wants the tenant besides."""

from __future__ import annotations

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.scm.answers import CloudError
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.scm.client import Client

_TUNNELS = "/api/sase/v2.0/resource/custom/query/tunnels/tunnel_list"


def tunnels(client: Client, minutes: int) -> list[dict]:
    """The rows of all tunnels that something was reported of in the last minutes."""
    rule = {"property": "event_time", "operator": "last_n_minutes", "values": [minutes]}
    what = "ask for the state of the tunnels"
    told = client.query(_TUNNELS, what, {"filter": {"operator": "AND", "rules": [rule]}})
    rows = told.get("data") if isinstance(told, dict) else None
    if not isinstance(rows, list):
        raise CloudError(f"cannot {what}: the answer is no list of tunnels", 200)
    return [row for row in rows if isinstance(row, dict)]
