# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a running configuration means for packets: plain values, compared to find out what a commit changed."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass, field

ANY = "0.0.0.0/0"
#: The kernel's table for the first router, by which everything goes that belongs to none; each other router has one of its own, from the second number on.
MAIN, OTHERS = 254, 20000


@dataclass(frozen=True)
class Interface:
    """A layer-3 interface of the firewall. ``addresses`` with their masks; ``ping``: answers echo requests; ``is_up``: what its link state says;
    ``table``: the kernel's table of its router.
    """

    name: str
    addresses: tuple[str, ...]
    mtu: int | None
    zone: str | None
    ping: bool
    ipv6: tuple[str, ...] = ()
    is_up: bool = True
    table: int = MAIN

    @property
    def device(self) -> str:
        return device(self.name)

    @property
    def is_loopback(self) -> bool:
        return self.name.startswith("loopback.")

    @property
    def is_tunnel(self) -> bool:
        return self.name.startswith("tunnel.")


def device(interface: str) -> str:
    """Linux allows no slash and fifteen characters."""
    return interface.replace("ethernet", "eth").replace("/", "-")


@dataclass(frozen=True)
class Monitor:
    """Probes to an address: every so many seconds; so many lost ones in a row mean down, so many answered ones up again.

    How many answers it takes to be up again is not documented; the threshold is assumed. ``hold``: seconds for which they must come.
    """

    target: str
    interval: float
    threshold: int
    fails_over: bool
    hold: float = 0


@dataclass(frozen=True)
class Selector:
    """A pair of networks that the SA is for; ``name`` is the proxy ID's, empty where there is none."""

    name: str = ""
    local: str = ANY
    remote: str = ANY


@dataclass(frozen=True)
class Credentials:
    """A certificate with its private key, and the authorities whose certificates the other side may show; all of them PEM.

    ``chain``: what is shown besides, so that the other side finds the authority. ``any_identity``: the other side's ID need not stand in its certificate.
    """

    certificate: str
    private_key: str = field(repr=False)
    authorities: tuple[str, ...]
    chain: tuple[str, ...] = ()
    any_identity: bool = False


@dataclass(frozen=True)
class Tunnel:
    """An IPsec tunnel with the gateway that it goes through. ``peer_address`` is empty where the peer may come from any. ``credentials`` stand for ``key``."""

    name: str
    interface: str
    gateway: str
    outside: str
    local_address: str
    peer_address: str
    version: str
    ike_proposals: tuple[str, ...]
    ike_lifetime: int
    esp_proposals: tuple[str, ...]
    esp_lifetime: int
    local_id: str
    peer_id: str
    key: str = field(repr=False)
    passive: bool = False
    probe_interval: int | None = None
    selectors: tuple[Selector, ...] = (Selector(),)
    monitor: Monitor | None = None
    credentials: Credentials | None = None
    aggressive: bool = False

    @property
    def version_outside(self) -> int:
        return version(self.peer_address)

    @property
    def begins(self) -> bool:
        """Whether it may begin to negotiate: it is not to wait, and knows with whom."""
        return not self.passive and bool(self.peer_address)


@dataclass(frozen=True)
class PathMonitor:
    """Path monitoring of a static route: the route goes when any (or all) of its destinations are down."""

    destinations: tuple[Monitor, ...]
    all_must_fail: bool


@dataclass(frozen=True)
class Route:
    """A static route. ``next_router``: what that one has for the destination decides. Neither interface nor nexthop nor that: discard."""

    name: str
    destination: str
    interface: str | None
    nexthop: str | None
    distance: int
    metric: int
    monitor: PathMonitor | None = None
    next_router: str | None = None


@dataclass(frozen=True)
class Ports:
    """A service or an application, as packets show it. ``protocol``: tcp, udp, esp, icmp, echo."""

    protocol: str
    ports: str = ""


@dataclass(frozen=True)
class Match:
    """What a rule looks at. Empty means any; addresses are networks or ranges."""

    source: tuple[str, ...] = ()
    destination: tuple[str, ...] = ()
    not_source: bool = False
    not_destination: bool = False
    services: tuple[Ports, ...] = ()


@dataclass(frozen=True)
class ForwardingRule:
    """A PBF rule. ``action``: forward, discard, no-pbf. ``ingress``: interfaces."""

    name: str
    ingress: tuple[str, ...]
    match: Match
    action: str
    egress: str | None = None
    nexthop: str | None = None
    monitor: Monitor | None = None
    gives_way: bool = False


@dataclass(frozen=True)
class SecurityRule:
    """Zones empty: any. ``kind``: universal, intrazone, interzone."""

    name: str
    sources: tuple[str, ...]
    destinations: tuple[str, ...]
    kind: str
    match: Match
    allows: bool


@dataclass(frozen=True)
class Prefix:
    """A prefix in a BGP policy, with the lengths of what it takes in."""

    network: str
    shortest: int
    longest: int


@dataclass(frozen=True)
class Policy:
    """One step of an import, export or redistribution policy. No prefixes: every route."""

    allows: bool
    prefixes: tuple[Prefix, ...] = ()
    local_preference: int | None = None
    med: int | None = None
    prepend: int = 0


@dataclass(frozen=True)
class Redistribution:
    """Routes of one source (connected or static) that BGP takes in."""

    source: str
    policies: tuple[Policy, ...]


@dataclass(frozen=True)
class Peer:
    name: str
    group: str
    interface: str | None
    local_address: str
    address: str
    remote_as: int
    keep_alive: int
    hold_time: int
    passive: bool
    imports: tuple[Policy, ...] | None
    exports: tuple[Policy, ...] | None
    password: str | None = field(default=None, repr=False)
    multihop: int = 0

    @property
    def version(self) -> int:
        return version(self.address)


@dataclass(frozen=True)
class Bgp:
    """``imports`` and ``exports`` of a peer: None lets everything through; after the last step of a list nothing is let through."""

    router_id: str
    local_as: int
    installs: bool
    rejects_default: bool
    local_preference: int
    peers: tuple[Peer, ...]
    redistributions: tuple[Redistribution, ...]


@dataclass(frozen=True)
class Router:
    """A virtual or logical router. ``table``: the kernel's that it has; ``interfaces``: the names of those in it; ``paths``: how many routes of equal cost to
    one network are in use at once.
    """

    name: str
    table: int = MAIN
    interfaces: tuple[str, ...] = ()
    routes: tuple[Route, ...] = ()
    bgp: Bgp | None = None
    paths: int = 1

    @property
    def peers(self) -> tuple[Peer, ...]:
        return self.bgp.peers if self.bgp is not None else ()


@dataclass(frozen=True)
class Running:
    """Everything that the data plane makes true. ``allows_within_zones``, ``allows_between_zones``: the default security rules, which decide last.
    ``remarks``: what the configuration says and this data plane does not do.
    """

    interfaces: tuple[Interface, ...] = ()
    tunnels: tuple[Tunnel, ...] = ()
    routers: tuple[Router, ...] = ()
    forwarding: tuple[ForwardingRule, ...] = ()
    security: tuple[SecurityRule, ...] = ()
    strict_zones: tuple[str, ...] = ()
    allows_within_zones: bool = True
    allows_between_zones: bool = False
    remarks: tuple[str, ...] = ()

    @property
    def routes(self) -> list[Route]:
        """Of all routers."""
        return [route for router in self.routers for route in router.routes]

    @property
    def others(self) -> list[Router]:
        """The routers that have a table of their own."""
        return [router for router in self.routers if router.table != MAIN]

    def interface(self, name: str | None) -> Interface | None:
        return next((interface for interface in self.interfaces if interface.name == name), None)

    def zone(self, name: str) -> list[Interface]:
        return [interface for interface in self.interfaces if interface.zone == name]

    @property
    def families(self) -> tuple[int, ...]:
        """Those that any interface speaks."""
        return (4, 6) if any(interface.ipv6 for interface in self.interfaces) else (4,)

    def router(self, name: str | None) -> Router | None:
        return next((router for router in self.routers if router.name == name), None)

    @property
    def outside(self) -> list[str]:
        """Interfaces that tunnels go out of."""
        return sorted({tunnel.outside for tunnel in self.tunnels})


def host_of(address: str) -> str:
    return address.partition("/")[0]


def network_of(address: str) -> ipaddress.IPv4Network | ipaddress.IPv6Network:
    return ipaddress.ip_interface(address).network


def version(text: str) -> int:
    """Of an address, a network or a range."""
    return 6 if ":" in text else 4
