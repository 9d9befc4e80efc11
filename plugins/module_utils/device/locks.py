# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The configuration lock: while an account holds it, no other one can change the candidate. PAN-OS drops it at the account's commit."""

from __future__ import annotations

from secrets import token_hex
from typing import Callable

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils import commands
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.device.connection import Session
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.device.patience import NotYet, Patience
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.errors import DeviceError, PanosVpnError

_COMMENT = "tunnelsmith.panos_vpn writes and commits"
# PAN-OS's own words; these errors have no number.
_OWN, _OTHERS, _NONE = "You already own", "already held by", "not currently"
# Of a request that has to wait until another account lets go of the configuration, in the words of different releases.
_LOCKED = ("currently locked by", "Configuration is locked by", "Timed out while getting config lock")


def is_locked(error: DeviceError) -> bool:
    """Whether a request was refused because of another account's configuration lock."""
    return any(words in str(error) for words in _LOCKED)


def under(session: Session, patience: Patience | None, work: Callable[[], dict], keeps: Callable[[dict], bool] = lambda result: False) -> dict:
    """The result of C(work), done while this account holds the lock. C(patience): see C(take); None where an earlier task has taken it.

    It is released afterwards, also after a failure, unless C(keeps) says of the result that a later task releases it. A release that
    fails is told beside what became of the work.
    """
    try:
        if patience is not None:
            take(session, patience)
        result = work()
    except PanosVpnError as exc:
        trouble = _let_go(session)
        raise exc.adding(trouble) if trouble else exc
    except BaseException:
        _let_go(session)
        raise
    trouble = "" if keeps(result) else _let_go(session)
    if trouble:
        result["warnings"].append(trouble)
    return result


def _let_go(session: Session) -> str:
    """Release it; what the user has to know where that failed."""
    try:
        release(session)
    except PanosVpnError as exc:
        return f"{session.place} may still have the configuration lock of this account ({exc}); a commit of the account drops it"
    return ""


def take(session: Session, patience: Patience) -> None:
    """Wait while another account holds it. One that an earlier run of this account left behind is as good."""

    def look() -> None:
        try:
            session.op(commands.command(commands.TAKE_CONFIG_LOCK, _COMMENT), "take the configuration lock")
        except DeviceError as exc:
            if _OTHERS in str(exc) or is_locked(exc):
                raise NotYet(str(exc), exc.adding(f"waited {patience.timeout:g} s")) from None
            if _OWN not in str(exc):
                raise

    patience.until(look)


def account(session: Session) -> str | None:
    """The name of the account that an API key belongs to; None where it cannot be found out.

    A firewall tells it only by what the account does: here, by a lock with a comment of its own that is held for this moment alone.
    """
    comment = f"{_COMMENT}, {token_hex(4)}"
    try:
        try:
            session.op(commands.command(commands.TAKE_CONFIG_LOCK, comment), "take the configuration lock")
        except DeviceError as exc:
            if _OWN not in str(exc):
                return None
        held = {entry.get("name"): entry.findtext("comment") for entry in session.op(
            commands.command(commands.CONFIG_LOCKS), "list configuration locks").iter("entry")}
        if comment in held.values():
            release(session)
    except PanosVpnError:
        return None
    ours = [name for name, told in held.items() if told == comment] or list(held)
    return ours[0] if len(ours) == 1 else None


def release(session: Session) -> None:
    """Let it go; one that is gone already, by a commit, is let go."""
    try:
        session.op(commands.command(commands.RELEASE_CONFIG_LOCK), "release the configuration lock")
    except DeviceError as exc:
        if _NONE not in str(exc):
            raise
