# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Since when a tunnel is in trouble, by the firewall's log."""

from __future__ import annotations

import re
from typing import Collection, Sequence

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.status import vpn_log
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.status.vpn_log import Line


# What a commit writes when IKE takes over another configuration; which gateways and tunnels it is about, it does not say.
_LOADED = re.compile(r"ike-config-|configuration load", re.IGNORECASE)
_STATUS = re.compile(r"tunnel-status-(up|down)", re.IGNORECASE)


def trouble_since(lines: Sequence[Line], names: Collection[str]) -> str:
    """The moment of the first line about the trouble of a tunnel that is down since it was up last, in the firewall's local time.

    Empty where no line tells: the lines do not reach back to when it was up, or they go back to before another configuration was loaded, by
    which the tunnel may have been made anew. C(lines): newest first. C(names): of the tunnel and its gateways.
    """
    moment, loaded = "", False
    for line in lines:
        loaded = loaded or bool(_LOADED.search(f"{line.event} {line.text}"))
        if line.object.partition(":")[0] not in names or vpn_log.BGP in line.kinds:
            continue
        if _was_up(line):
            return moment
        if _is_trouble(line):
            if loaded:
                return ""
            moment = line.moment
    return ""


def _was_up(line: Line) -> bool:
    """An SA of phase 1 alone carries nothing."""
    status = _STATUS.search(line.event)
    return status[1].lower() == "up" if status else vpn_log.UP in line.kinds and line.phase == vpn_log.CHILD


def _is_trouble(line: Line) -> bool:
    """Keys that are installed, and negotiations that begin, are none."""
    return bool(_STATUS.search(line.event) or line.kinds - {vpn_log.UP})
