# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which security rule decides on a VPN's packets.

A rule that denies counts where it covers all of the traffic; one that allows counts where it lets some of it pass: it is meant for it.
"""

from __future__ import annotations

import xml.etree.ElementTree as ET
from dataclasses import replace

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.configuration import path as places
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.diagnosis.case import Case
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.firewall import rulebases
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.firewall.rulebases import ANY, Traffic


# Applications that stand for several others.
_CONTAINERS = {"ike": "ipsec", "ipsec-esp": "ipsec", "ipsec-esp-udp": "ipsec"}
_NARROWING = ("application", "service", "source-user", "category", "source-hip", "destination-hip")


def decision(case: Case, traffic: Traffic):
    """The first rule that decides on the traffic; None where the default does."""
    return next((rule for rule in case.evidence.security_rules if decides(rule, traffic, case.evidence.addresses)), None)


def understood(case: Case, rule: ET.Element) -> bool:
    """Whether all addresses of a rule are known: those of names in DNS and of dynamic groups are not."""
    texts = [text for option in ("source", "destination") for text in places.names(rule, (option,))]
    return all(text == ANY or case.evidence.addresses.of([text]) for text in texts)


def vague(case: Case, zones: tuple) -> bool:
    """Whether some rule between two zones may allow what nobody here can tell."""
    return any(allows(rule) and places.text(rule, ("disabled",)) != "yes" and not understood(case, rule) and all(
        {ANY, zone} & set(places.names(rule, (option,))) for option, zone in zip(("from", "to"), zones)) for rule in case.evidence.security_rules)


def narrowed(case: Case, rule: ET.Element, traffic: Traffic) -> list:
    """(option, what it says) of what keeps a rule that allows from allowing all of the traffic."""
    found = [(option, places.names(rule, (option,))) for option in _NARROWING]
    found = [(option, values) for option, values in found if values not in ([], [ANY], ["application-default"])]
    for option, wanted in (("source", traffic.source), ("destination", traffic.destination)):
        values = places.names(rule, (option,))
        if understood(case, rule) and not rulebases.holds(without(rule, f"negate-{option}"), option, wanted, case.evidence.addresses):
            found.append((option, values))
    schedule = places.text(rule, ("schedule",))
    return [(option, ", ".join(values)) for option, values in found] + ([("schedule", schedule)] if schedule else [])


def allows(rule) -> bool:
    return places.text(rule, ("action",)) == "allow"


def denying(case: Case, traffic: Traffic) -> str | None:
    """The name of the rule that decides, where it does not allow."""
    rule = decision(case, traffic)
    return rule.get("name") if rule is not None and not allows(rule) else None


def passes_in_another_zone(case: Case, traffic: Traffic) -> bool:
    """Whether it would pass if this tunnel were in the zone of the VPN's other ones, so that its own zone may be what is wrong."""
    zones = {case.around.zone_of(unit) for unit in case.vpn_units - {None, case.unit}} - {None, case.zone}
    moved = [{side: zone for side in ("source_zone", "destination_zone") if getattr(traffic, side) == case.zone} for zone in zones]
    return any(denying(case, replace(traffic, **sides)) is None for sides in moved)


def allowed_below(case: Case, traffic: Traffic) -> str | None:
    """The name of a rule that would allow the traffic if it were asked."""
    return next((rule.get("name") for rule in case.evidence.security_rules
                 if allows(rule) and decides(rule, traffic, case.evidence.addresses)), None)


def allowed_if_enabled(case: Case, traffic: Traffic) -> str | None:
    """The name of a rule that would allow the traffic if it were not disabled."""
    return next((rule.get("name") for rule in case.evidence.security_rules
                 if allows(rule) and places.text(rule, ("disabled",)) == "yes"
                 and decides(without(rule, "disabled"), traffic, case.evidence.addresses)), None)


def without(rule: ET.Element, option: str) -> ET.Element:
    """The rule as if an option were not given."""
    found = ET.Element(rule.tag, rule.attrib)
    found.extend(child for child in rule if child.tag != option)
    return found


def _covers(rule, traffic, addresses) -> bool:
    """An application on its own port is what C(application-default) lets a rule see, and a container stands for what is in it."""
    seen = without(rule, "service") if places.names(rule, ("service",)) == ["application-default"] else rule
    named = [traffic] + [replace(traffic, applications=frozenset({_CONTAINERS[name]})) for name in traffic.applications if name in _CONTAINERS]
    return places.text(rule, ("schedule",)) is None and any(rulebases.covers(seen, each, addresses) for each in named)


def decides(rule: ET.Element, traffic: Traffic, addresses) -> bool:
    """Whether a rule denies all of the traffic, or allows some of it."""
    if not allows(rule):
        return _covers(rule, traffic, addresses)
    kind, same_zone = places.text(rule, ("rule-type",)) or "universal", traffic.source_zone == traffic.destination_zone
    if places.text(rule, ("disabled",)) == "yes" or (kind == "intrazone" and not same_zone) or (kind == "interzone" and same_zone):
        return False
    zones = [("from", traffic.source_zone)] + ([] if kind == "intrazone" else [("to", traffic.destination_zone)])
    applications = set(places.names(rule, ("application",)))
    return (all({ANY, zone} & set(places.names(rule, (option,))) for option, zone in zones)
            and (not traffic.applications or bool(applications & (traffic.applications | {ANY} | {_CONTAINERS.get(name) for name in traffic.applications})))
            and all(_meets(rule, option, wanted, addresses) for option, wanted in (("source", traffic.source), ("destination", traffic.destination))))


def _meets(rule, option, wanted, addresses) -> bool:
    texts = places.names(rule, (option,))
    if ANY in texts:
        return True
    return bool(addresses.of(texts) & rulebases.literal(wanted)) != (places.text(rule, (f"negate-{option}",)) == "yes")


def allowing(name: str, source_zone: str, destination_zone: str, networks, applications, above: str | None) -> dict:
    """A rule for traffic both ways between some networks, above another rule where one is in the way: as an item for C(transaction)."""
    zones = list(dict.fromkeys([source_zone, destination_zone]))
    place = {"position": "before", "position_rule": above} if above is not None else {}
    return {"security_rule": {
        "name": name[:63], "from": zones, "to": zones, "source": list(networks), "destination": list(networks),
        "application": list(applications), "service": ["any"], "action": "allow", **place}}
