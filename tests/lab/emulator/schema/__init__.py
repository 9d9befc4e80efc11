# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The whole description, from ``/config`` down.

Outside the described objects the containers are open: what is not known is stored as it comes.
"""

from __future__ import annotations

from ansible_collections.tunnelsmith.panos_vpn.tests.lab.emulator.schema.advanced_routing import LOGICAL_ROUTER, ROUTING_PROFILE
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.emulator.schema.deviceconfig import DEVICECONFIG
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.emulator.schema.ike import IKE
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.emulator.schema.interfaces import INTERFACE
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.emulator.schema.ipsec import TUNNEL
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.emulator.schema.kinds import entries, group
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.emulator.schema.objects import objects
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.emulator.schema.panorama import panorama
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.emulator.schema.policies import rulebase
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.emulator.schema.profiles import PROFILES
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.emulator.schema.routers import VIRTUAL_ROUTER
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.emulator.schema.zones import IMPORT, ZONE

_NETWORK = group(
    "network", INTERFACE, IKE, TUNNEL, PROFILES, VIRTUAL_ROUTER, LOGICAL_ROUTER, ROUTING_PROFILE, open=True,
)

_VSYS = entries("vsys", ZONE, IMPORT, rulebase("rulebase"), *objects(), kind="vsys", open=True)

_TEMPLATE_CONFIG = group(
    "config",
    entries("devices", _NETWORK, _VSYS, DEVICECONFIG, open=True),
    group("shared", *objects(), open=True),
    open=True,
)

#: What Panorama has pushed to a firewall: rules beside the local ones, and their objects.
_PUSHED = group(
    "panorama", entries("vsys", *objects(), rulebase("pre-rulebase"), rulebase("post-rulebase"), open=True), open=True,
)

_PANORAMA = panorama(_TEMPLATE_CONFIG, objects(), (rulebase("pre-rulebase"), rulebase("post-rulebase")))

CONFIG = group(
    "config",
    group("shared", *objects(), rulebase("pre-rulebase"), rulebase("post-rulebase"), open=True),
    entries("devices", _NETWORK, _VSYS, DEVICECONFIG, *_PANORAMA, open=True),
    _PUSHED,
    open=True,
)
