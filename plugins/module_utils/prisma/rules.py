# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What Prisma Access demands of remote networks and service connections, however it is managed: one row a rule, checked before anything is written.

The rules are asked of the whole tenant as it will be, so that a site is held against those that stand there already. What the tenant does not tell
(its infrastructure subnet, its allocated bandwidth) is not checked.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network
from typing import NamedTuple, Union

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.configuration import addresses
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.prisma.site import (
    AGGREGATE, MANUAL_KEY, PRESENT, Bgp, EcmpLink, RemoteNetwork, Service, Site, Tunnel,
)

LONGEST_NAME = 31
FEWEST_LINKS, MOST_LINKS = 2, 4
# A remote network's name becomes a zone in the logs.
RESERVED = ("trust", "untrust", "inter-fw")
# RFC 6996.
PRIVATE_AS = (range(64512, 65535), range(4200000000, 4294967295))

Network = Union[IPv4Network, IPv6Network]

_TUNNELS = "Set Up an IPSec Tunnel: Prisma Access (Panorama Managed)"
_CLOUD = "Set Up an IPSec Tunnel: Prisma Access (Cloud Management)"
_ONBOARDING = "Prisma Access: onboard remote networks"
_PLUGIN = "the configuration of the Cloud Services plugin"


class Broken(NamedTuple):
    """A rule that does not hold. C(sites): those that it does not hold for; C(text): what is wrong and what to do."""

    sites: tuple[Site, ...]
    text: str


@dataclass(frozen=True)
class Rule:
    """One row: a name for it, what it demands, who says so, and the places where that does not hold. C(is_of_bandwidth): it is mended by allocating some."""

    name: str
    words: str
    source: str
    broken: Callable[[Service], Iterator[Broken]]
    is_of_bandwidth: bool = False


def problems(standing: Service, given: Service, state: str = PRESENT) -> list[str]:
    """All that is wrong with what is C(given), beside what is C(standing), as sentences; none that only concerns what stands."""
    tenant = standing.after(given, state)
    own = {site.called for site in given.sites}
    return [told(rule, broken) for rule in RULES for broken in rule.broken(tenant) if own & {site.called for site in broken.sites}]


def broken_by_site(tenant: Service) -> dict[str, list[tuple[Rule, Broken]]]:
    """What a site is called → the rules that do not hold for it as it stands."""
    found: dict[str, list[tuple[Rule, Broken]]] = defaultdict(list)
    for rule in RULES:
        for broken in rule.broken(tenant):
            for called in dict.fromkeys(site.called for site in broken.sites):
                found[called].append((rule, broken))
    return found


def removal_problems(standing: Service, given: Service) -> list[str]:
    """Why what is C(given) cannot go: what stays needs it."""
    going = {site.called for site in given.sites}
    staying = [site for site in standing.sites if site.called not in going]
    backups = {site.name for site in given.service_connections}
    found = [f"service connection '{site.backup_sc}' is the backup of {site.called}; give that another one first"
             for site in standing.service_connections if site.called not in going and site.backup_sc in backups]
    for each in given.bandwidth or ():
        nodes = next((held.spn_names for held in standing.bandwidth or () if held.name == each.name), ())
        users = [site.called for site in staying if getattr(site, "spn_name", "") in nodes]
        if users:
            found.append(f"the bandwidth of compute location {each.name} is used by {', '.join(users)}")
    return found


def told(rule: Rule, broken: Broken) -> str:
    return f"{' and '.join(dict.fromkeys(site.called for site in broken.sites))}: {broken.text} ({rule.words})"


def _long_names(tenant: Service) -> Iterator[Broken]:
    for site, tunnel in tenant.ends:
        for kind, name in (("IPsec tunnel", tunnel.name), ("IKE gateway", tunnel.gateway), ("IKE crypto profile", tunnel.ike_profile),
                           ("IPsec crypto profile", tunnel.ipsec_profile)):
            if len(name) > LONGEST_NAME:
                yield Broken((site,), f"{kind} '{name}' has {len(name)} characters")


def _shared_peers(tenant: Service) -> Iterator[Broken]:
    ends: dict[str, list[tuple[Site, Tunnel]]] = defaultdict(list)
    for site, tunnel in tenant.ends:
        if tunnel.peer_address and not tunnel.is_dynamic:
            ends[tunnel.peer_address].append((site, tunnel))
    for address, found in ends.items():
        names = list(dict.fromkeys(tunnel.name for dummy, tunnel in found))
        if len(names) > 1:
            yield Broken(tuple(site for site, dummy in found), f"peer_address {address} is that of {len(names)} tunnels, {', '.join(names)}")


def _shared_tunnels(tenant: Service) -> Iterator[Broken]:
    users: dict[tuple[str, str], list[Site]] = defaultdict(list)
    for site, tunnel in tenant.ends:
        users[site.kind, tunnel.name].append(site)
    for (dummy, name), sites in users.items():
        if len(sites) > 1:
            yield Broken(tuple(sites), f"IPsec tunnel '{name}' is used {len(sites)} times; give each its own")


def _manual_keys(tenant: Service) -> Iterator[Broken]:
    for site, tunnel in tenant.ends:
        if tunnel.key_exchange == MANUAL_KEY:
            yield Broken((site,), f"IPsec tunnel '{tunnel.name}' has manual keys")


def _other_families(tenant: Service) -> Iterator[Broken]:
    for site, tunnel in tenant.ends:
        said = [tunnel.peer_address, tunnel.tunnel_monitor.destination_ip if tunnel.tunnel_monitor else ""]
        said += [network for proxy in tunnel.proxy_ids for network in (proxy.local, proxy.remote)]
        foreign = [text for text in said if addresses.is_ipv6(text)]
        if foreign:
            yield Broken((site,), f"IPsec tunnel '{tunnel.name}' has {', '.join(foreign)}")


def _malformed_peers(tenant: Service) -> Iterator[Broken]:
    for site, tunnel in tenant.ends:
        try:
            addresses.check("address or name", tunnel.peer_address)
        except ValueError as exc:
            yield Broken((site,), f"IPsec tunnel '{tunnel.name}': peer_address {exc}")


def _nameless_dynamic_peers(tenant: Service) -> Iterator[Broken]:
    for site, tunnel in tenant.ends:
        if tunnel.is_dynamic and not (tunnel.peer_id or tunnel.local_id):
            yield Broken((site,), f"IPsec tunnel '{tunnel.name}' has neither peer_id nor local_id; give the ID that the device shows as peer_id")


def _differing_dynamic_peers(tenant: Service) -> Iterator[Broken]:
    by_region: dict[str, list[tuple[Site, Tunnel]]] = defaultdict(list)
    for site in tenant.remote_networks:
        by_region[site.region] += [(site, tunnel) for tunnel in site.tunnels if tunnel.is_dynamic]
    for region, ends in by_region.items():
        profiles = list(dict.fromkeys(tunnel.ike_profile for dummy, tunnel in ends))
        if len(profiles) > 1:
            yield Broken(tuple(site for site, dummy in ends), f"the dynamic peers of location {region} have the IKE crypto profiles {', '.join(profiles)}; "
                                                              "give all the same ike_crypto_profile")


def _unlike_profiles(tenant: Service) -> Iterator[Broken]:
    for option, kind, profile in (("ike", "IKE", "ike_profile"), ("ipsec", "IPsec", "ipsec_profile")):
        users: dict[tuple[str, str], list[tuple[Site, Tunnel]]] = defaultdict(list)
        for site, tunnel in tenant.ends:
            if getattr(tunnel, option) is not None:
                users[site.kind, getattr(tunnel, profile)].append((site, tunnel))
        for (dummy, name), ends in users.items():
            if len({getattr(tunnel, option) for dummy, tunnel in ends}) > 1:
                yield Broken(tuple(site for site, dummy in ends), f"{kind} crypto profile '{name}' is given with different values of {option}")


def _secondaries_beside_load_sharing(tenant: Service) -> Iterator[Broken]:
    for site in tenant.sites:
        if site.secondary_ipsec_tunnel and (site.links or site.active_active):
            name = site.secondary_ipsec_tunnel.name
            yield Broken((site,), f"secondary_ipsec_tunnel '{name}' stands beside {'ecmp_links' if site.links else 'active_active'}; leave one of them out")


def _odd_links(tenant: Service) -> Iterator[Broken]:
    for site in tenant.sites:
        if site.links and not FEWEST_LINKS <= len(site.links) <= MOST_LINKS:
            yield Broken((site,), f"it has {len(site.links)} of ecmp_links")
        if site.links and site.ipsec_tunnel:
            yield Broken((site,), f"ipsec_tunnel '{site.ipsec_tunnel.name}' stands beside ecmp_links; make it one of them")
        for link in site.links:
            yield from _odd_link(site, link)


def _odd_link(site: Site, link: EcmpLink) -> Iterator[Broken]:
    if link.ipsec_tunnel is None:
        yield Broken((site,), f"ecmp_links: '{link.name}' has no ipsec_tunnel")
    if link.bgp is None:
        yield Broken((site,), f"ecmp_links: '{link.name}' has no bgp")


def _static_routes_with_links(tenant: Service) -> Iterator[Broken]:
    for site in tenant.sites:
        if site.links and site.subnets:
            yield Broken((site,), f"subnets {', '.join(site.subnets)} stand beside ecmp_links; announce them by BGP")


def _reserved_names(tenant: Service) -> Iterator[Broken]:
    for site in tenant.remote_networks:
        if site.name.lower() in RESERVED:
            yield Broken((site,), "it cannot be called so")


def _without_tunnel(tenant: Service) -> Iterator[Broken]:
    for site in tenant.sites:
        if not site.tunnels:
            yield Broken((site,), "ipsec_tunnel is missing")
        elif site.secondary_ipsec_tunnel and not site.ipsec_tunnel and not site.links:
            yield Broken((site,), "it has a secondary_ipsec_tunnel and no ipsec_tunnel")


def _without_region(tenant: Service) -> Iterator[Broken]:
    for site in tenant.sites:
        if not site.region:
            yield Broken((site,), "region is missing")


def _wrong_monitors(tenant: Service) -> Iterator[Broken]:
    for site, tunnel in tenant.ends:
        monitor = tunnel.tunnel_monitor
        names = [proxy.name for proxy in tunnel.proxy_ids]
        if monitor is None:
            continue
        if len(names) > 1 and not monitor.proxy_id:
            held = f"{len(names)} proxy IDs, {', '.join(names)}"
            yield Broken((site,), f"IPsec tunnel '{tunnel.name}' has {held}, and tunnel_monitor.proxy_id names none")
        elif monitor.proxy_id and monitor.proxy_id not in names and not tunnel.is_only_named:
            held = ", ".join(names) or "none"
            yield Broken((site,), f"tunnel_monitor.proxy_id '{monitor.proxy_id}' is none of IPsec tunnel '{tunnel.name}', which has {held}")


def _monitors_outside_proxy_id(tenant: Service) -> Iterator[Broken]:
    for site, tunnel in tenant.ends:
        monitor = tunnel.tunnel_monitor
        if monitor is None:
            continue
        proxies = [proxy for proxy in tunnel.proxy_ids if monitor.proxy_id in ("", proxy.name)]
        for proxy in proxies:
            if proxy.remote and not _holds(proxy.remote, monitor.destination_ip):
                yield Broken((site,), f"tunnel_monitor.destination_ip {monitor.destination_ip} is not in remote {proxy.remote} of proxy ID '{proxy.name}'")
            if proxy.local and tenant.infrastructure_subnet and not _holds(proxy.local, tenant.infrastructure_subnet):
                yield Broken((site,), f"the infrastructure subnet {tenant.infrastructure_subnet} is not in local {proxy.local} of proxy ID '{proxy.name}'")


def _holds(network: str, inside: str) -> bool:
    return _lies_in(ip_network(inside, strict=False), ip_network(network, strict=False))


def _overlaps(tenant: Service) -> Iterator[Broken]:
    held = [(site, network) for site in tenant.sites for network in site.networks]
    for (first, one), (second, other) in _overlapping(held):
        are_let = tenant.overlapped_subnets and isinstance(first, RemoteNetwork) and isinstance(second, RemoteNetwork)
        if first is not second and not are_let:
            yield Broken((first, second), f"subnets {one} and {other} overlap")


def _overlapping(held: list[tuple[Site, Network]]) -> Iterator[tuple[tuple[Site, Network], tuple[Site, Network]]]:
    """The pairs that overlap. Networks lie in each other or apart, so that each, in their order, meets those only that it lies in: a tenant has thousands."""
    around: list[tuple[Site, Network]] = []
    for each in sorted(held, key=lambda of: (of[1].version, int(of[1].network_address), of[1].prefixlen)):
        around = [outer for outer in around if _lies_in(each[1], outer[1])]
        yield from ((outer, each) for outer in around)
        around.append(each)


def _lies_in(inner: Network, outer: Network) -> bool:
    return outer.version == inner.version and inner.network_address in outer and inner.prefixlen >= outer.prefixlen


def _overlaps_with_infrastructure(tenant: Service) -> Iterator[Broken]:
    if tenant.infrastructure_subnet:
        own = ip_network(tenant.infrastructure_subnet, strict=False)
        for site in tenant.sites:
            for network in site.networks:
                if network.version == own.version and network.overlaps(own):
                    yield Broken((site,), f"subnet {network} overlaps the infrastructure subnet {own}")


def _speakers(tenant: Service) -> Iterator[tuple[Site, str, Bgp]]:
    """Every BGP session, with the option that says it."""
    for site in tenant.sites:
        said = [("bgp", site.bgp), *((f"ecmp_links '{link.name}': bgp", link.bgp) for link in site.links)]
        yield from ((site, option, bgp) for option, bgp in said if bgp is not None)


def _incomplete_bgp(tenant: Service) -> Iterator[Broken]:
    for site, option, bgp in _speakers(tenant):
        missing = [name for name in ("peer_as", "peer_ip_address", "local_ip_address") if not getattr(bgp, name)]
        if missing:
            yield Broken((site,), f"{option}: {', '.join(missing)} is missing")
        elif ip_address(bgp.peer_ip_address) == ip_address(bgp.local_ip_address):
            yield Broken((site,), f"{option}: {bgp.peer_ip_address} is peer_ip_address and local_ip_address")


def _wrong_as(tenant: Service) -> Iterator[Broken]:
    for site, option, bgp in _speakers(tenant):
        number = bgp.peer_as
        if number is not None and number == tenant.infra_bgp_as:
            yield Broken((site,), f"{option}: peer_as {number} is that of Prisma Access itself; give the device another one")
        elif number is not None and not any(number in private for private in PRIVATE_AS):
            yield Broken((site,), f"{option}: peer_as {number} is no private AS number, {' or '.join(f'{some[0]} to {some[-1]}' for some in PRIVATE_AS)}")


def _secondary_speakers(tenant: Service) -> Iterator[Broken]:
    for site in tenant.sites:
        peer = site.bgp_peer
        if peer is None or peer == type(peer)() or site.bgp is None and peer.same_as_primary:
            continue
        if site.bgp is None:
            yield Broken((site,), "bgp_peer is given without bgp")
        if site.secondary_ipsec_tunnel is None:
            yield Broken((site,), "bgp_peer is given without secondary_ipsec_tunnel")
        if peer.same_as_primary and (peer.peer_ip_address or peer.local_ip_address):
            yield Broken((site,), "bgp_peer.same_as_primary is true, and other addresses are given")


def _without_termination_node(tenant: Service) -> Iterator[Broken]:
    for site in tenant.remote_networks:
        if site.license_type in ("", AGGREGATE) and not site.spn_name and tenant.bandwidth:
            yield Broken((site,), f"spn_name is missing; there is {_nodes(tenant)}")


def _unknown_termination_nodes(tenant: Service) -> Iterator[Broken]:
    if tenant.bandwidth is not None:
        known = {node for each in tenant.bandwidth for node in each.spn_names}
        for site in tenant.remote_networks:
            if site.spn_name and site.spn_name not in known:
                yield Broken((site,), f"there is no termination node {site.spn_name}; there is {_nodes(tenant)}")


def _nodes(tenant: Service) -> str:
    known = [f"{', '.join(each.spn_names) or 'none yet'} in {each.name}" for each in tenant.bandwidth or ()]
    return "; ".join(known) or "none, since no bandwidth is allocated"


def _unknown_backups(tenant: Service) -> Iterator[Broken]:
    names = [site.name for site in tenant.service_connections]
    for site in tenant.service_connections:
        if not site.backup_sc:
            continue
        others = [name for name in names if name != site.name]
        if site.backup_sc not in others:
            yield Broken((site,), f"there is no other service connection '{site.backup_sc}'; there is {', '.join(others) or 'none'}")
        if tenant.hot_potato_routing is False:
            yield Broken((site,), f"backup_sc '{site.backup_sc}' is given, and routing is not hot potato")


RULES: Sequence[Rule] = (
    Rule("name length", f"names of IPsec tunnels, IKE gateways and crypto profiles have at most {LONGEST_NAME} characters", _TUNNELS, _long_names),
    Rule("peer address", "the peer's address is unique for each tunnel", _TUNNELS, _shared_peers),
    Rule("tunnel of its own", "an IPsec tunnel, and so a secondary one, serves one remote network or service connection only", _TUNNELS, _shared_tunnels),
    Rule("auto key", "the IPsec tunnel uses auto key exchange", _TUNNELS, _manual_keys),
    Rule("IPv4", "the IPsec tunnel uses IPv4 only", _TUNNELS, _other_families),
    Rule("form of the peer", "the peer is an address, a name or dynamic", _PLUGIN, _malformed_peers),
    Rule("ID of a dynamic peer", "a dynamic peer is known by its ID, or by that of Prisma Access", _CLOUD, _nameless_dynamic_peers),
    Rule("dynamic peers", "dynamic peers of one location share one IKE crypto profile", _TUNNELS, _differing_dynamic_peers),
    Rule("one profile", "a crypto profile holds the same for all that use it", "a profile is one object", _unlike_profiles),
    Rule("secondary WAN", "a secondary WAN is not supported where both tunnels carry traffic at once, by ECMP or active-active", _TUNNELS,
         _secondaries_beside_load_sharing),
    Rule("ECMP links", f"ECMP has {FEWEST_LINKS} to {MOST_LINKS} links, each with its tunnel and BGP", _ONBOARDING, _odd_links),
    Rule("ECMP routes", "ECMP knows no static routes", _ONBOARDING, _static_routes_with_links),
    Rule("reserved name", f"the name becomes a zone in the logs, where {', '.join(RESERVED)} are taken", _ONBOARDING, _reserved_names),
    Rule("tunnel", "a tunnel leads to it", _PLUGIN, _without_tunnel),
    Rule("region", "it stands in a location", _PLUGIN, _without_region),
    Rule("monitor's proxy ID", "with several proxy IDs, the monitor names the one that lets its pings through", _TUNNELS, _wrong_monitors),
    Rule("monitor's networks", "the monitor's proxy ID leads from the infrastructure subnet to the monitored address", _TUNNELS, _monitors_outside_proxy_id),
    Rule("overlap", "networks of remote networks and service connections do not overlap", _PLUGIN, _overlaps),
    Rule("infrastructure", "nothing overlaps the infrastructure subnet", _PLUGIN, _overlaps_with_infrastructure),
    Rule("BGP", "BGP needs the device's AS number and the addresses of both speakers", _ONBOARDING, _incomplete_bgp),
    Rule("AS number", "the device has a private AS number, and another one than Prisma Access", _ONBOARDING, _wrong_as),
    Rule("secondary BGP", "the BGP of the secondary tunnel goes with that of the primary one", _PLUGIN, _secondary_speakers),
    Rule("termination node", f"with {AGGREGATE} it ends at a termination node", _ONBOARDING, _without_termination_node, is_of_bandwidth=True),
    Rule("bandwidth", "a termination node is there once bandwidth is allocated to its compute location", _ONBOARDING, _unknown_termination_nodes,
         is_of_bandwidth=True),
    Rule("backup", "the backup is another service connection, where routing is hot potato", _TUNNELS, _unknown_backups),
)
