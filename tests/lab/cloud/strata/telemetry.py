# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The rows that Prisma Access reports of its tunnels; their fields are recorded."""

from __future__ import annotations

from collections.abc import Iterator

_KINDS = {"remote-networks": (48, "Remote Network"), "service-connections": (51, "Service Connection")}


def rows(objects: dict[str, dict[str, dict]], reports: dict[str, dict | None]) -> Iterator[dict]:
    """C(objects): what runs; C(reports): tunnel → fields that differ from up and not monitored, or None, of which nothing is reported."""
    for resource, (number, words) in _KINDS.items():
        for site in objects[resource].values():
            links = [link["ipsec_tunnel"] for link in site.get("ecmp_tunnels", [])]
            for name in filter(None, [site.get("ipsec_tunnel"), site.get("secondary_ipsec_tunnel"), *links]):
                differing = reports.get(name, {})
                if differing is not None:
                    yield {**_row(site, name, number, words), **differing}


def _row(site: dict, tunnel: str, number: int, words: str) -> dict:
    return {
        "node_type": number, "okyo_tunnel_type": 0, "tunnel_name": tunnel, "node_type_name": words, "site_name": site["name"],
        "edge_location_display_name": "US Central", "instance_name": f"{site['name']}-instance", "cloud_region_name": site["region"],
        "cloud_provider": "gcp", "instance_state": 1, "instance_state_name": "Up", "instance_public_ip": "203.0.113.101", "sub_node_type": 0,
        "tunnel_disconnection": 0, "tunnel_connection_duration": 746520000, "avg_throughput": 0.0, "peak_throughput": 0.0, "tunnel_state": 1,
        "tunnel_state_name": "Up", "tunnel_monitoring_state": 2, "tunnel_monitoring_state_name": "Not Configured", "tunnel_type_name": words,
    }
