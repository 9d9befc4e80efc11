#!/usr/bin/python
# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: loopback_interface
short_description: Manage loopback interfaces on Palo Alto Networks firewalls
version_added: 0.1.0
description:
  - Manages the loopback interfaces of a firewall or Panorama template, and what they belong to, which is a virtual system, a zone and a router.
    An IKE gateway on one is reached whichever interface the peer's packets come in by.
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
      - Name of the interface, V(loopback.1) to V(loopback.9999). Required unless O(state=gathered), which then returns all loopback interfaces.
    type: str
  ip:
    description:
      - IPv4 addresses to add, as V(198.51.100.7/32), or names of address objects.
      - A loopback interface has single addresses, so that any other prefix length than 32 is refused.
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
            description: Address with prefix length, as V(2001:db8:10::7/128), or the name of an address object.
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
    description: Largest packet in bytes, 576 to 9216; more than 1500 needs jumbo frames. An interface without it uses 1500.
    type: int
  adjust_tcp_mss:
    description: Lowering of the maximum segment size of TCP connections through the interface.
    type: dict
    suboptions:
      enable:
        description: PAN-OS's default is V(false).
        type: bool
      ipv4_mss_adjustment:
        description: Bytes below the MTU for IPv4, 40 to 300. PAN-OS's default is 40.
        type: int
      ipv6_mss_adjustment:
        description: Bytes below the MTU for IPv6, 60 to 300. PAN-OS's default is 60.
        type: int
  interface_management_profile:
    description: Interface management profile, at most 31 characters. Needed for the interface to answer pings.
    type: str
  netflow_profile:
    description: NetFlow profile, at most 63 characters.
    type: str
  comment:
    description: Comment, at most 1023 characters.
    type: str
  zone:
    description:
      - Zone to put the interface into; see M(tunnelsmith.panos_vpn.zone). An interface that is in another zone is refused.
      - V(none) takes the interface out of its zone.
      - PAN-OS drops the traffic of an interface without a zone. Where the interface is in another zone than the one that the peer's packets come
        in by, a security rule between the two has to let IKE and IPsec through.
    type: str
  virtual_router:
    description:
      - Virtual router to put the interface into, or logical router where the Advanced Routing Engine runs. It must exist.
      - V(none) takes the interface out of its router.
      - An interface that is in another router is refused. Without a router, nothing is forwarded to the interface.
    type: str
seealso:
  - module: tunnelsmith.panos_vpn.ike_gateway
  - module: tunnelsmith.panos_vpn.tunnel_interface
"""

EXAMPLES = r"""
- name: Make a loopback interface for IKE
  tunnelsmith.panos_vpn.loopback_interface:
    name: loopback.7
    ip: [198.51.100.7/32]
    zone: untrust
    virtual_router: default

- name: Make a gateway that the peer reaches there
  tunnelsmith.panos_vpn.ike_gateway:
    name: to-lyon
    local_address:
      interface: loopback.7
      ip: 198.51.100.7/32
    peer_address:
      ip: 203.0.113.40
    pre_shared_key: "{{ pre_shared_key }}"

- name: Let it answer pings
  tunnelsmith.panos_vpn.loopback_interface:
    name: loopback.7
    interface_management_profile: ping-only

- name: Read all loopback interfaces
  tunnelsmith.panos_vpn.loopback_interface:
    state: gathered
  register: interfaces

- name: Remove the gateway first, which stands on it
  tunnelsmith.panos_vpn.ike_gateway:
    name: to-lyon
    state: absent

- name: Remove the interface and its memberships
  tunnelsmith.panos_vpn.loopback_interface:
    name: loopback.7
    state: absent
"""

RETURN = r"""
gathered:
  description: The loopback interfaces that are there, as options that would recreate them.
  returned: with O(state=gathered)
  type: list
  elements: dict
  sample:
    - name: loopback.7
      ip: [198.51.100.7/32]
      zone: untrust
      virtual_router: default
objects:
  description:
    - Places of the objects that the task is about, the memberships included, for O(tunnelsmith.panos_vpn.commit#module:objects).
  returned: unless O(state=gathered)
  type: list
  elements: str
  sample:
    - /config/devices/entry[@name='localhost.localdomain']/network/interface/loopback/units/entry[@name='loopback.7']
    - /config/devices/entry[@name='localhost.localdomain']/vsys/entry[@name='vsys1']/import/network/interface/member[text()='loopback.7']
    - /config/devices/entry[@name='localhost.localdomain']/vsys/entry[@name='vsys1']/zone/entry[@name='untrust']/network/layer3/member[text()='loopback.7']
    - /config/devices/entry[@name='localhost.localdomain']/network/virtual-router/entry[@name='default']/interface/member[text()='loopback.7']
"""

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils import arguments
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.resources.loopback_interface import RESOURCE
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.tasks.resource import run


def argument_spec():
    return arguments.of_resource(RESOURCE)


def main():
    run(RESOURCE)


if __name__ == "__main__":
    main()
