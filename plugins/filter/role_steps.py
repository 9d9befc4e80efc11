# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: role_steps
author:
  - Tunnelsmith contributors (@tunnelsmith)
version_added: "0.1.0"
short_description: How far a run of a pairing role goes
description:
  - Works out of a role's variables and the tags of a run which steps are made, and what follows from that for the options of
    M(tunnelsmith.panos_vpn.site_to_site_vpn).
  - Where a step is left out, nobody sees the first tunnel come up before the other one's turn, so both change at once. What is not committed is
    not tried, so nothing is taken back, and no lock is held for it.
positional: run_tags, skip_tags
options:
  _input:
    description: The values of the role's variables C(commit), C(verify), C(rollout), C(on_failure) and C(config_lock), by these names.
    type: dict
    required: true
  run_tags:
    description: The run's C(ansible_run_tags). Tags that are none of the role's select nothing in it.
    type: list
    elements: str
  skip_tags:
    description: The run's C(ansible_skip_tags).
    type: list
    elements: str
"""

EXAMPLES = r"""
- name: Tell how far this run goes
  ansible.builtin.debug:
    msg: "{{ asked | tunnelsmith.panos_vpn.role_steps(ansible_run_tags, ansible_skip_tags) }}"
  vars:
    asked: {commit: true, verify: true, rollout: one_by_one, on_failure: revert, config_lock: false}
"""

RETURN = r"""
_value:
  description: The options of M(tunnelsmith.panos_vpn.site_to_site_vpn) that say how far it goes.
  type: dict
  sample: {configure: true, commit: false, verify: false, rollout: together, on_failure: fail, config_lock: false}
"""


def role_steps(asked, run_tags=(), skip_tags=()):
    """See the documentation above."""
    # Ansible loads every filter of a collection in every task that uses one of them.
    from ansible.module_utils.parsing.convert_bool import boolean

    from ansible_collections.tunnelsmith.panos_vpn.plugins.plugin_utils import vpn_role

    read = {name: boolean(asked[name]) for name in ("commit", "verify", "config_lock")}
    return vpn_role.steps({**asked, **read}, run_tags, skip_tags).plain


class FilterModule:
    def filters(self):
        return {"role_steps": role_steps}
