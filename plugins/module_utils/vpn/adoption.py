# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Objects that serve a VPN's connection under other names, and what of them can stay as it is when the VPN takes them over."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from dataclasses import dataclass, field, fields, replace
from ipaddress import ip_interface, ip_network
from typing import Any, Iterable

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.configuration import path as places
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.errors import Refused
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.firewall import kinds, rulebases
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.firewall.surroundings import Surroundings
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.parts import bgp_policy
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.peers.profile import Tunnel
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.reconcile.plan import plan
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.reconcile.values import read
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.resources import ike_gateway
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.tables.desired import DesiredEntry
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.vpn import families, names, proposal, record as records
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.vpn.record import Item, Object, Record
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.vpn.vpn import PBF, Vpn

# Came with PAN-OS; they are nobody's to change or to remove.
PREDEFINED = ("default", "Suite-B-GCM-128", "Suite-B-GCM-256")


def label(kind: str, name: str) -> str:
    return f"{kinds.words(kind)} '{name}'"


def forwarding_rules(vpn: Vpn, around: Surroundings) -> list:
    """The PBF rules that are, or could be, adopted ones: whose addresses must be known."""
    record = records.of_vpn(around, vpn.name)
    if not vpn.adopt and not (record and record.adopted.get("pbf_rule")):
        return []
    return [rule for rule in around.entries("rulebase", ("pbf", "rules")) if set(places.names(rule, ("from", "zone"))) & set(vpn.source_zones)]


@dataclass
class Serving:
    """What was found: C(adopted), C(borrowed) as in the record, and C(units). C(tunnels): tunnel number → labels of all that."""

    adopted: dict = field(default_factory=dict)
    borrowed: dict = field(default_factory=dict)
    tunnels: dict = field(default_factory=dict)
    units: dict = field(default_factory=dict)

    def __bool__(self) -> bool:
        return bool(self.tunnels)

    def add(self, number: int, kind: str, name: str, key: str | None = None) -> None:
        there = self.adopted.setdefault(kind, {})
        there[names.tunnel_key(number) if key is None else key] = name
        self.tell(number, kind, name)

    def tell(self, number: int, kind: str, name: str) -> None:
        if label(kind, name) not in sum(self.tunnels.values(), []):
            self.tunnels.setdefault(number, []).append(label(kind, name))

    def add_without_use(self, number: int, kind: str, name: str) -> None:
        there = self.adopted.get(kind, {})
        if name not in there.values():
            self.add(number, kind, name, f"~{len(there) + 1}")

    def beside(self) -> list:
        """Labels of what leads traffic into the tunnels and has no part in the VPN."""
        return [label(kind, name) for kind in ("pbf_rule", "static_route") for key, name in self.adopted.get(kind, {}).items() if key.startswith("~")]

    def labels(self) -> list:
        return [text for number in sorted(self.tunnels) for text in self.tunnels[number]]


def serving(vpn: Vpn, around: Surroundings, record: Record, addresses: rulebases.Addresses) -> Serving:
    """What serves the connection and is not the VPN's yet. C(record): whose names are the VPN's own."""
    return _Search(vpn, around, record, addresses).found


# How the advanced engine calls the families.
_FAMILIES = tuple(f"ipv{version}" for version in families.FAMILIES)
# Where a peer group or a peer of the advanced engine names a profile.
_PROFILES_IN_USE = (
    *(("bgp_address_family_profile", ("address-family", family)) for family in _FAMILIES),
    *(("bgp_filtering_profile", ("filtering-profile", family)) for family in _FAMILIES),
    ("bgp_timer_profile", ("connection-options", "timers")), ("bgp_auth_profile", ("connection-options", "authentication")),
)


class _Search:
    """From the peer's address to the gateway, from there to its tunnel, the tunnel's interface, and what leads into that."""

    def __init__(self, vpn, around, record, addresses):
        self.vpn, self.around, self.record, self.addresses = vpn, around, record, addresses
        self.found = Serving()
        for number in vpn.numbers:
            gateway = self._gateway(number)
            if gateway is not None:
                self._tunnel(number, gateway)
        if self.found:
            self._discards()
        self._profiles()
        if vpn.speaks_bgp:
            _BgpSearch(vpn, around, record, self.found).run()

    def _gateway(self, number: int) -> str | None:
        if self._is_ours("ike_gateway", number):
            return None
        peer = self.vpn.tunnel(number).far_end
        outside = self.vpn.outside_of(number)
        found = self.around.ike_gateways(outside, peer)
        _refuse_several(number, found, "IKE gateways", f"from {outside} to {peer}")
        for name in found:
            _refuse_siblings(self.vpn, self.around, Object("ike_gateway", name))
            self.found.add(number, "ike_gateway", name)
            return name
        return None

    def _is_ours(self, kind: str, number: int) -> bool:
        """Whether the VPN has its object of this kind for a tunnel already."""
        name = self.record.called(kind, self.vpn.tunnel_name(number))
        return self.record.owns(Object(kind, name)) and self.around.entry(kind, name) is not None

    def _tunnel(self, number, gateway):
        if self._is_ours("ipsec_tunnel", number):
            return
        tunnels = [entry for entry in self.around.entries("network", ("tunnel", "ipsec"))
                   if gateway in places.names(entry, ("auto-key", "ike-gateway"))]
        _refuse_several(number, [entry.get("name") for entry in tunnels], "IPsec tunnels", f"through IKE gateway '{gateway}'")
        for tunnel in tunnels:
            self.found.add(number, "ipsec_tunnel", tunnel.get("name"))
            unit = places.text(tunnel, ("tunnel-interface",))
            if unit:
                self.found.units[number] = unit
                self.found.tell(number, "tunnel_interface", unit)
                self._rules(number, unit)
                self._routes(number, unit)

    def _rules(self, number, unit):
        """PBF rules that lead our traffic into the interface; the first is the path's, the others go with it."""
        for rule in self.around.entries("rulebase", ("pbf", "rules")):
            if places.text(rule, ("action", "forward", "egress-interface")) != unit or not self._is_our_traffic(rule):
                continue
            if self.vpn.failover == PBF and names.tunnel_key(number) not in self.found.adopted.get("pbf_rule", {}):
                self.found.add(number, "pbf_rule", rule.get("name"))
            else:
                self.found.add_without_use(number, "pbf_rule", rule.get("name"))

    def _is_our_traffic(self, rule: ET.Element) -> bool:
        zones = places.names(rule, ("from", "zone"))
        return any(zone in zones for zone in self.vpn.source_zones) and all(
            any(rulebases.could_hold(rule, side, network, self.addresses) for network in networks)
            for side, networks in (("source", self.vpn.local_networks), ("destination", self.vpn.remote_networks)))

    def _routes(self, number, unit):
        wanted = self.vpn.makes_routes
        networks = {ip_network(text): text for text in self.vpn.remote_networks}
        for name, destination in self.around.routes_into(self.vpn.virtual_router, unit):
            key = names.route_key(self.vpn.name, number, networks[destination]) if destination in networks else ""
            if key and wanted and key not in self.found.adopted.get("static_route", {}):
                self.found.add(number, "static_route", name, key)
            elif key:
                self.found.add_without_use(number, "static_route", name)

    def _discards(self):
        """Routes that drop what no tunnel takes lead into no interface: they are known by the names that such routes of this VPN have."""
        routes = {route.name: route for route in self.around.static_route_entries(self.vpn.virtual_router)}
        for network in self.vpn.remote_networks:
            route = routes.get(names.discard_route(self.vpn.name, network))
            if route is not None and route.drops and route.destination == ip_network(network):
                self.found.add(self.vpn.primary_tunnel, "static_route", route.name, route.name[len(self.vpn.name):])

    def _profiles(self):
        """Profiles come along where nobody else uses them; those of others are borrowed."""
        for number in self.vpn.numbers:
            gateway = self._entry("ike_gateway", number)
            self._profile(number, "ike_crypto_profile", ike_gateway.crypto_profile(gateway))
            tunnel = self._entry("ipsec_tunnel", number)
            self._profile(number, "ipsec_crypto_profile", places.text(tunnel, ("auto-key", "ipsec-crypto-profile")))
            rule = self._entry("pbf_rule", number)
            self._profile(number, "monitor_profile", places.text(tunnel, ("tunnel-monitor", "tunnel-monitor-profile"))
                          or places.text(rule, ("action", "forward", "monitor", "profile")), self.vpn.failover == PBF)

    def _entry(self, kind, number):
        name = self.found.adopted.get(kind, {}).get(names.tunnel_key(number))
        return self.around.entry(kind, name) if name else None

    def _profile(self, number, kind, name, of_use=True):
        if not name or self.around.entry(kind, name) is None:
            return
        others = [user for user in self.around.users(kind, name) if user not in self.found.labels()]
        if not others and name not in PREDEFINED:
            (self.found.add if of_use else self.found.add_without_use)(number, kind, name)
        elif of_use:
            self.found.borrowed.setdefault(kind, {})[names.tunnel_key(number)] = name


@dataclass(frozen=True)
class _BgpSearch:
    """From the peer's inside address to the BGP peer, from there to its group, and to what says which routes pass."""

    vpn: Vpn
    around: Surroundings
    record: Record
    found: Serving

    def run(self) -> None:
        for number in self.vpn.numbers:
            self._peer(number)
        self._policies()

    def _peer(self, number):
        """The peer at the far side's inside address, with its group, which policies belong to."""
        own = self.record.called("bgp_peer_entry", self.vpn.tunnel_name(number))
        address = self.vpn.speaker(number)
        bgp = self.around.bgp(self.vpn.virtual_router)
        router = self.vpn.virtual_router
        peers = [(group, name) for group in places.names(bgp, ("peer-group",)) for name in places.names(bgp, ("peer-group", ("entry", group), "peer"))]
        if any(name == own and self.record.owns(records.peer(router, group, own)) for group, name in peers):
            return
        found = [(group, name) for group, name in peers if _peer_address(bgp, group, name) == address]
        _refuse_several(number, [name for _group, name in found], "BGP peers", f"to {address}")
        for group, name in found:
            _refuse_siblings(self.vpn, self.around, Object("bgp_peer_group", group, router))
            self.found.add(number, "bgp_peer_entry", name)
            self.found.add(number, "bgp_peer_group", group)
            for kind, profile in self._used_by(places.find(bgp, ("peer-group", ("entry", group)))):
                self.found.add_without_use(number, kind, profile)

    def _used_by(self, group: ET.Element | None) -> list:
        """(kind, name) of what the advanced engine's profiles say of a group and its peers, as far as it is called as the one that uses it."""
        found = []
        for user in [] if group is None else [group, *places.children(group, ("peer",))]:
            own = user.get("name") or ""
            kinds_in_use = [kind for kind, path in _PROFILES_IN_USE if places.text(user, path) == own]
            found += [(kind, own) for kind in kinds_in_use if self.around.entry(kind, own) is not None]
            if "bgp_filtering_profile" in kinds_in_use:
                found += self._filters(own)
        return found

    def _filters(self, name: str) -> list:
        """(kind, name) of a filtering profile's own route maps, and of their prefix lists."""
        found = []
        profile = self.around.entry("bgp_filtering_profile", name)
        for direction, called in (("inbound", bgp_policy.inbound), ("outbound", bgp_policy.outbound)):
            own = called(name)
            is_named = any(places.text(profile, (family, "unicast", "route-maps", direction)) == own for family in _FAMILIES)
            route_map = self.around.entry("bgp_route_map", own) if is_named else None
            if route_map is None:
                continue
            found.append(("bgp_route_map", own))
            steps = places.children(route_map, ("route-map",))
            listed = [places.text(step, ("match", family, "address", "prefix-list")) for step in steps for family in _FAMILIES]
            found += [("prefix_list", own)] if own in listed else []
        return found

    def _policies(self):
        """Rules of a virtual router's policies that are there for the groups alone."""
        bgp = self.around.bgp(self.vpn.virtual_router)
        groups = {name: int(key[1:]) for key, name in self.found.adopted.get("bgp_peer_group", {}).items()}
        for direction in ("import", "export"):
            for rule in places.children(bgp, ("policy", direction, "rules")):
                users = places.names(rule, ("used-by",))
                if users and set(users) <= set(groups):
                    self.found.add_without_use(groups[users[0]], f"bgp_{direction}_rule", rule.get("name") or "")


def _peer_address(bgp: ET.Element | None, group: str, name: str) -> str:
    """A BGP peer's address, without a mask."""
    return (places.text(bgp, ("peer-group", ("entry", group), "peer", ("entry", name), "peer-address", "ip")) or "").split("/")[0]


def _refuse_several(number: int, found: list, what: str, way: str) -> None:
    if len(found) > 1:
        raise Refused(f"tunnel {number}: {len(found)} {what} go {way}: {', '.join(found)}; only one can, remove the others first")


def _refuse_siblings(vpn: Vpn, around: Surroundings, thing: Object) -> None:
    owner = next((record for record in records.of_others(around, vpn.name) if record.owns(thing)), None)
    if owner is None:
        return
    way_out = f"say replaces: {owner.vpn} to put this one in its place"
    if owner.vsys not in ("", records.vsys_of(around)):
        way_out = f"it is a VPN of virtual system '{owner.vsys}', remove it there first"
    raise Refused(f"{label(thing.kind, thing.name)} belongs to the VPN '{owner.vpn}' on this firewall, which serves the same peer; {way_out}")


def refuse_elsewhere(vpn: Vpn, around: Surroundings, found: Serving) -> None:
    """Refuse interfaces whose zone or router is not the VPN's: moving them would drop what runs through them."""
    shared = next((unit for unit in found.units.values() if list(found.units.values()).count(unit) > 1), None)
    if shared:
        raise Refused(f"adopt: several tunnels run through {shared}, and each needs an interface of its own; give them one first")
    for number, unit in found.units.items():
        for option, there, wanted in (("zone", around.zone_of(unit), vpn.zone), ("virtual_router", around.router_of(unit), vpn.virtual_router)):
            if there not in (None, wanted):
                raise Refused(f"{option}: {unit} of tunnel {number}, which is to be taken over, is in '{there}'; say {option}: {there}, "
                              f"or put the interface into '{wanted}' first")


class NotOurs(Refused):
    """Objects that are needed are not the VPN's. C(found): a sentence that names them. C(way_out): what to do, with leave to adopt or C(instead) of it."""

    def __init__(self, found: str, way_out: str, instead: str):
        super().__init__(f"{found}. {way_out}")
        self.found, self.instead = found, instead

    def where_adopting_does_not_help(self, why: Refused) -> Refused:
        return Refused(f"{self.found}. {self.instead}; adopt: true does not take them over as they are: {why}")


def refusal(vpn: Vpn, found: Serving) -> NotOurs:
    """What is told without leave to adopt: every object by its name."""
    told = [f"tunnel {number} ({vpn.tunnel(number).outside_address} from {vpn.outside_of(number)}): {', '.join(labels)}"
            for number, labels in sorted(found.tunnels.items())]
    remove = "remove them first; two gateways for one peer do not work"
    return NotOurs("this connection is served already by objects that no record says are this VPN's: " + "; ".join(told),
                   f"Say adopt: true to take them over, or {remove}", f"{remove[0].upper()}{remove[1:]}")


def accepted_proposal(tunnel: Tunnel, gateway: dict | None, ike: dict | None, ipsec: dict | None) -> dict:
    """What the peer accepts of what is there: phase → a narrower offer; a phase is missing where that is nothing.

    C(gateway), C(ike), C(ipsec): the values of an adopted gateway and of its and its tunnel's profiles, None where there are none.
    """
    offers = tunnel.accepts
    found = {}
    if gateway is not None and ike is not None:
        spoken = gateway.get("version", "ikev1")
        versions = ("ikev2", "ikev1") if spoken == "ikev2-preferred" else (spoken,)
        found["ike"] = {"versions": versions, **{option: ike.get(option) or () for option in ("encryption", "hash", "dh_group")}}
    if ipsec is not None:
        esp = ipsec.get("esp") or {}
        found["ipsec"] = {**{option: esp.get(option) or () for option in ("encryption", "authentication")}, "dh_group": (ipsec.get("dh_group"),)}
    narrowed = {phase: _narrowed(getattr(offers, phase), have) for phase, have in found.items()}
    return {phase: offer for phase, offer in narrowed.items() if _holds_a_proposal(offer)}


def _narrowed(offer: Any, have: dict) -> Any:
    """An offer without what is not there."""
    left = {option: tuple(value for value in getattr(offer, option) if value in there) for option, there in have.items()}
    return replace(offer, **left)


def _holds_a_proposal(offer: Any) -> bool:
    unsaid = [each.name for each in fields(offer) if getattr(offer, each.name) == ()]
    own_integrity = unsaid == ["authentication"] and any(map(proposal.is_gcm, offer.encryption))
    return not unsaid or own_integrity


def needed(item: DesiredEntry, vpn: Vpn, around: Surroundings, addresses: rulebases.Addresses, nat: bool) -> DesiredEntry:
    """An item on an adopted object without what can stay as it is: the far side takes it, and the VPN works with it."""
    existing = around.entry_at(item)
    lenient = _LENIENT.get(item.table.kind)
    if lenient is None or existing is None:
        return item
    return replace(item, values=lenient(dict(item.values), read(item.table.nodes, existing), _Case(vpn, around, addresses, nat, existing)))


@dataclass(frozen=True)
class _Case:
    vpn: Vpn
    around: Surroundings
    addresses: rulebases.Addresses
    nat: bool
    existing: ET.Element


def _without(values: dict, *options: str) -> dict:
    return {option: value for option, value in values.items() if option not in options}


def _gateway(values: dict, have: dict, case: _Case) -> dict:
    if have.get("version") == "ikev2-preferred":
        values = _without(values, "version")
    if not case.nat:
        values = _without(values, "nat_traversal")
    there = have.get("local_address") or {}
    if not there.get("ip"):
        values["local_address"] = _without(values["local_address"], "ip")
    for branch in ("ikev1", "ikev2"):
        if branch in values:
            probing = ((have.get(branch) or {}).get("dpd") or {}).get("enable")
            values[branch] = _without(values[branch], "exchange_mode", *(("dpd",) if probing else ()))
    return values


def _tunnel(values: dict, have: dict, case: _Case) -> dict:
    values = _without(values, "anti_replay", "anti_replay_window")
    named: dict[str, str | None] = {}
    for option in ("proxy_ids", "proxy_ids_v6"):
        pairs = {(proxy.get("local"), proxy.get("remote")): proxy["name"] for proxy in have.get(option) or ()}
        wanted = values.get(option) or []
        named.update({proxy["name"]: pairs.get((proxy["local"], proxy["remote"])) for proxy in wanted})
        if wanted:
            values[option] = [proxy for proxy in wanted if not named[proxy["name"]]]
    monitor, there = values.get("tunnel_monitor"), have.get("tunnel_monitor") or {}
    if isinstance(monitor, dict):
        monitor = {**monitor, **({"proxy_id": named.get(monitor["proxy_id"]) or monitor["proxy_id"]} if "proxy_id" in monitor else {})}
        probed = there.get("enable") and there.get("destination_ip") and not case.vpn.monitor_addresses
        values["tunnel_monitor"] = _without(monitor, "destination_ip") if probed else monitor
    return values


def _interface(values: dict, have: dict, case: _Case) -> dict:
    """Addresses of others stay; a smaller MTU than the computed one works."""
    kept = [text for text in have.get("ip") or () if not _is_link_local(text)]
    if "ip" in values:
        values["ip"] = list(dict.fromkeys(values["ip"] + kept))
    fits = have.get("mtu") and have["mtu"] <= values["mtu"] and case.vpn.mtu is None
    return _without(values, "mtu") if fits else values


def _is_link_local(text: str) -> bool:
    try:
        return ip_interface(text).is_link_local
    except ValueError:
        return False


def _rule(values: dict, have: dict, case: _Case) -> dict:
    """What the rule's members cover already needs no member of its own; C(any) stands beside no other."""
    for side in ("source", "destination"):
        values[side] = [text for text in values[side] if not rulebases.holds(case.existing, side, text, case.addresses)]
    forward, there = (values["action"].get("forward") or {}), (have.get("action") or {}).get("forward") or {}
    if forward:
        probed = (there.get("monitor") or {}).get("ip_address") and not case.vpn.monitor_addresses
        forward = forward if there.get("nexthop") else _without(forward, "nexthop")
        forward = {**forward, "monitor": _without(forward["monitor"], "ip_address") if probed else forward["monitor"]}
        values["action"] = {"forward": forward}
    return {option: value for option, value in values.items() if value != []}


def _peer(values: dict, have: dict, case: _Case) -> dict:
    there = have.get("local_address") or {}
    address = values["local_address"]
    if there.get("interface") == address["interface"] and (there.get("ip") or address["ip"]).split("/")[0] == address["ip"].split("/")[0]:
        values = _without(values, "local_address")
    return values


_LENIENT = {"ike_gateway": _gateway, "ipsec_tunnel": _tunnel, "tunnel_interface": _interface, "pbf_rule": _rule, "bgp_peer_entry": _peer}


def interruptions(items: Iterable[Item], record: Record, around: Surroundings) -> list:
    """A sentence for each change that interrupts what was taken over."""
    found = []
    for item in items:
        if not isinstance(item, DesiredEntry) or item.state == "absent" or around.entry_at(item) is None:
            continue
        kind = item.table.kind
        if kind != "tunnel_interface" and not record.took_over(kind, item.name):
            continue
        leaves = [leaf for leaf in changed_leaves(item, around) if item.table.disturbs(leaf.split("/")[0])]
        if leaves:
            found.append(f"{label(kind, item.name)} is taken over and changed ({', '.join(leaves)}): {item.table.interrupts}")
    return found


def changed_leaves(item: DesiredEntry, around: Surroundings) -> list:
    """The elements of an object that an item changes, as paths below its entry."""
    made = plan([[item]], around.tree, around.base)
    place = around.base(item.location) + item.relative_path
    before, after = (dict(_leaves(places.find(root, place[1:]), "")) for root in (made.before, made.after))
    return [path for path in dict.fromkeys([*before, *after]) if before.get(path) != after.get(path)]


def _leaves(element, prefix):
    for child in () if element is None else element:
        step = places.step_of(child)
        here = f"{prefix}{step if isinstance(step, str) else step[1]}"
        if len(child):
            yield from _leaves(child, f"{here}/")
        else:
            yield here, (child.text or "").strip()
