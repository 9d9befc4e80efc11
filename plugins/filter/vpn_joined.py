# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: vpn_joined
author:
  - Tunnelsmith contributors (@tunnelsmith)
version_added: "0.1.0"
short_description: One answer out of those to several questions about one firewall
description:
  - Where a host has several VPNs, P(tunnelsmith.panos_vpn.vpn_asked#lookup) has a question for each of them. This makes of what
    M(tunnelsmith.panos_vpn.vpn_info) answered to all of them what it would have answered to one.
  - Lists hold what any answer holds; a VPN that several answers tell of is as the first one says. C(health) is the worst, and V(down) where a question was
    not answered. C(failures) are the messages of those that failed.
options:
  _input:
    description: The results of a task with a loop, each that of M(tunnelsmith.panos_vpn.vpn_info).
    type: list
    elements: dict
    required: true
seealso:
  - module: tunnelsmith.panos_vpn.vpn_info
  - plugin: tunnelsmith.panos_vpn.vpn_table
    plugin_type: filter
"""

EXAMPLES = r"""
- name: Show how well several VPNs are
  ansible.builtin.debug:
    msg: "{{ found.results | tunnelsmith.panos_vpn.vpn_joined | tunnelsmith.panos_vpn.vpn_table }}"
"""

RETURN = r"""
_value:
  description: The answer.
  type: dict
  sample: {health: down, healthy: false, problems: [branch-7 has no IPsec SA], failures: []}
"""

from collections.abc import Mapping, Sequence

from ansible.errors import AnsibleFilterError

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.report.joined import joined


def vpn_joined(answers):
    """See the documentation above."""
    if not isinstance(answers, Sequence) or not all(isinstance(answer, Mapping) for answer in answers):
        raise AnsibleFilterError("vpn_joined: give the results of a task with a loop, which is a list of dictionaries")
    return joined(answers)


class FilterModule:
    def filters(self):
        return {"vpn_joined": vpn_joined}
