# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How long nothing passes while one VPN takes the place of another one: both go over in one commit, and the new one's tunnels are up some time after it."""

from __future__ import annotations

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.vpn.vpn import PBF, Vpn

# Seconds in which a tunnel is up that packets want into, with a far side that answers.
_NEGOTIATED = 5
# Seconds for which a firewall waits before it begins a session with a BGP peer (idle hold time), and in which both sides have each other's routes then.
_BEGUN, _LEARNED = 15, 5


def longest(successor: Vpn) -> int:
    """Seconds after the commit in which traffic passes again at the latest, by what is known."""
    if successor.speaks_bgp:
        return _NEGOTIATED + _BEGUN + _LEARNED
    return _NEGOTIATED + (successor.monitor_interval if successor.failover == PBF else 0)


def announced(name: str, successor: Vpn) -> str:
    """What those who watch are told before it is done."""
    why = "its tunnels are negotiated then"
    if successor.speaks_bgp:
        why += f", its BGP sessions begin up to {_BEGUN} s later, and bring routes within {_LEARNED} s"
    elif successor.failover == PBF:
        why += f", and its monitors probe every {successor.monitor_interval} s"
    said = f"{successor.name} takes the place of {name} in one commit, and nothing passes for up to {longest(successor)} s after it: {why}"
    if successor.failover == PBF and not successor.has_backup_routes:
        said += "; sessions that are established stay lost, since no route leads into the tunnels beside the PBF rules (backup_routes)"
    return said
