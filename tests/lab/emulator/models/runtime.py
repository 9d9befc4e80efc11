# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Live state that no configuration holds: what the control endpoint was told about tunnels, peers, rules and HA.

Whatever is committed is up until told otherwise.
"""

from __future__ import annotations

from dataclasses import dataclass, field

SA_STATES = ("up", "down", "init")
MONITOR_STATES = ("up", "down", "off")
PEER_STATES = ("Established", "Idle", "Connect", "Active", "OpenSent", "OpenConfirm")
HA_STATES = ("disabled", "active", "passive")


@dataclass
class TunnelState:
    """``sa``: "down" has neither IKE nor IPsec SA, "init" an IKE SA only. ``monitor`` None: as configured."""

    sa: str = "up"
    monitor: str | None = None


@dataclass
class PeerState:
    state: str = "Established"
    received: int = 0
    advertised: int = 0


@dataclass
class Runtime:
    tunnels: dict[str, TunnelState] = field(default_factory=dict)
    rules: dict[str, str] = field(default_factory=dict)
    peers: dict[str, PeerState] = field(default_factory=dict)
    learned_addresses: dict[str, str] = field(default_factory=dict)
    ha: str = "disabled"

    def tunnel(self, name: str) -> TunnelState:
        """State by tunnel name; a proxy ID's name (``tunnel:proxyid``) falls back to its tunnel's."""
        return self.tunnels.get(name) or self.tunnels.get(name.split(":")[0]) or TunnelState()

    def peer(self, name: str) -> PeerState:
        return self.peers.get(name) or PeerState()
