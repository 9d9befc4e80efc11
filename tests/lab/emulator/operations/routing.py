# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Routing commands of both engines.

The legacy ones answer with a text on a firewall whose Advanced Routing Engine runs; the advanced ones answer JSON inside
XML, as captured.
"""

from __future__ import annotations

import json
import time
from typing import Any, Callable

from ansible_collections.tunnelsmith.panos_vpn.tests.lab.emulator.errors import InvalidCommand
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.emulator.firewall import LOGICAL_ROUTER
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.emulator.models.network import Network, Peer, Route
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.emulator.models.runtime import Begun, PeerState
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.emulator.operations.registry import Command, Context, command
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.emulator.operations.system import fields
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.emulator.responses import Answer, escape, result, text_result

_FLAGS = (
    "flags: A:active, ?:loose, C:connect, H:host, S:static, ~:internal, R:rip, O:ospf, B:bgp, Oi:ospf intra-area, "
    "Oo:ospf inter-area, O1:ospf ext-type-1, O2:ospf ext-type-2, E:ecmp, M:multicast"
)

_CAPABILITIES = "".join(
    f"<list><capability>{capability}</capability><value>{value}</value></list>"
    for capability, value in (("Multiprotocol Extensions(1)", "IPv4 Unicast"), ("Route Refresh(2)", "yes"))
)


def _network(context: Context) -> Network:
    return Network(context.firewall.running, context.firewall.runtime)


def _legacy(words: str, answer: Callable[[Context], Answer], *arguments: str) -> Command:
    def guarded(context: Context) -> Answer:
        if context.firewall.engine == LOGICAL_ROUTER:
            return text_result("Command deprecated in Advanced Routing Mode.")
        return answer(context)

    return command(f"show routing {words}", guarded, *arguments)


def _advanced(words: str, answer: Callable[[Context], Any], *arguments: str) -> Command:
    def wrapped(context: Context) -> Answer:
        if context.firewall.engine != LOGICAL_ROUTER:
            raise InvalidCommand(" show -> advanced-routing unexpected here")
        return result(f"<json>{escape(json.dumps(answer(context)))}</json>")

    return command(f"show advanced-routing {words}", wrapped, *arguments)


def _wanted_peers(context: Context) -> list[Peer]:
    name = context.given("peer-name") or context.given("peer")
    router = context.given("virtual-router") or context.given("logical-router")
    return [peer for peer in _network(context).peers() if name in (None, peer.name) and router in (None, peer.router)]


def _bgp_peers(context: Context) -> Answer:
    return result("".join(_bgp_peer(context, peer) for peer in _wanted_peers(context)))


def _bgp_peer(context: Context, peer: Peer) -> str:
    live = _network(context).session(peer)
    up = live.state == "Established"
    begun = context.firewall.runtime.session(peer.name)
    counters = fields(
        incoming_total=live.received + live.refused, incoming_accepted=live.received, incoming_rejected=live.refused, policy_rejected=live.refused,
        outgoing_total=live.advertised, outgoing_advertised=live.advertised,
    )
    counter = f'<entry afi-safi="bgpAfiIpv4-unicast">{counters}</entry>' if up else ""
    values = fields(
        peer_group=peer.group, peer_router_id=peer.peer_address if up else "0.0.0.0", remote_as=peer.remote_as,
        status=live.state, status_duration=_age(begun) if up else 0, password_set="no", passive="no", multi_hop_ttl=2,
        peer_address=f"{peer.peer_address}:35355" if up else peer.peer_address,
        local_address=f"{peer.local_address}:179" if up else peer.local_address, reflector_client="not-client",
        same_confederation="no", aggregate_confed_as="yes", peering_type="Unspecified", connect_retry_interval=15,
        open_delay=0, idle_hold=15, prefix_limit=5000, holdtime=(begun.hold_time or peer.hold_time) if up else 0, holdtime_config=peer.hold_time,
        keepalive=(begun.keep_alive or peer.keep_alive) if up else 0, keepalive_config=peer.keep_alive, msg_update_in=2 if up else 0,
        msg_update_out=1 if up else 0, msg_total_in=385 if up else 0, msg_total_out=442 if up else 0, last_update_age=3,
        last_error=live.last_error, status_flap_counts=begun.number, established_counts=begun.number if up else begun.number - 1, ORF_entry_received=0,
        nexthop_self="no", nexthop_thirdparty="yes", nexthop_peer="no",
    )
    return (
        f'<entry peer="{escape(peer.name)}" vr="{escape(peer.router)}">{values}'
        f"<config><remove-private-as>no</remove-private-as></config>"
        f"<peer-capability>{_CAPABILITIES if up else ''}</peer-capability><prefix-counter>{counter}</prefix-counter></entry>"
    )


def _age(begun: Begun) -> int:
    return int(time.monotonic() - begun.at)


def _local_rib(context: Context) -> Answer:
    """Evidenced: ``entry/loc-rib/member`` with the prefix and who sent it; the other fields are inferred."""
    return result(_ribs(context, "loc-rib", lambda peer, live: [
        {"prefix": prefix, "nexthop": peer.peer_address, "as-path": peer.remote_as, "received-from": peer.name, "flag": "*"}
        for prefix in live.received_prefixes
    ]))


def _rib_out(context: Context) -> Answer:
    """The layout is not confirmed; it follows that of the other RIB."""
    return result(_ribs(context, "rib-out", lambda peer, live: [
        {"prefix": prefix, "nexthop": peer.local_address, "as-path": peer.local_as, "advertise-status": "advertised",
         "dst-peer": peer.name}
        for prefix in live.advertised_prefixes
    ]))


def _ribs(context: Context, tag: str, members: Callable[[Peer, PeerState], list[dict[str, object]]]) -> str:
    """One entry per router; peers that are not established have nothing in it."""
    peers, network = _wanted_peers(context), _network(context)
    entries = []
    for router in dict.fromkeys(peer.router for peer in peers):
        inner = "".join(
            f"<member>{fields(member)}</member>"
            for peer in peers if peer.router == router and network.session(peer).state == "Established"
            for member in members(peer, network.session(peer))
        )
        entries.append(f'<entry vr="{escape(router)}"><{tag}>{inner}</{tag}></entry>')
    return "".join(entries)


def _routes(context: Context) -> Answer:
    router, destination = context.given("virtual-router"), context.given("destination")
    entries = [
        _legacy_route(route) for route in _network(context).routes()
        if router in (None, route.router) and destination in (None, route.destination)
    ]
    return result(f"<flags>{_FLAGS}</flags>{''.join(entries)}")


def _legacy_route(route: Route) -> str:
    """In every recorded answer BGP's routes are loose and have no interface, also where the peer is directly connected, and only they have an age."""
    learned, used = route.protocol == "bgp", "A" if route.is_in_use else " "
    return "<entry>" + fields(
        virtual_router=route.router, destination=route.destination, nexthop=route.nexthop, metric=route.metric,
        flags=f"{used}?B   " if learned else f"{route.flags}   ", age=612 if learned else "", interface="" if learned else route.interface,
        route_table="unicast",
    ) + "</entry>"


def _summary(context: Context) -> Answer:
    routes = _network(context).routes()
    total, used, static = len(routes), sum(route.is_in_use for route in routes), sum(route.protocol == "static" for route in routes)
    learned = sum(route.protocol == "bgp" for route in routes)
    limited = {"All-Routes": (total, True), "All-IPv4": (total, False), "All-IPv6": (0, False)}
    inner = "".join(
        f"<{tag}><total>{count}</total><limit>2500</limit>{f'<active>{used}</active>' if active else ''}</{tag}>"
        for tag, (count, active) in limited.items()
    )
    counts = {
        "Static-Routes": static, "Connect-Routes": total - static - learned, "BGP-Routes": learned, "OSPF-Routes": 0, "RIP-Routes": 0,
    }
    inner += "".join(f"<{tag}><total>{count}</total></{tag}>" for tag, count in counts.items())
    return result(f"<entry>{inner}</entry>{_bgp_summaries(context)}")


def _bgp_summaries(context: Context) -> str:
    peers = _network(context).peers()
    entries = []
    for router in dict.fromkeys(peer.router for peer in peers):
        mine = [peer for peer in peers if peer.router == router]
        values = fields(
            peer_group_count=len({peer.group for peer in mine}), peer_count=len(mine), mp_bgp_enable="no",
            afi_safi_ipv4_unicast="yes",
        )
        entries.append(f'<entry name="{escape(router)}"><bgp>{values}</bgp></entry>')
    return "".join(entries)


def _bgp_summary(context: Context) -> Answer:
    return result(_bgp_summaries(context))


def _advanced_peers(context: Context) -> Any:
    return {peer.name: _advanced_peer(context, peer) for peer in _wanted_peers(context)}


def _advanced_peer(context: Context, peer: Peer) -> dict[str, Any]:
    live = _network(context).session(peer)
    up = live.state == "Established"
    begun = context.firewall.runtime.session(peer.name)
    return {
        "remote-as": _number(peer.remote_as),
        "local-as": _number(peer.local_as),
        "peer-group-name": peer.group,
        "state": live.state,
        **({"local-ip": peer.local_address} if up else {}),
        "peer-ip": peer.peer_address,
        "peer-name": peer.name,
        "status-time": float(_age(begun)) if up else 0.0,
        "ipv4": True,
        "ipv6": False,
        "detail": {
            "remoteAs": _number(peer.remote_as),
            "localAs": _number(peer.local_as),
            "peerGroup": peer.group,
            "remoteRouterId": peer.peer_address if up else "0.0.0.0",
            "localRouterId": peer.router_id,
            "bgpState": live.state,
            "connectionsEstablished": begun.number if up else begun.number - 1,
            "connectionsDropped": begun.number - 1,
            "messageStats": {"updatesSent": int(up), "updatesRecv": int(up), "totalSent": 442 * up, "totalRecv": 385 * up},
            "addressFamilyInfo": {
                "ipv4Unicast": {
                    "acceptedPrefixCounter": live.received if up else 0,
                    **({"sentPrefixCounter": live.advertised} if up else {}),
                },
            },
        },
    }


def _number(autonomous_system: str) -> Any:
    return int(autonomous_system) if autonomous_system.isdigit() else autonomous_system


def _advanced_summary(context: Context) -> Any:
    return {
        peer.router: {"enabled": "yes", "router-id": peer.router_id, "local-as": _number(peer.local_as)}
        for peer in _network(context).peers()
    }


def _advanced_routes(context: Context) -> Any:
    table: dict[str, dict[str, list]] = {}
    for route in _network(context).routes():
        table.setdefault(route.router, {}).setdefault(route.destination, []).append(_advanced_route(route))
    return table


def _advanced_route(route: Route) -> dict[str, Any]:
    hop: dict[str, Any] = {
        "flags": f"{route.flags} ", "fib": route.is_in_use, "directlyConnected": route.protocol != "static",
        "interfaceName": route.interface, "active": True, "weight": 1,
    }
    if route.nexthop not in ("0.0.0.0", "discard"):
        hop["ip"] = route.nexthop
    return {
        "prefix": route.destination, "protocol": route.protocol, "vrfId": 0, "vrfName": "default",
        "selected": route.is_in_use, "destSelected": route.is_in_use, "distance": int(route.distance), "metric": int(route.metric or 0),
        "installed": route.is_in_use, "table": 254,
        "uptime": "01:03:24", "nexthops": [hop],
    }


def _logical_routers(context: Context) -> Any:
    return {
        router.get("name"): {
            "vrf": {vrf.get("name"): {"interface": [member.text for member in vrf.findall("interface/member")]}
                    for vrf in router.findall("vrf/entry")},
        }
        for tag, router in _network(context).routers() if tag == LOGICAL_ROUTER
    }


COMMANDS: list[Command] = [
    _legacy("protocol bgp peer", _bgp_peers, "peer-name", "virtual-router"),
    _legacy("protocol bgp loc-rib", _local_rib, "peer", "virtual-router", "prefix"),
    _legacy("protocol bgp rib-out", _rib_out, "peer", "virtual-router", "prefix"),
    _legacy("protocol bgp summary", _bgp_summary, "virtual-router"),
    _legacy("route", _routes, "virtual-router", "destination", "type"),
    _legacy("summary", _summary, "virtual-router"),
    _advanced("bgp peer status", _advanced_peers, "peer-name", "logical-router"),
    _advanced("bgp peer detail", _advanced_peers, "peer-name", "logical-router"),
    _advanced("bgp summary", _advanced_summary, "logical-router"),
    _advanced("route", _advanced_routes, "logical-router", "destination", "type"),
    _advanced("logical-router", _logical_routers),
]
