# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: vpn_report
author:
  - Tunnelsmith contributors (@tunnelsmith)
version_added: "0.1.0"
short_description: A page about the VPNs of a fleet
description:
  - Makes one HTML page out of what M(tunnelsmith.panos_vpn.vpn_info) returned for several firewalls. A table has a line for each firewall, the worst first;
    then come the VPNs of each one with their tunnels and, each once, the reasons why they are not healthy. What is healthy is folded. Timelines of failover
    drills stand at the end.
  - The page loads nothing from anywhere and has no script. It is readable in light and dark, and on paper.
  - Whatever firewalls say is escaped.
options:
  _input:
    description:
      - A list with one dictionary a firewall. Each has a C(name), and the C(vpn), C(health), C(vpns), C(problems), C(firewall) and, where there is one,
        C(diagnosis) that
        M(tunnelsmith.panos_vpn.vpn_info) returned.
      - A firewall that gave no answer has an C(error) instead, which is shown.
    type: list
    elements: dict
    required: true
  title:
    description: Heading of the page.
    type: str
    default: VPN report
  generated:
    description: When the values were gathered, as it is to be shown.
    type: str
    default: ""
  form:
    description: What to make. V(json) and V(csv) have the facts of the page for machines, V(csv) with a line for each tunnel and without drills.
    type: str
    choices: [html, json, csv]
    default: html
  drills:
    description: Values of RV(tunnelsmith.panos_vpn.vpn_failover#module:measurement), in the order in which they are shown.
    type: list
    elements: dict
    default: []
seealso:
  - module: tunnelsmith.panos_vpn.vpn_info
  - module: tunnelsmith.panos_vpn.vpn_failover
"""

EXAMPLES = r"""
- name: Read the VPNs
  tunnelsmith.panos_vpn.vpn_info:
  register: found

- name: Write a page about this firewall
  ansible.builtin.copy:
    content: "{{ [found | combine({'name': inventory_hostname})] | tunnelsmith.panos_vpn.vpn_report(title='VPNs of ' ~ inventory_hostname) }}"
    dest: vpns.html
    mode: "0644"
  delegate_to: localhost
"""

RETURN = r"""
_value:
  description: The page as HTML text, or its facts as JSON or CSV.
  type: str
  sample: "<!DOCTYPE html>..."
"""

from ansible.errors import AnsibleFilterError


def vpn_report(firewalls, title="VPN report", generated="", drills=(), form="html"):
    """See the documentation above."""
    for what, given in (("the input", firewalls), ("drills", drills)):
        if not isinstance(given, (list, tuple)) or not all(isinstance(each, dict) for each in given):
            raise AnsibleFilterError(f"vpn_report: {what} must be a list of dictionaries")
    # Ansible loads every filter of a collection in every task that uses one of them.
    from ansible_collections.tunnelsmith.panos_vpn.plugins.plugin_utils.vpn_report import FORMS

    if form not in FORMS:
        raise AnsibleFilterError(f"vpn_report: form is '{form}'; it can be {', '.join(FORMS)}")
    return FORMS[form](firewalls, title, generated, drills)


class FilterModule:
    def filters(self):
        return {"vpn_report": vpn_report}
