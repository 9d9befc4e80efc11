# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What an interface's plan looks at of a large firewall."""

from __future__ import annotations

import xml.etree.ElementTree as ET

import pytest

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.configuration import path as places
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.device.location import Location
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.resources.tunnel_interface import RESOURCE
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.tables.platform import Platform
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.tables.table import Request

BASE = Location().base
ZONE = (BASE("vsys") + ("zone", ("entry", "vpn"), "network", "layer3"))[1:]
ROUTER = (BASE("network") + ("virtual-router", ("entry", "default"), "interface"))[1:]


def large() -> ET.Element:
    """A firewall with a zone and a router of many interfaces."""
    root = ET.Element("config")
    for place in (ZONE, ROUTER):
        holder = places.make(root, place)
        for unit in range(1000):
            ET.SubElement(holder, "member").text = f"tunnel.{unit}"
    return root


@pytest.mark.parametrize("zone, router, taken_out", [("vpn", "default", 0), (None, None, 0), ("none", None, 1), ("vpn", "none", 1), ("none", "none", 2)])
def test_members_are_gone_through_only_to_find_what_an_interface_is_taken_out_of(monkeypatch, zone, router, taken_out):
    """With a thousand interfaces in one transaction, each would go through the members that all others are."""
    seen: list = []
    names = places.names

    def counted(root, path):
        found = names(root, path)
        seen.extend(found)
        return found

    monkeypatch.setattr(places, "names", counted)
    values = {option: value for option, value in (("zone", zone), ("virtual_router", router)) if value}
    wanted = RESOURCE.desired(Request({"name": "tunnel.7"}, values, "present", Platform((11, 1, 0)), BASE), large())
    assert sum(entry.state == "absent" for entry in wanted) == taken_out
    assert len(seen) // 1000 == taken_out
