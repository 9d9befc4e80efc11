# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a Panorama's templates say of the firewalls that they are for."""

from __future__ import annotations

from dataclasses import replace

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.configuration import path as places
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.device.location import DEVICE, Location
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.tables.platform import LOGICAL_ROUTER, VIRTUAL_ROUTER, Platform

_SETTING = ("deviceconfig", "setting", "advance-routing")


def platform_at(session, location: Location) -> Platform:
    """The platform that objects at a location are for.

    Panorama itself routes nothing: which routing engine counts is the template's setting, for a stack the first one of its own and
    its templates'. That a firewall behind it has been rebooted into that engine is not known here.
    """
    platform = session.platform()
    if not location.template and not location.template_stack:
        return platform
    for layer in _layers(session, location):
        wanted = session.get(layer.base("device") + _SETTING)
        if wanted is not None:
            return replace(platform, engine=LOGICAL_ROUTER if (wanted.text or "").strip() == "yes" else VIRTUAL_ROUTER)
    return platform


def _layers(session, location) -> list:
    """The location, and for a stack its templates, the strongest first."""
    if not location.template_stack:
        return [location]
    members = session.get(DEVICE + ("template-stack", ("entry", location.template_stack), "templates"))
    return [location] + [Location(template=name) for name in places.names(members, ())]
