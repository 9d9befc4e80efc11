# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Documentation of the attributes that every module of this collection shares."""

from __future__ import annotations


class ModuleDocFragment:

    DOCUMENTATION = r"""
options: {}
attributes:
  action_group:
    description: Use C(group/tunnelsmith.panos_vpn.all) in C(module_defaults) to set defaults for this module.
    support: full
    membership:
      - tunnelsmith.panos_vpn.all
  platform:
    description: Target OS that can be operated against.
    platforms: panos
    support: full
"""

    # A module that writes.
    WRITES = r"""
options: {}
attributes:
  check_mode:
    description: Makes the same plan and shows the same diff, and leaves the candidate configuration alone.
    support: full
  diff_mode:
    description: Shows each element that changes, secrets as marks that only tell equal from different.
    support: full
  idempotent:
    description: A second run with the same options changes nothing.
    support: full
"""

    # A module that only reads.
    READS = r"""
options: {}
attributes:
  check_mode:
    description: Only reads.
    support: full
  diff_mode:
    description: There is nothing to compare.
    support: none
  idempotent:
    description: Only reads.
    support: full
"""
