# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Causes on the cloud's side, as far as its own description tells them."""

from __future__ import annotations

from typing import Iterator

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.diagnosis.case import Case
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.diagnosis.evidence import (
    CERTAIN, LIKELY, NO_IKE, PASSING, POSSIBLE, Cause, inside_of,
)
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.diagnosis.traffic import EVERYTHING, intended
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.peers.profile import (
    BGP, NOT_PUSHED, PROVISIONING, PROVISIONING_FAILED, RULE_BROKEN, STATIC, WITHOUT_ADDRESS, WITHOUT_BANDWIDTH, Profile, Telemetry,
)
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.peers.rules import rules_of

#: What stands in the way by what manages the far side → what mends it.
_MENDED = {
    NOT_PUSHED: "commit and push there: run again what describes the far side",
    PROVISIONING: "wait until the far side is provisioned, and ask it anew",
    PROVISIONING_FAILED: "mend what the job says and push there once more; where it names nothing, the management's status page does",
    WITHOUT_ADDRESS: "wait until the far side has an address, and give the peer's endpoint that address",
    WITHOUT_BANDWIDTH: "allocate bandwidth to the far side's compute location, push, and give the site a termination node of it",
    RULE_BROKEN: "describe the far side as the rule demands, and push",
}


def connection(case: Case) -> Iterator[Cause]:
    described = case.connection or Profile()
    ready = rules_of(described.cloud).ready
    if described.state and described.state not in ready:
        yield Cause("cloud-connection-not-available", f"the cloud's connection is {described.state}", (f"state: {described.state}",),
                    f"wait until the cloud says {' or '.join(ready)}, or make the connection anew", LIKELY)
    for warning in described.warnings:
        if "until it is associated" in warning:
            yield Cause("cloud-gateway-not-associated", "the cloud's gateway is not attached to its network", (warning,),
                        "in the cloud: attach the gateway to the network", LIKELY)


def obstacles(case: Case) -> Iterator[Cause]:
    """It was so when that was asked: where packets pass, it has changed, or is of something that this tunnel does not need."""
    for obstacle in (case.connection or Profile()).obstacles:
        yield Cause(obstacle.cause, f"what manages the far side says: {obstacle.description}", (f"told of {case.connection.id}: {obstacle.description}",),
                    _MENDED[obstacle.cause], POSSIBLE if case.phase == PASSING else LIKELY)


def static_routes(case: Case) -> Iterator[Cause]:
    """Only static connections have them; with BGP the cloud learns the way back."""
    described = case.connection or Profile()
    routes = described.static_routes
    if described.routing != STATIC or routes is None:
        return
    wanted = tuple(dict.fromkeys(case.intent.local_networks or [traffic.source for traffic in intended(case) if traffic.source != EVERYTHING]))
    missing = [text for text in wanted if not inside_of(text, routes)]
    elsewhere = rules_of(described.cloud).static_routes_elsewhere(described.gateway)
    if elsewhere:
        if missing:
            yield Cause("cloud-static-route-missing",
                        f"the way back to {', '.join(missing)} stands in {elsewhere}, which the connection's description does not show",
                        (f"the connection's gateway: {described.gateway}",),
                        f"in the cloud: see that {elsewhere} has a static route for {', '.join(missing)} to the attachment of connection {described.id}",
                        POSSIBLE)
        return
    if missing or not routes:
        yield Cause("cloud-static-route-missing",
                    f"the cloud's connection has no route to {', '.join(missing) or 'any network here'}: nothing comes back",
                    (f"the connection's static routes: {', '.join(routes) or 'none'}", f"networks here: {', '.join(wanted) or 'unknown'}"),
                    f"in the cloud: add a static route {missing[0] if missing else 'for each network here'} to connection {described.id}",
                    CERTAIN if missing else LIKELY)


def telemetry(case: Case) -> Iterator[Cause]:
    told = case.cloud.telemetry or Telemetry()
    status, routes = (told.status or "").upper(), told.accepted_routes
    words = (f"the cloud shows {status}" + (f" ({told.status_message})" if told.status_message else ""),)
    if status == "DOWN" and case.phase == PASSING:
        yield Cause("cloud-shows-down", "the tunnel is up here, and the cloud called it down when its description was made", words,
                    "describe the connection again; if it still shows down, look at the cloud's maintenance of this endpoint", POSSIBLE)
    if status == "UP" and case.phase == NO_IKE:
        yield Cause("cloud-shows-up", "the cloud called the tunnel up, and this firewall has no SA: another device may serve this connection", words,
                    "see who else uses the customer gateway's address; describe the connection again", POSSIBLE)
    if status == "UP" and routes == 0 and case.connection.routing == BGP and case.phase == PASSING:
        yield Cause("cloud-accepted-nothing", "the cloud has accepted no route from this firewall", words + ("accepted routes: 0",),
                    "bgp_redistribution and bgp_peer advertise: the networks here", LIKELY if case.evidence.hosts_fail else POSSIBLE)
