# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Causes in what protects zones from attacks, and takes a VPN's packets for one: limits of a flood, rules against denial of service."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from typing import Iterator

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.configuration import path as places
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.diagnosis.case import Case
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.diagnosis.evidence import CERTAIN, LIKELY, POSSIBLE, Cause
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.diagnosis.rules import limits, unknown_names
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.diagnosis.traffic import intended, stated
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.firewall import rulebases, security_policy
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.firewall.rulebases import ANY

# Packets a second that no network's use stays below, and those that a quiet one may.
_TOO_FEW, _FEW = 100, 1000
# PAN-OS's own.
_USUAL = 40000
# What the two ends send each other, and what hosts do; the kinds of a flood that each of them counts as.
_OUTSIDE, _INSIDE = {"udp": "IKE and what NAT traversal wraps", "other-ip": "ESP"}, {"icmp": "pings", "tcp-syn": "new TCP sessions", "udp": "UDP"}


def flooded_outside(case: Case) -> Iterator[Cause]:
    yield from _flooded(case, case.around.zone_of(case.outside) if case.outside else None, _OUTSIDE)


def flooded(case: Case) -> Iterator[Cause]:
    for zone in dict.fromkeys((case.zone, *case.intent.source_zones)):
        yield from _flooded(case, zone, _INSIDE)


def _flooded(case, zone, kinds) -> Iterator[Cause]:
    profile = case.around.protection_of(zone) if zone else None
    for kind, what in kinds.items() if profile is not None else ():
        limit = _limit(profile, kind)
        if limit is not None and limit <= _FEW:
            name = profile.get("name")
            yield Cause("flood-limit", f"zone '{zone}' takes more than {limit} packets a second for a flood and drops them: {what}",
                        (f"zone_protection_profile {name} flood.{kind}: maximal rate {limit}",),
                        f"raise the maximal rate of {kind} in the profile '{name}', to {_USUAL} as PAN-OS has it (no option here does it); or zone {zone}: "
                        "zone_protection_profile: another one", LIKELY if limit <= _TOO_FEW else POSSIBLE)
            return


def _limit(profile, kind) -> int | None:
    """The packets a second above which a profile drops those of a kind; None where it counts none."""
    if places.text(profile, ("flood", kind, "enable")) != "yes":
        return None
    said = [places.text(profile, ("flood", kind, how, "maximal-rate")) or "" for how in ("red", "syn-cookies")]
    return min((int(text) for text in said if text.isdigit()), default=_USUAL)


def denied(case: Case) -> Iterator[Cause]:
    """By a rule against denial of service, which is asked before any security rule."""
    if case.evidence.addresses is None:
        return
    there = intended(case)
    for traffic in [*there, *map(rulebases.back, there)]:
        rule = _denying(case, traffic)
        if rule is not None:
            yield _denied(case, rule, traffic, traffic in there)
            return


def _denying(case, traffic) -> ET.Element | None:
    """The first rule that denies some of the traffic, above one that decides on all of it."""
    for rule in case.around.rules_in_force("dos"):
        if _sees(case, rule, traffic):
            if places.find(rule, ("action", "deny")) is not None:
                return rule
            if _is_for_all_packets(rule) and _holds_all(case, rule, traffic):
                return None
    return None


def _is_for_all_packets(rule) -> bool:
    narrowing = (places.names(rule, (option,)) for option in ("service", "source-user"))
    return all(listed in ([], [ANY]) for listed in narrowing) and places.text(rule, ("schedule",)) is None


def _holds_all(case, rule, traffic) -> bool:
    sides = (("source", traffic.source), ("destination", traffic.destination))
    return all(rulebases.holds(rule, option, network, case.evidence.addresses) for option, network in sides)


def _denied(case, rule, traffic, is_asked_from_here) -> Cause:
    name, whole = rule.get("name"), _is_for_all_packets(rule) and _holds_all(case, rule, traffic)
    unknown = [] if whole else unknown_names(case, rule)
    among = f", if they are among {', '.join(unknown)}" if unknown else ""
    sure = (CERTAIN if is_asked_from_here else LIKELY) if whole else _how_much_is_denied(case, rule, traffic, bool(unknown))
    return Cause("dos-rule-denies", f"DoS protection rule '{name}' denies what goes from {traffic.source} in {traffic.source_zone} to {traffic.destination} "
                 f"in {traffic.destination_zone}{among}",
                 (f"DoS rule '{name}' action: deny", *(f"DoS rule '{name}' {option}: {said}" for option, said in limits(case, rule, traffic))),
                 f"narrow the DoS protection rule '{name}', or disable it (no option here does it)", sure)


def _how_much_is_denied(case, rule, traffic, is_vague) -> str:
    """A rule for a few hosts, ports or hours may well be meant so; whom names stand for that only the firewall knows, packets that do not pass show."""
    if is_vague:
        return LIKELY if case.evidence.hosts_fail else POSSIBLE
    is_most = security_policy.is_most(rule, traffic, case.evidence.addresses, case.evidence.names)
    return LIKELY if stated(case) and is_most else POSSIBLE


def _sees(case, rule, traffic) -> bool:
    """Whether a rule is for some of the traffic, by zones or by the interfaces that are in them."""
    sides = (("from", traffic.source_zone), ("to", traffic.destination_zone))
    meets = [{ANY, zone} & set(places.names(rule, (side, "zone"))) or set(case.around.zone_interfaces(zone)) & set(places.names(rule, (side, "interface")))
             for side, zone in sides]
    return rulebases.is_enabled(rule) and all(meets) and all(
        rulebases.could_hold(rule, option, network, case.evidence.addresses)
        for option, network in (("source", traffic.source), ("destination", traffic.destination)))
