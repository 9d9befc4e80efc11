#!/usr/bin/python
# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: transaction
short_description: Manage any list of VPN objects of Palo Alto Networks firewalls in one task
version_added: 0.1.0
description:
  - Takes a list of the resources that the other modules of this collection manage, reads what is there once, and writes all that differs in
    one request; either everything is written or nothing is.
  - The items may stand in any order; they are written in the order of their references, and removed in the reverse of it.
  - More than 500 operations go in several requests. Where a later one fails, the earlier ones are undone, and the error says so.
  - What is wrong with an item is said with its number, before anything is written.
author:
  - Tunnelsmith contributors (@tunnelsmith)
extends_documentation_fragment:
  - tunnelsmith.panos_vpn.provider
  - tunnelsmith.panos_vpn.attributes
  - tunnelsmith.panos_vpn.attributes.writes
  - tunnelsmith.panos_vpn.location
  - tunnelsmith.panos_vpn.location.rulebase
options:
  items:
    description: The objects. Each item has exactly one key, the resource's name, with the options of that resource's module.
    type: list
    elements: dict
    required: true
    suboptions:
      bgp_instance:
        description: The options of M(tunnelsmith.panos_vpn.bgp_instance).
        type: dict
        suboptions:
          virtual_router:
            description:
            - Virtual router, or logical router where the Advanced Routing Engine runs. It must
              exist.
            type: str
            required: true
          enable:
            description: Whether BGP runs; PAN-OS's default is V(false).
            type: bool
          router_id:
            description: Router ID, an IPv4 address without mask. A router without BGP settings
              needs it.
            type: str
          local_as:
            description: AS number of the firewall, plain (V("65000")) or as-dot (V("1.10")).
              A router without BGP settings needs it.
            type: str
          install_route:
            description:
            - Whether learned routes go to the routing table. Without it, BGP learns and forwards
              nothing.
            - A router without BGP settings gets V(true), while PAN-OS takes one that names
              none for V(false).
            type: bool
          ecmp_multi_as:
            description: Whether paths through different AS may share the load.
            type: bool
          enforce_first_as:
            description: Whether an update whose AS path does not begin with the peer's AS is
              dropped.
            type: bool
          global_bfd_profile:
            description: BFD profile of all peers, or V(None).
            type: str
          default_local_preference:
            description: Local preference of routes that come without one, 0 to 4294967295.
              A router without it uses 100.
            type: int
          med:
            description: How the multi-exit discriminator (MED) counts.
            type: dict
            suboptions:
              always_compare_med:
                description: Whether the MED of paths from different AS is compared.
                type: bool
              deterministic_med_comparison:
                description: Whether the MED of paths from one AS is compared whatever the order
                  they came in.
                type: bool
          graceful_restart:
            description: Graceful restart.
            type: dict
            suboptions:
              enable:
                description: Whether routes are kept while BGP of a peer or of the firewall
                  starts again.
                type: bool
              stale_route_time:
                description: Seconds that routes of a restarting peer are kept, 1 to 3600. A
                  router without it uses 120.
                type: int
              local_restart_time:
                description: Seconds that the firewall says its own restart takes, 1 to 3600.
                  A router without it uses 120.
                type: int
              max_peer_restart_time:
                description: Longest restart of a peer that is believed, in seconds, 1 to 3600.
                  A router without it uses 120.
                type: int
          fast_external_failover:
            description: Whether a session over a link ends as soon as the link is down. Only
              the Advanced Routing Engine has it.
            type: bool
          graceful_shutdown:
            description: Whether the peers are told to prefer other paths; PAN-OS's default
              is V(false). Only the Advanced Routing Engine has it.
            type: bool
          always_advertise_network_route:
            description: Whether networks to announce are announced also when no route to them
              is there. Only the Advanced Routing Engine has it.
            type: bool
          redistribution_profile:
            description:
            - Redistribution profile for IPv4, at most 63 characters. M(tunnelsmith.panos_vpn.bgp_redistribution)
              sets it by itself, so that V(gathered) does not return it and V(replaced) leaves
              it as it is.
            - Only the Advanced Routing Engine has it.
            type: str
          reject_default_route:
            description: Whether default routes of peers are dropped. Only virtual routers have
              it.
            type: bool
          allow_redist_default_route:
            description: Whether the default route may be announced; PAN-OS's default is V(false).
              Only virtual routers have it.
            type: bool
          as_format:
            description: Form of AS numbers; PAN-OS's default is V(2-byte), and one above 65535
              needs V(4-byte). Only virtual routers have it.
            type: str
            choices:
            - 2-byte
            - 4-byte
          aggregate_med:
            description: Whether routes with different MED are aggregated. Only virtual routers
              have it.
            type: bool
          reflector_cluster_id:
            description: Cluster ID of the firewall as a route reflector, an IPv4 address. Only
              virtual routers have it.
            type: str
          confederation_member_as:
            description: AS number of the firewall inside a confederation, plain or as-dot.
              Only virtual routers have it.
            type: str
          state:
            description: As the option of the same name of M(tunnelsmith.panos_vpn.bgp_instance).
            type: str
            choices:
            - present
            - absent
            - replaced
            default: present
      ike_crypto_profile:
        description: The options of M(tunnelsmith.panos_vpn.ike_crypto_profile).
        type: dict
        suboptions:
          name:
            description: Name of the profile, at most 31 characters.
            type: str
            required: true
          dh_group:
            description:
            - Diffie-Hellman groups, most preferred first. V(group15), V(group16) and V(group21)
              need PAN-OS 10.2.
            - A new profile without this option gets V(group20).
            type: list
            elements: str
            choices:
            - group1
            - group2
            - group5
            - group14
            - group15
            - group16
            - group19
            - group20
            - group21
          encryption:
            description:
            - Ciphers, most preferred first. IKEv1 gateways cannot use a GCM cipher. V(des)
              is gone from PAN-OS 11.2.5 on.
            - A new profile without this option gets V(aes-256-cbc).
            type: list
            elements: str
            choices:
            - des
            - 3des
            - aes-128-cbc
            - aes-192-cbc
            - aes-256-cbc
            - aes-128-gcm
            - aes-256-gcm
          hash:
            description:
            - Hash algorithms, most preferred first. With a GCM cipher they serve as the pseudo-random
              function; V(non-auth) is for GCM only.
            - A new profile without this option gets V(sha384).
            type: list
            elements: str
            choices:
            - md5
            - sha1
            - sha256
            - sha384
            - sha512
            - non-auth
          lifetime:
            description:
            - How long a key lives, in one unit. Another unit takes the place of the one that
              is set.
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
            description: IKEv2 re-authentication happens after this many lifetimes, 0 to 50;
              0 means never, which is PAN-OS's default.
            type: int
          state:
            description: As the option of the same name of M(tunnelsmith.panos_vpn.ike_crypto_profile).
            type: str
            choices:
            - present
            - absent
            - replaced
            default: present
      ipsec_crypto_profile:
        description: The options of M(tunnelsmith.panos_vpn.ipsec_crypto_profile).
        type: dict
        suboptions:
          name:
            description: Name of the profile, at most 31 characters.
            type: str
            required: true
          esp:
            description:
            - Encryption and authentication of the packets (ESP). Takes the place of O(items[].ipsec_crypto_profile.ah)
              where that is set.
            - A new profile needs O(items[].ipsec_crypto_profile.esp.encryption) or O(items[].ipsec_crypto_profile.ah.authentication).
            type: dict
            suboptions:
              encryption:
                description:
                - Ciphers, most preferred first. The GCM and CCM ciphers authenticate by themselves.
                - V(des) is gone from PAN-OS 11.2.5 on. V(null) does not encrypt.
                type: list
                elements: str
                choices:
                - des
                - 3des
                - aes-128-cbc
                - aes-192-cbc
                - aes-256-cbc
                - aes-128-ccm
                - aes-128-gcm
                - aes-256-gcm
                - 'null'
              authentication:
                description:
                - Hash algorithms, most preferred first. With GCM and CCM ciphers only, V(none)
                  is the one possible value; with the other ciphers only, V(none) alone is refused.
                type: list
                elements: str
                choices:
                - none
                - md5
                - sha1
                - sha256
                - sha384
                - sha512
          ah:
            description: Authentication without encryption (AH). Takes the place of O(items[].ipsec_crypto_profile.esp)
              where that is set.
            type: dict
            suboptions:
              authentication:
                description: Hash algorithms, most preferred first.
                type: list
                elements: str
                choices:
                - md5
                - sha1
                - sha256
                - sha384
                - sha512
          dh_group:
            description:
            - Diffie-Hellman group of perfect forward secrecy; V(no-pfs) does without. V(group15),
              V(group16) and V(group21) need PAN-OS 10.2.
            - A new profile without this option gets V(group20).
            type: str
            choices:
            - no-pfs
            - group1
            - group2
            - group5
            - group14
            - group15
            - group16
            - group19
            - group20
            - group21
          lifetime:
            description:
            - How long a key lives, in one unit. Another unit takes the place of the one that
              is set.
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
            - How much data a key carries, in one unit. Another unit takes the place of the
              one that is set.
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
          state:
            description: As the option of the same name of M(tunnelsmith.panos_vpn.ipsec_crypto_profile).
            type: str
            choices:
            - present
            - absent
            - replaced
            default: present
      monitor_profile:
        description: The options of M(tunnelsmith.panos_vpn.monitor_profile).
        type: dict
        suboptions:
          name:
            description: Name of the profile, at most 31 characters.
            type: str
            required: true
          interval:
            description: Seconds between two probes, 2 to 100. A new profile without this option
              gets 3.
            type: int
          threshold:
            description: Number of lost probes in a row after which the target counts as dead,
              2 to 10. A new profile without this option gets 5.
            type: int
          action:
            description:
            - What happens when the target is dead. A new profile without this option gets V(wait-recover).
            - For a tunnel monitor, V(wait-recover) leaves the tunnel interface up and goes
              on probing, V(fail-over) takes it down, so that its routes are withdrawn.
            - For a rule of M(tunnelsmith.panos_vpn.pbf_failover) that is disabled while its
              target is dead, new sessions use the next matching rule with both values. V(fail-over)
              moves the established ones to the routing table; with V(wait-recover) the vendor's
              documentation of several PAN-OS versions disagrees on whether they stay.
            type: str
            choices:
            - wait-recover
            - fail-over
          state:
            description: As the option of the same name of M(tunnelsmith.panos_vpn.monitor_profile).
            type: str
            choices:
            - present
            - absent
            - replaced
            default: present
      zone_protection_profile:
        description: The options of M(tunnelsmith.panos_vpn.zone_protection_profile).
        type: dict
        suboptions:
          name:
            description: Name of the profile, at most 31 characters.
            type: str
            required: true
          strict_ip_check:
            description:
            - Drop packets with a malformed or link-local source address, and packets whose
              way back would leave by another interface.
            - Must be V(false) for the zone of a VPN with inside addresses in 169.254.0.0/16,
              and for two tunnels with asymmetric paths.
            type: bool
          discard_ip_spoof:
            description:
            - Drop packets whose way back, by the routing table, would leave by another zone.
            - With policy-based forwarding alone there is no such route through the tunnel,
              so that sessions which the far side starts are dropped.
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
            - What happens to TCP packets that are out of the window or out of step because
              the other direction takes another path.
            - V(global), which is PAN-OS's default, follows the firewall's session settings.
              V(bypass) lets two tunnels carry one session.
            type: str
            choices:
            - global
            - drop
            - bypass
          tcp_reject_non_syn:
            description:
            - Whether a TCP session must begin with a SYN. V(global), which is PAN-OS's default,
              follows the firewall's session settings.
            - The values are words, so write V("yes") and V("no") in quotes.
            type: str
            choices:
            - global
            - 'yes'
            - 'no'
          state:
            description: As the option of the same name of M(tunnelsmith.panos_vpn.zone_protection_profile).
            type: str
            choices:
            - present
            - absent
            - replaced
            default: present
      bgp_redistribution:
        description: The options of M(tunnelsmith.panos_vpn.bgp_redistribution).
        type: dict
        suboptions:
          state:
            description: As the option of the same name of M(tunnelsmith.panos_vpn.bgp_redistribution).
            type: str
            choices:
            - present
            - absent
            default: present
          virtual_router:
            description: Virtual router, or logical router where the Advanced Routing Engine
              runs. It must have BGP, see M(tunnelsmith.panos_vpn.bgp_instance).
            type: str
            required: true
          name:
            description:
            - Name of the profile, at most 31 characters.
            - A profile by which another protocol announces, and BGP does not, is refused.
            type: str
            required: true
          sources:
            description:
            - Where the routes come from that are announced. The list is set as given. A new
              profile needs it.
            - Routes of other protocols in the same profile of a virtual router stay.
            type: list
            elements: str
            choices:
            - connected
            - static
          destinations:
            description:
            - Networks of O(items[].bgp_redistribution.sources) that are announced, exactly
              these. The list is set as given.
            - A profile without it announces every network of its sources.
            - The profile is one of IPv4; IPv6 networks are announced by O(items[].bgp_redistribution.networks).
            - Where they are announced beside the profile of somebody else, V(absent) removes
              only those that are given.
            type: list
            elements: str
          networks:
            description:
            - Networks to announce wherever the route to them comes from, in addition to O(items[].bgp_redistribution.sources).
            - They belong to the router and not to the profile, so they are not returned by
              V(gathered), and removed only where they are given.
            type: list
            elements: str
          med:
            description: Multi-exit discriminator (MED) that is announced with the networks,
              1 to 65535; the lowest one wins.
            type: int
          priority:
            description:
            - Priority of the profile among those that match the same route, 1 to 255; the lowest
              one wins. A new profile without this option gets 1. Only virtual routers have
              it.
            type: int
          set_origin:
            description:
            - Origin that is announced with the networks. A new profile without this option
              gets V(incomplete). Only virtual routers have it.
            type: str
            choices:
            - igp
            - egp
            - incomplete
          set_local_preference:
            description: Local preference that is announced with the networks to internal peers,
              0 to 4294967295. Only virtual routers have it.
            type: int
          set_as_path_limit:
            description: Longest AS path that the networks may travel, 1 to 255. Only virtual
              routers have it.
            type: int
          set_community:
            description: Communities that are announced with the networks. The list is set as
              given. Only virtual routers have it.
            type: list
            elements: str
          set_extended_community:
            description: Extended communities that are announced with the networks. The list
              is set as given. Only virtual routers have it.
            type: list
            elements: str
          metric:
            description: Metric of the announced routes, 1 to 65535. Only virtual routers have
              it.
            type: int
          route_table:
            description: Which routes are announced. Only virtual routers have it.
            type: str
            choices:
            - unicast
            - multicast
            - both
      zone:
        description: The options of M(tunnelsmith.panos_vpn.zone).
        type: dict
        suboptions:
          name:
            description: Name of the zone, at most 63 characters.
            type: str
            required: true
          interfaces:
            description:
            - Interfaces to add. Each must exist and be imported into the virtual system, and
              can be in one zone only.
            - Interfaces that are in the zone already stay; with V(replaced) and this option,
              those that are not given are taken out of the zone, and without it all of them
              stay. M(tunnelsmith.panos_vpn.tunnel_interface) puts a tunnel interface into its
              zone by itself, and takes it out with V(none).
            - A new zone without this option is a layer 3 zone without interfaces.
            type: list
            elements: str
          zone_protection_profile:
            description:
            - Zone protection profile. For a VPN with inside addresses in 169.254.0.0/16 it
              must not have the strict IP address check; see M(tunnelsmith.panos_vpn.zone_protection_profile).
            type: str
          log_setting:
            description: Log forwarding profile for the zone protection logs, at most 63 characters.
            type: str
          enable_packet_buffer_protection:
            description: Packet buffer protection; PAN-OS's default is V(true).
            type: bool
          net_inspection:
            description: PAN-OS's zone setting C(net-inspection). Needs PAN-OS 11.0.2.
            type: bool
          enable_user_identification:
            description: User-ID in this zone; PAN-OS's default is V(false).
            type: bool
          enable_device_identification:
            description: Device-ID in this zone; PAN-OS's default is V(false).
            type: bool
          user_acl_include:
            description: Networks to add to those whose users are identified. Without any, those
              of all networks are.
            type: list
            elements: str
          user_acl_exclude:
            description: Networks to add to those whose users are not identified.
            type: list
            elements: str
          device_acl_include:
            description: Networks to add to those whose devices are identified. Without any,
              those of all networks are.
            type: list
            elements: str
          device_acl_exclude:
            description: Networks to add to those whose devices are not identified.
            type: list
            elements: str
          state:
            description: As the option of the same name of M(tunnelsmith.panos_vpn.zone).
            type: str
            choices:
            - present
            - absent
            - replaced
            default: present
      loopback_interface:
        description: The options of M(tunnelsmith.panos_vpn.loopback_interface).
        type: dict
        suboptions:
          name:
            description:
            - Name of the interface, V(loopback.1) to V(loopback.9999).
            type: str
            required: true
          ip:
            description:
            - IPv4 addresses to add, as V(198.51.100.7/32), or names of address objects.
            - A loopback interface has single addresses, so that any other prefix length than
              32 is refused.
            type: list
            elements: str
          ipv6:
            description: IPv6 on the interface.
            type: dict
            suboptions:
              enabled:
                description: PAN-OS's default is V(false).
                type: bool
              interface_id:
                description: The 64 bits that tell interfaces apart, in hexadecimal, or V(EUI-64),
                  which is PAN-OS's default.
                type: str
              addresses:
                description: IPv6 addresses to add or change.
                type: list
                elements: dict
                suboptions:
                  address:
                    description: Address with prefix length, as V(2001:db8:10::7/128), or the
                      name of an address object.
                    type: str
                    required: true
                  enable_on_interface:
                    description: Whether the address is used on the interface.
                    type: bool
                  prefix:
                    description: V(true) where O(items[].loopback_interface.ipv6.interface_id)
                      makes up the lower 64 bits of the address.
                    type: bool
                  anycast:
                    description: V(true) for an anycast address.
                    type: bool
          mtu:
            description: Largest packet in bytes, 576 to 9216; more than 1500 needs jumbo frames.
              An interface without it uses 1500.
            type: int
          adjust_tcp_mss:
            description: Lowering of the maximum segment size of TCP connections through the
              interface.
            type: dict
            suboptions:
              enable:
                description: PAN-OS's default is V(false).
                type: bool
              ipv4_mss_adjustment:
                description: Bytes below the MTU for IPv4, 40 to 300. PAN-OS's default is 40.
                type: int
              ipv6_mss_adjustment:
                description: Bytes below the MTU for IPv6, 60 to 300. PAN-OS's default is 60.
                type: int
          interface_management_profile:
            description: Interface management profile, at most 31 characters. Needed for the
              interface to answer pings.
            type: str
          netflow_profile:
            description: NetFlow profile, at most 63 characters.
            type: str
          comment:
            description: Comment, at most 1023 characters.
            type: str
          zone:
            description:
            - Zone to put the interface into; see M(tunnelsmith.panos_vpn.zone). An interface
              that is in another zone is refused.
            - V(none) takes the interface out of its zone.
            - PAN-OS drops the traffic of an interface without a zone. Where the interface is
              in another zone than the one that the peer's packets come in by, a security rule
              between the two has to let IKE and IPsec through.
            type: str
          virtual_router:
            description:
            - Virtual router to put the interface into, or logical router where the Advanced
              Routing Engine runs. It must exist.
            - V(none) takes the interface out of its router.
            - An interface that is in another router is refused. Without a router, nothing is
              forwarded to the interface.
            type: str
          state:
            description: As the option of the same name of M(tunnelsmith.panos_vpn.loopback_interface).
            type: str
            choices:
            - present
            - absent
            - replaced
            default: present
      security_rule:
        description: The options of M(tunnelsmith.panos_vpn.security_rule).
        type: dict
        suboptions:
          name:
            description: Name of the rule, at most 63 characters.
            type: str
            required: true
          from:
            description: Source zones to add, or V(any). A new rule needs them.
            type: list
            elements: str
          to:
            description: Destination zones to add, or V(any). A new rule needs them.
            type: list
            elements: str
          source:
            description: Source addresses to add, as addresses, networks or names of address
              objects. A new rule without this option gets V(any).
            type: list
            elements: str
          destination:
            description: Destination addresses to add, as addresses, networks or names of address
              objects. A new rule without this option gets V(any).
            type: list
            elements: str
          source_user:
            description: Source users to add. A rule without them means V(any).
            type: list
            elements: str
          category:
            description: URL categories to add. A rule without them means V(any).
            type: list
            elements: str
          application:
            description: Applications to add. A new rule without this option gets V(any).
            type: list
            elements: str
          service:
            description:
            - Services to add, V(any), or V(application-default) alone, which means each application's
              own ports.
            - A new rule without this option gets V(application-default).
            type: list
            elements: str
          source_hip:
            description: Host information profiles of the source to add. A rule without them
              means V(any).
            type: list
            elements: str
          destination_hip:
            description: Host information profiles of the destination to add. A rule without
              them means V(any).
            type: list
            elements: str
          tag:
            description: Tags to add.
            type: list
            elements: str
          action:
            description: What happens to the traffic. A new rule needs it.
            type: str
            choices:
            - allow
            - deny
            - drop
            - reset-client
            - reset-server
            - reset-both
          rule_type:
            description: Whether the rule is for traffic within zones, between zones, or both
              (V(universal), which is PAN-OS's default).
            type: str
            choices:
            - universal
            - intrazone
            - interzone
          description:
            description: Description, at most 1024 characters.
            type: str
          disabled:
            description: Whether the rule is switched off; PAN-OS's default is V(false).
            type: bool
          log_start:
            description: Whether a session is logged when it begins; PAN-OS's default is V(false).
            type: bool
          log_end:
            description: Whether a session is logged when it ends; PAN-OS's default is V(true).
            type: bool
          log_setting:
            description: Log forwarding profile, at most 63 characters.
            type: str
          negate_source:
            description: Whether O(items[].security_rule.source) means all but those; PAN-OS's
              default is V(false).
            type: bool
          negate_destination:
            description: Whether O(items[].security_rule.destination) means all but those; PAN-OS's
              default is V(false).
            type: bool
          icmp_unreachable:
            description: Whether the sender of what is dropped or reset is told by ICMP; PAN-OS's
              default is V(false).
            type: bool
          disable_inspect:
            description: PAN-OS's rule setting C(disable-inspect); its default is V(false).
            type: bool
          disable_server_response_inspection:
            description: Whether only what the client sends is inspected; PAN-OS's default is
              V(false).
            type: bool
          schedule:
            description: Schedule of the hours in which the rule holds. A rule without it holds
              always.
            type: str
          group_tag:
            description: Tag that the rule is grouped under in the web interface, at most 127
              characters.
            type: str
          profile_setting:
            description: Security profiles, as a group or one by one. One of the options, which
              takes the place of the one that is set.
            type: dict
            suboptions:
              group:
                description: Security profile group.
                type: list
                elements: str
              profiles:
                description: Single profiles.
                type: dict
                suboptions:
                  virus:
                    description: Antivirus profile.
                    type: list
                    elements: str
                  spyware:
                    description: Anti-spyware profile.
                    type: list
                    elements: str
                  vulnerability:
                    description: Vulnerability protection profile.
                    type: list
                    elements: str
                  url_filtering:
                    description: URL filtering profile.
                    type: list
                    elements: str
                  file_blocking:
                    description: File blocking profile.
                    type: list
                    elements: str
                  wildfire_analysis:
                    description: WildFire analysis profile.
                    type: list
                    elements: str
                  data_filtering:
                    description: Data filtering profile.
                    type: list
                    elements: str
                  gtp:
                    description: GTP protection profile, on models that have it.
                    type: list
                    elements: str
                  sctp:
                    description: SCTP protection profile, on models that have it.
                    type: list
                    elements: str
          position:
            description:
            - Where the rule stands among the others. It can be first, last, or on one side
              of O(items[].security_rule.position_rule).
            - A new rule is put next to O(items[].security_rule.position_rule). An existing
              one that stands on the right side already is not moved.
            - Without this option a new rule is the last one, which is below a rule that denies
              everything, and an existing rule stays where it is.
            type: str
            choices:
            - top
            - bottom
            - before
            - after
          position_rule:
            description: Name of the rule that this one stands before or after. Needed with
              O(items[].security_rule.position=before) and O(items[].security_rule.position=after).
            type: str
          state:
            description: As the option of the same name of M(tunnelsmith.panos_vpn.security_rule).
            type: str
            choices:
            - present
            - absent
            - replaced
            default: present
      tunnel_interface:
        description: The options of M(tunnelsmith.panos_vpn.tunnel_interface).
        type: dict
        suboptions:
          name:
            description:
            - Name of the interface, V(tunnel.1) to V(tunnel.9999).
            type: str
            required: true
          ip:
            description:
            - IPv4 addresses to add, with prefix length, as V(169.254.10.2/30), or names of
              address objects.
            - A tunnel monitor and BGP need one.
            type: list
            elements: str
          ipv6:
            description: IPv6 on the interface.
            type: dict
            suboptions:
              enabled:
                description: PAN-OS's default is V(false).
                type: bool
              interface_id:
                description: The 64 bits that tell interfaces apart, in hexadecimal, or V(EUI-64),
                  which is PAN-OS's default.
                type: str
              addresses:
                description: IPv6 addresses to add or change.
                type: list
                elements: dict
                suboptions:
                  address:
                    description: Address with prefix length, as V(2001:db8:10::2/126), or the
                      name of an address object.
                    type: str
                    required: true
                  enable_on_interface:
                    description: Whether the address is used on the interface.
                    type: bool
                  prefix:
                    description: V(true) where O(items[].tunnel_interface.ipv6.interface_id)
                      makes up the lower 64 bits of the address.
                    type: bool
                  anycast:
                    description: V(true) for an anycast address.
                    type: bool
          mtu:
            description:
            - Largest packet in bytes, 576 to 9216; more than 1500 needs jumbo frames. An interface
              without it uses 1500.
            - The maximum segment size of TCP follows from it.
            type: int
          interface_management_profile:
            description: Interface management profile, at most 31 characters. Needed for the
              interface to answer pings of the peer's monitor.
            type: str
          netflow_profile:
            description: NetFlow profile, at most 63 characters.
            type: str
          comment:
            description: Comment, at most 1023 characters.
            type: str
          df_ignore:
            description: Whether packets that are too big are fragmented even if that is forbidden
              in them; PAN-OS's default is V(false).
            type: bool
          link_tag:
            description: SD-WAN link tag, at most 127 characters.
            type: str
          bonjour:
            description: Forwarding of Bonjour announcements.
            type: dict
            suboptions:
              enable:
                description: PAN-OS's default is V(false).
                type: bool
              ttl_check:
                description: Whether the time to live of announcements is checked; PAN-OS's
                  default is V(false).
                type: bool
              group_id:
                description: Group of interfaces that announcements are forwarded between, 0
                  to 16.
                type: int
          zone:
            description:
            - Zone to put the interface into; see M(tunnelsmith.panos_vpn.zone). An interface
              that is in another zone is refused.
            - V(none) takes the interface out of its zone.
            - PAN-OS drops the traffic of an interface without a zone.
            type: str
          virtual_router:
            description:
            - Virtual router to put the interface into, or logical router where the Advanced
              Routing Engine runs. It must exist.
            - V(none) takes the interface out of its router.
            - An interface that is in another router is refused. Without a router, nothing is
              forwarded to the interface.
            type: str
          state:
            description: As the option of the same name of M(tunnelsmith.panos_vpn.tunnel_interface).
            type: str
            choices:
            - present
            - absent
            - replaced
            default: present
      bgp_peer:
        description: The options of M(tunnelsmith.panos_vpn.bgp_peer).
        type: dict
        suboptions:
          state:
            description: As the option of the same name of M(tunnelsmith.panos_vpn.bgp_peer).
            type: str
            choices:
            - present
            - absent
            default: present
          virtual_router:
            description: Virtual router, or logical router where the Advanced Routing Engine
              runs. It must have BGP, see M(tunnelsmith.panos_vpn.bgp_instance).
            type: str
            required: true
          peer_group:
            description: Peer group that the peer is in.
            type: str
            required: true
          name:
            description: Name of the peer, at most 63 characters.
            type: str
            required: true
          peer_as:
            description: AS number of the peer, plain or as-dot. A new peer needs it.
            type: str
          peer_address:
            description: Address of the peer. One of the options, which takes the place of the
              one that is set. A new peer needs it.
            type: dict
            suboptions:
              ip:
                description: Address; for a tunnel the peer's inside address.
                type: str
              fqdn:
                description: Name, at most 255 characters; the firewall resolves it.
                type: str
          local_address:
            description: Where the session starts.
            type: dict
            suboptions:
              interface:
                description: Interface. A new peer needs it.
                type: str
              ip:
                description: One of the interface's addresses, with its mask as on the interface.
                type: str
          enable:
            description: Whether the session is wanted; PAN-OS's default is V(true).
            type: bool
          enable_sender_side_loop_detection:
            description: Whether routes that carry the peer's AS are kept from it.
            type: bool
          bfd_profile:
            description:
            - BFD profile, V(None), or the router's, which is V(Inherit-vr-global-setting) on
              virtual routers and V(Inherit-lr-global-setting) on logical routers.
            type: str
          keep_alive_interval:
            description: Seconds between two keep-alive messages, 0 to 1200. A peer without
              it uses 30.
            type: int
          hold_time:
            description: Seconds of silence after which the session ends, 3 to 3600. A peer
              without it uses 90.
            type: int
          min_route_adv_interval:
            description: Least seconds between two updates, 1 to 600. A peer without it uses
              30.
            type: int
          open_delay_time:
            description: Seconds between the TCP connection and the first BGP message, 0 to
              240. A peer without it uses 0.
            type: int
          reconnect_retry_interval:
            description: Seconds before the next try to connect, 1 to 3600; virtual routers
              call it idle hold time. A peer without it uses 15.
            type: int
          multihop:
            description: Time to live of the packets, 0 to 255. With 0 a virtual router uses
              2 for an external and 255 for an internal peer.
            type: int
          secret:
            description:
            - Secret that both sides sign the packets with (TCP MD5), at most 63 characters.
              It is never printed and never returned.
            - The Advanced Routing Engine takes letters, digits and C(!@#%^).
            type: str
          passive:
            description: Whether the firewall waits for the peer to connect; PAN-OS's default
              is V(false). Only the Advanced Routing Engine has it.
            type: bool
          max_prefixes:
            description: Most prefixes to accept, or V(unlimited). A peer without it accepts
              5000. Only virtual routers have it.
            type: str
          reflector_client:
            description: What an internal peer is to the firewall as a route reflector. Only
              virtual routers have it.
            type: str
            choices:
            - non-client
            - client
            - meshed-client
          address_family_identifier:
            description: Address family of the session; PAN-OS's default is V(ipv4). Only virtual
              routers have it.
            type: str
            choices:
            - ipv4
            - ipv6
          type:
            description: Kind of the peer group. A new group without this option gets V(ebgp).
            type: str
            choices:
            - ebgp
            - ibgp
          advertise:
            description:
            - Networks that the peers of the group may learn, exactly these and nothing else.
              The list is set as given.
            - It lets networks out and does not announce them; that is for M(tunnelsmith.panos_vpn.bgp_redistribution).
            - They are of the family of the peer's address, since a session between IPv4 addresses
              exchanges IPv4 networks, and one between IPv6 addresses those of IPv6.
            type: list
            elements: str
          local_preference:
            description: Local preference of all routes that the peers of the group announce,
              0 to 4294967295; the highest one wins.
            type: int
          as_path_prepend:
            description: How often the firewall's AS is prepended in what is announced to the
              group, 1 to 255, so that its peers prefer other paths.
            type: int
          aggregated_confed_as_path:
            description: Whether the group's paths inside a confederation are aggregated. Only
              virtual routers have it.
            type: bool
          soft_reset_with_stored_info:
            description: Whether the group's routes are kept as received, for a reset without
              a new session. Only virtual routers have it.
            type: bool
          import_nexthop:
            description:
            - Next hop of the routes that an C(ebgp) group announces, as it comes (V(original))
              or the peer itself (V(use-peer)). A group without it uses V(original). Only virtual
              routers have it.
            type: str
            choices:
            - original
            - use-peer
          export_nexthop:
            description:
            - Next hop of the routes that are announced to the group, which can be the firewall
              itself (V(use-self)). A group without it uses V(resolve) as an C(ebgp) group and
              V(original) as an C(ibgp) group, which each have the one of these two only. Only
              virtual routers have it.
            type: str
            choices:
            - resolve
            - original
            - use-self
          remove_private_as:
            description: Whether private AS numbers are taken out of what is announced to an
              C(ebgp) group. Only virtual routers have it.
            type: bool
          enable_mp_bgp:
            description: Whether the session carries several address families; PAN-OS's default
              is V(false). Only virtual routers have it.
            type: bool
          subsequent_address_family_identifier:
            description: What kinds of routes the session carries. Only virtual routers have
              it.
            type: dict
            suboptions:
              unicast:
                description: Whether it carries unicast routes.
                type: bool
              multicast:
                description: Whether it carries multicast routes.
                type: bool
          peering_type:
            description: Kind of the peering. Only virtual routers have it.
            type: str
            choices:
            - unspecified
            - bilateral
          incoming_bgp_connection:
            description: Sessions that the peer starts. Only virtual routers have it.
            type: dict
            suboptions:
              allow:
                description: Whether the peer may start the session. A peer without it may.
                type: bool
              remote_port:
                description: TCP port that the peer must come from, 0 to 65535. A peer without
                  it may come from any port.
                type: int
          outgoing_bgp_connection:
            description: Sessions that the firewall starts. Only virtual routers have it.
            type: dict
            suboptions:
              allow:
                description: Whether the firewall starts the session. A peer without it may
                  be called.
                type: bool
              local_port:
                description: TCP port that the firewall comes from, 0 to 65535. A peer without
                  it leaves the choice to the firewall.
                type: int
          update_secret:
            description: What happens to a secret whose stored form cannot be compared. Omitted,
              it is V(on_create).
            type: str
            choices:
            - on_create
            - always
      ike_gateway:
        description: The options of M(tunnelsmith.panos_vpn.ike_gateway).
        type: dict
        suboptions:
          name:
            description:
            - Name of the gateway, at most 63 characters (31 in older PAN-OS versions), without
              a colon.
            type: str
            required: true
          disabled:
            description: Whether the gateway is switched off; PAN-OS's default is V(false).
            type: bool
          comment:
            description: Comment, at most 1023 characters.
            type: str
          ipv6:
            description: Needed where the addresses of both sides are IPv6; PAN-OS's default
              is V(false).
            type: bool
          local_address:
            description: Where the gateway speaks from.
            type: dict
            suboptions:
              interface:
                description: Ethernet, aggregate, VLAN or loopback interface or one of its units.
                  A new gateway needs it.
                type: str
              ip:
                description:
                - One of the interface's addresses, with its mask, as V(198.51.100.10/24). Takes
                  the place of O(items[].ike_gateway.local_address.floating_ip).
                - A gateway without either uses the interface's first address, also where that
                  comes from DHCP.
                type: str
              floating_ip:
                description: Floating address of an active-active HA pair. Takes the place of
                  O(items[].ike_gateway.local_address.ip).
                type: str
          peer_address:
            description: Who the peer is. One of the options, which takes the place of the one
              that is set. A new gateway needs it.
            type: dict
            suboptions:
              ip:
                description: Address of the peer.
                type: str
              fqdn:
                description: Name of the peer, at most 255 characters; the firewall resolves
                  it.
                type: str
              dynamic:
                description: V(true) for a peer whose address is not known beforehand. It then
                  has to connect first, and is known by O(items[].ike_gateway.peer_id).
                type: bool
          pre_shared_key:
            description:
            - Key that both sides know, at most 255 characters. Takes the place of O(items[].ike_gateway.certificate)
              where that is set.
            - A new gateway needs it, or O(items[].ike_gateway.certificate). It is never printed
              and never returned.
            type: str
          certificate:
            description: Authentication by certificates. Takes the place of O(items[].ike_gateway.pre_shared_key)
              where that is set.
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
                description: Whether revocation is asked for from the management interface;
                  PAN-OS's default is V(false).
                type: bool
              strict_validation_revocation:
                description: Whether the extended key usage of the peer's certificate is checked
                  strictly; PAN-OS's default is V(false).
                type: bool
              allow_id_payload_mismatch:
                description: Whether the peer's identity may differ from the one in its certificate;
                  PAN-OS's default is V(false).
                type: bool
          local_id:
            description:
            - Identity that the firewall names to the peer. A gateway without it names its own
              address.
            - Behind NAT the peer usually expects the public address, given here as type V(ipaddr).
            type: dict
            suboptions:
              type:
                description: Kind of the identity.
                type: str
                choices:
                - ipaddr
                - fqdn
                - ufqdn
                - keyid
                - dn
              id:
                description: The identity, at most 1024 characters.
                type: str
          peer_id:
            description:
            - Identity that the peer must name. A gateway without it expects the peer's address.
            - In IKEv1 main mode with a pre-shared key, an identity that is no address is refused
              with a dynamic peer and warned about with any other.
            type: dict
            suboptions:
              type:
                description: Kind of the identity.
                type: str
                choices:
                - ipaddr
                - fqdn
                - ufqdn
                - keyid
                - dn
              id:
                description: The identity, at most 1024 characters.
                type: str
              matching:
                description: Whether O(items[].ike_gateway.peer_id.id) is a pattern. For certificates
                  only; refused with O(items[].ike_gateway.pre_shared_key).
                type: str
                choices:
                - exact
                - wildcard
          version:
            description:
            - IKE version; V(ikev2-preferred) falls back to IKEv1.
            - A new gateway without this option gets V(ikev2). PAN-OS takes a gateway that names
              none for V(ikev1).
            type: str
            choices:
            - ikev1
            - ikev2
            - ikev2-preferred
          ikev1:
            description: What counts when IKEv1 is spoken.
            type: dict
            suboptions:
              exchange_mode:
                description:
                - V(main) hides the identities, V(aggressive) is needed for a dynamic peer with
                  a pre-shared key and an identity that is no address.
                - PAN-OS's default is V(auto).
                type: str
                choices:
                - auto
                - main
                - aggressive
              ike_crypto_profile:
                description:
                - IKE crypto profile; see M(tunnelsmith.panos_vpn.ike_crypto_profile). A gateway
                  without it uses the profile V(default).
                - PAN-OS wants the profile to exist at the commit, also where O(items[].ike_gateway.version=ikev2).
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
                - IKE crypto profile; see M(tunnelsmith.panos_vpn.ike_crypto_profile). A gateway
                  without it uses the profile V(default).
                - PAN-OS wants the profile to exist at the commit, also where O(items[].ike_gateway.version=ikev1).
                type: str
              dpd:
                description: The liveness check of IKEv2.
                type: dict
                suboptions:
                  enable:
                    description: Whether the peer is probed. A new gateway without this option
                      gets V(true).
                    type: bool
                  interval:
                    description: Seconds between two probes, 2 to 100. A new gateway without
                      this option gets 5.
                    type: int
              require_cookie:
                description: Whether the peer must answer a cookie before a key exchange begins;
                  PAN-OS's default is V(false).
                type: bool
              fragmentation:
                description: Fragmentation of IKEv2 messages; PAN-OS's default is V(false).
                  Needs PAN-OS 11.2.
                type: bool
              pq_ppk:
                description: Post-quantum pre-shared keys that are mixed into the key exchange
                  (RFC 8784). Needs PAN-OS 11.1 and IKEv2.
                type: dict
                suboptions:
                  enabled:
                    description: PAN-OS's default is V(false).
                    type: bool
                  negotiation_mode:
                    description: Whether a peer without post-quantum keys is accepted (V(preferred))
                      or not (V(mandatory)).
                    type: str
                    choices:
                    - preferred
                    - mandatory
                  keys:
                    description: Keys to add or change, by name.
                    type: list
                    elements: dict
                    suboptions:
                      name:
                        description: Name of the key, at most 31 characters. The peer must know
                          it under the same name.
                        type: str
                        required: true
                      key:
                        description: The key, at most 128 hexadecimal digits; 64 of them make
                          256 bits. Never printed and never returned.
                        type: str
                      enabled:
                        description: Whether this key may be used.
                        type: bool
              pq_kem:
                description: Post-quantum rounds in the key exchange (RFC 9370). Needs PAN-OS
                  11.2 and IKEv2.
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
                description: Seconds between two packets that keep the NAT's entry alive, 10
                  to 3600.
                type: int
              udp_checksum_enable:
                description: Whether the UDP packets carry a checksum; PAN-OS's default is V(false).
                type: bool
          passive_mode:
            description: Whether the firewall only answers. Two passive sides never connect.
              PAN-OS's default is V(false).
            type: bool
          fragmentation:
            description: Fragmentation of IKEv1 messages; PAN-OS's default is V(false).
            type: bool
          update_secret:
            description: What happens to a secret whose stored form cannot be compared. Omitted,
              it is V(on_create).
            type: str
            choices:
            - on_create
            - always
          state:
            description: As the option of the same name of M(tunnelsmith.panos_vpn.ike_gateway).
            type: str
            choices:
            - present
            - absent
            - replaced
            default: present
      pbf_failover:
        description: The options of M(tunnelsmith.panos_vpn.pbf_failover).
        type: dict
        suboptions:
          name:
            description:
            - What the names of the rules begin with, at most 54 characters.
            type: str
            required: true
          from:
            description: Where the traffic comes from, zones or interfaces. One of the options,
              which takes the place of the one that is set.
            type: dict
            suboptions:
              zone:
                description: Zones to add. A new set of rules needs them, or O(items[].pbf_failover.from.interface).
                  For a VPN this is the zone of the LAN.
                type: list
                elements: str
              interface:
                description: Interfaces to add.
                type: list
                elements: str
          source:
            description: Source addresses to add, as addresses, networks or names of address
              objects. New rules without this option get V(any).
            type: list
            elements: str
          destination:
            description: Destination addresses to add, as addresses, networks or names of address
              objects. New rules without this option get V(any).
            type: list
            elements: str
          source_user:
            description: Source users to add. New rules without this option get V(any).
            type: list
            elements: str
          application:
            description: Applications to add. New rules without this option get V(any).
            type: list
            elements: str
          service:
            description: Services to add. New rules without this option get V(any).
            type: list
            elements: str
          negate_source:
            description: Whether O(items[].pbf_failover.source) means all but those; PAN-OS's
              default is V(false).
            type: bool
          negate_destination:
            description: Whether O(items[].pbf_failover.destination) means all but those; PAN-OS's
              default is V(false).
            type: bool
          schedule:
            description: Schedule of the hours in which the rules hold. Rules without it hold
              always.
            type: str
          tag:
            description: Tags to add.
            type: list
            elements: str
          group_tag:
            description: Tag that the rules are grouped under in the web interface, at most
              127 characters.
            type: str
          description:
            description:
            - Description. PAN-OS takes 1024 characters, of which the line that makes the rule
              part of its set needs some.
            type: str
          disabled:
            description: Whether the rules are switched off; PAN-OS's default is V(false).
            type: bool
          active_active_device_binding:
            description: Which member of an active-active HA pair the rules hold on.
            type: str
            choices:
            - both
            - '0'
            - '1'
          paths:
            description:
            - The paths in order of preference. The list is set as given, so that rules of paths
              that are no longer in it are removed, and what a path does not name is taken out
              of its rule.
            - A path that is added to an existing set gets the traffic of the rules that are
              there. A new set of rules needs this option.
            - The first path is the first rule, and so on. Where somebody renamed, moved or
              removed rules of the set, a path stays with the rule that leads there.
            type: list
            elements: dict
            suboptions:
              egress_interface:
                description: Interface that the traffic leaves by, usually a tunnel interface.
                type: str
                required: true
              nexthop:
                description: Next router. Needed for an interface that is no tunnel. One of
                  the options, which takes the place of the one that is set.
                type: dict
                suboptions:
                  ip_address:
                    description: Address of the next router; for a tunnel the peer's inside
                      address.
                    type: str
                  fqdn:
                    description: Name of the next router, at most 255 characters; the firewall
                      resolves it.
                    type: str
              monitor:
                description: Pings that show whether the path is alive.
                type: dict
                suboptions:
                  profile:
                    description: How often, and what happens then; see M(tunnelsmith.panos_vpn.monitor_profile).
                    type: str
                  ip_address:
                    description: Address to probe. Omitted, PAN-OS probes the next hop; needed
                      where O(items[].pbf_failover.paths[].nexthop.ip_address) is not given.
                    type: str
                  disable_if_unreachable:
                    description: Whether the rule is skipped while the address does not answer.
                      Without it there is no failover. PAN-OS's default is V(false).
                    type: bool
          when_all_down:
            description:
            - What happens to new sessions when no path is alive. V(discard) makes one more
              rule below the others, its name ending in C(-discard), which drops them. V(route)
              removes that rule, so that they follow the routing table, possibly in clear text.
            - A new set of rules without this option has no such rule.
            type: str
            choices:
            - discard
            - route
          enforce_symmetric_return:
            description: Whether answers leave by the interface that the session came in by.
              Not for traffic that comes in by a tunnel interface.
            type: dict
            suboptions:
              enabled:
                description: PAN-OS's default is V(false).
                type: bool
              nexthop_address_list:
                description: Addresses of the routers to add that answers are sent to.
                type: list
                elements: str
          position:
            description:
            - Where the rules stand among the others. The first one can be first, last, or on
              one side of O(items[].pbf_failover.position_rule), and with V(before) all of them
              stand above that rule.
            - New rules are put next to O(items[].pbf_failover.position_rule), or below the
              path before. Existing ones that stand on the right side already are not moved.
            - Without this option new rules are the last ones and existing rules stay where
              they are.
            type: str
            choices:
            - top
            - bottom
            - before
            - after
          position_rule:
            description: Name of the rule that the first one stands before or after. Needed
              with O(items[].pbf_failover.position=before) and O(items[].pbf_failover.position=after).
            type: str
          state:
            description: As the option of the same name of M(tunnelsmith.panos_vpn.pbf_failover).
            type: str
            choices:
            - present
            - absent
            - replaced
            default: present
      pbf_rule:
        description: The options of M(tunnelsmith.panos_vpn.pbf_rule).
        type: dict
        suboptions:
          name:
            description: Name of the rule.
            type: str
            required: true
          from:
            description: Where the traffic comes from, zones or interfaces. One of the options,
              which takes the place of the one that is set.
            type: dict
            suboptions:
              zone:
                description: Zones to add. A new rule needs them, or O(items[].pbf_rule.from.interface).
                  For a VPN this is the zone of the LAN.
                type: list
                elements: str
              interface:
                description: Interfaces to add.
                type: list
                elements: str
          source:
            description: Source addresses to add, as addresses, networks or names of address
              objects. A new rule without this option gets V(any).
            type: list
            elements: str
          destination:
            description: Destination addresses to add, as addresses, networks or names of address
              objects. A new rule without this option gets V(any).
            type: list
            elements: str
          source_user:
            description: Source users to add. A new rule without this option gets V(any).
            type: list
            elements: str
          application:
            description: Applications to add. A new rule without this option gets V(any).
            type: list
            elements: str
          service:
            description: Services to add. A new rule without this option gets V(any).
            type: list
            elements: str
          negate_source:
            description: Whether O(items[].pbf_rule.source) means all but those; PAN-OS's default
              is V(false).
            type: bool
          negate_destination:
            description: Whether O(items[].pbf_rule.destination) means all but those; PAN-OS's
              default is V(false).
            type: bool
          schedule:
            description: Schedule of the hours in which the rule holds. A rule without it holds
              always.
            type: str
          tag:
            description: Tags to add.
            type: list
            elements: str
          group_tag:
            description: Tag that the rule is grouped under in the web interface, at most 127
              characters.
            type: str
          description:
            description: Description, at most 1024 characters.
            type: str
          disabled:
            description: Whether the rule is switched off; PAN-OS's default is V(false).
            type: bool
          active_active_device_binding:
            description: Which member of an active-active HA pair the rule holds on.
            type: str
            choices:
            - both
            - '0'
            - '1'
          action:
            description:
            - What becomes of the traffic. A new rule needs it. One of the options, which takes
              the place of the one that is set.
            type: dict
            suboptions:
              forward:
                description: The way that the traffic takes.
                type: dict
                suboptions:
                  egress_interface:
                    description: Interface that the traffic leaves by. A rule that comes to
                      forward needs it.
                    type: str
                  nexthop:
                    description: Next router. Needed for an interface that is no tunnel. One
                      of the options, which takes the place of the one that is set.
                    type: dict
                    suboptions:
                      ip_address:
                        description: Address of the next router; for a tunnel the peer's inside
                          address.
                        type: str
                      fqdn:
                        description: Name of the next router, at most 255 characters; the firewall
                          resolves it.
                        type: str
                  monitor:
                    description: Pings that show whether the way is alive.
                    type: dict
                    suboptions:
                      profile:
                        description: How often, and what happens then; see M(tunnelsmith.panos_vpn.monitor_profile).
                        type: str
                      ip_address:
                        description: Address to probe. Omitted, PAN-OS probes the next hop;
                          needed where O(items[].pbf_rule.action.forward.nexthop.ip_address)
                          is not set.
                        type: str
                      disable_if_unreachable:
                        description:
                        - Whether the rule is skipped while the address does not answer. Without
                          it there is no failover. PAN-OS's default is V(false).
                        type: bool
              forward_to_vsys:
                description: Virtual system that the traffic is handed to.
                type: str
              discard:
                description: Whether the traffic is dropped.
                type: bool
              no_pbf:
                description: Whether the traffic follows the routing table, past the rules below
                  this one.
                type: bool
          enforce_symmetric_return:
            description: Whether answers leave by the interface that the session came in by.
              Not for traffic that comes in by a tunnel interface.
            type: dict
            suboptions:
              enabled:
                description: PAN-OS's default is V(false).
                type: bool
              nexthop_address_list:
                description: Addresses of the routers to add that answers are sent to.
                type: list
                elements: str
          position:
            description:
            - Where the rule stands among the others. It can be first, last, or on one side
              of O(items[].pbf_rule.position_rule).
            - A new rule is put next to O(items[].pbf_rule.position_rule). An existing one that
              stands on the right side already is not moved.
            - Without this option a new rule is the last one and an existing one stays where
              it is.
            type: str
            choices:
            - top
            - bottom
            - before
            - after
          position_rule:
            description: Name of the rule that this one stands before or after. Needed with
              O(items[].pbf_rule.position=before) and O(items[].pbf_rule.position=after).
            type: str
          state:
            description: As the option of the same name of M(tunnelsmith.panos_vpn.pbf_rule).
            type: str
            choices:
            - present
            - absent
            - replaced
            default: present
      router_ecmp:
        description: The options of M(tunnelsmith.panos_vpn.router_ecmp).
        type: dict
        suboptions:
          virtual_router:
            description:
            - Virtual router, or logical router where the Advanced Routing Engine runs. It must
              exist.
            type: str
            required: true
          enable:
            description: Whether ECMP is used; PAN-OS's default is V(false).
            type: bool
          max_path:
            description: The largest number of routes to one network that are used, 2 to 4;
              PAN-OS's default is 2.
            type: int
          symmetric_return:
            description: Whether answers leave by the interface that the session came in by;
              PAN-OS's default is V(false).
            type: bool
          strict_source_path:
            description:
            - Whether packets of IKE and IPsec that the firewall itself sends leave by the interface
              that has their source address; PAN-OS's default is V(false). With tunnels over
              two providers this keeps each tunnel on its own.
            type: bool
          algorithm:
            description:
            - How sessions are spread over the routes. One of the options, which takes the place
              of the one that is set. PAN-OS's default is O(items[].router_ecmp.algorithm.ip_modulo).
            type: dict
            suboptions:
              ip_modulo:
                description: Whether source and destination address decide.
                type: bool
              ip_hash:
                description: A hash of addresses decides. Without any of its options, PAN-OS's
                  defaults hold.
                type: dict
                suboptions:
                  src_only:
                    description: Whether the source address alone decides; PAN-OS's default
                      is V(false).
                    type: bool
                  use_port:
                    description: Whether the ports count as well; PAN-OS's default is V(false).
                    type: bool
                  hash_seed:
                    description: Number that goes into the hash, 0 to 4294967295; PAN-OS's default
                      is 0.
                    type: int
              weighted_round_robin:
                description: Interfaces take turns by their weight.
                type: dict
                suboptions:
                  interface:
                    description: Interfaces to add or to weigh anew. It needs one at least.
                    type: list
                    elements: dict
                    suboptions:
                      name:
                        description: Name of the interface.
                        type: str
                        required: true
                      weight:
                        description: How often it is taken, 1 to 255; PAN-OS's default is 100.
                        type: int
              balanced_round_robin:
                description: Whether sessions are spread equally.
                type: bool
          state:
            description: As the option of the same name of M(tunnelsmith.panos_vpn.router_ecmp).
            type: str
            choices:
            - present
            - absent
            - replaced
            default: present
      static_route:
        description: The options of M(tunnelsmith.panos_vpn.static_route).
        type: dict
        suboptions:
          virtual_router:
            description: Virtual router, or logical router where the Advanced Routing Engine
              runs. It must exist.
            type: str
            required: true
          address_family:
            description: Which of the router's two routing tables is meant.
            type: str
            choices:
            - ipv4
            - ipv6
            default: ipv4
          name:
            description:
            - Name of the route, at most 63 characters (31 in older PAN-OS versions).
            type: str
            required: true
          destination:
            description: Network that the route leads to, with prefix length, or the name of
              an address object. A new route needs it.
            type: str
          interface:
            description:
            - Interface that the packets leave by. Enough by itself for a tunnel interface.
            - A new route needs it or O(items[].static_route.nexthop).
            type: str
          nexthop:
            description: Where the packets go. One of the options, which takes the place of
              the one that is set.
            type: dict
            suboptions:
              ip_address:
                description: Address of the next router, of the same family as O(items[].static_route.address_family).
                type: str
              fqdn:
                description: Name of the next router, at most 255 characters; the firewall resolves
                  it.
                type: str
              next_router:
                description: Another virtual or logical router of this firewall, at most 63
                  characters.
                type: str
              discard:
                description: V(true) to drop the packets.
                type: bool
              receive:
                description: V(true) to take the packets as the firewall's own. Only virtual
                  routers have it.
                type: bool
          admin_dist:
            description: Administrative distance, 10 to 240. A route without it has the router's
              distance for static routes.
            type: int
          metric:
            description: Metric, 1 to 65535; the lowest one wins. PAN-OS's default is 10. Two
              routes to one destination need different ones.
            type: int
          bfd_profile:
            description: BFD profile, or V(None) for none, which is PAN-OS's default.
            type: str
          path_monitor:
            description: Pings to one or more addresses; when they stay unanswered, the route
              is taken out of the routing table.
            type: dict
            suboptions:
              enable:
                description: PAN-OS's default is V(false).
                type: bool
              failure_condition:
                description: Whether one silent destination is enough or all of them must be
                  silent; PAN-OS's default is V(any).
                type: str
                choices:
                - any
                - all
              hold_time:
                description: Minutes that the destinations must answer again before the route
                  comes back, 0 to 1440; PAN-OS's default is 2.
                type: int
              monitor_destinations:
                description: Destinations to add or change, by name.
                type: list
                elements: dict
                suboptions:
                  name:
                    description: Name of the destination.
                    type: str
                    required: true
                  enable:
                    description: Whether it is probed.
                    type: bool
                  source:
                    description: Address to send from, with its mask as on the interface, or
                      V(DHCP).
                    type: str
                  destination:
                    description: Address to probe, at most 63 characters.
                    type: str
                  interval:
                    description: Seconds between two probes, 1 to 60; PAN-OS's default is 3.
                    type: int
                  count:
                    description: Number of lost probes after which the destination is dead,
                      3 to 10; PAN-OS's default is 5.
                    type: int
          route_table:
            description: Which table a route of a virtual router goes to. One of the options,
              which takes the place of the one that is set.
            type: dict
            suboptions:
              unicast:
                description: V(true) for the unicast table, which is PAN-OS's default.
                type: bool
              multicast:
                description: V(true) for the multicast table.
                type: bool
              both:
                description: V(true) for both tables.
                type: bool
              no_install:
                description: V(true) for none, so that the route serves redistribution only.
                type: bool
          state:
            description: As the option of the same name of M(tunnelsmith.panos_vpn.static_route).
            type: str
            choices:
            - present
            - absent
            - replaced
            default: present
      ipsec_tunnel:
        description: The options of M(tunnelsmith.panos_vpn.ipsec_tunnel).
        type: dict
        suboptions:
          name:
            description:
            - Name of the tunnel, without a colon. Together with the name of a proxy ID and
              the colon between them at most 63 characters.
            type: str
            required: true
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
            description: Tunnel interface, as V(tunnel.11); see M(tunnelsmith.panos_vpn.tunnel_interface).
              A new tunnel needs it.
            type: str
          anti_replay:
            description: Whether packets that come twice are dropped. A new tunnel without this
              option gets V(true).
            type: bool
          anti_replay_window:
            description: How many packets a late one may be behind; PAN-OS's default is V("1024").
            type: str
            choices:
            - '64'
            - '128'
            - '256'
            - '512'
            - '1024'
            - '2048'
            - '4096'
          copy_tos:
            description: Whether the type of service of the inner packet is copied to the outer
              one; PAN-OS's default is V(false).
            type: bool
          copy_flow_label:
            description: Whether the IPv6 flow label of the inner packet is copied to the outer
              one; PAN-OS's default is V(false).
            type: bool
          enable_gre_encapsulation:
            description: Whether packets are put into GRE before they are encrypted; PAN-OS's
              default is V(false).
            type: bool
          ipsec_mode:
            description: What is encrypted, whole packets (V(tunnel), PAN-OS's default) or their
              content. Needs PAN-OS 11.0.2.
            type: str
            choices:
            - tunnel
            - transport
          tunnel_monitor:
            description: Pings through the tunnel that show whether it carries traffic. The
              tunnel interface needs an address to send them from.
            type: dict
            suboptions:
              enable:
                description: PAN-OS's default is V(false).
                type: bool
              destination_ip:
                description: Address beyond the tunnel that answers the pings. Needed with O(items[].ipsec_tunnel.tunnel_monitor.enable=true).
                type: str
              tunnel_monitor_profile:
                description: How often, and what happens then; see M(tunnelsmith.panos_vpn.monitor_profile).
                type: str
              proxy_id:
                description: Name of the proxy ID of this tunnel that carries the pings. Needed
                  where proxy IDs are not for all networks.
                type: str
          ike_gateways:
            description:
            - IKE gateways of the tunnel, usually one. The list is set as given, also with V(present),
              because PAN-OS negotiates with one of them.
            - Takes the place of O(items[].ipsec_tunnel.manual_key) where that is set.
            - A new tunnel needs them, or O(items[].ipsec_tunnel.manual_key). See M(tunnelsmith.panos_vpn.ike_gateway).
            type: list
            elements: str
          ipsec_crypto_profile:
            description:
            - IPsec crypto profile; see M(tunnelsmith.panos_vpn.ipsec_crypto_profile). A tunnel
              without it uses the profile V(default).
            type: str
          proxy_ids:
            description:
            - IPv4 networks that are negotiated with the peer, to add or change by name. A peer
              that is route-based needs none.
            - M(tunnelsmith.panos_vpn.proxy_id) manages a single one.
            type: list
            elements: dict
            suboptions:
              name:
                description: Name of the proxy ID. Together with the tunnel's name and the colon
                  between them at most 63 characters.
                type: str
                required: true
              local:
                description: IPv4 network or address behind the firewall. A proxy ID without
                  it means all.
                type: str
              remote:
                description: IPv4 network or address behind the peer. A proxy ID without it
                  means all.
                type: str
              protocol:
                description: One kind of packets; another one takes the place of the one that
                  is set. A proxy ID without it means all packets.
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
                        description: Port behind the firewall, 0 to 65535; 0 means all, which
                          is PAN-OS's default.
                        type: int
                      remote_port:
                        description: Port behind the peer, 0 to 65535; 0 means all, which is
                          PAN-OS's default.
                        type: int
                  udp:
                    description: UDP.
                    type: dict
                    suboptions:
                      local_port:
                        description: Port behind the firewall, 0 to 65535; 0 means all, which
                          is PAN-OS's default.
                        type: int
                      remote_port:
                        description: Port behind the peer, 0 to 65535; 0 means all, which is
                          PAN-OS's default.
                        type: int
          proxy_ids_v6:
            description:
            - IPv6 networks that are negotiated with the peer, to add or change by name. A peer
              that is route-based needs none.
            - M(tunnelsmith.panos_vpn.proxy_id) manages a single one.
            type: list
            elements: dict
            suboptions:
              name:
                description: Name of the proxy ID. Together with the tunnel's name and the colon
                  between them at most 63 characters.
                type: str
                required: true
              local:
                description: IPv6 network or address behind the firewall. A proxy ID without
                  it means all.
                type: str
              remote:
                description: IPv6 network or address behind the peer. A proxy ID without it
                  means all.
                type: str
              protocol:
                description: One kind of packets; another one takes the place of the one that
                  is set. A proxy ID without it means all packets.
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
                        description: Port behind the firewall, 0 to 65535; 0 means all, which
                          is PAN-OS's default.
                        type: int
                      remote_port:
                        description: Port behind the peer, 0 to 65535; 0 means all, which is
                          PAN-OS's default.
                        type: int
                  udp:
                    description: UDP.
                    type: dict
                    suboptions:
                      local_port:
                        description: Port behind the firewall, 0 to 65535; 0 means all, which
                          is PAN-OS's default.
                        type: int
                      remote_port:
                        description: Port behind the peer, 0 to 65535; 0 means all, which is
                          PAN-OS's default.
                        type: int
          manual_key:
            description:
            - Keys given by hand instead of IKE. Takes the place of O(items[].ipsec_tunnel.ike_gateways),
              O(items[].ipsec_tunnel.ipsec_crypto_profile) and all proxy IDs where those are
              set.
            - Each key is written as sections of eight hexadecimal digits with dashes between
              them. Keys are never printed and never returned.
            type: dict
            suboptions:
              local_address:
                description: Where the tunnel starts.
                type: dict
                suboptions:
                  interface:
                    description: Ethernet, aggregate, VLAN or loopback interface or one of its
                      units.
                    type: str
                  ip:
                    description: One of the interface's addresses, with its mask. Takes the
                      place of O(items[].ipsec_tunnel.manual_key.local_address.floating_ip).
                    type: str
                  floating_ip:
                    description: Floating address of an active-active HA pair. Takes the place
                      of O(items[].ipsec_tunnel.manual_key.local_address.ip).
                    type: str
              peer_address:
                description: Address of the peer.
                type: str
              local_spi:
                description: Security parameter index of the packets that come in, eight hexadecimal
                  digits from V("00001000") to V("1FFFFFFF").
                type: str
              remote_spi:
                description: Security parameter index of the packets that go out, eight hexadecimal
                  digits from V("00001000") to V("1FFFFFFF").
                type: str
              esp:
                description: Encryption and authentication. Takes the place of O(items[].ipsec_tunnel.manual_key.ah)
                  where that is set.
                type: dict
                suboptions:
                  authentication:
                    description: One algorithm with its key; another one takes the place of
                      the one that is set.
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
                        choices:
                        - des
                        - 3des
                        - aes-128-cbc
                        - aes-192-cbc
                        - aes-256-cbc
                        - 'null'
                      key:
                        description: Key of 2 sections for V(des), 6 for V(3des), 4, 6 or 8
                          for AES with 128, 192 or 256 bits.
                        type: str
              ah:
                description: Authentication without encryption. Takes the place of O(items[].ipsec_tunnel.manual_key.esp)
                  where that is set.
                type: dict
                suboptions:
                  authentication:
                    description: One algorithm with its key; another one takes the place of
                      the one that is set.
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
          update_secret:
            description: What happens to a secret whose stored form cannot be compared. Omitted,
              it is V(on_create).
            type: str
            choices:
            - on_create
            - always
          state:
            description: As the option of the same name of M(tunnelsmith.panos_vpn.ipsec_tunnel).
            type: str
            choices:
            - present
            - absent
            - replaced
            default: present
      proxy_id:
        description: The options of M(tunnelsmith.panos_vpn.proxy_id).
        type: dict
        suboptions:
          tunnel:
            description: Name of the IPsec tunnel. It must exist.
            type: str
            required: true
          address_family:
            description: Which of the tunnel's two lists is meant.
            type: str
            choices:
            - ipv4
            - ipv6
            default: ipv4
          name:
            description:
            - Name of the proxy ID. Together with the tunnel's name and the colon between them
              at most 63 characters.
            type: str
            required: true
          local:
            description: Network or address behind the firewall. A proxy ID without it means
              all.
            type: str
          remote:
            description: Network or address behind the peer. A proxy ID without it means all.
            type: str
          protocol:
            description: One kind of packets; another one takes the place of the one that is
              set. A proxy ID without it means all packets.
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
                    description: Port behind the firewall, 0 to 65535; 0 means all, which is
                      PAN-OS's default.
                    type: int
                  remote_port:
                    description: Port behind the peer, 0 to 65535; 0 means all, which is PAN-OS's
                      default.
                    type: int
              udp:
                description: UDP.
                type: dict
                suboptions:
                  local_port:
                    description: Port behind the firewall, 0 to 65535; 0 means all, which is
                      PAN-OS's default.
                    type: int
                  remote_port:
                    description: Port behind the peer, 0 to 65535; 0 means all, which is PAN-OS's
                      default.
                    type: int
          state:
            description: As the option of the same name of M(tunnelsmith.panos_vpn.proxy_id).
            type: str
            choices:
            - present
            - absent
            - replaced
            default: present"""

EXAMPLES = r"""
- name: A monitored profile and a zone, together or not at all
  tunnelsmith.panos_vpn.transaction:
    items:
      - monitor_profile:
          name: fast
          interval: 2
          threshold: 5
          action: fail-over
      - zone:
          name: vpn
      - tunnel_interface:
          name: tunnel.77
          ip: [169.254.77.2/30]
          zone: vpn
          virtual_router: default
      - ike_crypto_profile:
          name: outdated
          state: absent
"""

RETURN = r"""
objects:
  description: Places of the objects that the task is about, for O(tunnelsmith.panos_vpn.commit#module:objects).
  returned: success
  type: list
  elements: str
  sample:
    - /config/devices/entry[@name='localhost.localdomain']/network/profiles/monitor-profile/entry[@name='fast']
"""

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.tasks import transaction


def argument_spec():
    return transaction.argument_spec()


def main():
    transaction.run()


if __name__ == "__main__":
    main()
