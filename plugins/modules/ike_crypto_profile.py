#!/usr/bin/python
# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: ike_crypto_profile
short_description: Manage IKE crypto profiles on Palo Alto Networks firewalls
version_added: 0.1.0
description:
  - Manages the IKE crypto profiles of a firewall or Panorama template, which are the proposals of IKE phase 1.
  - The lists are ordered by preference and are set as given.
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
  dh_group:
    description:
      - Diffie-Hellman groups, most preferred first. V(group15), V(group16) and V(group21) need PAN-OS 10.2.
      - A new profile without this option gets V(group20).
    type: list
    elements: str
    choices: [group1, group2, group5, group14, group15, group16, group19, group20, group21]
  encryption:
    description:
      - Ciphers, most preferred first. IKEv1 gateways cannot use a GCM cipher. V(des) is gone from PAN-OS 11.2.5 on.
      - A new profile without this option gets V(aes-256-cbc).
    type: list
    elements: str
    choices: [des, 3des, aes-128-cbc, aes-192-cbc, aes-256-cbc, aes-128-gcm, aes-256-gcm]
  hash:
    description:
      - Hash algorithms, most preferred first. With a GCM cipher they serve as the pseudo-random function; V(non-auth) is for GCM only.
      - A new profile without this option gets V(sha384).
    type: list
    elements: str
    choices: [md5, sha1, sha256, sha384, sha512, non-auth]
  lifetime:
    description:
      - How long a key lives, in one unit. Another unit takes the place of the one that is set.
      - A new profile without this option gets 8 hours.
    type: dict
    suboptions:
      seconds:
        description: Seconds, 180 to 65535.
        type: int
      minutes:
        description: Minutes, 3 to 65535.
        type: int
      hours:
        description: Hours, 1 to 65535.
        type: int
      days:
        description: Days, 1 to 365.
        type: int
  authentication_multiple:
    description: IKEv2 re-authentication happens after this many lifetimes, 0 to 50; 0 means never, which is PAN-OS's default.
    type: int
seealso:
  - module: tunnelsmith.panos_vpn.ike_gateway
  - module: tunnelsmith.panos_vpn.ipsec_crypto_profile
"""

EXAMPLES = r"""
- name: Offer one strong proposal
  tunnelsmith.panos_vpn.ike_crypto_profile:
    name: strong
    dh_group: [group20]
    encryption: [aes-256-cbc]
    hash: [sha384]
    lifetime:
      hours: 8

- name: Change nothing but the lifetime
  tunnelsmith.panos_vpn.ike_crypto_profile:
    name: strong
    lifetime:
      seconds: 28800

- name: Read all profiles
  tunnelsmith.panos_vpn.ike_crypto_profile:
    state: gathered
  register: profiles

- name: Remove the profile
  tunnelsmith.panos_vpn.ike_crypto_profile:
    name: strong
    state: absent
"""

RETURN = r"""
gathered:
  description: The profiles that are there, as options that would recreate them.
  returned: with O(state=gathered)
  type: list
  elements: dict
  sample:
    - name: strong
      dh_group: [group20]
      encryption: [aes-256-cbc]
      hash: [sha384]
      lifetime:
        hours: 8
objects:
  description: Places of the objects that the task is about, for O(tunnelsmith.panos_vpn.commit#module:objects).
  returned: unless O(state=gathered)
  type: list
  elements: str
  sample:
    - /config/devices/entry[@name='localhost.localdomain']/network/ike/crypto-profiles/ike-crypto-profiles/entry[@name='strong']
"""

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils import arguments
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.resources.ike_crypto_profile import RESOURCE
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.tasks.resource import run


def argument_spec():
    return arguments.of_resource(RESOURCE)


def main():
    run(RESOURCE)


if __name__ == "__main__":
    main()
