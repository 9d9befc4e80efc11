#!/usr/bin/python
# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: config_info
short_description: Read what stands on Palo Alto Networks firewalls, as items of transaction
version_added: 0.1.0
description:
  - Reads all objects for which this collection has a module, whoever made them, and returns them as M(tunnelsmith.panos_vpn.transaction) takes them.
  - Applied to the firewall that they were read from, the items change nothing. It is the candidate configuration that is read.
  - What no option says is left out and named in a warning, and stays on the firewall when the items are applied.
  - Secrets are left out. RV(without_secret) names the objects that have one; where the items are to make such an object anew, add its secret.
author:
  - Tunnelsmith contributors (@tunnelsmith)
extends_documentation_fragment:
  - tunnelsmith.panos_vpn.provider
  - tunnelsmith.panos_vpn.attributes
  - tunnelsmith.panos_vpn.attributes.reads
options:
  option_prefix:
    description: >-
      What stands before the names of these options where they are variables of a playbook, for example V(config_export_): messages then name what was
      written there.
    type: str
  vsys:
    description: Virtual system of zones and rules. Omitted, it is V(vsys1).
    type: str
  template:
    description: Panorama template to read. It holds no rules.
    type: str
  template_stack:
    description: Panorama template stack to read. It holds no rules.
    type: str
  device_group:
    description: Panorama device group to read, or V(shared). It holds rules and nothing else.
    type: str
  rulebase:
    description: Rulebase to read. Omitted, it is V(pre-rulebase) with O(device_group) and V(rulebase) on a firewall.
    type: str
    choices: [rulebase, pre-rulebase, post-rulebase]
  resources:
    description:
      - Which objects are wanted, by the names of their modules. Omitted, all that can stand at the location.
      - Proxy IDs are returned with their M(tunnelsmith.panos_vpn.ipsec_tunnel).
    type: list
    elements: str
    choices: [bgp_instance, ike_crypto_profile, ipsec_crypto_profile, monitor_profile, zone_protection_profile, bgp_redistribution, zone,
      loopback_interface, security_rule, tunnel_interface, bgp_peer, ike_gateway, pbf_failover, pbf_rule, router_ecmp, static_route, ipsec_tunnel]
seealso:
  - module: tunnelsmith.panos_vpn.transaction
  - module: tunnelsmith.panos_vpn.vpn_info
"""

EXAMPLES = r"""
- name: Read all that is there
  tunnelsmith.panos_vpn.config_info:
  register: found

- name: Apply it again, which changes nothing
  tunnelsmith.panos_vpn.transaction:
    items: "{{ found.gathered }}"

- name: Read the rules alone
  tunnelsmith.panos_vpn.config_info:
    resources: [security_rule, pbf_rule, pbf_failover]
  register: rules
"""

RETURN = r"""
gathered:
  description: The objects that are there, in the order of references, as O(tunnelsmith.panos_vpn.transaction#module:items) takes them.
  returned: success
  type: list
  elements: dict
  sample:
    - zone:
        name: branch
        interfaces: [tunnel.7]
    - static_route:
        virtual_router: default
        address_family: ipv4
        name: branch-7
        destination: 10.70.0.0/24
        interface: tunnel.7
without_secret:
  description: The objects whose secrets are left out.
  returned: success
  type: list
  elements: str
  sample: [ike_gateway 'branch-7']
"""

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.tasks import config_info


def argument_spec():
    return config_info.argument_spec()


def main():
    config_info.run()


if __name__ == "__main__":
    main()
