# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is known of the far side of a VPN: the types that travel from a cloud's reader, or from what a user wrote, to the planner.

Their shape is written down here alone; argument specs, the filters' results and the documentation follow from it (C(fields)).
Algorithms are called as PAN-OS calls them. Texts are empty, and everything else is V(None), where nothing is known.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from ipaddress import ip_address, ip_network
from typing import Any

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.peers.document import as_address
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.peers.fields import argument_spec, read, said
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.peers.rules import CLOUDS

IKE_VERSIONS = ("ikev1", "ikev2")
STATIC, BGP = "static", "bgp"
ID_TYPES = ("ipaddr", "fqdn", "ufqdn", "keyid", "dn")
FIREWALL, PEER, EITHER = "firewall", "peer", "either"
# What stands for the address of a peer that has no fixed one, as PAN-OS calls it.
DYNAMIC = "dynamic"
# Of one VPN.
MOST_TUNNELS = 8

# What numbers count, and what makes sense of them.
_LIFETIME: dict = {"unit": "seconds", "limits": (180, 365 * 86400), "source": "PAN-OS crypto profiles: lifetime"}
_OFFERED_LIFETIME: dict = {"unit": "seconds", "limits": (1, 365 * 86400), "source": "what the peer says of its side"}
_AS: dict = {"limits": (1, 4294967295), "source": "RFC 6793"}
_MTU: dict = {"unit": "octets", "limits": (576, 9216), "source": "PAN-OS tunnel interface: mtu"}
_PROBES: dict = {"limits": (2, 100), "source": "PAN-OS IKE gateway: protocol/ikev1/dpd, protocol/ikev2/dpd"}
_OF_GATEWAY = "PAN-OS IKE gateway"


@dataclass(frozen=True)
class IkeProposal:
    """The one proposal of phase 1."""

    version: str = said("Version of IKE.", default="", choices=IKE_VERSIONS, sample="ikev2")
    encryption: str = said(
        "Cipher, V(des), V(3des), V(aes-128-cbc), V(aes-192-cbc), "
        "V(aes-256-cbc), V(aes-128-gcm) or V(aes-256-gcm).", default="", sample="aes-256-cbc")
    hash: str = said("Hash, V(md5), V(sha1), V(sha256), V(sha384), V(sha512) or V(non-auth).", default="", sample="sha384")
    dh_group: str = said(
        "Diffie-Hellman group, V(group1), V(group2), V(group5), V(group14), V(group15), "
        "V(group16), V(group19), V(group20) or V(group21).", default="", sample="group20")
    lifetime_seconds: int | None = said("Lifetime of the IKE SA.", default=None, sample=28800, **_LIFETIME)


@dataclass(frozen=True)
class IpsecProposal:
    """The one proposal of phase 2."""

    encryption: str = said(
        "Cipher, V(des), V(3des), V(aes-128-cbc), V(aes-192-cbc), V(aes-256-cbc), "
        "V(aes-128-ccm), V(aes-128-gcm), V(aes-256-gcm) or V(null).", default="", sample="aes-256-gcm")
    authentication: str = said("Hash, V(md5), V(sha1), V(sha256), V(sha384), V(sha512), or V(none) with a GCM cipher.", default="", sample="none")
    dh_group: str = said(
        "Diffie-Hellman group for perfect forward secrecy, V(no-pfs) for none, else V(group1), V(group2), V(group5), V(group14), "
        "V(group15), V(group16), V(group19), V(group20) or V(group21).", default="", sample="group20")
    lifetime_seconds: int | None = said("Lifetime of the IPsec SA.", default=None, sample=3600, **_LIFETIME)


@dataclass(frozen=True)
class IkeOffer:
    """What the peer accepts in phase 1."""

    versions: tuple[str, ...] = said("Versions of IKE.", default=())
    encryption: tuple[str, ...] = said("Ciphers.", default=())
    hash: tuple[str, ...] = said("Hashes.", default=())
    dh_group: tuple[str, ...] = said("Diffie-Hellman groups.", default=())
    lifetime_seconds: int | None = said("Lifetime.", default=None, **_OFFERED_LIFETIME)


@dataclass(frozen=True)
class IpsecOffer:
    """What the peer accepts in phase 2. With a GCM cipher it needs no hash."""

    encryption: tuple[str, ...] = said("Ciphers.", default=())
    authentication: tuple[str, ...] = said("Hashes.", default=())
    dh_group: tuple[str, ...] = said("Diffie-Hellman groups.", default=())
    lifetime_seconds: int | None = said("Lifetime.", default=None, **_OFFERED_LIFETIME)


@dataclass(frozen=True)
class Offers:
    """All that the peer accepts."""

    ike: IkeOffer = said("What the peer accepts in phase 1.", default=IkeOffer())
    ipsec: IpsecOffer = said("What the peer accepts in phase 2.", default=IpsecOffer())
    demands: tuple[str, ...] = said("What the peer insists on besides and no PAN-OS can be told, as sentences. With one, no tunnel can come up.", default=())

    @classmethod
    def of(cls, ike: IkeProposal, ipsec: IpsecProposal) -> Offers:
        """The offer of a peer that is known by its one proposal."""
        return cls(IkeOffer((ike.version,), (ike.encryption,), (ike.hash,), (ike.dh_group,), ike.lifetime_seconds),
                   IpsecOffer((ipsec.encryption,), (ipsec.authentication,), (ipsec.dh_group,), ipsec.lifetime_seconds))


@dataclass(frozen=True)
class Bgp:
    """The BGP session through a tunnel."""

    local_as: int | None = said("AS number of this firewall.", default=None, sample=65000, **_AS)
    peer_as: int | None = said("AS number of the peer.", default=None, sample=64512, **_AS)
    hold_time: int | None = said(
        "Hold time.", default=None, sample=30, unit="seconds", limits=(3, 65535), source="RFC 4271, 4.2")
    keep_alive: int | None = said("Keep-alive interval.", default=None, sample=10, unit="seconds", limits=(1, 21845), source="RFC 4271, 4.4")
    med: int | None = said(
        "Metric (MED) with which the peer announces its routes here; of two tunnels the one with the smaller is preferred. It arrives by itself.",
        default=None, sample=100, limits=(0, 4294967295), source="RFC 4271, 4.3")
    peer_address: str | None = said(
        "Address of the peer's BGP speaker, where that is not its inside address.", default=None, source="PAN-OS BGP peer: peer-address")
    local_address: str | None = said(
        "Address from which the peer expects this firewall's BGP, where that is not the inside address.", default=None,
        source="PAN-OS BGP peer: local-address")
    multihop: int | None = said(
        "How far the peer's BGP speaker is, where it is outside of the inside network.", default=None, unit="hops", limits=(1, 255),
        source="PAN-OS BGP peer: connection-options/multihop")
    host_route: bool | None = said(
        "Whether the peer's BGP speaker is reached by a route of its own into the tunnel.", default=None, source="PAN-OS static route")
    authentication: str | None = said(
        "Name of the key with which the peer demands TCP MD5 signatures.", default=None, source="what the peer says")
    secret: str | None = said(
        "The key of the TCP MD5 signatures, 63 characters at most.", default=None, secret=True, source="PAN-OS BGP authentication profile")


@dataclass(frozen=True)
class Certificate:
    """How both sides authenticate without a pre-shared key."""

    local_certificate: str | None = said("Name of the certificate on the firewall that it shows.", default=None, source=_OF_GATEWAY)
    certificate_profile: str | None = said(
        "Name of the certificate profile on the firewall whose authorities the peer's certificate is checked against.", default=None, source=_OF_GATEWAY)
    local_subject: str | None = said("Subject that the peer demands of the firewall's certificate.", default=None, source="what the peer says")
    peer_subject: str | None = said("Subject of the peer's certificate.", default=None, source="what the peer says")
    authorities: tuple[str, ...] = said(
        "Certificates of the authorities that the peer trusts, as PEM or base64.", default=(), source="what the peer says")


@dataclass(frozen=True)
class Selectors:
    """A pair of networks between which the peer accepts traffic."""

    local: str = said("Network on this firewall's side.", default="", form="network", sample="0.0.0.0/0")
    remote: str = said("Network on the peer's side.", default="", form="network", sample="0.0.0.0/0")

    @property
    def are_narrowed(self) -> bool:
        """Whether the peer accepts less than everything, so that the tunnel needs a proxy ID."""
        return any(ip_network(selector).prefixlen > 0 for selector in (self.local, self.remote))

    def overlaps(self, other: Selectors) -> bool:
        """Whether a packet could be in both pairs."""
        sides = ((ip_network(self.local), ip_network(other.local)), (ip_network(self.remote), ip_network(other.remote)))
        return all(here.version == there.version and here.overlaps(there) for here, there in sides)

    def reaches(self, address: str | None) -> bool:
        """Whether an address of the peer's side is in it."""
        return address is not None and ip_address(address) in ip_network(self.remote)


@dataclass(frozen=True)
class Dpd:
    """How soon a peer that is silent is taken for dead."""

    interval: int | None = said("Time between probes. Omitted, it is V(10).", default=None, unit="seconds", **_PROBES)
    retry: int | None = said(
        "Probes without an answer, with IKEv1; PAN-OS has no such number for IKEv2. Omitted, it is V(3).", default=None, unit="probes", **_PROBES)


@dataclass(frozen=True)
class Telemetry:
    """What the cloud says of a tunnel now."""

    status: str | None = said("Whether it is up, in the cloud's words.", default=None, told=True, sample="UP")
    status_message: str = said("What the cloud says about it.", default="", told=True, sample="1 BGP ROUTES")
    accepted_routes: int | None = said("Number of routes that the cloud learned through it.", default=None, told=True, sample=1,
                                       unit="routes", limits=(0, 2**31), source="what the cloud says")


@dataclass(frozen=True)
class Tunnel:
    """One tunnel to the peer."""

    outside_address: str = said(
        "Address of the peer's endpoint, or its name. V(dynamic) for one without a fixed address, which begins itself and is known by its ID.", required=True,
        sample="203.0.113.17", source=f"{_OF_GATEWAY}: peer-address")
    cloud: str | None = said(
        "Cloud of the peer's endpoint. The tunnel is held to that cloud's rules, and without it to none.", default=None, choices=CLOUDS)
    customer_outside_address: str | None = said(
        "The public address from which the peer expects this firewall. It decides which address the firewall uses.", default=None, told=True,
        sample="198.51.100.10")
    outside_interface: str | None = said(
        "Interface of the firewall from which this tunnel leaves, where that is not the VPN's.", default=None,
        source=f"{_OF_GATEWAY}: local-address/interface")
    local_address: str | None = said(
        "Address of that interface, with its length, where it has several.", default=None, source=f"{_OF_GATEWAY}: local-address/ip")
    outside_next_hop: str | None = said(
        "Next router on the way to the peer's endpoint. Where it is given, the endpoint has a static route of its own through the outside interface.",
        default=None, form="address", source="PAN-OS static route")
    local_id: str | None = said("ID that this tunnel's gateway shows to the peer. Omitted, it is that of the VPN.", default=None)
    local_id_type: str | None = said("Kind of the local ID. Omitted, it is seen from the ID itself.", default=None, choices=ID_TYPES)
    peer_id: str | None = said("ID that the peer must show. Omitted, it is not looked at beyond the address.", default=None)
    peer_id_type: str | None = said("Kind of the peer's ID. Omitted, it is seen from the ID itself.", default=None, choices=ID_TYPES)
    initiator: str | None = said(
        "Who begins to negotiate. With V(peer) the gateway only waits. Omitted, it is V(either).", default=None, choices=(FIREWALL, PEER, EITHER))
    dpd: Dpd | None = said("How soon a peer that is silent is taken for dead.", default=None)
    ike_fragmentation: bool | None = said(
        "Whether the peer wants large IKE messages in fragments. With IKEv2 that needs PAN-OS 11.2; older releases go without.", default=None,
        source="RFC 7383; PAN-OS IKE gateway: fragmentation")
    certificate: Certificate | None = said(
        "Certificates, where the sides do not authenticate by a pre-shared key.", default=None, source=f"{_OF_GATEWAY}: authentication")
    inside_cidr: str | None = said(
        "Network inside the tunnel. It goes with both inside addresses; failover by PBF or BGP needs all three.", default=None, form="network",
        sample="169.254.10.0/30")
    inside_address: str | None = said("Address of this firewall inside the tunnel.", default=None, form="address", sample="169.254.10.2")
    inside_peer_address: str | None = said("Address of the peer inside the tunnel.", default=None, form="address", sample="169.254.10.1")
    inside_ipv6_cidr: str | None = said("IPv6 network inside the tunnel.", default=None, form="network")
    inside_ipv6_address: str | None = said("IPv6 address of this firewall inside the tunnel.", default=None, form="address")
    inside_ipv6_peer_address: str | None = said("IPv6 address of the peer inside the tunnel.", default=None, form="address")
    pre_shared_key: str | None = said("The key. Without it, where it is not known readably.", default=None, told=True, secret=True)
    ike: IkeProposal = said("The phase 1 proposal. What the peer offers comes before it.", default=IkeProposal(), required=True)
    ipsec: IpsecProposal = said("The phase 2 proposal. What the peer offers comes before it.", default=IpsecProposal(), required=True)
    offers: Offers | None = said(
        "All that the peer accepts, best first. Where it is given, one proposal per phase is chosen of it, for the PAN-OS version that the firewall runs.",
        default=None)
    mtu: int | None = said(
        "The largest MTU of the tunnel interface with which no packet is fragmented outside, as far as that was known when the tunnel "
        "was described. M(tunnelsmith.panos_vpn.site_to_site_vpn) computes it anew.", default=None, sample=1446, **_MTU)
    path_mtu: int | None = said(
        "The largest packet that the peer lets through the tunnel, where it says so. The tunnel interface's MTU is not larger.",
        default=None, **_MTU)
    outside_mtu: int | None = said(
        "MTU of the peer's side outside of the tunnel. The tunnel interface's MTU is computed from it where it is smaller than that of the "
        "firewall's outside interface.", default=None, **_MTU)
    anti_replay_window: int | None = said(
        "Anti-replay window, rounded up to one that PAN-OS has.", default=None, sample=1024, unit="packets", limits=(1, 2**32),
        source="PAN-OS IPsec tunnel: anti-replay-window")
    bgp: Bgp | None = said("The BGP session through the tunnel, without which traffic cannot fail over by BGP.", default=None)
    traffic_selectors: Selectors | None = said(
        "Networks that the peer accepts inside the tunnel. Where they are narrower than everything, the tunnel gets a proxy ID.", default=None)
    selector_pairs: tuple[Selectors, ...] = said(
        "Pairs of networks, where the peer accepts several. Each gets a proxy ID, and they are taken instead of the one pair.", default=())
    telemetry: Telemetry | None = said("What the cloud said of the tunnel when it was described.", default=None)

    @property
    def accepts(self) -> Offers:
        """All that the peer accepts; of a tunnel that is described by its proposal alone, that proposal."""
        return self.offers or Offers.of(self.ike, self.ipsec)

    @property
    def pairs(self) -> tuple[Selectors, ...]:
        """The pairs of networks that the peer accepts, where that is not everything."""
        one = (self.traffic_selectors,) if self.traffic_selectors else ()
        return tuple(pair for pair in self.selector_pairs or one if pair.are_narrowed)

    @property
    def is_dynamic(self) -> bool:
        """Whether the peer has no fixed address, so that it has to begin."""
        return self.outside_address == DYNAMIC

    @property
    def far_end(self) -> str:
        """What tells the peer's endpoint from others: its address or name, and of one without either the ID that it shows."""
        return f"{DYNAMIC} {self.peer_id or ''}".strip() if self.is_dynamic else self.outside_address

    @property
    def is_named(self) -> bool:
        """Whether the peer's endpoint is known by a name, or not at all, instead of an address."""
        return as_address(self.outside_address) is None

    def with_key(self, key: str | None) -> Tunnel:
        return replace(self, pre_shared_key=key) if key else self

    def with_secret(self, secret: str | None) -> Tunnel:
        """With a key of its BGP session's signatures."""
        return replace(self, bgp=replace(self.bgp, secret=secret)) if secret and self.bgp else self


# What the management of a far side can say of itself, by the diagnosis' IDs.
NOT_PUSHED, PROVISIONING, PROVISIONING_FAILED = "cloud-site-not-pushed", "cloud-site-being-provisioned", "cloud-site-not-provisioned"
WITHOUT_ADDRESS, WITHOUT_BANDWIDTH, RULE_BROKEN = "cloud-site-without-address", "cloud-site-without-bandwidth", "cloud-rule-broken"
OBSTACLES = (NOT_PUSHED, PROVISIONING, PROVISIONING_FAILED, WITHOUT_ADDRESS, WITHOUT_BANDWIDTH, RULE_BROKEN)


@dataclass(frozen=True)
class Obstacle:
    """What the management of the far side says stands in the way of its tunnels."""

    cause: str = said("What it is, by the ID of the diagnosis.", default="", required=True, choices=OBSTACLES, sample=PROVISIONING_FAILED)
    description: str = said("What the management says.", default="", required=True, sample="job 12 of the plugin could not provision 1 of 3 sites")


@dataclass(frozen=True)
class Profile:
    """A VPN as its far side describes it."""

    id: str = said("ID of the connection.", default="", told=True, sample="vpn-0123456789abcdef0")
    cloud: str | None = said("Cloud that the connection is of.", default=None, choices=CLOUDS)
    state: str | None = said("State of the connection, in the cloud's words, where they are known.", default=None, told=True, sample="available")
    routing: str | None = said("How the peer learns routes, fixed when the connection was created.", default=None, choices=(STATIC, BGP))
    gateway: str | None = said("What ends the tunnels in the cloud.", default=None, told=True, sample="vgw")
    customer_gateway_id: str | None = said("ID of what the cloud calls this firewall.", default=None, told=True)
    acceleration: bool = said("Whether the connection is accelerated, which needs NAT traversal.", default=False, told=True)
    static_routes: tuple[str, ...] | None = said("Networks that the peer sends through a static connection.", default=None, told=True)
    tunnels: tuple[Tunnel, ...] = said("The tunnels, in the order of the description.", default=(), told=True)
    warnings: tuple[str, ...] = said("What works but should be seen.", default=(), told=True)
    obstacles: tuple[Obstacle, ...] = said("What the management of the far side says stands in the way of its tunnels.", default=())


PEER_TUNNEL = argument_spec(Tunnel)


def tunnels_of(described: Any, place: str = "tunnels") -> tuple[Tunnel, ...]:
    """Tunnels from a list of plain mappings."""
    return tuple(read(Tunnel, mapping, f"{place}[{number}]") for number, mapping in enumerate(described, 1))
