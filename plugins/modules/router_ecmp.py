#!/usr/bin/python
# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: router_ecmp
short_description: Manage equal-cost multi-path of routers on Palo Alto Networks firewalls
version_added: 0.1.0
description:
  - Manages equal-cost multi-path (ECMP) of a virtual router, or of a logical router where the Advanced Routing Engine runs. The options are the same.
  - With ECMP, routes of equal cost to one network are used at the same time, such as those through the two tunnels of a VPN with BGP. Without it, the
    firewall uses the best one.
  - PAN-OS starts the router anew when a commit changes O(enable) or O(max_path). Sessions through it can end, and tunnels and BGP peers that run over it
    come up again. The task warns of it.
  - O(state=absent) sets each option back, which ends ECMP.
author:
  - Tunnelsmith contributors (@tunnelsmith)
extends_documentation_fragment:
  - tunnelsmith.panos_vpn.provider
  - tunnelsmith.panos_vpn.attributes
  - tunnelsmith.panos_vpn.attributes.writes
  - tunnelsmith.panos_vpn.state
  - tunnelsmith.panos_vpn.location
options:
  virtual_router:
    description:
      - Virtual router, or logical router where the Advanced Routing Engine runs. It must exist.
      - Required unless O(state=gathered), which then returns the settings of all routers that have any.
    type: str
  enable:
    description: Whether ECMP is used; PAN-OS's default is V(false).
    type: bool
  max_path:
    description: The largest number of routes to one network that are used, 2 to 4; PAN-OS's default is 2.
    type: int
  symmetric_return:
    description: Whether answers leave by the interface that the session came in by; PAN-OS's default is V(false).
    type: bool
  strict_source_path:
    description:
      - Whether packets of IKE and IPsec that the firewall itself sends leave by the interface that has their source address; PAN-OS's default is
        V(false). With tunnels over two providers this keeps each tunnel on its own.
    type: bool
  algorithm:
    description:
      - How sessions are spread over the routes. One of the options, which takes the place of the one that is set. PAN-OS's default is
        O(algorithm.ip_modulo).
    type: dict
    suboptions:
      ip_modulo:
        description: Whether source and destination address decide.
        type: bool
      ip_hash:
        description: A hash of addresses decides. Without any of its options, PAN-OS's defaults hold.
        type: dict
        suboptions:
          src_only:
            description: Whether the source address alone decides; PAN-OS's default is V(false).
            type: bool
          use_port:
            description: Whether the ports count as well; PAN-OS's default is V(false).
            type: bool
          hash_seed:
            description: Number that goes into the hash, 0 to 4294967295; PAN-OS's default is 0.
            type: int
      weighted_round_robin:
        description: Interfaces take turns by their weight.
        type: dict
        suboptions:
          interface:
            description: Interfaces to add or to weigh anew. It needs one at least.
            type: list
            elements: dict
            suboptions:
              name:
                description: Name of the interface.
                type: str
                required: true
              weight:
                description: How often it is taken, 1 to 255; PAN-OS's default is 100.
                type: int
      balanced_round_robin:
        description: Whether sessions are spread equally.
        type: bool
seealso:
  - module: tunnelsmith.panos_vpn.static_route
  - module: tunnelsmith.panos_vpn.bgp_instance
"""

EXAMPLES = r"""
- name: Use both tunnels of a VPN at the same time
  tunnelsmith.panos_vpn.router_ecmp:
    virtual_router: default
    enable: true
    max_path: 2
    symmetric_return: true
    algorithm:
      ip_hash:
        use_port: true

- name: Read the settings of all routers
  tunnelsmith.panos_vpn.router_ecmp:
    state: gathered
  register: ecmp

- name: End it
  tunnelsmith.panos_vpn.router_ecmp:
    virtual_router: default
    state: absent
"""

RETURN = r"""
gathered:
  description: The settings that are there, as options that would recreate them.
  returned: with O(state=gathered)
  type: list
  elements: dict
  sample:
    - virtual_router: default
      enable: true
      max_path: 2
      symmetric_return: true
      algorithm:
        ip_hash:
          use_port: true
objects:
  description: Places of the objects that the task is about, for O(tunnelsmith.panos_vpn.commit#module:objects).
  returned: unless O(state=gathered)
  type: list
  elements: str
  sample:
    - /config/devices/entry[@name='localhost.localdomain']/network/virtual-router/entry[@name='default']/ecmp
"""

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils import arguments
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.resources.router_ecmp import RESOURCE
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.tasks.resource import run


def argument_spec():
    return arguments.of_resource(RESOURCE)


def main():
    run(RESOURCE)


if __name__ == "__main__":
    main()
