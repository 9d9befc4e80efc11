# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Ansible looks for the action in this package when it reads a task, before it forks: what is imported here is there in every worker."""

from __future__ import annotations

import sys

from ansible.plugins.loader import filter_loader, lookup_loader, test_loader

from ansible_collections.tunnelsmith.panos_vpn.plugins.plugin_utils import byte_code, lasting

# A worker that had to load these itself would do so for every task. With the first filter or test, Ansible loads all of a collection.
_PLUGINS = (
    (filter_loader, ("tunnelsmith.panos_vpn.role_steps", "ansible.builtin.combine")),
    (lookup_loader, ("tunnelsmith.panos_vpn.variable_problems", "tunnelsmith.panos_vpn.role_options", "tunnelsmith.panos_vpn.answers", "ansible.builtin.file")),
    (test_loader, ("ansible.builtin.defined",)),
)

with lasting.loaded():
    from ansible_collections.tunnelsmith.panos_vpn.plugins.plugin_utils import in_process
    # What the roles' filters import when they are used.
    with byte_code.used():
        from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.report import terminal  # noqa: F401  # pylint: disable=unused-import
        from ansible_collections.tunnelsmith.panos_vpn.plugins.plugin_utils import vpn_role  # noqa: F401  # pylint: disable=unused-import
    for loader, names in _PLUGINS:
        for name in names:
            loader.get(name)

in_process.print_at_once(sys.stdout)
