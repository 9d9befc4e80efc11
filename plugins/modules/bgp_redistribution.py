#!/usr/bin/python
# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: bgp_redistribution
short_description: Manage what routers announce by BGP on Palo Alto Networks firewalls
version_added: 0.1.0
description:
  - Manages which networks a virtual router announces by BGP, or a logical router where the Advanced Routing Engine runs.
  - On a virtual router this is a redistribution profile with a BGP redistribution rule, and a rule for each of O(networks).
  - On the Advanced Routing Engine it is a redistribution profile with its route map and prefix list, and an advertised network for each of
    O(networks). A router takes one profile only; where another one is in use, O(destinations) are announced as advertised networks beside it.
  - An object of that name which this announcement does not use, or which others use as well, is not changed; the task is refused by its name.
author:
  - Tunnelsmith contributors (@tunnelsmith)
extends_documentation_fragment:
  - tunnelsmith.panos_vpn.provider
  - tunnelsmith.panos_vpn.attributes
  - tunnelsmith.panos_vpn.attributes.writes
  - tunnelsmith.panos_vpn.state
  - tunnelsmith.panos_vpn.location
options:
  state:
    description:
      - V(present) lays the given options over what is there.
      - V(absent) removes what the name stands for, and of O(networks) those that are given.
      - V(gathered) changes nothing and returns what the router announces by BGP, as options that would recreate it. What no option says is left
        out and named in a warning. Given back with V(present), nothing is sent.
    type: str
    choices: [present, absent, gathered]
    default: present
  virtual_router:
    description: Virtual router, or logical router where the Advanced Routing Engine runs. It must have BGP, see M(tunnelsmith.panos_vpn.bgp_instance).
    type: str
    required: true
  name:
    description:
      - Name of the profile, at most 31 characters. Required unless O(state=gathered), which then returns all profiles that the router's BGP uses.
      - A profile by which another protocol announces, and BGP does not, is refused.
    type: str
  sources:
    description:
      - Where the routes come from that are announced. The list is set as given. A new profile needs it.
      - Routes of other protocols in the same profile of a virtual router stay.
    type: list
    elements: str
    choices: [connected, static]
  destinations:
    description:
      - Networks of O(sources) that are announced, exactly these. The list is set as given.
      - A profile without it announces every network of its sources.
      - The profile is one of IPv4; IPv6 networks are announced by O(networks).
      - Where they are announced beside the profile of somebody else, O(state=absent) removes only those that are given.
    type: list
    elements: str
  networks:
    description:
      - Networks to announce wherever the route to them comes from, in addition to O(sources).
      - They belong to the router and not to the profile, so they are not returned by O(state=gathered), and removed only where they are given.
    type: list
    elements: str
  med:
    description: Multi-exit discriminator (MED) that is announced with the networks, 1 to 65535; the lowest one wins.
    type: int
  priority:
    description:
      - Priority of the profile among those that match the same route, 1 to 255; the lowest one wins. A new profile without this option gets 1.
        Only virtual routers have it.
    type: int
  set_origin:
    description:
      - Origin that is announced with the networks. A new profile without this option gets V(incomplete). Only virtual routers have it.
    type: str
    choices: [igp, egp, incomplete]
  set_local_preference:
    description: Local preference that is announced with the networks to internal peers, 0 to 4294967295. Only virtual routers have it.
    type: int
  set_as_path_limit:
    description: Longest AS path that the networks may travel, 1 to 255. Only virtual routers have it.
    type: int
  set_community:
    description: Communities that are announced with the networks. The list is set as given. Only virtual routers have it.
    type: list
    elements: str
  set_extended_community:
    description: Extended communities that are announced with the networks. The list is set as given. Only virtual routers have it.
    type: list
    elements: str
  metric:
    description: Metric of the announced routes, 1 to 65535. Only virtual routers have it.
    type: int
  route_table:
    description: Which routes are announced. Only virtual routers have it.
    type: str
    choices: [unicast, multicast, both]
seealso:
  - module: tunnelsmith.panos_vpn.bgp_instance
  - module: tunnelsmith.panos_vpn.bgp_peer
"""

EXAMPLES = r"""
- name: Run BGP on the default router
  tunnelsmith.panos_vpn.bgp_instance:
    virtual_router: default
    enable: true
    router_id: 198.51.100.10
    local_as: "65000"

- name: Announce the network of the office, which is connected
  tunnelsmith.panos_vpn.bgp_redistribution:
    virtual_router: default
    name: office
    sources: [connected]
    destinations: [10.10.0.0/24]

- name: Announce a network that is behind a static route as well
  tunnelsmith.panos_vpn.bgp_redistribution:
    virtual_router: default
    name: office
    sources: [connected, static]
    destinations: [10.10.0.0/24, 10.30.0.0/16]

- name: Read what is announced
  tunnelsmith.panos_vpn.bgp_redistribution:
    virtual_router: default
    state: gathered
  register: announced

- name: Announce it no longer
  tunnelsmith.panos_vpn.bgp_redistribution:
    virtual_router: default
    name: office
    state: absent
"""

RETURN = r"""
gathered:
  description: What is announced, as options that would recreate it.
  returned: with O(state=gathered)
  type: list
  elements: dict
  sample:
    - virtual_router: default
      name: office
      sources: [connected]
      destinations: [10.10.0.0/24]
objects:
  description: Places of the objects that the task is about, for O(tunnelsmith.panos_vpn.commit#module:objects).
  returned: unless O(state=gathered)
  type: list
  elements: str
  sample:
    - /config/devices/entry[@name='localhost.localdomain']/network/virtual-router/entry[@name='default']/protocol/redist-profile/entry[@name='office']
    - /config/devices/entry[@name='localhost.localdomain']/network/virtual-router/entry[@name='default']/protocol/bgp/redist-rules/entry[@name='office']
"""

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils import arguments
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.resources.bgp_redistribution import RESOURCE
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.tasks.resource import run


def argument_spec():
    return arguments.of_resource(RESOURCE)


def main():
    run(RESOURCE)


if __name__ == "__main__":
    main()
