# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: peer_problems
author:
  - Tunnelsmith contributors (@tunnelsmith)
version_added: "0.1.0"
short_description: What is wrong with the description of a VPN's far side before a firewall is asked
description:
  - Checks what a cloud prints, or a profile, for everything that needs no firewall to be known. That is all that the cloud's own filter fails for,
    and missing keys and keys that the cloud would not take, inside ranges that it reserves, the same AS number on both sides, a connection whose
    routing does not go with the failover, and traffic selectors that would not let BGP or a monitor's probes through.
  - No sentence of the result holds a key.
positional: cloud, said, failover, pre_shared_keys, monitor_addresses, option_prefix
options:
  _input:
    description: What the cloud's filter takes, such as P(tunnelsmith.panos_vpn.aws_vpn_connection#filter); without O(cloud) what it returns.
    type: raw
    required: true
  cloud:
    description: What is at the far side. Omitted, the input is a profile, or a list of its tunnels.
    type: str
    choices: [aws, azure, gcp, harmony_sase, zstack]
  said:
    description: What goes with the input besides, by the names of the options of the cloud's filter, such as C(connection_id).
    type: dict
  failover:
    description: How the traffic will fail over. Omitted, what depends on it is not checked.
    type: str
    choices: [pbf, bgp, ecmp, routes]
  pre_shared_keys:
    description: Keys that will be used instead, one per tunnel and in their order. An empty one means that of the description.
    type: list
    elements: str
  monitor_addresses:
    description: Addresses that the tunnels' monitors will probe, one per tunnel and in their order. Omitted, it is the peer's inside address.
    type: list
    elements: str
  option_prefix:
    description:
      - What stands before the names of these options where they are variables of a role, so that sentences name what was written there.
      - The input is called C(connection) then.
    type: str
    default: ""
seealso:
  - plugin: tunnelsmith.panos_vpn.peer_profile
    plugin_type: filter
"""

EXAMPLES = r"""
- name: Check a connection before anything is planned
  ansible.builtin.assert:
    that: found | length == 0
    fail_msg: "{{ found | join('; ') }}"
  vars:
    found: "{{ lookup('ansible.builtin.file', 'connection.json') | tunnelsmith.panos_vpn.peer_problems('aws', failover='pbf') }}"
"""

RETURN = r"""
_value:
  description: One sentence for each problem, none when all is well.
  type: list
  elements: str
  sample:
    - "failover: vpn-0123456789abcdef0 was created with BGP routing, so 'pbf' cannot work; use 'bgp' or 'ecmp'"
"""

from ansible.errors import AnsibleFilterError


def peer_problems(document, cloud=None, said=None, failover=None, pre_shared_keys=None, monitor_addresses=None, option_prefix=""):
    """See the documentation above."""
    # Ansible loads every filter of a collection in every task that uses one of them.
    from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.peers.problems import FAILOVERS
    from ansible_collections.tunnelsmith.panos_vpn.plugins.plugin_utils import vpn_role

    if failover and failover not in FAILOVERS:
        raise AnsibleFilterError(f"failover is {' or '.join(FAILOVERS)}, not {failover!r}")
    return vpn_role.problems_of_peer(vpn_role.Peer(document, cloud or None, said), failover, pre_shared_keys, monitor_addresses, option_prefix)


class FilterModule:
    def filters(self):
        return {"peer_problems": peer_problems}
