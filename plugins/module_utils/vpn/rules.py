# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The rules of a VPN: which traffic is led into it and allowed, above whatever would decide otherwise."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from dataclasses import dataclass
from ipaddress import collapse_addresses, ip_network
from typing import Collection, Iterable, Iterator, Mapping

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.configuration import path as places
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.configuration.addresses import family, is_ipv6
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.configuration.naming import instead
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.errors import Refused
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.firewall import rulebases
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.firewall.rulebases import ANY, Addresses, Network, Traffic
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.firewall.surroundings import Surroundings
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.parts import nat
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.resources import pbf_rule, security_rule
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.tables.desired import DesiredEntry
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.vpn import families, names, record as records, way_out
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.vpn.families import EVERYTHING
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.vpn.record import (
    INSIDE, LOCAL, OUTSIDE, OUTSIDE_ZONE, REMOTE, SOURCE_ZONE, ZONE, Member, Object, Owned, Record,
)
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.vpn.vpn import Vpn

# Applications of IKE and of IPsec itself, between the two ends; and what runs inside the VPN zone.
OUTSIDE_APPLICATIONS = ("ike", "ipsec-esp", "ipsec-esp-udp")
INSIDE_APPLICATIONS = {4: ("bgp", "ping"), 6: ("bgp", "ping6")}


# Where each rule lists what it was given, and as what; the rules of PBF and those for traffic to the far side agree.
_OUTBOUND = {("from",): SOURCE_ZONE, ("from", "zone"): SOURCE_ZONE, ("to",): ZONE, ("source",): LOCAL, ("destination",): REMOTE}
_INBOUND = {("from",): ZONE, ("to",): SOURCE_ZONE, ("source",): REMOTE, ("destination",): LOCAL}
_ROLES = {
    names.IN: _INBOUND,
    names.IKE: {("from",): OUTSIDE_ZONE, ("to",): OUTSIDE_ZONE, ("source",): OUTSIDE, ("destination",): OUTSIDE},
    names.IKE_IN: {("from",): OUTSIDE_ZONE, ("to",): OUTSIDE_ZONE, ("source",): OUTSIDE, ("destination",): OUTSIDE},
    names.IKE_OUT: {("from",): OUTSIDE_ZONE, ("to",): OUTSIDE_ZONE, ("source",): OUTSIDE, ("destination",): OUTSIDE},
    names.INSIDE: {("from",): ZONE, ("to",): ZONE, ("source",): INSIDE, ("destination",): INSIDE},
}


def roles(vpn: str, rule: str) -> dict[tuple, str]:
    """Where a rule of the VPN lists members → as what it was given them."""
    return next((found for part, found in _ROLES.items() if rule == names.security_rule(vpn, part)), _OUTBOUND)


def given(vpn: Vpn) -> list[Member]:
    """What all rules of the VPN have to do with, whether they are made or not."""
    return [Member(role, name) for role, listed in (
        (SOURCE_ZONE, vpn.source_zones), (ZONE, (vpn.zone,)), (LOCAL, vpn.local_networks), (REMOTE, vpn.remote_networks)) for name in listed]


@dataclass(frozen=True)
class Rules:
    """The rules of one VPN. C(addresses): the address objects that the rules of others name."""

    vpn: Vpn
    around: Surroundings
    addresses: Addresses

    def forwarding(self, paths: list[tuple[str, dict]]) -> list:
        """PBF rules in this order. C(paths): (the rule's name, its action); one that drops what no path takes comes last."""
        here = self._longer_networks()
        wanted = [(names.local_rule(self.vpn.name), here, {"no_pbf": True})] if here else []
        wanted += [(name, self.vpn.destinations, action) for name, action in paths]
        order = _Order([rule.get("name") or "" for rule in self.around.entries("rulebase", ("pbf", "rules"))])
        above, below = self._forwarding_neighbours({name for name, _destinations, _action in wanted})
        items: list = []
        earlier: list[str] = []
        for name, destinations, action in wanted:
            values = {"from": {"zone": list(self.vpn.source_zones)}, "source": self.vpn.sources,
                      "destination": destinations, "action": action, "disabled": False}
            drops = "discard" in action
            # What leaves packets to the routes takes none from a narrower VPN, and need not stand below it.
            narrower = () if "no_pbf" in action else below[drops]
            position = order.placed(name, above[drops], [*narrower, *earlier])
            items.append(DesiredEntry(pbf_rule.TABLE, name, values, position=position))
            earlier.append(name)
        return items

    def _forwarding_neighbours(self, own: set[str]) -> tuple[dict, dict]:
        """What the rules have to stand above of, and below of: (of the paths and of the one that drops, by whether a rule drops), twice.

        Above whatever decides on the VPN's traffic before; among VPNs of ours, what leads into a tunnel stands above what drops the same traffic, and the
        narrower above the wider. Two for the same traffic stay in the order in which they came.
        """
        others = [rule for rule in self._rules_of_others("pbf") if rule.get("name") not in own]
        covering = [rule for rule in others if any(self._takes(rule, traffic) for traffic in self._outbound())]
        siblings = [rule for rule in self._rules_of_siblings("pbf") if rulebases.is_enabled(rule)]
        touching = [rule for rule in siblings if any(rulebases.pbf_touches(rule, traffic, self.addresses) for traffic in self._outbound())]
        dropping = [rule for rule in touching if places.find(rule, ("action", "discard")) is not None]
        leading = [rule for rule in touching if places.find(rule, ("action", "forward")) is not None]
        wider = [rule for rule in leading if self._has_all_of_ours(rule) and not self._has_no_more(rule)]
        narrower = [rule for rule in leading if self._has_no_more(rule) and not self._has_all_of_ours(rule)]
        above = {False: _named([*covering[:1], *dropping, *wider]), True: _named(covering[:1])}
        return above, {False: _named(narrower), True: _named(leading)}

    def _has_all_of_ours(self, rule: ET.Element) -> bool:
        return all(rulebases.pbf_covers(rule, traffic, self.addresses) for traffic in self._outbound())

    def _has_no_more(self, rule: ET.Element) -> bool:
        """Whether all that a rule sees is the VPN's traffic."""
        zones = set(places.names(rule, ("from", "zone")))
        return zones <= set(self.vpn.source_zones) and all(
            rulebases.is_within(places.names(rule, (side,)), networks, self.addresses)
            for side, networks in (("source", self.vpn.local_networks), ("destination", self.vpn.remote_networks)))

    def _takes(self, rule: ET.Element, traffic: Traffic) -> bool:
        return rulebases.takes(rule, traffic, self.addresses, self.around.zone_interfaces(traffic.source_zone))

    def forwarded_by_others(self, own: Record, units: Collection[str]) -> list[str]:
        """PBF is asked before any route: refuse a rule of somebody else that takes the VPN's packets, and tell of one of another VPN of ours.

        C(units): the VPN's tunnel interfaces.
        """
        rules = [rule for rule in self.around.entries("rulebase", ("pbf", "rules")) if not own.owns(Object("pbf_rule", rule.get("name") or ""))]
        strangers = self._rules_of_others("pbf")
        told: dict = {}
        for traffic in self._outbound():
            seen = (rules, traffic, self.addresses, self.around.zone_interfaces(traffic.source_zone), units)
            what = f"{traffic.source} in {traffic.source_zone} to {traffic.destination}"
            for some in rulebases.disputing(*seen):
                told.setdefault(some.get("name"), f"{self.vpn.name}: PBF rule '{some.get('name')}' may take some of the packets from {what} before any route "
                                                  "of the VPN is asked")
            rule = rulebases.taking(*seen)
            if rule is None:
                continue
            name = rule.get("name")
            if rule in strangers:
                raise Refused(f"PBF rule '{name}' takes the packets from {what} before any route of the VPN is asked, so failover: {self.vpn.failover} "
                              f"would carry none of them; put a PBF rule with the action no-pbf for {', '.join(self.vpn.remote_networks)} above it "
                              "(module pbf_rule), narrow it, or say failover: pbf")
            told.setdefault(name, f"{self.vpn.name}: PBF rule '{name}' of another VPN takes the packets from {what}: they go through that one")
        return list(told.values())

    def _longer_networks(self) -> list[str]:
        """What the router reaches by longer routes of its own than a summary network: PBF takes the first rule, not the longest prefix."""
        if not self.vpn.allow_summary_networks:
            return []
        remote, router = [ip_network(text) for text in self.vpn.remote_networks], self.vpn.virtual_router
        near = [ip_network(text) for text in self.vpn.local_networks] + self._connected(router)
        led_by_pbf = self._led_by_pbf()
        near += [destination for name, destination in records.routes_of_others(self.around, self.vpn.name, router)
                 if not any(records.route(router, name, destination) in theirs for theirs in led_by_pbf)]
        inner = {network for network in near if network not in remote and any(rulebases.is_part(network, summary) for summary in remote)}
        by_family: tuple = tuple([network for network in inner if network.version == version] for version in (4, 6))
        return [str(network) for family in by_family for network in collapse_addresses(sorted(family))]

    def _connected(self, router: str) -> list[Network]:
        """What is connected to a router, without what is inside the tunnels of VPNs of ours: hosts have no business there, and tunnels come and go."""
        units = {unit for _home, record in records.on(self.around) for unit in record.units.values()}
        cidrs = [cidr for tunnel in self.vpn.tunnels for cidr in (tunnel.inside_cidr, tunnel.inside_ipv6_cidr) if cidr]
        inside = [ip_network(cidr, strict=False) for cidr in cidrs]
        return [network for interface, network in self.around.connected(router) if interface not in units and network not in inside]

    def _led_by_pbf(self) -> list[Owned]:
        """What is the other VPNs' of ours whose own PBF rules lead into them: their routes are ways back."""
        owned = [record.owned() for record in records.of_others(self.around, self.vpn.name)]
        rules = [Object("pbf_rule", rule.get("name") or "") for rule in self.around.entries("rulebase", ("pbf", "rules"))]
        return [theirs for theirs in owned if any(rule in theirs for rule in rules)]

    def _outbound(self) -> list:
        return [Traffic(source_zone, self.vpn.zone, local, remote) for source_zone in self.vpn.source_zones
                for local in self.vpn.local_networks for remote in self.vpn.remote_networks if family(local) == family(remote)]

    def _inbound(self) -> list:
        return list(map(rulebases.back, self._outbound()))

    def security(self, ends: Mapping[int, tuple[str, str]], units: Collection[str], sessions: Iterable[tuple[str, str, str]] = ()) -> list:
        """Allow rules both ways, and where a rule denies everything also what the tunnels themselves need.

        C(ends): tunnel number → the interface that faces the peer, and the firewall's address there. C(units): the VPN's tunnel interfaces.
        C(sessions): (zone here, address here, address there) of BGP that is not spoken inside the tunnels.
        """
        wanted = []
        if self.vpn.security_rules in ("both", "outbound"):
            rule = _rule(self.vpn.source_zones, [self.vpn.zone], self.vpn.sources, self.vpn.destinations, ["any"], "any")
            wanted.append((names.security_rule(self.vpn.name, names.OUT), self._outbound(), rule))
        if self.vpn.security_rules == "both":
            rule = _rule([self.vpn.zone], self.vpn.source_zones, self.vpn.destinations, self.vpn.sources, ["any"], "any")
            wanted.append((names.security_rule(self.vpn.name, names.IN), self._inbound(), rule))
        if self.vpn.security_rules != "none":
            wanted += [*self._ike_rule(ends, units), *self._inside_rule(sessions)]
        ours = frozenset(name for name, _traffic, _values in wanted)
        rules = self.around.entries("rulebase", ("security", "rules"))
        return [DesiredEntry(security_rule.TABLE, name, values, position=self._position(name, traffic, rules, ours)) for name, traffic, values in wanted]

    def exemption(self) -> list:
        """Above the first NAT rule that would translate the VPN's traffic, a rule that does not, where that is asked for; else refused."""
        own, record = names.nat_rule(self.vpn.name), records.of_vpn(self.around, self.vpn.name)
        is_there = record is not None and record.owns(Object("nat_rule", own))
        rules = [rule for rule in self._rules_of_others("nat") if not is_there or rule.get("name") != own]
        self._refuse_translation_of_ipv6(rules)
        rule = rulebases.translating(rules, [traffic for traffic in self._outbound() if not is_ipv6(traffic.source)], self.addresses)
        if rule is None:
            return []
        remote = [network for network in self.vpn.destinations if not is_ipv6(network)]
        if not self.vpn.nat_exemption:
            raise Refused(f"NAT rule '{rule.get('name')}' would translate the source of the VPN's traffic, so the far side would not know it; say "
                          f"nat_exemption: true to have a rule without translation for {', '.join(remote)} put above it, or narrow it")
        local = [network for network in self.vpn.sources if not is_ipv6(network)]
        return [nat.exemption(own, (self.vpn.source_zones, self.vpn.zone), (local, remote), rule.get("name") or "")]

    def _refuse_translation_of_ipv6(self, rules: list) -> None:
        """A rule of ours keeps IPv4 packets as they are; whether one can do that for IPv6 is not known."""
        rule = rulebases.translating(rules, [traffic for traffic in self._outbound() if is_ipv6(traffic.source)], self.addresses)
        if rule is not None:
            raise Refused(f"NAT rule '{rule.get('name')}' would translate the source of the VPN's IPv6 traffic, so the far side would not know it; "
                          "narrow it, so that it does not hold the VPN's networks")

    def _ike_rule(self, ends: Mapping[int, tuple[str, str]], units: Collection[str]) -> Iterator[tuple]:
        """IKE and ESP between the endpoints. Within one zone PAN-OS's last rule allows them unless one above denies it, between two it denies them."""
        applications = frozenset(OUTSIDE_APPLICATIONS)
        zones: dict[str, None] = {}
        hosts: dict[str, None] = {}
        traffic = []
        for number, (outside, own) in ends.items():
            tunnel, here = self.vpn.tunnel(number), self.around.zone_of(outside) or ANY
            if tunnel.is_named:
                continue
            there = way_out.zone_out(self.vpn, self.around, number, units) or ANY
            zones.update({here: None, there: None})
            hosts[own] = None
            traffic += [Traffic(here, there, own, tunnel.outside_address, applications), Traffic(there, here, tunnel.outside_address, own, applications)]
        name = names.security_rule(self.vpn.name, names.IKE)
        if self._needs_rule(name, traffic):
            addresses = [*hosts, *(tunnel.outside_address for tunnel in self.vpn.tunnels if not tunnel.is_named)]
            yield name, traffic, _rule(zones, zones, addresses, addresses, OUTSIDE_APPLICATIONS, "application-default")
        yield from self._ike_rules_of_any(ends)

    def _ike_rules_of_any(self, ends: Mapping[int, tuple[str, str]]) -> Iterator[tuple]:
        """For peers whose addresses are not known here: from any to the firewall's address, and to any where it may begin itself."""
        named = [number for number in ends if self.vpn.tunnel(number).is_named]
        called = [number for number in named if not self.vpn.tunnel(number).is_dynamic]
        for part, numbers in ((names.IKE_IN, named), (names.IKE_OUT, called)):
            zones = list(dict.fromkeys(self.around.zone_of(ends[number][0]) or ANY for number in numbers))
            own = list(dict.fromkeys(ends[number][1] for number in numbers))
            pairs = [(EVERYTHING[family(address)], address) for address in own]
            traffic = [Traffic(zone, zone, *(pair if part == names.IKE_IN else pair[::-1]), frozenset(OUTSIDE_APPLICATIONS))
                       for zone in zones for pair in pairs]
            name, sides = names.security_rule(self.vpn.name, part), ([ANY], own) if part == names.IKE_IN else (own, [ANY])
            if self._needs_rule(name, traffic):
                yield name, traffic, _rule(zones, zones, *sides, OUTSIDE_APPLICATIONS, "application-default")

    def _inside_rule(self, sessions: Iterable[tuple[str, str, str]]) -> Iterator[tuple]:
        """What is probed and spoken inside the tunnels, which does not leave the VPN's zone, and BGP that is spoken through them."""
        ends = [families.ends(tunnel, version) for tunnel in self.vpn.tunnels for version in families.FAMILIES]
        pairs = [(self.vpn.zone, each.address or "", each.peer or "") for each in ends if each.are_known] + list(sessions)
        there, traffic = self.vpn.zone, []
        for zone, here, peer in pairs:
            spoken = frozenset(INSIDE_APPLICATIONS[family(here)])
            traffic += [Traffic(zone, there, here, peer, spoken), Traffic(there, zone, peer, here, spoken)]
        name = names.security_rule(self.vpn.name, names.INSIDE)
        if self._needs_rule(name, traffic):
            hosts = list(dict.fromkeys(host for _zone, here, peer in pairs for host in (here, peer)))
            applications = dict.fromkeys(application for _zone, here, _peer in pairs for application in INSIDE_APPLICATIONS[family(here)])
            zones = list(dict.fromkeys([there, *(zone for zone, _here, _peer in pairs)]))
            yield name, traffic, _rule(zones, zones, hosts, hosts, applications, "application-default")

    def _needs_rule(self, name: str, traffic: list[Traffic]) -> bool:
        """Whether some of the traffic does not pass without a rule of its own."""
        rules = self.around.entries("rulebase", ("security", "rules"))
        return any(not self._passes(each, rulebases.first_covering(rules, [each], self.addresses, frozenset([name]))) for each in traffic)

    @staticmethod
    def _passes(traffic: Traffic, rule: ET.Element | None) -> bool:
        if rule is None:
            return traffic.source_zone == traffic.destination_zone
        return (places.text(rule, ("action",)) or "allow") == "allow"

    def _position(self, name: str, traffic: list[Traffic], rules: list, ours: frozenset[str]) -> tuple:
        shadow = rulebases.first_covering(self._rules_of_others("security"), traffic, self.addresses, ours)
        if not self.vpn.rule_position:
            return (("before", shadow.get("name")),) if shadow is not None else ()
        order = [rule.get("name") for rule in rules]
        where, other = self.vpn.rule_position
        siblings = _named(self._rules_of_siblings("security"))
        if other and other not in order:
            raise Refused(f"rule_position: there is no security rule '{other}'{instead(other, order)}")
        found = _at_the_end(where, name, order, ours.union(siblings)) if where in ("top", "bottom") else (self.vpn.rule_position,)
        if shadow is None or where == "top":
            return found
        decides = shadow.get("name")
        if where == "bottom" or order.index(other) > order.index(decides) or (where == "after" and other == decides):
            raise Refused(f"rule_position: at '{where}{' ' + other if other else ''}' the rule '{name}' would stand below '{decides}', "
                          "which decides on the same traffic; place it above that one")
        return found + ((("before", decides),) if where == "after" else ())

    def _rules_of_others(self, rulebase: str) -> list:
        """The rules in their order, without those of other VPNs of ours: two for the same traffic would overtake each other in every run."""
        siblings = self._rules_of_siblings(rulebase)
        return [rule for rule in self.around.entries("rulebase", (rulebase, "rules")) if rule not in siblings]

    def _rules_of_siblings(self, rulebase: str) -> list:
        """The rules of the other VPNs of ours."""
        siblings = [record.owned() for record in records.of_others(self.around, self.vpn.name)]
        found = []
        for rule in self.around.entries("rulebase", (rulebase, "rules")):
            thing = Object(f"{rulebase}_rule", rule.get("name") or "")
            if any(thing in owned for owned in siblings):
                found.append(rule)
        return found


def _named(rules: Iterable[ET.Element]) -> list[str]:
    return [rule.get("name") or "" for rule in rules]


@dataclass
class _Order:
    """The names of a rulebase's rules, as they will stand once those that were placed are in their places."""

    names: list[str]

    def placed(self, name: str, above: Collection[str], below: Collection[str]) -> tuple:
        """How a rule comes to stand above and below of others. Where that is contradictory, what decides first counts."""
        top = next((other for other in self.names if other in above), None)
        limit = len(self.names) if top is None else self.names.index(top)
        last = next((other for other in reversed(self.names[:limit]) if other in below and other != name), None)
        self._put(name, top, last)
        return ((("before", top),) if top else ()) + ((("after", last),) if last else ())

    def _put(self, name: str, top: str | None, last: str | None) -> None:
        """As the moves do: a rule that stands right already stays."""
        is_new = name not in self.names
        if is_new:
            self.names.append(name)
        if top is not None and self.names.index(name) > self.names.index(top):
            self._move(name, self.names.index(top))
        if last is not None and (self.names.index(name) < self.names.index(last) or (is_new and top is None)):
            self._move(name, self.names.index(last) + 1)

    def _move(self, name: str, index: int) -> None:
        now = self.names.index(name)
        self.names.insert(index, name)
        del self.names[now + (now >= index)]


def _at_the_end(where: str, name: str, order: list[str], ours: frozenset[str]) -> tuple:
    """The place of a rule at the top or the bottom; all of C(ours), other VPNs' too, share it, so that none moves the others in each run."""
    if name not in order:
        return ((where, None),)
    index = order.index(name)
    outside = order[:index] if where == "top" else order[index + 1:]
    return () if set(outside) <= ours else ((where, None),)


def _rule(
    sources: Iterable[str], destinations: Iterable[str], source: Iterable[str], destination: Iterable[str], applications: Iterable[str], service: str,
) -> dict:
    return {"from": list(sources), "to": list(destinations), "source": list(source), "destination": list(destination),
            "application": list(applications), "service": [service], "action": "allow", "disabled": False}
