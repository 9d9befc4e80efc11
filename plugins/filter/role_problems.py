# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: role_problems
author:
  - Tunnelsmith contributors (@tunnelsmith)
version_added: "0.1.0"
short_description: What is wrong with the variables of a pairing role before a firewall is asked
description:
  - One sentence for each variable that cannot be left out and is not set; where none is missing, what is wrong with the far side's description, as
    P(tunnelsmith.panos_vpn.peer_problems#filter) tells it.
  - No sentence of the result holds a key.
positional: role, cloud, said, named, needed, run
options:
  _input:
    description:
      - The values of the role's variables by their names without the role's prefix, and C(document), what was given of the far side.
      - What is C(present) of C(state) needs more than other states, which need no more than O(named).
    type: dict
    required: true
  role:
    description: The role's name, which its variables begin with.
    type: str
    required: true
  cloud:
    description: What is at the far side. Omitted, the document is a profile.
    type: str
  said:
    description: What goes with the cloud's description besides, such as which connection is meant.
    type: dict
  named:
    description: The variables of which one names the VPN, and what they are.
    type: dict
  needed:
    description: The cloud's own variables that cannot be left out with C(present), and what they are.
    type: dict
  run:
    description: How far the run goes, as P(tunnelsmith.panos_vpn.role_steps#filter) tells it.
    type: dict
seealso:
  - plugin: tunnelsmith.panos_vpn.peer_problems
    plugin_type: filter
"""

EXAMPLES = r"""
- name: Check what needs no firewall
  ansible.builtin.assert:
    that: found | length == 0
    fail_msg: "{{ found | join('; ') }}"
  vars:
    found: "{{ {'state': 'absent', 'name': 'hub'} | tunnelsmith.panos_vpn.role_problems('site_to_site', named={'name': 'it is the name of the VPN'}) }}"
"""

RETURN = r"""
_value:
  description: One sentence for each problem, none when all is well.
  type: list
  elements: str
  sample:
    - "site_to_site_zone is not set; it is the zone of the tunnels, an existing or a new one"
"""


def role_problems(given, role, cloud=None, said=None, named=None, needed=None, run=None):
    """See the documentation above."""
    # Ansible loads every filter of a collection in every task that uses one of them.
    from ansible_collections.tunnelsmith.panos_vpn.plugins.plugin_utils import vpn_role

    return vpn_role.problems(given, role, cloud or None, said or {}, named or {}, needed or {}, run)


class FilterModule:
    def filters(self):
        return {"role_problems": role_problems}
