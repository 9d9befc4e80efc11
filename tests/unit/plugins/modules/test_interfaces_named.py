# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Whatever names an interface: check mode misses one that is not there, of every kind, and none that is."""

from __future__ import annotations

import pytest

from ansible_collections.tunnelsmith.panos_vpn.plugins.modules import bgp_peer, ike_gateway, pbf_failover, static_route, zone
from ansible_collections.tunnelsmith.panos_vpn.tests.unit.plugins.modules.door import NETWORK, VSYS, Door

INTERFACES = f"{NETWORK}/interface"
ROUTER = {"virtual_router": "default"}
NAMING = {
    "static_route": (static_route, lambda name: {**ROUTER, "name": "partner", "destination": "10.99.0.0/16", "interface": name}),
    "zone": (zone, lambda name: {"name": "partner", "interfaces": [name]}),
    "pbf_failover": (pbf_failover, lambda name: {"name": "partner", "from": {"interface": [name]}, "paths": [
        {"egress_interface": name, "nexthop": {"ip_address": "198.51.100.1"}}]}),
    "ike_gateway": (ike_gateway, lambda name: {"name": "partner", "local_address": {"interface": name}, "peer_address": {"ip": "198.51.100.1"},
                                               "pre_shared_key": "a-key.of.the-tests"}),
    "bgp_peer": (bgp_peer, lambda name: {**ROUTER, "peer_group": "g", "name": "partner", "peer_as": "65001",
                                         "peer_address": {"ip": "198.51.100.1"}, "local_address": {"interface": name}}),
}
# A unit of each kind of interface, and what makes it.
MADE = {
    "ethernet1/8": None,
    "ethernet1/8.20": (f"{INTERFACES}/ethernet/entry[@name='ethernet1/8']/layer3/units", '<entry name="ethernet1/8.20"><tag>20</tag></entry>'),
    "ae1": (f"{INTERFACES}/aggregate-ethernet", '<entry name="ae1"><layer3/></entry>'),
    "loopback.7": (f"{INTERFACES}/loopback/units", '<entry name="loopback.7"/>'),
    "vlan.7": (f"{INTERFACES}/vlan/units", '<entry name="vlan.7"/>'),
    "tunnel.7": None,
}
MISSING = ("ethernet1/77", "ethernet1/8.77", "ae7", "loopback.77", "vlan.77", "tunnel.77")


@pytest.mark.parametrize("module, options", NAMING.values(), ids=NAMING.keys())
def test_check_mode_misses_an_interface_only_where_there_is_none(firewalls, module, options):
    door = Door(module, firewalls())
    door.control.plant(f"{NETWORK}/virtual-router/entry[@name='default']/protocol/bgp", "<router-id>10.10.0.1</router-id><local-as>65000</local-as>")
    for planted in filter(None, MADE.values()):
        door.control.plant(*planted)
    # Two are in zones already, so that another one does not get them.
    for name in sorted(set(MADE) - ({"ethernet1/8", "tunnel.7"} if module is zone else set())):
        door.control.plant(f"{VSYS}/import/network/interface", f"<member>{name}</member>")
        assert [warning for warning in door.done(options(name), check=True).warnings if "interface" in warning] == [], name
    for name in MISSING:
        warnings = door.done(options(name), check=True).warnings
        assert any(f"refers to interface '{name}', which is not there yet" in warning for warning in warnings), name
