# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A data plane for one emulated firewall: a lab of its own, with the clouds on the other side."""

from __future__ import annotations

import ipaddress
import threading
import time
import xml.etree.ElementTree as ET
from dataclasses import dataclass
from typing import Any, Callable, Mapping, Sequence

from ansible_collections.tunnelsmith.panos_vpn.tests.lab.cloud.aws import AwsConnection, Vpc
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.cloud.connection import Connection
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.cloud.policy_based import PolicyBasedPeer, PolicyBasedSide
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.dataplane import events
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.dataplane.behaviour import Behaviour
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.dataplane.enclave import LIFETIME, Enclave, LabError, wait_until
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.dataplane.firewall_side import HOST, FirewallSide, child_name
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.dataplane.internet import Internet, Translation
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.dataplane.prerequisites import missing
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.dataplane.routing_configuration import of_router
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.dataplane.routing_daemon import Session
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.dataplane.running import Peer, Router, Running, Tunnel
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.dataplane.translation import translate
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.dataplane.vici import ViciError
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.emulator.models.runtime import Begun, LearnedRoute, Measured, PeerState, Runtime, TunnelState
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.emulator.models.system_log import SystemLog

#: Said once, because it holds for every configuration.
FIDELITY = (
    "ESP is carried in UDP whatever NAT traversal says, without extended sequence numbers; protocol 50 is never on the wire",
    "the anti-replay window is the daemon's, and DF is not ignored",
    "BGP graceful restart is off",
)


@dataclass
class Applied:
    """A commit that was made true: what was done, and how many seconds it took."""

    done: list[str]
    seconds: float


class DataPlane:
    """``vpcs``: the network behind each connection, which AWS's output does not name; two may lead to one. ``dead_after``, ``bgp_timers`` and ``med``: other
    values of the far side than the connection's own, for tests that cannot wait. ``routing``: the firewall's routing daemon, "bird" or "frr".
    ``peers``: far sides that take pairs of networks only. ``names``: of far sides, with the addresses that DNS has for them, for gateways that name their
    peer. ``behaviour``: what a firewall does and nobody tells.

    Raises LabError when the machine lacks something.
    """

    def __init__(self, name: str, connections: list[Connection], vpcs: list[str] | None = None, lifetime: int = LIFETIME, dead_after: float | None = None,
                 bgp_timers: tuple[int, int] | None = None, med: dict[int, int] | None = None,
                 routing: str = "bird", peers: Sequence[PolicyBasedPeer] = (), behaviour: Behaviour = Behaviour(),
                 names: Mapping[str, str] | None = None) -> None:
        lacking = missing()
        if lacking:
            raise LabError(lacking)
        ipv6 = any(endpoint.has_ipv6 for connection in connections for endpoint in connection.endpoints)
        if ipv6 and routing != "bird":
            raise LabError("IPv6 is routed by BIRD only here")
        self.enclave = Enclave.create(name, lifetime)
        self.enclave.ipv6 = ipv6
        try:
            self.internet = Internet(self.enclave)
            networks = vpcs or _networks(connections)
            beyond = {network: Vpc(self.enclave, networks.index(network) + 1, network) for network in dict.fromkeys(networks[:len(connections)])}
            self.clouds = [
                AwsConnection(self.enclave, self.internet, connection, number, beyond[network], dead_after, bgp_timers, med)
                for number, (connection, network) in enumerate(zip(connections, networks), start=1)
            ]
            self.peers = [PolicyBasedSide(self.enclave, self.internet, peer, number) for number, peer in enumerate(peers, start=1)]
            for far in (*self.clouds, *self.peers):
                far.start()
            self.firewall = FirewallSide(self.enclave, self.internet, routing, behaviour)
        except BaseException:
            self.enclave.destroy()
            raise
        self.names = dict(names or {})
        self.engine = ""
        self.remarks: tuple[str, ...] = FIDELITY
        self.applied: list[Applied] = []
        self._read: dict[str, int] = {}
        self._was_up: dict[str, bool] = {}
        self._peers: dict[str, PeerState] = {}
        # BGP peer → (since when its session is there, in the daemon's words; the session).
        self._begun_by_peer: dict[str, tuple[str, Begun]] = {}
        self._lock = threading.RLock()

    def close(self) -> None:
        with self._lock:
            self.firewall.close()
            self.enclave.destroy()

    def __enter__(self) -> DataPlane:
        return self

    def __exit__(self, *dummy: Any) -> None:
        self.close()

    # What an emulated firewall asks of a data plane.

    def apply(self, running: ET.Element, engine: str, reveal: Callable[[str], str | None], learned: dict[str, str]) -> None:
        with self._lock:
            begun = time.monotonic()
            self.engine = engine
            wanted = translate(running, engine, reveal, learned, self.enclave.ipv6, self.names)
            self.remarks = (*wanted.remarks, *FIDELITY)
            try:
                # First: a flow that has begun without translation goes on without it.
                self._translate_addresses(wanted)
                done = self.firewall.apply(wanted)
            except (LabError, ViciError, OSError) as error:
                done = [f"NOT APPLIED: {error}"]
                self.remarks = (done[0], *self.remarks)
            self.applied.append(Applied(done, time.monotonic() - begun))

    def _translate_addresses(self, running: Running) -> None:
        """A customer address that the tunnel's own end has not belongs to a NAT device in front of the firewall."""
        peers = {tunnel.peer_address: tunnel.local_address for tunnel in running.tunnels}
        endpoints = [each.endpoint for cloud in self.clouds for each in cloud.endpoints if each.endpoint.outside in peers]
        self.internet.translate(frozenset(
            Translation(endpoint.outside, endpoint.customer_outside, peers[endpoint.outside]) for endpoint in endpoints
            if peers[endpoint.outside] != endpoint.customer_outside and ":" not in endpoint.outside))

    def observe(self, runtime: Runtime, log: SystemLog) -> None:
        with self._lock:
            running = self.firewall.running
            try:
                state = self.firewall.probes()
            except (OSError, ValueError):
                state = {"probes": {}, "rules": {}}
            runtime.tunnels = _Absent()
            for tunnel in running.tunnels:
                self._observe_tunnel(runtime, log, tunnel, state["probes"].get(f"tunnel {tunnel.name}"))
            runtime.rules = {name: "active" if active else "disabled" for name, active in state["rules"].items()}
            peers = [(router, peer) for router in running.routers for peer in router.peers]
            sessions = self.firewall.routing.sessions() if peers else {}
            runtime.peers = {}
            for router, peer in peers:
                session = sessions.get(of_router(router, "peer", peer.name))
                runtime.peers[peer.name] = self._observe_peer(log, peer, session)
                if session is not None and session.state == "Established":
                    runtime.sessions[peer.name] = self._begun(peer.name, session)
            runtime.learned_routes = [route for router in running.routers for route in self._learned(running, router)]

    def _observe_peer(self, log: SystemLog, peer: Peer, session: Session | None) -> PeerState:
        if session is None:
            return PeerState("Idle")
        told = session.notification if self.firewall.behaviour.tells_bgp_errors else ""
        found = PeerState(session.state, session.received, session.advertised, refused=session.refused, last_error=told)
        before = self._peers.get(peer.name, PeerState("Idle"))
        for happening in events.of_session(peer, before.state, found.state, told if told != before.last_error else ""):
            log.write(happening.eventid, happening.object, happening.text, happening.severity, "routing")
        self._peers[peer.name] = found
        return found

    def _begun(self, name: str, session: Session) -> Begun:
        """A session that has been there since another moment than the one that was seen last is another one."""
        since, begun = self._begun_by_peer.get(name, ("", Begun(time.monotonic(), 0)))
        if since != session.since:
            begun = Begun(time.monotonic(), begun.number + 1)
            self._begun_by_peer[name] = (session.since, begun)
        return begun

    def _observe_tunnel(self, runtime: Runtime, log: SystemLog, tunnel: Tunnel, probe: dict[str, Any] | None) -> None:
        daemon = self.firewall.daemons[tunnel.name]
        sa = daemon.ike_sa()
        children = {child.name: child for child in sa.children} if sa else {}
        monitor = None if probe is None else "up" if probe["up"] else "down"
        for selector in tunnel.selectors:
            name = child_name(tunnel, selector.name)
            child = children.get(name)
            measured = None
            if sa is not None and sa.established:
                measured = Measured(
                    int(child.inbound_spi, 16) if child else 0, int(child.outbound_spi, 16) if child else 0, child.packets_in if child else 0,
                    child.packets_out if child else 0, child.bytes_in if child else 0, child.bytes_out if child else 0, child.age if child else 0,
                    sa.age, sa.initiator, probe["sent"] if probe else 0, probe["answered"] if probe else 0,
                )
            state = "up" if child else "init" if sa is not None and sa.established else "down"
            runtime.tunnels[name] = TunnelState(state, monitor, measured)
        text, start = daemon.log(), self._read.get(tunnel.name, 0)
        self._read[tunnel.name] = len(text)
        for happening in events.read(tunnel, text[start:]):
            log.write(happening.eventid, happening.object, happening.text, happening.severity)
        up = monitor != "down" and bool(children)
        if self._was_up.get(tunnel.name, False) != up:
            word = "up" if up else "down"
            log.write(f"tunnel-status-{word}", tunnel.name, f"Tunnel {tunnel.name} is {word}", "informational" if up else "high")
        self._was_up[tunnel.name] = up

    def _learned(self, running: Running, router: Router) -> list[LearnedRoute]:
        if router.bgp is None or not router.bgp.installs:
            return []
        names = {interface.device: interface.name for interface in running.interfaces}
        peers = {peer.address: peer for peer in router.peers}
        found = []
        families = {"-4": "0.0.0.0/0", **({"-6": "::/0"} if self.enclave.ipv6 else {})}
        listed = [(line, everything) for family, everything in families.items() for line in self.enclave.run(
            f"ip {family} route show table {router.table} proto {self.firewall.routing.kernel}", HOST, check=False).splitlines()]
        for line, everything in listed:
            words = line.split()
            if "via" in words and words[words.index("via") + 1] in peers:
                hop, device = words[words.index("via") + 1], words[words.index("dev") + 1]
                found.append(LearnedRoute(router.name, words[0].replace("default", everything), hop, "0", names.get(device, device)))
        return found

    def initiate(self, gateway: str | None, tunnel: str | None) -> None:
        with self._lock:
            for each in self._tunnels(gateway, tunnel):
                try:
                    self.firewall.initiate(each)
                except (OSError, ViciError):
                    continue  # What comes of it shows in the state, as on the product.

    def clear(self, gateway: str | None, tunnel: str | None) -> bool:
        with self._lock:
            cleared = [self._clear(each, tunnel) for each in self._tunnels(gateway, tunnel)]
            return any(cleared)

    def _clear(self, each: Tunnel, child: str | None) -> bool:
        """Whatever was deleted comes back when a packet wants it, unless this side only waits."""
        daemon = self.firewall.daemons[each.name]
        if not daemon.terminate(child):
            return False
        if self.firewall.behaviour.negotiates_unasked and each.begins:
            self.initiate(each.gateway if child is None else None, child)
        return True

    def _tunnels(self, gateway: str | None, tunnel: str | None) -> list[Tunnel]:
        return [each for each in self.firewall.running.tunnels if gateway == each.gateway or (tunnel or "").partition(":")[0] == each.name]

    # For those who watch.

    def wait(self, seconds: float = 20) -> bool:
        """Until all tunnels and all BGP sessions of the running configuration are up; whether they came."""
        def peers_up() -> bool:
            peers = [peer for router in self.firewall.running.routers for peer in router.peers]
            return not peers or sum(session.state == "Established" for session in self.firewall.routing.sessions().values()) >= len(peers)

        end = time.monotonic() + seconds
        return self.firewall.wait_for_tunnels(seconds) and wait_until(peers_up, max(0.0, end - time.monotonic()), 0.1)

    def ping(self, host: str, address: str, count: int = 1) -> int:
        """How many echo requests were answered, each within a second."""
        text = self.enclave.run(f"ping -n -q -c {count} -i 0.2 -W 1 {address}", host, check=False, seconds=count + 10)
        words = [line for line in text.splitlines() if "received" in line]
        return int(words[0].split(",")[1].split()[0]) if words else 0


class _Absent(dict):
    """Tunnels that the data plane does not carry are down, not up as they are without a data plane."""

    def get(self, key: str, default: Any = None) -> Any:
        return super().get(key) or (None if ":" in key else TunnelState("down"))


def _networks(connections: list[Connection]) -> list[str]:
    first = ipaddress.ip_address("10.200.0.0")
    return [f"2001:db8:f0{number:02x}::/56" if connection.version == 6 else f"{first + 65536 * number}/16" for number, connection in enumerate(connections)]
