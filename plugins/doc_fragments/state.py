# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Documentation of the state option of resources, and of what their modules return."""

from __future__ import annotations


class ModuleDocFragment:

    DOCUMENTATION = r"""
options:
  state:
    description:
      - V(present) lays the given options over what is there. Scalars are set, members and named entries are added and never removed;
        an ordered list is set as given. A task that adds to a list in which others stay says so in a warning.
      - V(replaced) also resets every option of this module that is not given. A secret that is not given stays, and so does what
        no option says, elements as well as words; a warning names the latter. An empty element says nothing and is left.
      - V(absent) removes the object.
      - V(gathered) changes nothing and returns what is there, as options that would recreate it, without secrets. What no option says
        is left out and named in a warning. Given back with V(present) or V(replaced), nothing is sent.
    type: str
    choices: [present, absent, replaced, gathered]
    default: present
notes:
  - Only the candidate configuration is changed. Run M(tunnelsmith.panos_vpn.commit) to make it the running one.
  - An option that is left out, or V(null), is left as it is. An empty text takes it back to PAN-OS's own default.
"""
