#!/usr/bin/python
# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: prisma_access_panorama
short_description: Bring remote networks and service connections to Prisma Access that a Panorama manages
version_added: 0.1.0
description:
  - Makes remote networks and service connections of Prisma Access on the Panorama that manages it, changes them, or takes them away. The tunnels, IKE gateways
    and crypto profiles stand in the predefined templates (C(Remote_Network_Template), C(Service_Conn_Template)), the sites themselves in the Cloud
    Services plugin.
  - The rules that Prisma Access has for them are asked before anything is written, for all that is given and beside all that is there.
  - The sites of each of the two services are written in one transaction, everything is committed at once, and each service is pushed that has changed. The
    task ends when the plugin says that the sites are provisioned.
  - What is not given stays as it is. Predefined objects are neither changed nor taken away.
author:
  - Tunnelsmith contributors (@tunnelsmith)
extends_documentation_fragment:
  - tunnelsmith.panos_vpn.provider
  - tunnelsmith.panos_vpn.attributes
  - tunnelsmith.panos_vpn.attributes.writes
  - tunnelsmith.panos_vpn.committing
options:
  state:
    description:
      - V(present) makes what is given, or changes it.
      - V(replaced) makes of each site what is given and nothing else. What is not given of the site itself goes, such as a secondary tunnel, BGP or networks,
        and with a tunnel what V(absent) would take with it. A key that is not given stays. Of tunnels that it goes on naming, what is not given stays.
      - V(absent) takes the sites away, and with them their tunnels and what nothing else names of their gateways and crypto profiles. A crypto profile
        with a name of its own goes only where its contents are given. Compute locations lose their bandwidth.
    type: str
    choices: [present, replaced, absent]
    default: present
  tenant:
    description: The tenant, where this Prisma Access has several.
    type: str
  remote_networks:
    description: Branches.
    type: list
    elements: dict
    suboptions:
      name:
        description: Name of it.
        type: str
        required: true
      region:
        description: Location, by its key, such as V(us-east-1).
        type: str
      ipsec_tunnel:
        description: The primary tunnel.
        type: dict
        suboptions:
          name:
            description: Name of the IPsec tunnel. With nothing else, it is one that is there already.
            type: str
            required: true
          ike_gateway:
            description: Name of its IKE gateway. Omitted, it is that of the tunnel.
            type: str
          peer_address:
            description: Address of the device, which no other tunnel has. V(dynamic) where it is not fixed; the device begins then.
            type: str
          pre_shared_key:
            description: The key.
            type: str
          key_exchange:
            description: How the keys come about. Prisma Access takes V(auto-key) only.
            type: str
            choices:
            - auto-key
            - manual-key
          local_id:
            description: ID that Prisma Access shows.
            type: str
          local_id_type:
            description: Kind of that ID. Omitted, it is seen from the ID itself.
            type: str
            choices:
            - ipaddr
            - fqdn
            - ufqdn
            - keyid
            - dn
          peer_id:
            description: ID that the device shows.
            type: str
          peer_id_type:
            description: Kind of that ID. Omitted, it is seen from the ID itself.
            type: str
            choices:
            - ipaddr
            - fqdn
            - ufqdn
            - keyid
            - dn
          version:
            description: Version of IKE. A new tunnel has V(ikev2).
            type: str
            choices:
            - ikev2-preferred
            - ikev2
            - ikev1
          passive_mode:
            description: Whether Prisma Access only waits for the device. A new tunnel to a dynamic address has V(true).
            type: bool
          nat_traversal:
            description: Whether ESP can travel in UDP. A new tunnel has V(true).
            type: bool
          ike_crypto_profile:
            description: Name of its IKE crypto profile. Omitted, it is that of the tunnel.
            type: str
          ike:
            description: What that profile holds. Omitted, a profile of this name has to be there, or the tunnel is new.
            type: dict
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
          ipsec_crypto_profile:
            description: Name of its IPsec crypto profile. Omitted, it is that of the tunnel.
            type: str
          ipsec:
            description: What that profile holds. Omitted, a profile of this name has to be there, or the tunnel is new.
            type: dict
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
          proxy_ids:
            description: Pairs of networks, for a device with policy-based VPN.
            type: list
            elements: dict
            suboptions:
              name:
                description: Name of the proxy ID.
                type: str
                required: true
              local:
                description: Network on the side of Prisma Access.
                type: str
              remote:
                description: Network behind the device.
                type: str
          tunnel_monitor:
            description: What Prisma Access pings, to see whether the tunnel works.
            type: dict
            suboptions:
              destination_ip:
                description: Address behind the device that answers pings from all of the infrastructure subnet.
                type: str
                required: true
              proxy_id:
                description: Name of the proxy ID that lets these pings through. Needed where the tunnel has several.
                type: str
          anti_replay:
            description: Whether packets are refused that come twice. A new tunnel has V(true).
            type: bool
          copy_tos:
            description: Whether the type of service is copied to the outer header.
            type: bool
      secondary_ipsec_tunnel:
        description: The secondary tunnel, over another line of the device. It carries traffic while the primary one is down.
        type: dict
        suboptions:
          name:
            description: Name of the IPsec tunnel. With nothing else, it is one that is there already.
            type: str
            required: true
          ike_gateway:
            description: Name of its IKE gateway. Omitted, it is that of the tunnel.
            type: str
          peer_address:
            description: Address of the device, which no other tunnel has. V(dynamic) where it is not fixed; the device begins then.
            type: str
          pre_shared_key:
            description: The key.
            type: str
          key_exchange:
            description: How the keys come about. Prisma Access takes V(auto-key) only.
            type: str
            choices:
            - auto-key
            - manual-key
          local_id:
            description: ID that Prisma Access shows.
            type: str
          local_id_type:
            description: Kind of that ID. Omitted, it is seen from the ID itself.
            type: str
            choices:
            - ipaddr
            - fqdn
            - ufqdn
            - keyid
            - dn
          peer_id:
            description: ID that the device shows.
            type: str
          peer_id_type:
            description: Kind of that ID. Omitted, it is seen from the ID itself.
            type: str
            choices:
            - ipaddr
            - fqdn
            - ufqdn
            - keyid
            - dn
          version:
            description: Version of IKE. A new tunnel has V(ikev2).
            type: str
            choices:
            - ikev2-preferred
            - ikev2
            - ikev1
          passive_mode:
            description: Whether Prisma Access only waits for the device. A new tunnel to a dynamic address has V(true).
            type: bool
          nat_traversal:
            description: Whether ESP can travel in UDP. A new tunnel has V(true).
            type: bool
          ike_crypto_profile:
            description: Name of its IKE crypto profile. Omitted, it is that of the tunnel.
            type: str
          ike:
            description: What that profile holds. Omitted, a profile of this name has to be there, or the tunnel is new.
            type: dict
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
          ipsec_crypto_profile:
            description: Name of its IPsec crypto profile. Omitted, it is that of the tunnel.
            type: str
          ipsec:
            description: What that profile holds. Omitted, a profile of this name has to be there, or the tunnel is new.
            type: dict
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
          proxy_ids:
            description: Pairs of networks, for a device with policy-based VPN.
            type: list
            elements: dict
            suboptions:
              name:
                description: Name of the proxy ID.
                type: str
                required: true
              local:
                description: Network on the side of Prisma Access.
                type: str
              remote:
                description: Network behind the device.
                type: str
          tunnel_monitor:
            description: What Prisma Access pings, to see whether the tunnel works.
            type: dict
            suboptions:
              destination_ip:
                description: Address behind the device that answers pings from all of the infrastructure subnet.
                type: str
                required: true
              proxy_id:
                description: Name of the proxy ID that lets these pings through. Needed where the tunnel has several.
                type: str
          anti_replay:
            description: Whether packets are refused that come twice. A new tunnel has V(true).
            type: bool
          copy_tos:
            description: Whether the type of service is copied to the outer header.
            type: bool
      active_active:
        description: Whether the device uses both tunnels at once, which Prisma Access does not support.
        type: bool
      subnets:
        description: 'Networks behind the device, which Prisma Access has static routes to. They are all of them: one that is not given any more
          goes.'
        type: list
        elements: str
      bgp:
        description: BGP through the primary tunnel.
        type: dict
        suboptions:
          peer_as:
            description: AS number of the device. 1 to 4294967295.
            type: int
          peer_ip_address:
            description: Address of the device's BGP speaker.
            type: str
          local_ip_address:
            description: Address of Prisma Access's BGP speaker.
            type: str
          secret:
            description: Key of the TCP MD5 signatures.
            type: str
          originate_default_route:
            description: Whether Prisma Access announces a default route.
            type: bool
          summarize_mobile_user_routes:
            description: Whether it announces few large networks for its mobile users.
            type: bool
          do_not_export_routes:
            description: Whether it announces nothing at all.
            type: bool
      bgp_peer:
        description: BGP through the secondary tunnel.
        type: dict
        suboptions:
          same_as_primary:
            description: Whether it is the speaker that the primary tunnel leads to.
            type: bool
          peer_ip_address:
            description: Address of the device's BGP speaker.
            type: str
          local_ip_address:
            description: Address of Prisma Access's BGP speaker.
            type: str
          secret:
            description: Key of the TCP MD5 signatures.
            type: str
      license_type:
        description: How its bandwidth is licensed. V(FWAAS-AGGREGATE), of what is allocated to the compute location, V(FWAAS-25Mbps) and the
          like, of its own, or V(FWAAS-SITE-25Mbps) and the like, of its site. A new one has V(FWAAS-AGGREGATE).
        type: str
      spn_name:
        description: IPsec termination node that it ends at. Needed with V(FWAAS-AGGREGATE).
        type: str
      ecmp_links:
        description: Two to four tunnels that carry traffic at once, in place of a primary and a secondary one.
        type: list
        elements: dict
        suboptions:
          name:
            description: Name of the link.
            type: str
            required: true
          ipsec_tunnel:
            description: Its tunnel.
            type: dict
            suboptions:
              name:
                description: Name of the IPsec tunnel. With nothing else, it is one that is there already.
                type: str
                required: true
              ike_gateway:
                description: Name of its IKE gateway. Omitted, it is that of the tunnel.
                type: str
              peer_address:
                description: Address of the device, which no other tunnel has. V(dynamic) where it is not fixed; the device begins then.
                type: str
              pre_shared_key:
                description: The key.
                type: str
              key_exchange:
                description: How the keys come about. Prisma Access takes V(auto-key) only.
                type: str
                choices:
                - auto-key
                - manual-key
              local_id:
                description: ID that Prisma Access shows.
                type: str
              local_id_type:
                description: Kind of that ID. Omitted, it is seen from the ID itself.
                type: str
                choices:
                - ipaddr
                - fqdn
                - ufqdn
                - keyid
                - dn
              peer_id:
                description: ID that the device shows.
                type: str
              peer_id_type:
                description: Kind of that ID. Omitted, it is seen from the ID itself.
                type: str
                choices:
                - ipaddr
                - fqdn
                - ufqdn
                - keyid
                - dn
              version:
                description: Version of IKE. A new tunnel has V(ikev2).
                type: str
                choices:
                - ikev2-preferred
                - ikev2
                - ikev1
              passive_mode:
                description: Whether Prisma Access only waits for the device. A new tunnel to a dynamic address has V(true).
                type: bool
              nat_traversal:
                description: Whether ESP can travel in UDP. A new tunnel has V(true).
                type: bool
              ike_crypto_profile:
                description: Name of its IKE crypto profile. Omitted, it is that of the tunnel.
                type: str
              ike:
                description: What that profile holds. Omitted, a profile of this name has to be there, or the tunnel is new.
                type: dict
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
              ipsec_crypto_profile:
                description: Name of its IPsec crypto profile. Omitted, it is that of the tunnel.
                type: str
              ipsec:
                description: What that profile holds. Omitted, a profile of this name has to be there, or the tunnel is new.
                type: dict
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
              proxy_ids:
                description: Pairs of networks, for a device with policy-based VPN.
                type: list
                elements: dict
                suboptions:
                  name:
                    description: Name of the proxy ID.
                    type: str
                    required: true
                  local:
                    description: Network on the side of Prisma Access.
                    type: str
                  remote:
                    description: Network behind the device.
                    type: str
              tunnel_monitor:
                description: What Prisma Access pings, to see whether the tunnel works.
                type: dict
                suboptions:
                  destination_ip:
                    description: Address behind the device that answers pings from all of the infrastructure subnet.
                    type: str
                    required: true
                  proxy_id:
                    description: Name of the proxy ID that lets these pings through. Needed where the tunnel has several.
                    type: str
              anti_replay:
                description: Whether packets are refused that come twice. A new tunnel has V(true).
                type: bool
              copy_tos:
                description: Whether the type of service is copied to the outer header.
                type: bool
          bgp:
            description: BGP through it.
            type: dict
            suboptions:
              peer_as:
                description: AS number of the device. 1 to 4294967295.
                type: int
              peer_ip_address:
                description: Address of the device's BGP speaker.
                type: str
              local_ip_address:
                description: Address of Prisma Access's BGP speaker.
                type: str
              secret:
                description: Key of the TCP MD5 signatures.
                type: str
              originate_default_route:
                description: Whether Prisma Access announces a default route.
                type: bool
              summarize_mobile_user_routes:
                description: Whether it announces few large networks for its mobile users.
                type: bool
              do_not_export_routes:
                description: Whether it announces nothing at all.
                type: bool
      inbound_flow_over_pa_backbone:
        description: Whether traffic from the internet to it takes Prisma Access's own network.
        type: bool
  service_connections:
    description: Data centres and headquarters.
    type: list
    elements: dict
    suboptions:
      name:
        description: Name of it.
        type: str
        required: true
      region:
        description: Location, by its key, such as V(us-east-1).
        type: str
      ipsec_tunnel:
        description: The primary tunnel.
        type: dict
        suboptions:
          name:
            description: Name of the IPsec tunnel. With nothing else, it is one that is there already.
            type: str
            required: true
          ike_gateway:
            description: Name of its IKE gateway. Omitted, it is that of the tunnel.
            type: str
          peer_address:
            description: Address of the device, which no other tunnel has. V(dynamic) where it is not fixed; the device begins then.
            type: str
          pre_shared_key:
            description: The key.
            type: str
          key_exchange:
            description: How the keys come about. Prisma Access takes V(auto-key) only.
            type: str
            choices:
            - auto-key
            - manual-key
          local_id:
            description: ID that Prisma Access shows.
            type: str
          local_id_type:
            description: Kind of that ID. Omitted, it is seen from the ID itself.
            type: str
            choices:
            - ipaddr
            - fqdn
            - ufqdn
            - keyid
            - dn
          peer_id:
            description: ID that the device shows.
            type: str
          peer_id_type:
            description: Kind of that ID. Omitted, it is seen from the ID itself.
            type: str
            choices:
            - ipaddr
            - fqdn
            - ufqdn
            - keyid
            - dn
          version:
            description: Version of IKE. A new tunnel has V(ikev2).
            type: str
            choices:
            - ikev2-preferred
            - ikev2
            - ikev1
          passive_mode:
            description: Whether Prisma Access only waits for the device. A new tunnel to a dynamic address has V(true).
            type: bool
          nat_traversal:
            description: Whether ESP can travel in UDP. A new tunnel has V(true).
            type: bool
          ike_crypto_profile:
            description: Name of its IKE crypto profile. Omitted, it is that of the tunnel.
            type: str
          ike:
            description: What that profile holds. Omitted, a profile of this name has to be there, or the tunnel is new.
            type: dict
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
          ipsec_crypto_profile:
            description: Name of its IPsec crypto profile. Omitted, it is that of the tunnel.
            type: str
          ipsec:
            description: What that profile holds. Omitted, a profile of this name has to be there, or the tunnel is new.
            type: dict
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
          proxy_ids:
            description: Pairs of networks, for a device with policy-based VPN.
            type: list
            elements: dict
            suboptions:
              name:
                description: Name of the proxy ID.
                type: str
                required: true
              local:
                description: Network on the side of Prisma Access.
                type: str
              remote:
                description: Network behind the device.
                type: str
          tunnel_monitor:
            description: What Prisma Access pings, to see whether the tunnel works.
            type: dict
            suboptions:
              destination_ip:
                description: Address behind the device that answers pings from all of the infrastructure subnet.
                type: str
                required: true
              proxy_id:
                description: Name of the proxy ID that lets these pings through. Needed where the tunnel has several.
                type: str
          anti_replay:
            description: Whether packets are refused that come twice. A new tunnel has V(true).
            type: bool
          copy_tos:
            description: Whether the type of service is copied to the outer header.
            type: bool
      secondary_ipsec_tunnel:
        description: The secondary tunnel, over another line of the device. It carries traffic while the primary one is down.
        type: dict
        suboptions:
          name:
            description: Name of the IPsec tunnel. With nothing else, it is one that is there already.
            type: str
            required: true
          ike_gateway:
            description: Name of its IKE gateway. Omitted, it is that of the tunnel.
            type: str
          peer_address:
            description: Address of the device, which no other tunnel has. V(dynamic) where it is not fixed; the device begins then.
            type: str
          pre_shared_key:
            description: The key.
            type: str
          key_exchange:
            description: How the keys come about. Prisma Access takes V(auto-key) only.
            type: str
            choices:
            - auto-key
            - manual-key
          local_id:
            description: ID that Prisma Access shows.
            type: str
          local_id_type:
            description: Kind of that ID. Omitted, it is seen from the ID itself.
            type: str
            choices:
            - ipaddr
            - fqdn
            - ufqdn
            - keyid
            - dn
          peer_id:
            description: ID that the device shows.
            type: str
          peer_id_type:
            description: Kind of that ID. Omitted, it is seen from the ID itself.
            type: str
            choices:
            - ipaddr
            - fqdn
            - ufqdn
            - keyid
            - dn
          version:
            description: Version of IKE. A new tunnel has V(ikev2).
            type: str
            choices:
            - ikev2-preferred
            - ikev2
            - ikev1
          passive_mode:
            description: Whether Prisma Access only waits for the device. A new tunnel to a dynamic address has V(true).
            type: bool
          nat_traversal:
            description: Whether ESP can travel in UDP. A new tunnel has V(true).
            type: bool
          ike_crypto_profile:
            description: Name of its IKE crypto profile. Omitted, it is that of the tunnel.
            type: str
          ike:
            description: What that profile holds. Omitted, a profile of this name has to be there, or the tunnel is new.
            type: dict
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
          ipsec_crypto_profile:
            description: Name of its IPsec crypto profile. Omitted, it is that of the tunnel.
            type: str
          ipsec:
            description: What that profile holds. Omitted, a profile of this name has to be there, or the tunnel is new.
            type: dict
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
          proxy_ids:
            description: Pairs of networks, for a device with policy-based VPN.
            type: list
            elements: dict
            suboptions:
              name:
                description: Name of the proxy ID.
                type: str
                required: true
              local:
                description: Network on the side of Prisma Access.
                type: str
              remote:
                description: Network behind the device.
                type: str
          tunnel_monitor:
            description: What Prisma Access pings, to see whether the tunnel works.
            type: dict
            suboptions:
              destination_ip:
                description: Address behind the device that answers pings from all of the infrastructure subnet.
                type: str
                required: true
              proxy_id:
                description: Name of the proxy ID that lets these pings through. Needed where the tunnel has several.
                type: str
          anti_replay:
            description: Whether packets are refused that come twice. A new tunnel has V(true).
            type: bool
          copy_tos:
            description: Whether the type of service is copied to the outer header.
            type: bool
      active_active:
        description: Whether the device uses both tunnels at once, which Prisma Access does not support.
        type: bool
      subnets:
        description: 'Networks behind the device, which Prisma Access has static routes to. They are all of them: one that is not given any more
          goes.'
        type: list
        elements: str
      bgp:
        description: BGP through the primary tunnel.
        type: dict
        suboptions:
          peer_as:
            description: AS number of the device. 1 to 4294967295.
            type: int
          peer_ip_address:
            description: Address of the device's BGP speaker.
            type: str
          local_ip_address:
            description: Address of Prisma Access's BGP speaker.
            type: str
          secret:
            description: Key of the TCP MD5 signatures.
            type: str
          originate_default_route:
            description: Whether Prisma Access announces a default route.
            type: bool
          summarize_mobile_user_routes:
            description: Whether it announces few large networks for its mobile users.
            type: bool
          do_not_export_routes:
            description: Whether it announces nothing at all.
            type: bool
      bgp_peer:
        description: BGP through the secondary tunnel.
        type: dict
        suboptions:
          same_as_primary:
            description: Whether it is the speaker that the primary tunnel leads to.
            type: bool
          peer_ip_address:
            description: Address of the device's BGP speaker.
            type: str
          local_ip_address:
            description: Address of Prisma Access's BGP speaker.
            type: str
          secret:
            description: Key of the TCP MD5 signatures.
            type: str
      backup_sc:
        description: Service connection that takes over, where routing is hot potato.
        type: str
      nat_pool:
        description: Network that sources are translated to.
        type: str
      source_nat:
        description: Whether sources are translated.
        type: bool
      no_export_community:
        description: Where the community C(no-export) is set.
        type: str
        choices:
        - Disabled
        - Enabled-In
        - Enabled-Out
        - Enabled-Both
  bandwidth:
    description:
      - Bandwidth of compute locations, for remote networks with the licence type V(FWAAS-AGGREGATE). Prisma Access makes termination nodes of it, once it is
        pushed, and names them itself.
    type: list
    elements: dict
    suboptions:
      name:
        description: The compute location, by its key, such as V(us-east).
        type: str
        required: true
      allocated_bandwidth:
        description: Bandwidth. 50 to 1000000 Mbps.
        type: int
      spn_names:
        description: Its IPsec termination nodes, which Prisma Access names itself.
        type: list
        elements: str
  update_secret:
    description:
      - Whether a key is written that cannot be compared with the one that is there. V(on_create) writes it for new objects only, and wherever the two
        can be compared and differ.
    type: str
    choices: [on_create, always]
    default: on_create
  commit:
    description: Whether to commit on Panorama and to push. Otherwise the changes stand in the candidate.
    type: bool
    default: true
  push:
    description:
      - V(changed) pushes each service that has changed, whose last push failed, or that an earlier task committed something for and nobody has pushed
        since. V(always) pushes what is given anyhow, and V(never) leaves the push to others.
    type: str
    choices: [changed, always, never]
    default: changed
  push_timeout:
    description: Seconds to wait for a push, until the sites are provisioned. The first one of a site takes many minutes.
    type: int
    default: 2700
  push_poll:
    description: Seconds between two looks at a push. Omitted, they grow from 0.2 to 5.
    type: float
  description:
    description: Text that is stored with the commit.
    type: str
  lock_timeout:
    description: Seconds to wait for the lock of another administrator.
    type: int
    default: 60
notes:
  - A push carries everything that is committed for the service, whoever committed it.
  - Which address Prisma Access has for a site is not told by Panorama's API. The address API of Prisma Access tells it for remote networks; see the
    guide.
seealso:
  - module: tunnelsmith.panos_vpn.site_to_site_vpn
  - module: tunnelsmith.panos_vpn.push
"""

EXAMPLES = r"""
- name: Bring a branch to Prisma Access, over two lines
  tunnelsmith.panos_vpn.prisma_access_panorama:
    remote_networks:
      - name: Lyon
        region: eu-central-1
        spn_name: europe-central-lime
        subnets: [10.80.0.0/16]
        ipsec_tunnel:
          name: lyon-1
          peer_address: 198.51.100.10
          pre_shared_key: "{{ vault_lyon_first_key }}"
          tunnel_monitor:
            destination_ip: 10.80.0.1
        secondary_ipsec_tunnel:
          name: lyon-2
          peer_address: 198.51.100.74
          pre_shared_key: "{{ vault_lyon_second_key }}"

- name: Take it away
  tunnelsmith.panos_vpn.prisma_access_panorama:
    state: absent
    remote_networks:
      - name: Lyon
"""

RETURN = r"""
objects:
  description: What the task was about, as XPaths.
  returned: always
  type: list
  elements: str
jobs:
  description: The commit job on Panorama, with its number and what it said.
  returned: always
  type: list
  elements: dict
pushes:
  description: What became of each push, with the numbers of Panorama's job and of the plugin's, and how many sites of the service there are.
  returned: always
  type: list
  elements: dict
  sample:
    - job_id: "12"
      job: "101"
      service: remote-networks
      total: 1
      failed: 0
      complete: 1
obstacles:
  description: What stands in the way of the sites, with the C(cause) by the ID that the diagnosis of a VPN calls it.
    P(tunnelsmith.panos_vpn.prisma_access_site#filter) takes them along.
  returned: when sites are made or changed, not in check mode
  type: list
  elements: dict
  sample:
    - {site: Lyon, kind: remote network, cause: cloud-site-not-pushed, description: it is committed on Panorama and not pushed}
infrastructure:
  description: The infrastructure subnet of Prisma Access, and its AS number.
  returned: when sites are made or changed, not in check mode
  type: dict
  sample:
    subnet: 172.16.55.0/24
    bgp_as: 65534
remote_networks:
  description: The remote networks of the task as they stand, without keys. P(tunnelsmith.panos_vpn.prisma_access_site#filter) makes a profile of one.
  returned: when sites are made or changed, not in check mode
  type: list
  elements: dict
service_connections:
  description: The service connections of the task as they stand, likewise.
  returned: when sites are made or changed, not in check mode
  type: list
  elements: dict
bandwidth:
  description: The compute locations of the task as they stand, with the termination nodes that they have.
  returned: when bandwidth is given, not in check mode
  type: list
  elements: dict
"""

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.tasks import prisma_access_panorama


def argument_spec():
    return prisma_access_panorama.argument_spec()


def main():
    prisma_access_panorama.run()


if __name__ == "__main__":
    main()
