#!/usr/bin/python
# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: monitor_profile
short_description: Manage monitor profiles on Palo Alto Networks firewalls
version_added: 0.1.0
description:
  - Manages the monitor profiles of a firewall or Panorama template. They say how often the target of a tunnel monitor or of a
    policy-based forwarding rule is probed, and what happens when it stays silent.
  - Path monitoring of static routes does not use these profiles.
author:
  - Tunnelsmith contributors (@tunnelsmith)
extends_documentation_fragment:
  - tunnelsmith.panos_vpn.provider
  - tunnelsmith.panos_vpn.attributes
  - tunnelsmith.panos_vpn.attributes.writes
  - tunnelsmith.panos_vpn.state
  - tunnelsmith.panos_vpn.location
options:
  name:
    description: Name of the profile, at most 31 characters. Required unless O(state=gathered), which then returns all profiles.
    type: str
  interval:
    description: Seconds between two probes, 2 to 100. A new profile without this option gets 3.
    type: int
  threshold:
    description: Number of lost probes in a row after which the target counts as dead, 2 to 10. A new profile without this option gets 5.
    type: int
  action:
    description:
      - What happens when the target is dead. A new profile without this option gets V(wait-recover).
      - For a tunnel monitor, V(wait-recover) leaves the tunnel interface up and goes on probing, V(fail-over) takes it down,
        so that its routes are withdrawn.
      - For a rule of M(tunnelsmith.panos_vpn.pbf_failover) that is disabled while its target is dead, new sessions use the next matching
        rule with both values. V(fail-over) moves the established ones to the routing table; with V(wait-recover)
        the vendor's documentation of several PAN-OS versions disagrees on whether they stay.
    type: str
    choices: [wait-recover, fail-over]
seealso:
  - module: tunnelsmith.panos_vpn.ipsec_tunnel
  - module: tunnelsmith.panos_vpn.pbf_failover
"""

EXAMPLES = r"""
- name: Notice a dead tunnel after ten seconds and take it down
  tunnelsmith.panos_vpn.monitor_profile:
    name: vpn-failover
    interval: 2
    threshold: 5
    action: fail-over

- name: Be more patient
  tunnelsmith.panos_vpn.monitor_profile:
    name: vpn-failover
    threshold: 10

- name: Read all profiles
  tunnelsmith.panos_vpn.monitor_profile:
    state: gathered
  register: profiles

- name: Remove the profile
  tunnelsmith.panos_vpn.monitor_profile:
    name: vpn-failover
    state: absent
"""

RETURN = r"""
gathered:
  description: The profiles that are there, as options that would recreate them.
  returned: with O(state=gathered)
  type: list
  elements: dict
  sample:
    - name: vpn-failover
      interval: 2
      threshold: 5
      action: fail-over
objects:
  description: Places of the objects that the task is about, for O(tunnelsmith.panos_vpn.commit#module:objects).
  returned: unless O(state=gathered)
  type: list
  elements: str
  sample:
    - /config/devices/entry[@name='localhost.localdomain']/network/profiles/monitor-profile/entry[@name='vpn-failover']
"""

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils import arguments
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.resources.monitor_profile import RESOURCE
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.tasks.resource import run


def argument_spec():
    return arguments.of_resource(RESOURCE)


def main():
    run(RESOURCE)


if __name__ == "__main__":
    main()
