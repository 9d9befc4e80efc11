# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One tunnel as the rules of a diagnosis look at it: what is configured for it, what the cloud says of it, how far it has come, what was logged."""

from __future__ import annotations

from functools import cached_property

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.configuration import path as places
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.configuration.addresses import family, is_ipv6, is_private
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.diagnosis.evidence import (
    NO_CHILD, NO_IKE, PASSING, SILENT, Evidence, Intent, inside_of, mentions, same_address,
)
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.peers.profile import Offers, Profile, Tunnel
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.status import flow as flows, interfaces, vpn_log
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.status.selection import far_end, local_interface
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.status.state import movement
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.vpn.record import Object, owner

# An inside network of no more addresses than these is looked through one by one.
_FEW = 16
# Of a tunnel that no cloud describes.
UNKNOWN = Tunnel("")


def said_address(peer: dict) -> str:
    """The address that a BGP session is said to begin at; empty where only its interface is said."""
    return ((peer.get("local_address") or {}).get("ip") or "").split("/")[0]


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

    @cached_property
    def inside_peers(self) -> list:
        """The BGP peers whose session begins at the tunnel interface; of others the session begins elsewhere, and a route leads through the tunnel."""
        return [peer for peer in self.peers if self.speaks_from(peer) == self.unit]

    def speaks_from(self, peer: dict) -> str | None:
        """The interface that a BGP session is to begin at: the one that has its address, but where its peer is a neighbour of the one that it names."""
        named = local_interface(peer)
        holder = self.evidence.interfaces_by_address.get(said_address(peer))
        around = self.around.interfaces.get(named or "")
        networks = [str(address.network) for address in around.networks()] if around is not None else []
        is_neighbour = inside_of((peer.get("peer_address") or {}).get("ip"), networks)
        return named if holder is None or (is_neighbour and holder not in self.vpn_units) else holder

    def is_astray(self, peer: dict) -> bool:
        """Whether a peer behind this tunnel begins its session elsewhere: at another tunnel's interface, or though it is a neighbour of this one's."""
        way, remote = local_interface(peer) or "", (peer.get("peer_address") or {}).get("ip")
        if peer not in self.peers or way == self.unit or self.speaks_from(peer) != way:
            return False
        is_up = any(live.established for live in self.evidence.live_peers.get(peer["name"], ()) if live.router in (None, peer["virtual_router"]))
        is_own = remote in [str(address.ip) for address in self.inside_addresses]
        is_neighbour = not is_own and inside_of(remote, [str(address.network) for address in self.inside_addresses])
        return way.startswith("tunnel.") or (is_neighbour and not is_up)

    def speaking_addresses(self, peer: dict) -> list[str]:
        """The addresses that a BGP session may begin at: the one that is said, or all of the tunnel interface, or of another one that it begins at."""
        if peer in self.inside_peers:
            return [str(address.ip) for address in self.inside_addresses]
        said = said_address(peer)
        return [said] if said else [held.host for held in self.around.addresses_of(local_interface(peer) or "")]

    # What is configured.

    @cached_property
    def version(self) -> str:
        return self.gateway.get("version") or "ikev1"

    @cached_property
    def ike_profile(self) -> tuple:
        """(name, options or None where there is none) of phase 1's proposals."""
        name = (self.gateway.get(self.version_block) or {}).get("ike_crypto_profile") or "default"
        return name, self.evidence.profiles.get(("ike_crypto_profile", name))

    @cached_property
    def version_block(self) -> str:
        """The gateway's settings of IKEv1 or of IKEv2: one that prefers IKEv2 falls back for a peer that knows IKEv1 only."""
        falls_back = self.version == "ikev2-preferred" and self.offers.ike.versions == ("ikev1",)
        return "ikev1" if self.version == "ikev1" or falls_back else "ikev2"

    @cached_property
    def ipsec_profile(self) -> tuple:
        name = self.tunnel.get("ipsec_crypto_profile") or "default"
        return name, self.evidence.profiles.get(("ipsec_crypto_profile", name))

    @cached_property
    def proxies(self) -> list:
        return [proxy for option in ("proxy_ids", "proxy_ids_v6") for proxy in self.tunnel.get(option) or ()]

    @cached_property
    def waiting_pairs(self) -> list:
        """The proxy IDs whose own flow shows no SA."""
        up = {flow.name for flow in self.flows if flow.state in (flows.ACTIVE, flows.INACTIVE)}
        told = {flow.name for flow in self.flows}
        return [proxy for proxy in self.proxies if f"{self.name}:{proxy['name']}" in told - up]

    @cached_property
    def monitor(self) -> str | None:
        """The address that the tunnel's monitor asks."""
        monitor = self.tunnel.get("tunnel_monitor") or {}
        return monitor.get("destination_ip") if monitor.get("enable") else None

    @cached_property
    def peer_address(self) -> str | None:
        address = self.gateway.get("peer_address") or {}
        return address.get("ip") or address.get("fqdn")

    @property
    def called(self) -> str:
        """The peer in words; of one that may come from any address, by the ID that it has to show."""
        shown = (self.gateway.get("peer_id") or {}).get("id")
        return self.peer_address or (f"that shows {shown}" if shown else "of any address")

    @property
    def calls_nobody(self) -> bool:
        """Whether its peer has no fixed address, so that only that one can begin."""
        return bool((self.gateway.get("peer_address") or {}).get("dynamic"))

    @cached_property
    def outside(self) -> str | None:
        return (self.gateway.get("local_address") or {}).get("interface")

    @property
    def configured_address(self) -> str | None:
        """What the gateway says of its own address: a text, an address object, or a floating one."""
        local = self.gateway.get("local_address") or {}
        return local.get("ip") or local.get("floating_ip")

    @cached_property
    def local_address(self) -> str | None:
        """The address that IKE comes from: as configured, or as the interface has it now, of the peer's family."""
        held = self.around.addresses_of(self.outside or "")
        configured = self.configured_address
        if configured:
            return next((each.host for each in held if each.is_called(configured)), configured.split("/")[0])
        version = family(self.peer_address or "")
        given = next((each.host for each in held if each.family == version), None)
        return given or (interfaces.host(self.evidence.interfaces, self.outside) if version == 4 else None)

    @cached_property
    def behind_nat(self) -> bool:
        """Whether the peer sees another address than the one that IKE comes from."""
        expected = self.cloud.customer_outside_address
        if expected and self.local_address:
            return not same_address(expected, self.local_address)
        return is_private(self.local_address) and bool(self.peer_address) and not is_private(self.peer_address)

    @cached_property
    def inside_addresses(self) -> list:
        interface = self.around.interfaces.get(self.unit)
        return [] if interface is None else interface.networks()

    @cached_property
    def meant_rules(self) -> list:
        """The enabled PBF rules, as elements, whose next hop lies behind this tunnel, wherever they forward to."""
        small = [address.network for address in self.inside_addresses if address.network.num_addresses <= _FEW]
        return [rule for network in small for host in network for rule in self.evidence.pbf_rules_by_next_hop.get(str(host), ())]

    @cached_property
    def zone(self) -> str | None:
        live = self.evidence.interfaces.get(self.unit)
        return self.around.zone_of(self.unit) or (live.zone if live is not None else None) if self.unit else None

    @cached_property
    def router(self) -> str | None:
        return self.around.router_of(self.unit) if self.unit else None

    @cached_property
    def vpn(self) -> str:
        return self.evidence.vpn_of(self.name)

    def owns(self, kind: str, name: str | None) -> bool:
        """Whether an object is this VPN's by its record: then what is not as the VPN makes it was changed by hand."""
        return name is not None and owner(self.evidence.claims, Object(kind, name)) == self.vpn

    @cached_property
    def vpn_units(self) -> set:
        """The tunnel interfaces of this tunnel's VPN: what leads into one of them leads into the VPN."""
        return self.evidence.units_of_vpn.get(self.vpn, set()) | {self.unit}

    # What the cloud says.

    @cached_property
    def connection(self) -> Profile | None:
        """The cloud's description, where it is of this tunnel's VPN."""
        return self.evidence.connection if self.vpn in self.evidence.described else None

    @cached_property
    def intent(self) -> Intent:
        """What is to pass: said of the VPN that the cloud describes, or of all where there is no such; where nothing is said, what the VPN was made for."""
        said = self.evidence.intent if self.evidence.connection is None or self.connection is not None else Intent()
        return said if said != Intent() else self.evidence.recorded_intents.get(self.vpn, said)

    @cached_property
    def cloud(self) -> Tunnel:
        """The cloud's tunnel: the one with this gateway's peer, else the one of this number, else one of which nothing is known."""
        described = self.connection.tunnels if self.connection else ()
        by_address = next((tunnel for tunnel in described if same_address(tunnel.far_end, far_end(self.gateway))), None)
        return by_address or self.cloud_of_number

    @property
    def is_described(self) -> bool:
        """Whether the cloud says anything of this tunnel."""
        return self.cloud is not UNKNOWN

    @property
    def offers(self) -> Offers:
        """What the cloud accepts, as far as it says so."""
        return self.cloud.offers or Offers()

    @cached_property
    def cloud_of_number(self) -> Tunnel:
        """The cloud's tunnel of this tunnel's number; for one with a name of its own, the one whose inside address its interface has."""
        described, identity = (self.connection.tunnels, self.connection.id) if self.connection else ((), "")
        number = self.name[len(identity) + 1:] if identity and self.name.startswith(f"{identity}-") else ""
        if number.isdigit() and 0 < int(number) <= len(described):
            return described[int(number) - 1]
        mine = [str(address.ip) for address in self.inside_addresses]
        return next((tunnel for tunnel in described if tunnel.inside_address in mine), UNKNOWN)

    @cached_property
    def cloud_inside(self) -> Tunnel:
        """The cloud's tunnel whose inside addresses belong here: where the gateway goes to another one's endpoint, it is that which is wrong."""
        mine = [str(address.ip) for address in self.inside_addresses]
        return self.cloud_of_number if self.cloud_of_number.inside_address in mine else self.cloud

    @property
    def goes_to_another_endpoint(self) -> bool:
        """Whether the tunnel is by its inside address one of the cloud's, and its gateway goes to the endpoint of another."""
        return self.cloud_inside is not self.cloud and self.cloud_inside is not UNKNOWN

    def far_end(self, instead_of: str | None) -> str | None:
        """The peer's address inside the tunnel by the cloud, of the family of one that is configured."""
        return self.cloud_inside.inside_ipv6_peer_address if is_ipv6(instead_of or "") else self.cloud_inside.inside_peer_address

    @property
    def shares_its_interface(self) -> bool:
        """Whether another tunnel has the same tunnel interface, so that what is configured there may be meant for that one."""
        return len(self.evidence.tunnels_by_unit.get(self.unit, ())) > 1

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

    @property
    def is_dead(self) -> bool:
        """Whether the tunnel is down and a packet does not bring it up: one that nobody has asked for may come up with the first one."""
        return self.phase == SILENT or (self.phase != PASSING and bool(self.kinds))

    @cached_property
    def moved(self) -> tuple | None:
        """(packets out, packets in) since the earlier look; None where there was none, or the counters began anew.

        Looks that are nearer to each other than two probes of the monitor tell nothing.
        """
        if self.evidence.state.between < self.probe_interval:
            return None
        counts = [found for found in (movement(self.evidence.earlier_flows.get(flow.name), flow) for flow in self.flows) if found is not None]
        return (sum(out for out, _back in counts), sum(back for _out, back in counts)) if counts else None

    @cached_property
    def probe_interval(self) -> float:
        """Seconds between two packets that the firewall itself sends through the tunnel."""
        profile = (self.tunnel.get("tunnel_monitor") or {}).get("tunnel_monitor_profile")
        entry = self.around.entry("monitor_profile", profile) if profile else None
        return float(places.text(entry, ("interval",)) or 3) if self.monitor else 0.0

    @cached_property
    def one_way(self) -> str | None:
        """How packets go out and none comes back, in words; None where that is not so."""
        out, back = (sum(count for count in counts if isinstance(count, int)) for counts in (
            [flow.packets_encapsulated for flow in self.flows], [flow.packets_decapsulated for flow in self.flows]))
        others = [flow for name in self.evidence.tunnels_of_vpn(self.vpn) for flow in self.evidence.flows.get(name, ()) if name != self.name]
        if self.phase == PASSING and any(self.evidence.comes_back(flow) for flow in others):
            # Answers may well come by the other tunnel: what goes out and comes back is the VPN's.
            return None
        if self.moved is not None and self.moved[0] > 0:
            return f"{self.moved[0]} packets went out and none came back within {self.evidence.state.between:.1f} s" if self.moved[1] == 0 else None
        return f"{out} packets went out on this SA and none came back" if out > 0 and back == 0 else None

    @cached_property
    def one_way_pair(self) -> str | None:
        """How packets of one proxy ID go out and none comes back by it, in words: each has SAs of its own, and answers come by the same."""
        for flow in self.flows if len(self.flows) > 1 else ():
            since = movement(self.evidence.earlier_flows.get(flow.name), flow) if self.moved is not None else None
            out, back = since or (flow.packets_encapsulated or 0, flow.packets_decapsulated or 0)
            if out > 0 and back == 0:
                return f"{out} packets went out by proxy ID {flow.name.partition(':')[2]} and none came back by it"
        return None

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

    def lines_of_pair(self, proxy: str) -> list:
        """The log's lines since a proxy ID's SA was there last, newest first, without those of other pairs."""
        own = [line for line in self.lines if line.object in (f"{self.name}:{proxy}", self.name, self.gateway_name)]
        came_up = next((number for number, line in enumerate(own) if vpn_log.UP in line.kinds and line.object == f"{self.name}:{proxy}"), len(own))
        return own[:came_up]

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
