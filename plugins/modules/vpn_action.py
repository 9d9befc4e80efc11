#!/usr/bin/python
# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: vpn_action
short_description: Reconnect, initiate, clear, enable or disable VPN tunnels, or rotate their keys, on Palo Alto Networks firewalls
version_added: 0.1.0
description:
  - Acts on tunnels of the running configuration. What it interrupts is named in a warning and returned as RV(interrupts).
  - V(reconnect), V(initiate) and V(clear) are operational commands and leave the configuration alone. V(enable), V(disable) and V(rotate_keys) exist on
    PAN-OS as configuration only. They are written under the same rules as by the other modules, and committed.
author:
  - Tunnelsmith contributors (@tunnelsmith)
extends_documentation_fragment:
  - tunnelsmith.panos_vpn.provider
  - tunnelsmith.panos_vpn.committing
  - tunnelsmith.panos_vpn.attributes
  - tunnelsmith.panos_vpn.attributes.writes
options:
  option_prefix:
    description: >-
      What stands before the names of these options where they are variables of a playbook, for example V(vpn_action_): messages then name what was
      written there.
    type: str
  action:
    description:
      - V(reconnect) clears the IPsec and IKE SAs and negotiates them anew. With several tunnels this is done one after the other, the next one
        only when the one before is up again; tunnels that share an IKE gateway are done together.
      - V(initiate) negotiates tunnels that are not up, and leaves the others alone.
      - V(clear) deletes the SAs. The firewall or its peer negotiates new ones when it needs them.
      - V(disable) and V(enable) turn objects off and on in the configuration. What was not disabled stays as it is.
      - V(rotate_keys) gives the IKE gateways of the tunnels new pre-shared keys (O(pre_shared_keys)) and changes nothing else. It begins with the last tunnel,
        commits its key, and has the tunnel negotiated anew, and goes on only when it is up with a new SA. A key that is there already interrupts nothing.
    type: str
    required: true
    choices: [reconnect, initiate, clear, enable, disable, rotate_keys]
  name:
    description:
      - Names of the VPNs that are meant. A name is that of a VPN, such as the connection ID that M(tunnelsmith.panos_vpn.site_to_site_vpn) was
        given, or that of a tunnel or an IKE gateway, as in M(tunnelsmith.panos_vpn.vpn_info).
      - A name that nothing in the running configuration answers to is refused. Either O(name) or O(all) is required.
    type: list
    elements: str
  all:
    description: Whether every tunnel of the firewall is meant. Tunnels that are disabled, or that have a manual key, are then passed over.
    type: bool
  object:
    description:
      - What V(enable) and V(disable) turn on and off. It is the IPsec tunnels, their IKE gateways, or the BGP peers behind them.
      - Without a tunnel its peer's BGP session ends with its hold time; a disabled BGP peer ends the session at once.
    type: str
    choices: [ipsec_tunnel, ike_gateway, bgp_peer]
    default: ipsec_tunnel
  pre_shared_keys:
    description:
      - New keys for V(rotate_keys), one for each IKE gateway in the order of the VPN's tunnels, which is that of its cloud where
        M(tunnelsmith.panos_vpn.site_to_site_vpn) has made it. An empty one leaves that gateway's key.
    type: list
    elements: str
  cloud:
    description: Whose rules new keys of V(rotate_keys) have to keep. One that the far side could not have is refused before anything is written.
    type: str
    choices: [aws, azure, gcp, harmony_sase, zstack]
  vsys:
    description:
      - Virtual system of the VPNs. Omitted, it is V(vsys1). One that the firewall does not have is refused.
      - IKE gateways, tunnels and BGP peers belong to no virtual system, so those of the whole firewall answer to O(name) and O(all).
    type: str
  timeout:
    description:
      - Seconds to wait with V(reconnect), V(initiate) and V(rotate_keys) until a tunnel is up. It then has SAs with new SPIs, and its flow is active.
      - The module fails when the time is over, and does not touch the tunnels that follow. With V(0) it does not wait and does not look, so that V(rotate_keys)
        gives all tunnels new keys whether they come up or not.
    type: int
    default: 30
  poll:
    description: Seconds between two looks at the tunnel, more than 0. Omitted, they grow from 0.2 to 5.
    type: float
  commit:
    description:
      - Whether V(enable) and V(disable) commit what they wrote. Only these changes of the account that Ansible uses are committed.
      - With V(false) they stay in the candidate configuration, for M(tunnelsmith.panos_vpn.commit) with RV(objects) and RV(earlier_changes). V(rotate_keys)
        always commits, and refuses V(false).
    type: bool
    default: true
  journal:
    description:
      - Folder of a journal. Before anything is written, what it takes to revert it is put there; M(tunnelsmith.panos_vpn.config_revert) takes it
        back. It stands where the module runs, usually on the controller.
      - It is kept for V(enable), V(disable) and V(rotate_keys), under the name in O(name), which then is exactly one. What is turned back leaves it.
      - When all tunnels have come up with the keys that V(rotate_keys) was given, their former keys leave it too and are not brought back any more.
        As long as one of them has not, all of them can be taken back. With O(timeout=0) nothing is seen to come up, and they stay.
      - With V(reconnect) nothing is added to it; it is noted there that the tunnels which came up have proven what was changed before.
      - Omitted, no journal is kept.
    type: path
  description:
    description: Text that the firewall stores with the commit. Omitted, it is the action and the names.
    type: str
attributes:
  check_mode:
    description: Names what would be interrupted, and shows the diff of V(enable), V(disable) and V(rotate_keys). Nothing is sent, written or committed.
    support: full
  diff_mode:
    description: Shows the elements that V(enable), V(disable) and V(rotate_keys) change, secrets as marks. The other actions have nothing to compare.
    support: full
  idempotent:
    description: V(initiate), V(enable), V(disable) and V(rotate_keys) change nothing a second time. V(reconnect) and V(clear) interrupt every time.
    support: partial
    details: V(reconnect) and V(clear) act whenever they are called.
seealso:
  - module: tunnelsmith.panos_vpn.vpn_info
  - module: tunnelsmith.panos_vpn.config_revert
  - module: tunnelsmith.panos_vpn.vpn_failover
  - module: tunnelsmith.panos_vpn.commit
"""

EXAMPLES = r"""
- name: Negotiate both tunnels of a VPN anew, one after the other
  tunnelsmith.panos_vpn.vpn_action:
    action: reconnect
    name: [vpn-0123456789abcdef0]

- name: Bring up whatever tunnel is down
  tunnelsmith.panos_vpn.vpn_action:
    action: initiate
    all: true

- name: Give the first tunnel of a VPN a new key, and leave that of the second one
  tunnelsmith.panos_vpn.vpn_action:
    action: rotate_keys
    name: [vpn-0123456789abcdef0]
    pre_shared_keys: [notReal.rotated.one, ""]

- name: Take one tunnel out of service
  tunnelsmith.panos_vpn.vpn_action:
    action: disable
    name: [vpn-0123456789abcdef0-1]
    description: Maintenance of the first endpoint

- name: Put it into service again
  tunnelsmith.panos_vpn.vpn_action:
    action: enable
    name: [vpn-0123456789abcdef0-1]
"""

RETURN = r"""
interrupts:
  description:
    - Tunnels, or with O(object=bgp_peer) BGP peers, whose traffic stops. Also tunnels that were not named and share an IKE gateway with one that was.
      What V(disable) finds off already is not among them.
    - In check mode those whose traffic would stop.
  returned: always
  type: list
  elements: str
  sample: [vpn-0123456789abcdef0-1, vpn-0123456789abcdef0-2]
tunnels:
  description:
    - What was sent for each tunnel, with the firewall's answers, and whether the tunnel came up. Empty with V(enable) and V(disable).
    - C(seconds) is how long V(reconnect) interrupted it, from the clearing of its SAs until it was seen up on new ones.
  returned: always
  type: list
  elements: dict
  sample:
    - name: vpn-0123456789abcdef0-1
      answers:
        - {command: clear vpn ipsec-sa tunnel vpn-0123456789abcdef0-1, answer: "Delete IKEv1 IPSec SA: Total 1 tunnels found."}
        - {command: clear vpn ike-sa gateway vpn-0123456789abcdef0-1, answer: "Delete IKEv1 IKE SA: Total 1 gateways found."}
        - {command: test vpn ike-sa gateway vpn-0123456789abcdef0-1, answer: "Start time: Nov.21 02:51:28 Initiate 1 IKE SA."}
        - {command: test vpn ipsec-sa tunnel vpn-0123456789abcdef0-1, answer: "Start time: Nov.21 02:51:28 Initiate 1 IPSec SA for tunnel
            vpn-0123456789abcdef0-1."}
      up: true
      seconds: 0.4
objects:
  description: Places of the objects that were turned on or off or given a key, as M(tunnelsmith.panos_vpn.commit) takes them.
  returned: with V(enable), V(disable) and V(rotate_keys)
  type: list
  elements: str
  sample:
    - /config/devices/entry[@name='localhost.localdomain']/network/tunnel/ipsec/entry[@name='vpn-0123456789abcdef0-1']
uncommitted:
  description: Whether the objects differ from the running configuration at the end. In check mode, whether they do now.
  returned: with V(enable), V(disable) and V(rotate_keys)
  type: bool
  sample: false
earlier_changes:
  description: Uncommitted changes that were there before and are not on these objects.
  returned: with V(enable), V(disable) and V(rotate_keys)
  type: list
  elements: dict
  sample: []
committed:
  description: Places of the changes that were committed, or would be in check mode.
  returned: with V(enable), V(disable) and V(rotate_keys)
  type: list
  elements: str
  sample:
    - /config/devices/entry[@name='localhost.localdomain']/network/tunnel/ipsec/entry[@name='vpn-0123456789abcdef0-1']/disabled
journal:
  description: The journal's file. It is there when something was written since it was deleted last.
  returned: when O(journal) is given and something was to be written
  type: str
  sample: /home/automation/.ansible/tunnelsmith/192.0.2.1,vpn-0123456789abcdef0.json
jobs:
  description: The commit jobs of V(rotate_keys), one for each key or for the keys of tunnels that share a gateway, with the values that RV(job_id),
    RV(lines) and RV(job_warnings) are otherwise.
  returned: with V(rotate_keys)
  type: list
  elements: dict
  sample:
    - {job_id: "42", lines: [Configuration committed successfully], job_warnings: []}
job_id:
  description: Number of the commit job.
  returned: when a job of V(enable) or V(disable) ran
  type: str
  sample: "42"
lines:
  description: What the firewall says of the job.
  returned: when a job of V(enable) or V(disable) ran
  type: list
  elements: str
  sample: [Configuration committed successfully]
job_warnings:
  description: Warnings of the job; each is shown as a warning of the task too.
  returned: when a job of V(enable) or V(disable) ran
  type: list
  elements: str
  sample: []
"""

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.tasks import vpn_action


def argument_spec():
    return vpn_action.argument_spec()


def main():
    vpn_action.run()


if __name__ == "__main__":
    main()
