# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The whole description, from ``/config`` down: one for firewalls and one for Panoramas.

What VPNs touch is described in full, everything else by name: what has no name here is refused, as on the device, and what lies below a name
that is not described is stored as it comes. Names of containers: the vendor's published schemas and configurations.
"""

from __future__ import annotations

from ansible_collections.tunnelsmith.panos_vpn.tests.lab.emulator.schema.advanced_routing import LOGICAL_ROUTER, ROUTING_PROFILE
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.emulator.schema.cloud_services import PLUGINS
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.emulator.schema.deviceconfig import DEVICECONFIG
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.emulator.schema.ike import IKE
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.emulator.schema.interfaces import INTERFACE
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.emulator.schema.ipsec import TUNNEL
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.emulator.schema.kinds import Entries, Node, Words, by_name, entries, group, undescribed
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.emulator.schema.objects import objects
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.emulator.schema.panorama import panorama
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.emulator.schema.policies import rulebase
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.emulator.schema.profiles import PROFILES
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.emulator.schema.routers import VIRTUAL_ROUTER
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.emulator.schema.zones import IMPORT, ZONE

#: The only device that a configuration has.
_DEVICE = Words(("localhost.localdomain",))

_NETWORK = group(
    "network", INTERFACE, IKE, TUNNEL, PROFILES, VIRTUAL_ROUTER, LOGICAL_ROUTER, ROUTING_PROFILE,
    *by_name("dhcp dns-proxy lldp logical-switch proxy qos secure-web-gateway shared-gateway underlay-net virtual-wire vlan"),
)

#: What belongs to a device or to one of its systems.
_SETTINGS = by_name(
    "authentication-object authentication-profile authentication-sequence authentication-setting captive-portal certificate-profile dns-proxy "
    "dynamic-updates global-protect group-mapping ipuser-include-exclude-list iptag-include-exclude-list local-user-database ntlm "
    "ocsp-responder redistribution-agent scep server-profile setting ssl-decrypt ssl-exclude-cert ssl-tls-service-profile ts-agent "
    "url-admin-override user-context-segment user-id-agent user-id-agent-sequence user-id-collector user-id-hub user-id-ssl-auth vm-info-source"
)

#: What rules name, besides the objects that are described.
_FOR_RULES = by_name(
    "alg-override application-status application-tag data-objects device-object "
    "dynamic-user-group email-scheduler override pdf-summary-report registered-ip registered-user report-group reports "
    "saas-application schedule sdwan-interface-profile sdwan-profiles threats"
)

_SHARED = by_name("admin-role botnet content-preview feature-selection icd multi-vsys notifications response-page sdwan user-id-timeout")


def _vsys(*content: Node) -> Entries:
    return entries("vsys", ZONE, IMPORT, *content, *_SETTINGS, *by_name("display-name dns-setting route sdwan"), kind="vsys")


def _devices(*content: Node, plugins: Node = undescribed("plugins")) -> Entries:
    return entries("devices", *content, DEVICECONFIG, plugins, *by_name("platform"), name=_DEVICE)


#: What Panorama has pushed to a firewall: rules beside the local ones, and their objects.
_PUSHED = group(
    "panorama",
    entries("vsys", *objects(), *_FOR_RULES, *_SETTINGS, rulebase("pre-rulebase"), rulebase("post-rulebase"), open=True),
    open=True,
)

#: A template has a firewall's network and device, and no policy: neither rules nor what they name.
_TEMPLATE_CONFIG = group(
    "config",
    _devices(_NETWORK, _vsys(*by_name("certificate log-settings"))),
    group("shared", *_SETTINGS, *_SHARED, *by_name("certificate log-settings")),
    *by_name("mgt-config predefined"),
)

_DEVICE_GROUP = (
    *objects(), *_FOR_RULES, *by_name("authentication-object user-context-segment"), rulebase("pre-rulebase"), rulebase("post-rulebase"),
    *by_name(
        "authorization-code description devices master-device parent-dg reference-templates sw-version to-sw-version user-group-source vsys"
    ),
)

FIREWALL = group(
    "config",
    group("shared", *objects(), *_FOR_RULES, *_SETTINGS, *_SHARED),
    _devices(_NETWORK, _vsys(*objects(), *_FOR_RULES, rulebase("rulebase"))),
    _PUSHED,
    *by_name("mgt-config predefined readonly"),
)

PANORAMA = group(
    "config",
    group("shared", *objects(), *_FOR_RULES, *_SETTINGS, *_SHARED, rulebase("pre-rulebase"), rulebase("post-rulebase")),
    _devices(
        *panorama(_TEMPLATE_CONFIG, _DEVICE_GROUP),
        *by_name("log-collector log-collector-group wildfire-appliance wildfire-appliance-cluster cloud-services"),
        plugins=PLUGINS,
    ),
    *by_name("mgt-config panorama predefined readonly"),
)
