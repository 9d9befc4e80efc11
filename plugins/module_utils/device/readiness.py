# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Whether this firewall may be written to now."""

from __future__ import annotations

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.configuration import path as places
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.device.location import DEVICE
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.errors import Refused

_WRITABLE = ("", "active", "active-primary", "active-secondary")


def refuse_unready(session, platform, base) -> None:
    """Refuse a passive member of an HA pair, and a routing engine that changes with the next reboot.

    The operational command about HA is asked only where the configuration says that there is a pair.
    """
    if base("device") != DEVICE:
        return
    settings = session.get(DEVICE + ("deviceconfig",))
    _refuse_pending_engine(session, platform, settings)
    if places.text(settings, ("high-availability", "enabled")) == "yes":
        _refuse_passive(session)


def _refuse_pending_engine(session, platform, settings):
    wanted = places.text(settings, ("setting", "advance-routing"))
    if wanted is None:
        return
    if (wanted == "yes") != platform.advanced:
        running, coming = ("logical routers", "virtual routers") if platform.advanced else ("virtual routers", "logical routers")
        raise Refused(f"{session.place} runs {running}, and its setting advance-routing: {wanted} brings {coming} with the next reboot: what is "
                      "written now would be lost. Commit and reboot first, or take the setting back; nothing was written")


def _refuse_passive(session):
    answer = session.op("<show><high-availability><state/></high-availability></show>", "read the HA state")
    state = (answer.findtext("result/group/local-info/state") or "").strip().lower()
    if (answer.findtext("result/enabled") or "").strip() == "yes" and state not in _WRITABLE:
        raise Refused(f"{session.place} is the {state} member of its HA pair: write to the active one, the next synchronisation would undo a change "
                      "here; nothing was written")
