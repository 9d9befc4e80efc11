# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Causes between the two ends: the way to the endpoint, what filters IKE, and who begins."""

from __future__ import annotations

import re
from ipaddress import ip_address
from typing import Iterator, NamedTuple

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.configuration import path as places
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.configuration.addresses import is_private
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.diagnosis.case import Case
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.diagnosis.evidence import (
    CERTAIN, LIKELY, NO_IKE, PASSING, POSSIBLE, SILENT, Cause, inside_of, mentions, same_address,
)
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.diagnosis.phase_1 import LEAVES, differences
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.diagnosis.rules import allowing, denial, may_deny, sureness
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.firewall import rulebases
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.firewall.addresses import FLOATING
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.firewall.rulebases import Traffic
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.firewall.surroundings import is_detour
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.peers.document import as_address
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.peers.profile import EITHER, PEER
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.peers.rules import rules_of
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.status import vpn_log
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.status.selection import far_end
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.vpn import gateways, names, refusals
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.vpn.negotiation import is_asked_for
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.vpn.rules import OUTSIDE_APPLICATIONS


def outside_interface(case: Case) -> Iterator[Cause]:
    name, gateway = case.outside, f"ike_gateway {case.gateway_name}: local_address.interface"
    if not name:
        return
    interface = case.around.interfaces.get(name)
    live = case.evidence.interfaces.get(name)
    if interface is None:
        yield Cause("outside-interface-missing", f"the gateway's interface {name} is no layer 3 interface of this firewall",
                    (f"{gateway}: {name}",), gateway, CERTAIN)
    elif case.local_address is None:
        yield Cause("outside-interface-without-address", f"{name} has no address to send IKE from", (f"{name}: no address",),
                    f"give {name} an address of the peer's family, or let it get one by DHCP or PPPoE", CERTAIN)
    elif case.around.router_of(name) is None:
        yield Cause("outside-interface-without-router", f"{name} is in no router, so nothing leaves by it", (f"{name}: no router",),
                    f"put {name} into the virtual router that leads to the peer", CERTAIN)
    elif case.around.zone_of(name) is None and (live is None or not live.zone):
        yield Cause("outside-interface-without-zone", f"{name} is in no zone, so its packets are dropped", (f"{name}: no zone",),
                    f"zone: interfaces: [{name}] of the zone that leads to the peer", POSSIBLE if live is None else CERTAIN)
    if interface is not None:
        yield from _local_address(case, name, live.address if live is not None else None)
    closed = case.around.is_shut(name)
    if closed:
        yield Cause("outside-interface-down", f"the interface {name} that the peer is reached by is switched off", (f"{name} link-state: down",),
                    f"{name}: link-state: auto", CERTAIN)
    elif case.evidence.is_down(name) and (case.evidence.ha is None or case.evidence.ha.active):
        yield Cause("outside-interface-down", f"the interface {name} that the peer is reached by is down", (f"{name}: down",),
                    "mend the link or the port", CERTAIN)


def _local_address(case, name, live) -> Iterator[Cause]:
    """The address that the gateway sends from, against those of its interface, whoever gave them."""
    configured = case.configured_address
    held = case.around.addresses_of(name)
    addresses = [each.text or str(each.address) for each in held] or ([live] if live else [])
    if not configured or not addresses or any(each.is_called(configured) for each in held) or _among(configured, addresses):
        return
    found = case.around.holder(configured)
    holder = found[0] if found is not None else None
    local = {"interface": holder, "ip": configured} if holder else {"interface": name, "ip": addresses[0]}
    yield Cause("local-address-wrong", f"the gateway's address {configured} is none of {name}'s" + (f", but {holder}'s" if holder else ""),
                (f"ike_gateway {case.gateway_name} local_address: {name}, {configured}", f"{name}: {', '.join(addresses)}"),
                f"ike_gateway {case.gateway_name}: local_address: {{interface: {local['interface']}, ip: {local['ip']}}}", CERTAIN,
                ({"ike_gateway": {"name": case.gateway_name, "local_address": local}},))


def customer_gateway(case: Case) -> Iterator[Cause]:
    """The cloud knows one address only: that of its customer gateway.

    An own identity that says it tells of a NAT device, unless this firewall has it, or had it: before a public address there is seldom one.
    """
    expected = case.cloud.customer_outside_address
    if not expected or not case.local_address or same_address(expected, case.local_address):
        return
    known = same_address(expected, (case.gateway.get("local_id") or {}).get("id"))
    found = refusals.misplaced(case.around, case.outside or "", expected)
    if found is None and not known:
        found = case.around.holder(expected)
    evidence = (f"address of {case.outside}: {case.local_address}",
                f"address of the cloud's customer gateway: {expected}" + (f", which {found[0]} has" if found else ""))
    if found is not None:
        holder, held = found
        kind = "floating_ip" if held.source == FLOATING else "ip"
        local = {"interface": holder, **({kind: held.text} if held.text else {})}
        yield Cause("local-interface-wrong",
                    f"the gateway sends from {case.local_address}, and the cloud expects it to come from {expected} of {holder}", evidence,
                    f"ike_gateway {case.gateway_name}: local_address: {{{', '.join(f'{key}: {value}' for key, value in local.items())}}}", CERTAIN,
                    ({"ike_gateway": {"name": case.gateway_name, "local_address": local}},))
    elif not is_private(case.local_address):
        given = case.around.interfaces[case.outside].given_by if case.outside in case.around.interfaces else ""
        evidence += (f"{case.outside} gets its address by {given}: it may have another one since",) if given else ()
        line = [str(held.address.network) for held in case.around.addresses_of(case.outside or "") if held.address is not None]
        # Who translates on the way has an address of its own: no NAT device makes one of the same line of the other.
        is_of_this_line = inside_of(expected, line)
        yield Cause("customer-gateway-address",
                    f"the firewall sends from {case.local_address}, and the cloud's customer gateway is {expected}: it knows nobody else",
                    evidence, f"in the cloud: a customer gateway of {case.local_address} for the connection; "
                    f"where a NAT device makes {expected} of it, ike_gateway {case.gateway_name}: local_id: {{type: ipaddr, id: {expected}}}",
                    POSSIBLE if known and not given else CERTAIN if is_of_this_line else LIKELY)


def unknown_address(case: Case) -> Iterator[Cause]:
    """A peer that does not know our address refuses all proposals, those of every tunnel alike and however well they fit."""
    refused = [name for name in case.evidence.tunnels_of_vpn(case.vpn) if case.evidence.was_refused(name)]
    alone = len(case.evidence.tunnels_of_vpn(case.vpn)) < 2
    if case.phase != NO_IKE or vpn_log.PROPOSAL not in case.kinds or not case.is_described or alone:
        return
    name, options = case.ike_profile
    if len(refused) == len(case.evidence.tunnels_of_vpn(case.vpn)) and options and not list(differences(options, case.cloud, "ike", LEAVES)):
        expected = case.cloud.customer_outside_address or "unknown"
        yield Cause("customer-gateway-address",
                    f"the peer refuses every tunnel though the proposals are those of its description: it may see another address than {expected}, "
                    "and knows nobody else",
                    case.quote(vpn_log.PROPOSAL) + (f"ike_crypto_profile {name}: as the cloud accepts it",
                                                    f"address of the cloud's customer gateway: {expected}"),
                    f"see which public address packets to {case.peer_address} leave with; in the cloud: a customer gateway of that address; "
                    "or describe the connection again, if its proposals were changed", LIKELY)


def redirected(case: Case) -> Iterator[Cause]:
    """What the peer begins is sent on to a host by a NAT rule for the address that IKE comes from."""
    if case.phase != NO_IKE or case.answered or case.evidence.addresses is None:
        return
    for packets in (_IKE, _ESP_BEHIND_NAT):
        for traffic in list(_between_the_ends(case, packets))[1:]:
            rule = rulebases.redirecting(case.evidence.nat_rules, traffic, case.evidence.addresses)
            service = places.text(rule, ("service",)) if rule is not None else None
            ranges = case.evidence.names.ranges([service]) if service not in (None, rulebases.ANY) else [("udp", 0, 65535)]
            if rule is not None and any(kind == "udp" and first <= packets.port[1] <= last for kind, first, last in ranges or ()):
                name = rule.get("name")
                yield Cause("destination-nat-outside", f"NAT rule '{name}' sends what comes to {case.local_address} on to {rulebases.redirected_to(rule)}: "
                            "what the peer begins does not reach this firewall",
                            (f"NAT rule '{name}' destination: {', '.join(places.names(rule, ('destination',)))}, service: {service or 'any'}",),
                            f"NAT rule '{name}': service: the one that is published; or a NAT rule without translation for {case.peer_address} above it",
                            LIKELY)
                return


def _among(text, addresses) -> bool:
    return any(text in (address, address.split("/")[0]) or text.split("/")[0] == address.split("/")[0] for address in addresses)


def peer_address(case: Case) -> Iterator[Cause]:
    """The gateway's peer is none of the cloud's endpoints. An SA in the log tells that it was one once."""
    endpoints = [tunnel.outside_address for tunnel in case.connection.tunnels] if case.connection else []
    if not endpoints or not case.peer_address:
        return
    if any(same_address(endpoint, case.peer_address) for endpoint in endpoints):
        yield from _swapped(case)
        return
    if as_address(case.peer_address) is None or any(tunnel.is_named for tunnel in case.connection.tunnels):
        # What a name stands for is the firewall's to know.
        return
    taken = {(gateway.get("peer_address") or {}).get("ip") for gateway in case.evidence.gateways.values()}
    free = [endpoint for endpoint in endpoints if endpoint not in taken]
    wanted = case.cloud_of_number.outside_address or (free or endpoints)[0]
    was_up = next((line for line in case.lines if vpn_log.UP in line.kinds and mentions(line.text, case.peer_address)), None)
    evidence = (f"ike_gateway {case.gateway_name} peer_address.ip: {case.peer_address}", f"the cloud's endpoints: {', '.join(endpoints)}")
    items = ({"ike_gateway": {"name": case.gateway_name, "peer_address": {"ip": wanted}}},)
    fix = f"ike_gateway {case.gateway_name}: peer_address.ip: {wanted} (and the key that belongs to it)"
    if was_up is not None:
        yield Cause("endpoint-replaced",
                    f"the cloud has other endpoints now than {case.peer_address}, which was up once: the connection was made anew",
                    evidence + (was_up.quoted,), fix, CERTAIN, items)
    else:
        yield Cause("peer-address-wrong", f"the gateway's peer {case.peer_address} is no endpoint of the cloud's connection", evidence, fix,
                    CERTAIN, items)


def _swapped(case) -> Iterator[Cause]:
    """The key and the inside addresses of one tunnel, and the endpoint of another. A key that fits the endpoint speaks for it."""
    wanted = case.cloud_of_number.outside_address
    if wanted and not same_address(wanted, case.peer_address) and case.evidence.keys.get(case.gateway_name) is not True \
            and case.cloud_of_number.inside_address in [str(address.ip) for address in case.inside_addresses]:
        yield Cause("peer-address-wrong", f"the gateway's peer {case.peer_address} is the endpoint of another tunnel of this connection",
                    (f"ike_gateway {case.gateway_name} peer_address.ip: {case.peer_address}", f"the cloud's endpoint for {case.name}: {wanted}"),
                    f"ike_gateway {case.gateway_name}: peer_address: {_told_address(case.cloud_of_number)}", CERTAIN,
                    ({"ike_gateway": {"name": case.gateway_name, "peer_address": gateways.peer_address(case.cloud_of_number)}},))


def _told_address(tunnel) -> str:
    return ", ".join(f"{kind} {value}" for kind, value in gateways.peer_address(tunnel).items())


def duplicate_gateway(case: Case) -> Iterator[Cause]:
    """PAN-OS finds the gateway of a request by its addresses, of a peer without one by its ID: with two for the same, one gets what is meant for the other."""
    others = [name for name in case.evidence.gateways_by_ends.get((case.outside, far_end(case.gateway)), ()) if name != case.gateway_name]
    if others and case.phase == NO_IKE:
        yield Cause("duplicate-gateway", f"IKE gateway '{others[0]}' goes from {case.outside} to the peer {case.called} too",
                    tuple(f"ike_gateway {name}: {case.outside} to the peer {case.called}" for name in (case.gateway_name, others[0])),
                    f"ike_gateway {others[0]}: disabled: true, or state: absent", LIKELY)


def endpoint_route(case: Case) -> Iterator[Cause]:
    """An SA may outlive the route. Where packets come back, there is one, whatever is listed; of an interface that is down the routes are gone too."""
    if case.phase == PASSING or case.evidence.is_down(case.outside):
        return
    router, (found, endpoint) = case.around.router_of(case.outside or ""), _way_out(case)
    if endpoint is not None and found is None:
        yield Cause("endpoint-route-missing", f"router '{router}' has no route to the peer {endpoint}", (f"no route in use covers {endpoint}",),
                    f"static_route in virtual_router {router}: a route to {endpoint} through {case.outside}", CERTAIN)
    elif found is not None and found.interface is None and (found.nexthop or "").lower() == "discard":
        yield Cause("endpoint-route-discards", f"router '{router}' drops packets to the peer {endpoint}", (f"route in use: {found.destination}: discard",),
                    f"static_route in virtual_router {router}: state: absent for the one to {found.destination}, or a longer prefix through {case.outside}",
                    CERTAIN)
    elif found is not None and case.phase == NO_IKE and _is_no_neighbour(case, found):
        is_own = found.nexthop in case.evidence.interfaces_by_address
        yield Cause("endpoint-route-next-hop",
                    f"the route to the peer {endpoint} goes by {found.nexthop}, which is " + (
                        "this firewall's own address" if is_own else f"no neighbour of {found.interface}"),
                    (f"route in use: {_told(found)}", f"{found.interface}: {', '.join(case.around.interfaces[found.interface].addresses)}"),
                    f"static_route in virtual_router {router}: the one to {found.destination}: nexthop.ip_address: the next router on {found.interface}",
                    CERTAIN)
    elif found is not None and is_detour(case.outside or "", found.interface) and found.interface not in case.evidence.units:
        yield Cause("endpoint-route-through-other-interface",
                    f"packets to the peer {endpoint} leave by {found.interface}, and the gateway sends from {case.outside}",
                    (f"route in use: {_told(found)}", f"ike_gateway local_address.interface: {case.outside}"),
                    f"static_route in virtual_router {router}: destination {endpoint}/{endpoint.max_prefixlen}, interface {case.outside}; "
                    f"or ike_gateway {case.gateway_name}: local_address.interface: {found.interface}", LIKELY)


def _is_no_neighbour(case, route) -> bool:
    """Whether a route's next hop is an address of this firewall itself, or in no network of its interface. One of a single address has neighbours anywhere."""
    interface = case.around.interfaces.get(route.interface or "")
    networks = [address.network for address in interface.networks()] if interface is not None else []
    if route.protocol != "static" or not networks or any(network.num_addresses == 1 for network in networks):
        return False
    try:
        hop = ip_address(route.nexthop or "")
    except ValueError:
        return False
    # Every interface of IPv6 has link-local neighbours, whatever its own addresses are.
    tells_nothing = int(hop) == 0 or hop.is_link_local and hop.version == 6
    return not tells_nothing and (str(hop) in case.evidence.interfaces_by_address or not inside_of(str(hop), [str(network) for network in networks]))


def route_into_itself(case: Case) -> Iterator[Cause]:
    """What carries the tunnel goes into the tunnel, so an SA that is still there carries nothing."""
    found, endpoint = _way_out(case)
    router = case.around.router_of(case.outside) if case.outside else None
    if endpoint is not None and router is not None and case.phase != PASSING:
        yield from _meant_for_itself(case, found, endpoint, router)
    if found is not None and found.interface in case.evidence.units:
        yield Cause("endpoint-route-into-tunnel", f"the route to the peer {endpoint} leads into the tunnel {found.interface} itself",
                    (f"route in use: {_told(found)}", f"ike_gateway local_address.interface: {case.outside}"),
                    f"static_route in virtual_router {router}: destination {endpoint}/{endpoint.max_prefixlen}, interface {case.outside}", CERTAIN)


def _meant_for_itself(case, found, endpoint, router) -> Iterator[Cause]:
    """By a route that is gone while the tunnel is down: it comes back with it, and takes it down again."""
    for route in case.around.static_route_entries(router):
        is_for_it = route.destination.version == endpoint.version and endpoint in route.destination
        is_longer = found is None or route.destination.prefixlen > int(found.destination.rpartition("/")[2])
        if is_for_it and is_longer and route.interface in case.vpn_units:
            yield Cause("endpoint-route-into-tunnel", f"the route '{route.name}' to the peer {endpoint} leads into the tunnel {route.interface} itself",
                        (f"static_route {route.name}: {route.destination} through {route.interface}",),
                        f"static_route in virtual_router {router}: state: absent for '{route.name}'", CERTAIN,
                        ({"static_route": {"virtual_router": router, "name": route.name, "destination": str(route.destination), "state": "absent"}},))
            return


def _way_out(case) -> tuple:
    """(the route that packets to the peer take, the peer's address); the latter None where one of both cannot be told.

    A table without any route is one that nobody here can read.
    """
    if not case.evidence.routes or not case.peer_address or not case.outside:
        return None, None
    try:
        endpoint = ip_address(case.peer_address)
    except ValueError:
        return None, None
    return best_route(case, endpoint, case.around.router_of(case.outside)), endpoint


def _leaves_elsewhere(case) -> bool:
    """Whether packets to the peer take another way out than the gateway's interface, so that they are in another zone."""
    found, _endpoint = _way_out(case)
    return found is not None and found.interface not in (None, case.outside)


def _told(route) -> str:
    return f"{route.destination} through {route.interface}" + (f", next hop {route.nexthop}" if route.nexthop else "")


def best_route(case: Case, address, router: str | None):
    """The route in use that a packet to an address takes, by the longest prefix; None where there is none."""
    best, length = None, -1
    for route, network in case.evidence.routes:
        if route.router in (None, router) and network.prefixlen > length and network.version == address.version and address in network:
            best, length = route, network.prefixlen
    return best


def denied_outside(case: Case) -> Iterator[Cause]:
    """IKE is traffic within the outside zone, which passes unless a rule above the intrazone default, or that itself, says otherwise."""
    if case.phase == NO_IKE and not case.answered:
        yield from _denied(case, "ike-denied-by-rule", _IKE)
        if _is_wrapped(case):
            yield from _denied(case, "ike-denied-by-rule", _IKE_BEHIND_NAT)
        yield from _perhaps_denied(case)


def _perhaps_denied(case) -> Iterator[Cause]:
    """By a rule for regions, lists or names, whose addresses only the firewall knows. It would deny all of a VPN's endpoints that are in one place."""
    siblings = [name for name in case.evidence.tunnels_of_vpn(case.vpn) if name != case.name]
    some_are_up = any(case.evidence.ipsec_sas.get(name) for name in siblings)
    for traffic in _between_the_ends(case, _IKE):
        rule, unknown = next(may_deny(case, traffic), (None, ""))
        if rule is None:
            continue
        name = rule.get("name")
        yield Cause("ike-denied-by-rule",
                    f"security rule '{name}' denies IKE between {traffic.source} and {traffic.destination}, if they are among {unknown}",
                    (f"rule '{name}' is asked before any that allows it, and stands for addresses that only the firewall knows: {unknown}",),
                    f"security_rule above '{name}': allow {', '.join(OUTSIDE_APPLICATIONS)} between {case.local_address} and {case.peer_address}",
                    POSSIBLE if some_are_up else LIKELY)
        return


def esp_denied(case: Case) -> Iterator[Cause]:
    """IKE passes, and a rule holds back what it negotiates for."""
    if case.phase == SILENT or case.one_way is not None:
        yield from _denied(case, "esp-denied-by-rule", _ESP_BEHIND_NAT if _is_wrapped(case) else _ESP)


def _is_wrapped(case) -> bool:
    """Whether the tunnel's packets go in UDP 4500: behind NAT, or as the log shows it."""
    logged = any("[4500]" in line.text for line in case.fresh)
    return bool((case.gateway.get("nat_traversal") or {}).get("enable")) and (case.behind_nat or logged)


class _Packets(NamedTuple):
    """What the two ends send each other: in words, as an application, and its port."""

    what: str
    application: str
    port: tuple | None


_IKE, _IKE_BEHIND_NAT = _Packets("IKE", "ike", ("udp", 500)), _Packets("IKE in UDP 4500", "ipsec-esp-udp", ("udp", 4500))
_ESP, _ESP_BEHIND_NAT = _Packets("ESP", "ipsec-esp", None), _Packets("ESP in UDP", "ipsec-esp-udp", ("udp", 4500))


def _denied(case, identity, packets: _Packets) -> Iterator[Cause]:
    """By whom packets between the two ends are denied, in the direction that is asked for first."""
    for traffic in _between_the_ends(case, packets):
        denied = denial(case, traffic)
        if denied is not None:
            zones = (traffic.source_zone, traffic.destination_zone)
            ends = [case.local_address, case.peer_address]
            words, items = allowing(case, names.security_rule(case.name, names.IKE), zones, ends, OUTSIDE_APPLICATIONS, denied)
            astray = zones[0] == zones[1] and (not case.evidence.routes or _leaves_elsewhere(case))
            yield Cause(identity, f"security rule '{denied.by}' denies {packets.what} between {traffic.source} and {traffic.destination}",
                        (f"rule '{denied.by}' decides on {packets.application} from {zones[0]} to {zones[1]}",), words,
                        sureness(case, denied, LIKELY if astray else CERTAIN), items)
            return


def _between_the_ends(case, packets: _Packets) -> Iterator[Traffic]:
    """There and back between the zone of the gateway's interface and that by which its packets leave, another one where IKE comes from a loopback."""
    here = case.around.zone_of(case.outside) if case.outside else None
    if here is None or not case.local_address or not (case.gateway.get("peer_address") or {}).get("ip") or case.evidence.addresses is None:
        return
    there, applications = _zone_out(case) or here, frozenset({packets.application})
    yield Traffic(here, there, case.local_address, case.peer_address, applications, packets.port)
    yield Traffic(there, here, case.peer_address, case.local_address, applications, packets.port)


def _zone_out(case) -> str | None:
    """The zone by which packets to the peer leave, where that is told; of a way out that is wrong itself, nothing follows."""
    found, _endpoint = _way_out(case)
    if found is None or not found.interface or is_detour(case.outside or "", found.interface) or found.interface in case.evidence.units:
        return None
    return case.around.zone_of(found.interface)


def nat_without_traversal(case: Case) -> Iterator[Cause]:
    if (case.gateway.get("nat_traversal") or {}).get("enable") or not case.local_address:
        return
    expected = case.cloud.customer_outside_address
    item = ({"ike_gateway": {"name": case.gateway_name, "nat_traversal": {"enable": True}}},)
    fix = f"ike_gateway {case.gateway_name}: nat_traversal.enable: true"
    if expected and not same_address(expected, case.local_address):
        yield Cause("nat-without-nat-traversal",
                    f"the firewall sends from {case.local_address}, the peer sees {expected}: ESP behind NAT needs NAT traversal",
                    (f"address of {case.outside}: {case.local_address}", f"address that the cloud expects: {expected}",
                     "nat_traversal.enable: not set"),
                    fix, LIKELY, item)
    elif not expected and is_private(case.local_address) and case.peer_address and not is_private(case.peer_address):
        yield Cause("nat-without-nat-traversal", f"the private address {case.local_address} cannot reach {case.peer_address} without NAT, and NAT "
                    "traversal is off", (f"address of {case.outside}: {case.local_address}", "nat_traversal.enable: not set"), fix,
                    LIKELY if case.one_way else POSSIBLE, item)
    elif not expected or case.owns("ike_gateway", case.gateway_name):
        fails = case.one_way is not None or case.evidence.hosts_fail
        yield Cause("nat-without-nat-traversal", "NAT traversal is off: where a device on the way translates addresses, ESP does not pass",
                    (f"ike_gateway {case.gateway_name} nat_traversal.enable: false", *filter(None, (case.one_way,))), fix,
                    LIKELY if fails and case.owns("ike_gateway", case.gateway_name) else POSSIBLE, item)


def passive(case: Case) -> Iterator[Cause]:
    if case.phase != NO_IKE:
        return
    waits = bool(case.gateway.get("passive_mode"))
    has_an_address = case.is_described and not case.cloud.is_dynamic
    is_the_peers_turn = case.cloud.initiator in (PEER, EITHER) or (case.calls_nobody and not has_an_address)
    if (waits or case.calls_nobody) and is_the_peers_turn:
        yield from _not_begun(case)
    elif case.calls_nobody:
        yield Cause("both-sides-passive", f"gateway '{case.gateway_name}' has a dynamic peer, which it cannot call, and {_beginning(case)}",
                    (f"ike_gateway {case.gateway_name} peer_address.dynamic: true",) + (() if case.kinds else ("no negotiation in the log",)),
                    f"ike_gateway {case.gateway_name}: peer_address: {_told_address(case.cloud)}", POSSIBLE if case.answered else LIKELY,
                    ({"ike_gateway": {"name": case.gateway_name, "peer_address": gateways.peer_address(case.cloud)}},))
    elif waits:
        yield Cause("both-sides-passive", f"gateway '{case.gateway_name}' only waits for the peer, and {_beginning(case)}",
                    (f"ike_gateway {case.gateway_name} passive_mode: true",) + (() if case.kinds else ("no negotiation in the log",)),
                    f"ike_gateway {case.gateway_name}: passive_mode: false", POSSIBLE if case.answered else LIKELY,
                    ({"ike_gateway": {"name": case.gateway_name, "passive_mode": False}},))
    elif not case.kinds and not is_asked_for(case.tunnel, case.rules, case.peers):
        yield Cause("nobody-initiates", "nobody begins to negotiate: no packet asks for the tunnel, and it has neither a monitor nor a BGP peer",
                    ("no negotiation in the log", "tunnel_monitor.enable: not set"),
                    f"ipsec_tunnel {case.name}: tunnel_monitor.enable: true with an address of the peer; or vpn_action: action: initiate", LIKELY)


def _not_begun(case) -> Iterator[Cause]:
    """Nothing is wrong here that the log would show; a peer that has tried is asked about by what the log says of that."""
    if not case.kinds:
        yield Cause("peer-has-not-begun", f"gateway '{case.gateway_name}' waits for the peer {case.called}, as it is to, and the peer has not begun",
                    (f"ike_gateway {case.gateway_name} {'peer_address.dynamic' if case.calls_nobody else 'passive_mode'}: true", "no negotiation in the log"),
                    f"let the peer begin: its gateway goes to {case.local_address or 'this firewall'}, and UDP 500 and 4500 arrive from where it is; "
                    "what is wrong then shows in the log", LIKELY)


def _beginning(case) -> str:
    return rules_of(case.cloud.cloud).beginning or "nothing shows that the peer begins"


def unanswered(case: Case) -> Iterator[Cause]:
    """Silence has many reasons, and the firewall cannot tell them apart."""
    silent = case.kinds & {vpn_log.TIMEOUT, vpn_log.DEAD}
    if case.phase != NO_IKE or not silent or case.answered:
        return
    yield Cause("ike-unanswered",
                f"the peer {case.called} does not answer: it is down, at another address, or UDP 500 and 4500 are filtered on the way",
                case.quote(vpn_log.TIMEOUT, vpn_log.DEAD) + _telemetry(case),
                "let UDP 500, UDP 4500 and ESP (protocol 50) pass between "
                f"{case.local_address or 'this firewall'} and the peer {case.called}, and see whether the peer's endpoint is up", LIKELY)


def _telemetry(case) -> tuple:
    told = case.cloud.telemetry
    return (f"the cloud shows {told.status} {told.status_message}".strip(),) if told and told.status else ()


def unresolved(case: Case) -> Iterator[Cause]:
    """A peer by its name, which the firewall has to look up first."""
    name = (case.gateway.get("peer_address") or {}).get("fqdn")
    said = [line.quoted for line in case.fresh if name and re.search(r"resol[vu]|\bdns\b|lookup", line.text, re.IGNORECASE)]
    if case.phase == NO_IKE and said:
        yield Cause("peer-name-unresolved", f"the firewall does not find the address of {name}", tuple(said[:2]),
                    f"see that the firewall's DNS servers know {name} (deviceconfig system dns-setting, and the service route of DNS); "
                    f"or ike_gateway {case.gateway_name}: peer_address.ip", LIKELY)
    elif case.phase == NO_IKE and name and as_address(case.cloud.outside_address) and not case.answered and case.owns("ike_gateway", case.gateway_name):
        there = case.cloud.outside_address
        yield Cause("peer-name-unresolved", f"the peer is configured by its name {name}, which may stand for another address than the cloud's {there}, or none",
                    (f"ike_gateway {case.gateway_name} peer_address.fqdn: {name}", f"the cloud's endpoint for {case.name}: {there}"),
                    f"ike_gateway {case.gateway_name}: peer_address.ip: {there}", LIKELY,
                    ({"ike_gateway": {"name": case.gateway_name, "peer_address": {"ip": there}}},))


def unknown_peer(case: Case) -> Iterator[Cause]:
    if case.phase == NO_IKE and vpn_log.UNKNOWN_PEER in case.kinds:
        yield Cause("peer-not-configured", "one side has no gateway for the address or the version of IKE that the other one comes with",
                    case.quote(vpn_log.UNKNOWN_PEER),
                    f"ike_gateway {case.gateway_name}: peer_address, local_address and version as the peer has them", LIKELY)
