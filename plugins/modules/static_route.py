#!/usr/bin/python
# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: static_route
short_description: Manage static routes on Palo Alto Networks firewalls
version_added: 0.1.0
description:
  - Manages the static routes of a virtual router, or of a logical router where the Advanced Routing Engine runs. The options are the same;
    one that the running engine does not have is refused by name.
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
    description: Virtual router, or logical router where the Advanced Routing Engine runs. It must exist.
    type: str
    required: true
  address_family:
    description: Which of the router's two routing tables is meant.
    type: str
    choices: [ipv4, ipv6]
    default: ipv4
  name:
    description:
      - Name of the route, at most 63 characters (31 in older PAN-OS versions).
      - Required unless O(state=gathered), which then returns all routes of the router and address family.
    type: str
  destination:
    description: Network that the route leads to, with prefix length, or the name of an address object. A new route needs it.
    type: str
  interface:
    description:
      - Interface that the packets leave by. Enough by itself for a tunnel interface.
      - A new route needs it or O(nexthop).
    type: str
  nexthop:
    description: Where the packets go. One of the options, which takes the place of the one that is set.
    type: dict
    suboptions:
      ip_address:
        description: Address of the next router, of the same family as O(address_family).
        type: str
      fqdn:
        description: Name of the next router, at most 255 characters; the firewall resolves it.
        type: str
      next_router:
        description: Another virtual or logical router of this firewall, at most 63 characters.
        type: str
      discard:
        description: V(true) to drop the packets.
        type: bool
      receive:
        description: V(true) to take the packets as the firewall's own. Only virtual routers have it.
        type: bool
  admin_dist:
    description: Administrative distance, 10 to 240. A route without it has the router's distance for static routes.
    type: int
  metric:
    description: Metric, 1 to 65535; the lowest one wins. PAN-OS's default is 10. Two routes to one destination need different ones.
    type: int
  bfd_profile:
    description: BFD profile, or V(None) for none, which is PAN-OS's default.
    type: str
  path_monitor:
    description: Pings to one or more addresses; when they stay unanswered, the route is taken out of the routing table.
    type: dict
    suboptions:
      enable:
        description: PAN-OS's default is V(false).
        type: bool
      failure_condition:
        description: Whether one silent destination is enough or all of them must be silent; PAN-OS's default is V(any).
        type: str
        choices: [any, all]
      hold_time:
        description: Minutes that the destinations must answer again before the route comes back, 0 to 1440; PAN-OS's default is 2.
        type: int
      monitor_destinations:
        description: Destinations to add or change, by name.
        type: list
        elements: dict
        suboptions:
          name:
            description: Name of the destination.
            type: str
            required: true
          enable:
            description: Whether it is probed.
            type: bool
          source:
            description: Address to send from, with its mask as on the interface, or V(DHCP).
            type: str
          destination:
            description: Address to probe, at most 63 characters.
            type: str
          interval:
            description: Seconds between two probes, 1 to 60; PAN-OS's default is 3.
            type: int
          count:
            description: Number of lost probes after which the destination is dead, 3 to 10; PAN-OS's default is 5.
            type: int
  route_table:
    description: Which table a route of a virtual router goes to. One of the options, which takes the place of the one that is set.
    type: dict
    suboptions:
      unicast:
        description: V(true) for the unicast table, which is PAN-OS's default.
        type: bool
      multicast:
        description: V(true) for the multicast table.
        type: bool
      both:
        description: V(true) for both tables.
        type: bool
      no_install:
        description: V(true) for none, so that the route serves redistribution only.
        type: bool
seealso:
  - module: tunnelsmith.panos_vpn.tunnel_interface
  - module: tunnelsmith.panos_vpn.pbf_failover
"""

EXAMPLES = r"""
- name: Route a remote network through a tunnel
  tunnelsmith.panos_vpn.static_route:
    virtual_router: default
    name: lyon
    destination: 10.80.0.0/16
    interface: tunnel.7

- name: Let nothing for it leave in clear text when the tunnel is down
  tunnelsmith.panos_vpn.static_route:
    virtual_router: default
    name: lyon-discard
    destination: 10.80.0.0/16
    nexthop:
      discard: true
    metric: 250

- name: Take the route away while the peer is silent
  tunnelsmith.panos_vpn.static_route:
    virtual_router: default
    name: lyon
    path_monitor:
      enable: true
      monitor_destinations:
        - name: peer
          enable: true
          source: 10.255.7.1/30
          destination: 10.255.7.2

- name: Read all IPv6 routes
  tunnelsmith.panos_vpn.static_route:
    virtual_router: default
    address_family: ipv6
    state: gathered
  register: routes

- name: Remove a route
  tunnelsmith.panos_vpn.static_route:
    virtual_router: default
    name: lyon-discard
    state: absent
"""

RETURN = r"""
gathered:
  description: The routes that are there, as options that would recreate them.
  returned: with O(state=gathered)
  type: list
  elements: dict
  sample:
    - virtual_router: default
      address_family: ipv4
      name: lyon
      destination: 10.80.0.0/16
      interface: tunnel.7
objects:
  description: Places of the objects that the task is about, for O(tunnelsmith.panos_vpn.commit#module:objects).
  returned: unless O(state=gathered)
  type: list
  elements: str
  sample:
    - /config/devices/entry[@name='localhost.localdomain']/network/virtual-router/entry[@name='default']/routing-table/ip/static-route/entry[@name='lyon']
"""

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils import arguments
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.resources.static_route import RESOURCE
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.tasks.resource import run


def argument_spec():
    return arguments.of_resource(RESOURCE)


def main():
    run(RESOURCE)


if __name__ == "__main__":
    main()
