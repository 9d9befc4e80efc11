# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Between which addresses the BGP of a VPN is spoken: inside a tunnel, or where the far side has its speaker elsewhere.

The firewall's end is on the tunnel's interface, on an interface that has the address already, or on a loopback interface that is made for it. To a
speaker outside of the inside network leads a route of its own through the tunnel.
"""

from __future__ import annotations

from dataclasses import dataclass
from ipaddress import ip_address, ip_network
from typing import Iterable, Mapping

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.configuration.addresses import is_ipv6
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.errors import Refused
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.firewall.surroundings import Surroundings
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.peers.profile import Bgp
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.resources import loopback_interface, static_route
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.tables.desired import DesiredEntry
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.vpn import names, record as records
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.vpn.claim import Claim
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.vpn.record import Object
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.vpn.vpn import Vpn

LOOPBACK = "loopback_interface"
_HIGHEST_LOOPBACK = 9999
# How far a speaker may be that is not in the inside network, where the far side does not say: it is behind one hop, which is the tunnel's other end.
_HOPS = 2


@dataclass(frozen=True)
class Speaker:
    """The firewall's end of a session: on which interface, and the address there as a BGP peer has to say it."""

    interface: str
    text: str

    @property
    def host(self) -> str:
        return self.text.split("/")[0]


@dataclass(frozen=True)
class Speakers:
    """C(by_number): tunnel number → the firewall's end of its session. C(loopbacks): loopback interface → the address that it is made for."""

    by_number: Mapping[int, Speaker]
    loopbacks: Mapping[str, str]

    def zones(self, vpn: Vpn, view: Surroundings) -> dict[int, str]:
        """Tunnel number → the zone of the firewall's end."""
        own = {number: speaker.interface for number, speaker in self.by_number.items()}
        return {number: vpn.zone if unit in self.loopbacks else view.zone_of(unit) or vpn.zone for number, unit in own.items()}


def choose(vpn: Vpn, view: Surroundings, claim: Claim, units: Mapping[int, str], only_tunnel: int | None) -> Speakers:
    """C(units): tunnel number → tunnel interface. Raises Refused where the address is somewhere that the session cannot begin at."""
    if not vpn.speaks_bgp:
        return Speakers({}, {})
    wanted = {number: address for number in vpn.numbers if (address := _elsewhere(vpn, number))}
    loopbacks = _loopbacks(vpn, view, claim, dict.fromkeys(wanted.values()), only_tunnel)
    found = {number: Speaker(units[number], _inside(vpn, number)) for number in vpn.numbers if number not in wanted}
    for number, address in wanted.items():
        own = next((name for name, held in loopbacks.items() if held == address), None)
        found[number] = Speaker(own, host(address)) if own else _held(vpn, view, address)
    return Speakers(found, loopbacks)


def host(address: str) -> str:
    """The address as the network of it alone."""
    return str(ip_network(address))


def _elsewhere(vpn: Vpn, number: int) -> str | None:
    """The address of the firewall's end, where that is not the one inside the tunnel."""
    session = vpn.tunnel(number).bgp or Bgp()
    inside = vpn.ends(number).address
    if not session.local_address or (inside and ip_address(inside) == ip_address(session.local_address)):
        return None
    return session.local_address


def _inside(vpn: Vpn, number: int) -> str:
    ends = vpn.ends(number)
    return f"{ends.address}/{ip_network(ends.cidr or '', strict=False).prefixlen}"


def _held(vpn: Vpn, view: Surroundings, address: str) -> Speaker:
    """On the interface that has the address, which is one of others."""
    found = view.holder(address)
    interface, held = found if found is not None else ("", None)
    router = view.router_of(interface)
    if router != vpn.virtual_router or held is None:
        raise Refused(f"bgp.local_address: {address} is an address of {interface}, which is in {f'router {router!r}' if router else 'no router'}, and BGP of "
                      f"{vpn.name} runs in '{vpn.virtual_router}'; give the far side an address of that router")
    return Speaker(interface, held.text or str(held.address))


def _loopbacks(vpn: Vpn, view: Surroundings, claim: Claim, addresses: Iterable[str], only_tunnel: int | None) -> dict[str, str]:
    """Loopback interfaces of the VPN's own, for addresses that no interface of others has; one that is there serves another address next."""
    own = [name for name in view.names(LOOPBACK) if claim.before.has_made(Object(LOOPBACK, name))]
    holders = {address: _holder(view, address) for address in addresses}
    found = {holder: address for address, holder in holders.items() if holder in own}
    left, taken = [name for name in own if name not in found], set(view.names(LOOPBACK))
    for address in [address for address, holder in holders.items() if not holder]:
        if left and only_tunnel is not None:
            raise Refused(f"rollout: all sessions of {vpn.name} begin at one address (bgp.local_address), which becomes {address}, so the tunnels cannot be "
                          "changed one after the other. Say rollout: together; nothing was written")
        name = left.pop(0) if left else _free(taken)
        taken.add(name)
        found[name] = address
    return found


def _holder(view: Surroundings, address: str) -> str:
    """The interface that has an address; empty where none has."""
    found = view.holder(address)
    return found[0] if found is not None else ""


def _free(taken: set[str]) -> str:
    for number in range(1, _HIGHEST_LOOPBACK + 1):
        if f"loopback.{number}" not in taken:
            return f"loopback.{number}"
    raise Refused("bgp.local_address: all loopback interfaces of this firewall are in use")


def items(vpn: Vpn, speakers: Speakers, units: Mapping[int, str], claim: Claim, view: Surroundings) -> list:
    """The loopback interfaces without their memberships, and the routes to the far side's speakers."""
    found: list = [DesiredEntry(loopback_interface.TABLE, name, _addressed(address)) for name, address in speakers.loopbacks.items()]
    for number in vpn.numbers if vpn.speaks_bgp else ():
        if leads_to(vpn, number):
            found.append(_route(vpn, number, units[number], claim, view))
    return found


def _addressed(address: str) -> dict:
    if is_ipv6(address):
        return {"ipv6": {"enabled": True, "addresses": [{"address": host(address), "enable_on_interface": True}]}}
    return {"ip": [host(address)]}


def leads_to(vpn: Vpn, number: int) -> bool:
    """Whether the far side's speaker has a route of its own: omitted, where it is not in the inside network."""
    session = vpn.tunnel(number).bgp or Bgp()
    return vpn.is_elsewhere(number) if session.host_route is None else bool(session.host_route and session.peer_address)


def _route(vpn: Vpn, number: int, unit: str, claim: Claim, view: Surroundings) -> DesiredEntry:
    destination = host(vpn.speaker(number) or "")
    name = claim.record.called("static_route", names.route(vpn.name, number, destination))
    for other, network in records.routes_of_others(view, vpn.name, vpn.virtual_router):
        if str(network) == destination:
            raise Refused(f"tunnel {number}: the route '{other}' of router '{vpn.virtual_router}' leads to {destination}, the far side's BGP speaker, already; "
                          "remove it, or say bgp.host_route: false if it leads through this tunnel; nothing was written")
    return static_route.route(vpn.virtual_router, name, {"destination": destination, "interface": unit}, view.platform, ipv6=is_ipv6(destination))


def refuse_unreached(vpn: Vpn, units: Mapping[int, str], view: Surroundings) -> None:
    """A speaker without a route of its own, to which nothing else leads through its tunnel."""
    for number in vpn.numbers if vpn.speaks_bgp else ():
        if not vpn.is_elsewhere(number) or leads_to(vpn, number):
            continue
        speaker = vpn.speaker(number) or ""
        way = view.way_to(speaker, vpn.virtual_router)
        if way is None or way.interface != units[number]:
            there = f"'{vpn.virtual_router}' has no route there" if way is None else f"{way} of '{vpn.virtual_router}' leads elsewhere"
            raise Refused(f"tunnel {number}: bgp.host_route is false, and {there}: the far side's BGP speaker {speaker} is not reached through "
                          f"{units[number]}; leave host_route out to have a route made")


def hops(vpn: Vpn, number: int) -> int | None:
    """How far the far side's speaker is, where the session does not end at the other end of the tunnel."""
    session = vpn.tunnel(number).bgp or Bgp()
    return session.multihop or (_HOPS if vpn.is_elsewhere(number) or _elsewhere(vpn, number) else None)
