#!/usr/bin/python
# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: tunnel_interface
short_description: Manage tunnel interfaces on Palo Alto Networks firewalls
version_added: 0.1.0
description:
  - Manages the tunnel interfaces of a firewall or Panorama template, and what they belong to, which is a virtual system, a zone and a router.
  - A new interface is imported into the virtual system. O(state=absent) also takes it out of there, out of its zone and out of its router.
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
    description:
      - Name of the interface, V(tunnel.1) to V(tunnel.9999). Required unless O(state=gathered), which then returns all tunnel interfaces.
    type: str
  ip:
    description:
      - IPv4 addresses to add, with prefix length, as V(169.254.10.2/30), or names of address objects.
      - A tunnel monitor and BGP need one.
    type: list
    elements: str
  ipv6:
    description: IPv6 on the interface.
    type: dict
    suboptions:
      enabled:
        description: PAN-OS's default is V(false).
        type: bool
      interface_id:
        description: The 64 bits that tell interfaces apart, in hexadecimal, or V(EUI-64), which is PAN-OS's default.
        type: str
      addresses:
        description: IPv6 addresses to add or change.
        type: list
        elements: dict
        suboptions:
          address:
            description: Address with prefix length, as V(2001:db8:10::2/126), or the name of an address object.
            type: str
            required: true
          enable_on_interface:
            description: Whether the address is used on the interface.
            type: bool
          prefix:
            description: V(true) where O(ipv6.interface_id) makes up the lower 64 bits of the address.
            type: bool
          anycast:
            description: V(true) for an anycast address.
            type: bool
  mtu:
    description:
      - Largest packet in bytes, 576 to 9216; more than 1500 needs jumbo frames. An interface without it uses 1500.
      - The maximum segment size of TCP follows from it.
    type: int
  interface_management_profile:
    description: Interface management profile, at most 31 characters. Needed for the interface to answer pings of the peer's monitor.
    type: str
  netflow_profile:
    description: NetFlow profile, at most 63 characters.
    type: str
  comment:
    description: Comment, at most 1023 characters.
    type: str
  df_ignore:
    description: Whether packets that are too big are fragmented even if that is forbidden in them; PAN-OS's default is V(false).
    type: bool
  link_tag:
    description: SD-WAN link tag, at most 127 characters.
    type: str
  bonjour:
    description: Forwarding of Bonjour announcements.
    type: dict
    suboptions:
      enable:
        description: PAN-OS's default is V(false).
        type: bool
      ttl_check:
        description: Whether the time to live of announcements is checked; PAN-OS's default is V(false).
        type: bool
      group_id:
        description: Group of interfaces that announcements are forwarded between, 0 to 16.
        type: int
  zone:
    description:
      - Zone to put the interface into; see M(tunnelsmith.panos_vpn.zone). An interface that is in another zone is refused.
      - V(none) takes the interface out of its zone.
      - PAN-OS drops the traffic of an interface without a zone.
    type: str
  virtual_router:
    description:
      - Virtual router to put the interface into, or logical router where the Advanced Routing Engine runs. It must exist.
      - V(none) takes the interface out of its router.
      - An interface that is in another router is refused. Without a router, nothing is forwarded to the interface.
    type: str
seealso:
  - module: tunnelsmith.panos_vpn.ipsec_tunnel
  - module: tunnelsmith.panos_vpn.zone
"""

EXAMPLES = r"""
- name: Make the zone of the VPN
  tunnelsmith.panos_vpn.zone:
    name: vpn

- name: Make a tunnel interface with an inside address
  tunnelsmith.panos_vpn.tunnel_interface:
    name: tunnel.11
    ip: [169.254.10.2/30]
    mtu: 1446
    zone: vpn
    virtual_router: default

- name: Let it answer pings
  tunnelsmith.panos_vpn.tunnel_interface:
    name: tunnel.11
    interface_management_profile: ping-only

- name: Take it out of its zone, so that it can go into another one
  tunnelsmith.panos_vpn.tunnel_interface:
    name: tunnel.11
    zone: none

- name: Add IPv6
  tunnelsmith.panos_vpn.tunnel_interface:
    name: tunnel.11
    ipv6:
      enabled: true
      addresses:
        - address: 2001:db8:10::2/126

- name: Read all tunnel interfaces
  tunnelsmith.panos_vpn.tunnel_interface:
    state: gathered
  register: interfaces

- name: Remove the interface and its memberships
  tunnelsmith.panos_vpn.tunnel_interface:
    name: tunnel.11
    state: absent
"""

RETURN = r"""
gathered:
  description: The tunnel interfaces that are there, as options that would recreate them.
  returned: with O(state=gathered)
  type: list
  elements: dict
  sample:
    - name: tunnel.11
      ip: [169.254.10.2/30]
      mtu: 1446
      zone: vpn
      virtual_router: default
objects:
  description:
    - Places of the objects that the task is about, the memberships included, for O(tunnelsmith.panos_vpn.commit#module:objects).
  returned: unless O(state=gathered)
  type: list
  elements: str
  sample:
    - /config/devices/entry[@name='localhost.localdomain']/network/interface/tunnel/units/entry[@name='tunnel.11']
    - /config/devices/entry[@name='localhost.localdomain']/vsys/entry[@name='vsys1']/import/network/interface/member[text()='tunnel.11']
    - /config/devices/entry[@name='localhost.localdomain']/vsys/entry[@name='vsys1']/zone/entry[@name='vpn']/network/layer3/member[text()='tunnel.11']
    - /config/devices/entry[@name='localhost.localdomain']/network/virtual-router/entry[@name='default']/interface/member[text()='tunnel.11']
"""

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils import arguments
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.resources.tunnel_interface import RESOURCE
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.tasks.resource import run


def argument_spec():
    return arguments.of_resource(RESOURCE)


def main():
    run(RESOURCE)


if __name__ == "__main__":
    main()
