#!/usr/bin/python
# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: push
short_description: Push from a Palo Alto Networks Panorama to its firewalls
version_added: 0.1.0
description:
  - Brings what is committed on Panorama to the firewalls of device groups and template stacks, as few pushes as that takes, and tells what became of
    each firewall. Its own commit comes before, with M(tunnelsmith.panos_vpn.commit).
  - A firewall that has it all already is left alone. One that is not connected or refuses does not keep the others from getting it; the task fails
    afterwards, with the firewall's own words, and a later run pushes to those that lack it only.
  - A push carries everything that is committed for these firewalls, whoever committed it; see O(admins).
author:
  - Tunnelsmith contributors (@tunnelsmith)
extends_documentation_fragment:
  - tunnelsmith.panos_vpn.provider
  - tunnelsmith.panos_vpn.attributes
options:
  device_groups:
    description: Device groups whose firewalls get their policies and objects.
    type: list
    elements: str
  template_stacks:
    description:
      - Template stacks whose firewalls get their network and device configuration. A firewall that is in one of O(device_groups), too, gets both in
        one push.
    type: list
    elements: str
  devices:
    description: Serial numbers of the firewalls that are meant, where not all of the groups and stacks are. Both members of an HA pair belong together.
    type: list
    elements: str
  force:
    description: Whether firewalls get a push that have all of it already, as after a change by hand on the firewall itself.
    type: bool
    default: false
  force_template_values:
    description: Whether what was set on the firewall itself over a template's value is taken back.
    type: bool
    default: false
  merge_with_candidate:
    description: Whether a firewall commits what is uncommitted on itself along. Omitted, it is Panorama's default, which is to do so.
    type: bool
  admins:
    description: Accounts whose changes alone are pushed, from PAN-OS 10.2 on. Omitted, everybody's are.
    type: list
    elements: str
  not_connected:
    description: What becomes of the task where a firewall that lacks something is not connected. V(warn) names it and ends well.
    type: str
    choices: [fail, warn]
    default: fail
  description:
    description: Text that is stored with the push.
    type: str
  commit_timeout:
    description: Seconds to wait for other commits and for all pushes together.
    type: int
    default: 600
  commit_poll:
    description: Seconds between two looks at a push job. Omitted, they grow from 0.2 to 5.
    type: float
  job_id:
    description: Number of a push job that an earlier run did not see to its end. It is waited for in the place of the first push.
    type: str
attributes:
  check_mode:
    description: Tells which firewalls would get a push.
    support: full
  diff_mode:
    description: The tasks that wrote the changes show them.
    support: none
  idempotent:
    description: A second run finds every firewall in sync.
    support: full
seealso:
  - module: tunnelsmith.panos_vpn.commit
"""

EXAMPLES = r"""
- name: Bring rules and tunnels to the branches
  tunnelsmith.panos_vpn.push:
    device_groups: [branches]
    template_stacks: [branch-stack]

- name: To one pair only, and go on where it is not connected
  tunnelsmith.panos_vpn.push:
    template_stacks: [branch-stack]
    devices: ["007054000543212", "007054000543217"]
    not_connected: warn
"""

RETURN = r"""
devices:
  description: What became of each firewall, in Panorama's order. It is there when the task fails, too.
  returned: when Panorama was asked
  type: list
  elements: dict
  contains:
    serial:
      description: Serial number.
      type: str
    hostname:
      description: Name; empty of one that was never connected.
      type: str
    device_group:
      description: Device group whose part was meant; empty where none was.
      type: str
    template_stack:
      description: Template stack whose part was meant; empty where none was.
      type: str
    result:
      description:
        - V(in_sync), it had it all; V(pushed), it got it; V(pending), it would get it (check mode); V(failed); V(not_connected); V(unknown), where
          Panorama lost the job.
      type: str
    told:
      description: The firewall's or Panorama's own words.
      type: str
    warnings:
      description: Warnings of the firewall's commit; each is shown as a warning of the task too.
      type: list
      elements: str
  sample:
    - serial: "007054000543212"
      hostname: katy-fw1
      device_group: branches
      template_stack: branch-stack
      result: pushed
      told: commit succeeded; Configuration committed successfully
      warnings: []
job_ids:
  description: Numbers of the push jobs that ended.
  returned: when Panorama was asked
  type: list
  elements: str
  sample: ["42"]
"""

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.tasks import push


def argument_spec():
    return push.argument_spec()


def main():
    push.run()


if __name__ == "__main__":
    main()
