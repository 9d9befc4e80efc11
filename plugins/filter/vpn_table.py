# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: vpn_table
author:
  - Tunnelsmith contributors (@tunnelsmith)
version_added: "0.1.0"
short_description: How well VPNs are, as a short table for a terminal
description:
  - Makes lines that are aligned with each other out of what M(tunnelsmith.panos_vpn.vpn_info) or M(tunnelsmith.panos_vpn.site_to_site_vpn) returned, one for
    each VPN and one for each of its tunnels. What M(tunnelsmith.panos_vpn.site_to_site_vpn) says of its outcome comes first.
  - Out of what M(tunnelsmith.panos_vpn.vpn_action) returned it makes a line for each tunnel.
options:
  _input:
    description: The result of the task.
    type: dict
    required: true
  causes:
    description: Whether the causes follow, each with what shows it and what mends it.
    type: bool
    default: false
seealso:
  - module: tunnelsmith.panos_vpn.vpn_info
  - plugin: tunnelsmith.panos_vpn.vpn_report
    plugin_type: filter
"""

EXAMPLES = r"""
- name: Read the VPNs
  tunnelsmith.panos_vpn.vpn_info:
    gather: [config, state, diagnosis]
  register: found

- name: Show how well they are, and why they are not better
  ansible.builtin.debug:
    msg: "{{ found | tunnelsmith.panos_vpn.vpn_table(causes=true) }}"
"""

RETURN = r"""
_value:
  description: The lines.
  type: list
  elements: str
  sample:
    - VPN                      STATE    WHY
    - vpn-0123456789abcdef0    healthy  2 of 2 tunnels work
    - "  vpn-0123456789abcdef0-1  healthy  carries traffic"
"""

from collections.abc import Mapping

from ansible.errors import AnsibleFilterError

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.report import terminal


def vpn_table(told, causes=False):
    """See the documentation above."""
    if not isinstance(told, Mapping):
        raise AnsibleFilterError("vpn_table: give the result of a task, which is a dictionary")
    if "vpns" not in told and "tunnels" in told:
        return terminal.actions(told.get("tunnels") or ())
    if "outcome" in told:
        return terminal.end(told, causes)
    return terminal.table(told) + (terminal.causes(told) if causes else [])


class FilterModule:
    def filters(self):
        return {"vpn_table": vpn_table}
