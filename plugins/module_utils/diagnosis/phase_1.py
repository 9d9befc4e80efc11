# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Causes in phase 1: proposals, versions, keys, identities, certificates."""

from __future__ import annotations

import re
from typing import Callable, Iterator, Sequence

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.configuration.addresses import is_private
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.configuration.hosts import id_type
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.configuration.lifetimes import seconds_of
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.diagnosis.case import Case
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.diagnosis.evidence import (
    CERTAIN, LIKELY, NO_IKE, POSSIBLE, Cause, same_address,
)
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.firewall.certificates import Certificate
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.peers.document import as_address
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.peers.profile import Offers, Tunnel
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.peers.rules import rules_of
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.status import vpn_log
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.vpn.proposal import is_gcm

_HINTS = (
    ("the Diffie-Hellman group", re.compile(r"invalid.ke|\bdh\b|diffie|key.exchange|pfs", re.IGNORECASE)),
    ("the encryption", re.compile(r"encr(?!yption_key)", re.IGNORECASE)),
    ("the hash", re.compile(r"integ|hash|\bprf\b|\bauth(entication)? alg", re.IGNORECASE)),
)
# Leaves of the proposal that both sides must agree on. Lifetimes need not.
LEAVES = ("encryption", "hash", "dh_group")


def accepted(cloud: Tunnel, phase: str, leaf: str) -> list:
    """What the cloud accepts of one leaf: all that it offers, else the one value that was chosen of that; none where it does not say."""
    offered, chosen = (getattr(getattr(offers, phase), leaf) for offers in (cloud.accepts, Offers.of(cloud.ike, cloud.ipsec)))
    return [value for value in offered or chosen if value]


def version(case: Case) -> Iterator[Cause]:
    wanted = accepted(case.cloud, "ike", "versions")
    ours = {"ikev2-preferred": ["ikev2", "ikev1"]}.get(case.version, [case.version])
    if case.gateway and wanted and not set(ours) & set(wanted):
        yield Cause("ike-version-mismatch", f"the gateway speaks {case.version}, the peer {' or '.join(wanted)}",
                    (f"ike_gateway {case.gateway_name} version: {case.version}", f"the cloud accepts: {', '.join(wanted)}") + case.quote(*case.kinds),
                    f"ike_gateway {case.gateway_name}: version: {wanted[0]}", CERTAIN, _version_items(case, wanted[0]))
    elif case.phase == NO_IKE and vpn_log.VERSION in case.kinds:
        yield Cause("ike-version-mismatch", f"one side refuses the other's version of IKE; the gateway speaks {case.version}",
                    case.quote(vpn_log.VERSION),
                    f"ike_gateway {case.gateway_name}: version: the peer's", LIKELY)


def _version_items(case, wanted) -> tuple:
    """The block of the other version may name no profile yet, and would fall back to one that the peer does not take."""
    block = {"ike_crypto_profile": case.ike_profile[0]}
    return ({"ike_gateway": {"name": case.gateway_name, "version": wanted, wanted: block}},)


def proposal(case: Case) -> Iterator[Cause]:
    """Every leaf that has no value in common with the cloud's; where none is known, the peer's refusal in the log."""
    name, options = case.ike_profile
    differing = list(differences(options or {}, case.cloud, "ike", LEAVES))
    for leaf, ours, theirs in differing:
        shared = others_of_profile(case, "ike_crypto_profile", name)
        fix = f"ike_crypto_profile {name}: {leaf}: [{theirs[0]}] (or allow {', '.join(ours)} in the cloud)"
        items = ({"ike_crypto_profile": {"name": name, leaf: [theirs[0]]}},)
        if shared:
            other = fitting_profile(case, "ike_crypto_profile", lambda options: not list(differences(options, case.cloud, "ike", LEAVES)))
            fix = (f"ike_gateway {case.gateway_name}: {case.version_block}.ike_crypto_profile: {other or f'one with {leaf} {theirs[0]}'} "
                   f"(profile '{name}' is that of {shared[0]} too)")
            items = ({"ike_gateway": {"name": case.gateway_name, case.version_block: {"ike_crypto_profile": other}}},) if other else ()
        yield Cause(f"ike-{leaf.replace('_', '-')}-mismatch", f"phase 1 offers {leaf} {', '.join(ours)}, the peer accepts {', '.join(theirs)}",
                    (f"ike_crypto_profile {name} {leaf}: {', '.join(ours)}",
                     f"the cloud accepts: {', '.join(theirs)}") + case.quote(vpn_log.PROPOSAL), fix, CERTAIN, items)
    if not differing and case.phase == NO_IKE and vpn_log.PROPOSAL in case.kinds:
        yield _refused(case, name, options or {})
    if options and case.version == "ikev1" and all(map(is_gcm, options.get("encryption") or ["-"])):
        yield Cause("ikev1-with-gcm", "IKEv1 has no GCM in phase 1", (f"ike_crypto_profile {name} encryption: {', '.join(options['encryption'])}",),
                    f"ike_crypto_profile {name}: encryption: [aes-256-cbc]", LIKELY)


def differences(options: dict, cloud: dict, phase: str, leaves) -> Iterator[tuple]:
    """(leaf, our values, the cloud's values) of the leaves that have nothing in common."""
    for leaf in leaves:
        ours = options.get(leaf)
        ours = [ours] if isinstance(ours, str) else list(ours or ())
        theirs = accepted(cloud, phase, leaf)
        if ours and theirs and not set(ours) & set(theirs):
            yield leaf, ours, theirs


def others_of_profile(case: Case, kind: str, name: str) -> list:
    """Who uses a crypto profile besides this VPN: what is changed in it is changed for them."""
    of_vpn = {name for tunnel in case.evidence.configuration["tunnels"] if case.evidence.vpn_of(tunnel["name"]) == case.vpn
              for name in ((tunnel.get("ike_gateways") or ()) if kind == "ike_crypto_profile" else (tunnel["name"],))}
    return [user for user in case.evidence.profile_users.get((kind, name), ()) if user not in of_vpn]


def fitting_profile(case: Case, kind: str, fits: Callable[[dict], bool]) -> str | None:
    """A crypto profile that says what the cloud accepts; this VPN's own is the first choice."""
    fitting = [name for (found, name), options in case.evidence.profiles.items() if found == kind and fits(options)]
    return min(fitting, key=lambda name: (not name.startswith(case.vpn), name), default=None)


def _refused(case, name, options) -> Cause:
    quoted = case.quote(vpn_log.PROPOSAL)
    hints = [words for words, pattern in _HINTS if any(pattern.search(line) for line in quoted)]
    agree = ("; the cloud's description accepts what is configured, so it may be out of date" if case.is_described else "")
    offer = "; ".join(f"{leaf} {', '.join(options[leaf])}" for leaf in LEAVES if options.get(leaf))
    return Cause("ike-proposal-mismatch",
                 f"the peer and this firewall have no phase 1 proposal in common{': ' + hints[0] + ' differs' if hints else ''}{agree}",
                 quoted + (f"offered by ike_crypto_profile {name}: {offer or 'unknown'}; {case.version}",),
                 f"ike_crypto_profile {name}: encryption, hash and dh_group, and ike_gateway {case.gateway_name}: version, as the peer has them "
                 "(its own log names the one that differs)", LIKELY)


def lifetime(case: Case) -> Iterator[Cause]:
    name, options = case.ike_profile
    ours, theirs = seconds_of((options or {}).get("lifetime") or {}), case.cloud.ike.lifetime_seconds
    if ours and theirs and ours > theirs:
        yield Cause("ike-lifetime-longer", f"phase 1 lasts {ours} s here and {theirs} s at the peer, so that the peer always has to renew it",
                    (f"ike_crypto_profile {name} lifetime: {ours} s", f"the cloud's: {theirs} s"),
                    f"ike_crypto_profile {name}: lifetime: {{seconds: {theirs}}}", POSSIBLE,
                    ({"ike_crypto_profile": {"name": name, "lifetime": {"seconds": theirs}}},))


def identity(case: Case) -> Iterator[Cause]:
    """What each side shows and what the other expects. The peer says only that it does not believe us: that is what a wrong key looks like too."""
    if not case.gateway:
        return
    doubted = case.phase == NO_IKE and bool(case.kinds & {vpn_log.KEY, vpn_log.IDENTITY})
    sure = CERTAIN if doubted and case.is_described else LIKELY if doubted else POSSIBLE
    quoted = case.quote(vpn_log.KEY, vpn_log.IDENTITY)
    found = False
    for side, option, (kind, shown), expected, who in _identities(case):
        if not (expected and shown):
            continue
        wanted = (case.cloud.local_id_type if side == "local" else case.cloud.peer_id_type) or id_type(expected)
        if kind != wanted or not same_address(shown, expected):
            found = True
            # An SA that is up was agreed with another identity of the peer than the one that is demanded now.
            changed = side == "peer" and case.is_described and case.phase != NO_IKE
            confidence = CERTAIN if changed else sure
            yield Cause(f"{side}-identity-mismatch", f"the {side} identity is {shown}{'' if kind == 'ipaddr' else f' ({kind})'}, and {who} {expected}",
                        (f"ike_gateway {case.gateway_name} {option}: {kind} {shown}", f"{who}: {wanted} {expected}") + quoted,
                        f"ike_gateway {case.gateway_name}: {option}: {{type: {wanted}, id: {expected}}}", confidence,
                        ({"ike_gateway": {"name": case.gateway_name, option: {"type": wanted, "id": expected}}},))
    local = case.gateway.get("local_id") or {}
    if not found and doubted and _is_shown_unasked(case, local):
        yield Cause("local-identity-mismatch", f"the local identity is {local['id']} ({local.get('type')}), of which the peer's description says nothing, "
                    "and the key is the one that it has", (f"ike_gateway {case.gateway_name} local_id: {local.get('type')} {local['id']}",) + quoted,
                    f"ike_gateway {case.gateway_name}: local_id: as the peer has it, or none for the address", LIKELY)
    if not found and case.phase == NO_IKE and vpn_log.IDENTITY in case.kinds:
        yield Cause("identity-mismatch", "one side does not know the identity that the other one shows", case.quote(vpn_log.IDENTITY),
                    f"ike_gateway {case.gateway_name}: local_id and peer_id as the peer has them", LIKELY)


def _is_shown_unasked(case, local) -> bool:
    """Whether this side shows a name that no description has, though the key is the described one: then it is the name that the peer does not know."""
    is_a_name = bool(local.get("id")) and (local.get("type") or "ipaddr") != "ipaddr"
    return is_a_name and case.is_described and not case.cloud.local_id and case.evidence.keys.get(case.gateway_name) is True


def _identities(case) -> Iterator[tuple]:
    """(side, option, (type, text) that we show or demand, what the other side has, who says so).

    Without a description, names are nobody's but the two ends'; an address that is called a name is none. Where a public address that the
    cloud does not know stands for the identity, it is the address that is wrong.
    """
    local, peer = case.gateway.get("local_id") or {}, case.gateway.get("peer_id") or {}
    expected = case.cloud.local_id or case.cloud.customer_outside_address
    shown = (local.get("type") or "ipaddr", local["id"]) if local.get("id") else ("ipaddr", case.local_address)
    own = bool(local.get("id")) or is_private(case.local_address) or bool(case.cloud.local_id)
    if expected and own:
        yield "local", "local_id", shown, expected, "the cloud expects"
    elif local.get("id") and shown[0] == "ipaddr" and not is_private(case.local_address):
        yield "local", "local_id", shown, case.local_address, f"the address of {case.outside} is"
    elif local.get("id") and id_type(local["id"]) == "ipaddr" != shown[0]:
        yield "local", "local_id", shown, local["id"], "as an address it would be"
    address, endpoint = (text if as_address(text) else None for text in (case.peer_address, case.cloud.outside_address))
    theirs = case.cloud.peer_id or endpoint
    if peer.get("id") and (theirs or peer.get("type", "ipaddr") == "ipaddr" or same_address(peer["id"], address)):
        yield "peer", "peer_id", (peer.get("type") or "ipaddr", peer["id"]), theirs or address, "the peer's identity is"
    elif address and case.cloud.peer_id:
        yield "peer", "peer_id", ("ipaddr", address), case.cloud.peer_id, "the peer's identity is"


def pre_shared_key(case: Case) -> Iterator[Cause]:
    if not case.gateway or case.gateway.get("certificate"):
        return
    same = case.evidence.keys.get(case.gateway_name)
    quoted = case.quote(vpn_log.KEY)
    fix = f"ike_gateway {case.gateway_name}: pre_shared_key: the peer's, with update_secret: always"
    if same is False:
        owner = case.evidence.key_owners.get(case.gateway_name)
        yield Cause("pre-shared-key-mismatch", "the pre-shared key of the gateway is not the one of the cloud's connection"
                    + (f", but that of its other tunnel, to {owner}" if owner else ""),
                    ("the two keys have different digests",) + quoted, fix, LIKELY if case.goes_to_another_endpoint else CERTAIN)
    elif case.phase == NO_IKE and vpn_log.KEY in case.kinds:
        known = " (it is the one of the cloud's description, which may be out of date)" if same else ""
        yield Cause("pre-shared-key-mismatch", f"the two sides have different pre-shared keys{known}", quoted, fix, LIKELY)


def certificate(case: Case) -> Iterator[Cause]:
    said = case.gateway.get("certificate") or {}
    name, profile = said.get("local_certificate"), said.get("certificate_profile")
    own, trusted = case.evidence.certificates.get(name), case.evidence.authorities.get(profile, ())
    if own is not None and own.has_expired(case.evidence.now):
        days = int((case.evidence.now - own.expires) // 86400)
        yield Cause("certificate-expired", f"the gateway's certificate '{name}' expired {days} days ago",
                    (f"certificate {name}: expired",) + case.quote(vpn_log.CERTIFICATE),
                    f"renew the certificate '{name}', or ike_gateway {case.gateway_name}: certificate.local_certificate: another one", CERTAIN)
    if trusted and all(authority in expired_ones(case) for authority in trusted):
        yield Cause("certificate-expired", f"all authorities of certificate profile '{profile}' have expired, so that no certificate of the peer passes",
                    tuple(f"certificate {authority}: expired" for authority in trusted),
                    f"certificate profile {profile}: the peer's authority as it is now", CERTAIN)
    if own is not None:
        yield from _not_in_certificate(case, own)
    if case.phase == NO_IKE:
        yield from _refused_certificate(case, said, own, trusted)


def expired_ones(case: Case) -> set[str]:
    return {name for name, found in case.evidence.certificates.items() if found.has_expired(case.evidence.now)}


def _not_in_certificate(case, own: Certificate) -> Iterator[Cause]:
    """What the gateway shows has to stand in its certificate, or the peer takes it for somebody else's."""
    local = case.gateway.get("local_id") or {}
    kind, shown = (local.get("type") or "ipaddr", local["id"]) if local.get("id") else ("ipaddr", case.local_address)
    if not shown or own.is_of(kind, shown) is not False:
        return
    refused = case.phase == NO_IKE and bool(case.kinds & {vpn_log.KEY, vpn_log.IDENTITY, vpn_log.CERTIFICATE})
    held = ", ".join(f"{other} {text}" for other, text in own.identities or ())
    wanted = None if case.cloud.local_id or not own.identities else own.identities[0]
    fix = (f"ike_gateway {case.gateway_name}: local_id: {{type: {wanted[0]}, id: {wanted[1]}}}, and the peer has to expect that" if wanted else
           f"a certificate that has {shown} among its alternative names" + ("" if held else ", or local_id of type dn with the subject of this one"))
    yield Cause("identity-not-in-certificate", f"the gateway shows {kind} {shown}, which its certificate '{own.name}' does not hold",
                (f"ike_gateway {case.gateway_name} local_id: {kind} {shown}", f"certificate {own.name}: {held or 'no alternative names'}")
                + case.quote(vpn_log.KEY, vpn_log.IDENTITY, vpn_log.CERTIFICATE), fix, LIKELY if refused else POSSIBLE,
                ({"ike_gateway": {"name": case.gateway_name, "local_id": {"type": wanted[0], "id": wanted[1]}}},) if wanted else ())


def _refused_certificate(case, said: dict, own: Certificate | None, trusted: Sequence[str]) -> Iterator[Cause]:
    """By the words of the log. Where it says only that somebody was not believed, and there is no key that could be wrong, it is the certificate."""
    quoted = case.quote(vpn_log.CERTIFICATE)
    if any(re.search(r"not (yet )?valid (yet|before|until)|not yet valid|notbefore", line, re.IGNORECASE) for line in quoted):
        yield Cause("certificate-not-yet-valid", "a certificate is not valid yet by the clock of the one who looks at it", quoted,
                    "set the clock (deviceconfig system ntp-servers) of the side whose time is wrong", LIKELY)
        return
    expired = any(re.search(r"expire", line, re.IGNORECASE) for line in quoted)
    doubted = case.quote(vpn_log.KEY) if said else ()
    told = tuple(f"certificate profile {said.get('certificate_profile')}: {authority}" for authority in trusted)
    shown = (f"certificate {own.name}: {own.name_in_it}, signed by {own.signer or 'an authority that is not told'}",) if own is not None else ()
    if quoted or doubted:
        yield Cause("certificate-expired" if expired else "certificate-refused",
                    "a certificate is not accepted" + (": it has expired" if expired else ""), (quoted or doubted) + shown + told,
                    f"ike_gateway {case.gateway_name}: certificate: a valid one of an authority that the peer trusts, and a certificate_profile with the "
                    "authority of the peer's, which has not ended either; the log of the side that refuses tells which of them it is", LIKELY)


def method(case: Case) -> Iterator[Cause]:
    """What a cloud does not speak, whatever the proposals are."""
    gateway = f"ike_gateway {case.gateway_name}"
    quantum = (case.gateway.get("ikev2") or {}).get("pq_ppk") or {}
    if not case.is_described:
        return
    if case.gateway.get("certificate") and case.cloud.pre_shared_key:
        yield Cause("authentication-method", "the gateway shows a certificate, and the cloud's connection has a pre-shared key",
                    (f"{gateway}: certificate",),
                    f"{gateway}: pre_shared_key instead of certificate", CERTAIN)
    is_aggressive = case.version == "ikev1" and (case.gateway.get("ikev1") or {}).get("exchange_mode") == "aggressive"
    is_main_only = rules_of(case.cloud.cloud).main_mode_only
    began_in_vain = case.phase == NO_IKE and not case.calls_nobody and bool(case.kinds)
    if is_aggressive and (is_main_only or began_in_vain):
        yield Cause("exchange-mode", f"the gateway begins in aggressive mode, and the {'cloud knows' if is_main_only else 'far side may know'} main mode only",
                    (f"{gateway} ikev1.exchange_mode: aggressive",),
                    f"{gateway}: ikev1.exchange_mode: main", LIKELY,
                    ({"ike_gateway": {"name": case.gateway_name, "ikev1": {"exchange_mode": "main"}}},))
    if quantum.get("enabled") and quantum.get("negotiation_mode") == "mandatory":
        yield Cause("post-quantum-mandatory", "the gateway demands a post-quantum key that the cloud does not have",
                    (f"{gateway} ikev2.pq_ppk.negotiation_mode: mandatory",), f"{gateway}: ikev2.pq_ppk.enabled: false", LIKELY,
                    ({"ike_gateway": {"name": case.gateway_name, "ikev2": {"pq_ppk": {"enabled": False}}}},))
