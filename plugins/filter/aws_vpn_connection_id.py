# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: aws_vpn_connection_id
author:
  - Tunnelsmith contributors (@tunnelsmith)
version_added: "0.1.0"
short_description: The id of the AWS Site-to-Site VPN connection in a cloud's output
description:
  - Finds the id of the one VPN connection in the input, from which the names of its objects on the firewall are made.
  - Unlike P(tunnelsmith.panos_vpn.aws_vpn_connection#filter) it asks nothing else of the connection, so it also serves for one that AWS
    has deleted already.
options:
  _input:
    description: As for P(tunnelsmith.panos_vpn.aws_vpn_connection#filter).
    type: raw
    required: true
seealso:
  - plugin: tunnelsmith.panos_vpn.aws_vpn_connection
    plugin_type: filter
notes:
  - The filter fails where there is no connection, or several.
"""

EXAMPLES = r"""
- name: Take the pairing of a connection away that AWS does not have any more
  tunnelsmith.panos_vpn.site_to_site_vpn:
    name: "{{ lookup('ansible.builtin.file', 'connection.json') | tunnelsmith.panos_vpn.aws_vpn_connection_id }}"
    state: absent
"""

RETURN = r"""
_value:
  description: The id.
  type: str
  sample: vpn-0123456789abcdef0
"""

from ansible.errors import AnsibleFilterError

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.errors import InvalidInput
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.peers.aws.document import connection


def aws_vpn_connection_id(document):
    """See the documentation above."""
    try:
        identity, _settings = connection(document)
    except InvalidInput as exc:
        raise AnsibleFilterError(str(exc)) from exc
    return identity


class FilterModule:
    def filters(self):
        return {"aws_vpn_connection_id": aws_vpn_connection_id}
