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
  - Makes one HTML page out of what M(tunnelsmith.panos_vpn.vpn_info) returned for several firewalls, with a picture of each firewall's tunnels, a
    table of them with the reasons of those that are down, and the timelines of failover drills.
  - The page loads nothing from anywhere and has no script. It is readable in light and dark, and on paper.
  - Whatever firewalls say is escaped.
options:
  _input:
    description:
      - A list with one dictionary a firewall. Each has a C(name), and the C(vpn), C(problems) and, where there is one, C(diagnosis) that
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
  description: The page, as HTML text.
  type: str
  sample: "<!DOCTYPE html>..."
"""

from ansible.errors import AnsibleFilterError


def vpn_report(firewalls, title="VPN report", generated="", drills=()):
    """See the documentation above."""
    for what, given in (("the input", firewalls), ("drills", drills)):
        if not isinstance(given, (list, tuple)) or not all(isinstance(each, dict) for each in given):
            raise AnsibleFilterError(f"vpn_report: {what} must be a list of dictionaries")
    # Ansible loads every filter of a collection in every task that uses one of them.
    from ansible_collections.tunnelsmith.panos_vpn.plugins.plugin_utils.vpn_report import page

    return page(firewalls, title, generated, drills)


class FilterModule:
    def filters(self):
        return {"vpn_report": vpn_report}
