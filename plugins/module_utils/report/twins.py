# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The facts of a report for machines: as plain values, and as a table with a line for each tunnel."""

from __future__ import annotations

import csv
import io
from dataclasses import asdict, is_dataclass
from enum import Enum
from typing import Any

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.report.fleet import Firewall, Fleet, Tunnel, Vpn

COLUMNS = ("firewall", "firewall_health", "pan_os", "model", "ha", "vpn", "vpn_health", "redundancy", "tunnel", "tunnel_health", "disabled", "since", "carries",
           "interface", "peer", "ike", "ipsec", "rekey", "monitor", "packets", "reasons")
# A spreadsheet takes a cell that begins so for a formula, and what a cell says may come from a far side.
_FORMULAS = ("=", "+", "-", "@", "\t", "\r")


def facts(fleet: Fleet, title: str, generated: str, drills=()) -> dict:
    """All that the page says, as JSON has it."""
    firewalls = [{**plain(each), "since": each.since, "vpns": [{**plain(vpn), "redundancy": vpn.redundancy, "since": vpn.since} for vpn in each.vpns]}
                 for each in fleet.firewalls]
    return {"title": title, "generated": generated, "health": fleet.health.value, "firewalls": firewalls, "drills": list(drills)}


def plain(value: Any) -> Any:
    if isinstance(value, Enum):
        return value.value
    if is_dataclass(value) and not isinstance(value, type):
        return plain(asdict(value))
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items()}
    return [plain(item) for item in value] if isinstance(value, (list, tuple)) else value


def table(fleet: Fleet) -> str:
    """CSV with a head: a line for each tunnel; one for a VPN without tunnels, and for a firewall without VPNs."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(COLUMNS)
    for firewall in fleet.firewalls:
        for vpn in firewall.vpns or (None,):
            for tunnel in vpn.tunnels if vpn is not None and vpn.tunnels else (None,):
                writer.writerow([_cell(value) for value in _row(firewall, vpn, tunnel)])
    return out.getvalue()


def _row(firewall: Firewall, vpn: Vpn | None, tunnel: Tunnel | None) -> list:
    of_firewall = [firewall.name, firewall.health.value, firewall.pan_os, firewall.model, firewall.ha]
    of_vpn = [vpn.name, vpn.health.value, vpn.redundancy] if vpn is not None else [""] * 3
    of_tunnel = [tunnel.name, tunnel.health.value, tunnel.disabled, tunnel.since, tunnel.carries, tunnel.interface, tunnel.peer, tunnel.ike, tunnel.ipsec,
                 tunnel.rekey, tunnel.monitor, tunnel.packets] if tunnel is not None else [""] * 12
    reasons = [firewall.gist] if firewall.error else [reason.words for reason in firewall.reasons]
    if vpn is not None:
        reasons += [reason.words for reason in vpn.reasons if tunnel is None or not reason.about or tunnel.name in reason.about]
    return [*of_firewall, *of_vpn, *of_tunnel, "; ".join(reasons)]


def _cell(value: Any) -> str:
    text = {True: "yes", False: "no"}[value] if isinstance(value, bool) else " ".join(str(value).split()) if value is not None else ""
    return f"'{text}" if text.startswith(_FORMULAS) else text
