# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The traffic that a VPN is for."""

from __future__ import annotations

from ipaddress import ip_network

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.diagnosis.case import Case
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.firewall.rulebases import ANY, Traffic
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.vpn.names import last_rule_of

EVERYTHING = "0.0.0.0/0"


def stated(case: Case) -> bool:
    """Whether somebody said what is to pass, so that a rule that lets only some of it pass is wrong, and not just careful."""
    return bool(case.intent.source_zones and case.intent.remote_networks)


def intended(case: Case) -> list:
    """The traffic from here to the far side: as somebody said, else what the PBF rules into the tunnel take, or the last rule of their failover."""
    intent = case.intent
    if stated(case):
        wanted = [(intent.source_zones, intent.local_networks or (ANY,), intent.remote_networks)]
    else:
        last = {last_rule_of(rule["name"]) for rule in case.rules}
        rules = [rule for rule in case.evidence.configuration["pbf_rules"] if rule["name"] in last] or case.rules
        wanted = [((rule.get("from") or {}).get("zone") or (), rule.get("source") or (ANY,), rule.get("destination") or ()) for rule in rules]
    return list(dict.fromkeys(
        Traffic(zone, case.zone, here, there) for zones, sources, destinations in wanted
        for zone in zones for here in _literal(case, sources) for there in _literal(case, destinations) if case.zone and zone != case.zone))


def _literal(case, texts) -> list:
    """Networks as they are, names as what they stand for; those that nobody knows are left out."""
    found = []
    for text in texts:
        if text == ANY or is_network(text):
            found.append(EVERYTHING if text == ANY else text)
        elif case.evidence.addresses is not None:
            found += [str(network) for network in case.evidence.addresses.of([text]).iter_cidrs()]
    return found


def is_network(text: str) -> bool:
    try:
        ip_network(text, strict=False)
    except ValueError:
        return False
    return True
