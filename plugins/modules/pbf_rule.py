#!/usr/bin/python
# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: pbf_rule
short_description: Manage PBF rules on Palo Alto Networks firewalls
version_added: 0.1.0
description:
  - Manages single rules of policy-based forwarding (PBF), whatever they are called, such as those that were made by hand or by another collection.
  - Several paths of which the first one that is alive is to be taken are a set of rules, see M(tunnelsmith.panos_vpn.pbf_failover). A rule that is part
    of such a set is refused here, and not returned by O(state=gathered); it is changed with its set.
  - PBF does not steer packets that the firewall itself sends.
author:
  - Tunnelsmith contributors (@tunnelsmith)
extends_documentation_fragment:
  - tunnelsmith.panos_vpn.provider
  - tunnelsmith.panos_vpn.attributes
  - tunnelsmith.panos_vpn.attributes.writes
  - tunnelsmith.panos_vpn.state
  - tunnelsmith.panos_vpn.location.rulebase
options:
  name:
    description: Name of the rule. Required unless O(state=gathered), which then returns all rules that are part of no set.
    type: str
  from:
    description: Where the traffic comes from, zones or interfaces. One of the options, which takes the place of the one that is set.
    type: dict
    suboptions:
      zone:
        description: Zones to add. A new rule needs them, or O(from.interface). For a VPN this is the zone of the LAN.
        type: list
        elements: str
      interface:
        description: Interfaces to add.
        type: list
        elements: str
  source:
    description: Source addresses to add, as addresses, networks or names of address objects. A new rule without this option gets V(any).
    type: list
    elements: str
  destination:
    description: Destination addresses to add, as addresses, networks or names of address objects. A new rule without this option gets V(any).
    type: list
    elements: str
  source_user:
    description: Source users to add. A new rule without this option gets V(any).
    type: list
    elements: str
  application:
    description: Applications to add. A new rule without this option gets V(any).
    type: list
    elements: str
  service:
    description: Services to add. A new rule without this option gets V(any).
    type: list
    elements: str
  negate_source:
    description: Whether O(source) means all but those; PAN-OS's default is V(false).
    type: bool
  negate_destination:
    description: Whether O(destination) means all but those; PAN-OS's default is V(false).
    type: bool
  schedule:
    description: Schedule of the hours in which the rule holds. A rule without it holds always.
    type: str
  tag:
    description: Tags to add.
    type: list
    elements: str
  group_tag:
    description: Tag that the rule is grouped under in the web interface, at most 127 characters.
    type: str
  description:
    description: Description, at most 1024 characters.
    type: str
  disabled:
    description: Whether the rule is switched off; PAN-OS's default is V(false).
    type: bool
  active_active_device_binding:
    description: Which member of an active-active HA pair the rule holds on.
    type: str
    choices: [both, "0", "1"]
  action:
    description:
      - What becomes of the traffic. A new rule needs it. One of the options, which takes the place of the one that is set.
    type: dict
    suboptions:
      forward:
        description: The way that the traffic takes.
        type: dict
        suboptions:
          egress_interface:
            description: Interface that the traffic leaves by. A rule that comes to forward needs it.
            type: str
          nexthop:
            description: Next router. Needed for an interface that is no tunnel. One of the options, which takes the place of the one that is set.
            type: dict
            suboptions:
              ip_address:
                description: Address of the next router; for a tunnel the peer's inside address.
                type: str
              fqdn:
                description: Name of the next router, at most 255 characters; the firewall resolves it.
                type: str
          monitor:
            description: Pings that show whether the way is alive.
            type: dict
            suboptions:
              profile:
                description: How often, and what happens then; see M(tunnelsmith.panos_vpn.monitor_profile).
                type: str
              ip_address:
                description: Address to probe. Omitted, PAN-OS probes the next hop; needed where O(action.forward.nexthop.ip_address) is not set.
                type: str
              disable_if_unreachable:
                description:
                  - Whether the rule is skipped while the address does not answer. Without it there is no failover. PAN-OS's default is V(false).
                type: bool
      forward_to_vsys:
        description: Virtual system that the traffic is handed to.
        type: str
      discard:
        description: Whether the traffic is dropped.
        type: bool
      no_pbf:
        description: Whether the traffic follows the routing table, past the rules below this one.
        type: bool
  enforce_symmetric_return:
    description: Whether answers leave by the interface that the session came in by. Not for traffic that comes in by a tunnel interface.
    type: dict
    suboptions:
      enabled:
        description: PAN-OS's default is V(false).
        type: bool
      nexthop_address_list:
        description: Addresses of the routers to add that answers are sent to.
        type: list
        elements: str
  position:
    description:
      - Where the rule stands among the others. It can be first, last, or on one side of O(position_rule).
      - A new rule is put next to O(position_rule). An existing one that stands on the right side already is not moved.
      - Without this option a new rule is the last one and an existing one stays where it is.
    type: str
    choices: [top, bottom, before, after]
  position_rule:
    description: Name of the rule that this one stands before or after. Needed with O(position=before) and O(position=after).
    type: str
seealso:
  - module: tunnelsmith.panos_vpn.pbf_failover
  - module: tunnelsmith.panos_vpn.monitor_profile
"""

EXAMPLES = r"""
- name: Keep the traffic between two sites out of the rules below
  tunnelsmith.panos_vpn.pbf_rule:
    name: not-the-branch
    from:
      zone: [trust]
    destination: [10.70.0.0/24]
    action:
      no_pbf: true
    position: top

- name: Send the backups by the leased line as long as it is alive
  tunnelsmith.panos_vpn.pbf_rule:
    name: backups
    from:
      zone: [trust]
    source: [10.10.0.0/24]
    destination: [172.31.0.0/16]
    action:
      forward:
        egress_interface: ethernet1/8
        nexthop:
          ip_address: 198.51.100.1
        monitor:
          profile: default
          ip_address: 198.51.100.1
          disable_if_unreachable: true
    position: after
    position_rule: not-the-branch

- name: Switch a rule off
  tunnelsmith.panos_vpn.pbf_rule:
    name: backups
    disabled: true

- name: Read all rules that are part of no set
  tunnelsmith.panos_vpn.pbf_rule:
    state: gathered
  register: rules

- name: Remove a rule
  tunnelsmith.panos_vpn.pbf_rule:
    name: backups
    state: absent

- name: Remove the other one
  tunnelsmith.panos_vpn.pbf_rule:
    name: not-the-branch
    state: absent
"""

RETURN = r"""
gathered:
  description: The PBF rules that are there, as options that would recreate them.
  returned: with O(state=gathered)
  type: list
  elements: dict
  sample:
    - name: not-the-branch
      from:
        zone: [trust]
      source: [any]
      destination: [10.70.0.0/24]
      source_user: [any]
      application: [any]
      service: [any]
      action:
        no_pbf: true
objects:
  description: Places of the objects that the task is about, for O(tunnelsmith.panos_vpn.commit#module:objects).
  returned: unless O(state=gathered)
  type: list
  elements: str
  sample:
    - /config/devices/entry[@name='localhost.localdomain']/vsys/entry[@name='vsys1']/rulebase/pbf/rules/entry[@name='not-the-branch']
"""

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils import arguments
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.resources.pbf_rule import RESOURCE
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.tasks.resource import run


def argument_spec():
    return arguments.of_resource(RESOURCE)


def main():
    run(RESOURCE)


if __name__ == "__main__":
    main()
