#!/usr/bin/python
# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: ike_gateway
short_description: Manage IKE gateways on Palo Alto Networks firewalls
version_added: 0.1.0
description:
  - Manages the IKE gateways of a firewall or Panorama template. A gateway is one peer, how both sides prove who they are,
    and how they speak IKE phase 1.
author:
  - Tunnelsmith contributors (@tunnelsmith)
extends_documentation_fragment:
  - tunnelsmith.panos_vpn.provider
  - tunnelsmith.panos_vpn.attributes
  - tunnelsmith.panos_vpn.attributes.writes
  - tunnelsmith.panos_vpn.state
  - tunnelsmith.panos_vpn.location
  - tunnelsmith.panos_vpn.location.secret
options:
  name:
    description:
      - Name of the gateway, at most 63 characters (31 in older PAN-OS versions), without a colon.
      - Required unless O(state=gathered), which then returns all gateways.
    type: str
  disabled:
    description: Whether the gateway is switched off; PAN-OS's default is V(false).
    type: bool
  comment:
    description: Comment, at most 1023 characters.
    type: str
  ipv6:
    description: Needed where the addresses of both sides are IPv6; PAN-OS's default is V(false).
    type: bool
  local_address:
    description: Where the gateway speaks from.
    type: dict
    suboptions:
      interface:
        description: Ethernet, aggregate, VLAN or loopback interface or one of its units. A new gateway needs it.
        type: str
      ip:
        description:
          - One of the interface's addresses, with its mask, as V(198.51.100.10/24). Takes the place of O(local_address.floating_ip).
          - A gateway without either uses the interface's first address, also where that comes from DHCP.
        type: str
      floating_ip:
        description: Floating address of an active-active HA pair. Takes the place of O(local_address.ip).
        type: str
  peer_address:
    description: Who the peer is. One of the options, which takes the place of the one that is set. A new gateway needs it.
    type: dict
    suboptions:
      ip:
        description: Address of the peer.
        type: str
      fqdn:
        description: Name of the peer, at most 255 characters; the firewall resolves it.
        type: str
      dynamic:
        description: V(true) for a peer whose address is not known beforehand. It then has to connect first, and is known by O(peer_id).
        type: bool
  pre_shared_key:
    description:
      - Key that both sides know, at most 255 characters. Takes the place of O(certificate) where that is set.
      - A new gateway needs it, or O(certificate). It is never printed and never returned.
    type: str
  certificate:
    description: Authentication by certificates. Takes the place of O(pre_shared_key) where that is set.
    type: dict
    suboptions:
      local_certificate:
        description: Name of the firewall's certificate, at most 255 characters.
        type: str
      hash_and_url:
        description: Whether the peer fetches the certificate from a web server (IKEv2).
        type: dict
        suboptions:
          enable:
            description: PAN-OS's default is V(false).
            type: bool
          base_url:
            description: Where the certificates are, at most 1024 characters.
            type: str
      certificate_profile:
        description: Certificate profile that checks the peer's certificate.
        type: str
      use_management_as_source:
        description: Whether revocation is asked for from the management interface; PAN-OS's default is V(false).
        type: bool
      strict_validation_revocation:
        description: Whether the extended key usage of the peer's certificate is checked strictly; PAN-OS's default is V(false).
        type: bool
      allow_id_payload_mismatch:
        description: Whether the peer's identity may differ from the one in its certificate; PAN-OS's default is V(false).
        type: bool
  local_id:
    description:
      - Identity that the firewall names to the peer. A gateway without it names its own address.
      - Behind NAT the peer usually expects the public address, given here as type V(ipaddr).
    type: dict
    suboptions:
      type:
        description: Kind of the identity.
        type: str
        choices: [ipaddr, fqdn, ufqdn, keyid, dn]
      id:
        description: The identity, at most 1024 characters.
        type: str
  peer_id:
    description:
      - Identity that the peer must name. A gateway without it expects the peer's address.
      - In IKEv1 main mode with a pre-shared key, an identity that is no address is refused with a dynamic peer and warned about with any other.
    type: dict
    suboptions:
      type:
        description: Kind of the identity.
        type: str
        choices: [ipaddr, fqdn, ufqdn, keyid, dn]
      id:
        description: The identity, at most 1024 characters.
        type: str
      matching:
        description: Whether O(peer_id.id) is a pattern. For certificates only; refused with O(pre_shared_key).
        type: str
        choices: [exact, wildcard]
  version:
    description:
      - IKE version; V(ikev2-preferred) falls back to IKEv1.
      - A new gateway without this option gets V(ikev2). PAN-OS takes a gateway that names none for V(ikev1).
    type: str
    choices: [ikev1, ikev2, ikev2-preferred]
  ikev1:
    description: What counts when IKEv1 is spoken.
    type: dict
    suboptions:
      exchange_mode:
        description:
          - V(main) hides the identities, V(aggressive) is needed for a dynamic peer with a pre-shared key and an identity that is no address.
          - PAN-OS's default is V(auto).
        type: str
        choices: [auto, main, aggressive]
      ike_crypto_profile:
        description:
          - IKE crypto profile; see M(tunnelsmith.panos_vpn.ike_crypto_profile). A gateway without it uses the profile V(default).
          - PAN-OS wants the profile to exist at the commit, also where O(version=ikev2).
        type: str
      dpd:
        description: Dead peer detection.
        type: dict
        suboptions:
          enable:
            description: Whether the peer is probed.
            type: bool
          interval:
            description: Seconds between two probes, 2 to 100.
            type: int
          retry:
            description: Number of lost probes after which the peer is dead, 2 to 100.
            type: int
  ikev2:
    description: What counts when IKEv2 is spoken.
    type: dict
    suboptions:
      ike_crypto_profile:
        description:
          - IKE crypto profile; see M(tunnelsmith.panos_vpn.ike_crypto_profile). A gateway without it uses the profile V(default).
          - PAN-OS wants the profile to exist at the commit, also where O(version=ikev1).
        type: str
      dpd:
        description: The liveness check of IKEv2.
        type: dict
        suboptions:
          enable:
            description: Whether the peer is probed. A new gateway without this option gets V(true).
            type: bool
          interval:
            description: Seconds between two probes, 2 to 100. A new gateway without this option gets 5.
            type: int
      require_cookie:
        description: Whether the peer must answer a cookie before a key exchange begins; PAN-OS's default is V(false).
        type: bool
      fragmentation:
        description: Fragmentation of IKEv2 messages; PAN-OS's default is V(false). Needs PAN-OS 11.2.
        type: bool
      pq_ppk:
        description: Post-quantum pre-shared keys that are mixed into the key exchange (RFC 8784). Needs PAN-OS 11.1 and IKEv2.
        type: dict
        suboptions:
          enabled:
            description: PAN-OS's default is V(false).
            type: bool
          negotiation_mode:
            description: Whether a peer without post-quantum keys is accepted (V(preferred)) or not (V(mandatory)).
            type: str
            choices: [preferred, mandatory]
          keys:
            description: Keys to add or change, by name.
            type: list
            elements: dict
            suboptions:
              name:
                description: Name of the key, at most 31 characters. The peer must know it under the same name.
                type: str
                required: true
              key:
                description: The key, at most 128 hexadecimal digits; 64 of them make 256 bits. Never printed and never returned.
                type: str
              enabled:
                description: Whether this key may be used.
                type: bool
      pq_kem:
        description: Post-quantum rounds in the key exchange (RFC 9370). Needs PAN-OS 11.2 and IKEv2.
        type: dict
        suboptions:
          enable:
            description: PAN-OS's default is V(false).
            type: bool
          block_vulnerable_cipher:
            description: Whether proposals without a post-quantum round are refused.
            type: bool
  nat_traversal:
    description: Encapsulation in UDP, for a side that is behind NAT.
    type: dict
    suboptions:
      enable:
        description: PAN-OS's default is V(false).
        type: bool
      keep_alive_interval:
        description: Seconds between two packets that keep the NAT's entry alive, 10 to 3600.
        type: int
      udp_checksum_enable:
        description: Whether the UDP packets carry a checksum; PAN-OS's default is V(false).
        type: bool
  passive_mode:
    description: Whether the firewall only answers. Two passive sides never connect. PAN-OS's default is V(false).
    type: bool
  fragmentation:
    description: Fragmentation of IKEv1 messages; PAN-OS's default is V(false).
    type: bool
seealso:
  - module: tunnelsmith.panos_vpn.ike_crypto_profile
  - module: tunnelsmith.panos_vpn.ipsec_tunnel
"""

EXAMPLES = r"""
- name: Speak IKEv2 with a peer
  tunnelsmith.panos_vpn.ike_gateway:
    name: to-lyon
    local_address:
      interface: ethernet1/8
      ip: 198.51.100.10/24
    peer_address:
      ip: 203.0.113.17
    pre_shared_key: "{{ vault_key_lyon }}"
    version: ikev2
    ikev2:
      ike_crypto_profile: Suite-B-GCM-256

- name: Name the public address behind NAT
  tunnelsmith.panos_vpn.ike_gateway:
    name: to-lyon
    local_id:
      type: ipaddr
      id: 192.0.2.44
    nat_traversal:
      enable: true

- name: Change the key and nothing else
  tunnelsmith.panos_vpn.ike_gateway:
    name: to-lyon
    pre_shared_key: "{{ vault_new_key_lyon }}"

- name: Wait for a peer without a fixed address
  tunnelsmith.panos_vpn.ike_gateway:
    name: from-vans
    local_address:
      interface: ethernet1/8
    peer_address:
      dynamic: true
    peer_id:
      type: ufqdn
      id: van@example.com
    pre_shared_key: "{{ vault_key_vans }}"
    passive_mode: true

- name: Read all gateways
  tunnelsmith.panos_vpn.ike_gateway:
    state: gathered
  register: gateways

- name: Remove a gateway
  tunnelsmith.panos_vpn.ike_gateway:
    name: from-vans
    state: absent
"""

RETURN = r"""
gathered:
  description: The gateways that are there, as options that would recreate them, without keys.
  returned: with O(state=gathered)
  type: list
  elements: dict
  sample:
    - name: to-lyon
      local_address:
        interface: ethernet1/8
        ip: 198.51.100.10/24
      peer_address:
        ip: 203.0.113.17
      version: ikev2
      ikev2:
        ike_crypto_profile: Suite-B-GCM-256
        dpd:
          enable: true
          interval: 5
objects:
  description: Places of the objects that the task is about, for O(tunnelsmith.panos_vpn.commit#module:objects).
  returned: unless O(state=gathered)
  type: list
  elements: str
  sample:
    - /config/devices/entry[@name='localhost.localdomain']/network/ike/gateway/entry[@name='to-lyon']
"""

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils import arguments
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.resources.ike_gateway import RESOURCE
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.tasks.resource import run


def argument_spec():
    return arguments.of_resource(RESOURCE)


def main():
    run(RESOURCE)


if __name__ == "__main__":
    main()
