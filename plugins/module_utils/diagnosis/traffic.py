# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The traffic that a VPN is for."""

from __future__ import annotations

from ipaddress import ip_network

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.configuration.addresses import is_ipv6
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.diagnosis.case import Case
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.firewall.rulebases import ANY, Traffic
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.vpn.names import last_rule_of

EVERYTHING = "0.0.0.0/0"
_EVERYTHING_IPV6 = "::/0"


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
    pairs = [(zones, here, there) for zones, sources, destinations in wanted
             for here in _literal(case, sources) for there in _literal(case, destinations)]
    return _each(case, pairs)


def by_routes(case: Case) -> list:
    """What the routes into the VPN are for, where nobody said it: from each network beside them that is of the same family."""
    units = [unit for unit in case.vpn_units if unit]
    there = [route.destination for unit in units for route in case.evidence.dynamic_routes.get(unit, ())]
    there += [str(destination) for unit in units for _name, destination in case.around.routes_into(case.router or "", unit)]
    here = [(case.around.zone_of(name), str(network)) for name, network in case.around.connected(case.router or "") if name not in units]
    return _each(case, [((zone,), network, destination) for zone, network in here if zone for destination in dict.fromkeys(there) if is_network(destination)])


def _each(case, pairs) -> list:
    """Traffic from each zone; two networks of different families never meet, and everything is everything of the other one's family."""
    found = []
    for zones, here, there in pairs:
        here = _EVERYTHING_IPV6 if here == EVERYTHING and is_ipv6(there) else here
        if is_ipv6(here) == is_ipv6(there):
            found += [Traffic(zone, case.zone, here, there) for zone in zones if case.zone and zone != case.zone]
    return list(dict.fromkeys(found))


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
