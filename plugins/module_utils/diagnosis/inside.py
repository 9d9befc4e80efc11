# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Causes inside the tunnel: its interface, its zone, and what comes back through it."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, replace
from typing import Iterator

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.configuration import path as places
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.configuration.addresses import is_ipv6
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.diagnosis.case import Case
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.diagnosis.evidence import (
    CERTAIN, FAILOVER, LIKELY, PASSING, POSSIBLE, SILENT, Cause, inside_of, same_address,
)
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.diagnosis.rules import (
    allowing, decisions, denial, left_zone, passes_in_another_zone, sureness,
)
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.diagnosis.traffic import intended
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.errors import InvalidInput
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.firewall.rulebases import Traffic
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.vpn import names
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.vpn.mtu import tunnel_mtu
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.vpn.record import ZONE, Member, RecordedNames

_LINK_LOCAL = "169.254.0.0/16"
# How much less is tried where nobody knows what a way takes.
_STEP = 50


def belongs_nowhere(case: Case) -> Iterator[Cause]:
    """PAN-OS commits a tunnel interface without zone or router with a mere warning, and drops its packets."""
    if not case.unit:
        yield Cause("tunnel-without-interface", f"tunnel '{case.name}' has no tunnel interface", ("tunnel_interface: none",),
                    f"ipsec_tunnel {case.name}: tunnel_interface: a free one", CERTAIN)
        return
    options = f"tunnel_interface {case.unit}"
    for option, found, what, meant in (("zone", case.zone, "zone", _zone_of_vpn), ("virtual_router", case.router, "router", _router_of_vpn)):
        if found is None:
            wanted = meant(case)
            yield Cause(f"tunnel-interface-without-{what}", f"{case.unit} is in no {what}, so its packets are dropped", (f"{case.unit}: no {what}",),
                        f"{options}: {option}: {wanted or 'the one of the VPN'}", CERTAIN,
                        ({"tunnel_interface": {"name": case.unit, option: wanted}},) if wanted else ())
    interface = case.around.interfaces.get(case.unit)
    if interface is None:
        yield Cause("tunnel-interface-missing", f"{case.unit} is not configured",
                    (f"ipsec_tunnel {case.name} tunnel_interface: {case.unit}",), options, CERTAIN)
    elif not interface.addresses and (case.monitor or case.inside_peers):
        prefix = (case.cloud.inside_cidr or "/30").rpartition("/")[2]
        wanted = f"{case.cloud.inside_address}/{prefix}" if case.cloud.inside_address else None
        yield Cause("tunnel-interface-without-address", f"{case.unit} has no address, and {'BGP' if case.inside_peers else 'its monitor'} needs one",
                    (f"{case.unit}: no address",), f"{options}: ip: [{wanted or 'the inside address'}]", CERTAIN,
                    ({"tunnel_interface": {"name": case.unit, "ip": [wanted]}},) if wanted else ())


def _of_siblings(case: Case, option: str) -> str | None:
    """What the interfaces of the VPN's other tunnels say."""
    said = [other.get(option) for name, other in sorted(case.evidence.units.items()) if name != case.unit and name in case.vpn_units]
    return next(filter(None, said), None)


def _zone_of_vpn(case: Case) -> str | None:
    return _of_siblings(case, "zone") or _zone_by_record(case)


def _router_of_vpn(case: Case) -> str | None:
    """That of its other tunnels, else the one that leads something into this tunnel."""
    leading = [router for router in case.evidence.routers if case.around.routes_into(router, case.unit or "")]
    return _of_siblings(case, "virtual_router") or next(iter([*leading, *(peer["virtual_router"] for peer in case.peers)]), None)


def inside_address(case: Case) -> Iterator[Cause]:
    mine, wanted = [str(address.ip) for address in case.inside_addresses if address.version == 4], case.cloud_inside.inside_address
    length = (case.cloud_inside.inside_cidr or "/30").rpartition("/")[2]
    # C(present) would leave the wrong address beside the right one.
    items = ({"tunnel_interface": {**case.interface, "name": case.unit, "ip": [f"{wanted}/{length}"], "state": "replaced"}},) if wanted else ()
    if mine and wanted and wanted not in mine and not case.shares_its_interface:
        holder = case.evidence.interfaces_by_address.get(wanted)
        yield Cause("inside-address-wrong", f"{case.unit} has the inside address {', '.join(mine)}, the cloud expects {wanted}"
                    + (f", which {holder} has" if holder else ""),
                    (f"tunnel_interface {case.unit} ip: {', '.join(mine)}", f"the cloud's: {wanted}/{length}"),
                    f"tunnel_interface {case.unit}: state: replaced, ip: [{wanted}/{length}] and all else as it is", CERTAIN, items)
    else:
        yield from _own_address_asked(case, mine)
    masked = [address for address in case.inside_addresses if wanted == str(address.ip) and str(address.network.prefixlen) != length]
    for address in masked:
        theirs, others = case.cloud_inside.inside_peer_address, _overlapping(case, address)
        # A tunnel needs no neighbour in its network, BGP does.
        harmful = others or (bool(case.inside_peers) and not inside_of(theirs, [str(address.network)]))
        yield Cause("inside-mask-wrong", f"{case.unit} has {address}, and the inside network is one of /{length}"
                    + (f": it takes in the network of {others[0]}" if others else f": the peer {theirs} lies outside of it" if harmful else ""),
                    (f"tunnel_interface {case.unit} ip: {address}", f"the cloud's: {wanted}/{length}"),
                    f"tunnel_interface {case.unit}: state: replaced, ip: [{wanted}/{length}] and all else as it is", CERTAIN if harmful else POSSIBLE, items)
    yield from _duplicates(case, [address for address in case.inside_addresses if address not in masked])
    yield from _inside_ipv6_address(case)


def _inside_ipv6_address(case) -> Iterator[Cause]:
    """Where the tunnel carries IPv6, by its proxy IDs, monitor or peer; beside IPv4 the address may well be left out."""
    wanted, length = case.cloud.inside_ipv6_address, (case.cloud.inside_ipv6_cidr or "/126").rpartition("/")[2]
    mine = [str(address.ip) for address in case.inside_addresses if address.version == 6]
    asked = [case.monitor, *((peer.get("peer_address") or {}).get("ip") for peer in case.inside_peers)]
    if wanted and wanted not in mine and (mine or any(is_ipv6(text or "") for text in asked)):
        yield Cause("inside-address-wrong", f"{case.unit} has the inside IPv6 address {', '.join(mine) or 'none'}, the cloud expects {wanted}",
                    (f"tunnel_interface {case.unit} ipv6.addresses: {', '.join(mine) or 'none'}", f"the cloud's: {wanted}/{length}"),
                    f"tunnel_interface {case.unit}: ipv6: {{enabled: true, addresses: [{{address: {wanted}/{length}, enable_on_interface: true}}]}}", CERTAIN)


def _own_address_asked(case, mine) -> Iterator[Cause]:
    """An address that is no host's stands where ours belongs, or the peer's own."""
    for address in case.inside_addresses:
        network = address.network
        # IPv6 has no broadcast: the last address is a host's like any other.
        nobodys = (network.network_address, network.broadcast_address) if network.version == 4 else (network.network_address,)
        if network.prefixlen < network.max_prefixlen - 1 and address.ip in nobodys:
            yield Cause("inside-address-wrong", f"{case.unit} has {address}, which is no host's address", (f"tunnel_interface {case.unit} ip: {address}",
                        f"addresses of hosts in {network}: {', '.join(str(host) for host in itertools.islice(network.hosts(), 2))}…"),
                        f"tunnel_interface {case.unit}: ip: this end's address", CERTAIN)
    asked = [("the monitor's target", case.monitor)] + [
        (f"BGP peer {peer['name']}", (peer.get("peer_address") or {}).get("ip")) for peer in case.peers
        if ((peer.get("local_address") or {}).get("ip") or "").split("/")[0] not in mine]
    found = next(((who, address) for who, address in asked if address in mine), None)
    if found is not None:
        yield Cause("inside-address-wrong", f"{case.unit} has {found[1]} itself, which {found[0]} is to have at the other end",
                    (f"tunnel_interface {case.unit} ip: {', '.join(mine)}", f"{found[0]}: {found[1]}"),
                    f"tunnel_interface {case.unit}: ip: this end's address, and {found[0]}: the other end's", CERTAIN)


def _overlapping(case, address) -> list:
    """Interfaces with a network that holds addresses of this one; a wider one does not harm, because the narrower network wins."""
    return [name for name, network in case.evidence.networks if name != case.unit and network.version == address.version
            and network.subnet_of(address.network)]


def _duplicates(case, addresses) -> Iterator[Cause]:
    for address in addresses:
        other = next(iter(_overlapping(case, address)), None)
        if other is not None:
            yield Cause("duplicate-inside-address", f"the inside network {address.network} of {case.unit} is also on {other}",
                        (f"{case.unit}: {address}", f"{other}: {', '.join(case.around.interfaces[other].addresses)}"),
                        f"tunnel_interface {case.unit}: ip: a network of its own (choose another inside range in the cloud)",
                        CERTAIN if (other, address.network) in case.evidence.networks else LIKELY)


def zone_changed(case: Case) -> Iterator[Cause]:
    """The VPN's rules are for one zone, as its record says, and somebody has put its tunnels into another one."""
    members = _members_by_record(case)
    if case.zone is None:
        return
    if not members:
        yield from _left_zone(case)
        return
    if Member(ZONE, case.zone) in members:
        return
    wanted = _zone_by_record(case)
    if wanted is not None:
        yield Cause("tunnel-interface-in-other-zone", f"{case.unit} is in zone '{case.zone}', and the VPN's rules are for zone '{wanted}'",
                    (f"{case.unit}: {case.zone}", f"the record of {case.vpn}: {wanted}"),
                    f"zone {wanted}: interfaces: [{case.unit}] (take it out of '{case.zone}' first); or site_to_site_vpn {case.vpn}: zone: {case.zone}",
                    CERTAIN)


def _zone_by_record(case: Case) -> str | None:
    members = _members_by_record(case)
    return next((zone for zone in case.around.names("zone") if Member(ZONE, zone) in members), None)


def _members_by_record(case: Case) -> RecordedNames:
    """What the VPN's record says that its tunnels were put into; nothing where there is no record."""
    record = next((each for _unit, each in case.evidence.records if each.vpn == case.vpn), None)
    return record.members if record is not None else RecordedNames()


def _left_zone(case) -> Iterator[Cause]:
    """Without a record: what is to pass is denied into the tunnel's zone, and rules let it into one that no interface is in any more."""
    if case.evidence.addresses is None:
        return
    for traffic in intended(case):
        denied = [part for part in decisions(case, traffic) if not part.decision.allows]
        zone = left_zone(case, traffic) if denied else None
        if zone is not None:
            yield Cause("tunnel-interface-in-other-zone",
                        f"{case.unit} is in zone '{case.zone}', where nothing lets {traffic.source} to {traffic.destination}; rules let it into zone '{zone}', "
                        "which no interface is in", (f"{case.unit}: {case.zone}", f"zone {zone} interfaces: none"),
                        f"zone {zone}: interfaces: [{case.unit}] (take it out of '{case.zone}' first); or rules for '{case.zone}'",
                        sureness(case, denied[0].decision))
            return


def routers_apart(case: Case) -> Iterator[Cause]:
    """What leads into the tunnel, or speaks through it, must stand in the router that the tunnel interface is in."""
    if case.router is None:
        return
    elsewhere = [(router, f"static route '{name}' of router '{router}' leads into {case.unit}") for router in case.evidence.routers
                 if router != case.router for name, _destination in case.around.routes_into(router, case.unit)]
    elsewhere += [(peer["virtual_router"], f"BGP peer '{peer['name']}' of router '{peer['virtual_router']}' speaks from {case.unit}")
                  for peer in case.inside_peers if peer["virtual_router"] != case.router]
    others = {unit: case.around.router_of(unit) for unit in case.vpn_units if unit != case.unit}
    named = bool(elsewhere)
    if not named and case.around.router_of(case.outside) != case.router:
        elsewhere = [(router, f"{unit} of the same VPN is in router '{router}'") for unit, router in sorted(others.items())
                     if router is not None and router == case.around.router_of(case.outside)]
    if elsewhere:
        yield Cause("tunnel-interface-in-other-router", f"{case.unit} is in router '{case.router}', and what leads into it is in router '{elsewhere[0][0]}'",
                    (f"tunnel_interface {case.unit} virtual_router: {case.router}",) + tuple(text for _router, text in elsewhere[:3]),
                    f"tunnel_interface {case.unit}: virtual_router: {elsewhere[0][0]} (take it out of '{case.router}' first)",
                    CERTAIN if named else LIKELY)


def zones_apart(case: Case) -> Iterator[Cause]:
    """A session that leaves by one tunnel and comes back by the other must stay within one zone. A tunnel that is in the recorded one is not to leave it."""
    if case.zone is not None and Member(ZONE, case.zone) in _members_by_record(case):
        return
    others = {unit: case.around.zone_of(unit) for unit in case.vpn_units if unit != case.unit}
    other = next((unit for unit, zone in sorted(others.items()) if zone and case.zone and zone != case.zone), None)
    if other:
        yield Cause("tunnels-in-different-zones",
                    f"{case.unit} is in zone '{case.zone}', {other} in '{others[other]}': answers that come by the other tunnel "
                    "are dropped", (f"{case.unit}: {case.zone}", f"{other}: {others[other]}"),
                    f"tunnel_interface {case.unit}: zone: the same as {other}'s (take it out of the one that it is in first)", LIKELY)


def zone_protection(case: Case) -> Iterator[Cause]:
    profile = case.around.protection_of(case.zone) if case.zone else None
    if profile is None or places.text(profile, ("strict-ip-check",)) != "yes":
        return
    addresses = [str(address.ip) for address in case.inside_addresses if inside_of(str(address.ip), [_LINK_LOCAL])]
    name = profile.get("name")
    yield Cause("strict-ip-check", f"zone '{case.zone}' checks addresses strictly"
                + (f" and drops the link-local inside addresses ({', '.join(addresses)})" if addresses else ", which drops what comes in by another tunnel"),
                (f"zone {case.zone} zone_protection_profile: {name}", f"zone_protection_profile {name} strict_ip_check: true"),
                f"zone_protection_profile {name}: strict_ip_check: false; or zone {case.zone}: another profile", CERTAIN if addresses else LIKELY,
                ({"zone_protection_profile": {"name": name, "strict_ip_check": False}},))


def narrow_selectors(case: Case) -> Iterator[Cause]:
    """The monitor's probes and BGP go between the inside addresses: selectors without them let neither pass."""
    proxies = [(proxy.get("local") or "0.0.0.0/0", proxy.get("remote") or "0.0.0.0/0") for proxy in case.proxies]
    asked = [("the monitor's target", case.monitor, [str(address.ip) for address in case.inside_addresses])]
    asked += [("the BGP peer", (peer.get("peer_address") or {}).get("ip"), case.speaking_addresses(peer)) for peer in case.peers]
    for who, target, sources in asked:
        if not proxies or not target or not sources:
            continue
        if not any(inside_of(target, [remote]) and any(inside_of(source, [local]) for source in sources) for local, remote in proxies):
            yield Cause("selectors-exclude-monitor" if target == case.monitor else "selectors-exclude-bgp",
                        f"the proxy IDs do not cover {who} {target} as seen from {', '.join(sources)}",
                        tuple(f"proxy ID: {local} to {remote}" for local, remote in proxies) + (f"{who}: {target}, from {', '.join(sources)}",),
                        f"ipsec_tunnel {case.name}: tunnel_monitor.destination_ip: an address that the proxy IDs cover; or proxy_ids: 0.0.0.0/0 on both sides",
                        CERTAIN)


def monitor_target(case: Case) -> Iterator[Cause]:
    if not case.monitor or case.phase != SILENT:
        return
    theirs = case.far_end(case.monitor)
    local = [address.network for address in case.inside_addresses]
    if theirs and not same_address(theirs, case.monitor) and inside_of(case.monitor, [_LINK_LOCAL] + [str(network) for network in local]):
        yield Cause("monitor-target-wrong", f"the monitor asks {case.monitor}, and the peer's inside address is {theirs}",
                    (f"ipsec_tunnel {case.name} tunnel_monitor.destination_ip: {case.monitor}", f"the cloud's: {theirs}"),
                    f"ipsec_tunnel {case.name}: tunnel_monitor.destination_ip: {theirs}", CERTAIN,
                    ({"ipsec_tunnel": {"name": case.name, "tunnel_monitor": {"enable": True, "destination_ip": theirs}}},))
        return
    beyond = not same_address(theirs, case.monitor) if theirs else not inside_of(case.monitor, [str(network) for network in local])
    if beyond and local and not theirs and inside_of(case.monitor, [_LINK_LOCAL]):
        yield Cause("monitor-target-wrong", f"the monitor asks {case.monitor}, which is not in the inside network of {case.unit}",
                    (f"ipsec_tunnel {case.name} tunnel_monitor.destination_ip: {case.monitor}",
                     f"tunnel_interface {case.unit} ip: {', '.join(str(address) for address in case.inside_addresses)}"),
                    f"ipsec_tunnel {case.name}: tunnel_monitor.destination_ip: the peer's inside address; or tunnel_interface {case.unit}: ip", LIKELY)
    elif beyond or case.one_way is None:
        yield Cause("monitor-target-silent", f"the tunnel is up and {case.monitor} does not answer the monitor's probes",
                    (f"flow of {case.name}: {', '.join(sorted({flow.state or 'unknown' for flow in case.flows}))}, monitor down",) + _seen(case)
                    + ((f"the peer's inside address: {theirs}",) if theirs and beyond else ()),
                    f"ipsec_tunnel {case.name}: tunnel_monitor.destination_ip: "
                    f"{theirs if theirs and beyond else 'an address beyond the tunnel that answers pings'}", LIKELY)


def _seen(case) -> tuple:
    return () if case.moved is None else (f"{case.moved[0]} packets out and {case.moved[1]} in within {case.evidence.state.between:.1f} s",)


def dead_peer_unnoticed(case: Case) -> Iterator[Cause]:
    """Without dead peer detection an SA that the peer has lost stays here, and all packets go into it until it ends."""
    block = case.gateway.get(case.version_block) or {}
    if (block.get("dpd") or {}).get("enable") is not False:
        return
    said = (f"ike_gateway {case.gateway_name} {case.version_block}.dpd.enable: false",)
    fix = f"ike_gateway {case.gateway_name}: {case.version_block}.dpd.enable: true"
    items = ({"ike_gateway": {"name": case.gateway_name, case.version_block: {"dpd": {"enable": True}}}},)
    is_changed = case.owns("ike_gateway", case.gateway_name)
    if case.one_way is not None:
        yield Cause("dead-peer-detection-off",
                    "nothing comes back, and dead peer detection is off: the peer may have lost the SA, and nobody here notices",
                    (*said, case.one_way), f"vpn_action: name: [{case.name}], action: reconnect; then {fix}",
                    LIKELY if is_changed or _has_to_be_answered(case) else POSSIBLE, items)
    elif is_changed:
        yield Cause("dead-peer-detection-off", "dead peer detection is off: an SA that the peer has lost stays here, and takes all packets until it ends",
                    said, fix, LIKELY, items, FAILOVER)


def fragments(case: Case) -> Iterator[Cause]:
    """Packets that are too large for the way come in pieces, which a zone protection profile may discard."""
    zone = case.around.zone_of(case.outside) if case.outside else None
    for each in filter(None, (zone, case.zone)):
        profile = case.around.protection_of(each)
        if profile is not None and places.text(profile, ("discard-ip-frag",)) == "yes":
            yield Cause("fragments-discarded", f"zone '{each}' discards fragments, so that large packets do not pass where they have to be divided",
                        (f"zone_protection_profile {profile.get('name')} discard-ip-frag: yes",),
                        f"turn discard-ip-frag off in the profile '{profile.get('name')}' (no option here does it); and tunnel_interface {case.unit}: "
                        "an mtu that fits", LIKELY if case.evidence.lost_size else POSSIBLE)


def one_way(case: Case) -> Iterator[Cause]:
    """SAs are there, and nothing comes back through them."""
    if case.phase not in (SILENT, PASSING) or case.one_way is None:
        return
    nat = " without NAT traversal" if not (case.gateway.get("nat_traversal") or {}).get("enable") else ""
    yield Cause("esp-filtered",
                f"packets go into the tunnel and none comes out of it: ESP{nat} is filtered on the way, or the far side has no way back",
                (case.one_way,),
                f"let ESP (protocol 50) and UDP 4500 pass to and from {case.peer_address}; behind NAT or a filter, ike_gateway {case.gateway_name}: "
                f"nat_traversal.enable: true; where the peer was restarted, vpn_action: name: [{case.name}], action: reconnect; in the cloud, look at the "
                "route tables' way back", LIKELY if _has_to_be_answered(case) else POSSIBLE)


def _has_to_be_answered(case) -> bool:
    """Whether something goes through the tunnel that the far side itself answers, and does not: the monitor's probes, or BGP."""
    sessions = [live for peer in case.peers for live in case.evidence.live_peers.get(peer["name"], ())]
    return case.phase == SILENT or (bool(sessions) and not any(live.established for live in sessions))


def intrazone_denied(case: Case) -> Iterator[Cause]:
    """The monitor's probes and BGP stay within the VPN zone: they need no rule, until one denies them or somebody changed the intrazone default.

    BGP that begins at an interface of another zone goes from that one to the VPN's.
    """
    if case.zone is None or case.evidence.addresses is None:
        return
    for asked in _asked_inside(case):
        traffic = Traffic(asked.zone, case.zone, asked.source, asked.target, frozenset({asked.application}), asked.port)
        denied = None if asked.passes else denial(case, traffic)
        if denied is None:
            continue
        zones, ends = (asked.zone, case.zone), [asked.source, asked.target]
        words, items = allowing(case, names.security_rule(case.name, names.INSIDE), zones, ends, [asked.application], denied)
        where = f"within zone '{case.zone}'" if asked.zone == case.zone else f"from zone '{asked.zone}' to zone '{case.zone}'"
        yield Cause("intrazone-denied", f"security rule '{denied.by}' denies {asked.what} between {asked.source} and {asked.target} {where}",
                    (f"rule '{denied.by}' decides on {asked.application} from {asked.zone} to {case.zone}",), words,
                    sureness(case, denied, LIKELY if passes_in_another_zone(case, traffic) or _may_be_called(case, traffic) else CERTAIN), items)


def _may_be_called(case, traffic) -> bool:
    """Whether the peer may begin what this firewall may not, which is enough for BGP."""
    back = replace(traffic, source_zone=traffic.destination_zone, destination_zone=traffic.source_zone, source=traffic.destination, destination=traffic.source)
    return "bgp" in traffic.applications and denial(case, back) is None


@dataclass(frozen=True)
class _Asked:
    """What this firewall itself sends through the tunnel, from an address in a zone. C(passes): whether it is seen to pass."""

    what: str
    zone: str
    source: str
    target: str
    application: str
    port: tuple | None
    passes: bool


def _asked_inside(case) -> Iterator[_Asked]:
    if case.monitor:
        application = "ping6" if is_ipv6(case.monitor) else "ping"
        passes = "up" in {flow.monitor for flow in case.flows}
        yield from (_Asked("the monitor's probes", case.zone, source, case.monitor, application, None, passes) for source in _beside(case, case.monitor))
    for peer in (peer for peer in case.peers if not case.is_astray(peer)):
        live = next(iter(case.evidence.live_peers.get(peer["name"], ())), None)
        target = (peer.get("peer_address") or {}).get("ip") or ""
        is_inside = peer in case.inside_peers
        sources = _beside(case, target) if is_inside else case.speaking_addresses(peer)[:1]
        zone = case.zone if is_inside else case.around.zone_of(case.speaks_from(peer) or "")
        if zone is not None and target:
            yield from (_Asked("BGP", zone, source, target, "bgp", ("tcp", 179), live is not None and live.established) for source in sources)


def _beside(case, target) -> list[str]:
    """The tunnel interface's address in the network of a target. One outside of it is what is wrong then, and no rule for the right one would see it."""
    return [str(address.ip) for address in case.inside_addresses if inside_of(target, [str(address.network)])][:1]


def mtu(case: Case) -> Iterator[Cause]:
    """Small packets pass and large ones do not, so the tunnel looks well."""
    configured = case.interface.get("mtu") or 1500
    largest = _largest(case)
    if largest and case.unit and configured > largest:
        yield Cause("mtu-too-large", f"{case.unit} takes packets of {configured} bytes, and {largest} fit through the tunnel with this cipher",
                    (f"tunnel_interface {case.unit} mtu: {configured if case.interface.get('mtu') else '1500 (not set)'}",
                     f"largest that fits: {largest}"),
                    f"tunnel_interface {case.unit}: mtu: {largest}", LIKELY if case.phase == PASSING else POSSIBLE,
                    ({"tunnel_interface": {"name": case.unit, "mtu": largest}},))
    elif case.evidence.lost_size and case.unit:
        yield Cause("mtu-too-large",
                    f"small packets pass, and those of {case.evidence.lost_size} bytes do not, though {case.unit} takes them: something on the way takes less",
                    (f"tunnel_interface {case.unit} mtu: {configured}", f"the probe of {case.evidence.lost_size} bytes: no answer"),
                    f"tunnel_interface {case.unit}: mtu: less, such as {configured - _STEP}, until the probe is answered", LIKELY)


def _largest(case) -> int | None:
    """By the cipher that is configured and the outside interface's MTU."""
    esp = (case.ipsec_profile[1] or {}).get("esp") or {}
    outside = case.around.interfaces.get(case.outside)
    found = []
    for cipher in esp.get("encryption") or ():
        for authentication in (esp.get("authentication") or ["none"]):
            try:
                largest = outside.mtu if outside is not None else 1500
                found.append(tunnel_mtu(cipher, authentication, largest, case.behind_nat, is_ipv6(case.peer_address or "")))
            except (InvalidInput, ValueError):
                continue
    said = [case.cloud.path_mtu] if case.cloud.path_mtu else []
    return min(found + said) if found or said else case.cloud.mtu
