# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Since when a tunnel is in trouble, by the firewall's log."""

from __future__ import annotations

from typing import Collection, Sequence

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.status import vpn_log
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.status.vpn_log import Line


def trouble_since(lines: Sequence[Line], names: Collection[str]) -> str:
    """The moment of the first line about a tunnel since it was up last, in the firewall's local time; empty where no line tells.

    C(lines): newest first. C(names): of the tunnel, its gateways and its peers. Where the lines do not reach back to when it was up, nothing is said.
    """
    moment = ""
    for line in lines:
        if line.object.partition(":")[0] not in names:
            continue
        if vpn_log.UP in line.kinds:
            return moment
        moment = line.moment
    return ""
