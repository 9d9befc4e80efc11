# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Ansible looks for the action in this package when it reads a task, before it forks: what is imported here is there in every worker."""

from __future__ import annotations

import sys

from ansible_collections.tunnelsmith.panos_vpn.plugins.plugin_utils import in_process

in_process.print_at_once(sys.stdout)
