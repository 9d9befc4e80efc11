#!/usr/bin/python
# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: site_to_site_vpn
short_description: Build or remove a whole site-to-site VPN on Palo Alto Networks firewalls
version_added: 0.1.0
description:
  - Carries a VPN of one to eight tunnels to one peer in a single task, and over a single connection to the firewall, from the description that
    P(tunnelsmith.panos_vpn.aws_vpn_connection#filter)
    makes of a cloud's output, or from one that is written by hand. Everything that the task changes goes out in one request, which takes
    effect as a whole or not at all.
  - It makes the crypto profiles, IKE gateways, tunnel interfaces with their zone and router, IPsec tunnels, what O(failover) needs, and
    the security rules, and it removes from these objects what an earlier run made and is no longer given. What belongs to others stays.
  - It goes as far as it is asked to. It writes; with O(commit) it commits, and nothing but the VPN's own changes; with O(verify) it waits until the
    tunnels are up, or finds out why they are not. Then it goes on with the next tunnel (O(rollout)), settles what holds, or does with what does not
    work what O(on_failure) says. Whatever ends it on the way, what was done is told beside the message, and a later run or
    M(tunnelsmith.panos_vpn.config_revert) leads on from there.
  - All checks that need the firewall are made on the same read that the changes are worked out from, before anything is written.
  - The names of all objects begin with O(name) (but see O(adopt)). Profiles, the BGP peer group and what it announces are
    called O(name) itself; gateways, tunnels, PBF rules and BGP peers have the number of their tunnel behind it (C(-1), C(-2)).
    Crypto profiles have it too where the tunnels differ in their proposals. Rules end in C(-out), C(-in), C(-ike), C(-inside) and
    C(-discard), backup routes in their network.
  - Which objects are the VPN's stands on the firewall, in one line of the comment of the first tunnel's interface that begins with C(tunnelsmith);
    where there is no room for their names, digests of them stand there, and in the comments of the other tunnels' interfaces. Other lines of
    these comments are left alone. The line also says what the VPN changed in objects that are not its own, so that O(state=absent) can
    restore it.
  - Every object that the VPN made holds what is asked for and nothing besides, whatever it held before. An option that is not given any more is taken
    back, a list holds what is given, and what somebody changed by hand in such an object is repaired by the next run. Left to people are comments,
    descriptions and tags, what is logged of the traffic of a rule and inspected in it, the management and NetFlow profiles of an interface, the
    password of a BGP peer, and what no option of this collection says. What was taken over with O(adopt), and zones, routers and their BGP, which others
    use as well, keep what they have beside.
  - A tunnel's proxy IDs are called by their two networks, as C(10.10.0.0-24_172.20.0.0-16), or by a digest of them where the name would be too long.
    Networks can come and go without one that stays being renamed, which would end its SAs.
  - An object that no such line names is somebody else's, whatever it is called. It is never changed or removed. Where the VPN needs its name,
    the task is refused, with every such object in one message. Where the line was deleted, O(adopt=true) takes the VPN's objects over again.
  - On a Panorama, O(template) (or O(template_stack)) and O(device_group) say where the VPN goes; both parts are written in one request. What stands
    around it is what counts on each firewall behind them, from its stack, its device groups and its own configuration, and versions are those of
    the firewalls. See R(Panorama,ansible_collections.tunnelsmith.panos_vpn.docsite.panorama).
author:
  - Tunnelsmith contributors (@tunnelsmith)
extends_documentation_fragment:
  - tunnelsmith.panos_vpn.provider
  - tunnelsmith.panos_vpn.attributes
  - tunnelsmith.panos_vpn.attributes.writes
  - tunnelsmith.panos_vpn.committing
  - tunnelsmith.panos_vpn.location
  - tunnelsmith.panos_vpn.location.rulebase
requirements:
  - netaddr
options:
  name:
    description:
      - Name of the VPN, usually the id of the cloud's connection. 26 letters, digits, C(-), C(_) and C(.) at most, a letter or digit first.
      - It must not be another VPN's name with C(-1) to C(-9) behind it, nor the other way round, since tunnels are numbered so. That is refused.
    type: str
    required: true
  state:
    description:
      - V(present) makes the VPN, or changes it to what is given. An option that is left out has the value that is said there.
      - V(absent) removes everything of the VPN, in the order of references, and needs only O(name). A zone or a BGP instance that others
        have come to use meanwhile stays, and a warning names them.
      - Without a record of such a VPN on the firewall V(absent) removes nothing. A warning lists the objects that have names like the VPN's.
    type: str
    choices: [present, absent]
    default: present
  connection:
    description:
      - All that P(tunnelsmith.panos_vpn.aws_vpn_connection#filter) makes of the cloud's description of the VPN. What else it says than the tunnels helps to
        find out why one does not come up.
      - Omitted, O(tunnels) has to be given.
    type: dict
    suboptions:
      id:
        description: ID of the connection.
        type: str
      cloud:
        description: Cloud that the connection is of.
        type: str
        choices:
        - aws
        - azure
        - gcp
        - harmony_sase
        - zstack
      state:
        description: State of the connection, in the cloud's words, where they are known.
        type: str
      routing:
        description: How the peer learns routes, fixed when the connection was created.
        type: str
        choices:
        - static
        - bgp
      gateway:
        description: What ends the tunnels in the cloud.
        type: str
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
        suboptions:
          outside_address:
            description: Address of the peer's endpoint, or its name. V(dynamic) for one without a fixed address, which begins itself and is known
              by its ID.
            type: str
            required: true
          cloud:
            description: Cloud of the peer's endpoint. The tunnel is held to that cloud's rules, and without it to none.
            type: str
            choices:
            - aws
            - azure
            - gcp
            - harmony_sase
            - zstack
          customer_outside_address:
            description: The public address from which the peer expects this firewall. It decides which address the firewall uses.
            type: str
          outside_interface:
            description: Interface of the firewall from which this tunnel leaves, where that is not the VPN's.
            type: str
          local_address:
            description: Address of that interface, with its length, where it has several.
            type: str
          outside_next_hop:
            description: Next router on the way to the peer's endpoint. Where it is given, the endpoint has a static route of its own through
              the outside interface.
            type: str
          local_id:
            description: ID that this tunnel's gateway shows to the peer. Omitted, it is that of the VPN.
            type: str
          local_id_type:
            description: Kind of the local ID. Omitted, it is seen from the ID itself.
            type: str
            choices:
            - ipaddr
            - fqdn
            - ufqdn
            - keyid
            - dn
          peer_id:
            description: ID that the peer must show. Omitted, it is not looked at beyond the address.
            type: str
          peer_id_type:
            description: Kind of the peer's ID. Omitted, it is seen from the ID itself.
            type: str
            choices:
            - ipaddr
            - fqdn
            - ufqdn
            - keyid
            - dn
          initiator:
            description: Who begins to negotiate. With V(peer) the gateway only waits. Omitted, it is V(either).
            type: str
            choices:
            - firewall
            - peer
            - either
          dpd:
            description: How soon a peer that is silent is taken for dead.
            type: dict
            suboptions:
              interval:
                description: Time between probes. Omitted, it is V(10). 2 to 100 seconds.
                type: int
              retry:
                description: Probes without an answer, with IKEv1; PAN-OS has no such number for IKEv2. Omitted, it is V(3). 2 to 100 probes.
                type: int
          ike_fragmentation:
            description: Whether the peer wants large IKE messages in fragments. With IKEv2 that needs PAN-OS 11.2; older releases go without.
            type: bool
          certificate:
            description: Certificates, where the sides do not authenticate by a pre-shared key.
            type: dict
            suboptions:
              local_certificate:
                description: Name of the certificate on the firewall that it shows.
                type: str
              certificate_profile:
                description: Name of the certificate profile on the firewall whose authorities the peer's certificate is checked against.
                type: str
              local_subject:
                description: Subject that the peer demands of the firewall's certificate.
                type: str
              peer_subject:
                description: Subject of the peer's certificate.
                type: str
              authorities:
                description: Certificates of the authorities that the peer trusts, as PEM or base64.
                type: list
                elements: str
          inside_cidr:
            description: Network inside the tunnel. It goes with both inside addresses; failover by PBF or BGP needs all three.
            type: str
          inside_address:
            description: Address of this firewall inside the tunnel.
            type: str
          inside_peer_address:
            description: Address of the peer inside the tunnel.
            type: str
          inside_ipv6_cidr:
            description: IPv6 network inside the tunnel.
            type: str
          inside_ipv6_address:
            description: IPv6 address of this firewall inside the tunnel.
            type: str
          inside_ipv6_peer_address:
            description: IPv6 address of the peer inside the tunnel.
            type: str
          pre_shared_key:
            description: The key. Without it, where it is not known readably.
            type: str
          ike:
            description: The phase 1 proposal. What the peer offers comes before it.
            type: dict
            required: true
            suboptions:
              version:
                description: Version of IKE.
                type: str
                choices:
                - ikev1
                - ikev2
              encryption:
                description: Cipher, V(des), V(3des), V(aes-128-cbc), V(aes-192-cbc), V(aes-256-cbc), V(aes-128-gcm) or V(aes-256-gcm).
                type: str
              hash:
                description: Hash, V(md5), V(sha1), V(sha256), V(sha384), V(sha512) or V(non-auth).
                type: str
              dh_group:
                description: Diffie-Hellman group, V(group1), V(group2), V(group5), V(group14), V(group15), V(group16), V(group19), V(group20)
                  or V(group21).
                type: str
              lifetime_seconds:
                description: Lifetime of the IKE SA. 180 to 31536000 seconds.
                type: int
          ipsec:
            description: The phase 2 proposal. What the peer offers comes before it.
            type: dict
            required: true
            suboptions:
              encryption:
                description: Cipher, V(des), V(3des), V(aes-128-cbc), V(aes-192-cbc), V(aes-256-cbc), V(aes-128-ccm), V(aes-128-gcm), V(aes-256-gcm)
                  or V(null).
                type: str
              authentication:
                description: Hash, V(md5), V(sha1), V(sha256), V(sha384), V(sha512), or V(none) with a GCM cipher.
                type: str
              dh_group:
                description: Diffie-Hellman group for perfect forward secrecy, V(no-pfs) for none, else V(group1), V(group2), V(group5), V(group14),
                  V(group15), V(group16), V(group19), V(group20) or V(group21).
                type: str
              lifetime_seconds:
                description: Lifetime of the IPsec SA. 180 to 31536000 seconds.
                type: int
          offers:
            description: All that the peer accepts, best first. Where it is given, one proposal per phase is chosen of it, for the PAN-OS version
              that the firewall runs.
            type: dict
            suboptions:
              ike:
                description: What the peer accepts in phase 1.
                type: dict
                suboptions:
                  versions:
                    description: Versions of IKE.
                    type: list
                    elements: str
                  encryption:
                    description: Ciphers.
                    type: list
                    elements: str
                  hash:
                    description: Hashes.
                    type: list
                    elements: str
                  dh_group:
                    description: Diffie-Hellman groups.
                    type: list
                    elements: str
                  lifetime_seconds:
                    description: Lifetime. 1 to 31536000 seconds.
                    type: int
              ipsec:
                description: What the peer accepts in phase 2.
                type: dict
                suboptions:
                  encryption:
                    description: Ciphers.
                    type: list
                    elements: str
                  authentication:
                    description: Hashes.
                    type: list
                    elements: str
                  dh_group:
                    description: Diffie-Hellman groups.
                    type: list
                    elements: str
                  lifetime_seconds:
                    description: Lifetime. 1 to 31536000 seconds.
                    type: int
              demands:
                description: What the peer insists on besides and no PAN-OS can be told, as sentences. With one, no tunnel can come up.
                type: list
                elements: str
          mtu:
            description: The largest MTU of the tunnel interface with which no packet is fragmented outside, as far as that was known when the
              tunnel was described. M(tunnelsmith.panos_vpn.site_to_site_vpn) computes it anew. 576 to 9216 octets.
            type: int
          path_mtu:
            description: The largest packet that the peer lets through the tunnel, where it says so. The tunnel interface's MTU is not larger.
              576 to 9216 octets.
            type: int
          outside_mtu:
            description: MTU of the peer's side outside of the tunnel. The tunnel interface's MTU is computed from it where it is smaller than
              that of the firewall's outside interface. 576 to 9216 octets.
            type: int
          anti_replay_window:
            description: Anti-replay window, rounded up to one that PAN-OS has. 1 to 4294967296 packets.
            type: int
          bgp:
            description: The BGP session through the tunnel, without which traffic cannot fail over by BGP.
            type: dict
            suboptions:
              local_as:
                description: AS number of this firewall. 1 to 4294967295.
                type: int
              peer_as:
                description: AS number of the peer. 1 to 4294967295.
                type: int
              hold_time:
                description: Hold time. 3 to 65535 seconds.
                type: int
              keep_alive:
                description: Keep-alive interval. 1 to 21845 seconds.
                type: int
              med:
                description: Metric (MED) with which the peer announces its routes here; of two tunnels the one with the smaller is preferred.
                  It arrives by itself. 0 to 4294967295.
                type: int
              peer_address:
                description: Address of the peer's BGP speaker, where that is not its inside address.
                type: str
              local_address:
                description: Address from which the peer expects this firewall's BGP, where that is not the inside address.
                type: str
              multihop:
                description: How far the peer's BGP speaker is, where it is outside of the inside network. 1 to 255 hops.
                type: int
              host_route:
                description: Whether the peer's BGP speaker is reached by a route of its own into the tunnel.
                type: bool
              authentication:
                description: Name of the key with which the peer demands TCP MD5 signatures.
                type: str
              secret:
                description: The key of the TCP MD5 signatures, 63 characters at most.
                type: str
          traffic_selectors:
            description: Networks that the peer accepts inside the tunnel. Where they are narrower than everything, the tunnel gets a proxy ID.
            type: dict
            suboptions:
              local:
                description: Network on this firewall's side.
                type: str
              remote:
                description: Network on the peer's side.
                type: str
          selector_pairs:
            description: Pairs of networks, where the peer accepts several. Each gets a proxy ID, and they are taken instead of the one pair.
            type: list
            elements: dict
            suboptions:
              local:
                description: Network on this firewall's side.
                type: str
              remote:
                description: Network on the peer's side.
                type: str
          telemetry:
            description: What the cloud said of the tunnel when it was described.
            type: dict
            suboptions:
              status:
                description: Whether it is up, in the cloud's words.
                type: str
              status_message:
                description: What the cloud says about it.
                type: str
              accepted_routes:
                description: Number of routes that the cloud learned through it. 0 to 2147483648 routes.
                type: int
      warnings:
        description: What works but should be seen.
        type: list
        elements: str
      obstacles:
        description: What the management of the far side says stands in the way of its tunnels.
        type: list
        elements: dict
        suboptions:
          cause:
            description: What it is, by the ID of the diagnosis.
            type: str
            required: true
            choices:
            - cloud-site-not-pushed
            - cloud-site-being-provisioned
            - cloud-site-not-provisioned
            - cloud-site-without-address
            - cloud-site-without-bandwidth
            - cloud-rule-broken
          description:
            description: What the management says.
            type: str
            required: true
  tunnels:
    description:
      - The tunnels, as P(tunnelsmith.panos_vpn.aws_vpn_connection#filter) returns them, or written by hand.
      - Omitted, they are those of O(connection).
    type: list
    elements: dict
    suboptions:
      outside_address:
        description: Address of the peer's endpoint, or its name. V(dynamic) for one without a fixed address, which begins itself and is known
          by its ID.
        type: str
        required: true
      cloud:
        description: Cloud of the peer's endpoint. The tunnel is held to that cloud's rules, and without it to none.
        type: str
        choices:
        - aws
        - azure
        - gcp
        - harmony_sase
        - zstack
      customer_outside_address:
        description: The public address from which the peer expects this firewall. It decides which address the firewall uses.
        type: str
      outside_interface:
        description: Interface of the firewall from which this tunnel leaves, where that is not the VPN's.
        type: str
      local_address:
        description: Address of that interface, with its length, where it has several.
        type: str
      outside_next_hop:
        description: Next router on the way to the peer's endpoint. Where it is given, the endpoint has a static route of its own through the
          outside interface.
        type: str
      local_id:
        description: ID that this tunnel's gateway shows to the peer. Omitted, it is that of the VPN.
        type: str
      local_id_type:
        description: Kind of the local ID. Omitted, it is seen from the ID itself.
        type: str
        choices:
        - ipaddr
        - fqdn
        - ufqdn
        - keyid
        - dn
      peer_id:
        description: ID that the peer must show. Omitted, it is not looked at beyond the address.
        type: str
      peer_id_type:
        description: Kind of the peer's ID. Omitted, it is seen from the ID itself.
        type: str
        choices:
        - ipaddr
        - fqdn
        - ufqdn
        - keyid
        - dn
      initiator:
        description: Who begins to negotiate. With V(peer) the gateway only waits. Omitted, it is V(either).
        type: str
        choices:
        - firewall
        - peer
        - either
      dpd:
        description: How soon a peer that is silent is taken for dead.
        type: dict
        suboptions:
          interval:
            description: Time between probes. Omitted, it is V(10). 2 to 100 seconds.
            type: int
          retry:
            description: Probes without an answer, with IKEv1; PAN-OS has no such number for IKEv2. Omitted, it is V(3). 2 to 100 probes.
            type: int
      ike_fragmentation:
        description: Whether the peer wants large IKE messages in fragments. With IKEv2 that needs PAN-OS 11.2; older releases go without.
        type: bool
      certificate:
        description: Certificates, where the sides do not authenticate by a pre-shared key.
        type: dict
        suboptions:
          local_certificate:
            description: Name of the certificate on the firewall that it shows.
            type: str
          certificate_profile:
            description: Name of the certificate profile on the firewall whose authorities the peer's certificate is checked against.
            type: str
          local_subject:
            description: Subject that the peer demands of the firewall's certificate.
            type: str
          peer_subject:
            description: Subject of the peer's certificate.
            type: str
          authorities:
            description: Certificates of the authorities that the peer trusts, as PEM or base64.
            type: list
            elements: str
      inside_cidr:
        description: Network inside the tunnel. It goes with both inside addresses; failover by PBF or BGP needs all three.
        type: str
      inside_address:
        description: Address of this firewall inside the tunnel.
        type: str
      inside_peer_address:
        description: Address of the peer inside the tunnel.
        type: str
      inside_ipv6_cidr:
        description: IPv6 network inside the tunnel.
        type: str
      inside_ipv6_address:
        description: IPv6 address of this firewall inside the tunnel.
        type: str
      inside_ipv6_peer_address:
        description: IPv6 address of the peer inside the tunnel.
        type: str
      pre_shared_key:
        description: The key. Without it, where it is not known readably.
        type: str
      ike:
        description: The phase 1 proposal. What the peer offers comes before it.
        type: dict
        required: true
        suboptions:
          version:
            description: Version of IKE.
            type: str
            choices:
            - ikev1
            - ikev2
          encryption:
            description: Cipher, V(des), V(3des), V(aes-128-cbc), V(aes-192-cbc), V(aes-256-cbc), V(aes-128-gcm) or V(aes-256-gcm).
            type: str
          hash:
            description: Hash, V(md5), V(sha1), V(sha256), V(sha384), V(sha512) or V(non-auth).
            type: str
          dh_group:
            description: Diffie-Hellman group, V(group1), V(group2), V(group5), V(group14), V(group15), V(group16), V(group19), V(group20) or
              V(group21).
            type: str
          lifetime_seconds:
            description: Lifetime of the IKE SA. 180 to 31536000 seconds.
            type: int
      ipsec:
        description: The phase 2 proposal. What the peer offers comes before it.
        type: dict
        required: true
        suboptions:
          encryption:
            description: Cipher, V(des), V(3des), V(aes-128-cbc), V(aes-192-cbc), V(aes-256-cbc), V(aes-128-ccm), V(aes-128-gcm), V(aes-256-gcm)
              or V(null).
            type: str
          authentication:
            description: Hash, V(md5), V(sha1), V(sha256), V(sha384), V(sha512), or V(none) with a GCM cipher.
            type: str
          dh_group:
            description: Diffie-Hellman group for perfect forward secrecy, V(no-pfs) for none, else V(group1), V(group2), V(group5), V(group14),
              V(group15), V(group16), V(group19), V(group20) or V(group21).
            type: str
          lifetime_seconds:
            description: Lifetime of the IPsec SA. 180 to 31536000 seconds.
            type: int
      offers:
        description: All that the peer accepts, best first. Where it is given, one proposal per phase is chosen of it, for the PAN-OS version
          that the firewall runs.
        type: dict
        suboptions:
          ike:
            description: What the peer accepts in phase 1.
            type: dict
            suboptions:
              versions:
                description: Versions of IKE.
                type: list
                elements: str
              encryption:
                description: Ciphers.
                type: list
                elements: str
              hash:
                description: Hashes.
                type: list
                elements: str
              dh_group:
                description: Diffie-Hellman groups.
                type: list
                elements: str
              lifetime_seconds:
                description: Lifetime. 1 to 31536000 seconds.
                type: int
          ipsec:
            description: What the peer accepts in phase 2.
            type: dict
            suboptions:
              encryption:
                description: Ciphers.
                type: list
                elements: str
              authentication:
                description: Hashes.
                type: list
                elements: str
              dh_group:
                description: Diffie-Hellman groups.
                type: list
                elements: str
              lifetime_seconds:
                description: Lifetime. 1 to 31536000 seconds.
                type: int
          demands:
            description: What the peer insists on besides and no PAN-OS can be told, as sentences. With one, no tunnel can come up.
            type: list
            elements: str
      mtu:
        description: The largest MTU of the tunnel interface with which no packet is fragmented outside, as far as that was known when the tunnel
          was described. M(tunnelsmith.panos_vpn.site_to_site_vpn) computes it anew. 576 to 9216 octets.
        type: int
      path_mtu:
        description: The largest packet that the peer lets through the tunnel, where it says so. The tunnel interface's MTU is not larger. 576
          to 9216 octets.
        type: int
      outside_mtu:
        description: MTU of the peer's side outside of the tunnel. The tunnel interface's MTU is computed from it where it is smaller than that
          of the firewall's outside interface. 576 to 9216 octets.
        type: int
      anti_replay_window:
        description: Anti-replay window, rounded up to one that PAN-OS has. 1 to 4294967296 packets.
        type: int
      bgp:
        description: The BGP session through the tunnel, without which traffic cannot fail over by BGP.
        type: dict
        suboptions:
          local_as:
            description: AS number of this firewall. 1 to 4294967295.
            type: int
          peer_as:
            description: AS number of the peer. 1 to 4294967295.
            type: int
          hold_time:
            description: Hold time. 3 to 65535 seconds.
            type: int
          keep_alive:
            description: Keep-alive interval. 1 to 21845 seconds.
            type: int
          med:
            description: Metric (MED) with which the peer announces its routes here; of two tunnels the one with the smaller is preferred. It
              arrives by itself. 0 to 4294967295.
            type: int
          peer_address:
            description: Address of the peer's BGP speaker, where that is not its inside address.
            type: str
          local_address:
            description: Address from which the peer expects this firewall's BGP, where that is not the inside address.
            type: str
          multihop:
            description: How far the peer's BGP speaker is, where it is outside of the inside network. 1 to 255 hops.
            type: int
          host_route:
            description: Whether the peer's BGP speaker is reached by a route of its own into the tunnel.
            type: bool
          authentication:
            description: Name of the key with which the peer demands TCP MD5 signatures.
            type: str
          secret:
            description: The key of the TCP MD5 signatures, 63 characters at most.
            type: str
      traffic_selectors:
        description: Networks that the peer accepts inside the tunnel. Where they are narrower than everything, the tunnel gets a proxy ID.
        type: dict
        suboptions:
          local:
            description: Network on this firewall's side.
            type: str
          remote:
            description: Network on the peer's side.
            type: str
      selector_pairs:
        description: Pairs of networks, where the peer accepts several. Each gets a proxy ID, and they are taken instead of the one pair.
        type: list
        elements: dict
        suboptions:
          local:
            description: Network on this firewall's side.
            type: str
          remote:
            description: Network on the peer's side.
            type: str
      telemetry:
        description: What the cloud said of the tunnel when it was described.
        type: dict
        suboptions:
          status:
            description: Whether it is up, in the cloud's words.
            type: str
          status_message:
            description: What the cloud says about it.
            type: str
          accepted_routes:
            description: Number of routes that the cloud learned through it. 0 to 2147483648 routes.
            type: int
  devices:
    description:
      - Behind a Panorama, what is other for each firewall that gets O(template). Every one of them has to be named. What is left out of an entry is as it is
        said for all.
      - Where the firewalls need different values, template variables stand for them, which the task declares in the template, gives a value for each
        firewall in its stack, and removes with the VPN. Keys cannot be variables. They have to be the same for all firewalls, see O(pre_shared_keys).
    type: list
    elements: dict
    suboptions:
      serial:
        description: Serial number of the firewall.
        type: str
        required: true
      connection:
        description: As O(connection), for this firewall.
        type: dict
        suboptions:
          id:
            description: ID of the connection.
            type: str
          cloud:
            description: Cloud that the connection is of.
            type: str
            choices:
            - aws
            - azure
            - gcp
            - harmony_sase
            - zstack
          state:
            description: State of the connection, in the cloud's words, where they are known.
            type: str
          routing:
            description: How the peer learns routes, fixed when the connection was created.
            type: str
            choices:
            - static
            - bgp
          gateway:
            description: What ends the tunnels in the cloud.
            type: str
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
            suboptions:
              outside_address:
                description: Address of the peer's endpoint, or its name. V(dynamic) for one without a fixed address, which begins itself and
                  is known by its ID.
                type: str
                required: true
              cloud:
                description: Cloud of the peer's endpoint. The tunnel is held to that cloud's rules, and without it to none.
                type: str
                choices:
                - aws
                - azure
                - gcp
                - harmony_sase
                - zstack
              customer_outside_address:
                description: The public address from which the peer expects this firewall. It decides which address the firewall uses.
                type: str
              outside_interface:
                description: Interface of the firewall from which this tunnel leaves, where that is not the VPN's.
                type: str
              local_address:
                description: Address of that interface, with its length, where it has several.
                type: str
              outside_next_hop:
                description: Next router on the way to the peer's endpoint. Where it is given, the endpoint has a static route of its own through
                  the outside interface.
                type: str
              local_id:
                description: ID that this tunnel's gateway shows to the peer. Omitted, it is that of the VPN.
                type: str
              local_id_type:
                description: Kind of the local ID. Omitted, it is seen from the ID itself.
                type: str
                choices:
                - ipaddr
                - fqdn
                - ufqdn
                - keyid
                - dn
              peer_id:
                description: ID that the peer must show. Omitted, it is not looked at beyond the address.
                type: str
              peer_id_type:
                description: Kind of the peer's ID. Omitted, it is seen from the ID itself.
                type: str
                choices:
                - ipaddr
                - fqdn
                - ufqdn
                - keyid
                - dn
              initiator:
                description: Who begins to negotiate. With V(peer) the gateway only waits. Omitted, it is V(either).
                type: str
                choices:
                - firewall
                - peer
                - either
              dpd:
                description: How soon a peer that is silent is taken for dead.
                type: dict
                suboptions:
                  interval:
                    description: Time between probes. Omitted, it is V(10). 2 to 100 seconds.
                    type: int
                  retry:
                    description: Probes without an answer, with IKEv1; PAN-OS has no such number for IKEv2. Omitted, it is V(3). 2 to 100 probes.
                    type: int
              ike_fragmentation:
                description: Whether the peer wants large IKE messages in fragments. With IKEv2 that needs PAN-OS 11.2; older releases go without.
                type: bool
              certificate:
                description: Certificates, where the sides do not authenticate by a pre-shared key.
                type: dict
                suboptions:
                  local_certificate:
                    description: Name of the certificate on the firewall that it shows.
                    type: str
                  certificate_profile:
                    description: Name of the certificate profile on the firewall whose authorities the peer's certificate is checked against.
                    type: str
                  local_subject:
                    description: Subject that the peer demands of the firewall's certificate.
                    type: str
                  peer_subject:
                    description: Subject of the peer's certificate.
                    type: str
                  authorities:
                    description: Certificates of the authorities that the peer trusts, as PEM or base64.
                    type: list
                    elements: str
              inside_cidr:
                description: Network inside the tunnel. It goes with both inside addresses; failover by PBF or BGP needs all three.
                type: str
              inside_address:
                description: Address of this firewall inside the tunnel.
                type: str
              inside_peer_address:
                description: Address of the peer inside the tunnel.
                type: str
              inside_ipv6_cidr:
                description: IPv6 network inside the tunnel.
                type: str
              inside_ipv6_address:
                description: IPv6 address of this firewall inside the tunnel.
                type: str
              inside_ipv6_peer_address:
                description: IPv6 address of the peer inside the tunnel.
                type: str
              pre_shared_key:
                description: The key. Without it, where it is not known readably.
                type: str
              ike:
                description: The phase 1 proposal. What the peer offers comes before it.
                type: dict
                required: true
                suboptions:
                  version:
                    description: Version of IKE.
                    type: str
                    choices:
                    - ikev1
                    - ikev2
                  encryption:
                    description: Cipher, V(des), V(3des), V(aes-128-cbc), V(aes-192-cbc), V(aes-256-cbc), V(aes-128-gcm) or V(aes-256-gcm).
                    type: str
                  hash:
                    description: Hash, V(md5), V(sha1), V(sha256), V(sha384), V(sha512) or V(non-auth).
                    type: str
                  dh_group:
                    description: Diffie-Hellman group, V(group1), V(group2), V(group5), V(group14), V(group15), V(group16), V(group19), V(group20)
                      or V(group21).
                    type: str
                  lifetime_seconds:
                    description: Lifetime of the IKE SA. 180 to 31536000 seconds.
                    type: int
              ipsec:
                description: The phase 2 proposal. What the peer offers comes before it.
                type: dict
                required: true
                suboptions:
                  encryption:
                    description: Cipher, V(des), V(3des), V(aes-128-cbc), V(aes-192-cbc), V(aes-256-cbc), V(aes-128-ccm), V(aes-128-gcm), V(aes-256-gcm)
                      or V(null).
                    type: str
                  authentication:
                    description: Hash, V(md5), V(sha1), V(sha256), V(sha384), V(sha512), or V(none) with a GCM cipher.
                    type: str
                  dh_group:
                    description: Diffie-Hellman group for perfect forward secrecy, V(no-pfs) for none, else V(group1), V(group2), V(group5), V(group14),
                      V(group15), V(group16), V(group19), V(group20) or V(group21).
                    type: str
                  lifetime_seconds:
                    description: Lifetime of the IPsec SA. 180 to 31536000 seconds.
                    type: int
              offers:
                description: All that the peer accepts, best first. Where it is given, one proposal per phase is chosen of it, for the PAN-OS
                  version that the firewall runs.
                type: dict
                suboptions:
                  ike:
                    description: What the peer accepts in phase 1.
                    type: dict
                    suboptions:
                      versions:
                        description: Versions of IKE.
                        type: list
                        elements: str
                      encryption:
                        description: Ciphers.
                        type: list
                        elements: str
                      hash:
                        description: Hashes.
                        type: list
                        elements: str
                      dh_group:
                        description: Diffie-Hellman groups.
                        type: list
                        elements: str
                      lifetime_seconds:
                        description: Lifetime. 1 to 31536000 seconds.
                        type: int
                  ipsec:
                    description: What the peer accepts in phase 2.
                    type: dict
                    suboptions:
                      encryption:
                        description: Ciphers.
                        type: list
                        elements: str
                      authentication:
                        description: Hashes.
                        type: list
                        elements: str
                      dh_group:
                        description: Diffie-Hellman groups.
                        type: list
                        elements: str
                      lifetime_seconds:
                        description: Lifetime. 1 to 31536000 seconds.
                        type: int
                  demands:
                    description: What the peer insists on besides and no PAN-OS can be told, as sentences. With one, no tunnel can come up.
                    type: list
                    elements: str
              mtu:
                description: The largest MTU of the tunnel interface with which no packet is fragmented outside, as far as that was known when
                  the tunnel was described. M(tunnelsmith.panos_vpn.site_to_site_vpn) computes it anew. 576 to 9216 octets.
                type: int
              path_mtu:
                description: The largest packet that the peer lets through the tunnel, where it says so. The tunnel interface's MTU is not larger.
                  576 to 9216 octets.
                type: int
              outside_mtu:
                description: MTU of the peer's side outside of the tunnel. The tunnel interface's MTU is computed from it where it is smaller
                  than that of the firewall's outside interface. 576 to 9216 octets.
                type: int
              anti_replay_window:
                description: Anti-replay window, rounded up to one that PAN-OS has. 1 to 4294967296 packets.
                type: int
              bgp:
                description: The BGP session through the tunnel, without which traffic cannot fail over by BGP.
                type: dict
                suboptions:
                  local_as:
                    description: AS number of this firewall. 1 to 4294967295.
                    type: int
                  peer_as:
                    description: AS number of the peer. 1 to 4294967295.
                    type: int
                  hold_time:
                    description: Hold time. 3 to 65535 seconds.
                    type: int
                  keep_alive:
                    description: Keep-alive interval. 1 to 21845 seconds.
                    type: int
                  med:
                    description: Metric (MED) with which the peer announces its routes here; of two tunnels the one with the smaller is preferred.
                      It arrives by itself. 0 to 4294967295.
                    type: int
                  peer_address:
                    description: Address of the peer's BGP speaker, where that is not its inside address.
                    type: str
                  local_address:
                    description: Address from which the peer expects this firewall's BGP, where that is not the inside address.
                    type: str
                  multihop:
                    description: How far the peer's BGP speaker is, where it is outside of the inside network. 1 to 255 hops.
                    type: int
                  host_route:
                    description: Whether the peer's BGP speaker is reached by a route of its own into the tunnel.
                    type: bool
                  authentication:
                    description: Name of the key with which the peer demands TCP MD5 signatures.
                    type: str
                  secret:
                    description: The key of the TCP MD5 signatures, 63 characters at most.
                    type: str
              traffic_selectors:
                description: Networks that the peer accepts inside the tunnel. Where they are narrower than everything, the tunnel gets a proxy
                  ID.
                type: dict
                suboptions:
                  local:
                    description: Network on this firewall's side.
                    type: str
                  remote:
                    description: Network on the peer's side.
                    type: str
              selector_pairs:
                description: Pairs of networks, where the peer accepts several. Each gets a proxy ID, and they are taken instead of the one pair.
                type: list
                elements: dict
                suboptions:
                  local:
                    description: Network on this firewall's side.
                    type: str
                  remote:
                    description: Network on the peer's side.
                    type: str
              telemetry:
                description: What the cloud said of the tunnel when it was described.
                type: dict
                suboptions:
                  status:
                    description: Whether it is up, in the cloud's words.
                    type: str
                  status_message:
                    description: What the cloud says about it.
                    type: str
                  accepted_routes:
                    description: Number of routes that the cloud learned through it. 0 to 2147483648 routes.
                    type: int
          warnings:
            description: What works but should be seen.
            type: list
            elements: str
          obstacles:
            description: What the management of the far side says stands in the way of its tunnels.
            type: list
            elements: dict
            suboptions:
              cause:
                description: What it is, by the ID of the diagnosis.
                type: str
                required: true
                choices:
                - cloud-site-not-pushed
                - cloud-site-being-provisioned
                - cloud-site-not-provisioned
                - cloud-site-without-address
                - cloud-site-without-bandwidth
                - cloud-rule-broken
              description:
                description: What the management says.
                type: str
                required: true
      local_address:
        description: As O(local_address).
        type: str
      local_id:
        description: As O(local_id).
        type: str
      monitor_addresses:
        description: As O(monitor_addresses).
        type: list
        elements: str
      router_id:
        description: As O(router_id).
        type: str
  pre_shared_keys:
    description:
      - Keys, one per tunnel and in their order, for a peer whose output does not hold them readably. An empty one means that of the tunnel itself.
      - Where one is given to a tunnel and the connection's description holds another one readably, a warning names the tunnel.
      - A tunnel that is made keeps its number, in the names of its objects and in all lists that are given per tunnel. It is known by its far end's address,
        so an output that tells the tunnels in another order one day changes nothing.
    type: list
    elements: str
  bgp_secrets:
    description:
      - Keys with which the BGP sessions are signed (TCP MD5), one per tunnel and in their order. An empty one means that of the tunnel itself.
      - A password that was set by hand stays where no key is given.
    type: list
    elements: str
  failover:
    description:
      - How traffic moves from one tunnel to the other. Required with O(state=present).
      - V(pbf) makes a monitor profile, monitors each tunnel, and makes one policy-based forwarding rule per tunnel in the order of preference, each
        of them disabled while its monitor gets no answer.
      - PBF decides for I(new) sessions only. When a rule goes down, sessions that are established already follow the routing table, and so may the answers
        to sessions that begin behind the peer. For those there are O(backup_routes).
      - V(bgp) makes or completes the router's BGP instance, announces exactly O(local_networks) to the peer and nothing else, and makes a
        peer group with one peer per tunnel. Sessions then follow the routes, established ones too. The peer's MED is left alone.
      - V(ecmp) is V(bgp) through all tunnels at the same time. The router's ECMP is turned on with V(4) paths and symmetric return, and with peers of different
        AS numbers paths over several of them as well. That starts the router anew when it is committed, once, and holds for all routes of equal cost in it.
        ECMP that was there before stays as it is, and is refused where it has fewer paths than there are tunnels (up to V(4)).
      - V(routes) makes a static route to each of O(remote_networks) through each tunnel, the preferred one with the lowest metric. With several tunnels each
        route is withdrawn while its monitor gets no answer through its tunnel, and behind all of them stands a route that discards (see O(when_both_down)). A
        single tunnel, and O(policy_based) tunnels, have no monitor.
      - An option that has no effect with what is chosen here is refused where it says something else than what is usual, such as O(monitor_interval) or
        O(when_both_down) with V(bgp) and with routes that have no monitor, or O(router_id) without BGP.
    type: str
    choices: [pbf, bgp, ecmp, routes]
  policy_based:
    description:
      - Whether the peer accepts traffic between pairs of networks only. Each pair of O(local_networks) and O(remote_networks) then has a proxy ID.
        It goes with O(failover=routes).
      - Omitted, it is V(false), and only a tunnel whose O(tunnels[].traffic_selectors) are narrow has a proxy ID.
    type: bool
  outside_interface:
    description:
      - Layer 3 interface by which the tunnels' packets leave. It must be in a zone and in a router. Required with O(state=present).
      - With a loopback interface in a zone of its own the rule for IKE and ESP is between that zone and the one by which the packets leave, both ways.
    type: str
  local_address:
    description:
      - Address of O(outside_interface) that the tunnels start from.
      - Omitted, it is the address that the peer expects. If the interface has only another one, the firewall is taken to be behind address translation.
        Then the local ID is the address that the peer expects, and the MTU leaves room for UDP. A warning tells where that other address is a public
        one, which is more often a new address of the line than translated; O(local_id) with the expected one silences it.
        With several addresses, none of them the expected one, the task fails and lists them. It fails too where another interface of this firewall
        has the address that the peer expects.
      - An address object is looked up, and a floating address of an active/active pair is used as such. An interface that gets its address by DHCP or PPPoE is
        used without naming the address. The address is of the family of the peer's.
    type: str
  local_id:
    description:
      - ID that the gateways show to the peer, an address, a name or a mail address. The tunnels' own ones come first.
      - Omitted, see O(local_address).
    type: str
  nat_traversal:
    description:
      - Whether ESP will travel in UDP although nothing here tells so, as with an accelerated connection. It lowers the MTU; NAT traversal itself is always on.
      - Omitted, it is V(false).
    type: bool
  tunnel_interfaces:
    description:
      - Tunnel interfaces, one per tunnel and in their order, for example V(tunnel.11). They must be free.
      - Omitted, an existing VPN keeps its own, and a new one gets the lowest free numbers, also when several runs allocate at once.
    type: list
    elements: str
  zone:
    description:
      - Layer 3 zone of the tunnel interfaces, made where it is missing. Both tunnels are in the same one, so that asymmetric paths are allowed.
        Required with O(state=present).
      - A zone protection profile with strict IP address check, or with O(failover=pbf) and no O(backup_routes) one that
        discards spoofed addresses, is refused. They would drop the VPN's packets.
    type: str
  virtual_router:
    description:
      - Router of the tunnel interfaces, a virtual router or, where the Advanced Routing Engine runs, a logical router. It must exist.
      - Omitted, it is V(default).
    type: str
  source_zones:
    description: Zones of the hosts that use the VPN. They must exist. Required with O(state=present).
    type: list
    elements: str
  local_networks:
    description:
      - Networks behind this firewall. Rules and announcements are limited to them. Required with O(state=present).
      - IPv4 or IPv6, as O(remote_networks). Both at once go with O(failover=routes) only, since a PBF rule has one next hop and a BGP session carries one
        family. For IPv6 with PBF or BGP the tunnels need C(inside_ipv6_cidr), C(inside_ipv6_address) and C(inside_ipv6_peer_address); the session is between
        the IPv6 addresses, and each tunnel gets a proxy ID of IPv6.
      - One that no interface and no static route of the router has is told as a warning, unless the router learns routes.
      - V(0.0.0.0/0) with O(failover=bgp) announces a default route to the far side, and needs O(allow_default_route).
      - Address objects and groups of them may stand here by their names, those of the virtual system before shared ones. The rules name them as well;
        routes, announcements and proxy IDs are made of their networks as they are in that run. A host name, a wildcard mask and a dynamic group are
        refused by name.
    type: list
    elements: str
  remote_networks:
    description:
      - Networks behind the peer. Rules and backup routes are limited to them. Required with O(state=present).
      - Address objects and groups may stand here, as in O(local_networks).
      - They must not overlap O(local_networks) or a network connected to the router, and must not cover the peer's endpoint.
    type: list
    elements: str
  mtu:
    description: MTU of the tunnel interfaces, in octets. Omitted, it is computed from the outside interface's MTU, the cipher and address translation.
    type: int
  monitor_interval:
    description: Seconds between two probes of a monitor, with O(failover=pbf) or O(failover=routes). Omitted, it is V(2). A route's is V(60) at most.
    type: int
  monitor_threshold:
    description: Lost probes after which a monitor fails, with O(failover=pbf) or O(failover=routes). Omitted, it is V(5). A route's is V(3) to V(10).
    type: int
  monitor_addresses:
    description: Addresses that the monitors probe, one per tunnel and in their order. Omitted, it is the peer's inside address.
    type: list
    elements: str
  primary_tunnel:
    description: Number of the tunnel that V(pbf) and V(routes) prefer, beginning with V(1). Omitted, it is V(1).
    type: int
  backup_routes:
    description:
      - Static routes to each of O(remote_networks), with O(failover=pbf), for established sessions and for the answers to sessions that begin behind the
        peer. They lead through the tunnels in the opposite order of preference (metric V(10), V(20)), and last to a discard (metric V(250)), so that nothing
        leaves in clear text while no tunnel is up. With O(when_both_down=route) there is no discard.
      - Where another route to the same network has one of these metrics, the VPN takes the next free ones and keeps them. Another VPN's come behind
        the first one's, and a discard comes behind everything that leads somewhere. A route of somebody else that is not used any more, or is preferred
        to the VPN's, is named in a warning.
      - Omitted, it is V(true) with O(failover=pbf), unless one of O(remote_networks) is everything, to which this were a default route.
      - With V(false) such packets follow the router's other routes. That is usually the default route, so that they leave the firewall in clear text by the
        outside interface, or are dropped where that is in another zone. Sessions that may begin behind the peer are warned of then.
    type: bool
  when_both_down:
    description:
      - What becomes of new sessions while all rules of O(failover=pbf) are disabled, or of all packets while all routes of O(failover=routes) are withdrawn.
      - V(discard) adds a last PBF rule that drops them. Where several VPNs lead to the same networks, those rules stand below all rules that lead into
        a tunnel, so that one VPN takes over when the other one is down. Established sessions follow the routing table all the same, only the discard of
        O(backup_routes) stops those. V(route) leaves new sessions to the routing table too.
      - With O(failover=routes) through several tunnels, V(discard) adds static routes that discard, with a metric behind all others.
      - Omitted, it is V(discard).
    type: str
    choices: [discard, route]
  router_id:
    description:
      - BGP router ID. One that the router has already stays, and another one is refused, unless this VPN made it and nobody else uses the router's BGP.
      - Omitted, a router without one gets the address of the interface that holds a local network, else its first address, written down or given by DHCP or
        PPPoE, else an address inside a tunnel.
    type: str
  install_route:
    description:
      - Whether learned routes are used. Omitted, a router without the setting gets V(true), and one whose running BGP says V(false) is refused.
    type: bool
  local_preference:
    description: Local preference of the routes learned through each tunnel, one number per tunnel, with O(failover=bgp). V(0) leaves a tunnel without one.
    type: list
    elements: int
  as_path_prepend:
    description: How often the own AS number is prepended to what each tunnel announces, one number per tunnel, with O(failover=bgp). V(0) is none.
    type: list
    elements: int
  redistribute:
    description:
      - Where the routes to O(local_networks) come from.
      - Omitted, it is found for each network. V(connected) if an interface of the router has it, V(static) if a static route has it, else V(other),
        which announces the network by its name.
    type: str
    choices: [connected, static, other]
  allow_readvertise:
    description:
      - Whether other BGP peers of the router may learn the VPN's networks. Omitted, it is V(false), and peers that no export policy
        keeps from them are named and refused. What they are told already counts for nothing, and neither do the peers of other VPNs of this
        module for the networks that these were given.
    type: bool
  allow_default_route:
    description:
      - Whether O(remote_networks) may hold everything (V(0.0.0.0/0)), and with O(failover=bgp) O(local_networks) too. Omitted, it is V(false).
      - Where routes lead everything into the tunnels, the router needs a narrower route to each tunnel's endpoint, so that the tunnels do not carry themselves.
    type: bool
  allow_summary_networks:
    description:
      - Whether O(remote_networks) may hold O(local_networks), and networks that the router reaches by longer routes of its own, such as V(10.0.0.0/8)
        towards a hub. Routing takes the longer one. With O(failover=pbf), a PBF rule above the paths leaves to the routing table what is connected or
        has a static route, but for what is inside the tunnels of VPNs; what only a routing protocol brings is not known.
      - A remote network may then hold the peer's own address as well, where the tunnel's packets have a way of their own. That is a longer static route
        or a connected network, a router of their own, or PBF without O(backup_routes), which does not steer them. With BGP it is the far side
        that decides whether it announces the summary, so a warning names the addresses that have no such way.
      - Omitted, it is V(false), and what overlaps is refused.
    type: bool
  nat_exemption:
    description:
      - Whether a NAT rule without translation is put above a rule that would translate the source of the VPN's traffic. It goes with the VPN,
        and as soon as no other rule would translate the traffic.
      - Omitted, it is V(false), and such a rule of somebody else is refused by its name.
    type: bool
  security_rules:
    description:
      - Which security rules are made. V(both) allows O(local_networks) to O(remote_networks) and back, V(outbound) only the first, V(none) makes none.
      - With the first two, where a rule denies all traffic, IKE and ESP between the endpoints and BGP and ping within O(zone) are allowed too.
      - Omitted, it is V(both).
    type: str
    choices: [both, outbound, none]
  rule_position:
    description:
      - Where new security rules go. A place below a rule that already decides on the same traffic is refused.
      - Omitted, each goes directly above the first rule that would decide on its traffic, or to the end.
    type: dict
    suboptions:
      where:
        description: At the top, at the bottom, or before or after O(rule_position.rule).
        type: str
        required: true
        choices: [top, bottom, before, after]
      rule:
        description: Name of the other rule. Required with V(before) and V(after).
        type: str
  replaces:
    description:
      - Name of another VPN that is removed in the same transaction. It is for a connection that was created anew and has a new id, new
        endpoints, keys and addresses. A name that no VPN of this firewall has is refused, unless this VPN stands already.
    type: str
  rollout:
    description:
      - What to do where a change would interrupt several tunnels that are there. V(together) changes them all, with a warning that names them.
      - V(one_by_one) changes one of them, the preferred one last. With O(commit) and O(verify) the task goes on with the next one when the one
        before is up, and stops where it does not come up. Otherwise what is left is in RV(waiting); commit, verify, and run the task again until it is empty.
      - What the tunnels share (rules, zones, announced networks) serves the former and the new tunnels until the last one's turn, which takes away what
        is no longer given. A change that gives up the router's BGP cannot be made so, nor one of its AS number or router ID, nor one in which tunnels
        exchange their interfaces; these are refused with V(one_by_one).
    type: str
    choices: [together, one_by_one]
    default: together
  configure:
    description:
      - Whether to write the VPN. V(false) is for a task that only looks at what runs, with O(verify), and needs no more than O(name) for it. Nothing is
        written, committed or taken back then; a journal is deleted where all is well and what it tells of runs.
    type: bool
    default: true
  commit:
    description: Whether to commit what the task wrote, or an earlier one left uncommitted of the VPN. Other administrators' changes stay uncommitted.
    type: bool
    default: false
  push:
    description:
      - On a Panorama, whether what is committed is brought to the firewalls that get both the template and the device group, and to no other. Each has a result
        of its own, and one that is not connected or refuses does not keep the others from it; the task fails in the end, and a later run brings it to those.
      - Omitted, it is pushed where it is committed. O(verify) looks at each of the firewalls, through Panorama.
    type: bool
  push_foreign:
    description:
      - A push brings everything that is committed on Panorama for a firewall. Where a firewall lacks something already, and no other one of its group and stack
        has it, V(fail) refuses before anything is written, and V(include) brings it along.
      - A run that changes nothing leaves such a firewall as it is, and says so.
    type: str
    choices: [fail, include]
    default: fail
  force_template_values:
    description: Whether the push takes back what was set on a firewall itself over a template's value, of anything that its templates say.
    type: bool
    default: false
  merge_with_candidate:
    description: Whether a firewall commits what is uncommitted on itself along with the push. Omitted, it is Panorama's default, which is to do so.
    type: bool
  description:
    description: Text that the firewall stores with the commit. Omitted, it names the VPN.
    type: str
  verify:
    description:
      - Whether to wait until the tunnels are up, with what O(failover) needs. With V(bgp) they must also bring and take the routes that they are for.
      - It is left out as long as something of the VPN is uncommitted, and with O(state=absent).
      - With O(commit), a tunnel that is down and that no packet asks for, since it has neither a monitor nor a BGP peer, is initiated once.
      - Where something of a tunnel that is there has changed that its two ends agree on (key, identity, addresses, proposal, IKE version, lifetime, pairs of
        networks), its SAs are cleared after the commit and negotiated anew, and it counts as proven on new SAs only. That is done for one tunnel after the
        other, also in a later run, where O(journal) tells of it. SAs are not cleared without O(commit), where only the far side begins, and with
        O(rollout=one_by_one) where the tunnel is the only one that is up; such tunnels are in RV(unproven), the journal stays, and so do tunnels that wait.
      - What a BGP session begins with (timers, password, addresses, AS numbers, router ID) counts as proven by a session that began after the commit. Where the
        one of before goes on, its tunnel is in RV(unproven), and it is not ended.
    type: bool
    default: false
  verify_timeout:
    description: Seconds to wait for the tunnels to come up.
    type: int
    default: 120
  verify_poll:
    description: Seconds, more than 0, between two looks at the tunnels. Omitted, they grow from 0.2 to 5.
    type: float
  counter_interval:
    description:
      - Seconds, more than 0, between two looks at the packet counters, at the end of the verification. A tunnel that packets go into and none comes out of
        is not healthy then. Omitted, the counters are looked at for the diagnosis only.
    type: float
  probe:
    description:
      - Command that is run once the tunnels are up, and that ends with 0 if a host on the far side answers a host behind the firewall; for
        example a ping by SSH from such a host. It is run a few times; if none of them is answered, the VPN does not work.
      - It is run without a shell, where the module runs. The variables of the environment that begin with C(PANOS_) are hidden from it.
      - V({size}) in it is replaced by the size of a ping's packets, as C(ping -s) takes it (with C(-M do), so that nobody divides them). Where small ones
        are answered, the largest that the tunnels' interfaces take are asked for, too; if none of those is answered, the diagnosis says why.
      - A ping from the firewall itself would prove nothing with PBF, which does not steer its own packets. Omitted, nothing is asked.
    type: str
  probe_timeout:
    description: Seconds after which O(probe) is ended, and counts as not answered.
    type: float
    default: 30.0
  on_failure:
    description:
      - What to do with a VPN that is written, and does not work. V(fail) ends the task with what is missing and why, V(keep) reports it and goes on. The VPN
        stays as it was written in both cases.
      - V(revert) takes back exactly what was changed since the last verified run, commits that, compares the running configuration with what it was, and
        ends the task with the reason; also where the commit fails. It does so only if no tunnel of the VPN is up, or if something on the firewall is down
        that was up before. With one tunnel up, as during maintenance of the peer, the VPN stays, and the task fails with what is missing. Tunnels that were up
        before and have lost their SAs, or made new ones, are negotiated anew after that too.
      - V(revert) is refused without O(commit) and O(journal), and has no effect with O(state=absent).
    type: str
    choices: [fail, keep, revert]
    default: fail
  journal:
    description:
      - Folder of a journal. Before anything is written, what it takes to revert it is put there, onto the disk and readable by the user alone;
        M(tunnelsmith.panos_vpn.config_revert) takes it back. It stands where the module runs, usually on the controller.
      - What several runs write adds up until the journal is deleted, by a task with O(verify) that finds all well, by one that has taken the VPN away and
        committed that, or by whoever else has verified the VPN. It holds former pre-shared keys in the firewall's stored form, new ones as a digest.
      - It remembers, too, which tunnels have to be negotiated anew for a change to be proven. Without it, on another machine, or in a container without this
        folder, a later run proves only what it changes itself, and RV(outcome) says so; the firewall does not tell what it was that SAs were made with.
      - Omitted, no journal is kept.
    type: path
  keep_journal:
    description: Whether the journal stays when all is well too, for a later step that verifies once more and may revert.
    type: bool
    default: false
  option_prefix:
    description: >-
      What stands before the names of these options where they are variables of a role, for example V(aws_pairing_): messages then name what was written
      there.
    type: str
  of_role:
    description: >-
      More of these options, by name and in one dictionary, as a role has them together. Each counts as if the task said it, and comes before what
      module defaults say.
    type: dict
  adopt:
    description:
      - Whether to take over what serves this connection already and is not this VPN's by its record, made by hand or by another tool, or this
        VPN's own objects after somebody deleted the record. Without it, such objects are named and refused, all of them in one message.
      - These are the IKE gateway from O(outside_interface) to the peer's address, its IPsec tunnel with the tunnel interface, PBF rules and static
        routes that lead O(remote_networks) into that interface, BGP peers at the peer's inside address with their group, and the profiles
        of all these. Their names stay. Their interface must be in O(zone) and in O(virtual_router) already.
      - What the peer accepts and the VPN can work with stays as it is (version of IKE, proposals, timers, anti-replay, a smaller MTU). Only what
        the VPN cannot do without is changed, and a warning names each change that interrupts a tunnel or a BGP session.
      - Another object that has a name which the VPN needs (a security rule, a PBF rule that drops, what is announced) is taken over only where
        it says already what the VPN wants. One that says something else is refused; it is never widened.
      - A profile that others use too is never changed. Where it does not do, the VPN gets one of its own.
      - From then on the objects are the VPN's. The record in the comment of the first tunnel's interface has their names, so that later
        runs find them without O(adopt), and O(state=absent) removes them, but for what others use by then, which a warning names.
    type: bool
    default: false
  config_lock:
    description:
      - Whether to take the firewall's configuration lock before anything is read, so that no other account can change the candidate until this is
        committed. With O(commit) it is released then, otherwise by M(tunnelsmith.panos_vpn.commit) with
        O(tunnelsmith.panos_vpn.commit#module:config_lock=true). It is released as well when there is nothing to commit, and when the task fails.
    type: bool
    default: false
notes:
  - Without O(commit) only the candidate configuration is changed. Run M(tunnelsmith.panos_vpn.commit) to make it the running one.
  - With an API key alone, without O(provider.username), the commit takes the account that the firewall books the VPN's changes on.
  - A peer of AWS allows pre-shared keys of 8 to 64 letters, digits, C(.) and C(_), the first of them not C(0).
seealso:
  - plugin: tunnelsmith.panos_vpn.aws_vpn_connection
    plugin_type: filter
  - module: tunnelsmith.panos_vpn.commit
  - module: tunnelsmith.panos_vpn.vpn_info
"""

EXAMPLES = r"""
- name: Pair with a static AWS connection, failing over by policy-based forwarding
  tunnelsmith.panos_vpn.site_to_site_vpn:
    name: "{{ static.id }}"
    tunnels: "{{ static.tunnels }}"
    failover: pbf
    outside_interface: ethernet1/8
    zone: aws-vpn
    source_zones: [trust]
    local_networks: [10.10.0.0/24]
    remote_networks: [10.200.0.0/16]
  vars:
    static: "{{ lookup('ansible.builtin.file', 'connection_static.json') | tunnelsmith.panos_vpn.aws_vpn_connection }}"
  register: pairing

- name: Commit exactly that
  tunnelsmith.panos_vpn.commit:
    objects: "{{ pairing.objects }}"
    earlier_changes: "{{ pairing.earlier_changes }}"

- name: Rotate the keys of a VPN, tunnel by tunnel, and take that back if it does not work
  tunnelsmith.panos_vpn.site_to_site_vpn:
    name: "{{ static.id }}"
    connection: "{{ static }}"
    pre_shared_keys: [notReal.rotated.one, notReal.rotated.two]
    failover: pbf
    outside_interface: ethernet1/8
    zone: aws-vpn
    source_zones: [trust]
    local_networks: [10.10.0.0/24]
    remote_networks: [10.200.0.0/16]
    commit: true
    verify: true
    rollout: one_by_one
    on_failure: revert
    journal: ~/.ansible/tunnelsmith
  vars:
    static: "{{ lookup('ansible.builtin.file', 'connection_static.json') | tunnelsmith.panos_vpn.aws_vpn_connection }}"

- name: Put a BGP connection in its place, first tunnel preferred
  tunnelsmith.panos_vpn.site_to_site_vpn:
    name: "{{ bgp.id }}"
    tunnels: "{{ bgp.tunnels }}"
    failover: bgp
    outside_interface: ethernet1/8
    zone: aws-vpn
    source_zones: [trust]
    local_networks: [10.10.0.0/24]
    remote_networks: [10.200.0.0/16]
    local_preference: [200, 100]
    as_path_prepend: [0, 2]
    replaces: vpn-0a1d7f3c52e9b8046
  vars:
    bgp: "{{ lookup('ansible.builtin.file', 'connection_bgp.json') | tunnelsmith.panos_vpn.aws_vpn_connection }}"

- name: Take it away again, when AWS knows nothing of it any more
  tunnelsmith.panos_vpn.site_to_site_vpn:
    name: vpn-0f64b20c9d8e1a375
    state: absent
"""

RETURN = r"""
devices:
  description: On a Panorama, what became of each firewall. It is there when the task fails, too.
  returned: when something was pushed or verified on a Panorama
  type: list
  elements: dict
  contains:
    serial:
      description: Serial number.
      type: str
    hostname:
      description: Name; empty of one that is not connected.
      type: str
    device_group:
      description: Its device group.
      type: str
    template_stack:
      description: Its template stack.
      type: str
    result:
      description:
        - V(in_sync), it had it all; V(pushed), it got it; V(pending), it would get it, or lacks it where nothing is pushed; V(failed); V(not_connected);
          V(of_others), what it lacks is not the VPN's; V(unknown), where Panorama lost the job.
      type: str
    told:
      description: The firewall's or Panorama's own words.
      type: str
    warnings:
      description: Warnings of the firewall's commit.
      type: list
      elements: str
    health:
      description: With O(verify), how well the VPN is there; beside it stand C(healthy), C(problems), C(vpns), C(summary), C(diagnosis) and C(why).
      type: str
  sample:
    - serial: "007054000543212"
      hostname: katy-fw1
      device_group: branches
      template_stack: branch-stack
      result: pushed
      told: commit succeeded; Configuration committed successfully
      warnings: []
      health: healthy
push_jobs:
  description: Numbers of the push jobs that ended.
  returned: when something was pushed
  type: list
  elements: str
  sample: ["71"]
vpn:
  description: What the VPN is on this firewall, without its keys.
  returned: with O(state=present)
  type: dict
  contains:
    name:
      description: Name of the VPN.
      type: str
      returned: always
      sample: vpn-0a1d7f3c52e9b8046
    failover:
      description: How traffic goes over to another tunnel.
      type: str
      returned: always
      sample: pbf
    zone:
      description: Zone of the tunnel interfaces.
      type: str
      returned: always
      sample: aws-vpn
    virtual_router:
      description: Router of the tunnel interfaces.
      type: str
      returned: always
      sample: default
    tunnels:
      description: The tunnels, in the order that was given.
      type: list
      elements: dict
      returned: always
      contains:
        name:
          description: Name of the tunnel.
          type: str
          returned: always
          sample: vpn-0a1d7f3c52e9b8046-1
        ike_gateway:
          description: Name of its gateway, another one than the tunnel's where it was adopted.
          type: str
          returned: always
          sample: vpn-0a1d7f3c52e9b8046-1
        tunnel_interface:
          description: Its tunnel interface, given or allocated. In check mode, the one that would be allocated.
          type: str
          returned: always
          sample: tunnel.1
        outside_address:
          description: Address of the peer's endpoint.
          type: str
          returned: always
          sample: 203.0.113.17
        local_address:
          description: Address of this firewall's end.
          type: str
          returned: always
          sample: 198.51.100.10
        inside_address:
          description: Address of this firewall inside the tunnel.
          type: str
          returned: always
          sample: 169.254.31.70
        inside_peer_address:
          description: Address of the peer inside the tunnel.
          type: str
          returned: always
          sample: 169.254.31.69
        ike:
          description: The phase 1 proposal that was chosen.
          type: dict
          returned: always
          sample: {version: ikev2, encryption: aes-256-cbc, hash: sha384, dh_group: group20, lifetime_seconds: 28800}
        ipsec:
          description: The phase 2 proposal that was chosen.
          type: dict
          returned: always
          sample: {encryption: aes-256-gcm, authentication: none, dh_group: group20, lifetime_seconds: 3600}
        mtu:
          description: MTU of the tunnel interface, in octets.
          type: int
          returned: always
          sample: 1446
        nat:
          description: Whether the peer sees another address than O(local_address).
          type: bool
          returned: always
          sample: false
objects:
  description: Places of everything that is the VPN's, made, removed or changed by it; for O(tunnelsmith.panos_vpn.commit#module:objects).
  returned: always
  type: list
  elements: str
  sample:
    - /config/devices/entry[@name='localhost.localdomain']/network/ike/gateway/entry[@name='vpn-0a1d7f3c52e9b8046-1']
    - /config/devices/entry[@name='localhost.localdomain']/network/interface/tunnel/units/entry[@name='tunnel.1']
    - /config/devices/entry[@name='localhost.localdomain']/network/virtual-router/entry[@name='default']/interface/member[text()='tunnel.1']
uncommitted:
  description: Whether something of the VPN stands in the candidate and not in the running configuration, from this run or from an earlier one.
  returned: always
  type: bool
  sample: true
interrupts:
  description: Tunnels that were there and that this change interrupts, or that are negotiated anew to prove an earlier one, in the order in which that is done.
  returned: when O(state=present)
  type: list
  elements: str
  sample: [vpn-0a1d7f3c52e9b8046-2, vpn-0a1d7f3c52e9b8046-1]
interruptions:
  description:
    - How long tunnels were interrupted that were negotiated anew and came up, from the clearing of their SAs, or from the end of the commit where it had
      ended them, until they were seen up on new ones.
    - With O(replaces), of all tunnels how long it took from the end of the commit until the whole VPN was seen up.
  returned: with O(commit) and O(verify), when there were any
  type: list
  elements: dict
  sample: [{tunnel: vpn-0a1d7f3c52e9b8046-2, seconds: 0.4}]
waiting:
  description: Tunnels that O(rollout=one_by_one) has not changed yet.
  returned: when O(state=present)
  type: list
  elements: str
  sample: []
committed:
  description: Places of the changes that were committed, or would be in check mode.
  returned: with O(commit), when there was something to commit
  type: list
  elements: str
  sample:
    - /config/devices/entry[@name='localhost.localdomain']/network/ike/gateway/entry[@name='vpn-0a1d7f3c52e9b8046-1']
jobs:
  description: The commit jobs that ended well, one for each turn of a rollout, and one for what was taken back.
  returned: with O(commit), when there was something to commit
  type: list
  elements: dict
  contains:
    job_id:
      description: Number of the job.
      type: str
      returned: always
      sample: "42"
    lines:
      description: What the firewall says of the job.
      type: list
      elements: str
      returned: always
      sample: [Configuration committed successfully]
    job_warnings:
      description: Warnings of the job; each is shown as a warning of the task too.
      type: list
      elements: str
      returned: always
      sample: []
job_id:
  description: Number of the commit job that failed, or goes on without the task; M(tunnelsmith.panos_vpn.commit) can wait for it.
  returned: when such a job was queued
  type: str
  sample: "42"
health:
  description:
    - How well the VPN is, V(healthy), V(at_risk) or V(down), as RV(tunnelsmith.panos_vpn.vpn_info#module:health) says it; while tunnels wait for their turn,
      how well the one is that had its turn.
    - The task fails where something does not work. What works and is at risk is told in RV(outcome) and RV(problems).
  returned: with O(verify), when it was looked at
  type: str
  sample: healthy
healthy:
  description: Whether RV(health) is V(healthy).
  returned: with RV(health)
  type: bool
  sample: true
vpns:
  description: The VPN and its tunnels, each with its health and the reasons, as in RV(tunnelsmith.panos_vpn.vpn_info#module:vpns).
  returned: with RV(health)
  type: list
  elements: dict
  sample:
    - name: vpn-0a1d7f3c52e9b8046
      health: healthy
      reasons: []
      tunnels:
        - {name: vpn-0a1d7f3c52e9b8046-1, health: healthy, reasons: []}
        - {name: vpn-0a1d7f3c52e9b8046-2, health: healthy, reasons: []}
unproven:
  description:
    - Tunnels that may still carry packets on what was agreed before the change, so that RV(healthy) tells nothing of it. They are proven when they have been
      negotiated anew, as by C(action=reconnect) of M(tunnelsmith.panos_vpn.vpn_action).
    - Tunnels as well through which a BGP session goes on that began before a change of what it begins with, or, where the change was taken back, with the
      change. They are proven when it has begun anew.
  returned: with RV(healthy)
  type: list
  elements: str
  sample: []
problems:
  description: One sentence for each thing that does not work.
  returned: with RV(healthy)
  type: list
  elements: str
  sample: []
summary:
  description: The state that tells it, on half a page, as RV(tunnelsmith.panos_vpn.vpn_info#module:summary) has it.
  returned: with RV(healthy)
  type: dict
  sample:
    health: healthy
    healthy: true
    problems: []
    tunnels:
      - {name: vpn-0a1d7f3c52e9b8046-1, health: healthy, healthy: true, ike_sas: 1, ipsec_sas: 1, flows: [active], monitors: [up]}
      - {name: vpn-0a1d7f3c52e9b8046-2, health: healthy, healthy: true, ike_sas: 1, ipsec_sas: 1, flows: [active], monitors: [up]}
    pbf_rules:
      - {name: vpn-0a1d7f3c52e9b8046-1, state: Active, next_hop: UP}
      - {name: vpn-0a1d7f3c52e9b8046-2, state: Active, next_hop: UP}
    bgp_peers: []
    learned: []
    advertised: []
diagnosis:
  description: Why it does not work, as RV(tunnelsmith.panos_vpn.vpn_info#module:diagnosis) has it. Empty where it does.
  returned: with RV(healthy)
  type: list
  elements: dict
  sample: []
why:
  description: The same as lines for people.
  returned: with RV(healthy)
  type: list
  elements: str
  sample:
    - "vpn-0a1d7f3c52e9b8046-2: the peer and this firewall have no phase 1 proposal in common (certain, phase-1-proposal)"
    - "  shown by: log 2026-03-01 10:00:00, ikev2-nego-ike-fail: received notify type NO_PROPOSAL_CHOSEN"
    - "  to mend it: ike_crypto_profile vpn-0a1d7f3c52e9b8046: the proposals that the peer accepts"
reverted:
  description: What has been taken back, as RV(tunnelsmith.panos_vpn.config_revert#module:reverted) has it.
  returned: when O(on_failure=revert) took something back
  type: list
  elements: dict
  sample:
    - object: ike_gateway 'vpn-0a1d7f3c52e9b8046-1'
      xpath: /config/devices/entry[@name='localhost.localdomain']/network/ike/gateway/entry[@name='vpn-0a1d7f3c52e9b8046-1']
left:
  description: What could not be taken back, and why, as RV(tunnelsmith.panos_vpn.config_revert#module:left) has it.
  returned: with RV(reverted)
  type: list
  elements: dict
  sample: []
reason:
  description: Why the task failed, without what stands now; for whoever changes that and tells of it later.
  returned: on failure
  type: str
  sample: "paris is not healthy: vpn-0a1d7f3c52e9b8046-1 is down"
outcome:
  description: What stands now, in one sentence.
  returned: not in check mode
  type: str
  sample: vpn-0a1d7f3c52e9b8046 works, as it was asked for.
journal:
  description: The journal's file, where it stands at the end. M(tunnelsmith.panos_vpn.config_revert) takes back what is in it.
  returned: when O(journal) is given and there is one
  type: str
  sample: /home/automation/.ansible/tunnelsmith/192.0.2.1,vpn-0f64b20c9d8e1a375.json
earlier_changes:
  description: Uncommitted changes of others, or of other tasks, that were there before; for O(tunnelsmith.panos_vpn.commit#module:earlier_changes).
  returned: always
  type: list
  elements: dict
  sample:
    - owner: alice
      xpath: /config/devices/entry[@name='localhost.localdomain']/vsys/entry[@name='vsys1']/address/entry[@name='office-lan']
"""

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.tasks import site_to_site_vpn


def argument_spec():
    return site_to_site_vpn.argument_spec()


def main():
    site_to_site_vpn.run()


if __name__ == "__main__":
    main()
