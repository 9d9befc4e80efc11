# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a diagnosis is made from: all that is known of a firewall's VPNs, and of each tunnel in particular."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from functools import cached_property
from ipaddress import ip_address, ip_interface, ip_network

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.peers.rulebases import Addresses
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.peers.surroundings import Surroundings
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.reconcile import path as places
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.reconcile.values import read
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.resources import ike_crypto_profile, ipsec_crypto_profile
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.status import flow as flows
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.status import interfaces, vpn_log
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.status.selection import egress, interfaces_of, local_interface, stem
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.status.state import State, grouped, movement

CERTAIN, LIKELY, POSSIBLE = "certain", "likely", "possible"

# How far a tunnel has come, as its state shows it.
NO_IKE, NO_CHILD, SILENT, PASSING = "phase 1", "phase 2", "silent", "passing"


@dataclass(frozen=True)
class Cause:
    """Why a tunnel does not work. C(evidence): log lines, or the values that differ. C(fix): an option of ours with its value, and words.

    C(items): the same as items for C(transaction), where the change can be said without asking anybody.
    """

    id: str
    cause: str
    evidence: tuple
    fix: str
    confidence: str = LIKELY
    items: tuple = ()


@dataclass(frozen=True)
class Intent:
    """What is to pass through the VPN: zones of the hosts here, networks here and there. Empty where nobody said."""

    source_zones: tuple = ()
    local_networks: tuple = ()
    remote_networks: tuple = ()


@dataclass
class Evidence:
    """What is known of a firewall. All of it is of the running configuration, but for C(changes).

    C(configuration): as C(selection) has it. C(state): of all VPNs, with routes and the flows of an earlier look.
    C(verdicts): what C(judgement) says of the tunnels. C(lines): of the log, newest first.
    C(changes): (place, owner) of what is not committed. C(ha): this member's state in its pair. C(certificates): name → seconds since 1970 of its end.
    C(connection): what the cloud says of the VPN. C(keys): gateway → whether its pre-shared key is the cloud's; what cannot be told is missing.
    """

    configuration: dict
    around: Surroundings
    state: State
    verdicts: tuple = ()
    lines: list = field(default_factory=list)
    changes: list = field(default_factory=list)
    ha: str | None = None
    interfaces: dict = field(default_factory=dict)
    certificates: dict = field(default_factory=dict)
    connection: dict | None = None
    keys: dict = field(default_factory=dict)
    intent: Intent = field(default_factory=Intent)
    addresses: Addresses | None = None
    now: float = field(default_factory=time.time)

    @cached_property
    def gateways(self) -> dict:
        return {gateway["name"]: gateway for gateway in self.configuration["gateways"]}

    @cached_property
    def gateways_by_ends(self) -> dict:
        """(interface, address of the peer) → names of all gateways that are not disabled, whoever asked for them or not."""
        found: dict = {}
        for entry in self.around.entries("network", ("ike", "gateway")):
            if places.text(entry, ("disabled",)) != "yes":
                ends = (places.text(entry, ("local-address", "interface")), places.text(entry, ("peer-address", "ip")))
                found.setdefault(ends, []).append(entry.get("name"))
        return found

    @cached_property
    def units(self) -> dict:
        return {interface["name"]: interface for interface in self.configuration["interfaces"]}

    @cached_property
    def units_of_vpn(self) -> dict:
        found = grouped(self.configuration["tunnels"], lambda tunnel: stem(tunnel["name"]))
        return {name: interfaces_of(tunnels) for name, tunnels in found.items()}

    @cached_property
    def described(self) -> set:
        """The VPNs that the cloud's connection is of: by its ID, by its endpoints, or the only one that was asked for."""
        endpoints = {tunnel.get("outside_address") for tunnel in (self.connection or {}).get("tunnels") or ()} - {None}
        addresses = {name: (gateway.get("peer_address") or {}).get("ip") for name, gateway in self.gateways.items()}
        found = {stem(tunnel["name"]) for tunnel in self.configuration["tunnels"]
                 if endpoints & {addresses.get(gateway) for gateway in tunnel.get("ike_gateways") or ()}}
        every = {stem(tunnel["name"]) for tunnel in self.configuration["tunnels"]}
        return found | ({(self.connection or {}).get("id")} & every) or (every if len(every) == 1 else set())

    @cached_property
    def rules_by_unit(self) -> dict:
        return grouped(self.configuration["pbf_rules"], egress)

    @cached_property
    def peers_by_unit(self) -> dict:
        return grouped(self.configuration["bgp"]["peers"], local_interface)

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
    def security_rules(self) -> list:
        return self.around.entries("rulebase", ("security", "rules"))

    @cached_property
    def nat_rules(self) -> list:
        return self.around.entries("rulebase", ("nat", "rules"))

    @cached_property
    def pbf_rules(self) -> list:
        return self.around.entries("rulebase", ("pbf", "rules"))

    @cached_property
    def live_peers(self) -> dict:
        return grouped(self.state.bgp_peers, lambda peer: peer.name)

    @cached_property
    def networks(self) -> list:
        """(interface, network) of all inside and outside addresses that are literal ones."""
        return [(name, address.network) for name, interface in self.around.interfaces.items() for address in interface.networks()]


class Case:
    """One tunnel, with all that belongs to it."""

    def __init__(self, evidence: Evidence, tunnel: dict, problems=()):
        self.evidence, self.around = evidence, evidence.around
        self.tunnel, self.name = tunnel, tunnel["name"]
        self.problems = tuple(problems)
        gateways = tunnel.get("ike_gateways") or ()
        self.gateway = evidence.gateways.get(gateways[0], {}) if gateways else {}
        self.gateway_name = gateways[0] if gateways else None
        self.unit = tunnel.get("tunnel_interface")
        self.interface = evidence.units.get(self.unit, {})
        self.rules = evidence.rules_by_unit.get(self.unit, []) if self.unit else []
        self.peers = evidence.peers_by_unit.get(self.unit, []) if self.unit else []
        self.flows = evidence.flows.get(self.name, [])

    # What is configured.

    @cached_property
    def version(self) -> str:
        return self.gateway.get("version") or "ikev1"

    @cached_property
    def ike_profile(self) -> tuple:
        """(name, options or None where there is none) of phase 1's proposals."""
        block = "ikev1" if self.version == "ikev1" else "ikev2"
        name = (self.gateway.get(block) or {}).get("ike_crypto_profile") or "default"
        return name, self.evidence.profiles.get(("ike_crypto_profile", name))

    @cached_property
    def ipsec_profile(self) -> tuple:
        name = self.tunnel.get("ipsec_crypto_profile") or "default"
        return name, self.evidence.profiles.get(("ipsec_crypto_profile", name))

    @cached_property
    def proxies(self) -> list:
        return [proxy for option in ("proxy_ids", "proxy_ids_v6") for proxy in self.tunnel.get(option) or ()]

    @cached_property
    def monitor(self) -> str | None:
        """The address that the tunnel's monitor asks."""
        monitor = self.tunnel.get("tunnel_monitor") or {}
        return monitor.get("destination_ip") if monitor.get("enable") else None

    @cached_property
    def peer_address(self) -> str | None:
        address = self.gateway.get("peer_address") or {}
        return address.get("ip") or address.get("fqdn")

    @cached_property
    def outside(self) -> str | None:
        return (self.gateway.get("local_address") or {}).get("interface")

    @cached_property
    def local_address(self) -> str | None:
        """The address that IKE comes from: as configured, or as the interface has it now."""
        configured = (self.gateway.get("local_address") or {}).get("ip")
        interface = self.around.interfaces.get(self.outside)
        first = next(iter(interface.addresses), None) if interface is not None else None
        found = configured or first or interfaces.host(self.evidence.interfaces, self.outside)
        return found.split("/")[0] if found else None

    @cached_property
    def behind_nat(self) -> bool:
        """Whether the peer sees another address than the one that IKE comes from."""
        expected = self.cloud.get("customer_outside_address")
        if expected and self.local_address:
            return not same_address(expected, self.local_address)
        return is_private(self.local_address) and bool(self.peer_address) and not is_private(self.peer_address)

    @cached_property
    def inside_addresses(self) -> list:
        interface = self.around.interfaces.get(self.unit)
        return [] if interface is None else [address for address in interface.networks() if address.version == 4]

    @cached_property
    def zone(self) -> str | None:
        live = self.evidence.interfaces.get(self.unit)
        return self.around.zone_of(self.unit) or (live.zone if live is not None else None) if self.unit else None

    @cached_property
    def router(self) -> str | None:
        return self.around.router_of(self.unit) if self.unit else None

    @cached_property
    def vpn_units(self) -> set:
        """The tunnel interfaces of this tunnel's VPN: what leads into one of them leads into the VPN."""
        return self.evidence.units_of_vpn.get(stem(self.name), set()) | {self.unit}

    # What the cloud says.

    @cached_property
    def connection(self) -> dict | None:
        """The cloud's description, where it is of this tunnel's VPN."""
        return self.evidence.connection if stem(self.name) in self.evidence.described else None

    @cached_property
    def intent(self) -> Intent:
        """What is to pass: said of the VPN that the cloud describes, or of all where there is no such."""
        return self.evidence.intent if self.evidence.connection is None or self.connection is not None else Intent()

    @cached_property
    def cloud(self) -> dict:
        """The cloud's tunnel: the one with this gateway's peer address, else the one of this number."""
        described = (self.connection or {}).get("tunnels") or []
        by_address = next((tunnel for tunnel in described if same_address(tunnel.get("outside_address"), self.peer_address)), None)
        return by_address or self.cloud_of_number

    @cached_property
    def cloud_of_number(self) -> dict:
        connection = self.connection or {}
        described, identity = connection.get("tunnels") or [], connection.get("id")
        number = self.name[len(identity) + 1:] if identity and self.name.startswith(f"{identity}-") else ""
        return described[int(number) - 1] if number.isdigit() and 0 < int(number) <= len(described) else {}

    # How things stand.

    @cached_property
    def phase(self) -> str:
        states = {flow.state for flow in self.flows}
        child = bool(states & {flows.ACTIVE, flows.INACTIVE}) or bool(self.evidence.ipsec_sas.get(self.name))
        if child:
            return SILENT if flows.INACTIVE in states or any(flow.monitor == "down" for flow in self.flows) else PASSING
        if self.tunnel.get("manual_key"):
            return NO_CHILD
        return NO_CHILD if any(sa.up for sa in self.evidence.ike_sas.get(self.gateway_name, ())) else NO_IKE

    @cached_property
    def moved(self) -> tuple | None:
        """(packets out, packets in) since the earlier look; None where there was none, or the counters began anew."""
        counts = [found for found in (movement(self.evidence.earlier_flows.get(flow.name), flow) for flow in self.flows) if found is not None]
        return (sum(out for out, _back in counts), sum(back for _out, back in counts)) if counts else None

    @cached_property
    def one_way(self) -> str | None:
        """How packets go out and none comes back, in words; None where that is not so."""
        out, back = (sum(count for count in counts if isinstance(count, int)) for counts in (
            [flow.packets_encapsulated for flow in self.flows], [flow.packets_decapsulated for flow in self.flows]))
        if self.moved is not None and self.moved[0] > 0:
            return f"{self.moved[0]} packets went out and none came back within {self.evidence.state.between:.1f} s" if self.moved[1] == 0 else None
        return f"{out} packets went out on this SA and none came back" if out > 0 and back == 0 else None

    # The log.

    @cached_property
    def lines(self) -> list:
        """The log's lines about this tunnel, newest first."""
        found = [line for name in dict.fromkeys((self.gateway_name, self.name)) if name for line in self.evidence.lines_by_name.get(name, ())]
        if self.peer_address:
            found += [line for line in self.evidence.nameless_lines if mentions(line.text, self.peer_address)]
        order = {id(line): position for position, line in enumerate(self.evidence.lines)}
        return sorted(found, key=lambda line: order[id(line)])

    @cached_property
    def fresh(self) -> list:
        """The lines since the phase that is missing was there last; of a tunnel that is up, those since its last SA."""
        wanted = vpn_log.IKE if self.phase == NO_IKE else vpn_log.CHILD
        found = []
        for line in self.lines:
            if vpn_log.UP in line.kinds and line.phase == wanted:
                break
            found.append(line)
        return found

    @cached_property
    def kinds(self) -> frozenset:
        return frozenset(kind for line in self.fresh for kind in line.kinds)

    @cached_property
    def answered(self) -> bool:
        """Whether the peer said anything at all since it was up last, even if it refused."""
        silence = {vpn_log.TIMEOUT, vpn_log.DEAD, vpn_log.FAILED, vpn_log.UP}
        return self.phase != NO_IKE or any(line.kinds - silence for line in self.fresh)

    def quote(self, *kinds: str, most: int = 2) -> tuple:
        """The newest lines of these kinds, each text once."""
        found = {line.text: line.quoted for line in reversed(self.fresh) if line.kinds & set(kinds)}
        return tuple(list(found.values())[-most:])


def same_address(one, other) -> bool:
    try:
        return ip_address(one) == ip_address(other)
    except ValueError:
        return bool(one) and one == other


def is_private(text) -> bool:
    """Whether an address is one of RFC 1918 or of carriers' NAT, which a peer across the internet never sees."""
    ranges = ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10")
    try:
        return any(ip_address(text) in ip_network(network) for network in ranges)
    except (ValueError, TypeError):
        return False


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
