#!/usr/bin/python
# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: recording_info
short_description: Record how a Palo Alto Networks firewall answers, without what identifies it
version_added: 0.1.0
description:
  - Asks a firewall every operational command by which this collection looks at it, and returns the answers with each name, address, serial number, key and
    larger number replaced, the same by the same in all of them.
  - What is not known to be PAN-OS's own word or a small number is replaced, so nothing has to be listed that is to be kept back.
  - The playbook C(record_answers) writes them to a file and compares them with the answers of the collection's emulated firewall.
author:
  - Tunnelsmith contributors (@tunnelsmith)
extends_documentation_fragment:
  - tunnelsmith.panos_vpn.provider
  - tunnelsmith.panos_vpn.attributes
  - tunnelsmith.panos_vpn.attributes.reads
options:
  commit:
    description:
      - Whether to ask for a commit too, of which the firewall says that there is nothing to commit. It is refused where anything is uncommitted, whoever
        did it, and left out in check mode.
    type: bool
    default: false
seealso:
  - module: tunnelsmith.panos_vpn.vpn_info
"""

EXAMPLES = r"""
- name: Record what the firewall answers
  tunnelsmith.panos_vpn.recording_info:
  register: recording
"""

RETURN = r"""
answers:
  description: Each command with the firewall's answer.
  returned: success
  type: list
  elements: dict
  contains:
    command:
      description: The command's words.
      returned: always
      type: str
      sample: show vpn ike-sa
    answer:
      description: The XML of the answer, without what identifies anybody.
      returned: always
      type: str
      sample: <response status="success"><result><entry><name>name-1</name></entry></result></response>
version:
  description: PAN-OS version, without the patch level.
  returned: success
  type: str
  sample: 11.1.4
advanced:
  description: Whether the Advanced Routing Engine runs.
  returned: success
  type: bool
  sample: false
replaced:
  description: How many different texts were replaced.
  returned: success
  type: int
  sample: 214
"""

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.tasks import recording_info


def argument_spec():
    return recording_info.argument_spec()


def main():
    recording_info.run()


if __name__ == "__main__":
    main()
