# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Causes in policy-based forwarding: rules that do not see the traffic, or send it elsewhere."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from typing import Iterator

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.configuration import path as places
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.diagnosis.case import Case
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.diagnosis.evidence import (
    CERTAIN, FAILOVER, LIKELY, NOW, PASSING, POSSIBLE, SLOW, Cause, inside_of, same_address,
)
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.diagnosis.rules import limits, understood
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.diagnosis.traffic import EVERYTHING, by_routes, intended, stated
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.firewall import rulebases, security_policy
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.firewall.rulebases import ANY
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.parts import pbf
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.vpn import names
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.vpn.record import Object, owner

_NARROWING = ("application", "service", "source-user")
_TRAFFIC = {"from.zone": ("from", "zone"), "from.interface": ("from", "interface"), "negate_source": ("negate-source",),
            "negate_destination": ("negate-destination",), "schedule": ("schedule",),
            **{option.replace("-", "_"): (option,) for option in ("source", "destination", *_NARROWING)}}


def _into(case) -> set:
    """The names of the rules that lead into the VPN."""
    return {rule["name"] for unit in case.vpn_units for rule in case.evidence.rules_by_unit.get(unit, ())}


def _own(case) -> set:
    """The names of the VPN's rules: by its record; of one without a record also those that are called like its rules."""
    into, there = _into(case), [rule.get("name") for rule in case.evidence.pbf_rules]
    claimed = case.evidence.claims.get(case.vpn)
    if claimed is not None:
        return into | {name for name in there if Object("pbf_rule", name) in claimed}
    failovers = {names.failover_of(name) for name in into}
    return into | {name for name in there if names.failover_of(name) in failovers} | {names.discard_rule(name) for name in failovers}


def _owner(case, name) -> str:
    """Who takes a change of a rule: its set, by the line in its description; the VPN whose record names it, which mends its own; or a person."""
    entry = next((rule for rule in case.evidence.pbf_rules if rule.get("name") == name), None)
    failover = None if entry is None else pbf.set_of(entry)
    if failover is not None:
        return f"pbf_failover {failover}"
    vpn = owner(case.evidence.claims, Object("pbf_rule", name))
    return f"PBF rule {name}" if vpn is None else f"site_to_site_vpn {vpn} again: PBF rule {name}"


def order(case: Case) -> Iterator[Cause]:
    """The first rule that matches decides: one above ours takes the traffic, or ours stand in the wrong order."""
    own = _own(case)
    position = {rule.get("name"): number for number, rule in enumerate(case.evidence.pbf_rules)}
    for rule in case.rules:
        name, mine = rule["name"], position.get(rule["name"], 0)
        if rule.get("disabled"):
            yield Cause("pbf-rule-disabled", f"PBF rule '{name}' is disabled", (f"PBF rule {name} disabled: true",),
                        f"{_owner(case, name)}: disabled: false", CERTAIN)
            continue
        yield from _shadowed(case, rule, mine, own)
        yield from _misplaced(case, name, mine, position, own)
        if len(case.vpn_units) > 1 and not case.is_dead and rule_gives_way(rule) is False:
            yield Cause("pbf-rule-without-monitor",
                        f"PBF rule '{name}' has no monitor that takes it out of use: it holds the traffic while its tunnel is down",
                        (f"PBF rule {name} monitor.disable_if_unreachable: not set",),
                        f"{_owner(case, name)}: paths[].monitor.disable_if_unreachable: true", LIKELY, bites=FAILOVER)


def holds_on(case: Case) -> Iterator[Cause]:
    """The tunnel is down, and a rule that nothing takes out of use goes on leading packets into it."""
    for rule in case.rules if len(case.vpn_units) > 1 and case.is_dead else ():
        name, live = rule["name"], case.evidence.live_rules.get(rule["name"])
        if rule_gives_way(rule) is False and not rule.get("disabled") and live is not None and live.in_use:
            yield Cause("pbf-rule-without-monitor",
                        f"PBF rule '{name}' has no monitor that takes it out of use: it leads packets into its tunnel, which is down",
                        (f"PBF rule {name} monitor.disable_if_unreachable: not set", f"its state: {live.state}"),
                        f"{_owner(case, name)}: paths[].monitor.disable_if_unreachable: true; and mend the tunnel", CERTAIN)


def _misplaced(case, name, mine, position, own) -> Iterator[Cause]:
    stem, number = names.failover_of(name), names.number_of(name)
    last = names.discard_rule(stem)
    if last in position and position[last] < mine:
        yield Cause("pbf-rule-order", f"PBF rule '{last}', which discards, stands above '{name}'", (f"order: {_order(position, own)}",),
                    f"{_owner(case, name)}: position: the paths above the last rule (run it again, or move '{last}' to the bottom)", CERTAIN)
    later = [other for other in own if names.failover_of(other) == stem and 0 < number < names.number_of(other) and position.get(other, mine) < mine]
    if later and not _stand_by(case, later[0]):
        yield Cause("pbf-rule-order", f"PBF rule '{later[0]}' of the second path stands above '{name}' of the first",
                    (f"order: {_order(position, own)}",),
                    f"{_owner(case, name)}: paths in the order of preference (run it again, or move '{name}' before '{later[0]}')", LIKELY)


def _stand_by(case, preferred) -> bool:
    """Whether the VPN's routes, which take established sessions to the tunnel that stands by, agree that the rules prefer the one of C(preferred)."""
    standing_by = [route for route in case.around.static_route_entries(case.router or "") if route.interface in case.vpn_units]
    first = min(standing_by, key=lambda route: route.rank, default=None)
    others = {rule["name"] for unit in case.vpn_units - {None} for rule in case.evidence.rules_by_unit.get(unit, ()) if first and first.interface != unit}
    return first is not None and preferred in others


def _order(position, own) -> str:
    return ", ".join(sorted((name for name in own if name in position), key=position.get))


def rule_gives_way(rule: dict) -> bool | None:
    """Whether a rule lets the next one take over; None for one that does not forward."""
    forward = (rule.get("action") or {}).get("forward")
    return None if not forward else bool((forward.get("monitor") or {}).get("disable_if_unreachable"))


def _shadowed(case, rule, mine, own) -> Iterator[Cause]:
    """A rule above that takes all of the traffic; one for some of it may well be an exception on purpose."""
    if case.evidence.addresses is None:
        return
    for traffic in intended(case):
        for above in case.evidence.pbf_rules[:mine]:
            if above.get("name") not in own and takes(case, above, traffic) and not _takes_turns(case, above):
                goes_by_routes = _leaves_to_routes(case, above, traffic)
                yield Cause("pbf-rule-shadowed", f"PBF rule '{above.get('name')}' above '{rule['name']}' takes the packets to {traffic.destination}",
                            (f"'{above.get('name')}' stands above '{rule['name']}' and covers {traffic.source} in {traffic.source_zone} "
                             f"to {traffic.destination}",),
                            f"{_owner(case, rule['name'])}: position: before, position_rule: {above.get('name')}",
                            LIKELY if goes_by_routes else CERTAIN, bites=FAILOVER if goes_by_routes else NOW)
                return


def _leaves_to_routes(case, rule, traffic) -> bool:
    """Whether packets that a rule keeps from PBF go into the VPN all the same: by its routes, and not by the tunnel that PBF prefers."""
    return places.find(rule, ("action", "no-pbf")) is not None and inside_of(traffic.destination, _routed(case))


def _routed(case) -> list[str]:
    """The networks that routes lead into the VPN."""
    return [str(destination) for unit in case.vpn_units for _name, destination in case.around.routes_into(case.router or "", unit)]


def _takes_turns(case, rule) -> bool:
    """Whether a rule is that of another VPN of ours for the same networks, and lets this one take over while its own tunnel is down."""
    gives_way = places.text(rule, ("action", "forward", "monitor", "disable-if-unreachable")) == "yes"
    return gives_way and owner(case.evidence.claims, Object("pbf_rule", rule.get("name") or "")) not in (None, case.vpn)


def takes(case: Case, rule: ET.Element, traffic) -> bool:
    """Whether a PBF rule sees all of the traffic at any time."""
    return places.text(rule, ("schedule",)) is None and rulebases.takes(
        rule, traffic, case.evidence.addresses, case.around.zone_interfaces(traffic.source_zone))


def above_routes(case: Case) -> Iterator[Cause]:
    """What goes by routes, BGP's too, goes so only where no PBF rule has taken it before."""
    if case.evidence.addresses is None or case.unit is None or _into(case):
        return
    for traffic in intended(case) or by_routes(case):
        interfaces = case.around.zone_interfaces(traffic.source_zone)
        rule = rulebases.taking(case.evidence.pbf_rules, traffic, case.evidence.addresses, interfaces, case.vpn_units)
        if rule is not None and rule.get("name") in _own(case):
            yield Cause("route-missing", f"nothing leads packets to {traffic.destination} into {case.unit}, and the VPN's own PBF rule '{rule.get('name')}', "
                        "which is to be the last one, drops them", (f"PBF rules into {', '.join(sorted(case.vpn_units))}: none",),
                        f"site_to_site_vpn {case.vpn} again; or pbf_failover with the path {case.unit}", CERTAIN)
            return
        if rule is not None:
            name, way = rule.get("name"), places.text(rule, ("action", "forward", "egress-interface"))
            yield Cause("pbf-rule-above-routes",
                        f"PBF rule '{name}' takes the packets to {traffic.destination} before any route is asked"
                        + (f": they leave by {way}" if way else ""),
                        (f"PBF rule {name} covers {traffic.source} in {traffic.source_zone} to {traffic.destination}",),
                        f"a PBF rule with the action no-pbf for {traffic.destination} above '{name}' (module pbf_rule); or narrow '{name}'",
                        CERTAIN if stated(case) else LIKELY)
            return


def takes_answers(case: Case) -> Iterator[Cause]:
    """A rule that takes what the far side begins, on its way out of the tunnel, and leads it somewhere else than to the hosts here."""
    if case.evidence.addresses is None or case.zone is None:
        return
    for traffic in map(rulebases.back, intended(case)):
        here = case.around.zone_interfaces(traffic.destination_zone)
        rule = rulebases.taking(case.evidence.pbf_rules, traffic, case.evidence.addresses, case.around.zone_interfaces(traffic.source_zone), here)
        if rule is not None:
            name, way = rule.get("name"), places.text(rule, ("action", "forward", "egress-interface"))
            yield Cause("pbf-rule-above-routes",
                        f"PBF rule '{name}' takes what comes out of the tunnel for {traffic.destination} before any route is asked: "
                        + (f"it leaves by {way}" if way else "it is dropped"),
                        (f"PBF rule {name} covers {traffic.source} in {traffic.source_zone} to {traffic.destination}",),
                        f"a PBF rule with the action no-pbf for {traffic.destination} above '{name}' (module pbf_rule); or narrow '{name}'", LIKELY)
            return


def other_action(case: Case) -> Iterator[Cause]:
    """A rule that is to lead into this tunnel, by its name and the VPN's record, and that does something else."""
    claimed = case.evidence.claims.get(case.vpn) or ()
    for rule in case.evidence.pbf_rules:
        name = rule.get("name") or ""
        is_of_this_tunnel = names.is_of_tunnel(case.vpn, names.number_of(name), case.name) and names.number_of(name) > 0
        leads = any(places.find(rule, ("action", kind)) is not None for kind in ("forward", "forward-to-vsys"))
        if Object("pbf_rule", name) not in claimed or not is_of_this_tunnel or leads or not rulebases.is_enabled(rule):
            continue
        drops = places.find(rule, ("action", "discard")) is not None
        yield Cause("pbf-rule-action", f"PBF rule '{name}' is to forward into {case.unit}, and " + (
                    "drops the packets" if drops else "leaves the packets to the routes"),
                    (f"PBF rule {name} action: {'discard' if drops else 'no-pbf'}",), f"{_owner(case, name)}: action.forward.egress_interface: {case.unit}",
                    CERTAIN, bites=NOW if drops else FAILOVER)


def takes_some(case: Case) -> Iterator[Cause]:
    """A rule of somebody else, asked before ours or before the routes, for a part of what is to pass. A small part may well be meant so."""
    if case.evidence.addresses is None or case.unit is None:
        return
    own, rules = _own(case), case.evidence.pbf_rules
    ours = next((number for number, rule in enumerate(rules) if rule.get("name") in _into(case)), len(rules))
    for traffic in intended(case):
        asked = [rule for rule in rules[:ours] if rule.get("name") not in own and not _takes_turns(case, rule)]
        units = case.vpn_units if ours == len(rules) else set()
        found = [rule for rule in rulebases.disputing(asked, traffic, case.evidence.addresses, case.around.zone_interfaces(traffic.source_zone), units)
                 if not takes(case, rule, traffic) and (case.evidence.hosts_fail or understood(case, rule))]
        for rule in found[:1]:
            name, way = rule.get("name"), places.text(rule, ("action", "forward", "egress-interface"))
            large = security_policy.is_most(rule, traffic, case.evidence.addresses, case.evidence.names) or not understood(case, rule)
            yield Cause("pbf-rule-takes-some",
                        f"PBF rule '{name}' takes a part of the packets from {traffic.source} in {traffic.source_zone} to {traffic.destination}"
                        + (f": they leave by {way}" if way else ": they are dropped"),
                        tuple(f"PBF rule {name} {option}: {said}" for option, said in limits(case, rule, traffic)) or (f"PBF rule {name}: asked first",),
                        f"a PBF rule with the action no-pbf for {traffic.destination} above '{name}' (module pbf_rule); or narrow '{name}'",
                        LIKELY if stated(case) and large else POSSIBLE)
            return


def slow(case: Case) -> Iterator[Cause]:
    """A monitor that takes a rule out of use, some time."""
    for rule in case.rules if len(case.vpn_units) > 1 else ():
        name = (((rule.get("action") or {}).get("forward") or {}).get("monitor") or {}).get("profile")
        entry = case.around.entry("monitor_profile", name) if name else None
        interval, threshold = (int(places.text(entry, (option,)) or default) for option, default in (("interval", 3), ("threshold", 5)))
        if entry is not None and interval * threshold > SLOW:
            yield Cause("pbf-monitor-slow", f"PBF rule '{rule['name']}' holds the traffic for {interval * threshold} s after its tunnel is dead",
                        (f"monitor_profile {name} interval: {interval}, threshold: {threshold}",),
                        f"monitor_profile {name}: interval: 2, threshold: 5; or {_owner(case, rule['name'])}: another monitor profile", LIKELY,
                        ({"monitor_profile": {"name": name, "interval": 2, "threshold": 5}},), FAILOVER)


def waits(case: Case) -> Iterator[Cause]:
    """A monitor's profile of the VPN's own, which is made to fail over, and was told to wait."""
    tunnel = (case.tunnel.get("tunnel_monitor") or {}).get("tunnel_monitor_profile") if case.monitor else None
    asked = [(((rule.get("action") or {}).get("forward") or {}).get("monitor") or {}).get("profile") for rule in case.rules]
    for name in dict.fromkeys(filter(None, [*asked, tunnel])) if len(case.vpn_units) > 1 else ():
        entry = case.around.entry("monitor_profile", name)
        if entry is not None and case.owns("monitor_profile", name) and places.text(entry, ("action",)) != "fail-over":
            yield Cause("monitor-waits", f"the monitors of {case.unit} wait for the tunnel to recover: sessions stay in it while it is dead",
                        (f"monitor_profile {name} action: {places.text(entry, ('action',)) or 'wait-recover'}",),
                        f"monitor_profile {name}: action: fail-over", LIKELY, ({"monitor_profile": {"name": name, "action": "fail-over"}},), FAILOVER)


def egress(case: Case) -> Iterator[Cause]:
    """A rule for the next hop behind this tunnel that forwards into something else. Where the tunnel has another's addresses, those are wrong."""
    mine = [str(address.ip) for address in case.inside_addresses]
    if case.cloud_inside.inside_address not in (None, *mine):
        return
    for rule in case.meant_rules:
        name, way = rule.get("name"), places.text(rule, ("action", "forward", "egress-interface"))
        hop = places.text(rule, ("action", "forward", "nexthop", "ip-address"))
        if way != case.unit and not _is_watched_through(case, rule, way):
            yield Cause("pbf-egress-wrong", f"PBF rule '{name}' is for the next hop {hop} behind {case.unit}, and forwards to {way}",
                        (f"PBF rule {name} egress_interface: {way}", f"{case.unit}: {', '.join(str(address) for address in case.inside_addresses)}"),
                        f"{_owner(case, name)}: paths: egress_interface {case.unit} with nexthop.ip_address {hop}",
                        CERTAIN if case.cloud_inside.inside_address else LIKELY)


def _is_watched_through(case, rule, way) -> bool:
    """Whether a rule's monitor asks the far end of the tunnel that it forwards into, so that its next hop is what is wrong."""
    asked = places.text(rule, ("action", "forward", "monitor", "ip-address"))
    targets = [(tunnel.get("tunnel_monitor") or {}).get("destination_ip") for tunnel in case.evidence.configuration["tunnels"]
               if tunnel.get("tunnel_interface") == way]
    return asked in targets or any(name == way and inside_of(asked, [str(network)]) for name, network in case.evidence.networks)


def _behind_another(case, address) -> bool:
    """Whether an address is that of another tunnel's other end, so that the way out is wrong, and not the address."""
    described = case.connection.tunnels if case.connection else ()
    if any(same_address(tunnel.inside_peer_address, address) for tunnel in described if tunnel is not case.cloud_inside):
        return True
    return any(name in case.vpn_units - {case.unit} and inside_of(address, [str(network)]) for name, network in case.evidence.networks)


def target(case: Case) -> Iterator[Cause]:
    """Rules that forward to somebody else than this tunnel's far end, or ask somebody else."""
    near = [str(address.network) for address in case.inside_addresses]
    for rule in case.rules if not case.shares_its_interface else ():
        forward = (rule.get("action") or {}).get("forward") or {}
        hop = (forward.get("nexthop") or {}).get("ip_address")
        theirs, asked = case.far_end(hop), (forward.get("monitor") or {}).get("ip_address")
        for option, found in (("nexthop.ip_address", hop), ("monitor.ip_address", asked)):
            is_elsewhere = bool(theirs and found) and not same_address(found, theirs) and inside_of(found, near + ["169.254.0.0/16"])
            if is_elsewhere and (same_address(asked, theirs) or not _behind_another(case, hop)):
                yield Cause("pbf-next-hop-wrong",
                            f"PBF rule '{rule['name']}' goes to {found} through {case.unit}, and the peer's inside address is {theirs}",
                            (f"PBF rule {rule['name']} {option}: {found}", f"the cloud's: {theirs}"),
                            f"{_owner(case, rule['name'])}: paths[{case.unit}].{option}: {theirs}", CERTAIN)


def misses_traffic(case: Case) -> Iterator[Cause]:
    """Rules that do not take what is to pass. Another tunnel's rule may take it, so that this one stands by in vain.

    Beside BGP or routes a rule is for some special traffic.
    """
    if case.evidence.addresses is None or any(case.evidence.peers_by_unit.get(unit) for unit in case.vpn_units):
        return
    if not stated(case):
        yield from _unlike_the_last(case)
        return
    active = {rule["name"] for rule in case.rules if not rule.get("disabled")}
    rules = [rule for rule in case.evidence.pbf_rules if rule.get("name") in active]
    others = [rule for rule in case.evidence.pbf_rules if rule.get("name") in _into(case) - active and places.text(rule, ("disabled",)) != "yes"]
    routed = _routed(case)
    for each in intended(case) if rules else ():
        if not case.around.zone_interfaces(each.source_zone):
            continue
        instead = next((rule.get("name") for rule in others if takes(case, rule, each)), None)
        goes_by_routes = instead is None and inside_of(each.destination, routed) and not _discards(case, each)
        if any(takes(case, rule, each) for rule in rules) or goes_by_routes:
            continue
        option, found, wanted = _reason(case, rules[0], each)
        paths = instead is None or names.failover_of(instead) == names.failover_of(rules[0].get("name"))
        yield Cause("pbf-rule-misses-traffic",
                    f"PBF rule '{rules[0].get('name')}' does not take {each.source} in {each.source_zone} to {each.destination}"
                    + (f"; '{instead}' does, so that {case.unit} is not used" if instead else ""),
                    (f"PBF rule {rules[0].get('name')} {option}: {found}", f"wanted: {wanted}"),
                    f"{_owner(case, rules[0].get('name'))}: {option}: {wanted}",
                    POSSIBLE if not understood(case, rules[0]) else CERTAIN if paths else LIKELY)
        return


def _discards(case, traffic) -> bool:
    """Whether the VPN's own last rule drops what none of its paths takes, before any route is asked."""
    own = _own(case)
    return any(rule.get("name") in own and places.find(rule, ("action", "discard")) is not None and takes(case, rule, traffic)
               for rule in case.evidence.pbf_rules)


def _unlike_the_last(case) -> Iterator[Cause]:
    """All rules of a failover are for the same traffic; the last one, which discards, tells what the others are to take."""
    entries = {rule.get("name"): rule for rule in case.evidence.pbf_rules}
    for rule in case.rules:
        last = names.discard_rule(names.failover_of(rule["name"]))
        if rule.get("disabled") or rule["name"] not in entries or last not in entries:
            continue
        told = [(option, [_says(entries[name], path) for name in (rule["name"], last)]) for option, path in _TRAFFIC.items()]
        for option, (found, wanted) in told:
            if found != wanted:
                yield Cause("pbf-rule-misses-traffic", f"PBF rule '{rule['name']}' is for other traffic than '{last}' below it",
                            (f"PBF rule {rule['name']} {option}: {found}", f"PBF rule {last} {option}: {wanted}"),
                            f"{_owner(case, rule['name'])}: {option}: {wanted or 'none'}", LIKELY)


def _says(rule, path) -> str:
    return ", ".join(sorted(places.names(rule, path))) or places.text(rule, path) or ""


def _reason(case, rule, traffic) -> tuple:
    """(option, what it says, what it should say) of the option that keeps the traffic out."""
    zones, interfaces = (places.names(rule, ("from", kind)) for kind in ("zone", "interface"))
    if traffic.source_zone not in zones and not set(interfaces) & set(case.around.zone_interfaces(traffic.source_zone)):
        return "from.zone", ", ".join(zones or interfaces), traffic.source_zone
    for option, wanted in (("source", traffic.source), ("destination", traffic.destination)):
        if places.text(rule, (f"negate-{option}",)) == "yes":
            return f"negate_{option}", "true", "false"
        if not rulebases.holds(rule, option, wanted, case.evidence.addresses):
            return option, ", ".join(places.names(rule, (option,))), ANY if wanted == EVERYTHING else wanted
    for option in _NARROWING:
        if places.names(rule, (option,)) not in ([], [ANY]):
            return option.replace("-", "_"), ", ".join(places.names(rule, (option,))), ANY
    return "schedule", places.text(rule, ("schedule",)) or "none", "none, or one for all the hours"


def out_of_use(case: Case) -> Iterator[Cause]:
    """The tunnel is up, and the rule's own monitor gets no answer."""
    for rule in case.rules if case.phase == PASSING else ():
        live = case.evidence.live_rules.get(rule["name"])
        monitor = ((rule.get("action") or {}).get("forward") or {}).get("monitor") or {}
        if live is None or rule.get("disabled") or not monitor or (live.in_use and not live.nexthop_down):
            continue
        asked = monitor.get("ip_address") or live.nexthop or "its next hop"
        theirs = case.far_end(asked) or case.monitor
        yield Cause("pbf-monitor-silent", f"the tunnel is up, and the monitor of PBF rule '{rule['name']}' gets no answer from {asked}",
                    (f"PBF rule {rule['name']} monitor.ip_address: {asked}",
                     f"its state: {live.state or 'unknown'}, next hop {live.nexthop_state or 'unknown'}"),
                    f"{_owner(case, rule['name'])}: paths[{case.unit}].monitor.ip_address: "
                    f"{theirs or 'an address that answers pings'}", LIKELY)
