# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: firewalls
author:
  - Tunnelsmith contributors (@tunnelsmith)
version_added: "0.1.0"
short_description: The hosts that a play is for, or an error
description:
  - Finds the hosts of the inventory that a pattern names, for the C(hosts) of a play.
  - A part of the pattern that matches no host is an error, and so is a C(--limit) that leaves none of the hosts, and an inventory without a host. Ansible
    itself ends such a run as successful with nothing done, which AWX shows in green.
options:
  _terms:
    description: Hosts or groups, with commas between them, or another pattern of Ansible. An empty one means all hosts.
    type: str
  variable:
    description:
      - Name of the variable that the pattern comes from. With it an empty pattern is refused in an inventory of several hosts, which may have other hosts
        than firewalls, unless C(--limit) says which are meant, or the inventory is the one that an AWX job template was given.
    type: str
"""

EXAMPLES = r"""
- name: Ask for what stands
  hosts: "{{ query('tunnelsmith.panos_vpn.firewalls', only_these | default('')) }}"
  gather_facts: false
  tasks:
    - name: Read the VPNs
      tunnelsmith.panos_vpn.vpn_info:
"""

RETURN = r"""
_raw:
  description: Names of the hosts.
  type: list
  elements: str
"""

from ansible import context
from ansible.errors import AnsibleError
from ansible.inventory.manager import InventoryManager, split_host_pattern
from ansible.plugins.lookup import LookupBase

# Options of ansible-playbook with which nothing is run.
_LOOKED_AT = ("syntax", "listhosts", "listtasks", "listtags")
_OF_SLICES = ". A slice of a job has only some of the inventory's hosts, and none of a group whose hosts are all in others"


class LookupModule(LookupBase):
    """The lookup."""

    def run(self, terms, variables=None, **kwargs):
        self.set_options(var_options=variables, direct=kwargs)
        groups = (variables or {}).get("groups") or {}
        inventory = InventoryManager(self._loader, parse=False)
        for group, hosts in groups.items():
            inventory.add_group(str(group))
            for host in hosts:
                inventory.add_host(str(host), group=str(group))
        wanted = ",".join(str(term) for term in terms if term)
        if not wanted and kwargs.get("variable"):
            self._refuse_guessing(kwargs["variable"], variables or {}, groups)
        wanted = wanted or "all"
        found = self._matching(inventory, groups, wanted, _OF_SLICES if "awx_job_id" in (variables or {}) else "")
        limit = str((variables or {}).get("ansible_limit") or "")
        # A file of hosts is read where the limit is, not here.
        if not limit or limit.startswith("@"):
            return found
        within = {host.name for host in inventory.get_hosts(limit)}
        left = [name for name in found if name in within]
        if not left:
            raise AnsibleError(f"the limit {limit} leaves none of the hosts that are meant: {', '.join(found)}")
        return left

    @staticmethod
    def _refuse_guessing(variable: str, variables, groups) -> None:
        """Which inventory a job template of AWX has is somebody's decision; in any other one only a single host is certainly meant."""
        hosts = groups.get("all") or ()
        if variables.get("ansible_limit") or "awx_job_id" in variables or len(hosts) < 2:
            return
        named = sorted(str(group) for group, members in groups.items() if members and group not in ("all", "ungrouped"))
        raise AnsibleError(f"the inventory has {len(hosts)} hosts; say which of them are meant: {variable}=GROUP (or all), or --limit"
                           + (f". Its groups are {', '.join(named)}" if named else ""))

    @staticmethod
    def _matching(inventory, groups, wanted: str, reminder: str) -> list[str]:
        """Raises AnsibleError for a part that is nobody's name, with the names that there are and a reminder."""
        hosts = sorted(str(host) for host in groups.get("all", ()))
        if wanted == "all" and not hosts:
            # A playbook whose syntax is checked needs no inventory.
            if any(context.CLIARGS.get(looked_at) for looked_at in _LOOKED_AT):
                return []
            raise AnsibleError("the inventory has no hosts, or could not be read (then a warning says why); name one by -i, such as -i inventory.yml")
        for part in split_host_pattern(wanted):
            takes_away = part[0] in "!&"
            if not takes_away and not inventory.get_hosts(part):
                named = sorted(str(group) for group in groups if group not in ("all", "ungrouped"))
                raise AnsibleError(f"no host of the inventory is called {part}; its hosts are {', '.join(hosts) or 'none'}"
                                   + (f", its groups {', '.join(named)}" if named else "") + reminder)
        found = [host.name for host in inventory.get_hosts(wanted)]
        if not found:
            raise AnsibleError(f"no host of the inventory is left of {wanted}")
        return found
