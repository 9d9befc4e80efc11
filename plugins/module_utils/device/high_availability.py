# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""HA pairs: what a member says of itself, which of two members a task talks to, and what a pair needs before and after a commit."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from dataclasses import dataclass, replace
from typing import Callable

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils import commands
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.configuration import path as places
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.configuration.hosts import host_and_port
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.device.connection import Session
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.device.patience import NotYet, Patience
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.device.transport import Provider
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.errors import ConnectionFailed, DeviceError, InvalidInput, PanosVpnError, Refused

# A firewall's states, and a Panorama's, which has its priority in front.
_ACTIVE = ("active", "active-primary", "active-secondary", "primary-active", "secondary-active")
_SYNCHRONISED, _IN_PROGRESS = "synchronized", "synchronization in progress"
# Seconds that a pair has to synchronise what was committed.
_SYNCHRONISES_WITHIN = 120


@dataclass(frozen=True)
class Member:
    """C(state): PAN-OS's word for it, in small letters: C(active), C(passive), C(suspended) …

    C(peer_connected): the other one is seen. C(synchronises): what is committed goes to it. C(sync): how far that is, in PAN-OS's words.
    """

    state: str
    peer_connected: bool = True
    synchronises: bool = False
    sync: str = ""

    @property
    def active(self) -> bool:
        """Whether traffic goes through it and its configuration counts: what another member holds is overwritten by the active one's."""
        return self.state in _ACTIVE

    @property
    def passive(self) -> bool:
        return self.state.split("-")[-1] == "passive"


def is_configured(settings: ET.Element | None) -> bool:
    """Whether C(deviceconfig) says that there is a pair."""
    return places.text(settings, ("high-availability", "enabled")) == "yes"


def member(session: Session) -> Member | None:
    """What a device is in its pair; None where no pair is running, or nothing is said of its state.

    A firewall tells it inside its group, a Panorama has none. Where HA is off, what stands there all the same counts for nothing.
    """
    answer = session.op(commands.command(commands.HA_STATE), "read the HA state").find("result")
    if (places.text(answer, ("enabled",)) or "").lower() != "yes":
        return None
    told = answer if answer is None or answer.find("group") is None else answer.find("group")
    state = places.text(told, ("local-info", "state"))
    if not state:
        return None
    return Member(state.lower(), (places.text(told, ("peer-info", "conn-status")) or "up").lower() == "up",
                  (places.text(told, ("running-sync-enabled",)) or "").lower() == "yes", (places.text(told, ("running-sync",)) or "").lower())


def reached(provider: Provider) -> Session:
    """A session with a firewall; with the active one of a pair, where both members are named.

    Raises Refused where none of both is active, where both are, and where there is no pair.
    """
    if not provider.ha_peer:
        return Session(provider)
    first, second = Session(replace(provider, ha_peer=None)), Session(_other(provider))
    try:
        chosen = _active(first, second)
    except PanosVpnError:
        first.transport.close()
        second.transport.close()
        raise
    (second if chosen is first else first).transport.close()
    chosen.paired = True
    return chosen


def _other(provider: Provider) -> Provider:
    """The way to the other member: an address, or behind a Panorama a serial number."""
    if provider.serial_number:
        return replace(provider, serial_number=provider.ha_peer, ha_peer=None)
    try:
        host, port = host_and_port(provider.ha_peer or "", provider.port)
    except ValueError as exc:
        raise InvalidInput(f"provider.ha_peer (PANOS_HA_PEER): '{provider.ha_peer}': {exc}") from None
    return replace(provider, ip_address=host, port=port, ha_peer=None)


def _active(first: Session, second: Session) -> Session:
    """The second one is asked only where the first one is not the active one beyond doubt."""
    try:
        mine = _required(first)
    except ConnectionFailed as exc:
        if exc.final:
            raise
        other = _required(second)
        if not other.active:
            raise Refused(f"{exc}; and its HA peer {_name(second)} is {other.state}") from None
        return second
    if mine.active and mine.peer_connected:
        return first
    theirs = _state_of(second)
    if mine.active:
        if theirs is not None and theirs.active:
            raise Refused(f"{_name(first)} and {_name(second)} both are active: the members of this HA pair do not see each other. Mend its links first")
        return first
    if theirs is None or not theirs.active:
        words = f"is {theirs.state}" if theirs else "does not answer"
        raise Refused(f"no member of this HA pair is active: {_name(first)} is {mine.state}, {_name(second)} {words}")
    return second


def _required(session: Session) -> Member:
    found = member(session)
    if found is None:
        raise Refused(f"{_name(session)} is in no HA pair: leave provider.ha_peer (PANOS_HA_PEER) out")
    return found


def _state_of(session: Session) -> Member | None:
    """None where it does not answer."""
    try:
        return _required(session)
    except ConnectionFailed as exc:
        if exc.final:
            raise
        return None


def _name(session: Session) -> str:
    return session.provider.serial_number or session.transport.place


def refuse_inactive(session: Session) -> None:
    """A member that is not the active one has no tunnels of its own, whatever is done with them."""
    now = member(session)
    if now is not None and not now.active:
        raise Refused(f"{session.place} is the {now.state} member of its HA pair, which has no tunnels up: ask the active one. Name both members "
                      "(provider.ip_address and provider.ha_peer), and it is found")


def refuse_no_longer_active(session: Session) -> None:
    """Right before a commit: what is written on a member that has gone over meanwhile must not be committed there."""
    now = member(session)
    if now is not None and not now.active:
        raise Refused(f"{session.place} has become the {now.state} member of its HA pair since this task wrote to it: the next synchronisation would undo a "
                      "commit here. Run again on the active member, and load the running configuration here").leaving(
                          "nothing was committed, the changes stand in the candidate")


def synchronised(session: Session, patience: Patience) -> str:
    """Wait until what was committed is on the other member too; in a sentence what is wrong where it is not. Empty: it is, or it never is in this pair.

    Raises DeviceError where this member is the active one no more, and the other one, whose configuration counts now, has not got it.
    """

    def look() -> str:
        now = member(session)
        if now is None or (now.active and not now.synchronises):
            return ""
        gone_over = f"{session.place} has become the {now.state} member of its HA pair during the commit, and the pair is {now.sync or 'not synchronized'}"
        if now.sync == _SYNCHRONISED and now.synchronises:
            return "" if now.active else f"{gone_over}: the active member runs what was committed, too"
        elsewhere = DeviceError(f"{gone_over}: what was committed here is not on the active member. Run again there")
        if now.sync == _IN_PROGRESS and now.synchronises:
            raise NotYet(f"{session.place}: its HA pair is {now.sync}", _NotSynchronised(_committed_here(session, now)) if now.active else elsewhere)
        if not now.active:
            raise elsewhere
        if not now.peer_connected:
            return f"{_committed_here(session, now)}, since the other member is not seen"
        raise NotYet(f"{session.place}: its HA pair is {now.sync}", _NotSynchronised(_committed_here(session, now)))

    try:
        return patience.until(look)
    except _NotSynchronised as exc:
        return f"{exc} after {patience.timeout:g} s"


def _committed_here(session: Session, now: Member) -> str:
    return f"{session.place}: the configuration is committed here, and its HA pair is {now.sync or 'not synchronized'}"


def patience(tell: Callable[[str], None]) -> Patience:
    """How long a pair is waited for."""
    return Patience(_SYNCHRONISES_WITHIN, tell=tell)


class _NotSynchronised(Exception):
    """The other member has not got it in time."""
