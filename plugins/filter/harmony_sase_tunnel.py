# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: harmony_sase_tunnel
author:
  - Tunnelsmith contributors (@tunnelsmith)
version_added: "0.1.0"
short_description: Make a site-to-site tunnel of Harmony SASE into values for a PAN-OS firewall
description:
  - Turns the settings of an IPSec Site-2-Site tunnel of Check Point Harmony SASE into the values that it needs on the firewall.
  - Nothing machine-readable comes out of its console, and its defaults are not published. So every value has to be given, and one that is missing is
    asked for by the words of the console.
  - One tunnel is route-based where the proposal subnets are 0.0.0.0/0 on both sides, and policy-based otherwise. Two tunnels are redundant ones, which
    end at two of its gateways and route by BGP.
positional: panos_version
options:
  _input:
    description:
      - The settings as a dictionary, by the words of the console or these. C(name), C(ike_version), C(ike_lifetime), C(tunnel_lifetime),
        C(dead_peer_detection_delay), C(dead_peer_detection_timeout), C(encryption_phase_1), C(integrity_phase_1), C(diffie_hellman_groups_phase_1),
        C(encryption_phase_2), C(integrity_phase_2), C(diffie_hellman_groups_phase_2), C(gateway_proposal_subnets) and
        C(remote_gateway_proposal_subnets). Times are seconds, or such as V(8h).
      - C(tunnels) is a list of one or two dictionaries with C(gateway_ip), C(gateway_id), C(shared_secret), C(public_ip) and C(remote_id), the last two
        being this firewall's.
      - Redundant tunnels need C(gateway_asn), C(hold_time) and C(keep_alive) besides, and each of them C(gateway_internal_ip),
        C(remote_gateway_internal_ip), C(internal_network) and C(remote_gateway_asn).
    type: raw
    required: true
  panos_version:
    description: The firewall's PAN-OS version, for example V(11.1.4-h2). It decides which Diffie-Hellman groups can be taken.
    type: str
  outside_mtu:
    description: The MTU of the firewall's outside interface, in octets. RV(_value.tunnels[].mtu) is computed from it.
    type: int
    default: 1500
  nat_traversal:
    description: Whether the firewall is behind address translation, so that ESP travels in UDP.
    type: bool
    default: false
notes:
  - Where several algorithms are given, the first that PAN-OS has is taken, in the order that
    P(tunnelsmith.panos_vpn.aws_vpn_connection#filter) tells.
seealso:
  - module: tunnelsmith.panos_vpn.site_to_site_vpn
"""

EXAMPLES = r"""
- name: Show what the firewall will be told
  ansible.builtin.debug:
    msg: "{{ (settings | tunnelsmith.panos_vpn.harmony_sase_tunnel).tunnels[0] }}"
  vars:
    settings:
      name: paris
      ike_version: V2
      ike_lifetime: 8h
      tunnel_lifetime: 1h
      dead_peer_detection_delay: 10s
      dead_peer_detection_timeout: 30s
      encryption_phase_1: aes256
      integrity_phase_1: sha512
      diffie_hellman_groups_phase_1: 14
      encryption_phase_2: aes256
      integrity_phase_2: sha512
      diffie_hellman_groups_phase_2: 14
      gateway_proposal_subnets: 0.0.0.0/0
      remote_gateway_proposal_subnets: 0.0.0.0/0
      tunnels:
        - gateway_ip: 203.0.113.17
          gateway_id: 203.0.113.17
          public_ip: 198.51.100.10
          remote_id: 198.51.100.10
"""

RETURN = r"""
_value:
  description: The tunnel, or the two redundant ones.
  type: dict
  contains:
    id:
      description: ID of the connection.
      type: str
      sample: vpn-0123456789abcdef0
    cloud:
      description: Cloud that the connection is of.
      type: str
      returned: when it is known
    state:
      description: State of the connection, in the cloud's words, where they are known.
      type: str
      sample: available
    routing:
      description: How the peer learns routes, fixed when the connection was created.
      type: str
      returned: when it is known
    gateway:
      description: What ends the tunnels in the cloud.
      type: str
      sample: vgw
    customer_gateway_id:
      description: ID of what the cloud calls this firewall.
      type: str
    acceleration:
      description: Whether the connection is accelerated, which needs NAT traversal.
      type: bool
    static_routes:
      description: Networks that the peer sends through a static connection.
      type: list
      elements: str
    tunnels:
      description: The tunnels, in the order of the description.
      type: list
      elements: dict
      contains:
        outside_address:
          description: Address of the peer's endpoint, or its name. V(dynamic) for one without a fixed address, which begins itself and is known
            by its ID.
          type: str
          sample: 203.0.113.17
        cloud:
          description: Cloud of the peer's endpoint. The tunnel is held to that cloud's rules, and without it to none.
          type: str
          returned: when it is known
        customer_outside_address:
          description: The public address from which the peer expects this firewall. It decides which address the firewall uses.
          type: str
          sample: 198.51.100.10
        outside_interface:
          description: Interface of the firewall from which this tunnel leaves, where that is not the VPN's.
          type: str
          returned: when it is known
        local_address:
          description: Address of that interface, with its length, where it has several.
          type: str
          returned: when it is known
        outside_next_hop:
          description: Next router on the way to the peer's endpoint. Where it is given, the endpoint has a static route of its own through the
            outside interface.
          type: str
          returned: when it is known
        local_id:
          description: ID that this tunnel's gateway shows to the peer. Omitted, it is that of the VPN.
          type: str
          returned: when it is known
        local_id_type:
          description: Kind of the local ID. Omitted, it is seen from the ID itself.
          type: str
          returned: when it is known
        peer_id:
          description: ID that the peer must show. Omitted, it is not looked at beyond the address.
          type: str
          returned: when it is known
        peer_id_type:
          description: Kind of the peer's ID. Omitted, it is seen from the ID itself.
          type: str
          returned: when it is known
        initiator:
          description: Who begins to negotiate. With V(peer) the gateway only waits. Omitted, it is V(either).
          type: str
          returned: when it is known
        dpd:
          description: How soon a peer that is silent is taken for dead.
          type: dict
          returned: when it is known
          contains:
            interval:
              description: Time between probes. Omitted, it is V(10). 2 to 100 seconds.
              type: int
              returned: when it is known
            retry:
              description: Probes without an answer, with IKEv1; PAN-OS has no such number for IKEv2. Omitted, it is V(3). 2 to 100 probes.
              type: int
              returned: when it is known
        ike_fragmentation:
          description: Whether the peer wants large IKE messages in fragments. With IKEv2 that needs PAN-OS 11.2; older releases go without.
          type: bool
          returned: when it is known
        certificate:
          description: Certificates, where the sides do not authenticate by a pre-shared key.
          type: dict
          returned: when it is known
          contains:
            local_certificate:
              description: Name of the certificate on the firewall that it shows.
              type: str
              returned: when it is known
            certificate_profile:
              description: Name of the certificate profile on the firewall whose authorities the peer's certificate is checked against.
              type: str
              returned: when it is known
            local_subject:
              description: Subject that the peer demands of the firewall's certificate.
              type: str
              returned: when it is known
            peer_subject:
              description: Subject of the peer's certificate.
              type: str
              returned: when it is known
            authorities:
              description: Certificates of the authorities that the peer trusts, as PEM or base64.
              type: list
              elements: str
              returned: when it is known
        inside_cidr:
          description: Network inside the tunnel. It goes with both inside addresses; failover by PBF or BGP needs all three.
          type: str
          returned: when it is known
          sample: 169.254.10.0/30
        inside_address:
          description: Address of this firewall inside the tunnel.
          type: str
          returned: when it is known
          sample: 169.254.10.2
        inside_peer_address:
          description: Address of the peer inside the tunnel.
          type: str
          returned: when it is known
          sample: 169.254.10.1
        inside_ipv6_cidr:
          description: IPv6 network inside the tunnel.
          type: str
          returned: when it is known
        inside_ipv6_address:
          description: IPv6 address of this firewall inside the tunnel.
          type: str
          returned: when it is known
        inside_ipv6_peer_address:
          description: IPv6 address of the peer inside the tunnel.
          type: str
          returned: when it is known
        pre_shared_key:
          description: The key. Without it, where it is not known readably.
          type: str
        ike:
          description: The phase 1 proposal. What the peer offers comes before it.
          type: dict
          contains:
            version:
              description: Version of IKE.
              type: str
              returned: when it is known
              sample: ikev2
            encryption:
              description: Cipher, V(des), V(3des), V(aes-128-cbc), V(aes-192-cbc), V(aes-256-cbc), V(aes-128-gcm) or V(aes-256-gcm).
              type: str
              returned: when it is known
              sample: aes-256-cbc
            hash:
              description: Hash, V(md5), V(sha1), V(sha256), V(sha384), V(sha512) or V(non-auth).
              type: str
              returned: when it is known
              sample: sha384
            dh_group:
              description: Diffie-Hellman group, V(group1), V(group2), V(group5), V(group14), V(group15), V(group16), V(group19), V(group20) or
                V(group21).
              type: str
              returned: when it is known
              sample: group20
            lifetime_seconds:
              description: Lifetime of the IKE SA. 180 to 31536000 seconds.
              type: int
              returned: when it is known
              sample: 28800
        ipsec:
          description: The phase 2 proposal. What the peer offers comes before it.
          type: dict
          contains:
            encryption:
              description: Cipher, V(des), V(3des), V(aes-128-cbc), V(aes-192-cbc), V(aes-256-cbc), V(aes-128-ccm), V(aes-128-gcm), V(aes-256-gcm)
                or V(null).
              type: str
              returned: when it is known
              sample: aes-256-gcm
            authentication:
              description: Hash, V(md5), V(sha1), V(sha256), V(sha384), V(sha512), or V(none) with a GCM cipher.
              type: str
              returned: when it is known
              sample: none
            dh_group:
              description: Diffie-Hellman group for perfect forward secrecy, V(no-pfs) for none, else V(group1), V(group2), V(group5), V(group14),
                V(group15), V(group16), V(group19), V(group20) or V(group21).
              type: str
              returned: when it is known
              sample: group20
            lifetime_seconds:
              description: Lifetime of the IPsec SA. 180 to 31536000 seconds.
              type: int
              returned: when it is known
              sample: 3600
        offers:
          description: All that the peer accepts, best first. Where it is given, one proposal per phase is chosen of it, for the PAN-OS version
            that the firewall runs.
          type: dict
          returned: when it is known
          contains:
            ike:
              description: What the peer accepts in phase 1.
              type: dict
              returned: when it is known
              contains:
                versions:
                  description: Versions of IKE.
                  type: list
                  elements: str
                  returned: when it is known
                encryption:
                  description: Ciphers.
                  type: list
                  elements: str
                  returned: when it is known
                hash:
                  description: Hashes.
                  type: list
                  elements: str
                  returned: when it is known
                dh_group:
                  description: Diffie-Hellman groups.
                  type: list
                  elements: str
                  returned: when it is known
                lifetime_seconds:
                  description: Lifetime. 1 to 31536000 seconds.
                  type: int
                  returned: when it is known
            ipsec:
              description: What the peer accepts in phase 2.
              type: dict
              returned: when it is known
              contains:
                encryption:
                  description: Ciphers.
                  type: list
                  elements: str
                  returned: when it is known
                authentication:
                  description: Hashes.
                  type: list
                  elements: str
                  returned: when it is known
                dh_group:
                  description: Diffie-Hellman groups.
                  type: list
                  elements: str
                  returned: when it is known
                lifetime_seconds:
                  description: Lifetime. 1 to 31536000 seconds.
                  type: int
                  returned: when it is known
            demands:
              description: What the peer insists on besides and no PAN-OS can be told, as sentences. With one, no tunnel can come up.
              type: list
              elements: str
              returned: when it is known
        mtu:
          description: The largest MTU of the tunnel interface with which no packet is fragmented outside, as far as that was known when the tunnel
            was described. M(tunnelsmith.panos_vpn.site_to_site_vpn) computes it anew. 576 to 9216 octets.
          type: int
          returned: when it is known
          sample: 1446
        path_mtu:
          description: The largest packet that the peer lets through the tunnel, where it says so. The tunnel interface's MTU is not larger. 576
            to 9216 octets.
          type: int
          returned: when it is known
        outside_mtu:
          description: MTU of the peer's side outside of the tunnel. The tunnel interface's MTU is computed from it where it is smaller than that
            of the firewall's outside interface. 576 to 9216 octets.
          type: int
          returned: when it is known
        anti_replay_window:
          description: Anti-replay window, rounded up to one that PAN-OS has. 1 to 4294967296 packets.
          type: int
          returned: when it is known
          sample: 1024
        bgp:
          description: The BGP session through the tunnel, without which traffic cannot fail over by BGP.
          type: dict
          returned: when it is known
          contains:
            local_as:
              description: AS number of this firewall. 1 to 4294967295.
              type: int
              returned: when it is known
              sample: 65000
            peer_as:
              description: AS number of the peer. 1 to 4294967295.
              type: int
              returned: when it is known
              sample: 64512
            hold_time:
              description: Hold time. 3 to 65535 seconds.
              type: int
              returned: when it is known
              sample: 30
            keep_alive:
              description: Keep-alive interval. 1 to 21845 seconds.
              type: int
              returned: when it is known
              sample: 10
            med:
              description: Metric (MED) with which the peer announces its routes here; of two tunnels the one with the smaller is preferred. It
                arrives by itself. 0 to 4294967295.
              type: int
              returned: when it is known
              sample: 100
            peer_address:
              description: Address of the peer's BGP speaker, where that is not its inside address.
              type: str
              returned: when it is known
            local_address:
              description: Address from which the peer expects this firewall's BGP, where that is not the inside address.
              type: str
              returned: when it is known
            multihop:
              description: How far the peer's BGP speaker is, where it is outside of the inside network. 1 to 255 hops.
              type: int
              returned: when it is known
            host_route:
              description: Whether the peer's BGP speaker is reached by a route of its own into the tunnel.
              type: bool
              returned: when it is known
            authentication:
              description: Name of the key with which the peer demands TCP MD5 signatures.
              type: str
              returned: when it is known
            secret:
              description: The key of the TCP MD5 signatures, 63 characters at most.
              type: str
              returned: when it is known
        traffic_selectors:
          description: Networks that the peer accepts inside the tunnel. Where they are narrower than everything, the tunnel gets a proxy ID.
          type: dict
          returned: when it is known
          contains:
            local:
              description: Network on this firewall's side.
              type: str
              returned: when it is known
              sample: 0.0.0.0/0
            remote:
              description: Network on the peer's side.
              type: str
              returned: when it is known
              sample: 0.0.0.0/0
        selector_pairs:
          description: Pairs of networks, where the peer accepts several. Each gets a proxy ID, and they are taken instead of the one pair.
          type: list
          elements: dict
          returned: when it is known
          contains:
            local:
              description: Network on this firewall's side.
              type: str
              returned: when it is known
              sample: 0.0.0.0/0
            remote:
              description: Network on the peer's side.
              type: str
              returned: when it is known
              sample: 0.0.0.0/0
        telemetry:
          description: What the cloud said of the tunnel when it was described.
          type: dict
          returned: when it is known
          contains:
            status:
              description: Whether it is up, in the cloud's words.
              type: str
              sample: UP
            status_message:
              description: What the cloud says about it.
              type: str
              sample: 1 BGP ROUTES
            accepted_routes:
              description: Number of routes that the cloud learned through it. 0 to 2147483648 routes.
              type: int
              sample: 1
    warnings:
      description: What works but should be seen.
      type: list
      elements: str
    obstacles:
      description: What the management of the far side says stands in the way of its tunnels.
      type: list
      elements: dict
      returned: when it is known
      contains:
        cause:
          description: What it is, by the ID of the diagnosis.
          type: str
          sample: cloud-site-not-provisioned
        description:
          description: What the management says.
          type: str
          sample: job 12 of the plugin could not provision 1 of 3 sites
"""


def harmony_sase_tunnel(document, panos_version=None, outside_mtu=1500, nat_traversal=False):
    """The profile of one tunnel, or of two redundant ones; see the documentation above."""
    # Ansible loads every filter of a collection in every task that uses one of them.
    from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.peers.harmony_sase.reader import site_2_site_tunnel
    from ansible_collections.tunnelsmith.panos_vpn.plugins.plugin_utils import profile_filter

    return profile_filter.result(lambda: site_2_site_tunnel(document), panos_version, outside_mtu, nat_traversal)


class FilterModule:
    def filters(self):
        return {"harmony_sase_tunnel": harmony_sase_tunnel}
