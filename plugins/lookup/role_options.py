# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: role_options
author:
  - Tunnelsmith contributors (@tunnelsmith)
version_added: "0.1.0"
short_description: What a host's variables of a pairing role say, by the names of the module's options
description:
  - Collects those variables of a role which are options of M(tunnelsmith.panos_vpn.site_to_site_vpn), without the role's prefix. A variable that is not
    set, or is omitted, is not there, so that the module's own default counts.
  - So a role hands on what is set in one piece, and not each variable by itself.
options:
  _terms:
    description: Names of roles of this collection.
    type: list
    elements: str
    required: true
  own:
    description: Variables of the role, without its prefix, that are none of the module's options though they have the name of one.
    type: list
    elements: str
    default: []
"""

EXAMPLES = r"""
# The values may be keys.
- name: Tell which options the inventory sets
  ansible.builtin.debug:
    msg: "{{ query('tunnelsmith.panos_vpn.role_options', 'aws_pairing') | first | list }}"
"""

RETURN = r"""
_raw:
  description: For each role a dictionary of options.
  type: list
  elements: dict
  sample:
    - {zone: vpn, source_zones: [trust], local_networks: [10.10.0.0/24], remote_networks: [10.20.0.0/16]}
"""

from ansible.plugins.lookup import LookupBase

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.tasks import site_to_site_vpn


class LookupModule(LookupBase):
    def run(self, terms, variables=None, **kwargs):
        self.set_options(var_options=variables, direct=kwargs)
        options = [option for option in site_to_site_vpn.argument_spec() if option not in kwargs.get("own", ())]
        return [self._of(str(role), options, variables or {}) for role in terms]

    def _of(self, role, options, variables):
        given = {option: variables[f"{role}_{option}"] for option in options if f"{role}_{option}" in variables}
        # Of a dictionary, newer versions of ansible-core leave out what is omitted; before, it was a text of its own.
        return {option: value for option, value in self._templar.template(given).items() if not _is_omitted(value, variables)}


def _is_omitted(value, variables) -> bool:
    return isinstance(value, str) and value == variables.get("omit")
