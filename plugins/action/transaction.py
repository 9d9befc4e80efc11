# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The one action of all modules of this collection; C(meta/runtime.yml) sends them here.

ansible-test wants an action to have the name of a module, so that there is documentation for it: this one has that of the module that carries all others.
"""

from __future__ import annotations

from ansible_collections.tunnelsmith.panos_vpn.plugins.plugin_utils.in_process import ActionModule  # noqa: F401  # pylint: disable=unused-import
