#!/usr/bin/python
# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: bgp_instance
short_description: Manage BGP of routers on Palo Alto Networks firewalls
version_added: 0.1.0
description:
  - Manages the BGP settings of a virtual router, or of a logical router where the Advanced Routing Engine runs. The options are the same;
    one that the running engine does not have is refused by name.
  - Peers, policies and redistribution have modules of their own. O(state=absent) resets the options of this module, and is refused
    while peer groups are there.
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
      - Required unless O(state=gathered), which then returns the BGP settings of all routers.
    type: str
  enable:
    description: Whether BGP runs; PAN-OS's default is V(false).
    type: bool
  router_id:
    description: Router ID, an IPv4 address without mask. A router without BGP settings needs it.
    type: str
  local_as:
    description: AS number of the firewall, plain (V("65000")) or as-dot (V("1.10")). A router without BGP settings needs it.
    type: str
  install_route:
    description:
      - Whether learned routes go to the routing table. Without it, BGP learns and forwards nothing.
      - A router without BGP settings gets V(true), while PAN-OS takes one that names none for V(false).
    type: bool
  ecmp_multi_as:
    description: Whether paths through different AS may share the load.
    type: bool
  enforce_first_as:
    description: Whether an update whose AS path does not begin with the peer's AS is dropped.
    type: bool
  global_bfd_profile:
    description: BFD profile of all peers, or V(None).
    type: str
  default_local_preference:
    description: Local preference of routes that come without one, 0 to 4294967295. A router without it uses 100.
    type: int
  med:
    description: How the multi-exit discriminator (MED) counts.
    type: dict
    suboptions:
      always_compare_med:
        description: Whether the MED of paths from different AS is compared.
        type: bool
      deterministic_med_comparison:
        description: Whether the MED of paths from one AS is compared whatever the order they came in.
        type: bool
  graceful_restart:
    description: Graceful restart.
    type: dict
    suboptions:
      enable:
        description: Whether routes are kept while BGP of a peer or of the firewall starts again.
        type: bool
      stale_route_time:
        description: Seconds that routes of a restarting peer are kept, 1 to 3600. A router without it uses 120.
        type: int
      local_restart_time:
        description: Seconds that the firewall says its own restart takes, 1 to 3600. A router without it uses 120.
        type: int
      max_peer_restart_time:
        description: Longest restart of a peer that is believed, in seconds, 1 to 3600. A router without it uses 120.
        type: int
  fast_external_failover:
    description: Whether a session over a link ends as soon as the link is down. Only the Advanced Routing Engine has it.
    type: bool
  graceful_shutdown:
    description: Whether the peers are told to prefer other paths; PAN-OS's default is V(false). Only the Advanced Routing Engine has it.
    type: bool
  always_advertise_network_route:
    description: Whether networks to announce are announced also when no route to them is there. Only the Advanced Routing Engine has it.
    type: bool
  redistribution_profile:
    description:
      - Redistribution profile for IPv4, at most 63 characters. M(tunnelsmith.panos_vpn.bgp_redistribution) sets it by itself, so that
        O(state=gathered) does not return it and O(state=replaced) leaves it as it is.
      - Only the Advanced Routing Engine has it.
    type: str
  reject_default_route:
    description: Whether default routes of peers are dropped. Only virtual routers have it.
    type: bool
  allow_redist_default_route:
    description: Whether the default route may be announced; PAN-OS's default is V(false). Only virtual routers have it.
    type: bool
  as_format:
    description: Form of AS numbers; PAN-OS's default is V(2-byte), and one above 65535 needs V(4-byte). Only virtual routers have it.
    type: str
    choices: [2-byte, 4-byte]
  aggregate_med:
    description: Whether routes with different MED are aggregated. Only virtual routers have it.
    type: bool
  reflector_cluster_id:
    description: Cluster ID of the firewall as a route reflector, an IPv4 address. Only virtual routers have it.
    type: str
  confederation_member_as:
    description: AS number of the firewall inside a confederation, plain or as-dot. Only virtual routers have it.
    type: str
seealso:
  - module: tunnelsmith.panos_vpn.bgp_peer
  - module: tunnelsmith.panos_vpn.bgp_redistribution
"""

EXAMPLES = r"""
- name: Run BGP on the default router
  tunnelsmith.panos_vpn.bgp_instance:
    virtual_router: default
    enable: true
    router_id: 198.51.100.10
    local_as: "65000"
    install_route: true

- name: Keep routes of a restarting peer for five minutes
  tunnelsmith.panos_vpn.bgp_instance:
    virtual_router: default
    graceful_restart:
      enable: true
      stale_route_time: 300

- name: Read the settings of all routers
  tunnelsmith.panos_vpn.bgp_instance:
    state: gathered
  register: instances

- name: Take the settings back
  tunnelsmith.panos_vpn.bgp_instance:
    virtual_router: default
    state: absent
"""

RETURN = r"""
gathered:
  description: The BGP settings that are there, as options that would recreate them.
  returned: with O(state=gathered)
  type: list
  elements: dict
  sample:
    - virtual_router: default
      enable: true
      router_id: 198.51.100.10
      local_as: "65000"
      install_route: true
objects:
  description: Places of the objects that the task is about, for O(tunnelsmith.panos_vpn.commit#module:objects).
  returned: unless O(state=gathered)
  type: list
  elements: str
  sample:
    - /config/devices/entry[@name='localhost.localdomain']/network/virtual-router/entry[@name='default']/protocol/bgp
"""

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils import arguments
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.resources.bgp_instance import RESOURCE
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.tasks.resource import run


def argument_spec():
    return arguments.of_resource(RESOURCE)


def main():
    run(RESOURCE)


if __name__ == "__main__":
    main()
