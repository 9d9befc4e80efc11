# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Whether a device may be written to now."""

from __future__ import annotations

import xml.etree.ElementTree as ET

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.configuration import path as places
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.device import high_availability
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.device.location import DEVICE
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.device.target import Target
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.errors import Refused


_SETTINGS = DEVICE + ("deviceconfig",)
#: What of the candidate tells whether a device may be written to.
READS = (_SETTINGS + ("setting", "advance-routing"), _SETTINGS + ("high-availability", "enabled"))


def refuse_unready(target: Target, tree: ET.Element) -> None:
    """Refuse a member of an HA pair that is not the active one, and a routing engine that changes with the next reboot.

    C(tree): what was read, C(READS) included. The operational command about HA is asked only where the configuration says that there is a pair.
    """
    if not target.is_panorama and target.base("device") != DEVICE:
        return
    settings = places.find(tree, _SETTINGS[1:])
    _refuse_pending_engine(target, settings)
    _refuse_inactive(target, settings)


def _refuse_pending_engine(target: Target, settings: ET.Element | None) -> None:
    wanted = places.text(settings, ("setting", "advance-routing"))
    if wanted is None or target.is_panorama:
        return
    if (wanted == "yes") != target.platform.advanced:
        running, coming = ("logical routers", "virtual routers") if target.platform.advanced else ("virtual routers", "logical routers")
        raise Refused(f"{target.place} runs {running}, and its setting advance-routing: {wanted} brings {coming} with the next reboot: what is "
                      "written now would be lost. Commit and reboot first, or take the setting back; nothing was written")


def _refuse_inactive(target: Target, settings: ET.Element | None) -> None:
    member = high_availability.member(target.session) if high_availability.is_configured(settings) else None
    if member is not None and not member.active and target.session.paired:
        raise Refused(f"{target.place} has become the {member.state} member of its HA pair since this task began: the next synchronisation would undo a change "
                      "here. Run again on the active member; nothing was written")
    if member is not None and not member.active:
        raise Refused(f"{target.place} is the {member.state} member of its HA pair: write to the active one, the next synchronisation would undo a change "
                      "here. Name both members (provider.ip_address and provider.ha_peer), and the active one is found; nothing was written")
    if member is not None:
        target.session.paired = True
