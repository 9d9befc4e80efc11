# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: aws_vpn_connection_problems
author:
  - Tunnelsmith contributors (@tunnelsmith)
version_added: "0.1.0"
short_description: What is wrong with an AWS Site-to-Site VPN connection before a firewall is asked
description:
  - Checks a cloud's output for everything that needs no firewall to be known. That is all that P(tunnelsmith.panos_vpn.aws_vpn_connection#filter)
    fails for, and missing keys and keys that AWS would not take, inside ranges that AWS reserves, the same AS number on both sides, a connection
    whose routing does not go with the failover, and traffic selectors that would not let BGP or the monitor's probes through.
  - No sentence of the result holds a key.
positional: connection_id, failover, pre_shared_keys, monitor_addresses, option_prefix
options:
  _input:
    description: As for P(tunnelsmith.panos_vpn.aws_vpn_connection#filter).
    type: raw
    required: true
  connection_id:
    description: The connection to look at. Needed when the input holds several that AWS has not deleted.
    type: str
  failover:
    description: How the traffic will fail over. Omitted, what depends on it is not checked.
    type: str
    choices: [pbf, bgp, ecmp, routes]
  pre_shared_keys:
    description: Keys that will be used instead, one per tunnel and in their order. An empty one means that of the connection.
    type: list
    elements: str
  monitor_addresses:
    description: Addresses that the tunnels' monitors will probe, one per tunnel and in their order. Omitted, it is AWS's inside address.
    type: list
    elements: str
  option_prefix:
    description:
      - What stands before the names of these options where they are variables of a role, so that sentences name what was written there.
      - The input is called C(connection) then.
    type: str
    default: ""
seealso:
  - plugin: tunnelsmith.panos_vpn.aws_vpn_connection
    plugin_type: filter
"""

EXAMPLES = r"""
- name: Check a connection before anything is planned
  ansible.builtin.assert:
    that: found | length == 0
    fail_msg: "{{ found | join('; ') }}"
  vars:
    found: "{{ lookup('ansible.builtin.file', 'connection.json') | tunnelsmith.panos_vpn.aws_vpn_connection_problems(failover='pbf') }}"
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

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.configuration import naming
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.errors import InvalidInput
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.peers import problems
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.peers.aws import reader
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.vpn.fit import fitted

_OPTIONS = ("connection", "connection_id", "failover", "pre_shared_keys", "monitor_addresses")


def aws_vpn_connection_problems(document, connection_id=None, failover=None, pre_shared_keys=None, monitor_addresses=None, option_prefix=""):
    """See the documentation above."""
    found = _found(document, connection_id, failover, pre_shared_keys, monitor_addresses)
    return [naming.as_variables(sentence, _OPTIONS, option_prefix) for sentence in found] if option_prefix else found


def _found(document, connection_id, failover, pre_shared_keys, monitor_addresses):
    if failover not in (None, *problems.FAILOVERS):
        raise AnsibleFilterError(f"failover is {', '.join(problems.FAILOVERS)}, not {failover!r}")
    try:
        profile = fitted(reader.vpn_connection(document, connection_id or None))
        return problems.problems(profile, failover, pre_shared_keys, monitor_addresses)
    except InvalidInput as exc:
        return [str(exc) if str(exc).startswith(_OPTIONS) else f"connection: {exc}"]
    except ValueError as exc:
        return [f"monitor_addresses: {exc}"]


class FilterModule:
    def filters(self):
        return {"aws_vpn_connection_problems": aws_vpn_connection_problems}
