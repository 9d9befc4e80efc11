#!/usr/bin/python
# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: vpn_info
short_description: Read what VPNs are configured on Palo Alto Networks firewalls, and whether they are up
version_added: 0.1.0
description:
  - Returns gateways, tunnels, tunnel interfaces, PBF rules and BGP of site-to-site VPNs as structured data, in the options of the modules
    that would make them. It is the running configuration that is read, since that is what the state belongs to; a change that is not committed
    does not show. Secrets are left out.
  - Returns their state as well. For each tunnel these are the IKE SAs, the IPsec SAs and the flow with its monitor and counters; then the
    state of PBF rules and of BGP peers, in one form for both routing engines.
  - Tells how well the VPNs are, V(healthy), V(at_risk) or V(down), and why they are not better. It can wait until they are healthy.
  - Tells why a VPN does not work, on request. From the running configuration, the state, the VPN log of the firewall and, where it is given,
    the cloud's description follows a ranked list of causes, each with what proves it and what mends it.
  - Whole listings are read, so that the number of requests does not grow with the number of tunnels.
author:
  - Tunnelsmith contributors (@tunnelsmith)
extends_documentation_fragment:
  - tunnelsmith.panos_vpn.provider
  - tunnelsmith.panos_vpn.attributes
  - tunnelsmith.panos_vpn.attributes.reads
options:
  name:
    description:
      - Names of the VPNs that are wanted. A name is that of a VPN, such as the connection ID that M(tunnelsmith.panos_vpn.site_to_site_vpn)
        was given, or that of a tunnel or an IKE gateway.
      - What belongs to them is returned as well. That is the gateways and interfaces of their tunnels, the PBF rules that forward to these
        interfaces, and the BGP peers behind them.
      - Omitted, everything on the firewall is returned. A name that nothing answers to is one of the RV(problems), not an error.
    type: list
    elements: str
  expected:
    description:
      - Names of VPNs, tunnels or IKE gateways that ought to be there, where O(name) is omitted and everything is looked at. One that is not there is V(down).
    type: list
    elements: str
  gather:
    description:
      - What to return. V(config) is the running configuration, V(state) the operational state.
      - V(routes) adds the routing table to the state, with O(name) the routes through the VPNs' interfaces only. The firewall sends the whole
        table in either case. On virtual routers the prefixes that BGP peers have sent and are sent come with it.
      - V(summary) adds RV(summary), half a page for people; what it says of routes needs V(routes).
      - V(diagnosis) adds RV(diagnosis), with O(wait_for) or O(fail_on) only where something is not healthy in the end.
      - With anything but V(config) alone RV(health) is judged, always on the same evidence, whatever else is gathered. These are the state, the routes, the
        running configuration of zones, rules and routers, and what O(connection), O(source_zones), O(local_networks), O(remote_networks), O(probe) and
        O(counter_interval) say. The log is read where something is not healthy, or V(diagnosis) is asked for.
    type: list
    elements: str
    choices: [config, state, routes, summary, diagnosis]
    default: [config, state]
  connection:
    description:
      - What P(tunnelsmith.panos_vpn.aws_vpn_connection#filter) makes of the cloud's description of the VPN.
      - With it the diagnosis compares what the cloud expects with what is configured, and the state tells the cloud's view of each tunnel.
        Its pre-shared keys are compared by their digests only and are never returned.
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
  source_zones:
    description:
      - Zones of the hosts here that use the VPN.
      - Omitted, for the diagnosis, they are those that M(tunnelsmith.panos_vpn.site_to_site_vpn) made it for; of a VPN that it did not make, those of the
        PBF rules into its tunnels.
    type: list
    elements: str
  local_networks:
    description:
      - Networks here that use the VPN, such as V(10.10.0.0/24), or the names of address objects and groups that have fixed addresses.
      - Omitted, for the diagnosis, as O(source_zones).
    type: list
    elements: str
  remote_networks:
    description:
      - Networks on the far side, such as V(10.20.0.0/16), or the names of address objects and groups.
      - Omitted, for the diagnosis, as O(source_zones).
    type: list
    elements: str
  counter_interval:
    description:
      - Seconds, more than 0, between two looks at the packet counters, and at least the interval of the tunnels' monitors. The second one is taken at the
        end, and each flow then tells its movement.
      - A VPN that packets go into and none comes out of, by whichever of its tunnels, is down.
      - Omitted, the counters are looked at twice only where something is wrong with a tunnel that has its SAs, for the diagnosis.
    type: float
  probe:
    description:
      - Command that is run where no VPN is down otherwise, and that ends with 0 if a host on the far side answers a host behind the firewall; for
        example a ping by SSH from such a host. It is run a few times; if none of them is answered, that is one of the RV(problems).
      - It is run without a shell, where the module runs, and not in check mode. The variables of the environment that begin with C(PANOS_) are hidden from it.
      - V({size}) in it is replaced by the size of a ping's packets, as C(ping -s) takes it (with C(-M do), so that nobody divides them). Where small ones
        are answered, the largest that the tunnels' interfaces take are asked for, too; if none of those is answered, the diagnosis says why.
      - A ping from the firewall itself would prove nothing with PBF, which does not steer its own packets. Omitted, nothing is asked.
    type: str
  probe_timeout:
    description: Seconds after which O(probe) is ended, and counts as not answered.
    type: float
    default: 30.0
  vsys:
    description: Virtual system whose PBF rules and zones are looked at. Omitted, it is V(vsys1). Gateways and tunnels belong to no virtual system.
    type: str
  virtual_router:
    description: Virtual or logical router to which BGP and routes are limited. Omitted, all routers are looked at.
    type: str
  journal:
    description:
      - Folder of journals, as given to the tasks that changed the VPNs. By them it is told in RV(unproven) which tunnels may still carry packets on what was
        agreed before a change.
      - Omitted, no journal is read.
    type: path
  select:
    description:
      - JMESPath expression, applied to a dictionary of the return values RV(vpn), RV(health), RV(healthy), RV(problems), RV(vpns) and RV(diagnosis).
      - Its result is returned as RV(selected), and RV(vpn) is left out. It needs the Python library jmespath.
    type: str
  wait_for:
    description:
      - V(healthy) looks again and again until the state shows nothing wrong or O(timeout) is over, and judges then.
      - The module does not fail when the time is over, unless O(fail_on) says so.
      - Omitted, the module looks once. It also looks only once in check mode, where an earlier task can have made nothing that would come up.
    type: str
    choices: [healthy]
  timeout:
    description: Seconds to wait with O(wait_for). With V(0) the module looks once. An answer of the firewall that is under way is waited for in addition.
    type: int
    default: 0
  poll:
    description: Seconds between two looks, more than 0. Omitted, they grow from 0.2 to 5.
    type: float
  fail_on:
    description:
      - Fail where RV(health) is this or worse at the end, with the problems in the message and all other return values beside it. V(down) fails where
        a VPN is down, V(at_risk) also where one is at risk.
      - The message ends with the first cause for each tunnel that is not healthy, and with what mends it.
      - Omitted, the module does not fail for this. It never does in check mode.
    type: str
    choices: [at_risk, down]
requirements:
  - jmespath (for O(select))
  - netaddr (for security, NAT and PBF rules in the diagnosis)
seealso:
  - module: tunnelsmith.panos_vpn.site_to_site_vpn
  - module: tunnelsmith.panos_vpn.commit
"""

EXAMPLES = r"""
- name: Wait up to two minutes until both tunnels carry traffic, and fail with what is missing
  tunnelsmith.panos_vpn.vpn_info:
    name: [vpn-0123456789abcdef0]
    gather: [state]
    wait_for: healthy
    timeout: 120
    fail_on: at_risk

- name: Wait until the VPN works, and fail with the reason if it does not
  tunnelsmith.panos_vpn.vpn_info:
    name: [vpn-0123456789abcdef0]
    gather: [state, routes, diagnosis]
    connection: "{{ lookup('ansible.builtin.file', 'connection.json') | tunnelsmith.panos_vpn.aws_vpn_connection }}"
    source_zones: [trust]
    local_networks: [10.10.0.0/24]
    remote_networks: [10.20.0.0/16]
    wait_for: healthy
    timeout: 120
    fail_on: at_risk

- name: Name the most likely cause of whatever is wrong
  tunnelsmith.panos_vpn.vpn_info:
    gather: [state, diagnosis]
    select: "diagnosis[].[tunnel, confidence, cause, fix]"
  register: causes

- name: Read all VPNs of a firewall
  tunnelsmith.panos_vpn.vpn_info:
  register: vpns

- name: Name the tunnels that are down
  tunnelsmith.panos_vpn.vpn_info:
    gather: [state]
    select: "vpns[].tunnels[?health=='down'].name | []"
  register: broken

- name: Read the routes through a VPN
  tunnelsmith.panos_vpn.vpn_info:
    name: [vpn-0123456789abcdef0]
    gather: [routes]
    select: "vpn.state.routes[?active].destination"
"""

RETURN = r"""
vpn:
  description: The VPNs that were asked for.
  returned: unless O(select) is given
  type: dict
  contains:
    gateways:
      description: IKE gateways, as options of M(tunnelsmith.panos_vpn.ike_gateway) without secrets.
      returned: with V(config) in O(gather)
      type: list
      elements: dict
      sample:
        - name: vpn-0123456789abcdef0-1
          local_address: {interface: ethernet1/8, ip: 198.51.100.1/29}
          peer_address: {ip: 203.0.113.11}
          version: ikev2
          ikev2: {ike_crypto_profile: vpn-0123456789abcdef0, dpd: {enable: true, interval: 10}}
    tunnels:
      description: IPsec tunnels with their proxy IDs, as options of M(tunnelsmith.panos_vpn.ipsec_tunnel).
      returned: with V(config) in O(gather)
      type: list
      elements: dict
      sample:
        - name: vpn-0123456789abcdef0-1
          tunnel_interface: tunnel.1
          ike_gateways: [vpn-0123456789abcdef0-1]
          ipsec_crypto_profile: vpn-0123456789abcdef0
          tunnel_monitor: {enable: true, destination_ip: 169.254.10.1, tunnel_monitor_profile: vpn-0123456789abcdef0}
    interfaces:
      description: Tunnel interfaces with their zone and router, as options of M(tunnelsmith.panos_vpn.tunnel_interface).
      returned: with V(config) in O(gather)
      type: list
      elements: dict
      sample:
        - {name: tunnel.1, ip: [169.254.10.2/30], mtu: 1446, zone: vpn, virtual_router: default}
    pbf_rules:
      description: PBF rules in their order, each as one rule of PAN-OS.
      returned: with V(config) in O(gather)
      type: list
      elements: dict
      sample:
        - name: vpn-0123456789abcdef0-1
          from: {zone: [lan]}
          source: [10.10.0.0/24]
          destination: [10.20.0.0/16]
          action:
            forward:
              egress_interface: tunnel.1
              nexthop: {ip_address: 169.254.10.1}
              monitor: {profile: vpn-0123456789abcdef0, ip_address: 169.254.10.1, disable_if_unreachable: true}
    bgp:
      description:
        - Instances of BGP, one a router, and peers, as options of M(tunnelsmith.panos_vpn.bgp_instance) and M(tunnelsmith.panos_vpn.bgp_peer).
        - A peer that is not beside the firewall has C(tunnel_interface) besides, through which a static route leads to it.
      returned: with V(config) in O(gather)
      type: dict
      sample:
        instances:
          - {virtual_router: default, enable: true, router_id: 10.10.0.1, local_as: "65000", install_route: true}
        peers:
          - virtual_router: default
            peer_group: vpn-0123456789abcdef0
            name: vpn-0123456789abcdef0-1
            peer_as: "64512"
            peer_address: {ip: 169.254.10.1}
            local_address: {interface: tunnel.1, ip: 169.254.10.2/30}
    state:
      description:
        - The operational state. A value that the firewall does not tell is left out. What a firewall tells beyond the values listed here is
          kept as text below C(other).
      returned: with V(state) or V(routes) in O(gather)
      type: dict
      contains:
        tunnels:
          description: The tunnels of the configuration, in its order.
          returned: always
          type: list
          elements: dict
          contains:
            name:
              description: The tunnel's name.
              returned: always
              type: str
              sample: vpn-0123456789abcdef0-1
            health:
              description: How well it is, as in RV(vpns).
              returned: unless the firewall is a passive member of an HA pair
              type: str
              sample: healthy
            healthy:
              description: Whether its C(health) is V(healthy).
              returned: with C(health)
              type: bool
              sample: true
            problems:
              description: What is wrong with it, with the PBF rules that forward into it, or with the BGP peers behind it.
              returned: with C(health)
              type: list
              elements: str
              sample: []
            ike_sas:
              description:
                - IKE SAs of its gateways, with the algorithms that were negotiated and the seconds that are left. Times are the firewall's local
                  time, as it writes it.
              returned: always
              type: list
              elements: dict
              sample:
                - {gateway: vpn-0123456789abcdef0-1, gateway_id: "1", version: ikev2, role: Init, algorithm: PSK/DH20/A256/SHA384, lifetime_seconds: 28800,
                   remaining_seconds: 21480}
            ipsec_sas:
              description: IPsec SAs, one for each proxy ID where it has such. The SPIs are hexadecimal, as in the flow.
              returned: always
              type: list
              elements: dict
              sample:
                - name: vpn-0123456789abcdef0-1
                  tunnel: vpn-0123456789abcdef0-1
                  protocol: ESP
                  encryption: G256
                  local_spi: 8E4F1A2B
                  remote_spi: A51C09D3
                  lifetime_seconds: 3600
                  remaining_seconds: 3445
            flows:
              description:
                - What the data plane does with it, one flow for each proxy ID where it has such. The C(state) is V(active), V(inactive) (its
                  monitor gets no answer) or V(init) (there is no SA yet); the C(monitor) V(up), V(down) or V(off).
                - With two looks, C(movement) tells how many packets went each way between them.
              returned: always
              type: list
              elements: dict
              sample:
                - name: vpn-0123456789abcdef0-1
                  tunnel: vpn-0123456789abcdef0-1
                  state: active
                  monitor: up
                  tunnel_interface: tunnel.1
                  packets_encapsulated: 100
                  packets_decapsulated: 100
                  movement: {seconds: 3.0, packets_encapsulated: 2, packets_decapsulated: 2}
            cloud:
              description: What the cloud said of the endpoint that the tunnel goes to, when it was described.
              returned: with O(connection), where it describes that endpoint
              type: dict
              sample: {outside_address: 203.0.113.11, status: UP, message: 1 BGP ROUTES, accepted_routes: 1}
        pbf_rules:
          description: State of PBF rules and of their next hops, in the firewall's words.
          returned: always
          type: list
          elements: dict
          sample:
            - {name: vpn-0123456789abcdef0-1, state: Active, egress_interface: tunnel.1, nexthop: 169.254.10.1, nexthop_state: UP}
        bgp_peers:
          description: State of BGP peers, with the number of prefixes of each address family.
          returned: always
          type: list
          elements: dict
          sample:
            - name: vpn-0123456789abcdef0-1
              router: default
              group: vpn-0123456789abcdef0
              state: Established
              remote_as: 64512
              peer_address: 169.254.10.1
              duration_seconds: 3804
              hold_time: 30
              keep_alive: 10
              established_count: 1
              prefixes:
                - {address_family: ipv4_unicast, received: 2, accepted: 2, advertised: 1}
        unassigned:
          description: SAs and flows of tunnels and gateways that the configuration does not have. Empty where O(name) is given.
          returned: always
          type: dict
          sample: {ike_sas: [], ipsec_sas: [], flows: []}
        routes:
          description:
            - Routes, one for each next hop.
            - The C(interface) is that of the route to the next hop where the firewall tells none, as a virtual router does of what BGP has learned.
          returned: with V(routes) in O(gather)
          type: list
          elements: dict
          sample:
            - {destination: 10.20.0.0/16, router: default, nexthop: 169.254.10.1, interface: tunnel.1, protocol: bgp, active: true, flags: "A?B"}
        prefixes:
          description:
            - Prefixes that BGP peers have sent (V(learned)) and are sent (V(advertised)), with MED, local preference and whether the path is the best one,
              as far as the firewall tells them.
            - Logical routers have no such table. There the routes tell what was learned (C(metric) is the MED) and RV(vpn.state.bgp_peers) how many
              prefixes went each way.
          returned: with V(routes) in O(gather), on virtual routers with BGP peers
          type: list
          elements: dict
          sample:
            - {prefix: 10.20.0.0/16, direction: learned, peer: vpn-0123456789abcdef0-1, router: default, nexthop: 169.254.10.1, med: 100,
               as_path: "64512", best: true}
            - {prefix: 10.10.0.0/24, direction: advertised, peer: vpn-0123456789abcdef0-1, router: default}
unproven:
  description:
    - Tunnels that have not been negotiated anew since something was changed that their two ends agree on. Their state is that of the former agreement.
    - Tunnels as well whose BGP session has not begun anew since something was changed that it begins with, such as its timers or its password.
  returned: with O(journal)
  type: list
  elements: str
  sample: []
health:
  description:
    - How well all that was asked about is. It is the worst of RV(vpns).
    - V(healthy) is a VPN that does what it is for, and of which nothing is known that will end that. Each tunnel has its SAs and an active flow, each
      configured monitor gets answers, each PBF rule is in use, each BGP peer is Established, has sent a prefix and is sent exactly those that it is to
      be sent, and a path through the VPN is in the forwarding table. No cause of the diagnosis is V(certain).
    - V(at_risk) is a VPN that does what it is for, and of which it is certain that the next rekey, session or failover ends that; or one of whose tunnels
      is down.
    - V(down) is a VPN that does not do what it is for, wholly or in part. All its tunnels are down, its traffic is led into one that is, a cause that
      stops the hosts' packets is certain, the O(probe) got no answer, nothing came back within O(counter_interval), or it is not there.
    - A passive member of an HA pair is V(healthy), with a warning. Its VPNs are up on the active one.
  returned: unless O(gather) is V(config) alone and neither O(wait_for) nor O(fail_on) is given
  type: str
  sample: at_risk
healthy:
  description: Whether RV(health) is V(healthy).
  returned: with RV(health)
  type: bool
  sample: false
problems:
  description: One sentence for each problem, the worst first. A cause of the diagnosis is among them where the state alone shows nothing wrong.
  returned: with RV(health)
  type: list
  elements: str
  sample:
    - "tunnel 'vpn-0123456789abcdef0-2': no IPsec SA, and IKE gateway 'vpn-0123456789abcdef0-2' (peer 203.0.113.12) has no IKE SA"
firewall:
  description: The firewall that was looked at. C(ha) is what it is in its HA pair, where it is in one.
  returned: with RV(health)
  type: dict
  sample: {hostname: fw-berlin, model: PA-440, pan_os: 11.1.4, ha: active}
vpns:
  description:
    - Each VPN, and each name that was asked for and that nothing answers to, with its C(health), its own C(reasons) and its C(tunnels), which have
      theirs.
    - A reason says what it C(makes) of what it is about, whether it is a C(cause) of the diagnosis (its ID) or a symptom (empty), and when it C(bites),
      V(now) or at the next V(rekey), V(session) or V(failover).
    - A tunnel tells whether it C(carries) traffic now, by the PBF rule or the routes in use; and one that is down by its own state, C(since) when, which is
      the first line of the firewall's log about that since it was up last, in the firewall's local time. Where the log does not reach back that far, or
      another configuration was loaded in between, it is left out.
  returned: with RV(health)
  type: list
  elements: dict
  sample:
    - name: vpn-0123456789abcdef0
      health: at_risk
      reasons: [{reason: 1 of 2 tunnels works, makes: at_risk, cause: "", bites: failover}]
      tunnels:
        - {name: vpn-0123456789abcdef0-1, health: healthy, carries: true, reasons: []}
        - name: vpn-0123456789abcdef0-2
          health: down
          carries: false
          since: 2026/11/20 10:00:00
          reasons: [{reason: "tunnel 'vpn-0123456789abcdef0-2' has no IPsec SA", makes: down, cause: "", bites: now}]
summary:
  description: Whether the VPNs work, and what that is told by, on half a page.
  returned: with V(summary) in O(gather)
  type: dict
  sample:
    health: healthy
    healthy: true
    problems: []
    tunnels:
      - {name: vpn-0123456789abcdef0-1, health: healthy, healthy: true, ike_sas: 1, ipsec_sas: 1, flows: [active], monitors: [up]}
    pbf_rules:
      - {name: vpn-0123456789abcdef0-1, state: Active, next_hop: UP}
    bgp_peers: []
    learned: []
    advertised: []
diagnosis:
  description:
    - Why the VPNs do not work. Tunnel by tunnel, the most likely cause first; with equal confidence the one nearer to the wire. Empty where
      nothing is wrong.
    - Of a healthy tunnel only what is surely or probably wrong is told, such as what fails at the next rekey, or stops the hosts' packets.
  returned: with V(diagnosis) in O(gather)
  type: list
  elements: dict
  contains:
    id:
      description: Name of the cause.
      returned: always
      type: str
      sample: ike-dh-group-mismatch
    tunnel:
      description: The tunnel, or the name that was asked for and that is not running.
      returned: always
      type: str
      sample: vpn-0123456789abcdef0-2
    cause:
      description: The cause in one sentence.
      returned: always
      type: str
      sample: phase 1 offers dh_group group2, the peer accepts group14, group20
    evidence:
      description: What shows it, such as a line of the log or the two values that differ.
      returned: always
      type: list
      elements: str
      sample: ["ike_crypto_profile vpn-0123456789abcdef0 dh_group: group2", "the cloud accepts: group14, group20"]
    fix:
      description: What mends it, as an option of a module of this collection with its value, or in words.
      returned: always
      type: str
      sample: "ike_crypto_profile vpn-0123456789abcdef0: dh_group: [group14] (or allow group2 in the cloud)"
    items:
      description: The same as O(tunnelsmith.panos_vpn.transaction#module:items), empty where a person has to decide.
      returned: always
      type: list
      elements: dict
      sample: [{ike_crypto_profile: {name: vpn-0123456789abcdef0, dh_group: [group14]}}]
    confidence:
      description:
        - V(certain) follows from what is configured, V(likely) from what the log says or from how things behave. V(possible) may be so, or it is wrong
          and not the reason yet.
      returned: always
      type: str
      sample: certain
    bites:
      description:
        - When what is wrong shows. V(now) stops, or would stop, packets at once. V(rekey) does when an SA is renewed, V(session) when one side begins anew
          (a restart, C(vpn_action), a BGP session), V(failover) when the other tunnel has to take over.
        - A tunnel that works and has a V(certain) cause that bites later is at risk.
      returned: always
      type: str
      sample: rekey
    link:
      description: Where the documentation tells of the cause.
      returned: always
      type: str
      sample: https://github.com/tunnelsmith/panos_vpn/blob/main/docs/docsite/rst/troubleshooting.rst#ike-dh-group-mismatch
selected:
  description: What O(select) selected.
  returned: with O(select)
  type: raw
  sample: [vpn-0123456789abcdef0-2]
"""

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.tasks import vpn_info


def argument_spec():
    return vpn_info.argument_spec()


def main():
    vpn_info.run()


if __name__ == "__main__":
    main()
