#!/usr/bin/python
# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: pbf_failover
short_description: Manage policy-based forwarding with failover on Palo Alto Networks firewalls
version_added: 0.1.0
description:
  - Sends one kind of traffic over the first of several paths that is alive. Each path becomes one rule of policy-based forwarding (PBF),
    named after O(name) with C(-1), C(-2) and so on, and each rule stands below the one before.
  - A path fails over when its monitor has O(paths[].monitor.disable_if_unreachable=true). PAN-OS then moves new sessions to the next rule.
    Established sessions follow the routing table or stay, see M(tunnelsmith.panos_vpn.monitor_profile).
  - A rule belongs to a set by a line in its description that begins with C(tunnelsmith pbf_failover), whatever else people write there or change
    in the rule. Rules without it are never touched. A rule of others that has a name which the set needs is refused by that name. With
    O(state=absent) it stays, and where no rule of the set is there, a warning names it. To make a rule part of a set, write the line that the
    refusal shows into its description.
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
    description:
      - What the names of the rules begin with, at most 54 characters.
      - Required unless O(state=gathered), which then returns every set of rules that this module made.
    type: str
  from:
    description: Where the traffic comes from, zones or interfaces. One of the options, which takes the place of the one that is set.
    type: dict
    suboptions:
      zone:
        description: Zones to add. A new set of rules needs them, or O(from.interface). For a VPN this is the zone of the LAN.
        type: list
        elements: str
      interface:
        description: Interfaces to add.
        type: list
        elements: str
  source:
    description: Source addresses to add, as addresses, networks or names of address objects. New rules without this option get V(any).
    type: list
    elements: str
  destination:
    description: Destination addresses to add, as addresses, networks or names of address objects. New rules without this option get V(any).
    type: list
    elements: str
  source_user:
    description: Source users to add. New rules without this option get V(any).
    type: list
    elements: str
  application:
    description: Applications to add. New rules without this option get V(any).
    type: list
    elements: str
  service:
    description: Services to add. New rules without this option get V(any).
    type: list
    elements: str
  negate_source:
    description: Whether O(source) means all but those; PAN-OS's default is V(false).
    type: bool
  negate_destination:
    description: Whether O(destination) means all but those; PAN-OS's default is V(false).
    type: bool
  schedule:
    description: Schedule of the hours in which the rules hold. Rules without it hold always.
    type: str
  tag:
    description: Tags to add.
    type: list
    elements: str
  group_tag:
    description: Tag that the rules are grouped under in the web interface, at most 127 characters.
    type: str
  description:
    description:
      - Description. PAN-OS takes 1024 characters, of which the line that makes the rule part of its set needs some.
    type: str
  disabled:
    description: Whether the rules are switched off; PAN-OS's default is V(false).
    type: bool
  active_active_device_binding:
    description: Which member of an active-active HA pair the rules hold on.
    type: str
    choices: [both, "0", "1"]
  paths:
    description:
      - The paths in order of preference. The list is set as given, so that rules of paths that are no longer in it are removed, and what a
        path does not name is taken out of its rule.
      - A path that is added to an existing set gets the traffic of the rules that are there. A new set of rules needs this option.
      - The first path is the first rule, and so on. Where somebody renamed, moved or removed rules of the set, a path stays with the rule that leads there.
    type: list
    elements: dict
    suboptions:
      egress_interface:
        description: Interface that the traffic leaves by, usually a tunnel interface.
        type: str
        required: true
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
        description: Pings that show whether the path is alive.
        type: dict
        suboptions:
          profile:
            description: How often, and what happens then; see M(tunnelsmith.panos_vpn.monitor_profile).
            type: str
          ip_address:
            description: Address to probe. Omitted, PAN-OS probes the next hop; needed where O(paths[].nexthop.ip_address) is not given.
            type: str
          disable_if_unreachable:
            description: Whether the rule is skipped while the address does not answer. Without it there is no failover. PAN-OS's default is V(false).
            type: bool
  when_all_down:
    description:
      - What happens to new sessions when no path is alive. V(discard) makes one more rule below the others, its name ending in C(-discard),
        which drops them. V(route) removes that rule, so that they follow the routing table, possibly in clear text.
      - A new set of rules without this option has no such rule.
    type: str
    choices: [discard, route]
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
      - Where the rules stand among the others. The first one can be first, last, or on one side of O(position_rule), and with V(before) all
        of them stand above that rule.
      - New rules are put next to O(position_rule), or below the path before. Existing ones that stand on the right side already are not moved.
      - Without this option new rules are the last ones and existing rules stay where they are.
    type: str
    choices: [top, bottom, before, after]
  position_rule:
    description: Name of the rule that the first one stands before or after. Needed with O(position=before) and O(position=after).
    type: str
seealso:
  - module: tunnelsmith.panos_vpn.monitor_profile
  - module: tunnelsmith.panos_vpn.static_route
"""

EXAMPLES = r"""
- name: Prefer the first tunnel, use the second one while it is dead, and drop new sessions when both are
  tunnelsmith.panos_vpn.pbf_failover:
    name: aws-berlin
    from:
      zone: [trust]
    source: [10.10.0.0/24]
    destination: [172.31.0.0/16]
    paths:
      - egress_interface: tunnel.11
        nexthop:
          ip_address: 169.254.10.1
        monitor:
          profile: default
          disable_if_unreachable: true
      - egress_interface: tunnel.12
        nexthop:
          ip_address: 169.254.11.1
        monitor:
          profile: default
          disable_if_unreachable: true
    when_all_down: discard
    position: before
    position_rule: guest-dsl

- name: Send another network the same way
  tunnelsmith.panos_vpn.pbf_failover:
    name: aws-berlin
    destination: [172.30.0.0/16]

- name: Read what is there
  tunnelsmith.panos_vpn.pbf_failover:
    name: aws-berlin
    state: gathered
  register: failover

- name: Remove all its rules
  tunnelsmith.panos_vpn.pbf_failover:
    name: aws-berlin
    state: absent
"""

RETURN = r"""
gathered:
  description:
    - The sets of rules that are there, as options that would recreate them. Options on which the rules of a set differ are left out, and stay as
      they are in each rule until they are given.
  returned: with O(state=gathered)
  type: list
  elements: dict
  sample:
    - name: aws-berlin
      from:
        zone: [trust]
      source: [10.10.0.0/24]
      destination: [172.31.0.0/16]
      source_user: [any]
      application: [any]
      service: [any]
      paths:
        - egress_interface: tunnel.11
          nexthop:
            ip_address: 169.254.10.1
          monitor:
            profile: default
            disable_if_unreachable: true
        - egress_interface: tunnel.12
          nexthop:
            ip_address: 169.254.11.1
          monitor:
            profile: default
            disable_if_unreachable: true
      when_all_down: discard
objects:
  description: Places of the objects that the task is about, for O(tunnelsmith.panos_vpn.commit#module:objects).
  returned: unless O(state=gathered)
  type: list
  elements: str
  sample:
    - /config/devices/entry[@name='localhost.localdomain']/vsys/entry[@name='vsys1']/rulebase/pbf/rules/entry[@name='aws-berlin-1']
    - /config/devices/entry[@name='localhost.localdomain']/vsys/entry[@name='vsys1']/rulebase/pbf/rules/entry[@name='aws-berlin-2']
    - /config/devices/entry[@name='localhost.localdomain']/vsys/entry[@name='vsys1']/rulebase/pbf/rules/entry[@name='aws-berlin-discard']
"""

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils import arguments
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.resources.pbf_failover import RESOURCE
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.tasks.resource import run


def argument_spec():
    return arguments.of_resource(RESOURCE)


def main():
    run(RESOURCE)


if __name__ == "__main__":
    main()
