# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A remote network or service connection of Prisma Access, as the role C(prisma_access) returns it -> a peer profile.

The profile is that of Prisma Access, for a firewall at the other end, or that of the device at the other end, for a sheet of what is entered there.
What Prisma Access calls local is its own side.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from ipaddress import ip_address, ip_network
from typing import Any, NamedTuple

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.errors import InvalidInput
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.peers.document import as_address, as_integer, mapping, mappings
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.peers.fields import read
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.peers.printed import opened
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.peers.profile import (
    BGP, DYNAMIC, FIREWALL, PEER, STATIC, Bgp, IkeProposal, IpsecProposal, Obstacle, Offers, Profile, Selectors, Telemetry, Tunnel,
)

_LISTS = ("remote_networks", "service_connections")
# Prisma Access holds a session for so long without a sign of life, where the device does not say less.
HOLD_TIME, KEEP_ALIVE = 90, 30
# Its speaker stands behind the tunnel, and is reached by a route of its own.
MULTIHOP = 255
_WHAT_TO_GIVE = "Give what the role prisma_access registers, or one of its remote_networks or service_connections"


class _Speaker(NamedTuple):
    """Who speaks BGP through a tunnel."""

    device: str | None
    service: str | None


@dataclass(frozen=True)
class Lines:
    """The lines of the firewall at the other end, in the order of the tunnels, as far as they are not the VPN's."""

    interfaces: Sequence[str] = ()
    next_hops: Sequence[str] = ()


def site(document: Any, name: str | None = None, service_addresses: Sequence[str] = (), of_device: bool = False, lines: Lines = Lines()) -> Profile:
    """The profile of one site. C(service_addresses): those of Prisma Access, one for each tunnel, or one for all; else those that the document tells.

    C(of_device): the profile of the device, seen from Prisma Access. Raises C(InvalidInput) for what no further variable could mend.
    """
    given = opened(document, "the description of the site", _WHAT_TO_GIVE)
    held = _chosen(mapping(given), name)
    where = f"Site {held['name']}"
    told = _tunnels(held, where)
    addresses = _addresses(held, mapping(given), service_addresses, len(told), where)
    infrastructure = mapping(mapping(given).get("infrastructure"))
    tunnels = tuple(
        _of_device(tunnel, address, bgp) if of_device else _of_service(tunnel, address, bgp)
        for tunnel, address, bgp in zip(told, addresses, _sessions(held, infrastructure, len(told))))
    reported = {str(row.get("name")): row for row in mappings(mapping(given).get("tunnels"))}
    tunnels = tuple(replace(_with_inside(tunnel), **_line(number, lines), telemetry=_telemetry(reported.get(str(said["name"]))))
                    for number, (tunnel, said) in enumerate(zip(tunnels, told)))
    return Profile(
        id=str(held["name"]), routing=BGP if any(tunnel.bgp for tunnel in tunnels) else STATIC,
        static_routes=tuple(str(subnet) for subnet in held.get("subnets") or ()), tunnels=tunnels, obstacles=_obstacles(mapping(given), str(held["name"])))


def _telemetry(row: dict | None) -> Telemetry | None:
    """What Prisma Access reported of a tunnel, where the description has that beside the sites."""
    if row is None:
        return None
    monitor, times = row.get("monitor"), row.get("disconnections")
    words = {f"in its words {row.get('state')}": row.get("state"), f"monitor {monitor}": monitor, f"disconnected {times} times": times}
    return Telemetry("UP" if row.get("up") is True else "DOWN", ", ".join(text for text, is_told in words.items() if is_told))


def _obstacles(given: dict, name: str) -> tuple[Obstacle, ...]:
    """What stands in the way of a site, where the description tells that beside the sites."""
    return tuple(
        read(Obstacle, {option: told.get(option) for option in ("cause", "description")}, "obstacles")
        for told in mappings(given.get("obstacles")) if told.get("site") == name)


def _line(number: int, lines: Lines) -> dict[str, Any]:
    """The line of a tunnel, where it has one of its own."""
    told = {"outside_interface": lines.interfaces, "outside_next_hop": lines.next_hops}
    return {option: values[number] for option, values in told.items() if number < len(values) and values[number]}


def _with_inside(tunnel: Tunnel) -> Tunnel:
    """Where both speakers are the two hosts of one network, they are the tunnel's own addresses, and no route has to lead from one to the other."""
    bgp = tunnel.bgp
    if bgp is None or not (bgp.local_address and bgp.peer_address):
        return tunnel
    network = ip_network(f"{bgp.local_address}/30", strict=False)
    if network.version == 6 or not {ip_address(bgp.local_address), ip_address(bgp.peer_address)} <= set(network.hosts()):
        return tunnel
    return replace(tunnel, inside_cidr=str(network), inside_address=bgp.local_address, inside_peer_address=bgp.peer_address,
                   bgp=replace(bgp, local_address=None, peer_address=None, multihop=None, host_route=None))


def _chosen(given: dict, name: str | None) -> dict:
    """The one site of a document."""
    listed = [site for option in _LISTS for site in mappings(given.get(option))]
    found = listed or ([given] if given.get("name") else [])
    if name:
        found = [each for each in found if each.get("name") == name]
    if len(found) != 1:
        known = ", ".join(str(each.get("name")) for each in listed) or "none"
        raise InvalidInput(f"One site of Prisma Access is needed{f', {name}' if name else ''}; this holds {known}. {_WHAT_TO_GIVE}.")
    return found[0]


def _tunnels(held: dict, where: str) -> list[dict]:
    links = [mapping(link.get("ipsec_tunnel")) for link in mappings(held.get("ecmp_links"))]
    found = [mapping(held.get(option)) for option in ("ipsec_tunnel", "secondary_ipsec_tunnel")]
    told = [tunnel for tunnel in [*found, *links] if tunnel]
    nameless = [str(tunnel.get("name")) for tunnel in told if not tunnel.get("peer_address")]
    if nameless or not told:
        raise InvalidInput(f"{where}: of its tunnel {', '.join(nameless) or '(it has none)'} no peer_address is told. {_WHAT_TO_GIVE}.")
    return told


def _addresses(held: dict, given: dict, said: Sequence[str], count: int, where: str) -> list[str]:
    """Prisma Access's own address for each tunnel: as it is said, as the site tells it, or as the address API answers beside it."""
    found = [str(address) for address in said or held.get("service_addresses") or _answered(given, str(held["name"]))]
    if not found:
        raise InvalidInput(f"{where}: no address of Prisma Access is told; give service_addresses. The address API tells it for a remote network once it is "
                           "provisioned, and Cloud Services > Status for both")
    wrong = next((address for address in found if as_address(address) is None), None)
    if wrong is not None:
        raise InvalidInput(f"{where}: service_addresses: '{wrong}' is no address")
    if len(found) not in (1, count):
        raise InvalidInput(f"{where}: service_addresses: {len(found)} are given for {count} tunnels; give one for each, or one for all")
    return found * count if len(found) == 1 else found


def _answered(given: dict, name: str) -> list[str]:
    """What the answer of the address API says of a site, where it stands beside: the active addresses whose nodes bear its name."""
    details = [detail for zone in mappings(mapping(given.get("addresses")).get("result")) for detail in mappings(zone.get("address_details"))]
    return [str(detail.get("address")) for detail in details if detail.get("addressType") == "active" and name in (detail.get("node_name") or ())]


def _sessions(held: dict, infrastructure: dict, count: int) -> list[Bgp | None]:
    """The BGP of each tunnel, as the device sees it."""
    links = mappings(held.get("ecmp_links"))
    if links:
        return [_session(mapping(link.get("bgp")), None, infrastructure) for link in links]
    primary, second = mapping(held.get("bgp")), mapping(held.get("bgp_peer"))
    own = None if second.get("same_as_primary") or not second else _Speaker(second.get("peer_ip_address"), second.get("local_ip_address"))
    return [_session(primary, None, infrastructure), _session(primary, own, infrastructure)][:count]


def _session(said: dict, other: _Speaker | None, infrastructure: dict) -> Bgp | None:
    if not said:
        return None
    speaker = other or _Speaker(said.get("peer_ip_address"), said.get("local_ip_address"))
    return Bgp(as_integer(said.get("peer_as")), as_integer(infrastructure.get("bgp_as")), HOLD_TIME, KEEP_ALIVE, peer_address=speaker.service,
               local_address=speaker.device, multihop=MULTIHOP, host_route=True)


def _proposals(told: dict) -> dict[str, Any]:
    version = "ikev1" if told.get("version") == "ikev1" else "ikev2"
    ike = read(IkeProposal, {**mapping(told.get("ike")), "version": version}, "ike")
    ipsec = read(IpsecProposal, mapping(told.get("ipsec")), "ipsec")
    return {"ike": ike, "ipsec": ipsec, "offers": Offers.of(ike, ipsec)}


def _pairs(told: dict, local: str, remote: str) -> tuple[Selectors, ...]:
    found = mappings(told.get("proxy_ids"))
    return tuple(Selectors(str(proxy.get(local) or "0.0.0.0/0"), str(proxy.get(remote) or "0.0.0.0/0")) for proxy in found)


def _ids(told: dict, own: str, far: str) -> dict[str, Any]:
    """The IDs, C(own) and C(far) being which of Prisma Access's words say them."""
    return {"local_id": told.get(own) or None, "local_id_type": told.get(f"{own}_type") or None, "peer_id": told.get(far) or None,
            "peer_id_type": told.get(f"{far}_type") or None}


def _of_service(told: dict, address: str, bgp: Bgp | None) -> Tunnel:
    """Prisma Access as the device sees it."""
    fixed = None if told["peer_address"] == DYNAMIC else str(told["peer_address"])
    return Tunnel(
        outside_address=address, customer_outside_address=fixed, **_ids(told, "peer_id", "local_id"), **_proposals(told),
        initiator=FIREWALL if told.get("passive_mode") else None, selector_pairs=_pairs(told, "remote", "local"), bgp=bgp)


def _of_device(told: dict, address: str, bgp: Bgp | None) -> Tunnel:
    """The device as Prisma Access sees it."""
    mirrored = bgp and Bgp(bgp.peer_as, bgp.local_as, HOLD_TIME, KEEP_ALIVE, peer_address=bgp.local_address, local_address=bgp.peer_address, multihop=MULTIHOP)
    return Tunnel(
        outside_address=str(told["peer_address"]), customer_outside_address=address, **_ids(told, "local_id", "peer_id"), **_proposals(told),
        initiator=PEER if told.get("passive_mode") else None, selector_pairs=_pairs(told, "local", "remote"), bgp=mirrored)
