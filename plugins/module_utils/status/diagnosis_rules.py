# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which security rule decides on a VPN's packets.

A rule that denies counts where it covers all of the traffic; one that allows counts where it lets some of it pass: it is meant for it.
"""

from __future__ import annotations

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.peers import rulebases
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.peers.rulebases import ANY, Traffic
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.reconcile import path as places
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.status.diagnosis_evidence import Case


def decision(case: Case, traffic: Traffic):
    """The first rule that decides on the traffic; None where the default does."""
    return next((rule for rule in case.evidence.security_rules if _decides(rule, traffic, case.evidence.addresses)), None)


def allows(rule) -> bool:
    return places.text(rule, ("action",)) == "allow"


def denying(case: Case, traffic: Traffic) -> str | None:
    """The name of the rule that decides, where it does not allow."""
    rule = decision(case, traffic)
    return rule.get("name") if rule is not None and not allows(rule) else None


def allowed_below(case: Case, traffic: Traffic) -> str | None:
    """The name of a rule that would allow the traffic if it were asked."""
    return next((rule.get("name") for rule in case.evidence.security_rules
                 if allows(rule) and _decides(rule, traffic, case.evidence.addresses)), None)


def _decides(rule, traffic, addresses) -> bool:
    if not allows(rule):
        return rulebases.covers(rule, traffic, addresses)
    kind, same_zone = places.text(rule, ("rule-type",)) or "universal", traffic.source_zone == traffic.destination_zone
    if places.text(rule, ("disabled",)) == "yes" or (kind == "intrazone" and not same_zone) or (kind == "interzone" and same_zone):
        return False
    zones = [("from", traffic.source_zone)] + ([] if kind == "intrazone" else [("to", traffic.destination_zone)])
    applications = set(places.names(rule, ("application",)))
    return (all({ANY, zone} & set(places.names(rule, (option,))) for option, zone in zones)
            and (not traffic.applications or bool(applications & (traffic.applications | {ANY})))
            and all(_meets(rule, option, wanted, addresses) for option, wanted in (("source", traffic.source), ("destination", traffic.destination))))


def _meets(rule, option, wanted, addresses) -> bool:
    texts = places.names(rule, (option,))
    if ANY in texts:
        return True
    return bool(addresses.of(texts) & rulebases.literal(wanted)) != (places.text(rule, (f"negate-{option}",)) == "yes")


def allowing(name: str, source_zone: str, destination_zone: str, networks, applications, above: str) -> dict:
    """A rule for traffic both ways between some networks, above another rule: as an item for C(transaction)."""
    return {"security_rule": {
        "name": name[:63], "from": [source_zone], "to": [destination_zone], "source": list(networks), "destination": list(networks),
        "application": list(applications), "service": ["any"], "action": "allow", "position": "before", "position_rule": above}}
