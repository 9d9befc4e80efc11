# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A VPN and what stands around it → desired items: what to make, what to take away, what to leave to others."""

from __future__ import annotations

import copy
import re
from dataclasses import replace
from ipaddress import ip_address, ip_network

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.configuration import path as places
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.errors import InvalidInput, Refused
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.firewall.rulebases import Addresses
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.firewall.surroundings import Surroundings
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.parts.interface import import_member, router_member, zone_member
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.peers.fields import plain
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.peers.profile import PEER, Dpd, IkeProposal, IpsecProposal, Offers, Tunnel
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.reconcile.plan import plan
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.reconcile.values import read
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.resources import (
    ike_crypto_profile, ike_gateway, ipsec_crypto_profile, ipsec_tunnel, monitor_profile, pbf_failover, security_rule, static_route, zone,
)
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.resources.tunnel_interface import TABLE as TUNNEL_INTERFACE
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.tables.desired import UNSET, DesiredEntry, DesiredMember, merged
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.tables.places import router
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.vpn import (
    adoption, bgp, claim, names, proposal, record as records, refusals, removal as removals,
)
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.vpn.fit import replay_window
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.vpn.mtu import interface_mtu
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.vpn.record import Object, Record
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.vpn.result import Result
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.vpn.rules import Rules
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.vpn.vpn import BGP, PBF, ROUTES, Vpn

HIGHEST_UNIT = 9999
_MOST_OF_A_UNIT = 65535
# Metrics of the backup routes: PAN-OS's default distance is 10, and a lower metric wins.
FIRST_METRIC, METRIC_STEP, DISCARD_METRIC = 10, 10, 250
_PROFILES = (ike_crypto_profile.TABLE, ipsec_crypto_profile.TABLE)
# Kinds of objects that each tunnel has one of.
_OF_ONE_TUNNEL = ("ike_gateway", "ipsec_tunnel", "pbf_rule", "bgp_peer_entry", "bgp_timer_profile")


def build(vpn: Vpn, around: Surroundings, addresses: Addresses, learned: str | None = None, replaces: str | None = None, only: int | None = None) -> Result:
    """All that the VPN wants of this firewall. C(learned): the outside interface's address where DHCP gave it.

    C(replaces): the name of a VPN that is taken away in the same plan. C(only): the number of the one tunnel to change; what is another
    tunnel's alone stays as it is, and is wanted in a later run. Raises Refused where the configuration forbids the VPN.
    """
    removed = removals.removal(replaces, around, successor=vpn) if replaces else Result([[]])
    if replaces:
        around = Surroundings(plan(removed.phases, around.tree, around.base).after, around.base, around.platform)
    return _Builder(vpn, around, addresses, learned, removed.inheritance, only).result(removed)


class _Builder:
    """The steps of C(build), which share the VPN, its surroundings and its record."""

    def __init__(self, vpn, around, addresses, learned, inheritance, only):
        self.vpn, self.around, self.addresses, self.only = vpn, around, addresses, only
        self.warnings: list = []
        self.outside = refusals.outside_interface(vpn, around)
        claim.refuse_name_of_a_tunnel(vpn, records.of_others(around, vpn.name))
        self.before = records.of_vpn(around, vpn.name) or replace(inheritance or Record(vpn.name), vpn=vpn.name, router=vpn.virtual_router)
        self.record = replace(copy.deepcopy(self.before), vsys=records.vsys_of(around), router=vpn.virtual_router, members=records.known(()), options=[])
        if self.record.router != self.before.router:
            self.record.bgp, self.record.announced = {}, records.known(())
        self.taken_over = self._adopt()
        self.units = {**self.record.units, **self.taken_over.units}
        self.own_units = dict(self.units)
        refusals.refuse_unfit(vpn, around, list(self.units.values()), self.record)
        self.local, self.behind_nat = refusals.local_address(vpn, self.outside, learned)
        self.outside_address = (self.local or learned).split("/")[0]
        self.left_zones = [zone_name for zone_name in dict.fromkeys(map(around.zone_of, self.units.values())) if zone_name not in (None, vpn.zone)]
        if self.left_zones:
            self.record.zone_made = False
        self.rules = Rules(vpn, around, addresses)
        self.fresh = self._allocate()
        self.kept: set = set()
        self.chosen = {number: self._proposal(number) for number in vpn.numbers}

    def result(self, removed) -> Result:
        items = self._zone() + self._crypto() + self._gateways() + self._tunnels() + self._forwarding()
        items += self.rules.security(self.outside.name, self.outside_address)
        self.record.members = records.known(self.rules.booked)
        if self.vpn.failover == BGP:
            bgp.refuse_readvertisement(self.vpn, self.around, self.record)
        moves = self._moves()
        items = [self._needed(item) for item in items]
        claim.refuse_collisions(self.vpn, items, self.record, self.around)
        items += self._leftovers(items)
        items += self._interfaces()
        if self.taken_over:
            self.warnings += adoption.interruptions(items, self.record, self.around)
        items += self._dropped_members(items)
        zones = self._left_zones(items)
        held = self._held(items)
        moves, items = ([item for item in found if not self._waits(item)] for found in (moves, items))
        items = merged(items + self._comments(items))
        return Result(removed.phases + [moves, items, zones], removed.warnings + self.warnings, self._summary(), held=held, serving=self._serving())

    def _waits(self, item) -> bool:
        """Whether an item is that of a tunnel whose turn comes later."""
        waiting = [number for number in self.vpn.numbers if self.only not in (None, number)]
        if not isinstance(item, DesiredEntry):
            return item.name in [self.units[number] for number in waiting]
        kind = item.table.kind
        own = {self._called(kind, number) for number in waiting} if kind != "tunnel_interface" else {self.units[number] for number in waiting}
        return item.name in own or any(names.is_of_tunnel(self.vpn.name, number, item.name) for number in waiting)

    def _serving(self) -> dict:
        """What each tunnel that is there runs on by now."""
        found = {}
        for number in self.vpn.numbers:
            called = {kind: self._called(kind, number) for kind in _OF_ONE_TUNNEL}
            if self.around.entry("ipsec_tunnel", called["ipsec_tunnel"]) is not None:
                called.update({table.kind: self._current_profile(number, index) for index, table in enumerate(_PROFILES)}, tunnel_interface=self.units[number])
                found[number] = set(called.items())
        return found

    def _adopt(self) -> adoption.Serving:
        """Take over what serves this connection under other names, where that is allowed."""
        found = adoption.serving(self.vpn, self.around, self.record, self.addresses)
        if found and not self.vpn.adopt:
            raise Refused(adoption.refusal(self.vpn, found))
        adoption.refuse_elsewhere(self.vpn, self.around, found)
        self.record.take(found.adopted, found.borrowed)
        self.warnings += [f"{self.vpn.name}: {text} leads traffic into the VPN besides; it stays, and goes with the VPN" for text in found.beside()]
        return found

    def _needed(self, item):
        """Of an adopted object only what the VPN cannot do without."""
        if not isinstance(item, DesiredEntry) or not self.record.took_over(item.table.kind, item.name):
            return item
        return adoption.needed(item, self.vpn, self.around, self.addresses, self.behind_nat or self.vpn.nat_traversal)

    def _allocate(self) -> set:
        """Give each tunnel a unit: its own, the one that is asked for, or the lowest free one. Returns those that are new."""
        there = self.around.names("tunnel_interface")
        taken = {int(unit.rpartition(".")[2]) for unit in [*there, *self.units.values()] if unit.rpartition(".")[2].isdigit()}
        fresh = set()
        for number in self.vpn.numbers:
            asked = self.vpn.tunnel_interfaces[number - 1] if self.vpn.tunnel_interfaces else None
            if number in self.units and asked in (None, self.units[number]):
                fresh.update([number] if self.units[number] not in there else [])
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

    def _proposal(self, number) -> tuple:
        """(IKE proposal, IPsec proposal, MTU): chosen again, now that version, NAT and the outside MTU are known."""
        tunnel = self.vpn.tunnel(number)
        ike, ipsec, warnings = self._adopted_proposal(number) or self._chosen_proposal(tunnel, tunnel.offers)
        self.warnings += [f"{self.vpn.name}, tunnel to {tunnel.outside_address}: {text}" for text in warnings]
        nat = self.behind_nat or self.vpn.nat_traversal
        return ike, ipsec, self.vpn.mtu or interface_mtu(tunnel, ipsec, self.outside.mtu, nat)

    def _chosen_proposal(self, tunnel: Tunnel, offers: Offers | None) -> tuple:
        return proposal.choose(offers, self.around.platform.version) if offers else (tunnel.ike, tunnel.ipsec, [])

    def _adopted_proposal(self, number) -> tuple | None:
        """The proposal of profiles that were there before, as far as the peer accepts it; the phases that can stay are noted."""
        tunnel, own = self.vpn.tunnel(number), self.vpn.tunnel_name(number)
        gateway = self._adopted_values(ike_gateway.TABLE, self.record.called_before("ike_gateway", own))
        profiles = [self._adopted_values(table, self.record.called_before(table.kind, self.vpn.name, number)) for table in _PROFILES]
        accepted = adoption.accepted_proposal(tunnel, gateway, *profiles)
        if not accepted:
            return None
        try:
            ike, ipsec, warnings = self._chosen_proposal(tunnel, replace(tunnel.offers, **accepted) if tunnel.offers else None)
        except InvalidInput:
            return None
        for index, phase in enumerate(("ike", "ipsec")):
            if phase in accepted:
                self.kept.add((number, index))
                warnings = [text for text in warnings if not text.startswith(f"phase {index + 1} ")] + self._weak(number, index, (ike, ipsec)[index])
        return ike, ipsec, warnings

    def _weak(self, number, index, chosen) -> list:
        weak = proposal.weak(chosen)
        name = self.record.called(_PROFILES[index].kind, self.vpn.name, number)
        return [f"phase {index + 1} stays with {', '.join(weak)}, as {adoption.label(_PROFILES[index].kind, name)} has it"] if weak else []

    def _adopted_values(self, table, name) -> dict | None:
        entry = self.around.entry(table.kind, name) if name else None
        return None if entry is None else read(table.nodes, entry)

    def _zone(self) -> list:
        if self.around.zone(self.vpn.zone) is not None:
            return []
        self.record.zone_made = True
        return [DesiredEntry(zone.TABLE, self.vpn.zone, {"interfaces": []})]

    def _crypto(self) -> list:
        """The crypto profiles. One that was there before and will do is only named; a borrowed one is not ours to name."""
        items = []
        for index, (table, values) in enumerate(zip(_PROFILES, (_ike_values, _ipsec_values))):
            for number in self.vpn.numbers:
                kept, name = (number, index) in self.kept, self._profile(number, index)
                if not kept:
                    self._give_up(table.kind, number)
                waits = self.only not in (None, number)
                if self.record.owns(Object(table.kind, name)) if waits or kept else True:
                    items.append(DesiredEntry(table, name, {} if kept or waits else values(self.chosen[number][index])))
        return merged(items)

    def _profile(self, number, index) -> str:
        """One profile for all tunnels where they agree, else one for each. A tunnel whose profile will do keeps it: a change interrupts it."""
        if (number, index) in self.kept:
            return self.record.called(_PROFILES[index].kind, self.vpn.name, number)
        if self.only not in (None, number):
            return self._current_profile(number, index) or self.vpn.tunnel_name(number)
        current = self._current_profile(number, index)
        users = [other for other in self.vpn.numbers if current is None or self._current_profile(other, index) == current]
        agree = all(self.chosen[other][index] == self.chosen[number][index] for other in users)
        if current in (self.vpn.name, self.vpn.tunnel_name(number)) and (agree and self.only is None or self._holds(current, number, index)):
            return current
        return self.vpn.name if current is None and agree else self.vpn.tunnel_name(number)

    def _holds(self, name, number, index) -> bool:
        """Whether a crypto profile that is there says what is chosen for a tunnel."""
        table, values = _PROFILES[index], (_ike_values, _ipsec_values)[index]
        there = read(table.nodes, self.around.entry(table.kind, name))
        return {**there, **values(self.chosen[number][index])} == there

    def _current_profile(self, number, index) -> str | None:
        """The name of the crypto profile that a tunnel uses by now."""
        if index == 1:
            return places.text(self.around.entry("ipsec_tunnel", self._called("ipsec_tunnel", number)), ("auto-key", "ipsec-crypto-profile"))
        gateway = self.around.entry("ike_gateway", self._called("ike_gateway", number))
        version = "ikev1" if (places.text(gateway, ("protocol", "version")) or "ikev1") == "ikev1" else "ikev2"
        return places.text(gateway, ("protocol", version, "ike-crypto-profile"))

    def _give_up(self, kind, number):
        """A profile that was there before and does not do any more; at once it is told of, later it goes as ours."""
        name = self.record.called(kind, self.vpn.name, number)
        if name not in (self.vpn.name, self.vpn.tunnel_name(number)):
            self.record.release(kind, name)
            if self.taken_over:
                self.warnings.append(f"{self.vpn.name}: {adoption.label(kind, name)} is not what this VPN needs, it stays as it is and is not used any more")

    def _gateways(self) -> list:
        return [DesiredEntry(ike_gateway.TABLE, self._called("ike_gateway", number), self._gateway(number)) for number in self.vpn.numbers]

    def _called(self, kind, number) -> str:
        return self.record.called(kind, self.vpn.tunnel_name(number))

    def _gateway(self, number) -> dict:
        tunnel, version = self.vpn.tunnel(number), self.chosen[number][0].version
        local = {"interface": self.outside.name}
        if self.local:
            local["ip"] = self.local
        values = {
            "peer_address": {"ip": tunnel.outside_address},
            "local_address": local,
            "pre_shared_key": tunnel.pre_shared_key,
            "version": version,
            "nat_traversal": {"enable": True},
            "passive_mode": tunnel.initiator == PEER,
            "disabled": False,
        }
        said = tunnel.dpd or Dpd()
        dpd = {"enable": True, "interval": said.interval or 10}
        if version == "ikev2":
            values["ikev2"] = {"ike_crypto_profile": self._profile(number, 0), "dpd": dpd}
        else:
            values["ikev1"] = {"exchange_mode": "main", "ike_crypto_profile": self._profile(number, 0), "dpd": {**dpd, "retry": said.retry or 3}}
        if ":" in tunnel.outside_address:
            values["ipv6"] = True
        identity = tunnel.local_id or self.vpn.local_id or (tunnel.customer_outside_address if self.behind_nat else None)
        local_type = tunnel.local_id_type if tunnel.local_id else None
        for option, given, kind in (("local_id", identity, local_type), ("peer_id", tunnel.peer_id, tunnel.peer_id_type)):
            values[option] = self._optional(option, given, lambda text, kind=kind: {"type": kind or _id_type(text), "id": text})
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
            if tunnel.inside_address:
                inside = ip_network(tunnel.inside_cidr, strict=False)
                values["ip"] = [f"{tunnel.inside_address}/{inside.prefixlen}"]
            if tunnel.inside_ipv6_address:
                length = ip_network(tunnel.inside_ipv6_cidr, strict=False).prefixlen
                values["ipv6"] = {"enabled": True, "addresses": [{"address": f"{tunnel.inside_ipv6_address}/{length}", "enable_on_interface": True}]}
            item = DesiredEntry(_OWN_INTERFACE, unit, values, guard=number in self.fresh)
            adopted = self.record.took_over("ipsec_tunnel", self._called("ipsec_tunnel", number))
            items.append(adoption.needed(item, self.vpn, self.around, self.addresses, self.behind_nat) if adopted else item)
            items += self._memberships(unit)
        return items

    def _comments(self, items) -> list:
        """The record as it is after C(items), in the comments of the interfaces that are there then."""
        record = self.record
        waiting = [number for number in self.vpn.numbers if self.only not in (None, number)]
        record.units = {number: self.own_units.get(number) if number in waiting else unit for number, unit in self.units.items()}
        record.units = {number: unit for number, unit in record.units.items() if unit}
        standing = removals.owned(self.around, self.before)
        record.claims = records.known(claim.claims(items, standing, self.before, record))
        return removals.comment_items(records.comments(record, record.units.values(), self.around), self.around)

    def _memberships(self, unit) -> list:
        """Zone and router. A member of the zone is imported into the virtual system: PAN-OS takes no other."""
        imported, in_zone, in_router = self._members(unit)
        items = []
        if unit not in self.around.zone_interfaces(self.vpn.zone):
            items += [in_zone] if self.around.zone_of(unit) else [imported, in_zone]
        if unit not in self.around.router_interfaces(self.vpn.virtual_router):
            items.append(in_router)
        return items

    def _members(self, unit) -> tuple:
        place = router(self.vpn.virtual_router, self.around.platform.advanced)
        return import_member(unit), zone_member(self.vpn.zone, unit), router_member(place, unit)

    def _held(self, items) -> list:
        """All that is the VPN's, whether something is to be done for it or not: its objects, the memberships, the zone where this VPN made it."""
        objects = [item for item in items if records.can_be_claimed(item)]
        objects += [DesiredEntry(TUNNEL_INTERFACE, unit) for unit in self.units.values()]
        members = [member for unit in self.units.values() for member in self._members(unit)]
        announced = bgp.booked(self.vpn.virtual_router, self.around, self.record)
        return objects + members + announced + ([DesiredEntry(zone.TABLE, self.vpn.zone)] if self.record.zone_made else [])

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
                "ike_gateways": [self._called("ike_gateway", number)],
                "ipsec_crypto_profile": self._profile(number, 1),
                "anti_replay": True,
                "anti_replay_window": str(replay_window(tunnel.anti_replay_window or 1024)),
                "disabled": False,
            }
            name = self._called("ipsec_tunnel", number)
            adopted = self.record.took_over("ipsec_tunnel", name)
            proxies = self._proxy_ids(tunnel)
            if proxies or not adopted:
                values["proxy_ids"] = proxies + ([] if adopted else self._proxy_ids_of_others(name))
            if self.vpn.failover == PBF:
                monitor = {"enable": True, "destination_ip": self.vpn.monitor_address(number), "tunnel_monitor_profile": self._monitor(number)}
                if proxies:
                    monitor["proxy_id"] = _proxy_to(monitor["destination_ip"], proxies)
                elif not adopted:
                    monitor["proxy_id"] = UNSET
                values["tunnel_monitor"] = monitor
            items.append(DesiredEntry(ipsec_tunnel.TABLE if adopted else _OWN_TUNNEL, name, values))
        return items

    def _monitor(self, number) -> str:
        """The monitor profile of a tunnel: ours, or the one that it had if that says the same."""
        name = self.record.called("monitor_profile", self.vpn.name, number)
        entry = self.around.entry("monitor_profile", name)
        there = {node.option: node.absent for node in monitor_profile.TABLE.nodes} | (read(monitor_profile.TABLE.nodes, entry) if entry is not None else {})
        return name if there == self._monitoring() else self.vpn.name

    def _monitoring(self) -> dict:
        return {"interval": self.vpn.monitor_interval, "threshold": self.vpn.monitor_threshold, "action": "fail-over"}

    def _monitor_profiles(self) -> list:
        items = []
        for number in self.vpn.numbers:
            name = self._monitor(number)
            if name == self.vpn.name:
                self._give_up("monitor_profile", number)
                items.append(DesiredEntry(monitor_profile.TABLE, name, self._monitoring()))
            elif self.record.took_over("monitor_profile", name):
                items.append(DesiredEntry(monitor_profile.TABLE, name))
        return merged(items)

    def _proxy_ids(self, tunnel) -> list:
        """What a peer takes that does not take everything: each pair of networks, or the one pair that it names."""
        if self.vpn.policy_based and not tunnel.selector_pairs:
            pairs = [(local, remote) for local in self.vpn.local_networks for remote in self.vpn.remote_networks]
            return [{"name": names.proxy_id(number), "local": local, "remote": remote} for number, (local, remote) in enumerate(pairs, 1)]
        return [{"name": names.proxy_id(number), "local": pair.local, "remote": pair.remote} for number, pair in enumerate(tunnel.pairs, 1)]

    def _proxy_ids_of_others(self, tunnel) -> list:
        """What somebody put into our tunnel by hand stays as it is; our own numbered ones go with what they were for."""
        there = places.names(self.around.entry("ipsec_tunnel", tunnel), ("auto-key", "proxy-id"))
        return [{"name": name} for name in there if not names.is_proxy_id(name)]

    def _forwarding(self) -> list:
        if self.vpn.failover == BGP:
            return bgp.items(self.vpn, self.around, self.record, self.units, self.warnings)
        if self.vpn.failover == ROUTES:
            return self._routes(self.vpn.path_order)
        return self._monitor_profiles() + self._pbf_rules() + self._backup_routes()

    def _pbf_rules(self) -> list:
        """The preferred path's rule first; a last rule drops what no path takes, so that it does not leave in clear text."""
        paths = [(self._called("pbf_rule", number), {"forward": {
            "egress_interface": self.units[number],
            "nexthop": {"ip_address": self.vpn.tunnel(number).inside_peer_address},
            "monitor": {"profile": self._monitor(number), "ip_address": self.vpn.monitor_address(number), "disable_if_unreachable": True},
        }}) for number in self.vpn.path_order]
        if self.vpn.when_both_down == "discard":
            paths.append((names.discard_rule(self.vpn.name), {"discard": True}))
        return self.rules.forwarding(paths)

    def _backup_routes(self) -> list:
        """Routes for established sessions, which PBF leaves to the routing table when their rule goes down."""
        if not self.vpn.backup_routes:
            return []
        discards = [self._route(names.discard_route(self.vpn.name, network), network, {"nexthop": {"discard": True}, "metric": DISCARD_METRIC})
                    for network in self.vpn.remote_networks]
        return self._routes(list(reversed(self.vpn.path_order))) + discards

    def _routes(self, tunnels) -> list:
        """A route for each remote network through each tunnel, the first one preferred."""
        return [self._route(names.route(self.vpn.name, number, network), network,
                            {"interface": self.units[number], "metric": FIRST_METRIC + METRIC_STEP * step})
                for network in self.vpn.remote_networks for step, number in enumerate(tunnels)]

    def _route(self, own, network, values) -> DesiredEntry:
        name = self.record.called("static_route", own)
        return static_route.route(self.vpn.virtual_router, name, {"destination": network, **values}, self.around.platform, ipv6=":" in network)

    def _left_zones(self, items) -> list:
        """A zone that this VPN made and is no longer in goes, unless others came to use it."""
        estate = removals.Estate(self.before, self.around)
        for zone_name in self.left_zones if self.before.zone_made else ():
            estate.remove_zone(zone_name, list(self.units.values()), items)
        self.warnings += estate.warnings
        return estate.items()

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
                    if name in self.before.members and name not in self.rules.booked and name not in wanted:
                        dropped.append(DesiredMember("rule_member", "rulebase", item.relative_path + option + (("member", name),), name, "absent"))
        return dropped

    def _leftovers(self, items) -> list:
        """Objects of this VPN that an earlier run made and this one does not want."""
        wanted = {(item.location, item.relative_path) for item in items}
        there = removals.own_objects(self.around, self.before, frozenset(self.units.values()))
        gone = [item for item in there if (item.location, item.relative_path) not in wanted and not self.before.without_use(*removals.identity(item))]
        gone, kept = removals.unused(gone, self.before, self.around, items)
        self.warnings += kept
        for item in gone:
            self.record.release(*removals.identity(item))
        estate = removals.Estate(self.before, self.around)
        if self.before.bgp and (self.vpn.failover != BGP or self.vpn.virtual_router != self.before.router):
            estate.restore_bgp()
        if self.vpn.failover != BGP:
            self.record.bgp, self.record.announced = {}, records.known(())
        self.warnings += estate.warnings
        return gone + estate.items()

    def _summary(self) -> dict:
        return {
            "name": self.vpn.name, "failover": self.vpn.failover, "zone": self.vpn.zone, "virtual_router": self.vpn.virtual_router,
            "tunnels": [{
                "name": self._called("ipsec_tunnel", number), "ike_gateway": self._called("ike_gateway", number),
                "tunnel_interface": self.units[number],
                "outside_address": self.vpn.tunnel(number).outside_address, "local_address": self.outside_address,
                "inside_address": self.vpn.tunnel(number).inside_address, "inside_peer_address": self.vpn.tunnel(number).inside_peer_address,
                "ike": plain(self.chosen[number][0]), "ipsec": plain(self.chosen[number][1]), "mtu": self.chosen[number][2], "nat": self.behind_nat,
            } for number in self.vpn.numbers],
        }


# Our own unit's addresses and MTU are what the far side's output says; a re-created connection has new ones.
_OWN_INTERFACE = replace(TUNNEL_INTERFACE, nodes=tuple(
    replace(node, exact=True) if node.option == "ip" else node for node in TUNNEL_INTERFACE.nodes))


# The pairs of networks of our own tunnel are those that are wanted now.
_OWN_TUNNEL = replace(ipsec_tunnel.TABLE, nodes=tuple(
    replace(node, exact=True) if node.option == "proxy_ids" else node for node in ipsec_tunnel.TABLE.nodes))


def _ike_values(chosen: IkeProposal) -> dict:
    return {"encryption": [chosen.encryption], "hash": [chosen.hash], "dh_group": [chosen.dh_group],
            "lifetime": _lifetime(chosen.lifetime_seconds)}


def _ipsec_values(chosen: IpsecProposal) -> dict:
    return {"esp": {"encryption": [chosen.encryption], "authentication": [chosen.authentication]}, "dh_group": chosen.dh_group,
            "lifetime": _lifetime(chosen.lifetime_seconds)}


def _lifetime(seconds) -> dict:
    """In the smallest unit that PAN-OS can count it in: a number of at most 16 bits."""
    units = (("seconds", 1), ("minutes", 60), ("hours", 3600))
    unit, size = next(((unit, size) for unit, size in units if seconds % size == 0 and seconds // size <= _MOST_OF_A_UNIT), units[0])
    return {unit: seconds // size}


def _proxy_to(address, proxies) -> str:
    """The name of the proxy ID that an address of the peer's side is in; the first one's where it is in none."""
    return next((proxy["name"] for proxy in proxies if ip_address(address) in ip_network(proxy["remote"])), proxies[0]["name"])


def _id_type(text) -> str:
    return "ipaddr" if re.fullmatch(r"[0-9.]+|[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*", text) else "ufqdn" if "@" in text else "fqdn"
