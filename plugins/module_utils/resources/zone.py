# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Layer 3 security zones. Interfaces are members: they are added and removed one by one."""

from __future__ import annotations

import xml.etree.ElementTree as ET

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.configuration import path as places
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.errors import Refused
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.reconcile.single import entries, single
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.tables.places import PLACES
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.tables.table import Leaf, Members, Table

_OTHER_KINDS = ("layer2", "virtual-wire", "tap", "external", "tunnel")


def other_kind(zone: ET.Element) -> str | None:
    """The kind of a zone that is not one of layer 3; an empty zone has none yet."""
    return next((child.tag for child in places.children(zone, ("network",)) if child.tag in _OTHER_KINDS), None)


def refuse_other_kind(request, tree):
    """PAN-OS silently replaces the kind of a zone when another one is written."""
    for zone in entries(tree, request.base, TABLE, request.name):
        kind = other_kind(zone)
        if kind is not None and request.state != "absent":
            raise Refused(f"zone '{request.name}' is a {kind} zone; making it layer3 would take its interfaces away")


TABLE = Table(
    "zone", *PLACES["zone"],
    nodes=(
        Members("interfaces", "network/layer3", refers_to=("interface",), shared=True, sole=True, imported=True),
        Leaf("zone_protection_profile", "network/zone-protection-profile", refers_to=("zone_protection_profile",)),
        Leaf("log_setting", "network/log-setting", max_length=63),
        Leaf("enable_packet_buffer_protection", "network/enable-packet-buffer-protection", "bool", absent=True),
        Leaf("net_inspection", "network/net-inspection", "bool", since=(11, 0, 2)),
        Leaf("enable_user_identification", "enable-user-identification", "bool", absent=False),
        Leaf("enable_device_identification", "enable-device-identification", "bool", absent=False),
        Members("user_acl_include", "user-acl/include-list"),
        Members("user_acl_exclude", "user-acl/exclude-list"),
        Members("device_acl_include", "device-acl/include-list"),
        Members("device_acl_exclude", "device-acl/exclude-list"),
    ),
    created={"interfaces": []},
)

RESOURCE = single("zone", TABLE, locations=("vsys", "template", "template_stack"), checks=(refuse_other_kind,))
