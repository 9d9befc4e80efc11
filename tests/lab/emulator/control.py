# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a test may do to an emulated firewall behind its back, in Python and over plain HTTP on loopback."""

from __future__ import annotations

import copy
import json
import socket
import xml.etree.ElementTree as ET
from http.server import BaseHTTPRequestHandler
from typing import Any

from ansible_collections.tunnelsmith.panos_vpn.tests.lab.emulator.dispatch import Api
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.emulator.errors import Refusal
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.emulator.firewall import Firewall
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.emulator.models import locks
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.emulator.models.admins import Admin, ROLES
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.emulator.models.network import Network
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.emulator.models.runtime import (
    HA_STATES, MONITOR_STATES, PANORAMA_HA_STATES, PEER_STATES, SA_STATES, PeerState,
)
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.emulator.models.tree import (
    Tree, parse_fragment, render, step_of,
)
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.emulator.models.xpath import parse_xpath
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.emulator.pair import Pair
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.emulator.panorama import Panorama
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.emulator.server import Listener, WebServer

_SETTING = "/config/devices/entry[@name='localhost.localdomain']/deviceconfig/setting"
_RULE_STATES = ("active", "disabled")


class Control:
    """Every public method is also an endpoint: POST /METHOD with its arguments as a JSON object.

    Nothing done here stands in the request log.
    """

    def __init__(self, firewall: Firewall, web: WebServer) -> None:
        self._firewall = firewall
        self._web = web
        web.edit_as, web.fail_over = self.edit_as, self.fail_over

    # What happened.

    def requests(self) -> list[dict[str, Any]]:
        """The request log: xpath, actions and command words, sizes and seconds; never an element or a credential."""
        return self._web.log.snapshot()

    def under_way(self) -> list[dict[str, Any]]:
        """Requests that have arrived and are not in the log yet, because they are not answered."""
        return self._web.log.under_way()

    def reset_requests(self) -> None:
        self._web.log.reset()

    def connections(self) -> int:
        """TLS connections accepted since the start or the last reset."""
        return self._web.log.connections

    # Configuration.

    def candidate(self, xpath: str = "/config", marks: bool = False) -> str:
        """XML text of the nodes at an xpath, one behind the other; empty where there is none."""
        return self._read(self._firewall.candidate.tree, xpath, marks)

    def running(self, xpath: str = "/config") -> str:
        return self._read(self._firewall.running, xpath, False)

    def _read(self, tree: Tree, xpath: str, marks: bool) -> str:
        with self._firewall.lock:
            return "".join(render(chain[-1], marks) for chain in parse_xpath(xpath).select(tree))

    def plant(self, xpath: str, element: str) -> None:
        """Merge raw XML below a node, in candidate and running alike: no schema, no marks, no journal."""
        with self._firewall.lock:
            path = parse_xpath(xpath).location()
            for tree in (self._firewall.candidate.tree, self._firewall.running):
                target = tree.root
                for step in path[1:]:
                    child = tree.child(target, step)
                    if child is None:
                        child = ET.Element(step[0])
                        if step[0] == "entry" and step[1] is not None:
                            child.set("name", step[1])
                        elif step[0] == "member":
                            child.text = step[1]
                        tree.append(target, child)
                    target = child
                _lay_over(tree, target, parse_fragment(element))

    def edit_as(self, admin: str, action: str, xpath: str, element: str | None = None, where: str | None = None,
                dst: str | None = None) -> None:
        """Another admin's uncommitted change. Raises the refusal that this admin would have got."""
        given = {"xpath": xpath, "where": where, "dst": dst}
        parameters = {key: value for key, value in given.items() if value is not None}
        everything = Admin(admin, "", ROLES["superuser"])
        with self._firewall.lock:
            Api(self._firewall).act(everything, action, parameters, lambda: parse_fragment(element or ""))

    def set_engine_setting(self, enabled: bool) -> None:
        """The Advanced Routing setting in the configuration, without the reboot that would make it run."""
        self.plant(_SETTING, f"<advance-routing>{'yes' if enabled else 'no'}</advance-routing>")

    # Accounts and locks.

    def add_admin(self, name: str, password: str, role: str = "superuser", rights: list[str] | None = None) -> str:
        """Returns an API key. ``rights`` replace those of the role: config-read, config-write, commit, op, …"""
        return self._firewall.admins.add(name, password, role, rights)

    def expire_keys(self) -> None:
        """Every API key given out so far stops working."""
        self._firewall.admins.expire_keys()

    def hold_config_lock(self, admin: str) -> None:
        with self._firewall.lock:
            self._firewall.locks.acquire(locks.CONFIG, admin)

    def hold_commit_lock(self, admin: str) -> None:
        with self._firewall.lock:
            self._firewall.locks.acquire(locks.COMMIT, admin)

    def release_locks(self, admin: str) -> None:
        with self._firewall.lock:
            self._firewall.locks.drop_all_of(admin)

    # Trouble.

    def fault(self, kind: str, when: dict[str, Any] | None = None, times: int = 1, **arguments: Any) -> None:
        """Plan a fault for the next requests that match; kinds and arguments: faults.KINDS."""
        self._web.faults.plan(kind, when, times, **arguments)

    def clear_faults(self) -> None:
        self._web.faults.clear()

    def latency(self, milliseconds: float, per_connection_milliseconds: float = 0) -> None:
        """Let every request, and every new connection, wait."""
        self._web.latency = milliseconds / 1000
        self._web.connection_latency = per_connection_milliseconds / 1000

    def restart_management(self, seconds: float, lose_jobs: bool = False) -> None:
        """Refuse connections for a while; ``lose_jobs``: what runs ends as a job without a number."""
        if lose_jobs:
            with self._firewall.lock:
                self._firewall.jobs.lose()
        self._web.restart(seconds)

    def commit_duration(self, seconds: float) -> None:
        self._firewall.commit_duration = seconds

    def fail_next_commit(self, lines: list[str]) -> None:
        self._firewall.plan_commit_outcome(False, lines)

    def warn_next_commit(self, lines: list[str]) -> None:
        self._firewall.plan_commit_outcome(True, lines)

    # Live state.

    def set_ha(self, state: str) -> None:
        """The HA state of a device without an emulated peer."""
        panorama = self._firewall.model == "Panorama"
        states = ("disabled", *PANORAMA_HA_STATES) if panorama else HA_STATES
        self._firewall.runtime.ha = _one_of("state", state, states)

    def fail_over(self) -> None:
        """Of a pair: the passive member becomes active, the active one passive."""
        with self._firewall.lock:
            self._pair().fail_over()

    def set_config_sync(self, enabled: bool) -> None:
        self._pair().sync_enabled = enabled

    def separate_pair(self) -> None:
        """The members lose sight of each other, and both are active."""
        with self._firewall.lock:
            self._pair().separate()

    def _pair(self) -> Pair:
        if self._firewall.pair is None:
            raise ValueError("this firewall is not a member of an emulated pair")
        return self._firewall.pair

    def disconnect(self, serial: str, connected: bool = False) -> None:
        """On a Panorama: a firewall behind it is not connected, or is again."""
        devices = self._firewall.devices if isinstance(self._firewall, Panorama) else {}
        if serial not in devices:
            raise ValueError(f"no firewall {serial} is managed here")
        devices[serial].connected = connected

    def log(self, eventid: str, name: str, opaque: str, severity: str = "informational", subtype: str = "vpn") -> None:
        """Write a line about a tunnel or gateway into the system log: ike-nego-p1-fail-psk, tunnel-status-down, …"""
        with self._firewall.lock:
            self._firewall.log.write(eventid, name, opaque, severity, subtype)

    def set_interface_address(self, name: str, cidr: str) -> None:
        """The address that an interface has learned by DHCP."""
        self._firewall.runtime.learned_addresses[name] = cidr

    def link(self, port: str, up: bool) -> None:
        """Whether a port has a link; what is configured as down has none in any case."""
        firewall, words = self._firewall, "up" if up else "down"
        with firewall.lock:
            (firewall.runtime.unplugged.discard if up else firewall.runtime.unplugged.add)(port)
            for tunnel in Network(firewall.running, firewall.runtime).tunnels:
                if tunnel.outer_interface.partition(".")[0] == port:
                    self.log(f"tunnel-status-{words}", tunnel.name, f"Tunnel {tunnel.name} is {words}", "informational" if up else "critical")

    def vpn(self, tunnel: str, sa: str | None = None, monitor: str | None = None) -> None:
        """State of a tunnel, or of one proxy ID ("tunnel:proxyid"); what is not given stays."""
        state = copy.copy(self._firewall.runtime.tunnel(tunnel))
        if sa is not None:
            state.sa = _one_of("sa", sa, SA_STATES)
        if monitor is not None:
            state.monitor = _one_of("monitor", monitor, MONITOR_STATES)
        self._firewall.runtime.tunnels[tunnel] = state
        up = state.sa == "up" and state.monitor != "down"
        self.log(f"tunnel-status-{'up' if up else 'down'}", tunnel, f"Tunnel {tunnel} is {'up' if up else 'down'}",
                 "informational" if up else "critical")

    def far_side_key(self, tunnel: str, key: str | None) -> None:
        """The only key that the far side of a tunnel takes from its next negotiation on; None: any."""
        with self._firewall.lock:
            runtime = self._firewall.runtime
            runtime.far_keys.pop(tunnel, None)
            if key is not None:
                runtime.far_keys[tunnel] = key
            for each in Network(self._firewall.running, runtime).tunnels:
                if each.name.split(":")[0] == tunnel and tunnel in runtime.refused:
                    self._firewall.negotiate(each.gateway)

    def commit_ends_sas(self, ends: bool = True) -> None:
        """Whether a committed change of what is negotiated ends the SAs that were made before it."""
        self._firewall.switches.commit_ends_sas = ends

    def commit_ends_sessions(self, ends: bool = True) -> None:
        """Whether a committed change of what a BGP session begins with (timers, password, addresses) ends the session that was there before it."""
        self._firewall.switches.commit_ends_sessions = ends

    def far_side_secret(self, peer: str, secret: str | None) -> None:
        """The only password that the far side of a BGP peer takes from its next session on; None: any."""
        with self._firewall.lock:
            runtime = self._firewall.runtime
            runtime.far_secrets.pop(peer, None)
            if secret is not None:
                runtime.far_secrets[peer] = secret
            if peer in runtime.unheard:
                self._firewall.begin_session(peer)

    def restart_session(self, peer: str) -> None:
        """A BGP session is lost, and begins anew."""
        with self._firewall.lock:
            self._firewall.begin_session(peer)

    def pbf(self, rule: str, state: str) -> None:
        """Whether a rule is in use; without it, that follows from the tunnel and its monitor."""
        self._firewall.runtime.rules[rule] = _one_of("state", state.lower(), _RULE_STATES)

    def bgp(self, peer: str, state: str, received: int | None = None, advertised: int | None = None,
            received_prefixes: list[str] | None = None, advertised_prefixes: list[str] | None = None) -> None:
        """State of a BGP peer. Counters that are not given follow from the prefixes, which the two RIBs show."""
        theirs, ours = tuple(received_prefixes or ()), tuple(advertised_prefixes or ())
        before = self._firewall.runtime.peers.get(peer)
        if before is not None and before.state != "Established" and state == "Established":
            self._firewall.begin_session(peer)
        self._firewall.runtime.peers[peer] = PeerState(
            _one_of("state", state, PEER_STATES), len(theirs) if received is None else received,
            len(ours) if advertised is None else advertised, theirs, ours,
        )


def _one_of(what: str, value: str, allowed: tuple[str, ...]) -> str:
    if value not in allowed:
        raise ValueError(f"{what} is one of {', '.join(allowed)}, not {value!r}")
    return value


def _lay_over(tree: Tree, target: ET.Element, elements: list[ET.Element]) -> None:
    for element in elements:
        child = tree.child(target, step_of(element))
        if child is None:
            tree.append(target, copy.deepcopy(element))
            continue
        for key, value in element.items():
            tree.set_attribute(child, key, value)
        if element.text is not None:
            tree.set_text(child, element.text)
        _lay_over(tree, child, list(element))


class ControlServer:
    """The HTTP endpoint of a Control."""

    def __init__(self, control: Control, address: str) -> None:
        self._control = control
        self.listener = Listener(address, 0, self._serve)

    def _serve(self, connection: socket.socket) -> None:
        connection.settimeout(120)
        _ControlHandler(connection, self._control)


class _ControlHandler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def __init__(self, connection: socket.socket, control: Control) -> None:
        self._control = control
        super().__init__(connection, ("", 0), None)

    def log_message(self, format: str, *args: object) -> None:
        """Silent."""

    def do_GET(self) -> None:
        self._answer("{}")

    def do_POST(self) -> None:
        self._answer(self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode() or "{}")

    def _answer(self, body: str) -> None:
        try:
            arguments = json.loads(body)
        except ValueError as error:
            status, value = 400, {"error": f"not JSON: {error}"}
        else:
            status, value = call(self._control, self.path.strip("/"), arguments)
        data = json.dumps(value).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)


def call(control: Control, method: str, arguments: Any) -> tuple[int, Any]:
    """HTTP status and JSON value: the method's own return value, or {"error": …}."""
    function = None if method.startswith("_") else getattr(control, method, None)
    if not callable(function):
        return 404, {"error": f"no method {method!r}"}
    if not isinstance(arguments, dict):
        return 400, {"error": "the body is a JSON object with the method's arguments"}
    try:
        return 200, function(**arguments)
    except (Refusal, TypeError, ValueError) as error:
        return 400, {"error": f"{type(error).__name__}: {error}"}
