# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Zones, and what a vsys imports.

A zone's layer-3 members are checked at set time: they must exist and be imported into that vsys (measured on 12.1).
Two kinds of zone: the second silently replaces the first (measured on 12.1).
"""

from __future__ import annotations

from ansible_collections.tunnelsmith.panos_vpn.tests.lab.emulator.schema.kinds import (
    Name, Reference, by_name, empty, entries, group, leaf, members, one_of, text, yes_no,
)

_IMPORTED = Reference("imported-interface", checked="set")

ZONE = entries(
    "zone",
    group(
        "network",
        one_of(
            members("layer3", refers=_IMPORTED),
            members("layer2", refers=_IMPORTED),
            members("virtual-wire", refers=_IMPORTED),
            members("tap", refers=_IMPORTED),
            members("external"),
            *empty("tunnel"),
        ),
        leaf("zone-protection-profile", refers=Reference("zone-protection-profile")),
        text("log-setting", 63),
        *yes_no("enable-packet-buffer-protection"),
        *yes_no("net-inspection", since=(11, 0, 2)),
    ),
    *yes_no("enable-user-identification", "enable-device-identification"),
    group("user-acl", members("include-list"), members("exclude-list")),
    group("device-acl", members("include-list"), members("exclude-list"), open=True),
    name=Name(63),
    kind="zone",
)

IMPORT = group(
    "import",
    group(
        "network",
        members("interface", refers=Reference("interface", checked="set")),
        members("virtual-router", refers=Reference("virtual-router")),
        members("logical-router", refers=Reference("logical-router")),
        members("virtual-wire"),
        members("vlan"),
        members("logical-switch"),
    ),
    *by_name("resource visible-vsys dns-proxy"),
)
