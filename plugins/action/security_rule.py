# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from ansible_collections.tunnelsmith.panos_vpn.plugins.plugin_utils.in_process import ActionModule  # noqa: F401  # pylint: disable=unused-import
