# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A site-to-site VPN as the user describes it: one to eight tunnels between this firewall and one peer."""

from __future__ import annotations

from dataclasses import dataclass, field
from ipaddress import ip_address, ip_network

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.configuration.addresses import family
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.firewall.address_book import is_name
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.peers.profile import Tunnel
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.vpn import families, names

# How traffic goes over to another tunnel: by PBF rules with monitors, by BGP, by BGP through all tunnels at once, or by static routes.
PBF, BGP, ECMP, ROUTES = "pbf", "bgp", "ecmp", "routes"
FAILOVERS = (PBF, BGP, ECMP, ROUTES)
SPEAKING_BGP = (BGP, ECMP)
DISCARD = "discard"


@dataclass(frozen=True)
class Vpn:
    """C(tunnels): as the far side describes them, or as the user does. Lists of numbers and keys are in the order of the tunnels' numbers, which a tunnel
    keeps once it is made. C(pre_shared_keys), C(bgp_secrets): those that are given beside the tunnels.
    C(policy_based): the peer accepts pairs of networks only, one proxy ID each.

    C(local_networks), C(remote_networks): as they are routed. C(local_addresses), C(remote_addresses): what the rules name instead, where address
    objects were given. C(allow_summary_networks): remote networks may hold local ones, which are the longer ones.

    The names of all objects begin with C(name); those of adopted ones stand in the record.
    C(adopt): take over what already serves this connection under other names.
    """

    name: str
    tunnels: tuple[Tunnel, ...]
    failover: str
    outside_interface: str
    zone: str
    source_zones: tuple
    local_networks: tuple
    remote_networks: tuple
    virtual_router: str = "default"
    local_address: str | None = None
    local_id: str | None = None
    nat_traversal: bool = False
    policy_based: bool = False
    tunnel_interfaces: tuple = ()
    mtu: int | None = None
    monitor_interval: int = 2
    monitor_threshold: int = 5
    monitor_addresses: tuple = ()
    primary_tunnel: int = 1
    backup_routes: bool | None = None
    when_both_down: str = DISCARD
    router_id: str | None = None
    install_route: bool | None = None
    local_preference: tuple = ()
    as_path_prepend: tuple = ()
    redistribute: str | None = None
    allow_readvertise: bool = False
    allow_default_route: bool = False
    allow_summary_networks: bool = False
    nat_exemption: bool = False
    security_rules: str = "both"
    rule_position: tuple = ()
    adopt: bool = False
    pre_shared_keys: tuple = field(default=(), repr=False)
    bgp_secrets: tuple = field(default=(), repr=False)
    local_addresses: tuple = ()
    remote_addresses: tuple = ()

    @property
    def names_objects(self) -> bool:
        """Whether networks are given as address objects that have to be looked up."""
        return any(map(is_name, self.local_networks + self.remote_networks))

    @property
    def sources(self) -> list:
        """What the rules say of the networks here."""
        return list(self.local_addresses or self.local_networks)

    @property
    def destinations(self) -> list:
        """What the rules say of the networks there."""
        return list(self.remote_addresses or self.remote_networks)

    def outside_of(self, number: int) -> str:
        """The interface by which a tunnel's packets leave."""
        return self.tunnel(number).outside_interface or self.outside_interface

    def local_address_of(self, number: int) -> str | None:
        """The address that is asked for there."""
        of_all = self.local_address if self.outside_of(number) == self.outside_interface else None
        return self.tunnel(number).local_address or of_all

    def beginning_with(self, number: int) -> list[Tunnel]:
        """The tunnels that begin where this one does."""
        place = (self.outside_of(number), self.local_address_of(number))
        return [self.tunnel(other) for other in self.numbers if (self.outside_of(other), self.local_address_of(other)) == place]

    def tunnel_name(self, number: int) -> str:
        return names.tunnel(self.name, number)

    @property
    def numbers(self) -> range:
        return range(1, len(self.tunnels) + 1)

    def tunnel(self, number: int) -> Tunnel:
        return self.tunnels[number - 1]

    def monitor_address(self, number: int) -> str | None:
        given = self.monitor_addresses[number - 1] if self.monitor_addresses else None
        return given or self.ends(number).peer

    def route_monitor(self, number: int, version: int) -> str | None:
        """What the monitor of a tunnel's routes of one family asks: the address that is given, where it is of that family, or the far side's inside."""
        given = self.monitor_addresses[number - 1] if self.monitor_addresses else None
        return given if given and family(given) == version else families.ends(self.tunnel(number), version).peer

    def ends(self, number: int) -> families.Ends:
        """The inside addresses of a tunnel in the family that is probed or spoken there."""
        return families.ends(self.tunnel(number), families.spoken(self))

    def speaker(self, number: int) -> str | None:
        """The address of the far side's BGP speaker."""
        session = self.tunnel(number).bgp
        return (session.peer_address if session else None) or self.ends(number).peer

    def is_elsewhere(self, number: int) -> bool:
        """Whether the far side's BGP speaker is not in the network inside the tunnel."""
        speaker, cidr = self.speaker(number), self.ends(number).cidr
        return speaker is not None and (not cidr or ip_address(speaker) not in ip_network(cidr, strict=False))

    @property
    def path_order(self) -> list:
        """Tunnel numbers, the preferred one first."""
        return [self.primary_tunnel] + [number for number in self.numbers if number != self.primary_tunnel]

    @property
    def speaks_bgp(self) -> bool:
        """Whether the far side's networks are learned, and those here announced."""
        return self.failover in SPEAKING_BGP

    @property
    def monitors_routes(self) -> bool:
        """Whether its static routes are withdrawn while nothing answers through their tunnel; where there is no other tunnel, that would help nobody."""
        return self.failover == ROUTES and len(self.tunnels) > 1 and not self.policy_based

    @property
    def certifies(self) -> bool:
        """Whether a tunnel authenticates by certificate."""
        return any(tunnel.certificate for tunnel in self.tunnels)

    @property
    def has_backup_routes(self) -> bool:
        """Whether the routing table leads into the tunnels beside PBF. Omitted, it does, unless that were a default route.

        Whether PBF sees the answers to sessions that the far side begins is not documented: without a route they may leave in clear text.
        """
        is_everything = any(text.endswith("/0") for text in self.remote_networks)
        return self.failover == PBF and (not is_everything if self.backup_routes is None else self.backup_routes)

    @property
    def makes_routes(self) -> bool:
        return self.failover == ROUTES or self.has_backup_routes

    @property
    def by_tunnel(self) -> bool:
        """Whether the tunnels are treated differently, so that each needs a peer group of its own."""
        return bool(self.local_preference or self.as_path_prepend)

    def uses_zone(self, name: str) -> bool:
        """Whether its tunnels are in a zone, or its traffic comes from there."""
        return name == self.zone or name in self.source_zones

    def peer_group(self, number: int) -> str:
        return self.tunnel_name(number) if self.by_tunnel else self.name
