# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: awx_questions
author:
  - Tunnelsmith contributors (@tunnelsmith)
version_added: "0.1.0"
short_description: Questions of an AWX survey, from a role's argument specs
description:
  - Turns options of a role into the questions of a survey, so that a form asks what the role documents, in its words and with its choices.
  - All of them may stay open. What is answered arrives as C(answer_) with the variable's name, and P(tunnelsmith.panos_vpn.answers#lookup) gives it to the
    role. A variable of the inventory is then left alone where nobody answered, which an empty answer under the variable's own name would hide.
  - A boolean is a choice of V(true) and V(false), and a list is a text with commas, since surveys know neither. An option with C(no_log) is a password, and
    its answer arrives as C(secret_answer_) with the variable's name.
options:
  _input:
    description: The C(options) of the role's entry point, as they stand in its C(meta/argument_specs.yml).
    type: dict
    required: true
  role:
    description: Name of the role, with which its options begin.
    type: str
    required: true
  asked:
    description:
      - What to ask for, in this order, without the role's name in front. An option that the role does not have is refused, and so is one that is a
        dictionary or free data.
    type: list
    elements: str
    required: true
seealso:
  - plugin: tunnelsmith.panos_vpn.answers
    plugin_type: lookup
"""

EXAMPLES = r"""
- name: A form of your own
  awx.awx.job_template:
    name: Pair Berlin
    survey_enabled: true
    survey_spec:
      name: Pair Berlin
      description: What the inventory does not say
      spec: "{{ options | tunnelsmith.panos_vpn.awx_questions('aws_pairing', ['failover', 'zone', 'backup_routes']) }}"
  vars:
    options: "{{ (lookup('ansible.builtin.file', 'roles/aws_pairing/meta/argument_specs.yml') | from_yaml).argument_specs.main.options }}"
"""

RETURN = r"""
_value:
  description: The questions, as the C(spec) of a survey.
  type: list
  elements: dict
  sample:
    - question_name: Zone
      question_description: Zone of both tunnels, made where it is missing; empty, as the inventory says
      variable: answer_aws_pairing_zone
      type: text
      required: false
"""

from ansible.errors import AnsibleFilterError

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.errors import InvalidInput
from ansible_collections.tunnelsmith.panos_vpn.plugins.plugin_utils import awx_form


def _questions(options, role, asked):
    try:
        return awx_form.questions(role, options, asked)
    except InvalidInput as exc:
        raise AnsibleFilterError(str(exc)) from exc


class FilterModule:
    """The filter."""

    def filters(self):
        return {"awx_questions": _questions}
