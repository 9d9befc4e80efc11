# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What an interface's address is where its configuration does not say it: objects are read by name, and what was given stands in its state."""

from __future__ import annotations

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils import commands
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.device.target import Target
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.firewall.addresses import Known
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.firewall.surroundings import Surroundings
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.inquiry import address_objects
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.status import interfaces


def known(target: Target, around: Surroundings, objects: dict) -> Known:
    """C(objects): what is known of address objects already; what is read is added to it."""
    names = [name for name in around.named_addresses() if name not in objects]
    if names:
        address_objects.resolved(target, names, objects)
    return Known(objects, _leases(target, around) if around.given_addresses() else {})


def _leases(target: Target, around: Surroundings) -> dict[str, str]:
    if target.is_panorama:
        return {}
    live = interfaces.interfaces(target.session.op(commands.command(*commands.INTERFACES), "read the interfaces' state"))
    return {name: live[name].address for name in around.given_addresses() if name in live and live[name].address}
