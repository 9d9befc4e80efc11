# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Why a VPN does not work: a ranked list of causes, each with its evidence and its fix.

The rules stand in a table. Each looks at one tunnel and knows one cause. A layer says how near to the wire a rule is; which layers can hold
the cause follows from how far the tunnel has come, so that what is wrong beyond that is told as something to come, and not as the reason.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Callable, Iterator

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.diagnosis import (
    bgp, cloud, device, inside, outside, pbf, phase_1, phase_2, protection, routing,
)
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.diagnosis.advice import with_own_option
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.diagnosis.case import Case
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.diagnosis.causes import link
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.diagnosis.evidence import (
    CERTAIN, LIKELY, NO_CHILD, NO_IKE, NOW, PASSING, POSSIBLE, REKEY, SESSION, SILENT, Cause, Evidence,
)
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.vpn import names
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.vpn.names import stem

CONFIDENCES = (CERTAIN, LIKELY, POSSIBLE)
DEVICE, OUTSIDE, PHASE_1, PHASE_2, INSIDE, FORWARDING, BGP, CLOUD, BEHIND_CLOUD = range(9)

# The layers in which the reason can lie, by how far the tunnel has come.
_SUSPECT = {
    NO_IKE: {DEVICE, OUTSIDE, PHASE_1, CLOUD},
    NO_CHILD: {DEVICE, PHASE_2},
    SILENT: {DEVICE, INSIDE, CLOUD, BEHIND_CLOUD},
    PASSING: {DEVICE, INSIDE, FORWARDING, BGP, CLOUD, BEHIND_CLOUD},
}
# The layers that a tunnel has left behind: what is wrong there shows when it has to come by them again.
_BEHIND = {NO_IKE: frozenset(), NO_CHILD: {OUTSIDE, PHASE_1}, SILENT: {OUTSIDE, PHASE_1, PHASE_2}, PASSING: {OUTSIDE, PHASE_1, PHASE_2}}


@dataclass(frozen=True)
class Rule:
    """C(always): what it finds is wrong whatever the tunnel's state shows, such as what fails at the next rekey only.

    C(later): when what it finds bites a tunnel that has left the layer behind. C(rest): it tells of mere silence, which anything else may explain.
    """

    layer: int
    find: Callable[[Case], Iterator[Cause]]
    always: bool = False
    later: str = NOW
    rest: bool = False

    def weighed(self, case: Case, cause: Cause) -> Cause:
        """The cause as it counts for how far the tunnel has come."""
        if self.later != NOW and self.layer in _BEHIND[case.phase]:
            # What was agreed is in use: the peer's description may be the one that is out of date.
            sure = cause.confidence if self.always else LIKELY if cause.confidence == CERTAIN else POSSIBLE
            return replace(cause, confidence=sure, bites=self.later)
        suspect = self.always or self.layer in _SUSPECT[case.phase]
        return replace(cause, confidence=cause.confidence if suspect else POSSIBLE)


RULES = (
    Rule(DEVICE, device.ha_passive),
    Rule(DEVICE, device.disabled),
    Rule(DEVICE, device.incomplete),
    Rule(DEVICE, device.gateway_of_another),
    Rule(DEVICE, device.interface_of_another),
    Rule(DEVICE, device.engine_not_rebooted),
    Rule(DEVICE, device.commit_pending),
    Rule(OUTSIDE, outside.outside_interface, later=SESSION),
    Rule(OUTSIDE, outside.peer_address, later=SESSION),
    Rule(OUTSIDE, outside.duplicate_gateway, later=SESSION),
    Rule(OUTSIDE, outside.customer_gateway, later=SESSION),
    Rule(OUTSIDE, outside.endpoint_route, always=True),
    Rule(OUTSIDE, outside.route_into_itself, always=True),
    Rule(OUTSIDE, outside.denied_outside, later=SESSION),
    Rule(OUTSIDE, outside.redirected, later=SESSION),
    Rule(OUTSIDE, protection.flooded_outside, always=True),
    Rule(OUTSIDE, outside.unresolved, later=SESSION),
    Rule(OUTSIDE, outside.unknown_address, later=SESSION),
    Rule(OUTSIDE, outside.passive, later=SESSION),
    Rule(PHASE_1, phase_1.version, later=SESSION),
    Rule(PHASE_1, phase_1.proposal, later=REKEY),
    Rule(PHASE_1, phase_1.method, later=SESSION),
    Rule(PHASE_1, phase_1.certificate, later=SESSION),
    Rule(PHASE_1, phase_1.identity, later=SESSION),
    Rule(PHASE_1, phase_1.pre_shared_key, later=SESSION),
    Rule(OUTSIDE, outside.unknown_peer, later=SESSION),
    Rule(OUTSIDE, outside.unanswered, rest=True),
    Rule(OUTSIDE, outside.nat_without_traversal, always=True),
    Rule(PHASE_1, phase_1.lifetime, later=REKEY),
    Rule(PHASE_2, phase_2.encapsulation, later=REKEY),
    Rule(PHASE_2, phase_2.proposal, later=REKEY),
    Rule(PHASE_2, phase_2.selectors, later=REKEY),
    Rule(PHASE_2, phase_2.several_pairs, always=True),
    Rule(PHASE_2, phase_2.refused_pairs, always=True),
    Rule(PHASE_2, phase_2.left_out_pairs, always=True),
    Rule(PHASE_2, phase_2.forward_secrecy, always=True, later=REKEY),
    Rule(PHASE_2, phase_2.unanswered),
    Rule(INSIDE, inside.belongs_nowhere, always=True),
    Rule(INSIDE, inside.routers_apart, always=True),
    Rule(INSIDE, inside.zone_changed, always=True),
    Rule(INSIDE, inside.inside_address),
    Rule(INSIDE, inside.zone_protection),
    Rule(INSIDE, protection.flooded, always=True),
    Rule(INSIDE, inside.narrow_selectors),
    Rule(INSIDE, outside.esp_denied),
    Rule(INSIDE, inside.monitor_target),
    Rule(INSIDE, inside.zones_apart),
    Rule(INSIDE, inside.intrazone_denied),
    Rule(INSIDE, inside.dead_peer_unnoticed),
    Rule(INSIDE, inside.one_way, rest=True),
    Rule(BGP, bgp.switched_off),
    Rule(BGP, bgp.settings),
    Rule(BGP, bgp.another_interface),
    Rule(BGP, bgp.unreached),
    Rule(BGP, bgp.session),
    Rule(FORWARDING, routing.no_way_in),
    Rule(FORWARDING, routing.no_way_back),
    Rule(FORWARDING, pbf.above_routes, always=True),
    Rule(FORWARDING, pbf.other_action, always=True),
    Rule(FORWARDING, pbf.takes_some),
    Rule(FORWARDING, pbf.takes_answers),
    Rule(FORWARDING, pbf.slow),
    Rule(FORWARDING, pbf.waits),
    Rule(FORWARDING, pbf.holds_on, always=True),
    Rule(FORWARDING, pbf.order),
    Rule(FORWARDING, pbf.egress),
    Rule(FORWARDING, pbf.target),
    Rule(FORWARDING, pbf.misses_traffic),
    Rule(FORWARDING, pbf.out_of_use),
    Rule(FORWARDING, routing.left_out),
    Rule(FORWARDING, routing.withdrawn),
    Rule(FORWARDING, routing.slow),
    Rule(FORWARDING, routing.holds_on, always=True),
    Rule(FORWARDING, protection.denied),
    Rule(FORWARDING, routing.security),
    Rule(FORWARDING, routing.source_nat),
    Rule(FORWARDING, routing.destination_nat),
    Rule(FORWARDING, routing.spoofed),
    Rule(BGP, bgp.learned),
    Rule(BGP, bgp.not_announced),
    Rule(BGP, bgp.announced),
    Rule(FORWARDING, routing.routed_elsewhere),
    Rule(FORWARDING, routing.asymmetric),
    Rule(FORWARDING, routing.security_inbound),
    Rule(CLOUD, cloud.connection),
    Rule(CLOUD, cloud.obstacles, always=True),
    Rule(BEHIND_CLOUD, cloud.static_routes),
    Rule(FORWARDING, inside.fragments),
    Rule(FORWARDING, inside.mtu),
    Rule(FORWARDING, routing.comes_in_only),
    Rule(CLOUD, routing.nothing_wrong_here),
    Rule(CLOUD, cloud.telemetry),
)


def diagnose(evidence: Evidence, missing=()) -> list:
    """Causes as dictionaries, tunnel by tunnel, the most likely first: V(id), V(tunnel), V(cause), V(evidence), V(fix), V(items), V(confidence),
    V(bites), V(link).

    Of a tunnel that is healthy, only what is surely or probably wrong. C(missing): names that were asked for and are not running.
    """
    problems = {verdict.name: verdict.problems for verdict in evidence.verdicts}
    found = [told(name, cause) for name in missing for cause in _not_running(evidence, name)]
    for tunnel in evidence.asked_tunnels:
        case = Case(evidence, tunnel, problems.get(tunnel["name"], ()))
        found += [told(case.name, with_own_option(case, cause)) for cause in ranked(case)]
    is_whole = len(evidence.asked_tunnels) == len(evidence.configuration["tunnels"])
    return found + [told(name, cause) for name, cause in (_not_made(evidence) if is_whole else ())]


def ranked(case: Case) -> list:
    """The causes of one tunnel: by confidence, mere silence behind what may explain it, then by nearness to the wire, then as in the table; each once."""
    numbered = []
    for number, rule in enumerate(RULES):
        for cause in rule.find(case):
            weighed = rule.weighed(case, cause)
            numbered.append((CONFIDENCES.index(weighed.confidence), rule.rest, rule.layer, number, weighed))
    ordered = [cause for *_rank, cause in sorted(numbered, key=lambda item: item[:4])]
    first: dict = {}
    for cause in ordered:
        first.setdefault((cause.id, cause.cause), cause)
    causes = _with_what_waits(case, list(first.values()))
    if case.evidence.hosts_fail:
        return causes or [_unknown(case)]
    if not case.problems:
        return [cause for cause in causes if cause.confidence != POSSIBLE]
    return causes if any(cause.confidence != POSSIBLE for cause in causes) else causes + [_unknown(case)]


def _with_what_waits(case, causes) -> list:
    """An uncommitted change of the very object that the first cause would mend may be its cure: then that is what is missing."""
    waiting = next((cause for cause in causes if cause.id == device.COMMIT_PENDING), None)
    if waiting is None:
        return causes
    others = [cause for cause in causes if cause is not waiting]
    objects = {device.waiting_object(case, path) for path, _owner in case.evidence.changes} - {None}
    if not others or others[0].confidence == POSSIBLE:
        return [replace(waiting, confidence=LIKELY)] + others
    if any(name in others[0].fix for name in objects):
        return [replace(waiting, confidence=others[0].confidence)] + others
    return causes


def told(tunnel: str, cause: Cause) -> dict:
    return {"id": cause.id, "tunnel": tunnel, "cause": cause.cause, "evidence": list(cause.evidence), "fix": cause.fix, "items": list(cause.items),
            "confidence": cause.confidence, "bites": cause.bites, "link": link(cause.id)}


_REACHED = {
    NO_IKE: ("phase-1-fails", "phase 1 does not come up, and nothing tells why"),
    NO_CHILD: ("phase-2-fails", "phase 1 is up, phase 2 does not come up, and nothing tells why"),
    SILENT: ("no-answer-inside", "both phases are up, and nothing answers inside the tunnel"),
    PASSING: ("not-healthy", "the tunnel is up, and something behind it is not"),
}


def _unknown(case) -> Cause:
    """What is known all the same: how far it came, and what the firewall said last."""
    identity, cause = _REACHED[case.phase]
    said = tuple(line.quoted for line in case.fresh[:3]) or ("the log has no line about it",)
    return Cause(identity, cause, case.problems[:2] + said,
                 "look at the log of the peer, which knows why it refuses; vpn_action: action: reconnect writes new lines",
                 POSSIBLE)


def _not_made(evidence) -> Iterator[tuple]:
    """(name, cause) of tunnels that are wanted and not there, of VPNs whose tunnels are called by their numbers: by a gateway, or by the cloud."""
    stems = {stem(item["name"]) for item in evidence.configuration["tunnels"] or evidence.configuration["gateways"]}
    for name, gateway in evidence.gateways.items():
        if stem(name) in stems - {name} and not gateway.get("disabled") and name not in evidence.tunnel_names | evidence.used_gateways:
            yield name, Cause("tunnel-missing", f"there is an IKE gateway '{name}', and no tunnel goes through it",
                              (f"ike_gateway {name}: used by no ipsec_tunnel",), f"ipsec_tunnel {name}: ike_gateways: [{name}]", CERTAIN)
    connection = evidence.connection
    for number, tunnel in enumerate(connection.tunnels if connection and connection.id in stems else (), 1):
        name, endpoint = names.tunnel(connection.id, number), tunnel.far_end
        if name not in evidence.tunnel_names and not evidence.gateways_by_endpoint.get(endpoint):
            yield name, Cause("tunnel-missing", f"the cloud's connection has a tunnel to {endpoint}, and no tunnel here goes there",
                              (f"the cloud's endpoint {number}: {endpoint}", "ike_gateway to it: none"),
                              f"site_to_site_vpn {connection.id}: tunnels: both of the connection", LIKELY)


def _not_running(evidence, name) -> Iterator[Cause]:
    """A VPN that was asked for and that the running configuration does not have."""
    waiting = [(path, owner) for path, owner in evidence.changes
               if any(not isinstance(step, str) and names.could_be(name, step[1]) for step in path)]
    if waiting:
        owners = ", ".join(sorted({owner or "an unknown account" for _path, owner in waiting}))
        yield Cause("commit-pending", f"'{name}' is configured and not committed", (f"{len(waiting)} changes by {owners} are not committed",),
                    "commit: objects of that change, or scope: all", CERTAIN)
    elif evidence.ha is not None and evidence.ha.passive:
        yield Cause("ha-passive", f"'{name}' is not on this passive member of an HA pair", (f"HA state: {evidence.ha.state}",),
                    "ask the active member", LIKELY)
    else:
        yield Cause("not-configured", f"'{name}' is neither in the running configuration nor among what is not committed",
                    ("no tunnel or gateway of this name",),
                    f"site_to_site_vpn {name}, or another name", LIKELY)
