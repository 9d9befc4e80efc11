# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The one action of all modules of this collection; C(meta/runtime.yml) sends them here."""

from __future__ import annotations

from ansible_collections.tunnelsmith.panos_vpn.plugins.plugin_utils.in_process import ActionModule  # noqa: F401  # pylint: disable=unused-import
