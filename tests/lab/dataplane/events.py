# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The firewall's view of a negotiation, and of a BGP session, as lines of its log.

The firewall sees only what the peer tells it. Event names and wording follow the vendor's list of system log events and published
log lines; where several are published, one was chosen.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Callable, Iterator

from ansible_collections.tunnelsmith.panos_vpn.tests.lab.dataplane.running import Peer, Tunnel


@dataclass(frozen=True)
class Happening:
    """One log line to be."""

    eventid: str
    object: str
    text: str
    severity: str = "informational"


def _ends(tunnel: Tunnel) -> str:
    return f"{tunnel.local_address}[500]-{tunnel.peer_address}[500]"


def _failed(tunnel: Tunnel, text: str) -> Happening:
    """An IKE SA that does not come about."""
    event = "ikev2-nego-ike-fail" if tunnel.version != "ikev1" else "ike-nego-p1-fail-common"
    return Happening(event, tunnel.gateway, text, "medium")


def _notified(tunnel: Tunnel, match: re.Match) -> Happening:
    return Happening("ike-generic-event", tunnel.gateway, f"IKE protocol notification message received: received notify type {match[1]}")


def _ike_failed(tunnel: Tunnel, match: re.Match) -> Happening:
    word = "IKEv2 IKE SA" if tunnel.version != "ikev1" else "IKE phase-1"
    return _failed(tunnel, f"{word} negotiation is failed as initiator, non-rekey. Failed SA: {_ends(tunnel)}")


def _not_believed(tunnel: Tunnel, dummy: re.Match) -> Happening:
    """Which certificate was not accepted, and why, is in no published line of this log; so it is not said here either."""
    return _failed(tunnel, f"IKE negotiation is failed, authentication failed. Failed SA: {_ends(tunnel)}")


def _of_another(tunnel: Tunnel, match: re.Match) -> Happening:
    return _failed(tunnel, f"IKE negotiation is failed. received ID {match[1]} does not match peers id. Failed SA: {_ends(tunnel)}")


def _timed_out(tunnel: Tunnel, dummy: re.Match) -> Happening:
    return _failed(tunnel, f"IKE negotiation is failed due to timeout. Failed SA: {_ends(tunnel)}")


def _child_failed(tunnel: Tunnel, dummy: re.Match) -> Happening:
    event = "ikev2-nego-child-fail" if tunnel.version != "ikev1" else "ike-nego-p2-fail-common"
    return Happening(event, tunnel.name, f"IKEv2 child SA negotiation is failed as initiator. Failed SA: {_ends(tunnel)}", "medium")


def _ike_up(tunnel: Tunnel, dummy: re.Match) -> Happening:
    event = "ikev2-nego-ike-succ" if tunnel.version != "ikev1" else "ike-nego-p1-succ"
    return Happening(event, tunnel.gateway, f"IKE SA negotiation is succeeded. Established SA: {_ends(tunnel)}")


def _child_up(tunnel: Tunnel, match: re.Match) -> Happening:
    event = "ikev2-nego-child-succ" if tunnel.version != "ikev1" else "ike-nego-p2-succ"
    return Happening(event, match[1], f"IPSec SA negotiation is succeeded. Established SA: {_ends(tunnel)}, SPI:0x{match[2].upper()}/0x{match[3].upper()}")


def _peer_dead(tunnel: Tunnel, dummy: re.Match) -> Happening:
    return Happening("ike-nego-p1-dpd-dn", tunnel.gateway, f"IKE phase-1 SA is down determined by DPD. Peer {tunnel.peer_address}", "high")


def _deleted(tunnel: Tunnel, dummy: re.Match) -> Happening:
    return Happening("ike-generic-event", tunnel.gateway, "IKE protocol IKE SA delete message received from peer")


def of_session(peer: Peer, before: str, now: str, error: str) -> Iterator[Happening]:
    """What became of a BGP session, by its states, and what one side told the other. The line about an error is in words of our own."""
    up = "Established"
    who = f"peer name: {peer.name}, peer IP: {peer.address}"
    if before != up and now == up:
        yield Happening("routed-BGP-peer-enter-established", "", f"BGP peer session entered established state. {who}")
    if before == up and now != up:
        yield Happening("routed-BGP-peer-left-established", "", f"BGP peer session left established state. {who}", "high")
    if error:
        yield Happening("routed-BGP-peer-notification", "", f"BGP peer session ended: {error}. {who}", "high")


_LINES: tuple[tuple[str, Callable[[Tunnel, re.Match], Happening]], ...] = (
    (r"received NO_PROPOSAL_CHOSEN notify error", _ike_failed), (r"received AUTHENTICATION_FAILED", _ike_failed),
    (r"received (NO_PROPOSAL_CHOSEN|INVALID_\w+|AUTHENTICATION_FAILED) error notify", _ike_failed),
    (r"received (NO_PROPOSAL_CHOSEN|TS_UNACCEPTABLE|FAILED_CP_REQUIRED|INVALID_KE_PAYLOAD) notify, no CHILD_SA built", _child_failed),
    (r"peer not responding|establishing IKE_SA failed", _timed_out), (r"giving up after \d+ retransmits", _peer_dead),
    (r"IKE_SA \S+ established between", _ike_up), (r"CHILD_SA (\S+?)\{\d+\} established with SPIs (\w+)_i (\w+)_o", _child_up),
    (r"received DELETE for IKE_SA", _deleted), (r"no trusted \S+ public key found|signature validation failed", _not_believed),
    (r"IDir '(.*?)' does not match to|constraint check failed: identity '.*?' required", _of_another),
)
_NOTIFY = re.compile(r"received (NO_PROPOSAL_CHOSEN|TS_UNACCEPTABLE|AUTHENTICATION_FAILED|INVALID_[A-Z_]+)")


def read(tunnel: Tunnel, text: str) -> Iterator[Happening]:
    """What lines of the IKE daemon's log mean to a firewall."""
    for line in text.splitlines():
        notified = _NOTIFY.search(line)
        if notified:
            yield _notified(tunnel, notified)
        for pattern, make in _LINES:
            match = re.search(pattern, line)
            if match:
                yield make(tunnel, match)
                break
