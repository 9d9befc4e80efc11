# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: vpn_topology
author:
  - Tunnelsmith contributors (@tunnelsmith)
version_added: "0.1.0"
short_description: The connections among many firewalls, out of a list of sites
description:
  - Makes what the playbook C(tunnelsmith.panos_vpn.vpn_connections) takes out of a list of sites, each with the tunnel interface at either end and, out of a
    pool, the addresses inside its tunnel.
  - All that a connection gets follows from the numbers of its two sites. It stays what it is when sites are added or leave, and needs no memory; so a number
    is never given to another site.
positional: topology, first_unit, inside_pool
options:
  _input:
    description: The sites.
    type: list
    elements: dict
    required: true
    suboptions:
      host:
        description: The firewall, as the inventory calls it.
        type: str
        required: true
      number:
        description: The site's own number, from 1 on.
        type: int
        required: true
      name:
        description: What its connections are called by. Omitted, the host. A connection has the names of both sites, with 26 characters at most.
        type: str
      hub:
        description: Whether it is connected with every site in O(topology=hub_and_spoke). Hubs are connected with each other.
        type: bool
        default: false
      state:
        description: With V(absent), its connections are taken away, on the firewalls that can be reached.
        type: str
        choices: [present, absent]
        default: present
  topology:
    description: Whether each site is connected with each other one, or with the hubs.
    type: str
    choices: [full_mesh, hub_and_spoke]
    default: full_mesh
  first_unit:
    description: The number of the tunnel interface to site 1; that to site 2 has the next one, up to 9999.
    type: int
    default: 1001
  inside_pool:
    description:
      - An IPv4 network whose networks of four addresses are given to the tunnels. Sites with numbers up to 23 need a /22, up to 91 a /18, up to 362 a /14.
      - Omitted, tunnels have no addresses.
    type: str
"""

EXAMPLES = r"""
- name: Show what two spokes and a hub get
  ansible.builtin.debug:
    msg: "{{ sites | tunnelsmith.panos_vpn.vpn_topology('hub_and_spoke', inside_pool='10.255.0.0/16') }}"
  vars:
    sites:
      - {host: fw-berlin, number: 1, name: berlin, hub: true}
      - {host: fw-lyon, number: 2, name: lyon}
      - {host: fw-oslo, number: 3, name: oslo}
"""

RETURN = r"""
_value:
  description: The connections, as C(vpn_connections) takes them.
  type: list
  elements: dict
  sample:
    - a: fw-berlin
      a_inside_address: 10.255.0.1
      a_interface: tunnel.1002
      b: fw-lyon
      b_inside_address: 10.255.0.2
      b_interface: tunnel.1001
      inside_cidr: 10.255.0.0/30
      name: berlin-lyon
"""

from ansible.errors import AnsibleFilterError

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.errors import InvalidInput


def vpn_topology(sites, topology="full_mesh", first_unit=1001, inside_pool=None):
    """See the documentation above."""
    # Ansible loads every filter of a collection in every task that uses one of them.
    from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.vpn import topology as rules
    from ansible_collections.tunnelsmith.panos_vpn.plugins.plugin_utils import profile_filter

    try:
        return rules.connections(rules.read_sites(sites), topology, profile_filter.number(first_unit, "first_unit") or 0, inside_pool)
    except InvalidInput as exc:
        raise AnsibleFilterError(str(exc)) from exc


class FilterModule:
    def filters(self):
        return {"vpn_topology": vpn_topology}
