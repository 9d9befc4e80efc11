# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Whether a cloud sees a VPN as its customer wants it, by what it says of the tunnels itself."""

from __future__ import annotations

from collections.abc import Iterator

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.peers.profile import BGP, Profile, Telemetry
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.peers.rules import rules_of


def problems(profile: Profile) -> Iterator[str]:
    """A sentence for each tunnel that the cloud does not see up, or through which it has learned nothing by BGP."""
    spoken = rules_of(profile.cloud).spoken
    for tunnel in profile.tunnels:
        told = tunnel.telemetry or Telemetry()
        where, words = f"the tunnel to {tunnel.outside_address}", f" ({told.status_message})" if told.status_message else ""
        if told.status is None:
            yield f"{spoken} says nothing of {where}"
        elif told.status.upper() != "UP":
            yield f"{spoken} sees {where} {told.status}{words}"
        elif profile.routing == BGP and told.accepted_routes == 0:
            yield f"{spoken} has accepted no route through {where}{words}"
