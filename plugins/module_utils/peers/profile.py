# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is known of the far side of a VPN: the types that travel from a cloud's reader, or from what a user wrote, to the planner.

Their shape is written down here alone; argument specs, the filters' results and the documentation follow from it (C(fields)).
Algorithms are called as PAN-OS calls them. Texts are empty, and everything else is V(None), where nothing is known.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from ipaddress import ip_network
from typing import Any

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.errors import InvalidInput
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.peers.fields import argument_spec, read, said

IKE_VERSIONS = ("ikev1", "ikev2")
STATIC, BGP = "static", "bgp"
REPLAY_WINDOWS = (64, 128, 256, 512, 1024, 2048, 4096)


@dataclass(frozen=True)
class IkeProposal:
    """The one proposal of phase 1."""

    version: str = said("Version of IKE.", default="", choices=IKE_VERSIONS)
    encryption: str = said("Cipher, as M(tunnelsmith.panos_vpn.ike_crypto_profile) takes it.", default="")
    hash: str = said("Hash, as M(tunnelsmith.panos_vpn.ike_crypto_profile) takes it.", default="")
    dh_group: str = said("Diffie-Hellman group, as M(tunnelsmith.panos_vpn.ike_crypto_profile) takes it.", default="")
    lifetime_seconds: int | None = said("Lifetime of the IKE SA, in seconds.", default=None)


@dataclass(frozen=True)
class IpsecProposal:
    """The one proposal of phase 2."""

    encryption: str = said("Cipher, as M(tunnelsmith.panos_vpn.ipsec_crypto_profile) takes it.", default="")
    authentication: str = said("Hash, or V(none) with a GCM cipher.", default="")
    dh_group: str = said("Diffie-Hellman group for perfect forward secrecy.", default="")
    lifetime_seconds: int | None = said("Lifetime of the IPsec SA, in seconds.", default=None)


@dataclass(frozen=True)
class IkeOffer:
    """What the peer accepts in phase 1."""

    versions: tuple[str, ...] = said("Versions of IKE.", default=())
    encryption: tuple[str, ...] = said("Ciphers.", default=())
    hash: tuple[str, ...] = said("Hashes.", default=())
    dh_group: tuple[str, ...] = said("Diffie-Hellman groups.", default=())
    lifetime_seconds: int | None = said("Lifetime, in seconds.", default=None)


@dataclass(frozen=True)
class IpsecOffer:
    """What the peer accepts in phase 2. With a GCM cipher it needs no hash."""

    encryption: tuple[str, ...] = said("Ciphers.", default=())
    authentication: tuple[str, ...] = said("Hashes.", default=())
    dh_group: tuple[str, ...] = said("Diffie-Hellman groups.", default=())
    lifetime_seconds: int | None = said("Lifetime, in seconds.", default=None)


@dataclass(frozen=True)
class Offers:
    """All that the peer accepts."""

    ike: IkeOffer = said("What the peer accepts in phase 1.", default=IkeOffer())
    ipsec: IpsecOffer = said("What the peer accepts in phase 2.", default=IpsecOffer())

    @classmethod
    def of(cls, ike: IkeProposal, ipsec: IpsecProposal) -> Offers:
        """The offer of a peer that is known by its one proposal."""
        return cls(IkeOffer((ike.version,), (ike.encryption,), (ike.hash,), (ike.dh_group,), ike.lifetime_seconds),
                   IpsecOffer((ipsec.encryption,), (ipsec.authentication,), (ipsec.dh_group,), ipsec.lifetime_seconds))


@dataclass(frozen=True)
class Bgp:
    """The BGP session through a tunnel."""

    local_as: int | None = said("AS number of this firewall.", default=None)
    peer_as: int | None = said("AS number of the peer.", default=None)
    hold_time: int | None = said("Hold time, in seconds.", default=None)
    keep_alive: int | None = said("Keep-alive interval, in seconds.", default=None)


@dataclass(frozen=True)
class Selectors:
    """A pair of networks between which the peer accepts traffic."""

    local: str = said("Network on this firewall's side.", default="")
    remote: str = said("Network on the peer's side.", default="")

    @property
    def are_narrowed(self) -> bool:
        """Whether the peer accepts less than everything, so that the tunnel needs a proxy ID."""
        return any(ip_network(selector).prefixlen > 0 for selector in (self.local, self.remote))


@dataclass(frozen=True)
class Telemetry:
    """What the cloud says of a tunnel now."""

    status: str | None = said("Whether it is up, in the cloud's words.", default=None, told=True)
    message: str = said("What the cloud says about it.", default="", told=True)
    accepted_routes: int | None = said("Number of routes that the cloud learned through it.", default=None, told=True)


@dataclass(frozen=True)
class Tunnel:
    """One tunnel to the peer."""

    outside_address: str = said("Address of the peer's endpoint.", required=True)
    customer_outside_address: str | None = said(
        "The public address from which the peer expects this firewall, or V(null) where it does not say.", default=None, told=True)
    local_id: str | None = said("ID that this tunnel's gateway shows to the peer.", default=None)
    peer_id: str | None = said("ID that the peer must show. Omitted, it is not looked at beyond the address.", default=None)
    inside_cidr: str | None = said("Network inside the tunnel.", default=None)
    inside_address: str | None = said("Address of this firewall inside the tunnel.", default=None)
    inside_peer_address: str | None = said("Address of the peer inside the tunnel.", default=None)
    inside_ipv6_cidr: str | None = said("IPv6 network inside the tunnel.", default=None)
    inside_ipv6_address: str | None = said("IPv6 address of this firewall inside the tunnel.", default=None)
    inside_ipv6_peer_address: str | None = said("IPv6 address of the peer inside the tunnel.", default=None)
    pre_shared_key: str | None = said("The key, or V(null) where it is not known readably.", default=None, told=True, secret=True)
    ike: IkeProposal = said("The phase 1 proposal.", default=IkeProposal(), required=True)
    ipsec: IpsecProposal = said("The phase 2 proposal.", default=IpsecProposal(), required=True)
    offers: Offers | None = said("All that the peer accepts.", default=None)
    mtu: int | None = said("MTU of the tunnel interface that was computed when the tunnel was described, in octets.", default=None)
    anti_replay_window: int | None = said("Anti-replay window, in packets, rounded up to one that PAN-OS has.", default=None)
    bgp: Bgp | None = said("AS numbers and timers.", default=None)
    traffic_selectors: Selectors | None = said("Networks that the peer accepts inside the tunnel.", default=None)
    telemetry: Telemetry | None = said("What the cloud said of the tunnel when it was described.", default=None)

    @property
    def accepts(self) -> Offers:
        """All that the peer accepts; of a tunnel that is described by its proposal alone, that proposal."""
        return self.offers or Offers.of(self.ike, self.ipsec)

    def with_key(self, key: str | None) -> Tunnel:
        return replace(self, pre_shared_key=key) if key else self


@dataclass(frozen=True)
class Profile:
    """A VPN as its far side describes it."""

    id: str = said("Id of the connection.", default="", told=True)
    state: str | None = said("State of the connection, in the cloud's words.", default=None, told=True)
    routing: str | None = said("How the peer learns routes, fixed when the connection was created.", default=None, told=True, choices=(STATIC, BGP))
    gateway: str | None = said("What ends the tunnels in the cloud.", default=None, told=True)
    customer_gateway_id: str | None = said("The customer gateway's id.", default=None, told=True)
    acceleration: bool = said("Whether the connection is accelerated, which needs NAT traversal.", default=False, told=True)
    static_routes: tuple[str, ...] = said("The networks that the peer routes into a static connection.", default=(), told=True)
    tunnels: tuple[Tunnel, ...] = said("The tunnels, in the order of the description.", default=(), told=True)
    warnings: tuple[str, ...] = said("What works but should be seen.", default=(), told=True)


def replay_window(packets: int) -> int:
    """The smallest anti-replay window of PAN-OS that holds C(packets); the two sides need not agree."""
    for window in REPLAY_WINDOWS:
        if packets <= window:
            return window
    raise InvalidInput(f"an anti-replay window of {packets} packets is larger than PAN-OS has; the largest is {REPLAY_WINDOWS[-1]}")


PEER_TUNNEL = argument_spec(Tunnel)


def tunnels_of(described: Any, place: str = "tunnels") -> tuple[Tunnel, ...]:
    """Tunnels from a list of plain mappings."""
    return tuple(read(Tunnel, mapping, f"{place}[{number}]") for number, mapping in enumerate(described, 1))
