# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Documentation of the options that say where an object lives."""

from __future__ import annotations


class ModuleDocFragment:

    # Network objects: a firewall, or a template of Panorama.
    DOCUMENTATION = r"""
options:
  template:
    description:
      - Panorama template that holds the object. Omitted, the object is the firewall's own.
      - In a template, V($name) stands for a template variable wherever an address, a name (FQDN), an identity, an interface or an AS number goes.
      - The routing engine of a template's firewalls is the one that the template's setting C(advance-routing) names.
    type: str
  template_stack:
    description: Panorama template stack that holds the object; excludes O(template).
    type: str
"""

    # Objects of a virtual system.
    VSYS = r"""
options:
  vsys:
    description: Virtual system. Omitted, it is V(vsys1).
    type: str
"""

    # Rules: a virtual system's, or a device group's.
    RULEBASE = r"""
options:
  vsys:
    description: Virtual system. Omitted, it is V(vsys1).
    type: str
  device_group:
    description: Panorama device group that holds the rule, or V(shared). Omitted, the rule is the firewall's own.
    type: str
  rulebase:
    description: Which rules of a device group are meant. Omitted, it is V(pre-rulebase) in a device group and V(rulebase) on a firewall.
    type: str
    choices: [rulebase, pre-rulebase, post-rulebase]
"""

    # What an update of a secret does where the stored form cannot be compared.
    SECRET = r"""
options:
  update_secret:
    description:
      - A secret is compared by the digest in the firewall's stored form, so that a changed one is noticed and an equal one is not written.
      - This option decides where the firewall stores it in a form that cannot be compared. V(on_create) leaves an existing secret alone,
        V(always) writes it in every run. Omitted, it is V(on_create).
    type: str
    choices: [on_create, always]
"""
