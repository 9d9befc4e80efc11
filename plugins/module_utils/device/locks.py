# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The configuration lock: while an account holds it, no other one can change the candidate. PAN-OS drops it at the account's commit."""

from __future__ import annotations

from typing import Callable

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.device.connection import Session
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.device.patience import NotYet, Patience
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.errors import DeviceError, PanosVpnError

_COMMENT = "tunnelsmith.panos_vpn writes and commits"
# PAN-OS's own words; these errors have no number.
_OWN, _OTHERS, _NONE = "You already own", "already held by", "not currently"


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
    command = f"<request><config-lock><add><comment>{_COMMENT}</comment></add></config-lock></request>"

    def look() -> None:
        try:
            session.op(command, "take the configuration lock")
        except DeviceError as exc:
            if _OTHERS in str(exc):
                raise NotYet(str(exc), exc.adding(f"waited {patience.timeout:g} s")) from None
            if _OWN not in str(exc):
                raise

    patience.until(look)


def release(session: Session) -> None:
    """Let it go; one that is gone already, by a commit, is let go."""
    try:
        session.op("<request><config-lock><remove/></config-lock></request>", "release the configuration lock")
    except DeviceError as exc:
        if _NONE not in str(exc):
            raise
