# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A VPN and what stands around it → desired items: what to make, what to take away, what to leave to others."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from ipaddress import ip_network

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.errors import Refused
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.peers import mtu as mtus
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.peers import proposal, record as records, refusals, rulebases, site_to_site_bgp
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.peers.profile import is_narrowed, replay_window
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.peers.record import Record
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.peers.rulebases import Addresses, Traffic
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.peers.surroundings import Surroundings, template_of
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.peers.vpn import BGP, PBF, ROUTES, Vpn
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.reconcile import path as places
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.reconcile.plan import plan
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.resources import (
    ike_crypto_profile, ike_gateway, ipsec_crypto_profile, ipsec_tunnel, monitor_profile, pbf_failover, security_rule, static_route, zone,
)
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.resources.desired import UNSET, DesiredEntry, DesiredMember
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.resources.places import router
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.resources.platform import version_text
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.resources.tunnel_interface import TABLE as TUNNEL_INTERFACE
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.resources.tunnel_interface import import_member, router_member, zone_member

# Applications of IKE and of IPsec itself, between the two ends; and what runs inside the VPN zone.
OUTSIDE_APPLICATIONS = ("ike", "ipsec-esp", "ipsec-esp-udp")
INSIDE_APPLICATIONS = ("bgp", "ping")
HIGHEST_UNIT = 9999
_MOST_OF_A_UNIT = 65535
# Metrics of the backup routes: PAN-OS's default distance is 10, and a lower metric wins.
FIRST_METRIC, METRIC_STEP, DISCARD_METRIC = 10, 10, 250


@dataclass
class Result:
    """C(phases): lists of desired items, one after the other. C(summary): what the user is told of the VPN.

    C(inheritance): what a VPN that goes leaves to its successor to put back one day.
    C(held): items that are the VPN's although nothing has to be done for them: an earlier run may have left them uncommitted.
    """

    phases: list
    warnings: list = field(default_factory=list)
    summary: dict = field(default_factory=dict)
    inheritance: Record | None = None
    held: list = field(default_factory=list)


def own_units(name: str, around: Surroundings) -> dict:
    """Tunnel number → tunnel interface of the VPN's tunnels that are there."""
    found = {}
    for tunnel in around.names("ipsec_tunnel"):
        match = re.fullmatch(re.escape(name) + r"-(\d)", tunnel)
        unit = around.tunnel_interface_of(tunnel) if match else None
        if unit:
            found[int(match.group(1))] = unit
    return found


def build(vpn: Vpn, around: Surroundings, addresses: Addresses, learned: str | None = None, replaces: str | None = None) -> Result:
    """All that the VPN wants of this firewall. C(learned): the outside interface's address where DHCP gave it.

    C(replaces): the name of a VPN that is taken away in the same plan. Raises Refused where the configuration forbids the VPN.
    """
    removed = removal(replaces, around, successor=vpn) if replaces else Result([[]])
    if replaces:
        around = Surroundings(plan(removed.phases, around.tree, around.base).after, around.base, around.platform)
    return _Builder(vpn, around, addresses, learned, removed.inheritance).result(removed)


class _Builder:
    """The steps of C(build), which share the VPN, its surroundings and its record."""

    def __init__(self, vpn, around, addresses, learned, inheritance):
        self.vpn, self.around, self.addresses = vpn, around, addresses
        self.warnings: list = []
        self.units = own_units(vpn.name, around)
        self.outside = refusals.outside_interface(vpn, around)
        refusals.refuse_unfit(vpn, around, list(self.units.values()))
        self.local, self.behind_nat = refusals.local_address(vpn, self.outside, learned)
        self.outside_address = (self.local or learned).split("/")[0]
        found = records.find(around.comment(self.units[1]), vpn.name) if 1 in self.units else None
        self.before = found or replace(inheritance or Record(vpn.name), vpn=vpn.name)
        self.record = replace(self.before, bgp=dict(self.before.bgp), announced=list(self.before.announced), members=[], options=[])
        self.left_zones = [zone_name for zone_name in dict.fromkeys(map(around.zone_of, self.units.values())) if zone_name not in (None, vpn.zone)]
        if self.left_zones:
            self.record.zone_made = False
        self.booked: set = set()
        self.fresh = self._allocate()
        self.chosen = {number: self._proposal(vpn.tunnel(number)) for number in vpn.numbers}

    def result(self, removed) -> Result:
        items = self._zone() + self._crypto() + self._gateways() + self._tunnels() + self._forwarding() + self._security()
        if self.vpn.failover == BGP:
            site_to_site_bgp.refuse_readvertisement(self.vpn, self.around)
        moves = self._moves()
        items += self._leftovers(items)
        # Last, because the record that an interface carries tells of all the steps before.
        items += self._interfaces()
        items += self._dropped_members(items)
        zones = self._left_zones(items)
        _refuse_template_owned(moves + items + zones, self.around)
        return Result(removed.phases + [moves, items, zones], removed.warnings + self.warnings, self._summary(), held=self._held())

    def _allocate(self) -> set:
        """Give each tunnel a unit: its own, the one that is asked for, or the lowest free one. Returns those that are new."""
        taken = {int(unit.rpartition(".")[2]) for unit in self.around.names("tunnel_interface") if unit.rpartition(".")[2].isdigit()}
        fresh = set()
        for number in self.vpn.numbers:
            asked = self.vpn.tunnel_interfaces[number - 1] if self.vpn.tunnel_interfaces else None
            if number in self.units and asked in (None, self.units[number]):
                continue
            if asked is None:
                free = next((unit for unit in range(1, HIGHEST_UNIT + 1) if unit not in taken), None)
                if free is None:
                    raise Refused("tunnel_interfaces: all 9999 tunnel interfaces of this firewall are in use")
                asked = f"tunnel.{free}"
                taken.add(free)
            self.units[number] = asked
            fresh.add(number)
        for number in [number for number in self.units if number not in self.vpn.numbers]:
            del self.units[number]
        return fresh

    def _proposal(self, tunnel) -> tuple:
        """(IKE proposal, IPsec proposal, MTU): chosen again, now that version, NAT and the outside MTU are known."""
        ike, ipsec = tunnel["ike"], tunnel["ipsec"]
        if tunnel.get("offers"):
            ike, ipsec, warnings = proposal.choose(tunnel["offers"], version_text(self.around.platform.version))
            self.warnings += [f"{self.vpn.name}, tunnel to {tunnel['outside_address']}: {text}" for text in warnings]
        nat = self.behind_nat or self.vpn.nat_traversal
        computed = mtus.tunnel_mtu(ipsec["encryption"], ipsec["authentication"], self.outside.mtu, nat, ":" in tunnel["outside_address"])
        return ike, ipsec, self.vpn.mtu or computed

    def _zone(self) -> list:
        if self.around.zone(self.vpn.zone) is not None:
            return []
        self.record.zone_made = True
        return [DesiredEntry(zone.TABLE, self.vpn.zone, {"interfaces": []})]

    def _crypto(self) -> list:
        items = []
        for index, table, values in ((0, ike_crypto_profile.TABLE, _ike_values), (1, ipsec_crypto_profile.TABLE, _ipsec_values)):
            names = {self._profile(number, index): self.chosen[number][index] for number in self.vpn.numbers}
            items += [DesiredEntry(table, name, values(chosen)) for name, chosen in names.items()]
        return items

    def _profile(self, number, index) -> str:
        """One profile for all tunnels where they agree, else one for each."""
        same = all(self.chosen[other][index] == self.chosen[1][index] for other in self.vpn.numbers)
        return self.vpn.name if same else self.vpn.tunnel_name(number)

    def _gateways(self) -> list:
        return [DesiredEntry(ike_gateway.TABLE, self.vpn.tunnel_name(number), self._gateway(number)) for number in self.vpn.numbers]

    def _gateway(self, number) -> dict:
        tunnel, version = self.vpn.tunnel(number), self.chosen[number][0]["version"]
        local = {"interface": self.outside.name}
        if self.local:
            local["ip"] = self.local
        values = {
            "peer_address": {"ip": tunnel["outside_address"]},
            "local_address": local,
            "pre_shared_key": tunnel["pre_shared_key"],
            "version": version,
            "nat_traversal": {"enable": True},
            "passive_mode": False,
            "disabled": False,
        }
        dpd = {"enable": True, "interval": 10}
        if version == "ikev2":
            values["ikev2"] = {"ike_crypto_profile": self._profile(number, 0), "dpd": dpd}
        else:
            values["ikev1"] = {"exchange_mode": "main", "ike_crypto_profile": self._profile(number, 0), "dpd": {**dpd, "retry": 3}}
        if ":" in tunnel["outside_address"]:
            values["ipv6"] = True
        identity = tunnel.get("local_id") or self.vpn.local_id or (tunnel.get("customer_outside_address") if self.behind_nat else None)
        for option, given in (("local_id", identity), ("peer_id", tunnel.get("peer_id"))):
            values[option] = self._optional(option, given, lambda text: {"type": _id_type(text), "id": text})
        return {option: value for option, value in values.items() if value is not None}

    def _optional(self, option, value, values):
        """An optional setting: what is given; UNSET where an earlier run gave it and this one does not; None to leave it."""
        if value:
            self.record.options = sorted({*self.record.options, option})
            return values(value)
        return UNSET if option in self.before.options else None

    def _interfaces(self) -> list:
        items = []
        for number in self.vpn.numbers:
            unit, tunnel = self.units[number], self.vpn.tunnel(number)
            values = {"mtu": self.chosen[number][2]}
            if tunnel.get("inside_address"):
                inside = ip_network(tunnel["inside_cidr"], strict=False)
                values["ip"] = [f"{tunnel['inside_address']}/{inside.prefixlen}"]
            if tunnel.get("inside_ipv6_address"):
                length = ip_network(tunnel["inside_ipv6_cidr"], strict=False).prefixlen
                values["ipv6"] = {"enabled": True, "addresses": [{"address": f"{tunnel['inside_ipv6_address']}/{length}", "enable_on_interface": True}]}
            if number == 1:
                values["comment"] = records.written(self.around.comment(unit), self._finished_record())
            items.append(DesiredEntry(_OWN_INTERFACE, unit, values, guard=number in self.fresh))
            items += self._memberships(unit)
        return items

    def _finished_record(self) -> Record:
        if len(records.written(None, self.record)) > records.COMMENT_LENGTH:
            self.record.members = []
            self.warnings.append(f"{self.vpn.name}: too many networks for the record in the tunnel interface's comment; "
                                 "members that are no longer given will have to be removed by hand")
        return self.record

    def _memberships(self, unit) -> list:
        """Zone and router. A member of the zone is imported into the virtual system: PAN-OS takes no other."""
        imported, in_zone, in_router = self._members(unit)
        items = []
        if unit not in self.around.zone_interfaces(self.vpn.zone):
            items += [imported, in_zone]
        if unit not in self.around.router_interfaces(self.vpn.virtual_router):
            items.append(in_router)
        return items

    def _members(self, unit) -> tuple:
        place = router(self.vpn.virtual_router, self.around.platform.advanced)
        return import_member(unit), zone_member(self.vpn.zone, unit), router_member(place, unit)

    def _held(self) -> list:
        """The memberships, and the zone where this VPN made it."""
        members = [member for unit in self.units.values() for member in self._members(unit)]
        return members + ([DesiredEntry(zone.TABLE, self.vpn.zone)] if self.record.zone_made else [])

    def _moves(self) -> list:
        """Our own interfaces out of a zone or router that is no longer the one; an interface is in one of each only."""
        items = []
        for number in self.vpn.numbers:
            unit, advanced = self.units[number], self.around.platform.advanced
            zone_name, router_name = self.around.zone_of(unit), self.around.router_of(unit)
            if zone_name not in (None, self.vpn.zone):
                items.append(zone_member(zone_name, unit, "absent"))
            if router_name not in (None, self.vpn.virtual_router):
                items.append(router_member(router(router_name, advanced), unit, "absent"))
        return items

    def _tunnels(self) -> list:
        items = []
        for number in self.vpn.numbers:
            tunnel = self.vpn.tunnel(number)
            values = {
                "tunnel_interface": self.units[number],
                "ike_gateways": [self.vpn.tunnel_name(number)],
                "ipsec_crypto_profile": self._profile(number, 1),
                "anti_replay": True,
                "anti_replay_window": str(replay_window(int(tunnel.get("anti_replay_window") or 1024))),
                "disabled": False,
            }
            proxies = self._proxy_ids(tunnel)
            if proxies:
                values["proxy_ids"] = proxies
            if self.vpn.failover == PBF:
                monitor = {"enable": True, "destination_ip": self.vpn.monitor_address(number), "tunnel_monitor_profile": self.vpn.name}
                if "proxy_ids" in values:
                    monitor["proxy_id"] = values["proxy_ids"][0]["name"]
                values["tunnel_monitor"] = monitor
            items.append(DesiredEntry(ipsec_tunnel.TABLE, self.vpn.tunnel_name(number), values))
        return items

    def _proxy_ids(self, tunnel) -> list:
        """What a peer takes that does not take everything: each pair of networks, or the one pair that it names."""
        if self.vpn.policy_based:
            pairs = [(local, remote) for local in self.vpn.local_networks for remote in self.vpn.remote_networks]
            return [{"name": f"pair-{number}", "local": local, "remote": remote} for number, (local, remote) in enumerate(pairs, 1)]
        selectors = tunnel.get("traffic_selectors") or {}
        if selectors and is_narrowed(selectors):
            return [{"name": "pair-1", "local": selectors["local"], "remote": selectors["remote"]}]
        return []

    def _forwarding(self) -> list:
        if self.vpn.failover == BGP:
            return site_to_site_bgp.items(self.vpn, self.around, self.record, self.units)
        if self.vpn.failover == ROUTES:
            return self._routes(self.vpn.path_order)
        profile = {"interval": self.vpn.monitor_interval, "threshold": self.vpn.monitor_threshold, "action": "fail-over"}
        return [DesiredEntry(monitor_profile.TABLE, self.vpn.name, profile)] + self._pbf_rules() + self._backup_routes()

    def _pbf_rules(self) -> list:
        """The preferred path's rule first; a last rule drops what no path takes, so that it does not leave in clear text."""
        paths = [(self.vpn.tunnel_name(number), {"forward": {
            "egress_interface": self.units[number],
            "nexthop": {"ip_address": self.vpn.tunnel(number)["inside_peer_address"]},
            "monitor": {"profile": self.vpn.name, "ip_address": self.vpn.monitor_address(number), "disable_if_unreachable": True},
        }}) for number in self.vpn.path_order]
        if self.vpn.when_both_down == "discard":
            paths.append((f"{self.vpn.name}-{pbf_failover.LAST}", {"discard": True}))
        own = {name for name, _action in paths}
        rules = [rule for rule in self._rules_of_others("pbf") if rule.get("name") not in own]
        above = next((rule.get("name") for rule in rules if any(rulebases.pbf_covers(rule, traffic, self.addresses) for traffic in self._outbound())), None)
        items, position = [], (("before", above),) if above else ()
        for name, action in paths:
            values = {"from": {"zone": list(self.vpn.source_zones)}, "source": list(self.vpn.local_networks),
                      "destination": list(self.vpn.remote_networks), "action": action, "disabled": False}
            items.append(DesiredEntry(pbf_failover.RULE, name, values, position=position))
            self._book(values["from"]["zone"], values["source"], values["destination"])
            position = ((("before", above),) if above else ()) + (("after", name),)
        return items

    def _rules_of_others(self, rulebase) -> list:
        """The rules in their order, without those of other VPNs of ours: two for the same traffic would overtake each other in every run."""
        siblings = "|".join(re.escape(record.vpn) for _unit, record in self.around.records() if record.vpn != self.vpn.name)
        pattern = rf"({siblings})-(out|in|ike|inside|\d|{pbf_failover.LAST})"
        return [rule for rule in self.around.entries("rulebase", (rulebase, "rules")) if not siblings or not re.fullmatch(pattern, rule.get("name"))]

    def _backup_routes(self) -> list:
        """Routes for established sessions, which PBF leaves to the routing table when their rule goes down."""
        if not self.vpn.backup_routes:
            return []
        discards = [self._route(f"{self.vpn.name}-discard", network, {"nexthop": {"discard": True}, "metric": DISCARD_METRIC})
                    for network in self.vpn.remote_networks]
        return self._routes(list(reversed(self.vpn.path_order))) + discards

    def _routes(self, tunnels) -> list:
        """A route for each remote network through each tunnel, the first one preferred."""
        return [self._route(self.vpn.tunnel_name(number), network, {"interface": self.units[number], "metric": FIRST_METRIC + METRIC_STEP * step})
                for network in self.vpn.remote_networks for step, number in enumerate(tunnels)]

    def _route(self, stem, network, values) -> DesiredEntry:
        return static_route.route(self.vpn.virtual_router, f"{stem}-{_slug(network)}", {"destination": network, **values}, self.around.platform,
                                  ipv6=":" in network)

    def _outbound(self) -> list:
        return [Traffic(source_zone, self.vpn.zone, local, remote) for source_zone in self.vpn.source_zones
                for local in self.vpn.local_networks for remote in self.vpn.remote_networks]

    def _inbound(self) -> list:
        return [Traffic(traffic.destination_zone, traffic.source_zone, traffic.destination, traffic.source) for traffic in self._outbound()]

    def _security(self) -> list:
        """Allow rules both ways, and where a rule denies everything also what the tunnels themselves need."""
        self._refuse_translation()
        wanted = []
        if self.vpn.security_rules in ("both", "outbound"):
            rule = _rule(self.vpn.source_zones, [self.vpn.zone], self.vpn.local_networks, self.vpn.remote_networks, ["any"], "any")
            wanted.append((f"{self.vpn.name}-out", self._outbound(), rule))
        if self.vpn.security_rules == "both":
            rule = _rule([self.vpn.zone], self.vpn.source_zones, self.vpn.remote_networks, self.vpn.local_networks, ["any"], "any")
            wanted.append((f"{self.vpn.name}-in", self._inbound(), rule))
        if self.vpn.security_rules != "none":
            wanted += self._own_traffic_rules()
        ours = frozenset(name for name, _traffic, _values in wanted)
        rules = self.around.entries("rulebase", ("security", "rules"))
        items = []
        for name, traffic, values in wanted:
            items.append(DesiredEntry(security_rule.TABLE, name, values, position=self._position(name, traffic, rules, ours)))
            self._book(values["from"], values["to"], values["source"], values["destination"])
        return items

    def _refuse_translation(self):
        rule = rulebases.translating(self.around.entries("rulebase", ("nat", "rules")), self._outbound(), self.addresses)
        if rule is not None:
            raise Refused(f"NAT rule '{rule.get('name')}' would translate the source of the VPN's traffic, so the far side would not know it; "
                          f"put a rule without translation for {', '.join(self.vpn.remote_networks)} above it, or narrow it")

    def _own_traffic_rules(self) -> list:
        """IKE and ESP between the endpoints, and what runs inside the VPN zone: allowed by PAN-OS's last rule unless one above denies it."""
        rules = self.around.entries("rulebase", ("security", "rules"))
        outside_zone = self.around.zone_of(self.outside.name)
        endpoints = [self.vpn.tunnel(number)["outside_address"] for number in self.vpn.numbers]
        outside = [self.outside_address, *endpoints]
        inside = [self.vpn.tunnel(number)[option] for number in self.vpn.numbers for option in ("inside_address", "inside_peer_address")
                  if self.vpn.tunnel(number).get(option)]
        wanted = []
        for suffix, zone_name, ends, pairs, applications in (
            ("ike", outside_zone, outside, [(self.outside_address, endpoint) for endpoint in endpoints], OUTSIDE_APPLICATIONS),
            ("inside", self.vpn.zone, inside, list(zip(inside[::2], inside[1::2])), INSIDE_APPLICATIONS),
        ):
            traffic = [Traffic(zone_name, zone_name, one, other, frozenset(applications)) for pair in pairs for one, other in (pair, pair[::-1])]
            ours = frozenset([f"{self.vpn.name}-{suffix}"])
            above = rulebases.first_covering(rules, traffic, self.addresses, ours)
            if above is not None and (places.text(above, ("action",)) or "allow") != "allow":
                wanted.append((f"{self.vpn.name}-{suffix}", traffic,
                               _rule([zone_name], [zone_name], ends, ends, list(applications), "application-default")))
        return wanted

    def _position(self, name, traffic, rules, ours) -> tuple:
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

    def _book(self, *lists):
        self.booked.update(name for names in lists for name in names)
        self.record.members = sorted(self.booked)

    def _left_zones(self, items) -> list:
        """A zone that this VPN made and is no longer in goes, unless others came to use it."""
        found = []
        for zone_name in self.left_zones if self.before.zone_made else ():
            more, kept = _zone_removal(zone_name, self.vpn.name, list(self.units.values()), items, self.around)
            found += more
            self.warnings += kept
        return found

    def _dropped_members(self, items) -> list:
        """Members that an earlier run put into our rules and that are no longer given; what people added stays."""
        dropped = []
        for item in items:
            if not isinstance(item, DesiredEntry) or item.table not in (security_rule.TABLE, pbf_failover.RULE) or item.state == "absent":
                continue
            for option in (("from",), ("to",), ("from", "zone"), ("source",), ("destination",)):
                wanted = item.values
                for step in option:
                    wanted = wanted.get(step, {}) if isinstance(wanted, dict) else {}
                there = places.names(self.around.tree, (self.around.base("rulebase") + item.relative_path + option)[1:])
                for name in there:
                    if name in self.before.members and name not in self.booked and name not in wanted:
                        dropped.append(DesiredMember("rule_member", "rulebase", item.relative_path + option + (("member", name),), name, "absent"))
        return dropped

    def _leftovers(self, items) -> list:
        """Objects of this VPN that an earlier run made and this one does not want."""
        wanted = {(item.location, item.relative_path) for item in items}
        there = own_objects(self.vpn.name, self.around, self.before, frozenset(self.units.values()))
        gone = [item for item in there if (item.location, item.relative_path) not in wanted]
        if self.vpn.failover != BGP and self.before.bgp:
            more, kept = _bgp_restored(self.vpn.virtual_router, self.around, self.before)
            gone += more
            self.warnings += kept
            self.record.bgp, self.record.announced = {}, []
        return gone

    def _summary(self) -> dict:
        return {
            "name": self.vpn.name, "failover": self.vpn.failover, "zone": self.vpn.zone, "virtual_router": self.vpn.virtual_router,
            "tunnels": [{
                "name": self.vpn.tunnel_name(number), "tunnel_interface": self.units[number],
                "outside_address": self.vpn.tunnel(number)["outside_address"], "local_address": self.outside_address,
                "inside_address": self.vpn.tunnel(number).get("inside_address"), "inside_peer_address": self.vpn.tunnel(number).get("inside_peer_address"),
                "ike": self.chosen[number][0], "ipsec": self.chosen[number][1], "mtu": self.chosen[number][2], "nat": self.behind_nat,
            } for number in self.vpn.numbers],
        }


# Our own unit's addresses and MTU are what the far side's output says; a re-created connection has new ones.
_OWN_INTERFACE = replace(TUNNEL_INTERFACE, nodes=tuple(
    replace(node, exact=True) if node.option == "ip" else node for node in TUNNEL_INTERFACE.nodes))


def _at_the_end(where, name, order, ours) -> tuple:
    """The place of one of our rules at the top or the bottom; all of ours share it, so that none moves the others in each run."""
    if name not in order:
        return ((where, None),)
    index = order.index(name)
    outside = order[:index] if where == "top" else order[index + 1:]
    return () if set(outside) <= ours else ((where, None),)


def _ike_values(chosen) -> dict:
    return {"encryption": [chosen["encryption"]], "hash": [chosen["hash"]], "dh_group": [chosen["dh_group"]],
            "lifetime": _lifetime(int(chosen["lifetime_seconds"]))}


def _ipsec_values(chosen) -> dict:
    return {"esp": {"encryption": [chosen["encryption"]], "authentication": [chosen["authentication"]]}, "dh_group": chosen["dh_group"],
            "lifetime": _lifetime(int(chosen["lifetime_seconds"]))}


def _lifetime(seconds) -> dict:
    """In the smallest unit that PAN-OS can count it in: a number of at most 16 bits."""
    units = (("seconds", 1), ("minutes", 60), ("hours", 3600))
    unit, size = next(((unit, size) for unit, size in units if seconds % size == 0 and seconds // size <= _MOST_OF_A_UNIT), units[0])
    return {unit: seconds // size}


def _rule(sources, destinations, source, destination, applications, service) -> dict:
    return {"from": list(sources), "to": list(destinations), "source": list(source), "destination": list(destination),
            "application": list(applications), "service": [service], "action": "allow", "disabled": False}


def _id_type(text) -> str:
    return "ipaddr" if re.fullmatch(r"[0-9.]+|[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*", text) else "ufqdn" if "@" in text else "fqdn"


def _slug(network) -> str:
    return network.replace("/", "-").replace(":", ".")


def _refuse_template_owned(items, around):
    """What a Panorama template owns cannot be written here without overriding it."""
    for item in items:
        place = (around.base(item.location) + item.relative_path)[1:]
        for length in range(len(place), 3, -1):
            element = places.find(around.tree, place[:length])
            if element is not None and template_of(element):
                raise Refused(f"{item.label}: {places.render(place[:length])[1:]} comes from the Panorama template '{template_of(element)}'; "
                              "make the change there, or override it on the firewall first")


def own_objects(name: str, around: Surroundings, record: Record, kept_units=frozenset()) -> list:
    """Everything on the firewall that carries the VPN's name, as items to remove, with its units and their memberships."""
    numbered, platform = re.escape(name) + r"(-\d)?", around.platform
    items = []
    for kind, table, pattern in (
        ("security_rule", security_rule.TABLE, re.escape(name) + "-(out|in|ike|inside)"),
        ("pbf_rule", pbf_failover.RULE, re.escape(name) + rf"-(\d|{pbf_failover.LAST})"),
        ("ipsec_tunnel", ipsec_tunnel.TABLE, re.escape(name) + r"-\d"),
        ("ike_gateway", ike_gateway.TABLE, re.escape(name) + r"-\d"),
        ("ike_crypto_profile", ike_crypto_profile.TABLE, numbered),
        ("ipsec_crypto_profile", ipsec_crypto_profile.TABLE, numbered),
        ("monitor_profile", monitor_profile.TABLE, re.escape(name)),
    ):
        items += [DesiredEntry(table, found, state="absent") for found in around.names(kind) if re.fullmatch(pattern, found)]
    for router_name in around.names("logical_router" if platform.advanced else "virtual_router"):
        items += _own_routes(name, router_name, around) + site_to_site_bgp.own_objects(name, router_name, around, record)
    for unit in dict.fromkeys(_own_units(name, around)):
        if unit in kept_units:
            continue
        items += _unit_removal(unit, around)
    return items


def _own_units(name, around) -> list:
    recorded = [unit for unit, record in around.records() if record.vpn == name]
    return list(own_units(name, around).values()) + recorded


def _own_routes(name, router_name, around) -> list:
    pattern = re.escape(name) + r"-(\d|discard)-.+"
    return [static_route.route(router_name, found, {}, around.platform, "absent", destination.version == 6)
            for found, destination in around.static_routes(router_name) if re.fullmatch(pattern, found)]


def _unit_removal(unit, around) -> list:
    items = [DesiredEntry(TUNNEL_INTERFACE, unit, state="absent"), import_member(unit, "absent")]
    zone_name, router_name = around.zone_of(unit), around.router_of(unit)
    if zone_name:
        items.append(zone_member(zone_name, unit, "absent"))
    if router_name:
        items.append(router_member(router(router_name, around.platform.advanced), unit, "absent"))
    return items


def removal(name: str, around: Surroundings, successor: Vpn | None = None) -> Result:
    """All of a VPN and nothing else; what it changed in objects of others goes back to what it was, by its record.

    C(successor): the VPN that takes its place; the zone and the BGP that it goes on using are left as they are.
    """
    units = _own_units(name, around)
    record = next((found for unit in units for found in [records.find(around.comment(unit), name)] if found), None)
    items = own_objects(name, around, record or Record(name))
    warnings = []
    if record is None:
        if items:
            warnings.append(f"{name}: the record of what was there before is gone from the tunnel interface's comment; "
                            "the zone and the router's BGP stay as they are")
        return Result([items], warnings)
    inheritance = Record(name)
    for router_name in around.names("logical_router" if around.platform.advanced else "virtual_router"):
        if record.bgp and any(unit in around.router_interfaces(router_name) for unit in units):
            if successor is not None and successor.failover == BGP and successor.virtual_router == router_name:
                inheritance.bgp = dict(record.bgp)
                continue
            more, kept = _bgp_restored(router_name, around, record)
            items += more
            warnings += kept
    for zone_name in dict.fromkeys(filter(None, (around.zone_of(unit) for unit in units))):
        if record.zone_made and successor is not None and successor.zone == zone_name:
            inheritance.zone_made = True
        elif record.zone_made:
            more, kept = _zone_removal(zone_name, name, units, items, around)
            items += more
            warnings += kept
    return Result([items], warnings, inheritance=inheritance)


def _bgp_restored(router_name, around, record):
    """Others that came to use the router's BGP meanwhile keep it; another VPN of ours takes the record over."""
    groups = site_to_site_bgp.foreign_groups(record.vpn, router_name, around)
    if not groups:
        return site_to_site_bgp.restored(router_name, around, record), []
    heir = _heir(around, record.vpn, lambda unit: unit in around.router_interfaces(router_name))
    kept = [f"{record.vpn}: BGP of router '{router_name}' stays as it is, the peer groups {', '.join(groups)} use it"]
    return ([_handed_over(around, heir, bgp=record.bgp)] if heir else []), kept


def _zone_removal(zone_name, name, units, items, around):
    others = [unit for unit in around.zone_interfaces(zone_name) if unit not in units]
    users = others + _rules_with(zone_name, {item.name for item in items if isinstance(item, DesiredEntry)}, around)
    if not users:
        return [DesiredEntry(zone.TABLE, zone_name, state="absent")], []
    heir = _heir(around, name, lambda unit: unit in others)
    return ([_handed_over(around, heir, zone_made=True)] if heir else []), [f"{name}: zone '{zone_name}' stays, it is used by {', '.join(users)}"]


def _rules_with(zone_name, ours, around) -> list:
    found = []
    for rulebase in ("security", "nat", "pbf", "qos", "decryption"):
        for rule in around.entries("rulebase", (rulebase, "rules")):
            zones = places.names(rule, ("from",)) + places.names(rule, ("to",)) + places.names(rule, ("from", "zone"))
            if zone_name in zones and rule.get("name") not in ours:
                found.append(f"{rulebase} rule '{rule.get('name')}'")
    return found


def _heir(around, name, uses):
    """The record of another VPN of ours that uses the same thing, with the unit that carries it."""
    return next(((unit, record) for unit, record in around.records() if record.vpn != name and uses(unit)), None)


def _handed_over(around, heir, zone_made=False, bgp=None) -> DesiredEntry:
    unit, record = heir
    heritage = {option: before for option, before in (bgp or {}).items() if option not in record.bgp}
    updated = replace(record, zone_made=record.zone_made or zone_made, bgp={**heritage, **record.bgp})
    return DesiredEntry(TUNNEL_INTERFACE, unit, {"comment": records.written(around.comment(unit), updated)})
