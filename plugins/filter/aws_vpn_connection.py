# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: aws_vpn_connection
author:
  - Tunnelsmith contributors (@tunnelsmith)
version_added: "0.1.0"
short_description: Read an AWS Site-to-Site VPN connection as values for a PAN-OS firewall
description:
  - Turns AWS's description of one Site-to-Site VPN connection into the values that both of its tunnels need on the firewall.
  - Addresses, AS numbers and pre-shared keys come from the customer gateway configuration inside the description. The
    algorithms come from the tunnel options, where an option that is not set means all that AWS accepts by default; the
    configuration's own algorithms are always AWS's weakest and are not used. The halves are joined on AWS's outside address.
  - Exactly one proposal per phase is chosen, because AWS decides by its own order when it is offered several. The first value
    that AWS accepts is taken, in this order.
  - "IKE version: ikev2, ikev1."
  - "IKE encryption: aes-256-cbc, aes-128-cbc, aes-256-gcm, aes-128-gcm (the last two with IKEv2 only)."
  - "IKE hash, and ESP authentication where the cipher needs one: sha384, sha512, sha256, sha1."
  - "Diffie-Hellman group, both phases: group20, group19, group21, group16, group15, group14, group5, group2."
  - "ESP encryption: aes-256-gcm, aes-128-gcm, aes-256-cbc, aes-128-cbc."
  - V(group21), V(group16) and V(group15) need PAN-OS 10.2. Without O(panos_version) they are taken only when AWS accepts
    none of V(group20), V(group19) and V(group14).
  - V(sha1) and V(group2) are taken only when AWS accepts nothing better, and then with a warning.
  - The result holds the pre-shared keys. Set C(no_log) on a task that shows or stores it.
options:
  _input:
    description:
      - What C(aws ec2 describe-vpn-connections), C(amazon.aws.ec2_vpc_vpn_info) or C(terraform show -json) returns, or one
        connection of it, as data or as JSON text.
      - The return of C(amazon.aws.ec2_vpc_vpn) is read too, but it has asterisks in place of each key that was passed to it.
    type: raw
    required: true
  connection_id:
    description:
      - The connection to read, for example V(vpn-0123456789abcdef0).
      - Needed when the input holds several.
    type: str
  panos_version:
    description:
      - The firewall's PAN-OS version, for example V(11.1.4-h2). It decides which Diffie-Hellman groups can be taken.
    type: str
  outside_mtu:
    description:
      - The MTU of the firewall's outside interface, in octets. RV(_value.tunnels[].mtu) is computed from it.
    type: int
    default: 1500
  nat_traversal:
    description:
      - Whether the firewall is behind address translation, so that ESP travels in UDP. It lowers RV(_value.tunnels[].mtu).
      - An accelerated connection always has it, whatever is given here.
    type: bool
    default: false
  exactly_two:
    description:
      - Whether to refuse a connection that has not got two tunnels.
    type: bool
    default: true
notes:
  - The filter fails for what cannot be mended by another variable, such as a connection that is not available, tunnels that are
    not two different ones, certificate authentication, or tunnel options none of which PAN-OS has. The message names the
    connection and AWS's values, never a key.
  - A pre-shared key that is missing, masked, or kept in AWS Secrets Manager only, is V(null) in the result.
"""

EXAMPLES = r"""
- name: Describe the VPN connections
  amazon.aws.ec2_vpc_vpn_info:
    vpn_connection_ids: vpn-0123456789abcdef0
  register: described
  no_log: true

- name: Show what the firewall will be told, without the keys
  ansible.builtin.debug:
    msg: "{{ item.outside_address }}: {{ item.ike }}, {{ item.ipsec }}, MTU {{ item.mtu }}"
  loop: "{{ (described | tunnelsmith.panos_vpn.aws_vpn_connection).tunnels }}"
  loop_control:
    label: "{{ item.outside_address }}"

- name: Read one of several connections that the AWS command line described
  ansible.builtin.set_fact:
    peer: >-
      {{ lookup('ansible.builtin.file', 'connections.json')
         | tunnelsmith.panos_vpn.aws_vpn_connection('vpn-0123456789abcdef0', panos_version='11.1.4-h2', outside_mtu=1460) }}
  no_log: true
"""

RETURN = r"""
_value:
  description: The connection.
  type: dict
  contains:
    id:
      description: The connection's id.
      type: str
      sample: vpn-0123456789abcdef0
    state:
      description: V(available), or V(null) where the input does not tell (Terraform).
      type: str
    routing:
      description: V(static) or V(bgp), fixed when the connection was created.
      type: str
    gateway:
      description: What ends the tunnels in AWS, one of V(vgw), V(tgw), V(cloudwan), V(concentrator), V(unknown).
      type: str
    customer_gateway_id:
      description: The customer gateway's id, or V(null).
      type: str
    acceleration:
      description: Whether the connection is accelerated, which needs NAT traversal.
      type: bool
    static_routes:
      description: The networks that AWS routes into a static connection.
      type: list
      elements: str
    warnings:
      description: What works but should be seen. The filter also shows them as warnings.
      type: list
      elements: str
    tunnels:
      description: The tunnels, in the order of the customer gateway configuration.
      type: list
      elements: dict
      contains:
        outside_address:
          description: AWS's endpoint.
          type: str
        customer_outside_address:
          description: The public address from which AWS expects the firewall, or V(null) where AWS does not say.
          type: str
        inside_cidr:
          description: The inside range.
          type: str
          sample: 169.254.10.0/30
        inside_address:
          description: The firewall's inside address, the higher one.
          type: str
          sample: 169.254.10.2
        inside_peer_address:
          description: AWS's inside address, the lower one.
          type: str
          sample: 169.254.10.1
        inside_ipv6_cidr:
          description: The IPv6 inside range.
          type: str
          returned: when the tunnel has IPv6 inside
        inside_ipv6_address:
          description: The firewall's IPv6 inside address.
          type: str
          returned: when the tunnel has IPv6 inside
        inside_ipv6_peer_address:
          description: AWS's IPv6 inside address.
          type: str
          returned: when the tunnel has IPv6 inside
        pre_shared_key:
          description: The key, or V(null) where the input does not hold it readably.
          type: str
        ike:
          description: The phase 1 proposal, in PAN-OS's words.
          type: dict
          sample: {version: ikev2, encryption: aes-256-cbc, hash: sha384, dh_group: group20, lifetime_seconds: 28800}
        ipsec:
          description: The phase 2 proposal, in PAN-OS's words.
          type: dict
          sample: {encryption: aes-256-gcm, authentication: none, dh_group: group20, lifetime_seconds: 3600}
        offers:
          description: All that AWS accepts and some supported PAN-OS can do, as lists below C(ike) and C(ipsec), best first.
          type: dict
        mtu:
          description: The largest MTU of the tunnel interface, in octets, with which no packet is fragmented outside.
          type: int
          sample: 1446
        anti_replay_window:
          description: The anti-replay window, in packets, rounded up to one that PAN-OS has.
          type: int
          sample: 1024
        bgp:
          description: AS numbers, and timers in seconds.
          type: dict
          returned: when RV(_value.routing) is V(bgp)
          sample: {local_as: 65000, peer_as: 64512, hold_time: 30, keep_alive: 10}
        traffic_selectors:
          description: The networks that AWS accepts inside the tunnel, on the firewall's side and on its own.
          type: dict
          sample: {local: 0.0.0.0/0, remote: 0.0.0.0/0}
        telemetry:
          description: What AWS says of the tunnel now, as C(status) (UP or DOWN), C(message) and C(accepted_routes).
          type: dict
          returned: when the input holds it
          sample: {status: UP, message: 1 BGP ROUTES, accepted_routes: 1}
"""

from ansible.errors import AnsibleFilterError
from ansible.module_utils.parsing.convert_bool import boolean
from ansible.utils.display import Display

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.errors import InvalidInput
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.peers.aws import reader
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.peers.fields import plain


def aws_vpn_connection(document, connection_id=None, panos_version=None, outside_mtu=1500, nat_traversal=False, exactly_two=True):
    """The profile of one VPN connection; see the documentation above."""
    try:
        arguments = {"outside_mtu": int(outside_mtu), "nat_traversal": boolean(nat_traversal or False), "exactly_two": boolean(exactly_two)}
    except (TypeError, ValueError) as exc:
        raise AnsibleFilterError("outside_mtu is a number, nat_traversal and exactly_two are true or false") from exc
    try:
        profile = reader.vpn_connection(document, connection_id or None, panos_version=panos_version or None, **arguments)
    except InvalidInput as exc:
        raise AnsibleFilterError(str(exc)) from exc
    for warning in profile.warnings:
        Display().warning(warning)
    return plain(profile)


class FilterModule:
    def filters(self):
        return {"aws_vpn_connection": aws_vpn_connection}
