# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Live state that no configuration holds: what the control endpoint was told about tunnels, peers, rules and HA.

Whatever is committed is up until told otherwise.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import Iterable

SA_STATES = ("up", "down", "init")
MONITOR_STATES = ("up", "down", "off")
PEER_STATES = ("Established", "Idle", "Connect", "Active", "OpenSent", "OpenConfirm")
HA_STATES = (
    "disabled", "initial", "active", "passive", "active-primary", "active-secondary", "tentative", "non-functional", "suspended",
)
PANORAMA_HA_STATES = tuple(
    f"{rank}-{role}" for rank in ("primary", "secondary") for role in ("active", "passive", "suspended")
)

#: Seconds since a BGP session of the recorded answers began.
RECORDED_AGE = 3804


@dataclass(frozen=True)
class Measured:
    """What a data plane measured on a tunnel's SAs; ages in seconds, SPIs as numbers."""

    inbound_spi: int = 0
    outbound_spi: int = 0
    packets_in: int = 0
    packets_out: int = 0
    bytes_in: int = 0
    bytes_out: int = 0
    age: int = 0
    ike_age: int = 0
    initiator: bool = True
    probes_sent: int = 0
    probes_answered: int = 0


@dataclass
class TunnelState:
    """``sa``: "down" has neither IKE nor IPsec SA, "init" an IKE SA only. ``monitor`` None: as configured."""

    sa: str = "up"
    monitor: str | None = None
    measured: Measured | None = None


@dataclass
class PeerState:
    """Counters, and the prefixes behind them where they were told. ``received``: accepted ones; ``refused``: by an import rule.

    ``last_error``: how the session ended, where the firewall tells; it is empty in every recorded answer.
    """

    state: str = "Established"
    received: int = 0
    advertised: int = 0
    received_prefixes: tuple[str, ...] = ()
    advertised_prefixes: tuple[str, ...] = ()
    refused: int = 0
    last_error: str = ""


@dataclass(frozen=True)
class Begun:
    """A BGP session: when it began, on the monotonic clock, the how many-th of its peer it is, and with which timers."""

    at: float
    number: int = 1
    keep_alive: str | None = None
    hold_time: str | None = None


@dataclass(frozen=True)
class LearnedRoute:
    """A route that came from a BGP peer; ``interface`` is the way out."""

    router: str
    destination: str
    nexthop: str
    metric: str
    interface: str


@dataclass
class Runtime:
    """``unplugged``: ports without a link, whatever the configuration says. ``far_keys``: tunnel name → the only key that its far side takes. ``refused``:
    tunnels whose last negotiation met another one.

    ``sessions``: BGP peer → its session, where it has begun since the firewall was started. ``far_secrets``, ``unheard``: as the two above, of BGP peers.
    """

    tunnels: dict[str, TunnelState] = field(default_factory=dict)
    rules: dict[str, str] = field(default_factory=dict)
    peers: dict[str, PeerState] = field(default_factory=dict)
    learned_addresses: dict[str, str] = field(default_factory=dict)
    unplugged: set[str] = field(default_factory=set)
    learned_routes: list[LearnedRoute] = field(default_factory=list)
    ha: str = "disabled"
    negotiations: dict[str, int] = field(default_factory=dict)
    far_keys: dict[str, str] = field(default_factory=dict)
    refused: set[str] = field(default_factory=set)
    sessions: dict[str, Begun] = field(default_factory=dict)
    far_secrets: dict[str, str] = field(default_factory=dict)
    unheard: set[str] = field(default_factory=set)

    def session(self, peer: str) -> Begun:
        """A session that was there before the firewall was looked at has the age of the recorded one."""
        return self.sessions.get(peer) or Begun(time.monotonic() - RECORDED_AGE)

    def negotiated_anew(self, names: Iterable[str]) -> None:
        """SAs that were deleted and made again: their SPIs are others, where nothing measures them."""
        for name in names:
            self.negotiations[name] = self.negotiations.get(name, 0) + 1

    @property
    def forwards(self) -> bool:
        """Whether this member has traffic: on the others interfaces are down and VPNs have no state."""
        return self.ha in ("disabled", "active", "active-primary", "active-secondary")

    def tunnel(self, name: str) -> TunnelState:
        """State by tunnel name; a proxy ID's name (``tunnel:proxyid``) falls back to its tunnel's."""
        if name.split(":")[0] in self.refused:
            return TunnelState("down", "down")
        return self.tunnels.get(name) or self.tunnels.get(name.split(":")[0]) or TunnelState()

    def peer(self, name: str) -> PeerState:
        return self.peers.get(name) or PeerState()
