# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a diagnosis is made from: all that is known of a firewall's VPNs."""

from __future__ import annotations

import time
from dataclasses import dataclass, field, replace
from functools import cached_property
from ipaddress import ip_address, ip_interface, ip_network
from typing import Mapping

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.configuration import path as places
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.diagnosis.causes import KNOWN
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.device.high_availability import Member
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.firewall.addresses import Network
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.firewall.certificates import Certificate
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.firewall.rulebases import ANY, Addresses, is_enabled
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.firewall.security_policy import Names
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.firewall.surroundings import Surroundings
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.peers.profile import Profile
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.reconcile.values import read
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.resources import ike_crypto_profile, ike_gateway, ipsec_crypto_profile
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.status import vpn_log
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.status.routes import DISCARD, Route
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.status.selection import egress, far_end, interfaces_of, interface_to
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.status.state import State, grouped, movement
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.vpn import record as records
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.vpn.names import stem
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.vpn.record import LOCAL, REMOTE, SOURCE_ZONE, Object

CERTAIN, LIKELY, POSSIBLE = "certain", "likely", "possible"
# When what is wrong shows: at once; when an SA is renewed; when a peer begins anew (IKE, or BGP); when the other tunnel has to take over.
NOW, REKEY, SESSION, FAILOVER = "now", "rekey", "session", "failover"
# A tunnel that is dead for more seconds than these is one that hosts and people give up on.
SLOW = 60

# How far a tunnel has come, as its state shows it.
NO_IKE, NO_CHILD, SILENT, PASSING = "phase 1", "phase 2", "silent", "passing"


@dataclass(frozen=True)
class Cause:
    """Why a tunnel does not work. C(evidence): log lines, or the values that differ. C(fix): an option of ours with its value, and words.

    C(items): the same as items for C(transaction), where the change can be said without asking anybody.
    C(bites): when it shows, one of NOW, REKEY, SESSION, FAILOVER.
    """

    id: str
    cause: str
    evidence: tuple
    fix: str
    confidence: str = LIKELY
    items: tuple = ()
    bites: str = NOW

    def __post_init__(self) -> None:
        if self.id not in KNOWN:
            raise KeyError(f"'{self.id}' is no cause that the documentation knows")


@dataclass(frozen=True)
class Intent:
    """What is to pass through the VPN: zones of the hosts here, networks here and there. Empty where nobody said."""

    source_zones: tuple = ()
    local_networks: tuple = ()
    remote_networks: tuple = ()

    @property
    def is_whole(self) -> bool:
        return bool(self.source_zones and self.local_networks and self.remote_networks)


@dataclass
class Evidence:
    """What is known of a firewall. All of it is of the running configuration, but for C(changes).

    C(configuration): as C(selection) has it, of whole VPNs: what is wrong with a tunnel is told by the others as well.
    C(asked): the names of the tunnels that are asked about; without any, all of them.
    C(state): of all VPNs, with routes and the flows of an earlier look. C(verdicts): what C(judgement) says of the tunnels. C(lines): of the log, newest first.
    C(changes): (place, owner) of what is not committed.
    C(ha): what this firewall is in its pair, if it is in one. C(certificates): by name. C(authorities): certificate profile → names of the
    certificates whose authority it trusts.
    C(connection): what the cloud says of the VPN. C(keys): gateway → whether its pre-shared key is the cloud's; what cannot be told is missing.
    C(rules_are_complete): whether what Panorama pushed could be read too. C(names): of services and applications in rules.
    C(hosts_fail): whether somebody saw that hosts' packets do not pass, whatever the firewall shows. C(lost_size): the bytes of those that do not, where small
    ones do.
    C(key_owners): gateway → endpoint of the cloud's other tunnel that its key belongs to.
    """

    configuration: dict
    around: Surroundings
    state: State
    verdicts: tuple = ()
    asked: frozenset[str] = frozenset()
    lines: list = field(default_factory=list)
    changes: list = field(default_factory=list)
    ha: Member | None = None
    interfaces: dict = field(default_factory=dict)
    certificates: Mapping[str, Certificate] = field(default_factory=dict)
    authorities: Mapping[str, list[str]] = field(default_factory=dict)
    connection: Profile | None = None
    keys: dict = field(default_factory=dict)
    key_owners: dict = field(default_factory=dict)
    intent: Intent = field(default_factory=Intent)
    addresses: Addresses | None = None
    names: Names = Names()
    rules_are_complete: bool = True
    hosts_fail: bool = False
    lost_size: int = 0
    now: float = field(default_factory=time.time)

    @cached_property
    def gateways(self) -> dict:
        return {gateway["name"]: gateway for gateway in self.configuration["gateways"]}

    @cached_property
    def gateways_by_ends(self) -> dict:
        """(interface, what tells the peer from others) → names of all gateways that are not disabled, whoever asked for them or not."""
        found: dict = {}
        for name, gateway in self.every_gateway.items():
            if not gateway.get("disabled"):
                ends = ((gateway.get("local_address") or {}).get("interface"), far_end(gateway))
                found.setdefault(ends, []).append(name)
        return found

    @cached_property
    def every_gateway(self) -> dict:
        """Name → options, whoever asked for it or not."""
        return {entry.get("name"): read(ike_gateway.TABLE.nodes, entry) for entry in self.around.entries("network", ("ike", "gateway"))}

    @cached_property
    def profile_users(self) -> dict:
        """(kind, name of a crypto profile) → names of all that use it, whoever asked for them or not: gateways, or tunnels."""
        found: dict = {}
        for gateway in self.around.entries("network", ("ike", "gateway")):
            for name in {places.text(gateway, ("protocol", version, "ike-crypto-profile")) for version in ("ikev1", "ikev2")} - {None}:
                found.setdefault(("ike_crypto_profile", name), []).append(gateway.get("name"))
        for tunnel in self.around.entries("network", ("tunnel", "ipsec")):
            name = places.text(tunnel, ("auto-key", "ipsec-crypto-profile"))
            found.setdefault(("ipsec_crypto_profile", name or "default"), []).append(tunnel.get("name"))
        return found

    @cached_property
    def tunnel_names(self) -> set:
        """The names of all tunnels, whoever asked for them or not."""
        return {entry.get("name") for entry in self.around.entries("network", ("tunnel", "ipsec"))}

    @cached_property
    def used_gateways(self) -> set:
        """The gateways that some tunnel goes through."""
        return {name for entry in self.around.entries("network", ("tunnel", "ipsec")) for name in places.names(entry, ("auto-key", "ike-gateway"))}

    @cached_property
    def gateways_by_endpoint(self) -> dict:
        """What tells a peer from others → names of all gateways that go there."""
        pairs = [(far_end(gateway), name) for name, gateway in self.every_gateway.items()]
        return {peer: [name for _peer, name in found] for peer, found in grouped(pairs, lambda pair: pair[0]).items()}

    @cached_property
    def tunnels_by_gateway(self) -> dict:
        """Gateway → the tunnels that go through it and are not disabled."""
        used = [(gateway, tunnel["name"]) for tunnel in self.configuration["tunnels"] if not tunnel.get("disabled")
                for gateway in tunnel.get("ike_gateways") or ()]
        return {gateway: [name for _gateway, name in pairs] for gateway, pairs in grouped(used, lambda pair: pair[0]).items()}

    @cached_property
    def tunnels_by_unit(self) -> dict:
        """Tunnel interface → the tunnels of it that are not disabled."""
        found = grouped((tunnel for tunnel in self.configuration["tunnels"] if not tunnel.get("disabled")), lambda tunnel: tunnel.get("tunnel_interface"))
        return {unit: [tunnel["name"] for tunnel in tunnels] for unit, tunnels in found.items()}

    @cached_property
    def interfaces_by_address(self) -> dict:
        """Address → the interface that has it, whoever uses it."""
        return {held.host: name for name in self.around.interfaces for held in self.around.addresses_of(name) if held.address is not None}

    def is_down(self, interface: str | None) -> bool:
        """Whether an interface has no link: of a unit, the port or aggregate that it is one of."""
        live = self.interfaces.get((interface or "").partition(".")[0])
        return live is not None and live.state == "down"

    @cached_property
    def units(self) -> dict:
        return {interface["name"]: interface for interface in self.configuration["interfaces"]}

    @cached_property
    def records(self) -> list:
        """(tunnel interface, record) of each VPN of ours."""
        return list(records.on(self.around))

    @cached_property
    def claims(self) -> dict:
        """VPN → the objects that are its, where a record says so."""
        return {record.vpn: record.owned() for _unit, record in self.records}

    @cached_property
    def recorded_intents(self) -> dict:
        """VPN → what it was made for, by its record."""
        made_for = {record.vpn: Intent(record.given(SOURCE_ZONE), record.given(LOCAL), record.given(REMOTE)) for _unit, record in self.records}
        return {vpn: intent for vpn, intent in made_for.items() if intent.is_whole}

    def vpn_of(self, tunnel: str) -> str:
        """The VPN of a tunnel, by its record; where none names the tunnel, by its name."""
        return records.owner(self.claims, Object("ipsec_tunnel", tunnel)) or stem(tunnel)

    @property
    def asked_tunnels(self) -> list[dict]:
        return [tunnel for tunnel in self.configuration["tunnels"] if not self.asked or tunnel["name"] in self.asked]

    def tunnels_of_vpn(self, vpn: str) -> list:
        return [tunnel["name"] for tunnel in self.configuration["tunnels"] if self.vpn_of(tunnel["name"]) == vpn and not tunnel.get("disabled")]

    def was_refused(self, tunnel: str) -> bool:
        """Whether the peer has refused what a tunnel without an SA proposes."""
        configured = next(each for each in self.configuration["tunnels"] if each["name"] == tunnel)
        lines = [line for name in {tunnel, *(configured.get("ike_gateways") or ())} for line in self.lines_by_name.get(name, ())]
        return not self.ipsec_sas.get(tunnel) and any(vpn_log.PROPOSAL in line.kinds for line in lines)

    @cached_property
    def units_of_vpn(self) -> dict:
        found = grouped(self.configuration["tunnels"], lambda tunnel: self.vpn_of(tunnel["name"]))
        return {name: interfaces_of(tunnels) for name, tunnels in found.items()}

    @cached_property
    def described(self) -> set:
        """The VPNs that the cloud's connection is of: by its ID, by its endpoints, or the only one that was asked for."""
        endpoints = {tunnel.far_end for tunnel in self.connection.tunnels} if self.connection else set()
        addresses = {name: far_end(gateway) for name, gateway in self.gateways.items()}
        found = {self.vpn_of(tunnel["name"]) for tunnel in self.configuration["tunnels"]
                 if endpoints & {addresses.get(gateway) for gateway in tunnel.get("ike_gateways") or ()}}
        every = {self.vpn_of(tunnel["name"]) for tunnel in self.configuration["tunnels"]}
        named = {self.connection.id} & every if self.connection else set()
        return found | named or (every if len(every) == 1 else set())

    @cached_property
    def rules_by_unit(self) -> dict:
        return grouped(self.configuration["pbf_rules"], egress)

    @cached_property
    def peers_by_unit(self) -> dict:
        return grouped(self.configuration["bgp"]["peers"], interface_to)

    @cached_property
    def ike_sas(self) -> dict:
        return grouped(self.state.ike_sas, lambda sa: sa.gateway)

    @cached_property
    def ipsec_sas(self) -> dict:
        return grouped(self.state.ipsec_sas, lambda sa: sa.tunnel)

    @cached_property
    def flows(self) -> dict:
        return grouped(self.state.flows, lambda flow: flow.tunnel)

    @cached_property
    def earlier_flows(self) -> dict:
        return {flow.name: flow for flow in self.state.earlier_flows}

    def comes_back(self, flow) -> bool:
        """Whether packets come out of a tunnel: since an earlier look, or at all."""
        counts = movement(self.earlier_flows.get(flow.name), flow)
        return counts[1] > 0 if counts is not None else bool(flow.packets_decapsulated)

    @cached_property
    def peers_by_local_address(self) -> dict:
        """Address that BGP is to speak from → the peers, whatever interface they name."""
        return grouped(self.configuration["bgp"]["peers"], lambda peer: ((peer.get("local_address") or {}).get("ip") or "").split("/")[0])

    @cached_property
    def lines_by_name(self) -> dict:
        """By the gateway, tunnel or proxy ID that a line is about; a proxy ID's are its tunnel's."""
        return grouped(self.lines, lambda line: line.object.partition(":")[0])

    @cached_property
    def nameless_lines(self) -> list:
        """Lines about nothing that the configuration has: they may name a peer by its address."""
        known = set(self.gateways) | {tunnel["name"] for tunnel in self.configuration["tunnels"]}
        return [line for line in self.lines if line.object.partition(":")[0] not in known]

    @cached_property
    def profiles(self) -> dict:
        """(kind, name) → options of a crypto profile."""
        found = {}
        for resource in (ike_crypto_profile, ipsec_crypto_profile):
            location, container = resource.TABLE.location, resource.TABLE.container
            for entry in self.around.entries(location, container):
                found[resource.TABLE.kind, entry.get("name")] = read(resource.TABLE.nodes, entry)
        return found

    @cached_property
    def routes(self) -> list:
        """(route, its network) of the routes in use."""
        found = []
        for route in self.state.routes or ():
            try:
                network = ip_network(route.destination, strict=False)
            except ValueError:
                continue
            if route.active:
                found.append((replace(route, nexthop=DISCARD) if self._drops(route, network) else route, network))
        return found

    def _drops(self, route: Route, network: Network) -> bool:
        """Whether a route leads nowhere, which a logical router tells of one into another router in the same words: the configuration knows which it is."""
        is_told = bool(route.nexthop or route.interface)
        return not is_told and route.protocol == "static" and (route.router, network) in self._dropping

    @cached_property
    def _dropping(self) -> set[tuple[str, Network]]:
        """(router, destination) of what static routes drop, and none leads into another router."""
        configured = [(name, route) for name in self.routers for route in self.around.static_route_entries(name) if not route.interface]
        leading_on = {(name, route.destination) for name, route in configured if not route.drops}
        return {(name, route.destination) for name, route in configured if route.drops} - leading_on

    @cached_property
    def dynamic_routes(self) -> dict:
        """Interface → the routes in use through it that nobody configured: a routing protocol brought them."""
        brought = [route for route, _network in self.routes if route.protocol not in (None, "connected", "local", "static")]
        return grouped(brought, lambda route: route.interface)

    @cached_property
    def live_rules(self) -> dict:
        return {rule.name: rule for rule in self.state.pbf_rules}

    @cached_property
    def security_rules(self) -> list:
        return self.around.rules_in_force("security")

    @cached_property
    def decided(self) -> dict:
        """Traffic → who decides on it, of what was asked already: the tunnels of a VPN are for the same."""
        return {}

    def security_rules_from(self, zone: str) -> list:
        """The enabled security rules that see packets from a zone, so that a thousand others are not asked about each network."""
        known = self._security_rules_from
        if zone not in known:
            known[zone] = [rule for rule in self.security_rules if is_enabled(rule) and {ANY, zone} & set(places.names(rule, ("from",)))]
        return known[zone]

    @cached_property
    def _security_rules_from(self) -> dict:
        return {}

    @cached_property
    def nat_rules(self) -> list:
        return self.around.rules_in_force("nat")

    @cached_property
    def pbf_rules(self) -> list:
        return self.around.rules_in_force("pbf")

    @cached_property
    def routers(self) -> list:
        """The names of the routers of the engine that runs."""
        return self.around.names("logical_router" if self.around.platform.advanced else "virtual_router")

    @cached_property
    def pbf_rules_by_next_hop(self) -> dict:
        """Next hop → the enabled PBF rules that forward to it, whoever asked for them or not."""
        found: dict = {}
        for rule in self.pbf_rules:
            hop = places.text(rule, ("action", "forward", "nexthop", "ip-address"))
            if hop and places.text(rule, ("disabled",)) != "yes":
                found.setdefault(hop, []).append(rule)
        return found

    @cached_property
    def live_peers(self) -> dict:
        return grouped(self.state.bgp_peers, lambda peer: peer.name)

    @cached_property
    def networks(self) -> list:
        """(interface, network) of all inside and outside addresses that are known."""
        return [(name, address.network) for name, interface in self.around.interfaces.items() for address in interface.networks()]


def same_address(one, other) -> bool:
    try:
        return ip_address(one) == ip_address(other)
    except ValueError:
        return bool(one) and one == other


def inside_of(text, networks) -> bool:
    """Whether an address or network lies in one of the networks (texts)."""
    try:
        wanted = ip_interface(text or "").network
        known = [ip_network(network, strict=False) for network in networks]
    except ValueError:
        return False
    return any(wanted.version == network.version and wanted.subnet_of(network) for network in known)


def mentions(text: str, address: str) -> bool:
    """Whether a text names an address, and not one that begins with it."""
    before, found, after = text.partition(address)
    while found:
        if not before[-1:].isalnum() and not (after[:1].isdigit() or after[:1] == "." and after[1:2].isdigit()):
            return True
        before, found, after = after.partition(address)
    return False
