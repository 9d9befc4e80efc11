# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Causes on the way of the hosts' packets into the tunnel and back: PBF rules, routes, security and NAT rules."""

from __future__ import annotations

import re
from ipaddress import ip_interface, ip_network
from typing import Iterator

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.peers import rulebases
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.peers.rulebases import ANY, Traffic
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.reconcile import path as places
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.status.diagnosis_evidence import (
    CERTAIN, LIKELY, PASSING, POSSIBLE, Case, Cause, inside_of, same_address,
)
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.status.diagnosis_outside import best_route
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.status.diagnosis_rules import allowed_below, allows, decision

_NUMBER = re.compile(r"-(\d+)$")


def intended(case: Case) -> list:
    """The traffic from here to the far side: as somebody said, else what the PBF rules into the tunnel take. Zone, network here, network there."""
    intent = case.intent
    if intent.source_zones and intent.remote_networks:
        wanted = [(intent.source_zones, intent.local_networks or (ANY,), intent.remote_networks)]
    else:
        wanted = [((rule.get("from") or {}).get("zone") or (), rule.get("source") or (ANY,), rule.get("destination") or ()) for rule in case.rules]
    return list(dict.fromkeys(
        Traffic(zone, case.zone, _literal(here), there) for zones, sources, destinations in wanted
        for zone in zones for here in sources for there in destinations if case.zone and zone != case.zone and _is_network(there)))


def _literal(text: str) -> str:
    return "0.0.0.0/0" if text == ANY else text


def _is_network(text: str) -> bool:
    try:
        ip_network(text, strict=False)
    except ValueError:
        return False
    return True


def no_way_in(case: Case) -> Iterator[Cause]:
    """Nothing leads a packet into the VPN: no PBF rule, no route, no BGP."""
    if not case.unit or case.router is None or case.peers:
        return
    units = case.vpn_units
    if any(case.evidence.peers_by_unit.get(unit) for unit in units):
        return
    ways = [f"PBF rule '{rule['name']}'" for unit in units for rule in case.evidence.rules_by_unit.get(unit, ()) if not rule.get("disabled")]
    routed = [destination for unit in units for _name, destination in case.around.routes_into(case.router, unit)]
    ways += [f"route {destination}" for destination in routed]
    missing = [text for text in case.intent.remote_networks
               if not any(inside_of(text, [str(destination)]) for destination in routed if destination.version == ip_interface(text).version)]
    if not ways:
        there = case.intent.remote_networks or ("the far networks",)
        yield Cause("route-missing", f"no route and no PBF rule leads {', '.join(there)} into {case.unit}",
                    (f"ways into {', '.join(sorted(units))}: none",),
                    f"pbf_failover with the path {case.unit}, or static_route in virtual_router {case.router}: destination {there[0]}, interface {case.unit}",
                    CERTAIN, tuple({"static_route": {"virtual_router": case.router, "name": f"{case.name}-{number}"[:63], "destination": text,
                                                     "interface": case.unit}} for number, text in enumerate(case.intent.remote_networks, 1)))
    elif routed and missing and not any(way.startswith("PBF") for way in ways):
        yield Cause("route-missing", f"no route leads {', '.join(missing)} into the VPN", tuple(ways),
                    f"static_route in virtual_router {case.router}: destination {missing[0]}, interface {case.unit}", CERTAIN,
                    tuple({"static_route": {"virtual_router": case.router, "name": f"{case.name}-{number}"[:63], "destination": text,
                                            "interface": case.unit}} for number, text in enumerate(missing, 1)))


def pbf_order(case: Case) -> Iterator[Cause]:
    """The first rule that matches decides: one above ours takes the traffic, or ours stand in the wrong order."""
    own = {rule["name"] for unit in case.vpn_units for rule in case.evidence.rules_by_unit.get(unit, ())}
    own |= {f"{_NUMBER.sub('', name)}-discard" for name in own}
    position = {rule.get("name"): number for number, rule in enumerate(case.evidence.pbf_rules)}
    for rule in case.rules:
        name, mine = rule["name"], position.get(rule["name"], 0)
        if rule.get("disabled"):
            yield Cause("pbf-rule-disabled", f"PBF rule '{name}' is disabled", (f"PBF rule {name} disabled: true",),
                        "pbf_failover: disabled: false", CERTAIN)
            continue
        yield from _shadowed(case, rule, mine, own)
        stem, number = _NUMBER.sub("", name), _NUMBER.search(name)
        last = f"{stem}-discard"
        if last in position and position[last] < mine:
            yield Cause("pbf-rule-order", f"PBF rule '{last}', which discards, stands above '{name}'", (f"order: {_order(position, own)}",),
                        f"pbf_failover {stem}: position: the paths above the last rule (run it again, or move '{last}' to the bottom)", CERTAIN)
        later = [other for other in own if _NUMBER.sub("", other) == stem and number and _NUMBER.search(other)
                 and int(_NUMBER.search(other).group(1)) > int(number.group(1)) and position.get(other, mine) < mine]
        if later:
            yield Cause("pbf-rule-order", f"PBF rule '{later[0]}' of the second path stands above '{name}' of the first",
                        (f"order: {_order(position, own)}",),
                        f"pbf_failover {stem}: paths in the order of preference (run it again, or move '{name}' before '{later[0]}')", LIKELY)
        if len(case.vpn_units) > 1 and rule_gives_way(rule) is False:
            yield Cause("pbf-rule-without-monitor",
                        f"PBF rule '{name}' has no monitor that takes it out of use: it holds the traffic while its tunnel is down",
                        (f"PBF rule {name} monitor.disable_if_unreachable: not set",),
                        "pbf_failover: paths[].monitor.disable_if_unreachable: true", LIKELY)


def pbf_target(case: Case) -> Iterator[Cause]:
    """Rules that forward somewhere else than to this tunnel's far end, or that do not take what is to pass."""
    theirs = case.cloud.get("inside_peer_address")
    for rule in case.rules:
        forward = (rule.get("action") or {}).get("forward") or {}
        for option, found in (("nexthop.ip_address", (forward.get("nexthop") or {}).get("ip_address")),
                              ("monitor.ip_address", (forward.get("monitor") or {}).get("ip_address"))):
            near = [str(address.network) for address in case.inside_addresses] + ["169.254.0.0/16"]
            if theirs and found and not same_address(found, theirs) and inside_of(found, near):
                yield Cause("pbf-next-hop-wrong",
                            f"PBF rule '{rule['name']}' goes to {found} through {case.unit}, and the peer's inside address is {theirs}",
                            (f"PBF rule {rule['name']} {option}: {found}", f"the cloud's: {theirs}"),
                            f"pbf_failover {_NUMBER.sub('', rule['name'])}: paths[{case.unit}].{option}: {theirs}", CERTAIN)
    intent, addresses = case.intent, case.evidence.addresses
    mine = {rule["name"] for unit in case.vpn_units for rule in case.evidence.rules_by_unit.get(unit, ())}
    rules = [rule for rule in case.evidence.pbf_rules if rule.get("name") in mine]
    if not rules or not intent.source_zones or addresses is None:
        return
    routed = [str(destination) for unit in case.vpn_units for _name, destination in case.around.routes_into(case.router or "", unit)]
    for traffic in intended(case):
        if not any(rulebases.pbf_covers(rule, traffic, addresses) for rule in rules) and not inside_of(traffic.destination, routed):
            yield Cause("pbf-rule-misses-traffic",
                        f"no PBF rule into the VPN takes {traffic.source} in {traffic.source_zone} to {traffic.destination}",
                        tuple(f"PBF rule {rule.get('name')}" for rule in rules),
                        f"pbf_failover {_NUMBER.sub('', rules[0].get('name'))}: from, source and destination that cover it",
                        POSSIBLE if addresses.unknown([traffic.source, traffic.destination]) else CERTAIN)
            return


def rule_gives_way(rule: dict) -> bool | None:
    """Whether a rule lets the next one take over; None for one that does not forward."""
    forward = (rule.get("action") or {}).get("forward")
    return None if not forward else bool((forward.get("monitor") or {}).get("disable_if_unreachable"))


def _shadowed(case, rule, mine, own) -> Iterator[Cause]:
    if case.evidence.addresses is None:
        return
    for traffic in intended(case):
        for above in case.evidence.pbf_rules[:mine]:
            if above.get("name") not in own and rulebases.pbf_covers(above, traffic, case.evidence.addresses):
                yield Cause("pbf-rule-shadowed", f"PBF rule '{above.get('name')}' above '{rule['name']}' takes the packets to {traffic.destination}",
                            (f"'{above.get('name')}' stands above '{rule['name']}' and covers {traffic.source} in {traffic.source_zone} "
                             f"to {traffic.destination}",),
                            f"pbf_failover {_NUMBER.sub('', rule['name'])}: position: before, position_rule: {above.get('name')}", CERTAIN)
                return


def _order(position, names) -> str:
    return ", ".join(sorted((name for name in names if name in position), key=position.get))


def routed_elsewhere(case: Case) -> Iterator[Cause]:
    """A better route for a far network leads past the tunnel."""
    if case.rules or case.evidence.state.routes is None or case.router is None:
        return
    for text in case.intent.remote_networks:
        if not _is_network(text):
            continue
        found = best_route(case, next(iter(ip_network(text, strict=False).hosts()), ip_network(text, strict=False).network_address), case.router)
        if found is not None and found.interface and found.interface not in case.vpn_units and ip_network(found.destination).prefixlen > 0:
            yield Cause("route-elsewhere", f"packets to {text} leave by {found.interface} and not by the VPN",
                        (f"route in use: {found.destination} through {found.interface} ({found.protocol or 'unknown'}, metric {found.metric})",),
                        f"static_route in virtual_router {case.router}: {found.destination}: a higher metric or a longer prefix for the VPN's", LIKELY)


def security(case: Case) -> Iterator[Cause]:
    """Between zones nothing passes that no rule allows."""
    if case.evidence.addresses is None:
        return
    done = set()
    for traffic in intended(case):
        pair = (traffic.source_zone, traffic.destination_zone)
        rule = decision(case, traffic)
        if pair in done or (rule is not None and allows(rule)):
            continue
        done.add(pair)
        unknown = rulebases.undecided_names(case.evidence.security_rules, [pair], case.evidence.addresses)
        yield _denied(case, traffic, rule, allowed_below(case, traffic), POSSIBLE if unknown else CERTAIN)


def _denied(case, traffic, covering, allowed, confidence) -> Cause:
    what = f"{traffic.source} in {traffic.source_zone} to {traffic.destination} in {traffic.destination_zone}"
    item = {"name": f"{case.name}-out"[:63], "from": [traffic.source_zone], "to": [traffic.destination_zone], "source": [traffic.source],
            "destination": [traffic.destination], "application": ["any"], "service": ["any"], "action": "allow"}
    if covering is None:
        return Cause("security-rule-missing", f"no security rule allows {what}, and between zones the default denies",
                     (f"rules from {traffic.source_zone} to {traffic.destination_zone}: none that allows",),
                     f"security_rule: from [{traffic.source_zone}], to [{traffic.destination_zone}], action allow", confidence,
                     ({"security_rule": item},))
    name = covering.get("name")
    cause = f"security rule '{name}' denies {what}" + (f" before rule '{allowed}' could allow it" if allowed else "")
    return Cause("security-rule-shadowed" if allowed else "security-rule-denies", cause, (f"rule '{name}' covers this traffic",),
                 f"security_rule {allowed or item['name']}: position: before, position_rule: {name}", confidence,
                 () if allowed else ({"security_rule": {**item, "position": "before", "position_rule": name}},))


def source_nat(case: Case) -> Iterator[Cause]:
    if case.evidence.addresses is None:
        return
    traffic = intended(case)
    rule = rulebases.translating(case.evidence.nat_rules, traffic, case.evidence.addresses) if traffic else None
    if rule is not None:
        yield Cause("source-nat-on-vpn",
                    f"NAT rule '{rule.get('name')}' translates the source of the VPN's traffic, so the far side sees another address",
                    (f"NAT rule '{rule.get('name')}' matches {traffic[0].source} in {traffic[0].source_zone} to {traffic[0].destination}",),
                    f"a NAT rule without translation for {traffic[0].destination} above '{rule.get('name')}', or let that rule's to not hold {case.zone}",
                    LIKELY if rulebases.undecided_names([rule], [(traffic[0].source_zone, case.zone)], case.evidence.addresses) else CERTAIN)


def spoofed(case: Case) -> Iterator[Cause]:
    """PBF sends packets out, and no route says that their answers' sender is behind this zone."""
    profile = case.around.protection_of(case.zone) if case.zone else None
    if profile is None or places.text(profile, ("discard-ip-spoof",)) != "yes" or not case.rules or case.peers or case.router is None:
        return
    remote = case.intent.remote_networks or tuple(text for rule in case.rules for text in rule.get("destination") or () if _is_network(text))
    routed = [str(destination) for unit in case.vpn_units for _name, destination in case.around.routes_into(case.router, unit)]
    without = [text for text in dict.fromkeys(remote) if not inside_of(text, routed)]
    if without:
        name = profile.get("name")
        yield Cause("ip-spoof-discard",
                    f"zone '{case.zone}' discards spoofed addresses, and no route leads back to {', '.join(without)}: PBF alone is no route",
                    (f"zone_protection_profile {name} discard_ip_spoof: true", f"routes into the VPN: {', '.join(routed) or 'none'}"),
                    f"zone_protection_profile {name}: discard_ip_spoof: false; or site_to_site_vpn: backup_routes: true", CERTAIN,
                    ({"zone_protection_profile": {"name": name, "discard_ip_spoof": False}},))


def nothing_wrong_here(case: Case) -> Iterator[Cause]:
    """The firewall does its part and no packet comes back: the far side's routing is what is left."""
    if case.phase == PASSING and case.one_way is not None and case.cloud:
        yield Cause("cloud-way-back",
                    "the tunnel is up and nothing comes back: the cloud's route tables or security groups may have no way back", (case.one_way,),
                    "in the cloud: propagate the gateway's routes into the subnets' route tables, and allow the networks here in the security groups", POSSIBLE)
