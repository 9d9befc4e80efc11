# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The crypto profiles of a VPN."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.configuration import path as places
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.configuration.lifetimes import counted
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.firewall.surroundings import Surroundings
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.peers.profile import IkeProposal, IpsecProposal
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.resources import ike_crypto_profile, ike_gateway, ipsec_crypto_profile
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.tables.desired import DesiredEntry, merged
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.vpn.claim import Claim
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.vpn.record import Object
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.vpn.vpn import Vpn

if TYPE_CHECKING:
    from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.vpn.choice import Choice

TABLES = (ike_crypto_profile.TABLE, ipsec_crypto_profile.TABLE)
NAMES = ("ike", "ipsec")
PHASES = (0, 1)


def items(vpn: Vpn, choice: Choice, claim: Claim) -> list:
    """One that was there before and will do is only named; a borrowed one is not ours to name."""
    found = []
    for index, table in enumerate(TABLES):
        for number in vpn.numbers:
            name, terms = choice.profiles[number, index], choice.terms[number]
            is_left = index in terms.kept or choice.waits(number)
            if not is_left:
                found.append(DesiredEntry(table, name, values(terms.of_phase(index))))
            elif claim.record.owns(Object(table.kind, name)) and (table.kind, name) not in choice.given_up:
                found.append(DesiredEntry(table, name))
    return merged(found)


def values(chosen: IkeProposal | IpsecProposal) -> dict:
    seconds = chosen.lifetime_seconds
    # What no unit can say is refused by the option's own range.
    lifetime = {} if seconds is None else counted(seconds) or {"seconds": seconds}
    if isinstance(chosen, IkeProposal):
        return {"encryption": [chosen.encryption], "hash": [chosen.hash], "dh_group": [chosen.dh_group], "lifetime": lifetime}
    return {"esp": {"encryption": [chosen.encryption], "authentication": [chosen.authentication]}, "dh_group": chosen.dh_group, "lifetime": lifetime}


def current(view: Surroundings, claim: Claim, number: int, index: int) -> str | None:
    """The name of the crypto profile that a tunnel uses by now."""
    if index == 1:
        return places.text(view.entry("ipsec_tunnel", claim.called("ipsec_tunnel", number)), ("auto-key", "ipsec-crypto-profile"))
    return ike_gateway.crypto_profile(view.entry("ike_gateway", claim.called("ike_gateway", number)))
