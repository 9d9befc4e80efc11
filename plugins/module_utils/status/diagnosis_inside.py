# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Causes inside the tunnel: its interface, its zone, and what comes back through it."""

from __future__ import annotations

from ipaddress import ip_network
from typing import Iterator

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.errors import InvalidInput
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.peers.mtu import tunnel_mtu
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.peers.rulebases import Traffic
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.reconcile import path as places
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.status.diagnosis_evidence import (
    CERTAIN, LIKELY, PASSING, POSSIBLE, SILENT, Case, Cause, inside_of, same_address,
)
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.status.diagnosis_rules import allowing, denying

_LINK_LOCAL = "169.254.0.0/16"


def belongs_nowhere(case: Case) -> Iterator[Cause]:
    """PAN-OS commits a tunnel interface without zone or router with a mere warning, and drops its packets."""
    if not case.unit:
        yield Cause("tunnel-without-interface", f"tunnel '{case.name}' has no tunnel interface", ("tunnel_interface: none",),
                    f"ipsec_tunnel {case.name}: tunnel_interface: a free one", CERTAIN)
        return
    options = f"tunnel_interface {case.unit}"
    others = [other for name, other in sorted(case.evidence.units.items()) if name != case.unit]
    for option, found, what in (("zone", case.zone, "zone"), ("virtual_router", case.router, "router")):
        if found is None:
            wanted = next((other[option] for other in others if other.get(option)), None)
            yield Cause(f"tunnel-interface-without-{what}", f"{case.unit} is in no {what}, so its packets are dropped", (f"{case.unit}: no {what}",),
                        f"{options}: {option}: {wanted or 'the one of the VPN'}", CERTAIN,
                        ({"tunnel_interface": {"name": case.unit, option: wanted}},) if wanted else ())
    interface = case.around.interfaces.get(case.unit)
    if interface is None:
        yield Cause("tunnel-interface-missing", f"{case.unit} is not configured",
                    (f"ipsec_tunnel {case.name} tunnel_interface: {case.unit}",), options, CERTAIN)
    elif not interface.addresses and (case.monitor or case.peers):
        prefix = case.cloud.get("inside_cidr", "/30").rpartition("/")[2]
        wanted = f"{case.cloud['inside_address']}/{prefix}" if case.cloud.get("inside_address") else None
        yield Cause("tunnel-interface-without-address", f"{case.unit} has no address, and {'BGP' if case.peers else 'its monitor'} needs one",
                    (f"{case.unit}: no address",), f"{options}: ip: [{wanted or 'the inside address'}]", CERTAIN,
                    ({"tunnel_interface": {"name": case.unit, "ip": [wanted]}},) if wanted else ())


def inside_address(case: Case) -> Iterator[Cause]:
    mine, wanted = [str(address.ip) for address in case.inside_addresses], case.cloud.get("inside_address")
    if mine and wanted and wanted not in mine:
        length = case.cloud.get("inside_cidr", "/30").rpartition("/")[2]
        yield Cause("inside-address-wrong", f"{case.unit} has the inside address {', '.join(mine)}, the cloud expects {wanted}",
                    (f"tunnel_interface {case.unit} ip: {', '.join(mine)}", f"the cloud's: {wanted}/{length}"),
                    f"tunnel_interface {case.unit}: ip: [{wanted}/{length}]", CERTAIN,
                    ({"tunnel_interface": {"name": case.unit, "ip": [f"{wanted}/{length}"]}},))
    for address in case.inside_addresses:
        other = next((name for name, network in case.evidence.networks if name != case.unit and network.version == 4
                      and network.overlaps(address.network) and network.prefixlen > 0), None)
        if other is not None:
            yield Cause("duplicate-inside-address", f"the inside network {address.network} of {case.unit} is also on {other}",
                        (f"{case.unit}: {address}", f"{other}: {', '.join(case.around.interfaces[other].addresses)}"),
                        f"tunnel_interface {case.unit}: ip: a network of its own (choose another inside range in the cloud)", CERTAIN)


def zones_apart(case: Case) -> Iterator[Cause]:
    """A session that leaves by one tunnel and comes back by the other must stay within one zone."""
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
    sources = [str(address.ip) for address in case.inside_addresses]
    peers = [(peer.get("peer_address") or {}).get("ip") for peer in case.peers]
    for who, target in [("the monitor's target", case.monitor)] + [("the BGP peer", peer) for peer in peers]:
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
    theirs = case.cloud.get("inside_peer_address")
    local = [address.network for address in case.inside_addresses]
    if theirs and not same_address(theirs, case.monitor) and inside_of(case.monitor, [_LINK_LOCAL] + [str(network) for network in local]):
        yield Cause("monitor-target-wrong", f"the monitor asks {case.monitor}, and the peer's inside address is {theirs}",
                    (f"ipsec_tunnel {case.name} tunnel_monitor.destination_ip: {case.monitor}", f"the cloud's: {theirs}"),
                    f"ipsec_tunnel {case.name}: tunnel_monitor.destination_ip: {theirs}", CERTAIN,
                    ({"ipsec_tunnel": {"name": case.name, "tunnel_monitor": {"enable": True, "destination_ip": theirs}}},))
        return
    if case.one_way is None or case.moved is None or case.moved[1] > 0:
        yield Cause("monitor-target-silent", f"the tunnel is up and {case.monitor} does not answer the monitor's probes",
                    (f"flow of {case.name}: {', '.join(sorted({flow.state or 'unknown' for flow in case.flows}))}, monitor down",) + _seen(case),
                    f"ipsec_tunnel {case.name}: tunnel_monitor.destination_ip: an address beyond the tunnel that answers pings", LIKELY)


def _seen(case) -> tuple:
    return () if case.moved is None else (f"{case.moved[0]} packets out and {case.moved[1]} in within {case.evidence.state.between:.1f} s",)


def one_way(case: Case) -> Iterator[Cause]:
    """SAs are there, and nothing comes back through them."""
    if case.phase not in (SILENT, PASSING) or case.one_way is None:
        return
    nat = " without NAT traversal" if not (case.gateway.get("nat_traversal") or {}).get("enable") else ""
    yield Cause("esp-filtered",
                f"packets go into the tunnel and none comes out of it: ESP{nat} is filtered on the way, or the far side has no way back",
                (case.one_way,),
                f"let ESP (protocol 50) and UDP 4500 pass to and from {case.peer_address}; behind NAT or a filter, ike_gateway {case.gateway_name}: "
                "nat_traversal.enable: true; in the cloud, look at the route tables' way back", LIKELY if case.phase == SILENT else POSSIBLE)


def intrazone_denied(case: Case) -> Iterator[Cause]:
    """The monitor's probes and BGP stay within the VPN zone: they need no rule, until one denies everything above the intrazone default."""
    if case.zone is None or case.evidence.addresses is None:
        return
    sources = [str(address.ip) for address in case.inside_addresses]
    targets = [(case.monitor, "ping", "the monitor's probes")] if case.monitor else []
    targets += [((peer.get("peer_address") or {}).get("ip"), "bgp", "BGP") for peer in case.peers]
    for target, application, what in targets:
        # A target outside of the tunnel's own network is what is wrong then, and no rule for the right one would see it.
        for source in sources[:1] if inside_of(target, [str(address.network) for address in case.inside_addresses]) else ():
            rule = denying(case, Traffic(case.zone, case.zone, source, target, frozenset({application})))
            if rule is not None:
                yield Cause("intrazone-denied", f"security rule '{rule}' denies {what} between {source} and {target} within zone '{case.zone}'",
                            (f"rule '{rule}' covers {case.zone} to {case.zone}, above the intrazone default",),
                            f"security_rule: allow {application} from {case.zone} to {case.zone}, position before '{rule}'", CERTAIN,
                            (allowing(f"{case.name}-inside", case.zone, case.zone, [source, target], [application], rule),))


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


def _largest(case) -> int | None:
    """By the cipher that is configured and the outside interface's MTU; AWS's own figure is the same formula."""
    esp = (case.ipsec_profile[1] or {}).get("esp") or {}
    outside = case.around.interfaces.get(case.outside)
    found = []
    for cipher in esp.get("encryption") or ():
        for authentication in (esp.get("authentication") or ["none"]):
            try:
                ipv6 = bool(case.peer_address) and ip_network(case.peer_address).version == 6
                found.append(tunnel_mtu(cipher, authentication, outside.mtu if outside is not None else 1500, case.behind_nat, ipv6))
            except (InvalidInput, ValueError):
                continue
    return min(found) if found else case.cloud.get("mtu")
