# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The rules of a VPN: which traffic is led into it and allowed, above whatever would decide otherwise."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Iterable

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.configuration import path as places
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.errors import Refused
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.firewall import rulebases
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.firewall.rulebases import Addresses, Traffic
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.firewall.surroundings import Surroundings
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.resources import pbf_failover, security_rule
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.tables.desired import DesiredEntry
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.vpn import names, record as records
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.vpn.record import Object
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.vpn.vpn import Vpn

# Applications of IKE and of IPsec itself, between the two ends; and what runs inside the VPN zone.
OUTSIDE_APPLICATIONS = ("ike", "ipsec-esp", "ipsec-esp-udp")
INSIDE_APPLICATIONS = ("bgp", "ping")


@dataclass(frozen=True)
class Rules:
    """The rules of one VPN. C(addresses): the address objects that the rules of others name."""

    vpn: Vpn
    around: Surroundings
    addresses: Addresses

    def forwarding(self, paths: list[tuple[str, dict]]) -> list:
        """PBF rules in this order. C(paths): (the rule's name, its action)."""
        own = {name for name, _action in paths}
        rules = [rule for rule in self._rules_of_others("pbf") if rule.get("name") not in own]
        above = next((rule.get("name") for rule in rules if any(rulebases.pbf_covers(rule, traffic, self.addresses) for traffic in self._outbound())), None)
        items: list = []
        position: tuple = (("before", above),) if above else ()
        for name, action in paths:
            values = {"from": {"zone": list(self.vpn.source_zones)}, "source": list(self.vpn.local_networks),
                      "destination": list(self.vpn.remote_networks), "action": action, "disabled": False}
            items.append(DesiredEntry(pbf_failover.RULE, name, values, position=position))
            position = ((("before", above),) if above else ()) + (("after", name),)
        return items

    def _outbound(self) -> list:
        return [Traffic(source_zone, self.vpn.zone, local, remote) for source_zone in self.vpn.source_zones
                for local in self.vpn.local_networks for remote in self.vpn.remote_networks]

    def _inbound(self) -> list:
        return [Traffic(traffic.destination_zone, traffic.source_zone, traffic.destination, traffic.source) for traffic in self._outbound()]

    def security(self, outside: str, outside_address: str) -> list:
        """Allow rules both ways, and where a rule denies everything also what the tunnels themselves need.

        C(outside): the interface that faces the peer, and the firewall's address there.
        """
        self._refuse_translation()
        wanted = []
        if self.vpn.security_rules in ("both", "outbound"):
            rule = _rule(self.vpn.source_zones, [self.vpn.zone], self.vpn.local_networks, self.vpn.remote_networks, ["any"], "any")
            wanted.append((names.security_rule(self.vpn.name, names.OUT), self._outbound(), rule))
        if self.vpn.security_rules == "both":
            rule = _rule([self.vpn.zone], self.vpn.source_zones, self.vpn.remote_networks, self.vpn.local_networks, ["any"], "any")
            wanted.append((names.security_rule(self.vpn.name, names.IN), self._inbound(), rule))
        if self.vpn.security_rules != "none":
            wanted += self._own_traffic_rules(self.around.zone_of(outside), outside_address)
        ours = frozenset(name for name, _traffic, _values in wanted)
        rules = self.around.entries("rulebase", ("security", "rules"))
        return [DesiredEntry(security_rule.TABLE, name, values, position=self._position(name, traffic, rules, ours)) for name, traffic, values in wanted]

    def _refuse_translation(self):
        rule = rulebases.translating(self.around.entries("rulebase", ("nat", "rules")), self._outbound(), self.addresses)
        if rule is not None:
            raise Refused(f"NAT rule '{rule.get('name')}' would translate the source of the VPN's traffic, so the far side would not know it; "
                          f"put a rule without translation for {', '.join(self.vpn.remote_networks)} above it, or narrow it")

    def _own_traffic_rules(self, outside_zone: str | None, outside_address: str) -> list:
        """IKE and ESP between the endpoints, and what runs inside the VPN zone: allowed by PAN-OS's last rule unless one above denies it."""
        rules = self.around.entries("rulebase", ("security", "rules"))
        endpoints = [self.vpn.tunnel(number).outside_address for number in self.vpn.numbers]
        outside = [outside_address, *endpoints]
        inside = [address for tunnel in self.vpn.tunnels for address in (tunnel.inside_address, tunnel.inside_peer_address) if address]
        wanted = []
        for part, zone_name, ends, pairs, applications in (
            (names.IKE, outside_zone or "any", outside, [(outside_address, endpoint) for endpoint in endpoints], OUTSIDE_APPLICATIONS),
            (names.INSIDE, self.vpn.zone, inside, list(zip(inside[::2], inside[1::2])), INSIDE_APPLICATIONS),
        ):
            traffic = [Traffic(zone_name, zone_name, one, other, frozenset(applications)) for pair in pairs for one, other in (pair, pair[::-1])]
            name = names.security_rule(self.vpn.name, part)
            ours = frozenset([name])
            above = rulebases.first_covering(rules, traffic, self.addresses, ours)
            if above is not None and (places.text(above, ("action",)) or "allow") != "allow":
                wanted.append((name, traffic, _rule([zone_name], [zone_name], ends, ends, list(applications), "application-default")))
        return wanted

    def _position(self, name: str, traffic: list[Traffic], rules: list, ours: frozenset[str]) -> tuple:
        shadow = rulebases.first_covering(self._rules_of_others("security"), traffic, self.addresses, ours)
        if not self.vpn.rule_position:
            return (("before", shadow.get("name")),) if shadow is not None else ()
        order = [rule.get("name") for rule in rules]
        where, other = self.vpn.rule_position
        if other and other not in order:
            raise Refused(f"rule_position: there is no security rule '{other}'")
        found = _at_the_end(where, name, order, ours) if where in ("top", "bottom") else (self.vpn.rule_position,)
        if shadow is None or where == "top":
            return found
        decides = shadow.get("name")
        if where == "bottom" or order.index(other) > order.index(decides) or (where == "after" and other == decides):
            raise Refused(f"rule_position: at '{where}{' ' + other if other else ''}' the rule '{name}' would stand below '{decides}', "
                          "which decides on the same traffic; place it above that one")
        return found + ((("before", decides),) if where == "after" else ())

    def _rules_of_others(self, rulebase: str) -> list:
        """The rules in their order, without those of other VPNs of ours: two for the same traffic would overtake each other in every run."""
        siblings = [record.owned() for record in records.of_others(self.around, self.vpn.name)]
        found = []
        for rule in self.around.entries("rulebase", (rulebase, "rules")):
            thing = Object(f"{rulebase}_rule", rule.get("name") or "")
            if not any(thing in owned for owned in siblings):
                found.append(rule)
        return found


def _at_the_end(where: str, name: str, order: list[str], ours: frozenset[str]) -> tuple:
    """The place of one of our rules at the top or the bottom; all of ours share it, so that none moves the others in each run."""
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
