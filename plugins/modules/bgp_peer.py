#!/usr/bin/python
# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: bgp_peer
short_description: Manage BGP peers on Palo Alto Networks firewalls
version_added: 0.1.0
description:
  - Manages the BGP peers of a virtual router, or of a logical router where the Advanced Routing Engine runs. The options are the same;
    one that the running engine does not have is refused by name.
  - The peer group is made with its first peer and removed with its last one.
  - Policies belong to peer groups, so that O(type), O(advertise), O(local_preference) and O(as_path_prepend) hold for all peers of the group.
    Give them with each peer, or with one.
  - On a virtual router the policies become rules that are named after the group with C(-in), C(-out) and C(-rest), and a secret an authentication
    profile named after the peer. On the Advanced Routing Engine timers and secrets become profiles named after the peer, and the policies become
    profiles, route maps and prefix lists named after the group, with C(-in) and C(-out) where there are two of a kind.
  - What somebody else refers to stays as it is, and so does what has such a name already. The peer, or its group, then gets an object of its own that
    has the group's and the router's name behind it, as C(tunnel-1-aws). A rule that other groups use as well, and policies that would take the place of
    an existing filtering profile, are refused by name. What others came to refer to stays when the peer goes.
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
  state:
    description:
      - V(present) lays the given options over what is there.
      - V(absent) removes the peer and what belongs to it, and with the last peer of a group the group and what belongs to that.
      - V(gathered) changes nothing and returns what is there, as options that would recreate it, without secrets.
    type: str
    choices: [present, absent, gathered]
    default: present
  virtual_router:
    description: Virtual router, or logical router where the Advanced Routing Engine runs. It must have BGP, see M(tunnelsmith.panos_vpn.bgp_instance).
    type: str
    required: true
  peer_group:
    description: Peer group that the peer is in.
    type: str
    required: true
  name:
    description: Name of the peer, at most 63 characters. Required unless O(state=gathered), which then returns all peers of the group.
    type: str
  peer_as:
    description: AS number of the peer, plain or as-dot. A new peer needs it.
    type: str
  peer_address:
    description: Address of the peer. One of the options, which takes the place of the one that is set. A new peer needs it.
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
      - BFD profile, V(None), or the router's, which is V(Inherit-vr-global-setting) on virtual routers and V(Inherit-lr-global-setting) on
        logical routers.
    type: str
  keep_alive_interval:
    description: Seconds between two keep-alive messages, 0 to 1200. A peer without it uses 30.
    type: int
  hold_time:
    description: Seconds of silence after which the session ends, 3 to 3600. A peer without it uses 90.
    type: int
  min_route_adv_interval:
    description: Least seconds between two updates, 1 to 600. A peer without it uses 30.
    type: int
  open_delay_time:
    description: Seconds between the TCP connection and the first BGP message, 0 to 240. A peer without it uses 0.
    type: int
  reconnect_retry_interval:
    description: Seconds before the next try to connect, 1 to 3600; virtual routers call it idle hold time. A peer without it uses 15.
    type: int
  multihop:
    description: Time to live of the packets, 0 to 255. With 0 a virtual router uses 2 for an external and 255 for an internal peer.
    type: int
  secret:
    description:
      - Secret that both sides sign the packets with (TCP MD5), at most 63 characters. It is never printed and never returned.
      - The Advanced Routing Engine takes letters, digits and C(!@#%^).
    type: str
  passive:
    description: Whether the firewall waits for the peer to connect; PAN-OS's default is V(false). Only the Advanced Routing Engine has it.
    type: bool
  max_prefixes:
    description: Most prefixes to accept, or V(unlimited). A peer without it accepts 5000. Only virtual routers have it.
    type: str
  reflector_client:
    description: What an internal peer is to the firewall as a route reflector. Only virtual routers have it.
    type: str
    choices: [non-client, client, meshed-client]
  address_family_identifier:
    description: Address family of the session; PAN-OS's default is V(ipv4). Only virtual routers have it.
    type: str
    choices: [ipv4, ipv6]
  type:
    description: Kind of the peer group. A new group without this option gets V(ebgp).
    type: str
    choices: [ebgp, ibgp]
  advertise:
    description:
      - Networks that the peers of the group may learn, exactly these and nothing else. The list is set as given.
      - It lets networks out and does not announce them; that is for M(tunnelsmith.panos_vpn.bgp_redistribution).
      - They are of the family of the peer's address, since a session between IPv4 addresses exchanges IPv4 networks, and one between IPv6 addresses those of
        IPv6.
    type: list
    elements: str
  local_preference:
    description: Local preference of all routes that the peers of the group announce, 0 to 4294967295; the highest one wins.
    type: int
  as_path_prepend:
    description: How often the firewall's AS is prepended in what is announced to the group, 1 to 255, so that its peers prefer other paths.
    type: int
  aggregated_confed_as_path:
    description: Whether the group's paths inside a confederation are aggregated. Only virtual routers have it.
    type: bool
  soft_reset_with_stored_info:
    description: Whether the group's routes are kept as received, for a reset without a new session. Only virtual routers have it.
    type: bool
  import_nexthop:
    description:
      - Next hop of the routes that an C(ebgp) group announces, as it comes (V(original)) or the peer itself (V(use-peer)). A group without it
        uses V(original). Only virtual routers have it.
    type: str
    choices: [original, use-peer]
  export_nexthop:
    description:
      - Next hop of the routes that are announced to the group, which can be the firewall itself (V(use-self)). A group without it uses
        V(resolve) as an C(ebgp) group and V(original) as an C(ibgp) group, which each have the one of these two only.
        Only virtual routers have it.
    type: str
    choices: [resolve, original, use-self]
  remove_private_as:
    description: Whether private AS numbers are taken out of what is announced to an C(ebgp) group. Only virtual routers have it.
    type: bool
  enable_mp_bgp:
    description: Whether the session carries several address families; PAN-OS's default is V(false). Only virtual routers have it.
    type: bool
  subsequent_address_family_identifier:
    description: What kinds of routes the session carries. Only virtual routers have it.
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
    choices: [unspecified, bilateral]
  incoming_bgp_connection:
    description: Sessions that the peer starts. Only virtual routers have it.
    type: dict
    suboptions:
      allow:
        description: Whether the peer may start the session. A peer without it may.
        type: bool
      remote_port:
        description: TCP port that the peer must come from, 0 to 65535. A peer without it may come from any port.
        type: int
  outgoing_bgp_connection:
    description: Sessions that the firewall starts. Only virtual routers have it.
    type: dict
    suboptions:
      allow:
        description: Whether the firewall starts the session. A peer without it may be called.
        type: bool
      local_port:
        description: TCP port that the firewall comes from, 0 to 65535. A peer without it leaves the choice to the firewall.
        type: int
seealso:
  - module: tunnelsmith.panos_vpn.bgp_instance
  - module: tunnelsmith.panos_vpn.bgp_redistribution
"""

EXAMPLES = r"""
- name: Run BGP on the default router
  tunnelsmith.panos_vpn.bgp_instance:
    virtual_router: default
    enable: true
    router_id: 198.51.100.10
    local_as: "65000"

- name: Speak with a peer through a tunnel and tell it one network
  tunnelsmith.panos_vpn.bgp_peer:
    virtual_router: default
    peer_group: branch-7
    name: branch-7-router
    peer_as: "64512"
    peer_address:
      ip: 10.255.7.2
    local_address:
      interface: tunnel.7
      ip: 10.255.7.1/30
    keep_alive_interval: 10
    hold_time: 30
    advertise: [10.10.0.0/24]

- name: Make the peers of the group prefer another way back
  tunnelsmith.panos_vpn.bgp_peer:
    virtual_router: default
    peer_group: branch-7
    name: branch-7-router
    as_path_prepend: 2

- name: Sign the packets
  tunnelsmith.panos_vpn.bgp_peer:
    virtual_router: default
    peer_group: branch-7
    name: branch-7-router
    secret: "{{ vault_bgp_secret }}"

- name: Read all peers of the group
  tunnelsmith.panos_vpn.bgp_peer:
    virtual_router: default
    peer_group: branch-7
    state: gathered
  register: peers

- name: Remove the peer, and its group if it was the last one
  tunnelsmith.panos_vpn.bgp_peer:
    virtual_router: default
    peer_group: branch-7
    name: branch-7-router
    state: absent
"""

RETURN = r"""
gathered:
  description: The peers that are there, as options that would recreate them, without secrets.
  returned: with O(state=gathered)
  type: list
  elements: dict
  sample:
    - virtual_router: default
      peer_group: branch-7
      name: branch-7-router
      peer_as: "64512"
      peer_address:
        ip: 10.255.7.2
      local_address:
        interface: tunnel.7
        ip: 10.255.7.1/30
      keep_alive_interval: 10
      hold_time: 30
      type: ebgp
      advertise: [10.10.0.0/24]
objects:
  description: Places of the objects that the task is about, for O(tunnelsmith.panos_vpn.commit#module:objects).
  returned: unless O(state=gathered)
  type: list
  elements: str
  sample:
    - /config/devices/entry[@name='localhost.localdomain']/network/virtual-router/entry[@name='default']/protocol/bgp/peer-group/entry[@name='branch-7']
    - "/config/devices/entry[@name='localhost.localdomain']/network/virtual-router/entry[@name='default']/protocol/bgp/\
      peer-group/entry[@name='branch-7']/peer/entry[@name='branch-7-router']"
"""

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils import arguments
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.resources.bgp_peer import RESOURCE
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.tasks.resource import run


def argument_spec():
    return arguments.of_resource(RESOURCE)


def main():
    run(RESOURCE)


if __name__ == "__main__":
    main()
