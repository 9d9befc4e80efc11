# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which security rule decides on a VPN's packets: of Panorama before and after the firewall's own, of those, or one of the two defaults.

A network of which rules take parts is looked at part by part, so that each part is decided on as a whole.
"""

from __future__ import annotations

import xml.etree.ElementTree as ET
from dataclasses import dataclass, replace
from typing import Iterator

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.configuration import path as places
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.diagnosis.case import Case
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.diagnosis.evidence import CERTAIN, LIKELY, POSSIBLE
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.firewall import rulebases, security_policy
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.firewall.rulebases import ANY, Traffic
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.firewall.security_policy import ALL, NONE, UNKNOWN
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.firewall.surroundings import DEFAULT_RULES

_NARROWING = ("application", "service", "source-user", "category", "source-hip", "destination-hip")
# A network is looked at in no more parts than these; more of them would be a rulebase of single hosts.
_MOST_PARTS = 12


@dataclass(frozen=True)
class Decision:
    """What happens to some traffic. C(rule): who decides on what no rule above it has decided on; None: the default does.

    C(narrow): the rules above it that allow some of it. C(denying): those that deny some of it. C(vague): whether a rule above it may decide on all of it.
    """

    traffic: Traffic
    rule: ET.Element | None
    allows: bool
    narrow: tuple = ()
    denying: tuple = ()
    vague: bool = False

    @property
    def by(self) -> str:
        """Who decides, as people call it."""
        if self.rule is not None:
            return self.rule.get("name") or ""
        return DEFAULT_RULES[self.traffic.source_zone == self.traffic.destination_zone]


def decision(case: Case, traffic: Traffic) -> Decision:
    """Who decides on traffic that no address in a rule divides."""
    decided = case.evidence.decided
    if traffic not in decided:
        decided[traffic] = _decision(case, traffic)
    return decided[traffic]


def _decision(case, traffic) -> Decision:
    narrow, denying, vague = [], [], False
    for rule in case.evidence.security_rules_from(traffic.source_zone):
        how = security_policy.extent(rule, traffic, case.evidence.addresses, case.evidence.names)
        if how == ALL:
            return Decision(traffic, rule, allows(rule), tuple(narrow), tuple(denying), vague)
        if how == UNKNOWN:
            vague = True
        elif how != NONE:
            (narrow if allows(rule) else denying).append(rule)
    within = traffic.source_zone == traffic.destination_zone
    return Decision(traffic, None, case.around.default_allows(within), tuple(narrow), tuple(denying), vague)


@dataclass(frozen=True)
class Part:
    """What happens to a part of some traffic. C(share): how much of it that is, from 0 to 1."""

    decision: Decision
    share: float


def decisions(case: Case, traffic: Traffic) -> list[Part]:
    """Who decides on each part of some traffic that rules see differently, the parts in no order."""
    seen = [rule for rule in case.evidence.security_rules_from(traffic.source_zone)
            if security_policy.extent(rule, traffic, case.evidence.addresses, case.evidence.names) > UNKNOWN]
    sides = [_parts(case, seen, option, wanted) for option, wanted in (("source", traffic.source), ("destination", traffic.destination))]
    return [Part(decision(case, replace(traffic, source=here, destination=there)), one * other) for here, one in sides[0] for there, other in sides[1]]


def _parts(case, rules, option, wanted) -> list[tuple[str, float]]:
    """(a network that stands for it, its share) of each part of a network that the rules see as one."""
    whole = rulebases.literal(wanted)
    if not whole.size:
        return [(wanted, 1.0)]
    parts = [whole]
    for texts in dict.fromkeys(tuple(places.names(rule, (option,))) for rule in rules):
        listed = rulebases.literal("") if ANY in texts else case.evidence.addresses.of(texts)
        cut = [piece for part in parts for piece in (part & listed, part - listed) if piece.size]
        parts = cut if len(cut) <= _MOST_PARTS else parts
    if len(parts) == 1:
        return [(wanted, 1.0)]
    return [(str(part.iter_cidrs()[0]), part.size / whole.size) for part in parts]


def may_deny(case: Case, traffic: Traffic) -> Iterator[tuple[ET.Element, str]]:
    """(rule, the names in it) of those that deny what stands for nobody knows which addresses, such as regions, lists and host names, and that are asked
    before one decides on all of the traffic.
    """
    for rule in case.evidence.security_rules_from(traffic.source_zone):
        how = security_policy.extent(rule, traffic, case.evidence.addresses, case.evidence.names)
        if how == ALL:
            return
        unknown = unknown_names(case, rule) if how == UNKNOWN and not allows(rule) else []
        if unknown:
            yield rule, ", ".join(unknown)


def understood(case: Case, rule: ET.Element) -> bool:
    """Whether all addresses of a rule are known: those of names in DNS and of dynamic groups are not."""
    return not unknown_names(case, rule)


def unknown_names(case: Case, rule: ET.Element) -> list[str]:
    """The names in a rule whose addresses only the firewall knows, all or some of them."""
    return case.evidence.addresses.unknown([text for option in ("source", "destination") for text in places.names(rule, (option,))])


def sureness(case: Case, found: Decision, most: str = CERTAIN) -> str:
    """How sure a decision is: what a name stands for that nobody here knows, or what Panorama pushed and does not show, may change it."""
    if found.vague:
        return LIKELY if case.evidence.hosts_fail else POSSIBLE
    return most if case.evidence.rules_are_complete or most != CERTAIN else LIKELY


def limits(case: Case, rule: ET.Element, traffic: Traffic) -> list:
    """(option, what it says) of what keeps a rule from being for all of the traffic."""
    found = [(option, places.names(rule, (option,))) for option in _NARROWING]
    found = [(option, values) for option, values in found if values not in ([], [ANY], ["application-default"])]
    for option, wanted in (("source", traffic.source), ("destination", traffic.destination)):
        if not rulebases.holds(rule, option, wanted, case.evidence.addresses):
            found.append((option, places.names(rule, (option,))))
    schedule = places.text(rule, ("schedule",))
    return [(option, ", ".join(values)) for option, values in found] + ([("schedule", schedule)] if schedule else [])


def allows(rule) -> bool:
    return places.text(rule, ("action",)) == "allow"


def denial(case: Case, traffic: Traffic) -> Decision | None:
    """The decision on packets between two hosts, where it does not let them pass."""
    found = decision(case, traffic)
    return None if found.allows else found


def passes_in_another_zone(case: Case, traffic: Traffic) -> bool:
    """Whether it would pass if this tunnel were in the zone of the VPN's other ones, or in one that was left, so that its zone may be what is wrong."""
    if traffic.destination_zone == case.zone and left_zone(case, traffic) is not None:
        return True
    zones = {case.around.zone_of(unit) for unit in case.vpn_units - {None, case.unit}} - {None, case.zone}
    moved = [{side: zone for side in ("source_zone", "destination_zone") if getattr(traffic, side) == case.zone} for zone in zones]
    parts = [decisions(case, replace(traffic, **sides)) for sides in moved]
    return any(all(part.decision.allows or part.decision.vague or part.decision.narrow for part in each) for each in parts)


def left_zone(case: Case, traffic: Traffic) -> str | None:
    """The one zone without interfaces that rules let some traffic into: what was in it was taken out."""
    empty = [zone for zone in case.around.names("zone") if not case.around.zone_interfaces(zone)]
    meant = [zone for zone in empty if _is_let_into(case, replace(traffic, destination_zone=zone))]
    return meant[0] if len(meant) == 1 else None


def _is_let_into(case, traffic) -> bool:
    """Whether rules that name the zone let all of it pass."""
    rules = [part.decision.rule if part.decision.allows else None for part in decisions(case, traffic)]
    return all(rule is not None and traffic.destination_zone in places.names(rule, ("to",)) for rule in rules)


def allowed_below(case: Case, denied: Decision) -> str | None:
    """The name of a rule below the one that denies, which would allow some of the traffic if it were asked."""
    rules = case.evidence.security_rules
    below = rules[rules.index(denied.rule) + 1:] if denied.rule is not None else []
    return next(_allowing(case, denied.traffic, below), None)


def allowed_if_enabled(case: Case, traffic: Traffic) -> str | None:
    """The name of a rule that would allow some of the traffic if it were not disabled."""
    disabled = [without(rule, "disabled") for rule in case.evidence.security_rules if not rulebases.is_enabled(rule)]
    return next(_allowing(case, traffic, disabled), None)


def _allowing(case, traffic, rules) -> Iterator[str]:
    yield from (rule.get("name") for rule in rules
                if allows(rule) and security_policy.extent(rule, traffic, case.evidence.addresses, case.evidence.names) > UNKNOWN)


def without(rule: ET.Element, option: str) -> ET.Element:
    """The rule as if an option were not given."""
    found = ET.Element(rule.tag, rule.attrib)
    found.extend(child for child in rule if child.tag != option)
    return found


def is_own(case: Case, name: str | None) -> bool:
    """Whether a security rule is the VPN's by its record: then it is for all that the VPN is for, and what narrows it is a change by hand."""
    return case.owns("security_rule", name)


def above(case: Case, rule: ET.Element | None) -> dict:
    """Where a rule of the firewall's own goes to be asked before another one: before one that Panorama put behind them it stands anyhow."""
    return {} if rule is None or case.around.is_pushed(rule) else {"position": "before", "position_rule": rule.get("name")}


def is_first_of_all(case: Case, rule: ET.Element | None) -> bool:
    """Whether no rule of the firewall's own can be asked before this one: Panorama has put it in front."""
    own = case.around.entries("rulebase", ("security", "rules"))
    rules = case.evidence.security_rules
    first = next((number for number, each in enumerate(rules) if each in own), len(rules))
    return rule is not None and case.around.is_pushed(rule) and rules.index(rule) < first


def allowing(case: Case, name: str, zones: tuple, networks, applications, denied: Decision) -> tuple:
    """(in words, items for C(transaction)) of a rule for traffic both ways between some networks, above the one that is in the way."""
    wanted = f"security_rule: allow {', '.join(applications)} from {zones[0]} to {zones[1]}" + (" and back" if zones[0] != zones[1] else "")
    if is_first_of_all(case, denied.rule):
        return f"on Panorama, in the device group's rules above '{denied.by}': {wanted}", ()
    place = above(case, denied.rule)
    item = {"security_rule": {
        "name": name[:63], "from": list(dict.fromkeys(zones)), "to": list(dict.fromkeys(zones)), "source": list(networks), "destination": list(networks),
        "application": list(applications), "service": ["any"], "action": "allow", **place}}
    return wanted + (f", position before '{denied.by}'" if place else ""), (item,)
