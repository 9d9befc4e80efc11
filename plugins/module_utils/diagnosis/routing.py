# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Causes on the way of the hosts' packets into the tunnel and back: routes, security and NAT rules."""

from __future__ import annotations

from dataclasses import replace
from ipaddress import ip_interface, ip_network
from typing import Iterable, Iterator

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.configuration import path as places
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.diagnosis.case import Case
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.diagnosis.evidence import (
    CERTAIN, FAILOVER, LIKELY, NOW, PASSING, POSSIBLE, SLOW, Cause, inside_of,
)
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.diagnosis.outside import best_route
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.diagnosis.rules import (
    Decision, above, allowed_below, allowed_if_enabled, decisions, is_first_of_all, is_own, limits, may_deny, passes_in_another_zone, sureness,
)
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.diagnosis.traffic import intended, is_network, stated
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.firewall import rulebases, security_policy
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.firewall.rulebases import Network
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.status.state import movement
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.tables.places import IMPORTED
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.vpn import names

# So many more packets one way than the other are no conversation.
_SOME = 5


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
    disabled = any(rule.get("disabled") for unit in units for rule in case.evidence.rules_by_unit.get(unit, ()))
    apart = any(case.around.routes_into(router, unit) for router in case.evidence.routers if router != case.router for unit in units if unit)
    if disabled or apart or any(case.evidence.dynamic_routes.get(unit) for unit in units):
        return
    missing = [text for text in case.intent.remote_networks
               if not any(inside_of(text, [str(destination)]) for destination in routed if destination.version == ip_interface(text).version)]
    if not ways:
        there = case.intent.remote_networks or ("the far networks",)
        yield Cause("route-missing", f"no route and no PBF rule leads {', '.join(there)} into {case.unit}",
                    (f"ways into {', '.join(sorted(units))}: none",),
                    f"pbf_failover with the path {case.unit}, or static_route in virtual_router {case.router}: destination {there[0]}, interface {case.unit}",
                    CERTAIN, tuple({"static_route": {"virtual_router": case.router, "name": names.beside(case.name, number), "destination": text,
                                                     "interface": case.unit}} for number, text in enumerate(case.intent.remote_networks, 1)))
    elif routed and missing and not any(way.startswith("PBF") for way in ways):
        yield Cause("route-missing", f"no route leads {', '.join(missing)} into the VPN", tuple(ways),
                    f"static_route in virtual_router {case.router}: destination {missing[0]}, interface {case.unit}", CERTAIN,
                    tuple({"static_route": {"virtual_router": case.router, "name": names.beside(case.name, number), "destination": text,
                                            "interface": case.unit}} for number, text in enumerate(missing, 1)))


def left_out(case: Case) -> Iterator[Cause]:
    """Traffic is led into the VPN's other tunnels, and never into this one."""
    if len(case.vpn_units - {None}) < 2:
        return
    ways = {unit: _ways(case, unit) for unit in case.vpn_units if unit}
    others = [f"{unit}: {text}" for unit in sorted(set(ways) - {case.unit}) for text in ways[unit]]
    if case.unit and others and not ways[case.unit] and not case.meant_rules and not case.rules and case.router is not None:
        yield Cause("tunnel-not-in-use", f"nothing leads packets into {case.unit}: if the other tunnel goes down, this one does not take over",
                    (f"ways into {case.unit}: none",) + tuple(others[:3]),
                    f"the same for {case.unit} as for the other one: pbf_failover with that path; static_route; or bgp_peer",
                    CERTAIN if case.vpn in case.evidence.claims else LIKELY, bites=FAILOVER)


def holds_on(case: Case) -> Iterator[Cause]:
    """A tunnel interface stays up whatever becomes of its SAs: where nothing watches the way, its routes stay too, and no other one takes over."""
    is_led_by_routes = not case.peers and not case.rules and not case.meant_rules
    if case.router is None or not is_led_by_routes or _goes_down_with_its_monitor(case):
        return
    routes = case.around.static_route_entries(case.router)
    for mine in [route for route in routes if route.interface == case.unit and not route.is_watched]:
        behind = [route for route in routes if route.destination == mine.destination and route.interface in case.vpn_units - {None, case.unit}
                  and route.rank > mine.rank]
        if not behind:
            continue
        yield Cause("route-without-monitor",
                    f"route '{mine.name}' has no monitor that withdraws it: it " + (
                        f"leads packets into {case.unit}, whose tunnel is down," if case.is_dead else f"stays when the tunnel of {case.unit} is dead,")
                    + f" and '{behind[0].name}' gets none",
                    (f"static_route {mine.name} path_monitor: off, metric: {mine.metric}", f"static_route {behind[0].name} metric: {behind[0].metric}"),
                    f"static_route {mine.name} in virtual_router {case.router}: path_monitor.enable: true, monitor_destinations: the far side's inside address",
                    CERTAIN, bites=NOW if case.is_dead else FAILOVER)
        return


def withdrawn(case: Case) -> Iterator[Cause]:
    """A route into the tunnel that is configured and in no table, though the tunnel is up: its own monitor has withdrawn it, or it is not to be installed.

    A route of the VPN's other tunnel that is preferred leaves it listed, or for the same network in use.
    """
    if case.phase != PASSING or case.router is None or not case.evidence.routes or case.rules:
        return
    listed = {(route.destination, route.interface) for route in case.evidence.state.routes or () if route.router in (None, case.router)}
    of_vpn = [route for route in case.around.static_route_entries(case.router) if route.interface in case.vpn_units]
    for route in of_vpn:
        is_here = route.interface == case.unit and not route.drops
        beside = [other for other in of_vpn if other.destination == route.destination and other.rank < route.rank]
        is_in_order = (str(route.destination), case.unit) in listed or bool(beside)
        if not is_here or (is_in_order and route.is_installed):
            continue
        label, there = f"static_route {route.name} in virtual_router {case.router}", f"route '{route.name}' to {route.destination}"
        if not route.is_installed:
            yield Cause("route-not-in-use", f"{there} is not to be installed, so that it leads nothing into {case.unit}",
                        (f"static_route {route.name} route_table: no-install",), f"{label}: route_table: unicast", CERTAIN)
        elif route.is_watched:
            yield Cause("route-not-in-use", f"the tunnel is up, and {there} is not in use: its monitor gets no answer",
                        (f"static_route {route.name} path_monitor: {', '.join(route.asks) or 'BFD'}", f"routes in use through {case.unit} to it: none"),
                        f"{label}: path_monitor.monitor_destinations: the far side's inside address, {case.far_end(None) or 'that answers pings'}", LIKELY)


def slow(case: Case) -> Iterator[Cause]:
    """What withdraws a route whose tunnel is dead, some time."""
    for route in case.around.static_route_entries(case.router) if case.router and len(case.vpn_units) > 1 and not case.rules else ():
        if route.interface == case.unit and route.asks and route.patience > SLOW and not _goes_down_with_its_monitor(case):
            yield Cause("route-monitor-slow", f"route '{route.name}' stays for {route.patience} s after its tunnel is dead",
                        (f"static_route {route.name} path_monitor: interval × count: {route.patience} s",),
                        f"static_route {route.name} in virtual_router {case.router}: path_monitor.monitor_destinations: interval: 3, count: 5", LIKELY,
                        bites=FAILOVER)


def _goes_down_with_its_monitor(case) -> bool:
    """Whether the tunnel's own monitor takes its interface down, and its routes with it."""
    profile = (case.tunnel.get("tunnel_monitor") or {}).get("tunnel_monitor_profile")
    return bool(case.monitor) and places.text(case.around.entry("monitor_profile", profile or "default"), ("action",)) == "fail-over"


def _ways(case, unit) -> list:
    found = [f"PBF rule '{rule['name']}'" for rule in case.evidence.rules_by_unit.get(unit, ()) if not rule.get("disabled")]
    found += [f"route {destination}" for router in case.evidence.routers for _name, destination in case.around.routes_into(router, unit)]
    found += [f"route {route.destination} ({route.protocol})" for route in case.evidence.dynamic_routes.get(unit, ())]
    return found + [f"BGP peer '{peer['name']}'" for peer in case.evidence.peers_by_unit.get(unit, ())]


def no_way_back(case: Case) -> Iterator[Cause]:
    """What comes out of the tunnel goes by the routes of its router, whatever PBF does with what goes in. BGP announces no such network either."""
    if not case.evidence.routes or case.router is None or any(case.around.router_of(unit) != case.router for unit in case.vpn_units if unit):
        return
    for text in dict.fromkeys(each.source for each in intended(case)):
        if is_network(text) and ip_network(text, strict=False).prefixlen > 0:
            yield from _way_back(case, text)


def _way_back(case: Case, text: str) -> Iterator[Cause]:
    """What is wrong with the way to a network here."""
    wanted = ip_network(text, strict=False)
    ways = [route for route, _network in _routes_to(case, wanted) if route.interface not in case.vpn_units and route.protocol != "local"]
    dropped, astray = _lost_on_the_way_back(case, wanted)
    if not ways:
        yield _cut_off(case, text, wanted)
    elif dropped is not None:
        yield _dropped(case, text, wanted, dropped)
    elif stated(case) and all(route.interface for route in ways) and not _zones_of(case, ways) & set(case.intent.source_zones):
        yield _elsewhere(case, text, ways)
    elif astray is not None and stated(case):
        yield _astray(case, text, wanted, astray)


def _zones_of(case: Case, ways: list) -> set[str]:
    return {case.around.zone_of(name) or "no zone" for name in {route.interface for route in ways} if name}


def _way_to_hosts(case: Case, text: str) -> str:
    return f"static_route in virtual_router {case.router}: destination {text}, to where its hosts are"


def _in_use(text: str, taken) -> str:
    return f"route in use for {text}: " + (f"{taken.destination} through {taken.interface or taken.nexthop}" if taken is not None else "none")


def _cut_off(case: Case, text: str, wanted) -> Cause:
    taken = best_route(case, next(iter(wanted.hosts()), wanted.network_address), case.router)
    dead = next((name for name in _configured_ways(case, wanted) if case.evidence.is_down(name)), None)
    if dead is not None:
        return Cause("local-interface-down", f"the interface {dead} that {text} is behind is down, and no other way leads back to it",
                     (f"{dead}: down", _in_use(text, taken)),
                     f"{dead}: link-state: auto" if case.around.is_shut(dead) else "mend the link or the port", CERTAIN)
    return Cause("local-network-unrouted", f"router '{case.router}' has no route back to {text}", (_in_use(text, taken),), _way_to_hosts(case, text),
                 LIKELY if any(text in (peer.get("advertise") or ()) for peer in case.peers) else CERTAIN)


def _dropped(case: Case, text: str, wanted, dropped) -> Cause:
    whole = wanted.subnet_of(ip_network(dropped.destination, strict=False))
    return Cause("local-network-unrouted", f"router '{case.router}' drops what comes back for {text if whole else dropped.destination}",
                 (f"route in use: {dropped.destination}: {dropped.nexthop or 'no interface'}",),
                 f"static_route in virtual_router {case.router}: state: absent for the one to {dropped.destination}; or {_way_to_hosts(case, text)}",
                 CERTAIN if whole else LIKELY if case.evidence.hosts_fail or _is_large(dropped, wanted) else POSSIBLE)


def _elsewhere(case: Case, text: str, ways: list) -> Cause:
    zones = ", ".join(sorted(_zones_of(case, ways)))
    return Cause("local-network-elsewhere", f"{text} is said to be in {', '.join(case.intent.source_zones)}, and its route leads into {zones}",
                 (f"{_in_use(text, ways[0])} ({zones})",), f"{_way_to_hosts(case, text)}; or zone: interfaces; or source_zones",
                 CERTAIN if _are_in_no_zone(case, {route.interface for route in ways}) else LIKELY)


def _astray(case: Case, text: str, wanted, astray) -> Cause:
    return Cause("local-network-elsewhere",
                 f"{astray.destination}, a part of {text}, is routed into {case.around.zone_of(astray.interface) or 'no zone'}, and the networks here "
                 f"are said to be in {', '.join(case.intent.source_zones)}",
                 (f"route in use: {astray.destination} through {astray.interface}",),
                 f"static_route in virtual_router {case.router}: state: absent for the one to {astray.destination}; or source_zones",
                 LIKELY if case.evidence.hosts_fail or _is_large(astray, wanted) else POSSIBLE)


def _are_in_no_zone(case, interfaces) -> bool:
    """Whether interfaces of this virtual system are in no zone: their packets are dropped. One of another virtual system is in a zone there."""
    imported = places.names(case.around.tree, (case.around.base("vsys") + IMPORTED)[1:])
    return all(name in imported and case.around.zone_of(name) is None for name in interfaces)


def _configured_ways(case, wanted) -> list:
    """The interfaces that a network here is connected to or routed through, whether they have a link or not."""
    ways = [*case.around.connected(case.router), *((route.interface, route.destination) for route in case.around.static_route_entries(case.router))]
    return [name for name, network in ways if network.version == wanted.version and network.prefixlen > 0 and network.overlaps(wanted)]


def _is_large(route, wanted) -> bool:
    """Whether a route is for half of a network at least; one for less may well be meant so."""
    return ip_network(route.destination, strict=False).prefixlen <= wanted.prefixlen + 1


def _lost_on_the_way_back(case, wanted) -> tuple:
    """(the widest route that drops a part of a network here, or all of it; the widest that leads a part of it out of its zones); each may be None.

    One that longer routes to the hosts stand beside is for what is left, such as the one by which a network is announced as a whole.
    """
    routes = _routes_to(case, wanted)
    best = max((network.prefixlen for _route, network in routes if wanted.subnet_of(network)), default=None)
    counting = [(route, network) for route, network in routes if network.subnet_of(wanted) or network.prefixlen == best]
    divided = _divided([network for route, network in counting if route.interface and route.interface not in case.vpn_units])
    whole = [pair for pair in counting if pair[1] not in divided]
    ordered = [route for route, _network in sorted(whole, key=lambda pair: pair[1].prefixlen)]
    dropped = next((route for route in ordered if not route.interface and (route.nexthop or "").lower() == "discard"), None)
    astray = next((route for route in ordered if route.interface and route.protocol not in ("local", "connected")
                   and case.around.zone_of(route.interface) not in case.intent.source_zones), None)
    return dropped, astray


def _divided(networks: Iterable[Network]) -> set[Network]:
    """All networks that one of these is a part of. Of thousands each is climbed from once."""
    found: set[Network] = set()
    for network in networks:
        while network.prefixlen and (wider := network.supernet()) not in found:
            found.add(wider)
            network = wider
    return found


def _routes_to(case, wanted) -> list:
    """(route in use, its network) of what a router has to a network, or to parts of it."""
    return [(route, network) for route, network in case.evidence.routes if route.router in (None, case.router) and network.version == wanted.version
            and network.prefixlen > 0 and network.overlaps(wanted)]


def routed_elsewhere(case: Case) -> Iterator[Cause]:
    """A route for a far network leads past the tunnel, or one for a part of it leads nowhere. Networks here may well lie in a wide far one."""
    if case.rules or case.evidence.state.routes is None or case.router is None:
        return
    for text in case.intent.remote_networks:
        if not is_network(text):
            continue
        wanted = ip_network(text, strict=False)
        beside = [(route, network) for route, network in case.evidence.routes if route.router in (None, case.router)
                  and network.version == wanted.version and network.prefixlen > 0 and route.interface not in case.vpn_units]
        covering = [pair for pair in beside if wanted.subnet_of(pair[1])]
        within = [pair for pair in beside if pair[1].subnet_of(wanted) and pair not in covering]
        best = best_route(case, wanted.network_address, case.router)
        past = [(route, CERTAIN if _displaces(case, route) else LIKELY) for route, _network in covering if route is best and (route.interface or route.nexthop)]
        past += [(route, _how_far_past(case, route, network, wanted)) for route, network in within if route.interface or route.nexthop]
        past.sort(key=lambda pair: pair[1] == POSSIBLE)
        for route, confidence in past[:1]:
            way = route.interface or route.nexthop
            yield Cause("route-elsewhere", f"packets to {route.destination} leave by {way} and not by the VPN" if route.interface
                        else f"packets to {route.destination} do not leave by the VPN: {way}",
                        (f"route in use: {route.destination} through {way} ({route.protocol or 'unknown'}, metric {route.metric})",),
                        f"static_route in virtual_router {case.router}: {route.destination}: an admin_distance above that of the VPN's route "
                        "(20 of BGP between two AS), or longer prefixes for the VPN", confidence)


def _displaces(case, route) -> bool:
    """Whether a route of the VPN to the very same network stands in the table unused because of it."""
    return any(not other.active and other.router == route.router and other.destination == route.destination
               and (other.interface in case.vpn_units or other.protocol == "bgp") for other in case.evidence.state.routes or ())


def _how_far_past(case, route, network, wanted) -> str:
    """A route for a part of the far network that drops it, or takes it elsewhere; networks here may well lie in a wide far one."""
    here = [ip_network(text, strict=False) for text in case.intent.local_networks if is_network(text)]
    is_wide = any(wanted.version == each.version and wanted.overlaps(each) for each in here)
    beside = any(network.version == each.version and network.overlaps(each) for each in here)
    is_large = network.prefixlen <= wanted.prefixlen + 1
    is_led_away = route.protocol != "connected" and not beside and (is_large or not is_wide)
    return LIKELY if not route.interface or is_led_away else POSSIBLE


def security(case: Case) -> Iterator[Cause]:
    """Between zones nothing passes that no rule allows, and a part of it may be denied where the rest passes."""
    if case.evidence.addresses is None:
        return
    done = set()
    for traffic in intended(case):
        pair = (traffic.source_zone, traffic.destination_zone)
        found = None if pair in done else _withheld(case, traffic) or _perhaps_withheld(case, traffic)
        if found is not None:
            done.add(pair)
            yield found


def _perhaps_withheld(case, traffic) -> Cause | None:
    """By a rule of which nobody here knows whom it is for. Where packets are seen not to pass, that is what may hold them back."""
    rule, unknown = next(may_deny(case, traffic), (None, ""))
    if rule is None:
        return None
    name = rule.get("name")
    return Cause("security-rule-denies", f"security rule '{name}' denies what goes between {traffic.source} in {traffic.source_zone} and "
                 f"{traffic.destination} in {traffic.destination_zone}, if they are among {unknown}",
                 (f"rule '{name}' is asked before any that allows it, and stands for addresses that only the firewall knows: {unknown}",),
                 f"security_rule above '{name}': from [{traffic.source_zone}], to [{traffic.destination_zone}], source [{traffic.source}], "
                 f"destination [{traffic.destination}], action allow", LIKELY if case.evidence.hosts_fail else POSSIBLE)


def _withheld(case, traffic) -> Cause | None:
    """What is denied of the traffic; of several parts that are, the largest."""
    parts = decisions(case, traffic)
    denied = sorted((part for part in parts if not part.decision.allows), key=lambda part: -part.share)
    if not denied:
        return next((_some_denied(case, traffic, rule) for part in parts for rule in part.decision.denying), None)
    worst = denied[0].decision
    if len(denied) == len(parts):
        most = LIKELY if passes_in_another_zone(case, worst.traffic) else CERTAIN
        narrow = next((rule for part in denied for rule in part.decision.narrow), None)
        return _narrow(case, traffic, narrow) if narrow is not None else _nothing_passes(case, traffic, worst, sureness(case, worst, most))
    if worst.rule is not None and allowed_below(case, worst):
        return _some_denied(case, traffic, worst.rule)
    letting = next((part.decision.rule for part in parts if part.decision.allows and part.decision.rule is not None), None)
    narrow = next(iter(worst.narrow), letting)
    return None if narrow is None else _narrow(case, traffic, narrow)


def _some_denied(case, traffic, rule) -> Cause:
    """A rule that denies a part of what is to pass. A small part may well be meant so."""
    name, told = rule.get("name"), limits(case, rule, traffic)
    large = security_policy.is_most(rule, traffic, case.evidence.addresses, case.evidence.names)
    return Cause("security-rule-denies-some",
                 f"security rule '{name}' denies a part of what goes from {traffic.source} in {traffic.source_zone} to {traffic.destination} "
                 f"in {traffic.destination_zone}", tuple(f"rule '{name}' {option}: {found}" for option, found in told) or (f"rule '{name}' denies",),
                 f"security_rule {name}: narrower, or a rule that allows it above '{name}'", LIKELY if stated(case) and large else POSSIBLE)


def _narrow(case, traffic, rule) -> Cause:
    told = limits(case, rule, traffic) or [("action", "allow")]
    return Cause("security-rule-narrow", f"security rule '{rule.get('name')}' allows only some of what goes from {traffic.source} in {traffic.source_zone} "
                 f"to {traffic.destination} in {traffic.destination_zone}", tuple(f"rule '{rule.get('name')}' {option}: {found}" for option, found in told),
                 f"security_rule {rule.get('name')}: {told[0][0].replace('-', '_')}: " + (
                     "none, or one for all the hours" if told[0][0] == "schedule" else f"any, or what is to pass besides {told[0][1]}"),
                 CERTAIN if is_own(case, rule.get("name")) else LIKELY if stated(case) else POSSIBLE)


def security_inbound(case: Case) -> Iterator[Cause]:
    """Sessions that the far side begins need a rule too, where they are wanted: a rule that would allow them tells that they are."""
    if case.evidence.addresses is None:
        return
    for out in intended(case):
        traffic = rulebases.back(out)
        parts = [part.decision for part in decisions(case, traffic)]
        denied = [part for part in parts if not part.allows]
        if not denied:
            continue
        enabled, below = allowed_if_enabled(case, traffic), allowed_below(case, replace(denied[0], traffic=traffic))
        waiting = enabled or below
        narrow = next((rule for part in parts for rule in (*part.narrow, part.rule) if rule is not None and is_own(case, rule.get("name"))), None)
        if narrow is not None and not waiting:
            yield replace(_narrow(case, traffic, narrow), confidence=LIKELY)
            return
        most = CERTAIN if is_own(case, enabled) or denied == parts and is_own(case, below) else LIKELY
        found = _nothing_passes(case, traffic, denied[0], sureness(case, denied[0], most) if waiting and stated(case) else POSSIBLE)
        is_gone = is_own(case, names.security_rule(case.vpn, names.IN))
        yield found if waiting else replace(
            found, id="security-rule-inbound-missing", fix=f"{found.fix}, if the far side is to begin sessions",
            confidence=LIKELY if is_gone and stated(case) else found.confidence)
        return


def _nothing_passes(case, traffic, denied: Decision, confidence) -> Cause:
    off, allowed = allowed_if_enabled(case, traffic), allowed_below(case, replace(denied, traffic=traffic))
    what = f"{traffic.source} in {traffic.source_zone} to {traffic.destination} in {traffic.destination_zone}"
    direction = "in" if traffic.source_zone == case.zone else "out"
    item = {"name": names.beside(case.name, direction), "from": [traffic.source_zone], "to": [traffic.destination_zone], "source": [traffic.source],
            "destination": [traffic.destination], "application": ["any"], "service": ["any"], "action": "allow"}
    if off and not allowed:
        return Cause("security-rule-disabled", f"security rule '{off}' would allow {what}, and is disabled", (f"rule '{off}' disabled: true",),
                     f"security_rule {off}: disabled: false", confidence, ({"security_rule": {"name": off, "disabled": False}},))
    if denied.rule is None:
        return Cause("security-rule-missing", f"no security rule allows {what}, and the rule '{denied.by}' denies the rest",
                     (f"rules from {traffic.source_zone} to {traffic.destination_zone}: none that allows",),
                     f"security_rule: from [{traffic.source_zone}], to [{traffic.destination_zone}], action allow", confidence,
                     ({"security_rule": item},))
    cause = f"security rule '{denied.by}' denies {what}" + (f" before rule '{allowed}' could allow it" if allowed else "")
    evidence = (f"rule '{denied.by}' covers this traffic" + (", and was pushed by Panorama" if case.around.is_pushed(denied.rule) else ""),)
    identity = "security-rule-shadowed" if allowed else "security-rule-denies"
    if is_first_of_all(case, denied.rule):
        return Cause(identity, cause, evidence, f"on Panorama, in the device group's rules above '{denied.by}': security_rule: from "
                     f"[{traffic.source_zone}], to [{traffic.destination_zone}], source [{traffic.source}], destination [{traffic.destination}], action allow",
                     confidence)
    place = above(case, denied.rule)
    fix = f"security_rule {allowed or item['name']}: " + (f"position: before, position_rule: {denied.by}" if place else "action: allow")
    return Cause(identity, cause, evidence, fix, confidence, () if allowed else ({"security_rule": {**item, **place}},))


def source_nat(case: Case) -> Iterator[Cause]:
    """Of several rules the one that translates the most, whichever is asked first."""
    if case.evidence.addresses is None:
        return
    ways_out = {rulebases.ANY, *case.vpn_units}
    rules = [rule for rule in case.evidence.nat_rules if (places.text(rule, ("to-interface",)) or rulebases.ANY) in ways_out]
    found = rulebases.translations(rules, intended(case), case.evidence.addresses)
    rated = [(_how_much_is_translated(case, rule, traffic), rule, traffic) for rule, traffic in found]
    for confidence, rule, traffic in sorted(rated, key=lambda each: (CERTAIN, LIKELY, POSSIBLE).index(each[0]))[:1]:
        yield Cause("source-nat-on-vpn",
                    f"NAT rule '{rule.get('name')}' translates the source of the VPN's traffic, so the far side sees another address",
                    (f"NAT rule '{rule.get('name')}' matches {traffic.source} in {traffic.source_zone} to {traffic.destination}",
                     *(f"NAT rule '{rule.get('name')}' {option}: {said}" for option, said in _limits_of_nat(case, rule, traffic))),
                    f"nat_exemption: true of the VPN, a NAT rule without translation for {traffic.destination} above '{rule.get('name')}', or let that "
                    f"rule's to not hold {case.zone}", confidence)


def _how_much_is_translated(case, rule, traffic) -> str:
    """A rule for some hosts or one service may well be meant so. One that publishes a host to whoever is meant for the internet."""
    if rulebases.translates_all(rule, traffic, case.evidence.addresses):
        return CERTAIN
    if rulebases.undecided_names([rule], [(traffic.source_zone, case.zone)], case.evidence.addresses):
        return LIKELY
    return LIKELY if stated(case) and (_is_for_most(case, rule, traffic) or _publishes(rule)) else POSSIBLE


def _is_for_most(case, rule, traffic) -> bool:
    """Whether a NAT rule is for all services, and for half of either network at least."""
    is_for_all_services = (places.text(rule, ("service",)) or rulebases.ANY) == rulebases.ANY
    return is_for_all_services and security_policy.is_most(rule, traffic, case.evidence.addresses)


def _publishes(rule) -> bool:
    """Whether a NAT rule gives a host another address in both directions, wherever it speaks to."""
    is_both_ways = places.text(rule, ("source-translation", "static-ip", "bi-directional")) == "yes"
    return is_both_ways and all(rulebases.ANY in places.names(rule, (option,)) for option in ("to", "destination"))


def _limits_of_nat(case, rule, traffic) -> list:
    """(option, what it says) of what keeps a NAT rule from being for all of the traffic."""
    found = [(option, ", ".join(places.names(rule, (option,)))) for option, wanted in (("source", traffic.source), ("destination", traffic.destination))
             if not rulebases.holds(rule, option, wanted, case.evidence.addresses)]
    service = places.text(rule, ("service",)) or rulebases.ANY
    return found + ([("service", service)] if service != rulebases.ANY else [])


def destination_nat(case: Case) -> Iterator[Cause]:
    """Packets for the far side that go to somebody else because their destination is translated."""
    if case.evidence.addresses is None:
        return
    there = intended(case)
    for traffic in [*there, *map(rulebases.back, there)]:
        rule = rulebases.redirecting(case.evidence.nat_rules, traffic, case.evidence.addresses)
        if rule is not None:
            name = rule.get("name")
            yield Cause("destination-nat-on-vpn", f"NAT rule '{name}' translates the destination of what is meant for {traffic.destination}",
                        (f"NAT rule '{name}' destination: {', '.join(places.names(rule, ('destination',)))}",
                         f"translated to: {rulebases.redirected_to(rule)}"),
                        f"a NAT rule without translation for {traffic.destination} above '{name}' (nat_exemption: true of the VPN), or narrow '{name}'",
                        _how_much_is_redirected(case, rule, traffic, traffic in there))
            return


def _how_much_is_redirected(case, rule, traffic, is_asked_from_here) -> str:
    """A rule for some of what the far side begins may well be meant so, as one that gives a host here another address there."""
    if is_asked_from_here and rulebases.translates_all(rule, traffic, case.evidence.addresses):
        return CERTAIN
    return LIKELY if stated(case) and (is_asked_from_here or _is_for_most(case, rule, traffic)) else POSSIBLE


def spoofed(case: Case) -> Iterator[Cause]:
    """PBF sends packets out, and no route says that their answers' sender is behind this zone."""
    profile = case.around.protection_of(case.zone) if case.zone else None
    if profile is None or places.text(profile, ("discard-ip-spoof",)) != "yes" or not case.rules or case.peers or case.router is None:
        return
    remote = case.intent.remote_networks or tuple(text for rule in case.rules for text in rule.get("destination") or () if is_network(text))
    routed = [str(destination) for unit in case.vpn_units for _name, destination in case.around.routes_into(case.router, unit)]
    without = [text for text in dict.fromkeys(remote) if not inside_of(text, routed)]
    if without:
        name = profile.get("name")
        yield Cause("ip-spoof-discard",
                    f"zone '{case.zone}' discards spoofed addresses, and no route leads back to {', '.join(without)}: PBF alone is no route",
                    (f"zone_protection_profile {name} discard_ip_spoof: true", f"routes into the VPN: {', '.join(routed) or 'none'}"),
                    f"zone_protection_profile {name}: discard_ip_spoof: false; or site_to_site_vpn: backup_routes: true", CERTAIN,
                    ({"zone_protection_profile": {"name": name, "discard_ip_spoof": False}},))


def asymmetric(case: Case) -> Iterator[Cause]:
    """Two ways that are equally good: answers may come by the other one, which a zone or a router may not like."""
    if len(case.vpn_units - {None}) < 2 or case.router is None:
        return
    profile = case.around.protection_of(case.zone) if case.zone else None
    if profile is not None and places.text(profile, ("asymmetric-path",)) == "drop":
        name = profile.get("name")
        yield Cause("asymmetric-path-dropped", f"zone '{case.zone}' drops what comes by another way than it went", (
                    f"zone_protection_profile {name} asymmetric_path: drop",), f"zone_protection_profile {name}: asymmetric_path: bypass",
                    LIKELY if case.evidence.hosts_fail else POSSIBLE,
                    ({"zone_protection_profile": {"name": name, "asymmetric_path": "bypass"}},))
    ecmp = places.find(case.around.router(case.router), ("ecmp",))
    if ecmp is not None and places.text(ecmp, ("enable",)) == "yes" and places.text(ecmp, ("symmetric-return",)) != "yes":
        yield Cause("ecmp-without-symmetric-return",
                    f"router '{case.router}' shares packets out over equal ways, and answers do not go back by the way that the request came",
                    (f"router_ecmp {case.router} symmetric_return: not set",), f"router_ecmp {case.router}: symmetric_return: true", POSSIBLE,
                    ({"router_ecmp": {"virtual_router": case.router, "symmetric_return": True}},))


def comes_in_only(case: Case) -> Iterator[Cause]:
    """What the far side sends comes out of the VPN's tunnels, and no answer goes into any of them."""
    flows = [flow for name in case.evidence.tunnels_of_vpn(case.vpn) for flow in case.evidence.flows.get(name, ())]
    counts = [found for found in (movement(case.evidence.earlier_flows.get(flow.name), flow) for flow in flows) if found is not None]
    out, into = sum(sent for sent, _came in counts), sum(came for _sent, came in counts)
    if case.evidence.hosts_fail and into >= _SOME and into > _SOME * out:
        yield Cause("hosts-answer-elsewhere",
                    "packets come out of the tunnels and next to none goes in: the hosts here answer by another way than this firewall, or not at all",
                    (f"{into} packets came out of the VPN's tunnels and {out} went in between two looks",),
                    "see that the hosts here, and the routers before them, have this firewall as their way to "
                    f"{', '.join(case.intent.remote_networks) or 'the far side'}, and that they answer", LIKELY)


def nothing_wrong_here(case: Case) -> Iterator[Cause]:
    """The firewall does its part and no packet comes back: the far side's routing is what is left."""
    seen = case.one_way or case.one_way_pair or ("the firewall does its part, and hosts get no answer" if case.evidence.hosts_fail else None)
    if case.phase == PASSING and seen is not None and case.is_described:
        yield Cause("cloud-way-back",
                    "the tunnel is up and nothing comes back: the cloud's route tables or security groups may have no way back", (seen,),
                    "in the cloud: propagate the gateway's routes into the subnets' route tables, and allow the networks here in the security groups", POSSIBLE)
