# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Real tunnels for the demo: behind each emulated firewall a lab, in which packets pass and AWS's active endpoint is killed for a while.

Where a machine or a configuration does not allow that, the demo goes on without, and says why.
"""

from __future__ import annotations

import ipaddress
import json
import os
import signal
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from typing import Any, Callable, Iterable, Iterator

from ansible_collections.tunnelsmith.panos_vpn.tests.lab.cloud.connection import Connection, read
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.dataplane.enclave import LabError, wait_until
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.dataplane.firewall_side import HOST
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.dataplane.observation import Observation, Watch
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.dataplane.plane import DataPlane
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.dataplane.prerequisites import missing
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.dataplane.running import network_of

#: AWS gives up on a silent firewall after so many seconds, and its BGP sends keep-alives and holds so long: a demo cannot wait for 30.
DEAD_AFTER, BGP_TIMERS = 4, (1, 3)
#: The shortest monitor that PAN-OS has is 2 seconds, twice.
THRESHOLD = 2
#: The traffic of a failover: so long before the endpoint is killed, while it is dead, and afterwards.
BEFORE, DEAD, AFTER = 1.0, 9.0, 3.0
LIFETIME = 900


@dataclass(frozen=True)
class Packets:
    """What passed: per tunnel whether AWS's inside address answers, which tunnels took the sessions, and how long they stood still."""

    answers: dict[str, bool]
    before: str
    meanwhile: str
    afterwards: str
    stood_still: float


class NoLab(Exception):
    """Why there are no real tunnels."""


def labs(pairs: list[Any], stack: ExitStack, tell: Callable[[str], None]) -> dict[str, DataPlane]:
    """A lab for each pair that can have one, by its name; the emulators are attached to them. ``stack`` takes them down."""
    found: dict[str, DataPlane] = {}
    lacking = missing()
    if lacking:
        tell(f"Without real tunnels: {lacking}")
        return found
    for number, pair in enumerate(pairs, start=1):
        try:
            with _interrupted_later():
                found[pair.name] = stack.enter_context(_lab(pair, number))
        except (NoLab, LabError) as error:
            tell(f"{pair.name} without real tunnels: {error}")
    return found


@contextmanager
def _interrupted_later() -> Iterator[None]:
    """An interrupt waits until what is begun here has its end in hand: a process that was just started would be nobody's."""
    interrupts: list[int] = []
    before = signal.signal(signal.SIGINT, lambda number, dummy: interrupts.append(number))
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
        if interrupts:
            raise KeyboardInterrupt


def _lab(pair: Any, number: int) -> DataPlane:
    variables = pair.choice.variables
    local, remote = (ipaddress.ip_network(variables[f"aws_pairing_{side}_networks"][0]) for side in ("local", "remote"))
    if remote.num_addresses < 32:
        raise NoLab(f"the remote network {remote} is too small for a VPC")
    try:
        connection = read(json.loads(pair.connection.read_text(encoding="utf-8")), pair.vpn)
    except (ValueError, KeyError) as error:
        raise NoLab(f"{pair.connection.name} is not what 'aws ec2 describe-vpn-connections' prints: {error}") from error
    plane = DataPlane(f"demo{os.getpid()}-{number}", [_answering(connection, local)], [str(remote)], LIFETIME, DEAD_AFTER, BGP_TIMERS)
    firewall = pair.emulator.firewall
    with firewall.lock:
        plane.apply(firewall.running.root, firewall.engine, firewall.secrets.reveal, firewall.runtime.learned_addresses)
    problem = _problem(plane, pair, local)
    if problem:
        plane.close()
        raise NoLab(problem)
    pair.emulator.attach(plane)
    return plane


def _problem(plane: DataPlane, pair: Any, local: ipaddress.IPv4Network) -> str:
    """Why this configuration cannot be made true; empty where it can."""
    if plane.applied[-1].done[:1] and plane.applied[-1].done[0].startswith("NOT APPLIED"):
        return plane.applied[-1].done[0]
    router = pair.choice.variables["aws_pairing_virtual_router"]
    return "" if _office(plane, local) else f"no host stands in {local}: it is not connected to router {router}"


def _answering(connection: Connection, local: ipaddress.IPv4Network) -> Connection:
    """With static routing, AWS answers only networks that it was told of."""
    if connection.dynamic or str(local) in connection.static_routes:
        return connection
    return replace(connection, static_routes=(*connection.static_routes, str(local)))


def _office(plane: DataPlane, local: ipaddress.IPv4Network) -> str:
    """The host in the local network; it is named after the firewall's interface."""
    return next((interface.device for interface in plane.firewall.running.interfaces if interface.name not in plane.firewall.running.outside
                 and any(network_of(address) == local for address in interface.addresses)), "")


def failovers(pairs: list[Any], planes: dict[str, DataPlane]) -> dict[str, Packets]:
    """All labs side by side: echo requests through each tunnel, and the active endpoint dead for some seconds."""
    chosen = [(planes[pair.name], pair) for pair in pairs if pair.name in planes]
    with ThreadPoolExecutor(max(1, len(chosen))) as pool:
        return dict(zip([pair.name for dummy, pair in chosen], pool.map(lambda each: _failover(*each), chosen)))


def _failover(plane: DataPlane, pair: Any) -> Packets:
    plane.wait(30)
    office = _office(plane, ipaddress.ip_network(pair.choice.variables["aws_pairing_local_networks"][0]))
    cloud = plane.clouds[0]
    ours = {tunnel.peer_address: tunnel.name for tunnel in plane.firewall.running.tunnels}
    endpoints = {ours[endpoint.endpoint.outside]: endpoint for endpoint in cloud.endpoints if endpoint.endpoint.outside in ours}
    answers = {name: plane.ping(HOST, endpoint.endpoint.inside, 2) > 0 for name, endpoint in endpoints.items()}
    before = _taken(plane, endpoints, office)
    watch = Watch(plane, office, cloud.host, cloud.address, BEFORE + DEAD + AFTER)
    watch.until(BEFORE)
    if before in endpoints:
        endpoints[before].kill()
    watch.until(BEFORE + DEAD - 2)
    meanwhile = _taken(plane, endpoints, office)
    watch.until(BEFORE + DEAD)
    if before in endpoints:
        endpoints[before].restart()
    observation = watch.finish()
    wait_until(lambda: _taken(plane, endpoints, office) == before, 15, 0.5)
    return Packets(answers, before, meanwhile, _taken(plane, endpoints, office), _still(observation))


def _taken(plane: DataPlane, endpoints: Iterable[str], office: str) -> str:
    """The tunnel that echo requests to the VPC's host take and come back through; "none" where they do not."""
    def sent(name: str) -> int:
        sa = plane.firewall.daemons[name].ike_sa()
        return sum(child.packets_out for child in sa.children) if sa else 0

    count = 5
    before = {name: sent(name) for name in endpoints}
    if plane.ping(office, plane.clouds[0].address, count) < count:
        return "none"
    return max(before, key=lambda name: sent(name) - before[name], default="none")


def _still(observation: Observation) -> float:
    """Seconds for which new sessions found no way."""
    return sum(outage.seconds for outage in observation.outages("new", 0.55))
