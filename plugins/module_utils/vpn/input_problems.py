# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is wrong with a VPN as it is described, which no firewall is needed to see."""

from __future__ import annotations

import re
from dataclasses import fields, replace
from ipaddress import IPv4Address, ip_address, ip_network
from itertools import combinations
from typing import Any, Callable, Iterator

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.configuration.addresses import network_problem
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.configuration.naming import instead
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.errors import InvalidInput
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.firewall.rulebases import Network, is_part
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.peers import problems
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.peers.profile import DYNAMIC, FIREWALL, MOST_TUNNELS, PEER, Selectors, Tunnel
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.resources import (
    ike_crypto_profile, ipsec_crypto_profile, monitor_profile, static_route, tunnel_interface, zone,
)
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.tables.table import Table
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.vpn import families, names
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.vpn.proposal import is_gcm
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.vpn.vpn import BGP, ECMP, PBF, ROUTES, Vpn

# Options that are a value of one of the objects: (its table, what it is called there).
_OF_OBJECTS = {
    "monitor_interval": (monitor_profile.TABLE, "interval"), "monitor_threshold": (monitor_profile.TABLE, "threshold"),
    "mtu": (tunnel_interface.TABLE, "mtu"),
}
# What a proposal of a tunnel can say: phase → option → the words of PAN-OS.
_WORDS = {
    "ike": {node.option: node.choices for node in ike_crypto_profile.TABLE.nodes if node.option in ("encryption", "hash", "dh_group")},
    "ipsec": {node.option: node.choices for node in (*ipsec_crypto_profile.ESP.nodes, ipsec_crypto_profile.DH_GROUP)},
}
# Options with one value for each tunnel.
_PER_TUNNEL = ("tunnel_interfaces", "monitor_addresses", "local_preference", "as_path_prepend")
# Options that have an effect with some ways to go over to another tunnel only: (which, whether they have one, with what they go).
_GO_WITH: tuple[tuple[tuple[str, ...], Callable[[Vpn], bool], str], ...] = (
    (("monitor_interval", "monitor_threshold", "monitor_addresses", "when_both_down"), lambda vpn: vpn.failover == PBF or vpn.monitors_routes,
     f"{PBF} or {ROUTES}, the latter through several tunnels"),
    (("backup_routes",), lambda vpn: vpn.failover == PBF, PBF),
    (("local_preference", "as_path_prepend"), lambda vpn: vpn.failover == BGP, BGP),
    (("router_id", "install_route", "redistribute", "bgp_secrets"), lambda vpn: vpn.speaks_bgp, f"{BGP} or {ECMP}"),
)
# What no BGP session can do without.
_OF_A_SESSION = ("local_as", "peer_as", "hold_time", "keep_alive")


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
        found += [f"tunnel {number}: {problem}" for problem in _wordless(tunnel)]
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


def _wordless(tunnel: Tunnel) -> Iterator[str]:
    """What a proposal says in words that PAN-OS does not have. What a peer offers is told where one of it is chosen."""
    for phase, options in _WORDS.items():
        for option, words in options.items():
            said = getattr(getattr(tunnel, phase), option)
            if said and said not in words:
                yield f"{phase}.{option}: PAN-OS has no '{said}'{instead(said, words)}"


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
    count = len(vpn.tunnels)
    if not 1 <= count <= MOST_TUNNELS:
        return [f"{vpn.name}: 1 to {MOST_TUNNELS} tunnels are supported, {count} are given"]
    found = [problem for number, tunnel in enumerate(vpn.tunnels, 1) for problem in _tunnel_problems(vpn, number, tunnel)]
    return found + _option_problems(vpn) + _needless_problems(vpn) + _route_monitor_problems(vpn) + _twin_problems(vpn)


def _tunnel_problems(vpn: Vpn, number: int, tunnel: Tunnel) -> list:
    found = _proof_problems(vpn, number, tunnel)
    if not tunnel.pre_shared_key and not tunnel.certificate:
        found.append(f"{vpn.name}, tunnel to {tunnel.outside_address}: no readable pre-shared key; give the keys as pre_shared_keys, one per tunnel")
    if vpn.speaks_bgp and not tunnel.bgp:
        found.append(f"{vpn.name}, tunnel {number}: failover: {vpn.failover} needs the tunnel's bgp (local_as, peer_as); "
                     f"a static connection takes {PBF} or {ROUTES}")
    return found + _inside_problems(vpn, number, tunnel)


def _option_problems(vpn: Vpn) -> list:
    """What an option alone says that cannot be."""
    found, count = [], len(vpn.tunnels)
    for option in _PER_TUNNEL:
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
    return found


def _twin_problems(vpn: Vpn) -> list:
    outside = [tunnel.far_end for tunnel in vpn.tunnels]
    inside = [address for tunnel in vpn.tunnels for address in (tunnel.inside_address, tunnel.inside_ipv6_address) if address]
    are_apart = len(set(outside)) == len(outside) and len(set(inside)) == len(inside)
    return [] if are_apart else [f"{vpn.name}: two tunnels have the same outside or inside address"]


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


def _needless_problems(vpn: Vpn) -> list:
    """Options that would have no effect. The roles hand on what is usual without being asked, so that alone says nothing; nor does V(false), or a consent."""
    usual = {each.name: each.default for each in fields(vpn)}
    return [f"{option} goes with failover: {words}; it has no effect with {_way_over(vpn)}, leave it out"
            for options, has_effect, words in _GO_WITH if not has_effect(vpn)
            for option in options if getattr(vpn, option) not in (usual[option], False)]


def _way_over(vpn: Vpn) -> str:
    """How a VPN's traffic goes over to another tunnel."""
    if vpn.failover != ROUTES:
        return vpn.failover
    return f"{ROUTES} to a peer that takes the given networks only" if vpn.policy_based else f"{ROUTES} through one tunnel"


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
    sides: dict[str, list[Network]] = {}
    for option in ("local_networks", "remote_networks"):
        given = [(text, network_problem(text)) for text in getattr(vpn, option)]
        found += [f"{option}: {problem}" for _text, problem in given if problem]
        found += [] if given else [f"{option}: give at least one network"]
        sides[option] = [ip_network(text) for text, problem in given if not problem]
    here, there = sides["local_networks"], sides["remote_networks"]
    for remote in there:
        if _is_everything(remote) and not vpn.allow_default_route:
            found.append(f"remote_networks: {remote} would send everything into the VPN; say allow_default_route: true if that is meant")
        found += [problem for local in here for problem in _overlap_problems(vpn, local, remote)]
    if vpn.policy_based:
        found += [f"{option}: {one} and {other} overlap, so a packet could be in two proxy IDs; leave one of them out"
                  for option, networks in sides.items() for one, other in combinations(networks, 2) if _overlap(one, other)]
    if vpn.speaks_bgp and not vpn.allow_default_route:
        found += [f"local_networks: {local} would announce a default route to the far side, which could send everything here; name the networks here, "
                  "or say allow_default_route: true if that is meant" for local in here if _is_everything(local)]
    return found


def _overlap_problems(vpn: Vpn, local: Network, remote: Network) -> list:
    """Everything is beside what is here: a default route loses against any other."""
    if _is_everything(local) or _is_everything(remote) or not _overlap(local, remote):
        return []
    is_longer = is_part(local, remote)
    if is_longer and vpn.allow_summary_networks:
        return []
    hint = "; say allow_summary_networks: true if the longer one is to win" if is_longer else ""
    return [f"remote_networks: {remote} overlaps the local network {local}{hint}"]


def _is_everything(network: Network) -> bool:
    return network.prefixlen == 0


def _overlap(one: Network, other: Network) -> bool:
    return one.version == other.version and one.overlaps(other)
