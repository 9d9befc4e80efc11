# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: device_profiles
author:
  - Tunnelsmith contributors (@tunnelsmith)
version_added: "0.1.0"
short_description: Make what clouds print for each firewall into what a VPN on a Panorama is told of its firewalls
description:
  - For playbooks that give one VPN to several firewalls behind a Panorama, each with a connection of its own. It does for the connection of each what
    P(tunnelsmith.panos_vpn.peer_profile#filter) does for one, and leaves what else is said as it is.
positional: cloud
options:
  _input:
    description: A list with a dictionary for each firewall, with its C(serial), and in C(connection) what the cloud's own filter takes.
    type: list
    elements: dict
    required: true
  cloud:
    description: What is at the far side.
    type: str
    choices: [aws, azure, gcp, harmony_sase, zstack]
seealso:
  - module: tunnelsmith.panos_vpn.site_to_site_vpn
"""

EXAMPLES = r"""
- name: Show for how many firewalls there is a connection
  ansible.builtin.debug:
    msg: "{{ connections | tunnelsmith.panos_vpn.device_profiles('aws') | length }}"
  vars:
    connections:
      - serial: "007054000543212"
        connection: "{{ lookup('ansible.builtin.file', 'paris.json') }}"
"""

RETURN = r"""
_value:
  description: What O(tunnelsmith.panos_vpn.site_to_site_vpn#module:devices) takes.
  type: list
  elements: dict
"""


def device_profiles(devices, cloud=None):
    """The same with a profile for each connection; see the documentation above."""
    # Ansible loads every filter of a collection in every task that uses one of them.
    from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.peers import readers
    from ansible_collections.tunnelsmith.panos_vpn.plugins.plugin_utils import profile_filter

    def profile(document):
        return profile_filter.result(lambda: readers.profile(document, cloud or None, None), None, 1500, False)

    return [{**device, "connection": profile(device["connection"])} if device.get("connection") else device for device in devices]


class FilterModule:
    def filters(self):
        return {"device_profiles": device_profiles}
