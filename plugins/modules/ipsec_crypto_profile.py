#!/usr/bin/python
# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: ipsec_crypto_profile
short_description: Manage IPsec crypto profiles on Palo Alto Networks firewalls
version_added: 0.1.0
description:
  - Manages the IPsec crypto profiles of a firewall or Panorama template, which are the proposals of IKE phase 2.
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
  esp:
    description:
      - Encryption and authentication of the packets (ESP). Takes the place of O(ah) where that is set.
      - A new profile needs O(esp.encryption) or O(ah.authentication).
    type: dict
    suboptions:
      encryption:
        description:
          - Ciphers, most preferred first. The GCM and CCM ciphers authenticate by themselves.
          - V(des) is gone from PAN-OS 11.2.5 on. V(null) does not encrypt.
        type: list
        elements: str
        choices: [des, 3des, aes-128-cbc, aes-192-cbc, aes-256-cbc, aes-128-ccm, aes-128-gcm, aes-256-gcm, "null"]
      authentication:
        description:
          - Hash algorithms, most preferred first. With GCM and CCM ciphers only, V(none) is the one possible value;
            with the other ciphers only, V(none) alone is refused.
        type: list
        elements: str
        choices: [none, md5, sha1, sha256, sha384, sha512]
  ah:
    description: Authentication without encryption (AH). Takes the place of O(esp) where that is set.
    type: dict
    suboptions:
      authentication:
        description: Hash algorithms, most preferred first.
        type: list
        elements: str
        choices: [md5, sha1, sha256, sha384, sha512]
  dh_group:
    description:
      - Diffie-Hellman group of perfect forward secrecy; V(no-pfs) does without. V(group15), V(group16) and V(group21) need PAN-OS 10.2.
      - A new profile without this option gets V(group20).
    type: str
    choices: [no-pfs, group1, group2, group5, group14, group15, group16, group19, group20, group21]
  lifetime:
    description:
      - How long a key lives, in one unit. Another unit takes the place of the one that is set.
      - A new profile without this option gets 1 hour.
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
  lifesize:
    description:
      - How much data a key carries, in one unit. Another unit takes the place of the one that is set.
      - A new profile without this option has no such limit.
    type: dict
    suboptions:
      kb:
        description: Kilobytes, 1 to 65535.
        type: int
      mb:
        description: Megabytes, 1 to 65535.
        type: int
      gb:
        description: Gigabytes, 1 to 65535.
        type: int
      tb:
        description: Terabytes, 1 to 65535.
        type: int
seealso:
  - module: tunnelsmith.panos_vpn.ipsec_tunnel
  - module: tunnelsmith.panos_vpn.ike_crypto_profile
"""

EXAMPLES = r"""
- name: Offer one strong proposal with perfect forward secrecy
  tunnelsmith.panos_vpn.ipsec_crypto_profile:
    name: strong
    esp:
      encryption: [aes-256-gcm]
      authentication: [none]
    dh_group: group20
    lifetime:
      hours: 1

- name: Renew the key after 10 GB as well
  tunnelsmith.panos_vpn.ipsec_crypto_profile:
    name: strong
    lifesize:
      gb: 10

- name: Reset what is not given, here the data limit
  tunnelsmith.panos_vpn.ipsec_crypto_profile:
    name: strong
    esp:
      encryption: [aes-256-gcm]
      authentication: [none]
    dh_group: group20
    lifetime:
      seconds: 3600
    state: replaced

- name: Remove the profile
  tunnelsmith.panos_vpn.ipsec_crypto_profile:
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
      esp:
        encryption: [aes-256-gcm]
        authentication: [none]
      dh_group: group20
      lifetime:
        hours: 1
objects:
  description: Places of the objects that the task is about, for O(tunnelsmith.panos_vpn.commit#module:objects).
  returned: unless O(state=gathered)
  type: list
  elements: str
  sample:
    - /config/devices/entry[@name='localhost.localdomain']/network/ike/crypto-profiles/ipsec-crypto-profiles/entry[@name='strong']
"""

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils import arguments
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.resources.ipsec_crypto_profile import RESOURCE
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.tasks.resource import run


def argument_spec():
    return arguments.of_resource(RESOURCE)


def main():
    run(RESOURCE)


if __name__ == "__main__":
    main()
