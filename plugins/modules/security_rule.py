#!/usr/bin/python
# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: security_rule
short_description: Manage security rules on Palo Alto Networks firewalls
version_added: 0.1.0
description:
  - Manages the security rules of a virtual system or of a Panorama device group, and where they stand among the others.
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
    description: Name of the rule, at most 63 characters. Required unless O(state=gathered), which then returns all rules in their order.
    type: str
  from:
    description: Source zones to add, or V(any). A new rule needs them.
    type: list
    elements: str
  to:
    description: Destination zones to add, or V(any). A new rule needs them.
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
    description: Source users to add. A rule without them means V(any).
    type: list
    elements: str
  category:
    description: URL categories to add. A rule without them means V(any).
    type: list
    elements: str
  application:
    description: Applications to add. A new rule without this option gets V(any).
    type: list
    elements: str
  service:
    description:
      - Services to add, V(any), or V(application-default) alone, which means each application's own ports.
      - A new rule without this option gets V(application-default).
    type: list
    elements: str
  source_hip:
    description: Host information profiles of the source to add. A rule without them means V(any).
    type: list
    elements: str
  destination_hip:
    description: Host information profiles of the destination to add. A rule without them means V(any).
    type: list
    elements: str
  tag:
    description: Tags to add.
    type: list
    elements: str
  action:
    description: What happens to the traffic. A new rule needs it.
    type: str
    choices: [allow, deny, drop, reset-client, reset-server, reset-both]
  rule_type:
    description: Whether the rule is for traffic within zones, between zones, or both (V(universal), which is PAN-OS's default).
    type: str
    choices: [universal, intrazone, interzone]
  description:
    description: Description, at most 1024 characters.
    type: str
  disabled:
    description: Whether the rule is switched off; PAN-OS's default is V(false).
    type: bool
  log_start:
    description: Whether a session is logged when it begins; PAN-OS's default is V(false).
    type: bool
  log_end:
    description: Whether a session is logged when it ends; PAN-OS's default is V(true).
    type: bool
  log_setting:
    description: Log forwarding profile, at most 63 characters.
    type: str
  negate_source:
    description: Whether O(source) means all but those; PAN-OS's default is V(false).
    type: bool
  negate_destination:
    description: Whether O(destination) means all but those; PAN-OS's default is V(false).
    type: bool
  icmp_unreachable:
    description: Whether the sender of what is dropped or reset is told by ICMP; PAN-OS's default is V(false).
    type: bool
  disable_inspect:
    description: PAN-OS's rule setting C(disable-inspect); its default is V(false).
    type: bool
  disable_server_response_inspection:
    description: Whether only what the client sends is inspected; PAN-OS's default is V(false).
    type: bool
  schedule:
    description: Schedule of the hours in which the rule holds. A rule without it holds always.
    type: str
  group_tag:
    description: Tag that the rule is grouped under in the web interface, at most 127 characters.
    type: str
  profile_setting:
    description: Security profiles, as a group or one by one. One of the options, which takes the place of the one that is set.
    type: dict
    suboptions:
      group:
        description: Security profile group.
        type: list
        elements: str
      profiles:
        description: Single profiles.
        type: dict
        suboptions:
          virus:
            description: Antivirus profile.
            type: list
            elements: str
          spyware:
            description: Anti-spyware profile.
            type: list
            elements: str
          vulnerability:
            description: Vulnerability protection profile.
            type: list
            elements: str
          url_filtering:
            description: URL filtering profile.
            type: list
            elements: str
          file_blocking:
            description: File blocking profile.
            type: list
            elements: str
          wildfire_analysis:
            description: WildFire analysis profile.
            type: list
            elements: str
          data_filtering:
            description: Data filtering profile.
            type: list
            elements: str
          gtp:
            description: GTP protection profile, on models that have it.
            type: list
            elements: str
          sctp:
            description: SCTP protection profile, on models that have it.
            type: list
            elements: str
  position:
    description:
      - Where the rule stands among the others. It can be first, last, or on one side of O(position_rule).
      - A new rule is put next to O(position_rule). An existing one that stands on the right side already is not moved.
      - Without this option a new rule is the last one, which is below a rule that denies everything, and an existing rule stays where it is.
    type: str
    choices: [top, bottom, before, after]
  position_rule:
    description: Name of the rule that this one stands before or after. Needed with O(position=before) and O(position=after).
    type: str
seealso:
  - module: tunnelsmith.panos_vpn.zone
  - module: tunnelsmith.panos_vpn.pbf_failover
"""

EXAMPLES = r"""
- name: Allow the office to reach a remote network
  tunnelsmith.panos_vpn.security_rule:
    name: office to branch 7 web
    from: [trust]
    to: [branch]
    source: [office-lan]
    destination: [10.70.0.0/24]
    application: [web-browsing, ssl]
    action: allow
    position: before
    position_rule: deny the rest

- name: Let the firewall and its peer speak IKE and IPsec
  tunnelsmith.panos_vpn.security_rule:
    name: keys with lyon
    from: [untrust]
    to: [untrust]
    source: [198.51.100.10, 203.0.113.17]
    destination: [198.51.100.10, 203.0.113.17]
    application: [ike, ipsec-esp, ipsec-esp-udp]
    action: allow
    position: before
    position_rule: deny the rest

- name: Switch the rule off
  tunnelsmith.panos_vpn.security_rule:
    name: keys with lyon
    disabled: true

- name: Read all rules
  tunnelsmith.panos_vpn.security_rule:
    state: gathered
  register: rules

- name: Remove a rule
  tunnelsmith.panos_vpn.security_rule:
    name: keys with lyon
    state: absent
"""

RETURN = r"""
gathered:
  description: The rules that are there in their order, as options that would recreate them.
  returned: with O(state=gathered)
  type: list
  elements: dict
  sample:
    - name: office to branch 7 web
      from: [trust]
      to: [branch]
      source: [office-lan]
      destination: [10.70.0.0/24]
      application: [web-browsing, ssl]
      service: [application-default]
      action: allow
objects:
  description: Places of the objects that the task is about, for O(tunnelsmith.panos_vpn.commit#module:objects).
  returned: unless O(state=gathered)
  type: list
  elements: str
  sample:
    - /config/devices/entry[@name='localhost.localdomain']/vsys/entry[@name='vsys1']/rulebase/security/rules/entry[@name='office to branch 7 web']
"""

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils import arguments
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.resources.security_rule import RESOURCE
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.tasks.resource import run


def argument_spec():
    return arguments.of_resource(RESOURCE)


def main():
    run(RESOURCE)


if __name__ == "__main__":
    main()
