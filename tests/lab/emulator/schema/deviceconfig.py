# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Device settings that VPNs depend on: host name, routing engine, HA."""

from __future__ import annotations

from ansible_collections.tunnelsmith.panos_vpn.tests.lab.emulator.schema.kinds import group, yes_no

DEVICECONFIG = group(
    "deviceconfig",
    # Usable from 10.2; takes effect after commit and reboot.
    group("setting", *yes_no("advance-routing", since=(10, 2)), open=True),
    open=True,
)
