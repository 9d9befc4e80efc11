#!/usr/bin/python
# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: zone_protection_profile
short_description: Manage zone protection profiles on Palo Alto Networks firewalls
version_added: 0.1.0
description:
  - Manages the zone protection profiles of a firewall or Panorama template, as far as the zone of a VPN needs them.
  - Flood and reconnaissance protection are left as they are.
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
  strict_ip_check:
    description:
      - Drop packets with a malformed or link-local source address, and packets whose way back would leave by another interface.
      - Must be V(false) for the zone of a VPN with inside addresses in 169.254.0.0/16, and for two tunnels with asymmetric paths.
    type: bool
  discard_ip_spoof:
    description:
      - Drop packets whose way back, by the routing table, would leave by another zone.
      - With policy-based forwarding alone there is no such route through the tunnel, so that sessions which the far side starts are dropped.
    type: bool
  discard_strict_source_routing:
    description: Drop packets with the IP option strict source routing.
    type: bool
  discard_loose_source_routing:
    description: Drop packets with the IP option loose source routing.
    type: bool
  discard_tcp_syn_with_data:
    description: Drop TCP SYN packets that carry data.
    type: bool
  discard_tcp_synack_with_data:
    description: Drop TCP SYN-ACK packets that carry data.
    type: bool
  discard_overlapping_tcp_segment_mismatch:
    description: Drop connections whose overlapping TCP segments hold different data.
    type: bool
  asymmetric_path:
    description:
      - What happens to TCP packets that are out of the window or out of step because the other direction takes another path.
      - V(global), which is PAN-OS's default, follows the firewall's session settings. V(bypass) lets two tunnels carry one session.
    type: str
    choices: [global, drop, bypass]
  tcp_reject_non_syn:
    description:
      - Whether a TCP session must begin with a SYN. V(global), which is PAN-OS's default, follows the firewall's session settings.
      - The values are words, so write V("yes") and V("no") in quotes.
    type: str
    choices: [global, "yes", "no"]
seealso:
  - module: tunnelsmith.panos_vpn.zone
"""

EXAMPLES = r"""
- name: Allow asymmetric paths over a pair of tunnels
  tunnelsmith.panos_vpn.zone_protection_profile:
    name: vpn-protection
    strict_ip_check: false
    asymmetric_path: bypass
    tcp_reject_non_syn: "no"

- name: Use it in the zone of the VPN
  tunnelsmith.panos_vpn.zone:
    name: vpn
    zone_protection_profile: vpn-protection

- name: Read one profile
  tunnelsmith.panos_vpn.zone_protection_profile:
    name: vpn-protection
    state: gathered
  register: profile
"""

RETURN = r"""
gathered:
  description: The profiles that are there, as options that would recreate them.
  returned: with O(state=gathered)
  type: list
  elements: dict
  sample:
    - name: vpn-protection
      strict_ip_check: false
      asymmetric_path: bypass
      tcp_reject_non_syn: "no"
objects:
  description: Places of the objects that the task is about, for O(tunnelsmith.panos_vpn.commit#module:objects).
  returned: unless O(state=gathered)
  type: list
  elements: str
  sample:
    - /config/devices/entry[@name='localhost.localdomain']/network/profiles/zone-protection-profile/entry[@name='vpn-protection']
"""

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils import arguments
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.resources.zone_protection_profile import RESOURCE
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.tasks.resource import run


def argument_spec():
    return arguments.of_resource(RESOURCE)


def main():
    run(RESOURCE)


if __name__ == "__main__":
    main()
