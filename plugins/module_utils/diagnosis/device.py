# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Causes that lie in the firewall as a whole, or in objects that are switched off."""

from __future__ import annotations

from typing import Iterator

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.configuration import path as places
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.diagnosis.case import Case
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.diagnosis.evidence import (
    CERTAIN, LIKELY, NO_CHILD, NO_IKE, POSSIBLE, Cause, same_address,
)
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.status.selection import far_end
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.tables.places import PLACES

COMMIT_PENDING = "commit-pending"


def ha_passive(case: Case) -> Iterator[Cause]:
    member = case.evidence.ha
    if member is not None and not member.active:
        yield Cause("ha-passive", f"this firewall is the {member.state} member of its HA pair, which has no tunnels of its own",
                    (f"HA state: {member.state}",), "ask and configure the active member (provider.ip_address)", CERTAIN)


def engine_not_rebooted(case: Case) -> Iterator[Cause]:
    wanted = places.text(case.around.tree, (case.around.base("device") + ("deviceconfig", "setting", "advance-routing"))[1:])
    advanced = case.around.platform.advanced
    if wanted is None or (wanted == "yes") == advanced:
        return
    runs, coming = ("logical", "virtual") if advanced else ("virtual", "logical")
    elsewhere = [router for router in places.names(case.around.network, (f"{coming}-router",))
                 if case.unit in places.names(case.around.network, _members(coming, router))]
    only_there = bool(elsewhere) and case.router is None
    evidence = [f"the setting advance-routing is '{wanted}', and the firewall runs {runs} routers"]
    evidence += [f"{case.unit} is in {coming} router '{elsewhere[0]}' and in no {runs} router"] if only_there else []
    yield Cause("engine-not-rebooted", f"the routing engine was changed and the firewall was not rebooted since: it still runs {runs} routers",
                tuple(evidence), "commit and reboot the firewall, or take the setting advance-routing back", CERTAIN if only_there else LIKELY)


def _members(kind: str, router: str) -> tuple:
    between = ("vrf", ("entry", "default")) if kind == "logical" else ()
    return (f"{kind}-router", ("entry", router)) + between + ("interface",)


def disabled(case: Case) -> Iterator[Cause]:
    if case.tunnel.get("disabled"):
        yield Cause("tunnel-disabled", f"tunnel '{case.name}' is disabled", ("ipsec_tunnel disabled: true",),
                    f"ipsec_tunnel {case.name}: disabled: false", CERTAIN, ({"ipsec_tunnel": {"name": case.name, "disabled": False}},))
    if case.gateway.get("disabled"):
        yield Cause("ike-gateway-disabled", f"IKE gateway '{case.gateway_name}' is disabled", ("ike_gateway disabled: true",),
                    f"ike_gateway {case.gateway_name}: disabled: false", CERTAIN, ({"ike_gateway": {"name": case.gateway_name, "disabled": False}},))


def commit_pending(case: Case) -> Iterator[Cause]:
    """Only changes of what this tunnel is made of count: others may well wait for good reasons."""
    touching = [(path, owner) for path, owner in case.evidence.changes if waiting_object(case, path)]
    if touching:
        evidence = tuple(f"not committed: {places.words(path)} (by {owner or 'an unknown account'})" for path, owner in touching[:5])
        yield Cause(COMMIT_PENDING, f"{len(touching)} changes of this tunnel's objects are not committed: the firewall runs without them",
                    evidence, "commit: objects of that change, or scope: all", POSSIBLE)


def waiting_object(case: Case, path: tuple) -> str | None:
    """The object of this tunnel that an uncommitted change is about, as fixes name it (C(ike_gateway vpn-1)); None for others'."""
    own = {"ike_gateway": {case.gateway_name}, "ipsec_tunnel": {case.name}, "tunnel_interface": {case.unit}, "zone": {case.zone},
           "ike_crypto_profile": {case.ike_profile[0]}, "ipsec_crypto_profile": {case.ipsec_profile[0]},
           "pbf_rule": {rule["name"] for rule in case.rules}}
    if path[-1] in ("comment", "description"):
        return None
    for kind, names in own.items():
        container = case.around.base(PLACES[kind][0]) + PLACES[kind][1]
        if places.starts_with(path, container) and len(path) > len(container) and path[len(container)][1] in names - {None, "default"}:
            return f"{kind} {path[len(container)][1]}"
    named = {step[1] for step in path if not isinstance(step, str)}
    peer = next((peer for peer in case.peers if {peer["peer_group"], peer["name"]} & named), None)
    return f"bgp_peer {peer['name']}" if peer else None


def incomplete(case: Case) -> Iterator[Cause]:
    """References that lead nowhere, which a commit refuses, and a tunnel without a gateway."""
    if case.tunnel.get("manual_key"):
        return
    if not case.gateway:
        yield Cause("ike-gateway-missing", f"tunnel '{case.name}' has no IKE gateway that exists", (f"ike_gateways: {case.gateway_name or 'none'}",),
                    f"ipsec_tunnel {case.name}: ike_gateways: the gateway of the peer", CERTAIN)
        return
    for kind, (name, options) in (("ike_crypto_profile", case.ike_profile), ("ipsec_crypto_profile", case.ipsec_profile)):
        if options is None and case.phase in (NO_IKE, NO_CHILD):
            yield Cause("crypto-profile-missing", f"the {kind} '{name}' is not in the configuration", (f"{kind}: {name}",),
                        f"{kind} {name}: make it, or name another one", LIKELY)


def gateway_of_another(case: Case) -> Iterator[Cause]:
    """The tunnel goes through a gateway that another tunnel uses, and its own stands beside."""
    wanted = case.cloud_of_number.far_end
    others = [name for name in case.evidence.tunnels_by_gateway.get(case.gateway_name, ()) if name != case.name]
    if not others or same_address(wanted, far_end(case.gateway)):
        return
    known = {name: far_end(gateway) for name, gateway in case.evidence.gateways.items()}
    own = next((name for name, address in known.items() if wanted and same_address(address, wanted)), case.name if case.name in known else None)
    if own not in (None, case.gateway_name) and own not in case.evidence.used_gateways:
        yield Cause("ike-gateway-of-another-tunnel", f"tunnel '{case.name}' goes through gateway '{case.gateway_name}', which is that of '{others[0]}'",
                    (f"ipsec_tunnel {case.name} ike_gateways: {case.gateway_name} (to {case.called})",
                     f"ike_gateway {own} (to {known[own]}): used by no ipsec_tunnel"),
                    f"ipsec_tunnel {case.name}: ike_gateways: [{own}]", CERTAIN, ({"ipsec_tunnel": {"name": case.name, "ike_gateways": [own]}},))


def interface_of_another(case: Case) -> Iterator[Cause]:
    """Two tunnels on one tunnel interface: its address is that of one of them."""
    others = [name for name in case.evidence.tunnels_by_unit.get(case.unit, ()) if name != case.name] if case.unit else []
    wanted = case.cloud.inside_address
    if not others or case.tunnel.get("disabled") or wanted in [str(address.ip) for address in case.inside_addresses]:
        return
    own = case.evidence.interfaces_by_address.get(wanted)
    yield Cause("tunnel-interface-of-another-tunnel", f"{case.unit} is the tunnel interface of '{others[0]}' too, and forwards into one of them only",
                tuple(f"ipsec_tunnel {name} tunnel_interface: {case.unit}" for name in (case.name, others[0]))
                + ((f"the cloud's inside address for {case.name}: {wanted}" + (f", which {own} has" if own else ""),) if wanted else ()),
                f"ipsec_tunnel {case.name}: tunnel_interface: {own or 'one of its own'}",
                CERTAIN if own else LIKELY if case.problems else POSSIBLE,
                ({"ipsec_tunnel": {"name": case.name, "tunnel_interface": own}},) if own else ())
