# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A site-to-site VPN as the user describes it: one to eight tunnels between this firewall and one peer."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, fields, replace
from ipaddress import IPv4Address, ip_address, ip_network
from itertools import combinations
from typing import Any, Callable

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.configuration.addresses import family, network_problem
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.errors import InvalidInput
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.firewall.address_book import is_name
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.firewall.rulebases import is_part
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.peers import problems
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.peers.profile import DYNAMIC, FIREWALL, MOST_TUNNELS, PEER, Selectors, Tunnel
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.resources import monitor_profile, static_route, tunnel_interface, zone
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.tables.table import Table
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.vpn import families, names
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.vpn.proposal import is_gcm

# How traffic goes over to another tunnel: by PBF rules with monitors, by BGP, by BGP through all tunnels at once, or by static routes.
PBF, BGP, ECMP, ROUTES = "pbf", "bgp", "ecmp", "routes"
FAILOVERS = (PBF, BGP, ECMP, ROUTES)
SPEAKING_BGP = (BGP, ECMP)
# Options that are a value of one of the objects: (its table, what it is called there).
_OF_OBJECTS = {
    "monitor_interval": (monitor_profile.TABLE, "interval"), "monitor_threshold": (monitor_profile.TABLE, "threshold"),
    "mtu": (tunnel_interface.TABLE, "mtu"),
}
# Options of the monitors of PBF rules and of static routes; a BGP session has none.
_OF_MONITORS = ("monitor_interval", "monitor_threshold", "monitor_addresses")
DISCARD = "discard"
# What no BGP session can do without.
_OF_A_SESSION = ("local_as", "peer_as", "hold_time", "keep_alive")


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


def check(vpn: Vpn) -> None:
    """Refuse what needs no firewall to be refused. Raises InvalidInput with every problem found."""
    found = _form_problems(vpn) or _own_problems(vpn) + _network_problems(vpn)
    if not found:
        found = families.problems(vpn) or _profile_problems(vpn)
    if found:
        raise InvalidInput("; ".join(found))


def check_name(name: str) -> None:
    problem = names.problem_of_vpn(name)
    if problem:
        raise InvalidInput(f"name {problem}")


def _profile_problems(vpn: Vpn) -> list:
    """What a cloud's output is checked for too. Tunnels that come from a cloud keep its rules."""
    paired = [replace(tunnel, selector_pairs=tuple(Selectors(*pair) for pair in families.pairs(vpn, tunnel))) for tunnel in vpn.tunnels]
    found = problems.as_problems(vpn.name, vpn.tunnels) + problems.inside_problems(vpn.name, vpn.tunnels) + problems.pair_problems(vpn.name, paired)
    if vpn.failover != ROUTES or vpn.monitors_routes:
        found += problems.selector_problems(
            vpn.name, vpn.tunnels, vpn.failover, [vpn.monitor_address(number) for number in vpn.numbers])
    return found


def _form_problems(vpn: Vpn) -> list:
    """What is missing, or is not of its kind: everything else can rely on these."""
    found = []
    for number, tunnel in enumerate(vpn.tunnels, 1):
        found += [f"{vpn.name}, tunnel {number}: {where} is missing" for where in _missing(vpn, tunnel)]
        found += _unlike(f"tunnel {number}: outside_address", tunnel.outside_address, _endpoint)
        for option in ("customer_outside_address", "inside_ipv6_address", "inside_ipv6_peer_address"):
            found += _unlike(f"tunnel {number}: {option}", getattr(tunnel, option), ip_address)
        found += _unlike(f"tunnel {number}: inside_ipv6_cidr", tunnel.inside_ipv6_cidr, lambda text: ip_network(text, strict=False))
        for place, pair in _selectors(tunnel):
            found += _unlike(f"tunnel {number}: {place}.local", pair.local, ip_network) + _unlike(f"tunnel {number}: {place}.remote", pair.remote, ip_network)
        for option in ("peer_address", "local_address"):
            found += _unlike(f"tunnel {number}: bgp.{option}", getattr(tunnel.bgp, option, None), ip_address)
    for text in vpn.monitor_addresses:
        found += _unlike("monitor_addresses", text, ip_address)
    found += _unlike("router_id", vpn.router_id, IPv4Address)
    found += [f"tunnel_interfaces: '{name}' is no tunnel interface, such as tunnel.{_number_in(name)}" for name in vpn.tunnel_interfaces
              if not re.fullmatch(r"tunnel\.[1-9]\d{0,3}", name)]
    return found


def _number_in(name: str) -> int:
    """The number that was probably meant."""
    digits = re.search(r"[1-9]\d{0,3}$", name)
    return int(digits.group()) if digits else 11


def _missing(vpn, tunnel):
    """The dotted names of what a tunnel's description lacks."""
    proposals, prefix = (tunnel.offers, "offers.") if tunnel.offers else (tunnel, "")
    yield from _unsaid(proposals.ike, f"{prefix}ike")
    needless = ("authentication",) if any(map(is_gcm, proposals.ipsec.encryption if tunnel.offers else ())) else ()
    yield from _unsaid(proposals.ipsec, f"{prefix}ipsec", needless)
    if vpn.speaks_bgp and tunnel.bgp:
        yield from (f"bgp.{name}" for name in _OF_A_SESSION if not getattr(tunnel.bgp, name))
    for place, pair in _selectors(tunnel):
        yield from _unsaid(pair, place)
    if bool(tunnel.inside_ipv6_address) != bool(tunnel.inside_ipv6_cidr):
        yield "inside_ipv6_cidr or inside_ipv6_address"
    if tunnel.inside_ipv6_peer_address and not tunnel.inside_ipv6_address:
        yield "inside_ipv6_address"


def _selectors(tunnel: Tunnel) -> list:
    """(its place in the tunnel's description, a pair of networks)."""
    one = [("traffic_selectors", tunnel.traffic_selectors)] if tunnel.traffic_selectors else []
    return one + [(f"selector_pairs[{number}]", pair) for number, pair in enumerate(tunnel.selector_pairs, 1)]


def _unsaid(value, place, needless=()):
    """The dotted names of the fields of a value that say nothing, without those that need not."""
    wanted = [each.name for each in fields(value) if each.name not in needless]
    return (f"{place}.{name}" for name in wanted if not getattr(value, name))


def _unlike(place: str, text: str | None, kind: Callable[[str], Any]) -> list:
    if text:
        try:
            kind(text)
        except ValueError as exc:
            return [f"{place}: {exc}"]
    return []


# A name of a host, with a dot in it or not, and not made of numbers alone, which would be an address that is none.
_HOST = re.compile(r"(?=.{1,255}$)(?=.*[A-Za-z])[0-9A-Za-z_](?:[0-9A-Za-z_-]{0,61}[0-9A-Za-z_])?(?:\.[0-9A-Za-z_](?:[0-9A-Za-z_-]{0,61}[0-9A-Za-z_])?)*\.?")


def _endpoint(text: str) -> None:
    """Raises ValueError where a text is neither an address nor the name of a host."""
    if text != DYNAMIC and not _HOST.fullmatch(text):
        ip_address(text)


def _own_problems(vpn: Vpn) -> list:
    found, count = [], len(vpn.tunnels)
    if not 1 <= count <= MOST_TUNNELS:
        return [f"{vpn.name}: 1 to {MOST_TUNNELS} tunnels are supported, {count} are given"]
    for number, tunnel in enumerate(vpn.tunnels, 1):
        found += _proof_problems(vpn, number, tunnel)
        if not tunnel.pre_shared_key and not tunnel.certificate:
            found.append(f"{vpn.name}, tunnel to {tunnel.outside_address}: no readable pre-shared key; give the keys as pre_shared_keys, one per tunnel")
        if vpn.speaks_bgp and not tunnel.bgp:
            found.append(f"{vpn.name}, tunnel {number}: failover: {vpn.failover} needs the tunnel's bgp (local_as, peer_as); "
                         f"a static connection takes {PBF} or {ROUTES}")
        found += _inside_problems(vpn, number, tunnel)
    for option in ("tunnel_interfaces", "monitor_addresses", "local_preference", "as_path_prepend"):
        given = getattr(vpn, option)
        if given and len(given) != count:
            found.append(f"{option}: give one value per tunnel ({count}), not {len(given)}")
    if len(set(vpn.tunnel_interfaces)) != len(vpn.tunnel_interfaces):
        found.append("tunnel_interfaces: each tunnel needs an interface of its own")
    for option, (table, leaf) in _OF_OBJECTS.items():
        found += _out_of_range(option, getattr(vpn, option), table, leaf) if _makes(vpn, table) else []
    if len(vpn.zone) > zone.TABLE.name_length:
        found.append(f"zone: '{vpn.zone}' has {len(vpn.zone)} characters, PAN-OS allows {zone.TABLE.name_length}")
    if not 1 <= vpn.primary_tunnel <= count:
        found.append(f"primary_tunnel: there is no tunnel {vpn.primary_tunnel}, only 1 to {count}")
    if vpn.policy_based and vpn.failover != ROUTES:
        found.append(f"policy_based: the peer takes traffic between the given networks only, so neither BGP nor a monitor can work; say failover: {ROUTES}")
    if vpn.failover != BGP and vpn.by_tunnel:
        found.append("local_preference and as_path_prepend go with failover: bgp")
    if vpn.failover != PBF and vpn.backup_routes:
        found.append("backup_routes goes with failover: pbf")
    found += _needless_monitor_problems(vpn) + _route_monitor_problems(vpn)
    outside = [tunnel.far_end for tunnel in vpn.tunnels]
    inside = [address for tunnel in vpn.tunnels for address in (tunnel.inside_address, tunnel.inside_ipv6_address) if address]
    if len(set(outside)) != count or len(set(inside)) != len(inside):
        found.append(f"{vpn.name}: two tunnels have the same outside or inside address")
    return found


def _proof_problems(vpn: Vpn, number: int, tunnel: Tunnel) -> list:
    """How the two sides prove who they are, and who of them begins."""
    found, place = [], f"{vpn.name}, tunnel {number}"
    certificate = tunnel.certificate
    if certificate and tunnel.pre_shared_key:
        found.append(f"{place}: a pre-shared key and certificate are given; a gateway authenticates by one of them")
    missing = [option for option in ("local_certificate", "certificate_profile") if certificate and not getattr(certificate, option)]
    if missing:
        found.append(f"{place}: certificate.{' and certificate.'.join(missing)}: say which one of this firewall it is")
    found += _id_problems(place, "local_id", tunnel.local_id, tunnel.local_id_type) + _id_problems(place, "peer_id", tunnel.peer_id, tunnel.peer_id_type)
    if tunnel.is_dynamic and not (tunnel.peer_id or certificate):
        found.append(f"{place}: peer_id: a peer without a fixed address is known by the ID that it shows; give it")
    if tunnel.is_dynamic and tunnel.initiator == FIREWALL:
        found.append(f"{place}: initiator: the firewall cannot begin with a peer that has no fixed address; leave it out, or say {PEER}")
    if vpn.speaks_bgp and tunnel.bgp and tunnel.bgp.authentication and not tunnel.bgp.secret:
        found.append(f"{place}: the peer demands signatures with its key '{tunnel.bgp.authentication}'; give that key as bgp.secret, or in bgp_secrets")
    return found


# What an ID of a kind looks like, and what it is called; a key ID is any text.
_IDS = {"ipaddr": (r"[0-9.]+|[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*", "an address"), "fqdn": (r"[^@\s=/]+", "the name of a host"),
        "ufqdn": (r"[^@\s]+@[^@\s]+", "a mail address"), "dn": (r".*\w\s*=.*", "a distinguished name, such as CN=paris")}


def _id_problems(place: str, option: str, text: str | None, kind: str | None) -> list:
    form, words = _IDS.get(kind or "", (r".*", ""))
    if kind and not text:
        return [f"{place}: {option}_type goes with {option}"]
    return [] if re.fullmatch(form, text or "") or not text else [f"{place}: {option}: '{text}' is of the kind {kind}, and is not {words}"]


def _needless_monitor_problems(vpn: Vpn) -> list:
    """What is said of monitors where there are none. The roles hand on what is usual without being asked, so that alone says nothing."""
    if not vpn.speaks_bgp:
        return []
    usual = {each.name: each.default for each in fields(vpn)}
    return [f"{option} goes with failover: {PBF} or {ROUTES}; it has no effect with {vpn.failover}, leave it out"
            for option in _OF_MONITORS if getattr(vpn, option) != usual[option]]


def _route_monitor_problems(vpn: Vpn) -> list:
    """The monitors of static routes have limits of their own."""
    if not vpn.monitors_routes:
        return []
    monitor = next(node for node in static_route.TABLES[False, False].nodes if node.option == "path_monitor")
    leaves = {leaf.option: leaf for leaf in next(node for node in monitor.nodes if node.option == "monitor_destinations").nodes}
    given = {"monitor_interval": (vpn.monitor_interval, leaves["interval"]), "monitor_threshold": (vpn.monitor_threshold, leaves["count"])}
    return [f"{option}: the monitor of a static route takes {leaf.minimum} to {leaf.maximum} {leaf.unit}, not {value}"
            for option, (value, leaf) in given.items() if not leaf.minimum <= value <= leaf.maximum]


def _makes(vpn: Vpn, table: Table) -> bool:
    """Whether the VPN makes an object of a table; routes have monitors of their own."""
    return table is not monitor_profile.TABLE or vpn.failover == PBF


def _out_of_range(option: str, value: int | None, table: Table, name: str) -> list:
    """Whether a leaf of an object that the VPN makes could hold an option's value."""
    leaf = next(node for node in table.nodes if node.option == name)
    if value is None or leaf.minimum <= value <= leaf.maximum:
        return []
    return [f"{option}: {value} is outside {leaf.minimum} to {leaf.maximum} {leaf.unit}"]


def _inside_problems(vpn: Vpn, number: int, tunnel: Tunnel) -> list:
    """A tunnel's inside addresses: which of them go together, and both in their network."""
    found = []
    for version in families.FAMILIES:
        ends = families.ends(tunnel, version)
        if version == 4 and any((ends.cidr, ends.address, ends.peer)) and not ends.are_known:
            found.append(f"{vpn.name}, tunnel {number}: {ends.options} go together")
        elif ends.cidr:
            found += _outsiders(f"{vpn.name}, tunnel {number}", ends, version)
    return found


def _outsiders(place: str, ends: families.Ends, version: int) -> list:
    try:
        network = ip_network(ends.cidr or "", strict=False)
        outsiders = [text for text in (ends.address, ends.peer) if text and ip_address(text) not in network]
    except ValueError as exc:
        return [f"{place}: {exc}"]
    if network.version != version:
        return [f"{place}: {ends.cidr} is IPv{network.version}; {ends.options} are of IPv{version}"]
    if not outsiders and ends.address == ends.peer:
        return [f"{place}: both ends have the inside address {ends.address}"]
    return [f"{place}: {outsiders[0]} is not in {ends.cidr}"] if outsiders else []


def _network_problems(vpn: Vpn) -> list:
    found = []
    sides: dict[str, list] = {}
    for option in ("local_networks", "remote_networks"):
        if not getattr(vpn, option):
            found.append(f"{option}: give at least one network")
        sides[option] = []
        for text in getattr(vpn, option):
            problem = network_problem(text)
            if problem:
                found.append(f"{option}: {problem}")
            else:
                sides[option].append(ip_network(text))
    for remote in sides["remote_networks"]:
        if remote.prefixlen == 0 and not vpn.allow_default_route:
            found.append(f"remote_networks: {remote} would send everything into the VPN; say allow_default_route: true if that is meant")
            continue
        for local in sides["local_networks"]:
            if remote.prefixlen and local.prefixlen and remote.version == local.version and remote.overlaps(local):
                is_longer = is_part(local, remote)
                if not (is_longer and vpn.allow_summary_networks):
                    hint = "; say allow_summary_networks: true if the longer one is to win" if is_longer else ""
                    found.append(f"remote_networks: {remote} overlaps the local network {local}{hint}")
    if vpn.policy_based:
        found += [f"{option}: {one} and {other} overlap, so a packet could be in two proxy IDs; leave one of them out"
                  for option, networks in sides.items() for one, other in combinations(networks, 2) if one.version == other.version and one.overlaps(other)]
    if vpn.speaks_bgp and not vpn.allow_default_route:
        found += [f"local_networks: {local} would announce a default route to the far side, which could send everything here; name the networks here, "
                  "or say allow_default_route: true if that is meant" for local in sides["local_networks"] if local.prefixlen == 0]
    return found
