# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""For tasks whose writes are committed as our own changes only: what else is uncommitted, and whose it is.

C(pending) are the uncommitted changes from before a task, C(is_mine) tells which of them belong to what the task writes.
"""

from __future__ import annotations

from typing import Callable, Iterable

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.device import commit, locks
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.device.commit import Change
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.device.connection import Session
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.errors import DeviceError
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.tasks.module import PanosModule


def listed(module: PanosModule, session: Session, nothing_before: bool = False) -> list[Change]:
    """What is uncommitted. Raises DeviceError where the firewall does not tell it, unless all of the account's changes may be committed along.

    C(nothing_before): before this task wrote, nothing was.
    """
    try:
        return commit.changes(session)
    except DeviceError as exc:
        if nothing_before:
            return []
        if _takes_along(module):
            module.warn(f"{exc}: what else the account has uncommitted is committed along, whatever it is")
            return []
        raise exc.adding("what else the account has uncommitted is not known then, and would be committed along; "
                         "give the account the right to see it, or say commit_foreign: include")


def _takes_along(module: PanosModule) -> bool:
    return module.params["commit_foreign"] == "include"


def refuse_foreign(module: PanosModule, session: Session, pending: list[Change], is_mine: Callable[[Change], bool]) -> None:
    """Before a write: our account's other uncommitted changes would be committed along. Waits for them to go, then refuses them by name.

    Where the account is not told by its name, somebody has other changes uncommitted, and this task commits, the firewall is asked whose key it is.
    """
    foreign = [change for change in pending if not is_mine(change)]
    if not foreign or _takes_along(module):
        return
    account = session.provider.username or (locks.account(session) if module.params.get("commit", True) else None)
    if account:
        commit.refuse_foreign(session, account, pending, lambda change: not is_mine(change), module.patience("lock_timeout"), "nothing was written")


def tell(module: PanosModule, result: dict, pending: Iterable[Change], is_mine: Callable[[Change], bool]) -> list[Change]:
    """Add to a result what the commit to come has to know: whether there is one, and what was uncommitted before. Returns our part of that."""
    mine = [change for change in pending if is_mine(change)]
    result["uncommitted"] = bool(mine) or (result["changed"] and not module.check_mode)
    result["earlier_changes"] = earlier_changes(pending, is_mine)
    return mine


def earlier_changes(pending: Iterable[Change], is_mine: Callable[[Change], bool]) -> list[dict[str, str]]:
    """What was uncommitted and is not the task's, in the form that the module commit takes."""
    return [{"owner": change.owner, "xpath": change.xpath} for change in pending if not is_mine(change)]
