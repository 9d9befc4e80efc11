# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Causes in phase 2: proposals, perfect forward secrecy, traffic selectors."""

from __future__ import annotations

from ipaddress import ip_network
from typing import Iterator

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.diagnosis.case import Case
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.diagnosis.evidence import (
    CERTAIN, LIKELY, NO_CHILD, NO_IKE, PASSING, POSSIBLE, SILENT, Cause, inside_of,
)
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.diagnosis.phase_1 import (
    accepted, differences, fitting_profile, others_of_profile,
)
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.diagnosis.traffic import is_network
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.peers.profile import Selectors
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.status import vpn_log
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.vpn import names
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.vpn.proposal import is_gcm

EVERYTHING = ("0.0.0.0/0", "::/0")
# IKEv2's first child has no exchange of its own for it, so a wrong group shows only when the SA is renewed.
_LATER = "; IKEv2 brings the tunnel up all the same, and it fails when the SA is renewed"


def proposal(case: Case) -> Iterator[Cause]:
    name, options = case.ipsec_profile
    esp = (options or {}).get("esp") or {}
    if (options or {}).get("ah") and not esp and accepted(case.cloud, "ipsec", "encryption"):
        yield Cause("ah-instead-of-esp", "phase 2 offers AH, and the peer takes ESP only", (f"ipsec_crypto_profile {name}: ah",),
                    f"ipsec_crypto_profile {name}: esp instead of ah", CERTAIN)
    differing = list(differences(esp, case.cloud, "ipsec", _leaves(esp)))
    for leaf, ours, theirs in differing:
        fix, items = _changed(case, name, f"esp.{leaf}: [{theirs[0]}] (or allow {', '.join(ours)} in the cloud)", _esp_item(case, name, esp, leaf, theirs))
        yield Cause(f"esp-{leaf}-mismatch", f"phase 2 offers {leaf} {', '.join(ours)}, the peer accepts {', '.join(theirs)}",
                    (f"ipsec_crypto_profile {name} esp.{leaf}: {', '.join(ours)}",
                     f"the cloud accepts: {', '.join(theirs)}") + case.quote(vpn_log.PROPOSAL), fix, CERTAIN, items)
    if not differing and case.phase == NO_CHILD and vpn_log.PROPOSAL in case.kinds:
        offer = "; ".join([f"{leaf} {', '.join(values)}" for leaf,
                           values in esp.items()] + [f"dh_group {(options or {}).get('dh_group', 'unknown')}"])
        yield Cause("ipsec-proposal-mismatch", "the peer and this firewall have no phase 2 proposal in common",
                    case.quote(vpn_log.PROPOSAL) + (f"offered by ipsec_crypto_profile {name}: {offer}",),
                    f"ipsec_crypto_profile {name}: esp.encryption, esp.authentication and dh_group as the peer has them "
                    "(its own log names the one that differs)", LIKELY)


def _leaves(esp) -> list:
    """What both sides must agree on: ciphers that authenticate by themselves need nothing beside."""
    alone = all(cipher.endswith(("-gcm", "-ccm")) for cipher in esp.get("encryption") or ["-"])
    return ["encryption"] if alone else ["encryption", "authentication"]


def _changed(case, name, wanted, item) -> tuple:
    """(fix, items): the profile changed, or another one named where somebody else uses it too."""
    shared = others_of_profile(case, "ipsec_crypto_profile", name)
    if not shared:
        return f"ipsec_crypto_profile {name}: {wanted}", (item,)
    other = fitting_profile(case, "ipsec_crypto_profile", lambda options: bool(options.get("esp")) and not list(
        differences({**options, **options["esp"]}, case.cloud, "ipsec", _leaves(options["esp"]) + ["dh_group"])))
    fix = f"ipsec_tunnel {case.name}: ipsec_crypto_profile: {other or f'one with {wanted}'} (profile '{name}' is that of {shared[0]} too)"
    return fix, ({"ipsec_tunnel": {"name": case.name, "ipsec_crypto_profile": other}},) if other else ()


def _esp_item(case, name, esp, leaf, theirs) -> dict:
    """Cipher and authentication go together: AEAD needs none, the others need one."""
    changed = {**esp, leaf: [theirs[0]]}
    if leaf == "encryption":
        aead = is_gcm(theirs[0])
        changed["authentication"] = ["none"] if aead else accepted(case.cloud, "ipsec", "authentication")[:1] or ["sha256"]
    return {"ipsec_crypto_profile": {"name": name, "esp": changed}}


def forward_secrecy(case: Case) -> Iterator[Cause]:
    name, options = case.ipsec_profile
    ours, theirs = (options or {}).get("dh_group"), accepted(case.cloud, "ipsec", "dh_group")
    later = _LATER if case.version != "ikev1" else ""
    if ours and theirs and ours not in theirs:
        fix, items = _changed(case, name, f"dh_group: {theirs[0]}", {"ipsec_crypto_profile": {"name": name, "dh_group": theirs[0]}})
        yield Cause("pfs-group-mismatch", f"phase 2 renews its keys with {ours}, the peer with {', '.join(theirs)}{later}",
                    (f"ipsec_crypto_profile {name} dh_group: {ours}",
                     f"the cloud accepts: {', '.join(theirs)}") + case.quote(vpn_log.PROPOSAL, vpn_log.PFS), fix, CERTAIN, items)
        return
    renewing = case.phase not in (NO_IKE, NO_CHILD) or _was_up(case)
    refused = [line for line in case.fresh if line.kinds & {vpn_log.PROPOSAL, vpn_log.PFS} and case.phase != NO_IKE and _is_of_phase_2(case, line)]
    if (refused and renewing) or (case.phase == NO_CHILD and any(vpn_log.PFS in line.kinds for line in case.fresh)):
        yield Cause("pfs-group-mismatch",
                    f"the SA came up once and is refused when it is renewed: the groups of perfect forward secrecy differ; here it is "
                    f"{ours or 'unknown'}", case.quote(vpn_log.PROPOSAL, vpn_log.PFS) + (f"ipsec_crypto_profile {name} dh_group: {ours}",),
                    f"ipsec_crypto_profile {name}: dh_group: the peer's (its own log names it)", LIKELY)


def _is_of_phase_2(case, line) -> bool:
    """Whether a refusal may be one of phase 2: what was refused before phase 1 succeeded was phase 1."""
    came_up = next((number for number, each in enumerate(case.lines) if vpn_log.UP in each.kinds and each.phase == vpn_log.IKE), None)
    return came_up is None or line.phase == vpn_log.CHILD or case.lines.index(line) < came_up


def _was_up(case) -> bool:
    """Whether an SA of this tunnel stands in the log before the failure."""
    return any(vpn_log.UP in line.kinds and line.phase == vpn_log.CHILD for line in case.lines)


def selectors(case: Case) -> Iterator[Cause]:
    wanted = case.cloud.pairs or (case.cloud.traffic_selectors or Selectors(),)
    proxies = [(proxy["name"], proxy.get("local") or EVERYTHING[0], proxy.get("remote") or EVERYTHING[0]) for proxy in case.proxies]
    ours = ", ".join(f"{name} {local} to {remote}" for name, local, remote in proxies) or "no proxy ID: 0.0.0.0/0 to 0.0.0.0/0"
    pairs = [(each.local, each.remote) for each in wanted]
    pair = next((each for each in pairs if all(each) and not _meet(proxies, each)), pairs[0])
    refused = case.phase == NO_CHILD and vpn_log.SELECTORS in case.kinds
    quoted = case.quote(vpn_log.SELECTORS) if refused else ()
    evidence = (f"ipsec_tunnel {case.name}: {ours}",) + ((f"the cloud's: {pair[0]} (here) to {pair[1]}",) if all(pair) else ()) + quoted
    if all(pair) and not _meet(proxies, pair):
        strays = [proxy[0] for proxy in proxies if not any(_meet([proxy], each) for each in pairs)]
        name = strays[0] if strays else names.proxy_id(case.name, *pair) if proxies else "all"
        yield Cause("proxy-id-mismatch", f"the tunnel's traffic selectors are not the peer's ({pair[0]} here, {pair[1]} there)", evidence,
                    f"proxy_id {name} of tunnel {case.name}: local: {pair[0]}, remote: {pair[1]}", CERTAIN,
                    ({"proxy_id": {"tunnel": case.name, "name": name, "local": pair[0], "remote": pair[1]}},))
    elif refused:
        yield Cause("proxy-id-mismatch", "the peer does not accept the tunnel's traffic selectors", evidence,
                    f"ipsec_tunnel {case.name}: proxy_ids: the peer's networks, the other way round", LIKELY)


def several_pairs(case: Case) -> Iterator[Cause]:
    """More pairs than the peer keeps SAs for."""
    if len(case.proxies) > max(len(case.cloud.pairs), 1) and case.is_described:
        found = ", ".join(f"{proxy['name']} {proxy.get('local') or 'any'} to {proxy.get('remote') or 'any'}" for proxy in case.proxies)
        yield Cause("several-proxy-ids",
                    f"the tunnel has {len(case.proxies)} proxy IDs, and the peer keeps one pair of SAs: they push each other out",
                    (f"ipsec_tunnel {case.name}: {found}",), f"ipsec_tunnel {case.name}: one proxy ID that covers all of them",
                    LIKELY if case.phase in (NO_CHILD, SILENT) else POSSIBLE)


def refused_pairs(case: Case) -> Iterator[Cause]:
    """Of several pairs some have their SAs: one without is refused for itself, and the others tell nothing of it."""
    for proxy in case.waiting_pairs if case.phase in (PASSING, SILENT) else ():
        name, pair = proxy["name"], (proxy.get("local") or EVERYTHING[0], proxy.get("remote") or EVERYTHING[0])
        refused = tuple(line.quoted for line in case.lines_of_pair(name) if vpn_log.SELECTORS in line.kinds)[:2]
        theirs = [(each.local, each.remote) for each in case.cloud.pairs if each.local and each.remote]
        evidence = (f"proxy ID {name}: {pair[0]} to {pair[1]}", "its SAs: none, and other pairs have theirs") + refused
        protocol = [kind for kind in (proxy.get("protocol") or {}) if kind != "any"]
        if protocol:
            yield Cause("proxy-id-protocol", f"proxy ID '{name}' is for one protocol only, and has no SAs: the peer's networks are for all",
                        evidence + (f"proxy ID {name} protocol: {protocol[0]}",), f"proxy_id {name} of tunnel {case.name}: protocol: {{any: true}}", LIKELY,
                        ({"proxy_id": {"tunnel": case.name, "name": name, "protocol": {"any": True}}},))
        elif theirs and pair not in theirs:
            wanted = next((each for each in theirs if _meet([(name, *pair)], each)), theirs[0])
            yield Cause("proxy-id-mismatch", f"proxy ID '{name}' is none of the pairs that the peer takes, and has no SAs",
                        evidence + (f"the peer's: {', '.join(' to '.join(each) for each in theirs)}",),
                        f"proxy_id {name} of tunnel {case.name}: local: {wanted[0]}, remote: {wanted[1]}", CERTAIN,
                        ({"proxy_id": {"tunnel": case.name, "name": name, "local": wanted[0], "remote": wanted[1]}},))
        elif refused:
            yield Cause("proxy-id-mismatch", f"the peer does not accept the traffic selectors of proxy ID '{name}', {pair[0]} to {pair[1]}", evidence,
                        f"on the far side: the pair {pair[1]} to {pair[0]}; or take it out of remote_networks and local_networks here", LIKELY)


def left_out_pairs(case: Case) -> Iterator[Cause]:
    """A pair that the peer takes and that is wanted here, of which no proxy ID has any packet: the other pairs' SAs tell nothing of it."""
    ours = [(proxy.get("local") or EVERYTHING[0], proxy.get("remote") or EVERYTHING[0]) for proxy in case.proxies]
    are_known, is_alone = all(is_network(text) for each in ours for text in each), len(case.vpn_units) == 1
    selectors_here = [Selectors(*(str(ip_network(text, strict=False)) for text in each)) for each in ours] if are_known else []
    for pair in case.cloud.pairs if selectors_here and is_alone and case.phase in (PASSING, SILENT) else ():
        is_wanted = inside_of(pair.local, case.intent.local_networks) and inside_of(pair.remote, case.intent.remote_networks)
        if is_wanted and not any(mine.overlaps(pair) for mine in selectors_here):
            name = names.proxy_id(case.name, pair.local, pair.remote)
            yield Cause("proxy-id-mismatch", f"the tunnel's traffic selectors are not the peer's ({pair.local} here, {pair.remote} there)",
                        tuple(f"proxy ID {proxy['name']}: {local} to {remote}" for proxy, (local, remote) in zip(case.proxies, ours)),
                        f"proxy_id {name} of tunnel {case.name}: local: {pair.local}, remote: {pair.remote}", CERTAIN,
                        ({"proxy_id": {"tunnel": case.name, "name": name, "local": pair.local, "remote": pair.remote}},))


def _meet(proxies, pair) -> bool:
    """Whether the peer can take our selectors: a peer for everything narrows itself down, a narrow one does not widen."""
    try:
        theirs = tuple(ip_network(text) for text in pair)
        ours = [tuple(ip_network(text,
                                 strict=False) for text in proxy[1:]) for proxy in proxies] or [(ip_network(EVERYTHING[theirs[0].version == 6]),) * 2]
    except ValueError:
        return True
    return any(all(mine.version == yours.version and mine.subnet_of(yours) for mine, yours in zip(one, theirs)) for one in ours)


def unanswered(case: Case) -> Iterator[Cause]:
    if case.phase == NO_CHILD and vpn_log.TIMEOUT in case.kinds and not case.kinds & {vpn_log.PROPOSAL, vpn_log.SELECTORS}:
        yield Cause("phase-2-unanswered", "the peer does not answer in phase 2", case.quote(vpn_log.TIMEOUT),
                    "see the peer's own log; where UDP is filtered by size, turn on ike_gateway ikev2.fragmentation", POSSIBLE)


def encapsulation(case: Case) -> Iterator[Cause]:
    """What ESP carries, and how: a peer that carries whole packets of any kind takes neither less nor more."""
    label = f"ipsec_tunnel {case.name}"
    if case.tunnel.get("ipsec_mode") == "transport":
        yield Cause("transport-mode", "the tunnel is in transport mode, which a gateway for networks does not take",
                    (f"{label} ipsec_mode: transport",),
                    f"{label}: ipsec_mode: tunnel", LIKELY, ({"ipsec_tunnel": {"name": case.name, "ipsec_mode": "tunnel"}},))
    if case.is_described and case.tunnel.get("enable_gre_encapsulation"):
        yield Cause("gre-encapsulation", "the tunnel wraps packets in GRE, which the cloud does not unwrap",
                    (f"{label} enable_gre_encapsulation: true",),
                    f"{label}: enable_gre_encapsulation: false", CERTAIN, ({"ipsec_tunnel": {"name": case.name, "enable_gre_encapsulation": False}},))
    for proxy in case.proxies:
        protocol = {kind: ports for kind, ports in (proxy.get("protocol") or {}).items() if kind != "any"}
        if protocol and (case.is_described or case.phase == NO_CHILD):
            yield Cause("proxy-id-protocol", f"proxy ID '{proxy['name']}' is for one protocol only, and the peer's networks are for all",
                        (f"proxy ID {proxy['name']} protocol: {', '.join(protocol)}",),
                        f"proxy_id {proxy['name']} of tunnel {case.name}: protocol: {{any: true}}",
                        LIKELY, ({"proxy_id": {"tunnel": case.name, "name": proxy["name"], "protocol": {"any": True}}},))
