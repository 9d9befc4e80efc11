# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: peer_sheet
author:
  - Tunnelsmith contributors (@tunnelsmith)
version_added: "0.1.0"
short_description: A sheet of what the other side of a VPN must enter
description:
  - Turns a profile into what the person at the other end must enter there, in the words of the product that is there and in the order of its forms.
  - Addresses, IDs, AS numbers and networks are seen from there, so that I(local) is theirs.
  - A pre-shared key is left out unless O(show_keys) is given. A sheet that holds one says so.
options:
  _input:
    description:
      - A profile as the collection's filters make it, such as P(tunnelsmith.panos_vpn.azure_vpn_connection#filter), or one that was written by hand.
      - That is C(id), a name, and C(tunnels) as M(tunnelsmith.panos_vpn.site_to_site_vpn) takes them.
    type: dict
    required: true
  product:
    description:
      - What is at the other end. That is one of the clouds that a profile can be of, such as V(azure), or V(strongswan), V(panos) for another firewall with
        PAN-OS, or V(generic) for anything else. A name that is none is refused with those that are.
      - Omitted, it is the profile's cloud, or V(generic).
    type: str
  format:
    description: What to return. V(data) are plain values, V(markdown) and V(html) texts.
    type: str
    choices: [data, markdown, html]
    default: data
  local_networks:
    description: Networks behind this firewall, where the other side has to route them.
    type: list
    elements: str
    default: []
  remote_networks:
    description: Networks behind the other side, where its form asks for them.
    type: list
    elements: str
    default: []
  outside_addresses:
    description: This firewall's public address for each tunnel, or one for all, where the profile does not say it.
    type: list
    elements: str
    default: []
  pre_shared_keys:
    description: The keys, one per tunnel, where the profile does not hold them. They are shown with O(show_keys) only.
    type: list
    elements: str
    default: []
  show_keys:
    description: Whether the keys are on the sheet. Set C(no_log) on the task then.
    type: bool
    default: false
notes:
  - Where the product has no word for a value of the proposal, the sheet says so as a warning.
seealso:
  - module: tunnelsmith.panos_vpn.site_to_site_vpn
"""

EXAMPLES = r"""
- name: Write down what the other side must enter
  ansible.builtin.copy:
    content: "{{ peer | tunnelsmith.panos_vpn.peer_sheet(product='strongswan', format='html', local_networks=['10.10.0.0/24']) }}"
    dest: paris.html
    mode: "0600"
  delegate_to: localhost
"""

RETURN = r"""
_value:
  description: The sheet. A text where O(format) is V(markdown) or V(html).
  type: raw
  sample:
    product: zstack
    title: ZStack Cloud
    name: paris
    confidential: false
    sections:
      - title: Create IPsec Tunnel
        rows:
          - field: Peer Public IP
            value: 198.51.100.10
            note: ""
            secret: false
    warnings: []
"""


def peer_sheet(profile, product=None, format="data", local_networks=(), remote_networks=(), outside_addresses=(), pre_shared_keys=(), show_keys=False):
    """See the documentation above."""
    # Ansible loads every filter of a collection in every task that uses one of them.
    from ansible_collections.tunnelsmith.panos_vpn.plugins.plugin_utils.peer_sheet import written

    return written(profile, product, format, local_networks or (), remote_networks or (), outside_addresses or (), pre_shared_keys or (), show_keys)


class FilterModule:
    def filters(self):
        return {"peer_sheet": peer_sheet}
