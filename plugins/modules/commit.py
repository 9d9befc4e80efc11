#!/usr/bin/python
# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: commit
short_description: Commit our own changes on Palo Alto Networks firewalls
version_added: 0.1.0
description:
  - Makes uncommitted changes the running configuration, by default only those of the account that Ansible uses. Other administrators'
    changes stay uncommitted.
  - Waits while another commit runs or an administrator holds a commit lock, then waits for the job and reports its lines and warnings.
  - Nothing to commit is no change and no error. Whether there is anything does not hang on the firewall's list of changes alone. Where it names none
    of O(objects), candidate and running configuration are compared there, and what differs is committed, with a warning.
author:
  - Tunnelsmith contributors (@tunnelsmith)
extends_documentation_fragment:
  - tunnelsmith.panos_vpn.provider
  - tunnelsmith.panos_vpn.attributes
options:
  scope:
    description:
      - V(own) commits the changes of one account only. It takes the account's name from O(admin) or O(provider.username); with an API key
        alone, from the firewall's own book of who changed O(objects), or from whose key it says this is. It never guesses.
      - V(written) commits what tasks of this run of C(ansible-playbook) have written for this host on this firewall, O(objects) need not be collected. What
        such a task found as it should be belongs to it, so that a second run commits what the first one wrote and did not get to commit.
      - PAN-OS commits by account. Where the same account has other changes uncommitted, from before or since, V(written) does what O(commit_foreign) says.
        Tasks of another run, or of another node of a workflow, are not known, nor are those that run with C(async); C(config_revert) commits itself.
      - V(all) commits everybody's changes.
    type: str
    choices: [own, written, all]
    default: own
  admin:
    description: Name of the account whose changes are committed. Omitted, it is the one that Ansible uses.
    type: str
  objects:
    description:
      - The RV(tunnelsmith.panos_vpn.site_to_site_vpn#module:objects) of the tasks before, joined to one list. With it the module knows which
        uncommitted changes are meant; if these objects are the same in the candidate and in the running configuration there is nothing to commit.
      - Omitted, all changes of the account are meant, or with O(scope=written) what the tasks of this run have written.
    type: list
    elements: str
  earlier_changes:
    description:
      - Uncommitted changes that were there before ours, as RV(tunnelsmith.panos_vpn.site_to_site_vpn#module:earlier_changes) returns them.
      - Those of our own account are what O(commit_foreign) is about. With O(scope=written) they need not be given.
    type: list
    elements: dict
    suboptions:
      owner:
        description: Account that the firewall books the change on.
        type: str
        required: true
      xpath:
        description: Place of the change.
        type: str
        required: true
  config_lock:
    description:
      - Whether to release the configuration lock that the task which wrote has taken, whatever becomes of the commit.
    type: bool
    default: false
  commit_foreign:
    description:
      - PAN-OS commits by account, so changes that the same account left uncommitted before would be committed along.
      - V(fail) waits O(lock_timeout) seconds for them to go and then fails, naming them. V(include) commits them along.
    type: str
    choices: [fail, include]
    default: fail
  description:
    description: Text that the firewall stores with the commit.
    type: str
  job_id:
    description:
      - Number of a commit job that an earlier run did not see to its end. No new commit is made, the module waits for that one. A job that the
        firewall does not know is an error at once.
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
    description: Tells what would be committed.
    support: full
  diff_mode:
    description: The tasks that wrote the changes show them.
    support: none
  idempotent:
    description: A second run has nothing to commit.
    support: full
seealso:
  - module: tunnelsmith.panos_vpn.site_to_site_vpn
"""

EXAMPLES = r"""
- name: Commit what this account changed
  tunnelsmith.panos_vpn.commit:
    provider:
      username: automation
    description: VPN to the branch

- name: Make a slow profile
  tunnelsmith.panos_vpn.monitor_profile:
    name: slow
    interval: 9

- name: Commit what the tasks before have written, and nothing else
  tunnelsmith.panos_vpn.commit:
    scope: written

- name: Make a profile
  tunnelsmith.panos_vpn.monitor_profile:
    name: fast
    interval: 2
  register: profile

- name: Commit what one task has written
  tunnelsmith.panos_vpn.commit:
    objects: "{{ profile.objects }}"
"""

RETURN = r"""
committed:
  description: Places of the changes that were committed, or would be in check mode.
  returned: always
  type: list
  elements: str
  sample:
    - /config/devices/entry[@name='localhost.localdomain']/network/profiles/monitor-profile/entry[@name='fast']
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
  sample: [Interface tunnel.1 has no zone configuration.]
"""

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.tasks import commit


def argument_spec():
    return commit.argument_spec()


def main():
    commit.run()


if __name__ == "__main__":
    main()
