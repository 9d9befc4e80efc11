#!/usr/bin/python
# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: config_revert
short_description: Take back what the last runs changed for a VPN on Palo Alto Networks firewalls
version_added: 0.1.0
description:
  - Takes back exactly what was written for one VPN since its last verified run, by the journal that M(tunnelsmith.panos_vpn.site_to_site_vpn),
    M(tunnelsmith.panos_vpn.vpn_action) and M(tunnelsmith.panos_vpn.vpn_failover) keep with their option
    O(tunnelsmith.panos_vpn.site_to_site_vpn#module:journal). Also after a playbook that was killed in the middle, whether it had written,
    committed, or not even begun.
  - Each place is looked at first. One that no longer holds what was written is left as it is and named, and so is what it refers to,
    with the zone, router and virtual system that it was put into; other people's changes, committed or not, stay. So does what is another
    VPN's by now, by that one's record.
  - A router's BGP or ECMP and a zone that another VPN has come to use stay for that one, whose record takes them over, so that it gives them back when it goes.
  - A commit that is under way, whoever asked for it, is waited for before that, as long as O(commit_timeout) says.
  - The journal is believed only where it is a plain file of the user who runs the task, which others cannot write, and where it names nothing
    but places at which these modules write.
  - Then the account's own changes are committed, and the running configuration is read once more and compared with the journal. What is
    not as it was before fails the task.
  - The journal is deleted when all of it has been taken back and committed. Where keys or anything else was taken back that is negotiated, it stays with that
    knowledge alone, until the tunnels have been negotiated anew by the next run of M(tunnelsmith.panos_vpn.site_to_site_vpn) that verifies, or by
    M(tunnelsmith.panos_vpn.vpn_action).
author:
  - Tunnelsmith contributors (@tunnelsmith)
extends_documentation_fragment:
  - tunnelsmith.panos_vpn.provider
  - tunnelsmith.panos_vpn.attributes
  - tunnelsmith.panos_vpn.location
  - tunnelsmith.panos_vpn.location.rulebase
options:
  name:
    description: Name of the VPN.
    type: str
    required: true
  journal:
    description: The folder that was given to the tasks that wrote. The journal stands where modules run, usually on the controller.
    type: path
    required: true
  commit:
    description: Whether to commit. With V(false) only the candidate is put back, and the journal stays.
    type: bool
    default: true
  push:
    description:
      - On a Panorama, whether what was taken back and committed is brought to the firewalls that had the VPN. Omitted, it is. A firewall that does not get it
        does not keep the others from it; the task fails in the end, and names it.
    type: bool
  push_foreign:
    description: What becomes of a push that would bring along what others have committed on Panorama for a firewall and nobody has pushed. V(fail) refuses
      before anything is taken back, V(include) brings it along.
    type: str
    choices: [fail, include]
    default: fail
  force_template_values:
    description: Whether the push takes back what was set on a firewall itself over a template's value.
    type: bool
    default: false
  merge_with_candidate:
    description: Whether a firewall commits what is uncommitted on itself along with the push. Omitted, it is Panorama's default, which is to do so.
    type: bool
  config_lock:
    description:
      - Whether to hold the firewall's configuration lock from the first read to the end of the commit, also one that a killed run left behind.
    type: bool
    default: false
  commit_foreign:
    description:
      - PAN-OS commits by account, so changes that the same account left uncommitted elsewhere would be committed along.
      - V(fail) waits O(lock_timeout) seconds for them to go and then fails, naming them, before it writes. An API key alone does not tell
        the account; without O(provider.username) it shows only in what was written, and the task fails before that is committed.
        V(include) commits them along.
    type: str
    choices: [fail, include]
    default: fail
  description:
    description: Text that the firewall stores with the commit. Omitted, it names the VPN.
    type: str
  commit_timeout:
    description: Seconds to wait for locks, for other commits and for the commit job, all together.
    type: int
    default: 600
  commit_poll:
    description: Seconds between two looks at the commit job. Omitted, they grow from 0.2 to 5.
    type: float
attributes:
  check_mode:
    description: Tells what would be taken back and what would be left.
    support: full
  diff_mode:
    description: Shows each leaf that changes; secrets as marks that only tell equal from different.
    support: full
  idempotent:
    description: The journal is gone after the first run, so a second one fails and says so.
    support: none
notes:
  - A former pre-shared key goes back in the form in which the firewall had stored it. The journal, readable by its user alone, holds that
    form, and of new keys a digest.
seealso:
  - module: tunnelsmith.panos_vpn.site_to_site_vpn
  - module: tunnelsmith.panos_vpn.commit
"""

EXAMPLES = r"""
- name: Take back what a run that was killed had done
  tunnelsmith.panos_vpn.config_revert:
    name: vpn-0abc1234def567890
    journal: ~/.ansible/tunnelsmith
"""

RETURN = r"""
devices:
  description: On a Panorama, what became of each firewall, as M(tunnelsmith.panos_vpn.push) returns it.
  returned: when something was pushed
  type: list
  elements: dict
push_jobs:
  description: Numbers of the push jobs that ended.
  returned: when something was pushed
  type: list
  elements: str
reverted:
  description: What has been taken back, or was not there any more.
  returned: always
  type: list
  elements: dict
  contains:
    object:
      description: The object that the place belongs to.
      type: str
    xpath:
      description: The place.
      type: str
left:
  description: What stays as it is, and why.
  returned: always
  type: list
  elements: dict
  contains:
    object:
      description: The object that the place belongs to.
      type: str
    xpath:
      description: The place.
      type: str
    reason:
      description: Why it stays.
      type: str
      sample: it no longer holds what was written
unproven:
  description: Tunnels that may still carry packets on what was agreed before this was taken back, until they are negotiated, or their BGP session begins, anew.
  returned: always
  type: list
  elements: str
nothing_noted:
  description: That no change is left in the journal that could be taken back.
  returned: where the task fails for that
  type: bool
committed:
  description: Places of the changes that were committed.
  returned: when O(commit=true) and not in check mode
  type: list
  elements: str
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
job_warnings:
  description: Warnings of the job; each is shown as a warning of the task too.
  returned: when a job ran
  type: list
  elements: str
"""

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.tasks import config_revert


def argument_spec():
    return config_revert.argument_spec()


def main():
    config_revert.run()


if __name__ == "__main__":
    main()
