#!/usr/bin/python
# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: zone
short_description: Manage layer 3 zones on Palo Alto Networks firewalls
version_added: 0.1.0
description:
  - Manages the layer 3 security zones of a virtual system, which is the kind of zone that a VPN's tunnel interfaces belong to.
  - A zone of another kind is refused, because PAN-OS would silently take its interfaces away.
author:
  - Tunnelsmith contributors (@tunnelsmith)
extends_documentation_fragment:
  - tunnelsmith.panos_vpn.provider
  - tunnelsmith.panos_vpn.attributes
  - tunnelsmith.panos_vpn.attributes.writes
  - tunnelsmith.panos_vpn.state
  - tunnelsmith.panos_vpn.location
  - tunnelsmith.panos_vpn.location.vsys
options:
  name:
    description: Name of the zone, at most 63 characters. Required unless O(state=gathered), which then returns all layer 3 zones.
    type: str
  interfaces:
    description:
      - Interfaces to add. Each must exist and be imported into the virtual system, and can be in one zone only.
      - Interfaces that are in the zone already stay; with O(state=replaced) and this option, those that are not given are taken out of the zone, and
        without it all of them stay. M(tunnelsmith.panos_vpn.tunnel_interface) puts a tunnel interface into its zone by itself, and takes it out with
        V(none).
      - A new zone without this option is a layer 3 zone without interfaces.
    type: list
    elements: str
  zone_protection_profile:
    description:
      - Zone protection profile. For a VPN with inside addresses in 169.254.0.0/16 it must not have the strict IP address check;
        see M(tunnelsmith.panos_vpn.zone_protection_profile).
    type: str
  log_setting:
    description: Log forwarding profile for the zone protection logs, at most 63 characters.
    type: str
  enable_packet_buffer_protection:
    description: Packet buffer protection; PAN-OS's default is V(true).
    type: bool
  net_inspection:
    description: PAN-OS's zone setting C(net-inspection). Needs PAN-OS 11.0.2.
    type: bool
  enable_user_identification:
    description: User-ID in this zone; PAN-OS's default is V(false).
    type: bool
  enable_device_identification:
    description: Device-ID in this zone; PAN-OS's default is V(false).
    type: bool
  user_acl_include:
    description: Networks to add to those whose users are identified. Without any, those of all networks are.
    type: list
    elements: str
  user_acl_exclude:
    description: Networks to add to those whose users are not identified.
    type: list
    elements: str
  device_acl_include:
    description: Networks to add to those whose devices are identified. Without any, those of all networks are.
    type: list
    elements: str
  device_acl_exclude:
    description: Networks to add to those whose devices are not identified.
    type: list
    elements: str
seealso:
  - module: tunnelsmith.panos_vpn.tunnel_interface
  - module: tunnelsmith.panos_vpn.zone_protection_profile
"""

EXAMPLES = r"""
- name: Make a zone for VPN tunnels
  tunnelsmith.panos_vpn.zone:
    name: vpn

- name: Make a tunnel interface outside of any zone
  tunnelsmith.panos_vpn.tunnel_interface:
    name: tunnel.11

- name: Add it to the zone
  tunnelsmith.panos_vpn.zone:
    name: vpn
    interfaces: [tunnel.11]

- name: Read one zone of a virtual system
  tunnelsmith.panos_vpn.zone:
    name: vpn
    vsys: vsys1
    state: gathered
  register: zone
"""

RETURN = r"""
gathered:
  description: The zones that are there, as options that would recreate them. Zones of another kind come without interfaces.
  returned: with O(state=gathered)
  type: list
  elements: dict
  sample:
    - name: vpn
      interfaces: [tunnel.11, tunnel.12]
      zone_protection_profile: vpn-protection
objects:
  description: Places of the objects that the task is about, for O(tunnelsmith.panos_vpn.commit#module:objects).
  returned: unless O(state=gathered)
  type: list
  elements: str
  sample:
    - /config/devices/entry[@name='localhost.localdomain']/vsys/entry[@name='vsys1']/zone/entry[@name='vpn']
"""

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils import arguments
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.resources.zone import RESOURCE
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.tasks.resource import run


def argument_spec():
    return arguments.of_resource(RESOURCE)


def main():
    run(RESOURCE)


if __name__ == "__main__":
    main()
