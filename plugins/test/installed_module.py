# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: installed_module
author:
  - Tunnelsmith contributors (@tunnelsmith)
version_added: "0.1.0"
short_description: Whether a module of another collection is installed
description:
  - Tells whether Ansible finds the module, so that a play which can do without it says what is missing, in place of a syntax error.
options:
  _input:
    description: Name of the module, with its collection.
    type: str
    required: true
"""

EXAMPLES = r"""
- name: Refuse early what would need another collection
  ansible.builtin.assert:
    that: "'amazon.aws.ec2_vpc_vpn_info' is tunnelsmith.panos_vpn.installed_module"
    fail_msg: Install the collection amazon.aws
"""

RETURN = r"""
_value:
  description: Whether it is installed.
  type: bool
"""

from importlib.util import find_spec

from ansible.errors import AnsibleFilterError


def installed_module(name):
    """See the documentation above."""
    parts = str(name).split(".")
    if len(parts) != 3:
        raise AnsibleFilterError(f"installed_module: give namespace.collection.module, not {name!r}")
    namespace, collection, module = parts
    try:
        return find_spec(f"ansible_collections.{namespace}.{collection}.plugins.modules.{module}") is not None
    except ModuleNotFoundError:
        return False


class TestModule:
    def tests(self):
        return {"installed_module": installed_module}
