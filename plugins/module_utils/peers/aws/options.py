# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The options of a connection's tunnels under the names that AWS gives them, whoever spelled them.

An option that is absent means what AWS does by default. So one that is there under a name that is not known must never be taken for absent.
"""

from __future__ import annotations

import re

from typing import Any

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.errors import InvalidInput
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.peers.document import mappings

_PHASES = ("phase1", "phase2")
# AWS's API (TunnelOption), folded; and what Terraform says besides of a tunnel.
_KNOWN = frozenset({
    "outsideipaddress", "tunnelinsidecidr", "tunnelinsideipv6cidr", "presharedkey", "presharedkeyarn", "rekeymargintimeseconds", "rekeyfuzzpercentage",
    "replaywindowsize", "dpdtimeoutseconds", "dpdtimeoutaction", "ikeversions", "startupaction", "logoptions", "enabletunnellifecyclecontrol",
    "certificatearn", "bgpasn", "bgpholdtime", "cgwinsideaddress", "vgwinsideaddress", "tunnelbandwidth",
    *(f"{phase}{option}" for phase in _PHASES for option in (
        "lifetimeseconds", "encryptionalgorithms", "integrityalgorithms", "dhgroupnumbers", "additionalkeyexchanges")),
})
# Terraform's and CloudFormation's own names.
_OTHER_NAMES = {
    "address": "outsideipaddress", "outsideip": "outsideipaddress", "outsideaddress": "outsideipaddress",
    "insidecidr": "tunnelinsidecidr", "insideipv6cidr": "tunnelinsideipv6cidr", "psk": "presharedkey",
    **{f"{phase}dhgroups": f"{phase}dhgroupnumbers" for phase in _PHASES},
}
# What decides whether a tunnel comes up. Under a name that is not known it cannot be left out as something new.
_DECISIVE = re.compile(r"encr|cipher|integ|hash|auth|dh|group|pfs|ike|lifetime|key|psk|phase|inside")


def tunnel_options(settings: dict, where: str) -> tuple[list[dict], list[str]]:
    """(The options of the tunnels, in no order that means anything; warnings)."""
    told = settings.get("tunneloptions") or settings.get("vpntunneloptionsspecifications")
    cut_off = [item for item in (told if isinstance(told, list) else [told]) if item and not isinstance(item, dict)]
    if cut_off:
        raise InvalidInput(f"{where}: its tunnel options are cut off ('{str(cut_off[0])[:60]}'): with PowerShell, give what 'ConvertTo-Json -Depth 10' makes.")
    found, strangers = [], set()
    for entry in mappings(told) or _of_terraform(settings):
        named = {_named(key): value for key, value in entry.items() if not _is_unset(value)}
        strangers |= set(named) - _KNOWN
        if named:
            found.append(named)
    decisive = sorted(name for name in strangers if _DECISIVE.search(name))
    if decisive:
        raise InvalidInput(f"{where}: the tunnel options have {', '.join(decisive)}, which is none of AWS's options; what the tunnels accept is not known "
                           "without it. Give what 'aws ec2 describe-vpn-connections' prints.")
    return found, [f"{where}: the tunnel option {name} is not known and left out" for name in sorted(strangers)]


def _named(key: str) -> str:
    """AWS's name of an option, which people write with and without the plural."""
    key = _OTHER_NAMES.get(key, key)
    return next((name for name in (key, f"{key}s", key.removesuffix("s")) if name in _KNOWN), key)


def _is_unset(value: Any) -> bool:
    return value in (None, "", 0, [], {})


def _of_terraform(settings: dict) -> list[dict]:
    """Terraform's C(tunnel1_...) and C(tunnel2_...); its numbers say nothing about the order of the XML."""
    found = []
    for stem in ("tunnel1", "tunnel2"):
        own = {key[len(stem):]: value for key, value in settings.items() if key.startswith(stem)}
        if own.get("address"):
            found.append(own)
    return found
