# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Whether this firewall may be written to now."""

from __future__ import annotations

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.errors import Refused

_WRITABLE = ("", "active", "active-primary", "active-secondary")


def refuse_passive(session) -> None:
    """Refuse a member of an HA pair that is not active: what is written there is overwritten by the next synchronisation."""
    answer = session.op("<show><high-availability><state/></high-availability></show>", "read the HA state")
    state = (answer.findtext("result/group/local-info/state") or "").strip().lower()
    if (answer.findtext("result/enabled") or "").strip() == "yes" and state not in _WRITABLE:
        peer = (answer.findtext("result/group/peer-info/mgmt-ip") or answer.findtext("result/group/peer-info/state") or "unknown").strip()
        raise Refused(f"{session.place} is the {state} member of its HA pair: write to the active one (peer: {peer}); nothing was written")
