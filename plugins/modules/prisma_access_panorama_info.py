#!/usr/bin/python
# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: prisma_access_panorama_info
short_description: Tell how far the sites of Prisma Access have come that a Panorama manages
version_added: 0.1.0
description:
  - Reads the remote networks and service connections from a Panorama, and tells what stands in the way of each, what is not committed, or not pushed, a job of
    the Cloud Services plugin that goes on or that failed, bandwidth that is missing, and rules of Prisma Access that a site breaks as it stands.
  - Panorama's API says nothing of tunnels and BGP, and tells of a job how many sites it could not provision, and not which. The firewall at the other end
    knows of its tunnels, and takes what this module returns, through P(tunnelsmith.panos_vpn.prisma_access_site#filter), into its diagnosis.
author:
  - Tunnelsmith contributors (@tunnelsmith)
extends_documentation_fragment:
  - tunnelsmith.panos_vpn.provider
  - tunnelsmith.panos_vpn.attributes
  - tunnelsmith.panos_vpn.attributes.reads
options:
  tenant:
    description: The tenant, where Prisma Access has several.
    type: str
  sites:
    description: Names of remote networks and service connections. Omitted, all are meant.
    type: list
    elements: str
seealso:
  - module: tunnelsmith.panos_vpn.prisma_access_panorama
  - module: tunnelsmith.panos_vpn.prisma_access_cloud_info
"""

EXAMPLES = r"""
- name: Ask how far the branch has come
  tunnelsmith.panos_vpn.prisma_access_panorama_info:
    sites: [Lyon]
  register: lyon

- name: Stop where something stands in its way
  ansible.builtin.assert:
    that: lyon.provisioned
    fail_msg: "{{ lyon.problems | join('; ') }}"
"""

RETURN = r"""
provisioned:
  description: Whether nothing stands in the way of any of the sites, as far as Panorama tells. It says nothing of their tunnels.
  returned: always
  type: bool
problems:
  description: What stands in the way, a sentence each.
  returned: always
  type: list
  elements: str
  sample: ["remote network 'Lyon': it is committed on Panorama, and was not pushed since"]
obstacles:
  description: The same, with the C(cause) by the ID that the diagnosis of a VPN calls it.
  returned: always
  type: list
  elements: dict
  sample:
    - {site: Lyon, kind: remote network, cause: cloud-site-not-pushed, description: "it is committed on Panorama, and was not pushed since"}
infrastructure:
  description: The infrastructure subnet of Prisma Access, and its AS number.
  returned: always
  type: dict
  sample:
    subnet: 172.16.55.0/24
    bgp_as: 65534
remote_networks:
  description: The remote networks as they stand, without keys. P(tunnelsmith.panos_vpn.prisma_access_site#filter) makes a profile of one.
  returned: always
  type: list
  elements: dict
service_connections:
  description: The service connections as they stand, likewise.
  returned: always
  type: list
  elements: dict
"""

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.tasks import prisma_access_panorama_info


def argument_spec():
    return prisma_access_panorama_info.argument_spec()


def main():
    prisma_access_panorama_info.run()


if __name__ == "__main__":
    main()
