# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The addresses that rules name: read by name, group by group, so that a firewall with thousands of objects is not read whole."""

from __future__ import annotations

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.device.target import Target
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.firewall import rulebases

# A bound on nested address groups, so that a loop among them ends.
_MOST = 2000


def resolved(target: Target, names, known) -> rulebases.Addresses:
    """What the address objects and groups of these names hold. C(known): what is known already, by name; what is read is added to it."""
    while names and len(known) < _MOST:
        containers = [parent + (kind,) for parent in (("config", "shared"), target.base("vsys")) for kind in ("address", "address-group")]
        found = rulebases.address_objects(target.session.get_named(containers, names))
        known.update({name: [] for name in names}, **found)
        names = rulebases.Addresses(known).unknown([member for members in found.values() for member in members])
    return rulebases.Addresses(known)
