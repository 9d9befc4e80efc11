# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Documentation of the options of modules that write and commit at once."""

from __future__ import annotations


class ModuleDocFragment:

    DOCUMENTATION = r"""
options:
  commit_foreign:
    description:
      - PAN-OS commits by account, so changes that the same account left uncommitted before would be committed along.
      - V(fail) waits O(lock_timeout) seconds for them to go and then fails, naming them, before anything is written. An API key alone does not tell
        the account; without O(provider.username) the firewall is asked for it by a configuration lock that is held for a moment, and only where
        somebody has other changes uncommitted. While another account holds the lock that cannot be asked, and the task fails after it has written,
        before that is committed.
      - V(include) commits them along. It is also the way on where the account may not see the list of uncommitted changes.
    type: str
    choices: [fail, include]
    default: fail
  commit_timeout:
    description: Seconds to wait for locks, for other commits and for the commit job, all together.
    type: int
    default: 600
  commit_poll:
    description: Seconds between two looks at the commit job. Omitted, they grow from 0.2 to 5.
    type: float
"""
