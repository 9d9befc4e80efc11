#!/usr/bin/python
# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: ipsec_tunnel
short_description: Manage IPsec tunnels on Palo Alto Networks firewalls
version_added: 0.1.0
description:
  - Manages the IPsec tunnels of a firewall or Panorama template. A tunnel joins a tunnel interface with one peer, the proposals of
    IKE phase 2, the networks that are negotiated (proxy IDs) and the monitor.
  - Keys are agreed on with IKE (O(ike_gateways)) or given by hand (O(manual_key)).
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
      - Name of the tunnel, without a colon. Together with the name of a proxy ID and the colon between them at most 63 characters.
      - Required unless O(state=gathered), which then returns all tunnels.
    type: str
  disabled:
    description: Whether the tunnel is switched off; PAN-OS's default is V(false).
    type: bool
  comment:
    description: Comment, at most 1023 characters.
    type: str
  ipv6:
    description: Needed where the outer packets are IPv6; PAN-OS's default is V(false).
    type: bool
  tunnel_interface:
    description: Tunnel interface, as V(tunnel.11); see M(tunnelsmith.panos_vpn.tunnel_interface). A new tunnel needs it.
    type: str
  anti_replay:
    description: Whether packets that come twice are dropped. A new tunnel without this option gets V(true).
    type: bool
  anti_replay_window:
    description: How many packets a late one may be behind; PAN-OS's default is V("1024").
    type: str
    choices: ["64", "128", "256", "512", "1024", "2048", "4096"]
  copy_tos:
    description: Whether the type of service of the inner packet is copied to the outer one; PAN-OS's default is V(false).
    type: bool
  copy_flow_label:
    description: Whether the IPv6 flow label of the inner packet is copied to the outer one; PAN-OS's default is V(false).
    type: bool
  enable_gre_encapsulation:
    description: Whether packets are put into GRE before they are encrypted; PAN-OS's default is V(false).
    type: bool
  ipsec_mode:
    description: What is encrypted, whole packets (V(tunnel), PAN-OS's default) or their content. Needs PAN-OS 11.0.2.
    type: str
    choices: [tunnel, transport]
  tunnel_monitor:
    description: Pings through the tunnel that show whether it carries traffic. The tunnel interface needs an address to send them from.
    type: dict
    suboptions:
      enable:
        description: PAN-OS's default is V(false).
        type: bool
      destination_ip:
        description: Address beyond the tunnel that answers the pings. Needed with O(tunnel_monitor.enable=true).
        type: str
      tunnel_monitor_profile:
        description: How often, and what happens then; see M(tunnelsmith.panos_vpn.monitor_profile).
        type: str
      proxy_id:
        description: Name of the proxy ID of this tunnel that carries the pings. Needed where proxy IDs are not for all networks.
        type: str
  ike_gateways:
    description:
      - IKE gateways of the tunnel, usually one. The list is set as given, also with O(state=present), because PAN-OS negotiates with one of them.
      - Takes the place of O(manual_key) where that is set.
      - A new tunnel needs them, or O(manual_key). See M(tunnelsmith.panos_vpn.ike_gateway).
    type: list
    elements: str
  ipsec_crypto_profile:
    description:
      - IPsec crypto profile; see M(tunnelsmith.panos_vpn.ipsec_crypto_profile). A tunnel without it uses the profile V(default).
    type: str
  proxy_ids:
    description:
      - IPv4 networks that are negotiated with the peer, to add or change by name. A peer that is route-based needs none.
      - M(tunnelsmith.panos_vpn.proxy_id) manages a single one.
    type: list
    elements: dict
    suboptions:
      name:
        description: Name of the proxy ID. Together with the tunnel's name and the colon between them at most 63 characters.
        type: str
        required: true
      local:
        description: IPv4 network or address behind the firewall. A proxy ID without it means all.
        type: str
      remote:
        description: IPv4 network or address behind the peer. A proxy ID without it means all.
        type: str
      protocol:
        description: One kind of packets; another one takes the place of the one that is set. A proxy ID without it means all packets.
        type: dict
        suboptions:
          any:
            description: V(true) for all protocols.
            type: bool
          number:
            description: Number of an IP protocol, 1 to 254.
            type: int
          tcp:
            description: TCP.
            type: dict
            suboptions:
              local_port:
                description: Port behind the firewall, 0 to 65535; 0 means all, which is PAN-OS's default.
                type: int
              remote_port:
                description: Port behind the peer, 0 to 65535; 0 means all, which is PAN-OS's default.
                type: int
          udp:
            description: UDP.
            type: dict
            suboptions:
              local_port:
                description: Port behind the firewall, 0 to 65535; 0 means all, which is PAN-OS's default.
                type: int
              remote_port:
                description: Port behind the peer, 0 to 65535; 0 means all, which is PAN-OS's default.
                type: int
  proxy_ids_v6:
    description:
      - IPv6 networks that are negotiated with the peer, to add or change by name. A peer that is route-based needs none.
      - M(tunnelsmith.panos_vpn.proxy_id) manages a single one.
    type: list
    elements: dict
    suboptions:
      name:
        description: Name of the proxy ID. Together with the tunnel's name and the colon between them at most 63 characters.
        type: str
        required: true
      local:
        description: IPv6 network or address behind the firewall. A proxy ID without it means all.
        type: str
      remote:
        description: IPv6 network or address behind the peer. A proxy ID without it means all.
        type: str
      protocol:
        description: One kind of packets; another one takes the place of the one that is set. A proxy ID without it means all packets.
        type: dict
        suboptions:
          any:
            description: V(true) for all protocols.
            type: bool
          number:
            description: Number of an IP protocol, 1 to 254.
            type: int
          tcp:
            description: TCP.
            type: dict
            suboptions:
              local_port:
                description: Port behind the firewall, 0 to 65535; 0 means all, which is PAN-OS's default.
                type: int
              remote_port:
                description: Port behind the peer, 0 to 65535; 0 means all, which is PAN-OS's default.
                type: int
          udp:
            description: UDP.
            type: dict
            suboptions:
              local_port:
                description: Port behind the firewall, 0 to 65535; 0 means all, which is PAN-OS's default.
                type: int
              remote_port:
                description: Port behind the peer, 0 to 65535; 0 means all, which is PAN-OS's default.
                type: int
  manual_key:
    description:
      - Keys given by hand instead of IKE. Takes the place of O(ike_gateways), O(ipsec_crypto_profile) and all proxy IDs where those are set.
      - Each key is written as sections of eight hexadecimal digits with dashes between them. Keys are never printed and never returned.
    type: dict
    suboptions:
      local_address:
        description: Where the tunnel starts.
        type: dict
        suboptions:
          interface:
            description: Ethernet, aggregate, VLAN or loopback interface or one of its units.
            type: str
          ip:
            description: One of the interface's addresses, with its mask. Takes the place of O(manual_key.local_address.floating_ip).
            type: str
          floating_ip:
            description: Floating address of an active-active HA pair. Takes the place of O(manual_key.local_address.ip).
            type: str
      peer_address:
        description: Address of the peer.
        type: str
      local_spi:
        description: Security parameter index of the packets that come in, eight hexadecimal digits from V("00001000") to V("1FFFFFFF").
        type: str
      remote_spi:
        description: Security parameter index of the packets that go out, eight hexadecimal digits from V("00001000") to V("1FFFFFFF").
        type: str
      esp:
        description: Encryption and authentication. Takes the place of O(manual_key.ah) where that is set.
        type: dict
        suboptions:
          authentication:
            description: One algorithm with its key; another one takes the place of the one that is set.
            type: dict
            suboptions:
              md5:
                description: Key of 4 sections.
                type: str
              sha1:
                description: Key of 5 sections.
                type: str
              sha256:
                description: Key of 8 sections.
                type: str
              sha384:
                description: Key of 12 sections.
                type: str
              sha512:
                description: Key of 16 sections.
                type: str
              none:
                description: V(true) for no authentication.
                type: bool
          encryption:
            description: Cipher and key.
            type: dict
            suboptions:
              algorithm:
                description: Cipher; PAN-OS's default is V(aes-128-cbc).
                type: str
                choices: [des, 3des, aes-128-cbc, aes-192-cbc, aes-256-cbc, "null"]
              key:
                description: Key of 2 sections for V(des), 6 for V(3des), 4, 6 or 8 for AES with 128, 192 or 256 bits.
                type: str
      ah:
        description: Authentication without encryption. Takes the place of O(manual_key.esp) where that is set.
        type: dict
        suboptions:
          authentication:
            description: One algorithm with its key; another one takes the place of the one that is set.
            type: dict
            suboptions:
              md5:
                description: Key of 4 sections.
                type: str
              sha1:
                description: Key of 5 sections.
                type: str
              sha256:
                description: Key of 8 sections.
                type: str
              sha384:
                description: Key of 12 sections.
                type: str
              sha512:
                description: Key of 16 sections.
                type: str
seealso:
  - module: tunnelsmith.panos_vpn.ike_gateway
  - module: tunnelsmith.panos_vpn.tunnel_interface
  - module: tunnelsmith.panos_vpn.proxy_id
  - module: tunnelsmith.panos_vpn.monitor_profile
"""

EXAMPLES = r"""
- name: Join the tunnel interface with the peer
  tunnelsmith.panos_vpn.ipsec_tunnel:
    name: to-lyon
    tunnel_interface: tunnel.11
    ike_gateways: [to-lyon]
    ipsec_crypto_profile: Suite-B-GCM-256

- name: Take the interface down when the peer's inside address is silent
  tunnelsmith.panos_vpn.ipsec_tunnel:
    name: to-lyon
    tunnel_monitor:
      enable: true
      destination_ip: 169.254.10.1
      tunnel_monitor_profile: default

- name: Negotiate two networks with a policy-based peer
  tunnelsmith.panos_vpn.ipsec_tunnel:
    name: to-lyon
    proxy_ids:
      - name: office
        local: 10.10.0.0/24
        remote: 10.80.0.0/16
      - name: web
        local: 10.20.0.0/24
        remote: 10.80.0.0/16
        protocol:
          tcp:
            remote_port: 443

- name: Read all tunnels
  tunnelsmith.panos_vpn.ipsec_tunnel:
    state: gathered
  register: tunnels

- name: Remove the tunnel
  tunnelsmith.panos_vpn.ipsec_tunnel:
    name: to-lyon
    state: absent
"""

RETURN = r"""
gathered:
  description: The tunnels that are there, as options that would recreate them, without manual keys.
  returned: with O(state=gathered)
  type: list
  elements: dict
  sample:
    - name: to-lyon
      tunnel_interface: tunnel.11
      anti_replay: true
      tunnel_monitor:
        enable: true
        destination_ip: 169.254.10.1
        tunnel_monitor_profile: default
      ike_gateways: [to-lyon]
      ipsec_crypto_profile: Suite-B-GCM-256
objects:
  description: Places of the objects that the task is about, for O(tunnelsmith.panos_vpn.commit#module:objects).
  returned: unless O(state=gathered)
  type: list
  elements: str
  sample:
    - /config/devices/entry[@name='localhost.localdomain']/network/tunnel/ipsec/entry[@name='to-lyon']
"""

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils import arguments
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.resources.ipsec_tunnel import RESOURCE
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.tasks.resource import run


def argument_spec():
    return arguments.of_resource(RESOURCE)


def main():
    run(RESOURCE)


if __name__ == "__main__":
    main()
