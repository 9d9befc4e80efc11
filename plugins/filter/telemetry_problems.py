# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: telemetry_problems
author:
  - Tunnelsmith contributors (@tunnelsmith)
version_added: "0.1.0"
short_description: What a cloud itself says is wrong with a VPN's tunnels
description:
  - Reads the telemetry in what a cloud printed of a connection, the view from the other side, and says which tunnels it does not see up, and with BGP
    through which ones it has learned no route.
  - A cloud's telemetry lags behind, that of AWS by a minute or more. Ask again before a tunnel is called broken.
options:
  _input:
    description: A profile, as P(tunnelsmith.panos_vpn.aws_vpn_connection#filter) returns it.
    type: dict
    required: true
seealso:
  - plugin: tunnelsmith.panos_vpn.aws_vpn_connection
    plugin_type: filter
  - module: tunnelsmith.panos_vpn.vpn_info
"""

EXAMPLES = r"""
- name: Check that AWS sees both tunnels
  ansible.builtin.assert:
    that: found | length == 0
    fail_msg: "{{ found | join('; ') }}"
  vars:
    found: >-
      {{ lookup('ansible.builtin.file', 'connection.json') | tunnelsmith.panos_vpn.aws_vpn_connection | tunnelsmith.panos_vpn.telemetry_problems }}
"""

RETURN = r"""
_value:
  description: One sentence for each tunnel that is not as it should be, none when all are.
  type: list
  elements: str
  sample:
    - AWS sees the tunnel to 203.0.113.17 DOWN (IPSEC IS DOWN)
    - AWS has accepted no route through the tunnel to 203.0.113.142 (0 BGP ROUTES)
"""

from ansible.errors import AnsibleFilterError

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.errors import InvalidInput
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.peers.profile import Profile
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.peers.fields import read
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.peers.telemetry import problems


def telemetry_problems(profile):
    """See the documentation above."""
    try:
        return list(problems(read(Profile, profile, "profile")))
    except InvalidInput as exc:
        raise AnsibleFilterError(f"telemetry_problems: {exc}") from exc


class FilterModule:
    def filters(self):
        return {"telemetry_problems": telemetry_problems}
