# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The firewall: what its running configuration says, made of namespaces, IKE daemons, a routing daemon, a packet filter and probes.

A commit touches only what it changed.
"""

from __future__ import annotations

import contextlib
import ipaddress
import json
import pathlib
import socket
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Collection

from ansible_collections.tunnelsmith.panos_vpn.tests.lab.dataplane import firewall_routing, packet_filter, routing_configuration
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.dataplane.agent import ANSWERS, FIRST_MARK, MARKS
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.dataplane.behaviour import A_KEY, EVERYTHING, Behaviour
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.dataplane.enclave import Enclave, LabError, wait_until
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.dataplane.ike_daemon import TUN, IkeDaemon, ends, wait_for
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.dataplane.internet import ENCAPSULATION, Internet
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.dataplane.running import (
    ANY, MAIN, Interface, Monitor, Running, Tunnel, device, host_of, network_of, version,
)
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.dataplane.vici import ViciError

HOST = "firewall"

#: Seconds between two attempts to bring up a tunnel that is down, and between two looks whether packets want one.
RETRY, LOOK = 2.0, 0.2

# Behind what is steered to daemons and by PBF; and a metric that no route has.
_BY_ROUTER, _LAST = 300, 4278198272

# Each echo request is a session of its own. The lower half of a session's mark is the rule of its packets, the upper half that of its answers.
_SELECTION = f"""table {{table}} forwarding {{{{
  chain rules {{{{ }}}}
  chain answers {{{{ }}}}
  chain select {{{{ type filter hook prerouting priority mangle;
    {{echo}} type echo-request ct direction original ct mark set 0
    ct direction original ct mark and {MARKS} == 0 jump rules
    ct direction reply ct mark and {MARKS << ANSWERS} == 0 jump answers
    ct direction original ct mark and {MARKS} >= {FIRST_MARK} meta mark set ct mark and {MARKS}
    ct direction reply ct mark >= {FIRST_MARK << ANSWERS} meta mark set ct mark >> {ANSWERS}
  }}}}
}}}}"""
_AGENT = pathlib.Path(__file__).with_name("agent.py")
_VERSIONS = {"ikev1": "1", "ikev2": "2", "ikev2-preferred": "0"}


def child_name(tunnel: Tunnel, selector: str) -> str:
    """The operational name: tunnel, or tunnel:proxyid."""
    return f"{tunnel.name}:{selector}" if selector else tunnel.name


def ask_agent(folder: pathlib.Path, plan: dict[str, Any]) -> dict[str, Any]:
    """The state of monitors and rules, and how many packets went into which device, after giving the agent a plan unless that is empty."""
    with socket.socket(socket.AF_UNIX) as connection:
        connection.settimeout(20)
        connection.connect(str(folder / "agent.sock"))
        stream = connection.makefile("rw", encoding="utf-8")
        stream.write(json.dumps(plan) + "\n")
        stream.flush()
        answer = json.loads(stream.readline())
    if "error" in answer:
        raise LabError(f"the firewall's agent refuses: {answer['error']}")
    return answer


class FirewallSide:
    """Each echo request is a session of its own, because PAN-OS tells ICMP sessions apart by identifier and sequence number (inferred)."""

    def __init__(self, enclave: Enclave, internet: Internet, routing: str = "bird", behaviour: Behaviour = Behaviour()) -> None:
        self.enclave = enclave
        self.internet = internet
        self.running = Running()
        self.daemons: dict[str, IkeDaemon] = {}
        self.routing = firewall_routing.KINDS[routing](enclave, HOST)
        self.folder = enclave.folder / HOST
        self.behaviour = behaviour
        self._zones: dict[str, int] = {}
        self._idle: set[str] = set()
        self._slots: dict[str, int] = {}
        self._marks: dict[str, int] = {}
        self._connections: dict[str, tuple] = {}
        self._served: set[str] = set()
        self._rules: set[tuple[int, str]] = set()
        self._routes: set[str] = set()
        self._filter = ""
        self._plan: dict[str, Any] = {}
        self._closing = threading.Event()
        self._boot()
        threading.Thread(target=self._keep_trying, daemon=True).start()

    def close(self) -> None:
        self._closing.set()

    def _keep_trying(self) -> None:
        """A firewall negotiates when a packet wants to pass, and monitors and BGP send packets all the time."""
        before: dict[str, int] = {}
        tried: dict[str, float] = {}
        while not self._closing.wait(LOOK):
            try:
                packets = ask_agent(self.folder, {})["packets"]
            except (OSError, ValueError, LabError):
                continue
            now = time.monotonic()
            for tunnel in self.running.tunnels:
                unit = device(tunnel.interface)
                is_asked = self.behaviour.negotiates_unasked or packets.get(unit, 0) > before.get(unit, 0)
                if is_asked and now - tried.get(tunnel.name, 0) >= RETRY and self._needs_negotiation(tunnel):
                    tried[tunnel.name] = now
                    with contextlib.suppress(OSError, ViciError):
                        self.initiate(tunnel)
            before = packets

    def _needs_negotiation(self, tunnel: Tunnel) -> bool:
        daemon = self.daemons.get(tunnel.name)
        if daemon is None or not tunnel.begins or tunnel.name not in self._connections:
            return False
        sa = daemon.ike_sa()
        return sa is None or (sa.established and not sa.children)

    def _boot(self) -> None:
        self.folder.mkdir()
        self.enclave.add_hosts(HOST)
        # Packets for IKE daemons are taken out before the local table, marked ones go their own way after it.
        for option, table, echo in (("-4", "ip", "icmp"), ("-6", "ip6", "icmpv6")) if self.enclave.ipv6 else (("-4", "ip", "icmp"),):
            self.enclave.run(
                f"ip {option} rule add pref 100 lookup local; ip {option} rule del pref 0; "
                f"nft -f - <<'END'\n{_SELECTION.format(table=table, echo=echo)}\nEND", HOST,
            )
        agent = f"{sys.executable} -I {_AGENT} {self.folder} </dev/null >{self.folder}/agent.log 2>&1 &"
        self.enclave.run(agent, HOST)
        if not wait_until((self.folder / "agent.sock").exists, 10):
            raise LabError(f"the firewall's agent did not start: {(self.folder / 'agent.log').read_text()}")

    # A commit.

    def apply(self, running: Running) -> list[str]:
        """Make a configuration true; what was done, in words."""
        before, self.running = self.running, running
        done = self._apply_interfaces(before, running)
        self._provide(running)
        done += self._apply_tunnels(before, running)
        self._route_by_router(running)
        if self.routing.follow(running):
            done.append("routing configured")
        done += self._apply_rules(running)
        # A first packet without a route, or against a rule that just goes, would cost the wait for the second one.
        with ThreadPoolExecutor(8) as pool:
            done += [words for negotiated in pool.map(self._negotiate, running.tunnels) for words in negotiated]
        plan = self._agent_plan()
        # Whatever was configured anew has forgotten what the agent stopped, so it is told again.
        if plan != self._plan or done:
            ask_agent(self.folder, {**plan, "switches": self.routing.switches()})
            if plan != self._plan:
                done.append("forwarding and monitors set")
            self._plan = plan
        return done

    def _apply_rules(self, running: Running) -> list[str]:
        for zone in filter(None, (interface.zone for interface in running.interfaces)):
            self._zones.setdefault(zone, len(self._zones) % packet_filter.ZONES)
        text = packet_filter.security(running, self._daemon_devices(), self._zones, self.enclave.ipv6, self.behaviour)
        if text == self._filter:
            return []
        path = self.folder / "security.nft"
        path.write_text(text, encoding="utf-8")
        self.enclave.run(f"nft -f {path}", HOST)
        self._filter = text
        return ["security rules loaded"]

    # Interfaces.

    def _apply_interfaces(self, before: Running, running: Running) -> list[str]:
        done = []
        for interface in before.interfaces:
            if interface not in running.interfaces and not interface.is_tunnel and running.interface(interface.name) is None:
                self._remove_interface(interface)
                done.append(f"interface {interface.name} removed")
        lines = self._lines(running)
        for interface in running.interfaces:
            known = before.interface(interface.name)
            if known is not None and self._begins_anew(known, interface, lines):
                self._remove_interface(known)
                known = None
            if known != interface and not interface.is_tunnel:
                self._set_interface(interface, known, running)
                done.append(f"interface {interface.name} set")
        return done

    def _begins_anew(self, known: Interface, interface: Interface, lines: Collection[str]) -> bool:
        """Whether what is behind an interface is another one: it was a host and leads to the internet from now on, or has addresses of another family too."""
        is_line_now = interface.name in lines and interface.name not in self._served
        return is_line_now or (known.ipv6 != interface.ipv6 and not interface.is_tunnel)

    def _set_interface(self, interface: Interface, before: Interface | None, running: Running) -> None:
        name = interface.device
        if before is None:
            if interface.name in self._lines(running):
                self._served.add(interface.name)
                self.internet.serve(HOST, name)
            elif not interface.is_loopback and (interface.addresses or interface.ipv6):
                self._add_neighbour(interface)
            else:
                self.enclave.run(f"ip -n {HOST} link add {name} type veth peer name {name[:13]}-x")
        addresses = "; ".join(f"ip -n {HOST} {line}" for line in _owned(interface))
        flush = f"ip -4 -n {HOST} addr flush dev {name}; ip -6 -n {HOST} addr flush dev {name} scope global"
        mtu = (interface.mtu or 1500) + (ENCAPSULATION if interface.name in self._served else 0)
        self.enclave.run(f"{flush}; {addresses or 'true'}; ip -n {HOST} link set {name} mtu {mtu} {'up' if interface.is_up else 'down'}")

    def _provide(self, running: Running) -> None:
        """What the providers do for the lines as they are now."""
        for interface in running.interfaces:
            if interface.name in self._served:
                self.internet.answer_as(interface.device, tuple(self._gateways(interface, running)))
        for interface in running.interfaces:
            if interface.is_loopback:
                self._lead_to(interface, running)
        for tunnel in running.tunnels:
            outside = running.interface(tunnel.outside)
            held = [host_of(address) for address in outside.addresses] if outside is not None else []
            if held and tunnel.version_outside == 4 and tunnel.local_address not in held:
                # One that floats between the members of a pair stands on no interface.
                self.internet.lead(tunnel.local_address, held[0])

    def _lines(self, running: Running) -> list[str]:
        """Interfaces with a provider behind them: those of tunnels, and those of the default route."""
        defaults = [route for route in running.routes if route.destination == ANY]
        hops = [ipaddress.ip_address(route.nexthop) for route in defaults if route.nexthop and not route.interface]
        beside = [interface.name for interface in running.interfaces for address in interface.addresses
                  if any(hop in network_of(address) for hop in hops if hop.version == 4)]
        outside = [name for name in running.outside if not name.startswith("loopback")]
        return [*outside, *(route.interface for route in defaults if route.interface), *beside]

    def _lead_to(self, interface: Interface, running: Running) -> None:
        """The provider sends what is for a loopback interface's address to the firewall's line."""
        lines = [each for name in self._lines(running) for each in running.interfaces if each.name == name and each.addresses]
        for address in interface.addresses if lines else ():
            self.internet.lead(host_of(address), host_of(lines[0].addresses[0]))

    def _gateways(self, interface: Interface, running: Running) -> list[str]:
        found = []
        for address in (*interface.addresses, *interface.ipv6):
            network = network_of(address)
            known = {route.nexthop: ipaddress.ip_address(route.nexthop) for route in running.routes if route.nexthop}
            hops = {text for text, hop in known.items() if hop.version == network.version and hop in network}
            if not hops and network.num_addresses > 2:
                hops = {str(next(host for host in network.hosts() if str(host) != host_of(address)))}
            found += [f"{hop}/{network.prefixlen}" for hop in sorted(hops)]
        return found

    def _add_neighbour(self, interface: Interface) -> None:
        """A host behind an inside interface, under the interface's name."""
        host = interface.device
        self.enclave.add_hosts(host)
        self.enclave.link(HOST, interface.device, host, "eth0")
        for address in (*interface.addresses[:1], *interface.ipv6[:1]):
            network = network_of(address)
            own = str(network[10]) if network.num_addresses > 16 else str(next((item for item in network.hosts() if str(item) != host_of(address)), network[0]))
            self.enclave.run(f"ip -n {host} addr add {own}/{network.prefixlen} dev eth0; "
                             f"ip -{network.version} -n {host} route add default via {host_of(address)}")

    def _remove_interface(self, interface: Interface) -> None:
        self._served.discard(interface.name)
        self.internet.leave(interface.device)
        self.enclave.run(f"ip -n {HOST} link del {interface.device}", check=False)
        self.enclave.remove_host(interface.device)

    def _route_by_router(self, running: Running) -> None:
        """A router with a table of its own decides on what comes in by one of its interfaces, leaves by one, or is sent from an address of one; what that
        table has no way for goes nowhere. PBF decides before.
        """
        families = (4, 6) if self.enclave.ipv6 else (4,)
        used = {tunnel.interface for tunnel in running.tunnels}
        goes = self.behaviour.interfaces_go_with_their_tunnel
        there = [each for each in running.interfaces if each.table != MAIN and (each.name in used or not each.is_tunnel or not goes)]
        rules = {rule for interface in there for rule in _rules_of_router(interface) if rule[0] in families}
        routes = {line for interface in there if interface.is_up for line in _routes_of_router(interface)}
        lines = [f"ip -{family} -n {HOST} rule {verb} {rule}" for verb, listed in (("del", self._rules - rules), ("add", rules - self._rules))
                 for family, rule in listed]
        # The kernel forgets a route with its device or address, so that some are gone already, and others have to be there once more.
        lines += [f"ip -n {HOST} route del {line} || true" for line in self._routes - routes]
        lines += [f"ip -{family} -n {HOST} route replace unreachable default metric {_LAST} table {router.table}"
                  for router in running.others for family in families]
        lines += [f"ip -n {HOST} route replace {line}" for line in routes]
        if lines:
            self.enclave.run("\n".join(lines))
        self._rules, self._routes = rules, routes

    # Tunnels.

    def _apply_tunnels(self, before: Running, running: Running) -> list[str]:
        done = []
        old, new = ({tunnel.name: tunnel for tunnel in state.tunnels} for state in (before, running))
        # Another peer, or another address of ours, is another daemon.
        anew = [name for name in old if name not in new or _place(old[name]) != _place(new[name])]
        self._leave_idle(before, running, [old[name] for name in anew])
        for name in anew:
            self._stop(old[name])
            done.append(f"tunnel {name} taken down")
        started = [tunnel for name, tunnel in new.items() if name not in self.daemons]
        if started:
            self._start(started)
            done += [f"tunnel {tunnel.name} made" for tunnel in started]
        for name, tunnel in new.items():
            interface = running.interface(tunnel.interface)
            if tunnel not in started and interface != before.interface(tunnel.interface):
                self.enclave.ip({HOST: self._addresses(tunnel)})
                done.append(f"interface {tunnel.interface} set")
        return done

    def _start(self, tunnels: list[Tunnel]) -> None:
        """Daemons and devices of new tunnels, in as few processes as possible: a commit may bring many."""
        for tunnel in tunnels:
            self._slots[tunnel.name] = slot = next(number for number in range(1, 4096) if number not in self._slots.values())
            patience = 4 * (tunnel.probe_interval or 5) / 5
            self.daemons[tunnel.name] = IkeDaemon(self.enclave, f"ike{slot}", (max(1.0, patience / 4), 4))
        daemons = [self.daemons[tunnel.name] for tunnel in tunnels]
        self.enclave.add_hosts(*(daemon.host for daemon in daemons))
        lines: dict[str | None, list[str]] = {None: [], HOST: []}
        for tunnel in tunnels:
            self._connect(tunnel, lines)
        self.enclave.ip(lines)
        for tunnel in tunnels:
            if tunnel.version_outside == 6:
                rules = [f"ip -6 -n {HOST} rule add {rule}" for rule in _steering(tunnel, self._slots[tunnel.name])]
                self.enclave.run("\n".join(rules))
        self.enclave.run("\n".join(daemon.prepare() for daemon in daemons))
        wait_for(daemons)
        self._place_tuns(tunnels)

    def _connect(self, tunnel: Tunnel, lines: dict[str | None, list[str]]) -> None:
        """The line between the firewall and the tunnel's daemon, and who gets which packets."""
        slot, host = self._slots[tunnel.name], self.daemons[tunnel.name].host
        six = tunnel.version_outside == 6
        ours, theirs, short, whole = (*_carrier(slot, six), *((126, 128) if six else (30, 32)))
        lines[None].append(f"link add {host} netns {HOST} type veth peer name up0 netns {host}")
        lines[HOST] += [
            f"link set {host} mtu {1500 + ENCAPSULATION} up", f"addr add {ours}/{short} dev {host}", f"route add default via {theirs} table {10000 + slot}",
            *(f"rule add {rule}" for rule in _steering(tunnel, slot) if not six),
        ]
        # An IPv6 address is no source until it was looked for twice, unless one says not to look.
        at_once = " nodad" if six else ""
        # The daemon owns a copy of the firewall's address; kernel policies want an address inside the local selector.
        narrow = [selector.local for selector in tunnel.selectors if not selector.local.endswith("/0")]
        lines[host] = [
            f"link set up0 mtu {1500 + ENCAPSULATION} up",
            f"addr add {theirs}/{short} dev up0{at_once}", f"addr add {tunnel.local_address}/{whole} dev lo{at_once}",
            f"route add default via {ours} src {tunnel.local_address}",
            *(f"addr replace {_first_host(network)}/{ipaddress.ip_network(network, strict=False).max_prefixlen} dev lo" for network in narrow),
        ]

    def _place_tuns(self, tunnels: list[Tunnel]) -> None:
        """Daemons keep the descriptors, the firewall gets the devices. A daemon insists on one of the old name, so it gets a dead one."""
        lines: dict[str | None, list[str]] = {
            self.daemons[tunnel.name].host: [
                f"link set {TUN} netns {HOST} name {device(tunnel.interface)}", f"tuntap add dev {TUN} mode tun", f"link set {TUN} up",
            ] for tunnel in tunnels
        }
        self.enclave.ip({**lines, HOST: [line for tunnel in tunnels for line in self._addresses(tunnel)]})

    def _addresses(self, tunnel: Tunnel) -> list[str]:
        interface = self.running.interface(tunnel.interface)
        if interface is None:
            return []
        return _addressed(interface, min(interface.mtu or 1500, self.daemons[tunnel.name].largest))

    def _leave_idle(self, before: Running, running: Running, ending: list[Tunnel]) -> None:
        """Tunnel interfaces without a tunnel stand and swallow packets; the device of a tunnel that ends outlives its daemon."""
        if self.behaviour.interfaces_go_with_their_tunnel:
            return
        used = {tunnel.interface for tunnel in running.tunnels}
        idle = [each for each in running.interfaces if each.is_tunnel and each.name not in used]
        owners = {tunnel.interface: str(self.daemons[tunnel.name].folder / "run" / "charon.pid") for tunnel in ending}
        wanted = {each.device: owners.get(each.name) for each in idle}
        if set(wanted) != self._idle:
            ask_agent(self.folder, {"devices": wanted})
            self._idle = set(wanted)
        self.enclave.ip({HOST: [line for each in idle if each != before.interface(each.name) for line in _addressed(each, each.mtu or 1500)]})

    def _negotiate(self, tunnel: Tunnel) -> list[str]:
        wanted = (self._connection(tunnel), tunnel.credentials or tunnel.key)
        if self._connections.get(tunnel.name) == wanted:
            return []
        daemon, before = self.daemons[tunnel.name], self._connections.get(tunnel.name)
        only_key = before is not None and before[0] == wanted[0]
        is_kept = self.behaviour.sas_outlive == EVERYTHING or (only_key and self.behaviour.sas_outlive == A_KEY)
        if before is not None and not is_kept:
            daemon.terminate()
            daemon.unload()
        daemon.load(*wanted)
        begins = self.behaviour.negotiates_unasked and tunnel.begins
        if begins and only_key and not is_kept:
            # What is loaded as it was does not begin by itself.
            self.initiate(tunnel)
        self._connections[tunnel.name] = wanted
        words = "has another key" if only_key else "has other terms" if is_kept else "negotiated anew"
        return [] if before is None else [f"tunnel {tunnel.name} {words}"]

    def _stop(self, tunnel: Tunnel) -> None:
        daemon, slot = self.daemons.pop(tunnel.name), self._slots.pop(tunnel.name)
        self._connections.pop(tunnel.name, None)
        daemon.terminate()
        daemon.kill()
        option = f"-{tunnel.version_outside}"
        self.enclave.run("\n".join(f"ip {option} -n {HOST} rule del {rule}" for rule in _steering(tunnel, slot)), check=False)
        self.enclave.run(f"ip -n {HOST} link del {daemon.host}", check=False)
        self.enclave.remove_host(daemon.host)

    def _connection(self, tunnel: Tunnel) -> dict[str, Any]:
        start = "start" if self.behaviour.negotiates_unasked and tunnel.begins else "none"
        children = {
            child_name(tunnel, selector.name): {
                "local_ts": [selector.local], "remote_ts": [selector.remote], "esp_proposals": list(tunnel.esp_proposals),
                "rekey_time": f"{max(60, tunnel.esp_lifetime * 9 // 10)}s", "life_time": f"{tunnel.esp_lifetime}s", "start_action": start,
                "close_action": start, "dpd_action": "restart" if start == "start" else "clear",
            }
            for selector in tunnel.selectors
        }
        return {
            "version": _VERSIONS[tunnel.version], "local_addrs": [tunnel.local_address], "remote_addrs": [tunnel.peer_address or "%any"], "encap": "yes",
            "mobike": "no", "fragmentation": "yes", "keyingtries": "0" if self.behaviour.negotiates_unasked else "1", "proposals": list(tunnel.ike_proposals),
            "rekey_time": f"{max(60, tunnel.ike_lifetime * 9 // 10)}s", "dpd_delay": f"{tunnel.probe_interval or 0}s",
            "aggressive": "yes" if tunnel.aggressive else "no", "children": children,
            **ends(tunnel.credentials or tunnel.key, tunnel.local_id, tunnel.peer_id),
        }

    def _daemon_devices(self) -> dict[str, list[str]]:
        found: dict[str, list[str]] = {}
        for tunnel in self.running.tunnels:
            found.setdefault(tunnel.outside, []).append(self.daemons[tunnel.name].host)
        return found

    # Monitors and rules.

    def _agent_plan(self) -> dict[str, Any]:
        running, probes = self.running, {}
        for tunnel in running.tunnels:
            if tunnel.monitor is not None:
                probes[f"tunnel {tunnel.name}"] = _probe(tunnel.monitor, tunnel.interface)
        rules = []
        for rule in running.forwarding:
            way_out = running.interface(rule.egress)
            if rule.action == "forward" and way_out is None:
                continue
            if rule.monitor is not None:
                probes[f"rule {rule.name}"] = _probe(rule.monitor, rule.egress)
            mark = self._marks.setdefault(rule.name, FIRST_MARK + len(self._marks))
            came = "iifname { " + ", ".join(f'"{device(name)}"' for name in rule.ingress) + " } " if rule.ingress else ""
            rules.append({
                "name": rule.name, "mark": mark, "conditions": [came + condition for condition in packet_filter.conditions(rule.match)],
                "conditions_ipv6": [came + condition for condition in packet_filter.conditions(rule.match, 6)], "action": rule.action,
                "device": device(rule.egress or ""), "nexthop": None if way_out is None or way_out.is_tunnel else rule.nexthop, "gives_way": rule.gives_way,
                "keeps": self.behaviour.dead_peers_keep_sessions and rule.monitor is not None and not rule.monitor.fails_over,
            })
        interfaces = {
            tunnel.name: routing_configuration.protocols_of(running, tunnel.interface)
            for tunnel in running.tunnels if tunnel.monitor is not None and tunnel.monitor.fails_over
        }
        routes = {}
        named = {routing_configuration.of_router(router, "route", route.name): route for router in running.routers for route in router.routes}
        for name, route in named.items():
            if route.monitor is not None:
                keys = [f"path {name} {probe.target}" for probe in route.monitor.destinations]
                probes.update({key: _probe(probe, route.interface) for key, probe in zip(keys, route.monitor.destinations)})
                routes[name] = {"probes": keys, "all": route.monitor.all_must_fail}
        return {"probes": probes, "rules": rules, "interfaces": interfaces, "routes": routes, "ipv6": self.enclave.ipv6,
                "answers": self.behaviour.answers_by_pbf}

    def probes(self) -> dict[str, Any]:
        """State of the monitors and of the PBF rules, by name."""
        return ask_agent(self.folder, {})

    def journal(self) -> list[dict[str, Any]]:
        """Every probe and every change, with its time."""
        return [json.loads(line) for line in (self.folder / "journal").read_text(encoding="utf-8").splitlines()]

    # Acts.

    def initiate(self, tunnel: Tunnel) -> None:
        """Nothing where a commit has just taken its daemon away."""
        daemon = self.daemons.get(tunnel.name)
        for selector in tunnel.selectors if daemon is not None else ():
            daemon.initiate(child_name(tunnel, selector.name))

    def wait_for_tunnels(self, seconds: float = 15) -> bool:
        """Until every tunnel has its SAs; whether they came."""
        def up() -> bool:
            return all((sa := daemon.ike_sa()) is not None and sa.children for daemon in self.daemons.values())

        return wait_until(up, seconds, 0.05)


def _addressed(interface: Interface, mtu: int) -> list[str]:
    name = interface.device
    return [f"addr flush dev {name}", *_owned(interface), f"link set {name} mtu {mtu} up"]


def _owned(interface: Interface) -> list[str]:
    """The kernel puts what an interface is connected to into the main table, unless it is told not to."""
    elsewhere = "" if interface.table == MAIN else " noprefixroute"
    return [f"addr add {address} dev {interface.device}{elsewhere}" for address in (*interface.addresses, *interface.ipv6)]


def _probe(monitor: Monitor, interface: str | None) -> dict[str, Any]:
    return {"target": monitor.target, "interval": monitor.interval, "threshold": monitor.threshold, "hold": monitor.hold,
            "device": device(interface) if interface else None}


def _place(tunnel: Tunnel) -> tuple[str, ...]:
    narrow = tuple(selector.local for selector in tunnel.selectors)
    return (tunnel.interface, tunnel.outside, tunnel.local_address, tunnel.peer_address, str(tunnel.probe_interval), *narrow)


def _rules_of_router(interface: Interface) -> list[tuple[int, str]]:
    """(family, rule) of the kernel for one interface of a router with a table of its own."""
    by_device = [(family, f"pref {_BY_ROUTER} {way} {interface.device} lookup {interface.table}") for family in (4, 6) for way in ("iif", "oif")]
    return by_device + [(version(address), f"pref {_BY_ROUTER} from {host_of(address)} lookup {interface.table}")
                        for address in (*interface.addresses, *interface.ipv6)]


def _routes_of_router(interface: Interface) -> list[str]:
    """What an interface is connected to, which is the kernel's own doing in the main table only."""
    return [f"{network_of(address)} dev {interface.device} proto kernel table {interface.table}" for address in (*interface.addresses, *interface.ipv6)]


def _steering(tunnel: Tunnel, slot: int) -> list[str]:
    """Rules that take packets of IKE and ESP out for the tunnel's daemon. One whose peer may come from anywhere gets what is for nobody else."""
    came = "" if tunnel.outside.startswith("loopback") else f"iif {device(tunnel.outside)} "
    who = f"pref 10 {came}from {tunnel.peer_address}" if tunnel.peer_address else f"pref 11 {came}from all"
    return [f"{who} to {tunnel.local_address} ipproto udp dport {port} lookup {10000 + slot}" for port in (500, 4500)]


def _carrier(slot: int, ipv6: bool) -> tuple[str, str]:
    """Addresses of the line between the firewall and one of its IKE daemons."""
    if ipv6:
        return f"fd64:{slot:x}::1", f"fd64:{slot:x}::2"
    base = ipaddress.ip_address("100.64.0.0") + 4 * slot
    return str(base + 1), str(base + 2)


def _first_host(network: str) -> str:
    block = ipaddress.ip_network(network, strict=False)
    return str(block[1] if block.num_addresses > 1 else block[0])
