#!/usr/bin/python
# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: prisma_access_cloud_info
short_description: Tell how the sites of Prisma Access are that is managed in the cloud
version_added: 0.1.0
description:
  - Reads the remote networks and service connections from Strata Cloud Manager, and what the telemetry of Prisma Access (Insights) says of their tunnels, and
    tells which are well, in the shape of M(tunnelsmith.panos_vpn.vpn_info).
  - The telemetry is some minutes late. It says whether a tunnel is up and what its monitor sees, and nothing of BGP.
  - Of sites that are not well it tells besides what stands in their way by what manages them, changes that are not pushed, a push that goes on or that failed,
    bandwidth that is missing, an address that Prisma Access does not have yet, rules that a site breaks as it stands. No API tells of errors of IKE.
  - A secondary tunnel comes up when the primary one is down. It is no fault where it is not up beside that.
author:
  - Tunnelsmith contributors (@tunnelsmith)
extends_documentation_fragment:
  - tunnelsmith.panos_vpn.scm
  - tunnelsmith.panos_vpn.scm.attributes
options:
  sites:
    description: Names of remote networks and service connections. Omitted, all are meant.
    type: list
    elements: str
  minutes:
    description: Of how many minutes what was reported counts. A tunnel of which nothing was reported for so long counts as down.
    type: int
    default: 15
  address_url:
    description:
      - Address of the address API, such as V(https://api.prod.datapath.prismaaccess.com/getPrismaAccessIP/v2); Strata Cloud Manager shows which one.
        With it RV(addresses) has what it answers, and a remote network without an address has that among its RV(obstacles).
    type: str
  insights_url:
    description: Address of the telemetry's API.
    type: str
    default: https://api.sase.paloaltonetworks.com
attributes:
  diff_mode:
    description: Nothing is changed.
    support: N/A
seealso:
  - module: tunnelsmith.panos_vpn.prisma_access_cloud
  - module: tunnelsmith.panos_vpn.vpn_info
"""

EXAMPLES = r"""
- name: Ask how the branch is
  tunnelsmith.panos_vpn.prisma_access_cloud_info:
    sites: [Lyon]
  register: lyon

- name: Stop where it is not well
  ansible.builtin.assert:
    that: lyon.healthy
    fail_msg: "{{ lyon.problems | join('; ') }}"
"""

RETURN = r"""
health:
  description: V(healthy), V(at_risk) where a site has tunnels that do not work beside one that does, V(down) where one has none.
  returned: always
  type: str
  sample: at_risk
healthy:
  description: Whether RV(health) is V(healthy).
  returned: always
  type: bool
problems:
  description: What is wrong, a sentence each.
  returned: always
  type: list
  elements: str
  sample: ["tunnel 'lyon-1' is not up (Init)"]
vpns:
  description: Each site with its C(health), its C(reasons) and its C(tunnels), which have theirs, as M(tunnelsmith.panos_vpn.vpn_info) tells a VPN.
  returned: always
  type: list
  elements: dict
  sample:
    - name: Lyon
      health: at_risk
      reasons: [{reason: 1 of 2 tunnels works, makes: at_risk, cause: "", bites: now}]
      tunnels:
        - {name: lyon-1, health: down, reasons: [{reason: "tunnel 'lyon-1' is not up (Init)", makes: down, cause: "", bites: now}]}
        - {name: lyon-2, health: healthy, reasons: []}
obstacles:
  description: What stands in the way of the sites, with the C(cause) by the ID that the diagnosis of a VPN calls it, of sites that are
    not well.
  returned: always
  type: list
  elements: dict
  sample:
    - {site: Lyon, kind: remote network, cause: cloud-site-not-pushed, description: anna@example.com has 1 change in Remote Networks that is not pushed}
addresses:
  description: The answer of the address API.
  returned: when O(address_url) is given, and there are remote networks
  type: dict
remote_networks:
  description: The remote networks as they stand, without keys. P(tunnelsmith.panos_vpn.prisma_access_site#filter) makes a profile of one, and takes along what
    is told here of its tunnels and of what stands in its way.
  returned: always
  type: list
  elements: dict
service_connections:
  description: The service connections as they stand, likewise.
  returned: always
  type: list
  elements: dict
infrastructure:
  description: What a device has to know of Prisma Access as a whole, as M(tunnelsmith.panos_vpn.prisma_access_cloud) tells it.
  returned: always
  type: dict
tunnels:
  description: What was reported of each tunnel, in the service's own words, with its address of Prisma Access.
  returned: always
  type: list
  elements: dict
  sample:
    - {name: lyon-1, site: Lyon, up: false, state: Init, monitor: Not Configured, address: 203.0.113.101, disconnections: 7}
"""

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.tasks import prisma_access_cloud_info


def argument_spec():
    return prisma_access_cloud_info.argument_spec()


def main():
    prisma_access_cloud_info.run()


if __name__ == "__main__":
    main()
