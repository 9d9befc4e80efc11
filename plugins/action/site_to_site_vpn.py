# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The action of the module that the pairing roles run: what a role has in one piece is the task's own before the module sees it.

The module knows then which of the options are secrets, wherever it runs.
"""

from __future__ import annotations

from ansible_collections.tunnelsmith.panos_vpn.plugins.plugin_utils import in_process

_OF_ROLE = "of_role"


class ActionModule(in_process.ActionModule):
    """The action of the module C(site_to_site_vpn)."""

    def run(self, tmp=None, task_vars=None):
        own = {option: value for option, value in self._task.args.items() if option != _OF_ROLE}
        self._task.args = {**own, **(self._task.args.get(_OF_ROLE) or {})}
        return super().run(tmp, task_vars)
