#!/usr/bin/python
# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: vpn_failover
short_description: Make a VPN fail over on purpose on Palo Alto Networks firewalls, and measure the outage
version_added: 0.1.0
description:
  - Takes down the tunnel that carries a VPN's traffic, or the BGP peer behind it, and measures until another tunnel carries the traffic. Then
    brings it back, and measures again. These are two calls; the role P(tunnelsmith.panos_vpn.failover_drill#role) makes both.
  - It looks at the firewall the whole time, also while the commit runs, so that the time of the commit and the outage are told apart. What
    it sees are the states of the tunnels, and the PBF rule or the routes that are in use. A command given as O(probe) measures what a host
    sees at the same time.
  - It does not start unless another tunnel is fit to take over, and says why.
  - What is taken down is noted on the firewall, in the comment of the tunnel and in the same transaction. So it can be brought back from
    anywhere, also after a run was killed.
author:
  - Tunnelsmith contributors (@tunnelsmith)
extends_documentation_fragment:
  - tunnelsmith.panos_vpn.provider
  - tunnelsmith.panos_vpn.committing
  - tunnelsmith.panos_vpn.location.vsys
  - tunnelsmith.panos_vpn.attributes
  - tunnelsmith.panos_vpn.attributes.writes
options:
  action:
    description:
      - V(take_down) disables the tunnel or its BGP peer, commits that, and measures until other tunnels carry the traffic.
      - V(bring_back) puts back what stood there before, commits that, and measures until the tunnel carries traffic again. Without anything
        to bring back it changes nothing. A note that somebody has damaged is refused.
    type: str
    required: true
    choices: [take_down, bring_back]
  name:
    description: Name of the VPN, such as the connection ID that M(tunnelsmith.panos_vpn.site_to_site_vpn) was given. Its tunnels are looked at.
    type: str
    required: true
  method:
    description:
      - What V(take_down) disables. V(tunnel) is the IPsec tunnel, after which the firewall has to notice that its peer does not answer.
        V(peer) is the BGP peer, which says goodbye to the other side.
    type: str
    choices: [tunnel, peer]
    default: tunnel
  tunnel:
    description: Name of the tunnel that V(take_down) takes down. It must carry traffic. Omitted, it is the one that carries most destinations.
    type: str
  timeout:
    description: Seconds after the commit within which the traffic must have moved.
    type: int
    default: 180
  poll:
    description: Seconds between two looks, more than 0. Each look is two requests; with BGP one of them reads the whole routing table.
    type: float
    default: 0.2
  hold:
    description: Seconds for which the traffic must stay where it moved to before the module ends.
    type: float
    default: 5.0
  probe:
    description:
      - Command that asks something of the other side of the VPN from a host that uses it, for example by V(ssh). Exit status 0 is an answer.
      - It is run without a shell, where the module runs, again and again, and may be under way several times at once. The variables of the environment that
        begin with C(PANOS_) are hidden from it. A ping from the firewall itself proves nothing with PBF, which does not steer it.
      - It must be answered before anything is taken down. It is not run in check mode.
      - What a late probe started is ended with it, as far as it runs as the same user. When the command cannot be started any more, the firewall's state is
        measured to the end, and the task fails.
    type: str
  probe_interval:
    description: Seconds between the starts of two probes, more than 0.
    type: float
    default: 0.2
  probe_timeout:
    description: Seconds after which a probe that has not ended counts as lost, more than 0.
    type: float
    default: 1.0
  journal:
    description:
      - Folder of a journal. Before anything is written, what it takes to revert it is put there; M(tunnelsmith.panos_vpn.config_revert) takes it
        back. It stands where the module runs, usually on the controller.
      - What V(bring_back) puts back leaves it, so after a drill that ended it is as before.
      - Omitted, no journal is kept.
    type: path
  description:
    description: Text that the firewall stores with the commit. Omitted, it is the action and the name.
    type: str
attributes:
  check_mode:
    description: Makes the same checks and shows the same diff. Nothing is written and nothing measured.
    support: full
  idempotent:
    description: V(bring_back) changes nothing a second time. V(take_down) is refused while something is taken down.
    support: partial
    details: V(take_down) acts whenever it may.
seealso:
  - module: tunnelsmith.panos_vpn.vpn_action
  - module: tunnelsmith.panos_vpn.vpn_info
  - module: tunnelsmith.panos_vpn.config_revert
  - plugin: tunnelsmith.panos_vpn.vpn_report
    plugin_type: filter
"""

EXAMPLES = r"""
- name: Take down the tunnel that carries the traffic
  tunnelsmith.panos_vpn.vpn_failover:
    action: take_down
    name: vpn-0123456789abcdef0
    probe: ssh lan-host ping -c 1 -W 1 10.20.0.10
  register: down

- name: Bring it back
  tunnelsmith.panos_vpn.vpn_failover:
    action: bring_back
    name: vpn-0123456789abcdef0
  register: up

- name: Tell how long it took
  ansible.builtin.debug:
    msg: "{{ down.measurement.outage.seconds }} s without a way, expected {{ down.measurement.expected }}"
"""

RETURN = r"""
measurement:
  description:
    - What was seen. Moments are seconds since the commit was asked for. In check mode it holds only what is known before.
  returned: with V(take_down), and with V(bring_back) when there was something to bring back
  type: dict
  contains:
    firewall:
      description: Address of the firewall.
      returned: always
      type: str
      sample: 192.0.2.1
    vpn:
      description: The VPN's name.
      returned: always
      type: str
      sample: vpn-0123456789abcdef0
    action:
      description: What was done.
      returned: always
      type: str
      sample: take_down
    method:
      description: What is or was disabled, V(tunnel) or V(peer).
      returned: always
      type: str
      sample: tunnel
    tunnel:
      description: The tunnel that was taken down or brought back.
      returned: always
      type: str
      sample: vpn-0123456789abcdef0-1
    standby:
      description: A tunnel that is fit to take over.
      returned: with V(take_down)
      type: str
      sample: vpn-0123456789abcdef0-2
    began:
      description: When it began, in UTC.
      returned: always
      type: str
      sample: "2026-11-21T02:51:28Z"
    summary:
      description: What was measured, in one line.
      returned: not in check mode
      type: str
      sample: "take_down of tunnel 'vpn-0123456789abcdef0-1': commit 7.8 s, no way for 9.9 s (up to 0.24 s more) by the firewall's state, expected 8 to 12 s
        (within)"
    seconds:
      description: How long was looked.
      returned: not in check mode
      type: float
      sample: 21.4
    looks:
      description: How often was looked.
      returned: not in check mode
      type: int
      sample: 84
    commit_seconds:
      description: When the commit had ended. Traffic can move before and after.
      returned: not in check mode
      type: float
      sample: 7.8
    lost_after:
      description: When the tunnel was first seen not to carry traffic. Null where it was never seen.
      returned: with V(take_down), not in check mode
      type: float
      sample: 6.9
    moved_after:
      description: When the traffic was first seen where it stayed. Null where it did not come.
      returned: not in check mode
      type: float
      sample: 16.8
    outage:
      description:
        - Time without a working way by the firewall's own state. That is a PBF rule or a route which leads into a tunnel that is not active, or none.
        - C(seconds) is the longest one, C(resolution) how many seconds longer it may have been by the pauses between two looks.
      returned: not in check mode
      type: dict
      sample: {seconds: 9.9, resolution: 0.24, ended: true, outages: [{start: 6.9, end: 16.8}]}
    probe:
      description: What the probes say, with their outages in the same form.
      returned: with O(probe), not in check mode, unless the probe could not be started any more
      type: dict
      sample:
        sent: 106
        lost: 49
        outage: {seconds: 9.8, resolution: 0.2, ended: true, outages: [{start: 6.8, end: 16.6}]}
        spans: [{start: 0.0, value: true, end: 6.8}, {start: 6.8, value: false, end: 16.6}, {start: 16.6, value: true, end: 21.4}]
    expected:
      description:
        - How many seconds the outage may take by the monitor or the timers, and why. What is not known in advance is left out.
        - C(verdict) compares with the outage of the probes, or without O(probe) with that of the state. It is V(within), V(shorter), V(longer) or V(unknown).
      returned: with V(take_down)
      type: dict
      sample:
        minimum: 8
        maximum: 12
        because: the monitor of PBF rule 'vpn-0123456789abcdef0-1' probes every 2 s and gives up after 5 lost probes
        verdict: within
    tunnels:
      description: The states of the VPN's tunnels as stretches of time. C(none) is the state of a tunnel that the firewall does not list.
      returned: not in check mode
      type: list
      elements: dict
      sample:
        - name: vpn-0123456789abcdef0-1
          spans: [{start: 0.0, value: active, end: 6.9}, {start: 6.9, value: none, end: 21.4}]
    carrier:
      description: Which tunnel the traffic was led into, as stretches of time.
      returned: not in check mode
      type: list
      elements: dict
      sample: [{start: 0.0, value: vpn-0123456789abcdef0-1, end: 16.8}, {start: 16.8, value: vpn-0123456789abcdef0-2, end: 21.4}]
restored:
  description: What was brought back, or would be in check mode.
  returned: with V(bring_back)
  type: list
  elements: str
  sample: ["tunnel 'vpn-0123456789abcdef0-1'"]
objects:
  description: Places of the objects that were written, as M(tunnelsmith.panos_vpn.commit) takes them.
  returned: when there was something to write
  type: list
  elements: str
  sample:
    - /config/devices/entry[@name='localhost.localdomain']/network/tunnel/ipsec/entry[@name='vpn-0123456789abcdef0-1']
uncommitted:
  description: Whether the objects differ from the running configuration at the end.
  returned: when there was something to write
  type: bool
  sample: false
earlier_changes:
  description: Uncommitted changes that were there before and are not on these objects.
  returned: when there was something to write
  type: list
  elements: dict
  sample: []
committed:
  description: Places of the changes that were committed.
  returned: when a job ran
  type: list
  elements: str
  sample:
    - /config/devices/entry[@name='localhost.localdomain']/network/tunnel/ipsec/entry[@name='vpn-0123456789abcdef0-1']/disabled
journal:
  description: The journal's file. It is there when something was written since it was deleted last.
  returned: when O(journal) is given and something was to be written
  type: str
  sample: /home/automation/.ansible/tunnelsmith/192.0.2.1,vpn-0123456789abcdef0.json
job_id:
  description: Number of the commit job.
  returned: when a job ran
  type: str
  sample: "42"
lines:
  description: What the firewall says of the job.
  returned: when a job ran
  type: list
  elements: str
  sample: [Configuration committed successfully]
job_warnings:
  description: Warnings of the job; each is shown as a warning of the task too.
  returned: when a job ran
  type: list
  elements: str
  sample: []
"""

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.tasks import vpn_failover


def argument_spec():
    return vpn_failover.argument_spec()


def main():
    vpn_failover.run()


if __name__ == "__main__":
    main()
