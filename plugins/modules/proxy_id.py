#!/usr/bin/python
# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: proxy_id
short_description: Manage single proxy IDs of IPsec tunnels on Palo Alto Networks firewalls
version_added: 0.1.0
description:
  - Manages one proxy ID of an IPsec tunnel, which is a pair of networks that is negotiated with the peer, and leaves the tunnel's others alone.
  - M(tunnelsmith.panos_vpn.ipsec_tunnel) takes several together with the rest of the tunnel.
author:
  - Tunnelsmith contributors (@tunnelsmith)
extends_documentation_fragment:
  - tunnelsmith.panos_vpn.provider
  - tunnelsmith.panos_vpn.attributes
  - tunnelsmith.panos_vpn.attributes.writes
  - tunnelsmith.panos_vpn.state
  - tunnelsmith.panos_vpn.location
options:
  tunnel:
    description: Name of the IPsec tunnel. It must exist.
    type: str
    required: true
  address_family:
    description: Which of the tunnel's two lists is meant.
    type: str
    choices: [ipv4, ipv6]
    default: ipv4
  name:
    description:
      - Name of the proxy ID. Together with the tunnel's name and the colon between them at most 63 characters.
      - Required unless O(state=gathered), which then returns all proxy IDs of the tunnel and address family.
    type: str
  local:
    description: Network or address behind the firewall. A proxy ID without it means all.
    type: str
  remote:
    description: Network or address behind the peer. A proxy ID without it means all.
    type: str
  protocol:
    description: One kind of packets; another one takes the place of the one that is set. A proxy ID without it means all packets.
    type: dict
    suboptions:
      any:
        description: V(true) for all protocols.
        type: bool
      number:
        description: Number of an IP protocol, 1 to 254.
        type: int
      tcp:
        description: TCP.
        type: dict
        suboptions:
          local_port:
            description: Port behind the firewall, 0 to 65535; 0 means all, which is PAN-OS's default.
            type: int
          remote_port:
            description: Port behind the peer, 0 to 65535; 0 means all, which is PAN-OS's default.
            type: int
      udp:
        description: UDP.
        type: dict
        suboptions:
          local_port:
            description: Port behind the firewall, 0 to 65535; 0 means all, which is PAN-OS's default.
            type: int
          remote_port:
            description: Port behind the peer, 0 to 65535; 0 means all, which is PAN-OS's default.
            type: int
seealso:
  - module: tunnelsmith.panos_vpn.ipsec_tunnel
"""

EXAMPLES = r"""
- name: Negotiate another pair of networks
  tunnelsmith.panos_vpn.proxy_id:
    tunnel: branch-7
    name: servers
    local: 10.20.0.0/24
    remote: 10.70.0.0/24

- name: Limit it to HTTPS towards the firewall's side
  tunnelsmith.panos_vpn.proxy_id:
    tunnel: branch-7
    name: servers
    protocol:
      tcp:
        local_port: 443

- name: Read all IPv4 proxy IDs of the tunnel
  tunnelsmith.panos_vpn.proxy_id:
    tunnel: branch-7
    state: gathered
  register: proxy_ids

- name: Remove it
  tunnelsmith.panos_vpn.proxy_id:
    tunnel: branch-7
    name: servers
    state: absent
"""

RETURN = r"""
gathered:
  description: The proxy IDs that are there, as options that would recreate them.
  returned: with O(state=gathered)
  type: list
  elements: dict
  sample:
    - tunnel: branch-7
      address_family: ipv4
      name: servers
      local: 10.20.0.0/24
      remote: 10.70.0.0/24
      protocol:
        tcp:
          local_port: 443
objects:
  description: Places of the objects that the task is about, for O(tunnelsmith.panos_vpn.commit#module:objects).
  returned: unless O(state=gathered)
  type: list
  elements: str
  sample:
    - /config/devices/entry[@name='localhost.localdomain']/network/tunnel/ipsec/entry[@name='branch-7']/auto-key/proxy-id/entry[@name='servers']
"""

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils import arguments
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.resources.proxy_id import RESOURCE
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.tasks.resource import run


def argument_spec():
    return arguments.of_resource(RESOURCE)


def main():
    run(RESOURCE)


if __name__ == "__main__":
    main()
