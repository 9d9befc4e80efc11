# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: answers
author:
  - Tunnelsmith contributors (@tunnelsmith)
version_added: "0.1.0"
short_description: What was answered in an AWX survey
description:
  - Finds the variables whose names begin with C(answer_) or C(secret_answer_), which is what P(tunnelsmith.panos_vpn.awx_questions#filter) asks for, and leaves
    out those that nobody answered. These are empty texts, nulls, and V(as the inventory says). Spaces around an answer are taken away, but not of a secret.
  - AWX posts the questions that nobody touched too, and extra variables beat those of the inventory. So they are given to a role under another name.
options: {}
seealso:
  - plugin: tunnelsmith.panos_vpn.awx_questions
    plugin_type: filter
"""

EXAMPLES = r"""
- name: Take over what was answered
  ansible.builtin.set_fact:
    "{{ item.variable }}": "{{ item.answer }}"
  loop: "{{ query('tunnelsmith.panos_vpn.answers') }}"
"""

RETURN = r"""
_raw:
  description: Each variable with its answer, as C(variable) and C(answer).
  type: list
  elements: dict
"""

from ansible.plugins.lookup import LookupBase

from ansible_collections.tunnelsmith.panos_vpn.plugins.plugin_utils import awx_form


class LookupModule(LookupBase):
    """The lookup."""

    def run(self, terms, variables=None, **kwargs):
        self.set_options(var_options=variables, direct=kwargs)
        return [{"variable": name, "answer": value} for name, value in sorted(awx_form.answered(variables or {}).items())]
