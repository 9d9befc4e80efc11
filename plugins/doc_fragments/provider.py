# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Documentation of the options that every module of this collection shares."""

from __future__ import annotations


class ModuleDocFragment:

    DOCUMENTATION = r"""
options:
  provider:
    description:
      - How to reach the firewall. Set it once for all modules with C(module_defaults) and the group C(tunnelsmith.panos_vpn.all),
        or leave it out and use the environment variables.
      - With an API key and a user name, the key is used and the name tells whose changes are committed.
      - With a password, each task generates one API key; it is kept neither in facts nor on disk.
      - The usual proxy variables (E(HTTPS_PROXY), E(NO_PROXY)) are honoured, for proxies that are spoken to by HTTP (C(http://HOST:PORT)).
    type: dict
    suboptions:
      ip_address:
        description: Address or name of the firewall's management interface.
        type: str
      username:
        description: Administrator's name.
        type: str
      password:
        description: Administrator's password; not needed with O(provider.api_key).
        type: str
      api_key:
        description: API key; preferred to a password.
        type: str
      port:
        description: TCP port of the XML API.
        type: int
        default: 443
      serial_number:
        description: Serial number of a firewall that is reached through the Panorama at O(provider.ip_address).
        type: str
      ha_peer:
        description:
          - The other member of the HA pair, as V(HOST) or V(HOST:PORT); with O(provider.serial_number) its serial number. The task then talks to the
            member that is active, whichever of both that is, and is refused where none or both are.
        type: str
      validate_certs:
        description:
          - Whether the certificate must verify. V(false) warns in every task, since anybody on the way can then read the credentials.
        type: bool
        default: true
      ca_path:
        description: PEM file, or folder of hashed PEM files, with the CA that signed the firewall's certificate. Omitted, the system's CAs count.
        type: path
      timeout:
        description:
          - Seconds that one answer may take as a whole, the connection to the firewall included, V(1) to V(86400). As long is waited for a management
            service that takes no requests for the moment, as while it restarts after a commit.
        type: int
        default: 60
      answer_limit:
        description:
          - Megabytes that one answer may have, V(1) to V(65536). A larger one is given up while it comes. How many elements it may have follows from that,
            8192 for each megabyte.
        type: int
        default: 256
  lock_timeout:
    description: Seconds to wait while another administrator holds the configuration lock, before giving up. The message names the administrator.
    type: int
    default: 60
  progress:
    description:
      - Whether a long step tells what it is doing while it does, such as how far a commit is, whose lock it waits for, or which tunnel is not up yet.
        Such lines have the host's name, begin after two seconds, and come every five seconds at the most.
      - They are shown where the module runs in Ansible's own process, which is the usual case, and never in check mode or of a task with C(no_log).
    type: bool
    default: true
requirements:
  - pan-os-python >= 1.12, < 2
notes:
  - Each option falls back to an environment variable, also when O(provider) is not given at all. They are E(PANOS_HOSTNAME), E(PANOS_USERNAME),
    E(PANOS_PASSWORD), E(PANOS_API_KEY), E(PANOS_PORT), E(PANOS_SERIAL_NUMBER), E(PANOS_HA_PEER), E(PANOS_VALIDATE_CERTS), E(PANOS_CA_PATH),
    E(PANOS_TIMEOUT) and E(PANOS_ANSWER_LIMIT).
  - Modules run where the API can be reached, usually on the controller. Set C(ansible_connection) to V(local) and C(ansible_python_interpreter)
    to V({{ ansible_playbook_python }}) for the firewalls of an inventory.
"""
